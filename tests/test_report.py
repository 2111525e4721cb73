"""The report: Swedish, complete, rounded only here, and never a decision."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Raw, exportregion

from pipeline.report.numbers import number, percent


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (25000.4, 0, "25\u00a0000"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "−3"),
        (1234567.891, 1, "1\u00a0234\u00a0567,9"),
        (-0.4, 0, "0"),
    ],
)
def test_numbers_are_swedish_and_halves_go_away_from_zero(value: float, decimals: int, shown: str) -> None:
    assert number(value, decimals) == shown


@pytest.mark.parametrize(
    ("ratio", "shown"), [(0.405, "+41\u00a0%"), (0.285, "+29\u00a0%"), (-0.062, "−6\u00a0%"), (0.0, "0\u00a0%"), (0.004, "0\u00a0%")]
)
def test_growth_is_printed_in_whole_per_cent_with_its_sign(ratio: float, shown: str) -> None:
    assert percent(ratio, signed=True) == shown


@pytest.fixture(scope="module")
def report(complete: Path) -> str:
    return (complete / "2021" / "report.md").read_text(encoding="utf-8")


def test_it_has_candidates_ranking_key_figures_and_sources(report: str) -> None:
    headings = re.findall(r"^## (.*)$", report, re.MULTILINE)
    assert headings == [
        "Föreslagna kandidatregioner",
        "Hur säkert är det?",
        "Hela rangordningen",
        "Regioner som inte kan rangordnas",
        "Små och medelstora företags varuexport per invånare, kronor",
        "Metod",
        "Godtagna undantag från kontrollerna",
        "Källor",
    ]
    assert "varuexport per invånare: **+41\u00a0%** (från 24\u00a0550\u00a0kr år 2016 till 34\u00a0615\u00a0kr år 2020)" in report
    assert "| goods_exports_by_county.xlsx | illustrativ |" in report
    assert "Källa: SCB, egen bearbetning." in report


def test_illustrative_input_is_announced_at_the_top(report: str) -> None:
    assert report.index("ILLUSTRATIVA UPPGIFTER") < report.index("## ")


def test_it_lists_every_county_once_and_the_nation_without_a_place(report: str, complete: Path) -> None:
    table = report[report.index("## Hela") : report.index("## Regioner som")]
    places = re.findall(r"^\| (\d*) \| ([^|]+) \|", table, re.MULTILINE)
    with (complete / "2021" / "ranking.csv").open(encoding="utf-8") as file:
        ranking = [(row["rank"], row["region_name"]) for row in csv.DictReader(file) if row["rank"]]
    assert places == [*ranking, ("", "Riket")]


def test_an_unranked_region_is_named_with_the_reason_and_no_figure_for_it(report: str) -> None:
    part = report[report.index("## Regioner som") : report.index("En okänd uppgift")]
    assert "**Gotlands län**: Tillväxt i små och medelstora företags varuexport per invånare: en uppgift är sekretessbelagd" in part
    assert "kunde den stå mellan plats" in part
    assert re.search(r"^\| Gotlands län \| .* \| \.\. \|$", report, re.MULTILINE)


def test_nothing_in_it_reads_like_a_decision(report: str) -> None:
    for word in ("vinnare", "vinner", "utses", "ska nomineras", "har nominerats", "beslutar"):
        assert word not in report.lower()
    assert "Den nominerar ingen: det gör människor" in report


def test_text_from_data_stays_text(raw: Raw, award: Callable[..., Path], tmp_path: Path) -> None:
    path = award(('title = "Årets exportregion 2021"', 'title = "<script>x</script> | {{ 1 }}\\n# y"'))
    assert exportregion("report", "--award", path, "--data", raw.folder, "--out", tmp_path / "out").exit_code == 0
    first = (tmp_path / "out" / "trial" / "report.md").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# &lt;script>x&lt;/script> \\| {{ 1 }} # y: underlag för nominering"


def test_a_title_is_no_markup_on_the_terminal(award: Callable[..., Path], tmp_path: Path) -> None:
    ran = exportregion("run", "--award", award(('title = "Årets exportregion 2021"', 'title = "[/x] [utkast]"')), "--out", tmp_path / "out")
    assert ran.exit_code == 0
    assert "[/x] [utkast]: proposed candidate regions" in ran.stdout


def test_the_ranking_says_in_itself_that_it_is_illustrative(complete: Path) -> None:
    with (complete / "2021" / "ranking.csv").open(encoding="utf-8") as file:
        assert {row["is_illustrative"] for row in csv.DictReader(file)} == {"true"}


def test_a_changed_report_is_a_visible_difference(report: str) -> None:
    """tests/golden/report-2021.md was read by a person. After a change that is meant, copy the new report there."""
    assert report == (Path(__file__).parent / "golden" / "report-2021.md").read_text(encoding="utf-8")


def test_a_wide_table_has_as_many_cells_in_every_row(report: str) -> None:
    for block in re.findall(r"(?:^\|.*\n)+", report, re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(widths) == 1, block
