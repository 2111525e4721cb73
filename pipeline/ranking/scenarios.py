"""Other data: figures that err as the award's scenarios say."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from pipeline.award import Award, Scenario
from pipeline.ranking.known import counted
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Compute, Field, Figures, FiguresOf, Rows, extremes, own_range, weighing

KEPT = 8
"""Decimals of a figure in staging.figures."""


def scenarios(regions: Field, values: Reals, figures: FiguresOf, compute: Compute, award: Award, near: Sequence[int]) -> Rows:
    """For each scenario of the award: the places of each ranked one of the near regions when its figures err in its favour or against it
    by the stated share."""
    rows: Rows = []
    # A measure of a region is made of its own figures; a file of SQL may look at others.
    read = near if all(indicator.measure for indicator in award.indicators) else range(len(regions.codes))
    published = figures([regions.codes[index] for index in read]) if award.robustness.scenarios else []
    ranked = np.flatnonzero(counted(values, weighing(award), award.ranking).any(axis=1))
    for scenario in award.robustness.scenarios:
        trials = [_values(regions, values, published, compute, award, scenario, sign) for sign in (1, -1)]
        best, worst = extremes(trials, award)
        for index in near:
            if index in ranked:
                own = own_range(index, values, best, worst, award)
                rows.append({"scenario": scenario.key, "region_code": regions.codes[index], **own})
    return rows


def _values(regions: Field, values: Reals, figures: Figures, compute: Compute, award: Award, scenario: Scenario, sign: int) -> Reals:
    """The values when figures err; each indicator with the errors in its own years."""
    erring = values.copy()
    for years in {award.years_of(indicator) for indicator in weighing(award)}:
        asked = {year - back for year in years for back in (0, 1)}
        own = [row for row in figures if row["year"] in asked]
        indicators = compute(award, list(_erring(own, scenario, award, years, sign)))
        for column, indicator in enumerate(weighing(award)):
            if award.years_of(indicator) == years:
                erring[:, column] = regions.values_of(indicators, indicator.name)
    return erring


def _erring(figures: Figures, scenario: Scenario, award: Award, years: tuple[int, ...], sign: int) -> Iterator[Mapping[str, Any]]:
    """Figures too low in the base year and too high in the final one, or the reverse; what only divides others, the other way.

    Of a trend's years the earlier half err as the base year, the later half as the final one; the year in the middle does not.
    """
    divides = _only_divides(award)
    for row in figures:
        name = award.catalogue.figure_names[row["statistic"], row["quantity"]]
        error = scenario.relative_errors.get(name, 0.0) * (-sign if name in divides else sign)
        early, late = _sides(years)
        if award.ranking.denominator == "mean" and award.catalogue.statistics[row["statistic"]].at_year_end:
            # A mean of two year-ends errs at both. The one that two means share, of a window from one year to the next, stays: it cancels.
            early, late = ({year - back for year in side for back in (0, 1)} for side in (early, late))
        is_early, is_late = row["year"] in early, row["year"] in late
        if error and row["amount"] is not None and is_early != is_late:
            exact = Decimal(repr(error))
            yield {**row, "amount": round(row["amount"] * (1 + exact if is_late else 1 - exact), KEPT)}
        else:
            yield row


def _sides(years: tuple[int, ...]) -> tuple[set[int], set[int]]:
    """Those of a window's years that err as the base year, and those that err as the final one; a single year is final."""
    middle = (years[0] + years[-1]) / 2
    return {year for year in years if year < middle}, {year for year in years if year > middle or year == years[0] == years[-1]}


def _only_divides(award: Award) -> set[str]:
    """The quantities that measures of the award divide by, and that are above the line in none."""
    above: set[str] = set()
    below: set[str] = set()
    for indicator in weighing(award):
        for measure in award.meanings[indicator.name].reads:
            for number, part in enumerate(award.catalogue.parts(measure)):
                cells = award.catalogue.cells_of(part)
                (below if number else above).add(award.catalogue.figure_names[cells.statistic, cells.quantity])
    return below - above
