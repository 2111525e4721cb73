"""What every chapter is written from: the tables as rows, the award, the language, and what things are called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from pipeline.award import Award, Indicator
from pipeline.declarations import Words as MeasureWords
from pipeline.method import MANY
from pipeline.report.blocks import Cell, Inline, Link, Passage
from pipeline.report.charts.lines import Panel, span
from pipeline.report.language import Language
from pipeline.report.sentences import Sentence, places_by_indicator
from pipeline.report.traces import Traces
from pipeline.report.visible import unbroken
from pipeline.report.words import Code
from pipeline.settings import Words
from pipeline.sources import Sources

Row = Mapping[str, Any]
FIRST = 20
"""Of a large geography, the candidates and those near them have a page each; charts with a row or a line a region show these, and so many
that are the first in the ranking."""


def foremost(tables: Mapping[str, Sequence[Row]], also: str = "") -> tuple[str, ...]:
    """The codes of the regions that have pages, in the order of the ranking. also: of one that is asked for."""
    codes = [row["region_code"] for row in tables["ranking.ranking"]]
    if len(codes) <= MANY:
        return tuple(codes)
    near = {*(row["region_code"] for row in tables["robustness.verdicts"]), also}
    return tuple(code for code in codes if code in near)


def labels(award: Award, language: Language) -> dict[str, str]:
    """What each indicator is called in the language: as the award says, else as the catalogue does."""
    return {name: unbroken(label) for name, label in award.labels(language.code).items()}


@dataclass(frozen=True)
class Context:
    """The tables of one award as rows, in one language, with its sentences and the traces of the figures in them."""

    tables: Mapping[str, Sequence[Row]]
    award: Award
    sources: Sources
    language: Language
    sentences: Sequence[Sentence]
    traces: Traces
    foremost: tuple[str, ...]

    @property
    def say(self) -> Callable[..., str]:
        """The text under a key, with its places filled."""
        return self.language.say

    @cached_property
    def labels(self) -> dict[str, str]:
        """What each indicator is called, with its years where they are not the award's."""
        own = {one.name: f" {self.language.span(*self.award.window_of(one))}" for one in self.award.indicators if one.years}
        return {name: label + own.get(name, "") for name, label in self.traces.labels.items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """What each region is called, the whole too, by code."""
        return {row["region_code"]: row["region_name"] for row in self.tables["staging.regions"]}

    @property
    def whole(self) -> str | None:
        """The code of all regions together, where the geography has one."""
        return self.award.catalogue.geography.whole

    @property
    def wholes(self) -> tuple[str, ...]:
        """The code of all regions together, or nothing: what a table of regions ends with."""
        return (self.whole,) if self.whole else ()

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The codes of all regions but the whole."""
        return tuple(code for code in self.names if code != self.whole)

    @property
    def window(self) -> str:
        """The years of the award's window."""
        return self.language.span(self.award.window.base, self.award.window.final)

    @property
    def ranking(self) -> Sequence[Row]:
        """The rows of ranking.ranking: the ranked regions by place, then the others."""
        return self.tables["ranking.ranking"]

    @cached_property
    def charted(self) -> tuple[str, ...]:
        """The codes of the regions that have a row or a line in charts, in the order of the ranking."""
        codes = [row["region_code"] for row in self.ranking]
        first = codes[:FIRST] if len(codes) > MANY else codes
        return tuple(code for code in codes if code in first or code in self.foremost)

    @cached_property
    def proposed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.ranking if row["is_candidate"])

    @cached_property
    def candidates(self) -> tuple[str, ...]:
        """The codes of the proposed candidates."""
        return tuple(row["region_code"] for row in self.proposed)

    @property
    def weighing(self) -> tuple[Indicator, ...]:
        return tuple(indicator for indicator in self.award.indicators if indicator.weight)

    @property
    def illustrative(self) -> list[str]:
        """The files that are no statistics."""
        return self.sources.illustrative

    @cached_property
    def _of_each_region(self) -> dict[str, dict[str, list[Row]]]:
        return {}

    def of_region(self, table: str, code: str) -> list[Row]:
        if table not in self._of_each_region:
            of_each = self._of_each_region[table] = {}
            for row in self.tables[table]:
                of_each.setdefault(row["region_code"], []).append(row)
        return self._of_each_region[table].get(code, [])

    def by_region(self, table: str) -> dict[str, Row]:
        """The rows of a table that has one a region, by region code."""
        return {row["region_code"]: row for row in self.tables[table]}

    @cached_property
    def values(self) -> dict[str, dict[str, float]]:
        """The known values of all regions but the whole, by indicator and region code."""
        each = {name: {code: self.traces.value(name, code) for code in self.regions} for name in self.labels}
        return {name: {code: float(value) for code, value in of.items() if value is not None} for name, of in each.items()}

    @cached_property
    def levels(self) -> dict[str, dict[str, dict[int, float | None]]]:
        """The level of every region and of the whole in every year, by measure and region code; None for an unknown one."""
        rows = self.tables["indicators.levels_by_year"]
        years: dict[str, set[int]] = {}
        for row in rows:
            years.setdefault(row["measure"], set()).add(row["year"])
        levels = {measure: {code: dict.fromkeys(sorted(of), None) for code in self.names} for measure, of in years.items()}
        for row in rows:
            levels[row["measure"]][row["region_code"]][row["year"]] = row["level"]
        return levels

    @cached_property
    def panels(self) -> dict[str, Panel]:
        """The levels of every region, and of the whole where it compares, of each measure that a weighing indicator is taken from and
        that is there in more than one year."""
        panels: dict[str, Panel] = {}
        for indicator in self.weighing:
            measure = self.award.meanings[indicator.name].measure
            if not measure or measure in panels:
                continue
            levels = dict(self.levels[measure])
            if self.whole and not self.award.catalogue.compares_with_whole(measure):
                levels.pop(self.whole, None)
            if len({year for by_year in levels.values() for year in by_year}) > 1:
                base, _ = self.award.window_of(indicator)
                panels[measure] = Panel(self.measure(measure).name, self.award.catalogue.measures[measure].unit, levels, base)
        return panels

    @cached_property
    def index_span(self) -> tuple[float, float]:
        """The lowest and the highest index of any region in any of the panels."""
        return span(self.panels.values())

    def sentences_about(self, code: str) -> list[Sentence]:
        return self._sentences_by_region.get(code, [])

    @cached_property
    def _sentences_by_region(self) -> dict[str, list[Sentence]]:
        by_region: dict[str, list[Sentence]] = {}
        for sentence in self.sentences:
            by_region.setdefault(sentence.region_code, []).append(sentence)
        return by_region

    def region(self, code: str) -> Cell:
        """A region's name in a table, leading to its page; the whole has none."""
        if code == self.whole:
            return Cell(self.say("shared.whole"), self.language.order(self.say("shared.whole")))
        return Cell(self.names[code], self.language.order(self.names[code]), f"region-{code}")

    def shown(self, indicator: str, value: float | None) -> str:
        """A value of an indicator, rounded, with a sign where it is a growth or a change."""
        meaning = self.award.meanings[indicator]
        return self.language.figure(value, meaning.unit, signed=meaning.spans)

    def unit_words(self, indicator: str) -> str:
        """What the unit of an indicator's value is called; growth is shown in per cent."""
        meaning = self.award.meanings[indicator]
        return self.say("workbook.growth") if meaning.unit == "growth" else unbroken(meaning.unit_words[self.language.code])

    def measure(self, name: str) -> MeasureWords:
        """What a measure and its unit are called."""
        words: MeasureWords = getattr(self.award.catalogue.measures[name], self.language.code)
        return words

    def statistic(self, name: str) -> str:
        return str(getattr(self.award.catalogue.statistics[name], self.language.code).name)

    def text(self, text: Words) -> tuple[str, Code | Literal[""]]:
        """A text of the award, and the language that it is in, where that is not the report's."""
        if isinstance(text, str):
            return text, "" if self.language.code == "sv" else "sv"
        code = self.language.code if self.language.code in text else next(iter(text))
        return text[code], "" if code == self.language.code else code

    def passage(self, text: Words) -> str | Passage:
        """A text of the award within a sentence, with its language."""
        words, language = self.text(text)
        return Passage(words, language) if language else words

    def cell(self, text: Words) -> Cell:
        """A text of the award in a table, with its language."""
        words, language = self.text(text)
        return Cell(words, language=language)

    def source(self, row: Row) -> Inline:
        """The source of a statement or a nomination, as a link where it has a page."""
        return (Link(row["source"], row["page"], self.text(row["source"])[1]) if row["page"] else self.passage(row["source"]),)

    @cached_property
    def places(self) -> dict[str, dict[str, int]]:
        """The place of each region in one indicator alone, by indicator and region code."""
        return places_by_indicator(self.tables, self.award)

    def place(self, indicator: str, code: str) -> Cell:
        """A region's place in one indicator alone, of as many as are known: 3 av 19."""
        places = self.places.get(indicator, {})
        return Cell(self.say("shared.of", count=places[code], all=len(places)), places[code]) if code in places else Cell("")

    def classes(self, row: Row) -> str:
        """The classes that a row of a table about cells is of; nothing where it is of none."""
        return ", ".join(str(row[name]) for name in self.award.catalogue.classes if row.get(name) is not None)

    def reasons(self, row: Row, column: str = "not_ranked_reason") -> str:
        """Why a row of the ranking has no place, or which indicators are unknown; nothing where it has one, and none."""
        reasons = [reason.split(": ") for reason in (row.get(column) or "").split("; ") if reason]
        return "; ".join(f"{self.labels[name]}: {self.say(f'status.{status}')}" for name, status in reasons)

    def unknown(self, row: Row) -> str:
        """The indicators that are unknown of a region that is ranked by the others; nothing where all are known."""
        return self.reasons(row, "unknown_indicators")

    def verdict(self, row: Row) -> str:
        """The verdict of a row of robustness.verdicts in a few words."""
        marginal_of_others = row["verdict"] == "marginal" and not row["is_candidate"]
        return self.say("verdict.near" if marginal_of_others else f"verdict.{row['verdict']}")

    def times(self, table: str, code: str, noun: str = "") -> str:
        """In how many rankings of a table a region is among the candidates: 5 av 10; with the noun of what is counted: 5 av 10 fönster."""
        outcomes = [row["is_candidate"] for row in self.of_region(table, code)]
        shown = self.say("shared.of", count=sum(outcomes), all=len(outcomes))
        return self.language.counted(noun, len(outcomes), shown) if noun else shown
