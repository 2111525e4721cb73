"""One model a table: its grain, types, ranges, units and meanings. The only place where these are said."""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import pandas as pd
import pandera.pandas as pan
import pyarrow as pa

Text = Annotated[pd.ArrowDtype, pa.string()]
Whole = Annotated[pd.ArrowDtype, pa.int64()]
Real = Annotated[pd.ArrowDtype, pa.float64()]
Flag = Annotated[pd.ArrowDtype, pa.bool_()]
Day = Annotated[pd.ArrowDtype, pa.date32()]
Money = Annotated[pd.ArrowDtype, pa.decimal128(20, 2)]
AsWritten = Annotated[pd.ArrowDtype, pa.decimal128(28, 8)]

REGION_CODE = r"^\d\d$"
NATION = "00"
SIZE_CLASSES = ("0-9", "10-49", "50-249", "250+")
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
    return column("Two-digit code: a county, or 00 for the nation", str_matches=REGION_CODE)


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


def size_class(*more: str) -> Any:
    return column("Number of employees of the enterprise; SME is below 250", isin=[*SIZE_CLASSES, *more])


def population() -> Any:
    return column("Inhabitants on 31 December", "persons", gt=0)


def inhabitants() -> Any:
    return column("Inhabitants that values are divided by: year-end, or the mean of two year-ends", "persons", gt=0)


def cell_status(of: str) -> Any:
    return column(f"Whether {of} is known: ok; nil (nothing to report, zero); withheld; missing", isin=list(CELL_STATUS))


def indicator_status() -> Any:
    return column(
        "ok or nil: known. withheld, missing: a part is not. undefined: a division by zero. series-break: the window joins two series",
        isin=list(INDICATOR_STATUS),
    )


def series() -> Any:
    return column("How values are placed in regions, and which size classes hold", nullable=True)


def as_written(what: str) -> Any:
    return column(f"{what}, in the unit of the file; empty when the cell is withheld or missing", "unit_sek", ge=0, nullable=True)


def unit_sek() -> Any:
    return column("The unit that the file is written in and rounded to", "SEK", isin=[1, 1000, 1000000])


def cell(of: str) -> Any:
    return column(f"Where {of} stands in the file: sheet and cell, or row", nullable=True)


def source() -> Any:
    return column("Entry of data/raw/sources.toml that the row was read from")


def exporters() -> Any:
    return column("Enterprises that export goods; counted once in each county where they produce", "enterprises", ge=0, nullable=True)


def money(meaning: str) -> Any:
    return column(meaning, "SEK", ge=0, nullable=True)


class IngestedRegions(Table):
    """Counties and the nation, as received."""

    region_code: Text = region_code()
    region_name: Text = column("Swedish name", unique=True)
    source: Text = source()

    class Config:
        name = "ingested.regions"
        unique = ["region_code"]


class IngestedPopulation(Table):
    """Population by region and year, as received."""

    region_code: Text = region_code()
    year: Whole = year()
    population: Whole = population()
    population_cell: Text = cell("the population")
    noise: Whole = column(
        "The most that the publisher may have added or taken away, to disclose nobody; 0: the figure is exact", "inhabitants", ge=0
    )
    source: Text = source()

    class Config:
        name = "ingested.population"
        unique = ["region_code", "year"]


class IngestedGoodsExports(Table):
    """Goods exports by region, year and size class, as received; size class total is the published total."""

    region_code: Text = region_code()
    year: Whole = year()
    size_class: Text = size_class("total")
    exports: AsWritten = as_written("Goods exports")
    exports_status: Text = cell_status("the value")
    exports_cell: Text = cell("the value")
    exporters: Whole = exporters()
    exporters_status: Text = cell_status("the number of exporters")
    exporters_cell: Text = cell("the number of exporters")
    unit_sek: Whole = unit_sek()
    series: Text = series()
    source: Text = source()

    class Config:
        name = "ingested.goods_exports"
        unique = ["region_code", "year", "size_class"]


class IngestedServicesExports(Table):
    """Services exports by region and year, as received."""

    region_code: Text = region_code()
    year: Whole = year()
    exports: AsWritten = as_written("Services exports")
    exports_status: Text = cell_status("the value")
    exports_cell: Text = cell("the value")
    unit_sek: Whole = unit_sek()
    series: Text = series()
    source: Text = source()

    class Config:
        name = "ingested.services_exports"
        unique = ["region_code", "year"]


class IngestedPublishedExportTotals(Table):
    """Published totals that the scale of the export files is checked against, as received."""

    flow: Text = column("goods or services", isin=["goods", "services"])
    region_code: Text = region_code()
    year: Whole = year()
    exports: AsWritten = as_written("Published exports")
    exports_status: Text = cell_status("the value")
    exports_cell: Text = cell("the value")
    unit_sek: Whole = unit_sek()
    source: Text = source()

    class Config:
        name = "ingested.published_export_totals"
        unique = ["flow", "region_code", "year"]


class StagingRegions(Table):
    """Counties and the nation."""

    region_code: Text = region_code()
    region_name: Text = column("Swedish name", unique=True)

    class Config:
        name = "staging.regions"
        unique = ["region_code"]


class StagingPopulation(Table):
    """Population by region and year."""

    region_code: Text = region_code()
    year: Whole = year()
    population: Whole = population()

    class Config:
        name = "staging.population"
        unique = ["region_code", "year"]


class StagingGoodsExports(Table):
    """Goods exports by region, year and size class."""

    region_code: Text = region_code()
    year: Whole = year()
    size_class: Text = size_class()
    exports_sek: Money = money("Goods exports at current prices")
    exporters: Whole = exporters()
    status: Text = cell_status("exports_sek")
    exporters_status: Text = cell_status("exporters")
    series: Text = series()
    unit_sek: Whole = unit_sek()

    class Config:
        name = "staging.goods_exports"
        unique = ["region_code", "year", "size_class"]


class StagingGoodsExportsTotals(Table):
    """Published totals of goods exports over all size classes, by region and year."""

    region_code: Text = region_code()
    year: Whole = year()
    exports_sek: Money = money("Goods exports of all enterprises at current prices")
    exporters: Whole = exporters()
    status: Text = cell_status("exports_sek")
    exporters_status: Text = cell_status("exporters")
    series: Text = series()
    unit_sek: Whole = unit_sek()

    class Config:
        name = "staging.goods_exports_totals"
        unique = ["region_code", "year"]


class StagingServicesExports(Table):
    """Services exports by region and year."""

    region_code: Text = region_code()
    year: Whole = year()
    exports_sek: Money = money("Services exports at current prices")
    status: Text = cell_status("exports_sek")
    series: Text = series()
    unit_sek: Whole = unit_sek()

    class Config:
        name = "staging.services_exports"
        unique = ["region_code", "year"]


class StagingPublishedExportTotals(Table):
    """Published totals that the scale of the export files is checked against."""

    flow: Text = column("goods or services", isin=["goods", "services"])
    region_code: Text = region_code()
    year: Whole = year()
    exports_sek: Money = money("Published exports of all enterprises")

    class Config:
        name = "staging.published_export_totals"
        unique = ["flow", "region_code", "year"]


class ValidationExceptions(Table):
    """Rows that an audit found and the award accepts, with the reason."""

    audit: Text = column("File in sql/audits")
    region_code: Text = column("Region the row is about", nullable=True)
    year: Whole = column("Year the row is about", nullable=True)
    size_class: Text = column("Size class the row is about", nullable=True)
    found: Text = column("What the audit found")
    expected: Text = column("What it expects")
    reason: Text = column("Why the award accepts it")

    class Config:
        name = "validation.exceptions"


class GoodsExports(Table):
    """Goods exports of all enterprises by region and year of the award."""

    region_code: Text = region_code()
    year: Whole = year()
    goods_exports_sek: Money = money("Goods exports of all enterprises: the published total, else the sum of the size classes")
    status: Text = cell_status("goods_exports_sek")
    series: Text = series()

    class Config:
        name = "indicators.goods_exports"
        unique = ["region_code", "year"]


class SmeGoodsExports(Table):
    """Goods exports and exporters among SMEs by region and year of the award."""

    region_code: Text = region_code()
    year: Whole = year()
    sme_goods_exports_sek: Money = money("Goods exports of SMEs; unknown when a part is withheld or missing")
    status: Text = cell_status("sme_goods_exports_sek")
    sme_goods_exporters: Whole = exporters()
    exporters_status: Text = cell_status("sme_goods_exporters")
    series: Text = series()

    class Config:
        name = "indicators.sme_goods_exports"
        unique = ["region_code", "year"]


class Inhabitants(Table):
    """Inhabitants by region and year of the award, as the award's denominator has it."""

    region_code: Text = region_code()
    year: Whole = year()
    population: Whole = population()
    inhabitants: Real = inhabitants()

    class Config:
        name = "indicators.inhabitants"
        unique = ["region_code", "year"]


class SmeGoodsExportsPerCapita(Table):
    """SMEs' goods exports per inhabitant by region and year of the award."""

    region_code: Text = region_code()
    year: Whole = year()
    sme_goods_exports_sek: Money = money("Goods exports of SMEs")
    population: Whole = population()
    inhabitants: Real = inhabitants()
    sme_goods_exports_per_capita_sek: Real = column("Goods exports of SMEs per inhabitant", "SEK per inhabitant", ge=0, nullable=True)

    class Config:
        name = "indicators.sme_goods_exports_per_capita"
        unique = ["region_code", "year"]


class LevelsByYear(Table):
    """Every measure's level by region and year of the award: what growth and indicators are picked from."""

    indicator: Text = column("Name of the measure")
    region_code: Text = region_code()
    year: Whole = year()
    level: Real = column("Level, in the unit of the measure (docs/method.md)", ge=0, nullable=True)
    status: Text = indicator_status()
    series: Text = series()

    class Config:
        name = "indicators.levels_by_year"
        unique = ["indicator", "region_code", "year"]


class GrowthByWindow(Table):
    """Growth of every measure between every pair of the award's years."""

    indicator: Text = column("Name of the measure")
    region_code: Text = region_code()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    base: Real = base("unit of the measure")
    final: Real = final("unit of the measure")
    growth_ratio: Real = column("final / base − 1: 0.41 is +41 %", "relative change", ge=-1, nullable=True)
    status: Text = indicator_status()

    class Config:
        name = "indicators.growth_by_window"
        unique = ["indicator", "region_code", "base_year", "final_year"]


class SmeGoodsExportsPerCapitaGrowth(Table):
    """Growth in SMEs' goods exports per inhabitant over the award's window."""

    region_code: Text = region_code()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    base: Real = base("SEK per inhabitant")
    final: Real = final("SEK per inhabitant")
    sme_goods_exports_per_capita_growth: Real = column(
        "Growth in SMEs' goods exports per inhabitant over the window", "relative change", ge=-1, nullable=True
    )
    status: Text = indicator_status()

    class Config:
        name = "indicators.sme_goods_exports_per_capita_growth"
        unique = ["region_code"]


class SmeGoodsExportersPer100k(Table):
    """Goods-exporting SMEs per 100 000 inhabitants in the window's final year."""

    region_code: Text = region_code()
    final_year: Whole = final_year()
    sme_goods_exporters: Whole = exporters()
    inhabitants: Real = inhabitants()
    sme_goods_exporters_per_100k: Real = column(
        "Goods-exporting SMEs per 100 000 inhabitants", "enterprises per 100 000 inhabitants", ge=0, nullable=True
    )
    status: Text = indicator_status()

    class Config:
        name = "indicators.sme_goods_exporters_per_100k"
        unique = ["region_code"]


class SmeGoodsExportersPer100kChange(Table):
    """Change in goods-exporting SMEs per 100 000 inhabitants over the award's window."""

    region_code: Text = region_code()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    base: Real = base("enterprises per 100 000 inhabitants")
    final: Real = final("enterprises per 100 000 inhabitants")
    sme_goods_exporters_per_100k_change: Real = column(
        "Change in goods-exporting SMEs per 100 000 inhabitants over the window", "enterprises per 100 000 inhabitants", nullable=True
    )
    status: Text = indicator_status()

    class Config:
        name = "indicators.sme_goods_exporters_per_100k_change"
        unique = ["region_code"]


class ServicesExportsPerCapitaGrowth(Table):
    """Growth in services exports per inhabitant over the award's window."""

    region_code: Text = region_code()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    base: Real = base("SEK per inhabitant")
    final: Real = final("SEK per inhabitant")
    services_exports_per_capita_growth: Real = column(
        "Growth in services exports per inhabitant over the window", "relative change", ge=-1, nullable=True
    )
    status: Text = indicator_status()

    class Config:
        name = "indicators.services_exports_per_capita_growth"
        unique = ["region_code"]


class SmeShareOfGoodsExports(Table):
    """SMEs' share of goods exports in the window's final year."""

    region_code: Text = region_code()
    final_year: Whole = final_year()
    sme_goods_exports_sek: Money = money("Goods exports of SMEs")
    goods_exports_sek: Money = money("Goods exports of all enterprises")
    sme_share_of_goods_exports: Real = column("SMEs' share of goods exports", "share", ge=0, le=1, nullable=True)
    status: Text = indicator_status()

    class Config:
        name = "indicators.sme_share_of_goods_exports"
        unique = ["region_code"]


class SmeGoodsExportsPerExporter(Table):
    """SMEs' goods exports per exporting SME in the window's final year."""

    region_code: Text = region_code()
    final_year: Whole = final_year()
    sme_goods_exports_sek: Money = money("Goods exports of SMEs")
    sme_goods_exporters: Whole = exporters()
    sme_goods_exports_per_exporter: Real = column("Goods exports per exporting SME", "SEK per enterprise", ge=0, nullable=True)
    status: Text = indicator_status()

    class Config:
        name = "indicators.sme_goods_exports_per_exporter"
        unique = ["region_code"]


class Ranking(Table):
    """The counties in order of score. Beside the columns here: each indicator of the award, normalised and weighted."""

    region_code: Text = region_code()
    region_name: Text = column("Swedish name")
    rank: Whole = column("Place; ties follow the award's rule; empty when the region cannot be ranked", ge=1, nullable=True)
    score: Real = column("The normalised indicators, weighed and aggregated as the award says", nullable=True)
    is_candidate: Flag = column("Fewer regions score higher than the award asks for candidates: a proposal, no decision")
    not_ranked_reason: Text = column("Which indicator is unknown, and why", nullable=True)
    is_illustrative: Flag = column("Whether any figure behind the ranking is illustrative, not statistics")

    class Config:
        name = "ranking.ranking"
        unique = ["region_code"]


class Candidates(Ranking):
    """The ranking's rows for the proposed regions, in order."""

    class Config:
        name = "ranking.candidates"


def _share(meaning: str) -> Any:
    return column(meaning, "share", ge=0, le=1)


def _place(meaning: str) -> Any:
    return column(meaning, ge=1, nullable=True)


def _candidate() -> Any:
    return column("Whether the region is among the candidates then")


def _indicator() -> Any:
    return column("Indicator of the award")


class RobustnessWindows(Table):
    """Each indicator's value and place in every window, whatever the other indicators say."""

    indicator: Text = _indicator()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    region_code: Text = region_code()
    indicator_value: Real = column("Value in this window, in the unit of the indicator", nullable=True)
    rank: Whole = _place("Place by this indicator alone")

    class Config:
        name = "robustness.windows"
        unique = ["indicator", "base_year", "final_year", "region_code"]


class RobustnessWindowRankings(Table):
    """The whole ranking, had the award another window."""

    base_year: Whole = base_year()
    final_year: Whole = final_year()
    region_code: Text = region_code()
    score: Real = column("Score in this window", nullable=True)
    rank: Whole = _place("Place in this window")
    is_candidate: Flag = _candidate()

    class Config:
        name = "robustness.window_rankings"
        unique = ["base_year", "final_year", "region_code"]


class RobustnessWindowSentences(Table):
    """A sentence wherever the award's window gives a region its best or worst place in an indicator."""

    indicator: Text = _indicator()
    region_code: Text = region_code()
    extreme: Text = column("Which of the two the award's window is", isin=["best", "worst"])
    sentence: Text = column("The same in Swedish, with the places")

    class Config:
        name = "robustness.window_sentences"
        unique = ["indicator", "region_code", "extreme"]


class RobustnessAcceptability(Table):
    """Rank acceptability: the share of all weightings under which a region takes a place."""

    region_code: Text = region_code()
    rank: Whole = column("Place", ge=1)
    share: Real = _share("Share of all weightings, uniform on the simplex; equal regions share their places")
    standard_error: Real = column("Standard error of a sampled share; zero when it is exact", "share", ge=0)

    class Config:
        name = "robustness.acceptability"
        unique = ["region_code", "rank"]


class RobustnessCandidateShares(Table):
    """The share of all weightings, windows and methods under which a county is among the candidates."""

    region_code: Text = region_code()
    weights_share: Real = column(
        "Share of all weightings, uniform on the simplex; empty for an unranked county", "share", ge=0, le=1, nullable=True
    )
    standard_error: Real = column("Standard error of weights_share; zero when it is exact", "share", ge=0, nullable=True)
    draws: Whole = column("Weightings sampled; empty when the share is exact", ge=1, nullable=True)
    windows_share: Real = _share("Share of all windows")
    methods_share: Real = _share("Share of all methods")

    class Config:
        name = "robustness.candidate_shares"
        unique = ["region_code"]


class RobustnessCentralWeights(Table):
    """Central weights: the mean of all weightings that put a region first; no row for a region that none does."""

    region_code: Text = region_code()
    indicator: Text = _indicator()
    central_weight: Real = _share("Weight of the indicator in that mean")

    class Config:
        name = "robustness.central_weights"
        unique = ["region_code", "indicator"]


class RobustnessWeightIntervals(Table):
    """For each candidate, how far one weight can move, the others scaled, while it stays a candidate. Exact."""

    region_code: Text = region_code()
    indicator: Text = _indicator()
    weight: Real = _share("The award's weight")
    lowest_weight: Real = _share("Lowest weight with which the region stays a candidate")
    highest_weight: Real = _share("Highest weight with which the region stays a candidate")

    class Config:
        name = "robustness.weight_intervals"
        unique = ["region_code", "indicator"]


class RobustnessRankIntervals(Table):
    """Between which places a county stands when weights, window or method change."""

    region_code: Text = region_code()
    rank: Whole = _place("Place in the award's ranking; empty for an unranked county")
    weights_best_rank: Whole = _place("Best place in 90 % of all weightings: 5 % of them give a better one")
    weights_worst_rank: Whole = _place("Worst place in 90 % of all weightings: 5 % of them give a worse one")
    windows_best_rank: Whole = _place("Best place in any window in which it is ranked")
    windows_worst_rank: Whole = _place("Worst place in any window in which it is ranked")
    methods_best_rank: Whole = _place("Best place with any method")
    methods_worst_rank: Whole = _place("Worst place with any method")

    class Config:
        name = "robustness.rank_intervals"
        unique = ["region_code"]


class RobustnessMethods(Table):
    """The ranking under every combination of methods that the engine offers."""

    normalisation: Text = column("Normalisation")
    aggregation: Text = column("Aggregation")
    ties: Text = column("Tie rule")
    denominator: Text = column("Inhabitants at the year's end, or the mean of two year-ends")
    region_code: Text = region_code()
    rank: Whole = _place("Place under this method")
    is_candidate: Flag = _candidate()

    class Config:
        name = "robustness.methods"
        unique = ["normalisation", "aggregation", "ties", "denominator", "region_code"]


class RobustnessLeaveOneOut(Table):
    """The ranking without one indicator, the other weights scaled up, or without one region."""

    dropped_kind: Text = column("What is left out", isin=["indicator", "region"])
    dropped: Text = column("The indicator, or the region's code, that is left out")
    region_code: Text = region_code()
    rank: Whole = _place("Place then")
    is_candidate: Flag = _candidate()

    class Config:
        name = "robustness.leave_one_out"
        unique = ["dropped_kind", "dropped", "region_code"]


class RobustnessRankReversals(Table):
    """Rank reversal: two regions whose order changes because a third is left out."""

    dropped: Text = column("Code of the region that is left out", str_matches=REGION_CODE)
    region_code: Text = column("Code of the region that stood higher", str_matches=REGION_CODE)
    overtaken_by: Text = column("Code of the region that stands higher then", str_matches=REGION_CODE)

    class Config:
        name = "robustness.rank_reversals"
        unique = ["dropped", "region_code", "overtaken_by"]


class RobustnessTurningPoints(Table):
    """What would have to change: the value of one indicator alone at which a county becomes a candidate, or ceases to be one."""

    region_code: Text = region_code()
    indicator: Text = _indicator()
    indicator_value: Real = column("The county's own value, in the unit of the indicator")
    turns_at: Real = column("The value at which its candidacy turns; empty when no value does it", nullable=True)

    class Config:
        name = "robustness.turning_points"
        unique = ["region_code", "indicator"]


class RobustnessScenarios(Table):
    """A region's places when its own figures err in its favour or against it, as a scenario of the award says."""

    scenario: Text = column("Name of the scenario in the award")
    region_code: Text = region_code()
    best_rank: Whole = column("Place when the errors favour the region", ge=1)
    worst_rank: Whole = column("Place when the errors are against it", ge=1)
    candidate_at_best: Flag = _candidate()
    candidate_at_worst: Flag = _candidate()

    class Config:
        name = "robustness.scenarios"
        unique = ["scenario", "region_code"]


class RobustnessCellBounds(Table):
    """What an unknown cell of the window's years could hold, given the published margins."""

    measure: Text = column("What is measured", isin=["goods_exports", "exporters", "services_exports"])
    region_code: Text = region_code()
    year: Whole = year()
    size_class: Text = column("Size class; empty for services", isin=list(SIZE_CLASSES), nullable=True)
    lowest: Real = column("Lowest that the margins allow", "SEK or enterprises", ge=0)
    highest: Real = column("Highest that the margins allow; empty when nothing bounds it", "SEK or enterprises", ge=0, nullable=True)

    class Config:
        name = "robustness.cell_bounds"
        unique = ["measure", "region_code", "year", "size_class"]


class RobustnessUnranked(Table):
    """Between which places an unranked region could stand, given what its unknown cells could hold."""

    region_code: Text = region_code()
    best_rank: Whole = _place("Best place possible; empty when nothing bounds its cells")
    worst_rank: Whole = _place("Worst place possible; empty when nothing bounds its cells")

    class Config:
        name = "robustness.unranked"
        unique = ["region_code"]


class RobustnessVerdicts(Table):
    """A verdict in words for each region in or near the candidates. It describes the ranking; it decides nothing."""

    region_code: Text = region_code()
    rank: Whole = column("Place", ge=1)
    is_candidate: Flag = column("Whether the region is a proposed candidate")
    weights_share: Real = _share("Share of all weightings under which it is a candidate")
    windows_share: Real = _share("Share of all windows in which it is a candidate")
    methods_share: Real = _share("Share of all methods with which it is a candidate")
    verdict: Text = column(
        "The verdict, from the award's thresholds",
        isin=["robust", "depends on weights", "depends on the window", "depends on method", "marginal"],
    )
    sentence: Text = column("The same in Swedish, with the shares")

    class Config:
        name = "robustness.verdicts"
        unique = ["region_code"]


class ReportEvidence(Table):
    """What is known of the counties' work with exports beyond trade figures, as entered for the award. Never part of the score."""

    region_code: Text = region_code()
    kind: Text = column("The ground", isin=list(GROUNDS))
    statement: Text = column("What is stated, in the words of who entered it")
    source: Text = column("Who states it, and where")
    page: Text = column("Address of the source on the web", nullable=True)
    date: Day = column("Day that the source bears, or of the event it tells of")
    entered_by: Text = column("Who entered the statement: a role or a name")

    class Config:
        name = "report.evidence"
        unique = ["region_code", "kind", "statement"]


def _language() -> Any:
    return column("Language of the report", isin=["sv", "en"])


class ReportSentences(Table):
    """The sentences about each county, by the rules of docs/method.md, as the report prints them."""

    language: Text = _language()
    region_code: Text = region_code()
    sentence_number: Whole = column("Number of the sentence among the county's", ge=1)
    rule: Text = column(
        "The rule it comes from; the last four are caveats",
        isin=["statement", "place", "nation", "small base", "best window", "worst window", "nominal"],
    )
    indicator: Text = column("Indicator of the award that it is about", nullable=True)
    sentence: Text = column("The sentence")
    traces: Text = column("Numbers of the traces of its figures, in their order", nullable=True)

    class Config:
        name = "report.sentences"
        unique = ["language", "region_code", "sentence_number"]


class ReportTraces(Table):
    """Where each figure of a sentence comes from. The value stands in table_name, where row_key holds, in column_name."""

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
    sql_files: Text = column("SQL files from the raw cells to it")
    raw_cells: Text = column("Files and cells it was computed from; empty for a place", nullable=True)

    class Config:
        name = "report.traces"
        unique = ["language", "trace"]


class ReportTraceCells(Table):
    """The raw cells behind each figure, a row each."""

    language: Text = _language()
    trace: Whole = column("Number of the trace", ge=1)
    cell_number: Whole = column("Number of the cell in the trace", ge=1)
    raw_file: Text = column("File in data/raw")
    raw_cell: Text = column("Sheet and cell, or row")
    raw_column: Text = column("What the cell holds", isin=["exports", "exporters", "population"])
    year: Whole = year()
    size_class: Text = column("Size class of the cell; empty where there is none", isin=[*SIZE_CLASSES, "total"], nullable=True)
    written: Text = column("The number in the cell, in the unit of the file")
    unit_sek: Whole = column("The unit of a value", "SEK", nullable=True)

    class Config:
        name = "report.trace_cells"
        unique = ["language", "trace", "cell_number"]


COUNTY = r"^(0[1-9]|[1-9][0-9])$"
UNKNOWN_SIZE = "unknown"
PLACED_BY = ("goods-producing workplaces", "all workplaces", "workplaces without employees", "head office")
NOT_PLACED_BY = ("no workplace", "not in the register")
UNALLOCATED, DECLARED, MATCHED = "unallocated", "declared", "matched"


def _establishment_id() -> Any:
    return column("Identifier of the workplace; never leaves the program")


def _enterprise_id(**checks: Any) -> Any:
    return column("Identifier of the enterprise, the same in all datasets; never leaves the program", **checks)


def _group_id() -> Any:
    return column("Identifier of the enterprise group, or of the enterprise where it is in none; never leaves the program")


def _employees(of: str) -> Any:
    return column(f"Employees of {of}", "persons", ge=0, le=10_000_000)


def _industry_code() -> Any:
    return column("Industry by SNI 2007: two to five digits", str_matches=r"^[0-9]{2,5}$")


def _basis() -> Any:
    return column("How values are placed in regions", isin=["production-place", "workplace-share", "head-office"])


def _line() -> Any:
    return column(
        "A county; 00: all that is placed in counties; unallocated: the rest; declared: both; matched: by enterprises that the register"
        " knows; or the way in which values were placed"
    )


def _cell_size(*more: str) -> Any:
    return column(
        "Size class of the enterprise; unknown where the register does not know it",
        isin=[*SIZE_CLASSES, UNKNOWN_SIZE, *more],
    )


def _placed_by() -> Any:
    return column("What placed the value, or why nothing could", isin=[*PLACED_BY, *NOT_PLACED_BY])


def _contribution() -> Any:
    return column("Goods exports at current prices", "SEK", ge=0)


def _exporters_whole() -> Any:
    return column("Exporters; an enterprise counts whole in each of its regions", "enterprises", ge=0)


def _exporters_once() -> Any:
    return column("Exporters; an enterprise counts in the first of its regions alone", "enterprises", ge=0)


def _exporter_millionths() -> Any:
    return column("Exporters, each divided over its regions as its value is", "millionths of an enterprise", ge=0)


class MicrodataDeclarations(Table):
    """Export declarations, as received. Any number of rows for an enterprise; corrections are netted before."""

    enterprise_id: Text = _enterprise_id(ne="")
    year: Whole = year()
    month: Whole = column("Month of the export", ge=1, le=12)
    partner_country: Text = column("Country of destination: two letters of ISO 3166", str_matches=r"^[A-Z]{2}$")
    commodity_code: Text = column("Goods by the Combined Nomenclature: two to ten digits", str_matches=r"^[0-9]{2,10}$")
    value_sek: Money = column("Statistical value", "SEK", ge=0, le=1_000_000_000_000)

    class Config:
        name = "microdata.declarations"


class MicrodataEnterprises(Table):
    """The business register: enterprises by year, as received."""

    enterprise_id: Text = _enterprise_id(ne="")
    year: Whole = year()
    enterprise_group_id: Text = column("Identifier of the group it belongs to; empty when in none", nullable=True)
    employees: Whole = _employees("the enterprise")
    industry_code: Text = _industry_code()

    class Config:
        name = "microdata.enterprises"
        unique = ["enterprise_id", "year"]


class MicrodataEstablishments(Table):
    """Workplaces by year, as received."""

    establishment_id: Text = _establishment_id()
    enterprise_id: Text = _enterprise_id(ne="")
    year: Whole = year()
    region_code: Text = column("Two-digit code of the county where the workplace is", str_matches=COUNTY)
    employees: Whole = _employees("the workplace")
    industry_code: Text = _industry_code()

    class Config:
        name = "microdata.establishments"
        unique = ["establishment_id", "year"]


class MicrodataEnterpriseExports(Table):
    """What each enterprise declared in a year."""

    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    exports_sek: Money = _contribution()

    class Config:
        name = "microdata.enterprise_exports"
        unique = ["enterprise_id", "year"]


class MicrodataExportingEnterprises(Table):
    """Every enterprise that declared exports in a year, with its group and size class."""

    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    group_id: Text = _group_id()
    size_class: Text = _cell_size()
    exports_sek: Money = _contribution()
    is_exporter: Flag = column("Whether it exports as much as the threshold asks")

    class Config:
        name = "microdata.exporting_enterprises"
        unique = ["enterprise_id", "year"]


class MicrodataWorkplaces(Table):
    """The workplaces of the exporting enterprises that the register knows, and what each may place a value by."""

    establishment_id: Text = _establishment_id()
    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    region_code: Text = region_code()
    employees: Whole = column("Employees of the workplace", "persons", ge=0)
    goods_employees: Whole = column("The same where the workplace produces goods, else 0", "persons", ge=0)
    is_office: Flag = column("Whether its industry is that of head offices")

    class Config:
        name = "microdata.workplaces"
        unique = ["establishment_id", "year"]


class MicrodataEnterprisePlaces(Table):
    """Where an exporting enterprise is: employees and workplaces in a region, in the regions up to it, and in all."""

    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    region_code: Text = region_code()
    goods_employees: Whole = column("Employees of goods-producing workplaces in the region", "persons", ge=0)
    employees: Whole = column("Employees of all workplaces in the region", "persons", ge=0)
    workplaces: Whole = column("Workplaces in the region", "workplaces", ge=1)
    head_offices: Whole = column("1 where the head office is, else 0", "workplaces", ge=0, le=1)
    goods_employees_so_far: Whole = column("The same employees in the regions up to this one, by code", "persons", ge=0)
    employees_so_far: Whole = column("Employees in the regions up to this one, by code", "persons", ge=0)
    workplaces_so_far: Whole = column("Workplaces in the regions up to this one, by code", "workplaces", ge=1)
    goods_employees_in_all: Whole = column("Employees of goods-producing workplaces in all regions", "persons", ge=0)
    employees_in_all: Whole = column("Employees in all regions", "persons", ge=0)
    workplaces_in_all: Whole = column("Workplaces in all regions", "workplaces", ge=1)

    class Config:
        name = "microdata.enterprise_places"
        unique = ["enterprise_id", "year", "region_code"]


class MicrodataContributions(Table):
    """What each enterprise brings to each region under each basis, to the öre."""

    basis: Text = _basis()
    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    region_code: Text = column("Two-digit code of the county, or unallocated")
    group_id: Text = _group_id()
    size_class: Text = _cell_size()
    placed_by: Text = _placed_by()
    exports_sek: Money = _contribution()
    exporters: Whole = _exporters_whole()
    exporters_once: Whole = _exporters_once()
    exporter_millionths: Whole = _exporter_millionths()

    class Config:
        name = "microdata.contributions"
        unique = ["basis", "enterprise_id", "year", "region_code"]


class MicrodataLeafCells(Table):
    """Exports and exporters by region, year and size class under each basis, and by what placed them."""

    basis: Text = _basis()
    region_code: Text = column("Two-digit code of the county, or unallocated")
    year: Whole = year()
    size_class: Text = _cell_size()
    placed_by: Text = _placed_by()
    exports_sek: Money = _contribution()
    exporters: Whole = _exporters_whole()
    exporters_once: Whole = _exporters_once()
    exporter_millionths: Whole = _exporter_millionths()

    class Config:
        name = "microdata.leaf_cells"
        unique = ["basis", "region_code", "year", "size_class", "placed_by"]


class MicrodataCells(Table):
    """Every figure that may be published, under each basis: lines by size class, with the sums over both."""

    basis: Text = _basis()
    line: Text = _line()
    year: Whole = year()
    size_class: Text = _cell_size("sme", "total")
    exports_sek: Money = _contribution()
    exporters: Whole = _exporters_whole()
    exporter_millionths: Whole = _exporter_millionths()

    class Config:
        name = "microdata.cells"
        unique = ["basis", "line", "year", "size_class"]


class MicrodataCellContributors(Table):
    """Who stands behind a cell, for disclosure control alone."""

    basis: Text = _basis()
    line: Text = _line()
    year: Whole = year()
    size_class: Text = _cell_size("sme", "total")
    groups: Whole = column("Enterprise groups that bring something", "groups", ge=1)
    largest_sek: Money = column("What the largest group brings", "SEK", ge=0)
    second_largest_sek: Money = column("What the second largest group brings; zero when there is none", "SEK", ge=0)
    largest_group: Text = _group_id()

    class Config:
        name = "microdata.cell_contributors"
        unique = ["basis", "line", "year", "size_class"]


class MicrodataBasisDifferences(Table):
    """What a county's exports under one basis differ by from those under another, and who stands behind it. Never leaves the program."""

    first_basis: Text = _basis()
    second_basis: Text = _basis()
    region_code: Text = region_code()
    year: Whole = year()
    size_class: Text = column("Enterprises that are counted", isin=["250+", "sme", "total"])
    groups: Whole = column("Enterprise groups whose own exports differ", "groups", ge=1)
    largest_sek: Money = column("What the group that differs most differs by", "SEK", ge=0)
    others_sek: Money = column("What is left of the difference without the two groups that differ most", "SEK", ge=0)
    largest_group: Text = _group_id()

    class Config:
        name = "microdata.basis_differences"
        unique = ["first_basis", "second_basis", "region_code", "year", "size_class"]


class MicrodataDominance(Table):
    """What a county's change in SMEs' exports owes to one enterprise group, for every pair of years. Never leaves the program."""

    region_code: Text = region_code()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    base_sek: Money = column("SMEs' exports in the base year", "SEK", ge=0)
    final_sek: Money = column("SMEs' exports in the final year", "SEK", ge=0)
    largest_base_sek: Money = column("What the largest exporter group of the final year brought in the base year", "SEK", ge=0)
    largest_final_sek: Money = column("What the largest exporter group of the final year brought in it", "SEK", ge=0)
    carrier_base_sek: Money = column("What the group whose change goes furthest brought in the base year", "SEK", ge=0)
    carrier_final_sek: Money = column("What the group whose change goes furthest brought in the final year", "SEK", ge=0)

    class Config:
        name = "microdata.dominance"
        unique = ["region_code", "base_year", "final_year"]


def models(of: type[Table] = Table) -> list[type[Table]]:
    """Every table's model, in the order of this file."""
    return [model for child in of.__subclasses__() for model in [child, *models(child)]]


_SCHEMAS: dict[str, pan.DataFrameSchema] = {}


def schemas() -> dict[str, pan.DataFrameSchema]:
    """The schema of every table, by the table's name."""
    if not _SCHEMAS:
        _SCHEMAS.update({schema.name or "": schema for schema in (model.to_schema() for model in models())})
    return _SCHEMAS


def indicator_names() -> list[str]:
    """The indicators an award can choose: those with one figure a region."""
    return [
        table.removeprefix("indicators.")
        for table, schema in schemas().items()
        if table.startswith("indicators.") and schema.unique == ["region_code"]
    ]


def value_range(indicator: str) -> tuple[float, float]:
    """The lowest and highest value that an indicator's schema allows."""
    said: dict[str, Any] = {}
    for check in schemas()[f"indicators.{indicator}"].columns[indicator].checks:
        said |= check.statistics or {}
    return said.get("min_value", -math.inf), said.get("max_value", math.inf)


def ranking_schema(table: str, indicators: Sequence[str]) -> pan.DataFrameSchema:
    """The schema of a ranking over the award's indicators: its fixed columns, and three for each indicator."""
    added = {}
    for name in indicators:
        original = schemas()[f"indicators.{name}"].columns[name]
        unit = (original.metadata or {}).get("unit")
        real = pd.ArrowDtype(pa.float64())
        for suffix, meaning, of_unit in (
            ("", original.description, unit),
            ("_normalised", f"{original.description}: normalised score, higher is better", None),
            ("_weighted", f"{original.description}: what it brings to the score", None),
        ):
            added[name + suffix] = pan.Column(real, nullable=True, description=meaning, metadata={"unit": of_unit})
    return schemas()[table].add_columns(added)


def frame(table: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a data frame with the columns and types of a table's schema."""
    columns = schemas()[table].columns
    return pd.DataFrame({name: pd.array([row.get(name) for row in rows], dtype=schema.dtype.type) for name, schema in columns.items()})
