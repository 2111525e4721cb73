"""A new vintage beside the one before it: what was revised, and what looks like a slip: another scale, or figures that changed places."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from pipeline.faults import Fault
from pipeline.sources import Source

LARGEST_MEDIAN = Decimal("0.02")
"""Publishers revise the median figure by less than this share; a vintage beyond it is in doubt."""
ALIKE = Decimal("0.001")
"""Two figures nearer than this share may be the same figure, revised."""
SMALL = 2
"""Counts nearer than this may have changed places by chance."""
AXES = ("region_code", "year", "class_code")
KEYS = ("quantity", *AXES)
REMEDY = "Ask the publisher. If it is meant so, record it with --accept-revision and the reason."
MADE_UP = "Record the publisher's own file; if the illustrative figures were the publisher's, say so with --accept-revision."
BASIS = {"series": "the series", "size_definition": "a size definition", "threshold": "a threshold"}

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Figure:
    """A figure in whole units, None where there is none, its status and its cell."""

    amount: Decimal | None
    status: str
    cell: str | None


@dataclass(frozen=True)
class Revision:
    """What is said of a new vintage beside the one before it, and what is in doubt."""

    findings: tuple[tuple[str, str], ...]
    doubts: tuple[Fault, ...]


def revision(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], names: Mapping[str, str], where: str) -> Revision:
    """Compare the figures of two vintages, rows of ingested.figures of one source, over the cells that both have.

    names: region code -> name. where: the new file.
    """
    old, new = _figures(before), _figures(after)
    common = sorted(old.keys() & new.keys())
    changes = {key: change for key in common if (change := _change(old[key], new[key])) is not None}
    revised = sorted((key for key in changes if changes[key]), key=lambda key: (-abs(changes[key]), key))
    other = [key for key in common if old[key].status != new[key].status]
    said = [f"{len(common):,} cells in both, {len(revised):,} of them revised, {len(other):,} with another status"]
    said += [f"{len(old) - len(common):,} cells gone, {len(new) - len(common):,} new"]
    findings = [("compared", "; ".join(said))]
    if revised:
        first = revised[0]
        amounts = f"{old[first].amount:,.0f} became {new[first].amount:,.0f} ({changes[first]:+.1%})"
        findings.append(("largest", f"{_words(first, names)}: {amounts}"))
    doubts = [*_scale(changes, old, new, where), *_exchanges(old, new, common, names, where)]
    return Revision(tuple(findings), tuple(doubts))


def copied(illustrative: Iterable[Mapping[str, Any]], official: Iterable[Mapping[str, Any]], where: str) -> Iterator[Fault]:
    """Doubt official figures of which most are those of the illustrative vintage before, to the last digit."""
    old, new = _figures(illustrative), _figures(official)
    common = [key for key in old.keys() & new.keys() if old[key].amount]
    same = sum(_same(new[key], old[key]) for key in common)
    if 2 * same > len(common):
        yield Fault(where, f"{same:,} of {len(common):,} figures that are those of the illustrative vintage", "official figures", MADE_UP)


def another_basis(before: Source, after: Source, years: Iterable[int], where: str) -> Iterator[Fault]:
    """Doubt a vintage whose series, size definition or threshold is not the one that the vintage before states of a year."""
    seen = set()
    for year in sorted(years):
        old, new = ({key: _stated(source, key, year) for key in BASIS} for source in (before, after))
        for key, words in BASIS.items():
            if old[key] and old[key] != new[key] and (key, old[key], new[key]) not in seen:
                seen.add((key, old[key], new[key]))
                found = f"{words} {new[key] or 'that is not stated'} in {year}"
                yield Fault(where, found, f"{old[key]}, as in the vintage before", REMEDY)


def _stated(source: Source, key: str, year: int) -> str:
    return ", ".join(sorted({value for layout in source.read if (value := layout.basis_in(year).get(key))}))


def _figures(rows: Iterable[Mapping[str, Any]]) -> dict[Key, Figure]:
    return {
        tuple(row[key] for key in KEYS): Figure(
            None if row["figure"] is None else Decimal(row["figure"]) * row["unit"], row["status"], row["cell"]
        )
        for row in rows
    }


def _change(old: Figure, new: Figure) -> Decimal | None:
    return new.amount / old.amount - 1 if old.amount and new.amount is not None else None


def _scale(changes: Mapping[Key, Decimal], old: Mapping[Key, Figure], new: Mapping[Key, Figure], where: str) -> Iterator[Fault]:
    """Doubt a quantity whose median figure is revised beyond the bound."""
    for quantity in dict.fromkeys(key[0] for key in changes):
        own = [key for key in changes if key[0] == quantity]
        middle = median(abs(changes[key]) for key in own)
        if middle > LARGEST_MEDIAN:
            ratio = float(round(median(changes[key] + 1 for key in own), 3))
            found = f"{quantity} with a median revision of {middle:,.1%} over {len(own):,} figures, {ratio:,.4g} times those before"
            yield Fault(where, found, f"one of at most {LARGEST_MEDIAN:.0%}, or the reason", REMEDY)


def _exchanges(
    old: Mapping[Key, Figure], new: Mapping[Key, Figure], common: Sequence[Key], names: Mapping[str, str], where: str
) -> Iterator[Fault]:
    """Doubt figures that stand where those of another region, year or class stood before."""
    moved = [key for key in common if new[key].amount != old[key].amount or not _alike(new[key], old[key])]
    for number, axis in enumerate(AXES, 1):
        exchanged = set()
        lines: dict[Key, list[Key]] = defaultdict(list)
        for key in moved:
            lines[key[:number] + key[number + 1 :]].append(key)
        pairs: Counter[tuple[Any, Any]] = Counter()
        places: dict[tuple[Any, Any], Key] = {}
        elsewhere: Counter[tuple[Any, Any]] = Counter()
        for line in lines.values():
            for one, two in itertools.combinations(line, 2):
                pair = one[number], two[number]
                if _is_small(old[one], old[two]):
                    continue
                if _are_exchanged(old[one], old[two], new[one], new[two]):
                    pairs[pair] += 1
                    exchanged |= {one, two}
                    places.setdefault(pair, one)
                else:
                    elsewhere[pair] += _same(new[one], old[two])
                    elsewhere[pair[::-1]] += _same(new[two], old[one])
        count = sum(elsewhere.values())
        most = count > max(1, 2 * sum(pairs.values()))
        for pair, times in pairs.items() if not most else ():
            texts = " and ".join(names.get(str(each), str(each)) for each in pair)
            found = f"{texts} exchanged in {times:,} figure{'s' * (times > 1)}, the first {_words(places[pair], names)}"
            yield Fault(_place(where, new[places[pair]]), found, f"each figure at its own {axis}", REMEDY)
        if most:
            (one, two), _ = elsewhere.most_common(1)[0]
            texts = f"{names.get(str(one), one)} has those of {names.get(str(two), two)}"
            found = f"{count:,} figures that stood at another {axis} before: {texts}"
            yield Fault(where, found, f"each figure at its own {axis}", REMEDY)
        # A figure whose exchange is known is not looked for elsewhere.
        moved = [key for key in moved if key not in exchanged]


def _are_exchanged(old_one: Figure, old_two: Figure, new_one: Figure, new_two: Figure) -> bool:
    """Whether each of two figures is what the other was, exactly, or nearly where neither is near what it was itself."""
    if _same(new_one, old_two) and _same(new_two, old_one):
        return True
    stay = _alike(new_one, old_one) or _alike(new_two, old_two)
    return not stay and _alike(new_one, old_two) and _alike(new_two, old_one)


def _alike(one: Figure, two: Figure) -> bool:
    if one.amount is None or two.amount is None:
        return one.amount is two.amount and one.status == two.status
    return abs(one.amount - two.amount) <= ALIKE * max(one.amount, two.amount)


def _same(one: Figure, two: Figure) -> bool:
    return one.amount is not None and one.amount == two.amount


def _is_small(one: Figure, two: Figure) -> bool:
    return one.amount is not None and two.amount is not None and abs(one.amount - two.amount) <= SMALL


def _words(key: Key, names: Mapping[str, str]) -> str:
    return ", ".join(str(part) for part in (key[0], names.get(key[1], key[1]), *key[2:]) if part != "")


def _place(where: str, figure: Figure) -> str:
    return f"{where}, cell {figure.cell.rpartition('!')[2]}" if figure.cell else where
