"""From sentences to claims: what each number, place or direction says, of what.

What cannot be understood becomes a claim with an obstacle, so that nothing is passed over in silence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.check.lexicon import Lexicon
from pipeline.check.parts import Context, Parts, Subject, Window
from pipeline.check.senses import SHARE, Form, Scope
from pipeline.check.texts import Sentence
from pipeline.check.tokens import Direction, Number, Rank, Region, Token, Written

Kind = Literal["growth", "change", "level", "rank of growth", "rank of change", "rank of level", "direction", "unclear"]


@dataclass(frozen=True)
class Claim:
    """One claim: where it stands, and what it can mean, likeliest first; assumed names what the sentence leaves unsaid.

    at: whether a level is that of the window's base (0) or final year (1). printed: the levels from which, and to which,
    the same sentence says that growth went. obstacle: why it cannot be checked.
    """

    sentence: Sentence
    start: int
    end: int
    kind: Kind
    region: str | None = None
    statistics: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    forms: tuple[Form, ...] = ()
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


def find(sentences: Iterable[Sentence], lexicon: Lexicon) -> list[Claim]:
    """Every claim of a text, in order."""
    context = Context()
    found: list[Claim] = []
    below_heading = False
    for sentence in sentences:
        if sentence.begins and not below_heading:
            context = replace(context, says={}, sign=0, is_growth=False, year=None, may_be_either=False)
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
        made = [claim for number in parts.numbers for claim in self.number(number)]
        made += [self.place(rank, made) for rank in parts.of(Rank) if self.is_rank(rank)]
        yield from made
        starts = {claim.start - self.sentence.start for claim in made}
        yield from self.directions({parts.own[id(token)] for token in [*parts.numbers, *parts.of(Rank)] if token.start in starts})

    def claim(self, tokens: Sequence[Token], kind: Kind, subject: Subject | None = None) -> Claim:
        """A claim without its region and years."""
        start, end = tokens[0].start + self.sentence.start, tokens[-1].end + self.sentence.start
        about = (subject.statistics, subject.scopes, subject.forms) if subject else ()
        return Claim(self.sentence, start, end, kind, None, *about)

    def unclear(self, tokens: Sequence[Token], reason: str) -> Claim:
        return replace(self.claim(tokens, "unclear"), obstacle=reason)

    def make(self, token: Token, claim: Claim) -> list[Claim]:
        """A claim for each of the regions that its token is about."""
        regions, from_before = self.parts.regions(token)
        if isinstance(token, Number) and token.place is not None and len(regions) == 2:
            regions = (regions[token.place],)
        assumed = (*(["region"] if from_before else []), *claim.assumed)
        obstacle = claim.obstacle or self.parts.obstacle(token)
        return [replace(claim, region=region, assumed=assumed, obstacle=obstacle) for region in regions]

    # Numbers

    def number(self, number: Number) -> list[Claim]:
        """The claims that a number makes; none for a bare number that stands near neither a region nor a statistic."""
        parts = self.parts
        subject, unsaid = parts.subject(number)
        reason = ""
        if not number.unit and not self.is_count(number, subject):
            if not parts.of(Region) and not parts.names_statistic():
                return []
            reason = "a number that is no figure of the data"
        elif not subject.statistics:
            reason = "what it measures is not said"
        elif subject.together and number.place is None:
            reason = _together(subject)
        elif subject.together:
            subject = replace(subject, statistics=(subject.statistics[number.place or 0],))
        sign = parts.sign(number)
        kind = self.kind(number, subject.forms, sign)
        if reason or kind == "unclear":
            reason = reason or "whether it is growth, a share or something else is not said"
            return [self.unclear([number], parts.obstacle(number) or reason)]
        claim = replace(self.claim([number], kind, subject), number=number)
        if kind == "level":
            windows, at, is_unsaid = parts.year(number)
            return self.make(number, replace(claim, windows=windows, at=at, assumed=(*unsaid, *(["year"] if is_unsaid else []))))
        windows, is_unsaid = parts.windows(number)
        full = parts.full_windows()
        if number.place is not None and len(full) == 2:
            windows = (full[number.place],)
        printed = parts.printed_years()
        if is_unsaid:
            windows = tuple(dict.fromkeys([*printed, *windows]))
        assumed = (*unsaid, *(["window"] if is_unsaid and not printed else []))
        return self.make(number, replace(claim, windows=windows, assumed=assumed, sign=sign or 1, printed=parts.printed()))

    def is_count(self, number: Number, subject: Subject) -> bool:
        """Whether a bare number counts what the sentence is about."""
        text = self.text
        if not self.parts.counts(subject.statistics, subject.forms[0]) or re.match(r"0\d|\d+/", text[number.start :]):
            return False
        named = any(region.end <= number.start and not text[region.end : number.start].strip() for region in self.parts.of(Region))
        after = self.pattern["counts_after"].match(text, number.end)
        return named or bool(after or self.pattern["counts_before"].search(text[: number.start]))

    def kind(self, number: Number, forms: Sequence[Form], sign: int) -> Kind:
        """Whether a number is growth, a change or a level."""
        parts, before = self.parts, self.text[: number.start]
        segment = parts.own[id(number)]
        restates = self.pattern["restates"].match(self.text, parts.starts[segment])
        moves = any(parts.of(Direction, near) for near in (range(segment + 1) if restates else [segment]))
        if number.unit == "points":
            return "change"
        if number.unit == "%":
            may_be_level = forms[0].over == SHARE and not number.is_growth
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
            or any(word.finite and not word.noun and not before[word.end :].strip() for word in parts.of(Direction, segment))
        )
        return "change" if by else "level"

    # Places and directions

    def is_rank(self, rank: Rank) -> bool:
        """Whether a superlative places a region among regions, and is not an idiom."""
        segment = self.parts.own[id(rank)]
        if rank.sure or rank.of or self.pattern["among"].search(self.text, self.parts.starts[segment]):
            return bool(self.parts.of(Region) or self.parts.context.region)
        words = self.parts.of(Direction, segment)
        beside = any(0 <= rank.start - word.end <= 2 or 0 <= word.start - rank.end <= 2 for word in words)
        return bool(beside and self.pattern["idiom"].match(self.text, rank.start))

    def is_of_growth(self, rank: Rank, before: Sequence[Claim]) -> bool:
        """Whether a place is one in growth; before: the measured claims that the sentence makes before it."""
        if rank.of:
            return rank.of == "growth"
        if any(word.finite for word in self.parts.of(Direction, self.parts.own[id(rank)])):
            return True
        if before:
            return before[-1].kind != "level"
        goes_on = not self.parts.names_statistic() and self.parts.context.is_growth
        return goes_on or any(word.finite for word in self.parts.of(Direction))

    def place(self, rank: Rank, made: Sequence[Claim]) -> Claim:
        """The claim of a place among the regions."""
        parts, begins = self.parts, rank.start + self.sentence.start
        before = [claim for claim in made if claim.end <= begins and claim.kind in ("growth", "change", "level")]
        subject, unsaid = parts.subject(rank)
        windows, is_unsaid = parts.windows(rank)
        of_growth = self.is_of_growth(rank, before)
        falling = of_growth and any(word.sign < 0 for word in parts.of(Direction, parts.own[id(rank)]))
        if not of_growth:
            levels = [claim for claim in before if claim.kind == "level"]
            windows = levels[-1].windows[:1] if levels else windows[:1]
            is_unsaid = "year" in levels[-1].assumed if levels else is_unsaid
        assumed = (*unsaid, *(["window" if of_growth else "year"] if is_unsaid else []))
        claim = self.claim([rank], "rank of growth" if of_growth else "rank of level", subject)
        (claim, *others) = self.make(rank, replace(claim, windows=windows, rank=rank, sign=-1 if falling else 1, assumed=assumed))
        reason = "several regions share one place in the sentence" if others else ""
        if not subject.statistics:
            reason = "what is compared is not said"
        return replace(claim, obstacle=claim.obstacle or (_together(subject) if subject.together else reason))

    def directions(self, taken: set[int]) -> Iterator[Claim]:
        """Claims without a number, "har ökat", one for each segment that makes no other."""
        parts = self.parts
        for word in parts.of(Direction):
            segment = parts.own[id(word)]
            if not word.finite or word.noun or segment in taken or "statistic" not in parts.says[segment]:
                continue
            taken.add(segment)
            subject, unsaid = parts.subject(word)
            windows, is_unsaid = parts.windows(word)
            vague = is_unsaid and not parts.context.window and not windows[0].base
            for statistics in zip(subject.statistics, strict=True) if subject.together else [subject.statistics]:
                claim = self.claim([word], "direction", replace(subject, statistics=statistics))
                assumed = (*unsaid, *(["window"] if is_unsaid else []))
                for made in self.make(word, replace(claim, windows=windows[:1], sign=word.sign, assumed=assumed)):
                    yield replace(made, obstacle=made.obstacle or ("since when is not said" if vague else ""))


def _together(subject: Subject) -> str:
    return f"{' and '.join(name.replace('_', ' ') for name in subject.statistics)} together are not in the data"
