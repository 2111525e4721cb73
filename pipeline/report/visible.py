"""Text as any reader can see it."""

import dataclasses
import re
from typing import Any

from pipeline.faults import printable


def visible(value: Any) -> Any:
    """A text, or a block with all its texts: a sign of its own for what cannot be printed, a space for a break of lines."""
    if isinstance(value, str):
        return printable(re.sub(r"[\r\n\t]+", " ", value))
    if isinstance(value, tuple):
        return tuple(visible(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: visible(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value
