"""Statistical tables as cubes: the same cells from JSON-stat 2 in each of its forms and from PX, and symbols that stay apart."""

import itertools
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cubes import Cube, read_jsonstat, read_px
from pipeline.faults import DataRefused

DATASET: dict[str, Any] = {
    "version": "2.0",
    "class": "dataset",
    "label": "Folkmängd",
    "source": "SCB",
    "updated": "2025-02-21T07:00:00Z",
    "note": ["En not."],
    "id": ["Region", "ContentsCode", "Tid"],
    "size": [2, 1, 3],
    "role": {"metric": ["ContentsCode"]},
    "dimension": {
        "Region": {"label": "region", "category": {"index": {"25": 1, "13": 0}, "label": {"13": "Halland", "25": "Norrbotten"}}},
        "ContentsCode": {"label": "innehåll", "category": {"label": {"P": "Folkmängd"}, "unit": {"P": {"base": "antal"}}}},
        "Tid": {"label": "år", "category": {"index": ["2001", "2002", "2003"]}},
    },
    "value": [1, None, 3, None, None, 6.5],
    "status": {"1": "..", "3": "-", "4": ".", "5": "p"},
}
PX = """CHARSET="ANSI";
AXIS-VERSION="2010";
CODEPAGE="utf-8";
LANGUAGE="sv";
TITLE="Folk"
"mängd";
TITLE[en]="Population; with a semicolon";
CONTVARIABLE="ContentsCode";
UNITS="antal";
LAST-UPDATED="20250221 08:00";
SOURCE="SCB";
NOTE="En not.";
STUB="Region","ContentsCode";
HEADING="Tid";
VALUES("Region")="Halland","Norrbotten";
CODES("Region")="13","25";
VALUES("ContentsCode")="Folkmängd";
CODES("ContentsCode")="P";
VALUES("Tid")="2001","2002",
"2003";
TIMEVAL("Tid")=TLIST(A1,"2001"-"2003");
DATA=
1 ".." 3
"-" "." 6.5;
"""


def jsonstat(**changes: Any) -> Cube:
    return read_jsonstat(json.dumps(DATASET | changes).encode(), "table.json")


def px(old: str = "", new: str = "") -> Cube:
    assert old in PX
    return read_px(PX.replace(old, new).encode(), "table.px")


def cells(cube: Cube) -> list[tuple[Any, ...]]:
    """A row a cell: each variable's code, the value, and the symbol; the last variable changes fastest."""
    places = itertools.product(*cube.codes.values())
    return [
        (*codes, value, cube.symbols.get(number)) for number, (codes, value) in enumerate(zip(places, cube.values.to_pylist(), strict=True))
    ]


BY_HAND = [
    ("13", "P", "2001", 1, None),
    ("13", "P", "2002", None, ".."),
    ("13", "P", "2003", 3, None),
    ("25", "P", "2001", None, "-"),
    ("25", "P", "2002", None, "."),
    ("25", "P", "2003", 6.5, "p"),
]
"""The cells of DATASET: the regions in the order of their index, a symbol in place of a figure or beside it."""


def test_a_cell_a_row_with_its_codes_value_and_status() -> None:
    assert cells(jsonstat()) == BY_HAND
    assert cells(px()) == [(*row[:4], None if row[4] == "p" else row[4]) for row in BY_HAND]


@pytest.mark.parametrize(
    "changes",
    [
        {"value": {"0": 1, "2": 3, "5": 6.5}},
        {"status": [None, "..", None, "-", ".", "p"]},
        {"status": {"1": "..", "3": "-", "4": ".", "5": "p", "0": None}},
    ],
)
def test_the_forms_that_json_stat_allows_mean_the_same(changes: dict[str, Any]) -> None:
    assert cells(jsonstat(**changes)) == BY_HAND


def test_one_status_for_all_cells() -> None:
    assert {row[4] for row in cells(jsonstat(status=".."))} == {".."}


def test_what_the_table_says_of_itself_is_kept() -> None:
    for cube in (jsonstat(), px()):
        assert (cube.title, cube.source, cube.notes, cube.contents) == ("Folkmängd", "SCB", ("En not.",), "ContentsCode")
        assert cube.labels["Region"] == {"13": "Halland", "25": "Norrbotten"}
    assert jsonstat().units == {"P": "antal"}
    assert jsonstat().updated == "2025-02-21T07:00:00Z"
    assert px().updated == "20250221 08:00"


def test_as_a_sheet_a_symbol_stands_where_no_figure_is_and_each_cell_knows_its_number() -> None:
    rows, numbers = jsonstat().rows()
    assert rows == [
        ["Region", "Tid", "P"],
        ["13", "2001", 1],
        ["13", "2002", ".."],
        ["13", "2003", 3],
        ["25", "2001", "-"],
        ["25", "2002", "."],
        ["25", "2003", 6.5],
    ]
    assert [row[2] for row in numbers] == [None, 0, 1, 2, 3, 4, 5]


def test_a_variable_of_one_code_has_a_column_only_where_it_is_described() -> None:
    one = {"id": ["Region", "Tid"], "size": [1, 1], "role": {}, "value": [7], "status": {}}
    dimension = {"Region": {"category": {"index": ["13"]}}, "Tid": {"category": {"index": ["2001"]}}}
    cube = jsonstat(**one, dimension=dimension)
    assert cube.rows()[0] == [["value"], [7]]
    assert cube.rows(("Tid",))[0] == [["Tid", "value"], ["2001", 7]]


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.data())
def test_a_sheet_holds_the_cells_in_their_order(sizes: list[int], data: st.DataObject) -> None:
    count = math.prod(sizes)
    values = data.draw(st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=count, max_size=count))
    names = [f"V{number}" for number in range(len(sizes))]
    document = {
        "version": "2.0",
        "class": "dataset",
        "id": names,
        "size": sizes,
        "dimension": {
            name: {"category": {"index": [f"{name}-{code}" for code in range(size)]}} for name, size in zip(names, sizes, strict=True)
        },
        "value": values,
        "status": {str(number): ".." for number, value in enumerate(values) if value is None},
    }
    cube = read_jsonstat(json.dumps(document).encode(), "x")
    rows, numbers = cube.rows(tuple(names))
    assert rows[0] == [*names, "value"]
    in_order = [(*row[:-2], row[-2] if row[-2] is not None else row[-1]) for row in cells(cube)]
    assert [tuple(row) for row in rows[1:]] == in_order
    assert [row[-1] for row in numbers[1:]] == list(range(count))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('STUB="Region","ContentsCode";', 'STUB="Region","Nothing";', "no VALUES for Nothing"),
        ('STUB="Region","ContentsCode";\n', "", "6 cells; expected 3"),
        ("6.5;", "6.5 7;", "7 cells; expected 6"),
        ("6.5;\n", "6.5", "an incomplete PX file"),
        ("6.5;\n", "", "5 cells; expected 6"),
        ("DATA=", "DATUM=", "an incomplete PX file"),
        ('CODES("Region")="13","25"', 'CODES("Region")="13","13"', "a code twice in Region"),
        ('NOTE="En not."', 'KEYS("Region")=VALUES', "cells by KEYS"),
        ('CODEPAGE="utf-8"', 'CODEPAGE="utf-99"', "bytes that are not utf-99"),
        ('CODEPAGE="utf-8"', 'CODEPAGE="ascii"', "bytes that are not ascii"),
    ],
)
def test_a_px_file_that_contradicts_itself_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(DataRefused) as caught:
        px(old, new)
    assert said in str(caught.value)
    assert "table.px" in str(caught.value)


def test_a_cube_without_end_is_refused_before_it_is_laid_out() -> None:
    dimension = {name: {"category": {"index": [str(number) for number in range(3000)]}} for name in ("A", "B", "C")}
    with pytest.raises(DataRefused, match="27,000,000,000 cells; expected at most 50 and 20,000,000"):
        jsonstat(id=["A", "B", "C"], size=[3000] * 3, dimension=dimension, role={}, value=[])
