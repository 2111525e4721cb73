"""One indicator, or one region, left out."""

import numpy as np

from pipeline.award import Award
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Field, Rows, Standing, ranked, stand, weighing


def leave_one_out(regions: Field, values: Reals, here: Standing, award: Award) -> tuple[Rows, Rows]:
    """The ranking without each indicator (the other weights scaled up) and without each region; and every order that changes
    between two regions because a third is left out (rank reversal)."""
    indicators = weighing(award)
    rows: Rows = []
    for column, left_out in enumerate(indicators):
        rest = [indicator for indicator in indicators if indicator is not left_out]
        if rest:
            scaled = [indicator.model_copy(update={"weight": indicator.weight / (1 - left_out.weight)}) for indicator in rest]
            standing = stand(np.delete(values, column, axis=1), scaled, award.ranking)
            rows += ranked(regions, standing, dropped_kind="indicator", dropped=left_out.name)
    reversals: Rows = []
    for index, code in enumerate(regions.codes):
        if here.rank[index] and (here.rank > 0).sum() > 1:
            without = values.copy()
            without[index] = np.nan
            standing = stand(without, indicators, award.ranking)
            kept = [row for row in ranked(regions, standing, dropped_kind="region", dropped=code) if row["region_code"] != code]
            rows += kept
            stood_higher = here.rank[:, np.newaxis] < here.rank
            stands_lower = standing.rank[:, np.newaxis] > standing.rank
            there = (standing.rank > 0)[:, np.newaxis] & (standing.rank > 0)
            for one, other in np.argwhere(stood_higher & stands_lower & there):
                reversals.append({"dropped": code, "region_code": regions.codes[one], "overtaken_by": regions.codes[other]})
    return rows, reversals
