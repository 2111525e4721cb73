"""New raw data on their way in, fetched or given as a file: stored, read by the pipeline's own reader, questioned, recorded."""

import datetime
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import asked, fetch, ingest, plausible, revisions, validate
from pipeline.award import Award
from pipeline.cubes import LARGEST_BYTES, Cube
from pipeline.declarations import ERRORS, REGIONS
from pipeline.faults import DataRefused, Fault, refusal, refuse
from pipeline.ingest import recognise
from pipeline.sources import LISTING, Sources, file_of, load_sources, source_name
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


def plan_fetch(folder: Path, names: Sequence[str], award: Award, patience: fetch.Patience, say: Say) -> list[Change]:
    """What a fetch would ask for; nothing is written. Raises DataRefused."""
    with _planned(folder, names, award, patience, say) as (plans, _):
        return [_unchanged(load_sources(folder), plan) for plan in plans]


def fetch_sources(
    folder: Path,
    names: Sequence[str],
    award: Award,
    today: datetime.date,
    patience: fetch.Patience,
    say: Say,
    done: Done,
    reason: str | None = None,
) -> list[Change]:
    """Fetch sources, all of them or none, and record a vintage of each that brings something new. reason: why figures that differ much
    from the vintage before are right.

    Each answer is stored as received and has its checksum before anything reads it. Raises DataRefused.
    """
    changes = []
    with recording(folder, say) as change, _planned(folder, names, award, patience, say) as (plans, clients):
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
        words = recognise.Words(award.catalogue, ingest.region_names(before.serving(award), award.catalogue.geography)[0])
        for fetched, arrival in arrivals:
            plan = fetched.plan
            newest = before.entries.get(plan.name)
            cubes = fetch.read(fetched)
            if newest is not None and newest.sha256 == arrival.sha256:
                changes.append(_unchanged(before, plan))
                continue
            facts = _facts(before, plan, cubes, words, today)
            preview = change.describe(arrival, facts)
            rows, findings = check(preview, plan.name, award)
            revision = _revision(before, preview, plan.name, award, plan.name)
            if findings or (revision.doubts and not reason):
                raise DataRefused([*findings, *revision.doubts])
            if revision.doubts:
                change.describe_again({**facts, "revision": reason})
            earlier = _unchanged(before, plan)
            changes.append(Change(plan, earlier.newest, earlier.published, arrival.vintage, rows))
    return changes


def check(preview: Sources, name: str, award: Award) -> tuple[int, list[Fault]]:
    """Read a source as a run would, and ask the audits about its statistic, whether or not the award needs it, over the years that
    the award asks for and all that the source has: its rows, and what is found.

    Raises DataRefused when it cannot be read.
    """
    source = preview.entries[name]
    if source.geography not in (None, award.geography):
        found, expected = f"a source of {source.geography}", f"one of {award.geography}, as the award {award.name} compares"
        raise refusal(f"{preview.folder / LISTING}, {name}", found, expected, "Name an award of its geography: --award …")
    table = source.table
    if table in (REGIONS, ERRORS):
        return ingest.count(preview, name, award), []
    years = award.statistic_years.get(table) or range(award.years.first, award.years.last + 1)
    yardstick = award.asking_for(table, years)
    sources = preview.serving(yardstick)
    tables = ingest.ingest(sources, yardstick)
    own = [row for row in tables["ingested.figures"] if row["source"] == name]
    span = {*years, *(row["year"] for row in own)}
    yardstick = award.asking_for(table, range(min(span), max(span) + 1))
    with Warehouse(yardstick) as warehouse:
        for ingested, rows in tables.items():
            warehouse.write(ingested, rows)
        keys = {(row["region_code"], row["year"], row["class_code"]) for row in own}
        names, _ = ingest.region_names(preview.serving(award), award.catalogue.geography)
        code = award.catalogue.geography.whole or ""
        questions = [asked.of_award(fault, award, years) for fault in validate.questions(warehouse, yardstick, sources, table)]
        questions = asked.without(names[code], questions) if code in names and code not in {key[0] for key in keys} else questions
        return len(keys), asked.once([*asked.of_figures(file_of(name, source), source, own, names), *questions])


@dataclass(frozen=True)
class Given:
    """What an analyst says of a file; None where nothing is said, and the file or the source's newest vintage tells.

    revision: why figures that differ much from the vintage before are right.
    """

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
    revision: str | None = None


@dataclass(frozen=True)
class Proposal:
    """What a file was recognised as, and what will be recorded of it. doubts: what only a yes records. questioned: what stands far
    outside, and refuses nothing.
    """

    file: str
    format: str
    name: str
    vintage: str
    table: str
    found: tuple[tuple[str, str], ...]
    entry: str
    rows: int
    doubts: tuple[Fault, ...]
    questioned: tuple[Fault, ...] = ()


ASKED_FOR = ("kind", "publisher", "title", "page", "licence", "unit", "series")
Ask = Callable[[str], str | None]
"""Asks the analyst for a fact of ASKED_FOR, with its choices, or for WHY; None where nobody can be asked."""
WHY = "why the revised figures are right"
SHORTEST_REASON = 3
"""Letters of a reason: "y" and "ja" answer another question."""
MOST_NOTED = 5
"""Doubts that stand in sources.toml of a file that was recorded with a yes."""


def add_file(
    folder: Path,
    path: Path,
    given: Given,
    award: Award,
    today: datetime.date,
    ask: Ask,
    agree: Callable[[Proposal], bool],
    say: Say = lambda _: None,
) -> list[Proposal]:
    """Recognise a file, propose its entries, question them, and record them when each proposal is agreed to; nothing when one is not.

    A file of several statistics becomes a vintage of the source of each. Raises DataRefused for a file that cannot be recognised or
    read, that is there already, or of which a fact is missing.
    """
    content = _content(path)
    form, suffix = recognise.format_of(content, path.name)
    proposals = []
    with recording(folder, say) as change:
        sources = load_sources(folder)
        refuse(list(_there_already(sources, content, path)))
        copy = change.copy(suffix, content)
        names, regions = ingest.region_names(sources.serving(award), award.catalogue.geography)
        words = recognise.Words(award.catalogue, names)
        placing = f"how values are placed in {award.catalogue.geography.en.nouns}"
        with _named(copy.name, path.name):
            parts = recognise.recognise(copy, words, table=given.table, sheet=given.sheet, title=given.title)
        for known in parts:
            name = given.source or _source_of(sources, known.table, award)
            choices = _choices(sources, known.table, award)
            facts = _given_facts(sources, name, sources.entries[regions].geography, known, given, today, ask, choices, placing)
            arrival = change.store(name, today, suffix, content)
            entry = f"{folder / LISTING}, {name}"
            with _named(entry, path.name):
                preview = change.describe(arrival, facts)
            waiting = file_of(name, preview.entries[name])
            with _named(waiting, path.name), _named(f"{entry}, read", path.name):
                rows, audited = check(preview, name, award)
            revision = _revision(sources, preview, name, award, path.name)
            if revision.doubts and given.revision:
                facts["revision"] = given.revision
                preview = change.describe_again(facts)
            doubts = [*asked.in_file(known.doubts, copy.name, path.name), *asked.in_file(audited, waiting, path.name)]
            doubts += [*(() if given.revision else revision.doubts), *_options_in_doubt(known, given, choices["series"])]
            found = (*_findings(known, given, facts), *revision.findings)
            lines, far = change.entries(), _questioned(sources, preview, name, award, path.name)
            proposal = Proposal(path.name, form, name, arrival.vintage, known.table, found, lines, rows, tuple(doubts), tuple(far))
            if not agree(proposal):
                change.described.clear()
                return []
            facts |= {"revision": _reason(path, ask)} if revision.doubts and not given.revision else {}
            if doubts:
                noted = "; ".join(doubt.found for doubt in doubts[:MOST_NOTED])
                change.describe_again({**facts, "note": f"{len(doubts):,} in doubt, recorded with a yes: {noted}"})
            proposals.append(proposal)
    return proposals


def _reason(path: Path, ask: Ask) -> str:
    """The reason that is recorded with a revision in doubt: a yes alone is none. Raises DataRefused."""
    reason = (ask(WHY) or "").strip()
    if len(reason) < SHORTEST_REASON:
        remedy = "Write it when you are asked, or give it with --accept-revision."
        raise refusal(path.name, "a revision in doubt, and no reason for it", f"{WHY}, in some words", remedy)
    return reason


def _revision(sources: Sources, preview: Sources, name: str, award: Award, where: str) -> revisions.Revision:
    """What is to be said of a new vintage of a source beside the newest before it: its basis, and its figures where both are official."""
    before, new = sources.entries.get(name), preview.entries[name]
    if before is None or new.table in (REGIONS, ERRORS):
        return revisions.Revision((), ())
    rows = ingest.read_source(preview, name, award)
    basis = tuple(revisions.another_basis(before, new, {row["year"] for row in rows}, where))
    earlier = ingest.read_source(sources, name, award)
    if "illustrative" in (before.kind, new.kind):
        said = ("compared", f"with nothing: the vintage before is {before.kind}, this one {new.kind}")
        copied = revisions.copied(earlier, rows, where) if new.kind == "official" else ()
        return revisions.Revision((said,), (*basis, *copied))
    names, _ = ingest.region_names(sources.serving(award), award.catalogue.geography)
    compared = revisions.revision(earlier, rows, names, where)
    return replace(compared, doubts=(*basis, *compared.doubts))


def _questioned(sources: Sources, preview: Sources, name: str, award: Award, where: str) -> list[Fault]:
    """Of the first official vintage, the levels and the growth that stand far outside the other regions', beside all else that is
    there."""
    before, new = sources.entries.get(name), preview.entries[name]
    if new.table in (REGIONS, ERRORS) or new.kind != "official" or (before is not None and before.kind == "official"):
        return []
    names, _ = ingest.region_names(sources.serving(award), award.catalogue.geography)
    others: list[dict[str, Any]] = []
    for other, source in sources.entries.items():
        if source.table not in (REGIONS, ERRORS) and source.geography in (None, award.geography):
            # What is wrong with another source is not said of this one.
            with suppress(DataRefused):
                others += ingest.read_source(sources, other, award)
    so_far = plausible.amounts(others)
    figures = {key: amount for key, amount in so_far.items() if key[0] != new.table}
    figures |= plausible.amounts(ingest.read_source(preview, name, award))
    return plausible.questions(figures, [new.table], award.catalogue, names, where, so_far)


@contextmanager
def _named(place: str, name: str) -> Iterator[None]:
    """What is refused names a file as it was given."""
    try:
        yield
    except DataRefused as refused:
        raise DataRefused(asked.in_file(refused.faults, place, name)) from None


def _choices(sources: Sources, table: str, award: Award) -> dict[str, list[str]]:
    """What the facts of a file of a table may be, where that is known: of a series, what the catalogue or a file before names."""
    before = [source for entry in sources.history.values() for source in entry.vintages.values() if source.table == table]
    layouts = [layout for source in before for layout in source.read]
    series = {*(award.catalogue.statistics[table].series if table in award.catalogue.statistics else ())}
    series |= {series for layout in layouts for series in (layout.series, *(each.series for each in layout.breaks)) if series}
    return {"kind": ["official", "illustrative"], "unit": list(award.catalogue.units), "series": sorted(series)}


def _options_in_doubt(known: recognise.Recognised, given: Given, series: Sequence[str]) -> Iterator[Fault]:
    """Doubt an option that says other than the file, and a series that neither the catalogue nor a file before has named."""
    for key in ("unit", "series"):
        option = getattr(given, key)
        for said in dict.fromkeys(layout[key] for layout, _ in known.layouts if option and key in layout):
            if said != option:
                remedy = f"Leave --{key} out, or ask the publisher; with a yes {option} is recorded."
                yield Fault(f"--{key}", option, f"{said}, as the file says", remedy)
    if given.series and given.series not in series:
        remedy = "Correct it; with a yes it is a new series, and growth across two series is refused."
        yield Fault("--series", f"{given.series!r}, a series that no file has had", f"one of {', '.join(series) or 'none so far'}", remedy)


def _findings(known: recognise.Recognised, given: Given, facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was recognised, and where what is recorded is not what the file says."""
    if known.title and facts["title"] != known.title and not given.title:
        yield "title", f"“{facts['title']}”, taken from the vintage before; the file says “{known.title}”"
    layouts = facts["read"] if isinstance(facts["read"], list) else [facts["read"]]
    for key, text in known.findings:
        option = key in ("unit", "series", "published") and getattr(given, key)
        answer = option or (next(layout[key] for layout in layouts if key in layout) if key in known.undecided else text)
        yield key, text if answer == text else f"{answer}{f', as --{key} says' if option else ''}; in the file {text}"


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise refusal(str(path), "no such file", "a file with a table", "Name the file that was received.")
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        found, most = f"{size / 1e6:,.0f} MB", f"at most {LARGEST_BYTES / 1e6:,.0f} MB"
        raise refusal(str(path), found, most, "Ask the publisher for the table alone.")
    return path.read_bytes()


def _there_already(sources: Sources, content: bytes, path: Path) -> Iterator[Fault]:
    sha256 = hashlib.sha256(content).hexdigest()
    for name, entry in sources.history.items():
        for vintage, source in entry.vintages.items():
            if source.sha256 == sha256:
                yield Fault(path.name, f"the same bytes as the vintage {vintage} of {name}", "something new", "Nothing needs to be done.")


def _source_of(sources: Sources, table: str, award: Award) -> str:
    """The source that a table's new file is a vintage of: the only one of that table, or the one of its name."""
    of_table = [name for name, entry in sources.history.items() if entry.table == table and entry.geography in (None, award.geography)]
    if table in of_table or len(of_table) != 1:
        return table if table in of_table or table not in sources.history else f"{award.geography}_{table}"
    return of_table[0]


def _given_facts(
    sources: Sources,
    name: str,
    geography: str | None,
    known: recognise.Recognised,
    given: Given,
    today: datetime.date,
    ask: Ask,
    choices: Mapping[str, Sequence[str]],
    placing: str,
) -> dict[str, Any]:
    """What sources.toml will say of a file: as told, as the file says, as the newest vintage of the same kind has it, or as answered.

    geography: as the file of its regions says. choices: what a fact may be.
    """
    try:
        entry = sources.history.get(source_name(name))
    except ValueError as error:
        raise refusal("--source", repr(name), str(error), "Give it such a name.") from None
    newest = sources.entries.get(name)
    if entry is not None and entry.table != known.table:
        found = f"a file of the table {known.table}"
        raise refusal(f"--source {name}", found, f"one of {entry.table}", "Name another source, or say the --table.")
    if entry is not None and entry.geography not in (None, geography):
        found = f"a file of the geography {geography or 'that is not named'}"
        raise refusal(f"--source {name}", found, f"one of {entry.geography}", "Name another source, or another --award.")
    told = {key: getattr(given, key) for key in ASKED_FOR if getattr(given, key) is not None}
    if known.illustrative:
        if told.get("kind", "illustrative") != "illustrative":
            expected = "illustrative figures announced as such"
            raise refusal("--kind", "official, of a file that calls itself illustrative", expected, "Use --kind illustrative.")
        told["kind"] = "illustrative"
    if newest is not None and newest.kind == told.get("kind", "official"):
        told = {"kind": newest.kind, **{key: getattr(newest, key) for key in ("publisher", "title", "page", "licence")}, **told}
    told = {key: said for key in ("title", "publisher") if (said := getattr(known, key))} | told
    wanted = ["kind", "publisher", "title", "page", "licence", *(key for key in known.undecided if key not in told)]
    for key in wanted:
        if key not in told and (answer := ask(f"{key} ({', '.join(choices[key])})" if key in choices else key)):
            told[key] = answer
    missing = [key for key in wanted if key not in told]
    if missing:
        several = {key: known.undecided[key] for key in missing if known.undecided.get(key)}
        unsaid = [placing if key == "series" else f"the {key}" for key in missing if key not in several]
        found = "; ".join(f"more than one {key}: {what}" for key, what in several.items())
        found = "; ".join([f"a file that does not say {', '.join(unsaid)}"] * bool(unsaid) + [found] * bool(found))
        options = " ".join(f"--{key} {'|'.join(map(repr, choices[key])) if key in choices else '…'}" for key in missing)
        raise refusal(name, found, "each of them once", f"Say it: {options}")
    for key in ("kind", "unit"):
        if told.get(key, choices[key][0]) not in choices[key]:
            raise refusal(f"--{key}", repr(told[key]), f"one of {', '.join(choices[key])}", "Correct it.")
    layouts = [layout | {key: told[key] for key in keys if key in told} for layout, keys in known.layouts]
    facts: dict[str, Any] = {"table": known.table, "geography": geography} if geography else {"table": known.table}
    facts |= {key: told[key] for key in ("kind", "publisher", "title", "page", "licence")}
    day = given.published or (known.published if known.published and known.published <= today else None)
    facts |= {"covers": known.covers, "retrieved": today} | ({"published": day} if day else {})
    return {**facts, "read": layouts[0] if len(layouts) == 1 else layouts}


@contextmanager
def _planned(
    folder: Path, names: Sequence[str], award: Award, patience: fetch.Patience, say: Say
) -> Iterator[tuple[list[fetch.Plan], dict[tuple[str, str], fetch.PxWeb]]]:
    """The plans of the named sources, or of all of the award's geography, and the servers' clients by address and language."""
    history = load_sources(folder).history
    can = [name for name, entry in history.items() if entry.fetch and entry.geography in (None, award.geography)]
    listing = str(folder / LISTING)
    if not can:
        raise refusal(listing, "no source that says how it is fetched", "one at least", "README.md shows how: [population.fetch].")
    unknown = [name for name in names if name not in can]
    expected, remedy = f"one of {', '.join(can)}", "Describe it under fetch."
    refuse([Fault(listing, f"no source {name!r} that says how it is fetched", expected, remedy) for name in unknown])
    ends = time.monotonic() + patience.total
    with ExitStack() as open_clients:
        clients: dict[tuple[str, str], fetch.PxWeb] = {}
        plans = []
        for name in names or can:
            described = history[name].fetch
            if described is None:
                continue
            server = (described.base_url, described.language)
            if server not in clients:
                clients[server] = open_clients.enter_context(fetch.PxWeb(*server, patience, say, ends))
            plans.append(fetch.plan(name, history[name], clients[server]))
        yield plans, clients


def _unchanged(sources: Sources, plan: fetch.Plan) -> Change:
    vintages = sources.history[plan.name].vintages
    newest = list(vintages)[-1] if vintages else None
    return Change(plan, newest, vintages[newest].published if newest else None)


def _facts(sources: Sources, plan: fetch.Plan, cubes: Sequence[Cube], words: recognise.Words, today: datetime.date) -> dict[str, Any]:
    """What sources.toml will say of a fetched file."""
    entry = sources.history[plan.name]
    described = entry.fetch
    if described is None:
        raise ValueError(f"{plan.name} is not fetched")
    columns = described.columns
    regions = {code for cube in cubes for code in cube.codes.get(columns.get("region_code", ""), ())}
    years = {int(code) for cube in cubes for code in cube.codes.get(columns.get("year", ""), ()) if code.isdecimal()}
    units = sorted({unit for unit in cubes[0].units.values() if unit})
    notes = [
        described.note or "",
        f"Enhet: {', '.join(units)}." if units else "",
        *dict.fromkeys(note for cube in cubes for note in cube.notes),
    ]
    statistic = words.catalogue.statistics.get(entry.table or "")
    read: dict[str, Any] = (
        recognise.layout_of(cubes, statistic, words, plan.name, columns, plan.selection) if statistic else {"columns": columns}
    )
    read |= {key: value for key in ("unit", "series", "noise") if (value := getattr(described, key))}
    covers = recognise.covered(regions, years or {today.year}, words.geography)
    facts: dict[str, Any] = {"kind": "official", "covers": covers, "retrieved": today}
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
