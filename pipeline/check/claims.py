"""From sentences to claims: what each number, place or direction says, of what.

What cannot be understood becomes a claim with an obstacle, so that nothing is passed over in silence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.check.lexicon import Lexicon
from pipeline.check.parts import Context, Parts, Subject, Window
from pipeline.check.senses import SHARE, WHOLE_SCOPE, Form, Scope, Topic
from pipeline.check.texts import Sentence
from pipeline.check.tokens import Direction, Number, Obstacle, Rank, Region, Token, Written, Years

Kind = Literal[
    "growth",
    "change",
    "level",
    "rank of growth",
    "rank of change",
    "rank of level",
    "comparison of growth",
    "comparison of level",
    "direction",
    "unclear",
]

NO_FIGURE = "a number that is no figure of the data"
EVERY = "*"
"""Stands for the code of every region, the whole aside."""


@dataclass(frozen=True)
class Claim:
    """One claim: where it stands, and all that it can mean; assumed names what the sentence leaves unsaid.

    region: its code; of several together, their codes with + between. against: the region with which it is compared.
    sides: scopes that the words may mean, though they say another first.
    at: whether a level is that of the window's base (0) or final year (1).
    printed: the levels from which, and to which, the same sentence says that growth went.
    per_year: the average of the years. each_year: said of every one of them. of_whole: as a share of what the whole has.
    in_per_cent: a place in growth is by per cent, and not by what was added. obstacle: why it cannot be checked.
    doubts: what it could be with another region, year or concept of the sentence, where its own part of the sentence does not say.
    """

    sentence: Sentence
    start: int
    end: int
    kind: Kind
    region: str | None = None
    topics: tuple[Topic, ...] = ()
    scopes: tuple[Scope, ...] = ()
    sides: tuple[Scope, ...] = ()
    forms: tuple[Form, ...] = ()
    windows: tuple[Window, ...] = ()
    at: int = 1
    number: Number | None = None
    rank: Rank | None = None
    sign: int = 1
    printed: tuple[Written, Written] | None = None
    assumed: tuple[str, ...] = ()
    per_year: bool = False
    each_year: bool = False
    of_whole: bool = False
    in_per_cent: bool = False
    against: str = ""
    obstacle: str = ""
    doubts: tuple["Claim", ...] = ()

    @property
    def written(self) -> str:
        """The words that make the claim, as they stand."""
        return " ".join(self.sentence.text[self.start - self.sentence.start : self.end - self.sentence.start].split())


def find(sentences: Iterable[Sentence], lexicon: Lexicon) -> list[Claim]:
    """Every claim of a text, in order."""
    context = Context()
    found: list[Claim] = []
    below_heading = False
    for sentence in sentences:
        if sentence.begins and not below_heading:
            context = Context(region=context.region, county=context.county, scope=context.scope)
        below_heading = sentence.begins and not lexicon.pattern["stops"].search(sentence.text)
        reader = _Reader(Parts(sentence, lexicon, context))
        claims = sorted(reader.claims(), key=lambda claim: claim.start)
        found += claims
        if not sentence.in_table:
            reader.parts.pass_on([claim.kind for claim in claims])
    return found


class _Reader:
    """What a sentence claims."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.sentence = parts.sentence
        self.text = parts.sentence.text
        self.pattern = parts.pattern

    def claims(self) -> Iterator[Claim]:
        """Every claim of the sentence."""
        parts = self.parts
        if self.sentence.in_table:
            if parts.numbers:
                yield self.unclear(parts.tokens, "it stands in a table; sentences are checked")
            return
        if self.sentence.is_foreign:
            if parts.numbers:
                yield self.unclear(parts.tokens, "the sentence is not in Swedish")
            return
        made: list[Claim] = []
        for number in parts.numbers:
            made += self.number(number, made)
        for rank in parts.of(Rank):
            made += self.place(rank, made) if self.is_rank(rank) else [self.unclear([rank], "a superlative of no figure of the data")]
        said = {claim.obstacle for claim in made}
        made += [self.unclear([one], one.reason) for one in parts.of(Obstacle) if one.reason not in said and self.holds_number(one)]
        yield from made
        yield from self.comparisons(made)
        starts = {claim.start - self.sentence.start for claim in made}
        yield from self.directions({parts.own[id(token)] for token in [*parts.numbers, *parts.of(Rank)] if token.start in starts})

    def holds_number(self, token: Token) -> bool:
        """Whether a number, a share or a superlative is among the words of a token, as in "ett av tre län"."""
        return bool(self.pattern["says_number"].search(self.text[token.start : token.end]))

    def claim(self, tokens: Sequence[Token], kind: Kind, subject: Subject | None = None) -> Claim:
        """A claim without its region and years."""
        start, end = tokens[0].start + self.sentence.start, tokens[-1].end + self.sentence.start
        claim = Claim(self.sentence, start, end, kind)
        if subject is None:
            return claim
        claim = replace(claim, topics=subject.topics, scopes=subject.scopes, sides=subject.sides, forms=subject.forms)
        per_year, each_year = (self.parts.is_said(name, tokens[0]) for name in ("per_year", "each_year"))
        return replace(claim, of_whole=subject.of_whole, per_year=per_year, each_year=each_year)

    def unclear(self, tokens: Sequence[Token], reason: str) -> Claim:
        return replace(self.claim(tokens, "unclear"), obstacle=reason)

    def make(self, token: Token, claim: Claim) -> list[Claim]:
        """A claim for each of the regions that its token is about."""
        claim = replace(claim, doubts=tuple(self.doubts(token, claim)))
        regions, from_before = self.parts.regions(token)
        if isinstance(token, Number) and token.place is not None and len(regions) == 2:
            regions = (regions[token.place],)
        assumed = (*(["region"] if from_before else []), *claim.assumed)
        obstacle = claim.obstacle or self.parts.obstacle(token)
        if len(regions) > 1 and (self.pattern["together"].search(self.text) or claim.kind == "level") and None not in regions:
            regions = ("+".join(map(str, regions)),)
        return [self.in_region(claim, region, assumed, obstacle) for region in regions]

    @staticmethod
    def in_region(claim: Claim, region: str | None, assumed: tuple[str, ...], obstacle: str) -> Claim:
        doubts = tuple(replace(doubt, region=doubt.region or region) for doubt in claim.doubts)
        return replace(claim, region=region, assumed=assumed, obstacle=obstacle, doubts=doubts)

    def doubts(self, token: Token, claim: Claim) -> Iterator[Claim]:
        """The claim with one thing changed to what another part of the sentence says, where its own part does not say it.

        Of a part with several numbers it is open which of them its words are of.
        """
        parts, segment = self.parts, self.parts.own[id(token)]
        crowded = len(parts.of(Number, segment)) > 1
        own, elsewhere = parts.says[segment], [said for number, said in enumerate(parts.says) if number != segment]
        if crowded and "scope" in own:
            yield replace(claim, scopes=(WHOLE_SCOPE,))
        if crowded and "form" in own:
            yield replace(claim, forms=(Form(),))
        if crowded or not parts.of(Region, segment):
            yield from (replace(claim, region=code) for region in parts.of(Region) for code in region.codes)
        has_end = isinstance(token, Number) and token.role in ("från", "till")
        if (crowded and not has_end) or not parts.of(Years, segment):
            yield from (
                replace(claim, windows=(window,)) for window in parts.all_windows(spans=claim.kind not in ("level", "rank of level"))
            )
        for said in elsewhere:
            if "statistic" in said and "statistic" not in own:
                yield replace(claim, topics=tuple((one,) for one in said["statistic"].statistics))
            if "scope" in said and "scope" not in own:
                yield replace(claim, scopes=(said["scope"],))
            if "form" in said and "form" not in own:
                yield replace(claim, forms=(said["form"],))
        if any("per_year" in said for said in elsewhere) and not claim.per_year:
            yield replace(claim, per_year=True)
        if parts.of(Direction, segment) or not parts.of(Direction):
            return
        if claim.kind == "level" and claim.number and claim.number.unit != "%":
            yield replace(claim, kind="change", windows=parts.windows(token)[0])
        if claim.rank and not claim.rank.of:
            yield replace(
                claim, kind="rank of growth" if claim.kind == "rank of level" else "rank of level", windows=parts.windows(token)[0]
            )

    # Numbers

    def number(self, number: Number, made: Sequence[Claim]) -> list[Claim]:
        """The claims that a number makes; none for one in words, without a unit, where nothing that is measured is named."""
        parts = self.parts
        subject, unsaid = parts.subject(number)
        reason = self.hindrance(number, subject)
        if reason == NO_FIGURE and not re.search(r"\d", self.text[number.start : number.end]) and not parts.names_statistic():
            return []
        if subject.together and number.place is not None:
            subject = replace(subject, topics=((subject.together[number.place],),))
        elif subject.together and self.pattern["each_of_both"].search(self.text):
            subject = replace(subject, topics=tuple((one,) for one in subject.together))
        if compared := self.pattern["comparison"].match(self.text, number.end + 1):
            return self.compared(number, compared, number)
        if reason:
            return [self.unclear([number], parts.obstacle(number) or reason)]
        sign = parts.sign(number)
        kind = self.kind(number, subject, sign)
        own = parts.own[id(number)]
        if kind == "level" and number.role == "med" and made and made[-1].kind == "change" and "statistic" not in parts.says[own]:
            kind = "change"  # "ökade med 54 miljarder kronor och Stockholms med 19 miljarder"
        if kind == "unclear":
            return [self.unclear([number], parts.obstacle(number) or "whether it is growth, a share or something else is not said")]
        claim = replace(self.claim([number], kind, subject), number=number)
        if kind == "level":
            windows, at, is_unsaid = parts.year(number)
            if claim.per_year and not (windows[0].base and windows[0].final):
                claim = replace(claim, per_year=False)  # "160 000 kronor per år" is what a year has
            return self.make(number, replace(claim, windows=windows, at=at, assumed=(*unsaid, *(["year"] if is_unsaid else []))))
        windows, is_unsaid = parts.windows(number)
        full = parts.full_windows()
        if number.place is not None and len(full) == 2:
            windows = (full[number.place],)
        printed = parts.printed_years()
        if is_unsaid and printed:
            windows = tuple(printed)
        assumed = (*unsaid, *(["window"] if is_unsaid and not printed else []))
        return self.make(number, replace(claim, windows=windows, assumed=assumed, sign=sign or 1, printed=parts.printed()))

    def hindrance(self, number: Number, subject: Subject) -> str:
        """Why a number is no figure of the data that could be checked; empty where it may be one."""
        if not number.unit and not self.is_count(number, subject):
            return NO_FIGURE
        if any(self.is_within(rank) for rank in self.parts.of(Rank)):
            return "about one within the region"
        return "" if subject.topics else "what it measures is not said"

    def is_count(self, number: Number, subject: Subject) -> bool:
        """Whether a bare number counts what the sentence is about."""
        text = self.text
        if not self.parts.counts(tuple(one for topic in subject.topics for one in topic), subject.forms[0]) or re.match(
            r"0\d|\d+/", text[number.start :]
        ):
            return False
        if self.pattern["more_after"].match(text, number.end):
            return True
        named = any(region.end <= number.start and not text[region.end : number.start].strip() for region in self.parts.of(Region))
        after = self.pattern["counts_after"].match(text, number.end)
        return named or bool(after or self.pattern["counts_before"].search(text[: number.start]))

    def kind(self, number: Number, subject: Subject, sign: int) -> Kind:
        """Whether a number is growth, a change or a level."""
        parts, before = self.parts, self.text[: number.start]
        segment = parts.own[id(number)]
        restates = self.pattern["restates"].match(self.text, parts.starts[segment])
        moves = any(parts.of(Direction, near) for near in (range(segment + 1) if restates else [segment]))
        if number.unit == "points":
            return "change"
        if number.unit == "%":
            may_be_level = (subject.forms[0].over == SHARE or subject.of_whole) and not number.is_growth
            if may_be_level and (number.role in ("från", "till") or not (moves or number.sign)):
                return "level"
            return "growth" if sign or number.is_growth else "unclear"
        if before.rstrip().endswith(":") and any(not word.sign for word in parts.of(Direction)):
            return "change"
        if not parts.names_statistic(segment) and parts.context.sign and "motsvarar" in before[-25:].lower():
            return "change"
        # What stands before, without the word and the qualifier right before the number.
        cut = self.pattern["before_number"].sub("", before + " ").strip()
        by = (
            (number.role == "med" and moves)
            or number.sign
            or self.pattern["more_after"].match(self.text, number.end)
            or (number.role in ("", "på", "om", "med") and self.pattern["changes_by"].search(cut))
            or (
                number.unit == "money"
                and number.role not in ("från", "till")
                and self.pattern["absolute"].search(self.text)
                and parts.of(Direction)
            )
            or (number.role == "med" and self.pattern["goes_on_by"].fullmatch(before[parts.starts[segment] :]) and parts.of(Direction))
            or any(word.finite and not word.noun and not before[word.end :].strip() for word in parts.of(Direction, segment))
        )
        return "change" if by else "level"

    # Comparisons

    def comparisons(self, made: Sequence[Claim]) -> Iterator[Claim]:
        """Claims of more, or less, than another region has: "högre än i riket", "över rikssnittet"."""
        taken = {claim.end for claim in made if claim.against}
        for match in self.pattern["comparison"].finditer(self.text):
            if match.start() + self.sentence.start - 1 not in taken:
                yield from self.compared(Token(*match.span()), match)

    def compared(self, token: Token, match: re.Match[str], number: Number | None = None) -> list[Claim]:
        """A comparison; number: by how much."""
        parts = self.parts
        parts.own.setdefault(id(token), parts.segment(token))
        others = [region for region in parts.of(Region) if 0 <= region.start - match.end() <= len("hela ") and len(region.codes) == 1]
        subject, unsaid = parts.subject(token)
        if not others or not subject.topics:
            return [self.unclear([token], "what is compared is not said")]
        grows = any(word.finite or word.noun for word in parts.of(Direction, parts.own[id(token)]) if word.start < match.start())
        of_growth = bool(self.pattern["faster"].search(match[0])) or (grows and number is None)
        if not of_growth and number and number.unit == "points":
            of_growth = True
        if of_growth and number and number.unit != "points":
            return [self.unclear([token], "a comparison of growth by per cent of per cent, or by an amount, is not taken apart")]
        windows, is_unsaid = parts.windows(token)
        if not of_growth:
            windows, _, is_unsaid = parts.year(number or token)
        beside = [years.final for years in parts.of(Years, parts.own[id(others[0])]) if years.final]
        if is_unsaid and beside:
            windows, is_unsaid = (Window(final=beside[0], length=1 if of_growth else None),), False
        claim = replace(self.claim([token], "comparison of growth" if of_growth else "comparison of level", subject), per_year=False)
        assumed = (*unsaid, *(["window" if of_growth else "year"] if is_unsaid else []))
        sign = 1 if match["more"] or match["over"] else -1
        claim = replace(claim, windows=(windows[0],), assumed=assumed, sign=sign, number=number, against=others[0].codes[0])
        return [one for one in self.make(token, claim) if one.region != one.against]

    # Places and directions

    def is_within(self, rank: Rank) -> bool:
        """Whether a superlative is one within a region: "Hallands största exportföretag"."""
        owners = [region for region in self.parts.of(Region) if region.end == rank.start - 1 and region.codes != (self.parts.whole,)]
        return bool(owners) and self.text[: owners[0].end].endswith("s")

    def is_rank(self, rank: Rank) -> bool:
        """Whether a superlative places a region among regions, and is not about something else."""
        segment = self.parts.own[id(rank)]
        if not self.parts.of(Region) and not self.parts.context.region:
            return False
        if self.is_within(rank):
            return False
        if rank.sure or rank.of or self.pattern["among"].search(self.text, self.parts.starts[segment]):
            return True
        is_attribute = rank.counts or self.text[: rank.end].endswith(("a", "e"))
        return self.parts.names_statistic() and not (is_attribute and not self.pattern["compares"].match(self.text, rank.end))

    def is_of_growth(self, rank: Rank, before: Sequence[Claim]) -> bool:
        """Whether a place is one in growth; before: the measured claims that the sentence makes before it."""
        if rank.of:
            return rank.of == "growth"
        segment = self.parts.own[id(rank)]
        ends = [start for start in self.parts.starts if start > rank.start]
        develops = self.pattern["develops"].search(self.text[self.parts.starts[segment] : min(ends, default=len(self.text))])
        moves = self.parts.of(Direction, segment)
        if develops or any(word.finite and (not word.noun or word.start > rank.start) for word in moves):
            return True
        if before:
            return before[-1].kind != "level"
        goes_on = not self.parts.names_statistic() and self.parts.context.is_growth
        return goes_on or any(word.finite for word in self.parts.of(Direction))

    def listed(self, rank: Rank) -> list[str]:
        """The other regions that a place is said of, as in "högst Skåne 44 %, Halland 43 % och Jönköping 42 %"."""
        parts, own = self.parts, self.parts.own[id(rank)]
        listed: list[str] = []
        if any(region.codes for region in parts.of(Region, own) if region.start > rank.start):
            for segment in range(own + 1, len(parts.starts)):
                codes = [code for region in parts.of(Region, segment) for code in region.codes]
                others = [token for token in parts.tokens if isinstance(token, Rank | Direction) and parts.own[id(token)] == segment]
                if not codes or others or parts.says[segment] or segment in parts.asides | parts.others:
                    break
                listed += codes
        return listed

    def place(self, rank: Rank, made: Sequence[Claim]) -> list[Claim]:
        """The claim of a place among the regions; of the first places, one for each of the regions that are said to have them."""
        parts, begins = self.parts, rank.start + self.sentence.start
        before = [claim for claim in made if claim.end <= begins and claim.kind in ("growth", "change", "level")]
        subject, unsaid = parts.subject(rank)
        windows, is_unsaid = parts.windows(rank)
        after = parts.own[id(rank)] + 1
        is_next = after in parts.others and not self.text[rank.end : parts.starts[after]].replace("efter", "").strip()
        further = sum(len(region.codes) for region in parts.of(Region, after)) if is_next and rank.place == 1 else 0
        of_growth = self.is_of_growth(rank, before)
        falling = of_growth and any(word.sign < 0 for word in parts.of(Direction, parts.own[id(rank)]))
        if not of_growth:
            levels = [claim for claim in before if claim.kind == "level"]
            windows = levels[-1].windows[:1] if levels else windows[:1]
            is_unsaid = "year" in levels[-1].assumed if levels else is_unsaid
        assumed = (*unsaid, *(["window" if of_growth else "year"] if is_unsaid else []))
        absolute, in_per_cent = (bool(self.pattern[name].search(self.text)) for name in ("absolute", "in_per_cent"))
        claim = self.claim([rank], ("rank of change" if absolute else "rank of growth") if of_growth else "rank of level", subject)
        claim = replace(
            claim,
            windows=windows,
            rank=replace(rank, place=rank.place + further),
            sign=-1 if falling else 1,
            assumed=assumed,
            in_per_cent=in_per_cent,
            per_year=False,
        )
        claims = self.make(rank, claim)
        reason = ""
        claims += [replace(claims[0], region=code, doubts=()) for code in self.listed(rank)]
        if len(claims) > 1 and not rank.within:
            first = replace(rank, place=len(claims), within=True)
            claims = [replace(one, rank=first) for one in claims]
            reason = reason if rank.place in (1, len(claims)) else "several regions share one place in the sentence"
        if not subject.topics:
            reason = "what is compared is not said"
        return [replace(one, obstacle=one.obstacle or reason) for one in claims]

    def directions(self, taken: set[int]) -> Iterator[Claim]:
        """Claims without a number, "har ökat", one for each segment that makes no other."""
        parts = self.parts
        for word in parts.of(Direction):
            segment = parts.own[id(word)]
            if not word.finite or word.noun or not word.sign or segment in taken or "statistic" not in parts.says[segment]:
                continue
            taken.add(segment)
            subject, unsaid = parts.subject(word)
            windows, is_unsaid = parts.windows(word)
            vague = is_unsaid and not parts.context.window and not windows[0].base
            each: list[tuple[Topic, ...]] = [((one,),) for one in subject.together]
            for topics in each or [subject.topics]:
                claim = replace(self.claim([word], "direction", replace(subject, topics=topics)), per_year=False)
                assumed = (*unsaid, *(["window"] if is_unsaid else []))
                claim = replace(claim, windows=windows[:1], sign=word.sign, assumed=assumed)
                if self.pattern["everywhere"].search(self.text) and not any(region.codes for region in parts.of(Region, segment)):
                    yield replace(claim, region=EVERY)
                    continue
                for made in self.make(word, claim):
                    yield replace(made, obstacle=made.obstacle or ("since when is not said" if vague else ""))
