"""One page of the report in each format, as a person has read it: Halland's, and the ranking, in a world of five counties.

tests/golden holds them. A test that fails writes the page as it is now beside the test's other files and names it; after a change
that is meant, and read, it takes the old one's place. What pages of the other kinds say is tested where it is said.
"""

import io
import re
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from browser import complaints
from conftest import RAW, spoken, tables_before_the_report
from docx.table import Table
from python_calamine import CalamineWorkbook

from pipeline import report
from pipeline.award import load_award
from pipeline.sources import load_sources

GOLDEN = Path(__file__).parent / "golden"
REGIONS = ("00", "09", "12", "13", "24", "25")
"""The nation, three that become candidates, one that does not, and one with withheld cells."""
NAME = "report/exportregion-2021"


@pytest.fixture(scope="module")
def files(dear: None) -> dict[str, bytes]:
    """The report in every format."""
    award, sources = load_award("2021"), load_sources(RAW, load_award("2021"))
    tables = tables_before_the_report(award, sources, REGIONS)
    return report.files([report.write(tables, award, sources, spoken("sv", award))])()


def of_markdown(files: dict[str, bytes]) -> str:
    whole = files["report.md"].decode()
    return whole[whole.rindex("### Hallands län") :].split("\n### ")[0]


def of_html(files: dict[str, bytes]) -> str:
    """The markup; pictures are tested in test_charts.py."""
    (page,) = re.findall(r'(<section id="region-13".*?)<section id="region-25"', files[f"{NAME}.html"].decode(), re.DOTALL)
    markup = re.sub(r"<svg.*?</svg>", "<svg/>", page, flags=re.DOTALL)
    return "\n".join(line.strip() for line in markup.splitlines() if line.strip())


def of_word(files: dict[str, bytes]) -> str:
    """Each paragraph with its style, and the cells of each table."""
    lines: list[str] = []
    for block in docx.Document(io.BytesIO(files[f"{NAME}.docx"])).iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(f"{block.style.name if block.style else ''}: {block.text}")
    start = max(number for number, line in enumerate(lines) if line == "Heading 2: Hallands län")
    end = next(number for number, line in enumerate(lines) if number > start and line.startswith("Heading 2: "))
    return "\n".join(lines[start:end])


def of_pdf(files: dict[str, bytes]) -> str:
    """The first page; the checksums at its foot are left out."""
    with pypdfium2.PdfDocument(files[f"{NAME}.pdf"]) as document:
        return re.sub(r"\b[0-9a-f]{8}\b", "…", "\n".join(document[0].get_textpage().get_text_range().splitlines()))


def of_workbook(files: dict[str, bytes]) -> str:
    rows: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(files[f"{NAME}.xlsx"])).get_sheet_by_name("Rangordning").to_python()
    return "\n".join(" | ".join(str(cell) for cell in row) for row in rows)


@pytest.mark.whole
@pytest.mark.parametrize("page", [of_markdown, of_html, of_word, of_pdf, of_workbook], ids=lambda page: page.__name__.removeprefix("of_"))
def test_a_changed_page_is_a_visible_difference(page: Any, files: dict[str, bytes], tmp_path: Path) -> None:
    name = f"{page.__name__.removeprefix('of_')}.txt"
    now = tmp_path / name
    now.write_text(page(files).rstrip() + "\n", encoding="utf-8")
    assert now.read_text(encoding="utf-8") == (GOLDEN / name).read_text(encoding="utf-8"), now


@pytest.mark.whole
def test_the_page_is_valid_by_the_nu_checker(files: dict[str, bytes], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(files[f"{NAME}.html"])
    assert complaints(page) == "Document checking completed. No errors found.\n"
