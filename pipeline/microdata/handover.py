"""Whether the files of datasets are as they were handed over: by the checksums of their pages, and by a manifest of the files' own.

A page's checksum is of its bytes as they lie in the file; a file's footer has none. The manifest, in the form of sha256sum, is of all.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.faults import DataRefused, Fault, refusal
from pipeline.microdata.datasets import damaged

MANIFEST = "manifest.sha256"
AGAIN = "Fetch it again from where it came; if it was meant to change, have a new manifest made there."
NUMBER = 0x15
"""How a page's header begins each of its numbers, one field after the other: kind, two sizes and, where it has one, the checksum."""


def write_manifest(folder: Path, files: Sequence[str]) -> Path:
    """Write the checksums of files below a folder; give the manifest's place. Raises OSError when it cannot be written."""
    lines = [f"{_sha256(Path(file))}  {Path(file).relative_to(folder).as_posix()}\n" for file in files]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")
    return folder / MANIFEST


def unchecked(folder: Path, files: Sequence[str], told: Callable[[float], None] = lambda _: None) -> list[str]:
    """The files of datasets below a folder that nothing says the checksums of: neither a manifest nor their own pages.

    Raises DataRefused with every file that differs from its checksums, and those that the manifest has and the folder has not.
    """
    changed, without = [], []
    if (folder / MANIFEST).exists():
        changed = list(_against_manifest(folder, files))
    else:
        for number, file in enumerate(files):
            told(number / len(files))
            if not _has_checksums(file):
                without.append(file)
            elif _is_spoiled(file):
                changed.append(damaged(file))
    if changed:
        raise DataRefused(changed)
    return without


def _against_manifest(folder: Path, files: Sequence[str]) -> Iterator[Fault]:
    manifest = folder / MANIFEST
    try:
        listed = {name: checksum for checksum, name in (line.split("  ", 1) for line in manifest.read_text("utf-8").splitlines())}
    except (OSError, ValueError):
        expected = "lines of a checksum, two blanks and a file's name"
        raise refusal(str(manifest), "a manifest that cannot be read", expected, AGAIN) from None
    there = {Path(file).relative_to(folder).as_posix(): Path(file) for file in files}
    for name in sorted(listed.keys() - there.keys()):
        yield Fault(str(folder / name), "no such file", f"the file that {MANIFEST} lists", AGAIN)
    for name, file in there.items():
        if name not in listed:
            yield Fault(str(file), f"a file that {MANIFEST} does not list", "the files that were handed over", AGAIN)
        elif _sha256(file) != listed[name]:
            yield Fault(str(file), "other bytes than were handed over", f"the checksum in {MANIFEST}", AGAIN)


def _has_checksums(file: str) -> bool:
    """Whether the first page of a Parquet file has a checksum; those of a file are written alike."""
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
    """Whether a page of a Parquet file differs from its checksum, or cannot be read."""
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
