"""From charts to pictures: SVG, written here, and PNG by typst."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.report.charts.look import FONT, FONTS, PAPER
from pipeline.report.charts.parts import Row, Spec, short

ANCHOR = {"left": "start", "center": "middle", "right": "end"}


def render(specs: Mapping[str, Spec]) -> dict[str, str]:
    """Each chart as SVG text, the same bytes every time."""
    return {name: _svg(spec) for name, spec in specs.items()}


def pngs(svgs: Mapping[str, str], scale: float) -> dict[str, bytes]:
    """Rendered charts as PNG by name, for formats without SVG; scale 1 is a pixel of the SVG."""
    import typst

    pages = "\n#pagebreak()\n".join(f'#image("{number}.svg")' for number in range(len(svgs)))
    files = {"main": f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}".encode()}
    files |= {f"{number}.svg": svg.encode() for number, svg in enumerate(svgs.values())}
    drawn = typst.compile(files, font_paths=[FONTS], ignore_system_fonts=True, format="png", ppi=96 * scale)  # type: ignore[call-overload]
    return dict(zip(svgs, drawn if isinstance(drawn, list) else [drawn], strict=True))


def _svg(spec: Spec) -> str:
    around = spec["padding"]
    width, height = (
        str(spec[size] + around[before] + around[after])
        for size, before, after in (("width", "left", "right"), ("height", "top", "bottom"))
    )
    role = "group" if spec["linked"] else "img"
    of_all = {"xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height, "viewBox": f"0 0 {width} {height}"}
    svg = ET.Element("svg", {**of_all, "role": role, "aria-label": spec["alternative"], "font-family": FONT})
    ET.SubElement(svg, "rect", {"width": width, "height": height, "fill": PAPER})
    inside = {"transform": f"translate({around['left']},{around['top']})"}
    shapes = ET.SubElement(svg, "g", {"fill": "none", **inside})
    shapes.extend(_shape(row, spec) for row in spec["shapes"] if row["path"])
    ET.SubElement(svg, "g", inside).extend(_texts(spec["texts"]))
    return ET.tostring(svg, encoding="unicode") + "\n"


def _shape(row: Row, spec: Spec) -> ET.Element:
    """A path; where it is a mark of a region, with its label and, in a linked chart, in a link."""
    look = {"d": row["path"]} | ({"fill": row["fill"]} if row["fill"] else {})
    if row["line"]:
        look |= {"stroke": row["line"], "stroke-width": short(row["thick"]), "stroke-linejoin": "round"}
        look |= {"stroke-dasharray": ",".join(map(short, row["dash"]))} if row["dash"] else {}
    path = ET.Element("path", look)
    mark: Mapping[str, Any] | None = spec["marks"].get(row["key"])
    if mark is None:
        return path
    if "region" in mark:
        path.set("data-region", mark["region"])
    if not spec["linked"]:
        path.set("data-label", mark["label"])
        return path
    link = ET.Element("a", {"href": f"#region-{mark['region']}", "aria-label": mark["label"]})
    link.append(path)
    return link


def _texts(rows: list[Row]) -> Iterator[ET.Element]:
    """Texts that look alike and follow each other, together."""
    for (fill, weight, align, size), alike in itertools.groupby(
        rows, key=lambda row: (row["fill"], row["weight"], row["align"], row["size"])
    ):
        style = {"fill": fill, "font-size": f"{size:g}", "font-weight": str(weight), "text-anchor": ANCHOR[align]}
        group = ET.Element("g", style)
        for row in alike:
            place = {"x": f"{row['x']:.1f}", "y": f"{row['y'] + 0.33 * size:.1f}"}
            ET.SubElement(group, "text", place).text = row["text"]
        yield group
