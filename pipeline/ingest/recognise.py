"""What a file that was given is: its format, its table, and the layout under which the pipeline's own reader reads it.

The recogniser only proposes. What it proposes is read by `read_table`, which refuses, cell by cell, what does not hold.
"""

import codecs
import csv
import datetime
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.cubes import Cube
from pipeline.faults import DataRefused, Fault
from pipeline.ingest.cells import NUMBER, SYMBOLS, Cell, Regions, plain, size_label
from pipeline.ingest.files import Sheet, letters, read_cubes, read_sheet, sheet_names
from pipeline.ingest.tables import SHAPES, SIZE_LABELS, headings_of
from pipeline.schemas import NATION
from pipeline.settings import Layout

MOST_HEADING_ROWS = 3
FEWEST_REGIONS = 3
"""Fewer known regions in a column, and it is no column of regions."""

NATION_NAMES = ("Hela landet", "Hela riket", "Landet", "Riket totalt", "Sverige", "Sweden", "Totalt", "Samtliga län", "Alla län")
NOWHERE = (
    "Okänt län",
    "Okänd",
    "Okänt",
    "Ofördelat",
    "Ej fördelat",
    "Ej fördelbart",
    "Utlandet",
    "Uppgift saknas",
    "Övrigt",
    "Unallocated",
)
"""What stands in a column of regions and is no region: left out, and said."""

OTHER_FIGURES = re.compile(
    r"andel|procent|%|per (invånare|capita|företag)|förändr|tillväxt|utveckl|index|kvot|import|medel|rang|proportion", re.I
)
MEASURES = {
    "exporters": re.compile(
        r"antal.*(företag|exportör|bolag)|exportör|exporterande|exportföretag|exporters|enterprises|^antal\b(?!.*inv)", re.I
    ),
    "population": re.compile(r"folkmängd|befolkning|invånare|population|inhabitants", re.I),
    "exports": re.compile(r"export|värde|\btkr\b|\bmn?kr\b|kronor|\b[km]?sek\b|value", re.I),
}
UNITS = {
    "thousand SEK": re.compile(
        r"\btkr\b|tusen(tals?)? ?(kronor|kr)\b|\b1[ \u00a0]?000[- \u00a0]?(tal )?(kronor|kr)\b|\bksek\b|thousand sek", re.I
    ),
    "million SEK": re.compile(r"\bmn?kr\b|\bmiljoner (kronor|kr)\b|\bmilj\.? ?(kronor|kr)\b|\bmsek\b|million sek", re.I),
}
PLAIN_UNIT = re.compile(r"\bkronor\b|\bkr\b|(?<![^\W_])sek\b", re.I)
SERIES = {
    "production-place": re.compile(r"produktionsställe|produktionsplats|där produktionen (sker|äger)|place of production", re.I),
    "head-office": re.compile(r"huvudkontor|företagets säte|head office", re.I),
    "workplace-share": re.compile(r"fördela\w* (på|efter|över) (arbetsställen|antal anställda)", re.I),
}
TABLES = {
    "services_exports": re.compile(r"tjänste?export|export av tjänster|services", re.I),
    "goods_exports": re.compile(r"varuexport|export av varor|goods", re.I),
    "population": MEASURES["population"],
}
NOT_FOR_PUBLICATION = "not for publication"
STATED = ("series", "size_definition", "threshold")
"""Headings of columns that say what all figures of a file are, as keys of Layout."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SIZE = re.compile(
    r"(?:0-9|10-49|50-249|250(?: ?\+|-(?!\d)| (?:eller|och) (?:fler|mer|flera|uppåt))?)(?: ?(?:anställda|anst\.?|employees))?(?!\d)"
)
TOTAL = re.compile(r"(total|totalt|summa|samtliga|alla|all)( (storleksklasser|storlekar|företag|size classes))?")
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "mac_roman", "cp850")
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Recognised:
    """What a file is: its table, and the layouts under which it is read, as keys of Layout that differ from the defaults.

    findings is what is said of it; undecided are the keys of Layout that the file does not tell and the table needs.
    """

    table: str
    layouts: tuple[dict[str, Any], ...]
    title: str | None
    covers: str
    illustrative: bool
    findings: tuple[tuple[str, str], ...]
    undecided: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column that could be told: its place, its heading, what it holds, and the heading with a placeholder for what varies."""

    index: int
    heading: str
    field: str
    template: str
    year: int | None = None
    size: str | None = None
    region: str | None = None


@dataclass(frozen=True)
class Surveyed:
    """A sheet that holds a table."""

    sheet: Sheet
    header_row: tuple[int, ...]
    first: int
    last: int
    columns: tuple[Column, ...]
    ignored: tuple[str, ...]
    regions: frozenset[str]
    aliases: dict[str, str]
    years: frozenset[int]
    sizes: dict[str, str]
    classes: frozenset[str]
    year_stored_as: str | None
    stated: dict[str, str]
    texts: tuple[str, ...]

    @property
    def measures(self) -> frozenset[str]:
        return frozenset(column.field for column in self.columns if column.field in MEASURES or column.field == "figure")


def format_of(content: bytes, name: str) -> tuple[str, str]:
    """A file's format and the ending it is stored under, by its content. Raises DataRefused for what is no table."""
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content, name)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "Excel workbook", ".xls"
    if content.startswith(b"PAR1"):
        return "Parquet", ".parquet"
    start = content[:4000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith((b"{", b"[")):
        return "JSON-stat 2", ".json"
    if re.match(rb'(CHARSET|AXIS-VERSION|CODEPAGE|LANGUAGE|MATRIX|CREATION-DATE|SUBJECT-AREA)\s*=\s*"?', start):
        return "PX", ".px"
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not content.strip() or start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"<")) or (b"\x00" in content and not wide):
        raise _refused(
            name, "a file that is no table", "Excel, OpenDocument, CSV, JSON-stat 2, PX or Parquet", "Ask the publisher for one of these."
        )
    return "delimited text", ".csv"


def recognise(path: Path, names: Mapping[str, str], *, table: str | None = None, sheet: str | None = None) -> Recognised:
    """What a file under its right ending is. names: region code -> name; table and sheet are the user's word.

    Raises DataRefused when no table is found in it, or more than one.
    """
    if path.suffix in (".json", ".px"):
        return _from_cube(path, names, table)
    how: dict[str, Any] = {}
    if path.suffix == ".csv":
        how = _text_layout(path, names)
    sheets = [sheet] if sheet else sheet_names(path) if path.suffix in (".xlsx", ".xlsb", ".xls", ".ods") else [None]
    surveyed = []
    texts: list[str] = []
    for each in sheets:
        read = read_sheet(path, Layout(columns={"any": "any"}, sheet=each, **how))
        found = _survey(read, names)
        if found is not None:
            surveyed.append(found)
        texts += [plain(cell) for row in read.rows for cell in row if isinstance(cell, str)] if found is None else found.texts
    return _decided(path, surveyed, how, table, texts, names)


def covered(region_codes: Iterable[str], years: Iterable[int], further: str = "") -> str:
    """What a file covers, in Swedish, as sources.toml says it: "21 län och riket, 2016–2021"."""
    codes, span = set(region_codes), sorted(set(years))
    counties = len(codes - {NATION})
    regions = " och ".join([f"{counties} län"] * bool(counties) + ["riket"] * (NATION in codes))
    when = "" if not span else str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}"
    return ", ".join(part for part in (regions, when, further) if part)


def _decided(
    path: Path, surveyed: Sequence[Surveyed], how: Mapping[str, Any], table: str | None, texts: Sequence[str], names: Mapping[str, str]
) -> Recognised:
    """One table out of the sheets that hold one: the only one, or those that hold its measures one each."""
    if not surveyed:
        remedy = "Describe it by hand in sources.toml, as README.md shows, or ask the publisher for a table with a row for each county."
        raise _refused(path.name, "no column and no heading of counties beside figures", "a table of counties", remedy)
    uncontrolled = next((text for text in texts if NOT_FOR_PUBLICATION in text), None)
    if uncontrolled:
        raise _refused(path.name, f"a table that says {uncontrolled!r}", "one that may be published", "Build it under disclosure control.")
    chosen = table or _table(surveyed, texts)
    if chosen is None:
        raise _refused(
            path.name, "a table of figures that does not say of what", "goods, services or population", "Say it: --table goods_exports."
        )
    fitting = [_for_table(each, chosen) for each in surveyed]
    fitting = [each for each in fitting if each.measures]
    told = Counter(measure for each in fitting for measure in each.measures)
    if not fitting or max(told.values()) > 1:
        places = ", ".join(repr(each.sheet.name) for each in fitting or surveyed)
        raise _refused(path.name, f"more than one sheet that could be it: {places}", "one", "Name the sheet: --sheet …")
    findings: list[tuple[str, str]] = []
    undecided: list[str] = []
    layouts = [_layout(each, chosen, how, texts, undecided, findings) for each in fitting]
    regions = frozenset[str]().union(*(each.regions for each in fitting))
    years = frozenset[int]().union(*(each.years for each in fitting))
    sizes = {size for each in fitting for size in each.classes}
    missing = [names[code] for code in names if code not in regions and code != NATION]
    findings.append(("regions", f"{len(regions)} of {len(names)}" + (f", without {', '.join(missing)}" if missing else "")))
    return Recognised(
        table=chosen,
        layouts=tuple(layouts),
        title=next((text for each in fitting for text in each.texts if len(text.split()) > 1), None),
        covers=covered(regions, years, _sizes_in_words(sizes)),
        illustrative=any("illustrativ" in text.casefold() for text in texts),
        findings=tuple(findings),
        undecided=tuple(dict.fromkeys(undecided)),
    )


def _sizes_in_words(sizes: set[str]) -> str:
    words = ("", "en storleksklass", "två storleksklasser", "tre storleksklasser", "fyra storleksklasser")
    return words[len(sizes - {"total"})]


def _table(surveyed: Sequence[Surveyed], texts: Sequence[str]) -> str | None:
    """The table that the measures tell, and where they do not, the words around them."""
    measures = {measure for each in surveyed for measure in each.measures}
    if "exporters" in measures or any(each.classes for each in surveyed):
        return "goods_exports"
    if measures == {"population"}:
        return "population"
    said = [text for each in surveyed for text in (each.sheet.name or "", *(column.heading for column in each.columns), *each.texts)]
    for where in (said, texts):
        named = [table for table, words in TABLES.items() if any(words.search(text) for text in where)]
        if len(named) == 1:
            return named[0]
    return None


def _for_table(surveyed: Surveyed, table: str) -> Surveyed:
    """A survey whose bare figures, such as those below a year, are the table's first measure; other tables' measures are left out."""
    wanted = SHAPES[table].measures
    columns: list[Column] = []
    ignored = list(surveyed.ignored)
    for column in surveyed.columns:
        field = wanted[0] if column.field == "figure" else column.field
        if field in MEASURES and field not in wanted:
            ignored.append(column.heading)
        else:
            columns.append(Column(**{**vars(column), "field": field}))
    return Surveyed(**{**vars(surveyed), "columns": tuple(columns), "ignored": tuple(dict.fromkeys(ignored))})


def _layout(
    surveyed: Surveyed, table: str, how: Mapping[str, Any], texts: Sequence[str], undecided: list[str], findings: list[tuple[str, str]]
) -> dict[str, Any]:
    """The layout of one sheet; what it does not tell goes to undecided, what is said of it to findings."""
    sheet = surveyed.sheet
    layout: dict[str, Any] = {} if sheet.name is None else {"sheet": sheet.name}
    if surveyed.header_row != (1,):
        layout["header_row"] = surveyed.header_row[0] if len(surveyed.header_row) == 1 else list(surveyed.header_row)
    templates: dict[str, dict[str, None]] = {}
    for column in surveyed.columns:
        templates.setdefault(column.field, {})[column.template] = None
    for field, different in templates.items():
        if len(different) > 1:
            remedy = "Describe the file by hand in sources.toml, and name under ignore what is not meant."
            raise _refused(
                sheet.where(), f"columns that could each be {field}: {', '.join(map(repr, different))}", "one kind of column", remedy
            )
    if "exports" in surveyed.measures:
        unit = _unit(surveyed, texts)
        layout |= {"unit": unit} if unit else {}
        undecided += [] if unit else ["unit"]
        findings.append(("unit", unit or "not told"))
    if SHAPES[table].has_series:
        series = [name for name, words in SERIES.items() if any(words.search(text) for text in texts)]
        layout |= ({"series": series[0]} if len(series) == 1 else {}) | surveyed.stated
        undecided += [] if "series" in layout else ["series"]
        findings.append(("series", layout.get("series", "not told")))
        findings += [(key.replace("_", " ").removeprefix("size "), surveyed.stated[key]) for key in STATED[1:] if key in surveyed.stated]
    layout["columns"] = {field: next(iter(different)) for field, different in templates.items()}
    if surveyed.sizes:
        layout["size_classes"] = surveyed.sizes
    if surveyed.aliases:
        layout["regions"] = surveyed.aliases
        for label, code in surveyed.aliases.items():
            findings.append(("region", f"{label!r} is {'left out' if code == 'ignore' else 'the nation'}"))
    if surveyed.ignored:
        layout["ignore"] = list(surveyed.ignored)
        findings.append(("left out", ", ".join(surveyed.ignored)))
    if surveyed.year_stored_as not in (None, "number") and not sheet.holds_texts:
        layout["year_stored_as"] = surveyed.year_stored_as
    layout |= {**_decimal(surveyed), **how}
    place = [("sheet", sheet.name)] if sheet.name else []
    rows = ", ".join(map(str, surveyed.header_row))
    span = sorted(surveyed.years)
    columns = []
    for field, heading in layout["columns"].items():
        places = [letters(column.index) for column in surveyed.columns if column.field == field]
        columns.append((field, f"column {places[0]}{f'–{places[-1]}' if len(places) > 1 else ''}, “{heading}”"))
    findings[:0] = [*place, ("headings", f"row {rows}"), *columns, ("years", f"{span[0]}–{span[-1]}" if span else "none")]
    return layout


def _unit(surveyed: Surveyed, texts: Sequence[str]) -> str | None:
    """The unit that the headings of the values say, else the words around the table; None where they say none, or two."""
    for where in ([column.heading for column in surveyed.columns if column.field == "exports"], surveyed.texts, texts):
        found = {unit for unit, words in UNITS.items() if any(words.search(text) for text in where)}
        if not found and any(PLAIN_UNIT.search(text) for text in where):
            found = {"SEK"}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _decimal(surveyed: Surveyed) -> dict[str, str]:
    """A decimal point, where the figures are texts and have points and no commas."""
    marks = set()
    for column in surveyed.columns:
        if column.field in MEASURES:
            for row in surveyed.sheet.rows[surveyed.first : surveyed.last + 1]:
                cell = row[column.index] if column.index < len(row) else None
                match = NUMBER.fullmatch(cell.strip()) if isinstance(cell, str) else None
                marks |= {match["mark"]} if match and match["mark"] else set()
    return {"decimal": "."} if marks == {"."} else {}


def _survey(sheet: Sheet, names: Mapping[str, str]) -> Surveyed | None:
    """A sheet with a table of regions; None for one without."""
    regions = Regions(names, dict.fromkeys(NATION_NAMES, NATION))
    width = max((len(row) for row in sheet.rows), default=0)
    cells = {index: [(row[index] if index < len(row) else None) for row in sheet.rows] for index in range(width)}
    keys = {index: field for index in cells if (field := _region_field(cells[index], regions, names)) is not None}
    if keys:
        known = [row for row, cell in enumerate(cells[min(keys)]) if _region(cell, regions, names)]
        first, last = known[0], known[-1]
    else:
        across = (
            row for row, own in enumerate(sheet.rows) if len({_region(cell, regions, names) for cell in own} - {None}) >= FEWEST_REGIONS
        )
        first, last = next(across, len(sheet.rows)) + 1, len(sheet.rows) - 1
    header_row = _header_rows(sheet, first) if first <= last else ()
    if not header_row:
        return None
    headings = headings_of(sheet, header_row)
    below = {index: [cell for cell in cells[index][first : last + 1] if plain(cell)] for index in cells}
    columns: list[Column] = []
    ignored: list[str] = []
    for index, heading in enumerate(headings):
        column = (
            Column(index, heading, keys[index], heading)
            if index in keys
            else _told(index, heading, below[index], None if keys else regions)
        )
        if column:
            columns.append(column)
        elif heading:
            ignored.append(heading)
    if not any(column.field in (*MEASURES, "figure") for column in columns):
        return None
    dated = [cell for column in columns if column.field == "year" for cell in below[column.index]]
    sized = [cell for column in columns if column.field == "size_class" for cell in below[column.index]]
    named = [plain(cell) for index, field in keys.items() if field != "region_code" for cell in below[index]]
    stored = {_stored_as(cell) for cell in dated}
    codes = {_region(cell, regions, names) for index in keys for cell in below[index]} | {column.region for column in columns}
    around = [*sheet.rows[: header_row[0] - 1], *sheet.rows[last + 1 :]]
    constant = {
        headings[index]: plain(cells_[0]) for index, cells_ in below.items() if len(set(cells_)) == 1 and isinstance(cells_[0], str)
    }
    return Surveyed(
        sheet=sheet,
        header_row=header_row,
        first=first,
        last=last,
        columns=tuple(columns),
        ignored=tuple(dict.fromkeys(ignored)),
        regions=frozenset(code for code in codes if code),
        aliases={
            text: NATION if _is_one_of(text, NATION_NAMES) else "ignore" for text in named if _is_one_of(text, (*NATION_NAMES, *NOWHERE))
        },
        years=frozenset(year for year in (*map(_year, dated), *(column.year for column in columns)) if year),
        sizes=_labels([*sized, *(_size_text(column.heading) for column in columns if column.size)]),
        classes=frozenset(size for size in (*map(_size, sized), *(column.size for column in columns)) if size),
        year_stored_as=stored.pop() if len(stored) == 1 else None,
        stated={key: constant[key] for key in STATED if key in constant},
        texts=tuple(
            dict.fromkeys([*(plain(cell) for row in around for cell in row if isinstance(cell, str) and plain(cell)), *constant.values()])
        ),
    )


def _told(index: int, heading: str, below: Sequence[Cell], regions: Regions | None) -> Column | None:
    """What a column holds besides regions: years, size classes or a measure; None for anything else."""
    if heading and below and all(_year(cell) for cell in below):
        return Column(index, heading, "year", heading)
    if heading and _are_sizes(below, heading):
        return Column(index, heading, "size_class", heading)
    return _measured(index, heading, below, regions) if heading else None


def _header_rows(sheet: Sheet, first: int) -> tuple[int, ...]:
    """The rows of headings above the first row of figures, counted from 1: those with more than one text, nearest first."""
    rows: list[int] = []
    for row in range(first - 1, -1, -1):
        texts = {plain(cell) for cell in sheet.rows[row]} - {""}
        if not texts and not rows:
            continue
        if len(texts) < 2 or len(rows) == MOST_HEADING_ROWS:
            break
        rows.insert(0, row + 1)
    return tuple(rows)


def _region_field(cells: Sequence[Cell], regions: Regions, names: Mapping[str, str]) -> str | None:
    """How a column names regions: by code, by name, or by both; None when it does not."""
    known = [row for row, cell in enumerate(cells) if _region(cell, regions, names)]
    if len({_region(cells[row], regions, names) for row in known}) < FEWEST_REGIONS:
        return None
    between = sum(bool(plain(cell)) for cell in cells[known[0] : known[-1] + 1])
    if all(plain(cells[row]).zfill(2) in names for row in known):
        # Some figures happen to be counties' codes; a column of codes holds little else.
        if 10 * len(known) <= 9 * between:
            return None
        return "region" if any(_is_one_of(plain(cell), NOWHERE) for cell in cells) else "region_code"
    if 2 * len(known) < between:
        return None
    return "region" if any(plain(cells[row])[:2].isdigit() for row in known) else "region_name"


def _region(cell: Cell, regions: Regions, names: Mapping[str, str]) -> str | None:
    """The code of a cell that is a region, its code perhaps without the leading zero."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        code = f"{cell:02.0f}" if 0 <= cell < 100 and cell == int(cell) else ""
        return code if code in names else None
    # Most cells of a large file are figures: they are passed over before anything is looked up.
    if not isinstance(cell, str) or not 0 < len(cell) < 60 or (cell[0].isdigit() and len(cell) > 2 and cell[2] != " "):
        return None
    text = plain(cell)
    return regions.by_either(text) if text and regions.knows(text) else None


def _is_one_of(text: str, labels: Sequence[str]) -> bool:
    return text.casefold() in (label.casefold() for label in labels)


def _year(cell: Cell) -> int | None:
    if isinstance(cell, datetime.date | datetime.datetime):
        return cell.year
    text = plain(cell)
    return int(text) if YEAR.fullmatch(text) else None


def _stored_as(cell: Cell) -> str:
    return "text" if isinstance(cell, str) else "date" if isinstance(cell, datetime.date | datetime.datetime) else "number"


def _size(text: Cell) -> str | None:
    """The size class that a label means; None for a label of none, such as 1–9."""
    label = size_label(text)
    if TOTAL.fullmatch(label):
        return "total"
    if SIZE.fullmatch(label):
        return "250+" if label.startswith("250") else re.split(r"[ a-zå-ö]", label)[0]
    return None


def _size_text(heading: str) -> str | None:
    """The size label in a heading: one of its rows, or a part of it, as it is written there."""
    for part in heading.split(" / "):
        if _size(part):
            return part
    match = SIZE.search(size_label(heading))
    if match is None or len(size_label(heading)) != len(heading.casefold()):
        return None
    return heading[match.start() : match.end()].strip()


def _are_sizes(below: Sequence[Cell], heading: str) -> bool:
    labels = {plain(cell) for cell in below}
    return len([label for label in labels if _size(label)]) > 1 or (
        bool(labels) and "storleksklass" in heading.casefold() and not _figures(below)
    )


def _labels(cells: Iterable[Cell]) -> dict[str, str]:
    """Labels of size classes that are not the classes' own names, and what they mean."""
    texts = dict.fromkeys(plain(cell) for cell in cells)
    return {text: size for text in texts if (size := _size(text)) and SIZE_LABELS.get(size_label(text)) != size}


def _figures(below: Sequence[Cell]) -> bool:
    """Whether most cells are figures, or symbols in place of them."""
    figures = [
        cell
        for cell in below
        if (isinstance(cell, int | float) and not isinstance(cell, bool))
        or (isinstance(cell, str) and (cell.strip() in SYMBOLS or NUMBER.fullmatch(cell.strip())))
    ]
    return 2 * len(figures) > len(below)


def _measured(index: int, heading: str, below: Sequence[Cell], regions: Regions | None) -> Column | None:
    """A column of figures of a measure; of figures of something else, or of texts, None."""
    if not _figures(below) or OTHER_FIGURES.search(heading):
        return None
    template = heading
    year = YEAR.search(heading)
    if year:
        template = template.replace(year[0], "{year}", 1)
    size = _size_text(template)
    if size:
        template = template.replace(size, "{size_class}", 1)
    region = next((part for part in template.split(" / ") if regions is not None and regions.knows(part)), None)
    if region:
        template = template.replace(region, "{region}", 1)
    words = re.sub(r"\{\w+\}", "", template)
    field = next((name for name, pattern in MEASURES.items() if pattern.search(words)), None)
    if field is None and (year or size or region) and not re.search(r"\w{3}", words):
        field = "figure"
    if field is None:
        return None
    code = regions.by_either(region) if regions is not None and region else None
    return Column(index, heading, field, template, int(year[0]) if year else None, _size(size) if size else None, code)


def _text_layout(path: Path, names: Mapping[str, str]) -> dict[str, Any]:
    """The encoding under which the most county names are read, and the separator that gives the most even rows."""
    content = path.read_bytes()
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = max(ENCODINGS, key=lambda each: (_counties(content, each, names), -ENCODINGS.index(each)))
    try:
        lines = content.decode(encoding).splitlines()[:2000]
    except UnicodeDecodeError as error:
        raise _refused(path.name, f"bytes that are text in none of {', '.join(ENCODINGS)} ({error})", "text", "Save it as UTF-8.") from None
    regions = Regions(names, dict.fromkeys(NATION_NAMES, NATION))
    delimiter = max(DELIMITERS, key=lambda each: (*_told_apart(lines, each, regions), -DELIMITERS.index(each)))
    said = {"delimiter": delimiter} if delimiter != "," else {}
    return said | ({"encoding": encoding} if encoding != "utf-8" else {})


def _counties(content: bytes, encoding: str, names: Mapping[str, str]) -> int:
    """How many counties' names a text has under an encoding; below zero when it is none."""
    try:
        text = content.decode(encoding).casefold()
    except UnicodeDecodeError:
        return -1
    return sum(name.casefold().removesuffix(" län").removesuffix("s") in text for name in names.values())


def _told_apart(lines: Sequence[str], delimiter: str, regions: Regions) -> tuple[int, int]:
    """How many fields are a region's name or code under a separator, and how many lines have the commonest number of fields."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0, 0
    widths = Counter(len(row) for row in rows if len(row) > 1)
    known = {cell: regions.knows(cell) for row in rows if len(row) > 1 for cell in row}
    return sum(known[cell] for row in rows if len(row) > 1 for cell in row), max(widths.values(), default=0)


def _from_cube(path: Path, names: Mapping[str, str], table: str | None) -> Recognised:
    """A statistical table: its variables told by their codes and texts."""
    (cube,) = read_cubes(path).values()
    regions = Regions(names, {})
    columns: dict[str, str] = {}
    sizes: dict[str, str] = {}
    years: set[int] = set()
    found: set[str] = set()
    for variable, codes in cube.codes.items():
        texts = [cube.labels[variable].get(code, code) for code in codes]
        if variable == cube.contents:
            continue
        if all(YEAR.fullmatch(code) for code in codes):
            columns["year"] = variable
            years |= set(map(int, codes))
        elif any(code in names for code in codes) and all(re.fullmatch(r"\d\d(\d\d)?", code) for code in codes):
            columns["region_code"] = variable
            found |= set(codes) & set(names)
        elif sum(regions.knows(code) for code in codes) >= FEWEST_REGIONS:
            columns["region"] = variable
            found |= {regions.by_either(code) for code in codes if regions.knows(code)}
        elif any(_size(text) for text in (*codes, *texts)) and len(codes) > 1:
            columns["size_class"] = variable
            sizes |= {
                code: size
                for code, text in zip(codes, texts, strict=True)
                if (size := _size(code) or _size(text)) and SIZE_LABELS.get(size_label(code)) != size
            }
        elif len(codes) > 1:
            total = next(
                (f"{code} ({text})" for code, text in zip(codes, texts, strict=True) if re.search(r"^tot", f"{text}", re.I)), "its total"
            )
            remedy = f"Ask for the table with one code of {variable}, such as {total}."
            raise _refused(
                path.name, f"the variable {variable} with {len(codes)} codes", "regions, years, size classes and contents", remedy
            )
    around = [cube.title, *cube.notes, *cube.units.values()]
    contents = _contents(cube, table, around)
    chosen = table or _table_of_cube(set(contents), sizes, around)
    if chosen is None:
        raise _refused(
            path.name,
            f"the table {cube.title!r}, which does not say of what",
            "goods, services or population",
            "Say it: --table goods_exports.",
        )
    wanted = SHAPES[chosen].measures
    if set(contents) == {"figure"}:
        contents = {wanted[0]: contents["figure"]}
    layout: dict[str, Any] = {}
    undecided = []
    if "exports" in contents:
        texts = [cube.units.get(contents["exports"], ""), *around]
        unit = next((unit for text in texts for unit, words in (*UNITS.items(), ("SEK", PLAIN_UNIT)) if words.search(text)), None)
        series = [name for name, words in SERIES.items() if any(words.search(text) for text in around)]
        layout |= ({"unit": unit} if unit else {}) | ({"series": series[0]} if len(series) == 1 else {})
        undecided = [key for key in ("unit", "series") if key not in layout]
    layout["columns"] = columns | {measure: code for measure, code in contents.items() if measure in wanted}
    layout |= {"size_classes": sizes} if sizes else {}
    left_out = [code for measure, code in contents.items() if measure not in wanted]
    layout |= {"ignore": left_out} if left_out else {}
    span = sorted(years)
    findings = [
        *layout["columns"].items(),
        ("years", f"{span[0]}–{span[-1]}" if span else "none"),
        ("regions", f"{len(found)} of {len(names)}"),
    ]
    classes = (
        {_size(cube.labels[columns["size_class"]].get(code, code)) or "" for code in cube.codes[columns["size_class"]]}
        if "size_class" in columns
        else set()
    )
    return Recognised(
        table=chosen,
        layouts=(layout,),
        title=cube.title or None,
        covers=covered(found, years, _sizes_in_words(classes - {""})),
        illustrative=any("illustrativ" in text.casefold() for text in around),
        findings=tuple(findings),
        undecided=tuple(undecided),
    )


def _contents(cube: Cube, table: str | None, around: Sequence[str]) -> dict[str, str]:
    """Each measure's code among the contents; a table of one thing has a column called value."""
    if cube.contents is None:
        said = [name for name, words in MEASURES.items() if any(words.search(text) for text in around)]
        return {said[0] if len(said) == 1 and table is None else "figure": "value"}
    found: dict[str, str] = {}
    for code in cube.codes[cube.contents]:
        text = cube.labels[cube.contents].get(code, code)
        measure = None if OTHER_FIGURES.search(text) else next((name for name, words in MEASURES.items() if words.search(text)), None)
        found.setdefault(measure or code, code)
    return found


def _table_of_cube(measures: set[str], sizes: Mapping[str, str], around: Sequence[str]) -> str | None:
    if "exporters" in measures or sizes:
        return "goods_exports"
    if "population" in measures:
        return "population"
    named = [table for table, words in TABLES.items() if any(words.search(text) for text in around)]
    return named[0] if len(named) == 1 else None


def _zipped(content: bytes, name: str) -> tuple[str, str]:
    try:
        members = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _refused(name, f"a damaged file ({error})", "a workbook", "Fetch the file again from its publisher.") from None
    if "xl/workbook.bin" in members:
        return "Excel workbook", ".xlsb"
    if "xl/workbook.xml" in members:
        return "Excel workbook", ".xlsx"
    if "content.xml" in members:
        return "OpenDocument sheet", ".ods"
    raise _refused(
        name,
        "a zip file that is no workbook",
        "Excel, OpenDocument, CSV, JSON-stat 2, PX or Parquet",
        "Unpack it, and add the table alone.",
    )


def _refused(where: str, found: str, expected: str, remedy: str) -> DataRefused:
    return DataRefused([Fault(where, found, expected, remedy)])
