"""One model a table: its grain, types, ranges, units and meanings. The only place where these are said, beside microdata/schemas.py."""

import copy
import functools
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pandas as pd
import pandera.pandas as pan
import pyarrow as pa

from pipeline.catalogue import TOTAL, Catalogue, Classes, Meaning
from pipeline.faults import DataRefused, Fault

Text = Annotated[pd.ArrowDtype, pa.string()]
Whole = Annotated[pd.ArrowDtype, pa.int64()]
Real = Annotated[pd.ArrowDtype, pa.float64()]
Flag = Annotated[pd.ArrowDtype, pa.bool_()]
Day = Annotated[pd.ArrowDtype, pa.date32()]
Money = Annotated[pd.ArrowDtype, pa.decimal128(20, 2)]
AsWritten = Annotated[pd.ArrowDtype, pa.decimal128(38, 15)]

DICTIONARY = "docs/data-dictionary.md says what the column may hold; follow the row to its raw file."
CELL_STATUS = ("ok", "nil", "withheld", "missing")
GROUNDS = ("collaboration", "cross-border partners", "companies reached", "brand")
INDICATOR_STATUS = (*CELL_STATUS, "undefined", "series-break")


class Table(pan.DataFrameModel):
    """A table of the pipeline: no column beside those named, no row twice in its grain."""

    class Config:
        strict = True


def column(meaning: str, unit: str | None = None, **checks: Any) -> Any:
    """A column's meaning, unit, and the values it may take."""
    return pan.Field(description=meaning, metadata={"unit": unit}, **checks)


def region_code() -> Any:
    return column("Code of a region, or of the whole")


def year() -> Any:
    return column("Calendar year", ge=1900, le=2100)


def base_year() -> Any:
    return column("First year of the window", ge=1900, le=2100)


def final_year() -> Any:
    return column("Last year of the window", ge=1900, le=2100)


def base(unit: str | None = None) -> Any:
    return column("Level in the base year", unit, ge=0, nullable=True)


def final(unit: str | None = None) -> Any:
    return column("Level in the final year", unit, ge=0, nullable=True)


def class_code() -> Any:
    return column("Its class in each classification of its statistic, joined by commas; empty where there is none")


def cell_status(of: str) -> Any:
    return column(f"Whether {of} is known: ok; nil (nothing to report, zero); withheld; missing", isin=list(CELL_STATUS))


def indicator_status() -> Any:
    return column(
        "ok or nil: known. withheld, missing: a part is not. undefined: a division by zero. series-break: the window joins two series",
        isin=list(INDICATOR_STATUS),
    )


def series() -> Any:
    return column("How values are placed in regions, and which size classes hold", nullable=True)


def unit() -> Any:
    return column("The unit that the file is written in and rounded to: 1, a thousand, a million", "currency or units", ge=1)


def noise() -> Any:
    return column("The most that the publisher may have added or taken away, to disclose nobody; 0: the figure is exact", ge=0)


def cell(of: str) -> Any:
    return column(f"Where {of} stands in the file: sheet and cell, or row", nullable=True)


def source() -> Any:
    return column("Entry of data/raw/sources.toml that the row was read from")


def statistic() -> Any:
    return column("Statistic of the catalogue")


def quantity() -> Any:
    return column("Quantity of the statistic")


class IngestedRegions(Table):
    region_code: Text = region_code()
    region_name: Text = column("Name", unique=True)
    is_whole: Flag = column("Whether it is all regions together")
    source: Text = source()

    class Config:
        name = "ingested.regions"
        description = "The regions that are compared, and the whole they are part of, as received."
        unique = ["region_code"]


class IngestedFigures(Table):
    statistic: Text = statistic()
    quantity: Text = quantity()
    region_code: Text = region_code()
    year: Whole = year()
    class_code: Text = class_code()
    figure: AsWritten = column("The figure in the unit of the file; empty when withheld or missing", "unit", ge=0, nullable=True)
    status: Text = cell_status("the figure")
    cell: Text = cell("the figure")
    unit: Whole = unit()
    series: Text = series()
    noise: Whole = noise()
    source: Text = source()

    class Config:
        name = "ingested.figures"
        description = "Every figure as received, a row each."
        unique = ["statistic", "quantity", "region_code", "year", "class_code"]


class StagingRegions(Table):
    region_code: Text = region_code()
    region_name: Text = column("Name", unique=True)
    is_whole: Flag = column("Whether it is all regions together")

    class Config:
        name = "staging.regions"
        description = "The regions that are compared, and the whole they are part of."
        unique = ["region_code"]


class StagingFigures(Table):
    statistic: Text = statistic()
    quantity: Text = quantity()
    region_code: Text = region_code()
    year: Whole = year()
    class_code: Text = class_code()
    amount: AsWritten = column("The figure; unknown when withheld or missing", "currency or units", ge=0, nullable=True)
    status: Text = cell_status("amount")
    series: Text = series()
    unit: Whole = unit()
    noise: Whole = noise()

    class Config:
        name = "staging.figures"
        description = "Every figure of every statistic, in whole units of its currency or count: what audits and measures read."
        unique = ["statistic", "quantity", "region_code", "year", "class_code"]


class ValidationExceptions(Table):
    audit: Text = column("File in sql/audits")
    region_code: Text = column("Region the row is about", nullable=True)
    year: Whole = column("Year the row is about", nullable=True)
    class_code: Text = column("Class the row is about", nullable=True)
    found: Text = column("What the audit found")
    expected: Text = column("What it expects")
    reason: Text = column("Why the award accepts it")

    class Config:
        name = "validation.exceptions"
        description = "Rows that an audit found and the award accepts, with the reason."


class LevelsByYear(Table):
    measure: Text = column("Measure of the catalogue")
    region_code: Text = region_code()
    year: Whole = year()
    level: Real = column("Level, in the unit of the measure (docs/method.md)", ge=0, nullable=True)
    status: Text = indicator_status()
    series: Text = series()

    class Config:
        name = "indicators.levels_by_year"
        description = "Every measure's level by region and year of the award: what growth and indicators are picked from."
        unique = ["measure", "region_code", "year"]


class GrowthByWindow(Table):
    measure: Text = column("Measure of the catalogue")
    region_code: Text = region_code()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    base: Real = base("unit of the measure")
    final: Real = final("unit of the measure")
    growth_ratio: Real = column("final / base − 1: 0.41 is +41 %", "relative change", ge=-1, nullable=True)
    status: Text = indicator_status()

    class Config:
        name = "indicators.growth_by_window"
        description = "Growth of every measure between every pair of the award's years."
        unique = ["measure", "region_code", "base_year", "final_year"]


class IndicatorsByRegion(Table):
    indicator: Text = column("Indicator of the award")
    region_code: Text = region_code()
    base_year: Whole = column("First year of the window; empty for a level", ge=1900, le=2100, nullable=True)
    final_year: Whole = final_year()
    base: Real = base("unit of the measure")
    final: Real = column(
        "Level in the final year; empty for a level, which is the value itself", "unit of the measure", ge=0, nullable=True
    )
    indicator_value: Real = column("Value, in the unit of the indicator", nullable=True)
    status: Text = indicator_status()

    class Config:
        name = "indicators.indicators_by_region"
        description = "The award's indicators: each measure taken as level, growth or change, in the years that the award says."
        unique = ["indicator", "region_code"]


class Ranking(Table):
    region_code: Text = region_code()
    region_name: Text = column("Name")
    rank: Whole = column("Place; ties follow the award's rule; empty when the region cannot be ranked", ge=1, nullable=True)
    score: Real = column("The normalised indicators, weighed and aggregated as the award says", nullable=True)
    is_candidate: Flag = column("Fewer regions score higher than the award asks for candidates: a proposal, no decision")
    not_ranked_reason: Text = column("Which indicator is unknown, and why", nullable=True)
    is_illustrative: Flag = column("Whether any figure behind the ranking is illustrative, not statistics")

    class Config:
        name = "ranking.ranking"
        description = "The regions in order of score. Beside the columns here: each indicator of the award, normalised and weighted."
        unique = ["region_code"]


class Candidates(Ranking):
    class Config:
        name = "ranking.candidates"
        description = "The ranking's rows for the proposed regions, in order."


def _share(meaning: str) -> Any:
    return column(meaning, "share", ge=0, le=1)


def _place(meaning: str) -> Any:
    return column(meaning, ge=1, nullable=True)


def _candidate() -> Any:
    return column("Whether the region is among the candidates then")


def _indicator() -> Any:
    return column("Indicator of the award")


class RobustnessWindows(Table):
    indicator: Text = _indicator()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    region_code: Text = region_code()
    indicator_value: Real = column("Value in this window, in the unit of the indicator", nullable=True)
    rank: Whole = _place("Place by this indicator alone")

    class Config:
        name = "robustness.windows"
        description = "Each indicator's value and place in every window, whatever the other indicators say."
        unique = ["indicator", "base_year", "final_year", "region_code"]


class RobustnessWindowRankings(Table):
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    region_code: Text = region_code()
    score: Real = column("Score in this window", nullable=True)
    rank: Whole = _place("Place in this window")
    is_candidate: Flag = _candidate()

    class Config:
        name = "robustness.window_rankings"
        description = "The whole ranking, had the award another window."
        unique = ["base_year", "final_year", "region_code"]


class RobustnessWindowExtremes(Table):
    indicator: Text = _indicator()
    region_code: Text = region_code()
    extreme: Text = column("Which of the two the award's window is", isin=["best", "worst"])
    rank: Whole = column("Place in the award's window", ge=1)
    best_rank: Whole = column("Best place in any window in which it is known", ge=1)
    worst_rank: Whole = column("Worst place in any window in which it is known", ge=1)
    windows: Whole = column("Windows in which it is known", ge=2)

    class Config:
        name = "robustness.window_extremes"
        description = "Where the award's window gives a region its best or worst place in an indicator."
        unique = ["indicator", "region_code", "extreme"]


class RobustnessAcceptability(Table):
    region_code: Text = region_code()
    rank: Whole = column("Place", ge=1)
    share: Real = _share("Share of all weightings, uniform on the simplex; equal regions share their places")
    standard_error: Real = column("Standard error of a sampled share; zero when it is exact", "share", ge=0)

    class Config:
        name = "robustness.acceptability"
        description = "Rank acceptability: the share of all weightings under which a region takes a place."
        unique = ["region_code", "rank"]


class RobustnessCandidateShares(Table):
    region_code: Text = region_code()
    weights_share: Real = column(
        "Share of all weightings, uniform on the simplex; empty for an unranked region", "share", ge=0, le=1, nullable=True
    )
    standard_error: Real = column("Standard error of weights_share; zero when it is exact", "share", ge=0, nullable=True)
    draws: Whole = column("Weightings sampled; empty when the share is exact", ge=1, nullable=True)
    windows_share: Real = _share("Share of all windows")
    methods_share: Real = _share("Share of all methods")

    class Config:
        name = "robustness.candidate_shares"
        description = "The share of all weightings, windows and methods under which a region is among the candidates."
        unique = ["region_code"]


class RobustnessCentralWeights(Table):
    region_code: Text = region_code()
    indicator: Text = _indicator()
    central_weight: Real = _share("Weight of the indicator in that mean")

    class Config:
        name = "robustness.central_weights"
        description = "Central weights: the mean of all weightings that put a region first; no row for a region that none does."
        unique = ["region_code", "indicator"]


class RobustnessWeightIntervals(Table):
    region_code: Text = region_code()
    indicator: Text = _indicator()
    weight: Real = _share("The award's weight")
    lowest_weight: Real = _share("Lowest weight with which the region stays a candidate")
    highest_weight: Real = _share("Highest weight with which the region stays a candidate")

    class Config:
        name = "robustness.weight_intervals"
        description = "For each candidate, how far one weight can move, the others scaled, while it stays a candidate. Exact."
        unique = ["region_code", "indicator"]


class RobustnessRankIntervals(Table):
    region_code: Text = region_code()
    rank: Whole = _place("Place in the award's ranking; empty for an unranked region")
    weights_best_rank: Whole = _place("Best place in 90 % of all weightings: 5 % of them give a better one")
    weights_worst_rank: Whole = _place("Worst place in 90 % of all weightings: 5 % of them give a worse one")
    windows_best_rank: Whole = _place("Best place in any window in which it is ranked")
    windows_worst_rank: Whole = _place("Worst place in any window in which it is ranked")
    methods_best_rank: Whole = _place("Best place with any method")
    methods_worst_rank: Whole = _place("Worst place with any method")

    class Config:
        name = "robustness.rank_intervals"
        description = "Between which places a region stands when weights, window or method change."
        unique = ["region_code"]


class RobustnessMethods(Table):
    normalisation: Text = column("Normalisation")
    aggregation: Text = column("Aggregation")
    ties: Text = column("Tie rule")
    denominator: Text = column("Inhabitants at the year's end, or the mean of two year-ends")
    region_code: Text = region_code()
    rank: Whole = _place("Place under this method")
    is_candidate: Flag = _candidate()

    class Config:
        name = "robustness.methods"
        description = "The ranking under every combination of methods that the engine offers."
        unique = ["normalisation", "aggregation", "ties", "denominator", "region_code"]


class RobustnessLeaveOneOut(Table):
    dropped_kind: Text = column("What is left out", isin=["indicator", "region"])
    dropped: Text = column("The indicator, or the region's code, that is left out")
    region_code: Text = region_code()
    rank: Whole = _place("Place then")
    is_candidate: Flag = _candidate()

    class Config:
        name = "robustness.leave_one_out"
        description = "The ranking without one indicator, the other weights scaled up, or without one region."
        unique = ["dropped_kind", "dropped", "region_code"]


class RobustnessRankReversals(Table):
    dropped: Text = column("Code of the region that is left out")
    region_code: Text = column("Code of the region that stood higher")
    overtaken_by: Text = column("Code of the region that stands higher then")

    class Config:
        name = "robustness.rank_reversals"
        description = "Rank reversal: two regions whose order changes because a third is left out."
        unique = ["dropped", "region_code", "overtaken_by"]


class RobustnessTurningPoints(Table):
    region_code: Text = region_code()
    indicator: Text = _indicator()
    indicator_value: Real = column("The region's own value, in the unit of the indicator")
    turns_at: Real = column("The value at which its candidacy turns; empty when no value does it", nullable=True)

    class Config:
        name = "robustness.turning_points"
        description = (
            "What would have to change: the value of one indicator alone at which a region becomes a candidate, or ceases to be one."
        )
        unique = ["region_code", "indicator"]


class RobustnessScenarios(Table):
    scenario: Text = column("Name of the scenario in the award")
    region_code: Text = region_code()
    best_rank: Whole = column("Place when the errors favour the region", ge=1)
    worst_rank: Whole = column("Place when the errors are against it", ge=1)
    candidate_at_best: Flag = _candidate()
    candidate_at_worst: Flag = _candidate()

    class Config:
        name = "robustness.scenarios"
        description = "A region's places when its own figures err in its favour or against it, as a scenario of the award says."
        unique = ["scenario", "region_code"]


class RobustnessCellBounds(Table):
    measure: Text = column("What is measured: a quantity of the catalogue")
    region_code: Text = region_code()
    year: Whole = year()
    class_code: Text = column("Class of the cell", nullable=True)
    lowest: Real = column("Lowest that the margins allow", "currency or units", ge=0)
    highest: Real = column("Highest that the margins allow; empty when nothing bounds it", "currency or units", ge=0, nullable=True)

    class Config:
        name = "robustness.cell_bounds"
        description = "What an unknown cell of the window's years could hold, given the published margins."
        unique = ["measure", "region_code", "year", "class_code"]


class RobustnessUnranked(Table):
    region_code: Text = region_code()
    best_rank: Whole = _place("Best place possible; empty when nothing bounds its cells")
    worst_rank: Whole = _place("Worst place possible; empty when nothing bounds its cells")

    class Config:
        name = "robustness.unranked"
        description = "Between which places an unranked region could stand, given what its unknown cells could hold."
        unique = ["region_code"]


class RobustnessVerdicts(Table):
    region_code: Text = region_code()
    rank: Whole = column("Place", ge=1)
    is_candidate: Flag = column("Whether the region is a proposed candidate")
    weights_share: Real = _share("Share of all weightings under which it is a candidate")
    windows_share: Real = _share("Share of all windows in which it is a candidate")
    methods_share: Real = _share("Share of all methods with which it is a candidate")
    verdict: Text = column(
        "The verdict, from the award's thresholds",
        isin=["robust", "depends_on_weights", "depends_on_window", "depends_on_method", "marginal"],
    )

    class Config:
        name = "robustness.verdicts"
        description = "A verdict for each region in or near the candidates. It describes the ranking; it decides nothing."
        unique = ["region_code"]


class ReportEvidence(Table):
    region_code: Text = region_code()
    kind: Text = column("The ground", isin=list(GROUNDS))
    statement: Text = column("What is stated, in the words of who entered it")
    source: Text = column("Who states it, and where")
    page: Text = column("Address of the source on the web", nullable=True)
    date: Day = column("Day that the source bears, or of the event it tells of")
    entered_by: Text = column("Who entered the statement: a role or a name")

    class Config:
        name = "report.evidence"
        description = (
            "What is known of the regions' work with exports beyond trade figures, as entered for the award. Never part of the score."
        )
        unique = ["region_code", "kind", "statement"]


def _language() -> Any:
    return column("Language of the report", isin=["sv", "en"])


class ReportSentences(Table):
    language: Text = _language()
    region_code: Text = region_code()
    sentence_number: Whole = column("Number of the sentence among the region's", ge=1)
    rule: Text = column(
        "The rule it comes from; the last four are caveats",
        isin=["statement", "place", "nation", "small base", "best window", "worst window", "nominal"],
    )
    indicator: Text = column("Indicator of the award that it is about", nullable=True)
    sentence: Text = column("The sentence")
    traces: Text = column("Numbers of the traces of its figures, in their order", nullable=True)

    class Config:
        name = "report.sentences"
        description = "The sentences about each region, by the rules of docs/method.md, as the report prints them."
        unique = ["language", "region_code", "sentence_number"]


class ReportTraces(Table):
    language: Text = _language()
    trace: Whole = column("Number of the trace: the note in PDF and DOCX", ge=1)
    region_code: Text = region_code()
    shown: Text = column("The figure as it is shown where it first stands")
    unrounded: Real = column("The figure before rounding, in the unit of its column")
    quantity: Text = column("What the figure is")
    table_name: Text = column("Table that it stands in")
    row_key: Text = column("Its row, as a condition of SQL")
    column_name: Text = column("Its column")
    formula: Text = column("How it was computed, with unrounded numbers")
    rounding: Text = column("Rule of rounding")
    files: Text = column("SQL files from the raw cells to it, and the declarations of what it is made of")
    raw_cells: Text = column("Files and cells it was computed from; empty for a place", nullable=True)

    class Config:
        name = "report.traces"
        description = "Where each figure of a sentence comes from. The value stands in table_name, where row_key holds, in column_name."
        unique = ["language", "trace"]


class ReportTraceCells(Table):
    language: Text = _language()
    trace: Whole = column("Number of the trace", ge=1)
    cell_number: Whole = column("Number of the cell in the trace", ge=1)
    raw_file: Text = column("File in data/raw")
    raw_cell: Text = column("Sheet and cell, or row")
    raw_column: Text = column("What the cell holds: a quantity of the catalogue")
    year: Whole = year()
    class_code: Text = column("Class of the cell; empty where there is none", nullable=True)
    written: Text = column("The number in the cell, in the unit of the file")
    unit: Whole = column("The unit of an amount; empty for a count", "currency", nullable=True)

    class Config:
        name = "report.trace_cells"
        description = "The raw cells behind each figure, a row each."
        unique = ["language", "trace", "cell_number"]


def models(module: str = __name__, of: type[Table] = Table) -> list[type[Table]]:
    """The models of a module's tables, in the order of its file."""
    return [model for child in of.__subclasses__() for model in [child, *models(module, child)] if model.__module__ == module]


@functools.cache
def schemas(module: str = __name__) -> dict[str, pan.DataFrameSchema]:
    """The schema of each of a module's tables, by the table's name."""
    return {schema.name or "": schema for schema in (model.to_schema() for model in models(module))}


def round_schemas(catalogue: Catalogue, statistics: Sequence[str], meanings: Mapping[str, Meaning]) -> dict[str, pan.DataFrameSchema]:
    """The schema of every table of a round, by the table's name.

    statistics: those that the round needs. meanings: what each indicator of the award is, by its name. Tables about cells have a
    column for each classification; each statistic has a table of its own, and so has each indicator with an SQL file.
    """
    classifications = list(dict.fromkeys(name for statistic in statistics for name in _public_classes(catalogue, statistic)))
    tables = {
        table: _with_classes(schema, [catalogue.classes[name] for name in classifications]) if table in ABOUT_CELLS else schema
        for table, schema in schemas().items()
    }
    for statistic in statistics:
        tables[f"staging.{statistic}"] = statistic_schema(catalogue, statistic)
    for name, meaning in meanings.items():
        if not meaning.measure:
            tables[f"indicators.{name}"] = _own_schema(name, meaning)
    for table in ("ranking.ranking", "ranking.candidates"):
        tables[table] = _of_columns(tables[table], {**tables[table].columns, **_indicator_columns(meanings)})
    code = pan.Check.str_matches(f"^(?:{catalogue.geography.code})$")
    return {name: _with_codes(table, code) if "region_code" in table.columns else table for name, table in tables.items()}


def _with_codes(schema: pan.DataFrameSchema, code: pan.Check) -> pan.DataFrameSchema:
    """A schema whose region codes are those of a geography."""
    region = copy.copy(schema.columns["region_code"])
    region.checks = [code]
    return _of_columns(schema, {**schema.columns, "region_code": region})


def _of_columns(schema: pan.DataFrameSchema, columns: Mapping[str, pan.Column], grain: Sequence[str] | None = None) -> pan.DataFrameSchema:
    """A schema with other columns. Not by pandera's own methods: they copy every column and check deeply, again and again."""
    unique = list(schema.unique or []) if grain is None else list(grain)
    return pan.DataFrameSchema(dict(columns), strict=True, unique=unique or None, name=schema.name, description=schema.description)


ABOUT_CELLS = ("validation.exceptions", "robustness.cell_bounds", "report.trace_cells")


def _public_classes(catalogue: Catalogue, statistic: str) -> tuple[str, ...]:
    declared = catalogue.statistics[statistic]
    return () if declared.is_yardstick else declared.classes


def _column(
    kind: Any, description: str, unit: str | None = None, checks: Sequence[pan.Check] = (), *, nullable: bool = False
) -> pan.Column:
    arrow = pd.ArrowDtype(kind.__args__[0] if hasattr(kind, "__args__") else kind)
    return pan.Column(arrow, list(checks), nullable=nullable, description=description, metadata={"unit": unit})


def _classification(classes: Classes, codes: Sequence[str], *, nullable: bool = False) -> pan.Column:
    return _column(pa.string(), classes.meaning, None, [pan.Check.isin(list(codes))], nullable=nullable)


def _with_classes(schema: pan.DataFrameSchema, classifications: Sequence[Classes]) -> pan.DataFrameSchema:
    """A schema with a column for each classification in the place of class_code."""
    columns: dict[str, pan.Column] = {}
    for name, column_ in schema.columns.items():
        if name == "class_code":
            columns |= {one.name: _classification(one, [*one.codes, TOTAL], nullable=True) for one in classifications}
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
        column_name = amount_column(catalogue, name, key)
        check = pan.Check.gt(0) if quantity.above_zero else pan.Check.ge(0)
        kind = {"money": pa.decimal128(20, 2), "count": pa.int64(), "index": pa.float64()}[quantity.kind]
        unit_ = catalogue.currency if quantity.kind == "money" else quantity.of
        columns[column_name] = _column(kind, quantity.meaning, unit_, [check], nullable=not quantity.above_zero)
        if not quantity.above_zero:
            status = "status" if number == 0 else f"{key}_status"
            said = f"Whether {column_name} is known: ok; nil (nothing to report, zero); withheld; missing"
            statuses[status] = _column(pa.string(), said, None, [pan.Check.isin(list(CELL_STATUS))])
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
    checks = [pan.Check.ge(meaning.lowest)] if meaning.lowest > -math.inf else []
    checks += [pan.Check.le(meaning.highest)] if meaning.highest < math.inf else []
    value = _column(pa.float64(), meaning.labels["en"], meaning.unit_words["en"], checks, nullable=True)
    columns = {"region_code": base["region_code"], name: value, "status": base["status"]}
    return pan.DataFrameSchema(
        columns, strict=True, unique=["region_code"], name=f"indicators.{name}", description=f"{meaning.labels['en']}."
    )


def _indicator_columns(meanings: Mapping[str, Meaning]) -> dict[str, pan.Column]:
    """The columns of a ranking for each indicator: its value, its normalised score, and what it brings to the score."""
    added = {}
    for name, meaning in meanings.items():
        label = meaning.labels["en"]
        for suffix, description, unit_ in (
            ("", label, meaning.unit_words["en"]),
            ("_normalised", f"{label}: normalised score, higher is better", None),
            ("_weighted", f"{label}: what it brings to the score", None),
        ):
            added[name + suffix] = _column(pa.float64(), description, unit_, nullable=True)
    return added


def frame(schema: pan.DataFrameSchema, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a data frame with the columns and types of a schema. Raises DataRefused for a key or a value that has no place there."""
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
