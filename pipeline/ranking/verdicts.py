"""Between which places each region stands, and a verdict for those in or near the candidates."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.award import Award
from pipeline.ranking.standing import Field, Rows, Standing
from pipeline.ranking.weights import place_interval


def rank_intervals(regions: Field, here: Standing, weights: Mapping[str, Rows], windows: Rows, methods: Rows) -> Rows:
    """Between which places each region stands: in most weightings, in every window and with every method that ranks it."""
    acceptability, in_windows, with_methods = map(_by_region, (weights["robustness.acceptability"], windows, methods))
    draws = {row["region_code"]: row["draws"] for row in weights["robustness.candidate_shares"]}
    rows: Rows = []
    for code, place in zip(regions.codes, here.rank, strict=True):
        reach = np.cumsum([row["share"] for row in acceptability[code]])
        row: dict[str, Any] = {"region_code": code, "rank": int(place) or None}
        if len(reach):
            # The last digit of a sum of shares may pass 1.
            error = np.sqrt(np.maximum(reach * (1 - reach), 0) / draws[code]) if draws[code] else np.zeros_like(reach)
            row |= {f"weights_{end}": bound for end, bound in place_interval(reach, error).items()}
        for kind, trials in (("windows", in_windows), ("methods", with_methods)):
            places = [trial["rank"] for trial in trials[code] if trial["rank"]]
            row |= {f"{kind}_best_rank": min(places, default=None), f"{kind}_worst_rank": max(places, default=None)}
        rows.append(row)
    return rows


def verdict(is_a_candidate: bool, joint_share: float, depends_on: str, award: Award) -> str | None:
    """The verdict on a region by the share of all variants in which it is a candidate, and the choice that this depends on most.

    robust: a candidate, in at least robust_share. marginal: in less than marginal_share. None: not near the candidates.
    """
    choice = award.robustness
    if not is_a_candidate and joint_share < choice.near_share:
        return None
    if is_a_candidate and joint_share >= choice.robust_share:
        return "robust"
    return "marginal" if joint_share < choice.marginal_share else f"depends_on_{depends_on}"


def _by_region(rows: Rows) -> dict[str, Rows]:
    """The rows of each region, in their order; none for a region that has none."""
    by_region: dict[str, Rows] = defaultdict(list)
    for row in rows:
        by_region[row["region_code"]].append(row)
    return by_region


def candidate_shares(regions: Field, tables: Mapping[str, Rows]) -> Rows:
    """Every region's shares of weightings, windows and methods."""
    by_weights = {row["region_code"]: row for row in tables["robustness.candidate_shares"]}
    in_windows, with_methods = (_by_region(tables[f"robustness.{table}"]) for table in ("window_rankings", "methods"))
    rows: Rows = []
    for code in regions.codes:
        chosen = {"windows_share": in_windows[code], "methods_share": with_methods[code]}
        counted = {share: sum(row["is_candidate"] for row in rankings) / len(rankings) for share, rankings in chosen.items()}
        rows.append({"region_code": code, **by_weights.get(code, {}), **counted})
    return rows


def verdicts(regions: Field, here: Standing, tables: Mapping[str, Rows], award: Award) -> Rows:
    """A verdict for each region in or near the candidates, with the shares behind it."""
    one_at_a_time = {row["region_code"]: row for row in tables["robustness.candidate_shares"]}
    jointly = {row["region_code"]: row for row in tables["robustness.joint_shares"]}
    decides: dict[str, Rows] = defaultdict(list)
    for row in tables["robustness.sobol_indices"]:
        if row["outcome"] == "candidacy":
            decides[row["region_code"]].append(row)
    rows: Rows = []
    for index in sorted(np.flatnonzero(here.rank), key=lambda index: (here.rank[index], index)):
        code, chosen = regions.codes[index], bool(here.candidate[index])
        # Where nothing varies, only the award's own weights, of no extent among all weightings, can differ from the rest.
        depends_on = max(decides[code], key=lambda row: row["total"], default={"choice": "weights"})["choice"]
        code_of_verdict = verdict(chosen, jointly[code]["joint_share"], depends_on, award)
        if code_of_verdict is None:
            continue
        row = {"region_code": code, "rank": int(here.rank[index]), "is_candidate": chosen}
        row |= {key: jointly[code][key] for key in ("joint_share", "standard_error")}
        row |= {f"{kind}_share": float(one_at_a_time[code][f"{kind}_share"]) for kind in ("weights", "windows", "methods")}
        rows.append({**row, "verdict": code_of_verdict})
    return rows
