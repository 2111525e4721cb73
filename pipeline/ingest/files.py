"""A raw file's cells: a workbook, delimited text, JSON-stat 2, PX or Parquet, as rows that know where they stand."""

import codecs
import csv
import functools
import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from pipeline.cubes import FETCH_AGAIN, LARGEST_BYTES, Cube, read_jsonstat, read_px
from pipeline.faults import DataRefused, refusal
from pipeline.ingest.cells import Cell
from pipeline.sources import Layout

LARGEST_GRID = 20_000_000
FORMULA = re.compile(
    rb'<c r="(?P<column>[A-Z]{1,3})(?P<row>[0-9]{1,7})"(?P<rest>[^>]*)>\s*<f\b[^>]*?(?:/>|>(?P<formula>[^<]*)</f>)'
    rb"\s*(?:<v>(?P<value>[^<]*)</v>|<v\s*/>)?\s*</c>"
)
CELL_PLACE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
DAMAGED_WORKBOOK = (CalamineError, OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, row by row from the first; name is None for a text file."""

    file: str
    name: str | None
    rows: list[list[Cell]]
    numbers: list[list[int | None]] | None = None
    """Of a statistical table, each cell's number in the file's list of values, from 0."""

    holds_texts: bool = False
    """Whether every cell of the file is text, a year too."""

    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of a statistical table, the text of each code, by variable."""

    merged: Collection[tuple[int, int]] = ()
    """The cells that are merged with others: all have the content of the first."""

    def place(self, row: int, column: int | None = None) -> str:
        """Where a cell stands, counted from 0 here and shown as a spreadsheet shows it; of a statistical table, its value's number."""
        if self.numbers is not None:
            number = self.numbers[row][column] if column is not None else None
            return f"row {row + 1}" if number is None else f"value[{number}]"
        at = f"{letters(column)}{row + 1}" if column is not None else f"row {row + 1}"
        return f"{self.name}!{at}" if self.name else at

    def cell(self, row: int, column: int) -> Cell:
        """A cell's content; None where the sheet has none."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None

    def where(self, row: int | None = None, column: int | None = None) -> str:
        """The place in words, file first."""
        parts = [self.file]
        if self.name:
            parts.append(f"sheet {self.name}")
        if row is not None and self.numbers is not None:
            parts.append(self.place(row, column))
        elif row is not None:
            parts.append(f"cell {letters(column)}{row + 1}" if column is not None else f"row {row + 1}")
        return ", ".join(parts)


@functools.cache
def letters(column: int) -> str:
    """A column's letters, as a spreadsheet shows them: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_number(letters_: str) -> int:
    """The number of the column with these letters: A is 1, AA is 27."""
    return functools.reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters_, 0)


def read_sheet(path: Path, layout: Layout) -> Sheet:
    """The sheet that a layout names. Raises DataRefused when the file or the sheet cannot be read."""
    if path.stat().st_size == 0:
        raise refusal(path.name, "an empty file", "a table", "Fetch the file again from its publisher.")
    match path.suffix.lower():
        case suffix if suffix in WORKBOOKS:
            return _from_workbook(path, layout)
        case ".json" | ".px" | ".zip":
            return _from_cubes(path, layout)
        case ".parquet":
            return _from_parquet(path)
    return _from_text(path, layout)


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets. Raises DataRefused."""
    try:
        if path.suffix.lower() != ".xls":
            _refuse_giants(path)
        with CalamineWorkbook.from_path(path) as workbook:
            return list(workbook.sheet_names)
    except DAMAGED_WORKBOOK:
        raise _damaged(path) from None


def read_cubes(path: Path) -> dict[str, Cube]:
    """The tables of a JSON-stat 2 or PX file, or of a zip of JSON-stat 2 answers that are parts of one table, by name.

    Raises DataRefused.
    """
    if path.suffix.lower() != ".zip":
        read = read_px if path.suffix.lower() == ".px" else read_jsonstat
        return {path.name: read(path.read_bytes(), path.name)}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > LARGEST_BYTES:
                found = f"{size / 1e6:,.0f} MB when unpacked"
                raise refusal(path.name, found, f"at most {LARGEST_BYTES / 1e6:,.0f} MB", FETCH_AGAIN)
            return {part.filename: read_jsonstat(archive.read(part), f"{path.name}, {part.filename}") for part in parts}
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        raise refusal(path.name, "a damaged file", "a zip of JSON-stat 2 answers", FETCH_AGAIN) from None


def _from_cubes(path: Path, layout: Layout) -> Sheet:
    described = tuple(layout.columns.values())
    rows: list[list[Cell]] = []
    numbers: list[list[int | None]] = []
    labels: dict[str, dict[str, str]] = {}
    before = 0
    for name, cube in read_cubes(path).items():
        for variable, texts in cube.labels.items():
            labels.setdefault(variable, {}).update(texts)
        own, places = cube.rows(described)
        if rows and own[0] != rows[0]:
            found = f"the headings {', '.join(own[0])} in {name}"
            raise refusal(path.name, found, f"those of the first part: {', '.join(rows[0])}", FETCH_AGAIN)
        rows += own[1:] if rows else own
        numbers += [[None if number is None else number + before for number in row] for row in (places[1:] if numbers else places)]
        before += len(cube.values)
    return Sheet(path.name, None, rows, numbers, holds_texts=True, labels=labels)


def _from_parquet(path: Path) -> Sheet:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows * file.metadata.num_columns > LARGEST_GRID:
                found = f"{file.metadata.num_rows:,} rows of {file.metadata.num_columns} columns"
                raise refusal(path.name, found, f"at most {LARGEST_GRID:,} cells", "Ask the publisher for the table alone.")
            table = file.read()
    except (OSError, pa.ArrowException):
        raise refusal(path.name, "a damaged file", "a Parquet file", FETCH_AGAIN) from None
    try:
        columns = [[_plain(cell) for cell in column.to_pylist()] for column in table.columns]
    except UnicodeDecodeError:
        raise refusal(path.name, "bytes that are not UTF-8", "texts and numbers", FETCH_AGAIN) from None
    return Sheet(path.name, None, [list(table.column_names), *(list(row) for row in zip(*columns, strict=True))])


def _plain(cell: Cell) -> Cell:
    """A Parquet value as one that a workbook could hold."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, bytes):
        return cell.decode("utf-8")
    # What holds values of its own is no figure: it is shown as it is, and left out by name.
    return str(cell) if isinstance(cell, dict | list | tuple) else cell


def _refuse_giants(path: Path) -> None:
    """Refuse a workbook that would fill the memory: the reader lays out every cell up to the outermost one.

    Raises DataRefused; BadZipFile when the file is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
        if size > LARGEST_BYTES:
            found = f"a workbook of {size / 1e6:,.0f} MB when unpacked"
            remedy = "Ask the publisher for the table alone."
            raise refusal(path.name, found, f"at most {LARGEST_BYTES / 1e6:,.0f} MB", remedy)
        damaged = archive.testzip()
        if damaged is not None:
            raise refusal(path.name, f"a damaged workbook: {damaged} is not as long, or not what, it says", "a workbook", FETCH_AGAIN)
        for member in archive.infolist():
            if not member.filename.startswith("xl/worksheets/"):
                continue
            places = CELL_PLACE.findall(archive.read(member))
            column = max({place[0] for place in places}, key=lambda name: (len(name), name), default=b"A")
            row = max(map(int, {place[1] for place in places}), default=1)
            if row * column_number(column.decode()) > LARGEST_GRID:
                found = f"cells as far out as column {column.decode()} and row {row}"
                expected = f"at most {LARGEST_GRID:,} cells to the outermost"
                raise refusal(path.name, found, expected, "Delete the stray cell, or ask the publisher.")


def _from_workbook(path: Path, layout: Layout) -> Sheet:
    try:
        if path.suffix.lower() != ".xls":
            _refuse_giants(path)
        with CalamineWorkbook.from_path(path) as workbook:
            sheets = workbook.sheet_names
            name = layout.sheet or (sheets[0] if len(sheets) == 1 else None)
            if name not in sheets:
                found = f"no sheet {name!r}" if name else f"{len(sheets)} sheets and no choice among them"
                expected = f"one of the sheets {', '.join(map(repr, sheets))}"
                raise refusal(path.name, found, expected, "Name the sheet in sources.toml: sheet = …")
            sheet = workbook.get_sheet_by_name(name)
            rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
            for (row, column), formula in _never_calculated(path, name).items():
                if row < len(rows) and column < len(rows[row]):
                    rows[row][column] = formula
            merged = set()
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
                for row in range(top, min(bottom + 1, len(rows))):
                    for column in range(left, min(right + 1, len(rows[row]))):
                        rows[row][column] = rows[top][left]
                        merged.add((row, column))
            return Sheet(path.name, name, rows, merged=merged)
    except DAMAGED_WORKBOOK:
        raise _damaged(path) from None


def _never_calculated(path: Path, sheet: str | None) -> dict[tuple[int, int], str]:
    """The formulas of a sheet without a value, by row and column from 0, with = before them.

    A program that writes a formula without its value leaves none, or 0, and has the workbook calculated when it is opened.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    with zipfile.ZipFile(path) as archive:
        members = set(archive.namelist())
        workbook, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
        if not {workbook, relations} <= members:
            return {}
        text = archive.read(workbook).decode("utf-8", errors="replace")
        names = {
            html.unescape(tag["name"]): tag["id"] for tag in map(_attributes, re.findall(r"<(?:\w+:)?sheet [^>]*>", text)) if "id" in tag
        }
        targets = {
            tag["Id"]: tag["Target"]
            for tag in map(_attributes, re.findall(r"<Relationship [^>]*>", archive.read(relations).decode("utf-8")))
        }
        member = posixpath.normpath(posixpath.join("/xl", targets.get(names.get(sheet or "", ""), ""))).lstrip("/")
        content = archive.read(member) if member in members else b""
    is_stale = re.search(r'fullCalcOnLoad="(1|true)"', text) is not None
    empty = (b"", b"0") if is_stale else (b"",)
    found = {}
    for cell in FORMULA.finditer(content) if b"<f" in content else ():
        if b't="str"' not in cell["rest"] and (cell["value"] or b"").strip() in empty:
            formula = html.unescape((cell["formula"] or b"").decode("utf-8", errors="replace"))
            found[int(cell["row"]) - 1, column_number(cell["column"].decode()) - 1] = f"={formula}"
    return found


def _attributes(tag: str) -> dict[str, str]:
    return {name.rpartition(":")[2]: value for name, value in re.findall(r'([\w:]+)="([^"]*)"', tag)}


def _damaged(path: Path) -> DataRefused:
    found = "a file that is damaged, protected by a password or no workbook"
    return refusal(path.name, found, f"a workbook ({', '.join(WORKBOOKS)})", FETCH_AGAIN)


def _from_text(path: Path, layout: Layout) -> Sheet:
    rows: list[list[Cell]] = []
    try:
        encoding = codecs.lookup(layout.encoding).name
        with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
            for row in csv.reader(file, delimiter=layout.delimiter, strict=True):
                rows.append(list(row))
    except (UnicodeError, LookupError, ValueError):
        found = f"bytes that are not {layout.encoding}"
        raise refusal(path.name, found, "text", "Name the file's encoding in sources.toml: encoding = …") from None
    except csv.Error:
        remedy = "Fetch the file again, or set its delimiter in sources.toml."
        raise refusal(path.name, f"a broken line, row {len(rows) + 1}", "delimited text", remedy) from None
    return Sheet(path.name, None, rows, holds_texts=True)
