"""All choices at once: every window, denominator and method with a sample of all weightings.

What one choice at a time cannot show: a candidate may withstand each of them alone and no two together.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.award import Award, Indicator
from pipeline.method import Ranking
from pipeline.ranking.known import counted
from pipeline.ranking.methods import distinct, under_every_denominator
from pipeline.ranking.score import NOISE, Reals, is_candidate, normalise, rank, score
from pipeline.ranking.standing import Compute, Field, Rows, Standing, weighing
from pipeline.ranking.variance import Array, Sums, indices, intervals, sums, together
from pipeline.ranking.weights import MOST as MOST_PLACES
from pipeline.ranking.weights import gaps, place_interval, scores
from pipeline.ranking.windows import Everywhere, of_weighing

CHOICES = ("window", "denominator", "method", "weights")
REGIONS = len(CHOICES)
"""The axis of variants that the regions are in."""
SAMPLES = 16
"""Independent samples that the weightings come in: their spread gives the standard errors."""

MOST = 20_000_000
"""Comparisons of scores that bound the number of weightings, where an award asks for more: a whole country's municipalities in every
window of fifteen years."""


AT_ONCE = 300_000
"""Scores of one method that are ranked at a time: bounds the memory."""


@dataclass(frozen=True)
class Variants:
    """Every combination of windows, denominators, methods and the weightings of one sample: places, 0 where a region is not ranked,
    and candidacies, each (windows, denominators, methods, weightings, regions)."""

    places: npt.NDArray[np.int16]
    chosen: npt.NDArray[np.bool_]

    def only(self, axis: int, kept: Sequence[int]) -> "Variants":
        """With some windows, denominators, methods or regions alone."""
        return Variants(self.places.take(kept, axis), self.chosen.take(kept, axis))


def every_choice(regions: Field, everywhere: Everywhere, award: Award) -> list[Variants]:
    """Every combination of choices, by sample of weightings.

    A window that ranks no region is none; a denominator that ranks no region in one of the others is left out.
    """
    own, indicators = award.ranking, weighing(award)
    # Outranking compares every two regions: of many, only where it is the award's own.
    others = (one for one in distinct(award) if one != own and (one.aggregation != "outranking" or not regions.are_many))
    methods = list({(method.normalisation, method.aggregation): method for method in (*others, own)}.values())
    every = [np.stack([of_weighing(each, award) for each in by_window.values()]) for by_window in everywhere.values()]
    ranks = [np.array([counted(window, indicators, own).any() for window in values]) for values in every]
    kept = [each[ranks[0]] for each, has_ranking in zip(every, ranks, strict=True) if has_ranking[ranks[0]].all()]
    values = np.stack(kept, axis=1)
    number = min(award.robustness.joint_draws, max(SAMPLES, MOST // _comparisons(values, methods)))
    return different(list(every_variant(values, indicators, methods, sample(len(indicators), number, award.robustness.seed))))


def joint_choices(samples: Sequence[Variants], award: Award) -> Rows:
    """How many windows, denominators, methods and weightings are combined."""
    *levels, size, _ = samples[0].places.shape
    counts = (*levels, size * SAMPLES if len(weighing(award)) > 1 else 1)
    return [{"choice": choice, "variants": count} for choice, count in zip(CHOICES, counts, strict=True)]


def near_the_candidates(regions: Field, here: Standing, samples: Sequence[Variants], award: Award, also: str = "") -> list[int]:
    """The regions that have every challenge: all of them; of a large geography those that are candidates, and those that are in
    near_share of all combinations. also: the code of one that has them in any case."""
    if not regions.are_many:
        return list(range(len(regions.codes)))
    share, _ = mean_of(_candidacies(samples))
    asked = np.array([code == also for code in regions.codes])
    return np.flatnonzero(here.candidate | (here.rank > 0) & (share >= award.robustness.near_share) | asked).tolist()


def under_all_choices(regions: Field, compute: Compute, award: Award, code: str = "") -> dict[str, dict[str, Any]]:
    """Of each region, by code: its row of robustness.joint_shares, the number of combinations, and, of the one with this code, what each
    choice explains of its candidacy, alone and with others; nothing of any region where no window can be ranked."""
    everywhere = under_every_denominator(regions, compute, award)
    by_window = everywhere[award.ranking.denominator]
    if not any(counted(of_weighing(each, award), weighing(award), award.ranking).any() for each in by_window.values()):
        return {}
    samples = every_choice(regions, everywhere, award)
    combinations = math.prod(row["variants"] for row in joint_choices(samples, award))
    index = [regions.codes.index(code)] if code else []
    result = {row["region_code"]: {**row, "combinations": combinations} for row in joint_shares(regions.codes, samples, index)}
    if code:
        own = [one.only(REGIONS, index) for one in samples]
        indices_of = sobol_indices([code], own, award.robustness.seed)
        kept = ("choice", "first_order", "total")
        result[code]["choices"] = [{key: row[key] for key in kept} for row in indices_of if row["outcome"] == "candidacy"]
    return result


def sample(indicators: int, draws: int, seed: int) -> Iterator[Reals]:
    """Samples of weightings (size, indicators) with so many draws together, uniform on the simplex: the gaps between sorted points of
    an additive recurrence with the root of xᵈ⁺¹ = x + 1 (Roberts 2018), each sample moved by a random shift (Cranley, Patterson 1976).
    """
    size, dimensions = -(-draws // SAMPLES) if indicators > 1 else 1, indicators - 1
    low, high = 1.0, 2.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if np.prod(np.full(indicators, middle)) > middle + 1 else (middle, high)
    steps = np.cumprod(np.full(dimensions, 1 / low))
    random = np.random.default_rng(seed)
    for _ in range(SAMPLES):
        yield gaps((random.random(dimensions) + np.arange(size)[:, np.newaxis] * steps) % 1)


def _comparisons(values: Reals, methods: Sequence[Ranking]) -> int:
    """What one weighting of values (windows, denominators, regions, indicators) takes: outranking compares a region with every other."""
    regions = values.shape[2]
    return math.prod(values.shape[:3]) * sum(regions if one.aggregation == "outranking" else 1 for one in methods)


def every_variant(
    values: Reals, indicators: Sequence[Indicator], methods: Sequence[Ranking], weightings: Iterator[Reals]
) -> Iterator[Variants]:
    """The variants of each sample of weightings, by values (windows, denominators, regions, indicators).

    A region with an unknown value is not ranked and takes no part in the normalisation; where the award ranks by what is known, one
    with too many.
    """
    each = values.reshape(-1, *values.shape[2:])
    counts = np.stack([counted(one, indicators, methods[0]) for one in each])
    known = np.where(counts, each, np.nan)
    blocks = []
    for pattern in np.unique(counts, axis=0):
        numbers, ranked = np.flatnonzero((counts == pattern).all(axis=(1, 2))), pattern.any(axis=1)
        terms = [terms_of(known[numbers][:, ranked], indicators, method) for method in methods]
        blocks.append((numbers, np.flatnonzero(ranked), terms))
    ties, candidates = methods[0].ties, methods[0].candidates
    for weights in weightings:
        places = np.zeros((len(each), len(methods), len(weights), values.shape[2]), dtype=np.int16)
        chosen = np.zeros(places.shape, dtype=bool)
        for numbers, ranked, terms in blocks:
            size = max(1, AT_ONCE // (len(weights) * len(ranked)))
            for start, method in itertools.product(range(0, len(numbers), size), range(len(methods))):
                points = points_of(weights, terms[method][start : start + size], methods[method])
                own = rank(points, ties)
                where = np.ix_(numbers[start : start + size], np.array([method]), np.arange(len(weights)), ranked)
                places[where] = own[:, np.newaxis]
                chosen[where] = (own <= candidates if ties == "min" else is_candidate(points, candidates))[:, np.newaxis]
        shape = (*values.shape[:2], *places.shape[1:])
        yield Variants(places.reshape(shape), chosen.reshape(shape))


def terms_of(values: Reals, indicators: Sequence[Indicator], method: Ranking) -> Reals:
    """Normalised values (..., regions, indicators), or their logarithms for the geometric mean; an unknown one is its theme's mean."""
    if np.isnan(values).any():
        normalised = np.stack([score(one, indicators, method)[0] for one in values])
        return np.asarray(np.log(normalised)) if method.aggregation == "geometric" else normalised
    columns = [normalise(values[..., column], method.normalisation, one.direction, one.goalposts) for column, one in enumerate(indicators)]
    normalised = np.stack(columns, axis=-1)
    return np.asarray(np.log(normalised)) if method.aggregation == "geometric" else normalised


def points_of(weights: Reals, terms: Reals, method: Ranking) -> Reals:
    """Scores (..., weightings, regions); scores close enough to tie do so by the score itself, not by its logarithm."""
    points = scores(weights, terms, method.aggregation)
    return np.asarray(np.exp(points)) if method.aggregation == "geometric" else points


def different(samples: list[Variants]) -> list[Variants]:
    """The variants without denominators and methods that place every region as an earlier one does, in every sample: copies."""
    for axis in (1, 2):
        kept: list[int] = []
        for number in range(samples[0].places.shape[axis]):
            others = (all(np.array_equal(one.places.take(number, axis), one.places.take(other, axis)) for one in samples) for other in kept)
            if not any(others):
                kept.append(number)
        samples = [one.only(axis, kept) for one in samples]
    return samples


def joint_shares(codes: Sequence[str], samples: Sequence[Variants], near: Sequence[int] | None = None) -> Rows:
    """Of all variants: the share in which each region is a candidate, and is ranked; between which places most of the latter put it; and,
    of the near ones or all, between which they may within two standard errors."""
    share, error = (values.tolist() for values in mean_of(_candidacies(samples)))
    flat = np.stack([one.places.reshape(-1, len(codes)) for one in samples])
    ranked, best, worst = (values.tolist() for values in _most_places(flat.reshape(-1, len(codes))))
    rows: Rows = [
        {"region_code": code, "joint_share": share[index], "standard_error": error[index], "ranked_share": ranked[index]}
        | ({"best_rank": best[index], "worst_rank": worst[index]} if ranked[index] else {})
        for index, code in enumerate(codes)
    ]
    for index in range(len(codes)) if near is None else near:
        own = np.stack([np.bincount(places, minlength=len(codes) + 1) for places in flat[..., index]])[:, 1:] / flat.shape[1]
        rows[index]["ranked_share"] = float(own.sum(axis=1).mean())
        if own.any():
            ends = place_interval(*mean_of(own.cumsum(axis=1) / own.sum(axis=1, keepdims=True)))
            rows[index] |= {end: int(place) for end, place in ends.items()}
    return rows


def _candidacies(samples: Sequence[Variants]) -> Reals:
    """The share of each sample's variants in which a region is a candidate (samples, regions)."""
    return np.stack([one.chosen.reshape(-1, one.chosen.shape[-1]).mean(axis=0) for one in samples])


def _most_places(places: Array) -> tuple[Reals, Array, Array]:
    """By places (variants, regions): in which share of them each region is ranked, and what place_interval() gives of those."""
    ordered = np.sort(np.ascontiguousarray(places.T), axis=1)
    unranked = (ordered == 0).sum(axis=1)
    ranked = ordered.shape[1] - unranked
    last = ordered.shape[1] - 1
    below, above = np.floor(((1 - MOST_PLACES) / 2 - NOISE) * ranked), np.ceil(((1 + MOST_PLACES) / 2 + NOISE) * ranked) - 1
    ends = (np.minimum(unranked + end.astype(np.int64), last) for end in (below, above))
    best, worst = (np.take_along_axis(ordered, end[:, np.newaxis], axis=1)[:, 0] for end in ends)
    return ranked / ordered.shape[1], best, worst


def mean_of(values: Reals) -> tuple[Reals, Reals]:
    """The mean of samples, the first axis, and its standard error by their spread."""
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


def sobol_indices(codes: Sequence[str], samples: Sequence[Variants], seed: int) -> Rows:
    """First-order and total indices of each region's candidacy, and of its place in the windows in which every variant ranks it.

    No rows of what never varies.
    """
    ranked = (samples[0].places > 0).all(axis=(1, 2, 3)).T
    rows = _decompose("candidacy", codes, [one.chosen for one in samples], seed)
    for windows in np.unique(ranked, axis=0):
        own = np.flatnonzero((ranked == windows).all(axis=1)).tolist()
        if windows.any():
            rows += _decompose("place", [codes[index] for index in own], [one.places[windows][..., own] for one in samples], seed)
    return rows


def _decompose(outcome: str, codes: Sequence[str], samples: Sequence[npt.NDArray[Any]], seed: int) -> Rows:
    parts = [sums(one) for one in samples]
    whole = indices(together(parts))
    varying = np.flatnonzero(whole.variance)
    if not varying.size:
        return []
    ends = intervals([Sums(part.blocks[..., varying], part.squares[:, varying], part.size) for part in parts], seed)
    rows: Rows = []
    for place, index in enumerate(varying.tolist()):
        for number, choice in enumerate(CHOICES):
            row = {"outcome": outcome, "region_code": codes[index], "choice": choice, "variance": float(whole.variance[index])}
            for name, value, (low, high) in zip(("first_order", "total"), (whole.first_order, whole.total), ends, strict=True):
                row[name] = float(value[number, index])
                row |= {f"{name}_low": float(low[number, place]), f"{name}_high": float(high[number, place])}
            rows.append(row)
    return rows
