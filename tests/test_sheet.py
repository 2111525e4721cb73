"""One region's fact sheet as a file that can be sent alone."""

import re
from pathlib import Path

import pypdfium2
import pytest
from conftest import exportregion


def text(page: pypdfium2.PdfPage) -> str:
    """The words of a page without its foot, which has the number of the page and the title of the file."""
    words = re.sub(r"\s+", " ", page.get_textpage().get_text_range())
    return words.split("Årets exportregion 2021: underlag")[0]


def test_a_sheet_alone_is_the_page_among_all_and_names_the_region(complete: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = exportregion("sheet", "halland", "--award", "2021", "--to", tmp_path / "halland.pdf", "--quiet")
    assert (ran.exit_code, ran.stdout.strip()) == (0, str(tmp_path / "halland.pdf")), ran.stderr
    alone = pypdfium2.PdfDocument(tmp_path / "halland.pdf")
    assert len(alone) == 1
    assert alone.get_metadata_value("Title") == "Årets exportregion 2021: underlag för nominering: Hallands län"
    every = pypdfium2.PdfDocument(complete / "2021" / "report" / "exportregion-2021-sheets.pdf")
    (page,) = (page for page in every if text(page).startswith("Illustrativa uppgifter, ingen statistik Hallands län"))
    assert text(alone[0]) == text(page)
    content = (tmp_path / "halland.pdf").read_bytes()
    assert b"pdfuaid" in content
    again = exportregion("sheet", "halland", "--award", "2021", "--to", tmp_path / "halland.pdf")
    assert again.exit_code == 2
    assert (tmp_path / "halland.pdf").read_bytes() == content


def test_a_region_that_is_not_there_is_told_before_anything_is_ranked(tmp_path: Path) -> None:
    ran = exportregion("sheet", "Atlantis", "--award", "2021", "--to", tmp_path / "a.pdf", "--quiet")
    assert ran.exit_code == 2
    assert "no county 'Atlantis'; there are Stockholms län" in ran.words
    assert not list(tmp_path.iterdir())
