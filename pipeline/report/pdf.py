"""The report as tagged PDFs (PDF/UA-1), set by typst from the document as data: the report, its fact sheets, and its notes."""

import dataclasses
import functools
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.report.blocks import Block, Document, Link, Notes, Paragraph, Section
from pipeline.report.charts.look import FONTS, INKS
from pipeline.report.language import Language
from pipeline.report.pictures import pictures_of
from pipeline.report.typeset import typeset

TEMPLATE = Path(__file__).parent / "report.typ"
KNOWN = frozenset("\n" + "".join(map(chr, range(32, 127))) + "åäöÅÄÖéü§°·±×²³−–—‘’“”…•→\u202f\u00a0")
"""Characters that the fonts have for certain, so that they need not be opened to look."""
WORDS = (
    "heading.value",
    "notes.stands_in",
    "notes.formula",
    "notes.raw_cells",
    "document.contents",
    "document.elsewhere",
    "document.notes_apart",
    "document.page",
)
"""The texts that report.typ says, there by the last part of their keys."""


def pdfs(document: Document, language: Language, pictures: Mapping[str, str]) -> dict[str, Callable[[], bytes]]:
    """What makes a fact sheet of a page for each region, the notes on the figures, and the report, by what their file names end with;
    what takes longest is the first.

    pictures: SVG text by name.
    """
    apart = {section.anchor: section for section in document.sections if section.anchor in ("regions", "notes")}
    main = tuple(section for section in document.sections if section.anchor not in apart)
    sheets = tuple(block for block in apart["regions"].blocks if isinstance(block, Section) and block.role == "region")
    parts = {"-sheets": sheets, "-notes": (apart["notes"],), "": main}
    return {ending: partial(_pdf, document, ending, sections, language, pictures) for ending, sections in parts.items()}


def sheet_pdf(document: Document, language: Language, anchor: str) -> bytes:
    """The fact sheet of one region as a file of its own, as it stands among all; its title names the region."""
    regions = next(section for section in document.sections if section.anchor == "regions")
    own = next(block for block in regions.blocks if isinstance(block, Section) and block.anchor == anchor)
    pictures = {picture.name: picture.draw(alternative=picture.alternative) for picture in pictures_of((own,))}
    return _pdf(dataclasses.replace(document, title=f"{document.title}: {own.title}"), "-sheets", (own,), language, pictures)


def pdf(document: Document, language: Language, pictures: Mapping[str, str]) -> bytes:
    """A document in one file. pictures: SVG text by name."""
    return _pdf(document, "", document.sections, language, pictures)


def _pdf(document: Document, part: str, sections: tuple[Section, ...], language: Language, pictures: Mapping[str, str]) -> bytes:
    """Some sections of the report as PDF. Text reaches typst as JSON strings, so none of it is ever markup."""
    anchors = set(_anchors(sections))
    given = {
        "document": _plain(dataclasses.replace(document, sections=tuple(_without_dead_ends(sections, anchors)))),
        "part": part,
        "anchors": sorted(anchors),
        "words": {key.split(".")[-1]: language.say(key) for key in WORDS},
        "inks": INKS,
    }
    files = {"report.typ": TEMPLATE.read_bytes(), "report.json": _printable(json.dumps(given, ensure_ascii=False)).encode()}
    files |= {f"{one.name}.svg": _printable(pictures[one.name]).encode() for one in pictures_of(sections)}
    made: bytes = typeset(files | {"main": files["report.typ"]}, pdf_standards=["ua-1"], timestamp=0)
    return made


def _anchors(blocks: Iterable[Block]) -> Iterator[str]:
    """What a link can lead to within these blocks."""
    for block in blocks:
        if isinstance(block, Section):
            yield block.anchor
            yield from _anchors(block.blocks)
        elif isinstance(block, Notes):
            yield from (f"trace-{trace.number}" for trace in block.traces)


def _without_dead_ends(blocks: Iterable[Block], anchors: Collection[str]) -> Iterator[Any]:
    """Blocks without the paragraphs that are a link to what stands in another file, and nothing else."""
    for block in blocks:
        if isinstance(block, Section):
            yield dataclasses.replace(block, blocks=tuple(_without_dead_ends(block.blocks, anchors)))
        elif not isinstance(block, Paragraph) or any(
            not isinstance(run, Link) or not run.target.startswith("#") or run.target[1:] in anchors for run in block.text
        ):
            yield block


def _plain(value: Any) -> Any:
    """A block as plain values, each with its kind."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **{name: _plain(part) for name, part in fields.items() if not callable(part)}}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _printable(text: str) -> str:
    """Text with each character that the fonts lack as its number, [U+1F600]: PDF/UA allows none that cannot be displayed."""
    lacking = {character for character in set(text) - KNOWN if ord(character) not in _coverage()}
    return re.sub(f"[{re.escape(''.join(lacking))}]", lambda found: f"[U+{ord(found[0]):04X}]", text) if lacking else text


@functools.cache
def _coverage() -> frozenset[int]:
    """The characters that every weight in use can show, without the mark of byte order, which PDF/UA forbids."""
    from fontTools.ttLib import TTFont

    weights = ("Regular", "Semibold", "Bold")
    known = (frozenset(TTFont(FONTS / f"SourceSansPro-{weight}.ttf").getBestCmap()) for weight in weights)
    return frozenset.intersection(*known) - {0xFEFF}
