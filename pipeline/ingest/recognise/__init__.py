"""What a file that was given is: its format, its statistic, and the layout under which the pipeline's own reader reads it.

The recogniser only proposes. What it proposes is read by `read_table`, which refuses, cell by cell, what does not hold.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.catalogue import TOTAL, Geography, Statistic
from pipeline.cubes import Cube
from pipeline.faults import DataRefused, Fault
from pipeline.ingest.cells import plain
from pipeline.ingest.files import read_cubes, read_sheet, sheet_names
from pipeline.ingest.recognise import cubes, sheets
from pipeline.ingest.recognise.formats import format_of, text_layout
from pipeline.ingest.recognise.readings import Reading, regions_of
from pipeline.ingest.recognise.words import Words
from pipeline.sources import Layout

__all__ = ["Recognised", "Words", "covered", "format_of", "layout_of", "recognise"]

NOT_FOR_PUBLICATION = "not for publication"
ILLUSTRATIVE = "illustrativ"
NUMBERS = ("", "", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")


@dataclass(frozen=True)
class Recognised:
    """What a file is: its statistic, and how it is read.

    layouts: keys of Layout that differ from the defaults, and which of unit and series the layout has. undecided: those of them that
    the file does not say. findings: what is said of the file.
    """

    table: str
    layouts: tuple[tuple[dict[str, Any], tuple[str, ...]], ...]
    title: str | None
    covers: str
    illustrative: bool
    findings: tuple[tuple[str, str], ...]
    undecided: tuple[str, ...]


@dataclass(frozen=True)
class Contents:
    """How a file's tables read as each statistic, and all texts of the file. form: what holds of each layout; title: where it says so."""

    readings: Mapping[str, Sequence[Reading]]
    texts: Sequence[str]
    form: Mapping[str, Any]
    title: str | None = None


def recognise(path: Path, words: Words, *, table: str | None = None, sheet: str | None = None, title: str | None = None) -> Recognised:
    """What a file under its right ending is. table, sheet and title are the analyst's word.

    Raises DataRefused when no table is found in it, or more than one.
    """
    contents = _cube(path, words) if path.suffix in (".json", ".px") else _sheets(path, words, sheet)
    contents = replace(contents, texts=[*contents.texts, *([title] if title else [])])
    uncontrolled = next((text for text in contents.texts if NOT_FOR_PUBLICATION in text), None)
    if uncontrolled:
        found = f"a table that says {uncontrolled!r}"
        raise _refused(path.name, found, "one that may be published", "Build it under disclosure control.")
    chosen = table or _statistic(contents, words)
    if chosen is None:
        named = [name for name, statistic in words.catalogue.statistics.items() if not statistic.is_yardstick]
        found = "a table of figures that does not say of what"
        raise _refused(path.name, found, f"one of {', '.join(named)}", f"Say it: --table {named[0]}.")
    readings = [reading for reading in contents.readings[chosen] if reading.quantities]
    count = Counter(quantity for reading in readings for quantity in reading.quantities)
    if not count or max(count.values()) > 1:
        places = ", ".join(reading.place for reading in readings or contents.readings[chosen])
        found = f"{'more than one table' if count else 'no table'} with figures of {chosen}: {places}"
        raise _refused(path.name, found, "one", "Name the sheet: --sheet …")
    return _recognised(chosen, readings, contents, words, title)


def covered(region_codes: Iterable[str], years: Iterable[int], geography: Geography, further: str = "") -> str:
    """What a file covers, as sources.toml says it, in Swedish where the geography has Swedish words: "21 län och riket, 2016–2021"."""
    codes, span = set(region_codes), sorted(set(years))
    number = len(codes - {geography.whole})
    places = [f"{number} {geography.sv.nouns}"] * bool(number) + [geography.sv.whole] * (geography.whole in codes)
    where = (" och " if _is_swedish(geography) else " and ").join(places)
    when = "" if not span else str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}"
    return ", ".join(part for part in (where, when, further) if part)


def _is_swedish(geography: Geography) -> bool:
    return geography.sv != geography.en


def layout_of(parts: Sequence[Cube], statistic: Statistic, words: Words, place: str, columns: Mapping[str, str]) -> dict[str, Any]:
    """The layout of a fetched table, in one or more parts, whose columns sources.toml describes. Raises DataRefused."""
    reading = Reading(statistic, place)
    for part in parts:
        cubes.read_into(reading, part, words, columns)
    return {**reading.layout(words, ()), "columns": dict(columns)}


def _sheets(path: Path, words: Words, sheet: str | None) -> Contents:
    """The tables on the sheets of a workbook or in a text. Raises DataRefused where there is none."""
    form = text_layout(path, words) if path.suffix == ".csv" else {}
    names = [sheet] if sheet else sheet_names(path) if path.suffix in (".xlsx", ".xlsb", ".xls", ".ods") else [None]
    tables = []
    texts: dict[str, None] = {}
    for name in names:
        read = read_sheet(path, Layout(columns={"any": "any"}, sheet=name, **form))
        table = sheets.find_table(read, words)
        tables += [table] if table else []
        cells = table.texts if table else (plain(cell) for row in read.rows for cell in row if isinstance(cell, str))
        texts |= dict.fromkeys(cells)
    readings = {name: [sheets.read_as(table, statistic, words) for table in tables] for name, statistic in _statistics(words)}
    if not any(reading.quantities for each in readings.values() for reading in each):
        nouns = words.geography.en
        row = f"a row for each {nouns.noun}"
        remedy = f"Describe it by hand in sources.toml, as README.md shows, or ask the publisher for a table with {row}."
        raise _refused(path.name, f"no column and no heading of {nouns.nouns} beside figures", f"a table of {nouns.nouns}", remedy)
    return Contents(readings, list(texts), form)


def _cube(path: Path, words: Words) -> Contents:
    (cube,) = read_cubes(path).values()
    readings = {name: [Reading(statistic, path.name)] for name, statistic in _statistics(words)}
    for (reading,) in readings.values():
        cubes.read_into(reading, cube, words)
    return Contents(readings, [cube.title, *cube.notes, *cube.units.values()], {}, cube.title)


def _statistics(words: Words) -> Iterable[tuple[str, Any]]:
    return words.catalogue.statistics.items()


def _statistic(contents: Contents, words: Words) -> str | None:
    """The statistic that the words near the table name, else those of the whole file; of several, the one that explains most of it."""
    declared = words.catalogue.statistics
    readings = {name: [reading for reading in each if reading.fits] for name, each in contents.readings.items()}
    if not any(readings.values()):
        readings = {name: [reading for reading in each if reading.quantities] for name, each in contents.readings.items()}
    pool = [name for name, each in readings.items() if each]
    near = {name: [text for reading in readings[name] for text in reading.words_near] for name in pool}
    by_name = [name for name in pool if words.names_statistic(declared[name], near[name])]
    by_name = by_name or [name for name in pool if words.names_statistic(declared[name], contents.texts)]
    score = {name: len(set().union(*(reading.named for reading in readings[name]))) for name in by_name or pool}
    most = [name for name, number in score.items() if number == max(score.values()) and (number or by_name)]
    return most[0] if len(most) == 1 else None


def _recognised(chosen: str, readings: Sequence[Reading], contents: Contents, words: Words, title: str | None) -> Recognised:
    layouts = []
    findings: list[tuple[str, str]] = []
    undecided: dict[str, None] = {}
    for reading in readings:
        reading.complete(words, title)
        layout = {**reading.layout(words, contents.texts), **contents.form}
        undecided |= dict.fromkeys(key for key in reading.stated_keys if key not in layout)
        findings = [*reading.findings(layout, words), *findings]
        layouts.append((layout, reading.stated_keys))
    findings.append(("regions", regions_of(readings, words)))
    regions, years = (set().union(*(getattr(reading, key) for reading in readings)) for key in ("regions", "years"))
    texts = [text for reading in readings for text in reading.texts]
    return Recognised(
        table=chosen,
        layouts=tuple(layouts),
        title=contents.title or next((text for text in texts if len(text.split()) > 1), None),
        covers=covered(regions, years, words.geography, _classes_in_words(readings, words)),
        illustrative=any(ILLUSTRATIVE in text.casefold() for text in texts),
        findings=tuple(findings),
        undecided=tuple(undecided),
    )


def _classes_in_words(readings: Sequence[Reading], words: Words) -> str:
    """How many classes a file has of each classification, in Swedish."""
    parts = []
    for name in readings[0].statistic.classes:
        number = len(set().union(*(reading.classes.get(name, set()) for reading in readings)) - {TOTAL})
        called = words.catalogue.classes[name].sv
        if number == 1:
            parts.append(f"1 {called.class_}")
        elif number:
            in_words = _is_swedish(words.geography) and number < len(NUMBERS)
            parts.append(f"{NUMBERS[number] if in_words else number} {called.classes}")
    return ", ".join(parts)


def _refused(where: str, found: str, expected: str, remedy: str) -> DataRefused:
    return DataRefused([Fault(where, found, expected, remedy)])
