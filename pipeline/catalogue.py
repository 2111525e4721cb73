"""The vocabulary: geographies, classes, statistics, measures and indicators, as catalogue/ declares them.

A catalogue is frozen. Python reads it as models, SQL as small tables (vocabulary.py). docs/catalogue.md lists every key.
"""

import functools
import hashlib
import itertools
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.declarations import (
    LANGUAGES,
    REGIONS,
    RESERVED,
    TOTAL,
    UNITS,
    Cells,
    Classes,
    Geography,
    Measure,
    Over,
    OwnIndicator,
    Quantity,
    Statistic,
    Taken,
    Unit,
    Wording,
    Words,
    Yardstick,
)
from pipeline.faults import DataRefused, Fault
from pipeline.home import catalogue_folder, sql_files
from pipeline.settings import Closed, load


@dataclass(frozen=True)
class Meaning:
    """What an indicator is: a measure taken as level, growth, change or trend, or an SQL file of its own, which has no measure.

    labels, unit_words, wordings: by language. spans: whether it is about a window, not one year. lowest, highest: the bounds of its values.
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
        """Whether it is about a window, not about one year."""
        return self.taken != "level"


TAKEN_AS = {
    "sv": {"growth": "tillväxt", "change": "förändring", "trend": "trend"},
    "en": {"growth": "growth", "change": "change", "trend": "trend"},
}
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
        """What does not fit together: reserved and unknown names, and cells that do not add up."""
        for kind, declared in (("statistics", self.statistics), ("indicators", self.indicators)):
            for name in (name for name in declared if name in RESERVED[kind]):
                found = f"the name {name!r}, which a table of every project has"
                remedy = "Rename the file, and what refers to it."
                yield Fault(f"{self.folder / kind / name}.toml", found, f"another name than {', '.join(RESERVED[kind])}", remedy)
        unknown = [(one.name, name) for one in self.statistics.values() for name in one.classes if name not in self.classes]
        if unknown:
            yield from (self._missing("statistics", statistic, "classes", name, self.classes) for statistic, name in unknown)
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
            yield from (
                self._missing("indicators", own.name, "reads", name, self.measures) for name in own.reads if name not in self.measures
            )

    def _fault(self, kind: str, name: str, key: str, found: str, expected: str, remedy: str) -> Fault:
        return Fault(f"{self.folder / kind / name}.toml, {key}", found, expected, remedy)

    def _missing(self, kind: str, name: str, key: str, value: str, options: Iterable[str]) -> Fault:
        remedy = f"Correct the name, or declare {value!r} in {self.folder}."
        return self._fault(kind, name, key, repr(value), f"one of {', '.join(options) or 'none'}", remedy)

    def _yardstick(self, statistic: str, quantity: str, yardstick: Yardstick) -> Iterator[Fault]:
        key = f"quantities.{quantity}.yardstick"
        other = self.statistics.get(yardstick.statistic)
        codes = [code for code, _ in self.class_codes(other)] if other else []
        if other is None:
            yield self._missing("statistics", statistic, key, yardstick.statistic, self.statistics)
        elif yardstick.quantity not in other.quantities:
            yield self._missing("statistics", statistic, key, yardstick.quantity, other.quantities)
        elif yardstick.class_ not in codes:
            yield self._missing("statistics", statistic, f"{key}.class", yardstick.class_, codes)

    def _cells(self, name: str, cells: Cells) -> Iterator[Fault]:
        statistic = self.statistics.get(cells.statistic)
        if statistic is None:
            yield self._missing("measures", name, "cells.statistic", cells.statistic, self.statistics)
            return
        if cells.quantity not in statistic.quantities:
            yield self._missing("measures", name, "cells.quantity", cells.quantity, statistic.quantities)
            return
        for key, code in cells.classes.items():
            if key not in statistic.classes:
                expected = f"statistic, quantity or one of its classes: {', '.join(statistic.classes) or 'it has none'}"
                yield self._fault("measures", name, "cells", f"unknown key {key!r}", expected, "Correct it.")
                continue
            options = dict.fromkeys([*self.classes[key].groups, *self.classes[key].codes])
            if code not in options:
                yield self._missing("measures", name, f"cells.{key}", code, options)
            elif len(self.classes[key].select(code)) > 1 and key not in self._adds(cells):
                expected = f"classes that {cells.quantity} adds up over: {', '.join(self._adds(cells)) or 'none'}"
                yield self._fault("measures", name, f"cells.{key}", f"a sum of {cells.quantity} over {key}", expected, "Choose one class.")

    def _adds(self, cells: Cells) -> tuple[str, ...]:
        return self.statistics[cells.statistic].quantities[cells.quantity].adds_up_over

    def _over(self, name: str, over: Over) -> Iterator[Fault]:
        for key, part in (("over.measure", over.measure), ("over.by", over.by)):
            other = self.measures.get(part)
            if part == name:
                remedy = "Name the measure that is divided, and the one that divides it."
                yield self._fault("measures", name, key, f"{part!r}, the measure itself: a circle", "another measure", remedy)
            elif other is None:
                yield self._missing("measures", name, key, part, self.measures)
            elif other.cells is None:
                found = f"{part!r}, itself one measure over another"
                yield self._fault("measures", name, key, found, "a measure with cells", "Divide measures with cells.")

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

    def takes_year_end(self, measures: Iterable[str]) -> bool:
        """Whether any of some measures is made of a statistic of the year's last day, so that the mean of two is a choice."""
        return any(self.statistics[name].at_year_end for measure in measures for name in self.statistics_of(measure))

    def statistics_of(self, measure: str) -> frozenset[str]:
        return frozenset(self.cells_of(part).statistic for part in self.parts(measure))

    def cells_of(self, part: str) -> Cells:
        cells = self.measures[part].cells
        if cells is None:
            raise ValueError(f"{part} has no cells of its own")
        return cells

    def alternatives(self, part: str) -> list[tuple[str, ...]]:
        """The sets of class codes that each give a measure's level: published totals first, then the classes that add up to it."""
        cells = self.cells_of(part)
        choices = []
        for name in self.statistics[cells.statistic].classes:
            code = cells.classes.get(name)
            selection = self.classes[name].select(code)
            if code is not None:
                choices.append([selection])
            else:
                choices.append([(TOTAL,), *([selection] if name in self._adds(cells) else [])])
        return [tuple(class_code(codes) for codes in itertools.product(*choice)) for choice in itertools.product(*choices)]

    def formula(self, measure: str) -> str:
        """How a measure's level is computed, by the names of measures."""
        over = self.measures[measure].over
        if over is None:
            return measure
        times = f" × {over.times:,}".replace(",", " ") if over.times != 1 else ""
        return f"{over.measure}{times} / {over.by}"

    def quantity(self, statistic: str, quantity: str) -> Quantity:
        return self.statistics[statistic].quantities[quantity]

    def compares_with_whole(self, measure: str) -> bool:
        """Whether the whole's level compares with the regions': as declared; by default, if the quantities add up over regions."""
        declared = self.measures[measure].compares_with_whole
        if declared is not None:
            return declared
        quantities = [self.quantity(cells.statistic, cells.quantity) for cells in map(self.cells_of, self.parts(measure))]
        whole = [self.measures[part].compares_with_whole for part in self.parts(measure)]
        return all(
            own if own is not None else quantity.kind == "index" or REGIONS in quantity.adds_up_over
            for own, quantity in zip(whole, quantities, strict=True)
        )

    @property
    def currency(self) -> str:
        """The currency of the geography's amounts."""
        return self.geography.currency or "units"

    @functools.cached_property
    def units(self) -> dict[str, int]:
        """The units that a file may have amounts in, and how many of the currency each is."""
        return {f"{scale}{self.currency}": number for scale, number in UNITS.items()}

    def meaning(self, measure: str, taken: Taken) -> Meaning:
        """The meaning of an indicator that takes a measure as level, growth, change or trend."""
        declared = self.measures[measure]
        wordings: dict[str, Wording | None] = {code: getattr(getattr(declared, code), taken) for code in LANGUAGES}
        unit_words: dict[str, str] = {code: getattr(declared, code).unit for code in LANGUAGES}
        is_relative = taken in ("growth", "trend")
        return Meaning(
            measure,
            taken,
            "growth" if is_relative else declared.unit,
            {code: self._label(getattr(declared, code), taken, code) for code in LANGUAGES},
            GROWTH_UNIT if is_relative else unit_words,
            wordings,
            self.compares_with_whole(measure),
            (measure,),
            {"growth": -1.0, "trend": -1.0, "level": 0.0, "change": -math.inf}[taken],
            1.0 if declared.unit == "share" and taken == "level" else math.inf,
        )

    @staticmethod
    def _label(words: Words, taken: Taken, language: str) -> str:
        wording: Wording | None = getattr(words, taken)
        if wording:
            return wording.label
        return words.name if taken == "level" else f"{words.name}, {TAKEN_AS[language][taken]}"

    def own_meaning(self, name: str) -> Meaning:
        """The meaning of an indicator with an SQL file of its own."""
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

    @functools.cached_property
    def figure_names(self) -> dict[tuple[str, str], str]:
        """A name for each quantity: the statistic's for its first; for another its own, after the statistic's if two share it."""
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
"""The folders of a catalogue, and the model of the files in each."""


def load_catalogue(geography: str, folder: Path | None = None, where: str = "") -> Catalogue:
    """Read the catalogue for a geography. where: the place that names the geography, for a fault.

    folder: by default, the catalogue of the project that commands work in.

    Raises DataRefused with every fault of every file.
    """
    folder = folder or catalogue_folder()
    declared: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for kind, model in KINDS.items():
        declared[kind] = {}
        for path in sorted((folder / kind).glob("*.toml")):
            try:
                content = path.read_bytes() if path.is_file() and os.access(path, os.R_OK) else b""
                declared[kind][path.stem] = _declared(model, path, content)
            except DataRefused as refused:
                faults += refused.faults
    geographies = declared.pop("geographies")
    if not faults and geography not in geographies:
        expected = f"one of {', '.join(geographies) or 'none'}"
        faults = [Fault(where or str(folder), f"the geography {geography!r}", expected, f"Declare it in {folder / 'geographies'}.")]
    if not faults:
        catalogue = Catalogue.model_construct(None, folder=folder, geography=geographies[geography], **declared)
        faults = list(catalogue.faults())
        if not faults:
            return catalogue
    raise DataRefused(faults)


@functools.lru_cache(maxsize=256)
def _declared(model: type[Closed], path: Path, _: bytes) -> Closed:
    """A file of a catalogue, read once for as long as it says the same. Raises DataRefused."""
    return load(model, path, name=path.stem)


def texts(folder: Path) -> dict[str, str]:
    """The text of each file of a catalogue, by its path there."""
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.glob("*/*.toml"))}


def checksum(folder: Path) -> str:
    """The sha256 of all files of a catalogue."""
    return hashlib.sha256(json.dumps(texts(folder)).encode()).hexdigest()
