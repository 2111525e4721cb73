"""The schema of every table of microdata, from tables/microdata.toml: the records, and the tables that sql/microdata makes of them."""

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.microdata.method import UNKNOWN_SIZE, MicrodataMethod
from pipeline.schemas import LISTS, Column, Schema, of_schemas

NOT_PLACED_BY = ("no workplace", "not in the register")
PLACED_BY = tuple(way for way in LISTS["placed_by"] if way not in NOT_PLACED_BY)
WHOLE, UNALLOCATED, DECLARED, MATCHED = "whole", "unallocated", "declared", "matched"
LINES = (WHOLE, UNALLOCATED, DECLARED, MATCHED, *PLACED_BY, *NOT_PLACED_BY)
"""The lines of a table that are not regions."""
CURRENCY = "currency"
"""The unit of amounts in tables/microdata.toml, in place of the method's."""


def is_region(line: str) -> bool:
    """Whether a line is a region."""
    return line not in LINES


@functools.cache
def _tables() -> dict[str, Schema]:
    return of_schemas("microdata", "companies")


def schemas(method: MicrodataMethod | None = None) -> dict[str, Schema]:
    """The schema of every table, by the table's name, with the codes and the currency of a method if there is one."""
    if method is None:
        return _tables()
    return {table: replace(schema, columns=dict(_own_columns(schema, method))) for table, schema in _tables().items()}


def _own_columns(schema: Schema, method: MicrodataMethod) -> Iterator[tuple[str, Column]]:
    geography = method.catalogue.geography
    names = [line for line in ([geography.whole] if geography.whole else []) + [*LINES] if re.fullmatch(geography.code, line)]
    checks: dict[str, dict[str, Any]] = {
        "a region": {"pattern": f"(?:{geography.code})$"} | ({"not_among": names} if names else {}),
        "a class": {"one_of": [*method.sizes.codes, UNKNOWN_SIZE]},
        "a class or a sum": {"one_of": list(dict.fromkeys((*method.sizes.codes, UNKNOWN_SIZE, *method.sizes.sums)))},
        "a sum": {"one_of": list(method.sizes.sums)},
    }
    for name, own in schema.columns.items():
        unit = {**own.metadata, "unit": method.catalogue.currency} if own.metadata["unit"] == CURRENCY else own.metadata
        yield name, replace(own, metadata=unit, checks=checks[own.metadata["codes_of"]] if "codes_of" in own.metadata else own.checks)
