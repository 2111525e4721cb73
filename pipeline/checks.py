"""A schema's checks as SQL conditions, so that a table in an engine is checked by the same schema as a data frame."""

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipeline.schemas import Column, Schema

MISSING = "missing"
"""The check that a column asks for by itself: no row lacks its value."""


@dataclass(frozen=True)
class Condition:
    """An SQL condition of the rows that break a column's schema, and what is expected instead. check, bound: what it is made of."""

    column: str
    broken_where: str
    expected: str
    check: str = ""
    bound: Any = None

    def is_met_by_all(self, lowest: Any, highest: Any) -> bool:
        """Whether no value from the lowest to the highest breaks it; False where these do not tell."""
        match self.check:
            case "lowest":
                return bool(lowest >= self.bound)
            case "above" | "never":
                return bool(lowest > self.bound)
            case "highest":
                return bool(highest <= self.bound)
        return False


def columns(schema: Schema, types: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The columns that differ between a table, with its types in DuckDB, and a schema: name, what was found and expected."""
    for name in dict.fromkeys([*schema.columns, *types]):
        expected = _type(schema.columns[name]) if name in schema.columns else "no such column"
        found = types.get(name, "no such column")
        if found != expected:
            yield name, found, expected


def _type(column: Column) -> str:
    """DuckDB's name of a column's type."""
    kind = column.type
    names = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN", pa.date32(): "DATE"}
    return names.get(kind) or f"DECIMAL({kind.precision},{kind.scale})"


def conditions(schema: Schema, table: str) -> list[Condition]:
    """Every condition that a table's rows can break: missing values, not a number, ranges, texts, and the grain."""
    return [*column_conditions(schema), *(_once(keys, table) for keys in grains(schema))]


def grains(schema: Schema) -> list[list[str]]:
    """The sets of columns whose values together occur in one row only."""
    return [[name] for name, column in schema.columns.items() if column.unique] + ([list(schema.grain)] if schema.grain else [])


def column_conditions(schema: Schema) -> Iterator[Condition]:
    """The conditions on single rows, in SQL for DuckDB and Spark."""
    for name, column in schema.columns.items():
        if not column.nullable:
            yield Condition(name, f"{name} is null", f"no missing {name}", MISSING)
        if _type(column) == "DOUBLE":
            # A division by zero gives infinity, which DuckDB does not count as missing.
            yield Condition(name, f"not isfinite({name})", f"a number as {name}")
        for check, bound in column.checks.items():
            yield Condition(name, *_of_check(name, column, check, bound), check, bound)


def _of_check(name: str, column: Column, check: str, bound: Any) -> tuple[str, str]:
    match check:
        case "lowest":
            return f"{name} < {bound}", f"{name} of {_readable(bound)} or more"
        case "above":
            return f"{name} <= {bound}", f"{name} of more than {_readable(bound)}"
        case "highest":
            return f"{name} > {bound}", f"{name} of {_readable(bound)} or less"
        case "one_of":
            values = [str(value) for value in bound]
            return f"cast({name} as varchar) not in ({_literals(values)})", f"one of {', '.join(values)} as {name}"
        case "not_among":
            return f"{name} in ({_literals(bound)})", f"{name} other than {', '.join(bound)} ({column.description})"
        case "pattern":
            return _unlike(name, bound), f"{name} like {bound} ({column.description})"
        case "never" if bound == "":
            return f"{name} = ''", f"no empty {name}"
        case _:
            raise ValueError(f"no SQL for the check {check} of {name}")


def _readable(bound: float) -> str:
    """A bound, with its thousands separated from 10 000 up: years have no separator."""
    return f"{bound:,}" if bound >= 10_000 else str(bound)


ALPHABETS = {"A-Z": string.ascii_uppercase, "0-9": string.digits}


def _unlike(name: str, pattern: str) -> str:
    """A condition that a text does not match a pattern from its beginning.

    For a number of characters of one alphabet it uses functions that cannot fail. DuckDB's reader runs these on a file's dictionaries,
    in a sixth of the time of a regular expression.
    """
    simple = re.fullmatch(r"\^\[(A-Z|0-9)\]\{(\d+)(?:,(\d+))?\}\$", pattern)
    if simple is None:
        return f"not regexp_matches({name}, {_quoted(f'^(?:{pattern})')})"
    alphabet, fewest, most = simple.groups()
    return f"ltrim({name}, '{ALPHABETS[alphabet]}') <> '' or length({name}) not between {fewest} and {most or fewest}"


def _literals(values: Sequence[str]) -> str:
    return ", ".join(map(_quoted, values))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _once(keys: list[str], table: str) -> Condition:
    names = ", ".join(keys)
    # Missing keys are equal.
    twice = f"(select {names} from {table} group by {names} having count(*) > 1)"
    same = " and ".join(f"{table.rsplit('.', maxsplit=1)[-1]}.{key} is not distinct from twice.{key}" for key in keys)
    return Condition(keys[0], f"exists (select 1 from {twice} as twice where {same})", f"each {', '.join(keys)} once")
