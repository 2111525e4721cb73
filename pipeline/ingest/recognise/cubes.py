"""A statistical table, JSON-stat 2 or PX: what each of its variables holds for a statistic."""

import math
from collections.abc import Mapping
from dataclasses import replace

from pipeline.cubes import CONFIDENTIAL, Cube, Term
from pipeline.faults import Fault
from pipeline.ingest.cells import IGNORE, SYMBOLS
from pipeline.ingest.recognise import strangers
from pipeline.ingest.recognise.blanks import FEWEST_REGIONS
from pipeline.ingest.recognise.readings import PART, Reading
from pipeline.ingest.recognise.words import Words
from pipeline.ingest.times import YEAR_AND_MORE, day_of, mark_of, time_of

NORMAL = ("A", "a")
"""The flag of SDMX for a figure as any other."""
UNREAD = "Ask the publisher what it means; with a yes the figures are recorded without it."
VALUE = "value"
"""The column of the figures of a table that holds one thing."""
OTHER_TERMS: Mapping[Term, str] = {
    ("CFPRICES", "F"): "fixed prices",
    ("priceType", "Fixed"): "fixed prices",
    ("STOCKFA", "A"): "averages",
    ("measuringType", "Average"): "averages",
    ("SEASADJ", "YES"): "figures adjusted for seasons",
    ("DAYADJ", "YES"): "figures adjusted for working days",
    ("adjustment", "SesOnly"): "figures adjusted for seasons",
    ("adjustment", "WorkOnly"): "figures adjusted for working days",
    ("adjustment", "WorkAndSes"): "figures adjusted for working days and seasons",
}
"""What the formats' keys say of figures that are no statistic's own."""
STATE_TERMS: Mapping[Term, str] = {("STOCKFA", "F"): "what happens in a year", ("measuringType", "Flow"): "what happens in a year"}
"""What they say of figures that are not those of a day."""


def read_into(reading: Reading, cube: Cube, words: Words, columns: Mapping[str, str] | None = None) -> None:
    """Note in a reading what each variable and content of a table holds; columns say of fields which they are."""
    described = {variable: name for name, variable in (columns or {}).items()}
    reading.titles, reading.periods = list(dict.fromkeys((cube.title, *cube.further_titles))), cube.periods
    reading.texts = [text for text in (*reading.titles, *cube.notes, *cube.units.values()) if text]
    reading.units = list(cube.units.values())
    for variable, codes in cube.codes.items():
        if variable != cube.contents:
            labels = {code: cube.labels[variable].get(code, code) for code in codes}
            field = described.get(variable) if columns else _field(variable, labels, reading, words)
            if field:
                _keep(variable, labels, field, reading, words)
            elif len(labels) > 1:
                _choose(variable, labels, reading, words)
            else:
                _only(variable, labels, reading, words)
    _contents(cube, described, reading, words)
    _marked(cube, reading, words)


def _field(variable: str, labels: Mapping[str, str], reading: Reading, words: Words) -> str | None:
    """What a variable holds, by its codes and their labels: years, regions, a classification of the statistic; else None."""
    if all(time_of(code, words.files) for code in labels):
        return "year"
    own = [code for code in labels if any(code.startswith(region) for region in words.names)]
    if any(code in words.names for code in own) and 2 * len(own) >= len(labels):
        lost = (code not in words.names and words.padded(code) == words.region(text) for code, text in labels.items())
        return "region" if any(map(words.is_elsewhere, labels.values())) or any(lost) else "region_code"
    if sum(words.region(code) is not None or words.region(text) is not None for code, text in labels.items()) >= FEWEST_REGIONS:
        return "region"
    free = (name for name in reading.statistic.classes if name not in reading.columns)
    return next((name for name in free if _are_classes(variable, labels, name, words)), None)


def _are_classes(variable: str, labels: Mapping[str, str], name: str, words: Words) -> bool:
    classes = words.catalogue.classes[name]
    return any(words.are_classes(list(texts), variable, classes) for texts in (labels, labels.values()))


def _keep(variable: str, labels: Mapping[str, str], field: str, reading: Reading, words: Words) -> None:
    """Note a variable that is a field, and what its codes mean."""
    reading.columns.setdefault(field, {})[variable] = None
    if field == "year":
        for code, label in labels.items():
            _keep_year(variable, code, label, reading, words)
    elif field in reading.statistic.classes:
        reading.named.add(field)
        for code, label in labels.items():
            reading.keep_class(words, field, code, label)
    else:
        by_text = {code: region for code, label in labels.items() if not words.region(code) and (region := words.region(label))}
        reading.regions |= {region for code in labels if (region := words.region(code) or by_text.get(code))}
        reading.aliases |= by_text if field == "region" else {}
        reading.aliases |= {code: IGNORE for code, label in labels.items() if words.is_elsewhere(label)}
        strange = {code: label for code, label in labels.items() if not words.region(code) and code not in reading.aliases}
        strangers.keep(strange, reading, words)
        strangers.question(reading, words)


def _keep_year(variable: str, code: str, label: str, reading: Reading, words: Words) -> None:
    """Note the year that a code names. Its label may have a mark; one that says more is in doubt, one of another year is a fault."""
    time, text = time_of(code, words.files), time_of(label, words.files)
    if time is None:
        return
    place = f"{variable} {code}"
    if text and text.year != time.year:
        remedy = "Ask the publisher which of the two holds."
        reading.faults.append(Fault(f"{reading.place}, {place}", f"the text {label!r}", f"the year {time.year}, as the code says", remedy))
    elif text:
        time = replace(time, mark=text.mark, note=text.note, day=text.day or time.day)
    elif label != code:
        time = replace(time, day=day_of(label, words.files) or time.day)
        beyond = words.limits(reading.statistic, label)
        if beyond and time.day not in ("a part of a year", "another day"):
            reading.doubts.append(
                Fault(f"{reading.place}, {place}", f"the text {label!r}", f"the year {time.year} and nothing else", UNREAD)
            )
    reading.keep_year(time, label, place)


def _only(variable: str, labels: Mapping[str, str], reading: Reading, words: Words) -> None:
    """Note the only code of a variable that the statistic does not have: its total, or in doubt."""
    ((code, label),) = labels.items()
    reading.left_out[variable] = label
    if not (words.is_total(label) or words.is_total(code) or words.is_own(reading.statistic, label)):
        found = f"{variable} = {label} ({code}) alone"
        expected = f"the total of {variable}: one code may be a part of {reading.statistic.name}"
        reading.doubts.append(Fault(f"{reading.place}, {variable}", found, expected, PART))


def _choose(variable: str, labels: Mapping[str, str], reading: Reading, words: Words) -> None:
    """Choose one code of a variable that the statistic does not have."""
    others = [name for name in words.catalogue.classes if name not in reading.statistic.classes]
    if any(_are_classes(variable, labels, name, words) for name in others):
        reading.strangers.append(variable)
    chosen = words.rows_of(reading.statistic, labels.values())
    if chosen:
        reading.where[variable] = next(code for code, label in labels.items() if label == chosen)
        if not words.is_total(chosen):
            reading.question_limits(words, chosen, f"{reading.place}, {variable}")
        return
    first, text = next(iter(labels.items()))
    if "year" not in reading.columns and all(map(YEAR_AND_MORE.search, labels.values())):
        reading.refuse_year(variable, text if time_of(text, words.files) is None else first, f"{reading.place}, {variable}")
        return
    found = f"the variable {variable} with {len(labels)} codes, and not one of them its total, the first {first} ({text})"
    expected = "regions, years, contents, classes of the statistic, and variables with a total"
    remedy = f"Ask for the table without {variable}, so that the publisher adds it up, or with its total; one other code is a part."
    reading.faults.append(Fault(reading.place, found, expected, remedy))


def _contents(cube: Cube, described: Mapping[str, str], reading: Reading, words: Words) -> None:
    """Note each quantity's code among the contents; of a table of one thing its one column."""
    statistic = reading.statistic
    codes = cube.codes[cube.contents] if cube.contents else (VALUE,)
    for code in codes:
        text = cube.labels[cube.contents].get(code, code) if cube.contents else cube.title
        quantity = described.get(code) or words.quantity(statistic, text)
        reading.figures.append(text)
        if quantity:
            reading.named.add(quantity)
        elif len(codes) == 1 and not (cube.contents and words.limits(statistic, text)):
            # Contents called "Antal" are what the title names; "Folkökning" is something else.
            quantity = next(iter(words.quantities(statistic, text)), None)
        if quantity is None or reading.columns.get(quantity, {code: None}) != {code: None}:
            reading.ignored[code] = None
            continue
        if cube.contents:
            reading.question_limits(words, text, f"{reading.place}, {cube.contents}")
        reading.columns[quantity] = {code: None}
        place = f"{reading.place}, {cube.contents}" if cube.contents else reading.place
        unit = cube.units.get(code) or cube.units.get(text) or cube.units.get("") or ""
        reading.values += [unit] if statistic.quantities[quantity].kind == "money" and unit else []
        reading.question_limits(words, unit, place)
        for term in dict.fromkeys(term for of in ("", code, text) for term in cube.terms.get(of, ())):
            _question_term(term, place, reading)


def _question_term(term: Term, place: str, reading: Reading) -> None:
    """Doubt what a format's own key says of the figures, where it is not what the statistic holds."""
    what = OTHER_TERMS.get(term) or (STATE_TERMS.get(term) if reading.statistic.at_year_end else None)
    if what:
        expected = f"all of {reading.statistic.name} itself, as it is counted"
        reading.doubts.append(Fault(place, f"{term[0]} = {term[1]}, which means {what}", expected, PART))


def _marked(cube: Cube, reading: Reading, words: Words) -> None:
    """Note the years in which symbols beside figures mean that these are preliminary or revised. Others that stand beside a figure are in
    doubt."""
    variable = next(iter(reading.columns.get("year", {})), None)
    marks = {number: mark for number, symbol in cube.symbols.items() if (mark := mark_of(symbol, words.files))}
    others = {number: symbol for number, symbol in cube.symbols.items() if number not in marks and symbol not in (*SYMBOLS, *NORMAL)}
    for symbol in dict.fromkeys(others.values()):
        beside = [number for number, each in others.items() if each == symbol and cube.values[number].is_valid]
        if beside and symbol.lower() != CONFIDENTIAL:
            found = f"the status {symbol!r} beside {len(beside):,} figure{'s' * (len(beside) > 1)}"
            expected = "figures that compare with the others: a flag may say that they are estimated, or of another kind"
            reading.doubts.append(Fault(f"{reading.place}, value[{beside[0]}]", found, expected, UNREAD))
    if variable is not None and marks:
        places = list(cube.codes)
        inner = math.prod(len(cube.codes[name]) for name in places[places.index(variable) + 1 :])
        codes = cube.codes[variable]
        for number, mark in marks.items():
            time = time_of(codes[number // inner % len(codes)], words.files)
            reading.marks.setdefault(mark, set()).update([time.year] if time else [])
