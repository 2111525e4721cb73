"""Each kind of bad input gives one clear error and exit code 1."""

import datetime
import json
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import xlsxwriter
from conftest import GOODS, POPULATION, PROJECT, SERVICES, Raw, Rows, exportregion, read_rows, report_text, write_workbook
from pydantic import Field

from pipeline.award import Window, award_names, load_award
from pipeline.companies.award import load_companies_award
from pipeline.faults import DataRefused
from pipeline.microdata.method import load_method
from pipeline.settings import Closed, Day, RoundName, Text, WebAddress, Weight, Words, load

HEADING = 5
"""Index of the goods workbook's heading row; the row below is the nation, 2016, 0–9."""


def find(rows: Rows, *cells: Any) -> int:
    """The index of the row that starts with these cells."""
    return next(number for number, row in enumerate(rows) if all(cell in row for cell in cells))


def refused(raw: Raw, *said: str, award: str | Path = "2021", faults: int | None = None, stage: str = "validate") -> None:
    """The data are refused, and all this is said. That a refused run leaves the last result is tested in test_results.py."""
    ran = exportregion(stage, "--data", raw.folder, "--award", award)
    assert ran.exit_code == 1, ran.stdout
    for text in said:
        assert text in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr
    if faults is not None:
        assert f"\n{faults} fault{'s' if faults > 1 else ''};" in ran.stderr, ran.stderr


# Files


def test_a_missing_file(raw: Raw) -> None:
    raw.path(GOODS).unlink()
    refused(raw, "sources.toml, goods_exports: found no file goods_exports_by_county.xlsx", faults=1)


def test_a_file_without_an_entry(raw: Raw) -> None:
    raw.path("extra.xlsx").write_bytes(b"anything")
    refused(raw, "extra.xlsx: found a file without an entry", "Describe the file there, or move it out", faults=1)


def test_a_wrong_checksum_says_how_to_record_the_change(raw: Raw) -> None:
    with raw.path(POPULATION).open("a") as file:
        file.write("\n")
    refused(raw, "population_by_county.csv: found sha256 ", "record the new sha256", faults=1)


def test_an_empty_file(raw: Raw) -> None:
    raw.path(GOODS).write_bytes(b"")
    raw.record(GOODS)
    refused(raw, "goods_exports_by_county.xlsx: found an empty file", faults=1)


def test_an_empty_text_file(raw: Raw) -> None:
    raw.path(POPULATION).write_bytes(b"")
    raw.record(POPULATION)
    refused(raw, "population_by_county.csv: found an empty file", faults=1)


def test_a_file_that_is_no_workbook(raw: Raw) -> None:
    raw.path(GOODS).write_text("<html>Logga in</html>")
    raw.record(GOODS)
    refused(raw, "goods_exports_by_county.xlsx: found a file that is damaged, protected by a password or no workbook", faults=1)


def test_a_stray_cell_at_the_end_of_the_sheet(raw: Raw) -> None:
    with xlsxwriter.Workbook(raw.path(GOODS)) as workbook:
        sheet = workbook.add_worksheet("Varuexport")
        sheet.write(0, 0, "Länskod")
        sheet.write(1_048_575, 16_383, "x")
    raw.record(GOODS)
    refused(raw, "found cells as far out as column XFD and row 1048576", "Delete the stray cell", faults=1)


@pytest.mark.whole
def test_a_workbook_that_unpacks_to_a_giant(raw: Raw) -> None:
    with zipfile.ZipFile(raw.path(GOODS), "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/sheet1.xml", "w") as member:
        for _ in range(310):
            member.write(b" " * 1_000_000)
    raw.record(GOODS)
    refused(raw, "found a workbook of 310 MB when unpacked; expected at most 300 MB", faults=1)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_workbook(raw: Raw, part: float) -> None:
    whole = raw.path(GOODS).read_bytes()
    raw.path(GOODS).write_bytes(whole[: int(len(whole) * part)])
    raw.record(GOODS)
    refused(
        raw,
        "goods_exports_by_county.xlsx: found a file that is damaged, protected by a password or no workbook",
        "Fetch the file again",
        faults=1,
    )


def test_a_text_file_in_another_encoding(raw: Raw) -> None:
    raw.path(POPULATION).write_bytes(raw.path(POPULATION).read_text(encoding="utf-8").encode("latin-1"))
    raw.record(POPULATION)
    refused(raw, "population_by_county.csv: found bytes that are not utf-8", "encoding = …", faults=1)


def test_a_workbook_without_the_sheet(raw: Raw) -> None:
    raw.edit_sources('sheet = "Varuexport"', 'sheet = "Tabell 1"')
    refused(raw, "found no sheet 'Tabell 1'; expected one of the sheets 'Varuexport'", faults=1)


# Headings


def test_a_missing_column(raw: Raw) -> None:
    raw.edit_workbook(GOODS, lambda rows: [row.pop(5) for row in rows])
    refused(raw, f"{GOODS}, sheet Varuexport, row 6: found", "expected a heading 'Antal exporterande företag' for exporters", faults=1)


def test_an_extra_column(raw: Raw) -> None:
    raw.edit_workbook(GOODS, lambda rows: rows[HEADING].append("Importvärde, tkr"))
    refused(raw, "cell G6: found a column 'Importvärde, tkr' that sources.toml does not describe", faults=1)


def test_a_duplicated_column(raw: Raw) -> None:
    def repeat(rows: Rows) -> None:
        for row in rows:
            row.extend(row[4:5])

    raw.edit_workbook(GOODS, repeat)
    refused(raw, "cell G6: found the heading 'Exportvärde, tkr' again, first in column E", faults=1)


def test_a_renamed_column_names_both_sides(raw: Raw) -> None:
    def rename(rows: Rows) -> None:
        rows[HEADING][4] = "Värde (tkr)"

    raw.edit_workbook(GOODS, rename)
    refused(raw, "expected a heading 'Exportvärde, tkr' for exports", "cell E6: found a column 'Värde (tkr)'", faults=2)


def test_a_heading_row_that_moved_is_found(raw: Raw) -> None:
    raw.edit_workbook(GOODS, lambda rows: rows.insert(0, ["En rad till"]))
    refused(raw, "The headings stand in row 7: set header_row = 7 in sources.toml.")


# Cells


def spoil(raw: Raw, column: int, cell: Any, row: int = HEADING + 2) -> None:
    def edit(rows: Rows) -> None:
        rows[row][column] = cell

    raw.edit_workbook(GOODS, edit)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("column", "cell", "found"),
    [
        (4, "ca 5000", "found the text 'ca 5000'; expected a value in thousand SEK"),
        (4, "12 34", "found the text '12 34'; expected a value in thousand SEK"),
        (4, "1234.5", "found the text '1234.5' with a decimal point; expected a value in thousand SEK, zero or more with a decimal comma"),
        (4, -5, "found the negative -5; expected a value in thousand SEK, zero or more"),
        (4, "−5", "found the negative -5"),
        (4, datetime.date(2016, 1, 1), "found the date 2016-01-01; expected a value"),
        (4, True, "found True; expected a value"),
        (5, 12.5, "found the fraction 12.5; expected a number of enterprises, a whole number"),
        (5, "12,5", "found the fraction 12.5"),
        (5, -1, "found the negative -1; expected a number of enterprises"),
        (2, "2016", "found the text '2016'; expected a year stored as a number"),
        (2, datetime.date(2016, 12, 31), "found the date 2016-12-31; expected a year stored as a number"),
        (2, "2016 prel.", "found the text '2016 prel.', whose mark means preliminary"),
        (2, 20166, "found the number 20166; expected a year"),
        (2, None, "found an empty cell; expected a year"),
        (0, 1, "found the number 1; expected the code '01' as text. The code lost its leading zero"),
        (0, "1", "found the text '1'; expected the code '01' as text"),
        (0, "02", "found the text '02'; expected the code of a county"),
        (1, "Atlantis", "found the text 'Atlantis'; expected the name of a county"),
        (1, "Hallands län", "beside the code 00"),
        (3, "0–19", "found the text '0–19'; expected a class of size_class"),
    ],
)
def test_a_cell_that_does_not_hold_what_its_column_says(raw: Raw, column: int, cell: Any, found: str) -> None:
    spoil(raw, column, cell)
    refused(raw, f"{GOODS}, sheet Varuexport, cell {'ABCDEF'[column]}8 (", found, "10", faults=1)


def test_all_faults_of_all_files_are_told_at_once(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        rows[HEADING + 1][4] = "fel"
        rows[HEADING + 3][5] = -2
        rows[HEADING + 9][2] = "i fjol"

    raw.edit_workbook(GOODS, edit)
    raw.edit_text(POPULATION, "8861426", "många")
    refused(raw, "cell E7 (", "cell F9 (", "cell C15 (", f"{POPULATION}, cell E2 (Riket, 1999)", faults=4)


def test_an_unknown_flow(raw: Raw) -> None:
    raw.edit_text("published_export_totals.csv", "goods,00,2017", "good,00,2017")
    refused(
        raw,
        "published_export_totals.csv, cell A3 (good, 00, 2017): found the text 'good'; expected a class of flow: goods, services",
        faults=1,
    )


def test_a_wrong_figure_in_the_last_row_is_no_note(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        last = max(number for number, row in enumerate(rows) if row[1])
        rows[last][4] = rows[last][5] = -7

    raw.edit_workbook(GOODS, edit)
    refused(raw, "(Norrbottens län, 2021, total): found the negative -7", faults=2)


def test_many_faults_alike_are_cut_on_the_terminal_and_whole_in_json(raw: Raw, tmp_path: Path) -> None:
    def edit(rows: Rows) -> None:
        for row in rows[HEADING + 1 : HEADING + 31]:
            row[4] = "fel"

    raw.edit_workbook(GOODS, edit)
    ran = exportregion("run", "--data", raw.folder, "--out", tmp_path / "out")
    (line,) = [line for line in ran.stderr.splitlines() if "found the text 'fel'" in line]
    assert line.endswith("The same 29 more times (--json lists them all), the last: cell E36 (Riket, 2021, total).")
    ran = exportregion("run", "--data", raw.folder, "--out", tmp_path / "out", "--json")
    faults = json.loads(ran.stdout)["faults"]
    assert ran.exit_code == 1
    assert len(faults) == 30
    assert faults[0] == {
        "where": f"{GOODS}, sheet Varuexport, cell E7",
        "subject": "Riket, 2016, 0-9",
        "found": "the text 'fel'",
        "expected": "a value in thousand SEK, zero or more",
        "remedy": "Ask the publisher for a corrected file; a figure that is not published is written .. there.",
    }


def test_a_population_of_zero(raw: Raw) -> None:
    raw.edit_text(POPULATION, "2016,58003,", "2016,0,")
    refused(raw, f"{POPULATION}, cell E", "(Gotlands län, 2016): found zero; expected a number of persons, above zero", faults=1)


def test_a_withheld_population(raw: Raw) -> None:
    raw.edit_text(POPULATION, "2016,58003,", "2016,..,")
    refused(raw, "(Gotlands län, 2016): found the text '..'; expected a number of persons", faults=1)


# Rows


def test_a_duplicate_row_names_both_places(raw: Raw) -> None:
    raw.edit_workbook(GOODS, lambda rows: rows.insert(HEADING + 2, list(rows[HEADING + 1])))
    refused(raw, "cell E8 (Riket, 2016, 0-9): found a second row", "first at Varuexport!E7", faults=2)


def test_a_duplicate_county(raw: Raw) -> None:
    raw.edit_text("regions.csv", "25,Norrbottens län\n", "25,Norrbottens län\n25,Norrbottens län\n")
    refused(raw, "regions.csv, row 24: found '25', 'Norrbottens län'; expected a code that matches \\d\\d, and a name, each once", faults=1)


def drop(rows: Rows, *cells: Any) -> None:
    rows[:] = [row for row in rows if not all(cell in row for cell in cells)]


def test_a_missing_county(raw: Raw) -> None:
    raw.edit_workbook(SERVICES, lambda rows: drop(rows, "13"))
    refused(
        raw,
        f"{SERVICES}, sheet Tjänsteexport (Hallands län, 2016): found no row",
        "(audit cells_missing) The same 4 more times (--json lists them all), the last: Hallands län, 2020.",
    )


def test_a_missing_year(raw: Raw) -> None:
    raw.edit_workbook(GOODS, lambda rows: drop(rows, 2018))
    refused(raw, f"{GOODS}, sheet Varuexport (2018): found no row", "audit cells_missing")


def test_a_missing_row(raw: Raw) -> None:
    raw.edit_workbook(GOODS, lambda rows: drop(rows, "13", 2018, "10–49"))
    refused(raw, f"{GOODS}, sheet Varuexport (Hallands län, 2018, 10-49): found no row")


def test_a_population_without_a_county(raw: Raw) -> None:
    lines = raw.path(POPULATION).read_text(encoding="utf-8").splitlines(keepends=True)
    raw.path(POPULATION).write_text("".join(line for line in lines if not line.startswith("13,")), encoding="utf-8")
    raw.record(POPULATION)
    refused(
        raw,
        f"{POPULATION} (Hallands län, 2016): found no row",
        "The same 4 more times (--json lists them all), the last: Hallands län, 2020.",
        "in the regions",
    )


def test_a_cell_without_figure_or_symbol(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        rows[find(rows, "13", 2018, "10–49")][5] = None

    raw.edit_workbook(GOODS, edit)
    refused(
        raw,
        "sheet Varuexport, cell F",
        "(Hallands län, 2018, 10-49): found no exporters: an empty cell",
        "audit cells_without_figure",
        faults=1,
    )


def test_figures_without_a_heading(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        rows[HEADING + 3] = [*rows[HEADING + 3], None, 17]

    raw.edit_workbook(GOODS, edit)
    refused(raw, "cell H9: found the number 17 in a column without a heading", faults=1)


def test_an_empty_total_or_an_excel_error_is_no_figure(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        rows[find(rows, "13", 2018, "Totalt")][4] = None

    raw.edit_workbook(GOODS, edit)
    refused(raw, "(Hallands län, 2018, total): found no exports: an empty cell, an error of Excel", faults=1)


def test_a_fall_to_zero(raw: Raw) -> None:
    """Without total rows nothing but the year before speaks against a zero."""

    def edit(rows: Rows) -> None:
        drop(rows, "Totalt")
        drop(rows, "00")
        rows[find(rows, "25", 2020, "50–249")][4:6] = [0, 0]

    raw.edit_workbook(GOODS, edit)
    refused(raw, "(Norrbottens län, 2020, 50-249): found 0 SEK, after ", "audit yearly_jumps")


def test_a_jump_in_the_number_of_exporters(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        drop(rows, "Totalt")
        drop(rows, "00")
        rows[find(rows, "25", 2020, "0–9")][5] = 9999

    raw.edit_workbook(GOODS, edit)
    refused(raw, "(Norrbottens län, 2020, total): found ", "enterprises, after ", "audit yearly_jumps", faults=1)


def test_a_unit_that_nothing_can_be_held_against(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        rows[find(rows, "00", "Riket")][2:] = [".."] * 6

    raw.edit_workbook(SERVICES, edit)
    refused(raw, "found no figure for any region and year that has a published total", "published_export_totals.csv", faults=1)


@pytest.mark.parametrize(("column", "cell"), [(4, 1e300), (4, 1e25), (4, "1" + "0" * 30), (5, 1e25)])
def test_an_enormous_number(raw: Raw, column: int, cell: Any) -> None:
    spoil(raw, column, cell)
    refused(raw, f"cell {'ABCDEF'[column]}8 (Riket, 2016, 10-49): found the enormous 1", faults=1)


def test_a_heading_with_nothing_below(raw: Raw) -> None:
    def cut(rows: Rows) -> None:
        del rows[HEADING + 1 :]

    raw.edit_workbook(GOODS, cut)
    refused(raw, f"{GOODS}, sheet Varuexport: found no row below the heading in row 6", faults=1)


# Figures that contradict each other or what is known


@pytest.mark.parametrize("unit", ["SEK", "million SEK"])
def test_a_wrong_unit(raw: Raw, unit: str) -> None:
    raw.edit_sources(r'(\[goods_exports.read\].*?)unit = "thousand SEK"', rf'\g<1>unit = "{unit}"')
    refused(
        raw,
        f"{GOODS}, sheet Varuexport (Skåne län, 2020): found ",
        "as published, within a factor of 2",
        "Check the unit in sources.toml",
        faults=5,
    )


def test_a_wrong_unit_of_services(raw: Raw) -> None:
    raw.edit_sources(r'(\[services_exports.read\].*?)unit = "thousand SEK"', r'\g<1>unit = "million SEK"')
    refused(
        raw,
        f"{SERVICES}, sheet Tjänsteexport, cell C26 (Riket, 2016): found 539,880,378,000,000 SEK",
        "audit off_yardstick",
        faults=2,
    )


def test_a_region_a_thousand_times_too_large(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        row = rows[find(rows, "13", 2018, "10–49")]
        row[4] = row[4] + "\u00a0000"

    raw.edit_workbook(GOODS, edit)
    refused(
        raw,
        f"{GOODS}, sheet Varuexport, cell E",
        "(Hallands län, 2018, 10-49)",
        "audit yearly_jumps",
        "audit classes_do_not_add_up",
    )


def test_totals_that_do_not_add_up(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        row = rows[find(rows, "13", 2018, "Totalt")]
        row[4] = int(row[4].replace("\u00a0", "")) + 100

    raw.edit_workbook(GOODS, edit)
    refused(raw, "(Hallands län, 2018, total)", "SEK in the classes", "(Riket, 2018, total)", "SEK in the regions", faults=2)


def test_a_nation_that_the_counties_do_not_add_up_to(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        row = rows[find(rows, "00", "Riket")]
        row[2] = int(row[2].replace("\u2009", "")) - 1_000_000

    raw.edit_workbook(SERVICES, edit)
    refused(
        raw,
        f"{SERVICES}, sheet Tjänsteexport, cell C26 (Riket, 2016)",
        "audit regions_do_not_add_up",
        faults=1,
    )


def test_exporters_without_exports_and_the_reverse(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        rows[find(rows, "13", 2018, "0–9")][4] = "-"
        rows[find(rows, "24", 2018, "0–9")][5] = "-"

    raw.edit_workbook(GOODS, edit)
    refused(
        raw,
        "exporters and no exports; expected exports where there are exporters",
        "SEK and no exporters; expected at least one of the exporters",
    )


def test_all_regions_withheld(raw: Raw) -> None:
    def edit(rows: Rows) -> None:
        for row in rows[HEADING + 1 :]:
            if row[3] == "10–49":
                row[4] = ".."

    raw.edit_workbook(GOODS, edit)
    refused(raw, "found no region that can be ranked: sme_goods_exports_per_capita_growth: withheld", faults=1, stage="rank")


# Awards


def test_an_unknown_key_in_an_award(raw: Raw, award: Callable[..., Path]) -> None:
    path = award(("candidates = 3", "candidate = 3"))
    refused(raw, "unknown key 'candidate'", "Did you mean 'candidates'?", "the key 'candidates'", award=path, faults=2)


def test_weights_that_do_not_add_up(raw: Raw, award: Callable[..., Path]) -> None:
    path = award(('"1/3"', '"1/4"'))
    refused(raw, "found the weights add up to 3/4 (0.75); expected that they add up to 1", award=path, faults=1)


def test_decimal_weights_add_up_exactly(award: Callable[..., Path]) -> None:
    path = award(('"1/3"', "0.1"), ("weight = 0\n", "weight = 0.7\n"))
    text = path.read_text(encoding="utf-8").replace("weight = 0.7\n", "weight = 0\n", 2)
    path.write_text(text, encoding="utf-8")
    assert [one.weight for one in load_award(str(path)).indicators] == [Fraction(1, 10)] * 3 + [0, 0, Fraction(7, 10)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('weight = "1/3"', 'weight = "a third"', 'a weight, a number or a fraction such as "1/3"'),
        ('weight = "1/3"', 'weight = "-1/3"', "expected at least 0"),
        ('direction = "higher"', 'direction = "up"', "'higher' or 'lower'"),
        (
            'normalisation = "min-max"',
            'normalisation = "minmax"',
            "'min-max', 'min-max-100', 'z-score', 'z-score-100', 'percentile-rank', 'rank' or 'none'",
        ),
        ("candidates = 3", "candidates = 0", "expected at least 1"),
        ("candidates = 3", 'candidates = "3"', "expected a whole number"),
        ("base = 2016, final = 2020", "base = 2020, final = 2016", "expected the base year not to come after the final year"),
        ("first = 2016, last = 2020", "first = 2020, last = 2016", "expected the first year not to come after the last"),
        ("base = 2016", "base = 2015", "expected the window 2015–2020 to lie within the years 2016–2020"),
        ('measure = "sme_share_of_goods_exports"', 'measure = "sme_share_of_goods_export"', "Did you mean 'sme_share_of_goods_exports'?"),
        (
            'measure = "sme_share_of_goods_exports"',
            'measure = "sme_goods_exporters_per_100k"',
            "the indicator sme_goods_exporters_per_100k is listed twice",
        ),
        ("[ranking]", "[ranking", "a bracket or quotation mark that is not closed, in '[ranking'"),
        (
            'population = "2026-11-23"',
            "population = 2026-11-23",
            'vintages.population: found 2026-11-23; expected a text. Write it in quotes: "2026-11-23".',
        ),
        ('population = "2026-11-23"', "population = 2026-11-23T07:00:00Z", "found 2026-11-23T07:00:00+00:00; expected"),
        ('population = "2026-11-23"', "population = 07:30:00", "found 07:30:00; expected"),
        ('population = "2026-11-23"', "population = true", "found true; expected"),
        ("robust_share = 0.9", "robust_share = 2026-11-23", "robustness.robust_share: found 2026-11-23; expected"),
        ("candidates = 3", "candidates = " + "[" * 20_000 + "]" * 20_000, "tables or lists nested too deeply"),
        ("candidates = 3", "candidates = " + "{a=" * 5_000 + "1" + "}" * 5_000, "tables or lists nested too deeply"),
        ("candidates = 3", "candidates = " + "9" * 5_000, "a number of too many digits"),
        ("candidates = 3", "candidates = 0x" + "f" * 5_000, "ranking.candidates: found a number that is too large or too small"),
        ("robust_share = 0.9", "robust_share = 1e-99999999999999999999", "a number of too many digits"),
        ("robust_share = 0.9", "robust_share = nan", "robustness.robust_share: found NaN, which is no number"),
        ("robust_share = 0.9", 'robust_share = "1e999"', "robustness.robust_share: found '1e999'"),
        ("robust_share = 0.9", 'robust_share = "0,9"', "found '0,9'; expected a number"),
        ("robust_share = 0.9", 'robust_share = "0,9"', "Write a decimal point: 0.9, without quotes."),
        ("seed = 20211022 ", "seed = 10e400 ", "robustness.seed: found a number that is too large"),
        ("draws = 10000 ", "draws = 10e9 ", "robustness.draws: found 1.0E+10; expected a whole number"),
        (
            "draws = 10000 ",
            "draws = 10_000_000_000 ",
            "robustness.draws: found 10000000000; expected at most 1000000",
        ),
        ('weight = "1/3"', "weight = 1e-9999999999", "indicators.1.weight: found a number that is too large or too small"),
        ('weight = "1/3"', 'weight = "1e99999999"', "indicators.1.weight: found '1e99999999'; expected a weight"),
        ('weight = "1/3"', f'weight = "1/{"9" * 5_000}"', "(5,004 characters); expected a weight"),
        ('weight = "1/3"', 'weight = "0,25"', "Write a decimal point: 0.25, without quotes."),
        ('weight = "1/3"', "weight = 0,25", ", weight: found 0,25 with a decimal comma; expected a number. Write a decimal point: 0.25."),
        ("title = ", f'title = "{"å" * 201}" #', "title: found 201 characters; expected at most 200. Shorten the text."),
        ("title = ", f'title = "{"å" * 33_000}" #', "title: found a text of 33,000 characters; expected at most 10,000"),
        ('reason = "Tre', f'reason = "{"å" * 10_001}" #', "ranking.reason: found a text of 10,001 characters; expected at most 10,000"),
        ('measure = "sme_share', 'name = "=1+1"\nmeasure = "sme_share', "name: found '=1+1'"),
        ("title =", 'name = "other"\ntitle =', "unknown key 'name'"),
    ],
)
def test_an_award_that_contradicts_itself(raw: Raw, award: Callable[..., Path], old: str, new: str, said: str) -> None:
    refused(raw, "trial.toml", said, award=award((old, new)))


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (
            'direction = "higher"',
            'direction = "högre"',
            "indicators.1.direction: found 'högre'; expected 'higher' or 'lower'.",
        ),
        ('weight = "1/3"', 'weight = "högre"', "indicators.1.weight: found 'högre'"),
        ("candidates = 3", 'candidates = "högre"', "ranking.candidates: found 'högre'"),
        ('reason = "Tre', "reason = 3 #", 'ranking.reason: found 3; expected a text, or one in each language: { sv = "…", en = "…" }.'),
        ('reason = "Tre', 'reason = { se = "x" } #', "ranking.reason: found a table; expected a text, or one in each language"),
        ("years = { first = 2016, last = 2020 }", "years = [2016, 2020]", "years: found a list; expected a table. Correct the value."),
        ("title = ", "title = [1] #", "title: found a list; expected a text. Correct the value."),
        (
            "first = 2016, last = 2020",
            "first = 2018, last = 2020",
            "found values that do not go together; expected the window 2016–2020 to lie within the years 2018–2020.",
        ),
    ],
)
def test_a_wrong_value_gives_one_message(raw: Raw, award: Callable[..., Path], old: str, new: str, where: str) -> None:
    path = award()
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    refused(raw, where, award=path, faults=1)


class EveryKind(Closed):
    """A field of each kind that settings have."""

    text: Text = "x"
    short: Annotated[str, Field(min_length=3)] = "abc"
    pattern: RoundName = "x"
    word: Literal["a", "b"] = "a"
    whole: Annotated[int, Field(ge=1, le=5, strict=True)] = 1
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    money: Annotated[Decimal, Field(max_digits=5, decimal_places=2)] = Decimal(1)
    truth: bool = True
    day: Day = datetime.date(2021, 1, 1)
    texts: Annotated[tuple[str, ...], Field(min_length=2, max_length=3)] = ("x", "y")
    table: dict[str, int] | None = None
    words: Words = "x"
    address: WebAddress = "https://example.org"
    weight: Weight = Fraction(1)
    window: Window | None = None


VALUES = (
    *('""', '"x y"', '"högre"', "3", "-1", "2.5", "12345678.125", "true", "2021-01-01", "2021-01-01T10:00:00", "10:00:00"),
    *("[]", "[1]", '["x", "y", "z", "w"]', "{}", "{ a = 1.5 }", "{ a = [] }", "{ base = 2020, final = 2016 }"),
)
WORDS_OF_A_LIBRARY = re.compile(
    r"[Ii]nput|should|valid|validation|error|string|integer|boolean|dictionary|tuple|instance|parse|codec|literal|datetime|\bitems?\b|must"
)


@pytest.mark.parametrize("key", EveryKind.model_fields)
def test_no_fault_of_a_file_is_in_the_words_of_a_library(key: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    count = 0
    for value in VALUES:
        path.write_text(f"{key} = {value}\n", encoding="utf-8")
        try:
            load(EveryKind, path)
        except DataRefused as refused:
            for fault in refused.faults:
                count += 1
                told = fault.found.replace(repr(value.strip('"')), "") + fault.expected + fault.remedy
                assert not WORDS_OF_A_LIBRARY.search(told), f"{key} = {value}: {fault}"
    assert count >= 4


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes('text = "x"\nshort = "Åland"\n'.encode("latin-1"))
    with pytest.raises(DataRefused) as refused:
        load(EveryKind, path)
    expected = f"{path}, line 2: found the byte 0xc5, which is not UTF-8; expected a TOML file in UTF-8. Save the file in UTF-8."
    assert str(refused.value) == expected


def test_a_list_of_wrong_entries_is_not_called_too_short(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("texts = [1, 2]\n", encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        load(EveryKind, path)
    assert [fault.where for fault in refused.value.faults] == [f"{path}, texts.1", f"{path}, texts.2"]


def test_an_award_of_the_other_kind_is_one_fault(tmp_path: Path) -> None:
    regions, companies = tmp_path / "2021.toml", tmp_path / "trial.toml"
    regions.write_bytes((PROJECT / "awards" / "2021.toml").read_bytes())
    companies.write_bytes((PROJECT / "awards" / "exportsucce-2022.toml").read_bytes())
    with pytest.raises(DataRefused) as refused:
        load_companies_award(str(regions), load_method(PROJECT / "microdata.toml"))
    remedy = f"`exportregion run --award {regions}` takes it."
    assert str(refused.value) == f"{regions}: found an award to regions; expected an award to companies. {remedy}"
    with pytest.raises(DataRefused) as refused:
        load_award(str(companies))
    remedy = f"`exportregion companies run --award {companies}` takes it."
    assert str(refused.value) == f"{companies}: found an award to companies; expected an award to regions. {remedy}"


def test_more_scenarios_than_a_run_can_end_with(raw: Raw, award: Callable[..., Path]) -> None:
    path = award()
    one = '\n[[robustness.scenarios]]\nname = "{}"\nreason = "x"\nrelative_errors = {{ population = 0.01 }}\n'
    path.write_text(path.read_text(encoding="utf-8") + "".join(map(one.format, range(1000))), encoding="utf-8")
    refused(raw, "robustness.scenarios: found 1,002 entries; expected at most 50. Leave some out.", award=path, faults=1)


def test_settings_beyond_any_file_of_settings(raw: Raw, award: Callable[..., Path]) -> None:
    path = award()
    path.write_text(f"#{'x' * 5_000_000}\n", encoding="utf-8")
    refused(raw, "found 5 MB; expected at most 5 MB of settings", award=path, faults=1)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "Hallands\u001b[31m län"])
def test_a_region_that_a_spreadsheet_would_run_or_a_terminal_obey(raw: Raw, name: str) -> None:
    raw.edit_text("regions.csv", "Hallands län", name)
    ran = exportregion("validate", "--data", raw.folder)
    assert ran.exit_code == 1
    assert "regions.csv, row 13: found '13', " in ran.stderr
    assert "expected a name without control characters that does not begin with = + - @: a spreadsheet would run it" in ran.stderr


def test_a_window_outside_the_data(raw: Raw, award: Callable[..., Path]) -> None:
    path = award(("last = 2020", "last = 2023"), ("final = 2020", "final = 2023"))
    refused(raw, "(2023): found no figure in this year of the window; expected years 2016–2021", award=path)


def test_a_window_across_two_series(raw: Raw) -> None:
    split_series(raw)
    refused(raw, "found the series head-office in 2016 and production-place in ", "audit growth_across_series")


def split_series(raw: Raw) -> None:
    """Put 2016 of the goods workbook into a file of its own, in another series."""
    name, rows = read_rows(raw.path(GOODS))
    first = [row for row in rows[HEADING + 1 :] if row[2] == 2016]
    later = [row for row in rows if row[2] != 2016]
    write_workbook(raw.path(GOODS), {name: later})
    write_workbook(raw.path("earlier.xlsx"), {name: [*rows[: HEADING + 1], *first]})
    raw.record(GOODS)
    listing = raw.path("sources.toml")
    text = listing.read_text(encoding="utf-8")
    entry = text[text.index("[goods_exports]") : text.index("[services_exports]")]
    earlier = (
        entry.replace("[goods_exports", "[goods_exports_earlier").replace(GOODS, "earlier.xlsx").replace("production-place", "head-office")
    )
    listing.write_text(text + "\n" + earlier.replace("agrees with", ""), encoding="utf-8")
    raw.record("earlier.xlsx")


@pytest.mark.whole
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('series = "head-office"', "the series production-place in 2016 and head-office in 2020"),
        ('threshold = "12 mkr"', "the series production-place in 2016 and production-place; threshold 12 mkr in 2020"),
        ('size_definition = "koncern"', "the series production-place in 2016 and production-place; size definition koncern in 2020"),
    ],
)
def test_a_window_across_a_break_within_one_file(raw: Raw, award: Callable[..., Path], key: str, said: str) -> None:
    described = 'unit = "thousand SEK"\nseries = "production-place"\n'
    raw.edit_sources(described, f"{described}breaks = [{{ since = 2018, {key} }}]\n")
    refused(raw, f"found {said}; expected one series over the window", "audit growth_across_series", faults=1)
    after = award(("first = 2016", "first = 2018"), ("base = 2016", "base = 2018"))
    assert exportregion("validate", "--award", after, "--data", raw.folder).exit_code == 0


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        ("[{ since = 2018 }]", "a break says what is new from its year on"),
        ('[{ since = 2018, threshold = "a" }, { since = 2018, threshold = "b" }]', "breaks stand in the order of their years"),
        ('[{ since = "2018", threshold = "a" }]', "since"),
        ('[{ since = 2018, treshold = "a" }]', "Did you mean 'threshold'?"),
    ],
)
def test_a_break_that_says_nothing_or_too_much(raw: Raw, breaks: str, said: str) -> None:
    raw.edit_sources('unit = "thousand SEK"\n', f'unit = "thousand SEK"\nbreaks = {breaks}\n')
    refused(raw, "goods_exports.read", said)


@pytest.mark.whole
def test_growth_across_two_series_runs_when_the_award_accepts_it(raw: Raw, award: Callable[..., Path]) -> None:
    split_series(raw)
    accepted = '\n[[accepted_exceptions]]\naudit = "growth_across_series"\nreason = "Skillnaden är prövad län för län."\n'
    path = award()
    path.write_text(path.read_text(encoding="utf-8") + accepted, encoding="utf-8")
    ran = exportregion("rank", "--award", path, "--data", raw.folder, "--json")
    assert ran.exit_code == 0, ran.stdout
    assert json.loads(ran.stdout)["candidates"][0]["region_name"] == "Västerbottens län"
    report = report_text(path, raw.folder)
    said = (
        "Tillväxten till 2020 går över två statistikserier, som mäts på olika sätt. Omgången godtar det: Skillnaden är prövad län för län."
    )
    assert report.index(said) < report.index("### "), "the waiver stands with the candidates"
    assert report.count("Skillnaden är prövad län för län.") > 1, "and among the accepted exceptions"


def test_an_accepted_exception_lets_its_row_pass_and_no_other(raw: Raw, award: Callable[..., Path], tmp_path: Path) -> None:
    def edit(rows: Rows) -> None:
        for name in ("13", "24"):
            rows[find(rows, name, 2018, "10–49")][5] = None

    raw.edit_workbook(GOODS, edit)
    path = award()
    accepted = '\n[[accepted_exceptions]]\naudit = "cells_without_figure"\nregion_code = "13"\nreason = "Frågan är ställd till SCB."\n'
    path.write_text(path.read_text(encoding="utf-8") + accepted, encoding="utf-8")
    refused(raw, "(Västerbottens län, 2018, 10-49): found no exporters", award=path, faults=1)
    path.write_text(path.read_text(encoding="utf-8") + accepted.replace('"13"', '"24"'), encoding="utf-8")
    ran = exportregion("validate", "--award", path, "--data", raw.folder)
    assert ran.exit_code == 0
    assert "2 accepted exceptions" in ran.stdout


@pytest.mark.whole
@pytest.mark.parametrize("elsewhere", ["year = 2017", 'size_class = "0-9"', 'region_code = "14"', "audit_year = 2018"])
def test_an_accepted_exception_elsewhere_accepts_nothing_here(raw: Raw, award: Callable[..., Path], elsewhere: str) -> None:
    def edit(rows: Rows) -> None:
        rows[find(rows, "13", 2018, "10–49")][5] = None

    raw.edit_workbook(GOODS, edit)
    path = award()
    accepted = f'\n[[accepted_exceptions]]\naudit = "cells_without_figure"\n{elsewhere}\nreason = "Frågan är ställd till SCB."\n'
    path.write_text(path.read_text(encoding="utf-8") + accepted, encoding="utf-8")
    said = "unknown key 'audit_year'" if "audit_year" in elsewhere else "(Hallands län, 2018, 10-49): found no exporters"
    refused(raw, said, award=path)


def test_weights_a_thousandth_short_do_not_add_up(raw: Raw, award: Callable[..., Path]) -> None:
    refused(raw, "the weights add up to 999/1000 (0.999)", award=award(('"1/3"', "0.333")), faults=1)


def test_an_accepted_exception_that_no_longer_occurs(raw: Raw, award: Callable[..., Path]) -> None:
    path = award()
    accepted = '\n[[accepted_exceptions]]\naudit = "yearly_jumps"\nregion_code = "13"\nreason = "Ett nytt verk."\n'
    path.write_text(path.read_text(encoding="utf-8") + accepted, encoding="utf-8")
    refused(raw, "(yearly_jumps, 13): found an accepted exception that no longer occurs", award=path, faults=1)


def test_an_accepted_exception_to_an_unknown_audit(raw: Raw, award: Callable[..., Path]) -> None:
    path = award()
    accepted = '\n[[accepted_exceptions]]\naudit = "yearly_jump"\nreason = "Ett nytt verk."\n'
    path.write_text(path.read_text(encoding="utf-8") + accepted, encoding="utf-8")
    refused(raw, "found the audit 'yearly_jump'; expected one of", award=path, faults=1)


# sources.toml


@pytest.mark.parametrize(
    ("pattern", "replacement", "said"),
    [
        ('kind = "illustrative"', 'kind = "demo"', "'official' or 'illustrative'"),
        ("publisher = ", "publsher = ", "Did you mean 'publisher'?"),
        (r'file = "regions.csv"', 'file = "../regions.csv"', "file is a path inside the folder of sources.toml"),
        (r'unit = "thousand SEK"\n', "", "found no unit"),
        (r'series = "production-place"\n', "", "found no series"),
        ('exporters = "Antal', 'exporter = "Antal', "found the column 'exporter'"),
        ('year = "År", ', "", "found no column for year"),
        ('exports = "{year}"', 'exports = "{yaer}"', "found the placeholder {yaer}"),
        ('"250–" = "250\\+"', '"250–" = "250-"', "the class '250-' for '250–'"),
        ("header_row = 6", "header_row = 0", "header_row counts from 1"),
        (r"\[regions\]\n", "[regions\n", "found a bracket or quotation mark that is not closed, in '[regions'"),
        (r"\[regions\]\n", '[x]\ntable = "regions"\n[regions]\n', "the key 'file'"),
        ('exports = "\\{year\\}"', 'exports = "{year} {year}"', "{year} twice in the heading"),
        ('"250–" = "250\\+"', '"250–" = "250+", "0–9" = "250+"', "the label '0–9' for the class 250+"),
        ("labels = ", 'regions = { "Riket" = "99" }\nlabels = ', "the region '99' for 'Riket'"),
        ('publisher = "SCB"', 'publisher = ""', "expected a text that is not empty"),
        ("retrieved = 2026-11-23", 'encoding = "x"\nretrieved = 2026-11-23', "unknown key 'encoding'"),
        ('table = "services_exports"', 'table = "goods_exports"', "no entry for the table services_exports"),
    ],
)
def test_a_description_that_cannot_be_followed(raw: Raw, pattern: str, replacement: str, said: str) -> None:
    raw.edit_sources(pattern, replacement)
    refused(raw, "sources.toml", said)


def test_a_folder_without_sources(tmp_path: Path) -> None:
    ran = exportregion("validate", "--data", tmp_path)
    assert ran.exit_code == 1
    assert "Point --data at the folder that holds sources.toml." in ran.stderr


@pytest.mark.parametrize("name", award_names())
def test_the_data_and_awards_of_the_project_pass(name: str) -> None:
    ran = exportregion("validate", "--award", name, "--data", PROJECT / "data" / "raw")
    assert ran.exit_code == 0, ran.stderr
