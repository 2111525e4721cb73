"""What a method is: which ones differ, which combinations are accepted, and published figures of each."""

import csv
import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from conftest import FIVE, RAW, spoken, tables_before_the_report
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog
from test_xlsx import cells, xml

from pipeline import comparison, report, terminal
from pipeline.award import Award, load_award
from pipeline.evidence import Evidence
from pipeline.faults import DataRefused
from pipeline.method import METHODS, Goalposts, PartlyKnown, Ranking
from pipeline.ranking.compare import compare
from pipeline.ranking.explain import explain
from pipeline.ranking.known import weights
from pipeline.ranking.leave_one_out import _without
from pipeline.ranking.methods import distinct
from pipeline.ranking.scenarios import scenarios
from pipeline.ranking.score import Reals, aggregate, contributions, normalise, rank, rank_regions
from pipeline.ranking.standing import Field, stand, weighing
from pipeline.ranking.weights import acceptability, candidate_interval, scores
from pipeline.report.chapters.slides import slides
from pipeline.report.markdown import markdown
from pipeline.report.xlsx import xlsx
from pipeline.results import load_run_record, write_run_record
from pipeline.sources import Origins, load_sources

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


TAI_23 = printed("tai23_raw")
BETWEEN_GOALPOSTS = np.clip((np.array([*TAI_23.values()]) - LOWEST) / np.subtract(HIGHEST, LOWEST), 0, 1)


def places(scores: Reals) -> dict[str, int]:
    return dict(zip(TAI_23, rank(scores, "min").tolist(), strict=True))


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
    order = BETWEEN_GOALPOSTS[np.argsort([ranks[name] for name in TAI_23])]
    bounds = [*((weight - 0.0049, weight + 0.0049) for weight in around), (0, None)]
    falling = np.column_stack([order[1:] - order[:-1], np.ones(22)])
    best = linprog([0] * 8 + [-1], falling, np.zeros(22), [[1] * 8 + [0]], [1], bounds)
    weights = [Fraction(f"{weight:.6f}") for weight in best.x[:8]]
    assert max(abs(float(weight) - printed_) for weight, printed_ in zip(weights, around, strict=True)) <= 0.005
    assert places(aggregate(BETWEEN_GOALPOSTS, weights, "arithmetic")) == ranks


def test_the_handbooks_linear_aggregation() -> None:
    assert places(aggregate(BETWEEN_GOALPOSTS, EIGHTHS, "arithmetic")) == column("table38_ranks_by_aggregation", "LIN")


def test_the_handbooks_geometric_aggregation() -> None:
    """Table 38's column GME: the geometric mean of the figures as printed, not normalised (eq. 37). Between the goalposts three differ."""
    ranks = column("table38_ranks_by_aggregation", "GME")
    assert places(aggregate(np.array([*TAI_23.values()]), EIGHTHS, "geometric")) == ranks
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


def test_the_handbooks_benefit_of_the_doubt() -> None:
    """Tables 19 and 23: each country's best score, given weights of its own, by a linear program (eq. 22). No country has more than 1
    with them, and each indicator at least 10 % and at most 15 % of the total weight (note 29). The scores are min–max of the 23."""
    values = np.array([*TAI_23.values()])
    scaled = np.column_stack([normalise(indicator, "min-max") for indicator in values.T])
    of_total = np.vstack([0.1 - np.eye(8), np.eye(8) - 0.15])
    limits = np.concatenate([np.ones(23), np.zeros(16)])
    best = np.array([-linprog(-own, np.vstack([scaled, of_total]), limits).fun for own in scaled])
    # The figures that it was calculated from have more digits of the logarithms than are printed: a score can differ by 0.007.
    assert best == pytest.approx([*column("table19_benefit_of_the_doubt", "score").values()], abs=0.0075)
    assert places(best) == column("table23_ranks_by_weighting", "BOD")


def test_the_handbooks_outranking_of_23_countries_but_for_two_ties() -> None:
    """Table 38's column NCMC orders countries by the sums of the rows of their matrix (eq. 32), with figures cut off at the goalposts and
    logarithms to the printed digits: all 23 in order. It prints two ties, of which nothing in the figures makes ties."""
    printed_ = column("table38_ranks_by_aggregation", "NCMC")
    cut_off = np.minimum([*TAI_23.values()], [round(highest, 2) for highest in HIGHEST])
    sums = contributions(cut_off, EIGHTHS, "outranking").sum(axis=1)
    ours = places(sums)
    assert {name: (place, printed_[name]) for name, place in ours.items() if place != printed_[name]} == {
        "Australia": (10, 9),
        "Austria": (16, 15),
    }
    # It is not the ranking that the most pairwise comparisons support: exchanging two neighbours would add to that support.
    order = sorted(TAI_23, key=lambda name: ours[name])
    assert order[4:6] == ["United Kingdom", "Norway"]
    pair = cut_off[[[*TAI_23].index("Norway"), [*TAI_23].index("United Kingdom")]]
    assert aggregate(pair, EIGHTHS, "outranking").tolist() == [1, -1]


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


@given(tables, st.floats(0.5, 2), st.sampled_from([method for method in METHODS_OF_ALL if method[0] != "none"]))
def test_growth_in_constant_prices_by_one_national_index_changes_no_place(values: Reals, index: float, method: tuple[str, str]) -> None:
    """(1 + g) · index − 1 for every region: a normalisation takes no notice of a straight line that is the same for all."""
    constant = (1 + values) * index - 1
    current, deflated = (np.column_stack([normalise(column, method[0]) for column in each.T]) for each in (values, constant))
    assert deflated == pytest.approx(current, abs=1e-9)


# Themes, and what is partly known


def themed(award: Callable[..., Path], rule: str = "", posts: str = "") -> Path:
    """The round of 2021 with two themes: goods (1/2: growth 3/4, exporters 1/4) and services (1/2)."""
    themes = """[[themes]]
name = "goods"
label = { sv = "Varor", en = "Goods" }
weight = "1/2"
reason = "Halva indexet."

[[themes]]
name = "services"
label = { sv = "Tjänster", en = "Services" }
weight = "1/2"
reason = "Andra halvan."

"""
    comment, ties = "# An indicator takes a measure", 'ties = "min"                # equal'
    weights_ = (("Norrbotten", "goods", "3/4"), ("Halland (363)", "goods", "1/4"), ("Skåne 2021", "services", "1"))
    reasons = [(f'direction = "higher"\nreason = "Anges för {where}', f'theme = "{theme}"', weight) for where, theme, weight in weights_]
    changes = [(f'weight = "1/3"\n{rest}', f'{theme}\n{posts}weight = "{weight}"\n{rest}') for rest, theme, weight in reasons]
    return award((comment, themes + comment), *changes, (ties, f"{rule}\n{ties}"))


POSTS = 'goalposts = { lowest = 0, highest = 500, clip = true, reason = "Samma alla år." }\n'
RULE = 'partly_known = { indicators = 1, themes = 2, reason = "Ett län utan en av två varuuppgifter rangordnas." }'


def test_weights_of_both_levels_make_the_weight_in_the_index(award: Callable[..., Path]) -> None:
    own = load_award(str(themed(award)))
    assert [one.weight for one in weighing(own)] == [Fraction(3, 8), Fraction(1, 8), Fraction(1, 2)]


def test_the_record_of_a_run_gives_an_award_with_themes_again(award: Callable[..., Path], tmp_path: Path) -> None:
    own = load_award(str(themed(award)))
    (tmp_path / "out").mkdir()
    write_run_record(tmp_path / "out", "rank", own, load_sources(RAW, own), Evidence(file=Path("none")), ["sv"])
    again, _ = load_run_record(tmp_path / "out")
    assert again.indicators == own.indicators


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('weight = "3/4"', 'weight = "1/2"', "the weights within the theme 'goods' add up to 3/4 (0.75); expected that they add up to 1"),
        ('weight = "1/2"\nreason = "Halva', 'weight = "1/4"\nreason = "Halva', "the weights of the themes add up to 3/4 (0.75)"),
        ('theme = "services"\n', "", "services_exports_per_capita_growth weighs and has no theme of the award"),
    ],
)
def test_weights_that_do_not_add_up_on_a_level_are_refused(award: Callable[..., Path], old: str, new: str, message: str) -> None:
    path = themed(award)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        load_award(str(path))
    assert message in str(refused.value)


def test_what_is_partly_known_takes_a_mean(award: Callable[..., Path]) -> None:
    path = themed(award, RULE)
    text = (
        path.read_text(encoding="utf-8").replace('"min-max"', '"rank"').replace('aggregation = "arithmetic"', 'aggregation = "outranking"')
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataRefused, match="partly_known goes with a mean of what is known"):
        load_award(str(path))


def row_of(award: Award, values: dict[str, list[float | None]]) -> list[dict[str, Any]]:
    """The ranking of regions 01, 03, … of values by indicator."""
    codes = ["01", "03", "04", "05"]
    known = {
        name: {
            code: {"indicator_value": value, "status": "withheld" if value is None else "ok"}
            for code, value in zip(codes, column_, strict=True)
        }
        for name, column_ in values.items()
    }
    shown: dict[str, dict[str, dict[str, Any]]] = {
        one.name: {code: {"indicator_value": 1.0, "status": "ok"} for code in codes} for one in award.indicators
    }
    return rank_regions([{"region_code": code, "region_name": code, "is_whole": False} for code in codes], shown | known, award)


VALUES: dict[str, list[float | None]] = {
    "sme_goods_exports_per_capita_growth": [0.0, 1.0, None, None],
    "sme_goods_exporters_per_100k": [0.0, 50.0, 100.0, 100.0],
    "services_exports_per_capita_growth": [1.0, 0.0, 0.5, None],
}


def test_the_mean_of_what_is_known_by_hand(award: Callable[..., Path]) -> None:
    """01: goods 0, services 1. 03: goods ¾·1 + ¼·½ = 0.875, services 0. 04 lacks growth: goods is exporters alone, 1; services ½.
    05 lacks services too: one theme of two, not ranked."""
    first, second, third, last = row_of(load_award(str(themed(award, RULE))), VALUES)
    assert [row["region_code"] for row in (first, second, third, last)] == ["04", "01", "03", "05"]
    assert (first["goods_score"], first["services_score"], first["score"]) == pytest.approx((1, 0.5, 0.75))
    assert (second["goods_score"], second["services_score"], second["score"]) == pytest.approx((0, 1, 0.5))
    assert (third["goods_score"], third["services_score"], third["score"]) == pytest.approx((0.875, 0, 0.4375))
    growth, exporters, services = VALUES
    assert first["unknown_indicators"] == f"{growth}: withheld"
    assert [first[f"{name}_weight"] for name in VALUES] == pytest.approx([0, 0.5, 0.5])
    assert first[f"{growth}_normalised"] is first[f"{growth}_weighted"] is None
    assert [first[f"{name}_weighted"] for name in (exporters, services)] == pytest.approx([0.5, 0.25])
    assert second["unknown_indicators"] is None
    assert (last["rank"], last["not_ranked_reason"]) == (None, f"{growth}: withheld; {services}: withheld")


def test_a_trend_belongs_to_its_theme(award: Callable[..., Path]) -> None:
    """The same as above, had growth been taken as a trend: 03 has goods ¾·1 + ¼·½."""
    path = themed(award, RULE)
    trend = path.read_text(encoding="utf-8").replace('as = "growth"', 'as = "trend"\nestimator = "theil-sen"')
    path.write_text(trend, encoding="utf-8")
    own = load_award(str(path))
    rows = row_of(own, {name.replace("_growth", "_trend"): column for name, column in VALUES.items()})
    assert [(row["region_code"], row["goods_score"]) for row in rows[:3]] == [("04", 1), ("01", 0), ("03", pytest.approx(0.875))]


def explained(own: Award, code: str) -> dict[str, Any]:
    """The explanation of a region of VALUES."""
    regions = Field(("01", "03", "04", "05"), ("A", "B", "C", "D"), own.catalogue.geography)
    return explain(code, regions, indicators_of_values(own), own)


def indicators_of_values(own: Award) -> dict[str, dict[str, dict[str, Any]]]:
    codes = ("01", "03", "04", "05")
    return {
        one.name: {
            code: {"indicator_value": value, "status": "ok"} for code, value in zip(codes, VALUES.get(one.name, [1.0] * 4), strict=True)
        }
        for one in own.indicators
    }


def test_what_is_unknown_has_no_part_of_a_gap(award: Callable[..., Path]) -> None:
    """01 has services, ½; 04, which lacks growth, has exporters, ½, and services, ¼: the gap of −¼ is 0 − 0, 0 − ½ and ½ − ¼."""
    above, _ = explained(load_award(str(themed(award, RULE))), "01")["neighbours"]
    assert (above["region_name"], above["gap"]) == ("C", pytest.approx(-0.25))
    assert list(above["gap_by_indicator"].values()) == pytest.approx([0, -0.5, 0.25])


def test_the_weight_of_what_is_left_out_goes_to_its_theme(award: Callable[..., Path]) -> None:
    """Without growth, exporters have all of goods, ½. Without services, goods is all: ¾ and ¼."""
    own = weighing(load_award(str(themed(award))))
    growth, _, services = own
    assert [one.weight for one in _without(growth, own)] == [Fraction(1, 2), Fraction(1, 2)]
    assert [one.weight for one in _without(services, own)] == [Fraction(3, 4), Fraction(1, 4)]


def test_scenarios_have_the_regions_that_are_ranked_by_what_is_known(award: Callable[..., Path]) -> None:
    """Figures that do not err leave each ranked region its place; 04 lacks growth and is first, 05 is not ranked."""
    own = load_award(str(themed(award, RULE)))
    regions = Field(("01", "03", "04", "05"), ("A", "B", "C", "D"), own.catalogue.geography)
    known = indicators_of_values(own)
    rows = scenarios(regions, regions.values(known, own), lambda _: [], lambda *_: known, own, range(4))
    assert {(row["region_code"], row["best_rank"], row["worst_rank"]) for row in rows} == {("04", 1, 1), ("01", 2, 2), ("03", 3, 3)}


def test_explain_and_compare_mark_what_is_ranked_by_a_part(award: Callable[..., Path], capsys: pytest.CaptureFixture[str]) -> None:
    """04 lacks growth and is first; 05 is not ranked. Without the rule 04 is not ranked either."""
    own, flat = load_award(str(themed(award, RULE))), load_award(str(themed(award)))
    told = explained(own, "04")
    assert (told["rank"], told["is_partly_known"], explained(own, "01")["is_partly_known"], explained(own, "05")["is_partly_known"]) == (
        1,
        True,
        False,
        False,
    )
    # As in the ranking: goods is exporters alone, 1; services ½. Of 01 goods is 0, of 05 nothing.
    assert [(row["theme"], row["weight"], row["score"]) for row in told["themes"]] == [("goods", "1/2", 1), ("services", "1/2", 0.5)]
    assert [row["score"] for row in explained(own, "01")["themes"]] == [0, 1]
    assert explained(own, "05")["themes"] == []
    terminal.show_explanation(told | {"errors": [], "all_choices": None, "could_stand": None}, own, Origins([], []))
    shown = " ".join(capsys.readouterr().out.split())
    assert "place 1 of 3, score 0.750 (by the figures that are known)" in shown
    assert "Scores of the themes: goods 1.000 (weight 1/2), services 0.500 (weight 1/2)." in shown
    regions = Field(("01", "03", "04", "05"), ("A", "B", "C", "D"), own.catalogue.geography)
    compared = compare(flat, own, indicators_of_values, indicators_of_values, regions)
    rows = {row["region_name"]: row for row in compared["regions"]}
    assert {name for name, row in rows.items() if row["partly_known_second"]} == {"C"}
    assert not any(row["partly_known_first"] for row in rows.values())
    assert (rows["C"]["rank_first"], rows["C"]["rank_second"]) == (None, 1)
    assert comparison._place(rows["C"], "second") == "1*"
    assert [comparison._place(rows[name], "first") for name in "AC"] == ["1", "–"]


def test_without_the_rule_all_are_needed(award: Callable[..., Path]) -> None:
    rows = row_of(load_award(str(themed(award))), VALUES)
    # 01: services, ½. 03: goods, ½. Nobody else is there to be compared with.
    assert [row["rank"] for row in rows] == [1, 1, None, None]
    assert "unknown_indicators" not in rows[0]


@given(arrays(np.float64, (6, 4), elements=st.one_of(st.just(np.nan), st.integers(0, 9).map(float))), st.integers(1, 2), st.integers(1, 2))
def test_scores_of_what_is_known_are_means_with_the_regions_own_weights(values: Reals, least: int, themes: int) -> None:
    parts = zip("aabb", (Fraction(1, 8), Fraction(3, 8), Fraction(1, 6), Fraction(1, 3)), strict=True)
    like = shipped().indicators[0]
    indicators = [like.model_copy(update={"theme": theme, "weight": weight}) for theme, weight in parts]
    rule = PartlyKnown(indicators=least, themes=themes, reason="-")
    ranking = shipped().ranking.model_copy(update={"partly_known": rule})
    here = stand(values, indicators, ranking)
    own = weights(here.counts, indicators)
    assert own.sum(axis=1) == pytest.approx((here.rank > 0).astype(float))
    known = np.where(here.counts, here.normalised, 0.0)
    assert (known * own).sum(axis=1)[here.rank > 0] == pytest.approx(here.score[here.rank > 0])
    for row, flags in zip(values, here.counts, strict=True):
        enough = [(~np.isnan(row[part])).sum() >= least for part in ([0, 1], [2, 3])]
        assert flags.any() == (sum(enough) >= themes)


@pytest.mark.whole
def test_the_report_marks_what_is_ranked_by_a_part(award: Callable[..., Path]) -> None:
    """Gotland's figures on goods are withheld. Ranked by its services alone, it is marked in the table and on its page."""
    own = load_award(str(themed(award, RULE.replace("themes = 2", "themes = 1"), POSTS)))
    sources = load_sources(RAW, own)
    tables_ = tables_before_the_report(own, sources, FIVE)
    written = report.write(tables_, own, sources, spoken("sv", own))
    text = markdown(written.document)
    brief = text[text.index("## I korthet") :].split("\n## ")[0]
    assert "Efter en del av sina uppgifter rangordnas: Gotlands län." in brief
    assert "Efter en del av sina uppgifter rangordnas: Gotlands län." in markdown(slides(written.context, written.document))
    assert re.search(r"^\| \d \| Gotlands län \| \d,\d{3}\\?\* \| \.\. \| \d,\d{3} \|", text, re.MULTILINE)
    assert "Rangordnad efter de uppgifter som är kända" in text
    assert "Indikatorerna hör till teman." in text
    assert "**Varor:** vikt 1/2. Tillväxt i små och medelstora företags varuexport per invånare: 3/4;" in text
    assert "Panelen för andra val erbjuds inte i den här omgången" in text
    assert "Poängen mäts mellan fasta gränser (se Metod)" in text
    assert re.search(r"varuexportörer per 100\s000 invånare: 0,0 till 500; ett värde utanför räknas som gränsen. Samma alla år.", text)
    english = report.write(tables_, own, sources, spoken("en", own))
    text_ = markdown(english.document)
    assert "Ranked by a part of their figures: Gotlands län." in text_
    assert "* Ranked by the figures that are known" in text_.replace("\\*", "*")
    assert re.search(r"^\| \d \| Gotlands län \| \d\.\d{3}\\?\* \| \.\. \| \d\.\d{3} \|", text_, re.MULTILINE)
    for one, said in ((written, "* Rangordnad efter de uppgifter som är kända"), (english, "* Ranked by the figures that are known")):
        workbook = xlsx(one.context)
        styles, sheet = xml(workbook, "xl/styles.xml"), xml(workbook, "xl/worksheets/sheet3.xml")
        (look,) = re.findall(r'numFmtId="(\d+)" formatCode="0\.000&quot;\*&quot;"', styles)
        looks = re.findall(r'<xf numFmtId="(\d+)"', styles[styles.index("<cellXfs") :])
        marked = [float(value) for style, value in re.findall(r'<c r="D\d+" s="(\d+)"><v>([\d.]+)</v>', sheet) if looks[int(style)] == look]
        assert marked == [row["score"] for row in tables_["ranking.ranking"] if row["region_code"] == "09"], "the score stays a number"
        notes = [str(cell) for row in cells(workbook, "Rangordning" if one is written else "Ranking")[:8] for cell in row]
        assert any(note.startswith(said) for note in notes)
        assert not any("inte rangordnas" in note or "is not ranked" in note for note in notes)
    page = text[text.rindex("### Gotlands län") :].split("\n### ")[0]
    assert "Okända, med vikten fördelad på övriga indikatorer: Tillväxt i små och medelstora företags varuexport per invånare" in page


# Goalposts


@given(
    st.lists(st.integers(-50, 150), min_size=1, max_size=8),
    st.lists(st.integers(-50, 150), min_size=1, max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_equal_figures_have_equal_scores_in_rounds_with_the_same_goalposts(
    one_round: list[int], other_round: list[int], clip: bool, from_1: bool
) -> None:
    posts = Goalposts(lowest=0, highest=100, clip=clip, reason="-")
    for direction in ("higher", "lower"):
        rounds = [np.array([37, *values], dtype=np.float64) for values in (one_round, other_round)]
        first, second = (normalise(values, "min-max-100" if from_1 else "min-max", direction, posts)[0] for values in rounds)
        expected = 0.37 if direction == "higher" else 0.63
        assert first == second == pytest.approx(1 + 99 * expected if from_1 else expected)


def test_values_beyond_goalposts_by_hand() -> None:
    values = np.array([-10.0, 0.0, 5.0, 10.0, 30.0])
    clipped, open_ = (Goalposts(lowest=0, highest=10, clip=clip, reason="-") for clip in (True, False))
    assert normalise(values, "min-max", "higher", clipped).tolist() == [0, 0, 0.5, 1, 1]
    assert normalise(values, "min-max", "higher", open_).tolist() == [-1, 0, 0.5, 1, 3]
    assert normalise(values, "min-max", "lower", open_).tolist() == [2, 1, 0.5, 0, -2]
    assert normalise(values, "min-max-100", "higher", open_).tolist() == [1, 1, 50.5, 100, 100]
    assert normalise(values, "rank", "higher", clipped).tolist() == [1, 2, 3, 4, 5]


def test_the_technology_achievement_index_between_its_goalposts() -> None:
    """The Handbook's ranks of table 23 by the engine's own goalposts."""
    like = shipped().indicators[0]
    indicators = [
        like.model_copy(update={"weight": Fraction(1, 8), "goalposts": Goalposts(lowest=low, highest=high, clip=True, reason="HDR 2001")})
        for low, high in zip(LOWEST, HIGHEST, strict=True)
    ]
    here = stand(np.array([*TAI_23.values()]), indicators, shipped().ranking)
    assert dict(zip(TAI_23, here.rank.tolist(), strict=True)) == column("table23_ranks_by_weighting", "EW")


GOALPOSTS = 'goalposts = { lowest = 0, highest = 1, clip = false, reason = "Trettio län." }\nweight = "1/3"'


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            [
                (
                    'weight = "1/3"\ndirection = "higher"\nreason = "Anges för Skåne',
                    f'{GOALPOSTS}\ndirection = "higher"\nreason = "Anges för Skåne',
                )
            ],
            "has no goalposts, which others have",
        ),
        (
            [
                ('weight = "1/3"', GOALPOSTS),
                ('"min-max"   #', '"min-max-100"   #'),
                ('aggregation = "arithmetic"', 'aggregation = "geometric"'),
            ],
            "clip = true",
        ),
        ([('weight = "1/3"', GOALPOSTS.replace("lowest = 0", "lowest = 1"))], "expected the lowest goalpost to be below the highest"),
    ],
)
def test_goalposts_that_cannot_hold_are_refused(award: Callable[..., Path], changes: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(DataRefused) as refused:
        load_award(str(award(*changes)))
    assert message in str(refused.value)
