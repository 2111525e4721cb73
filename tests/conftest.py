"""A copy of the raw data to spoil, awards to change, and the command run in this process."""

import copy
import functools
import gc
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from browser import chromium, opened, program
from playwright.sync_api import Browser, Page
from python_calamine import CalamineWorkbook
from typer import testing

from pipeline import ingest, run
from pipeline import report as reports
from pipeline.award import Award, load_award
from pipeline.cli import app
from pipeline.declarations import Statistic
from pipeline.evidence import load_evidence
from pipeline.locks import locked
from pipeline.models import engine, models
from pipeline.ranking import joint, robustness
from pipeline.report.charts import drawing
from pipeline.report.language import Language
from pipeline.report.markdown import markdown
from pipeline.report.words import Code
from pipeline.run import STAGES, set_beside, stages
from pipeline.sources import Source, Sources, load_sources
from pipeline.warehouse import Warehouse

PROJECT = Path(__file__).resolve().parents[1]
RAW = PROJECT / "tests" / "raw"
"""The illustrative raw data, kept for the tests: data/raw changes when the agency's own files come."""
GOODS = "goods_exports_by_county.xlsx"
SERVICES = "services_exports_by_county.xlsx"
POPULATION = "population_by_county.csv"

vars(testing)["_get_command"] = functools.cache(vars(testing)["_get_command"])
"""The command line is put together once, not for every command."""
TAKE_A_ROUND = ("run", "ingest", "validate", "indicators", "rank", "robustness", "report", "explain", "check", "fetch", "add")

Rows = list[list[Any]]


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it printed."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def words(self) -> str:
        """Of stderr, whatever box stands around them and wherever their lines end."""
        return " ".join(self.stderr.replace("│", " ").split())


def exportregion(*arguments: str | Path) -> Ran:
    """Run the command in this process: on the tests' raw data and the round 2021 unless others are named, and into a folder that is
    then thrown away unless one is named, so that no test touches the results of the checkout.

    An unexpected exception fails the test with its traceback.
    """
    texts = [str(argument) for argument in arguments]
    if texts[0] in TAKE_A_ROUND and not {"--award", "--help"} & set(texts):
        texts += ["--award", "2021"]
    if not {"--data", "--help", "--list", "microdata", "companies", "verify"} & set(texts):
        texts += ["--data", str(RAW)]
    with tempfile.TemporaryDirectory(prefix="exportregion-") as own:
        if texts[0] in ("run", *STAGES) and not {"--out", "--help", "--list"} & set(texts) and texts[0] != "validate":
            texts += ["--out", own]
        result = testing.CliRunner().invoke(app, texts)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="session")
def rank_by() -> Iterator[Callable[[Path], list[str]]]:
    """Rank the indicators of 2021 by another award with the same, and give the codes of its candidates."""
    award = load_award("2021")
    sources = load_sources(RAW, award)

    def candidates(path: Path) -> list[str]:
        dict(stages(warehouse, load_award(str(path)), sources))["rank"]()
        return [row["region_code"] for row in warehouse.read("ranking.candidates")]

    with Warehouse(award) as warehouse:
        for stage, work in stages(warehouse, award, sources):
            if stage == "rank":
                break
            work()
        yield candidates


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
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "in_memory": True}) as workbook:
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


def kept(checkout: Path = PROJECT) -> dict[str, tuple[int, int]]:
    """What the analyst has in the checkout, results, raw data, awards and documents: each file with its size and the time it was written."""
    files = [path for part in ("data", "awards", "docs") for path in (checkout / part).rglob("*") if "__pycache__" not in path.parts]
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in files if not path.is_dir() or path.is_symlink()}


KEPT = pytest.StashKey[dict[str, tuple[int, int]]]()


def touched(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[str]:
    """The files that are new, gone or written since."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def pytest_sessionstart(session: pytest.Session) -> None:
    # Nothing that is imported and collected becomes garbage.
    gc.disable()
    session.config.stash[KEPT] = kept()
    # The tests' workers have a core each; what the command does in a process of its own takes all cores, and is compared with this.
    engine().execute("set threads = 1")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """No test touches what the analyst has in the checkout: if one did, the whole session fails."""
    gc.unfreeze()
    if "PYTEST_XDIST_WORKER" not in os.environ and touched(session.config.stash[KEPT], kept()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True, scope="session")
def shipped_files_read_once() -> Iterator[None]:
    """In this process, the rows of a statistic whose files are as in tests/raw, and described and read under a catalogue as before, are
    not read again. Whatever differs is read, and so is everything in processes of their own, and where a test reads in a way of its own."""
    read, read_sheet = ingest._read, vars(ingest)["read_sheet"]
    known: list[tuple[Any, Any]] = []

    def read_unless_known(folder: Path, statistic: Statistic, entries: Mapping[str, Source], *others: Any) -> Any:
        for source in entries.values():
            shipped = RAW / source.file
            if (
                vars(ingest)["read_sheet"] is not read_sheet
                or not shipped.is_file()
                or shipped.read_bytes() != (folder / source.file).read_bytes()
            ):
                return read(folder, statistic, entries, *others)
        asked = (statistic, dict(entries), others)
        rows, faults = next((answer for question, answer in known if question == asked), (None, None))
        if rows is None or faults is None:
            rows, faults = read(folder, statistic, entries, *others)
            known.append((asked, (rows, faults)))
        return [dict(row) for row in rows], list(faults)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "_read", read_unless_known)
        yield


@pytest.fixture(autouse=True, scope="session")
def audits_asked_once_of_the_same_figures() -> Iterator[None]:
    """In this process, an audit whose text, round and figures are as before gives the rows that it gave. Whatever differs is asked, and
    so is a warehouse whose figures are written again and again."""
    write, audit = Warehouse.write, Warehouse.audit
    known: list[tuple[Any, dict[str, list[dict[str, Any]]]]] = []

    def write_and_remember(warehouse: Warehouse, table: str, rows: Any) -> None:
        write(warehouse, table, rows)
        written = vars(warehouse).setdefault("written", {})
        written["again" if table in written else table] = list(rows)

    def audit_unless_known(warehouse: Warehouse, name: str) -> list[dict[str, Any]]:
        written = vars(warehouse).get("written", {})
        if {table for table in written if table.startswith(("ingested.", "staging.", "again"))} != {"ingested.regions", "ingested.figures"}:
            return audit(warehouse, name)
        if "answers" not in vars(warehouse):
            asked = warehouse.award, models("staging"), models("audits"), written["ingested.regions"], written["ingested.figures"]
            answers = next((answers for question, answers in known if question == asked), None)
            if answers is None:
                answers = {}
                known.append((asked, answers))
                del known[:-6]
            vars(warehouse)["answers"] = answers
        answers = vars(warehouse)["answers"]
        if name not in answers:
            answers[name] = audit(warehouse, name)
        return [dict(row) for row in answers[name]]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Warehouse, "write", write_and_remember)
        patch.setattr(Warehouse, "audit", audit_unless_known)
        yield


@pytest.fixture(autouse=True, scope="session")
def indicators_of_the_shipped_files_made_once() -> Iterator[None]:
    """In this process, what explain, compare and check read of a round on tests/raw is made once; they write nothing into it."""
    make = run.indicators_of
    known: list[tuple[Any, Any, list[Any]]] = []

    @contextmanager
    def made_unless_known(award: Any, data: Path, vintages: Any = None, doubts: list[Any] | None = None, **others: Any) -> Iterator[Any]:
        if data != RAW or isinstance(award, Path):
            with make(award, data, vintages, doubts, **others) as made:
                yield made
            return
        asked = award, vintages or {}, doubts is None, others
        found = next((answer for answer in known if answer[0] == asked), None)
        if found is None:
            told: list[Any] = []
            found = asked, hold.enter_context(make(award, data, vintages, None if doubts is None else told, **others)), told
            known.append(found)
        if doubts is not None:
            doubts += found[2]
        yield found[1]

    with ExitStack() as hold, pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "indicators_of", made_unless_known)
        yield


@pytest.fixture(autouse=True, scope="session")
def same_figures_challenged_once() -> Iterator[None]:
    """In this process, a ranking whose award, figures and indicators are as before is not challenged again; the tables are those that the
    first challenge gave. An award in a file of another name is the same award."""
    challenge, combine = robustness.robustness, joint.under_all_choices
    known: list[tuple[Any, Any]] = []

    def answered(work: Callable[[], Any], *question: Any) -> Any:
        answer = next((answer for asked, answer in known if asked == question), None)
        if answer is None:
            answer = work()
            known.append((question, answer))
            del known[:-12]
        return copy.deepcopy(answer)

    def without_its_file(award: Award) -> Award:
        return award.model_copy(update={"file": Path(), "content": b""})

    def known_of(compute: Any, award: Award) -> Any:
        return compute.__self__.read("staging.figures"), compute.__self__.indicators_under(award), joint.MOST

    def challenge_unless_known(rows: Any, figures: Any, compute: Any, award: Award, published: Any = (), also: str = "") -> Any:
        asked = without_its_file(award), rows, published, known_of(compute, award), also
        return answered(lambda: challenge(rows, figures, compute, award, published, also), "robustness", *asked)

    def combine_unless_known(regions: Any, compute: Any, award: Award, code: str = "") -> Any:
        asked = without_its_file(award), regions, known_of(compute, award), code
        return answered(lambda: combine(regions, compute, award, code), "joint", *asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(robustness, "robustness", challenge_unless_known)
        for reader in (joint, run):
            patch.setattr(reader, "under_all_choices", combine_unless_known)
        yield


@pytest.fixture(autouse=True, scope="session")
def pictures_copied_once() -> Iterator[None]:
    """In this process, the copies as PNG of the same pictures are not made again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "pngs", remembered(drawing.pngs))
        yield


def remembered(work: Callable[..., Any]) -> Callable[..., Any]:
    """A function of plain values that keeps its answers, by what it was asked."""
    known: dict[str, Any] = {}

    def answer(*asked: Any) -> Any:
        question = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        if question not in known:
            known[question] = work(*asked)
        return known[question]

    return answer


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
    with locked(root / f"{name}.lock"):
        if not (root / name).exists():
            building = root / f"{name}.new"
            shutil.rmtree(building, ignore_errors=True)
            building.mkdir()
            build(building)
            building.rename(root / name)
    return root / name


COMPLETE = ("report --award 2021 --language sv --language en", "run --award 2022")
"""The commands that make the complete results: README's for both languages, and another round."""


@pytest.fixture(scope="session")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the complete results of both awards, from the tests' raw data; of 2021 in both languages. Read only."""
    out = _made_in_this_process(tmp_path_factory) / "complete"
    before = tree(out)
    yield out
    assert tree(out) == before


@pytest.fixture(scope="session")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in English alone: said.txt is what it printed, out its results, whose pages are empty. Read only."""
    return _made_in_this_process(tmp_path_factory) / "english"


def _made_in_this_process(factory: pytest.TempPathFactory) -> Path:
    """The results of several commands, one after the other in this process and without a network: what they have in common is made once."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("a socket was opened")

    def build(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "create_connection", refuse)
            patch.setattr(socket.socket, "connect", refuse)
            for command in COMPLETE:
                ran = exportregion(*command.split(), "--out", folder / "complete")
                assert (ran.exit_code, ran.stderr) == (0, "")
            without_pages(patch)
            ran = exportregion("run", "--language", "en", "--out", folder / "english" / "out")
        assert (ran.exit_code, ran.stderr) == (0, "")
        (folder / "english" / "said.txt").write_text(ran.stdout.replace(str(folder / "english"), ""), encoding="utf-8")

    return once(factory, "made", build)


STATEMENT = """
[[statements]]
region_code = "13"
kind = "brand"
statement = "Regionen arbetar med sitt varumärke."
source = "Region Halland, årsredovisning 2020"
page = "https://example.org/2020.pdf"
date = 2020-12-31
entered_by = "handläggare"
"""


@pytest.fixture(scope="session")
def challenged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results up to robustness of the round 2021 under another name, with evidence of two regions. Read only."""

    def build(folder: Path) -> None:
        shutil.copy(PROJECT / "awards" / "2021.toml", folder / "trial.toml")
        (folder / "trial-evidence.toml").write_text(STATEMENT + STATEMENT.replace('"13"', '"25"'), encoding="utf-8")
        ran = exportregion("robustness", "--award", folder / "trial.toml", "--out", folder / "out")
        assert ran.exit_code == 0, ran.stderr

    return once(tmp_path_factory, "challenged", build) / "out" / "trial"


def tables_before_the_report(award: Award, sources: Sources, regions: Collection[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """The rows that the report is written from, by table; with regions, those of a world that has no others."""
    with Warehouse(award) as warehouse:
        for stage, work in stages(warehouse, award, sources):
            if stage == "report":
                break
            if stage == "validate" and regions:
                # The audits would miss the other counties.
                for table in ("ingested.regions", "ingested.figures"):
                    warehouse.write(table, [row for row in warehouse.read(table) if row["region_code"] in regions])
                warehouse.build("staging")
                warehouse.build_statistics()
                warehouse.write("validation.exceptions", [])
            else:
                work()
        set_beside(warehouse, award, sources, load_evidence(award))
        return {table: warehouse.read(table) for table in warehouse.tables()}


def spoken(code: Code, award: Award | None = None) -> Language:
    """A language with the nouns of an award's geography; of Sweden's counties, if none is named."""
    return Language(code, (award or load_award("2021")).catalogue.geography.nouns(code))


def report_text(award: str | Path, data: Path, regions: Collection[str] = ()) -> str:
    """The report as Markdown, for a test of what it says; the other formats are not made."""
    chosen = load_award(str(award))
    sources = load_sources(data, chosen)
    return markdown(reports.write(tables_before_the_report(chosen, sources, regions), chosen, sources, spoken("sv", chosen)).document)


@pytest.fixture
def process() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start the command as a process of its own, or some code with arguments; it ends with the test at the latest."""
    started: list[subprocess.Popen[str]] = []

    def start(
        *arguments: str | Path, code: str | None = None, env: dict[str, str] | None = None, **streams: Any
    ) -> "subprocess.Popen[str]":
        command = [sys.executable, *(["-c", code] if code else ["-m", "pipeline"]), *map(str, arguments)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        started.append(subprocess.Popen(command, cwd=PROJECT, text=True, env={**os.environ, **(env or {})}, **streams))
        return started[-1]

    yield start
    for each in started:
        with each:
            each.kill()


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of LibreOffice."""
    return program("soffice")


@pytest.fixture(scope="session")
def printed(soffice: str, complete: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What LibreOffice, started once, prints of the complete results' Swedish documents, decks and a workbook: 2021.docx.pdf and so on."""

    def build(folder: Path) -> None:
        sources = [*complete.glob("*/report/*-202?.docx"), *complete.glob("*/report/*.pptx"), *complete.glob("2021/report/*-2021.xlsx")]
        # Another name before the ending, so that no PDF is another's.
        copies = [shutil.copy(source, folder / f"{source.name.removeprefix('exportregion-')}{source.suffix}") for source in sources]
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        subprocess.run(
            [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *copies], check=True, capture_output=True
        )

    return once(tmp_path_factory, "printed", build)


@pytest.fixture(scope="session")
def java() -> str:
    """The path of Java, for Spark."""
    return program("java")


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


@pytest.fixture
def words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that read a report's words, traces or tables. Of other worlds, with their own statistics and indicators,
    tests/test_worlds.py and tests/test_new_statistic.py make every format."""
    without_pages(monkeypatch)


def without_pages(patch: pytest.MonkeyPatch) -> None:
    """PDF, Word, PowerPoint and Excel are empty."""
    patch.setattr("pipeline.report.pdf.pdfs", lambda *_: dict.fromkeys(("-notes", "-sheets", ""), bytes))
    patch.setattr(drawing, "pngs", lambda *_: {})
    for name in ("docx", "pptx", "xlsx"):
        patch.setattr(f"pipeline.report.{name}.{name}", lambda *_: b"")


UNBROKEN = "https://example.org/" + "a" * 184
"""A text of 204 signs without a place to break."""
HOSTILE = ("<script>alert(1)</script>", "=cmd()", "#let x = 1", "*fet* [länk](x) `kod`", "]] %{x} {{ 1 }}", "a&b;c", "å\u0007\u202eä")


HERE = "https://data.example.org/exportregion/2021/"
PUBLICATION = f"""
[publication]
publisher = "Myndigheten för prov"
publisher_page = "https://example.org/"
publisher_type = "NationalAuthority"
contact = "Enheten för prov"
email = "prov@example.org"
address = "{HERE}"
case_number = "Prov 2026/123"
officer = "Handläggare vid provet"
accessibility = "https://example.org/tillganglighet"
"""


FIVE = ("00", "09", "12", "13", "24", "25")
"""A world of five counties: the nation, three that become candidates, one that does not, and one with withheld cells."""


@pytest.fixture(scope="session")
def five(tmp_path_factory: pytest.TempPathFactory, dear: None) -> Path:
    """The report of the round 2021 in a world of five counties, in every format, and its English page. Read only."""

    def build(folder: Path) -> None:
        award = load_award("2021")
        tables = _write_report(folder, award, RAW)
        with pytest.MonkeyPatch.context() as patch:
            without_pages(patch)
            made = reports.files([reports.write(tables, award, load_sources(RAW, award), spoken("en", award))])()
        name = "report/exportregion-2021-en.html"
        (folder / name).write_bytes(made[name])

    return once(tmp_path_factory, "five", build)


def _write_report(folder: Path, award: Award, data: Path) -> dict[str, list[dict[str, Any]]]:
    """Write the report of an award in a world of five counties; give the tables that it is written from."""
    sources = load_sources(data, award)
    tables = tables_before_the_report(award, sources, FIVE)
    (folder / "report").mkdir()
    for name, content in reports.files([reports.write(tables, award, sources, spoken("sv", award))])().items():
        (folder / name).write_bytes(content)
    return tables


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report, in a world of five counties, of an award that has a publication, whose every free text is hostile, with evidence of the
    same kind, from files that are all said to be official."""
    return once(tmp_path_factory, "hostile", _write_hostile)


def _write_hostile(folder: Path) -> None:
    nasty = " ".join(HOSTILE)
    quoted = nasty.replace("\\", "\\\\").replace('"', '\\"').replace("\u0007", "\\u0007").replace("\u202e", "\\u202e")
    text = (PROJECT / "awards" / "2021.toml").read_text(encoding="utf-8")
    text = re.sub('^((?:title|label) = )".*"$', lambda found: f'{found[1]}"{quoted}"', text, flags=re.MULTILINE)
    text = re.sub('^(reason = )".*"$', lambda found: f'{found[1]}"{quoted} {UNBROKEN}"', text, flags=re.MULTILINE)
    names = iter(range(9))
    text = re.sub(r'^label = "', lambda found: f"{found[0]}{next(names)} ", text, flags=re.MULTILINE)
    (folder / "trial.toml").write_text(f"{text}{PUBLICATION}issued = 2026-12-01\n", encoding="utf-8")
    statement = f'[[statements]]\nregion_code = "25"\nkind = "brand"\nstatement = "{quoted} {UNBROKEN}"\nsource = "{quoted} {UNBROKEN}"\ndate = 2022-08-31\nentered_by = "{quoted}"\n'
    (folder / "trial-evidence.toml").write_text(statement, encoding="utf-8")
    official = Raw(Path(shutil.copytree(RAW, folder / "raw")))
    for _ in range(2):
        official.edit_sources('kind = "illustrative"', 'kind = "official"')
    _write_report(folder, load_award(str(folder / "trial.toml")), official.folder)


@pytest.fixture(scope="session")
def dear() -> None:
    """For fixtures that take seconds to make: what uses them is left out of `make test-fast`."""


WHOLE = {
    "dear",
    "browser",
    "soffice",
    "printed",
    "java",
    "process",
    "server",
    "complete",
    "challenged",
    "hostile",
    "english",
    "simulated",
    "ran",
    "built",
    "shipped_data",
}
"""Fixtures of tests that drive a whole program, or need what only whole runs or hundreds of faults make. `make test-fast` leaves these tests
out, and those that are marked so themselves: most take a second or more."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is whole, by what a test uses. The cluster comes first, for nothing else takes as long, then all that is whole: at the
    end there are only short tests for one worker to take from another."""
    for item in items:
        if WHOLE & set(getattr(item, "fixturenames", ())):
            item.add_marker("whole")
    items.sort(key=lambda item: ("java" not in getattr(item, "fixturenames", ()), item.get_closest_marker("whole") is None))


def pytest_collection_finish() -> None:
    """What is imported by now stays, and of what tests make little is left for the collector of garbage; without this, it looks
    through all of it again and again."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was touched of the checkout, and what came of the faults that tests/test_mutations.py makes, by kind, and lines that tests recorded."""
    for path in touched(terminalreporter.config.stash[KEPT], kept()):
        terminalreporter.write_line(f"FAILED: a test has touched {path}", red=True)
    by_kind: dict[str, Counter[str]] = {}
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == "line" and report.when == "call":
                terminalreporter.write_line(told)
            if name == "mutations" and report.when == "call":
                by_kind.setdefault(told[0], Counter()).update(told[1])
    for kind, outcomes in sorted(by_kind.items()):
        shares = ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
        terminalreporter.write_line(
            f"faults, {kind:<31} {outcomes['caught'] / outcomes.total():>5.0%} caught of {outcomes.total()}: {shares}"
        )
