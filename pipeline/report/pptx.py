"""Slides as PowerPoint: a slide a section, with its texts and tables on the left, and its picture on the right."""

import copy
import io
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from pipeline.report.blocks import Bullets, Cell, Document, Link, Paragraph, Passage, Picture, Section, Strong, Table
from pipeline.report.charts.look import GRID, INK, QUIET
from pipeline.report.language import Language
from pipeline.report.office import column_widths, describe, shortest_widths, undated, without_leftovers
from pipeline.report.words import Code, texts

WIDE, HIGH = 960.0, 540.0
"""A slide, as all lengths here, in points: 16 to 9."""
MARGIN = 36.0
TOP, BOTTOM = 100.0, 480.0
"""Between which a slide's texts, tables and picture stand."""
SIZES = (18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
"""Sizes of letters: the first in which all of a slide has room. What has none in the last goes on on a slide of its own."""
TITLES = (28.0, 24.0, 20.0, 16.0)
LETTER, BROAD = 0.56, 0.65
"""The width of a letter by its size, in the widest fonts that stand in for Calibri: of texts, and of one bold word."""
LINE = 1.22
"""The height of a line by its size."""
SMALLER = {"note": 0.8, "caption": 0.8, "lead": 1.1}
"""The size of texts in these roles, by that of the others."""
GROUNDS = {"verdict": "#eef3f8", "notice": "#fff3d6", "band": "#fff3d6"}
"""The colours behind texts in these roles."""
TABLE = 0.78
"""The size of a table's texts, by that of the others."""
CAPTION = 12.0
"""The size of a picture's caption."""
CELL = 3.6
"""Between a cell's text and its sides."""
PLAIN = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's table style without lines and colours."""


@dataclass(frozen=True)
class Box:
    """Where something stands."""

    left: float
    top: float
    width: float
    height: float


def pptx(document: Document, language: Language, pictures: Mapping[str, bytes]) -> bytes:
    """The slides as PPTX. pictures: PNG by name."""
    return _Writer(document, language, pictures).bytes()


class _Writer:
    """One presentation as it grows."""

    def __init__(self, document: Document, language: Language, pictures: Mapping[str, bytes]) -> None:
        self.document, self.language, self.pictures = document, language, pictures
        self.locale = language.say("shared.locale")
        self.deck = _blank(self.locale, document.title)
        self.layout = self.deck.slide_layouts[0]

    def bytes(self) -> bytes:
        describe(self.deck, self.document, self.language)
        for section in self.document.sections:
            self._section(section)
        for number, slide in enumerate(self.deck.slides, 1):
            self._foot(slide, number)
        made = io.BytesIO()
        self.deck.save(made)
        return undated(made.getvalue())

    def _section(self, section: Section) -> None:
        """A slide, and others for what has no room on it."""
        picture = next((block for block in section.blocks if isinstance(block, Picture)), None)
        pieces, title = _pieces(section), section.title
        while pieces or picture:
            front = section.role == "front"
            slide = self._slide(title, front)
            box = Box(MARGIN, 190 if front else TOP, WIDE - 2 * MARGIN, BOTTOM - (190 if front else TOP))
            aside = self._aside(picture, box) if picture else None
            own = replace(box, width=box.width - aside.width - 24) if aside else box
            size, now, pieces = _fitting(pieces, own)
            self._pieces(slide, now, own, size)
            if picture and aside:
                self._picture(slide, picture, aside)
            self._sources(slide, section)
            picture, title = None, self.language.say("slides.continued", title=section.title)

    def _slide(self, title: str, front: bool) -> Any:
        slide = self.deck.slides.add_slide(self.layout)
        if front:
            _place(slide.shapes.title, Box(MARGIN, 90, WIDE - 2 * MARGIN, 84))
        width, height = WIDE - 2 * MARGIN, 84.0 if front else 58.0
        size = next((size for size in TITLES if len(_lines(title, width, size, BROAD)) * size * LINE <= height), TITLES[-1])
        self._text(slide.shapes.title.text_frame, [Paragraph((title,), "title")], size)
        if self.document.notice:
            self._textbox(slide, [Paragraph((self.language.say("shared.illustrative"),), "band")], Box(0, 0, WIDE, 24), 13)
        return slide

    def _aside(self, picture: Picture, box: Box) -> Box:
        """Where a picture stands with its caption above it: at the right, as large as its part of the slide allows."""
        wide, high = _pixels(self.pictures[picture.name])
        widest = 0.43 * box.width
        width = min(widest, (box.height - _caption_height(picture, widest)) * wide / high)
        width = min(width, (box.height - _caption_height(picture, width)) * wide / high)
        return Box(box.left + box.width - width, box.top, width, width * high / wide + _caption_height(picture, width))

    def _picture(self, slide: Any, picture: Picture, box: Box) -> None:
        above = _caption_height(picture, box.width)
        self._textbox(slide, [Paragraph((picture.caption,), "title")], Box(box.left, box.top, box.width, above), CAPTION)
        place = (box.left, box.top + above, box.width, box.height - above)
        shape = slide.shapes.add_picture(io.BytesIO(self.pictures[picture.name]), *map(Pt, place))
        shape._element.nvPicPr.cNvPr.set("descr", picture.alternative)

    def _sources(self, slide: Any, section: Section) -> None:
        lines = [block for block in section.blocks if isinstance(block, Paragraph) and block.role == "sources"]
        if lines:
            self._textbox(slide, lines, Box(MARGIN, BOTTOM + 6, WIDE - 2 * MARGIN, 20), 10)

    def _foot(self, slide: Any, number: int) -> None:
        """What the deck was made from, and the slide's number: placeholders of the layout, with their texts."""
        of = self.language.say("shared.of", count="\0", all=len(self.deck.slides)).split("\0")
        for shape in self.layout.placeholders:
            if shape.placeholder_format.type not in (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER):
                continue
            made = copy.deepcopy(shape._element)
            made.nvSpPr.cNvPr.set("id", str(slide.shapes._next_shape_id))
            slide.shapes._spTree.append(made)
            (paragraph,) = made.txBody.p_lst
            for child in list(paragraph):
                paragraph.remove(child)
            if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER:
                self._run(paragraph, self.document.identity)
            else:
                self._run(paragraph, of[0])
                field = f'<a:fld {nsdecls("a")} id="{{C1FF6DA9-008F-8B48-92A6-B652298478BF}}" type="slidenum">'
                paragraph.append(parse_xml(f"{field}{self._quiet()}<a:t>{number}</a:t></a:fld>"))
                self._run(paragraph, of[1])

    def _run(self, paragraph: Any, text: str) -> None:
        if text:
            paragraph.append(parse_xml(f"<a:r {nsdecls('a')}>{self._quiet()}<a:t/></a:r>"))
            paragraph[-1][-1].text = text

    def _quiet(self) -> str:
        """The look of the foot: LibreOffice does not take it from the layout."""
        ink = f'<a:solidFill><a:srgbClr val="{QUIET[1:].upper()}"/></a:solidFill>'
        return f'<a:rPr lang="{self.locale}" sz="900">{ink}<a:latin typeface="+mn-lt"/></a:rPr>'

    def _pieces(self, slide: Any, pieces: Sequence[Paragraph | Table], box: Box, size: float) -> None:
        """Texts and tables from the top down; texts that follow each other are one box, but for what stands out by its ground."""
        top = box.top
        for piece in _together(pieces):
            if isinstance(piece, Table):
                height = _height(piece, box.width, size)
                self._table(slide, piece, Box(box.left, top, box.width, height), size)
            else:
                height = sum(_height(paragraph, box.width, size) for paragraph in piece)
                self._textbox(slide, piece, Box(box.left, top, box.width, height), size)
            top += height

    def _textbox(self, slide: Any, paragraphs: Sequence[Paragraph], box: Box, size: float) -> None:
        shape = slide.shapes.add_textbox(*map(Pt, (box.left, box.top, box.width, box.height)))
        frame = shape.text_frame
        frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = Pt(CELL)
        frame.margin_top = frame.margin_bottom = Pt(2)
        if ground := GROUNDS.get(paragraphs[0].role):
            shape.fill.solid()
            shape.fill.fore_color.rgb = _rgb(ground)
        self._text(frame, paragraphs, size)

    def _text(self, frame: Any, paragraphs: Sequence[Paragraph], size: float) -> None:
        for number, paragraph in enumerate(paragraphs):
            made = frame.paragraphs[0] if not number else frame.add_paragraph()
            made.space_after = Pt(0.35 * size) if number + 1 < len(paragraphs) else Pt(0)
            if paragraph.role == "bullet":
                about = made._p.get_or_add_pPr()
                about.set("marL", str(Pt(0.9 * size)))
                about.set("indent", str(-Pt(0.9 * size)))
                about.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))
            if paragraph.role == "band":
                made.alignment = PP_ALIGN.CENTER
            for text, bold, address, language in _runs(paragraph):
                run = made.add_run()
                run.text = text
                run.font.size, run.font.bold = Pt(round(_size(paragraph, size), 1)), bold
                run.font.color.rgb = _rgb({"band": "#8a3b00", "sources": QUIET, "note": QUIET}.get(paragraph.role, INK))
                run._r.get_or_add_rPr().set("lang", self._locale(language))
                if address:
                    run.hyperlink.address = address

    def _locale(self, language: Code | Literal[""]) -> str:
        """The locale of a language, or of the slides where none is named."""
        return str(texts(language)["shared.locale"]) if language else self.locale

    def _table(self, slide: Any, table: Table, box: Box, size: float) -> None:
        frame = slide.shapes.add_table(1 + len(table.rows), len(table.headings), *map(Pt, (box.left, box.top, box.width, box.height)))
        frame._element.nvGraphicFramePr.cNvPr.set("descr", table.caption)
        made, size = frame.table, TABLE * size
        about = made._tbl.tblPr
        about.set("bandRow", "0")
        about.set("firstCol", "1" if table.row_heading == 0 else "0")
        about.find(qn("a:tableStyleId")).text = PLAIN
        widths = _widths(table, box.width, size)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = Pt(width)
        rows = [tuple(map(Cell, table.headings)), *table.rows]
        for number, row in enumerate(rows):
            made.rows[number].height = Pt(_row_height([cell.text for cell in row], widths, size, table.row_heading))
            for column, cell in enumerate(row):
                head = number == 0
                self._cell(
                    made.cell(number, column), cell, size, head=head, bold=head or column == table.row_heading, right=table.numeric[column]
                )

    def _cell(self, cell: Any, shows: Cell, size: float, *, head: bool, bold: bool, right: bool) -> None:
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        if shows.text:
            run = paragraph.add_run()
            run.text, run.font.bold, run.font.size = shows.text, bold, Pt(round(size, 1))
            run.font.color.rgb = _rgb("#ffffff" if head else INK)
            run._r.get_or_add_rPr().set("lang", self._locale(shows.language))
        about = cell._tc.get_or_add_tcPr()
        for side in ("marL", "marR", "marT", "marB"):
            about.set(side, str(Pt(CELL)))
        about.set("anchor", "b" if head else "t")
        line = f'<a:lnB {nsdecls("a")} w="6350"><a:solidFill><a:srgbClr val="{GRID[1:]}"/></a:solidFill></a:lnB>'
        fill = f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{INK[1:]}"/></a:solidFill>' if head else f"<a:noFill {nsdecls('a')}/>"
        for part in (line, fill):
            about.append(parse_xml(part))


def _blank(locale: str, title: str) -> Any:
    """An empty wide presentation with one layout, without what python-pptx's template has left in it."""
    deck = Presentation()
    without_leftovers(deck, deck.part.package._rels)
    deck.slide_width, deck.slide_height = Pt(WIDE), Pt(HIGH)
    deck.part._element.find(qn("p:sldSz")).attrib.pop("type", None)
    for layout in list(deck.slide_layouts):
        if layout.name != "Title Only":
            deck.slide_layouts.remove(layout)
    master, layout = deck.slide_master, deck.slide_layouts[0]
    places = {
        PP_PLACEHOLDER.TITLE: Box(MARGIN, 30, WIDE - 2 * MARGIN, 58),
        PP_PLACEHOLDER.FOOTER: Box(MARGIN, 508, 740, 22),
        PP_PLACEHOLDER.SLIDE_NUMBER: Box(WIDE - MARGIN - 120, 508, 120, 22),
    }
    for shape in [*master.placeholders, *layout.placeholders]:
        kind = shape.placeholder_format.type
        if kind not in places:
            shape._element.getparent().remove(shape._element)
            continue
        if shape.part is master.part:
            _place(shape, places[kind])
        for text in shape._element.iter(qn("a:t")):
            text.text = title if kind == PP_PLACEHOLDER.TITLE else text.text
        for about in shape._element.iter(qn("a:bodyPr")):
            about.attrib.update({"lIns": str(Pt(CELL)), "rIns": str(Pt(CELL))})
        for level in shape._element.iter(qn("a:lvl1pPr")):
            level.set("algn", "l" if kind == PP_PLACEHOLDER.FOOTER else "r")
            level.find(qn("a:defRPr")).set("sz", "900")
    (style,) = master._element.iter(qn("p:titleStyle"))
    style.find(qn("a:lvl1pPr")).set("algn", "l")
    for part in (deck.part._element, master._element, layout._element):
        for element in [element for element in part.iter() if "lang" in element.attrib]:
            element.set("lang", locale)
        for element in list(part.iter(qn("p:extLst"))):
            element.getparent().remove(element)
    return deck


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Pt, (box.left, box.top, box.width, box.height))


def _caption_height(picture: Picture, width: float) -> float:
    return len(_lines(picture.caption, width - 2 * CELL, CAPTION, BROAD)) * CAPTION * LINE + 8


def _pieces(section: Section) -> list[Paragraph | Table]:
    """What stands on the left of a section's slides: paragraphs, an item of a list each, and tables with caption and note."""
    pieces: list[Paragraph | Table] = []
    for block in section.blocks:
        match block:
            case Paragraph() if block.role != "sources":
                pieces.append(block)
            case Bullets():
                pieces += [Paragraph(item, "bullet", block.language) for item in block.items]
            case Table():
                pieces += [Paragraph((block.caption,), "caption"), block]
                pieces += [Paragraph((block.note,), "note")] if block.note else []
    return pieces


def _together(pieces: Sequence[Paragraph | Table]) -> Iterator[list[Paragraph] | Table]:
    """Paragraphs that follow each other as one, and tables."""
    group: list[Paragraph] = []
    for piece in pieces:
        alone = isinstance(piece, Table) or piece.role in GROUNDS
        if group and (alone or group[0].role in GROUNDS):
            yield group
            group = []
        if isinstance(piece, Table):
            yield piece
        else:
            group.append(piece)
    if group:
        yield group


def _fitting(pieces: list[Paragraph | Table], box: Box) -> tuple[float, list[Paragraph | Table], list[Paragraph | Table]]:
    """The size in which all pieces have room, else the smallest; the pieces that have; and the rest."""
    tables = [piece for piece in pieces if isinstance(piece, Table)]
    for size in SIZES:
        words = all(sum(_least(table, TABLE * size)) <= box.width for table in tables)
        if words and sum(_height(piece, box.width, size) for piece in pieces) <= box.height:
            return size, pieces, []
    now: list[Paragraph | Table] = []
    room, size = box.height, SIZES[-1]
    for number, piece in enumerate(pieces):
        height = _height(piece, box.width, size)
        if height <= room:
            now.append(piece)
            room -= height
            continue
        rest = pieces[number:]
        if isinstance(piece, Table):
            first, others = _split(piece, box.width, size, room)
            if first.rows:
                return size, [*now, first], [others, *rest[1:]]
            if len(now) > 1:
                return size, now[:-1], [now[-1], *rest]
        if now:
            return size, now, rest
        return size, [piece], rest[1:]
    return size, now, []


def _split(table: Table, width: float, size: float, room: float) -> tuple[Table, Table]:
    count = len(table.rows)
    while count and _height(replace(table, rows=table.rows[:count]), width, size) > room:
        count -= 1
    return replace(table, rows=table.rows[:count]), replace(table, rows=table.rows[count:])


def _height(piece: Paragraph | Table, width: float, size: float) -> float:
    """How much room a piece takes, with what parts it from the next."""
    if isinstance(piece, Table):
        widths = _widths(piece, width, TABLE * size)
        rows = [piece.headings, *([cell.text for cell in row] for row in piece.rows)]
        return sum(_row_height(row, widths, TABLE * size, piece.row_heading) for row in rows) + 0.8 * size
    own = _size(piece, size)
    indent = 0.9 * size if piece.role == "bullet" else 0
    runs = list(_runs(piece))
    text, letter = "".join(text for text, *_ in runs), BROAD if all(bold for _, bold, *_ in runs) else LETTER
    return len(_lines(text, width - 2 * CELL - indent, own, letter)) * own * LINE + 0.35 * size + (8 if piece.role in GROUNDS else 0)


def _row_height(row: Sequence[str], widths: Sequence[float], size: float, heading: int) -> float:
    """The height of a table's row, of whose cells one names it, in bold."""
    letters = [BROAD if number == heading else LETTER for number in range(len(row))]
    lines = max(len(_lines(text, width - 2 * CELL, size, letter)) for text, width, letter in zip(row, widths, letters, strict=True))
    return max(1, lines) * size * LINE + 2 * CELL


def _widths(table: Table, width: float, size: float) -> list[float]:
    """The widths of a table's columns, which fill its own."""
    sides = 2 * CELL * len(table.headings)
    letters = column_widths(table, (width - sides) / (BROAD * size))
    room = (width - sides) / sum(letters)
    return [2 * CELL + room * letter for letter in letters]


def _least(table: Table, size: float) -> list[float]:
    """The widths of a table's columns that no word of them is broken in."""
    return [2 * CELL + BROAD * size * letters for letters in shortest_widths(table)]


def _lines(text: str, width: float, size: float, letter: float = LETTER) -> list[str]:
    return textwrap.wrap(text, max(1, math.floor(width / (letter * size))))


def _size(paragraph: Paragraph, size: float) -> float:
    return SMALLER.get(paragraph.role, 1) * size


def _runs(paragraph: Paragraph) -> Iterator[tuple[str, bool, str, Code | Literal[""]]]:
    """The texts of a paragraph, which of them stand out, where they lead on the web, and their language, where it is another than the
    slides'."""
    heavy = paragraph.role in ("lead", "caption", "title", "band", "notice")
    for run in paragraph.text:
        if isinstance(run, str):
            yield run, heavy, "", paragraph.language
        else:
            address = run.target if isinstance(run, Link) and not run.target.startswith("#") else ""
            own = run.language if isinstance(run, Link | Passage) else ""
            yield run.text, heavy or isinstance(run, Strong), address, own or paragraph.language


def _pixels(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def _rgb(colour: str) -> Any:
    return RGBColor(*bytes.fromhex(colour[1:]))  # type: ignore[no-untyped-call]
