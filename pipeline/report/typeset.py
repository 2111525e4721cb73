"""Typst, which sets PDFs and turns charts into PNG: its fonts read once, and nothing kept from one file to the next."""

import functools
from collections.abc import Mapping
from typing import Any

from pipeline.report.charts.look import FONTS

GENERATIONS = 11
"""Typst forgets a result that was not asked for again in the last ten files that it set."""


def typeset(files: Mapping[str, bytes], **options: Any) -> Any:
    """What typst makes of these files, of which "main" is the first that it reads: a PDF, or a list of pictures.

    What it remembers of them for the next file is given up: no two files of a report share enough for the memory that it takes.
    """
    import typst

    try:
        return typst.compile(dict(files), font_paths=_fonts(), **options)
    finally:
        for _ in range(GENERATIONS):
            typst.compile(b"", font_paths=_fonts(), format="svg")


@functools.cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
