"""The only door to data/processed: a run writes to a fresh folder, and its last act swaps that in.

<out>/<award> is a link to the newest complete folder in <out>/.runs/<award>. Replacing a link is one step of the file system, so a
run that fails or is killed leaves the last complete result, and two runs at once never mix. Where no link can be made, the folder
itself is renamed to <out>/<award>, after the last one is renamed away; a run that is killed between the two leaves the last result
in .runs, and the next run begins by putting it back.
"""

import contextlib
import datetime
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, ValidationError

from pipeline import __version__
from pipeline.award import Award, in_catalogue
from pipeline.catalogue import checksum, texts
from pipeline.evidence import Evidence
from pipeline.faults import DataRefused, Fault, of_system, unwritable
from pipeline.home import CODE, PROJECT, catalogue_folder, home
from pipeline.locks import can_link, locked
from pipeline.settings import first_problem, is_within
from pipeline.sources import Origins, Source, Sources, load_sources

RUN_RECORD = "run.json"
LOCK = "lock"
LAST = ".last"
"""What the name of a result has more while it is renamed away."""
PACKAGES = (
    "duckdb",
    "font-source-sans-pro",
    "fonttools",
    "jinja2",
    "numpy",
    "pyarrow",
    "pydantic",
    "python-calamine",
    "python-docx",
    "python-pptx",
    "sqlglot",
    "typer",
    "typst",
    "xlsxwriter",
)
"""What decides, beside the code, the bytes that come out of a run."""


class Recorded(BaseModel):
    """What is read back from a run record; it says more."""

    award: str
    stage: str
    illustrative: list[str]
    versions: dict[str, str]
    languages: list[str]
    settings: dict[str, Any]
    catalogue: dict[str, str | dict[str, str]]
    code: str
    sources: str = ""
    inputs: dict[str, str]
    outputs: dict[str, str]


class Named(Protocol):
    """What results are of: an award of whatever kind."""

    @property
    def name(self) -> str:
        """The name of its folder."""


@contextlib.contextmanager
def fresh_folder(out: Path, award: Named) -> Iterator[Path]:
    """A new folder to fill; it becomes <out>/<award> when the block ends, and vanishes when the block fails.

    Raises DataRefused when out cannot be written or the disk is full.
    """
    runs = out / ".runs" / award.name
    fresh = runs / uuid.uuid4().hex
    with contextlib.ExitStack() as hold:
        try:
            runs.mkdir(parents=True, exist_ok=True)
            with locked(runs / LOCK):
                _put_back(out / award.name, runs)
                hold.enter_context(locked(_lock_of(fresh)))
                hold.callback(_remove_unless_in_place, fresh, out / award.name)
                fresh.mkdir()
            yield fresh
            _swap_in(out, award, fresh)
        except OSError as error:
            expected, remedy = "a folder with permission and room to write", "Make room, or choose another --out."
            raise unwritable(out / award.name, error, "--out", expected, remedy) from None


class Output(NamedTuple):
    """What is said of a file of the results: its size and its checksum."""

    size: int
    sha256: str


def outputs(folder: Path) -> dict[str, Output]:
    """The files of a folder of results, by their place in it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): Output(path.stat().st_size, _sha256(path)) for path in paths}


def write_run_record(
    folder: Path, stage: str, award: Award, sources: Sources, evidence: Evidence, languages: Sequence[str], code: str = ""
) -> None:
    """Write run.json: versions, commit, settings, and the sha256 of code, inputs and outputs. It alone tells the time.

    Of awards, evidence and sources.toml it has the checksum of what was read, whatever stands there by now. code: the checksum of the
    code, where it is known.
    """
    listings = {"sources.toml": sources.sha256}
    for one in (award, *award.lineage.values()):
        listings[one.file.name] = one.sha256
    for each in (evidence, *evidence.earlier.values()):
        listings[each.file.name] = each.sha256
    record = {
        "award": award.name,
        "stage": stage,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "illustrative": sources.illustrative,
        "versions": versions(),
        "git": _git(),
        "code": code or code_version(),
        "languages": list(languages),
        "settings": _as_written(award).model_dump(mode="json", by_alias=True, exclude={"file"}, exclude_none=True),
        "catalogue": {"sha256": checksum(award.catalogue.folder), "files": texts(award.catalogue.folder)},
        "sources": (sources.content or b"").decode("utf-8"),
        "inputs": {source.file: source.sha256.lower() for source in inputs(sources, award)}
        | {name: sha256 for name, sha256 in listings.items() if sha256},
        "outputs": {name: output.sha256 for name, output in outputs(folder).items()},
    }
    (folder / RUN_RECORD).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _as_written(award: Award) -> Award:
    """An award whose weights are those of its file again: of an indicator in a theme, that within the theme."""
    weights = {theme.name: theme.weight for theme in award.themes}
    own = (one.model_copy(update={"weight": one.weight / weights.get(one.theme or "", 1)}) for one in award.indicators)
    return award.model_copy(update={"indicators": tuple(own)})


@functools.cache
def versions() -> dict[str, str]:
    """The versions of what decides the bytes of a run."""
    own = {"exportregion": __version__, "python": platform.python_version()}
    return own | {package: importlib.metadata.version(package) for package in PACKAGES}


def load_run_record(result: Path) -> tuple[Award, Origins]:
    """The award that a folder of results was made with, and where its figures come from, out of its run.json.

    Of sources that today's model refuses only the illustrative files are known. Raises DataRefused when the folder has no record.
    """
    award, record = _recorded_award(result)
    try:
        return award, _recorded_sources(award, record).origins(award)
    except (DataRefused, KeyError):
        return award, Origins(record["illustrative"], [])


def recorded_sources(result: Path) -> Sources:
    """The sources as a run read them, out of its run.json, with a folder that is gone. Raises DataRefused when it has none."""
    return _recorded_sources(*_recorded_award(result))


def _recorded_sources(award: Award, record: Mapping[str, Any]) -> Sources:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sources.toml").write_bytes(record["sources"].encode("utf-8"))
        return load_sources(Path(folder), award)


def _recorded_award(result: Path) -> tuple[Award, dict[str, Any]]:
    record = read_run_record(result)
    try:
        award = Award.model_validate({**record["settings"], "file": result / RUN_RECORD})
        with tempfile.TemporaryDirectory() as folder:
            for name, text in record["catalogue"]["files"].items():
                if not is_within(name):
                    raise ValueError(f"the path {name!r}")
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return in_catalogue(award, Path(folder)), record
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise _no_record(result, error) from None


def read_run_record(result: Path) -> dict[str, Any]:
    """What run.json says. Raises DataRefused when a folder has none, or one of another kind."""
    try:
        record: dict[str, Any] = json.loads((result / RUN_RECORD).read_text(encoding="utf-8"))
        Recorded.model_validate(record, strict=True)
    except ValidationError as error:
        raise _no_record(result, ValueError(first_problem(error))) from None
    except (OSError, ValueError, RecursionError) as error:
        raise _no_record(result, error) from None
    return record


def code_files() -> dict[str, Path]:
    """The files that decide what comes out of a run, by their place: code, SQL, catalogue, and the versions it is meant for."""
    roots = (("pipeline", CODE), ("catalogue", catalogue_folder()), ("sql", PROJECT / "sql"), ("sql", home() / "sql"))
    files = {f"{name}/{path.relative_to(root).as_posix()}": path for name, root in roots for path in _below(root)}
    files |= {name: PROJECT / name for name in ("pyproject.toml", "requirements.lock", "LICENSE")}
    built_in = "" if CODE.parent == PROJECT else f"pipeline/{PROJECT.name}/"
    own = {name: path for name, path in files.items() if not (built_in and name.startswith(built_in))}
    return {name: path for name, path in sorted(own.items()) if path.is_file() and path.suffix != ".pyc"}


def _below(root: Path) -> Iterator[Path]:
    """The files below a folder, but for Python's caches."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(folder, name) for name in names)


def code_version(sums: Mapping[str, str] | None = None) -> str:
    """A checksum of the code, whether it is under version control or not; of the files as they are now, or by their checksums."""
    sums = sums if sums is not None else {name: _sha256_of_code(path, _state(path)) for name, path in code_files().items()}
    return hashlib.sha256("".join(f"{name} {sha256}\n" for name, sha256 in sorted(sums.items())).encode()).hexdigest()


def _state(path: Path) -> tuple[int, ...]:
    """What changes when a file is written again."""
    stat = path.stat()
    return stat.st_ino, stat.st_ctime_ns, stat.st_mtime_ns, stat.st_size


@functools.cache
def _sha256_of_code(path: Path, state: tuple[int, ...]) -> str:
    """A run asks three times which code it has: an unchanged file is read once."""
    return _sha256(path)


def _no_record(result: Path, error: Exception) -> DataRefused:
    found = of_system(error) if isinstance(error, OSError) else str(error).splitlines()[0]
    return DataRefused([Fault(str(result / RUN_RECORD), found, "the record of a run", "Name a folder that `exportregion run` has made.")])


def standing(out: Path, award: Award) -> tuple[str | None, list[str]]:
    """The last stage of the result that stands now, and the languages of its report; None and none where there is no result."""
    try:
        record = json.loads((out / award.name / RUN_RECORD).read_text(encoding="utf-8"))
        return str(record["stage"]), [str(language) for language in record.get("languages", [])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None, []


def inputs(sources: Sources, award: Award) -> list[Source]:
    """What a run reads of the sources: the award's own entries, and those of the rounds that it names."""
    every = [*sources.entries.values()]
    for one in award.lineage.values():
        every += [source for source in sources.used_by(one).entries.values() if source not in every]
    return every


def _swap_in(out: Path, award: Named, fresh: Path) -> None:
    place, runs = out / award.name, fresh.parent
    with locked(runs / LOCK):
        link = runs / f"{fresh.name}.link"
        try:
            if not can_link(link, fresh.relative_to(out)):
                _rename_in(fresh, place)
            elif place.exists() and not place.is_symlink():
                raise _not_ours(place)
            else:
                link.replace(place)
        finally:
            link.unlink(missing_ok=True)
        _clear(runs, place)


def clear_away(out: Path) -> None:
    """Remove what killed runs left, of any award; what cannot be removed stays."""
    for runs in (out / ".runs").glob("*"):
        with contextlib.suppress(OSError), locked(runs / LOCK, wait=False):
            _put_back(out / runs.name, runs)
            _clear(runs, out / runs.name)


def _clear(runs: Path, place: Path) -> None:
    """Remove every folder of runs but the one in place and those that a run still fills."""
    kept = place.resolve().name
    for old in [path for path in runs.iterdir() if path.name not in (kept, LOCK)]:
        # What cannot be cleared away is no reason to undo, or not to begin, a run.
        with contextlib.suppress(OSError):
            _remove_if_abandoned(old)


def _rename_in(fresh: Path, place: Path) -> None:
    """Rename the last result away and the fresh folder to its place. A folder is never renamed over another."""
    last = fresh.with_name(f"{fresh.name}{LAST}")
    if os.path.lexists(place):
        if not place.is_symlink() and not _is_result(place):
            raise _not_ours(place)
        place.rename(last)
    try:
        fresh.rename(place)
    except OSError:
        if os.path.lexists(last):
            last.rename(place)
        raise


def _put_back(place: Path, runs: Path) -> None:
    """Put the last result back that a run renamed away before it was killed."""
    if not os.path.lexists(place):
        for last in sorted(runs.glob(f"*{LAST}"))[:1]:
            last.rename(place)


def _is_result(folder: Path) -> bool:
    """Whether a folder holds what a run wrote, and nothing else."""
    try:
        names = {*read_run_record(folder)["outputs"], RUN_RECORD}
    except DataRefused:
        return False
    return all(path.relative_to(folder).as_posix() in names for path in folder.rglob("*") if not path.is_dir())


def _remove_unless_in_place(fresh: Path, place: Path) -> None:
    if place.resolve() != fresh.resolve():
        shutil.rmtree(fresh, ignore_errors=True)


def _lock_of(folder: Path) -> Path:
    """The lock that a run holds while it fills a folder of its own."""
    return folder.with_name(f"{folder.name}.{LOCK}")


def _remove_if_abandoned(old: Path) -> None:
    """Remove what an earlier run left, unless that run still holds it."""
    if old.is_symlink():
        old.unlink()
    elif old.is_dir():
        with locked(_lock_of(old), wait=False):
            shutil.rmtree(old, ignore_errors=True)
    elif old.suffix == f".{LOCK}":
        with locked(old, wait=False):
            pass


def _not_ours(place: Path) -> DataRefused:
    remedy = "Move it away, or choose another --out."
    return DataRefused([Fault(str(place), "a folder that no run has made", "a place for this award's results", remedy)])


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _git() -> dict[str, Any] | None:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True, check=True).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return None
