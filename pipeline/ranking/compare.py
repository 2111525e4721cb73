"""Two rounds side by side: who enters and leaves, and how much of each change of place comes from what."""

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from pipeline.award import Award, Indicator
from pipeline.ranking.score import Indicators, Reals, Wholes
from pipeline.ranking.standing import Field, Standing, stand, weighing

Compute = Callable[[Award], Indicators]
"""Indicators by name under an award's choices, on one round's data."""

STEPS = ("data", "window", "indicators", "weights", "method")
"""What is changed from the first round to the second, one at a time, in every order."""


class Attribution(NamedTuple):
    """What each step brings (steps, regions), and in how many orders of the steps a region has a value throughout (regions,).

    mean: over those orders, NaN where there is none; least, most: in any of them.
    """

    mean: Reals
    least: Reals
    most: Reals
    orders: Wholes


def shapley(values: Reals) -> Attribution:
    """What each step brings to a value, averaged over all orders in which the steps can be taken: the Shapley value.

    values (2^steps, regions): the value once a set of steps is taken; the set's number has bit i for step i. NaN: no value. An order
    that passes a set without a value tells nothing of the steps around it and is left out for that region, so that what the steps
    bring always adds up to the whole change.
    Source: Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953).
    """
    count = len(values).bit_length() - 1
    orders = np.array(list(itertools.permutations(range(count))))
    paths = values[np.pad(np.cumsum(1 << orders, axis=1), ((0, 0), (1, 0)))]  # (orders, steps + 1, regions)
    brought = np.diff(paths, axis=1)[np.arange(len(orders))[:, None], np.argsort(orders, axis=1)]
    whole = ~np.isnan(paths).any(axis=1)
    kept, number = whole[:, None, :], whole.sum(axis=0)
    mean = np.divide(np.where(kept, brought, 0).sum(axis=0), number, out=np.full(brought.shape[1:], np.nan), where=number > 0)
    least, most = np.where(kept, brought, np.inf).min(axis=0), np.where(kept, brought, -np.inf).max(axis=0)
    return Attribution(mean, least, most, number)


def compare(first: Award, second: Award, first_data: Compute, second_data: Compute, regions: Field) -> dict[str, Any]:
    """From the first round to the second, step by step.

    The steps: the second's data; its years and window; its indicators and directions; its weights; its method (normalisation,
    aggregation, ties, denominator, number of candidates). Every set of steps is ranked once. A region's change of place is
    attributed to each step by the Shapley value over all orders; the parts add up to the whole. Beside it stand the least and the
    most that the step brings in any order, and the share of the orders in which the region is ranked throughout.
    """
    standings, values = [], []
    computed: dict[Any, Indicators] = {}
    for number in range(1 << len(STEPS)):
        taken = {step for bit, step in enumerate(STEPS) if number >> bit & 1}
        award, compute = _after(taken, first, second), second_data if "data" in taken else first_data
        choices = (compute is second_data, *_of_values(award))
        if choices not in computed:
            computed[choices] = compute(award)
        values.append(regions.values(computed[choices], award))
        standings.append(stand(values[-1], weighing(award), award.ranking))
    places = np.array([np.where(standing.rank, standing.rank, np.nan) for standing in standings])
    attribution = shapley(-places)
    before, by_data, after = standings[0], standings[1 << STEPS.index("data")], standings[-1]
    rows = [_region(index, regions, (before, by_data, after), attribution) for index in range(len(regions.codes))]
    alone = {step: standings[1 << bit].rank for bit, step in enumerate(STEPS)}
    for index, row in enumerate(rows):
        row["unknown_first"] = [] if before.rank[index] else _unknown(values[0][index], first)
        row["unknown_second"] = [] if after.rank[index] else _unknown(values[-1][index], second)
        row["ranking_turned_by"] = [step for step, rank in alone.items() if bool(rank[index]) != bool(before.rank[index])]
    last = len(rows) + 1
    rows.sort(key=lambda row: (row["rank_second"] or last, row["region_code"]))

    def only(one: Standing, other: Standing) -> list[str]:
        """The candidates of one standing that are none of the other, in the order of the second round's places."""
        names = {regions.names[index] for index in np.flatnonzero(one.candidate & ~other.candidate)}
        return [row["region_name"] for row in rows if row["region_name"] in names]

    return {
        "first": first.name,
        "second": second.name,
        "steps": list(STEPS),
        "enter": only(after, before),
        "leave": only(before, after),
        "enter_by_data": only(by_data, before),
        "leave_by_data": only(before, by_data),
        "regions": rows,
    }


def _after(taken: set[str], first: Award, second: Award) -> Award:
    """The first round's award with the choices of some steps from the second's; what indicators mean comes with them."""
    years, indicators, ranking = (second if step in taken else first for step in ("window", "indicators", "method"))
    weights = second if "weights" in taken else first
    return first.model_copy(
        update={
            "years": years.years,
            "window": years.window,
            "accepted_exceptions": years.accepted_exceptions,
            "catalogue": indicators.catalogue,
            "indicators": _with_weights_of(indicators.indicators, weights.indicators),
            "ranking": ranking.ranking,
        }
    )


def _of_values(award: Award) -> tuple[Any, ...]:
    """What of an award decides the values of its indicators: where it is the same, they are computed once."""
    taken = tuple((one.name, one.measure, one.taken, one.estimator, one.years) for one in award.indicators)
    window = (award.years, award.window.base, award.window.final, str(award.accepted_exceptions))
    return (*window, award.ranking.denominator, id(award.catalogue), taken)


def _with_weights_of(indicators: tuple[Indicator, ...], others: Sequence[Indicator]) -> tuple[Indicator, ...]:
    """Indicators with the weights that others give them, their own where others lack them, scaled to add up to 1."""
    theirs = {indicator.name: indicator.weight for indicator in others}
    weights = [theirs.get(indicator.name, indicator.weight) for indicator in indicators]
    total = sum(weights, Fraction(0))
    if not total:
        return indicators
    return tuple(indicator.model_copy(update={"weight": weight / total}) for indicator, weight in zip(indicators, weights, strict=True))


def _unknown(values: Reals, award: Award) -> list[str]:
    """The labels of the indicators of which a region's values are unknown."""
    return [award.label(one, "en") for one, value in zip(weighing(award), values, strict=True) if np.isnan(value)]


def _region(index: int, regions: Field, standings: tuple[Standing, Standing, Standing], attribution: Attribution) -> dict[str, Any]:
    before, by_data, after = standings
    first, second = (int(standing.rank[index]) or None for standing in (before, after))
    row: dict[str, Any] = {
        "region_code": regions.codes[index],
        "region_name": regions.names[index],
        "rank_first": first,
        "rank_second": second,
        "candidate_first": bool(before.candidate[index]),
        "candidate_second": bool(after.candidate[index]),
        "candidate_by_data": bool(by_data.candidate[index]),
        "partly_known_first": before.is_partly_known(index),
        "partly_known_second": after.is_partly_known(index),
        "change": first - second if first and second else None,
        "share_of_orders": float(attribution.orders[index] / math.factorial(len(STEPS))),
    }
    ranked = bool(attribution.orders[index])
    for step, mean, least, most in zip(STEPS, attribution.mean, attribution.least, attribution.most, strict=True):
        row[f"change_by_{step}"] = float(mean[index]) if ranked else None
        row[f"change_by_{step}_in_any_order"] = [int(least[index]), int(most[index])] if ranked else None
    return row
