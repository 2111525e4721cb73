"""Files of firm-level records that changed on their way are refused, whatever they say now."""

import contextlib
import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import exportregion
from test_microdata import METHOD, method_text, simulated

from pipeline.faults import DataRefused
from pipeline.microdata import pages
from pipeline.microdata.datasets import find, local
from pipeline.microdata.handover import unchecked

__all__ = ["simulated"]


def copy(simulated: Path, folder: Path) -> Path:
    """The datasets of a single year and month."""
    for name in ("declarations/2016-01", "enterprises/2016", "establishments/2016"):
        (folder / name).parent.mkdir(parents=True)
        shutil.copy(simulated / f"{name}.parquet", folder / f"{name}.parquet")
    return folder


def files(folder: Path) -> dict[str, pq.FileMetaData]:
    return local(find(str(folder), METHOD))


def flipped(file: Path, place: int, bit: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1 << bit
    file.write_bytes(bytes(content))


def test_every_flipped_bit_of_a_page_is_seen_where_pages_have_checksums(simulated: Path, tmp_path: Path) -> None:
    folder = copy(simulated, tmp_path / "in")
    assert unchecked(folder, files(folder)) == []
    file = folder / "declarations" / "2016-01.parquet"
    whole, values, group, chance = file.read_bytes(), rows_by_duckdb(file), pq.read_metadata(file).row_group(0), random.Random(1)
    footer = {str(file): files(folder)[str(file)]}
    refused = 0
    for number in range(250):
        column = group.column(chance.randrange(group.num_columns))
        begin = column.dictionary_page_offset or column.data_page_offset
        # Every second one in the header of the first page.
        flipped(file, begin + chance.randrange(column.total_compressed_size if number % 2 else 40), chance.randrange(8))
        try:
            unchecked(folder, footer)
        except DataRefused:
            refused += 1
        else:
            # What the pages' headers say for those who skip pages has no checksum, and is no value. A count that is wrong stops the reader.
            with contextlib.suppress(duckdb.Error):
                assert rows_by_duckdb(file) == values
        file.write_bytes(whole)
    assert refused > 150


def rows_by_duckdb(file: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("from read_parquet(?)", [str(file)]).fetchall()


def test_pages_are_checked_without_their_values_where_headers_can_say_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes tell codes of a dictionary from values: a column that begins with one and goes on with the other is not read either."""
    file = tmp_path / "pages.parquet"
    numbers = pa.array(range(200_000), pa.int64())
    columns = {"same": pa.array(["a"] * 200_000), "mixed": numbers.cast(pa.string()), "plain": numbers}
    pq.write_table(pa.table(columns), file, write_page_checksum=True, use_dictionary=["same", "mixed"], dictionary_pagesize_limit=100_000)
    read: list[list[str]] = []
    monkeypatch.setattr(pq.ParquetFile, "read_row_group", lambda *_, columns: read.append(columns))
    assert pages.are_sound(str(file), pq.read_metadata(file))
    assert read == []


def test_a_manifest_sees_every_flipped_bit_and_every_file_that_is_missing_or_new(simulated: Path, tmp_path: Path) -> None:
    folder = copy(simulated, tmp_path / "in")
    made = exportregion("microdata", "manifest", folder)
    assert made.exit_code == 0
    assert made.stdout.strip() == str(folder / "manifest.sha256")
    assert unchecked(folder, files(folder)) == []
    file, listed = folder / "enterprises" / "2016.parquet", files(folder)
    whole, chance = file.read_bytes(), random.Random(2)
    for _ in range(50):
        flipped(file, chance.randrange(len(whole)), chance.randrange(8))
        with pytest.raises(DataRefused, match="other bytes than those handed over"):
            unchecked(folder, listed)
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
    assert unchecked(folder, files(folder)) == [*files(folder)]
    (tmp_path / "open.toml").write_text(method_text(("control = true", "control = false")), encoding="utf-8")
    build: list[str | Path] = ["microdata", "build", "--in", folder, "--out", tmp_path / "t.csv", "--settings", tmp_path / "open.toml"]
    ran = exportregion(*build)
    assert ran.exit_code == 0, ran.stderr
    assert "3 files have no page checksums, and there is no manifest" in " ".join(ran.stdout.split())
    exportregion("microdata", "manifest", folder)
    ran = exportregion(*build)
    assert ran.exit_code == 0, ran.stderr
    assert "no page checksums" not in ran.stdout
