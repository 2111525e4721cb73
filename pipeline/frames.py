"""A table as a pandas frame, checked by its schema as pandera's: the second opinion that `exportregion validate` asks for.

Each table of each run is checked in DuckDB by the conditions of checks.py. Continuous integration runs `validate`, which reads the same
schemas as pandera's besides: the two validators share no code but the declarations in tables/*.toml.
"""

import functools
import sys
import threading
from typing import Any

import pyarrow as pa

from pipeline.faults import Fault, refuse
from pipeline.schemas import DICTIONARY, Schema, Without, arrow, without_pandas
from pipeline.warehouse import Warehouse

OF_PANDERA = {
    "lowest": "ge",
    "above": "gt",
    "highest": "le",
    "never": "ne",
    "not_among": "notin",
    "one_of": "isin",
    "pattern": "str_matches",
}
"""pandera's name of each check that a column may have."""


def check(warehouse: Warehouse) -> None:
    """Validate every table of a warehouse as a frame. Raises DataRefused with each cell and each repeated row that pandera refuses."""
    faults = []
    for name in warehouse.tables():
        schema = warehouse.schemas[name]
        rows = warehouse.read(name)
        cells, repeated = broken(schema, arrow(schema, rows))
        for row, column in sorted(cells):
            found = repr(rows[row][column])
            faults.append(Fault(f"table {name}, column {column}", found, f"what pandera's schema says of {column}", DICTIONARY))
        keys = ", ".join(schema.grain)
        for row in sorted(repeated):
            found = ", ".join(str(rows[row][key]) for key in schema.grain)
            faults.append(Fault(f"table {name}, {keys}", f"{found} again", "each once", DICTIONARY))
    refuse(faults)


def broken(schema: Schema, table: pa.Table) -> tuple[set[tuple[int, str]], set[int]]:
    """What pandera refuses of a table: rows and columns of cells, counted from 0, and the rows that repeat their grain."""
    import pandas as pd

    pandera = _pandera()
    columns = {
        name: pandera.Column(
            pd.ArrowDtype(column.type),
            [getattr(pandera.Check, OF_PANDERA[key])(bound) for key, bound in column.checks.items()],
            nullable=column.nullable,
            unique=column.unique,
        )
        for name, column in schema.columns.items()
    }
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    try:
        pandera.DataFrameSchema(columns, strict=True, unique=list(schema.grain) or None).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.to_dict("records")
        is_repeated = "multiple_fields_uniqueness"
        cells = {(int(case["index"]), case["column"]) for case in cases if case["check"] != is_repeated}
        return cells, {int(case["index"]) for case in cases if case["check"] == is_repeated}
    return set(), set()


def prepare() -> None:
    """Begin to import pandas and pandera, which takes a third of a second, beside what comes before the check."""
    without_pandas()
    threading.Thread(target=_pandera).start()


@functools.cache
def _pandera() -> Any:
    # Where Spark is installed pandera imports pyspark.pandas, which takes half a second and warns; and hypothesis, for examples in tests.
    sys.modules.setdefault("pyspark.pandas", None)  # type: ignore[arg-type]
    with Without("hypothesis"):
        import pandera.pandas
        import pandera.strategies.pandas_strategies  # what pandera imports when it first validates

    return pandera.pandas
