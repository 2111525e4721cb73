"""Charts of places in a ranking."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.report.charts.drawing import box, legend, svg, text
from pipeline.report.charts.look import ACCENT, ACCENT_TINT, GRID, INK, INTERVALS, PAPER, QUIET, SHADE, SMALL, UNKNOWN_FILL, WIDTH
from pipeline.report.charts.words import finite, fit, one_line, room_for
from pipeline.report.language import UNKNOWN, Language

Window = tuple[int, int]

LINE = 20
"""The height of a region's line in the map of windows, in pixels."""
BAND = 26
"""The height of a region's band in the chart of intervals."""
GAP = 7
"""Before another base year, below the candidates, and above the regions that are not ranked."""


def window_map(
    rows: Sequence[Mapping[str, Any]],
    regions: Sequence[str],
    names: Mapping[str, str],
    candidates: Sequence[str],
    own: Window,
    language: Language,
    *,
    alternative: str,
) -> str:
    """The place in the whole ranking by window: rows of robustness.window_rankings, regions in the order of the award's places.

    own: the award's window.
    """
    say = language.say
    windows = sorted({(row["base_year"], row["final_year"]) for row in rows} | {own})
    outcomes = {(row["region_code"], (row["base_year"], row["final_year"])): row for row in rows}
    places = {key: _place(row["rank"]) for key, row in outcomes.items()}
    last = max(filter(None, places.values()), default=1)
    labels = {code: fit(names[code], 190) for code in regions}
    left = room_for(labels.values()) + 10
    cell = min(34.0, max(22.0, (WIDTH - left - GAP * len({base for base, _ in windows}) - 4) / len(windows)))
    across, right = _columns(windows, own, left, cell)
    down, bottom = _lines(regions, candidates, [code for code in regions if not places.get((code, own))], 44.0)

    texts = [
        text(left - 8, 12, say("charts.from_year"), fill=QUIET, align="right"),
        text(left - 8, 30, say("charts.to_year"), fill=QUIET, align="right"),
        *_years(across, own, cell),
    ]
    boxes = []
    for code in regions:
        texts.append(_name(labels[code], down[code] + LINE / 2, code in candidates))
        for window, x in across.items():
            place = places.get((code, window))
            candidate = bool(outcomes.get((code, window), {}).get("is_candidate"))
            fill, opacity = (ACCENT, None) if candidate else (SHADE, shade(place, last)) if place else (UNKNOWN_FILL, None)
            ink = PAPER if candidate else INK if place else QUIET
            outcome = say("charts.place", place=place) if place else say("charts.unranked")
            label = f"{one_line(names[code])}, {language.span(*window)}: {outcome}"
            boxes.append(box(x, down[code], cell - 1.5, LINE - 1.5, fill, opacity=opacity, label=label, region=code))
            middle = (x + (cell - 1.5) / 2, down[code] + (LINE - 1.5) / 2)
            texts.append(text(*middle, str(place or UNKNOWN), fill=ink, bold=candidate, align="center"))
    frame = box(across[own] - 2.5, 20, cell + 3.5, bottom - 44.0 + 25.5, None, line=INK, thick=2)
    others = [place for key, row in outcomes.items() if (place := places[key]) and not row["is_candidate"]]
    ends = sorted({min(others), max(others)}) if others else []
    wide = max(right, 332)
    entries = [
        (box(0, -7, 18, 14, ACCENT), say("charts.candidate_then")),
        *((box(0, -7, 18, 14, SHADE, opacity=shade(place, last)), say("charts.place", place=place)) for place in ends),
        (box(0, -7, 18, 14, UNKNOWN_FILL), f"{UNKNOWN} {say('charts.unranked')}"),
        (box(1, -7, 16, 14, None, line=INK, thick=2), say("charts.award_window")),
    ]
    explained, height = legend(entries, bottom + 20, wide)
    return svg(wide + 10, height + 2, [*boxes, frame, *texts, *explained], alternative, left=4, top=2)


def _columns(windows: Sequence[Window], own: Window, left: float, cell: float) -> tuple[dict[Window, float], float]:
    """Where each window's column begins, and where the last one ends."""
    across: dict[Window, float] = {}
    for before, window in zip([None, *windows], windows, strict=False):
        if before:
            left += GAP if window[0] != before[0] else 4 if own in (window, before) else 0
        across[window] = left
        left += cell
    return across, left


def _lines(regions: Sequence[str], candidates: Sequence[str], unranked: Sequence[str], top: float) -> tuple[dict[str, float], float]:
    """Where each region's line begins, and where the last one ends."""
    down: dict[str, float] = {}
    for before, code in zip([None, *regions], regions, strict=False):
        if before and (code in unranked[:1] or (before in candidates and code not in candidates)):
            top += GAP
        down[code] = top
        top += LINE
    return down, top


def _years(across: Mapping[Window, float], own: Window, cell: float) -> list[str]:
    """The base years over their columns, and each column's final year: its last two digits where there are many."""
    texts = []
    for base, group in itertools.groupby(across.items(), key=lambda column: column[0][0]):
        lefts = [left for _, left in group]
        middle = (lefts[0] + lefts[-1] + cell) / 2
        texts.append(text(middle, 12, str(base), bold=base == own[0], align="center"))
    digits = 4 if cell >= 30 else 2
    for window, left in across.items():
        texts.append(text(left + cell / 2, 30, str(window[1])[-digits:], bold=window == own, align="center", size=SMALL))
    return texts


def rank_intervals(
    rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], candidates: Sequence[str], language: Language, *, alternative: str
) -> str:
    """Between which places each county stands: rows of robustness.rank_intervals, in the order they are drawn."""
    say = language.say
    kinds = {
        "weights": say("charts.all_weights", share=language.percent(0.9)),
        "windows": say("charts.all_windows"),
        "methods": say("charts.all_methods"),
    }
    labels = {row["region_code"]: fit(names[row["region_code"]], 190) for row in rows}
    left = room_for(labels.values()) + 18
    columns = ["rank", *(f"{kind}_{end}_rank" for kind in kinds for end in ("best", "worst"))]
    places = {row["region_code"]: {column: _place(row[column]) for column in columns} for row in rows}
    last = max([2, *(place for row in places.values() for place in row.values() if place)])
    step = (WIDTH - left - 22) / (last - 1)

    def at(place: float) -> float:
        return left + 10 + (place - 1) * step

    entries = [
        (box(4, -5, 10, 10, ACCENT, round_ends=True), say("charts.place_candidate")),
        (box(4, -5, 10, 10, INK, round_ends=True), say("charts.place_other")),
        *((box(0, -2, 18, 4, INTERVALS[kind], round_ends=True), words) for kind, words in kinds.items()),
    ]
    explained, top = legend(entries, 8, WIDTH)
    top += 16
    bottom = top + BAND * len(rows)
    ticks = sorted({1, *range(5, last + 1, 5), *([last] if last % 5 > 2 else [])})
    tint = max((places[code]["rank"] or 0 for code in candidates if code in places), default=0)
    under = [box(at(1) - step / 2, top, step * tint, bottom - top, ACCENT_TINT)] if tint else []
    under += [box(at(place) - 0.5, top, 1, bottom - top, GRID) for place in ticks]
    under += [box(0, top + BAND * number - 0.5, WIDTH, 1, GRID) for number in range(len(rows) + 1)]
    texts = [text(at(place), top - 12, str(place), fill=QUIET, align="center") for place in ticks]
    texts.append(text(left - 8, top - 12, say("heading.place"), fill=QUIET, align="right"))
    bars, dots = [], []
    for number, (code, spans) in enumerate(places.items()):
        middle = top + BAND * (number + 0.5)
        texts.append(_name(labels[code], middle, code in candidates))
        for offset, (kind, words) in zip((-8, 0, 8), kinds.items(), strict=True):
            best, worst = spans[f"{kind}_best_rank"], spans[f"{kind}_worst_rank"]
            if best and worst:
                start, end = at(best) - 4, at(worst) + 4
                one = say("charts.place", place=best)
                span = one if best == worst else say("charts.places", first=best, last=worst)
                label = f"{one_line(names[code])}, {words}: {span}"
                bars.append(box(start, middle + offset - 2, end - start, 4, INTERVALS[kind], round_ends=True, label=label, region=code))
        if place := spans["rank"]:
            label = f"{one_line(names[code])}: {say('charts.place', place=place)}"
            fill = ACCENT if code in candidates else INK
            dots.append(box(at(place) - 5.5, middle - 5.5, 11, 11, fill, line=PAPER, thick=1.5, round_ends=True, label=label, region=code))
    return svg(WIDTH + 8, bottom + 10, [*under, *bars, *dots, *texts, *explained], alternative, left=4, top=4)


def _name(name: str, middle: float, candidate: bool) -> str:
    """A region's name at the left edge."""
    return text(0, middle, name, fill=ACCENT if candidate else INK, bold=candidate)


def _place(value: Any) -> int | None:
    return None if finite(value) is None else int(value)


def shade(place: int, last: int) -> float:
    """How much of SHADE a place has: all of it the first, nearly none the last; INK is readable on all of it."""
    return round(1 - 0.88 * (place - 1) / max(1, last - 1), 2)
