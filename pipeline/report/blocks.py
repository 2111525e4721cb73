"""What a report is made of, whatever the format: sections of a few kinds of blocks. Each format has one function a kind."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pipeline.report.traces import Figure, Trace
from pipeline.report.words import Code


@dataclass(frozen=True)
class Strong:
    """Text that stands out."""

    text: str


@dataclass(frozen=True)
class Link:
    """Text that leads to a section of the report ("#anchor") or to a page on the web. language: where it is another than the
    report's."""

    text: str
    target: str
    language: Code | Literal[""] = ""


@dataclass(frozen=True)
class Passage:
    """Text in another language than the report's."""

    text: str
    language: Code | Literal[""]


Inline = tuple[str | Figure | Strong | Link | Passage, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. role: notice, lead, verdict, caveat, note or nothing. language: where it is another than the report's."""

    text: Inline
    role: str = ""
    language: Code | Literal[""] = ""


@dataclass(frozen=True)
class Bullets:
    """A list. role: as for a paragraph."""

    items: tuple[Inline, ...]
    role: str = ""
    language: Code | Literal[""] = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it shows, what it is sorted by (its unrounded value), the anchor it leads to, and its language, where that
    is another than the report's."""

    text: str
    order: float | str | datetime.date | None = None
    anchor: str = ""
    language: Code | Literal[""] = ""


@dataclass(frozen=True)
class Table:
    """A table with one heading row; the first cell of a row names it. numeric: which columns hold numbers.

    units: of each column whose cells' orders are numbers of one unit, what that is called; "" where it has no name.
    """

    anchor: str
    caption: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    sortable: bool = False
    row_heading: int = 0
    units: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Width:
    """How wide a picture is: in Word in centimetres, or 0 where it is left out; on paper in per cent of the column that it stands in."""

    word: float
    paper: int


@dataclass(frozen=True)
class Picture:
    """A chart with what it shows in words, its data as a table, and what draws it: draw(alternative=…) gives SVG text.

    repeats: the data stand in another table already, so that only the page, where they are folded, shows them here as well.
    """

    name: str
    caption: str
    alternative: str
    table: Table
    draw: Callable[..., str]
    width: Width
    repeats: bool = False


@dataclass(frozen=True)
class Notes:
    """The traces of all figures, as numbered notes."""

    traces: tuple[Trace, ...]


@dataclass(frozen=True)
class Section:
    """A heading with what belongs below it. role: candidate, region, or nothing."""

    anchor: str
    title: str
    blocks: "tuple[Block, ...]"
    role: str = ""


Block = Paragraph | Bullets | Table | Picture | Notes | Section


@dataclass(frozen=True)
class Document:
    """A whole report. identity: what it was made from and with, for the foot of every page. trial_map: the map of the score that
    follows the trials of the page, if any. mark: what stands at the head of every page, with a notice. picker: what one picks a page of.
    citation: how to cite it. file: what the names of its files begin with."""

    language: Code
    title: str
    subject: str
    notice: str
    identity: str
    sections: tuple[Section, ...]
    trial_map: Picture | None
    mark: str = ""
    picker: str = ""
    citation: str = ""
    file: str = ""
