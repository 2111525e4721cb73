"""The language of every passage: in a report in one language, what is in the other is marked (WCAG 3.1.2), in every format that can.

Cells of a workbook have no language.
"""

import ctypes
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pypdfium2
import pytest
from pypdfium2 import raw as pdfium
from python_calamine import CalamineWorkbook

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


# Word and slides


def of_office(path: Path, kind: str) -> Iterator[tuple[str, str]]:
    """The text of every run with the language that it says, or "" where it says none."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/document\.xml|ppt/slides/\w+\.xml", name):
                for run in ET.fromstring(archive.read(name)).iter(f"{kind}r"):
                    about = run.find(f"{kind}rPr")
                    language = about.find(f"{kind}lang") if about is not None else None
                    said = about.get("lang") if about is not None else None
                    yield (
                        (language.get(f"{kind}val") if language is not None else said) or "",
                        "".join(text.text or "" for text in run.iter(f"{kind}t")),
                    )


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@pytest.mark.parametrize(("ending", "kind"), [("docx", W), ("pptx", A)])
def test_what_is_swedish_in_english_word_and_slides_says_so(complete: Path, ending: str, kind: str) -> None:
    runs = list(of_office(complete / "2021" / "report" / f"exportregion-2021-en.{ending}", kind))
    assert [text for language, text in runs if language != "sv-SE" and SWEDISH.search(text)] == []
    swedish = [text for language, text in runs if language == "sv-SE"]
    assert "Län och kommuner i kodnummerordning (länen)" in swedish, "a cell of a table"
    assert any(text.startswith("Enligt nomineringen") for text in swedish)
    assert "Sources" not in swedish


# PDF


def of_pdf(path: Path) -> Iterator[tuple[str, str]]:
    """The text of every tagged piece with the language that holds there, or "" where that is the document's."""
    with pypdfium2.PdfDocument(path) as document:
        for number in range(len(document)):
            page = document[number]
            reader, languages, texts = page.get_textpage(), dict[int, str](), dict[int, str]()
            tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
            for child in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                languages |= tagged(pdfium.FPDF_StructTree_GetChildAtIndex(tree, child), "")
            for piece in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                mark = pdfium.FPDFPageObj_GetMarkedContentID(piece.raw)
                size = pdfium.FPDFTextObj_GetText(piece.raw, reader.raw, None, 0)
                buffer = (ctypes.c_ushort * (size // 2 + 1))()
                pdfium.FPDFTextObj_GetText(piece.raw, reader.raw, buffer, size)
                texts[mark] = texts.get(mark, "") + bytes(buffer)[:size].decode("utf-16-le").rstrip("\0")
            pdfium.FPDF_StructTree_Close(tree)
            yield from ((languages.get(mark, ""), text) for mark, text in texts.items())


def tagged(element: pdfium.FPDF_STRUCTELEMENT, language: str) -> dict[int, str]:
    """The language of each marked piece within an element of the PDF's structure."""
    if not element:
        return {}
    buffer = ctypes.create_string_buffer(64)
    size = pdfium.FPDF_StructElement_GetLang(element, buffer, 64)
    language = buffer.raw[: max(size - 2, 0)].decode("utf-16-le") or language
    marks = range(max(pdfium.FPDF_StructElement_GetMarkedContentIdCount(element), 0))
    languages = {pdfium.FPDF_StructElement_GetMarkedContentIdAtIndex(element, mark): language for mark in marks}
    for child in range(pdfium.FPDF_StructElement_CountChildren(element)):
        languages |= tagged(pdfium.FPDF_StructElement_GetChildAtIndex(element, child), language)
    return languages


def test_what_is_swedish_in_an_english_pdf_says_so(complete: Path) -> None:
    pieces = list(of_pdf(complete / "2021" / "report" / "exportregion-2021-en.pdf"))
    assert [text for language, text in pieces if language != "sv" and SWEDISH.search(text)] == []
    assert sum(language == "sv" for language, _ in pieces) > 30
    assert ("sv", "Regeringen, Nominerade till Årets exportregion 2021") in pieces, "a link"


@pytest.mark.parametrize(
    ("ending", "heading", "trend", "sheet"),
    [
        ("", "Av alla kombinationer", "Trenden över alla år 2016–2020 är", "Robusthet"),
        ("-en", "Of all combinations", "The trend over all years 2016–2020 is", "Robustness"),
    ],
)
def test_page_panel_and_workbook_have_all_choices_at_once_and_the_trend_beside_growth(
    complete: Path, ending: str, heading: str, trend: str, sheet: str
) -> None:
    """Halland's joint share of 2021, 0.80, in the page, beside the panel and in the workbook."""
    folder = complete / "2021" / "report"
    page = (folder / f"exportregion-2021{ending}.html").read_text(encoding="utf-8").replace("\u202f", " ").replace("\xa0", " ")
    (panel,) = re.findall(r'<p class="whatif-intro">(.*?)</p>', page, re.DOTALL)
    assert re.search(r"Hallands län 80 ?%", panel)
    before = page[: page.index('class="whatif-intro"')]
    assert heading in before
    assert trend in page
    workbook = CalamineWorkbook.from_path(folder / f"exportregion-2021{ending}.xlsx")
    rows = workbook.get_sheet_by_name(sheet).to_python()
    at = next(number for number, row in enumerate(rows) if any(str(cell).startswith(heading) for cell in row))
    column = next(place for place, cell in enumerate(rows[at]) if str(cell).startswith(heading))
    (halland,) = (row[column] for row in rows[at + 1 : at + 22] if "Hallands län" in row)
    assert halland == pytest.approx(0.80, abs=0.005)
