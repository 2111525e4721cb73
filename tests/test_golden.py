"""One page of the report in each format, as a person has read it: Halland's, and the ranking, in a world of five counties.

tests/golden holds them. A test that fails writes the page as it is now beside the test's other files and names it; after a change
that is meant, and read, it takes the old one's place. What pages of the other kinds say is tested where it is said.
"""

import re
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from docx.table import Table
from python_calamine import CalamineWorkbook

GOLDEN = Path(__file__).parent / "golden"
NAME = "report/exportregion-2021"


def of_markdown(five: Path) -> str:
    whole = (five / "report.md").read_text(encoding="utf-8")
    return whole[whole.rindex("### Hallands län") :].split("\n### ")[0]


def of_html(five: Path) -> str:
    """The markup; pictures are tested in test_charts.py."""
    (page,) = re.findall(
        r'(<section id="region-13".*?)<section id="region-25"', (five / f"{NAME}.html").read_text(encoding="utf-8"), re.DOTALL
    )
    markup = re.sub(r"<svg.*?</svg>", "<svg/>", page, flags=re.DOTALL)
    return "\n".join(line.strip() for line in markup.splitlines() if line.strip())


def of_word(five: Path) -> str:
    """Each paragraph with its style, and the cells of each table."""
    lines: list[str] = []
    for block in docx.Document(str(five / f"{NAME}.docx")).iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(f"{block.style.name if block.style else ''}: {block.text}")
    start = max(number for number, line in enumerate(lines) if line == "Heading 2: Hallands län")
    end = next(number for number, line in enumerate(lines) if number > start and line.startswith("Heading 2: "))
    return "\n".join(lines[start:end])


def of_pdf(five: Path) -> str:
    """The first page; the checksums at its foot are left out."""
    with pypdfium2.PdfDocument(five / f"{NAME}.pdf") as document:
        return re.sub(r"\b[0-9a-f]{8}\b", "…", "\n".join(document[0].get_textpage().get_text_range().splitlines()))


def of_workbook(five: Path) -> str:
    rows: list[list[Any]] = CalamineWorkbook.from_path(five / f"{NAME}.xlsx").get_sheet_by_name("Rangordning").to_python()
    return "\n".join(" | ".join(str(cell) for cell in row) for row in rows)


@pytest.mark.whole
@pytest.mark.parametrize("page", [of_markdown, of_html, of_word, of_pdf, of_workbook], ids=lambda page: page.__name__.removeprefix("of_"))
def test_a_changed_page_is_a_visible_difference(page: Any, five: Path, tmp_path: Path) -> None:
    name = f"{page.__name__.removeprefix('of_')}.txt"
    now = tmp_path / name
    now.write_text(page(five).rstrip() + "\n", encoding="utf-8")
    assert now.read_text(encoding="utf-8") == (GOLDEN / name).read_text(encoding="utf-8"), now
