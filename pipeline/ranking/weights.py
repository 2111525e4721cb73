"""How a ranking depends on the weights: rank acceptability, central weights, and how far one weight can move.

The measures are those of stochastic multicriteria acceptability analysis (Lahdelma and Salminen, SMAA-2, 2001), with weights
uniform on the simplex. Both aggregations are linear in the weights, the geometric mean after taking logarithms.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.ranking.score import NOISE, Reals, is_candidate

CELLS_IN_A_BLOCK = 2_000_000
"""Scores held at once: bounds memory whatever the number of draws and regions."""


@dataclass(frozen=True)
class Acceptability:
    """What share of all weightings gives a region what.

    by_rank (regions, ranks): rank acceptability; rows and columns add up to 1; equal regions share their ranks.
    candidate (regions,): the share under which a region is a candidate.
    central (regions, indicators): the mean of the weightings that put a region first; NaN where none does.
    draws: how many weightings were sampled, or None when the shares are exact.
    """

    by_rank: Reals
    candidate: Reals
    central: Reals
    draws: int | None

    def standard_error(self, share: Reals) -> Reals:
        """The standard error of sampled shares; zero when they are exact."""
        if self.draws is None:
            return np.zeros_like(share)
        return np.asarray(np.sqrt(share * (1 - share) / self.draws))


def acceptability(normalised: Reals, aggregation: str, candidates: int, draws: int, seed: int) -> Acceptability:
    """Shares of all weightings of normalised scores (regions, indicators).

    Exact with one or two indicators, by the points where two regions' scores cross; sampled with more.
    """
    linear = np.log(normalised) if aggregation == "geometric" else normalised
    if linear.shape[1] == 1:
        return _count(linear, [(np.ones((1, 1)), np.ones(1))], candidates, None)
    if linear.shape[1] == 2:
        ends = np.array([0.0, *_crossings(linear[:, 1], linear[:, 0]), 1.0])
        middles = (ends[:-1] + ends[1:]) / 2
        return _count(linear, _blocks(np.column_stack([middles, 1 - middles]), np.diff(ends), len(linear)), candidates, None)
    return _count(linear, _draws(linear.shape, draws, seed), candidates, draws)


def _blocks(weights: Reals, shares: Reals, regions: int) -> Iterator[tuple[Reals, Reals]]:
    size = max(1, CELLS_IN_A_BLOCK // regions)
    for start in range(0, len(weights), size):
        yield weights[start : start + size], shares[start : start + size]


def _draws(shape: tuple[int, ...], draws: int, seed: int) -> Iterator[tuple[Reals, Reals]]:
    """Weightings uniform on the simplex: the gaps between sorted uniform numbers. Sorting and subtracting are exact, so the
    draws are the same on every machine."""
    regions, indicators = shape
    random = np.random.default_rng(seed)
    size = max(1, CELLS_IN_A_BLOCK // regions)
    for start in range(0, draws, size):
        number = min(size, draws - start)
        cuts = np.sort(random.random((number, indicators - 1)), axis=1)
        edges = np.column_stack([np.zeros(number), cuts, np.ones(number)])
        yield np.diff(edges, axis=1), np.ones(number)


def weighted_sums(weights: Reals, linear: Reals) -> Reals:
    """Scores (weightings, regions), summed indicator by indicator: a matrix product's order of summation differs by machine."""
    scores = np.zeros((len(weights), len(linear)))
    for column in range(linear.shape[1]):
        scores += weights[:, column, None] * linear[None, :, column]
    return scores


def _count(
    linear: Reals, blocks: Iterator[tuple[Reals, Reals]] | Sequence[tuple[Reals, Reals]], candidates: int, draws: int | None
) -> Acceptability:
    regions, indicators = linear.shape
    by_rank = np.zeros(regions * regions)
    candidate = np.zeros(regions)
    first = np.zeros(regions)
    central = np.zeros((regions, indicators))
    total = 0.0
    position = np.arange(regions)
    last = min(candidates, regions) - 1
    for weights, shares in blocks:
        total += shares.sum()
        scores = weighted_sums(weights, linear)
        order = np.argsort(-scores, axis=1, kind="stable")
        by_rank += np.bincount((order * regions + position).ravel(), np.repeat(shares, regions), regions * regions)
        threshold = np.take_along_axis(scores, order[:, last, None], axis=1)
        candidate += ((scores >= threshold) * shares[:, None]).sum(axis=0)
        leaders = order[:, 0]
        first += np.bincount(leaders, shares, regions)
        for column in range(indicators):
            central[:, column] += np.bincount(leaders, shares * weights[:, column], regions)
    table = by_rank.reshape(regions, regions)
    alike = np.unique(linear, axis=0, return_inverse=True)[1].ravel()
    for group in range(alike.max() + 1):
        same = alike == group
        table[same] = table[same].mean(axis=0)
        first[same] = first[same].mean()
        central[same] = central[same].mean(axis=0)
    with np.errstate(invalid="ignore"):
        central = np.where(first[:, None] > 0, central / first[:, None], np.nan)
    # Lengths of intervals add up to 1 but for the last digit; a share does not exceed 1 for that.
    return Acceptability(np.minimum(table / total, 1), np.minimum(candidate / total, 1), central, draws)


def _crossings(at_zero: Reals, at_one: Reals) -> list[float]:
    """Where lines from at_zero (at 0) to at_one (at 1) cross between 0 and 1, rising, each once."""
    gap = at_zero[:, None] - at_zero[None, :]
    slope = gap - (at_one[:, None] - at_one[None, :])
    upper = np.triu(slope != 0, 1)
    crossing = gap[upper] / slope[upper]
    return [float(point) for point in np.unique(crossing[(crossing > 0) & (crossing < 1)])]


def candidate_interval(
    normalised: Reals, weights: Sequence[float], aggregation: str, candidates: int, region: int, indicator: int
) -> tuple[float, float] | None:
    """The interval of one indicator's weight, the others scaled, in which a candidate stays one.

    Exact, from the points where its score crosses another's; both ends belong to it. None when no other indicator weighs.
    """
    weight = weights[indicator]
    if math.isclose(weight, 1):
        return None
    linear = np.log(normalised) if aggregation == "geometric" else normalised
    others = np.zeros(len(linear))
    for column, other in enumerate(weights):
        if column != indicator:
            others += other / (1 - weight) * linear[:, column]
    at_one = linear[:, indicator]
    gap = others - others[region]
    slope = gap - (at_one - at_one[region])
    crossing = gap[slope != 0] / slope[slope != 0]
    ends = [0.0, *np.unique(crossing[(crossing > 0) & (crossing < 1)]), 1.0]
    stays = [
        bool(is_candidate(others + middle * (at_one - others), candidates)[region]) for middle in ((a + b) / 2 for a, b in pairwise(ends))
    ]
    # A crossing at the award's own weight may be computed a last digit beside it.
    here = [number for number, (a, b) in enumerate(pairwise(ends)) if a - NOISE <= weight <= b + NOISE and stays[number]]
    if not here:
        return (weight, weight)
    low, high = here[0], here[-1]
    while low > 0 and stays[low - 1]:
        low -= 1
    while high < len(stays) - 1 and stays[high + 1]:
        high += 1
    return min(float(ends[low]), weight), max(float(ends[high + 1]), weight)
