"""The choices of an award to companies, awards/exportsucce-<year>.toml, and the evidence beside it.

No fault quotes an identifier: both files may name companies that nobody may know of.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.award import EVIDENCE, MOST_INDICATORS, Indicator, Window, Years, awards_folder
from pipeline.companies.measures import MEASURES, NEW
from pipeline.faults import DataRefused, Fault, refuse
from pipeline.method import METHODS, Ranking, add_up
from pipeline.microdata.method import MicrodataMethod
from pipeline.settings import Closed, Day, Model, Prose, ShortText, Text, WebAddress, WholeFile, Words, load, refuse_other_kind

Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Share = Annotated[float, Field(ge=0, le=1)]
Kind = Literal["county", "size class", "industry"]


class Least(Closed):
    """The least exports of a company that takes part."""

    at_least_sek: Money
    reason: Words


class LeastYears(Closed):
    """The fewest years of the window, with exports, of a company that takes part."""

    at_least: int = Field(ge=1, strict=True)
    reason: Words


class Among(Closed):
    """What the companies that take part are among: codes, or for industries the first digits of them."""

    among: tuple[Annotated[str, Field(min_length=1, max_length=20)], ...] = Field(min_length=1)
    reason: Words


class Independence(Closed):
    """Whether companies in an enterprise group take part."""

    in_group: bool = Field(strict=True)
    reason: Words


class Participation(Closed):
    """Who may take part. A rule that is left out excludes nobody."""

    least_exports: Least
    least_years: LeastYears
    size_classes: Among | None = None
    industries: Among | None = None
    regions: Among | None = None
    independence: Independence | None = None


class Measurement(Closed):
    """What measures are made with: the least base of a growth, the least value of a market, and the digits of a group of goods.

    reexport_digits: the digits of a commodity by which imports match exports.
    """

    least_base_sek: Money = Field(gt=0)
    least_market_sek: Money = Field(gt=0)
    commodity_digits: int = Field(ge=2, le=8, strict=True)
    reexport_digits: int = Field(ge=2, le=8, strict=True)
    reason: Words


class Stratum(Closed):
    """The largest share of the shortlist that companies of one kind may have: of one county, size class or industry of two digits."""

    by: Kind
    most: float = Field(gt=0, le=1)
    reason: Words


class Shortlist(Closed):
    """How measures become a shortlist, and of what length."""

    length: int = Field(ge=1, le=1000, strict=True)
    normalisation: Literal["min-max", "min-max-100", "z-score", "percentile-rank", "rank"]
    aggregation: Literal["arithmetic", "geometric"]
    reason: Words
    strata: tuple[Stratum, ...] = ()

    @model_validator(mode="after")
    def a_method(self) -> Self:
        fits = METHODS[self.aggregation]
        if self.normalisation not in fits:
            raise ValueError(f'aggregation "{self.aggregation}" goes with normalisation {", ".join(fits)}')
        if len({stratum.by for stratum in self.strata}) < len(self.strata):
            raise ValueError("each kind of stratum once")
        return self

    @property
    def ranking(self) -> Ranking:
        """The choices as the ranking engine takes them."""
        return Ranking(
            candidates=self.length,
            denominator="year-end",
            normalisation=self.normalisation,
            aggregation=self.aggregation,
            ties="min",
            reason=self.reason,
        )


class Warnings(Closed):
    """When growth is said to be carried by something else: of a company whose exports at least grew by least_growth, shares of the change.

    single_declaration: the largest declaration of the final year, if it also is single_declaration_of_exports of that year's exports and
    so many times as large as any of the earlier years as single_declaration_of_earlier says.
    single_year: the largest rise from one year to the next, if exports changed in no other year by more than other_years of that rise.
    moved: what other companies of its group lost in that year. taken_over: of its employees, those at workplaces that another company had.
    reexported: of the final year's exports, what imports of the same commodity by its group match.
    """

    least_growth: float = Field(ge=0)
    single_declaration: Share
    single_declaration_of_exports: Share
    single_declaration_of_earlier: float = Field(ge=0)
    single_year: Share
    other_years: Share
    moved: Share
    taken_over: Share
    reexported: Share
    reason: Words


class Challenges(Closed):
    """What challenges to the shortlist are measured with: windows of at least so many years, and random weightings."""

    shortest_window: int = Field(ge=1, strict=True)
    weightings: int = Field(ge=16, le=10_000, strict=True)
    seed: int = Field(ge=0, strict=True)
    robust_share: Share
    marginal_share: Share
    reason: Words


class Consent(Closed):
    """A company that agreed, on a day, that it is named in public with its place and its measures."""

    enterprise_id: Text
    name: ShortText
    date: Day


class CompaniesAward(WholeFile):
    """Every choice of an award to companies."""

    name: str
    file: Path
    title: ShortText
    unit: Literal["enterprise", "group"]
    years: Years
    window: Window
    participation: Participation
    measurement: Measurement
    shortlist: Shortlist
    indicators: tuple[Indicator, ...] = Field(min_length=1, max_length=MOST_INDICATORS)
    warnings: Warnings
    robustness: Challenges
    consents: tuple[Consent, ...] = ()

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if not self.years.first <= self.window.base < self.window.final <= self.years.last:
            raise ValueError("the window must span two years at least, within the years")
        if self.robustness.shortest_window > self.window.final - self.window.base:
            raise ValueError("robustness.shortest_window must not exceed the window")
        add_up((one.weight for one in self.indicators), "the weights")
        names = [one.name for one in self.indicators]
        if len(set(names)) < len(names):
            raise ValueError(f"the measure {next(name for name in names if names.count(name) > 1)} is listed twice")
        if len({one.enterprise_id for one in self.consents}) < len(self.consents):
            raise ValueError("a company whose consent is listed twice")
        return self

    @property
    def weighing(self) -> list[Indicator]:
        return [one for one in self.indicators if one.weight]

    @property
    def windows(self) -> list[tuple[int, int]]:
        """Base and final year of every window that is tried, in order; the award's own among them."""
        years = range(self.years.first, self.years.last + 1)
        least = self.robustness.shortest_window
        return [(base, final) for base in years for final in years if final - base >= least]


class CompanyStatement(Closed):
    """What is known of a company beyond trade figures: one ground, as one source states it."""

    enterprise_id: Text
    kind: Literal["innovation", "visibility"]
    statement: Prose
    source: Prose
    page: WebAddress | None = None
    date: Day
    entered_by: Prose


class CompanyEvidence(WholeFile):
    """awards/exportsucce-<year>-evidence.toml: statements that stand beside the figures and never enter the score."""

    file: Path
    statements: tuple[CompanyStatement, ...] = ()


def load_companies_award(name: str, method: MicrodataMethod) -> CompaniesAward:
    """Read an award to companies by name (in awards/) or by the path of its file.

    Raises DataRefused with every fault of the file; FileNotFoundError when there is none.
    """
    path = Path(name) if name.endswith(".toml") else awards_folder() / f"{name}.toml"
    if not path.is_file():
        raise FileNotFoundError(path)
    try:
        award = _load(CompaniesAward, path, name=path.stem, file=path)
    except DataRefused:
        refuse_other_kind(path, "geography", "an award to regions", "an award to companies", f"run --award {name}")
        raise
    refuse([*_unknown(award, method)])
    return award


def load_company_evidence(award: CompaniesAward) -> CompanyEvidence:
    """Read an award's evidence; an award without the file has none. Raises DataRefused with every fault of the file."""
    path = award.file.with_name(f"{award.file.stem}{EVIDENCE}.toml")
    return _load(CompanyEvidence, path, file=path) if path.exists() else CompanyEvidence(file=path)


def _load(model: type[Model], path: Path, **more: object) -> Model:
    """A file as a model, with faults that quote nothing of what may hold an identifier."""
    try:
        return load(model, path, **more)
    except DataRefused as refused:
        secret = re.compile(r"\.enterprise_id$|\.(consents|statements)\b|, (consents|statements)\b")
        faults = [
            replace(fault, found="what does not fit", remedy="Correct the value.") if secret.search(fault.where) else fault
            for fault in refused.faults
        ]
        raise DataRefused(faults) from None


def _unknown(award: CompaniesAward, method: MicrodataMethod) -> Iterator[Fault]:
    """What an award names that is neither a measure nor in the catalogue."""
    for number, one in enumerate(award.indicators, 1):
        if one.name not in MEASURES:
            remedy = "Correct the name; docs/exportsucce.md says what each measures."
            yield Fault(f"{award.file}, indicators.{number}", f"the measure {one.name!r}", f"one of {', '.join(MEASURES)}", remedy)
        elif one.measure or one.years or one.goalposts or one.theme:
            expected = "a name, a weight, a direction, a label and a reason"
            yield Fault(f"{award.file}, indicators.{number}", "what only indicators of regions have", expected, "Remove it.")
        elif one.name in NEW and (award.robustness.shortest_window if one.weight else award.window.final - award.window.base) < 2:
            found, expected = f"{one.name} in a window from one year to the next", "windows of two years at least"
            yield Fault(f"{award.file}, indicators.{number}", found, expected, "Raise shortest_window, or remove the measure.")
    sizes = award.participation.size_classes
    for code in sizes.among if sizes else ():
        if code not in method.classes.codes:
            where = f"{award.file}, participation.size_classes.among"
            yield Fault(where, repr(code), f"one of {', '.join(method.classes.codes)}", "Correct the code.")
    regions, pattern = award.participation.regions, method.catalogue.geography.code
    for code in regions.among if regions else ():
        if not re.fullmatch(pattern, code):
            yield Fault(f"{award.file}, participation.regions.among", repr(code), f"a code like {pattern}", "Correct the code.")


def consent_day(award: CompaniesAward, unit: str) -> datetime.date | None:
    """The day on which a company agreed to be named in public; None for one that did not."""
    return next((one.date for one in award.consents if one.enterprise_id == unit), None)
