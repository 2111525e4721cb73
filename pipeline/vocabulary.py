"""The catalogue and an award's choices as small tables for SQL: catalogue.* and run.*."""

import itertools
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipeline.catalogue import Catalogue, class_code
from pipeline.declarations import REGIONS, TOTAL
from pipeline.schemas import amount_column, without_pandas

if TYPE_CHECKING:
    from pipeline.award import Award

TEXT, WHOLE, REAL, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
Rows = list[tuple[Any, ...]]


def arrow(rows: Rows, **columns: pa.DataType) -> pa.Table:
    """Rows as a table with columns of these types."""
    arrays = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    without_pandas()
    return pa.table({name: pa.array(values, kind) for (name, kind), values in zip(columns.items(), arrays, strict=True)})


def catalogue_tables(catalogue: Catalogue) -> dict[str, pa.Table]:
    """The tables catalogue.*: statistics, quantities, cells, sums over classes, measures, yardsticks, and units behind amounts."""
    statistics: Rows = []
    quantities: Rows = []
    cells: Rows = []
    yardsticks: Rows = []
    units: Rows = []
    for name, statistic in catalogue.statistics.items():
        statistics.append((name, statistic.at_year_end, statistic.whole_required, statistic.is_yardstick))
        cells += [(name, code, is_total) for code, is_total in catalogue.class_codes(statistic, totals=True)]
        for key, quantity in statistic.quantities.items():
            unit = {"money": catalogue.currency, "count": quantity.of or key, "index": key}[quantity.kind]
            adds_up = {*statistic.classes} <= {*quantity.adds_up_over}
            whole = class_code([TOTAL] * len(statistic.classes))
            quantities.append((name, key, quantity.kind, unit, REGIONS in quantity.adds_up_over, adds_up, whole))
            if quantity.yardstick:
                yardsticks.append((name, key, *quantity.yardstick.model_dump().values()))
            if quantity.units_behind:
                units.append((name, quantity.units_behind, key))
    measures = [
        (name, *((one.over.measure, one.over.by, one.over.times) if one.over else (name, None, 1)))
        for name, one in catalogue.measures.items()
    ]
    return {
        "catalogue.statistics": arrow(statistics, statistic=TEXT, is_at_year_end=FLAG, is_whole_required=FLAG, is_yardstick=FLAG),
        "catalogue.quantities": arrow(
            quantities,
            statistic=TEXT,
            quantity=TEXT,
            kind=TEXT,
            unit_name=TEXT,
            adds_up_over_regions=FLAG,
            adds_up_over_classes=FLAG,
            whole_code=TEXT,
        ),
        "catalogue.cells": arrow(cells, statistic=TEXT, class_code=TEXT, is_total=FLAG),
        "catalogue.class_sums": arrow(
            class_sums(catalogue), statistic=TEXT, quantity=TEXT, classification=TEXT, whole_code=TEXT, part_code=TEXT
        ),
        "catalogue.measures": arrow(measures, measure=TEXT, above=TEXT, below=TEXT, times=WHOLE),
        "catalogue.yardsticks": arrow(
            yardsticks, statistic=TEXT, quantity=TEXT, yardstick=TEXT, yardstick_quantity=TEXT, yardstick_code=TEXT
        ),
        "catalogue.units_behind": arrow(units, statistic=TEXT, quantity=TEXT, units=TEXT),
    }


def class_sums(catalogue: Catalogue) -> Rows:
    """The sums over classes: statistic, quantity, the classifications that are summed, the total's code, a part's code.

    Two classifications that add up give three sums: over each, and over both.
    """
    sums: Rows = []
    for name, statistic in catalogue.statistics.items():
        lists = [(*catalogue.classes[key].codes, TOTAL) for key in statistic.classes]
        for key, quantity in statistic.quantities.items():
            adding = [classification for classification in statistic.classes if classification in quantity.adds_up_over]
            together = (itertools.combinations(adding, count) for count in range(1, len(adding) + 1))
            for summed in itertools.chain.from_iterable(together):
                for codes in itertools.product(*lists):
                    whole = dict(zip(statistic.classes, codes, strict=True))
                    if {whole[classification] for classification in summed} == {TOTAL}:
                        each = [catalogue.classes[key].codes if key in summed else (code,) for key, code in whole.items()]
                        parts = itertools.product(*each)
                        sums += [(name, key, class_code(summed), class_code(codes), class_code(part)) for part in parts]
    return sums


def run_tables(award: "Award") -> dict[str, pa.Table]:
    """The tables run.*: settings of one row; the years of each statistic; the award's indicators; the cells of measures and indicators."""
    catalogue = award.catalogue
    uses_mean = award.ranking.denominator == "mean"
    settings = (
        award.name,
        uses_mean,
        any(accepted.audit == "growth_across_series" for accepted in award.accepted_exceptions),
        award.validation.largest_published_factor,
    )
    years = [
        (statistic, year, year - 1 not in needed, award.validation.yearly(statistic))
        for statistic, needed in award.statistic_years.items()
        for year in needed
    ]
    indicators: Rows = []
    indicator_cells: Rows = []
    for indicator in award.indicators:
        base, final = award.window_of(indicator)
        meaning = award.meanings[indicator.name]
        indicators.append((indicator.name, indicator.measure, indicator.taken, indicator.estimator, base if meaning.spans else None, final))
        parts = dict.fromkeys(part for measure in meaning.reads for part in catalogue.parts(measure))
        indicator_cells += dict.fromkeys((indicator.name, *cell[1:3], cell[4]) for part in parts for cell in _cells(catalogue, part))
    needed_parts = [name for name, one in catalogue.measures.items() if one.cells and one.cells.statistic in award.statistic_years]
    measure_cells = [
        (*cell, uses_mean and catalogue.statistics[cell[1]].at_year_end, catalogue.quantity(*cell[1:3]).kind == "index")
        for part in needed_parts
        for cell in _cells(catalogue, part)
    ]
    return {
        "run.settings": arrow([settings], award=TEXT, uses_mean=FLAG, accepts_growth_across_series=FLAG, largest_published_factor=REAL),
        "run.years": arrow(years, statistic=TEXT, year=WHOLE, is_first=FLAG, largest_yearly_factor=REAL),
        "run.indicators": arrow(indicators, indicator=TEXT, measure=TEXT, taken=TEXT, estimator=TEXT, base_year=WHOLE, final_year=WHOLE),
        "run.indicator_cells": arrow(indicator_cells, indicator=TEXT, statistic=TEXT, quantity=TEXT, class_code=TEXT),
        "run.measure_cells": arrow(
            measure_cells, measure=TEXT, statistic=TEXT, quantity=TEXT, alternative=WHOLE, class_code=TEXT, is_mean=FLAG, is_index=FLAG
        ),
    }


def _cells(catalogue: Catalogue, part: str) -> Rows:
    cells = catalogue.cells_of(part)
    return [
        (part, cells.statistic, cells.quantity, number, code) for number, codes in enumerate(catalogue.alternatives(part)) for code in codes
    ]


def statistic_table(catalogue: Catalogue, name: str) -> str:
    """The query of staging.<statistic>: the figures of one statistic by region, year and class, without totals."""
    statistic = catalogue.statistics[name]
    columns = ["region_code", "year"]
    columns += [f"split_part(class_code, ', ', {number}) as {key}" for number, key in enumerate(statistic.classes, 1)]
    statuses = []
    for number, (key, quantity) in enumerate(statistic.quantities.items()):
        kind = {"money": "decimal(20, 2)", "count": "bigint", "index": "double"}[quantity.kind]
        own = f"filter (quantity = '{key}')"
        columns.append(f"cast(max(amount) {own} as {kind}) as {amount_column(catalogue, name, key)}")
        if not quantity.above_zero:
            statuses.append(f"max(status) {own} as {'status' if number == 0 else f'{key}_status'}")
    columns += statuses
    columns += ["min(series) as series"] if statistic.has_series else []
    if any(quantity.kind == "money" for quantity in statistic.quantities.values()):
        columns.append(f"max(unit) as unit_{catalogue.currency.lower()}")
    return (
        f"select {', '.join(columns)} from staging.figures join catalogue.cells using (statistic, class_code)"
        f" where statistic = '{name}' and not is_total group by region_code, year, class_code"
    )
