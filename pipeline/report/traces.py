"""Where each figure of the report comes from: table, row, column, formula, declarations, SQL files, and the raw cells behind it.

A trace is read off what made the figure: the catalogue says of which cells a measure is made, and the SQL files are parsed.
"""

import functools
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.award import Award
from pipeline.declarations import Estimator, Unit
from pipeline.models import models, references
from pipeline.report.language import Language
from pipeline.report.visible import SPACE
from pipeline.sources import Sources

Row = Mapping[str, Any]
TABLE = "indicators.indicators_by_region"
TREND, GROWTH = "indicators.trend_by_window", "indicators.growth_by_window"
ESTIMATORS: tuple[Estimator, ...] = ("log-linear", "theil-sen")
VALUE = "indicator_value"
OF_A_TRACE = ("region_code", "shown", "unrounded", "quantity", "table_name", "row_key", "column_name", "formula", "rounding")
"""The columns of report.traces that are fields of a trace."""
OF_A_CELL = ("raw_file", "raw_cell", "raw_column", "year", "written", "unit")
"""The columns of report.trace_cells that are fields of a cell."""


@dataclass(frozen=True)
class Figure:
    """A figure as it is shown, and the number of its trace."""

    text: str
    trace: int


@dataclass(frozen=True)
class Cell:
    """A raw cell that a figure is made of; classes by classification, unit of an amount alone."""

    raw_file: str
    raw_cell: str
    raw_column: str
    year: int
    classes: Mapping[str, str]
    written: str
    unit: int | None
    shown: str


@dataclass(frozen=True)
class Trace:
    """The way from a figure to its raw cells."""

    number: int
    region_code: str
    region_name: str
    quantity: str
    table_name: str
    row_key: str
    column_name: str
    unrounded: float
    exact: str
    shown: str
    rounding: str
    formula: str
    files: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass
class Traces:
    """Figures of one report in one language; each value of a table is traced once, however often it is shown."""

    tables: Mapping[str, Sequence[Row]]
    award: Award
    sources: Sources
    language: Language
    labels: Mapping[str, str]
    by_place: dict[tuple[str, str, str], Trace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = {indicator.name: {} for indicator in self.award.indicators}
        for row in self.tables[TABLE]:
            self._rows[row["indicator"]][row["region_code"]] = row
        for indicator in self.award.indicators:
            if not indicator.measure:
                self._rows[indicator.name] = dict(self._own_rows(indicator.name, self.award.window_of(indicator)[1]))
        self._estimators = {one.name: one.estimator for one in self.award.indicators if one.estimator}
        window = ("measure", "region_code", "base_year", "final_year")
        self._trends = {tuple(row[key] for key in window): row for row in self.tables[TREND]}
        self._levels = {(row["measure"], row["region_code"], row["year"]): row for row in self.tables["indicators.levels_by_year"]}
        self._cells: dict[tuple[Any, ...], Row] = {}
        self._names = {row["region_code"]: row["region_name"] for row in self.tables["staging.regions"]}
        self.regions = len(self._names.keys() - {self.award.catalogue.geography.whole})

    def _own_rows(self, name: str, final_year: int) -> Iterator[tuple[str, Row]]:
        """The rows of an indicator with an SQL file of its own, as those of a measure."""
        for row in self.tables[f"indicators.{name}"]:
            own = {"base_year": None, "final_year": final_year, "base": None, "final": None, VALUE: row[name]}
            yield row["region_code"], {**own, "region_code": row["region_code"], "status": row["status"]}

    def row(self, indicator: str, region_code: str) -> Row:
        """A region's row of an indicator; empty where there is none."""
        return self._rows[indicator].get(region_code, {})

    def value(self, indicator: str, region_code: str) -> float | None:
        """A region's value of an indicator; None where it is unknown."""
        value: float | None = self.row(indicator, region_code).get(VALUE)
        return value

    def unit(self, indicator: str, column: str = VALUE) -> Unit | str:
        """The kind of unit of an indicator's value, or of the levels that it is taken from."""
        meaning = self.award.meanings[indicator]
        return meaning.unit if column == VALUE or not meaning.measure else self.award.catalogue.measures[meaning.measure].unit

    def median(self, indicator: str, column: str) -> float:
        """The median of the regions' known values in a column of an indicator."""
        whole = self.award.catalogue.geography.whole
        known = [row[column] for code, row in self._rows[indicator].items() if code != whole and row[column] is not None]
        return float(statistics.median(known))

    def finer(self, indicator: str, region_code: str, end: str) -> int:
        """How many decimals more one of its two levels needs, so that a change that is shown is seen in them. end: base or final."""
        row, unit = self.row(indicator, region_code), self.unit(indicator, "base")
        if row["base"] is None or row["final"] is None or self.language.is_shown_as_zero(row[VALUE], self.unit(indicator)):
            return 0
        apart = self.language.finer(row["base"], row["final"], unit)
        if self.award.meanings[indicator].taken != "change":
            return apart
        return max(apart, self.language.has_tenths(row[VALUE], unit) - self.language.has_tenths(row[end], unit))

    def figure(self, indicator: str, region_code: str, column: str, shown: str, finer: int = 0) -> Figure:
        """A known value of an indicator, or one of its two levels, as a figure with its trace. finer: decimals beyond the usual."""
        row = self.row(indicator, region_code)
        value = float(row[column])
        end = {"base": "base_year", "final": "final_year"}.get(column)
        label = self.labels[indicator]
        is_own = not self.award.meanings[indicator].measure
        return self._traced(
            region_code,
            self.language.say("notes.level", label=label, year=row[end]) if end else label,
            f"indicators.{indicator}" if is_own else TABLE,
            f"region_code = '{region_code}'" if is_own else f"indicator = '{indicator}' and region_code = '{region_code}'",
            indicator if is_own else column,
            value,
            shown,
            self.language.rounding(value, self.unit(indicator, column), finer),
            self._formula(indicator, column, row),
            self._files(indicator),
            tuple(self._cells_of(indicator, region_code, self._years(indicator, row, column))),
        )

    def trend(self, indicator: str, region_code: str) -> Row:
        """The row of the trend of the measure that an indicator grows by, over its window; empty where there is none."""
        row = self.row(indicator, region_code)
        key = (self.award.meanings[indicator].measure, region_code, row.get("base_year"), row.get("final_year"))
        return self._trends.get(key, {})

    def trend_figure(self, indicator: str, region_code: str, estimator: Estimator, shown: str) -> Figure:
        """A known trend beside an indicator that is a growth, by one of the estimators, as a figure with its trace."""
        row = self.trend(indicator, region_code)
        column = estimator_column(estimator)
        value = float(row[column])
        key = f"measure = '{row['measure']}' and region_code = '{region_code}'"
        years = range(row["base_year"], row["final_year"] + 1)
        return self._traced(
            region_code,
            self.language.say("notes.trend", label=self.labels[indicator], estimator=self.language.say(f"estimator.{estimator}")),
            TREND,
            f"{key} and base_year = {row['base_year']} and final_year = {row['final_year']}",
            column,
            value,
            shown,
            self.language.rounding(value, "growth"),
            self._trend_formula(indicator, estimator, row),
            self._files(indicator, TREND),
            tuple(self._cells_of(indicator, region_code, years)),
        )

    def growth(self, indicator: str, region_code: str, years: tuple[int, int]) -> float | None:
        """A region's growth between two years of an indicator's window, by the measure that it is taken from; None where it is unknown."""
        measure = self.award.meanings[indicator].measure
        base, final = (self._levels.get((measure, region_code, year), {"level": None}) for year in years)
        if not base["level"] or final["level"] is None:
            return None
        accepted = self.trend(indicator, region_code).get("status") == "ok"
        return float(final["level"] / base["level"] - 1) if accepted or base["series"] == final["series"] else None

    def last_year(self, indicator: str, region_code: str) -> float | None:
        """The growth in the last year of the window, where an indicator is growth and that goes the other way; None elsewhere."""
        row = self.row(indicator, region_code)
        if self.award.meanings[indicator].taken not in ("growth", "trend") or row.get(VALUE) is None:
            return None
        last = self.growth(indicator, region_code, (row["final_year"] - 1, row["final_year"]))
        if last is None or last * row[VALUE] >= 0:
            return None
        return None if any(self.language.is_shown_as_zero(growth, "growth") for growth in (last, row[VALUE])) else last

    def growth_figure(self, indicator: str, region_code: str, years: tuple[int, int], value: float, shown: str) -> Figure:
        """A known growth between two years, as growth() has it, as a figure with its trace."""
        measure, (base, final) = self.award.meanings[indicator].measure, years
        ends = [self.language.exact(float(self._levels[measure, region_code, year]["level"])) for year in (final, base)]
        level = self.award.catalogue.formula(str(measure))
        return self._traced(
            region_code,
            self.language.say("notes.growth", label=self.labels[indicator], years=self.language.span(base, final)),
            GROWTH,
            f"measure = '{measure}' and region_code = '{region_code}' and base_year = {base} and final_year = {final}",
            "growth_ratio",
            value,
            shown,
            self.language.rounding(value, "growth"),
            f"final / base − 1 = {ends[0]} / {ends[1]} − 1; base, final: {level}",
            self._files(indicator, GROWTH),
            tuple(self._cells_of(indicator, region_code, years)),
        )

    def place(self, indicator: str, region_code: str, place: int, regions: int, shown: str) -> Figure:
        """A region's place by an indicator alone, in the award's window, as a figure with its trace."""
        window = self.award.window
        key = f"indicator = '{indicator}' and base_year = {window.base} and final_year = {window.final} and region_code = '{region_code}'"
        return self._traced(
            region_code,
            self.language.say("notes.place", label=self.labels[indicator]),
            "robustness.windows",
            key,
            "rank",
            float(place),
            shown,
            self.language.say("notes.not_rounded"),
            self.language.say("notes.place_formula", indicator=indicator, count=regions),
            self._files(indicator),
            (),
        )

    def _traced(self, region_code: str, quantity: str, table: str, row: str, column: str, value: float, shown: str, *rest: Any) -> Figure:
        key = (table, row, column)
        if key not in self.by_place:
            name, number = self._names[region_code], len(self.by_place) + 1
            unrounded = self.language.exact(value)
            self.by_place[key] = Trace(number, region_code, name, quantity, table, row, column, value, unrounded, shown, *rest)
        return Figure(shown, self.by_place[key].number)

    def _formula(self, indicator: str, column: str, row: Row) -> str:
        """How a column was computed, with the unrounded numbers where it came from two of them."""
        meaning = self.award.meanings[indicator]
        if not meaning.measure:
            return f"sql/indicators/{indicator}.sql"
        level = self.award.catalogue.formula(meaning.measure)
        if column != VALUE or not meaning.spans:
            return level
        final, base = (self.language.exact(float(row[end])) for end in ("final", "base"))
        if meaning.taken == "growth":
            return f"final / base − 1 = {final} / {base} − 1; base, final: {level}"
        if indicator in self._estimators:
            return self._trend_formula(indicator, self._estimators[indicator], row)
        return f"final − base = {final} − {base}; base, final: {level}"

    def _trend_formula(self, indicator: str, estimator: Estimator, row: Row) -> str:
        """How a trend was computed, with the unrounded level of every year."""
        measure, base, final = self.award.meanings[indicator].measure, row["base_year"], row["final_year"]
        levels = {year: self._levels[measure, row["region_code"], year]["level"] for year in range(base, final + 1)}
        return self.language.say(
            "notes.trend_formula",
            years=final - base,
            slope=self.language.say(f"notes.slope.{estimator}"),
            levels="; ".join(f"{year}: {self.language.exact(float(level))}" for year, level in levels.items()),
            level=self.award.catalogue.formula(measure),
        )

    def _years(self, indicator: str, row: Row, column: str) -> list[int]:
        if indicator in self._estimators and column == VALUE:
            return list(range(row["base_year"], row["final_year"] + 1))
        keys = {"base": ["base_year"], "final": ["final_year"]}.get(column, ["base_year", "final_year"])
        return [row[key] for key in keys if row[key] is not None]

    def _files(self, indicator: str, table: str = "") -> tuple[str, ...]:
        """The SQL files from an indicator down to staging, and the declarations of what it is made of."""
        meaning, catalogue = self.award.meanings[indicator], self.award.catalogue
        table = table or (TABLE if meaning.measure else f"indicators.{indicator}")
        measures = dict.fromkeys(name for read in meaning.reads for name in (read, *catalogue.parts(read)))
        statistics_ = dict.fromkeys(catalogue.cells_of(part).statistic for read in meaning.reads for part in catalogue.parts(read))
        declared = [f"catalogue/measures/{name}.toml" for name in measures] + [f"catalogue/statistics/{name}.toml" for name in statistics_]
        own = [] if meaning.measure else [f"catalogue/indicators/{indicator}.toml"]
        return (*sql_behind(table), *own, *declared)

    def _cells_of(self, indicator: str, region_code: str, years: Iterable[int]) -> Iterator[Cell]:
        parts = [part for measure in self.award.meanings[indicator].reads for part in self.award.catalogue.parts(measure)]
        for year in years:
            for part in dict.fromkeys(parts):
                yield from self._cells_in(part, region_code, year)

    def _cells_in(self, part: str, region_code: str, year: int) -> Iterator[Cell]:
        """The cells of the first set that gives a measure's level, as sql/indicators/levels_by_year.sql takes it."""
        catalogue = self.award.catalogue
        cells = catalogue.cells_of(part)
        alternatives = [
            [self._raw(cells.statistic, cells.quantity, region_code, year, code) for code in codes]
            for codes in catalogue.alternatives(part)
        ]
        used = next((rows for rows in alternatives if all(row and row["figure"] is not None for row in rows)), alternatives[-1])
        if self.award.ranking.denominator == "mean" and catalogue.statistics[cells.statistic].at_year_end:
            used = [*used, *(self._raw(cells.statistic, cells.quantity, region_code, year - 1, row["class_code"]) for row in used if row)]
        for row in used:
            if row and row["figure"] is not None:
                yield self._cell(row)

    def _cell(self, row: Row) -> Cell:
        catalogue = self.award.catalogue
        is_money = catalogue.quantity(row["statistic"], row["quantity"]).kind == "money"
        written = f"{row['figure'].normalize():f}"
        codes = row["class_code"].split(", ") if row["class_code"] else []
        classes = dict(zip(catalogue.statistics[row["statistic"]].classes, codes, strict=True))
        figure = self.language.exact(row["figure"])
        shown = f"{figure}{SPACE}{self.language.money_unit(row['unit'])}" if is_money else figure
        source = self.sources.entries[row["source"]]
        words = catalogue.geography.files
        marks = [words.meaning(mark, self.language.code) for mark in source.marks_of(row["year"])]
        about = ", ".join([*classes.values(), str(row["year"]), *marks])
        unit = row["unit"] if is_money else None
        return Cell(source.file, row["cell"], row["quantity"], row["year"], classes, written, unit, f"{shown} ({about})")

    def _raw(self, *key: Any) -> Row | None:
        if not self._cells:
            grain = ("statistic", "quantity", "region_code", "year", "class_code")
            self._cells = {tuple(row[name] for name in grain): row for row in self.tables["ingested.figures"]}
        return self._cells.get(key)


def estimator_column(estimator: Estimator) -> str:
    """The column of a trend by an estimator."""
    return f"{estimator.replace('-', '_')}_ratio"


@functools.cache
def sql_behind(table: str) -> tuple[str, ...]:
    """The SQL files between a table of indicators and the raw cells, from its own file down to staging."""
    sql = models("indicators") | models("staging")
    ordered: list[str] = []
    waiting = [table]
    while waiting:
        each = waiting.pop(0)
        if each in sql and each not in ordered:
            ordered.append(each)
            waiting += sorted(references(sql[each]))
    return tuple(f"sql/{each.replace('.', '/')}.sql" for each in ordered)


def rows(traces: Iterable[Trace], language: Language) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of report.traces and report.trace_cells."""
    numbered: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for trace in traces:
        key = {"language": language.code, "trace": trace.number}
        numbered.append(
            {
                **key,
                **{name: getattr(trace, name) for name in OF_A_TRACE},
                "files": "; ".join(trace.files),
                "raw_cells": "; ".join(f"{cell.raw_file} {cell.raw_cell}" for cell in trace.cells) or None,
            }
        )
        cells += [
            {
                **key,
                "cell_number": number,
                **{name: getattr(cell, name) for name in OF_A_CELL},
                **cell.classes,
            }
            for number, cell in enumerate(trace.cells, 1)
        ]
    return numbered, cells
