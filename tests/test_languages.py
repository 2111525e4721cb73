"""The language of every passage: on a page in one language, what is in the other is marked (WCAG 3.1.2)."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

SWEDISH = re.compile(r"\b(och|är|av|för|på|till|med|som|inte|från|efter|hur|länens?|uppgifter)\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(the|of|and|is|are|from|with|which)\b", re.IGNORECASE)
"""Words that one language has and the other has not."""
VOID = {"meta", "link", "br", "input", "img", "path", "rect", "circle", "line"}
APART = {"script", "style", "code"}
"""What is no prose."""


class Passages(HTMLParser):
    """Every text of a page with the language that holds where it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.passages: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang") or (self.open[-1][1] if self.open else "")
        if tag not in VOID:
            self.open.append((tag, language))
        texts = [value for name, value in attrs if name in ("aria-label", "alt", "title", "data-label") and value]
        self.passages += [(language, value) for value in texts]

    def handle_endtag(self, tag: str) -> None:
        if any(tag == name for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] not in APART and data.strip():
            self.passages.append((self.open[-1][1], data.strip()))


def unmarked(page: str, language: str, foreign: re.Pattern[str]) -> list[str]:
    reader = Passages()
    reader.feed(page)
    return [text for marked, text in reader.passages if marked == language and foreign.search(text)]


def test_an_unmarked_passage_is_seen_and_a_marked_one_is_not() -> None:
    page = '<html lang="en"><p>Why: <span lang="sv">Visar hur det är.</span></p><td>Visar om exporten är stor</td><code>och</code></html>'
    assert unmarked(page, "en", SWEDISH) == ["Visar om exporten är stor"]
    assert unmarked('<html lang="sv"><svg aria-label="map of it"><path d="M0"/></svg><p>the end</p></html>', "sv", ENGLISH) == [
        "map of it",
        "the end",
    ]


@pytest.mark.parametrize(("ending", "language", "foreign"), [("-en", "en", SWEDISH), ("", "sv", ENGLISH)])
def test_every_passage_in_the_other_language_is_marked(complete: Path, ending: str, language: str, foreign: re.Pattern[str]) -> None:
    page = (complete / "2021" / "report" / f"exportregion-2021{ending}.html").read_text(encoding="utf-8")
    assert unmarked(page, language, foreign) == []
