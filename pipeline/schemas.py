"""The schema of every table: its grain, types, ranges, units and meanings, by tables/<schema>.toml."""

import copy
import functools
import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pan
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
CHECKS: dict[str, Callable[[Any], pan.Check]] = {
    "lowest": pan.Check.ge,
    "above": pan.Check.gt,
    "highest": pan.Check.le,
    "never": pan.Check.ne,
    "one_of": lambda values: pan.Check.isin(LISTS[values] if isinstance(values, str) else values),
    "pattern": pan.Check.str_matches,
}
"""What a column's keys in tables/*.toml check."""


def _declarations(schema: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{schema}.toml").read_text(encoding="utf-8"))


COMMON = _declarations("columns")
LISTS: dict[str, list[str]] = COMMON["lists"]
"""Values that several columns may take, or that code names too."""
GROUNDS = tuple(LISTS["grounds"])


@functools.cache
def schemas() -> dict[str, pan.DataFrameSchema]:
    """The schema of each table of a run, by the table's name, in the order of the pipeline."""
    return of_schemas("ingested", "staging", "validation", "indicators", "ranking", "robustness", "report")


def of_schemas(*names: str) -> dict[str, pan.DataFrameSchema]:
    """The schema of each table of some of DuckDB's schemas, by the table's name: those of tables/<schema>.toml."""
    return {f"{name}.{table}": _schema(f"{name}.{table}", own) for name in names for table, own in _declarations(name).items()}


def _schema(name: str, declared: Mapping[str, Any]) -> pan.DataFrameSchema:
    columns = {key: _column(COMMON["columns"].get(key, {}), own) for key, own in declared["columns"].items()}
    return pan.DataFrameSchema(columns, strict=True, unique=declared.get("grain"), name=name, description=declared["meaning"])


def _column(*declarations: Mapping[str, Any] | str) -> pan.Column:
    """A column as tables/*.toml declare it; later declarations go before earlier ones. A text alone is the meaning of a column of texts."""
    keys: dict[str, Any] = {"type": "text", "unit": None, "may_be_empty": False, "once": False}
    for declaration in declarations:
        keys |= {"meaning": declaration} if isinstance(declaration, str) else declaration
    return pan.Column(
        pd.ArrowDtype(TYPES[keys.pop("type")]),
        [check(keys.pop(key)) for key, check in CHECKS.items() if key in keys],
        nullable=keys.pop("may_be_empty"),
        unique=keys.pop("once"),
        description=keys.pop("meaning"),
        metadata=keys,
    )


def round_schemas(
    catalogue: Catalogue, statistics: Sequence[str], meanings: Mapping[str, Meaning], added: Mapping[str, tuple[str, str]] | None = None
) -> dict[str, pan.DataFrameSchema]:
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
        own[table] = _of_columns(general[table], {**general[table].columns, **_indicator_columns(meanings), **besides})
    for statistic in statistics:
        own[f"staging.{statistic}"] = _with_codes(statistic_schema(catalogue, statistic), code)
    for name, meaning in meanings.items():
        if not meaning.measure:
            own[f"indicators.{name}"] = _with_codes(_own_schema(name, meaning), code)
    return general | own


@functools.cache
def _schemas_with_codes(code: str) -> dict[str, pan.DataFrameSchema]:
    """The schema of each table of a run, for a geography's codes: to build them takes a thirtieth of a validation."""
    return {table: _with_codes(schema, code) for table, schema in schemas().items()}


def _with_codes(schema: pan.DataFrameSchema, code: str) -> pan.DataFrameSchema:
    """A schema whose region codes, where it has any, are those of a geography."""
    if "region_code" not in schema.columns:
        return schema
    region = copy.copy(schema.columns["region_code"])
    region.checks = [pan.Check.str_matches(f"^(?:{code})$")]
    return _of_columns(schema, {**schema.columns, "region_code": region})


def _of_columns(schema: pan.DataFrameSchema, columns: Mapping[str, pan.Column], grain: Sequence[str] | None = None) -> pan.DataFrameSchema:
    """A schema with other columns. Not by pandera's own methods: they copy every column and check deeply, again and again."""
    unique = list(schema.unique or []) if grain is None else list(grain)
    return pan.DataFrameSchema(dict(columns), strict=True, unique=unique or None, name=schema.name, description=schema.description)


ABOUT_CELLS = ("validation.exceptions", "robustness.cell_bounds", "report.trace_cells")


def _classification(classes: Classes, codes: Sequence[str], *, may_be_empty: bool = False) -> pan.Column:
    return _column({"meaning": classes.meaning, "one_of": list(codes), "may_be_empty": may_be_empty})


def _with_classes(schema: pan.DataFrameSchema, classifications: Sequence[Classes]) -> pan.DataFrameSchema:
    """A schema with a column for each classification in the place of class_code."""
    columns: dict[str, pan.Column] = {}
    for name, column_ in schema.columns.items():
        if name == "class_code":
            columns |= {one.name: _classification(one, [*one.codes, TOTAL], may_be_empty=True) for one in classifications}
        else:
            columns[name] = column_
    keys = [other for key in schema.unique or [] for other in ([one.name for one in classifications] if key == "class_code" else [key])]
    return _of_columns(schema, columns, keys)


def statistic_schema(catalogue: Catalogue, name: str) -> pan.DataFrameSchema:
    """The schema of staging.<statistic>: a row a region, year and class, without totals; a column for each quantity.

    The first quantity's status is status, another's <quantity>_status; one that is always known has none.
    """
    statistic = catalogue.statistics[name]
    base = schemas()["staging.figures"].columns
    columns = {"region_code": base["region_code"], "year": base["year"]}
    columns |= {key: _classification(catalogue.classes[key], [*catalogue.classes[key].codes]) for key in statistic.classes}
    statuses: dict[str, pan.Column] = {}
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
    return pan.DataFrameSchema(
        columns,
        strict=True,
        unique=["region_code", "year", *statistic.classes],
        name=f"staging.{name}",
        description=f"{statistic.meaning}.",
    )


def amount_column(catalogue: Catalogue, statistic: str, quantity: str) -> str:
    """The column of a quantity in its statistic's table: with the currency's name where it is money."""
    is_money = catalogue.quantity(statistic, quantity).kind == "money"
    return f"{quantity}_{catalogue.currency.lower()}" if is_money else quantity


def _own_schema(name: str, meaning: Meaning) -> pan.DataFrameSchema:
    base = schemas()["indicators.indicators_by_region"].columns
    label, unit = meaning.labels["en"], meaning.unit_words["en"]
    bounds = {"lowest": meaning.lowest, "highest": meaning.highest}
    bounds = {key: bound for key, bound in bounds.items() if math.isfinite(bound)}
    value = _column({"type": "real", "meaning": label, "unit": unit, "may_be_empty": True, **bounds})
    columns = {"region_code": base["region_code"], name: value, "status": base["status"]}
    return pan.DataFrameSchema(columns, strict=True, unique=["region_code"], name=f"indicators.{name}", description=f"{label}.")


def _indicator_columns(meanings: Mapping[str, Meaning]) -> dict[str, pan.Column]:
    """The columns of a ranking for each indicator: its value, its normalised score, and what it contributes to the score."""
    columns = {}
    for name, meaning in meanings.items():
        label, number = meaning.labels["en"], {"type": "real", "may_be_empty": True}
        columns[name] = _column(number, {"meaning": label, "unit": meaning.unit_words["en"]})
        columns[f"{name}_normalised"] = _column(number, {"meaning": f"{label}: normalised score, higher is better"})
        columns[f"{name}_weighted"] = _column(number, {"meaning": f"{label}: what it brings to the score"})
    return columns


def frame(schema: pan.DataFrameSchema, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a data frame with the columns and types of a schema. Raises DataRefused for an unknown key, or a value of another type."""
    unknown = {key for row in rows for key in row} - set(schema.columns)
    if unknown:
        expected = f"one of {', '.join(map(str, schema.columns))}"
        raise DataRefused([Fault(f"table {schema.name}", f"the column {name!r}", expected, DICTIONARY) for name in sorted(unknown)])
    return pd.DataFrame({str(name): _array(schema, str(name), [row.get(name) for row in rows]) for name in schema.columns})


def _array(schema: pan.DataFrameSchema, name: str, values: Sequence[Any]) -> Any:
    kind = schema.columns[name].dtype.type
    try:
        return pd.array(values, dtype=kind)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        faults = []
        for value in dict.fromkeys(map(repr, values)):
            wrong = next(each for each in values if repr(each) == value)
            try:
                pd.array([wrong], dtype=kind)
            except (pa.ArrowException, ValueError, TypeError, OverflowError):
                faults.append(Fault(f"table {schema.name}, column {name}", value, f"a value of the type {kind.pyarrow_dtype}", DICTIONARY))
        raise DataRefused(faults) from None
