"""Maps of regions by value, and the classes that colour them."""

import bisect
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import numpy as np

from pipeline.report.charts.drawing import box, element, lines, svg
from pipeline.report.charts.look import ACCENT, BORDER, DASHED, NEGATIVE, PAPER, SEQUENTIAL, UNKNOWN_FILL, UNKNOWN_LINE
from pipeline.report.charts.words import finite, one_line
from pipeline.report.language import MILLION, Language
from pipeline.report.outlines import Outlines
from pipeline.report.visible import SPACE

TITLE = 13.5


def region_map(
    outlines: Outlines,
    values: Mapping[str, float | None],
    labels: Mapping[str, str],
    title: str,
    unit: str,
    language: Language,
    *,
    alternative: str,
    outlined: Sequence[str] = (),
    linked: bool = False,
) -> str:
    """The regions that have outlines by value; a region without a value is unknown. unit: its kind.

    labels: what the pointer shows, by region code. linked: each region is a link to #region-<code>.
    """
    paths = outlines.paths
    levels = {code: value for code in paths if (value := finite(values.get(code))) is not None}
    bounds = breaks(levels.values())
    colours = class_colours(bounds)
    fills = {code: colours[bisect.bisect_right(bounds, value)] for code, value in levels.items()}
    unknown = [outlines.coasts[code] for code in paths if code not in levels]
    ringed = [outlines.coasts[code] for code in outlined if code in paths]
    regions = [_region(code, path, fills.get(code, UNKNOWN_FILL), labels.get(code), linked) for code, path in paths.items()]
    entries = [*zip(colours, _class_names(bounds, [*levels.values()], unit, language), strict=True)][::-1] if levels else []
    entries += [(UNKNOWN_FILL, language.say("charts.unknown"))] if unknown else []
    shapes = [
        element("g", "".join(regions), stroke=BORDER, stroke_width=0.6, stroke_linejoin="round", fill_rule="evenodd"),
        *_outlines(unknown, PAPER, 2),
        *_outlines(unknown, UNKNOWN_LINE, 1.1, DASHED),
        *_outlines(ringed, PAPER, 4.6),
        *_outlines(ringed, ACCENT, 2.2),
        *_legend(title, entries, language.say("charts.candidate") if ringed else "", outlines.room),
    ]
    return svg(outlines.width + 8, outlines.height, shapes, alternative, left=4, linked=linked)


def _region(code: str, path: str, fill: str, label: str | None, linked: bool) -> str:
    label = one_line(label) if label is not None else None
    about = {} if linked else {"data_label": label, "data_region": code if label is not None else None}
    shape = element("path", d=path, fill=fill, **about)
    return element("a", shape, href=f"#region-{code}", aria_label=label) if linked and label is not None else shape


def _outlines(paths: Sequence[str], line: str, thick: float, dash: str | None = None) -> list[str]:
    look = {"fill": "none", "stroke": line, "stroke_width": thick, "stroke_dasharray": dash, "stroke_linejoin": "round"}
    return [element("g", "".join(element("path", d=path) for path in paths), **look)] if paths else []


def _legend(title: str, classes: Sequence[tuple[str, str]], ring: str, room: float) -> list[str]:
    """Swatches and texts from the upper left corner down. ring: what the ring means, if any region has one."""
    shapes, top = lines(0, 16.0, title, room, 16, size=TITLE, bold=True)
    top += 10
    for fill, name in classes:
        is_unknown = fill == UNKNOWN_FILL
        shapes.append(box(0, top - 7, 18, 14, fill, line=UNKNOWN_LINE if is_unknown else None, dash=DASHED if is_unknown else None))
        words, top = lines(26, top, name, room - 48, 15)
        shapes, top = shapes + words, top + 5
    if ring:
        shapes.append(box(1, top - 6, 16, 12, None, line=ACCENT, thick=2.4))
        shapes += lines(26, top, ring, room - 48, 15)[0]
    return shapes


# Classes


def breaks(values: Iterable[float | None], classes: int = 5) -> list[float]:
    """The bounds between natural classes, as round as the gaps allow; zero is one of them when values lie on both sides of it.

    A value on a bound belongs to the class above. Natural: the sum of squared distances from each class's mean is least (Fisher, Jenks).
    """
    levels = sorted({level for value in values if (level := finite(value)) is not None})
    below = [level for level in levels if level < 0]
    above = levels[len(below) :]
    groups: list[list[float]] = []
    if below and above:
        share = min(len(NEGATIVE), math.ceil(classes * len(below) / len(levels)))
        groups = _natural(below, share) + _natural(above, classes - share)
    elif levels:
        groups = _natural(levels, classes)
    return [_roundest(low[-1], high[0]) for low, high in itertools.pairwise(groups)]


def class_colours(bounds: Sequence[float]) -> list[str]:
    """The colour of each class, from the lowest: one more than there are bounds."""
    below = bisect.bisect_right(list(bounds), 0) if 0 in bounds else 0
    above = len(bounds) + 1 - below
    negative = [NEGATIVE[min(place, len(NEGATIVE) - 1)] for place in range(below)]
    last = len(SEQUENTIAL) - 1
    positive = [SEQUENTIAL[round(last * place / (above - 1))] for place in range(above)] if above > 1 else [SEQUENTIAL[last // 2]]
    return [*negative[::-1], *positive]


def _natural(values: Sequence[float], classes: int) -> list[list[float]]:
    """Sorted values in at most so many classes."""
    sums = np.array([0.0, *itertools.accumulate(values)])
    squares = np.array([0.0, *itertools.accumulate(value * value for value in values)])

    def spread(start: Any, stop: Any) -> Any:
        return squares[stop] - squares[start] - (sums[stop] - sums[start]) ** 2 / (stop - start)

    count = len(values)
    least, starts = np.append(0.0, spread(0, np.arange(1, count + 1))), {stop: [0] for stop in range(1, count + 1)}
    for first in range(1, min(classes, count)):
        before, least, earlier, starts = least, np.zeros(count + 1), starts, {}
        for stop in range(first + 1, count + 1):
            every = before[first:stop] + spread(np.arange(first, stop), stop)
            least[stop] = every.min()
            starts[stop] = min([*earlier[first + place], first + place] for place in np.flatnonzero(every == least[stop]).tolist())
    return [list(values[start:stop]) for start, stop in itertools.pairwise([*starts[count], count])]


def _roundest(low: float, high: float) -> float:
    """The number above low, not above high, that is shortest to write."""
    if low < 0 <= high:
        return 0.0
    power = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for exponent, factor in itertools.product(range(power, power - 16, -1), (10, 5, 2)):
        step = Decimal(factor).scaleb(exponent - 1)
        multiple = float((Decimal(repr(high)) / step).to_integral_value(ROUND_FLOOR) * step)
        if low < multiple <= high:
            return multiple
    return high


def _class_names(bounds: Sequence[float], levels: Sequence[float], unit: str, language: Language) -> list[str]:
    """What the legend says of each class, from the lowest; of a single class, its only value."""
    say = language.say
    if not bounds:
        return [language.figure(levels[0], unit)]
    factor, ending = Decimal(1), ""
    if unit in ("growth", "share"):
        factor, ending = Decimal(100), say("charts.percent")
    elif unit == "money":
        millions = max(map(abs, levels)) >= MILLION
        factor = 1 / Decimal(MILLION) if millions else factor
        ending = f"{SPACE}{say('charts.million' if millions else 'charts.money')}"
    scaled = [Decimal(repr(float(bound))) * factor for bound in bounds]
    decimals = max(max(0, -int(bound.normalize().as_tuple().exponent)) for bound in scaled)
    numbers = [language.number(bound, decimals) for bound in scaled]
    return [
        say("charts.under", bound=numbers[0] + ending),
        *(
            say("charts.range" if bound >= 0 else "charts.negative_range", low=low, high=high + ending)
            for bound, (low, high) in zip(scaled, itertools.pairwise(numbers), strict=False)
        ),
        say("charts.or_more", bound=numbers[-1] + ending),
    ]
