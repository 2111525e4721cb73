"""How indicators become a ranking: the choices of an award that docs/method/ranking.md defines."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.settings import Closed, RoundName, ShortWords, Weight, Words

SCALED = ("min-max", "min-max-100")
"""The normalisations that goalposts matter to."""
METHODS = {
    "arithmetic": ("min-max", "z-score", "percentile-rank", "rank", "none"),
    "geometric": ("min-max-100", "percentile-rank", "rank"),
    "outranking": ("rank",),
    "mazziotta-pareto": ("z-score-100",),
}
"""Of each aggregation, the normalisations that it goes with; docs/method/ranking.md gives the reasons."""

MANY = 60
"""Regions above which a geography is large: of every challenge that has several rows a region it then has those of the candidates and those
near them, as the report has pages of these alone. docs/method/robustness.md says which tables."""
MEANS = ("arithmetic", "geometric")
"""The aggregations that can be taken over what is known."""


class Theme(Closed):
    """What indicators are about: the level between them and the index. The weights of themes add up to 1, and so do those within each."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=200)]
    label: ShortWords
    weight: Weight = Field(gt=0, le=1)
    reason: Words


class PartlyKnown(Closed):
    """How much must be known of a region for it to be ranked by what is; where it is left out, all must be.

    indicators: of each theme's indicators that weigh, or all of them where there are fewer; a theme of which fewer are known is unknown.
    themes: of the themes, likewise. An award without themes is one theme.
    """

    indicators: int = Field(ge=1, strict=True)
    themes: int = Field(default=1, ge=1, strict=True)
    reason: Words


class Goalposts(Closed):
    """The lowest and highest value that min–max scales an indicator between, instead of the regions' own, so that rounds compare.

    round: the round whose own scores are measured between them, in place of numbers; once it is computed, the numbers stand beside it.
    clip: whether a value beyond them counts as the goalpost; else its score lies below 0 or above 1. From 1 to 100 it always does.
    Other normalisations take no notice.
    """

    lowest: Annotated[float, Field(allow_inf_nan=False)] | None = None
    highest: Annotated[float, Field(allow_inf_nan=False)] | None = None
    round: RoundName | None = Field(default=None, alias="from")
    clip: bool
    reason: Words

    @model_validator(mode="after")
    def apart(self) -> Self:
        if (self.lowest is None) != (self.highest is None) or (self.lowest is None and self.round is None):
            raise ValueError("goalposts have a lowest and a highest, or from = the round that they are taken from")
        if self.lowest is not None and self.highest is not None and self.lowest >= self.highest:
            raise ValueError("the lowest goalpost must be below the highest")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest. Raises ValueError where they are taken from a round that has not been computed."""
        if self.lowest is None or self.highest is None:
            raise ValueError(f"goalposts from the round {self.round}, which has not been computed")
        return self.lowest, self.highest


class Ranking(Closed):
    """How indicators become a ranking; docs/method/ranking.md defines each choice."""

    candidates: int = Field(ge=1, strict=True)
    denominator: Literal["year-end", "mean"]
    normalisation: Literal["min-max", "min-max-100", "z-score", "z-score-100", "percentile-rank", "rank", "none"]
    aggregation: Literal["arithmetic", "geometric", "outranking", "mazziotta-pareto"]
    ties: Literal["min", "max", "dense"]
    partly_known: PartlyKnown | None = None
    reason: Words

    @model_validator(mode="after")
    def a_method(self) -> Self:
        if self.normalisation not in METHODS[self.aggregation]:
            fits = ", ".join(f'"{name}"' for name in METHODS[self.aggregation])
            others = ", ".join(f'"{name}"' for name, normalisations in METHODS.items() if self.normalisation in normalisations)
            raise ValueError(
                f'aggregation "{self.aggregation}" does not go with normalisation "{self.normalisation}": choose normalisation {fits}, or'
                f" aggregation {others}"
            )
        if self.partly_known and self.aggregation not in MEANS:
            raise ValueError(
                f'partly_known goes with a mean of what is known, and aggregation "{self.aggregation}" is none: choose'
                ' "arithmetic" or "geometric", or leave partly_known out'
            )
        return self

    @property
    def alternatives(self) -> list[tuple[str, str]]:
        """Every normalisation with every aggregation that it goes with, to try beside the award's own.

        No normalisation is none, unless it is the award's own: indicators have different units. Where regions are ranked by what is
        known, an aggregation is a mean.
        """
        return [
            (normalisation, aggregation)
            for aggregation, fitting in METHODS.items()
            for normalisation in fitting
            if normalisation != "none" or self.normalisation == "none"
            if aggregation in MEANS or not self.partly_known
        ]


def add_up(weights: Iterable[Fraction], which: str) -> None:
    """Raise ValueError unless weights add up to exactly 1."""
    total = sum(weights, Fraction(0))
    if total != 1:
        plain = str(total.numerator) if total.denominator == 1 else f"{total} ({float(total):.12g})"
        raise ValueError(f"{which} add up to {plain}; they must add up to 1")
