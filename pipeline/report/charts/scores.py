"""Charts of indicators and of what they bring to the score."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pipeline.report.charts.drawing import box, curve, element, legend, lines, mark, number, svg, text
from pipeline.report.charts.look import ACCENT, BORDER, GRID, INK, OTHERS, QUIET, SERIES, SMALL, WHOLE_LINE, WIDTH
from pipeline.report.charts.words import fit, one_line, room_for
from pipeline.report.language import Language

NARROW, LINE, BAND = 340, 15, 20


@dataclass(frozen=True)
class Strip:
    """An indicator's values by region code, and what is written beside its strip: the region's value and place, the ends' values.

    whole: the whole's value, where it compares. lower: the lowest value is best.
    """

    label: str
    about: str
    values: Mapping[str, float]
    ends: tuple[str, str]
    whole: float | None
    lower: bool


def strips(rows: Sequence[Strip], code: str, name: str, language: Language, *, alternative: str, candidate: bool) -> str:
    """A strip an indicator: a mark a region, with this one's marked; the better, the further to the right."""
    colour = ACCENT if candidate else INK
    stick = curve([[(9, -6), (9, 6)]], OTHERS, 1.6)
    entries = [(mark("circle", 9, 0, 5, colour), fit(name, 200)), (stick, language.say("charts.others"))]
    if any(row.whole is not None for row in rows):
        entries.append((mark("diamond", 9, 0, 4.4, WHOLE_LINE), language.say("shared.whole")))
    shapes, top = legend(entries, 8, NARROW)
    notes, top = lines(0, top, language.say("charts.strips"), NARROW, LINE, fill=QUIET, size=SMALL)
    shapes, top = shapes + notes, top + 4
    for row in rows:
        label, top = lines(0, top, row.label, NARROW, LINE, bold=True, size=SMALL)
        shapes += [*label, *_strip(row, code, name, colour, top - 1)]
        top += 2 * LINE + 4
    return svg(NARROW + 8, top - 4, shapes, alternative, left=4, top=4)


def _strip(row: Strip, code: str, name: str, colour: str, middle: float) -> list[str]:
    """The marks, and below them the ends' values and the region's own."""
    known = [*row.values.values(), *([row.whole] if row.whole is not None else [])]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)

    def at(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return 8 + (NARROW - 16) * (1 - share if row.lower else share)

    others = "".join(f"M{number(at(value))},{number(middle - 5)}v10" for other, value in row.values.items() if other != code)
    left, right = row.ends[::-1] if row.lower else row.ends
    shapes = [box(0, middle - 0.5, NARROW, 1, GRID)]
    if others:
        shapes.append(element("path", d=others, fill="none", stroke=OTHERS, stroke_width=1.6))
    if row.whole is not None:
        shapes.append(mark("diamond", at(row.whole), middle, 4.4, WHOLE_LINE))
    if code in row.values:
        shapes.append(mark("circle", at(row.values[code]), middle, 5.5, colour, label=f"{one_line(name)}: {row.about}", region=code))
    return [
        *shapes,
        text(0, middle + LINE, left, fill=QUIET, size=SMALL),
        text(NARROW / 2, middle + LINE, row.about, fill=colour, align="center", size=SMALL),
        text(NARROW, middle + LINE, right, fill=QUIET, align="right", size=SMALL),
    ]


@dataclass(frozen=True)
class Among:
    """Where some of very many units stand in a measure. ends: the values from the worst to the best, at equal steps of the share of all
    units that is worse. places: that share of each of these units."""

    label: str
    ends: Sequence[str]
    places: Sequence[float]


def among(rows: Sequence[Among], language: Language, *, alternative: str) -> str:
    """A strip a measure, by the share of all units that is worse: a mark for each of some units."""
    stick = curve([[(9, -6), (9, 6)]], ACCENT, 1.6)
    shapes, top = legend([(stick, language.say("charts.listed"))], 8, WIDTH)
    notes, top = lines(0, top, language.say("charts.among"), WIDTH, LINE, fill=QUIET, size=SMALL)
    shapes, top = shapes + notes, top + 4
    for row in rows:
        label, top = lines(0, top, row.label, WIDTH, LINE, bold=True, size=SMALL)
        middle, steps = top - 1, len(row.ends) - 1
        places = [[(8 + (WIDTH - 16) * place, middle - 5), (8 + (WIDTH - 16) * place, middle + 5)] for place in row.places]
        shapes += [*label, box(0, middle - 0.5, WIDTH, 1, GRID)]
        for step, value in enumerate(row.ends):
            x = 8 + (WIDTH - 16) * step / steps
            align = "left" if step == 0 else "right" if step == steps else "center"
            shapes.append(box(x - 0.5, middle - 8, 1, 16, BORDER))
            shapes.append(
                text(x - 8 if step == 0 else x + 8 if step == steps else x, middle + LINE + 2, value, fill=QUIET, align=align, size=SMALL)
            )
        shapes.append(curve(places, ACCENT, 1.6))
        top += 2 * LINE + 6
    return svg(WIDTH + 8, top - 4, shapes, alternative, left=4, top=4)


def contributions(
    parts: Mapping[str, Mapping[str, float]],
    scores: Mapping[str, float],
    labels: Mapping[str, str],
    names: Mapping[str, str],
    candidates: Sequence[str],
    language: Language,
    *,
    alternative: str,
) -> str:
    """What each indicator brings to each region's score: bars that begin where the one before ends, from zero. parts: by region code
    and indicator, in the order of the places."""
    colours = dict(zip(labels, itertools.cycle(SERIES), strict=False))
    shapes, top = legend([(box(0, -7, 18, 14, colours[name]), fit(label, WIDTH - 26)) for name, label in labels.items()], 8, WIDTH)
    shown = {code: fit(names[code], 150) for code in parts}
    left, right = room_for(shown.values()) + 8, room_for(language.number(score, 3) for score in scores.values()) + 8
    ends = [_ends(of_one.values()) for of_one in parts.values()] or [(0.0, 1.0)]
    low, high = min(low for low, _ in ends), max(high for _, high in ends) or 1.0
    scale = (WIDTH - left - right) / (high - low)
    zero, top = left - low * scale, top + 4
    for place, (code, of_one) in enumerate(parts.items()):
        middle = top + BAND * (place + 0.5)
        shapes.append(text(0, middle, shown[code], fill=ACCENT if code in candidates else INK, bold=code in candidates))
        ahead, behind = zero, zero
        for name, value in of_one.items():
            wide = abs(value) * scale
            start = ahead if value >= 0 else behind - wide
            ahead, behind = (ahead + wide, behind) if value >= 0 else (ahead, behind - wide)
            label = f"{one_line(names[code])}, {one_line(labels[name])}: {language.number(value, 3)}"
            if wide > 1:
                shapes.append(box(start, middle - 7, wide - 1, 14, colours[name], label=label, region=code))
        shapes.append(text(WIDTH, middle, language.number(scores[code], 3), align="right"))
    bottom = top + BAND * len(parts)
    shapes.append(box(zero - 1, top, 1, bottom - top, BORDER))
    return svg(WIDTH + 8, bottom + 10, shapes, alternative, left=4, top=4)


def _ends(values: Collection[float]) -> tuple[float, float]:
    """How far the bars reach to the left of zero and to the right."""
    return sum(value for value in values if value < 0), sum(value for value in values if value > 0)
