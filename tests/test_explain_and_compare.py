"""Why a region stands where it stands, and what a change of place between two rounds comes from."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from conftest import GOODS, RAW, Raw, Rows, exportregion
from rich.console import Console

from pipeline import comparison, run
from pipeline.award import Award, load_award
from pipeline.comparison import _unranked
from pipeline.faults import DataRefused
from pipeline.ranking.compare import STEPS, compare, shapley
from pipeline.ranking.explain import explain
from pipeline.ranking.score import Indicators
from pipeline.ranking.standing import Field, field
from pipeline.run import indicators_of
from pipeline.trust import _share

HALVES = (
    ('"1/3"\ndirection = "higher"\nreason = "Anges för Halland (363)', '"1/2"\ndirection = "higher"\nreason = "Anges för Halland (363)'),
    ('"1/3"\ndirection = "higher"\nreason = "Anges för Norr', '"1/2"\ndirection = "higher"\nreason = "Anges för Norr'),
    ('"1/3"', "0"),
    ("candidates = 3", "candidates = 1"),
)
FOUR = Field(("01", "03", "04", "05"), ("A", "B", "C", "D"), load_award("2021").catalogue.geography)


def indicators(award: Award, *values: tuple[float | None, ...]) -> Indicators:
    """Values of the weighing indicators by region; those only shown are 1."""
    given = list(values) + [(1.0,) * 4] * (len(award.indicators) - len(values))
    order = [i.name for i in award.indicators if i.weight] + [i.name for i in award.indicators if not i.weight]
    return {
        name: {
            code: {"indicator_value": value, "status": "ok" if value is not None else "withheld"}
            for code, value in zip(FOUR.codes, column, strict=True)
        }
        for name, column in zip(order, given, strict=True)
    }


def test_an_explanation_by_hand(award: Callable[..., Path]) -> None:
    """Two indicators of weight ½, one candidate. Growth 0, 1, 2, 4 and density 10, 0, 4, 5: normalised 0, ¼, ½, 1 and 1, 0, 0.4, ½."""
    choice = load_award(str(award(*HALVES)))
    growth, density = (indicator.name for indicator in choice.indicators if indicator.weight)
    told = explain("04", FOUR, indicators(choice, (0, 1, 2, 4), (10, 0, 4, 5)), choice)
    assert (told["rank"], told["ranked_regions"], told["is_candidate"]) == (3, 4, False)
    assert told["score"] == pytest.approx(0.45)
    by_name = {row["indicator"]: row for row in told["indicators"]}
    assert by_name[growth]["normalised"] == 0.5
    assert by_name[growth]["contribution"] == 0.25
    assert by_name[density]["contribution"] == pytest.approx(0.2)
    above, below = told["neighbours"]
    # A has ½·0 + ½·1 = 0.5 and stands second, D ¾ and first; B ⅛ and last.
    assert (above["region_name"], below["region_name"]) == ("A", "B")
    assert above["gap"] == pytest.approx(-0.05)
    assert above["gap_by_indicator"] == pytest.approx({growth: 0.25, density: -0.3})
    turns = {row["indicator"]: row["turns_at"] for row in told["changes"]}
    # By growth alone: beyond 4, C is the highest, has 1, and D 4/x. ½ + 0.2 ≥ ½·4/x + ¼ from x = 40/9 on.
    assert turns[growth] == pytest.approx(40 / 9)
    # By density alone: beyond 10, C has ½·½ + ½ = ¾ and D ½ + ½·5/x < ¾ from x = 10 on.
    assert turns[density] == pytest.approx(10)


def test_a_candidate_is_told_when_it_would_cease_to_be_one(award: Callable[..., Path]) -> None:
    choice = load_award(str(award(*HALVES)))
    growth, density = (indicator.name for indicator in choice.indicators if indicator.weight)
    told = explain("05", FOUR, indicators(choice, (0, 1, 2, 4), (10, 0, 4, 5)), choice)
    turns = {row["indicator"]: row["turns_at"] for row in told["changes"]}
    # Growth 2 ≤ x ≤ 4 stays the highest. Below 2, C is, with ½ + 0.2 = 0.7; D has ½·x/2 + ¼, level with A's ½ at 1 and with C's at 1.8.
    assert turns[growth] == pytest.approx(1.8)
    # Density x: ½ + x/20 is above A's ½ for every x above 0, and level at 0, which shares the place. Below 0 it cannot go.
    assert turns[density] is None


def test_an_unranked_region_has_its_statuses_and_no_more(award: Callable[..., Path]) -> None:
    choice = load_award(str(award(*HALVES)))
    told = explain("03", FOUR, indicators(choice, (0, None, 2, 4), (10, 0, 4, 5)), choice)
    assert told["rank"] is None
    assert told["indicators"][0]["status"] == "withheld"
    assert told["neighbours"] == told["changes"] == []


def test_contributions_add_up_to_the_score_on_the_shipped_data(complete: Path) -> None:
    told = json.loads(exportregion("explain", "Norrbotten", "--award", "2021", "--json").stdout)
    assert told["rank"] == 3
    assert sum(row["contribution"] or 0 for row in told["indicators"]) == pytest.approx(told["score"])
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:
        (joint,) = connection.execute("from robustness.joint_shares where region_code = '25'").fetchall()
    jointly = told["all_choices"]
    assert (jointly["joint_share"], jointly["standard_error"], jointly["best_rank"], jointly["worst_rank"]) == (*joint[1:3], *joint[4:6])
    assert [row["choice"] for row in jointly["choices"]] == ["window", "denominator", "method", "weights"]
    for near in told["neighbours"]:
        assert sum(near["gap_by_indicator"].values()) == pytest.approx(near["gap"])


@pytest.mark.whole
@pytest.mark.parametrize("name", ["13", "Halland", "hallands län", "HALLANDS", "Region Halland"])
def test_a_county_is_found_by_code_or_name(name: str) -> None:
    ran = exportregion("explain", name, "--award", "2021")
    assert ran.exit_code == 0
    assert "ILLUSTRATIVE DATA" in ran.stdout
    assert "Hallands län: place 2 of 19, score 0.781; among the proposed candidates." in ran.stdout
    assert re.search("Growth in services exports per inhabitant over the window +│ 17.6%", ran.stdout), "in words and per cent"
    assert (
        "All choices at once: a candidate in 80.0% ± 0.2% of 143,360 combinations of window, denominator, method and weights" in ran.stdout
    )


@pytest.mark.whole
def test_an_unranked_county_is_told_between_which_places_it_could_stand(complete: Path) -> None:
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:
        (span,) = connection.execute("select best_rank, worst_rank from robustness.unranked where region_code = '23'").fetchall()
    told = json.loads(exportregion("explain", "Jämtland", "--award", "2021", "--json").stdout)
    assert (told["could_stand"]["best_rank"], told["could_stand"]["worst_rank"]) == span == (3, 16)
    ran = exportregion("explain", "Jämtland", "--award", "2021")
    assert "A figure is unknown. It could stand at place 3 to 16, whatever it is within what the known figures allow." in ran.stdout
    assert json.loads(exportregion("explain", "Halland", "--award", "2021", "--json").stdout)["could_stand"] is None


@pytest.mark.whole
def test_figures_have_their_units_and_a_small_share_is_not_none() -> None:
    shown = exportregion("explain", "Halland", "--award", "2021").stdout
    assert re.search("Goods exports per exporting SME +│ 10,190,623 SEK per enterprise +│", shown)
    assert re.search("Goods-exporting SMEs per 100 000 inhabitants +│ 363 enterprises per 100 000 inhabitants +│", shown)
    assert re.search(r"SMEs' share of goods exports +│ 43\.0% +│", shown), "per cent is a unit"
    assert [_share(share) for share in (0.0, 0.0049, 0.006, 0.5, 0.996, 1.0)] == ["0%", "<1%", "1%", "50%", ">99%", "100%"]


def test_an_unknown_county_is_wrong_usage() -> None:
    ran = exportregion("explain", "Atlantis")
    assert ran.exit_code == 2
    assert "no county 'Atlantis'; there are Stockholms län, Uppsala län" in ran.words


@pytest.mark.parametrize("name", ["Göteborg", "Norrland", "Närke"])
def test_a_name_that_is_no_misspelling_is_not_guessed(name: str) -> None:
    """Göteborg is in Västra Götalands län, not in Gävleborgs."""
    names = ("Östergötlands län", "Västra Götalands län", "Gävleborgs län")
    regions = Field(("05", "14", "21"), names, load_award("2021").catalogue.geography)
    assert regions.not_found(name) == f"no county {name!r}; there are {', '.join(names)}"


@pytest.mark.parametrize(
    ("region", "meant"),
    [
        ("halands", "Hallands län"),
        ("Västergötland", "Västra Götalands län"),
        ("Vesterbotten", "Västerbottens län"),
        ("region skone", "Skåne län"),
        ("Västra", "Västra Götalands län"),
    ],
)
def test_a_county_that_is_nearly_named_is_guessed(region: str, meant: str) -> None:
    names = (
        "Östergötlands län",
        "Skåne län",
        "Hallands län",
        "Västra Götalands län",
        "Västernorrlands län",
        "Västerbottens län",
        "Norrbottens län",
    )
    regions = Field(("05", "12", "13", "14", "22", "24", "25"), names, load_award("2021").catalogue.geography)
    assert regions.not_found(region) == f"no county {region!r}; did you mean {meant}?"


@pytest.mark.whole
def test_a_value_at_which_candidacy_turns_turns_it(raw: Raw, tmp_path: Path) -> None:
    """Skåne would become a candidate at so many exporters; with so many written into the raw file, it is one."""
    told = json.loads(exportregion("explain", "12", "--award", "2021", "--json").stdout)
    (row,) = (row for row in told["changes"] if row["indicator"] == "sme_goods_exporters_per_100k")
    more = round(row["turns_at"] * 1389336 / 100_000) + 2 - round(row["value"] * 1389336 / 100_000)

    def edit(rows: Rows) -> None:
        for cells in rows[6:]:
            if cells[0] == "12" and cells[2] == 2020 and cells[3] in ("0–9", "Totalt"):
                cells[5] = int("".join(cells[5].split())) + more
            if cells[0] == "00" and cells[2] == 2020 and cells[3] in ("0–9", "Totalt"):
                cells[5] = int("".join(cells[5].split())) + more

    raw.edit_workbook(GOODS, edit)
    result = json.loads(exportregion("rank", "--award", "2021", "--data", raw.folder, "--out", tmp_path / "out", "--json").stdout)
    assert "12" in [row["region_code"] for row in result["candidates"]]


# Compare


def test_the_shapley_value_of_three_players_by_hand() -> None:
    """The glove game: one left glove (step 0) and two right ones; a pair is worth 1. The left one is worth 2/3, each right one 1/6.

    Sets by their bits: none, L, R, LR, S, LS, RS, LRS. L brings the pair unless it comes first: 4 of 6 orders. R only in L R S.
    """
    attribution = shapley(np.array([[0.0], [0], [0], [1], [0], [1], [0], [1]]))
    assert attribution.mean[:, 0] == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert attribution.least[:, 0].tolist() == [0, 0, 0]
    assert attribution.most[:, 0].tolist() == [1, 1, 1]
    assert attribution.orders.tolist() == [6]


def test_orders_through_a_set_without_a_value_are_left_out() -> None:
    """As before, with values 0, 1, 2, 4, 3, 5, unknown, 9. Of the orders, R S L and S R L pass RS; of the other four, the means.

    L R S: 1, 3, 5. L S R: 1, 4, 4. R L S: 2, 2, 5. S L R: 2, 4, 3.
    """
    one_unknown = [0.0, 1, 2, 4, 3, 5, np.nan, 9]
    attribution = shapley(np.array([one_unknown, [np.nan] * 8]).T)
    assert attribution.mean[:, 0].tolist() == [6 / 4, 13 / 4, 17 / 4]
    assert attribution.least[:, 0].tolist() == [1, 2, 3]
    assert attribution.most[:, 0].tolist() == [2, 4, 5]
    assert attribution.orders.tolist() == [4, 0]
    assert np.isnan(attribution.mean[:, 1]).all()


def test_a_comparison_by_hand(award: Callable[..., Path]) -> None:
    """From growth alone to density alone, on data in which only growth was revised: data and weights move regions."""
    first = load_award(str(award(*HALVES, name="first")))
    growth, density = (indicator for indicator in first.indicators if indicator.weight)
    shown = [indicator for indicator in first.indicators if not indicator.weight]

    def weighed(one: int, other: int) -> Award:
        weighed = (growth.model_copy(update={"weight": one}), density.model_copy(update={"weight": other}), *shown)
        return first.model_copy(update={"indicators": weighed})

    def data(*growths: float) -> Callable[[Award], Indicators]:
        return lambda _: indicators(first, growths, (4, 3, 2, 1))

    told = compare(weighed(1, 0), weighed(0, 1), data(1, 2, 3, 4), data(1, 2, 4, 3), FOUR)
    assert told["steps"] == list(STEPS) == ["data", "window", "indicators", "weights", "method"]
    rows = {row["region_name"]: row for row in told["regions"]}
    # By growth D C B A; revised C D B A; by density A B C D, whatever the data. Data first: they move C and D by one, and the weights do
    # the rest. Weights first: they do all of it. Each comes first in half of the orders.
    assert [rows[name]["rank_first"] for name in "ABCD"] == [4, 3, 2, 1]
    assert [rows[name]["change"] for name in "ABCD"] == [3, 1, -1, -3]
    assert [rows[name]["change_by_data"] for name in "ABCD"] == [0, 0, 0.5, -0.5]
    assert [rows[name]["change_by_data_in_any_order"] for name in "ABCD"] == [[0, 0], [0, 0], [0, 1], [-1, 0]]
    assert [rows[name]["change_by_weights"] for name in "ABCD"] == [3, 1, -1.5, -2.5]
    assert [rows[name]["change_by_weights_in_any_order"] for name in "ABCD"] == [[3, 3], [1, 1], [-2, -1], [-3, -2]]
    assert [rows[name]["rank_second"] for name in "ABCD"] == [1, 2, 3, 4]
    for row in rows.values():
        assert sum(row[f"change_by_{step}"] for step in STEPS) == row["change"]
        assert row["share_of_orders"] == 1
    assert (told["enter"], told["leave"]) == (["A"], ["D"])


def changes(told: Mapping[str, Any]) -> set[str]:
    """The steps that move any region."""
    return {step for step in STEPS if any(row[f"change_by_{step}"] for row in told["regions"])}


def compared(*rounds: str | Path) -> dict[str, Any]:
    ran = exportregion("compare", *rounds, "--json")
    assert ran.exit_code == 0, ran.stdout
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def steps_to(other: Path) -> set[str]:
    """The steps that move any region from the round 2021 to another award, on the same data."""
    with run.indicators_of(load_award("2021"), RAW) as (one, first, _), run.indicators_of(load_award(str(other)), RAW) as (two, second, _):
        return changes(compare(first, second, one.indicators_under, two.indicators_under, field(two.read("staging.regions"), second)))


@pytest.mark.parametrize(
    ("replacement", "step"),
    [
        (("final = 2020", "final = 2019"), "window"),
        (('direction = "higher"\nreason = "Anges för Skåne', 'direction = "lower"\nreason = "Anges för Skåne'), "indicators"),
        (('normalisation = "min-max"', 'normalisation = "rank"'), "method"),
        (('denominator = "year-end"', 'denominator = "mean"'), "method"),
    ],
)
def test_each_change_is_told_under_its_step(award: Callable[..., Path], replacement: tuple[str, str], step: str) -> None:
    assert steps_to(award(replacement)) == {step}


def test_other_weights_are_told_under_weights(award: Callable[..., Path]) -> None:
    path = award(
        (
            'weight = "1/3"\ndirection = "higher"\nreason = "Anges för Halland (363)',
            'weight = "2/3"\ndirection = "higher"\nreason = "Anges för Halland (363)',
        )
    )
    text = path.read_text(encoding="utf-8").replace('weight = "1/3"', 'weight = "1/6"')
    path.write_text(text, encoding="utf-8")
    assert steps_to(path) == {"weights"}


def test_revised_data_are_told_under_data(raw: Raw, complete: Path, tmp_path: Path) -> None:
    def edit(rows: Rows) -> None:
        for cells in rows[6:]:
            if cells[2] == 2020 and cells[0] in ("13", "00") and cells[3] in ("0–9", "Totalt"):
                cells[4] = int("".join(cells[4].split())) + 1_500_000

    raw.edit_workbook(GOODS, edit)
    ran = exportregion("rank", "--award", "2021", "--data", raw.folder, "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    told = compared(complete / "2021", tmp_path / "out" / "2021")
    assert changes(told) == {"data"}
    assert next(row for row in told["regions"] if row["region_code"] == "13")["change_by_data"] == 1


def test_a_round_compared_with_itself_has_no_change(complete: Path) -> None:
    told = compared(complete / "2022", "2022")
    assert changes(told) == set()
    assert (told["enter"], told["leave"]) == ([], [])
    assert told["illustrative"]


def test_a_folder_that_is_no_result_is_refused(tmp_path: Path) -> None:
    ran = exportregion("compare", tmp_path, "2022")
    assert ran.exit_code == 1
    assert "Name a folder that `exportregion run` has made." in ran.stderr
    ran = exportregion("compare", "1999", "2022")
    assert ran.exit_code == 2


def test_a_comparison_in_words(complete: Path) -> None:
    ran = exportregion("compare", "2021", "2022")
    assert "ILLUSTRATIVE DATA" in ran.stdout
    lines = ran.stdout.splitlines()
    assert lines[2] == "2021 → 2022. New candidates: none. No longer candidates: none.", "the outcome comes first"
    assert "Places gained (+) or lost (−), and what each change brings:" in lines
    assert "region 2021 2022 change window" in [" ".join(line.split()) for line in lines], "the other changes move nobody"
    assert "No region is moved by the data, the indicators, the weights or the method." in lines
    said = " ".join(ran.stdout.split())
    assert (
        "Not ranked in 2021: Jämtlands län, Gotlands län. Unknown: Growth in SMEs' goods exports per inhabitant over the window; " in said
    )
    assert "By the window of 2022 alone these would be ranked: Jämtlands län, Gotlands län." in said
    assert re.search(r"each of them is a candidate: Västerbottens län 7\d\.\d% → 7\d\.\d%, Hallands län 80\.0% → ", ran.stdout)


STEPPED = {
    **{f"change_by_{step}": 1.0 for step in STEPS},
    **{f"change_by_{step}_in_any_order": [-10, 12] for step in STEPS},
    **{"region_name": "Västra Götalands län", "rank_first": 14, "rank_second": 9, "change": 5, "share_of_orders": 1},
    **{"partly_known_first": False, "partly_known_second": False},
}


@pytest.mark.parametrize(
    ("width", "brackets", "note"),
    [(100, "(-10…+12)", "in brackets, the least and the most in any order."), (80, "", "--json has the least and the most in any order.")],
)
def test_a_comparison_by_every_change_breaks_no_word(width: int, brackets: str, note: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = {"first": "2021", "second": "2022", "steps": list(STEPS), "regions": [STEPPED]}
    comparison._places(Console(width=width, highlight=False), told)
    shown = capsys.readouterr().out
    rows = [line.split() for line in shown.splitlines()]
    assert ["region", "2021", "2022", "change", *STEPS] in rows
    assert ["Västra", "Götalands", "län", "14", "9", "+5", *["+1.0"] * 5] in rows
    assert shown.count("(-10…+12)") == (5 if brackets else 0)
    assert max(map(len, shown.splitlines())) <= width
    said = " ".join(shown.split())
    assert "the mean over all orders (the Shapley value)" in said
    assert note in said
    assert "No region is moved by" not in said


def test_a_long_name_of_a_round_heads_no_column(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"first": "2021", "second": "2021 with population=2027-02-22", "steps": list(STEPS), "regions": [STEPPED]}
    comparison._places(Console(width=100, highlight=False), told)
    shown = capsys.readouterr().out
    assert ["region", "before", "after", "change", *STEPS] in [line.split() for line in shown.splitlines()]


def test_what_is_so_of_all_regions_is_one_line() -> None:
    rows = [{"region_name": name, "unknown_first": [], "unknown_second": ["growth"], "ranking_turned_by": ["window"]} for name in "AB"]
    assert _unranked({"first": "1", "second": "2", "regions": rows}) == {
        "Not ranked in 2: {regions}. Unknown: growth.": ["A", "B"],
        "By the window of 2 alone these would be not ranked: {regions}.": ["A", "B"],
    }


def test_a_comparison_needs_another_round_and_a_vintage_that_exists() -> None:
    ran = exportregion("compare", "2021")
    assert ran.exit_code == 2
    assert "name the round to compare with" in ran.words
    with pytest.raises(DataRefused) as refused, indicators_of(load_award("2021"), RAW, {"goods_exports": "1999-01-01"}):
        pass
    assert [fault.where for fault in refused.value.faults] == ["--vintage goods_exports=1999-01-01"]


def test_the_window_step_has_the_second_rounds_years(complete: Path) -> None:
    """From 2021 to 2022 the choices differ in years and window alone: every change of place is the window's."""
    told = compared("2021", "2022")
    assert changes(told) == {"window"}
    for row in told["regions"]:
        if row["change"] is not None:
            assert row["change_by_window"] == row["change"]
    assert sum(row["change"] is None for row in told["regions"]) == 2


def test_an_indicator_that_only_the_second_round_has_is_told_under_indicators(award: Callable[..., Path]) -> None:
    services = 'measure = "services_exports_per_capita"\nas = "growth"'
    assert steps_to(award((services, services.replace("growth", "level")))) == {"indicators"}


def test_a_region_unranked_on_the_way_says_of_how_many_orders_its_figures_are(award: Callable[..., Path]) -> None:
    """B's growth is unknown in the second data, and the second weighting leaves growth out: B is unranked where data come before weights."""
    first = load_award(str(award(*HALVES, name="first")))
    growth, density = (indicator for indicator in first.indicators if indicator.weight)
    others = tuple(indicator for indicator in first.indicators if not indicator.weight)
    second = first.model_copy(
        update={"indicators": (growth.model_copy(update={"weight": 0}), density.model_copy(update={"weight": 1}), *others)}
    )

    def data(*growths: float | None) -> Callable[[Award], Indicators]:
        return lambda _: indicators(first, growths, (4, 3, 2, 1))

    told = compare(first, second, data(9, 1, 3, 4), data(9, None, 3, 4), FOUR)
    row = next(row for row in told["regions"] if row["region_name"] == "B")
    # Growth ½·1, 0, ⅛, 3/16 and density ½·1, ⅓, ⅙, 0: A 1, B ⅓, C 0.292, D 0.188. By density alone A B C D too.
    assert (row["rank_first"], row["rank_second"], row["share_of_orders"]) == (2, 2, 0.5)
    assert [row[f"change_by_{step}"] for step in STEPS] == [0] * 5


def test_a_region_without_a_place_stands_last(award: Callable[..., Path]) -> None:
    first = load_award(str(award(*HALVES, name="first")))

    def data(_: Award) -> Indicators:
        return indicators(first, (1, None, 3, 4), (4, 3, 2, 1))

    told = compare(first, first, data, data, FOUR)
    # Growth ½·0, ⅔, 1 and density ½·1, ⅓, 0: all alike, in the order of their codes.
    assert [row["region_name"] for row in told["regions"]] == ["A", "C", "D", "B"]
