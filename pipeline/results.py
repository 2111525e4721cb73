"""The only door to data/processed: a run writes to a fresh folder, and its last act swaps that in.

<out>/<award> is a link to the newest complete folder in <out>/.runs/<award>. Replacing a link is one step of the file system, so a
run that fails or is killed leaves the last complete result, and two runs at once never mix.
"""

import contextlib
import datetime
import fcntl
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import __version__
from pipeline.faults import DataRefused, Fault
from pipeline.settings import PROJECT, Award, Sources, evidence_file

RUN_RECORD = "run.json"
PACKAGES = (
    "duckdb",
    "font-source-sans-pro",
    "fonttools",
    "jinja2",
    "numpy",
    "pandas",
    "pandera",
    "pyarrow",
    "pydantic",
    "python-calamine",
    "python-docx",
    "sqlglot",
    "typer",
    "typst",
    "vl-convert-python",
    "xlsxwriter",
)
"""What decides, beside the code, the bytes that come out of a run."""


@contextlib.contextmanager
def fresh_folder(out: Path, award: Award) -> Iterator[Path]:
    """A new folder to fill; it becomes <out>/<award> when the block ends, and vanishes when the block fails.

    Raises DataRefused when out cannot be written or the disk is full.
    """
    runs = out / ".runs" / award.name
    try:
        runs.mkdir(parents=True, exist_ok=True)
        with _locked(runs):
            fresh = runs / uuid.uuid4().hex
            fresh.mkdir()
            held = os.open(fresh, os.O_RDONLY)
            fcntl.flock(held, fcntl.LOCK_EX)
    except OSError as error:
        raise _unwritable(out, error) from None
    try:
        yield fresh
        _swap_in(out, award, fresh)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise _unwritable(out, error) from None
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    finally:
        os.close(held)


class Output(NamedTuple):
    """What is said of a file of the results: its size and its checksum."""

    size: int
    sha256: str


def outputs(folder: Path) -> dict[str, Output]:
    """The files of a folder of results, by their place in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): Output(path.stat().st_size, _sha256(path)) for path in found}


def write_run_record(folder: Path, stage: str, award: Award, sources: Sources, languages: Sequence[str]) -> None:
    """Write run.json: versions, commit, settings, and the sha256 of code, inputs and outputs. It alone tells the time."""
    record = {
        "award": award.name,
        "stage": stage,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "illustrative": illustrative(sources),
        "versions": {
            "exportregion": __version__,
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in PACKAGES},
        },
        "git": _git(),
        "code": code_version(),
        "languages": list(languages),
        "settings": award.model_dump(mode="json", exclude={"file"}),
        "inputs": {source.file: source.sha256 for source in sources.entries.values()}
        | {path.name: _sha256(path) for path in (sources.folder / "sources.toml", award.file, evidence_file(award)) if path.is_file()},
        "outputs": {name: output.sha256 for name, output in outputs(folder).items()},
    }
    (folder / RUN_RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load_run_record(result: Path) -> tuple[Award, list[str]]:
    """The award that a folder of results was made with, and the illustrative files it was made from, out of its run.json.

    Raises DataRefused when the folder has none.
    """
    record = read_run_record(result)
    try:
        return Award.model_validate({**record["settings"], "file": result / RUN_RECORD}), list(record["illustrative"])
    except (ValueError, TypeError) as error:
        raise _no_record(result, error) from None


def read_run_record(result: Path) -> dict[str, Any]:
    """What run.json says. Raises DataRefused when a folder has none, or one of another kind."""
    try:
        record: dict[str, Any] = json.loads((result / RUN_RECORD).read_text(encoding="utf-8"))
        for key in ("award", "stage", "illustrative", "versions", "settings", "inputs", "outputs"):
            record[key]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_record(result, error) from None
    return record


def code_files() -> list[Path]:
    """The files that decide what comes out of a run: the code, its SQL, and the versions it is meant for."""
    found = [path for folder in ("pipeline", "sql") for path in (PROJECT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return sorted([*found, *(path for name in ("pyproject.toml", "requirements.lock", "LICENSE") if (path := PROJECT / name).is_file())])


def code_version() -> str:
    """A checksum of the code, whether it is under version control or not."""
    told = hashlib.sha256()
    for path in code_files():
        told.update(f"{path.relative_to(PROJECT).as_posix()} {_sha256(path)}\n".encode())
    return told.hexdigest()


def _no_record(result: Path, error: Exception) -> DataRefused:
    found = (isinstance(error, OSError) and error.strerror) or str(error).splitlines()[0]
    return DataRefused([Fault(str(result / RUN_RECORD), found, "the record of a run", "Name a folder that `exportregion run` has made.")])


def stage_of(out: Path, award: Award) -> str | None:
    """The last stage of the result that stands now; None where there is none."""
    try:
        return str(json.loads((out / award.name / RUN_RECORD).read_text(encoding="utf-8"))["stage"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def illustrative(sources: Sources) -> list[str]:
    """The files that are illustrative, not statistics."""
    return [source.file for source in sources.entries.values() if source.kind == "illustrative"]


def _swap_in(out: Path, award: Award, fresh: Path) -> None:
    link = out / award.name
    if link.exists() and not link.is_symlink():
        raise DataRefused(
            [
                Fault(
                    str(link), "a folder that no run has made", "a place for this award's results", "Move it away, or choose another --out."
                )
            ]
        )
    runs = fresh.parent
    with _locked(runs):
        new = runs / f"{fresh.name}.link"
        new.symlink_to(fresh.relative_to(out), target_is_directory=True)
        new.replace(link)
        for old in runs.iterdir():
            if old != fresh:
                # The new result stands; what cannot be cleared away is no reason to undo it.
                with contextlib.suppress(OSError):
                    _remove_if_abandoned(old)


def _remove_if_abandoned(old: Path) -> None:
    """Remove what an earlier run left, unless that run still holds it."""
    if old.is_symlink():
        old.unlink()
    if not old.is_dir():
        return
    held = os.open(old, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(old, ignore_errors=True)
    except BlockingIOError:
        pass
    finally:
        os.close(held)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _unwritable(out: Path, error: OSError) -> DataRefused:
    return DataRefused(
        [
            Fault(
                str(out),
                error.strerror or str(error),
                "a folder with permission and room to write",
                "Make room, or choose another --out. The last complete result is untouched.",
            )
        ]
    )


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _git() -> dict[str, Any] | None:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True, check=True).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None
