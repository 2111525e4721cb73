"""Which years a claim of a sentence is about: the window of a growth, the year of a level."""

import itertools
from collections.abc import Iterator

from pipeline.check.parts import Parts, Window
from pipeline.check.tokens import Concept, Direction, Number, Rank, Region, Token, Years


def full_windows(parts: Parts, segment: int | None = None) -> list[Window]:
    """The windows of which both ends are named."""
    return [Window(years.base, years.final) for years in parts.of(Years, segment) if years.base and years.final]


def all_windows(parts: Parts, *, spans: bool) -> Iterator[Window]:
    """Every window, or year alone, that the years of the sentence can make."""
    years = sorted({year for one in parts.of(Years) for year in (one.base, one.final, max(one.shift, 0)) if year})
    alone = [one.final for one in parts.of(Years) if one.final and not one.base]
    yield from (Window(final=year, length=1 if spans else None) for year in (alone if spans else years))
    if spans:
        yield from (Window(base, final) for base, final in itertools.combinations(years, 2))


def windows(parts: Parts, token: Token) -> tuple[tuple[Window, ...], bool]:
    """The windows that growth can be over, and whether the sentence leaves them unsaid."""
    if told := _told_before(parts, token) or _of_levels(parts, token):
        return (told,), False
    levels = [] if parts.of(Years, parts.own[id(token)]) else [number for number in parts.numbers if number.unit != "%"]
    # "Med 26 miljarder, mot 22 miljarder 2016, har Skåne vuxit"
    other = next((years for one in (token, *levels[:1]) if (years := held_against(parts, one))), None)
    return ((_until_later(parts, other),), True) if other else _around(parts, token)


def _around(parts: Parts, token: Token) -> tuple[tuple[Window, ...], bool]:
    """The windows that the years nearest to a token make, or those before."""
    own = parts.own[id(token)]
    singles: list[int] = []
    for segment in parts.around(token):
        if not (singles and segment > own) and (found := _in_segment(parts, token, segment)):
            return found
        finals = [years.final for years in parts.of(Years, segment) if years.final]
        if finals and segment == own:
            since = _since(parts, token)
            since = since or (next((years.base for years in parts.of(Years) if years.base), None) if own in parts.asides else None)
            if since and since < finals[0]:
                return (Window(since, finals[0]),), False  # "Jämfört med 2019 låg den 15 procent högre 2021"
            singles = finals
            break
        others = parts.of(Number, segment) if segment > own and isinstance(token, Number) else []
        if not (singles and others) and not any(number.role == "från" for number in others):
            singles += finals  # "337, en ökning från 326 år 2016": that year is of the other number
    beside = parts.asides if singles and isinstance(token, Direction) and not parts.of(Years, own) else ()  # "… 2021 mot 130 år 2019"
    singles += [years.final for one in beside if one > own for years in parts.of(Years, one) if years.final]
    if len(set(singles)) > 1:
        return (Window(min(singles), max(singles)),), False
    if singles:
        dated = [years for years in parts.of(Years) if years.final in singles]
        until = any(parts.pattern["until"].search(parts.sentence.text[: years.start]) for years in dated)
        base = next((year for year in parts.all_years() if year < singles[0]), None)
        if isinstance(token, Number) and not token.unit and _is_fewer_than_before(parts, token, singles[0]):
            return (Window(parts.context.year, singles[0]),), False
        return (Window(base, singles[0]) if until else Window(final=singles[0], length=1),), False
    if full := full_windows(parts):
        return tuple(full[:1]), False
    of_others = {parts.own[id(number)] for number in parts.numbers if number.role == "från" and number is not token} | {
        one for one in parts.repeats if one > own
    }
    is_alone = len(parts.all_years()) == 1 and not any(years.base or years.length for years in parts.of(Years))
    if is_alone and not any(parts.own[id(years)] in of_others - {own} for years in parts.of(Years)):
        return (Window(final=parts.all_years()[0], length=1),), False
    return (parts.context.window or Window(),), True


def _told_before(parts: Parts, token: Token) -> Window | None:
    """The window from a year, or until one, that other words than those of time say."""
    own = parts.own[id(token)]
    if (since := _then(parts, own)) is not None:
        return Window(base=since)
    when = _when(parts, token) or _first(parts, own)
    return None if when is None else Window(final=when, length=1)


def _of_levels(parts: Parts, token: Token) -> Window | None:
    """The years of two levels beside a word that goes up or down: "färre, 745 år 2016 mot 721 år 2020", "upp från 11,8 miljoner 2016"."""
    moves = [one for one in parts.of(Direction) if one.finite and not one.noun]
    own, years, spans = parts.own[id(token)], parts.all_years(), parts.of(Years)
    here = [one.final for one in parts.of(Years, own) if one.final]
    starts = [one for one in parts.of(Number, own) if parts.pattern["goes_from"].fullmatch(parts.sentence.text, token.start, one.start)]
    if here and starts:
        return Window(here[0], next((year for year in years if year > here[0]), None))
    is_of_levels = len(spans) == len(years) == 2 and all(parts.of(Number, parts.own[id(one)]) for one in spans)
    is_of_them = moves == [token] and is_of_levels and not here and all(number.unit != "%" for number in parts.numbers)
    return Window(*years) if is_of_them else None


def held_against(parts: Parts, token: Token, *, in_per_cent: bool = False) -> Years | None:
    """The first year of a sentence where it is of the number that those before are held against: "26 miljarder, mot 22 miljarder 2016".

    Beside another region, statistic or class it is the year of all of them.
    """
    years = next(iter(parts.of(Years)), None)
    there = parts.own[id(years)] if years else 0
    numbers = parts.of(Number, there)
    if years is None or there <= parts.own[id(token)] or years.base or years.latest or not numbers:
        return None
    number, said, before, text = numbers[-1], parts.says[there], parts.says[:there], parts.sentence.text[: parts.starts[there]]
    if any(one.place is None for one in numbers[:-1]):
        return None
    in_brackets = text.endswith("(") and isinstance(token, Number) and token.unit == number.unit
    is_then = text.endswith("medan") and isinstance(token, Number)  # "är 26 miljarder, medan den 2016 var 22 miljarder"
    is_beside = there in parts.asides or number.role == "från" or in_brackets or is_then
    is_its = (years.forward or is_then or number.end <= years.start) and (number.unit == "%") == in_per_cent
    codes = {code for region in parts.of(Region) if parts.own[id(region)] < there for code in region.codes}
    is_of_same = all({*region.codes} <= codes for region in parts.of(Region, there))
    names_same = all(any(said[key] == one.get(key) for one in before) for key in ("statistic", "scope") if key in said)
    return years if is_beside and is_its and is_of_same and names_same else None


def _until_now(parts: Parts, token: Token, unit: str) -> Window | None:
    """The window that ends with the year of a level that is one of today, or held against that of another year."""
    last = max((one.end for one in [*parts.of(Years), *parts.of(Number)] if one.end <= token.start), default=0)
    if parts.pattern["today"].search(parts.sentence.text, last, [*parts.starts, len(parts.sentence.text)][parts.own[id(token)] + 1]):
        return Window()
    other = held_against(parts, token, in_per_cent=unit == "%")
    return _until_later(parts, other) if other else None


def _until_later(parts: Parts, years: Years) -> Window:
    """From a year to a later one that was spoken of before, or to the final one."""
    if not years.final:
        return Window(length=years.length)
    return Window(years.final, parts.context.year if (parts.context.year or 0) > years.final else None)


def year_to_go_on_from(parts: Parts) -> int | None:
    """The last year of a sentence that is not only of a number that others are held against; None where there is none."""
    first = next(iter(parts.numbers), None)
    other = held_against(parts, first, in_per_cent=first.unit == "%") if first else None
    return next((year for year in reversed(parts.all_years()) if not (other and year == other.final)), None)


def is_spelled_out(parts: Parts, token: Token, found: tuple[Window, ...]) -> bool:
    """Whether a token's own part names both ends of its window, and no other year."""
    named = {year for one in parts.of(Years, parts.own[id(token)]) for year in (one.base, one.final) if year}
    return len(found) == 1 and not found[0].length and named == {found[0].base or found[0].final, found[0].final}


def _is_fewer_than_before(parts: Parts, number: Number, year: int) -> bool:
    """Whether a number is of how many more or fewer there are than in the year of the sentence before: "2020 var de 24 färre"."""
    more = parts.pattern["more_after"].match(parts.sentence.text, number.end)
    return bool(more and parts.context.year and parts.context.year < year and not parts.names_statistic())


def _then(parts: Parts, segment: int) -> int | None:
    """The year after which something moved: "föll med 6 procent 2020 och steg sedan med 7 procent"."""
    end = parts.starts[segment + 1] if segment + 1 < len(parts.starts) else len(parts.sentence.text)
    before = [years.final for years in parts.of(Years) if years.final and parts.own[id(years)] < segment]
    if parts.of(Years, segment) or len(before) != 1 or not parts.pattern["then"].search(parts.sentence.text[parts.starts[segment] : end]):
        return None
    return before[0]


def _when(parts: Parts, token: Token) -> int | None:
    """The year that the words before a token go on from: "till skillnad från 2020, då exporten föll"."""
    before = [years for years in parts.of(Years) if years.end < token.start and not (years.base and years.final)][-1:]
    when = [match for years in before if (match := parts.pattern["when"].match(parts.sentence.text, years.end))]
    return before[0].base or before[0].final if when and parts.at(when[0].end()) == parts.own[id(token)] else None


def _first(parts: Parts, segment: int) -> int | None:
    """The year in which something was so for the first time in a window: "minskade 2020 för första gången under perioden 2016–2021"."""
    alone = [years.final for years in parts.of(Years, segment) if years.final and not years.base]
    is_first = len(alone) == 1 and full_windows(parts) and parts.pattern["first_then"].search(parts.sentence.text)
    return alone[0] if is_first else None


def _in_segment(parts: Parts, token: Token, segment: int) -> tuple[tuple[Window, ...], bool] | None:
    """The windows that the years of one segment make, if more than a year alone stands there."""
    spans, context = parts.of(Years, segment), parts.context
    if full := full_windows(parts, segment):
        return (full[-1] if len(full) > 1 and spans[-1].start < token.start else full[0],), False
    bases = [years.base for years in spans if years.base]
    finals = [years.final for years in spans if years.final]
    lengths = [years.length for years in spans if years.length]
    if bases:
        later = [year for year in finals if year > bases[0]] or [year for year in parts.all_years() if year > bases[0]]
        if not later and context.year and context.year > bases[0]:
            since = (Window(bases[0], context.year), Window(bases[0]))
            return since if parts.names_statistic() else since[:1], True
        return (Window(bases[0], later[-1] if later else None),), not later
    if len(finals) > 1:
        return (Window(min(finals), max(finals)),), False
    if lengths:
        final = next(iter([*finals, *reversed(parts.all_years())]), context.year if not any(years.latest for years in spans) else None)
        lengths = [lengths[0], lengths[0] - 1] if any(years.latest for years in spans) else lengths[:1]
        return tuple(Window(final=final, length=length) for length in lengths if length), final is None
    return ((context.window,), False) if any(years.same for years in spans) and context.window else None


def _since(parts: Parts, token: Token) -> int | None:
    """The base year that stands alone in the sentence, in a segment without a number or for one end of a growth."""
    is_end = isinstance(token, Number) and token.role in ("från", "till")
    bases = [years for years in parts.of(Years) if years.base and not years.final]
    own, elsewhere = parts.own[id(token)], [(years.base, parts.own[id(years)]) for years in bases]
    # "Trots en ökning med 6 procent 2021 | är den inte tillbaka på 2019 års nivå": that year is of another movement
    moved = {parts.own[id(word)] for word in parts.of(Direction) if word.finite and not word.noun and parts.own[id(word)] > own}
    return next((base for base, there in elsewhere if is_end or not (parts.of(Number, there) or there in moved)), None)


def year(parts: Parts, token: Token) -> tuple[tuple[Window, ...], int, bool]:
    """The window and the end of it that a level belongs to, and whether the sentence leaves its year unsaid."""
    segment, text = parts.own[id(token)], parts.sentence.text
    role = token.role if isinstance(token, Number) else ""
    if role != "från" and (when := _when(parts, token)) is not None:
        return (Window(final=when),), 1, False
    its = [years.base for years in parts.of(Years) if years.base and not years.final and years.start == token.end + 1]
    if its and text[: token.start].endswith(" de "):
        return (Window(final=its[0]),), 1, False  # "de 130,2 miljarderna från 2019"
    if isinstance(token, Rank) and (ends := parts.pattern["end"].search(text[: token.start])):
        role = ends[1].lower()
    dated = [years for years in parts.of(Years) if not years.base and (years.final or years.shift > 0)]
    single = [years for years in dated if parts.own[id(years)] == segment]
    if isinstance(token, Number) and token.place is not None and len({years.final for years in single}) == 2:
        return (_alone(single[token.place]),), 1, False
    unit = token.unit if isinstance(token, Number) else ""
    levels = [other for other in parts.of(Number, segment) if other.unit == unit]
    levels_before = [other.start for other in levels if other.start < token.start]
    levels_after = [other.start for other in levels if other.start > token.start]
    bracket = parts.pattern["bracket"].match(text, token.end)
    next_to = [years for years in dated if bracket and years.start == bracket.end() and not years.forward]
    after = [years for years in single if token.end <= years.start < (levels_after or [len(text)])[0] and not years.forward]
    before = [years for years in single if (levels_before or [0])[-1] <= years.start < token.start]
    ahead = [years for years in before if years.forward]
    if role == "till" and before and levels_before and not (after or ahead or next_to):
        # "Under 2020 föll den från 130 miljarder året innan till 117 miljarder": the year before is of the other
        before = [one for one in dated if max(one.final or 0, one.shift) > max(before[-1].final or 0, before[-1].shift)] or before
    near = next_to or ahead or after or before[-1:] or (single if not (levels_before or levels_after) else [])
    if role == "från" and levels_after and not (after or ahead or next_to):
        near = []  # "2021 ökade den från 102 000 till 130 000": the year is of the other
    if near:
        return (_alone(near[0]),), 1, False
    since = [years.base for years in parts.of(Years) if years.base and not years.final]
    if isinstance(token, Rank) and role and len(since) == 1:
        return (Window(since[0]),), int(role == "till"), False  # "har klättrat från femte till fjärde plats sedan 2016"
    is_second = isinstance(token, Number) and parts.pattern["beside_it"].search(text[: token.start])
    if is_second and len(since) == 1 and levels_are_of_one(parts, token):
        return (Window(final=since[0]),), 1, False  # "färre än 2016 (715 jämfört med 745)"
    if any(years.shift < 0 for years in parts.of(Years, segment)):
        return windows(parts, token)[0], int(role == "till" and bool(levels_before)), True  # "mot 28 miljarder året före"
    if role != "från" and (until := _until_now(parts, token, unit)):
        return (until,), 1, True
    spans, unsaid = windows(parts, token)
    if unsaid and role != "från" and parts.context.year:
        return (Window(final=parts.context.year),), 1, True
    return (spans, 0, unsaid) if role == "från" else (spans[:1], 1, unsaid)


def levels_are_of_one(parts: Parts, token: Token) -> bool:
    """Whether all that a sentence names up to a token is of one region."""
    return len({region.codes for region in parts.of(Region) if region.codes}) <= 1 and not parts.of(Region, parts.own[id(token)])


def of_every_year(parts: Parts, token: Token) -> Window | None:
    """The window of which a level is said to be so in each year: "varje år", "till och med 2018", "sedan 2019"; None where it is not."""
    own, text = parts.own[id(token)], parts.sentence.text
    if isinstance(token, Rank) and parts.pattern["end"].search(text[: token.start]):
        return None
    end = parts.starts[own + 1] if own + 1 < len(parts.starts) else len(text)
    here = next((one for one in range(own + 1) if all(_is_bare(parts, before) for before in range(one, own))), own)
    near = [*range(here, own + 1), *([own + 1] if own + 1 in parts.asides and _is_bare(parts, own + 1) else [])]
    said = [one for segment in near for one in parts.of(Concept, segment)]
    streak = max((one.says.get("in_a_row", 0) for one in said), default=0)
    dated = [years for segment in near for years in parts.of(Years, segment)]
    if streak or any("each_year" in one.says for one in said) or parts.pattern["throughout"].search(text[parts.starts[here] : end]):
        span = windows(parts, token)[0][0]
        final = span.final
        return Window(final - streak + 1 if streak and final else span.base, final)
    for years in dated:
        if years.final and not (years.base or years.forward) and parts.pattern["until"].search(text[: years.start]):
            return Window(None, years.final)
        if (years.base or years.shift) and not years.final and parts.pattern["ever_since"].match(text, years.start):
            return Window(years.base or max(years.shift, 0) or None, length=years.length)
    return None


def _is_bare(parts: Parts, segment: int) -> bool:
    """Whether a segment says no more than when something was: "Varje år, från 2016 till 2021, …"."""
    told = (one for one in parts.inside(segment) if isinstance(one, Direction | Number | Rank))
    return not parts.says[segment] and next(told, None) is None


def _alone(years: Years) -> Window:
    return Window(final=years.final or years.shift)


def printed_window(parts: Parts) -> Window | None:
    """The years of the two levels that the sentence says growth went from and to."""
    if not parts.printed():
        return None
    ends = {
        number.role: year(parts, number)[0][0].final for number in parts.numbers if number.unit != "%" and number.role in ("från", "till")
    }
    base, final = ends["från"], ends["till"]
    return Window(base, final) if base and final and base < final else None
