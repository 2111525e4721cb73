"""What else a claim could be: what keeps a misreading from being called wrong."""

import itertools
from collections.abc import Iterator

from pipeline.check.claim import Claim, Kind
from pipeline.check.parts import Parts, Window
from pipeline.check.senses import WHOLE_SCOPE, Form
from pipeline.check.tokens import Direction, Number, Rank, Region, Token, Years, replace
from pipeline.check.years import all_windows, held_against

OTHER_KINDS: dict[Kind, Kind] = {
    "level": "change",
    "change": "level",
    "rank of level": "rank of growth",
    "rank of growth": "rank of level",
    "comparison of level": "comparison of growth",
    "comparison of growth": "comparison of level",
}
"""What a claim may be of instead, where the words leave it open."""


def is_dated(parts: Parts, token: Token) -> bool:
    """Whether a year stands right after a number that is not the only one of its part: "22 200 kronor 2019"."""
    text, after = parts.sentence.text, [years for years in parts.of(Years) if years.start >= token.end and not years.base]
    return isinstance(token, Number) and any(text[token.end : years.start].strip(" (") in ("", "år") for years in after)


def doubts(parts: Parts, token: Token, claim: Claim) -> Iterator[Claim]:
    """The claim with one thing changed to something else that the sentence says.

    What its own part says of the concept stands, unless that part has several numbers. A place or a direction fits too
    easily: of these, what its own part says of region and years stands too.
    """
    segment = parts.own[id(token)]
    crowded = len(parts.of(Number, segment)) > 1 or (isinstance(token, Rank) and len(parts.of(Rank, segment)) > 1)
    own, fits_easily = parts.says[segment], claim.number is None
    codes = dict.fromkeys(code for region in parts.of(Region) for code in region.codes)
    spans = claim.kind not in ("level", "rank of level", "comparison of level")
    if crowded or not parts.of(Region, segment):
        yield from (replace(claim, region=code) for code in codes)
    is_of_years = is_dated(parts, token) or held_against(parts, token) or (claim.spelled_out and not crowded)
    if not (fits_easily and parts.of(Years, segment)) and not is_of_years:
        yield from (replace(claim, windows=(window,)) for window in all_windows(parts, spans=spans))
    if claim.number and "window" in claim.assumed and parts.context.year and not claim.compares:
        yield replace(claim, windows=(Window(final=parts.context.year, length=1),))
    said = {key: [one[key] for one in parts.says if key in one] for key in ("scope", "form")}
    if crowded or "statistic" not in own:
        yield from (replace(claim, topics=tuple((one,) for one in naming.statistics)) for naming in parts.namings)
    if crowded or "scope" not in own:
        yield from (replace(claim, scopes=(scope,)) for scope in [*[WHOLE_SCOPE] * crowded, *said["scope"]])
    if crowded or "form" not in own:
        yield from (replace(claim, forms=(form,)) for form in [*[Form()] * crowded, *said["form"]])
    says_so = any(word.finite for word in parts.of(Direction, segment))  # "minskade mest" cannot be "ökade mest"
    falls = claim.kind == "rank of growth" and not says_so and any(word.sign < 0 for word in parts.of(Direction))
    if (claim.number and not (claim.compares or parts.of(Direction, segment))) or falls:
        yield replace(claim, sign=-claim.sign)
    if fits_easily and (not parts.of(Direction) or parts.of(Direction, segment) or (claim.rank and claim.rank.of)):
        return
    other = OTHER_KINDS.get(claim.kind)
    is_only_level = claim.kind == "level" and not parts.of(Direction)
    if other and not is_only_level and not (claim.number and claim.number.unit == "%"):
        windows = all_windows(parts, spans=not spans) if claim.number else ()
        yield from (replace(claim, kind=other, windows=(window,)) for window in [*claim.windows, *windows])
    if claim.number and not (claim.compares or claim.of_whole):
        for region, against in itertools.permutations(codes, 2):
            yield replace(claim, kind="comparison of level", region=region, against=against)
