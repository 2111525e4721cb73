"""The only access to DuckDB. Every table that is written must fit its schema."""

import functools
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline import checks, schemas, vocabulary
from pipeline.award import Award
from pipeline.faults import DataRefused, Fault, refusal, refuse
from pipeline.home import PROJECT
from pipeline.models import engine, in_order, models, references

Indicators = dict[str, dict[str, dict[str, Any]]]
"""By indicator and region, its row: base_year, final_year, base, final, indicator_value and status."""
MOST_BROKEN = 1_000
"""The most broken rows that are reported of a condition."""
SQL = PROJECT / "sql"
DATABASE = "exportregion.duckdb"
GIVE_BACK = "reset memory_limit"
"""Makes DuckDB give back the memory that it keeps, as it does when its limit is set; here the limit is its own, and stays that."""
_numbers = itertools.count(1)


class Warehouse:
    """The tables of one run, in memory. Close it, or use it in a with block.

    run.* holds the award's choices that SQL needs, catalogue.* the vocabulary.
    """

    def __init__(self, award: Award) -> None:
        self.award = award
        self.schemas = schemas.round_schemas(award.catalogue, award.statistics, award.meanings, award.ranking_columns)
        self._name = f"warehouse_{next(_numbers)}"
        self._choices = vocabulary.run_tables(award)
        self._made = {"run", "catalogue"}

    @functools.cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """Begun when it is first needed: data that are refused as they are read need none."""
        connection = engine().cursor()
        connection.execute(f"set enable_progress_bar = false; attach ':memory:' as {self._name}; use {self._name}")
        connection.execute("".join(f"create schema {schema};" for schema in sorted(self._made)))
        # DuckDB finds what is called incoming among the names of this function.
        for table, incoming in {**vocabulary.catalogue_tables(self.award.catalogue), **self._choices}.items():  # noqa: B007
            connection.execute(f"create table {table} as from incoming")
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if "_connection" in vars(self):
            self._connection.close()
            engine().execute(f"detach {self._name}")

    def read(self, table: str) -> list[dict[str, Any]]:
        """A table's rows in the order of its grain, None for unknown."""
        return self.query(f"select * from {table}")

    def names(self) -> dict[str, str]:
        """The names of the regions, the whole among them, by code."""
        return {row["region_code"]: row["region_name"] for row in self.read("staging.regions")}

    def figures(self, codes: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The rows of staging.figures of the regions with some codes and of the whole; without codes, those of each quantity and year of
        which something is unknown: with them it adds up."""
        if codes is None:
            unknown = "select statistic, quantity, year from staging.figures where amount is null"
            return self.query(f"select * from staging.figures where (statistic, quantity, year) in ({unknown})")
        own = ", ".join(_quoted(code) for code in (*codes, self.award.catalogue.geography.whole or ""))
        return self.query(f"select * from staging.figures where region_code in ({own})")

    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, None for unknown."""
        result = self._connection.execute(sql)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def write(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Check rows against their table's schema, and store them.

        Raises DataRefused with every row that breaks the schema, and every key that is not in it.
        """
        schema = self.schemas[table]
        self._store(table, schemas.arrow(schema, rows))
        faults = list(self._broken_rows(table, schema))
        if faults:
            self._connection.execute(f"drop table {table}")
            raise DataRefused(faults)

    def build(self, folder: str) -> None:
        """Build every model of sql/<folder>, each after those it reads, and check each inside DuckDB by its schema.

        Rows are stored in the order of the grain, so that outputs are the same from run to run. Files of indicators that the award
        does not take are left out.
        """
        for table, sql in in_order(_models(folder, self.award)):
            self._create(table, sql)

    def build_statistics(self) -> None:
        """Build staging.<statistic> of each statistic from staging.figures; no audit reads these, and they are checked as the models."""
        for statistic in self.award.statistics:
            self._create(f"staging.{statistic}", vocabulary.statistic_table(self.award.catalogue, statistic))

    def _create(self, table: str, sql: str) -> None:
        schema = self.schemas[table]
        grain = ", ".join(schema.grain)
        self._schema_of(table)
        with _sql_fault(table):
            self._connection.execute(f"create or replace table {table} as select * from ({sql}\n) order by {grain}")
        types = {name: kind for name, kind, *_ in self._connection.execute(f"describe {table}").fetchall()}
        faults = [
            Fault(f"{_file(table)}, column {name}", found, expected, "Correct the file: docs/data-dictionary.md says what the table holds.")
            for name, found, expected in checks.columns(schema, types)
        ]
        refuse(faults or list(self._broken_rows(table, schema)))

    def _broken_rows(self, table: str, schema: schemas.Schema) -> Iterator[Fault]:
        """A fault for each row and condition of the schema that it breaks."""
        # Whether there is any is asked first, in the quickest way: a look at the rows, and one at the keys.
        of_rows = " or ".join(f"({condition.broken_where})" for condition in checks.column_conditions(schema))
        looks = [f"where {of_rows or 'false'}", *(f"group by {', '.join(keys)} having count(*) > 1" for keys in checks.grains(schema))]
        is_broken = " or ".join(f"exists (select 1 from {table} {look})" for look in looks)
        if not self._connection.execute(f"select 1 where {is_broken}").fetchall():
            return
        for condition in checks.conditions(schema, table):
            for row in self.query(f"select * from {table} where {condition.broken_where} limit {MOST_BROKEN}"):
                yield _fault(schema, condition.column, row, row.get(condition.column), condition.expected)

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
        """The indicators under another award, or with other rows of staging.figures. Stored tables do not change."""
        with self._under(award, figures):
            return self._indicators(award)

    def values_under(self, award: Award, figures: Sequence[Mapping[str, Any]] | None = None) -> dict[str, npt.NDArray[np.float64]]:
        """Of the same, the values alone: of each indicator, those of the regions in the order of their codes, NaN where unknown."""
        own = [(one.name, f"indicators.{one.name}", one.name) for one in award.indicators if not one.measure]
        parts = [f"select '{name}', region_code, {value} from {table}" for name, table, value in own]
        sql = " union all ".join(["select indicator, region_code, indicator_value from indicators.indicators_by_region", *parts])
        codes = self._connection.execute("select region_code from staging.regions where not is_whole order by region_code").fetchall()
        place = {code: number for number, (code,) in enumerate(codes)}
        values = {one.name: np.full(len(place), np.nan) for one in award.indicators}
        known = f"from ({sql}) join staging.regions using (region_code) where indicator_value is not null and not is_whole"
        lists = "select indicator, list(region_code), list(cast(indicator_value as double))"
        with self._under(award, figures):
            for name, own, amounts in self._connection.execute(f"{lists} {known} group by indicator").fetchall():
                if name in values:
                    values[name][[place[code] for code in own]] = amounts
        return values

    @contextmanager
    def _under(self, award: Award, figures: Sequence[Mapping[str, Any]] | None) -> Iterator[None]:
        """The tables of indicators under another award, or with other rows of staging.figures, as long as the block lasts."""
        self._connection.begin()
        try:
            changed = set()
            for table, rows in vocabulary.run_tables(award).items():
                if not rows.equals(self._choices[table]):
                    self._store(table, rows)
                    changed.add(table)
            models_of_award = _models("indicators", award)
            if figures is not None:
                schema = self.schemas["staging.figures"]
                self._store("staging.figures", schemas.arrow(schema, figures))
                # What of other regions is unknown then does not matter: their figures are not given.
                there = "region_code in (select region_code from staging.figures)"
                self._connection.execute(f"create or replace table staging.regions as from staging.regions where {there}")
                changed |= {"staging.figures", "staging.regions"}
                read = frozenset[str]().union(*map(references, models_of_award.values()))
                for statistic in award.statistics:
                    if f"staging.{statistic}" in read:
                        sql = vocabulary.statistic_table(award.catalogue, statistic)
                        self._connection.execute(f"create or replace table staging.{statistic} as {sql}")
                        changed.add(f"staging.{statistic}")
            for table, sql in in_order(models_of_award):
                # Beside growth, trends are for the report alone.
                is_wanted = table != "indicators.trend_by_window" or any(indicator.estimator for indicator in award.indicators)
                if is_wanted and references(sql) & changed:
                    changed.add(table)
                    self._connection.execute(f"create or replace table {table} as {sql}")
            yield
        finally:
            self._connection.rollback()

    def audit(self, name: str) -> list[dict[str, Any]]:
        """The rows that sql/audits/<name>.sql finds, in a stable order, None for unknown."""
        table = f"audits.{name}"
        with _sql_fault(table):
            return self.query(f"select * from ({models('audits')[table]}\n) order by all")

    def tables(self) -> list[str]:
        """Names of all tables of the run's results, as <schema>.<table>."""
        own = "table_catalog = current_database() and table_schema not in ('run', 'catalogue')"
        listing = f"select table_schema, table_name from information_schema.tables where {own} order by all"
        return [f"{schema}.{table}" for schema, table in self._connection.execute(listing).fetchall()]

    def load_staging(self, folder: Path) -> None:
        """Read staging.* back from the results of an earlier run, and its standard errors, if any. Raises DataRefused when staging.* is
        missing."""
        for table in self.schemas:
            if table.startswith("staging."):
                path = folder / "staging" / f"{table.partition('.')[2]}.parquet"
                try:
                    rows = self.query(f"from {_quoted(path)}")
                except duckdb.Error:
                    found = "a damaged file" if path.exists() else "no such file"
                    raise refusal(str(path), found, "the results of a run", "Name a folder that `exportregion run` has made.") from None
                self.write(table, rows)
        errors = folder / "ingested" / "standard_errors.parquet"
        if errors.exists():
            self.write("ingested.standard_errors", self.query(f"from {_quoted(errors)}"))

    def save(self, folder: Path) -> None:
        """Write every table as <schema>/<table>.parquet and .csv, those of the ranking as <table>.csv, and all into exportregion.duckdb.

        run.* and catalogue.* are left out: run.json has all settings. Other threads may read tables meanwhile.
        Raises OSError when the folder cannot be written.
        """
        tables, saved = self.tables(), f"saved_{self._name}"
        with self._connection.cursor() as connection:
            try:
                connection.execute(f"use {self._name}; attach {_quoted(folder / DATABASE)} as {saved} (block_size 16384)")
                for table in tables:
                    schema, name = table.split(".")
                    connection.execute(f"create schema if not exists {saved}.{schema}")
                    connection.execute(f"create table {saved}.{table} as from {table}")
                    (folder / schema).mkdir(exist_ok=True)
                    parquet = _quoted(folder / schema / f"{name}.parquet")
                    csv = _quoted(folder / ("" if schema == "ranking" else schema) / f"{name}.csv")
                    connection.execute(f"copy {table} to {parquet} (format parquet, compression zstd)")
                    connection.execute(f"copy {table} to {csv} (format csv, header)")
                connection.execute(f"detach {saved}; {GIVE_BACK}")
            except duckdb.Error as error:
                # Only a problem with the disk can stop a copy of tables that exist.
                with suppress(duckdb.Error):
                    connection.execute(f"detach database if exists {saved}")
                raise OSError(str(error).splitlines()[0].partition(": ")[2]) from None

    def give_back(self) -> None:
        """Give the memory back that DuckDB keeps for queries to come."""
        self._connection.execute(GIVE_BACK)

    def _store(self, table: str, incoming: pa.Table) -> None:
        self._schema_of(table)
        # DuckDB finds what is called incoming among the names of this function.
        self._connection.execute(f"create or replace table {table} as from incoming")

    def _schema_of(self, table: str) -> None:
        schema = table.partition(".")[0]
        if schema not in self._made:
            self._connection.execute(f"create schema if not exists {schema}")
            self._made.add(schema)


class Tables(Mapping[str, list[dict[str, Any]]]):
    """The rows of each table of a warehouse by its name, read when they are first asked for."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._rows: dict[str, list[dict[str, Any]] | None] = dict.fromkeys(warehouse.tables())

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        rows = self._rows[table]
        if rows is None:
            rows = self._rows[table] = self._warehouse.read(table)
        return rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def same_tables(first: Path, second: Path) -> bool:
    """Whether two DuckDB files hold the same tables: columns, types and rows in their order. Raises OSError when one cannot be read."""
    with duckdb.connect() as connection:

        def tables(path: Path) -> dict[str, pa.Table]:
            connection.execute(f"attach {_quoted(path)} as stored (read_only)")
            listing = "select table_schema, table_name from information_schema.tables where table_catalog = 'stored' order by all"
            names = [f"{schema}.{name}" for schema, name in connection.execute(listing).fetchall()]
            content = {name: connection.sql(f"from stored.{name}").to_arrow_table() for name in names}
            connection.execute("detach stored")
            return content

        try:
            one, two = tables(first), tables(second)
        except duckdb.Error as error:
            raise OSError(str(error).splitlines()[0]) from None
        return one.keys() == two.keys() and all(one[name].equals(two[name]) for name in one)


@contextmanager
def _sql_fault(table: str) -> Iterator[None]:
    """Refuse a file of SQL that DuckDB cannot run."""
    try:
        yield
    except duckdb.Error as error:
        found = f"a statement that DuckDB does not run ({str(error).splitlines()[0]})"
        raise refusal(_file(table), found, "one select", "Correct the file.") from None


def _file(table: str) -> str:
    return f"sql/{table.replace('.', '/')}.sql"


def _models(folder: str, award: Award) -> dict[str, str]:
    """The models of sql/<folder> without the files of indicators that an award does not take."""
    tables = schemas.schemas().keys() | {f"indicators.{indicator.name}" for indicator in award.indicators}
    return {table: sql for table, sql in models(folder).items() if table in tables}


def _fault(schema: schemas.Schema, column: str, row: Mapping[str, Any], found: Any, expected: str) -> Fault:
    return Fault(
        where=f"table {schema.name}, column {column}",
        subject=", ".join(str(row[key]) for key in schema.grain if key in row),
        found=json.dumps(found, default=str, ensure_ascii=False),
        expected=expected,
        remedy=schemas.DICTIONARY,
    )


def _quoted(path: Path | str) -> str:
    return "'" + str(path).replace("'", "''") + "'"
