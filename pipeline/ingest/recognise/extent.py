"""Where a table of regions stands on a sheet: its headings, its rows and its columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.faults import Fault, refusal
from pipeline.ingest.cells import Cell, plain, shown
from pipeline.ingest.files import Sheet, letters
from pipeline.ingest.recognise.blanks import FEWEST_REGIONS, filled
from pipeline.ingest.recognise.figures import are_figures, is_figure
from pipeline.ingest.recognise.words import Words
from pipeline.ingest.tables import headings_of
from pipeline.ingest.times import time_of

MOST_HEADING_ROWS = 3
LONGEST_HEADING = 1_000
WIDEST = 16_384
"""Columns: as many as a sheet of Excel has."""


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
    """A table on a sheet: rows of headings, counted from 1, and columns. titles stand above it, texts around it. rows: the rows of figures,
    from 0. fill_down: headings of columns that were blank where they repeat the cell above.
    """

    sheet: Sheet
    header_row: tuple[int, ...]
    columns: tuple[Column, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    rows: range
    fill_down: tuple[str, ...] = ()

    @property
    def has_regions_in_rows(self) -> bool:
        """Whether a column names the regions; else headings do."""
        return any(column.region_field for column in self.columns)


def find_table(sheet: Sheet, words: Words) -> Table | None:
    """The table of regions on a sheet; None where there is none."""
    width = max((len(row) for row in sheet.rows), default=0)
    if width > WIDEST:
        raise refusal(sheet.where(), f"{width:,} columns", f"at most {WIDEST:,}", "Ask the publisher for the table alone.")
    sheet, blank = filled(sheet, words)
    cells = [[(row[index] if index < len(row) else None) for row in sheet.rows] for index in range(width)]
    fields = {index: field for index in range(width) if (field := _region_field(cells[index], words)) is not None}
    if fields:
        first = min(next(row for row, cell in enumerate(cells[index]) if words.region(cell)) for index in fields)
        last = max(row for row, cell in enumerate(cells[min(fields)]) if words.region(cell) or words.is_elsewhere(plain(cell)))
        last = _last_row(cells, fields, last, words)
        # Above the first region stand others that are misspelled, below headings: what has none above it is headings itself.
        above = next((row for row in range(first, 0, -1) if not _is_data(sheet.rows[row - 1], words)), 0)
        first = above if above and _header_row(sheet, above) else first
    else:
        enough = (row for row, own in enumerate(sheet.rows) if len({words.region(cell) for cell in own} - {None}) >= FEWEST_REGIONS)
        first, last = next(enough, len(sheet.rows)) + 1, len(sheet.rows) - 1
    header_row = _header_row(sheet, first) if first <= last else ()
    if not header_row:
        return None
    columns = []
    headings = headings_of(sheet, header_row)
    if long := next((index for index, heading in enumerate(headings) if len(heading) > LONGEST_HEADING), None):
        found, expected = f"a heading of {len(headings[long]):,} letters", f"at most {LONGEST_HEADING:,}"
        raise refusal(sheet.where(header_row[-1] - 1, long), found, expected, "Shorten the heading.")
    _refuse_a_second(sheet, fields, headings, range(first, last + 1))
    if _zeros_are_lost(cells, fields, first, last, words):
        fields = {index: field for index, field in fields.items() if field != "region_code"}
    for index, heading in enumerate(headings):
        below = [cell for cell in cells[index][first : last + 1] if plain(cell)]
        has_heading = heading != f"[{letters(index)}]"
        figures = are_figures(below, words)
        labels = tuple(dict.fromkeys(map(plain, below)))
        # Beside regions in rows, years without a heading stand in several rows each; where regions are headings, in one each.
        are_years = (not fields or FEWEST_REGIONS * len(labels) <= len(below)) and all(time_of(cell, words.files) for cell in below)
        # What has neither heading nor figures, and says different things of the rows, is a note.
        if has_heading or index in fields or (below and (not figures or are_years or len(labels) == 1)):
            columns.append(Column(index, heading, below, labels, figures, fields.get(index)))
    titles = _texts(sheet.rows[: header_row[0] - 1])
    constant = [column.labels[0] for column in columns if len(column.labels) == 1 and isinstance(column.cells[0], str)]
    around = [*titles, *_texts(sheet.rows[last + 1 :]), *constant]
    fill_down = tuple(headings[index] for index in blank)
    return Table(sheet, header_row, tuple(columns), titles, tuple(dict.fromkeys(around)), range(first, last + 1), fill_down)


def _last_row(cells: Sequence[Sequence[Cell]], fields: Mapping[int, str], last: int, words: Words) -> int:
    """The last row with a figure below one of the last region's, as of a remainder that is placed nowhere."""
    measured = [
        own for index, own in enumerate(cells) if index not in fields and plain(own[last]) and time_of(own[last], words.files) is None
    ]
    figures = [own for own in measured if is_figure(own[last], words)]
    rows = range(last + 1, len(cells[0]))
    return max((row for row in rows if any(plain(own[row]) and is_figure(own[row], words) for own in figures)), default=last)


def _refuse_a_second(sheet: Sheet, fields: Mapping[int, str], headings: Sequence[str], rows: range) -> None:
    """Refuse a sheet on which the heading of the regions stands again below them. Raises DataRefused."""
    for row in rows:
        index = next((index for index in fields if plain(sheet.cell(row, index)) == headings[index]), None)
        if index is not None:
            found = f"the heading {headings[index]!r} again, as of a second table"
            remedy = "Put each table on a sheet of its own, or delete the one that is not meant."
            raise refusal(sheet.where(row, index), found, "one table on a sheet", remedy)


def names_beside_figures(sheet: Sheet, words: Words) -> Iterator[tuple[int, int]]:
    """The row and the column of each text that stands before figures in its row and names no region."""
    for row, cells in enumerate(sheet.rows):
        if _is_data(cells, words):
            column = next(column for column, cell in enumerate(cells) if plain(cell))
            if words.region(cells[column]) is None:
                yield row, column


def unread_figures(table: Table, words: Words) -> Fault | None:
    """Of a table of regions without any figure: the first cell that should be one."""
    if any(column.are_figures for column in table.columns):
        return None
    index = max(column.index for column in table.columns)
    cell = table.sheet.cell(table.rows[0], index)
    remedy = "Ask the publisher for a file with figures as numbers."
    return Fault(table.sheet.where(table.rows[0], index), shown(cell), "a figure: no column of the table holds any", remedy)


def _is_data(cells: Sequence[Cell], words: Words) -> bool:
    """Whether a row is one of figures: a name, and then more figures than anything else."""
    texts = [cell for cell in cells if plain(cell)]
    rest = [cell for cell in texts[1:] if not words.region(cell)]
    figures = [cell for cell in rest if is_figure(cell, words) and time_of(cell, words.files) is None]
    is_named = bool(texts) and isinstance(texts[0], str) and not is_figure(texts[0], words)
    return is_named and len(rest) > 0 and 2 * len(figures) > len(rest)


def _zeros_are_lost(cells: Sequence[Sequence[Cell]], fields: dict[int, str], first: int, last: int, words: Words) -> bool:
    """Whether codes of regions lack their zeros, and the names beside them say the same regions, so that the names are enough."""
    codes = [index for index, field in fields.items() if field == "region_code"]
    names = [index for index, field in fields.items() if field != "region_code"]
    if len(codes) != 1 or len(names) != 1:
        return False
    rows = [(plain(cells[codes[0]][row]), words.region(cells[names[0]][row])) for row in range(first, last + 1)]
    return any(code not in words.names for code, _ in rows if code) and all(words.padded(code) == region for code, region in rows if code)


def _header_row(sheet: Sheet, first: int) -> tuple[int, ...]:
    """The rows of headings above the first row of figures, nearest first: those with more than one text, or one above figures alone."""
    rows: list[int] = []
    for row in range(first - 1, -1, -1):
        texts = {plain(cell) for cell in sheet.rows[row]} - {""}
        if not texts and not rows:
            continue
        is_title = len(texts) < 2 and (bool(rows) or bool(plain(sheet.rows[row][0])))
        if is_title or len(rows) == MOST_HEADING_ROWS:
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


def _texts(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain(cell) for row in rows for cell in row if isinstance(cell, str) and plain(cell)))
