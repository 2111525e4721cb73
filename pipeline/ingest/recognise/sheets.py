"""A sheet as a table of regions: where its headings and figures stand, and what each column holds for a statistic."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.catalogue import Statistic
from pipeline.ingest.cells import IGNORE, NUMBER, SYMBOLS, Cell, plain
from pipeline.ingest.files import Sheet, letters
from pipeline.ingest.recognise.readings import STATED, Reading
from pipeline.ingest.recognise.words import YEAR, Words
from pipeline.ingest.tables import headings_of

MOST_HEADING_ROWS = 3
FEWEST_REGIONS = 3
"""A column with fewer regions is not a column of regions."""


@dataclass(frozen=True)
class Column:
    """A column between the first and the last row of figures. labels: its different texts, in their order."""

    index: int
    heading: str
    cells: Sequence[Cell]
    labels: Sequence[str]
    are_figures: bool
    region_field: str | None


@dataclass(frozen=True)
class Table:
    """A table on a sheet: rows of headings, counted from 1, and columns. titles stand above it, texts around it."""

    sheet: Sheet
    header_row: tuple[int, ...]
    columns: tuple[Column, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def has_regions_in_rows(self) -> bool:
        """Whether a column names the regions; else headings do."""
        return any(column.region_field for column in self.columns)


def find_table(sheet: Sheet, words: Words) -> Table | None:
    """The table of regions on a sheet; None where there is none."""
    width = max((len(row) for row in sheet.rows), default=0)
    cells = [[(row[index] if index < len(row) else None) for row in sheet.rows] for index in range(width)]
    fields = {index: field for index in range(width) if (field := _region_field(cells[index], words)) is not None}
    if fields:
        column = cells[min(fields)]
        first = next(row for row, cell in enumerate(column) if words.region(cell))
        last = max(row for row, cell in enumerate(column) if words.region(cell) or words.is_elsewhere(plain(cell)))
    else:
        enough = (row for row, own in enumerate(sheet.rows) if len({words.region(cell) for cell in own} - {None}) >= FEWEST_REGIONS)
        first, last = next(enough, len(sheet.rows)) + 1, len(sheet.rows) - 1
    header_row = _header_row(sheet, first) if first <= last else ()
    if not header_row:
        return None
    columns = []
    for index, heading in enumerate(headings_of(sheet, header_row)):
        below = [cell for cell in cells[index][first : last + 1] if plain(cell)]
        columns.append(Column(index, heading, below, tuple(dict.fromkeys(map(plain, below))), _are_figures(below), fields.get(index)))
    titles = _texts(sheet.rows[: header_row[0] - 1])
    constant = [column.labels[0] for column in columns if len(column.labels) == 1 and isinstance(column.cells[0], str)]
    around = [*titles, *_texts(sheet.rows[last + 1 :]), *constant]
    return Table(sheet, header_row, tuple(columns), titles, tuple(dict.fromkeys(around)))


def read_as(table: Table, statistic: Statistic, words: Words) -> Reading:
    """How a table reads as a statistic."""
    sheet = table.sheet
    form: dict[str, Any] = {} if sheet.name is None else {"sheet": sheet.name}
    if table.header_row != (1,):
        form["header_row"] = table.header_row[0] if len(table.header_row) == 1 else list(table.header_row)
    titles = [text for text in (sheet.name, *table.titles) if text]
    reading = Reading(statistic, sheet.where(), form, titles=titles, texts=table.texts)
    reading.places["header_row"] = ", ".join(map(str, table.header_row))
    measured = [column for column in table.columns if column.heading and _tell(column, table, reading, words)]
    reading.ending = _year_stored_as(table, reading) | _decimal(measured)
    return reading


def _tell(column: Column, table: Table, reading: Reading, words: Words) -> bool:
    """Note what a column holds; whether it is figures of a quantity."""
    statistic, heading = reading.statistic, column.heading
    one_text = len(column.labels) == 1 and isinstance(column.cells[0], str)
    if one_text and heading in STATED:
        reading.stated[heading] = column.labels[0]
    if column.region_field:
        _regions(column, reading, words)
        _note(column, column.region_field, heading, reading)
        return False
    if column.cells and all(_year(cell) for cell in column.cells):
        reading.years |= {_year(cell) or 0 for cell in column.cells}
        _note(column, "year", heading, reading)
        return False
    by = {name: words.catalogue.classes[name] for name in words.catalogue.classes}
    own = [name for name in statistic.classes if name not in reading.classes]
    for name in (*own, *(name for name in by if name not in statistic.classes)):
        if words.are_classes(column.labels, heading, by[name], are_figures=column.are_figures):
            if name not in statistic.classes:
                reading.strangers.append(heading)
                break
            for label in column.labels:
                reading.keep_class(words, name, label)
            reading.named.add(name)
            _note(column, name, heading, reading)
            return False
    if column.are_figures:
        return _measured(column, table, reading, words)
    chosen = words.rows_of(statistic, column.labels)
    if chosen and len(column.labels) > 1 and heading not in reading.strangers:
        reading.where[heading] = chosen
    else:
        reading.ignored[heading] = None
    return False


def _note(column: Column, field: str, template: str, reading: Reading) -> None:
    reading.columns.setdefault(field, {})[template] = None
    letter = letters(column.index)
    reading.places[field] = f"{reading.places[field].split('–')[0]}–{letter}" if field in reading.places else letter


def _regions(column: Column, reading: Reading, words: Words) -> None:
    reading.regions |= {code for cell in column.cells if (code := words.region(cell))}
    if column.region_field == "region_code":
        return
    for label in column.labels:
        if words.is_elsewhere(label):
            reading.aliases[label] = IGNORE
        elif words.is_other_name(label):
            reading.other_names[label] = words.region(label) or ""


def _measured(column: Column, table: Table, reading: Reading, words: Words) -> bool:
    """Note a column of figures of a quantity; of figures of something else, leave it out."""
    statistic, template = reading.statistic, column.heading
    year = YEAR.search(template)
    if year:
        template = template.replace(year[0], "{year}", 1)
    labels = {}
    for name in statistic.classes:
        label = words.class_in(template, words.catalogue.classes[name])
        if label:
            labels[name] = label
            template = template.replace(label, f"{{{name}}}", 1)
    rows = () if table.has_regions_in_rows else template.split(" / ")
    region = next((part for part in rows if words.regions.knows(part)), None)
    if region:
        template = template.replace(region, "{region}", 1)
    text = re.sub(r"\{\w+\}", "", template)
    quantity = words.quantity(statistic, text)
    if quantity:
        reading.named.add(quantity)
    elif template != column.heading and not re.search(r"\w{3}", text):
        # Bare figures, as below a year, are the first quantity.
        quantity = next(iter(words.quantities(statistic, text)), None)
    if quantity is None:
        reading.ignored[column.heading] = None
        return False
    reading.years |= {int(year[0])} if year else set()
    reading.regions |= {code} if region and (code := words.region(region)) else set()
    for name, label in labels.items():
        reading.keep_class(words, name, label)
        reading.named.add(name)
    reading.values += [column.heading] if statistic.quantities[quantity].kind == "money" else []
    _note(column, quantity, template, reading)
    return True


def _header_row(sheet: Sheet, first: int) -> tuple[int, ...]:
    """The rows of headings above the first row of figures: those with more than one text, nearest first."""
    rows: list[int] = []
    for row in range(first - 1, -1, -1):
        texts = {plain(cell) for cell in sheet.rows[row]} - {""}
        if not texts and not rows:
            continue
        if len(texts) < 2 or len(rows) == MOST_HEADING_ROWS:
            break
        rows.insert(0, row + 1)
    return tuple(rows)


def _region_field(cells: Sequence[Cell], words: Words) -> str | None:
    """How a column names regions: by code, by name, or by both; None when it does not."""
    codes = {row: code for row, cell in enumerate(cells) if (code := words.region(cell))}
    if len(set(codes.values())) < FEWEST_REGIONS:
        return None
    between = sum(bool(plain(cell)) for cell in cells[min(codes) : max(codes) + 1])
    if all(words.is_code(cells[row]) for row in codes):
        # Some figures happen to be codes of regions; a column of codes holds little else.
        if 10 * len(codes) <= 9 * between:
            return None
        return "region" if any(words.is_elsewhere(plain(cell)) for cell in cells) else "region_code"
    if 2 * len(codes) < between:
        return None
    return "region" if any(words.is_code(plain(cells[row]).split()[0]) for row in codes) else "region_name"


def _year(cell: Cell) -> int | None:
    if isinstance(cell, datetime.date | datetime.datetime):
        return cell.year
    text = plain(cell)
    return int(text) if YEAR.fullmatch(text) else None


def _are_figures(cells: Sequence[Cell]) -> bool:
    """Whether most cells are figures, or symbols in place of them."""
    figures = [
        cell
        for cell in cells
        if (isinstance(cell, int | float) and not isinstance(cell, bool))
        or (isinstance(cell, str) and (cell.strip() in SYMBOLS or NUMBER.fullmatch(cell.strip())))
    ]
    return 2 * len(figures) > len(cells)


def _texts(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain(cell) for row in rows for cell in row if isinstance(cell, str) and plain(cell)))


def _year_stored_as(table: Table, reading: Reading) -> dict[str, str]:
    """How years are stored, where all are alike and not numbers."""
    headings = reading.columns.get("year", {})
    dated = [cell for column in table.columns if column.heading in headings for cell in column.cells]
    kinds = {"text" if isinstance(cell, str) else "number" if isinstance(cell, int | float) else "date" for cell in dated}
    return {"year_stored_as": kinds.pop()} if len(kinds) == 1 and kinds != {"number"} and not table.sheet.holds_texts else {}


def _decimal(measured: Sequence[Column]) -> dict[str, str]:
    """A decimal point, where figures are texts with points and without commas."""
    texts = (cell.strip() for column in measured for cell in column.cells if isinstance(cell, str))
    marks = {match["mark"] for text in texts if (match := NUMBER.fullmatch(text)) and match["mark"]}
    return {"decimal": "."} if marks == {"."} else {}
