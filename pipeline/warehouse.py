"""The only door to DuckDB. Every table that is written passes its schema."""

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pandas as pd
import pandera.pandas as pan
import pyarrow as pa
import sqlglot
from pandera.config import ValidationDepth, config_context
from sqlglot import exp

from pipeline import checks, schemas, vocabulary
from pipeline.award import Award
from pipeline.faults import DataRefused, Fault, refusal, refuse
from pipeline.home import PROJECT, sql_files

Indicators = dict[str, dict[str, dict[str, Any]]]
"""Of each indicator, by region, its row: base_year, final_year, base, final, indicator_value and status."""
MOST_BROKEN = 1_000
"""Broken rows of a condition that are told."""
SQL = PROJECT / "sql"
DATABASE = "exportregion.duckdb"


class Warehouse:
    """The tables of one run, in memory. Close it, or use it in a with block.

    run.* holds the award's choices that SQL needs, catalogue.* the vocabulary.
    """

    def __init__(self, award: Award) -> None:
        self.award = award
        self.schemas = schemas.round_schemas(award.catalogue, award.statistics, award.meanings)
        self._connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        self._choices = vocabulary.run_tables(award)
        for table, rows in {**vocabulary.catalogue_tables(award.catalogue), **self._choices}.items():
            self._store(table, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def read(self, table: str) -> list[dict[str, Any]]:
        """A table's rows in the order of its grain, None for unknown."""
        return self.query(f"select * from {table}")

    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, None for unknown."""
        rows: list[dict[str, Any]] = self._connection.sql(sql).to_arrow_table().to_pylist()
        return rows

    def write(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Check rows against their table's schema, and store them.

        Raises DataRefused with every row that breaks the schema, and every key that it lacks.
        """
        schema = self.schemas[table]
        frame = schemas.frame(schema, rows)
        _check(table, frame, schema)
        self._store(table, pa.Table.from_pandas(frame, preserve_index=False))

    def build(self, folder: str) -> None:
        """Build every model of sql/<folder>, in the order their references ask for, and check each inside DuckDB by its schema.

        Rows are stored in the order of the grain, so that outputs are the same from run to run. Files of indicators that the award
        does not take are left out.
        """
        for table, sql in in_order(_models(folder, self.award)):
            self._create(table, sql)
        if folder == "staging":
            for statistic in self.award.statistics:
                self._create(f"staging.{statistic}", vocabulary.statistic_table(self.award.catalogue, statistic))

    def _create(self, table: str, sql: str) -> None:
        schema = self.schemas[table]
        grain = ", ".join(schema.unique or [])
        self._connection.execute(f"create schema if not exists {table.partition('.')[0]}")
        with _sql_fault(table):
            self._connection.execute(f"create or replace table {table} as select * from ({sql}\n) order by {grain}")
        types = {name: kind for name, kind, *_ in self._connection.execute(f"describe {table}").fetchall()}
        faults = [
            Fault(f"{_file(table)}, column {name}", found, expected, "Correct the file: docs/data-dictionary.md says what the table holds.")
            for name, found, expected in checks.columns(schema, types)
        ]
        faults = faults or [_broken(table, schema, condition, row) for condition, row in self._broken_rows(table, schema)]
        refuse(faults)

    def _broken_rows(self, table: str, schema: pan.DataFrameSchema) -> Iterator[tuple[checks.Condition, dict[str, Any]]]:
        """The rows of a table that break its schema, each with the condition that it breaks."""
        conditions = checks.conditions(schema, table)
        every = " or ".join(f"({condition.broken_where})" for condition in conditions)
        if not self.query(f"select 1 from {table} where {every} limit 1"):
            return
        for condition in conditions:
            for row in self.query(f"select * from {table} where {condition.broken_where} limit {MOST_BROKEN}"):
                yield condition, row

    def indicators(self) -> Indicators:
        """The award's indicators: of each, the rows by region."""
        return self._indicators(self.award)

    def _indicators(self, award: Award) -> Indicators:
        names = {indicator.name for indicator in award.indicators if indicator.measure}
        figures: Indicators = {indicator.name: {} for indicator in award.indicators}
        for row in self.query("select * from indicators.indicators_by_region"):
            if row["indicator"] in names:
                figures[row["indicator"]][row["region_code"]] = row
        for indicator in award.indicators:
            if not indicator.measure:
                window = dict(zip(("base_year", "final_year"), award.window_of(indicator), strict=True))
                for row in self.query(f"select * from indicators.{indicator.name}"):
                    own = {"indicator": indicator.name, "indicator_value": row[indicator.name], "base": None, "final": None}
                    figures[indicator.name][row["region_code"]] = {**window, **row, **own, "base_year": None}
        return figures

    def indicators_under(self, award: Award, figures: Sequence[Mapping[str, Any]] | None = None) -> Indicators:
        """The award's indicators, had its choices or the rows of staging.figures been others. Nothing stored here changes."""
        only_the_window = figures is None and award.model_copy(update={"window": self.award.window}) == self.award
        self._connection.begin()
        try:
            for table, rows in vocabulary.run_tables(award).items():
                if not rows.equals(self._choices[table]):
                    self._store(table, rows)
            models_of_award = _models("indicators", award)
            if figures is not None:
                schema = self.schemas["staging.figures"]
                self._store("staging.figures", pa.Table.from_pandas(schemas.frame(schema, figures), preserve_index=False))
                read = frozenset[str]().union(*map(references, models_of_award.values()))
                for statistic in award.statistics:
                    if f"staging.{statistic}" in read:
                        sql = vocabulary.statistic_table(award.catalogue, statistic)
                        self._connection.execute(f"create or replace table staging.{statistic} as {sql}")
            general = schemas.schemas().keys() - {"indicators.indicators_by_region"}
            for table, sql in in_order(models_of_award):
                if table not in general or not only_the_window:
                    self._connection.execute(f"create or replace table {table} as {sql}")
            return self._indicators(award)
        finally:
            self._connection.rollback()

    def audit(self, name: str) -> list[dict[str, Any]]:
        """The rows that sql/audits/<name>.sql finds, in a stable order, None for unknown."""
        table = f"audits.{name}"
        with _sql_fault(table):
            return self.query(f"select * from ({models('audits')[table]}\n) order by all")

    def tables(self) -> list[str]:
        """Names of all tables of the run's results, as <schema>.<table>."""
        listed = self._connection.execute("select table_schema, table_name from information_schema.tables order by all").fetchall()
        return [f"{schema}.{table}" for schema, table in listed if schema not in ("run", "catalogue")]

    def load_staging(self, folder: Path) -> None:
        """Read staging.* back from the results of an earlier run. Raises DataRefused when they are not there."""
        for table in self.schemas:
            if table.startswith("staging."):
                path = folder / "staging" / f"{table.partition('.')[2]}.parquet"
                try:
                    rows = self.query(f"from {_quoted(path)}")
                except duckdb.Error as error:
                    remedy = "Name a folder that `exportregion run` has made."
                    raise refusal(str(path), str(error).splitlines()[0], "the results of a run", remedy) from None
                self.write(table, rows)

    def save(self, folder: Path) -> None:
        """Write every table as <schema>/<table>.parquet, ranking and candidates as CSV, and all into exportregion.duckdb.

        run.* and catalogue.* stay out of it: run.json has all settings.
        Raises OSError when the folder cannot be written.
        """
        try:
            database = folder / DATABASE
            self._connection.execute(f"attach {_quoted(database)} as saved (block_size 16384)")
            for table in self.tables():
                schema, name = table.split(".")
                self._connection.execute(f"create schema if not exists saved.{schema}")
                self._connection.execute(f"create table saved.{table} as from {table}")
                (folder / schema).mkdir(exist_ok=True)
                path = _quoted(folder / schema / f"{name}.parquet")
                self._connection.execute(f"copy {table} to {path} (format parquet, compression zstd)")
                if schema == "ranking":
                    self._connection.execute(f"copy {table} to {_quoted(folder / f'{name}.csv')} (format csv, header)")
            self._connection.execute("detach saved")
        except duckdb.Error as error:
            # Copying tables that already exist fails for one reason only: the disk.
            raise OSError(str(error).splitlines()[0]) from None

    def _store(self, table: str, arrow: pa.Table) -> None:
        self._connection.execute(f"create schema if not exists {table.partition('.')[0]}")
        self._connection.register("incoming", arrow)
        self._connection.execute(f"create or replace table {table} as from incoming")
        self._connection.unregister("incoming")


def same_tables(first: Path, second: Path) -> bool:
    """Whether two DuckDB files hold the same tables: columns, types and rows in their order. Raises OSError when one cannot be read."""
    with duckdb.connect() as connection:
        tables = []
        try:
            for name, path in (("first", first), ("second", second)):
                connection.execute(f"attach {_quoted(path)} as {name} (read_only)")
                listed = "select table_schema, table_name from information_schema.tables where table_catalog = ? order by all"
                found = connection.execute(listed, [name]).fetchall()
                tables.append(
                    {f"{schema}.{table}": connection.sql(f"from {name}.{schema}.{table}").to_arrow_table() for schema, table in found}
                )
        except duckdb.Error as error:
            raise OSError(str(error).splitlines()[0]) from None
        return tables[0].keys() == tables[1].keys() and all(tables[0][name].equals(tables[1][name]) for name in tables[0])


def models(folder: str) -> dict[str, str]:
    """The SQL text of every model in sql/<folder>, by the table it makes."""
    return {f"{folder}.{path.stem}": path.read_text(encoding="utf-8") for path in sql_files(folder).values()}


@contextmanager
def _sql_fault(table: str) -> Iterator[None]:
    """Refuse a file of SQL that DuckDB cannot run."""
    try:
        yield
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise refusal(_file(table), said, "one select that DuckDB can run", "Correct the file.") from None


def _file(table: str) -> str:
    return f"sql/{table.replace('.', '/')}.sql"


def _models(folder: str, award: Award) -> dict[str, str]:
    """The models of sql/<folder> without the files of indicators that an award does not take."""
    wanted = schemas.schemas().keys() | {f"indicators.{indicator.name}" for indicator in award.indicators}
    return {table: sql for table, sql in models(folder).items() if table in wanted}


@functools.cache
def references(sql: str) -> frozenset[str]:
    """The tables a query reads. A name with a schema is a table; a bare name is a CTE. Of what is no SQL, DuckDB tells the fault."""
    try:
        query = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.ParseError:
        return frozenset()
    return frozenset(f"{table.db}.{table.name}" for table in query.find_all(exp.Table) if table.db)


def in_order(sql_by_table: dict[str, str]) -> list[tuple[str, str]]:
    """Models so that each comes after those it reads; alphabetical where that leaves a choice.

    Raises ValueError when models read each other in a circle.
    """
    waiting = {table: references(sql) & set(sql_by_table) for table, sql in sql_by_table.items()}
    ordered: list[str] = []
    while waiting:
        ready = sorted(table for table, reads in waiting.items() if reads <= set(ordered))
        if not ready:
            raise ValueError(f"models read each other in a circle: {', '.join(sorted(waiting))}")
        ordered += ready
        waiting = {table: reads for table, reads in waiting.items() if table not in ready}
    return [(table, sql_by_table[table]) for table in ordered]


def _check(table: str, frame: pd.DataFrame, schema: pan.DataFrameSchema) -> None:
    try:
        # Whatever the environment says of checks, none is left out.
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(frame, lazy=True)
    except pan.errors.SchemaErrors as error:
        cases: Sequence[dict[str, Any]] = error.failure_cases.to_dict("records")
        raise DataRefused([_schema_fault(table, frame, schema, case) for case in cases]) from None


def _schema_fault(table: str, frame: pd.DataFrame, schema: pan.DataFrameSchema, case: dict[str, Any]) -> Fault:
    row = {}
    if case["index"] is not None and not pd.isna(case["index"]):
        row = {key: frame.iloc[int(case["index"])][key] for key in schema.unique or [] if key in frame}
    return _fault(table, case["column"], row.values(), case["failure_case"], str(case["check"]))


def _broken(table: str, schema: pan.DataFrameSchema, condition: checks.Condition, row: Mapping[str, Any]) -> Fault:
    keys = [row[key] for key in schema.unique or [] if key in row]
    return _fault(table, condition.column, keys, row.get(condition.column), condition.expected)


def _fault(table: str, column: str, keys: Iterable[Any], found: Any, expected: str) -> Fault:
    return Fault(
        where=f"table {table}, column {column}",
        subject=", ".join(str(value) for value in keys),
        found=json.dumps(found, default=str, ensure_ascii=False),
        expected=expected,
        remedy=schemas.DICTIONARY,
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
