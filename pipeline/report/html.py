"""The report as one HTML file that asks for nothing outside itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.report.blocks import Document
from pipeline.report.charts.look import INKS
from pipeline.report.language import Language

HERE = Path(__file__).parent


def html(document: Document, language: Language, pictures: Mapping[str, str], whatif: Mapping[str, Any], whatif_map: str) -> str:
    """The report as HTML. pictures: SVG text by name; whatif, whatif_map: what the panel for trials needs (whatif.py), and its map.

    An empty panel is not offered.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "say": language.say,
        "kind": lambda block: type(block).__name__,
        "picture": lambda name: Markup(pictures[name]),
        "text_of": lambda name: Markup((HERE / name).read_text(encoding="utf-8")),
        "inks": INKS,
    }
    return environment.get_template("page.html.j2").render(document=document, whatif=whatif, whatif_map=Markup(whatif_map))
