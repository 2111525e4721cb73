"""Faults of the input: each has a place, a finding, an expectation and a remedy."""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_OF_A_KIND = 10
VARYING = re.compile(r"\b[A-Z]{0,3}\d[\d.,\u00a0\u202f]*")
"""What differs between faults of one cause: numbers and names of cells."""
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
        """One line for each cause. Of many with the same expectation and remedy, the first ten, and the number of the others with a hint
        of where they are.
        """
        lines = []
        counts: Counter[tuple[str, str]] = Counter()
        for alike in causes(self.faults):
            kind = (alike[0].expected, alike[0].remedy)
            counts[kind] += len(alike)
            if counts[kind] - len(alike) < MOST_OF_A_KIND:
                lines.append(in_a_line(alike, hint))
                counts[kind] -= len(alike) - 1
        for (expected, _), count in counts.items():
            if count > MOST_OF_A_KIND:
                lines.append(f"… and {count - MOST_OF_A_KIND} more where {expected} was expected{hint}.")
        return "\n".join(lines)


def causes(faults: Sequence[Fault]) -> list[list[Fault]]:
    """Faults by cause: alike in all but numbers, cells and years, in one region or in many of them."""
    alike: dict[tuple[str, ...], dict[str, list[Fault]]] = {}
    for fault in faults:
        about, _, rest = fault.subject.partition(", ")
        is_of_years = rest[:4].isdigit()
        kind = tuple(VARYING.sub("#", text) for text in (fault.expected, fault.remedy, fault.found, fault.where))
        key = (*kind, "" if is_of_years else f"{fault.where} {fault.subject}")
        alike.setdefault(key, {}).setdefault(about, []).append(fault)
    found: list[list[Fault]] = []
    for regions in alike.values():
        found += [[*itertools.chain(*regions.values())]] if len(regions) > MOST_OF_A_KIND else regions.values()
    return found


def in_a_line(alike: Sequence[Fault], hint: str = "") -> str:
    """Faults of one cause in a line: the first, and how many others there are to which last one; hint: of where they are."""
    if len(alike) == 1:
        return str(alike[0])
    first, last = alike[0], alike[-1]
    place = last.subject if last.where == first.where else f"{last.where.rpartition(', ')[2]} ({last.subject})"
    return f"{first} The same {len(alike) - 1} more time{'s' * (len(alike) > 2)}{hint}, the last: {printable(place)}."


def refusal(where: str, found: str, expected: str, remedy: str) -> DataRefused:
    """The exception to raise for a single fault."""
    return DataRefused([Fault(where, found, expected, remedy)])


def of_system(error: OSError) -> str:
    """What the system says of a file, as it stands within a sentence."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def unwritable(path: Path, error: OSError, option: str, expected: str, remedy: str) -> DataRefused:
    """Why nothing can be written at a path that an option names: a file or nothing where a folder should be, else what the system says."""
    if isinstance(error, FileNotFoundError | NotADirectoryError | FileExistsError):
        for place in reversed(path.parents):
            if not place.is_dir():
                found, do = ("a file", "move the file away") if place.exists() else ("no such folder", "make that folder")
                return refusal(f"{option}, {place}", found, "a folder", f"Name another place with {option}, or {do}.")
    return refusal(str(error.filename or path), of_system(error), expected, remedy)


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
