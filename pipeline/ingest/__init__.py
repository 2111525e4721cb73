"""Raw files as typed tables: checksums checked, every cell with its place, no meaning changed."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.faults import DataRefused, Fault
from pipeline.ingest.files import read_sheet
from pipeline.ingest.tables import SHAPES, UNITS, Found, Key, describes, read_regions, read_table
from pipeline.schemas import frame
from pipeline.settings import Source, Sources
from pipeline.vintages import halfway

__all__ = ["has_series", "ingest", "region_names"]

COUNTIES = 21
LITTER = ("Thumbs.db", "desktop.ini")
"""Files that an operating system leaves in folders."""


def ingest(sources: Sources) -> dict[str, pd.DataFrame]:
    """Read every source: table name -> frame of that table's schema, sorted by its grain.

    Raises DataRefused with all faults of all files.
    """
    faults = _check_entries(sources)
    if faults:
        raise DataRefused(faults)
    names, origin = region_names(sources)
    regions = [{"region_code": code, "region_name": names[code], "source": origin} for code in sorted(names)]
    rows = {"regions": regions}
    for table in SHAPES:
        entries = {name: source for name, source in sources.entries.items() if source.table == table}
        rows[table], wrong = _read(sources.folder, table, entries, names)
        faults += wrong
    if faults:
        raise DataRefused(faults)
    return {f"ingested.{table}": frame(f"ingested.{table}", found) for table, found in rows.items()}


def _check_entries(sources: Sources) -> list[Fault]:
    """Every entry has its file, every file its entry, and every checksum holds."""
    listing = sources.folder / "sources.toml"
    faults = []
    vintages = {
        f"{name}, vintages.{vintage}" if len(entry.vintages) > 1 else name: source
        for name, entry in sources.history.items()
        for vintage, source in entry.vintages.items()
    }
    described = {source.file for source in vintages.values()}
    arriving = halfway(sources.folder)
    try:
        present = sorted(path for path in sources.folder.rglob("*") if path.is_file())
    except OSError as error:
        return [Fault(str(sources.folder), error.strerror or str(error), "a folder that can be read", "Check its permissions.")]
    for path in present:
        file = path.relative_to(sources.folder).as_posix()
        if file not in described and path != listing and not _no_data(path.relative_to(sources.folder)) and file not in arriving:
            faults.append(
                Fault(file, "a file without an entry", f"an entry in {listing}", "Describe the file there, or move it out of the folder.")
            )
    for name, source in vintages.items():
        path = sources.folder / source.file
        if not path.resolve().is_relative_to(sources.folder.resolve()):
            found = f"{source.file}, a link that leads out of {sources.folder}"
            faults.append(Fault(f"{listing}, {name}", found, "a file in the folder", "Put the file itself there."))
            continue
        if not path.is_file():
            faults.append(
                Fault(
                    f"{listing}, {name}",
                    f"no file {source.file}",
                    f"the file in {sources.folder}",
                    "Put the file there, or correct the entry.",
                )
            )
            continue
        try:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            faults.append(Fault(source.file, error.strerror or str(error), "a readable file", "Check its permissions."))
            continue
        if sha256 != source.sha256.lower():
            faults.append(
                Fault(
                    source.file,
                    f"sha256 {sha256}",
                    f"sha256 {source.sha256} as recorded in {listing}, {name}",
                    "If the change is meant, record the new sha256 there, with its dates; else bring the recorded file back.",
                )
            )
    for name, source in sources.entries.items():
        faults += describes(source.table, source.read, f"{listing}, {name}, read")
    for table in ("regions", *SHAPES):
        count = sum(source.table == table for source in sources.entries.values())
        if not count:
            remedy = "Describe the file that holds it, and where the award pins vintages, pin its source."
            faults.append(Fault(str(listing), f"no entry for the table {table}", "at least one", remedy))
        if table == "regions" and count > 1:
            faults.append(Fault(str(listing), f"{count} entries for the table regions", "one", "Leave one."))
    return faults


def _no_data(path: Path) -> bool:
    """Whether a file is an operating system's or another program's, not raw data."""
    return any(part.startswith((".", "~$")) for part in path.parts) or path.name in LITTER


def has_series(table: str) -> bool:
    """Whether a table's values belong to a series: a way in which they are placed in regions."""
    return table in SHAPES and SHAPES[table].has_series


def region_names(sources: Sources) -> tuple[dict[str, str], str]:
    """The regions that all other files are held against, code -> name, and the source that lists them. Raises DataRefused."""
    name, source = next((name, source) for name, source in sources.entries.items() if source.table == "regions")
    faults: list[Fault] = []
    names = read_regions(read_sheet(sources.folder / source.file, source.read[0]), source.read[0], faults)
    if len(names) != COUNTIES + 1 and not faults:
        expected = f"the nation and {COUNTIES} counties, a row each"
        faults.append(Fault(source.file, f"{len(names)} regions", expected, "Bring the file back."))
    if faults:
        raise DataRefused(faults)
    return names, name


def _read(folder: Path, table: str, entries: Mapping[str, Source], names: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The rows of one table out of all its sources, and what is wrong with them."""
    found = Found()
    origin: dict[Key, tuple[str, Any]] = {}
    for name, source in entries.items():
        for layout in source.read:
            try:
                sheet = read_sheet(folder / source.file, layout)
            except DataRefused as refused:
                found.faults += refused.faults
                continue
            read_table(table, sheet, layout, names, found)
            for key in found.cells.keys() - origin.keys():
                origin[key] = (name, layout)
    rows = [_row(table, key, found, *origin[key]) for key in sorted(found.cells)]
    return rows, found.faults


def _row(table: str, key: Key, found: Found, source: str, layout: Any) -> dict[str, Any]:
    row: dict[str, Any] = dict(zip(SHAPES[table].keys, key, strict=True))
    for measure in SHAPES[table].measures:
        cell = found.cells[key].get(measure)
        value = cell.value if cell else None
        row[measure] = value if value is None or measure == "exports" else int(value)
        row[f"{measure}_status"] = cell.status if cell else "missing"
        row[f"{measure}_cell"] = cell.place if cell else None
    said = {"unit_sek": UNITS.get(layout.unit), "series": layout.series_in(row["year"]), "noise": layout.noise}
    return row | said | {"source": source}
