"""Whether the files of datasets are as they were handed over: by a manifest of their checksums, or by the checksums of their pages.

A page's checksum covers the page, not the footer. A manifest, in the format of sha256sum, covers the whole file.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.faults import Fault, refusal, refuse
from pipeline.microdata.datasets import damaged

MANIFEST = "manifest.sha256"
AGAIN = "Fetch the file again. If the change is intended, have a new manifest made where it comes from."
NUMBER = 0x15
"""The byte before each number of a page's header (Thrift's compact protocol): kind, two sizes and, if there is one, the checksum."""


def write_manifest(folder: Path, files: Sequence[str]) -> Path:
    """Write the checksums of files in a folder, and return the path of the manifest. Raises OSError when it cannot be written."""
    lines = [f"{_sha256(Path(file))}  {Path(file).relative_to(folder).as_posix()}\n" for file in files]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")
    return folder / MANIFEST


def unchecked(folder: Path, files: Sequence[str], progress: Callable[[float], None] = lambda _: None) -> list[str]:
    """The files of datasets that have no checksum, neither in a manifest nor in their pages.

    Raises DataRefused with every file that differs from its checksums, is missing, or is not in the manifest.
    """
    faults, unchecked_files = [], []
    if (folder / MANIFEST).exists():
        faults = list(_against_manifest(folder, files))
    else:
        for number, file in enumerate(files):
            progress(number / len(files))
            if not _has_checksums(file):
                unchecked_files.append(file)
            elif _is_spoiled(file):
                faults.append(damaged(file))
    refuse(faults)
    return unchecked_files


def _against_manifest(folder: Path, files: Sequence[str]) -> Iterator[Fault]:
    manifest = folder / MANIFEST
    try:
        listed = {name: checksum for checksum, name in (line.split("  ", 1) for line in manifest.read_text("utf-8").splitlines())}
    except (OSError, ValueError):
        expected = "lines with a checksum, two spaces and a file name"
        raise refusal(str(manifest), "a manifest that cannot be read", expected, AGAIN) from None
    there = {Path(file).relative_to(folder).as_posix(): Path(file) for file in files}
    for name in sorted(listed.keys() - there.keys()):
        yield Fault(str(folder / name), "no such file", f"the file that {MANIFEST} lists", AGAIN)
    for name, file in there.items():
        if name not in listed:
            yield Fault(str(file), f"a file that {MANIFEST} does not list", "the files that were handed over", AGAIN)
        elif _sha256(file) != listed[name]:
            yield Fault(str(file), "other bytes than those handed over", f"the checksum in {MANIFEST}", AGAIN)


def _has_checksums(file: str) -> bool:
    """Whether the first page of a Parquet file has a checksum; then all pages have one."""
    footer = pq.read_metadata(file)
    if not footer.num_row_groups:
        return True
    chunk = footer.row_group(0).column(0)
    with Path(file).open("rb") as content:
        content.seek(chunk.dictionary_page_offset or chunk.data_page_offset)
        header = content.read(32)
    place = 0
    for _ in range(3):
        if header[place] != NUMBER:
            return False
        place += 1
        while header[place] & 0x80:
            place += 1
        place += 1
    return header[place] == NUMBER


def _is_spoiled(file: str) -> bool:
    """Whether a page of a Parquet file cannot be read, or differs from its checksum."""
    try:
        with pq.ParquetFile(file, page_checksum_verification=True) as content:
            for group in range(content.num_row_groups):
                content.read_row_group(group)
    except (OSError, pa.ArrowException):
        return True
    return False


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
