"""How a ranking depends on the weights: rank acceptability, central weights, and how far one weight can move.

The measures are those of stochastic multicriteria acceptability analysis (Lahdelma and Salminen, SMAA-2, 2001), with weights
uniform on the simplex. The arithmetic mean is linear in the weights, the geometric after taking logarithms; the points at which
outranking and the Mazziotta–Pareto index change an order are roots of polynomials in the weight.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ranking.score import NOISE, Reals, Wholes, is_candidate, rank

CELLS_IN_A_BLOCK = 2_000_000
"""Scores held at once: bounds memory whatever the number of draws and regions."""
MOST_EXACT = {2: 300, 3: 30}
"""Regions up to which shares of so many weights are exact: the work grows with the third and the fifth power of their number."""
MOST = 0.9
"""The share of variants that an interval of places spans: 5 % lie below it and 5 % above."""


@dataclass(frozen=True)
class Acceptability:
    """What share of all weightings gives a region what.

    by_rank (regions that are wanted, ranks): rank acceptability; rows, and columns of all, add up to 1; equal regions share their ranks.
    candidate (regions,): the share under which a region is a candidate.
    intervals: by end, the place (regions,) that most weightings put a region at or beyond.
    central (regions, indicators): the mean of the weightings that put a region first; NaN where none does. central_error: its standard
    error; zero when it is exact, NaN of a single draw.
    draws: how many weightings were sampled, or None when the shares are exact.
    """

    by_rank: Reals
    intervals: Mapping[str, Wholes]
    candidate: Reals
    central: Reals
    central_error: Reals
    draws: int | None

    def standard_error(self, share: Reals) -> Reals:
        """The standard error of sampled shares; zero when they are exact."""
        if self.draws is None:
            return np.zeros_like(share)
        return np.asarray(np.sqrt(share * (1 - share) / self.draws))


def acceptability(
    normalised: Reals, aggregation: str, candidates: int, draws: int, seed: int, wanted: Sequence[int] | None = None
) -> Acceptability:
    """Shares of all weightings of normalised scores (regions, indicators). wanted: the regions whose shares by place are kept; else all.

    Exact with one or two indicators, by the points where two regions' scores cross, and with three, by the lines where they do, of at
    most MOST_EXACT regions; else sampled.
    """
    linear = np.log(normalised) if aggregation == "geometric" else normalised
    regions, indicators = linear.shape
    wanted = range(regions) if wanted is None else wanted
    if indicators == 1:
        return _count(linear, [(np.ones((1, 1)), np.ones(1))], candidates, None, aggregation, wanted)
    if indicators == 2 and regions <= MOST_EXACT[indicators]:
        ends = np.array([0.0, *_turns(linear, np.array([0.0, 1.0]), np.array([1.0, 0.0]), aggregation), 1.0])
        middles = (ends[:-1] + ends[1:]) / 2
        blocks = _blocks(np.column_stack([middles, 1 - middles]), np.diff(ends), len(linear))
        return _count(linear, blocks, candidates, None, aggregation, wanted)
    if indicators == 3 and regions <= MOST_EXACT[indicators] and aggregation in ("arithmetic", "geometric"):
        return _areas(linear, candidates, wanted)
    return _count(linear, _draws(linear.shape, draws, seed), candidates, draws, aggregation, wanted)


def place_interval(reach: Reals, error: Reals) -> dict[str, Any]:
    """Between which places most variants put a region, and between which they may within two standard errors.

    reach (..., places): the share that puts it at a place or a better one; error: its standard error.
    """
    tail = (1 - MOST) / 2
    row: dict[str, Any] = {}
    for name, margin in (("", np.zeros_like(error)), ("_within_error", 2 * error)):
        row[f"best_rank{name}"] = 1 + (reach[..., :-1] + margin[..., :-1] <= tail - NOISE).sum(axis=-1)
        row[f"worst_rank{name}"] = 1 + (reach[..., :-1] - margin[..., :-1] < 1 - tail + NOISE).sum(axis=-1)
    return row


def _intervals(by_rank: Reals, draws: int | None) -> dict[str, Wholes]:
    """The ends of most places of regions, by their shares (regions, ranks)."""
    reach = by_rank.cumsum(axis=1)
    # The last digit of a sum of shares may pass 1.
    return place_interval(reach, np.sqrt(np.maximum(reach * (1 - reach), 0) / draws) if draws else np.zeros_like(reach))


def _areas(linear: Reals, candidates: int, wanted: Sequence[int]) -> Acceptability:
    """Exact shares of the triangle of three weights: the area in which so many regions score higher, for each region in turn."""
    regions = len(linear)
    by_rank, candidate, central = np.zeros((regions, regions)), np.zeros(regions), np.full((regions, 3), np.nan)
    alike = _alike(linear)
    for region in range(regions):
        equal = int((alike == alike[region]).sum())
        above, middles, sizes = _pieces((linear - linear[region])[alike != alike[region]])
        area = np.bincount(above, sizes, regions) / sizes.sum()
        for place in range(equal):
            by_rank[region, place:] += area[: regions - place] / equal
        candidate[region] = area[:candidates].sum()
        if area[0]:
            central[region] = (middles * sizes[:, np.newaxis])[above == 0].sum(axis=0) / sizes[above == 0].sum()
    by_rank = np.minimum(by_rank, 1)
    exact = np.where(np.isnan(central), np.nan, 0.0)
    return Acceptability(by_rank[wanted], _intervals(by_rank, None), np.minimum(candidate, 1), central, exact, None)


def _pieces(gaps: Reals) -> tuple[npt.NDArray[np.int64], Reals, Reals]:
    """The triangle of three weights in pieces: in each, how many gaps (lines, 3) are above zero, its middle weighting, and its size.

    The lines where a gap is zero cut the triangle. Between two neighbouring corners of that net, by the first weight, no lines cross:
    a section along the second weight is cut at points that move evenly with the first. Areas and first moments are then polynomials,
    which two Gauss points between the corners integrate exactly.
    """
    along, across, rest = gaps[:, 0] - gaps[:, 2], gaps[:, 1] - gaps[:, 2], gaps[:, 2]
    one, other = np.triu_indices(len(gaps), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        corners = [
            -rest / along,
            -(rest + across) / (along - across),
            (across[one] * rest[other] - across[other] * rest[one]) / (along[one] * across[other] - along[other] * across[one]),
        ]
        inside = np.concatenate(corners)
        edges = np.unique([0.0, *inside[(inside > 0) & (inside < 1)], 1.0])
        half = np.diff(edges) / 2
        first = (edges[:-1] + half + half * np.array([[-1], [1]]) / math.sqrt(3)).ravel()
        cuts = -(rest + along * first[:, np.newaxis]) / across
    highest = (1 - first)[:, np.newaxis]
    cuts = np.clip(np.nan_to_num(cuts, nan=0.0, posinf=0.0, neginf=0.0), 0, highest)
    ends = np.sort(np.concatenate([np.zeros_like(highest), cuts, highest], axis=1), axis=1)
    second = (ends[:, 1:] + ends[:, :-1]) / 2
    above = (rest + along * first[:, np.newaxis, np.newaxis] + across * second[:, :, np.newaxis] > 0).sum(axis=2)
    middles = np.stack([np.broadcast_to(first[:, np.newaxis], second.shape), second, highest - second], axis=2)
    return above.ravel(), middles.reshape(-1, 3), (np.diff(ends, axis=1) * np.tile(half, 2)[:, np.newaxis]).ravel()


def _alike(linear: Reals) -> npt.NDArray[np.int64]:
    """Of each region, the first that has the same scores, but for noise, in every indicator."""
    noise = NOISE * np.abs(linear).max(axis=0, initial=0)
    return np.array([np.flatnonzero((np.abs(linear - own) <= noise).all(axis=1))[0] for own in linear])


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
        yield gaps(random.random((number, indicators - 1))), np.ones(number)


def gaps(points: Reals) -> Reals:
    """Weightings (number, indicators): the gaps that numbers between 0 and 1 (number, indicators - 1) leave in sorted order."""
    number = len(points)
    return np.diff(np.column_stack([np.zeros(number), np.sort(points, axis=1), np.ones(number)]), axis=1)


def weighted_sums(weights: Reals, linear: Reals) -> Reals:
    """Scores (..., weightings, regions) of (..., regions, indicators), summed indicator by indicator: a matrix product's order of
    summation differs by machine."""
    scores = np.zeros((*linear.shape[:-2], len(weights), linear.shape[-2]))
    for column in range(linear.shape[-1]):
        scores += weights[:, column, np.newaxis] * linear[..., np.newaxis, :, column]
    return scores


def scores(weights: Reals, linear: Reals, aggregation: str) -> Reals:
    """Scores (..., weightings, regions) under any aggregation, of normalised scores (..., regions, indicators), or of their logarithms
    for the geometric mean, whose score then is its logarithm. score.aggregate defines them; this one takes many weightings at once.
    """
    match aggregation:
        case "outranking":
            points = np.zeros((*linear.shape[:-2], len(weights), linear.shape[-2]))
            columns = np.ascontiguousarray(np.moveaxis(linear, -1, 0))
            # Each pair once: what one wins the other loses.
            for region in range(linear.shape[-2] - 1):
                margins = weighted_sums(weights, np.moveaxis(np.sign(columns[..., region + 1 :] - columns[..., [region]]), 0, -1))
                wins = (margins > NOISE).astype(np.int8) - (margins < -NOISE).astype(np.int8)
                points[..., region + 1 :] += wins
                points[..., region] -= wins.sum(axis=-1, dtype=np.int64)
            return points
        case "mazziotta-pareto":
            # M − S² / M, with S² the mean of squares less M².
            mean = weighted_sums(weights, linear)
            return np.asarray(2 * mean - weighted_sums(weights, linear**2) / mean)
    return weighted_sums(weights, linear)


def _count(
    linear: Reals, blocks: Iterable[tuple[Reals, Reals]], candidates: int, draws: int | None, aggregation: str, wanted: Sequence[int]
) -> Acceptability:
    """Shares of weightings with so much of all each. Regions whose scores are equal share their places."""
    regions, indicators = linear.shape
    candidate, first, squares = np.zeros(regions), np.zeros(regions), np.zeros((2, regions, indicators))
    total = 0.0
    spans = []
    for weights, shares in blocks:
        total += shares.sum()
        points = scores(weights, linear, aggregation)
        best = rank(points, "min")
        is_tied = best.sum(axis=1) < regions * (regions + 1) // 2
        worst = best.copy() if is_tied.any() else best
        worst[is_tied] = rank(points[is_tied], "max")
        spans.append([np.asarray(places, dtype=np.min_scalar_type(regions)) for places in (best, worst)] + [shares[:, np.newaxis]])
        candidate += ((best <= candidates) * shares[:, np.newaxis]).sum(axis=0)
        row, leader = np.nonzero(best == 1)
        leads = shares[row] / worst[row, leader]
        np.add.at(first, leader, leads)
        for power in (1, 2):
            np.add.at(squares[power - 1], leader, leads[:, np.newaxis] * weights[row] ** power)
    with np.errstate(invalid="ignore", divide="ignore"):
        central, square = np.where(first[:, np.newaxis] > 0, squares / first[:, np.newaxis], np.nan)
        error = np.sqrt(np.maximum(square - central**2, 0) / (first[:, np.newaxis] - 1)) if draws else np.zeros_like(central) * central
    kept, intervals = [], []
    size = max(1, CELLS_IN_A_BLOCK // (regions + 1))
    if size < regions:
        spans = [[np.concatenate(parts) for parts in zip(*spans, strict=True)]]
    for own in (range(start, min(start + size, regions)) for start in range(0, regions, size)):
        by_rank = _shares_by_rank(spans, own, regions, total)
        kept.append(by_rank[[region - own.start for region in wanted if region in own]])
        intervals.append(_intervals(by_rank, draws))
    ends = {end: np.concatenate([one[end] for one in intervals]) for end in intervals[0]}
    return Acceptability(np.concatenate(kept), ends, np.minimum(candidate / total, 1), central, error, draws)


def _shares_by_rank(spans: Iterable[Sequence[Any]], own: range, regions: int, total: float) -> Reals:
    """Of some regions, the shares of each place, from the best and worst places (weightings, regions) and the shares of blocks."""
    steps = np.zeros((len(own), regions + 1))
    row = np.arange(len(own)) * (regions + 1)
    for *both, shares in spans:
        best, worst = (places[:, own.start : own.stop].astype(np.int64) for places in both)
        each = (shares / (worst - best + 1)).ravel()
        for place, sign in ((best - 1, 1), (worst, -1)):
            steps += sign * np.bincount((row + place).ravel(), each, steps.size).reshape(steps.shape)
    # Lengths of intervals add up to 1 but for the last digit; a share does not exceed 1, nor fall below 0, for that.
    return np.asarray(np.clip(steps.cumsum(axis=1)[:, :-1] / total, 0, 1))


def _turns(linear: Reals, start: Reals, end: Reals, aggregation: str, region: int | None = None) -> list[float]:
    """The points between 0 and 1, rising, at which an order can change as weights move evenly from start to end (indicators,); or one
    region's place alone."""
    ends = np.stack([start, end])
    # Outranking counts victories over all others: a region's place can change where two others' order does.
    if region is None or aggregation == "outranking":
        one, other = np.triu_indices(len(linear), 1)
    else:
        others = np.delete(np.arange(len(linear)), region)
        one, other = np.minimum(others, region), np.maximum(others, region)
    match aggregation:
        case "outranking":
            # The majority between two regions turns where their margin, a straight line, is zero.
            at_zero, at_one = weighted_sums(ends, np.sign(linear[one] - linear[other]))
            apart = at_zero != at_one
            points = at_zero[apart] / (at_zero[apart] - at_one[apart])
        case "mazziotta-pareto":
            # 2M − Q / M of two regions is the same where (2M² − Q)·m = (2m² − q)·M; mean and mean of squares are straight lines.
            means = [np.polynomial.Polynomial([a, b - a]) for a, b in weighted_sums(ends, linear).T]
            squares = [np.polynomial.Polynomial([a, b - a]) for a, b in weighted_sums(ends, linear**2).T]
            above = [2 * mean**2 - square for mean, square in zip(means, squares, strict=True)]
            gaps = [(above[a] * means[b] - above[b] * means[a]).trim() for a, b in zip(one, other, strict=True)]
            roots = np.concatenate([gap.roots() for gap in gaps]) if gaps else np.zeros(0)
            points = roots.real[np.abs(roots.imag) <= NOISE]
        case _:
            at_zero, at_one = weighted_sums(ends, linear)
            gap = at_zero[one] - at_zero[other]
            slope = gap - (at_one[one] - at_one[other])
            points = gap[slope != 0] / slope[slope != 0]
    return [float(point) for point in np.unique(points[(points > 0) & (points < 1)])]


def candidate_interval(
    normalised: Reals, weights: Sequence[float], aggregation: str, candidates: int, region: int, indicator: int
) -> tuple[float, float] | None:
    """The interval of one indicator's weight, the others scaled, in which a candidate stays one.

    Exact, from the points where its place can change; both ends belong to it. None when no other indicator weighs.
    """
    weight = weights[indicator]
    if math.isclose(weight, 1):
        return None
    linear = np.log(normalised) if aggregation == "geometric" else normalised
    start = np.array([0.0 if column == indicator else other / (1 - weight) for column, other in enumerate(weights)])
    end = np.eye(len(weights))[indicator]
    ends = [0.0, *_turns(linear, start, end, aggregation, region), 1.0]
    middles = np.array([(a + b) / 2 for a, b in pairwise(ends)])
    if aggregation in ("arithmetic", "geometric"):
        at_zero, at_one = weighted_sums(np.stack([start, end]), linear)
        stays = _number_above(at_zero, at_one, region, middles) < candidates
    else:
        stays = is_candidate(scores(start + middles[:, np.newaxis] * (end - start), linear, aggregation), candidates)[:, region]
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


def _number_above(at_zero: Reals, at_one: Reals, region: int, points: Reals) -> Wholes:
    """How many regions score higher than one at points between 0 and 1 (points,), where scores are straight lines (regions,)."""
    low, high = at_zero - at_zero[region], at_one - at_one[region]
    noise = NOISE * np.abs([at_zero, at_one]).max()
    low, high = (np.where(np.abs(gap) > noise, gap, 0.0) for gap in (low, high))
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = low / (low - high)
    rising, falling = (np.sort(crossing[side]) for side in ((low < high) & (low <= 0) & (high > 0), (low > high) & (low > 0) & (high <= 0)))
    always = int(((low > 0) & (high > 0)).sum())
    return always + np.searchsorted(rising, points) + len(falling) - np.searchsorted(falling, points)
