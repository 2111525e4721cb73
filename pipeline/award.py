"""The choices of an award round, awards/<year>.toml."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    model_validator,
)

from pipeline.catalogue import Catalogue, Meaning, load_catalogue
from pipeline.declarations import Estimator, Taken
from pipeline.faults import DataRefused, Fault, refusal, refuse
from pipeline.home import home
from pipeline.method import SCALED, Goalposts, Ranking, Theme, add_up
from pipeline.presentation import Peers, Predecessors, Publication, Report
from pipeline.settings import Closed, ShortText, ShortWords, Weight, WholeFile, Words, Year, load, refuse_other_kind

EVIDENCE = "-evidence"
"""What the name of an award's file has more when it holds the award's evidence."""
COMPANIES = "exportsucce-"
"""What the name of an award to companies begins with: it has choices of its own, in companies/award.py."""
UNDECIDED = "ATT BESLUTA"
"""What stands in an award, first in a text, where a round has to decide."""
MOST_INDICATORS = 50
MOST_SCENARIOS = 50
"""Bounds on what is ranked anew for each: a run comes to an end."""


class Years(Closed):
    """The years of data that the round uses, both included."""

    first: Year
    last: Year

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError("the first year must not come after the last")
        return self


class Window(Closed):
    """The base and final year between which growth is measured."""

    base: Year
    final: Year
    reason: Words

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.base > self.final:
            raise ValueError("the base year must not come after the final year")
        return self


class OwnYears(Closed):
    """The years of an indicator whose statistic has others than the award: base to final, or the final year of a level."""

    base: Year | None = None
    final: Year

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.base is not None and self.base >= self.final:
            raise ValueError("the base year must come before the final year")
        return self


class Indicator(Closed):
    """An indicator of the award: a measure of the catalogue and how it is taken, or the name of a file in sql/indicators.

    Weight 0: shown, not counted. label: the catalogue's, where none is given. theme: what it belongs to, in an award with themes; its
    weight is then written as the weight within the theme, and read as that times the theme's, its weight in the index.
    """

    name: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=200)] = ""
    measure: str | None = None
    taken: Taken | None = Field(default=None, alias="as")
    estimator: Estimator | None = None
    years: OwnYears | None = None
    label: ShortWords | None = None
    theme: str | None = None
    goalposts: Goalposts | None = None
    weight: Weight = Field(ge=0, le=1)
    direction: Literal["higher", "lower"]
    reason: Words

    @model_validator(mode="after")
    def measure_or_file(self) -> Self:
        if (self.measure is None) != (self.taken is None):
            raise ValueError('measure and as go together, as in measure = "…", as = "growth"')
        if self.measure is None and not self.name:
            raise ValueError("an indicator has a measure, or the name of its file in sql/indicators")
        if (self.taken == "trend") != (self.estimator is not None):
            raise ValueError('a trend, and nothing else, has an estimator: "log-linear" or "theil-sen"')
        if self.years and self.years.base is None and self.taken not in ("level", None):
            raise ValueError("the years of a growth, a change or a trend have a base and a final year")
        if not self.name:
            # The model is frozen; its name follows from what it takes.
            object.__setattr__(self, "name", f"{self.measure}{'' if self.taken == 'level' else f'_{self.taken}'}")
        return self


def weighed(indicators: Iterable[Indicator], themes: Sequence[Theme]) -> Iterator[Indicator]:
    """Indicators with their weights in the index: those within their theme times the theme's.

    Raises ValueError where the weights of a level do not add up, or an indicator that weighs has no theme.
    """
    indicators = list(indicators)
    weights = {theme.name: theme.weight for theme in themes}
    if len(weights) < len(themes):
        raise ValueError("a theme is listed twice")
    add_up(weights.values(), "the weights of the themes")
    for one in indicators:
        if one.weight and one.theme not in weights:
            raise ValueError(f"{one.name} weighs and has no theme of the award: theme = one of {', '.join(weights)}")
    for name in weights:
        add_up((one.weight for one in indicators if one.theme == name), f"the weights within the theme {name!r}")
    if clash := {one.name for one in indicators} & {f"{name}_score" for name in weights}:
        raise ValueError(f"{clash.pop()} is both an indicator and the score of a theme; give the theme another name")
    for one in indicators:
        yield one.model_copy(update={"weight": one.weight * weights[one.theme]}) if one.weight and one.theme else one


class Bounds(Closed):
    """Factors beyond which a figure is questioned before it is used; largest_yearly_factor_of: of single statistics."""

    largest_yearly_factor: float = Field(gt=1)
    largest_yearly_factor_of: dict[str, Annotated[float, Field(gt=1)]] = {}
    largest_published_factor: float = Field(gt=1)

    def yearly(self, statistic: str) -> float:
        return self.largest_yearly_factor_of.get(statistic, self.largest_yearly_factor)


class Scenario(Closed):
    """Relative errors that figures may have, by quantity: 0.02 is 2 % up or down."""

    name: ShortWords
    reason: Words
    relative_errors: dict[str, Annotated[float, Field(gt=0, lt=1)]] = Field(min_length=1)

    @property
    def key(self) -> str:
        """The name that tables hold: the first that is given."""
        return self.name if isinstance(self.name, str) else next(iter(self.name.values()))


class Robustness(Closed):
    """What challenges to the ranking are measured with, and what the verdicts mean."""

    draws: int = Field(ge=1, le=1_000_000, strict=True)
    joint_draws: int = Field(default=1024, ge=1, le=100_000, strict=True)
    seed: int = Field(ge=0, strict=True)
    robust_share: float = Field(ge=0, le=1)
    marginal_share: float = Field(ge=0, le=1)
    near_share: float = Field(ge=0, le=1)
    scenarios: tuple[Scenario, ...] = Field(default=(), max_length=MOST_SCENARIOS)

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if not self.near_share <= self.marginal_share <= self.robust_share:
            raise ValueError("near_share must not exceed marginal_share, nor marginal_share robust_share")
        names = [scenario.key for scenario in self.scenarios]
        if len(set(names)) < len(names):
            raise ValueError(
                f"the scenario {next(name for name in names if names.count(name) > 1)!r} is listed twice; give each scenario its own name"
            )
        return self


class AcceptedException(Closed):
    """A row of an audit that is known and right. A key left out means any; classes are named as the catalogue names them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    audit: str
    reason: Words
    region_code: str | None = None
    year: Year | None = None

    @property
    def classes(self) -> dict[str, Any]:
        """The classes it is about, by their classification."""
        return dict(self.model_extra or {})


class Award(WholeFile):
    """Every choice of one award round, and the catalogue that gives them their meaning."""

    name: str
    file: Path
    title: ShortText
    geography: str
    years: Years
    window: Window
    ranking: Ranking
    themes: tuple[Theme, ...] = Field(default=(), max_length=MOST_INDICATORS)
    indicators: tuple[Indicator, ...] = Field(min_length=1, max_length=MOST_INDICATORS)
    validation: Bounds
    robustness: Robustness
    report: Report = Report()
    peers: Peers | None = None
    predecessors: Predecessors | None = None
    accepted_exceptions: tuple[AcceptedException, ...] = ()
    publication: Publication | None = None
    vintages: dict[str, str] = {}
    asked: dict[str, tuple[int, ...]] = Field(default={}, exclude=True, repr=False)
    """Statistics that are asked for besides those that the indicators need, and of which years. Not a key of the file."""
    earlier: dict[str, "Award"] = Field(default={}, exclude=True, repr=False)
    """The rounds that it names, by name. Not a key of the file."""
    catalogue: Catalogue = Field(default=None, exclude=True, repr=False)  # type: ignore[assignment]

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if not self.years.first <= self.window.base <= self.window.final <= self.years.last:
            raise ValueError(
                f"the window {self.window.base}–{self.window.final} must lie within the years {self.years.first}–{self.years.last}"
            )
        if self.themes:
            # The model is frozen; the weights in the index follow from those of the themes and those within them.
            object.__setattr__(self, "indicators", tuple(weighed(self.indicators, self.themes)))
        elif stray := next((indicator for indicator in self.indicators if indicator.theme), None):
            raise ValueError(f"the theme {stray.theme!r} of {stray.name} is not among the themes of the award")
        add_up((indicator.weight for indicator in self.indicators), "the weights")
        weighing = [indicator for indicator in self.indicators if indicator.weight]
        if len({indicator.goalposts is None for indicator in weighing}) > 1:
            without = next(indicator.name for indicator in weighing if indicator.goalposts is None)
            raise ValueError(f"{without} weighs and has no goalposts, which others have: scores compare if all that weigh have them")
        if self.ranking.normalisation == "min-max-100" and any(one.goalposts and not one.goalposts.clip for one in weighing):
            raise ValueError('normalisation "min-max-100" keeps within 1 to 100: its goalposts have clip = true')
        names = [indicator.name for indicator in self.indicators]
        if len(set(names)) < len(names):
            raise ValueError(f"the indicator {next(name for name in names if names.count(name) > 1)} is listed twice")
        return self

    @cached_property
    def meanings(self) -> dict[str, Meaning]:
        """What each indicator of the award is by the catalogue, by its name."""
        return {
            one.name: self.catalogue.meaning(one.measure, one.taken) if one.measure and one.taken else self.catalogue.own_meaning(one.name)
            for one in self.indicators
        }

    @property
    def fixed(self) -> dict[str, Goalposts]:
        """The goalposts that the scores of the round are measured between, by indicator; none where the normalisation takes no notice."""
        return {one.name: one.goalposts for one in self.indicators if one.goalposts and self.ranking.normalisation in SCALED}

    @cached_property
    def ranking_columns(self) -> dict[str, tuple[str, str]]:
        """The type and meaning of the columns that the ranking of an award with themes, or of what is partly known, has besides."""
        columns = {f"{theme.name}_score": ("real", f"{in_language(theme.label, 'en')}: score of the theme") for theme in self.themes}
        if self.ranking.partly_known:
            columns["unknown_indicators"] = ("text", "The indicators that weigh and are unknown, of a region that is ranked by the others")
            for one in self.indicators:
                if one.weight:
                    columns[f"{one.name}_weight"] = ("real", f"{self.label(one, 'en')}: its weight in the region's score")
        return columns

    def window_of(self, indicator: Indicator) -> tuple[int, int]:
        """The base and final year of an indicator: its own, or the award's."""
        own = indicator.years
        return (self.window.base, self.window.final) if own is None else (own.base or own.final, own.final)

    def years_of(self, indicator: Indicator) -> tuple[int, ...]:
        """The years whose figures an indicator is made of: every year of a trend's window, else its base and final year."""
        base, final = self.window_of(indicator)
        return tuple(range(base, final + 1)) if indicator.taken == "trend" else (base, final)

    @property
    def rounds_before(self) -> tuple["Award", ...]:
        """Its predecessors, the oldest first; none where it names none."""
        return tuple(self.earlier[name] for name in self.predecessors.rounds) if self.predecessors else ()

    @property
    def lineage(self) -> dict[str, "Award"]:
        """The rounds that it names, and those that they name in turn, by name."""
        return self.earlier | {name: one for each in self.earlier.values() for name, one in each.lineage.items()}

    @property
    def named_rounds(self) -> dict[str, str]:
        """The rounds that it names, and of each the key that names it."""
        rounds = self.predecessors.rounds if self.predecessors else ()
        keys = {name: f"predecessors.rounds.{number}" for number, name in enumerate(rounds, 1)}
        for number, one in enumerate(self.indicators, 1):
            if one.goalposts and one.goalposts.round:
                keys.setdefault(one.goalposts.round, f"indicators.{number}.goalposts.from")
        return keys

    @property
    def peer_measures(self) -> tuple[str, ...]:
        """The measures by which regions are like one another; none where the award declares no peers."""
        return self.peers.measures if self.peers else ()

    @cached_property
    def statistic_years(self) -> dict[str, tuple[int, ...]]:
        """The statistics that the round needs, for its measures and what divides them, and of each the years that it needs."""
        years = {name: set(asked) for name, asked in self.asked.items()}
        for indicator in self.indicators:
            first, last = (self.years.first, self.years.last) if indicator.years is None else self.window_of(indicator)
            for measure in self.meanings[indicator.name].reads:
                for statistic in self.catalogue.statistics_of(measure):
                    years.setdefault(statistic, set()).update(range(first, last + 1))
        for measure in self.peer_measures:
            for statistic in self.catalogue.statistics_of(measure):
                years.setdefault(statistic, {self.window.final})
        return {name: tuple(sorted(years[name])) for name in self.catalogue.statistics if name in years}

    @cached_property
    def statistics(self) -> tuple[str, ...]:
        """The statistics that the round reads: those it needs, and the yardsticks that they are held against."""
        declared = self.catalogue.statistics
        quantities = (quantity for name in self.statistic_years for quantity in declared[name].quantities.values())
        yardsticks = {quantity.yardstick.statistic for quantity in quantities if quantity.yardstick}
        return tuple(name for name in declared if name in {*self.statistic_years, *yardsticks})

    def asking_for(self, statistic: str, years: Iterable[int]) -> Self:
        """The award as if an indicator needed a statistic in these years: the yardstick of a file that has just arrived."""
        return self.model_copy(update={"asked": {statistic: tuple(sorted(years))}})

    def label(self, indicator: Indicator, language: str) -> str:
        """An indicator's label: the award's, else the catalogue's. A plain text is in Swedish."""
        own = {"sv": indicator.label} if isinstance(indicator.label, str) else dict[str, str]((indicator.label or {}).items())
        return own.get(language) or self.meanings[indicator.name].labels[language]

    def labels(self, language: str) -> dict[str, str]:
        """The labels of the indicators by their names."""
        return {one.name: self.label(one, language) for one in self.indicators}


def in_language(text: Words, language: str) -> str:
    """A text of an award in a language; where it is not given in it, as it is given."""
    texts = {"": text} if isinstance(text, str) else dict[str, str](text.items())
    return texts.get(language) or next(iter(texts.values()))


def awards_folder() -> Path:
    """Where the awards of the project stand."""
    return home() / "awards"


def award_names() -> list[str]:
    """The rounds there is an award file for."""
    names = (path.stem for path in awards_folder().glob("*.toml"))
    return sorted(name for name in names if not name.endswith(EVIDENCE) and not name.startswith(COMPANIES))


def default_award() -> str:
    """The round that is meant where none is named: of the rounds with a year for a name, the latest with nothing left to decide.

    Raises DataRefused where there is none, or where the file of a later one has faults.
    """
    years = sorted((name for name in award_names() if name.isdecimal()), key=int, reverse=True)
    for name in years:
        if not undecided(load_award(name)):
            return name
    there = f"the rounds {', '.join(years)}, each with something left to decide" if years else "no award file with a year for a name"
    raise DataRefused([Fault(str(awards_folder()), there, "a decided round", "Name a round with --award, or decide what is left.")])


def load_award(award: str) -> Award:
    """Read an award by name ("2021", in awards/) or by the path of its file, and the rounds that it names.

    Raises DataRefused with every fault of a file; FileNotFoundError when there is none of the award itself.
    """
    path = Path(award) if award.endswith(".toml") else awards_folder() / f"{award}.toml"
    if not _is_file(path):
        raise FileNotFoundError(path)
    try:
        return _with_earlier(_read(path), {}, (path.stem,))
    except DataRefused:
        refuse_other_kind(path, "participation", "an award to companies", "an award to regions", f"companies run --award {award}")
        raise


def _read(path: Path) -> Award:
    return in_catalogue(load(Award, path, name=path.stem, file=path, asked={}, earlier={}))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _with_earlier(award: Award, known: dict[str, Award], above: tuple[str, ...]) -> Award:
    """An award with the rounds that it names, beside its file or in awards/, and they with theirs.

    known: the rounds that have been read. above: the names that lead to the award, its own the last.
    """
    for name, key in award.named_rounds.items():
        where = f"{award.file}, {key}"
        if name in above:
            found = f"the round {name!r}, which leads back to itself: {' → '.join((*above, name))}"
            raise refusal(where, found, "rounds that do not name one another in a circle", "Remove one of these names.")
        if name not in known:
            path = next(filter(_is_file, (award.file.with_name(f"{name}.toml"), awards_folder() / f"{name}.toml")), None)
            if path is None:
                expected = f"a round beside {award.file.name}, or one of {', '.join(award_names())}"
                raise refusal(where, f"the round {name!r}, which has no file", expected, "Correct the name, or add its award file.")
            known[name] = _with_earlier(_read(path), known, (*above, name))
        if known[name].geography != award.geography:
            found = f"the round {name!r}, which compares {known[name].geography}"
            raise refusal(where, found, f"a round that compares {award.geography}", "Remove the name.")
    award = award.model_copy(update={"earlier": {name: known[name] for name in award.named_rounds}})
    refuse(list(_wrong_goalposts(award)))
    return award


def _wrong_goalposts(award: Award) -> Iterator[Fault]:
    """Goalposts from a round that cannot give them, or that the award gives besides."""
    for number, one in enumerate(award.indicators, 1):
        if one.goalposts and one.goalposts.round:
            where = f"{award.file}, indicators.{number}.goalposts.from"
            there = {other.name: other for other in award.earlier[one.goalposts.round].indicators}
            if one.goalposts.lowest is not None:
                yield Fault(where, "a round beside lowest and highest", "the one or the others", "Remove from, or lowest and highest.")
            elif one.name not in there or there[one.name].estimator != one.estimator:
                found = f"the round {one.goalposts.round!r}, which does not have {one.name} as it is taken here"
                yield Fault(where, found, f"a round with the indicator; there it has {', '.join(there)}", "Name another round, or numbers.")


def in_catalogue(award: Award, folder: Path | None = None) -> Award:
    """An award with the catalogue of its geography. Raises DataRefused for what the catalogue does not know."""
    catalogue = load_catalogue(award.geography, folder, f"{award.file}, geography")
    refuse(list(_unknown(award, catalogue)))
    return award.model_copy(update={"catalogue": catalogue})


DECLARE = "Correct the name, or declare it in catalogue/."


def _unknown(award: Award, catalogue: Catalogue) -> Iterator[Fault]:
    """What an award names that the catalogue does not declare."""

    def unknown(where: str, name: str, known: Iterable[str], kind: str, remedy: str = DECLARE) -> Fault:
        options = list(known)
        close = difflib.get_close_matches(name, options, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else remedy
        return Fault(f"{award.file}, {where}", f"unknown {kind} {name!r}", f"one of {', '.join(options) or 'none'}", hint)

    for number, indicator in enumerate(award.indicators, 1):
        where = f"indicators.{number}"
        if indicator.measure and indicator.measure not in catalogue.measures:
            yield unknown(f"{where}.measure", indicator.measure, catalogue.measures, "measure")
        elif not indicator.measure and indicator.name not in catalogue.indicators:
            remedy = 'Take a measure, as in measure = "…", as = "growth"; docs/catalogue.md says how an SQL file becomes an indicator.'
            yield unknown(where, indicator.name, [*catalogue.indicators], "indicator", remedy)
        elif indicator.taken not in ("level", None) and len({*award.window_of(indicator)}) < 2:
            years = "–".join(map(str, award.window_of(indicator)))
            yield Fault(f"{award.file}, {where}", f"a {indicator.taken} over {years}", "two different years", "Choose another window.")
    measures, statistics, quantities = catalogue.measures, catalogue.statistics, catalogue.figure_names.values()
    named: list[tuple[str, str, Iterable[str], str]] = [("peers.measures", name, measures, "measure") for name in award.peer_measures]
    named += [("validation.largest_yearly_factor_of", name, statistics, "statistic") for name in award.validation.largest_yearly_factor_of]
    for number, scenario in enumerate(award.robustness.scenarios, 1):
        where = f"robustness.scenarios.{number}.relative_errors"
        named += [(where, name, quantities, "quantity") for name in scenario.relative_errors]
    for where, name, known, kind in named:
        if name not in known:
            yield unknown(where, name, known, kind)
    keys = ("audit", "reason", "region_code", "year", *catalogue.classes)
    for number, accepted in enumerate(award.accepted_exceptions, 1):
        for key in accepted.classes:
            if key not in catalogue.classes:
                yield unknown(f"accepted_exceptions.{number}.{key}", key, keys, "key")


def undecided(award: Award) -> list[Fault]:
    """Every text of an award, and of the rounds that it names, that is still to decide: a fault each."""

    def walk(value: Any, place: str) -> Iterator[Fault]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, f"{place}.{key}" if place else key)
        elif isinstance(value, list | tuple):
            for number, inner in enumerate(value, 1):
                yield from walk(inner, f"{place}.{number}")
        elif isinstance(value, str) and is_undecided(value):
            yield Fault(f"{award.file}, {place}", UNDECIDED, f"what the round decides for {place}", "Replace the mark with the decision.")

    return [*walk(award.model_dump(), ""), *(fault for one in award.earlier.values() for fault in undecided(one))]


def is_undecided(text: str) -> bool:
    """Whether a text of an award is still to decide."""
    return text.startswith(UNDECIDED)
