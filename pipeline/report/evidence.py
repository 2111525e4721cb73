"""Evidence that is no statistics: what was entered for the award, as rows, and as grounds with their gaps."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.award import Award
from pipeline.evidence import Evidence
from pipeline.schemas import GROUNDS

EVIDENCE = "report.evidence"


def evidence_rows(evidence: Evidence) -> list[dict[str, Any]]:
    """The rows of the table report.evidence, in the order of its grain."""
    rows = [statement.model_dump() for statement in evidence.statements]
    return sorted(rows, key=lambda row: (row["region_code"], row["kind"], row["statement"]))


def nomination_rows(award: Award, evidence: Evidence) -> list[dict[str, Any]]:
    """The rows of the table rounds.nominations: of the predecessors, the oldest first, and of the round itself."""
    every = {one.name: evidence.earlier[one.name] for one in award.rounds_before} | {award.name: evidence}
    return [
        {"round": name, **nomination.model_dump()}
        for name, one in every.items()
        for nomination in sorted(one.nominations, key=lambda nomination: nomination.region_code)
    ]


def grounds(rows: Sequence[Mapping[str, Any]], region_code: str) -> dict[str, list[Mapping[str, Any]]]:
    """What report.evidence has of a county, by ground. A ground without a statement is there and empty: a gap, no judgement."""
    return {kind: [row for row in rows if row["region_code"] == region_code and row["kind"] == kind] for kind in GROUNDS}
