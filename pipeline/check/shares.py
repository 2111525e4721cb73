"""Numbers that are shares of an amount, because of what stands around them: "41 procent av varuexporten"."""

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pipeline.check.senses import SHARE, Form
from pipeline.check.tokens import Concept, Direction, Number, Region

if TYPE_CHECKING:
    from pipeline.check.parts import Parts

IS_SHARE = {"form": Form(over=SHARE)}
OF_EXPORTERS = {**IS_SHARE, "number": True}
AFTER: dict[str, dict[str, Any]] = {"part_of_exporters": OF_EXPORTERS, "part_of_members": {"of_members": True}, "part_of": IS_SHARE}
BEFORE: dict[str, dict[str, Any]] = {"part_of_it": IS_SHARE, "part_of_them": OF_EXPORTERS}
"""What a number is said to be by words after it, or before it, by the name of their pattern."""


def parts_of_amounts(parts: "Parts") -> list[Concept]:
    """What the words around each share say: of what it is one."""
    found = [
        (number.end, said)
        for before, number in itertools.pairwise([None, *parts.of(Number)])
        if number and number.unit == "%" and (said := next(_said(parts, before, number), None))
    ]
    return [Concept(end, end, said) for end, said in found]


def _said(parts: "Parts", before: Number | None, number: Number) -> Iterator[dict[str, Any]]:
    """What is said of a number of per cent; before: the number before it."""
    text, pattern = parts.sentence.text, parts.pattern
    if before and _restates(parts, before, number):
        yield {**IS_SHARE, "of_whole": True}
    cut = pattern["before_number"].sub("", text[: number.start] + " ").strip()
    moves = [word for word in parts.of(Direction, parts.segment(number)) if word.finite and word.start < number.start]
    if pattern["of_kronor"].match(text, number.start):
        yield IS_SHARE
    elif pattern["one_in_the_whole"].match(text, number.start):
        yield {**OF_EXPORTERS, "of_whole": True}  # "5 764 företag, vilket är vart femte i landet"
    elif not (number.is_growth or pattern["changes_by"].search(cut) or (moves and number.role not in ("från", "till"))):
        yield from (said for name, said in AFTER.items() if pattern[name].match(text, number.end))
        for name, said in BEFORE.items():
            if match := pattern[name].search(text[: number.start]):
                named = [region for region in parts.of(Region) if match.start() <= region.start < match.end()]
                yield {**said, "of_whole": True} if any(parts.whole in one.codes for one in named) else said


def _restates(parts: "Parts", part: Number, number: Number) -> bool:
    """Whether a share says again what part of the whole's amount another is: "av landets 662 miljarder kom 359, alltså 54 procent"."""
    segment, start = parts.segment(part), parts.starts[parts.segment(number)]
    wholes = [one.start for one in parts.of(Number, segment) if one.is_whole and one.end <= part.start]
    is_of_whole = any(parts.whole in region.codes and region.end <= wholes[0] for region in parts.of(Region, segment) if wholes)
    return is_of_whole and start > part.start and parts.pattern["restates"].match(parts.sentence.text, start) is not None
