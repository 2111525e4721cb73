"""Nomination sentences by stated rules, each figure with its trace, and the caveats that come along.

For each indicator of the award, in its order:
  statement    what the figure says. Growth that rounds to zero is "in the main unchanged"; an unknown figure is said to be unknown, and why
  place        where the indicator weighs: among the regions whose figure is known, if there are two; the five highest in words, as the
               motivations put it
  nation       the nation's growth or share beside it. Not for numbers of exporters, since the nation counts an enterprise once
  last year    where growth over the window and growth in its last year have opposite signs
  trend        beside growth between two years, the trend over all years of the window, by each estimator; and that one amounts to more
               than has occurred, where it ends BEYOND times past every level since the first year
  small base   where growth starts below a share, set in the award, of the median county's level
  best window, worst window   where no other window gives the region a better or a worse place
And once a region: nominal, where a growth is in current prices.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from pipeline.award import Award, Indicator
from pipeline.report.language import Language
from pipeline.report.traces import ESTIMATORS, VALUE, Figure, Traces, estimator_column
from pipeline.report.visible import unbroken

Parts = tuple[str | Figure, ...]
BEYOND = 1.1
CAVEATS = ("small base", "best window", "worst window", "nominal")


@dataclass(frozen=True)
class Sentence:
    """One sentence about a region: the rule it comes from, and its text with the figures in it."""

    region_code: str
    rule: str
    indicator: str | None
    parts: Parts

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


def sentences(tables: Mapping[str, Sequence[Mapping[str, Any]]], award: Award, traces: Traces, codes: Sequence[str]) -> list[Sentence]:
    """Every sentence about these regions, in the order of the rules."""
    regions = {row["region_code"]: row["region_name"] for row in tables["staging.regions"]}
    places = places_by_indicator(tables, award)
    extremes: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in tables["robustness.window_extremes"]:
        extremes.setdefault((row["indicator"], row["region_code"]), []).append(row)
    written: list[Sentence] = []
    for code in codes:
        nominal = False
        for indicator in award.indicators:
            about = _About(indicator, code, regions[code], traces, award)
            written += about.sentences(places.get(indicator.name, {}), extremes.get((indicator.name, code), []))
            nominal = nominal or about.is_nominal
        if nominal:
            written.append(Sentence(code, "nominal", None, (traces.language.say("sentences.nominal"),)))
    return written


def places_by_indicator(tables: Mapping[str, Sequence[Mapping[str, Any]]], award: Award) -> dict[str, dict[str, int]]:
    """Of each indicator, the place in it alone of each region whose figure is known, in the award's window."""
    places: dict[str, dict[str, int]] = {}
    for row in tables["robustness.windows"]:
        if row["rank"] and (row["base_year"], row["final_year"]) == (award.window.base, award.window.final):
            places.setdefault(row["indicator"], {})[row["region_code"]] = row["rank"]
    return places


@dataclass
class _About:
    """The sentences about one indicator of one region."""

    indicator: Indicator
    code: str
    region: str
    traces: Traces
    award: Award

    def __post_init__(self) -> None:
        self.name = self.indicator.name
        self.language: Language = self.traces.language
        self.label = self.traces.labels[self.name]
        self.meaning = self.award.meanings[self.name]
        self.row = self.traces.row(self.name, self.code)
        self.value = self.row.get(VALUE)

    @property
    def is_nominal(self) -> bool:
        """Whether it is a known growth or change of an amount of money."""
        return self.value is not None and self.meaning.spans and self.traces.unit(self.name, "base") == "money"

    def sentences(self, places: Mapping[str, int], extremes: Sequence[Mapping[str, Any]]) -> list[Sentence]:
        if self.value is None:
            return [self._sentence("statement", f"sentences.unknown.{self.row.get('status', 'missing')}", label=self.label)]
        case = self._case(self.row)
        wording = self.meaning.wordings[self.language.code]
        kind = "trend" if self.indicator.estimator else "other"
        template = (getattr(wording, case) if wording else None) or self.language.say(f"sentences.{kind}.{case}")
        value = self._figure(self.code, VALUE)
        estimator = self.language.say(f"estimator.{self.indicator.estimator}") if self.indicator.estimator else ""
        sentences = [self._worded("statement", template, label=self.label, value=value, estimator=estimator, **self._span())]
        if self.code in places and len(places) > 1 and self.indicator.weight:
            sentences.append(self._place(case, places))
        sentences += self._whole()
        sentences += self._last_year()
        sentences += self._trend()
        sentences += self._small_base()
        sentences += [self._window(row) for row in extremes]
        return sentences

    def _case(self, row: Mapping[str, Any]) -> str:
        if not self.meaning.spans:
            return "level"
        if self.language.is_shown_as_zero(row[VALUE], self.meaning.unit):
            return "same"
        return "up" if row[VALUE] > 0 else "down"

    def _figure(self, code: str, column: str, finer: int = 0) -> Figure:
        value, unit = self.traces.row(self.name, code)[column], self.traces.unit(self.name, column)
        return self.traces.figure(self.name, code, column, self.language.in_words(float(value), unit, finer), finer)

    def _span(self) -> dict[str, Any]:
        years = {key: str(self.row[key]) for key in ("base_year", "final_year") if self.row[key] is not None}
        known = [key for key in ("base", "final") if self.row.get(key) is not None]
        ends = {key: self._figure(self.code, key, self.traces.finer(self.name, self.code, key)) for key in known}
        return years | ends

    def _place(self, case: str, places: Mapping[str, int]) -> Sentence:
        place, count = places[self.code], len(places)
        shared = sum(other == place for other in places.values()) > 1
        ordinals = self.language.several("sentences.largest" if case == "up" else "sentences.highest")
        if shared:
            case, shown = "shared", str(place)
        elif self.indicator.direction == "lower":
            case, shown = "lowest", str(place)
        elif case == "same":
            shown = str(place)
        elif case in ("up", "level") and place <= len(ordinals):
            shown = ordinals[place - 1]
        else:
            case, shown = "other", str(place)
        figure = self.traces.place(self.name, self.code, place, count, shown)
        among = self.language.say(f"sentences.among.{'all' if count == self.traces.regions else 'known'}", count=count)
        return self._sentence("place", f"sentences.place.{case}", place=figure, among=among)

    def _whole(self) -> list[Sentence]:
        """The whole's growth or share beside the region's, where the two compare."""
        whole = self.award.catalogue.geography.whole
        row = self.traces.row(self.name, whole) if whole and self.meaning.compares_with_whole else {}
        if row.get(VALUE) is None or self.meaning.unit not in ("growth", "share"):
            return []
        return [self._sentence("nation", f"sentences.whole.{self._case(row)}", value=self._figure(str(whole), VALUE))]

    def _last_year(self) -> list[Sentence]:
        """The growth in the last year of the window, where that goes the other way."""
        last = self.traces.last_year(self.name, self.code)
        if last is None:
            return []
        final = self.row["final_year"]
        value = self.traces.growth_figure(self.name, self.code, (final - 1, final), last, self.language.in_words(last, "growth"))
        years = self.language.span(final - 1, final)
        return [self._sentence("last year", f"sentences.last_year.{'up' if last > 0 else 'down'}", value=value, years=years)]

    def _trend(self) -> list[Sentence]:
        """The trend over all years beside growth between the first and the last, where there are years between."""
        if self.meaning.taken != "growth" or self.row["final_year"] - self.row["base_year"] < 2:
            return []
        row, years = self.traces.trend(self.name, self.code), self._span()
        if row["status"] != "ok":
            return [self._sentence("trend", "sentences.beside_growth_unknown", **years)]
        figures = {
            column: self.traces.trend_figure(
                self.name, self.code, estimator, self.language.figure(row[column], self.meaning.unit, signed=True)
            )
            for estimator in ESTIMATORS
            for column in [estimator_column(estimator)]
        }
        template, beyond = self._beyond({estimator_column(estimator): row[estimator_column(estimator)] for estimator in ESTIMATORS})
        return [self._worded("trend", self.language.say("sentences.beside_growth") + template, **figures, **years, **beyond)]

    def _beyond(self, trends: Mapping[str, float]) -> tuple[str, dict[str, str | Figure]]:
        """That a trend (growth over the window, by column) amounts to more than any year has had since the first: a template, and what
        fills it."""
        base, final = self.row["base_year"], self.row["final_year"]
        since = {year: self.traces.growth(self.name, self.code, (base, year)) for year in range(base + 1, final + 1)}
        known = {year: growth for year, growth in since.items() if growth is not None}
        for way, most in (("up", max), ("down", min)):
            year = most(known, key=lambda year: known[year])
            column = most(trends, key=lambda column: trends[column])
            past = (1 + trends[column]) / (1 + known[year])
            if known[year] * (1 if way == "up" else -1) > 0 and (past if way == "up" else 1 / past) > BEYOND:
                shown = self.language.percent(known[year], signed=True)
                figure = self.traces.growth_figure(self.name, self.code, (base, year), known[year], shown)
                trend = self.language.percent(trends[column], signed=True)
                return f" {self.language.say(f'sentences.beyond.{way}')}", {"trend": trend, "most": figure, "year": str(year)}
        return "", {}

    def _small_base(self) -> list[Sentence]:
        share = self.award.report.small_base_share
        if self.meaning.taken != "growth" or self.row["base"] >= share * self.traces.median(self.name, "base"):
            return []
        return [self._sentence("small base", "sentences.small_base", share=self.language.percent(share), **self._span())]

    def _window(self, row: Mapping[str, Any]) -> Sentence:
        text = self.language.say(
            f"sentences.window.{row['extreme']}",
            label=self.label,
            region=self.region,
            window=self.language.span(self.award.window.base, self.award.window.final),
            place=row["rank"],
            windows=row["windows"],
            low=row["best_rank"],
            high=row["worst_rank"],
        )
        return Sentence(self.code, f"{row['extreme']} window", self.name, (text,))

    def _sentence(self, rule: str, key: str, **values: str | Figure) -> Sentence:
        return self._worded(rule, self.language.say(key), **values)

    def _worded(self, rule: str, template: str, **values: str | Figure) -> Sentence:
        parts: list[str | Figure] = []
        for literal, name, _, _ in Formatter().parse(unbroken(template)):
            parts += [literal] if literal else []
            if name:
                parts.append(self.region if name == "region" else values[name])
        return Sentence(self.code, rule, self.name, tuple(parts))


def rows(sentences: Sequence[Sentence], language: Language) -> list[dict[str, Any]]:
    """The rows of report.sentences."""
    counts: dict[str, int] = {}
    table = []
    for sentence in sentences:
        counts[sentence.region_code] = number = counts.get(sentence.region_code, 0) + 1
        traced = [str(part.trace) for part in sentence.parts if isinstance(part, Figure)]
        table.append(
            {
                "language": language.code,
                "region_code": sentence.region_code,
                "sentence_number": number,
                "rule": sentence.rule,
                "indicator": sentence.indicator,
                "sentence": sentence.text,
                "traces": "; ".join(traced) or None,
            }
        )
    return table
