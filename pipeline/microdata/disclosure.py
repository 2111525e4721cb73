"""Disclosure control: which cells are unsafe, which others must be withheld with them, and the proof that it is enough.

A year's figures are one linear system: regions add up to the whole, size classes to the total; what is placed and what is
unallocated to what was declared. The exports of the group of size classes stand in it too, though they are no row of the table:
exports per inhabitant times the population, and growth times a base year, give them away; and so does what is left of the total give
the rest away. Under another basis the regions add up to the same whole: what is told of them beside the table stands in the system as
well. Whoever knows the published cells knows, of the withheld ones, the set of
values that fit. The audit solves for the ends of that set, cell by cell.

Terms and rules follow the Handbook on Statistical Disclosure Control (2nd edition, 2024): minimum frequency, p % rule, and contributors
grouped by enterprise group. The largest group in a withheld cell knows what it brings there, so the audit is made from its seat as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from pipeline.declarations import TOTAL
from pipeline.faults import DataRefused, refusal
from pipeline.microdata.method import ALLOCATION_BASES, UNKNOWN_SIZE, Disclosure, MicrodataMethod, Sizes
from pipeline.microdata.schemas import DECLARED, MATCHED, NOT_PLACED_BY, PLACED_BY, UNALLOCATED, WHOLE, is_region
from pipeline.microdata.selection import Selection
from pipeline.microdata.system import EXACT, EXACTNESS, PUBLIC, Cell, Demand, Entry, Published, Seat, Solver, System, carriers

EXPORTS = "exports_sek"
MEASURES = (EXPORTS, "exporter_shares", "exporters")
MOST_CHOICES = 20
"""So many choices of the integer program are audited before the last one is completed by the heuristic."""
LEAST = 1.0
"""What a withheld cell that is safe itself must leave open, in units of the currency or exporters: it may not be recovered."""


@dataclass(frozen=True)
class Beside:
    """What stands beside the table, under the bases that are not its own: regions' exports of the group of size classes, the rest and all.

    rounding is how far down and up from its value each published figure may be; differences are pairs of cells whose difference is
    unsafe, and by how much it must be left open.
    """

    exports: Mapping[Cell, float]
    rounding: Mapping[Cell, tuple[float, float]]
    differences: Mapping[tuple[Cell, Cell], float]


NOTHING = Beside({}, {}, {})


@dataclass(frozen=True)
class Figures:
    """A year's cells: value and exporters of each; by how much the unsafe ones must be left open; who looks from inside.

    insiders are the groups that are the largest in some cell: there each is the one that is protected, and elsewhere it knows what it
    brings there. By cell: what all others bring, as far as the cell can fall in its eyes; None where it is alone.
    """

    year: int
    sizes: Sizes
    exports_sek: Mapping[Cell, float]
    exporters: Mapping[Cell, float]
    exporter_shares: Mapping[Cell, float]
    unsafe: Mapping[Cell, float]
    insiders: Mapping[str, Mapping[Cell, float | None]]
    beside: Beside = NOTHING
    public: frozenset[Published] = frozenset()
    """What an earlier table tells of the same year: it hides nothing any more, and nothing hides it."""


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
    """The cell of a row of microdata.cells: lines of coverage and regions under another basis than the table's are under their own."""
    is_beside = row["line"] in PLACED_BY or row["basis"] != basis
    return row["basis"] if is_beside else "", row["line"], row["size_class"]


def figures(cells: Iterable[Mapping[str, Any]], contributors: Iterable[Mapping[str, Any]], method: MicrodataMethod) -> list[Figures]:
    """Each year's system of figures under the table's basis, from the rows of microdata.cells and microdata.cell_contributors."""
    basis = method.allocation.basis
    years: dict[int, tuple[dict[Cell, float], dict[Cell, float], dict[Cell, float]]] = {}
    totals: dict[tuple[int, Cell], Decimal] = {}
    # What is withheld where several cells would do depends on their order: the whole comes before its regions.
    for row in sorted(cells, key=lambda row: (row["basis"], row["line"] != WHOLE)):
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
        asked = protection(total, row["groups"], row["largest_sek"], row["second_largest_sek"], method.disclosure)
        if asked > 0 and cell in years[year][0]:
            unsafe[year][cell] = float(asked)
    return [Figures(year, method.sizes, *years[year], unsafe[year], dict(sorted(insiders[year].items()))) for year in sorted(years)]


def protection(total: Decimal, groups: int, largest: Decimal, second: Decimal, rule: Disclosure) -> Decimal:
    """How far above and below its value an unsafe cell must be left open; zero for a safe cell.

    p % rule: the second largest, knowing itself, comes as near to the largest as all the others together are. What is missing to
    p % of the largest is the protection asked for. With fewer groups than asked for it is p % of the largest, whatever the others.
    """
    margin = largest * rule.p_percent / 100
    if groups < rule.fewest_groups:
        return max(margin, Decimal("0.01"))
    return max(margin - (total - largest - second), Decimal(0))


def _system(year: Figures, measure: str) -> System:
    values: Mapping[Cell, float] = getattr(year, measure)
    unsafe = year.unsafe if measure == EXPORTS else {}
    entries = [
        # A withheld cell is known to have an exporter, so a whole count falls to one at the least.
        Entry(cell, PUBLIC, value, 0.0)
        if cell[1:] in year.public
        else Entry(cell, cell[1:], value, -max(value - 1, 0.0) if measure == "exporters" else -value, unsafe.get(cell, 0.0))
        for cell, value in values.items()
        if value > 0 or year.exports_sek[cell] > 0
    ]
    bound: list[tuple[Cell, Sequence[Cell]]] = []
    if measure == EXPORTS:
        for cell, value in year.beside.exports.items():
            name = None if cell[2] == year.sizes.rest else cell[:2]
            entries.append(Entry(cell, name, value, -value, rounding=year.beside.rounding.get(cell, EXACT)))
        for (first, second), asked in year.beside.differences.items():
            cell = difference(first, second)
            entries.append(Entry(cell, None, _value(year, first) - _value(year, second), -np.inf, asked))
            bound.append((first, [cell, second]))
    there = {entry.cell for entry in entries}
    bound += _sums(sorted({line for _, line, _ in there if is_region(line)}), year.sizes)
    sums = [
        (whole, own)
        for whole, parts in bound
        if whole in there
        and (own := [part for part in parts if part in there])
        # An enterprise counts whole in each of its regions: regions' counts do not add up to the whole's.
        and not (measure == "exporters" and whole[1] == WHOLE and is_region(parts[0][1]))
    ]
    return System(f"the table of {year.year}", entries, sums)


def difference(first: Cell, second: Cell) -> Cell:
    """What is counted as a cell where two bases differ: by how much the first is above the second."""
    return f"{first[0]} - {second[0]}", *first[1:]


def _value(year: Figures, cell: Cell) -> float:
    return year.beside.exports.get(cell, year.exports_sek.get(cell, 0.0))


def _sums(regions: Sequence[str], sizes: Sizes) -> Iterator[tuple[Cell, list[Cell]]]:
    """Every sum that whoever reads the tables can make: the whole, and its parts."""
    yield ("", DECLARED, TOTAL), [("", WHOLE, TOTAL), ("", UNALLOCATED, TOTAL)]
    yield ("", DECLARED, TOTAL), [("", MATCHED, TOTAL), ("", UNALLOCATED, UNKNOWN_SIZE)]
    yield ("", UNALLOCATED, TOTAL), [("", UNALLOCATED, size) for size in (*sizes.codes, UNKNOWN_SIZE)]
    yield ("", UNALLOCATED, TOTAL), [("", reason, TOTAL) for reason in NOT_PLACED_BY]
    yield ("", NOT_PLACED_BY[1], TOTAL), [("", UNALLOCATED, UNKNOWN_SIZE)]
    for basis in ALLOCATION_BASES:
        yield ("", WHOLE, TOTAL), [(basis, way, TOTAL) for way in PLACED_BY]
        for part in sizes.parts:
            yield ("", WHOLE, part), [(basis, region, part) for region in regions]
        for region in regions:
            yield (basis, region, TOTAL), [(basis, region, part) for part in sizes.parts]
    # By all workplaces is placed under one basis what is placed by the goods-producing and by all under another.
    by_goods, by_all, without_employees, _ = PLACED_BY
    yield ("workplace-share", by_all, TOTAL), [("production-place", by_goods, TOTAL), ("production-place", by_all, TOTAL)]
    yield ("workplace-share", without_employees, TOTAL), [("production-place", without_employees, TOTAL)]
    for size in sizes.cells:
        yield ("", WHOLE, size), [("", region, size) for region in regions]
    for line in (WHOLE, *regions):
        yield ("", line, TOTAL), [("", line, part) for part in sizes.parts]
        for part, codes in sizes.parts.items():
            if part not in codes:
                yield ("", line, part), [("", line, size) for size in codes]


def _weight(name: Published, sizes: Sizes) -> int:
    """What it costs the readers when a figure is withheld: a region's row 10. Few need the coverage; all need the whole."""
    line, size = name
    if line in (*PLACED_BY, *NOT_PLACED_BY, UNALLOCATED):
        return 1
    if line == DECLARED or (line == WHOLE and size in (TOTAL, sizes.group)):
        return 100
    if line in (MATCHED, WHOLE):
        return 20
    return 15 if size == sizes.group else 10


UNRANKED = 30
"""What it costs more when the first figure is withheld that a region's ranking needs: a class of the group, or the group."""


def _regions(names: Set[Published], sizes: Sizes) -> list[tuple[int, set[Published]]]:
    """For each region, what its ranking needs, and what it costs not to have it."""
    needed = {(line, size) for line, size in names if is_region(line) and size in (*sizes.inside, sizes.group)}
    return [(UNRANKED, {name for name in needed if name[0] == region}) for region in sorted({line for line, _ in needed})]


def loss(withheld: Set[Published], sizes: Sizes) -> int:
    """What it costs the readers of a table in all."""
    return sum(_weight(name, sizes) for name in sorted(withheld)) + sum(cost for cost, _ in _regions(withheld, sizes))


def _cost(cell: Cell, value: float, withheld: Set[Published], sizes: Sizes) -> float:
    """What the heuristic counts for a cell that carries a deviation, by what the ranking and the report need."""
    basis, line, size = cell
    if (basis and is_region(line)) or line in (*PLACED_BY, *NOT_PLACED_BY, UNALLOCATED):
        weight = 2.0
    elif line in (DECLARED, MATCHED):
        weight = 30.0
    elif line == WHOLE:
        weight = 200.0 if size in (TOTAL, sizes.group) else 40.0
    elif size in (sizes.rest, *sizes.outside):
        weight = 5.0
    elif size in (TOTAL, sizes.group):
        weight = 12.0
    else:
        # A region with one class of the group withheld is unranked already; a second one costs it little.
        weight = 3.0 if any((line, other) in withheld for other in sizes.inside) else 20.0
    return float(weight * (1 + 0.05 * np.log10(1 + value)))


Memory = dict[tuple[str, bool], Solver]
"""The last solver of each measure, without and with what stands beside the table: what it has seen saves the next one programs."""


@dataclass(frozen=True)
class Choice:
    """What is withheld of a year's table, what that costs its readers, and what every choice that protects it costs at the least."""

    withheld: frozenset[Published]
    loss: int
    bound: int

    @property
    def gap(self) -> float:
        """The part of the loss that a better choice could save at most."""
        return (self.loss - self.bound) / self.loss if self.loss else 0.0


def protect(year: Figures, memory: Memory | None = None) -> set[Published]:
    """What is withheld of a year's table, as least_loss chooses it."""
    return set(least_loss(year, memory).withheld)


def least_loss(year: Figures, memory: Memory | None = None) -> Choice:
    """What is withheld of a year's table: the unsafe cells, and others at the least loss that leaves the audit nothing to find.

    What the heuristic chooses stands where the integer program has not come to an end within its bounds with anything better.
    Raises DataRefused when even withholding everything is not enough.
    """
    memory = {} if memory is None else memory
    table = replace(year, beside=NOTHING)
    unsafe = {cell[1:] for cell in year.unsafe}
    best = completed(table, unsafe, memory)
    if best == unsafe:
        return Choice(frozenset(best), loss(best, year.sizes), loss(best, year.sizes))
    figures = {cell[1:] for cell, value in year.exports_sek.items() if value > 0} - year.public | best
    selection = Selection(f"the table of {year.year}", {name: _weight(name, year.sizes) for name in figures}, _regions(figures, year.sizes))
    selection.always(unsafe)
    system = memory[EXPORTS, False].system
    for whole, parts in system.sums:
        # Of a sum no cell is withheld alone. Cells of several bases are withheld as one.
        names = [name for cell in (whole, *parts) if (name := system.entries[system.index[cell]].name)]
        for name in names:
            if name != PUBLIC and names.count(name) == 1:
                selection.require({other: 1.0 for other in names if other != PUBLIC}, name)
    before: set[tuple[str, Demand]] = set()
    for number in range(MOST_CHOICES):
        choice = selection.choose(best)
        if selection.bound >= loss(best, year.sizes):
            break
        lacks = _require(table, choice, selection, memory, before)
        if not lacks or number == MOST_CHOICES - 1:
            best = min(best, completed(table, choice, memory), key=lambda withheld: loss(withheld, year.sizes))
        if not lacks:
            break
    return Choice(frozenset(best), loss(best, year.sizes), selection.bound)


def completed(table: Figures, choice: Set[Published], memory: Memory) -> set[Published]:
    """A choice, and as few others as the heuristic finds that the audit finds nothing."""
    withheld, before = set(choice), None
    while withheld != before:
        before = set(withheld)
        for measure in MEASURES:
            solver = _solver(table, measure, withheld, memory)
            met: set[Demand] = set()
            # What one demand adds leaves those that were met before met.
            while open_demands := [demand for demand in _demands(table, measure, solver.system, withheld) if demand not in met]:
                for demand in open_demands:
                    _meet(demand, table, solver, withheld)
                met.update(open_demands)
    return withheld


def _require(table: Figures, choice: Set[Published], selection: Selection, memory: Memory, before: set[tuple[str, Demand]]) -> bool:
    """Require what a choice lacks that the audit finds nothing; False when it lacks nothing.

    before are the demands that earlier choices did not meet. They come first, and the others only where all of them are met; the next
    measure only where all of the one before are.
    """
    for measure in MEASURES:
        solver = _solver(table, measure, choice, memory)
        demands = list(_demands(table, measure, solver.system, choice))
        for is_earlier in (True, False):
            lacks = False
            for demand in [each for each in demands if ((measure, each) in before) == is_earlier]:
                if (brings := solver.lack(demand)) is not None:
                    lacks = True
                    before.add((measure, demand))
                    # A safe cell asks for something only where it is withheld.
                    selection.require(brings, solver.system.entries[demand.cell].name if len(demand.directions) > 1 else None)
            if lacks:
                return True
    return False


def protect_beside(year: Figures, withheld: Set[Published], unsafe: Set[Published], memory: Memory | None = None) -> set[Published]:
    """What is withheld beside a table, by basis and region: what is unsafe there, and as few others as it takes that neither an unsafe
    difference nor a cell withheld in the table is told. Nothing more of the table is withheld for it.
    """
    hidden = set(withheld | unsafe)
    solver = _solver(year, EXPORTS, hidden, {} if memory is None else memory)
    silent = _silent(year, solver.system, withheld)
    for demand in _demands(year, EXPORTS, solver.system, withheld):
        _meet(demand, year, solver, hidden, silent)
    return hidden - withheld


def _solver(year: Figures, measure: str, withheld: Set[Published], memory: Memory) -> Solver:
    key = measure, bool(year.beside.exports)
    earlier = memory.get(key)
    system = earlier.system if earlier else _system(year, measure)
    # Of counts nobody asks more than that they are not told from outside.
    seats: list[Seat] = _seats(year, system) if measure == EXPORTS else [()]
    memory[key] = Solver(system, seats, withheld, earlier)
    return memory[key]


def _silent(year: Figures, system: System, withheld: Set[Published]) -> Solver:
    """What can be told of a table when nothing is told beside it: nobody asks that more be left open than that leaves."""
    return Solver(system, _seats(year, system), withheld | {cell[:2] for cell in year.beside.exports})


def _meet(demand: Demand, year: Figures, solver: Solver, withheld: set[Published], silent: Solver | None = None) -> None:
    """Add to what is withheld until a demand is met; with silent, what may be withheld is beside the table alone."""
    system = solver.system
    while narrow := next((view for view in solver.views(demand, silent) if view[0] < view[1] * (1 - EXACTNESS)), None):
        _, length, seat = narrow
        costs = [
            _cost(entry.cell, entry.value, withheld, year.sizes)
            if entry.name != PUBLIC and (silent is None or entry.cell in year.beside.exports)
            else np.inf
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
            yield Demand(number, (1.0, -1.0), LEAST, (0,))


def _hidden(year: Figures, system: System, withheld: Set[Published]) -> Iterator[int]:
    """Withheld and unsafe cells of the table, and unsafe differences. What is withheld beside the table is so for their sake alone.

    What stands beside the table is bound to it by the whole: where that is published, it tells nothing more of the table.
    """
    with_table = not year.beside.exports or any((WHOLE, size) in withheld for size in year.sizes.sums)
    for number, entry in enumerate(system.entries):
        if entry.cell in year.exports_sek:
            if with_table and (entry.name in withheld or entry.asked):
                yield number
        elif entry.cell not in year.beside.exports:
            yield number


def _asked(system: System, number: int) -> tuple[float, float]:
    """How far down and up a cell must be left open; nothing falls further than its lowest value. Zero for a safe cell."""
    entry = system.entries[number]
    return min(entry.asked, -entry.lower), entry.asked


def _others_seats(year: Figures, cell: Cell) -> tuple[int, ...]:
    """The seats of insiders that a cell is kept from: of the others. In its own cell an insider is the one whom others are kept from."""
    return tuple(seat for seat, own in enumerate(year.insiders.values(), 1) if cell not in own)


def _unprotectable(year: Figures, cell: Cell) -> DataRefused:
    found = f"a cell that nothing hides: {' '.join(part for part in cell if part)}"
    remedy = "Leave the year out of the datasets, or join size classes: what is published must have cells enough to withhold together."
    return refusal(f"the table of {year.year}", found, "a table that can be protected", remedy)


def audit(year: Figures, withheld: Set[Published], memory: Memory | None = None) -> list[Interval]:
    """An interval of each withheld cell, for each measure: all that fits, or as much of it as is asked for. Of unsafe cells and of unsafe
    differences also one that all insiders leave open, below and above. Of exports once more with what stands beside the table.
    """
    memory = {} if memory is None else memory
    table = replace(year, beside=NOTHING)
    intervals = [interval for measure in MEASURES for interval in _audited(table, measure, withheld, memory)]
    return intervals + (_audited(year, EXPORTS, withheld, memory) if year.beside.exports else [])


def _audited(year: Figures, measure: str, withheld: Set[Published], memory: Memory) -> list[Interval]:
    solver = _solver(year, measure, withheld, memory)
    system = solver.system
    silent = _silent(year, system, withheld) if year.beside.exports else None
    intervals = []
    for number in _hidden(year, system, withheld):
        entry, asked = system.entries[number], _asked(system, number)
        least = 0.0 if asked[1] or entry.cell not in year.exports_sek else LEAST
        for inside, seats in ((False, (0,)), (True, _others_seats(year, entry.cell) if asked[1] else ())):
            if seats:
                (down, needed_down), (up, needed_up) = (
                    _nearest(solver, silent, Demand(number, (direction,), length or least, seats))
                    for direction, length in zip((-1.0, 1.0), asked, strict=True)
                )
                kind = measure if entry.cell in year.exports_sek else "difference"
                needed = (0.0, 0.0, least) if least else (needed_down, needed_up, 0.0)
                ends = entry.value - down, entry.value + up
                intervals.append(Interval(year.year, entry.cell, kind, entry.value, *ends, *needed, inside))
    return intervals


def _nearest(solver: Solver, silent: Solver | None, demand: Demand) -> tuple[float, float]:
    """How far a cell is open from the seat that comes nearest to it, and how far it has to be."""
    reach, asked, _ = min(solver.views(demand, silent), key=lambda view: view[0] - view[1])
    return reach, asked
