"""One cell at a time: figures and symbols, spaces of every kind, names of regions and size classes."""

from decimal import Decimal
from typing import Any

import pytest

from pipeline.award import load_award
from pipeline.ingest.cells import Regions, Unreadable, class_of, figure

COUNTIES = load_award("2021").catalogue.geography
NAMES = {"00": "Riket", "13": "Hallands län", "14": "Västra Götalands län", "10": "Blekinge län"}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("..", (None, "withheld")),
        (".", (None, "missing")),
        ("", (None, "missing")),
        (None, (None, "missing")),
        ("-", (Decimal(0), "nil")),
        ("–", (Decimal(0), "nil")),
        ("−", (Decimal(0), "nil")),
        (" .. ", (None, "withheld")),
        (0, (Decimal(0), "ok")),
        ("0", (Decimal(0), "ok")),
        (12.5, (Decimal("12.5"), "ok")),
        (0.000275110530123, (Decimal("0.00027511"), "ok")),
        (898531.8901234567, (Decimal("898531.89012346"), "ok")),
        (0.1 + 0.2, (Decimal("0.3"), "ok")),
        ("1 234 567", (Decimal(1234567), "ok")),
        ("1\u00a0234", (Decimal(1234), "ok")),
        ("1\u2007234", (Decimal(1234), "ok")),
        ("1\u2009234", (Decimal(1234), "ok")),
        ("1\u202f234,5", (Decimal("1234.5"), "ok")),
        ("1234", (Decimal(1234), "ok")),
    ],
)
def test_a_figure_or_symbol(cell: object, expected: tuple[Decimal | None, str]) -> None:
    assert figure(cell, "a value", ",") == expected


@pytest.mark.parametrize("digits", ["0", "007", "1234", "999999999999999", "1000000000000000", "9" * 40, "٣", "²"])
@pytest.mark.parametrize("asked", [{}, {"whole": True}, {"positive": True}, {"below": Decimal(1000)}, {"thousands": ","}])
def test_digits_alone_are_read_as_with_a_space_beside_them(digits: str, asked: dict[str, Any]) -> None:
    def read(cell: str) -> str:
        try:
            return repr(figure(cell, "a value", ".", **asked))
        except Unreadable as fault:
            return repr(fault).replace(repr(cell), "the cell")

    assert read(digits) == read(f" {digits}")


@pytest.mark.parametrize(
    "cell", ["1  234", "1 23", "12 3456", "1,2,3", "1.234,5", "1e6", "1 234*", "5 %", "nan", float("nan"), float("inf"), False]
)
def test_what_is_no_figure(cell: object) -> None:
    with pytest.raises(Unreadable):
        figure(cell, "a value", ",")


def test_a_decimal_point_where_the_file_is_said_to_have_it() -> None:
    assert figure("1234.5", "a value", ".") == (Decimal("1234.5"), "ok")


@pytest.mark.parametrize("name", ["Hallands län", "Halland", "hallands LÄN", "Region Halland", " Hallands  län ", "Hallands la\u0308n"])
def test_a_region_by_its_names(name: str) -> None:
    assert Regions(NAMES, {}, COUNTIES).by_name(name) == "13"


@pytest.mark.parametrize(("cell", "code"), [("14", "14"), ("14 Västra Götalands län", "14"), ("Västra Götaland", "14"), ("Sverige", "00")])
def test_a_region_by_code_name_or_both(cell: str, code: str) -> None:
    assert Regions(NAMES, {"Sverige": "00"}, COUNTIES).by_either(cell) == code


@pytest.mark.parametrize("cell", ["14 Hallands län", "99", "99 Okänt län", 14.0, None, "Okänt län"])
def test_what_is_no_region(cell: object) -> None:
    with pytest.raises(Unreadable):
        Regions(NAMES, {}, COUNTIES).by_either(cell)


@pytest.mark.parametrize("label", ["10-49", "10–49", "10 – 49", "10−49"])
def test_a_size_class_with_any_dash(label: str) -> None:
    assert class_of(label, "size_class", {"10-49": "10-49"}) == "10-49"
