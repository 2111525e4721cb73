"""The house's own rules: who imports whom, how SQL is written, what every table must have."""

import ast
import itertools
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from pipeline.microdata.build import choices
from pipeline.microdata.datasets import NAMES
from pipeline.schemas import indicator_names, schemas
from pipeline.settings import MICRODATA, load_microdata_method
from pipeline.warehouse import SQL, in_order, models, references

PROJECT = Path(__file__).resolve().parents[1]
MODULES = sorted((PROJECT / "pipeline").rglob("*.py"))
FILES = sorted(SQL.rglob("*.sql"))

LAYERS = (
    {"faults"},
    {"settings", "schemas"},
    {"warehouse", "results", "cubes", "vintages"},
    {"ingest", "fetch", "validate", "indicators", "ranking", "check", "report", "microdata", "terminal", "dictionary"},
    {"arrivals", "archive"},
    {"cli"},
    {"__main__"},
)
"""From the ground up. A module imports from layers below its own, and within its own package."""


def layer(module: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if module in names)


def imported(path: Path) -> set[str]:
    """The modules of the pipeline that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipeline":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("pipeline.")}
    return found - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_imports_go_downward_only_and_no_stage_imports_a_stage(path: Path) -> None:
    own = path.relative_to(PROJECT / "pipeline").parts[0].removesuffix(".py")
    if own == "__init__":
        assert imported(path) == set()
        return
    for other in imported(path) - {own}:
        assert layer(other) < layer(own), f"{own} imports {other}"


def test_the_import_rule_can_fail(tmp_path: Path) -> None:
    module = tmp_path / "rank.py"
    module.write_text("def f():\n    from pipeline.report.markdown import markdown\n    import pipeline.ingest\n")
    assert imported(module) == {"report", "ingest"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_module_and_public_function_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and path.name != "schemas.py":
            assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_files_databases_and_the_network_each_have_their_doors() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if path.name not in ("results.py", "warehouse.py", "vintages.py", "archive.py", "cli.py", "engines.py", "output.py"):
            assert not re.search(r"write_text|write_bytes|import duckdb|open\([^)]*[\"']w", text), path
        if path.parent.name != "fetch":
            assert not re.search(r"import (httpx|urllib\.request|http\.client|socket|requests)", text), path


def header(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(itertools.takewhile(lambda line: line.startswith("--"), lines))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_a_sql_file_is_one_select_with_a_header_and_no_choice(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    statements = sqlglot.parse(text, dialect="duckdb")
    assert len(statements) == 1
    (statement,) = statements
    assert isinstance(statement, exp.Query)
    code = "\n".join(line.split("--")[0] for line in text.splitlines())
    assert ";" not in code
    assert "{{" not in code
    assert not re.search(r"\b\d{4}\b", code), "a year or a threshold belongs into run.settings"
    assert code == code.lower() or set(re.findall(r"[A-ZÅÄÖ]\w*", re.sub(r"'[^']*'", "", code))) == set()
    assert not re.search(r"\b(group|order) by \d", code)
    assert 2 <= len(header(path)) <= 6
    assert len(list(statement.find_all(exp.CTE))) <= 4
    for division in statement.find_all(exp.Div):
        divisor = division.expression
        safe = isinstance(divisor, exp.Nullif | exp.Literal) or divisor.name in (
            "population",  # above zero by their schemas
            "inhabitants",
            "before",  # an audit asks for what is above zero
            "largest_published_factor",  # above one by the settings
            "largest_yearly_factor",
        )
        assert safe, division.sql()


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.parent.name != "audits"], ids=lambda path: f"{path.parent.name}.{path.stem}"
)
def test_a_model_has_a_schema_with_the_grain_of_its_header(path: Path) -> None:
    grain = next(line.removeprefix("-- grain: ") for line in header(path) if line.startswith("-- grain: "))
    assert grain.split(", ") == schemas()[f"{path.parent.name}.{path.stem}"].unique


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "audits"], ids=lambda path: path.stem)
def test_an_audit_says_what_must_hold_and_what_to_do(path: Path) -> None:
    assert header(path)[0].endswith(".")
    assert any(line.startswith("-- remedy: ") for line in header(path))


def test_every_schema_of_staging_and_indicators_has_a_model() -> None:
    built = set(models("staging")) | set(models("indicators"))
    assert {table for table in schemas() if table.split(".")[0] in ("staging", "indicators")} == built
    assert {table for table in schemas() if table.startswith("microdata.")} - set(models("microdata")) == {
        f"microdata.{name}" for name in NAMES
    }


def test_staging_neither_joins_nor_aggregates() -> None:
    for sql in models("staging").values():
        statement = sqlglot.parse_one(sql, dialect="duckdb")
        assert not list(statement.find_all(exp.Join, exp.Group, exp.AggFunc))


def test_models_read_only_tables_that_exist() -> None:
    known = {*schemas(), "run.settings", *choices(load_microdata_method(MICRODATA), [])}
    for folder in ("staging", "indicators", "audits", "microdata"):
        for table, sql in models(folder).items():
            assert references(sql) <= known, table


def test_models_are_built_after_what_they_read_in_a_stable_order() -> None:
    order = [table for table, _ in in_order({"x.b": "select * from x.a", "x.c": "select 1", "x.a": "from x.c", "x.d": "select 1"})]
    assert order == ["x.c", "x.d", "x.a", "x.b"]
    with pytest.raises(ValueError, match=r"in a circle: x\.a, x\.b"):
        in_order({"x.a": "from x.b", "x.b": "from x.a"})


def test_every_column_has_a_meaning_and_the_same_column_the_same_type() -> None:
    types: dict[str, set[str]] = {}
    for schema in schemas().values():
        for name, column in schema.columns.items():
            assert column.description, f"{schema.name}.{name}"
            types.setdefault(name, set()).add(str(column.dtype))
            assert not re.search(r"\d{4}|^value$", name)
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


def test_an_indicator_is_a_sql_file_a_schema_and_a_column_of_the_same_name() -> None:
    for name in indicator_names():
        assert (SQL / "indicators" / f"{name}.sql").is_file()
        assert {"region_code", name, "status"} <= set(schemas()[f"indicators.{name}"].columns)
