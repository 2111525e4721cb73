"""A table as cells connected by sums, and how far each cell can be from its value for a reader who knows some of the others.

Linear programs (HiGHS) solve for deviations from the true values, which add up to zero wherever values add up.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import highspy
import numpy as np

from pipeline.faults import refusal

Array = np.ndarray[Any, Any]

Cell = tuple[str, str, str]
"""Basis, line and size class. The basis is empty for cells of the table itself."""
Published = tuple[str, str]
"""Figures that are withheld as one: line and size class of the table; for another basis, basis and region."""
PUBLIC: Published = ("", "")
"""The name of cells that were published before: readers know them, whether they are withheld now or not."""
Seat = tuple[tuple[int, float | None], ...]
"""A reader's knowledge of cells, by their numbers: how far each can fall at most; None if it is known. Empty for an outsider."""

MOST_DEVIATIONS = 2000
"""The number of deviations that a solver remembers: one computed for one demand often meets the next."""
AT_ONCE = 32
"""The number of deviations that are compared with all seats in one step."""
NOISE = 1e-10
"""The tolerance of HiGHS, as a multiple of the median cell: less counts as zero."""
EXACTNESS = 1e-4
"""The relative error that a solution of HiGHS may have."""
FAR = 1e2
"""The bound of an unbounded deviation, as a multiple of the median cell."""
LITTLE = 0.001
"""The cost of a unit of deviation in a cell that is withheld already, and the least part of a deviation that a cell may carry."""
LEAST_PART = 1e-6
"""The least part of a demand that counts in the choice: HiGHS's tolerance for whole numbers in an integer program."""
EXACT = (0.0, 0.0)
STATUS = highspy.HighsModelStatus


@dataclass(frozen=True)
class Entry:
    """A cell of a system.

    name: the name under which it is withheld; a cell without one is never published. lower: how far it can fall at most when it is not
    published, for every reader. width: how far it must be left open. rounding: how far below and above its value it may be when it is
    published.
    """

    cell: Cell
    name: Published | None
    value: float
    lower: float
    width: float = 0.0
    rounding: tuple[float, float] = EXACT


@dataclass
class System:
    """Cells of one measure, connected by sums: each a whole and its parts."""

    table: str
    entries: Sequence[Entry]
    sums: Sequence[tuple[Cell, Sequence[Cell]]]
    index: dict[Cell, int] = field(init=False)
    values: Array = field(init=False)
    lower: Array = field(init=False)
    rounding: Array = field(init=False)
    scale: float = field(init=False)

    def __post_init__(self) -> None:
        self.index = {entry.cell: number for number, entry in enumerate(self.entries)}
        self.values = np.array([entry.value for entry in self.entries])
        self.lower = np.array([entry.lower for entry in self.entries])
        self.rounding = np.array([entry.rounding for entry in self.entries]).reshape(-1, 2)
        positive = self.values[self.values > 0]
        self.scale = float(np.median(positive)) if positive.size else 1.0

    @cached_property
    def rows(self) -> list[tuple[list[int], list[float]]]:
        """Each sum as a row of a linear program: numbers of cells, and their signs."""
        index = self.index
        return [([*(index[part] for part in parts), index[whole]], [1.0] * len(parts) + [-1.0]) for whole, parts in self.sums]

    @cached_property
    def matrix(self) -> Array:
        """The same rows with a column for each cell."""
        matrix = np.zeros((len(self.rows), len(self.entries)))
        for number, (places, signs) in enumerate(self.rows):
            matrix[number, places] = signs
        return matrix

    def hidden(self, withheld: Set[Published]) -> Array:
        """Which cells are not published, as truth values."""
        return np.array([entry.name is None or entry.name in withheld for entry in self.entries], bool)


@dataclass(frozen=True)
class Demand:
    """How far a cell, by its number, must be left open, in the unit of its measure: up (1) or down (−1), or in one of these directions.

    seats: the numbers of the seats from which it must be.
    """

    cell: int
    directions: tuple[float, ...]
    length: float
    seats: tuple[int, ...]


class Program(highspy.Highs):
    """A linear program of HiGHS that prints nothing; its base class prints a banner on stdout when it is created."""

    def __init__(self, table: str, sense: Any) -> None:
        super(highspy.Highs, self).__init__()
        self.table = table
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        self.setOptionValue("presolve", "off")
        # Every coefficient of a sum is 1 or −1: there is nothing to scale.
        self.setOptionValue("simplex_scale_strategy", 0)
        self.setOptionValue("primal_feasibility_tolerance", NOISE)
        self.changeObjectiveSense(sense)

    def add_rows(self, rows: Sequence[tuple[Sequence[int], Sequence[float]]]) -> None:
        """Add rows that each sum up to zero: numbers of columns, and their signs."""
        lengths = [len(places) for places, _ in rows]
        places = np.array([place for places, _ in rows for place in places], np.int32)
        values = np.array([sign for _, signs in rows for sign in signs])
        zeros = np.zeros(len(rows))
        self.addRows(len(rows), zeros, zeros, len(places), np.cumsum([0, *lengths[:-1]], dtype=np.int32), places, values)

    def solve(self, *answers: Any) -> Any:
        """Solve, and return the model's status, one of answers. If the last basis does not lead to one, solve again without it.

        Raises DataRefused when that does not lead to one either.
        """
        self.run()
        if self.getModelStatus() not in answers:
            self.clearSolver()
            self.run()
        status = self.getModelStatus()
        if status in answers:
            return status
        found = f"a linear program that ends with “{self.modelStatusToString(status)}”"
        remedy = "No table was written. Leave the year out of the datasets, and report this: it is a fault of the program."
        raise refusal(f"disclosure control of {self.table}", found, "a solution", remedy)


class Solver:
    """How far the cells of a system can be from their values, from several seats, when some are withheld."""

    def __init__(
        self,
        system: System,
        seats: Sequence[Seat],
        withheld: Set[Published],
        earlier: "Solver | None" = None,
        limits: "Sequence[Solver]" = (),
    ) -> None:
        """earlier: another solver of the same cells, whose deviations are used again. limits: no demand is larger than what these leave
        open."""
        self.system = system
        self.seats = seats
        self._limits = limits
        self._every = np.arange(len(system.entries), dtype=np.int32)
        self._program = Program(system.table, highspy.ObjSense.kMaximize)
        self._program.addVars(len(system.entries), np.zeros(len(system.entries)), np.zeros(len(system.entries)))
        self._program.add_rows(system.rows)
        # The cells that a seat knows something of, seat after seat, and how far each can fall in its view; not at all if it is known.
        own = [cell for seat in seats for cell in seat]
        self._begin = np.cumsum([0, *map(len, seats)])
        self._has_own = np.flatnonzero(np.diff(self._begin))
        self._own = np.array([cell for cell, _ in own], int)
        self._is_known = np.array([falls is None for _, falls in own], bool)
        self._falls = np.array([falls or 0.0 for _, falls in own])
        # Deviations, a column each, and the part of each that fits each seat.
        self._deviations = np.zeros((len(system.entries), MOST_DEVIATIONS))
        self._share = np.zeros((len(seats), MOST_DEVIATIONS))
        self._count = 0
        self.withhold(withheld)
        if earlier:
            self._learn(earlier)

    def withhold(self, withheld: Set[Published]) -> None:
        """Let the withheld cells deviate. They only become more, so deviations that fitted still fit."""
        self.withheld = {*withheld}
        hidden, system = self.system.hidden(withheld), self.system
        self._lower = np.where(hidden, system.lower, system.rounding[:, 0]) / system.scale
        self._upper = np.where(hidden, np.inf, system.rounding[:, 1] / system.scale)
        self._floors = np.maximum(self._lower[self._own], -self._falls / system.scale)
        self._ceilings = np.where(self._is_known, 0.0, self._upper[self._own])
        self._part, self._own_part = (
            1 / (np.array([up, -down])[..., None] + NOISE) for up, down in ((self._upper, self._lower), (self._ceilings, self._floors))
        )
        self._program.changeColsBounds(len(self._every), self._every, self._lower, self._upper)

    def _learn(self, earlier: "Solver") -> None:
        """Take over the deviations of another solver of the same cells for which every sum holds."""
        deviations = earlier._deviations[:, : earlier._count : 2]
        if earlier.system is not self.system:
            sums = np.abs(self.system.matrix @ deviations).max(axis=0, initial=0.0)
            deviations = deviations[:, sums <= NOISE * np.abs(deviations).max(axis=0, initial=1.0)]
        self._keep(deviations)

    def reached(self, cell: int, direction: float, seats: Array) -> Array:
        """How far a cell goes up (1) or down (−1), for each of some seats, with the deviations so far."""
        lengths = direction * self._deviations[cell, : self._kept]
        ahead = np.flatnonzero(lengths > 0)
        reached: Array = (self._share[seats[:, None], ahead] * lengths[ahead]).max(axis=1, initial=0.0) * self.system.scale
        return reached

    def _reached_from(self, seat: int, cell: int, direction: float) -> float:
        deviations, share = self._deviations[cell, : self._kept], self._share[seat, : self._kept]
        return float((direction * deviations * share).max(initial=0.0) * self.system.scale)

    @property
    def _kept(self) -> int:
        return min(self._count, MOST_DEVIATIONS)

    def reach(self, cell: int, direction: float, width: float, seat: int) -> float:
        """How far a cell can deviate up (1) or down (−1) from its value, in its unit, from a seat; or less, if that is at least width."""
        reached = self._reached_from(seat, cell, direction)
        if reached >= width:
            return reached
        self._keep(np.array(self._furthest_from(seat, cell, direction, width).col_value)[:, None])
        return self._reached_from(seat, cell, direction)

    def _furthest_from(self, seat: int, cell: int, direction: float, width: float) -> Any:
        """The solution of the program in which a cell goes as far as it can from a seat, or at least as far as width."""
        lower, upper = self._lower.copy(), self._upper.copy()
        own = slice(self._begin[seat], self._begin[seat + 1])
        lower[self._own[own]], upper[self._own[own]] = self._floors[own], self._ceilings[own]
        # Without an end, the program could be unbounded, which HiGHS does not always detect.
        end = max(width / self.system.scale, FAR)
        lower[cell], upper[cell] = max(lower[cell], -end), min(upper[cell], end)
        changed = self._every[(lower != self._lower) | (upper != self._upper)]
        self._program.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
        self._program.changeColCost(cell, direction)
        # No deviation at all always fits, so there is an optimum.
        self._program.solve(STATUS.kOptimal)
        solution = self._program.getSolution()
        self._program.changeColCost(cell, 0.0)
        self._program.changeColsBounds(len(changed), changed, self._lower[changed], self._upper[changed])
        return solution

    def views(self, demand: Demand) -> Iterator[tuple[float, float, int]]:
        """How far the cell of a demand is open, how far it must be (at most as far as the limits leave it), and from which seat: first from
        the one that comes nearest of those from which it is known to be open, then from each of the others."""
        seats = np.array(demand.seats)
        reached = np.max([self.reached(demand.cell, direction, seats) for direction in demand.directions], axis=0)
        is_open = reached >= demand.length
        if is_open.any():
            nearest = int(np.argmin(np.where(is_open, reached, np.inf)))
            yield float(reached[nearest]), demand.length, int(seats[nearest])
        for seat in seats[~is_open].tolist():
            reach, width = self._furthest(demand, seat), demand.length
            if reach < width * (1 - EXACTNESS):
                width = min([width, *(limit._furthest(demand, seat) for limit in self._limits)])
            yield reach, width, seat

    def view_too_narrow(self, demand: Demand) -> tuple[Demand, int] | None:
        """The first seat from which a cell is not open as far as it must be, with what is demanded there; None if there is none."""
        for reach, width, seat in self.views(demand):
            if reach < width * (1 - EXACTNESS):
                # A limit is as exact as its solution: no deviation may go all the way.
                return replace(demand, length=width if width == demand.length else width * (1 - EXACTNESS / 2)), seat
        return None

    def _furthest(self, demand: Demand, seat: int) -> float:
        reach = 0.0
        for direction in demand.directions:
            if reach < demand.length:
                reach = max(reach, self.reach(demand.cell, direction, demand.length, seat))
        return reach

    def lack(self, demand: Demand) -> dict[Published, float] | None:
        """What an unmet demand lacks: the largest part of it, up to the whole, that each name could contribute if it were withheld.

        If these do not add up to the whole, no deviation meets the demand. None if it is met. All cells of the system must have names.

        Prices of the sums give a bound of a program's optimum (weak duality); those of its last solution give the tightest one.
        """
        narrow = self.view_too_narrow(demand)
        if narrow is None:
            return None
        demand, seat = narrow
        # A group that is alone in a cell knows it, withheld or not.
        falls, rises = -self.system.lower, np.full(len(self._every), np.inf)
        for cell, fall in self.seats[seat]:
            falls[cell], rises[cell] = (0.0, 0.0) if fall is None else (min(falls[cell], fall), np.inf)
        brings: dict[Published, float] = {}
        for direction in demand.directions:
            prices = -np.array(self._furthest_from(seat, demand.cell, direction, demand.length).row_dual) @ self.system.matrix
            prices[demand.cell] += direction
            with np.errstate(invalid="ignore"):
                most = np.nan_to_num(np.where(prices > 0, rises, falls) * np.abs(prices) / demand.length, nan=0.0, posinf=1.0)
            own: dict[Published, float] = {}
            for entry, part in zip(self.system.entries, most, strict=True):
                if entry.name and entry.name != PUBLIC and part > LEAST_PART:
                    own[entry.name] = min(own.get(entry.name, 0.0) + part, 1.0)
            # A demand that may be met in either direction is bounded by the larger of the two.
            brings = {name: max(part, brings.get(name, 0.0)) for name, part in {**brings, **own}.items()}
        return brings

    def _keep(self, deviations: Array) -> None:
        """Remember deviations, a column each, and their opposites, and the part of them that fits each seat, up to the whole."""
        for start in range(0, deviations.shape[1], AT_ONCE):
            both = np.repeat(deviations[:, start : start + AT_ONCE], 2, axis=1)
            both[:, 1::2] *= -1
            both[np.abs(both) <= NOISE] = 0.0
            places = np.arange(self._count, self._count + both.shape[1]) % MOST_DEVIATIONS
            self._deviations[:, places] = both
            # A seat has less room than an outsider in its own cells alone.
            times = np.broadcast_to(_times(both, self._part).max(axis=0, initial=1.0), (len(self.seats), both.shape[1])).copy()
            if self._has_own.size:
                own = np.maximum.reduceat(_times(both[self._own], self._own_part), self._begin[self._has_own])
                times[self._has_own] = np.maximum(times[self._has_own], own)
            self._share[:, places] = 1 / times
            self._count += len(places)


def _times(deviations: Array, part: Array) -> Array:
    """How many times the room of each cell, up or down, deviations take. part: one over that room."""
    times: Array = np.maximum(deviations * part[0], deviations * -part[1])
    return times


def carriers(system: System, demand: Demand, direction: float, seat: Seat, costs: Array, withheld: Set[Published]) -> set[Published] | None:
    """The cells to withhold so that a demand is met in a direction, from a seat: the cheapest that carry the deviation; None when no cells
    do.

    costs: of each cell, for a unit of its deviation; infinite for one that must be published. Withheld cells cost little.
    """
    count = len(system.entries)
    hidden = system.hidden(withheld)
    may_move = hidden | np.isfinite(costs)
    up, down = np.where(may_move, np.inf, 0.0), np.where(may_move, -system.lower / demand.length, 0.0)
    for number, falls in seat:
        up[number], down[number] = (0.0, 0.0) if falls is None else (up[number], min(down[number], falls / demand.length))
    program = Program(system.table, highspy.ObjSense.kMinimize)
    # A column for each cell's way up, one for its way down, and one without cost for its rounding.
    program.addVars(2 * count, np.zeros(2 * count), np.concatenate([up, down]))
    program.addVars(count, *(np.where(hidden, 0.0, bound) / demand.length for bound in system.rounding.T))
    # A cell that can carry only a part costs as much: few cells that carry the deviation both ways come before many that do not.
    costs = np.where(hidden, LITTLE, np.where(may_move, costs, 0.0) / np.clip(down, LITTLE, 1.0))
    for number, cost in enumerate(np.tile(costs, 2)):
        program.changeColCost(number, cost)
    program.add_rows(
        [
            ([place + ways * count for ways in range(3) for place in places], [*signs, *(-sign for sign in signs), *signs])
            for places, signs in system.rows
        ]
    )
    goes, stays = (demand.cell, demand.cell + count) if direction > 0 else (demand.cell + count, demand.cell)
    program.changeColBounds(goes, 1.0, 1.0)
    program.changeColBounds(stays, 0.0, 0.0)
    if program.solve(STATUS.kOptimal, STATUS.kInfeasible, STATUS.kUnboundedOrInfeasible) != STATUS.kOptimal:
        return None
    solution = np.array(program.getSolution().col_value)
    moved = np.abs(solution[:count] - solution[count : 2 * count]) > EXACTNESS / 100
    return {entry.name for entry, is_moved in zip(system.entries, moved, strict=True) if is_moved and entry.name}
