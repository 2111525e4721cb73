"""The Parquet files at an address that Hadoop's file systems can read, such as object storage: their names and footers, by the driver."""

import concurrent.futures
import contextlib
import re
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MAGIC = b"PAR1"
"""What a Parquet file begins and ends with. Before the end stand the footer and its length, in four bytes."""


def footers(context: Any, address: str) -> dict[str, pq.FileMetaData | None]:
    """The files below an address, of which one is none that hides its name, and their footers; None for a file that cannot be read."""
    machine = context._jvm
    top = machine.org.apache.hadoop.fs.Path(address)
    system = top.getFileSystem(context._jsc.hadoopConfiguration())
    # By Parquet's convention, files and folders that begin with . or _ hold no data.
    holds_data = re.compile(re.escape(top.toString()) + r"(/[^._][^/]*)*")
    files = {}
    listing = system.listFiles(top, True) if system.exists(top) else None
    while listing and listing.hasNext():
        status = listing.next()
        if holds_data.fullmatch(status.getPath().toString()):
            files[status.getPath().toString()] = status

    def footer(name: str) -> pq.FileMetaData | None:
        with contextlib.closing(system.open(files[name].getPath())) as stream:

            def last(size: int) -> bytes:
                stream.seek(max(files[name].getLen() - size, 0))
                return bytes(machine.org.apache.commons.io.IOUtils.toByteArray(stream))

            try:
                length = int.from_bytes(last(8)[:4], "little")
                return pq.read_metadata(pa.BufferReader(MAGIC + last(length + 8)))
            except (OSError, pa.ArrowException):
                return None

    with concurrent.futures.ThreadPoolExecutor() as pool:
        return dict(zip(sorted(files), pool.map(footer, sorted(files)), strict=True))
