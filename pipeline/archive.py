"""One file that holds all of a result: inputs, choices, code, versions and outputs; and the proof that it can be made again.

A zip of these folders: code (pipeline, sql, pyproject.toml, requirements.lock), raw (sources.toml as the run read it, and every file
that it describes), awards (of the round and of those that it names), results; and manifest.json with the sha256 of each file.
"""

import contextlib
import errno
import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from pipeline.award import Award
from pipeline.evidence import evidence_file
from pipeline.faults import DataRefused, Fault, of_system, refusal, refuse, unwritable
from pipeline.home import PROJECT
from pipeline.locks import locked
from pipeline.progress import Say, part, silent
from pipeline.results import RUN_RECORD, code_files, code_version, inputs, read_run_record, recorded_sources
from pipeline.settings import first_problem, is_within
from pipeline.sources import Sources
from pipeline.vintages import put
from pipeline.warehouse import DATABASE, same_tables

MANIFEST = "manifest.json"
LARGEST_ARCHIVE = 2_000_000_000
MOST_FILES = 10_000
LONGEST_RUN = 3600
LINES_OF_A_FAILURE = 12
RUN_AGAIN = "`exportregion run` makes the result anew; then archive it."


class Manifest(BaseModel):
    """What manifest.json of an archive says."""

    format: Literal["exportregion archive 1"]
    award: str
    award_file: str
    languages: list[Literal["sv", "en"]]
    files: dict[str, str]


@dataclass(frozen=True)
class Verified:
    """What came of running an archive again: the files that are the same, those that differ, and how this machine differs."""

    award: str
    same: tuple[str, ...]
    differ: tuple[str, ...]
    versions: tuple[str, ...]


def pack(result: Path, award: Award, sources: Sources, target: Path, say: Say = silent) -> int:
    """Write the archive of a complete result; give the number of its files. The same result makes the same bytes.

    What is checked is what is packed: every file is read once. Of sources.toml it has what the run read, and none of the vintages that
    were recorded since. Raises DataRefused when the result is not whole, the inputs or the code are no longer those it was made from,
    or the target cannot be written.
    """
    record = read_run_record(result)
    if record["stage"] != "report" or not record.get("sources"):
        found = f"a result up to the stage {record['stage']}" if record.get("sources") else "a result of an earlier version"
        raise DataRefused([Fault(str(result), found, "a complete one", RUN_AGAIN)])
    used = recorded_sources(result)
    refuse([*_gone(used, sources.folder)])
    try:
        vintages = [source.file for entry in used.history.values() for source in entry.vintages.values()]
        raw = {f"raw/{file}": sources.folder / file for file in vintages}
        contents = read(members(result, _declarations(award)) | raw, part(say, 0, 0.1))
        contents["raw/sources.toml"] = record["sources"].encode("utf-8")
        files = {path.name: f"awards/{path.name}" for path in _declarations(award)}
        files |= {file: f"raw/{file}" for file in ("sources.toml", *(source.file for source in inputs(used, award)))}
        refuse([*_rewritten(used, sources), *out_of_date(result, record, record["inputs"], contents, files, RUN_AGAIN)])
        with locked(target.with_name(f".{target.name}.lock")):
            write(contents, award.name, record["languages"], target, say=part(say, 0.1, 1))
    except OSError as error:
        raise unwritable(target, error, "--to", "a new name, and room for it", "Move the old one away, or name another: --to …") from None
    return len(contents)


def read(files: Mapping[str, Path], say: Say = silent) -> dict[str, bytes]:
    """The content of files by their names in an archive, in order of these. Raises OSError."""
    contents = {}
    for number, (name, file) in enumerate(sorted(files.items())):
        say(f"reading file {number + 1} of {len(files)}", number / len(files))
        contents[name] = file.read_bytes()
    return contents


def write(contents: Mapping[str, bytes], award: str, languages: Sequence[str], target: Path, mode: int = 0o644, say: Say = silent) -> None:
    """Write an archive of an award beside the target and put it there, never over another. mode: of its members. Raises OSError."""
    manifest = Manifest(
        format="exportregion archive 1",
        award=award,
        award_file=f"awards/{award}.toml",
        languages=[*languages],  # type: ignore[list-item]
        files={name: _sha256(content) for name, content in contents.items()},
    )
    hidden = target.with_name(f".{target.name}.new")
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "a file that is there already", str(target))
    try:
        with zipfile.ZipFile(hidden, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, (name, content) in enumerate([(MANIFEST, manifest.model_dump_json(indent=2).encode()), *contents.items()]):
                say(f"packing file {number} of {len(contents)}", number / len(contents))
                # Without a date of its own a member has that of 1980, so that the same files make the same archive.
                member = zipfile.ZipInfo(name)
                member.external_attr = mode << 16
                archive.writestr(member, content, zipfile.ZIP_DEFLATED)
        put(hidden, target)
    finally:
        hidden.unlink(missing_ok=True)


def verify(path: Path, say: Say = silent) -> Verified:
    """Run what an archive holds, its own code on its own inputs, in a place with nothing else, and compare every output.

    This runs the code in the archive: only for archives from someone who may run programs here.
    Raises DataRefused for a file that is no whole archive, and for a run that fails.
    """
    with _room() as place:
        return verified(path, place, ["run"], lambda archived: ["--data", str(archived / "raw")], say)


def verified(path: Path, place: Path, command: Sequence[str], more: Callable[[Path], Sequence[str]], say: Say) -> Verified:
    """What comes of a command with the code and the award of an archive, in a place with nothing else. more: its further options, by
    the folder of what is unpacked. Raises DataRefused."""
    say("unpacking, step 1 of 3", None)
    manifest, archived = unpack(path, place / "archive"), place / "archive"
    options = ["--award", str(archived / manifest.award_file), "--out", str(place / "again"), *more(archived)]
    options += [part for code in manifest.languages for part in ("--language", code)]
    say("running it again, step 2 of 3", None)
    _run_again(path, [sys.executable, "-m", "pipeline.cli", *command, "--quiet", *options], place)
    say("comparing, step 3 of 3", None)
    return compared(archived / "results", place / "again" / manifest.award, manifest.award)


def _run_again(path: Path, command: Sequence[str], place: Path) -> None:
    """Run a command with the code of an archive that is unpacked in a place. Raises DataRefused when it fails."""
    # The code of the archive is what python finds first, in the folder it runs in; no setting of this shell changes it.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    code = place / "archive" / "code"
    try:
        ran = subprocess.run(
            command, cwd=code, env=kept, capture_output=True, text=True, errors="replace", timeout=LONGEST_RUN, check=False
        )
    except subprocess.TimeoutExpired:
        raise _refused(path, f"a run of more than {LONGEST_RUN} seconds", "a run that ends") from None
    if ran.returncode:
        raise DataRefused([_failed(path, ran.stderr.strip() or f"exit code {ran.returncode}, without a word", place)])


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    """A temporary folder. Raises DataRefused when there is none, or no room in it."""
    try:
        with tempfile.TemporaryDirectory(prefix="exportregion-") as folder:
            yield Path(folder)
    except OSError as error:
        where = f"the temporary folder {error.filename or tempfile.gettempdir()}" if tempfile.tempdir else "the temporary folder"
        remedy = "Make room there, or name another in the environment variable TMPDIR. The archive itself is not to blame."
        raise refusal(where, of_system(error), "permission and room to unpack and run the archive", remedy) from None


def _failed(path: Path, said: str, place: Path) -> Fault:
    """A run of the archive that failed, with its own words, as if it had run beside the archive."""
    lines = [line for line in said.replace(f"{place}{os.sep}", "").splitlines() if line.strip()]
    words = " / ".join(lines[-LINES_OF_A_FAILURE:])
    remedy = "Compare this machine with what run.json in the archive says of versions; requirements.lock there installs them."
    return Fault(str(path), f"a run that fails: {words}", "a run as complete as the archived one", remedy)


def compared(before: Path, after: Path, award: str) -> Verified:
    """What is the same in two folders of results, what differs, and which versions do."""
    old, new = ({file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()} for folder in (before, after))
    same: list[str] = []
    differ: list[str] = []
    for name in sorted(old.keys() | new.keys()):
        alike = name in old and name in new and _alike(name, old[name], new[name])
        (same if alike else differ).append(name)
    versions = read_run_record(before)["versions"]
    here = {"python": platform.python_version(), **{name: _installed(name) for name in versions if name not in ("python", "exportregion")}}
    told = [f"{name} {versions[name]} there, {here[name]} here" for name in here if versions[name] != here[name]]
    return Verified(award, tuple(same), tuple(differ), tuple(told))


def _alike(name: str, old: Path, new: Path) -> bool:
    """The same bytes. A DuckDB file has an identifier of its own, so of it the same tables; of the run record all that lasts."""
    if name == RUN_RECORD:
        return _lasting(read_run_record(old.parent)) == _lasting(read_run_record(new.parent))
    if old.read_bytes() == new.read_bytes():
        return True
    try:
        return name == DATABASE and same_tables(old, new)
    except OSError:
        # A file that DuckDB cannot read is not the same as one that it can.
        return False


def _lasting(record: dict[str, Any]) -> dict[str, Any]:
    """A run record without what belongs to the moment and the machine: when, which commit, which versions, the DuckDB file's bytes."""
    outputs = {name: sha256 for name, sha256 in record["outputs"].items() if name != DATABASE}
    return {key: value for key, value in record.items() if key not in ("finished", "git", "versions")} | {"outputs": outputs}


def members(result: Path, declarations: Iterable[Path]) -> dict[str, Path]:
    """The code, the files of an award that there are, and a result, by their names in an archive."""
    files = {f"code/{name}": path for name, path in code_files().items()}
    files |= {f"awards/{path.name}": path for path in declarations if path.is_file()}
    return files | {f"results/{path.relative_to(result).as_posix()}": path for path in result.rglob("*") if path.is_file()}


def _declarations(award: Award) -> list[Path]:
    """The files of an award and of the rounds that it names, each with that of its evidence."""
    return [path for one in (award, *award.lineage.values()) for path in (one.file, evidence_file(one))]


def _gone(used: Sources, folder: Path) -> Iterator[Fault]:
    """The vintages that a run knew, though its result need not use them, and that are no longer there."""
    for name, entry in used.history.items():
        for vintage, source in entry.vintages.items():
            if not (folder / source.file).is_file():
                found = f"no file of the vintage {vintage} of {name}, which the run had beside those that it used"
                yield Fault(str(folder / source.file), found, "every file of the run's sources.toml", RUN_AGAIN)


def _rewritten(used: Sources, sources: Sources) -> Iterator[Fault]:
    """The entries that a result was made with, and that sources.toml no longer has so. Vintages recorded since change none of them."""
    for name in sorted(used.entries.keys() | sources.entries.keys()):
        if used.entries.get(name) != sources.entries.get(name):
            yield Fault(f"sources.toml, {name}", "an entry that has changed since the run", "the inputs of the run", RUN_AGAIN)


def out_of_date(
    result: Path, record: Mapping[str, Any], read: Mapping[str, str], contents: Mapping[str, bytes], files: Mapping[str, str], again: str
) -> Iterator[Fault]:
    """What of the contents of an archive has changed since the result was made. read: the checksums of its inputs, by name; files: where
    they stand in the archive."""
    sums = {name: _sha256(content) for name, content in contents.items()}
    for name, sha256 in record["outputs"].items():
        if sums.get(f"results/{name}") != sha256:
            yield Fault(str(result / name), "a file that is gone or not as the run left it", f"sha256 {sha256}", again)
    for name in sorted(files.keys() | read.keys()):
        if sums.get(files.get(name, "")) != read.get(name):
            yield Fault(name, "an input that has changed since the run", "the inputs of the run", again)
    code = {name.removeprefix("code/"): sha256 for name, sha256 in sums.items() if name.startswith("code/")}
    if record["code"] != code_version({name: sha256 for name, sha256 in code.items() if not name.startswith("data/")}):
        yield Fault(str(PROJECT), "code that has changed since the run", "the code of the run", again)


def unpack(path: Path, target: Path) -> "Manifest":
    """The archive's files, each as its manifest says; the manifest. Nothing is written outside the target.

    Raises DataRefused; OSError when the target cannot be written.
    """
    with contextlib.ExitStack() as hold:
        if not path.is_file():
            found = "a folder" if path.is_dir() else "no such file"
            raise refusal(str(path), found, "what `exportregion archive` has made", "Name an archive.")
        with _whole(path):
            archive = hold.enter_context(zipfile.ZipFile(path))
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > LARGEST_ARCHIVE or len(members) > MOST_FILES:
                found = f"{len(members):,} files of {size / 1e6:,.0f} MB"
                raise _refused(path, found, f"at most {MOST_FILES:,} files of {LARGEST_ARCHIVE / 1e6:,.0f} MB")
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            extra = {member.filename for member in members} ^ {*manifest.files, MANIFEST}
            if extra or len(members) != len(manifest.files) + 1:
                found = f"{sorted(extra)[0] if extra else 'a file twice'}, not in both archive and manifest"
                raise _refused(path, found, "the same files in both")
            outside = [name for name in manifest.files if not is_within(name)]
            if outside:
                raise _refused(path, f"the path {outside[0]!r}", "paths within the archive")
            is_name = is_within(manifest.award) and "/" not in manifest.award
            if not is_name or manifest.award_file not in manifest.files or manifest.award_file != f"awards/{manifest.award}.toml":
                raise _refused(path, f"the award {manifest.award!r} in {manifest.award_file!r}", "a round, and its file in awards/")
        for name, sha256 in manifest.files.items():
            with _whole(path):
                content = archive.read(name)
            if _sha256(content) != sha256:
                raise _refused(path, f"{name} with another checksum than its manifest says", "the file that was archived")
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
    return manifest


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Refuse an archive that cannot be read."""
    try:
        yield
    except PermissionError as error:
        raise refusal(str(path), of_system(error), "an archive that can be read", "Check its permissions.") from None
    except (OSError, ValueError, KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        why = f" ({MANIFEST}, {first_problem(error)})" if isinstance(error, ValidationError) else ""
        raise _refused(path, f"a file that is damaged or no archive{why}", "what `exportregion archive` has made") from None


def _installed(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refused(path: Path, found: str, expected: str) -> DataRefused:
    return DataRefused([Fault(str(path), found, expected, "Ask for the archive again where it is kept.")])
