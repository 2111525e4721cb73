"""A sentence taken apart: its segments, and which region, concept and years each token of it is about.

What a sentence leaves unsaid is taken from the part nearest before, then after, then from the sentence before; it is
noted as assumed.
"""

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.check.denials import without_denials
from pipeline.check.earlier import region_before
from pipeline.check.lexicon import Lexicon, Naming
from pipeline.check.senses import Form, Scope
from pipeline.check.shares import parts_of_amounts
from pipeline.check.texts import Sentence
from pipeline.check.tokens import Area, Concept, Direction, Filler, Number, Obstacle, Rank, Region, Token, Written, Years, replace
from pipeline.check.traders import with_traders
from pipeline.check.words import tokens
from pipeline.declarations import TOTAL

if TYPE_CHECKING:
    from pipeline.check.claim import Claim

Found = TypeVar("Found", bound=Token)
PAIR = 2
Says = dict[str, Any]


@dataclass(frozen=True)
class Window:
    """Base and final year. What is None is the award's own; length counts the base from the final year."""

    base: int | None = None
    final: int | None = None
    length: int | None = None


@dataclass
class Context:
    """What the sentences before have established."""

    region: str | None = None
    county: str | None = None
    counties: tuple[str, ...] = ()
    says: dict[str, Any] = field(default_factory=dict)
    scope: Scope | None = None
    may_be_either: bool = False
    window: Window | None = None
    year: int | None = None
    sign: int = 0
    is_growth: bool = False
    in_per_cent: bool = False
    ratio: "Claim | None" = None
    bound: "Claim | None" = None
    number: Number | None = None
    claims: "Sequence[Claim]" = ()
    named: tuple[str, ...] = ()
    is_ahead: bool = False
    among: tuple[str, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether the sentence before was on what was added, in kronor or number."""
        return self.is_growth and not self.in_per_cent


class Parts:
    """A sentence taken apart: its tokens, and the segment that each stands in."""

    def __init__(self, sentence: Sentence, lexicon: Lexicon, context: Context) -> None:
        self.sentence = sentence
        self.context = context
        self.lexicon = lexicon
        self.whole = lexicon.whole
        self.senses = lexicon.senses
        self.pattern = lexicon.pattern
        self.units, self.count, self.number_of = lexicon.units, lexicon.count, lexicon.number_of
        self.neutral = lexicon.neutral
        self.tokens = self.read = found = self.dated(tokens(sentence.text, lexicon, context.year, context.number))
        inside = [(token.start, token.end) for token in found]
        lists = itertools.pairwise(token for token in found if isinstance(token, Number) and token.place is not None)
        inside += [(one.start, other.end) for one, other in lists if other.place]  # "24, 20 respektive 9 procent"
        bounds = [
            match
            for match in self.pattern["boundary"].finditer(sentence.text)
            if all(match.end() <= start or end <= match.start() for start, end in inside)
        ]
        aside, other = ({match.end() for match in bounds if match[name] and match.start()} for name in ("aside", "after"))
        self.starts = [0, *(match.end() for match in bounds)]
        moves = [token for token in found if isinstance(token, Direction) and token.finite and not token.noun and token.sign]
        second = [move.start for before, move in itertools.pairwise(moves) if self.segment(before) == self.segment(move)]
        second += [move.start for move in moves if self.ends_subclause(move)]
        second += [verb.end() for start in self.starts if (verb := self.pattern["two_verbs"].match(sentence.text, start))]
        second += [verb.end() for start in other if (verb := self.pattern["goes_on_after"].match(sentence.text, start))]
        self.starts = sorted({*self.starts, *second})  # "Trots att antalet minskade | ökade värdet"
        self.asides, self.others = ({number for number, start in enumerate(self.starts) if start in kind} for kind in (aside, other))
        found = with_traders(found, self)
        self.own = {id(token): self.segment(token) for token in found}
        self.repeats: dict[int, tuple[int, int]] = {}
        self._of: dict[tuple[type[Token], int | None], list[Any]] = {}
        self._inside: dict[int, list[Token]] = defaultdict(list)
        ranked = {self.own[id(token)] for token in found if isinstance(token, Rank) and not token.of_own}
        sole = self.pattern["sole"].search(sentence.text)
        among = sole.span() if sole else (0, 0)  # "det enda i landet som …"
        self.tokens = [
            token for token in found if not ((self.own[id(token)] in ranked or among[0] <= token.start < among[1]) and self.is_field(token))
        ]
        shares = parts_of_amounts(self)
        self.tokens += shares
        self.own |= {id(share): self.segment(share) for share in shares}
        self._of.clear()
        self._inside.clear()
        self.says = [self.said(segment) for segment in range(len(self.starts))]
        self.namings: list[Naming] = [concept.says["statistic"] for concept in self.of(Concept) if "statistic" in concept.says]
        self.single = list(dict.fromkeys(one.statistics[0] for one in self.namings if len(one.statistics) == 1))
        self.names_members = bool(self.pattern["members"].search(sentence.text))
        self.numbers = [token for token in self.tokens if isinstance(token, Number)]
        self.repeats = dict(self.repeated())
        earlier = context.among if self.pattern["of_the_others"].search(sentence.text) else ()
        self.among = next((area.codes for area in self.of(Area)), earlier)

    def dated(self, found: list[Token]) -> list[Token]:
        """The tokens that say something of the sentence; "samma år" after no year says that the year is not known."""
        has_year = self.context.year or any(isinstance(token, Years) and not token.same for token in found)
        said = [self.become(token) for token in found if not self.is_bound(token)]
        named = sorted([*said, *self.named_again(said)], key=lambda one: one.start)
        said = without_denials(named, self.sentence.text, self.pattern)
        unknown = [token for token in said if isinstance(token, Years) and token.same and token.length and not has_year]
        return [Obstacle(one.start, one.end, "which year is meant is not said") if one in unknown else one for one in said]

    def named_again(self, found: Sequence[Token]) -> Iterator[Token]:
        """The first or second of two statistics, or regions, that are named before "den förra" and "den senare"."""
        for match in self.pattern["named_again"].finditer(self.sentence.text):
            before = [one for one in found if one.end <= match.start()]
            named = [one.says["statistic"].statistics for one in before if isinstance(one, Concept) and "statistic" in one.says]
            earlier = self.context.says.get("statistic", Naming(())).statistics
            statistics = list(dict.fromkeys(itertools.chain(*named))) or [*earlier]
            codes = list(dict.fromkeys(code for one in before if isinstance(one, Region) for code in one.codes)) or [*self.context.named]
            which = 0 if match["first"] else 1
            if len(statistics) == 2 != len(codes):
                yield Concept(*match.span(), {"statistic": Naming((statistics[which],))})
            elif len(codes) == 2 != len(statistics):
                yield Region(*match.span(), (codes[which],))

    def become(self, token: Token) -> Token:
        """A word that goes up or down, as one that has happened where the words before say so: "har blivit fler", "lyckades öka"."""
        if not isinstance(token, Direction) or token.finite or token.noun:
            return token
        before = self.sentence.text[: token.start]
        if self.pattern["able"].search(before):
            return Filler(token.start, token.end)
        if self.pattern["became"].search(before) or self.pattern["came_to"].search(before):
            return replace(token, finite=True, aim=False)
        return Obstacle(token.start, token.end, "a goal or a forecast") if token.aim else token

    def is_bound(self, token: Token) -> bool:
        """Whether a word that goes up or down only bounds a number, or sizes enterprises: "mindre än 20 procent", "mindre företag"."""
        if not isinstance(token, Direction) or token.finite:
            return False
        text = self.sentence.text
        return bool(self.pattern["bounds"].match(text, token.end) or self.pattern["sizes"].match(text, token.start))

    def ends_subclause(self, move: Direction) -> bool:
        """Whether a subclause with a verb of its own ends before a word that goes up or down."""
        start = self.starts[self.segment(move)]
        if any(isinstance(one, Direction) and one.finite and not one.noun and one.end <= start for one in self.tokens):
            return False  # "minskade, eftersom exporten per företag samtidigt ökade"
        clause = self.pattern["subclause"].match(self.sentence.text, start)
        return bool(clause and clause.end() <= move.start)

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

    def repeated(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """The segments that say no more than that it is so again, or the other way round, with their ends: "2016 var det tvärtom"."""
        text = self.sentence.text
        for segment, ends in enumerate(zip(self.starts, [*self.starts[1:], len(text)], strict=True)):
            says_more = any(isinstance(token, Number | Rank) for token in self.inside(segment))
            if says_more or not self.pattern["so_again"].search(text, *ends) or self.pattern["comparison"].search(text, *ends):
                continue
            if any(self.pattern[name].search(text, *ends) for name in ("turned_round", "likewise")):
                yield segment, ends

    def segment(self, token: Token) -> int:
        return self.at(token.start)

    def at(self, offset: int) -> int:
        """The segment that an offset stands in."""
        return bisect.bisect_right(self.starts, offset) - 1

    def of(self, kind: type[Found], segment: int | None = None) -> list[Found]:
        """The tokens of a kind, of a segment or of all."""
        if (kind, segment) not in self._of:
            inside = self.tokens if segment is None else self.inside(segment)
            self._of[kind, segment] = [token for token in inside if isinstance(token, kind)]
        return self._of[kind, segment]

    def inside(self, segment: int) -> list[Token]:
        """All tokens of a segment."""
        if not self._inside:
            for token in self.tokens:
                self._inside[self.own[id(token)]].append(token)
        return self._inside.get(segment, [])

    def around(self, token: Token, *, forward: bool = True) -> Iterator[int]:
        """Segments nearest first: its own, those before, those after; asides of others last."""
        own = self.own[id(token)]
        order = [own, *range(own - 1, -1, -1), *(range(own + 1, len(self.starts)) if forward else ())]
        goes_on = self.goes_on(own)
        order = [number for number in order if number <= own or number not in self.repeats]
        yield from (number for number in order if number == own or number not in self.asides or (goes_on and number < own))

    def goes_on(self, segment: int) -> bool:
        """Whether an aside is of what the asides before it name: "snabbare än rikets, 53 procent mot 36", but not of another year."""
        return segment in self.asides and (len(self.all_years()) == 1 or all(years.base for years in self.of(Years, segment)))

    # What a token is about

    def regions(self, token: Token) -> tuple[tuple[str | None, ...], bool]:
        """The regions of a claim, and whether they are taken from an earlier sentence."""
        if (region := self.region_of_pair(token) or self.region_of_part(token) or self.region_beside(token)) is not None:
            return region, False
        own = self.own[id(token)]
        goes_on = self.goes_on(own)
        for segment in self.around(token):
            if segment > own and isinstance(token, Number) and self.context.county and self.of(Number, segment):
                continue  # "sjönk med 2 procent, medan den i riket backade med 6 procent"
            named = self.of(Region, segment) if goes_on or segment not in self.others or segment == own else []
            rivals = [one for one in named if segment in self.others or self.is_rival(one)]
            if goes_on and segment not in self.asides and segment != own and rivals and rivals[-1].codes:
                return rivals[-1].codes, False  # "under riket: 124 000 kronor mot 143 000"
            is_another = bool(named) and (token.end <= named[0].start if segment == own else segment > own and self.context.region)
            if named and rivals == named and (type(token) is Token or (isinstance(token, Number) and is_another)):
                continue  # "Varuexporten växte med 32 procent, klart över rikssnittet"
            only = [one for one in named if self.pattern["only"].search(self.sentence.text[: one.start])]
            if named and only == named and segment > own and self.context.county:
                continue  # "Det är näst sämst i landet, bara Gotland hade en svagare utveckling"
            named = [region for region in named if region not in rivals] or named
            counties = [region for region in named if region.codes != (self.whole,)]
            is_part = any(number.is_whole and number.start < token.start for number in self.of(Number, segment))
            is_part = is_part or any(one.start == one.end == token.end and "of_whole" in one.says for one in self.of(Concept, segment))
            if (isinstance(token, Rank) and not token.of_own) or (is_part and counties):
                named = counties
            if not named:
                continue
            before = [region for region in named if region.start < token.start and not self.leads(region)]
            chosen = before[-1] if before else next((region for region in named if not self.leads(region)), named[0])
            if chosen.codes:
                return chosen.codes, False
            earlier = [code for region in self.of(Region) if region.start < chosen.start for code in self.parts_of(region)]
            later = {code for region in self.of(Region) for code in self.parts_of(region)} if self.context.county is None else set()
            code = next(iter(earlier[-1:] or (later if len(later) == 1 else [])), None)
            return ((code,), False) if code else ((self.context.county,), True)
        if self.whole and self.pattern["all_together"].search(self.sentence.text):
            return (self.whole,), False
        owners = [one for one in self.of(Region) if len(self.single) > 1 or "scope" in self.says[self.own[id(one)]]]
        owners = [one for one in owners if self.own[id(one)] in self.asides and not self.is_rival(one)]
        if owners and owners == self.of(Region):
            return owners[0].codes, False  # "ökade snabbare än storföretagens i Halland"
        if any(self.of_no_region(match.end()) for match in self.pattern["elsewhere"].finditer(self.sentence.text)):
            return (None,), False
        return region_before(self, token), True

    def region_of_pair(self, token: Token) -> tuple[str | None, ...] | None:
        """The region of one of two numbers, of which the first is of the first of two regions: "bredvid Skånes: 6 miljarder mot 75"."""
        text = self.sentence.text
        for first, second in itertools.pairwise(self.of(Number) if isinstance(token, Number) else ()):
            if token not in (first, second) or not self.pattern["versus"].fullmatch(text, first.end, second.start):
                continue
            codes = list(dict.fromkeys(code for one in self.of(Region) if one.end <= first.start for code in one.codes))
            codes = codes or [*self.context.named]
            told = [one for one in self.context.claims if one.against and one.region and not one.obstacle]
            if told and len(codes) < PAIR and len(self.single) < PAIR:
                rivals = [str(told[-1].region), told[-1].against]
                codes = [*codes, *(one for one in rivals if one not in codes)] if {*codes} <= {*rivals} else []
            if len(codes) == PAIR:
                return (codes[token is second],)
        return None

    def region_of_part(self, token: Token) -> tuple[str | None, ...] | None:
        """The region whose part of the whole's amount a number is: "av landets 662 miljarder kom 359, mer än hälften, från Stockholm"."""
        own = self.own[id(token)]
        is_part = isinstance(token, Number) and any(one.is_whole and one.end <= token.start for one in self.of(Number, own))
        if not is_part or any(self.parts_of(region) for region in self.of(Region, own)):
            return None
        return next((region.codes for region in self.of(Region) if region.start >= token.end and self.parts_of(region)), None)

    def region_beside(self, token: Token) -> tuple[str | None, ...] | None:
        """The region whose place others are held against, or that "där" stands for; None where the words say neither."""
        before = [region for region in self.of(Region) if region.start < token.start and region.codes]
        if isinstance(token, Rank) and token.of_next:
            after = [one for one in self.of(Region) if one.start > token.end and self.is_rival(one)]
            return after[0].codes if after else before[0].codes if before else (self.context.county,)
        if (
            isinstance(token, Number)
            and before
            and (
                (before[-1].end + 1 == token.start and self.sentence.text[: before[-1].end].endswith("s"))
                or (self.is_rival(before[-1]) and self.sentence.text[before[-1].end : token.start].strip() == "på")
            )
        ):
            return before[-1].codes  # "rikets 68 000 kronor", "över riksgenomsnittet på 276"
        of_topic = not self.of(Region) and (len(self.namings) > 1 or self.context.region is None)
        if isinstance(token, Number) and (token.is_whole or of_topic) and any("of_whole" in said for said in self.says):
            return (self.whole,)
        own, text = self.own[id(token)], self.sentence.text
        if isinstance(token, Number) and before and self.is_rival(before[-1]) and any(rank.of_next for rank in self.of(Rank)):
            return before[-1].codes  # "inget län hade fler än Halland, 1 274"
        only = [region for region in before if self.pattern["only"].search(text[: region.start])]
        rivals = [region for region in before if self.is_rival(region)]
        if only and rivals and isinstance(token, Number) and not self.of(Region, own):
            return rivals[-1].codes
        start, named = self.starts[own], list(dict.fromkeys(code for region in self.of(Region) for code in region.codes))
        if isinstance(token, Number) and token.place is not None and not self.of(Region, own) and len(named) == token.places:
            return (named[token.place],)
        if not (before and before[-1].start < start) or self.of(Region, own) or self.pattern["besides"].search(text[: before[-1].start]):
            return None
        is_next = isinstance(token, Number) and text[before[-1].end : start].strip() == "," and self.pattern["that_has"].match(text, start)
        is_beside = (
            is_next or self.pattern["where"].match(text, start) or (text[:start].endswith("(") and self.own[id(before[-1])] == own - 1)
        )
        is_pair = self.is_rival(before[-1]) and self.pattern["beside"].match(
            text, token.end
        )  # "överstiger rikssnittet (174 000 mot 143 000)"
        return before[-1].codes[-1:] if is_beside and not is_pair else None

    def of_no_region(self, end: int) -> bool:
        """Whether a name that ends there is of no region that is known."""
        return not any(region.start < end <= region.end for region in self.of(Region))

    def leads(self, region: Region) -> bool:
        """Whether a region only says whom the sentence's own comes after: "Bakom Stockholm kommer Skåne"."""
        return bool(self.pattern["behind"].fullmatch(self.sentence.text[: region.start]))

    def is_rival(self, token: Token) -> bool:
        """Whether others are held against what a token names: "högre än i Halland", "under riket"."""
        text, named = self.sentence.text, self.of(Region)[:2]
        if named[1:] and token in named and self.pattern["pair"].fullmatch(text, named[0].end, named[1].start):
            return token == named[1] and bool(self.pattern["rival"].search(text[: named[0].start]))  # "2020 passerade Halland Östergötland"
        return bool(self.pattern["rival"].search(text[: token.start]))

    def parts_of(self, region: Region) -> list[str]:
        """The regions among what is named, without the whole."""
        return [code for code in region.codes if code != self.whole]

    def said(self, segment: int) -> dict[str, Any]:
        """What the concepts of a segment say together: statistic, scope, form, and what can be counted."""
        merged: dict[str, list[Any]] = {}
        concepts = sorted(self.of(Concept, segment), key=lambda one: "leaves_out" in one.says)
        named = [one for one in concepts if "statistic" in one.says]
        rivals = [one for one in named if self.is_rival(one)]
        for concept in concepts:
            key = "rival" if concept in rivals and len(rivals) < len(named) else ""  # "större än varuexporten"
            for name, value in concept.says.items():
                merged.setdefault(key or name, []).append(value)
        said: dict[str, Any] = {name: merged[name][-1] for name in ("rival", "of_whole") if name in merged}
        for naming in merged.get("statistic", []):
            if not naming.is_open or "statistic" not in said:
                said["statistic"] = naming
        scope = dict(merged.get("scope", []))
        if scope:
            said["scope"] = frozenset((key, chosen) for key, chosen in scope.items() if chosen != TOTAL)
        form = max(merged.get("form", []), key=self.senses.weight, default=None)
        is_counted = "number" in merged or any(rank.counts for rank in self.of(Rank, segment))
        only_counts = bool(named) and all("quantity" in concept.says for concept in named)
        ranks = self.of(Rank, segment)
        is_exporter = any(self.pattern["exporter"].match(self.sentence.text, rank.end) for rank in ranks)  # "landets största exportör"
        if only_counts and ranks and not is_exporter and not any(number.unit == "money" for number in self.of(Number, segment)):
            is_counted = True  # "i topp tre för varuexporterande företag per invånare"
        is_counted = is_counted or any(
            self.pattern["so_many_more"].search(self.sentence.text[word.start : word.end])
            for word in self.of(Direction, segment)
            if word.finite
        )
        # What is in the classes is counted only where nothing else is named: "antalet företag", not "företagens varuexport".
        members = [] if "statistic" in said else merged.get("members", [])
        for quantity in merged.get("quantity", []) or [quantity for _, quantity in members]:
            statistics = said["statistic"].statistics if "statistic" in said else (members[0][0],)
            said["counted"] = statistics, quantity
        counts = [one for one in concepts if "number" in one.says and self.pattern["counted_after"].match(self.sentence.text, one.end)]
        if "statistic" in said and counts and (quantity := self.senses.counted(said["statistic"].statistics)):
            said["counted"] = said["statistic"].statistics, quantity  # "antalet företag i Halland som exporterar varor"
        if members and (is_counted or (form and form.over)):
            said["statistic"] = Naming(said["counted"][0])
        if form or (is_counted and "counted" in said):
            said["form"] = self.senses.whole_form(form, said["counted"][1] if is_counted and "counted" in said else "")
        if not scope and said.get("form") == Form() and any("leaves_out" in one.says for one in self.of(Concept)):
            said["scope"] = frozenset()  # "borträknas de största återstår 75 miljarder av exporten, som totalt uppgick till 355"
        if "of_members" in merged and (form is None or form == Form()):
            said["form"] = self.senses.share_of_members()
        return said

    def is_said(self, what: str, token: Token) -> bool:
        """Whether a concept stands in a token's segment, or before one that says nothing.

        per_year: the average of the years. each_year: every one of them.
        """
        for segment in self.around(token, forward=False):
            concepts, moves = self.of(Concept, segment), self.of(Direction, segment)
            if concepts or moves:
                return any(what in concept.says for concept in concepts)
        return False

    def names_statistic(self, last: int | None = None) -> bool:
        """Whether the sentence names a statistic, up to and including a segment."""
        return any("statistic" in said for said in self.says[: None if last is None else last + 1])

    def all_years(self) -> list[int]:
        return sorted(years.final for years in self.of(Years) if years.final)

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
        own = self.own[id(token)]
        alike = [number for number in self.numbers if number.end <= token.start and number.unit == token.unit]
        if token.sign or (alike and alike[-1].sign and self.pattern["beside_it"].search(self.sentence.text[: token.start])):
            return token.sign or alike[-1].sign  # "plus 29 procent mot 21"
        if after := self.pattern["more_after"].match(self.sentence.text, token.end):
            return next((word.sign for word in self.of(Direction) if token.end <= word.start < after.end() and word.sign), 1)
        for segment in self.around(token):
            words = [word for word in self.of(Direction, segment) if word.finite or own not in self.asides]
            words = [word for word in words if word.finite] or words  # "ökade mindre än rikets: 9,5 procent"
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

    def pass_on(self, kinds: Sequence[str], window: Window | None, year: int | None, form: Form) -> None:
        """Leave in the context what the next sentence can build on: the sentence's kinds of claims, window, year, and form of levels."""
        context = self.context
        context.among = self.among
        named = [region for region in self.of(Region) if region.codes]
        context.named = tuple(dict.fromkeys(code for region in named for code in region.codes))
        if named:
            outside = [region for region in named if self.own[id(region)] not in self.asides]
            context.region = (outside or named)[0].codes[-1]
            subjects = [region for region in named if not self.is_rival(region)]  # "Östergötland har gått om Uppsala. Länet …"
            counties = [code for region in subjects or named for code in self.parts_of(region)]
            context.county = counties[-1] if counties else context.county
            context.counties = tuple(dict.fromkeys(counties)) or context.counties
        elif self.pattern["everywhere"].search(self.sentence.text):
            context.region = context.region or self.whole
        elif self.of(Region) and context.county:
            context.region = context.county
        said: dict[str, Any] = {}
        for own in self.says:
            said = {**own, **said}
        context.scope = said.get("scope", context.scope)
        said = {"form": form, **said} if form.quantity else said  # "hade 997 exporterande företag. Det är en ökning med 22 procent"
        if "statistic" in said:
            goes_on = context.may_be_either and said["statistic"] == context.says.get("statistic")
            context.may_be_either = "scope" not in said and (goes_on or self.names_members)
            context.says = said
        elif said:
            context.says = {**context.says, **said}
        measured = [kind for kind in kinds if kind in ("growth", "change", "level")]
        context.is_growth = measured[0] != "level" if measured else context.is_growth
        context.in_per_cent = measured[0] == "growth" if measured else context.in_per_cent
        context.window = window or context.window
        context.year = year or context.year
        context.number = self.numbers[-1] if self.numbers else context.number
        context.sign = next((word.sign for word in self.of(Direction)), 0 if said else context.sign)
