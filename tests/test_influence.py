"""What each indicator really weighs: against a closed form, other code, and by hand."""

from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pipeline.award import Award, load_award
from pipeline.ranking.influence import correlation, correlations, influence
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import stand, weighing


def of(values: Reals, *weights: int) -> Award:
    """2021 with so many weighing indicators, normalised as they are: values from 0 to 1."""
    award = load_award("2021")
    total = sum(weights)
    chosen = tuple(
        one.model_copy(update={"weight": Fraction(weight, total)}) for one, weight in zip(award.indicators, weights, strict=False)
    )
    assert values.min(axis=0).tolist() == [0] * len(weights)
    return award.model_copy(update={"indicators": chosen})


def test_of_independent_indicators_the_shares_are_those_of_the_squared_weights() -> None:
    """A linear function of independent inputs of one variance: S_i = w_i² / Σ w². Weights 2/3 and 1/3: 4/5 and 1/5, far from 2 : 1."""
    values = np.array([[0.0, 0.0], [0, 1], [1, 0], [1, 1]])
    award = of(values, 2, 1)
    here = stand(values, weighing(award), award.ranking)
    assert [row["variance_share"] for row in influence(here, award)] == pytest.approx([0.8, 0.2])
    assert [row["influence_share"] for row in influence(here, award)] == pytest.approx([0.8, 0.2])
    (pair,) = correlations(here, award)
    assert (pair["correlation"], pair["regions"]) == (0, 4)


def test_an_indicator_that_goes_against_the_rest_can_weigh_nothing_by_hand() -> None:
    """Three of equal weight, the second the first again, the third their opposite: the score is (x + x + 1 − x) / 3, and all follow it."""
    values = np.array([[0.0, 0, 1], [0.5, 0.5, 0.5], [1, 1, 0], [0.5, 0.5, 0.5]])
    award = of(values, 1, 1, 1)
    here = stand(values, weighing(award), award.ranking)
    assert [row["variance_share"] for row in influence(here, award)] == pytest.approx([1, 1, 1])
    assert [row["influence_share"] for row in influence(here, award)] == pytest.approx([1 / 3] * 3)
    assert [row["correlation"] for row in correlations(here, award)] == pytest.approx([1, -1, -1])


def test_what_is_the_same_everywhere_has_no_share() -> None:
    values = np.array([[0.0, 0], [0.5, 0], [1, 0]])
    award = of(values, 1, 1)
    here = stand(values, weighing(award), award.ranking)
    assert [row["variance_share"] for row in influence(here, award)] == [pytest.approx(1), None]
    assert [row["influence_share"] for row in influence(here, award)] == [pytest.approx(1), None]
    assert correlations(here, award)[0]["correlation"] is None
    assert correlation(values[:2, 0], values[:2, 0]) is None


def test_the_shares_of_a_round_are_those_of_numpy(complete: Path) -> None:
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:
        names = [name for (name,) in connection.sql("select indicator from robustness.influence").fetchall()]
        columns = ", ".join(f"{name}_normalised" for name in names)
        ranking = np.array(connection.sql(f"select score, {columns} from ranking.ranking where rank is not null").fetchall()).T
        shares = dict(connection.sql("select indicator, variance_share from robustness.influence").fetchall())
        pairs = connection.sql("select indicator, other_indicator, correlation from robustness.correlations").fetchall()
    matrix = np.corrcoef(ranking)
    assert [shares[name] for name in names] == pytest.approx(matrix[0, 1:] ** 2, rel=1e-9)
    assert len(pairs) == 3
    for one, other, value in pairs:
        assert value == pytest.approx(matrix[1 + names.index(one), 1 + names.index(other)], rel=1e-9)
