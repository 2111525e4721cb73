"""The slides for the nominating meeting: what each says and bears, in which order it is read, and the same in LibreOffice."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from conftest import UNBROKEN, spoken
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from pipeline.report.blocks import Bullets, Cell, Document, Link, Paragraph, Section, Strong, Table
from pipeline.report.pptx import pptx

A, P = "{http://schemas.openxmlformats.org/drawingml/2006/main}", "{http://schemas.openxmlformats.org/presentationml/2006/main}"
NAMES = ("2021/report/exportregion-2021", "2021/report/exportregion-2021-en", "2022/report/exportregion-2022")


@pytest.fixture(scope="module", params=NAMES)
def deck(request: pytest.FixtureRequest, complete: Path) -> Path:
    return complete / f"{request.param}.pptx"


def slides(path: Path) -> list[Any]:
    return list(Presentation(str(path)).slides)


def texts(slide: Any) -> list[str]:
    """What stands on a slide in the order it is read; of a table, its cells."""
    every = []
    for shape in slide.shapes:
        if shape.has_table:
            every += [cell.text for row in shape.table.rows for cell in row.cells]
        elif shape.has_text_frame:
            every.append(shape.text_frame.text)
    return every


def test_the_slides_are_few_and_their_titles_tell_the_meeting(complete: Path) -> None:
    titles = [slide.shapes.title.text for slide in slides(complete / f"{NAMES[0]}.pptx")]
    assert titles == [
        "Årets exportregion 2021: underlag för nominering",
        "Förslaget: Västerbottens län, Hallands län och Norrbottens län",
        "Plats 1: Västerbottens län",
        "Plats 2: Hallands län",
        "Plats 3: Norrbottens län",
        "Hur säkert är det?",
        "Vad som inte är känt",
        "Källor",
    ]
    english = [slide.shapes.title.text for slide in slides(complete / f"{NAMES[1]}.pptx")]
    assert (len(english), english[3]) == (8, "Place 2: Hallands län")


def test_the_slides_say_what_the_report_says(complete: Path) -> None:
    """Norrbotten's 41 per cent is the published one; Gotland and Jämtland have withheld cells."""
    every = slides(complete / f"{NAMES[0]}.pptx")
    (proposal,) = (shape.table for shape in every[1].shapes if shape.has_table)
    rows = [[cell.text for cell in row.cells] for row in proposal.rows]
    assert rows[0] == ["", "Västerbottens län", "Hallands län", "Norrbottens län", "Västmanlands län", "Västernorrlands län", "Riket"]
    assert rows[1] == ["Plats", "1", "2", "3", "4", "5", ""]
    assert rows[2][3] == "+41\u202f%"
    assert [shape.shape_type for shape in every[1].shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE] == [MSO_SHAPE_TYPE.PICTURE]
    unknown = "\n".join(texts(every[6]))
    assert "Jämtlands län kan inte rangordnas" in unknown
    assert "Gotlands län" in unknown
    assert "Inga officiella vikter" in unknown
    assert "Nominerade till Årets exportregion 2021" in "\n".join(texts(every[4]))
    assert not any("()" in text for slide in every for text in texts(slide))
    assert "Rangordningen är ett förslag" in "\n".join(texts(every[0]))


def test_a_round_with_predecessors_has_a_slide_on_what_has_changed(complete: Path) -> None:
    every = slides(complete / f"{NAMES[2]}.pptx")
    (slide,) = (one for one in every if one.shapes.title.text.startswith("Vad har ändrats"))
    assert every.index(slide) == 6, "between how sure it is and what is not known"
    text = "\n".join(texts(slide))
    assert "Samma kandidater som i omgången 2021: Västerbottens län, Hallands län och Norrbottens län." in text
    moves, rounds = (shape.table for shape in slide.shapes if shape.has_table)
    assert [cell.text for cell in moves.rows[1].cells][:4] == ["Västerbottens län", "1", "1", "0"]
    assert [row.cells[0].text for row in rounds.rows] == ["Omgång", "2021", "2022"]
    assert [row.cells[4].text for row in rounds.rows] == ["Fick priset", "Hallands län", "Norrbottens län"]
    assert not [one for one in slides(complete / f"{NAMES[0]}.pptx") if one.shapes.title.text.startswith("Vad har ändrats")]


def test_every_slide_has_its_title_first_then_the_notice_and_sources_identity_and_number_at_the_foot(deck: Path) -> None:
    english = deck.stem.endswith("-en")
    notice = "Illustrative data, not statistics" if english else "Illustrativa uppgifter, ingen statistik"
    every = slides(deck)
    for number, slide in enumerate(every, 1):
        read = texts(slide)
        assert read[:2] == [slide.shapes.title.text, notice]
        assert re.match(r"(Räknat på|Computed from): .*\((illustrativ|illustrative)\)", read[-3])
        assert re.fullmatch(r"exportregion [\d.]+( · \w+ [0-9a-f]{8}){3}", read[-2])
        assert read[-1] == f"{number} {'of' if english else 'av'} {len(every)}"
        kinds = [shape.placeholder_format.type for shape in slide.placeholders]
        assert [str(kind).split(" ")[0] for kind in kinds] == ["TITLE", "FOOTER", "SLIDE_NUMBER"]
        identities = [element.get("id") for element in slide._element.iter(f"{P}cNvPr")]
        assert len(identities) == len(set(identities))


def test_pictures_and_tables_have_alternative_texts_and_tables_a_heading_row(deck: Path) -> None:
    shapes = [shape for slide in slides(deck) for shape in slide.shapes]
    pictures = [shape for shape in shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    tables = [shape for shape in shapes if shape.has_table]
    of_changes = 2 if "2022" in deck.stem else 0
    assert (len(pictures), len(tables)) == (1 + 3 + 1, 1 + 3 + 1 + of_changes + 1)
    for shape in pictures:
        assert len(shape._element.nvPicPr.cNvPr.get("descr")) > 40
        assert shape.width / shape.height == pytest.approx(shape.image.size[0] / shape.image.size[1], rel=0.01)
    for shape in tables:
        assert len(shape._element.nvGraphicFramePr.cNvPr.get("descr")) > 15
        assert shape.table.first_row


def test_nothing_stands_outside_the_slide_or_over_something_else(deck: Path) -> None:
    presentation = Presentation(str(deck))
    for slide in presentation.slides:
        boxes = [(shape.left, shape.top, shape.left + shape.width, shape.top + shape.height, shape.name) for shape in slide.shapes]
        for number, (left, top, right, bottom, name) in enumerate(boxes):
            assert min(left, top) >= 0
            assert right <= presentation.slide_width
            assert bottom <= presentation.slide_height
            for other in boxes[:number]:
                apart = max(left - other[2], other[0] - right, top - other[3], other[1] - bottom)
                assert apart >= -127, (name, other[4])  # a hundredth of a point: places are rounded


def runs(root: ET.Element) -> Iterator[ET.Element]:
    for tag in ("r", "fld"):
        yield from root.iter(f"{A}{tag}")


def test_every_text_says_its_language_and_nothing_of_the_template_is_left(deck: Path) -> None:
    locale = "en-GB" if deck.stem.endswith("-en") else "sv-SE"
    with zipfile.ZipFile(deck) as archive:
        assert archive.testzip() is None
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        whole = b" ".join(archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels")))
        assert not re.search(rb"/2013|>2013|thumbnail|printerSettings|Click to edit|en-US|Macintosh|app\.xml", whole)
        assert locale.encode() in archive.read("docProps/core.xml")
        assert len([name for name in archive.namelist() if re.fullmatch(r"ppt/slideLayouts/\w+\.xml", name)]) == 1
        for name in archive.namelist():
            if re.fullmatch(r"ppt/slides/\w+\.xml", name):
                every = list(runs(ET.fromstring(archive.read(name))))
                assert len(every) > 5
                said = {run.find(f"{A}rPr").get("lang") for run in every}  # type: ignore[union-attr]
                assert locale in said
                assert said <= {locale, "sv-SE"}, "statements and sources are Swedish in English slides too"


ORDER = {
    "tbl": "tblPr tblGrid tr",
    "tc": "txBody tcPr",
    "tcPr": "lnL lnR lnT lnB lnTlToBr lnBlToTr cell3D noFill solidFill gradFill blipFill pattFill grpFill headers extLst",
    "rPr": "ln noFill solidFill gradFill effectLst highlight uLnTx latin ea cs sym hlinkClick hlinkMouseOver rtl extLst",
    "pPr": "lnSpc spcBef spcAft buClrTx buClr buSzTx buSzPct buFontTx buFont buNone buAutoNum buChar buBlip tabLst defRPr extLst",
    "txBody": "bodyPr lstStyle p",
    "bodyPr": "prstTxWarp noAutofit normAutofit spAutoFit scene3d sp3d flatTx extLst",
    "spPr": "xfrm custGeom prstGeom noFill solidFill gradFill blipFill pattFill grpFill ln effectLst",
    "fld": "rPr pPr t",
    "r": "rPr t",
    "sp": "nvSpPr spPr style txBody extLst",
    "cSld": "bg spTree custDataLst controls extLst",
    "sldMaster": "cSld clrMap sldLayoutIdLst transition timing hf txStyles extLst",
    "presentation": "sldMasterIdLst notesMasterIdLst handoutMasterIdLst sldIdLst sldSz notesSz embeddedFontLst defaultTextStyle extLst",
}
"""The children that some elements have, in the order of their schemas (ECMA-376, part 1, dml-main.xsd and pml.xsd)."""
FIRST = {"p": ("pPr",)}
"""What can only come first."""


def out_of_order(xml: ET.Element) -> list[str]:
    wrong = []
    for element in xml.iter():
        tag, children = element.tag.rpartition("}")[2], [child.tag.rpartition("}")[2] for child in element]
        order = ORDER.get(tag, "").split()
        if order:
            wrong += [f"no {child} in {tag}" for child in children if child not in order]
            wrong += (
                [f"{tag}: {children}"]
                if sorted(children, key=lambda child: order.index(child) if child in order else -1) != children
                else []
            )
        wrong += [f"{tag}: {children}" for first in FIRST.get(tag, ()) if first in children[1:]]
    return wrong


def test_elements_stand_in_the_order_of_their_schemas(deck: Path) -> None:
    with zipfile.ZipFile(deck) as archive:
        for name in archive.namelist():
            if re.match(r"ppt/(slides|slideLayouts|slideMasters|presentation)[\w/]*\.xml", name):
                assert out_of_order(ET.fromstring(archive.read(name))) == [], name
    assert out_of_order(ET.fromstring(f'<a:tcPr xmlns:a="{A[1:-1]}"><a:noFill/><a:lnB/></a:tcPr>')) == ["tcPr: ['noFill', 'lnB']"]


# What has no room


def made(*sections: Section) -> list[Any]:
    document = Document("sv", "Rubrik", "Ämne", "", "identitet", sections, None)
    content = pptx(document, spoken("sv"), {})
    assert content == pptx(document, spoken("sv"), {})
    return list(Presentation(io.BytesIO(content)).slides)


def test_what_has_no_room_goes_on_on_a_slide_of_its_own() -> None:
    items = tuple((f"{number}. " + "ord " * 40,) for number in range(40))
    every = made(Section("a", "Lista", (Bullets(items),)))
    assert [slide.shapes.title.text for slide in every] == ["Lista"] + ["Lista (forts.)"] * (len(every) - 1)
    assert re.findall(r"(\d+)\. ord", "\n".join(text for slide in every for text in texts(slide))) == [str(number) for number in range(40)]

    rows = tuple((Cell(f"rad {number}"), Cell("ord " * 30)) for number in range(60))
    every = made(Section("b", "Tabell", (Table("t", "En tabell", ("Namn", "Text"), (False, False), rows),)))
    tables = [shape.table for slide in every for shape in slide.shapes if shape.has_table]
    assert len(tables) == len(every) > 1
    assert {table.cell(0, 0).text for table in tables} == {"Namn"}
    named = [row.cells[0].text for table in tables for row in list(table.rows)[1:]]
    assert named == [f"rad {number}" for number in range(60)]


def test_links_on_the_web_are_links_and_texts_in_another_language_say_so() -> None:
    text = (Strong("Skäl: "), Link("källan", "https://example.org/"), " ", Link("inom", "#a"))
    (slide,) = made(Section("a", "Länkar", (Paragraph(text, language="en"), Paragraph((UNBROKEN,)))))
    (first, second) = (
        shape.text_frame.paragraphs for shape in slide.shapes if "https" in shape.text_frame.text or "Skäl" in shape.text_frame.text
    ).__next__()
    assert [(run.text, run.font.bold, run.hyperlink.address, run._r.rPr.get("lang")) for run in first.runs] == [
        ("Skäl: ", True, None, "en-GB"),
        ("källan", False, "https://example.org/", "en-GB"),
        (" ", False, None, "en-GB"),
        ("inom", False, None, "en-GB"),
    ]
    assert second.runs[0]._r.rPr.get("lang") == "sv-SE"


def test_text_from_data_stays_text_on_slides(hostile: Path) -> None:
    every = "\n".join(text for slide in slides(hostile / "report" / "exportregion-trial.pptx") for text in texts(slide))
    for shown in ("<script>alert(1)</script>", "=cmd()", "a&b;c", "å␇\ufffdä"):
        assert shown in every


# In a program


def test_libreoffice_shows_every_slide_with_all_its_words_and_none_over_others(complete: Path, printed: Path) -> None:
    for source in (complete / f"{name}.pptx" for name in NAMES):
        every = slides(source)
        with pypdfium2.PdfDocument(printed / f"{source.name.removeprefix('exportregion-')}.pdf") as document:
            assert len(document) == len(every)
            for number, slide in enumerate(every):
                page = document[number].get_textpage()
                shown = squeezed(page.get_text_range())
                assert [text for text in texts(slide) if squeezed(text) not in shown] == [], source.stem
                width, height = document[number].get_size()
                boxes = [page.get_rect(index) for index in range(page.count_rects())]
                assert all(left >= 0 and bottom >= 0 and right <= width and top <= height for left, bottom, right, top in boxes)
                for index, (left, bottom, right, top) in enumerate(boxes):
                    for other in boxes[:index]:
                        wide, high = min(right, other[2]) - max(left, other[0]), min(top, other[3]) - max(bottom, other[1])
                        assert wide <= 1 or high <= 0.5 * min(top - bottom, other[3] - other[1]), (
                            number + 1,
                            page.get_text_bounded(*other),
                        )


def squeezed(text: str) -> str:
    """Text without spaces, breaks and the points before items."""
    return re.sub(r"[\s•\u00ad\u200b\ufffe\x02-]+", "", text)
