"""Numbers of those who do what a statistic measures, where a verb says so and no noun: "892 värmländska företag exporterade varor"."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.check.tokens import Concept, Number, Token, replace

if TYPE_CHECKING:
    from pipeline.check.parts import Parts


def with_traders(found: Sequence[Token], parts: "Parts") -> list[Token]:
    """The tokens of a sentence, where the statistic beside such a number names what it counts of its members.

    A number in words can be of some of them: "fem företag exporterade varor för en miljard".
    """
    text, ends = parts.sentence.text, [*parts.starts[1:], None]
    counting = {
        parts.segment(one)
        for one in found
        if isinstance(one, Number) and not one.unit and parts.pattern["enterprises_after"].match(text, one.end)
        if text[one.end - 1].isdigit() and not parts.pattern["part_of_enterprises"].search(text[: one.start])
    }
    counting = {one for one in counting if parts.pattern["trades"].search(text[parts.starts[one] : ends[one]])}
    says = {
        id(one): {**one.says, "quantity": quantity}
        for one in found
        if isinstance(one, Concept) and "statistic" in one.says and parts.segment(one) in counting
        if (quantity := parts.senses.counted(one.says["statistic"].statistics))
    }
    return [replace(one, says=says[id(one)]) if isinstance(one, Concept) and id(one) in says else one for one in found]
