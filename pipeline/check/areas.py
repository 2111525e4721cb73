"""Areas that the catalogue declares, in a sentence: as a sum of regions, or as those among which others are placed."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.check.lexicon import Lexicon
from pipeline.check.tokens import Area, Filler, Obstacle, Region, Token


def areas(text: str, whole: str, named: Sequence[Region], lexicon: Lexicon) -> Iterator[Token]:
    """Areas: as the sum of their regions, or as those among which others are placed. Where they are named after it, they count.

    text: what is not read yet of the whole. named: the regions in it.
    """
    pattern = lexicon.pattern
    for named_so, codes in lexicon.areas:
        for match in named_so.finditer(text):
            after = [one for one in named if one.start >= match.end()]
            is_listed = after and after[0].codes[0] in codes and pattern["apposition"].fullmatch(text[match.end() : after[0].start])
            if is_listed and not pattern["from_to"].match(text, match.end()):
                yield Filler(*match.span())
                continue
            if extent := pattern["from_to"].match(text, match.end()):
                yield Filler(match.end(), extent.end())
            before = {code for one in named if one.end <= match.start() for code in one.codes}
            left = tuple(code for code in codes if not (match["rest"] and code in before))
            count = match["count"] or match["number"]
            if count and lexicon.number_of(count) != len(left):
                yield Obstacle(*match.span(), "which of its regions are meant is not said")
            elif match["each"] or _is_field(text, whole, match, pattern):
                yield Area(*match.span(), left, bool(match["each"]))
            else:
                yield Region(*match.span(), ("+".join(left),))


def _is_field(text: str, whole: str, match: re.Match[str], pattern: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether others are placed in an area: "bland norrlandslänen", and, with a superlative, "i Norrland", "Norrlands största"."""
    is_owner = match[0].endswith("ns") or (match[0].endswith("s") and not match["number"])
    if pattern["among_them"].search(text[: match.start()]) and not is_owner:
        return True
    ranks = [one for name in ("superlative", "place", "held_against") for one in pattern[name].finditer(whole)]
    beside = any(one.start() - match.end() == 1 for one in ranks)
    return beside or bool(ranks and pattern["within_it"].search(text[: match.start()]))
