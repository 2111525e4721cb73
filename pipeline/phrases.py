"""Lists of phrases in prose, as the catalogue has them, and the regular expressions that find them."""

import re
from collections.abc import Sequence


def phrases(text: str) -> list[str]:
    """The phrases of a list in prose, between commas."""
    return [" ".join(phrase.split()) for phrase in re.split(r",\s", text.strip()) if phrase]


def alternatives(text: str) -> str:
    """A regular expression that matches any of the phrases between commas; without phrases, nothing.

    * stands for the rest of a word, (a|b) for one of them, [a b] for one of them or nothing, a … b for an a before a b in the same
    clause.
    """
    patterns = []
    for phrase in sorted(phrases(text), key=len, reverse=True):
        pattern = re.sub(r"[.+?]", r"\\\g<0>", phrase).replace("(", "(?:").replace("*", r"\w*")
        pattern = re.sub(r"\[([^]]*)\] ", lambda words: f"(?:(?:{'|'.join(words[1].split())})@)?", pattern)
        head, _, ahead = pattern.partition(" … ")
        pattern = rf"{head}(?!\w)(?=[^.;]*?\b{ahead}(?!\w))" if ahead else head
        patterns.append(pattern.replace("@", " ").replace(" ", r"\s+"))
    return _grouped(patterns) or "(?!)"


def _grouped(patterns: Sequence[str]) -> str:
    """A pattern for any of some, in their order, those that begin alike in one group: it takes less time to compile, and to fail."""
    groups: list[tuple[str, list[str]]] = []
    begun: dict[str, list[str]] = {}
    for pattern in patterns:
        letter = pattern[:1].lower() if re.match(r"[^\W\d_](?![*?{])", pattern) else ""
        if letter in begun:
            begun[letter].append(pattern[1:])
            continue
        if not letter:
            begun = {}  # what can begin with any letter keeps its place before what comes after it
        rest = [pattern[len(letter) :]]
        groups.append((letter, rest))
        if letter:
            begun[letter] = rest
    return "|".join(f"{letter}(?:{_grouped(rest)})" if len(rest) > 1 else letter + rest[0] for letter, rest in groups)
