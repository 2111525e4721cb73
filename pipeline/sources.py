"""The raw files: data/raw/sources.toml, where each comes from, what it covers and how it is read."""

import datetime
import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pipeline.award import Award, is_undecided
from pipeline.declarations import ERRORS, REGIONS
from pipeline.faults import Fault, refusal, refuse
from pipeline.settings import Closed, Text, WebAddress, WholeFile, Year, is_within, load

EXPRESSION = re.compile(r"(?:FROM|TO)\(([^(),]+)\)|RANGE\(([^(),]+),([^(),]+)\)")
VINTAGE = re.compile(r"\d{4}-\d\d-\d\d(-\d+)?")
LISTING = "sources.toml"
OF_THE_FILE = ("file", "kind", "covers", "retrieved", "published", "sha256", "note", "revision")
"""Keys that are about one file, and are never inherited by the next vintage."""
OF_THE_ORIGIN = ("publisher", "title", "page", "licence", "table_id")
"""Keys that a vintage of another kind does not inherit: official figures are not published by who made the illustrative ones."""


def source_name(name: str) -> str:
    """A source's name, which is a folder's too. Raises ValueError."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError("a source's name: small letters, digits and _, first a letter")
    return name


def _day(vintage: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(vintage[:10])
    except ValueError:
        return None


def _first(entry: dict[str, Any]) -> str:
    """The name of the vintage that an entry itself is. An entry without a day gets any name: it is refused later."""
    retrieved = entry.get("retrieved")
    return retrieved.isoformat()[:10] if isinstance(retrieved, datetime.date) else "1900-01-01"


def _vintage(name: str) -> str:
    if not VINTAGE.fullmatch(name) or _day(name) is None:
        raise ValueError("a vintage is named by the day of its retrieval, 2027-02-22; the second of a day 2027-02-22-2")
    return name


def _vintage_order(name: str) -> tuple[str, int]:
    return name[:10], int(name[11:] or 1)


def _code(code: str) -> str:
    if not code or ("(" in code and re.match(r"[A-Z]+\(", code) and not EXPRESSION.fullmatch(code)):
        raise ValueError("a code of the table, or *, ?, FROM(a), TO(a), RANGE(a,b)")
    return code


def _several(value: Any) -> Any:
    return value if value is None or isinstance(value, list | tuple) else [value]


Several = BeforeValidator(_several)
"""For a field of several values: a file may write a single value without brackets."""


class Break(Closed):
    """A change within a file: figures from the year on do not join those before."""

    since: Year
    series: Text | None = None
    size_definition: Text | None = None
    threshold: Text | None = None

    @model_validator(mode="after")
    def breaks(self) -> Self:
        if not (self.series or self.size_definition or self.threshold):
            raise ValueError("a break says what is new from its year on: series, size_definition or threshold")
        return self


NOTE = "note"
"""What marks call a mark that refers to a note which changes no figure."""


class Layout(Closed):
    """How to read one table of a file. Rows count from 1.

    where: the rows that are read, by heading, as in { Kön = "Totalt" }. constant: values that no column has, as in { year = 2025 }.
    labels: what the file writes for a class, by classification. series: how values are placed in regions. size_definition: whose
    employees a size class counts. threshold: the value from which an enterprise is included. Growth across a change of these is
    refused. reference_day: the day of the figures; those of 1 January count for the year before. fill_down: headings of the
    columns whose blank cells repeat the cell above. thousands: the mark between thousands in texts, where it is not a space. marks: the
    years whose figures are marked, by the mark's meaning, as in { preliminary = [2025] }; note is one that changes nothing. noise: the
    most that a publisher may have added to or subtracted from a population, so that nobody is disclosed.
    """

    columns: dict[str, str] = Field(min_length=1)
    where: dict[str, Annotated[tuple[str, ...], Several]] = {}
    constant: dict[str, str | int] = {}
    sheet: str | None = None
    header_row: Annotated[tuple[int, ...], Several] = (1,)
    unit: Annotated[str, Field(pattern=r"^((thousand|million|billion) )?[A-Z]{3}$")] | None = None
    series: Text | None = None
    size_definition: Text | None = None
    threshold: Text | None = None
    noise: int = Field(default=0, ge=0, strict=True)
    breaks: tuple[Break, ...] = ()
    reference_day: Literal["31 December", "1 January"] = "31 December"
    marks: dict[str, tuple[Year, ...]] = {}
    labels: dict[str, dict[str, str]] = {}
    regions: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    year_stored_as: Literal["number", "text", "date"] = "number"
    decimal: Literal[",", "."] = ","
    thousands: Literal[",", "."] | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"

    @model_validator(mode="after")
    def consistent(self) -> Self:
        if not self.header_row or self.header_row[0] < 1 or list(self.header_row) != sorted(set(self.header_row)):
            raise ValueError("header_row counts from 1, downwards")
        if self.thousands == self.decimal:
            raise ValueError(f"{self.decimal!r} between thousands and before decimals; one of them is the other mark")
        years = [each.since for each in self.breaks]
        if years != sorted(set(years)):
            raise ValueError("breaks stand in the order of their years, each year once")
        return self

    def basis_in(self, year: int) -> dict[str, str]:
        """What a year's figures rest on: how values are placed, the size definition and the threshold, where they are stated."""
        facts = {"series": self.series, "size_definition": self.size_definition, "threshold": self.threshold}
        for change in self.breaks:
            if change.since <= year:
                facts |= change.model_dump(exclude={"since"}, exclude_none=True)
        return {key: value for key, value in facts.items() if value}

    def series_in(self, year: int) -> str | None:
        """The basis of a year's figures in words, the same for all years of a series."""
        return "; ".join(f"{key.replace('_', ' ')} {value}".removeprefix("series ") for key, value in self.basis_in(year).items()) or None


class Fetch(Closed):
    """A request to a PxWebApi 2 for an open table: the codes of each variable, and the column that each variable becomes.

    A code may be a pattern with * or ?, FROM(a), TO(a) or RANGE(a,b). The request has explicit codes, in the table's order.
    """

    base_url: Annotated[WebAddress, Field(pattern=r"^[^?#]*$")]
    note: Text | None = None
    selection: dict[str, Annotated[tuple[Annotated[str, AfterValidator(_code)], ...], Field(min_length=1)]]
    columns: dict[str, str] = Field(min_length=1)
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "sv"
    unit: Text | None = None
    series: Text | None = None
    noise: int = Field(default=0, ge=0, strict=True)


class Source(Closed):
    """One vintage of a source: a raw file, where it comes from, what it covers, and how to read it.

    revision: why figures were recorded that differ much from the vintage before.
    """

    table: Text
    geography: str | None = None
    file: str
    kind: Literal["official", "illustrative"]
    publisher: Text
    title: Text
    page: Text
    covers: Text
    retrieved: datetime.date
    licence: Text
    sha256: str
    read: Annotated[tuple[Layout, ...], Several]
    table_id: str | None = None
    published: datetime.date | None = None
    note: str | None = None
    revision: Text | None = None

    def marks_of(self, year: int) -> list[str]:
        """The meanings of the marks beside the figures of a year."""
        return sorted({mark for layout in self.read for mark, years in layout.marks.items() if year in years} - {NOTE})

    @model_validator(mode="after")
    def stays_in_place(self) -> Self:
        if not is_within(self.file):
            raise ValueError("file is a path inside the folder of sources.toml")
        return self


def file_of(name: str, source: Source) -> str:
    """The file of a source as messages name it: with the source, where the file is called by the day of its vintage alone."""
    file = PurePosixPath(source.file)
    return f"{name}, vintage {file.stem} ({file.name})" if VINTAGE.fullmatch(file.stem) else source.file


def not_pinned(award: Award, source: str, vintage: str, things: str) -> Fault:
    """What an award lacks, and a vintage has that it does not pin."""
    pinned = award.vintages.get(source)
    found = f"that vintage {vintage} of {source} has {things}; the award {f'pins {pinned}' if pinned else 'does not pin it'}"
    expected = "a vintage of each source that has what the award needs"
    return Fault(f"{award.file}, vintages.{source}", found, expected, f'Pin it under [vintages]: {source} = "{vintage}".')


class Entry(Closed):
    """A source: its vintages, the newest last, and how the next one is fetched.

    In sources.toml the entry itself is the first vintage, named by its day of retrieval. Each later one is a table of its own,
    [source.vintages.2027-02-22], with all keys of OF_THE_FILE, and those of the others that differ. An entry without a file is a
    source that has not been fetched yet.
    """

    vintages: dict[Annotated[str, AfterValidator(_vintage)], Source]
    first: str | None = None
    fetch: Fetch | None = None
    table_id: str | None = None
    table: str | None = None
    geography: str | None = None

    @model_validator(mode="before")
    @classmethod
    def inherited(cls, content: Any) -> Any:
        if not isinstance(content, dict):
            return content
        own = {key: value for key, value in content.items() if key not in ("vintages", "fetch")}
        later = content.get("vintages", {})
        vintages = {_first(own): own} if "file" in own or not (later or "fetch" in content) else {}
        if isinstance(later, dict):
            shared = {key: value for key, value in own.items() if key not in OF_THE_FILE}
            for name, vintage in later.items():
                if not isinstance(vintage, dict) or "retrieved" in vintage or name in vintages:
                    raise ValueError(f"the vintage {name} is a table that says what differs, named by the day of its retrieval, each once")
                is_alike = own.get("kind") in (None, vintage.get("kind", own.get("kind")))
                inherited = {key: value for key, value in shared.items() if is_alike or key not in OF_THE_ORIGIN}
                vintages[name] = {**inherited, "retrieved": _day(name), **vintage}
        elif later:
            raise ValueError("vintages are tables named by the day of their retrieval")
        first = _first(own) if _first(own) in vintages and vintages[_first(own)] is own else None
        return {"vintages": vintages, "first": first} | {
            key: content[key] for key in ("fetch", "table_id", "table", "geography") if key in content
        }

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.fetch and not self.table_id:
            raise ValueError("a source that is fetched says its table_id")
        # The dictionary stays the same object: the model is frozen, and vintages are read newest last everywhere.
        ordered = {name: self.vintages[name] for name in sorted(self.vintages, key=_vintage_order)}
        self.vintages.clear()
        self.vintages.update(ordered)
        return self


class Origins(NamedTuple):
    """Where the figures of a round come from: the files that are illustrative, and those that are official statistics.

    unpinned: of each illustrative statistic, the line that would pin its newest official vintage; empty where there is none.
    """

    illustrative: list[str]
    official: list[str]
    unpinned: dict[str, str] = {}

    @property
    def kinds(self) -> dict[str, list[str]]:
        """The files by their kind."""
        return {"illustrative": self.illustrative, "official": self.official}

    def beside(self, other: "Origins") -> "Origins":
        """Where the figures of two rounds come from."""
        illustrative, official = ({*self.illustrative, *other.illustrative}, {*self.official, *other.official})
        return Origins(sorted(illustrative), sorted(official), self.unpinned | other.unpinned)


class Sources(WholeFile):
    """All raw files: every source's history, and the vintage of each that is used."""

    folder: Path
    history: dict[str, Entry] = {}
    entries: dict[str, Source]

    def used_by(self, award: Award) -> "Sources":
        """The sources with the vintages that another award uses. Raises DataRefused with every fault of its pins."""
        path = self.folder / "sources.toml"
        refuse([*_pins(award, self.history), *_tables(award, self.history, path)])
        return self.model_copy(update={"entries": _entries(award, self.history)})

    @property
    def illustrative(self) -> list[str]:
        """The files that are illustrative, not statistics."""
        return [source.file for source in self.entries.values() if source.kind == "illustrative"]

    def origins(self, award: Award) -> Origins:
        """Where the figures that an award ranks by come from."""
        figures = [name for name in award.statistics if not award.catalogue.statistics[name].is_yardstick]
        official, unpinned = [], {}
        for name, source in self.entries.items():
            if source.kind == "illustrative":
                newer = [vintage for vintage, other in self.history[name].vintages.items() if other.kind == "official"]
                unpinned[source.table] = f'{name} = "{newer[-1]}"' if newer else ""
            elif source.table in figures:
                official.append(source.file)
        return Origins(self.illustrative, official, unpinned)

    def serving(self, award: Award) -> "Sources":
        """The sources without the entries that an award does not need."""
        entries = {name: source for name, source in self.entries.items() if _serves(name, source, award)}
        return self.model_copy(update={"entries": entries})

    def unpinned(self, table: str, award: Award) -> Iterator[tuple[str, str, Source]]:
        """The vintages of a table that an award could pin and does not use, the newest first, with their sources."""
        vintages = [(name, vintage, source) for name, entry in self.history.items() for vintage, source in entry.vintages.items()]
        for name, vintage, source in sorted(vintages, key=lambda each: _vintage_order(each[1]), reverse=True):
            if source.table == table and source.geography in (None, award.geography) and self.entries.get(name) != source:
                yield name, vintage, source


class History(WholeFile):
    """What sources.toml holds."""

    sources: dict[Annotated[str, AfterValidator(source_name)], Entry]

    @model_validator(mode="before")
    @classmethod
    def every_table_is_a_source(cls, content: Any) -> Any:
        return {"sources": {key: value for key, value in content.items() if key != "content"}, "content": content.get("content")}

    @classmethod
    def place(cls, loc: tuple[int | str, ...], content: dict[str, Any]) -> tuple[int | str, ...]:
        """Leave out what the file does not have: the level of sources, and the name of the vintage that an entry itself is."""
        loc = loc[1:]
        if loc[1:2] == ("vintages",) and len(loc) > 2 and loc[2] not in content[str(loc[0])].get("vintages", {}):
            return loc[:1] + loc[3:]
        return loc


def load_sources(folder: Path, award: Award | None = None) -> Sources:
    """Read sources.toml of a folder of raw data. entries: the vintages that the award uses; without an award, the newest.

    An award uses the sources that it needs, in the vintage that it pins. A source that it does not pin has the first vintage, the
    entry itself: a later vintage changes no award by itself. Raises DataRefused with every fault of the file and of the pins.
    """
    path = folder / "sources.toml"
    if not path.is_file():
        raise refusal(str(path), "no such file", "an entry for each raw file", "Point --data at the folder that holds sources.toml.")
    listing = load(History, path)
    sources = Sources(folder=folder, history=listing.sources, entries=_entries(None, listing.sources), content=listing.content)
    return sources.used_by(award) if award else sources


def _entries(award: Award | None, history: Mapping[str, Entry]) -> dict[str, Source]:
    """Of each source that an award needs, the vintage that it uses; without an award, the newest."""
    entries = {}
    for name, entry in history.items():
        newest = next(reversed(entry.vintages), None)
        used = newest if award is None or is_undecided(award.vintages.get(name, "")) else award.vintages.get(name, entry.first)
        if used is not None and (award is None or _serves(name, entry.vintages[used], award)):
            entries[name] = entry.vintages[used]
    return entries


def _serves(name: str, source: Source, award: Award) -> bool:
    """Whether an award needs a source: it has the regions or a statistic of the award, and its geography or none.

    Standard errors belong to one vintage of a table: they serve an award that pins them.
    """
    if source.table == ERRORS and name not in award.vintages:
        return False
    return source.geography in (None, award.geography) and source.table in (REGIONS, ERRORS, *award.statistics)


def _tables(award: Award, history: Mapping[str, Entry], path: Path) -> Iterator[Fault]:
    """Sources of a table that the catalogue does not declare."""
    tables = [REGIONS, ERRORS, *award.catalogue.statistics]
    for name, entry in history.items():
        for table in dict.fromkeys([source.table for source in entry.vintages.values()] + ([entry.table] if entry.table else [])):
            if table not in tables:
                close = difflib.get_close_matches(table, tables, n=1)
                remedy = f"Did you mean {close[0]!r}?" if close else "Correct its name, or declare the statistic in catalogue/statistics."
                yield Fault(f"{path}, {name}.table", f"the table {table!r}", f"one of {', '.join(tables)}", remedy)


def _pins(award: Award, history: Mapping[str, Entry]) -> Iterator[Fault]:
    """Vintages that an award pins and that do not exist."""
    for name, vintage in award.vintages.items():
        where = f"{award.file}, vintages.{name}"
        if name not in history:
            yield Fault(
                where, f"the source {name!r}", f"one of {', '.join(history)}", "Correct the name, or add the source to sources.toml."
            )
        elif vintage not in history[name].vintages and not is_undecided(vintage):
            names = ", ".join(history[name].vintages) or "none yet"
            yield Fault(where, f"the vintage {vintage!r}", f"one of {names}", "`exportregion vintages` lists them.")
