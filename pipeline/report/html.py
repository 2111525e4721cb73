"""The report as one HTML file that asks for nothing outside itself."""

import functools
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.report.blocks import Document
from pipeline.report.charts.look import DARK, INKS, SEQUENTIAL, SIZE, SMALL
from pipeline.report.fonts import faces
from pipeline.report.language import Language

HERE = Path(__file__).parent
SMALLEST = 9
"""Of a chart's text on a screen, in pixels: a chart that would need less of the page's width than that takes is scrolled."""
STEPS = [f"var(--step-{step})" for step in range(len(SEQUENTIAL))]
"""The colours of the map that follows trials, from low to high."""
SIDE = re.compile(r'<svg [^>]*?width="(\d+)"')


def html(document: Document, language: Language, pictures: Mapping[str, str], whatif: Mapping[str, Any], whatif_map: str) -> str:
    """The report as HTML. pictures: SVG text by name; whatif, whatif_map: what the panel for trials needs (whatif.py), and its map.

    An empty panel is not offered.
    """
    return _page().render(
        document=document,
        whatif=whatif,
        whatif_map=Markup(whatif_map),
        say=language.say,
        picture=lambda name: Markup(_wide_enough(pictures[name])),
    )


@functools.cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "kind": lambda block: type(block).__name__,
        "text_of": lambda name: Markup((HERE / name).read_text(encoding="utf-8")),
        "fonts": Markup(faces()),
        "inks": INKS,
        "steps": SEQUENTIAL,
        "dark": DARK,
    }
    return environment.get_template("page.html.j2")


def _wide_enough(svg: str) -> str:
    """A chart that is never so narrow that its smallest text is smaller than the smallest that can be read."""
    width = SIDE.match(svg)
    least = math.ceil(int(width[1]) * SMALLEST / min(SIZE, SMALL)) if width else 0
    return svg.replace("<svg ", f'<svg style="min-width:{least}px" ', 1)
