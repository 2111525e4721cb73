"""One schema, one validator, in DuckDB; and pandera, which refuses the same rows."""

import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import checks, frames
from pipeline.award import load_award
from pipeline.catalogue import Meaning
from pipeline.declarations import LANGUAGES
from pipeline.faults import DataRefused
from pipeline.microdata import schemas as microdata_schemas
from pipeline.microdata.method import ALLOCATION_BASES
from pipeline.microdata.schemas import NOT_PLACED_BY, PLACED_BY
from pipeline.schemas import CHECKS, LISTS, Column, Schema, arrow, round_schemas
from pipeline.warehouse import Warehouse

AWARD = load_award("2021")
OWN = Meaning("", "level", "index", {"en": "An own indicator"}, {"en": "index"}, {}, False, (), 0.0, 1.0)
SCHEMAS = {
    **round_schemas(AWARD.catalogue, AWARD.statistics, AWARD.meanings | {"own": OWN}),
    **{name: schema for name, schema in microdata_schemas.schemas().items() if name == "microdata.declarations"},
}
TABLES = (
    "staging.figures",
    "staging.regions",
    "staging.population",
    "staging.goods_exports",
    "indicators.growth_by_window",
    "indicators.own",
    "robustness.cell_bounds",
    "robustness.verdicts",
    "report.evidence",
    "microdata.declarations",
)
"""Between them: unknown values, ranges from below and from above, lists, patterns, a column without repeats, grains of one to six columns
of which some may be unknown."""


def values(column: Column) -> st.SearchStrategy[Any]:
    """What a column may hold and what it may not: few values, so that rows repeat, and those at the edge of its checks."""
    kind = column.type
    bounds = [column.checks[key] for key in ("lowest", "above", "highest") if key in column.checks]
    if pa.types.is_string(kind):
        allowed = list(map(str, column.checks.get("one_of", [])))
        return st.sampled_from([None, "", "AB", "ABC", "xAB", "12", "o'clock", *allowed])
    if pa.types.is_boolean(kind):
        return st.sampled_from([None, True, False])
    if pa.types.is_date(kind):
        return st.sampled_from([None, datetime.date(2020, 1, 1)])
    numbers = [number for bound in (bounds or [0]) for number in (bound - 1, bound, bound + 1)]
    if pa.types.is_integer(kind):
        return st.sampled_from([None, *map(int, numbers)])
    if pa.types.is_decimal(kind):
        return st.sampled_from([None, *(Decimal(number) for number in map(int, numbers)), Decimal("-0.01"), Decimal("0.01")])
    return st.sampled_from([None, *map(float, numbers), *(bound + tiny for bound in bounds for tiny in (-1e-9, 1e-9))])


def tables(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    schema = SCHEMAS[name]
    return st.lists(st.fixed_dictionaries({key: values(column) for key, column in schema.columns.items()}), min_size=20, max_size=40)


Broken = tuple[set[tuple[int, str]], set[int]]
"""The rows and columns that a check breaks on, and the rows that break the grain."""


def by_duckdb(connection: duckdb.DuckDBPyConnection, schema: Schema, rows: list[dict[str, Any]]) -> Broken:
    connection.register("incoming", arrow(schema, rows))
    connection.execute("create or replace table t as from incoming")
    conditions = checks.conditions(schema, "t")
    # The grain comes last.
    grain = {conditions.pop().broken_where} if schema.grain else set()
    cells = {(row, condition.column) for condition in conditions for row in broken(connection, condition.broken_where)}
    # Where all keys are unknown, pandera has nothing to show of a repeat; both refuse the keys themselves.
    known = [number for number, row in enumerate(rows) if any(row[key] is not None for key in schema.grain)]
    return cells, {row for where in grain for row in broken(connection, where)} & {*known}


def broken(connection: duckdb.DuckDBPyConnection, where: str) -> list[int]:
    return [row for (row,) in connection.execute(f"select rowid from t where {where}").fetchall()]


@pytest.mark.whole
@pytest.mark.parametrize("table", TABLES)
def test_pandera_and_duckdb_refuse_the_same_rows(table: str) -> None:
    refused: list[Broken] = []

    with duckdb.connect() as connection:

        @settings(deadline=None, max_examples=4, database=None)
        @given(tables(table))
        def both(rows: list[dict[str, Any]]) -> None:
            ours = by_duckdb(connection, SCHEMAS[table], rows)
            assert ours == frames.broken(SCHEMAS[table], arrow(SCHEMAS[table], rows))
            refused.append(ours)

        both()
    assert any(cells for cells, _ in refused), "rows that break a check"


def test_pandera_sees_what_reached_a_table_past_its_conditions() -> None:
    """Rows that SQL changed after they were checked: a code of three digits, and a county twice."""
    names = {"00": "Riket", "01": "Stockholms län", "03": "Uppsala län", "04": "Södermanlands län"}
    with Warehouse(AWARD) as warehouse:
        rows = [{"region_code": code, "region_name": name, "is_whole": code == "00"} for code, name in names.items()]
        warehouse.write("staging.regions", rows)
        frames.check(warehouse)
        warehouse.query("update staging.regions set region_code = '033' where region_code = '03'")
        warehouse.query("update staging.regions set region_code = '01' where region_code = '04'")
        with pytest.raises(DataRefused) as refused:
            frames.check(warehouse)
    assert [(fault.where, fault.found) for fault in refused.value.faults] == [
        ("table staging.regions, column region_code", "'033'"),
        ("table staging.regions, region_code", "01 again"),
        ("table staging.regions, region_code", "01 again"),
    ]


EXAMPLE = {pa.string(): "x", pa.bool_(): True, pa.date32(): datetime.date(2020, 1, 1)}


@pytest.mark.parametrize("table", [table for table in TABLES if SCHEMAS[table].grain])
def test_pandera_and_duckdb_refuse_a_row_twice_in_its_grain(table: str) -> None:
    schema = SCHEMAS[table]
    row: dict[str, Any] = {key: EXAMPLE.get(column.type, 1) for key, column in schema.columns.items()}
    keys = schema.grain
    other = {**row, keys[-1]: 2 if row[keys[-1]] == 1 else "y"}
    rows: list[dict[str, Any]] = [row, other, row, {**row, keys[0]: None}, {**row, keys[0]: None}]
    with duckdb.connect() as connection:
        _, ours = by_duckdb(connection, schema, rows)
    assert ours == frames.broken(schema, arrow(schema, rows))[1]
    assert ours == ({0, 2, 3, 4} if len(keys) > 1 else {0, 2})


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_every_check_of_every_schema_has_its_condition(table: str) -> None:
    """Of microdata's only what DuckDB checks by these conditions; the readers of datasets have conditions of their own."""
    schema = SCHEMAS[table]
    conditions = checks.conditions(schema, table)
    known = sum(not column.nullable for column in schema.columns.values()) + sum(column.unique for column in schema.columns.values())
    reals = sum(pa.types.is_floating(column.type) for column in schema.columns.values())
    asked = sum(len(column.checks) for column in schema.columns.values())
    assert len(conditions) == known + reals + asked + bool(schema.grain)


# What only SQL can make


def built(sql: str, table: str = "staging.regions") -> str:
    """What is said of a table that a query makes."""
    with Warehouse(AWARD) as warehouse, pytest.raises(DataRefused) as refused:
        warehouse._create(table, sql)
    return str(refused.value)


GOOD = "select '01' as region_code, 'A' as region_name, false as is_whole"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (GOOD.replace("false as is_whole", "0 as is_whole"), "sql/staging/regions.sql, column is_whole: found INTEGER; expected BOOLEAN"),
        (GOOD.replace(", false as is_whole", ""), "sql/staging/regions.sql, column is_whole: found no such column; expected BOOLEAN"),
        (f"{GOOD}, 1 as extra", "sql/staging/regions.sql, column extra: found INTEGER; expected no such column"),
        (f"select * from ({GOOD}, 1 as extra) where false", "column extra: found INTEGER; expected no such column"),
        ("select from where", "sql/staging/regions.sql: found a statement that DuckDB does not run (Parser Error"),
        (
            "select * from staging.nowhere",
            "sql/staging/regions.sql: found a statement that DuckDB does not run (Catalog Error: Table with name nowhere does not exist!)",
        ),
        (f"{GOOD} union all {GOOD}", 'table staging.regions, column region_code (01): found "01"; expected each region_code once'),
    ],
)
def test_a_table_of_other_columns_or_none_is_refused_by_its_file(sql: str, said: str) -> None:
    assert said in built(sql)


@pytest.mark.parametrize("value", ["0.0 / 0.0", "1.0 / 0.0", "-1.0 / 0.0"])
def test_a_division_by_zero_is_no_number(value: str) -> None:
    sql = (
        "select 'i' as indicator, '01' as region_code, null::bigint as base_year, 2020::bigint as final_year, null::double as base,"
        f" null::double as final, ({value})::double as indicator_value, 'ok' as status"
    )
    assert "column indicator_value (i, 01)" in built(sql, "indicators.indicators_by_region")
    assert "expected a number" in built(sql, "indicators.indicators_by_region")


def test_the_lists_that_code_has_too_are_those_of_the_tables() -> None:
    assert LISTS["allocation_bases"] == list(ALLOCATION_BASES)
    assert LISTS["languages"] == list(LANGUAGES)
    assert (*PLACED_BY, *NOT_PLACED_BY) == tuple(LISTS["placed_by"])


def test_every_check_that_a_column_may_have_is_compared() -> None:
    assert tuple(frames.OF_PANDERA) == CHECKS


def test_an_unknown_check_is_an_error_of_the_program() -> None:
    schema = Schema("s.t", "", {"x": Column(pa.string(), "", {"length": 2})})
    with pytest.raises(ValueError, match="no SQL for the check length of x"):
        checks.conditions(schema, "s.t")
