"""Normalise, weigh, aggregate, rank. Pure functions on arrays and frames.

The definitions follow the OECD/JRC Handbook on Constructing Composite Indicators (2008), chapters 5 and 6.
"""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipeline.faults import DataRefused, Fault
from pipeline.schemas import NATION
from pipeline.settings import Award, Indicator

Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]

NOISE = 1e-12
"""Scores closer than this share of the largest are a tie: floating-point noise is far below, any real difference far above."""


def normalise(values: Reals, method: str, direction: str = "higher") -> Reals:
    """Put one indicator's values (regions,) on a scale where higher is better; all must be known.

    min-max           (x − min) / (max − min), from 0 to 1
    z-score           (x − mean) / s, with s over n − 1
    percentile-rank   the rank below, divided by n: above 0, up to 1
    rank              1 for the lowest, upwards; equal values share the lower rank
    An indicator that is the same everywhere separates nobody: min-max and z-score give 0 to all.
    """
    if not len(values):
        return values
    values = values if direction == "higher" else -values
    spread = values.max() - values.min()
    if not spread and method in ("min-max", "z-score"):
        return np.zeros_like(values)
    match method:
        case "min-max":
            return np.asarray((values - values.min()) / spread)
        case "z-score":
            mean = math.fsum(values) / len(values)
            squares = math.fsum((values - mean) ** 2)
            return np.asarray((values - mean) / math.sqrt(squares / (len(values) - 1)))
        case "percentile-rank":
            return _rank_from_below(values) / len(values)
        case "rank":
            return _rank_from_below(values).astype(np.float64)
    raise ValueError(f"unknown normalisation {method!r}")


def _rank_from_below(values: Reals) -> Wholes:
    return np.searchsorted(np.sort(values), values, side="left").astype(np.int64) + 1


def contributions(normalised: Reals, weights: Sequence[Fraction], aggregation: str) -> Reals:
    """What each indicator brings (regions, indicators): w·x to the arithmetic mean, x^w to the geometric."""
    if aggregation == "arithmetic":
        return np.asarray(normalised * [float(weight) for weight in weights])
    return np.asarray(normalised ** [float(weight) for weight in weights])


def aggregate(normalised: Reals, weights: Sequence[Fraction], aggregation: str) -> Reals:
    """One score a region out of (regions, indicators): Σ w·x, or Π x^w for positive scores.

    Weights are put on a common denominator, so that whole scores stay whole until the last division and equal sums are equal.
    """
    if aggregation == "geometric":
        return np.asarray(contributions(normalised, weights, aggregation).prod(axis=1))
    denominator = math.lcm(*(weight.denominator for weight in weights))
    score = np.zeros(len(normalised))
    for column, weight in enumerate(weights):
        score += normalised[:, column] * int(weight * denominator)
    return score / denominator


def rank(scores: Reals, ties: str) -> Wholes:
    """Places by falling score along the last axis. Ties: "min" 1, 2, 2, 4; "max" 1, 3, 3, 4; "dense" 1, 2, 2, 3."""
    order = np.argsort(-scores, axis=-1, kind="stable")
    falling = np.take_along_axis(scores, order, axis=-1)
    noise = NOISE * np.abs(scores).max(axis=-1, keepdims=True)
    starts = np.ones(scores.shape, dtype=bool)
    starts[..., 1:] = falling[..., :-1] - falling[..., 1:] > noise
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


def rank_regions(
    regions: pd.DataFrame, indicators: Mapping[str, pd.DataFrame], award: Award, *, is_illustrative: bool = False
) -> pd.DataFrame:
    """The table ranking.ranking: every county once, in order of place, those that cannot be ranked last.

    regions: region_code, region_name. indicators: by name, a frame with region_code, <name> and status.
    A county with an unknown indicator that weighs is not ranked and takes no part in the normalisation.
    Raises DataRefused when no county can be ranked.
    """
    table = regions[regions["region_code"] != NATION].set_index("region_code")[["region_name"]].sort_index()
    for indicator in award.indicators:
        table[indicator.name] = indicators[indicator.name].set_index("region_code")[indicator.name]
    weighing = [indicator for indicator in award.indicators if indicator.weight]
    reasons = pd.Series(
        {code: _not_ranked_reason(str(code), weighing, indicators) for code in table.index}, dtype=pd.ArrowDtype(pa.string())
    )
    ranked = reasons[reasons.isna()].index
    if ranked.empty:
        raise DataRefused(
            [
                Fault(
                    f"{award.file}, indicators",
                    f"no region that can be ranked: {'; '.join(sorted(set(reasons.dropna())))}",
                    "known values of every indicator that weighs, for at least one county",
                    "Choose another window or other indicators, or ask the publisher for the figures.",
                )
            ]
        )
    real = pd.ArrowDtype(pa.float64())
    for indicator in award.indicators:
        known = table.loc[ranked, indicator.name].dropna()
        values = normalise(known.to_numpy(dtype=np.float64), award.ranking.normalisation, indicator.direction)
        table[f"{indicator.name}_normalised"] = pd.Series(values, index=known.index, dtype=real)
        table[f"{indicator.name}_weighted"] = pd.Series(pd.NA, index=table.index, dtype=real)
    known_values = table.loc[ranked, [indicator.name for indicator in weighing]].to_numpy(dtype=np.float64)
    normalised, scores = score(known_values, weighing, award.ranking.normalisation, award.ranking.aggregation)
    parts = contributions(normalised, [indicator.weight for indicator in weighing], award.ranking.aggregation)
    for column, indicator in enumerate(weighing):
        table[f"{indicator.name}_weighted"] = pd.Series(parts[:, column], index=ranked, dtype=real)
    table["score"] = pd.Series(scores, index=ranked, dtype=real)
    table["rank"] = pd.Series(rank(scores, award.ranking.ties), index=ranked).astype(pd.ArrowDtype(pa.int64()))
    chosen = pd.Series(is_candidate(scores, award.ranking.candidates), index=ranked)
    table["is_candidate"] = chosen.reindex(table.index, fill_value=False).astype(pd.ArrowDtype(pa.bool_()))
    table["not_ranked_reason"] = reasons
    table["is_illustrative"] = pd.Series(is_illustrative, index=table.index, dtype=pd.ArrowDtype(pa.bool_()))
    columns = ["region_code", "region_name", "rank", "score", "is_candidate", "not_ranked_reason", "is_illustrative"]
    columns += [name + suffix for name in (i.name for i in award.indicators) for suffix in ("", "_normalised", "_weighted")]
    table.index = table.index.rename("region_code")
    return table.reset_index().sort_values(["rank", "region_code"], na_position="last")[columns].reset_index(drop=True)


def candidates(ranking: pd.DataFrame) -> pd.DataFrame:
    """The table ranking.candidates: the proposed regions' rows, in order."""
    return ranking[ranking["is_candidate"]].reset_index(drop=True)


def _not_ranked_reason(code: str, weighing: Sequence[Indicator], indicators: Mapping[str, pd.DataFrame]) -> str | None:
    unknown = []
    for indicator in weighing:
        frame = indicators[indicator.name]
        row = frame[frame["region_code"] == code]
        if row.empty:
            unknown.append(f"{indicator.name}: missing")
        elif pd.isna(row[indicator.name].iloc[0]):
            unknown.append(f"{indicator.name}: {row['status'].iloc[0]}")
    return "; ".join(unknown) or None
