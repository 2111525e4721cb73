"""Raw files as typed tables: checksums checked, every cell with its place, no meaning changed."""

import functools
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any

from pipeline.award import Award
from pipeline.catalogue import Catalogue, class_code
from pipeline.declarations import ERRORS, REGIONS, Geography, Statistic
from pipeline.faults import DataRefused, Fault, of_system, refusal, refuse
from pipeline.ingest.descriptions import describes, unit_of
from pipeline.ingest.errors import read_errors, without_totals
from pipeline.ingest.files import Sheet, read_sheet
from pipeline.ingest.tables import Found, Key, Measured, read_regions, read_table
from pipeline.sources import Layout, Source, Sources, file_of, not_pinned
from pipeline.vintages import described_files, halfway

__all__ = ["count", "ingest", "read_source", "region_names", "unpinned"]

LITTER = ("Thumbs.db", "desktop.ini")
"""Files that an operating system leaves in folders."""


def ingest(sources: Sources, award: Award) -> dict[str, list[dict[str, Any]]]:
    """Read every source of the award: the rows of ingested.regions and ingested.figures, sorted by their grain; and of
    ingested.standard_errors, where there is such a source.

    Raises DataRefused with all faults of all files.
    """
    catalogue = award.catalogue
    faults = _check_entries(sources, award)
    refuse(faults)
    names, origin = region_names(sources, catalogue.geography)
    whole = catalogue.geography.whole
    regions = [{"region_code": code, "region_name": names[code], "is_whole": code == whole, "source": origin} for code in sorted(names)]
    figures: list[dict[str, Any]] = []
    for table in award.statistics:
        entries = {name: source for name, source in sources.entries.items() if source.table == table}
        rows, wrong = _read(
            sources.folder, catalogue.statistics[table], entries, names, file_of(origin, sources.entries[origin]), catalogue
        )
        figures += rows
        faults += wrong
    errors = _errors(sources, figures, names, catalogue, faults)
    # Once more, after everything was read: what was replaced meanwhile is not what was recorded.
    faults += [fault for name, source in sources.serving(award).entries.items() for fault in _as_recorded(sources, name, source)]
    refuse(faults)
    figures.sort(key=itemgetter("statistic", "quantity", "region_code", "year", "class_code"))
    return {"ingested.regions": regions, "ingested.figures": figures} | ({} if errors is None else {"ingested.standard_errors": errors})


def _errors(
    sources: Sources, figures: list[dict[str, Any]], names: Mapping[str, str], catalogue: Catalogue, faults: list[Fault]
) -> list[dict[str, Any]] | None:
    """The rows of ingested.standard_errors, those of statistics that the award reads; None without a source of them."""
    entries = {name: source for name, source in sources.entries.items() if source.table == ERRORS}
    rows: list[dict[str, Any]] = []
    for name, source in entries.items():
        for layout in source.read:
            try:
                sheet = _sheet(sources.folder, name, source, layout)
            except DataRefused as refused:
                faults += refused.faults
                continue
            own = read_errors(sheet, layout, names, catalogue, name, faults)
            rows += without_totals(own, figures, catalogue, faults, file_of(name, source))
    return rows if entries else None


def _check_entries(sources: Sources, award: Award) -> list[Fault]:
    """Every entry that the award needs has its file and its checksum holds; every file of the folder has an entry."""
    listing = sources.folder / "sources.toml"
    faults = []
    vintages = {
        f"{name}, vintages.{vintage}" if len(entry.vintages) > 1 else name: source
        for name, entry in sources.history.items()
        for vintage, source in entry.vintages.items()
    }
    described = {source.file for source in vintages.values()}
    needed = (REGIONS, *award.statistics)
    errors = [ERRORS] * any(source.table == ERRORS for source in sources.serving(award).entries.values())
    try:
        unknown = set(_files(sources.folder)) - described - {listing.name}
        # In this order: a recording names its files in the marker before it places them, and unmakes it after they are described.
        unknown -= halfway(sources.folder)
        unknown -= described_files(sources.folder) if unknown else set()
    except OSError as error:
        where = str(error.filename or sources.folder)
        return [Fault(where, of_system(error), "a folder that can be read", "Check its permissions.")]
    faults += [
        Fault(file, "a file without an entry", f"an entry in {listing}", "Describe the file there, or move it out of the folder.")
        for file in sorted(unknown)
        if (sources.folder / file).exists()
    ]
    for name, source in vintages.items():
        if source.table not in (*needed, *errors):
            continue
        faults += _as_recorded(sources, name, source)
    for name, source in sources.entries.items():
        if source.table == ERRORS:
            continue
        statistic = award.catalogue.statistics.get(source.table)
        faults += describes(statistic, source.read, f"{listing}, {name}, read", award.catalogue)
    for table in needed:
        count = sum(source.table == table for source in sources.entries.values())
        newest = None if count else next(sources.unpinned(table, award), None)
        if newest:
            faults.append(not_pinned(award, *newest[:2], f"the table {table}"))
        elif not count:
            remedy = "Describe the file that holds it, and where the award pins vintages, pin its source."
            faults.append(Fault(str(listing), f"no entry for the table {table}", f"at least one, for {award.geography}", remedy))
        if table == REGIONS and count > 1:
            remedy = "Leave one, or give each its geography."
            faults.append(Fault(str(listing), f"{count} entries for the table {REGIONS}", f"one for {award.geography}", remedy))
    return faults


def _as_recorded(sources: Sources, name: str, source: Source) -> Iterator[Fault]:
    """What is wrong with the file of an entry: it is not there, or not the one whose checksum was recorded."""
    listing, path = sources.folder / "sources.toml", sources.folder / source.file
    if not path.resolve().is_relative_to(sources.folder.resolve()):
        found = f"{source.file}, a link that leads out of {sources.folder}"
        yield Fault(f"{listing}, {name}", found, "a file in the folder", "Put the file itself there.")
    elif not path.is_file():
        remedy = "Put the file there, or correct the entry."
        yield Fault(f"{listing}, {name}", f"no file {source.file}", f"the file in {sources.folder}", remedy)
    else:
        try:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            yield Fault(source.file, of_system(error), "a readable file", "Check its permissions.")
            return
        if sha256 != source.sha256.lower():
            expected = f"sha256 {source.sha256} as recorded in {listing}, {name}"
            remedy = "If the change is meant, record the new sha256 there, with its dates; else bring the recorded file back."
            yield Fault(source.file, f"sha256 {sha256}", expected, remedy)


def _files(folder: Path) -> Iterator[str]:
    """The files below a folder but those of an operating system or another program. What goes away meanwhile was no raw data."""

    def refuse(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith((".", "~$"))]
        for name in files:
            if not name.startswith((".", "~$")) and name not in LITTER:
                yield (Path(place) / name).relative_to(folder).as_posix()


def region_names(sources: Sources, geography: Geography) -> tuple[dict[str, str], str]:
    """The regions that all other files are held against, code -> name, and the source that lists them. Raises DataRefused."""
    entries = {name: source for name, source in sources.entries.items() if source.table == REGIONS}
    if not entries:
        listing = sources.folder / "sources.toml"
        raise refusal(str(listing), f"no entry for the table {REGIONS}", "one", "Describe the file that lists the regions.")
    name, source = next(iter(entries.items()))
    faults: list[Fault] = []
    names = read_regions(_sheet(sources.folder, name, source, source.read[0]), source.read[0], faults, geography)
    if geography.whole and geography.whole not in names and not faults:
        found = f"no region {geography.whole}"
        faults.append(Fault(file_of(name, source), found, f"the whole, {geography.whole}, beside the regions", "Bring the file back."))
    count = len(names) - bool(geography.whole)
    if (count < 2 or count != (geography.count or count)) and not faults:
        expected = f"{geography.count or 'two or more'} {geography.en.nouns}{' beside the whole' if geography.whole else ''}, a row each"
        faults.append(Fault(file_of(name, source), f"{count} {geography.en.nouns}", expected, "Bring the file back."))
    refuse(faults)
    return names, name


def _sheet(folder: Path, name: str, source: Source, layout: Layout) -> Sheet:
    """A sheet of a source's file, which messages name with its source. Raises DataRefused."""
    path, called = folder / source.file, file_of(name, source)
    try:
        return replace(read_sheet(path, layout), file=called)
    except DataRefused as refused:
        raise DataRefused([replace(fault, where=fault.where.replace(path.name, called, 1)) for fault in refused.faults]) from None


def _read(
    folder: Path, statistic: Statistic, entries: Mapping[str, Source], names: Mapping[str, str], listing: str, catalogue: Catalogue
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The rows of one statistic out of all its sources, and what is wrong with them."""
    found = Found()
    origin: dict[Key, tuple[str, int | None, int, Callable[[int], str | None]]] = {}
    for name, source in entries.items():
        for layout in source.read:
            try:
                sheet = _sheet(folder, name, source, layout)
            except DataRefused as refused:
                found.faults += refused.faults
                continue
            read_table(statistic, sheet, layout, names, listing, found, catalogue)
            of_layout = name, layout.noise, unit_of(layout, catalogue), functools.cache(layout.series_in)
            for key in found.cells.keys() - origin.keys():
                origin[key] = of_layout
    rows = [row for key, cells in found.cells.items() for row in _rows(statistic, key, cells, *origin[key])]
    return rows, found.faults


def read_source(sources: Sources, name: str, award: Award) -> list[dict[str, Any]]:
    """The rows of ingested.figures of one source, whatever else there is. Raises DataRefused."""
    source = sources.entries[name]
    names, origin = region_names(sources.serving(award), award.catalogue.geography)
    statistic = award.catalogue.statistics[source.table]
    rows, faults = _read(sources.folder, statistic, {name: source}, names, file_of(origin, sources.entries[origin]), award.catalogue)
    refuse(faults)
    return rows


def count(sources: Sources, name: str, award: Award) -> int:
    """The number of rows of a source of regions or of standard errors. Raises DataRefused."""
    names, _ = region_names(sources.serving(award), award.catalogue.geography)
    if sources.entries[name].table == REGIONS:
        return len(names)
    faults: list[Fault] = []
    rows = _errors(sources.model_copy(update={"entries": {name: sources.entries[name]}}), [], names, award.catalogue, faults)
    refuse(faults)
    return len(rows or [])


def unpinned(sources: Sources, table: str, award: Award) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """The vintages of a statistic that an award could pin and does not use, the newest first: source, vintage, and its rows of
    ingested.figures. Those that cannot be read are left out."""
    for name, vintage, source in sources.unpinned(table, award):
        with suppress(DataRefused):
            yield name, vintage, read_source(sources.model_copy(update={"entries": {**sources.entries, name: source}}), name, award)


def _rows(
    statistic: Statistic,
    key: Key,
    cells: Mapping[str, Measured],
    source: str,
    noise: int | None,
    unit: int,
    series_in: Callable[[int], str | None],
) -> Iterator[dict[str, Any]]:
    """A row for each quantity of a statistic's key; a quantity without a cell is missing."""
    keys = dict(zip(statistic.keys, key, strict=True))
    place = {"region_code": keys["region_code"], "year": keys["year"]}
    place["class_code"] = class_code([keys[name] for name in statistic.classes])
    for name, quantity in statistic.quantities.items():
        cell = cells.get(name)
        yield {
            "statistic": statistic.name,
            "quantity": name,
            **place,
            "figure": cell.value if cell else None,
            "status": cell.status if cell else "missing",
            "cell": cell.place if cell else None,
            "unit": unit if quantity.kind == "money" else 1,
            "series": series_in(keys["year"]) if statistic.has_series else None,
            "noise": noise,
            "source": source,
        }
