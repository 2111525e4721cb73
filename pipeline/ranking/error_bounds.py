"""What the published errors of totals say of an indicator that is made of them.

A published error is the length of a vector: the enterprise groups' shares of a total, or their moves from one year to another. Every
indicator moves with a sum of such vectors, whose length is bounded by theirs, whichever way they point: nothing new has to be published.
docs/method/errors.md has each bound, why it holds, and an example.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from pipeline.award import Award, Indicator
from pipeline.declarations import TOTAL
from pipeline.ranking.score import Indicators, Reals
from pipeline.ranking.standing import Field, Values

AT_ONCE = 2_000_000
"""The number of slopes that are drawn in one step."""


@dataclass(frozen=True)
class Records:
    """What a round has from records: rows of ingested.standard_errors, and of indicators.levels_by_year, which the errors are of."""

    published: Sequence[Mapping[str, Any]] = ()
    levels: Sequence[Mapping[str, Any]] = ()

    def levels_of(self, measure: str, regions: Field, years: Sequence[int]) -> Reals:
        """A measure's levels (years, regions), NaN where unknown."""
        known = {(row["year"], row["region_code"]): row["level"] for row in self.levels if row["measure"] == measure}
        levels = [[known.get((year, code)) for code in regions.codes] for year in years]
        return np.array([[np.nan if level is None else level for level in row] for row in levels], dtype=np.float64)


NO_RECORDS = Records()


class Relative(Protocol):
    """Bounds of the relative errors of something (regions,), infinite where there is none: of its level in a year, and of its growth."""

    def level(self, year: int) -> Reals: ...

    def growth(self, base: int, final: int) -> Reals: ...


class Total:
    """A total, or what has it above the line and below it only what has no errors, such as inhabitants."""

    def __init__(self, part: str, regions: Field, records: Records, award: Award) -> None:
        cells = award.catalogue.cells_of(part)
        self.quantity, self.group = (cells.statistic, cells.quantity), next(iter(cells.classes.values()), TOTAL)
        self._regions = regions
        self._known = {
            (row["base_year"], row["final_year"], row["region_code"]): row["relative_error"]
            for row in records.published
            if (row["statistic"], row["quantity"], row["class_group"]) == (*self.quantity, self.group)
        }

    def __bool__(self) -> bool:
        return bool(self._known)

    def level(self, year: int) -> Reals:
        return self._published(None, year)

    def growth(self, base: int, final: int) -> Reals:
        """As published, or as that of the two levels, since shares are never negative: |f − b|² ≤ |f|² + |b|²."""
        return np.minimum(self._published(base, final), np.hypot(self.level(base), self.level(final)))

    def _published(self, base: int | None, final: int) -> Reals:
        errors = [self._known.get((base, final, code)) for code in self._regions.codes]
        return np.array([np.inf if error is None else error for error in errors])


@dataclass(frozen=True)
class Ratio:
    """A total of the records over another of theirs. share: what the first is of the second, by year, where it is a part of it."""

    above: Total
    below: Total
    share: Mapping[int, Reals]

    def level(self, year: int) -> Reals:
        """|a − b|² ≤ |a|² + |b|², since shares are never negative; of a part w of b, |a − b|² ≤ (1 − 2w) |a|² + |b|²."""
        above, below = self.above.level(year), self.below.level(year)
        kept = np.clip(1 - 2 * np.nan_to_num(self.share[year]), 0, 1) if year in self.share else np.ones(len(above))
        return np.hypot(np.where(kept == 0, 0.0, _times(np.sqrt(kept), above)), below)

    def growth(self, base: int, final: int) -> Reals:
        apart = self.above.growth(base, final) + self.below.growth(base, final)
        return np.minimum(apart, self.level(base) + self.level(final))


def of_indicator(one: Indicator, regions: Field, indicators: Indicators | Values, records: Records, award: Award) -> Reals | None:
    """Bounds of the standard errors of an indicator's values (regions,), infinite where none follows; None where none does anywhere."""
    if one.measure is None:
        return None
    relative = _relative(one.measure, regions, records, award)
    if relative is None:
        return None
    values = regions.values_of(indicators, one.name)
    base, final = award.window_of(one)
    match one.taken:
        case "level":
            errors = _times(values, relative.level(final))
        case "growth":
            errors = _times(1 + values, relative.growth(base, final))
        case "change":
            at_base, at_final = records.levels_of(one.measure, regions, (base, final))
            errors = of_change(at_base, at_final, relative, (base, final))
        case _:
            years = range(base, final + 1)
            moves = {pair: relative.growth(*pair) for pair in itertools.combinations(years, 2)}
            levels = records.levels_of(one.measure, regions, years)
            own = log_linear(moves, years) if one.estimator == "log-linear" else theil_sen(moves, levels, years, award)
            errors = _times(1 + values, own)
    return errors if np.isfinite(errors).any() else None


def _relative(measure: str, regions: Field, records: Records, award: Award) -> Relative | None:
    part, *below = award.catalogue.parts(measure)
    above = Total(part, regions, records, award)
    if not above:
        return None
    ours = {row["statistic"] for row in records.published}
    others = [Total(other, regions, records, award) for other in below if award.catalogue.cells_of(other).statistic in ours]
    if not others:
        return above
    (other,) = others
    years = range(award.years.first, award.years.last + 1)
    is_part = other.quantity == above.quantity and other.group == TOTAL
    share = dict(zip(years, records.levels_of(measure, regions, years), strict=True)) if is_part else {}
    return Ratio(above, other, share) if other else None


def of_change(base: Reals, final: Reals, relative: Relative, years: tuple[int, int]) -> Reals:
    """The error of final − base (regions,): |F·f − B·b|, of which F·(f − b) + (F − B)·b and its likes are bounds."""
    at_base, at_final, move = relative.level(years[0]), relative.level(years[1]), relative.growth(*years)
    gap = np.abs(final - base)
    apart = _times(final, at_final) + _times(base, at_base)
    turned = np.minimum(_times(final, move) + _times(gap, at_base), _times(base, move) + _times(gap, at_final))
    return np.minimum(apart, turned)


def log_linear(moves: Mapping[tuple[int, int], Reals], years: Sequence[int]) -> Reals:
    """The relative error of exp(slope · span), by least squares: with Σ c = 0, |Σ c_t s_t|² = −Σ c_i c_j |s_i − s_j|² over pairs, of which
    those on the same side of the middle only take away."""
    middle = (years[0] + years[-1]) / 2
    squares = sum((year - middle) ** 2 for year in years)
    factor = {year: (years[-1] - years[0]) * (year - middle) / squares for year in years}
    opposite = {(one, other): -factor[one] * factor[other] for one, other in moves if factor[one] * factor[other] < 0}
    return np.asarray(np.sqrt(np.sum([weight * moves[pair] ** 2 for pair, weight in opposite.items()], axis=0)))


def theil_sen(moves: Mapping[tuple[int, int], Reals], levels: Reals, years: Sequence[int], award: Award) -> Reals:
    """The relative error of exp(median slope · span): the spread of the median over draws of normal errors of the logarithms, which move
    apart from year to year as far as the bounds of growths let them. Drawn from the award's seed."""
    count = len(years)
    first, second = np.array(list(itertools.combinations(range(count), 2))).T
    normal = np.random.default_rng(award.robustness.seed).standard_normal((award.robustness.draws, count))
    centre = np.eye(count) - 1 / count
    result = np.full(levels.shape[1], np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithms = np.log(levels)
    for region in range(levels.shape[1]):
        apart = np.zeros((count, count))
        apart[first, second] = [moves[years[one], years[other]][region] for one, other in zip(first, second, strict=True)]
        if not (np.isfinite(apart).all() and np.isfinite(logarithms[:, region]).all()):
            continue
        # Distances that no points have become those of the nearest points that are further apart.
        values, vectors = np.linalg.eigh(-0.5 * centre @ (apart + apart.T) ** 2 @ centre)
        errors = normal @ (vectors * np.sqrt(np.clip(values, 0, None))).T
        step = max(1, AT_ONCE // len(first))
        medians = [
            np.median((drawn[:, second] - drawn[:, first]) / (second - first), axis=1)
            for drawn in (logarithms[:, region] + errors[start : start + step] for start in range(0, len(errors), step))
        ]
        result[region] = (years[-1] - years[0]) * np.concatenate(medians).std()
    return result


def _times(amount: Reals, error: Reals) -> Reals:
    """An amount times an error: unbounded where the error is."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(np.isfinite(error), amount * error, np.inf))
