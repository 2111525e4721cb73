"""A sentence taken apart: its segments, and which region, concept and years each token of it is about.

What a sentence leaves unsaid is taken from the part nearest before, then after, then from the sentence before; it is
noted as assumed.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pipeline.check.lexicon import Lexicon, Naming
from pipeline.check.senses import SHARE, WHOLE_SCOPE, Form, Scope, Topic
from pipeline.check.texts import Sentence
from pipeline.check.tokens import Concept, Direction, Number, Obstacle, Rank, Region, Token, Written, Years
from pipeline.check.words import tokens
from pipeline.declarations import TOTAL

Found = TypeVar("Found", bound=Token)
Says = dict[str, Any]


@dataclass(frozen=True)
class Window:
    """Base and final year. What is None is the award's own; length counts the base from the final year."""

    base: int | None = None
    final: int | None = None
    length: int | None = None


@dataclass(frozen=True)
class Subject:
    """What a claim can be about: topics, scopes and forms, of which no one is likelier than another.

    sides: scopes that the words may mean, though they say another first. together: the topics are named together, in their order.
    """

    topics: tuple[Topic, ...]
    scopes: tuple[Scope, ...]
    forms: tuple[Form, ...]
    sides: tuple[Scope, ...] = ()
    together: Topic = ()
    of_whole: bool = False


@dataclass
class Context:
    """What the sentences before have established."""

    region: str | None = None
    county: str | None = None
    says: dict[str, Any] = field(default_factory=dict)
    scope: Scope | None = None
    may_be_either: bool = False
    window: Window | None = None
    year: int | None = None
    sign: int = 0
    is_growth: bool = False


class Parts:
    """A sentence taken apart: its tokens, and the segment that each stands in."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon, context: Context) -> None:
        self.sentence = sentence
        self.context = context
        self.whole = lexicon.whole
        self.senses = lexicon.senses
        self.pattern = lexicon.pattern
        self.tokens = found = [token for token in tokens(sentence.text, lexicon) if not self.is_bound(token)]
        inside = [(token.start, token.end) for token in found]
        bounds = [
            match
            for match in self.pattern["boundary"].finditer(sentence.text)
            if all(match.end() <= start or end <= match.start() for start, end in inside)
        ]
        aside, other = ({match.end() for match in bounds if match[name] and match.start()} for name in ("aside", "after"))
        self.starts = [0, *(match.end() for match in bounds)]
        moves = [token for token in found if isinstance(token, Direction) and token.finite and not token.noun and token.sign]
        second = [move.start for before, move in itertools.pairwise(moves) if self.segment(before) == self.segment(move)]
        self.starts = sorted({*self.starts, *second})  # "Trots att antalet minskade | ökade värdet"
        self.asides, self.others = ({number for number, start in enumerate(self.starts) if start in kind} for kind in (aside, other))
        self.own = {id(token): self.segment(token) for token in found}
        ranked = {self.own[id(token)] for token in found if isinstance(token, Rank)}
        self.tokens = [token for token in found if not (self.own[id(token)] in ranked and self.is_field(token))]
        shares = self.parts_of_amounts()
        self.tokens += shares
        self.own |= {id(share): self.segment(share) for share in shares}
        self.says = [self.said(segment) for segment in range(len(self.starts))]
        self.names_members = bool(self.pattern["members"].search(sentence.text))
        self.numbers = [token for token in self.tokens if isinstance(token, Number)]

    def is_bound(self, token: Token) -> bool:
        """Whether a word that goes up or down only bounds a number: "mindre än 20 procent"."""
        return isinstance(token, Direction) and not token.finite and bool(self.pattern["bounds"].match(self.sentence.text, token.end))

    def is_field(self, token: Token) -> bool:
        """Whether a region is the whole that others are placed in: "högst i landet", "landets tredje högsta"."""
        if not isinstance(token, Region) or token.codes != (self.whole,):
            return False
        text = self.sentence.text
        follows = any(
            isinstance(other, Rank) and other.start >= token.end and text[token.end : other.start].strip() in ("", "allra")
            for other in self.tokens
        )
        return follows or bool(self.pattern["field"].search(text[: token.start]))

    def parts_of_amounts(self) -> list[Concept]:
        """What "41 procent av varuexporten" says: that the number is a share."""
        shares = []
        for number in self.of(Number):
            cut = self.pattern["before_number"].sub("", self.sentence.text[: number.start] + " ").strip()
            moves = [word for word in self.of(Direction, self.segment(number)) if word.finite and word.start < number.start]
            grows = number.is_growth or self.pattern["changes_by"].search(cut) or (moves and number.role not in ("från", "till"))
            if number.unit == "%" and not grows and self.pattern["part_of"].match(self.sentence.text, number.end):
                shares.append(Concept(number.end, number.end, {"form": Form(over=SHARE)}))
        return shares

    def segment(self, token: Token) -> int:
        return max(number for number, start in enumerate(self.starts) if start <= token.start)

    def of(self, kind: type[Found], segment: int | None = None) -> list[Found]:
        return [token for token in self.tokens if isinstance(token, kind) and (segment is None or self.own[id(token)] == segment)]

    def around(self, token: Token, *, forward: bool = True) -> Iterator[int]:
        """Segments nearest first: its own, those before, those after; asides of others last."""
        own = self.own[id(token)]
        order = [own, *range(own - 1, -1, -1), *(range(own + 1, len(self.starts)) if forward else ())]
        yield from (number for number in order if number == own or number not in self.asides)

    # What a token is about

    def regions(self, token: Token) -> tuple[tuple[str | None, ...], bool]:
        """The regions of a claim, and whether they are taken from an earlier sentence."""
        for segment in self.around(token):
            named = self.of(Region, segment) if segment not in self.others or segment == self.own[id(token)] else []
            counties = [region for region in named if region.codes != (self.whole,)]
            if isinstance(token, Rank):
                named = counties
            if not named:
                continue
            before = [region for region in named if region.start < token.start]
            chosen = before[-1] if before else named[0]
            if chosen.codes:
                return chosen.codes, False
            earlier = [code for region in self.of(Region) if region.start < chosen.start for code in self.parts_of(region)]
            return ((earlier[-1],), False) if earlier else ((self.context.county,), True)
        if self.pattern["elsewhere"].search(self.sentence.text):
            return (None,), False
        if self.context.region is None and (aside := [region.codes for region in self.of(Region) if region.codes]):
            return aside[-1], False
        return (self.context.region,), True

    def parts_of(self, region: Region) -> list[str]:
        """The regions among what is named, without the whole."""
        return [code for code in region.codes if code != self.whole]

    def subject(self, token: Token) -> tuple[Subject, tuple[str, ...]]:
        """What a claim can be about, and what of it the sentence leaves unsaid."""
        here = self.own[id(token)]
        own, near, context = self.says[here], self.near(token), self.context.says
        speaks_anew = "statistic" in own
        keys = (("statistic", "statistic"), ("scope", "scope"), ("form", "measure"))
        unsaid = [name for key, name in keys if key not in near]
        before = Naming(()) if "statistic" in near else context.get("statistic", Naming(()))
        if "statistic" not in near:
            near = {**context, **near}
        naming = near.get("statistic", Naming(()))
        if naming.is_open:
            # "Export" goes on about the goods or the services that are named before.
            named = [said["statistic"] for said in (*reversed(self.says[:here]), context) if "statistic" in said]
            narrower = next((one for one in named if set(one.statistics) < set(naming.statistics)), None)
            if narrower and not own.get("counted"):
                naming, unsaid = narrower, [*unsaid, "statistic"]
        goes_on = naming in (before, context.get("statistic"))
        forms = self.forms(own, near, speaks_anew=speaks_anew, goes_on=goes_on)
        statistics = naming.statistics or self.senses.statistics_of(forms[0])
        if isinstance(token, Number) and not (statistics and self.counts(statistics, forms[0])) and self.counted(token, near):
            statistics, quantity = near["counted"]
            forms = (Form(quantity),)
        topics: tuple[Topic, ...] = tuple((one,) for one in statistics)
        if naming.is_open and len(statistics) > 1 and not forms[0].quantity and not self.senses.is_own(forms[0]):
            topics = (*topics, statistics)
        start = self.starts[here]
        owner = near.get("scope", context.get("scope"))
        if speaks_anew and "scope" not in own and owner and self.pattern["theirs"].search(self.sentence.text[start : token.start + 60]):
            own = {**own, "scope": owner}
        scopes, sides = self.scopes(own, near, self.says[:here], statistics, speaks_anew=speaks_anew, goes_on=goes_on)
        if naming.together:
            topics, together = (statistics,), statistics
        else:
            together = ()
        of_whole = "of_whole" in own
        if of_whole:
            forms = (Form(),)
        return Subject(topics, scopes, forms, sides, together, of_whole), tuple(dict.fromkeys(unsaid))

    def near(self, token: Token) -> Says:
        """What a token's segment says, completed from those around it."""
        here = self.own[id(token)]
        near: Says = {}
        for segment in self.around(token):
            said = self.says[segment]
            if segment > here and "statistic" in near and "statistic" in said:
                break
            if segment > here and "statistic" in near and self.of(Number, segment):
                continue  # "355 miljarder kronor, eller 204 000 kronor per invånare": what follows is of another number
            near = {**said, **near}
        if "statistic" in near or "statistic" in self.context.says:
            return near
        return {**next((self.says[number] for number in sorted(self.asides) if "statistic" in self.says[number]), {}), **near}

    def forms(self, own: Says, near: Says, *, speaks_anew: bool, goes_on: bool) -> tuple[Form, ...]:
        """The forms that a claim can have; own, near: what its segment and those around it say."""
        if "form" in own or not speaks_anew:
            return (own.get("form") or near.get("form", Form()),)
        if "form" in near:
            return tuple(dict.fromkeys((near["form"], Form())))
        return tuple(dict.fromkeys((self.context.says.get("form", Form()) if goes_on else Form(), Form())))

    def scopes(
        self, own: Says, near: Says, before: Sequence[Says], statistics: tuple[str, ...], *, speaks_anew: bool, goes_on: bool
    ) -> tuple[tuple[Scope, ...], tuple[Scope, ...]]:
        """The scopes that a claim can have, and those that it may have though the words say another first.

        own, near, before: what its segment says, that and those around it, and those before it.
        """
        groups = self.senses.groups(statistics)
        chosen = (own if speaks_anew else near).get("scope")
        if chosen is not None:
            return (chosen if groups or "scope" in own else WHOLE_SCOPE,), ()
        earlier = near.get("scope") if "scope" in near else self.context.says.get("scope") if goes_on else None
        if earlier is not None and groups and any("scope" in said and "statistic" not in said for said in before):
            return (earlier,), ()  # "små och medelstora företag har …, med en ökning av varuexporten": the subject of the sentence
        if earlier is not None and groups and own.get("form") != Form():
            return tuple(dict.fromkeys((earlier, WHOLE_SCOPE))), ()
        names_members = self.names_members or (goes_on and self.context.may_be_either) or self.context.scope is not None
        return (WHOLE_SCOPE,), groups if names_members else ()

    def counts(self, statistics: tuple[str, ...], form: Form) -> bool:
        """Whether figures of a form are bare numbers."""
        return any(not sense.unit for sense in self.senses.of(statistics, form))

    def counted(self, number: Number, near: Says) -> bool:
        """Whether a bare number is said to be there of what is counted: "finns 340 exportörer", "12 fler än 2020"."""
        if not number.unit and "counted" in near and self.pattern["more_after"].match(self.sentence.text, number.end):
            return True
        segment = self.own[id(number)]
        after = [concept.start for concept in self.of(Concept, segment) if concept.start >= number.end]
        text = self.sentence.text
        follows = after and text[number.end : after[0]].strip() in ("", "st", "stycken")
        precedes = self.pattern["counts_before"].search(text[: number.start])
        return bool(follows and precedes and not number.unit and "counted" in self.says[segment])

    def said(self, segment: int) -> dict[str, Any]:
        """What the concepts of a segment say together: statistic, scope, form, and what can be counted."""
        merged: dict[str, list[Any]] = {}
        for concept in self.of(Concept, segment):
            for key, value in concept.says.items():
                merged.setdefault(key, []).append(value)
        said: dict[str, Any] = {}
        for naming in merged.get("statistic", []):
            if not naming.is_open or "statistic" not in said:
                said["statistic"] = naming
        scope = dict(merged.get("scope", []))
        if scope:
            said["scope"] = frozenset((key, chosen) for key, chosen in scope.items() if chosen != TOTAL)
        form = max(merged.get("form", []), key=self.senses.weight, default=None)
        is_counted = "number" in merged or any(rank.counts for rank in self.of(Rank, segment))
        # What is in the classes is counted only where nothing else is named: "antalet företag", not "företagens varuexport".
        members = [] if "statistic" in said else merged.get("members", [])
        for quantity in merged.get("quantity", []) or [quantity for _, quantity in members]:
            statistics = said["statistic"].statistics if "statistic" in said else (members[0][0],)
            said["counted"] = statistics, quantity
        if members and (is_counted or (form and form.over)):
            said["statistic"] = Naming(said["counted"][0])
        if "of_whole" in merged:
            said["of_whole"] = True
        if form or (is_counted and "counted" in said):
            said["form"] = self.senses.whole_form(form, said["counted"][1] if is_counted and "counted" in said else "")
        return said

    def windows(self, token: Token) -> tuple[tuple[Window, ...], bool]:
        """The windows that growth can be over, and whether the sentence leaves them unsaid."""
        singles: list[int] = []
        for segment in self.around(token):
            spans = self.of(Years, segment)
            full = self.full_windows(segment)
            if full:
                return (full[-1] if len(full) > 1 and spans[-1].start < token.start else full[0],), False
            bases = [years.base for years in spans if years.base]
            finals = [years.final for years in spans if years.final]
            lengths = [years.length for years in spans if years.length]
            if bases:
                later = [year for year in finals if year > bases[0]] or [year for year in self.all_years() if year > bases[0]]
                if not later and self.context.year and self.context.year > bases[0]:
                    since = (Window(bases[0], self.context.year), Window(bases[0]))
                    return since if self.names_statistic() else since[:1], True
                return (Window(bases[0], later[-1] if later else None),), not later
            if len(finals) > 1:
                return (Window(min(finals), max(finals)),), False
            if lengths:
                final = next(iter([*finals, *reversed(self.all_years())]), None)
                lengths = [lengths[0], lengths[0] - 1] if any(years.latest for years in spans) else lengths[:1]
                return tuple(Window(final=final, length=length) for length in lengths if length), final is None
            if any(years.same for years in spans) and self.context.window:
                return (self.context.window,), False
            if finals and segment == self.own[id(token)]:
                singles = finals
                break
            others = self.of(Number, segment) if segment > self.own[id(token)] else []
            if not (singles and others) and not any(number.role == "från" for number in others):
                singles += finals  # "337, en ökning från 326 år 2016": that year is of the other number
        if len(set(singles)) > 1:
            return (Window(min(singles), max(singles)),), False
        if singles:
            until = any(self.pattern["until"].search(self.sentence.text[: years.start]) for years in self.of(Years))
            base = next((year for year in self.all_years() if year < singles[0]), None)
            return (Window(base, singles[0]) if until else Window(final=singles[0], length=1),), False
        if full := self.full_windows():
            return tuple(full[:1]), False
        return (self.context.window or Window(),), True

    def full_windows(self, segment: int | None = None) -> list[Window]:
        """The windows of which both ends are named."""
        return [Window(years.base, years.final) for years in self.of(Years, segment) if years.base and years.final]

    def is_said(self, what: str, token: Token) -> bool:
        """Whether a concept stands in a token's segment, or before one that says nothing.

        per_year: the average of the years. each_year: every one of them.
        """
        for segment in self.around(token, forward=False):
            concepts = self.of(Concept, segment)
            if concepts or any(isinstance(one, Direction) for one in self.tokens if self.own[id(one)] == segment):
                return any(what in concept.says for concept in concepts)
        return False

    def all_windows(self, *, spans: bool) -> Iterator[Window]:
        """Every window, or year alone, that the years of the sentence can make."""
        finals = self.all_years()
        yield from self.full_windows()
        yield from (Window(final=year, length=1 if spans else None) for year in dict.fromkeys(finals))
        if spans and len(set(finals)) > 1:
            yield Window(min(finals), max(finals))

    def names_statistic(self, last: int | None = None) -> bool:
        """Whether the sentence names a statistic, up to and including a segment."""
        return any("statistic" in said for said in self.says[: None if last is None else last + 1])

    def all_years(self) -> list[int]:
        return sorted(years.final for years in self.of(Years) if years.final)

    def year(self, number: Token) -> tuple[tuple[Window, ...], int, bool]:
        """The window and the end of it that a level belongs to, and whether the sentence leaves its year unsaid."""
        segment = self.own[id(number)]
        unit, role, place = (number.unit, number.role, number.place) if isinstance(number, Number) else ("", "", None)
        levels: list[Token] = [other for other in self.numbers if self.own[id(other)] == segment and other.unit == unit]
        levels = levels if number in levels else [number]
        index = levels.index(number)
        single = [years for years in self.of(Years, segment) if not years.base and years.final]
        bounds = [other.start for other in levels] + [len(self.sentence.text)]
        after = [years for years in single if number.end <= years.start < bounds[index + 1] and not years.forward]
        before = [years for years in single if (bounds[index - 1] if index else 0) <= years.start < number.start]
        before = [years for years in before if years.forward or index == 0 or len(single) < len(levels)] or before
        if place is not None and len({years.final for years in single}) == 2:
            return (Window(final=single[place].final),), 1, False
        ahead = [years for years in before if years.forward]
        bracket = self.pattern["bracket"].match(self.sentence.text, number.end)
        next_to = [years for years in self.of(Years) if bracket and years.start == bracket.end()]
        near = (
            [years for years in next_to if years.final and not years.base]
            or ahead
            or after
            or before
            or (single if len(levels) == 1 else [])
        )
        if near:
            return (Window(final=near[0].final),), 1, False
        at = 0 if role == "från" else 1
        windows, unsaid = self.windows(number)
        if unsaid and at == 1 and self.context.year:
            return (Window(final=self.context.year),), 1, True
        return windows if at == 0 else windows[:1], at, unsaid

    def obstacle(self, token: Token) -> str:
        """Why a claim cannot be checked: words of its own segment, or of the segment that it goes on from."""
        for obstacle in self.of(Obstacle):
            if obstacle.of_all or (obstacle.of_ranks and isinstance(token, Rank)):
                return obstacle.reason
        for segment in self.around(token, forward=False):
            found = self.of(Obstacle, segment)
            if found:
                return found[0].reason
            if self.of(Concept, segment):
                return ""
        return ""

    def sign(self, token: Number) -> int:
        """The direction of a growth: its own sign, or the nearest word that goes up or down."""
        if token.sign:
            return token.sign
        for segment in self.around(token):
            words = self.of(Direction, segment)
            before = [word for word in words if word.start < token.start]
            if words:
                return (before or words)[-1 if before else 0].sign
        if self.pattern["develops"].search(self.sentence.text) and not any(word.sign for word in self.of(Direction)):
            return 1
        printed = self.printed()
        if printed:
            return 1 if printed[1].low >= printed[0].low else -1
        return self.context.sign if "statistic" not in self.says[self.own[id(token)]] else 0

    def printed(self) -> tuple[Written, Written] | None:
        """The two levels that the sentence says growth went from and to."""
        ends = {number.role: number for number in self.numbers if number.unit != "%" and number.role in ("från", "till")}
        if len(ends) < 2 or ends["från"].unit != ends["till"].unit or ends["från"].scale != ends["till"].scale:
            return None
        return ends["från"].written, ends["till"].written

    def printed_years(self) -> list[Window]:
        """The years of those two levels."""
        if not self.printed():
            return []
        ends = {
            number.role: self.year(number)[0][0].final for number in self.numbers if number.unit != "%" and number.role in ("från", "till")
        }
        base, final = ends["från"], ends["till"]
        return [Window(base, final)] if base and final and base < final else []

    def pass_on(self, kinds: Sequence[str]) -> None:
        """Leave in the context what the next sentence can build on; kinds: of the claims that the sentence makes."""
        context = self.context
        named = [region for region in self.of(Region) if region.codes]
        if named:
            outside = [region for region in named if self.own[id(region)] not in self.asides]
            context.region = (outside or named)[0].codes[-1]
            counties = [code for region in named for code in self.parts_of(region)]
            context.county = counties[-1] if counties else context.county
        elif self.of(Region) and context.county:
            context.region = context.county
        said: dict[str, Any] = {}
        for own in self.says:
            said = {**own, **said}
        context.scope = said.get("scope", context.scope)
        if "statistic" in said:
            goes_on = context.may_be_either and said["statistic"] == context.says.get("statistic")
            context.may_be_either = "scope" not in said and (goes_on or self.names_members)
            context.says = said
        elif said:
            context.says = {**context.says, **said}
        measured = [kind for kind in kinds if kind in ("growth", "change", "level")]
        context.is_growth = measured[0] != "level" if measured else context.is_growth
        full = self.full_windows()
        if full:
            context.window = full[0]
        elif self.printed_years():
            context.window = self.printed_years()[0]
        years = self.all_years()
        context.year = years[-1] if years else context.window.final if full and context.window else context.year
        moves = [word.sign for word in self.of(Direction)]
        context.sign = moves[0] if moves else 0 if said else context.sign
