"""Whether the files of datasets are as they were handed over: by a manifest of their checksums, or by the checksums of their pages.

A page's checksum covers the page, not the footer. A manifest, in the format of sha256sum, covers the whole file.
"""

import concurrent.futures
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pyarrow.parquet import FileMetaData

from pipeline.faults import Fault, refusal, refuse
from pipeline.microdata import pages
from pipeline.microdata.datasets import damaged
from pipeline.progress import Say, silent

MANIFEST = "manifest.sha256"
File = TypeVar("File", str, Path)
AGAIN = "Fetch the file again. If the change is intended, have a new manifest made where it comes from."


def write_manifest(folder: Path, files: Sequence[str], say: Say = silent) -> Path:
    """Write the checksums of files in a folder, and return the path of the manifest. Raises OSError when it cannot be written."""
    lines = [f"{_sha256(file)}  {file.relative_to(folder).as_posix()}\n" for file in _each([Path(file) for file in files], say)]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")
    return folder / MANIFEST


def unchecked(folder: Path, files: Mapping[str, FileMetaData], say: Say = silent) -> list[str]:
    """The files of datasets, with their footers, that have no checksum, neither in a manifest nor in their pages.

    Raises DataRefused with every file that differs from its checksums, is missing, or is not in the manifest.
    """
    faults, unchecked_files = [], []
    if (folder / MANIFEST).exists():
        faults = list(_against_manifest(folder, [*files], say))
    else:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for file, is_sound in zip(_each([*files], say), pool.map(pages.are_sound, files.keys(), files.values()), strict=True):
                if is_sound is None:
                    unchecked_files.append(file)
                elif not is_sound:
                    faults.append(damaged(file))
    refuse(faults)
    return unchecked_files


def _against_manifest(folder: Path, files: Sequence[str], say: Say) -> Iterator[Fault]:
    manifest = folder / MANIFEST
    try:
        listed = {name: checksum for checksum, name in (line.split("  ", 1) for line in manifest.read_text("utf-8").splitlines())}
    except (OSError, ValueError):
        expected = "lines with a checksum, two spaces and a file name"
        raise refusal(str(manifest), "a manifest that cannot be read", expected, AGAIN) from None
    there = {Path(file).relative_to(folder).as_posix(): Path(file) for file in files}
    # A file that is there and not read, such as an import record of a build, is no fault.
    for name in sorted(name for name in listed.keys() - there.keys() if not (folder / name).is_file()):
        yield Fault(str(folder / name), "no such file", f"the file that {MANIFEST} lists", AGAIN)
    for name in _each([*there], say):
        file = there[name]
        if name not in listed:
            yield Fault(str(file), f"a file that {MANIFEST} does not list", "the files that were handed over", AGAIN)
        elif _sha256(file) != listed[name]:
            yield Fault(str(file), "other bytes than those handed over", f"the checksum in {MANIFEST}", AGAIN)


def _each(files: Sequence[File], say: Say) -> Iterator[File]:
    for number, file in enumerate(files):
        say(f"checksums, file {number + 1} of {len(files)}", number / len(files))
        yield file


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
