"""A raw file's cells: Excel, OpenDocument or delimited text, as rows that know where they stand."""

import codecs
import csv
import functools
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from pipeline.faults import DataRefused, Fault
from pipeline.ingest.cells import Cell
from pipeline.settings import Layout

LARGEST_SHEET_BYTES = 300_000_000
LARGEST_GRID = 20_000_000
CELL_PLACE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, row by row from the first; name is None for a text file."""

    file: str
    name: str | None
    rows: list[list[Cell]]

    def place(self, row: int, column: int | None = None) -> str:
        """Where a cell stands, counted from 0 here and shown as a spreadsheet shows it."""
        at = f"{letters(column)}{row + 1}" if column is not None else f"row {row + 1}"
        return f"{self.name}!{at}" if self.name else at

    def where(self, row: int | None = None, column: int | None = None) -> str:
        """The place in words, file first."""
        parts = [self.file]
        if self.name:
            parts.append(f"sheet {self.name}")
        if row is not None:
            parts.append(f"cell {letters(column)}{row + 1}" if column is not None else f"row {row + 1}")
        return ", ".join(parts)


def letters(column: int) -> str:
    """A column's letters, as a spreadsheet shows them: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read_sheet(path: Path, layout: Layout) -> Sheet:
    """The sheet that a layout names. Raises DataRefused when the file or the sheet cannot be read."""
    if path.stat().st_size == 0:
        raise DataRefused([Fault(path.name, "an empty file", "a table", "Fetch the file again from its publisher.")])
    if path.suffix.lower() in WORKBOOKS:
        return _from_workbook(path, layout)
    return _from_text(path, layout)


def _refuse_giants(path: Path) -> None:
    """Refuse a workbook that would fill the memory: the reader lays out every cell up to the outermost one.

    Raises DataRefused; BadZipFile when the file is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.filename.startswith("xl/worksheets/"):
                continue
            if member.file_size > LARGEST_SHEET_BYTES:
                found = f"a sheet of {member.file_size / 1e6:,.0f} MB"
                raise DataRefused(
                    [Fault(path.name, found, f"at most {LARGEST_SHEET_BYTES / 1e6:,.0f} MB", "Ask the publisher for the table alone.")]
                )
            places = CELL_PLACE.findall(archive.read(member))
            column = max((place[0] for place in places), key=lambda name: (len(name), name), default=b"A")
            row = max((int(place[1]) for place in places), default=1)
            width = functools.reduce(lambda number, letter: number * 26 + letter - 64, column, 0)
            if row * width > LARGEST_GRID:
                found = f"cells as far out as column {column.decode()} and row {row}"
                raise DataRefused(
                    [
                        Fault(
                            path.name,
                            found,
                            f"at most {LARGEST_GRID:,} cells to the outermost",
                            "Delete the stray cell, or ask the publisher.",
                        )
                    ]
                )


def _from_workbook(path: Path, layout: Layout) -> Sheet:
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            _refuse_giants(path)
        with CalamineWorkbook.from_path(path) as workbook:
            sheets = workbook.sheet_names
            name = layout.sheet or (sheets[0] if len(sheets) == 1 else None)
            if name not in sheets:
                found = f"no sheet {name!r}" if name else f"{len(sheets)} sheets and no choice among them"
                raise DataRefused(
                    [
                        Fault(
                            path.name,
                            found,
                            f"one of the sheets {', '.join(map(repr, sheets))}",
                            "Name the sheet in sources.toml: sheet = …",
                        )
                    ]
                )
            sheet = workbook.get_sheet_by_name(name)
            rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
                for row in range(top, min(bottom + 1, len(rows))):
                    for column in range(left, min(right + 1, len(rows[row]))):
                        rows[row][column] = rows[top][left]
            return Sheet(path.name, name, rows)
    except (CalamineError, OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        found = f"a file that is damaged, protected by a password or no workbook ({error})"
    raise DataRefused([Fault(path.name, found, f"a workbook ({', '.join(WORKBOOKS)})", "Fetch the file again from its publisher.")])


def _from_text(path: Path, layout: Layout) -> Sheet:
    try:
        encoding = codecs.lookup(layout.encoding).name
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            rows: list[list[Cell]] = [list(row) for row in csv.reader(file, delimiter=layout.delimiter, strict=True)]
    except (UnicodeError, LookupError, ValueError) as error:
        raise DataRefused(
            [
                Fault(
                    path.name,
                    f"bytes that are not {layout.encoding} ({error})",
                    "text",
                    "Name the file's encoding in sources.toml: encoding = …",
                )
            ]
        ) from None
    except csv.Error as error:
        raise DataRefused(
            [Fault(path.name, f"a broken line ({error})", "delimited text", "Fetch the file again, or set its delimiter in sources.toml.")]
        ) from None
    return Sheet(path.name, None, rows)
