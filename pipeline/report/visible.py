"""Text as any reader can see it."""

import dataclasses
import functools
import operator
import re
from typing import Any

from pipeline.faults import printable

SPACE = "\u202f"
"""Between thousands, and between a number and its unit: narrow, and no line breaks at it."""
BREAKS = re.compile(r"[\r\n\t]+")
NUMBER = re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3})+(?!\d)(?: %)?|\d %")


def unbroken(text: str) -> str:
    """Text whose numbers are held together: no line breaks within 100 000 or 41 %."""
    return NUMBER.sub(lambda number: number[0].replace(" ", SPACE), text)


def visible(value: Any) -> Any:
    """A text, or a block with all its texts: a sign of its own for what cannot be printed, a space for a break of lines, whole numbers."""
    if isinstance(value, str):
        return _seen(value)
    if isinstance(value, tuple):
        parts = tuple(map(visible, value))
        return value if all(map(operator.is_, parts, value)) else parts
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {name: seen for name in value.__dataclass_fields__ if (seen := visible(own := getattr(value, name))) is not own}
        return dataclasses.replace(value, **changed) if changed else value
    return value


@functools.lru_cache(maxsize=65_536)
def _seen(text: str) -> str:
    seen = unbroken(printable(BREAKS.sub(" ", text)))
    return text if seen == text else seen
