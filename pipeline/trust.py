"""How far a ranking can be trusted, as a person reads it on the terminal."""

import math
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from pipeline import printing
from pipeline.award import Award
from pipeline.method import MANY
from pipeline.warehouse import Warehouse


def under_all_choices(jointly: Mapping[str, Any]) -> list[str]:
    """In what share of all combinations of choices a region is a candidate, where most put it, and which choice decides: sentences.

    jointly: as joint.under_all_choices gives it.
    """
    error = _error(jointly["standard_error"])
    span = f"; place {jointly['best_rank']} to {jointly['worst_rank']} in 90% of those that rank it" if jointly["ranked_share"] else ""
    text = f"All choices at once: a candidate in {jointly['joint_share']:.1%}{error} of {jointly['combinations']:,} combinations of window,"
    sentences = [f"{text} denominator, method and weights{span}."]
    if jointly["choices"]:
        parts = [f"{row['choice']} {_share(row['total'])} ({_share(row['first_order'])})" for row in jointly["choices"]]
        sentences.append(f"Of the differences between them, by each choice with others (alone): {', '.join(parts)}.")
    return sentences


def _share(share: float) -> str:
    """A share in whole per cent, that does not round certainty into it."""
    whole, exact = f"{share:.0%}", round(share, 12)
    if whole == "0%":
        return "<1%" if exact else whole
    return ">99%" if whole == "100%" and exact != 1 else whole


def _error(error: float | None) -> str:
    return "" if not error else f" ± {error:.1%}" if error >= 0.001 else " ± <0.1%"


def of_many(warehouse: Warehouse) -> str:
    """What is left out of a large geography; nothing of another."""
    ((regions, challenged),) = (
        row.values()
        for row in warehouse.query(
            "select (select count(*) from ranking.ranking), (select count(distinct region_code) from robustness.leave_one_out)"
        )
    )
    if regions <= MANY:
        return ""
    return (
        f"{regions:,} regions, more than {MANY}: tables with several rows a region, such as robustness.turning_points, have those of the"
        f" {challenged} that are candidates or near them; outranking is not among the combinations. docs/method/robustness.md has it all.\n"
    )


def verdicts(warehouse: Warehouse, award: Award) -> Table:
    """The rows of robustness.verdicts."""
    errors = {row["region_code"]: row["standard_error"] for row in warehouse.read("robustness.candidate_shares")}
    variants = math.prod(row["variants"] for row in warehouse.read("robustness.joint_choices"))
    names = warehouse.names()
    headings = ("place", "region", "candidate", "verdict", "of all combinations", "of all weightings", "of all windows", "of all methods")
    title = f"{award.title}: share of {variants:,} combinations, and of one choice at a time, in which a region is among the candidates"
    table = printing.table(*headings, title=title)
    for row in warehouse.read("robustness.verdicts"):
        shares = [f"{row[f'{kind}_share']:.1%}" for kind in ("joint", "weights", "windows", "methods")]
        for place, error in enumerate((row["standard_error"], errors[row["region_code"]])):
            shares[place] += _error(error)
        verdict = row["verdict"].replace("_", " ")
        table.add_row(str(row["rank"]), names[row["region_code"]], "yes" if row["is_candidate"] else "no", verdict, *shares)
    return table
