"""What the files of catalogue/ may say: geographies, classes, statistics, measures and indicators, as closed models.

docs/catalogue.md lists every key.
"""

import itertools
import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from pipeline.phrases import alternatives
from pipeline.settings import Closed, Text, WebAddress

TOTAL = "total"
"""The code of the total over classes, as files publish it."""
REGIONS = "regions"
"""The table of a geography's codes and names."""
ERRORS = "standard_errors"
"""The table of the standard errors of a statistic's figures."""
RESERVED = {
    "statistics": (REGIONS, "figures", ERRORS),
    "indicators": ("levels_by_year", "growth_by_window", "trend_by_window", "indicators_by_region"),
}
"""The names of tables that every project has; a statistic or an indicator of the name would take the table's place."""
UNITS = {"": 1, "thousand ": 1_000, "million ": 1_000_000, "billion ": 1_000_000_000}
"""The scales that may precede a currency in the unit of a file."""


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"a valid regular expression ({error})") from None
    return text


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", text):
        raise ValueError("a name of small letters, digits and _, beginning with a letter")
    return text


def _sentence(text: str) -> str:
    """A whole sentence, with thousands kept together."""
    for placeholder in re.findall(r"\{(.*?)\}", text):
        if placeholder not in PLACEHOLDERS:
            raise ValueError(f"only the placeholders {', '.join(PLACEHOLDERS)}, not {placeholder!r}")
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "\u202f", text)


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
"""By language, the phrases by which prose names a thing, in the notation of `alternatives`."""


class Worded(Closed):
    """A thing with words in Swedish and in English, under sv and en. If one is left out, the other serves for both."""

    _languages: tuple[Code, ...] = PrivateAttr(LANGUAGES)

    @model_validator(mode="wrap")
    @classmethod
    def one_for_both(cls, content: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        languages = [code for code in LANGUAGES if isinstance(content, dict) and code in content]
        if not languages:
            return handler(content)
        worded = handler({"sv": content.get("en"), "en": content.get("sv")} | content)
        worded._languages = tuple(languages)
        return worded

    @property
    def languages(self) -> tuple[Code, ...]:
        """The languages of its words, Swedish first."""
        return self._languages


def within(label: str) -> str:
    """A label as it goes on within a sentence; abbreviations stay as they are."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


class Wording(Closed):
    """The words for a measure taken as level, growth or change: its label, and a sentence for each case."""

    label: Text
    up: Sentence | None = None
    down: Sentence | None = None
    same: Sentence | None = None
    level: Sentence | None = None


class Words(Closed):
    """The name of a measure in one language, its unit, and its wording as level, growth, change and trend."""

    name: Text
    unit: Text
    level: Wording | None = None
    growth: Wording | None = None
    change: Wording | None = None
    trend: Wording | None = None


class MapLayout(Closed):
    """How outlines become a map: a conic equal-area projection, the size, and the room for a legend on the left, in pixels."""

    parallels: tuple[float, float]
    rotate: tuple[float, float]
    scale: float
    translate: tuple[float, float]
    width: int
    height: int
    room: int


class Groups(Closed):
    """Groups of regions, coded by the first digits of a region's code."""

    digits: int = Field(ge=1)
    names: dict[str, Text]
    sv: str
    en: str


class Nouns(Closed):
    """The nouns for regions, the whole and amounts in one language, as texts use them: a_noun is "ett län", code is "länskod"."""

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
    """How a file may write amounts of a currency in ones, thousands, millions and billions."""

    billion: Pattern = NOTHING
    million: Pattern
    thousand: Pattern
    one: Pattern


class FileWords(Closed):
    """Patterns of what files write around figures, as docs/catalogue.md says; one that is left out matches nothing.

    marks: what stands beside a year or figure, by its meaning. called: the words for each meaning.
    """

    neutral: Pattern = NOTHING
    parts: Pattern = NOTHING
    limiting: Pattern = NOTHING
    harmless: Pattern = NOTHING
    unlimited: Pattern = NOTHING
    total: Pattern = NOTHING
    series_break: Pattern = NOTHING
    nil_for_unknown: Pattern = NOTHING
    year_end: Pattern = NOTHING
    year_start: Pattern = NOTHING
    scaled: Pattern = NOTHING
    within_year: Pattern = NOTHING
    before_year: Pattern = NOTHING
    published: Pattern = NOTHING
    publisher: Pattern = NOTHING
    marks: dict[Name, Pattern] = {}
    called: dict[Literal["sv", "en"], dict[Name, Text]] = {}

    @model_validator(mode="after")
    def marks_are_called(self) -> Self:
        if any(called.keys() != self.marks.keys() for called in self.called.values()) or bool(self.marks) != bool(self.called):
            raise ValueError("called names each of the marks in each language, and nothing else")
        return self

    def meaning(self, mark: str, language: Literal["sv", "en"]) -> str:
        """The meaning of a mark in a language, or in the other one."""
        return (self.called.get(language) or next(iter(self.called.values())))[mark]


class Toponyms(Closed):
    """How prose names the whole, amounts, regions by adjectives (their stems, by code), areas, and areas of no known regions."""

    whole: Phrases = ""
    money: Phrases = ""
    adjectives: dict[str, Phrases] = {}
    areas: dict[Name, Phrases] = {}
    other_areas: Phrases = ""


class Geography(Worded):
    """The regions that are compared: their codes, the whole they are part of, and their names.

    code: the pattern of a code. whole: the code of all regions together, if there is one. count: the number of regions without the
    whole, if it is fixed. beginnings, endings: what may precede or follow a name without changing it. elsewhere: labels that are no
    region. outlines: the map's file beside this one. spatial: the address of the whole in data portals. areas: regions spoken of
    together. words: how prose names them, by language. other_figures: headings of columns that hold neither amounts nor counts of a
    statistic, such as shares and growth. files: words that files write around figures.
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
    areas: dict[Name, Annotated[tuple[str, ...], Field(min_length=2)]] = {}
    map: MapLayout | None = None
    units: AmountWords | None = None
    files: FileWords = FileWords()
    words: dict[Code, Toponyms] = {}
    sv: Nouns
    en: Nouns

    @model_validator(mode="after")
    def codes_fit(self) -> Self:
        adjectives = (code for words in self.words.values() for code in words.adjectives)
        for code in [*([self.whole] if self.whole else []), *self.other_names, *adjectives, *itertools.chain(*self.areas.values())]:
            if not re.fullmatch(self.code, code):
                raise ValueError(f"the code {code!r} does not fit the pattern {self.code!r}")
        if unknown := {name for words in self.words.values() for name in words.areas} - {*self.areas}:
            raise ValueError(f"words name the areas {', '.join(sorted(unknown))}, which areas does not have")
        if bool(self.outlines) != bool(self.map):
            raise ValueError("outlines and map go together")
        for language in LANGUAGES:
            wanted = ["whole", "the_whole"] * bool(self.whole) + ["money", "money_short"] * bool(self.currency)
            lacking = [word for word in wanted if not getattr(self.nouns(language), word)]
            if lacking:
                raise ValueError(f"sentences in {language} lack {', '.join(lacking)}; they must be there with a whole and a currency")
        return self

    def nouns(self, language: str) -> Nouns:
        return {"sv": self.sv, "en": self.en}[language]

    def label(self, name: str) -> str:
        """A region's name without beginnings and endings, in small letters: the same for all ways to write it."""
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

    pattern: of labels whose numbers are a class's bounds. codes: of the labels of single classes. legend: of what explains a group of them.
    """

    pattern: Pattern | None = None
    codes: dict[str, Pattern] = {}
    total: Pattern
    heading: Pattern
    legend: Pattern | None = None


class Notes(Closed):
    """Notes of the report in one language: definitions as "term: meaning", limits, and the credit for figures."""

    definitions: tuple[Text, ...] = ()
    limits: tuple[Text, ...] = ()
    credit: Text | None = None


class ClassWords(Notes):
    """The nouns for a class and for classes in one language, the names of classes, groups and the total in a sentence, and notes."""

    class_: Text = Field(alias="class")
    classes: Text
    names: dict[str, Text] = {}


class StatisticWords(Notes):
    """The names of a statistic and its quantities in one language, and notes."""

    name: Text
    quantities: dict[Name, Text] = {}


class Classes(Worded):
    """A list of classes in order, with named groups of them. Its name is the name of their column.

    words: by language, how prose names a class, a group or the total. members: how prose names the members of the classes, and counted
    what the bounds count.
    """

    name: Name
    meaning: Text
    codes: tuple[Text, ...] = Field(min_length=1)
    groups: dict[Name, tuple[Text, ...]] = {}
    bounds: dict[str, tuple[int, ...]] = {}
    labels: Labels | None = None
    words: dict[Code, dict[str, Phrases]] = {}
    members: Prose = {}
    counted: Prose = {}
    sv: ClassWords
    en: ClassWords

    @model_validator(mode="after")
    def parts_exist(self) -> Self:
        labels = ("labels.codes", tuple(self.labels.codes if self.labels else ()))
        for place, codes in (*(("groups", codes) for codes in self.groups.values()), ("bounds", tuple(self.bounds)), labels):
            for code in codes:
                if code not in self.codes:
                    raise ValueError(f"the class {code!r} in {place} is not among codes: {', '.join(self.codes)}")
        for name in itertools.chain(*self.words.values(), self.sv.names, self.en.names):
            if name not in {TOTAL, *self.groups, *self.codes}:
                raise ValueError(f"words or names of {name!r}, which is neither a class, a group nor {TOTAL}")
        if {TOTAL, *self.groups} & set(self.codes):
            raise ValueError(f"a class has the name of a group, or is called {TOTAL}")
        return self

    def select(self, name: str | None) -> tuple[str, ...]:
        """The codes of a class or a group; of None, all."""
        return self.codes if name is None else self.groups.get(name, (name,))


class Yardstick(Closed):
    """Published totals that the scale of a quantity is compared with: a quantity of another statistic, in one of its classes."""

    statistic: Name
    quantity: Name
    class_: str = Field(default="", alias="class")


class Quantity(Closed):
    """A value of a statistic.

    kind: money is in the geography's currency, count in whole numbers, and index has no unit. adds_up_over: regions and classes over
    which values add up. above_zero: always known and above zero. units_behind: the quantity whose units this one counts. words: how
    prose names it, if not as the statistic. per: how prose names its units after "per".
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
    """A table of figures: its keys (region, year and classes) and its quantities.

    has_series: values belong to a series, and growth across two is refused. at_year_end: values are of the year's last day.
    whole_required: the whole must have a row, as each region must. is_yardstick: scattered totals, of which no row can be missing.
    named: the pattern of the words that name the statistic in a file. own: words that limit it as little as its name. words: how prose
    names it; a phrase of several statistics may mean each of them. not_in_data: what sounds like it but is not measured.
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
    own: Pattern | None = None
    series: dict[str, Pattern] = {}
    sv: StatisticWords
    en: StatisticWords
    words: Prose = {}
    not_in_data: Prose = {}

    @model_validator(mode="after")
    def quantities_fit(self) -> Self:
        for name, quantity in self.quantities.items():
            unknown = set(quantity.adds_up_over) - {REGIONS, *self.classes}
            if unknown:
                raise ValueError(f"{name} adds up over {unknown.pop()!r}, which is neither regions nor one of its classes")
            if quantity.units_behind and quantity.units_behind not in self.quantities:
                raise ValueError(f"{name} counts the units behind {quantity.units_behind!r}, which is not one of its quantities")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        return (*self.classes, "region_code", "year") if self.is_yardstick else ("region_code", "year", *self.classes)


class Cells(Closed):
    """A quantity of a statistic over classes; over the total of each classification that is not named."""

    model_config = {"extra": "allow", "frozen": True}

    statistic: Name
    quantity: Name

    @property
    def classes(self) -> dict[str, str]:
        """The class or group of each classification that is named."""
        return {name: str(code) for name, code in (self.model_extra or {}).items()}


class Over(Closed):
    """One measure divided by another, times a factor."""

    measure: Name
    by: Name
    times: int = Field(default=1, ge=1)


Taken = Literal["level", "growth", "change", "trend"]
Estimator = Literal["log-linear", "theil-sen"]
Unit = Literal["money", "count", "rate", "share", "index"]


class Measure(Worded):
    """A level by region and year that indicators are taken from: cells of a statistic, or one measure over another.

    unit: money in the geography's currency; count in whole numbers; rate and index with a decimal where small; share in per cent.
    sv, en: name, unit, and for level, growth, change and trend a label and whole sentences.
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
