"""The words of charts: as wide as there is room, and never wider in another font either."""

import math
import re
from collections.abc import Iterable
from typing import Any

from pipeline.report.charts.look import FALLBACK, SIZE
from pipeline.report.visible import visible

BLANKS = re.compile(r"[ \t\n\v\f\r\x85\u2028\u2029]+")


def finite(value: Any) -> float | None:
    """A number, or None for every way of saying that there is none."""
    return None if value is None or not math.isfinite(value) else float(value)


def one_line(words: str) -> str:
    """Text as XML can hold it: on one line, with nothing that cannot be seen."""
    return str(visible(BLANKS.sub(" ", words).strip(" ")))


def fit(words: str, width: float, size: float = SIZE) -> str:
    """The text, cut where it would be wider, in a fallback font too; an ellipsis where there is no room for a letter."""
    words = one_line(words)
    if room_for([words], size) <= width:
        return words
    keep = next((length for length in range(len(words), 0, -1) if room_for([words[:length] + "…"], size) <= width), 0)
    return words[:keep].rstrip() + "…"


def wrap(words: str, width: float, size: float = SIZE) -> list[str]:
    """The text in lines no wider than this."""
    lines: list[str] = []
    for word in one_line(words).split(" "):
        if lines and room_for([f"{lines[-1]} {word}"], size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(fit(word, width, size))
    return lines


def room_for(texts: Iterable[str], size: float = SIZE) -> float:
    """How much room the longest of some texts needs, in a fallback font too."""
    return max((_width(words, size) for words in texts), default=0) * FALLBACK


def _width(words: str, size: float) -> float:
    """About how wide a text is in Source Sans, rather too wide than too narrow."""
    narrow, wide = "fijlrt.,:;'|()[]- \u202f", "mwMW%@"
    return size * sum(0.3 if letter in narrow else 0.84 if letter in wide else 0.64 if letter.isupper() else 0.54 for letter in words)
