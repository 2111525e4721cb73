"""How text, tables and figures look on a terminal."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from pipeline.faults import printable

if TYPE_CHECKING:
    from pipeline.sources import Origins

WIDTH_OF_A_FILE = 160


class PrintableConsole(Console):
    """A console that passes no control characters of a file on to the terminal."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


def console(origins: "Origins | None" = None) -> Console:
    """A console for results, which begin with the notice of illustrative files, the official ones beside them, and what could be pinned."""
    opened = PrintableConsole()
    opened = opened if opened.is_terminal else PrintableConsole(width=WIDTH_OF_A_FILE)
    if origins and origins.illustrative:
        opened.print(Text(f"ILLUSTRATIVE DATA, not statistics: {', '.join(origins.illustrative)}", style="bold yellow"))
        if origins.official:
            opened.print(f"Official statistics beside them: {', '.join(origins.official)}")
    for statistic, line in origins.unpinned.items() if origins else ():
        if line:
            opened.print(f"{statistic} has an official vintage, which the award does not use until it pins it under [vintages]: {line}")
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
