"""What claims are made of: regions, years, numbers, concepts, ranks, directions, and what stands outside the data."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def replace(one, /, **changes):
        """As dataclasses.replace, in a fifth of the time: it takes the fields together, where that asks and sets each."""
        other = object.__new__(type(one))
        vars(other).update(vars(one), **changes)
        is_all = len(vars(other)) == len(one.__dataclass_fields__)  # nothing is cached, and no name is unknown
        return other if is_all else dataclasses.replace(one, **changes)


How = Literal["", "about", "roughly", "above", "below", "over", "under"]
TURNED: dict[How, How] = {"over": "under", "under": "over", "above": "below", "below": "above"}
"""How near a figure is to a number, of what is missing to the whole: "mindre än hälften" is more than 50 per cent less."""
BOUNDS: tuple[How, How] = ("over", "under")
LAST_YEAR = 9999
"""Stands for the last year of the award."""


@dataclass(frozen=True)
class Token:
    """A stretch of a sentence that means something."""

    start: int
    end: int


@dataclass(frozen=True)
class Region(Token):
    """One or more regions that are named together; none for "regionen" and its like. An area is one, its codes with + between."""

    codes: tuple[str, ...]

    @property
    def each(self) -> tuple[str, ...]:
        """The codes of every one of them."""
        return tuple(code for one in self.codes for code in one.split("+"))


@dataclass(frozen=True)
class Area(Token):
    """Regions among which others are placed, or counted: "bland norrlandslänen". of_each: something is said of every one of them."""

    codes: tuple[str, ...]
    of_each: bool = False


@dataclass(frozen=True)
class Several(Token):
    """So many of the regions, of which something is said: "tre län hade fler än 4 500".

    most: how many they are at the most, if not count. has_named: the region that the sentence is about is one of them, as in
    "ett av två län där".
    """

    count: int
    most: int | None = None
    has_named: bool = False


@dataclass(frozen=True)
class Years(Token):
    """A window, one end of it, or a year alone.

    length: "på fem år". latest: "de senaste fem åren", which are five years or the four steps between them.
    same: "samma period". forward: "2016 års", "(2016: …)". shift: years after another one of the sentence, as in "fem år senare", or before
    the final year where no other is known, as in "fem år tidigare".
    """

    base: int | None = None
    final: int | None = None
    length: int | None = None
    latest: bool = False
    same: bool = False
    forward: bool = False
    shift: int = 0


@dataclass(frozen=True)
class Concept(Token):
    """What a figure is about: statistic, quantity, scope, form; and that something is counted."""

    says: Mapping[str, Any]


@dataclass(frozen=True)
class Written:
    """A number as it is printed, without sign: low and high differ in a range; step: the unit of its last printed place."""

    low: Decimal
    high: Decimal
    step: Decimal
    how: How = ""

    def times(self, scale: int) -> "Written":
        """The number as so many thousands or millions."""
        return Written(self.low * scale, self.high * scale, (self.step * scale).normalize(), self.how)


@dataclass(frozen=True)
class Number(Token):
    """A number with its unit: "%", "points", "money" (times scale) or "" for a bare one.

    role: the word before it (från, till, med …). place: among so many numbers that share a unit ("41 respektive 70 procent").
    is_whole: another number is a part of it, as in "10 av 48 miljarder". in_times: it is growth in words or in times, "dubbelt så".
    """

    written: Written
    unit: str
    scale: int = 1
    sign: int = 0
    role: str = ""
    place: int | None = None
    places: int = 0
    is_growth: bool = False
    is_whole: bool = False
    in_times: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves little room, so that it does not fit too easily, as "cirka" or a fraction in words do."""
        return self.written.how in ("", "above", "below")


@dataclass(frozen=True)
class Rank(Token):
    """A place among the regions: fourth highest is 4.

    below: counted from the lowest. within: "bland de tre högsta". sure: no idiom. counts: "flest", of how many there are.
    vague: among the highest, of which it is not said how many they are.
    of_years: it is among the region's own years, until this one: "den högsta nivån under perioden".
    of_own: its words say so, "kulminerade".
    of_next: it is that of the region which others are held against, as in "bara två län har högre än Halland".
    """

    place: int
    below: bool = False
    within: bool = False
    sure: bool = False
    of: Literal["growth", "level", ""] = ""
    counts: bool = False
    of_next: bool = False
    of_years: int = 0
    of_own: bool = False
    vague: bool = False


@dataclass(frozen=True)
class Direction(Token):
    """Up (1), down (−1), or either (0). finite: has happened, and is not wished for. noun: "tillväxt", maybe a label.

    aim: it is to happen, "att öka". or_nil: not the other way, as in "minskade inte". always: in every year, "bara en riktning: upp".
    """

    sign: int
    finite: bool
    noun: bool = False
    aim: bool = False
    or_nil: bool = False
    always: bool = False


@dataclass(frozen=True)
class Obstacle(Token):
    """Why words put a claim outside what the data can tell. of_all: every claim of the sentence; of_ranks: every place."""

    reason: str
    of_all: bool = False
    of_ranks: bool = False


@dataclass(frozen=True)
class Filler(Token):
    """Words with a number or a region in them that is neither."""
