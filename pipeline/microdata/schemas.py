"""The schema of every table of microdata, from tables/microdata.toml: the records, and the tables that sql/microdata makes of them."""

import functools
import re
from collections.abc import Iterator
from typing import Any

import pandera.pandas as pan

from pipeline.microdata.method import UNKNOWN_SIZE, MicrodataMethod
from pipeline.schemas import LISTS, of_schemas

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
def _tables() -> dict[str, pan.DataFrameSchema]:
    return of_schemas("microdata")


def schemas(method: MicrodataMethod | None = None) -> dict[str, pan.DataFrameSchema]:
    """The schema of every table, by the table's name, with the codes and the currency of a method if there is one."""
    if method is None:
        return _tables()
    return {table: schema.update_columns(dict(_own_columns(schema, method))) for table, schema in _tables().items()}


def _own_columns(schema: pan.DataFrameSchema, method: MicrodataMethod) -> Iterator[tuple[str, dict[str, Any]]]:
    """The columns of a schema that depend on a method, and their changes."""
    geography = method.catalogue.geography
    names = [line for line in ([geography.whole] if geography.whole else []) + [*LINES] if re.fullmatch(geography.code, line)]
    checks = {
        "a region": [pan.Check.str_matches(f"(?:{geography.code})$"), *([pan.Check.notin(names)] if names else [])],
        "a class": [pan.Check.isin([*method.sizes.codes, UNKNOWN_SIZE])],
        "a class or a sum": [pan.Check.isin(list(dict.fromkeys((*method.sizes.codes, UNKNOWN_SIZE, *method.sizes.sums))))],
        "a sum": [pan.Check.isin(list(method.sizes.sums))],
    }
    for name, own in schema.columns.items():
        if own.metadata["unit"] == CURRENCY:
            yield name, {"metadata": {"unit": method.catalogue.currency}}
        if "codes_of" in own.metadata:
            yield name, {"checks": checks[own.metadata["codes_of"]]}
