"""What a file that was given is: its format, its statistic, and the layout under which the pipeline's own reader reads it.

The recogniser only proposes. What it proposes is read by `read_table`, which refuses, cell by cell, what does not hold.
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.cubes import Cube
from pipeline.declarations import ERRORS, TOTAL, Geography, Statistic
from pipeline.faults import DataRefused, Fault, refusal
from pipeline.ingest.cells import plain, shown
from pipeline.ingest.files import Sheet, read_cubes, read_sheet, sheet_names
from pipeline.ingest.recognise import cubes, extent, sheets
from pipeline.ingest.recognise.errors import find_errors, layout_of_errors, texts_of
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
    the file does not say, and what it says in place of one. findings: what is said of the file. doubts: what may make the figures
    other than the statistic's. published, publisher: its day of publication and its publisher, where it names one alone.
    """

    table: str
    layouts: tuple[tuple[dict[str, Any], tuple[str, ...]], ...]
    title: str | None
    covers: str
    illustrative: bool
    findings: tuple[tuple[str, str], ...]
    undecided: Mapping[str, str]
    doubts: tuple[Fault, ...]
    published: datetime.date | None = None
    publisher: str | None = None


@dataclass(frozen=True)
class Contents:
    """How a file's tables read as each statistic, and all texts of the file. form: what holds of each layout; title: where it says so."""

    readings: Mapping[str, Sequence[Reading]]
    texts: Sequence[str]
    form: Mapping[str, Any]
    title: str | None = None


def recognise(
    path: Path, words: Words, *, table: str | None = None, sheet: str | None = None, title: str | None = None
) -> tuple[Recognised, ...]:
    """What a file under its right ending is: one statistic, or several, each on sheets of its own. table, sheet and title are the
    analyst's word.

    Raises DataRefused when no table is found in it, or more than one of a statistic.
    """
    if errors := find_errors(path):
        return (_errors(errors, words),)
    contents = _cube(path, words) if path.suffix in (".json", ".px") else _sheets(path, words, sheet)
    contents = replace(contents, texts=[*contents.texts, *([title] if title else [])])
    uncontrolled = next((text for text in contents.texts if NOT_FOR_PUBLICATION in text), None)
    if uncontrolled:
        found = f"a table that says {uncontrolled!r}"
        raise refusal(path.name, found, "one that may be published", "Build it under disclosure control.")
    parts = {} if table else _apart(contents, words)
    if not parts:
        return (_one(path, table, contents, words, title),)
    return tuple(_one(path, name, each, words, title) for name, each in parts.items())


def _errors(sheet: Sheet, words: Words) -> Recognised:
    """The standard errors of a build's table."""
    layout = layout_of_errors(sheet, words.catalogue)
    if layout is None:
        expected = "those of a statistic of the catalogue, with its one classification"
        raise refusal(sheet.file, "standard errors of figures that are not known", expected, "Build them for this catalogue.")
    name = words.catalogue.statistics[layout["constant"]["statistic"]].sv.name
    years = {int(text) for text in texts_of(sheet, "final_year") if text.isdecimal()}
    return Recognised(
        table=ERRORS,
        layouts=((layout, ()),),
        title=f"{name}: medelfel" if _is_swedish(words.geography) else f"{name}: standard errors",
        covers=covered(texts_of(sheet, "region_code"), years, words.geography),
        illustrative=any(ILLUSTRATIVE in text for text in texts_of(sheet, "kind")),
        findings=(("statistic", layout["constant"]["statistic"]),),
        undecided={},
        doubts=(),
    )


def _apart(contents: Contents, words: Words) -> dict[str, Contents]:
    """The parts of a file whose sheets are of different statistics, by statistic; none where they are not."""
    parts: dict[str, list[int]] = {}
    tables = len(next(iter(contents.readings.values())))
    for number in range(tables):
        readings = {name: [each[number]] for name, each in contents.readings.items()}
        texts = [text for (reading,) in readings.values() for text in (*reading.titles, *reading.texts)]
        name = _statistic(replace(contents, readings=readings, texts=texts), words)
        if name:
            parts.setdefault(name, []).append(number)
    if len(parts) < 2:
        return {}
    return {
        name: replace(contents, readings={other: [each[number] for number in numbers] for other, each in contents.readings.items()})
        for name, numbers in parts.items()
    }


def _one(path: Path, table: str | None, contents: Contents, words: Words, title: str | None) -> Recognised:
    chosen = table or _statistic(contents, words)
    every = [reading for each in contents.readings.values() for reading in each]
    within = next((faults for reading in every if (faults := reading.within_year())), [])
    if within and not any(reading.quantities for reading in every):
        raise DataRefused(within)
    if chosen is None:
        declared = {name: statistic for name, statistic in words.catalogue.statistics.items() if not statistic.is_yardstick}
        named = [name for name, statistic in declared.items() if words.names_statistic(statistic, contents.texts)]
        if len(named) != 1:
            headings = dict.fromkeys(heading for reading in every for heading in reading.figures)
            what = f"that may be of {' or of '.join(named)}" if named else "that does not say of what"
            found = f"a table of figures, called {', '.join(map(repr, headings)) or 'nothing'}, {what}"
            remedy = f"Say it: --table {'|'.join(named or declared)}"
            together = next((text for text in contents.texts if all(words.names_statistic(declared[name], [text]) for name in named)), "")
            if named and together:
                remedy = f"Ask the publisher for figures of each by itself: {together!r} names them together."
            raise refusal(path.name, found, f"one of {', '.join(declared)}", remedy)
        (chosen,) = named
    readings = [reading for reading in contents.readings[chosen] if reading.quantities]
    count = Counter(quantity for reading in readings for quantity in reading.quantities)
    if count and max(count.values()) > 1:
        places = ", ".join(reading.place for reading in readings)
        raise refusal(path.name, f"more than one table with figures of {chosen}: {places}", "one", "Name the sheet: --sheet …")
    absent = [name for name in words.catalogue.statistics[chosen].quantities if name not in count]
    if absent:
        headings = dict.fromkeys(heading for reading in contents.readings[chosen] for heading in reading.figures)
        found = f"no column for {', '.join(absent)}; the figures are called {', '.join(map(repr, headings)) or 'nothing'}"
        meanings = (words.catalogue.statistics[chosen].quantities[name].meaning for name in absent)
        remedy = "Ask the publisher for it, name another --table, or describe the file by hand in sources.toml, as README.md shows."
        raise refusal(", ".join(reading.place for reading in contents.readings[chosen]), found, "; ".join(meanings), remedy)
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


def layout_of(
    parts: Sequence[Cube], statistic: Statistic, words: Words, place: str, columns: Mapping[str, str], asked: Collection[str]
) -> dict[str, Any]:
    """The layout of a fetched table, in one or more parts, whose columns sources.toml describes. asked: the variables that were asked for
    by their codes.

    Raises DataRefused, also for what is in doubt: there is nobody to ask.
    """
    reading = Reading(statistic, place)
    for part in parts:
        cubes.read_into(reading, part, words, columns)
    reading.settle_day(words)
    doubts = [doubt for doubt in reading.doubts if doubt.where not in {f"{place}, {variable}" for variable in asked}]
    if doubts:
        raise DataRefused(doubts)
    return {**reading.layout(words, ()), "columns": dict(columns)}


def _sheets(path: Path, words: Words, sheet: str | None) -> Contents:
    """The tables on the sheets of a workbook or in a text. Raises DataRefused where there is none."""
    form = text_layout(path, words) if path.suffix == ".csv" else {}
    own = sheet_names(path) if path.suffix in (".xlsx", ".xlsb", ".xls", ".ods") else [None]
    if sheet and sheet not in own:
        found, expected = f"no sheet {sheet!r}", f"one of the sheets {', '.join(map(repr, own))}"
        raise refusal(path.name, found, expected if own != [None] else "a workbook", "Correct --sheet, or leave it out.")
    names = [sheet] if sheet else own
    tables, sheets_read = [], []
    texts: dict[str, None] = {}
    for name in names:
        read = read_sheet(path, Layout(columns={"any": "any"}, sheet=name, **form))
        sheets_read.append(read)
        table = extent.find_table(read, words)
        tables += [table] if table else []
        cells = table.texts if table else (plain(cell) for row in read.rows for cell in row if isinstance(cell, str))
        texts |= dict.fromkeys(cells)
    readings = {name: [sheets.read_as(table, statistic, words) for table in tables] for name, statistic in _statistics(words)}
    if not tables:
        raise DataRefused([_no_table(path, sheets_read, words)])
    unread = next((fault for table in tables if (fault := extent.unread_figures(table, words))), None)
    if unread and not any(reading.quantities for each in readings.values() for reading in each):
        raise DataRefused([unread])
    return Contents(readings, list(texts), form)


def _no_table(path: Path, read: Sequence[Sheet], words: Words) -> Fault:
    """Why no table of regions is found: the first name beside figures that is no region's, or nothing of the kind."""
    nouns = words.geography.en
    row = f"a row for each {nouns.noun}"
    remedy = f"Describe it by hand in sources.toml, as README.md shows, or ask the publisher for a table with {row}."
    for sheet in read:
        for place in extent.names_beside_figures(sheet, words):
            cell = sheet.cell(*place)
            if meant := words.regions.decoded(plain(cell)):
                found = f"{shown(cell)}, which is {meant} decoded wrongly"
                return Fault(sheet.where(*place), found, f"the name of {nouns.a_noun}", "Ask for the file anew, saved as UTF-8.")
        for place in extent.names_beside_figures(sheet, words):
            found = f"{shown(sheet.cell(*place))} beside figures, and no column of {nouns.nouns}"
            return Fault(sheet.where(*place), found, f"the name or the code of {nouns.a_noun}", remedy)
    return Fault(path.name, f"no column and no heading of {nouns.nouns} beside figures", f"a table of {nouns.nouns}", remedy)


def _cube(path: Path, words: Words) -> Contents:
    (cube,) = read_cubes(path).values()
    readings = {name: [Reading(statistic, path.name)] for name, statistic in _statistics(words)}
    for (reading,) in readings.values():
        cubes.read_into(reading, cube, words)
    told = [f"{key}: {text}" for key, text in (("Source", cube.source), ("Updated", cube.updated)) if text]
    return Contents(readings, [cube.title, *cube.notes, *cube.units.values(), *told], {}, cube.title)


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
    undecided: dict[str, str] = {}
    for reading in readings:
        reading.complete(words, title, contents.texts)
        layout = {**reading.layout(words, contents.texts), **contents.form}
        named = reading.named_facts(words, contents.texts)
        undecided |= {key: " and ".join(values) for key, values in named.items() if key not in layout}
        findings = [*reading.findings(layout, words), *findings]
        layouts.append((layout, tuple(named)))
    findings.append(("regions", regions_of(readings, words)))
    regions, years = (set().union(*(getattr(reading, key) for reading in readings)) for key in ("regions", "years"))
    texts = [text for reading in readings for text in reading.texts]
    published, publisher = words.published_in(contents.texts), words.publisher_in(contents.texts)
    findings += [(key, str(said)) for key, said in (("published", published), ("publisher", publisher)) if said]
    return Recognised(
        table=chosen,
        layouts=tuple(layouts),
        title=contents.title or _title(chosen, readings, words),
        covers=covered(
            regions, years, words.geography, ", ".join([*_classes_in_words(readings, words), *_marks_in_words(readings, words)])
        ),
        illustrative=any(ILLUSTRATIVE in text.casefold() for text in texts),
        findings=tuple(findings),
        undecided=undecided,
        doubts=tuple(doubt for reading in readings for doubt in reading.doubts),
        published=published,
        publisher=publisher,
    )


def _title(chosen: str, readings: Sequence[Reading], words: Words) -> str | None:
    """The first text of several words around the tables; of a table that states its own series, as a build's does, its statistic."""
    if any("series" in reading.stated for reading in readings):
        statistic = words.catalogue.statistics[chosen]
        return (statistic.sv if _is_swedish(words.geography) else statistic.en).name
    return next((text for reading in readings for text in reading.texts if len(text.split()) > 1), None)


def _marks_in_words(readings: Sequence[Reading], words: Words) -> Iterator[str]:
    """Of which years the figures are marked, and what that means, as sources.toml says it."""
    for mark in words.files.marks:
        years = sorted(set().union(*(reading.marks.get(mark, set()) for reading in readings)))
        if years:
            called = words.files.meaning(mark, "sv" if _is_swedish(words.geography) else "en")
            yield f"{called} {', '.join(map(str, years))}"


def _classes_in_words(readings: Sequence[Reading], words: Words) -> list[str]:
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
    return parts
