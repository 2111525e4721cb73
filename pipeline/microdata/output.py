"""Writing the tables of a build: all of them or none, even if several builds write at the same time."""

import contextlib
import datetime
import json
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet

from pipeline import __version__
from pipeline.faults import DataRefused, Fault, refusal, unwritable
from pipeline.locks import can_link, locked
from pipeline.microdata import dominance
from pipeline.microdata.build import ALLOCATED, MAIN, Built
from pipeline.microdata.datasets import ILLUSTRATIVE, KIND
from pipeline.microdata.disclosure import EXPORTS
from pipeline.microdata.method import MicrodataMethod
from pipeline.microdata.schemas import DECLARED, UNALLOCATED

SUFFIXES = (".parquet", ".csv")
PREFIX = ".exportregion-microdata-"
LOCK = ".exportregion-microdata.lock"
BUILDS, NEWEST = "-builds", "newest"
"""The folder beside the output that holds the files themselves, and the link in it to those of the newest build."""
COMPANIONS = ("quality", "allocation_bases", "dominance", "errors")


def _places(out: Path) -> list[Path]:
    """The paths of a build's files: the companions, the record, and last the table itself."""
    return [*(out.with_name(f"{out.stem}-{name}{out.suffix}") for name in COMPANIONS), out.with_name(f"{out.stem}-run.json"), out]


@contextlib.contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A folder beside the output for unfinished files. It goes when the block ends, and with it the folders of killed builds.

    Raises DataRefused when out cannot be written.
    """
    if out.suffix.lower() not in SUFFIXES or out.is_dir():
        raise refusal("--out", str(out), f"a file that ends with {' or '.join(SUFFIXES)}", "Name such a file.")
    folders = [place for place in _places(out) if place.is_dir()]
    if folders:
        raise DataRefused(
            [Fault(str(place), "a folder", "a place for a file", "Move it away, or name another --out.") for place in folders]
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as hold:
            with locked(out.parent / LOCK):
                for old in out.parent.glob(f"{PREFIX}*"):
                    _remove_if_abandoned(old)
                folder = out.parent / f"{PREFIX}{uuid.uuid4().hex}"
                # First, so that no interruption comes between the two.
                hold.callback(shutil.rmtree, folder, ignore_errors=True)
                folder.mkdir(mode=0o700)
                hold.enter_context(locked(folder / LOCK))
            yield folder
    except OSError as error:
        raise unwritable(out, error, "--out", "a place that can be written", "Name another --out, or make room there.") from None


def write(built: Built, method: MicrodataMethod, engine: str, out: Path, folder: Path) -> list[Path]:
    """Write every table and the record into folder, then put all of them in their places in one step. Returns the places.

    Beside goods.parquet stand goods-quality.parquet, goods-allocation_bases.parquet, goods-dominance.parquet, goods-errors.parquet and
    goods-run.json.
    """
    *companions, record, _ = _places(out)
    places = {**dict(zip(COMPANIONS, companions, strict=True)), MAIN: out}
    for name, table in built.tables.items():
        if out.suffix.lower() == ".csv":
            pyarrow.csv.write_csv(table, folder / places[name].name)
        else:
            marked = table.replace_schema_metadata({KIND: ILLUSTRATIVE} if built.is_illustrative else None)
            pyarrow.parquet.write_table(marked, folder / places[name].name, compression="zstd")
    text = json.dumps(_record(built, method, engine), ensure_ascii=False, indent=2) + "\n"
    (folder / record.name).write_text(text, encoding="utf-8", newline="\n")
    ordered = [record, *(place for name, place in places.items() if name != MAIN), out]
    with locked(out.parent / LOCK):
        _swap_in(ordered, folder, out.with_name(f"{out.stem}{BUILDS}"))
    return ordered


def _swap_in(places: Sequence[Path], folder: Path, builds: Path) -> None:
    """Put the files of a folder in their places. These are links through the link to the newest build: replacing that link changes all.

    A file in one of the places is first copied into the builds, and stays until the new files are there. On a file system without
    links, the files are renamed one by one, the record first.
    """
    with contextlib.suppress(FileExistsError):
        builds.mkdir()
    newest = builds / NEWEST
    links = {place: Path(builds.name, NEWEST, place.name) for place in places}
    before = _version(builds, {path.name: path for path in newest.glob("*")} | {place.name: place for place in places if place.is_file()})
    if not can_link(folder / NEWEST, Path(before.name)):
        for place in places:
            (folder / place.name).replace(place)
        shutil.rmtree(builds)
        return
    (folder / NEWEST).replace(newest)
    for place, target in links.items():
        if not place.is_symlink() or place.readlink() != target:
            (folder / "link").symlink_to(target)
            (folder / "link").replace(place)
    fresh = _version(builds, {path.name: path for path in before.iterdir()} | {place.name: folder / place.name for place in places})
    can_link(folder / NEWEST, Path(fresh.name))
    (folder / NEWEST).replace(newest)
    for old in builds.iterdir():
        # The new build is in place. A folder that cannot be removed is no reason to undo it.
        if old.name not in (NEWEST, fresh.name):
            shutil.rmtree(old, ignore_errors=True)


def _version(builds: Path, files: Mapping[str, Path]) -> Path:
    folder = builds / uuid.uuid4().hex
    folder.mkdir()
    for name, file in files.items():
        shutil.copyfile(file, folder / name)
    return folder


@contextlib.contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to fill. It becomes out when the block ends, and goes when it fails. Raises DataRefused when out exists already."""
    if out.exists():
        raise refusal("--out", f"{out}, which exists already", "a new folder", "Name another, or move it away.")
    with work_folder(out.with_name(f"{out.name}{SUFFIXES[0]}")) as work:
        (work / "new").mkdir()
        yield work / "new"
        (work / "new").rename(out)


def summary(built: Built, method: MicrodataMethod) -> dict[str, Any]:
    """The figures that a build prints: where values are placed, how much of them, and how many cells are withheld."""
    exports = built.tables[MAIN].to_pylist()
    classes = [row["any_group"] for row in built.tables["dominance"].to_pylist()]
    quality = [row for row in built.tables["quality"].to_pylist() if row["basis"] == method.allocation.basis]
    return {
        "illustrative": built.is_illustrative,
        "disclosure_control": method.disclosure.control,
        "basis": method.allocation.basis,
        "rows": built.rows,
        "months_without_declarations": _months(built),
        "files_without_checksums": built.unchecked,
        "years": sorted({row["year"] for row in exports}),
        "regions": len({row["region_code"] for row in exports} - {method.catalogue.geography.whole, UNALLOCATED}),
        "nouns": [getattr(method.catalogue.geography.nouns("en"), key) for key in ("noun", "a_noun", "nouns")],
        "cells": len(exports),
        "cells_not_nil": sum(row["status"] != "nil" for row in exports),
        "withheld": sum(row["status"] == "withheld" for row in exports),
        "published_before_and_unsafe": built.public_unsafe,
        "gap": max((choice.gap for choice in built.choices.values()), default=None),
        "allocated_share": {row["year"]: row["exports_share"] for row in quality if row["coverage"] == ALLOCATED},
        "nothing_declared": [row["year"] for row in quality if row["coverage"] == DECLARED and row["status"] == "nil"],
        "carried_by_one_group": sum(name.startswith("more than") for name in classes),
        "windows": sum(name != dominance.WITHHELD for name in classes),
    }


def _months(built: Built) -> list[str]:
    return [f"{year}-{month:02d}" for year, month in built.months_without]


def _record(built: Built, method: MicrodataMethod, engine: str) -> dict[str, Any]:
    """How the tables were made, and when: the only file of a build with the time."""
    exports = [interval for interval in built.intervals if interval.measure == EXPORTS]
    return {
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "exportregion": __version__,
        "engine": engine,
        "illustrative": built.is_illustrative,
        "settings": method.model_dump(mode="json", exclude={"file", "industries"}),
        "rows": built.rows,
        "months_without_declarations": _months(built),
        "files_without_checksums": built.unchecked,
        "loss": {year: {"loss": choice.loss, "bound": choice.bound, "gap": choice.gap} for year, choice in built.choices.items()},
        "audit": {
            "withheld_with_sums": len({(interval.year, interval.cell[1:]) for interval in exports}),
            "unsafe": len({(interval.year, interval.cell) for interval in exports if interval.needed_up}),
            "intervals": len(built.intervals),
            "too_narrow": sum(not interval.is_wide_enough for interval in built.intervals),
        },
    }


def _remove_if_abandoned(folder: Path) -> None:
    """Remove a work folder that no process holds."""
    with contextlib.suppress(OSError):
        with locked(folder / LOCK, wait=False):
            pass
        shutil.rmtree(folder, ignore_errors=True)
