"""What charts are made of: shapes and texts at places in pixels, one over the other in their order.

Text from data is only ever a text, a label or an alternative; shapes have keys of ours, which drawing.py replaces by labels.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.report.charts.look import FALLBACK, INK, SIZE
from pipeline.report.visible import visible

Spec = dict[str, Any]
Row = dict[str, Any]

BLANKS = re.compile(r"[ \t\n\v\f\r\x85\u2028\u2029]+")


def chart(
    width: float,
    height: float,
    shapes: list[Row],
    texts: list[Row],
    alternative: str,
    *,
    padding: Mapping[str, float],
    marks: Mapping[str, Mapping[str, str]] | None = None,
    linked: bool = False,
) -> Spec:
    """A whole chart, its texts above its shapes. marks: label and region code of each mark by its key; linked: marks are links to
    their regions' pages."""
    return {
        "alternative": one_line(alternative),
        "marks": marks or {},
        "linked": linked,
        "width": round(width),
        "height": round(height),
        "padding": {side: round(padding.get(side, 0)) for side in ("left", "top", "right", "bottom")},
        "shapes": shapes,
        "texts": texts,
    }


# Shapes


def shape(
    path: str, *, fill: str | None = None, line: str | None = None, thick: float = 1, dash: Sequence[float] = (), key: str | None = None
) -> Row:
    """A path of SVG. key: of a mark."""
    return {"path": path, "fill": fill, "line": line, "thick": thick, "dash": list(dash), "key": key}


def boxes(rows: Iterable[Row]) -> list[Row]:
    """The shapes of what box() and pill() give."""
    return [
        shape(_box(row), fill=row["fill"], line=row["line"], thick=row["thick"], dash=row.get("dash", ()), key=row.get("key"))
        for row in rows
    ]


def _box(row: Row) -> str:
    x, y, wide, high = row["x"], row["y"], row["x2"] - row["x"], row["y2"] - row["y"]
    radius = row["round"]
    if not radius:
        return f"M{short(x)},{short(y)}h{short(wide)}v{short(high)}h{short(-wide)}Z"
    turn = f"a{short(radius)},{short(radius)},0,0,1,0"
    return (
        f"M{short(x + radius)},{short(y)}h{short(wide - 2 * radius)}{turn},{short(high)}h{short(2 * radius - wide)}{turn},{short(-high)}Z"
    )


def line(points: Iterable[tuple[float, float]]) -> str:
    """The path through points."""
    return "M" + "L".join(f"{short(x)},{short(y)}" for x, y in points)


def short(number: float) -> str:
    """A number with at most two decimals."""
    return f"{round(number, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


# Rows of layers


def text(x: float, y: float, words: str, *, fill: str = INK, bold: bool = False, align: str = "left", size: float = SIZE) -> Row:
    """A text at the height of its middle."""
    weight = 600 if bold else 400
    return {"x": x, "y": y, "text": one_line(words), "fill": fill, "weight": weight, "align": align, "size": size}


def box(x: float, y: float, width: float, height: float, fill: str | None, *, line: str | None = None, thick: float = 1) -> Row:
    """A box from its upper left corner."""
    return {"x": x, "y": y, "x2": x + width, "y2": y + height, "fill": fill, "line": line, "thick": thick, "round": 0}


def pill(x: float, y: float, width: float, height: float, fill: str, *, line: str | None = None) -> Row:
    """A box with round ends; as high as wide, a dot."""
    return {**box(x, y, width, height, fill, line=line, thick=1.5), "round": height / 2}


def legend(entries: Iterable[tuple[Row, str]], top: float, width: float) -> tuple[list[Row], list[Row], float]:
    """Boxes and texts of the entries, in lines no wider than this, and where the next line would be."""
    boxes, texts = [], []
    across = 0.0
    for swatch, words in entries:
        wide = 26 + room_for([words])
        if across and across + wide > width:
            across, top = 0.0, top + 21
        shift = {name: swatch[name] + (across if name[0] == "x" else top - 7) for name in ("x", "x2", "y", "y2")}
        boxes.append({**swatch, **shift})
        texts.append(text(across + 26, top, words))
        across += wide + 14
    return boxes, texts, top + 21


# Numbers and texts


def finite(value: Any) -> float | None:
    """A number, or None for every way of saying that there is none."""
    return None if value is None or not math.isfinite(value) else float(value)


def one_line(words: str) -> str:
    """Text as XML can hold it: on one line, with nothing that cannot be seen."""
    return str(visible(BLANKS.sub(" ", words).strip(" ")))


def fit(words: str, width: float, size: float = SIZE) -> str:
    """The text, cut where it would be wider."""
    words = one_line(words)
    if _width(words, size) <= width:
        return words
    keep = next(length for length in range(len(words), -1, -1) if _width(words[:length] + "…", size) <= width)
    return words[:keep].rstrip() + "…"


def wrap(words: str, width: float, size: float = SIZE) -> list[str]:
    """The text in lines no wider than this."""
    lines: list[str] = []
    for word in one_line(words).split(" "):
        if lines and _width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(fit(word, width, size))
    return lines


def room_for(texts: Iterable[str]) -> float:
    """How much room the longest of some texts needs, in a fallback font too."""
    return max((_width(words, SIZE) for words in texts), default=0) * FALLBACK


def _width(words: str, size: float) -> float:
    """About how wide a text is in Source Sans, rather too wide than too narrow."""
    narrow, wide = "fijlrt.,:;'|()[]- \u202f", "mwMW%@"
    return size * sum(0.3 if letter in narrow else 0.84 if letter in wide else 0.64 if letter.isupper() else 0.54 for letter in words)
