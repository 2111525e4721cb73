"""Text as any reader can see it."""

import dataclasses
import re
from typing import Any

UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, those that turn the direction of text, and what is no character at all."""


def visible(value: Any) -> Any:
    """A text, or a block with all its texts: a sign of its own for what cannot be printed, a space for a break of lines."""
    if isinstance(value, str):
        return UNPRINTABLE.sub(_sign, re.sub(r"[\r\n\t]+", " ", value))
    if isinstance(value, tuple):
        return tuple(visible(item) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: visible(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def _sign(unprintable: re.Match[str]) -> str:
    number = ord(unprintable[0])
    return chr(0x2400 + number) if number < 0x20 else "\u2421" if number == 0x7F else "\ufffd"
