"""The vocabulary: geographies, classes, statistics, measures and indicators, as catalogue/ declares them.

A catalogue is frozen. Python reads it as models, SQL as the small tables of `tables`. docs/catalogue.md tells every key.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from pipeline.faults import DataRefused, Fault
from pipeline.home import catalogue_folder, sql_files
from pipeline.settings import Closed, Text, WebAddress, load

TOTAL = "total"
"""The code of a whole over classes, where a file publishes one."""
REGIONS = "regions"
"""The table of a geography's codes and names."""
KNOWN = ("ok", "nil")
UNITS = {"": 1, "thousand ": 1_000, "million ": 1_000_000, "billion ": 1_000_000_000}
"""What may stand before a currency in the unit of a file."""


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"a regular expression; this one has a fault: {error}") from None
    return text


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        raise ValueError("a name: small letters, digits and _, first a letter")
    return text


def _sentence(text: str) -> str:
    """A whole sentence; thousands keep together."""
    for placeholder in re.findall(r"\{(.*?)\}", text):
        if placeholder not in PLACEHOLDERS:
            raise ValueError(f"only the placeholders {', '.join(PLACEHOLDERS)}; {placeholder!r} is none")
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "\u202f", text)


def phrases(text: str) -> list[str]:
    """The phrases of a list in prose, between commas."""
    return [" ".join(phrase.split()) for phrase in re.split(r",\s", text.strip()) if phrase]


def alternatives(text: str) -> str:
    """A regular expression for any of the phrases between commas; without any, for nothing.

    * stands for the rest of a word, (a|b) for one of them, [a b] for one of them or nothing, a … b for an a that a b follows in
    its clause.
    """
    patterns = []
    for phrase in sorted(phrases(text), key=len, reverse=True):
        pattern = re.sub(r"[.+?]", r"\\\g<0>", phrase).replace("(", "(?:").replace("*", r"\w*")
        pattern = re.sub(r"\[([^]]*)\] ", lambda words: f"(?:(?:{'|'.join(words[1].split())})@)?", pattern)
        head, _, ahead = pattern.partition(" … ")
        pattern = rf"{head}(?!\w)(?=[^.;]*?\b{ahead}(?!\w))" if ahead else head
        patterns.append(pattern.replace("@", " ").replace(" ", r"\s+"))
    return "|".join(patterns) or "(?!)"


def _phrases(text: str) -> str:
    _pattern(alternatives(text))
    return text


PLACEHOLDERS = ("region", "value", "base", "final", "base_year", "final_year", "label")
Pattern = Annotated[str, AfterValidator(_pattern)]
NOTHING = "(?!)"
"""The pattern that matches nothing."""
Name = Annotated[str, AfterValidator(_name)]
Sentence = Annotated[Text, AfterValidator(_sentence)]
Phrases = Annotated[str, AfterValidator(_phrases)]
Code = Literal["sv", "en"]
LANGUAGES: tuple[Code, ...] = ("sv", "en")
Prose = dict[Code, Phrases]
"""By language, the phrases by which prose names a thing; `alternatives` tells what may stand in one."""


class Worded(Closed):
    """What is worded in Swedish and in English, under sv and en. Where one is left out, the other stands in."""

    _languages: tuple[Code, ...] = PrivateAttr(LANGUAGES)

    @model_validator(mode="wrap")
    @classmethod
    def one_for_both(cls, content: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        given = [code for code in LANGUAGES if isinstance(content, dict) and code in content]
        if not given:
            return handler(content)
        worded = handler({"sv": content.get("en"), "en": content.get("sv")} | content)
        worded._languages = tuple(given)
        return worded

    @property
    def languages(self) -> tuple[Code, ...]:
        """The languages that its words are given in, Swedish first."""
        return self._languages


class Wording(Closed):
    """What is said of a measure that is taken in one way: its label, and a sentence for each case."""

    label: Text
    up: Sentence | None = None
    down: Sentence | None = None
    same: Sentence | None = None
    level: Sentence | None = None


class Words(Closed):
    """What a measure is called in one language, its unit, and its wording as level, growth and change."""

    name: Text
    unit: Text
    level: Wording | None = None
    growth: Wording | None = None
    change: Wording | None = None


class MapLayout(Closed):
    """How outlines become a map: conic equal-area projection; its size, and the room for a legend on its left, in pixels."""

    parallels: tuple[float, float]
    rotate: tuple[float, float]
    scale: float
    translate: tuple[float, float]
    width: int
    height: int
    room: int


class Groups(Closed):
    """Groups of regions: the first digits of a region's code are its group's."""

    digits: int = Field(ge=1)
    names: dict[str, Text]
    sv: str
    en: str


class Nouns(Closed):
    """What regions, the whole and amounts are called in one language, as texts use it: a_noun is "ett län", code "länskod"."""

    noun: Text
    a_noun: Text
    the_noun: Text
    nouns: Text
    the_nouns: Text
    code: Text
    whole: str = ""
    the_whole: str = ""
    money: str = ""
    money_short: str = ""
    million_short: str = ""
    thousand_short: str = ""
    map_credit: str = ""


class AmountWords(Closed):
    """How a file may write amounts of a currency in ones, thousands and millions."""

    million: Pattern
    thousand: Pattern
    one: Pattern


class FileWords(Closed):
    """What files write around figures; each is a pattern of words, and one that is not given matches nothing.

    neutral: words of a heading that limit nothing. parts: words of a title by which a table is of a part only. unlimited: of a column
    with one text, "heading: text" where that limits nothing. total: labels of all together. year_end, year_start: the last and the
    first day of a year. within_year: quarters, months and the like. before_year: what may stand before a year. marks: by what they
    mean, as preliminary, the marks beside a year or a figure; called: the meaning in what is said of a file.
    """

    neutral: Pattern = NOTHING
    parts: Pattern = NOTHING
    unlimited: Pattern = NOTHING
    total: Pattern = NOTHING
    year_end: Pattern = NOTHING
    year_start: Pattern = NOTHING
    within_year: Pattern = NOTHING
    before_year: Pattern = NOTHING
    marks: dict[Name, Pattern] = {}
    called: dict[Literal["sv", "en"], dict[Name, Text]] = {}

    @model_validator(mode="after")
    def marks_are_called(self) -> Self:
        if any(called.keys() != self.marks.keys() for called in self.called.values()) or bool(self.marks) != bool(self.called):
            raise ValueError("each of marks is called something in each language, and nothing else is")
        return self

    def meaning(self, mark: str, language: Literal["sv", "en"]) -> str:
        """What a mark means, in a language, or in the other where it is not said in it."""
        return (self.called.get(language) or next(iter(self.called.values())))[mark]


class Toponyms(Closed):
    """How prose names the whole, amounts, regions by adjectives (their stems, by code), and areas that are no region."""

    whole: Phrases = ""
    money: Phrases = ""
    adjectives: dict[str, Phrases] = {}
    other_areas: Phrases = ""


class Geography(Worded):
    """The regions that are compared: their codes, the whole they are part of, and what they are called.

    code: the pattern of a code. whole: the code of all regions together, if there is one. count: how many regions there are, the
    whole aside, where that is fixed. beginnings, endings: what may stand
    around a name and does not change it. elsewhere: labels of no region. outlines: the map's file beside this one. spatial: the
    address that data portals know the whole by. words: how prose names them, by language. other_figures: headings of columns that
    are neither amounts nor counts of a statistic, such as shares and growth. files: what else files write around figures.
    """

    name: Name
    code: Pattern
    whole: str | None = None
    count: int | None = Field(default=None, ge=2)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    outlines: str | None = None
    spatial: WebAddress | None = None
    beginnings: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    other_figures: Pattern | None = None
    other_names: dict[str, tuple[Text, ...]] = {}
    groups: Groups | None = None
    map: MapLayout | None = None
    units: AmountWords | None = None
    files: FileWords = FileWords()
    words: dict[Code, Toponyms] = {}
    sv: Nouns
    en: Nouns

    @model_validator(mode="after")
    def codes_fit(self) -> Self:
        adjectives = (code for words in self.words.values() for code in words.adjectives)
        for code in [*([self.whole] if self.whole else []), *self.other_names, *adjectives]:
            if not re.fullmatch(self.code, code):
                raise ValueError(f"the code {code!r} does not fit the pattern {self.code!r}")
        if bool(self.outlines) != bool(self.map):
            raise ValueError("outlines and map go together")
        return self

    def nouns(self, language: str) -> Nouns:
        """What things are called in a language."""
        nouns: Nouns = getattr(self, language)
        return nouns

    def label(self, name: str) -> str:
        """A region's name without what may stand around it, in small letters: the same for all ways to write it."""
        label = " ".join(name.split()).casefold()
        for beginning in self.beginnings:
            label = label.removeprefix(beginning)
        for ending in self.endings:
            label = label.removesuffix(ending)
        return label

    def group_of(self, code: str) -> str | None:
        """The name of a region's group."""
        return self.groups.names.get(code[: self.groups.digits]) if self.groups else None


class Labels(Closed):
    """How a file may write classes: patterns for a class, for the total, and for the heading above them.

    pattern: of labels whose numbers are a class's bounds. codes: of the labels of single classes.
    """

    pattern: Pattern | None = None
    codes: dict[str, Pattern] = {}
    total: Pattern
    heading: Pattern


class Notes(Closed):
    """What the report says of a thing in one language: definitions as "term: meaning", limits, and whom its figures are credited to."""

    definitions: tuple[Text, ...] = ()
    limits: tuple[Text, ...] = ()
    credit: Text | None = None


class ClassWords(Notes):
    """What a class and classes are called in one language, the names of classes, groups and the total in a sentence, and notes."""

    class_: Text = Field(alias="class")
    classes: Text
    names: dict[str, Text] = {}


class StatisticWords(Notes):
    """What a statistic and its quantities are called in one language, and what is said of them."""

    name: Text
    quantities: dict[Name, Text] = {}


class Classes(Worded):
    """A list of classes in order, with named groups of them. Its name is the column that holds them.

    words: by language, how prose names a class, a group or the total. members: how it names what is in the classes.
    """

    name: Name
    meaning: Text
    codes: tuple[Text, ...] = Field(min_length=1)
    groups: dict[Name, tuple[Text, ...]] = {}
    bounds: dict[str, tuple[int, ...]] = {}
    labels: Labels | None = None
    words: dict[Code, dict[str, Phrases]] = {}
    members: Prose = {}
    sv: ClassWords
    en: ClassWords

    @model_validator(mode="after")
    def parts_exist(self) -> Self:
        labels = ("labels.codes", tuple(self.labels.codes if self.labels else ()))
        for place, codes in (*(("groups", codes) for codes in self.groups.values()), ("bounds", tuple(self.bounds)), labels):
            for code in codes:
                if code not in self.codes:
                    raise ValueError(f"the class {code!r} in {place} is not among codes: {', '.join(self.codes)}")
        spoken = [*self.words.values(), self.sv.names, self.en.names]
        for name in (name for names in spoken for name in names):
            if name not in {TOTAL, *self.groups, *self.codes}:
                raise ValueError(f"words or names of {name!r}, which is neither a class, a group nor {TOTAL}")
        if {TOTAL, *self.groups} & set(self.codes):
            raise ValueError(f"a class has the name of a group, or is called {TOTAL}")
        return self

    def select(self, name: str | None) -> tuple[str, ...]:
        """The codes of a class or a group; of None, all."""
        return self.codes if name is None else self.groups.get(name, (name,))


class Yardstick(Closed):
    """Published totals that the scale of a quantity is held against: a quantity of another statistic, in one of its classes."""

    statistic: Name
    quantity: Name
    class_: str = Field(default="", alias="class")


class Quantity(Closed):
    """A value of a statistic.

    money is in the geography's currency; count in whole numbers; index has no unit. adds_up_over: regions and classes whose
    values add up. above_zero: always known and above zero. units_behind: the quantity whose units this one counts.
    words: how prose names it, where that is not how it names the statistic. per: how prose names its units after "per".
    """

    kind: Literal["money", "count", "index"]
    meaning: Text
    of: Text | None = None
    adds_up_over: tuple[Name, ...] = ()
    above_zero: bool = False
    units_behind: Name | None = None
    heading: Pattern | None = None
    yardstick: Yardstick | None = None
    words: Prose = {}
    per: Prose = {}


class Statistic(Worded):
    """What is measured of whom: keys (region, year and classes) and quantities.

    has_series: values belong to a series, and growth across two is refused. at_year_end: the state of the year's last day.
    whole_required: the whole is asked for as each region is. is_yardstick: scattered totals, of which no row is missed.
    named: the pattern of words by which a file says that it is of this statistic. words: how prose names it; a phrase that
    several statistics have may mean each of them. not_in_data: what sounds like it and is not measured.
    """

    name: Name
    meaning: Text
    classes: tuple[Name, ...] = ()
    quantities: dict[Name, Quantity] = Field(min_length=1)
    has_series: bool = False
    at_year_end: bool = False
    whole_required: bool = False
    is_yardstick: bool = False
    named: Pattern | None = None
    series: dict[str, Pattern] = {}
    sv: StatisticWords
    en: StatisticWords
    words: Prose = {}
    not_in_data: Prose = {}

    @model_validator(mode="after")
    def quantities_fit(self) -> Self:
        for name, quantity in self.quantities.items():
            strange = set(quantity.adds_up_over) - {REGIONS, *self.classes}
            if strange:
                raise ValueError(f"{name} adds up over {strange.pop()!r}, which is neither regions nor one of its classes")
            if quantity.units_behind and quantity.units_behind not in self.quantities:
                raise ValueError(f"{name} counts the units behind {quantity.units_behind!r}, which is not one of its quantities")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell its rows apart."""
        return (*self.classes, "region_code", "year") if self.is_yardstick else ("region_code", "year", *self.classes)


class Cells(Closed):
    """A quantity of a statistic over chosen classes; of classes that are not named, all together."""

    model_config = {"extra": "allow", "frozen": True}

    statistic: Name
    quantity: Name

    @property
    def classes(self) -> dict[str, str]:
        """The class or group chosen of each classification."""
        return {name: str(chosen) for name, chosen in (self.model_extra or {}).items()}


class Over(Closed):
    """One measure divided by another, times a factor."""

    measure: Name
    by: Name
    times: int = Field(default=1, ge=1)


Taken = Literal["level", "growth", "change"]
Unit = Literal["money", "count", "rate", "share", "index"]


class Measure(Worded):
    """What indicators are taken from: the cells of a statistic, or one measure over another. Level by region and year.

    unit: money in the geography's currency; count in whole numbers; rate and index with a decimal where small; share in per cent.
    sv, en: name, unit, and for each way to take it (level, growth, change) a label and whole sentences.
    """

    name: Name
    cells: Cells | None = None
    over: Over | None = None
    unit: Unit
    compares_with_whole: bool | None = None
    sv: Words
    en: Words

    @model_validator(mode="after")
    def one_of_two(self) -> Self:
        if (self.cells is None) == (self.over is None):
            raise ValueError("a measure says either cells or over")
        return self


class OwnIndicator(Worded):
    """An indicator with an SQL file of its own, sql/indicators/<name>.sql: one row a region, with region_code, <name> and status.

    reads: the measures whose raw cells are behind it.
    """

    name: Name
    meaning: Text
    unit: Unit | Literal["growth"]
    reads: tuple[Name, ...]
    lowest: float | None = None
    highest: float | None = None
    compares_with_whole: bool = False
    sv: Words
    en: Words


@dataclass(frozen=True)
class Meaning:
    """What an indicator is: a measure taken as level, growth or change, or an SQL file of its own, which has no measure.

    labels, unit_words, wordings: by language. spans: it compares two years. lowest, highest: what it can be.
    """

    measure: str
    taken: Taken
    unit: Unit | Literal["growth"]
    labels: Mapping[str, str]
    unit_words: Mapping[str, str]
    wordings: Mapping[str, Wording | None]
    compares_with_whole: bool
    reads: tuple[str, ...]
    lowest: float = -math.inf
    highest: float = math.inf

    @property
    def spans(self) -> bool:
        """Whether it compares two years."""
        return self.taken != "level"


TAKEN_AS = {"sv": {"growth": "tillväxt", "change": "förändring"}, "en": {"growth": "growth", "change": "change"}}
"""What follows a measure's name in the label of an indicator that has no wording of its own."""
GROWTH_UNIT = {"sv": "förändring, %", "en": "relative change"}


class Catalogue(Closed):
    """The whole vocabulary, and of it the geography that a round compares."""

    folder: Path
    geography: Geography
    classes: dict[str, Classes]
    statistics: dict[str, Statistic]
    measures: dict[str, Measure]
    indicators: dict[str, OwnIndicator] = {}

    def faults(self) -> Iterator[Fault]:
        """What does not fit together: names of things that are not there, cells that do not add up."""
        strange = [(one.name, name) for one in self.statistics.values() for name in one.classes if name not in self.classes]
        if strange:
            yield from (self._missing("statistics", statistic, "classes", name, self.classes) for statistic, name in strange)
            return
        for statistic in self.statistics.values():
            for key, quantity in statistic.quantities.items():
                if quantity.yardstick:
                    yield from self._yardstick(statistic.name, key, quantity.yardstick)
        for measure in self.measures.values():
            if measure.cells:
                yield from self._cells(measure.name, measure.cells)
            if measure.over:
                yield from self._over(measure.name, measure.over)
        for own in self.indicators.values():
            if own.name not in sql_files("indicators"):
                file = f"sql/indicators/{own.name}.sql"
                where = f"{self.folder / 'indicators' / own.name}.toml"
                yield Fault(where, f"no {file}", "the SQL file of the same name", f"Write {file}, or remove the declaration.")
            for name in own.reads:
                if name not in self.measures:
                    yield self._missing("indicators", own.name, "reads", name, self.measures)

    def _missing(self, kind: str, name: str, key: str, value: str, there: Mapping[str, Any]) -> Fault:
        where = f"{self.folder / kind / name}.toml, {key}"
        known = ", ".join(there) or "none"
        return Fault(where, repr(value), f"one of {known}", f"Correct the name, or declare {value!r} in {self.folder}.")

    def _yardstick(self, statistic: str, quantity: str, yardstick: Yardstick) -> Iterator[Fault]:
        key = f"quantities.{quantity}.yardstick"
        other = self.statistics.get(yardstick.statistic)
        if other is None:
            yield self._missing("statistics", statistic, key, yardstick.statistic, self.statistics)
        elif yardstick.quantity not in other.quantities:
            yield self._missing("statistics", statistic, key, yardstick.quantity, other.quantities)
        elif yardstick.class_ not in dict(self.class_codes(other)):
            codes = {code: None for code, _ in self.class_codes(other)}
            yield self._missing("statistics", statistic, f"{key}.class", yardstick.class_, codes)

    def _cells(self, name: str, cells: Cells) -> Iterator[Fault]:
        statistic = self.statistics.get(cells.statistic)
        if statistic is None:
            yield self._missing("measures", name, "cells.statistic", cells.statistic, self.statistics)
            return
        if cells.quantity not in statistic.quantities:
            yield self._missing("measures", name, "cells.quantity", cells.quantity, statistic.quantities)
            return
        for key, chosen in cells.classes.items():
            if key not in statistic.classes:
                expected = f"statistic, quantity or one of its classes: {', '.join(statistic.classes) or 'it has none'}"
                yield Fault(f"{self.folder / 'measures' / name}.toml, cells", f"unknown key {key!r}", expected, "Correct it.")
            elif key in self.classes and chosen not in {*self.classes[key].codes, *self.classes[key].groups}:
                options = dict.fromkeys([*self.classes[key].groups, *self.classes[key].codes])
                yield self._missing("measures", name, f"cells.{key}", chosen, options)
            elif key in self.classes and len(self.classes[key].select(chosen)) > 1 and key not in self._adds(cells):
                found = f"a sum of {cells.quantity} over {key}"
                expected = f"classes that {cells.quantity} adds up over: {', '.join(self._adds(cells)) or 'none'}"
                yield Fault(f"{self.folder / 'measures' / name}.toml, cells.{key}", found, expected, "Choose one class.")

    def _adds(self, cells: Cells) -> tuple[str, ...]:
        return self.statistics[cells.statistic].quantities[cells.quantity].adds_up_over

    def _over(self, name: str, over: Over) -> Iterator[Fault]:
        for key, part in (("measure", over.measure), ("by", over.by)):
            other = self.measures.get(part)
            if part == name:
                found = f"{part!r}, the measure itself: a circle"
                where = f"{self.folder / 'measures' / name}.toml, over.{key}"
                yield Fault(where, found, "another measure", "Name the measure that is divided, and the one that divides it.")
            elif other is None:
                yield self._missing("measures", name, f"over.{key}", part, self.measures)
            elif other.cells is None:
                where = f"{self.folder / 'measures' / name}.toml, over.{key}"
                yield Fault(where, f"{part!r}, itself one measure over another", "a measure with cells", "Divide measures with cells.")

    # What follows from the declarations

    def class_codes(self, statistic: Statistic, *, totals: bool = False) -> list[tuple[str, bool]]:
        """The class codes that a region and year has, and whether each is a total: one classification's code, or several joined.

        A statistic without classes has the one code "".
        """
        lists = [(*self.classes[name].codes, *([TOTAL] if totals else [])) for name in statistic.classes]
        return [(class_code(codes), TOTAL in codes) for codes in itertools.product(*lists)]

    def parts(self, measure: str) -> tuple[str, ...]:
        """The measures with cells that a measure is made of: itself, or the one above and the one below the line."""
        over = self.measures[measure].over
        return (over.measure, over.by) if over else (measure,)

    def statistics_of(self, measure: str) -> frozenset[str]:
        """The statistics that a measure is made of."""
        return frozenset(self.cells_of(part).statistic for part in self.parts(measure))

    def cells_of(self, part: str) -> Cells:
        """The cells of a measure that has cells."""
        cells = self.measures[part].cells
        if cells is None:
            raise ValueError(f"{part} has no cells of its own")
        return cells

    def alternatives(self, part: str) -> list[tuple[str, ...]]:
        """The sets of class codes that each give a measure's level: published totals first, then the classes that add up to it."""
        cells = self.cells_of(part)
        choices = []
        for name in self.statistics[cells.statistic].classes:
            chosen = cells.classes.get(name)
            selected = self.classes[name].select(chosen)
            if chosen is not None:
                choices.append([selected])
            else:
                choices.append([(TOTAL,), *([selected] if name in self._adds(cells) else [])])
        return [tuple(class_code(codes) for codes in itertools.product(*selection)) for selection in itertools.product(*choices)]

    def formula(self, measure: str) -> str:
        """How a measure's level is computed, by the names of measures."""
        over = self.measures[measure].over
        if over is None:
            return measure
        times = f" × {over.times:,}".replace(",", " ") if over.times != 1 else ""
        return f"{over.measure}{times} / {over.by}"

    def quantity(self, statistic: str, quantity: str) -> Quantity:
        """A quantity of a statistic."""
        return self.statistics[statistic].quantities[quantity]

    def compares_with_whole(self, measure: str) -> bool:
        """Whether the whole's level compares with the regions': as declared, else where the quantities add up over regions."""
        declared = self.measures[measure].compares_with_whole
        if declared is not None:
            return declared
        quantities = [self.quantity(cells.statistic, cells.quantity) for cells in map(self.cells_of, self.parts(measure))]
        whole = [self.measures[part].compares_with_whole for part in self.parts(measure)]
        return all(
            said if said is not None else one.kind == "index" or REGIONS in one.adds_up_over
            for said, one in zip(whole, quantities, strict=True)
        )

    @property
    def currency(self) -> str:
        """The currency of the geography's amounts."""
        return self.geography.currency or "units"

    @property
    def units(self) -> dict[str, int]:
        """The units that a file may have amounts in, and how many of the currency each is."""
        return {f"{scale}{self.currency}": number for scale, number in UNITS.items()}

    def meaning(self, measure: str, taken: Taken) -> Meaning:
        """What an indicator is that takes a measure as level, growth or change."""
        declared = self.measures[measure]
        wordings: dict[str, Wording | None] = {code: getattr(getattr(declared, code), taken) for code in LANGUAGES}
        unit_words: dict[str, str] = {code: getattr(declared, code).unit for code in LANGUAGES}
        return Meaning(
            measure,
            taken,
            "growth" if taken == "growth" else declared.unit,
            {code: self._label(getattr(declared, code), taken, code) for code in LANGUAGES},
            GROWTH_UNIT if taken == "growth" else unit_words,
            wordings,
            self.compares_with_whole(measure),
            (measure,),
            {"growth": -1.0, "level": 0.0, "change": -math.inf}[taken],
            1.0 if declared.unit == "share" and taken == "level" else math.inf,
        )

    @staticmethod
    def _label(words: Words, taken: Taken, language: str) -> str:
        wording: Wording | None = getattr(words, taken)
        if wording:
            return wording.label
        return words.name if taken == "level" else f"{words.name}, {TAKEN_AS[language][taken]}"

    def own_meaning(self, name: str) -> Meaning:
        """What an indicator is that has an SQL file of its own."""
        own = self.indicators[name]
        return Meaning(
            "",
            "level",
            own.unit,
            {code: getattr(own, code).name for code in LANGUAGES},
            {code: getattr(own, code).unit for code in LANGUAGES},
            {code: getattr(own, code).level for code in LANGUAGES},
            own.compares_with_whole,
            own.reads,
            -math.inf if own.lowest is None else own.lowest,
            math.inf if own.highest is None else own.highest,
        )

    @cached_property
    def figure_names(self) -> dict[tuple[str, str], str]:
        """One word for each quantity: the statistic's for its first, its own for any other, with the statistic's where two share it."""
        own = [quantity for statistic in self.statistics.values() for quantity in list(statistic.quantities)[1:]]
        names = {}
        for statistic in self.statistics.values():
            first, *others = statistic.quantities
            names[statistic.name, first] = statistic.name
            for quantity in others:
                shared = own.count(quantity) > 1 or quantity in self.statistics
                names[statistic.name, quantity] = f"{statistic.name}_{quantity}" if shared else quantity
        return names


def class_code(codes: Sequence[str]) -> str:
    """The code of a cell: its classes in the order of its statistic's."""
    return ", ".join(codes)


KINDS: dict[str, type[Closed]] = {
    "geographies": Geography,
    "classes": Classes,
    "statistics": Statistic,
    "measures": Measure,
    "indicators": OwnIndicator,
}
"""The folders of a catalogue, and what each file in them declares."""


def load_catalogue(geography: str, folder: Path | None = None, where: str = "") -> Catalogue:
    """Read a catalogue for a geography: a file for each thing, in the folders of KINDS. where names who asks for the geography.

    folder: the catalogue of the project that commands work in, where none is given.

    Raises DataRefused with every fault of every file.
    """
    folder = folder or catalogue_folder()
    declared: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for kind, model in KINDS.items():
        declared[kind] = {}
        for path in sorted((folder / kind).glob("*.toml")):
            try:
                declared[kind][path.stem] = load(model, path, name=path.stem)
            except DataRefused as refused:
                faults += refused.faults
    geographies = declared.pop("geographies")
    if not faults and geography not in geographies:
        known = f"one of {', '.join(geographies) or 'none'}"
        faults = [Fault(where or str(folder), f"the geography {geography!r}", known, f"Declare it in {folder / 'geographies'}.")]
    if not faults:
        catalogue = Catalogue.model_construct(None, folder=folder, geography=geographies[geography], **declared)
        faults = list(catalogue.faults())
        if not faults:
            return catalogue
    raise DataRefused(faults)
