"""Which choice decides: the variance of an outcome, split by choice.

First-order and total Sobol indices (Sobol 1993; Homma and Saltelli 1996; Saltelli et al., Global Sensitivity Analysis, 2008). Every
combination of the choices that have levels is there, each with the same sample of the last one, so the averages over levels are exact
and only those over the sample have an error.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.ranking.score import Reals

Array = npt.NDArray[Any]
RESAMPLES = 500
MOST_HELD = 4_000_000
"""Resampled means held at once: bounds memory whatever the number of regions."""
INTERVAL = (0.025, 0.975)
"""Of the resampled indices, what the intervals span: 95 %."""


@dataclass(frozen=True)
class Sums:
    """What the indices are made of, added up over a sample of some size.

    blocks (*levels, outcomes): the outcome in each combination of levels. squares (choices + 1, outcomes): of each choice, the
    squares of the outcome added up along it; last, the squares of the outcome itself.
    """

    blocks: Array
    squares: Array
    size: int


@dataclass(frozen=True)
class Totals:
    """The sums of several samples, once or resampled: outcomes then are those of each resample.

    by_level: of each choice that has levels, the outcome by level (levels, outcomes). blocks: the squares of the outcome in each
    combination of levels, added up. size: of all samples together.
    """

    by_level: Sequence[Array]
    blocks: Array
    squares: Array
    levels: tuple[int, ...]
    size: int


@dataclass(frozen=True)
class Indices:
    """Variance (outcomes,), and of each choice, the sampled one last, its share of it (choices, outcomes): first_order, what it
    explains alone; total, what would be left if all other choices were made. NaN where nothing varies."""

    variance: Reals
    first_order: Reals
    total: Reals


def sums(outcome: Array) -> Sums:
    """The sums of an outcome (*levels, sample, outcomes); whole numbers give exact ones."""
    finite = tuple(range(outcome.ndim - 2))
    outcome = outcome.astype(np.int64) if outcome.dtype.kind in "biu" else outcome
    along = [outcome.sum(axis=axis) for axis in finite] + [outcome.sum(axis=finite), outcome]
    squares = np.stack([(each**2).reshape(-1, outcome.shape[-1]).sum(axis=0) for each in along])
    return Sums(outcome.sum(axis=-2), squares, outcome.shape[-2])


def indices(parts: Totals) -> Indices:
    """The indices of an outcome by its sums."""
    cells = math.prod(parts.levels)
    count = cells * parts.size
    mean = parts.by_level[0].sum(axis=0) / count
    square = parts.squares[-1] / count
    by_level = [of_level / (count // size) for of_level, size in zip(parts.by_level, parts.levels, strict=True)]
    alone = [(means**2).mean(axis=0) for means in by_level] + [parts.squares[-2] / (cells * count)]
    others = [parts.squares[axis] / (size * count) for axis, size in enumerate(parts.levels)] + [parts.blocks / (cells * parts.size**2)]
    variance = np.maximum(square - mean**2, 0)
    # What rounding leaves of a difference of equal numbers is no variance.
    varies = variance > 1e-12 * np.maximum(square, 1e-300)
    share = np.where(varies, variance, np.nan)
    first = np.clip((np.stack(alone) - mean**2) / share, 0, 1)
    return Indices(np.where(varies, variance, 0), first, np.clip((square - np.stack(others)) / share, 0, 1))


def together(parts: Sequence[Sums], times: Array | None = None) -> Totals:
    """Sums over several samples of one size. times (resamples, samples): how often each counts, once where none are given; outcomes
    are then repeated for each resample."""
    times = np.ones((1, len(parts)), dtype=np.int64) if times is None else times
    levels = parts[0].blocks.shape[:-1]
    axes = range(len(levels))
    by_level = [np.stack([part.blocks.sum(axis=tuple(other for other in axes if other != axis)) for part in parts]) for axis in axes]
    # A sum of squares of sums over samples: the products of every two samples, each added up over the combinations once.
    each = np.stack([part.blocks.reshape(-1, part.blocks.shape[-1]) for part in parts]).astype(np.float64)
    products = np.matmul(each.transpose(2, 0, 1), each.transpose(2, 1, 0))
    blocks = ((products @ times.T) * times.T).sum(axis=1).ravel()
    squares = _resampled(np.stack([part.squares for part in parts]), times)
    return Totals([_resampled(one, times) for one in by_level], blocks, squares, levels, len(parts) * parts[0].size)


def _resampled(of_samples: Array, times: Array) -> Array:
    """Sums (samples, rows, outcomes) over the samples, each as often as it counts, the outcomes repeated for each resample."""
    resampled = np.tensordot(of_samples, times, (0, 1))
    return resampled.reshape(len(resampled), -1)


def intervals(parts: Sequence[Sums], seed: int) -> tuple[Reals, Reals]:
    """Bootstrap intervals (ends, choices, outcomes) of first-order and total indices: the samples drawn again, with replacement."""
    drawn = np.random.default_rng(seed).integers(len(parts), size=(RESAMPLES, len(parts)))
    times = (drawn[:, :, np.newaxis] == np.arange(len(parts))).sum(axis=1)
    outcomes = parts[0].blocks.shape[-1]
    size = max(1, MOST_HELD // (sum(parts[0].blocks.shape[:-1]) * RESAMPLES))
    ends = []
    for start in range(0, outcomes, size):
        own = slice(start, start + size)
        resampled = indices(together([Sums(part.blocks[..., own], part.squares[:, own], part.size) for part in parts], times))
        both = (each.reshape(len(each), -1, RESAMPLES) for each in (resampled.first_order, resampled.total))
        ends.append(tuple(map(_ends, both)))
    first, total = (np.concatenate(each, axis=2) for each in zip(*ends, strict=True))
    return first, total


def _ends(resampled: Reals) -> Reals:
    """The interval's ends (ends, choices, outcomes) of indices (choices, outcomes, resamples); those of a resample in which nothing
    varies do not count. NaN where nothing varies in any."""
    ends = np.full((2, *resampled.shape[:2]), np.nan)
    varies = ~np.isnan(resampled).all(axis=(0, 2))
    ends[:, :, varies] = np.nanquantile(resampled[:, varies], INTERVAL, axis=2)
    return ends
