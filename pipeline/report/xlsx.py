"""The workbook: typed and unrounded cells, units in the headings, nothing that Excel would compute. Only the display rounds."""

import datetime
import io
import itertools
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.report.columns import NUMBER, PLACE, SCORE, YEAR, Column
from pipeline.report.context import Context
from pipeline.report.language import UNKNOWN, Language
from pipeline.report.visible import visible
from pipeline.report.workbook import Grid, Sheet, sheets

DARK, RULE, GREY = "#1b3a57", "#6d8296", "#5b6670"
BAND, STRONG, LINE, WARNING = "#f4f7fa", "#dfe9f2", "#d5dee6", "#fdf0d5"
LONGEST_CELL = 32_767
LONGEST_HEADER = 255
LINE_HEIGHT = 15
LETTERS_IN_A_NOTE = 175
LETTERS_ON_A4 = 260
A3, A4 = 8, 9

WIDE, WIDER, LONG = 48, 110, 250
"""Columns of texts are no wider than the first; those with texts longer than the last, no wider than the second."""
FORMATS = {
    PLACE: ("#,##0", 9),
    YEAR: ("0", 8),
    SCORE: ("0.000", 9),
    NUMBER: ("General", 20),
    "growth": ("0.0%", 10),
    "share": ("0.0%", 10),
    "money": ("#,##0", 17),
    "count": ("#,##0", 9),
    "rate": ("#,##0.0", 11),
    "index": ("#,##0.0", 11),
}
"""How numbers of a unit are shown, and how wide they are."""
DAY = "yyyy-mm-dd"


class _Exact(float):
    """A number that is written with all its digits, where xlsxwriter would write sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self)).removesuffix(".0")


def xlsx(context: Context) -> bytes:
    """The workbook as bytes, the same from run to run."""
    award, say = context.award, context.say
    notice = say("document.notice", files=", ".join(context.illustrative)) if context.illustrative else ""
    short = say("shared.illustrative").upper() if context.illustrative else ""
    subject = f"{say('document.basis')}; {say('document.subject', window=context.window)}"
    latest = max(source.retrieved for source in context.sources.entries.values())
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties(
            {
                "title": _visible(f"{award.title}. {short}" if short else award.title),
                "subject": _visible(subject[0].upper() + subject[1:]),
                "author": "exportregion",
                "keywords": _visible(short),
                "comments": _visible(notice),
                "status": _visible(short),
                "created": datetime.datetime.combine(latest, datetime.time()),
            }
        )
        pen = _Pen(workbook, context.language)
        for sheet in sheets(context):
            pen.sheet(sheet, f"{award.title}: {sheet.name}", notice, short)
    return buffer.getvalue()


@dataclass
class _Pen:
    """Writes sheets into a workbook."""

    workbook: xlsxwriter.Workbook
    language: Language
    formats: dict[str, Format] = field(default_factory=dict)

    def sheet(self, sheet: Sheet, title: str, notice: str, short: str) -> None:
        """A sheet from its title to its page set-up."""
        page = self.workbook.add_worksheet(sheet.name)
        widths = self._widths(sheet)
        for number, wide in enumerate(widths):
            page.set_column(number, number, wide)
        letters = int(min(max(sum(widths) * 0.85, 60), LETTERS_IN_A_NOTE))
        line = self._lines(page, 0, [title], self._format(bold=True, font_size=15, font_color=DARK))
        if notice:
            warning = self._format(bold=True, bg_color=WARNING, font_color="#5c3a00")
            line = self._lines(page, line, textwrap.wrap(notice, int(letters * 0.9)), warning, len(widths))
        for note in sheet.notes:
            line = self._lines(page, line, textwrap.wrap(note, letters), self._format(font_color=GREY))
        heading = line + 1
        body = self._grid(page, heading, sheet.grid, widths, filtered=True)
        page.freeze_panes(body, sheet.fixed)
        line = body + len(sheet.grid.keys)
        for caption, grid in sheet.below:
            line = self._lines(page, line + 1, [caption], self._format(bold=True, font_size=12, font_color=DARK))
            line = self._grid(page, line, grid, widths) + len(grid.keys)
        page.hide_gridlines(2)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        page.set_landscape()
        page.set_paper(A4 if sum(widths) <= LETTERS_ON_A4 else A3)
        page.fit_to_pages(1, 0)
        page.repeat_rows(heading, body - 1)
        page.print_area(0, 0, max(line - 1, 0), len(widths) - 1)
        page.set_margins(0.4, 0.4, 0.7, 0.6)
        page.set_header(_header(f"&L{_unmarked(title)}", f"&R&B{_unmarked(short)}" if short else ""))
        page.set_footer(_header("&Lexportregion", f"&R{self.language.say('workbook.page')}"))

    def _lines(self, page: Worksheet, at: int, lines: Sequence[str], style: Format, filled: int = 1) -> int:
        """Lines of text one below the other, filled over so many columns; gives the line after them."""
        for number, text in enumerate(lines):
            page.write_string(at + number, 0, _visible(text), style)
            for column in range(1, filled):
                page.write_blank(at + number, column, None, style)
        return at + len(lines)

    def _grid(self, page: Worksheet, at: int, grid: Grid, widths: Sequence[float], *, filtered: bool = False) -> int:
        """A grid with its heading; gives the line of its first row."""
        look: dict[str, Any] = {"bold": True, "bg_color": DARK, "font_color": "white"}
        if any(column.group for column in grid.columns):
            self._groups(page, at, grid, widths, look)
            at += 1
        lines = 1
        for number, column in enumerate(grid.columns):
            style = self._format(**look, text_wrap=True, valign="top", left=1, left_color=RULE, **_aligned(column))
            page.write_string(at, number, _visible(self._heading(column)), style)
            lines = max(lines, _lines_of(self._heading(column), widths[number]))
        page.set_row(at, LINE_HEIGHT * lines + (16 if filtered else 4))
        heights = [1] * len(grid.keys)
        for place, column in enumerate(grid.columns):
            is_wrapped = _longest(column, grid.keys) > WIDE and not column.unit
            for number, key in enumerate(grid.keys):
                value, line = _value(column, key), at + 1 + number
                heights[number] = max(heights[number], _lines_of(str(value), widths[place]) if is_wrapped else 1)
                look = {"bg_color": STRONG} if key in grid.strong else {"bg_color": BAND} if number % 2 else {}
                look["bold"] = key in grid.strong and bool(column.cells[key].anchor)
                self._cell(page, line, place, value, column, {**look, "text_wrap": is_wrapped})
        for number, height in enumerate(heights):
            page.set_row(at + 1 + number, LINE_HEIGHT * height + 2)
        if filtered:
            page.autofilter(at, 0, at + max(len(grid.keys), 1), len(grid.columns) - 1)
        return at + 1

    def _groups(self, page: Worksheet, at: int, grid: Grid, widths: Sequence[float], look: dict[str, Any]) -> None:
        """The line of headings that columns share."""
        lines = 1
        for group, members in itertools.groupby(enumerate(grid.columns), key=lambda pair: pair[1].group):
            numbers = [number for number, _ in members]
            style = self._format(**look, text_wrap=True, valign="vcenter", align="center", left=1 if group else 0, left_color=RULE)
            if len(numbers) > 1 and group:
                page.merge_range(at, numbers[0], at, numbers[-1], "", style)
            for number in numbers[: 1 if group else None]:
                page.write_string(at, number, _visible(group), style)
            lines = max(lines, _lines_of(group, sum(widths[number] for number in numbers)) if group else 1)
        page.set_row(at, LINE_HEIGHT * lines + 6)

    def _cell(self, page: Worksheet, line: int, place: int, value: Any, column: Column, look: dict[str, Any]) -> None:
        look |= {"valign": "top", "bottom": 1, "bottom_color": LINE, **_aligned(column)}
        if isinstance(value, datetime.date):
            page.write_datetime(line, place, value, self._format(**look, num_format=DAY))
        elif isinstance(value, str):
            look |= {"font_color": GREY} if value == UNKNOWN else {}
            page.write_string(line, place, _visible(value), self._format(**look))
        else:
            page.write_number(line, place, _Exact(value), self._format(**look, num_format=self._number_format(column)))

    def _heading(self, column: Column) -> str:
        """A column's heading with its unit."""
        return f"{column.heading} ({column.unit_words})" if column.unit_words else column.heading

    def _number_format(self, column: Column) -> str:
        plain, _ = FORMATS.get(column.unit, FORMATS[NUMBER])
        signed = f"+{plain};-{plain};{plain}" if column.signed else plain
        return signed.replace("%", self.language.say("workbook.percent"))

    def _format(self, **look: Any) -> Format:
        key = repr(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(look)
        return self.formats[key]

    def _widths(self, sheet: Sheet) -> list[float]:
        """Each column as wide as its longest cell, the longest word of its heading and its part of the heading above need."""
        widths = [self._width(column, _longest(column, sheet.grid.keys)) for column in sheet.grid.columns]
        for _, grid in sheet.below:
            for number, column in enumerate(grid.columns):
                widths[number] = max(widths[number], self._width(column, 0))
        for group in {column.group for column in sheet.grid.columns} - {""}:
            members = [number for number, column in enumerate(sheet.grid.columns) if column.group == group]
            lacking = len(group) * 0.6 + 6 - sum(widths[number] for number in members)
            for number in members:
                widths[number] += math.ceil(max(lacking, 0) / len(members))
        return widths

    def _width(self, column: Column, longest: int) -> float:
        heading = self._heading(column)
        word = math.ceil(max(map(len, heading.split()), default=0) * 1.15) + 4
        if column.unit:
            return max(word, FORMATS.get(column.unit, FORMATS[NUMBER])[1], min(len(heading) / 4, 18))
        return min(max(word, longest * 1.05 + 3), WIDER if longest > LONG else WIDE)


def _value(column: Column, key: Any) -> Any:
    """What a cell holds: a number or a day as it is, else a text; two points where a number is not known."""
    cell = column.cells[key]
    if isinstance(cell.order, datetime.date):
        return cell.order
    if isinstance(cell.order, int | float | Decimal) and math.isfinite(cell.order):
        return cell.order
    return UNKNOWN if column.unit and cell.text else cell.text


def _longest(column: Column, keys: Sequence[Any]) -> int:
    """The length of the longest cell of a column."""
    return max((len(str(_value(column, key))) for key in keys), default=0)


def _aligned(column: Column) -> dict[str, Any]:
    return {"align": "right"} if column.unit else {"align": "left", "indent": 1}


def _lines_of(text: str, wide: float) -> int:
    """How many lines a text takes in a column."""
    return sum(len(textwrap.wrap(line, max(int(wide) - 2, 4))) or 1 for line in text.split("\n"))


def _visible(text: str) -> str:
    """Text that any reader shows, its breaks of lines kept; what is too long for a cell ends in dots."""
    whole = "\n".join(str(visible(line)) for line in text.split("\n"))
    return whole if len(whole) <= LONGEST_CELL else whole[: LONGEST_CELL - 1] + "…"


def _unmarked(text: str) -> str:
    """Text for a header or a footer, where & marks a code."""
    return _visible(text).replace("&", "&&").replace("\n", " ")


def _header(left: str, right: str) -> str:
    """A header's left and right part; the left one gives way where both are too long for it."""
    room = LONGEST_HEADER - len(right)
    return left[:room].rstrip("&") + right
