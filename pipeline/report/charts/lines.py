"""Charts of levels by year."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

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
from pipeline.report.charts.parts import (
    KEY,
    Row,
    Spec,
    box,
    box_layer,
    chart,
    finite,
    fit,
    layer,
    one_line,
    raw,
    room_for,
    rule_layer,
    text,
    text_layer,
)
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
    grey = [row for code in others for row in plot.rows(code)]
    beside = [row for code in together for row in plot.rows(code)]
    lines = [{**row, "stroke": colours[code]} for code in chosen for row in plot.rows(code)]
    leaders, labels = plot.labels(texts)
    notes = [text(-54, -20, unit[1], fill=QUIET)]
    if others:
        notes.append(text(plot.width + right - 4, -20, language.say("charts.others"), fill=QUIET, align="right"))
    dots = {"size": 60, "stroke": PAPER, "strokeWidth": 1, "aria": True}
    layers = [
        *box_layer(plot.grid()),
        *plot.lines(grey, {"stroke": OTHERS, "strokeWidth": 1, "aria": True}),
        *plot.points(plot.alone(grey), {"fill": OTHERS, "size": 14}),
        *plot.lines(beside, {"stroke": WHOLE_LINE, "strokeWidth": 4}),
        *plot.points(beside, {"fill": WHOLE_LINE, "size": 26, "aria": True}),
        *plot.lines(lines, {"strokeWidth": 2.4}, {"stroke": raw("stroke"), "strokeDash": _of_each(candidates, DASHES)}),
        *plot.points(lines, dots, {"fill": raw("stroke"), "shape": _of_each(candidates, SHAPES)}),
        *rule_layer(leaders),
        *text_layer([*plot.axes(), *labels, *notes]),
    ]
    padding = {"left": 58, "right": right, "top": 36, "bottom": 30}
    return chart(plot.width, 300, layers, alternative, marks=marks, padding=padding)


def _of_each(candidates: Sequence[str], looks: Sequence[Any]) -> Spec:
    """A channel that gives each candidate a look of its own."""
    of_each = [looks[number % len(looks)] for number in range(len(candidates))]
    return {"field": "code", "scale": {"domain": list(candidates), "range": of_each}, "legend": None}


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
    layers = [
        *box_layer(plot.grid()),
        *plot.lines(plot.rows("whole") if whole else [], {"stroke": UNKNOWN_LINE, "strokeWidth": 2, "strokeDash": [5, 3]}),
        *plot.lines(plot.rows("region"), {"stroke": colour, "strokeWidth": 2.6}),
        *plot.points(plot.rows("region"), {"fill": colour, "size": 36, "aria": True}),
        *rule_layer(leaders),
        *text_layer([*plot.axes(), *labels, note]),
    ]
    padding = {"left": 52, "right": right, "top": 32, "bottom": 28}
    return chart(plot.width, 132, layers, alternative, marks=plot.marks("region", name), padding=padding)


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
        self.x, self.y = _scaled("year", *self.span), _scaled("level", self.ticks[0], self.ticks[-1])

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

    def grid(self) -> list[Row]:
        """A line a tick."""
        return [box(0, self.down(tick) - 0.5, self.width, 1, GRID) for tick in self.ticks]

    def axes(self) -> list[Row]:
        """The levels on the left, the years below, no more of them than there is room for."""
        decimals = 0 if self.ticks[1] - self.ticks[0] >= 1 else 2
        levels = {tick: self.language.number(tick, decimals) for tick in self.ticks}
        first, last = self.span
        fewer = list(self.years)[:: -max(1, math.ceil(len(self.years) / max(1, self.width // 32)))]
        across = {year: self.width * (year - first) / (last - first) for year in fewer}
        return [
            *(text(-8, self.down(tick), words, fill=QUIET, align="right") for tick, words in levels.items()),
            *(text(x, self.height + 16, str(year), fill=QUIET, align="center") for year, x in across.items()),
        ]

    def rows(self, code: str) -> list[Row]:
        """A row a year, unknown years too: they break the line."""
        return [
            {"code": code, "key": code, "year": int(year), "level": level, "point": f"{code}-{year}"}
            for year, level in self.levels[code].items()
        ]

    def alone(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of known years between unknown ones: a line does not show them."""
        around = [None, *self.years, None]
        beside = dict(zip(self.years, zip(around, around[2:], strict=False), strict=True))
        known = {(row["code"], row["year"]) for row in rows if row["level"] is not None}

        def is_alone(code: str, year: int) -> bool:
            return (code, year) in known and not any((code, other) in known for other in beside[year])

        return [row for row in rows if is_alone(row["code"], row["year"])]

    def lines(self, rows: list[Row], mark: Row, channels: Row | None = None) -> list[Spec]:
        """The layer of lines through these rows."""
        encoding = {"x": self.x, "y": self.y, "detail": {"field": "code"}, "description": KEY, **(channels or {})}
        style = {"type": "line", "strokeJoin": "round", "invalid": "break-paths-show-path-domains", **mark}
        return layer(rows, {"mark": style, "encoding": encoding})

    def points(self, rows: list[Row], mark: Row, channels: Row | None = None) -> list[Spec]:
        """The layer of points at those of these rows that have a level."""
        encoding = {"x": self.x, "y": self.y, "description": {"field": "point"}, **(channels or {})}
        style = {"type": "point", "opacity": 1, "strokeWidth": 0, **mark}
        return layer((row for row in rows if row["level"] is not None), {"mark": style, "encoding": encoding})

    def labels(self, texts: Mapping[str, tuple[str, str]]) -> tuple[list[Row], list[Row]]:
        """A label at the height of each line's last known point, moved as little as keeps labels apart, and leaders.

        texts: words and colour of each line's label. A leader joins a label that was moved to its line's end.
        """
        ends = {code: self.known(code)[-1] for code in texts if self.known(code)}
        wanted = {code: self.down(level) for code, (_, level) in ends.items()}
        heights = _apart(wanted, 16, self.height)
        leaders = [
            {"x": self.width + 6, "x2": self.width + 12, "y": wanted[code], "y2": y, "line": texts[code][1]}
            for code, y in heights.items()
            if abs(y - wanted[code]) > 2 and ends[code][0] == self.years[-1]
        ]
        labels = [text(self.width + 15, y, texts[code][0], fill=texts[code][1], bold=True) for code, y in heights.items()]
        return leaders, labels


def _scaled(field: str, low: float, high: float) -> Spec:
    scale = {"nice": False, "zero": False, "domain": [low, high]}
    return {"field": field, "type": "quantitative", "axis": None, "scale": scale}


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
