"""A sheet's cells as the rows of a table, by the headings that sources.toml describes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.faults import Fault
from pipeline.ingest.cells import Cell, Regions, Unreadable, figure, plain, shown, size_class, size_label, year
from pipeline.ingest.files import Sheet, letters
from pipeline.schemas import SIZE_CLASSES
from pipeline.settings import Layout

LARGEST_SEK = Decimal("1e16")
LARGEST_COUNT = Decimal("1e9")
"""Beyond these a figure is a slip of the hand: the nation exports some 2e12 SEK and has some 1e7 inhabitants."""
UNITS = {"SEK": 1, "thousand SEK": 1_000, "million SEK": 1_000_000}


@dataclass(frozen=True)
class Shape:
    """What a table's rows are told apart by, and what is measured."""

    keys: tuple[str, ...]
    measures: tuple[str, ...]
    has_series: bool = False


SHAPES = {
    "population": Shape(("region_code", "year"), ("population",)),
    "goods_exports": Shape(("region_code", "year", "size_class"), ("exports", "exporters"), has_series=True),
    "services_exports": Shape(("region_code", "year"), ("exports",), has_series=True),
    "published_export_totals": Shape(("flow", "region_code", "year"), ("exports",)),
}

REGION_FIELDS = ("region_code", "region_name", "region")
SIZE_LABELS = {name: name for name in (*SIZE_CLASSES, "total")}

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Measured:
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


REGIONS = Shape(("region_code",), ("region_name",))


def describes(table: str, layouts: tuple[Layout, ...], where: str) -> list[Fault]:
    """What is missing in the description of a file, before the file is read."""
    shape = SHAPES.get(table, REGIONS)
    faults = []
    known = {*shape.keys, *shape.measures, *REGION_FIELDS}
    described = set().union(*(layout.columns for layout in layouts))
    for unknown in sorted(described - known):
        faults.append(Fault(where, f"the column {unknown!r}", f"columns among {', '.join(sorted(known))}", "Correct its name."))
    for measure in shape.measures:
        if measure not in described:
            faults.append(Fault(where, f"no column for {measure}", f"a heading for {measure}", "Describe it under columns."))
    for layout in layouts:
        faults += [*_labels_described(layout, where), *_keys_described(shape, layout, where)]
        if "exports" in layout.columns and layout.unit is None:
            faults.append(Fault(where, "no unit", "SEK, thousand SEK or million SEK", "Add unit = … beside columns."))
        if shape.has_series and layout.series is None:
            remedy = 'Add series = "production-place", or as the publisher says.'
            faults.append(Fault(where, "no series", "how values are placed in regions", remedy))
    return faults


def _labels_described(layout: Layout, where: str) -> Iterator[Fault]:
    for name, heading in layout.columns.items():
        for placeholder in ("{year}", "{size_class}", "{region}"):
            if heading.count(placeholder) > 1:
                yield Fault(where, f"{placeholder} twice in the heading for {name}", "each placeholder once", "Correct it.")
    for label, region in layout.regions.items():
        if region != "ignore" and not re.fullmatch(r"\d\d", region):
            yield Fault(where, f"the region {region!r} for {label!r}", "a two-digit code, or 'ignore'", "Correct it.")
    for label, size in layout.size_classes.items():
        if size not in (*SIZE_LABELS, "ignore"):
            yield Fault(where, f"the size class {size!r} for {label!r}", f"one of {', '.join(SIZE_LABELS)}, ignore", "Correct it.")
        elif SIZE_LABELS.get(size_label(label), size) != size:
            yield Fault(where, f"the label {label!r} for the size class {size}", f"{label!r} to mean itself", "Remove the line.")


def _keys_described(shape: Shape, layout: Layout, where: str) -> Iterator[Fault]:
    placeholders = set(re.findall(r"\{(\w+)\}", " ".join(layout.columns.values())))
    for unknown in sorted(placeholders - {"year", "size_class", "region"}):
        yield Fault(where, f"the placeholder {{{unknown}}}", "{year}, {size_class} or {region}", "Correct it.")
    for key in shape.keys:
        if key == "region_code" and not {*REGION_FIELDS} & {*layout.columns, *placeholders}:
            yield Fault(where, "no column for the region", "region_code, region_name or region", "Describe it under columns.")
        elif key not in ("region_code", *layout.columns, *placeholders):
            yield Fault(
                where, f"no column for {key}", f"a heading for {key}", f"Describe it under columns, or put {{{key}}} into a heading."
            )


def read_table(table: str, sheet: Sheet, layout: Layout, names: Mapping[str, str], found: Found) -> None:
    """Read one sheet into what was found so far. Faults are collected, never raised."""
    labels = SIZE_LABELS | {size_label(label): size for label, size in layout.size_classes.items()}
    regions = Regions(names, layout.regions)
    for label, code in layout.regions.items():
        if code not in (*names, "ignore"):
            unknown = f"the region {code!r} for {label!r} in sources.toml"
            found.faults.append(Fault(sheet.where(), unknown, f"one of {', '.join(names)}, or 'ignore'", "Correct the code."))
    columns = _columns(sheet, layout, labels, regions, found.faults)
    if not columns:
        return
    reader = _RowReader(SHAPES[table], sheet, layout, labels, regions, columns, found)
    first = layout.header_row[-1]
    last = _last_row(sheet, columns, SHAPES[table], first, layout)
    for row in range(first, last + 1):
        if any(plain(cell) for cell in sheet.rows[row]):
            reader.read(row)
    if last < first:
        found.faults.append(
            Fault(
                sheet.where(),
                f"no row below the heading in row {first}",
                "rows with figures",
                "Check header_row in sources.toml, and the file.",
            )
        )


def read_regions(sheet: Sheet, layout: Layout, faults: list[Fault]) -> dict[str, str]:
    """The regions that all other files are held against: code -> name."""
    names: dict[str, str] = {}
    columns = {column.field: column.index for column in _columns(sheet, layout, {}, Regions({}, {}), faults)}
    for row in range(layout.header_row[-1], len(sheet.rows) if columns else 0):
        code, name = (plain((sheet.rows[row][columns[field] :] or [None])[0]) for field in ("region_code", "region_name"))
        if not re.fullmatch(r"\d\d", code) or not name or code in names or name in names.values():
            faults.append(Fault(sheet.where(row), f"{code!r}, {name!r}", "a two-digit code and a name, each once", "Correct the row."))
        names[code] = name
    return names


def headings_of(sheet: Sheet, rows: tuple[int, ...]) -> list[str]:
    """Each column's heading; of several rows, joined by " / ", a blank upper cell taking its left neighbour's text."""
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
    return [" / ".join(part) for part in parts]


def _patterns(layout: Layout) -> dict[str, re.Pattern[str]]:
    """Each described heading as a pattern in which a placeholder matches what it may stand for."""
    stands_for = {"{year}": r"(?P<year>\d{4})", "{size_class}": "(?P<size_class>.+)", "{region}": "(?P<region>.+)"}
    return {
        name: re.compile("".join(stands_for.get(part) or re.escape(part) for part in re.split(r"(\{\w+\})", plain(heading))))
        for name, heading in layout.columns.items()
    }


def _fields(heading: str, layout: Layout, labels: Mapping[str, str], regions: Regions) -> list[tuple[str, dict[str, str]]]:
    """The fields that a heading fits, with what its placeholders say. A heading described word for word fits nothing else."""
    verbatim = [name for name, described in layout.columns.items() if plain(described) == heading]
    if verbatim:
        return [(name, {}) for name in verbatim]
    fits = []
    for name, pattern in _patterns(layout).items():
        match = pattern.fullmatch(heading)
        said = match.groupdict() if match else {}
        known_size = "size_class" not in said or size_label(said["size_class"]) in labels
        known_region = "region" not in said or regions.knows(said["region"])
        if match and known_size and known_region:
            fits.append((name, said))
    return fits


def _columns(sheet: Sheet, layout: Layout, labels: Mapping[str, str], regions: Regions, faults: list[Fault]) -> list[Column]:
    """The columns that the layout describes; none when a heading is missing, extra or double, which becomes a fault."""
    headings = headings_of(sheet, layout.header_row)
    heading_row = layout.header_row[-1] - 1
    columns: list[Column] = []
    wrong: list[Fault] = []
    for index, heading in enumerate(headings):
        if heading in map(plain, layout.ignore):
            continue
        if not heading:
            wrong += _figures_without_heading(sheet, index, layout)
            continue
        fits = _fields(heading, layout, labels, regions)
        if not fits:
            found = f"a column {heading!r} that sources.toml does not describe"
            described = f"the headings {', '.join(map(repr, layout.columns.values()))}"
            wrong.append(Fault(sheet.where(heading_row, index), found, described, "Describe it under columns, or name it under ignore."))
        for name, said in fits:
            first = next((column for column in columns if (column.field, column.from_heading) == (name, said)), None)
            if first:
                found = f"the heading {heading!r} again, first in column {letters(first.index)}"
                remedy = "Ask the publisher which of the two holds, or name one under ignore in sources.toml."
                wrong.append(Fault(sheet.where(heading_row, index), found, "each heading once", remedy))
            columns.append(Column(index, name, said))
    absent = [name for name in layout.columns if name not in {column.field for column in columns}]
    wrong = [_absent(sheet, layout, name, headings) for name in absent] + wrong
    faults += wrong
    return [] if wrong else columns


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
    present = ", ".join(repr(heading) for heading in headings if heading) or "nothing"
    return Fault(
        sheet.where(layout.header_row[-1] - 1), f"the headings {present}", f"a heading {layout.columns[name]!r} for {name}", remedy
    )


def _last_row(sheet: Sheet, columns: list[Column], shape: Shape, first: int, layout: Layout) -> int:
    """The last row with a figure or symbol in a measure's column: what stands below are notes."""
    measured = [column.index for column in columns if column.field in shape.measures]
    for row in range(len(sheet.rows) - 1, first - 1, -1):
        cells = [sheet.rows[row][index] for index in measured if index < len(sheet.rows[row])]
        for cell in cells:
            if not plain(cell):
                continue
            try:
                figure(cell, "", layout.decimal)
            except Unreadable as fault:
                if fault.found.startswith("the text"):
                    continue
            return row
    return first - 1


@dataclass
class _RowReader:
    shape: Shape
    sheet: Sheet
    layout: Layout
    labels: Mapping[str, str]
    regions: Regions
    columns: list[Column]
    found: Found

    def read(self, row: int) -> None:
        keys: dict[str, Any] = {}
        for column in self.columns:
            if column.field in (*self.shape.keys, *REGION_FIELDS):
                value = self._key(row, column)
                if value is None or value == "ignore":
                    return
                keys[column.field] = value
        region = self._region(row, keys)
        if region is None:
            return
        for column in self.columns:
            if column.field in self.shape.measures:
                self._measure(row, column, {**keys, "region_code": region})

    def _cell(self, row: int, column: Column) -> Cell:
        cells = self.sheet.rows[row]
        return cells[column.index] if column.index < len(cells) else None

    def _key(self, row: int, column: Column) -> Any:
        cell = self._cell(row, column)
        try:
            match column.field:
                case "year":
                    return year(cell, self._year_stored_as())
                case "size_class":
                    return size_class(cell, self.labels)
                case "region_code":
                    return self.regions.by_code(cell)
                case "region":
                    return self.regions.by_either(cell)
                case "region_name":
                    return self.regions.by_name(cell)
                case "flow" if plain(cell) not in ("goods", "services"):
                    raise Unreadable(f"the text {plain(cell)!r}", "goods or services", "Correct the cell.")
                case _:
                    return plain(cell)
        except Unreadable as fault:
            self._fault(fault, row, column)
            return None

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
        try:
            if "year" in column.from_heading:
                keys["year"] = year(column.from_heading["year"], "text")
            if "size_class" in column.from_heading:
                keys["size_class"] = size_class(column.from_heading["size_class"], self.labels)
            if "region" in column.from_heading:
                keys["region_code"] = self.regions.by_either(column.from_heading["region"])
            if "ignore" in keys.values():
                return
            unit = self.layout.unit or "SEK"
            value, status = figure(
                self._cell(row, column),
                {"exports": f"a value in {unit}", "exporters": "a number of enterprises", "population": "a number of inhabitants"}[
                    column.field
                ],
                self.layout.decimal,
                whole=column.field != "exports",
                below=(LARGEST_SEK / UNITS[unit] if column.field == "exports" else LARGEST_COUNT),
                positive=column.field == "population",
            )
        except Unreadable as fault:
            self._fault(fault, row, column, keys)
            return
        self._store(row, column, keys, Measured(value, status, self.sheet.place(row, column.index)))

    def _store(self, row: int, column: Column, keys: dict[str, Any], measured: Measured) -> None:
        key = tuple(keys[name] for name in self.shape.keys)
        earlier = self.found.cells.setdefault(key, {}).setdefault(column.field, measured)
        if earlier is not measured:
            self.found.faults.append(
                Fault(
                    self.sheet.where(row, column.index),
                    f"a second row for the same {', '.join(self.shape.keys)}, first at {earlier.place}",
                    "each once",
                    "Ask the publisher which of the two holds.",
                    self._subject(keys),
                )
            )

    def _fault(self, fault: Unreadable, row: int, column: Column, keys: dict[str, Any] | None = None) -> None:
        if keys is None:
            texts = [plain(self._cell(row, other)) for other in self.columns if other.field not in self.shape.measures]
            subject = ", ".join(text for text in texts if text)
        else:
            subject = self._subject(keys)
        self.found.faults.append(Fault(self.sheet.where(row, column.index), fault.found, fault.expected, fault.remedy, subject))

    def _subject(self, keys: dict[str, Any]) -> str:
        parts = [self.regions.name(keys["region_code"])] if keys.get("region_code") else []
        return ", ".join([*parts, *(str(keys[name]) for name in ("year", "size_class", "flow") if name in keys)])
