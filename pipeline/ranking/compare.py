"""Two rounds side by side: who enters and leaves, and how much of each change of place comes from what."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from pipeline.award import Award, Indicator
from pipeline.ranking.score import Indicators
from pipeline.ranking.standing import Field, Standing, stand, weighing

Compute = Callable[[Award], Indicators]
"""Indicators by name under an award's choices, on one round's data."""

STEPS = ("data", "window", "indicators", "weights", "method")
"""What is changed from the first round to the second, one at a time and in this order."""


def compare(first: Award, second: Award, first_data: Compute, second_data: Compute, regions: Field) -> dict[str, Any]:
    """From the first round to the second, step by step.

    The steps: the second's data; its years and window; its indicators and directions, with the first's weights where both have
    the indicator, scaled to 1; its weights; its method (normalisation, aggregation, ties, denominator, number of candidates).
    Each region's change of place is told for each step; the changes add up to the whole where it is ranked throughout.
    """
    stages: list[tuple[str, Award, Compute]] = [("first", first, first_data), ("data", first, second_data)]
    windowed = first.model_copy(update={"years": second.years, "window": second.window, "accepted_exceptions": second.accepted_exceptions})
    stages.append(("window", windowed, second_data))
    chosen = windowed.model_copy(update={"indicators": _with_weights_of(second.indicators, first.indicators)})
    stages.append(("indicators", chosen, second_data))
    weighed = chosen.model_copy(update={"indicators": second.indicators})
    stages.append(("weights", weighed, second_data))
    stages.append(("method", second, second_data))
    standings = {name: _stand(regions, compute(award), award) for name, award, compute in stages}
    rows = [_region(index, regions, standings) for index in range(len(regions.codes))]
    last = len(rows) + 1
    rows.sort(key=lambda row: (row["rank_second"] or last, row["region_code"]))
    return {
        "first": first.name,
        "second": second.name,
        "order": list(STEPS),
        "enter": [row["region_name"] for row in rows if row["candidate_second"] and not row["candidate_first"]],
        "leave": [row["region_name"] for row in rows if row["candidate_first"] and not row["candidate_second"]],
        "enter_by_data": [row["region_name"] for row in rows if row["candidate_by_data"] and not row["candidate_first"]],
        "leave_by_data": [row["region_name"] for row in rows if row["candidate_first"] and not row["candidate_by_data"]],
        "regions": rows,
    }


def _stand(regions: Field, indicators: Indicators, award: Award) -> Standing:
    return stand(regions.values(indicators, award), weighing(award), award.ranking)


def _with_weights_of(indicators: tuple[Indicator, ...], others: tuple[Indicator, ...]) -> tuple[Indicator, ...]:
    """Indicators with the weights that others give them, their own where others lack them, scaled to add up to 1."""
    given = {indicator.name: indicator.weight for indicator in others}
    weights = [given.get(indicator.name, indicator.weight) for indicator in indicators]
    total = sum(weights, Fraction(0))
    if not total:
        return indicators
    return tuple(indicator.model_copy(update={"weight": weight / total}) for indicator, weight in zip(indicators, weights, strict=True))


def _region(index: int, regions: Field, standings: Mapping[str, Standing]) -> dict[str, Any]:
    places = {name: int(standing.rank[index]) or None for name, standing in standings.items()}
    row: dict[str, Any] = {
        "region_code": regions.codes[index],
        "region_name": regions.names[index],
        "rank_first": places["first"],
        "rank_second": places["method"],
        "candidate_first": bool(standings["first"].candidate[index]),
        "candidate_by_data": bool(standings["data"].candidate[index]),
        "candidate_second": bool(standings["method"].candidate[index]),
        "change": _change(places["first"], places["method"]),
    }
    before = "first"
    for step in STEPS:
        row[f"change_by_{step}"] = _change(places[before], places[step])
        before = step
    return row


def _change(before: int | None, after: int | None) -> int | None:
    """Places gained (above zero) or lost; None when the region is unranked before or after."""
    return None if before is None or after is None else before - after
