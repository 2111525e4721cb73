"""The three allocation bases side by side, region by region. Differences between them are published as rounded shares.

Under another basis a region's exports differ by what a few enterprises have elsewhere. Exact differences could be one enterprise's
exports. Whole per cent of the region, published only if enough groups are behind them, reveal none.
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
"""Exports by region, year, size class and basis; zero for a cell without declarations."""


def exports_by_basis(cells: Sequence[Mapping[str, Any]], sizes: Sizes) -> Exports:
    """The regions' exports of the group of size classes, of the rest and of all, from the rows of microdata.cells."""
    regions = [row for row in cells if is_region(row["line"])]
    exports = {(row["line"], row["year"], row["size_class"], row["basis"]): row["exports_sek"] for row in regions}
    grid = itertools.product(*(sorted({row[key] for row in regions}) for key in ("line", "year")), sizes.sums, ALLOCATION_BASES)
    return {key: exports.get(key, Decimal(0)) for key in grid}


def beside(year: Figures, exports: Exports, differences: Sequence[Mapping[str, Any]], method: MicrodataMethod) -> Figures:
    """A year's figures with the other bases beside them; differences are the rows of microdata.basis_differences."""
    own_basis = method.allocation.basis
    others: dict[Cell, float] = {}
    rounding: dict[Cell, tuple[float, float]] = {}
    for (region, own_year, size, basis), value in exports.items():
        # If the whole has no exports of a class, everybody knows that no region has any.
        if own_year == year.year and basis != own_basis and year.exports_sek.get(("", WHOLE, size)):
            cell = basis, region, size
            others[cell] = float(value)
            if size != year.sizes.rest:
                base = exports[region, own_year, size, own_basis]
                # If the table has no value any more, the earlier share is of one that readers know.
                rounding[cell] = _rounding(value, base) if base or cell not in year.public else EXACT
    unsafe: dict[tuple[Cell, Cell], float] = {}
    insiders = {group: dict(own) for group, own in year.insiders.items()}
    for row in differences:
        width = protection_of_difference(row, method.disclosure)
        if row["year"] == year.year and width > 0:
            bases = sorted((row["first_basis"], row["second_basis"]), key=lambda basis: basis == own_basis)
            first, second = ((basis if basis != own_basis else "", row["region_code"], row["size_class"]) for basis in bases)
            unsafe[first, second] = float(width)
            # The others' parts of a difference may have any sign, so one group's own part leaves it open either way.
            insiders.setdefault(row["largest_group"], {})[difference(first, second)] = None if row["groups"] == 1 else float("inf")
    return replace(year, beside=Beside(others, rounding, unsafe), insiders=dict(sorted(insiders.items())))


def protection_of_difference(row: Mapping[str, Any], rule: Disclosure) -> Decimal:
    """The width that the difference of a row of microdata.basis_differences needs; zero if it is safe."""
    # protection subtracts the largest and the second from a total; here the others are known, and there is no second.
    total: Decimal = row["largest_sek"] + row["others_sek"]
    return protection(total, row["groups"], row["largest_sek"], Decimal(0), rule)


def unsafe(year: Figures, withheld: Set[Published]) -> set[Published]:
    """Basis and region of the figures that must be withheld: the region's own are withheld, or a difference from them is unsafe.

    If only the difference between the two other bases is unsafe, one of them is published, or both if an earlier table published them.
    """
    both = year.sizes.group, TOTAL
    names = {(basis, region) for basis, region, _ in year.beside.exports if withheld & {(region, size) for size in both}}
    names |= {first[:2] for first, second in year.beside.differences if not second[0]}
    hiding = {cell[:2] for cell in year.beside.rounding if cell not in year.public}
    for first, second in year.beside.differences:
        pair = {first[:2], second[:2]} & hiding
        if second[0] and pair and not names & pair:
            names.add(max(pair, key=lambda name: ALLOCATION_BASES.index(name[0])))
    return names


def compared(exports: Exports, withheld: Mapping[int, Set[Published]], method: MicrodataMethod) -> pa.Table:
    """Each region's exports of the group of size classes and of all under the table's basis, and the relative difference of the other two.

    withheld: by year, line and size class, and for another basis, basis and region. Without disclosure control nothing is rounded.
    """
    own_basis = method.allocation.basis
    rows = []
    for (region, year, size, basis), value in exports.items():
        if size == method.sizes.rest:
            continue
        base = exports[region, year, size, own_basis]
        exact = basis == own_basis or not method.disclosure.control
        is_hidden = ((region, size) if basis == own_basis else (basis, region)) in withheld[year]
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
    """The relative difference of a value from the table's, as published; None if the table has no value."""
    return (value / base - 1).quantize(STEP) if base else None


def _rounding(value: Decimal, base: Decimal) -> tuple[float, float]:
    """How far below and above its value a published figure may be. If the table has no value, only its presence is published."""
    ratio = _ratio(value, base)
    if ratio is None:
        return (-float(value), float("inf")) if value else EXACT
    least, most = (max(base * (1 + ratio + half), Decimal(0)) for half in (-STEP / 2, STEP / 2))
    return float(min(least - value, Decimal(0))), float(max(most - value, Decimal(0)))
