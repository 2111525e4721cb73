"""What is wrong with the input, said once and clearly."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SHOWN_OF_A_KIND = 10
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters but the break of lines, those that turn the direction of text, and what is no character at all."""


def printable(text: str) -> str:
    """A text with a sign of its own for what cannot be printed, so that none of it commands a terminal."""
    return UNPRINTABLE.sub(_sign, text)


def json_text(value: Any) -> str:
    """A value as JSON; what cannot be printed is there by its number."""
    return UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _sign(unprintable: re.Match[str]) -> str:
    number = ord(unprintable[0])
    return chr(0x2400 + number) if number < 0x20 else "\u2421" if number == 0x7F else "\ufffd"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, about what, what was found and expected, and what to do."""

    where: str
    found: str
    expected: str
    remedy: str
    subject: str = ""

    def __str__(self) -> str:
        about = f" ({self.subject})" if self.subject else ""
        return printable(f"{self.where}{about}: found {self.found}; expected {self.expected}. {self.remedy}")


class DataRefused(Exception):
    """Input that cannot be used; holds every fault found, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """One line a fault; of many alike (same expectation and remedy) the first ten, then their number."""
        lines = []
        seen: Counter[tuple[str, str]] = Counter()
        for fault in self.faults:
            kind = (fault.expected, fault.remedy)
            seen[kind] += 1
            if seen[kind] <= SHOWN_OF_A_KIND:
                lines.append(str(fault))
        for (expected, _), count in seen.items():
            if count > SHOWN_OF_A_KIND:
                lines.append(f"… and {count - SHOWN_OF_A_KIND} more where {expected} was expected (--json lists them all).")
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
    """Raise faults together with those that a block raises, and at its end where it raises none."""
    try:
        yield
    except DataRefused as refused:
        raise DataRefused([*faults, *refused.faults]) from None
    if at_the_end:
        refuse(faults)
