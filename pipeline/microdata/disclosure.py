"""Disclosure control: which cells are unsafe, which others must be withheld with them, and the proof that this is enough.

A year's figures are one linear system. Regions add up to the whole, size classes to the total, and placed and unallocated values to
the declared ones. The exports of the group of size classes are in it too, although they are no row of the table: exports per inhabitant
times the population, and growth times a base year, reveal them, and the total then reveals the rest. Under another basis the regions
add up to the same whole, so the published shares of the other bases are in the system as well. The published cells leave a set of
possible values for the withheld ones. The audit solves for the ends of that set, cell by cell.

Terms and rules follow the Handbook on Statistical Disclosure Control (2nd edition, 2024): minimum frequency, p % rule, and contributors
grouped by enterprise group. The largest group in a withheld cell knows its own part, so the audit is also made from its seat.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from pipeline.declarations import TOTAL
from pipeline.faults import DataRefused, refusal
from pipeline.microdata.losses import cost, loss, regions, weight
from pipeline.microdata.method import ALLOCATION_BASES, UNKNOWN_SIZE, Disclosure, MicrodataMethod, Sizes
from pipeline.microdata.schemas import DECLARED, MATCHED, NOT_PLACED_BY, PLACED_BY, UNALLOCATED, WHOLE, is_region
from pipeline.microdata.selection import Selection
from pipeline.microdata.system import EXACT, EXACTNESS, PUBLIC, Cell, Demand, Entry, Published, Seat, Solver, System, carriers

EXPORTS = "exports_sek"
MEASURES = (EXPORTS, "exporter_shares", "exporters")
MOST_CHOICES = 20
"""The number of choices of the integer program that are audited before the heuristic completes the last one."""
LEAST = 1.0
"""The width of the interval of a withheld cell that is safe itself, in units of the currency or exporters: it may not be recovered."""


@dataclass(frozen=True)
class Beside:
    """The regions' exports under the other bases, published beside the table: of the group of size classes, of the rest and of all.

    rounding: how far below and above its value each published figure may be. differences: pairs of cells whose difference is unsafe,
    and the width that it needs.
    """

    exports: Mapping[Cell, float]
    rounding: Mapping[Cell, tuple[float, float]]
    differences: Mapping[tuple[Cell, Cell], float]


NOTHING = Beside({}, {}, {})


@dataclass(frozen=True)
class Figures:
    """A year's cells: value and exporters of each, the width that unsafe cells need, and the insiders.

    insiders: the groups that are the largest in some cell, and by cell what all others contribute, which is how far the cell can fall
    in the group's view; None if it is alone. In its own cell a group is the one that is protected; elsewhere it knows its part.
    """

    year: int
    sizes: Sizes
    exports_sek: Mapping[Cell, float]
    exporters: Mapping[Cell, float]
    exporter_shares: Mapping[Cell, float]
    unsafe: Mapping[Cell, float]
    insiders: Mapping[str, Mapping[Cell, float | None]]
    beside: Beside = NOTHING
    public: frozenset[Cell] = frozenset()
    """The cells of an earlier table for the same year: they cannot be hidden any more, and hide nothing."""

    @cached_property
    def own_seats(self) -> Mapping[Cell, Set[int]]:
        """By cell, the seats of the insiders in it."""
        seats = defaultdict(set)
        for seat, own in enumerate(self.insiders.values(), 1):
            for cell in own:
                seats[cell].add(seat)
        return seats


@dataclass(frozen=True)
class Interval:
    """The interval of a withheld cell: the lowest and highest possible value, the width that it needs, and whether insiders see it."""

    year: int
    cell: Cell
    measure: str
    value: float
    lowest: float
    highest: float
    needed_down: float
    needed_up: float
    needed_in_all: float
    insider: bool

    @property
    def is_wide_enough(self) -> bool:
        down, up = self.value - self.lowest, self.highest - self.value
        widths = (down, self.needed_down), (up, self.needed_up), (down + up, self.needed_in_all)
        return all(width >= needed * (1 - EXACTNESS) for width, needed in widths)


def cell_of(row: Mapping[str, Any], basis: str) -> Cell:
    """The cell of a row of microdata.cells. Only lines of coverage, and regions under another basis than the table's, name a basis."""
    is_beside = row["line"] in PLACED_BY or row["basis"] != basis
    return row["basis"] if is_beside else "", row["line"], row["size_class"]


def figures(cells: Iterable[Mapping[str, Any]], contributors: Iterable[Mapping[str, Any]], method: MicrodataMethod) -> list[Figures]:
    """Each year's system of figures under the table's basis, from the rows of microdata.cells and microdata.cell_contributors."""
    basis = method.allocation.basis
    years: dict[int, tuple[dict[Cell, float], dict[Cell, float], dict[Cell, float]]] = {}
    totals: dict[tuple[int, Cell], Decimal] = {}
    # The choice between equally good cells depends on their order: the whole comes before its regions.
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
        width = protection(total, row["groups"], row["largest_sek"], row["second_largest_sek"], method.disclosure)
        if width > 0 and cell in years[year][0]:
            unsafe[year][cell] = float(width)
    return [Figures(year, method.sizes, *years[year], unsafe[year], dict(sorted(insiders[year].items()))) for year in sorted(years)]


def protection(total: Decimal, groups: int, largest: Decimal, second: Decimal, rule: Disclosure) -> Decimal:
    """The width above and below its value that an unsafe cell needs; zero for a safe cell.

    p % rule: the second largest, who knows its own part, can estimate the largest to within all the others together. The width is what
    this lacks to p % of the largest. With fewer groups than the minimum, it is p % of the largest, whatever the others are.
    """
    margin = largest * rule.p_percent / 100
    if groups < rule.fewest_groups:
        return max(margin, Decimal("0.01"))
    return max(margin - (total - largest - second), Decimal(0))


def _system(year: Figures, measure: str) -> System:
    values: Mapping[Cell, float] = getattr(year, measure)
    unsafe = year.unsafe if measure == EXPORTS else {}
    entries = [
        # Readers know that a withheld cell has an exporter, so a count can fall to one only.
        Entry(cell, PUBLIC, value, 0.0)
        if cell in year.public
        else Entry(cell, cell[1:], value, -max(value - 1, 0.0) if measure == "exporters" else -value, unsafe.get(cell, 0.0))
        for cell, value in values.items()
        if value > 0 or year.exports_sek[cell] > 0
    ]
    bound: list[tuple[Cell, Sequence[Cell]]] = []
    if measure == EXPORTS:
        for cell, value in year.beside.exports.items():
            name = PUBLIC if cell in year.public else None if cell[2] == year.sizes.rest else cell[:2]
            entries.append(Entry(cell, name, value, -value, rounding=year.beside.rounding.get(cell, EXACT)))
        for (first, second), width in year.beside.differences.items():
            cell = difference(first, second)
            entries.append(Entry(cell, None, _value(year, first) - _value(year, second), -np.inf, width))
            bound.append((first, [cell, second]))
    there = {entry.cell for entry in entries}
    bound += _sums(sorted({line for _, line, _ in there if is_region(line)}), year.sizes)
    sums = [
        (whole, own)
        for whole, parts in bound
        if whole in there
        and (own := [part for part in parts if part in there])
        # An enterprise counts whole in each of its regions, so regions' counts do not add up.
        and not (measure == "exporters" and whole[1] == WHOLE and is_region(parts[0][1]))
    ]
    return System(f"the table of {year.year}", entries, sums)


def difference(first: Cell, second: Cell) -> Cell:
    """The cell for the difference of two bases: the first minus the second."""
    return f"{first[0]} - {second[0]}", *first[1:]


def _value(year: Figures, cell: Cell) -> float:
    return year.beside.exports.get(cell, year.exports_sek.get(cell, 0.0))


def _sums(regions: Sequence[str], sizes: Sizes) -> Iterator[tuple[Cell, list[Cell]]]:
    """Every sum that a reader of the tables can make: the whole, and its parts."""
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
    # Values placed by all workplaces under one basis are placed by goods-producing or by all workplaces under another.
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


Memory = dict[tuple[str, bool, bool], Solver]
"""The last solver of each measure, for the table alone and with the other bases, and the one that knows only what was published before.

Its deviations save the next one programs.
"""


@dataclass(frozen=True)
class Choice:
    """The withheld figures of a year's table, their cost to readers, and a lower bound of the cost of any choice that protects it."""

    withheld: frozenset[Published]
    loss: int
    bound: int

    @property
    def gap(self) -> float:
        """The largest part of the loss that a better choice could save."""
        return (self.loss - self.bound) / self.loss if self.loss else 0.0


def least_loss(year: Figures, memory: Memory | None = None) -> Choice:
    """The choice for a year's table: the unsafe cells, and others so that the audit passes at the least loss.

    The heuristic's choice stands if the integer program finds no better one within its bounds. Raises DataRefused when withholding
    everything is not enough.
    """
    memory = {} if memory is None else memory
    table = replace(year, beside=NOTHING)
    unsafe = {cell[1:] for cell in year.unsafe}
    best = completed(table, unsafe, memory)
    if best == unsafe:
        return Choice(frozenset(best), loss(best, year.sizes), loss(best, year.sizes))
    figures = {cell[1:] for cell, value in year.exports_sek.items() if value > 0 and cell not in year.public} | best
    selection = Selection(f"the table of {year.year}", {name: weight(name, year.sizes) for name in figures}, regions(figures, year.sizes))
    selection.always(unsafe)
    system = memory[EXPORTS, False, False].system
    for whole, parts in system.sums:
        # No sum has a single withheld cell. Cells of several bases are withheld as one.
        names = [name for cell in (whole, *parts) if (name := system.entries[system.index[cell]].name) and name != PUBLIC]
        for name in names:
            # If all others were published before, nothing hides it.
            if names.count(name) == 1 and len(names) > 1:
                selection.require(dict.fromkeys(names, 1.0), name)
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


def extended(choice: Choice, more: Set[Published], table: Figures, memory: Memory) -> Choice:
    """A choice with more withheld figures, and those that protect these."""
    withheld = completed(table, choice.withheld | more, memory)
    return replace(choice, withheld=frozenset(withheld), loss=loss(withheld, table.sizes))


def completed(table: Figures, choice: Set[Published], memory: Memory) -> set[Published]:
    """A choice with the further cells by which the heuristic makes the audit pass."""
    withheld, before = set(choice), None
    while withheld != before:
        before = set(withheld)
        for measure in MEASURES:
            solver = _solver(table, measure, withheld, memory)
            met: set[Demand] = set()
            # Withholding more leaves demands met that were met before.
            while open_demands := [demand for demand in _demands(table, measure, solver.system, withheld) if demand not in met]:
                for demand in open_demands:
                    _meet(demand, table, solver, withheld)
                met.update(open_demands)
    return withheld


def _require(table: Figures, choice: Set[Published], selection: Selection, memory: Memory, before: set[tuple[str, Demand]]) -> bool:
    """Require what a choice lacks to pass the audit; False when it lacks nothing.

    before: the demands that earlier choices did not meet. They come first, the others only if all of those are met, and the next
    measure only if all of the one before are.
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
                    # A safe cell has a demand only if it is withheld.
                    selection.require(brings, solver.system.entries[demand.cell].name if len(demand.directions) > 1 else None)
            if lacks:
                return True
    return False


def protect_beside(year: Figures, withheld: Set[Published], unsafe: Set[Published], memory: Memory | None = None) -> set[Published]:
    """The withheld figures of the other bases, by basis and region: the unsafe ones, and others so that neither an unsafe difference nor
    a withheld cell of the table is revealed. Further cells of the table are withheld for it only if an earlier table published too much
    of the other bases.
    """
    hidden = set(withheld | unsafe)
    solver = _solver(year, EXPORTS, hidden, {} if memory is None else memory)
    for demand in _demands(year, EXPORTS, solver.system, withheld):
        _meet(demand, year, solver, hidden)
    return hidden - withheld


def _solver(year: Figures, measure: str, withheld: Set[Published], memory: Memory) -> Solver:
    key = measure, bool(year.beside.exports), False
    earlier = memory.get(key)
    if earlier and earlier.withheld == withheld:
        return earlier
    system = earlier.system if earlier else _system(year, measure)
    # Counts need protection against outsiders only.
    seats: list[Seat] = _seats(year, system) if measure == EXPORTS else [()]
    limits = [_before(key, system, seats, memory)] if year.public else []
    limits += [_silent(year, system, withheld)] if year.beside.exports else []
    memory[key] = Solver(system, seats, withheld, earlier, limits)
    return memory[key]


def _before(of: tuple[str, bool, bool], system: System, seats: Sequence[Seat], memory: Memory) -> Solver:
    """The solver of what was published before, and nothing else: no demand is larger than what this leaves open."""
    key = *of[:2], True
    if key not in memory or memory[key].seats != seats:
        memory[key] = Solver(system, seats, _every_name(system))
    return memory[key]


def known_before(year: Figures, withheld: Set[Published]) -> set[Cell]:
    """The unsafe cells, or the unsafe differences, of which an earlier table alone leaves less open than they need."""
    if not year.public:
        return set()
    system = _system(year, EXPORTS)
    silent = [_silent(year, system, withheld)] if year.beside.exports else []
    solver = Solver(system, _seats(year, system), _every_name(system), limits=silent)
    narrow = {system.entries[demand.cell].cell for demand in _demands(year, EXPORTS, system, frozenset()) if solver.view_too_narrow(demand)}
    return narrow | (year.unsafe.keys() & year.public)


def _every_name(system: System) -> set[Published]:
    return {entry.name for entry in system.entries if entry.name and entry.name != PUBLIC}


def _silent(year: Figures, system: System, withheld: Set[Published]) -> Solver:
    """The solver of a table when nothing of the other bases was ever published: no demand is larger than what this leaves open."""
    if year.public & year.beside.exports.keys():
        system = _system(replace(year, public=year.public - year.beside.exports.keys()), EXPORTS)
    return Solver(system, _seats(year, system), withheld | {cell[:2] for cell in year.beside.exports})


def _meet(demand: Demand, year: Figures, solver: Solver, withheld: set[Published]) -> None:
    """Withhold more until a demand is met: only figures of the other bases, if there are any and they are enough."""
    while narrow := solver.view_too_narrow(demand):
        more = _carriers(*narrow, year, solver, withheld)
        if not more or more <= withheld:
            raise _unprotectable(year, solver.system.entries[demand.cell].cell)
        withheld |= more
        solver.withhold(withheld)


def _carriers(demand: Demand, seat: int, year: Figures, solver: Solver, withheld: Set[Published]) -> set[Published] | None:
    """The cheapest cells to withhold so that a demand is met from a seat, in the first direction in which some meet it."""
    entries = solver.system.entries
    free = [entry.name not in (None, PUBLIC) for entry in entries]
    every = [cost(entry.cell, entry.value, withheld, year.sizes) if own else np.inf for entry, own in zip(entries, free, strict=True)]
    others = [own if entry.cell in year.beside.exports else np.inf for entry, own in zip(entries, every, strict=True)]
    for costs in (others, every) if year.beside.exports else (every,):
        for direction in demand.directions:
            if (more := carriers(solver.system, demand, direction, solver.seats[seat], np.array(costs), withheld)) is not None:
                return more
    return None


def _seats(year: Figures, system: System) -> list[Seat]:
    """The seats: the outsider's, who knows no withheld cell, then every insider's."""
    inside = [[(system.index[cell], others) for cell, others in own.items() if cell in system.index] for own in year.insiders.values()]
    return [(), *map(tuple, inside)]


def _demands(year: Figures, measure: str, system: System, withheld: Set[Published]) -> Iterator[Demand]:
    """The demands of withheld cells and unsafe differences: the width that each needs, and the seats from which it needs it."""
    for number in _hidden(year, system, withheld):
        down, up = _widths(system, number)
        if up:
            seats = (0, *_others_seats(year, system.entries[number].cell))
            yield Demand(number, (1.0,), up, seats)
            yield Demand(number, (-1.0,), down, seats)
        else:
            yield Demand(number, (1.0, -1.0), LEAST, (0,))


def _hidden(year: Figures, system: System, withheld: Set[Published]) -> Iterator[int]:
    """Withheld and unsafe cells of the table, and unsafe differences. Figures of the other bases are withheld only for their sake.

    The other bases are connected to the table through the whole: if that is published, they reveal nothing more of the table.
    """
    with_table = not year.beside.exports or any((WHOLE, size) in withheld for size in year.sizes.sums)
    for number, entry in enumerate(system.entries):
        if entry.cell in year.exports_sek:
            if with_table and (entry.name in withheld or entry.width):
                yield number
        elif entry.cell not in year.beside.exports:
            yield number


def _widths(system: System, number: int) -> tuple[float, float]:
    """The widths below and above that a cell needs, no further than its lowest value; zero for a safe cell."""
    entry = system.entries[number]
    return min(entry.width, -entry.lower), entry.width


def _others_seats(year: Figures, cell: Cell) -> tuple[int, ...]:
    """The seats of the insiders that a cell is protected from: all but those in the cell, whom it protects."""
    own = year.own_seats.get(cell, frozenset())
    return tuple(seat for seat in range(1, len(year.insiders) + 1) if seat not in own)


def _unprotectable(year: Figures, cell: Cell) -> DataRefused:
    found = f"a cell that no others can hide: {' '.join(part for part in cell if part)}"
    remedy = "Leave the year out of the datasets, or join size classes, so that there are enough cells to withhold together."
    return refusal(f"the table of {year.year}", found, "a table that can be protected", remedy)


def audit(year: Figures, withheld: Set[Published], memory: Memory | None = None) -> list[Interval]:
    """An interval of each withheld cell, for each measure: whole, or up to the width that it needs. Unsafe cells and differences also
    have one from the insiders' seats. For exports all are computed again with the other bases.
    """
    memory = {} if memory is None else memory
    table = replace(year, beside=NOTHING)
    intervals = [interval for measure in MEASURES for interval in _audited(table, measure, withheld, memory)]
    return intervals + (_audited(year, EXPORTS, withheld, memory) if year.beside.exports else [])


def _audited(year: Figures, measure: str, withheld: Set[Published], memory: Memory) -> list[Interval]:
    solver = _solver(year, measure, withheld, memory)
    system = solver.system
    intervals = []
    for number in _hidden(year, system, withheld):
        entry, width = system.entries[number], _widths(system, number)
        least = 0.0 if width[1] or entry.cell not in year.exports_sek else LEAST
        for inside, seats in ((False, (0,)), (True, _others_seats(year, entry.cell) if width[1] else ())):
            if seats:
                (down, needed_down), (up, needed_up) = (
                    _nearest(solver, Demand(number, (direction,), length or least, seats))
                    for direction, length in zip((-1.0, 1.0), width, strict=True)
                )
                kind = measure if entry.cell in year.exports_sek else "difference"
                needed = (0.0, 0.0, max(needed_down, needed_up)) if least else (needed_down, needed_up, 0.0)
                ends = entry.value - down, entry.value + up
                intervals.append(Interval(year.year, entry.cell, kind, entry.value, *ends, *needed, inside))
    return intervals


def _nearest(solver: Solver, demand: Demand) -> tuple[float, float]:
    """How far a cell is open from the seat that comes nearest to its value, and how far it needs to be."""
    reach, width, _ = min(solver.views(demand), key=lambda view: view[0] - view[1])
    return reach, width
