"""What a report is made of, whatever the format: sections of a few kinds of blocks. Each format has one function a kind."""

from dataclasses import dataclass

from pipeline.report.traces import Figure, Trace


@dataclass(frozen=True)
class Strong:
    """Text that stands out."""

    text: str


@dataclass(frozen=True)
class Link:
    """Text that leads to a section of the report ("#anchor") or to a page on the web."""

    text: str
    target: str


Inline = tuple[str | Figure | Strong | Link, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. role: notice, lead, verdict, caveat, note or nothing. language: where it is another than the report's."""

    text: Inline
    role: str = ""
    language: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list. role: as for a paragraph."""

    items: tuple[Inline, ...]
    role: str = ""
    language: str = ""


@dataclass(frozen=True)
class Fact:
    """A key figure: its label, the figure, and where it comes from in a few words."""

    label: str
    shown: str | Figure
    detail: str = ""


@dataclass(frozen=True)
class Facts:
    """Key figures side by side."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it shows, the value it is sorted by, and the anchor it leads to."""

    text: str
    order: float | str | None = None
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A table with one heading row; the first cell of a row names it. numeric: which columns hold numbers."""

    anchor: str
    caption: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    sortable: bool = False
    row_heading: int = 0


@dataclass(frozen=True)
class Picture:
    """A chart by its name, with what it shows in words and its data as a table."""

    name: str
    caption: str
    alternative: str
    table: Table


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


Block = Paragraph | Bullets | Facts | Table | Picture | Notes | Section


@dataclass(frozen=True)
class Document:
    """A whole report. language: sv or en. illustrative: the files that are no statistics."""

    language: str
    title: str
    subject: str
    notice: str
    illustrative: tuple[str, ...]
    sections: tuple[Section, ...]
