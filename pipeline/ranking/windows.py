"""Other windows: every pair of the award's years, and its own. Indicators with years of their own keep them."""

import itertools
from collections.abc import Iterator

import numpy as np

from pipeline.award import Award, Window
from pipeline.ranking.standing import Compute, Field, Rows, ranked, stand, weighing


def every_window(award: Award) -> Iterator[Award]:
    """The award in each window of its years, and in its own, which may be a single year."""
    years = range(award.years.first, award.years.last + 1)
    for base, final in sorted({*itertools.combinations(years, 2), (award.window.base, award.window.final)}):
        yield award.model_copy(update={"window": Window(base=base, final=final, reason="every window")})


def windows(regions: Field, compute: Compute, award: Award) -> tuple[Rows, Rows]:
    """In every window: each indicator's value and place alone, and the ranking with all indicators.

    A window that can rank no region, as one across two series, has no ranking.
    """
    values_rows: Rows = []
    ranking_rows: Rows = []
    for other in every_window(award):
        indicators = compute(other, None)
        window = {"base_year": other.window.base, "final_year": other.window.final}
        for indicator in award.indicators:
            one = regions.values_of(indicators, indicator.name)
            standing = stand(one[:, np.newaxis], [indicator.model_copy(update={"weight": 1})], award.ranking)
            for code, value, place in zip(regions.codes, one, standing.rank, strict=True):
                known = None if np.isnan(value) else float(value)
                row = {"indicator": indicator.name, **window, "region_code": code}
                values_rows.append({**row, "indicator_value": known, "rank": int(place) or None})
        standing = stand(regions.values(indicators, other), weighing(award), award.ranking)
        if not standing.rank.any():
            continue
        for row, points in zip(ranked(regions, standing, **window), standing.score, strict=True):
            ranking_rows.append({**row, "score": None if np.isnan(points) else float(points)})
    return values_rows, ranking_rows


def window_extremes(values: Rows, award: Award) -> Rows:
    """Where no other window gives a region a better place in an indicator, or a worse one, than the award's.

    Only for indicators that weigh, compare two years and follow the award's window.
    """
    spanning = {one.name for one in weighing(award) if award.meaning(one.name).spans and one.years is None}
    by_region: dict[tuple[str, str], dict[tuple[int, int], int]] = {}
    for row in values:
        if row["rank"] is not None and row["indicator"] in spanning:
            by_region.setdefault((row["indicator"], row["region_code"]), {})[row["base_year"], row["final_year"]] = row["rank"]
    own = (award.window.base, award.window.final)
    rows: Rows = []
    for (indicator, code), places in sorted(by_region.items()):
        if own not in places or len(set(places.values())) == 1:
            continue
        low, high = min(places.values()), max(places.values())
        span = {"rank": places[own], "best_rank": low, "worst_rank": high, "windows": len(places)}
        for extreme, bound in (("best", low), ("worst", high)):
            if places[own] == bound:
                rows.append({"indicator": indicator, "region_code": code, "extreme": extreme, **span})
    return rows
