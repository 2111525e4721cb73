"""Other data: what unknown cells could hold, and where regions that cannot be ranked could stand."""

import itertools
from typing import Any

import numpy as np

from pipeline.award import Award, Indicator
from pipeline.ranking.bounds import Bounds, bounds, fill, needed_classes
from pipeline.ranking.possible import possible_places
from pipeline.ranking.score import Reals
from pipeline.ranking.standing import Compute, Field, Figures, FiguresOf, Rows, Standing, extremes, weighing

Input = tuple[str, str, int]
"""A statistic, its quantity and a year."""


def unknown(regions: Field, values: Reals, here: Standing, figures: FiguresOf, compute: Compute, award: Award) -> tuple[Rows, Rows]:
    """What each unknown cell could hold, and between which places each unranked region could stand."""
    known = bounds(figures(None), award)
    catalogue = award.catalogue
    cells: Rows = []
    for (place, class_code), interval in known.cells.items():
        classes = dict(zip(catalogue.statistics[place.statistic].classes, class_code.split(", "), strict=False))
        row = {"measure": catalogue.figure_names[place.statistic, place.quantity], "region_code": place.region_code, "year": place.year}
        cells.append({**row, **classes, "lowest": interval.low, "highest": None if np.isinf(interval.high) else interval.high})
    unranked = np.flatnonzero(here.rank == 0)
    read = unranked if all(indicator.measure for indicator in award.indicators) else range(len(regions.codes))
    own_figures = figures([regions.codes[index] for index in read]) if len(unranked) else []
    best, worst = _extremes(regions, values, own_figures, known, compute, award) if len(unranked) else (values, values)
    unbounded, rows = _unbounded(known, award), list[dict[str, Any]]()
    for index in unranked:
        bounded = regions.codes[index] not in unbounded and not np.isnan([best[index], worst[index]]).any()
        places = possible_places(int(index), values, best, worst, award) if bounded else (None, None)
        rows.append({"region_code": regions.codes[index], "best_rank": places[0], "worst_rank": places[1]})
    return cells, rows


def _unbounded(known: Bounds, award: Award) -> set[str]:
    """The regions of whose unknown cells a weighing indicator needs a sum that nothing bounds from above."""
    measures = [measure for indicator in weighing(award) for measure in award.meanings[indicator.name].reads]
    needed = needed_classes(award, measures)
    return {
        place.region_code
        for place in known.places
        for classes in needed.get((place.statistic, place.quantity), [])
        if np.isinf(known.sum_of(place, classes).high)
    }


def _extremes(regions: Field, values: Reals, figures: Figures, known: Bounds, compute: Compute, award: Award) -> tuple[Reals, Reals]:
    """Each weighing indicator at its most and least favourable, over the highest and lowest of the sums that it is made of.

    A trend's extremes need not lie at those: one with an unknown figure stays unknown.
    """
    inputs = {(place.statistic, place.quantity, place.year) for place in known.places}
    best, worst = values.copy(), values.copy()
    by_high: dict[tuple[Input, ...], Reals] = {}
    for column, indicator in enumerate(weighing(award)):
        if indicator.taken == "trend":
            continue
        own = sorted(inputs & _inputs(indicator, award))
        corners = [tuple(itertools.compress(own, corner)) for corner in itertools.product((False, True), repeat=len(own))]
        for high in corners:
            if high not in by_high:
                by_high[high] = regions.values(compute(award, fill(figures, known, award, high)), award)
        highest, lowest = extremes([by_high[high] for high in corners], award)
        best[:, column], worst[:, column] = highest[:, column], lowest[:, column]
    return best, worst


def _inputs(indicator: Indicator, award: Award) -> set[Input]:
    parts = [part for measure in award.meanings[indicator.name].reads for part in award.catalogue.parts(measure)]
    cells = [award.catalogue.cells_of(part) for part in parts]
    return {(each.statistic, each.quantity, year) for each in cells for year in award.window_of(indicator)}
