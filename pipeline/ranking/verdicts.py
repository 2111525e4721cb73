"""Between which places each region stands, and a verdict for those in or near the candidates."""

import itertools
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from pipeline.award import Award
from pipeline.ranking.score import NOISE
from pipeline.ranking.standing import Field, Rows, Standing

MOST = 0.9
"""The share of weightings that an interval of places spans: 5 % lie below it and 5 % above."""


def rank_intervals(regions: Field, here: Standing, by_rank: Rows, windows: Rows, methods: Rows) -> Rows:
    """Between which places each region stands: in most weightings, in every window, with every method."""
    tail = (1 - MOST) / 2 - NOISE
    acceptability, in_windows, with_methods = _by_region(by_rank), _by_region(windows), _by_region(methods)
    rows: Rows = []
    for code, place in zip(regions.codes, here.rank, strict=True):
        shares = [row["share"] for row in acceptability[code]]
        row: dict[str, Any] = {"region_code": code, "rank": int(place) or None}
        if shares:
            row["weights_best_rank"] = next(number for number, total in enumerate(itertools.accumulate(shares), 1) if total > tail)
            fallen = enumerate(itertools.accumulate(reversed(shares)))
            row["weights_worst_rank"] = len(shares) - next(number for number, total in fallen if total > tail)
        for kind, trials in (("windows", in_windows), ("methods", with_methods)):
            places = [trial["rank"] for trial in trials[code] if trial["rank"]]
            row |= {f"{kind}_best_rank": min(places, default=None), f"{kind}_worst_rank": max(places, default=None)}
        rows.append(row)
    return rows


DEPENDS = {"weights": "depends_on_weights", "windows": "depends_on_window", "methods": "depends_on_method"}


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
    every = {row["region_code"]: row for row in tables["robustness.candidate_shares"]}
    rows: Rows = []
    for index in sorted(np.flatnonzero(here.rank), key=lambda index: (here.rank[index], index)):
        code, chosen = regions.codes[index], bool(here.candidate[index])
        shares = {kind: float(every[code][f"{kind}_share"]) for kind in ("weights", "windows", "methods")}
        code_of_verdict = verdict(chosen, shares, award)
        if code_of_verdict is None:
            continue
        row = {"region_code": code, "rank": int(here.rank[index]), "is_candidate": chosen}
        row |= {f"{kind}_share": share for kind, share in shares.items()}
        rows.append({**row, "verdict": code_of_verdict})
    return rows
