"""Who takes part, where each company stands, who is on the shortlist, and what else may carry a company's growth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.companies.award import CompaniesAward, Kind
from pipeline.companies.measures import Measured, Reals
from pipeline.ranking.crowd import Shares, shares
from pipeline.ranking.standing import Standing, stand

Flags = npt.NDArray[np.bool_]
KINDS: Mapping[Kind, str] = {"county": "region_code", "size class": "size_class", "industry": "industry_code"}
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Shortlist:
    """Who takes part and who is chosen, by the number of a unit in Measured.

    excluded: how many each rule excludes, in the order of the rules, each unit by the first that does. unknown: of those that take part,
    how many lack each measure that weighs. chosen: units on the shortlist, in order. passed: how many a full stratum passed over.
    """

    excluded: Mapping[str, int]
    unknown: Mapping[str, int]
    takes_part: Flags
    standing: Standing
    shares: Shares
    chosen: Sequence[int]
    passed: Mapping[Kind, int]
    warnings: Mapping[str, Flags]

    @property
    def ranked(self) -> int:
        """How many units are ranked."""
        return int((self.standing.rank > 0).sum())


def shortlist(measured: Measured, award: CompaniesAward) -> Shortlist:
    """Rank the units that take part, choose from them, and warn."""
    excluded, takes_part = _participation(measured, award)
    indicators, ranking = award.weighing, award.shortlist.ranking

    def values(window: tuple[int, int]) -> Reals:
        figures = np.column_stack([measured.measure(one.name, window) for one in indicators])
        return np.where(takes_part[:, np.newaxis], figures, np.nan)

    own = (award.window.base, award.window.final)
    here = values(own)
    unknown = {one.name: int((takes_part & np.isnan(here[:, column])).sum()) for column, one in enumerate(indicators)}
    standing = stand(here, indicators, ranking)
    robustness = award.robustness
    # Only units that take part are compared: the others would only take time.
    part = np.flatnonzero(takes_part)
    among = {window: values(window)[part] for window in award.windows}
    of_part = shares(among, own, indicators, ranking, robustness.weightings, robustness.seed)
    chosen, passed = _choose(measured, standing, award)
    return Shortlist(
        excluded, unknown, takes_part, standing, _spread(of_part, part, len(measured)), chosen, passed, warnings(measured, award)
    )


def _spread(of_part: Shares, part: npt.NDArray[np.int64], count: int) -> Shares:
    """Shares of the units that take part as shares of all: zero of the others."""

    def spread(values: Any) -> Any:
        every = np.zeros(count, dtype=values.dtype)
        every[part] = values
        return every

    arrays = {name: spread(getattr(of_part, name)) for name in ("joint", "standard_error", "windows", "methods", "weightings")}
    return replace(of_part, **arrays, places={window: spread(each) for window, each in of_part.places.items()})


def _participation(measured: Measured, award: CompaniesAward) -> tuple[dict[str, int], Flags]:
    """How many units each rule excludes, each by the first rule that does; and who takes part."""
    rules, register = award.participation, measured.register
    failing: dict[str, Flags] = {
        "not_exporting": ~(measured.column("spans", "final_sek") > 0),
        "least_exports": measured.column("spans", "final_sek") < float(rules.least_exports.at_least_sek),
        "least_years": measured.column("spans", "exporting_years") < rules.least_years.at_least,
        "register": np.array([size is None for size in register["size_class"]], dtype=bool),
    }
    if rules.size_classes:
        failing["size_classes"] = ~np.isin(np.array([str(size) for size in register["size_class"]]), rules.size_classes.among)
    if rules.industries:
        begins = rules.industries.among
        failing["industries"] = np.array([not str(code or "").startswith(begins) for code in register["industry_code"]], dtype=bool)
    if rules.regions:
        failing["regions"] = ~np.isin(np.array([str(code) for code in register["region_code"]]), rules.regions.among)
    if rules.independence and not rules.independence.in_group:
        failing["independence"] = np.array([bool(flag) for flag in register["is_in_group"]], dtype=bool)
    left, excluded = np.ones(len(measured), dtype=bool), {}
    for rule, fails in failing.items():
        excluded[rule] = int((left & fails).sum())
        left &= ~fails
    return excluded, left


def kinds(measured: Measured, by: Kind) -> list[str]:
    """The county, size class or industry of each unit; of an industry its first two digits."""
    values = measured.register[KINDS[by]]
    return [str(value)[: 2 if by == "industry" else None] if value is not None else UNKNOWN for value in values]


def _choose(measured: Measured, standing: Standing, award: CompaniesAward) -> tuple[list[int], dict[Kind, int]]:
    """The units of the shortlist in order of place: each as long as its strata have room. Of equal places the first identifier."""
    length, strata = award.shortlist.length, award.shortlist.strata
    of_kind = {stratum.by: kinds(measured, stratum.by) for stratum in strata}
    room = {stratum.by: max(1, int(stratum.most * length + 1e-9)) for stratum in strata}
    taken: Counter[tuple[Kind, str]] = Counter()
    passed: dict[Kind, int] = dict.fromkeys(room, 0)
    chosen: list[int] = []
    ranked = np.flatnonzero(standing.rank > 0)
    for unit in ranked[np.argsort(standing.rank[ranked], kind="stable")].tolist():
        if len(chosen) == length:
            break
        full = [by for by in room if taken[by, of_kind[by][unit]] >= room[by]]
        if full:
            passed[full[0]] += 1
            continue
        taken.update((by, of_kind[by][unit]) for by in room)
        chosen.append(unit)
    return chosen, passed


def warnings(measured: Measured, award: CompaniesAward) -> dict[str, Flags]:
    """Whom each warning is about, from the records alone. What is unknown warns of nothing."""
    bounds = award.warnings

    def carried(name: str) -> Reals:
        return measured.column("carried", name)

    with np.errstate(invalid="ignore"):
        grew = measured.column("spans", "final_sek") >= (1 + bounds.least_growth) * measured.column("spans", "base_sek")
        merged = carried("gone_kin_of_change") >= bounds.moved
        one_year = (carried("largest_year_of_change") >= bounds.single_year) & ~(carried("other_years_of_rise") > bounds.other_years)
        large = carried("largest_declaration_share") >= bounds.single_declaration_of_exports
        # Of a company without earlier declarations, the largest is beyond all of them.
        unusual = ~(carried("largest_declaration_of_earlier") < bounds.single_declaration_of_earlier)
        each = {
            "single_declaration": large & unusual & (carried("largest_declaration_of_change") >= bounds.single_declaration),
            "single_year": one_year,
            "moved": (carried("kin_fall_of_change") >= bounds.moved) & ~merged,
            "merged": merged,
            "taken_over": carried("taken_over_share") >= bounds.taken_over,
            "reexported": carried("reexported_share") >= bounds.reexported,
        }
    return {name: grew & flags for name, flags in each.items()}
