"""A table of regions on a sheet: what each of its columns holds for a statistic."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.declarations import Statistic
from pipeline.faults import Fault
from pipeline.ingest.cells import GROUPED, IGNORE, NOTE_OF_A_NAME, NUMBER, SYMBOLS, Cell, plain, shown, without_mark
from pipeline.ingest.files import letters
from pipeline.ingest.recognise import remarks, strangers
from pipeline.ingest.recognise.blanks import FEWEST_REGIONS
from pipeline.ingest.recognise.extent import Column, Table
from pipeline.ingest.recognise.readings import OF_ALL, PART, STATED, Reading
from pipeline.ingest.recognise.words import Words, year_in
from pipeline.ingest.times import (
    DATE,
    DAY_AFTER,
    GLUED,
    PART_AFTER,
    SPAN,
    YEAR,
    YEAR_AND_MORE,
    Time,
    day_of,
    mark_of,
    marked_year,
    note_of,
    time_of,
    year_pattern,
)


def read_as(table: Table, statistic: Statistic, words: Words) -> Reading:
    """How a table reads as a statistic."""
    sheet = table.sheet
    form: dict[str, Any] = {} if sheet.name is None else {"sheet": sheet.name}
    if table.header_row != (1,):
        form["header_row"] = table.header_row[0] if len(table.header_row) == 1 else list(table.header_row)
    titles = [text for text in (sheet.name, *table.titles) if text]
    reading = Reading(statistic, sheet.where(), form, titles=titles, texts=table.texts)
    reading.places["header_row"] = ", ".join(map(str, table.header_row))
    measured = [column for column in table.columns if _tell(column, table, reading, words)]
    measured += _only_figures(table, reading, words) if not measured else []
    if measured:
        _marked_rows(measured, table, reading, words)
        _question_unread(table, reading, words)
        _rows_apart(table, reading, words)
        remarks.question(table, reading, words)
    reading.ending = {"fill_down": list(table.fill_down)} if table.fill_down else {}
    reading.ending |= _year_stored_as(table, reading) | _marks(measured, table, reading, words)
    strangers.question(reading, words, _rows_of(measured, table, reading) if measured else ())
    return reading


def _tell(column: Column, table: Table, reading: Reading, words: Words) -> bool:
    """Note what a column holds; whether it is figures of a quantity."""
    statistic, heading = reading.statistic, column.heading
    one_text = len(column.labels) == 1 and isinstance(column.cells[0], str)
    if one_text and heading in STATED:
        reading.stated[heading] = column.labels[0]
    if column.region_field:
        _regions(column, reading, words)
        _note(column, column.region_field, heading, reading)
        _question_heading(column, table, reading, words)
        return False
    if (times := _times(column, words)) and _dated(column, times, table, reading, words):
        return False
    if _classed(column, reading, words):
        return False
    if column.are_figures:
        return _measured(column, table, reading, words)
    chosen = words.rows_of(statistic, column.labels)
    if chosen and len(column.labels) > 1 and heading not in reading.strangers and not remarks.is_of_one_region(chosen, column, table):
        reading.where[heading] = chosen
        if not words.is_total(chosen):
            reading.question_limits(words, chosen, f"{reading.place}, column {letters(column.index)}")
    else:
        reading.ignored[heading] = None
        _question_the_only(column, table, reading, words)
    return False


def _dated(column: Column, times: Sequence[Time], table: Table, reading: Reading, words: Words) -> bool:
    """Note a column of years. Beside one, dates of the same years say of which day the figures are; other dates are of something else."""
    others = [years for other in table.columns if other is not column and (years := _times(other, words)) and not years[0].day]
    is_beside = any(time.day for time in times) and bool(others)
    if len(column.labels) == 1 and any(YEAR.search(other.heading) for other in table.columns if other.are_figures):
        return False
    if is_beside and not any([time.year for time in times] == [time.year for time in years] for years in others):
        return False
    for time, cell in zip(times, column.cells, strict=True):
        reading.keep_year(_explained(time, table, words), plain(cell), f"{plain(cell)} in column {letters(column.index)}")
    if is_beside:
        reading.ignored[column.heading] = None
    else:
        _note(column, "year", column.heading, reading)
        _question_heading(column, table, reading, words)
    return True


def _question_heading(column: Column, table: Table, reading: Reading, words: Words) -> None:
    """Doubt a heading of regions or years that names a part, as a corner that says whom the whole table is of."""
    part = words.listed_part(column.heading)
    beyond = part[0] if part else words.beyond_in_note(reading.statistic, column.heading)
    reading.question(table.sheet.where(table.header_row[-1] - 1, column.index), repr(column.heading), beyond)


def _classed(column: Column, reading: Reading, words: Words) -> bool:
    """Whether a column holds classes of the statistic, which are noted; those of another are, too."""
    own = [name for name in reading.statistic.classes if name not in reading.classes]
    for name in (*own, *(name for name in words.catalogue.classes if name not in reading.statistic.classes)):
        if words.are_classes(column.labels, column.heading, words.catalogue.classes[name], are_figures=column.are_figures):
            if name not in reading.statistic.classes:
                reading.strangers.append(column.heading)
                return False
            for label in column.labels:
                reading.keep_class(words, name, label)
            reading.named.add(name)
            reading.question_limits(words, column.heading, f"{reading.place}, column {letters(column.index)}")
            _note(column, name, column.heading, reading)
            return True
    return False


def _question_the_only(column: Column, table: Table, reading: Reading, words: Words) -> None:
    """Doubt a column that says the same of all rows, unless that is a total or limits nothing."""
    is_filled = len(column.cells) == max(len(other.cells) for other in table.columns)
    if len(column.labels) != 1 or len(column.cells) < FEWEST_REGIONS or not is_filled or column.heading in OF_ALL:
        return
    (label,) = column.labels
    reading.left_out[column.heading] = label
    is_free = re.fullmatch(words.files.unlimited, f"{column.heading}: {label}", re.I) or words.is_total(label)
    reading.settled |= {label} if words.is_total(label) else set()
    if not is_free and (column.are_figures or not words.is_own(reading.statistic, label)):
        place = table.sheet.where(table.rows[0], column.index)
        reading.settled.add(label)
        found = f"{column.heading} = {label} in every row"
        reading.doubts.append(Fault(place, found, f"the total of {column.heading}: one may be a part of {reading.statistic.name}", PART))


def _only_figures(table: Table, reading: Reading, words: Words) -> list[Column]:
    """The one column of figures whose heading says nothing else, as figures of the only quantity of a statistic."""
    quantities = list(reading.statistic.quantities)
    bare = [column for column in table.columns if column.heading in reading.ignored and column.are_figures]
    bare = [column for column in bare if not words.limits(reading.statistic, column.heading) and len(column.labels) > 1]
    bare = [column for column in bare if not all(map(words.is_code, column.cells))]
    if len(quantities) != 1 or len(bare) != 1 or not words.quantities(reading.statistic, bare[0].heading):
        return []
    del reading.ignored[bare[0].heading]
    _note(bare[0], quantities[0], bare[0].heading, reading)
    return bare


def _rows_apart(table: Table, reading: Reading, words: Words) -> None:
    """Refuse a table whose rows differ only in a column that is left out: rows of parts."""
    held = {heading for field, headings in reading.columns.items() if field not in reading.statistic.quantities for heading in headings}
    cells = {column.heading: [plain(table.sheet.cell(row, column.index)) for row in table.rows] for column in table.columns}
    wanted = [row for row in range(len(table.rows)) if all(cells[heading][row] == text for heading, text in reading.where.items())]

    def keys(*further: str) -> list[tuple[str, ...]]:
        return [tuple(cells[heading][row] for heading in (*held, *further)) for row in wanted]

    if reading.faults or not held or len(set(keys())) == len(keys()):
        return
    _refuse_a_second(keys(), [table.rows[row] for row in wanted], table, reading, words)
    for column in () if reading.faults else table.columns:
        if column.heading in reading.ignored and len(column.labels) > 1 and len(set(keys(column.heading))) == len(keys()):
            labels = ", ".join(column.labels[:5])
            found = f"rows that differ in {column.heading} ({labels}), and none of its total"
            remedy = f"Ask for the table without {column.heading}, or with its total."
            reading.faults.append(Fault(table.sheet.where(table.rows[0], column.index), found, "a row for each figure", remedy))
            return


def _refuse_a_second(keys: Sequence[tuple[str, ...]], rows: Sequence[int], table: Table, reading: Reading, words: Words) -> None:
    """Refuse rows that come again below one that is of no region, as those of a second table. keys: of each of the rows."""
    regions = [column.index for column in table.columns if column.region_field]
    seen: dict[tuple[str, ...], int] = {}
    apart = -1
    for row, key in zip(rows, keys, strict=True):
        if not any(words.region(table.sheet.cell(row, index)) for index in regions):
            apart = row
        elif seen.setdefault(key, row) < apart:
            found = f"{' '.join(key)} again, first in row {seen[key] + 1}, as of a second table"
            remedy = "Put each table on a sheet of its own, or delete the one that is not meant."
            reading.faults.append(Fault(table.sheet.where(row, regions[0]), found, "one table on a sheet", remedy))
            return


def _rows_of(measured: Sequence[Column], table: Table, reading: Reading) -> Iterator[strangers.Row]:
    """The rows of the first column of figures, with their keys and their regions."""
    (region,) = [column for column in table.columns if column.region_field][-1:] or [measured[0]]
    held = {heading for field, headings in reading.columns.items() if field not in reading.statistic.quantities for heading in headings}
    others = [column.index for column in table.columns if column.heading in held and not column.region_field]
    for row in table.rows:
        keys = tuple(plain(table.sheet.cell(row, index)) for index in others)
        if plain(table.sheet.cell(row, region.index)):
            yield keys, plain(table.sheet.cell(row, region.index)), table.sheet.cell(row, measured[0].index)


def _times(column: Column, words: Words) -> list[Time]:
    """The times that a column holds; none where it holds something else too."""
    known: dict[Cell, Time | None] = {}
    for cell in column.cells:
        if cell not in known:
            known[cell] = time_of(cell, words.files)
            if known[cell] is None:
                return []
    return [time for cell in column.cells if (time := known[cell])]


def _marked_rows(measured: Sequence[Column], table: Table, reading: Reading, words: Words) -> None:
    """Note the years of the rows whose figures have a mark."""
    heading = next(iter(reading.columns.get("year", {})), None)
    dated = next((column for column in table.columns if column.heading == heading), None)
    for column in measured if dated else ():
        for row in table.rows:
            mark = without_mark(table.sheet.cell(row, column.index), words.files)[1]
            time = time_of(table.sheet.cell(row, dated.index), words.files) if mark and dated else None
            if time:
                reading.marks.setdefault(mark, set()).add(time.year)


def _note(column: Column, field: str, template: str, reading: Reading) -> None:
    reading.columns.setdefault(field, {})[template] = None
    letter = letters(column.index)
    reading.places[field] = f"{reading.places[field].split('–')[0]}–{letter}" if field in reading.places else letter


def _regions(column: Column, reading: Reading, words: Words) -> None:
    regions = {plain(cell): words.region(cell) for cell in column.cells}
    reading.regions |= {code for code in regions.values() if code}
    strange = {}
    for label, code in regions.items():
        if words.is_elsewhere(label):
            reading.aliases[label] = IGNORE
        elif code is None and not words.is_code(label):
            strange[label] = label
        elif code and (mark := NOTE_OF_A_NAME.search(label)) and note_of(mark[0], reading.texts):
            reading.notes[label] = mark[0].strip()
        elif code and words.is_other_name(label):
            reading.other_names[label] = code
    # A region that some rows lack may be what a label means there.
    if len(set(Counter(code for cell in column.cells if (code := words.region(cell))).values())) == 1:
        strangers.keep(strange, reading, words)


@dataclass(frozen=True)
class Heading:
    """What the heading of a column of figures says. template: with a placeholder for what varies; text: what is left without them.

    labels: of each classification the label. region: the region's name.
    """

    template: str
    text: str
    time: Time | None
    labels: Mapping[str, str]
    region: str | None


def _heading(column: Column, table: Table, statistic: Statistic, words: Words) -> Heading:
    template = column.heading
    without_spans = SPAN.sub(lambda span: "–" * len(span[0]), template)
    year = re.search(f"(?<!\\d){year_pattern(words.files)}(?!\\d)", without_spans, re.I)
    time = None
    part = words.listed_part(template)
    if year and not (part and part.start() <= year.start("year") < part.end()):
        template = f"{template[: year.start()]}{{year}}{template[year.end() :]}"
        time = replace(_explained(marked_year(year, words.files), table, words), day=day_of(column.heading, words.files))
    labels = {}
    for name in statistic.classes:
        label = words.class_in(template, words.catalogue.classes[name])
        if label:
            labels[name] = label
            template = template.replace(label, f"{{{name}}}", 1)
    rows = () if table.has_regions_in_rows else template.split(" / ")
    region = next((part for part in rows if words.regions.knows(part)), None)
    if region:
        template = template.replace(region, "{region}", 1)
    text = re.sub(rf"\{{year\}}(?:{DAY_AFTER}|{PART_AFTER})?|\{{\w+\}}", "", template)
    # A heading over those of the classes names the classification, and no figures.
    over = [named for name in labels if (named := words.catalogue.classes[name].labels)]
    parts = [part for part in text.split(" / ") if not any(re.fullmatch(named.heading, part.strip(), re.I) for named in over)]
    return Heading(template, " / ".join(parts), time, labels, region)


def _measured(column: Column, table: Table, reading: Reading, words: Words) -> bool:
    """Note a column of figures of a quantity; of figures of something else, leave it out."""
    statistic = reading.statistic
    heading = _heading(column, table, statistic, words)
    template, time = heading.template, heading.time
    reading.figures.append(column.heading)
    quantity = words.quantity(statistic, heading.text)
    if quantity:
        reading.named.add(quantity)
    elif template != column.heading and not words.limits(statistic, heading.text):
        # Bare figures, as below a year, are the first quantity.
        quantity = next(iter(words.quantities(statistic, heading.text)), None)
    if time and (quantity or time.day == "a part of a year"):
        reading.keep_year(time, column.heading, f"the heading {column.heading!r} in column {letters(column.index)}")
    if quantity is None:
        reading.ignored[column.heading] = None
        _question_the_only(column, table, reading, words)
        return False
    if template not in reading.columns.get(quantity, {}):
        reading.question_limits(words, heading.text, table.sheet.where(table.header_row[-1] - 1, column.index))
    reading.regions |= {code} if heading.region and (code := words.region(heading.region)) else set()
    for name, label in heading.labels.items():
        reading.keep_class(words, name, label)
        reading.named.add(name)
    marks = {without_mark(cell, words.files)[1] for cell in column.cells} - {""}
    for mark in marks if time else ():
        reading.marks.setdefault(mark, set()).add(time.year if time else 0)
    reading.values += [column.heading] if statistic.quantities[quantity].kind == "money" else []
    _note(column, quantity, template, reading)
    return True


def _explained(time: Time, table: Table, words: Words) -> Time:
    """A year with what its mark means by the note that the mark refers to: "* preliminära uppgifter"."""
    words_of_note = re.findall(r"\w{3,}", (note_of(time.note, table.texts) or "") if time.note else "")
    return replace(time, mark=time.mark or next((mark for word in words_of_note if (mark := mark_of(word, words.files))), ""))


def _question_unread(table: Table, reading: Reading, words: Words) -> None:
    """Doubt figures that are left out though their heading may be a year, perhaps with the digit of a note; and a year among years."""
    headings = [heading for quantity in reading.quantities for heading in reading.columns[quantity]]
    years_are_columns = any("{year}" in heading for heading in headings)
    remedy = "Correct it, or describe the file by hand in sources.toml; with a yes the column is left out."
    for column in table.columns:
        if column.heading in reading.ignored and not column.are_figures and years_are_columns:
            _question_texts(column, table, reading, words)
        is_other = not words.quantities(reading.statistic, column.heading) or all(map(words.is_code, column.cells))
        if column.heading not in reading.ignored or not column.are_figures or is_other or column.heading in reading.left_out:
            continue
        if words.listed_part(column.heading) and year_in([column.heading]) in reading.years:
            # A part beside its total, as men beside all.
            continue
        if years_are_columns or GLUED.search(column.heading) or len(YEAR.findall(column.heading)) == 1:
            found = f"the heading {column.heading!r}, which is not understood"
            place = table.sheet.where(table.header_row[-1] - 1, column.index)
            reading.doubts.append(Fault(place, found, "a year, or what the figures are of", remedy))
    if "year" in reading.columns or years_are_columns:
        return
    for column in table.columns:
        others = [label for label in column.labels if time_of(label, words.files) is None]
        is_whole = 1 < len(column.labels) == len(others) and len(column.cells) == len(table.rows)
        if 0 < 4 * len(others) < len(column.labels) or (is_whole and all(map(YEAR_AND_MORE.search, others))):
            row = next(row for row in table.rows if plain(table.sheet.cell(row, column.index)) == others[0])
            reading.refuse_year(column.heading, others[0], table.sheet.where(row, column.index))


def _question_texts(column: Column, table: Table, reading: Reading, words: Words) -> None:
    """Doubt a year whose column is empty, or holds texts, as "(12)" and "ca 12", beside years with figures."""
    heading = _heading(column, table, reading.statistic, words)
    if heading.time and not words.limits(reading.statistic, heading.text):
        filled = (row for row in table.rows if plain(table.sheet.cell(row, column.index)))
        where = table.sheet.where(next(filled, table.header_row[-1] - 1), column.index)
        found = shown(column.cells[0]) if column.cells else "nothing but empty cells"
        remedy = "Ask the publisher for figures as numbers; with a yes the year is left out."
        reading.doubts.append(Fault(where, f"{found} below {column.heading!r}", "a figure", remedy))


def _year_stored_as(table: Table, reading: Reading) -> dict[str, str]:
    """How years are stored, where all are alike and not numbers."""
    headings = reading.columns.get("year", {})
    dated = [cell for column in table.columns if column.heading in headings for cell in column.cells]
    kinds = {
        "number" if isinstance(cell, int | float) else "date" if not isinstance(cell, str) or DATE.fullmatch(cell.strip()) else "text"
        for cell in dated
        # A year with a mark is a text beside numbers.
        if not isinstance(cell, str) or plain(cell).isdecimal() or DATE.fullmatch(cell.strip())
    }
    stored = kinds.pop() if len(kinds) == 1 else "number"
    return {"year_stored_as": stored} if stored == "date" or (stored == "text" and not table.sheet.holds_texts) else {}


def _marks(measured: Sequence[Column], table: Table, reading: Reading, words: Words) -> dict[str, str]:
    """What sets thousands apart and begins decimals in figures that are texts.

    Thousands are set apart by commas or points where all figures are, and one of them twice, or beside decimals. A mark that could be
    either is in doubt.
    """
    texts: dict[str, Column] = {}
    for column in measured:
        for cell in filter(lambda cell: isinstance(cell, str), column.cells):
            texts.setdefault(without_mark(cell, words.files)[0].strip(), column)
    figures = [text for text in texts if text not in SYMBOLS]
    for mark, pattern in GROUPED.items():
        is_certain = any(text.count(mark) > 1 or {",", "."} <= {*text} for text in figures)
        if all(map(pattern.fullmatch, figures)) and is_certain:
            return {"thousands": mark} | ({"decimal": "."} if mark == "," else {})
    decimals = [text for text in figures if (match := NUMBER.fullmatch(text)) and match["mark"]]
    if decimals and all(re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text) for text in decimals):
        column = texts[decimals[0]]
        row = next((row for row in table.rows if plain(table.sheet.cell(row, column.index)).startswith(decimals[0])), table.rows[0])
        found = f"{shown(decimals[0])}, whose mark may stand between thousands or begin decimals"
        remedy = "Ask for the file without marks between thousands; with a yes the mark begins decimals."
        reading.doubts.append(Fault(table.sheet.where(row, column.index), found, "a figure that is one number only", remedy))
    marks = {text[-len(match["decimals"]) - 1] for text in decimals if (match := NUMBER.fullmatch(text))}
    return {"decimal": "."} if marks == {"."} else {}
