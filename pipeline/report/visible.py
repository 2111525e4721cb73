"""Text as any reader can see it."""

import dataclasses
import re
from typing import Any

from pipeline.faults import printable

SPACE = "\u202f"
"""Between thousands, and between a number and its unit: narrow, and no line breaks at it."""
NUMBER = re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3})+(?!\d)(?: %)?|\d %")


def unbroken(text: str) -> str:
    """Text whose numbers are held together: no line breaks within 100 000 or 41 %."""
    return NUMBER.sub(lambda number: number[0].replace(" ", SPACE), text)


def visible(value: Any) -> Any:
    """A text, or a block with all its texts: a sign of its own for what cannot be printed, a space for a break of lines, whole numbers."""
    if isinstance(value, str):
        return unbroken(printable(re.sub(r"[\r\n\t]+", " ", value)))
    if isinstance(value, tuple):
        return tuple(visible(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: visible(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value
