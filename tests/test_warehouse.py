"""The door to DuckDB: what breaks its schema is refused by name, and what is tried is undone."""

from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.faults import DataRefused
from pipeline.schemas import frame
from pipeline.settings import Window, load_award
from pipeline.warehouse import Warehouse

ROW = {"region_code": "13", "year": 2020, "exports_sek": Decimal(5), "status": "ok", "series": "s", "unit_sek": 1000}
TABLE = "staging.services_exports"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"exports_sek": Decimal(-5)}, 'column exports_sek (13, 2020): found "-5.00"; expected greater_than_or_equal_to(0)'),
        ({"status": "hidden"}, 'column status (13, 2020): found "hidden"'),
        ({"region_code": "3"}, "column region_code (3, 2020)"),
        ({"year": None}, "column year"),
        ({"unit_sek": 12}, "column unit_sek (13, 2020)"),
    ],
)
def test_a_row_that_breaks_its_schema_is_refused_by_name(change: dict[str, object], said: str) -> None:
    with Warehouse(load_award("2021")) as warehouse:
        with pytest.raises(DataRefused) as refused:
            warehouse.write(TABLE, frame(TABLE, [ROW | change]))
        assert said in str(refused.value)
        assert TABLE not in warehouse.tables()


def test_a_row_twice_in_its_grain_is_refused() -> None:
    with Warehouse(load_award("2021")) as warehouse, pytest.raises(DataRefused, match="multiple_fields_uniqueness"):
        warehouse.write(TABLE, frame(TABLE, [ROW, ROW]))


def test_a_column_too_many_or_too_few_is_refused() -> None:
    good = frame(TABLE, [ROW])
    with Warehouse(load_award("2021")) as warehouse:
        with pytest.raises(DataRefused, match="column_in_schema"):
            warehouse.write(TABLE, good.assign(extra=1))
        with pytest.raises(DataRefused, match="column_in_dataframe"):
            warehouse.write(TABLE, good.drop(columns="status"))


def test_indicators_under_other_choices_leave_everything_as_it_was(complete: Path) -> None:
    award = load_award("2022")
    with Warehouse(award) as warehouse:
        warehouse.load_staging(complete / "2022")
        warehouse.build("indicators")
        before = {table: warehouse.read(table) for table in warehouse.tables()}
        name = "sme_goods_exports_per_capita_growth"
        other = award.model_copy(update={"window": Window(base=2016, final=2019, reason="a trial")})
        doubled = warehouse.read("staging.population")
        doubled["population"] = doubled["population"] * 2
        assert set(warehouse.indicators_under(other)[name]["final_year"]) == {2019}
        halved = warehouse.indicators_under(award, {"staging.population": doubled})[name].set_index("region_code")["base"]
        own = warehouse.read(f"indicators.{name}").set_index("region_code")["base"]
        assert halved[own.index].tolist() == pytest.approx([level / 2 for level in own])
        assert all(warehouse.read(table).equals(frame) for table, frame in before.items())
