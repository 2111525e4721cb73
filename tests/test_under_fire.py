"""Whatever happens while a command works, its record tells what it read, its refusal the reason, and nothing is left behind."""

import datetime
import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import GOODS, POPULATION, PROJECT, RAW, Raw, exportregion, tree
from test_vintages import record, revised

from pipeline import archive, arrivals, results
from pipeline.award import Award, load_award
from pipeline.evidence import load_evidence
from pipeline.faults import DataRefused
from pipeline.ingest import ingest
from pipeline.ingest.files import read_sheet
from pipeline.locks import locked
from pipeline.run import run_to
from pipeline.sources import load_sources
from pipeline.vintages import recording

DAY = datetime.date(2027, 2, 22)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# A record of what was read


def test_the_record_of_a_run_has_what_was_read_though_it_is_edited_meanwhile(raw: Raw, award: Callable[..., Path], tmp_path: Path) -> None:
    path = award()
    evidence = path.with_name("trial-evidence.toml")
    evidence.write_text("", encoding="utf-8")
    edited = (path, evidence, raw.path("sources.toml"))
    before = {file.name: sha256(file.read_bytes()) for file in edited}

    def begin(stage: str) -> None:
        if stage == "indicators":
            for file in edited:
                file.write_text(file.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")

    with run_to("indicators", load_award(str(path)), raw.folder, tmp_path / "out", ["sv"], begin):
        pass
    inputs = json.loads((tmp_path / "out" / "trial" / "run.json").read_text(encoding="utf-8"))["inputs"]
    assert {name: inputs[name] for name in before} == before
    assert all(sha256(file.read_bytes()) != before[file.name] for file in edited)


def small_result(out: Path, path: Path, data: Path) -> tuple[Path, Award]:
    """A result that says it is complete, of one file."""
    chosen = load_award(str(path))
    with results.fresh_folder(out, chosen) as fresh:
        (fresh / "ranking.csv").write_text("1", encoding="utf-8")
        results.write_run_record(fresh, "report", chosen, load_sources(data, chosen), load_evidence(chosen), ["sv"])
    return out / chosen.name, chosen


@pytest.mark.parametrize("edited", ["trial.toml", "trial-evidence.toml", "sources.toml", GOODS])
def test_an_archive_refuses_inputs_that_a_run_has_not_read(raw: Raw, award: Callable[..., Path], tmp_path: Path, edited: str) -> None:
    path = award()
    path.with_name("trial-evidence.toml").write_text("", encoding="utf-8")
    folder, chosen = small_result(tmp_path / "out", path, raw.folder)
    shares: list[float] = []

    def say(_: str, share: float | None) -> None:
        shares.append(share or 0)

    assert archive.pack(folder, chosen, load_sources(raw.folder, chosen), tmp_path / "whole.zip", say) > 100
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    file = raw.path(edited) if raw.path(edited).exists() else path.with_name(edited)
    unit = b'unit = "thousand SEK"'
    file.write_bytes(
        file.read_bytes().replace(unit, b'unit = "SEK"', 1) if edited == "sources.toml" else file.read_bytes() + b"\n# edited\n"
    )
    with pytest.raises(DataRefused) as caught:
        archive.pack(folder, chosen, load_sources(raw.folder, chosen), tmp_path / "a.zip")
    assert [fault.where for fault in caught.value.faults] == [f"{edited}{', goods_exports' * (edited == 'sources.toml')}"]
    assert not list(tmp_path.glob("*a.zip*"))


def test_an_archive_says_that_a_vintage_taken_back_since_the_run_is_gone(raw: Raw, award: Callable[..., Path], tmp_path: Path) -> None:
    before = raw.path("sources.toml").read_text(encoding="utf-8")
    mistaken = raw.path("mistaken.xlsx")
    shutil.copy(raw.path(GOODS), mistaken)
    sha256 = hashlib.sha256(mistaken.read_bytes()).hexdigest()
    table = f'[goods_exports.vintages.2027-01-01]\nfile = "mistaken.xlsx"\nkind = "illustrative"\ncovers = "-"\nsha256 = "{sha256}"\n'
    raw.path("sources.toml").write_text(f"{before}\n{table}", encoding="utf-8")
    folder, chosen = small_result(tmp_path / "out", award(), raw.folder)
    mistaken.unlink()
    raw.path("sources.toml").write_text(before, encoding="utf-8")
    with pytest.raises(DataRefused) as caught:
        archive.pack(folder, chosen, load_sources(raw.folder, chosen), tmp_path / "a.zip")
    (fault,) = caught.value.faults
    assert fault.where == str(mistaken)
    assert fault.found == "no file of the vintage 2027-01-01 of goods_exports, which the run had beside those that it used"
    assert "exportregion run" in fault.remedy


def test_a_raw_file_that_is_replaced_while_it_is_read_is_refused(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(path: Path, layout: Any) -> Any:
        if path.name == POPULATION:
            path.write_bytes(path.read_bytes().replace(b"249614", b"349614"))
        return read_sheet(path, layout)

    monkeypatch.setattr("pipeline.ingest.read_sheet", late)
    with pytest.raises(DataRefused, match=f"{POPULATION}: found sha256 "):
        ingest(load_sources(raw.folder, load_award("2021")), load_award("2021"))


def test_code_that_changes_while_a_run_works_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = iter(["one", "two"])
    monkeypatch.setattr("pipeline.results.code_version", lambda: next(versions))
    ran = exportregion("ingest", "--out", tmp_path)
    assert ran.exit_code == 1
    assert "changed while it was running" in ran.stderr
    assert not (tmp_path / "2021").exists()


def add(raw: Raw, path: Path, say: Callable[[str], None] = lambda _: None) -> str:
    given = arrivals.Given(source="population", publisher="SCB", page="x", licence="CC0-1.0", kind="official")
    added = arrivals.add_file(raw.folder, path, given, load_award("2021"), DAY, lambda _: None, lambda _: True, say)
    assert added
    return added[0].vintage


def test_a_file_that_many_add_at_once_is_recorded_once(raw: Raw, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_bytes(revised(raw))
    outcomes: list[str] = []

    def one() -> None:
        try:
            outcomes.append(add(raw, path))
        except DataRefused as refused:
            outcomes.append(refused.faults[0].found)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    twin = "the same bytes as the vintage 2027-02-22 of population"
    assert sorted(outcomes) == ["2027-02-22", twin, twin]
    assert list(load_sources(raw.folder).history["population"].vintages) == ["2026-11-23", "2027-02-22"]


# The right reason


def test_a_run_while_another_records_does_not_take_the_new_file_for_a_stranger(raw: Raw) -> None:
    award = load_award("2021")
    sources = load_sources(raw.folder, award)
    record(raw.folder, content=revised(raw))
    assert ingest(sources, award)["ingested.figures"]
    raw.path("population/other.csv").write_bytes(b"x")
    with pytest.raises(DataRefused, match=r"population/other.csv: found a file without an entry"):
        ingest(sources, award)


def test_an_add_that_waits_for_another_says_so(raw: Raw, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_bytes(revised(raw))
    said: list[str] = []
    waiting = threading.Event()

    def say(text: str) -> None:
        said.append(text)
        waiting.set()

    with recording(raw.folder):
        thread = threading.Thread(target=add, args=(raw, path, say))
        thread.start()
        assert waiting.wait(20)
    thread.join()
    assert said == [f"waiting: another add or fetch is recording in {raw.folder}"]
    assert "2027-02-22" in load_sources(raw.folder).history["population"].vintages


def test_of_two_archives_at_once_to_one_target_one_is_written(raw: Raw, award: Callable[..., Path], tmp_path: Path) -> None:
    folder, chosen = small_result(tmp_path / "out", award(), raw.folder)
    outcomes: list[str] = []

    def one() -> None:
        try:
            outcomes.append(str(archive.pack(folder, chosen, load_sources(raw.folder, chosen), tmp_path / "a.zip") > 0))
        except DataRefused as refused:
            outcomes.append(str(refused))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = f"{tmp_path / 'a.zip'}: found a file that is there already; expected a new name, and room for it. Move the old one away, or name another: --to …"
    assert sorted(outcomes) == sorted(["True", there, there])
    assert zipfile.ZipFile(tmp_path / "a.zip").testzip() is None
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("nowhere/a.zip", "nowhere: found no such folder; expected a folder. Name another place with --to"),
        (
            "folder",
            "found a file that is there already; expected a new name, and room for it. Move the old one away, or name another: --to …",
        ),
        ("file/a.zip", "file: found a file; expected a folder. Name another place with --to"),
    ],
)
def test_an_archive_that_cannot_be_written_says_where(raw: Raw, award: Callable[..., Path], tmp_path: Path, target: str, said: str) -> None:
    folder, chosen = small_result(tmp_path / "out", award(), raw.folder)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataRefused, match=said):
        archive.pack(folder, chosen, load_sources(raw.folder, chosen), tmp_path / target)


def test_a_full_disk_leaves_nothing_of_an_archive(
    raw: Raw, award: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, chosen = small_result(tmp_path / "out", award(), raw.folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(DataRefused, match=r"a\.zip: found no space left on device"):
        archive.pack(folder, chosen, load_sources(raw.folder, chosen), tmp_path / "a.zip")
    assert not list(tmp_path.glob("*a.zip*"))


def test_a_full_temporary_folder_is_not_the_archives_fault(
    raw: Raw, award: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, chosen = small_result(tmp_path / "out", award(), raw.folder)
    archive.pack(folder, chosen, load_sources(raw.folder, chosen), tmp_path / "a.zip")

    def full(path: Path, _: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataRefused) as caught:
        archive.verify(tmp_path / "a.zip")
    assert "the temporary folder" in str(caught.value)
    assert "no space left on device" in str(caught.value)
    assert "TMPDIR" in str(caught.value)
    assert "Ask for the archive again" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"versions": "3"}, "versions"),
        ({"versions": {"duckdb": 3}}, "versions.duckdb"),
        ({"outputs": ["ranking.csv"]}, "outputs"),
        ({"outputs": {"ranking.csv": None}}, "outputs.ranking.csv"),
        ({"stage": None}, "stage"),
        ({"languages": "sv"}, "languages"),
        ({"illustrative": {}}, "illustrative"),
        ({"catalogue": {"files": {"a.toml": 3}}}, "catalogue.files"),
    ],
)
def test_a_record_whose_values_have_other_types_is_refused(tmp_path: Path, award: Callable[..., Path], change: Any, place: str) -> None:
    folder, _ = small_result(tmp_path / "out", award(), RAW)
    path = folder / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    for read in (results.read_run_record, results.load_run_record):
        with pytest.raises(DataRefused, match=place.replace(".", r"\.")):
            read(folder)
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(DataRefused):
        results.read_run_record(folder)


def test_a_record_writes_nothing_outside_the_folder_it_is_read_into(tmp_path: Path, award: Callable[..., Path]) -> None:
    folder, _ = small_result(tmp_path / "out", award(), RAW)
    path = folder / "run.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["catalogue"]["files"]["../../escaped.toml"] = "x"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataRefused, match=r"the path '\.\./\.\./escaped\.toml'"):
        results.load_run_record(folder)


def test_a_database_that_cannot_be_read_differs(tmp_path: Path) -> None:
    for name, content in (("old", b"garbage"), ("new", b"other garbage")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "exportregion.duckdb").write_bytes(content)
    assert not archive._alike("exportregion.duckdb", *(tmp_path / name / "exportregion.duckdb" for name in ("old", "new")))


# Nothing left behind


def test_what_killed_runs_left_goes_when_the_next_run_begins_though_it_is_refused(raw: Raw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert exportregion("ingest", "--out", out).exit_code == 0
    before = tree(out / "2021")
    for name in ("2021", "2022"):
        (out / ".runs" / name / "killed").mkdir(parents=True)
        (out / ".runs" / name / "killed" / "ranking.csv").write_text("x")
        (out / ".runs" / name / "killed.lock").write_text("")
    (out / ".runs" / "2021" / "working").mkdir()
    raw.path("regions.csv").unlink()
    with locked(out / ".runs" / "2021" / "working.lock"):
        assert exportregion("rank", "--out", out, "--data", raw.folder).exit_code == 1
        left = {path.name for path in (out / ".runs" / "2021").iterdir()}
    assert {name for name in left if len(name) != 32} == {"working", "working.lock"}
    assert list((out / ".runs" / "2022").iterdir()) == []
    assert tree(out / "2021") == before


def test_what_a_killed_add_left_goes_when_the_next_begins_though_it_is_refused(raw: Raw, tmp_path: Path) -> None:
    raw.path(".incoming-1").mkdir()
    raw.path(".incoming-1/half.csv").write_text("x")
    raw.path("population").mkdir()
    raw.path("population/half.csv").write_text("x")
    raw.path(".recording").write_text('["population/half.csv"]')
    twin = tmp_path / "twin.csv"
    twin.write_bytes(raw.path(POPULATION).read_bytes())
    with pytest.raises(DataRefused, match="the same bytes"):
        add(raw, twin)
    assert not list(raw.folder.glob(".*"))
    assert list(raw.path("population").iterdir()) == []


# What surrounds a command

CLOSED = """
import os, sys
from pipeline.__main__ import _open_streams
_open_streams()
print(os.open(os.devnull, os.O_RDONLY) > 2, sys.stdin.isatty(), file=sys.stderr if sys.argv[1] == "1" else sys.stdout)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
@pytest.mark.parametrize("descriptor", ["0", "1", "2"])
def test_a_stream_that_the_shell_closed_is_opened(descriptor: str) -> None:
    shell = f'exec {descriptor}>&-; "$0" -c "$1" {descriptor}'
    ran = subprocess.run(["bash", "-c", shell, sys.executable, CLOSED], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (ran.stdout + ran.stderr).strip() == "True False"


@pytest.mark.skipif(sys.platform == "win32", reason="a working folder in use cannot go on Windows")
@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("ulimit -n 20", "20 open files are allowed and 64 needed; raise the limit: ulimit -n 64."),
        ("ulimit -v 700000", "0.7 GB of address space are allowed and 5 GB needed; raise the limit: ulimit -v 5000000."),
        ('rmdir "$PWD"', "the working folder is gone; change to a folder that exists."),
    ],
)
def test_what_the_shell_lacks_is_one_sentence(tmp_path: Path, before: str, said: str) -> None:
    command = ["bash", "-c", f'{before}; "$0" -m pipeline run', sys.executable]
    (tmp_path / "here").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ran = subprocess.run(command, cwd=tmp_path / "here", env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"exportregion: {said}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
@pytest.mark.usefixtures("process")
def test_a_full_disk_under_what_a_command_says_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "pipeline", "sources", "--data", str(RAW), "--json"]
        ran = subprocess.run(command, cwd=PROJECT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr == "exportregion: the output of the command, which is complete only on a disk with room: No space left on device.\n"


@pytest.mark.parametrize("option", ["--award", "--data", "--out"])
def test_a_name_that_is_no_text_is_refused(tmp_path: Path, option: str) -> None:
    ran = exportregion("ingest", option, os.fsdecode(bytes(tmp_path) + b"/l\xe4n.toml"))
    assert ran.exit_code == 2
    assert "is not a name in UTF-8" in ran.words


def test_a_folder_that_cannot_be_written_names_the_place_and_another(raw: Raw, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(DataRefused) as caught:
        record(raw.folder, content=revised(raw))
    assert f"{raw.folder}: found permission denied" in str(caught.value)
    assert "--data" in str(caught.value)
    ran = exportregion("ingest", "--out", tmp_path / "out")
    assert f"{tmp_path / 'out' / '.runs' / '2021'}: found permission denied" in ran.stderr
    assert "choose another --out" in ran.stderr


@pytest.mark.whole
def test_no_text_commands_the_terminal(award: Callable[..., Path], tmp_path: Path) -> None:
    escape = "\\u001b]0;x\\u0007\\u009b31m"
    path = award(('title = "', f'title = "{escape}'))
    for command in ("validate", "rank"):
        ran = exportregion(command, "--award", path)
        assert ran.exit_code == 0, ran.stderr
        assert "␛]0;x\ufffd31m" in ran.stdout, "the bell is left out"
        assert not set("\x1b\x07\x9b") & set(ran.stdout)
    unknown = award(("candidates = 3", f'candidates = 3\n"{escape}" = 1'))
    ran = exportregion("validate", "--award", unknown)
    assert "␛]0;x␇\ufffd31m" in ran.stderr
    assert not set("\x1b\x07\x9b") & set(ran.stderr)
    ran = exportregion("validate", "--award", unknown, "--json")
    assert not set("\x1b\x07\x9b") & set(ran.stdout)
    assert json.loads(ran.stdout)["faults"][0]["where"].endswith("\x1b]0;x\x07\x9b31m")
