"""One indicator, or one region, left out."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from pipeline.award import Award, Indicator
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Field, Rows, Standing, ranked, stand, weighing


def leave_one_out(regions: Field, values: Reals, here: Standing, award: Award, near: Sequence[int]) -> tuple[Rows, Rows]:
    """The ranking without each indicator (the other weights of its theme scaled up) and without each region; and every order that
    changes between two regions because a third is left out (rank reversal).

    near: the regions that have rows. Of a large geography those alone are left out, and such as have the least or the most of an
    indicator: they hold the ends of its scale.
    """
    indicators = weighing(award)
    rows: Rows = []
    for column, left_out in enumerate(indicators):
        if len(indicators) > 1:
            standing = stand(np.delete(values, column, axis=1), _without(left_out, indicators), award.ranking)
            rows += ranked(regions, standing, near, dropped_kind="indicator", dropped=left_out.name)
    reversals: Rows = []
    own = np.array(near, dtype=np.int64)
    for index in sorted({*near, *_at_the_ends(values, here)}):
        if here.rank[index] and (here.rank > 0).sum() > 1:
            code, without = regions.codes[index], values.copy()
            without[index] = np.nan
            standing = stand(without, indicators, award.ranking)
            rows += ranked(regions, standing, own[own != index], dropped_kind="region", dropped=code)
            before, after = here.rank[own], standing.rank[own]
            turned = (before[:, np.newaxis] < before) & (after[:, np.newaxis] > after) & (after > 0)
            reversals += [
                {"dropped": code, "region_code": regions.codes[own[one]], "overtaken_by": regions.codes[own[other]]}
                for one, other in np.argwhere(turned)
            ]
    return rows, reversals


def _at_the_ends(values: Reals, here: Standing) -> Iterator[int]:
    """The ranked regions that have the least and the most of each indicator."""
    for column in range(values.shape[1]):
        known = np.flatnonzero((here.rank > 0) & ~np.isnan(values[:, column]))
        if known.size:
            yield from (int(known[end(values[known, column])]) for end in (np.argmin, np.argmax))


def _without(left_out: Indicator, indicators: Sequence[Indicator]) -> list[Indicator]:
    """The other indicators, with the weight of the one left out: those of its theme share it, or all where its theme has no other."""
    rest = [indicator for indicator in indicators if indicator is not left_out]
    heirs = [indicator for indicator in rest if indicator.theme == left_out.theme] or rest
    factor = 1 + left_out.weight / sum((heir.weight for heir in heirs), Fraction(0))
    return [indicator.model_copy(update={"weight": indicator.weight * (factor if indicator in heirs else 1)}) for indicator in rest]
