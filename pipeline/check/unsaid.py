"""Classes that a sentence does not name: what it literally says is of all of them, though the award may measure a group alone."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipeline.check.claim import EVERY, Claim
from pipeline.check.senses import WHOLE_SCOPE
from pipeline.check.tokens import replace

if TYPE_CHECKING:
    from pipeline.check.judge import Finding

RIGHT = ("exact", "within the rounding")


def as_all_or_a_group(findings: Sequence["Finding"], judge: Callable[[Claim], "Finding"]) -> list["Finding"]:
    """The findings of a paragraph, those of an unsaid class as of all classes where its figures hold of all and none of the group alone.

    What is said of one figure is then meant of all others, so that places and comparisons follow. Without such a figure, what
    is right of the group stays as it is, and what is right of all alone is right as well: that is what it says.
    """
    of_all = {id(one): judge(_of_all(one.claim)) for one in findings if _is_open(one)}
    figures = [one for one in findings if id(one) in of_all and one.claim.number and one.claim.number.is_narrow]
    by_group = [one for one in figures if one.verdict in RIGHT and of_all[id(one)].verdict not in RIGHT]
    by_all = [one for one in figures if one.verdict not in RIGHT and of_all[id(one)].verdict in RIGHT]
    if by_group:
        return list(findings)
    return [
        of_all[id(one)] if id(one) in of_all and (by_all or (one.verdict not in RIGHT and of_all[id(one)].verdict in RIGHT)) else one
        for one in findings
    ]


def _is_open(finding: "Finding") -> bool:
    """Whether a claim leaves its classes unsaid, so that it can be of all or of a group."""
    claim, scopes = finding.claim, {reading.sense.scope for reading, _ in finding.readings}
    is_unsaid = claim.scopes == (WHOLE_SCOPE,) and "scope" in claim.assumed and not claim.obstacle
    return is_unsaid and (len(scopes) > 1 or claim.region == EVERY)


def _of_all(claim: Claim) -> Claim:
    """A claim read as of all classes, with all that it could be."""
    doubts, also = (tuple(replace(one, of_all=True, sides=()) for one in others) for others in (claim.doubts, claim.also))
    return replace(claim, of_all=True, sides=(), doubts=doubts, also=also)
