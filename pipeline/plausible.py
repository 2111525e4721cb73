"""Levels and growth that stand far outside those of the other regions: questions to ask, which refuse nothing."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from statistics import median
from typing import Any

from pipeline.catalogue import Catalogue
from pipeline.declarations import TOTAL, Cells
from pipeline.faults import Fault

FAR = 5
"""Robust standard deviations (1.4826 times the median deviation, of logarithms) beyond which a region stands far outside."""
NARROWEST = 0.02
"""A standard deviation is never taken as less: where all regions are alike, a few per cent are not far."""
FEWEST = 8
"""Regions by which what is usual can be told."""
REMEDY = "Ask the publisher whether it is right. It refuses nothing."

Amounts = Mapping[tuple[str, str, str, int, str], Decimal | None]
"""By statistic, quantity, region, year and class."""
ByQuantity = dict[tuple[str, str], dict[tuple[Any, ...], Decimal | None]]
"""By statistic and quantity, and by region, year and class."""


def amounts(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str, int, str], Decimal | None]:
    """Figures in whole units, out of rows of ingested.figures or of staging.figures."""
    found = {}
    for row in rows:
        amount = row["amount"] if "amount" in row else row["figure"]
        key = row["statistic"], row["quantity"], row["region_code"], row["year"], row["class_code"]
        found[key] = None if amount is None else Decimal(amount) * (1 if "amount" in row else row["unit"])
    return found


def questions(figures: Amounts, statistics: Iterable[str], catalogue: Catalogue, names: Mapping[str, str], where: str) -> list[Fault]:
    """The levels of the catalogue's measures that are one over another, and the growth of each quantity, that stand far outside.

    statistics: those that are questioned; a measure is where one of its two is. names: region code -> name. where: what is questioned.
    Of each region and measure the year that stands farthest out.
    """
    found: list[Fault] = []
    by_quantity: ByQuantity = defaultdict(dict)
    for (statistic, quantity, *place), amount in figures.items():
        by_quantity[statistic, quantity][tuple(place)] = amount
    for name, level in _levels(by_quantity, set(statistics), catalogue):
        found += _far(name, level, catalogue.geography.whole, names, where)
    for name, growth in _growth(by_quantity, set(statistics), catalogue):
        found += _far(name, growth, catalogue.geography.whole, names, where, "times ")
    return found


def _levels(figures: ByQuantity, statistics: set[str], catalogue: Catalogue) -> Iterator[tuple[str, dict[tuple[str, int], float]]]:
    """Of each measure that is one over another of cells, the level by region and year."""
    for name, measure in catalogue.measures.items():
        if measure.over is None:
            continue
        above, below = catalogue.measures[measure.over.measure].cells, catalogue.measures[measure.over.by].cells
        if above is None or below is None or not statistics & {above.statistic, below.statistic}:
            continue
        tops, bottoms = _sums(figures, above, catalogue), _sums(figures, below, catalogue)
        yield name, {key: float(tops[key] / bottoms[key]) * measure.over.times for key in tops.keys() & bottoms.keys() if bottoms[key]}


def _sums(figures: ByQuantity, cells: Cells, catalogue: Catalogue) -> dict[tuple[str, int], Decimal]:
    """The sum of a measure's cells by region and year, where every cell is known."""
    statistic = catalogue.statistics[cells.statistic]
    wanted = [set(catalogue.classes[name].select(cells.classes.get(name))) for name in statistic.classes]
    parts: dict[tuple[str, int], list[Decimal | None]] = defaultdict(list)
    codes = {", ".join(each) for each in itertools.product(*wanted)}
    for (region, year, classes), amount in figures.get((cells.statistic, cells.quantity), {}).items():
        if classes in codes:
            parts[region, year].append(amount)
    count = math.prod(len(among) for among in wanted)
    return {key: sum(known, Decimal(0)) for key, each in parts.items() if len(known := [one for one in each if one is not None]) == count}


def _growth(figures: ByQuantity, statistics: set[str], catalogue: Catalogue) -> Iterator[tuple[str, dict[tuple[str, int], float]]]:
    """Of each quantity in all classes together, the growth by region and year, as a factor."""
    for statistic in sorted(statistics):
        for quantity in catalogue.statistics[statistic].quantities:
            cells = Cells(statistic=statistic, quantity=quantity)
            sums = _sums(figures, cells, catalogue)
            total = ", ".join(TOTAL for _ in catalogue.statistics[statistic].classes) or None
            totals = {
                (region, year): amount
                for (region, year, classes), amount in figures.get((statistic, quantity), {}).items()
                if amount is not None and classes == total
            }
            levels = {**sums, **totals}
            grown = {
                (region, year): float(levels[region, year] / before)
                for region, year in levels
                if (before := levels.get((region, year - 1)))
            }
            yield f"growth of {statistic}.{quantity}", grown


def _far(
    name: str, levels: Mapping[tuple[str, int], float], whole: str | None, names: Mapping[str, str], where: str, before: str = ""
) -> Iterator[Fault]:
    """A question for each region whose level stands far outside the others' of the same year."""
    by_year: dict[int, dict[str, float]] = defaultdict(dict)
    for (region, year), level in levels.items():
        if region != whole and level > 0:
            by_year[year][region] = math.log(level)
    worst: dict[str, tuple[float, int, float]] = {}
    for year, logs in sorted(by_year.items()):
        middle = median(logs.values())
        spread = max(1.4826 * median(abs(each - middle) for each in logs.values()), NARROWEST)
        for region, each in logs.items() if len(logs) >= FEWEST else ():
            distance = abs(each - middle) / spread
            if distance > max(FAR, worst.get(region, (0.0, 0, 0.0))[0]):
                worst[region] = distance, year, middle
    for region, (distance, year, middle) in sorted(worst.items()):
        found = f"{name} of {before}{_readable(levels[region, year])}, {distance:.0f} deviations from the others"
        expected = f"about {before}{_readable(math.exp(middle))}, the median of the year"
        yield Fault(where, found, expected, REMEDY, f"{names.get(region, region)}, {year}")


def _readable(level: float) -> str:
    return f"{level:,.0f}" if level >= 100 else f"{level:.4g}"
