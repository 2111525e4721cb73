"""What the files of catalogue/ may say: geographies, classes, statistics, measures and indicators, as closed models.

docs/catalogue.md tells every key.
"""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ModelWrapValidatorHandler, PrivateAttr, model_validator

from pipeline.settings import Closed, Text, WebAddress

TOTAL = "total"
"""The code of a whole over classes, where a file publishes one."""
REGIONS = "regions"
"""The table of a geography's codes and names."""
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
