"""Faults of the input: each has a place, a finding, an expectation and a remedy."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

MOST_OF_A_KIND = 10
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters except line breaks, characters that change the direction of text, and code points that are not characters."""


def printable(text: str) -> str:
    """A text with a symbol for each unprintable character, so that none of them controls the terminal."""
    return UNPRINTABLE.sub(_sign, text)


def json_text(value: Any) -> str:
    """A value as JSON, with escapes for unprintable characters."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _sign(unprintable: re.Match[str]) -> str:
    number = ord(unprintable[0])
    return chr(0x2400 + number) if number < 0x20 else "\u2421" if number == 0x7F else "\ufffd"


@dataclass(frozen=True)
class Fault:
    """One fault: where, about what, what was found, what was expected, and what to do."""

    where: str
    found: str
    expected: str
    remedy: str
    subject: str = ""

    def __str__(self) -> str:
        about = f" ({self.subject})" if self.subject else ""
        return printable(f"{self.where}{about}: found {self.found}; expected {self.expected}. {self.remedy}")


class DataRefused(Exception):
    """Input that cannot be used, with every fault, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return self.in_words()

    def in_words(self, hint: str = "") -> str:
        """One line for each fault. Of many with the same expectation and remedy, the first ten, and the number of the others with a hint
        of where they are.
        """
        lines = []
        counts: Counter[tuple[str, str]] = Counter()
        for fault in self.faults:
            kind = (fault.expected, fault.remedy)
            counts[kind] += 1
            if counts[kind] <= MOST_OF_A_KIND:
                lines.append(str(fault))
        for (expected, _), count in counts.items():
            if count > MOST_OF_A_KIND:
                lines.append(f"… and {count - MOST_OF_A_KIND} more where {expected} was expected{hint}.")
        return "\n".join(lines)


def refusal(where: str, found: str, expected: str, remedy: str) -> DataRefused:
    """The exception to raise for a single fault."""
    return DataRefused([Fault(where, found, expected, remedy)])


def refuse(faults: Sequence[Fault]) -> None:
    """Raise DataRefused if there are faults."""
    if faults:
        raise DataRefused(faults)


@contextmanager
def together_with(faults: Sequence[Fault], *, at_the_end: bool = True) -> Iterator[None]:
    """Raise faults together with those that a block raises; if it raises none, at its end."""
    try:
        yield
    except DataRefused as refused:
        raise DataRefused([*faults, *refused.faults]) from None
    if at_the_end:
        refuse(faults)
