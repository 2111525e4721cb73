"""How far a ranking can be trusted: other windows, weights, methods, regions, indicators and data.

Every challenge ranks anew what the award ranks, with one choice changed, or all at once. Indicators under other choices come from a
function that the caller gives; nothing here opens a database.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.award import Award
from pipeline.ranking.error_bounds import NO_RECORDS, Records
from pipeline.ranking.errors import errors
from pipeline.ranking.influence import correlations, influence
from pipeline.ranking.joint import REGIONS, every_choice, joint_choices, joint_shares, near_the_candidates, sobol_indices
from pipeline.ranking.leave_one_out import leave_one_out
from pipeline.ranking.methods import method_rows, methods, under_every_denominator
from pipeline.ranking.scenarios import scenarios
from pipeline.ranking.standing import Compute, FiguresOf, Rows, field, stand, weighing
from pipeline.ranking.turning_points import turning_points
from pipeline.ranking.unknown import unknown
from pipeline.ranking.verdicts import candidate_shares, rank_intervals, verdicts
from pipeline.ranking.weightings import weightings
from pipeline.ranking.windows import of_weighing, window_extremes, windows


def robustness(
    rows: Sequence[Mapping[str, Any]], figures: FiguresOf, compute: Compute, award: Award, records: Records = NO_RECORDS, also: str = ""
) -> dict[str, Rows]:
    """The rows of every table robustness.*, by table. rows: of staging.regions.

    Of a large geography, those challenges that have several rows a region have those of the regions near the candidates. also: the code of
    one that has them in any case.
    """
    regions = field(rows, award)
    everywhere = under_every_denominator(regions, compute, award)
    by_window = everywhere[award.ranking.denominator]
    indicators = by_window[award.window.base, award.window.final]
    values = of_weighing(indicators, award)
    here = stand(values, weighing(award), award.ranking)
    samples = every_choice(regions, everywhere, award)
    near = near_the_candidates(regions, here, samples, award, also)
    alone, window_ranks, in_windows = windows(regions, by_window, award, near)
    by_method = methods(everywhere, award)
    with_methods = [standing for _, standing in by_method]
    weights, in_weightings = weightings(regions, here, award, near)
    left_out, reversals = leave_one_out(regions, values, here, award, near)
    cells, unranked = unknown(regions, values, here, figures, compute, award)
    tables: dict[str, Rows] = {
        "robustness.windows": alone,
        "robustness.window_rankings": window_ranks,
        "robustness.window_extremes": window_extremes(alone, award),
        **weights,
        "robustness.joint_shares": joint_shares(regions.codes, samples, near),
        "robustness.joint_choices": joint_choices(samples, award),
        "robustness.sobol_indices": sobol_indices(
            [regions.codes[index] for index in near], [one.only(REGIONS, near) for one in samples], award.robustness.seed
        ),
        "robustness.rank_intervals": rank_intervals(regions, here, in_weightings, in_windows, with_methods),
        "robustness.methods": method_rows(regions, by_method, near),
        "robustness.leave_one_out": left_out,
        "robustness.rank_reversals": reversals,
        "robustness.turning_points": turning_points(regions, values, here, award, near),
        "robustness.scenarios": scenarios(regions, values, figures, compute, award, near),
        "robustness.cell_bounds": cells,
        "robustness.unranked": unranked,
        "robustness.influence": influence(here, award),
        "robustness.correlations": correlations(here, award),
        **errors(regions, indicators, here, records, award, near),
    }
    tables["robustness.candidate_shares"] = candidate_shares(regions, weights["robustness.candidate_shares"], in_windows, with_methods)
    tables["robustness.verdicts"] = verdicts(regions, here, tables, award)
    return tables
