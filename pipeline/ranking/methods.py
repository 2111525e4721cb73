"""Other methods: every combination of normalisation, aggregation, tie rule and denominator that the engine offers."""

import itertools
from collections.abc import Iterator

from pydantic import ValidationError

from pipeline.award import Award, Ranking
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Compute, Field, Rows, ranked, stand, weighing


def offered(ranking: Ranking) -> Iterator[Ranking]:
    """Every combination of normalisation, aggregation, tie rule and denominator that the engine accepts."""
    keys = ("normalisation", "aggregation", "ties", "denominator")
    choices = [Ranking.model_fields[key].annotation.__args__ for key in keys]  # type: ignore[union-attr]
    for combination in itertools.product(*choices):
        try:
            yield Ranking.model_validate(ranking.model_dump() | dict(zip(keys, combination, strict=True)))
        except ValidationError:
            continue


def methods(regions: Field, compute: Compute, award: Award) -> Rows:
    """The ranking under each method. One that can rank no region, for want of the year before, is no ranking."""
    by_denominator: dict[str, Reals] = {}
    rows: Rows = []
    for method in offered(award.ranking):
        if method.denominator not in by_denominator:
            other = award.model_copy(update={"ranking": award.ranking.model_copy(update={"denominator": method.denominator})})
            by_denominator[method.denominator] = regions.values(compute(other, None), other)
        standing = stand(by_denominator[method.denominator], weighing(award), method)
        if not standing.rank.any():
            continue
        named = {key: getattr(method, key) for key in ("normalisation", "aggregation", "ties", "denominator")}
        rows += ranked(regions, standing, **named)
    return rows
