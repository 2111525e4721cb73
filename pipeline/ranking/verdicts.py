"""Between which places each region stands, and a verdict for those in or near the candidates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.award import Award
from pipeline.ranking.score import Wholes
from pipeline.ranking.standing import Field, Rows, Standing


def rank_intervals(
    regions: Field, here: Standing, in_weightings: Mapping[str, Wholes], windows: Sequence[Standing], methods: Sequence[Standing]
) -> Rows:
    """Between which places each region stands: in most weightings, in every window and with every method that ranks it.

    in_weightings: the ends of the first, of the ranked regions."""
    there = np.flatnonzero(here.rank)
    columns = {f"weights_{end}": dict(zip(there, places.tolist(), strict=True)) for end, places in in_weightings.items()}
    for kind, standings in (("windows", windows), ("methods", methods)):
        places = np.array([standing.rank for standing in standings])
        ends = {"best": np.where(places, places, places.max() + 1).min(axis=0), "worst": places.max(axis=0)}
        ranked = np.flatnonzero(places.any(axis=0))
        columns |= {f"{kind}_{end}_rank": dict(zip(ranked, own[ranked].tolist(), strict=True)) for end, own in ends.items()}
    return [
        {"region_code": code, "rank": place or None, **{name: own.get(index) for name, own in columns.items()}}
        for index, (code, place) in enumerate(zip(regions.codes, here.rank.tolist(), strict=True))
    ]


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


def candidate_shares(regions: Field, by_weights: Rows, windows: Sequence[Standing], methods: Sequence[Standing]) -> Rows:
    """Every region's shares of weightings, windows and methods."""
    own = {row["region_code"]: row for row in by_weights}
    shares = [np.mean([standing.candidate for standing in standings], axis=0).tolist() for standings in (windows, methods)]
    return [
        {"region_code": code, **own.get(code, {}), "windows_share": in_windows, "methods_share": with_methods}
        for code, in_windows, with_methods in zip(regions.codes, *shares, strict=True)
    ]


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
