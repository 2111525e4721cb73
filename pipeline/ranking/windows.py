"""Other windows: every pair of the award's years, and its own. Indicators with years of their own keep them."""

import itertools
import math
from collections.abc import Mapping

import numpy as np

from pipeline.award import Award, Indicator, OwnYears, Window
from pipeline.ranking.score import Indicators, Reals
from pipeline.ranking.standing import Compute, Field, Rows, ranked, stand, weighing

Years = tuple[int, int]
"""A window's base and final year."""
Values = Mapping[str, Reals]
"""The values of each indicator by its name (regions,), NaN where unknown."""
Everywhere = Mapping[str, Mapping[Years, Values]]
"""Values by denominator and window."""


def in_every_window(regions: Field, compute: Compute, award: Award) -> dict[Years, Values]:
    """The values of the award's indicators in each window of its years, and in its own, which may be a single year.

    Measures are asked for in all windows at once, each as an indicator with years of its own.
    """
    years = range(award.years.first, award.years.last + 1)
    windows = sorted({*itertools.combinations(years, 2), (award.window.base, award.window.final)})
    awards = [award.model_copy(update={"window": Window(base=base, final=final, reason="every window")}) for base, final in windows]
    if not all(indicator.measure for indicator in award.indicators):
        return {years: _values(regions, compute(other, None), other) for years, other in zip(windows, awards, strict=True)}
    named = {(years, one.name): _in_years(one, other) for years, other in zip(windows, awards, strict=True) for one in other.indicators}
    spread = award.model_copy(update={"indicators": tuple(named.values()), "asked": award.statistic_years})
    everything = _values(regions, compute(spread, None), spread)
    return {years: {one.name: everything[named[years, one.name].name] for one in award.indicators} for years in windows}


def _values(regions: Field, indicators: Indicators, award: Award) -> Values:
    return {one.name: regions.values_of(indicators, one.name) for one in award.indicators}


def of_weighing(values: Values, award: Award) -> Reals:
    """The weighing indicators' values (regions, indicators), NaN where unknown."""
    return np.column_stack([values[one.name] for one in weighing(award)])


def _in_years(indicator: Indicator, award: Award) -> Indicator:
    """An indicator with the years that it has in an award's window as its own, and a name that tells them."""
    base, final = award.window_of(indicator)
    own = OwnYears(base=base if base < final else None, final=final)
    return indicator.model_copy(update={"years": own, "name": f"{indicator.name} {base} {final}"})


def windows(regions: Field, by_window: Mapping[Years, Values], award: Award) -> tuple[Rows, Rows]:
    """In every window: each indicator's value and place alone, and the ranking with all indicators.

    A window that can rank no region, as one across two series, has no ranking.
    """
    values_rows: Rows = []
    ranking_rows: Rows = []
    for (base, final), values in by_window.items():
        window = {"base_year": base, "final_year": final}
        for indicator in award.indicators:
            one = values[indicator.name]
            standing = stand(one[:, np.newaxis], [indicator.model_copy(update={"weight": 1})], award.ranking)
            known = [None if math.isnan(value) else value for value in one.tolist()]
            values_rows += [
                {
                    "indicator": indicator.name,
                    "base_year": base,
                    "final_year": final,
                    "region_code": code,
                    "indicator_value": value,
                    "rank": place or None,
                }
                for code, value, place in zip(regions.codes, known, standing.rank.tolist(), strict=True)
            ]
        standing = stand(of_weighing(values, award), weighing(award), award.ranking)
        if not standing.rank.any():
            continue
        for row, points in zip(ranked(regions, standing, **window), standing.score, strict=True):
            ranking_rows.append({**row, "score": None if np.isnan(points) else float(points)})
    return values_rows, ranking_rows


def window_extremes(values: Rows, award: Award) -> Rows:
    """Where no other window gives a region a better place in an indicator, or a worse one, than the award's.

    Only for indicators that compare two years and follow the award's window. A last place is nowhere the best: where fewer regions are
    known, the last of them has a lower number.
    """
    spanning = {one.name for one in award.indicators if award.meaning(one.name).spans and one.years is None}
    by_region: dict[tuple[str, str], dict[tuple[int, int], int]] = {}
    last: dict[str, int] = {}
    own = (award.window.base, award.window.final)
    for row in values:
        if row["rank"] is not None and row["indicator"] in spanning:
            by_region.setdefault((row["indicator"], row["region_code"]), {})[row["base_year"], row["final_year"]] = row["rank"]
            if (row["base_year"], row["final_year"]) == own:
                last[row["indicator"]] = max(row["rank"], last.get(row["indicator"], 0))
    rows: Rows = []
    for (indicator, code), places in sorted(by_region.items()):
        if own not in places or len(set(places.values())) == 1:
            continue
        low, high = min(places.values()), max(places.values())
        span = {"rank": places[own], "best_rank": low, "worst_rank": high, "windows": len(places)}
        for extreme, bound in (("best", low), ("worst", high)):
            if places[own] == bound and not (extreme == "best" and bound == last[indicator]):
                rows.append({"indicator": indicator, "region_code": code, "extreme": extreme, **span})
    return rows
