"""The public extract: how many took part, what was measured, and how companies spread, under disclosure control; and whom consents name.

It has counts alone, and every count is of enough enterprise groups: cells with fewer are merged until it is. No sum and no mean leaves.
"""

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.companies.award import consent_day
from pipeline.companies.chapters import measured_table
from pipeline.companies.context import Context
from pipeline.companies.measures import MEASURES
from pipeline.companies.shortlist import KINDS
from pipeline.report.blocks import Block, Cell, Document, Paragraph, Section, Table
from pipeline.report.visible import visible

PARTS = (0.2, 0.4, 0.6, 0.8)
"""Where a distribution is divided, at first; the bounds are rounded to two digits, and to what is shown of them."""
DECIMALS = {"count": 0}
"""Of a kind of measure, the decimals of a bound that are shown; of the others two, as of a share in per cent."""


@dataclass(frozen=True)
class Count:
    """A cell of the extract: companies, and the enterprise groups that they belong to."""

    label: str
    companies: int
    groups: frozenset[str]


def merged(cells: Sequence[Count], fewest: int, together: str) -> list[Count]:
    """Cells of which each has enough groups: those with fewer make one, with as many others as it takes; nothing where that is not enough.

    A single cell with too few is joined by the next smallest: else it would follow from the total.
    """
    small = [cell for cell in cells if 0 < len(cell.groups) < fewest]
    rest = sorted((cell for cell in cells if len(cell.groups) >= fewest), key=lambda cell: (len(cell.groups), cell.label))
    joined = _union(small, together)
    while small and rest and (len(small) < 2 or len(joined.groups) < fewest):
        small.append(rest.pop(0))
        joined = _union(small, together)
    if small and len(joined.groups) < fewest:
        return []
    kept = [cell for cell in cells if cell in rest]
    return [*kept, joined] if small else kept


def _union(cells: Sequence[Count], label: str) -> Count:
    return Count(label, sum(cell.companies for cell in cells), frozenset().union(*(cell.groups for cell in cells)))


def in_classes(
    values: Mapping[int, float], groups: Sequence[str], fewest: int, decimals: int
) -> list[tuple[float | None, float | None, Count]]:
    """Values by unit in classes with open ends, from bound to bound: neighbours are merged until each has enough groups."""
    known = np.array(list(values.values()))
    bounds = sorted({round(float(f"{bound:.2g}"), decimals) for bound in np.quantile(known, PARTS)}) if len(known) else []
    ends = [None, *bounds, None]
    classes: list[tuple[float | None, float | None, Count]] = []
    for low, high in itertools.pairwise(ends):
        own = [unit for unit, value in values.items() if (low is None or value >= low) and (high is None or value < high)]
        here = Count("", len(own), frozenset(groups[unit] for unit in own))
        if classes and (len(classes[-1][2].groups) < fewest or (high is None and len(here.groups) < fewest)):
            before, _, count = classes.pop()
            classes.append((before, high, _union([count, here], "")))
        else:
            classes.append((low, high, here))
    return classes if classes and all(len(count.groups) >= fewest for _, _, count in classes) else []


def tables(context: Context) -> dict[str, list[Count]]:
    """The counts of the extract by table: the kinds of companies that took part, who did not, and the distributions of measures."""
    chosen, fewest = context.result.shortlist, context.method.disclosure.fewest_groups
    part = np.flatnonzero(chosen.takes_part)
    groups = _groups(context)
    every = {"part": [_count("part", part.tolist(), groups)]}
    for by in KINDS:
        cells: dict[str, list[int]] = {}
        for unit in part.tolist():
            cells.setdefault(context.kind(by, unit), []).append(unit)
        every[by] = merged(
            [_count(label, cells[label], groups) for label in sorted(cells)], fewest, context.say("companies.public.together")
        )
    for one in context.award.indicators:
        column = context.result.measured.measure(one.name)[part]
        known = ~np.isnan(column)
        values = dict(zip(part[known].tolist(), column[known].tolist(), strict=True))
        # Whoever knows how many took part also knows of how many a measure is unknown.
        without = {groups[unit] for unit in part[~known].tolist()}
        classes = [] if 0 < len(without) < fewest else in_classes(values, groups, fewest, DECIMALS.get(MEASURES[one.name][1], 2))
        every[one.name] = [Count(_bounds(context, one.name, low, high), count.companies, count.groups) for low, high, count in classes]
    return {table: [cell for cell in cells if len(cell.groups) >= fewest] for table, cells in every.items()}


def _groups(context: Context) -> list[str]:
    register, names = context.result.measured.register["group_id"], context.result.measured.names
    return [own or name for own, name in zip(register, names, strict=True)]


def _count(label: str, units: Sequence[int], groups: Sequence[str]) -> Count:
    return Count(label, len(units), frozenset(groups[unit] for unit in units))


def _bounds(context: Context, name: str, low: float | None, high: float | None) -> str:
    """The bounds of a class in words; of counts, both are within it: 1–3, not 1 to below 4."""
    kind = MEASURES[name][1]
    is_count = kind in DECIMALS
    bounds = {"low": low, "high": high - 1 if is_count and high is not None else high}
    ends = {key: context.figure(kind, value) for key, value in bounds.items() if value is not None}
    if is_count and len(ends) == 2:
        return context.language.span(ends["low"], ends["high"])
    key = {(): "any", ("low",): "from", ("high",): "most" if is_count else "to"}.get(tuple(ends), "between")
    return context.say(f"companies.public.{key}", **ends)


def document(context: Context) -> Document:
    """The extract as a report."""
    say, fewest, counts = context.say, context.method.disclosure.fewest_groups, tables(context)
    part = counts.pop("part")
    few = say("companies.public.few", fewest=fewest)
    text = say("companies.public.part", part=context.language.number(part[0].companies, 0), **context.span) if part else few
    kinds: list[Block] = [
        _table(
            f"by-{by.replace(' ', '-')}",
            say("companies.public.regions_caption", by=say(f"companies.by.{by.replace(' ', '_')}")),
            counts.pop(by),
            context,
        )
        for by in KINDS
        if counts[by]
    ]
    labels = {one.name: context.label(one) for one in context.award.indicators}
    spread: list[Block] = [
        _table(f"spread-{name}", say("companies.public.spread_caption", measure=labels[name]), cells, context)
        for name, cells in counts.items()
        if cells
    ]
    sections = (
        Section(
            "summary", say("companies.brief_title"), (Paragraph((text,), "lead"), Paragraph((say("companies.public.people"),)), *kinds)
        ),
        Section("measures", say("companies.public.measured_title"), (measured_table(context),)),
        *([Section("spread", say("companies.public.spread_title"), tuple(spread))] if spread else []),
        Section("named", say("companies.public.named_title"), (_named(context),)),
    )
    title = say("companies.public.title", title=context.award.title)
    made_up = context.language.say("shared.illustrative") if context.result.is_illustrative else ""
    subject = f"{say('companies.public.subject', fewest=fewest)} {say('companies.public.notice')}"
    notice = f"{made_up}." if made_up else ""
    whole: Document = visible(Document(context.language.code, title, subject, notice, context.identity, sections, None, made_up))
    return whole


def _table(anchor: str, caption: str, cells: Sequence[Count], context: Context) -> Table:
    rows = tuple((Cell(cell.label), Cell(context.language.number(cell.companies, 0), cell.companies)) for cell in cells)
    return Table(anchor, caption, (context.say("companies.heading.value"), context.say("companies.heading.count")), (False, True), rows)


def named(context: Context) -> list[tuple[str, int, str]]:
    """The companies of the shortlist that consented: name, place and day."""
    names = {one.enterprise_id: one.name for one in context.award.consents}
    rows = []
    for unit in context.chosen:
        identifier = context.result.measured.names[unit]
        day = consent_day(context.award, identifier)
        if day is not None:
            rows.append((names[identifier], int(context.result.shortlist.standing.rank[unit]), context.language.date(day)))
    return rows


def _named(context: Context) -> Block:
    rows = named(context)
    if not rows:
        return Paragraph((context.say("companies.public.named_none"),))
    headings = (context.say("companies.heading.company"), context.language.say("heading.place"), context.say("companies.public.date"))
    cells = tuple((Cell(name), Cell(str(place), place), Cell(day)) for name, place, day in rows)
    return Table("table-named", context.say("companies.public.named_caption"), headings, (False, True, False), cells)


def listing(context: Context) -> bytes:
    """The counts as CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["table", "class", "companies"])
    writer.writerows([table, cell.label, cell.companies] for table, cells in tables(context).items() for cell in cells)
    return buffer.getvalue().encode()
