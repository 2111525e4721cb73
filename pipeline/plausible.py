"""Levels and growth that stand far outside those of the other regions: questions to ask, which refuse nothing."""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

import numpy as np

from pipeline.award import Award
from pipeline.catalogue import Catalogue
from pipeline.declarations import TOTAL, Cells, within
from pipeline.faults import Fault

FAR = 5
"""Robust standard deviations (1.4826 times the median deviation, of logarithms) beyond which a region stands far outside."""
NARROWEST = 0.02
"""A standard deviation is never taken as less: where all regions are alike, a few per cent are not far."""
LEAST_SWAY = 0.05
"""A standard deviation of what all regions together do from year to year is never taken as less."""
MUCH = 1.5
"""What stands out so many times as far as it did before is asked again."""
FEWEST_YEARS = 4
"""Years of growth by which what is usual can be told."""
FEWEST = 8
"""Regions by which what is usual can be told."""
ALIKE = 0.05
"""Logarithms of sizes that differ by less tell nothing of what size does."""
ALL_PAIRS = 300
"""Regions of which every pair is tried."""
EXCHANGED = 3
"""Two regions may be exchanged where the squares of both distances fall by more than the square of so many deviations in the mean."""
REMEDY = "Ask the publisher whether it is right. It refuses nothing."

Amounts = Mapping[tuple[str, str, str, int, str], Decimal | None]
"""By statistic, quantity, region, year and class."""
ByQuantity = dict[tuple[str, str], dict[tuple[Any, ...], Decimal | None]]
"""By statistic and quantity, and by region, year and class."""
Pair = tuple[str, str]
Reals = np.ndarray[Any, np.dtype[np.float64]]
ByYear = dict[int, dict[str, float]]
"""By year and region."""


def amounts(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str, int, str], Decimal | None]:
    """Figures in whole units, out of rows of ingested.figures or of staging.figures."""
    found = {}
    for row in rows:
        amount = row["amount"] if "amount" in row else row["figure"]
        key = row["statistic"], row["quantity"], row["region_code"], row["year"], row["class_code"]
        found[key] = None if amount is None else Decimal(amount) * (1 if "amount" in row else row["unit"])
    return found


def questions(
    figures: Amounts,
    statistics: Iterable[str],
    catalogue: Catalogue,
    names: Mapping[str, str],
    where: str,
    before: Amounts | None = None,
) -> list[Fault]:
    """The levels of the catalogue's measures that are one over another, and the growth of each quantity, that stand far outside.

    statistics: those that are questioned; a measure is where one of its two is. names: region code -> name. where: what is questioned.
    before: the figures so far; what stands out in them too, and not much less, is not asked again. Of each region and measure the year
    that stands farthest out.
    """
    asked = [list(_questions(each, statistics, catalogue, names, where)) for each in (before or {}, figures)]
    so_far = {subject: distance for subject, distance, _ in asked[0]}
    return [fault for subject, distance, fault in asked[1] if distance > MUCH * so_far.get(subject, 0)]


Question = tuple[tuple[str, str], float, Fault]
"""What a question is about, a measure and a region or two, or a year; how far that stands out; and the question."""


def _questions(
    figures: Amounts, statistics: Iterable[str], catalogue: Catalogue, names: Mapping[str, str], where: str
) -> Iterator[Question]:
    by_quantity: ByQuantity = defaultdict(dict)
    for (statistic, quantity, *place), amount in figures.items():
        by_quantity[statistic, quantity][tuple(place)] = amount
    for statistic in sorted(set(statistics)):
        if exchanged := _exchanged(statistic, by_quantity, catalogue, names, where):
            (one, other), question = exchanged
            yield question
            # So that the exchange is not held against the other regions.
            back = {one: other, other: one}
            for key in [key for key in by_quantity if key[0] == statistic]:
                by_quantity[key] = {(back.get(region, region), *rest): amount for (region, *rest), amount in by_quantity[key].items()}
    for name, level, sizes in _levels(by_quantity, set(statistics), catalogue):
        by_year = _by_year(level, catalogue.geography.whole)
        usual = {year: _fit(logs, sizes, year) for year, logs in by_year.items()}
        yield from _far(within(catalogue.measures[name].en.name), level, by_year, usual, names, where)
    for name, growth in _growth(by_quantity, set(statistics), catalogue):
        by_year = _by_year(growth, catalogue.geography.whole)
        usual = {year: dict.fromkeys(logs, median(logs.values())) for year, logs in by_year.items()}
        yield from _far(name, growth, by_year, usual, names, where, "times ")
        yield from _all_together(name, by_year, where)


def without_year_before(figures: Amounts, award: Award, where: str) -> Iterator[Fault]:
    """Of each statistic of the year's last day that has no figures before the award's first year: no mean of two years' ends is tried."""
    before = award.years.first - 1
    known = {(statistic, year) for (statistic, _, _, year, _), amount in figures.items() if amount is not None}
    for name in award.statistics:
        if award.catalogue.statistics[name].at_year_end and (name, before) not in known:
            remedy = f"Pin a vintage that has {before}, if the mean of two years' ends shall be tried. It refuses nothing."
            expected = "figures of the year before the first, for the mean of two years' ends, with which robustness then does without"
            yield Fault(where, f"no figure of {name} in {before}", expected, remedy)


def _levels(
    figures: ByQuantity, statistics: set[str], catalogue: Catalogue
) -> Iterator[tuple[str, dict[tuple[str, int], float], dict[tuple[str, int], float]]]:
    """Of each measure that is one over another of cells, the level, and what it is divided by, by region and year."""
    for name, measure in catalogue.measures.items():
        if measure.over is None:
            continue
        above, below = catalogue.measures[measure.over.measure].cells, catalogue.measures[measure.over.by].cells
        if above is None or below is None or not statistics & {above.statistic, below.statistic}:
            continue
        tops, bottoms = _sums(figures, above, catalogue), _sums(figures, below, catalogue)
        known = sorted(key for key in tops.keys() & bottoms.keys() if bottoms[key])
        yield (
            name,
            {key: float(tops[key] / bottoms[key]) * measure.over.times for key in known},
            {key: float(bottoms[key]) for key in known},
        )


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
            words = catalogue.statistics[statistic].en
            yield f"growth of {within(words.name)}, {words.quantities.get(quantity, quantity)},", grown


def _by_year(levels: Mapping[tuple[str, int], float], whole: str | None) -> ByYear:
    """The logarithm of each region's level by year, of the years in which enough regions are known."""
    by_year: ByYear = defaultdict(dict)
    for (region, year), level in levels.items():
        if region != whole and level > 0:
            by_year[year][region] = math.log(level)
    return {year: logs for year, logs in sorted(by_year.items()) if len(logs) >= FEWEST}


def _fit(logs: Mapping[str, float], sizes: Mapping[tuple[str, int], float], year: int) -> dict[str, float]:
    """What is usual for each region by its size: a line through the logarithms, its slope the median of all pairs' (Theil-Sen).

    Of more regions than ALL_PAIRS, of the pairs of a smaller with a larger half (Theil's incomplete method).
    """
    level, size = (np.array(list(each)) for each in (logs.values(), (math.log(sizes[region, year]) for region in logs)))
    by_size, half = np.argsort(size, kind="stable"), len(logs) // 2
    one, other = (by_size[half : 2 * half], by_size[:half]) if len(logs) > ALL_PAIRS else np.triu_indices(len(logs), 1)
    apart = size[one] - size[other]
    steep = (level[one] - level[other])[np.abs(apart) > ALIKE] / apart[np.abs(apart) > ALIKE]
    slope = float(np.median(steep)) if len(steep) else 0.0
    return dict(zip(logs, (np.median(level - slope * size) + slope * size).tolist(), strict=True))


def _spread(logs: Mapping[str, float], usual: Mapping[str, float]) -> float:
    """How far regions usually stand from what is usual: a robust standard deviation."""
    return max(1.4826 * median(abs(logs[region] - usual[region]) for region in logs), NARROWEST)


def _far(
    name: str,
    levels: Mapping[tuple[str, int], float],
    by_year: ByYear,
    usual: Mapping[int, Mapping[str, float]],
    names: Mapping[str, str],
    where: str,
    before: str = "",
) -> Iterator[Question]:
    """A question for each region whose level stands far from what is usual in a year."""
    worst: dict[str, tuple[float, int, float]] = {}
    for year, logs in by_year.items():
        spread = _spread(logs, usual[year])
        for region, each in logs.items():
            distance = abs(each - usual[year][region]) / spread
            if distance > max(FAR, worst.get(region, (0.0, 0, 0.0))[0]):
                worst[region] = distance, year, usual[year][region]
    for region, (distance, year, middle) in sorted(worst.items()):
        found = f"{name} of {before}{_readable(levels[region, year])}, {distance:.0f} deviations from the others"
        expected = f"about {before}{_readable(math.exp(middle))}, as usual {'in the year' if before else 'for its size'}"
        yield (name, region), distance, Fault(where, found, expected, REMEDY, f"{names.get(region, region)}, {year}")


def _all_together(name: str, by_year: ByYear, where: str) -> Iterator[Question]:
    """A question for each year in which the growth of all regions together is far from that of other years, as where a unit changes."""
    medians = {year: median(logs.values()) for year, logs in by_year.items()}
    if len(medians) < FEWEST_YEARS:
        return
    usual = median(medians.values())
    spread = max(1.4826 * median(abs(each - usual) for each in medians.values()), LEAST_SWAY)
    for year, each in medians.items():
        if abs(each - usual) > FAR * spread:
            found = f"{name} of times {_readable(math.exp(each))} in the median of all regions"
            remedy = "Ask the publisher whether the unit or the definition changed. It refuses nothing."
            expected = f"about times {_readable(math.exp(usual))}, as in the other years"
            yield (name, str(year)), abs(each - usual), Fault(where, found, expected, remedy, str(year))


def _exchanged(
    statistic: str, figures: ByQuantity, catalogue: Catalogue, names: Mapping[str, str], where: str
) -> tuple[Pair, Question] | None:
    """The two regions whose figures of a statistic would be the most more usual if they were exchanged, and the question about them.

    Every pair is tried; of more regions than ALL_PAIRS, those that stand farthest out. What it gains is the mean over years and over the
    measures that divide the statistic by another; no year loses.
    """
    regions = sorted({region for (name, _), cells in figures.items() if name == statistic for region, *_ in cells})
    measures, standings = [], defaultdict(list)
    for name, level, sizes in _levels(figures, {statistic}, catalogue):
        by_year = _by_year(level, catalogue.geography.whole)
        if by_year and _is_over_another(name, statistic, catalogue):
            measures.append(within(catalogue.measures[name].en.name))
            for year, logs in by_year.items():
                standings[year].append(_standing(regions, logs, sizes, year))
    if not standings:
        return None
    distances = np.nanmax([np.abs(np.nan_to_num(off)) for each in standings.values() for off, _ in each], axis=0)
    near = np.sort(np.argsort(-distances, kind="stable")[:ALL_PAIRS])
    regions = [regions[place] for place in near]
    gains = {year: [_gain(off[near], amount[near]) for off, amount in each] for year, each in standings.items()}
    by_years = np.array([np.mean(each, axis=0) for each in gains.values()])
    pairs = np.triu(np.where((by_years >= 0).all(axis=0), by_years.mean(axis=0), 0.0), 1)
    place = int(np.argmax(pairs))
    if pairs.flat[place] <= EXCHANGED**2:
        return None
    pair = regions[place // len(regions)], regions[place % len(regions)]
    one, other = (names.get(region, region) for region in pair)
    found = f"{', '.join(measures)} of both nearer to the others' in every year if the figures of the two were exchanged"
    fault = Fault(where, found, "each region's own figures", REMEDY, f"{one} and {other}")
    return pair, ((statistic, " ".join(pair)), float(pairs.flat[place]), fault)


def _is_over_another(name: str, statistic: str, catalogue: Catalogue) -> bool:
    """Whether a measure divides a statistic by another, whose figures stay where they are."""
    over = catalogue.measures[name].over
    above, below = (catalogue.measures[each].cells for each in (over.measure, over.by)) if over else (None, None)
    return above is not None and below is not None and above.statistic == statistic != below.statistic


def _standing(regions: Sequence[str], logs: Mapping[str, float], sizes: Mapping[tuple[str, int], float], year: int) -> tuple[Reals, Reals]:
    """How far each region stands from what is usual, and the amount that it has, in deviations; both not a number where it is unknown."""
    usual = _fit(logs, sizes, year)
    spread = _spread(logs, usual)
    off = np.array([(logs[region] - usual[region]) / spread if region in logs else math.nan for region in regions])
    return off, np.array([logs[region] + math.log(sizes[region, year]) if region in logs else math.nan for region in regions]) / spread


def _gain(off: Reals, amount: Reals) -> Reals:
    """By how much the squares of two regions' distances fall with each other's figures; 0 where one is unknown."""
    by = amount[None, :] - amount[:, None]
    gain: Reals = np.nan_to_num(off[:, None] ** 2 + off[None, :] ** 2 - (off[:, None] + by) ** 2 - (off[None, :] - by) ** 2)
    return gain


def _readable(level: float) -> str:
    return f"{level:,.0f}" if level >= 100 else f"{level:.4g}"
