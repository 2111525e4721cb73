"""The same text on Apache Spark: a real cluster on loopback, of a master and two workers, one of which is lost in the middle of a job."""

import contextlib
import csv
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from conftest import exportregion, spoken
from py4j.protocol import Py4JError
from pyspark import SparkContext
from spark_cluster import JAVA, Cluster, cluster
from sqlglot import exp
from test_cases import CASES, CHOICES, compare, read_case
from test_microdata import COMPANIONS, METHOD, simulated, spoil

from pipeline.checks import column_conditions
from pipeline.companies import output
from pipeline.companies import run as companies
from pipeline.companies.award import load_companies_award, load_company_evidence
from pipeline.companies.context import Context
from pipeline.faults import DataRefused
from pipeline.microdata import simulate, stories
from pipeline.microdata.build import build
from pipeline.microdata.datasets import IMPORTS, NAMES
from pipeline.microdata.engines import PARTS, DuckDB, Spark, spark_sql
from pipeline.microdata.schemas import schemas
from pipeline.models import models, references

__all__ = ["simulated"]
TEXTS = models("microdata")
RECORDS = {f"microdata.{name}" for name in (*NAMES, IMPORTS)}
THERE = {table: sql for table, sql in {**TEXTS, **models("companies")}.items() if references(sql) & RECORDS}
"""The texts that run on a cluster: those that read records."""


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def cases_hold(spark: Spark) -> int:
    """Every case of the texts of sql/microdata that run on a cluster, as on DuckDB; give their number."""
    cases = [case for case in sorted(CASES.glob("microdata.*/*")) if case.parent.name in THERE]
    for case in cases:
        given = {path.stem: read_case(path) for path in case.glob("*.csv") if path.stem != "expected"}
        for table in references(TEXTS[case.parent.name]):
            empty = {name: column.type for name, column in schemas()[table].columns.items()} if table in schemas() else {}
            rows = given.get(table, CHOICES.get(table, pa.schema(empty).empty_table()))
            spark.session.createDataFrame(rows).createOrReplaceTempView(table.replace(".", "_"))
        with (case / "expected.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            expected = [tuple(row.values()) for row in reader]
        sql = spark_sql(f"select {', '.join(reader.fieldnames or [])} from ({TEXTS[case.parent.name]}\n) as model")
        found = [tuple(row.values()) for row in spark.session.sql(sql).toArrow().to_pylist()]
        compare(sorted(found, key=lambda row: ["~" if value is None else str(value) for value in row]), expected)
    return len(cases)


def companies_are_the_same(spark: Spark, folder: Path) -> None:
    """An award to companies gives the same shortlist, report and extract as on DuckDB, byte by byte."""
    simulate.simulate(folder / "records", 2_000, 3)
    stories.plant(folder / "records", 15, 3)
    for name in (*NAMES, IMPORTS):
        # A file each: tasks take longer to begin than to run.
        files = sorted((folder / "records" / name).glob("*.parquet"))
        pq.write_table(pa.concat_tables([pq.read_table(file) for file in files]), folder / f"{name}.parquet")
    shutil.rmtree(folder / "records")
    (footer,) = spark.footers((folder / "imports.parquet").as_uri()).values()
    assert footer == pq.read_metadata(folder / "imports.parquet")
    assert spark.footers((folder / "imports").as_uri()) == {}
    award = load_companies_award("exportsucce-2022", METHOD)
    with DuckDB(folder / "spill") as duckdb, pytest.MonkeyPatch.context() as patch:
        # That a cluster checks rows, the build shows.
        patch.setattr("pipeline.microdata.build.check_rows", lambda data, engine, _: [engine.view(dataset) for dataset in data])
        here, there = (companies.run(str(folder), award, METHOD, engine) for engine in (duckdb, spark))
    assert len(here.shortlist.chosen) > 20
    assert here.has_imports
    assert any(here.shortlist.warnings["reexported"])
    texts = spoken("sv")
    made, again = (output.files([Context(each, award, load_company_evidence(award), METHOD, texts, {}, {})]) for each in (here, there))
    assert {name for name in made if made[name] != again[name]} == set()


def lose_a_worker(running: Cluster, lost: list[int]) -> None:
    """Wait until a stage of the build has tasks done and tasks to do, and end a worker then."""
    until = time.monotonic() + 240
    while time.monotonic() < until and not lost:
        time.sleep(0.01)
        # A context that is being made or ended answers with an error.
        with contextlib.suppress(AttributeError, Py4JError):
            context = SparkContext._active_spark_context
            tracker = context.statusTracker() if context else None
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()] if tracker else []
            remaining = [info.numTasks - info.numCompletedTasks for info in stages if info and info.numTasks > 3 and info.numCompletedTasks]
            if any(remaining):
                running.kill_worker()
                lost += remaining


@pytest.fixture
def two_years(simulated: Path, tmp_path: Path) -> Path:
    """Two years of the microdata: a cluster's work is mostly starting tasks, one for some files each."""
    for path in simulated.rglob("*.parquet"):
        if path.stem[:4] in ("2017", "2018"):
            copy = tmp_path / "two_years" / path.relative_to(simulated)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return tmp_path / "two_years"


@pytest.mark.usefixtures("java")
def test_a_cluster_gives_the_same_tables_to_the_last_ore_though_a_worker_is_lost_in_the_middle(
    two_years: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with cluster(tmp_path / "cluster") as running, environment(SPARK_CONF_DIR=str(tmp_path / "cluster" / "conf"), SPARK_LAUNCHER_OPTS=JAVA):
        # The build gets the session that the cases leave: its executors need not start again.
        with Spark(running.master, tmp_path / "spill") as spark:
            assert cases_hold(spark) > 4
            (tmp_path / "companies").mkdir()
            companies_are_the_same(spark, tmp_path / "companies")
            shutil.copytree(two_years, tmp_path / "damaged")
            spoil(tmp_path / "damaged" / "declarations" / "2018-03.parquet", "page")
            with pytest.raises(DataRefused, match=r"2018-03\.parquet: found a damaged file"):
                build(str(tmp_path / "damaged"), METHOD, spark)
            lost: list[int] = []
            loser = threading.Thread(target=lose_a_worker, args=(running, lost))
            loser.start()
            options: list[str | Path] = ["--out", tmp_path / "table.csv", "--engine", "spark", "--master", running.master]
            # At an address, which the driver alone reads: the mark of made-up records is in the footers.
            ran = exportregion("microdata", "build", "--in", two_years.as_uri(), *options)
            assert (ran.exit_code, ran.stderr) == (0, "")
        loser.join()
        assert lost, "no worker was lost in the middle"
        assert len(running.workers) == 1
    assert exportregion("microdata", "build", "--in", two_years, "--out", tmp_path / "duckdb.csv").exit_code == 0
    for companion in COMPANIONS:
        assert (tmp_path / f"table{companion}.csv").read_bytes() == (tmp_path / f"duckdb{companion}.csv").read_bytes()
    shown = capfd.readouterr()
    assert "WARN" not in shown.err
    assert "Exception" not in shown.err


@pytest.mark.usefixtures("java")
def test_a_master_that_does_not_answer_is_one_clear_error(simulated: Path, tmp_path: Path) -> None:
    options: list[str | Path] = ["--out", tmp_path / "t.csv", "--engine", "spark", "--master", "no-address"]
    ran = exportregion("microdata", "build", "--in", simulated, *options)
    assert ran.exit_code == 1
    assert "--master no-address: found" in ran.stderr
    assert "expected a Spark master that answers" in ran.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("rows", "own", "parts"), [(3, {}, 4), (1_000_000_000, {}, 200), (3, {PARTS: "7"}, None)])
def test_rows_are_divided_by_cores_and_declarations_unless_the_cluster_says_it(rows: int, own: dict[str, str], parts: int | None) -> None:
    session = Mock()
    divided: dict[str, int] = {}
    session.sparkContext.defaultParallelism = 2
    session.sparkContext.getConf().getAll.return_value = [*own.items()]
    session.conf.set = divided.__setitem__
    spark = Spark.__new__(Spark)
    spark.session = session
    declarations = Mock(rows=rows)
    declarations.name = "declarations"
    spark._divide(declarations)
    assert divided.get(PARTS) == parts


ELSEWHERE = {
    exp.Ln: "log of one argument is to the base of ten here and of e there",
    exp.Log: "log of one argument is to the base of ten here and of e there",
    exp.ArrayAgg: "an ordered list is not ordered there",
    exp.WithinGroup: "percentiles within a group interpolate otherwise",
    exp.PercentileCont: "fails there",
    exp.PercentileDisc: "interpolates otherwise",
    exp.Quantile: "fails there",
    exp.ArgMax: "over NULL it gives another row",
    exp.ArgMin: "over NULL it gives another row",
    exp.Pivot: "the simplified form fails there",
    exp.Qualify: "fails there",
    exp.Concat: "NULL makes it NULL there and is left out here",
    exp.Columns: "fails there",
    exp.AsOfJoin if hasattr(exp, "AsOfJoin") else exp.Pivot: "fails there",
}
NAMES_ELSEWHERE = re.compile(
    r"\b(hash|len|skewness|kurtosis\w*|quantile\w*|percentile\w*|median|mode|list|string_agg|arg_max|arg_min|max_by|min_by|asof|random|columns)\b"
)


def is_floating(node: exp.Cast) -> bool:
    return node.to.this.name in ("DOUBLE", "FLOAT")


def adds_up_or_is_rounded(node: exp.Expression) -> bool:
    """Whether a floating-point number is summed, or made a number of another kind, before it is floored."""
    above = node.parent
    while above is not None and not isinstance(above, exp.Floor | exp.Select):
        if isinstance(above, exp.Sum | exp.Avg) or (isinstance(above, exp.Cast) and not is_floating(above)):
            return True
        above = above.parent
    return False


def differences(sql: str) -> list[str]:
    """The constructs of a text that mean something else on Spark, or nothing."""
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    found = [f"{node.sql()}: {why}" for kind, why in ELSEWHERE.items() for node in tree.find_all(kind)]
    found += [
        f"{node.sql()}: decimals become floating point here, and a division by zero fails there; // is for whole numbers"
        for node in tree.find_all(exp.Div)
        if not (any(map(is_floating, node.left.find_all(exp.Cast))) and isinstance(node.right, exp.Nullif | exp.Literal))
    ]
    found += [
        f"{node.sql()}: floating point adds up and is rounded otherwise there"
        for node in filter(is_floating, tree.find_all(exp.Cast))
        if adds_up_or_is_rounded(node)
    ]
    found += [f"{node.sql()}: except, replace and rename fail there" for node in tree.find_all(exp.Star) if any(node.args.values())]
    found += [f"{node.sql()}: by name" for node in tree.find_all(exp.Union) if node.args.get("by_name")]
    code = re.sub(r"'[^']*'", "", "\n".join(line.split("--")[0] for line in sql.splitlines()))
    return found + [f"{name[0]}: differs or fails there" for name in NAMES_ELSEWHERE.finditer(code)]


@pytest.mark.parametrize("table", THERE)
def test_a_text_on_records_means_the_same_on_spark(table: str) -> None:
    assert differences(THERE[table]) == []
    assert sqlglot.parse_one(spark_sql(THERE[table]), dialect="spark")


@pytest.mark.parametrize(
    "sql",
    [
        "select log(x) from microdata.a",
        "select list(x order by y) from microdata.a",
        "select percentile_cont(0.5) within group (order by x) from microdata.a",
        "select quantile_cont(x, 0.5) from microdata.a",
        "select skewness(x) from microdata.a",
        "select arg_max(x, y) from microdata.a",
        "select hash(x) from microdata.a",
        "select sum(cast(x as double)) from microdata.a",
        "select sum(cast(cast(x as double) as decimal(20, 2))) from microdata.a",
        "select cast(2 * cast(x as double) as bigint) from microdata.a",
        "select cast(x as double) / y from microdata.a",
        "select a.x, b.y from microdata.a as a asof join microdata.b as b on a.t >= b.t",
        "select columns('x') from microdata.a",
        "select * replace (x + 1 as x) from microdata.a",
        "select * exclude (x) from microdata.a",
        "pivot microdata.a on x using sum(y)",
        "select * from microdata.a union by name select * from microdata.b",
        "select len(x) from microdata.a",
        "select 1 / 0",
        "select x / y from microdata.a",
        "select concat(x, y) from microdata.a",
        "select x from microdata.a qualify row_number() over (order by x) = 1",
    ],
)
def test_what_differs_on_spark_is_rejected(sql: str) -> None:
    assert differences(sql) != []


def test_the_conditions_of_the_schemas_are_portable_too() -> None:
    for name in (*NAMES, IMPORTS):
        for condition in column_conditions(schemas(METHOD)[f"microdata.{name}"]):
            assert sqlglot.parse_one(spark_sql(f"select * from microdata.{name} where {condition.broken_where}"), dialect="spark")


def test_money_is_decimal_and_counts_are_whole_in_every_table() -> None:
    for table in TEXTS:
        for name, column in schemas()[table].columns.items():
            kind = column.type
            assert pa.types.is_decimal(kind) == name.endswith("_sek"), f"{table}.{name}"
            assert not pa.types.is_floating(kind)
