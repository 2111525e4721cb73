"""Every chart of the report: plain data -> a Vega-Lite spec -> SVG, offline.

Text from data is only ever data: no field name, expression or format holds it, and Vega draws marks under keys of ours, which
render() replaces by labels. Places are computed here, in pixels, wherever Vega would have to measure text.
"""

import bisect
import functools
import importlib.resources
import itertools
import json
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

from pipeline.report.language import MILLION, SPACE, UNKNOWN, Language
from pipeline.report.words import words
from pipeline.schemas import NATION

Spec = dict[str, Any]
Row = dict[str, Any]
Window = tuple[int, int]

FONTS = Path(str(importlib.resources.files("font_source_sans_pro"))) / "files"
FONT = '"Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
PAPER = "#ffffff"
INK = "#1b3a57"
"""Text and what matters."""
QUIET = "#595f66"
"""Text beside the point."""
ACCENT = "#b35400"
"""Candidates."""
ACCENT_TINT = "#fbeadb"
GRID = "#e1e5e9"
BORDER = "#5f7890"
NATION_LINE = "#3d444b"
OTHERS = "#aeb6be"
"""Lines of counties that are only there for comparison."""
SEQUENTIAL = ["#d9e7f2", "#a9c8e0", "#6fa0c9", "#3a719f", "#17406a"]
"""From low to high: one hue, ever darker, so that it prints in grey."""
NEGATIVE = ["#f1c9bd", "#cf7f6c", "#93392f"]
"""Below zero, from near to far."""
UNKNOWN_FILL = "#efedea"
UNKNOWN_LINE = "#6b7076"
DASHED = [3, 2]
SERIES = [ACCENT, "#00707a", "#7a3b8f", "#7d6200", "#a3195b", "#3f6b1f"]
"""Candidates that share a chart, told apart by dash and shape as well."""
DASHES: list[Any] = [[1, 0], [7, 3], [2, 2.5], [9, 3, 2, 3], [4, 4], [12, 3]]
SHAPES: list[Any] = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
INTERVALS = {"weights": INK, "windows": "#3f86b8", "methods": "#858d95"}

SIZE = 13.0
"""Of text, in pixels of the SVG. Charts are 340 or about 480 wide, so that a phone shows it at 9 pixels or more."""
WIDTH = 480
FALLBACK = 1.15
"""How much wider a text may be in a fallback font."""
MAP_WIDTH, MAP_HEIGHT = 340, 470
PROJECTION: Spec = {"type": "conicEqualArea", "parallels": [57, 67], "rotate": [-16, 0], "scale": 1905, "translate": [225, 1164]}
KEY = {"field": "key", "type": "nominal"}
XMLNS = ' xmlns="http://www.w3.org/2000/svg"'
ANCHOR = {"left": "start", "center": "middle", "right": "end"}
SUPERFLUOUS = {"class", "role", "pointer-events", "font-family", "version"}
IDLE = {"opacity": "1", "transform": "translate(0,0)", "font-weight": "400", "stroke-dasharray": "1,0"}
OUTLINE = re.compile(r"[MLZ0-9.,\-]+")
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
BLANKS = re.compile(r"[ \t\n\v\f\r\x85\u2028\u2029]+")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


# The charts


def county_map(
    values: Mapping[str, float | None],
    labels: Mapping[str, str],
    title: str,
    unit: str,
    language: Language,
    *,
    alternative: str,
    outlined: Sequence[str] = (),
    linked: bool = False,
    bounds: Sequence[float] | None = None,
) -> Spec:
    """The counties by value. unit is the column's in schemas.py. Counties without a value are unknown; the nation is left out.

    labels: what the pointer shows, by region code. linked: each county is a link to #region-<code>. bounds: see breaks().
    """
    say = words(language)
    known = {code: value for code, value in values.items() if _known(value) is not None and code != NATION}
    bounds = breaks(known.values()) if bounds is None else list(bounds)
    colours = class_colours(bounds)
    counties = [{**shape, "key": code, "fill": UNKNOWN_FILL} for code, shape in _counties().items()]
    for county in counties:
        if (value := known.get(county["key"])) is not None:
            county["fill"] = colours[bisect.bisect_right(bounds, value)]
    unknown = [_outline(county["key"]) for county in counties if county["key"] not in known]
    ringed = [_outline(code) for code in outlined if code in _counties()]

    texts, swatches = [], []
    top = 16.0
    for line in _wrap(title, 13.5, 176):
        texts.append(_text(0, top, line, size=13.5, bold=True))
        top += 16
    top += 10
    entries = list(zip(colours, _class_names(bounds, known.values(), unit, language), strict=True))[::-1] if known else []
    for fill, name in [*entries, *([(UNKNOWN_FILL, say("chart_unknown"))] if unknown else [])]:
        dashed = {"line": UNKNOWN_LINE, "dash": DASHED} if fill == UNKNOWN_FILL else {}
        swatches.append({**_box(0, top - 7, 18, 14, fill), **dashed})
        for part in _wrap(name, SIZE, 128):
            texts.append(_text(26, top, part))
            top += 15
        top += 5
    if ringed:
        swatches.append(_box(1, top - 6, 16, 12, None, line=ACCENT, thick=2.4))
        texts += [_text(26, top + 15 * number, part) for number, part in enumerate(_wrap(say("chart_candidate"), SIZE, 128))]

    encoding = {"fill": _raw("fill"), "description": KEY}
    drawn: Spec = {"type": "geoshape", "clip": False, "strokeJoin": "round"}
    outline = {**drawn, "fill": None}
    layers = [
        {"data": {"values": counties}, "mark": {**drawn, "aria": True, "stroke": BORDER, "strokeWidth": 0.6}, "encoding": encoding},
        *_if(unknown, {"mark": {**outline, "stroke": PAPER, "strokeWidth": 2}}),
        *_if(unknown, {"mark": {**outline, "stroke": UNKNOWN_LINE, "strokeWidth": 1.1, "strokeDash": DASHED}}),
        *_if(ringed, {"mark": {**outline, "stroke": PAPER, "strokeWidth": 4.6}}),
        *_if(ringed, {"mark": {**outline, "stroke": ACCENT, "strokeWidth": 2.2}}),
        *_boxes(swatches),
        *_texts(texts),
    ]
    marks = {code: {"label": _data(labels[code]), "region": code} for code in _counties() if code in labels}
    spec = _spec(MAP_WIDTH, MAP_HEIGHT, layers, alternative, marks=marks, linked=linked, padding={"left": 4, "right": 4})
    return {**spec, "projection": PROJECTION}


def development(
    levels: Mapping[str, Mapping[int, float | None]],
    names: Mapping[str, str],
    candidates: Sequence[str],
    years: Sequence[int],
    language: Language,
    *,
    alternative: str,
) -> Spec:
    """SMEs' goods exports per inhabitant by year, of all counties and the nation (NATION in levels). What is unknown is a gap."""
    say = words(language)
    named = [code for code in [*candidates, NATION] if code in levels]
    texts = {code: _fit(say("nation") if code == NATION else names[code], SIZE, 150) for code in named}
    right = 22 + max((_width(text, SIZE) for text in texts.values()), default=0) * FALLBACK
    plot = _Plot(levels, years, WIDTH - 58 - right, 300, language)
    colours = {NATION: NATION_LINE, **dict(zip(candidates, itertools.cycle(SERIES), strict=False))}
    others = [code for code in levels if code not in colours]
    marks = {code: {"label": _data(names[code]), "region": code} for code in others}
    for code, year in itertools.product(named, years):
        if (value := _known(levels[code].get(year))) is not None:
            name = say("nation") if code == NATION else _data(names[code])
            marks[f"{code}-{year}"] = {"label": f"{name} {year}: {language.figure(value, 'SEK')}", "region": code}
    grey = [row for code in others for row in plot.rows(code)]
    nation = plot.rows(NATION) if NATION in levels else []
    lines = [{**row, "stroke": colours[code]} for code in candidates if code in levels for row in plot.rows(code)]
    looks = {
        channel: {
            "field": "code",
            "scale": {"domain": list(candidates), "range": [of[n % 6] for n in range(len(candidates))]},
            "legend": None,
        }
        for channel, of in {"strokeDash": DASHES, "shape": SHAPES}.items()
    }
    leaders, labels = plot.labels({code: (texts[code], colours[code]) for code in named})
    notes = [_text(-54, -20, say("chart_per_inhabitant"), fill=QUIET)]
    if others:
        notes.append(_text(plot.width + right - 4, -20, say("chart_others"), fill=QUIET, align="right"))
    layers = [
        *_boxes(plot.grid()),
        *plot.lines(grey, {"stroke": OTHERS, "strokeWidth": 1, "aria": True}),
        *plot.points(plot.alone(grey), {"fill": OTHERS, "size": 14}),
        *plot.lines(nation, {"stroke": NATION_LINE, "strokeWidth": 4}),
        *plot.points(nation, {"fill": NATION_LINE, "size": 26, "aria": True}),
        *plot.lines(lines, {"strokeWidth": 2.4}, {"stroke": _raw("stroke"), "strokeDash": looks["strokeDash"]}),
        *plot.points(
            lines,
            {"size": 60, "stroke": PAPER, "strokeWidth": 1, "aria": True},
            {"fill": _raw("stroke"), "shape": looks["shape"]},
        ),
        *_rules(leaders),
        *_texts([*plot.axes(), *labels, *notes]),
    ]
    return _spec(plot.width, 300, layers, alternative, marks=marks, padding={"left": 58, "right": right, "top": 36, "bottom": 30})


def region_development(
    region: Mapping[int, float | None],
    nation: Mapping[int, float | None],
    name: str,
    years: Sequence[int],
    language: Language,
    *,
    alternative: str,
    candidate: bool = False,
) -> Spec:
    """The same for one county beside the nation, small."""
    say = words(language)
    texts = {"region": (_fit(name, SIZE, 130), ACCENT if candidate else INK), "nation": (say("nation"), QUIET)}
    right = 20 + max(_width(text, SIZE) for text, _ in texts.values()) * FALLBACK
    plot = _Plot({"region": region, "nation": nation}, years, 340 - 52 - right, 132, language, ticks=3)
    colour = texts["region"][1]
    leaders, labels = plot.labels(texts)
    layers = [
        *_boxes(plot.grid()),
        *plot.lines(plot.rows("nation"), {"stroke": UNKNOWN_LINE, "strokeWidth": 2, "strokeDash": [5, 3]}),
        *plot.lines(plot.rows("region"), {"stroke": colour, "strokeWidth": 2.6}),
        *plot.points(plot.rows("region"), {"fill": colour, "size": 36, "aria": True}),
        *_rules(leaders),
        *_texts([*plot.axes(), *labels, _text(-48, -18, say("chart_per_inhabitant"), fill=QUIET)]),
    ]
    marks = {
        f"region-{year}": {"label": f"{_data(name)} {year}: {language.figure(level, 'SEK')}"}
        for year in years
        if (level := _known(region.get(year))) is not None
    }
    return _spec(plot.width, 132, layers, alternative, marks=marks, padding={"left": 52, "right": right, "top": 32, "bottom": 28})


def window_map(
    rows: Sequence[Mapping[str, Any]],
    regions: Sequence[str],
    names: Mapping[str, str],
    candidates: Sequence[str],
    award_window: Window,
    language: Language,
    *,
    alternative: str,
) -> Spec:
    """The place in the whole ranking by window: rows of robustness.window_rankings, regions in the order of the award's places."""
    say = words(language)
    windows = sorted({(row["base_year"], row["final_year"]) for row in rows} | {award_window})
    found = {(row["region_code"], (row["base_year"], row["final_year"])): row for row in rows}
    texts_left = {code: _fit(names[code], SIZE, 190) for code in regions}
    left = max([_width(text, SIZE) for text in texts_left.values()], default=0) * FALLBACK + 10
    cell = min(34.0, max(22.0, (WIDTH - left - 7 * len({base for base, _ in windows}) - 4) / max(1, len(windows))))
    high, top = 20, 44
    at: dict[Window, float] = {}
    across = left
    for number, window in enumerate(windows):
        before = windows[number - 1] if number else window
        across += 7 if window[0] != before[0] else 4 if number and award_window in (window, before) else 0
        at[window] = across
        across += cell
    last = max((place for row in rows if (place := _place(row["rank"]))), default=1)

    texts = [
        _text(left - 8, 12, say("chart_from_year"), fill=QUIET, align="right"),
        _text(left - 8, 30, say("chart_to_year"), fill=QUIET, align="right"),
    ]
    for base, group in itertools.groupby(windows, key=lambda window: window[0]):
        spans = [at[window] for window in group]
        texts.append(_text((spans[0] + spans[-1] + cell) / 2, 12, str(base), bold=base == award_window[0], align="center"))
    texts += [
        _text(at[window] + cell / 2, 30, str(window[1]), bold=window == award_window, align="center", size=12 if cell > 28 else 9.5)
        for window in windows
    ]
    boxes, marks = [], {}
    down = float(top)
    unranked = False
    for number, code in enumerate(regions):
        begins = not unranked and not _place(found.get((code, award_window), {}).get("rank"))
        if number and (begins or (regions[number - 1] in candidates and code not in candidates)):
            down += 7
        unranked = unranked or begins
        bold = code in candidates
        texts.append(_text(0, down + high / 2, texts_left[code], fill=ACCENT if bold else INK, bold=bold))
        for window in windows:
            row = found.get((code, window), {})
            place = _place(row.get("rank"))
            chosen = bool(row.get("is_candidate"))
            fill = UNKNOWN_FILL if place is None else ACCENT if chosen else _shade(place, last)
            key = f"{code}-{window[0]}-{window[1]}"
            boxes.append({**_box(at[window], down, cell - 1.5, high - 1.5, fill), "key": key})
            ink = QUIET if place is None else PAPER if chosen else INK
            text = UNKNOWN if place is None else str(place)
            texts.append(_text(at[window] + (cell - 1.5) / 2, down + (high - 1.5) / 2, text, fill=ink, bold=chosen, align="center"))
            said = say("chart_unranked") if place is None else say("chart_place", place=place)
            marks[key] = {"label": f"{_data(names[code])}, {window[0]}–{window[1]}: {said}", "region": code}
        down += high
    wide = max(across, 332)
    frame = _box(at[award_window] - 2.5, top - 24, cell + 3.5, down - top + 25.5, None, line=INK, thick=2)
    others = [place for row in rows if (place := _place(row["rank"])) and not row["is_candidate"]]
    ends = sorted({min(others), max(others)}) if others else []
    legend, legend_texts, bottom = _legend(
        [
            (_box(0, 0, 18, 14, ACCENT), say("chart_candidate_then")),
            *[(_box(0, 0, 18, 14, _shade(place, last)), say("chart_place", place=place)) for place in ends],
            (_box(0, 0, 18, 14, UNKNOWN_FILL), f"{UNKNOWN} {say('chart_unranked')}"),
            (_box(1, 0, 16, 14, None, line=INK, thick=2), say("chart_award_window")),
        ],
        down + 20,
        wide,
    )
    layers = [*_boxes(boxes, aria=True), *_boxes([frame, *legend]), *_texts([*texts, *legend_texts])]
    padding = {"left": 4, "right": 6, "top": 2, "bottom": 0}
    return _spec(wide, bottom, layers, alternative, marks=marks, padding=padding)


def rank_intervals(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], candidates: Sequence[str], language: Language, *, alternative: str
) -> Spec:
    """Between which places each county stands: rows of robustness.rank_intervals, in the order they are drawn."""
    say = words(language)
    kinds = {
        "weights": say("chart_all_weights", share=language.percent(0.9)),
        "windows": say("chart_all_windows"),
        "methods": say("chart_all_methods"),
    }
    texts_left = {row["region_code"]: _fit(names[row["region_code"]], SIZE, 190) for row in rows}
    left = max([_width(text, SIZE) for text in texts_left.values()], default=0) * FALLBACK + 18
    columns = ["rank", *(f"{kind}_{end}_rank" for kind in kinds for end in ("best", "worst"))]
    places = {row["region_code"]: {column: _place(row[column]) for column in columns} for row in rows}
    last = max([place for row in places.values() for place in row.values() if place] + [2])
    step = (WIDTH - left - 22) / (last - 1)
    shaded = max([places[code]["rank"] or 0 for code in candidates if code in places], default=0)
    ticks = sorted({1, *range(5, last + 1, 5), *([last] if last % 5 > 2 else [])})

    def at(place: float) -> float:
        return left + 10 + (place - 1) * step

    dots = [(ACCENT, say("chart_place_candidate")), (INK, say("chart_place_other"))]
    legend, legend_texts, top = _legend(
        [
            *[(_pill(4, 2, 10, 10, colour), text) for colour, text in dots],
            *[(_pill(0, 5, 18, 4, INTERVALS[kind]), text) for kind, text in kinds.items()],
        ],
        8,
        WIDTH,
    )
    high, top = 26, top + 16
    texts = [_text(at(place), top - 12, str(place), fill=QUIET, align="center") for place in ticks]
    texts.append(_text(left - 8, top - 12, say("place"), fill=QUIET, align="right"))
    under, bars, places_drawn, marks = [], [], [], {}
    bottom = top + high * len(rows)
    if shaded:
        under.append(_box(at(1) - step / 2, top, step * shaded, bottom - top, ACCENT_TINT))
    under += [_box(at(place) - 0.5, top, 1, bottom - top, GRID) for place in ticks]
    under += [_box(0, top + high * number - 0.5, WIDTH, 1, GRID) for number in range(len(rows) + 1)]
    for number, row in enumerate(rows):
        code = row["region_code"]
        middle = top + high * (number + 0.5)
        bold = code in candidates
        texts.append(_text(0, middle, texts_left[code], fill=ACCENT if bold else INK, bold=bold))
        for offset, (kind, kind_text) in zip((-8, 0, 8), kinds.items(), strict=True):
            best, worst = places[code][f"{kind}_best_rank"], places[code][f"{kind}_worst_rank"]
            if best is None or worst is None:
                continue
            key = f"{code}-{kind}"
            start, end = at(best) - 4, at(worst) + 4
            bars.append({**_pill(start, middle + offset - 2, end - start, 4, INTERVALS[kind]), "key": key})
            said = say("chart_place", place=best) if best == worst else say("chart_places", first=best, last=worst)
            marks[key] = {"label": f"{_data(names[code])}, {kind_text}: {said}", "region": code}
        if place := places[code]["rank"]:
            dot = _pill(at(place) - 5.5, middle - 5.5, 11, 11, ACCENT if bold else INK, line=PAPER)
            places_drawn.append({**dot, "key": code})
            marks[code] = {"label": f"{_data(names[code])}: {say('chart_place', place=place)}", "region": code}
    layers = [
        *_boxes(under),
        *_boxes([*bars, *places_drawn], aria=True),
        *_boxes(legend),
        *_texts([*texts, *legend_texts]),
    ]
    return _spec(WIDTH, bottom, layers, alternative, marks=marks, padding={"left": 4, "right": 4, "top": 4, "bottom": 6})


# Classes of a map


def breaks(values: Iterable[float | None], classes: int = 5) -> list[float]:
    """The bounds between natural classes, as round as the gaps allow; zero is one of them when values lie on both sides of it.

    A value on a bound belongs to the class above. Natural: the sum of squared distances from each class's mean is least (Fisher, Jenks).
    """
    known = sorted({found for value in values if (found := _known(value)) is not None})
    below = [value for value in known if value < 0]
    above = known[len(below) :]
    groups: list[list[float]] = []
    if below and above:
        share = min(len(NEGATIVE), math.ceil(classes * len(below) / len(known)))
        groups = _natural(below, share) + _natural(above, classes - share)
    elif known:
        groups = _natural(known, classes)
    return [_roundest(low[-1], high[0]) for low, high in itertools.pairwise(groups)]


def class_colours(bounds: Sequence[float]) -> list[str]:
    """The colour of each class, from the lowest: one more than there are bounds."""
    below = bisect.bisect_right(list(bounds), 0) if 0 in bounds else 0
    above = len(bounds) + 1 - below
    negative = [NEGATIVE[min(place, len(NEGATIVE) - 1)] for place in range(below)]
    middle = (len(SEQUENTIAL) - 1) / 2
    return [*negative[::-1], *(SEQUENTIAL[round(middle if above == 1 else 2 * middle * n / (above - 1))] for n in range(above))]


def _natural(values: Sequence[float], classes: int) -> list[list[float]]:
    """Sorted values in at most so many classes."""
    sums = [0.0, *itertools.accumulate(values)]
    squares = [0.0, *itertools.accumulate(value * value for value in values)]

    def spread(start: int, stop: int) -> float:
        return squares[stop] - squares[start] - (sums[stop] - sums[start]) ** 2 / (stop - start)

    best: dict[int, tuple[float, list[int]]] = {stop: (spread(0, stop), [0]) for stop in range(1, len(values) + 1)}
    for _ in range(1, min(classes, len(values))):
        best = {
            stop: min((best[start][0] + spread(start, stop), [*best[start][1], start]) for start in best if start < stop)
            for stop in range(min(best) + 1, len(values) + 1)
        }
    starts = best[len(values)][1]
    return [list(values[start:stop]) for start, stop in itertools.pairwise([*starts, len(values)])]


def _roundest(low: float, high: float) -> float:
    """The number above low, not above high, that is shortest to write."""
    if low < 0 <= high:
        return 0.0
    power = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for exponent, factor in itertools.product(range(power, power - 16, -1), (10, 5, 2)):
        step = Decimal(factor).scaleb(exponent - 1)
        found = float((Decimal(repr(high)) / step).to_integral_value(ROUND_FLOOR) * step)
        if low < found <= high:
            return found
    return high


def _class_names(bounds: Sequence[float], values: Iterable[float | None], unit: str, language: Language) -> list[str]:
    """What the legend says of each class, from the lowest; of a single class, its only value or no more than that it is known."""
    say = words(language)
    known = [value for value in values if value is not None]
    if not bounds:
        return [language.figure(known[0], unit)]
    factor, ending = Decimal(1), ""
    if unit in ("relative change", "share"):
        factor, ending = Decimal(100), f"{SPACE}%" if language.code == "sv" else "%"
    elif unit.startswith("SEK"):
        millions = max(abs(value) for value in known) >= MILLION
        factor = 1 / Decimal(MILLION) if millions else factor
        ending = f"{SPACE}{say('chart_million_sek' if millions else 'chart_sek')}"
    scaled = [Decimal(repr(float(bound))) * factor for bound in bounds]
    decimals = max(max(0, -int(bound.normalize().as_tuple().exponent)) for bound in scaled)
    shown = [language.number(bound, decimals) for bound in scaled]
    return [
        say("chart_under", bound=shown[0] + ending),
        *(
            say("chart_range" if bound >= 0 else "chart_negative_range", low=low, high=high + ending)
            for bound, (low, high) in zip(scaled, itertools.pairwise(shown), strict=False)
        ),
        say("chart_or_more", bound=shown[-1] + ending),
    ]


# Parts of charts


class _Plot:
    """Levels by year, with ticks, and a label at each line's end."""

    def __init__(
        self,
        levels: Mapping[str, Mapping[int, float | None]],
        years: Sequence[int],
        width: float,
        height: float,
        language: Language,
        ticks: int = 6,
    ) -> None:
        self.levels, self.years, self.width, self.height, self.language = levels, years, round(width), height, language
        values = [value for line in levels.values() for year in years if (value := _known(line.get(year))) is not None] or [0.0, 1.0]
        self.ticks = _ticks(min(values), max(values), ticks)
        self.span = (years[0], years[-1]) if len(years) > 1 else (years[0] - 1, years[0] + 1)
        scale = {"nice": False, "zero": False}
        self.x = {"field": "year", "type": "quantitative", "axis": None, "scale": {**scale, "domain": list(self.span)}}
        self.y = {"field": "level", "type": "quantitative", "axis": None, "scale": {**scale, "domain": [self.ticks[0], self.ticks[-1]]}}

    def down(self, level: float) -> float:
        return self.height * (self.ticks[-1] - level) / (self.ticks[-1] - self.ticks[0])

    def grid(self) -> list[Row]:
        return [_box(0, self.down(tick) - 0.5, self.width, 1, GRID) for tick in self.ticks]

    def axes(self) -> list[Row]:
        """The levels on the left, the years below, no more of them than there is room for."""
        decimals = 0 if self.ticks[1] - self.ticks[0] >= 1 else 2
        levels = [_text(-8, self.down(tick), self.language.number(tick, decimals), fill=QUIET, align="right") for tick in self.ticks]
        first, last = self.span
        fewer = list(self.years)[:: -math.ceil(len(self.years) / max(1, self.width // 32))]
        across = {year: self.width * (year - first) / (last - first) for year in fewer}
        return [*levels, *(_text(x, self.height + 16, str(year), fill=QUIET, align="center") for year, x in across.items())]

    def rows(self, code: str) -> list[Row]:
        """A row a year, unknown years too: they break the line."""
        return [
            {"code": code, "key": code, "year": int(year), "level": level, "point": f"{code}-{year}"}
            for year in self.years
            for level in [_known(self.levels[code].get(year))]
        ]

    def alone(self, rows: Sequence[Row]) -> list[Row]:
        """Rows of known years between unknown ones: a line does not show them."""
        around = [None, *rows, None]
        return [
            row
            for before, row, after in zip(around, rows, around[2:], strict=False)
            if row["level"] is not None
            and not any(other and other["code"] == row["code"] and other["level"] is not None for other in (before, after))
        ]

    def lines(self, rows: list[Row], mark: Row, channels: Row | None = None) -> list[Spec]:
        encoding = {"x": self.x, "y": self.y, "detail": {"field": "code"}, "description": KEY, **(channels or {})}
        style = {"type": "line", "strokeJoin": "round", "invalid": "break-paths-show-path-domains", **mark}
        return _if(rows, {"mark": style, "encoding": encoding})

    def points(self, rows: list[Row], mark: Row, channels: Row | None = None) -> list[Spec]:
        encoding = {"x": self.x, "y": self.y, "description": {"field": "point"}, **(channels or {})}
        known = [row for row in rows if row["level"] is not None]
        return _if(known, {"mark": {"type": "point", "opacity": 1, "strokeWidth": 0, **mark}, "encoding": encoding})

    def labels(self, texts: Mapping[str, tuple[str, str]]) -> tuple[list[Row], list[Row]]:
        """A label at the height of each line's last known point, moved as little as keeps labels apart, and leaders to those moved."""
        ends: dict[str, tuple[int, float]] = {}
        for code in texts:
            known = [(year, level) for year in self.years if (level := _known(self.levels[code].get(year))) is not None]
            if known:
                ends[code] = known[-1]
        wanted = {code: self.down(level) for code, (_, level) in ends.items()}
        placed = _apart(wanted, 16, self.height)
        leaders = [
            {"x": self.width + 6, "x2": self.width + 12, "y": wanted[code], "y2": y, "line": texts[code][1]}
            for code, y in placed.items()
            if abs(y - wanted[code]) > 2 and ends[code][0] == self.years[-1]
        ]
        names = [_text(self.width + 15, y, texts[code][0], fill=texts[code][1], bold=True) for code, y in placed.items()]
        return leaders, names


def _spec(
    width: float,
    height: float,
    layers: list[Spec],
    alternative: str,
    *,
    padding: Mapping[str, float],
    marks: Mapping[str, Mapping[str, str]] | None = None,
    linked: bool = False,
) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "usermeta": {"alternative": _data(alternative), "marks": marks or {}, "linked": linked},
        "width": round(width),
        "height": round(height),
        "autosize": "none",
        "background": PAPER,
        "padding": {side: round(padding.get(side, 0)) for side in ("left", "top", "right", "bottom")},
        "layer": layers,
        "config": {"font": FONT, "aria": False, "view": {"stroke": None}},
    }


def _raw(field: str) -> Spec:
    """A channel that takes the field's colour or number as it is."""
    return {"field": field, "type": "nominal", "scale": None}


def _pixels(*channels: str) -> Spec:
    """Positions in pixels, beside whatever scales the chart has."""
    return {
        channel: {"field": channel} if channel[-1] == "2" else {"field": channel, "type": "quantitative", "scale": None, "axis": None}
        for channel in channels
    }


def _if(rows: Iterable[Row], layer: Spec) -> list[Spec]:
    """The layer of these rows; none when there are no rows."""
    values = list(rows)
    return [{"data": {"values": values}, **layer}] if values else []


def _text(x: float, y: float, text: str, *, fill: str = INK, bold: bool = False, align: str = "left", size: float = SIZE) -> Row:
    return {"x": x, "y": y, "text": _data(text), "fill": fill, "weight": 600 if bold else 400, "align": align, "size": size}


def _texts(rows: Iterable[Row]) -> list[Spec]:
    style = {"fontWeight": {"expr": "datum.weight"}, "align": {"expr": "datum.align"}, "fontSize": {"expr": "datum.size"}}
    encoding = {**_pixels("x", "y"), "text": {"field": "text", "type": "nominal"}, "fill": _raw("fill")}
    return _if(rows, {"mark": {"type": "text", "baseline": "middle", **style}, "encoding": encoding})


def _box(x: float, y: float, width: float, height: float, fill: str | None, *, line: str | None = None, thick: float = 1) -> Row:
    return {"x": x, "y": y, "x2": x + width, "y2": y + height, "fill": fill, "line": line, "thick": thick, "round": 0}


def _pill(x: float, y: float, width: float, height: float, fill: str, *, line: str | None = None) -> Row:
    """A box with round ends; as high as wide, a dot."""
    return {**_box(x, y, width, height, fill, line=line, thick=1.5), "round": height / 2}


def _boxes(rows: Iterable[Row], *, aria: bool = False) -> list[Spec]:
    style = {
        "strokeWidth": {"expr": "datum.thick"},
        "strokeDash": {"expr": "datum.dash"},
        "cornerRadius": {"expr": "datum.round"},
        "aria": aria,
    }
    encoding = {**_pixels("x", "y", "x2", "y2"), "fill": _raw("fill"), "stroke": _raw("line"), **({"description": KEY} if aria else {})}
    return _if(rows, {"mark": {"type": "rect", **style}, "encoding": encoding})


def _rules(rows: Iterable[Row]) -> list[Spec]:
    return _if(rows, {"mark": "rule", "encoding": {**_pixels("x", "y", "x2", "y2"), "stroke": _raw("line")}})


def _legend(entries: Iterable[tuple[Row, str]], top: float, width: float) -> tuple[list[Row], list[Row], float]:
    """Boxes and texts of the entries, in lines no wider than this, and where the next line would be."""
    boxes, texts = [], []
    across = 0.0
    for box, text in entries:
        wide = 26 + _width(text, SIZE) * FALLBACK
        if across and across + wide > width:
            across, top = 0.0, top + 21
        shift = {name: box[name] + (across if name[0] == "x" else top - 7) for name in ("x", "x2", "y", "y2")}
        boxes.append({**box, **shift})
        texts.append(_text(across + 26, top, text))
        across += wide + 14
    return boxes, texts, top + 21


def _shade(place: int, last: int) -> str:
    """From mid-blue for the first place to near white for the last; INK is readable on all of it."""
    share = (place - 1) / max(1, last - 1)
    return "#" + "".join(f"{round(near + (far - near) * share):02x}" for near, far in zip((143, 181, 214), (242, 245, 248), strict=True))


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
            groups.append(((above * len(these) + below * len(those)) / (len(these) + len(those)), these + those))
    placed = {key: middle + gap * (number - (len(keys) - 1) / 2) for middle, keys in groups for number, key in enumerate(keys)}
    return {key: y + min(0.0, height - max(placed.values())) for key, y in placed.items()}


def _known(value: Any) -> float | None:
    """A number, or None for every way of saying that there is none."""
    return None if value is None or not math.isfinite(value) else float(value)


def _place(value: Any) -> int | None:
    return None if _known(value) is None else int(value)


def _data(text: str) -> str:
    """Text as XML can hold it: on one line, with nothing that cannot be seen."""
    return UNPRINTABLE.sub("\ufffd", BLANKS.sub(" ", text).strip(" "))


def _width(text: str, size: float) -> float:
    """About how wide a text is in Source Sans, rather too wide than too narrow."""
    return size * sum(
        0.3 if char in "fijlrt.,:;'|()[]- \u202f" else 0.84 if char in "mwMW%@" else 0.64 if char.isupper() else 0.54 for char in text
    )


def _fit(text: str, size: float, width: float) -> str:
    """The text, cut where it would be wider."""
    text = _data(text)
    if _width(text, size) <= width:
        return text
    keep = next(length for length in range(len(text), -1, -1) if _width(text[:length] + "…", size) <= width)
    return text[:keep].rstrip() + "…"


def _wrap(text: str, size: float, width: float) -> list[str]:
    """The text in lines no wider than this."""
    lines: list[str] = []
    for word in _data(text).split(" "):
        if lines and _width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(_fit(word, size, width))
    return lines


@functools.cache
def _counties() -> dict[str, Row]:
    """The shape of each county, by region code."""
    features = json.loads((Path(__file__).parent / "counties.geojson").read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["region_code"]: {"type": "Feature", "geometry": feature["geometry"]} for feature in features}


def _outline(code: str) -> Row:
    """A county without its lakes."""
    rings = [[polygon[0]] for polygon in _counties()[code]["geometry"]["coordinates"]]
    return {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": rings}}


# From specs to pictures


def render(specs: Mapping[str, Spec]) -> dict[str, str]:
    """Each chart as SVG text, the same bytes every time. Two at once: one is drawn while another is tidied."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(specs, pool.map(_svg, specs.values()), strict=True))


def pngs(svgs: Mapping[str, str], scale: float) -> dict[str, bytes]:
    """Rendered charts as PNG by name, for formats without SVG; scale 1 is a pixel of the SVG. By typst, which is three times as
    fast as vl-convert at it."""
    import typst

    pages = "\n#pagebreak()\n".join(f'#image("{number}.svg")' for number in range(len(svgs)))
    files = {"main": f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}".encode()}
    files |= {f"{number}.svg": svg.encode() for number, svg in enumerate(svgs.values())}
    drawn = typst.compile(files, font_paths=[FONTS], ignore_system_fonts=True, format="png", ppi=96 * scale)  # type: ignore[call-overload]
    return dict(zip(svgs, drawn if isinstance(drawn, list) else [drawn], strict=True))


@functools.cache
def _renderer() -> Any:
    """vl-convert, with the report's font."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    return vl_convert


def _svg(spec: Spec) -> str:
    """Vega draws everything but the texts: it would measure each of them, which takes longer than all else, to move none."""
    texts = [row for layer in spec["layer"] if _is_text(layer) for row in layer["data"]["values"]]
    meta = spec["usermeta"]
    shapes = {**spec, "usermeta": {}, "layer": [layer for layer in spec["layer"] if not _is_text(layer)]}
    root = ET.fromstring(_renderer().vegalite_to_svg(json.dumps(shapes, allow_nan=False), allowed_base_urls=[]).replace(XMLNS, "", 1))
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    svg.attrib |= {name: root.attrib[name] for name in ("width", "height", "viewBox")}
    svg.attrib |= {"role": "group" if meta["linked"] else "img", "aria-label": meta["alternative"], "font-family": FONT}
    for child in root:
        svg.extend(_plain(child, meta))
    written = ET.SubElement(svg, "g", {"transform": f"translate({spec['padding']['left']},{spec['padding']['top']})"})
    for (fill, weight, align, size), rows in itertools.groupby(
        texts, key=lambda row: (row["fill"], row["weight"], row["align"], row["size"])
    ):
        style = {"fill": fill, "font-size": f"{size:g}", "font-weight": str(weight), "text-anchor": ANCHOR[align]}
        alike = ET.SubElement(written, "g", style)
        for row in rows:
            place = {"x": f"{row['x']:.1f}", "y": f"{row['y'] + 0.33 * size:.1f}"}
            ET.SubElement(alike, "text", place).text = row["text"]
    return ET.tostring(svg, encoding="unicode") + "\n"


def _is_text(layer: Spec) -> bool:
    mark = layer["mark"]
    return isinstance(mark, dict) and mark["type"] == "text"


def _plain(element: ET.Element, meta: Mapping[str, Any]) -> list[ET.Element]:
    """What stays of an element: itself, its children where it says nothing, or nothing."""
    if element.get("class") in ("background", "foreground"):
        return []
    mark = meta["marks"].get(element.get("aria-label"))
    for name in [name for name in element.attrib if name in SUPERFLUOUS or name.startswith("aria-")]:
        del element.attrib[name]
    for name, idle in IDLE.items():
        if element.get(name) == idle:
            del element.attrib[name]
    for name in ("transform", "d"):
        if text := element.get(name):
            element.set(name, _shorter(text))
    if element.tag == "g":
        children = [kept for child in element for kept in _plain(child, meta)]
        if not element.attrib or not children:
            return children
        element[:] = children
    if mark is None:
        return [element]
    if "region" in mark:
        element.set("data-region", mark["region"])
    if not meta["linked"]:
        element.set("data-label", mark["label"])
        return [element]
    link = ET.Element("a", {"href": f"#region-{mark['region']}", "aria-label": mark["label"]})
    link.append(element)
    return [link]


@functools.lru_cache(maxsize=256)
def _shorter(path: str) -> str:
    """Numbers to two decimals; long outlines to a tenth of a pixel, each point relative to the one before."""
    if len(path) < 400 or not OUTLINE.fullmatch(path):
        return LONG_NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), path)
    parts = []
    for ring in path.split("M")[1:]:
        points = [tuple(round(float(number) * 10) for number in point.split(",")) for point in ring.rstrip("Z").split("L")]
        points = [point for point, _ in itertools.groupby(points)]
        if len(points) > 2:
            (x, y), *rest = points
            steps = [(to[0] - at[0], to[1] - at[1]) for at, to in itertools.pairwise([(x, y), *rest])]
            moves = "".join(_tenths(step) for pair in steps for step in pair)
            parts.append(f"M{_tenths(x)}{_tenths(y)}l{moves}{'Z' * ring.endswith('Z')}".replace("M ", "M").replace("l ", "l"))
    return "".join(parts)


@functools.lru_cache(maxsize=4096)
def _tenths(number: int) -> str:
    """A number of tenths, parted from the one before it."""
    text = f"{number / 10:g}".replace("0.", ".") if abs(number) < 10 else f"{number / 10:g}"
    return text if number < 0 else f" {text}"
