"""Files given by hand: recognised, proposed, checked and recorded; whatever their shape, the same figures come out."""

import datetime
import itertools
import json
import random
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from conftest import GOODS, POPULATION, RAW, SERVICES, Ran, Raw, exportregion, read_rows, tree, write_workbook

from pipeline.award import load_award
from pipeline.ingest import ingest, recognise
from pipeline.sources import load_sources

AWARD = load_award("2021")
INGESTED = ingest(load_sources(RAW).serving(AWARD), AWARD)
NAMES = {row["region_code"]: row["region_name"] for row in INGESTED["ingested.regions"]}
AS_SHIPPED = ("--accept-revision", "De illustrativa värdena är utgivarens.")
"""What the tests add as official figures is what is shipped as illustrative ones: that is in doubt, and agreed to."""
OFFICIAL = (
    "--kind",
    "official",
    "--publisher",
    "SCB",
    "--page",
    "https://www.scb.se",
    "--licence",
    "CC0-1.0",
    "--title",
    "En tabell",
    *AS_SHIPPED,
)

Cells = dict[tuple[Any, ...], tuple[Any, ...]]


def cells(folder: Path, table: str) -> Cells:
    """What is read of a table's newest vintages, in SEK: key -> figures and statuses."""
    return cells_in(ingest(load_sources(folder).serving(AWARD), AWARD), table)


def cells_in(ingested: dict[str, list[dict[str, Any]]], table: str) -> Cells:
    found: Cells = {}
    for row in ingested["ingested.figures"]:
        if row["statistic"] == table:
            key = tuple(part for part in (row["region_code"], row["year"], row["class_code"]) if part != "")
            value = None if row["status"] in ("withheld", "missing") else row["figure"] * row["unit"]
            place = {"exports": 0, "exporters": 1, "population": 0}[row["quantity"]]
            figures = found.setdefault(key, ())
            found[key] = (*figures, value, row["status"]) if place else (value, row["status"], *figures)
    return found


SHIPPED = {table: cells_in(INGESTED, table) for table in ("goods_exports", "services_exports", "population")}
GOODS_CELLS = SHIPPED["goods_exports"]
SERVICES_CELLS = SHIPPED["services_exports"]
YEARS = sorted({key[1] for key in GOODS_CELLS})
SIZES = ("0-9", "10-49", "50-249", "250+", "total")
SYMBOL = {"withheld": "..", "missing": "", "nil": "-"}


def shown(value: Any, status: str, unit: int = 1) -> Any:
    """A figure in a unit, or the symbol in its place."""
    return SYMBOL.get(status) if status in SYMBOL else float(value / unit) if unit > 1 else int(value)


def goods(region: str, year: int, size: str, unit: int = 1) -> tuple[Any, Any]:
    value, status, exporters, exporters_status = GOODS_CELLS[region, year, size]
    return shown(value, status, unit), shown(exporters, exporters_status)


def services(region: str, year: int, unit: int = 1) -> Any:
    value, status = SERVICES_CELLS[region, year]
    return shown(value, status, unit)


def add(raw: Raw, path: Path, *arguments: str) -> Ran:
    return exportregion("add", path, "--yes", "--data", raw.folder, *arguments)


def added(raw: Raw, path: Path, table: str, *arguments: str) -> str:
    """Add a file, and find the same figures in it as in the shipped one. What was said of it."""
    ran = add(raw, path, *OFFICIAL, *arguments)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert cells(raw.folder, table) == SHIPPED[table]
    return ran.stdout


def long_goods(unit: int = 1) -> list[list[Any]]:
    return [[code, NAMES[code], year, size, *goods(code, year, size, unit)] for code in NAMES for year in YEARS for size in SIZES]


LABELS = {"0-9": "0–9 anställda", "10-49": "10–49 anställda", "50-249": "50–249 anställda", "250+": "250 eller fler", "total": "Samtliga"}
PLACED = "Värdet är fördelat på det län där produktionen sker."


def test_a_long_workbook_with_notes_above_and_below(raw: Raw, tmp_path: Path) -> None:
    rows = [
        ["Varuexport efter län, 2016–2021, miljoner kronor"],
        [PLACED],
        [],
        ["Region", "År", "Anställda", "Exportvärde", "Antal exportörer"],
    ]
    rows += [
        [NAMES[code] if code != "00" else "Hela landet", year, LABELS[size], value, count]
        for code, _, year, size, value, count in long_goods(1_000_000)
    ]
    rows += [[], [".. Uppgiften är sekretessbelagd."], ["Källa: SCB"]]
    write_workbook(tmp_path / "Tabell 7.xlsx", {"Försättsblad": [["Beställning 2023"]], "Tabell 7": rows})
    said = added(raw, tmp_path / "Tabell 7.xlsx", "goods_exports")
    for text in (
        "Excel workbook, goods_exports, 660 rows",
        "sheet         Tabell 7",
        "headings      row 4",
        "unit          million SEK",
        "2016–2021",
        "22 of 22",
        "'Hela landet' is Riket",
    ):
        assert text in said, said
    assert 'labels = {size_class = {"0–9 anställda" = "0-9"' in said


@pytest.mark.parametrize(
    ("notes", "day"),
    [
        (["Senast uppdaterad 2023-03-15"], "2023-03-15"),
        (["Senast uppdaterad:", "20230315 08:00", "Källa: SCB"], "2023-03-15"),
        (["Publicerad den 2023-03-15. Uppdaterad 2023-03-15."], "2023-03-15"),
        (["Last updated: 2023-03-15"], "2023-03-15"),
        (["Published 2023-03-15"], "2023-03-15"),
        (["Publicerad 2023-03-15", "Senast uppdaterad 2023-04-02"], None),
        (["Uppdaterad 2023-02-30"], None),
        (["Uttag 2023-03-15"], None),
    ],
)
def test_the_day_of_publication_that_a_sheet_names_is_proposed(raw: Raw, tmp_path: Path, notes: list[str], day: str | None) -> None:
    rows: list[list[Any]] = [["Tjänsteexport efter län, tusental kronor"], [PLACED], ["Län", *YEARS]]
    rows += [[NAMES[code], *(services(code, year, 1_000) for year in YEARS)] for code in NAMES]
    write_workbook(tmp_path / "x.xlsx", {"Blad1": [*rows, [], *([note] for note in notes)]})
    said = added(raw, tmp_path / "x.xlsx", "services_exports")
    assert ("  published     2023-03-15\n" in said) == bool(day)
    published = list(load_sources(raw.folder).history["services_exports"].vintages.values())[-1].published
    assert published == (datetime.date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("page", "is_real"),
    [
        ("https://example.org", False),
        ("http://www.Example.com/tabell", False),
        ("tabell.example", False),
        ("example.net", False),
        ("https://www.scb.se/example.org", True),
        ("https://exempel.se", True),
        ("hylla 4", True),
    ],
)
def test_a_page_at_a_name_for_examples_is_refused(raw: Raw, tmp_path: Path, page: str, is_real: bool) -> None:
    rows: list[list[Any]] = [["Tjänsteexport efter län, tusental kronor"], [PLACED], ["Län", *YEARS]]
    rows += [[NAMES[code], *(services(code, year, 1_000) for year in YEARS)] for code in NAMES]
    write_workbook(tmp_path / "x.xlsx", {"Blad1": rows})
    ran = add(raw, tmp_path / "x.xlsx", *OFFICIAL, "--page", page)
    assert ran.exit_code == (0 if is_real else 2)
    assert (f"{page} is no real address, but a name that is kept for examples." in ran.words) != is_real


def test_official_figures_that_are_the_illustrative_ones_are_in_doubt(raw: Raw, tmp_path: Path) -> None:
    """With every third figure another 88 of 132 are those that were made up; with every second, half."""
    for changed, is_doubted in ((3, True), (2, False)):
        rows: list[list[Any]] = [["Tjänsteexport efter län, tusental kronor"], [PLACED], ["Län", *YEARS]]
        moved = {(code, year): 1 + (number % changed == 0) for number, (code, year) in enumerate(itertools.product(NAMES, YEARS))}
        rows += [[NAMES[code], *(services(code, year, 1_000) * moved[code, year] for year in YEARS)] for code in NAMES]
        write_workbook(tmp_path / f"{changed}.xlsx", {"Blad1": rows})
        ran = add(raw, tmp_path / f"{changed}.xlsx", *OFFICIAL[: -len(AS_SHIPPED)])
        assert ("88 of 132 figures that are those of the illustrative vintage" in ran.stdout) == is_doubted, ran.stdout


@pytest.mark.parametrize(("line", "named"), [("Källa: SCB", "SCB"), ("Källa: SCB. Källa: Kommerskollegium", None), ("Källa SCB", None)])
def test_the_publisher_that_a_file_names_is_proposed(raw: Raw, tmp_path: Path, line: str, named: str | None) -> None:
    rows: list[list[Any]] = [["Tjänsteexport efter län, tusental kronor"], [PLACED], ["Län", *YEARS]]
    rows += [[NAMES[code], *(services(code, year, 1_000) for year in YEARS)] for code in NAMES]
    write_workbook(tmp_path / "x.xlsx", {"Blad1": [*rows, [], *([part] for part in line.split(". "))]})
    ran = add(raw, tmp_path / "x.xlsx", "--kind", "official", "--page", "https://www.scb.se", "--licence", "CC0-1.0", *AS_SHIPPED)
    assert (ran.exit_code == 0) == bool(named), ran.stderr
    assert (f'publisher = "{named}"' in ran.stdout) if named else ("a file that does not say the publisher" in ran.words)


def test_px_names_its_publisher_and_day(tmp_path: Path) -> None:
    words = recognise.Words(AWARD.catalogue, NAMES)
    regions, years = (",".join(f'"{text}"' for text in texts) for texts in (NAMES.values(), YEARS))
    figures = " ".join(str(number) for number in range(1_000, 1_000 + len(NAMES) * len(YEARS)))
    head = f'TITLE="Folkmängd efter region och år";\nLAST-UPDATED="20260220 08:00";\nSOURCE="SCB";\nSTUB="region";\nHEADING="år";\nVALUES("region")={regions};'
    (tmp_path / "a.px").write_text(f'CODEPAGE="utf-8";\n{head}\nVALUES("år")={years};\nDATA=\n{figures};\n', encoding="utf-8")
    (known,) = recognise.recognise(tmp_path / "a.px", words)
    assert (known.publisher, known.published) == ("SCB", datetime.date(2026, 2, 20))


def test_the_analysts_day_of_publication_stands_before_the_sheets(raw: Raw, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Tjänsteexport efter län, tusental kronor. Senast uppdaterad 2023-03-15"], [PLACED], ["Län", *YEARS]]
    rows += [[NAMES[code], *(services(code, year, 1_000) for year in YEARS)] for code in NAMES]
    write_workbook(tmp_path / "x.xlsx", {"Blad1": rows})
    said = added(raw, tmp_path / "x.xlsx", "services_exports", "--published", "2023-03-20")
    assert "  published     2023-03-20, as --published says; in the file 2023-03-15\n" in said
    assert "published = 2023-03-20\n" in said


def test_sizes_as_columns_below_merged_headings(raw: Raw, tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Blad1")
        sheet.merge_range(0, 0, 0, 11, f"Varuexport, tusental kronor. {PLACED}")
        sheet.write_row(3, 0, ["Län", "År"])
        sheet.merge_range(2, 2, 2, 6, "Exportvärde, tkr")
        sheet.merge_range(2, 7, 2, 11, "Antal exporterande företag")
        for start in (2, 7):
            sheet.write_row(3, start, [LABELS[size] for size in SIZES])
        row = 4
        for code, name in NAMES.items():
            for year in YEARS:
                figures = [goods(code, year, size, 1_000) for size in SIZES]
                sheet.write_row(row, 0, [f"{code} {name}", year, *(value for value, _ in figures), *(count for _, count in figures)])
                row += 1
    said = added(raw, path, "goods_exports")
    assert "headings      row 3, 4" in said
    assert "Exportvärde, tkr / {size_class}" in said


def test_years_and_measures_in_two_heading_rows(raw: Raw, tmp_path: Path) -> None:
    top: list[Any] = ["Länskod", "Län", "Storleksklass"]
    below: list[Any] = ["", "", ""]
    for year in YEARS:
        top += [year, ""]
        below += ["Värde, tkr", "Antal företag"]
    rows: list[list[Any]] = [["Varuexport efter produktionsställe"], top, below]
    for code, name in NAMES.items():
        for size in SIZES:
            figures = [goods(code, year, size, 1_000) for year in YEARS]
            rows.append([code, name, LABELS[size], *(cell for pair in figures for cell in pair)])
    write_workbook(tmp_path / "x.xlsx", {"Data": rows})
    said = added(raw, tmp_path / "x.xlsx", "goods_exports")
    assert "{year} / Värde, tkr" in said


def test_values_on_one_sheet_and_exporters_on_another(raw: Raw, tmp_path: Path) -> None:
    values: list[list[Any]] = [["Varuexport, mkr, efter det län där produktionen sker"], ["Län", "Storlek", *YEARS]]
    counts: list[list[Any]] = [["Antal exporterande företag"], ["Län", "Storlek", *(f"Antal företag {year}" for year in YEARS)]]
    for code, name in NAMES.items():
        for size in SIZES:
            figures = [goods(code, year, size, 1_000_000) for year in YEARS]
            values.append([name, LABELS[size], *(value for value, _ in figures)])
            counts.append([name, LABELS[size], *(count for _, count in figures)])
    write_workbook(tmp_path / "x.xlsx", {"Värde": values, "Företag": counts})
    added(raw, tmp_path / "x.xlsx", "goods_exports")
    assert "[[goods_exports.vintages" in raw.path("sources.toml").read_text(encoding="utf-8")


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1", "mac_roman", "cp850")


@pytest.mark.whole
@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        *((encoding, ";") for encoding in ENCODINGS),
        *((encoding, delimiter) for encoding in ("utf-8", "utf-16") for delimiter in (",", "\t", "|")),
    ],
)
def test_text_in_any_common_encoding_and_separator(raw: Raw, tmp_path: Path, encoding: str, delimiter: str) -> None:
    rows: list[list[Any]] = [["Län", *YEARS]]
    rows += [[NAMES[code], *(services(code, year, 1_000) for year in YEARS)] for code in NAMES]
    text = "\r\n".join(
        delimiter.join(f"{cell:.3f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell) for cell in row) for row in rows
    )
    path = tmp_path / "tjänster.txt"
    path.write_bytes(text.encode(encoding))
    said = added(raw, path, "services_exports", "--table", "services_exports", "--unit", "thousand SEK", "--series", "production-place")
    assert "delimited text, services_exports, 132 rows" in said


def test_decimal_commas_and_points(raw: Raw, tmp_path: Path) -> None:
    for mark in (",", "."):
        rows = ["Region;" + ";".join(f"Tjänsteexport {year}, mkr" for year in YEARS)]
        rows += [
            ";".join([NAMES[code], *(f"{services(code, year, 1_000_000):.3f}".replace(".", mark) for year in YEARS)]) for code in NAMES
        ]
        path = tmp_path / f"x{ord(mark)}.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        added(raw, path, "services_exports", "--series", "production-place")


def test_regions_as_columns(raw: Raw, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Tjänsteexport, tkr, där produktionen sker"], ["År", *NAMES.values()]]
    rows += [[year, *(services(code, year, 1_000) for code in NAMES)] for year in YEARS]
    write_workbook(tmp_path / "x.xlsx", {"Tjänster": rows})
    assert "{region}" in added(raw, tmp_path / "x.xlsx", "services_exports")


def test_rows_that_belong_nowhere_are_left_out_and_said(raw: Raw, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Tjänsteexport, tkr, där produktionen sker"], ["Län", *YEARS, "Andel, %"]]
    for code, name in NAMES.items():
        rows.append([name, *(services(code, year, 1_000) for year in YEARS), 0.5])
        if code == "14":
            rows.append(["Okänt län", *(1 for _ in YEARS), 0.1])
    write_workbook(tmp_path / "x.xlsx", {"Tjänster": rows})
    said = added(raw, tmp_path / "x.xlsx", "services_exports")
    assert "'Okänt län' is left out" in said
    assert "left out      Andel, %" in said


@pytest.mark.whole
def test_the_shipped_files_are_recognised_as_they_are_described(raw: Raw) -> None:
    for file, name in ((GOODS, "goods_exports"), (SERVICES, "services_exports"), (POPULATION, "population")):
        source = load_sources(raw.folder).entries[name]
        path = raw.path(file)
        given = raw.folder.parent / file
        shutil.copy(path, given)
        with given.open("ab") as written:
            written.write(b"\n" if file.endswith(".csv") else b"")
        if not file.endswith(".csv"):
            name_of_sheet, rows = read_rows(given)
            write_workbook(given, {name_of_sheet: [*rows, ["Ännu en not."]]})
        before = raw.path("sources.toml").read_text(encoding="utf-8").splitlines()
        ran = add(raw, given, "--title", "En titel som är lång " * 9)
        assert ran.exit_code == 0, ran.stdout + ran.stderr
        recorded = raw.path("sources.toml").read_text(encoding="utf-8").splitlines()
        assert {*recorded} - {*before} <= {*ran.stdout.splitlines()}, "what is shown can be copied: no line of TOML is broken"
        new = load_sources(raw.folder).entries[name]
        assert new.read == source.read
        assert new.kind == source.kind, "a file that calls itself illustrative stays so"
        assert new.covers == source.covers.replace(", 31 december", ",")


def jsonstat(values: Iterable[Any], status: dict[str, str], **dimensions: Any) -> bytes:
    document = {
        "version": "2.0",
        "class": "dataset",
        "label": "Varuexport efter län, storleksklass, tabellinnehåll och år. Där produktionen sker.",
        "id": list(dimensions),
        "size": [len(labels) for labels in dimensions.values()],
        "role": {"metric": ["Innehall"], "time": ["Tid"]},
        "dimension": {name: {"label": name, "category": {"index": list(labels), "label": labels}} for name, labels in dimensions.items()},
        "value": list(values),
        "status": status,
    }
    document["dimension"]["Innehall"]["category"]["unit"] = {"EXP": {"base": "tkr"}, "ANT": {"base": "antal"}}  # type: ignore[index]
    return json.dumps(document).encode()


DIMENSIONS: dict[str, dict[str, str]] = {
    "Region": NAMES,
    "Storlek": {f"S{number}": LABELS[size] for number, size in enumerate(SIZES)},
    "Innehall": {"EXP": "Exportvärde", "ANT": "Antal exporterande företag"},
    "Tid": {str(year): str(year) for year in YEARS},
}
ORDER = [(code, size, measure, year) for code in NAMES for size in SIZES for measure in (0, 1) for year in YEARS]


def test_json_stat(raw: Raw, tmp_path: Path) -> None:
    figures = [goods(code, year, size, 1_000)[measure] for code, size, measure, year in ORDER]
    values = [None if isinstance(figure, str) else figure for figure in figures]
    status = {str(number): figure for number, figure in enumerate(figures) if isinstance(figure, str) and figure}
    (tmp_path / "export.json").write_bytes(jsonstat(values, status, **DIMENSIONS))
    said = added(raw, tmp_path / "export.json", "goods_exports")
    assert "JSON-stat 2, goods_exports, 660 rows" in said


def test_px(raw: Raw, tmp_path: Path) -> None:
    def quoted(texts: Iterable[str]) -> str:
        return ",\n".join(f'"{text}"' for text in texts)

    lines = ['CHARSET="ANSI"', 'AXIS-VERSION="2010"', 'CODEPAGE="windows-1252"', 'LANGUAGE="sv"', 'MATRIX="X"']
    lines += [
        'TITLE="Varuexport efter län, storleksklass, "\n"tabellinnehåll och år; där produktionen sker"',
        'UNITS="tusental kronor"',
        'CONTVARIABLE="Innehall"',
    ]
    lines += ['STUB="Region","Storlek"', 'HEADING="Innehall","Tid"']
    for name, labels in DIMENSIONS.items():
        lines += [f'VALUES("{name}")={quoted(labels.values())}', f'CODES("{name}")={quoted(labels)}']
        lines.append(f'VALUES[en]("{name}")={quoted("x" for _ in labels)}')
    figures = [goods(code, year, size, 1_000)[measure] for code, size, measure, year in ORDER]
    text = (
        ";\n".join(lines)
        + ";\nDATA=\n"
        + " ".join(f'"{figure or "."}"' if isinstance(figure, str) else f"{figure:.15g}" for figure in figures)
        + ";\n"
    )
    (tmp_path / "export.px").write_bytes(text.encode("cp1252"))
    assert "PX, goods_exports, 660 rows" in added(raw, tmp_path / "export.px", "goods_exports")


def test_parquet(raw: Raw, tmp_path: Path) -> None:
    columns = list(zip(*long_goods(1_000), strict=True))
    names = ("Länskod", "Län", "År", "Storleksklass", "Exportvärde, tkr", "Antal exporterande företag")
    table = pa.table(
        {
            name: [cell if isinstance(cell, str) or number < 4 else format(cell, ".15g") for cell in column]
            for number, (name, column) in enumerate(zip(names, columns, strict=True))
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    said = added(raw, tmp_path / "x.parquet", "goods_exports", "--series", "production-place")
    assert "Parquet, goods_exports, 660 rows" in said


def test_a_title_that_is_that_of_the_illustrative_figures_is_recorded(raw: Raw, tmp_path: Path) -> None:
    """Official figures take nothing over from illustrative ones, so what is the same is said again."""
    before = load_sources(raw.folder).entries["services_exports"]
    rows = [["Tjänsteexport efter län och år, tkr. " + PLACED], ["Län", *YEARS]]
    rows += [[NAMES[code], *(services(code, year, 1000) for year in YEARS)] for code in NAMES]
    write_workbook(tmp_path / "x.xlsx", {"Blad1": rows})
    told = ("--kind", "official", "--publisher", "SCB", "--page", "https://www.scb.se", "--licence", "CC0-1.0", "--title", before.title)
    ran = add(raw, tmp_path / "x.xlsx", *told, *AS_SHIPPED)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    *_, recorded = load_sources(raw.folder).history["services_exports"].vintages.values()
    assert (recorded.kind, recorded.title, recorded.publisher) == ("official", before.title, "SCB")


def test_years_that_are_not_over_are_asked_about(raw: Raw, tmp_path: Path) -> None:
    next_year = datetime.date.today().year + 1
    lines = raw.path(POPULATION).read_text(encoding="utf-8").splitlines()
    last = [line for line in lines if ",2024," in line]
    to_come = [line.replace(",2024,", f",{next_year},").replace("2024-12-31", f"{next_year}-12-31") for line in last]
    (tmp_path / "x.csv").write_text("\n".join([*lines, *to_come]), encoding="utf-8")
    ran = add(raw, tmp_path / "x.csv", *OFFICIAL, "--table", "population")
    assert ran.exit_code == 1
    assert f"In doubt: x.csv: found figures of {next_year}, on {datetime.date.today()} not over;" in " ".join(ran.stdout.split())


def test_a_year_that_was_copied_and_a_county_that_never_has_anything_are_in_doubt(raw: Raw, tmp_path: Path) -> None:
    def change(rows: list[list[Any]]) -> None:
        for row in rows[2:]:
            row[-1] = row[-2] if row[0] != NAMES["09"] else 0
        nil = next(row for row in rows if row[0] == NAMES["09"])
        nil[1:] = ["-"] * len(YEARS)

    said = " ".join(add(raw, simple(raw, tmp_path, change), *OFFICIAL).stdout.split())
    assert "21 of 21 figures of exports in 2021 as in 2020; expected figures of each year." in said
    assert "(Gotlands län): found no exports in any year: nil in every row; expected figures above nil." in said
    assert said.count("as in 20") == 1


def test_a_new_source_gets_an_entry_of_its_own(raw: Raw, tmp_path: Path) -> None:
    text = raw.path(POPULATION).read_text(encoding="utf-8").splitlines()
    extra = [
        text[0],
        *(line.replace(",2024,", ",2025,") for line in text if ",2024," in line),
    ]
    path = tmp_path / "folkmangd2025.csv"
    path.write_text("\n".join(extra), encoding="utf-8")
    ran = add(raw, path, *OFFICIAL, "--source", "population_2025")
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert cells(raw.folder, "population")["25", 2025] == cells(raw.folder, "population")["25", 2024]
    assert "[population_2025]" in raw.path("sources.toml").read_text(encoding="utf-8")


def simple(
    raw: Raw,
    tmp_path: Path,
    change: Callable[[list[list[Any]]], Any] = lambda rows: None,
    title: str = "Tjänsteexport, tkr, där produktionen sker",
) -> Path:
    """A plain workbook of services exports, perhaps spoilt."""
    rows: list[list[Any]] = [[title], ["Län", *YEARS]]
    rows += [[NAMES[code], *(services(code, year, 1_000) for year in YEARS)] for code in NAMES]
    change(rows)
    write_workbook(tmp_path / "levererad.xlsx", {"Blad1": rows})
    return tmp_path / "levererad.xlsx"


def spoil(row: int, column: int, value: Any) -> Callable[[list[list[Any]]], Any]:
    def change(rows: list[list[Any]]) -> None:
        rows[row][column] = value

    return change


@pytest.mark.whole
@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        (spoil(4, 3, "12x"), OFFICIAL, "levererad.xlsx, sheet Blad1, cell D5 (Uppsala län, 2018): found the text '12x'"),
        (spoil(4, 3, -5), OFFICIAL, "sheet Blad1, cell D5 (Uppsala län, 2018): found the negative -5"),
        (spoil(4, 0, "Upsala län"), OFFICIAL, "sheet Blad1, cell A5"),
        (spoil(1, 3, 2017), OFFICIAL, "cell D2"),
        (spoil(3, 3, 10), OFFICIAL, "In doubt: levererad.xlsx, sheet Blad1, cell D4 (Stockholms län, 2018)"),
        (lambda rows: rows.pop(5), OFFICIAL, "In doubt: levererad.xlsx, sheet Blad1 (Södermanlands län, 2016): found no row"),
        (
            lambda rows: rows[4].__setitem__(slice(3, 5), ["1.5", "2,5"]),
            OFFICIAL,
            "levererad.xlsx, sheet Blad1, cell D5 (Uppsala län, 2018): found the text '1.5' with a decimal point",
        ),
        (spoil(4, 0, "Upsala"), OFFICIAL, "describe the file by hand in sources.toml, as README.md shows: "),
        (lambda rows: None, (*OFFICIAL, "--title", ""), "levererad.xlsx, title: found ''"),
        (lambda rows: None, (), "a file that does not say the kind, the publisher, the page, the licence"),
        (lambda rows: None, (*OFFICIAL, "--unit", "million SEK"), "audit off_yardstick"),
        (lambda rows: None, (*OFFICIAL, "--source", "../../outside"), "--source: found '../../outside'; expected a source's name"),
        (lambda rows: None, (*OFFICIAL, "--table", "goods_exports"), "no column for exporters"),
        (lambda rows: None, (*OFFICIAL, "--sheet", "Blad2"), "no sheet 'Blad2'"),
        (lambda rows: None, (*OFFICIAL, "--source", "goods_exports"), "a file of the table services_exports"),
        (lambda rows: rows.insert(0, ["ILLUSTRATIVA VÄRDEN"]), OFFICIAL, "official, of a file that calls itself illustrative"),
        (
            lambda rows: [row.__setitem__(0, "x") for row in rows[2:]],
            OFFICIAL,
            "cell A3: found the text 'x' beside figures, and no column of counties",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_recorded(
    raw: Raw, tmp_path: Path, change: Callable[..., Any], arguments: tuple[str, ...], said: str
) -> None:
    path = simple(raw, tmp_path, change)
    before = tree(raw.folder)
    ran = add(raw, path, *arguments)
    assert ran.exit_code == 1
    told = ran.stdout + ran.stderr
    assert said in told, told
    faults = [line.replace("by hand in sources.toml", "") for line in told.splitlines() if ": found " in line]
    assert not [fault for fault in faults if "sources.toml" in fault], "nobody has written a description that could be wrong"
    assert "nothing was recorded; the raw data are as before" in told.lower()
    assert tree(raw.folder) == before
    assert not list(raw.folder.glob(".*"))


@pytest.mark.parametrize("option", ["--unit", "--kind", "--table"])
def test_an_option_with_choices_names_them(raw: Raw, tmp_path: Path, option: str) -> None:
    ran = add(raw, simple(raw, tmp_path), option, "nonsense")
    assert ran.exit_code == 2
    assert "is not one of" in ran.words


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Tabell 1, tkr, där produktionen sker", "Say it: --table"),
        (
            "Tjänsteexport där produktionen sker",
            "a file that does not say the unit; expected each of them once. Say it: --unit 'SEK'|'thousand SEK'|",
        ),
        (
            "Tjänsteexport, tkr",
            "does not say how values are placed in counties; expected each of them once. Say it: --series 'head-office'|'production-place'|'workplace-share'",
        ),
        ("Tjänsteexport i tkr eller mkr, där produktionen sker", "more than one unit: million SEK and thousand SEK"),
        ("Tjänsteexport i kronor (tusental), där produktionen sker", "does not say the unit"),
    ],
)
def test_what_the_file_does_not_tell_is_asked_for(raw: Raw, tmp_path: Path, title: str, said: str) -> None:
    ran = add(raw, simple(raw, tmp_path, title=title), *OFFICIAL)
    assert ran.exit_code == 1
    assert said in ran.stderr


def test_a_yes_is_asked_for_and_a_no_records_nothing(raw: Raw, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from pipeline.cli import app

    path = simple(raw, tmp_path)
    before = tree(raw.folder)
    command = ["add", str(path), "--data", str(raw.folder), *OFFICIAL]
    declined = CliRunner().invoke(app, command, input="n\n")
    assert declined.exit_code == 1
    assert tree(raw.folder) == before
    agreed = CliRunner().invoke(app, command, input="y\n")
    assert agreed.exit_code == 0
    assert "Recorded as the vintage" in agreed.stdout
    assert len(tree(raw.folder)) == len(before) + 1
    validated = " ".join(exportregion("validate", "--award", "2021", "--data", raw.folder).stdout.split())
    assert "services_exports has an official vintage, which the award does not use until it pins it under [vintages]: " in validated
    assert "goods_exports has" not in validated
    assert "Questioned" not in validated, "nobody can be asked of figures that are made up"


def test_the_same_bytes_are_not_recorded_twice(raw: Raw) -> None:
    given = raw.folder.parent / "again.xlsx"
    shutil.copy(raw.path(GOODS), given)
    ran = add(raw, given)
    assert ran.exit_code == 1
    assert "the same bytes as the vintage 2026-11-23 of goods_exports" in ran.stderr


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/sharedStrings.xml", "w") as member:
            for _ in range(4):
                member.write(bytes(1_000_000))


def lying(path: Path) -> None:
    """A workbook whose directory says that a member is small."""
    bomb(path)
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b""), "an empty file"),
        (lambda path: path.write_bytes(b"\xef\xbb\xbf\n"), "an empty file"),
        (lambda path: path.write_bytes(b"%PDF-1.7\n1 0 obj"), "a PDF"),
        (lambda path: path.write_bytes(b"\x89PNG\r\n"), "a picture"),
        (lambda path: path.write_bytes(b"<html></html>"), "a web page, whatever its name ends in"),
        (lambda path: path.write_bytes(b"\x1f\x8b\x08"), "a file packed with gzip"),
        (lambda path: path.write_bytes("Län;2016\n".encode("utf-16-le")), "text in UTF-16 that does not say so"),
        (lambda path: path.write_bytes(b'{"columns": [], "data": []}'), "Save the table as JSON-stat 2, CSV or Excel"),
        (lambda path: path.write_bytes(bytes(range(256)) * 10), "a file that is not a table"),
        (
            lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 1000),
            "damaged, protected by a password or no workbook",
        ),
        (lambda path: path.write_bytes(b"PK\x03\x04x"), "a damaged file"),
        (lambda path: path.write_bytes(b"PAR1" + b"x" * 100 + b"PAR1"), "a damaged file"),
        (lambda path: path.write_bytes(b'{"a": 1'), "incomplete or damaged JSON"),
        (lambda path: path.write_bytes(b'CHARSET="ANSI";\nAXIS-VERSION="2010";\n'), "an incomplete PX file"),
        (lambda path: path.write_bytes(b"a,b\n1,2\n"), "no column and no heading of counties"),
        (lambda path: path.write_bytes(b'"a\n' * 100), "a broken line"),
        (bomb, "4 MB when unpacked; expected at most 3 MB"),
        (lying, "not as long, or not what, it says"),
        (lambda path: None, "no such file"),
    ],
)
def test_what_is_no_table_is_refused_within_a_stated_limit(
    raw: Raw, tmp_path: Path, make: Callable[[Path], Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit itself, of 300 MB, is tried in test_bad_input.py."""
    monkeypatch.setattr("pipeline.ingest.files.LARGEST_BYTES", 3_000_000)
    path = tmp_path / "x.dat"
    make(path)
    before = tree(raw.folder)
    ran = add(raw, path, *OFFICIAL)
    assert ran.exit_code == 1
    assert said in ran.stderr, ran.stderr
    assert tree(raw.folder) == before
    assert not list(raw.folder.glob(".*"))


@pytest.mark.whole
def test_mangled_files_never_end_in_a_traceback(raw: Raw, tmp_path: Path) -> None:
    figures = [goods(code, year, size, 1_000)[measure] for code, size, measure, year in ORDER]
    whole = {
        "x.csv": raw.path(POPULATION).read_bytes(),
        "x.xlsx": raw.path(SERVICES).read_bytes(),
        "x.json": jsonstat((None if isinstance(figure, str) else figure for figure in figures), {}, **DIMENSIONS),
    }
    chance = random.Random(5)
    for number in range(30):
        name = list(whole)[number % 3]
        content = bytearray(whole[name])
        match number % 4:
            case 0:
                del content[chance.randrange(len(content)) :]
            case 1:
                place = chance.randrange(len(content))
                content[place : place + chance.randrange(1, 200)] = chance.randbytes(chance.randrange(200))
            case 2:
                content[chance.randrange(len(content))] = chance.randrange(256)
            case 3:
                start = chance.randrange(len(content))
                del content[start : start + chance.randrange(1, 2000)]
        path = tmp_path / f"{number}.{chance.choice(['csv', 'xlsx', 'json', 'px', 'txt'])}"
        path.write_bytes(content)
        assert add(raw, path, *OFFICIAL).exit_code in (0, 1)


def test_a_command_without_json_hints_at_none(raw: Raw, tmp_path: Path) -> None:
    rows = [["Region", "År", "Folkmängd"], *([NAMES[code], year, -1] for code in NAMES for year in YEARS)]
    write_workbook(tmp_path / "x.xlsx", {"Folkmängd": rows})
    ran = add(raw, tmp_path / "x.xlsx", *OFFICIAL)
    assert ran.exit_code == 1
    assert f"The same {len(NAMES) * len(YEARS) - 1} more times, the last: cell C" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 3
    assert "--json" not in ran.stderr


@pytest.mark.parametrize("cell", ["99 Län okänt", "99"])
def test_rows_of_no_region_are_proposed_to_be_left_out_and_never_by_yes_alone(cell: str, raw: Raw, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Region", "År", "Folkmängd"],
        *([f"{code} {NAMES[code]}", year, 1000] for code in NAMES for year in YEARS),
        [cell, 2016, 5],
    ]
    write_workbook(tmp_path / "x.xlsx", {"Folkmängd": rows})
    ran = add(raw, tmp_path / "x.xlsx", *OFFICIAL)
    assert ran.exit_code == 1
    assert f'regions = {{"{cell}" = "ignore"}}' in ran.stdout.replace("{99 =", '{"99" =')
    assert f"In doubt: x.xlsx, sheet Folkmängd: found '{cell}' among counties, and no county" in " ".join(ran.stdout.split())


def test_a_missing_county_is_one_doubt_and_not_one_a_year_and_sum(raw: Raw, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    lines = raw.path(POPULATION).read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("20,")), encoding="utf-8")
    ran = add(raw, path, *OFFICIAL, "--table", "population")
    doubts = " ".join(ran.stdout.split()).split("In doubt: ")[1:]
    assert len(doubts) == 1
    assert "(Dalarnas län, 1999): found no row" in doubts[0]
    assert "The same 25 more times, the last: Dalarnas län, 2024." in doubts[0]
