"""The only door into data/raw: a new vintage and its entry in sources.toml come in one act, or not at all.

A new file first waits in a hidden folder. The last step replaces sources.toml, which is one step of the file system; files put in
place before an interruption are named in a marker, count as not there, and are cleared away by the next recording.
"""

import contextlib
import datetime
import difflib
import errno
import hashlib
import json
import os
import shutil
import tomllib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.award import Award, award_names, load_award
from pipeline.declarations import ERRORS, REGIONS
from pipeline.faults import DataRefused, of_system, refusal
from pipeline.locks import locked
from pipeline.sources import LISTING, OF_THE_FILE, OF_THE_ORIGIN, Sources, load_sources

if TYPE_CHECKING:
    from tomlkit.items import Table

MARKER = ".recording"
INCOMING = ".incoming-"
LOCK = ".lock"


@dataclass(frozen=True)
class Arrival:
    """A file on its way in: its source and vintage, where it waits, where it will stand, and its checksum."""

    name: str
    vintage: str
    file: str
    waits: Path
    sha256: str


@dataclass
class Recording:
    """A change of a raw-data folder in preparation. Nothing of it shows before the block of `recording` ends."""

    folder: Path
    hidden: Path
    described: list[tuple[Arrival, Mapping[str, Any]]] = field(default_factory=list)

    def store(self, name: str, day: datetime.date, suffix: str, content: bytes) -> Arrival:
        """Write a file to the disk as it was received, and take its checksum, before anything reads it."""
        entry = load_sources(self.folder).history.get(name)
        names = {*(entry.vintages if entry else ()), *(path.name.partition(".")[0] for path in (self.folder / name).glob("*"))}
        days = (day.isoformat() if number == 1 else f"{day.isoformat()}-{number}" for number in range(1, len(names) + 2))
        vintage = next(each for each in days if each not in names)
        waits = self.hidden / name / f"{vintage}{suffix}"
        waits.parent.mkdir(parents=True, exist_ok=True)
        _write(waits, content)
        return Arrival(name, vintage, f"{name}/{vintage}{suffix}", waits, hashlib.sha256(content).hexdigest())

    def copy(self, suffix: str, content: bytes) -> Path:
        """A file's content under its right ending, to be recognised before its source is known."""
        path = self.hidden / f"given{suffix}"
        _write(path, content)
        return path

    def describe(self, arrival: Arrival, facts: Mapping[str, Any]) -> Sources:
        """Say what sources.toml will say of a stored file; give the sources as they will then be, the file where it waits.

        Raises DataRefused when the entry does not hold together.
        """
        self.described.append((arrival, facts))
        return self._preview()

    def describe_again(self, facts: Mapping[str, Any]) -> Sources:
        """Say other facts of the file that was described last. Raises DataRefused as `describe` does."""
        self.described[-1] = (self.described[-1][0], facts)
        return self._preview()

    def _preview(self) -> Sources:
        text = _listing(self.folder)
        for each, lines in self.described:
            text = _with_entry(text, each, lines)
        _write(self.hidden / LISTING, text.encode("utf-8"))
        try:
            sources = load_sources(self.hidden)
        except DataRefused as refused:
            raise DataRefused(
                [replace(fault, where=fault.where.replace(str(self.hidden), str(self.folder))) for fault in refused.faults]
            ) from None
        waiting = {each.file: each.waits.relative_to(self.folder).as_posix() for each, _ in self.described}
        history = {}
        for name, entry in sources.history.items():
            vintages = {
                vintage: source.model_copy(update={"file": waiting.get(source.file, source.file)})
                for vintage, source in entry.vintages.items()
            }
            history[name] = entry.model_copy(update={"vintages": vintages})
        entries = {name: history[name].vintages[list(history[name].vintages)[-1]] for name in sources.entries}
        return Sources(folder=self.folder, history=history, entries=entries)

    def entries(self) -> str:
        """The lines that sources.toml will have more."""
        before = _listing(self.folder).splitlines()
        after = (self.hidden / LISTING).read_text(encoding="utf-8").splitlines()
        return "\n".join(line[2:] for line in difflib.ndiff(before, after) if line.startswith("+ ")).strip()

    def commit(self) -> None:
        """Put the files in place, then sources.toml."""
        files = [self.folder / arrival.file for arrival, _ in self.described]
        for file in files:
            # What another put there must not be named in the marker: all that it names is cleared away.
            if os.path.lexists(file):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
        _write(self.folder / MARKER, json.dumps([arrival.file for arrival, _ in self.described]).encode())
        try:
            for (arrival, _), file in zip(self.described, files, strict=True):
                file.parent.mkdir(exist_ok=True)
                put(arrival.waits, file)
            (self.hidden / LISTING).replace(self.folder / LISTING)
        except OSError:
            _sweep(self.folder)
            raise
        (self.folder / MARKER).unlink()


@contextlib.contextmanager
def recording(folder: Path, say: Callable[[str], None] = lambda _: None) -> Iterator[Recording]:
    """A change of a raw-data folder: it holds when the block ends, and never was when the block fails.

    What killed recordings left is cleared away first. say is told when another has to end before. Raises DataRefused when the folder
    cannot be written.
    """
    hidden = folder / f"{INCOMING}{uuid.uuid4().hex}"
    try:
        with locked(folder / LOCK, busy=lambda: say(f"waiting: another add or fetch is recording in {folder}")):
            try:
                _sweep(folder)
                hidden.mkdir()
                change = Recording(folder, hidden)
                yield change
                if change.described:
                    change.commit()
            finally:
                shutil.rmtree(hidden, ignore_errors=True)
    except OSError as error:
        raise _unwritable(folder, error) from None


def listing(folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Every vintage of every source with the awards that pin it, the newest last; and the sources that have none yet."""
    history = load_sources(folder).history
    pins = {name: load_award(name).vintages for name in award_names()}
    rows = [
        {
            "source": name,
            "vintage": vintage,
            "awards": [award for award, vintages in pins.items() if vintages.get(name) == vintage],
            **source.model_dump(mode="json", include={"file", "kind", "covers", "published", "sha256"}),
        }
        for name, entry in history.items()
        for vintage, source in entry.vintages.items()
    ]
    return rows, [name for name, entry in history.items() if not entry.vintages]


def choices(folder: Path, award: Award) -> dict[str, str]:
    """Of each source that the award reads and that has another vintage than its first, the newest, in words, and the one before that
    the award used."""
    used = load_sources(folder, award)
    words = {}
    for name, entry in used.history.items():
        newest = next(reversed(entry.vintages), "")
        vintages = (f"{vintage}, {source.kind}" for vintage, source in entry.vintages.items() if source == used.entries.get(name))
        serves = entry.table in (REGIONS, ERRORS, *award.statistics) and entry.geography in (None, award.geography)
        if entry.vintages and name in award.vintages and newest == entry.first:
            words[name] = f"{newest}, {entry.vintages[newest].kind}, is the only one"
        elif (serves or name in award.vintages) and newest not in ("", entry.first):
            words[name] = f"the newest is {newest}, {entry.vintages[newest].kind}; {award.name} used {next(vintages, 'none')}"
    return words


def halfway(folder: Path) -> set[str]:
    """The files that an interrupted recording put in place before it could describe them; they count as not there."""
    try:
        return {file for file in json.loads((folder / MARKER).read_text(encoding="utf-8")) if isinstance(file, str)}
    except (OSError, ValueError, TypeError, RecursionError):
        return set()


def _sweep(folder: Path) -> None:
    """Clear away what an interrupted recording left."""
    for file in halfway(folder):
        path = folder / file
        if path.resolve().is_relative_to(folder.resolve()) and file not in described_files(folder):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                path.unlink()
    (folder / MARKER).unlink(missing_ok=True)
    for left in folder.glob(f"{INCOMING}*"):
        shutil.rmtree(left, ignore_errors=True)


def described_files(folder: Path) -> set[str]:
    """The files that sources.toml describes now."""
    return {source.file for entry in load_sources(folder).history.values() for source in entry.vintages.values()}


def _listing(folder: Path) -> str:
    return (folder / LISTING).read_bytes().decode("utf-8-sig")


def _with_entry(text: str, arrival: Arrival, facts: Mapping[str, Any]) -> str:
    """sources.toml with one vintage more; every line that was there stays as it was.

    A key that the entry says already, of the source and not of the file, is left out. The first file of a source beside others of its
    table is a vintage as later ones are: the entry itself would be used by every award. Raises DataRefused when the file's form leaves
    no place for it.
    """
    import tomlkit
    from tomlkit.items import Table

    document = tomlkit.parse(text)
    before = tomllib.loads(text)
    lines = {"file": arrival.file, **facts, "sha256": arrival.sha256}
    is_new = arrival.name not in before
    if is_new and not any(_is_beside(other, facts) for other in before.values()):
        document[arrival.name] = _table(lines)
        expected = before | {arrival.name: lines}
    else:
        first = {key: value for key, value in lines.items() if key not in OF_THE_FILE} if is_new else before[arrival.name]
        is_alike = first.get("kind") in (None, facts["kind"])
        own = OF_THE_FILE if is_alike else (*OF_THE_FILE, *OF_THE_ORIGIN)
        lines = {key: value for key, value in lines.items() if key in own or first.get(key) != value}
        lines.pop("retrieved", None)
        if is_new:
            document[arrival.name] = _table(first)
        entry = document[arrival.name]
        if not isinstance(entry, Table):
            raise _no_place(arrival)
        if "vintages" not in entry:
            entry["vintages"] = tomlkit.table(is_super_table=True)
        entry["vintages"][arrival.vintage] = _table(lines)
        expected = before | {arrival.name: first | {"vintages": first.get("vintages", {}) | {arrival.vintage: lines}}}
    after = tomlkit.dumps(document)
    if tomllib.loads(after) != expected:
        raise _no_place(arrival)
    return after


def _is_beside(other: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether an entry of sources.toml has files of the table and the geography that a new file is of."""
    geographies = {other.get("geography"), facts.get("geography")} - {None}
    return other.get("table") == facts.get("table") and len(geographies) < 2 and bool({"file", "vintages"} & other.keys())


def _table(lines: Mapping[str, Any]) -> "Table":
    """Facts as a table of TOML: lines first, a table in a line for what is short, then the tables below it."""
    import tomlkit

    table = tomlkit.table()
    for key, value in lines.items():
        if key != "read":
            table[key] = value
    if "read" in lines:
        several = isinstance(lines["read"], list)
        tables = []
        for layout in lines["read"] if several else [lines["read"]]:
            read = tomlkit.table()
            for key, value in layout.items():
                read[key] = _in_a_line(value) if isinstance(value, Mapping) else value
            tables.append(read)
        table["read"] = tomlkit.aot() if several else tables[0]
        for read in tables if several else []:
            table["read"].append(read)
    table.add(tomlkit.nl())
    return table


def _in_a_line(value: Mapping[str, Any]) -> Any:
    import tomlkit

    line = tomlkit.inline_table()
    line.update({key: _in_a_line(inner) if isinstance(inner, Mapping) else inner for key, inner in value.items()})
    return line


def _no_place(arrival: Arrival) -> DataRefused:
    remedy = f"Write [{arrival.name}] as a table of its own, as README.md shows, and try again."
    return refusal(f"{LISTING}, {arrival.name}", "a form that cannot be added to", "a table of lines", remedy)


def put(source: Path, place: Path) -> None:
    """Put a file in its place, never over another."""
    try:
        os.link(source, place)
    except OSError:
        # Not every file system has links. A copy never overwrites either, and one that is cut short counts as not there.
        _write(place, source.read_bytes(), mode="xb")


def _write(path: Path, content: bytes, mode: Literal["wb", "xb"] = "wb") -> None:
    with path.open(mode) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _unwritable(folder: Path, error: OSError) -> DataRefused:
    remedy = "Check its permissions and the room on the disk, or name a copy of the folder with --data. Nothing was recorded."
    return refusal(str(error.filename or folder), of_system(error), "a folder with permission and room to write", remedy)
