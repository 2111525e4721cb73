"""The report as a Word document: real headings, captions, tables and alternative texts, ready to be edited."""

import copy
import functools
import io
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from docx import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor, Twips
from lxml.etree import SubElement

from pipeline.report.blocks import Block, Bullets, Document, Inline, Link, Notes, Paragraph, Passage, Picture, Section, Strong, Table
from pipeline.report.charts.look import GRID, INK
from pipeline.report.language import Language
from pipeline.report.office import column_widths, describe, shortest_widths, undated, without_leftovers
from pipeline.report.traces import Figure
from pipeline.report.words import Code, texts

SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
"""Sizes of letters in tables, in points: the first in which no word of a heading or a cell is broken."""
MARGIN = 45
"""Between a cell's text and its side, in twips."""
PAGE = 170.0
"""The text's width, in millimetres."""
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Look = tuple[tuple[str, str], ...]
NO_LOOK: Look = ()
BOLD: Look = (("b", ""),)
SMALL: Look = (("sz", str(int(8.5 * 2))),)
"""Word counts half points."""
RAISED: Look = (("vertAlign", "superscript"),)
STYLES = ("Title", "Caption", "ListBullet", "Header", "Footer", *(f"Heading{level}" for level in range(1, 10)))
"""What stays of the template's styles, with those that they are based on."""
STALE = ("zoom", "proofState", "savePreviewPicture", "rsids", "doNotAutoCompressPictures", "shapeDefaults", "docId", "defaultImageDpi")
"""The settings of python-docx's template that say nothing of this document."""


def docx(document: Document, language: Language, pictures: Mapping[str, bytes]) -> bytes:
    """The report as DOCX. pictures: PNG by name."""
    return _Writer(document, language, pictures).bytes()


class _Writer:
    """One Word document as it grows."""

    def __init__(self, document: Document, language: Language, pictures: Mapping[str, bytes]) -> None:
        self.document, self.language, self.pictures = document, language, pictures
        self.say = language.say
        self.word = _blank(self.say("shared.locale"), self.say("number.decimal"))
        self.bookmarks = 0
        self.captions: Counter[str] = Counter()
        self._styles()

    def bytes(self) -> bytes:
        self._front()
        for section in self.document.sections:
            self._section(section, 1)
        made = io.BytesIO()
        self.word.save(made)
        return undated(made.getvalue())

    def _styles(self) -> None:
        styles = self.word.styles
        for name, size in (("Normal", 9.5), ("Title", 24), ("Heading 1", 17), ("Heading 2", 13), ("Heading 3", 11), ("Caption", 9)):
            font = styles[name].font
            font.name, font.size = "Calibri", Pt(size)
            fonts = styles[name].element.get_or_add_rPr().get_or_add_rFonts()
            for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                fonts.attrib.pop(qn(attribute), None)
            if name != "Normal":
                font.color.rgb = RGBColor.from_string(INK[1:])
        for name, before, after in (
            ("Normal", 0, 4),
            ("Heading 1", 16, 4),
            ("Heading 2", 10, 2),
            ("Heading 3", 7, 2),
            ("Caption", 3, 4),
            ("List Bullet", 0, 2),
        ):
            room = styles[name].paragraph_format
            room.space_before, room.space_after, room.line_spacing = Pt(before), Pt(after), 1.0
        for name, size, indent in (("TOC 1", 10, 0), ("TOC 2", 9, 6), ("Gap", 3, 0)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style, style.font.size = styles["Normal"], Pt(size)
            style.paragraph_format.space_after, style.paragraph_format.left_indent = Pt(1), Mm(indent)
        page = self.word.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2)
        page.top_margin = page.bottom_margin = Cm(1.8)

    def _front(self) -> None:
        document = self.document
        describe(self.word, document, self.language)
        page = self.word.sections[0]
        if document.notice:
            head = page.header.paragraphs[0]
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = head.add_run(self.say("shared.illustrative"))
            run.bold, run.font.color.rgb = True, RGBColor(0x8A, 0x3B, 0x00)
        foot = page.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        foot.add_run(f"{document.identity} · {self.say('document.page')} ").font.size = Pt(8)
        _field(foot, "PAGE", "1")
        self.word.add_paragraph(document.title, style="Title")
        self.word.add_paragraph(document.subject)
        if document.notice:
            notice = self.word.add_paragraph()
            notice.add_run(document.notice).bold = True
            _shade(notice._p.get_or_add_pPr(), "FFF3D6")
        self._contents()

    def _contents(self) -> None:
        """The contents as a field: links until Word counts the pages, which it does when asked to update the field."""
        label = self.word.add_paragraph()
        label.add_run(self.say("document.contents")).bold = True
        lines = [self._add("TOC1") for _ in self.document.sections]
        _begin(lines[0], 'TOC \\o "1-2" \\h \\z \\u')
        for line, section in zip(lines, self.document.sections, strict=True):
            self._link(line, section.title, f"#{section.anchor}")
        _mark(lines[-1], "end")

    def _add(self, style: str) -> Any:
        """A paragraph in a style by its identity: python-docx searches all styles for a name each time."""
        paragraph = self.word.add_paragraph()
        paragraph._p.style = style
        return paragraph

    def _section(self, section: Section, level: int) -> None:
        heading = self._add(f"Heading{min(level, 9)}")
        _run(heading._p, section.title)
        self._bookmark(heading, section.anchor)
        for block in section.blocks:
            self._block(block, level)

    def _block(self, block: Block, level: int) -> None:
        match block:
            case Section():
                self._section(block, level + 1)
            case Paragraph():
                self._paragraph(self.word.add_paragraph(), block.text, block.role, block.language)
            case Bullets():
                for item in block.items:
                    self._paragraph(self._add("ListBullet"), item, block.role, block.language)
            case Table():
                self._caption(block.caption, self.say("document.table"), keep=True)
                self._table(block)
                if block.note:
                    self._paragraph(self.word.add_paragraph(), (block.note,), "note")
            case Picture():
                self._picture(block)
            case Notes():
                self._paragraph(self.word.add_paragraph(), (self.say("notes.elsewhere"),))

    def _paragraph(self, paragraph: Any, text: Inline, role: str = "", language: Code | Literal[""] = "") -> None:
        locale = _locale(language)
        for run in text:
            match run:
                case Strong():
                    _run(paragraph._p, run.text, BOLD + locale)
                case Link():
                    self._link(paragraph, run.text, run.target, locale or _locale(run.language))
                case Passage():
                    _run(paragraph._p, run.text, {"lead": BOLD, "note": SMALL}.get(role, ()) + _locale(run.language))
                case Figure():
                    _run(paragraph._p, run.text, locale or None)
                    _run(paragraph._p, f"[{run.trace}]", RAISED)
                case str():
                    _run(paragraph._p, run, {"lead": BOLD, "note": SMALL}.get(role, ()) + locale)
        if role in ("verdict", "caveat"):
            _shade(paragraph._p.get_or_add_pPr(), "EEF3F8" if role == "verdict" else "F6F5F3")

    def _link(self, paragraph: Any, text: str, target: str, locale: Look = ()) -> None:
        """A link to a bookmark of the document, or to a page on the web."""
        link = _below(paragraph._p, "hyperlink")
        if target.startswith("#"):
            link.set(qn("w:anchor"), _name(target[1:]))
        else:
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
            link.set(qn("r:id"), paragraph.part.relate_to(target, kind, is_external=True))
        _run(link, text, (("color", "0B5394"), ("u", "single"), *locale))

    def _bookmark(self, paragraph: Any, anchor: str) -> None:
        self.bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self.bookmarks))
        start.set(qn("w:name"), _name(anchor))
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, start)
        paragraph._p.append(end)

    def _caption(self, text: str, kind: str, *, keep: bool = False) -> None:
        caption = self._add("Caption")
        _run(caption._p, f"{kind} ")
        self.captions[kind] += 1
        _field(caption, f"SEQ {kind} \\* ARABIC", str(self.captions[kind]))
        _run(caption._p, f". {text}")
        caption.paragraph_format.keep_with_next = keep

    def _table(self, table: Table) -> None:
        made = self.word.add_table(rows=0, cols=len(table.headings))
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        borders = OxmlElement("w:tblBorders")
        for side in ("bottom", "insideH"):
            _below(borders, side, val="single", sz="4", color=GRID[1:])
        sides = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            _below(sides, side, w=str(MARGIN), type="dxa")
        layout, look = made._tbl.tblPr.find(qn("w:tblLayout")), made._tbl.tblPr.find(qn("w:tblLook"))
        layout.addprevious(borders)
        look.addprevious(sides)
        size, widths = _widths(table)
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        self._row(made, [(heading, True, NO_LOOK) for heading in table.headings], table.numeric, widths, size, header=True)
        for row in table.rows:
            cells = [(cell.text, number == table.row_heading, _locale(cell.language)) for number, cell in enumerate(row)]
            self._row(made, cells, table.numeric, widths, size)
        self._add("Gap")

    def _row(
        self,
        table: Any,
        cells: list[tuple[str, bool, Look]],
        numeric: tuple[bool, ...],
        widths: list[Any],
        size: Any,
        *,
        header: bool = False,
    ) -> None:
        """A row as XML: python-docx's own cells take a hundred times as long."""
        row = _below(table._tbl, "tr")
        properties = _below(row, "trPr")
        _below(properties, "cantSplit")
        if header:
            _below(properties, "tblHeader")
        ink = (("color", "FFFFFF"),) if header else ()
        for (text, bold, locale), number, width in zip(cells, numeric, widths, strict=True):
            look = (("b", "1" if bold else "0"), *ink, ("sz", str(int(size.pt * 2))), *locale)
            cell = copy.deepcopy(_cell(width.twips, look, right=number, header=header))
            cell[-1][-1][-1].text = text
            row.append(cell)

    def _picture(self, picture: Picture) -> None:
        if not picture.width.word:
            return
        self._caption(picture.caption, self.say("document.figure"), keep=True)
        paragraph = self.word.add_paragraph()
        paragraph.paragraph_format.keep_with_next = not picture.repeats
        shape = paragraph.add_run().add_picture(io.BytesIO(self.pictures[picture.name]), width=Cm(picture.width.word))
        shape._inline.docPr.set("descr", picture.alternative)
        shape._inline.docPr.set("title", picture.caption)
        if not picture.repeats:
            self._table(picture.table)


@functools.lru_cache(maxsize=1_024)
def _cell(twips: int, look: Look, *, right: bool, header: bool) -> Any:
    """An empty cell of a table, to be copied: most differ in their text alone."""
    cell = OxmlElement("w:tc")
    about = _below(cell, "tcPr")
    _below(about, "tcW", w=str(twips), type="dxa")
    if header:
        _below(about, "shd", val="clear", color="auto", fill=INK[1:])
        _below(about, "vAlign", val="bottom")
    paragraph = _below(cell, "p")
    about = _below(paragraph, "pPr")
    _below(about, "spacing", before="20", after="20", line="240", lineRule="auto")
    if right:
        _below(about, "jc", val="right")
    _run(paragraph, "", look, preserve=True)
    return cell


def _locale(language: Code | Literal[""]) -> Look:
    """A run's language, where it is another than the document's."""
    return (("lang", str(texts(language)["shared.locale"])),) if language else ()


def _blank(locale: str, decimal: str) -> Any:
    """An empty document in a language, without what python-docx's template has left in it."""
    word = Word()
    without_leftovers(word, word.part.package.rels)
    settings = word.settings.element
    for child in [child for child in settings if child.tag.rpartition("}")[2] in STALE]:
        settings.remove(child)
    for tag, value in (("themeFontLang", locale), ("decimalSymbol", decimal), ("listSeparator", ";" if decimal == "," else ",")):
        settings.find(qn(f"w:{tag}")).attrib.update({qn("w:val"): value})
    styles = word.styles.element
    (language,) = styles.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    language.attrib.clear()
    language.set(qn("w:val"), locale)
    by_id = {style.styleId: style for style in styles.style_lst}
    kept = [*STYLES, *(style.styleId for style in by_id.values() if style.get(qn("w:default")) == "1")]
    for name in kept:
        kept += [other for other in by_id[name].xpath("w:basedOn/@w:val | w:link/@w:val | w:next/@w:val") if other not in kept]
    for name in by_id.keys() - set(kept):
        styles.remove(by_id[name])
    return word


def _widths(table: Table) -> tuple[Any, list[Any]]:
    """The size of a table's letters, and columns as wide as headings and texts ask for, none narrower than its longest word."""
    margins = 2 * Twips(MARGIN).mm * len(table.headings)
    least = sum(shortest_widths(table))
    size = next((size for size in SIZES if margins + least * _letter(size) <= PAGE), SIZES[-1])
    widths = column_widths(table, (PAGE - margins) / _letter(size))
    return Pt(size), [Mm(_letter(size) * width + margins / len(widths)) for width in widths]


def _letter(size: float) -> float:
    """The width of a letter in millimetres, in the widest fonts that stand in for Calibri."""
    return size * 0.23


def _below(parent: Any, tag: str, **attributes: str) -> Any:
    """A new last child of an element. Not by python-docx's own: they take twenty times as long."""
    return SubElement(parent, W + tag, {W + key: value for key, value in attributes.items()})


def _run(parent: Any, text: str, look: Look | None = None, *, preserve: bool = False) -> None:
    """A run of text, without breaks of lines, as XML; look: its properties and their values, in the order of Word's schema."""
    run = _below(parent, "r")
    if look is not None:
        properties = _below(run, "rPr")
        for tag, value in look:
            _below(properties, tag, **({"val": value} if value else {}))
    if text or preserve:
        content = _below(run, "t")
        content.text = text
        if preserve or text != text.strip():
            content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _name(anchor: str) -> str:
    """A bookmark's name: letters, digits and underscores, a letter first."""
    return re.sub(r"\W", "_", anchor)


def _field(paragraph: Any, code: str, shown: str) -> None:
    """A field with what it shows until Word counts anew."""
    _begin(paragraph, code)
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _begin(paragraph: Any, code: str) -> None:
    """The beginning of a field, up to what it shows."""
    _mark(paragraph, "begin")
    _below(paragraph.add_run()._r, "instrText").text = f" {code} "
    _mark(paragraph, "separate")


def _mark(paragraph: Any, kind: str) -> None:
    _below(paragraph.add_run()._r, "fldChar", fldCharType=kind)


def _shade(properties: Any, colour: str) -> None:
    _below(properties, "shd", val="clear", color="auto", fill=colour)
