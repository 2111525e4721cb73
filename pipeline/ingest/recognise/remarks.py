"""Columns beside the figures that say something of them: flags, remarks, units."""

import re
from collections.abc import Iterator, Mapping

from pipeline.faults import Fault
from pipeline.ingest.cells import SYMBOLS, plain
from pipeline.ingest.recognise.cubes import NORMAL, UNREAD
from pipeline.ingest.recognise.extent import Column, Table
from pipeline.ingest.recognise.figures import is_figure
from pipeline.ingest.recognise.readings import Reading
from pipeline.ingest.recognise.words import Words
from pipeline.ingest.times import mark_of, time_of

OWN = ("ok", *SYMBOLS.values())
"""The statuses that `microdata build` writes beside each cell and its symbol."""
Texts = Mapping[int, str]
"""By the row of the sheet, from 0, what a column says there; nothing where it is blank or has a symbol."""


def question(table: Table, reading: Reading, words: Words) -> None:
    """Doubt a column that is left out and says different things of one region's rows, or of some rows alone. What it calls preliminary or
    revised is noted; more than one unit is a fault."""
    region = next((column for column in table.columns if column.region_field), None)
    for column in table.columns:
        if reading.faults or column.heading not in reading.ignored or not _is_text(column, words):
            continue
        texts = dict(_texts(column, table, reading))
        _question_units(texts, column, table, reading, words)
        if _is_of_each_region(texts, region, table, words):
            continue
        marks = {row: mark for row, text in texts.items() if (mark := mark_of(text, words.files))}
        _keep_marks(marks, table, reading, words)
        rest = {row: text for row, text in texts.items() if row not in marks and text not in (*NORMAL, *OWN)}
        told = next(((row, text) for row, text in rest.items() if text), None)
        if told is None or len({*texts.values()}) == 1 or _limits_nothing(rest, column, reading, words):
            continue
        found = f"{column.heading} = {told[1]} in {list(texts.values()).count(told[1]):,} of {len(texts):,} rows"
        expected = "nothing that is so of some figures alone: it may say that they are of something else"
        reading.doubts.append(Fault(table.sheet.where(told[0], column.index), found, expected, UNREAD))


def is_of_one_region(text: str, column: Column, table: Table) -> bool:
    """Whether a text of a column stands beside one region alone, as a letter for it does; a total stands beside every one."""
    region = next((each for each in table.columns if each.region_field), None)
    rows = [row for row in table.rows if plain(table.sheet.cell(row, column.index)) == text]
    return region is not None and len({plain(table.sheet.cell(row, region.index)) for row in rows}) == 1


def _is_text(column: Column, words: Words) -> bool:
    """Whether a column holds neither regions, nor years, nor any figure."""
    has_figures = any(plain(cell) not in SYMBOLS and is_figure(cell, words) for cell in column.cells)
    return not (has_figures or column.region_field or all(time_of(cell, words.files) for cell in column.cells))


def _texts(column: Column, table: Table, reading: Reading) -> Iterator[tuple[int, str]]:
    """What a column says of the rows that are read."""
    chosen = {each.index: reading.where[each.heading] for each in table.columns if each.heading in reading.where}
    for row in table.rows:
        if all(plain(table.sheet.cell(row, index)) == text for index, text in chosen.items()):
            text = plain(table.sheet.cell(row, column.index))
            yield row, "" if text in SYMBOLS else text


def _question_units(texts: Texts, column: Column, table: Table, reading: Reading, words: Words) -> None:
    units: dict[str, int] = {}
    for row, text in texts.items():
        units |= {unit: row for unit in words.units([text]) if unit not in units}
    if len(units) > 1:
        where = table.sheet.where(max(units.values()), column.index)
        found, remedy = f"more than one unit: {', '.join(units)}", "Ask the publisher for the table in one unit."
        reading.faults.append(Fault(where, found, "one unit in all rows", remedy))


def _keep_marks(marks: Texts, table: Table, reading: Reading, words: Words) -> None:
    """Note the years of the rows that a column marks; where years are headings, all of them."""
    heading = next(iter(reading.columns.get("year", {})), None)
    dated = next((column for column in table.columns if column.heading == heading), None)
    for row, mark in marks.items():
        time = time_of(table.sheet.cell(row, dated.index), words.files) if dated else None
        years = {time.year} if time else reading.years
        if years:
            reading.marks.setdefault(mark, set()).update(years)


def _is_of_each_region(texts: Texts, region: Column | None, table: Table, words: Words) -> bool:
    """Whether a column says one thing of each region, as its letter or its part of the country. One text for all of them is a part that
    the table is of, and no region's own."""
    said: dict[str | None, set[str]] = {}
    for row, text in texts.items():
        code = words.region(table.sheet.cell(row, region.index)) if region else None
        said.setdefault(code, set()).add("" if text in (*NORMAL, *OWN) else text)
    is_of_each = all(len(own) == 1 and (code == words.geography.whole or own != {""}) for code, own in said.items())
    return region is not None and is_of_each and len({text for own in said.values() for text in own if text}) > 1


def _limits_nothing(rest: Texts, column: Column, reading: Reading, words: Words) -> bool:
    """Whether the catalogue lists what a column says as nothing that limits figures."""
    free = re.compile(words.files.unlimited, re.I)
    told = {*rest.values()} - {""}
    return all(free.fullmatch(f"{column.heading}: {text}") and not words.beyond_in_note(reading.statistic, text) for text in told)
