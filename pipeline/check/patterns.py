"""Regular expressions of the check, none compiled before it is needed."""

import functools
import re
from collections.abc import Iterator

from pipeline.phrases import alternatives, phrases

BEGINNING = 4
"""Letters by which it is known that no phrase of many begins where a word of a text begins."""


@functools.cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern that does not tell capitals from small letters."""
    return re.compile(pattern, re.IGNORECASE)


@functools.lru_cache(maxsize=1)
def _begun(text: str) -> set[str]:
    """With how many letters the words of a text begin, up to BEGINNING: all that phrases in it can begin with."""
    return {word[:letters] for word in re.findall(r"\w+", text.lower()) for letters in range(1, BEGINNING + 1)}


class Listed:
    """A pattern with phrases in it, one of which it needs: it is compiled and searched for only where a word begins as one of them."""

    def __init__(self, pattern: str, listed: str) -> None:
        self._text = pattern
        begins = [re.match(rf"\w{{1,{BEGINNING}}}", phrase.lower()) for phrase in phrases(listed)]
        self._begins = {one[0] for one in begins if one} if all(begins) else None

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        return compiled(self._text)

    def may_be_in(self, text: str) -> bool:
        """Whether a word of a text begins as one of the phrases."""
        return self._begins is None or not self._begins.isdisjoint(_begun(text))

    def search(self, text: str, at: int) -> re.Match[str] | None:
        """As of a pattern."""
        return self._pattern.search(text, at) if self.may_be_in(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As of a pattern."""
        return self._pattern.finditer(text) if self.may_be_in(text) else iter(())


def whole_words(listed: str) -> Listed:
    """Any phrase of a list, where words begin and end."""
    return Listed(rf"\b(?:{alternatives(listed)})(?!\w)", listed)
