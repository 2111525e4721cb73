"""Other weights: every weighting at once, and how far one weight alone can move."""

import numpy as np

from pipeline.award import Award
from pipeline.ranking.standing import Field, Rows, Standing, weighing
from pipeline.ranking.weights import acceptability, candidate_interval


def weightings(regions: Field, here: Standing, award: Award) -> dict[str, Rows]:
    """The rows of robustness.acceptability, candidate_shares, central_weights and weight_intervals, by table."""
    ranked = np.flatnonzero(here.rank)
    codes = [regions.codes[index] for index in ranked]
    indicators = weighing(award)
    normalised = here.normalised[ranked]
    choice = award.robustness
    accepted = acceptability(normalised, award.ranking.aggregation, award.ranking.candidates, choice.draws, choice.seed)
    errors = accepted.standard_error(accepted.by_rank)
    by_rank = [
        {"region_code": code, "rank": place + 1, "share": float(accepted.by_rank[row, place]), "standard_error": float(errors[row, place])}
        for row, code in enumerate(codes)
        for place in range(len(codes))
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
    for row, code in enumerate(codes):
        for column, indicator in enumerate(indicators):
            if here.candidate[ranked[row]]:
                interval = candidate_interval(normalised, weights, award.ranking.aggregation, award.ranking.candidates, row, column)
                if interval:
                    ends = {"weight": weights[column], "lowest_weight": interval[0], "highest_weight": interval[1]}
                    intervals.append({"region_code": code, "indicator": indicator.name, **ends})
    return {
        "robustness.acceptability": by_rank,
        "robustness.candidate_shares": shares,
        "robustness.central_weights": central,
        "robustness.weight_intervals": intervals,
    }
