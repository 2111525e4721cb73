"""What would have to change: the value of one indicator alone at which a region's candidacy turns."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.award import Award
from pipeline.ranking.score import Reals, aggregate_with, are_candidates, is_candidate, normalise
from pipeline.ranking.standing import Field, Rows, Standing, weighing

DOUBLINGS = 30
HALVINGS = 60
BEYOND = 1e-6
"""How far beyond a turning point, as a share of the way to it or of the indicator's spread, it shows who is displaced: at the point itself
there is a tie."""
AT_ONCE = 200_000
"""Scores held at once: what a processor's cache holds, whatever the number of regions."""


def turning_points(regions: Field, values: Reals, here: Standing, award: Award, near: Sequence[int]) -> Rows:
    """For each ranked one of the near regions: the value of each indicator alone nearest to its own at which it would become a
    candidate, or cease to be one, all else as it is; None where no value does it; and the other regions that would leave the candidates
    then, and enter. Of a region that is ranked by a part of its values:
    nothing, since what is unknown would not stay as it is."""
    ranked = np.flatnonzero(here.rank)
    wanted = np.flatnonzero(np.all(here.counts[ranked], axis=1) & np.isin(ranked, near))

    def codes_of(others: npt.NDArray[np.bool_]) -> str | None:
        return "; ".join(regions.codes[index] for index in ranked[others]) or None

    blocks = np.array_split(wanted, max(1, len(wanted) * len(ranked) // AT_ONCE))
    searches = [
        tuple(map(np.concatenate, zip(*(_turns_at(column, block, ranked, values, here, award) for block in blocks), strict=True)))
        for column in range(len(weighing(award)))
    ]
    return [
        {
            "region_code": regions.codes[ranked[place]],
            "indicator": indicator.name,
            "indicator_value": float(values[ranked[place], column]),
            "turns_at": None if np.isnan(searches[column][0][number]) else float(searches[column][0][number]),
            "leaving": codes_of(searches[column][1][number] & here.candidate[ranked]),
            "entering": codes_of(searches[column][1][number] & ~here.candidate[ranked]),
        }
        for number, place in enumerate(wanted)
        for column, indicator in enumerate(weighing(award))
    ]


def _turns_at(
    column: int, wanted: npt.NDArray[np.int64], ranked: npt.NDArray[np.int64], every: Reals, here: Standing, award: Award
) -> tuple[Reals, npt.NDArray[np.bool_]]:
    """The turning points of one indicator for the wanted rows of those ranked, all searched for at once, NaN where there is none; and
    which others (rows, ranked) leave or enter the candidates just beyond them, where no tie keeps both.

    Steps are doubled until candidacy turns, then the last one is halved; no further than the indicator can go.
    """
    indicator = weighing(award)[column]
    meaning = award.meanings[indicator.name]
    weights = [one.weight for one in weighing(award)]
    values, others, candidate = every[ranked], here.normalised[ranked], here.candidate[ranked]
    known = here.counts[ranked, column]

    def candidates(rows: npt.NDArray[np.int64], trial: Reals) -> npt.NDArray[np.bool_]:
        """Who is a candidate (rows, ranked) when each row's value is the trial's."""
        return is_candidate(points(rows, trial), award.ranking.candidates)

    def points(rows: npt.NDArray[np.int64], trial: Reals) -> Reals:
        """Scores (rows, ranked) when each row's value is the trial's."""
        each = np.arange(len(rows))
        changed = np.repeat(values[np.newaxis, :, column], len(rows), axis=0)
        changed[each, rows] = trial
        scaled = np.repeat(others[np.newaxis, :, column], len(rows), axis=0)
        scaled[:, known] = normalise(changed[:, known], award.ranking.normalisation, indicator.direction, indicator.goalposts)
        return aggregate_with(scaled, column, others, weights, award.ranking.aggregation)

    def turned(rows: npt.NDArray[np.int64], trial: Reals) -> npt.NDArray[np.bool_]:
        """Whether the candidacy of each row turns when its value is the trial's."""
        return np.asarray(are_candidates(points(rows, trial), rows, award.ranking.candidates) != candidate[rows])

    near = values[wanted, column]
    far = np.full(len(wanted), np.nan)
    step = np.where((indicator.direction == "higher") != candidate[wanted], 1.0, -1.0) * (float(np.ptp(values[known, column])) or 1.0)
    own, searching = near.copy(), np.arange(len(wanted))
    for power in range(DOUBLINGS):
        reach = np.clip(own[searching] + step[searching] * 2.0 ** (power - 10), meaning.lowest, meaning.highest)
        turns = turned(wanted[searching], reach)
        far[searching[turns]] = reach[turns]
        near[searching[~turns]] = reach[~turns]
        searching = searching[~turns & (reach != meaning.lowest) & (reach != meaning.highest)]
    found = np.flatnonzero(~np.isnan(far))
    for _ in range(HALVINGS):
        middle = (near[found] + far[found]) / 2
        beyond = turned(wanted[found], middle)
        far[found] = np.where(beyond, middle, far[found])
        near[found] = np.where(beyond, near[found], middle)
    others_turn = np.zeros((len(wanted), len(ranked)), dtype=bool)
    beyond_ties = np.sign(step[found]) * np.maximum(np.abs(step[found]), np.abs(far[found] - own[found])) * BEYOND
    trial = np.clip(far[found] + beyond_ties, meaning.lowest, meaning.highest)
    others_turn[found] = candidates(wanted[found], trial) != candidate
    others_turn[np.arange(len(wanted)), wanted] = False
    return far, others_turn
