"""The report's font, cut down to the letters of its languages, for the page to carry: its texts then are as wide as they were measured.

The cut files stand beside this module. `python -m pipeline.report.fonts Regular > pipeline/report/sans-regular.woff` makes one anew,
which takes fontTools.
"""

import base64
import functools
import io
import sys
from pathlib import Path

from pipeline.report.charts.look import FONTS

WEIGHTS = {400: "Regular", 600: "Semibold"}
LETTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *map(ord, "\u2009\u2010\u2011\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u202f‰€−×→←↑↓↕≈≤≥▲▼"),
]
"""Latin letters, and the signs of the report's texts."""
NAMES = {"family": 1, "copyright": 0, "style": 2, "whole": 4, "of PostScript": 6, "licence": 13, "address of the licence": 14}
"""The names within a font that its cut keeps, by their numbers."""
OWN = "Exportregion Sans"
"""The name of the cut: the font's licence keeps its own for the whole font."""


@functools.cache
def faces() -> str:
    """The style sheet's rules that bring the font."""
    return "\n".join(
        f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; src: url(data:font/woff;base64,{_encoded(name)}); }}'
        for weight, name in WEIGHTS.items()
    )


def _encoded(name: str) -> str:
    return base64.b64encode(cut_file(name).read_bytes()).decode()


def cut_file(name: str) -> Path:
    """Where the cut of a font stands."""
    return Path(__file__).with_name(f"sans-{name.lower()}.woff")


def cut(name: str) -> bytes:
    """A font with the letters alone, as WOFF."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=list(NAMES.values()))
    font = TTFont(FONTS / f"SourceSansPro-{name}.ttf", recalcTimestamp=False)
    shorter = subset.Subsetter(options)
    shorter.populate(unicodes=LETTERS)
    shorter.subset(font)
    for record in font["name"].names:
        whole = f"{OWN} {name}"
        own = {"family": OWN, "style": name, "whole": whole, "of PostScript": whole.replace(" ", "")}
        record.string = next((text for of, text in own.items() if NAMES[of] == record.nameID), record.toUnicode())
    font.flavor = "woff"
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(cut(sys.argv[1]))
