"""How a sheet or a statistical table reads as a statistic: the layout that follows, and what the file does not say."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.declarations import Statistic
from pipeline.faults import Fault, refuse
from pipeline.ingest.cells import IGNORE, class_label
from pipeline.ingest.descriptions import REGION_FIELDS, days_of, own_labels
from pipeline.ingest.recognise.words import Words, year_in
from pipeline.ingest.times import YEAR, Day, Time, day_of, note_of
from pipeline.sources import NOTE, Layout

STATED = ("series", "size_definition", "threshold")
"""Headings of columns that say what all figures of a file are, as keys of Layout."""
OF_ALL = (*STATED, "kind", "disclosure_control")
"""Headings of columns that limit nothing, as a table built from firm-level records has them."""
PART = "Ask for the table of all; say yes only if the figures are of all in spite of it."
OF_YEARS = "Ask for figures of whole years, or of each year's last day; say yes only if they are so in spite of it."
BREAK = "Describe it by hand under breaks in sources.toml, as README.md shows; with a yes growth is computed across it."
UNEXPLAINED = "Ask the publisher; say yes only if it changes no figure."
YEAR_DAYS: tuple[Day, ...] = ("31 December", "1 January")
MOST_LISTED = 10
"""Regions without a figure that are named."""


@dataclass
class Reading:
    """How one table reads as a statistic.

    columns: of each field its headings, with a placeholder for what varies; several where it is not clear which is meant. named: the
    fields that the file's own words name. classes, labels: the codes of each classification, and the labels that need saying. where,
    constant, stated, ignored: as in Layout. texts: what stands around the table, titles those above it. values: headings of amounts.
    strangers_among_regions: labels of no region, with their texts. strangers: columns that hold classes which the statistic does not
    have. places: of each field the columns it stands in. days: the days that headings and cells say the figures are of, and where;
    periods: texts that say it of all figures. units: those of a statistical table, for each of its contents. figures: columns of
    figures. left_out: columns and variables with one text. settled: those texts that are a total, or in doubt already. notes: years as
    they are written, with the marks that refer to notes. marks: as in Layout. doubts: what may make the figures other than the
    statistic's.
    """

    statistic: Statistic
    place: str
    form: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, dict[str, None]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    classes: dict[str, set[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    other_names: dict[str, str] = field(default_factory=dict)
    strangers_among_regions: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    constant: dict[str, str | int] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, None] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    titles: Sequence[str] = ()
    texts: Sequence[str] = ()
    values: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    ending: dict[str, Any] = field(default_factory=dict)
    days: dict[Day, str] = field(default_factory=dict)
    periods: Sequence[str] = ()
    units: Sequence[str] = ()
    marks: dict[str, set[int]] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)

    @property
    def quantities(self) -> set[str]:
        """The quantities it has a column for."""
        return {name for name in self.columns if name in self.statistic.quantities}

    @property
    def words_near(self) -> list[str]:
        """The texts above and around the table, and its headings."""
        return [*self.titles, *self.texts, *(heading for headings in self.columns.values() for heading in headings)]

    @property
    def fits(self) -> bool:
        """Whether the table can be read so: it has figures, a column for each field, and no classes of something else."""
        return bool(self.quantities) and not (self.strangers or self.faults or any(self._ambiguous()))

    def _ambiguous(self) -> Iterator[Fault]:
        for name, headings in self.columns.items():
            if len(headings) > 1:
                found = f"columns that could each be {name}: {', '.join(map(repr, headings))}"
                remedy = "Describe the file by hand in sources.toml, and name under ignore what is not meant."
                yield Fault(self.place, found, "one kind of column", remedy)

    def keep_class(self, words: Words, classification: str, label: str, text: str = "") -> None:
        """Note a label of a class, and what it, or the text beside it, means where that is not its own code."""
        classes = words.catalogue.classes[classification]
        code = words.class_code(label, classes) or words.class_code(text, classes)
        if code is None:
            return
        self.classes.setdefault(classification, set()).add(code)
        if own_labels(classes).get(class_label(label)) != code:
            self.labels.setdefault(classification, {})[label] = code

    def keep_year(self, time: Time, text: str, place: str) -> None:
        """Note a year, what its mark means, and the day or the part of the year that is meant. text: as it is written."""
        self.years.add(time.year)
        self.days.setdefault(time.day, place)
        if time.note:
            self.notes[text] = time.note
        if time.note or time.mark:
            self.marks.setdefault(time.mark or NOTE, set()).add(time.year)

    def refuse_year(self, heading: str, text: str, place: str) -> None:
        """Note a fault in a column or variable of years: a text that is none."""
        self.faults.append(Fault(place, f"{text} among years", "a year", "Correct it, or ask the publisher."))
        self.columns.setdefault("year", {})[heading] = None

    def question_notes(self, words: Words, further: Sequence[str]) -> None:
        """Doubt a break in the series, and a mark that no note explains. further: texts of the rest of the file."""
        texts = [*self.titles, *self.texts, *further]
        for text in dict.fromkeys(text for text in texts if re.search(words.files.series_break, text, re.I)):
            expected = "figures that compare with those of the years before"
            self.doubts.append(Fault(self.place, f"a break in the series: {text!r}", expected, BREAK))
        for text in dict.fromkeys(text for text in texts if re.search(words.files.nil_for_unknown, text, re.I)):
            found, expected = f"the note {text!r}, by which a nil may not be one", "nil for nothing, and .. for what is not told"
            self.doubts.append(
                Fault(self.place, found, expected, "Ask the publisher for .. in its place; with a yes a nil is read as nil.")
            )
        self._mark_by_notes(words, dict.fromkeys(texts))
        for text, mark in self.notes.items():
            note = note_of(mark, texts)
            if note is None:
                found = f"the mark {mark!r} of {text!r}, which is not explained in the file"
                self.doubts.append(Fault(self.place, found, "a note that says what it means", UNEXPLAINED))
            else:
                self.notes[text] = f"{mark}: {note}"

    def _mark_by_notes(self, words: Words, texts: Iterable[str]) -> None:
        """Mark the years that a note calls preliminary or revised; doubt one that names no year, and that no mark refers to."""
        for text in texts:
            mark = words.mark_in(text)
            years = {int(year) for year in YEAR.findall(text)} & self.years
            if mark and years:
                self.marks.setdefault(mark, set()).update(years)
            elif mark and mark not in self.marks:
                self.doubts.append(
                    Fault(self.place, f"the note {text!r}, which does not say of which years", "the years of marked figures", UNEXPLAINED)
                )

    def _notes_of_some(self, further: Sequence[str]) -> set[str]:
        """The notes of marks beside some years or regions, which are told with them; none where all years have one."""
        notes = {note_of(mark, [*self.titles, *self.texts, *further]) for mark in self.notes.values()}
        return {note for note in notes if note} if self.marks.get(NOTE, set()) < self.years else set()

    def question_limits(self, words: Words, text: str, place: str) -> None:
        """Doubt what a heading, the name of contents or a column's only text says beyond the statistic."""
        self.question(place, repr(text), words.beyond_in_heading(self.statistic, text))

    def question(self, place: str, text: str, beyond: str) -> None:
        """Doubt a text for the words that it has beyond the statistic, where it has any."""
        if beyond:
            expected = f"all of {self.statistic.name} itself, neither a part of it nor another figure"
            self.doubts.append(Fault(place, f"{text}, which says more than the statistic: {beyond}", expected, PART))

    def _unknown_of_table(self, beyond: str) -> str:
        """What a title says beyond the statistic, without the names of the table's own columns and variables."""
        headings = [*(heading for each in self.columns.values() for heading in each), *self.where, *self.left_out]
        own = {word.casefold() for heading in headings for word in re.findall(r"\w+", heading)}
        return " ".join(word for word in beyond.split() if word.casefold() not in own)

    def within_year(self) -> list[Fault]:
        """What the table has in place of years."""
        within = self.days.get("a part of a year") or self.days.get("another day")
        remedy = OF_YEARS.partition(";")[0] + "."
        return [Fault(self.place, f"{within}, which is not a whole year", "years", remedy)] if within else []

    def settle_day(self, words: Words) -> None:
        """Decide which day the figures of a state are of; what is no year is a fault, and 1 January a doubt."""
        self.faults += self.within_year()
        self._question_days(words, self.periods)
        known = days_of(self.statistic, Layout(columns={"any": "any"}))
        by_text = self._days_by_text(words)
        day: Day = next((each for each in YEAR_DAYS if each in self.days), next(iter(by_text), ""))
        if {*YEAR_DAYS} <= self.days.keys() and self.statistic.at_year_end:
            found = f"{self.days['31 December']} and {self.days['1 January']}"
            self.faults.append(Fault(self.place, found, "figures of one day of each year", "Ask the publisher for one of them."))
        if day and day not in known:
            where = self.days.get(day) or f"the text {by_text[day]!r}"
            found = f"{where}, so figures of 1 January"
            expected = "figures of 31 December"
            remedy = "They are read as those of the year before, whose end it is: 1 January 2022 as 2021. Say yes if that is right."
            self.doubts.append(Fault(self.place, found, expected, remedy))
            self.form["reference_day"] = day
            self.years = {year - 1 for year in self.years}
            self.marks = {mark: {year - 1 for year in years} for mark, years in self.marks.items()}

    def _question_days(self, words: Words, texts: Iterable[str]) -> None:
        """Doubt texts by which the figures are of a part of each year, of another year than the calendar's, or of another day."""
        for text in texts:
            if not self._is_event(text) and (within := words.within_year_in(text)):
                expected = "figures of 31 December" if self.statistic.at_year_end else "figures of whole years"
                self.doubts.append(Fault(self.place, f"the text {text!r}, so figures of {within!r}", expected, OF_YEARS))

    def _days_by_text(self, words: Words) -> dict[Day, str]:
        """The days of each year that texts name, in their order, and the first text that does."""
        days: dict[Day, str] = {}
        for text in (*self.periods, *self.titles, *self.texts):
            if not self._is_event(text):
                days.setdefault(day_of(text, words.files), text)
        return {day: text for day, text in days.items() if day in YEAR_DAYS}

    def _is_event(self, text: str) -> bool:
        """Whether a text names a day of one year among several, as when a border changed."""
        named = {int(year) for year in YEAR.findall(text)}
        return bool(named) and len(self.years) > 1 and not self.years <= named and text not in self.titles

    def complete(self, words: Words, title: str | None, further: Sequence[str]) -> None:
        """Add what stands in no column and the title, or what stands above the table, names alone: the year, a class.

        further: texts of the rest of the file.
        """
        texts = [title] if title and YEAR.search(title) else self.titles
        year = year_in(texts)
        if year and not self.years:
            self.years.add(year)
            self.constant["year"] = year
        for name in self.statistic.classes:
            classes = words.catalogue.classes[name]
            labels = (words.class_in(text, classes) for text in self.titles)
            codes = {code for label in labels if label and (code := words.class_code(label, classes))}
            if name not in self.classes and len(codes) == 1:
                self.constant[name] = min(codes)
                self.classes[name] = codes
        self.settle_day(words)
        for text in self.titles:
            self.question(self.place, f"the title {text!r}", self._unknown_of_table(words.beyond_in_title(self.statistic, text)))
        of_some = self._notes_of_some(further)
        self._question_days(words, of_some)
        apart = {*self.titles, *self.units, *self.settled, *of_some}
        for text in dict.fromkeys(text for text in (*self.texts, *further) if text not in apart):
            beyond = words.beyond_in_note(self.statistic, text) or (not self.has_amounts and words.scale_in(text))
            self.question(self.place, f"the note {text!r}", beyond or "")
            if not beyond:
                self._question_days(words, [text])
        days = self._days_by_text(words)
        if self.statistic.at_year_end and len(days) > 1 and not {*YEAR_DAYS} & self.days.keys():
            found = " and ".join(map(repr, days.values()))
            self.doubts.append(Fault(self.place, found, "one day of each year", "Ask the publisher which of the two holds."))
        self.question_notes(words, further)
        self.faults += self._missing(words)

    def _missing(self, words: Words) -> Iterator[Fault]:
        """What the statistic has and the table does not: the year, a classification, a quantity."""
        held = {
            *self.columns,
            *self.constant,
            *re.findall(r"\{(\w+)\}", " ".join(heading for each in self.columns.values() for heading in each)),
        }
        left_out = f"; left out are {', '.join(map(repr, self.ignored))}" if self.ignored else ""
        if not {*REGION_FIELDS} & held:
            nouns = words.geography.en
            found = f"no column, no heading and no variable of {nouns.nouns}{left_out}"
            yield Fault(self.place, found, f"figures by {nouns.noun}", f"Ask the publisher for a table with a row for each {nouns.noun}.")
        if "year" not in held:
            found = f"no year in a column, a heading or a title{left_out}"
            yield Fault(
                self.place, found, "the year of each figure", "Say it in the title: --title '… 2022', or describe the file by hand."
            )
        for name in self.statistic.classes:
            if name not in held:
                found, expected = f"no column and no heading of {name}{left_out}", f"{', '.join(words.catalogue.classes[name].codes)}"
                yield Fault(self.place, found, expected, "Ask the publisher for them, or describe the file by hand in sources.toml.")

    def layout(self, words: Words, further: Sequence[str]) -> dict[str, Any]:
        """The layout, as keys of Layout that differ from the defaults. further: texts of the rest of the file.

        Raises DataRefused with the faults of the reading.
        """
        refuse(self.faults or list(self._ambiguous()))
        named = self.named_facts(words, further)
        facts: dict[str, Any] = {key: values[0] for key, values in named.items() if len(values) == 1}
        facts |= self.stated if self.statistic.has_series else {}
        facts["columns"] = {name: next(iter(headings)) for name, headings in self.columns.items()}
        facts |= {"where": self.where, "constant": self.constant, "labels": self.labels}
        facts |= {"regions": self.aliases, "ignore": list(self.ignored)}
        facts |= {"marks": {mark: sorted(years) for mark, years in self.marks.items()}}
        return self.form | {key: value for key, value in facts.items() if value} | self.ending

    @property
    def has_amounts(self) -> bool:
        """Whether it has a quantity in a currency."""
        return any(self.statistic.quantities[name].kind == "money" for name in self.quantities)

    def named_facts(self, words: Words, further: Sequence[str]) -> dict[str, list[str]]:
        """Of unit and series, those that its layout has, what the file names: one of each, or it is not clear."""
        texts = [*self.texts, *further]
        near = [*self.values, *self.titles] if words.units(self.values) else []
        units = {"unit": words.units(near, self.texts, texts)} if self.has_amounts else {}
        return units | ({"series": words.series(self.statistic, texts)} if self.statistic.has_series else {})

    def findings(self, layout: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
        """What is said of the table: where it stands, its columns and years, and all that was read out of words."""
        if "sheet" in layout:
            yield "sheet", layout["sheet"]
        if "header_row" in self.places:
            yield "headings", f"row {self.places['header_row']}"
        for name, heading in layout["columns"].items():
            yield name, f"column {self.places[name]}, “{heading}”" if name in self.places else heading
        yield "years", f"{min(self.years)}–{max(self.years)}" if self.years else "none"
        yield from ((key, f"{value}, of all rows") for key, value in self.constant.items())
        if self.form.get("reference_day"):
            yield "day", f"{self.form['reference_day']}, so of the year before"
        yield from ((mark, ", ".join(map(str, sorted(years)))) for mark, years in self.marks.items() if mark != NOTE)
        yield from (("rows", f"where {heading} is {text}") for heading, text in self.where.items())
        if self.has_amounts:
            yield "unit", layout.get("unit", "not told")
        if self.statistic.has_series:
            yield "series", layout.get("series", "not told")
        for key in STATED[1:]:
            if key in self.stated:
                yield key.replace("_", " ").removeprefix("size "), self.stated[key]
        yield from self._left_out(words)

    def _left_out(self, words: Words) -> Iterator[tuple[str, str]]:
        """What is said of names, marks, and columns that are not read."""
        by_text = [f"{code} as {words.names[region]}" for code, region in self.aliases.items() if region != IGNORE]
        if by_text:
            yield "region", f"read by their texts: {', '.join(by_text)}"
        yield from (("region", f"{label!r} is left out") for label, code in self.aliases.items() if code == IGNORE)
        yield from (("region", f"{label!r} is {words.names[code]}") for label, code in self.other_names.items())
        yield from (("mark", f"{text!r} refers to a note, {note}") for text, note in self.notes.items())
        if self.ignored or self.left_out:
            only = [f"{heading} (only {text})" for heading, text in self.left_out.items()]
            yield "left out", ", ".join([*only, *(heading for heading in self.ignored if heading not in self.left_out)])


def regions_of(readings: Sequence[Reading], words: Words) -> str:
    """How many of all regions have figures, and which have none."""
    regions = set().union(*(reading.regions for reading in readings))
    missing = [name for code, name in words.names.items() if code not in regions and code != words.geography.whole]
    rest = f" and {len(missing) - MOST_LISTED} more" if len(missing) > MOST_LISTED else ""
    without = f", without {', '.join(missing[:MOST_LISTED])}{rest}" if missing else ""
    return f"{len(regions)} of {len(words.names)}{without}"
