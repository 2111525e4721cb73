"""Disclosure control: which cells are unsafe, which others must be withheld with them, and the proof that it is enough.

A year's figures are one linear system: counties add up to the nation, size classes to the total; what is placed and what is
unallocated to what was declared. SMEs' exports stand in it too, though they are no row of the table: exports per inhabitant
times the population, and growth times a base year, give them away. Whoever knows the published cells knows, of the withheld ones, the
set of values that fit. The audit solves for the ends of that set, cell by cell, with linear programs (HiGHS).

Terms and rules follow the Handbook on Statistical Disclosure Control (2nd edition, 2024): minimum frequency, p % rule, and contributors
grouped by enterprise group. The largest group in an unsafe cell knows what it brings there, so the audit is made from its seat as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import highspy
import numpy as np

from pipeline.faults import DataRefused, Fault
from pipeline.schemas import DECLARED, MATCHED, NATION, NOT_PLACED_BY, PLACED_BY, SIZE_CLASSES, UNALLOCATED, UNKNOWN_SIZE
from pipeline.settings import ALLOCATION_BASES, Disclosure

SME, TOTAL = "sme", "total"
Array = np.ndarray[Any, Any]

Cell = tuple[str, str, str]
"""Basis, line and size class. The basis is empty but for the ways in which values were placed: counties are those of the table's basis."""
Published = tuple[str, str]
"""Line and size class."""

LEAST_SEK = 1.0
"""What a withheld cell that is safe itself must leave open, in SEK: it may not be recovered."""
LEAST_EXPORTERS = 1.0
"""What the number of exporters in a withheld cell must leave open."""
MOST_SEEN = 500
"""Deviations that a solver remembers, so that one found for one demand answers the next."""
NOISE = 1e-9
EXACTNESS = 1e-4
"""How far, relative to what is asked, a solution of HiGHS may be off."""


Seat = tuple[tuple[int, float | None], ...]
"""What someone knows of cells, by their numbers: how far each can at most fall; None where it stands still. Empty for an outsider."""
OUTSIDE: Seat = ()


@dataclass(frozen=True)
class Insider:
    """A group that is the largest in unsafe cells: there it is the one that is protected, and elsewhere it knows what it brings to them.

    others is what all others bring to each of those cells, in SEK, as far as a cell can fall in its eyes; None where it is alone.
    """

    others: tuple[tuple[Cell, float | None], ...]


@dataclass(frozen=True)
class Figures:
    """A year's cells: value and exporters of each; by how much the unsafe ones must be left open, in SEK; who looks from inside."""

    year: int
    exports: Mapping[Cell, float]
    exporters: Mapping[Cell, float]
    exporter_shares: Mapping[Cell, float]
    unsafe: Mapping[Cell, float]
    insiders: Sequence[Insider]


@dataclass
class System:
    """Cells bound by sums, of one measure. Deviations from the true values are what is solved for: they add up to zero.

    lower is how far each cell can at most fall, whoever looks: no value is below zero, and a withheld cell has an exporter at least.
    """

    cells: Sequence[Cell]
    sums: Sequence[tuple[Cell, Sequence[Cell]]]
    values: Array
    lower: Array
    index: dict[Cell, int] = field(init=False)

    def __post_init__(self) -> None:
        self.index = {cell: number for number, cell in enumerate(self.cells)}


@dataclass(frozen=True)
class Demand:
    """What must be left open of a cell: how far up (1) or down (−1), or either way, seen from a seat."""

    seat: Seat
    cell: Cell
    direction: float
    length: float
    either_way: bool = False


@dataclass(frozen=True)
class Interval:
    """What can be told of a withheld cell: the lowest and the highest value that fit, what was asked for, and by whom it is told."""

    year: int
    cell: Cell
    measure: str
    value: float
    lowest: float
    highest: float
    asked_down: float
    asked_up: float
    insider: bool

    @property
    def is_wide_enough(self) -> bool:
        """Whether it leaves open as much as was asked for."""
        down, up = self.value - self.lowest, self.highest - self.value
        if self.asked_down or self.asked_up:
            return down >= self.asked_down * (1 - EXACTNESS) and up >= self.asked_up * (1 - EXACTNESS)
        least = LEAST_SEK if self.measure == "exports" else LEAST_EXPORTERS
        return down + up >= least * (1 - EXACTNESS)


def _cell(row: Mapping[str, Any], basis: str) -> Cell | None:
    """The cell of a row of microdata.cells; None for a county under another basis than the table's, which is never published as it is."""
    if row["line"] in PLACED_BY:
        return row["basis"], row["line"], row["size_class"]
    return ("", row["line"], row["size_class"]) if row["basis"] == basis else None


def figures(cells: Iterable[Mapping[str, Any]], contributors: Iterable[Mapping[str, Any]], rule: Disclosure, basis: str) -> list[Figures]:
    """Each year's system of figures under the table's basis, from the rows of microdata.cells and microdata.cell_contributors."""
    years: dict[int, tuple[dict[Cell, float], dict[Cell, float], dict[Cell, float]]] = {}
    for row in cells:
        cell = _cell(row, basis)
        if cell is not None:
            exports, exporters, shares = years.setdefault(row["year"], ({}, {}, {}))
            exports[cell], exporters[cell], shares[cell] = (
                float(row["exports_sek"]),
                float(row["exporters"]),
                row["exporter_millionths"] / 1e6,
            )
    unsafe: dict[int, dict[Cell, float]] = {year: {} for year in years}
    largest: dict[int, dict[str, dict[Cell, float | None]]] = {year: {} for year in years}
    for row in contributors:
        cell, year = _cell(row, basis), row["year"]
        if cell is None:
            continue
        total = years[year][0][cell]
        asked = protection(Decimal(str(total)), row["groups"], row["largest_sek"], row["second_largest_sek"], rule)
        if asked > 0:
            unsafe[year][cell] = float(asked)
        # Of a safe cell the largest learns little by taking itself away; one that is alone knows all of it.
        if asked > 0 or row["groups"] == 1:
            others = None if row["groups"] == 1 else total - float(row["largest_sek"])
            largest[year].setdefault(row["largest_group"], {})[cell] = others
    return [
        Figures(year, *years[year], unsafe[year], [Insider(tuple(sorted(own.items()))) for _, own in sorted(largest[year].items())])
        for year in sorted(years)
    ]


def protection(total: Decimal, groups: int, largest: Decimal, second: Decimal, rule: Disclosure) -> Decimal:
    """How far above and below its value an unsafe cell must be left open, in SEK; zero for a safe cell.

    p % rule: the second largest, knowing itself, comes as near to the largest as all the others together are. What is missing to
    p % of the largest is the protection asked for. With fewer groups than asked for it is p % of the largest, whatever the others.
    """
    margin = largest * rule.p_percent / 100
    if groups < rule.fewest_groups:
        return max(margin, Decimal("0.01"))
    return max(margin - (total - largest - second), Decimal(0))


def _system(year: Figures, measure: str) -> System:
    values_by_cell: Mapping[Cell, float] = getattr(year, measure)
    cells = [cell for cell, value in values_by_cell.items() if value > 0 or year.exports[cell] > 0]
    values = np.array([values_by_cell[cell] for cell in cells])
    # A withheld cell is known to have an exporter, so a whole count falls to one at the least.
    lower = -values if measure != "exporters" else -np.maximum(values - 1, 0)
    there = set(cells)
    sums = [
        (whole, [part for part in parts if part in there])
        for whole, parts in _sums(sorted({cell[1] for cell in cells if len(cell[1]) == 2 and cell[1] != NATION}))
        # An enterprise counts whole in each of its counties: counties' counts do not add up to the nation's.
        if not (measure == "exporters" and whole[1] == NATION and parts and len(parts[0][1]) == 2 and parts[0][1] != NATION)
    ]
    return System(cells, [(whole, parts) for whole, parts in sums if whole in there], values, lower)


def _sums(counties: Sequence[str]) -> Iterator[tuple[Cell, list[Cell]]]:
    """Every sum that whoever reads the tables can make: the whole, and its parts."""
    yield ("", DECLARED, TOTAL), [("", NATION, TOTAL), ("", UNALLOCATED, TOTAL)]
    yield ("", DECLARED, TOTAL), [("", MATCHED, TOTAL), ("", UNALLOCATED, UNKNOWN_SIZE)]
    yield ("", UNALLOCATED, TOTAL), [("", UNALLOCATED, size) for size in (*SIZE_CLASSES, UNKNOWN_SIZE)]
    yield ("", UNALLOCATED, TOTAL), [("", reason, TOTAL) for reason in NOT_PLACED_BY]
    yield ("", NOT_PLACED_BY[1], TOTAL), [("", UNALLOCATED, UNKNOWN_SIZE)]
    for basis in ALLOCATION_BASES:
        yield ("", NATION, TOTAL), [(basis, way, TOTAL) for way in PLACED_BY]
    # By all workplaces is placed under one basis what is placed by the goods-producing and by all under another.
    by_goods, by_all, without_employees, _ = PLACED_BY
    yield ("workplace-share", by_all, TOTAL), [("production-place", by_goods, TOTAL), ("production-place", by_all, TOTAL)]
    yield ("workplace-share", without_employees, TOTAL), [("production-place", without_employees, TOTAL)]
    for size in (*SIZE_CLASSES, SME, TOTAL):
        yield ("", NATION, size), [("", county, size) for county in counties]
    for line in (NATION, *counties):
        yield ("", line, TOTAL), [("", line, SME), ("", line, SIZE_CLASSES[-1])]
        yield ("", line, SME), [("", line, size) for size in SIZE_CLASSES[:-1]]


class Solver:
    """Linear programs over the withheld cells of a system; the published ones stand still."""

    def __init__(self, system: System, withheld: set[Published]) -> None:
        free = [number for number, cell in enumerate(system.cells) if cell[1:] in withheld]
        self.place = {number: place for place, number in enumerate(free)}
        self.scale = float(np.median(system.values[free])) if free else 1.0
        self.lower = system.lower[free] / self.scale
        self.seen = np.empty((0, len(free)))
        self._program = Program(highspy.ObjSense.kMaximize)
        self._program.addVars(len(free), self.lower, np.full(len(free), highspy.kHighsInf))
        for whole, parts in system.sums:
            terms = [*((system.index[part], 1.0) for part in parts), (system.index[whole], -1.0)]
            row = [(self.place[number], sign) for number, sign in terms if number in self.place]
            if row:
                self._program.addRow(0.0, 0.0, len(row), [place for place, _ in row], [sign for _, sign in row])

    def reach(self, cell: int, direction: float, wanted: float, seat: Seat = OUTSIDE) -> float:
        """How far a cell can deviate up (1) or down (−1) from its value, in its unit, seen from a seat.

        When a deviation found before goes as far as wanted, its length is given, not the utmost.
        """
        own = self.place[cell]
        bounds = [(self.place[number], falls) for number, falls in seat if number in self.place]
        if wanted < float("inf"):
            floors = np.array([-(falls or 0.0) / self.scale for _, falls in bounds])
            ceilings = np.array([0.0 if falls is None else np.inf for _, falls in bounds])
            of_seat = self.seen[:, [place for place, _ in bounds]]
            fits = ((of_seat >= floors) & (of_seat <= ceilings)).all(axis=1)
            lengths = np.where(fits, direction * self.seen[:, own] * self.scale, 0.0)
            if lengths.size and lengths.max() >= wanted:
                return float(lengths.max())
        for place, falls in bounds:
            self._program.changeColBounds(place, -(falls or 0.0) / self.scale, 0.0 if falls is None else highspy.kHighsInf)
        self._program.changeColCost(own, direction)
        self._program.run()
        status = self._program.getModelStatus()
        deviation = np.array(self._program.getSolution().col_value)
        self._program.changeColCost(own, 0.0)
        for place, _ in bounds:
            self._program.changeColBounds(place, self.lower[place], highspy.kHighsInf)
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return float("inf")
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS ends with {status}")
        deviation[np.abs(deviation) < NOISE] = 0
        self._keep(deviation)
        return float(max(direction * deviation[own], 0.0) * self.scale)

    def _keep(self, deviation: Array) -> None:
        """Remember a deviation that fits, and its opposite as far as that fits too."""
        rises = deviation > 0
        far = float(np.min(-self.lower[rises] / deviation[rises], initial=1.0))
        self.seen = np.concatenate([self.seen[-MOST_SEEN:], [deviation, -far * deviation]])


class Program(highspy.Highs):
    """A linear program of HiGHS that prints nothing: the class it is made of announces itself on stdout when it is made."""

    def __init__(self, sense: Any) -> None:
        super(highspy.Highs, self).__init__()
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        self.setOptionValue("presolve", "off")
        self.changeObjectiveSense(sense)


def _carriers(system: System, demand: Demand, withheld: set[Published]) -> set[Published]:
    """The cells that must be withheld so that a demand is met: the cheapest that carry the deviation asked for.

    Raises ValueError when no set of cells does.
    """
    count, target = len(system.cells), system.index[demand.cell]
    scale = demand.length
    costs = [_cost(cell, value, withheld) for cell, value in zip(system.cells, system.values, strict=True)]
    up, down = np.full(count, highspy.kHighsInf), -system.lower / scale
    for number, falls in demand.seat:
        up[number], down[number] = (0.0, 0.0) if falls is None else (highspy.kHighsInf, falls / scale)
    program = Program(highspy.ObjSense.kMinimize)
    # A column for each cell's way up, and one for its way down.
    program.addVars(2 * count, np.zeros(2 * count), np.concatenate([up, down]))
    for number in range(2 * count):
        program.changeColCost(number, costs[number % count])
    for whole, parts in system.sums:
        places = [*(system.index[part] for part in parts), system.index[whole]]
        signs = [1.0] * len(parts) + [-1.0]
        program.addRow(0.0, 0.0, 2 * len(places), [*places, *(place + count for place in places)], [*signs, *(-sign for sign in signs)])
    goes, stays = (target, target + count) if demand.direction > 0 else (target + count, target)
    program.changeColBounds(goes, 1.0, 1.0)
    program.changeColBounds(stays, 0.0, 0.0)
    program.run()
    if program.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ValueError("no set of cells carries the deviation")
    solution = np.array(program.getSolution().col_value)
    moved = np.abs(solution[:count] - solution[count:]) > EXACTNESS / 100
    return {cell[1:] for cell, is_moved in zip(system.cells, moved, strict=True) if is_moved}


def _cost(cell: Cell, value: float, withheld: set[Published]) -> float:
    """What it costs the readers when a cell is withheld too: the ranking needs SMEs, the report the nation; few need the rest."""
    _, line, size = cell
    if cell[1:] in withheld:
        return 0.001
    if line in (*PLACED_BY, *NOT_PLACED_BY, UNALLOCATED):
        weight = 2.0
    elif line in (DECLARED, MATCHED):
        weight = 30.0
    elif line == NATION:
        weight = 200.0 if size in (TOTAL, SME) else 40.0
    elif size == SIZE_CLASSES[-1]:
        weight = 5.0
    elif size in (TOTAL, SME):
        weight = 12.0
    else:
        # A county with one SME class withheld is unranked already; a second one costs it little.
        weight = 3.0 if any((line, other) in withheld for other in SIZE_CLASSES[:-1]) else 20.0
    return float(weight * (1 + 0.05 * np.log10(1 + value)))


MEASURES = ("exports", "exporter_shares", "exporters")


def protect(year: Figures) -> set[Published]:
    """The cells of a year that are withheld: the unsafe ones, and as few others as it takes that the audit finds nothing.

    Raises DataRefused when even withholding everything is not enough.
    """
    withheld = {cell[1:] for cell in year.unsafe}
    systems = {measure: _system(year, measure) for measure in MEASURES}
    before = None
    while withheld != before:
        before = set(withheld)
        for measure, system in systems.items():
            _protect_measure(year, measure, system, withheld)
    return withheld


def _protect_measure(year: Figures, measure: str, system: System, withheld: set[Published]) -> None:
    """Add to what is withheld until one measure is protected. What one demand adds leaves those that were met before met."""
    solver = Solver(system, withheld)
    met: set[Demand] = set()
    while open_demands := [demand for demand in _demands(year, measure, system, withheld) if demand not in met]:
        for demand in open_demands:
            if not _is_met(solver, system, demand):
                try:
                    withheld |= _carriers(system, demand, withheld)
                except ValueError:
                    raise _unprotectable(year, demand.cell) from None
                solver = Solver(system, withheld)
            met.add(demand)


def _is_met(solver: Solver, system: System, demand: Demand) -> bool:
    number, enough = system.index[demand.cell], demand.length * (1 - EXACTNESS)
    directions = (demand.direction, -demand.direction) if demand.either_way else (demand.direction,)
    return any(solver.reach(number, direction, demand.length, demand.seat) >= enough for direction in directions)


def _demands(year: Figures, measure: str, system: System, withheld: set[Published]) -> Iterator[Demand]:
    """An outsider knows no withheld cell; an insider, who knows some in part, is kept from the unsafe cells of others."""
    hidden = [cell for cell in system.cells if cell[1:] in withheld]
    if measure != "exports":
        yield from (Demand(OUTSIDE, cell, 1.0, LEAST_EXPORTERS, either_way=True) for cell in hidden)
        return
    for cell in hidden:
        if cell in year.unsafe:
            yield from _both_ways(OUTSIDE, cell, year, system)
        else:
            yield Demand(OUTSIDE, cell, 1.0, LEAST_SEK, either_way=True)
    for seat, cells in _seats(year, system, hidden):
        for cell in cells:
            yield from _both_ways(seat, cell, year, system)


def _seats(year: Figures, system: System, hidden: Sequence[Cell]) -> Iterator[tuple[Seat, list[Cell]]]:
    """Each insider's seat, and the unsafe cells that it is kept from."""
    for insider in year.insiders:
        own = dict(insider.others)
        seat = tuple((system.index[cell], others) for cell, others in insider.others)
        yield seat, [cell for cell in hidden if cell in year.unsafe and cell not in own]


def _both_ways(seat: Seat, cell: Cell, year: Figures, system: System) -> Iterator[Demand]:
    asked = year.unsafe[cell]
    yield Demand(seat, cell, 1.0, asked)
    yield Demand(seat, cell, -1.0, min(asked, float(-system.lower[system.index[cell]])))


def _unprotectable(year: Figures, cell: Cell) -> DataRefused:
    found = f"a cell that nothing hides: {' '.join(part for part in cell if part)}"
    remedy = "Leave the year out of the datasets, or join size classes: what is published must have cells enough to withhold together."
    return DataRefused([Fault(f"the table of {year.year}", found, "a table that can be protected", remedy)])


def audit(year: Figures, withheld: set[Published]) -> list[Interval]:
    """The tightest interval of every withheld cell, for each measure; of unsafe ones also what every insider leaves open at least."""
    found = []
    for measure in MEASURES:
        system = _system(year, measure)
        solver = Solver(system, withheld)
        hidden = [cell for cell in system.cells if cell[1:] in withheld]
        seats = [(OUTSIDE, hidden), *(_seats(year, system, hidden) if measure == "exports" else ())]
        for seat, cells in seats:
            for cell in cells:
                number = system.index[cell]
                value = float(system.values[number])
                up = year.unsafe.get(cell, 0.0) if measure == "exports" else 0.0
                down = min(up, float(-system.lower[number]))
                wanted = (down, up) if seat else (float("inf"), float("inf"))
                lowest = value - solver.reach(number, -1.0, wanted[0], seat)
                highest = value + solver.reach(number, 1.0, wanted[1], seat)
                found.append(Interval(year.year, cell, measure, value, lowest, highest, down, up, bool(seat)))
    return found
