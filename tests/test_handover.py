"""Files of firm-level records that changed on their way are refused, whatever they say now."""

import random
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import exportregion
from test_microdata import METHOD, simulated

from pipeline.faults import DataRefused
from pipeline.microdata.datasets import find
from pipeline.microdata.handover import unchecked

__all__ = ["simulated"]


def copy(simulated: Path, folder: Path) -> Path:
    """The datasets of a single year and month."""
    for name in ("declarations/2016-01", "enterprises/2016", "establishments/2016"):
        (folder / name).parent.mkdir(parents=True)
        shutil.copy(simulated / f"{name}.parquet", folder / f"{name}.parquet")
    return folder


def files(folder: Path) -> list[str]:
    return [file for dataset in find(str(folder), METHOD) for file in dataset.files]


def flipped(file: Path, place: int, bit: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1 << bit
    file.write_bytes(bytes(content))


def test_every_flipped_bit_of_a_page_is_seen_where_pages_have_checksums(simulated: Path, tmp_path: Path) -> None:
    folder = copy(simulated, tmp_path / "in")
    assert unchecked(folder, files(folder)) == []
    file = folder / "declarations" / "2016-01.parquet"
    whole, values, group, chance = file.read_bytes(), pq.read_table(file), pq.read_metadata(file).row_group(0), random.Random(1)
    refused = 0
    for _ in range(250):
        column = group.column(chance.randrange(group.num_columns))
        begin = column.dictionary_page_offset or column.data_page_offset
        flipped(file, begin + chance.randrange(column.total_compressed_size), chance.randrange(8))
        try:
            unchecked(folder, [str(file)])
        except DataRefused:
            refused += 1
        else:
            # What the pages' headers say for those who skip pages has no checksum, and is no value.
            assert pq.read_table(file).equals(values)
        file.write_bytes(whole)
    assert refused > 200


def test_a_manifest_sees_every_flipped_bit_and_every_file_that_is_missing_or_new(simulated: Path, tmp_path: Path) -> None:
    folder = copy(simulated, tmp_path / "in")
    made = exportregion("microdata", "manifest", folder)
    assert made.exit_code == 0
    assert made.stdout.strip() == str(folder / "manifest.sha256")
    assert unchecked(folder, files(folder)) == []
    file = folder / "enterprises" / "2016.parquet"
    whole, chance = file.read_bytes(), random.Random(2)
    for _ in range(50):
        flipped(file, chance.randrange(len(whole)), chance.randrange(8))
        with pytest.raises(DataRefused, match="other bytes than those handed over"):
            unchecked(folder, [str(path) for path in folder.rglob("*.parquet")])
        file.write_bytes(whole)
    shutil.copy(simulated / "declarations" / "2016-02.parquet", folder / "declarations")
    (folder / "establishments" / "2016.parquet").rename(folder / "establishments" / "2017.parquet")
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv")
    assert ran.exit_code == 1
    for said in (
        "2016-02.parquet: found a file that manifest.sha256 does not list",
        "2016.parquet: found no such file",
        "2017.parquet: found a file",
    ):
        assert said in " ".join(ran.stderr.split())


@pytest.mark.parametrize("text", ["not a manifest\n", "\xff"])
def test_a_manifest_that_cannot_be_read_is_refused(text: str, simulated: Path, tmp_path: Path) -> None:
    folder = copy(simulated, tmp_path / "in")
    (folder / "manifest.sha256").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataRefused, match="a manifest that cannot be read"):
        unchecked(folder, files(folder))


def test_files_without_checksums_are_told(simulated: Path, tmp_path: Path) -> None:
    folder = copy(simulated, tmp_path / "in")
    for file in files(folder):
        pq.write_table(pq.read_table(file), file, store_decimal_as_integer=True)
    assert unchecked(folder, files(folder)) == files(folder)
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv")
    assert ran.exit_code == 0, ran.stderr
    assert "3 files have no page checksums, and there is no manifest" in " ".join(ran.stdout.split())
    exportregion("microdata", "manifest", folder)
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv")
    assert "no page checksums" not in ran.stdout
