"""How far a ranking can be trusted: other windows, weights, methods, regions, indicators and data.

Every function ranks anew what the award ranks, with one choice changed. Indicators under other choices come from a function
that the caller gives; nothing here opens a database.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError

from pipeline.ranking.bounds import bounds, fill
from pipeline.ranking.score import NOISE, Reals, is_candidate, rank, score
from pipeline.ranking.weights import acceptability, candidate_interval
from pipeline.schemas import NATION, value_range
from pipeline.settings import Award, Indicator, Ranking, Scenario, Window

Compute = Callable[[Award, Mapping[str, pd.DataFrame]], Mapping[str, pd.DataFrame]]
"""Indicators by name under an award's choices, with some staging tables replaced."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Standing:
    """Where each region stands: rank 0 and score NaN for one that cannot be ranked."""

    rank: npt.NDArray[np.int64]
    score: Reals
    candidate: npt.NDArray[np.bool_]
    normalised: Reals


@dataclass(frozen=True)
class Field:
    """The counties that are compared, in the order of their codes."""

    codes: tuple[str, ...]
    names: tuple[str, ...]

    def find(self, region: str) -> str | None:
        """The code of a county named by its code or its name, in any case, with or without "län"."""

        def plain(name: str) -> str:
            return name.strip().casefold().removesuffix(" län").removesuffix("s")

        return next(
            (code for code, name in zip(self.codes, self.names, strict=True) if region == code or plain(region) == plain(name)), None
        )

    def values(self, indicators: Mapping[str, pd.DataFrame], award: Award) -> Reals:
        """The weighing indicators' values (regions, indicators), NaN where unknown."""
        columns = []
        for indicator in weighing(award):
            known = indicators[indicator.name].set_index("region_code")[indicator.name]
            columns.append(known.reindex(list(self.codes)).to_numpy(dtype=np.float64, na_value=np.nan))
        return np.column_stack(columns)


def field(regions: pd.DataFrame) -> Field:
    """The counties of the table staging.regions."""
    counties = regions[regions["region_code"] != NATION].sort_values("region_code")
    return Field(tuple(counties["region_code"]), tuple(counties["region_name"]))


def weighing(award: Award) -> list[Indicator]:
    """The award's indicators that count."""
    return [indicator for indicator in award.indicators if indicator.weight]


def stand(values: Reals, indicators: Sequence[Indicator], ranking: Ranking) -> Standing:
    """Rank regions by their values (regions, indicators), those with an unknown value left out."""
    known = ~np.isnan(values).any(axis=1)
    places = np.zeros(len(values), dtype=np.int64)
    scores = np.full(len(values), np.nan)
    candidate = np.zeros(len(values), dtype=bool)
    normalised = np.full(values.shape, np.nan)
    if known.any():
        normalised[known], scores[known] = score(values[known], indicators, ranking.normalisation, ranking.aggregation)
        places[known] = rank(scores[known], ranking.ties)
        candidate[known] = is_candidate(scores[known], ranking.candidates)
    return Standing(places, scores, candidate, normalised)


def robustness(regions: pd.DataFrame, staging: Mapping[str, pd.DataFrame], compute: Compute, award: Award) -> dict[str, Rows]:
    """The rows of every table robustness.*, by table. staging: the tables that data scenarios change, by name."""
    counties = field(regions)
    indicators = compute(award, {})
    values = counties.values(indicators, award)
    spanning = {indicator.name for indicator in weighing(award) if {"base", "final"} <= set(indicators[indicator.name].columns)}
    here = stand(values, weighing(award), award.ranking)
    windows, window_ranks = _windows(counties, compute, award)
    weights = _weights(counties, here, award)
    methods = _methods(counties, compute, award)
    left_out, reversals = _leave_one_out(counties, values, here, award)
    cells, unranked = _unranked(counties, values, here, staging, compute, award)
    tables: dict[str, Rows] = {
        "robustness.windows": windows,
        "robustness.window_rankings": window_ranks,
        "robustness.window_sentences": _window_sentences(counties, windows, spanning, award),
        **weights,
        "robustness.rank_intervals": _rank_intervals(counties, here, weights["robustness.acceptability"], window_ranks, methods),
        "robustness.methods": methods,
        "robustness.leave_one_out": left_out,
        "robustness.rank_reversals": reversals,
        "robustness.turning_points": _turning_points(counties, values, here, award),
        "robustness.scenarios": _scenarios(counties, values, staging, compute, award),
        "robustness.cell_bounds": cells,
        "robustness.unranked": unranked,
    }
    tables["robustness.candidate_shares"] = _candidate_shares(counties, tables)
    tables["robustness.verdicts"] = _verdicts(counties, here, tables, award)
    return tables


def _ranked(counties: Field, standing: Standing, **same: Any) -> Rows:
    """One row a region: rank (None when unranked) and whether it is a candidate."""
    return [
        {**same, "region_code": code, "rank": int(place) or None, "is_candidate": bool(chosen)}
        for code, place, chosen in zip(counties.codes, standing.rank, standing.candidate, strict=True)
    ]


# Windows


def _windows(counties: Field, compute: Compute, award: Award) -> tuple[Rows, Rows]:
    """Every pair of the award's years: each indicator's value and place, and the ranking with all indicators."""
    values_rows: Rows = []
    ranking_rows: Rows = []
    for base, final in itertools.combinations(range(award.years.first, award.years.last + 1), 2):
        other = award.model_copy(update={"window": Window(base=base, final=final, reason="every window")})
        found = compute(other, {})
        values = counties.values(found, other)
        window = {"base_year": base, "final_year": final}
        for indicator in award.indicators:
            alone = indicator.model_copy(update={"weight": Fraction(1)})
            one = counties.values(found, other.model_copy(update={"indicators": (alone,)}))
            standing = stand(one, [alone], award.ranking)
            for code, value, place in zip(counties.codes, one[:, 0], standing.rank, strict=True):
                known = None if np.isnan(value) else float(value)
                row = {"indicator": indicator.name, **window, "region_code": code}
                values_rows.append({**row, "indicator_value": known, "rank": int(place) or None})
        standing = stand(values, weighing(award), award.ranking)
        for row, points in zip(_ranked(counties, standing, **window), standing.score, strict=True):
            ranking_rows.append({**row, "score": None if np.isnan(points) else float(points)})
    return values_rows, ranking_rows


def _window_sentences(counties: Field, windows: Rows, spanning: Set[str], award: Award) -> Rows:
    """A sentence wherever no other window gives a region a better place, or a worse one, than the award's.

    Only for the indicators that weigh and span the window: a growth, a change.
    """
    names = dict(zip(counties.codes, counties.names, strict=True))
    labels = {indicator.name: indicator.label for indicator in award.indicators}
    by_region: dict[tuple[str, str], dict[tuple[int, int], int]] = {}
    for row in windows:
        if row["rank"] is not None and row["indicator"] in spanning:
            by_region.setdefault((row["indicator"], row["region_code"]), {})[row["base_year"], row["final_year"]] = row["rank"]
    own = (award.window.base, award.window.final)
    sentences: Rows = []
    for (indicator, code), places in sorted(by_region.items()):
        if own not in places or len(set(places.values())) == 1:
            continue
        for extreme, bound, swedish in (("best", min, "bästa"), ("worst", max, "sämsta")):
            if places[own] == bound(places.values()):
                low, high = min(places.values()), max(places.values())
                text = (
                    f"{labels[indicator]}: fönstret {own[0]}–{own[1]} ger {names[code]} dess {swedish} plats"
                    f" ({places[own]}) av alla {len(places)} fönster; bland län med känd uppgift går platserna från {low} till {high}."
                )
                sentences.append({"indicator": indicator, "region_code": code, "extreme": extreme, "sentence": text})
    return sentences


# Weights


def _weights(counties: Field, here: Standing, award: Award) -> dict[str, Rows]:
    ranked = np.flatnonzero(here.rank)
    codes = [counties.codes[index] for index in ranked]
    indicators = weighing(award)
    normalised = here.normalised[ranked]
    choice = award.robustness
    found = acceptability(normalised, award.ranking.aggregation, award.ranking.candidates, choice.draws, choice.seed)
    errors = found.standard_error(found.by_rank)
    by_rank = [
        {"region_code": code, "rank": place + 1, "share": float(found.by_rank[row, place]), "standard_error": float(errors[row, place])}
        for row, code in enumerate(codes)
        for place in range(len(codes))
    ]
    error = found.standard_error(found.candidate)
    shares = [
        {"region_code": code, "weights_share": float(found.candidate[row]), "standard_error": float(error[row]), "draws": found.draws}
        for row, code in enumerate(codes)
    ]
    central = [
        {"region_code": code, "indicator": indicator.name, "central_weight": float(found.central[row, column])}
        for row, code in enumerate(codes)
        for column, indicator in enumerate(indicators)
        if not np.isnan(found.central[row, column])
    ]
    weights = [float(indicator.weight) for indicator in indicators]
    intervals = []
    for row, code in enumerate(codes):
        for column, indicator in enumerate(indicators):
            if here.candidate[ranked[row]]:
                interval = candidate_interval(normalised, weights, award.ranking.aggregation, award.ranking.candidates, row, column)
                if interval:
                    ends = {"weight": weights[column], "lowest_weight": interval[0], "highest_weight": interval[1]}
                    intervals.append({"region_code": code, "indicator": indicator.name, **ends})
    return {
        "robustness.acceptability": by_rank,
        "robustness.candidate_shares": shares,
        "robustness.central_weights": central,
        "robustness.weight_intervals": intervals,
    }


# Methods


def offered(ranking: Ranking) -> Iterator[Ranking]:
    """Every combination of normalisation, aggregation, tie rule and denominator that the engine accepts."""
    keys = ("normalisation", "aggregation", "ties", "denominator")
    choices = [Ranking.model_fields[key].annotation.__args__ for key in keys]  # type: ignore[union-attr]
    for combination in itertools.product(*choices):
        try:
            yield Ranking.model_validate(ranking.model_dump() | dict(zip(keys, combination, strict=True)))
        except ValidationError:
            continue


def _methods(counties: Field, compute: Compute, award: Award) -> Rows:
    """The ranking under each method."""
    by_denominator: dict[str, Reals] = {}
    rows: Rows = []
    for method in offered(award.ranking):
        if method.denominator not in by_denominator:
            other = award.model_copy(update={"ranking": award.ranking.model_copy(update={"denominator": method.denominator})})
            by_denominator[method.denominator] = counties.values(compute(other, {}), other)
        standing = stand(by_denominator[method.denominator], weighing(award), method)
        named = {key: getattr(method, key) for key in ("normalisation", "aggregation", "ties", "denominator")}
        rows += _ranked(counties, standing, **named)
    return rows


# Intervals

MOST = 0.9
"""The share of weightings that an interval of places spans: 5 % lie below it and 5 % above."""


def _rank_intervals(counties: Field, here: Standing, by_rank: Rows, windows: Rows, methods: Rows) -> Rows:
    """Between which places each county stands: in most weightings, in every window, with every method."""
    tail = (1 - MOST) / 2 - NOISE
    rows: Rows = []
    for code, place in zip(counties.codes, here.rank, strict=True):
        shares = [row["share"] for row in by_rank if row["region_code"] == code]
        row: dict[str, Any] = {"region_code": code, "rank": int(place) or None}
        if shares:
            row["weights_best_rank"] = next(number for number, total in enumerate(itertools.accumulate(shares), 1) if total > tail)
            fallen = enumerate(itertools.accumulate(reversed(shares)))
            row["weights_worst_rank"] = len(shares) - next(number for number, total in fallen if total > tail)
        for kind, trials in (("windows", windows), ("methods", methods)):
            places = [trial["rank"] for trial in trials if trial["region_code"] == code and trial["rank"]]
            row |= {f"{kind}_best_rank": min(places, default=None), f"{kind}_worst_rank": max(places, default=None)}
        rows.append(row)
    return rows


# Leave one out


def _leave_one_out(counties: Field, values: Reals, here: Standing, award: Award) -> tuple[Rows, Rows]:
    """The ranking without each indicator (the other weights scaled up) and without each region; and every order that changes
    between two regions because a third is left out (rank reversal)."""
    indicators = weighing(award)
    rows: Rows = []
    for column, left_out in enumerate(indicators):
        rest = [indicator for indicator in indicators if indicator is not left_out]
        if rest:
            scaled = [indicator.model_copy(update={"weight": indicator.weight / (1 - left_out.weight)}) for indicator in rest]
            standing = stand(np.delete(values, column, axis=1), scaled, award.ranking)
            rows += _ranked(counties, standing, dropped_kind="indicator", dropped=left_out.name)
    reversals: Rows = []
    for index, code in enumerate(counties.codes):
        if here.rank[index] and (here.rank > 0).sum() > 1:
            without = values.copy()
            without[index] = np.nan
            standing = stand(without, indicators, award.ranking)
            kept = [row for row in _ranked(counties, standing, dropped_kind="region", dropped=code) if row["region_code"] != code]
            rows += kept
            for one, other in itertools.permutations(np.flatnonzero(standing.rank), 2):
                if here.rank[one] < here.rank[other] and standing.rank[one] > standing.rank[other]:
                    reversals.append({"dropped": code, "region_code": counties.codes[one], "overtaken_by": counties.codes[other]})
    return rows, reversals


# What would have to change

DOUBLINGS = 30
HALVINGS = 60


def changes(index: int, values: Reals, here: Standing, award: Award) -> list[dict[str, Any]]:
    """For each weighing indicator, the value nearest to its own at which the region's candidacy turns, all else as it is."""
    rows = []
    for column, indicator in enumerate(weighing(award)):
        upward = (indicator.direction == "higher") != bool(here.candidate[index])
        turning = _turning_point(index, column, values, here, award, sign=1.0 if upward else -1.0)
        rows.append({"indicator": indicator.name, "value": float(values[index, column]), "turns_at": turning})
    return rows


def _turning_point(index: int, column: int, values: Reals, here: Standing, award: Award, *, sign: float) -> float | None:
    """Doubling steps until candidacy turns, then halving the last one; no further than the indicator can go."""

    lowest, highest = value_range(weighing(award)[column].name)

    def turned(value: float) -> bool:
        trial = values.copy()
        trial[index, column] = value
        return bool(stand(trial, weighing(award), award.ranking).candidate[index]) != bool(here.candidate[index])

    own = float(values[index, column])
    spread = float(np.nanmax(values[:, column]) - np.nanmin(values[:, column])) or 1.0
    far = None
    near = own
    for power in range(DOUBLINGS):
        reach = min(max(own + sign * spread * 2.0 ** (power - 10), lowest), highest)
        if turned(reach):
            far = reach
            break
        if reach in (lowest, highest):
            return None
        near = reach
    if far is None:
        return None
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        near, far = (near, middle) if turned(middle) else (middle, far)
    return far


def _turning_points(counties: Field, values: Reals, here: Standing, award: Award) -> Rows:
    """For each ranked county, the value of each indicator alone at which it would become a candidate, or cease to be one."""
    return [
        {"region_code": counties.codes[index], "indicator": row["indicator"], "indicator_value": row["value"], "turns_at": row["turns_at"]}
        for index in map(int, np.flatnonzero(here.rank))
        for row in changes(index, values, here, award)
    ]


# Data


def _extremes(values: Sequence[Reals], award: Award) -> tuple[Reals, Reals]:
    """The most and the least favourable of several values, indicator by indicator."""
    stacked = np.stack(values)
    best, worst = stacked.max(axis=0), stacked.min(axis=0)
    for column, indicator in enumerate(weighing(award)):
        if indicator.direction == "lower":
            best[:, column], worst[:, column] = worst[:, column].copy(), best[:, column].copy()
    return best, worst


def _own_range(index: int, values: Reals, best: Reals, worst: Reals, award: Award) -> dict[str, Any]:
    """A region's best and worst place when its own values alone are the best or worst, all others' as they are."""
    standings = []
    for extreme in (best, worst):
        trial = values.copy()
        trial[index] = extreme[index]
        standings.append(stand(trial, weighing(award), award.ranking))
    ranked = int((standings[0].rank > 0).sum())
    return {
        "best_rank": int(standings[0].rank[index]) or 1,
        "worst_rank": int(standings[1].rank[index]) or ranked,
        "candidate_at_best": bool(standings[0].candidate[index]),
        "candidate_at_worst": bool(standings[1].candidate[index]),
    }


def _scenarios(counties: Field, values: Reals, staging: Mapping[str, pd.DataFrame], compute: Compute, award: Award) -> Rows:
    """For each scenario of the award: a region's places when its figures err in its favour or against it by the stated share."""
    rows: Rows = []
    for scenario in award.robustness.scenarios:
        trials = [counties.values(compute(award, _erring(staging, scenario, award, sign)), award) for sign in (1, -1)]
        best, worst = _extremes(trials, award)
        for index, code in enumerate(counties.codes):
            if not np.isnan(values[index]).any():
                rows.append({"scenario": scenario.name, "region_code": code, **_own_range(index, values, best, worst, award)})
    return rows


def _erring(staging: Mapping[str, pd.DataFrame], scenario: Scenario, award: Award, sign: int) -> dict[str, pd.DataFrame]:
    """Exports too low in the base year and too high in the final one, or the reverse; population the other way."""
    changed = {}
    for table, column, error in (
        ("staging.goods_exports", "exports_sek", scenario.exports_relative_error),
        ("staging.goods_exports_totals", "exports_sek", scenario.exports_relative_error),
        ("staging.services_exports", "exports_sek", scenario.exports_relative_error),
        ("staging.population", "population", -scenario.population_relative_error),
    ):
        if error:
            frame = staging[table].copy()
            factor = frame["year"].map({award.window.base: 1 - sign * error, award.window.final: 1 + sign * error}).fillna(1).astype(float)
            frame[column] = frame[column].astype("double[pyarrow]") * factor
            changed[table] = frame
    return changed


def _unranked(
    counties: Field, values: Reals, here: Standing, staging: Mapping[str, pd.DataFrame], compute: Compute, award: Award
) -> tuple[Rows, Rows]:
    """What each unknown cell could hold, and between which places each unranked region could stand."""
    known = bounds(staging, (award.window.base, award.window.final))
    cells = [
        {**cell._asdict(), "lowest": interval.low, "highest": None if np.isinf(interval.high) else interval.high}
        for cell, interval in known.cells.items()
    ]
    unranked = np.flatnonzero(here.rank == 0)
    groups = sorted({(cell.measure, cell.year) for cell in known.cells})
    corners = itertools.product((False, True), repeat=len(groups)) if len(unranked) else []
    trials = [counties.values(compute(award, fill(staging, known, dict(zip(groups, corner, strict=True)))), award) for corner in corners]
    best, worst = _extremes(trials, award) if trials else (values, values)
    rows: Rows = []
    for index in unranked:
        own = [known.sme_sum(*cell[:3]) for cell in known.cells if cell.region_code == counties.codes[index]]
        bounded = not any(np.isinf(interval.high) for interval in own) and not np.isnan([best[index], worst[index]]).any()
        span = _own_range(int(index), values, best, worst, award) if bounded else {}
        rows.append({"region_code": counties.codes[index], "best_rank": span.get("best_rank"), "worst_rank": span.get("worst_rank")})
    return cells, rows


# Verdicts

DEPENDS = {"weights": "depends on weights", "windows": "depends on the window", "methods": "depends on method"}
SWEDISH = {
    "robust": "stabil",
    "depends on weights": "beror på vikterna",
    "depends on the window": "beror på fönstret",
    "depends on method": "beror på metoden",
    "marginal": "på gränsen",
}


def verdict(is_a_candidate: bool, shares: Mapping[str, float], award: Award) -> str | None:
    """The verdict on a region by the shares of weights, windows and methods under which it is a candidate.

    robust: a candidate, in at least robust_share of each. marginal: in less than marginal_share of each. Else it depends
    on what changes its standing most: for a candidate the least share, for another region the largest. None: not near the candidates.
    """
    choice = award.robustness
    if not is_a_candidate and max(shares.values()) < choice.near_share:
        return None
    if is_a_candidate and min(shares.values()) >= choice.robust_share:
        return "robust"
    if max(shares.values()) < choice.marginal_share:
        return "marginal"
    pick = min if is_a_candidate else max
    return DEPENDS[pick(shares, key=lambda kind: shares[kind])]


def _times(code: str, rows: Rows) -> tuple[int, int]:
    """In how many of the rankings a county is among the candidates, and how many there are."""
    then = [row["is_candidate"] for row in rows if row["region_code"] == code]
    return sum(then), len(then)


def _candidate_shares(counties: Field, tables: Mapping[str, Rows]) -> Rows:
    """Every county's shares of weightings, windows and methods."""
    by_weights = {row["region_code"]: row for row in tables["robustness.candidate_shares"]}
    rows: Rows = []
    for code in counties.codes:
        windows, methods = _times(code, tables["robustness.window_rankings"]), _times(code, tables["robustness.methods"])
        counted = {"windows_share": windows[0] / windows[1], "methods_share": methods[0] / methods[1]}
        rows.append({"region_code": code, **by_weights.get(code, {}), **counted})
    return rows


def _verdicts(counties: Field, here: Standing, tables: Mapping[str, Rows], award: Award) -> Rows:
    """A verdict in words for each region in or near the candidates, with the shares behind it."""
    every = {row["region_code"]: row for row in tables["robustness.candidate_shares"]}
    rows: Rows = []
    for index in sorted(np.flatnonzero(here.rank), key=lambda index: (here.rank[index], index)):
        code, name, chosen = counties.codes[index], counties.names[index], bool(here.candidate[index])
        shares = {kind: float(every[code][f"{kind}_share"]) for kind in ("weights", "windows", "methods")}
        words = verdict(chosen, shares, award)
        if words is None:
            continue
        swedish = SWEDISH[words] if chosen or words != "marginal" else "kandidat bara i en mindre del av prövningarna"
        windows = "{} av {}".format(*_times(code, tables["robustness.window_rankings"]))
        methods = "{} av {}".format(*_times(code, tables["robustness.methods"]))
        sentence = (
            f"{name} {'föreslås' if chosen else 'föreslås inte'}: {swedish}. Bland kandidaterna i"
            f" {_percent(shares['weights'])} av alla viktningar, i {windows} fönster och med {methods} metoder."
        )
        row = {"region_code": code, "rank": int(here.rank[index]), "is_candidate": chosen}
        row |= {f"{kind}_share": share for kind, share in shares.items()}
        rows.append({**row, "verdict": words, "sentence": sentence})
    return rows


def _percent(share: float) -> str:
    """A share in words that do not round certainty into it: 99.6 % is not 100 %."""
    whole = round(100 * share)
    if whole in (0, 100) and share not in (0, 1):
        return "mindre än 1 %" if whole == 0 else "mer än 99 %"
    return f"{whole} %"
