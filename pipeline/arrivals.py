"""New raw data on their way in, fetched or given as a file: stored, read by the pipeline's own reader, questioned, recorded."""

import datetime
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import fetch, ingest, validate
from pipeline.cubes import LARGEST_BYTES, Cube
from pipeline.faults import DataRefused, Fault
from pipeline.ingest import recognise
from pipeline.settings import Award, Sources, Years, load_sources, source_name
from pipeline.vintages import Arrival, recording
from pipeline.warehouse import Warehouse

CC0 = "CC0-1.0"

Say = Callable[[str], None]
Done = Callable[[str, int, int], None]
"""Told after each answer: the source, the cells so far, and all cells that were asked for."""


@dataclass(frozen=True)
class Change:
    """What a fetch did, or would do, to one source: a new vintage, or none because nothing is new."""

    plan: fetch.Plan
    newest: str | None
    published: datetime.date | None
    vintage: str | None = None
    rows: int | None = None

    def as_row(self) -> dict[str, Any]:
        """The change for terminal and machines."""
        return {
            "source": self.plan.name,
            "address": f"{self.plan.base_url}/tables/{self.plan.table_id}",
            "title": self.plan.title,
            "updated": self.plan.updated,
            "selection": {name: list(codes) for name, codes in self.plan.selection.items()},
            "requests": len(self.plan.requests),
            "cells": self.plan.cells,
            "newest_vintage": self.newest,
            "newest_published": str(self.published) if self.published else None,
            "new_vintage": self.vintage,
            "rows": self.rows,
        }


def plan_fetch(folder: Path, names: Sequence[str], patience: fetch.Patience, say: Say) -> list[Change]:
    """What a fetch would ask for; nothing is written. Raises DataRefused."""
    with _planned(folder, names, patience, say) as (plans, _):
        return [_unchanged(load_sources(folder), plan) for plan in plans]


def fetch_sources(
    folder: Path, names: Sequence[str], award: Award, today: datetime.date, patience: fetch.Patience, say: Say, done: Done
) -> list[Change]:
    """Fetch sources, all of them or none, and record a vintage of each that brings something new.

    Each answer is stored as received and has its checksum before anything reads it. Raises DataRefused.
    """
    changes = []
    with _planned(folder, names, patience, say) as (plans, clients), recording(folder) as change:
        arrivals: list[tuple[fetch.Fetched, Arrival]] = []
        for plan in plans:
            got = 0

            def count(cells: int, plan: fetch.Plan = plan) -> None:
                nonlocal got
                got += cells
                done(plan.name, got, plan.cells)

            fetched = fetch.fetch(plan, clients[plan.base_url, plan.language], count)
            arrivals.append((fetched, change.store(plan.name, today, fetched.suffix, fetched.content)))
        before = load_sources(folder)
        for fetched, arrival in arrivals:
            plan = fetched.plan
            newest = before.entries.get(plan.name)
            cubes = fetch.read(fetched)
            if newest is not None and newest.sha256 == arrival.sha256:
                changes.append(_unchanged(before, plan))
                continue
            preview = change.describe(arrival, _facts(before, plan, cubes, today))
            rows, findings = check(preview, plan.name, award)
            if findings:
                raise DataRefused(findings)
            earlier = _unchanged(before, plan)
            changes.append(Change(plan, earlier.newest, earlier.published, arrival.vintage, rows))
    return changes


def check(preview: Sources, name: str, award: Award) -> tuple[int, list[Fault]]:
    """Read a source as a run would, and ask the audits about its table over all years it has: its rows, and what is found.

    Raises DataRefused when it cannot be read.
    """
    table = preview.entries[name].table
    frames = ingest.ingest(preview)
    own = frames[f"ingested.{table}"]
    own = own[own["source"] == name]
    if "year" not in own:
        return len(own), []
    span = Years(first=min(award.years.first, int(own["year"].min())), last=max(award.years.last, int(own["year"].max())))
    yardstick = award.model_copy(update={"years": span})
    with Warehouse(yardstick) as warehouse:
        for ingested, frame in frames.items():
            warehouse.write(ingested, frame)
        return len(own), validate.questions(warehouse, yardstick, preview, table)


@dataclass(frozen=True)
class Given:
    """What an analyst says of a file; None where nothing is said, and the file or the source's newest vintage tells."""

    source: str | None = None
    table: str | None = None
    sheet: str | None = None
    kind: str | None = None
    publisher: str | None = None
    title: str | None = None
    page: str | None = None
    licence: str | None = None
    published: datetime.date | None = None
    unit: str | None = None
    series: str | None = None


@dataclass(frozen=True)
class Proposal:
    """What a file was recognised as, and what will be recorded of it; doubts are what the audits find in it."""

    file: str
    format: str
    name: str
    vintage: str
    table: str
    found: tuple[tuple[str, str], ...]
    entry: str
    rows: int
    doubts: tuple[Fault, ...]


ASKED_FOR = ("kind", "publisher", "title", "page", "licence", "unit", "series")
Ask = Callable[[str], str | None]
"""Asks the analyst for a fact of ASKED_FOR; None where nobody can be asked."""


def add_file(
    folder: Path, path: Path, given: Given, award: Award, today: datetime.date, ask: Ask, agree: Callable[[Proposal], bool]
) -> Proposal | None:
    """Recognise a file, propose its entry, question it, and record it when the proposal is agreed to; None when it is not.

    Raises DataRefused for a file that cannot be recognised or read, that is there already, or of which a fact is missing.
    """
    content = _content(path)
    form, suffix = recognise.format_of(content, path.name)
    sources = load_sources(folder)
    faults = list(_there_already(sources, content, path))
    if faults:
        raise DataRefused(faults)
    with recording(folder) as change:
        copy = change.copy(suffix, content)
        names, _ = ingest.region_names(sources)
        try:
            known = recognise.recognise(copy, names, table=given.table, sheet=given.sheet)
        except DataRefused as refused:
            raise DataRefused([replace(fault, where=fault.where.replace(copy.name, path.name)) for fault in refused.faults]) from None
        name = given.source or _source_of(sources, known.table)
        facts = _given_facts(sources, name, known, given, today, ask)
        arrival = change.store(name, today, suffix, content)
        preview = change.describe(arrival, facts)
        try:
            rows, doubts = check(preview, name, award)
        except DataRefused as refused:
            raise DataRefused(
                [replace(fault, where=fault.where.replace(arrival.waits.name, path.name)) for fault in refused.faults]
            ) from None
        doubts = [replace(fault, where=fault.where.replace(preview.entries[name].file, path.name)) for fault in doubts]
        proposal = Proposal(path.name, form, name, arrival.vintage, known.table, known.findings, change.entries(), rows, tuple(doubts))
        if not agree(proposal):
            change.described.clear()
            return None
    return proposal


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise DataRefused([Fault(str(path), "no such file", "a file with a table", "Name the file that was received.")])
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        found, most = f"{size / 1e6:,.0f} MB", f"at most {LARGEST_BYTES / 1e6:,.0f} MB"
        raise DataRefused([Fault(str(path), found, most, "Ask the publisher for the table alone.")])
    return path.read_bytes()


def _there_already(sources: Sources, content: bytes, path: Path) -> Iterator[Fault]:
    sha256 = hashlib.sha256(content).hexdigest()
    for name, entry in sources.history.items():
        for vintage, source in entry.vintages.items():
            if source.sha256 == sha256:
                yield Fault(path.name, f"the same bytes as the vintage {vintage} of {name}", "something new", "Nothing needs to be done.")


def _source_of(sources: Sources, table: str) -> str:
    """The source that a table's new file is a vintage of: the only one of that table, or the one of its name."""
    of_table = [name for name, entry in sources.history.items() if entry.table == table]
    if len(of_table) == 1 or table in of_table:
        return table if table in of_table else of_table[0]
    return table


def _given_facts(sources: Sources, name: str, known: recognise.Recognised, given: Given, today: datetime.date, ask: Ask) -> dict[str, Any]:
    """What sources.toml will say of a file: as told, as the file says, as the newest vintage of the same kind has it, or as answered."""
    try:
        entry = sources.history.get(source_name(name))
    except ValueError as error:
        raise DataRefused([Fault("--source", repr(name), str(error), "Give it such a name.")]) from None
    newest = sources.entries.get(name)
    if entry is not None and entry.table != known.table:
        found = f"a file of the table {known.table}"
        raise DataRefused([Fault(f"--source {name}", found, f"one of {entry.table}", "Name another source, or say the --table.")])
    told = {key: getattr(given, key) for key in ASKED_FOR if getattr(given, key) is not None}
    if known.illustrative:
        if told.get("kind", "illustrative") != "illustrative":
            expected = "illustrative figures announced as such"
            raise DataRefused([Fault("--kind", "official, of a file that calls itself illustrative", expected, "Use --kind illustrative.")])
        told["kind"] = "illustrative"
    if newest is not None and newest.kind == told.get("kind", "official"):
        told = {"kind": newest.kind, **{key: getattr(newest, key) for key in ("publisher", "title", "page", "licence")}, **told}
    if known.title:
        told.setdefault("title", known.title)
    wanted = ["kind", "publisher", "title", "page", "licence", *(key for key in known.undecided if key not in told)]
    for key in wanted:
        if key not in told and (answer := ask(key)):
            told[key] = answer
    missing = [key for key in wanted if key not in told]
    if missing:
        options = " ".join(f"--{key} …" for key in missing)
        raise DataRefused([Fault(name, f"nothing on {', '.join(missing)}", "what the file does not say itself", f"Say it: {options}")])
    layouts = []
    for layout in known.layouts:
        said = [("unit", "exports" in layout["columns"]), ("series", ingest.has_series(known.table))]
        layouts.append(layout | {key: told[key] for key, wanted_here in said if wanted_here and key in told})
    facts: dict[str, Any] = {"table": known.table, **{key: told[key] for key in ("kind", "publisher", "title", "page", "licence")}}
    facts |= {"covers": known.covers, "retrieved": today} | ({"published": given.published} if given.published else {})
    return {**facts, "read": layouts[0] if len(layouts) == 1 else layouts}


@contextmanager
def _planned(
    folder: Path, names: Sequence[str], patience: fetch.Patience, say: Say
) -> Iterator[tuple[list[fetch.Plan], dict[tuple[str, str], fetch.PxWeb]]]:
    """The plans of the named sources, or of all that say how they are fetched, and the servers' clients by address and language."""
    history = load_sources(folder).history
    can = [name for name, entry in history.items() if entry.fetch]
    listing = folder / "sources.toml"
    faults = [
        Fault(
            str(listing),
            f"no source {name!r} that says how it is fetched",
            f"one of {', '.join(can) or 'none'}",
            "Describe it under fetch.",
        )
        for name in names
        if name not in can
    ]
    if not can:
        faults = [Fault(str(listing), "no source that says how it is fetched", "one at least", "README.md shows how: [population.fetch].")]
    if faults:
        raise DataRefused(faults)
    with ExitStack() as open_clients:
        clients: dict[tuple[str, str], fetch.PxWeb] = {}
        plans = []
        for name in names or can:
            described = history[name].fetch
            if described is None:
                continue
            server = (described.base_url, described.language)
            if server not in clients:
                clients[server] = open_clients.enter_context(fetch.PxWeb(*server, patience, say))
            plans.append(fetch.plan(name, history[name], clients[server]))
        yield plans, clients


def _unchanged(sources: Sources, plan: fetch.Plan) -> Change:
    vintages = sources.history[plan.name].vintages
    newest = list(vintages)[-1] if vintages else None
    return Change(plan, newest, vintages[newest].published if newest else None)


def _facts(sources: Sources, plan: fetch.Plan, cubes: Sequence[Cube], today: datetime.date) -> dict[str, Any]:
    """What sources.toml will say of a fetched file."""
    described = sources.history[plan.name].fetch
    if described is None:
        raise ValueError(f"{plan.name} is not fetched")
    columns = described.columns
    first = cubes[0]
    regions = {code for cube in cubes for code in cube.codes.get(columns.get("region_code", ""), ())}
    years = {int(code) for cube in cubes for code in cube.codes.get(columns.get("year", ""), ()) if code.isdecimal()}
    units = sorted({unit for unit in first.units.values() if unit})
    notes = [
        described.note or "",
        f"Enhet: {', '.join(units)}." if units else "",
        *dict.fromkeys(note for cube in cubes for note in cube.notes),
    ]
    read: dict[str, Any] = {"columns": columns}
    if described.noise:
        read["noise"] = described.noise
    facts: dict[str, Any] = {"kind": "official", "covers": recognise.covered(regions, years or {today.year}), "retrieved": today}
    if plan.updated and (updated := _day(plan.updated)):
        facts["published"] = updated
    if plan.licence:
        facts["licence"] = CC0 if re.search(r"/(cc0|zero)\b", plan.licence) else plan.licence
    if any(notes):
        facts["note"] = " ".join(" ".join(note.split()) for note in notes if note)
    return {**facts, "read": read}


def _day(moment: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(moment[:10])
    except ValueError:
        return None
