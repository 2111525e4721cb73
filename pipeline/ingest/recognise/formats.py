"""What kind of file was given, by its content; and of a text its encoding and its separator."""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.faults import refusal
from pipeline.ingest.recognise.words import Words

ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "mac_roman", "cp850")
DELIMITERS = (",", ";", "\t", "|")
LINES = 2000
COLUMNS = 2000
"""Lines, and fields of each, by which a separator is told."""
ASK = "Ask the publisher for one of these."
OTHERS = {
    b"%PDF": ("a PDF", ASK),
    b"\x89PNG": ("a picture", ASK),
    b"\xff\xd8": ("a picture", ASK),
    b"\x1f\x8b": ("a file packed with gzip", "Unpack it, and add the table alone."),
    b"<?xml": ("XML, as Excel saves workbooks of its version of 2003", "Open it, save it as .xlsx, and add that."),
    b"<": ("a web page, whatever its name ends in", "Open it in a spreadsheet program, save it as .xlsx, and add that."),
}
"""What begins with a sign is no table: what it is, and what to do."""
FORMATS = "Excel, OpenDocument, CSV, JSON-stat 2, PX or Parquet"


def format_of(content: bytes, name: str) -> tuple[str, str]:
    """A file's format, and the ending it is stored under. Raises DataRefused for a file without a table."""
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "Excel workbook", ".xls"
    if content.startswith(b"PAR1"):
        return "Parquet", ".parquet"
    start = content[:4000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not start:
        raise refusal(name, "an empty file", FORMATS, "Fetch it again, or ask the publisher for it.")
    if start.startswith((b"{", b"[")):
        return "JSON-stat 2", ".json"
    if re.match(rb'(CHARSET|AXIS-VERSION|CODEPAGE|LANGUAGE|MATRIX|CREATION-DATE|SUBJECT-AREA)\s*=\s*"?', start):
        return "PX", ".px"
    other = next((other for sign, other in OTHERS.items() if start.startswith(sign)), None)
    if other is None and b"\x00" in content and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        is_wide = 5 * start[:200].count(b"\x00") >= 2 * len(start[:200])
        other = ("text in UTF-16 that does not say so", "Save it as UTF-8.") if is_wide else ("a file that is not a table", ASK)
    if other:
        raise refusal(name, other[0], FORMATS, other[1])
    return "delimited text", ".csv"


def text_layout(path: Path, words: Words) -> dict[str, Any]:
    """The encoding under which the most names of regions are read, and the separator that tells the most regions apart."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = max(ENCODINGS, key=lambda each: (_names(content, each, words), -ENCODINGS.index(each)))
    try:
        lines = content.decode(encoding).splitlines()[:LINES]
    except UnicodeDecodeError:
        raise refusal(path.name, f"bytes that are not text in {', '.join(ENCODINGS)}", "text", "Save it as UTF-8.") from None
    delimiter = max(DELIMITERS, key=lambda each: (*_regions_apart(lines, each, words), -DELIMITERS.index(each)))
    layout = {"delimiter": delimiter} if delimiter != "," else {}
    return layout | ({"encoding": encoding} if encoding != "utf-8" else {})


def _names(content: bytes, encoding: str, words: Words) -> int:
    """How many regions a text names under an encoding; below zero where it cannot be read."""
    try:
        text = content.decode(encoding).casefold()
    except UnicodeDecodeError:
        return -1
    return sum(words.geography.label(name) in text for name in words.names.values())


def _regions_apart(lines: Sequence[str], delimiter: str, words: Words) -> tuple[int, int]:
    """How many fields are a region under a separator, and how many lines have the commonest number of fields."""
    try:
        rows = [row[:COLUMNS] for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1]
    except csv.Error:
        return 0, 0
    widths = Counter(len(row) for row in rows)
    is_region = {cell: words.regions.knows(cell) for row in rows for cell in row}
    return sum(is_region[cell] for row in rows for cell in row), max(widths.values(), default=0)


def _zipped(content: bytes, name: str) -> tuple[str, str]:
    try:
        members = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise refusal(name, "a damaged file", "a workbook", "Fetch the file again from its publisher.") from None
    if "xl/workbook.bin" in members:
        return "Excel workbook", ".xlsb"
    if "xl/workbook.xml" in members:
        return "Excel workbook", ".xlsx"
    if "content.xml" in members:
        return "OpenDocument sheet", ".ods"
    raise refusal(name, "a zip file that is not a workbook", FORMATS, "Unpack it, and add the table alone.")
