"""How text, tables and figures look on a terminal."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from pipeline.faults import printable

WIDTH_OF_A_FILE = 160


class PrintableConsole(Console):
    """A console that passes no control characters of a file on to the terminal."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


def console(illustrative: Sequence[str] = ()) -> Console:
    """A console for results, which begin with the notice of illustrative files."""
    opened = PrintableConsole()
    opened = opened if opened.is_terminal else PrintableConsole(width=WIDTH_OF_A_FILE)
    if illustrative:
        opened.print(Text(f"ILLUSTRATIVE DATA, not statistics: {', '.join(illustrative)}", style="bold yellow"))
    return opened


def table(*headings: str, title: str | None = None, whole: Sequence[str] = ()) -> Table:
    """A table whose cells break over lines; none is cut off. whole: headings of the columns that stay on one line."""
    empty = Table(title=title)
    for heading in headings:
        empty.add_column(heading, overflow="fold", no_wrap=heading in whole)
    return empty


def number(value: float | None, form: str, unknown: str = "unknown") -> str:
    """A figure in this form, or that it is unknown."""
    return unknown if value is None else format(value, form)
