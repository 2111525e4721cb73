"""Between which places a region could stand, whatever its own values are within bounds."""

import numpy as np
import numpy.typing as npt

from pipeline.award import Award, Indicator
from pipeline.method import MANY
from pipeline.ranking.score import NOISE, Reals, normalise
from pipeline.ranking.standing import own_range, weighing

LINEAR = ("arithmetic", "geometric")
"""Aggregations under which each indicator adds its part to the gap between two regions' scores, or their logarithms."""


def possible_places(index: int, values: Reals, best: Reals, worst: Reals, award: Award) -> tuple[int, int]:
    """The best and the worst place that a region could have when its values lie anywhere between best and worst, all others' as they are.

    values, best, worst (regions, indicators); regions with an unknown value of their own take no part. Each indicator's least and
    largest part of a gap between two scores are over the region's own values at which that gap can turn, so the bounds hold between
    the ends too, where others' scores tie or part as the region passes them. Under other aggregations than LINEAR, where regions
    are ranked by what is known, and of many regions, the bounds are those of the ends.
    """
    if award.ranking.aggregation not in LINEAR or award.ranking.partly_known or len(values) > MANY:
        span = own_range(index, values, best, worst, award)
        return span["best_rank"], span["worst_rank"]
    others = np.flatnonzero(~np.isnan(values).any(axis=1) & (np.arange(len(values)) != index))
    least, most = np.zeros((2, len(others)))
    between = np.zeros((len(others), len(others)))
    for column, indicator in enumerate(weighing(award)):
        ends = np.sort([best[index, column], worst[index, column]])
        scores = _scores(values[others, column], ends, indicator, award)
        gaps = float(indicator.weight) * (scores[:, :-1] - scores[:, [-1]])
        least, most = least + gaps.min(axis=0), most + gaps.max(axis=0)
        lowest = np.full(between.shape, np.inf)
        for one in scores[:, :-1] if award.ranking.ties == "dense" else ():
            lowest = np.minimum(lowest, one[:, np.newaxis] - one)
        between += float(indicator.weight) * lowest
    noise = NOISE * max(1.0, float(np.abs([least, most]).max(initial=0)))
    always, ever = least > noise, most > noise
    match award.ranking.ties:
        case "max":
            return 1 + int((least >= -noise).sum()), 1 + int((most >= -noise).sum())
        case "dense":
            return 1 + _longest_chain(between[np.ix_(always, always)] > noise), 1 + int(ever.sum())
    return 1 + int(always.sum()), 1 + int(ever.sum())


def _scores(others: Reals, ends: Reals, indicator: Indicator, award: Award) -> Reals:
    """Normalised values, or their logarithms (own values, others and last the region): with the region's own value at either end, at the
    others', and where a z-score's gap turns."""
    inside = np.unique(others[(others >= ends[0]) & (others <= ends[1])])
    own = np.unique([*ends, *inside])
    if award.ranking.normalisation == "z-score" and len(others):
        # (u − c) / √(S + κu²), of a value u from the others' mean against another's c, turns at u = −S / κc; √(S + κu²) at u = 0.
        mean = others.mean()
        apart = others - mean
        square, kappa = (apart**2).sum(), len(others) / (len(others) + 1)
        turns = mean - square / (kappa * apart[apart != 0])
        own = np.concatenate([own, np.clip([mean, *turns], *ends)])
    table = np.column_stack([np.repeat(others[np.newaxis], len(own), axis=0), own])
    scores = normalise(table, award.ranking.normalisation, indicator.direction, indicator.goalposts)
    return np.log(scores) if award.ranking.aggregation == "geometric" else scores


def _longest_chain(above: npt.NDArray[np.bool_]) -> int:
    """The number of regions in the longest chain in which each is always above the next: so many scores differ, whatever ties."""
    length = np.zeros(len(above), dtype=np.int64)
    for region in np.argsort(above.sum(axis=1), kind="stable"):
        length[region] = 1 + length[above[region]].max(initial=0)
    return int(length.max(initial=0))
