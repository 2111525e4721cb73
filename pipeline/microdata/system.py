"""A table as cells bound by sums, and how far each cell can be from its value for someone who knows some of the others.

Deviations from the true values are what is solved for, with linear programs (HiGHS): they add up to zero wherever values add up.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np

from pipeline.faults import refusal

Array = np.ndarray[Any, Any]

Cell = tuple[str, str, str]
"""Basis, line and size class. The basis is empty for what stands in the table itself."""
Published = tuple[str, str]
"""What is withheld as one: line and size class of the table; beside it basis and region."""
PUBLIC: Published = ("", "")
"""The name of what was published before: withheld now or not, it is known."""
Seat = tuple[tuple[int, float | None], ...]
"""What someone knows of cells, by their numbers: how far each can at most fall; None where it stands still. Empty for an outsider."""

MOST_SEEN = 2000
"""Deviations that a solver remembers, so that one found for one demand answers the next."""
AT_ONCE = 32
"""Of these so many are held against all seats in one step."""
NOISE = 1e-10
"""What counts as nothing, as a multiple of the median cell: the tolerance of HiGHS."""
EXACTNESS = 1e-4
"""How far, relative to what is asked, a solution of HiGHS may be off."""
FAR = 1e2
"""How far, as a multiple of the median cell, a deviation goes that could go on for ever."""
LITTLE = 0.001
"""What a unit of deviation costs in a cell that is withheld already, and the least part of it that makes a cell worth a thought."""
LEAST_PART = 1e-6
"""The least part of a demand that counts in the choice: what HiGHS takes for whole in an integer program."""
EXACT = (0.0, 0.0)
STATUS = highspy.HighsModelStatus


@dataclass(frozen=True)
class Entry:
    """A cell of a system: its value, and what is known of it.

    name says as what it is withheld; a cell without one is never published. lower is how far it can at most fall when it is not published,
    whoever looks, and asked how far it must be left open. rounding is how far down and up from its value it may be when it is published.
    """

    cell: Cell
    name: Published | None
    value: float
    lower: float
    asked: float = 0.0
    rounding: tuple[float, float] = EXACT


@dataclass
class System:
    """Cells of one measure, bound by sums: each a whole and its parts."""

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

    def hidden(self, withheld: Set[Published]) -> Array:
        """Which cells are not published, as truth values."""
        return np.array([entry.name is None or entry.name in withheld for entry in self.entries], bool)


@dataclass(frozen=True)
class Demand:
    """What must be left open of a cell, by its number, in the unit of its measure: up (1) or down (−1), or in one of these directions.

    seats are the numbers of the seats from which it must be.
    """

    cell: int
    directions: tuple[float, ...]
    length: float
    seats: tuple[int, ...]


class Program(highspy.Highs):
    """A linear program of HiGHS that prints nothing: the class it is made of announces itself on stdout when it is made."""

    def __init__(self, table: str, sense: Any) -> None:
        super(highspy.Highs, self).__init__()
        self.table = table
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        self.setOptionValue("presolve", "off")
        self.setOptionValue("primal_feasibility_tolerance", NOISE)
        self.changeObjectiveSense(sense)

    def solve(self, *answers: Any) -> Any:
        """Which of the answers, states of a model, it is; when the last basis leads to none, once more without it.

        Raises DataRefused when that leads to none either.
        """
        self.run()
        if self.getModelStatus() not in answers:
            self.clearSolver()
            self.run()
        status = self.getModelStatus()
        if status in answers:
            return status
        found = f"a linear program that ends with “{self.modelStatusToString(status)}”"
        remedy = "No table was written. Leave the year out of the datasets, and report it: this is a fault of the program."
        raise refusal(f"disclosure control of {self.table}", found, "a solution", remedy)


class Solver:
    """How far the cells of a system can be from their values, as seen from several seats, when some are withheld."""

    def __init__(self, system: System, seats: Sequence[Seat], withheld: Set[Published], earlier: "Solver | None" = None) -> None:
        self.system = system
        self.seats = seats
        self._every = np.arange(len(system.entries), dtype=np.int32)
        self._program = Program(system.table, highspy.ObjSense.kMaximize)
        self._program.addVars(len(system.entries), np.zeros(len(system.entries)), np.zeros(len(system.entries)))
        self._sums = np.zeros((len(system.sums), len(system.entries)))
        for number, (places, signs) in enumerate(rows(system)):
            self._program.addRow(0.0, 0.0, len(places), places, signs)
            self._sums[number, places] = signs
        # Deviations, a column each, and how much of each fits each seat.
        self._seen = np.zeros((len(system.entries), MOST_SEEN))
        self._share = np.zeros((len(seats), MOST_SEEN))
        self._count = 0
        self.withhold(withheld)
        if earlier:
            self._learn(earlier)

    def withhold(self, withheld: Set[Published]) -> None:
        """Let what is withheld by now deviate. It has been more and more: deviations that did fit still do."""
        hidden, system = self.system.hidden(withheld), self.system
        self._lower = np.where(hidden, system.lower, system.rounding[:, 0]) / system.scale
        self._upper = np.where(hidden, np.inf, system.rounding[:, 1] / system.scale)
        self._floors, self._ceilings = (np.tile(bounds, (len(self.seats), 1)) for bounds in (self._lower, self._upper))
        for number, seat in enumerate(self.seats):
            for cell, falls in seat:
                self._floors[number, cell] = max(self._lower[cell], -(falls or 0.0) / system.scale)
                self._ceilings[number, cell] = 0.0 if falls is None else self._upper[cell]
        self._room = np.array([self._ceilings, -self._floors])[..., None] + NOISE
        self._program.changeColsBounds(len(self._every), self._every, self._lower, self._upper)

    def _learn(self, earlier: "Solver") -> None:
        """Take over what another solver of the same cells has seen, where every sum holds: a deviation that fits proves itself."""
        seen = earlier._seen[:, : earlier._count : 2]
        if earlier.system is not self.system:
            seen = seen[:, np.abs(self._sums @ seen).max(axis=0, initial=0.0) <= NOISE * np.abs(seen).max(axis=0, initial=1.0)]
        self._keep(seen)

    def reached(self, cell: int, direction: float) -> Array:
        """How far a cell goes up (1) or down (−1), for each seat, with the deviations seen so far."""
        lengths = direction * self._seen[cell]
        ahead = np.flatnonzero(lengths > 0)
        reached: Array = (self._share[:, ahead] * lengths[ahead]).max(axis=1, initial=0.0) * self.system.scale
        return reached

    def _reached_from(self, seat: int, cell: int, direction: float) -> float:
        return float((direction * self._seen[cell] * self._share[seat]).max(initial=0.0) * self.system.scale)

    def reach(self, cell: int, direction: float, wanted: float, seat: int) -> float:
        """How far a cell can deviate up (1) or down (−1) from its value, in its unit, seen from a seat: at most, or at least when that is
        as much as wanted.
        """
        reached = self._reached_from(seat, cell, direction)
        if reached >= wanted:
            return reached
        self._keep(np.array(self._furthest_from(seat, cell, direction, wanted).col_value)[:, None])
        return self._reached_from(seat, cell, direction)

    def _furthest_from(self, seat: int, cell: int, direction: float, wanted: float) -> Any:
        """The solution of the program in which a cell goes as far as it can from a seat, or at least as far as wanted."""
        lower, upper = self._floors[seat].copy(), self._ceilings[seat].copy()
        # Without an end, the program could be unbounded, and HiGHS does not always find that out.
        end = max(wanted / self.system.scale, FAR)
        lower[cell], upper[cell] = max(lower[cell], -end), min(upper[cell], end)
        changed = self._every[(lower != self._lower) | (upper != self._upper)]
        self._program.changeColsBounds(len(changed), changed, lower[changed], upper[changed])
        self._program.changeColCost(cell, direction)
        # To stand still fits always, so that there is an optimum.
        self._program.solve(STATUS.kOptimal)
        solution = self._program.getSolution()
        self._program.changeColCost(cell, 0.0)
        self._program.changeColsBounds(len(changed), changed, self._lower[changed], self._upper[changed])
        return solution

    def views(self, demand: Demand, limit: "Solver | None" = None) -> Iterator[tuple[float, float, int]]:
        """From each seat of a demand, how far its cell is open, how far it must be, and the seat. No more must be than the limit leaves."""
        reached = np.max([self.reached(demand.cell, direction) for direction in demand.directions], axis=0)
        for seat in demand.seats:
            reach, asked = float(reached[seat]), demand.length
            if reach < asked:
                reach = self._furthest(demand, seat)
            if limit and reach < asked * (1 - EXACTNESS):
                asked = min(asked, limit._furthest(demand, seat))
            yield reach, asked, seat

    def _furthest(self, demand: Demand, seat: int) -> float:
        reach = 0.0
        for direction in demand.directions:
            if reach < demand.length:
                reach = max(reach, self.reach(demand.cell, direction, demand.length, seat))
        return reach

    def lack(self, demand: Demand) -> dict[Published, float] | None:
        """What a demand that is not met lacks: how much of it, up to the whole, each name could bring at most if it were withheld. Where
        these do not add up to the whole, no deviation meets the demand. None when it is met. Of a system whose cells all have names.

        Prices of the sums make a bound of a program's optimum (weak duality); those of its last solution the nearest one.
        """
        reached = np.max([self.reached(demand.cell, direction) for direction in demand.directions], axis=0)
        enough = demand.length * (1 - EXACTNESS)
        short = (seat for seat in demand.seats if reached[seat] < enough and self._furthest(demand, seat) < enough)
        seat = next(short, None)
        if seat is None:
            return None
        # Someone who is alone in a cell knows it, withheld or not.
        falls, rises = -self.system.lower, np.full(len(self._every), np.inf)
        for cell, fall in self.seats[seat]:
            falls[cell], rises[cell] = (0.0, 0.0) if fall is None else (min(falls[cell], fall), np.inf)
        brings: dict[Published, float] = {}
        for direction in demand.directions:
            prices = -np.array(self._furthest_from(seat, demand.cell, direction, demand.length).row_dual) @ self._sums
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
        """Remember deviations, a column each, and their opposites, and how much of them fits each seat, up to the whole."""
        for start in range(0, deviations.shape[1], AT_ONCE):
            both = np.repeat(deviations[:, start : start + AT_ONCE], 2, axis=1)
            both[:, 1::2] *= -1
            both[np.abs(both) <= NOISE] = 0.0
            places = np.arange(self._count, self._count + both.shape[1]) % MOST_SEEN
            self._seen[:, places] = both
            moved = both.any(axis=1)
            both = both[moved]
            self._share[:, places] = 1 / (np.abs(both) / np.where(both > 0, *self._room[:, :, moved])).max(axis=1, initial=1.0)
            self._count += len(places)


def rows(system: System) -> list[tuple[list[int], list[float]]]:
    """Each sum as a row of a linear program: numbers of cells, and their signs."""
    return [([*(system.index[part] for part in parts), system.index[whole]], [1.0] * len(parts) + [-1.0]) for whole, parts in system.sums]


def carriers(system: System, demand: Demand, seat: Seat, costs: Array, withheld: Set[Published]) -> set[Published] | None:
    """What must be withheld so that a demand is met from a seat: the cheapest cells that carry the deviation; None when no cells do.

    costs are those of a cell for each unit of its deviation; infinite for one that has to be published. What is withheld costs little.
    """
    count = len(system.entries)
    hidden = system.hidden(withheld)
    may_move = hidden | np.isfinite(costs)
    up, down = np.where(may_move, np.inf, 0.0), np.where(may_move, -system.lower / demand.length, 0.0)
    for number, falls in seat:
        up[number], down[number] = (0.0, 0.0) if falls is None else (up[number], min(down[number], falls / demand.length))
    program = Program(system.table, highspy.ObjSense.kMinimize)
    # A column for each cell's way up, one for its way down, and for what is rounded one that costs nothing.
    program.addVars(2 * count, np.zeros(2 * count), np.concatenate([up, down]))
    program.addVars(count, *(np.where(hidden, 0.0, bound) / demand.length for bound in system.rounding.T))
    # A cell costs as much when it can carry but a part of it: few cells that can carry it both ways before many that cannot.
    costs = np.where(hidden, LITTLE, np.where(may_move, costs, 0.0) / np.clip(down, LITTLE, 1.0))
    for number, cost in enumerate(np.tile(costs, 2)):
        program.changeColCost(number, cost)
    for places, signs in rows(system):
        columns = [place + ways * count for ways in range(3) for place in places]
        program.addRow(0.0, 0.0, len(columns), columns, [*signs, *(-sign for sign in signs), *signs])
    direction = demand.directions[0]
    goes, stays = (demand.cell, demand.cell + count) if direction > 0 else (demand.cell + count, demand.cell)
    program.changeColBounds(goes, 1.0, 1.0)
    program.changeColBounds(stays, 0.0, 0.0)
    if program.solve(STATUS.kOptimal, STATUS.kInfeasible, STATUS.kUnboundedOrInfeasible) != STATUS.kOptimal:
        return None
    solution = np.array(program.getSolution().col_value)
    moved = np.abs(solution[:count] - solution[count : 2 * count]) > EXACTNESS / 100
    return {entry.name for entry, is_moved in zip(system.entries, moved, strict=True) if is_moved and entry.name}
