"""The illustrative workbooks are what their script makes, and hold together as such an order would."""

import shutil
import subprocess
import sys
from pathlib import Path

from conftest import GOODS, PROJECT, RAW, SERVICES, read_rows, tree


def test_the_script_makes_the_same_cells_again(tmp_path: Path) -> None:
    shutil.copy(RAW / "population_by_county.csv", tmp_path)
    subprocess.run([sys.executable, str(PROJECT / "data" / "make_illustrative_exports.py"), str(tmp_path)], check=True)
    for file in (GOODS, SERVICES):
        assert read_rows(tmp_path / file) == read_rows(RAW / file)


def test_the_projects_raw_data_are_these_until_others_take_their_place() -> None:
    shipped = tree(PROJECT / "data" / "raw")
    assert GOODS not in shipped or shipped[GOODS] == tree(RAW)[GOODS]
    assert SERVICES not in shipped or shipped[SERVICES] == tree(RAW)[SERVICES]


def figures(text: str) -> int:
    return int("".join(text.split())) if text[0].isdigit() else 0


def test_it_is_laid_out_as_such_an_order_arrives() -> None:
    name, rows = read_rows(RAW / GOODS)
    assert name == "Varuexport"
    assert "ILLUSTRATIVA VÄRDEN" in rows[1][0]
    assert rows[5] == ["Länskod", "Län", "År", "Storleksklass", "Exportvärde, tkr", "Antal exporterande företag"]
    cells = [row[4] for row in rows[6:] if row[1]]
    assert ".." in cells
    assert "-" in cells
    assert any("\u00a0" in cell for cell in cells)
    _, services = read_rows(RAW / SERVICES)
    assert any("\u2009" in str(cell) for row in services for cell in row)
    assert {row[0] for row in rows[6:] if row[1]} >= {"00", "01", "09", "25"}


def test_withheld_cells_cannot_be_told_from_the_margins() -> None:
    """In its row and in its column of the table, a withheld cell has at least one other beside it."""
    _, rows = read_rows(RAW / GOODS)
    withheld = {(row[0], row[2], row[3]) for row in rows[6:] if row[1] and row[4] == ".."}
    assert withheld
    for county, year, size in withheld:
        assert any(other != size and (county, year, other) in withheld for _, _, other in withheld)
        assert any(other != county and (other, year, size) in withheld for other, _, _ in withheld)


def test_counties_add_up_to_the_nation_and_classes_to_the_total() -> None:
    """Summed here from the cells themselves; the two counties with withheld cells enter through their totals."""
    _, rows = read_rows(RAW / GOODS)
    cells = {(row[0], row[2], row[3]): row[4] for row in rows[6:] if row[1]}
    counties = sorted({county for county, _, _ in cells} - {"00"})
    for year in (2016, 2017, 2018, 2019, 2020, 2021):
        assert sum(figures(cells[county, year, "Totalt"]) for county in counties) == figures(cells["00", year, "Totalt"])
        for county in ["00", *counties]:
            parts = [cells[county, year, size] for size in ("0–9", "10–49", "50–249", "250–")]
            if ".." not in parts:
                assert sum(map(figures, parts)) == figures(cells[county, year, "Totalt"])
