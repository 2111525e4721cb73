"""The models of sql/: their texts, the tables that each reads, and an order in which each comes after those."""

import atexit
import functools
import json
from collections.abc import Iterator
from typing import Any

import duckdb

from pipeline.home import sql_files


def models(folder: str) -> dict[str, str]:
    """The SQL text of every model in sql/<folder>, by the table it makes."""
    return {f"{folder}.{path.stem}": path.read_text(encoding="utf-8") for path in sql_files(folder).values()}


@functools.cache
def references(sql: str) -> frozenset[str]:
    """The tables that a query reads. A name with a schema is a table, a bare name is a CTE. For invalid SQL, none: DuckDB reports it."""
    ((parsed,),) = engine().cursor().execute("select json_serialize_sql($1::varchar)", [sql]).fetchall()
    return frozenset(_tables_in(json.loads(parsed)))


@functools.cache
def engine() -> duckdb.DuckDBPyConnection:
    """The one DuckDB of this process: it parses, and each warehouse has a database in it. It is given up before Python ends, when DuckDB
    counts what is left."""
    atexit.register(engine.cache_clear)
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    # Tables are small: filters that one side of a join makes for the other take longer to make than they save.
    return connection.execute("set disabled_optimizers = 'join_filter_pushdown'")


def _tables_in(parsed: Any) -> Iterator[str]:
    """The tables with a schema in a query as DuckDB parses it."""
    if isinstance(parsed, dict):
        if parsed.get("type") == "BASE_TABLE" and parsed["schema_name"]:
            yield f"{parsed['schema_name']}.{parsed['table_name']}"
        parsed = list(parsed.values())
    if isinstance(parsed, list):
        for part in parsed:
            yield from _tables_in(part)


def in_order(sql_by_table: dict[str, str]) -> list[tuple[str, str]]:
    """Models so that each comes after those it reads; alphabetical where that leaves a choice.

    Raises ValueError when models read each other in a circle.
    """
    waiting = {table: references(sql) & set(sql_by_table) for table, sql in sql_by_table.items()}
    ordered: list[str] = []
    while waiting:
        ready = sorted(table for table, reads in waiting.items() if reads <= set(ordered))
        if not ready:
            raise ValueError(f"models read each other in a circle: {', '.join(sorted(waiting))}")
        ordered += ready
        waiting = {table: reads for table, reads in waiting.items() if table not in ready}
    return [(table, sql_by_table[table]) for table in ordered]
