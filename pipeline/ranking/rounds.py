"""This round beside its predecessors: places in each, and what has changed since the last of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.award import Award
from pipeline.ranking.compare import STEPS, Compute, compare
from pipeline.ranking.error_bounds import NO_RECORDS, Records
from pipeline.ranking.errors import Side, differences
from pipeline.ranking.revision import KEYS, Figures, revision
from pipeline.ranking.standing import Field, Rows, ranked, stand, weighing


@dataclass(frozen=True)
class Round:
    """A round with its data: indicators under any award's choices, and the rows of staging.figures."""

    award: Award
    compute: Compute
    figures: Figures
    is_illustrative: bool
    records: Records = NO_RECORDS


def rounds(earlier: Sequence[Round], this: Round, regions: Field) -> dict[str, Rows]:
    """The rows of the tables rounds.*, but for nominations. earlier: the predecessors, the round before last."""
    before = earlier[-1]
    comparison = compare(before.award, this.award, before.compute, this.compute, regions)
    return {
        "rounds.places": [row for one in (*earlier, this) for row in _places(one, regions)],
        "rounds.steps": [
            {
                "region_code": row["region_code"],
                "step": step,
                "places_gained": row[f"change_by_{step}"],
                **dict(zip(("least_gained", "most_gained"), row[f"change_by_{step}_in_any_order"] or (None, None), strict=True)),
                "share_of_orders": row["share_of_orders"],
            }
            for row in comparison["regions"]
            for step in STEPS
        ],
        "rounds.by_data": [
            {"region_code": row["region_code"], "enters": row["candidate_by_data"]}
            for row in sorted(comparison["regions"], key=lambda row: row["region_code"])
            if row["candidate_by_data"] != row["candidate_first"]
        ],
        **_differing(before, this, regions),
        **_revised(before, this, regions),
    }


def _places(one: Round, regions: Field) -> Rows:
    here = stand(regions.values(one.compute(one.award), one.award), weighing(one.award), one.award.ranking)
    rows = ranked(regions, here, round=one.award.name, is_illustrative=one.is_illustrative)
    return [{**row, "score": float(score) if row["rank"] else None} for row, score in zip(rows, here.score, strict=True)]


def _differing(before: Round, this: Round, regions: Field) -> dict[str, Rows]:
    """The differences between two rounds that both have standard errors; no table where there are none."""
    old, new = (Side(one.award, one.compute(one.award), one.records) for one in (before, this))
    rows = [{name: value for name, value in row.items() if name != "region_name"} for row in differences(old, new, regions)]
    return {"rounds.differences": rows} if rows else {}


def _revised(before: Round, this: Round, regions: Field) -> dict[str, Rows]:
    old, new = (one.compute(before.award) for one in (before, this))
    data = revision(before.figures, this.figures, old, new, regions, before.award, most=None)
    sides = (("before", "first"), ("after", "second"))
    return {
        "rounds.cells": [
            {"statistic": row["statistic"], "quantity": row["quantity"]}
            | {f"cells_{kind}": row[kind] for kind in ("same", "changed", "new", "gone")}
            for row in data["tables"]
        ],
        "rounds.revised_cells": [
            {key: row[key] for key in ("statistic", "quantity", *KEYS, "change_ratio")}
            | {f"amount_{side}": row[end] for side, end in sides}
            | {f"status_{side}": row[f"{end}_status"] for side, end in sides}
            for row in data["largest"]
        ],
        "rounds.revised_indicators": [
            {"indicator": one["indicator"], "region_code": row["region_code"]}
            | {f"indicator_value_{side}": row[end] for side, end in sides}
            for one in data["indicators"]
            for row in one["regions"]
        ],
    }
