"""The words by which prose names what the catalogue declares, and the Swedish around them.

words_sv.toml holds the Swedish; the catalogue gives the words for regions, statistics, classes and amounts.
"""

import functools
import itertools
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.catalogue import Catalogue
from pipeline.check.patterns import Listed, compiled, whole_words
from pipeline.check.senses import SHARE, Form, Senses, Topic
from pipeline.check.tokens import Concept, Direction, Filler, Obstacle, Token
from pipeline.declarations import TOTAL, Classes, Toponyms
from pipeline.faults import DataRefused, Fault
from pipeline.phrases import alternatives, phrases

LANGUAGE: Literal["sv"] = "sv"
TIMES_IN_WORDS = {
    1_000: r"(?:ett\s?)?tusen",
    10_000: r"tio\s?tusen",
    100_000: r"hundra\s?tusen",
    1_000_000: r"(?:en\s)?miljon",
}
SHORTEST_SHARED = 4
"""Letters that two words have in common at least where the first is cut: "varu- och tjänsteexport"."""
LARGE = {"hundra": 100, "tusen": 1000}
SECOND, TEN, LARGEST_OF_PARTS, ALIKE = 2, 10, 20, 2
LONGEST_SHORT = 3
"""Letters of a short word for a currency, which joins a word for thousands or millions: "mnkr", "MSEK"."""
Maker = Callable[[int, int], Token]
Entry = tuple[re.Pattern[str] | Listed, Maker]


@dataclass(frozen=True)
class Naming:
    """The statistics that a word names: one of them, or together, in the order in which they are named, all."""

    statistics: tuple[str, ...]
    together: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it leaves open which."""
        return len(self.statistics) > 1 and not self.together


@functools.cache
def swedish() -> dict[str, Any]:
    """The Swedish of words_sv.toml."""
    return tomllib.loads(Path(__file__).with_name("words_sv.toml").read_text(encoding="utf-8"))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True)) or alternatives("")


class _Patterns(dict[str, re.Pattern[str]]):
    """Patterns by name, each compiled when it is first asked for: a sentence needs half of them."""

    def __init__(self, text: Callable[[str], str]) -> None:
        super().__init__()
        self._text = text

    def __missing__(self, name: str) -> re.Pattern[str]:
        self[name] = pattern = compiled(self._text(swedish()["patterns"][name]))
        return pattern


def _spaced(text: str) -> str:
    return re.escape(text).replace(r"\ ", r"\s+")


def _says(**says: Any) -> Maker:
    return lambda start, end: Concept(start, end, says)


def _hinders(reason: str, *, of_all: bool = False, of_ranks: bool = False) -> Maker:
    return lambda start, end: Obstacle(start, end, reason, of_all, of_ranks)


def _moves(sign: int, *, finite: bool = True, noun: bool = False, aim: bool = False) -> Maker:
    return lambda start, end: Direction(start, end, sign, finite, noun, aim=aim)


class Lexicon:
    """All that sentences are read with.

    names: region_code to name. whole: the code of the whole. numbers: numerals and ordinals by word. pattern: by name.
    fixed, plain: what concepts, obstacles and directions are read by, in order. regions: patterns of regions, each with its
    code; None for the pattern of all names, whose codes `codes` has.
    areas: patterns of areas, with the codes of their regions. neutral: words that leave a figure's meaning as it is.
    """

    def __init__(self, catalogue: Catalogue, names: Mapping[str, str]) -> None:
        self.catalogue = catalogue
        self.names = names
        self.geography = catalogue.geography
        self.whole = self.geography.whole
        self.senses = Senses(catalogue)
        if LANGUAGE not in self.geography.languages:
            where = f"catalogue/geographies/{self.geography.name}.toml"
            raise DataRefused(
                [Fault(where, "no words in Swedish", "the words that a Swedish text has for its regions", "Add them as [sv].")]
            )
        self.toponyms = self.geography.words.get(LANGUAGE, Toponyms())
        self.numbers = _in_order(swedish()["numerals"]["places"]) | _ordinals() | _numerals()
        self.shares, self.folds = _shares(), _folds()
        self.members = [phrase for one in catalogue.classes.values() for phrase in phrases(one.members.get(LANGUAGE, ""))]
        self.statistic_words, self.quantity_words = self._statistic_words()
        self.per = {
            f"{statistic.name}.{key}": quantity.per[LANGUAGE]
            for statistic in catalogue.statistics.values()
            for key, quantity in statistic.quantities.items()
            if LANGUAGE in quantity.per
        }
        self.units = {over.partition(".")[0]: words for over, words in self.per.items() if not self.senses.is_own(Form(over=over))}
        self.pieces = self._pieces()
        self.scales = {int(size): compiled(self._filled(text)) for size, text in swedish()["scales"].items()}
        self.pieces["scales"] = "|".join(scale.pattern for scale in self.scales.values())
        for name, text in swedish()["pieces"].items():
            self.pieces[name] = self._filled(text)
        self.pattern = _Patterns(self._filled)
        self.codes = {
            self.geography.label(name): code
            for code in names
            if code != self.whole
            for name in (names[code], *self.geography.other_names.get(code, ()))
        }
        self.regions = list(self._regions())
        self.areas = [
            (
                Listed(self._filled(swedish()["areas"]["named"], {**self.pieces, "area": alternatives(listed)}), listed),
                self.geography.areas[name],
            )
            for name, listed in self.toponyms.areas.items()
        ]
        self.fixed = list(self._fixed())
        self.plain = list(self._plain())
        self.neutral = compiled(rf"\b(?:{alternatives(', '.join(swedish()['neutral'].values()))})(?!\w)")

    def number_of(self, word: str) -> int:
        """The number that digits, a numeral or an ordinal say."""
        word = word.lower().partition(":")[0]
        return int(word) if word.isdigit() else self.numbers[word]

    def _statistic_words(self) -> tuple[dict[str, list[tuple[str, str]]], set[str]]:
        """Of each phrase the statistics and quantities that it names, and the phrases that name quantities."""
        words: dict[str, list[tuple[str, str]]] = {}
        quantities: set[str] = set()
        for statistic in self.catalogue.statistics.values():
            for phrase in phrases(statistic.words.get(LANGUAGE, "")):
                words.setdefault(phrase, []).append((statistic.name, ""))
            for number, (key, quantity) in enumerate(statistic.quantities.items()):
                for phrase in phrases(quantity.words.get(LANGUAGE, "")):
                    words.setdefault(phrase, []).append((statistic.name, key if number else ""))
                    quantities.add(phrase)
        return words, quantities

    def _pieces(self) -> dict[str, str]:
        """The pieces that the patterns of words_sv.toml take from here, by name."""
        words, nouns = swedish(), self.geography.nouns(LANGUAGE)
        money = self.toponyms.money or ", ".join(filter(None, (nouns.money, nouns.money_short, self.geography.currency)))
        count = self.count = self.geography.count or len(set(self.names) - {self.whole})
        classes = (listed for one in self.catalogue.classes.values() for listed in one.words.get(LANGUAGE, {}).values())
        pieces = {
            "region": re.escape(nouns.noun),
            "the_region": re.escape(nouns.the_noun),
            "regions": re.escape(nouns.nouns),
            "the_regions": re.escape(nouns.the_nouns),
            "count": _any_of([str(count), *(word for word, number in _numerals().items() if number == count)]),
            "whole": alternatives(self.toponyms.whole),
            "areas": _any_of(map(alternatives, self.toponyms.areas.values())),
            "of_the_whole": alternatives(self.toponyms.adjectives.get(self.whole or "", "")),
            "of_a_region": f"(?:{_any_of(map(alternatives, self.toponyms.adjectives.values()))})[at]?",
            "money": alternatives(money),
            "short": _any_of(re.escape(word) for word in phrases(money) if len(word) <= LONGEST_SHORT),
            "classes": _any_of(map(alternatives, classes)),
            "members": _any_of(map(alternatives, self.members)),
            "statistic": _any_of(alternatives(phrase) for phrase in self.statistic_words if phrase not in self.quantity_words),
            "quantity": _any_of(map(alternatives, self.quantity_words)),
            "per": _any_of(map(alternatives, self.per.values())),
            "units": _any_of(map(alternatives, self.units.values())),
            "numeral": _grouped(_numerals()),
            "ordinal": _grouped(_ordinals()),
            "place": _any_of(_in_order(words["numerals"]["places"])),
            "share": _grouped(self.shares),
            "fold": _grouped(self.folds),
            "how": _any_of(words["how"].values()),
        }
        return {name: f"(?:{pattern})" for name, pattern in pieces.items()}

    def _filled(self, text: str, pieces: Mapping[str, str] | None = None) -> str:
        joined = "".join(line.strip() for line in text.splitlines())
        return re.sub(r"\{([a-z_]+)\}", lambda name: (pieces or self.pieces)[name[1]], joined)

    def _regions(self) -> Iterator[tuple[re.Pattern[str] | Listed, str | None]]:
        nouns = self.geography.nouns(LANGUAGE)
        beginnings, endings = (_any_of(map(_spaced, around)) for around in (self.geography.beginnings, self.geography.endings))
        others = _any_of(kind for kind in swedish()["regions"]["kinds"].split() if kind != nouns.noun)
        name = rf"\b(?:{beginnings})?(?P<name>{_any_of(map(_spaced, self.codes))})(?:s?regionen)?(?:{endings})*s?\b"
        yield compiled(rf"{name}(?:\s+(?:{nouns.noun}|{nouns.the_noun})s?\b)?(?!\s+(?:{others}))"), None
        for code, listed in self.toponyms.adjectives.items():
            yield Listed(rf"\b(?:{alternatives(listed)})[at]?\b", listed), code
        if self.whole:
            yield self.pattern["whole_average"], self.whole
            yield compiled(rf"\b(?:hela\s+)?{self.pieces['whole']}s?\b(?:\s+som\s+helhet)?"), self.whole

    def _fixed(self) -> Iterator[Entry]:
        """What is read before numbers: a stretch of text belongs to the first that takes it."""
        yield self.pattern["recovered"], _moves(1)
        yield self.pattern["not_back"], _moves(-1)
        yield self.pattern["back"], _moves(1)
        yield self.pattern["more_than_then"], _moves(1)
        yield self.pattern["less_than_then"], _moves(-1)
        yield self.pattern["than_so"], _hinders("what “så” stands for is not said", of_all=True)
        yield self.pattern["path"], _hinders("the path of a calculation", of_all=True)
        yield self.pattern["of_the_index"], _hinders("a figure about the index, not about a region", of_all=True)
        yield self.pattern["trend"], _hinders("a trend over all years, not growth between two; the report has it", of_all=True)
        yield self.pattern["share_of_whole"], _says(of_whole=True)
        yield self.pattern["per_year"], _says(per_year=True)
        yield self.pattern["each_year"], _says(each_year=True)
        yield self.pattern["moved_ago"], _hinders("whether it is growth in that year or since then is not said")
        yield self.pattern["how_often"], _hinders("how many times it was so, which is not counted")
        yield self.pattern["never"], _says(each_year=True, never=True)
        yield self.pattern["share_of_units"], _hinders(f"a share of {self.geography.en.nouns} or enterprises is not in the data")
        for over in self.per:
            yield from self._per_units(over)
        for classification in self.catalogue.classes.values():
            yield from self._classes(classification)
        yield from self._statistics()
        yield self.pattern["sized"], _hinders("enterprises can be of several sizes; say of how many employees")
        yield self.pattern["share_of_exporters"], _says(form=Form(over=SHARE), number=True)
        yield self.pattern["share_of_members"], _says(of_members=True)
        yield self.pattern["share"], _says(form=Form(over=SHARE))
        yield self.pattern["number"], _says(number=True)
        yield self.pattern["total"], _says(form=Form())
        yield self.pattern["filler"], Filler

    def _per_units(self, over: str) -> Iterator[Entry]:
        """Words for a quantity's units; classes may stand among them: "per exporterande litet eller medelstort företag"."""
        space, is_own = self.pieces["space"], self.senses.is_own(Form(over=over))
        classes = rf"(?:{self.pieces['classes']}\s+)?" if is_own else ""
        words = alternatives(self.per[over]).replace(r"\s+", rf"\s+{classes}")
        units = rf"{classes}(?:{words})(?!\w)"
        times = sorted({one.form.times for one in self.senses.all if one.form.over == over} - {1})
        for number in times:
            digits = f"{number:,}".replace(",", rf"(?:{space}|\.)?")
            spelled = rf"(?:\bp(?:er|å){space}+|/{space}*)(?:{digits}|{TIMES_IN_WORDS.get(number, digits)})(?!\w)(?:{space}+{units})?"
            yield compiled(spelled), _says(form=Form(over=over, times=number))
        statistic, _, quantity = over.partition(".")
        counted = " or ".join(f"{number:,}".replace(",", " ") for number in times or [1])
        reason = f"the data count per {counted} {self.catalogue.quantity(statistic, quantity).of or quantity}"
        so_many = rf"\d+(?:(?:{space}|\.)?\d{{3}})*|{_any_of(TIMES_IN_WORDS.values())}"
        other = rf"(?<!ning\s)(?<!gång\s)\bp(?:er|å){space}+(?:{so_many}){space}+{units}"  # "en ökning på 181 exporterande företag"
        yield Listed(other, self.per[over]), _hinders(reason)
        # "Sett till antalet exportörer är Skåne tredje störst" is by number, where nothing is named that is divided by them.
        among = self.pieces["in_relation_to"] + units
        statistic_word = rf"{self.pieces['statistic']}(?!\w)"
        divides = rf"(?:{self.pieces['not_after_place']}|(?!{self.pieces['in_relation_to']}{statistic_word}))"
        among = rf"{divides}(?:(?!\A){among}|{among}(?=[^.;]*\b{statistic_word}))" if is_own else among
        each = rf"\b(?:per|varje|ett(?:{space}+genomsnittligt)?){space}+"
        whose = rf"{each}(?={self.pieces['of_a_region']}{space}+{units})"
        form = Form(over=over, times=0)
        if not is_own:
            yield self.pattern["density"], _says(form=form)
            inhabitants = _any_of(alternatives(listed) for listed in self.toponyms.adjectives.values())
            yield compiled(rf"\bper{space}+(?=(?:{inhabitants})\b)"), _says(form=form)
        for classification in self.catalogue.classes.values() if is_own else ():
            phrased = [alternatives(phrase) for phrase in phrases(self.per[over])]
            heads = _any_of(phrase.rpartition(r"\s+")[0] for phrase in phrased if r"\s+" in phrase)
            for name, listed in classification.words.get(LANGUAGE, {}).items():
                of_class = rf"(?:{alternatives(listed)})\s+"
                within = _any_of(phrase.replace(r"\s+", rf"\s+{of_class}") for phrase in phrased if r"\s+" in phrase)
                alone = rf"(?:{heads})\s+(?:{alternatives(listed)})"  # "per exporterande SMF"
                of_it = rf"{each}(?:{of_class}(?:{_any_of(phrased)})|{within}|{alone})(?!\w)"
                yield Listed(of_it, listed), _says(form=form, scope=(classification.name, name))
        yield Listed(rf"{each}{units}|{whose}|/\s*{units}|\b{among}", self.per[over]), _says(form=form)
        if is_own:
            yield self.pattern["each"], _says(form=Form(over=over, times=0))

    def _classes(self, classification: Classes) -> Iterator[Entry]:
        """Words for classes, which can be of a statistic that counts what is in them."""
        counts = [
            named
            for phrase in self.members
            for named in self.statistic_words.get(phrase, ())
            if classification.name in self.catalogue.statistics[named[0]].classes
        ]
        listed = classification.words.get(LANGUAGE, {})
        for name in (*classification.groups, *classification.codes, TOTAL):
            says = _says(scope=(classification.name, name), **({"members": counts[0]} if counts else {}))
            others = {*classification.codes} - {*classification.select(name)}
            for verb, chosen in (("left_out", name), ("taken_in", TOTAL)):
                for other in (one for one in listed if TOTAL not in (name, one) and {*classification.select(one)} == others):
                    counted = rf"(?:{self.pieces['numeral']}|\d+)\s+(?:{self.pieces['quantity']}\s+)?"
                    bounds = f"|{bounded}" if (bounded := self._bounded(classification, other)) else ""
                    classes = rf"(?:de\s+)?(?:{counted})?(?:{alternatives(listed[other])}(?!\w){bounds})"
                    out = _says(scope=(classification.name, chosen), leaves_out=True)
                    needed = f"{listed[other]}, {classification.counted.get(LANGUAGE, '')}"
                    yield Listed(rf"\b(?:{swedish()['classes'][verb]})(?=\s+{classes})", needed), out
                    if verb == "left_out":
                        yield Listed(rf"\b{classes}(?=\s+(?:{swedish()['classes']['left_out_after']})\b)", needed), out
            if bounded := self._bounded(classification, name):
                yield Listed(bounded, classification.counted[LANGUAGE]), says
            if name in listed:
                yield Listed(rf"\(?\b(?:{alternatives(listed[name])})(?!\w)\)?", listed[name]), says

    def _bounded(self, classification: Classes, name: str) -> str:
        """A pattern for a class by its bounds: "med 10–49 anställda", "färre än 250 anställda"; empty where it has none."""
        ends = [classification.bounds.get(code, ()) for code in classification.select(name)]
        if name == TOTAL or LANGUAGE not in classification.counted or not all(ends):
            return ""

        def number(value: int) -> str:
            return _any_of([str(value), *(word for word, one in _numerals().items() if one == value)])

        low, high = ends[0][0], ends[-1][1] if len(ends[-1]) > 1 else None
        pieces = {"low": number(low), "under_low": number(low - 1)}
        pieces |= {"high": number(high), "over_high": number(high + 1)} if high is not None else {}
        pieces |= {
            "counted": alternatives(classification.counted[LANGUAGE]),
            "members": self.pieces["members"],
            "quantity": self.pieces["quantity"],
        }
        kind = "above" if high is None else "below" if not low else "between"
        pieces = {key: f"(?:{one})" for key, one in pieces.items()}
        bounds = swedish()["bounds"]
        return self._filled(bounds["before"] + bounds[kind], pieces)

    def _statistics(self) -> Iterator[Entry]:
        """Words for statistics and their quantities: two statistics together, then phrases of most words first."""
        entries: list[tuple[str, Maker]] = []
        single: dict[str, list[str]] = {}
        named_by: dict[str, Topic] = {}
        for phrase, named in self.statistic_words.items():
            statistics = named_by[phrase] = tuple(dict.fromkeys(statistic for statistic, _ in named))
            says: dict[str, Any] = {"statistic": Naming(statistics)}
            if phrase in self.members:
                says = {"members": named[0]}
            elif phrase in self.quantity_words:
                says["quantity"] = next((quantity for _, quantity in named if quantity), "")
            elif len(statistics) == 1:
                single.setdefault(statistics[0], []).append(phrase)
            entries.append((phrase, _says(**says)))
        for statistic in self.catalogue.statistics.values():
            for phrase in phrases(statistic.not_in_data.get(LANGUAGE, "")):
                entries.append((phrase, _hinders("nothing like it is in the data")))
        yield from self._first_parts(named_by)
        for first, second in itertools.permutations(single, 2):
            yield (
                compiled(rf"\b(?:{_joined(single[first], single[second])})(?!\w)"),
                _says(statistic=Naming((first, second), together=True)),
            )
        for phrase, make in sorted(entries, key=lambda entry: (entry[0].count(" "), len(entry[0])), reverse=True):
            yield whole_words(phrase), make

    def _first_parts(self, named_by: Mapping[str, Topic]) -> Iterator[Entry]:
        """Words for statistics within longer words: "exportutvecklingen", "tjänsteandelen"; named_by: the statistics of each phrase."""
        for phrase in (one for one in self.quantity_words if one.endswith("nde")):
            of_region = rf"\b{phrase}(?=\s+{self.pieces['of_those']})"  # "landets mest varuexporterande län"
            yield compiled(of_region), _says(statistic=Naming(named_by[phrase]))
        for phrase in self.statistic_words:
            if (stem := phrase.rstrip("*")).isalpha() and phrase not in self.quantity_words:
                first_part = rf"\b{stem}s?(?={self.pieces['of_growth']})|(?<=sta\s){stem}(?={self.pieces['of_those']})"
                yield Listed(first_part, stem), _says(statistic=Naming(named_by[phrase]))
        amounts = {phrase.rstrip("*"): statistics for phrase, statistics in named_by.items() if phrase not in self.quantity_words}
        for (stem, part), (end, both) in itertools.permutations(amounts.items(), 2):
            if stem.isalpha() and stem.endswith(end) and {*part} < {*both}:  # "tjänsteandelen"
                yield Listed(rf"\b{stem.removesuffix(end)}(?=andel)", stem), _says(statistic=Naming(part), in_all=both)

    def _plain(self) -> Iterator[Entry]:
        """What is read last: obstacles, and words that go up and down."""
        yield compiled(rf"\b{self.pieces['noun']}\w*"), Filler
        yield from self._moves(finite=True)
        for reason, listed in swedish()["obstacles"].items():
            yield whole_words(listed), _hinders(reason)
        yield self.pattern["by_in_each"], _hinders("growth in each of several years, which is not taken apart")
        other_areas = f"areas other than {self.geography.en.nouns} are not in the data"
        areas = self.toponyms.other_areas
        yield Listed(rf"\b(?:{alternatives(areas)})(?=\s+\x1a)", areas), Filler  # "storstadslänen Stockholm och Skåne"
        yield whole_words(areas), _hinders(other_areas)
        yield whole_words(swedish()["regions"]["within"]), _hinders(other_areas, of_ranks=True)
        yield self.pattern["of_some"], _hinders(f"a place among some of the {self.geography.en.nouns}", of_ranks=True)
        ranking = "about the ranking itself, not about a figure of the data"
        yield whole_words(swedish()["ranking"]["words"]), _hinders(ranking, of_ranks=True)
        yield whole_words(swedish()["ranking"]["differences"]), _hinders("a difference, which is not taken apart", of_ranks=True)
        yield self.pattern["more_of"], _moves(1, finite=False)
        yield from self._moves(finite=False)

    def _moves(self, *, finite: bool) -> Iterator[Entry]:
        """Words that go up and down: verbs that say what has happened, or nouns, infinitives and comparatives."""
        words, signs = swedish(), {"up": 1, "down": -1, "either": 0}
        for way, listed in words["nouns"].items() if not finite else ():  # before the comparatives: "ett större fall"
            yield whole_words(listed), _moves(signs[way], noun=True)
        for way in ("up", "down"):
            verbs = [_forms(verb) for verb in phrases(words["verbs"][way])]
            if finite:
                yield whole_words(", ".join([*(form for _, forms in verbs for form in forms), words["trends"][way]])), _moves(signs[way])
            else:
                infinitives = ", ".join(infinitive for infinitive, _ in verbs)
                yield compiled(rf"\batt\s+(?:{alternatives(infinitives)})(?!\w)"), _moves(signs[way], finite=False, aim=True)
                yield whole_words(", ".join([infinitives, words["comparatives"][way]])), _moves(signs[way], finite=False)


def _forms(verb: str) -> tuple[str, list[str]]:
    """A verb's infinitive, and its forms that say what happens or has happened, the passive ones too."""
    infinitive, *irregular = (part.replace(" ", " [den det de] ") for part in verb.split("/"))  # "vände det uppåt"
    stem = infinitive[:-1]
    if not irregular:
        return infinitive, [stem + ending for ending in ("ar", "as", "ade", "ades", "at", "ats", "ande")]
    passive = [form + "s" for form in irregular if form.endswith(("de", "te", "t"))]
    return infinitive, [*irregular, *passive, f"{stem}ande"]


def _joined(first: list[str], second: list[str]) -> str:
    """A pattern for two statistics named together, also where they share what is said of both.

    As in "varu- och tjänsteexport", "export av varor och tjänster".
    """
    left, right = (_any_of(map(alternatives, words)) for words in (first, second))
    joined = [rf"(?:{left})\s+(?:och|samt|eller|såväl\s+som)\s+(?:(?:i|av|för|på|sin|deras|dess)\s+)?(?:{right})"]
    for one, other in itertools.product(first, second):
        words = list(zip(one.split(), other.split(), strict=False))
        if len(one.split()) != len(other.split()) or sum(a != b for a, b in words) != 1:
            continue
        if len(words) > 1:
            both = (a if a == b else f"[både såväl] {a} (och|samt|som) {b}" for a, b in words)
            joined.append(alternatives(" ".join(both)))
            continue
        shared = next(one[start:] for start in range(len(one) + 1) if other.endswith(one[start:]))
        if len(shared.rstrip("*")) >= SHORTEST_SHARED:
            joined.append(rf"{one.removesuffix(shared)}-?\s*(?:och|samt)\s*{alternatives(other)}")
    return "|".join(joined)


def _in_order(listed: str) -> dict[str, int]:
    """Words by their number, counted from 1; | stands between words for the same."""
    return {word: number for number, words in enumerate(listed.split(), 1) for word in words.split("|")}


@functools.cache
def _numerals() -> dict[str, int]:
    words = swedish()["numerals"]
    ones = _in_order(words["ones"])
    numerals = ones | {word: 9 + number for word, number in _in_order(words["teens"]).items()}
    for ten, tens in _in_order(words["tens"]).items():
        numerals |= {ten: 10 + 10 * tens} | {ten + one: 10 + 10 * tens + number for one, number in ones.items()}
    hundreds = {f"{one}{word}": number * size for one, number in ones.items() for word, size in LARGE.items()}
    return {**numerals, **LARGE, **hundreds}


@functools.cache
def _ordinals() -> dict[str, int]:
    """Ordinals by word: the irregular ones, then a numeral with its ending, "trettonde", "tjugonde", "tjugoförsta"."""
    words = swedish()["numerals"]
    low = _in_order(words["ordinals"])
    ordinals = low | {f"{teen}de": 9 + number for teen, number in _in_order(words["teens"]).items() if teen.endswith("n")}
    for ten, tens in _in_order(words["tens"]).items():
        ordinals |= {f"{ten}nde": 10 + 10 * tens} | {ten + last: 10 + 10 * tens + number for last, number in low.items() if number < TEN}
    return {**ordinals, "hundrade": 100}


@functools.cache
def _shares() -> dict[str, int]:
    """Words for a part of a whole, by the number of parts: "hälften", and ordinals with "del": "tredjedel", "åttondel", "tjugondedel"."""
    shares: dict[str, int] = dict(swedish()["shares"])
    for word, number in _ordinals().items():
        if SECOND < number <= LARGEST_OF_PARTS or number == LARGE["hundra"]:
            shares |= {f"{word}del": number} | ({f"{word.removesuffix('de')}del": number} if word.endswith("nde") else {})
    return shares


def _grouped(words: Iterable[str]) -> str:
    """A pattern for any of some words, those that begin alike in one group, so that it is compiled in less time."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[:ALIKE], []).append(word[ALIKE:])
    return _any_of(f"{start}(?:{_any_of(rest)})" if len(rest) > 1 else start + rest[0] for start, rest in groups.items())


@functools.cache
def _folds() -> dict[str, int]:
    """Words for growth, in per cent: "fördubbl", and numerals with an ending: "tredubbl", "fyrfaldig"."""
    folds: dict[str, int] = dict(swedish()["folds"])
    for word, number in _numerals().items():
        if SECOND <= number <= LARGEST_OF_PARTS:
            folds |= {f"{stem}{ending}": 100 * (number - 1) for stem in (word, word.removesuffix("a")) for ending in ("dubbl", "faldig")}
            folds[f"{word} och en halv gång"] = 100 * (number - 1) + 50
    return folds
