"""The report's texts: the same keys and places in both languages, every key that code looks up, and none that it does not."""

import ast
import functools
import itertools
import re
from collections.abc import Iterator

import pytest
from conftest import PROJECT, spoken

from pipeline.declarations import Nouns
from pipeline.report.words import CODES, Code, texts
from pipeline.schemas import schemas

REPORT = PROJECT / "pipeline" / "report"
LOOKUPS = ("say", "several", "has", "_both", "_sentence")
"""Functions that take keys."""
TABLES = {table.split(".")[0] for table in schemas()}
"""What the names of database tables begin with; some groups of texts are called the same."""


@functools.cache
def looked_up(code: str) -> set[str]:
    """The keys that Python code gives to a lookup, in full."""
    keys = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            prefix = "heading." if name == "headings" else ""
            for argument in node.args if prefix or name in LOOKUPS else ():
                choices = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
                texts_ = [choice.value for choice in choices if isinstance(choice, ast.Constant)]
                keys |= {prefix + text for text in texts_ if isinstance(text, str) and (prefix or "." in text)}
    return keys


def mentioned(code: str) -> set[str]:
    """Patterns of the keys that Python code holds anywhere: texts as they are, f-strings with any name in their places."""
    patterns = {re.escape(key) for key in looked_up(code)}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            patterns.add(re.escape(node.value))
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
            if len(parts) == 2 and re.fullmatch(r"\w+\\\.", parts[0]):
                parts[1] = words_of_code()  # else every key of the group would do
            if parts[0] != ".+" and parts[0].split("\\.")[0] not in {*TABLES, "heading"}:
                patterns.add("".join(parts))
    return patterns


@functools.cache
def words_of_code() -> str:
    """A pattern of what code may put into the place of a name: texts of Python's anywhere, and the values of columns."""
    files = (ast.parse(path.read_text(encoding="utf-8")) for path in (PROJECT / "pipeline").rglob("*.py"))
    texts_ = {node.value for file in files for node in ast.walk(file) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    every = [column for schema in schemas().values() for column in schema.columns.values()]
    words = {*texts_, *itertools.chain(*(column.checks.get("one_of", ()) for column in every))}
    patterns = sorted(re.escape(text) for text in words if re.fullmatch(r"[\w.-]+", text))
    return f"(?:{'|'.join(patterns)})"


def in_templates() -> Iterator[str]:
    """Patterns of the keys that templates and the panel's script look up."""
    for path in REPORT.glob("*.j2"):
        for call in re.findall(r"say\(([^()]*?)[,)]", path.read_text(encoding="utf-8")):
            parts = [part.strip() for part in call.split("~")]
            yield "".join(re.escape(part[1:-1]) if part[0] in "\"'" else r"[\w-]+" for part in parts)
    for key in re.findall(r'say\("(\w+)"', SCRIPT):
        yield rf"whatif\.script\.{key}"


NOUNS = {form for noun in Nouns.model_fields for form in (noun, noun.capitalize())}
"""Places that the geography's nouns fill; each language has those that its grammar asks for."""
SCRIPT = (REPORT / "whatif.js").read_text(encoding="utf-8")
PYTHON = [path.read_text(encoding="utf-8") for folder in (REPORT, REPORT.parent / "companies") for path in sorted(folder.rglob("*.py"))]


@pytest.mark.parametrize("code", CODES)
def test_every_text_that_is_looked_up_is_there(code: Code) -> None:
    there = set(texts(code))
    assert {key for source in PYTHON for key in looked_up(source)} - there == set()
    for pattern in in_templates():
        assert any(re.fullmatch(pattern, key) for key in there), pattern


@pytest.mark.whole
def test_no_text_is_dead() -> None:
    by_script = {rf"whatif\.script\.{key}" for key in re.findall(r"\w+", SCRIPT)}
    whole = re.compile("|".join({pattern for source in PYTHON for pattern in mentioned(source)} | set(in_templates()) | by_script))
    assert [key for key in texts("sv") if not whole.fullmatch(key)] == []


def test_both_languages_have_the_same_keys_in_the_same_order_and_the_same_places() -> None:
    swedish, english = (texts.__wrapped__(code) for code in CODES)  # as the files have them, whatever a test has changed
    assert list(swedish) == list(english)
    for key, text in swedish.items():
        assert all(text), key
        assert type(text) is type(english[key]), key
        places = [sorted(set(re.findall(r"{(\w+)}", str(words))) - NOUNS) for words in (text, english[key])]
        assert places[0] == places[1], key


def test_dead_and_missing_texts_are_seen() -> None:
    code = 'say("a.b", x=1); headings("c"); say("d.e" if x else "d.f"); say(f"g.{h}.i"); f"ranking.{j}"; k = "l.m"'
    assert looked_up(code) == {"a.b", "heading.c", "d.e", "d.f"}
    whole = re.compile("|".join(mentioned(code)))
    assert [key for key in ("a.b", "heading.c", "d.f", "g.x y.i", "l.m") if not whole.fullmatch(key)] == []
    assert [key for key in ("a.c", "heading.d", "g.x", "ranking.note") if whole.fullmatch(key)] == []


def test_text_from_outside_fills_a_place_and_no_more() -> None:
    said = spoken("sv").say("development.of", label="Mått", region="{last}", first="%s", first_year=1, last="b", last_year="{0}")
    assert said == "Mått, {last}: %s år 1, b år {0}."
