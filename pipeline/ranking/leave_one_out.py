"""One indicator, or one region, left out."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from pipeline.award import Award, Indicator
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Field, Rows, Standing, ranked, stand, weighing


def leave_one_out(regions: Field, values: Reals, here: Standing, award: Award) -> tuple[Rows, Rows]:
    """The ranking without each indicator (the other weights of its theme scaled up) and without each region; and every order that
    changes between two regions because a third is left out (rank reversal)."""
    indicators = weighing(award)
    rows: Rows = []
    for column, left_out in enumerate(indicators):
        if len(indicators) > 1:
            standing = stand(np.delete(values, column, axis=1), _without(left_out, indicators), award.ranking)
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


def _without(left_out: Indicator, indicators: Sequence[Indicator]) -> list[Indicator]:
    """The other indicators, with the weight of the one left out: those of its theme share it, or all where its theme has no other."""
    rest = [indicator for indicator in indicators if indicator is not left_out]
    heirs = [indicator for indicator in rest if indicator.theme == left_out.theme] or rest
    factor = 1 + left_out.weight / sum((heir.weight for heir in heirs), Fraction(0))
    return [indicator.model_copy(update={"weight": indicator.weight * (factor if indicator in heirs else 1)}) for indicator in rest]
