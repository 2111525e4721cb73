"""A sheet's cells as the rows of a table, by the headings that sources.toml describes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from pipeline.catalogue import Catalogue
from pipeline.declarations import FileWords, Geography, Statistic
from pipeline.faults import Fault, printable
from pipeline.ingest.cells import (
    IGNORE,
    KEPT,
    NUMBER_WITH_NOTE,
    SCORE_KEPT,
    THOUSANDS,
    Cell,
    Regions,
    Unreadable,
    class_label,
    class_of,
    figure,
    plain,
    shown,
    without_mark,
    year,
)
from pipeline.ingest.descriptions import REGION_FIELDS, days_of, own_labels, unit_of
from pipeline.ingest.files import Sheet, letters
from pipeline.ingest.times import note_of, year_pattern
from pipeline.sources import NOTE, Layout

LARGEST_AMOUNT = Decimal("1e16")
LARGEST_COUNT = Decimal("1e9")
"""Beyond these a figure is a slip of the hand: a nation exports some 2e12 SEK and has some 1e7 inhabitants."""


Key = tuple[Any, ...]


class Measured(NamedTuple):
    """A measure's figure, its status, and its place in the file."""

    value: Decimal | None
    status: str
    place: str


@dataclass
class Found:
    """What was read: figures by key and measure, and everything that is wrong."""

    cells: dict[Key, dict[str, Measured]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """A column of the sheet: the field it holds, and what its heading says of the key."""

    index: int
    field: str
    from_heading: dict[str, str]


def read_table(
    statistic: Statistic, sheet: Sheet, layout: Layout, names: Mapping[str, str], listing: str, found: Found, catalogue: Catalogue
) -> None:
    """Read one sheet into what was found so far. listing: the file of the regions' names. Faults are collected, never raised."""
    regions = Regions(names, layout.regions, catalogue.geography, listing)
    for label, code in layout.regions.items():
        if code not in (*names, IGNORE):
            unknown = f"the region {code!r} for {label!r} in sources.toml"
            found.faults.append(Fault(sheet.where(), unknown, f"one of {', '.join(names)}, or 'ignore'", "Correct the code."))
    labels = {
        name: own_labels(catalogue.classes[name]) | {class_label(label): code for label, code in layout.labels.get(name, {}).items()}
        for name in statistic.classes
    }
    headings = _Headings(sheet, layout, labels, regions, catalogue.geography.files)
    columns = headings.columns(found.faults)
    if not columns:
        return
    for column in columns:
        if column.field in REGION_FIELDS:
            found.faults += _texts_of_others(sheet, column.index, regions)
    first = layout.header_row[-1]
    last = _last_row(sheet, columns, statistic, first, layout)
    sheet = _filled_down(sheet, layout, range(first, last + 1), found.faults)
    reader = _RowReader(statistic, sheet, layout, labels, regions, columns, found, unit_of(layout, catalogue), catalogue.geography.files)
    wanted = headings.where(found.faults)
    read = 0
    for row in range(first, last + 1):
        if any(plain(cell) for cell in sheet.rows[row]) and _is_wanted(sheet.rows[row], wanted):
            reader.read(row)
            read += 1
    if not read:
        rows = f"no row where {', '.join(layout.where)} is as described" if layout.where and last >= first else ""
        missing = rows or f"no row below the heading in row {first}"
        remedy = "Check header_row and where in sources.toml, and the file."
        found.faults.append(Fault(sheet.where(), missing, "rows with figures", remedy))


def _filled_down(sheet: Sheet, layout: Layout, span: range, faults: list[Fault]) -> Sheet:
    """The sheet with the cell above in the blank cells of the columns that the layout fills down."""
    headings = headings_of(sheet, layout.header_row) if layout.fill_down else []
    rows = [list(row) for row in sheet.rows] if layout.fill_down else sheet.rows
    for heading in layout.fill_down:
        if plain(heading) not in headings:
            place = sheet.where(layout.header_row[-1] - 1)
            faults.append(Fault(place, f"the headings {_listed(headings)}", f"a heading {heading!r}", "Correct fill_down in sources.toml."))
            continue
        column = headings.index(plain(heading))
        for row in span[1:]:
            if column < len(rows[row]) and not plain(rows[row][column]):
                rows[row][column] = rows[row - 1][column]
    return replace(sheet, rows=rows)


def _texts_of_others(sheet: Sheet, index: int, regions: Regions) -> Iterator[Fault]:
    """The codes of a statistical table whose text is not the name of their region."""
    variable = plain(sheet.cell(0, index)) if sheet.labels else ""
    for code, text in sheet.labels.get(variable, {}).items():
        if not text or text == code or not regions.knows(code):
            continue
        region = regions.by_either(code)
        try:
            if region == IGNORE or regions.by_either(text) in (region, IGNORE):
                continue
        except Unreadable:
            pass
        found = f"the code {code} with the text {text!r}"
        yield Fault(f"{sheet.where()}, {variable}", found, f"{regions.name(region)}, which has this code", "Ask the publisher which holds.")


def _is_wanted(cells: Sequence[Cell], wanted: Mapping[int, Sequence[str]]) -> bool:
    return all(plain(cells[index]) in texts if index < len(cells) else False for index, texts in wanted.items())


FORMULA = ("=", "+", "-", "@")
"""What a cell begins with that a spreadsheet takes for a formula, from a CSV file as well."""


def read_regions(sheet: Sheet, layout: Layout, faults: list[Fault], geography: Geography) -> dict[str, str]:
    """The regions that all other files are held against: code -> name. A cell may hold both: "24 Västerbottens län"."""
    names: dict[str, str] = {}
    headings = _Headings(sheet, layout, {}, Regions({}, {}, geography), geography.files)
    columns = {column.field: column.index for column in headings.columns(faults)}
    wanted = headings.where(faults)
    for row in range(layout.header_row[-1], len(sheet.rows) if columns else 0):
        cells = sheet.rows[row]
        if not any(plain(cell) for cell in cells) or not _is_wanted(cells, wanted):
            continue
        if "region" in columns:
            code, _, name = plain((cells[columns["region"] :] or [None])[0]).partition(" ")
        else:
            code, name = (plain((cells[columns[field_] :] or [None])[0]) for field_ in ("region_code", "region_name"))
        if not re.fullmatch(geography.code, code) or not name or code in names or name in names.values():
            expected = f"a code that matches {geography.code}, and a name, each once"
            faults.append(Fault(sheet.where(row), f"{code!r}, {name!r}", expected, "Correct the row."))
        if code[:1] in FORMULA or name[:1] in FORMULA or printable(name) != name:
            expected = f"a name without control characters that does not begin with {' '.join(FORMULA)}: a spreadsheet would run it"
            faults.append(Fault(sheet.where(row), f"{code!r}, {name!r}", expected, "Correct the row."))
        names[code] = name
    return names


def headings_of(sheet: Sheet, rows: tuple[int, ...]) -> list[str]:
    """Each column's heading; of several rows, joined by " / ", a blank upper cell taking its left neighbour's text.

    A column that has none is called by its letter: [A].
    """
    width = max((len(row) for row in sheet.rows), default=0)
    parts: list[list[str]] = [[] for _ in range(width)]
    for number in rows:
        cells = sheet.rows[number - 1] if number <= len(sheet.rows) else []
        texts = [plain(cell) for cell in cells] + [""] * (width - len(cells))
        for column in range(width):
            if number != rows[-1] and column and not texts[column]:
                texts[column] = texts[column - 1]
            if texts[column] and texts[column] not in parts[column][-1:]:
                parts[column].append(texts[column])
    return [" / ".join(part) or f"[{letters(column)}]" for column, part in enumerate(parts)]


@dataclass(frozen=True)
class _Headings:
    """The headings of a sheet, and what the layout says of them."""

    sheet: Sheet
    layout: Layout
    labels: Mapping[str, Mapping[str, str]]
    regions: Regions
    words: FileWords

    def columns(self, faults: list[Fault]) -> list[Column]:
        """The columns that the layout describes; none when a heading is missing, extra or double, which becomes a fault."""
        headings = headings_of(self.sheet, self.layout.header_row)
        heading_row = self.layout.header_row[-1] - 1
        patterns = self._patterns()
        left_out = {plain(heading) for heading in (*self.layout.ignore, *self.layout.where)}
        columns: list[Column] = []
        wrong: list[Fault] = []
        for index, heading in enumerate(headings):
            if heading in left_out and heading not in map(plain, self.layout.columns.values()):
                continue
            described = set(map(plain, self.layout.columns.values()))
            if heading == f"[{letters(index)}]" and heading not in described:
                wrong += _figures_without_heading(self.sheet, index, self.layout)
                continue
            fits = self._fields(heading, patterns)
            if not fits:
                strange = f"a column {heading!r} that sources.toml does not describe"
                known = f"the headings {', '.join(map(repr, self.layout.columns.values()))}"
                remedy = "Describe it under columns, or name it under ignore."
                wrong.append(Fault(self.sheet.where(heading_row, index), strange, known, remedy))
            for name, parts in fits:
                first = next((column for column in columns if (column.field, column.from_heading) == (name, parts)), None)
                if first:
                    again = f"the heading {heading!r} again, first in column {letters(first.index)}"
                    remedy = "Ask the publisher which of the two holds, or name one under ignore in sources.toml."
                    wrong.append(Fault(self.sheet.where(heading_row, index), again, "each heading once", remedy))
                columns.append(Column(index, name, parts))
        absent = [name for name in self.layout.columns if name not in {column.field for column in columns}]
        wrong = [_absent(self.sheet, self.layout, name, headings) for name in absent] + wrong
        faults += wrong
        return [] if wrong else columns

    def where(self, faults: list[Fault]) -> dict[int, tuple[str, ...]]:
        """The texts that a row must have to be read, by column."""
        headings = headings_of(self.sheet, self.layout.header_row)
        wanted = {}
        for heading, texts in self.layout.where.items():
            if plain(heading) in headings:
                wanted[headings.index(plain(heading))] = tuple(map(plain, texts))
            else:
                present = _listed(headings)
                place = self.sheet.where(self.layout.header_row[-1] - 1)
                faults.append(Fault(place, f"the headings {present}", f"a heading {heading!r}", "Correct it under where in sources.toml."))
        return wanted

    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """Each described heading as a pattern in which a placeholder matches what it may stand for."""
        stands_for = {"{year}": f"(?i:{year_pattern(self.words)})"} | {
            f"{{{name}}}": f"(?P<{name}>.+)" for name in (*self.labels, "region")
        }
        return {
            name: re.compile("".join(stands_for.get(part) or re.escape(part) for part in re.split(r"(\{\w+\})", plain(heading))))
            for name, heading in self.layout.columns.items()
        }

    def _fields(self, heading: str, patterns: Mapping[str, re.Pattern[str]]) -> list[tuple[str, dict[str, str]]]:
        """The fields that a heading fits, with what its placeholders say. A heading described word for word fits nothing else."""
        verbatim = [name for name, described in self.layout.columns.items() if plain(described) == heading]
        if verbatim:
            return [(name, {}) for name in verbatim]
        fits = []
        for name, pattern in patterns.items():
            match = pattern.fullmatch(heading)
            parts = {name_: part for name_, part in match.groupdict().items() if part is not None} if match else {}
            known_classes = all(class_label(parts[one]) in labels for one, labels in self.labels.items() if one in parts)
            known_region = "region" not in parts or self.regions.knows(parts["region"])
            if match and known_classes and known_region:
                fits.append((name, parts))
        return fits


def _figures_without_heading(sheet: Sheet, index: int, layout: Layout) -> list[Fault]:
    """A fault for the first number in a column without a heading; texts there are notes."""
    for row in range(layout.header_row[-1], len(sheet.rows)):
        cells = sheet.rows[row][index : index + 1]
        if cells and isinstance(cells[0], int | float):
            found = f"{shown(cells[0])} in a column without a heading"
            return [Fault(sheet.where(row, index), found, "a heading over each column of figures", "Ask the publisher what it is.")]
    return []


def _absent(sheet: Sheet, layout: Layout, name: str, headings: list[str]) -> Fault:
    wanted = {plain(heading) for heading in layout.columns.values() if "{" not in heading}
    elsewhere = [
        number
        for number in range(1, min(len(sheet.rows), 40) + 1)
        if len(layout.header_row) == 1
        and (number,) != layout.header_row
        and wanted
        and wanted <= {plain(cell) for cell in sheet.rows[number - 1]}
    ]
    remedy = (
        f"The headings stand in row {elsewhere[0]}: set header_row = {elsewhere[0]} in sources.toml."
        if elsewhere
        else "Correct the heading under columns in sources.toml, or ask the publisher for the column."
    )
    if sheet.name is None and len(headings) == 1:
        remedy = "The whole line is one heading: set the file's delimiter in sources.toml, as in delimiter = ';'."
    return Fault(
        sheet.where(layout.header_row[-1] - 1),
        f"the headings {_listed(headings)}",
        f"a heading {layout.columns[name]!r} for {name}",
        remedy,
    )


def _listed(headings: Sequence[str]) -> str:
    return ", ".join(repr(heading) for heading in headings if not re.fullmatch(r"\[[A-Z]+\]", heading)) or "nothing"


def _last_row(sheet: Sheet, columns: list[Column], statistic: Statistic, first: int, layout: Layout) -> int:
    """The last row with a figure or symbol in a measure's column: what stands below are notes."""
    measured = [column.index for column in columns if column.field in statistic.quantities]
    for row in range(len(sheet.rows) - 1, first - 1, -1):
        cells = [sheet.rows[row][index] for index in measured if index < len(sheet.rows[row])]
        for cell in cells:
            if not plain(cell):
                continue
            try:
                figure(cell, "", layout.decimal, layout.thousands)
            except Unreadable as fault:
                if fault.found.startswith("the text") and not THOUSANDS.fullmatch(plain(cell)):
                    continue
            return row
    return first - 1


@dataclass
class _RowReader:
    statistic: Statistic
    sheet: Sheet
    layout: Layout
    labels: Mapping[str, Mapping[str, str]]
    regions: Regions
    columns: list[Column]
    found: Found
    unit: int
    words: FileWords
    known: dict[tuple[str, type, Cell], Any] = field(default_factory=dict)
    """Keys that were read, by column, and the kind and content of a cell: years, regions and classes repeat from row to row."""

    def __post_init__(self) -> None:
        self._largest_amount = LARGEST_AMOUNT / self.unit
        self._note = cache(lambda mark: note_of(mark, (plain(text) for own in self.sheet.rows for text in own if isinstance(text, str))))
        self._keys = [column for column in self.columns if column.field in (*self.statistic.keys, *REGION_FIELDS)]
        self._measures = [column for column in self.columns if column.field in self.statistic.quantities]
        self._expected = {
            name: {"money": f"a value in {self.layout.unit}", "count": f"a number of {quantity.of}", "index": "an index"}[quantity.kind]
            for name, quantity in self.statistic.quantities.items()
        }

    def read(self, row: int) -> None:
        keys: dict[str, Any] = {}
        for name, constant in self.layout.constant.items():
            keys[name] = self._constant(name, constant)
        for column in self._keys:
            value = self._key(row, column)
            if value is None or value == IGNORE:
                return
            keys[column.field] = value
        region = self._region(row, keys)
        if region is None or IGNORE in keys.values():
            return
        for column in self._measures:
            self._measure(row, column, {**keys, "region_code": region})

    def _constant(self, name: str, constant: str | int) -> Any:
        return self.labels[name].get(class_label(constant), IGNORE) if name in self.labels else constant

    def _cell(self, row: int, column: Column) -> Cell:
        cells = self.sheet.rows[row]
        return cells[column.index] if column.index < len(cells) else None

    def _key(self, row: int, column: Column) -> Any:
        cell = self._cell(row, column)
        asked = column.field, type(cell), cell
        if asked not in self.known:
            try:
                self.known[asked] = self._key_of(cell, column.field)
            except Unreadable as fault:
                self._fault(fault, row, column)
                return None
        return self.known[asked]

    def _key_of(self, cell: Cell, name: str) -> Any:
        """What a cell of a column of keys says. Raises Unreadable."""
        if name in self.labels:
            return class_of(cell, name, self.labels[name])
        match name:
            case "year":
                time = year(cell, self._year_stored_as(), self.words, days_of(self.statistic, self.layout))
                return self._marked(self._of_day(time.year), time.mark, cell, time.note)
            case "region_code":
                return self.regions.by_code(cell)
            case "region":
                return self.regions.by_either(cell)
            case "region_name":
                return self.regions.by_name(cell)
            case _:
                return plain(cell)

    def _of_day(self, year_: int) -> int:
        """The year at whose end figures are that are said to be of a year."""
        return year_ - (self.statistic.at_year_end and self.layout.reference_day == "1 January")

    def _marked(self, year_: int, mark: str, cell: Cell, note: str = "") -> int:
        """The year, if the layout says what a mark means for it, or one that refers to a note. Raises Unreadable."""
        if note and not any(year_ in years for years in self.layout.marks.values()):
            known = ", ".join((*self.words.marks, NOTE))
            remedy = f"Say it in sources.toml: [{year_}] under marks as one of {known}; {NOTE} where it changes nothing."
            raise Unreadable(f"{shown(cell)}, whose mark refers to a note", f"what it means among marks for {year_}", remedy)
        if mark and year_ not in self.layout.marks.get(mark, ()):
            remedy = f"Say it in sources.toml: marks = {{ {mark} = [{year_}] }}."
            raise Unreadable(f"{shown(cell)}, whose mark means {mark}", f"no mark, or {mark} among marks for {year_}", remedy)
        return year_

    def _year_stored_as(self) -> str:
        # A text file holds nothing but text; in a workbook a year that is a text is a sign of something else.
        return "text" if self.sheet.holds_texts and self.layout.year_stored_as == "number" else self.layout.year_stored_as

    def _region(self, row: int, keys: dict[str, Any]) -> str | None:
        codes = [keys[name] for name in REGION_FIELDS if name in keys]
        for code in codes[1:]:
            try:
                self.regions.agreed(codes[0], code, self.regions.name(code))
            except Unreadable as fault:
                self._fault(fault, row, next(column for column in self.columns if column.field in ("region_name", "region")))
                return None
        return codes[0] if codes else ""

    def _measure(self, row: int, column: Column, keys: dict[str, Any]) -> None:
        quantity = self.statistic.quantities[column.field]
        try:
            for name, text in column.from_heading.items():
                if name in self.labels:
                    keys[name] = class_of(text, name, self.labels[name])
                elif name == "year":
                    cell = text + column.from_heading.get("mark", "")
                    time = year(cell, "text", self.words)
                    keys[name] = self._marked(self._of_day(time.year), time.mark, cell, time.note)
                elif name == "region":
                    keys["region_code"] = self.regions.by_either(text)
            if IGNORE in keys.values():
                return
            what = self._expected[column.field]
            if (row, column.index) in self.sheet.merged:
                remedy = "Ask the publisher which of the regions or classes the figure is of."
                raise Unreadable(f"{shown(self._cell(row, column))}, merged over several cells", f"{what} in a cell of its own", remedy)
            cell, mark = without_mark(self._cell(row, column), self.words)
            if mark:
                self._marked(keys["year"], mark, self._cell(row, column))
            value, status = figure(
                cell,
                what,
                self.layout.decimal,
                self.layout.thousands,
                whole=quantity.kind == "count",
                below=self._largest_amount if quantity.kind == "money" else LARGEST_COUNT,
                positive=quantity.above_zero,
                kept=SCORE_KEPT if quantity.kind == "index" else KEPT,
            )
        except Unreadable as fault:
            self._fault(self._with_note(fault, self._cell(row, column)), row, column, keys)
            return
        self._store(row, column, keys, Measured(value, status, self.sheet.place(row, column.index)))

    def _with_note(self, fault: Unreadable, cell: Cell) -> Unreadable:
        """What is wrong with a figure; of one with the mark of a note, what the note says."""
        marked = isinstance(cell, str) and NUMBER_WITH_NOTE.fullmatch(cell.strip())
        if not marked:
            return fault
        mark = marked["note"].strip()
        note = self._note(mark)
        says = f"which says {note!r}" if note else "which the sheet does not have"
        remedy = "Where it changes no figure, delete the mark in a copy of the file, and read that; else ask the publisher."
        return Unreadable(f"{shown(cell)}, whose mark {mark!r} refers to a note, {says}", fault.expected, remedy)

    def _store(self, row: int, column: Column, keys: dict[str, Any], measured: Measured) -> None:
        key = tuple(keys[name] for name in self.statistic.keys)
        earlier = self.found.cells.setdefault(key, {}).setdefault(column.field, measured)
        if earlier is not measured:
            self.found.faults.append(
                Fault(
                    self.sheet.where(row, column.index),
                    f"a second row for the same {', '.join(self.statistic.keys)}, first at {earlier.place}",
                    "each once",
                    "Ask the publisher which of the two holds.",
                    self._subject(keys),
                )
            )

    def _fault(self, fault: Unreadable, row: int, column: Column, keys: dict[str, Any] | None = None) -> None:
        if keys is None:
            texts = [plain(self._cell(row, other)) for other in self.columns if other.field not in self.statistic.quantities]
            subject = ", ".join(text for text in texts if text)
        else:
            subject = self._subject(keys)
        self.found.faults.append(Fault(self.sheet.where(row, column.index), fault.found, fault.expected, fault.remedy, subject))

    def _subject(self, keys: dict[str, Any]) -> str:
        parts = [self.regions.name(keys["region_code"])] if keys.get("region_code") else []
        return ", ".join([*parts, *(str(keys[name]) for name in ("year", *self.statistic.classes) if name in keys)])
