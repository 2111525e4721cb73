"""Every published figure of the production-place series comes out of the pipeline, within its rounding step.

tests/reference/published_figures.csv holds the figures and their sources. Left out: the comparison with the head-office
series, which the data do not hold, and the number of firms in export programmes, which is no export figure.
"""

import csv
from pathlib import Path
from typing import Any

import duckdb
import pytest

REFERENCE = Path(__file__).parent / "reference" / "published_figures.csv"

with REFERENCE.open(encoding="utf-8", newline="") as file:
    FIGURES = [row for row in csv.DictReader(file) if row["measure"] != "goods_export_value_vs_head_office_method"]

MEASURES = {
    "sme_goods_export_per_capita_growth": "sme_goods_exports_per_capita",
    "sme_goods_export_per_capita": "sme_goods_exports_per_capita",
    "sme_goods_export_growth": "sme_goods_exports",
    "sme_goods_exporters_per_100k": "sme_goods_exporters_per_100k",
    "goods_export_value": "goods_exports",
    "goods_export_value_rank": "goods_exports",
    "goods_export_value_growth": "goods_exports",
    "goods_export_value_growth_rank": "goods_exports",
    "goods_export_value_growth_chart_position": "goods_exports",
    "goods_export_per_capita": "goods_exports_per_capita",
}
UNITS = {"%": 100, "SEK": 1, "bn SEK": 1e-9, "firms per 100 000 inh.": 1}


def result(complete: Path, period: str) -> duckdb.DuckDBPyConnection:
    """The result of the first award whose years reach the period's end."""
    award = "2022" if "2021" in period else "2021"
    return duckdb.connect(complete / award / "exportregion.duckdb", read_only=True)


def values(complete: Path, row: dict[str, str]) -> dict[str, float]:
    """What the pipeline has for the row's measure and period, by region, in the row's unit."""
    measure = MEASURES[row["measure"]]
    unit = UNITS.get(row["unit"], 1)
    years = [int(year) for year in row["period"].split(" ")[0].split("-")]
    with result(complete, row["period"]) as connection:
        if len(years) == 2:
            found = connection.execute(
                "select region_code, growth_ratio from indicators.growth_by_window where measure = ? and base_year = ? and final_year = ?",
                [measure, *years],
            ).fetchall()
        else:
            found = connection.execute(
                "select region_code, level from indicators.levels_by_year where measure = ? and year = ?", [measure, *years]
            ).fetchall()
    assert len(found) == 22
    return {code: value * unit for code, value in found if value is not None}


def place(of: dict[str, float], code: str, *, with_nation: bool = False) -> int:
    """The region's place by falling value."""
    return 1 + sum(value > of[code] for other, value in of.items() if other != "00" or with_nation)


NUMERIC = [row for row in FIGURES if row["rounding_step"] and row["relation"] in ("=", "≈", "range")]


@pytest.mark.parametrize("row", NUMERIC, ids=lambda row: f"{row['region_code']}-{row['measure']}-{row['period']}")
def test_a_published_number_lies_within_its_rounding_step(complete: Path, row: dict[str, str]) -> None:
    half = float(row["rounding_step"]) / 2
    low, high = row["value"].split("-") if row["relation"] == "range" else (row["value"], row["value"])
    value = values(complete, row)[row["region_code"]]
    assert float(low) - half <= value < float(high) + half


@pytest.mark.parametrize(
    "row", [row for row in FIGURES if row["unit"].startswith("position")], ids=lambda row: f"{row['value']}-{row['region_code']}"
)
def test_growth_has_the_order_of_the_published_chart(complete: Path, row: dict[str, str]) -> None:
    assert place(values(complete, row), row["region_code"], with_nation=True) == int(row["value"])


def of(measure: str, code: str, period: str) -> dict[str, str]:
    rows = [row for row in FIGURES if (row["measure"], row["region_code"], row["period"]) == (measure, code, period)]
    assert rows, "the reference has this figure"
    return rows[0]


def test_norrbotten_has_the_largest_sme_growth_per_inhabitant_and_in_total(complete: Path) -> None:
    row = of("sme_goods_export_growth", "25", "2016-2021")
    assert place(values(complete, row), "25") == 1
    per_capita: dict[str, Any] = {**row, "measure": "sme_goods_export_per_capita_growth"}
    assert place(values(complete, per_capita), "25") == 1
    assert 79.5 <= values(complete, per_capita)["25"] < 80.5


def test_norrbotten_kronoberg_blekinge_and_vastra_gotaland_lead_per_inhabitant(complete: Path) -> None:
    found = values(complete, of("goods_export_per_capita", "25", "2020"))
    assert [place(found, code) for code in ("25", "07", "10", "14")] == [1, 2, 3, 4]


def test_jamtland_and_gotland_have_the_two_lowest_values(complete: Path) -> None:
    found = values(complete, of("goods_export_value_rank", "23", "2020"))
    assert sorted(found, key=lambda code: found[code])[:2] == ["09", "23"]


def test_norrbotten_grew_most_to_2020_and_every_county_grew(complete: Path) -> None:
    found = values(complete, {**of("goods_export_value_growth_rank", "25", "2016-2020"), "unit": "%"})
    assert place(found, "25") == 1
    assert min(value for code, value in found.items() if code != "00") > 0


def test_norrbotten_grew_most_to_2021_and_gotland_and_vastmanland_least(complete: Path) -> None:
    found = values(complete, of("goods_export_value_growth", "25", "2016-2021"))
    assert place(found, "25") == 1
    assert {place(found, "09"), place(found, "19")} == {20, 21}


def test_vasterbotten_jamtland_and_kronoberg_follow_norrbotten(complete: Path) -> None:
    found = values(complete, of("goods_export_value_growth", "24", "2016-2021"))
    assert {place(found, code) for code in ("24", "23", "07")} == {2, 3, 4}


def test_skane_has_many_exporting_smes_and_more_of_them_each_year(complete: Path) -> None:
    of("sme_goods_exporters_per_100k", "12", "2016-2020")
    with result(complete, "2020") as connection:
        levels = connection.execute(
            "select region_code, level from indicators.levels_by_year where measure = 'sme_goods_exporters_per_100k'"
            " and region_code in ('00', '12') order by region_code, year"
        ).fetchall()
    nation, skane = ([level for code, level in levels if code == wanted] for wanted in ("00", "12"))
    assert skane == sorted(skane)
    assert skane[0] < skane[-1]
    assert skane[-1] > nation[-1]


def test_every_figure_of_the_reference_is_tested() -> None:
    qualitative = [row for row in FIGURES if row not in NUMERIC and not row["unit"].startswith("position")]
    assert len(NUMERIC) + len(qualitative) + 15 == len(FIGURES) == 46
    assert {(row["measure"], row["region_code"]) for row in qualitative} == {
        ("sme_goods_exporters_per_100k", "12"),
        ("goods_export_value_rank", "23"),
        ("goods_export_value_rank", "09"),
        ("goods_export_value_growth_rank", "25"),
        ("goods_export_value_growth", "24"),
        ("goods_export_value_growth", "23"),
        ("goods_export_value_growth", "07"),
    }
