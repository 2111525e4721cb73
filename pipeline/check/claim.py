"""A claim: what a number, place or direction of a sentence says, of what."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipeline.check.parts import Window
from pipeline.check.senses import Form, Scope, Topic
from pipeline.check.texts import Sentence
from pipeline.check.tokens import TURNED, Number, Rank, Written, replace

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

EVERY = "*"
"""Stands for the code of every region, the whole aside."""


@dataclass(frozen=True)
class Claim:
    """One claim: where it stands, and all that it can mean; assumed names what the sentence leaves unsaid.

    region: its code; of several together, their codes with + between. several: of at least and at most so many of
    all regions it is said, 0 for none; besides: of all but these.
    among: the regions that it places or counts, where not all; of_known: those whose figure is known. against: the region, rival: the
    statistic, and rival_scope: the classes, with which it is compared.
    sign: 0 where either has more. in_times: one growth is so many times the other. or_nil: it holds of no difference too.
    alike: the part of the larger by which two that are as large may differ.
    sides: scopes that the words may mean, though they say another first.
    at: whether a level is that of the window's base (0) or final year (1).
    printed: the levels from which, and to which, the same sentence says that growth went.
    per_year: the average of the years. each_year: said of every one of them; from_first: held against the
    first, not the one before. of_whole: as a share of what the whole has.
    of_topic: as a share of these statistics together. of_change: as a share of what all, or the whole, changed by.
    in_per_cent: a place in growth is by per cent, and not by what was added. obstacle: why it cannot be checked.
    unless_right: why it need not be what it is read as, so that it is right or not checkable.
    also: what else must hold, as of the years before.
    strange: words of its part of the sentence that are not understood. names: what that part says, of region, statistic, scope and form.
    spelled_out: that part names the years of both ends, and no others. of_all: no class is said, and it is read as of all.
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
    from_first: bool = False
    of_whole: bool = False
    of_topic: Topic = ()
    of_change: bool = False
    in_per_cent: bool = False
    against: str = ""
    rival: Topic = ()
    rival_scope: Scope | None = None
    or_nil: bool = False
    in_times: bool = False
    alike: Decimal | None = None
    obstacle: str = ""
    unless_right: str = ""
    also: tuple["Claim", ...] = ()
    several: tuple[int, int] | None = None
    besides: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    of_known: bool = False
    doubts: tuple["Claim", ...] = ()
    strange: tuple[str, ...] = ()
    spelled_out: bool = False
    of_all: bool = False
    names: frozenset[str] = frozenset()

    @property
    def compares(self) -> bool:
        """Whether one figure is held against another."""
        return bool(self.against or self.rival) or self.rival_scope is not None

    @property
    def written(self) -> str:
        """The words that make the claim, as they stand."""
        return " ".join(self.sentence.text[self.start - self.sentence.start : self.end - self.sentence.start].split())


def may_turn(claim: Claim) -> bool:
    """Whether a claim has an opposite: it bounds a level, or says which way a figure moves or of which region it is larger."""
    is_bound = claim.kind == "level" and claim.number is not None and claim.number.written.how in ("over", "under")
    return not claim.obstacle and (
        is_bound or (claim.number is None and claim.alike is None and claim.kind in ("direction", "comparison of level"))
    )


def turned(claim: Claim) -> Claim:
    """The opposite of a claim."""
    if claim.number is None:
        return replace(claim, sign=-claim.sign)
    written = claim.number.written
    return replace(claim, number=replace(claim.number, written=replace(written, how=TURNED.get(written.how, written.how))))


def paragraphs(claims: Sequence[Claim]) -> list[list[Claim]]:
    """The claims by paragraph."""
    found: list[list[Claim]] = []
    for claim in claims:
        if not found or (claim.sentence.begins and claim.sentence is not found[-1][-1].sentence):
            found.append([])
        found[-1].append(claim)
    return found
