"""Other methods: every normalisation with every aggregation and denominator that can give another order."""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.award import Award
from pipeline.method import METHODS, Ranking
from pipeline.ranking.standing import Compute, Field, Rows, Standing, Values, ranked, stand, weighing
from pipeline.ranking.windows import Everywhere, Years, in_every_window, of_weighing


def distinct(award: Award) -> tuple[Ranking, ...]:
    """The methods that can give another order, each once, the award's own among them.

    Left out, because they change no order and no candidacy: other tie rules than the award's; of rank and percentile rank, which
    is the rank over the number of regions, the one that the award does not have; with one indicator that weighs, all other
    normalisations and aggregations; the other denominator, where no indicator that weighs is made of a state at the year's end.
    """
    own = award.ranking
    measures = [measure for one in weighing(award) for measure in award.meanings[one.name].reads]
    denominators = ("year-end", "mean") if award.catalogue.takes_year_end(measures) else (own.denominator,)
    return tuple(
        own.model_copy(update={"normalisation": normalisation, "aggregation": aggregation, "denominator": denominator})
        for normalisation, aggregation in pairs(own, len(weighing(award)))
        for denominator in denominators
    )


def pairs(own: Ranking, indicators: int) -> list[tuple[str, str]]:
    """The normalisations and aggregations that can give another order of so many indicators than each other."""
    kept, copy = ("percentile-rank", "rank") if own.normalisation == "percentile-rank" else ("rank", "percentile-rank")
    if indicators == 1:
        return [(own.normalisation, own.aggregation)]
    return [(one, how) for one, how in own.alternatives if one != copy or kept not in METHODS[how]]


def under_every_denominator(regions: Field, compute: Compute, award: Award) -> dict[str, Mapping[Years, Values]]:
    """The values of the award's indicators in each window, with each denominator, the award's own first."""
    own = award.ranking
    denominators = dict.fromkeys((own.denominator, *(method.denominator for method in distinct(award))))
    others = {one: award.model_copy(update={"ranking": own.model_copy(update={"denominator": one})}) for one in denominators}
    return {denominator: in_every_window(regions, compute, other) for denominator, other in others.items()}


def methods(everywhere: Everywhere, award: Award) -> list[tuple[Ranking, Standing]]:
    """Each distinct method and the ranking under it. One that can rank no region, for want of the year before, is no ranking."""
    window = (award.window.base, award.window.final)
    standings = (
        (method, stand(of_weighing(everywhere[method.denominator][window], award), weighing(award), method)) for method in distinct(award)
    )
    return [(method, standing) for method, standing in standings if standing.rank.any()]


def method_rows(regions: Field, standings: Iterable[tuple[Ranking, Standing]], near: Sequence[int]) -> Rows:
    """The places of the near regions under each method."""
    named = ("normalisation", "aggregation", "ties", "denominator")
    return [
        row for method, standing in standings for row in ranked(regions, standing, near, **{key: getattr(method, key) for key in named})
    ]
