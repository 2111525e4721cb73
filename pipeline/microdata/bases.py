"""The three allocation bases side by side, county by county: what differs is published as a rounded share, where nobody stands out.

Under another basis a county's exports differ by what few enterprises have elsewhere. To the krona, the difference would be one
enterprise's exports; in whole per cent of the county, and only where enough groups stand behind it, it is none's.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipeline.microdata.disclosure import SME, TOTAL, Published, protection
from pipeline.schemas import NATION
from pipeline.settings import ALLOCATION_BASES, MicrodataMethod

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


def compared(
    cells: Sequence[Mapping[str, Any]],
    withheld: Mapping[int, set[Published]],
    differences: Sequence[Mapping[str, Any]] | None,
    method: MicrodataMethod,
) -> pa.Table:
    """Each county's exports of SMEs and of all under the basis of the table, and how far the other two are from it.

    differences are the rows of microdata.basis_differences; None where there is no disclosure control: then nothing is rounded.
    """
    chosen = method.allocation.basis
    values = {(row["line"], row["year"], row["size_class"], row["basis"]): row["exports_sek"] for row in cells}
    counties = sorted({line for line, *_ in values if len(line) == 2 and line != NATION})
    hidden = _hidden(counties, values, withheld, differences, method) if differences is not None else set()
    rows = []
    for county in counties:
        for year in sorted(withheld):
            for size in (SME, TOTAL):
                base = values.get((county, year, size, chosen), Decimal(0))
                for basis in ALLOCATION_BASES:
                    value = values.get((county, year, size, basis), Decimal(0))
                    ratio = value / base - 1 if base else None
                    is_hidden = (county, size) in withheld[year] or (basis != chosen and (county, year, basis) in hidden)
                    exact = basis == chosen or differences is None
                    if differences is not None and ratio is not None:
                        ratio = ratio.quantize(STEP)
                    shown = ".." if is_hidden else str(value) if exact else ""
                    rows.append(
                        {
                            "region_code": county,
                            "year": year,
                            "size_class": size,
                            "basis": basis,
                            "exports_sek": shown,
                            "difference_ratio": None if is_hidden or ratio is None else float(ratio),
                            "status": "withheld" if is_hidden else "ok" if value or base else "nil",
                        }
                    )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _hidden(
    counties: Sequence[str],
    values: Mapping[tuple[str, int, str, str], Decimal],
    withheld: Mapping[int, set[Published]],
    differences: Sequence[Mapping[str, Any]],
    method: MicrodataMethod,
) -> set[tuple[str, int, str]]:
    """County, year and basis whose difference is not told: too few stand behind it, one stands out, or the others' sum would tell it."""
    chosen = method.allocation.basis
    others = [basis for basis in ALLOCATION_BASES if basis != chosen]
    asked: dict[tuple[str, int, frozenset[str]], Decimal] = {}
    for row in differences:
        key = (row["region_code"], row["year"], frozenset((row["first_basis"], row["second_basis"])))
        # protection takes the total apart into the largest, the second and the others; what it wants are the largest and the others.
        needed = protection(row["largest_sek"] + row["others_sek"], row["groups"], row["largest_sek"], Decimal(0), method.disclosure)
        asked[key] = max(asked.get(key, Decimal(0)), needed)
    nothing = Decimal(0)
    hidden: set[tuple[str, int, str]] = set()
    for year in withheld:
        for county in counties:
            for basis in others:
                if asked.get((county, year, frozenset((chosen, basis))), nothing) > 0 or any(
                    (county, size) in withheld[year] for size in (SME, TOTAL)
                ):
                    hidden.add((county, year, basis))
            told = [basis for basis in others if (county, year, basis) not in hidden]
            if len(told) == len(others) and asked.get((county, year, frozenset(others)), nothing) > 0:
                hidden.add((county, year, told[-1]))
        for basis in others:
            alone = [county for county in counties if (county, year, basis) in hidden]
            told_counties = sorted(set(counties) - set(alone), key=lambda county: values.get((county, year, TOTAL, chosen), Decimal(0)))
            # Over all counties the differences add up to nothing: a county alone is hidden by the others' rounding, or by another one.
            for size in (SME, TOTAL):
                rounding = sum((values.get((county, year, size, chosen), Decimal(0)) for county in told_counties), Decimal(0)) * STEP / 2
                if len(alone) == 1 and told_counties and rounding < asked.get((alone[0], year, frozenset((chosen, basis))), Decimal(0)):
                    hidden.add((told_counties[0], year, basis))
    return hidden
