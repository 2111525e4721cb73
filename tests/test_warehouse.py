"""The door to DuckDB: what breaks its schema is refused by name, and what is tried is undone."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.award import Window, load_award
from pipeline.faults import DataRefused
from pipeline.warehouse import Warehouse

ROW = {"region_code": "13", "year": 2020, "exports_sek": Decimal(5), "status": "ok", "series": "s", "unit_sek": 1000}
TABLE = "staging.services_exports"


@pytest.mark.whole
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"exports_sek": Decimal(-5)}, 'column exports_sek (13, 2020): found "-5.00"; expected exports_sek of 0 or more'),
        ({"status": "hidden"}, 'column status (13, 2020): found "hidden"'),
        ({"region_code": None}, "column region_code"),
        ({"year": None}, "column year"),
        ({"year": 20}, "column year (13, 20): found 20; expected year of 1900 or more"),
        ({"unit_sek": 0}, "column unit_sek (13, 2020): found 0"),
        ({"exports": Decimal(5)}, "table staging.services_exports: found the column 'exports'; expected one of region_code, year,"),
        ({"year": 2**70}, f"column year: found {2**70}; expected a value of the type int64"),
        ({"year": "i fjol"}, "column year: found 'i fjol'; expected a value of the type int64"),
        ({"exports_sek": Decimal("1e40")}, "column exports_sek: found Decimal('1E+40'); expected a value of the type decimal128(20, 2)"),
        ({"exports_sek": float("inf")}, "column exports_sek: found inf"),
        ({"unit_sek": 1.5}, "column unit_sek: found 1.5; expected a value of the type int64"),
        ({"unit_sek": True}, "column unit_sek: found True; expected a value of the type int64"),
        ({"status": 5}, "column status: found 5; expected a value of the type string"),
    ],
)
def test_a_row_that_breaks_its_schema_is_refused_by_name(change: dict[str, object], said: str) -> None:
    with Warehouse(load_award("2021")) as warehouse:
        with pytest.raises(DataRefused) as refused:
            warehouse.write(TABLE, [ROW | change])
        assert said in str(refused.value)
        assert TABLE not in warehouse.tables()


def test_every_row_that_breaks_its_schema_is_reported_together() -> None:
    rows = [ROW | {"exports_sek": Decimal(-5)}, ROW | {"year": 20}]
    with Warehouse(load_award("2021")) as warehouse, pytest.raises(DataRefused) as refused:
        warehouse.write(TABLE, rows)
    assert sorted(fault.subject for fault in refused.value.faults) == ["13, 20", "13, 2020"]


def test_a_row_twice_in_its_grain_is_refused() -> None:
    with Warehouse(load_award("2021")) as warehouse, pytest.raises(DataRefused, match="expected each region_code, year once"):
        warehouse.write(TABLE, [ROW, ROW])


def test_what_a_row_leaves_out_is_unknown_and_refused_where_it_must_be_known() -> None:
    with Warehouse(load_award("2021")) as warehouse:
        warehouse.write(TABLE, [{key: value for key, value in ROW.items() if key != "series"}])
        assert warehouse.read(TABLE)[0]["series"] is None
        with pytest.raises(DataRefused, match=r"column status \(13, 2020\)"):
            warehouse.write(TABLE, [{key: value for key, value in ROW.items() if key != "status"}])


def test_rows_come_out_as_they_went_in() -> None:
    with Warehouse(load_award("2021")) as warehouse:
        warehouse.write(TABLE, [ROW, {**ROW, "year": 2021, "exports_sek": None, "status": "withheld"}])
        assert warehouse.read(TABLE) == [ROW, {**ROW, "year": 2021, "exports_sek": None, "status": "withheld"}]


def test_what_is_written_is_all_that_there_is() -> None:
    with Warehouse(load_award("2021")) as warehouse:
        warehouse.write(TABLE, [ROW])
        assert warehouse.tables() == [TABLE]


def test_indicators_under_other_choices_leave_everything_as_it_was(complete: Path) -> None:
    award = load_award("2022")
    with Warehouse(award) as warehouse:
        warehouse.load_staging(complete / "2022")
        warehouse.build("indicators")
        before = {table: warehouse.read(table) for table in warehouse.tables()}
        name = "sme_goods_exports_per_capita_growth"
        own = warehouse.indicators()[name]
        other = award.model_copy(update={"window": Window(base=2016, final=2019, reason="a trial")})
        assert {row["final_year"] for row in warehouse.indicators_under(other)[name].values()} == {2019}
        doubled = [
            {**row, "amount": row["amount"] * 2} if row["statistic"] == "population" else row for row in warehouse.read("staging.figures")
        ]
        halved = warehouse.indicators_under(award, doubled)[name]
        expected = {code: row["base"] and row["base"] / 2 for code, row in own.items()}
        assert {code: row["base"] for code, row in halved.items()} == pytest.approx(expected)
        assert {table: warehouse.read(table) for table in warehouse.tables()} == before
