"""Does each model do what its header says? cases/<schema>.<model>/<a_sentence>/ holds tables to read and expected.csv.

Inputs are named by their table; a column that is left out is empty. Expected figures are worked by hand.
"""

import csv
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline.microdata.build import choices
from pipeline.schemas import schemas
from pipeline.settings import MICRODATA, load_microdata_method
from pipeline.warehouse import models

CASES = Path(__file__).parent / "cases"
MODELS = {table: sql for folder in ("staging", "indicators", "audits", "microdata") for table, sql in models(folder).items()}
SETTINGS = {
    "first_year": 2016,
    "last_year": 2018,
    "base_year": 2016,
    "final_year": 2018,
    "uses_mean_population": False,
    "largest_yearly_factor": 3.0,
    "largest_population_factor": 1.1,
    "largest_published_factor": 2.0,
    "accepts_growth_across_series": False,
}
CHOICES = {"run.settings": pa.Table.from_pylist([SETTINGS]), **choices(load_microdata_method(MICRODATA), [2016, 2018])}
"""The tables that hold choices, as they are where a case says nothing else."""


@functools.cache
def empty_world() -> duckdb.DuckDBPyConnection:
    """A database with every table of the schemas, empty, and those that hold choices."""
    connection = duckdb.connect()
    for name in sorted({"run", *(table.partition(".")[0] for table in schemas())}):
        connection.execute(f"create schema {name}")
    for table, schema in schemas().items():
        columns = {name: column.dtype.type.pyarrow_dtype for name, column in schema.columns.items()}
        put(connection, table, pa.schema(columns).empty_table())
    for table, rows in CHOICES.items():
        put(connection, table, rows)
    return connection


def put(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    connection.register("incoming", rows)
    connection.execute(f"create or replace table {table} as from incoming")
    connection.unregister("incoming")


@contextmanager
def world(tables: dict[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The empty world with the tables given, for as long as the block lasts."""
    connection = empty_world()
    connection.begin()
    try:
        for table, rows in tables.items():
            put(connection, table, rows)
        yield connection
    finally:
        connection.rollback()


def read_case(path: Path) -> pa.Table:
    """A CSV of a case, typed as its table's schema says; empty is unknown."""
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
    if path.stem in CHOICES:
        usual = CHOICES[path.stem]
        given = {name: pa.array([row[name] for row in rows], pa.string()).cast(usual.schema.field(name).type) for name in rows[0]}
        return pa.table({name: given.get(name, usual[name]) for name in usual.column_names})
    columns = {name: column.dtype.type.pyarrow_dtype for name, column in schemas()[path.stem].columns.items()}
    assert set(rows[0]) <= set(columns), path
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()).cast(kind) for name, kind in columns.items()})


@pytest.mark.parametrize(
    "case", sorted(path for path in CASES.glob("*/*") if path.is_dir()), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_case(case: Path) -> None:
    tables = {path.stem: read_case(path) for path in case.glob("*.csv") if path.stem != "expected"}
    with (case / "expected.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        expected = [tuple(value or None for value in row.values()) for row in reader]
        columns = reader.fieldnames or []
    with world(tables) as connection:
        found = connection.execute(f"select {', '.join(columns)} from ({MODELS[case.parent.name]}\n) order by all").fetchall()
    compare(found, expected)


def compare(found: list[tuple[Any, ...]], expected: list[tuple[str | None, ...]]) -> None:
    """What a model gives against what a case expects, in the order of the texts."""
    assert len(found) == len(expected), found
    for row, wanted in zip(found, sorted(expected, key=lambda row: [value or "~" for value in row]), strict=True):
        assert len(row) == len(wanted)
        for value, text in zip(row, wanted, strict=True):
            if isinstance(value, float) and text is not None:
                assert value == pytest.approx(float(text), rel=1e-12), (row, wanted)
            else:
                assert (None if value is None else str(value)) == text, (row, wanted)


def test_every_model_has_a_case() -> None:
    assert {path.name for path in CASES.iterdir()} == set(MODELS)


@pytest.mark.parametrize("table", sorted(MODELS))
def test_every_model_binds_in_an_empty_world_and_gives_the_declared_columns(table: str) -> None:
    with world({}) as connection:
        result = connection.sql(MODELS[table]).to_arrow_table()
    if table.startswith("audits."):
        assert result.schema.names[:6] == ["about", "region_code", "year", "size_class", "found", "expected"]
        assert result.schema.names[6:] in ([], ["measure"])
        # Nothing to compare with, or a window without data, is a finding, not silence.
        assert len(result) == {"audits.exports_off_published": 2}.get(table, 0)
    else:
        declared = {name: column.dtype.type.pyarrow_dtype for name, column in schemas()[table].columns.items()}
        assert {field.name: field.type for field in result.schema} == declared
        assert len(result) == 0
