"""Whole small projects that differ in what the catalogue can say: another country, run from a folder of its own, as a user would.

worlds/alder: six districts with letter codes, code and name in one cell; three firm sizes; crowns; no whole, no map; English alone; scores
whose year stands only in the file's title and whose rows are chosen; an indicator with a year of its own.
"""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import PROJECT, Raw, exportregion, spoken, tables_before_the_report
from python_calamine import CalamineWorkbook

from pipeline import report as reports
from pipeline import results
from pipeline.award import award_names, load_award
from pipeline.home import home
from pipeline.ranking.standing import field
from pipeline.report.markdown import markdown
from pipeline.sources import load_sources

ALDER = Path(__file__).parent / "worlds" / "alder"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world's results, of a run from inside its folder with no more said than the round."""
    place = shutil.copytree(ALDER, tmp_path_factory.mktemp("worlds") / "alder")
    command = [sys.executable, "-m", "pipeline.cli", "run", "--quiet", "--award", "2024"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return place / "data" / "processed" / "2024"


@pytest.fixture(scope="module")
def query(ran: Path) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    with duckdb.connect(ran / "exportregion.duckdb", read_only=True) as connection:
        yield lambda sql: connection.sql(sql).to_arrow_table().to_pylist()


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Raw:
    """A copy of the world to spoil, and the test inside it."""
    place = shutil.copytree(ALDER, tmp_path / "alder")
    monkeypatch.chdir(place)
    return Raw(place / "data" / "raw")


Query = Callable[[str], list[dict[str, Any]]]


def test_the_ranking_is_the_one_worked_by_hand(ran: Path) -> None:
    """Growth of smaller firms' sales per resident 2020–2023, weight ½; their number per 1,000 residents 2023, ¼; the score of 2022, ¼.

    growth   Ashby 20 → 40 crowns, Brooke 20 → 30, Elmet 20 → 25, Fenby 20 → 20, Oakham 20 → 35: 1, ½, ¼, 0, ¾; normalised the same
    density  10/10, 40/20, 20/4, 24/8, 40/10: 1, 2, 5, 3, 4; normalised 0, ¼, 1, ½, ¾
    score    0.2, 0.6, 0.4, 0.7, 0.3; normalised 0, 0.8, 0.4, 1, 0.2
    """
    with (ran / "ranking.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["region_name"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["Oakham", "Brooke", "Ashby", "Elmet", "Fenby", "Yewdale"]
    by_hand = {
        "Oakham": 0.375 + 0.1875 + 0.05,
        "Brooke": 0.25 + 0.0625 + 0.2,
        "Ashby": 0.5,
        "Elmet": 0.125 + 0.25 + 0.1,
        "Fenby": 0.125 + 0.25,
    }
    assert {name: float(rows[name]["score"]) for name in by_hand} == pytest.approx(by_hand)
    assert [rows[name]["rank"] for name in rows] == ["1", "2", "3", "4", "5", ""]
    assert [name for name in rows if rows[name]["is_candidate"] == "true"] == ["Oakham", "Brooke"]
    assert rows["Yewdale"]["not_ranked_reason"] == "sales_per_resident_growth: withheld; traders_per_1000: withheld"
    assert float(rows["Oakham"]["sales_per_resident_growth"]) == pytest.approx(0.75)
    assert [row["is_illustrative"] for row in rows.values()] == ["false"] * 6


def test_the_report_is_in_the_worlds_own_language_alone(ran: Path) -> None:
    """Oakham grew by 75 per cent, from 20 crowns a resident to 35, the second largest growth after Ashby's."""
    report = (ran / "report-en.md").read_text(encoding="utf-8")
    told = re.sub(r"\s*\[\d+\]", "", report).replace("\u202f", " ")
    assert (
        "Smaller firms in Oakham raised their sales abroad per resident by 75 per cent between 2020 and 2023, from 20 crowns to 35 crowns."
        " It is the second-largest increase among the 5 districts with a known figure." in told
    )
    assert "| 1 | Oakham | 0.613 | +75% | 4.0 | 0.3 |" in told
    assert "[Yewdale](<#yewdale>): Growth in smaller firms' sales abroad per resident: a figure is withheld" in told
    endings = (".docx", ".html", ".jsonstat.json", ".pdf", "-notes.pdf", "-sheets.pdf", ".pptx", ".xlsx")
    assert {path.name for path in (ran / "report").glob("exportregion-*")} == {f"exportregion-2024-en{ending}" for ending in endings}
    assert not (ran / "report.md").exists()
    page = (ran / "report" / "exportregion-2024-en.html").read_text(encoding="utf-8")
    for text in (report, page, *((ran / name).read_text(encoding="utf-8") for name in ("datapackage.json", "dcat.jsonld"))):
        assert not re.search(r"[åäö]|kronor|\bprocent\b", re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL), re.IGNORECASE)


def test_the_page_can_rank_the_world_by_other_choices(ran: Path) -> None:
    """What the page computes with, region by region: growth and density of the ranking above, and the score of 2022 in every window."""
    page = (ran / "report" / "exportregion-2024-en.html").read_text(encoding="utf-8")
    (text,) = re.findall(r'<script type="application/json" data-whatif="data">(.*?)</script>', page, flags=re.DOTALL)
    data = json.loads(text)
    assert [region["name"] for region in data["regions"]] == ["Ashby", "Brooke", "Elmet", "Fenby", "Oakham", "Yewdale"]
    assert data["values"]["sales_per_resident_growth"]["2020-2023"] == pytest.approx([1, 0.5, 0.25, 0, 0.75, None])
    assert data["values"]["traders_per_1000"]["2020-2023"] == pytest.approx([1, 2, 5, 3, 4, None])
    assert data["values"]["readiness_score"]["2021-2022"] == pytest.approx([0.2, 0.6, 0.4, 0.7, 0.3, 0.5])
    assert [(one["weight"], one["lines"][0]) for one in data["indicators"]] == [
        ("1/2", 'measure = "sales_per_resident"'),
        ("1/4", 'measure = "traders_per_1000"'),
        ("1/4", 'measure = "readiness_score"'),
    ]


def test_the_workbook_has_the_worlds_ranking_trace_and_cells(ran: Path) -> None:
    book = CalamineWorkbook.from_path(ran / "report" / "exportregion-2024-en.xlsx")

    def first(sheet: str, text: str) -> list[Any]:
        return next(row for row in book.get_sheet_by_name(sheet).to_python() if text in row)

    assert first("Ranking", "Oakham")[:8] == [1, "OAK", "Oakham", pytest.approx(0.6125), "yes", pytest.approx(0.75), 4, 0.3]
    assert first("Ranking", "Yewdale")[:8] == ["..", "YEW", "Yewdale", "..", "no", "..", "..", 0.5]
    # 20 crowns a resident in 2020, 35 in 2023; 40 smaller firms that sell abroad, 10,000 residents.
    row = first("Indicators", "Oakham")
    assert [*row[3:6], *row[8:12]] == [20, 35, pytest.approx(0.75), "known", 40, 10_000, 4]
    trace = first("Traces", "75\u202fper\u202fcent")
    assert trace[1:4] == ["Oakham", "75\u202fper\u202fcent", pytest.approx(0.75)]
    assert trace[-1] == "trade.csv C18; trade.csv C19; residents.csv B6; trade.csv F18; trade.csv F19; residents.csv E6"


def test_a_report_in_a_language_that_the_world_has_no_words_in_is_wrong_usage(alder: Raw) -> None:
    asked = exportregion("run", "--award", "2024", "--data", alder.folder, "--language", "sv", "--out", alder.folder.parent / "out")
    assert asked.exit_code == 2
    assert "alder_islands has no words in 'sv'" in asked.words
    assert not (alder.folder.parent / "out").exists()


def test_a_text_is_not_checked_where_the_world_has_no_swedish_words(alder: Raw, tmp_path: Path) -> None:
    (tmp_path / "text.md").write_text("Oakham ligger på plats 1.", encoding="utf-8")
    refused = exportregion("check", tmp_path / "text.md", "--award", "2024", "--data", alder.folder)
    assert refused.exit_code == 1
    assert "catalogue/geographies/alder_islands.toml: found no words in Swedish" in refused.stderr


def test_a_withheld_class_is_what_the_total_leaves_and_its_region_stands_where_that_puts_it(query: Query) -> None:
    """Yewdale: 130 in all, 60 small and 40 large leave 30 thousand; 20 firms, 6 and 2, leave 12.

    So growth is 90/100 − 1 = −0.1, density 18/5 = 3.6, score 0.5. With growth from −0.1 to 1, Yewdale has ½·0 + ¼·0.65 + ¼·0.6 = 0.3125,
    and Fenby, the next, ½·0.1/1.1 + 0.125 + 0.25 = 0.42: place 6, whatever it is.
    """
    bounds = query("from robustness.cell_bounds")
    assert [(row["measure"], row["region_code"], row["year"], row["firm_size"]) for row in bounds] == [
        ("trade", "YEW", 2023, "micro"),
        ("traders", "YEW", 2023, "micro"),
    ]
    assert [(row["lowest"], row["highest"]) for row in bounds] == [(30_000, 30_000), (12, 12)]
    assert query("from robustness.unranked") == [{"region_code": "YEW", "best_rank": 6, "worst_rank": 6}]


def test_a_scenario_errs_in_the_quantities_that_it_names_alone(query: Query) -> None:
    """Sales a tenth off. Oakham at best: 1.75·1.1/0.9 − 1, still first. At worst: 1.75·0.9/1.1 − 1 = 0.432, a score of 0.453 and place 4.

    Ashby at best: 2·1.1/0.9 − 1 = 1.444 is the new highest; Oakham then has ½·0.75/1.444 + 0.2375 = 0.497, below Ashby's 0.5. At worst
    0.636, below Oakham's 0.75: ½·0.636/0.75 = 0.424, under Elmet's ½·0.25/0.75 + 0.35 = 0.517.
    """
    rows = {row["region_code"]: row for row in query("from robustness.scenarios")}
    assert {row["scenario"] for row in rows.values()} == {"Sales off by a tenth"}
    assert (rows["OAK"]["best_rank"], rows["OAK"]["worst_rank"]) == (1, 4)
    assert (rows["ASH"]["best_rank"], rows["ASH"]["worst_rank"]) == (1, 4)


def test_an_indicator_with_a_year_of_its_own_keeps_it_in_every_window(query: Query) -> None:
    windows = query("select distinct base_year, final_year from robustness.windows order by all")
    assert len(windows) == 6
    scores = query("select distinct indicator_value from robustness.windows where indicator = 'readiness_score' and region_code = 'FEN'")
    assert scores == [{"indicator_value": 0.7}]
    # 210 thousand crowns over 9,000 residents after 160 over 8,000: 23.33 after 20.
    (grown,) = query(
        "select indicator_value from robustness.windows where indicator = 'sales_per_resident_growth'"
        " and region_code = 'OAK' and base_year = 2020 and final_year = 2021"
    )
    assert grown["indicator_value"] == pytest.approx(210 / 9 / 20 - 1)
    assert {row["final_year"] for row in query("from indicators.indicators_by_region where indicator = 'readiness_score'")} == {2022}


@pytest.mark.whole
def test_a_window_of_one_year_within_several_has_its_places(alder: Raw) -> None:
    """Firms per 1,000 residents in 2023: Elmet 5, Oakham 4, Fenby 3, Brooke 2, Ashby 1. Growth keeps years of its own."""
    path = Path.cwd() / "awards" / "2024.toml"
    text = path.read_text(encoding="utf-8").replace("window = { base = 2020,", "window = { base = 2023,")
    path.write_text(text.replace('as = "growth"\n', 'as = "growth"\nyears = { base = 2020, final = 2023 }\n'), encoding="utf-8")
    award = load_award("2024")
    sources = load_sources(alder.folder, award)
    tables = tables_before_the_report(award, sources)
    own = [row for row in tables["robustness.windows"] if (row["base_year"], row["final_year"]) == (2023, 2023)]
    places = {row["region_code"]: row["rank"] for row in own if row["indicator"] == "traders_per_1000"}
    assert places == {"ELM": 1, "OAK": 2, "FEN": 3, "BRK": 4, "ASH": 5, "YEW": None}
    report = reports.write(tables, award, sources, spoken("en", award))
    sentences = reports.rows([report])["report.sentences"]
    about = [row["sentence"] for row in sentences if (row["region_code"], row["indicator"]) == ("OAK", "traders_per_1000")]
    assert "It is the second-highest level among the 5 districts with a known figure." in about
    headings = [line for line in markdown(report.document).splitlines() if "Readiness" in line and "| Region" in line]
    assert headings
    assert all(re.search(r"abroad per resident 2020–2023 \|.*Readiness to sell abroad 2022 \|", line) for line in headings)


def test_a_method_that_lacks_the_year_before_is_no_ranking(query: Query) -> None:
    """The mean of two year-ends needs the residents of 2019, which no file has."""
    assert query("select distinct denominator from robustness.methods") == [{"denominator": "year-end"}]
    assert query("select methods_share from robustness.candidate_shares where region_code = 'OAK'") == [{"methods_share": 1.0}]


def test_tables_are_named_by_the_worlds_own_words(query: Query) -> None:
    trade = query("from staging.trade where region_code = 'YEW' and year = 2023 and firm_size = 'micro'")
    assert trade == [
        {
            "region_code": "YEW",
            "year": 2023,
            "firm_size": "micro",
            "sales_alc": None,
            "traders": None,
            "status": "withheld",
            "traders_status": "withheld",
            "series": "head-office",
            "unit_alc": 1000,
        }
    ]
    names = query("select table_name as name from information_schema.tables union select column_name from information_schema.columns")
    assert not [row["name"] for row in names if any(word in row["name"] for word in ("sek", "county", "size_class", "goods", "population"))]


def test_a_statistic_that_no_indicator_needs_is_neither_asked_for_nor_stored(query: Query) -> None:
    assert (ALDER / "catalogue" / "statistics" / "landings.toml").is_file()
    assert not query("select 1 from information_schema.tables where table_name = 'landings'")
    assert {row["statistic"] for row in query("select distinct statistic from staging.figures")} == {"trade", "residents", "readiness"}


def test_regions_are_found_by_code_name_and_other_name(alder: Raw, query: Query) -> None:
    regions = field(query("from staging.regions"), load_award("2024"))
    assert [regions.find(name) for name in ("OAK", "Oakham", "oakham", "The Oaks", "Atlantis")] == ["OAK"] * 4 + [None]
    explained = exportregion("explain", "The Oaks", "--award", "2024", "--data", alder.folder)
    assert "Oakham: place 1 of 5" in explained.stdout, explained.stderr
    unknown = exportregion("explain", "Atlantis", "--award", "2024", "--data", alder.folder)
    assert "no district 'Atlantis'" in unknown.stderr


def test_a_comparison_lists_the_worlds_tables_and_the_unranked_last(alder: Raw, ran: Path) -> None:
    alder.edit_text("trade.csv", "OAK Oakham;10-99 staff;100;130;160;200", "OAK Oakham;10-99 staff;100;130;160;190")
    alder.edit_text("trade.csv", "OAK Oakham;All firms;660;710;770;850", "OAK Oakham;All firms;660;710;770;840")
    compared = exportregion("compare", ran, "2024", "--data", alder.folder, "--json")
    told = json.loads(compared.stdout)
    changed = {(row["statistic"], row["quantity"]): row["changed"] for row in told["data"]["tables"]}
    assert changed == {("trade", "sales"): 2, ("trade", "traders"): 0, ("residents", "residents"): 0, ("readiness", "score"): 0}
    assert told["regions"][-1]["region_name"] == "Yewdale"
    (oakham,) = (row for row in told["data"]["largest"] if row["class_code"] == "small")
    assert (oakham["region_name"], oakham["first"], oakham["second"]) == ("Oakham", 200_000, 190_000)


PLANTED: list[tuple[str, str, str, list[str]]] = [
    ("trade.csv", "FEN Fenby;10-99 staff;100;100;100;100;10;10;10;10\n", "", ["the last: Fenby, 2023, small"]),
    ("scores.csv", "Trade;FEN Fenby;0.7\n", "", ["scores.csv (Fenby, 2022): found no row"]),
    ("districts.csv", "FEN Fenby\n", "", ["districts.csv: found 5 districts; expected 6 districts"]),
    (
        "trade.csv",
        "FEN Fenby;1-9 staff;60;60;60;60",
        "FEN Fenby;1-9 staff;60;60;6000;60",
        [
            "trade.csv, cell E17 (Fenby, 2022, total): found 6,170,000 ALC in the classes; expected 230,000 ALC in total",
            "trade.csv, cell E14 (Fenby, 2022, micro): found 6,000,000 ALC, after 60,000 the year before",
        ],
    ),
    (
        "residents.csv",
        "Fenby;8000;8000;8000",
        "Fenby;8000;800000;8000",
        [
            "residents.csv, cell C5 (Fenby, 2021): found 800,000 persons, after 8,000 the year before; expected a change within a factor of 1.25"
        ],
    ),
    (
        "trade.csv",
        "FEN Fenby;All firms;230;230;230;230;25",
        "FEN Fenby;All firms;230;230;230;230;24",
        ["trade.csv, cell G17 (Fenby, 2020, total): found 25 firms in the classes; expected 24 firms in total"],
    ),
    (
        "trade.csv",
        "ELM Elmet;100 staff or more;0;0;0;0;0",
        "ELM Elmet;100 staff or more;0;0;0;0;1",
        ["trade.csv, cell G12 (Elmet, 2020, large): found 1 traders and no sales; expected sales where there are traders"],
    ),
    (
        "trade.csv",
        "ELM Elmet;100 staff or more",
        "ELM Elmet;over 100 staff",
        ["trade.csv, cell B12 (ELM Elmet, over 100 staff): found the text 'over 100 staff'; expected a class of firm_size"],
    ),
    ("trade.csv", "FEN Fenby;1-9", "fen Fenby;1-9", ["trade.csv, cell A14"]),
    ("districts.csv", "FEN Fenby", "F2N Fenby", ["districts.csv, row 5: found 'F2N', 'Fenby'; expected a code that matches [A-Z]{3}"]),
    (
        "scores.csv",
        "Trade;FEN Fenby;0.7",
        "Trade;FEN Fenby;high",
        ["scores.csv, cell C7 (Fenby, 2022): found the text 'high'; expected an index"],
    ),
]


@pytest.mark.whole
@pytest.mark.parametrize(("file", "old", "new", "said"), PLANTED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_planted_fault_is_refused_with_its_cell_named(alder: Raw, file: str, old: str, new: str, said: list[str]) -> None:
    alder.edit_text(file, old, new)
    refused = exportregion("validate", "--award", "2024", "--data", alder.folder)
    assert refused.exit_code == 1
    for text in said:
        assert text in refused.stderr


def test_a_year_too_few_is_refused(alder: Raw) -> None:
    for line in alder.path("residents.csv").read_text(encoding="utf-8").splitlines():
        alder.edit_text("residents.csv", line, line.rpartition(";")[0])
    refused = exportregion("validate", "--award", "2024", "--data", alder.folder)
    assert "residents.csv (2023): found no row; expected a figure for every region, year of the award and class" in refused.stderr
    assert "residents.csv (2023): found no figure in this year of the window; expected years 2020–2022" in refused.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'series = "head-office"',
            'series = "head-office"\nbreaks = [{ since = 2022, series = "workplace" }]',
            "trade.csv (2023): found the series head-office in 2020 and workplace in 2023; expected one series over the window",
        ),
        ('unit = "thousand ALC"', 'unit = "thousand SEK"', "found the unit 'thousand SEK'; expected one of ALC, thousand ALC, million ALC"),
        ("constant = { year = 2022 }", "constant = { year = 2021 }", "scores.csv (2022): found no row"),
        ('{ Theme = "Trade" }', '{ Theme = "Sport" }', "scores.csv: found no row where Theme is as described"),
        ('{ Theme = "Trade" }', '{ Subject = "Trade" }', "scores.csv, cell A1: found a column 'Theme' that sources.toml does not describe"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(alder: Raw, old: str, new: str, said: str) -> None:
    alder.edit_sources(old.replace("{", r"\{"), new)
    refused = exportregion("validate", "--award", "2024", "--data", alder.folder)
    assert refused.exit_code == 1
    assert said in refused.stderr


# The home of a project


def test_a_folder_with_awards_is_the_home_and_elsewhere_the_built_in_one_is(alder: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home() == Path.cwd() != PROJECT
    assert award_names() == ["2024"]
    assert list(load_award("2024").catalogue.classes) == ["firm_size"]
    monkeypatch.chdir(alder.folder)
    assert home() == PROJECT
    assert "2021" in award_names()


def test_a_home_without_a_catalogue_has_the_built_in_one(alder: Raw) -> None:
    shutil.rmtree(Path.cwd() / "catalogue")
    refused = exportregion("validate", "--award", "2024", "--data", alder.folder)
    assert refused.exit_code == 1
    assert "2024.toml, geography: found the geography 'alder_islands'; expected one of swedish_counties" in refused.stderr


def test_the_record_of_a_run_is_of_the_homes_own_catalogue_and_sql(alder: Raw) -> None:
    (Path.cwd() / "sql" / "audits").mkdir(parents=True)
    (Path.cwd() / "sql" / "audits" / "own.sql").write_text("select 1", encoding="utf-8")
    files = results.code_files()
    assert files["catalogue/geographies/alder_islands.toml"].is_relative_to(Path.cwd())
    assert "catalogue/geographies/swedish_counties.toml" not in files
    assert files["sql/audits/own.sql"].is_relative_to(Path.cwd())
    assert files["sql/audits/cells_missing.sql"].is_relative_to(PROJECT)


OWN_INDICATOR = """\
meaning = "Readiness, and half of it where few firms sell abroad"
unit = "index"
reads = ["readiness_score", "smaller_traders"]
lowest = 0
highest = 1

[en]
name = "Readiness that is used"
unit = "score from 0 to 1"
"""
OWN_SQL = """\
-- Readiness, and half of it where fewer than fifteen smaller firms sell abroad.
-- grain: region_code
select
    cast(scores.region_code as varchar) as region_code,
    cast(scores.level * if(firms.level < 15, 0.5, 1) as double) as readiness_used,
    cast(coalesce(firms.status, 'missing') as varchar) as status,
from indicators.levels_by_year as scores
join run.indicators as chosen on chosen.indicator = 'readiness_used'
join indicators.levels_by_year as firms
    on firms.measure = 'smaller_traders' and firms.region_code = scores.region_code and firms.year = chosen.final_year
where scores.measure = 'readiness_score' and scores.year = chosen.final_year
"""


def own_indicator() -> None:
    """An indicator with an SQL file of its own in the present home, in place of the score."""
    for place, text in (("catalogue/indicators/readiness_used.toml", OWN_INDICATOR), ("sql/indicators/readiness_used.sql", OWN_SQL)):
        (Path.cwd() / place).parent.mkdir(parents=True)
        (Path.cwd() / place).write_text(text, encoding="utf-8")
    award = Path.cwd() / "awards" / "2024.toml"
    score = 'measure = "readiness_score"\nas = "level"\nyears = { final = 2022 }'
    text = award.read_text(encoding="utf-8")
    assert score in text
    award.write_text(text.replace(score, 'name = "readiness_used"\nyears = { final = 2022 }'), encoding="utf-8")


@pytest.mark.whole
def test_an_sql_file_of_the_home_is_an_indicator(alder: Raw, tmp_path: Path) -> None:
    """In 2022 Ashby has 8 smaller firms that sell abroad, all others 18 or more: its 0.2 is halved.

    Normalised from 0.1 to 0.7 the scores are 0, ⅚, ½, 1 and ⅓. Growth and density bring what they bring in the ranking above.
    """
    own_indicator()
    done = exportregion("robustness", "--award", "2024", "--data", alder.folder, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stderr
    with duckdb.connect(tmp_path / "out" / "2024" / "exportregion.duckdb", read_only=True) as connection:
        rows = {
            name: values
            for name, *values in connection.execute("select region_name, rank, score, readiness_used from ranking.ranking").fetchall()
        }
        own = connection.execute("select status from indicators.readiness_used where region_code = 'YEW'").fetchall()
        windows = connection.execute(
            "select distinct indicator_value from robustness.windows where indicator = 'readiness_used' and region_code = 'ASH'"
        )
        assert windows.fetchall() == [(0.1,)]
    assert {name: values[0] for name, values in rows.items()} == {
        "Oakham": 1,
        "Brooke": 2,
        "Ashby": 3,
        "Elmet": 3,
        "Fenby": 5,
        "Yewdale": None,
    }
    by_hand = {
        "Oakham": 0.375 + 0.1875 + 0.25 / 3,
        "Brooke": 0.25 + 0.0625 + 0.25 * 5 / 6,
        "Ashby": 0.5,
        "Elmet": 0.125 + 0.25 + 0.125,
        "Fenby": 0.375,
    }
    assert {name: rows[name][1] for name in by_hand} == pytest.approx(by_hand)
    assert {name: values[2] for name, values in rows.items()} == pytest.approx(
        {"Oakham": 0.3, "Brooke": 0.6, "Ashby": 0.1, "Elmet": 0.4, "Fenby": 0.7, "Yewdale": 0.5}
    )
    assert own == [("ok",)]


def test_an_own_indicator_beyond_what_it_can_be_is_refused(alder: Raw) -> None:
    own_indicator()
    alder.edit_text("scores.csv", "Trade;FEN Fenby;0.7", "Trade;FEN Fenby;70")
    refused = exportregion("rank", "--award", "2024", "--data", alder.folder, "--out", alder.folder.parent / "out")
    assert refused.exit_code == 1
    assert (
        "table indicators.readiness_used, column readiness_used (FEN): found 70.0; expected readiness_used of 1.0 or less" in refused.stderr
    )


@pytest.mark.whole
def test_two_rounds_are_compared_where_one_has_an_indicator_of_its_own(alder: Raw) -> None:
    (Path.cwd() / "awards" / "2023.toml").write_bytes((Path.cwd() / "awards" / "2024.toml").read_bytes())
    own_indicator()
    for pair in (("2023", "2024"), ("2024", "2023")):
        compared = exportregion("compare", *pair, "--data", alder.folder, "--json")
        assert compared.exit_code == 0, compared.stderr
        moved = {row["region_name"]: row["change_by_indicators"] for row in json.loads(compared.stdout)["regions"]}
        # Elmet stands fourth without, third with Ashby.
        assert moved == {"Oakham": 0, "Brooke": 0, "Ashby": 0, "Elmet": 1 if pair[1] == "2024" else -1, "Fenby": 0, "Yewdale": None}


def test_a_file_of_the_homes_sql_goes_in_place_of_the_built_in_one(alder: Raw) -> None:
    folder = Path.cwd() / "sql" / "audits"
    folder.mkdir(parents=True)
    (folder / "units_without_amount.sql").write_text(
        "-- Nothing is ever right.\n-- remedy: Give up.\nselect 'trade' as about, null as quantity, 'ASH' as region_code, 2020 as year,"
        " 'micro' as class_code, 'a trial' as found, 'none' as expected",
        encoding="utf-8",
    )
    refused = exportregion("validate", "--award", "2024", "--data", alder.folder)
    assert "(Ashby, 2020, micro): found a trial; expected none. Give up. (audit units_without_amount)" in refused.stderr
