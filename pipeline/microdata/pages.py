"""The pages of a Parquet file, read without their values: whether each is as its checksum and the footer say.

A checksum covers what a page holds, not its header (Thrift's compact protocol). What a header says of sizes, values and encodings must
agree with the footer. Where it could say something else that agrees as well, the values are read.
"""

import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

DATA, DICTIONARY = 0, 2
"""Kinds of pages. Files with others are read."""
PLAIN, CODES, LEVELS = 0, {2, 8}, 3
"""Encodings: of values as they are, of codes of a dictionary, and of the levels that say which values are null."""
LEAST = {"BYTE_ARRAY": 4, "INT32": 4, "INT64": 8}
"""The least size of a value as it is, by kind; a text begins with its length."""
Header = dict[int, Any]
"""The fields of a page's header by their numbers: 1 kind, 2 size when unpacked, 3 size, 4 checksum, 5 data page, 7 dictionary page."""


def are_sound(file: str, footer: pq.FileMetaData) -> bool | None:
    """Whether every page of a Parquet file can be read and is as its checksum says; None if the first has none: then no page has one."""
    try:
        with Path(file).open("rb") as stored:
            for number in range(footer.num_row_groups):
                group = footer.row_group(number)
                unclear = []
                for place in range(group.num_columns):
                    chunk = group.column(place)
                    stored.seek(chunk.dictionary_page_offset or chunk.data_page_offset)
                    pages = stored.read(chunk.total_compressed_size)
                    if number == place == 0 and not _has_checksum(pages):
                        return None
                    if not _agrees(chunk, LEAST.get(chunk.physical_type, footer.schema.column(place).length), pages):
                        unclear.append(chunk.path_in_schema)
                if unclear:
                    with pq.ParquetFile(file, metadata=footer, page_checksum_verification=True) as content:
                        content.read_row_group(number, columns=unclear)
    except (OSError, pa.ArrowException, IndexError, KeyError, TypeError, ValueError):
        return False
    return True


def _has_checksum(pages: bytes) -> bool:
    try:
        return 4 in _fields(pages, 0)[0]
    except (IndexError, ValueError):
        return False


def _agrees(chunk: Any, least: int, content: bytes) -> bool:
    """Whether a column's pages are as their checksums and the footer say; False if only their values tell.

    least: the least size of a value as it is; codes are smaller. Raises ValueError, IndexError, KeyError or TypeError when they are not.
    """
    place = values = unpacked = 0
    is_clear = True
    while place < len(content):
        header, begin = _fields(content, place)
        kind, size, end = header[1], header[2], begin + header[3]
        if end > len(content) or zlib.crc32(memoryview(content)[begin:end]) != header[4] & 0xFFFFFFFF:
            raise ValueError(place)
        if kind == DATA:
            own = header[5]
            values += own[1]
            is_clear &= own[3] == own[4] == LEVELS and (own[2] in CODES if size < own[1] * least else own[2] == PLAIN)
        elif kind != DICTIONARY or place > 0 or header[7][2] not in {PLAIN, *CODES}:
            return False
        unpacked += begin - place + size
        place = end
    if values != chunk.num_values or unpacked != chunk.total_uncompressed_size:
        raise ValueError(place)
    return is_clear


def _fields(content: bytes, place: int) -> tuple[Header, int]:
    """The fields of a struct, by their numbers, and where it ends. Raises ValueError for a kind that headers of pages lack."""
    fields: Header = {}
    number = 0
    while head := content[place]:
        place += 1
        number, kind = number + (head >> 4), head & 15
        if not head >> 4:
            number, place = _number(content, place)
        if kind in (1, 2):
            fields[number] = kind == 1
        elif kind in (4, 5, 6):
            fields[number], place = _number(content, place)
        elif kind == 8:
            length, begin = _unsigned(content, place)
            place = begin + length
        elif kind == 12:
            fields[number], place = _fields(content, place)
        else:
            raise ValueError(kind)
    return fields, place + 1


def _number(content: bytes, place: int) -> tuple[int, int]:
    unsigned, place = _unsigned(content, place)
    return (unsigned >> 1) ^ -(unsigned & 1), place


def _unsigned(content: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        value |= (content[place] & 0x7F) << shift
        place += 1
        if not content[place - 1] & 0x80:
            return value, place
    raise ValueError(place)
