"""How a sheet or a statistical table reads as a statistic: the layout that follows, and what the file does not say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.catalogue import Statistic
from pipeline.faults import DataRefused, Fault
from pipeline.ingest.cells import class_label
from pipeline.ingest.recognise.words import YEAR, Words, year_in
from pipeline.ingest.tables import own_labels

STATED = ("series", "size_definition", "threshold")
"""Headings of columns that say what all figures of a file are, as keys of Layout."""
MOST_LISTED = 10
"""Regions without a figure that are named."""


@dataclass
class Reading:
    """How one table reads as a statistic.

    columns: of each field its headings, with a placeholder for what varies; several where it is not clear which is meant. named: the
    fields that the file's own words name. classes, labels: the codes of each classification, and the labels that need saying. where,
    constant, stated, ignored: as in Layout. texts: what stands around the table, titles those above it. values: headings of amounts.
    strangers: columns that hold classes which the statistic does not have. places: of each field the columns it stands in.
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
    faults: list[Fault] = field(default_factory=list)

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

    def complete(self, words: Words, title: str | None) -> None:
        """Add what stands in no column and the title, or what stands above the table, names alone: the year, a class."""
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

    def layout(self, words: Words, further: Sequence[str]) -> dict[str, Any]:
        """The layout, as keys of Layout that differ from the defaults. further: texts of the rest of the file.

        Raises DataRefused with the faults of the reading.
        """
        faults = [*self.faults, *self._ambiguous()]
        if faults:
            raise DataRefused(faults)
        texts = [*self.texts, *further]
        facts: dict[str, Any] = {}
        if self.has_amounts:
            facts["unit"] = words.unit(self.values, self.texts, texts)
        if self.statistic.has_series:
            facts |= {"series": words.series(self.statistic, texts), **self.stated}
        facts["columns"] = {name: next(iter(headings)) for name, headings in self.columns.items()}
        facts |= {"where": self.where, "constant": self.constant, "labels": self.labels}
        facts |= {"regions": self.aliases, "ignore": list(self.ignored)}
        return self.form | {key: value for key, value in facts.items() if value} | self.ending

    @property
    def has_amounts(self) -> bool:
        """Whether it has a quantity in a currency."""
        return any(self.statistic.quantities[name].kind == "money" for name in self.quantities)

    @property
    def stated_keys(self) -> tuple[str, ...]:
        """Which of unit and series its layout has."""
        return ("unit",) * self.has_amounts + ("series",) * self.statistic.has_series

    def findings(self, layout: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
        """What is said of the table: where it stands, its columns and years, and all that was read out of words."""
        if "sheet" in layout:
            yield "sheet", layout["sheet"]
        if "header_row" in self.places:
            yield "headings", f"row {self.places['header_row']}"
        for name, heading in layout["columns"].items():
            yield name, f"column {self.places[name]}, “{heading}”" if name in self.places else heading
        yield "years", f"{min(self.years)}–{max(self.years)}" if self.years else "none"
        for key, value in self.constant.items():
            yield key, f"{value}, of all rows"
        for heading, text in self.where.items():
            yield "rows", f"where {heading} is {text}"
        if self.has_amounts:
            yield "unit", layout.get("unit", "not told")
        if self.statistic.has_series:
            yield "series", layout.get("series", "not told")
        for key in STATED[1:]:
            if key in self.stated:
                yield key.replace("_", " ").removeprefix("size "), self.stated[key]
        for label in self.aliases:
            yield "region", f"{label!r} is left out"
        for label, code in self.other_names.items():
            yield "region", f"{label!r} is {words.names[code]}"
        if self.ignored:
            yield "left out", ", ".join(self.ignored)


def regions_of(readings: Sequence[Reading], words: Words) -> str:
    """How many of all regions have figures, and which have none."""
    regions = set().union(*(reading.regions for reading in readings))
    missing = [name for code, name in words.names.items() if code not in regions and code != words.geography.whole]
    rest = f" and {len(missing) - MOST_LISTED} more" if len(missing) > MOST_LISTED else ""
    without = f", without {', '.join(missing[:MOST_LISTED])}{rest}" if missing else ""
    return f"{len(regions)} of {len(words.names)}{without}"
