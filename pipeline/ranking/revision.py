"""What new data change under unchanged choices: figures, indicators, places and candidates."""

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pipeline.award import Award
from pipeline.ranking.score import Indicators
from pipeline.ranking.standing import Field

LARGEST = 10
KEYS = ("region_code", "year", "class_code")
Figures = Sequence[Mapping[str, Any]]
"""Rows of staging.figures."""


class Cell(NamedTuple):
    """What one cell holds: its figure, None where unknown, and its status."""

    value: Decimal | None
    status: str


def revision(
    first: Figures,
    second: Figures,
    first_indicators: Indicators,
    second_indicators: Indicators,
    field: Field,
    award: Award,
    most: int | None = LARGEST,
) -> dict[str, list[dict[str, Any]]]:
    """From one state of the data to another; the indicators of one award on each.

    tables: of each statistic's quantity the cells that are the same, changed, new and gone. largest: the changed cells, or the first
    most of them, those whose status changed before others, then by the size of the change relative to the earlier figure. indicators:
    each region's value before and after.
    """
    whole = award.catalogue.geography.whole
    names = dict(zip(field.codes, field.names, strict=True)) | ({whole: award.catalogue.geography.en.whole} if whole else {})
    tables = []
    changes: list[dict[str, Any]] = []
    for statistic, quantity in award.catalogue.figure_names:
        before, after = (_cells(figures, statistic, quantity) for figures in (first, second))
        if not before and not after:
            continue
        both = before.keys() & after.keys()
        changed = sorted((key for key in both if before[key] != after[key]), key=str)
        counts = {"same": len(both) - len(changed), "changed": len(changed)}
        counts |= {"new": len(after.keys() - before.keys()), "gone": len(before.keys() - after.keys())}
        tables.append({"statistic": statistic, "quantity": quantity, **counts})
        for key in changed:
            place = dict(zip(KEYS, key, strict=True))
            changes.append(
                {
                    "statistic": statistic,
                    "quantity": quantity,
                    **place,
                    "region_name": names.get(str(place["region_code"]), place["region_code"]),
                    "first": _number(before[key].value),
                    "second": _number(after[key].value),
                    "first_status": before[key].status,
                    "second_status": after[key].status,
                    "change_ratio": _ratio(before[key], after[key]),
                }
            )
    changes.sort(key=lambda row: (row["first_status"] == row["second_status"], -abs(_size(row["change_ratio"]))))
    return {
        "tables": tables,
        "largest": changes[:most],
        "indicators": list(_indicators(first_indicators, second_indicators, field)),
    }


def _cells(figures: Figures, statistic: str, quantity: str) -> dict[tuple[Any, ...], Cell]:
    return {
        tuple(row[key] for key in KEYS): Cell(row["amount"], row["status"])
        for row in figures
        if row["statistic"] == statistic and row["quantity"] == quantity
    }


def _indicators(first: Indicators, second: Indicators, field: Field) -> Iterator[dict[str, Any]]:
    for name in first:
        regions: list[dict[str, Any]] = []
        for code, region in zip(field.codes, field.names, strict=True):
            one, two = (indicators[name].get(code, {}).get("indicator_value") for indicators in (first, second))
            if one != two:
                difference = None if one is None or two is None else two - one
                regions.append({"region_code": code, "region_name": region, "first": one, "second": two, "difference": difference})
        regions.sort(key=lambda row: (row["difference"] is not None, -abs(row["difference"] or 0)))
        yield {"indicator": name, "regions_changed": len(regions), "regions": regions}


def _ratio(before: Cell, after: Cell) -> float | None:
    """The change relative to the earlier figure; None where there is none to compare with."""
    if before.value is None or after.value is None or not before.value:
        return None
    return float(after.value / before.value - 1)


def _size(ratio: float | None) -> float:
    return math.inf if ratio is None else ratio


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
