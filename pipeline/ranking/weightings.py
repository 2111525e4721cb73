"""Other weights: every weighting at once, and how far one weight alone can move."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.award import Award
from pipeline.ranking.score import Wholes
from pipeline.ranking.standing import Field, Rows, Standing, weighing
from pipeline.ranking.weights import acceptability, candidate_interval

MOST, FEWEST = 10_000_000, 100
"""Comparisons of scores that bound the number of draws of a large geography, where an award asks for more, and the fewest draws."""


def weightings(regions: Field, here: Standing, award: Award, near: Sequence[int]) -> tuple[dict[str, Rows], Mapping[str, Wholes]]:
    """The rows of robustness.acceptability, candidate_shares, central_weights and weight_intervals, by table; and between which places most
    weightings put the ranked regions.

    near: the regions that have rows of acceptability; of a large geography, of the places that some weighting gives them.
    """
    ranked = np.flatnonzero(here.rank)
    codes = [regions.codes[index] for index in ranked]
    indicators = weighing(award)
    normalised = here.normalised[ranked]
    choice, candidates, aggregation = award.robustness, award.ranking.candidates, award.ranking.aggregation
    compared = len(ranked) * (len(ranked) if aggregation == "outranking" else 1)
    draws = min(choice.draws, max(FEWEST, MOST // compared)) if regions.are_many else choice.draws
    wanted = np.flatnonzero(np.isin(ranked, near)).tolist()
    accepted = acceptability(normalised, aggregation, candidates, draws, choice.seed, wanted)
    errors = accepted.standard_error(accepted.by_rank)
    by_rank = [
        {"region_code": codes[wanted[row]], "rank": place + 1, "share": share, "standard_error": float(errors[row, place])}
        for row, shares in enumerate(accepted.by_rank.tolist())
        for place, share in enumerate(shares)
        if share or not regions.are_many
    ]
    error = accepted.standard_error(accepted.candidate)
    shares = [
        {"region_code": code, "weights_share": float(accepted.candidate[row]), "standard_error": float(error[row]), "draws": accepted.draws}
        for row, code in enumerate(codes)
    ]
    central = [
        {
            "region_code": code,
            "indicator": indicator.name,
            "central_weight": float(accepted.central[row, column]),
            "standard_error": None if np.isnan(accepted.central_error[row, column]) else float(accepted.central_error[row, column]),
        }
        for row, code in enumerate(codes)
        for column, indicator in enumerate(indicators)
        if not np.isnan(accepted.central[row, column])
    ]
    weights = [float(indicator.weight) for indicator in indicators]
    intervals = []
    for row in np.flatnonzero(here.candidate[ranked]):
        for column, indicator in enumerate(indicators):
            interval = candidate_interval(normalised, weights, aggregation, candidates, int(row), column)
            if interval:
                ends = {"weight": weights[column], "lowest_weight": interval[0], "highest_weight": interval[1]}
                intervals.append({"region_code": codes[row], "indicator": indicator.name, **ends})
    tables = {
        "robustness.acceptability": by_rank,
        "robustness.candidate_shares": shares,
        "robustness.central_weights": central,
        "robustness.weight_intervals": intervals,
    }
    return tables, accepted.intervals
