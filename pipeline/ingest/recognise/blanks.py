"""Regions that a sheet names on the first of their rows alone, as PxWeb's own workbooks do."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.ingest.cells import Cell, plain
from pipeline.ingest.files import Sheet
from pipeline.ingest.recognise.words import Words

FEWEST_REGIONS = 3
"""A column with fewer regions is not a column of regions."""


def filled(sheet: Sheet, words: Words) -> tuple[Sheet, tuple[int, ...]]:
    """The sheet with regions in the rows that leave them blank, and the columns where that is certain: each region has as many rows,
    which another column tells apart in the same order."""
    width = max((len(row) for row in sheet.rows), default=0)
    cells = [[sheet.cell(row, column) for row in range(len(sheet.rows))] for column in range(width)]
    columns = tuple(column for column in range(width) if _names_groups(cells, column, words))
    if not columns:
        return sheet, ()
    rows = [list(row) for row in sheet.rows]
    for column in columns:
        first, last = _span(cells, column, words)
        for row in range(first, last):
            if not plain(cells[column][row]):
                cells[column][row] = rows[row][column] = cells[column][row - 1]
    return replace(sheet, rows=rows), columns


def _span(cells: Sequence[Sequence[Cell]], column: int, words: Words) -> tuple[int, int]:
    """The first row of regions, and the row after the last that has a number or a symbol beside its region."""
    first = next(row for row, cell in enumerate(cells[column]) if words.region(cell))
    beside = [any(plain(own[row]) for own in cells[column + 1 :]) for row in range(len(cells[column]))]
    return first, next((row for row in range(first, len(beside)) if not beside[row]), len(beside))


def _names_groups(cells: Sequence[Sequence[Cell]], column: int, words: Words) -> bool:
    regions = {code for cell in cells[column] if (code := words.region(cell))}
    if len(regions) < FEWEST_REGIONS:
        return False
    first, last = _span(cells, column, words)
    starts = [row for row in range(first, last) if plain(cells[column][row])]
    if len(starts) < FEWEST_REGIONS or len(starts) == last - first:
        return False
    sizes = {end - start for start, end in zip(starts, [*starts[1:], last], strict=True)}
    if len(sizes) != 1 or not all(words.region(cells[column][row]) for row in starts):
        return False
    size = sizes.pop()
    for other in cells[column + 1 :]:
        groups = {tuple(plain(cell) for cell in other[start : start + size]) for start in starts}
        if len(groups) == 1 and len({*min(groups)}) == size and "" not in min(groups):
            return True
    return False
