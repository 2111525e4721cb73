"""All choices at once: shares by hand and by property, and what each choice explains, against closed forms."""

from collections.abc import Sequence
from fractions import Fraction
from math import pi, sqrt

import numpy as np
import pytest
from conftest import RAW
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.award import Indicator, load_award
from pipeline.method import Goalposts, PartlyKnown, Ranking
from pipeline.ranking import joint
from pipeline.ranking.joint import SAMPLES, Variants, different, every_variant, joint_shares, sample, sobol_indices
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import field, stand
from pipeline.ranking.variance import indices, intervals, sums, together
from pipeline.ranking.verdicts import verdict
from pipeline.ranking.weights import acceptability, place_interval
from pipeline.run import indicators_of

AWARD = load_award("2021")
MIN_MAX = AWARD.ranking
UNKNOWN = np.nan


def method(**other: object) -> Ranking:
    return Ranking.model_validate(MIN_MAX.model_dump() | other)


def indicators(count: int) -> list[Indicator]:
    return [AWARD.indicators[0].model_copy(update={"name": f"i{number}", "direction": "higher"}) for number in range(count)]


def variants(values: Reals, methods: Sequence[Ranking] = (MIN_MAX,), draws: int = 1024) -> list[Variants]:
    """Of values (windows, denominators, regions, indicators)."""
    count = values.shape[-1]
    return list(every_variant(values, indicators(count), methods, sample(count, draws, 1)))


# By hand

ONE = method(candidates=1)
THREE_WINDOWS = np.array([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [0.0, 0.0]], [[UNKNOWN, 1.0], [0.0, 0.0]]])[:, np.newaxis]
"""A and B: each best in one indicator; A best in both; A not ranked."""


def test_joint_shares_of_three_windows_by_hand() -> None:
    """A is the candidate in half of the weightings, in all, in none: 1/2 of the whole. It is ranked in two thirds."""
    rows = joint_shares(("A", "B"), variants(THREE_WINDOWS, [ONE]))
    a, b = rows
    assert a["joint_share"] == pytest.approx(1 / 2, abs=4 * a["standard_error"])
    assert 0 < a["standard_error"] < 0.002
    assert a["ranked_share"] == pytest.approx(2 / 3)
    assert (b["joint_share"], b["ranked_share"]) == (pytest.approx(1 / 2, abs=4 * b["standard_error"]), 1)
    # Of the variants that rank it, A is first in 3/4; B, of all, in 1/2. Both stand second in more than 5 %.
    assert [(row["best_rank"], row["worst_rank"]) for row in rows] == [(1, 2), (1, 2)]


def test_indices_of_two_windows_by_hand() -> None:
    """A: 1 where the first weight is above 1/2 in the first window, 1 in the second. Mean 3/4, variance 3/16; the means by window, 1/2
    and 1, and by weighting, 1/2 and 1, vary by 1/16: a third each, alone; the last third needs both."""
    rows = sobol_indices(("A", "B"), variants(THREE_WINDOWS[:2], [ONE]), 1)
    of_a = {row["choice"]: row for row in rows if (row["outcome"], row["region_code"]) == ("candidacy", "A")}
    assert of_a["window"]["variance"] == pytest.approx(3 / 16, abs=1e-3)
    for choice, first, total in (("window", 1 / 3, 2 / 3), ("weights", 1 / 3, 2 / 3), ("method", 0, 0), ("denominator", 0, 0)):
        row = of_a[choice]
        assert (row["first_order"], row["total"]) == (pytest.approx(first, abs=5e-3), pytest.approx(total, abs=5e-3))
        assert row["first_order_low"] <= row["first_order"] <= row["first_order_high"]
    places = [row for row in rows if (row["outcome"], row["region_code"]) == ("place", "A")]
    assert [row["total"] for row in places] == pytest.approx([row["total"] for row in of_a.values()]), "place is 2 − candidacy"


def test_places_are_judged_in_the_windows_that_always_rank_a_region() -> None:
    rows = sobol_indices(("A", "B"), variants(THREE_WINDOWS, [ONE]), 1)
    by_place = {row["region_code"]: row["variance"] for row in rows if row["outcome"] == "place"}
    assert by_place == {"A": pytest.approx(3 / 16, abs=1e-3), "B": pytest.approx(1 / 4, abs=1e-3)}


def test_a_region_ranked_by_what_is_known_takes_part() -> None:
    """A is best in what is known of it, and its unknown score is at that mean: first under every weighting. Else it is not ranked."""
    values = np.array([[10.0, UNKNOWN], [0.0, 1.0], [5.0, 0.0]])[np.newaxis, np.newaxis]
    partly = PartlyKnown(indicators=1, reason="-")
    for methods, expected in (((ONE.model_copy(update={"partly_known": partly}),), 1.0), ((ONE,), 0.0)):
        rows = joint_shares(("A", "B", "C"), variants(values, methods))
        assert rows[0]["joint_share"] == expected


def test_indices_where_a_region_is_ranked_by_what_is_known_by_hand() -> None:
    """A is first in the first window, whatever the weights, and unknown in the second. There B, at 1 − w against C's w, is first for w
    below 1/2: mean 1/4, variance 3/16; by window 0 and 1/2, by weighting 1/2 and 0, which vary by 1/16: a third each, and a third both."""
    known = [[0.0, 1.0], [5.0, 0.0]]
    values = np.array([[[10.0, UNKNOWN], *known], [[UNKNOWN, UNKNOWN], *known]])[:, np.newaxis]
    partly = ONE.model_copy(update={"partly_known": PartlyKnown(indicators=1, reason="-")})
    rows = [row for row in sobol_indices(("A", "B", "C"), variants(values, (partly,)), 1) if row["outcome"] == "candidacy"]
    found = {(row["region_code"], row["choice"]): (row["first_order"], row["total"]) for row in rows}
    assert found["A", "window"] == (pytest.approx(1), pytest.approx(1))
    assert found["A", "weights"] == (pytest.approx(0), pytest.approx(0))
    for choice in ("window", "weights"):
        assert found["B", choice] == (pytest.approx(1 / 3, abs=5e-3), pytest.approx(2 / 3, abs=5e-3))


def test_goalposts_hold_under_every_weighting_by_hand() -> None:
    """A has 10 and 1, B 20 and 0. Between the lowest and highest each is first in half of the weightings; with a highest goalpost of 10
    for the first indicator, which clips, they are level there, and A is first under all."""
    values = np.array([[10.0, 1.0], [20.0, 0.0]])[np.newaxis, np.newaxis]
    posts = Goalposts(lowest=0, highest=10, clip=True, reason="-")
    first, second = indicators(2)
    for own, expected in (([first, second], 1 / 2), ([first.model_copy(update={"goalposts": posts}), second], 1)):
        rows = joint_shares(("A", "B"), list(every_variant(values, own, [ONE], sample(2, 1024, 1))))
        assert rows[0]["joint_share"] == pytest.approx(expected, abs=5e-3)


def test_an_interval_of_places_and_its_error_by_hand() -> None:
    reach = np.array([0.04, 0.5, 0.955, 1.0])
    ends = place_interval(reach, np.array([0.01, 0.01, 0.01, 0.0]))
    assert (ends["best_rank"], ends["worst_rank"]) == (2, 3)
    # 4 % at the first place could be 6 %; 4.5 % below the third could be 6.5 %.
    assert (ends["best_rank_within_error"], ends["worst_rank_within_error"]) == (1, 4)


# By property

blocks = arrays(np.float64, st.tuples(*map(st.just, (3, 2, 6, 3))), elements=st.integers(0, 9).map(float))


def test_no_choice_left_gives_the_ranking_itself() -> None:
    """One window, denominator, method and indicator: shares are 0 or 1, and nothing varies."""
    values = np.array([3.0, 1.0, 2.0, 5.0, 4.0])[np.newaxis, np.newaxis, :, np.newaxis]
    samples = variants(values)
    rows = joint_shares(tuple("ABCDE"), samples)
    own = stand(values[0, 0], indicators(1), MIN_MAX)
    assert [(row["joint_share"], row["standard_error"]) for row in rows] == [(float(chosen), 0) for chosen in own.candidate]
    assert [(row["best_rank"], row["worst_rank"]) for row in rows] == [(place, place) for place in own.rank]
    assert sobol_indices(tuple("ABCDE"), samples, 1) == []


@settings(deadline=None, max_examples=25)
@given(blocks)
def test_each_variant_is_the_ranking_that_the_engine_gives(values: Reals) -> None:
    methods = (MIN_MAX, method(normalisation="rank", aggregation="geometric"), method(normalisation="z-score"))
    weightings = next(sample(3, 32, 1))
    first = variants(values, methods, 32)[0]
    for window, denominator, number, draw in ((0, 0, 0, 0), (2, 1, 1, 1), (1, 0, 2, 1), (2, 0, 1, 0)):
        weights = map(Fraction, weightings[draw].tolist())
        weighed = [one.model_copy(update={"weight": weight}) for one, weight in zip(indicators(3), weights, strict=True)]
        own = stand(values[window, denominator], weighed, methods[number])
        assert first.places[window, denominator, number, draw].tolist() == own.rank.tolist()
        assert first.chosen[window, denominator, number, draw].tolist() == own.candidate.tolist()


@settings(deadline=None, max_examples=25)
@given(arrays(np.float64, st.tuples(*map(st.just, (2, 1, 5, 3))), elements=st.integers(0, 999).map(float), unique=True))
def test_shares_add_up(values: Reals) -> None:
    """Without ties three are candidates, and one stands at each place."""
    methods = (MIN_MAX, method(normalisation="z-score"))
    samples = variants(values, methods, 64)
    assert sum(row["joint_share"] for row in joint_shares(tuple("ABCDE"), samples)) == pytest.approx(3)
    for one in samples:
        assert [(one.places == place).sum() for place in range(1, 6)] == [one.places.size // 5] * 5


@settings(deadline=None, max_examples=10)
@given(blocks)
def test_a_copy_of_a_method_or_of_a_denominator_changes_nothing(values: Reals) -> None:
    """Percentile rank is the rank over the number of regions."""
    values[:, 1] = values[:, 0]
    once, copied = [method(normalisation="rank")], [method(normalisation="rank"), method(normalisation="percentile-rank")]
    own, more = different(variants(values[:, :1], once, 64)), different(variants(values, copied, 64))
    assert own[0].places.shape == more[0].places.shape == (3, 1, 1, 4, 6)
    codes = tuple("ABCDEF")
    assert joint_shares(codes, own) == joint_shares(codes, more)
    assert sobol_indices(codes, own, 1) == sobol_indices(codes, more, 1)


def test_the_sample_is_uniform_on_the_simplex_and_errs_as_it_says() -> None:
    weightings = list(sample(3, 1024, 1))
    assert len(weightings) == SAMPLES and all(each.shape == (64, 3) for each in weightings)
    every = np.concatenate(weightings)
    assert every.sum(axis=1) == pytest.approx(np.ones(1024)) and (every >= 0).all()
    # Of three uniform spacings: mean 1/3, variance 1/18; 1,024 independent ones would err by √(1/18/1024).
    assert every.mean(axis=0) == pytest.approx(np.full(3, 1 / 3), abs=sqrt(1 / 18 / 1024))
    assert every.var(axis=0) == pytest.approx(np.full(3, 1 / 18), abs=4e-3)
    normalised = np.random.default_rng(4).random((9, 3))
    rows = joint_shares(tuple("ABCDEFGHI"), variants(normalised[np.newaxis, np.newaxis]))
    values = stand(normalised, indicators(3), MIN_MAX).normalised
    exact = acceptability(values, "arithmetic", 3, 1, 1)
    for row, share in zip(rows, exact.candidate, strict=True):
        assert row["joint_share"] == pytest.approx(share, abs=4 * row["standard_error"] + 1e-6)
        assert row["standard_error"] < sqrt(share * (1 - share) / 1024) + 1e-6, "less than that of independent draws"


# What each choice explains, against closed forms


def middles(count: int, low: float, high: float) -> Reals:
    return low + (np.arange(count) + 0.5) / count * (high - low)


def test_indices_of_a_linear_function_are_the_squares_of_its_factors() -> None:
    one, other, third = np.meshgrid(middles(10, 0, 1), middles(10, 0, 1), middles(10, 0, 1), indexing="ij")
    outcome = np.stack([one + 2 * other + 3 * third, one * 0], axis=-1)
    result = indices(together([sums(outcome)]))
    assert result.first_order[:, 0] == pytest.approx([1 / 14, 4 / 14, 9 / 14])
    assert result.total[:, 0] == pytest.approx([1 / 14, 4 / 14, 9 / 14])
    assert result.variance[1] == 0 and np.isnan(result.total[:, 1]).all()


def test_indices_of_ishigamis_function() -> None:
    """sin x + 7 sin² y + 0.1 z⁴ sin x on (−π, π)³: Ishigami and Homma 1990; the closed form is Saltelli's."""
    x, y, z = np.meshgrid(middles(32, -pi, pi), middles(32, -pi, pi), middles(400, -pi, pi), indexing="ij")
    result = indices(together([sums((np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))[..., np.newaxis])]))
    of_x, of_y, of_x_and_z = (1 + 0.1 * pi**4 / 5) ** 2 / 2, 7**2 / 8, 0.1**2 * pi**8 * 8 / 225
    variance = of_x + of_y + of_x_and_z
    assert result.variance[0] == pytest.approx(variance, rel=1e-4)
    assert result.first_order[:, 0] == pytest.approx([of_x / variance, of_y / variance, 0], abs=1e-4)
    assert result.total[:, 0] == pytest.approx([(of_x + of_x_and_z) / variance, of_y / variance, of_x_and_z / variance], abs=1e-4)


def test_bootstrap_intervals_hold_the_truth_and_shrink_to_a_point_without_spread() -> None:
    """x + 2u with x of two levels, 0 and 1 (variance 1/4), and u sampled at random from 0 to 1 (4/12): 3/7 and 4/7."""
    random = np.random.default_rng(3)
    parts = [sums((np.array([[0.0], [1.0]]) + 2 * random.random(200))[..., np.newaxis]) for _ in range(SAMPLES)]
    first, total = intervals(parts, 1)
    for low, high in (first, total):
        assert (low[:, 0] < [3 / 7, 4 / 7]).all() and (high[:, 0] > [3 / 7, 4 / 7]).all() and (high - low < 0.1).all()
    low, high = intervals([parts[0]] * SAMPLES, 1)[0]
    assert low == pytest.approx(high)
    assert together(parts).size == 200 * SAMPLES


# The verdict


@pytest.mark.parametrize(
    ("candidate", "share", "expected"),
    [
        (True, 0.9, "robust"),
        (True, 0.899, "depends_on_window"),
        (True, 0.5, "depends_on_window"),
        (True, 0.499, "marginal"),
        (False, 0.099, None),
        (False, 0.1, "marginal"),
        (False, 0.5, "depends_on_window"),
        (False, 0.95, "depends_on_window"),
    ],
)
def test_the_verdict_follows_the_joint_share_and_the_thresholds_of_the_award(candidate: bool, share: float, expected: str | None) -> None:
    assert verdict(candidate, share, "window", AWARD) == expected


def test_more_comparisons_than_the_bound_leave_fewer_weightings_which_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten windows, two counts of inhabitants, seven methods; of 1,024 weightings the sixteen that a standard error needs are left."""
    monkeypatch.setattr(joint, "MOST", 100)
    with indicators_of(load_award("2021"), RAW) as (warehouse, chosen, _):
        regions = field(warehouse.read("staging.regions"), chosen)
        every = joint.under_all_choices(regions, warehouse.values_under, chosen)
    assert {row["combinations"] for row in every.values()} == {10 * 2 * 7 * 16}
