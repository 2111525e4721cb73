"""Which cells of a sheet are figures, or stand in the place of one."""

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.ingest.cells import GROUPED, NUMBER, SYMBOLS, THOUSANDS, Cell, without_mark
from pipeline.ingest.recognise.words import Words
from pipeline.ingest.times import FOOTNOTE


def is_figure(cell: Cell, words: Words) -> bool:
    """Whether a cell is a figure, a symbol in its place, or what was meant as a figure and cannot be read."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return False
    text = cell.strip() if isinstance(cell, str) else "0"
    if not text[-1:].isdigit():
        text = re.sub(f"{FOOTNOTE}$", "", without_mark(text, words.files)[0])
    return text in SYMBOLS or text.startswith("=") or any(pattern.fullmatch(text) for pattern in (NUMBER, THOUSANDS, *GROUPED.values()))


def are_figures(cells: Sequence[Cell], words: Words) -> bool:
    """Whether most cells are figures."""
    different = Counter((type(cell), cell) for cell in cells)
    return 2 * sum(count for (_, cell), count in different.items() if is_figure(cell, words)) > len(cells)
