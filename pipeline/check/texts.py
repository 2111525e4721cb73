"""A text file as sentences that know where they stand: Markdown, plain text, or Word."""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.faults import DataRefused, Fault, of_system

MARK = re.compile(r"\[\^?\d+\](?:\([^)\s]*\))?|(?<=[\w%])[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+")
"""A reference to a note, in brackets or raised."""
LARGEST_FILE_BYTES = 20_000_000
LARGEST_UNPACKED_BYTES = 100_000_000
DAMAGED = (zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, AttributeError, RuntimeError, OSError, EOFError)
"""What reading a damaged archive can end with."""
REMEDY = "Save the text as .md or .txt in UTF-8, or as .docx."
BLANKED = re.compile(r"<!--.*?-->|^(```|~~~).*?^\1[^\n]*$|(?<=\])\([^)\s]*\)|`[^`\n]*`|(?<!\\)[*_`]+|^[ \t]*>", re.DOTALL | re.MULTILINE)
"""What Markdown adds to a text: comments, code, addresses of links, emphasis, quotation marks."""
TRACE = re.compile(r"^\d+\. [^\n]*\n+ +`\w+\.\w+`,[^\n]*(?:\n+ +[^\n]+)*", re.MULTILINE)
"""A trace at the end of our own report: how a figure comes about, which is no prose."""
STARTS_A_PASSAGE = re.compile(r"\s*(?:#|[-+•]\s|1[.)]\s|\||$)")
NUMBERED = re.compile(r"\s*\d{1,2}[.)]\s")
LONGEST_SENTENCE = 1_500
"""What goes on for longer is no sentence, and is cut: the time that finding takes grows with its square."""
SHORT_LINE = 60
"""A line that is shorter, ends without a stop and is followed by a capital is a heading, not the beginning of a sentence."""
ENDING = re.compile(r"(?P<before>\S*?[.!?…])[\"”’)\]]*\s+(?=(?:[•▪●]\s*)?[\"”’(\[]*(?P<after>[A-ZÅÄÖ0-9+−]))")
GOES_ON = re.compile(r"(?:^|\W)(?:t\.ex|bl\.a|dvs|jfr|s\.k|ca|c:a|t\.o\.m|fr\.o\.m|resp|prof|d\.v\.s|el)\.$", re.IGNORECASE)
GOES_ON_BEFORE_NUMBERS = re.compile(r"(?:^|\W)(?:kr|inv|nr|mdkr|mnkr|mkr|tkr|milj|proc)\.$", re.IGNORECASE)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOTE = "Note"
ENGLISH = re.compile(
    r"\b(?:the|and|of|in|to|from|with|by|than|that|its|has|have|had|was|were|are|is|for|per cent|percent)\b", re.IGNORECASE
)
SWEDISH = re.compile(
    r"\b(?:och|att|i|på|av|med|från|som|är|var|det|den|en|ett|har|hade|till|för|än|om|sin|procent|kronor)\b", re.IGNORECASE
)
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


@dataclass(frozen=True)
class Sentence:
    """One sentence: its place in words, where it starts in the file's text (in Word: in its paragraph), and whether it is a table's row.

    begins: it is the first of its paragraph, and what it is about need not be what the sentence before is about.
    is_foreign: it is not in Swedish.
    """

    place: str
    start: int
    text: str
    in_table: bool = False
    begins: bool = False

    @property
    def is_foreign(self) -> bool:
        return is_english(self.text)


def read(path: Path) -> list[Sentence]:
    """The sentences of a file, in order.

    Offsets count characters of the text in Unicode's composed form. Raises DataRefused when it is not a text that can be read.
    """
    kind = path.suffix.lower()
    if kind not in (".md", ".markdown", ".txt", ".docx"):
        raise _refused(path, f"a file of the kind {kind or 'unknown'!r}", "a .md, .txt or .docx file")
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise _refused(path, f"{size / 1e6:,.0f} MB", f"at most {LARGEST_FILE_BYTES / 1e6:,.0f} MB", "Give the text alone.")
        data = path.read_bytes()
    except OSError as error:
        raise _refused(path, of_system(error), "a text file", "Correct the path, or the file's permissions.") from None
    found = list(_word(path) if kind == ".docx" and data else _plain(path, data, marked=kind != ".txt"))
    if not found:
        raise _refused(path, "no text", "sentences in Swedish")
    if is_english(" ".join(sentence.text for sentence in found)):
        raise _refused(path, "a text in English", "a text in Swedish", "Give the Swedish text: only Swedish sentences are understood.")
    return found


def is_english(text: str) -> bool:
    """Whether a text has more of the commonest words of English than of those of Swedish."""
    return len(ENGLISH.findall(text)) > max(1, len(SWEDISH.findall(text)))


def _refused(path: Path, found: str, expected: str, remedy: str = REMEDY) -> DataRefused:
    return DataRefused([Fault(str(path), found, expected, remedy)])


def _plain(path: Path, data: bytes, *, marked: bool) -> Iterator[Sentence]:
    try:
        text = unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _refused(path, f"a byte that is not UTF-8 in line {line}", "text in UTF-8") from None
    if "\0" in text:
        raise _refused(path, "a binary file", "text in UTF-8")
    yield from of_text(text, marked=marked)


def of_text(text: str, *, marked: bool = True) -> Iterator[Sentence]:
    """The sentences of a text; marked: as Markdown."""
    for pattern in (TRACE, MARK, BLANKED) if marked else (MARK,):
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for start, end in _passages(text):
        in_table = text[start:end].lstrip().startswith("|")
        spans = [(0, end - start)] if in_table else list(sentences(text[start:end]))
        for first, last in spans:
            begin = start + first
            yield Sentence(f"line {text.count(chr(10), 0, begin) + 1}", begin, text[begin : start + last], in_table, first == spans[0][0])


def _passages(text: str) -> Iterator[tuple[int, int]]:
    """Spans of lines that belong together: paragraphs, list items, headings, rows of tables."""
    start = position = 0
    previous = ""
    for line in text.splitlines(keepends=True):
        is_heading = previous.lstrip().startswith(("#", "|")) or (
            len(previous.strip()) < SHORT_LINE and not previous.rstrip().endswith((",", "-", "–")) and line.lstrip()[:1].isupper()
        )
        goes_on = NUMBERED.match(line) and NUMBERED.match(previous)
        if not previous.strip() or goes_on or STARTS_A_PASSAGE.match(line) or is_heading:
            if text[start:position].strip():
                yield start, position
            start = position
        previous = line
        position += len(line)
    if text[start:].strip():
        yield start, len(text)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a passage, without the space around them."""
    start = 0
    for match in ENDING.finditer(text):
        is_item = re.fullmatch(r"\W*\d{1,2}\.\s*", text[start : match.end()])
        if is_item or GOES_ON.search(match["before"]) or (match["after"].isdigit() and GOES_ON_BEFORE_NUMBERS.search(match["before"])):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST_SENTENCE:
        space = text.rfind(" ", start, start + LONGEST_SENTENCE)
        cut = space + 1 if space > start else start + LONGEST_SENTENCE
        yield from _trimmed(text, start, cut)
        start = cut
    part = text[start:end]
    if part.strip():
        yield start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _word(path: Path) -> Iterator[Sentence]:
    """Paragraphs of the body, of tables and of notes, with insertions that are not yet accepted and without deletions.

    The traces at the end of our own report are no prose; their paragraphs have a style of their own.
    """
    from docx import Document
    from docx.opc.exceptions import OpcError
    from docx.oxml import parse_xml

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > LARGEST_UNPACKED_BYTES:
            found, most = (f"{number / 1e6:,.0f} MB when unpacked" for number in (size, LARGEST_UNPACKED_BYTES))
            raise _refused(path, found, f"at most {most}", "Give the text alone, without pictures.")
        part = Document(str(path)).part
        roots: list[Any] = [part.element.body]
        if roots[0] is None:
            raise ValueError("no body")
        for relation in sorted(part.rels.values(), key=lambda relation: relation.rId):
            if relation.reltype.endswith(("/footnotes", "/endnotes")):
                roots.append(parse_xml(relation.target_part.blob))
    except (*DAMAGED, OpcError):
        raise _refused(path, "a damaged or encrypted Word file", "a .docx file") from None
    number = 0
    for root in roots:
        for paragraph in root.iter(f"{W}p"):
            text = MARK.sub(lambda match: " " * len(match[0]), unicodedata.normalize("NFC", _text(paragraph)))
            if not text.strip() or any(True for _ in paragraph.iterancestors(FALLBACK)) or _style(paragraph) == NOTE:
                continue
            number += 1
            row = next(paragraph.iterancestors(f"{W}tr"), None)
            short = row is not None and not re.search(r"[.!?]\s*$", text)
            place = f"paragraph {number}{' (in a table)' if row is not None else ''}"
            for count, (start, end) in enumerate(sentences(text)):
                yield Sentence(place, start, text[start:end], short, not count)


def _style(paragraph: Any) -> str | None:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return None if style is None else style.get(f"{W}val")


def _text(paragraph: Any) -> str:
    """A paragraph's text as it will read once all changes are accepted."""
    gone = {f"{W}moveFrom", FALLBACK}  # what is deleted is no w:t
    pieces = []
    for node in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}noBreakHyphen"):
        ancestors = list(node.iterancestors())
        if next(above for above in ancestors if above.tag == f"{W}p") is not paragraph or any(above.tag in gone for above in ancestors):
            continue
        if node.tag == f"{W}tab" and node.getparent().tag == f"{W}tabs":
            continue
        if re.fullmatch(r"\[?\d+\]?", node.text or "") and node.getparent().find(f"{W}rPr/{W}vertAlign[@{W}val='superscript']") is not None:
            continue  # the number of a note
        pieces.append({f"{W}t": node.text or "", f"{W}noBreakHyphen": "-"}.get(node.tag, " "))
    return "".join(pieces)
