"""The region that a sentence leaves to be taken from the one before."""

from typing import TYPE_CHECKING

from pipeline.check.tokens import Rank, Region, Token

if TYPE_CHECKING:
    from pipeline.check.parts import Parts


def region_before(parts: "Parts", token: Token) -> tuple[str | None, ...]:
    """The region of the sentence before, or all of its regions together: "Deras sammanlagda andel". None named: the only one named here."""
    together = [code for code in parts.context.named if code != parts.whole]
    if len(together) > 1 and parts.pattern["theirs_together"].search(parts.sentence.text):
        return ("+".join(together),)
    alone = {code for region in parts.of(Region) for code in parts.parts_of(region)}
    if parts.context.region is None and len(alone) == 1:
        return (alone.pop(),)
    is_of_whole = isinstance(token, Rank) and parts.context.region == parts.whole
    return (parts.context.county if is_of_whole else parts.context.region,)
