"""How often each of very many units is among the chosen: the weightings, windows and methods of a ranking, without a table of all places.

What ranks regions ranks these: normalise, weigh, aggregate, rank. Units that cannot be chosen are left out before weightings are drawn:
those behind as many others as are chosen, in every measure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.award import Indicator
from pipeline.method import MEANS, Ranking
from pipeline.ranking.joint import SAMPLES, mean_of, points_of, sample, terms_of
from pipeline.ranking.methods import pairs
from pipeline.ranking.score import NOISE, Reals, is_candidate
from pipeline.ranking.standing import stand
from pipeline.ranking.windows import Years

AT_ONCE = 4096
"""Units compared at a time: bounds the memory."""
SCOUTS = 12
"""Weightings by which the units are picked that others are compared with."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shares:
    """Of each unit: the share of all combinations in which it is among the chosen, with its standard error; and with one choice changed.

    places: by window, with the ranking's own weights and method; 0 where it is not ranked. compared: units left for the weightings.
    """

    joint: Reals
    standard_error: Reals
    windows: Reals
    methods: Reals
    weightings: Reals
    places: Mapping[Years, npt.NDArray[np.int64]]
    combinations: int
    compared: int


def shares(values: Mapping[Years, Reals], own: Years, indicators: Sequence[Indicator], ranking: Ranking, draws: int, seed: int) -> Shares:
    """Rank units by their values (units, indicators) in every window, by every method that is a mean, under random weightings.

    Means grow with each measure, so that a unit behind enough others stays behind under all of them.
    """
    every = [
        ranking.model_copy(update=dict(zip(("normalisation", "aggregation"), pair, strict=True)))
        for pair in pairs(ranking, len(indicators))
    ]
    methods = [ranking, *(one for one in every if one != ranking and one.aggregation in MEANS)]
    count = len(values[own])
    total, parts, compared = np.zeros((SAMPLES, count)), 0, 0
    of_windows, of_methods, of_weightings = np.zeros(count), np.zeros(count), np.zeros(count)
    places = {}
    # One after the other: all combinations of a window and a method, by sample of weightings.
    for window, figures in values.items():
        known = ~np.isnan(figures).any(axis=1)
        here = np.flatnonzero(known)
        if not len(here):
            continue
        standing = stand(figures, indicators, ranking)
        places[window] = standing.rank
        of_windows += standing.candidate
        kept = contenders(figures[here], indicators, ranking.candidates)
        compared = max(compared, int(kept.sum()))
        for method in methods:
            terms = terms_of(figures[here], indicators, method)[kept]
            chosen = np.zeros((SAMPLES, count))
            for number, weights in enumerate(sample(len(indicators), draws, seed)):
                chosen[number, here[kept]] = _first(points_of(weights, terms, method), ranking.candidates).mean(axis=0)
            total += chosen
            parts += 1
            if window == own:
                of_methods += stand(figures, indicators, method).candidate
                of_weightings = chosen.mean(axis=0) if method == ranking else of_weightings
    share, error = mean_of(total / max(parts, 1))
    sampled = -(-draws // SAMPLES) * SAMPLES if len(indicators) > 1 else 1
    return Shares(
        share, error, of_windows / max(len(places), 1), of_methods / len(methods), of_weightings, places, parts * sampled, compared
    )


def _first(scores: Reals, chosen: int) -> Flags:
    """is_candidate() of very many units. Only rows where a score is so near below the last place that it may tie are sorted."""
    if scores.shape[1] <= chosen:
        return np.ones(scores.shape, dtype=bool)
    last = np.partition(scores, -chosen, axis=1)[:, [-chosen]]
    first: Flags = scores >= last
    reach = 2 * NOISE * np.abs(scores).max(axis=1, keepdims=True)
    near = np.flatnonzero(((scores < last) & (scores >= last - reach)).any(axis=1))
    first[near] = is_candidate(scores[near], chosen)
    return first


def contenders(values: Reals, indicators: Sequence[Indicator], chosen: int) -> Flags:
    """Which units fewer than so many others are ahead of: at least as good in every measure, and better in one."""
    falling = [one.direction == "lower" for one in indicators]
    facing = np.where(falling, -values, values)
    order = np.argsort(np.argsort(facing, axis=0, kind="stable"), axis=0, kind="stable") / max(len(facing), 1)
    random = np.random.default_rng(0)
    weights = np.vstack([np.ones(len(indicators)), random.dirichlet(np.ones(len(indicators)), SCOUTS)])
    left = np.arange(len(facing))
    # The best under equal weights first: they leave few to be compared with the others.
    for weighting in weights:
        best = np.argsort(-(order * weighting).sum(axis=1), kind="stable")[: 2 * chosen]
        left = left[
            np.concatenate([_ahead(facing[left[start : start + AT_ONCE]], facing[best]) < chosen for start in range(0, len(left), AT_ONCE)])
        ]
    kept = np.zeros(len(facing), dtype=bool)
    kept[left] = True
    return kept


def _ahead(units: Reals, others: Reals) -> npt.NDArray[np.int64]:
    """How many of some others are ahead of each unit."""
    at_least, better = np.ones((len(units), len(others)), dtype=bool), np.zeros((len(units), len(others)), dtype=bool)
    for column in range(units.shape[1]):
        at_least &= others[:, column] >= units[:, [column]]
        better |= others[:, column] > units[:, [column]]
    return np.asarray((at_least & better).sum(axis=1))
