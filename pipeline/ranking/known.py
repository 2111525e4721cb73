"""Regions of which not everything is known, and the themes of an index: what counts, and with which weight."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from pipeline.award import Indicator
from pipeline.method import Ranking

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def columns_of(indicators: Sequence[Indicator]) -> dict[str | None, list[int]]:
    """The columns of each theme, in the order of the indicators; an award without themes is one theme."""
    columns: dict[str | None, list[int]] = {}
    for column, indicator in enumerate(indicators):
        columns.setdefault(indicator.theme, []).append(column)
    return columns


def counted(values: Reals, indicators: Sequence[Indicator], ranking: Ranking) -> Flags:
    """Which values (regions, indicators) count: none of a region that is not ranked, none in a theme of which too few are known.

    Without a rule for what is partly known, a region with an unknown value is not ranked.
    """
    known, rule = ~np.isnan(values), ranking.partly_known
    if rule is None:
        return np.asarray(known & known.all(axis=1, keepdims=True))
    themes = columns_of(indicators).values()
    for columns in themes:
        enough = known[:, columns].sum(axis=1) >= min(rule.indicators, len(columns))
        known[:, columns] &= enough[:, np.newaxis]
    in_themes = np.stack([known[:, columns].any(axis=1) for columns in themes]).sum(axis=0)
    return np.asarray(known & (in_themes >= min(rule.themes, len(themes)))[:, np.newaxis])


def weights(known: Flags, indicators: Sequence[Indicator]) -> Reals:
    """Each region's own weights (regions, indicators): what is unknown has none, the others of its theme share it; so with whole themes."""
    own = np.zeros(known.shape)
    themes = columns_of(indicators).values()
    for flags in np.unique(known, axis=0):
        wholes = [_sum(indicators, columns) for columns in themes]
        parts = [_sum(indicators, [column for column in columns if flags[column]]) for columns in themes]
        total = sum(whole for whole, part in zip(wholes, parts, strict=True) if part)
        for columns, whole, part in zip(themes, wholes, parts, strict=True):
            for column in columns:
                if flags[column]:
                    own[(known == flags).all(axis=1), column] = float(indicators[column].weight / part * whole / total)
    return own


def fill(normalised: Reals, indicators: Sequence[Indicator], aggregation: str) -> Reals:
    """Scores (regions, indicators) with each unknown one, NaN, put at the region's mean of its theme, or of its themes.

    The mean over all then is the mean over what is known, with that region's own weights.
    """
    gaps = np.isnan(normalised)
    if not gaps.any():
        return normalised
    linear = np.log(normalised) if aggregation == "geometric" else normalised
    own = weights(~gaps, indicators)
    parts, filled = np.where(gaps, 0.0, linear) * own, linear.copy()
    for columns in columns_of(indicators).values():
        share = own[:, columns].sum(axis=1)
        theme = np.divide(parts[:, columns].sum(axis=1), share, out=parts.sum(axis=1), where=share > 0)
        filled[:, columns] = np.where(gaps[:, columns], theme[:, np.newaxis], linear[:, columns])
    return np.where(gaps, np.exp(filled), normalised) if aggregation == "geometric" else filled


def _sum(indicators: Sequence[Indicator], columns: Sequence[int]) -> Fraction:
    return sum((indicators[column].weight for column in columns), Fraction(0))
