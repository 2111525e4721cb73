"""The time that a text names: a year, the day or the part of the year that is meant, and the marks beside it."""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.declarations import FileWords

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
YEAR_AND_MORE = re.compile(rf"{YEAR.pattern}|(?<!\d)(?:19|20)\d{{6}}(?!\d)")
"""A year or a day in figures alone, perhaps within more: 2016/17, 20160630."""
SPAN = re.compile(r"(?<!\d)(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d(?!\d)")
"""Years from one to another."""
FOOTNOTE = r"(?:\s?[¹²³⁰⁴-⁹*†‡]+|\s?\(?\d{1,2}\))"
"""What refers to a note: 2022¹, 2022*, 2022 1)."""
GLUED = re.compile(r"(?:19|20)\d\d\d")
"""A year and the digit of a note that was set above it."""
DAY_AFTER = r"-\d\d-\d\d(?:[T ]00:00(?::00)?)?(?!\d)"
PART_AFTER = r"(?:[ -]?(?:[KkQqTt] ?[1-4]|[HhSs][12]|[MmWwVv] ?\d\d)|-?(?:0[1-9]|1[0-2]))(?!\d|-\d\d)"
"""What follows a year in a date, and in the code of a quarter, half-year, month or week."""
DATE = re.compile(rf"(?<!\d)(?:19|20)\d\d{DAY_AFTER}")
CODE_WITHIN_YEAR = re.compile(rf"(?<!\d)(?:19|20)\d\d{PART_AFTER}")

Day = Literal["", "31 December", "1 January", "another day", "a part of a year"]


@dataclass(frozen=True)
class Time:
    """A year, the day or the part of it that is meant where that is said, and what its mark means, as the catalogue has it.

    note: the mark where it refers to a note.
    """

    year: int
    day: Day = ""
    mark: str = ""
    note: str = ""


def mark_pattern(words: FileWords) -> str:
    """A mark beside a year or a figure: what a catalogue knows, perhaps in parentheses, or what refers to a note."""
    known = "|".join(f"(?:{pattern})" for pattern in words.marks.values())
    return rf"(?:\s?\((?:{known})\)|\s?(?:{known})(?!\w)|{FOOTNOTE})" if known else FOOTNOTE


def year_pattern(words: FileWords) -> str:
    """A year as files write it, with the group year, and mark for what may stand beside it: "2022", "År 2022", "2022 (prel.)"."""
    return rf"(?:\b(?:{words.before_year})\s)?(?P<year>(?:19|20)\d\d)(?P<mark>{mark_pattern(words)})?"


def mark_of(text: str, words: FileWords) -> str:
    """What a mark means; nothing of one that refers to a note."""
    plain = text.strip(" ()").casefold()
    return next((name for name, pattern in words.marks.items() if re.fullmatch(pattern, plain)), "")


def day_of(text: str, words: FileWords) -> Day:
    """The day or the part of a year that a text names; nothing where it names none."""
    date = DATE.search(text)
    if date:
        return _of_date(int(date[0][5:7]), int(date[0][8:10]))
    if CODE_WITHIN_YEAR.search(text):
        return "a part of a year"
    if re.search(words.year_end, text, re.I):
        return "31 December"
    if re.search(words.year_start, text, re.I):
        return "1 January"
    return "a part of a year" if re.search(words.within_year, text, re.I) else ""


def time_of(cell: Any, words: FileWords) -> Time | None:
    """The time that a cell holds and nothing else; None where it holds something else."""
    if isinstance(cell, datetime.date | datetime.datetime):
        return Time(cell.year, _of_date(cell.month, cell.day))
    if isinstance(cell, bool) or (isinstance(cell, float) and not cell.is_integer()):
        return None
    text = str(int(cell) if isinstance(cell, float) else cell).strip()
    if DATE.fullmatch(text) or CODE_WITHIN_YEAR.fullmatch(text):
        return Time(int(text[:4]), day_of(text, words))
    found = re.fullmatch(year_pattern(words), text, re.I)
    return marked_year(found, words) if found else None


def marked_year(found: re.Match[str], words: FileWords) -> Time:
    """The year that year_pattern has found, and its mark."""
    text = (found["mark"] or "").strip()
    mark = mark_of(text, words)
    return Time(int(found["year"]), "", mark, "" if mark else text)


def note_of(mark: str, texts: Iterable[str]) -> str | None:
    """The text of the note that a mark refers to: of ¹ or 1) the one that begins with ¹, 1), (1) or 1; None where there is none."""
    sign = unicodedata.normalize("NFKC", mark).strip(" ()")
    begins = re.compile(rf"\(?{re.escape(sign)}(?![\d*†‡])[).:]?\s*(?=[^\W\d])")
    return next((text for text in texts if begins.match(unicodedata.normalize("NFKC", text.strip()))), None)


def _of_date(month: int, day: int) -> Day:
    known: dict[tuple[int, int], Day] = {(12, 31): "31 December", (1, 1): "1 January"}
    return known.get((month, day), "another day")
