"""Why a region stands where it stands, what separates it from its neighbours, and what would have to change."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.award import Award
from pipeline.ranking.known import weights
from pipeline.ranking.peers import peers
from pipeline.ranking.score import Indicators, Reals, contributions, theme_scores
from pipeline.ranking.standing import Field, Standing, stand, weighing
from pipeline.ranking.turning_points import turning_points


def explain(code: str, regions: Field, indicators: Indicators, award: Award, levels: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The explanation of one region's place, as plain values.

    indicators: value, normalised score, weight, and what it brings to the score. neighbours: the regions above and below, and
    how much of the gap each indicator makes. changes: for each indicator alone, the value at which the region would become a
    candidate, or cease to be one, None when no value does it; and the regions that would leave the candidates then, or enter. peers:
    the most similar regions and their places, by the levels (rows of indicators.levels_by_year) of the measures that the award declares.
    """
    index = regions.codes.index(code)
    values = regions.values(indicators, award)
    here = stand(values, weighing(award), award.ranking)
    result: dict[str, Any] = {
        "region_code": code,
        "region_name": regions.names[index],
        "rank": int(here.rank[index]) or None,
        "ranked_regions": int((here.rank > 0).sum()),
        "score": None if np.isnan(here.score[index]) else float(here.score[index]),
        "is_candidate": bool(here.candidate[index]),
        "is_partly_known": here.is_partly_known(index),
        "indicators": _indicators(code, index, indicators, here, award),
        "themes": _themes(index, here, award),
        "neighbours": [],
        "changes": [],
        "peers": [],
    }
    places = [{"region_code": each, "rank": int(place) or None} for each, place in zip(regions.codes, here.rank, strict=True)]
    for row in peers(regions, levels, places, award, [code]):
        peer = regions.codes.index(row["peer_code"])
        named = {"region_code": row["peer_code"], "region_name": regions.names[peer]}
        result["peers"].append({**named, "rank": places[peer]["rank"], "distance": row["distance"]})
    if here.rank[index]:
        result["neighbours"] = _neighbours(index, regions, here, award)
        turns = turning_points(regions, values, here, award, [index])
        names = dict(zip(regions.codes, regions.names, strict=True))
        result["changes"] = [
            {
                "indicator": row["indicator"],
                "value": row["indicator_value"],
                "turns_at": row["turns_at"],
                **{others: [names[other] for other in (row[others] or "").split("; ") if other] for others in ("leaving", "entering")},
            }
            for row in turns
        ]
    return result


def _indicators(code: str, index: int, indicators: Indicators, here: Standing, award: Award) -> list[dict[str, Any]]:
    names = [indicator.name for indicator in weighing(award)]
    parts = _parts(here, award)
    own_weights = weights(here.counts, weighing(award))
    rows = []
    for indicator in award.indicators:
        own = indicators[indicator.name].get(code, {})
        value = own.get("indicator_value")
        row: dict[str, Any] = {
            "indicator": indicator.name,
            "label": award.label(indicator, "sv"),
            "weight": str(indicator.weight),
            "direction": indicator.direction,
        }
        row |= {"value": value, "status": own.get("status", "missing")}
        column = names.index(indicator.name) if indicator.name in names else 0
        known = indicator.name in names and bool(here.counts[index, column])
        row["normalised"] = float(here.normalised[index, column]) if known else None
        row["contribution"] = float(parts[index, column]) if known else None
        if award.ranking.partly_known:
            row["own_weight"] = float(own_weights[index, column]) if known else 0.0
        rows.append(row)
    return rows


def _themes(index: int, here: Standing, award: Award) -> list[dict[str, Any]]:
    """The region's score in each theme of the award, None where nothing of it is known; nothing of an unranked region."""
    ranked = here.rank > 0
    if not ranked[index]:
        return []
    place = int(ranked[:index].sum())
    of_themes = theme_scores(here.normalised[ranked], here.counts[ranked], weighing(award), award.ranking.aggregation)
    points = {theme: float(scores[place]) for theme, scores in of_themes.items()}
    return [
        {"theme": theme.name, "weight": str(theme.weight), "score": None if np.isnan(points[theme.name]) else points[theme.name]}
        for theme in award.themes
        if theme.name in points
    ]


def _parts(here: Standing, award: Award) -> Reals:
    """What each indicator brings to each region (regions, indicators), NaN where it does not count."""
    parts = np.full(here.normalised.shape, np.nan)
    ranked, each = here.rank > 0, [indicator.weight for indicator in weighing(award)]
    own = None if here.counts[ranked].all() else weights(here.counts[ranked], weighing(award))
    parts[ranked] = contributions(here.normalised[ranked], each, award.ranking.aggregation, own)
    return np.where(here.counts, parts, np.nan)


def _neighbours(index: int, regions: Field, here: Standing, award: Award) -> list[dict[str, Any]]:
    """The next region above and the next below; the gap of scores, and each indicator's part of it.

    For the geometric mean the parts are those of the logarithm of the score. Under outranking they do not add up to the gap.
    """
    order = sorted((int(other) for other in np.flatnonzero(here.rank)), key=lambda other: (-here.score[other], other))
    place = order.index(index)
    parts, scores = _parts(here, award), here.score
    if award.ranking.aggregation == "geometric":
        parts, scores = np.log(parts), np.log(scores)
    # What is unknown brings nothing: the other indicators have its weight.
    gaps = np.nan_to_num(parts[index]) - np.nan_to_num(parts)
    rows = []
    for side, near in (("above", place - 1), ("below", place + 1)):
        if 0 <= near < len(order):
            other = order[near]
            by_indicator = {indicator.name: float(gaps[other, column]) for column, indicator in enumerate(weighing(award))}
            gap = {"gap": float(scores[index] - scores[other]), "gap_by_indicator": by_indicator}
            named = {"region_code": regions.codes[other], "region_name": regions.names[other], "rank": int(here.rank[other])}
            rows.append({"side": side, **named, **gap})
    return rows
