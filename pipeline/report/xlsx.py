"""The workbook: typed and unrounded cells, units in headings, formulas on the sheet to calculate with alone. Only the display rounds."""

import datetime
import functools
import io
import itertools
import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.report import calculate
from pipeline.report.calculate import Calculation, Formula
from pipeline.report.chapters.summary import answers_as_text
from pipeline.report.columns import LEVEL, NUMBER, PLACE, SCORE, YEAR, Column
from pipeline.report.context import Context
from pipeline.report.document import identity
from pipeline.report.language import UNKNOWN, Language
from pipeline.report.sheet import Bars, Grid, Sheet
from pipeline.report.visible import visible
from pipeline.report.workbook import sheets

DARK, RULE, GREY, ENTRY = "#1b3a57", "#6d8296", "#5b6670", "#fff9db"
BAND, STRONG, LINE, WARNING = "#f4f7fa", "#dfe9f2", "#d5dee6", "#fdf0d5"
SERIES = (DARK, "#6fa0c9", "#b35400", "#a9c8e0", "#7d6200")
"""The colours of bars, by column."""
LONGEST_CELL = 32_767
LONGEST_HEADER = 255
LINE_HEIGHT = 15
LETTERS_IN_A_NOTE = 175
LETTERS_ON_A4, LETTERS_ON_UPRIGHT_A4 = 305, 120
A4 = 9

WIDE, WIDER = 48, 110
"""A column of texts is no wider than the first, or than half its longest text; none is wider than the second."""
FORMATS = {
    PLACE: ("#,##0", 9),
    YEAR: ("0", 8),
    SCORE: ("0.000", 9),
    NUMBER: ("General", 20),
    LEVEL: ("[>=1000]#,##0;[>=10]#,##0.0;0.000", 13),
    "growth": ("0.0%", 10),
    "share": ("0.0%", 10),
    "money": ("#,##0", 17),
    "count": ("#,##0", 9),
    "rate": ("#,##0.0", 11),
    "index": ("#,##0.0", 11),
}
"""How numbers of a unit are shown, and how wide they are."""
DAY = "yyyy-mm-dd"
MARK = "*"
"""What stands behind a number that a note explains; in the format of the cell, so that the number stays one."""


class _Exact(float):
    """A number that is written with all its digits, where xlsxwriter would write sixteen."""

    def __format__(self, spec: str) -> str:
        return repr(float(self)).removesuffix(".0")


@dataclass(frozen=True)
class Front:
    """What a workbook says of itself: on its first sheet, in its properties, and at the head and the foot of every page.

    short: the mark at the head, with a notice. created: a day that follows from the content, so that the bytes do too.
    """

    title: str
    heading: str
    subject: str
    notice: str
    short: str
    notes: Sequence[str]
    identity: str
    created: datetime.date


def xlsx(context: Context) -> bytes:
    """The workbook as bytes, the same from run to run."""
    award, say = context.award, context.say
    subject = f"{say('document.basis')}; {say('document.subject', window=context.window)}"
    front = Front(
        title=award.title,
        heading=f"{award.title}: {say('document.basis')}",
        subject=subject[0].upper() + subject[1:],
        notice=say("document.notice", files=", ".join(context.illustrative)) if context.illustrative else "",
        short=say("shared.illustrative").upper() if context.illustrative else "",
        notes=(*answers_as_text(context), say("workbook.unknown")),
        identity=identity(context),
        created=max(source.retrieved for source in context.sources.entries.values()),
    )
    return book(front, [*sheets(context)], context.language)


def book(front: Front, every: Sequence[Sheet], language: Language) -> bytes:
    """A workbook of some sheets, as bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties(
            {
                "title": _visible(f"{front.title}. {front.short}" if front.short else front.title),
                "subject": _visible(front.subject),
                "author": "exportregion",
                "keywords": _visible(front.short),
                "comments": _visible(front.notice),
                "status": _visible(front.short),
                "created": datetime.datetime.combine(front.created, datetime.time()),
            }
        )
        pen = _Pen(workbook, language, front.identity)
        pen.contents(front, every)
        for sheet in every:
            pen.sheet(sheet, f"{front.title}: {sheet.name}", front.notice, front.short)
    return buffer.getvalue()


class _Page(Worksheet):  # type: ignore[misc]
    """A sheet with its formulas as they are: xlsxwriter looks in each for every function that needs a prefix, and none of ours does."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


@dataclass
class _Pen:
    """Writes sheets into a workbook."""

    workbook: xlsxwriter.Workbook
    language: Language
    identity: str
    formats: dict[str, Format] = field(default_factory=dict)

    def contents(self, front: Front, every: Sequence[Sheet]) -> None:
        """The first sheet: what the others hold, with a link to each."""
        page = self.workbook.add_worksheet(self.language.say("workbook.sheet.contents"), _Page)
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 78)
        line = self._top(page, front.heading, front.notice, front.notes, 100, 2) + 1
        link, about = self._format(font_color="#0b5394", underline=1, valign="top"), self._format(text_wrap=True, valign="top")
        for number, sheet in enumerate(every, line):
            page.write_url(number, 0, f"internal:'{sheet.name}'!A1", link, sheet.name)
            page.write_string(number, 1, _visible(sheet.notes[0]), about)
            page.set_row(number, LINE_HEIGHT * _lines_of(sheet.notes[0], 78) + 4)
        self._set_up(page, front.heading, front.short, 100)
        page.print_area(0, 0, line + len(every) - 1, 1)

    def sheet(self, sheet: Sheet, title: str, notice: str, short: str) -> None:
        """A sheet from its title to its page set-up."""
        page = self.workbook.add_worksheet(sheet.name, _Page)
        widths = self._widths(sheet)
        for number, wide in enumerate(widths):
            page.set_column(number, number, wide)
        letters = int(min(max(sum(widths) * 0.85, 60), LETTERS_IN_A_NOTE))
        heading = self._top(page, title, notice, sheet.notes, letters, len(widths)) + 1
        grid, calculation = sheet.grid, sheet.calculation and replace(sheet.calculation, top=heading)
        if calculation:
            grid, heading = replace(grid, columns=calculation.columns()), calculation.first - 2
        body = self._grid(page, heading, grid, widths, name=sheet.name)
        page.freeze_panes(body, sheet.fixed)
        line = body + len(grid.keys)
        if calculation:
            self._weights(page, calculation)
        if sheet.chart:
            line = self._chart(page, sheet.chart, grid, (body, line), sheet.fixed if sum(widths) > LETTERS_ON_A4 else 0, sum(widths))
        for caption, below in sheet.below:
            line = self._lines(page, line + 1, [caption], self._format(bold=True, font_size=12, font_color=DARK))
            line = self._grid(page, line, below, widths) + len(below.keys)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self._set_up(page, title, short, sum(widths))
        self._print(page, sheet, (calculation.top if calculation else heading, heading, body, max(line, body + 1)), widths)

    def _top(self, page: Worksheet, title: str, notice: str, notes: Sequence[str], letters: int, columns: int) -> int:
        """Title, notice and notes; gives the line after them."""
        line = self._lines(page, 0, [title], self._format(bold=True, font_size=15, font_color=DARK))
        if notice:
            warning = self._format(bold=True, bg_color=WARNING, font_color="#5c3a00")
            line = self._lines(page, line, textwrap.wrap(notice, int(letters * 0.9)), warning, columns)
        for note in notes:
            line = self._lines(page, line, textwrap.wrap(note, letters), self._format(font_color=GREY))
        return line

    def _set_up(self, page: Worksheet, title: str, short: str, wide: float) -> None:
        """Printing on A4, on sheets side by side where the columns are too many for one."""
        page.hide_gridlines(2)
        if wide > LETTERS_ON_UPRIGHT_A4:
            page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(math.ceil(wide / LETTERS_ON_A4), 0)
        page.set_margins(0.4, 0.4, 0.7, 0.6)
        page.set_header(_header(f"&L{_unmarked(title)}", f"&R&B{_unmarked(short)}" if short else ""))
        page.set_footer(_header(f"&L{_unmarked(self.identity)}", f"&R{self.language.say('workbook.page')}"))

    def _weights(self, page: Worksheet, calculation: Calculation) -> None:
        """The cells of the weights and of the number of candidates, and what is said of them."""
        say, top, award = self.language.say, calculation.top, calculation.context.award
        label, word = self._format(bold=True, align="right"), self._format(font_color=GREY, align="right")
        entry = self._format(bg_color=ENTRY, border=1, border_color=RULE, num_format="0.###")
        share = self._format(num_format=self._number_format(Column("", {}, "share")))
        said = calculation.check()
        page.write_formula(top, 0, said, self._format(bold=True, font_color=DARK), said.value)
        for number, key in enumerate(("weights", "shares", "directions")):
            page.write_string(top + number, calculate.OWN, say(f"calculate.{key}"), label)
        page.write_string(top + 1, calculate.NAME, say("workbook.choice.candidates"), label)
        page.write_number(top + 1, calculate.SCORE, award.ranking.candidates, entry)
        for column, (indicator, formula) in enumerate(zip(award.indicators, calculation.shares(), strict=True), calculate.VALUES):
            page.write_number(top, column, _Exact(indicator.weight), entry)
            page.write_formula(top + 1, column, formula, share, formula.value)
            page.write_string(top + 2, column, say(f"method.direction.{indicator.direction}"), word)
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_title": say("calculate.weights")}
        page.data_validation(top, calculate.VALUES, top, calculation.counted - 1, rule | {"error_message": say("calculate.unusable")})
        place = (calculation.first, 0, calculation.first + len(calculation.rows) - 1, calculate.CANDIDATE)
        look = self.workbook.add_format({"bg_color": STRONG, "bold": True})
        page.conditional_format(*place, {"type": "formula", "criteria": calculation.is_candidate(), "format": look})

    def _chart(self, page: Worksheet, bars: Bars, grid: Grid, lines: tuple[int, int], column: int, room: float) -> int:
        """Bars for each row of the grid between two lines, from a column on; gives the line after them. room: the width of the sheet."""
        first, line = lines
        chart = self.workbook.add_chart({"type": "bar", "subtype": "stacked"} if bars.stacked else {"type": "bar"})
        of, count = page.get_name(), line - first
        for place, value in enumerate(bars.values):
            about = {"name": [of, first - 1, value], "fill": {"color": SERIES[place % len(SERIES)]}, "gap": 40}
            about |= {"categories": [of, first, bars.names, line - 1, bars.names], "values": [of, first, value, line - 1, value]}
            chart.add_series(about)
        chart.set_title({"name": bars.title, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"} if len(bars.values) > 1 else {"none": True})
        chart.set_y_axis({"reverse": True})
        numbers = [_value(grid.columns[value], key) for value in bars.values for key in grid.keys]
        least = min(
            (getattr(number, "value", number) for number in numbers if not isinstance(getattr(number, "value", number), str)), default=0
        )
        from_zero = {"min": 0} if least >= 0 else {}
        chart.set_x_axis({"num_format": self._number_format(grid.columns[bars.values[0]]), **from_zero})
        rows = 7 + count * (len(bars.values) if not bars.stacked else 1)
        chart.set_size({"width": min(900, int(6 * room)), "height": 20 * rows})
        page.insert_chart(line + 1, column, chart, {"description": bars.shows})
        return line + rows + 1

    def _print(self, page: Worksheet, sheet: Sheet, lines: tuple[int, int, int, int], widths: Sequence[float]) -> None:
        """What is printed, and what is repeated. lines: the first below the notes, the heading, the first of the grid, the one after all.

        On pages side by side the notes would be cut at each page's edge: they are left out, and the header has the notice. Headings are
        not repeated over another grid than their own.
        """
        notes, heading, body, end = lines
        across = sum(widths) > LETTERS_ON_A4
        if not sheet.is_printed:
            within = [number for number, wide in enumerate(itertools.accumulate(widths)) if wide <= LETTERS_ON_A4]
            page.print_area(0, 0, notes - 1, len(within) - 1)
            page.fit_to_pages(1, 0)
            return
        if not sheet.below:
            page.repeat_rows(heading, body - 1)
        if across:
            page.repeat_columns(0, sheet.fixed - 1)
        page.print_area(notes if across else 0, 0, end - 1, len(widths) - 1)

    def _lines(self, page: Worksheet, at: int, lines: Sequence[str], style: Format, filled: int = 1) -> int:
        """Lines of text one below the other, filled over so many columns; gives the line after them."""
        for number, text in enumerate(lines):
            page.write_string(at + number, 0, _visible(text), style)
            for column in range(1, filled):
                page.write_blank(at + number, column, None, style)
        return at + len(lines)

    def _grid(self, page: Worksheet, at: int, grid: Grid, widths: Sequence[float], *, name: str = "") -> int:
        """A grid with its heading; with a name, a table of Excel's, or a filter where a heading comes twice. Gives its first row's line."""
        look: dict[str, Any] = {"bold": True, "bg_color": DARK, "font_color": "white"}
        if any(column.group for column in grid.columns):
            self._groups(page, at, grid, widths, look)
            at += 1
        lines, headings = 1, []
        for number, column in enumerate(grid.columns):
            style = self._format(**look, text_wrap=True, valign="top", left=1, left_color=RULE, **_aligned(column))
            page.write_string(at, number, _visible(self._heading(column)), style)
            headings.append({"header": _visible(self._heading(column)), "header_format": style})
            lines = max(lines, _lines_of(self._heading(column), widths[number]))
        page.set_row(at, LINE_HEIGHT * lines + (16 if name else 4))
        heights = [1] * len(grid.keys)
        for place, column in enumerate(grid.columns):
            is_wrapped = not column.unit and _longest(column, grid.keys) > WIDE
            styles: dict[tuple[type, bool, bool, bool, bool, str], Format] = {}
            for number, key in enumerate(grid.keys):
                value, strong = _value(column, key), key in grid.strong
                if is_wrapped:
                    heights[number] = max(heights[number], _lines_of(str(value), widths[place]))
                mark = MARK if column.cells[key].text.endswith(MARK) else ""
                kind = (type(value), value == UNKNOWN, strong, bool(number % 2), strong and bool(column.cells[key].anchor), mark)
                if kind not in styles:
                    look = {"bg_color": STRONG} if strong else {"bg_color": BAND} if number % 2 else {}
                    styles[kind] = self._style(value, column, {**look, "bold": kind[4], "text_wrap": is_wrapped}, mark)
                _write(page, at + 1 + number, place, value, styles[kind])
        for number, height in enumerate(heights):
            page.set_row(at + 1 + number, LINE_HEIGHT * height + 2)
        area = (at, 0, at + max(len(grid.keys), 1), len(grid.columns) - 1)
        if name and len({heading["header"].casefold() for heading in headings}) == len(headings):
            page.add_table(*area, {"columns": headings, "name": re.sub(r"\W", "_", name), "style": None})
        elif name:
            page.autofilter(*area)
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

    def _style(self, value: Any, column: Column, look: dict[str, Any], mark: str) -> Format:
        """The format of a cell with a value of this kind, and a mark behind a number."""
        look |= {"valign": "top", "bottom": 1, "bottom_color": LINE, **_aligned(column)}
        if isinstance(value, datetime.date):
            return self._format(**look, num_format=DAY)
        if isinstance(value, str) and not isinstance(value, Formula):
            return self._format(**look, **({"font_color": GREY} if value == UNKNOWN else {}))
        marked = (f'{part}"{mark}"' if mark else part for part in self._number_format(column).split(";"))
        return self._format(**look, num_format=";".join(marked))

    def _heading(self, column: Column) -> str:
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
        widths = [self._width(column, sheet.grid.keys) for column in sheet.grid.columns]
        for _, grid in sheet.below:
            for number, column in enumerate(grid.columns):
                width = self._width(column, grid.keys, WIDE // 2)
                widths[number:] = [max([width, *widths[number : number + 1]]), *widths[number + 1 :]]
        for group in {column.group for column in sheet.grid.columns} - {""}:
            members = [number for number, column in enumerate(sheet.grid.columns) if column.group == group]
            lacking = len(group) * 0.6 + 6 - sum(widths[number] for number in members)
            for number in members:
                widths[number] += math.ceil(max(lacking, 0) / len(members))
        return widths

    def _width(self, column: Column, keys: Sequence[Any], most: int = LONGEST_CELL) -> float:
        heading = self._heading(column)
        word = math.ceil(max(map(len, heading.split()), default=0) * 1.15) + 4
        if column.unit:
            return max(word, FORMATS.get(column.unit, FORMATS[NUMBER])[1], min(len(heading) / 4, 18), _digits(column) * 1.1 + 2)
        longest = min(_longest(column, keys), most)
        return min(max(word, longest * 1.05 + 3), max(WIDE, longest * 0.55), WIDER)


def _write(page: Worksheet, line: int, place: int, value: Any, style: Format) -> None:
    if isinstance(value, Formula):
        page.write_formula(line, place, value, style, value.value)
    elif isinstance(value, datetime.date):
        page.write_datetime(line, place, value, style)
    elif isinstance(value, str):
        page.write_string(line, place, _visible(value), style)
    else:
        page.write_number(line, place, _Exact(value), style)


AS_THEY_ARE, NUMBERS = (datetime.date, Formula), (int, float, Decimal)


def _value(column: Column, key: Any) -> Any:
    """What a cell holds: a number or a day as it is, else a text; two points where a number is not known."""
    cell = column.cells[key]
    if isinstance(cell.order, AS_THEY_ARE):
        return cell.order
    if isinstance(cell.order, NUMBERS) and math.isfinite(cell.order):
        return cell.order
    return UNKNOWN if column.unit and cell.text else cell.text


def _longest(column: Column, keys: Sequence[Any]) -> int:
    return max((len(str(getattr(value, "value", value))) for value in (_value(column, key) for key in keys)), default=0)


def _digits(column: Column) -> int:
    """How many signs the largest number of a column takes before its decimals, with what parts its thousands."""
    numbers = (cell.order for cell in column.cells.values() if isinstance(cell.order, NUMBERS))
    return max((len(f"{number:,.0f}") for number in numbers if math.isfinite(number)), default=0)


def _aligned(column: Column) -> dict[str, Any]:
    return {"align": "right"} if column.unit else {"align": "left", "indent": 1}


@functools.lru_cache(maxsize=65_536)
def _lines_of(text: str, wide: float) -> int:
    """How many lines a text takes in a column."""
    width = max(int(wide) - 2, 4)
    return sum(1 if len(line) <= width else len(textwrap.wrap(line, width)) or 1 for line in text.split("\n"))


@functools.lru_cache(maxsize=65_536)
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
