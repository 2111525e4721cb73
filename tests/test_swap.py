"""The agency's own workbook replaces an illustrative one by editing sources.toml alone, however it is laid out.

Each test writes the same figures in another layout, describes it in sources.toml, and expects the very same staging tables.
"""

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import GOODS, SERVICES, Raw, Rows, exportregion, read_rows, write_workbook

from pipeline.award import load_award
from pipeline.evidence import load_evidence
from pipeline.ingest import ingest
from pipeline.sources import load_sources
from pipeline.validate import validate
from pipeline.warehouse import Warehouse

YEARS = (2016, 2017, 2018, 2019, 2020, 2021)
CLASSES = ("0–9", "10–49", "50–249", "250–", "Totalt")
Figures = dict[tuple[str, str, int, str], tuple[Any, Any]]

GOODS_ENTRY = """
[goods_exports]
table = "goods_exports"
file = "{file}"
kind = "official"
publisher = "Tillväxtverket"
title = "Varuexport, specialbeställning"
page = "https://tillvaxtverket.se/"
covers = "21 län, 2016–2021"
published = 2022-05-01
retrieved = 2022-05-02
licence = "CC0-1.0"
sha256 = "0"

{read}
"""


def number(text: str, factor: int = 1) -> Any:
    """A figure of the shipped workbook as a number, times a factor; its symbols as they are."""
    return text if text in ("..", "-") else float(Decimal("".join(text.split())) / factor)


def goods_figures(raw: Raw) -> Figures:
    """(code, name, year, size class) -> (value, exporters) as the shipped workbook writes them."""
    _, rows = read_rows(raw.path(GOODS))
    return {(row[0], row[1], int(row[2]), row[3]): (row[4], row[5]) for row in rows[6:] if row[0] and row[1]}


def swap_goods(raw: Raw, sheets: dict[str, Rows], read: str, file: str = "agency.xlsx") -> None:
    raw.path(GOODS).unlink()
    write_workbook(raw.path(file), sheets)
    listing = raw.path("sources.toml")
    text = listing.read_text(encoding="utf-8")
    entry = text[text.index("[goods_exports]") : text.index("[services_exports]")]
    listing.write_text(text.replace(entry, GOODS_ENTRY.format(file=file, read=read)), encoding="utf-8")
    raw.record(file)


def staged(out: Path, table: str, unit: str = "unit_sek") -> list[Any]:
    with duckdb.connect(out / "2022" / "exportregion.duckdb", read_only=True) as connection:
        return connection.execute(f"select * exclude ({unit}) from staging.{table} order by all").fetchall()


def same_as_shipped(raw: Raw, complete: Path) -> None:
    """As every later stage reads them: the staging tables, which every audit has passed."""
    award = load_award("2022")
    with Warehouse(award) as warehouse:
        sources = load_sources(raw.folder, award)
        for table, rows in ingest(sources, award).items():
            warehouse.write(table, rows)
        validate(warehouse, award, sources, load_evidence(award), lambda _: ())
        for table, unit in (("figures", "unit"), ("goods_exports", "unit_sek"), ("services_exports", "unit_sek")):
            rows = warehouse.query(f"select * exclude ({unit}) from staging.{table} order by all")
            assert [tuple(row.values()) for row in rows] == staged(complete, table, unit)


def test_other_sheet_and_column_names_in_millions_without_codes(raw: Raw, complete: Path, tmp_path: Path) -> None:
    rows: Rows = [["Tabell 3. Varuexport"], [], ["Region", "Kalenderår", "Anställda", "Mkr", "Företag", "Anm."]]
    for (_, name, year, size), (value, count) in goods_figures(raw).items():
        region = "Hela landet" if name == "Riket" else name.removesuffix(" län").removesuffix("s")
        rows.append([region, year, size, number(value, 1000), number(count), "prel." if year == 2021 else None])
    swap_goods(
        raw,
        {"Innehåll": [["Innehåll"]], "Tabell 3": rows},
        """
[goods_exports.read]
sheet = "Tabell 3"
header_row = 3
unit = "million SEK"
series = "production-place"
columns = { region_name = "Region", year = "Kalenderår", size_class = "Anställda", exports = "Mkr", exporters = "Företag" }
regions = { "Hela landet" = "00" }
labels = { size_class = { "250–" = "250+", "Totalt" = "total" } }
ignore = ["Anm."]
""",
    )
    same_as_shipped(raw, complete)
    ran = exportregion("rank", "--award", "2022", "--data", raw.folder, "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    assert (tmp_path / "out" / "2022" / "ranking.csv").read_bytes() == (complete / "2022" / "ranking.csv").read_bytes()


def test_years_as_columns_on_a_sheet_for_values_and_one_for_exporters(raw: Raw, complete: Path) -> None:
    figures = goods_figures(raw)
    sheets: dict[str, Rows] = {"Värde": [], "Antal": []}
    for which, rows in enumerate(sheets.values()):
        rows.append(["Län", "Storleksklass", *YEARS])
        for code, name in sorted({(code, name) for code, name, _, _ in figures}):
            for size in CLASSES:
                rows.append([f"{code} {name}", size, *(number(figures[code, name, year, size][which]) for year in YEARS)])
        rows += [[], ["Fotnot: .. uppgift kan inte lämnas."], ["..", "avser röjanderisk"]]
    block = """
[[goods_exports.read]]
sheet = "{sheet}"
unit = "thousand SEK"
series = "production-place"
columns = {{ region = "Län", size_class = "Storleksklass", {measure} = "{{year}}" }}
labels = {{ size_class = {{ "250–" = "250+", "Totalt" = "total" }} }}
"""
    swap_goods(raw, sheets, block.format(sheet="Värde", measure="exports") + block.format(sheet="Antal", measure="exporters"))
    same_as_shipped(raw, complete)


def test_size_classes_as_columns_below_merged_headings(raw: Raw, complete: Path) -> None:
    figures = goods_figures(raw)
    rows: Rows = [
        ["Varuexport efter storleksklass"],
        [None, None, "Exportvärde, kronor", None, None, None, None, "Antal exportörer"],
        ["Länskod", "År", *CLASSES, *CLASSES],
    ]
    for code, name in sorted({(code, name) for code, name, _, _ in figures}):
        for year in YEARS:
            cells = [figures[code, name, year, size] for size in CLASSES]
            rows.append([code, year, *(number(value) for value, _ in cells), *(number(count) for _, count in cells)])
    for row in rows[3:]:
        row[2:7] = [cell * 1000 if isinstance(cell, float) else cell for cell in row[2:7]]
    swap_goods(
        raw,
        {"Blad1": rows},
        """
[goods_exports.read]
header_row = [2, 3]
unit = "SEK"
series = "production-place"
columns = { region_code = "Länskod", year = "År", exports = "Exportvärde, kronor / {size_class}", exporters = "Antal exportörer / {size_class}" }
labels = { size_class = { "250–" = "250+", "Totalt" = "total" } }
""",
    )
    same_as_shipped(raw, complete)


def test_regions_as_columns_and_years_as_text(raw: Raw, complete: Path) -> None:
    _, shipped = read_rows(raw.path(SERVICES))
    regions = [row for row in shipped[4:] if row[0] and row[1]]
    rows: Rows = [["År", *(row[1] for row in regions)]]
    for column, year in enumerate(YEARS):
        rows.append([str(year), *(number(row[2 + column]) for row in regions)])
    write_workbook(raw.path(SERVICES), {"T": rows})
    raw.edit_sources(r'sheet = "Tjänsteexport"\nheader_row = 4', 'sheet = "T"\nyear_stored_as = "text"')
    raw.edit_sources(r'columns = \{[^\n]*exports = "\{year\}" \}', 'columns = { year = "År", exports = "{region}" }')
    raw.record(SERVICES)
    same_as_shipped(raw, complete)


def test_a_semicolon_file_in_latin_1_with_years_as_dates(raw: Raw, complete: Path) -> None:
    _, shipped = read_rows(raw.path(SERVICES))
    lines = ["Län;År;Tkr"]
    for row in shipped[4:]:
        if row[0] and row[1]:
            lines += [f"{row[0]} {row[1]};{year};{row[2 + column].replace(chr(0x2009), ' ')}" for column, year in enumerate(YEARS)]
    raw.path(SERVICES).unlink()
    raw.path("services.csv").write_bytes("\r\n".join(lines).encode("latin-1"))
    raw.edit_sources(SERVICES, "services.csv")
    raw.edit_sources(r'sheet = "Tjänsteexport"\nheader_row = 4', 'encoding = "latin-1"\ndelimiter = ";"')
    raw.edit_sources(r'columns = \{[^\n]*exports = "\{year\}" \}', 'columns = { region = "Län", year = "År", exports = "Tkr" }')
    raw.record("services.csv")
    same_as_shipped(raw, complete)


def test_merged_region_cells_name_every_row_they_span(raw: Raw, complete: Path) -> None:
    import xlsxwriter

    _, shipped = read_rows(raw.path(SERVICES))
    regions = [row for row in shipped[4:] if row[0] and row[1]]
    with xlsxwriter.Workbook(raw.path(SERVICES)) as workbook:
        sheet = workbook.add_worksheet("T")
        sheet.write_row(0, 0, ["Län", "År", "Tkr"])
        for block, row in enumerate(regions):
            sheet.merge_range(1 + 6 * block, 0, 6 + 6 * block, 0, row[1])
            for offset, year in enumerate(YEARS):
                sheet.write_row(1 + 6 * block + offset, 1, [year, number(row[2 + offset])])
    raw.edit_sources(r'sheet = "Tjänsteexport"\nheader_row = 4\n', "")
    raw.edit_sources(r'columns = \{[^\n]*exports = "\{year\}" \}', 'columns = { region_name = "Län", year = "År", exports = "Tkr" }')
    raw.record(SERVICES)
    same_as_shipped(raw, complete)


def test_dates_as_years(raw: Raw, complete: Path) -> None:
    import datetime

    def edit(rows: Rows) -> None:
        for row in rows[6:]:
            if row[1]:
                row[2] = datetime.date(int(row[2]), 12, 31)

    raw.edit_workbook(GOODS, edit)
    raw.edit_sources("header_row = 6", 'header_row = 6\nyear_stored_as = "date"')
    same_as_shipped(raw, complete)


@pytest.mark.parametrize("place", ["rows", "class"])
def test_what_the_tool_does_not_use_can_be_left_out_by_name(raw: Raw, complete: Path, place: str) -> None:
    def edit(rows: Rows) -> None:
        extra = ["99", "Okänt län", 2016, "0–9", 5, 1] if place == "rows" else ["13", "Hallands län", 2016, "uppgift saknas", 5, 1]
        rows.insert(7, extra)

    raw.edit_workbook(GOODS, edit)
    if place == "rows":
        raw.edit_sources(
            'columns = { region_code = "Länskod", region_name = "Län", year = "År", size',
            'columns = { region_name = "Län", year = "År", size',
        )
        raw.edit_sources("header_row = 6", 'header_row = 6\nignore = ["Länskod"]\nregions = { "Okänt län" = "ignore" }')
    else:
        raw.edit_sources('"Totalt" = "total"', '"Totalt" = "total", "uppgift saknas" = "ignore"')
    same_as_shipped(raw, complete)


def test_notes_below_the_table_may_stand_in_any_column(raw: Raw, complete: Path) -> None:
    raw.edit_workbook(
        GOODS, lambda rows: rows.extend([[], ["..", None, None, None, "uppgift saknas", "eller är sekretessbelagd"], ["Källa: SCB"]])
    )
    same_as_shipped(raw, complete)


def test_files_that_programs_leave_are_no_sources(raw: Raw, complete: Path) -> None:
    for name in ("~$goods_exports_by_county.xlsx", ".DS_Store", "Thumbs.db"):
        raw.path(name).write_bytes(b"x")
    same_as_shipped(raw, complete)


@pytest.mark.whole
def test_official_files_remove_the_notice_everywhere(raw: Raw, tmp_path: Path) -> None:
    shutil.copytree(raw.folder, tmp_path / "official")
    official = Raw(tmp_path / "official")
    for _ in range(2):
        official.edit_sources('kind = "illustrative"', 'kind = "official"')
    for folder, notice in ((raw.folder, True), (official.folder, False)):
        for command in ("ingest", "rank"):
            ran = exportregion(command, "--data", folder, "--out", tmp_path / "out", "--replace")
            assert ran.exit_code == 0
            assert ("ILLUSTRATIVE DATA" in ran.stdout) == notice
        assert ("ILLUSTRATIVE DATA" in exportregion("validate", "--data", folder).stdout) == notice
        result = tmp_path / "out" / "2021"
        assert ("true" in (result / "ranking.csv").read_text(encoding="utf-8").splitlines()[-1]) == notice
        assert bool(json.loads((result / "run.json").read_text(encoding="utf-8"))["illustrative"]) == notice


def test_withheld_nil_and_missing_stay_three_things(raw: Raw, tmp_path: Path, award: Callable[..., Path]) -> None:
    def edit(rows: Rows) -> None:
        for row in rows:
            if row[:4] == ["13", "Hallands län", 2018, "250–"]:
                row[4:6] = [None, None]

    raw.edit_workbook(GOODS, edit)
    path = award(name="2022")
    accepted = '\n[[accepted_exceptions]]\naudit = "cells_without_figure"\nreason = "Frågan är ställd till SCB."\n'
    path.write_text(path.read_text(encoding="utf-8") + accepted, encoding="utf-8")
    ran = exportregion("rank", "--award", path, "--data", raw.folder, "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    rows = {row[:3]: row[3:7] for row in staged(tmp_path / "out", "goods_exports")}
    assert rows["13", 2018, "250+"] == (None, None, "missing", "missing")
    assert rows["09", 2020, "250+"] == (None, None, "withheld", "withheld")
    assert rows["09", 2016, "250+"] == (Decimal("0.00"), 0, "nil", "nil")


def test_values_that_a_workbook_computed_keep_all_decimals_that_an_ore_needs(raw: Raw, tmp_path: Path) -> None:
    """Excel holds 15 digits; a cell of 898531.890123457 thousand kronor is 898 531 890,12 kronor."""

    def edit(rows: Rows) -> None:
        for row in rows:
            if row[:4] == ["24", "Västerbottens län", 2016, "0–9"]:
                row[4] = 898531.890123457

    raw.edit_workbook(GOODS, edit)
    ran = exportregion("indicators", "--award", "2022", "--data", raw.folder, "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    rows = {row[:3]: row[3] for row in staged(tmp_path / "out", "goods_exports")}
    assert rows["24", 2016, "0-9"] == Decimal("898531890.12")
