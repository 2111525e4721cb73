"""Normalise, weigh, aggregate, rank. Pure functions on arrays and frames.

The definitions follow the OECD/JRC Handbook on Constructing Composite Indicators (2008), chapters 5 and 6, and Mazziotta and Pareto.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.award import Award, Indicator
from pipeline.faults import DataRefused, Fault
from pipeline.method import SCALED, Goalposts, Ranking
from pipeline.ranking.known import Flags, columns_of, counted, fill, weights

Row = dict[str, Any]
Indicators = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Of each indicator, by region, its row: indicator_value, status, and what it is made of."""
Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]

NOISE = 1e-12
"""Scores closer than this share of the largest are a tie: floating-point noise is far below, any real difference far above."""


def normalise(values: Reals, method: str, direction: str = "higher", goalposts: Goalposts | None = None) -> Reals:
    """Put one indicator's values (..., regions) on a scale where higher is better, along the last axis; all must be known.

    min-max           (x − min) / (max − min), from 0 to 1; min and max are the goalposts where there are some
    z-score           (x − mean) / s, with s over n − 1
    percentile-rank   the rank below, divided by n: above 0, up to 1
    rank              1 for the lowest, upwards; equal values share the lower rank
    min-max-100       1 + 99 · min-max: from 1 to 100, for the geometric mean
    z-score-100       100 + 10 · (x − mean) / s, with s over n: the scale of the Mazziotta–Pareto index
    none              the value as it is: for scores that come normalised
    An indicator that is the same everywhere separates nobody: each method but the last gives the same to all, as z-score 0.
    """
    if not values.size:
        return values
    if goalposts and method in SCALED:
        ends = np.array(goalposts.ends)
        values = np.clip(values, *ends) if goalposts.clip or method == "min-max-100" else values
        values, ends = (values, ends) if direction == "higher" else (-values, -ends[::-1])
        scores = np.asarray((values - ends[0]) / (ends[1] - ends[0]))
        return scores if method == "min-max" else 1 + 99 * scores
    values = values if direction == "higher" else -values
    lowest = values.min(axis=-1, keepdims=True)
    spread = values.max(axis=-1, keepdims=True) - lowest
    match method:
        case "min-max":
            return np.asarray(np.divide(values - lowest, spread, out=np.zeros_like(values), where=spread != 0))
        case "min-max-100":
            return 1 + 99 * normalise(values, "min-max")
        case "z-score" | "z-score-100":
            regions = values.shape[-1]
            centred = values - _exact_sum(values) / regions
            deviation = np.sqrt(_exact_sum(centred**2) / (max(regions - 1, 1) if method == "z-score" else regions))
            scores = np.asarray(np.divide(centred, deviation, out=np.zeros_like(values), where=spread != 0))
            return scores if method == "z-score" else 100 + 10 * scores
        case "none":
            return values
        case "percentile-rank":
            return np.asarray(_rank_from_below(values) / values.shape[-1])
        case "rank":
            return _rank_from_below(values)
    raise ValueError(f"unknown normalisation {method!r}")


def _exact_sum(values: Reals) -> Reals:
    """Sums along the last axis, which is kept, without an error of rounding on the way: their order is nothing."""
    return np.asarray(np.apply_along_axis(lambda row: [math.fsum(row)], -1, values))


def _rank_from_below(values: Reals) -> Reals:
    return rank(-values, "min", noise=0.0).astype(np.float64)


def contributions(normalised: Reals, weights: Sequence[Fraction], aggregation: str, own: Reals | None = None) -> Reals:
    """What each indicator brings (regions, indicators). own: each region's own weights, where they differ (arithmetic and geometric).

    arithmetic        w·x; they add up to the score
    geometric         x^w; the score is their product
    outranking        w · (regions behind − regions ahead in the indicator); the score is no sum of them
    mazziotta-pareto  w · (x − (x − M)² / M), with M the region's mean Σ w·x: its own and its part of the penalty; they add up to the score
    """
    own = np.array([float(weight) for weight in weights]) if own is None else own
    match aggregation:
        case "geometric":
            return np.asarray(normalised**own)
        case "outranking":
            return np.asarray(np.sign(normalised[:, np.newaxis] - normalised[np.newaxis]).sum(axis=1) * own)
        case "mazziotta-pareto":
            mean = aggregate(normalised, weights, "arithmetic")[:, np.newaxis]
            return np.asarray((normalised - (normalised - mean) ** 2 / mean) * own)
    return np.asarray(normalised * own)


def aggregate(normalised: Reals, weights: Sequence[Fraction], aggregation: str) -> Reals:
    """One score a region out of (..., regions, indicators).

    arithmetic        Σ w·x
    geometric         Π x^w, for positive scores
    outranking        wins less losses against every other region, one by one; the greater weight of indicators wins (Copeland)
    mazziotta-pareto  M − S² / M, with M = Σ w·x and S² = Σ w·(x − M)²: unbalanced regions are marked down
    Weights are put on a common denominator, so that whole scores stay whole until the last division and equal sums are equal.
    """
    if aggregation == "geometric":
        return np.asarray((normalised ** [float(weight) for weight in weights]).prod(axis=-1))
    denominator = math.lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * denominator) for weight in weights]
    if aggregation == "outranking":
        against = (_total(np.sign(normalised - normalised[..., [region], :]), whole) for region in range(normalised.shape[-2]))
        return np.asarray(sum(np.sign(margin) for margin in against))
    score = _total(normalised, whole) / denominator
    if aggregation == "mazziotta-pareto":
        return np.asarray(score - _total((normalised - score[..., np.newaxis]) ** 2, whole) / denominator / score)
    return score


def aggregate_with(scaled: Reals, column: int, normalised: Reals, weights: Sequence[Fraction], aggregation: str) -> Reals:
    """aggregate() of normalised scores (regions, indicators) with many others in one column (trials, regions), to the last digit."""
    if aggregation != "arithmetic":
        every = np.repeat(normalised[np.newaxis], len(scaled), axis=0)
        every[..., column] = scaled
        return aggregate(every, weights, aggregation)
    denominator = math.lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * denominator) for weight in weights]
    total = scaled * whole[column] + _total(normalised[:, :column], whole[:column])
    for later in range(column + 1, len(whole)):
        total += normalised[:, later] * whole[later]
    return np.asarray(total / denominator)


def _total(values: Reals, weights: Sequence[int]) -> Reals:
    """The sum of weighted values over the last axis, one after the other: the order of summation is the same everywhere."""
    total = np.zeros(values.shape[:-1])
    for column, weight in enumerate(weights):
        total += values[..., column] * weight
    return total


def rank(scores: Reals, ties: str, noise: float = NOISE) -> Wholes:
    """Places by falling score along the last axis. Ties: "min" 1, 2, 2, 4; "max" 1, 3, 3, 4; "dense" 1, 2, 2, 3.

    noise: the share of the largest score that still makes a tie.
    """
    order = np.argsort(-scores, axis=-1)
    falling = np.take_along_axis(scores, order, axis=-1)
    starts = np.ones(scores.shape, dtype=bool)
    starts[..., 1:] = falling[..., :-1] - falling[..., 1:] > noise * np.abs(scores).max(axis=-1, keepdims=True)
    position = np.arange(scores.shape[-1])
    match ties:
        case "min":
            placed = np.maximum.accumulate(np.where(starts, position, 0), axis=-1) + 1
        case "max":
            ends = np.roll(starts, -1, axis=-1)
            ends[..., -1] = True
            last = np.where(ends, position, scores.shape[-1])
            placed = np.flip(np.minimum.accumulate(np.flip(last, axis=-1), axis=-1), axis=-1) + 1
        case "dense":
            placed = np.cumsum(starts, axis=-1)
        case _:
            raise ValueError(f"unknown tie rule {ties!r}")
    places = np.empty(scores.shape, dtype=np.int64)
    np.put_along_axis(places, order, placed, axis=-1)
    return places


def is_candidate(scores: Reals, candidates: int) -> npt.NDArray[np.bool_]:
    """Whether fewer regions than the award asks for score higher; a tie at the last place brings in all who share it."""
    return np.asarray(rank(scores, "min") <= candidates)


def are_candidates(scores: Reals, own: Wholes, candidates: int) -> npt.NDArray[np.bool_]:
    """is_candidate() of one region in each row of scores (rows, regions). Only rows with scores so near to its own that they may tie,
    one after the other, are sorted."""
    points = np.take_along_axis(scores, own[:, np.newaxis], axis=1)
    reach = 2 * NOISE * scores.shape[1] * np.abs(scores).max(axis=1, keepdims=True)
    chosen = (scores > points).sum(axis=1) < candidates
    near = np.flatnonzero(~chosen & ((scores > points + reach).sum(axis=1) < candidates))
    chosen[near] = is_candidate(scores[near], candidates)[np.arange(len(near)), own[near]]
    return np.asarray(chosen)


def score(values: Reals, indicators: Sequence[Indicator], ranking: Ranking) -> tuple[Reals, Reals]:
    """Normalised values (regions, indicators) and scores (regions,) of the values of ranked regions; all indicators weighing.

    An unknown value, NaN, takes no part in the normalisation, and has the mean of the region's theme for its score.
    """
    normalised = np.full(values.shape, np.nan)
    for column, one in enumerate(indicators):
        known = ~np.isnan(values[:, column])
        normalised[known, column] = normalise(values[known, column], ranking.normalisation, one.direction, one.goalposts)
    normalised = fill(normalised, indicators, ranking.aggregation)
    return normalised, aggregate(normalised, [one.weight for one in indicators], ranking.aggregation)


def rank_regions(regions: Sequence[Row], indicators: Indicators, award: Award, *, is_illustrative: bool = False) -> list[Row]:
    """The rows of ranking.ranking: every region once, in order of place, those that cannot be ranked last.

    regions: rows of staging.regions. indicators: by name, each region's row.
    A region with an unknown indicator that weighs is not ranked and takes no part in the normalisation; where the award ranks by what
    is known, one with too many. Raises DataRefused when no region can be ranked.
    """
    table = sorted((region for region in regions if not region["is_whole"]), key=lambda region: str(region["region_code"]))
    codes = [region["region_code"] for region in table]
    weighing = [indicator for indicator in award.indicators if indicator.weight]
    every = np.array([[_value(indicators, indicator.name, code) for indicator in weighing] for code in codes], dtype=np.float64)
    counts = counted(every, weighing, award.ranking)
    unknown = {code: _unknown(code, weighing, indicators) for code in codes}
    ranked = [code for code, row in zip(codes, counts, strict=True) if row.any()]
    reasons = unknown | dict.fromkeys(ranked)
    if not ranked:
        raise DataRefused(
            [
                Fault(
                    f"{award.file}, indicators",
                    f"no region that can be ranked: {'; '.join(sorted({reason for reason in reasons.values() if reason}))}",
                    "known values of every indicator that weighs, for at least one region",
                    "Choose another window or other indicators, or ask the publisher for the figures.",
                )
            ]
        )
    rows = {
        region["region_code"]: {
            "region_code": region["region_code"],
            "region_name": region["region_name"],
            "rank": None,
            "score": None,
            "is_candidate": False,
            "not_ranked_reason": reasons[region["region_code"]],
            "is_illustrative": is_illustrative,
        }
        for region in table
    }
    for indicator in award.indicators:
        values = {code: _value(indicators, indicator.name, code) for code in codes}
        known = [code for code in ranked if values[code] is not None]
        if indicator in weighing:
            column = weighing.index(indicator)
            known = [code for code, counts_here in zip(codes, counts[:, column], strict=True) if counts_here]
        own = np.array([values[code] for code in known], dtype=np.float64)
        scaled = normalise(own, award.ranking.normalisation, indicator.direction, indicator.goalposts)
        normalised_by_code = dict(zip(known, scaled.tolist(), strict=True))
        for code in codes:
            rows[code] |= {
                indicator.name: values[code],
                f"{indicator.name}_normalised": normalised_by_code.get(code),
                f"{indicator.name}_weighted": None,
            }
    there = counts.any(axis=1)
    values_of_ranked, counts = np.where(counts, every, np.nan)[there], counts[there]
    normalised, scores = score(values_of_ranked, weighing, award.ranking)
    own_weights = weights(counts, weighing)
    parts = contributions(normalised, [indicator.weight for indicator in weighing], award.ranking.aggregation, own_weights)
    of_themes = theme_scores(normalised, counts, weighing, award.ranking.aggregation)
    places = rank(scores, award.ranking.ties)
    chosen = is_candidate(scores, award.ranking.candidates)
    for number, code in enumerate(ranked):
        rows[code] |= {"score": float(scores[number]), "rank": int(places[number]), "is_candidate": bool(chosen[number])}
        rows[code] |= {
            f"{indicator.name}_weighted": float(parts[number, column])
            for column, indicator in enumerate(weighing)
            if counts[number, column]
        }
        if award.ranking.partly_known:
            rows[code] |= {"unknown_indicators": unknown[code]}
            rows[code] |= {f"{one.name}_weight": float(own_weights[number, column]) for column, one in enumerate(weighing)}
        rows[code] |= {f"{theme}_score": float(points[number]) for theme, points in of_themes.items() if not np.isnan(points[number])}
    last = len(codes) + 1
    return sorted(rows.values(), key=lambda row: (row["rank"] or last, row["region_code"]))


def theme_scores(normalised: Reals, counts: Flags, weighing: Sequence[Indicator], aggregation: str) -> dict[str, Reals]:
    """The scores of ranked regions in each theme (regions,), by normalised values (regions, indicators); NaN where nothing counts."""
    scores = {}
    for theme, columns in columns_of(weighing).items():
        if theme:
            within = sum((weighing[column].weight for column in columns), Fraction(0))
            points = aggregate(normalised[:, columns], [weighing[column].weight / within for column in columns], aggregation)
            scores[theme] = np.where(counts[:, columns].any(axis=1), points, np.nan)
    return scores


def candidates(ranking: Sequence[Row]) -> list[Row]:
    """The rows of ranking.candidates: the proposed regions, in order."""
    return [row for row in ranking if row["is_candidate"]]


def _value(indicators: Indicators, name: str, code: str) -> float | None:
    value: float | None = indicators[name].get(code, {}).get("indicator_value")
    return value


def _unknown(code: str, weighing: Sequence[Indicator], indicators: Indicators) -> str | None:
    """The indicators that weigh and are unknown, each with its status; None where all are known."""
    unknown = []
    for indicator in weighing:
        if _value(indicators, indicator.name, code) is None:
            unknown.append(f"{indicator.name}: {indicators[indicator.name].get(code, {}).get('status', 'missing')}")
    return "; ".join(unknown) or None
