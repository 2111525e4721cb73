"""What Word and PowerPoint share: properties, parts of a template, an archive without time, and how wide a table's columns are."""

import io
import zipfile
from typing import Any

from pipeline.report.blocks import Document, Table
from pipeline.report.language import Language

PIXELS = 2.0
"""Pixels of a picture's PNG for each of its SVG."""
EPOCH = (1980, 1, 1, 0, 0, 0)
PROPERTY = 255
"""The most letters that a property of a file holds."""
LONGEST = 34
"""Letters after which a cell's text is broken."""
LEFTOVERS = ("stylesWithEffects", "customXml", "thumbnail", "extended-properties", "printerSettings")
"""Parts of the libraries' templates that say nothing of a document made from them."""


def describe(file: Any, document: Document, language: Language) -> None:
    """Fill the properties of a file of python-docx or python-pptx."""
    about = file.core_properties
    about.title, about.subject, about.author = _short(document.title), _short(document.subject), "exportregion"
    about.language, about.comments = language.say("shared.locale"), _short(document.notice)
    about.keywords = language.say("shared.illustrative") if document.notice else ""
    about.category, about.last_modified_by, about.revision = "", "exportregion", 1


def without_leftovers(file: Any, of_package: Any) -> None:
    """Drop from a new file what its template has left, and when that was made. of_package: the relations of its package."""
    for rels in (file.part.rels, of_package):
        for key in [key for key, rel in rels.items() if rel.reltype.rpartition("/")[2] in LEFTOVERS]:
            rels.pop(key)
    about = file.core_properties._element
    for stamp in about.xpath("dcterms:created | dcterms:modified"):
        about.remove(stamp)


def undated(made: bytes) -> bytes:
    """The same archive without the time it was made at; pictures are packed as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            packed = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            target.writestr(zipfile.ZipInfo(name, EPOCH), source.read(name), packed)
    return out.getvalue()


def shortest_widths(table: Table) -> list[int]:
    """How many letters wide each column must be so that no word of it is broken, but for headings such as 2016–2017, after the dash."""
    headings = [text.replace("–", "– ") for text in table.headings]
    return [
        max(len(word) for text in (heading, *own[1:]) for word in text.split(" ")) + 1
        for heading, own in zip(headings, _texts(table), strict=True)
    ]


def column_widths(table: Table, letters: float) -> list[float]:
    """How many letters wide each column is, of so many in all: what its texts ask for, and no less than its longest word."""
    least = shortest_widths(table)
    wanted = [max(low, min(max(map(len, texts[1:] or [""])), LONGEST) + 1) for low, texts in zip(least, _texts(table), strict=True)]
    share = max(0.0, min(1.0, (letters - sum(least)) / max(1, sum(wanted) - sum(least))))
    widths = [low + share * (high - low) for low, high in zip(least, wanted, strict=True)]
    room = min(1.0, letters / sum(widths))
    return [width * room for width in widths]


def _texts(table: Table) -> list[list[str]]:
    """The texts of each column, its heading first."""
    return [[heading, *(row[number].text for row in table.rows)] for number, heading in enumerate(table.headings)]


def _short(text: str) -> str:
    """Text as a property of the file can hold it; the whole of it stands in the document."""
    return text if len(text) <= PROPERTY else text[: PROPERTY - 1] + "…"
