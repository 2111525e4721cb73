"""Disclosure control: which cells are unsafe, which others must be withheld with them, and the proof that it is enough.

A year's figures are one linear system: counties add up to the nation, size classes to the total; what is placed and what is
unallocated to what was declared. SMEs' exports stand in it too, though they are no row of the table: exports per inhabitant
times the population, and growth times a base year, give them away. Under another basis the counties add up to the same nation: what
is told of them beside the table stands in the system as well. Whoever knows the published cells knows, of the withheld ones, the set of
values that fit. The audit solves for the ends of that set, cell by cell.

Terms and rules follow the Handbook on Statistical Disclosure Control (2nd edition, 2024): minimum frequency, p % rule, and contributors
grouped by enterprise group. The largest group in a withheld cell knows what it brings there, so the audit is made from its seat as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from pipeline.faults import DataRefused, Fault
from pipeline.microdata.system import EXACT, EXACTNESS, Cell, Demand, Entry, Published, Seat, Solver, System, carriers
from pipeline.schemas import DECLARED, MATCHED, NATION, NOT_PLACED_BY, PLACED_BY, SIZE_CLASSES, UNALLOCATED, UNKNOWN_SIZE
from pipeline.settings import ALLOCATION_BASES, Disclosure

SME, TOTAL = "sme", "total"
LARGE = SIZE_CLASSES[-1]

LEAST_SEK = 1.0
"""What a withheld cell that is safe itself must leave open, in SEK: it may not be recovered."""
LEAST_EXPORTERS = 1.0
"""What the number of exporters in a withheld cell must leave open."""
MEASURES = ("exports", "exporter_shares", "exporters")


@dataclass(frozen=True)
class Beside:
    """What stands beside the table: exports of counties, SMEs', the largest enterprises' and all, under the bases that are not its own.

    rounding is how far down and up from its value each published figure may be; differences are pairs of cells whose difference is
    unsafe, and by how much it must be left open, in SEK.
    """

    exports: Mapping[Cell, float]
    rounding: Mapping[Cell, tuple[float, float]]
    differences: Mapping[tuple[Cell, Cell], float]


NOTHING = Beside({}, {}, {})


@dataclass(frozen=True)
class Figures:
    """A year's cells: value and exporters of each; by how much the unsafe ones must be left open, in SEK; who looks from inside.

    insiders are the groups that are the largest in some cell: there each is the one that is protected, and elsewhere it knows what it
    brings there. By cell: what all others bring, in SEK, as far as the cell can fall in its eyes; None where it is alone.
    """

    year: int
    exports: Mapping[Cell, float]
    exporters: Mapping[Cell, float]
    exporter_shares: Mapping[Cell, float]
    unsafe: Mapping[Cell, float]
    insiders: Mapping[str, Mapping[Cell, float | None]]
    beside: Beside = NOTHING


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
    asked_in_all: float
    insider: bool

    @property
    def is_wide_enough(self) -> bool:
        """Whether it leaves open as much as was asked for."""
        down, up = self.value - self.lowest, self.highest - self.value
        asked = (down, self.asked_down), (up, self.asked_up), (down + up, self.asked_in_all)
        return all(left >= needed * (1 - EXACTNESS) for left, needed in asked)


def cell_of(row: Mapping[str, Any], basis: str) -> Cell:
    """The cell of a row of microdata.cells: lines of coverage and counties under another basis than the table's are under their own."""
    is_beside = row["line"] in PLACED_BY or row["basis"] != basis
    return row["basis"] if is_beside else "", row["line"], row["size_class"]


def _is_county(line: str) -> bool:
    return len(line) == 2 and line != NATION


def figures(cells: Iterable[Mapping[str, Any]], contributors: Iterable[Mapping[str, Any]], rule: Disclosure, basis: str) -> list[Figures]:
    """Each year's system of figures under the table's basis, from the rows of microdata.cells and microdata.cell_contributors."""
    years: dict[int, tuple[dict[Cell, float], dict[Cell, float], dict[Cell, float]]] = {}
    totals: dict[tuple[int, Cell], Decimal] = {}
    for row in cells:
        cell = cell_of(row, basis)
        totals[row["year"], cell] = row["exports_sek"]
        if row["basis"] == basis or row["line"] in PLACED_BY:
            exports, exporters, shares = years.setdefault(row["year"], ({}, {}, {}))
            exports[cell], exporters[cell] = float(row["exports_sek"]), float(row["exporters"])
            shares[cell] = row["exporter_millionths"] / 1e6
    unsafe: dict[int, dict[Cell, float]] = {year: {} for year in years}
    insiders: dict[int, dict[str, dict[Cell, float | None]]] = {year: {} for year in years}
    for row in contributors:
        cell, year = cell_of(row, basis), row["year"]
        total = totals[year, cell]
        others = None if row["groups"] == 1 else float(total - row["largest_sek"])
        insiders[year].setdefault(row["largest_group"], {})[cell] = others
        asked = protection(total, row["groups"], row["largest_sek"], row["second_largest_sek"], rule)
        if asked > 0 and cell in years[year][0]:
            unsafe[year][cell] = float(asked)
    return [Figures(year, *years[year], unsafe[year], dict(sorted(insiders[year].items()))) for year in sorted(years)]


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
    values: Mapping[Cell, float] = getattr(year, measure)
    unsafe = year.unsafe if measure == "exports" else {}
    entries = [
        # A withheld cell is known to have an exporter, so a whole count falls to one at the least.
        Entry(cell, cell[1:], value, -max(value - 1, 0.0) if measure == "exporters" else -value, unsafe.get(cell, 0.0))
        for cell, value in values.items()
        if value > 0 or year.exports[cell] > 0
    ]
    bound: list[tuple[Cell, Sequence[Cell]]] = []
    if measure == "exports":
        for cell, value in year.beside.exports.items():
            name = None if cell[2] == LARGE else cell[:2]
            entries.append(Entry(cell, name, value, -value, rounding=year.beside.rounding.get(cell, EXACT)))
        for (first, second), asked in year.beside.differences.items():
            cell = difference(first, second)
            entries.append(Entry(cell, None, _value(year, first) - _value(year, second), -np.inf, asked))
            bound.append((first, [cell, second]))
    there = {entry.cell for entry in entries}
    bound += _sums(sorted({line for _, line, _ in there if _is_county(line)}))
    sums = [
        (whole, own)
        for whole, parts in bound
        if whole in there
        and (own := [part for part in parts if part in there])
        # An enterprise counts whole in each of its counties: counties' counts do not add up to the nation's.
        and not (measure == "exporters" and whole[1] == NATION and _is_county(parts[0][1]))
    ]
    return System(f"the table of {year.year}", entries, sums)


def difference(first: Cell, second: Cell) -> Cell:
    """What is counted as a cell where two bases differ: by how much the first is above the second."""
    return f"{first[0]} - {second[0]}", *first[1:]


def _value(year: Figures, cell: Cell) -> float:
    return year.beside.exports.get(cell, year.exports.get(cell, 0.0))


def _sums(counties: Sequence[str]) -> Iterator[tuple[Cell, list[Cell]]]:
    """Every sum that whoever reads the tables can make: the whole, and its parts."""
    yield ("", DECLARED, TOTAL), [("", NATION, TOTAL), ("", UNALLOCATED, TOTAL)]
    yield ("", DECLARED, TOTAL), [("", MATCHED, TOTAL), ("", UNALLOCATED, UNKNOWN_SIZE)]
    yield ("", UNALLOCATED, TOTAL), [("", UNALLOCATED, size) for size in (*SIZE_CLASSES, UNKNOWN_SIZE)]
    yield ("", UNALLOCATED, TOTAL), [("", reason, TOTAL) for reason in NOT_PLACED_BY]
    yield ("", NOT_PLACED_BY[1], TOTAL), [("", UNALLOCATED, UNKNOWN_SIZE)]
    for basis in ALLOCATION_BASES:
        yield ("", NATION, TOTAL), [(basis, way, TOTAL) for way in PLACED_BY]
        for size in (SME, LARGE):
            yield ("", NATION, size), [(basis, county, size) for county in counties]
        for county in counties:
            yield (basis, county, TOTAL), [(basis, county, SME), (basis, county, LARGE)]
    # By all workplaces is placed under one basis what is placed by the goods-producing and by all under another.
    by_goods, by_all, without_employees, _ = PLACED_BY
    yield ("workplace-share", by_all, TOTAL), [("production-place", by_goods, TOTAL), ("production-place", by_all, TOTAL)]
    yield ("workplace-share", without_employees, TOTAL), [("production-place", without_employees, TOTAL)]
    for size in (*SIZE_CLASSES, SME, TOTAL):
        yield ("", NATION, size), [("", county, size) for county in counties]
    for line in (NATION, *counties):
        yield ("", line, TOTAL), [("", line, SME), ("", line, LARGE)]
        yield ("", line, SME), [("", line, size) for size in SIZE_CLASSES[:-1]]


def _cost(cell: Cell, value: float, withheld: Set[Published]) -> float:
    """What it costs the readers when a cell is withheld too: the ranking needs SMEs, the report the nation; few need the rest."""
    basis, line, size = cell
    if (basis and _is_county(line)) or line in (*PLACED_BY, *NOT_PLACED_BY, UNALLOCATED):
        weight = 2.0
    elif line in (DECLARED, MATCHED):
        weight = 30.0
    elif line == NATION:
        weight = 200.0 if size in (TOTAL, SME) else 40.0
    elif size == LARGE:
        weight = 5.0
    elif size in (TOTAL, SME):
        weight = 12.0
    else:
        # A county with one SME class withheld is unranked already; a second one costs it little.
        weight = 3.0 if any((line, other) in withheld for other in SIZE_CLASSES[:-1]) else 20.0
    return float(weight * (1 + 0.05 * np.log10(1 + value)))


Seen = dict[tuple[str, bool], Solver]
"""The last solver of each measure, without and with what stands beside the table: what it has seen saves the next one programs."""


def protect(year: Figures, seen: Seen | None = None) -> set[Published]:
    """What is withheld of a year's table: the unsafe cells, and as few others as it takes that the audit finds nothing.

    Raises DataRefused when even withholding everything is not enough.
    """
    seen = {} if seen is None else seen
    table = replace(year, beside=NOTHING)
    withheld = {cell[1:] for cell in year.unsafe}
    before = None
    while withheld != before:
        before = set(withheld)
        for measure in MEASURES:
            solver = _solver(table, measure, withheld, seen)
            met: set[Demand] = set()
            # What one demand adds leaves those that were met before met.
            while open_demands := [demand for demand in _demands(table, measure, solver.system, withheld) if demand not in met]:
                for demand in open_demands:
                    _meet(demand, table, solver, withheld)
                met.update(open_demands)
    return withheld


def protect_beside(year: Figures, withheld: Set[Published], unsafe: Set[Published], seen: Seen | None = None) -> set[Published]:
    """What is withheld beside a table, by basis and county: what is unsafe there, and as few others as it takes that neither an unsafe
    difference nor a cell withheld in the table is told. Nothing more of the table is withheld for it.
    """
    hidden = set(withheld | unsafe)
    solver = _solver(year, "exports", hidden, {} if seen is None else seen)
    silent = _silent(year, solver.system, withheld)
    for demand in _demands(year, "exports", solver.system, withheld):
        _meet(demand, year, solver, hidden, silent)
    return hidden - withheld


def _solver(year: Figures, measure: str, withheld: Set[Published], seen: Seen) -> Solver:
    system, key = _system(year, measure), (measure, bool(year.beside.exports))
    seen[key] = Solver(system, _seats(year, system), withheld, seen.get(key))
    return seen[key]


def _silent(year: Figures, system: System, withheld: Set[Published]) -> Solver:
    """What can be told of a table when nothing is told beside it: nobody asks that more be left open than that leaves."""
    return Solver(system, _seats(year, system), withheld | {cell[:2] for cell in year.beside.exports})


def _meet(demand: Demand, year: Figures, solver: Solver, withheld: set[Published], silent: Solver | None = None) -> None:
    """Add to what is withheld until a demand is met; with silent, what may be withheld is beside the table alone."""
    system = solver.system
    while narrow := next((view for view in solver.views(demand, silent) if view[0] < view[1] * (1 - EXACTNESS)), None):
        _, length, seat = narrow
        costs = [
            _cost(entry.cell, entry.value, withheld) if silent is None or entry.cell in year.beside.exports else np.inf
            for entry in system.entries
        ]
        more = carriers(system, replace(demand, length=length), solver.seats[seat], np.array(costs), withheld)
        if not more or more <= withheld:
            raise _unprotectable(year, system.entries[demand.cell].cell)
        withheld |= more
        solver.withhold(withheld)


def _seats(year: Figures, system: System) -> list[Seat]:
    """The outsider's seat, who knows no withheld cell, and after it every insider's."""
    inside = [[(system.index[cell], others) for cell, others in own.items() if cell in system.index] for own in year.insiders.values()]
    return [(), *map(tuple, inside)]


def _demands(year: Figures, measure: str, system: System, withheld: Set[Published]) -> Iterator[Demand]:
    """What each withheld cell and unsafe difference must leave open, and seen from where."""
    for number in _hidden(year, system, withheld):
        down, up = _asked(system, number)
        if up:
            seats = (0, *_others_seats(year, system.entries[number].cell))
            yield Demand(number, (1.0,), up, seats)
            yield Demand(number, (-1.0,), down, seats)
        else:
            yield Demand(number, (1.0, -1.0), _least(measure), (0,))


def _hidden(year: Figures, system: System, withheld: Set[Published]) -> Iterator[int]:
    """Withheld cells of the table, and unsafe differences. What is withheld beside the table is so for their sake alone.

    What stands beside the table is bound to it by the nation: where that is published, it tells nothing more of the table.
    """
    with_table = not year.beside.exports or any((NATION, size) in withheld for size in (SME, LARGE, TOTAL))
    for number, entry in enumerate(system.entries):
        if entry.cell in year.exports:
            if with_table and entry.name in withheld:
                yield number
        elif entry.cell not in year.beside.exports:
            yield number


def _asked(system: System, number: int) -> tuple[float, float]:
    """How far down and up a cell must be left open; nothing falls further than its lowest value. Zero for a safe cell."""
    entry = system.entries[number]
    return min(entry.asked, -entry.lower), entry.asked


def _least(measure: str) -> float:
    return LEAST_SEK if measure == "exports" else LEAST_EXPORTERS


def _others_seats(year: Figures, cell: Cell) -> tuple[int, ...]:
    """The seats of insiders that a cell is kept from: of the others. In its own cell an insider is the one whom others are kept from."""
    return tuple(seat for seat, own in enumerate(year.insiders.values(), 1) if cell not in own)


def _unprotectable(year: Figures, cell: Cell) -> DataRefused:
    found = f"a cell that nothing hides: {' '.join(part for part in cell if part)}"
    remedy = "Leave the year out of the datasets, or join size classes: what is published must have cells enough to withhold together."
    return DataRefused([Fault(f"the table of {year.year}", found, "a table that can be protected", remedy)])


def audit(year: Figures, withheld: Set[Published], seen: Seen | None = None) -> list[Interval]:
    """An interval of each withheld cell, for each measure: all that fits, or as much of it as is asked for. Of unsafe cells and of unsafe
    differences also one that all insiders leave open, below and above. Of exports once more with what stands beside the table.
    """
    seen = {} if seen is None else seen
    table = replace(year, beside=NOTHING)
    intervals = [interval for measure in MEASURES for interval in _audited(table, measure, withheld, seen)]
    return intervals + (_audited(year, "exports", withheld, seen) if year.beside.exports else [])


def _audited(year: Figures, measure: str, withheld: Set[Published], seen: Seen) -> list[Interval]:
    solver = _solver(year, measure, withheld, seen)
    system = solver.system
    silent = _silent(year, system, withheld) if year.beside.exports else None
    intervals = []
    for number in _hidden(year, system, withheld):
        entry, asked = system.entries[number], _asked(system, number)
        least = 0.0 if asked[1] or entry.cell not in year.exports else _least(measure)
        for inside, seats in ((False, (0,)), (True, _others_seats(year, entry.cell) if asked[1] else ())):
            if seats:
                (down, needed_down), (up, needed_up) = (
                    _nearest(solver, silent, Demand(number, (direction,), length or least, seats))
                    for direction, length in zip((-1.0, 1.0), asked, strict=True)
                )
                kind = measure if entry.cell in year.exports else "difference"
                needed = (0.0, 0.0, least) if least else (needed_down, needed_up, 0.0)
                ends = entry.value - down, entry.value + up
                intervals.append(Interval(year.year, entry.cell, kind, entry.value, *ends, *needed, inside))
    return intervals


def _nearest(solver: Solver, silent: Solver | None, demand: Demand) -> tuple[float, float]:
    """How far a cell is open from the seat that comes nearest to it, and how far it has to be."""
    reach, asked, _ = min(solver.views(demand, silent), key=lambda view: view[0] - view[1])
    return reach, asked
