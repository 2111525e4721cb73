"""Typst, which sets PDFs and turns charts into PNG: its fonts read once, and nothing kept from one file to the next."""

import ctypes
import functools
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.report.charts.look import FONTS

GENERATIONS = 11
"""Typst forgets a result that was not asked for again in the last ten files that it set."""


def typeset(files: Mapping[str, bytes], **options: Any) -> Any:
    """What typst makes of these files, of which "main" is the first that it reads: a PDF or a picture."""
    (made,) = each_typeset([files], **options)
    return made


def each_typeset(several: Iterable[Mapping[str, bytes]], **options: Any) -> list[Any]:
    """What typst makes of each, one after the other.

    What it remembers of them for later files is given up, and its memory given back: no two files of a report share enough for that.
    """
    import typst

    try:
        return [typst.compile(dict(files), font_paths=_fonts(), **options) for files in several]
    finally:
        for _ in range(GENERATIONS):
            typst.compile(b"", font_paths=_fonts(), format="svg")
        give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if give_back:
            give_back(0)


@functools.cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
