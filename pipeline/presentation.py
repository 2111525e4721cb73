"""The choices of an award that change no ranking: what stands beside it in the report, and what the publisher says of the results."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.settings import Closed, Prose, RoundName, ShortText, WebAddress, WebFolder, Words

MOST_PREDECESSORS = 20
MOST_PEER_MEASURES = 50
"""Bounds on what is computed for each: a run comes to an end."""


class Peers(Closed):
    """The measures by which regions are like one another, and how many of the most similar are shown beside each."""

    measures: tuple[str, ...] = Field(min_length=1, max_length=MOST_PEER_MEASURES)
    count: int = Field(ge=1, le=20, strict=True)
    reason: Words


class Predecessors(Closed):
    """The earlier rounds that this one is set beside, the oldest first; the last of them is the round before."""

    rounds: tuple[RoundName, ...] = Field(min_length=1, max_length=MOST_PREDECESSORS)
    reason: Words

    @model_validator(mode="after")
    def once_each(self) -> Self:
        if len({*self.rounds}) < len(self.rounds):
            raise ValueError("a round is listed twice")
        return self


class Report(Closed):
    """When the report adds a caveat to a sentence."""

    small_base_share: float = Field(default=0.5, gt=0, le=1)


class Publication(Closed):
    """What a data portal asks for and only the publisher knows; docs/publishing.md tells what each key becomes.

    case_number, officer, accessibility: the case that the report belongs to, who prepares it, and the address of the publisher's
    accessibility statement; the report has them where they are given.
    """

    publisher: Prose
    publisher_page: WebAddress
    publisher_type: Literal["NationalAuthority", "RegionalAuthority", "LocalAuthority"]
    contact: Prose
    email: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$")]
    address: WebFolder
    licence: WebAddress | None = None
    issued: datetime.date | None = None
    case_number: ShortText | None = None
    officer: ShortText | None = None
    accessibility: WebAddress | None = None
