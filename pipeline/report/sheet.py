"""What a workbook is made of: sheets of grids of columns, with a chart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.calculate import Calculation
from pipeline.report.columns import Column


@dataclass(frozen=True)
class Grid:
    """Columns, and the keys of their rows. strong: the keys of the rows that stand out."""

    columns: Sequence[Column]
    keys: Sequence[Any]
    strong: Collection[Any] = ()


@dataclass(frozen=True)
class Bars:
    """Bars for each row of a grid: title, what they show in words, the column of the rows' names, and those of the values.

    stacked: of parts of a whole.
    """

    title: str
    shows: str
    names: int
    values: Sequence[int]
    stacked: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: its notes, the first of which says what it holds, its grid, how many columns stay in sight, and grids with a title below it.

    calculation: what makes the columns of the sheet to calculate with, once their place is known. chart: of the grid. is_printed: whether
    its grid is, and not its notes alone.
    """

    name: str
    notes: Sequence[str]
    grid: Grid
    fixed: int = 1
    below: Sequence[tuple[str, Grid]] = ()
    calculation: Calculation | None = None
    chart: Bars | None = None
    is_printed: bool = True
