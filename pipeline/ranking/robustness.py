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
from pipeline.ranking.joint import joint
from pipeline.ranking.leave_one_out import leave_one_out
from pipeline.ranking.methods import methods, under_every_denominator
from pipeline.ranking.scenarios import scenarios
from pipeline.ranking.standing import Compute, Figures, Rows, field, stand, weighing
from pipeline.ranking.turning_points import turning_points
from pipeline.ranking.unknown import unknown
from pipeline.ranking.verdicts import candidate_shares, rank_intervals, verdicts
from pipeline.ranking.weightings import weightings
from pipeline.ranking.windows import window_extremes, windows


def robustness(
    rows: Sequence[Mapping[str, Any]], figures: Figures, compute: Compute, award: Award, records: Records = NO_RECORDS
) -> dict[str, Rows]:
    """The rows of every table robustness.*, by table. rows: of staging.regions; figures: of staging.figures."""
    regions = field(rows, award)
    indicators = compute(award, None)
    values = regions.values(indicators, award)
    here = stand(values, weighing(award), award.ranking)
    everywhere = under_every_denominator(regions, compute, award)
    alone, window_ranks = windows(regions, everywhere[award.ranking.denominator], award)
    weights = weightings(regions, here, award)
    by_method = methods(regions, everywhere, award)
    left_out, reversals = leave_one_out(regions, values, here, award)
    cells, unranked = unknown(regions, values, here, figures, compute, award)
    tables: dict[str, Rows] = {
        "robustness.windows": alone,
        "robustness.window_rankings": window_ranks,
        "robustness.window_extremes": window_extremes(alone, award),
        **weights,
        **joint(regions, everywhere, award),
        "robustness.rank_intervals": rank_intervals(regions, here, weights, window_ranks, by_method),
        "robustness.methods": by_method,
        "robustness.leave_one_out": left_out,
        "robustness.rank_reversals": reversals,
        "robustness.turning_points": turning_points(regions, values, here, award),
        "robustness.scenarios": scenarios(regions, values, figures, compute, award),
        "robustness.cell_bounds": cells,
        "robustness.unranked": unranked,
        "robustness.influence": influence(here, award),
        "robustness.correlations": correlations(here, award),
        **errors(regions, indicators, here, records, award),
    }
    tables["robustness.candidate_shares"] = candidate_shares(regions, tables)
    tables["robustness.verdicts"] = verdicts(regions, here, tables, award)
    return tables
