"""A statistic that no file of the project knows, added to a copy of the Swedish catalogue and raw data: the nets follow what it declares.

All enterprises by county and size, and with them the share of SMEs that export: three small files, an entry and a file of figures.
"""

import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from conftest import PROJECT, RAW, Raw, exportregion
from python_calamine import CalamineWorkbook

from pipeline.award import load_award
from pipeline.ranking.scenarios import _erring
from pipeline.report.language import Language
from pipeline.report.traces import Traces
from pipeline.run import indicators_of
from pipeline.sources import load_sources

STATISTIC = """\
meaning = "All enterprises by county, year and size class"
classes = ["size_class"]

[quantities.enterprises]
kind = "count"
of = "enterprises"
meaning = "Enterprises, in the county of their head office"
adds_up_over = ["regions", "size_class"]

[sv]
name = "Företag"

[en]
name = "Enterprises"
"""
ALL_SMES = """\
cells = { statistic = "enterprises", quantity = "enterprises", size_class = "sme" }
unit = "count"
sv = { name = "Små och medelstora företag", unit = "företag" }
en = { name = "SMEs", unit = "enterprises" }
"""
SHARE = """\
over = { measure = "sme_goods_exporters", by = "smes" }
unit = "share"
sv = { name = "Andel av de små och medelstora företagen som exporterar varor", unit = "andel, %" }
en = { name = "Share of SMEs that export goods", unit = "share, %" }
"""
SOURCE = """
[enterprises]
table = "enterprises"
file = "enterprises.csv"
kind = "illustrative"
publisher = "exportregion"
title = "Företag efter län och storleksklass"
page = "tests/test_new_statistic.py"
covers = "21 län och riket, 2016–2020"
retrieved = 2026-11-23
licence = "MIT"
sha256 = "{sha256}"

[enterprises.read]
columns = {{ region_code = "Länskod", year = "År", size_class = "Storleksklass", enterprises = "Antal företag" }}
labels = {{ size_class = {{ "Totalt" = "total" }} }}
"""
YEARS = range(2016, 2021)
SIZES = ("0-9", "10-49", "50-249", "250+")
WITHHELD = ("10", 2020, "50-249")


def enterprises(code: str, year: int) -> list[int]:
    """How many there are in a county, by size: figures that are made up and easily followed; the three largest counties have more."""
    micro = {"01": 160_000, "12": 60_000, "14": 80_000}.get(code, 20_000)
    return [micro + 100 * int(code) + 10 * (year - 2016), 3_000 + int(code), 400, 100]


def figures() -> str:
    """The file: counties and the nation, the total over the classes last; Blekinge's 400 of 2020 withheld."""
    with (RAW / "regions.csv").open(encoding="utf-8", newline="") as file:
        codes = [row["region_code"] for row in csv.DictReader(file) if row["region_code"] != "00"]
    lines = ["Länskod,År,Storleksklass,Antal företag"]
    for code in (*codes, "00"):
        for year in YEARS:
            own = (
                enterprises(code, year)
                if code != "00"
                else [sum(column) for column in zip(*(enterprises(one, year) for one in codes), strict=True)]
            )
            for size, count in zip((*SIZES, "Totalt"), (*own, sum(own)), strict=True):
                lines.append(f"{code},{year},{size},{'..' if (code, year, size) == WITHHELD else count}")
    return "\n".join(lines) + "\n"


def write_home(folder: Path) -> Path:
    """A project with the statistic: three files of the catalogue, an indicator, a source and its file."""
    shutil.copytree(PROJECT / "catalogue", folder / "catalogue")
    shutil.copytree(RAW, folder / "data" / "raw")
    for place, text in (("statistics/enterprises", STATISTIC), ("measures/smes", ALL_SMES), ("measures/exporting_share_of_smes", SHARE)):
        (folder / "catalogue" / f"{place}.toml").write_text(text, encoding="utf-8")
    (folder / "data" / "raw" / "enterprises.csv").write_text(figures(), encoding="utf-8")
    with (folder / "data" / "raw" / "sources.toml").open("a", encoding="utf-8") as file:
        file.write(SOURCE.format(sha256=hashlib.sha256(figures().encode()).hexdigest()))
    text = (PROJECT / "awards" / "2021.toml").read_text(encoding="utf-8")
    services = 'measure = "services_exports_per_capita"\nas = "growth"\nlabel = "Tillväxt i tjänsteexport per invånare"'
    assert services in text
    text = text.replace(services, 'measure = "exporting_share_of_smes"\nas = "level"')
    text = text.replace("{ goods_exports = 0.02, services_exports = 0.02 }", "{ enterprises = 0.1 }")
    (folder / "awards").mkdir()
    (folder / "awards" / "2021.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home, with its results and its report in out/."""
    folder = write_home(tmp_path_factory.mktemp("enterprises") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = exportregion("report", "--award", "2021", "--data", folder / "data" / "raw", "--out", folder / "out")
    assert done.exit_code == 0, done.stderr
    yield folder


@pytest.fixture
def home(ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Raw:
    """A copy of the home to spoil, and the test inside it."""
    folder = shutil.copytree(ran, tmp_path / "home", ignore=shutil.ignore_patterns("out"))
    monkeypatch.chdir(folder)
    return Raw(folder / "data" / "raw")


@pytest.fixture(scope="module")
def query(ran: Path) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    with duckdb.connect(ran / "out" / "2021" / "exportregion.duckdb", read_only=True) as connection:
        yield lambda sql: connection.sql(sql).to_arrow_table().to_pylist()


Query = Callable[[str], list[dict[str, Any]]]


def test_the_share_is_exporters_over_enterprises(query: Query) -> None:
    exporters = {
        row["region_code"]: row["exporters"]
        for row in query(
            "select region_code, cast(sum(exporters) as bigint) as exporters from staging.goods_exports"
            " where year = 2020 and size_class <> '250+' group by region_code having count(exporters) = 3"
        )
    }
    shares = {
        row["region_code"]: row["indicator_value"]
        for row in query("from indicators.indicators_by_region where indicator = 'exporting_share_of_smes'")
    }
    known = [code for code in exporters if code not in ("00", "10")]
    assert len(known) == 18
    for code in known:
        assert shares[code] == pytest.approx(exporters[code] / sum(enterprises(code, 2020)[:3]))
    assert shares["10"] is None


def test_a_withheld_cell_is_bounded_by_its_total_and_its_region_stands_where_it_would_put_it(query: Query) -> None:
    (bound,) = query("from robustness.cell_bounds where measure = 'enterprises'")
    assert (bound["region_code"], bound["year"], bound["size_class"], bound["lowest"], bound["highest"]) == (*WITHHELD, 400, 400)
    (blekinge,) = query("from robustness.unranked where region_code = '10'")
    ranking = query("from ranking.ranking where rank is not null")
    (reason,) = query("select not_ranked_reason from ranking.ranking where region_code = '10'")
    assert reason["not_ranked_reason"] == "exporting_share_of_smes: withheld"
    assert blekinge["best_rank"] == blekinge["worst_rank"]
    names = [name.removesuffix("_weighted") for name, value in ranking[0].items() if name.endswith("_weighted") and value is not None]
    (own,) = query("from ranking.ranking where region_code = '10'")
    (exporters,) = query(
        "select cast(sum(exporters) as bigint) as smes from staging.goods_exports where region_code = '10' and year = 2020 and size_class <> '250+'"
    )
    own["exporting_share_of_smes"] = exporters["smes"] / sum(enterprises("10", 2020)[:3])
    values = np.array([[row[name] for name in names] for row in (*ranking, own)])
    scores = ((values - values.min(axis=0)) / (values.max(axis=0) - values.min(axis=0))).mean(axis=1)
    assert len(names) == 3
    assert blekinge["best_rank"] == 1 + (scores[:-1] > scores[-1]).sum()


def test_a_scenario_errs_in_it_as_in_what_only_divides(ran: Path, monkeypatch: pytest.MonkeyPatch, query: Query) -> None:
    """A tenth too few enterprises makes a share too large: in favour of a county, its final year has nine tenths."""
    monkeypatch.chdir(ran)
    award = load_award("2021")
    erring = {
        (row["statistic"], row["region_code"], row["year"], row["class_code"]): row["amount"]
        for row in _erring(query("from staging.figures"), award.robustness.scenarios[0], award, (2016, 2020), 1)
        if row["quantity"] != "exporters"
    }
    assert erring["enterprises", "13", 2020, "50-249"] == Decimal(360)
    assert erring["enterprises", "13", 2016, "50-249"] == Decimal(440)
    assert erring["enterprises", "13", 2018, "50-249"] == Decimal(400)
    (goods,) = query(
        "from staging.figures where statistic = 'goods_exports' and region_code = '13' and year = 2020 and class_code = '0-9' and quantity = 'exports'"
    )
    assert erring["goods_exports", "13", 2020, "0-9"] == goods["amount"]
    rows = query("from robustness.scenarios where scenario like 'Export%'")
    assert len(rows) == 18
    assert any(row["best_rank"] < row["worst_rank"] for row in rows)


def test_its_trace_leads_to_its_raw_cells(ran: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ran)
    award = load_award("2021")
    with indicators_of(award, ran / "data" / "raw") as (warehouse, _, _):
        tables = {table: warehouse.read(table) for table in warehouse.tables()}
    labels = {indicator.name: award.label(indicator, "sv") for indicator in award.indicators}
    traces = Traces(tables, award, load_sources(ran / "data" / "raw", award), Language("sv", award.catalogue.geography.nouns("sv")), labels)
    traces.figure("exporting_share_of_smes", "13", "indicator_value", "x")
    (trace,) = traces.by_place.values()
    lines = (ran / "data" / "raw" / "enterprises.csv").read_text(encoding="utf-8").splitlines()
    cells = [cell for cell in trace.cells if cell.raw_file == "enterprises.csv"]
    assert [cell.written for cell in cells] == [str(count) for count in enterprises("13", 2020)[:3]]
    for cell, size in zip(cells, SIZES[:3], strict=True):
        column, row = cell.raw_cell[0], int(cell.raw_cell[1:])
        assert lines[row - 1] == f"13,2020,{size},{cell.written}"
        assert column == "D"
    assert len([cell for cell in trace.cells if cell.raw_file == "goods_exports_by_county.xlsx"]) == 3


def test_the_report_says_it_in_sentence_page_workbook_and_description(ran: Path, query: Query) -> None:
    """Skåne in 2020: its exporters over 60 000 + 1 200 + 40 + 3 012 + 400 enterprises of fewer than 250 employees."""
    (exporters,) = query(
        "select sum(exporters) as exporters from staging.goods_exports where region_code = '12' and year = 2020 and size_class <> '250+'"
    )
    share = float(exporters["exporters"]) / 64_652
    results = ran / "out" / "2021"
    sentences = [
        row["sentence"] for row in query("from report.sentences where region_code = '12' and indicator = 'exporting_share_of_smes'")
    ]
    assert sentences[0].replace("\u202f", " ") == (
        f"Andel av de små och medelstora företagen som exporterar varor i Skåne län år 2020: {share:.0%}".replace("%", " procent") + "."
    )
    page = (results / "report" / "exportregion-2021.html").read_text(encoding="utf-8")
    (text,) = re.findall(r'<script type="application/json" data-whatif="data">(.*?)</script>', page, flags=re.DOTALL)
    data = json.loads(text)
    skane = [region["code"] for region in data["regions"]].index("12")
    assert data["values"]["exporting_share_of_smes"]["2016-2020"][skane] == pytest.approx(share)
    book = CalamineWorkbook.from_path(results / "report" / "exportregion-2021.xlsx").get_sheet_by_name("Spårning").to_python()
    (trace,) = (row for row in book if row[1] == "Skåne län" and row[8] == "sme_goods_exporters / smes")
    assert trace[3] == pytest.approx(share)
    # The file's first line is its heading; Skåne is the tenth county, and of its five years 2020 is the last.
    assert str(trace[-1]).endswith("enterprises.csv D247; enterprises.csv D248; enterprises.csv D249")
    described = {one["name"]: one for one in json.loads((results / "datapackage.json").read_text(encoding="utf-8"))["resources"]}
    table = described["staging.enterprises"]
    assert table["description"] == "All enterprises by county, year and size class."
    (count,) = (field for field in table["schema"]["fields"] if field["name"] == "enterprises")
    assert "Enterprises, in the county of their head office" in count["description"]


def test_a_comparison_lists_its_cells(home: Raw, ran: Path) -> None:
    home.edit_text("enterprises.csv", "13,2020,50-249,400", "13,2020,50-249,410")
    home.edit_text("enterprises.csv", "13,2020,0-9,21340", "13,2020,0-9,21330")
    home.edit_text("enterprises.csv", *national("50-249", 10))
    home.edit_text("enterprises.csv", *national("0-9", -10))
    told = json.loads(exportregion("compare", ran / "out" / "2021", "2021", "--data", home.folder, "--json").stdout)
    (row,) = (row for row in told["data"]["tables"] if row["statistic"] == "enterprises")
    # 22 regions, 5 years, 4 classes and the total.
    assert row == {"statistic": "enterprises", "quantity": "enterprises", "same": 546, "changed": 4, "new": 0, "gone": 0}
    assert told["doubts"] == {"first": [], "second": []}
    (halland,) = (row for row in told["data"]["largest"] if row["region_code"] == "13" and row["class_code"] == "50-249")
    assert (halland["first"], halland["second"]) == (400, 410)


def national(size: str, more: int) -> tuple[str, str]:
    """The nation's line of a size in 2020, and the same with more."""
    line = next(line for line in figures().splitlines() if line.startswith(f"00,2020,{size},"))
    before, _, count = line.rpartition(",")
    return line, f"{before},{int(count) + more}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "13,2020,50-249,400\n",
            "",
            ["enterprises.csv (Hallands län, 2020, 50-249): found no row; expected a figure for every region, year of the award and class"],
        ),
        (
            "13,2018,50-249,400",
            "13,2018,50-249,40000",
            [
                "cell D266 (Hallands län, 2018, total): found 64,433 enterprises in the classes; expected 24,833 enterprises in total",
                "(Riket, 2018, 50-249): found 48,000 enterprises in the regions; expected 8,400 enterprises in the whole",
            ],
        ),
        (
            "13,2018,Totalt,24833",
            "13,2018,Totalt,24834",
            [
                "cell D266 (Hallands län, 2018, total): found 24,833 enterprises in the classes; expected 24,834 enterprises in total",
                "(Riket, 2018, total): found",
            ],
        ),
        (
            "13,2018,50-249,400",
            "13,2018,200-249,400",
            ["cell C264 (13, 2018, 200-249): found the text '200-249'; expected a class of size_class"],
        ),
        ("13,2018,50-249,400", "13,2018,50-249,", ["cell D264 (Hallands län, 2018, 50-249): found no enterprises: an empty cell"]),
        ("13,2018,50-249,400", "99,2018,50-249,400", ["cell A264 (99, 2018, 50-249): found the text '99'; expected the code of"]),
    ],
)
def test_a_planted_fault_is_refused_with_its_cell_named(home: Raw, old: str, new: str, said: list[str]) -> None:
    home.edit_text("enterprises.csv", old, new)
    refused = exportregion("validate", "--award", "2021", "--data", home.folder)
    assert refused.exit_code == 1
    for text in said:
        assert text in refused.stderr, refused.stderr


def without(home: Raw, wanted: Callable[[str], bool]) -> str:
    """What is said of the file without the lines that are not wanted."""
    path = home.path("enterprises.csv")
    path.write_text("".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if wanted(line)), encoding="utf-8")
    home.record("enterprises.csv")
    refused = exportregion("validate", "--award", "2021", "--data", home.folder)
    assert refused.exit_code == 1
    return refused.stderr


def test_a_county_that_is_gone_is_refused(home: Raw) -> None:
    stderr = without(home, lambda line: not line.startswith("13,"))
    assert "enterprises.csv (Hallands län, 2016, 0-9): found no row" in stderr
    assert "(Riket, 2016, 0-9): found" in stderr


def test_a_year_too_few_is_refused(home: Raw) -> None:
    stderr = without(home, lambda line: ",2020," not in line)
    assert "enterprises.csv (2020): found no row; expected a figure for every region, year of the award and class" in stderr
    assert "enterprises.csv (2020): found no figure in this year of the window; expected years 2016–2019" in stderr


def test_all_figures_a_hundred_times_too_large_jump(home: Raw) -> None:
    path = home.path("enterprises.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(f"{line}00" if ",2019," in line else line for line in lines) + "\n", encoding="utf-8")
    home.record("enterprises.csv")
    refused = exportregion("validate", "--award", "2021", "--data", home.folder, "--json")
    faults = json.loads(refused.stdout)["faults"]
    (halland,) = (fault for fault in faults if fault["subject"] == "Hallands län, 2019, total")
    assert halland["found"] == "2,484,300 enterprises, after 24,833 the year before"
    assert halland["expected"] == "a change within a factor of 3.0"
    # Every county and the nation, up to 2019 and down from it; Blekinge's 2020 is not known.
    assert len(faults) == 22 + 21


def test_a_round_that_does_not_need_it_neither_asks_for_it_nor_checks_it(home: Raw) -> None:
    shutil.copy(PROJECT / "awards" / "2021.toml", Path.cwd() / "awards" / "2021.toml")
    path = home.path("enterprises.csv")
    path.write_text("no figures at all\n", encoding="utf-8")
    home.record("enterprises.csv")
    done = exportregion("validate", "--award", "2021", "--data", home.folder)
    assert done.exit_code == 0, done.stderr
