"""Each region's peers: those most like it in the measures that the award declares. Context for a reader, never part of a score."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.award import Award
from pipeline.ranking.score import Reals, normalise
from pipeline.ranking.standing import Field, Rows


def peers(
    regions: Field, levels: Sequence[Mapping[str, Any]], ranking: Sequence[Mapping[str, Any]], award: Award, codes: Collection[str]
) -> Rows:
    """The peers of the regions with some codes, the nearest first; nothing where the award declares none.

    levels, ranking: rows of indicators.levels_by_year and ranking.ranking. Of each measure the logarithm of the level, in the last year up
    to the window's final one that the round has of it, is standardised over the regions (z-score), so that a region twice as large is
    as far as one half as large; the distance is Euclidean, divided by the root of the number of measures. A region with an unknown
    level, or one of zero, has no peers and is nobody's. is_above: whether the peer has the better place; None when either is unranked.
    """
    if award.peers is None:
        return []
    place_of = {row["region_code"]: row["rank"] for row in ranking}
    coordinates = np.column_stack([_coordinates(regions, levels, measure, award) for measure in award.peers.measures])
    known = np.flatnonzero(~np.isnan(coordinates).any(axis=1))
    standardised = np.column_stack([normalise(coordinates[known, column], "z-score") for column in range(coordinates.shape[1])])
    rows: Rows = []
    for own, index in ((own, index) for own, index in enumerate(known) if regions.codes[index] in codes):
        distances = np.sqrt(((standardised - standardised[own]) ** 2).mean(axis=1))
        nearest = [place for place in np.lexsort((known, distances)) if place != own][: award.peers.count]
        for number, place in enumerate(nearest, 1):
            own_place, peer_place = (place_of[regions.codes[one]] for one in (index, known[place]))
            rows.append(
                {
                    "region_code": regions.codes[index],
                    "peer_number": number,
                    "peer_code": regions.codes[known[place]],
                    "distance": float(distances[place]),
                    "is_above": peer_place < own_place if own_place and peer_place else None,
                }
            )
    return rows


def _coordinates(regions: Field, levels: Sequence[Mapping[str, Any]], measure: str, award: Award) -> Reals:
    """The logarithm of a measure's level (regions,), NaN for an unknown one and for zero."""
    rows = [row for row in levels if row["measure"] == measure and row["year"] <= award.window.final]
    last = max((row["year"] for row in rows), default=None)
    known = {row["region_code"]: row["level"] for row in rows if row["year"] == last}
    values = np.array([known.get(code) or np.nan for code in regions.codes], dtype=np.float64)
    return np.asarray(np.log(values))
