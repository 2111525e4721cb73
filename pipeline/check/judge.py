"""What the award's tables say about each claim: pure functions on frames."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

import pandas as pd

from pipeline.check.claims import Claim, Kind
from pipeline.check.words import Rank, Written
from pipeline.schemas import NATION
from pipeline.settings import Award
from pipeline.warehouse import records

Verdict = Literal["exact", "within the rounding", "wrong", "other concept", "not checkable"]
NOT_RIGHT: tuple[Verdict, ...] = ("wrong", "other concept")
"""What is not right as it is written."""
ABOUT = Decimal("0.05")
ROUGHLY = Decimal("0.1")
"""How far a figure may be from a number after "cirka", and from a fraction or a doubling, or on one side after "drygt" and "knappt"."""


@dataclass(frozen=True)
class Measure:
    """One measure of indicators.levels_by_year: what it is about, its name, and the units that it is written in."""

    indicator: str
    flow: str
    scope: str
    measure: str
    name: str
    unit: str


MEASURES = (
    Measure("sme_goods_exports_per_capita", "goods", "sme", "per_capita", "SMEs' goods exports per inhabitant", "SEK"),
    Measure("goods_exports_per_capita", "goods", "all", "per_capita", "all enterprises' goods exports per inhabitant", "SEK"),
    Measure("sme_goods_exports", "goods", "sme", "total", "SMEs' goods exports, total value", "SEK"),
    Measure("goods_exports", "goods", "all", "total", "all enterprises' goods exports, total value", "SEK"),
    Measure("sme_goods_exporters_per_100k", "goods", "sme", "exporters", "goods-exporting SMEs per 100 000 inhabitants", ""),
    Measure("sme_share_of_goods_exports", "goods", "sme", "share", "SMEs' share of goods exports", "%"),
    Measure("sme_goods_exports_per_exporter", "goods", "sme", "per_exporter", "goods exports per exporting SME", "SEK"),
    Measure("services_exports_per_capita", "services", "all", "per_capita", "services exports per inhabitant", "SEK"),
    Measure("services_exports", "services", "all", "total", "services exports, total value", "SEK"),
)
TABLES: Mapping[Kind, str] = {"growth": "indicators.growth_by_window", "rank of growth": "indicators.growth_by_window"}
REASONS = {
    "withheld": "the figure is withheld: it exists and is not published",
    "missing": "the figure is missing in the data",
    "undefined": "there is no such figure: it would be divided by zero",
    "series-break": "growth across two series is refused",
}


@dataclass(frozen=True)
class Reading:
    """One meaning that a claim can have."""

    measure: Measure
    region: str
    base: int
    final: int
    at: int = 1

    @property
    def year(self) -> int:
        """The year of a level."""
        return self.final if self.at else self.base


@dataclass(frozen=True)
class Finding:
    """The verdict on a claim: under which reading, the unrounded figure in the claim's unit, the same as it would be printed, and why."""

    claim: Claim
    verdict: Verdict
    explanation: str
    reading: Reading | None = None
    figure: float | None = None
    shown: str | None = None


class Tables:
    """The award's levels and growth, to look up: indicators.levels_by_year, indicators.growth_by_window and staging.regions."""

    def __init__(self, levels: pd.DataFrame, growth: pd.DataFrame, regions: pd.DataFrame, award: Award) -> None:
        self.award = award
        self.names: dict[str, str] = dict(zip(regions["region_code"], regions["region_name"], strict=True))
        self._levels = {(row["indicator"], row["region_code"], row["year"]): (row["level"], row["status"]) for row in records(levels)}
        self._growth = {
            (row["indicator"], row["region_code"], row["base_year"], row["final_year"]): (row["growth_ratio"], row["status"])
            for row in records(growth)
        }

    def figure(self, claim: Claim, reading: Reading) -> tuple[Decimal | None, str]:
        """The figure that a claim of this kind is held against, in the claim's unit, or None and the status that says why."""
        name, code = reading.measure.indicator, reading.region
        nothing: tuple[float | None, str] = (None, "missing")
        scale = Decimal(1)
        if claim.number and reading.measure.unit == "SEK":
            scale /= claim.number.scale
        if reading.measure.unit == "%":
            scale *= 100
        match claim.kind:
            case "growth" | "direction" | "rank of growth":
                value, status = self._growth.get((name, code, reading.base, reading.final), nothing)
                scale = Decimal(100)
            case "change" | "rank of change":
                ends = [self._levels.get((name, code, year), nothing) for year in (reading.base, reading.final)]
                base, final = (level for level, _ in ends)
                if base is None or final is None:
                    return None, next(status for level, status in ends if level is None)
                return scale * (_decimal(final) - _decimal(base)), "ok"
            case _:
                value, status = self._levels.get((name, code, reading.year), nothing)
        return None if value is None else _decimal(value) * scale, status

    def place(self, claim: Claim, reading: Reading, *, below: bool) -> tuple[int | None, list[str]]:
        """A county's place among those whose figure is known, and the names of the others."""
        figures = {
            code: self.figure(claim, Reading(reading.measure, code, reading.base, reading.final, reading.at))[0]
            for code in self.names
            if code != NATION
        }
        own = figures[reading.region]
        unknown = [self.names[code] for code, figure in figures.items() if figure is None]
        if own is None:
            return None, unknown
        sign = -1 if below else 1
        return 1 + sum(1 for figure in figures.values() if figure is not None and sign * figure > sign * own), unknown


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))


def judge(claims: Sequence[Claim], tables: Tables) -> list[Finding]:
    """A finding for each claim, in their order."""
    mentioned = list(dict.fromkeys(claim.region for claim in claims if claim.region))
    found: list[Finding] = []
    scope, sentence = "", None
    for claim in claims:
        if claim.sentence != sentence and "flow" not in claim.assumed:
            scope = ""
        sentence = claim.sentence
        # "Företagen" can be all of them or the small and medium-sized; what the first figure settles holds for those that go on from it.
        is_open = "scope" in claim.assumed and "services" not in claim.flows
        finding = _judged(replace(claim, scopes=(scope,)) if is_open and scope else claim, tables, mentioned)
        if is_open and not scope and claim.number and finding.verdict == "exact" and finding.reading:
            scope = finding.reading.measure.scope
        found.append(finding)
    return found


def _judged(claim: Claim, tables: Tables, mentioned: Sequence[str]) -> Finding:
    if claim.obstacle:
        return Finding(claim, "not checkable", f"Not checkable: {claim.obstacle}.")
    if claim.region is None:
        return Finding(claim, "not checkable", "Not checkable: no region is named.")
    if claim.rank and claim.region == NATION:
        return Finding(claim, "not checkable", "Not checkable: the nation has no place among the counties.")
    readings = list(_readings(claim, tables.award))
    if not readings:
        return _nothing_like_it(claim, tables)
    years = tables.award.years
    inside = [reading for reading in readings if _known(claim, reading, tables.award)]
    if not inside:
        first = readings[0]
        asked = f"{first.base}–{first.final}" if _spans(claim) else str(first.year)
        return Finding(
            claim,
            "not checkable",
            f"Not checkable: {asked} is not a window or year of award {tables.award.name}, which has {years.first}–{years.last}.",
            first,
        )
    if claim.rank:
        return _placed(claim, claim.rank, inside, tables)
    return _measured(claim, inside, tables, mentioned)


def _readings(claim: Claim, award: Award) -> Iterator[Reading]:
    """Every meaning that fits the words, likeliest first."""
    for flow, measure, scope in itertools.product(claim.flows, claim.measures, claim.scopes):
        for found in MEASURES:
            fits_scope = found.scope == scope or (found.measure in ("exporters", "per_exporter") and "scope" in claim.assumed)
            if (found.flow, found.measure) == (flow, measure) and fits_scope and _fits_unit(claim, found):
                for base, final in _windows(claim, award):
                    yield Reading(found, str(claim.region), base, final, claim.at)


def _windows(claim: Claim, award: Award) -> list[tuple[int, int]]:
    found = []
    for window in claim.windows:
        final = window.final or award.window.final
        found.append((window.base or (final - window.length if window.length else award.window.base), final))
    return list(dict.fromkeys(found))


def _fits_unit(claim: Claim, measure: Measure) -> bool:
    if claim.number is None or claim.kind == "growth":
        return True
    return claim.number.unit == {"%": "points" if claim.kind == "change" else "%"}.get(measure.unit, measure.unit)


def _spans(claim: Claim) -> bool:
    return claim.kind not in ("level", "rank of level")


def _known(claim: Claim, reading: Reading, award: Award) -> bool:
    years = range(award.years.first, award.years.last + 1)
    return (reading.base in years and reading.final in years and reading.base < reading.final) if _spans(claim) else reading.year in years


def _measured(claim: Claim, readings: Sequence[Reading], tables: Tables, mentioned: Sequence[str]) -> Finding:
    """The verdict on a number or a direction."""
    looked_up = [(reading, *tables.figure(claim, reading)) for reading in readings]
    known = [(reading, figure) for reading, figure, _ in looked_up if figure is not None]
    fits: tuple[Verdict, ...] = ("exact", "within the rounding")
    for wanted in fits:
        for reading, figure in known:
            if _fit(claim, figure) == wanted:
                text = f"{_told(claim, reading, figure, tables)}{_widened(claim, wanted)}."
                return _finding(claim, wanted, text, reading, figure, tables)
    for reading, figure_or_none, status in looked_up:
        if figure_or_none is None:
            return _unknown(claim, reading, status, tables)
    reading, figure = known[0]
    right = "; ".join(_told(claim, also, other, tables) for also, other in known[:3])
    if claim.kind == "growth" and claim.printed and claim.number:
        low, high = _left_open(*claim.printed)
        if low <= claim.sign * claim.number.written.low <= high:
            span = f"{_number(low, Decimal('0.1'))} to {_number(high, Decimal('0.1'))} %"
            text = f"The levels that the sentence prints leave {span}; unrounded it is {right}."
            return _finding(claim, "within the rounding", text, reading, figure, tables)
    for near in _neighbours(claim, readings, tables, mentioned):
        value, _ = tables.figure(claim, near)
        if value is not None and _fit(claim, value) == "exact":
            text = f"The number is that of {_what(claim, near, tables)}. As written it would be {right}."
            return _finding(claim, "other concept", text, reading, figure, tables)
    return _finding(claim, "wrong", f"The figure is {right}.", reading, figure, tables)


def _unknown(claim: Claim, reading: Reading, status: str, tables: Tables) -> Finding:
    return Finding(claim, "not checkable", f"Not checkable: {REASONS.get(status, status)} ({_what(claim, reading, tables)}).", reading)


def _told(claim: Claim, reading: Reading, figure: Decimal, tables: Tables) -> str:
    return f"{_shown(claim, figure)} ({_what(claim, reading, tables)})"


def _finding(claim: Claim, verdict: Verdict, text: str, reading: Reading, figure: Decimal, tables: Tables) -> Finding:
    return Finding(claim, verdict, text + _assumptions(claim, reading, tables), reading, float(figure), _shown(claim, figure))


def _fit(claim: Claim, figure: Decimal) -> Literal["exact", "within the rounding", ""]:
    """Whether a figure is what is written."""
    if claim.number is None:
        return "exact" if figure * claim.sign > 0 else ""
    written = claim.number.written
    size = figure * claim.sign if claim.kind in ("growth", "change") else figure
    rounded = _rounded(size, written.step)
    is_printed = written.low <= rounded <= written.high
    if is_printed and written.how in ("", "about"):
        return "exact"
    if written.low != written.high:
        return ""
    value = written.low
    near = max(written.step, value * ABOUT)
    far = max(written.step, value * ROUGHLY)
    match written.how:
        case "about":
            fits = abs(size - value) <= near
        case "roughly":
            fits = abs(size - value) <= far
        case "above":
            fits = is_printed or value <= size <= value + far
        case "below":
            fits = is_printed or value - far <= size <= value
        case "over":
            fits = size >= value
        case "under":
            fits = 0 <= size <= value
        case _:
            fits = claim.number.unit == "SEK" and written.step >= 1 and _rounded_coarsely(size, written)
    return "within the rounding" if fits else ""


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


def _neighbours(claim: Claim, readings: Sequence[Reading], tables: Tables, mentioned: Sequence[str]) -> Iterator[Reading]:
    """Readings that a writer may have mixed up with what is written: another concept, other years, another region of the text."""
    if claim.kind == "direction":
        return
    first = readings[0]
    own = first.measure

    def distance(measure: Measure) -> int:
        return (measure.flow != own.flow) + (measure.scope != own.scope) + (measure.measure != own.measure)

    for measure in sorted(MEASURES, key=distance):
        if measure != own and _fits_unit(claim, measure):
            yield Reading(measure, first.region, first.base, first.final, first.at)
    years = range(tables.award.years.first, tables.award.years.last + 1)
    windows = itertools.combinations(years, 2) if _spans(claim) else ((year, year) for year in years)
    for base, final in windows:
        yield Reading(own, first.region, base, final, first.at)
    for region in mentioned:
        yield Reading(own, region, first.base, first.final, first.at)


def _nothing_like_it(claim: Claim, tables: Tables) -> Finding:
    """Nothing in the data has this flow, scope and measure; say so, and what the number is, if it is one of the near ones."""
    asked = {"flow": claim.flows, "scope": claim.scopes, "measure": claim.measures}
    text = f"Not checkable: nothing like it is in the data ({', '.join(f'{key}: {value[0]}' for key, value in asked.items() if value)})."
    if claim.kind == "growth":
        for measure in MEASURES:
            near = sum((measure.flow in claim.flows, measure.scope in claim.scopes, measure.measure in claim.measures))
            for base, final in _windows(claim, tables.award):
                reading = Reading(measure, str(claim.region), base, final)
                figure, _ = tables.figure(claim, reading)
                if near == 2 and figure is not None and _fit(claim, figure) == "exact":
                    text = f"The number is that of {_what(claim, reading, tables)}; what the text says is not in the data."
                    return Finding(claim, "other concept", text, reading, float(figure), _shown(claim, figure))
    elif claim.kind == "change" and claim.number and claim.number.unit == "points":
        return Finding(claim, "not checkable", "Not checkable: percentage points are checked for shares only; growth is in per cent.")
    return Finding(claim, "not checkable", text)


def _placed(claim: Claim, rank: Rank, readings: Sequence[Reading], tables: Tables) -> Finding:
    """The verdict on a place among the counties; with unknown figures, every place that they leave open is possible."""
    below = rank.below != (claim.sign < 0)
    found = [_placed_as(claim, rank, reading, tables, below=below) for reading in readings]
    if claim.kind == "rank of growth":
        # What is counted or a share also grows by a number: "ökade mest" can mean either.
        by_number = replace(claim, kind="rank of change")
        found += [
            _placed_as(by_number, rank, reading, tables, below=below)
            for reading in readings
            if reading.measure.measure in ("exporters", "share")
        ]
    best = min(found, key=lambda finding: ("exact", "not checkable", "wrong").index(finding.verdict))
    if best.verdict == "wrong":
        own = readings[0].measure
        for near in _neighbours(claim, readings[:1], tables, ()):
            differs = (near.measure.scope != own.scope) + (near.measure.measure != own.measure)
            is_near = near.measure.flow == own.flow and differs == 1 and near.measure.unit == "SEK"
            if is_near and tables.place(claim, near, below=below)[0] == rank.place:
                text = f"The place is that of {_what(claim, near, tables)}. As written: {best.explanation}"
                return replace(best, verdict="other concept", explanation=text)
    return best


def _placed_as(claim: Claim, rank: Rank, reading: Reading, tables: Tables, *, below: bool) -> Finding:
    """The verdict on a place under one reading."""
    place, unknown = tables.place(claim, reading, below=below)
    if place is None:
        return _unknown(claim, reading, tables.figure(claim, reading)[1], tables)
    count = len(tables.names) - 1 - len(unknown)
    among = f"{count} counties{' whose figure is known' if unknown else ''}"
    what = f"{_ordinal(place)}{'lowest' if below else 'highest'} of the {among} ({_what(claim, reading, tables)})"
    hidden = f" Unknown: {', '.join(unknown)}." if unknown else ""
    if not rank.within and place < rank.place <= place + len(unknown):
        text = f"Not checkable: the region is {what}, and an unknown figure could stand before it.{hidden}"
        return Finding(claim, "not checkable", text, reading)
    holds = place == rank.place or (rank.within and place <= rank.place)
    text = f"The region is {what}.{hidden}{_assumptions(claim, reading, tables)}"
    return Finding(claim, "exact" if holds else "wrong", text, reading, float(place), str(place))


def _ordinal(place: int) -> str:
    return "" if place == 1 else f"{place}{'th' if place % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')} "


# In words


def _what(claim: Claim, reading: Reading, tables: Tables) -> str:
    """The reading in words, and where its figure stands."""
    when = f"{reading.base}–{reading.final}" if _spans(claim) else str(reading.year)
    how = {
        "growth": "growth of ",
        "rank of growth": "growth of ",
        "direction": "growth of ",
        "change": "change of ",
        "rank of change": "change of ",
    }.get(claim.kind, "")
    table = TABLES.get(claim.kind, "indicators.growth_by_window" if claim.kind == "direction" else "indicators.levels_by_year")
    return f"{how}{reading.measure.name}, {tables.names[reading.region]}, {when}; {table}, {reading.measure.indicator}, {reading.region}"


def _widened(claim: Claim, fit: Verdict) -> str:
    if fit == "exact" or claim.number is None:
        return ""
    return {"": ", rounded more coarsely"}.get(claim.number.written.how, ", within what the wording allows")


def _assumptions(claim: Claim, reading: Reading, tables: Tables) -> str:
    """What the sentence leaves unsaid, and what was taken instead."""
    taken = {
        "region": tables.names[reading.region],
        "flow": reading.measure.flow,
        "scope": {"sme": "small and medium-sized enterprises", "all": "all enterprises"}[reading.measure.scope],
        "measure": {"per_capita": "per inhabitant", "total": "total value"}.get(reading.measure.measure, reading.measure.measure),
        "window": f"{reading.base}–{reading.final}",
        "year": str(reading.year),
    }
    skip = {"scope"} if reading.measure.flow == "services" else set()
    skip |= {"measure"} if reading.measure.measure in ("total", "exporters", "per_exporter") else set()
    said = [f"{name} {taken[name]}" for name in claim.assumed if name not in skip]
    return f" Not said in the sentence, but before or by the award: {', '.join(said)}." if said else ""


UNITS = {1: " SEK", 10**3: " thousand SEK", 10**6: " million SEK", 10**9: " billion SEK"}


def _shown(claim: Claim, figure: Decimal) -> str:
    """A figure as it would be printed in the place of the claim."""
    if claim.number is None:
        return f"{_number(figure, Decimal('0.1'), signed=True)} %"
    unit = claim.number.unit
    after = UNITS[claim.number.scale] if unit == "SEK" else {"%": " %", "points": " percentage points"}.get(unit, "")
    step = claim.number.written.step
    if unit == "SEK" and _rounded(figure, step) == 0:
        step = Decimal(1)
    return _number(figure, step, signed=claim.kind in ("growth", "change")) + after


def _number(value: Decimal, step: Decimal, *, signed: bool = False) -> str:
    """As Swedish readers expect it: decimal comma, no-break space between thousands."""
    rounded = _rounded(value, step)
    digits = f"{abs(rounded):,f}".replace(",", "\u00a0").replace(".", ",")
    return ("−" if rounded < 0 else "+" if signed and rounded > 0 else "") + digits


def as_row(finding: Finding, names: Mapping[str, str]) -> dict[str, Any]:
    """A finding as plain values."""
    claim, reading = finding.claim, finding.reading
    code = reading.region if reading else claim.region
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
        "concept": reading.measure.indicator if reading else None,
        "base_year": reading.base if reading and _spans(claim) else None,
        "final_year": reading.final if reading and _spans(claim) else None,
        "year": reading.year if reading and not _spans(claim) else None,
        "assumed": list(claim.assumed),
        "figure": finding.figure,
        "figure_shown": finding.shown,
        "verdict": finding.verdict,
        "explanation": finding.explanation,
    }
