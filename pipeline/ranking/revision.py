"""What new data change under unchanged choices: cells, indicators, places and candidates."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from pipeline.ranking.robustness import Field
from pipeline.schemas import NATION

MEASURES = {
    "staging.population": (("population", None),),
    "staging.goods_exports": (("exports_sek", "status"), ("exporters", "exporters_status")),
    "staging.goods_exports_totals": (("exports_sek", "status"), ("exporters", "exporters_status")),
    "staging.services_exports": (("exports_sek", "status"),),
}
"""Each table's measures, and the column that holds a measure's status."""
KEYS = ("region_code", "year", "size_class")
LARGEST = 10

Tables = Mapping[str, pd.DataFrame]


class Cell(NamedTuple):
    """What one cell holds: its figure, None where unknown, and its status."""

    value: Decimal | int | None
    status: str


def revision(
    first: Tables, second: Tables, first_indicators: Tables, second_indicators: Tables, counties: Field
) -> dict[str, list[dict[str, Any]]]:
    """From one state of the data to another. first, second: staging tables by name; the indicators of one award on each, by name.

    tables: of each table the cells that are the same, changed, new and gone. largest: the changed cells, first those whose status
    changed, then by the size of the change relative to the earlier figure. indicators: each region's value before and after.
    """
    names = dict(zip(counties.codes, counties.names, strict=True)) | {NATION: "Riket"}
    tables = []
    changes: list[dict[str, Any]] = []
    for table, measures in MEASURES.items():
        for measure, status in measures:
            before, after = _cells(first[table], measure, status), _cells(second[table], measure, status)
            both = before.keys() & after.keys()
            changed = sorted((key for key in both if before[key] != after[key]), key=str)
            tables.append(
                {
                    "table": table,
                    "measure": measure,
                    "same": len(both) - len(changed),
                    "changed": len(changed),
                    "new": len(after.keys() - before.keys()),
                    "gone": len(before.keys() - after.keys()),
                }
            )
            for key in changed:
                place = dict(zip(KEYS, key, strict=True))
                changes.append(
                    {
                        "table": table,
                        "measure": measure,
                        **place,
                        "region_name": names.get(str(place["region_code"]), place["region_code"]),
                        "first": _plain(before[key].value),
                        "second": _plain(after[key].value),
                        "first_status": before[key].status,
                        "second_status": after[key].status,
                        "change_ratio": _ratio(before[key], after[key]),
                    }
                )
    changes.sort(key=lambda row: (row["first_status"] == row["second_status"], -abs(_weight(row["change_ratio"]))))
    return {
        "tables": tables,
        "largest": changes[:LARGEST],
        "indicators": list(_indicators(first_indicators, second_indicators, counties)),
    }


def _cells(frame: pd.DataFrame, measure: str, status: str | None) -> dict[tuple[Any, ...], Cell]:
    columns = frame.to_dict("list")
    keys = zip(*(columns.get(key, [None] * len(frame)) for key in KEYS), strict=True)
    statuses = columns[status] if status else ["ok"] * len(frame)
    values = [None if pd.isna(value) else value for value in columns[measure]]
    return {key: Cell(value, state) for key, value, state in zip(keys, values, statuses, strict=True)}


def _indicators(first: Tables, second: Tables, counties: Field) -> Iterator[dict[str, Any]]:
    for name in first:
        before, after = (_values(frames[name], name) for frames in (first, second))
        regions: list[dict[str, Any]] = []
        for code, region in zip(counties.codes, counties.names, strict=True):
            one, two = before.get(code), after.get(code)
            if one != two:
                difference = None if one is None or two is None else two - one
                regions.append({"region_code": code, "region_name": region, "first": one, "second": two, "difference": difference})
        regions.sort(key=lambda row: (row["difference"] is not None, -abs(row["difference"] or 0)))
        yield {"indicator": name, "regions_changed": len(regions), "regions": regions}


def _values(frame: pd.DataFrame, name: str) -> dict[str, float | None]:
    return {code: None if pd.isna(value) else float(value) for code, value in zip(frame["region_code"], frame[name], strict=True)}


def _ratio(before: Cell, after: Cell) -> float | None:
    """The change relative to the earlier figure; None where there is none to compare with."""
    if before.value is None or after.value is None or not before.value:
        return None
    return float(Decimal(after.value) / Decimal(before.value) - 1)


def _weight(ratio: float | None) -> float:
    return math.inf if ratio is None else ratio


def _plain(value: Decimal | int | None) -> float | int | None:
    return value if value is None or isinstance(value, int) else float(value)
