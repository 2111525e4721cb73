"""One cell of a raw file: a figure or a symbol, a year, a region, a class."""

import datetime
import functools
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.declarations import FileWords, Geography
from pipeline.ingest.times import DATE, FOOTNOTE, Day, Time, mark_of, time_of

Cell = Any

SYMBOLS = {"..": "withheld", "-": "nil", "–": "nil", "—": "nil", "−": "nil", ".": "missing", "": "missing"}
"""SCB's symbols: ".." not available or too uncertain to publish; "-" nothing to report; "." cannot occur."""

SPACES = " \u00a0\u2007\u2009\u202f"
NUMBER = re.compile(rf"(?P<sign>[-−]?)(?P<whole>\d{{1,3}}(?:[{SPACES}]\d{{3}})+|\d+)(?:(?P<mark>[.,])(?P<decimals>\d+))?")
NUMBER_WITH_NOTE = re.compile(rf"{NUMBER.pattern}(?P<note>{FOOTNOTE})")
"""A figure and what refers to a note: 12*, 12 1)."""
THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
"""Thousands that are certainly set apart by commas or points: there are two of them. One may also begin decimals."""
GROUPED = {
    mark: re.compile(rf"(?P<sign>[-−]?)(?P<whole>[1-9]\d{{0,2}}(?:\{mark}\d{{3}})*|0)(?:(?P<mark>\{decimal})(?P<decimals>\d+))?")
    for mark, decimal in ((",", "."), (".", ","))
}
"""Figures whose thousands are set apart by a mark, the other of which begins decimals."""
DASHES = str.maketrans("‐‑‒–—−", "------")
EXCEL_DIGITS = ".15g"
"""Excel keeps 15 significant digits; what a float holds beyond them is noise."""


@dataclass(frozen=True)
class Unreadable(Exception):
    """A cell that does not hold what its column says."""

    found: str
    expected: str
    remedy: str


def shown(cell: Cell) -> str:
    """A cell's content as it is quoted to the reader."""
    if cell is None or cell == "":
        return "an empty cell"
    if isinstance(cell, str):
        return f"the text {cell!r}"
    if isinstance(cell, datetime.date | datetime.datetime):
        return f"the date {cell.isoformat()[:10]}"
    if isinstance(cell, float) and cell.is_integer():
        return f"the number {int(cell)}"
    return f"the number {cell}" if isinstance(cell, int | float) and not isinstance(cell, bool) else repr(cell)


CELLS_KEPT = 200_000
"""Cells whose texts are kept, since each cell of a large file is looked at many times."""


@functools.lru_cache(maxsize=CELLS_KEPT, typed=True)
def plain(text: Cell) -> str:
    """Text with its spaces evened out, a whole number without decimals."""
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    return " ".join(unicodedata.normalize("NFC", str("" if text is None else text)).split())


KEPT = 8
"""Decimals of an amount's unit that are kept: an öre, even in millions. Of a score, as many as a floating-point number has."""
SCORE_KEPT = 15


def figure(
    cell: Cell,
    what: str,
    decimal: str,
    thousands: str | None = None,
    *,
    whole: bool = False,
    positive: bool = False,
    below: Decimal = Decimal("1e15"),
    kept: int = KEPT,
) -> tuple[Decimal | None, str]:
    """A figure and its status: ok; nil, and then zero; withheld or missing, and then None. Raises Unreadable."""
    if not thousands and isinstance(cell, str) and cell.isdecimal() and cell.isascii():
        # Digits alone, as most cells of a large file, need no look at what else a cell may hold.
        number = Decimal(f"{cell}.0")
        if number < below and (number or not positive):
            return number, "ok"
    expected = f"{what}, zero or more" if not positive else f"{what}, above zero"
    remedy = "Ask the publisher for a corrected file; a figure that is not published is written .. there."
    if cell is None or (isinstance(cell, str) and cell.strip() in SYMBOLS):
        status = SYMBOLS["" if cell is None else cell.strip()]
        if positive and status != "ok":
            raise Unreadable(shown(cell), expected, remedy)
        return (Decimal(0) if status == "nil" else None), status
    if isinstance(cell, str) and cell.startswith("="):
        remedy = "Open the workbook, let it calculate, save it, and use that."
        raise Unreadable(f"the formula {cell}, which was never calculated", expected, remedy)
    number = _number(cell, expected, remedy, decimal, thousands)
    if whole and isinstance(cell, str) and not thousands and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", cell.strip()):
        found = f"{shown(cell)}, whose mark may stand between thousands or begin decimals"
        raise Unreadable(found, f"{what}, a whole number", NO_MARKS)
    if number < 0:
        raise Unreadable(f"the negative {number}", expected, remedy)
    if number >= below:
        raise Unreadable(f"the enormous {number:.3E}", f"{what}, below {below:.0E}", remedy)
    if positive and number == 0:
        raise Unreadable("zero", expected, remedy)
    if whole and number != number.to_integral_value():
        raise Unreadable(f"the fraction {number}", f"{what}, a whole number", "Ask for whole numbers: counts in thousands are not read.")
    return (round(number, kept) if number != round(number, kept) else number), "ok"


NO_MARKS = "Write the file with spaces between thousands, or with nothing; a comma or a point begins decimals."


def _number(cell: Cell, expected: str, remedy: str, decimal: str, thousands: str | None) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise Unreadable(shown(cell), expected, remedy)
    if isinstance(cell, int | float):
        number = Decimal(format(cell, EXCEL_DIGITS))
        if not number.is_finite():
            raise Unreadable(shown(cell), expected, remedy)
        return number
    match = (GROUPED[thousands] if thousands else NUMBER).fullmatch(cell.strip())
    if match is None and thousands:
        raise Unreadable(shown(cell), f"{expected}, with {thousands!r} between thousands as in the rest of the file", remedy)
    if match is None and THOUSANDS.fullmatch(cell.strip()):
        raise Unreadable(f"{shown(cell)}, with marks between thousands", expected, NO_MARKS)
    if match is None:
        raise Unreadable(shown(cell), expected, remedy)
    if match["mark"] and match["mark"] != decimal and not thousands:
        names = {",": "a decimal comma", ".": "a decimal point"}
        raise Unreadable(
            f"{shown(cell)} with {names[match['mark']]}",
            f"{expected} with {names[decimal]}",
            f"If the whole file is written so, set decimal = '{match['mark']}' for it in sources.toml; else ask the publisher.",
        )
    whole = re.sub(r"\D", "", match["whole"])
    return Decimal(f"{'-' if match['sign'] else ''}{whole}.{match['decimals'] or 0}")


def without_mark(cell: Cell, words: FileWords) -> tuple[Cell, str]:
    """A figure without the mark beside it, and what the mark means: "12 p" is 12, and preliminary."""
    if isinstance(cell, str) and words.marks and not cell[-1:].isdigit():
        known = "|".join(f"(?:{pattern})" for pattern in words.marks.values())
        marked = re.fullmatch(rf"(.*\d)\s?(\((?:{known})\)|(?:{known}))", cell.strip(), re.I)
        if marked:
            return marked[1], mark_of(marked[2], words)
    return cell, ""


def year(cell: Cell, stored_as: str, words: FileWords, days: Collection[Day] = ("", "31 December")) -> Time:
    """A year, stored in the cell as a number, a text or a date, as sources.toml says; a date is one of some days. Raises Unreadable."""
    time = time_of(cell, words)
    if time is None:
        raise Unreadable(shown(cell), "a year", "Correct the year, or describe the column in sources.toml as what it is.")
    if time.day not in days:
        remedy = "Ask for figures of whole years, or of each year's last day; of 1 January, say reference_day in sources.toml."
        raise Unreadable(f"{shown(cell)}, which is {time.day}", f"a year{' or its 31 December' if days else ''}", remedy)
    kind = "text" if isinstance(cell, str) else "number"
    if isinstance(cell, datetime.date | datetime.datetime) or (isinstance(cell, str) and DATE.fullmatch(cell.strip())):
        kind = "date"
    # A mark makes a text of a year that stands as a number beside it.
    if kind != stored_as and (kind != "text" or plain(cell).isdecimal()):
        raise Unreadable(
            shown(cell),
            f"a year stored as a {stored_as}",
            f"If the whole file is written so, set year_stored_as = '{kind}' for it in sources.toml; else ask the publisher.",
        )
    return time


MOST_LISTED = 30
"""Codes that a message lists."""
IGNORE = "ignore"
LEFT_OUT = (
    "Correct it in the file, or describe the file by hand in sources.toml, as README.md shows: with a region's code, or with "
    '"ignore" to leave the rows out, as in regions = {{ "{text}" = "ignore" }}.'
)
"""What to do about a text that is no region's."""
"""What sources.toml calls a label whose rows are left out."""


def class_of(cell: Cell, classification: str, labels: Mapping[str, str]) -> str:
    """The code of a class, by the labels that sources.toml gives and the codes' own names. Raises Unreadable."""
    code = labels.get(class_label(cell))
    if code is None:
        codes = ", ".join(dict.fromkeys(labels.values()))
        remedy = f"Say in sources.toml, under labels.{classification}, which of {codes} this label is ('ignore' leaves it out)."
        raise Unreadable(shown(cell), f"a class of {classification}: {', '.join(sorted(labels))}", remedy)
    return code


def class_label(text: Cell) -> str:
    """A class's label with one kind of dash and no spaces around it."""
    return re.sub(r"\s*-\s*", "-", plain(text).translate(DASHES)).casefold()


NOTE_OF_A_NAME = re.compile(rf"(?:{FOOTNOTE}|(?<=[^\W\d])\d)$")
"""What refers to a note after a name: Riket1), Stockholms län¹, Hallands län1."""


LOST_LETTERS = re.compile(r"([^\x00-\x7f]|\?|&\w+;)+")
"""Letters beyond ASCII, and what they become where they are decoded wrongly: Ã¤, „, ?, &auml;."""
DAMAGED = re.compile(r"[^\w\s'’.-]")
"""Signs that no name has, unless its own letters are lost."""


class Regions:
    """The regions and their whole, found by code, by name or by another name. listing: the file that lists them."""

    def __init__(
        self, names: Mapping[str, str], aliases: Mapping[str, str], geography: Geography, listing: str = "the file of the regions"
    ) -> None:
        self._listing = listing
        self._names = names
        self._label = geography.label
        self._noun = geography.en.a_noun
        others = {name: code for code, listed in geography.other_names.items() for name in listed if code in names}
        self._codes = {self._label(name): code for name, code in others.items()}
        self._codes |= {self._label(name): code for code, name in names.items()}
        self._aliases = {self._label(plain(alias)): code for alias, code in aliases.items()}
        self._codes |= self._aliases
        # A leading zero is lost where a program takes codes for numbers.
        self._width = max((len(code) for code in names if code.isdigit()), default=0)

    def knows(self, text: str) -> bool:
        """Whether a text is a region's code, name or both."""
        try:
            self.by_either(text)
        except Unreadable:
            return False
        return True

    def decoded(self, text: str) -> str | None:
        """The name that a text was before its letters beyond ASCII were decoded wrongly; None of another text."""
        shape = LOST_LETTERS.sub("?", plain(text).casefold())
        whole = (name for name in self._names.values() if not DAMAGED.search(name))
        known = ((name, {LOST_LETTERS.sub("?", each) for each in (name.casefold(), self._label(name))}) for name in whole)
        return next((name for name, shapes in known if "?" in shape and shape in shapes), None)

    def by_code(self, cell: Cell) -> str:
        """The code itself, checked. Raises Unreadable."""
        code = plain(cell)
        if code in self._names and (isinstance(cell, str) or not code.isdigit()):
            return code
        if self._label(code) in self._aliases:
            return self._aliases[self._label(code)]
        padded = code.zfill(self._width)
        if padded in self._names:
            raise Unreadable(
                shown(cell),
                f"the code {padded!r} as text",
                "The code lost its leading zero or its text format: ask for a file with codes as text, or read the regions by name"
                " (region_name in sources.toml).",
            )
        known = list(self._names) if len(self._names) <= MOST_LISTED else [*list(self._names)[:MOST_LISTED], "…"]
        expected = f"the code of {self._noun}, as in {self._listing}: {', '.join(known)}"
        raise Unreadable(shown(cell), expected, LEFT_OUT.format(text=code))

    def by_name(self, cell: Cell) -> str:
        """The code of a name such as "Hallands län", "Halland" or "Region Halland". Raises Unreadable."""
        text = plain(cell)
        code = self._codes.get(self._label(text)) or self._codes.get(self._label(NOTE_OF_A_NAME.sub("", text)))
        beside = re.search(r" \((\d+)\)$", text)
        if code and beside and beside[1] in self._names:
            return self.agreed(beside[1], code, cell)
        if code is None:
            if repaired := self.decoded(text):
                remedy = "The file's text was decoded wrongly before it was saved: ask for it anew, as UTF-8."
                raise Unreadable(f"{shown(cell)}, which is {repaired} decoded wrongly", f"the name of {self._noun}", remedy)
            raise Unreadable(
                shown(cell),
                f"the name of {self._noun}, as in {self._listing}",
                LEFT_OUT.format(text=text),
            )
        return code

    def by_either(self, cell: Cell) -> str:
        """The code of "13", "Hallands län" or "13 Hallands län". Raises Unreadable."""
        text = plain(cell)
        if self._label(text) in self._codes:
            return self.by_name(text)
        code, _, name = text.partition(" ")
        if not name:
            return self.by_code(cell) if self._is_code(code) or not isinstance(cell, str) else self.by_name(cell)
        if self._is_code(code):
            try:
                by_code, by_name = self.by_code(code), self.by_name(name)
            except Unreadable as unread:
                remedies = [LEFT_OUT.format(text=part) for part in (code, name)]
                remedy = LEFT_OUT.format(text=text) if unread.remedy in remedies else unread.remedy
                raise Unreadable(unread.found, unread.expected, remedy) from None
            return self.agreed(by_code, by_name, cell)
        return self.by_name(text)

    def _is_code(self, text: str) -> bool:
        return text in self._names or text.isdigit()

    def agreed(self, by_code: str, by_name: str, cell: Cell) -> str:
        """The code, if code and name mean the same region. Raises Unreadable."""
        if by_code != by_name:
            raise Unreadable(
                f"{shown(cell)} beside the code {by_code}", f"{self._names[by_code]}, which has this code", "Correct the code or the name."
            )
        return by_code

    def name(self, code: str) -> str:
        """A region's name; the code itself of one that is not there."""
        return self._names.get(code, code)
