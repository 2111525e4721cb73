"""The standard errors that `microdata build` writes: recognised by their columns."""

from pathlib import Path
from typing import Any

from pipeline.catalogue import Catalogue
from pipeline.ingest.cells import plain
from pipeline.ingest.errors import FIELDS
from pipeline.ingest.files import Sheet, read_sheet
from pipeline.schemas import amount_column
from pipeline.sources import Layout

WRITTEN_AS = (".csv", ".parquet")


def find_errors(path: Path) -> Sheet | None:
    """The sheet of a file of standard errors; None for any other file."""
    sheet = read_sheet(path, Layout(columns={"any": "any"})) if path.suffix in WRITTEN_AS and _has_columns(path) else None
    return sheet if sheet and {*FIELDS} <= {plain(cell) for cell in sheet.rows[0]} else None


def _has_columns(path: Path) -> bool:
    # Other files are in any encoding; a build's are UTF-8, with these names in their first or, in Parquet, their last bytes.
    content = path.read_bytes()
    return all(name.encode() in content for name in FIELDS)


def layout_of_errors(sheet: Sheet, catalogue: Catalogue) -> dict[str, Any] | None:
    """How the file is read: its columns, and the statistic whose classification and quantities it has; None where there is none."""
    headings, *rows = [[plain(cell) for cell in row] for row in sheet.rows]
    quantities = {row[headings.index("quantity")] for row in rows}
    for name, statistic in catalogue.statistics.items():
        columns = {amount_column(catalogue, name, quantity) for quantity in statistic.quantities}
        if len(statistic.classes) == 1 and statistic.classes[0] in headings and quantities and quantities <= columns:
            return {"columns": {key: key for key in (*FIELDS, statistic.classes[0])}, "constant": {"statistic": name}}
    return None


def texts_of(sheet: Sheet, column: str) -> set[str]:
    """The texts in a column."""
    headings = [plain(cell) for cell in sheet.rows[0]]
    return {plain(row[headings.index(column)]) for row in sheet.rows[1:]} if column in headings else set()
