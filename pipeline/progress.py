"""What a command is doing and how far it is: one line on stderr while it works. Nothing with --quiet, or where stderr is not a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

Say = Callable[[str, float | None], None]
"""Called with the current step, and the share of the work that is done, 0 to 1; None where that is unknown."""


def silent(_: str, __: float | None) -> None:
    """Say nothing: for work that nobody watches."""


def part(say: Say, begin: float, end: float) -> Say:
    """Progress of a part of the work: its own shares 0 to 1 are begin to end of the whole."""
    return lambda step, share: say(step, None if share is None else begin + share * (end - begin))


class Work:
    """The line of progress of a command. It is a Say."""

    def __init__(self, bar: "Progress | None", *, quiet: bool) -> None:
        self._bar, self._quiet = bar, quiet
        self._task = bar.add_task("", total=1) if bar else None

    def __call__(self, step: str, share: float | None = None) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=step, total=None if share is None else 1, completed=share or 0)

    def note(self, text: str) -> None:
        """A line that stays, also where stderr is not a terminal."""
        if self._bar is not None:
            self._bar.console.print(text)
        elif not self._quiet:
            from pipeline.printing import PrintableConsole

            PrintableConsole(stderr=True).print(text)

    def end(self) -> None:
        """Take the line away, before results are printed."""
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def working(*, quiet: bool) -> Iterator[Work]:
    """The line of progress of a command, which is taken away at the end."""
    # Not what rich takes for a terminal: an environment variable can make it take a file for one.
    if quiet or not sys.stderr.isatty():
        yield Work(None, quiet=quiet)
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from pipeline.printing import PrintableConsole

    console = PrintableConsole(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        yield Work(bar, quiet=quiet)
