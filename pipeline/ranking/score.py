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

Row = dict[str, Any]
Indicators = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Of each indicator, by region, its row: indicator_value, status, and what it is made of."""
Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]

NOISE = 1e-12
"""Scores closer than this share of the largest are a tie: floating-point noise is far below, any real difference far above."""


def normalise(values: Reals, method: str, direction: str = "higher") -> Reals:
    """Put one indicator's values (..., regions) on a scale where higher is better, along the last axis; all must be known.

    min-max           (x − min) / (max − min), from 0 to 1
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


def contributions(normalised: Reals, weights: Sequence[Fraction], aggregation: str) -> Reals:
    """What each indicator brings (regions, indicators).

    arithmetic        w·x; they add up to the score
    geometric         x^w; the score is their product
    outranking        w · (regions behind − regions ahead in the indicator); the score is no sum of them
    mazziotta-pareto  w · (x − (x − M)² / M), with M the region's mean Σ w·x: its own and its part of the penalty; they add up to the score
    """
    own = np.array([float(weight) for weight in weights])
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
        against = [_total(np.sign(normalised - normalised[..., [region], :]), whole) for region in range(normalised.shape[-2])]
        return np.asarray(sum(np.sign(margin) for margin in against))
    score = _total(normalised, whole) / denominator
    if aggregation == "mazziotta-pareto":
        return np.asarray(score - _total((normalised - score[..., np.newaxis]) ** 2, whole) / denominator / score)
    return score


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


def score(values: Reals, indicators: Sequence[Indicator], normalisation: str, aggregation: str) -> tuple[Reals, Reals]:
    """Normalised values (regions, indicators) and scores (regions,) of raw values; all known, all indicators weighing."""
    normalised = np.column_stack(
        [normalise(values[:, column], normalisation, indicator.direction) for column, indicator in enumerate(indicators)]
    )
    return normalised, aggregate(normalised, [indicator.weight for indicator in indicators], aggregation)


def rank_regions(regions: Sequence[Row], indicators: Indicators, award: Award, *, is_illustrative: bool = False) -> list[Row]:
    """The rows of ranking.ranking: every region once, in order of place, those that cannot be ranked last.

    regions: rows of staging.regions. indicators: by name, each region's row.
    A region with an unknown indicator that weighs is not ranked and takes no part in the normalisation.
    Raises DataRefused when no region can be ranked.
    """
    table = sorted((region for region in regions if not region["is_whole"]), key=lambda region: str(region["region_code"]))
    codes = [region["region_code"] for region in table]
    weighing = [indicator for indicator in award.indicators if indicator.weight]
    reasons = {code: _not_ranked_reason(code, weighing, indicators) for code in codes}
    ranked = [code for code in codes if reasons[code] is None]
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
        own = np.array([values[code] for code in known], dtype=np.float64)
        normalised_by_code = dict(zip(known, normalise(own, award.ranking.normalisation, indicator.direction).tolist(), strict=True))
        for code in codes:
            rows[code] |= {
                indicator.name: values[code],
                f"{indicator.name}_normalised": normalised_by_code.get(code),
                f"{indicator.name}_weighted": None,
            }
    known_values = np.array([[_value(indicators, indicator.name, code) for indicator in weighing] for code in ranked], dtype=np.float64)
    normalised, scores = score(known_values, weighing, award.ranking.normalisation, award.ranking.aggregation)
    parts = contributions(normalised, [indicator.weight for indicator in weighing], award.ranking.aggregation)
    places = rank(scores, award.ranking.ties)
    chosen = is_candidate(scores, award.ranking.candidates)
    for number, code in enumerate(ranked):
        rows[code] |= {"score": float(scores[number]), "rank": int(places[number]), "is_candidate": bool(chosen[number])}
        rows[code] |= {f"{indicator.name}_weighted": float(parts[number, column]) for column, indicator in enumerate(weighing)}
    last = len(codes) + 1
    return sorted(rows.values(), key=lambda row: (row["rank"] or last, row["region_code"]))


def candidates(ranking: Sequence[Row]) -> list[Row]:
    """The rows of ranking.candidates: the proposed regions, in order."""
    return [row for row in ranking if row["is_candidate"]]


def _value(indicators: Indicators, name: str, code: str) -> float | None:
    value: float | None = indicators[name].get(code, {}).get("indicator_value")
    return value


def _not_ranked_reason(code: str, weighing: Sequence[Indicator], indicators: Indicators) -> str | None:
    unknown = []
    for indicator in weighing:
        if _value(indicators, indicator.name, code) is None:
            unknown.append(f"{indicator.name}: {indicators[indicator.name].get(code, {}).get('status', 'missing')}")
    return "; ".join(unknown) or None
