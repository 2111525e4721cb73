"""A run swaps its results in as its last act: the same bytes twice, never a mix, never a loss."""

import errno
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from conftest import PROJECT, RAW, Raw, exportregion, tree

from pipeline.award import Award, load_award
from pipeline.evidence import Evidence
from pipeline.faults import DataRefused
from pipeline.report.words import Code
from pipeline.results import clear_away, fresh_folder, write_run_record
from pipeline.run import _refuse_to_shorten, run_to
from pipeline.schemas import round_schemas
from pipeline.sources import load_sources
from pipeline.warehouse import same_tables

Start = Callable[..., "subprocess.Popen[str]"]


def fingerprint(folder: Path) -> dict[str, str]:
    """The results of a run that last."""
    return lasting(tree(folder))


def lasting(files: dict[str, str]) -> dict[str, str]:
    """Files without the record, which tells the time, and the database, whose bytes may differ."""
    return {file: sha256 for file, sha256 in files.items() if file not in ("run.json", "exportregion.duckdb")}


def test_the_promised_files_are_there(complete: Path) -> None:
    files = set(tree(complete / "2021"))
    assert {"ranking.csv", "candidates.csv", "report.md", "run.json", "exportregion.duckdb"} <= files
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:
        tables = connection.execute("select table_schema, table_name from information_schema.tables where table_schema <> 'run'").fetchall()
        award = load_award("2021")
        every = round_schemas(award.catalogue, award.statistics, award.meanings)
        # A round without predecessors and without standard errors has no table of them.
        others = {"ingested.standard_errors", "robustness.standard_errors", "robustness.rank_sets", "robustness.shrinkage"}
        others |= {table for table in every if table.startswith("rounds.")}
        assert {f"{schema}.{table}" for schema, table in tables} == set(every) - others
        assert len(tables) == 41
        for schema, table in tables:
            in_file = pq.read_table(complete / "2021" / schema / f"{table}.parquet")
            assert in_file.equals(connection.sql(f"from {schema}.{table}").to_arrow_table().cast(in_file.schema))


def test_two_duckdb_files_that_differ_in_a_cell_a_type_or_a_table_are_not_the_same(tmp_path: Path) -> None:
    texts = ("1 as a", "1 as a", "2 as a", "1::bigint as a", "1 as a, 2 as b")
    paths = [tmp_path / f"{number}.duckdb" for number in range(len(texts) + 1)]
    for path, columns in zip(paths, [*texts, "1 as a"], strict=True):
        with duckdb.connect(path) as connection:
            connection.execute(f"create table t as select {columns}")
            if path == paths[-1]:
                connection.execute("create table more as select 1 as a")
    assert [same_tables(paths[0], path) for path in paths] == [True, True, False, False, False, False]


def test_the_run_record_tells_everything_that_made_the_result(complete: Path) -> None:
    record = json.loads((complete / "2021" / "run.json").read_text(encoding="utf-8"))
    assert record["stage"] == "report"
    assert record["illustrative"] == ["goods_exports_by_county.xlsx", "services_exports_by_county.xlsx"]
    assert set(record["settings"]) == set(Award.model_fields) - {
        *("file", "content", "catalogue", "asked", "publication", "earlier", "predecessors")
    }
    assert record["settings"]["window"]["base"] == 2016
    assert record["settings"]["indicators"][0]["weight"] == "1/3"
    assert {"exportregion", "python", "duckdb", "numpy", "pyarrow"} <= set(record["versions"])
    raw = RAW
    for file, sha256 in record["inputs"].items():
        path = raw / file if (raw / file).is_file() else PROJECT / "awards" / file
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    assert set(record["inputs"]) == {path.name for path in raw.iterdir()} | {"2021.toml", "2021-evidence.toml"}
    outputs = tree(complete / "2021")
    assert record["outputs"] == {file: sha256 for file, sha256 in outputs.items() if file != "run.json"}
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if commit.returncode == 0:
        assert record["git"]["commit"] == commit.stdout.strip()
        assert isinstance(record["git"]["dirty"], bool)


@pytest.mark.whole
def test_each_stage_writes_what_it_and_those_before_it_make(tmp_path: Path, award: Callable[..., Path]) -> None:
    little = award(("draws = 10000", "draws = 100"), ("joint_draws = 1024", "joint_draws = 16"), name="2021")
    made = {"ingested"}
    for stage, adds in (
        ("ingest", set()),
        ("indicators", {"staging", "validation", "indicators"}),
        ("rank", {"ranking"}),
        ("robustness", {"robustness"}),
    ):
        made |= adds
        assert exportregion(stage, "--award", little, "--out", tmp_path).exit_code == 0
        assert {path.name for path in (tmp_path / "2021").iterdir() if path.is_dir()} == made
        assert json.loads((tmp_path / "2021" / "run.json").read_text(encoding="utf-8"))["stage"] == stage
        assert (tmp_path / "2021" / "ranking.csv").exists() == ("ranking" in made)
        assert not {"report.md", "datapackage.json", "dcat.jsonld"} & {path.name for path in (tmp_path / "2021").iterdir()}


def test_a_smaller_stage_refuses_to_replace_a_finished_report(complete: Path) -> None:
    """And leaves it as it was; the fixture holds its files against what they were."""
    ran = exportregion("rank", "--out", complete)
    assert ran.exit_code == 1
    assert "found results up to the stage report, which those up to rank would remove" in ran.stderr
    assert "--out FOLDER`" in ran.stderr
    assert "--replace`" in ran.stderr
    assert ran.stderr.count(": found ") == 1


@pytest.mark.whole
def test_a_smaller_stage_replaces_a_fuller_result_when_it_is_told_to(tmp_path: Path) -> None:
    def stage() -> str:
        return str(json.loads((tmp_path / "2021" / "run.json").read_text(encoding="utf-8"))["stage"])

    assert exportregion("indicators", "--out", tmp_path).exit_code == 0
    assert exportregion("ingest", "--out", tmp_path).exit_code == 1
    assert stage() == "indicators"
    assert exportregion("indicators", "--out", tmp_path).exit_code == 0, "the same stage again"
    assert exportregion("ingest", "--out", tmp_path, "--replace").exit_code == 0
    assert stage() == "ingest"


def test_a_report_refuses_to_replace_one_in_another_language(complete: Path) -> None:
    """As test_a_smaller_stage_refuses_to_replace_a_finished_report does, before anything is read."""
    ran = exportregion("report", "--language", "en", "--out", complete)
    assert ran.exit_code == 1
    assert "found a report in sv, which one in en would remove" in ran.stderr
    command = f"exportregion report --award 2021 --data {RAW}"
    assert f"To write every language, run `{command} --out {complete} --language sv --language en`." in ran.stderr
    assert f"run `{command} --out FOLDER`. To replace it, run `{command} --out {complete} --replace`." in ran.stderr


@pytest.mark.parametrize(("languages", "lost"), [(["sv"], "en"), (["en"], "sv"), (["sv", "en"], "")])
def test_what_a_report_would_remove(tmp_path: Path, languages: list[Code], lost: str) -> None:
    award = load_award("2021")
    record = tmp_path / award.name / "run.json"
    record.parent.mkdir()
    record.write_text('{"stage": "report", "languages": ["sv", "en"]}', encoding="utf-8")
    _refuse_to_shorten(tmp_path, RAW, award, "report", languages, replace=True)
    if not lost:
        _refuse_to_shorten(tmp_path, RAW, award, "report", languages, replace=False)
        return
    with pytest.raises(DataRefused, match=f"found a report in {lost}, which"):
        _refuse_to_shorten(tmp_path, RAW, award, "report", languages, replace=False)


def test_a_fuller_result_that_comes_meanwhile_stays(tmp_path: Path) -> None:
    """As when `run` ends while `ingest` still works."""
    record = tmp_path / "2021" / "run.json"

    def another_ends(stage: str | None) -> None:
        record.parent.mkdir(exist_ok=True)
        record.write_text('{"stage": "report"}', encoding="utf-8")

    with pytest.raises(DataRefused, match="--replace"), run_to("ingest", load_award("2021"), RAW, tmp_path, ["sv"], another_ends):
        pass
    assert record.read_text(encoding="utf-8") == '{"stage": "report"}'


def test_validate_writes_nothing(tmp_path: Path) -> None:
    before = tree(PROJECT / "data")
    assert exportregion("validate").exit_code == 0
    assert tree(PROJECT / "data") == before


def test_a_new_run_leaves_no_old_folder_behind(tmp_path: Path) -> None:
    for _ in range(3):
        assert exportregion("ingest", "--out", tmp_path).exit_code == 0
    assert len(list((tmp_path / ".runs" / "2021").iterdir())) == 1


KILLED_AT = """
import os, signal, sys
import pipeline.cli, pipeline.run, pipeline.terminal
from pipeline.__main__ import main
def strike(name, arguments):
    if name == event and place in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)
for line in sys.stdin:
    event, _, place = line.rstrip().partition(" ")
    run = os.fork()
    if not run:
        sys.addaudithook(strike)
        main()
    print(os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]), flush=True)
"""
"""Makes a run for each line it reads, killed at that event, and writes its exit code. What every run imports is imported once."""


def test_a_run_killed_at_any_moment_leaves_the_old_result_or_the_new(
    process: Start, complete: Path, tmp_path: Path, award: Callable[..., Path]
) -> None:
    """At the moment before each of these: what killed runs left is cleared away, a raw file is read, the first folder of results made,
    the record written, the link to the new results made and put in the old one's place, the old results cleared away."""
    out = tmp_path / "out"
    shutil.copytree(complete, out, symlinks=True)
    other = award(("candidates = 3", "candidates = 5"), name="2021")
    old = fingerprint(out / "2021")
    assert exportregion("rank", "--award", other, "--out", tmp_path / "reference").exit_code == 0
    new = fingerprint(tmp_path / "reference" / "2021")
    assert old != new
    (out / ".runs" / "2021" / "killed").mkdir(parents=True)
    killed = process("rank", "--data", RAW, "--out", out, "--award", other, "--replace", code=KILLED_AT, stdin=subprocess.PIPE)
    assert killed.stdin is not None
    assert killed.stdout is not None
    for event, place, left in (
        ("shutil.rmtree", "/.runs/", old),
        ("open", "regions.csv", old),
        ("os.mkdir", "/ranking", old),
        ("open", "run.json", old),
        ("os.symlink", "", old),
        ("os.rename", ".link", old),
        ("shutil.rmtree", "/.runs/", new),
    ):
        if left == new:
            clear_away(out)
        print(event, place, file=killed.stdin, flush=True)
        assert killed.stdout.readline() == f"{-signal.SIGKILL}\n", event
        found = tree(out / "2021")
        assert lasting(found) == left, event
        record = json.loads((out / "2021" / "run.json").read_text(encoding="utf-8"))
        assert record["outputs"] == {file: sha256 for file, sha256 in found.items() if file != "run.json"}
    assert exportregion("rank", "--award", other, "--out", out, "--replace").exit_code == 0
    assert fingerprint(out / "2021") == new
    assert len(list((out / ".runs" / "2021").iterdir())) == 1


def test_two_runs_at_once_never_mix(process: Start, complete: Path, tmp_path: Path, award: Callable[..., Path]) -> None:
    other = award(("candidates = 3", "candidates = 5"), name="2021")
    runs = [process("rank", "--data", RAW, "--out", tmp_path, *arguments) for arguments in ((), ("--award", other))]
    for run in runs:
        _, errors = run.communicate()
        assert run.returncode == 0, errors
    lines = (tmp_path / "2021" / "candidates.csv").read_text(encoding="utf-8").splitlines()
    if len(lines) == 4:
        assert fingerprint(tmp_path / "2021").items() <= fingerprint(complete / "2021").items()
    else:
        assert len(lines) == 6
    record = json.loads((tmp_path / "2021" / "run.json").read_text(encoding="utf-8"))
    assert record["outputs"] == {file: sha256 for file, sha256 in tree(tmp_path / "2021").items() if file != "run.json"}


def test_awards_whose_names_begin_alike_leave_each_other_alone(award: Callable[..., Path], tmp_path: Path) -> None:
    longer = award(name="2021-prov")
    assert exportregion("ingest", "--award", longer, "--out", tmp_path / "out").exit_code == 0
    assert exportregion("ingest", "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / "2021-prov" / "run.json").is_file()
    assert (tmp_path / "out" / "2021" / "run.json").is_file()


def test_what_cannot_be_cleared_away_does_not_undo_a_run(tmp_path: Path) -> None:
    assert exportregion("ingest", "--out", tmp_path).exit_code == 0
    os.mkfifo(tmp_path / ".runs" / "2021" / "fifo")
    (tmp_path / ".runs" / "2021" / "file").write_text("left behind")
    assert exportregion("ingest", "--out", tmp_path).exit_code == 0
    assert (tmp_path / "2021" / "run.json").is_file()


@pytest.mark.whole
def test_there_is_a_complete_result_at_every_moment(tmp_path: Path) -> None:
    """While results are swapped in over and over, the link never misses."""
    award = load_award("2021")
    stop = threading.Event()

    def swap() -> None:
        for number in range(300):
            with fresh_folder(tmp_path, award) as fresh:
                (fresh / "number").write_text(str(number))
        stop.set()

    with fresh_folder(tmp_path, award) as fresh:
        (fresh / "number").write_text("first")
    thread = threading.Thread(target=swap)
    thread.start()
    looks = 0
    while not stop.is_set():
        assert os.path.lexists(tmp_path / "2021")
        looks += 1
    thread.join()
    assert looks > 300


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that has no links, as FAT says it."""

    def refuse(link: Path, target: Path, target_is_directory: bool = False) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), str(link))

    monkeypatch.setattr(Path, "symlink_to", refuse)


def result(out: Path, number: str) -> None:
    """A result of one file, with a record that says so."""
    with fresh_folder(out, load_award("2021")) as fresh:
        (fresh / "number").write_text(number)
        write_run_record(fresh, "run", load_award("2021"), load_sources(RAW), Evidence(file=Path("none")), ["sv"])


@pytest.mark.usefixtures("no_links")
def test_where_there_are_no_links_a_result_is_renamed_to_its_place(tmp_path: Path) -> None:
    for number in ("one", "two", "three"):
        result(tmp_path, number)
        assert not (tmp_path / "2021").is_symlink()
        assert (tmp_path / "2021" / "number").read_text() == number
        assert list((tmp_path / ".runs" / "2021").iterdir()) == []
    with pytest.raises(ZeroDivisionError), fresh_folder(tmp_path, load_award("2021")):
        raise ZeroDivisionError
    assert (tmp_path / "2021" / "number").read_text() == "three"
    assert list((tmp_path / ".runs" / "2021").iterdir()) == []


@pytest.mark.usefixtures("no_links")
@pytest.mark.parametrize("added", ["notes.txt", "ranking/notes.txt"])
def test_where_there_are_no_links_a_folder_with_more_than_a_result_is_left_alone(tmp_path: Path, added: str) -> None:
    result(tmp_path, "one")
    note = tmp_path / "2021" / added
    note.parent.mkdir(exist_ok=True)
    note.write_text("mine")
    with pytest.raises(DataRefused, match="a folder that no run has made"):
        result(tmp_path, "two")
    assert (note.read_text(), (tmp_path / "2021" / "number").read_text()) == ("mine", "one")
    assert list((tmp_path / ".runs" / "2021").iterdir()) == []


@pytest.mark.usefixtures("no_links")
@pytest.mark.parametrize("killed", [False, True])
def test_where_there_are_no_links_a_run_that_ends_between_two_renames_loses_no_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    result(tmp_path, "one")
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        if target == tmp_path / "2021" and (path / "number").read_text() == "two":
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))
        return rename(path, target)

    def stop(path: Path, target: Path) -> Path:
        if target == tmp_path / "2021":
            os._exit(9)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", stop if killed else fail)
    if killed:
        child = os.fork()
        if not child:
            result(tmp_path, "two")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
        assert not (tmp_path / "2021").exists()
    else:
        with pytest.raises(DataRefused, match="expected a folder with permission and room to write"):
            result(tmp_path, "two")
        assert (tmp_path / "2021" / "number").read_text() == "one"
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(ZeroDivisionError), fresh_folder(tmp_path, load_award("2021")):
        raise ZeroDivisionError
    assert (tmp_path / "2021" / "number").read_text() == "one"
    result(tmp_path, "three")
    assert (tmp_path / "2021" / "number").read_text() == "three"
    assert list((tmp_path / ".runs" / "2021").iterdir()) == []


def test_an_interruption_while_old_results_are_cleared_away_keeps_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result(tmp_path, "one")

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.results._remove_if_abandoned", interrupt)
    with pytest.raises(KeyboardInterrupt):
        result(tmp_path, "two")
    assert (tmp_path / "2021" / "number").read_text() == "two"


def test_the_run_record_tells_whether_the_code_is_as_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *arguments], cwd=tmp_path, check=True, capture_output=True
        )

    monkeypatch.setattr("pipeline.results.PROJECT", tmp_path)
    for state, dirty in (("clean", False), ("changed", True)):
        if state == "clean":
            git("init")
            (tmp_path / "file").write_text("one")
            git("add", "file")
            git("commit", "-m", "one")
        else:
            (tmp_path / "file").write_text("two")
        write_run_record(tmp_path / ".git", "run", load_award("2021"), load_sources(RAW), Evidence(file=Path("none")), ["sv"])
        record = json.loads((tmp_path / ".git" / "run.json").read_text(encoding="utf-8"))
        (tmp_path / ".git" / "run.json").unlink()
        assert record["git"]["dirty"] == dirty


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = exportregion("rank", "--out", tmp_path / "file")
    assert ran.exit_code == 1
    assert f"--out, {tmp_path / 'file'}: found a file; expected a folder. Name another place with --out, or move the file" in ran.stderr
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_that_no_run_has_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "2021").mkdir()
    (tmp_path / "2021" / "notes.txt").write_text("mine")
    ran = exportregion("rank", "--out", tmp_path)
    assert ran.exit_code == 1
    assert "found a folder that no run has made" in ran.stderr
    assert (tmp_path / "2021" / "notes.txt").read_text() == "mine"
    assert list((tmp_path / ".runs" / "2021").iterdir()) == []


@pytest.mark.parametrize("room", [4_000, 40_000, 400_000])
def test_a_full_disk(complete: Path, tmp_path: Path, room: int) -> None:
    """A real limit of the operating system on what a process may write stands in for the last byte of a disk."""
    shutil.copytree(complete, tmp_path / "out", symlinks=True)
    before = tree(tmp_path / "out")
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    try:
        ran = exportregion("rank", "--out", tmp_path / "out", "--replace")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert ran.exit_code == 1
    assert "expected a folder with permission and room to write" in ran.stderr
    assert tree(tmp_path / "out") == before


@pytest.mark.whole
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="a small file system of its own needs Linux and root")
@pytest.mark.parametrize("size", ["64k", "400k", "1m"])
def test_a_disk_that_is_really_full(tmp_path: Path, size: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], check=True)
    try:
        ran = exportregion("rank", "--out", disk)
        assert ran.exit_code == 1
        assert "expected a folder with permission and room to write" in ran.stderr
        assert tree(disk) == {}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_the_last_result_survives_a_refused_run(raw: Raw, complete: Path) -> None:
    before = tree(complete)
    raw.path("regions.csv").unlink()
    assert exportregion("run", "--data", raw.folder, "--out", complete).exit_code == 1
    assert tree(complete) == before
