"""The report's font, cut down to the letters of its languages, for the page to carry: its texts then are as wide as they were measured."""

import base64
import functools
import io

from pipeline.report.charts.look import FONTS

WEIGHTS = {400: "Regular", 600: "Semibold"}
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *map(ord, "\u2009\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u202f‰€−×→←↑↓↕≈≤≥▲▼"),
]
"""Latin letters, and the signs of the report's texts."""


@functools.cache
def faces() -> str:
    """The style sheet's rules that bring the font."""
    return "\n".join(
        f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; src: url(data:font/woff;base64,{_woff(name)}); }}'
        for weight, name in WEIGHTS.items()
    )


def _woff(name: str) -> str:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2])
    font = TTFont(FONTS / f"SourceSansPro-{name}.ttf", recalcTimestamp=False)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=LETTERS)
    cut.subset(font)
    font.flavor = "woff"
    made = io.BytesIO()
    font.save(made)
    return base64.b64encode(made.getvalue()).decode()
