"""What an unknown cell could hold, given what is published around it.

A region's classes add up to its published total, and the regions to the whole, where the catalogue says so. Each such margin bounds
the unknown cells in it; the bounds are tightened until none moves.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from pipeline.award import Award
from pipeline.catalogue import Catalogue, class_code
from pipeline.declarations import REGIONS, TOTAL

Figures = Sequence[Mapping[str, Any]]
"""Rows of staging.figures."""


class Place(NamedTuple):
    """A quantity in a region and year."""

    statistic: str
    quantity: str
    region_code: str
    year: int


class Cell(NamedTuple):
    """A place in one class."""

    place: Place
    class_code: str


class Interval(NamedTuple):
    """The lowest and highest that a cell could hold; infinity where nothing bounds it."""

    low: float
    high: float


@dataclass(frozen=True)
class Bounds:
    """Every unknown cell's interval, and what is left of each place's published total after its known classes."""

    cells: dict[Cell, Interval]
    left: dict[Place, float]

    @cached_property
    def places(self) -> dict[Place, dict[str, Interval]]:
        """The intervals by place and class."""
        places: dict[Place, dict[str, Interval]] = {}
        for (place, code), interval in self.cells.items():
            places.setdefault(place, {})[code] = interval
        return places

    def sum_of(self, place: Place, classes: Sequence[str]) -> Interval:
        """What a place's unknown cells in some classes could add up to.

        With a published total, what the other classes have at least, these have at most, and the reverse.
        """
        here = self.places.get(place, {})
        own = [interval for code, interval in here.items() if code in classes]
        others = [interval for code, interval in here.items() if code not in classes]
        low, high = sum(interval.low for interval in own), sum(interval.high for interval in own)
        left = self.left.get(place)
        if left is not None:
            low = max(low, left - sum(interval.high for interval in others))
            high = min(high, left - sum(interval.low for interval in others))
        return Interval(low, high)


def bounds(figures: Figures, award: Award) -> Bounds:
    """What the regions' unknown cells could hold in the years that the award's indicators are taken from."""
    catalogue = award.catalogue
    years = indicator_years(award)
    known: dict[Cell, float] = {}
    unknown: dict[Cell, Interval] = {}
    order = {name: number for number, name in enumerate(catalogue.figure_names)}
    leaves = {name: {code for code, _ in catalogue.class_codes(statistic)} for name, statistic in catalogue.statistics.items()}
    rows = [row for row in figures if row["year"] in years.get(row["statistic"], ())]
    for row in sorted(rows, key=lambda row: order[row["statistic"], row["quantity"]]):
        cell = _cell(row)
        if row["amount"] is not None:
            known[cell] = float(row["amount"])
        elif row["region_code"] != catalogue.geography.whole and row["class_code"] in leaves[row["statistic"]]:
            unknown[cell] = Interval(0.0, math.inf)
    left = dict(_left_of_totals(known, unknown, catalogue))
    by_place: dict[Place, list[Cell]] = {}
    for cell in unknown:
        by_place.setdefault(cell.place, []).append(cell)
    margins = [(rest, by_place[place]) for place, rest in left.items()]
    margins += _left_of_the_whole(known, unknown, catalogue)
    moved = True
    while moved:
        moved = False
        for rest, cells in margins:
            moved |= _tightened(rest, cells, unknown)
    return Bounds(unknown, left)


def _tightened(rest: float, cells: Sequence[Cell], unknown: dict[Cell, Interval]) -> bool:
    """Whether a margin moves the bounds of a cell: what the others have at least, it has at most, and the reverse."""
    moved = False
    lowest, highest = (sum(_finite(end) for end in ends) for ends in zip(*(unknown[cell] for cell in cells), strict=True))
    unbounded = sum(math.isinf(unknown[cell].high) for cell in cells)
    for cell in cells:
        before = unknown[cell]
        others = math.inf if unbounded - math.isinf(before.high) else highest - _finite(before.high)
        low = max(before.low, rest - others)
        high = max(low, min(before.high, rest - (lowest - before.low)))
        if not (_is_near(low, before.low) and _is_near(high, before.high)):
            moved, unknown[cell] = True, Interval(low, high)
            unbounded += math.isinf(high) - math.isinf(before.high)
            lowest, highest = lowest + low - before.low, highest + _finite(high) - _finite(before.high)
    return moved


def _is_near(one: float, other: float) -> bool:
    """Whether two bounds differ by no more than sums of floating-point numbers do, which would move each other for ever."""
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-6)


def _finite(end: float) -> float:
    return 0.0 if math.isinf(end) else end


def _cell(row: Mapping[str, Any]) -> Cell:
    """The cell of a row of staging.figures."""
    return Cell(Place(row["statistic"], row["quantity"], row["region_code"], row["year"]), row["class_code"])


def indicator_years(award: Award) -> dict[str, set[int]]:
    """Of each statistic, the years that the award's indicators are taken from."""
    years: dict[str, set[int]] = {}
    for indicator in award.indicators:
        for measure in award.meanings[indicator.name].reads:
            for statistic in award.catalogue.statistics_of(measure):
                years.setdefault(statistic, set()).update(award.years_of(indicator))
    return years


def _left_of_totals(known: Mapping[Cell, float], unknown: Mapping[Cell, Interval], catalogue: Catalogue) -> Iterator[tuple[Place, float]]:
    """What a place's published total leaves for its unknown classes."""
    for place in dict.fromkeys(cell.place for cell in unknown):
        classes = catalogue.statistics[place.statistic].classes
        quantity = catalogue.quantity(place.statistic, place.quantity)
        total = known.get(Cell(place, class_code([TOTAL] * len(classes))))
        if classes and total is not None and {*classes} <= {*quantity.adds_up_over}:
            leaves = [code for code, _ in catalogue.class_codes(catalogue.statistics[place.statistic])]
            yield place, total - sum(known.get(Cell(place, code), 0.0) for code in leaves)


def _left_of_the_whole(
    known: Mapping[Cell, float], unknown: Mapping[Cell, Interval], catalogue: Catalogue
) -> list[tuple[float, list[Cell]]]:
    """What the whole leaves for the regions' unknown cells of a year and class, and those cells."""
    whole = catalogue.geography.whole
    groups: dict[Cell, list[Cell]] = {}
    for cell in unknown:
        if whole and REGIONS in catalogue.quantity(cell.place.statistic, cell.place.quantity).adds_up_over:
            groups.setdefault(cell._replace(place=cell.place._replace(region_code=whole)), []).append(cell)
    in_regions = dict.fromkeys(groups, 0.0)
    for cell, value in known.items():
        of_whole = cell._replace(place=cell.place._replace(region_code=whole or ""))
        if cell != of_whole and of_whole in groups:
            in_regions[of_whole] += value
    return [(known[of_whole] - in_regions[of_whole], cells) for of_whole, cells in groups.items() if of_whole in known]


def needed_classes(award: Award, measures: Sequence[str]) -> dict[tuple[str, str], list[tuple[str, ...]]]:
    """The sets of classes over which measures add up each quantity, the smallest first."""
    catalogue = award.catalogue
    needed: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for part in dict.fromkeys(part for measure in measures for part in catalogue.parts(measure)):
        cells = catalogue.cells_of(part)
        (*_, classes) = catalogue.alternatives(part)
        sets = needed.setdefault((cells.statistic, cells.quantity), [])
        if classes not in sets:
            sets.append(classes)
    return {quantity: sorted(sets, key=len) for quantity, sets in needed.items()}


def fill(figures: Figures, known: Bounds, award: Award, high: Collection[tuple[str, str, int]]) -> list[Mapping[str, Any]]:
    """Figures in which each region's unknown cells add up to their highest or lowest, over the classes that measures add up.

    high: the statistics, quantities and years of which it is the highest. A sum stands in the first of its cells: measures use the sum
    alone.
    Where nothing bounds a cell from above, its lowest stands in.
    """
    measures = [measure for indicator in award.indicators for measure in award.meanings[indicator.name].reads]
    needed = needed_classes(award, measures)
    amounts: dict[Cell, int] = {}
    for place, here in known.places.items():
        for classes in needed.get((place.statistic, place.quantity), []):
            own = [cell for code in here if code in classes and (cell := Cell(place, code)) not in amounts]
            if own:
                interval = known.sum_of(place, [cell.class_code for cell in own])
                goes_high = (place.statistic, place.quantity, place.year) in high and not math.isinf(interval.high)
                amounts |= dict.fromkeys(own, 0)
                amounts[own[0]] = round(interval.high if goes_high else interval.low)
    filled: list[Mapping[str, Any]] = []
    for row in figures:
        is_filled = row["amount"] is None and (cell := _cell(row)) in amounts
        filled.append({**row, "amount": Decimal(amounts[cell]), "status": "ok"} if is_filled else row)
    return filled
