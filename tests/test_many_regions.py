"""Large geographies: what is left out, and that what is left is what the slow way gives."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from conftest import RAW
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.award import Award, load_award
from pipeline.ranking import possible, standing, weightings, weights
from pipeline.ranking.joint import Variants, joint_shares
from pipeline.ranking.leave_one_out import _at_the_ends
from pipeline.ranking.possible import possible_places
from pipeline.ranking.rank_sets import among_best, marginal_sets
from pipeline.ranking.robustness import robustness
from pipeline.ranking.score import Reals, is_candidate
from pipeline.ranking.standing import Rows, own_range
from pipeline.ranking.weights import _number_above, acceptability, weighted_sums
from pipeline.run import indicators_of

SHIPPED = load_award("2021")
UNKNOWN = np.nan
FEWER_DRAWS = SHIPPED.model_copy(update={"robustness": SHIPPED.robustness.model_copy(update={"draws": 400, "joint_draws": 16})})
OF_ALL = (
    "candidate_shares",
    "rank_intervals",
    "central_weights",
    "weight_intervals",
    "cell_bounds",
    "unranked",
    "influence",
    "correlations",
)
OF_THE_NEAR = ("methods", "scenarios", "turning_points")
"""Tables with rows of the near alone, each as it is when there are few regions."""


@pytest.fixture(scope="module")
def tables() -> tuple[Mapping[str, Rows], Mapping[str, Rows], Award]:
    """The challenges of the round of 2021, as one of few regions and as one of many; nothing is sampled less for that."""
    with indicators_of(FEWER_DRAWS, RAW) as (warehouse, award, _), pytest.MonkeyPatch.context() as patch:
        regions = warehouse.read("staging.regions")
        few = robustness(regions, warehouse.figures, warehouse.values_under, award)
        patch.setattr(standing, "MANY", 10)
        patch.setattr(weights, "CELLS_IN_A_BLOCK", 70)
        many = robustness(regions, warehouse.figures, warehouse.values_under, award, also="14")
    return few, many, award


def of(rows: Rows, near: set[str]) -> Rows:
    return [row for row in rows if row["region_code"] in near]


def near(many: Mapping[str, Rows]) -> set[str]:
    return {row["region_code"] for row in many["robustness.verdicts"]} | {"14"}


@pytest.mark.whole
def test_tables_with_a_row_a_region_are_as_of_few_regions(tables: tuple[Mapping[str, Rows], Mapping[str, Rows], Award]) -> None:
    few, many, _ = tables
    for name in OF_ALL:
        assert many[f"robustness.{name}"] == few[f"robustness.{name}"], name


def test_tables_with_several_rows_a_region_have_those_of_the_near(tables: tuple[Mapping[str, Rows], Mapping[str, Rows], Award]) -> None:
    """Those with a verdict, and one that was asked for, which has none."""
    few, many, _ = tables
    assert 3 < len(near(many)) < 10
    assert "14" not in {row["region_code"] for row in many["robustness.verdicts"]}
    for name in OF_THE_NEAR:
        assert many[f"robustness.{name}"] == of(few[f"robustness.{name}"], near(many)), name
    assert {row["region_code"] for row in many["robustness.sobol_indices"]} <= near(many)
    assert many["robustness.acceptability"] == [row for row in of(few["robustness.acceptability"], near(many)) if row["share"]]


def test_other_windows_are_those_of_the_near(tables: tuple[Mapping[str, Rows], Mapping[str, Rows], Award]) -> None:
    few, many, award = tables
    own = (award.window.base, award.window.final)
    for name in ("windows", "window_rankings"):
        kept = [
            row for row in few[f"robustness.{name}"] if (row["base_year"], row["final_year"]) == own or row["region_code"] in near(many)
        ]
        assert many[f"robustness.{name}"] == kept, name
    assert many["robustness.window_extremes"] == of(few["robustness.window_extremes"], near(many))


def test_without_each_other_and_without_those_at_the_ends_of_a_scale(tables: tuple[Mapping[str, Rows], Mapping[str, Rows], Award]) -> None:
    few, many, award = tables
    own = (award.window.base, award.window.final)
    ends: set[str] = set()
    for one in (one.name for one in award.indicators if one.weight):
        rows = [row for row in few["robustness.windows"] if row["indicator"] == one and (row["base_year"], row["final_year"]) == own]
        values = {row["region_code"]: row["indicator_value"] for row in rows if row["indicator_value"] is not None}
        ends |= {min(values, key=values.__getitem__), max(values, key=values.__getitem__)}
    dropped = {row["dropped"] for row in many["robustness.leave_one_out"] if row["dropped_kind"] == "region"}
    assert dropped == near(many) | ends
    assert not ends <= near(many)
    kept = [
        row for row in of(few["robustness.leave_one_out"], near(many)) if row["dropped_kind"] == "indicator" or row["dropped"] in dropped
    ]
    assert many["robustness.leave_one_out"] == kept
    turned = [row for row in of(few["robustness.rank_reversals"], near(many)) if row["dropped"] in dropped]
    assert many["robustness.rank_reversals"] == [row for row in turned if row["overtaken_by"] in near(many)]


def test_outranking_is_not_combined_and_the_draws_are_bounded(
    tables: tuple[Mapping[str, Rows], Mapping[str, Rows], Award], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven methods without outranking are six. 21 regions, 2,100 comparisons: 100 draws."""
    few, many, award = tables
    counts = [{row["choice"]: row["variants"] for row in one["robustness.joint_choices"]} for one in (few, many)]
    assert [one["method"] for one in counts] == [7, 6]
    assert {row["aggregation"] for row in many["robustness.methods"]} >= {"outranking"}
    monkeypatch.setattr(standing, "MANY", 1)
    monkeypatch.setattr(weightings, "MOST", 400)
    values = np.random.default_rng(1).random((4, 4))
    regions = standing.Field(("a", "b", "c", "d"), ("A", "B", "C", "D"), award.catalogue.geography)
    own = [award.indicators[0].model_copy(update={"name": f"i{number}", "weight": award.indicators[0].weight}) for number in range(4)]
    here = standing.stand(values, own, award.ranking)
    four = FEWER_DRAWS.model_copy(update={"indicators": tuple(own)})
    rows, _ = weightings.weightings(regions, here, four, [0])
    assert {row["draws"] for row in rows["robustness.candidate_shares"]} == {100}


def test_the_ends_of_each_scale_are_held_by_ranked_regions() -> None:
    """The second cannot be ranked; of the first indicator the third has the least, the first the most, of the other the reverse."""
    values = np.array([[3.0, 4.0], [9.0, UNKNOWN], [1.0, 5.0], [2.0, 4.5]])
    here = standing.stand(values, SHIPPED.indicators[:2], SHIPPED.ranking)
    assert [*_at_the_ends(values, here)] == [2, 0, 0, 2]


def test_an_unranked_region_of_many_stands_between_the_places_of_its_best_and_worst(monkeypatch: pytest.MonkeyPatch) -> None:
    """With z-scores the bounds of few regions are wider than the places at the ends; of many they are these."""
    award = SHIPPED.model_copy(
        update={"ranking": SHIPPED.ranking.model_copy(update={"normalisation": "z-score"}), "indicators": SHIPPED.indicators[:2]}
    )
    values = np.random.default_rng(2).normal(size=(9, 2))
    best, worst = np.add(values, [3, -0.2]), np.subtract(values, [3, -0.2])
    values[4] = UNKNOWN
    ends = own_range(4, values, best, worst, award)
    few = possible_places(4, values, best, worst, award)
    monkeypatch.setattr(possible, "MANY", 8)
    assert possible_places(4, values, best, worst, award) == (ends["best_rank"], ends["worst_rank"])
    assert few[0] <= ends["best_rank"] <= ends["worst_rank"] <= few[1]


@given(
    places=arrays(np.int16, (2, 4, 1, 1, 10, 5), elements=st.integers(1, 5)),
    ranks=arrays(np.bool_, (4, 1, 1, 1, 5)),
)
@settings(max_examples=40, deadline=None)
def test_most_places_of_the_others_are_those_of_the_near_without_their_errors(places: Any, ranks: Any) -> None:
    """Whether a window ranks a region is the same in every sample of weightings."""
    samples = [Variants(np.where(ranks, own, 0), ranks & (own == 1)) for own in places]
    slow, quick = joint_shares("abcde", samples), joint_shares("abcde", samples, [])
    for one, other in zip(slow, quick, strict=True):
        assert other == pytest.approx({name: value for name, value in one.items() if not name.endswith("_within_error")})


@given(values=arrays(np.float64, (9, 3), elements=st.sampled_from([0, 0.25, 0.3, 0.5, 0.8, 1.0])), region=st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_a_candidate_is_followed_along_a_weight_as_by_ranking_anew(values: Reals, region: int) -> None:
    ends, points = np.array([[0.0, 0.4, 0.6], [1.0, 0.0, 0.0]]), np.array([0.013, 0.21, 0.437, 0.68, 0.93])
    at_zero, at_one = weighted_sums(ends, values)
    anew = weighted_sums(ends[0] + points[:, np.newaxis] * (ends[1] - ends[0]), values)
    above = _number_above(at_zero, at_one, region, points)
    for candidates in (1, 3, 6):
        assert (above < candidates).tolist() == is_candidate(anew, candidates)[:, region].tolist()


@pytest.mark.parametrize("values", [np.random.default_rng(3).random((12, 4)), np.random.default_rng(3).integers(0, 2, (12, 4)) / 1.0])
def test_shares_counted_a_few_regions_at_a_time_are_the_same(values: Reals, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = acceptability(values, "arithmetic", 3, 500, 1)
    monkeypatch.setattr(weights, "CELLS_IN_A_BLOCK", 50)
    parts = acceptability(values, "arithmetic", 3, 500, 1, [1, 7])
    assert parts.by_rank == pytest.approx(whole.by_rank[[1, 7]], abs=1e-12)
    assert {end: places.tolist() for end, places in parts.intervals.items()} == {end: own.tolist() for end, own in whole.intervals.items()}
    assert np.allclose(parts.central, whole.central, equal_nan=True)


def test_rank_sets_of_some_are_those_of_all() -> None:
    """The set of a region needs its own differences alone; who could be first is asked of fewer pairs, and never answered more widely."""
    values, errors = np.random.default_rng(5).normal(size=8), np.full(8, 0.4)
    best, worst = marginal_sets(values, errors, range(8), 500, 1)
    some = marginal_sets(values, errors, [2, 5], 500, 1)
    assert ([*some[0]], [*some[1]]) == ([*best[[2, 5]]], [*worst[[2, 5]]])
    every = among_best(values, errors, 2, range(8), 500, 1)
    assert not (among_best(values, errors, 2, [2, 5], 500, 1) & ~every[[2, 5]]).any()
