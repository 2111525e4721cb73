"""How far a ranking can be trusted: by hand, by brute force, against pymcdm, and by property."""

import itertools
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import comb, sqrt
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from conftest import GOODS, Raw, Rows, exportregion
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.award import Award, Scenario, load_award
from pipeline.method import Goalposts, PartlyKnown
from pipeline.ranking.bounds import Cell, Interval, Place, _tightened, bounds, fill
from pipeline.ranking.joint import every_variant, joint_shares, sample
from pipeline.ranking.possible import possible_places
from pipeline.ranking.scenarios import _erring
from pipeline.ranking.score import Reals, aggregate, normalise, rank
from pipeline.ranking.standing import stand
from pipeline.ranking.weights import acceptability, candidate_interval
from pipeline.ranking.windows import window_extremes

REFERENCE = Path(__file__).parent / "reference"

# Weights


def test_two_indicators_by_hand() -> None:
    """A = (1, 0), B = (0, 1), C = (0.6, 0.6): with w the first weight, A leads from w = 0.6, B to w = 0.4, C between."""
    found = acceptability(np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.6]]), "arithmetic", 1, 1, 1)
    assert found.draws is None
    assert found.by_rank[:, 0] == pytest.approx([0.4, 0.4, 0.2])
    assert found.by_rank[2] == pytest.approx([0.2, 0.8, 0.0])
    assert found.candidate == pytest.approx([0.4, 0.4, 0.2])
    assert found.central[0] == pytest.approx([0.8, 0.2])
    assert found.central[2] == pytest.approx([0.5, 0.5])
    assert (found.standard_error(found.candidate) == 0).all()


def test_three_indicators_by_hand() -> None:
    """Three regions, each best in one indicator: by symmetry each leads in a third of all weightings."""
    found = acceptability(np.eye(3), "arithmetic", 1, 1, 1)
    assert found.draws is None
    assert found.by_rank == pytest.approx(np.full((3, 3), 1 / 3))
    # The mean of the largest of three uniform spacings is 11/18, of the other two together 7/18.
    assert found.central[0] == pytest.approx([11 / 18, 7 / 36, 7 / 36])


def test_areas_of_the_triangle_of_three_weights_by_hand() -> None:
    """A = (1, 0, 0) stands above B = (0, 1, 1) where its weight is above 1/2: a quarter of the triangle, with corners (1, 0, 0),
    (1/2, 1/2, 0) and (1/2, 0, 1/2). C is B, and shares its places."""
    found = acceptability(np.array([[1.0, 0, 0], [0, 1, 1], [0, 1, 1]]), "arithmetic", 1, 1, 1)
    assert found.by_rank == pytest.approx(np.array([[1 / 4, 0, 3 / 4], [3 / 8, 1 / 2, 1 / 8], [3 / 8, 1 / 2, 1 / 8]]))
    assert found.candidate == pytest.approx([1 / 4, 3 / 4, 3 / 4])
    assert found.central[0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert (found.central_error == 0).all()


@settings(deadline=None, max_examples=20)
@given(arrays(np.float64, (7, 3), elements=st.integers(0, 12).map(lambda n: n / 12)))
def test_exact_and_sampled_shares_of_three_weights_agree_whatever_the_scores(normalised: Reals) -> None:
    """A fourth indicator that is the same for all makes it a sampled case with the same shares. Few values: lines meet, and regions
    tie in places, or along whole lines."""
    exact = acceptability(normalised, "arithmetic", 2, 1, 1)
    sampled = acceptability(np.column_stack([normalised, np.full(7, 0.5)]), "arithmetic", 2, 20_000, 11)
    assert exact.by_rank.sum(axis=0) == pytest.approx(np.ones(7))
    assert exact.by_rank.sum(axis=1) == pytest.approx(np.ones(7))
    assert sampled.by_rank == pytest.approx(exact.by_rank, abs=5 * 0.5 / sqrt(20_000))
    assert sampled.candidate == pytest.approx(exact.candidate, abs=5 * 0.5 / sqrt(20_000))


def test_central_weights_that_are_sampled_carry_their_error() -> None:
    """Of four regions, each best in one indicator: by symmetry the mean of the largest of four spacings, 25/48."""
    found = acceptability(np.eye(4), "arithmetic", 1, 4_000, 5)
    assert np.diag(found.central) == pytest.approx(np.full(4, 25 / 48), abs=4 * found.central_error.max())
    assert (found.central_error > 0).all() and (found.central_error < 0.01).all()


def test_one_indicator_has_one_weighting() -> None:
    found = acceptability(np.array([[1.0], [3.0], [2.0]]), "arithmetic", 2, 1, 1)
    assert found.by_rank.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert found.candidate.tolist() == [0, 1, 1]


def test_a_region_that_no_weighting_puts_first_has_no_central_weights() -> None:
    found = acceptability(np.array([[1.0, 1.0], [0.5, 0.5]]), "arithmetic", 1, 1, 1)
    assert np.isnan(found.central[1]).all()


def test_equal_regions_share_their_places() -> None:
    found = acceptability(np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]), "arithmetic", 1, 1, 1)
    assert found.by_rank.tolist() == [[0, 0, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]]
    assert found.candidate.tolist() == [0, 1, 1]


@pytest.mark.parametrize("indicators", [2, 3, 4])
def test_scores_that_tie_in_the_ranking_tie_in_the_shares(indicators: int) -> None:
    """Two that differ by less than noise share the first two places, and both are the one candidate; exact or sampled."""
    normalised = np.zeros((3, indicators))
    normalised[1:] = 1
    normalised[2, 0] += 1e-14
    found = acceptability(normalised, "arithmetic", 1, 50, 1)
    assert found.by_rank == pytest.approx(np.array([[0, 0, 1], [0.5, 0.5, 0], [0.5, 0.5, 0]]))
    assert found.candidate == pytest.approx([0, 1, 1])


def test_the_geometric_mean_is_linear_in_logarithms() -> None:
    normalised = np.array([[1.0, 4.0], [3.0, 1.0], [2.0, 2.0]])
    found = acceptability(normalised, "geometric", 1, 1, 1)
    grid = [(w + 0.5) / 10_000 for w in range(10_000)]
    leaders = [int(np.argmax([a**w * b ** (1 - w) for a, b in normalised])) for w in grid]
    assert found.by_rank[:, 0] == pytest.approx([leaders.count(region) / 10_000 for region in range(3)], abs=2e-4)


scores = arrays(np.float64, st.tuples(st.integers(2, 9), st.integers(2, 4)), elements=st.integers(0, 50).map(lambda n: n / 50))


@settings(deadline=None, max_examples=60)
@given(scores, st.integers(1, 4))
def test_acceptabilities_add_up_by_rank_and_by_region(normalised: Reals, candidates: int) -> None:
    found = acceptability(normalised, "arithmetic", candidates, 300, 3)
    assert found.by_rank.sum(axis=0) == pytest.approx(np.ones(len(normalised)))
    assert found.by_rank.sum(axis=1) == pytest.approx(np.ones(len(normalised)))
    assert (found.candidate >= found.by_rank[:, :candidates].sum(axis=1) - 1e-9).all()
    central = found.central[~np.isnan(found.central).any(axis=1)]
    assert central.sum(axis=1) == pytest.approx(np.ones(len(central)))


@settings(deadline=None, max_examples=60)
@given(scores)
def test_a_dominated_region_never_outranks_its_dominator(normalised: Reals) -> None:
    found = acceptability(normalised, "arithmetic", 1, 300, 3)
    for one, other in itertools.permutations(range(len(normalised)), 2):
        if (normalised[one] > normalised[other]).all():
            assert found.by_rank[other, 0] == 0
            assert np.cumsum(found.by_rank[one])[:-1].tolist() >= np.cumsum(found.by_rank[other])[:-1].tolist()


def test_sampled_and_exact_shares_agree_within_three_standard_errors() -> None:
    normalised = np.random.default_rng(8).random((7, 2))
    exact = acceptability(normalised, "arithmetic", 2, 1, 1)
    sampled = acceptability(np.column_stack([normalised, np.full((7, 2), 0.5)]), "arithmetic", 2, 50_000, 11)
    assert sampled.draws == 50_000
    error = np.sqrt(exact.by_rank * (1 - exact.by_rank) / 50_000)
    assert (np.abs(sampled.by_rank - exact.by_rank) <= 3 * error).all()
    error = np.sqrt(exact.candidate * (1 - exact.candidate) / 50_000)
    assert (np.abs(sampled.candidate - exact.candidate) <= 3 * error).all()


@settings(deadline=None, max_examples=25)
@given(arrays(np.float64, (6, 2), elements=st.integers(1, 1000).map(lambda n: n / 1000)))
def test_sampled_and_exact_shares_agree_whatever_the_scores(normalised: Reals) -> None:
    """Two more indicators that are the same for all make the exact case a sampled one with the same shares: given their
    weights, the first two are uniform on their segment, and the others add the same to every score."""
    four = np.column_stack([normalised, np.full((6, 2), 0.5)])
    sampled = acceptability(four, "arithmetic", 2, 20_000, 11)
    exact = acceptability(normalised, "arithmetic", 2, 1, 1)
    error = 3 * np.sqrt(exact.by_rank * (1 - exact.by_rank) / 20_000)
    assert (np.abs(sampled.by_rank - exact.by_rank) <= error + 3 / 20_000).mean() > 0.97
    assert sampled.candidate == pytest.approx(exact.candidate, abs=4 * 0.5 / sqrt(20_000) + 1e-3)


def test_against_brute_force_over_all_weightings() -> None:
    normalised = np.random.default_rng(2).random((6, 3))
    found = acceptability(normalised, "arithmetic", 2, 1, 1)
    steps = 120
    counts = np.zeros((6, 6))
    for first in range(steps + 1):
        for second in range(steps + 1 - first):
            weights = np.array([first, second, steps - first - second]) / steps
            for place, region in enumerate(np.argsort(-(normalised @ weights))):
                counts[region, place] += 1
    assert counts.sum() == 6 * comb(steps + 2, 2)
    assert found.by_rank == pytest.approx(counts / comb(steps + 2, 2), abs=0.02)


def test_the_scores_are_those_of_pymcdm() -> None:
    """On the Handbook's technology achievement index: 23 countries, 8 indicators."""
    import pandas as pd
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization
    from scipy.stats import rankdata

    table = pd.read_csv(REFERENCE / "oecd_tai" / "tai23_raw.csv", index_col="country")
    raw = table.to_numpy(dtype=np.float64)
    assert raw.shape == (23, 8)
    ours = np.column_stack([normalise(column, "min-max") for column in raw.T])
    weights = [Fraction(weight, 36) for weight in range(1, 9)]
    theirs = WSM(normalization_function=minmax_normalization)(raw, np.array([float(weight) for weight in weights]), np.ones(8))
    found = aggregate(ours, weights, "arithmetic")
    assert found == pytest.approx(theirs, abs=1e-14)
    assert rank(found, "min").tolist() == (24 - rankdata(theirs)).tolist()


@given(scores, st.integers(2, 9))
def test_scaling_the_weights_changes_no_place(normalised: Reals, factor: int) -> None:
    weights = [Fraction(column + 1, 10) for column in range(normalised.shape[1])]
    scaled = [weight * factor for weight in weights]
    assert (rank(aggregate(normalised, weights, "arithmetic"), "min") == rank(aggregate(normalised, scaled, "arithmetic"), "min")).all()


def test_draws_in_blocks_are_the_same_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    normalised = np.random.default_rng(6).random((7, 4))
    whole = acceptability(normalised, "arithmetic", 3, 1000, 1)
    monkeypatch.setattr("pipeline.ranking.weights.CELLS_IN_A_BLOCK", 7 * 64)
    parts = acceptability(normalised, "arithmetic", 3, 1000, 1)
    assert (whole.by_rank == parts.by_rank).all()
    assert whole.central == pytest.approx(parts.central, nan_ok=True)


def test_the_interval_of_one_weight_by_hand() -> None:
    """One candidate of A = (1, 0), C = (0.6, 0.6): A stays first from a first weight of 0.6 on."""
    normalised = np.array([[1.0, 0.0], [0.6, 0.6], [0.0, 0.9]])
    assert candidate_interval(normalised, [0.7, 0.3], "arithmetic", 1, 0, 0) == pytest.approx((0.6, 1))
    assert candidate_interval(normalised, [0.7, 0.3], "arithmetic", 1, 0, 1) == pytest.approx((0, 0.4))
    assert candidate_interval(normalised, [1.0, 0.0], "arithmetic", 1, 0, 0) is None


@settings(deadline=None, max_examples=50)
@given(arrays(np.float64, (5, 3), elements=st.integers(0, 100).map(lambda n: n / 100)), st.integers(0, 2))
@example(np.array([[0.0, 0.85, 0.92], [0.0, 0.72, 1.0], [0.0, 0.0, 0.0], [0.8, 0.8, 0.63], [0.0, 0.0, 0.01]]), 0)
def test_the_interval_holds_inside_and_not_beyond(normalised: Reals, indicator: int) -> None:
    weights = [0.2, 0.3, 0.5]

    def is_among(weight: float, region: int) -> bool:
        scaled = [
            weight if column == indicator else other * (1 - weight) / (1 - weights[indicator]) for column, other in enumerate(weights)
        ]
        score = normalised @ scaled
        return int((score > score[region] + 1e-9).sum()) < 2

    for region in range(5):
        if (normalised @ weights > (normalised @ weights)[region] + 1e-9).sum() >= 2:
            continue
        interval = candidate_interval(normalised, weights, "arithmetic", 2, region, indicator)
        assert interval is not None
        low, high = interval
        assert low <= weights[indicator] <= high
        assert all(is_among(low + share * (high - low), region) for share in (0.01, 0.5, 0.99))
        assert low == 0 or not is_among(low - 1e-6, region) or is_tied(normalised)
        assert high == 1 or not is_among(high + 1e-6, region) or is_tied(normalised)


def is_tied(normalised: Reals) -> bool:
    return len(np.unique(normalised, axis=0)) < len(normalised)


# What unknown cells could hold


AWARD = load_award("2021")
EXPORTS, EXPORTERS = ("goods_exports", "exports"), ("goods_exports", "exporters")
SMES = ("0-9", "10-49", "50-249")


def figures(goods: str, totals: str = "") -> list[dict[str, Any]]:
    """Rows of staging.figures. goods: region size value exporters; totals: region value exporters; all of 2020. A dot is unknown."""
    lines = [line.split() for line in goods.strip().splitlines()]
    lines += [[code, "total", *values] for code, *values in map(str.split, totals.strip().splitlines())]
    return [
        {
            "statistic": statistic,
            "quantity": quantity,
            "region_code": code,
            "year": 2020,
            "class_code": size,
            "amount": None if value == "." else Decimal(value),
            "status": "withheld" if value == "." else "ok",
        }
        for code, size, *values in lines
        for (statistic, quantity), value in zip((EXPORTS, EXPORTERS), values, strict=True)
    ]


TWO_BY_TWO = """
00 0-9 30 9
00 50-249 40 9
00 250+ 100 9
09 0-9 10 3
09 50-249 . .
09 250+ . .
23 0-9 20 4
23 50-249 . .
23 250+ . .
"""
"""Gotland's two cells make 25, Jämtland's 115; the nation has 40 and 100 in these classes."""


def test_cells_are_bounded_by_their_county_and_by_the_nation() -> None:
    found = bounds(figures(TWO_BY_TWO, "09 35 8\n23 135 9"), AWARD)
    cells = {(place.quantity, place.region_code, size): interval for (place, size), interval in found.cells.items()}
    assert cells["exports", "09", "50-249"] == (0, 25)
    assert cells["exports", "09", "250+"] == (0, 25)
    # The nation's 40 less Gotland's at most 25 leaves at least 15; its 100 less Gotland's leaves 75 to 100.
    assert cells["exports", "23", "50-249"] == (15, 40)
    assert cells["exports", "23", "250+"] == (75, 100)
    # Counts are bounded by the county alone: 8 less 3.
    assert cells["exporters", "09", "50-249"] == (0, 5)


def test_without_margins_nothing_bounds_a_cell_from_above() -> None:
    found = bounds(figures("09 0-9 . ."), AWARD)
    assert found.cells[Cell(Place(*EXPORTS, "09", 2020), "0-9")] == Interval(0, float("inf"))


def test_only_the_years_that_indicators_are_taken_from_are_bounded() -> None:
    others = [{**row, "year": 2018} for row in figures("09 0-9 . .")]
    assert bounds(others, AWARD).cells == {}


def test_a_known_large_class_makes_the_sum_over_smes_known() -> None:
    found = bounds(figures("09 0-9 . .\n09 10-49 . .\n09 250+ 60 1", "09 100 9"), AWARD)
    place = Place(*EXPORTS, "09", 2020)
    assert found.cells[Cell(place, "0-9")] == (0, 40)
    assert found.sum_of(place, SMES) == (40, 40)


IN_ORE = """
00 10-49 29054.03 9
00 50-249 31034.12 9
00 250+ 6285.45 9
09 10-49 . .
09 50-249 8044.24 3
09 250+ 22.09 3
23 10-49 . .
23 50-249 . .
23 250+ . .
24 10-49 7565.9 3
24 50-249 8407.76 3
24 250+ . .
25 10-49 . .
25 50-249 9911.89 3
25 250+ . .
"""
"""Amounts whose sums as floating-point numbers differ by the way that they are added up."""


def test_bounds_end_though_sums_in_ore_are_not_the_same_to_the_last_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    """One county's cell is what its total leaves: 16 059.42 − 8 044.24 − 22.09; another's 18 372.41 − 7 565.90 − 8 407.76."""
    rounds = iter(range(1_000))
    tightened = _tightened
    monkeypatch.setattr("pipeline.ranking.bounds._tightened", lambda *margin: (next(rounds), tightened(*margin))[1])
    found = bounds(figures(IN_ORE, "09 16059.42 9\n23 14759.25 9\n24 18372.41 9\n25 17182.52 9"), AWARD)
    assert found.cells[Cell(Place(*EXPORTS, "09", 2020), "10-49")] == pytest.approx((7_993.09, 7_993.09))
    assert found.cells[Cell(Place(*EXPORTS, "24", 2020), "250+")] == pytest.approx((2_398.75, 2_398.75))


def test_filled_cells_add_up_to_the_highest_or_the_lowest() -> None:
    rows = figures(TWO_BY_TWO, "09 35 8\n23 135 9")
    known = bounds(rows, AWARD)
    for high, total in (([(*EXPORTS, 2020), (*EXPORTERS, 2020)], 40), ([], 15)):
        filled = fill(rows, known, AWARD, high)
        (jamtland,) = (row for row in filled if (row["quantity"], row["region_code"], row["class_code"]) == ("exports", "23", "50-249"))
        assert (jamtland["amount"], jamtland["status"]) == (total, "ok")
        # No measure adds up exporters over all classes: those of the largest stay unknown.
        unknown = {(row["quantity"], row["class_code"]) for row in filled if row["amount"] is None}
        assert unknown == {("exporters", "250+")}
    assert sum(row["amount"] is None for row in rows if row["quantity"] == "exports") == 4


# Between which places a region could stand


def by(ties: str, normalisation: str = "rank", aggregation: str = "arithmetic", count: int = 2) -> Award:
    """An award of so many indicators of one weight."""
    ranking = AWARD.ranking.model_copy(update={"ties": ties, "normalisation": normalisation, "aggregation": aggregation})
    names = [{"name": f"i{number}", "weight": Fraction(1, count)} for number in range(count)]
    return AWARD.model_copy(update={"ranking": ranking, "indicators": tuple(AWARD.indicators[0].model_copy(update=one) for one in names)})


@pytest.mark.parametrize(("ties", "places"), [("min", (1, 3)), ("dense", (1, 3)), ("max", (3, 3))])
def test_places_hold_between_the_ends_under_every_tie_rule(ties: str, places: tuple[int, int]) -> None:
    """A = (1, 2), B = (2, 1), U = (0 to 3, 0). By ranks, with U's first value 0: A 5, B 5, U 2; at 1.5: A 4, B 5, U 3; at 3: all 4. At
    neither end does U stand third with dense ties, and between them it does."""
    values = np.array([[1.0, 2.0], [2.0, 1.0], [np.nan, 0.0]])
    best, worst = values.copy(), values.copy()
    best[2], worst[2] = (3.0, 0.0), (0.0, 0.0)
    assert possible_places(2, values, best, worst, by(ties)) == places


@pytest.mark.parametrize(("ties", "places"), [("min", (3, 3)), ("max", (3, 3)), ("dense", (2, 3))])
def test_two_that_are_equal_are_one_place_where_ties_are_dense(ties: str, places: tuple[int, int]) -> None:
    """A = B = (10, 10), U = (0 to 5, 0): below both for certain, third; with dense ties second, since both have the first place. That
    nothing can part them the bound of the worst place does not see."""
    values = np.array([[10.0, 10.0], [10.0, 10.0], [np.nan, 0.0]])
    best, worst = values.copy(), values.copy()
    best[2], worst[2] = (5.0, 0.0), (0.0, 0.0)
    assert possible_places(2, values, best, worst, by(ties)) == places


def test_places_of_an_unranked_region_keep_to_goalposts() -> None:
    """i1 runs from 0 to 100: A scores 0.05, B 0.5, and the region between 0.24 and 0.29. By the values' own ends it would be first."""
    award = by("min", "min-max")
    posts = (Goalposts(lowest=0, highest=100, clip=False, reason="-"), Goalposts(lowest=0, highest=10, clip=False, reason="-"))
    indicators = tuple(one.model_copy(update={"goalposts": post}) for one, post in zip(award.indicators, posts, strict=True))
    values = np.array([[10.0, 0.0], [0.0, 10.0], [8.0, np.nan]])
    best, worst = values.copy(), values.copy()
    best[2, 1], worst[2, 1] = 5, 4
    assert possible_places(2, values, best, worst, award.model_copy(update={"indicators": indicators})) == (2, 2)


def test_places_of_an_unranked_region_count_those_ranked_by_what_is_known() -> None:
    """B is first in what is known of it, two of two; the region, of which one of three is known, stands below it whatever the others are."""
    award = by("min", "min-max")
    third = tuple(award.indicators[0].model_copy(update={"name": name, "weight": Fraction(1, 3)}) for name in "abc")
    ranking = award.ranking.model_copy(update={"partly_known": PartlyKnown(indicators=2, reason="-")})
    award = award.model_copy(update={"indicators": third, "ranking": ranking})
    values = np.array([[0.0, 0.0, 0.0], [10.0, 10.0, np.nan], [5.0, np.nan, np.nan]])
    best, worst = values.copy(), values.copy()
    best[2, 1:], worst[2, 1:] = 6, 4
    assert possible_places(2, values, best, worst, award) == (2, 2)


METHODS = [
    ("min-max", "arithmetic"),
    ("z-score", "arithmetic"),
    ("rank", "arithmetic"),
    ("rank", "geometric"),
    ("min-max-100", "geometric"),
]


@settings(deadline=None, max_examples=60)
@given(
    arrays(np.float64, (4, 2), elements=st.integers(0, 6).map(float)),
    arrays(np.float64, (2, 2), elements=st.integers(-8, 14).map(float)),
    st.sampled_from(METHODS),
    st.sampled_from(["min", "max", "dense"]),
)
@example(np.array([[-3.0, 10.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]), np.array([[1.0, 0.0], [50.0, 0.0]]), METHODS[1], "min")
def test_a_region_stands_within_its_places_whatever_its_values(values: Reals, ends: Reals, method: tuple[str, str], ties: str) -> None:
    """The example: by z-scores the lead of (x, 0) over (−3, 10) is largest at x = 5, and it falls behind again: the spread grows."""
    award = by(ties, *method)
    low, high = np.vstack([values, ends.min(axis=0)]), np.vstack([values, ends.max(axis=0)])
    best, worst = possible_places(4, np.vstack([values, [np.nan, np.nan]]), high, low, award)
    for one, other in itertools.product(np.linspace(0, 1, 9), repeat=2):
        own = ends.min(axis=0) + np.array([one, other]) * np.ptp(ends, axis=0)
        assert best <= stand(np.vstack([values, own]), award.indicators, award.ranking).rank[4] <= worst


# The stage on the shipped data


@pytest.fixture(scope="module")
def tables(complete: Path) -> Callable[[str], list[Any]]:
    def read(sql: str) -> list[Any]:
        with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:
            return connection.execute(sql).fetchall()

    return read


Read = Callable[[str], list[Any]]


def test_the_awards_own_choices_give_the_ranking_itself(tables: Read) -> None:
    own = dict(tables("select region_code, rank from ranking.ranking"))
    assert dict(tables("select region_code, rank from robustness.window_rankings where base_year = 2016 and final_year = 2020")) == own
    chosen = "normalisation = 'min-max' and aggregation = 'arithmetic' and ties = 'min' and denominator = 'year-end'"
    assert dict(tables(f"select region_code, rank from robustness.methods where {chosen}")) == own


def test_every_window_method_and_omission_is_there(tables: Read) -> None:
    assert tables("select count(distinct (base_year, final_year)) from robustness.windows") == [(10,)]
    assert tables("select count(distinct (normalisation, aggregation, denominator)) from robustness.methods") == [(14,)]
    assert tables("select dropped_kind, count(distinct dropped) from robustness.leave_one_out group by all order by all") == [
        ("indicator", 3),
        ("region", 19),
    ]


def test_the_published_windows_of_norrbotten_are_in_the_map(tables: Read) -> None:
    found = dict(
        tables(
            "select final_year, indicator_value from robustness.windows where region_code = '25' and base_year = 2016 and indicator like 'sme%growth'"
        )
    )
    assert round(found[2020], 2) == 0.41
    assert round(found[2019], 2) == 0.70


def test_a_window_that_is_a_regions_best_is_told_by_its_places(tables: Read, complete: Path) -> None:
    (extreme,) = tables(
        "select extreme, rank, best_rank, worst_rank, windows from robustness.window_extremes where region_code = '25' and indicator like 'sme%growth'"
    )
    places = [place for (place,) in tables("select rank from robustness.windows where region_code = '25' and indicator like 'sme%growth'")]
    assert min(places) == 1
    assert extreme == ("best", 1, 1, max(places), 10)
    sentence = (
        "Tillväxt i små och medelstora företags varuexport per invånare: fönstret 2016–2020 ger Norrbottens län dess bästa plats (1) av alla"
        f" 10 fönster; bland län med känd uppgift går platserna från 1 till {max(places)}."
    )
    assert f"- {sentence}\n" in (complete / "2021" / "report.md").read_text(encoding="utf-8")


def test_a_last_place_is_nowhere_the_best() -> None:
    """The third of three and the fifth of five are both last: 3 is no better place than 5."""
    name = next(one.name for one in AWARD.indicators if AWARD.meanings[one.name].spans and one.years is None)

    def places(final: int, order: str) -> list[dict[str, Any]]:
        base = AWARD.window.base
        return [
            {"indicator": name, "base_year": base, "final_year": final, "region_code": code, "rank": rank}
            for rank, code in enumerate(order, 1)
        ]

    own, other = AWARD.window.final, AWARD.window.final - 1
    extremes = {(row["region_code"], row["extreme"]) for row in window_extremes(places(own, "abc") + places(other, "adebc"), AWARD)}
    assert extremes == {("b", "best")}, "b is second of three, and fourth of five"


def test_every_indicator_that_spans_the_window_has_its_extremes(tables: Read) -> None:
    """Those of no weight too: their figures are shown, and may be picked by the window as well."""
    named = {indicator for (indicator,) in tables("select distinct indicator from robustness.window_extremes")}
    assert named == {one.name for one in AWARD.indicators if AWARD.meanings[one.name].spans}
    assert {"sme_goods_exporters_per_100k_change"} < named


def test_shares_add_up_on_the_shipped_data(tables: Read) -> None:
    for (total,) in tables("select sum(share) from robustness.acceptability group by region_code"):
        assert total == pytest.approx(1)
    for (total,) in tables("select sum(share) from robustness.acceptability group by rank"):
        assert total == pytest.approx(1)
    for kind in ("weights", "windows", "methods"):
        (total,) = tables(f"select sum({kind}_share) from robustness.candidate_shares")[0]
        assert total == pytest.approx(3)
    assert tables("select count(*), count(weights_share) from robustness.candidate_shares") == [(21, 19)]


def test_a_weight_at_the_end_of_its_interval_keeps_the_candidate_and_beyond_it_does_not(
    tables: Read, award: Callable[..., Path], rank_by: Callable[[Path], list[str]]
) -> None:
    low, high = tables(
        "select lowest_weight, highest_weight from robustness.weight_intervals where region_code = '25' and indicator = 'sme_goods_exporters_per_100k'"
    )[0]
    assert low == 0
    for weight, stays in ((high - 0.001, True), (high + 0.001, False)):
        other = (1 - Fraction(str(round(weight, 6)))) / 2
        path = award(
            (
                '"level"\nlabel = "Små och medelstora varuexportörer per 100 000 invånare"\nweight = "1/3"',
                f'"level"\nlabel = "x"\nweight = "{1 - 2 * other}"',
            ),
            ('weight = "1/3"', f'weight = "{other}"'),
        )
        assert ("25" in rank_by(path)) == stays


def test_rank_reversals_are_named_and_true(tables: Read) -> None:
    own = dict(tables("select region_code, rank from ranking.ranking"))
    reversals = tables("from robustness.rank_reversals")
    assert reversals
    for dropped, code, other in reversals:
        then = dict(tables(f"select region_code, rank from robustness.leave_one_out where dropped = '{dropped}'"))
        assert own[code] < own[other]
        assert then[code] > then[other]


def test_a_scenario_brackets_the_award(tables: Read) -> None:
    own = dict(tables("select region_code, rank from ranking.ranking where rank is not null"))
    rows = tables("select scenario, region_code, best_rank, worst_rank from robustness.scenarios")
    assert {code for _, code, _, _ in rows} == set(own)
    assert all(best <= own[code] <= worst for _, code, best, worst in rows)
    assert any(best < worst for _, _, best, worst in rows)


def test_a_scenario_errs_up_in_the_final_year_and_down_in_the_base_year() -> None:
    """And what only divides the reverse: people too many in the base year, too few in the final one."""
    exports, population = AWARD.robustness.scenarios
    people = ("population", "population")
    rows = [
        {"statistic": statistic, "quantity": quantity, "region_code": "13", "year": year, "class_code": "", "amount": amount}
        for (statistic, quantity), amount in ((EXPORTS, Decimal(100)), (EXPORTERS, Decimal(7)), (people, Decimal(1000)))
        for year in (2016, 2018, 2020)
    ]

    def errs(scenario: Scenario, sign: int, quantity: tuple[str, str]) -> list[Decimal]:
        return [
            row["amount"] for row in _erring(rows, scenario, AWARD, (2016, 2020), sign) if (row["statistic"], row["quantity"]) == quantity
        ]

    assert errs(exports, 1, EXPORTS) == [98, 100, 102]
    assert errs(exports, -1, EXPORTS) == [102, 100, 98]
    assert errs(exports, 1, EXPORTERS) == [7, 7, 7]
    assert errs(exports, 1, people) == [1000, 1000, 1000]
    assert errs(population, 1, people) == [1005, 1000, 995]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ((2016, 2020), {2015: 1005, 2016: 1005, 2019: 995, 2020: 995}),
        # Of two years in a row, the year-end between them is in both means.
        ((2019, 2020), {2018: 1005, 2020: 995}),
        ((2020, 2020), {2019: 995, 2020: 995}),
    ],
)
def test_a_mean_of_two_year_ends_errs_at_both(window: tuple[int, int], expected: dict[int, int]) -> None:
    mean = AWARD.model_copy(update={"ranking": AWARD.ranking.model_copy(update={"denominator": "mean"})})
    population = {"statistic": "population", "quantity": "population", "region_code": "13", "class_code": ""}
    rows = [{**population, "year": year, "amount": Decimal(1000)} for year in range(2014, 2021)]
    erring = {row["year"]: int(row["amount"]) for row in _erring(rows, AWARD.robustness.scenarios[1], mean, window, 1)}
    assert erring == dict.fromkeys(range(2014, 2021), 1000) | expected
    exports = [
        {**population, "statistic": EXPORTS[0], "quantity": EXPORTS[1], "year": year, "amount": Decimal(100)} for year in (2019, 2020)
    ]
    assert [int(row["amount"]) for row in _erring(exports, AWARD.robustness.scenarios[0], mean, (2016, 2020), 1)] == [100, 102]


def test_an_unranked_region_stands_where_its_true_cells_would_put_it(complete: Path, raw: Raw, tmp_path: Path, tables: Read) -> None:
    """The cells that the illustrative workbook withholds, written out: the place they give lies within the interval."""
    import sys

    from conftest import PROJECT

    sys.path.insert(0, str(PROJECT / "data"))
    from make_illustrative_exports import goods_cells

    true = goods_cells(raw.folder)

    def reveal(rows: Rows) -> None:
        for row in rows[6:]:
            if row[1] and row[4] == "..":
                row[4], row[5] = true[row[0], int(row[2]), row[3]]

    raw.edit_workbook(GOODS, reveal)
    result = json.loads(exportregion("rank", "--award", "2021", "--data", raw.folder, "--out", tmp_path / "out", "--json").stdout)
    places = {row["region_code"]: row["rank"] for row in result["ranking"]}
    intervals = tables("from robustness.unranked order by region_code")
    assert [code for code, _, _ in intervals] == ["09", "23"]
    for code, best, worst in intervals:
        # The other unranked region is ranked too, now: it may stand above.
        assert best <= places[code] <= worst + 1


def test_the_default_run_says_which_shares_are_sampled(tables: Read) -> None:
    """Those of three weights are exact; those of all choices at once are not, and no verdict hangs on their error."""
    assert tables("select distinct draws, standard_error from robustness.candidate_shares where weights_share is not null") == [(None, 0.0)]
    variants = [("window", 10), ("denominator", 2), ("method", 7), ("weights", 1024)]
    assert tables("from robustness.joint_choices") == variants
    for share, error in tables("select joint_share, standard_error from robustness.joint_shares where joint_share > 0"):
        assert 0 < error < 0.005
        assert all(abs(share - bound) > 2 * error for bound in (0.1, 0.5, 0.9))


def test_joint_shares_are_those_of_a_recomputation_from_outside(tables: Read) -> None:
    """Recomputed by others, with weightings of their own and the four methods that there were then: 0.84 for Halland, and 0.086 for
    Södermanland. One choice at a time, Halland is a candidate in nine tenths or more of each, and Södermanland never."""
    names = [indicator.name for indicator in AWARD.indicators if indicator.weight]
    rows = tables("select base_year, final_year, region_code, indicator, indicator_value from robustness.windows")
    windows, codes = sorted({row[:2] for row in rows}), sorted({row[2] for row in rows})
    values = np.full((len(windows), 1, len(codes), len(names)), np.nan)
    for base, final, code, name, value in rows:
        if name in names and value is not None:
            values[windows.index((base, final)), 0, codes.index(code), names.index(name)] = value
    pairs = [("min-max", "arithmetic"), ("z-score", "arithmetic"), ("rank", "arithmetic"), ("rank", "geometric")]
    methods = [AWARD.ranking.model_copy(update={"normalisation": one, "aggregation": other}) for one, other in pairs]
    weighing = [indicator for indicator in AWARD.indicators if indicator.weight]
    samples = list(every_variant(values, weighing, methods, sample(3, 1024, AWARD.robustness.seed)))
    joint = {row["region_code"]: row["joint_share"] for row in joint_shares(codes, samples)}
    assert joint["13"] == pytest.approx(0.84, abs=0.005)
    assert joint["04"] == pytest.approx(0.086, abs=0.003)
    alone = "least(weights_share, windows_share), greatest(weights_share, windows_share, methods_share)"
    (halland,), (sodermanland,) = (
        tables(f"select {alone} from robustness.candidate_shares where region_code = '{code}'") for code in ("13", "04")
    )
    assert halland[0] > 0.9
    assert sodermanland[1] == 0


def test_candidacy_turns_where_the_table_says(tables: Read) -> None:
    """Min–max of three indicators by hand: the value put in, all else as it is."""
    names = ("sme_goods_exports_per_capita_growth", "sme_goods_exporters_per_100k", "services_exports_per_capita_growth")
    known = {
        code: list(values)
        for code, *values in tables(f"select region_code, {', '.join(names)} from ranking.ranking where rank is not null")
    }
    points = tables("select region_code, indicator, indicator_value, turns_at from robustness.turning_points")
    assert len(points) == 19 * 3

    def is_candidate(code: str, column: int, value: float) -> bool:
        trial = {other: list(values) for other, values in known.items()}
        trial[code][column] = value
        scores = dict.fromkeys(trial, 0.0)
        for number in range(3):
            low, high = (bound(values[number] for values in trial.values()) for bound in (min, max))
            for other, values in trial.items():
                scores[other] += (values[number] - low) / (high - low)
        return sum(score > scores[code] for score in scores.values()) < 3

    for code, name, own, turns in points:
        column = names.index(name)
        assert own == known[code][column]
        now = is_candidate(code, column, own)
        if turns is None:
            continue
        nudge = 1e-6 * max(1.0, abs(turns))
        away = nudge if turns > own else -nudge
        assert is_candidate(code, column, turns + away) != now, (code, name)
        assert is_candidate(code, column, turns - away) == now, (code, name)


# Bad input


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("draws = 10000", "draws = 0", "expected at least 1"),
        ("robust_share = 0.9", "robust_share = 1.2", "expected at most 1"),
        ("near_share = 0.1", "near_share = 0.7", "expected near_share not to exceed marginal_share, nor"),
        ("{ goods_exports = 0.02,", "{ goods_exports = 1.5,", "less than 1"),
        ("{ goods_exports = 0.02,", "{ good_exports = 0.02,", "Did you mean 'goods_exports'?"),
        ("{ goods_exports = 0.02,", "{ goods_exports = 0,", "expected more than 0"),
        ("relative_errors = { goods_exports = 0.02,", "relative_error = { goods_exports = 0.02,", "Did you mean 'relative_errors'?"),
        ("{ goods_exports = 0.02, services_exports = 0.02 }", "{}", "at least one entry"),
        ('aggregation = "arithmetic"', 'aggregation = "geometric"', 'aggregation "geometric" does not go with normalisation "min-max"'),
        ('measure = "services_exports_per_capita"', 'measure = "services_growth"', "unknown measure 'services_growth'"),
        ('measure = "services_exports_per_capita"\nas = "growth"', 'name = "services_growth"', "unknown indicator 'services_growth'"),
    ],
)
def test_an_impossible_challenge_is_refused_with_reason_and_remedy(
    award: Callable[..., Path], tmp_path: Path, old: str, new: str, said: str
) -> None:
    ran = exportregion("robustness", "--award", award((old, new)), "--out", tmp_path / "out")
    assert ran.exit_code == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
