"""What an unknown cell could hold, given what is published around it.

A county's size classes add up to its published total, and the counties' values to the nation's. Each such margin bounds the
unknown cells in it; the bounds are tightened until none moves. Numbers of exporters are bounded by the county's total alone:
an enterprise counts in each county where it produces, so counties do not add up to the nation.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from pipeline.schemas import NATION

LARGE = "250+"
SOURCES = (
    ("goods_exports", "staging.goods_exports", "exports_sek"),
    ("exporters", "staging.goods_exports", "exporters"),
    ("services_exports", "staging.services_exports", "exports_sek"),
)
"""Measure, table and column of every figure that can be withheld."""
STATUS = {"exports_sek": "status", "exporters": "exporters_status"}


class Cell(NamedTuple):
    """An unknown cell: what is measured, where and when."""

    measure: str
    region_code: str
    year: int
    size_class: str | None


class Interval(NamedTuple):
    """The lowest and highest that a cell could hold; infinity where nothing bounds it."""

    low: float
    high: float


class Bounds(NamedTuple):
    """Every unknown cell's interval, and what is left of each county's published total after its known size classes."""

    cells: dict[Cell, Interval]
    left: dict[tuple[str, str, int], float]

    def sme_sum(self, measure: str, region_code: str, year: int) -> Interval:
        """What a county's unknown SME cells could add up to.

        With a published total, what the large enterprises have at least, its SMEs have at most, and the reverse.
        """
        own = [cell for cell in self.cells if cell[:3] == (measure, region_code, year)]
        smes = [self.cells[cell] for cell in own if cell.size_class != LARGE]
        low, high = sum(cell.low for cell in smes), sum(cell.high for cell in smes)
        left = self.left.get((measure, region_code, year))
        if left is not None:
            large = self.cells.get(Cell(measure, region_code, year, LARGE), Interval(0.0, 0.0))
            low, high = max(low, left - large.high), min(high, left - large.low)
        return Interval(low, high)


def bounds(staging: Mapping[str, pd.DataFrame], years: Sequence[int]) -> Bounds:
    """What the counties' unknown cells of these years could hold."""
    known: dict[Cell, float] = {}
    unknown: dict[Cell, Interval] = {}
    for measure, table, column in SOURCES:
        for row in _rows(staging[table], years):
            cell = Cell(measure, row["region_code"], row["year"], row.get("size_class"))
            if row[column] is not None:
                known[cell] = float(row[column])
            elif row["region_code"] != NATION:
                unknown[cell] = Interval(0.0, float("inf"))
    left = _left_of_totals(staging["staging.goods_exports_totals"], years, known, unknown)
    margins = [(rest, [cell for cell in unknown if cell[:3] == place]) for place, rest in left.items()]
    margins += _left_of_the_nation(known, unknown)
    moved = True
    while moved:
        moved = False
        for rest, cells in margins:
            for cell in cells:
                others = [unknown[other] for other in cells if other != cell]
                low = max(unknown[cell].low, rest - sum(other.high for other in others))
                high = max(low, min(unknown[cell].high, rest - sum(other.low for other in others)))
                moved = moved or (low, high) != unknown[cell]
                unknown[cell] = Interval(low, high)
    return Bounds(unknown, left)


def _rows(frame: pd.DataFrame, years: Sequence[int]) -> list[dict[str, Any]]:
    chosen = frame[frame["year"].isin(list(years))]
    return [{str(key): None if value is pd.NA else value for key, value in row.items()} for row in chosen.to_dict("records")]


def _left_of_totals(
    totals: pd.DataFrame, years: Sequence[int], known: Mapping[Cell, float], unknown: Mapping[Cell, Interval]
) -> dict[tuple[str, str, int], float]:
    """What a county's published total leaves for its unknown size classes, by measure, county and year."""
    left = {}
    for row in _rows(totals, years):
        for measure, column in (("goods_exports", "exports_sek"), ("exporters", "exporters")):
            place = (measure, row["region_code"], row["year"])
            if row[column] is not None and any(cell[:3] == place for cell in unknown):
                left[place] = float(row[column]) - sum(value for cell, value in known.items() if cell[:3] == place)
    return left


def _left_of_the_nation(known: Mapping[Cell, float], unknown: Mapping[Cell, Interval]) -> list[tuple[float, list[Cell]]]:
    """What the nation leaves for the counties' unknown cells of a year and size class, and those cells."""
    margins = []
    for nation, value in known.items():
        if nation.region_code == NATION and nation.measure != "exporters":
            cells = [cell for cell in unknown if cell == nation._replace(region_code=cell.region_code)]
            counties = [other for cell, other in known.items() if cell != nation and cell == nation._replace(region_code=cell.region_code)]
            if cells:
                margins.append((value - sum(counties), cells))
    return margins


def fill(staging: Mapping[str, pd.DataFrame], known: Bounds, high: Mapping[tuple[str, int], bool]) -> dict[str, pd.DataFrame]:
    """Staging tables in which each county's unknown SME cells, and its services, add up to their highest or lowest.

    high says which, by measure and year. The sum stands in the first of a county's cells: indicators use the sum alone.
    Where nothing bounds a cell from above, its lowest stands in.
    """
    filled = {table: staging[table].copy() for _, table, _ in SOURCES}
    for measure, table, column in SOURCES:
        frame = filled[table]
        frame[column] = frame[column].astype("double[pyarrow]" if column == "exports_sek" else "int64[pyarrow]")
        done = set()
        for index, row in zip(frame.index, frame.to_dict("records"), strict=True):
            cell = Cell(measure, row["region_code"], row["year"], row.get("size_class"))
            if cell not in known.cells or cell.size_class == LARGE:
                continue
            interval = known.sme_sum(*cell[:3])
            value = interval.high if high[measure, cell.year] and not math.isinf(interval.high) else interval.low
            frame.loc[index, column] = 0 if cell[:3] in done else round(value)
            frame.loc[index, STATUS[column]] = "ok"
            done.add(cell[:3])
    return filled
