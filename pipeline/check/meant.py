"""What else a claim could mean, of all that its paragraph gives: a claim is wrong only where none of it holds."""

import itertools
from collections.abc import Iterator, Sequence

from pipeline.check.claim import EVERY, Claim, Kind
from pipeline.check.parts import Window
from pipeline.check.tokens import replace

KINDS: dict[str, tuple[Kind, ...]] = {
    "%": ("growth", "level", "comparison of level"),
    "money": ("level", "change", "comparison of level"),
    "": ("level", "change", "comparison of level"),
    "points": ("change", "comparison of growth"),
}
"""What a number can be, by its unit."""


def others(claim: Claim, beside: Sequence[Claim]) -> Iterator[Claim]:
    """The claim as one of every region, year, statistic, classes and form that claims beside it are of.

    beside: those of its sentence and of the one before in the paragraph. What its own part says stands. A number can be of
    another kind as well, such as the difference from another region. One that only bounds a figure fits too easily, and the ends of a
    change and the numbers of a list have their order; these are left as they are read.
    """
    if claim.region in (None, EVERY) or claim.compares or not (claim.number or claim.rank) or (claim.rank and claim.rank.of_years):
        return
    if claim.number and (claim.number.written.how in ("over", "under") or claim.number.role in ("från", "till") or claim.number.places):
        return
    kinds: tuple[Kind, ...] = KINDS.get(claim.number.unit, ()) if claim.number else (claim.kind,)
    rivals = dict.fromkeys(code for one in beside for code in (one.region, one.against) if code not in (None, EVERY, ""))
    regions = rivals if not (claim.rank or "region" in claim.names) else [claim.region]
    topics, scopes, forms = (
        dict.fromkeys(value for one in beside for value in getattr(one, name)) for name in ("topics", "scopes", "forms")
    )
    topics = topics if claim.number and "statistic" not in claim.names else dict.fromkeys(claim.topics)
    scopes = dict.fromkeys(claim.scopes) if "scope" in claim.names else scopes
    forms = dict.fromkeys(claim.forms) if "form" in claim.names else forms
    written = dict.fromkeys(window for one in beside for window in one.windows)
    years = sorted({year for window in written for year in (window.base, window.final) if year})
    alone = sorted({year for window in written for year in (window.base, window.final) if year and not (window.base and window.final)})
    for kind, region in itertools.product(kinds, regions):
        if kind.startswith("comparison") and region != claim.region:
            continue
        of_level = kind in ("level", "comparison of level")
        windows = [
            one for one in (claim.windows if claim.spelled_out else written) if of_level or one.base or one.length or one in claim.windows
        ]
        if claim.number and not claim.spelled_out:
            windows += [Window(final=year) for year in years] if of_level else _spans(alone, years if "window" in claim.assumed else alone)
        against = [code for code in rivals if code != region] if kind.startswith("comparison") and claim.number else [""]
        signs = (1, -1) if against != [""] or (kind == "change" and claim.kind == "level") else (claim.sign,)
        of = (
            (topics, scopes, forms) if against == [""] else (claim.topics, claim.scopes, claim.forms)
        )  # a difference is of what the claim is of
        for window, topic, scope, form, other, sign in itertools.product(dict.fromkeys(windows), *of, against, signs):
            if of_level and window.base:
                continue
            yield replace(
                claim,
                kind=kind,
                region=region,
                against=other,
                of_change=False,
                sign=sign,
                windows=(window,),
                topics=(topic,),
                scopes=(scope,),
                forms=(form,),
                sides=(),
                doubts=(),
                at=1,
            )


def _spans(ends: Sequence[int], years: Sequence[int]) -> list[Window]:
    return [*(Window(*pair) for pair in itertools.combinations(ends, 2)), *(Window(final=year, length=1) for year in years)]
