"""SVG as text: every shape and every word is placed here in pixels, by whoever draws the chart; PNG by typst.

A shape that the pointer can ask has a label, and belongs to a region.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from pipeline.report.charts.look import FONT, INK, PAPER, SIZE
from pipeline.report.charts.words import one_line, room_for, wrap

ANCHORS = {"left": None, "center": "middle", "right": "end"}
Points = Sequence[tuple[float, float]]


def svg(
    width: float, height: float, shapes: Iterable[str], alternative: str, *, left: float = 0, top: float = 0, linked: bool = False
) -> str:
    """A whole chart. left, top: where its shapes have their zero. linked: some of them are links."""
    wide, high = round(width), round(height)
    role, name = "group" if linked else "img", escape(one_line(alternative))
    about = f'role="{role}" aria-label="{name}" font-family="{escape(FONT)}" font-size="{SIZE:g}"'
    moved = f' transform="translate({round(left)},{round(top)})"' if left or top else ""
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {about}><g{moved}>{"".join(shapes)}</g></svg>\n'


def element(tag: str, content: str = "", /, **attributes: object) -> str:
    """An element; attributes that are None are left out. Content is SVG already."""
    written = "".join(f' {name.replace("_", "-")}="{_value(value)}"' for name, value in attributes.items() if value is not None)
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else escape(str(value))


def number(value: float) -> str:
    """To a hundredth of a pixel: 12.5, 12."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def text(x: float, y: float, words: str, *, fill: str = INK, bold: bool = False, align: str = "left", size: float = SIZE) -> str:
    """Words at the height of their middle."""
    look = {"font_weight": 600 if bold else None, "text_anchor": ANCHORS[align], "font_size": None if size == SIZE else size}
    return element("text", escape(one_line(words), quote=False), x=float(x), y=float(y + 0.33 * size), fill=fill, **look)


def lines(
    x: float, top: float, words: str, width: float, apart: float, *, fill: str = INK, bold: bool = False, size: float = SIZE
) -> tuple[list[str], float]:
    """Words in lines no wider than this, and where the next line would be."""
    wrapped = wrap(words, width, size)
    shapes = [text(x, top + apart * place, line, fill=fill, bold=bold, size=size) for place, line in enumerate(wrapped)]
    return shapes, top + apart * len(wrapped)


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str | None,
    *,
    line: str | None = None,
    thick: float = 1,
    dash: str | None = None,
    round_ends: bool = False,
    opacity: float | None = None,
    label: str | None = None,
    region: str | None = None,
) -> str:
    """A box from its upper left corner. round_ends: as high as wide, it is a dot."""
    place = {"x": float(x), "y": float(y), "width": float(width), "height": float(height), "rx": float(height) / 2 if round_ends else None}
    look = {"fill": fill or "none", "stroke": line, "stroke_width": thick if line and thick != 1 else None, "stroke_dasharray": dash}
    return element("rect", **place, **look, fill_opacity=opacity, data_label=label and one_line(label), data_region=region)


def curve(
    runs: Iterable[Points], line: str, thick: float, *, dash: str | None = None, label: str | None = None, region: str | None = None
) -> str:
    """A line through points; a new one where a run ends."""
    steps = " ".join("M" + "L".join(f"{number(x)},{number(y)}" for x, y in run) for run in runs if run)
    look = {"fill": "none", "stroke": line, "stroke_width": thick, "stroke_dasharray": dash, "stroke_linejoin": "round"}
    return element("path", d=steps, **look, data_label=label and one_line(label), data_region=region) if steps else ""


def mark(
    shape: str,
    x: float,
    y: float,
    radius: float,
    fill: str,
    *,
    line: str | None = PAPER,
    label: str | None = None,
    region: str | None = None,
) -> str:
    """A point: a circle, a square, a diamond, a cross or a triangle."""
    about = {"fill": fill, "stroke": line, "data_label": label and one_line(label), "data_region": region}
    if shape == "circle":
        return element("circle", cx=float(x), cy=float(y), r=float(radius), **about)
    corners = [f"{number(x + radius * a)},{number(y + radius * b)}" for a, b in _corners(shape)]
    return element("path", d=f"M{'L'.join(corners)}Z", **about)


@functools.cache
def _corners(shape: str) -> tuple[tuple[float, float], ...]:
    """The corners of a point of radius 1 around its middle."""
    arm = 0.35
    match shape:
        case "square":
            return ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9))
        case "diamond":
            return ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0))
        case "triangle-up":
            return ((0, -1.15), (1.1, 0.85), (-1.1, 0.85))
        case "triangle-down":
            return ((0, 1.15), (1.1, -0.85), (-1.1, -0.85))
    half = ((-arm, -1.1), (arm, -1.1), (arm, -arm), (1.1, -arm), (1.1, arm), (arm, arm))
    return (*half, *((-x, -y) for x, y in half))


def legend(entries: Iterable[tuple[str, str]], top: float, width: float) -> tuple[list[str], float]:
    """Swatches of 18 pixels around their own zero and what they mean, in lines no wider than this, and where the next line would be."""
    shapes = []
    across = 0.0
    for swatch, words in entries:
        wide = 26 + room_for([words])
        if across and across + wide > width:
            across, top = 0.0, top + 21
        shapes += [element("g", swatch, transform=f"translate({number(across)},{number(top)})"), text(across + 26, top, words)]
        across += wide + 14
    return shapes, top + 21


def pngs(svgs: Mapping[str, str], scale: float) -> dict[str, bytes]:
    """Charts as PNG by name, for formats without SVG; scale 1 is a pixel of the SVG."""
    from pipeline.report.typeset import each_typeset

    page = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")'
    made = each_typeset(({"main": page, "picture.svg": drawn.encode()} for drawn in svgs.values()), format="png", ppi=96 * scale)
    return dict(zip(svgs, made, strict=True))
