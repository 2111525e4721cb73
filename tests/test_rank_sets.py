"""Confidence sets for ranks and shrinkage: against published results, by hand, and against what they promise."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from pipeline.ranking.rank_sets import among_best, marginal_sets, shrink

REFERENCE = Path(__file__).parent / "reference" / "pisa_2018_mathematics.csv"
DRAWS, SEED = 10_000, 1


def pisa() -> tuple[list[str], np.ndarray, np.ndarray]:
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [row["country"] for row in rows], np.array([float(row["mean"]) for row in rows]), np.array([float(row["error"]) for row in rows])


@pytest.mark.parametrize(
    ("confidence", "others"),
    [(0.95, {"Sweden"}), (0.9, set())],
)
def test_the_countries_that_could_be_among_the_first_five_are_those_of_csranks(confidence: float, others: set[str]) -> None:
    """csranks, vignette "Inference for Ranks": PISA 2018, mathematics, 37 countries of the OECD."""
    countries, means, errors = pisa()
    published = {"Belgium", "Canada", "Denmark", "Estonia", "Finland", "Japan", "Korea", "Netherlands", "Poland", "Slovenia", "Switzerland"}
    could = among_best(means, errors, 5, range(len(means)), DRAWS, SEED, confidence)
    assert {country for country, one in zip(countries, could, strict=True) if one} == published | others


def test_the_set_of_the_united_kingdom_is_that_of_csranks() -> None:
    """The same vignette: place 13, between 8 and 23 in what it prints, 7 and 23 in its text: 7 or 8 is a matter of the draw."""
    countries, means, errors = pisa()
    best, worst = marginal_sets(means, errors, range(len(means)), DRAWS, SEED)
    place = countries.index("United Kingdom")
    assert (best[place], (means > means[place]).sum() + 1, worst[place]) in ((7, 13, 23), (8, 13, 23))


def test_two_regions_are_told_apart_where_a_z_test_does() -> None:
    """Of two there is one pair, in both directions: the critical value is that of |Z|, 1.96. √(3² + 4²) = 5."""
    for difference, apart in ((9.4, False), (10.2, True)):
        best, worst = marginal_sets(np.array([difference, 0.0]), np.array([3.0, 4.0]), range(2), 100_000, SEED)
        assert (best.tolist(), worst.tolist()) == (([1, 2], [1, 2]) if apart else ([1, 1], [2, 2]))
    assert 9.4 < 5 * norm.ppf(0.975) < 10.2


def test_a_second_step_finds_what_the_first_does_not() -> None:
    """Errors of 1, so that a pair's is √2. Over the six ordered pairs of three the critical value is 3.314 / √2 = 2.343 (the Studentised
    range). The far third is beyond it. Over the other four pairs it is 2.196 (|U| ≤ c, V ≤ c, U + V ≤ c with correlation −1/2,
    integrated numerically). The first two are 3.2 / √2 = 2.263 apart: told apart only by the second step."""
    values, errors = np.array([103.2, 100.0, 0.0]), np.ones(3)
    assert among_best(values, errors, 1, range(3), 100_000, SEED).tolist() == [True, False, False]
    # With the third one near the second, no pair falls away and the two are not told apart.
    assert among_best(np.array([103.2, 100.0, 101.5]), errors, 1, range(3), 100_000, SEED).tolist() == [True, True, True]


def test_an_infinite_error_rules_nothing_out_and_no_error_rules_out_all_but_one_place() -> None:
    values = np.array([3.0, 2.0, 1.0])
    best, worst = marginal_sets(values, np.array([0.1, np.inf, 0.1]), range(3), DRAWS, SEED)
    assert (best.tolist(), worst.tolist()) == ([1, 1, 2], [2, 3, 3])
    best, worst = marginal_sets(values, np.zeros(3), range(3), DRAWS, SEED)
    assert best.tolist() == worst.tolist() == [1, 2, 3]
    best, worst = marginal_sets(np.ones(3), np.zeros(3), range(3), DRAWS, SEED)
    assert (best.tolist(), worst.tolist()) == ([1] * 3, [3] * 3)


def test_the_sets_hold_the_true_places_as_often_as_they_say() -> None:
    """300 seeded worlds of six regions: each region's true place lies in its set, and all of the truly first two in theirs, in at least
    95 %, less two standard errors of 300 trials (2.5 %)."""
    truth, errors = np.array([0.0, 0.5, 1.0, 1.0, 3.0, 6.0]), np.array([0.5, 1.0, 0.5, 2.0, 1.0, 0.5])
    # Regions that are truly equal share the places between them.
    highest, lowest = (truth[:, None] < truth).sum(axis=1) + 1, 6 - (truth[:, None] > truth).sum(axis=1)
    draws = np.random.default_rng(3)
    covered, first = np.zeros(6), 0.0
    for _ in range(300):
        values = truth + errors * draws.standard_normal(6)
        best, worst = marginal_sets(values, errors, range(len(values)), 1_000, SEED)
        covered += (best <= highest) & (lowest <= worst)
        first += among_best(values, errors, 2, range(len(values)), 1_000, SEED)[4:].all()
    assert covered.min() / 300 > 0.925
    assert first / 300 > 0.925


def test_shrinkage_by_hand() -> None:
    """0, 2 and 4 with errors of 1: the mean is 2, (4 + 0 + 4) / (A + 1) = 2, A = 3, and each keeps 3 / (3 + 1) of its distance."""
    assert shrink(np.array([0.0, 2.0, 4.0]), np.ones(3)) == pytest.approx([0.5, 2.0, 3.5])
    # An infinite error leaves nothing of a value's own.
    assert shrink(np.array([0.0, 2.0, 4.0, 90.0]), np.array([1, 1, 1, np.inf])) == pytest.approx([0.5, 2.0, 3.5, 2.0])
    # Values that differ by no more than chance are all the same: (1 + 0 + 1) / 4 < 2, so A = 0.
    assert shrink(np.array([1.0, 2.0, 3.0]), np.full(3, 2.0)) == pytest.approx([2.0, 2.0, 2.0])


def test_shrinkage_with_unequal_errors_by_hand() -> None:
    """0 with an error of 0 and 3 with one of √3 at A = 3: weights 1/3 and 1/6, mean 1, (0 − 1)² / 3 + (3 − 1)² / 6 = 1 = 2 − 1."""
    assert shrink(np.array([0.0, 3.0]), np.array([0.0, np.sqrt(3)])) == pytest.approx([0.0, 2.0], abs=1e-9)
