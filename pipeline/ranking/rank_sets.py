"""Between which places regions stand, given the standard errors of their values: confidence sets for ranks.

Source: Mogstad, Romano, Shaikh and Wilhelm, "Inference for Ranks with Applications to Mobility across Neighbourhoods and Academic
Achievement across Countries", Review of Economic Studies 91 (2024), as the R package csranks computes them. A place follows from pairs:
the sets leave out the places that a pair, significantly different, rules out. docs/method/errors.md has formulas and an example.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.ranking.score import Reals

Flags = npt.NDArray[np.bool_]
Wholes = npt.NDArray[np.int64]
CONFIDENCE = 0.95
AT_ONCE = 4_000_000
"""The number of differences that are drawn in one step."""


def marginal_sets(
    values: Reals, errors: Reals, wanted: Sequence[int], draws: int, seed: int, confidence: float = CONFIDENCE
) -> tuple[Wholes, Wholes]:
    """The best and worst place of the wanted regions: a set that holds the region's true place with this confidence, region by region.

    values (regions,): higher is better. errors: standard errors, of independent values; infinite for one of which nothing is known.
    """
    count = len(values)
    best, worst = np.empty(len(wanted), dtype=np.int64), np.empty(len(wanted), dtype=np.int64)
    for row, region in enumerate(wanted):
        above = _above(values, errors, _pairs_with([region], count), draws, seed, confidence)
        best[row] = 1 + above[:, region].sum()
        worst[row] = count - above[region].sum()
    return best, worst


def among_best(
    values: Reals, errors: Reals, places: int, wanted: Sequence[int], draws: int, seed: int, confidence: float = CONFIDENCE
) -> Flags:
    """Which of the wanted regions could be among the first places: with this confidence, all of them that truly are.

    The arguments are those of `marginal_sets`.
    """
    above = _above(values, errors, _pairs_with(wanted, len(values)), draws, seed, confidence)
    return np.asarray(1 + above[:, wanted].sum(axis=0) <= places)


def _pairs_with(wanted: Sequence[int], count: int) -> Flags:
    """The pairs (regions, regions) of which one is wanted."""
    family = np.zeros((count, count), dtype=bool)
    family[wanted, :] = family[:, wanted] = True
    return family


def _above(values: Reals, errors: Reals, family: Flags, draws: int, seed: int, confidence: float) -> Flags:
    """The pairs of a family (regions, regions) of which the first is significantly above the second.

    Of all pairs, the largest standardised difference that chance makes, at this confidence, is the critical value; pairs beyond it are
    left out, and it is found anew for the others, until none is beyond it (stepwise, Romano and Wolf 2005).
    """
    spread = np.sqrt(errors[:, np.newaxis] ** 2 + errors**2)
    differences = values[:, np.newaxis] - values
    # Two values without error are above, below or equal; of one with an infinite error nothing can be said.
    above = np.asarray(family & (spread == 0) & (differences > 0))
    left = family & (spread > 0) & np.isfinite(spread)
    chance = np.random.default_rng(seed).standard_normal((draws, len(values))) * np.where(np.isfinite(errors), errors, 0.0)
    while left.any():
        first, second = np.nonzero(left)
        critical = np.quantile(_largest(chance, first, second, spread[left]), confidence)
        beyond = np.zeros_like(left)
        beyond[first, second] = differences[left] > critical * spread[left]
        if not beyond.any():
            break
        above |= beyond
        left &= ~beyond
    return above


def _largest(chance: Reals, first: Wholes, second: Wholes, spread: Reals) -> Reals:
    """Of each draw (draws, regions), the largest standardised difference of some pairs."""
    step = max(1, AT_ONCE // len(first))
    parts = [chance[start : start + step] for start in range(0, len(chance), step)]
    return np.concatenate([((part[:, first] - part[:, second]) / spread).max(axis=1) for part in parts])


def shrink(values: Reals, errors: Reals) -> Reals:
    """Values drawn towards their mean, the more so the larger their error: empirical Bayes, with the method of moments.

    The true values are taken to vary with a variance A around a mean; the shrunken value is mean + A / (A + error²) · (value − mean), with
    the mean weighed by 1 / (A + error²) and A such that Σ (value − mean)² / (A + error²) is the number of values less one, or zero
    (Fay and Herriot, Journal of the American Statistical Association 74, 1979). A value with an infinite error becomes the mean.
    """
    known = np.isfinite(errors)
    if known.sum() < 2:
        return values
    own, squared = values[known], errors[known] ** 2

    def mean(variance: float) -> float:
        weights = 1 / (variance + squared)
        return float((weights * own).sum() / weights.sum())

    def excess(variance: float) -> float:
        return float(((own - mean(variance)) ** 2 / (variance + squared)).sum()) - (len(own) - 1)

    least = float(((own - own.mean()) ** 2).max()) * 1e-12
    if not least:
        return values
    low, high = least, least * 1e12 * len(own)
    if excess(low) <= 0:
        low = high = 0.0 if squared.all() else least
    for _ in range(200):
        low, high = ((low + high) / 2, high) if excess((low + high) / 2) > 0 else (low, (low + high) / 2)
    centre, variance = mean(low), low
    shrunken = np.full(len(values), centre)
    shrunken[known] = centre + variance / (variance + squared) * (own - centre)
    return shrunken
