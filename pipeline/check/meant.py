"""What else a claim could mean, of all that its sentence says: a claim is wrong only where none of it holds."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.check.claim import EVERY, Claim, Kind
from pipeline.check.parts import Window

KINDS: dict[str, tuple[Kind, ...]] = {
    "%": ("growth", "level"),
    "money": ("level", "change"),
    "": ("level", "change"),
    "points": ("change",),
}
"""What a number can be, by its unit."""


def others(claim: Claim, beside: Sequence[Claim]) -> Iterator[Claim]:
    """The claim as one of every region, year, statistic, classes and form that claims of its sentence are of.

    A region that its own part names stands. A number can be of another kind as well. One that only bounds a figure fits too
    easily, and the ends of a change and the numbers of a list have their order; these are left as they are read.
    """
    if claim.region in (None, EVERY) or claim.compares or not (claim.number or claim.rank):
        return
    if claim.number and (claim.number.written.how in ("over", "under") or claim.number.role in ("från", "till") or claim.number.places):
        return
    kinds: tuple[Kind, ...] = KINDS.get(claim.number.unit, ()) if claim.number else (claim.kind,)
    named = [one.region for one in beside if one.region not in (None, EVERY)] if not (claim.rank or claim.names_region) else [claim.region]
    topics, scopes, forms = (
        dict.fromkeys(value for one in beside for value in getattr(one, name)) for name in ("topics", "scopes", "forms")
    )
    topics = topics if claim.number else dict.fromkeys(claim.topics)
    written = dict.fromkeys(window for one in beside for window in one.windows)
    years = sorted({year for window in written for year in (window.base, window.final) if year})
    alone = sorted({year for window in written for year in (window.base, window.final) if year and not (window.base and window.final)})
    for kind, region in itertools.product(kinds, dict.fromkeys(named)):
        windows = list(claim.windows if claim.spelled_out else written)
        if claim.number and not claim.spelled_out:
            windows += [Window(final=year) for year in years] if kind == "level" else _spans(alone)
        for window, topic, scope, form in itertools.product(dict.fromkeys(windows), topics, scopes, forms):
            if kind == "level" and window.base:
                continue
            yield replace(
                claim,
                kind=kind,
                region=region,
                windows=(window,),
                topics=(topic,),
                scopes=(scope,),
                forms=(form,),
                sides=(),
                doubts=(),
                at=1,
            )


def _spans(years: Sequence[int]) -> list[Window]:
    return [*(Window(*ends) for ends in itertools.combinations(years, 2)), *(Window(final=year, length=1) for year in years)]
