"""Does each model do what its header says? cases/<schema>.<model>/<a_sentence>/ holds tables to read and expected.csv.

Inputs are named by their table. A column that is left out is empty, but for what figures usually are: known, exact, in ones.
An empty cell is unknown; of a column that is never unknown it is the empty text, as the class code of what has no classes.
Expected figures are worked by hand.
"""

import csv
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline import schemas as pipeline_schemas
from pipeline.award import Window, Years, load_award
from pipeline.companies import run as companies
from pipeline.companies.award import load_companies_award
from pipeline.microdata import schemas as microdata_schemas
from pipeline.microdata.build import choices
from pipeline.microdata.method import MICRODATA, load_method
from pipeline.models import models
from pipeline.vocabulary import catalogue_tables, run_tables

CASES = Path(__file__).parent / "cases"
MODELS = {table: sql for folder in ("staging", "indicators", "audits", "microdata", "companies") for table, sql in models(folder).items()}
SCHEMAS = {**pipeline_schemas.schemas(), **microdata_schemas.schemas()}
AWARD = load_award("2021").model_copy(
    update={"years": Years(first=2016, last=2018), "window": Window(base=2016, final=2018, reason="the cases")}
)
METHOD = load_method(MICRODATA)
COMPANIES = load_companies_award("exportsucce-2022", METHOD)
CHOICES = {**catalogue_tables(AWARD.catalogue), **run_tables(AWARD), **choices(METHOD, [2016, 2018]), **companies.choices(COMPANIES)}
"""The tables that hold vocabulary and choices, as they are where a case says nothing else."""
USUAL = {"staging.figures": {"status": "ok", "unit": "1", "noise": "0"}}
AUDITED = ["about", "quantity", "region_code", "year", "class_code", "found", "expected"]


@functools.cache
def empty_world() -> duckdb.DuckDBPyConnection:
    """A database with every table of the schemas, empty, and those that hold vocabulary and choices."""
    connection = duckdb.connect()
    for name in sorted({table.partition(".")[0] for table in (*SCHEMAS, *CHOICES)}):
        connection.execute(f"create schema {name}")
    for table, schema in SCHEMAS.items():
        columns = {name: column.type for name, column in schema.columns.items()}
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
    """A CSV of a case, typed as its table's schema says."""
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, str | None]] = list(csv.DictReader(file))
    if path.stem in CHOICES:
        usual = CHOICES[path.stem]
        assert path.stem.endswith(".settings") or set(rows[0]) == set(usual.column_names), f"{path}: every column of hand-made rows"
        own = {
            name: _array([row[name] for row in rows], usual.schema.field(name).type, unknown=not name.endswith("_code")) for name in rows[0]
        }
        return pa.table({name: own.get(name, usual[name]) for name in usual.column_names})
    columns = SCHEMAS[path.stem].columns
    assert set(rows[0]) <= set(columns), path
    rows = [{**USUAL.get(path.stem, {}), **row} for row in rows]
    return pa.table(
        {
            name: _array([row.get(name) for row in rows], column.type, unknown=column.nullable or name not in rows[0])
            for name, column in columns.items()
        }
    )


def _array(texts: list[str | None], kind: pa.DataType, *, unknown: bool) -> pa.Array:
    """Texts as a column of a type; empty ones are unknown where the column may be."""
    empty = None if unknown or kind != pa.string() else ""
    return pa.array([text or empty for text in texts], pa.string()).cast(kind)


@pytest.mark.parametrize(
    "case", sorted(path for path in CASES.glob("*/*") if path.is_dir()), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_case(case: Path) -> None:
    tables = {path.stem: read_case(path) for path in case.glob("*.csv") if path.stem != "expected"}
    with (case / "expected.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        expected = [tuple(row.values()) for row in reader]
        columns = reader.fieldnames or []
    with world(tables) as connection:
        found = connection.execute(f"select {', '.join(columns)} from ({MODELS[case.parent.name]}\n)").fetchall()
    compare(found, expected)


def compare(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> None:
    """What a model gives against what a case expects, in the order of the texts that tell rows apart; unknown is empty."""
    assert len(found) == len(expected), found
    keys = [place for place in range(len(found[0]) if found else 0) if not any(isinstance(row[place], float | Decimal) for row in found)]
    in_order = sorted(found, key=lambda row: [_text(row[place]) for place in keys])
    for row, wanted in zip(in_order, sorted(expected, key=lambda row: [row[place] for place in keys]), strict=True):
        for value, text in zip(row, wanted, strict=True):
            if isinstance(value, float) and text:
                assert value == pytest.approx(float(text), rel=1e-12), (row, wanted)
            elif isinstance(value, Decimal) and text:
                assert value == Decimal(text), (row, wanted)
            else:
                assert _text(value) == text, (row, wanted)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def test_every_model_has_a_case() -> None:
    assert {path.name for path in CASES.iterdir()} == set(MODELS)


@pytest.mark.parametrize("audit", sorted(table for table in MODELS if table.startswith("audits.")))
def test_every_audit_has_a_row_that_it_reports_and_one_that_it_does_not(audit: str) -> None:
    reported = [len((case / "expected.csv").read_text(encoding="utf-8").splitlines()) - 1 for case in (CASES / audit).iterdir()]
    figures = [len((case / "staging.figures.csv").read_text(encoding="utf-8").splitlines()) - 1 for case in (CASES / audit).iterdir()]
    assert max(reported) > 0
    assert sum(figures) > sum(reported)


@pytest.mark.parametrize("table", sorted(MODELS))
def test_every_model_binds_in_an_empty_world_and_gives_the_declared_columns(table: str) -> None:
    with world({}) as connection:
        result = connection.sql(MODELS[table]).to_arrow_table()
    if table.startswith("audits."):
        assert result.schema.names == AUDITED
        # Nothing to compare with is a finding, not silence: the exports of goods and of services have a yardstick each. Without
        # regions, none is asked for.
        assert len(result) == {"audits.off_yardstick": 2}.get(table, 0)
    else:
        declared = {name: column.type for name, column in SCHEMAS[table].columns.items()}
        assert {field.name: field.type for field in result.schema} == declared
        assert len(result) == 0
