"""Development over time: a small panel a measure, all on one scale, since each line is 100 in the base year of its measure."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.report.charts.drawing import box, curve, legend, lines, mark, number, svg, text
from pipeline.report.charts.look import ACCENT, BORDER, DASHES, GRID, INK, OTHERS, QUIET, SERIES, SHAPES, SMALL, WHOLE_LINE, WIDTH
from pipeline.report.charts.words import finite, fit, one_line, room_for, wrap
from pipeline.report.language import Language

Levels = Mapping[int, float | None]
"""Levels by year; what is unknown is a gap."""
Look = tuple[str, str | None, str]
"""A line's colour, its dash, and the shape of its points."""
HIGH, LOW, NARROW = 92, 64, 340
GAP, LINE = 22, 15


@dataclass(frozen=True)
class Panel:
    """A measure's levels by year, by region code, the whole's too where it compares. unit: the kind of its unit; base: the year in
    which every line is 100."""

    title: str
    unit: str
    levels: Mapping[str, Levels]
    base: int

    @cached_property
    def years(self) -> set[int]:
        return {year for levels in self.levels.values() for year in levels} | {self.base}

    def index(self, code: str) -> list[list[tuple[int, float]]]:
        """The level in each year as a share of the base year's, times 100; another run after each unknown year."""
        levels = {year: finite(level) for year, level in sorted(self.levels.get(code, {}).items())}
        start = levels.get(self.base)
        if start is None or start <= 0:
            return []
        runs = itertools.groupby(levels.items(), key=lambda item: item[1] is not None)
        return [[(year, 100 * level / start) for year, level in run if level is not None] for known, run in runs if known]


def span(panels: Iterable[Panel]) -> tuple[float, float]:
    """The lowest and the highest index of any region, so that charts of single regions have one scale too."""
    every = [point for panel in panels for code in panel.levels for run in panel.index(code) for _, point in run]
    return (min(every), max(every)) if every else (90.0, 110.0)


def development(
    panels: Sequence[Panel],
    names: Mapping[str, str],
    marked: Sequence[str],
    candidates: Sequence[str],
    whole: str | None,
    language: Language,
    *,
    alternative: str,
    across: tuple[float, float],
) -> str:
    """Small multiples of the marked regions, beside the whole where it compares; of several, beside all others as well.

    across: the lowest and the highest index that the scale has room for.
    """
    alone = len(marked) == 1
    width = NARROW if alone else WIDTH
    looks = _looks(marked, candidates, alone)
    axis = _Axis(across, LOW if alone else HIGH)
    columns = min(2, max(1, len(panels)))
    left = room_for([number(tick) for tick in axis.ticks], SMALL) + 6
    room = (width - left - 6 - GAP * (columns - 1)) / columns
    titles = [wrap(panel.title, room, SMALL) for panel in panels]
    shapes, top = legend(_entries(panels, looks, names, whole, language, alone), 8, width)
    bases = {panel.base for panel in panels}
    index = language.say("charts.index", year=min(bases)) if len(bases) == 1 else language.say("charts.index_of_each")
    about = index + (f" {language.say('charts.not_from_zero')}" if axis.ticks[0] else "")
    notes, top = lines(0, top, about, width, LINE, fill=QUIET, size=SMALL)
    shapes += notes
    for start in range(0, len(panels), columns):
        row = range(start, min(start + columns, len(panels)))
        top += LINE * (max(len(titles[place]) for place in row) + alone) + 8
        for column, place in enumerate(row):
            x = left + column * (room + GAP)
            above = titles[place] + ([_ends(panels[place], marked[0], language)] if alone else [])
            shapes += [
                text(x, top - 12 - LINE * (len(above) - 1 - line), words, bold=line < len(titles[place]), size=SMALL)
                for line, words in enumerate(above)
            ]
            plot = _Plot(panels[place], axis, x, top, room, language)
            shapes += [*plot.grid(labelled=not column), *plot.lines(names, looks, whole, others=not alone)]
        top += axis.height + 26
    return svg(width + 8, top - 4, shapes, alternative, left=4, top=4)


def _looks(marked: Sequence[str], candidates: Sequence[str], alone: bool) -> dict[str, Look]:
    """Colour, dash and point of each marked region."""
    colours = [ACCENT if marked[0] in candidates else INK] if alone else SERIES
    looks = zip(itertools.cycle(colours), itertools.cycle(DASHES), itertools.cycle(SHAPES), strict=False)
    return dict(zip(marked, looks, strict=False))


def _entries(
    panels: Sequence[Panel], looks: Mapping[str, Look], names: Mapping[str, str], whole: str | None, language: Language, alone: bool
) -> list[tuple[str, str]]:
    entries = [
        (curve([[(0, 0), (18, 0)]], colour, 2.4, dash=dash) + mark(shape, 9, 0, 3.6, colour), fit(names[code], 200))
        for code, (colour, dash, shape) in looks.items()
    ]
    if any(whole in panel.levels for panel in panels):
        entries.append((curve([[(0, 0), (18, 0)]], WHOLE_LINE, 1.8, dash=DASHES[1]), language.say("shared.whole")))
    others = any(code not in looks and code != whole for panel in panels for code in panel.levels)
    return entries + ([(curve([[(0, 0), (18, 0)]], OTHERS, 1), language.say("charts.others"))] if others and not alone else [])


def _ends(panel: Panel, code: str, language: Language) -> str:
    """The first and the last known level, in the measure's own unit."""
    known = [level for _, level in sorted(panel.levels.get(code, {}).items()) if finite(level) is not None]
    return (
        " → ".join(language.figure(level, panel.unit) for level in (known[0], known[-1])) if known else language.say("charts.unknown_short")
    )


class _Axis:
    """The one scale of all panels: the index up."""

    def __init__(self, across: tuple[float, float], height: int) -> None:
        self.height = height
        self.ticks = ticks(min(across[0], 100), max(across[1], 100), height // 18)

    def y(self, index: float) -> float:
        return self.height * (self.ticks[-1] - index) / (self.ticks[-1] - self.ticks[0])


@dataclass(frozen=True)
class _Plot:
    """One panel with its upper left corner."""

    panel: Panel
    axis: _Axis
    left: float
    top: float
    width: float
    language: Language

    def _x(self, year: int) -> float:
        first, last = min(self.panel.years), max(self.panel.years)
        return self.width * (year - first) / max(last - first, 1)

    def grid(self, *, labelled: bool) -> list[str]:
        axis, bottom = self.axis, self.top + self.axis.height
        shapes = []
        for tick in axis.ticks:
            y = self.top + axis.y(tick)
            shapes.append(box(self.left, y - 0.5, self.width, 1, BORDER if tick == 100 else GRID))
            if labelled:
                shapes.append(text(self.left - 6, y, self.language.number(tick, 0), fill=QUIET, align="right", size=SMALL))
        places = {year: self._x(year) for year in sorted({self.panel.base, max(self.panel.years)})}
        if max(places.values()) - min(places.values()) < 34:
            places = dict([*places.items()][-1:])
        for year, x in places.items():
            align = "left" if x < 14 else "right" if x > self.width - 14 else "center"
            shapes.append(text(self.left + x, bottom + 11, str(year), fill=QUIET, align=align, size=SMALL))
        return shapes

    def lines(self, names: Mapping[str, str], looks: Mapping[str, Look], whole: str | None, *, others: bool) -> list[str]:
        axis, shapes = self.axis, []
        for code in self.panel.levels if others else ():
            if code not in looks and code != whole:
                shapes += self._line(code, OTHERS, 1, None, label=one_line(names[code]), region=code)
        if whole in self.panel.levels:
            shapes += self._line(str(whole), WHOLE_LINE, 1.8, DASHES[1], label=self.language.say("shared.whole"))
        for code, (colour, dash, shape) in looks.items():
            shapes += self._line(code, colour, 2.4, dash)
            for run in self._runs(code):
                for year, (x, y) in run:
                    level = self.language.figure(self.panel.levels[code][year], self.panel.unit)
                    label = f"{one_line(names[code])} {year}: {level}"
                    shapes.append(mark(shape, x, y, 3.2, colour, label=label, region=code))
        if not any(self._runs(code) for code in looks):
            middle = (self.left + self.width / 2, self.top + axis.height / 2 - 12)
            shapes.append(text(*middle, self.language.say("charts.unknown_short"), fill=QUIET, align="center", size=SMALL))
        return shapes

    def _line(
        self, code: str, colour: str, thick: float, dash: str | None, label: str | None = None, region: str | None = None
    ) -> list[str]:
        """A line through the years that are known, and a dot where one is known between unknown ones."""
        runs = self._runs(code)
        drawn = curve([[place for _, place in run] for run in runs if len(run) > 1], colour, thick, dash=dash, label=label, region=region)
        dots = [box(x - 1.5, y - 1.5, 3, 3, colour, round_ends=True) for run in runs if len(run) == 1 for _, (x, y) in run]
        return [drawn, *dots] if drawn else dots

    def _runs(self, code: str) -> list[list[tuple[int, tuple[float, float]]]]:
        axis = self.axis
        return [[(year, (self.left + self._x(year), self.top + axis.y(index))) for year, index in run] for run in self.panel.index(code)]


def ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers around the values, about so many."""
    if math.isclose(low, high):
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    power = 10.0 ** math.floor(math.log10((high - low) / count))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10, 20) if (high - low) / (power * factor) <= count)
    return [round(step * place, 10) for place in range(math.floor(low / step), math.ceil(high / step) + 1)]
