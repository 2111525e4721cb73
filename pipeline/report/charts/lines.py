"""Charts of levels by year."""

import itertools
import math
from collections.abc import Mapping, Sequence

from pipeline.report.charts.look import (
    ACCENT,
    DASHES,
    GRID,
    INK,
    OTHERS,
    PAPER,
    QUIET,
    SERIES,
    SHAPES,
    UNKNOWN_LINE,
    WHOLE_LINE,
    WIDTH,
)
from pipeline.report.charts.parts import Row, Spec, box, boxes, chart, finite, fit, line, one_line, room_for, shape, short, text
from pipeline.report.language import Language

Levels = Mapping[int, float | None]
"""Levels by year; what is unknown is a gap."""
Unit = tuple[str, str]
"""A unit's kind, and what it is called."""


def development(
    levels: Mapping[str, Levels],
    names: Mapping[str, str],
    candidates: Sequence[str],
    unit: Unit,
    language: Language,
    whole: str | None,
    *,
    alternative: str,
) -> Spec:
    """A measure's levels by year, of all regions and, where levels has it, of the whole."""
    together = [whole] if whole in levels and whole is not None else []
    names = {**names, **dict.fromkeys(together, language.say("shared.whole"))}
    chosen = [code for code in candidates if code in levels]
    labelled = [*chosen, *together]
    colours = {**dict.fromkeys(together, WHOLE_LINE), **dict(zip(candidates, itertools.cycle(SERIES), strict=False))}
    texts = {code: (fit(names[code], 150), colours[code]) for code in labelled}
    right = 22 + room_for(words for words, _ in texts.values())
    plot = _Plot(levels, WIDTH - 58 - right, 300, unit[0], language)
    others = [code for code in levels if code not in colours]
    marks = {code: {"label": one_line(names[code]), "region": code} for code in others}
    for code in labelled:
        marks |= {key: {**mark, "region": code} for key, mark in plot.marks(code, names[code]).items()}
    leaders, labels = plot.labels(texts)
    notes = [text(-54, -20, unit[1], fill=QUIET)]
    if others:
        notes.append(text(plot.width + right - 4, -20, language.say("charts.others"), fill=QUIET, align="right"))
    looks = {code: (DASHES[number % len(DASHES)], SHAPES[number % len(SHAPES)]) for number, code in enumerate(candidates)}
    shapes = [
        *boxes(plot.grid()),
        *(plot.line(code, OTHERS, 1, key=code) for code in others),
        *(dot for code in others for dot in plot.alone(code, OTHERS, 14)),
        *(plot.line(code, WHOLE_LINE, 4) for code in together),
        *(dot for code in together for dot in plot.points(code, WHOLE_LINE, 26)),
        *(plot.line(code, colours[code], 2.4, looks[code][0]) for code in chosen),
        *(dot for code in chosen for dot in plot.points(code, colours[code], 60, looks[code][1], PAPER)),
        *leaders,
    ]
    padding = {"left": 58, "right": right, "top": 36, "bottom": 30}
    return chart(plot.width, 300, shapes, [*plot.axes(), *labels, *notes], alternative, marks=marks, padding=padding)


def region_development(
    region: Levels,
    whole: Levels | None,
    name: str,
    unit: Unit,
    language: Language,
    *,
    alternative: str,
    candidate: bool = False,
) -> Spec:
    """The same for one region, beside the whole where there is one to compare with, small."""
    colour = ACCENT if candidate else INK
    levels, texts = {"region": region}, {"region": (fit(name, 130), colour)}
    if whole:
        levels, texts = {**levels, "whole": whole}, {**texts, "whole": (language.say("shared.whole"), QUIET)}
    right = 20 + room_for(words for words, _ in texts.values())
    plot = _Plot(levels, 340 - 52 - right, 132, unit[0], language, ticks=3)
    leaders, labels = plot.labels(texts)
    note = text(-48, -18, unit[1], fill=QUIET)
    shapes = [
        *boxes(plot.grid()),
        *([plot.line("whole", UNKNOWN_LINE, 2, [5, 3])] if whole else []),
        plot.line("region", colour, 2.6),
        *plot.points("region", colour, 36),
        *leaders,
    ]
    padding = {"left": 52, "right": right, "top": 32, "bottom": 28}
    return chart(plot.width, 132, shapes, [*plot.axes(), *labels, note], alternative, marks=plot.marks("region", name), padding=padding)


class _Plot:
    """Levels by year, with ticks, and a label at each line's end."""

    def __init__(
        self,
        levels: Mapping[str, Levels],
        width: float,
        height: float,
        unit: str,
        language: Language,
        ticks: int = 6,
    ) -> None:
        years = sorted({year for line in levels.values() for year in line})
        self.levels = {code: {year: finite(line.get(year)) for year in years} for code, line in levels.items()}
        self.years, self.width, self.height, self.unit, self.language = years, round(width), height, unit, language
        every = [level for line in self.levels.values() for level in line.values() if level is not None] or [0.0, 1.0]
        self.ticks = _ticks(min(every), max(every), ticks)
        first, last = (years[0], years[-1]) if years else (0, 0)
        self.span = (first, last) if first < last else (first - 1, last + 1)

    def known(self, code: str) -> list[tuple[int, float]]:
        """The known levels of a line, each with its year."""
        return [(year, level) for year, level in self.levels[code].items() if level is not None]

    def marks(self, code: str, name: str) -> dict[str, dict[str, str]]:
        """What the pointer shows of each point of a line."""
        return {
            f"{code}-{year}": {"label": f"{one_line(name)} {year}: {self.language.figure(level, self.unit)}"}
            for year, level in self.known(code)
        }

    def down(self, level: float) -> float:
        """How far below the plot's upper edge a level is."""
        return self.height * (self.ticks[-1] - level) / (self.ticks[-1] - self.ticks[0])

    def across(self, year: int) -> float:
        """How far right of the plot's left edge a year is."""
        first, last = self.span
        return self.width * (year - first) / (last - first)

    def grid(self) -> list[Row]:
        """A line a tick."""
        return [box(0, self.down(tick) - 0.5, self.width, 1, GRID) for tick in self.ticks]

    def axes(self) -> list[Row]:
        """The levels on the left, the years below, no more of them than there is room for."""
        decimals = 0 if self.ticks[1] - self.ticks[0] >= 1 else 2
        levels = {tick: self.language.number(tick, decimals) for tick in self.ticks}
        fewer = list(self.years)[:: -max(1, math.ceil(len(self.years) / max(1, self.width // 32)))]
        return [
            *(text(-8, self.down(tick), words, fill=QUIET, align="right") for tick, words in levels.items()),
            *(text(self.across(year), self.height + 16, str(year), fill=QUIET, align="center") for year in fewer),
        ]

    def line(self, code: str, colour: str, thick: float, dash: Sequence[float] = (), key: str | None = None) -> Row:
        """The line of a region; unknown years break it."""
        runs = itertools.groupby(self.levels[code].items(), key=lambda point: point[1] is not None)
        known = [[(self.across(year), self.down(level)) for year, level in run if level is not None] for is_known, run in runs if is_known]
        return shape("".join(map(line, known)), line=colour, thick=thick, dash=dash, key=key)

    def alone(self, code: str, colour: str, size: float) -> list[Row]:
        """Points of known years between unknown ones: a line does not show them."""
        level = self.levels[code]
        around = [None, *map(level.get, self.years), None]
        single = [year for year, before, after in zip(self.years, around, around[2:], strict=False) if before is None and after is None]
        dots = zip(self.known(code), self.points(code, colour, size), strict=True)
        return [{**dot, "key": None} for (year, _), dot in dots if year in single]

    def points(self, code: str, colour: str, size: float, symbol: str = "circle", ring: str | None = None) -> list[Row]:
        """A point at each known level, of about so many square pixels."""
        return [
            shape(_symbol(symbol, self.across(year), self.down(level), size), fill=colour, line=ring, key=f"{code}-{year}")
            for year, level in self.known(code)
        ]

    def labels(self, texts: Mapping[str, tuple[str, str]]) -> tuple[list[Row], list[Row]]:
        """A label at the height of each line's last known point, moved as little as keeps labels apart, and leaders.

        texts: words and colour of each line's label. A leader joins a label that was moved to its line's end.
        """
        ends = {code: self.known(code)[-1] for code in texts if self.known(code)}
        wanted = {code: self.down(level) for code, (_, level) in ends.items()}
        heights = _apart(wanted, 16, self.height)
        leaders = [
            shape(line([(self.width + 6, wanted[code]), (self.width + 12, y)]), line=texts[code][1])
            for code, y in heights.items()
            if abs(y - wanted[code]) > 2 and ends[code][0] == self.years[-1]
        ]
        labels = [text(self.width + 15, y, texts[code][0], fill=texts[code][1], bold=True) for code, y in heights.items()]
        return leaders, labels


CORNERS: Mapping[str, Sequence[tuple[float, float]]] = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "triangle-up": ((0, -0.866), (-1, 0.866), (1, 0.866)),
    "triangle-down": ((0, 0.866), (-1, -0.866), (1, -0.866)),
    "diamond": ((-1, 0), (0, -1), (1, 0), (0, 1)),
    "cross": (
        *((-1, -0.4), (-1, 0.4), (-0.4, 0.4), (-0.4, 1), (0.4, 1), (0.4, 0.4)),
        *((1, 0.4), (1, -0.4), (0.4, -0.4), (0.4, -1), (-0.4, -1), (-0.4, -0.4)),
    ),
}
"""The corners of what marks a point, for half its height."""


def _symbol(symbol: str, x: float, y: float, size: float) -> str:
    half = math.sqrt(size) / 2
    if symbol == "circle":
        arc = f"a{short(half)},{short(half)},0,1,1"
        return f"M{short(x + half)},{short(y)}{arc},{short(-2 * half)},0{arc},{short(2 * half)},0Z"
    return line((x + half * right, y + half * below) for right, below in CORNERS[symbol]) + "Z"


def _ticks(low: float, high: float, count: int) -> list[float]:
    """Round numbers around the values, about so many."""
    if low == high:
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    power = 10.0 ** math.floor(math.log10((high - low) / count))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10, 20) if (high - low) / (power * factor) <= count)
    return [round(step * number, 10) for number in range(math.floor(low / step), math.ceil(high / step) + 1)]


def _apart(wanted: Mapping[str, float], gap: float, height: float) -> dict[str, float]:
    """Positions at least gap from each other, in the same order: those too near spread around their middle."""
    groups: list[tuple[float, list[str]]] = []
    for key in sorted(wanted, key=lambda key: (wanted[key], key)):
        groups.append((wanted[key], [key]))
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < gap * (len(groups[-1][1]) + len(groups[-2][1])) / 2:
            (below, those), (above, these) = groups.pop(), groups.pop()
            middle = (above * len(these) + below * len(those)) / (len(these) + len(those))
            groups.append((middle, these + those))
    positions = {key: middle + gap * (number - (len(keys) - 1) / 2) for middle, keys in groups for number, key in enumerate(keys)}
    return {key: y + min(0.0, height - max(positions.values())) for key, y in positions.items()}
