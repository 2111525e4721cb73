"""The house's own rules: who imports whom, how SQL is written, what every table must have."""

import ast
import csv
import functools
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from pipeline.award import load_award
from pipeline.companies.award import load_companies_award
from pipeline.companies.run import choices as companies_choices
from pipeline.home import PROJECT
from pipeline.microdata import schemas as microdata_schemas
from pipeline.microdata.build import choices
from pipeline.microdata.datasets import IMPORTS, NAMES
from pipeline.microdata.method import MICRODATA, load_method
from pipeline.models import in_order, models, references
from pipeline.schemas import round_schemas
from pipeline.vocabulary import catalogue_tables, run_tables
from pipeline.warehouse import SQL

AWARD = load_award("2021")
CATALOGUE = AWARD.catalogue
SCHEMAS = {**round_schemas(CATALOGUE, AWARD.statistics, AWARD.meanings), **microdata_schemas.schemas()}
MODULES = sorted((PROJECT / "pipeline").rglob("*.py"))
FILES = sorted(SQL.rglob("*.sql"))

LAYERS = (
    {"faults", "home", "limits", "locks", "phrases", "rounding"},
    {"settings", "models"},
    {"declarations", "method", "presentation"},
    {"catalogue"},
    {"award", "schemas"},
    {"evidence", "next_round", "sources", "vocabulary", "checks"},
    {"warehouse", "results", "cubes", "vintages", "revisions", "plausible", "asked"},
    {"printing"},
    {"trust", "comparison", "progress"},
    {"frames", "ingest", "fetch", "validate", "indicators", "ranking", "check", "report", "microdata", "terminal"},
    {"arrivals", "archive", "run", "dictionary"},
    {"companies"},
    {"commands"},
    {"microdata_commands"},
    {"companies_commands"},
    {"cli"},
    {"__main__"},
)
"""From the ground up. A module imports from layers below its own, and within its own package."""


def layer(module: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if module in names)


@functools.cache
def imports(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """What a file imports, wherever in the file."""
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Import | ast.ImportFrom)]


def imported(path: Path) -> set[str]:
    """The modules of the pipeline that a file imports, wherever in the file."""
    found = set()
    for node in imports(path):
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


UNIX_ALONE = {"crypt", "curses", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_module_is_short_enough_to_be_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500, "divide it, or say it shorter"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_submodule_of_pyarrow_is_imported_by_who_uses_it(path: Path) -> None:
    # `import pyarrow` does not import them; another package may have, in a test and not in a command.
    assert not re.search(r"\bpa\.compute\.", path.read_text(encoding="utf-8"))


def test_no_module_that_only_unix_has_is_imported() -> None:
    for path in MODULES:
        names = {alias.name for node in imports(path) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module for node in imports(path) if isinstance(node, ast.ImportFrom) and node.module}
        # limits.py asks first which system it is on.
        assert not names & UNIX_ALONE - ({"resource"} if path.name == "limits.py" else set()), path


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_module_and_public_function_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            # What a command prints of itself is no docstring: Python can be told to leave those out.
            helps = any(keyword.arg == "help" for call in node.decorator_list for keyword in getattr(call, "keywords", ()))
            assert ast.get_docstring(node) or helps, f"{path.name}: {node.name}"


def test_files_databases_and_the_network_each_have_their_doors() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if path.name not in (
            "results.py",
            "warehouse.py",
            "models.py",
            "vintages.py",
            "archive.py",
            "run.py",
            "engines.py",
            "output.py",
            "handover.py",
            "stories.py",
        ):
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
    assert tuple(grain.split(", ")) == SCHEMAS[f"{path.parent.name}.{path.stem}"].grain


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "audits"], ids=lambda path: path.stem)
def test_an_audit_says_what_must_hold_and_what_to_do(path: Path) -> None:
    assert header(path)[0].endswith(".")
    assert any(line.startswith("-- remedy: ") for line in header(path))


def test_every_schema_of_staging_and_indicators_has_a_model() -> None:
    built = set(models("staging")) | set(models("indicators")) | {f"staging.{statistic}" for statistic in AWARD.statistics}
    assert {table for table in SCHEMAS if table.split(".")[0] in ("staging", "indicators")} == built
    assert {table for table in SCHEMAS if table.startswith("microdata.")} - set(models("microdata")) == {
        f"microdata.{name}" for name in (*NAMES, IMPORTS)
    }


def test_staging_joins_nothing_but_the_vocabulary_and_aggregates_nothing() -> None:
    for sql in models("staging").values():
        statement = sqlglot.parse_one(sql, dialect="duckdb")
        assert not list(statement.find_all(exp.Group, exp.AggFunc))
        assert {join.this.db for join in statement.find_all(exp.Join)} <= {"catalogue"}
        assert len({table for table in references(sql) if not table.startswith("catalogue.")}) == 1


def test_models_read_only_tables_that_exist() -> None:
    method = load_method(MICRODATA)
    companies = load_companies_award("exportsucce-2022", method)
    known = {*SCHEMAS, *catalogue_tables(CATALOGUE), *run_tables(AWARD), *choices(method, []), *companies_choices(companies)}
    for folder in ("staging", "indicators", "audits", "microdata", "companies"):
        for table, sql in models(folder).items():
            assert references(sql) <= known, table


def test_models_are_built_after_what_they_read_in_a_stable_order() -> None:
    order = [table for table, _ in in_order({"x.b": "select * from x.a", "x.c": "select 1", "x.a": "from x.c", "x.d": "select 1"})]
    assert order == ["x.c", "x.d", "x.a", "x.b"]
    with pytest.raises(ValueError, match=r"in a circle: x\.a, x\.b"):
        in_order({"x.a": "from x.b", "x.b": "from x.a"})


def test_every_column_has_a_meaning_and_the_same_column_the_same_type() -> None:
    types: dict[str, set[str]] = {}
    for schema in SCHEMAS.values():
        for name, column in schema.columns.items():
            assert column.description, f"{schema.name}.{name}"
            types.setdefault(name, set()).add(str(column.type))
            assert not re.search(r"\d{4}|^value$", name)
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


# No domain fact in code

with (PROJECT / "data" / "raw" / "regions.csv").open(encoding="utf-8", newline="") as _file:
    REGIONS = {row["region_code"]: row["region_name"] for row in csv.DictReader(_file)}
LITERAL = {
    *(code for classes in CATALOGUE.classes.values() for code in (*classes.codes, *classes.groups)),
    *CATALOGUE.classes,
    *CATALOGUE.statistics,
    *(quantity for statistic in CATALOGUE.statistics.values() for quantity in statistic.quantities),
    *CATALOGUE.measures,
    *REGIONS,
}
"""What may be no literal: codes of classes and regions, and the names of classifications, statistics, quantities and measures."""
WITHIN = {
    CATALOGUE.currency,
    *REGIONS.values(),
    *(CATALOGUE.geography.label(name).title() for name in REGIONS.values()),
    *(word for word in LITERAL if "_" in word),
}
"""What may stand in no literal: the currency, counties, and names of more than one word, as a query in Python would hold them."""
PATTERN = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(WITHIN, key=len, reverse=True)))
EXCEPTIONS = {
    ("pipeline/checks.py", "0-9"): "the digits, as a regular expression writes them",
    ("pipeline/report/docx.py", "20"): "a distance in twentieths of a point",
}
"""Literals that look like a fact of the domain and are none."""


MICRODATA_COLUMNS = {name for schema in microdata_schemas.schemas().values() for name in schema.columns}
"""Words of microdata's own, which has tables with columns of these names, whatever the catalogue calls so."""


def facts(text: str) -> set[str]:
    """The facts of the domain that a text is or holds."""
    return ({text} & LITERAL) | set(PATTERN.findall(text))


def texts(tree: ast.Module) -> Iterator[str]:
    """The texts of a module, but for docstrings and the formats of values."""
    nodes = list(ast.walk(tree))
    left_out = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            left_out |= {id(part) for part in ast.walk(node.format_spec)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.value


def facts_of(path: Path) -> set[str]:
    """The facts of the domain that a file of Python or SQL holds as a literal; in SQL the names of tables and columns too."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return {fact for literal in texts(ast.parse(text)) for fact in facts(literal)}
    statement = sqlglot.parse_one(text, dialect="duckdb")
    literals = {literal.this for literal in statement.find_all(exp.Literal) if literal.is_string}
    return {fact for literal in literals for fact in facts(literal)} | (
        {name.name for name in statement.find_all(exp.Identifier)} & LITERAL
    )


@pytest.mark.parametrize("path", [*MODULES, *FILES], ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_fact_of_the_domain_is_a_literal(path: Path) -> None:
    name = path.relative_to(PROJECT).as_posix()
    own = MICRODATA_COLUMNS if path.parent.name in ("microdata", "companies") else set()
    assert facts_of(path) - own - {fact for file, fact in EXCEPTIONS if file == name} == set()


def test_exceptions_are_few_and_each_occurs() -> None:
    assert len(EXCEPTIONS) <= 5
    for file, fact in EXCEPTIONS:
        assert fact in facts_of(PROJECT / file)


def test_a_literal_that_is_a_fact_is_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Halland, in SEK."""\nSMALL = "0-9"\nTEXT = f"{SMALL:04} of Hallands län in thousand SEK"\n'
        'QUERY = "select * from staging.goods_exports"\nCODE = {"13": "population"}\nPROSE = "the exports of small firms, 13 of them"\n',
        encoding="utf-8",
    )
    assert facts_of(module) == {"0-9", "Hallands län", "SEK", "goods_exports", "13", "population"}
    query = tmp_path / "query.sql"
    query.write_text(
        "-- 00 is the nation\nselect exports, '00' as code, 13 as number from staging.figures where unit = 'million SEK'", encoding="utf-8"
    )
    assert facts_of(query) == {"exports", "00", "SEK"}
