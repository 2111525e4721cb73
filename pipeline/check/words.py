"""A sentence as tokens: what it names and says, read by a lexicon."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from pipeline.check.areas import areas
from pipeline.check.lexicon import Entry, Lexicon, swedish
from pipeline.check.tokens import (
    Area,
    Concept,
    Direction,
    Filler,
    How,
    Number,
    Rank,
    Region,
    Several,
    Token,
    Written,
    Years,
    replace,
)

BLANK = "\x1a"
"""Stands for what is read already."""
LONGEST_NUMBER = 25
"""Digits that are read of a number; one with more is not a figure of any statistic."""
LOOK_BACK = 80
"""Letters before a number in which its qualifiers stand: all that stands before it, for each, would take the square of the time."""
SIGNS = {"+": 1, "−": -1, "-": -1, "–": -1, "plus": 1, "minus": -1}
BESIDE_A_SHARE = 5
"""The part of itself by which a share in words may be missed with "drygt" and "knappt": "drygt hälften" is up to 60 per cent."""
ALIKE, LARGE = 10, 1000
"""So many times larger or smaller at the most, and so large at the least, is a number that shares the unit of one before."""
FAR = 50
"""So many times larger or smaller at the most is an amount that has the unit of the one before, if nothing says what it counts."""
QUARTER = 25
"""Per cent that "drygt" and "nästan" leave a doubling."""
STILL = 2
"""Per cent either way that "i stort sett oförändrad" leaves."""


def tokens(text: str, lexicon: Lexicon, year: int | None = None, last: Number | None = None) -> list[Token]:
    """The tokens of a sentence, in order and apart; year, last: the year and the last number of the sentences before."""
    taken: list[Token] = []
    reader = _Reader(lexicon, text)
    for read in (
        reader.counted_regions,
        reader.fixed,
        reader.years,
        reader.quantities,
        reader.regions,
        reader.ranks,
        reader.plain,
        reader.bare,
    ):
        blanked = text
        for token in taken:
            blanked = blanked[: token.start] + BLANK * (token.end - token.start) + blanked[token.end :]
        for token in sorted(read(blanked), key=lambda token: (token.start, -token.end)):
            if all(token.end <= other.start or other.end <= token.start for other in taken):
                taken.append(token)
    return _completed(sorted(taken, key=lambda token: token.start), text, reader, year, last)


def _completed(found: list[Token], text: str, reader: "_Reader", year: int | None, last: Number | None) -> list[Token]:
    """The tokens, where numbers have the unit and the place that their neighbours give them, and years their distance from others."""
    found = _bounded(found, text, reader.pattern)
    numbers = [token for token in found if isinstance(token, Number)]
    _join(numbers, text, reader.pattern)
    if last and numbers and _shares_unit(last, numbers[0], text[: numbers[0].start], text, reader.pattern):
        numbers[0] = replace(numbers[0], unit=last.unit, scale=last.scale)
    _enumerate(numbers, text, reader.pattern["listed"])
    rest = iter(numbers)
    found = [next(rest) if isinstance(token, Number) else token for token in found]
    return [_dated(token, place, found, year) for place, token in enumerate(found)]


def _bounded(found: list[Token], text: str, pattern: Mapping[str, re.Pattern[str]]) -> list[Token]:
    """The tokens, with "nådde tre miljarder" as at least so many where regions are counted."""
    is_counted = any(pattern[name].search(text) for name in ("nowhere", "sole")) or any(
        isinstance(one, Several | Area) or (isinstance(one, Region) and pattern["only"].search(text[: one.start])) for one in found
    )
    return [
        replace(one, written=replace(one.written, how="over"))
        if is_counted and isinstance(one, Number) and not one.written.how and pattern["at_least"].search(text[: one.start])
        else one
        for one in found
    ]


def _join(numbers: list[Number], text: str, pattern: Mapping[str, re.Pattern[str]]) -> None:
    """Give numbers the unit of the one that they are a part of, or are told beside: "10 av 48 miljarder", "53 procent mot 36"."""
    numbers[:] = [
        replace(one, unit="%") if not one.unit and pattern["said_in_per_cent"].search(text[: one.start]) else one for one in numbers
    ]
    for here in range(len(numbers) - 1):
        first, second = numbers[here : here + 2]
        between = text[first.end : second.start]
        is_count = pattern["counts_after"].match(text, second.end) or pattern["counts_before"].search(between)
        if here and first.unit == "%" and not (second.unit or is_count) and pattern["part_and_whole"].fullmatch(between):
            before = numbers[here - 1]  # "121 000 kronor, mindre än hälften av Norrbottens 251 000"
            numbers[here + 1] = replace(second, unit=before.unit, scale=before.scale)
        elif not (first.unit or second.unit or first.role or second.role) and pattern["became_so_many"].fullmatch(between):
            numbers[here : here + 2] = replace(first, role="från"), replace(second, role="till")
        elif second.unit != "%" and first.unit in ("", second.unit) and pattern["part_and_whole"].fullmatch(between):
            numbers[here] = replace(first, unit=second.unit, scale=second.scale)
            numbers[here + 1] = replace(second, is_whole=True)
        elif second.unit and not first.unit and pattern["beside"].fullmatch(between):
            numbers[here] = replace(first, unit=second.unit, scale=second.scale)
        elif first.unit != "%" and second.unit == "%" and pattern["whole_first"].search(text[: first.start]):
            numbers[here] = replace(first, is_whole=bool(pattern["changed_by"].match(text, first.end)))
        elif first.unit != "%" and second.unit in ("", first.unit) and pattern["whole_first"].search(text[: first.start]):
            numbers[here] = replace(first, is_whole=True)
            numbers[here + 1] = second if second.unit or is_count else replace(second, unit=first.unit, scale=first.scale)
        elif (
            (_is_alike(first, second) and not is_count)
            or (first.unit == "money" and not second.unit and pattern["more_of_it"].match(text, second.end))
            or (
                first.unit
                and not (second.unit or is_count or pattern["counted_between"].search(between))
                and _goes_on(first, second, text, pattern)
            )
            or _shares_unit(first, second, between, text, pattern)
        ):
            numbers[here + 1] = replace(second, unit=first.unit, scale=first.scale)


def _goes_on(first: Number, second: Number, text: str, pattern: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether the words before or after a number say that it has the unit of the one before: "tre år senare för 73", "15 av dem"."""
    between = text[first.end : second.start]
    is_amount = first.unit == "money" and (pattern["same_amount"].search(between) or pattern["these"].match(text, second.end))
    return bool(is_amount or pattern["same_unit"].search(between))


def _shares_unit(first: Number, second: Number, between: str, text: str, pattern: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a number that nothing follows has the unit of the one before: "föll med 4 procent, Skånes med 10", "Jönköpings 63,9"."""
    if not first.unit or second.unit or pattern["counted_between"].search(between):
        return False
    least, most = sorted((first.written.low, second.written.low))
    is_near = first.unit != "money" or most <= FAR * least
    return is_near and bool(pattern["stands_alone"].match(text, second.end) and pattern["in_parallel"].search(between))


def _is_alike(first: Number, second: Number) -> bool:
    """Whether a large number without a unit comes after an amount of about its size: "53 000 kronor, under riksnivån på 68 000"."""
    before, after = first.written.low, second.written.low
    return first.unit == "money" and first.scale == 1 and not second.unit and LARGE <= after < ALIKE * before and before < ALIKE * after


def _enumerate(numbers: list[Number], text: str, listed: re.Pattern[str]) -> None:
    """Give what stands before "62,6 respektive 129 miljarder" a place in that list, and its unit."""
    for here in range(len(numbers) - 2, -1, -1):
        first, second = numbers[here : here + 2]
        if second.place == 0 and not first.unit and listed.fullmatch(text[first.end : second.start]):
            chain = [replace(first, unit=second.unit, scale=second.scale), *numbers[here + 1 : here + 1 + second.places]]
            numbers[here : here + len(chain)] = [replace(one, place=place, places=len(chain)) for place, one in enumerate(chain)]


def _dated(token: Token, place: int, found: list[Token], before: int | None) -> Token:
    """A year that is told by its distance from the nearest one, that before it first, or from that of the sentences before."""
    if not isinstance(token, Years) or not token.shift:
        return token
    earlier, later = (
        [one.final for one in ones if isinstance(one, Years) and one.final] for ones in (reversed(found[:place]), found[place:])
    )
    last = [before] if before else []
    years = [*earlier, *last, *later] if token.shift > 0 else [*earlier, *later, *last]  # "Året därpå … och 2021 …"
    if not years:
        return replace(token, length=token.length or max(-token.shift, 0) or None, shift=min(token.shift, 0))
    year = years[0] + token.shift
    return replace(token, shift=year) if token.length else replace(token, final=year, length=max(token.shift, 0) or None, shift=0)


def _matches(text: str, entries: Sequence[Entry]) -> Iterator[Token]:
    taken: list[tuple[int, int]] = []
    for pattern, make in entries:
        at = 0
        while match := pattern.search(text, at):
            clashes = [end for start, end in taken if match.start() < end and start < match.end()]
            at = max([match.start() + 1, *(clashes or [match.end()])])  # what begins with a word that is taken can begin after it
            if not clashes and match.end() > match.start():
                taken.append(match.span())
                yield make(*match.span())


def _loosely(how: How) -> How:
    """How near a figure is to a fraction in words, which is never exact."""
    return "roughly" if how in ("", "about") else how


class _Reader:
    """What a lexicon finds in a text of which some is blanked out."""

    def __init__(self, lexicon: Lexicon, text: str) -> None:
        self.text = text
        self.lexicon = lexicon
        self.pattern = lexicon.pattern
        self.number_of = lexicon.number_of

    def fixed(self, text: str) -> Iterator[Token]:
        yield from _matches(text, self.lexicon.fixed)

    def plain(self, text: str) -> Iterator[Token]:
        yield from _matches(text, self.lexicon.plain)

    def years(self, text: str) -> Iterator[Token]:
        for match in self.pattern["first_since"].finditer(text):
            yield Concept(*match.span(), {"first_since": int(match["year"])})
        for match in self.pattern["window"].finditer(text):
            base = int(match["base"])
            is_short = len(match["final"]) == 2
            final = base - base % 100 + int(match["final"]) if is_short else int(match["final"])
            is_list = match["link"].startswith("och") and "mellan" not in (match["lead"] or "").lower()
            if final > base and not is_list and (not is_short or match["link"] in "–-−/"):
                yield Years(*match.span(), base, final)
        for match in itertools.chain(
            self.pattern["since"].finditer(text), self.pattern["level_then"].finditer(text), self.pattern["level_before"].finditer(text)
        ):
            yield Years(*match.span(), base=int(match["base"]))
        for match in self.pattern["year_before"].finditer(text):
            yield Years(*match.span(), length=1 if match["since"] or match["over"] else None, shift=0 if match["over"] else -1)
        for match in self.pattern["shift"].finditer(text):
            years = self.number_of(match["count"] or "ett")
            yield Years(*match.span(), length=years, shift=-years) if match["before"] else Years(*match.span(), shift=years)
        for match in self.pattern["length"].finditer(text):
            yield Years(
                *match.span(), length=self.number_of(match["length"] or match["latest"] or match["other"]), latest=not match["other"]
            )
        for match in self.pattern["fallen"].finditer(text) if self.pattern["recovered"].search(text) else ():
            yield Years(*match.span(), base=int(match["year"]) - 1)
        for match in self.pattern["in_a_row"].finditer(text):
            count = self.number_of(match["count"] or match["some"] or match["raw"])
            yield Concept(*match.span(), {"in_a_row": count, "before": bool(match["after"])})
        named = self.pattern["named_year"].finditer(text)
        yield from (Years(*match.span(name), final=int(name[1:])) for match in named for name in match.groupdict())
        for match in self.pattern["same_year"].finditer(text):
            yield Years(*match.span(), length=1, same=True)
        for match in self.pattern["same"].finditer(text):
            yield Years(*match.span(), same=True)
        for match in self.pattern["single"].finditer(text):
            yield Years(*match.span(), final=int(match["year"]), forward=bool(match["forward"]))

    def of_each_note(self, text: str) -> Iterator[Token]:
        """So much of each hundred kronor, or to each of them, in per cent: "av varje hundralapp kom 41 kronor från …"."""
        for note in self.pattern["each_note"].finditer(text):
            yield Concept(*note.span(), {"each_note": "of" if note["part"] is not None else "to"})
            size = next((int(name[1:]) for name, word in note.groupdict().items() if word), 1)
            for match in self.pattern["of_note"].finditer(text):
                one, (role, how) = self.written(match["first"], "", ""), self.left(match.start())
                one = replace(one.times(1 if match["small"] else 100), how=how)
                value, step = one.low / size, one.step / size
                yield Number(*match.span(), replace(one, low=value, high=value, step=step), "%", role=role)

    def quantities(self, text: str) -> Iterator[Token]:
        yield from self.of_each_note(text)
        for match in itertools.chain(self.pattern["quantity"].finditer(text), self.pattern["in_words"].finditer(text)):
            unit, scale = self.unit(match)
            if self.counts_units(match):
                yield from (replace(one, written=one.written.times(scale)) for one in self.numbers(match, "", 1))
            else:
                yield from self.numbers(match, unit, scale)
        for match in self.pattern["share_in_words"].finditer(text):
            part = self.number_of(match["part"] or "en")
            value = Decimal(100 * part) / self.lexicon.shares[match["words"].lower()]
            role, how = self.left(match.start())
            how = "above" if match["more"] else "below" if match["less"] else how
            step = 2 * value / BESIDE_A_SHARE if how in ("above", "below") else Decimal(1)  # half a step is left either way
            yield Number(*match.span(), Written(value, value, step, _loosely(how)), "%", role=role)
        for match in self.pattern["most"].finditer(text):
            yield Number(*match.span(), Written(Decimal(50), Decimal(50), Decimal(1), "over"), "%")
        for match in self.pattern["whole_share"].finditer(self.text):
            yield Number(*match.span("all" if match["all"] else "first"), Written(Decimal(100), Decimal(100), Decimal(1), ""), "%")
        for match in self.pattern["of_so_many"].finditer(text):
            every = match["every"] or match["each"]
            part = 1 if every else self.number_of(match["part"] or match["some"])
            of = 2 if every == "annan" else self.number_of(every or match["of"] or match["all"])
            if not part < of:
                continue
            role, how = self.left(match.start())
            value, step = Decimal(100 * part) / of, Decimal(100) / of
            # Of ten or a hundred the number is rounded; of three or four it is a fraction.
            room = value / (2 * BESIDE_A_SHARE) if how in ("above", "below") else Decimal(1)
            written = Written(value, value, step, how) if of % 10 == 0 else Written(value, value, room, _loosely(how))
            yield Number(*match.span(), written, "%", role=role)
        for match in self.pattern["threshold"].finditer(text):
            written = self.written(match["first"] or match["count"] or "en", "", self.left(match.start())[1] or "over")
            unit, scale = ("", 1) if match["count"] else self.unit(match)
            is_count = scale == LARGE and not match["first"]  # "tusenstrecket"
            yield Number(*match.span(), written.times(scale if is_count else 1), "" if is_count else unit, 1 if is_count else scale)
        for match in self.pattern["fold"].finditer(text):
            change = self.lexicon.folds[" ".join(match["words"].lower().split())] if match["words"] else 100
            how = "over" if "mer än" in match[0].lower() else self.left(match.start())[1]
            how = _loosely(how) if change else how
            step = Decimal(2 * QUARTER if how in ("above", "below") and not match["words"] else 1 if change or not how else 2 * STILL)
            size = Decimal(abs(change))
            sign = (change > 0) - (change < 0) or 1
            yield Number(*match.span(), Written(size, size, step, how), "%", sign=sign, is_growth=True, in_times=bool(change))

    def bare(self, text: str) -> Iterator[Token]:
        for match in itertools.chain(self.pattern["bare"].finditer(text), self.pattern["bare_word"].finditer(text)):
            for one in self.numbers(match, "", 1):
                value = one.written.low
                is_rough = match[0].lower().endswith("tal") and value >= ALIKE  # "ett hundratal"
                rough = replace(one.written, step=value / BESIDE_A_SHARE, how=_loosely(one.written.how))
                yield replace(one, written=rough) if is_rough else one

    def counts_units(self, match: re.Match[str]) -> bool:
        """Whether a number is one of millions, or thousands, of what other figures are divided by: "0,3 miljoner invånare"."""
        is_scale = match["scale"] and match["money"].strip() == match["scale"].strip()
        return bool(is_scale and self.pattern["units_after"].match(self.text, match.end()))

    def unit(self, match: re.Match[str]) -> tuple[str, int]:
        """A number's unit, and how many of it one is."""
        for name, unit in (("points", "points"), ("percent", "%"), ("times", "times")):
            if match.groupdict().get(name):
                return unit, 1
        scale = (match["scale"] or "").rstrip(".")
        return "money", next((size for size, words in self.lexicon.scales.items() if scale and words.fullmatch(scale)), 1)

    def numbers(self, match: re.Match[str], unit: str, scale: int) -> Iterator[Number]:
        """The number of a match, or the two of "41 respektive 70 procent"."""
        role, how = self.left(match.start())
        groups = match.groupdict()
        link, second = (groups.get("link") or "").strip(), groups.get("second")
        sign = SIGNS.get((groups.get("sign") or "").strip().lower(), 0)
        growth = unit == "times" or bool(groups.get("percent") and "procentig" in groups["percent"].lower())
        low = self.written(match["first"], unit, how)
        if unit == "times":
            more = low.low - 1
            low = Written(abs(more) * 100, abs(more) * 100, low.step * 100, how)
            sign, unit = (1 if more >= 0 else -1), "%"
        if second is None:
            in_times = growth and unit == "%" and bool(groups.get("times"))
            yield Number(*match.span(), low, unit, scale, sign, role, is_growth=growth, in_times=in_times)
            return
        middle = match.start("second")
        high = self.written(second.lstrip("+−"), unit, self.left(middle)[1] or how)
        between = re.search(r"\bmellan\s+$", self.text[: match.start()], re.IGNORECASE)
        if link in ("–", "−", "-") or (link == "och" and between):
            least, most = sorted((low.low, high.low))
            span = Written(least, most, min(low.step, high.step), how)
            yield Number(*match.span(), span, unit, scale, sign, role, is_growth=growth)
        elif link == "till" and role == "med":
            yield Number(match.start(), match.end("first"), low, unit, scale, sign, role, is_growth=growth)
            yield Number(middle, match.end(), high, unit, scale, sign, "till", is_growth=growth)
        elif link == "till":
            yield Number(match.start(), match.end("first"), low, unit, scale, sign, "från", is_growth=growth)
            yield Number(middle, match.end(), high, unit, scale, sign, "till", is_growth=growth)
        else:
            yield Number(match.start(), match.end("first"), low, unit, scale, sign, role, 0, 2, growth)
            yield Number(middle, match.end(), high, unit, scale, sign, role, 1, 2, growth)

    def left(self, start: int) -> tuple[str, How]:
        """The word before a number, and how near the figure is."""
        before = self.text[max(0, start - LOOK_BACK) : start]
        match = self.pattern["left"].search(before)
        if not match:
            return "", ""
        said = match["how"] or ""
        if not said and match[0].endswith("än "):
            return "", "over" if match["more"] else "under"  # "en större varuexport än 40 miljarder"
        how: How = next((how for how, words in swedish()["how"].items() if said and re.fullmatch(words, said, re.IGNORECASE)), "")
        if how in ("", "under") and self.pattern["crosses"].search(before):
            how = "over"  # "passerade 2021 30 miljarder", "nådde upp till 30 miljarder"
        return (match["role"] or "").lower().replace("ifrån", "från"), how

    def written(self, digits: str, unit: str, how: How) -> Written:
        """The number and the unit of its last printed place; amounts and large counts that end in 000 are rounded to thousands."""
        word = digits.lower()
        if word in self.lexicon.numbers:
            return Written(Decimal(self.lexicon.numbers[word]), Decimal(self.lexicon.numbers[word]), Decimal(1), how)
        plain = re.sub(self.lexicon.pieces["space"], "", digits)[:LONGEST_NUMBER]
        plain = plain.replace(".", "") if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain) else plain.replace(",", ".")
        value = Decimal(plain)
        step = Decimal(1).scaleb(-len(plain.partition(".")[2]))
        least = {"money": 1, "": 10}.get(unit, 0)
        while least and step >= 1 and value % (step * 1000) == 0 and value >= step * 1000 * least:
            step *= 1000
        return Written(value, value, step, how)

    def counted_regions(self, text: str) -> Iterator[Token]:
        """So many of the regions, or none, that have more than another, or of which something else is said; and what is so of no year."""
        for match in self.pattern["never_so"].finditer(text):
            yield Filler(*match.span("never"))
            yield Rank(*match.span("so"), 1, below=bool(match["low"] or match["less"]), sure=True, of="level", of_own=True)
        for match in self.pattern["record"].finditer(text):
            below, counts = bool(match["less"] or match["few"]), bool(match["many"] or match["few"])
            yield Filler(*match.span("word"))
            yield Rank(*match.span("so"), 1, below, sure=True, of="level", counts=counts, of_own=True)
        for match in self.pattern["one_way"].finditer(text):
            yield Direction(*match.span(), 1 if match["up"] else -1, finite=True, always=True)
        for match in self.pattern["held_against"].finditer(text):
            if self.pattern["becomes"].match(text, match.end()):
                continue  # "i fyra län blev de färre" is held against no other region
            others = 0 if match["none"] else self.number_of(match["others"] or match["few"] or match["one"])
            below, counts = bool(match["less"] or match["few_of"]), bool(match["many"] or match["few_of"])
            yield Rank(*match.span(), others + 1, below=below, sure=True, of_next=True, counts=counts)
        for match in self.pattern["place_of_all"].finditer(text):
            yield Rank(*match.span(), self.number_of(match["place"]), sure=True)
        yield from self.several(text)

    def several(self, text: str) -> Iterator[Token]:
        """So many of the regions, of which something is said."""
        every = self.lexicon.count
        for match in self.pattern["most_of_them"].finditer(text):
            yield Several(*match.span(), every // 2 + 1, every)
        for match in self.pattern["all_except"].finditer(text):
            yield Several(*match.span(), every - self.number_of(match["count"]))
            yield Filler(*match.span("count"))
        for match in self.pattern["nearly_all"].finditer(text):
            yield Several(*match.span(), every - every // 4, every)
        for match in self.pattern["part_of_regions"].finditer(text):
            count, rest = divmod(every * self.number_of(match["part"] or "en"), self.lexicon.shares[match["words"].lower()])
            yield Several(*match.span(), count, count + bool(rest))
        for match in self.pattern["bounded_number_of"].finditer(text):
            count = self.number_of(match["count"])
            at_least = bool(match["over"] or match["more"])
            yield Several(*match.span(), *((count + bool(match["more"]), every) if at_least else (0, count - bool(match["fewer"]))))
        for match in self.pattern["one_of_several"].finditer(text):
            yield Several(*match.span(), self.number_of(match["count"]), has_named=True)
        for match in self.pattern["the_rest"].finditer(text):
            yield Filler(*match.span("count"))
        for match in self.pattern["several"].finditer(text):
            if self.pattern["after_area"].search(text[: match.start()]):
                continue  # "Smålands tre län"
            yield Several(*match.span(), self.number_of(match["count"] or match["beside"] or match["listed"]))

    def regions(self, text: str) -> Iterator[Token]:
        """Regions by name or adjective, those named together as one, and what stands for the region before."""
        named = sorted(self.names(text), key=lambda region: region.start)
        yield from areas(text, self.text, named, self.lexicon)
        while named:
            group = [named.pop(0)]
            while named and re.fullmatch(r"\s*(?:,|och|samt|plus|respektive|eller(?:\s+i)?|&)\s*", text[group[-1].end : named[0].start]):
                group.append(named.pop(0))
            codes = tuple(code for region in group for code in region.codes)
            is_field = len(group) > 1 and self.pattern["of_these"].search(self.text[: group[0].start])
            is_among = is_field and any({*one.codes} <= {*codes} for one in named)  # "av Halland och Kalmar hade Halland flest"
            yield (Area if is_among else Region)(group[0].start, group[-1].end, codes)
        for match in self.pattern["anaphor"].finditer(text):
            yield Region(*match.span(), ())

    def names(self, text: str) -> Iterator[Region]:
        for pattern, code in self.lexicon.regions:
            for match in pattern.finditer(text):
                if code is not None:
                    yield Region(*match.span(), (code,))
                elif match["name"][0].isupper():
                    # A name may be a common word as well; only a capital tells them apart.
                    yield Region(*match.span(), (self.lexicon.codes[" ".join(match["name"].split()).casefold()],))

    def ranks(self, text: str) -> Iterator[Token]:
        for match in self.pattern["peak"].finditer(text):
            below, counts = any(match[name] for name in ("low", "least", "few")), bool(match["many"] or match["few"])
            start = match.end() - len(match[0].rpartition(BLANK)[2].lstrip())  # "slog 2020 nytt rekord"
            yield Rank(start, match.end(), 1, below, sure=True, of="level", counts=counts, of_own=True)
        for match in self.pattern["above_all"].finditer(text):
            yield Rank(*match.span(), 1, below=bool(match["less"]), sure=True, counts=match[0].lower() in ("fler", "färre"))
        for match in self.pattern["place"].finditer(text):
            if match["later"] and not self.pattern["stands"].search(text[: match.start()]):
                continue
            place = (
                match["from_last"]
                or match["noun"]
                or match["from"]
                or match["later"]
                or match["number"]
                or match["other"]
                or match["ordinal"]
                or match["short"]
            )
            from_end = match["last"] or match["from_last"] or self.pattern["from_end"].match(text, match.end())
            start = match.end() - len(match[0].rpartition(BLANK)[2].lstrip())  # "låg Norrbotten i topp"
            yield Rank(start, match.end(), self.number_of(place) if place else 1, below=bool(from_end), sure=True)
        for match in self.pattern["superlative"].finditer(text):
            if self.pattern["bounds_a_number"].match(self.text, match.start()):
                continue  # "minst 66 procent"
            within = match["top"] or match["within"] or match["group"]
            place = self.number_of(within or match["nth"] or "1")
            noun = self.pattern["of_noun"].match(text, match.end())
            compound = self.pattern["of_noun"].match(self.text, match.end())
            grows = self.pattern["of_speed"].search(match[0]) or any(one and one["growth"] for one in (noun, compound))
            of: Literal["growth", "level", ""] = "growth" if grows else "level" if noun else ""
            counts = match[0].lower().endswith(("flest", "färst"))
            start = match.start()
            if match["group"]:  # "de tre län som ökat mest": the verb between is read as well
                yield Filler(start, match.end("group"))
                start = match.start("low" if match["low"] else "high")
            before, after = self.text[:start], match.end()
            its_own = self.pattern["its_own"].search(before) and self.pattern["its_level"].match(self.text, after)
            its_own = its_own or self.pattern["of_its_years"].match(self.text, after)
            its_own = its_own or (self.pattern["its_year"].search(before) and self.pattern["of_period"].match(self.text, after))
            yield Rank(start, match.end(), place, bool(match["low"]), bool(within), place > 1, of, counts, of_own=bool(its_own))
