"""Other windows: every pair of the award's years, and its own. Indicators with years of their own keep them."""

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.award import Award, Indicator, OwnYears, Window
from pipeline.ranking.score import Indicators, Reals
from pipeline.ranking.standing import Compute, Field, Rows, Standing, Values, ranked, stand, weighing

Years = tuple[int, int]
"""A window's base and final year."""
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


def _values(regions: Field, indicators: Indicators | Values, award: Award) -> Values:
    return {one.name: regions.values_of(indicators, one.name) for one in award.indicators}


def of_weighing(values: Values, award: Award) -> Reals:
    """The weighing indicators' values (regions, indicators), NaN where unknown."""
    return np.column_stack([values[one.name] for one in weighing(award)])


def _in_years(indicator: Indicator, award: Award) -> Indicator:
    """An indicator with the years that it has in an award's window as its own, and a name that tells them."""
    base, final = award.window_of(indicator)
    own = OwnYears(base=base if base < final else None, final=final)
    return indicator.model_copy(update={"years": own, "name": f"{indicator.name} {base} {final}"})


def windows(regions: Field, by_window: Mapping[Years, Values], award: Award, near: Sequence[int]) -> tuple[Rows, Rows, Sequence[Standing]]:
    """In every window: each indicator's value and place alone, and the ranking with all indicators; and the standings of all regions.

    A window that can rank no region, as one across two series, has no ranking. near: the regions that have rows of other windows than
    the award's.
    """
    values_rows: Rows = []
    ranking_rows: Rows = []
    standings = []
    for (base, final), values in by_window.items():
        window = {"base_year": base, "final_year": final}
        own = range(len(regions.codes)) if (base, final) == (award.window.base, award.window.final) else near
        for indicator in award.indicators:
            one = values[indicator.name]
            standing = stand(one[:, np.newaxis], [indicator.model_copy(update={"weight": 1})], award.ranking)
            known, places = [None if math.isnan(value) else value for value in one.tolist()], standing.rank.tolist()
            values_rows += [
                {
                    "indicator": indicator.name,
                    **window,
                    "region_code": regions.codes[index],
                    "indicator_value": known[index],
                    "rank": places[index] or None,
                }
                for index in own
            ]
        standing = stand(of_weighing(values, award), weighing(award), award.ranking)
        if standing.rank.any():
            standings.append(standing)
            for row, index in zip(ranked(regions, standing, own, **window), own, strict=True):
                ranking_rows.append({**row, "score": float(standing.score[index]) if row["rank"] else None})
    return values_rows, ranking_rows, standings


def window_extremes(values: Rows, award: Award) -> Rows:
    """Where no other window gives a region a better place in an indicator, or a worse one, than the award's.

    Only for indicators that compare two years and follow the award's window. A last place is nowhere the best: where fewer regions are
    known, the last of them has a lower number.
    """
    spanning = {one.name for one in award.indicators if award.meanings[one.name].spans and one.years is None}
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
