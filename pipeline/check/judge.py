"""What the award's tables say about each claim: pure functions on rows."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Literal

from pipeline.award import Award
from pipeline.check.claims import Claim
from pipeline.check.lexicon import Lexicon
from pipeline.check.senses import SHARE, Form, Sense
from pipeline.check.tokens import Rank, Written

Verdict = Literal["exact", "within the rounding", "wrong", "other concept", "not checkable"]
NOT_RIGHT: tuple[Verdict, ...] = ("wrong", "other concept")
"""What is not right as it is written."""
ABOUT = Decimal("0.05")
ROUGHLY = Decimal("0.1")
"""How far a figure may be from a number after "cirka"; from a fraction or a doubling, or on one side after "drygt"."""
LEVELS, GROWTH = "indicators.levels_by_year", "indicators.growth_by_window"
REASONS = {
    "withheld": "the figure is withheld: it exists and is not published",
    "missing": "the figure is missing in the data",
    "undefined": "there is no such figure: it would be divided by zero",
    "series-break": "growth across two series is refused",
}
SCALES = {1: "", 10**3: " thousand", 10**6: " million", 10**9: " billion"}
Rows = Iterable[Mapping[str, Any]]


class Tables:
    """The rows of indicators.levels_by_year, indicators.growth_by_window and staging.regions, to look up."""

    def __init__(self, levels: Rows, growth: Rows, regions: Rows, award: Award) -> None:
        self.award = award
        self.names: dict[str, str] = {row["region_code"]: row["region_name"] for row in regions}
        self.parts = [row["region_code"] for row in regions if not row["is_whole"]]
        self.lexicon = Lexicon(award.catalogue, self.names)
        self.senses = self.lexicon.senses
        self.nouns = award.catalogue.geography.en
        self.levels = {(row["measure"], row["region_code"], row["year"]): (row["level"], row["status"]) for row in levels}
        self.growth = {
            (row["measure"], row["region_code"], row["base_year"], row["final_year"]): (
                row["growth_ratio"],
                row["status"],
            )
            for row in growth
        }
        years: dict[str, set[int]] = {}
        for measure, _, year in self.levels:
            years.setdefault(measure, set()).add(year)
        self.years = {measure: sorted(known) for measure, known in years.items()}
        self.windows = {str(one.measure): award.window_of(one) for one in award.indicators if one.years and one.measure}

    def window(self, sense: Sense) -> tuple[int, int]:
        """The window of a measure: of the indicator with years of its own that takes it, or the award's."""
        return self.windows.get(sense.measure, (self.award.window.base, self.award.window.final))


@dataclass(frozen=True)
class Reading:
    """One meaning that a claim can have."""

    claim: Claim
    sense: Sense
    region: str
    base: int
    final: int
    tables: Tables = field(compare=False, repr=False)

    @property
    def year(self) -> int:
        """The year of a level."""
        return self.final if self.claim.at else self.base

    @property
    def has_years(self) -> bool:
        """Whether the data have its years."""
        years = self.tables.years.get(self.sense.measure, [])
        return {self.base, self.final} <= {*years} and self.base < self.final if self.spans else self.year in years

    @property
    def spans(self) -> bool:
        """Whether it compares two years."""
        return self.claim.kind not in ("level", "rank of level")

    @property
    def of_growth(self) -> bool:
        """Whether it is a growth in per cent."""
        return self.claim.kind in ("growth", "rank of growth", "direction")

    @cached_property
    def figure(self) -> Decimal | None:
        """The figure that the claim is held against, in the claim's unit."""
        scale = Decimal(100) if self.of_growth or self.sense.unit == "%" else Decimal(1)
        if self.sense.unit == "money" and self.claim.number and not self.of_growth:
            scale /= self.claim.number.scale
        values = [value for value, _ in self._cells]
        if None in values:
            return None
        numbers = [Decimal(repr(value)) for value in values]
        return scale * (numbers[0] if len(numbers) == 1 else numbers[1] - numbers[0])

    @property
    def status(self) -> str:
        """Why there is no figure."""
        return next(status for value, status in self._cells if value is None)

    @property
    def _cells(self) -> list[tuple[float | None, str]]:
        """The cells that the figure is taken from, with their status: two for a change."""
        name, code, nothing = self.sense.measure, self.region, (None, "missing")
        if self.of_growth:
            return [self.tables.growth.get((name, code, self.base, self.final), nothing)]
        return [self.tables.levels.get((name, code, year), nothing) for year in ([self.base, self.final] if self.spans else [self.year])]

    @property
    def words(self) -> str:
        """The reading in words, and where its figure stands."""
        when = f"{self.base}–{self.final}" if self.spans else str(self.year)
        how = "growth of " if self.of_growth else "change of " if self.spans else ""
        where = f"{GROWTH if self.of_growth else LEVELS}, {self.sense.measure}, {self.region}"
        return f"{how}{self.sense.name}, {self.tables.names[self.region]}, {when}; {where}"

    @property
    def shown(self) -> str:
        """The figure as it would be printed in the place of the claim."""
        figure, number = self.figure or Decimal(0), self.claim.number
        if number is None:
            return f"{_number(figure, Decimal('0.1'), signed=True)} %"
        money = f"{SCALES[number.scale]} {self.tables.award.catalogue.currency}"
        after = {"money": money, "%": " %", "points": " percentage points"}.get(number.unit, "")
        step = Decimal(1) if number.unit == "money" and _rounded(figure, number.written.step) == 0 else number.written.step
        return _number(figure, step, signed=self.claim.kind in ("growth", "change")) + after

    @property
    def assumptions(self) -> str:
        """What the sentence leaves unsaid, and what was taken instead."""
        taken = {
            "region": self.tables.names[self.region],
            "statistic": _plain(self.sense.statistic),
            "scope": self.tables.senses.scope_name(self.sense.statistic, self.sense.scope),
            "measure": self.sense.name if self.sense.form != Form() else "",
            "window": f"{self.base}–{self.final}",
            "year": str(self.year),
        }
        unsaid = [f"{name} {taken[name]}" for name in self.claim.assumed if taken[name]]
        return f" Not said in the sentence, but before or by the award: {', '.join(unsaid)}." if unsaid else ""

    def place(self, *, below: bool) -> tuple[int | None, list[str]]:
        """The region's place among those whose figure is known, and the names of the others."""
        figures = {code: replace(self, region=code).figure for code in self.tables.parts}
        own = figures[self.region]
        unknown = [self.tables.names[code] for code, figure in figures.items() if figure is None]
        if own is None:
            return None, unknown
        sign = -1 if below else 1
        return 1 + sum(1 for figure in figures.values() if figure is not None and sign * figure > sign * own), unknown


@dataclass(frozen=True)
class Finding:
    """The verdict on a claim, and why: the reading, the unrounded figure in the claim's unit, and as it would be printed."""

    claim: Claim
    verdict: Verdict
    explanation: str
    reading: Reading | None = None
    figure: float | None = None
    shown: str | None = None


def judge(claims: Sequence[Claim], tables: Tables) -> list[Finding]:
    """A finding for each claim, in their order."""
    mentioned = list(dict.fromkeys(claim.region for claim in claims if claim.region))
    found: list[Finding] = []
    scope, sentence = None, None
    for claim in claims:
        if claim.sentence != sentence and "statistic" not in claim.assumed:
            scope = None
        sentence = claim.sentence
        # "Företagen" can be all of them or a group; what the first figure settles holds for those that go on from it.
        is_open = "scope" in claim.assumed and all(tables.senses.groups([statistic]) for statistic in claim.statistics)
        finding = _judged(replace(claim, scopes=(scope,)) if is_open and scope is not None else claim, tables, mentioned)
        if is_open and scope is None and claim.number and finding.verdict == "exact" and finding.reading:
            scope = finding.reading.sense.scope
        found.append(finding)
    return found


def _judged(claim: Claim, tables: Tables, mentioned: Sequence[str]) -> Finding:
    if claim.obstacle:
        return _not_checkable(claim, claim.obstacle)
    if claim.region is None:
        return _not_checkable(claim, "no region is named")
    if claim.rank and claim.region not in tables.parts:
        return _not_checkable(claim, f"the whole has no place among the {tables.nouns.nouns}")
    readings = list(dict.fromkeys(_readings(claim, tables)))
    if not readings:
        return _nothing_like_it(claim, tables)
    inside = [reading for reading in readings if reading.has_years]
    if not inside:
        first = readings[0]
        asked = f"{first.base}–{first.final}" if first.spans else str(first.year)
        years = tables.years.get(first.sense.measure, [])
        there = f"{years[0]}–{years[-1]}" if years else "no year of it"
        return _not_checkable(claim, f"{asked} is not a window or year of award {tables.award.name}, which has {there}", first)
    if claim.rank:
        return _placed(claim, claim.rank, inside)
    return _measured(claim, inside, mentioned)


def _not_checkable(claim: Claim, reason: str, reading: Reading | None = None) -> Finding:
    return Finding(claim, "not checkable", f"Not checkable: {reason}.", reading)


def _unknown(reading: Reading) -> Finding:
    return _not_checkable(reading.claim, f"{REASONS.get(reading.status, reading.status)} ({reading.words})", reading)


def _finding(reading: Reading, verdict: Verdict, text: str) -> Finding:
    return Finding(reading.claim, verdict, text + reading.assumptions, reading, float(reading.figure or 0), reading.shown)


def _readings(claim: Claim, tables: Tables) -> Iterator[Reading]:
    """Every meaning that fits the words, likeliest first. Of an unsaid scope, any group fits where no measure is of all."""
    for statistic, form, scope in itertools.product(claim.statistics, claim.forms, claim.scopes):
        senses = tables.senses.of([statistic], form)
        may_be_any = "scope" in claim.assumed and form.over != SHARE and all(sense.scope for sense in senses)
        for sense in senses:
            if (sense.scope == scope or may_be_any) and _fits_unit(claim, sense):
                yield from _in_windows(claim, sense, tables)


def _in_windows(claim: Claim, sense: Sense, tables: Tables) -> Iterator[Reading]:
    for window in claim.windows:
        base, last = tables.window(sense)
        final = window.final or last
        base = window.base or (final - window.length if window.length else base)
        yield Reading(claim, sense, str(claim.region), base, final, tables)


def _fits_unit(claim: Claim, sense: Sense) -> bool:
    if claim.number is None or claim.kind == "growth":
        return True
    return claim.number.unit == ("points" if claim.kind == "change" and sense.unit == "%" else sense.unit)


def _measured(claim: Claim, readings: Sequence[Reading], mentioned: Sequence[str]) -> Finding:
    """The verdict on a number or a direction."""
    known = [reading for reading in readings if reading.figure is not None]
    fits: tuple[Verdict, ...] = ("exact", "within the rounding")
    for wanted in fits:
        for reading in known:
            if _fit(reading) == wanted:
                return _finding(reading, wanted, f"{reading.shown} ({reading.words}){_widened(claim, wanted)}.")
    if len(known) < len(readings):
        return _unknown(next(reading for reading in readings if reading.figure is None))
    right = "; ".join(f"{reading.shown} ({reading.words})" for reading in known[:3])
    if claim.kind == "growth" and claim.printed and claim.number:
        low, high = _left_open(*claim.printed)
        if low <= claim.sign * claim.number.written.low <= high:
            span = f"{_number(low, Decimal('0.1'))} to {_number(high, Decimal('0.1'))} %"
            text = f"The levels that the sentence prints leave {span}; unrounded it is {right}."
            return _finding(known[0], "within the rounding", text)
    for near in _neighbours(known[0], mentioned):
        if _fit(near) == "exact":
            return _finding(known[0], "other concept", f"The number is that of {near.words}. As written it would be {right}.")
    return _finding(known[0], "wrong", f"The figure is {right}.")


def _widened(claim: Claim, fit: Verdict) -> str:
    if fit == "exact" or claim.number is None:
        return ""
    return {"": ", rounded more coarsely"}.get(claim.number.written.how, ", within what the wording allows")


def _fit(reading: Reading) -> Literal["exact", "within the rounding", ""]:
    """Whether a figure is what is written."""
    claim, figure = reading.claim, reading.figure
    if figure is None:
        return ""
    if claim.number is None:
        return "exact" if figure * claim.sign > 0 else ""
    written = claim.number.written
    size = figure * claim.sign if claim.kind in ("growth", "change") else figure
    is_printed = written.low <= _rounded(size, written.step) <= written.high
    if is_printed and written.how in ("", "about"):
        return "exact"
    if written.low != written.high:
        return ""
    value = written.low
    near, far = (max(written.step, value * share) for share in (ABOUT, ROUGHLY))
    fits = {
        "about": abs(size - value) <= near,
        "roughly": abs(size - value) <= far,
        "above": is_printed or value <= size <= value + far,
        "below": is_printed or value - far <= size <= value,
        "over": size >= value,
        "under": 0 <= size <= value,
        "": claim.number.unit == "money" and written.step >= 1 and _rounded_coarsely(size, written),
    }
    return "within the rounding" if fits[written.how] else ""


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def _rounded_coarsely(size: Decimal, written: Written) -> bool:
    """Whether an amount is what is written once its zeros are taken for rounding, two digits left at the least."""
    step = written.step * 10
    while written.low % step == 0 and written.low >= step * 10:
        if _rounded(size, step) == written.low:
            return True
        step *= 10
    return False


def _left_open(base: Written, final: Written) -> tuple[Decimal, Decimal]:
    """The growth, in per cent, that two printed levels leave possible."""
    low = (final.low - final.step / 2) / (base.high + base.step / 2)
    high = (final.high + final.step / 2) / (base.low - base.step / 2) if base.low > base.step / 2 else Decimal("Infinity")
    return (low - 1) * 100, (high - 1) * 100


def _neighbours(own: Reading, mentioned: Sequence[str]) -> Iterator[Reading]:
    """What a writer may have mixed up with what is written: another concept, other years, another region of the text."""
    if own.claim.kind == "direction":
        return
    for sense in sorted(own.tables.senses.all, key=lambda sense: _distance(own.sense, sense)):
        if sense != own.sense and _fits_unit(own.claim, sense):
            yield replace(own, sense=sense)
    years = own.tables.years[own.sense.measure]
    for base, final in itertools.combinations(years, 2) if own.spans else zip(years, years, strict=True):
        yield replace(own, base=base, final=final)
    for region in mentioned:
        yield replace(own, region=region)


def _distance(one: Sense, other: Sense) -> int:
    return (one.statistic != other.statistic) + (one.scope != other.scope) + (one.form != other.form)


def _nothing_like_it(claim: Claim, tables: Tables) -> Finding:
    """Nothing has this statistic, scope and form; say so, and what the number is, if it is one of the near ones."""
    for sense in tables.senses.all if claim.kind == "growth" else ():
        near = sum((sense.statistic in claim.statistics, sense.scope in claim.scopes, sense.form in claim.forms))
        for reading in _in_windows(claim, sense, tables):
            if near == 2 and _fit(reading) == "exact":
                text = f"The number is that of {reading.words}; what the text says is not in the data."
                return replace(_finding(reading, "other concept", text), explanation=text)
    if claim.kind == "change" and claim.number and claim.number.unit == "points":
        return _not_checkable(claim, "percentage points are checked for shares only; growth is in per cent")
    statistic = claim.statistics[0]
    asked = (_plain(statistic), tables.senses.scope_name(statistic, claim.scopes[0]), str(claim.forms[0]))
    return _not_checkable(claim, f"nothing like it is in the data ({', '.join(filter(None, asked))})")


def _placed(claim: Claim, rank: Rank, readings: Sequence[Reading]) -> Finding:
    """The verdict on a place among the regions; with unknown figures, every place that they leave open is possible."""
    below = rank.below != (claim.sign < 0)
    found = [_placed_as(rank, reading, below=below) for reading in readings]
    if claim.kind == "rank of growth":
        # What is counted or a share also grows by a number: "ökade mest" can mean either.
        by_number = replace(claim, kind="rank of change")
        counted = (replace(reading, claim=by_number) for reading in readings if reading.sense.unit != "money")
        found += [_placed_as(rank, reading, below=below) for reading in counted]
    best = min(found, key=lambda finding: ("exact", "not checkable", "wrong").index(finding.verdict))
    own = readings[0].sense
    for near in _neighbours(readings[0], ()) if best.verdict == "wrong" else ():
        is_near = near.sense.statistic == own.statistic and _distance(near.sense, own) == 1 and near.sense.unit == "money"
        if is_near and near.place(below=below)[0] == rank.place:
            return replace(
                best,
                verdict="other concept",
                explanation=f"The place is that of {near.words}. As written: {best.explanation}",
            )
    return best


def _placed_as(rank: Rank, reading: Reading, *, below: bool) -> Finding:
    """The verdict on a place under one reading."""
    tables = reading.tables
    place, unknown = reading.place(below=below)
    if place is None:
        return _unknown(reading)
    among = f"{len(tables.parts) - len(unknown)} {tables.nouns.nouns}{' whose figure is known' if unknown else ''}"
    what = f"the region is {_ordinal(place)}{'lowest' if below else 'highest'} of the {among} ({reading.words})"
    hidden = f" Unknown: {', '.join(unknown)}." if unknown else ""
    if not rank.within and place < rank.place <= place + len(unknown):
        finding = _not_checkable(reading.claim, f"{what}, and an unknown figure could stand before it", reading)
        return replace(finding, explanation=finding.explanation + hidden)
    holds = place == rank.place or (rank.within and place <= rank.place)
    text = f"{what[0].upper()}{what[1:]}.{hidden}{reading.assumptions}"
    return Finding(reading.claim, "exact" if holds else "wrong", text, reading, float(place), str(place))


def _ordinal(place: int) -> str:
    return "" if place == 1 else f"{place}{'th' if place % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')} "


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _number(value: Decimal, step: Decimal, *, signed: bool = False) -> str:
    """As Swedish readers expect it: decimal comma, no-break space between thousands."""
    rounded = _rounded(value, step)
    digits = f"{abs(rounded):,f}".replace(",", "\u00a0").replace(".", ",")
    return ("−" if rounded < 0 else "+" if signed and rounded > 0 else "") + digits


def as_row(finding: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    """A finding as plain values."""
    claim, reading = finding.claim, finding.reading
    code = reading.region if reading else claim.region
    spans = reading is not None and reading.spans
    return {
        "place": claim.sentence.place,
        "in_table": claim.sentence.in_table,
        "sentence": " ".join(claim.sentence.text.split()),
        "start": claim.start,
        "end": claim.end,
        "written": claim.written,
        "kind": claim.kind,
        "region_code": code,
        "region_name": names.get(code or ""),
        "concept": reading.sense.measure if reading else None,
        "base_year": reading.base if reading and spans else None,
        "final_year": reading.final if reading and spans else None,
        "year": reading.year if reading and not spans else None,
        "assumed": list(claim.assumed),
        "figure": finding.figure,
        "figure_shown": finding.shown,
        "verdict": finding.verdict,
        "explanation": finding.explanation,
    }
