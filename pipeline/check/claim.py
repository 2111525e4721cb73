"""A claim: what a number, place or direction of a sentence says, of what."""

from dataclasses import dataclass
from typing import Literal

from pipeline.check.parts import Window
from pipeline.check.senses import Form, Scope, Topic
from pipeline.check.texts import Sentence
from pipeline.check.tokens import Number, Rank, Written

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
    all regions it is said, 0 for none; besides: of all but these. against: the region, and rival: the statistic, with which it is compared.
    sign: 0 where either has more. in_times: one growth is so many times the other. or_nil: it holds of no difference too.
    sides: scopes that the words may mean, though they say another first.
    at: whether a level is that of the window's base (0) or final year (1).
    printed: the levels from which, and to which, the same sentence says that growth went.
    per_year: the average of the years. each_year: said of every one of them. of_whole: as a share of what the whole has.
    of_topic: as a share of these statistics together.
    in_per_cent: a place in growth is by per cent, and not by what was added. obstacle: why it cannot be checked.
    unless_right: why it need not be what it is read as, so that it is right or not checkable.
    strange: words of its part of the sentence that are not understood. names: what that part says, of region, statistic, scope and form.
    spelled_out: that part names the years of both ends, and no others.
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
    of_topic: Topic = ()
    in_per_cent: bool = False
    against: str = ""
    rival: Topic = ()
    or_nil: bool = False
    in_times: bool = False
    obstacle: str = ""
    unless_right: str = ""
    several: tuple[int, int] | None = None
    besides: tuple[str, ...] = ()
    doubts: tuple["Claim", ...] = ()
    strange: tuple[str, ...] = ()
    spelled_out: bool = False
    names: frozenset[str] = frozenset()

    @property
    def compares(self) -> bool:
        """Whether one figure is held against another."""
        return bool(self.against or self.rival)

    @property
    def written(self) -> str:
        """The words that make the claim, as they stand."""
        return " ".join(self.sentence.text[self.start - self.sentence.start : self.end - self.sentence.start].split())
