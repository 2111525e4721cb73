"""The only door to DuckDB. Every table that is written passes its schema."""

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pandas as pd
import pandera.pandas as pan
import pyarrow as pa
import sqlglot
from sqlglot import exp

from pipeline import schemas
from pipeline.faults import DataRefused, Fault
from pipeline.settings import PROJECT, Award

SQL = PROJECT / "sql"
DATABASE = "exportregion.duckdb"


class Warehouse:
    """The tables of one run, in memory. Close it, or use it in a with block.

    run.settings, a table of one row, holds the award's choices that SQL needs.
    """

    def __init__(self, award: Award) -> None:
        self._award = award
        self._connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
        self._store("run.settings", pa.Table.from_pylist([_settings(award)]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def read(self, table: str) -> pd.DataFrame:
        """A table as a data frame of Arrow types, in the order of its grain."""
        return self.query(f"select * from {table}")

    def query(self, sql: str) -> pd.DataFrame:
        """The result of a query as a data frame of Arrow types."""
        frame: pd.DataFrame = self._connection.sql(sql).to_arrow_table().to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def write(self, table: str, frame: pd.DataFrame, schema: pan.DataFrameSchema | None = None) -> None:
        """Check a frame against its table's schema, and store it.

        Raises DataRefused with every row that breaks the schema.
        """
        _check(table, frame, schema or schemas.schemas()[table])
        self._store(table, _arrow(frame))

    def build(self, folder: str) -> list[str]:
        """Build every model of sql/<folder>, in the order their references ask for; give the tables' names.

        Rows are stored in the order of the grain, so that outputs are the same from run to run.
        """
        built = []
        for table, sql in in_order(models(folder)):
            schema = schemas.schemas()[table]
            grain = ", ".join(schema.unique or [])
            self.write(table, self.query(f"select * from ({sql}\n) order by {grain}"), schema)
            built.append(table)
        return built

    def indicators_under(self, award: Award, staging: Mapping[str, pd.DataFrame] | None = None) -> dict[str, pd.DataFrame]:
        """The award's indicators by name, had its choices or some staging tables been others. Nothing stored here changes."""
        names = {f"indicators.{indicator.name}": indicator.name for indicator in award.indicators}
        only_the_window = not staging and award.model_copy(update={"window": self._award.window}) == self._award
        self._connection.begin()
        try:
            self._store("run.settings", pa.Table.from_pylist([_settings(award)]))
            for table, frame in (staging or {}).items():
                self._store(table, _arrow(frame))
            found = {}
            for table, sql in in_order(models("indicators")):
                if table in names:
                    found[names[table]] = self.query(sql)
                elif not only_the_window:
                    self._connection.execute(f"create or replace table {table} as {sql}")
            return found
        finally:
            self._connection.rollback()

    def audit(self, name: str) -> list[dict[str, Any]]:
        """The rows that sql/audits/<name>.sql finds, in a stable order, None for unknown."""
        sql = (SQL / "audits" / f"{name}.sql").read_text(encoding="utf-8")
        rows: list[dict[str, Any]] = self._connection.sql(f"select * from ({sql}\n) order by all").to_arrow_table().to_pylist()
        return rows

    def tables(self) -> list[str]:
        """Names of all tables, as <schema>.<table>."""
        found = self._connection.execute("select table_schema, table_name from information_schema.tables order by all").fetchall()
        return [f"{schema}.{table}" for schema, table in found]

    def load_staging(self, folder: Path) -> None:
        """Read staging.* back from the results of an earlier run. Raises DataRefused when they are not there."""
        for table in schemas.schemas():
            if table.startswith("staging."):
                path = folder / "staging" / f"{table.partition('.')[2]}.parquet"
                try:
                    frame = self.query(f"from {_quoted(path)}")
                except duckdb.Error as error:
                    remedy = "Name a folder that `exportregion run` has made."
                    raise DataRefused([Fault(str(path), str(error).splitlines()[0], "the results of a run", remedy)]) from None
                self.write(table, frame)

    def save(self, folder: Path) -> None:
        """Write every table as <schema>/<table>.parquet, ranking and candidates as CSV, and all into exportregion.duckdb.

        run.settings goes into the DuckDB file alone: run.json has all settings.
        Raises OSError when the folder cannot be written.
        """
        try:
            database = folder / DATABASE
            self._connection.execute(f"attach {_quoted(database)} as saved (block_size 16384)")
            for table in self.tables():
                schema, name = table.split(".")
                self._connection.execute(f"create schema if not exists saved.{schema}")
                self._connection.execute(f"create table saved.{table} as from {table}")
                if schema != "run":
                    (folder / schema).mkdir(exist_ok=True)
                    self._connection.execute(
                        f"copy {table} to {_quoted(folder / schema / f'{name}.parquet')} (format parquet, compression zstd)"
                    )
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
    return {f"{folder}.{path.stem}": path.read_text(encoding="utf-8") for path in sorted((SQL / folder).glob("*.sql"))}


@functools.cache
def references(sql: str) -> frozenset[str]:
    """The tables a query reads. A name with a schema is a table; a bare name is a CTE."""
    return frozenset(f"{table.db}.{table.name}" for table in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Table) if table.db)


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


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as plain Python values, None for unknown."""
    rows: list[dict[str, Any]] = _arrow(frame).to_pylist()
    return rows


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def _settings(award: Award) -> dict[str, Any]:
    return {
        "award": award.name,
        "first_year": award.years.first,
        "last_year": award.years.last,
        "base_year": award.window.base,
        "final_year": award.window.final,
        "uses_mean_population": award.ranking.denominator == "mean",
        **award.validation.model_dump(),
        "accepts_growth_across_series": any(accepted.audit == "growth_across_series" for accepted in award.accepted_exceptions),
    }


def _check(table: str, frame: pd.DataFrame, schema: pan.DataFrameSchema) -> None:
    try:
        schema.validate(frame, lazy=True)
    except pan.errors.SchemaErrors as error:
        cases: Sequence[dict[str, Any]] = error.failure_cases.to_dict("records")
        raise DataRefused([_schema_fault(table, frame, schema, case) for case in cases]) from None


def _schema_fault(table: str, frame: pd.DataFrame, schema: pan.DataFrameSchema, case: dict[str, Any]) -> Fault:
    row = {}
    if case["index"] is not None and not pd.isna(case["index"]):
        row = {key: frame.iloc[int(case["index"])][key] for key in schema.unique or [] if key in frame}
    return Fault(
        where=f"table {table}, column {case['column']}",
        subject=", ".join(str(value) for value in row.values()),
        found=json.dumps(case["failure_case"], default=str, ensure_ascii=False),
        expected=str(case["check"]),
        remedy="docs/data-dictionary.md says what the column may hold; follow the row to its raw file.",
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
