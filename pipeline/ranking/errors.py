"""What standard errors from the records say of a ranking: between which places regions stand, and whether small regions' luck decides.

Nothing of it enters the score. docs/method/errors.md has the formulas, an example, and what they cannot say.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.award import Award, Indicator
from pipeline.ranking.known import weights
from pipeline.ranking.rank_sets import among_best, marginal_sets, shrink
from pipeline.ranking.score import Indicators, Reals
from pipeline.ranking.standing import Field, Rows, Standing, ranked, stand, weighing

INDEX = "index"
"""What regions are ranked by together: the score."""
LINEAR = ("min-max", "z-score", "none")
"""The normalisations under which a standard error of a value is one of its score, times a factor."""


def errors(regions: Field, indicators: Indicators, here: Standing, published: Sequence[Mapping[str, Any]], award: Award) -> dict[str, Rows]:
    """The rows of robustness.standard_errors, robustness.rank_sets and robustness.shrinkage; nothing where no indicator has errors.

    published: rows of ingested.standard_errors.
    """
    own = {one.name: found for one in award.indicators if (found := _errors_of(one, regions, indicators, published, award)) is not None}
    if not own:
        return {}
    values = {name: regions.values_of(indicators, name) for name in own}
    shrunken = {
        one.name: _shrunken(values[one.name], own[one.name]) for one in award.indicators if one.name in own and one.taken == "growth"
    }
    sets: Rows = []
    for one in award.indicators:
        if one.name in own:
            better = values[one.name] if one.direction == "higher" else -values[one.name]
            sets += _sets(one.name, regions, better, own[one.name], award)
    if (of_score := _errors_of_score(here, values, own, award)) is not None:
        sets += _sets(INDEX, regions, here.score, of_score, award)
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


def about(code: str, regions: Field, indicators: Indicators, published: Sequence[Mapping[str, Any]], award: Award) -> list[dict[str, Any]]:
    """What the errors say of one region: for each value with errors, the error, the place, and the places that it leaves open."""
    here = stand(regions.values(indicators, award), weighing(award), award.ranking)
    tables = errors(regions, indicators, here, published, award)
    own = {row["indicator"]: row["standard_error"] for row in tables.get("robustness.standard_errors", []) if row["region_code"] == code}
    sets = [row for row in tables.get("robustness.rank_sets", []) if row["region_code"] == code]
    return [{**row, "standard_error": own.get(row["ranked_by"])} for row in sets]


def _errors_of(
    one: Indicator, regions: Field, indicators: Indicators, published: Sequence[Mapping[str, Any]], award: Award
) -> Reals | None:
    """The standard errors of an indicator's values (regions,), infinite where none is published; None for an indicator without errors.

    Levels and growths of totals that have errors have them, also divided by what has none, such as inhabitants: value · error of a level,
    (1 + value) · error of a growth.
    """
    if one.measure is None or one.taken not in ("level", "growth"):
        return None
    base, final = award.window_of(one)
    years = (None if one.taken == "level" else base, final)
    part, *below = award.catalogue.parts(one.measure)
    above = _published(part, published, award)
    # What is divided by figures of the same records would need to know how the errors of both go together.
    if not above or {row["statistic"] for row in published} & {award.catalogue.cells_of(other).statistic for other in below}:
        return None
    relative = {row["region_code"]: row["relative_error"] for row in above if (row["base_year"], row["final_year"]) == years}
    if not relative:
        return None
    known = np.array([np.inf if relative.get(code) is None else relative[code] for code in regions.codes])
    values = regions.values_of(indicators, one.name)
    return np.asarray(np.where(np.isfinite(known), known * (values if one.taken == "level" else 1 + values), np.inf))


def _published(part: str, published: Sequence[Mapping[str, Any]], award: Award) -> list[Mapping[str, Any]]:
    """The rows of errors of a measure's own cells."""
    cells = award.catalogue.cells_of(part)
    return [
        row
        for row in published
        if (row["statistic"], row["quantity"]) == (cells.statistic, cells.quantity) and row["class_group"] in cells.classes.values()
    ]


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


def _sets(by: str, regions: Field, values: Reals, own: Reals, award: Award) -> Rows:
    """A row for each region with a value: its place, its confidence set, and whether it could be among the candidates."""
    there = np.flatnonzero(~np.isnan(values))
    draws, seed = award.robustness.draws, award.robustness.seed
    best, worst = marginal_sets(values[there], own[there], draws, seed)
    could = among_best(values[there], own[there], award.ranking.candidates, draws, seed)
    return [
        {
            "ranked_by": by,
            "region_code": regions.codes[index],
            "rank": int((values[there] > values[index]).sum()) + 1,
            "best_rank": int(best[number]),
            "worst_rank": int(worst[number]),
            "could_be_among_first": bool(could[number]),
        }
        for number, index in enumerate(there)
    ]


def _shrunken(values: Reals, own: Reals) -> Reals:
    there = ~np.isnan(values)
    shrunken = values.copy()
    shrunken[there] = shrink(values[there], own[there])
    return shrunken


def _shrinkage(regions: Field, indicators: Indicators, shrunken: Mapping[str, Reals], award: Award) -> Rows:
    """The ranking with shrunken growths that weigh in the place of the growths; no rows where there are none."""
    values = regions.values(indicators, award)
    names = [one.name for one in weighing(award)]
    if not {*names} & shrunken.keys():
        return []
    for column, name in enumerate(names):
        if name in shrunken:
            values[:, column] = shrunken[name]
    return ranked(regions, stand(values, weighing(award), award.ranking))
