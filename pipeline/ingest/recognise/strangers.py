"""Rows among regions that are of no region: a remainder that is placed nowhere, subtotals, smaller areas."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pipeline.faults import Fault
from pipeline.ingest.cells import IGNORE, Cell, Unreadable, figure
from pipeline.ingest.recognise.readings import MOST_LISTED, Reading
from pipeline.ingest.recognise.words import Words

MOST = 2_000
"""Labels of no region: a table with more is one of something else."""
Row = tuple[tuple[str, ...], str, Cell]
"""The keys of a figure but its region, the label of the region, and the figure."""


def keep(labels: Mapping[str, str], reading: Reading, words: Words) -> None:
    """Note labels of no region, each with its text: the whole that the table lacks, or rows to leave out.

    Nothing where the table lacks a region: a label may then be one whose name is not read; and nothing of more than MOST labels.
    """
    missing = set(words.names) - reading.regions
    if len(labels) > MOST:
        return
    totals = [label for label, text in labels.items() if words.is_total(text)]
    if missing == {words.geography.whole} and len(totals) == 1:
        reading.regions |= missing
        reading.aliases[totals[0]] = missing.pop()
    for label, text in labels.items() if not missing else ():
        if label not in reading.aliases:
            reading.aliases[label] = IGNORE
            reading.strangers_among_regions[label] = text


def question(reading: Reading, words: Words, rows: Iterable[Row] = ()) -> None:
    """Doubt the rows of no region, and say whether the regions add up to the whole with them or without them."""
    strangers = reading.strangers_among_regions
    if strangers:
        nouns, texts = words.geography.en, list(map(repr, strangers.values()))
        rest = f" and {len(texts) - MOST_LISTED} more" if len(texts) > MOST_LISTED else ""
        found = f"{', '.join(texts[:MOST_LISTED])}{rest} among {nouns.nouns}, and no {nouns.noun}{_beside_whole(rows, reading, words)}"
        remedy = "With a yes these rows are left out, and no figure of another row changes."
        reading.doubts.append(Fault(reading.place, found, f"rows of {nouns.nouns} and the whole alone", remedy))


def _beside_whole(rows: Iterable[Row], reading: Reading, words: Words) -> str:
    sums: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0), Decimal(0), Decimal(0)])
    for keys, label, cell in rows:
        region = words.region(label)
        place = 0 if label in reading.strangers_among_regions else 1 if region == words.geography.whole else 2 if region else 3
        try:
            amount, _ = figure(cell, "", reading.ending.get("decimal", ","), reading.ending.get("thousands"))
        except Unreadable:
            return ""
        if amount is None:
            return ""
        sums[keys][place] += amount
    own = [(stranger, whole, regions) for stranger, whole, regions, _ in sums.values() if stranger]
    slack = len(words.names)
    called = words.names.get(words.geography.whole or "", "the whole")
    if own and all(abs(whole - regions - stranger) <= slack < stranger for stranger, whole, regions in own):
        return f"; the {words.geography.en.nouns} add up to {called} only with them: they are a part of it"
    if own and all(abs(whole - regions) <= slack for _, whole, regions in own):
        return f"; the {words.geography.en.nouns} add up to {called} without them"
    return ""
