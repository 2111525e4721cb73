"""The three allocation bases side by side, region by region: what differs is published as a rounded share, where nobody stands out.

Under another basis a region's exports differ by what few enterprises have elsewhere. To the unit, the difference would be one
enterprise's exports; in whole per cent of the region, and only where enough groups stand behind it, it is none's.
"""

import itertools
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipeline.declarations import TOTAL
from pipeline.microdata.disclosure import Beside, Figures, difference, protection
from pipeline.microdata.method import ALLOCATION_BASES, Disclosure, MicrodataMethod, Sizes
from pipeline.microdata.schemas import WHOLE, is_region
from pipeline.microdata.system import EXACT, Cell, Published

STEP = Decimal("0.01")
"""Differences are published in whole per cent."""

Exports = Mapping[tuple[str, int, str, str], Decimal]
"""Exports by region, year, size class and basis; of what is not there, nothing."""


def exports_by_basis(cells: Sequence[Mapping[str, Any]], sizes: Sizes) -> Exports:
    """The regions' exports of the group of size classes, of the rest and of all, from the rows of microdata.cells."""
    regions = [row for row in cells if is_region(row["line"])]
    exports = {(row["line"], row["year"], row["size_class"], row["basis"]): row["exports_sek"] for row in regions}
    grid = itertools.product(*(sorted({row[key] for row in regions}) for key in ("line", "year")), sizes.sums, ALLOCATION_BASES)
    return {key: exports.get(key, Decimal(0)) for key in grid}


def beside(year: Figures, exports: Exports, differences: Sequence[Mapping[str, Any]], method: MicrodataMethod) -> Figures:
    """A year's figures with the other bases beside them; differences are the rows of microdata.basis_differences."""
    chosen = method.allocation.basis
    others: dict[Cell, float] = {}
    rounding: dict[Cell, tuple[float, float]] = {}
    for (region, own_year, size, basis), value in exports.items():
        # Of a class without exports in the whole all know that no region has any.
        if own_year == year.year and basis != chosen and year.exports_sek.get(("", WHOLE, size)):
            others[basis, region, size] = float(value)
            if size != year.sizes.rest:
                rounding[basis, region, size] = _rounding(value, exports[region, own_year, size, chosen])
    unsafe: dict[tuple[Cell, Cell], float] = {}
    insiders = {group: dict(own) for group, own in year.insiders.items()}
    for row in differences:
        asked = protection_of_difference(row, method.disclosure)
        if row["year"] == year.year and asked > 0:
            bases = sorted((row["first_basis"], row["second_basis"]), key=lambda basis: basis == chosen)
            first, second = ((basis if basis != chosen else "", row["region_code"], row["size_class"]) for basis in bases)
            unsafe[first, second] = float(asked)
            # What one of several brings to a difference leaves it open either way: the others' may have any sign.
            insiders.setdefault(row["largest_group"], {})[difference(first, second)] = None if row["groups"] == 1 else float("inf")
    return replace(year, beside=Beside(others, rounding, unsafe), insiders=dict(sorted(insiders.items())))


def protection_of_difference(row: Mapping[str, Any], rule: Disclosure) -> Decimal:
    """How far what a row of microdata.basis_differences is about must be left open; zero when it is safe."""
    # protection takes the total apart into the largest, the second and the others; what it wants are the largest and the others.
    total: Decimal = row["largest_sek"] + row["others_sek"]
    return protection(total, row["groups"], row["largest_sek"], Decimal(0), rule)


def unsafe(year: Figures, withheld: Set[Published]) -> set[Published]:
    """Basis and region of what is not told whatever else is: the region's own figures are withheld, or a difference from them is unsafe.

    Where only the difference between the two other bases is unsafe, one of them is told.
    """
    both = year.sizes.group, TOTAL
    names = {(basis, region) for basis, region, _ in year.beside.exports if withheld & {(region, size) for size in both}}
    names |= {first[:2] for first, second in year.beside.differences if not second[0]}
    for first, second in year.beside.differences:
        if second[0] and not names & {first[:2], second[:2]}:
            names.add(max(first[:2], second[:2], key=lambda name: ALLOCATION_BASES.index(name[0])))
    return names


def compared(exports: Exports, withheld: Mapping[int, Set[Published]], method: MicrodataMethod) -> pa.Table:
    """Each region's exports of the group of size classes and of all under the basis of the table, and how far the other two are from it.

    withheld are, by year, line and size class, and basis and region of what is not told under another basis. Without disclosure control
    nothing is rounded.
    """
    chosen = method.allocation.basis
    rows = []
    for (region, year, size, basis), value in exports.items():
        if size == method.sizes.rest:
            continue
        base = exports[region, year, size, chosen]
        exact = basis == chosen or not method.disclosure.control
        is_hidden = ((region, size) if basis == chosen else (basis, region)) in withheld[year]
        ratio = _ratio(value, base) if method.disclosure.control else value / base - 1 if base else None
        rows.append(
            {
                "region_code": region,
                "year": year,
                method.size.classes: size,
                "basis": basis,
                "exports_sek": ".." if is_hidden else str(value) if exact else "",
                "difference_ratio": None if is_hidden or ratio is None else float(ratio),
                "status": "withheld" if is_hidden else "ok" if value or base else "nil",
            }
        )
    kinds = {"year": pa.int64(), "difference_ratio": pa.float64()}
    return pa.Table.from_pylist(rows, schema=pa.schema({name: kinds.get(name, pa.string()) for name in rows[0]}))


def _ratio(value: Decimal, base: Decimal) -> Decimal | None:
    """How far a value is from that of the table, as it is published; None where the table has none."""
    return (value / base - 1).quantize(STEP) if base else None


def _rounding(value: Decimal, base: Decimal) -> tuple[float, float]:
    """How far down and up from its value a published figure may be. Where the table has none, it is only said to be there."""
    ratio = _ratio(value, base)
    if ratio is None:
        return (-float(value), float("inf")) if value else EXACT
    least, most = (max(base * (1 + ratio + half), Decimal(0)) for half in (-STEP / 2, STEP / 2))
    return float(min(least - value, Decimal(0))), float(max(most - value, Decimal(0)))
