"""How far a ranking can be trusted, as a person reads it on the terminal."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.award import Award
from pipeline.warehouse import Warehouse


def under_all_choices(jointly: Mapping[str, Any]) -> list[str]:
    """In what share of all combinations of choices a region is a candidate, where most put it, and which choice decides: sentences.

    jointly: as joint.under_all_choices gives it.
    """
    error = f" ± {jointly['standard_error']:.1%}" if jointly["standard_error"] else ""
    span = f"; place {jointly['best_rank']} to {jointly['worst_rank']} in 90% of those that rank it" if jointly["ranked_share"] else ""
    text = f"All choices at once: a candidate in {jointly['joint_share']:.1%}{error} of {jointly['combinations']:,} combinations of window,"
    sentences = [f"{text} denominator, method and weights{span}."]
    if jointly["choices"]:
        parts = [f"{row['choice']} {row['total']:.0%} ({row['first_order']:.0%})" for row in jointly["choices"]]
        sentences.append(f"Of the differences between them, by each choice with others (alone): {', '.join(parts)}.")
    return sentences


def joint_shares(regions: Sequence[Mapping[str, Any]]) -> str:
    """The joint shares of two rounds' candidates, by the rows of a comparison."""
    chosen = [row for row in regions if row["candidate_first"] or row["candidate_second"]]
    shares = {row["region_name"]: [_share(row[f"joint_share_{side}"]) for side in ("first", "second")] for row in chosen}
    parts = ", ".join(f"{name} {' → '.join(pair)}" for name, pair in shares.items())
    return f"All choices at once, the share of combinations in which each of them is a candidate: {parts or 'none'}."


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.1%}"


def verdicts(warehouse: Warehouse, award: Award) -> tuple[str, list[tuple[str, ...]]]:
    """A title, and the headings and the rows of robustness.verdicts as texts."""
    errors = {row["region_code"]: row["standard_error"] for row in warehouse.read("robustness.candidate_shares")}
    variants = math.prod(row["variants"] for row in warehouse.read("robustness.joint_choices"))
    names = {row["region_code"]: row["region_name"] for row in warehouse.read("staging.regions")}
    headings = ("place", "region", "candidate", "verdict", "of all combinations", "of all weightings", "of all windows", "of all methods")
    title = f"{award.title}: share of {variants:,} combinations, and of one choice at a time, in which a region is among the candidates"
    rows: list[tuple[str, ...]] = [headings]
    for row in warehouse.read("robustness.verdicts"):
        shares = [f"{row[f'{kind}_share']:.1%}" for kind in ("joint", "weights", "windows", "methods")]
        for place, error in enumerate((row["standard_error"], errors[row["region_code"]])):
            shares[place] += f" ± {error:.1%}" if error else ""
        verdict = row["verdict"].replace("_", " ")
        rows.append((str(row["rank"]), names[row["region_code"]], "yes" if row["is_candidate"] else "no", verdict, *shares))
    return title, rows
