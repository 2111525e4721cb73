"""The schema of every table: its grain, types, ranges, units and meanings, by tables/<schema>.toml."""

import datetime
import functools
import math
import sys
import threading
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.catalogue import Catalogue, Meaning
from pipeline.declarations import TOTAL, Classes
from pipeline.faults import DataRefused, Fault

FOLDER = Path(__file__).parent / "tables"
DICTIONARY = "docs/data-dictionary.md says what the column may hold; follow the row to its raw file."
TYPES = {
    "text": pa.string(),
    "whole": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "money": pa.decimal128(20, 2),
    "as_written": pa.decimal128(38, 15),
}
VALUES: dict[pa.DataType, tuple[type, ...]] = {
    pa.string(): (str,),
    pa.int64(): (int,),
    pa.float64(): (float, int),
    pa.bool_(): (bool,),
    pa.date32(): (datetime.date,),
}
"""What Python's values of a type are; of the others, Decimal and int."""
CHECKS = ("lowest", "above", "highest", "never", "not_among", "one_of", "pattern")
"""The keys of a column in tables/*.toml that check its values."""


@dataclass(frozen=True)
class Column:
    """What a column holds. checks: by their keys, in the order of CHECKS. metadata: its unit, and what else its declaration says."""

    type: pa.DataType
    description: str
    checks: Mapping[str, Any] = field(default_factory=dict)
    nullable: bool = False
    unique: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Schema:
    """What a table holds. grain: the columns whose values together occur once; empty where rows may repeat."""

    name: str
    description: str
    columns: Mapping[str, Column]
    grain: tuple[str, ...] = ()


def _declarations(schema: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{schema}.toml").read_text(encoding="utf-8"))


COMMON = _declarations("columns")
LISTS: dict[str, list[str]] = COMMON["lists"]
"""Values that several columns may take, or that code names too."""
GROUNDS = tuple(LISTS["grounds"])


@functools.cache
def schemas() -> dict[str, Schema]:
    """The schema of each table of a run, by the table's name, in the order of the pipeline."""
    return of_schemas("ingested", "staging", "validation", "indicators", "ranking", "robustness", "rounds", "report")


def of_schemas(*names: str) -> dict[str, Schema]:
    """The schema of each table of some of DuckDB's schemas, by the table's name: those of tables/<schema>.toml."""
    return {f"{name}.{table}": _schema(f"{name}.{table}", own) for name in names for table, own in _declarations(name).items()}


def _schema(name: str, declared: Mapping[str, Any]) -> Schema:
    columns = {key: _column(COMMON["columns"].get(key, {}), own) for key, own in declared["columns"].items()}
    return Schema(name, declared["meaning"], columns, tuple(declared.get("grain", ())))


def _column(*declarations: Mapping[str, Any] | str) -> Column:
    """A column as tables/*.toml declare it; later declarations go before earlier ones. A text alone is the meaning of a column of texts."""
    keys: dict[str, Any] = {"type": "text", "unit": None, "may_be_empty": False, "once": False}
    for declaration in declarations:
        keys |= {"meaning": declaration} if isinstance(declaration, str) else declaration
    if isinstance(keys.get("one_of"), str):
        keys["one_of"] = LISTS[keys["one_of"]]
    return Column(
        TYPES[keys.pop("type")],
        keys.pop("meaning"),
        {key: keys.pop(key) for key in CHECKS if key in keys},
        nullable=keys.pop("may_be_empty"),
        unique=keys.pop("once"),
        metadata=keys,
    )


def round_schemas(
    catalogue: Catalogue, statistics: Sequence[str], meanings: Mapping[str, Meaning], added: Mapping[str, tuple[str, str]] | None = None
) -> dict[str, Schema]:
    """The schema of every table of a round, by the table's name.

    statistics: those that the round needs. meanings: what each indicator of the award is, by its name. added: the type and meaning of
    the columns that the ranking has besides, by name. Tables about cells have a column for each classification; each statistic has a
    table of its own, and so has each indicator with an SQL file.
    """
    catalogued = [catalogue.statistics[name] for name in statistics]
    classifications = list(dict.fromkeys(name for statistic in catalogued if not statistic.is_yardstick for name in statistic.classes))
    code, general = catalogue.geography.code, _schemas_with_codes(catalogue.geography.code)
    own = {table: _with_classes(general[table], [catalogue.classes[name] for name in classifications]) for table in ABOUT_CELLS}
    besides = {name: _column({"type": kind, "meaning": meaning, "may_be_empty": True}) for name, (kind, meaning) in (added or {}).items()}
    for table in ("ranking.ranking", "ranking.candidates"):
        own[table] = replace(general[table], columns={**general[table].columns, **_indicator_columns(meanings), **besides})
    for statistic in statistics:
        own[f"staging.{statistic}"] = _with_codes(statistic_schema(catalogue, statistic), code)
    for name, meaning in meanings.items():
        if not meaning.measure:
            own[f"indicators.{name}"] = _with_codes(_own_schema(name, meaning), code)
    return general | own


@functools.cache
def _schemas_with_codes(code: str) -> dict[str, Schema]:
    """The schema of each table of a run, for a geography's codes."""
    return {table: _with_codes(schema, code) for table, schema in schemas().items()}


def _with_codes(schema: Schema, code: str) -> Schema:
    """A schema whose region codes, where it has any, are those of a geography."""
    if "region_code" not in schema.columns:
        return schema
    region = replace(schema.columns["region_code"], checks={"pattern": f"^(?:{code})$"})
    return replace(schema, columns={**schema.columns, "region_code": region})


ABOUT_CELLS = ("validation.exceptions", "robustness.cell_bounds", "report.trace_cells")


def _classification(classes: Classes, codes: Sequence[str], *, may_be_empty: bool = False) -> Column:
    return _column({"meaning": classes.meaning, "one_of": list(codes), "may_be_empty": may_be_empty})


def _with_classes(schema: Schema, classifications: Sequence[Classes]) -> Schema:
    """A schema with a column for each classification in the place of class_code."""
    columns: dict[str, Column] = {}
    for name, column_ in schema.columns.items():
        if name == "class_code":
            columns |= {one.name: _classification(one, [*one.codes, TOTAL], may_be_empty=True) for one in classifications}
        else:
            columns[name] = column_
    keys = [other for key in schema.grain for other in ([one.name for one in classifications] if key == "class_code" else [key])]
    return replace(schema, columns=columns, grain=tuple(keys))


def statistic_schema(catalogue: Catalogue, name: str) -> Schema:
    """The schema of staging.<statistic>: a row a region, year and class, without totals; a column for each quantity.

    The first quantity's status is status, another's <quantity>_status; one that is always known has none.
    """
    statistic = catalogue.statistics[name]
    base = schemas()["staging.figures"].columns
    columns = {"region_code": base["region_code"], "year": base["year"]}
    columns |= {key: _classification(catalogue.classes[key], [*catalogue.classes[key].codes]) for key in statistic.classes}
    statuses: dict[str, Column] = {}
    for number, (key, quantity) in enumerate(statistic.quantities.items()):
        amount = amount_column(catalogue, name, key)
        columns[amount] = _column(
            {
                "type": {"money": "money", "count": "whole", "index": "real"}[quantity.kind],
                "meaning": quantity.meaning,
                "unit": catalogue.currency if quantity.kind == "money" else quantity.of,
                "above" if quantity.above_zero else "lowest": 0,
                "may_be_empty": not quantity.above_zero,
            }
        )
        if not quantity.above_zero:
            meaning = f"Whether {amount} is known: ok; nil (nothing to report, zero); withheld; missing"
            statuses["status" if number == 0 else f"{key}_status"] = _column({"meaning": meaning, "one_of": "cell_status"})
    columns |= statuses
    if statistic.has_series:
        columns["series"] = base["series"]
    if any(quantity.kind == "money" for quantity in statistic.quantities.values()):
        columns[f"unit_{catalogue.currency.lower()}"] = base["unit"]
    return Schema(f"staging.{name}", f"{statistic.meaning}.", columns, ("region_code", "year", *statistic.classes))


def amount_column(catalogue: Catalogue, statistic: str, quantity: str) -> str:
    """The column of a quantity in its statistic's table: with the currency's name where it is money."""
    is_money = catalogue.quantity(statistic, quantity).kind == "money"
    return f"{quantity}_{catalogue.currency.lower()}" if is_money else quantity


def _own_schema(name: str, meaning: Meaning) -> Schema:
    base = schemas()["indicators.indicators_by_region"].columns
    label, unit = meaning.labels["en"], meaning.unit_words["en"]
    bounds = {"lowest": meaning.lowest, "highest": meaning.highest}
    bounds = {key: bound for key, bound in bounds.items() if math.isfinite(bound)}
    value = _column({"type": "real", "meaning": label, "unit": unit, "may_be_empty": True, **bounds})
    columns = {"region_code": base["region_code"], name: value, "status": base["status"]}
    return Schema(f"indicators.{name}", f"{label}.", columns, ("region_code",))


def _indicator_columns(meanings: Mapping[str, Meaning]) -> dict[str, Column]:
    """The columns of a ranking for each indicator: its value, its normalised score, and what it contributes to the score."""
    columns = {}
    for name, meaning in meanings.items():
        label, number = meaning.labels["en"], {"type": "real", "may_be_empty": True}
        columns[name] = _column(number, {"meaning": label, "unit": meaning.unit_words["en"]})
        columns[f"{name}_normalised"] = _column(number, {"meaning": f"{label}: normalised score, higher is better"})
        columns[f"{name}_weighted"] = _column(number, {"meaning": f"{label}: what it brings to the score"})
    return columns


def arrow(schema: Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table with the columns and types of a schema. Raises DataRefused for an unknown key, or a value of another type."""
    unknown = set[str]().union(*rows) - set(schema.columns)
    if unknown:
        expected = f"one of {', '.join(schema.columns)}"
        raise DataRefused([Fault(f"table {schema.name}", f"the column {name!r}", expected, DICTIONARY) for name in sorted(unknown)])
    without_pandas()
    names = list(schema.columns)
    columns: list[Sequence[Any]]
    try:
        columns = list(zip(*map(itemgetter(*names, names[0]), rows), strict=True))
    except KeyError:
        columns = [[row.get(name) for row in rows] for name in names]
    return pa.table({name: _array(schema, name, column) for name, column in zip(names, columns or [()] * len(names), strict=False)})


def _array(schema: Schema, name: str, values: Sequence[Any]) -> pa.Array:
    kind = schema.columns[name].type
    try:
        if all(_is_of(kind, one) for one in {type(value) for value in values}):
            return pa.array(values, kind)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        pass
    wrong = dict.fromkeys(repr(value) for value in values if not _holds(kind, value))
    expected = f"a value of the type {kind}"
    raise DataRefused([Fault(f"table {schema.name}, column {name}", value, expected, DICTIONARY) for value in wrong])


def _is_of(kind: pa.DataType, python: type) -> bool:
    """Whether values of a type of Python's fit a column. A flag is no number, though Python counts it as one."""
    expected = VALUES.get(kind, (Decimal, int))
    return issubclass(python, (type(None), *expected)) and not (issubclass(python, bool) and bool not in expected)


def _holds(kind: pa.DataType, value: Any) -> bool:
    try:
        pa.array([value], kind)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return False
    return _is_of(kind, type(value))


@functools.cache
def without_pandas() -> None:
    """Have pyarrow take its first list without pandas, which it imports then wherever that is installed: in a quarter of a second, and
    for nothing that is needed here."""
    with Without("pandas"):
        pa.array([None])


class Without:
    """Within its block, what this thread imports does not find some libraries, unless they are imported already."""

    def __init__(self, *names: str) -> None:
        self._names, self._thread = names, threading.get_ident()

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)

    def __exit__(self, *_: object) -> None:
        sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name in self._names and threading.get_ident() == self._thread:
            raise ImportError(name)
