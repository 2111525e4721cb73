"""What would have to change: the value of one indicator alone at which a region's candidacy turns."""

from typing import Any

import numpy as np

from pipeline.award import Award
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Field, Rows, Standing, stand, weighing

DOUBLINGS = 30
HALVINGS = 60


def changes(index: int, values: Reals, here: Standing, award: Award) -> list[dict[str, Any]]:
    """For each weighing indicator, the value nearest to its own at which the region's candidacy turns, all else as it is."""
    rows = []
    for column, indicator in enumerate(weighing(award)):
        upward = (indicator.direction == "higher") != bool(here.candidate[index])
        turning = _turning_point(index, column, values, here, award, sign=1.0 if upward else -1.0)
        rows.append({"indicator": indicator.name, "value": float(values[index, column]), "turns_at": turning})
    return rows


def _turning_point(index: int, column: int, values: Reals, here: Standing, award: Award, *, sign: float) -> float | None:
    """Doubling steps until candidacy turns, then halving the last one; no further than the indicator can go."""

    meaning = award.meaning(weighing(award)[column].name)
    lowest, highest = meaning.lowest, meaning.highest

    def turned(value: float) -> bool:
        trial = values.copy()
        trial[index, column] = value
        return bool(stand(trial, weighing(award), award.ranking).candidate[index]) != bool(here.candidate[index])

    own = float(values[index, column])
    spread = float(np.nanmax(values[:, column]) - np.nanmin(values[:, column])) or 1.0
    far = None
    near = own
    for power in range(DOUBLINGS):
        reach = min(max(own + sign * spread * 2.0 ** (power - 10), lowest), highest)
        if turned(reach):
            far = reach
            break
        if reach in (lowest, highest):
            return None
        near = reach
    if far is None:
        return None
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        near, far = (near, middle) if turned(middle) else (middle, far)
    return far


def turning_points(regions: Field, values: Reals, here: Standing, award: Award) -> Rows:
    """For each ranked region, the value of each indicator alone at which it would become a candidate, or cease to be one."""
    return [
        {"region_code": regions.codes[index], "indicator": row["indicator"], "indicator_value": row["value"], "turns_at": row["turns_at"]}
        for index in map(int, np.flatnonzero(here.rank))
        for row in changes(index, values, here, award)
    ]
