"""The three allocation bases side by side, county by county: what differs is published as a rounded share, where nobody stands out.

Under another basis a county's exports differ by what few enterprises have elsewhere. To the krona, the difference would be one
enterprise's exports; in whole per cent of the county, and only where enough groups stand behind it, it is none's.
"""

import itertools
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipeline.microdata.disclosure import LARGE, SME, TOTAL, Beside, Figures, difference, protection
from pipeline.microdata.system import EXACT, Cell, Published
from pipeline.schemas import NATION
from pipeline.settings import ALLOCATION_BASES, Disclosure, MicrodataMethod

SCHEMA = pa.schema(
    {
        "region_code": pa.string(),
        "year": pa.int64(),
        "size_class": pa.string(),
        "basis": pa.string(),
        "exports_sek": pa.string(),
        "difference_ratio": pa.float64(),
        "status": pa.string(),
    }
)
STEP = Decimal("0.01")
"""Differences are published in whole per cent."""

Exports = Mapping[tuple[str, int, str, str], Decimal]
"""Exports by county, year, size class and basis, in SEK; of what is not there, nothing."""


def exports_by_basis(cells: Sequence[Mapping[str, Any]]) -> Exports:
    """The counties' exports of SMEs, of the largest enterprises and of all, from the rows of microdata.cells."""
    counties = [row for row in cells if len(row["line"]) == 2 and row["line"] != NATION]
    exports = {(row["line"], row["year"], row["size_class"], row["basis"]): row["exports_sek"] for row in counties}
    grid = itertools.product(*(sorted({row[key] for row in counties}) for key in ("line", "year")), (SME, LARGE, TOTAL), ALLOCATION_BASES)
    return {key: exports.get(key, Decimal(0)) for key in grid}


def beside(year: Figures, exports: Exports, differences: Sequence[Mapping[str, Any]], method: MicrodataMethod) -> Figures:
    """A year's figures with the other bases beside them; differences are the rows of microdata.basis_differences."""
    chosen = method.allocation.basis
    others: dict[Cell, float] = {}
    rounding: dict[Cell, tuple[float, float]] = {}
    for (county, own_year, size, basis), value in exports.items():
        # Of a class without exports in the nation all know that no county has any.
        if own_year == year.year and basis != chosen and year.exports.get(("", NATION, size)):
            others[basis, county, size] = float(value)
            if size != LARGE:
                rounding[basis, county, size] = _rounding(value, exports[county, own_year, size, chosen])
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
    """How far what a row of microdata.basis_differences is about must be left open, in SEK; zero when it is safe."""
    # protection takes the total apart into the largest, the second and the others; what it wants are the largest and the others.
    total: Decimal = row["largest_sek"] + row["others_sek"]
    return protection(total, row["groups"], row["largest_sek"], Decimal(0), rule)


def unsafe(year: Figures, withheld: Set[Published]) -> set[Published]:
    """Basis and county of what is not told whatever else is: the county's own figures are withheld, or a difference from them is unsafe.

    Where only the difference between the two other bases is unsafe, one of them is told.
    """
    names = {(basis, county) for basis, county, _ in year.beside.exports if withheld & {(county, SME), (county, TOTAL)}}
    names |= {first[:2] for first, second in year.beside.differences if not second[0]}
    for first, second in year.beside.differences:
        if second[0] and not names & {first[:2], second[:2]}:
            names.add(max(first[:2], second[:2], key=lambda name: ALLOCATION_BASES.index(name[0])))
    return names


def compared(exports: Exports, withheld: Mapping[int, Set[Published]], method: MicrodataMethod) -> pa.Table:
    """Each county's exports of SMEs and of all under the basis of the table, and how far the other two are from it.

    withheld are, by year, line and size class, and basis and county of what is not told under another basis. Without disclosure control
    nothing is rounded.
    """
    chosen = method.allocation.basis
    rows = []
    for (county, year, size, basis), value in exports.items():
        if size == LARGE:
            continue
        base = exports[county, year, size, chosen]
        exact = basis == chosen or not method.disclosure.control
        is_hidden = ((county, size) if basis == chosen else (basis, county)) in withheld[year]
        ratio = _ratio(value, base) if method.disclosure.control else value / base - 1 if base else None
        rows.append(
            {
                "region_code": county,
                "year": year,
                "size_class": size,
                "basis": basis,
                "exports_sek": ".." if is_hidden else str(value) if exact else "",
                "difference_ratio": None if is_hidden or ratio is None else float(ratio),
                "status": "withheld" if is_hidden else "ok" if value or base else "nil",
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _ratio(value: Decimal, base: Decimal) -> Decimal | None:
    """How far a value is from that of the table, as it is published; None where the table has none."""
    return (value / base - 1).quantize(STEP) if base else None


def _rounding(value: Decimal, base: Decimal) -> tuple[float, float]:
    """How far down and up from its value a published figure may be, in SEK. Where the table has none, it is only said to be there."""
    ratio = _ratio(value, base)
    if ratio is None:
        return (-float(value), float("inf")) if value else EXACT
    least, most = (max(base * (1 + ratio + half), Decimal(0)) for half in (-STEP / 2, STEP / 2))
    return float(min(least - value, Decimal(0))), float(max(most - value, Decimal(0)))
