"""Nomination sentences and the trace of each figure: every figure computed anew from the raw cells that its trace names."""

import csv
import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import PROJECT, RAW, read_rows, spoken
from python_calamine import CalamineWorkbook
from scipy import stats

from pipeline import run
from pipeline.award import Award, load_award
from pipeline.report.context import foremost, labels
from pipeline.report.sentences import CAVEATS
from pipeline.report.sentences import sentences as sentences_of
from pipeline.report.traces import GROWTH, TABLE, TREND, Traces
from pipeline.sources import load_sources
from pipeline.warehouse import Tables

Row = dict[str, Any]


@pytest.fixture(scope="module")
def query(complete: Path) -> Iterator[Callable[[str], list[Row]]]:
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:

        def ask(sql: str) -> list[Row]:
            rows: list[Row] = connection.sql(sql).to_arrow_table().to_pylist()
            return rows

        yield ask


@pytest.fixture(scope="module")
def written() -> Callable[[str, str], str]:
    """What a cell of a raw file holds, read by other code than the pipeline's."""
    sheets: dict[tuple[str, str], list[list[Any]]] = {}
    tables: dict[str, list[list[str]]] = {}

    def cell(file: str, place: str) -> str:
        found = re.fullmatch(r"(?:(.*)!)?([A-Z]+)(\d+)", place)
        assert found, place
        column = 0
        for letter in found[2]:
            column = 26 * column + ord(letter) - 64
        if file.endswith(".csv"):
            if file not in tables:
                tables[file] = list(csv.reader((RAW / file).read_text(encoding="utf-8").splitlines()))
            return tables[file][int(found[3]) - 1][column - 1]
        if (file, found[1]) not in sheets:
            sheets[file, found[1]] = CalamineWorkbook.from_path(RAW / file).get_sheet_by_name(found[1]).to_python(skip_empty_area=False)
        value = sheets[file, found[1]][int(found[3]) - 1][column - 1]
        return f"{value:.10g}" if isinstance(value, float) else "".join(str(value).split())

    return cell


def test_a_trace_names_the_row_and_column_where_its_value_stands(query: Callable[[str], list[Row]]) -> None:
    traces = query("from report.traces")
    assert {row["language"] for row in traces} == {"sv", "en"}
    assert len(traces) > 500
    for trace in traces:
        (row,) = query(f"select {trace['column_name']} as found from {trace['table_name']} where {trace['row_key']}")
        assert float(row["found"]) == trace["unrounded"], trace


def test_the_cells_of_a_trace_hold_what_it_says(query: Callable[[str], list[Row]], written: Callable[[str, str], str]) -> None:
    cells = query("from report.trace_cells where language = 'sv'")
    assert len(cells) > 900
    for cell in cells:
        assert Decimal(written(cell["raw_file"], cell["raw_cell"])) == Decimal(cell["written"]), cell


def level(cells: list[Row], year: int, measure: str) -> float:
    """A measure from its raw cells, worked out here."""

    def total(column: str, *size_classes: str | None) -> Decimal:
        chosen = [cell for cell in cells if (cell["year"], cell["raw_column"]) == (year, column) and cell["size_class"] in size_classes]
        assert len(chosen) == len(size_classes)
        return sum((Decimal(cell["written"]) * (cell["unit"] or 1) for cell in chosen), Decimal(0))

    sme = ("0-9", "10-49", "50-249")
    match measure:
        case "sme_goods_exports_per_capita":
            return float(total("exports", *sme) / total("population", None))
        case "services_exports_per_capita":
            return float(total("exports", None) / total("population", None))
        case "sme_goods_exporters_per_100k":
            return float(total("exporters", *sme) * 100_000 / total("population", None))
        case "sme_share_of_goods_exports":
            return float(total("exports", *sme) / total("exports", "total"))
        case "sme_goods_exports_per_exporter":
            return float(total("exports", *sme) / total("exporters", *sme))
    raise AssertionError(measure)


def trend(cells: list[Row], row: Row, column: str) -> float:
    """A trend from its raw cells, by other code."""
    years = list(range(row["base_year"], row["final_year"] + 1))
    logarithms = [math.log(level(cells, year, row["measure"])) for year in years]
    estimators = {
        "log_linear_ratio": stats.linregress(years, logarithms).slope,
        "theil_sen_ratio": stats.theilslopes(logarithms, years).slope,
    }
    return math.exp(float(estimators[column]) * (years[-1] - years[0])) - 1


def test_every_figure_comes_out_of_the_cells_that_its_trace_names(query: Callable[[str], list[Row]]) -> None:
    every = query("from report.trace_cells where language = 'sv'")
    kinds = set()
    for trace in query("from report.traces where language = 'sv' and table_name like 'indicators.%'"):
        cells = [cell for cell in every if cell["trace"] == trace["trace"]]
        (row,) = query(f"from {trace['table_name']} where {trace['row_key']}")
        if trace["table_name"] == TREND:
            assert math.isclose(trend(cells, row, trace["column_name"]), trace["unrounded"], rel_tol=1e-9, abs_tol=1e-9), trace
            kinds.add((row["measure"], trace["column_name"]))
            continue
        if trace["table_name"] == GROWTH:
            base, final = (level(cells, row[year], row["measure"]) for year in ("base_year", "final_year"))
            assert math.isclose(final / base - 1, trace["unrounded"], rel_tol=1e-9, abs_tol=1e-9), trace
            assert {cell["year"] for cell in cells} == {row["base_year"], row["final_year"]}
            kinds.add((row["measure"], trace["column_name"]))
            continue
        name = row["indicator"]
        measure = name.removesuffix("_growth").removesuffix("_change")
        years = [row[key] for key in ("base_year", "final_year") if row[key] is not None]
        if trace["column_name"] in ("base", "final"):
            found = level(cells, row[f"{trace['column_name']}_year"], measure)
        elif row["base_year"] is not None:
            base, final = (level(cells, year, measure) for year in years)
            found = final / base - 1 if name.endswith("growth") else final - base
        else:
            found = level(cells, row["final_year"], measure)
        assert math.isclose(found, trace["unrounded"], rel_tol=1e-9, abs_tol=1e-9), trace
        assert {cell["year"] for cell in cells} <= set(years)
        kinds.add((name, trace["column_name"]))
    assert len(kinds) == 12 + 4 + 2


def test_the_formula_gives_the_figure(query: Callable[[str], list[Row]]) -> None:
    checked = 0
    for trace in query("from report.traces where formula like 'final % base %'"):
        expression = trace["formula"].split(" = ")[1].split(";")[0].replace("−", "-")
        assert ("." in expression) <= (trace["language"] == "en"), "decimals have the language's sign"
        assert ("," in expression) <= (trace["language"] == "sv")
        expression = expression.replace(",", ".")
        assert re.fullmatch(r"[-\d.e+/ ]+", expression)
        assert math.isclose(eval(expression), trace["unrounded"], rel_tol=1e-12, abs_tol=1e-12)
        checked += 1
    assert checked > 100


def traces_of(tables: Mapping[str, list[Row]], award: Award) -> Traces:
    return Traces(tables, award, load_sources(RAW, award), spoken("sv"), labels(award, spoken("sv")))


def test_a_mean_of_inhabitants_names_both_year_ends(award: Callable[..., Path], query: Callable[[str], list[Row]]) -> None:
    with run.indicators_of(load_award(str(award(('denominator = "year-end"', 'denominator = "mean"')))), RAW) as (warehouse, means, _):
        traces = traces_of(Tables(warehouse), means)
        traces.figure("services_exports_per_capita_growth", "25", "base", "")
    (trace,) = traces.by_place.values()
    people = {cell.year: cell.written for cell in trace.cells if cell.raw_column == "population"}
    known = query("from staging.population where region_code = '25' and year in (2015, 2016)")
    assert people == {row["year"]: str(row["population"]) for row in known}
    services = next(Decimal(cell.written) * (cell.unit or 0) for cell in trace.cells if cell.raw_column == "exports")
    assert math.isclose(float(services * 2 / sum(row["population"] for row in known)), trace.unrounded, rel_tol=1e-12)


def files_behind(query: Callable[[str], list[Row]]) -> dict[str, list[str]]:
    """The files that the traces of each indicator name."""
    behind: dict[str, set[str]] = {}
    for row in query(f"select row_key, files from report.traces where table_name = '{TABLE}'"):
        behind.setdefault(row["row_key"].split("'")[1], set()).add(row["files"])
    return {name: file_list.split("; ") for name, (file_list,) in behind.items()}


def test_the_files_of_an_indicator_exist_from_its_table_down_to_staging(query: Callable[[str], list[Row]]) -> None:
    behind, indicators = files_behind(query), {indicator.name: indicator.measure for indicator in load_award("2021").indicators}
    assert behind.keys() == indicators.keys()
    for name, files in behind.items():
        assert files[0] == "sql/indicators/indicators_by_region.sql"
        assert all((PROJECT / file).is_file() for file in files)
        assert any(file.startswith("sql/staging/") for file in files)
        assert f"catalogue/measures/{indicators[name]}.toml" in files


def test_services_are_not_traced_through_goods(query: Callable[[str], list[Row]]) -> None:
    behind = files_behind(query)
    assert not any("goods" in file for file in behind["services_exports_per_capita_growth"])
    assert not any("services" in file for file in behind["sme_goods_exports_per_capita_growth"])


# Sentences


def sentences(query: Callable[[str], list[Row]], code: str, language: str = "sv") -> list[tuple[str, str]]:
    found = query(
        f"select rule, sentence from report.sentences where region_code = '{code}' and language = '{language}' order by sentence_number"
    )
    return [(row["rule"], row["sentence"].replace("\u202f", " ")) for row in found]


def test_the_sentences_say_what_the_motivations_of_2021_said(query: Callable[[str], list[Row]]) -> None:
    norrbotten = [text for _, text in sentences(query, "25")]
    assert norrbotten[0] == (
        "De små och medelstora företagen i Norrbottens län har ökat sin varuexport per invånare med 41 procent mellan 2016 och 2020,"
        " från 24 550 kronor till 34 615 kronor."
    )
    assert norrbotten[1] == "Det är den största ökningen bland de 19 län vars uppgift är känd."
    assert "År 2020 fanns 363 små och medelstora varuexportörer per 100 000 invånare i Hallands län." in [
        text for _, text in sentences(query, "13")
    ]


def test_a_fall_is_a_fall_and_a_withheld_figure_is_said_to_be_withheld(query: Callable[[str], list[Row]]) -> None:
    assert any("Tjänsteexporten per invånare i Kronobergs län minskade med 5 procent" in text for _, text in sentences(query, "07"))
    gotland = [text for _, text in sentences(query, "09")]
    assert gotland[0] == (
        "Tillväxt i små och medelstora företags varuexport per invånare i Gotlands län kan inte anges: en uppgift är sekretessbelagd."
    )
    assert not any("0 procent" in text for text in gotland)


def test_caveats_come_by_rule(query: Callable[[str], list[Row]]) -> None:
    norrbotten = dict(sentences(query, "25"))
    assert norrbotten["best window"].startswith("Tillväxt i små och medelstora företags varuexport per invånare: fönstret 2016–2020 ger")
    assert norrbotten["nominal"] == "Beloppen är i löpande priser: prisökningar ingår i tillväxten."
    for (code,) in (tuple(row.values()) for row in query("select region_code from staging.regions where region_code <> '00'")):
        rules = [rule for rule, _ in sentences(query, code)]
        assert rules.count("nominal") == 1
        assert set(rules) <= {"statement", "place", "nation", "last year", "trend", *CAVEATS}


def test_a_last_year_that_goes_the_other_way_is_told(query: Callable[[str], list[Row]]) -> None:
    # Norrbotten's goods: 41 735 kronor in 2019, 34 615 in 2020; Västerbotten's rose from 31 540 to 31 620.
    rows = query("from report.sentences where language = 'sv' and rule = 'last year' and indicator like 'sme%'")
    told = {row["region_code"]: row["sentence"].replace("\u202f", " ") for row in rows}
    assert told["25"] == "Det sista året, 2019–2020, var det i Norrbottens län däremot en minskning med 17 procent."
    assert "24" not in told
    # Kronoberg's services fell over the window and in its last year; Jönköping's goods fell by 0,2 %.
    services = query("from report.sentences where language = 'sv' and rule = 'last year' and indicator like 'services%'")
    assert "07" not in {row["region_code"] for row in services}
    assert "06" not in told


def test_a_trend_above_every_level_is_said_to_be_more_than_has_occurred(query: Callable[[str], list[Row]]) -> None:
    # 24 550 kronor in 2016 and at most 41 735, in 2019: +70 %. Västerbotten's +38 % ends 5 % above its highest.
    found = {code: dict(sentences(query, code)[:5]).get("trend", "") for code in ("25", "24")}
    assert found["25"].endswith(
        "Trenden +103 % är mer än nivån har ökat till något av åren (som mest +70 %, till 2019): utvecklingen är för ojämn för att en"
        " trend ska beskriva den väl."
    )
    assert found["24"].endswith("eller +38 % (medianen av alla par av år).")


def test_a_place_among_all_does_not_say_that_some_are_unknown(query: Callable[[str], list[Row]]) -> None:
    places = [text for rule, text in sentences(query, "24") if rule == "place"]
    assert places[0] == "Det är den näst största ökningen bland de 19 län vars uppgift är känd."
    assert places[2] == "Länet ligger på plats 7 bland alla 21 län."


def test_the_levels_of_a_change_in_tenths_have_tenths(query: Callable[[str], list[Row]]) -> None:
    # 383 + 163 + 69 exporters among 250 570 inhabitants, and 406 + 172 + 73 among 249 614.
    assert (
        "Antalet små och medelstora varuexportörer per 100 000 invånare i Norrbottens län ökade med 15,4 mellan 2016 och 2020, från 245,4"
        " till 260,8." in [text for _, text in sentences(query, "25")]
    )


@pytest.mark.parametrize(
    ("share", "told"), [(0.78, []), (0.8, ["Västernorrlands län"]), (0.85, ["Södermanlands län", "Uppsala län", "Västernorrlands län"])]
)
def test_a_small_base_is_told_below_the_awards_share_of_the_median(
    share: float, told: list[str], award: Callable[..., Path], query: Callable[[str], list[Row]]
) -> None:
    """The median of 2016's 21 levels is 27 407 kronor (Västmanland); Västernorrland has 79 % of it, Södermanland 81, Uppsala 83."""
    # What a base is small beside is of the sentences alone: the tables are those of the round.
    tables = {
        name: query(f"from {name}") for (name,) in (row.values() for row in query("select schema || '.' || name from (show all tables)"))
    }
    other = load_award(str(award(("small_base_share = 0.5", f"small_base_share = {share}"))))
    found = sentences_of(tables, other, traces_of(tables, other), foremost(tables))
    names = {row["region_code"]: row["region_name"] for row in tables["staging.regions"]}
    about = [sentence for sentence in found if (sentence.rule, sentence.indicator) == ("small base", "sme_goods_exports_per_capita_growth")]
    assert sorted(names[sentence.region_code] for sentence in about) == told
    assert all(f"mindre än {round(100 * share)}\u202f% av nivån" in sentence.text for sentence in about)


def test_every_sentence_points_to_its_traces(query: Callable[[str], list[Row]]) -> None:
    shown = {(row["language"], str(row["trace"])): row for row in query("from report.traces")}
    used = set()
    for row in query("from report.sentences where traces is not null"):
        for number in row["traces"].split("; "):
            trace = shown[row["language"], number]
            assert trace["region_code"] in (row["region_code"], "00")
            used.add((row["language"], number))
        figures = re.findall(r"\d[\d\u202f]*(?:,\d+)?(?=\u202f(?:procent|kronor|miljoner)|\u202fper\u202fcent)", row["sentence"])
        assert len(figures) <= len(row["traces"].split("; ")) + 1
    # What no sentence says is a change that rounds to zero: it stands among the key figures alone.
    unsaid = [shown[key] for key in set(shown) - used]
    assert used <= set(shown)
    assert all(abs(row["unrounded"]) < 0.05 for row in unsaid)


def test_the_raw_workbook_is_the_one_the_traces_name() -> None:
    name, rows = read_rows(RAW / "goods_exports_by_county.xlsx")
    assert name == "Varuexport"
    assert len(rows) > 600
