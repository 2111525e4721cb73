"""The report as PDF and as Word document: tagged, searchable, editable, and the same in LibreOffice."""

import ctypes
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import docx
import numpy as np
import pypdfium2
import pytest
import typst
from conftest import spoken
from pypdfium2 import raw as pdfium
from python_calamine import CalamineWorkbook

from pipeline.report.blocks import Bullets, Document, Link, Paragraph, Section, Strong
from pipeline.report.charts.look import FONTS
from pipeline.report.docx import _Writer as Writing
from pipeline.report.pdf import KNOWN, _coverage, _printable
from pipeline.report.traces import Figure

NAMES = ("exportregion-2021", "exportregion-2021-en")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def squeezed(text: str) -> str:
    """Text without spaces and breaks, which differ from one renderer to another."""
    return re.sub(r"[\s\u00ad\u200b\ufffe\x02-]+", "", text)


def read(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_textpage().get_text_range() for number in range(len(document))]


# PDF


PARTS = ("", "-sheets", "-notes")


@pytest.mark.parametrize("name", [name + part for name in NAMES for part in PARTS])
def test_the_pdf_says_that_it_is_accessible_and_has_a_title_and_a_language(complete: Path, name: str) -> None:
    content = (complete / "2021" / "report" / f"{name}.pdf").read_bytes()
    assert re.search(rb"pdfuaid:part>\s*1\s*<", content)
    with pypdfium2.PdfDocument(content) as document:
        assert pdfium.FPDFCatalog_IsTagged(document.raw)
        assert document.get_metadata_value("Title").startswith("Årets exportregion 2021: ")
        buffer = ctypes.create_string_buffer(64)
        length = pdfium.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), 64)
        assert buffer.raw[: length - 2].decode("utf-16-le") == ("en" if "-en" in name else "sv")
        outline = [item.get_title() for item in document.get_toc()]
    assert {"": "3. Norrbottens län", "-sheets": "Norrbottens län"}.get(
        name.removeprefix("exportregion-2021").removeprefix("-en"), outline[0]
    ) in outline


@pytest.mark.parametrize("name", [*NAMES, "exportregion-2022"])
def test_the_report_is_short_and_a_region_has_one_page(complete: Path, name: str) -> None:
    folder = complete / name.split("-")[1] / "report"
    pages = read(folder / f"{name}.pdf")
    assert len(pages) <= 30
    assert [number for number, page in enumerate(pages, 1) if len(page.split("\n")) < 10] == []
    sheets = read(folder / f"{name}-sheets.pdf")
    assert len(sheets) == 21
    assert [page.split("\r\n")[1] for page in sheets][:2] == ["Blekinge län", "Dalarnas län"]


QUESTIONS = (
    ("föreslår som kandidater", "Varför?", "Hur säkert är det?", "Vad är okänt?", "Får det användas?"),
    ("proposes as candidates", "Why?", "How sure is it?", "What is unknown?", "May it be used?"),
)
"""Who, why, how sure, what is unknown, may it be used."""


@pytest.mark.parametrize(
    ("name", "ends", "questions"),
    [
        (NAMES[0], ("Kandidaterna, länet", "Riket"), QUESTIONS[0]),
        (NAMES[1], ("The candidates, the county", "Sweden"), QUESTIONS[1]),
    ],
)
def test_the_first_page_answers_five_questions_in_few_words(
    complete: Path, name: str, ends: tuple[str, str], questions: tuple[str, ...]
) -> None:
    report = complete / "2021" / "report"
    page = read(report / f"{name}.pdf")[0]
    first, last = page.index(ends[0]), page.index("\r", page.rindex(ends[1]))
    furniture = (
        r"\AIllustr[^\r]*\s",  # the head, the map's legend, the contents and the foot
        r"0[,.]7 (eller|or).*?(kandidatregion|candidate region)\s",
        r"(Innehåll|Contents)\r\n.*?\d+\r\n(?=Fa)",
        r"Årets[^\r]* · exportregion .*",
    )
    text = re.sub("|".join(furniture), "", page[:first] + page[last:], flags=re.DOTALL)
    assert len(text.split()) <= 250, text
    table = page[first:last]
    for region in ("Västerbottens län", "Hallands län", "Norrbottens län", "Västmanlands län", "Västernorrlands län"):
        assert region in table
    workbook = CalamineWorkbook.from_path(report / f"{name}.xlsx")
    begins = {
        "pdf": page[:first],
        "md": (complete / "2021" / f"report{name.removeprefix('exportregion-2021')}.md").read_text(encoding="utf-8").split(ends[0])[0],
        "html": (report / f"{name}.html").read_text(encoding="utf-8").split("<main>")[1].split(ends[0])[0],
        "docx": re.split("I korthet\n|In brief\n", "\n".join(part.text for part in docx.Document(str(report / f"{name}.docx")).paragraphs))[
            2
        ],
        "xlsx": "\n".join(str(row[0]) for row in workbook.get_sheet_by_index(0).to_python()),
    }
    for format_, begin in begins.items():
        places = [begin.index(question) for question in questions]
        assert places == sorted(places), format_
        answers = [begin[one:other] for one, other in zip(places[1:], [*places[2:], None], strict=True)]
        assert "Norrbottens län" in answers[0], format_
        assert "Norrbottens län" in answers[1], format_
        assert "Jämtlands län" in answers[2], format_
        assert "Gotlands län" in answers[2], format_
        assert re.search(r"Nej,\s|No,\s", answers[3]), format_


@pytest.mark.parametrize("part", PARTS)
def test_no_words_are_printed_over_others(complete: Path, part: str) -> None:
    with pypdfium2.PdfDocument(complete / "2021" / "report" / f"exportregion-2021{part}.pdf") as document:
        for number in range(len(document)):
            text = document[number].get_textpage()
            boxes = np.array([text.get_rect(index) for index in range(text.count_rects())])
            left, bottom, right, top = boxes.T
            wide = np.minimum.outer(right, right) - np.maximum.outer(left, left)
            high = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom)
            over = (wide > 1) & (high > 0.6 * np.minimum.outer(top - bottom, top - bottom))
            for index, other in np.argwhere(np.tril(over, -1)):
                shown = text.get_text_bounded(*boxes[index])
                assert shown == "", (number + 1, shown, text.get_text_bounded(*boxes[other]))


def structure(element: pdfium.FPDF_STRUCTELEMENT) -> list[tuple[str, str]]:
    """Tags with their alternative texts, in reading order."""

    def text(get: object) -> str:
        size = get(element, None, 0)  # type: ignore[operator]
        buffer = ctypes.create_string_buffer(max(size, 2))
        get(element, buffer, size)  # type: ignore[operator]
        return buffer.raw[: max(size - 2, 0)].decode("utf-16-le")

    found = [(text(pdfium.FPDF_StructElement_GetType), text(pdfium.FPDF_StructElement_GetAltText))]
    for number in range(pdfium.FPDF_StructElement_CountChildren(element)):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, number)
        if child:
            found += structure(child)
    return found


def test_headings_tables_and_figures_of_the_pdf_are_tagged_and_figures_have_alternative_texts(complete: Path) -> None:
    tags: list[tuple[str, str]] = []
    with pypdfium2.PdfDocument(complete / "2021" / "report" / "exportregion-2021.pdf") as document:
        for number in range(12):
            page = document[number]
            tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
            for child in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                element = pdfium.FPDF_StructTree_GetChildAtIndex(tree, child)
                tags += structure(element) if element else []
            pdfium.FPDF_StructTree_Close(tree)
            page.close()
    kinds = {kind for kind, _ in tags}
    assert {"H1", "H2", "Table", "TR", "TH", "TD", "L", "LI", "Figure", "Link"} <= kinds
    figures = [alternative for kind, alternative in tags if kind == "Figure"]
    assert len(figures) >= 10
    assert all(len(alternative) > 20 for alternative in figures)


def test_the_text_of_the_pdf_can_be_searched_and_the_candidates_come_first(complete: Path) -> None:
    texts = read(complete / "2021" / "report" / "exportregion-2021.pdf")
    assert squeezed("1. Västerbottens län") in squeezed(texts[1])
    whole = squeezed("".join(texts))
    assert squeezed("De små och medelstora företagen i Norrbottens län har ökat sin varuexport per invånare med 41 procent") in whole
    assert squeezed("Allt om") not in whole, "what stands in another file is no link here"
    notes = squeezed("".join(read(complete / "2021" / "report" / "exportregion-2021-notes.pdf")))
    assert squeezed("catalogue/measures/sme_goods_exports_per_capita.toml") in notes
    with pypdfium2.PdfDocument(complete / "2021" / "report" / "exportregion-2021.pdf") as document:
        search = document[0].get_textpage().search("Västerbottens län")
        assert search.get_next()


def test_a_character_that_no_font_has_is_told_by_its_number(tmp_path: Path) -> None:
    assert _printable("län 😀 漢\n–−\u202f%") == "län [U+1F600] [U+6F22]\n–−\u202f%"
    assert _printable("ren text") == "ren text"
    every = "".join(chr(number) for number in range(0x20, 0x10000) if not 0xD800 <= number < 0xE000)
    printable = re.sub(r"\[U\+[0-9A-F]{4}\]", "", _printable(every))
    assert "[" in printable
    assert len(printable) > 1000
    source = b'#set document(title: [x])\n#set text(font: "Source Sans Pro")\n= x\n#json("text.json")'
    files = {"main": source, "text.json": ('"' + printable.replace("\\", "\\\\").replace('"', '\\"') + '"').encode()}
    assert typst.compile(files, font_paths=[FONTS], ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=0)  # type: ignore[call-overload]


# Word


PICTURES = 7 + 4 + 3
"""Maps, other charts, and the development of each candidate."""


@pytest.fixture(scope="module", params=NAMES)
def word(request: pytest.FixtureRequest, complete: Path) -> Path:
    return complete / "2021" / "report" / f"{request.param}.docx"


def test_the_document_has_real_headings_captions_tables_and_alternative_texts(word: Path) -> None:
    document = docx.Document(str(word))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == 11
    assert styles.count("Heading 2") >= 24
    captions = [paragraph.text for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == "Caption"]
    assert len(captions) >= PICTURES + 20
    assert all(re.match(r"(Tabell|Table|Figur|Figure) \d+\. \w", text) for text in captions)
    xml = ET.fromstring(zipfile.ZipFile(word).read("word/document.xml"))
    fields = [field.text or "" for field in xml.iter(f"{W}instrText")]
    assert sum("SEQ" in field for field in fields) == len(captions)
    drawings = [element for element in xml.iter() if element.tag.endswith("}docPr")]
    assert len(drawings) == PICTURES
    assert all(len(element.get("descr") or "") > 20 for element in drawings)
    for table in document.tables:
        assert table.rows[0]._tr.trPr is not None
        assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None


def test_the_foot_says_what_the_document_was_made_from(word: Path) -> None:
    text = docx.Document(str(word)).sections[0].footer.paragraphs[0].text
    words = ("award", "catalogue", "inputs", "page") if word.stem.endswith("en") else ("omgång", "katalog", "indata", "sida")
    assert re.fullmatch(r"exportregion [\d.]+ · {} [0-9a-f]{{8}} · {} [0-9a-f]{{8}} · {} [0-9a-f]{{8}} · {} 1".format(*words), text), text


def test_every_link_inside_the_document_has_its_bookmark(word: Path) -> None:
    xml = ET.fromstring(zipfile.ZipFile(word).read("word/document.xml"))
    marks = [mark.get(f"{W}name") or "" for mark in xml.iter(f"{W}bookmarkStart")]
    assert len(marks) == len(set(marks))
    assert all(re.fullmatch(r"[a-z]\w{0,39}", mark) for mark in marks)
    wanted = {link.get(f"{W}anchor") for link in xml.iter(f"{W}hyperlink")} - {None}
    assert len(wanted) > 30
    assert wanted <= set(marks)


def test_the_contents_stand_on_the_first_page_as_a_field_that_leads_to_every_chapter(word: Path) -> None:
    xml = ET.fromstring(zipfile.ZipFile(word).read("word/document.xml"))
    paragraphs = list(xml.iter(f"{W}p"))
    styles = [getattr(paragraph.find(f"{W}pPr/{W}pStyle"), "attrib", {}).get(f"{W}val", "") for paragraph in paragraphs]
    chapters = [shown(paragraph) for paragraph, style in zip(paragraphs, styles, strict=True) if style == "Heading1"]
    contents = [paragraph for paragraph, style in zip(paragraphs, styles, strict=True) if style == "TOC1"]
    assert [shown(line) for line in contents] == chapters
    assert styles.index("TOC1") < styles.index("Heading1")
    field = [mark.get(f"{W}fldCharType") for line in contents for mark in line.iter(f"{W}fldChar")]
    assert field == ["begin", "separate", "end"]
    assert "TOC" in (next(contents[0].iter(f"{W}instrText")).text or "")


def shown(paragraph: ET.Element) -> str:
    return "".join(text.text or "" for text in paragraph.iter(f"{W}t"))


ORDER = {
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd "
    "tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tblCellMar": "top left start bottom right end",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens "
    "kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing "
    "mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden color "
    "spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tbl": "bookmarkStart bookmarkEnd tblPr tblGrid tr",
    "trPr": "cantSplit tblHeader",
}
"""The children that some elements have, in the order of their schema (ECMA-376, part 1, wml.xsd)."""


def out_of_order(xml: ET.Element) -> list[str]:
    found = []
    for element in xml.iter():
        order = ORDER.get(element.tag.removeprefix(W), "").split()
        children = [child.tag.removeprefix(W) for child in element]
        if order and sorted(children, key=lambda tag: order.index(tag) if tag in order else -1) != children:
            found.append(f"{element.tag.removeprefix(W)}: {children}")
        found += [f"no {tag}" for tag in children if order and tag not in order]
    return found


def test_elements_stand_in_the_order_of_their_schema(word: Path) -> None:
    with zipfile.ZipFile(word) as archive:
        for part in ("document", "styles", "settings", "header1", "footer1"):
            assert out_of_order(ET.fromstring(archive.read(f"word/{part}.xml"))) == [], part
    wrong = ET.fromstring(f'<w:x xmlns:w="{W[1:-1]}"><w:tblBorders><w:insideH/><w:bottom/></w:tblBorders></w:x>')
    assert out_of_order(wrong) == ["tblBorders: ['insideH', 'bottom']"]


def test_nothing_of_the_template_is_left_in_the_document(word: Path) -> None:
    with zipfile.ZipFile(word) as archive:
        assert not [name for name in archive.namelist() if re.search("thumbnail|stylesWithEffects|customXml|app.xml", name)]
        whole = b" ".join(archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels")))
    assert not re.search(rb"2013-|stylesWithEffects|thumbnail|w:rsidRoot|Macintosh|w:zoom|en-US", whole)


@pytest.mark.parametrize("name", [*NAMES, "exportregion-2022"])
def test_no_word_of_a_table_is_wider_than_its_column(complete: Path, name: str) -> None:
    """By the width of a letter in DejaVu Sans Bold, which stands in for Calibri where there is no other: 0.65 of the font's size. A
    heading such as 2016–2017 breaks after its dash; the parts of a region's name stay whole."""
    for table in docx.Document(str(next(complete.glob(f"*/report/{name}.docx")))).tables:
        size = table.rows[0].cells[0].paragraphs[0].runs[0].font.size
        assert size
        for column, width in zip(table.columns, (int(cell.width or 0) / 12_700 - 4.5 for cell in table.rows[0].cells), strict=True):
            heading, *texts = (cell.text for cell in column.cells)
            words = heading.replace("–", "– ").split(" ")
            words += [word for text in texts for word in text.split(" ") if heading == "Region"]
            assert max(map(len, words)) * 0.65 * size.pt <= width, (words, width)


def test_a_text_in_another_language_says_so_and_so_do_its_links() -> None:
    text = (Strong("Skäl: "), "ett skäl ", Link("källan", "https://example.org/"), Figure("41 %", 3))
    section = Section("a", "Method", (Paragraph(text, language="sv"), Bullets((text,), language="sv"), Paragraph(text)))
    made = Writing(Document("en", "Title", "Subject", "", "", (section,), None), spoken("en"), {}).bytes()
    xml = ET.fromstring(zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml"))
    marked = [run for run in xml.iter(f"{W}r") if run.find(f"{W}rPr/{W}lang") is not None]
    assert {run.find(f"{W}rPr/{W}lang").get(f"{W}val") for run in marked} == {"sv-SE"}  # type: ignore[union-attr]
    assert [shown(run) for run in marked] == ["Skäl: ", "ett skäl ", "källan", "41 %"] * 2


def test_the_document_bears_no_time_and_its_language(word: Path) -> None:
    with zipfile.ZipFile(word) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        assert ("en-GB" if word.stem.endswith("en") else "sv-SE") in core
        assert ("en-GB" if word.stem.endswith("en") else "sv-SE") in archive.read("word/styles.xml").decode()


def test_libreoffice_opens_the_document_and_loses_nothing(complete: Path, printed: Path) -> None:
    head_or_foot = r"\AIllustrativa uppgifter, ingen statistik\s|\sexportregion [\d.]+ · [^\n]*\s*\Z"
    pages = {name: [re.sub(head_or_foot, "", page) for page in read(printed / f"{name}.docx.pdf")] for name in ("2021", "2022")}
    for name, every in pages.items():
        assert len(every) <= 40, name
        assert [number for number, page in enumerate(every, 1) if not page.strip()] == [], "no page is blank"
    whole = squeezed("".join(pages["2021"]))
    document = docx.Document(str(complete / "2021" / "report" / "exportregion-2021.docx"))
    assert [paragraph.text for paragraph in document.paragraphs if squeezed(paragraph.text) not in whole] == []
    cells = [cell.text for table in document.tables[:12] for row in table.rows for cell in row.cells]
    assert len(cells) > 500
    assert [text for text in cells if squeezed(text) not in whole] == []
    with pypdfium2.PdfDocument(printed / "2021.docx.pdf") as made:
        pictures = sum(1 for number in range(len(made)) for item in made[number].get_objects() if item.type == pdfium.FPDF_PAGEOBJ_IMAGE)
    assert pictures == PICTURES


def test_the_document_is_an_archive_of_whole_xml(word: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(word.read_bytes())) as archive:
        assert archive.testzip() is None
        for member in archive.namelist():
            if member.endswith((".xml", ".rels")):
                ET.fromstring(archive.read(member))


def test_characters_that_count_as_known_are_in_every_weight_of_the_font() -> None:
    assert not {character for character in KNOWN - {"\n"} if ord(character) not in _coverage()}
