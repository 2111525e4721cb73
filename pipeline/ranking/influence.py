"""A statistical audit of the index: what each indicator really weighs, and which indicators say the same.

A weight is not an importance: how much of the scores' variance an indicator brings depends on its spread and on the others too.
Source: Paruolo, Saisana and Saltelli, "Ratings and rankings: voodoo or science?", Journal of the Royal Statistical Society A 176 (2013).
"""

import itertools
import math

import numpy as np

from pipeline.award import Award
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Rows, Standing, weighing

FEWEST = 3
"""Regions below which a correlation says nothing: two always lie on a line."""


def influence(here: Standing, award: Award) -> Rows:
    """Of each weighing indicator, the squared correlation of its normalised values with the scores of the ranked regions.

    That is the first-order share of the scores' variance, V(E(score | indicator)) / V(score), where it is taken for a straight line;
    a curve through some twenty regions would follow single ones. influence_share: among the weighing indicators, adding up to 1.
    None where the indicator or the score is the same everywhere.
    """
    normalised, scores = _ranked(here)
    shares = [_squared(correlation(normalised[:, column], scores)) for column in range(normalised.shape[1])]
    total = math.fsum(share or 0 for share in shares)
    return [
        {
            "indicator": indicator.name,
            "weight": float(indicator.weight),
            "variance_share": share,
            "influence_share": None if share is None or not total else share / total,
        }
        for indicator, share in zip(weighing(award), shares, strict=True)
    ]


def correlations(here: Standing, award: Award) -> Rows:
    """The correlation of each pair of weighing indicators over the ranked regions, of normalised values: above zero, high goes with high
    in the award's own directions, and what the two share counts twice."""
    normalised, _ = _ranked(here)
    return [
        {
            "indicator": one.name,
            "other_indicator": other.name,
            "correlation": correlation(normalised[:, left], normalised[:, right]),
            "regions": len(normalised),
        }
        for (left, one), (right, other) in itertools.combinations(enumerate(weighing(award)), 2)
    ]


def correlation(left: Reals, right: Reals) -> float | None:
    """Pearson's correlation of two series of values (regions,); None for fewer than three, or where one is the same everywhere."""
    if len(left) < FEWEST:
        return None
    left, right = (series - math.fsum(series) / len(series) for series in (left, right))
    squares = math.fsum(left**2) * math.fsum(right**2)
    return max(-1.0, min(1.0, math.fsum(left * right) / math.sqrt(squares))) if squares else None


def _squared(value: float | None) -> float | None:
    return None if value is None else value**2


def _ranked(here: Standing) -> tuple[Reals, Reals]:
    """Normalised values (regions, indicators) and scores (regions,) of the ranked regions."""
    known = np.flatnonzero(here.rank)
    return here.normalised[known], here.score[known]
