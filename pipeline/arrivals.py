"""New raw data on their way in, fetched or given as a file: stored, read by the pipeline's own reader, questioned, recorded."""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import fetch, ingest, validate
from pipeline.cubes import Cube
from pipeline.faults import DataRefused, Fault
from pipeline.schemas import NATION
from pipeline.settings import Award, Sources, Years, load_sources
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


def covered(region_codes: Iterable[str], years: Iterable[int], further: str = "") -> str:
    """What a file covers, in Swedish, as sources.toml says it: "21 län och riket, 2016–2021"."""
    codes, span = set(region_codes), sorted(set(years))
    counties = len(codes - {NATION})
    regions = " och ".join([f"{counties} län"] * bool(counties) + ["riket"] * (NATION in codes))
    when = str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}"
    return ", ".join(part for part in (regions, when, further) if part)


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
    facts: dict[str, Any] = {"kind": "official", "covers": covered(regions, years or {today.year}), "retrieved": today}
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
