"""What the publisher says of a round stands at the foot of every format, and nothing where it says nothing."""

import html
import io
import re
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pytest
from pptx import Presentation

FOOT = "Myndigheten för prov · 1 december 2026 · Diarienummer Prov 2026/123 · Handläggare Handläggare vid provet · exportregion "
STATEMENT = "https://example.org/tillganglighet"
NOTHING = ("Diarienummer", "Handläggare", "Tillgänglighetsredogörelse")


def plain(text: str) -> str:
    """Text with one kind of space."""
    return re.sub(r"\s+", " ", text)


def pages(path: Path) -> list[str]:
    """The text of each page of a PDF."""
    document = pypdfium2.PdfDocument(path)
    return [plain(page.get_textpage().get_text_range().replace("\ufffe", "-")) for page in document]


def test_every_page_of_paper_has_the_case_and_the_officer(hostile: Path) -> None:
    for part in ("", "-sheets", "-notes"):
        for text in pages(hostile / "report" / f"exportregion-trial{part}.pdf"):
            assert "Diarienummer Prov 2026/123 · Handläggare Handläggare vid provet" in text


def test_page_word_workbook_slides_and_text_have_them(hostile: Path) -> None:
    report = hostile / "report"
    page = plain(html.unescape((report / "exportregion-trial.html").read_text(encoding="utf-8")))
    assert FOOT in page.split("<footer>")[1]
    assert f'<a href="{STATEMENT}">Tillgänglighetsredogörelse</a>' in page
    word = docx.Document(str(report / "exportregion-trial.docx"))
    assert plain(word.sections[0].footer.paragraphs[0].text).startswith(FOOT)
    with zipfile.ZipFile(report / "exportregion-trial.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert all("Diarienummer Prov 2026/123" in plain(sheet) for sheet in sheets)
    deck = Presentation(io.BytesIO((report / "exportregion-trial.pptx").read_bytes()))
    assert all(
        any("Diarienummer Prov 2026/123" in plain(shape.text_frame.text) for shape in slide.shapes if shape.has_text_frame)
        for slide in deck.slides
    )
    text = plain((hostile / "report.md").read_text(encoding="utf-8"))
    assert "Diarienummer Prov 2026/123" in text[-400:]
    assert f"[Tillgänglighetsredogörelse](<{STATEMENT}>)" in text


@pytest.mark.parametrize("name", ["2021", "2022"])
def test_what_is_not_given_is_left_out(complete: Path, name: str) -> None:
    report = complete / name / "report"
    texts = [*pages(report / f"exportregion-{name}.pdf"), (complete / name / "report.md").read_text(encoding="utf-8")]
    texts.append((report / f"exportregion-{name}.html").read_text(encoding="utf-8"))
    assert not [word for word in NOTHING for text in texts if word in text]
    assert re.search(r"exportregion [\d.]+ · omgång [0-9a-f]{8} · katalog [0-9a-f]{8} · indata [0-9a-f]{8}\n$", texts[-2])
