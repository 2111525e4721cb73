"""From specs to pictures: SVG by vl-convert, tidied, and PNG by typst."""

import functools
import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pipeline.report.charts.look import FONT, FONTS
from pipeline.report.charts.parts import Spec

XMLNS = ' xmlns="http://www.w3.org/2000/svg"'
ANCHOR = {"left": "start", "center": "middle", "right": "end"}
SUPERFLUOUS = {"class", "role", "pointer-events", "font-family", "version"}
IDLE = {"opacity": "1", "transform": "translate(0,0)", "font-weight": "400", "stroke-dasharray": "1,0"}
OUTLINE = re.compile(r"[MLZ0-9.,\-]+")
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


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
