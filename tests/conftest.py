"""A copy of the raw data to spoil, awards to change, and the command run in this process."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from browser import chromium, opened
from playwright.sync_api import Browser, Page
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from pipeline.cli import app

PROJECT = Path(__file__).resolve().parents[1]
RAW = PROJECT / "tests" / "raw"
"""The illustrative raw data, kept for the tests: data/raw changes when the agency's own files come."""
GOODS = "goods_exports_by_county.xlsx"
SERVICES = "services_exports_by_county.xlsx"
POPULATION = "population_by_county.csv"

Rows = list[list[Any]]


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it printed."""

    exit_code: int
    stdout: str
    stderr: str


def exportregion(*arguments: str | Path) -> Ran:
    """Run the command in this process, on the tests' raw data unless others are named.

    An unexpected exception fails the test with its traceback.
    """
    texts = [str(argument) for argument in arguments]
    if not {"--data", "--help", "--list", "microdata"} & set(texts):
        texts += ["--data", str(RAW)]
    result = CliRunner().invoke(app, texts)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


@dataclass(frozen=True)
class Raw:
    """A raw-data folder of a test's own."""

    folder: Path

    def path(self, file: str) -> Path:
        return self.folder / file

    def record(self, file: str) -> None:
        """Record a file's present checksum in sources.toml."""
        sha256 = hashlib.sha256(self.path(file).read_bytes()).hexdigest()
        self.edit_sources(rf'(file = "{re.escape(file)}".*?sha256 = ")[0-9a-f]+', rf"\g<1>{sha256}")

    def edit_sources(self, pattern: str, replacement: str) -> None:
        path = self.path("sources.toml")
        text, count = re.subn(pattern, replacement, path.read_text(encoding="utf-8"), count=1, flags=re.DOTALL)
        assert count == 1, pattern
        path.write_text(text, encoding="utf-8")

    def edit_text(self, file: str, old: str, new: str) -> None:
        path = self.path(file)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        self.record(file)

    def edit_workbook(self, file: str, edit: Callable[[Rows], Any]) -> None:
        """Change the cells of a workbook's table and record the new checksum. Row 1 of the sheet is rows[0]."""
        name, rows = read_rows(self.path(file))
        edit(rows)
        write_workbook(self.path(file), {name: rows})
        self.record(file)


def read_rows(path: Path) -> tuple[str, Rows]:
    """The last sheet's name and cells."""
    workbook = CalamineWorkbook.from_path(path)
    name = workbook.sheet_names[-1]
    return name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)


def write_workbook(path: Path, sheets: dict[str, Rows]) -> None:
    """Write a real workbook: numbers as numbers, texts as texts, None and "" as empty cells."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write(number, column, cell)


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its checksum."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture
def raw(tmp_path: Path) -> Raw:
    shutil.copytree(RAW, tmp_path / "raw")
    return Raw(tmp_path / "raw")


@pytest.fixture
def award(tmp_path: Path) -> Callable[..., Path]:
    """Write awards/2021.toml with texts replaced, under a name of its own."""

    def write(*replacements: tuple[str, str], name: str = "trial") -> Path:
        text = (PROJECT / "awards" / "2021.toml").read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """A folder that the first of the tests' workers builds, and all read."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / name).exists():
            building = root / f"{name}.new"
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir()
            build(building)
            building.rename(root / name)
    return root / name


@pytest.fixture(scope="session")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the complete results of both awards, from the tests' raw data; of 2021 in both languages. Read only."""

    def build(folder: Path) -> None:
        command = [sys.executable, "-m", "pipeline.cli", "run", "--data", str(RAW), "--out", str(folder), "--quiet", "--award"]
        runs = [
            subprocess.Popen([*command, *arguments], cwd=PROJECT, stdout=subprocess.DEVNULL)
            for arguments in (["2021", "--language", "sv", "--language", "en"], ["2022"])
        ]
        assert [run.wait() for run in runs] == [0, 0]

    out = once(tmp_path_factory, "complete", build)
    before = tree(out)
    yield out
    assert tree(out) == before


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium, one for each worker of the tests."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test on any error in it and on any request outside its file."""
    with opened(browser) as page_:
        yield page_


HOSTILE = ("<script>alert(1)</script>", "=cmd()", "#let x = 1", "*fet* [länk](x) `kod`", "]] %{x} {{ 1 }}", "a&b;c", "å\u0007\u202eä")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of an award whose every free text is hostile, with evidence of the same kind."""
    return once(tmp_path_factory, "hostile", _write_hostile) / "out" / "trial"


def _write_hostile(folder: Path) -> None:
    nasty = " ".join(HOSTILE)
    quoted = nasty.replace("\\", "\\\\").replace('"', '\\"').replace("\u0007", "\\u0007").replace("\u202e", "\\u202e")
    text = (PROJECT / "awards" / "2021.toml").read_text(encoding="utf-8")
    text = re.sub('^((?:title|label|reason) = )".*"$', lambda found: f'{found[1]}"{quoted}"', text, flags=re.MULTILINE)
    names = iter(range(9))
    text = re.sub(r'^label = "', lambda found: f"{found[0]}{next(names)} ", text, flags=re.MULTILINE)
    (folder / "trial.toml").write_text(text, encoding="utf-8")
    statement = f'[[statements]]\nregion_code = "25"\nkind = "brand"\nstatement = "{quoted}"\nsource = "{quoted}"\ndate = 2022-08-31\nentered_by = "{quoted}"\n'
    (folder / "trial-evidence.toml").write_text(statement, encoding="utf-8")
    ran = exportregion("report", "--award", folder / "trial.toml", "--out", folder / "out")
    assert ran.exit_code == 0, ran.stderr


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The cluster comes last: its processes would take the time from tests that wait for a server's answer."""
    items.sort(key=lambda item: item.path.name == "test_spark.py")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what came of the faults that tests/test_mutations.py makes, by kind."""
    by_kind: dict[str, Counter[str]] = {}
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == "mutations" and report.when == "call":
                by_kind.setdefault(told[0], Counter()).update(told[1])
    for kind, outcomes in sorted(by_kind.items()):
        shares = ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
        terminalreporter.write_line(
            f"single faults, {kind:<9} {outcomes['caught'] / outcomes.total():>5.0%} caught of {outcomes.total()}: {shares}"
        )
