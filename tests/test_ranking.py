"""Normalise, weigh, aggregate, rank: against the Handbook's table, by hand, and by property."""

import csv
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.award import load_award
from pipeline.faults import DataRefused
from pipeline.method import METHODS
from pipeline.ranking.score import Reals, aggregate, candidates, contributions, is_candidate, normalise, rank, rank_regions

TABLE_15 = Path(__file__).parent / "reference" / "oecd_tai" / "table15_schooling_normalisations.csv"
NORMALISATIONS = ("min-max", "z-score", "percentile-rank", "rank", "min-max-100", "z-score-100")


def printed(value: float, decimals: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("method", "column", "factor", "decimals"),
    [("rank", "rank", 1, 0), ("z-score", "z", 1, 2), ("min-max", "minmax", 1, 2), ("percentile-rank", "percentile", 100, 1)],
)
def test_the_handbook_table_15_comes_out_to_the_printed_digits(method: str, column: str, factor: int, decimals: int) -> None:
    with TABLE_15.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    scores = normalise(np.array([float(row["value"]) for row in rows]), method) * factor
    assert [printed(score, decimals) for score in scores] == [printed(float(row[column]), decimals) for row in rows]


def test_normalisations_by_hand() -> None:
    values = np.array([10.0, 20.0, 20.0, 40.0])
    assert normalise(values, "min-max").tolist() == pytest.approx([0, 1 / 3, 1 / 3, 1])
    # Mean 22.5; squares 156.25 + 6.25 + 6.25 + 306.25 = 475; s² = 475 / 3.
    assert normalise(values, "z-score").tolist() == pytest.approx([x / (475 / 3) ** 0.5 for x in (-12.5, -2.5, -2.5, 17.5)])
    assert normalise(values, "rank").tolist() == [1, 2, 2, 4]
    assert normalise(values, "percentile-rank").tolist() == [0.25, 0.5, 0.5, 1]


def test_lower_is_better_turns_values_before_scaling() -> None:
    values = np.array([10.0, 20.0, 40.0])
    assert normalise(values, "min-max", "lower").tolist() == pytest.approx([1, 2 / 3, 0])
    assert normalise(values, "rank", "lower").tolist() == [3, 2, 1]


@pytest.mark.parametrize("method", NORMALISATIONS)
def test_an_indicator_that_is_the_same_everywhere_separates_nobody(method: str) -> None:
    assert len(set(normalise(np.array([5.0, 5.0, 5.0]), method).tolist())) == 1
    # The mean of three times 0.7 is not 0.7 in floating point; that is no difference between regions.
    assert len(set(normalise(np.full(3, 0.7), method).tolist())) == 1
    assert not normalise(np.full(3, 0.7), method).any() or method not in ("min-max", "z-score")


def test_one_region_alone_can_be_normalised() -> None:
    assert [normalise(np.array([5.0]), method).tolist() for method in NORMALISATIONS] == [[0], [0], [1], [1], [1], [100]]


@pytest.mark.parametrize("method", NORMALISATIONS)
def test_no_region_is_nothing_to_normalise(method: str) -> None:
    assert list(normalise(np.array([]), method)) == []


def test_unknown_methods_are_refused() -> None:
    with pytest.raises(ValueError, match="sigmoid"):
        normalise(np.array([1.0]), "sigmoid")
    with pytest.raises(ValueError, match="average"):
        rank(np.array([1.0]), "average")


def test_aggregations_by_hand() -> None:
    normalised = np.array([[1.0, 4.0], [9.0, 1.0]])
    half, third = Fraction(1, 2), Fraction(1, 3)
    assert aggregate(normalised, [half, half], "arithmetic").tolist() == [2.5, 5.0]
    assert aggregate(normalised, [half, half], "geometric").tolist() == pytest.approx([2.0, 3.0])
    assert aggregate(normalised, [third, 1 - third], "arithmetic").tolist() == pytest.approx([3.0, 11 / 3])
    assert contributions(normalised, [half, half], "arithmetic").tolist() == [[0.5, 2.0], [4.5, 0.5]]


@pytest.mark.parametrize(("ties", "expected"), [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("dense", [1, 2, 2, 3])])
def test_tie_rules(ties: str, expected: list[int]) -> None:
    assert rank(np.array([9.0, 5.0, 5.0, 1.0]), ties).tolist() == expected


def test_noise_in_the_last_digits_is_a_tie_and_a_small_difference_is_not() -> None:
    assert 0.1 + 0.2 != 0.3
    assert rank(np.array([0.1 + 0.2, 0.3, 0.3 - 1e-9]), "min").tolist() == [1, 1, 3]


def test_whole_scores_with_thirds_as_weights_tie_exactly() -> None:
    thirds = [Fraction(1, 3)] * 3
    normalised = np.array([[1.0, 6.0, 2.0], [3.0, 3.0, 3.0], [7.0, 1.0, 1.0]])
    assert aggregate(normalised, thirds, "arithmetic").tolist() == [3.0, 3.0, 3.0]


def test_a_tie_at_the_last_place_brings_in_all_who_share_it() -> None:
    scores = np.array([9.0, 8.0, 7.0, 7.0, 1.0])
    assert is_candidate(scores, 3).tolist() == [True, True, True, True, False]
    assert is_candidate(scores, 2).tolist() == [True, True, False, False, False]


known = st.floats(min_value=-1e6, max_value=1e6).map(lambda value: round(value, 3))
columns = st.lists(known, min_size=2, max_size=25).map(np.array)


@given(columns, st.sampled_from(NORMALISATIONS), st.randoms())
def test_the_order_of_rows_changes_nothing(values: Reals, method: str, draw: "np.random.Generator") -> None:
    order = list(range(len(values)))
    draw.shuffle(order)
    assert normalise(values[order], method).tolist() == pytest.approx(normalise(values, method)[order].tolist(), abs=1e-9)


@given(columns, st.sampled_from(NORMALISATIONS), st.sampled_from([1e-3, 7.0, 1e3]))
def test_the_unit_changes_nothing(values: Reals, method: str, factor: float) -> None:
    assert normalise(values * factor, method).tolist() == pytest.approx(normalise(values, method).tolist(), abs=1e-6)


@given(columns, st.sampled_from(NORMALISATIONS))
def test_better_is_never_worse(values: Reals, method: str) -> None:
    scores = normalise(values, method)[np.argsort(values, kind="stable")]
    assert all(lower <= higher + 1e-12 for lower, higher in pairwise(scores))


@given(
    st.lists(st.lists(st.floats(0.001, 100), min_size=3, max_size=3), min_size=2, max_size=12), st.sampled_from(["arithmetic", "geometric"])
)
def test_a_dominated_region_never_scores_higher(rows: list[list[float]], aggregation: str) -> None:
    normalised = np.array(rows)
    scores = aggregate(normalised, [Fraction(1, 6), Fraction(2, 6), Fraction(3, 6)], aggregation)
    for one in range(len(rows)):
        for other in range(len(rows)):
            if (normalised[one] >= normalised[other]).all():
                assert scores[one] >= scores[other] - 1e-9


@given(columns)
def test_places_fall_with_scores_whatever_the_tie_rule(scores: Reals) -> None:
    for ties in ("min", "max", "dense"):
        places = rank(scores, ties)
        in_order = places[np.argsort(-scores, kind="stable")]
        assert all(before <= after for before, after in pairwise(in_order))
        assert places.min() >= 1
        assert places.max() <= len(scores)


def regions(*codes: str) -> list[dict[str, Any]]:
    """Rows of staging.regions: the nation, and counties in the order that is given."""
    whole = {"region_code": "00", "region_name": "Riket", "is_whole": True}
    return [whole, *({"region_code": code, "region_name": f"län {code}", "is_whole": False} for code in codes)]


def indicator(values: dict[str, float | None], status: str = "withheld") -> dict[str, dict[str, Any]]:
    """An indicator's rows by region."""
    return {code: {"indicator_value": value, "status": status if value is None else "ok"} for code, value in values.items()}


def column(table: list[dict[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in table]


TWO = (
    ('"1/3"\ndirection = "higher"\nreason = "Anges för Halland (363)', '"1/2"\ndirection = "lower"\nreason = "Anges för Halland (363)'),
    ('"1/3"\ndirection = "higher"\nreason = "Anges för Norr', '"1/2"\ndirection = "higher"\nreason = "Anges för Norr'),
    ('"1/3"', "0"),
)


def test_a_ranking_by_hand(award: Callable[..., Path]) -> None:
    """Two indicators of weight ½, the second better when lower; county 04 has an unknown one."""
    choice = load_award(str(award(*TWO)))
    growth, density, *shown = (one.name for one in choice.indicators)
    frames = {name: indicator({"00": 1, "01": 1, "03": 1, "04": 1, "05": None}) for name in shown}
    frames[growth] = indicator({"00": 99, "01": 0.0, "03": 0.5, "04": None, "05": 1.0})
    frames[density] = indicator({"00": 99, "01": 100, "03": 200, "04": 900, "05": 300})
    table = rank_regions(regions("05", "03", "04", "01"), frames, choice)
    assert column(table, "region_code") == ["01", "03", "05", "04"]
    # 01: ½·0 + ½·1; 03: ½·½ + ½·½; 05: ½·1 + ½·0. All alike, so all share the first place.
    assert column(table, "score")[:3] == [0.5, 0.5, 0.5]
    assert column(table, "rank")[:3] == [1, 1, 1]
    assert column(table, "is_candidate") == [True, True, True, False]
    assert column(table, f"{density}_normalised")[:3] == [1, 0.5, 0]
    assert column(table, f"{growth}_weighted")[:3] == [0, 0.25, 0.5]
    assert column(table, f"{density}_weighted")[:3] == [0.5, 0.25, 0]
    assert column(table, f"{shown[0]}_weighted") == [None] * 4
    assert column(table, "not_ranked_reason")[3] == f"{growth}: withheld"
    assert column(table, "rank")[3] is None
    assert column(candidates(table), "region_code") == ["01", "03", "05"]


def test_every_unknown_indicator_that_weighs_is_named(award: Callable[..., Path]) -> None:
    choice = load_award(str(award(*TWO)))
    growth, density, *shown = (one.name for one in choice.indicators)
    frames = {name: indicator({"01": 1, "03": 1}) for name in shown}
    frames[growth] = indicator({"01": 0.1})
    frames[density] = indicator({"01": 1, "03": None})
    table = rank_regions(regions("01", "03"), frames, choice)
    assert column(table, "not_ranked_reason")[1] == f"{growth}: missing; {density}: withheld"


def test_an_unknown_figure_that_is_only_shown_leaves_the_region_ranked(award: Callable[..., Path]) -> None:
    choice = load_award(str(award(*TWO)))
    growth, density, *shown = (one.name for one in choice.indicators)
    frames = {name: indicator({"01": None, "03": 1}) for name in shown}
    frames[growth] = indicator({"01": 0.1, "03": 0.2})
    frames[density] = indicator({"01": 1, "03": 2})
    assert None not in column(rank_regions(regions("01", "03"), frames, choice), "rank")


def test_nothing_to_rank_is_refused_with_the_reasons(award: Callable[..., Path]) -> None:
    choice = load_award(str(award()))
    frames = {one.name: indicator({"01": None}, "missing") for one in choice.indicators}
    with pytest.raises(DataRefused, match="no region that can be ranked: sme_goods_exports_per_capita_growth: missing"):
        rank_regions(regions("01"), frames, choice)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("normalisation", "aggregation", "ties"),
    [
        ("min-max", "arithmetic", "max"),
        ("min-max", "geometric", "min"),
        ("z-score", "arithmetic", "dense"),
        ("z-score", "geometric", "min"),
        ("percentile-rank", "geometric", "max"),
        ("rank", "geometric", "dense"),
        ("rank", "outranking", "min"),
        ("z-score-100", "mazziotta-pareto", "min"),
        ("z-score", "outranking", "min"),
    ],
)
def test_every_method_of_the_award_file_runs(
    rank_by: Callable[[Path], list[str]], award: Callable[..., Path], normalisation: str, aggregation: str, ties: str
) -> None:
    path = award(
        ('normalisation = "min-max"', f'normalisation = "{normalisation}"'),
        ('aggregation = "arithmetic"', f'aggregation = "{aggregation}"'),
        ('ties = "min"', f'ties = "{ties}"'),
    )
    if normalisation not in METHODS[aggregation]:
        with pytest.raises(DataRefused, match=f'aggregation "{aggregation}" does not go with normalisation "{normalisation}"'):
            load_award(str(path))
        return
    assert len(rank_by(path)) >= 3


def test_the_candidates_are_the_first_rows_of_the_ranking(complete: Path) -> None:
    for award in ("2021", "2022"):
        with duckdb.connect(complete / award / "exportregion.duckdb", read_only=True) as connection:
            first = connection.execute("select * from ranking.ranking where rank <= 3 order by rank, region_code").fetchall()
            assert connection.execute("from ranking.candidates").fetchall() == first
            assert len(first) == 3
            counties = connection.execute("select count(*), count(rank) from ranking.ranking where region_code <> '00'").fetchone()
        assert counties == ((21, 19) if award == "2021" else (21, 21))
