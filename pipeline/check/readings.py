"""What a claim can mean in the award's tables: each meaning with its figure, its place among the regions, and its words."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from pipeline.award import Award
from pipeline.check.claim import Claim, Kind
from pipeline.check.lexicon import Lexicon
from pipeline.check.senses import SHARE, WHOLE_SCOPE, Form, Scope, Sense
from pipeline.check.tokens import replace

LEVELS, GROWTH = "indicators.levels_by_year", "indicators.growth_by_window"
FINEST = Decimal("0.001")
"""The last place to which a figure is printed to tell it from what it is more or less than."""
LEAST_GROWTH = Decimal(10)
"""Growth, in per cent, of which a part is taken where two are called alike: 1 and 2 per cent are near each other."""
SCALES = {1: "", 10**3: " thousand", 10**6: " million", 10**9: " billion"}
Rows = Iterable[Mapping[str, Any]]
Cell = tuple[Decimal | None, str]
"""A figure and its status."""


class Tables:
    """The rows of indicators.levels_by_year, indicators.growth_by_window and staging.regions, to look up."""

    def __init__(self, levels: Rows, growth: Rows, regions: Rows, award: Award) -> None:
        self.award = award
        self.names: dict[str, str] = {row["region_code"]: row["region_name"] for row in regions}
        self.parts = [row["region_code"] for row in regions if not row["is_whole"]]
        self.lexicon = Lexicon(award.catalogue, self.names)
        self.senses = self.lexicon.senses
        self.nouns = award.catalogue.geography.en
        self._levels = {(row["measure"], row["region_code"], row["year"]): (row["level"], row["status"]) for row in levels}
        self._growth = {
            (row["measure"], row["region_code"], row["base_year"], row["final_year"]): (row["growth_ratio"], row["status"])
            for row in growth
        }
        years: dict[str, set[int]] = {}
        for measure, _, year in self._levels:
            years.setdefault(measure, set()).add(year)
        self._years = {measure: sorted(known) for measure, known in years.items()}
        self.windows = {str(one.measure): award.window_of(one) for one in award.indicators if one.years and one.measure}

    def window(self, sense: Sense) -> tuple[int, int]:
        """The window of a measure: of the indicator with years of its own that takes it, or the award's."""
        return self.windows.get(sense.measure, (self.award.window.base, self.award.window.final))

    def years(self, sense: Sense) -> list[int]:
        """The years that all of its measures have."""
        first, *others = (self._years.get(one, []) for one in sense.measures)
        return [year for year in first if all(year in one for one in others)] if others else first

    def level(self, sense: Sense, regions: str, year: int) -> Cell:
        """A level; of several measures, or regions with + between their codes, the sum, which is unknown with any of its parts."""
        return _sum([self._of_regions(measure, regions, year) for measure in sense.measures])

    def _of_regions(self, measure: str, regions: str, year: int) -> Cell:
        """The sum of a measure over regions; of one that divides one by another, those divided."""
        if "+" not in regions:
            return _cell(*self._levels.get((measure, regions, year), MISSING))
        over = self.award.catalogue.measures[measure].over
        if over is None:
            return _sum([self._of_regions(measure, code, year) for code in regions.split("+")])
        (above, status), (below, other) = (self._of_regions(name, regions, year) for name in (over.measure, over.by))
        if above is None or not below:
            return None, status if above is None else other if below is None else "undefined"
        return above / below * over.times, "ok"

    def sums(self, sense: Sense) -> bool:
        """Whether a measure has a figure of several regions: it adds up, or it divides what adds up by what does."""
        catalogue = self.award.catalogue
        divided = [over for name in sense.measures if (over := catalogue.measures[name].over)]
        cells = [catalogue.cells_of(name) for over in divided for name in (over.measure, over.by)]
        adds_up = all("regions" in catalogue.quantity(one.statistic, one.quantity).adds_up_over for one in cells)
        return sense.adds_up or (len(divided) == len(sense.measures) and adds_up)

    def growth(self, sense: Sense, regions: str, base: int, final: int) -> Cell:
        """A growth ratio; of a sum, from its levels, where no part of it is refused one."""
        keys = [(measure, code, base, final) for measure in sense.measures for code in regions.split("+")]
        cells = [_cell(*self._growth.get(key, MISSING)) for key in keys]
        if len(cells) == 1 or None in [value for value, _ in cells]:
            return _sum(cells)
        (first, _), (last, _) = self.level(sense, regions, base), self.level(sense, regions, final)
        return (last / first - 1, "ok") if first and last is not None else (None, "undefined")

    def named(self, regions: str) -> str:
        """The names of regions with + between their codes."""
        return " + ".join(self.names[code] for code in regions.split("+") if code)


MISSING: tuple[float | None, str] = (None, "missing")


def _cell(value: float | None, status: str) -> Cell:
    return None if value is None else Decimal(repr(value)), status


def _sum(cells: list[Cell]) -> Cell:
    if len(cells) == 1:
        return cells[0]
    values = [value for value, _ in cells if value is not None]
    return (sum(values, Decimal()), "ok") if len(values) == len(cells) else next(cell for cell in cells if cell[0] is None)


@dataclass(frozen=True)
class Reading:
    """One meaning that a claim can have.

    is_side: what the words may mean, though they say something else first. mean: of the yearly growths, not the even growth that leads from
    the first year to the last.
    """

    claim: Claim = field(hash=False)
    sense: Sense
    region: str
    base: int
    final: int
    tables: Tables = field(compare=False, repr=False)
    is_side: bool = field(default=False, compare=False)
    mean: bool = False

    @property
    def year(self) -> int:
        """The year of a level."""
        return self.final if self.claim.at else self.base

    @property
    def has_years(self) -> bool:
        """Whether the data have its years."""
        years = self.tables.years(self.sense)
        return {self.base, self.final} <= {*years} and self.base < self.final if self.spans else self.year in years

    @property
    def spans(self) -> bool:
        """Whether it is about two years, or all between them."""
        return self.claim.kind not in ("level", "rank of level", "comparison of level") or self.claim.per_year

    @property
    def of_growth(self) -> bool:
        """Whether it is a growth in per cent."""
        return self.claim.kind in ("growth", "rank of growth", "comparison of growth", "direction")

    @property
    def figure(self) -> Decimal | None:
        """The figure that the claim is held against, in the claim's unit."""
        return self._cell[0]

    @property
    def status(self) -> str:
        """Why there is no figure."""
        return self._cell[1]

    @cached_property
    def _cell(self) -> Cell:
        claim, years = self.claim, range(self.base, self.final + 1)
        if claim.compares:
            return self._difference
        if self.of_growth:
            steps = [*itertools.pairwise(years)] if self.mean else [(self.base, self.final)]
            value, status = _sum([self._growth(*step) for step in steps])
            if value is not None and claim.per_year:
                value = value / len(steps) if self.mean else (1 + value) ** (1 / Decimal(self.final - self.base)) - 1
        elif claim.kind == "level" and self.spans:
            value, status = _sum([self._level(year) for year in years])
            value = value / len(years) if value is not None else None
        elif self.spans:
            value, status = self._change
        else:
            value, status = self._level(self.year)
        in_per_cent = self.of_growth or self.sense.unit == "%" or claim.of_whole or claim.of_topic
        scale = Decimal(100) if in_per_cent and not claim.of_change else Decimal(1)
        if self.sense.unit == "money" and claim.number and claim.number.unit == "money":
            scale /= claim.number.scale
        return None if value is None else value * scale, status

    @property
    def _change(self) -> Cell:
        """What was added, per year where it is of each; or its share in what all the classes, or the whole, added."""
        claim = self.claim
        whole = replace(self, claim=replace(claim, of_change=False, of_whole=False)) if claim.of_change else self
        base, final = whole._level(self.base), whole._level(self.final)
        value, status = _sum([final, (None if base[0] is None else -base[0], base[1])])
        if value is not None and claim.of_change:
            scope = self.sense.scope if claim.of_whole else WHOLE_SCOPE
            senses = [one for one in self.tables.senses.about(self.sense.topic, self.sense.form) if one.scope == scope]
            region = str(self.tables.lexicon.whole) if claim.of_whole else self.region
            added = replace(whole, region=region, sense=senses[0])._change[0] if senses else None
            return (100 * value / added, status) if added else (None, "undefined")
        return value / (self.final - self.base) if value is not None and claim.per_year else value, status

    @property
    def _difference(self) -> Cell:
        """From the other region, or statistic: of growth in percentage points, of levels in per cent, or as an amount."""
        claim = self.claim
        kind: Kind = "growth" if self.of_growth else "level"
        alone = replace(self, claim=replace(claim, against="", rival=(), rival_scope=None, kind=kind))
        own, own_status = alone._cell
        scope = self.sense.scope if claim.rival_scope is None else claim.rival_scope
        senses = [one for one in self.tables.senses.about(claim.rival or self.sense.topic, self.sense.form) if one.scope == scope]
        if claim.rival_scope is None:
            senses = senses or self.tables.senses.about(claim.rival, self.sense.form) if claim.rival else [self.sense]
            # "antalet exportörer växer snabbare än folkmängden"
            senses = senses or (self.tables.senses.about(claim.rival, Form()) if self.of_growth else [])
        if not senses:
            return None, "missing"
        other, other_status = replace(alone, region=claim.against or self.region, sense=senses[0])._cell
        if own is None or other is None:
            return None, own_status if own is None else other_status
        if claim.alike is not None:
            return 100 * (own - other) / max(abs(own), abs(other), LEAST_GROWTH if self.of_growth else Decimal(1)), "ok"
        if not claim.sign and claim.number and claim.number.in_times:
            own, other = max(own, other), min(own, other)
        if claim.in_times or (claim.number and claim.number.in_times):
            part = 100 if claim.number is None or claim.number.is_growth else 0  # "hälften så stor" is 50 per cent of it
            return (100 * own / other - part, "ok") if own * other > 0 or other > 0 else (None, "undefined")
        if self.of_growth or (claim.number and claim.number.unit != "%") or self.sense.unit == "%":
            return own - other, "ok"
        return (100 * (own / other - 1), "ok") if other else (None, "undefined")

    def _growth(self, base: int, final: int) -> Cell:
        """A growth ratio; of a share, from its levels."""
        if not (self.claim.of_whole or self.claim.of_topic):
            return self.tables.growth(self.sense, self.region, base, final)
        (first, _), (last, status) = self._level(base), self._level(final)
        return (last / first - 1, "ok") if first and last is not None else (None, status)

    def _level(self, year: int) -> Cell:
        claim, tables = self.claim, self.tables
        value, status = tables.level(self.sense, self.region, year)
        if value is None or not (claim.of_whole or claim.of_topic):
            return value, status
        amounts = tables.senses.about(claim.of_topic, Form()) if claim.of_topic else [self.sense]
        if not amounts:
            return None, "missing"
        whole, status = tables.level(amounts[0], str(tables.lexicon.whole) if claim.of_whole else self.region, year)
        return value / whole if whole else None, status

    @property
    def words(self) -> str:
        """The reading in words, and where its figure stands."""
        when = f"{self.base}–{self.final}" if self.spans else str(self.year)
        average = (
            ("mean of the yearly figures of " if self.mean or self.claim.kind == "level" else "yearly ") if self.claim.per_year else ""
        )
        others = [" and ".join(name.replace("_", " ") for name in self.claim.rival), self.tables.named(self.claim.against)]
        if self.claim.rival_scope is not None:
            others.append(self.tables.senses.scope_name(self.sense.topic[0], self.claim.rival_scope))
        other = f", compared with {', '.join(filter(None, others))}" if self.claim.compares else ""
        how = "growth of " if self.of_growth else "change of " if self.spans and self.claim.kind != "level" else ""
        share = f"share of {self.tables.names[str(self.tables.lexicon.whole)]} in " if self.claim.of_whole else ""
        if self.claim.of_change:
            how, share = "share of the whole in the change of ", ""
        elif self.claim.of_topic:
            share = f"share in {' and '.join(name.replace('_', ' ') for name in self.claim.of_topic)} of "
        where = f"{GROWTH if self.of_growth else LEVELS}, {self.sense.measure}, {self.region}"
        return f"{average}{how}{share}{self.sense.name}, {self.tables.named(self.region)}{other}, {when}; {where}"

    @property
    def shown(self) -> str:
        """The figure as it would be printed in the place of the claim."""
        figure, number = self.figure or Decimal(0), self.claim.number
        if number is None:
            in_points = self.claim.compares and self.claim.alike is None
            unit = " percentage points" if in_points and (self.of_growth or self.sense.unit == "%") else "%"
            return f"{printed(figure, Decimal('0.1'), signed=True)}{unit}"
        if number.in_times and (self.of_growth or self.claim.compares):
            return f"{printed(figure / 100 + 1, Decimal('0.01'))} times"
        money = f"{SCALES[number.scale]} {self.tables.award.catalogue.currency}"
        after = {"money": money, "%": "%", "points": " percentage points"}.get(number.unit, "")
        step = Decimal(1) if number.unit == "money" and rounded(figure, number.written.step) == 0 else number.written.step
        step = min(step, Decimal(1)) if number.unit == "%" or (number.written.how and number.scale == 1) else step
        finer = step
        while number.written.how and figure != number.written.low == rounded(figure, finer) and finer > FINEST:
            finer /= 10  # "över 30 miljarder" of 30.2
        step = step if number.written.low == rounded(figure, finer) else finer
        is_signed = (self.claim.kind in ("growth", "change") and not self.claim.of_change) or (
            self.claim.compares and (number.is_growth or not self.claim.in_times)
        )
        return printed(figure, step, signed=is_signed) + after

    @property
    def assumptions(self) -> str:
        """What the sentence leaves unsaid, and what was taken instead."""
        if not self.claim.assumed:
            return ""
        taken = {
            "region": self.tables.named(self.region),
            "statistic": " and ".join(name.replace("_", " ") for name in self.sense.topic),
            "scope": self.tables.senses.scope_name(self.sense.topic[0], self.sense.scope),
            "measure": self.sense.name if self.sense.form != Form() else "",
            "window": f"{self.base}–{self.final}",
            "year": str(self.year),
        }
        unsaid = [f"{name} {taken[name]}" for name in self.claim.assumed if taken[name]]
        return f" Not said in the sentence, but before or by the award: {', '.join(unsaid)}." if unsaid else ""

    @property
    def parts(self) -> Sequence[str]:
        """The regions among which it has its place."""
        return self.claim.among if self.region in self.claim.among else self.tables.parts

    @property
    def own_years(self) -> range:
        """The years of the region among which a year has its place."""
        until = min(self.claim.rank.of_years if self.claim.rank else 0, self.tables.window(self.sense)[1])
        return range(self.tables.window(self.sense)[0] + 1 if self.spans else self.base, max(self.final, until) + 1)

    def place(self, *, below: bool) -> tuple[int | None, list[str]]:
        """The region's place among those whose figure is known, or that of a year among its own, and the names of the others."""
        figures = {code: replace(self, region=code).figure for code in self.parts}
        if self.claim.rank and self.claim.rank.of_years:
            figures = {str(year): replace(self, base=year - 1, final=year).figure for year in self.own_years}
        own = self.figure
        unknown = [self.tables.names.get(code, code) for code, figure in figures.items() if figure is None]
        if own is None:
            return None, unknown
        sign = -1 if below else 1
        return 1 + sum(1 for figure in figures.values() if figure is not None and sign * figure > sign * own), unknown


def readings(claim: Claim, tables: Tables) -> tuple[list[Reading], list[str]]:
    """Every meaning that fits the words, and the names of what else they can mean, which the data do not have."""
    found: list[Reading] = []
    absent: list[str] = []
    for topic, form in itertools.product(claim.topics, claim.forms):
        taken = [one for scope in claim.scopes for one in _senses(claim, tables, topic, form, scope)]
        sides = () if form.quantity and form.over == SHARE else claim.sides  # a share of those that are counted is of a class that is named
        aside = [one for scope in sides for one in _senses(claim, tables, topic, form, scope)]
        if (
            "scope" in claim.assumed and WHOLE_SCOPE in claim.scopes and not claim.of_all
        ):  # all, though the catalogue has a measure of a group alone
            aside += _senses(replace(claim, of_all=True), tables, topic, form, WHOLE_SCOPE)
        alike = tables.senses.about(topic, form)
        may_be = not alike or any(fits_unit(claim, sense) for sense in alike)
        if not taken and may_be and not form.quantity and not tables.senses.is_own(form):
            absent.append(_named(tables, claim, topic, form))
        for sense in [*taken, *aside]:
            found += _in_windows(claim, sense, tables, is_side=sense not in taken)
    return list(dict.fromkeys(found)), absent if len(claim.topics) > 1 and found else []


def _senses(claim: Claim, tables: Tables, topic: tuple[str, ...], form: Form, scope: Scope) -> Iterator[Sense]:
    """What a topic in a form can be; of an unsaid scope, any group fits where no measure is of all."""
    senses = tables.senses.about(topic, form)
    is_unsaid = "scope" in claim.assumed and not scope and not claim.of_all
    if is_unsaid:
        senses = [sense for sense in senses if sense.is_declared] or senses
    may_be_any = is_unsaid and form.over != SHARE and all(sense.scope for sense in senses)
    for sense in senses:
        if not (sense.scope == scope or may_be_any) or not fits_unit(claim, sense):
            continue
        # What is counted once in each region, and in the whole, has a share in the whole, but no sum.
        is_count = sense.form == Form(sense.form.quantity) and bool(sense.form.quantity)
        if (sense.adds_up or not claim.of_whole or is_count) and ("+" not in str(claim.region) or tables.sums(sense)):
            yield sense


def _in_windows(claim: Claim, sense: Sense, tables: Tables, *, is_side: bool) -> Iterator[Reading]:
    for window in claim.windows:
        base, last = tables.window(sense)
        final = window.final or last
        base = window.base or (final - window.length if window.length else base)
        one = Reading(claim, sense, str(claim.region), base, final, tables, is_side)
        yield one
        if claim.per_year and claim.kind == "growth":
            yield replace(one, mean=True, is_side=True)


def fits_unit(claim: Claim, sense: Sense) -> bool:
    """Whether a figure of the sense could be written as the claim's number is."""
    if (
        claim.number is None
        or claim.kind in ("growth", "comparison of growth")
        or claim.of_whole
        or claim.of_topic
        or claim.of_change
        or (claim.compares and claim.number.unit == "%")
    ):
        return True
    return claim.number.unit == ("points" if sense.unit == "%" and (claim.kind == "change" or claim.compares) else sense.unit)


def _named(tables: Tables, claim: Claim, topic: tuple[str, ...], form: Form) -> str:
    scope = tables.senses.scope_name(topic[0], claim.scopes[0])
    return ", ".join(filter(None, [" and ".join(name.replace("_", " ") for name in topic), scope, str(form)]))


def rounded(value: Decimal, step: Decimal) -> Decimal:
    """Half away from zero, to a multiple of the step."""
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def printed(value: Decimal, step: Decimal, *, signed: bool = False) -> str:
    """As English readers expect it: the verdicts are in English, beside the sentences as they stand in Swedish."""
    number = rounded(value, step)
    return ("−" if number < 0 else "+" if signed and number > 0 else "") + f"{abs(number):,f}"


def ordinal(place: int) -> str:
    """As it stands before "highest": nothing for the first."""
    return "" if place == 1 else f"{place}{'th' if place % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')} "
