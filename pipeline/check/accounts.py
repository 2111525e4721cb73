"""What a sentence says besides its claims: regions of which no claim is, and words that confine a claim and were not read.

A claim can hold and the sentence be wrong all the same: "Kronoberg är tvåa, före Skåne", "det enda länet där …".
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.check.claim import EVERY, Claim
from pipeline.check.parts import Parts
from pipeline.check.tokens import Direction, Filler, Region, Token
from pipeline.check.words import BLANK

OF_REGION = "what is said of this region, which is not taken apart"
CONFINES = "whether it is so of these alone, which is not taken apart"
COMPARES = "a comparison, which is not taken apart"
BESIDE = len(" procentenheter fler exporterande ")
"""Letters after a number in which a comparison is by that number: "12 fler än"."""
WORD = re.compile(r"[^\W\d_]{2,}")


def strange(parts: Parts) -> dict[int, tuple[str, ...]]:
    """By segment, the words that are neither read nor known to leave a figure's meaning as it is, where they can qualify it.

    They do so after a preposition or "och", or as a compound of what is measured: "per hektar", "timmerexporten".
    """
    text = parts.sentence.text
    read = [(token.start, token.end) for token in [*parts.read, *parts.tokens]]
    read += [match.span() for name in ("nowhere", "to_region") for match in parts.pattern[name].finditer(text)]
    for start, end in read:
        text = text[:start] + BLANK * (end - start) + text[end:]
    whole = text
    text = parts.neutral.sub(lambda match: " " * len(match[0]), text)
    found: dict[int, list[str]] = defaultdict(list)
    for word in WORD.finditer(text):
        is_name = word[0][0].isupper() and parts.pattern["at_place"].search(whole[: word.start()])
        qualifies = is_name or parts.pattern["qualifies"].search(whole[: word.start()]) or parts.pattern["named_after"].match(word[0])
        if (is_name or word[0][0].islower()) and qualifies:
            found[parts.at(word.start())].append(word[0])
    return {segment: tuple(words) for segment, words in found.items()}


def unread(parts: Parts, made: Sequence[Claim]) -> Iterator[tuple[Token, str]]:
    """The words that carry meaning and that no claim is made of, each with why it is not checked."""
    claims = [claim for claim in made if not claim.obstacle]
    if not claims:
        return
    begin = parts.sentence.start
    for match in parts.pattern["compared"].finditer(parts.sentence.text):
        start, end = match.start() + begin, match.end() + begin
        is_next = any(claim.rank and claim.rank.of_next for claim in made)
        beside = [one for one in made if one.start < end and start - BESIDE * bool(one.number) < one.end]
        is_read = any(isinstance(one, Direction | Filler) and one.start <= match.start() < one.end for one in parts.tokens)
        is_place = any(one.rank and (one.start, one.end) == (start, end) for one in made)  # "som bara Skåne överträffade"
        if not (is_read or is_next or is_place or any(one.compares for one in made) or (beside and not match["verb"])):
            yield Filler(match.start(), match.end()), COMPARES
    of_all = any(claim.region == EVERY or (claim.rank and (claim.rank.of_next or claim.rank.sure)) for claim in claims)
    if not of_all:
        names = ("sole", "nowhere", "others_not", *(() if any(one.also for one in claims) else ("first_then",)))
        confined = [match for name in names for match in parts.pattern[name].finditer(parts.sentence.text)]
        yield from ((Filler(*match.span()), CONFINES) for match in confined)
        only = [one for one in parts.of(Region) if parts.parts_of(one) and parts.pattern["only"].search(parts.sentence.text[: one.start])]
        yield from ((region, CONFINES) for region in only)
    read = {code for claim in made for name in (claim.region, claim.against) for code in re.split(r"\+", name or "")}
    read |= {code for claim in made for code in claim.besides}
    if EVERY in read and all(claim.several is None for claim in made):
        return
    for region in parts.of(Region):
        if parts.parts_of(region) and not read & set(region.each) and parts.sentence.text[: region.start].strip():
            yield region, OF_REGION
