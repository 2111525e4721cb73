"""From sentences to claims: which region, concept and years each number, place or direction is about.

What a sentence leaves unsaid is taken from the part nearest before, then after, then from the sentence before; it is noted as assumed.
What cannot be understood becomes a claim with an obstacle, so that nothing is passed over in silence.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from pipeline.check.texts import Sentence
from pipeline.check.words import Concept, Direction, Number, Obstacle, Rank, Region, Token, Written, Years, tokens
from pipeline.schemas import NATION

Found = TypeVar("Found", bound=Token)
Kind = Literal["growth", "change", "level", "rank of growth", "rank of change", "rank of level", "direction", "unclear"]
BOUNDARY = re.compile(
    r"[,;:()]|\s[–—-]\s|\b(?P<aside>medan|jämfört\s+med|jämförelse\s+med|att\s+jämföra\s+med|mot|än(?!\s+(?:\d|hälften|en\s|två\s|tre\s)))\b|\b(?:men|samt|och|samtidigt\s+som)\b",
    re.IGNORECASE,
)
CHANGES_BY = re.compile(r"\b(?:ökning|tillväxt|uppgång|minskning|nedgång|förändring)\w*(?:\s+\w+){0,3}\s*$", re.IGNORECASE)
COUNTS_AFTER = re.compile(
    r"\s*(?:(?:st|stycken)\b\s*)?(?:fler\s+|färre\s+)?(?:exporterande|varuexport|exportör|exportföretag|företag|små\b|SMF|SME|p(?:er|å)\s+100|år\s+(?:19|20)\d\d)",
    re.IGNORECASE,
)
COUNTS_BEFORE = re.compile(
    r"(?:\b(?:var|är|blev|låg|ligger|hade|har|fanns|finns|till|från|på|med|mot|hela|cirka|ca|drygt|nästan|knappt|ungefär|omkring|närmare"
    r"|antalet|invånare|över|minst|räkna\s+in|den|(?:19|20)\d\d|län|länet|regionen)|:)\s*$",
    re.IGNORECASE,
)
"""What stands around a bare number that counts enterprises."""
ENTERPRISES = re.compile(r"\bföretag", re.IGNORECASE)
RESTATES = re.compile(r"\s*(?:det\s+vill\s+säga|dvs\.?|alltså|eller|motsvarande|närmare\s+bestämt)\b", re.IGNORECASE)
MEASURES = ("exporters", "per_exporter", "share", "per_capita", "total")


@dataclass(frozen=True)
class Window:
    """Base and final year. What is None is the award's own; length counts the base from the final year."""

    base: int | None = None
    final: int | None = None
    length: int | None = None


@dataclass(frozen=True)
class Claim:
    """One claim: where it stands, and what it can mean, likeliest first; assumed names what the sentence leaves unsaid.

    at: whether a level is that of the window's base (0) or final year (1). printed: the levels from which, and to which, the same
    sentence says that growth went. obstacle: why it cannot be checked.
    """

    sentence: Sentence
    start: int
    end: int
    kind: Kind
    region: str | None = None
    flows: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    at: int = 1
    number: Number | None = None
    rank: Rank | None = None
    sign: int = 1
    printed: tuple[Written, Written] | None = None
    assumed: tuple[str, ...] = ()
    obstacle: str = ""

    @property
    def written(self) -> str:
        """The words that make the claim, as they stand."""
        return " ".join(self.sentence.text[self.start - self.sentence.start : self.end - self.sentence.start].split())


@dataclass
class Context:
    """What the sentences before have established."""

    region: str | None = None
    county: str | None = None
    says: dict[str, str] = field(default_factory=dict)
    scope: str = ""
    may_be_either: bool = False
    window: Window | None = None
    year: int | None = None
    sign: int = 0
    is_growth: bool = False


def find(sentences: Iterable[Sentence], names: Mapping[str, str]) -> list[Claim]:
    """Every claim of a text, in order. names: region_code to name."""
    context = Context()
    found: list[Claim] = []
    below_heading = False
    for sentence in sentences:
        if sentence.begins and not below_heading:
            context.says, context.sign, context.is_growth, context.year, context.may_be_either = {}, 0, False, None, False
        below_heading = sentence.begins and not re.search(r"[.!?:;]\W*$", sentence.text)
        parts = _Parts(sentence, tokens(sentence.text, names), context)
        claims = sorted(parts.claims(), key=lambda claim: claim.start)
        found += claims
        parts.pass_on(claims)
    return found


class _Parts:
    """A sentence taken apart: its tokens, and the segment that each stands in."""

    def __init__(self, sentence: Sentence, found: Sequence[Token], context: Context) -> None:
        self.sentence = sentence
        self.context = context
        self.tokens = found
        inside = [(token.start, token.end) for token in found]
        bounds = [
            match
            for match in BOUNDARY.finditer(sentence.text)
            if all(match.end() <= start or end <= match.start() for start, end in inside)
        ]
        self.starts = [0, *(match.end() for match in bounds)]
        self.asides = {number for number, match in enumerate(bounds, 1) if match["aside"]}
        self.own = {id(token): self.segment(token) for token in found}
        ranked = {self.own[id(token)] for token in found if isinstance(token, Rank)}
        self.tokens = [token for token in found if not (self.own[id(token)] in ranked and self.is_field(token))]
        self.numbers = [token for token in self.tokens if isinstance(token, Number)]

    def is_field(self, token: Token) -> bool:
        """Whether a region is the nation as the field that others are placed in: "högst i landet", "landets tredje högsta"."""
        if not isinstance(token, Region) or token.codes != (NATION,):
            return False
        text = self.sentence.text
        follows = any(
            isinstance(other, Rank) and other.start >= token.end and text[token.end : other.start].strip() in ("", "allra")
            for other in self.tokens
        )
        return follows or bool(re.search(r"\b(?:i|av|bland|för|inom)\s+$", text[: token.start], re.IGNORECASE))

    def segment(self, token: Token) -> int:
        return max(number for number, start in enumerate(self.starts) if start <= token.start)

    def of(self, kind: type[Found], segment: int | None = None) -> list[Found]:
        return [token for token in self.tokens if isinstance(token, kind) and (segment is None or self.own[id(token)] == segment)]

    def around(self, token: Token, *, forward: bool = True) -> Iterator[int]:
        """Segments nearest first: its own, those before, those after; asides of others last."""
        own = self.own[id(token)]
        order = [own, *range(own - 1, -1, -1), *(range(own + 1, len(self.starts)) if forward else ())]
        yield from (number for number in order if number == own or number not in self.asides)

    # What a claim is about

    def regions(self, token: Token) -> tuple[tuple[str | None, ...], bool]:
        """The regions of a claim, and whether they are taken from an earlier sentence."""
        for segment in self.around(token):
            named = self.of(Region, segment)
            counties = [region for region in named if region.codes != (NATION,)]
            if isinstance(token, Rank):
                named = counties
            if not named:
                continue
            before = [region for region in named if region.start < token.start]
            chosen = before[-1] if before else named[0]
            if chosen.codes:
                return chosen.codes, False
            earlier = [code for region in self.of(Region) if region.start < chosen.start for code in region.codes if code != NATION]
            return ((earlier[-1],), False) if earlier else ((self.context.county,), True)
        return (self.context.region,), True

    def concept(self, token: Token) -> tuple[dict[str, tuple[str, ...]], list[str]]:
        """Flows, scopes and measures that a claim can be about, likeliest first; and which of them the sentence leaves unsaid."""
        own = self.says(self.own[id(token)])
        near: dict[str, str] = {}
        for segment in self.around(token):
            said = self.says(segment)
            if segment > self.own[id(token)] and "flow" in near and "flow" in said:
                break
            near = {**said, **near}
        speaks_anew = "flow" in own
        unsaid = [key for key in ("flow", "scope", "measure") if key not in near]
        if not speaks_anew and "flow" not in near:
            near = {**self.context.says, **near}
        flow = near.get("flow", "")
        flows = {"goods": ("goods",), "services": ("services",), "both": ("both",), "exports": ("goods", "services")}.get(flow, ())
        measure = own.get("measure") if speaks_anew else near.get("measure")
        measures = (measure,) if measure else tuple(dict.fromkeys((near.get("measure") or "total", self.context_measure(near), "total")))
        scope = own.get("scope") if speaks_anew else near.get("scope")
        goes_on = self.context.may_be_either and near.get("flow") in (None, self.context.says.get("flow"))
        may_be_either = near.get("scope") or self.context.scope or goes_on or ENTERPRISES.search(self.sentence.text)
        scopes = (scope,) if scope else tuple(dict.fromkeys((near.get("scope") or "all", "all", "sme"))) if may_be_either else ("all",)
        if flows == ("services",) and "scope" not in own:
            scopes = ("all",)
        return {"flows": flows, "scopes": scopes, "measures": measures}, unsaid

    def context_measure(self, near: Mapping[str, str]) -> str:
        """The measure of the sentence before, where this one goes on about the same without naming its own."""
        return self.context.says.get("measure", "total") if self.sentence_is_about_the_same(near) else "total"

    def sentence_is_about_the_same(self, near: Mapping[str, str]) -> bool:
        return near.get("flow") in (None, self.context.says.get("flow"), "exports")

    def says(self, segment: int) -> dict[str, str]:
        """What the concepts of a segment say together."""
        said: dict[str, str] = {}
        about: set[str] = set()
        for concept in self.of(Concept, segment):
            for key, value in concept.says.items():
                if key == "about":
                    about.add(value)
                elif key == "measure":
                    said[key] = min(said.get(key, value), value, key=MEASURES.index)
                elif key == "flow" and value == "exports":
                    said.setdefault(key, value)
                else:
                    said[key] = value
        if about == {"exporters", "number"} and said.get("measure") != "exporters":
            said["measure"] = "exporters" if said.get("measure") == "per_capita" else "exporter_count"
        return said

    def windows(self, token: Token) -> tuple[tuple[Window, ...], bool]:
        """The windows that growth can be over, and whether the sentence leaves them unsaid."""
        singles: list[int] = []
        for segment in self.around(token):
            spans = self.of(Years, segment)
            full = [Window(years.base, years.final) for years in spans if years.base and years.final]
            if full:
                return (full[-1] if len(full) > 1 and spans[-1].start < token.start else full[0],), False
            bases = [years.base for years in spans if years.base]
            finals = [years.final for years in spans if years.final]
            lengths = [years.length for years in spans if years.length]
            if bases:
                later = [year for year in finals if year > bases[0]] or [year for year in self.all_years() if year > bases[0]]
                if not later and self.context.year and self.context.year > bases[0]:
                    return (Window(bases[0], self.context.year), Window(bases[0])), True
                return (Window(bases[0], later[-1] if later else None),), not later
            if len(finals) > 1:
                return (Window(min(finals), max(finals)),), False
            if lengths:
                final = next(iter([*finals, *reversed(self.all_years())]), None)
                return tuple(Window(final=final, length=length) for length in (lengths[0], lengths[0] - 1) if length), final is None
            if any(years.same for years in spans) and self.context.window:
                return (self.context.window,), False
            singles += finals
        if len(set(singles)) > 1:
            return (Window(min(singles), max(singles)),), False
        if singles:
            return (Window(final=singles[0], length=1), Window(final=singles[0])), False
        if self.context.window and not any("flow" in self.says(segment) for segment in self.around(token)):
            return (self.context.window,), True
        return tuple(dict.fromkeys([self.context.window or Window(), Window()])), True

    def all_years(self) -> list[int]:
        return sorted(years.final for years in self.of(Years) if years.final)

    def year(self, number: Number) -> tuple[tuple[Window, ...], int, bool]:
        """The window and the end of it that a level belongs to, and whether the sentence leaves its year unsaid."""
        segment = self.own[id(number)]
        levels = [other for other in self.numbers if self.own[id(other)] == segment and other.unit == number.unit]
        index = levels.index(number)
        single = [years for years in self.of(Years, segment) if not years.base and years.final]
        bounds = [other.start for other in levels] + [len(self.sentence.text)]
        after = [years for years in single if number.end <= years.start < bounds[index + 1] and not years.forward]
        before = [years for years in single if (bounds[index - 1] if index else 0) <= years.start < number.start]
        before = [years for years in before if years.forward or index == 0 or len(single) < len(levels)] or before
        if number.place is not None and len({years.final for years in single}) == 2:
            return (Window(final=single[number.place].final),), 1, False
        ahead = [years for years in before if years.forward]
        bracket = re.match(r"\s*\(\s*(?:år\s+)?", self.sentence.text[number.end :], re.IGNORECASE)
        next_to = [years for years in self.of(Years) if bracket and years.start == number.end + bracket.end()]
        near = (
            [years for years in next_to if years.final and not years.base]
            or ahead
            or after
            or before
            or (single if len(levels) == 1 else [])
        )
        if near:
            return (Window(final=near[0].final),), 1, False
        at = 0 if number.role == "från" else 1
        windows, unsaid = self.windows(number)
        if unsaid and at == 1 and self.context.year:
            return (Window(final=self.context.year), Window()), 1, True
        return windows if at == 0 or unsaid else windows[:1], at, unsaid

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

    # The claims

    def claims(self) -> Iterator[Claim]:
        """Every claim of the sentence."""
        if self.sentence.in_table:
            if self.numbers:
                yield self.unclear(self.tokens, "it stands in a table; sentences are checked")
            return
        made: list[Claim] = []
        for number in self.numbers:
            made += self.number(number)
        made += [self.place(rank, made) for rank in self.of(Rank) if self.is_rank(rank)]
        yield from made
        yield from self.directions(
            [token for token in [*self.numbers, *self.of(Rank)] if any(claim.start == self.sentence.start + token.start for claim in made)]
        )

    def unclear(self, found: Sequence[Token], reason: str) -> Claim:
        start, end = found[0].start + self.sentence.start, found[-1].end + self.sentence.start
        return Claim(self.sentence, start, end, "unclear", obstacle=reason)

    def make(self, token: Token, claim: Claim) -> list[Claim]:
        """A claim for each of the regions that its token is about."""
        regions, from_before = self.regions(token)
        if isinstance(token, Number) and token.place is not None and len(regions) == 2:
            regions = (regions[token.place],)
        assumed = (*(["region"] if from_before else []), *claim.assumed)
        return [replace(claim, region=region, assumed=assumed, obstacle=claim.obstacle or self.obstacle(token)) for region in regions]

    def claim(self, token: Token, kind: Kind, concept: Mapping[str, tuple[str, ...]]) -> Claim:
        """A claim without its region and years."""
        start, end = token.start + self.sentence.start, token.end + self.sentence.start
        return Claim(self.sentence, start, end, kind, flows=concept["flows"], scopes=concept["scopes"], measures=concept["measures"])

    def number(self, number: Number) -> list[Claim]:
        """The claims that a number makes; none for a bare number that stands near neither a region nor exports."""
        concept, unsaid = self.concept(number)
        own = self.says(self.own[id(number)])
        if not number.unit and not self.is_count(number, concept["measures"]):
            near = self.of(Region) or any("flow" in self.says(segment) for segment in range(len(self.starts)))
            return [self.unclear([number], self.obstacle(number) or "a number that is no figure of the data")] if near else []
        if not concept["flows"] and concept["measures"][0] not in ("exporters", "per_exporter"):
            obstacle = self.obstacle(number) or "what it measures is not said"
            return [self.unclear([number], obstacle)]
        sign = self.sign(number)
        if not concept["flows"]:
            concept = {**concept, "flows": ("goods",)}
        if concept["flows"] == ("both",):
            if number.place is None:
                return [self.unclear([number], "goods and services exports together are not in the data")]
            concept = {**concept, "flows": (self.both(number)[number.place],)}
        kind = self.kind(number, concept["measures"], own, sign)
        if kind == "unclear":
            return [self.unclear([number], self.obstacle(number) or "whether it is growth, a share or something else is not said")]
        if kind == "level":
            windows, at, unsaid_year = self.year(number)
            assumed = (*unsaid, *(["year"] if unsaid_year else []))
            return self.make(number, replace(self.claim(number, kind, concept), number=number, windows=windows, at=at, assumed=assumed))
        windows, unsaid_window = self.windows(number)
        if number.place is not None:
            full = [Window(years.base, years.final) for years in self.of(Years) if years.base and years.final]
            windows = (full[number.place],) if len(full) == 2 else windows
        if unsaid_window:
            windows = tuple(dict.fromkeys([*self.printed_years(), *windows]))
        assumed = (*unsaid, *(["window"] if unsaid_window and not self.printed_years() else []))
        claim = replace(self.claim(number, kind, concept), number=number, windows=windows, assumed=assumed)
        return self.make(number, replace(claim, sign=sign or 1, printed=self.printed()))

    def both(self, token: Token) -> tuple[str, str]:
        """Goods and services in the order in which the sentence names them."""
        text = self.sentence.text.lower()
        goods, services = text.find("varu" if "varu" in text else "varor"), text.find("tjänst")
        return ("goods", "services") if goods < services else ("services", "goods")

    def is_count(self, number: Number, measures: Sequence[str]) -> bool:
        """Whether a bare number counts exporters."""
        if measures[0] not in ("exporters", "exporter_count"):
            return False
        text = self.sentence.text
        if re.match(r"0\d", text[number.start : number.end]) or text[number.end : number.end + 1] == "/":
            return False
        named = any(region.end <= number.start and not text[region.end : number.start].strip() for region in self.of(Region))
        return named or bool(COUNTS_AFTER.match(text[number.end :]) or COUNTS_BEFORE.search(text[: number.start]))

    def kind(self, number: Number, measures: Sequence[str], own: Mapping[str, str], sign: int) -> Kind:
        before = self.sentence.text[: number.start]
        segment = self.own[id(number)]
        restates = RESTATES.match(self.sentence.text[self.starts[segment] :])
        moves = any(self.of(Direction, near) for near in (range(segment + 1) if restates else [segment]))
        if number.unit == "points":
            return "change"
        if number.unit == "%":
            is_level = measures[0] == "share" and not number.is_growth and (number.role in ("från", "till") or not (moves or number.sign))
            if is_level:
                return "level"
            return "growth" if sign or number.is_growth else "unclear"
        more = re.match(r"\s*(?:\w+\s+){0,2}(?:fler|färre|mer|mindre|högre|lägre)\b", self.sentence.text[number.end :], re.IGNORECASE)
        if before.rstrip().endswith(":") and any(not word.sign for word in self.of(Direction)):
            return "change"
        goes_on = not any("flow" in self.says(near) for near in range(segment + 1))
        if goes_on and self.context.sign and "motsvarar" in before[-25:].lower():
            return "change"
        by = (
            (number.role == "med" and moves)
            or number.sign
            or more
            or (number.role in ("", "på", "om", "med") and CHANGES_BY.search(self.cut(before)))
            or any(word.finite and not word.noun and not before[word.end :].strip() for word in self.of(Direction, segment))
        )
        return "change" if by else "level"

    @staticmethod
    def cut(before: str) -> str:
        """What stands before a number, without the word and the qualifier right before it."""
        return re.sub(r"\b(?:på|om|med|cirka|ca|drygt|nästan|knappt|ungefär|omkring)\s+", "", before + " ").strip()

    def sign(self, token: Number) -> int:
        """The direction of a growth: its own sign, or the nearest word that goes up or down."""
        if token.sign:
            return token.sign
        for segment in self.around(token):
            words = self.of(Direction, segment)
            before = [word for word in words if word.start < token.start]
            if words:
                return (before or words)[-1 if before else 0].sign
        printed = self.printed()
        if printed:
            return 1 if printed[1].low >= printed[0].low else -1
        return self.context.sign if "flow" not in self.says(self.own[id(token)]) else 0

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

    def is_rank(self, rank: Rank) -> bool:
        """Whether a superlative places a region among regions, and is not an idiom."""
        text = self.sentence.text
        segment = self.own[id(rank)]
        around = text[self.starts[segment] :]
        among = re.search(
            r"\b(?:i|av|bland|för|inom)\s+(?:hela\s+)?(?:landet|riket|Sverige|alla|samtliga|de\s+21|de\s+tjugoen|länen|regionerna|landets|Sveriges|rikets)\b|\bnationellt\b|\b21\b",
            around,
            re.I,
        )
        if rank.sure or rank.of or among:
            return bool(self.of(Region) or self.context.region)
        word = text[rank.start : rank.end].lower()
        verbs = [word_ for word_ in self.of(Direction, segment) if 0 <= rank.start - word_.end <= 2 or 0 <= word_.start - rank.end <= 2]
        return bool(verbs) and word.startswith(("mest", "snabb", "stark", "kraft", "lång", "svag", "minst", "högst"))

    def place(self, rank: Rank, made: Sequence[Claim]) -> Claim:
        """The claim of a place among the regions."""
        segment = self.own[id(rank)]
        moves = self.of(Direction, segment)
        before = [claim for claim in made if claim.end <= rank.start + self.sentence.start and claim.kind in ("growth", "change", "level")]
        if rank.of == "growth" or (not rank.of and any(word.finite for word in moves)):
            of_growth = True
        elif rank.of == "level":
            of_growth = False
        elif before:
            of_growth = before[-1].kind != "level"
        else:
            goes_on = not any("flow" in self.says(near) for near in range(len(self.starts)))
            of_growth = any(word.finite for word in self.of(Direction)) or (goes_on and self.context.is_growth)
        concept, unsaid = self.concept(rank)
        concept = {**concept, "flows": concept["flows"] or (("goods",) if concept["measures"][0] in ("exporters", "per_exporter") else ())}
        falling = any(word.sign < 0 for word in moves) if of_growth else False
        if of_growth:
            windows, unsaid_window = self.windows(rank)
            kind: Kind = "rank of growth"
        else:
            years = [claim for claim in before if claim.kind == "level"]
            windows, unsaid_window = self.windows(rank)
            windows = (years[-1].windows[0],) if years else windows[:1]
            unsaid_window = "year" in years[-1].assumed if years else unsaid_window
            kind = "rank of level"
        noun = "window" if of_growth else "year"
        assumed = (*unsaid, *([noun] if unsaid_window else []))
        made_of = replace(self.claim(rank, kind, concept), windows=windows, rank=rank, sign=-1 if falling else 1, assumed=assumed)
        (claim, *others) = self.make(rank, made_of)
        if not concept["flows"]:
            return replace(claim, obstacle=claim.obstacle or "what is compared is not said")
        return replace(claim, obstacle=claim.obstacle or "several regions share one place in the sentence") if others else claim

    def directions(self, used: Sequence[Token]) -> Iterator[Claim]:
        """Claims without a number: "har ökat"."""
        taken = {self.own[id(token)] for token in used}
        for word in self.of(Direction):
            segment = self.own[id(word)]
            if not word.finite or word.noun or segment in taken or "flow" not in self.says(segment):
                continue
            taken.add(segment)
            concept, unsaid = self.concept(word)
            windows, unsaid_window = self.windows(word)
            flows = ("goods", "services") if concept["flows"] == ("both",) else (None,)
            for flow in flows:
                chosen = {**concept, "flows": (flow,)} if flow else concept
                assumed = (*unsaid, *(["window"] if unsaid_window else []))
                claim = replace(self.claim(word, "direction", chosen), windows=windows[:1], sign=word.sign, assumed=assumed)
                for made in self.make(word, claim):
                    vague = unsaid_window and not self.context.window and not windows[0].base
                    yield replace(made, obstacle=made.obstacle or ("since when is not said" if vague else ""))

    def pass_on(self, claims: Sequence[Claim]) -> None:
        """Leave in the context what the next sentence can build on."""
        if self.sentence.in_table:
            return
        context = self.context
        named = [region for region in self.of(Region) if region.codes]
        if named:
            outside = [region for region in named if self.own[id(region)] not in self.asides]
            context.region = (outside or named)[0].codes[-1]
            counties = [code for region in named for code in region.codes if code != NATION]
            context.county = counties[-1] if counties else context.county
        elif self.of(Region) and context.county:
            context.region = context.county
        said: dict[str, str] = {}
        for segment in range(len(self.starts)):
            said = {**self.says(segment), **said}
        context.scope = said.get("scope", context.scope)
        if "flow" in said:
            goes_on = context.may_be_either and said["flow"] == context.says.get("flow")
            context.may_be_either = "scope" not in said and (goes_on or bool(ENTERPRISES.search(self.sentence.text)))
        if "flow" in said:
            context.says = said
        elif said:
            context.says = {**context.says, **said}
        measured = [claim.kind for claim in claims if claim.kind in ("growth", "change", "level")]
        context.is_growth = measured[0] != "level" if measured else context.is_growth
        full = [Window(years.base, years.final) for years in self.of(Years) if years.base and years.final]
        if full:
            context.window = full[0]
        elif self.printed_years():
            context.window = self.printed_years()[0]
        years = self.all_years()
        context.year = years[-1] if years else context.window.final if full and context.window else context.year
        moves = [word.sign for word in self.of(Direction)]
        context.sign = moves[0] if moves else 0 if said else context.sign
