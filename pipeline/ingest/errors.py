"""The standard errors that `microdata build` writes beside its table: read, and held against that table's own figures."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.catalogue import Catalogue, class_code
from pipeline.declarations import TOTAL, Statistic
from pipeline.faults import Fault
from pipeline.ingest.cells import plain
from pipeline.ingest.files import Sheet
from pipeline.schemas import amount_column
from pipeline.sources import Layout

FIELDS = ("region_code", "base_year", "final_year", "quantity", "relative_error", "total", "status")
"""The columns of the file, besides the classification."""
AGAIN = "Take the file that `exportregion microdata build` wrote beside the table."


def read_errors(
    sheet: Sheet, layout: Layout, names: Iterable[str], catalogue: Catalogue, source: str, faults: list[Fault]
) -> list[dict[str, Any]]:
    """The rows of ingested.standard_errors of one file, each with its total beside; faults are collected."""
    statistic = catalogue.statistics.get(str(layout.constant.get("statistic")))
    classification = next((name for name in layout.columns if name not in FIELDS), "")
    if statistic is None or list(statistic.classes) != [classification]:
        found = f"constant.statistic {layout.constant.get('statistic')!r} with the classification {classification!r}"
        remedy = 'Say whose errors they are: constant = { statistic = "…" }, and name its classification under columns.'
        faults.append(Fault(f"sources.toml, {source}, read", found, "a statistic of the catalogue with one classification", remedy))
        return []
    headings = [plain(cell) for cell in sheet.rows[layout.header_row[-1] - 1]]
    wanted = (*FIELDS, classification)
    lacks = [name for name in wanted if layout.columns.get(name) not in headings]
    if lacks:
        faults.append(Fault(sheet.where(), f"no column for {', '.join(lacks)}", "the columns of a build's errors", AGAIN))
        return []
    columns = {name: headings.index(layout.columns[name]) for name in wanted}
    rows = []
    for number, cells in enumerate(sheet.rows[layout.header_row[-1] :], layout.header_row[-1]):
        texts = {name: plain(cells[column]) if column < len(cells) else "" for name, column in columns.items()}
        row = _row(texts, statistic, classification, catalogue)
        if row is None or row["region_code"] not in names:
            found = ", ".join(f"{name} {text!r}" for name, text in texts.items())
            faults.append(Fault(sheet.where(number), found, "a region, years, a quantity, and an error from 0 to 1 or none", AGAIN))
        else:
            rows.append({**row, "source": source})
    return rows


def _row(texts: Mapping[str, str], statistic: Statistic, classification: str, catalogue: Catalogue) -> dict[str, Any] | None:
    quantities = {amount_column(catalogue, statistic.name, name): name for name in statistic.quantities}
    try:
        row: dict[str, Any] = {
            "statistic": statistic.name,
            "quantity": quantities[texts["quantity"]],
            "region_code": texts["region_code"],
            "class_group": texts[classification],
            "base_year": int(texts["base_year"]) if texts["base_year"] else None,
            "final_year": int(texts["final_year"]),
            "relative_error": float(texts["relative_error"]) if texts["relative_error"] else None,
            "status": texts["status"],
            "total": Decimal(texts["total"]) if texts["status"] == "ok" else None,
        }
    except (KeyError, ValueError, InvalidOperation):
        return None
    error = row["relative_error"]
    is_known = row["status"] == "ok"
    fits = (error is not None and 0 <= error <= 1) if is_known else (error is None and row["status"] in ("withheld", "nil"))
    return row if fits and row["class_group"] in (TOTAL, *catalogue.classes[classification].groups) else None


def without_totals(
    rows: list[dict[str, Any]], figures: Iterable[Mapping[str, Any]], catalogue: Catalogue, faults: list[Fault], where: str
) -> list[dict[str, Any]]:
    """The rows as the schema has them. A total that is not that of the figures is a fault: the errors are of another table."""
    amounts = {
        (row["statistic"], row["quantity"], row["region_code"], row["year"], row["class_code"]): row["figure"] * row["unit"]
        for row in figures
        if row["figure"] is not None
    }
    faults.extend(_of_another_table(rows, amounts, catalogue, where))
    return sorted(
        ({name: value for name, value in row.items() if name != "total"} for row in rows),
        key=lambda row: (row["statistic"], row["quantity"], row["region_code"], row["base_year"] or 0, row["final_year"]),
    )


def _of_another_table(
    rows: Iterable[Mapping[str, Any]], amounts: Mapping[tuple[Any, ...], Decimal], catalogue: Catalogue, where: str
) -> Iterator[Fault]:
    for row in rows:
        (classification,) = catalogue.statistics[row["statistic"]].classes
        keys = (row["statistic"], row["quantity"], row["region_code"], row["final_year"])
        codes = [TOTAL] if row["class_group"] == TOTAL else catalogue.classes[classification].groups[row["class_group"]]
        parts = [amounts.get((*keys, class_code([code]))) for code in codes]
        known = [part for part in parts if part is not None]
        if row["total"] is not None and len(known) == len(parts) and sum(known) != row["total"]:
            found = f"errors of a total of {row['total']:,} ({' '.join(map(str, keys[1:]))})"
            expected = f"those of the table that the award uses, which has {sum(known):,}"
            yield Fault(where, found, expected, "Pin the errors that were built with that table, or none.")
            return
