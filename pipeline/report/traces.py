"""Where each figure of the report comes from: table, row, column, formula, SQL files, and the raw cells behind it.

A trace is read off the same SQL that made the figure: an indicator's file names its measure, and the files it refers to are parsed.
"""

import functools
import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipeline.report.language import Language
from pipeline.report.words import words
from pipeline.schemas import NATION, SIZE_CLASSES, schemas
from pipeline.settings import Award, Sources
from pipeline.warehouse import models, records, references

SME = SIZE_CLASSES[:3]

Cells = tuple[str, str, tuple[str, ...]]
"""A column of an ingested table, and the size classes that count."""

SME_VALUE: Cells = ("goods_exports", "exports", SME)
SME_COUNT: Cells = ("goods_exports", "exporters", SME)
ALL_VALUE: Cells = ("goods_exports", "exports", ("total",))
SERVICES: Cells = ("services_exports", "exports", ())
PEOPLE: Cells = ("population", "population", ())


@dataclass(frozen=True)
class Measure:
    """How sql/indicators/levels_by_year.sql makes a measure: from which tables, and from which raw cells."""

    formula: str
    tables: tuple[str, ...]
    cells: tuple[Cells, ...]


GOODS, PER_SME, HEADS = "indicators.goods_exports", "indicators.sme_goods_exports", "indicators.inhabitants"
MEASURES = {
    "goods_exports": Measure("goods_exports_sek", (GOODS,), (ALL_VALUE,)),
    "goods_exports_per_capita": Measure("goods_exports_sek / inhabitants", (GOODS, HEADS), (ALL_VALUE, PEOPLE)),
    "sme_goods_exports": Measure("sme_goods_exports_sek", (PER_SME,), (SME_VALUE,)),
    "sme_goods_exports_per_capita": Measure("sme_goods_exports_sek / inhabitants", (PER_SME, HEADS), (SME_VALUE, PEOPLE)),
    "sme_goods_exporters_per_100k": Measure("sme_goods_exporters × 100 000 / inhabitants", (PER_SME, HEADS), (SME_COUNT, PEOPLE)),
    "sme_share_of_goods_exports": Measure("sme_goods_exports_sek / goods_exports_sek", (PER_SME, GOODS), (SME_VALUE, ALL_VALUE)),
    "sme_goods_exports_per_exporter": Measure("sme_goods_exports_sek / sme_goods_exporters", (PER_SME,), (SME_VALUE, SME_COUNT)),
    "services_exports": Measure("services_exports_sek", ("staging.services_exports",), (SERVICES,)),
    "services_exports_per_capita": Measure("services_exports_sek / inhabitants", ("staging.services_exports", HEADS), (SERVICES, PEOPLE)),
}
"""A test computes every figure anew from the cells that this names."""


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown, and the number of its trace."""

    text: str
    trace: int


@dataclass(frozen=True)
class Cell:
    """A raw cell that a figure is made of."""

    file: str
    place: str
    column: str
    year: int
    size_class: str | None
    written: str
    unit_sek: int | None
    shown: str


@dataclass(frozen=True)
class Trace:
    """The way from a figure to its raw cells."""

    number: int
    region_code: str
    region_name: str
    quantity: str
    table: str
    row: str
    column: str
    value: float
    unrounded: str
    shown: str
    rounding: str
    formula: str
    sql_files: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass
class Traces:
    """Figures of one report in one language; each value of a table is traced once, however often it is shown."""

    tables: Mapping[str, pd.DataFrame]
    award: Award
    sources: Sources
    language: Language
    labels: Mapping[str, str]
    found: dict[tuple[str, str, str], Trace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rows: dict[str, dict[str, dict[str, Any]]] = {}
        self._cells: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
        self._names = {row["region_code"]: row["region_name"] for row in records(self.tables["staging.regions"])}
        self._say: Callable[..., str] = words(self.language)

    def row(self, indicator: str, region_code: str) -> dict[str, Any]:
        """A region's row of an indicator's table; empty where there is none."""
        if indicator not in self._rows:
            frame = self.tables[f"indicators.{indicator}"]
            self._rows[indicator] = {row["region_code"]: row for row in records(frame)}
        return self._rows[indicator].get(region_code, {})

    def median(self, indicator: str, column: str) -> float:
        """The median of the counties' known values in a column of an indicator's table."""
        self.row(indicator, NATION)
        return float(
            statistics.median(row[column] for code, row in self._rows[indicator].items() if code != NATION and row[column] is not None)
        )

    def figure(self, indicator: str, region_code: str, column: str, shown: str) -> Figure:
        """A known value of an indicator's table as a figure with its trace."""
        row = self.row(indicator, region_code)
        value = row[column]
        end = {"base": "base_year", "final": "final_year"}.get(column)
        label = self.labels[indicator]
        return self._traced(
            region_code,
            self._say("trace_level", label=label, year=row[end]) if end else label,
            f"indicators.{indicator}",
            f"region_code = '{region_code}'",
            column,
            float(value),
            shown,
            self.language.rounding(float(value), unit(indicator, column)),
            _formula(indicator, column, row),
            sql_files(indicator),
            tuple(self._cells_of(indicator, region_code, column)),
        )

    def place(self, indicator: str, region_code: str, place: int, known: int, shown: str) -> Figure:
        """A region's place by an indicator alone, in the award's window, as a figure with its trace."""
        window = self.award.window
        key = f"indicator = '{indicator}' and base_year = {window.base} and final_year = {window.final} and region_code = '{region_code}'"
        formula = f"rank of indicators.{indicator} among {known} counties whose value is known"
        return self._traced(
            region_code,
            self._say("trace_place", label=self.labels[indicator]),
            "robustness.windows",
            key,
            "rank",
            float(place),
            shown,
            self._say("not_rounded"),
            formula,
            sql_files(indicator),
            (),
        )

    def _traced(self, region_code: str, quantity: str, table: str, row: str, column: str, value: float, shown: str, *rest: Any) -> Figure:
        key = (table, row, column)
        if key not in self.found:
            self.found[key] = Trace(
                len(self.found) + 1,
                region_code,
                self._names[region_code],
                quantity,
                table,
                row,
                column,
                value,
                str(int(value)) if value.is_integer() else repr(value),
                shown,
                *rest,
            )
        return Figure(shown, self.found[key].number)

    def _cells_of(self, indicator: str, region_code: str, column: str) -> Iterator[Cell]:
        """The raw cells of the years that a column of an indicator's table is about."""
        row = self.row(indicator, region_code)
        measure = MEASURES.get(measure_of(indicator))
        if measure is None:
            return
        years = {"base": ["base_year"], "final": ["final_year"]}.get(column, ["base_year", "final_year"])
        for year in (row[name] for name in years if name in row):
            for cells in measure.cells:
                yield from self._cells_in(cells, region_code, year)

    def _cells_in(self, cells: Cells, region_code: str, year: int) -> Iterator[Cell]:
        table, column, size_classes = cells
        keys: list[tuple[Any, ...]] = [(region_code, year, size_class) for size_class in size_classes] or [(region_code, year)]
        if size_classes == ("total",) and self._raw(table).get(keys[0], {}).get(column) is None:
            keys = [(region_code, year, size_class) for size_class in SIZE_CLASSES]
        if table == "population" and self.award.ranking.denominator == "mean":
            keys.append((region_code, year - 1))
        for key in keys:
            raw = self._raw(table).get(key)
            if raw and raw[column] is not None:
                written = f"{raw[column].normalize():f}" if column == "exports" else str(raw[column])
                unit_sek = raw["unit_sek"] if column == "exports" else None
                size_class = key[2] if len(key) > 2 else None
                file = self.sources.entries[raw["source"]].file
                shown = f"{written} {self._say(f'unit_{unit_sek}')}" if unit_sek else written
                about = ", ".join(str(part) for part in (size_class, key[1]) if part)
                yield Cell(file, raw[f"{column}_cell"], column, key[1], size_class, written, unit_sek, f"{shown} ({about})")

    def _raw(self, table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
        if table not in self._cells:
            grain = schemas()[f"ingested.{table}"].unique or []
            self._cells[table] = {tuple(row[key] for key in grain): row for row in records(self.tables[f"ingested.{table}"])}
        return self._cells[table]


def unit(indicator: str, column: str) -> str:
    """The unit of a column of an indicator's table."""
    return str((schemas()[f"indicators.{indicator}"].columns[column].metadata or {}).get("unit"))


@functools.cache
def measure_of(indicator: str) -> str:
    """The measure of indicators.levels_by_year that an indicator's SQL file picks; empty when it picks none."""
    found = re.search(r"\bindicator = '(\w+)'", models("indicators")[f"indicators.{indicator}"])
    return found[1] if found else ""


def counts_exporters(indicator: str) -> bool:
    """Whether an indicator counts exporters: then the nation, which counts an enterprise once, does not compare with counties."""
    measure = MEASURES.get(measure_of(indicator))
    return measure is not None and SME_COUNT in measure.cells


@functools.cache
def sql_files(indicator: str) -> tuple[str, ...]:
    """The SQL files between an indicator and the raw cells, from its own file down to staging."""
    sql = models("indicators") | models("staging")
    measure = MEASURES.get(measure_of(indicator))
    ordered: list[str] = []
    waiting = [f"indicators.{indicator}"]
    while waiting:
        table = waiting.pop(0)
        if table in sql and table not in ordered:
            ordered.append(table)
            picked = measure.tables if measure and table == "indicators.levels_by_year" else references(sql[table])
            waiting += sorted(picked)
    return tuple(f"sql/{table.replace('.', '/')}.sql" for table in ordered)


def _formula(indicator: str, column: str, row: Mapping[str, Any]) -> str:
    """How a column was computed, with the unrounded numbers where it came from two of them."""
    measure = MEASURES.get(measure_of(indicator))
    level = measure.formula if measure else column
    if column in ("base", "final") or "base" not in row:
        return level
    if unit(indicator, column) == "relative change":
        return f"final / base − 1 = {row['final']!r} / {row['base']!r} − 1; base, final: {level}"
    return f"final − base = {row['final']!r} − {row['base']!r}; base, final: {level}"


def rows(found: Sequence[Trace], language: Language) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of report.traces and report.trace_cells."""
    traces: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for trace in found:
        key = {"language": language.code, "trace": trace.number}
        traces.append(
            {
                **key,
                "region_code": trace.region_code,
                "shown": trace.shown,
                "unrounded": trace.value,
                "quantity": trace.quantity,
                "table_name": trace.table,
                "row_key": trace.row,
                "column_name": trace.column,
                "formula": trace.formula,
                "rounding": trace.rounding,
                "sql_files": "; ".join(trace.sql_files),
                "raw_cells": "; ".join(f"{cell.file} {cell.place}" for cell in trace.cells) or None,
            }
        )
        cells += [
            {
                **key,
                "cell_number": number,
                "raw_file": cell.file,
                "raw_cell": cell.place,
                "raw_column": cell.column,
                "year": cell.year,
                "size_class": cell.size_class,
                "written": cell.written,
                "unit_sek": cell.unit_sek,
            }
            for number, cell in enumerate(trace.cells, 1)
        ]
    return traces, cells
