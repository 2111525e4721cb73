"""What a method is: which ones differ, which combinations are accepted, and published figures of each."""

import csv
import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from pipeline.award import METHODS, Award, Ranking, load_award
from pipeline.ranking.methods import distinct
from pipeline.ranking.score import Reals, aggregate, contributions, normalise, rank
from pipeline.ranking.standing import stand, weighing
from pipeline.ranking.weights import acceptability, candidate_interval, scores

TIES = get_args(Ranking.model_fields["ties"].annotation)


@cache
def shipped() -> Award:
    return load_award("2021")


def ordered(values: Reals, award: Award, **choice: str) -> tuple[list[int], list[bool]]:
    """The places of regions, and which are candidates, under a method of the award's."""
    standing = stand(values, weighing(award), award.ranking.model_copy(update=choice))
    return standing.rank.tolist(), standing.candidate.tolist()


tables = st.integers(4, 12).flatmap(lambda regions: arrays(np.float64, (regions, 3), elements=st.integers(0, 9).map(float)))


@settings(max_examples=20)
@given(tables)
def test_what_is_left_out_changes_no_order_and_no_candidate(values: Reals) -> None:
    award = shipped()
    for aggregation in ("arithmetic", "geometric"):
        both = [ordered(values, award, normalisation=name, aggregation=aggregation) for name in ("rank", "percentile-rank")]
        assert both[0] == both[1]
    for method in distinct(award)[::2]:
        choice = {"normalisation": method.normalisation, "aggregation": method.aggregation}
        candidates = [ordered(values, award, **choice, ties=ties)[1] for ties in TIES]
        assert all(each == candidates[0] for each in candidates)


def test_each_distinct_method_gives_an_order_that_no_other_gives() -> None:
    award = shipped()
    values = np.random.default_rng(1).gamma(0.5, size=(200, 3))
    pairs = {(one.normalisation, one.aggregation) for one in distinct(award)}
    orders = {tuple(ordered(values, award, normalisation=name, aggregation=how)[0]) for name, how in pairs}
    assert len(orders) == len(pairs)
    assert len(distinct(award)) == 2 * len(pairs)


def test_the_awards_own_method_is_among_the_distinct_ones(award: Callable[..., Path]) -> None:
    for aggregation, normalisations in METHODS.items():
        for name in normalisations:
            changes = [
                ('normalisation = "min-max"', f'normalisation = "{name}"'),
                ('aggregation = "arithmetic"', f'aggregation = "{aggregation}"'),
                ('ties = "min"', 'ties = "dense"'),
            ]
            own = load_award(str(award(*changes)))
            assert distinct(own).count(own.ranking) == 1


def test_one_indicator_leaves_only_the_denominators() -> None:
    award = shipped()
    alone = award.model_copy(update={"indicators": (award.indicators[0].model_copy(update={"weight": Fraction(1)}),)})
    assert [one.denominator for one in distinct(alone)] == ["year-end", "mean"]
    values = np.array([[3.0], [1.0], [1.0], [2.0]])
    assert len({str(ordered(values, alone, normalisation=name, aggregation=how)) for how, names in METHODS.items() for name in names}) == 1


def test_without_a_state_at_the_years_end_there_is_one_denominator(award: Callable[..., Path]) -> None:
    own = shipped()
    share = next(one for one in own.indicators if one.name == "sme_share_of_goods_exports").model_copy(update={"weight": Fraction(1)})
    assert [one.denominator for one in distinct(own.model_copy(update={"indicators": (share,)}))] == ["year-end"]


# The Handbook's tables

TAI = Path(__file__).parent / "reference" / "oecd_tai"
LOWEST = (0, 0, 0, 0, 0, math.log10(22), 0.8, 0.1)
HIGHEST = (994, 272.6, 232.4, 80.8, math.log10(901), math.log10(6969), 12.0, 27.4)
"""The index's goalposts, in the order of the columns; what lies beyond is cut off."""
EIGHTHS = [Fraction(1, 8)] * 8


def printed(table: str) -> dict[str, list[float]]:
    """The figures of a table of the Handbook, by the name of the row."""
    with (TAI / f"{table}.csv").open(encoding="utf-8") as file:
        return {row[0]: [float(figure) for figure in row[1:]] for row in list(csv.reader(file))[1:]}


def column(table: str, name: str) -> dict[str, float]:
    with (TAI / f"{table}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {next(iter(row.values())): float(row[name]) for row in rows}


RAW = printed("tai23_raw")
BETWEEN_GOALPOSTS = np.clip((np.array([*RAW.values()]) - LOWEST) / np.subtract(HIGHEST, LOWEST), 0, 1)


def places(scores: Reals) -> dict[str, int]:
    return dict(zip(RAW, rank(scores, "min").tolist(), strict=True))


@pytest.mark.parametrize("column_", ["EW", "BAP"])
def test_the_handbooks_weights_give_its_ranks(column_: str) -> None:
    weights = [Fraction(str(weight)) for weight in column("table22_weights", column_).values()]
    assert sum(weights) == 1
    assert places(aggregate(BETWEEN_GOALPOSTS, weights, "arithmetic")) == column("table23_ranks_by_weighting", column_)


@pytest.mark.parametrize("column_", ["FA", "AHP"])
def test_weights_that_round_to_the_handbooks_give_its_ranks(column_: str) -> None:
    """The weights are printed to two digits. Those within half a digit that separate neighbours most, found by linear programming."""
    around = np.array([*column("table22_weights", column_).values()])
    ranks = column("table23_ranks_by_weighting", column_)
    order = BETWEEN_GOALPOSTS[np.argsort([ranks[name] for name in RAW])]
    bounds = [*((weight - 0.0049, weight + 0.0049) for weight in around), (0, None)]
    falling = np.column_stack([order[1:] - order[:-1], np.ones(22)])
    best = linprog([0] * 8 + [-1], falling, np.zeros(22), [[1] * 8 + [0]], [1], bounds)
    weights = [Fraction(f"{weight:.6f}") for weight in best.x[:8]]
    assert max(abs(float(weight) - printed_) for weight, printed_ in zip(weights, around, strict=True)) <= 0.005
    assert places(aggregate(BETWEEN_GOALPOSTS, weights, "arithmetic")) == ranks


def test_the_handbooks_linear_aggregation() -> None:
    assert places(aggregate(BETWEEN_GOALPOSTS, EIGHTHS, "arithmetic")) == column("table38_ranks_by_aggregation", "LIN")


def test_the_handbooks_geometric_aggregation_but_for_three_places() -> None:
    ranks = column("table38_ranks_by_aggregation", "GME")
    ours = places(aggregate(BETWEEN_GOALPOSTS, EIGHTHS, "geometric"))
    assert {name: (place, ranks[name]) for name, place in ours.items() if place != ranks[name]} == {
        "Canada": (12, 13),
        "Norway": (13, 11),
        "Austria": (11, 12),
    }


def test_the_handbooks_outranking_matrix() -> None:
    """Table 36: the weight of the indicators in which a country is ahead of another, ties halved."""
    values, matrix = np.array([*printed("table35_five_countries").values()]), np.array([*printed("table36_outranking").values()])
    for one in range(5):
        for other in set(range(5)) - {one}:
            margin = contributions(values[[one, other]], EIGHTHS, "outranking")[0].sum()
            assert (1 + margin) / 2 == matrix[one, other]


def test_outranking_by_the_handbooks_matrix() -> None:
    """By hand from table 36. Sweden has more than half against Finland, Japan and Korea, and half against the USA: 3. The USA: half
    against two, more against two: 2. Finland loses to Sweden, ties with the USA and wins two: 1. Japan beats Korea alone: −2."""
    values = np.array([*printed("table35_five_countries").values()])
    assert aggregate(values, EIGHTHS, "outranking").tolist() == [1, 2, 3, -2, -4]


# By hand

HALVES = [Fraction(1, 2), Fraction(1, 2)]


def test_the_mazziotta_pareto_index_by_hand() -> None:
    """Values 1, 2, 3: mean 2, s² = 2/3 over n, so that 3 is 100 + 10·√1.5."""
    up, down = np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])
    root = math.sqrt(1.5)
    scaled = normalise(up, "z-score-100")
    assert scaled.tolist() == pytest.approx([100 - 10 * root, 100, 100 + 10 * root])
    both = np.column_stack([scaled, normalise(down, "z-score-100")])
    # The first and the last deviate from their mean of 100 by 10·√1.5 either way: S² = 150, the penalty 1.5.
    assert aggregate(both, HALVES, "mazziotta-pareto").tolist() == pytest.approx([98.5, 100, 98.5])
    # Weights 3/4 and 1/4: M = 100 ∓ 5·√1.5, S² = 3/4 · 1/4 · (20·√1.5)² = 112.5.
    means = [100 - 5 * root, 100, 100 + 5 * root]
    unequal = [Fraction(3, 4), Fraction(1, 4)]
    expected = [mean - penalty / mean for mean, penalty in zip(means, (112.5, 0, 112.5), strict=True)]
    assert aggregate(both, unequal, "mazziotta-pareto").tolist() == pytest.approx(expected)
    assert contributions(both, unequal, "mazziotta-pareto").sum(axis=1).tolist() == pytest.approx(expected)


def test_min_max_from_1_to_100_by_hand() -> None:
    assert normalise(np.array([10.0, 20.0, 30.0]), "min-max-100").tolist() == [1, 50.5, 100]
    assert normalise(np.array([10.0, 20.0, 30.0]), "min-max-100", "lower").tolist() == [100, 50.5, 1]
    # √(1 · 100) = 10 and √(50.5 · 50.5): a weakness counts more than in the arithmetic mean, where both have 50.5.
    assert aggregate(np.array([[1.0, 100.0], [50.5, 50.5]]), HALVES, "geometric").tolist() == pytest.approx([10, 50.5])


def test_no_normalisation_leaves_scores_as_they_are() -> None:
    assert normalise(np.array([12.5, 80.0]), "none").tolist() == [12.5, 80]


def test_outranking_by_hand() -> None:
    """A, B and C each beat one another in two of three equal indicators, in a circle; D loses to all in all."""
    values = np.array([[3.0, 2.0, 4.0], [2.0, 4.0, 3.0], [4.0, 3.0, 2.0], [1.0, 1.0, 1.0]])
    thirds = [Fraction(1, 3)] * 3
    assert aggregate(values, thirds, "outranking").tolist() == [1, 1, 1, -3]
    # Half the weight on the first indicator: C beats A and A beats B by 3/4, B and C tie.
    half = [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)]
    assert aggregate(values, half, "outranking").tolist() == [1, 0, 2, -3]


# By property

METHODS_OF_ALL = [(name, aggregation) for aggregation, names in METHODS.items() for name in names]
weightings = st.lists(st.integers(1, 9), min_size=3, max_size=3).map(lambda parts: [Fraction(part, sum(parts)) for part in parts])


@given(tables, weightings, st.sampled_from([method for method in METHODS_OF_ALL if method[1] != "mazziotta-pareto"]))
def test_a_region_is_never_above_one_that_is_as_good_in_everything(values: Reals, weights: list[Fraction], method: tuple[str, str]) -> None:
    normalised = np.column_stack([normalise(column, method[0]) for column in values.T])
    ranks = rank(aggregate(normalised, weights, method[1]), "min")
    dominates = (values[:, np.newaxis] >= values).all(axis=2)
    assert (ranks[:, np.newaxis] <= ranks)[dominates].all()


def test_the_mazziotta_pareto_index_can_mark_down_what_is_better_in_one_indicator_and_equal_in_the_other() -> None:
    """Weights 1/10 and 9/10. M = 68, S² = 1/10 · 9/10 · 80² = 576: 68 − 576/68 = 59.5, below 60 for a balanced 60."""
    better, equal = aggregate(np.array([[140.0, 60.0], [60.0, 60.0]]), [Fraction(1, 10), Fraction(9, 10)], "mazziotta-pareto")
    assert better == pytest.approx(68 - 576 / 68)
    assert equal == 60


@given(tables, weightings, st.sampled_from(METHODS_OF_ALL))
def test_many_weightings_at_once_score_as_each_alone(values: Reals, weights: list[Fraction], method: tuple[str, str]) -> None:
    normalised = np.column_stack([normalise(column, method[0]) for column in values.T])
    alone = aggregate(normalised, weights, method[1])
    linear = np.log(normalised) if method[1] == "geometric" else normalised
    together = scores(np.array([[float(weight) for weight in weights]]), linear, method[1])[0]
    assert rank(together, "min").tolist() == rank(alone, "min").tolist()
    assert np.exp(together) == pytest.approx(alone) if method[1] == "geometric" else together == pytest.approx(alone)


@pytest.mark.parametrize("aggregation", ["outranking", "mazziotta-pareto"])
def test_exact_shares_of_two_weights_agree_with_a_grid(aggregation: str) -> None:
    normalised = 100 + 10 * np.random.default_rng(4).standard_normal((7, 2))
    shares = acceptability(normalised, aggregation, 3, 1, 1)
    assert shares.draws is None
    grid = (np.arange(20_000) + 0.5) / 20_000
    ranks = rank(scores(np.column_stack([grid, 1 - grid]), normalised, aggregation), "min")
    assert shares.candidate == pytest.approx((ranks <= 3).mean(axis=0), abs=2e-4)
    for region in np.flatnonzero(ranks[10_000] <= 3):
        interval = candidate_interval(normalised, [0.5, 0.5], aggregation, 3, int(region), 0)
        assert interval is not None
        inside = (grid >= interval[0]) & (grid <= interval[1])
        assert (ranks[inside, region] <= 3).all()
        for beyond in (grid[grid < interval[0]][-1:], grid[grid > interval[1]][:1]):
            assert not (ranks[np.isin(grid, beyond), region] <= 3).any()
