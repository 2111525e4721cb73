"""One file that holds all of a result: inputs, choices, code, versions and outputs; and the proof that it can be made again.

A zip of these folders: code (pipeline, sql, pyproject.toml, requirements.lock), raw (every file of data/raw), awards, results;
and manifest.json with the sha256 of each file.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.award import Award, evidence_file
from pipeline.faults import DataRefused, Fault
from pipeline.home import PROJECT
from pipeline.results import RUN_RECORD, code_files, code_version, read_run_record
from pipeline.sources import Sources
from pipeline.warehouse import DATABASE, same_tables

MANIFEST = "manifest.json"
LARGEST_ARCHIVE = 2_000_000_000
MOST_FILES = 10_000
LONGEST_RUN = 3600
RUN_AGAIN = "`exportregion run` makes the result anew; then archive it."


@dataclass(frozen=True)
class Verified:
    """What came of running an archive again: the files that are the same, those that differ, and how this machine differs."""

    award: str
    same: tuple[str, ...]
    differ: tuple[str, ...]
    versions: tuple[str, ...]


def pack(result: Path, award: Award, sources: Sources, target: Path) -> int:
    """Write the archive of a complete result; give the number of its files. The same result makes the same bytes.

    Raises DataRefused when the result is not whole, or the inputs or the code are no longer those it was made from.
    """
    record = read_run_record(result)
    files = dict(_members(result, award, sources))
    faults = list(_out_of_date(record, result, award, sources))
    if target.exists():
        faults.append(Fault(str(target), "a file that is there already", "a new file", "Move it away, or choose another --to."))
    if faults:
        raise DataRefused(faults)
    contents = {name: path.read_bytes() for name, path in sorted(files.items())}
    manifest = {
        "format": "exportregion archive 1",
        "award": award.name,
        "award_file": f"awards/{award.file.name}",
        "languages": record["languages"],
        "files": {name: _sha256(content) for name, content in contents.items()},
    }
    hidden = target.with_name(f".{target.name}.new")
    try:
        with zipfile.ZipFile(hidden, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in [(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False).encode()), *contents.items()]:
                # Without a date of its own a member has that of 1980, so that the same files make the same archive.
                member = zipfile.ZipInfo(name)
                member.external_attr = 0o644 << 16
                archive.writestr(member, content, zipfile.ZIP_DEFLATED)
        hidden.replace(target)
    finally:
        hidden.unlink(missing_ok=True)
    return len(contents)


def verify(path: Path) -> Verified:
    """Run what an archive holds, its own code on its own inputs, in a place with nothing else, and compare every output.

    This runs the code in the archive: only for archives from someone who may run programs here.
    Raises DataRefused for a file that is no whole archive, and for a run that fails.
    """
    with tempfile.TemporaryDirectory(prefix="exportregion-") as folder:
        place = Path(folder)
        manifest = _unpack(path, place / "archive")
        archived = place / "archive"
        award = archived / manifest["award_file"]
        command = [sys.executable, "-m", "pipeline.cli", "run", "--quiet", "--award", str(award), "--data", str(archived / "raw")]
        command += ["--out", str(place / "again"), *(part for code in manifest["languages"] for part in ("--language", code))]
        # The code of the archive is what python finds first, in the folder it runs in; no setting of this shell changes it.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        try:
            ran = subprocess.run(command, cwd=archived / "code", env=kept, capture_output=True, text=True, timeout=LONGEST_RUN, check=False)
        except subprocess.TimeoutExpired:
            raise _refused(path, f"a run of more than {LONGEST_RUN} seconds", "a run that ends") from None
        if ran.returncode:
            said = (ran.stderr.strip() or "nothing").splitlines()[-1]
            raise _refused(path, f"a run that fails: {said}", "a run as complete as the archived one")
        return _compared(archived / "results", place / "again" / manifest["award"], manifest["award"])


def _compared(before: Path, after: Path, award: str) -> Verified:
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
        return _lasting(old) == _lasting(new)
    return old.read_bytes() == new.read_bytes() or (name == DATABASE and same_tables(old, new))


def _lasting(record: Path) -> dict[str, Any]:
    """A run record without what belongs to the moment and the machine: when, which commit, which versions, the DuckDB file's bytes."""
    content: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    content["outputs"].pop(DATABASE, None)
    return {key: value for key, value in content.items() if key not in ("finished", "git", "versions")}


def _members(result: Path, award: Award, sources: Sources) -> Iterator[tuple[str, Path]]:
    for name, path in code_files().items():
        yield f"code/{name}", path
    yield "raw/sources.toml", sources.folder / "sources.toml"
    for entry in sources.history.values():
        for source in entry.vintages.values():
            yield f"raw/{source.file}", sources.folder / source.file
    for path in (award.file, evidence_file(award)):
        if path.is_file():
            yield f"awards/{path.name}", path
    for path in result.rglob("*"):
        if path.is_file():
            yield f"results/{path.relative_to(result).as_posix()}", path


def _out_of_date(record: Mapping[str, Any], result: Path, award: Award, sources: Sources) -> Iterator[Fault]:
    """What has changed since a result was made."""
    if record["stage"] != "report":
        yield Fault(str(result), f"a result up to the stage {record['stage']}", "a complete one", RUN_AGAIN)
        return
    for name, sha256 in record["outputs"].items():
        path = result / name
        if not path.is_file() or _sha256(path.read_bytes()) != sha256:
            yield Fault(str(path), "a file that is gone or not as the run left it", f"sha256 {sha256}", RUN_AGAIN)
    now = {path.name: path for path in (award.file, evidence_file(award), sources.folder / "sources.toml")}
    now |= {source.file: sources.folder / source.file for source in sources.entries.values()}
    for name in sorted(now.keys() | record["inputs"].keys()):
        found = _sha256(now[name].read_bytes()) if name in now and now[name].is_file() else None
        if found != record["inputs"].get(name):
            yield Fault(name, "an input that has changed since the run", "the inputs of the run", RUN_AGAIN)
    if record["code"] != code_version():
        yield Fault(str(PROJECT), "code that has changed since the run", "the code of the run", RUN_AGAIN)


def _unpack(path: Path, target: Path) -> dict[str, Any]:
    """The archive's files, each as its manifest says; the manifest. Nothing is written outside the target."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > LARGEST_ARCHIVE or len(members) > MOST_FILES:
                found = f"{len(members):,} files of {size / 1e6:,.0f} MB"
                raise _refused(path, found, f"at most {MOST_FILES:,} files of {LARGEST_ARCHIVE / 1e6:,.0f} MB")
            manifest = json.loads(archive.read(MANIFEST))
            files = manifest["files"]
            if manifest["format"] != "exportregion archive 1" or not isinstance(manifest["languages"], list):
                raise _refused(path, f"the format {manifest['format']!r}", "exportregion archive 1")
            extra = {member.filename for member in members} ^ {*files, MANIFEST}
            if extra or len(members) != len(files) + 1:
                raise _refused(
                    path, f"{sorted(extra)[0] if extra else 'a file twice'}, not in both archive and manifest", "the same files in both"
                )
            for name, sha256 in files.items():
                place = PurePosixPath(name)
                if place.is_absolute() or ".." in place.parts or "\\" in name or ":" in name:
                    raise _refused(path, f"the path {name!r}", "paths within the archive")
                content = archive.read(name)
                if _sha256(content) != sha256:
                    raise _refused(path, f"{name} with another checksum than its manifest says", "the file that was archived")
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                (target / place).write_bytes(content)
            if manifest["award_file"] not in files or not isinstance(manifest["award"], str):
                raise _refused(path, "a manifest without its award", "the award's name and file")
            unpacked: dict[str, Any] = manifest
            return unpacked
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _refused(path, f"a file that is damaged or no archive ({error})", "what `exportregion archive` has made") from None


def _installed(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refused(path: Path, found: str, expected: str) -> DataRefused:
    return DataRefused([Fault(str(path), found, expected, "Ask for the archive again where it is kept.")])
