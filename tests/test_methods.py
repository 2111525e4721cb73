"""What a method is: which ones differ, which combinations are accepted, and published figures of each."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import get_args

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.award import METHODS, Award, Ranking, load_award
from pipeline.ranking.methods import distinct
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import stand, weighing

TIES = get_args(Ranking.model_fields["ties"].annotation)


def ordered(values: Reals, award: Award, **choice: str) -> tuple[list[int], list[bool]]:
    """The places of regions, and which are candidates, under a method of the award's."""
    standing = stand(values, weighing(award), award.ranking.model_copy(update=choice))
    return standing.rank.tolist(), standing.candidate.tolist()


tables = st.integers(4, 12).flatmap(lambda regions: arrays(np.float64, (regions, 3), elements=st.integers(0, 9).map(float)))


@settings(max_examples=50)
@given(tables)
def test_what_is_left_out_changes_no_order_and_no_candidate(values: Reals) -> None:
    award = load_award("2021")
    for aggregation in ("arithmetic", "geometric"):
        both = [ordered(values, award, normalisation=name, aggregation=aggregation) for name in ("rank", "percentile-rank")]
        assert both[0] == both[1]
    for method in distinct(award):
        choice = method.model_dump(include={"normalisation", "aggregation"})
        candidates = [ordered(values, award, **choice, ties=ties)[1] for ties in TIES]
        assert all(each == candidates[0] for each in candidates)


def test_each_distinct_method_gives_an_order_that_no_other_gives() -> None:
    award = load_award("2021")
    values = np.random.default_rng(1).gamma(0.5, size=(200, 3))
    pairs = {(one.normalisation, one.aggregation) for one in distinct(award)}
    orders = {tuple(ordered(values, award, normalisation=name, aggregation=how)[0]) for name, how in pairs}
    assert len(orders) == len(pairs)
    assert len(distinct(award)) == 2 * len(pairs)


def test_the_awards_own_method_is_among_the_distinct_ones(award: Callable[..., Path]) -> None:
    for aggregation, normalisations in METHODS.items():
        for name in normalisations:
            changes = [
                ('normalisation = "min-max"', f'normalisation = "{name}"'),
                ('aggregation = "arithmetic"', f'aggregation = "{aggregation}"'),
                ('ties = "min"', 'ties = "dense"'),
            ]
            own = load_award(str(award(*changes)))
            assert distinct(own).count(own.ranking) == 1


def test_one_indicator_leaves_only_the_denominators() -> None:
    award = load_award("2021")
    alone = award.model_copy(update={"indicators": (award.indicators[0].model_copy(update={"weight": Fraction(1)}),)})
    assert [one.denominator for one in distinct(alone)] == ["year-end", "mean"]
    values = np.array([[3.0], [1.0], [1.0], [2.0]])
    assert len({str(ordered(values, alone, normalisation=name, aggregation=how)) for how, names in METHODS.items() for name in names}) == 1


def test_without_a_state_at_the_years_end_there_is_one_denominator(award: Callable[..., Path]) -> None:
    own = load_award("2021")
    share = next(one for one in own.indicators if one.name == "sme_share_of_goods_exports").model_copy(update={"weight": Fraction(1)})
    assert [one.denominator for one in distinct(own.model_copy(update={"indicators": (share,)}))] == ["year-end"]
