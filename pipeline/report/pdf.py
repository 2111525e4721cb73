"""The report as a tagged PDF (PDF/UA-1), set by typst from the document as data."""

import dataclasses
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.report.blocks import Document
from pipeline.report.charts.look import FONTS, INKS
from pipeline.report.language import Language

TEMPLATE = Path(__file__).parent / "report.typ"
WORDS = ("shared.illustrative", "heading.value", "notes.stands_in", "notes.formula", "notes.raw_cells", "document.contents")
"""The texts that report.typ says, there by the last part of their keys."""


def pdf(document: Document, language: Language, pictures: Mapping[str, str]) -> bytes:
    """The report as PDF. pictures: SVG text by name. Text reaches typst as JSON strings, so none of it is ever markup."""
    import typst

    given = {
        "document": _plain(document),
        "words": {key.split(".")[-1]: language.say(key) for key in WORDS},
        "inks": INKS,
    }
    files = {"report.typ": TEMPLATE.read_bytes(), "report.json": _printable(json.dumps(given, ensure_ascii=False)).encode()}
    files |= {f"{name}.svg": _printable(svg).encode() for name, svg in pictures.items()}
    made: bytes = typst.compile(  # type: ignore[call-overload]
        files | {"main": files["report.typ"]}, font_paths=[FONTS], ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=0
    )
    return made


def _plain(value: Any) -> Any:
    """A block as plain values, each with its kind."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **{name: _plain(part) for name, part in fields.items() if not callable(part)}}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _printable(text: str) -> str:
    """Text with each character that the fonts lack as its number, [U+1F600]: PDF/UA allows none that cannot be displayed."""
    lacking = {character for character in set(text) - {"\n"} if ord(character) not in _coverage()}
    return re.sub(f"[{re.escape(''.join(lacking))}]", lambda found: f"[U+{ord(found[0]):04X}]", text) if lacking else text


@functools.cache
def _coverage() -> frozenset[int]:
    """The characters that every weight in use can show, without the mark of byte order, which PDF/UA forbids."""
    from fontTools.ttLib import TTFont

    weights = ("Regular", "Semibold", "Bold")
    known = (frozenset(TTFont(FONTS / f"SourceSansPro-{weight}.ttf").getBestCmap()) for weight in weights)
    return frozenset.intersection(*known) - {0xFEFF}
