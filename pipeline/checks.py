"""A schema's checks as conditions of SQL, so that a table in an engine is held to what a frame is held to."""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandera.pandas as pan
import pyarrow as pa


@dataclass(frozen=True)
class Condition:
    """What breaks a column's schema, as SQL, and what is expected instead."""

    column: str
    broken_where: str
    expected: str


def columns(schema: pan.DataFrameSchema, types: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The columns of a table, with their types in DuckDB, that a schema does not have so: name, what was found and expected."""
    for name in dict.fromkeys([*schema.columns, *types]):
        wanted = _type(schema.columns[name]) if name in schema.columns else "no such column"
        found = types.get(name, "no such column")
        if found != wanted:
            yield name, found, wanted


def _type(column: pan.Column) -> str:
    """What DuckDB calls a column's type."""
    kind = column.dtype.type.pyarrow_dtype
    names = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN", pa.date32(): "DATE"}
    return names.get(kind) or f"DECIMAL({kind.precision},{kind.scale})"


def conditions(schema: pan.DataFrameSchema, table: str) -> list[Condition]:
    """What a table's rows may break: unknown values, what is no number, ranges, texts, and the grain."""
    found = list(column_conditions(schema))
    found += [_once([name], table) for name, column in schema.columns.items() if column.unique]
    return [*found, _once(list(schema.unique), table)] if schema.unique else found


def column_conditions(schema: pan.DataFrameSchema) -> Iterator[Condition]:
    """What a row may break by itself, in SQL that DuckDB and Spark know."""
    for name, column in schema.columns.items():
        if not column.nullable:
            yield Condition(name, f"{name} is null", f"no {name} missing")
        if _type(column) == "DOUBLE":
            # What divides by zero: beyond every bound to DuckDB, and unknown to nobody who reads it.
            yield Condition(name, f"not isfinite({name})", f"a number as {name}")
        for check in column.checks:
            yield Condition(name, *_of_check(name, column, check))


def _of_check(name: str, column: pan.Column, check: Any) -> tuple[str, str]:
    bounds = check.statistics or {}
    match check.name:
        case "greater_than_or_equal_to":
            return f"{name} < {bounds['min_value']}", f"{name} of {_readable(bounds['min_value'])} or more"
        case "greater_than":
            return f"{name} <= {bounds['min_value']}", f"{name} of more than {_readable(bounds['min_value'])}"
        case "less_than_or_equal_to":
            return f"{name} > {bounds['max_value']}", f"{name} of {_readable(bounds['max_value'])} or less"
        case "isin":
            allowed = [str(value) for value in bounds["allowed_values"]]
            return f"cast({name} as varchar) not in ({_listed(allowed)})", f"one of {', '.join(allowed)} as {name}"
        case "notin":
            forbidden = [str(value) for value in bounds["forbidden_values"]]
            return f"{name} in ({_listed(forbidden)})", f"{name} other than {', '.join(forbidden)} ({column.description})"
        case "str_matches":
            return _unlike(name, bounds["pattern"]), f"{name} like {bounds['pattern']} ({column.description})"
        case "not_equal_to" if bounds["value"] == "":
            return f"{name} = ''", f"no {name} empty"
        case _:
            raise ValueError(f"no SQL for the check {check.name} of {name}")


def _readable(bound: float) -> str:
    """A bound with its thousands apart, but for years."""
    return f"{bound:,}" if bound >= 10_000 else str(bound)


ALPHABETS = {"A-Z": string.ascii_uppercase, "0-9": string.digits}


def _unlike(name: str, pattern: str) -> str:
    """When a text does not match from its beginning on. Of so many characters of one alphabet that is said in functions that cannot fail,
    which DuckDB's reader asks of a file's dictionaries: a sixth of the time of a regular expression."""
    simple = re.fullmatch(r"\^\[(A-Z|0-9)\]\{(\d+)(?:,(\d+))?\}\$", pattern)
    if simple is None:
        return f"not regexp_matches({name}, {_quoted(f'^(?:{pattern})')})"
    alphabet, fewest, most = simple.groups()
    return f"ltrim({name}, '{ALPHABETS[alphabet]}') <> '' or length({name}) not between {fewest} and {most or fewest}"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(map(_quoted, values))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _once(keys: list[str], table: str) -> Condition:
    listed = ", ".join(keys)
    # Unknown keys are alike to pandera: one row of them is one key.
    twice = f"(select {listed} from {table} group by {listed} having count(*) > 1)"
    same = " and ".join(f"{table.rsplit('.', maxsplit=1)[-1]}.{key} is not distinct from twice.{key}" for key in keys)
    return Condition(keys[0], f"exists (select 1 from {twice} as twice where {same})", f"each {', '.join(keys)} once")
