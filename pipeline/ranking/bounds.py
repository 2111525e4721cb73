"""What an unknown cell could hold, given what is published around it.

A region's classes add up to its published total, and the regions to the whole, where the catalogue says so. Each such margin bounds
the unknown cells in it; the bounds are tightened until none moves.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
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


class Bounds(NamedTuple):
    """Every unknown cell's interval, and what is left of each place's published total after its known classes."""

    cells: dict[Cell, Interval]
    left: dict[Place, float]

    def sum_of(self, place: Place, classes: Sequence[str]) -> Interval:
        """What a place's unknown cells in some classes could add up to.

        With a published total, what the other classes have at least, these have at most, and the reverse.
        """
        own = [interval for cell, interval in self.cells.items() if cell.place == place and cell.class_code in classes]
        others = [interval for cell, interval in self.cells.items() if cell.place == place and cell.class_code not in classes]
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
            for cell in cells:
                others = [unknown[other] for other in cells if other != cell]
                low = max(unknown[cell].low, rest - sum(other.high for other in others))
                high = max(low, min(unknown[cell].high, rest - sum(other.low for other in others)))
                moved = moved or (low, high) != unknown[cell]
                unknown[cell] = Interval(low, high)
    return Bounds(unknown, left)


def _cell(row: Mapping[str, Any]) -> Cell:
    """The cell of a row of staging.figures."""
    return Cell(Place(row["statistic"], row["quantity"], row["region_code"], row["year"]), row["class_code"])


def indicator_years(award: Award) -> dict[str, set[int]]:
    """Of each statistic, the years that the award's indicators are taken from."""
    years: dict[str, set[int]] = {}
    for indicator in award.indicators:
        for measure in award.meaning(indicator.name).reads:
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
    measures = [measure for indicator in award.indicators for measure in award.meaning(indicator.name).reads]
    needed = needed_classes(award, measures)
    amounts: dict[Cell, int] = {}
    for place in dict.fromkeys(cell.place for cell in known.cells):
        for classes in needed.get((place.statistic, place.quantity), []):
            own = [cell for cell in known.cells if cell.place == place and cell.class_code in classes and cell not in amounts]
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
