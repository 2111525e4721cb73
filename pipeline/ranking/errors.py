"""What standard errors from the records say of a ranking: between which places regions stand, and whether small regions' luck decides.

Nothing of it enters the score. docs/method/errors.md has the formulas, an example, and what they cannot say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from pipeline.award import Award
from pipeline.ranking.error_bounds import Records, of_indicator
from pipeline.ranking.known import weights
from pipeline.ranking.rank_sets import CONFIDENCE, among_best, marginal_sets, shrink
from pipeline.ranking.score import Indicators, Reals, rank
from pipeline.ranking.standing import Field, Rows, Standing, Values, ranked, stand, weighing

INDEX = "index"
"""What regions are ranked by together: the score."""
TWO_SIDED = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""The number of standard errors beyond which a difference is significant."""
LINEAR = ("min-max", "z-score", "none")
"""The normalisations under which a standard error of a value is one of its score, times a factor."""


def errors(
    regions: Field, indicators: Indicators | Values, here: Standing, records: Records, award: Award, near: Sequence[int]
) -> dict[str, Rows]:
    """The rows of robustness.standard_errors, robustness.rank_sets (of the near regions) and robustness.shrinkage; nothing where no
    indicator has errors."""
    own = of_indicators(regions, indicators, records, award)
    if not own:
        return {}
    values = {name: regions.values_of(indicators, name) for name in own}
    grown = [one.name for one in award.indicators if one.name in own and one.taken in ("growth", "trend")]
    shrunken = {name: _shrunken(values[name], own[name]) for name in grown}
    sets: Rows = []
    for one in award.indicators:
        if one.name in own:
            better = values[one.name] if one.direction == "higher" else -values[one.name]
            sets += _sets(one.name, regions, better, own[one.name], award, near)
    if (of_score := _errors_of_score(here, values, own, award)) is not None:
        sets += _sets(INDEX, regions, here.score, of_score, award, near)
    return {
        "robustness.standard_errors": [
            {
                "indicator": name,
                "region_code": code,
                "indicator_value": float(values[name][index]),
                "standard_error": float(own[name][index]) if np.isfinite(own[name][index]) else None,
                "shrunken_value": float(shrunken[name][index]) if name in shrunken else None,
            }
            for name in own
            for index, code in enumerate(regions.codes)
            if not np.isnan(values[name][index])
        ],
        "robustness.rank_sets": sets,
        "robustness.shrinkage": _shrinkage(regions, indicators, shrunken, award),
    }


def of_indicators(regions: Field, indicators: Indicators | Values, records: Records, award: Award) -> dict[str, Reals]:
    """Bounds of the standard errors of each indicator that has them (regions,), infinite where none follows from what is published."""
    bounds = {one.name: of_indicator(one, regions, indicators, records, award) for one in award.indicators}
    return {name: own for name, own in bounds.items() if own is not None}


def about(code: str, regions: Field, indicators: Indicators | Values, records: Records, award: Award) -> list[dict[str, Any]]:
    """What the errors say of one region: for each value with errors, the error, the place, and the places that it leaves open."""
    here = stand(regions.values(indicators, award), weighing(award), award.ranking)
    near = [regions.codes.index(code)] if regions.are_many else range(len(regions.codes))
    tables = errors(regions, indicators, here, records, award, near)
    own = {row["indicator"]: row["standard_error"] for row in tables.get("robustness.standard_errors", []) if row["region_code"] == code}
    sets = [row for row in tables.get("robustness.rank_sets", []) if row["region_code"] == code]
    return [{**row, "standard_error": own.get(row["ranked_by"])} for row in sets]


@dataclass(frozen=True)
class Side:
    """One of two rounds that are compared: its award, its indicators, and what it has from records."""

    award: Award
    indicators: Indicators
    records: Records


def differences(first: Side, second: Side, regions: Field) -> Rows:
    """How far each indicator of both rounds with errors in both is from what it was, region by region.

    standard_error: at most the sum of both errors, None if either is unbounded: groups that are in both rounds make their errors go
    together in a way that is not published. is_significant: whether the difference is beyond what chance makes of it (95 %).
    """
    own, other = (of_indicators(regions, side.indicators, side.records, side.award) for side in (first, second))
    rows: Rows = []
    for one in second.award.indicators:
        if one.name not in own or one.name not in other:
            continue
        before, after = (regions.values_of(side.indicators, one.name) for side in (first, second))
        at_most = own[one.name] + other[one.name]
        rows += [
            {
                "indicator": one.name,
                "region_code": regions.codes[index],
                "region_name": regions.names[index],
                "indicator_value_before": float(before[index]),
                "indicator_value_after": float(after[index]),
                "standard_error": float(at_most[index]) if np.isfinite(at_most[index]) else None,
                "is_significant": bool(abs(after[index] - before[index]) > TWO_SIDED * at_most[index]),
            }
            for index in np.flatnonzero(~np.isnan(before) & ~np.isnan(after))
        ]
    return rows


def _errors_of_score(here: Standing, values: Mapping[str, Reals], own: Mapping[str, Reals], award: Award) -> Reals | None:
    """Upper bounds of the standard errors of the scores (regions,): Σ weight · error, as if a region's errors all went the same way.

    How the errors of two indicators go together is not published. The scale of an indicator is taken for fixed. None where an indicator
    that weighs has no errors, or a score is no sum of values times factors.
    """
    indicators, ranking = weighing(award), award.ranking
    is_linear = ranking.aggregation == "arithmetic" and ranking.normalisation in LINEAR
    if not is_linear or any(one.name not in own or (one.name in award.fixed and award.fixed[one.name].clip) for one in indicators):
        return None
    shares = weights(here.counts, indicators)
    total = np.zeros(len(here.score))
    for column, one in enumerate(indicators):
        counts = here.counts[:, column]
        normalised, value = here.normalised[counts, column], values[one.name][counts]
        spread = np.ptp(value) if counts.any() else 0.0
        slope = np.ptp(normalised) / spread if spread else 0.0
        total += np.where(counts, shares[:, column] * slope * np.where(counts, own[one.name], 0.0), 0.0)
    return total


def _sets(by: str, regions: Field, values: Reals, own: Reals, award: Award, near: Sequence[int]) -> Rows:
    """A row for each of the near regions with a value: its place by the award's tie rule, its confidence set, and whether it could be
    among the candidates. The set is of places that number regions, which holds for `min` and `max`; a `dense` place is taken into it."""
    there = np.flatnonzero(~np.isnan(values))
    draws, seed = award.robustness.draws, award.robustness.seed
    wanted = np.flatnonzero(np.isin(there, near)).tolist()
    best, worst = marginal_sets(values[there], own[there], wanted, draws, seed)
    places = rank(values[there], award.ranking.ties)
    could = among_best(values[there], own[there], award.ranking.candidates, wanted, draws, seed)
    return [
        {
            "ranked_by": by,
            "region_code": regions.codes[there[number]],
            "rank": int(places[number]),
            "best_rank": int(min(best[row], places[number])),
            "worst_rank": int(max(worst[row], places[number])),
            "could_be_among_first": bool(could[row]),
        }
        for row, number in enumerate(wanted)
    ]


def _shrunken(values: Reals, own: Reals) -> Reals:
    there = ~np.isnan(values)
    shrunken = values.copy()
    shrunken[there] = shrink(values[there], own[there])
    return shrunken


def _shrinkage(regions: Field, indicators: Indicators | Values, shrunken: Mapping[str, Reals], award: Award) -> Rows:
    """The ranking with shrunken growths that weigh in the place of the growths; no rows where there are none."""
    values = regions.values(indicators, award)
    names = [one.name for one in weighing(award)]
    if not {*names} & shrunken.keys():
        return []
    for column, name in enumerate(names):
        if name in shrunken:
            values[:, column] = shrunken[name]
    return ranked(regions, stand(values, weighing(award), award.ranking))
