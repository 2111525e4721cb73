"""The engines that run the models of sql/microdata: DuckDB on this machine, and Apache Spark on a cluster."""

import concurrent.futures
import contextlib
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyarrow.parquet import FileMetaData

from pipeline.faults import DataRefused, Fault, refusal
from pipeline.microdata import addresses
from pipeline.microdata.datasets import Dataset, bounds, damaged, local, statistics, within
from pipeline.models import references

Progress = Callable[[float], None]
"""Called now and then with the share of a query that is done, 0 to 1."""


class DuckDB:
    """One machine. It spills to a folder when memory is short. Tables are named as in sql/microdata: microdata.<table>."""

    name = "duckdb"

    def __init__(self, spill: Path, memory: str | None = None) -> None:
        config: dict[str, Any] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # The order of rows means nothing here, and DuckDB would need memory to keep it.
            "preserve_insertion_order": "false",
            "temp_directory": str(spill),
        }
        refused = refusal("--memory", repr(memory), "an amount such as 2GB or 2.5GB, in plain digits", "Correct the amount.")
        # DuckDB reads other texts as no limit, or as a share of the memory. Three digits after a point could be thousands.
        if memory is not None and not re.fullmatch(r"(?=.*[1-9])[0-9]+(\.[0-9]{1,2})? ?[KMGT]i?B", memory, re.IGNORECASE):
            raise refused
        try:
            self._connection = duckdb.connect(config=config | ({"memory_limit": memory} if memory else {}))
        except duckdb.Error:
            raise refused from None
        # Each condition of a schema is a query of its own, and would read the footers of all files again.
        self._connection.execute("set parquet_metadata_cache = true")
        for schema in ("microdata", "companies"):
            self._connection.execute(f"create schema {schema}")
        self._datasets: list[Dataset] = []

    def __enter__(self) -> "DuckDB":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def view(self, dataset: Dataset) -> None:
        """Make a table of a dataset's files, with the column file for the name of each row's."""
        self._datasets.append(dataset)
        files = ", ".join("'" + file.replace("'", "''") + "'" for file in dataset.files)
        # Files whose columns differ are read by name, which makes the scan a tenth slower.
        union = "" if dataset.is_uniform else ", union_by_name = true"
        empty = "".join(f", cast(null as {kind}) as {name}" for name, kind in _in_sql(dataset.absent))
        sql = f"create view {dataset.table} as select *, filename as file{empty} from read_parquet([{files}]{union})"
        self._run(lambda: self._connection.execute(sql))

    def load(self, table: str, rows: pa.Table) -> None:
        """Store a small table."""
        self._connection.register("incoming", rows)
        self._connection.execute(f"create or replace table {table} as from incoming")
        self._connection.unregister("incoming")

    def build(self, table: str, sql: str, *, keep: bool, progress: Progress) -> None:
        """Make a table of a model. With keep its rows are stored; without, each query that reads the table computes them again."""
        kind = "table" if keep else "view"
        for dataset in self._datasets:
            if dataset.name == "declarations" and dataset.table in references(sql) and dataset.years:
                sql = year_by_year(sql, dataset.years)
        self._run(lambda: self._connection.execute(f"create or replace {kind} {table} as {sql}"), progress)

    def ask(self, sql: str, progress: Progress = lambda _: None) -> pa.Table:
        """The result of a query."""
        return self._run(lambda: self._connection.sql(sql).to_arrow_table(), progress)

    def count(self, table: str, conditions: Sequence[str], progress: Progress) -> list[int]:
        """How many rows of a table meet each condition. A query each: the statistics of row groups answer most of them."""
        counts = []
        for number, condition in enumerate(conditions):

            def within(share: float, number: int = number) -> None:
                progress((number + share) / len(conditions))

            counts.append(self.ask(f"select count(*) as rows from {table} where {condition}", within)["rows"][0].as_py())
        return counts

    def _run(self, work: Callable[[], Any], progress: Progress = lambda _: None) -> Any:
        """Work in a thread, so that progress is reported and an interruption takes effect at once."""
        outcome: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def answer() -> None:
            try:
                outcome.set_result(work())
            except BaseException as error:
                outcome.set_exception(error)

        thread = threading.Thread(target=answer)
        try:
            thread.start()
            while not outcome.done():
                concurrent.futures.wait([outcome], timeout=0.2)
                progress(max(0.0, self._connection.query_progress()) / 100)
            return outcome.result()
        except duckdb.Error as error:
            raise DataRefused(self._why(error)) from None
        except BaseException:
            # A query that has not begun yet ignores an interruption, so it is repeated.
            while thread.is_alive():
                self._connection.interrupt()
                thread.join(0.05)
            raise

    def _why(self, error: duckdb.Error) -> list[Fault]:
        """The cause of an error. The error's own text could quote a row, so it is used only for memory and disk."""
        if isinstance(error, duckdb.OutOfMemoryException):
            remedy = "Raise --memory, or free disk space."
            return [Fault("memory", "more rows than there is room for", "enough memory and disk", remedy)]
        found = f"an error of the kind {type(error).__name__}"
        unknown = Fault("the engine", found, "a query that runs", "Check the disk and the files. If it happens again, report it.")
        return damaged_files(self._datasets) or [unknown]


def _in_sql(columns: Mapping[str, pa.DataType]) -> list[tuple[str, str]]:
    """Columns of amounts and their types in SQL. What no file has is empty."""
    return [(name, f"decimal({kind.precision}, {kind.scale})") for name, kind in columns.items()]


def year_by_year(sql: str, years: Sequence[int]) -> str:
    """A query as one query for each year, grouped by one key less: a year's enterprises fit the caches, which saves a tenth of the time.
    Not where another table is joined by a key, which would be gathered anew for each year."""
    values, begin, tables = sql.partition("\nfrom ")
    tables, group_by, keys = tables.rpartition("\ngroup by ")
    if " on " in tables or tables.split()[0] != "microdata.declarations":
        return sql
    tables += "\n    and year = " if "\nwhere " in tables else "\nwhere year = "
    keys = group_by + keys.replace(", year", "")
    queries = [re.sub(r"(?<!as )\byear\b", str(year), values) + begin + tables + str(year) + keys for year in years]
    return "\nunion all\n".join(queries)


def damaged_files(datasets: Sequence[Dataset]) -> list[Fault]:
    """A fault for each local file that cannot be read to its end, or holds values that its footer rules out."""
    return [damaged(file) for file, footer in local(datasets).items() if not _is_sound(file, footer)]


def _is_sound(file: str, footer: FileMetaData) -> bool:
    stated = statistics([footer])
    columns = [name for name in stated if bounds(stated, name)]
    # The hashes make DuckDB read what it would otherwise answer from the footer.
    figures = ", ".join(["count(hash(data))", *(f'min("{name}"), max("{name}")' for name in columns)])
    try:
        with duckdb.connect() as connection:
            _, *ends = connection.execute(f"select {figures} from read_parquet(?) as data", [file]).fetchall()[0]
    except duckdb.Error:
        return False
    return all(within(bounds(stated, name), *ends[2 * place : 2 * place + 2]) for place, name in enumerate(columns))


PARTS = "spark.sql.shuffle.partitions"
ROWS_OF_A_PART = 5_000_000


class Spark:
    """A cluster that is running already, with the methods of DuckDB. It runs what reads a dataset: the same SQL, transpiled.

    What that makes has rows by enterprise and no longer by declaration. DuckDB goes on with them on this machine: on a cluster each further
    query would take seconds to begin.
    """

    name = "spark"

    def __init__(self, master: str, spill: Path) -> None:
        # The warning is about pandas data frames, which are not used here.
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            fault = Fault("--engine spark", "no pyspark", "the extra spark", "make setup-spark, or pip install 'exportregion[spark]'.")
            raise DataRefused([fault]) from None
        try:
            with _without_stderr():
                self.session = (
                    SparkSession.builder.master(master)
                    .appName("exportregion microdata build")
                    .config("spark.sql.ansi.enabled", "true")
                    .config("spark.ui.enabled", "false")
                    .config("spark.ui.showConsoleProgress", "false")
                    .config("spark.log.level", "OFF")
                    # The driver plans some dozen queries: code that is compiled in a hurry takes less time than compiling it well.
                    .config("spark.driver.defaultJavaOptions", "-XX:TieredStopAtLevel=1")
                    .getOrCreate()
                )
        except _spark_errors() as error:
            remedy = "Check that Java 17 or newer is installed, and that the master runs and can be reached."
            raise refusal(f"--master {master}", _kind(error), "a Spark master that answers", remedy) from None
        self._datasets: list[Dataset] = []
        self._here = DuckDB(spill)
        self._only_there: set[str] = set()
        self._there: set[str] = set()

    def __enter__(self) -> "Spark":
        return self

    def __exit__(self, *_: object) -> None:
        self._here.__exit__()
        self.session.stop()

    def view(self, dataset: Dataset) -> None:
        from pyspark.sql import functions

        self._datasets.append(dataset)
        self._divide(dataset)
        if dataset.is_local:
            # Else Spark asks the workers for the sizes of so many files.
            self.session.conf.set("spark.sql.sources.parallelPartitionDiscovery.threshold", len(dataset.files))
        reader, columns = self.session.read, _columns(dataset)
        frame = self._try(lambda: (reader.schema(columns) if columns else reader).parquet(*dataset.files), dataset.name)
        frame = frame.withColumn("file", functions.col("_metadata.file_path"))
        for name, kind in _in_sql(dataset.optional):
            frame = frame if name in frame.columns else frame.withColumn(name, functions.lit(None).cast(kind))
        frame.createOrReplaceTempView(_spark_name(dataset.table))
        self._there.add(dataset.table)

    def footers(self, address: str) -> dict[str, FileMetaData | None]:
        """The files below an address, and their footers; None for a file that cannot be read."""
        return dict(self._try(lambda: addresses.footers(self.session.sparkContext, address), address))

    def _divide(self, dataset: Dataset) -> None:
        """Set into how many parts rows are divided, where the cluster does not say it: each of Spark's own 200 fetches from all others."""
        context = self.session.sparkContext
        if dataset.name == "declarations" and PARTS not in dict(context.getConf().getAll()):
            self.session.conf.set(PARTS, max(2 * context.defaultParallelism, dataset.rows // ROWS_OF_A_PART))

    def load(self, table: str, rows: pa.Table) -> None:
        self._here.load(table, rows)
        self._there.discard(table)

    def build(self, table: str, sql: str, *, keep: bool, progress: Progress) -> None:
        if not self._runs_there(sql):
            self._here.build(table, sql, keep=keep, progress=progress)
            return
        frame = self._try(lambda: self.session.sql(spark_sql(sql)), table)
        (frame.persist() if keep else frame).createOrReplaceTempView(_spark_name(table))
        self._there.add(table)
        self._only_there.add(table)
        progress(1)

    def ask(self, sql: str, progress: Progress = lambda _: None) -> pa.Table:
        if not self._runs_there(sql):
            return self._here.ask(sql, progress)
        return self._rows(sql)

    def _runs_there(self, sql: str) -> bool:
        """Whether a query runs on the cluster, because it reads a dataset. The other tables that it reads are brought to where it runs."""
        tables = references(sql)
        if tables & {dataset.table for dataset in self._datasets}:
            for table in sorted(tables - self._there):
                self._there.add(table)
                self.session.createDataFrame(self._here.ask(f"from {table}")).createOrReplaceTempView(_spark_name(table))
            return True
        for table in sorted(tables & self._only_there):
            self._only_there.remove(table)
            self._here.load(table, self._rows(f"from {table}"))
        return False

    def _rows(self, sql: str) -> pa.Table:
        return self._try(lambda: self.session.sql(spark_sql(sql)).toArrow(), "the cluster")

    def count(self, table: str, conditions: Sequence[str], progress: Progress) -> list[int]:
        """How many rows of a table meet each condition, by one look at them: a query takes longer to begin here than to run."""
        progress(0)
        if not conditions:
            return []
        counts = ", ".join(f"count_if({condition}) as condition_{number}" for number, condition in enumerate(conditions))
        return list(self.ask(f"select {counts} from {table}").to_pylist()[0].values())

    def _try(self, work: Callable[[], Any], where: str) -> Any:
        try:
            return work()
        except _spark_errors() as error:
            remedy = "See the application's log in the cluster, which names a file that cannot be read."
            unknown = Fault(where, _kind(error), "work that the cluster can finish", remedy)
            raise DataRefused(damaged_files(self._datasets) or [unknown]) from None


Engine = DuckDB | Spark
"""What a build can run on."""


IN_SPARK = {pa.string(): "string", pa.large_string(): "string", pa.int32(): "int", pa.int64(): "bigint"}


def _columns(dataset: Dataset) -> str:
    """The columns that files have of a schema, in Spark's words, so that it need not begin by looking into them; empty if it must."""
    if not dataset.is_uniform:
        return ""
    kinds = {field.name: field.type for field in dataset.footers[0].schema.to_arrow_schema() if field.name in dataset.schema.columns}
    kinds = {name: kind.value_type if pa.types.is_dictionary(kind) else kind for name, kind in kinds.items()}
    words = {name: IN_SPARK.get(kind, "") for name, kind in kinds.items()} | dict(
        _in_sql({name: kind for name, kind in kinds.items() if pa.types.is_decimal(kind)})
    )
    return ", ".join(f"{name} {word}" for name, word in words.items()) if all(words.values()) else ""


@contextlib.contextmanager
def _without_stderr() -> Iterator[None]:
    """Discard what the driver's Java machine writes to stderr: it greets, and its errors could quote a row."""
    sys.stderr.flush()
    stderr, devnull = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(devnull, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(devnull)


def _spark_errors() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    errors: tuple[type[Exception], ...] = (PySparkException, Py4JError, OSError, RuntimeError)
    return errors


def _kind(error: BaseException) -> str:
    """The kind of an error, without its text, which could quote a row."""
    condition = getattr(error, "getCondition", lambda: None)()
    return f"an error of the kind {condition or type(error).__name__}"


def _spark_name(table: str) -> str:
    return table.replace(".", "_")


def spark_sql(sql: str) -> str:
    """A query of sql/microdata in Spark's dialect. Its tables are temporary views, which have no schema."""
    import sqlglot
    from sqlglot import exp

    def in_spark(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Table) and node.db:
            return exp.to_table(_spark_name(f"{node.db}.{node.name}"), alias=node.alias or None)
        return node

    return sqlglot.parse_one(sql, dialect="duckdb").transform(in_spark).sql(dialect="spark")
