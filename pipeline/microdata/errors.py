"""Standard errors of the regions' figures of the group of size classes, as upper bounds that disclose nobody.

The records are a census. A standard error says how far a figure would move, were the region's enterprise groups drawn anew from those
that could have been there. In a Poisson bootstrap each group is drawn once on average, any number of times, with all it has in every year.
With infinitely many draws its standard errors have closed forms, so that there is no seed and no noise. With s the share of a group in
the region's total, the relative standard error of a total is the root of the sum of s², and that of a growth factor, linearised, the
root of the sum of (final s − base s)².

The root of the sum of squared shares tells of dominance, so it leaves the program only as a step of a ladder that it does not exceed. The
step is so high that it would still hold if any group had up to p % more or less and others the difference, wherever the audit allows
that: it narrows no figure below the protection that the audit gives. docs/method/errors.md has the proof.
"""

import itertools
from collections.abc import Iterator, Mapping, Set
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.microdata.method import MicrodataMethod
from pipeline.microdata.system import Published

PARTS = "microdata.group_parts"
QUANTITIES = {"exports_sek": 2, "exporters": 0}
"""The columns of the table that have standard errors, and their decimals."""
Reals = npt.NDArray[np.float64]


def table(parts: pa.Table | None, withheld: Mapping[int, Set[Published]], method: MicrodataMethod, facts: Mapping[str, str]) -> pa.Table:
    """For each region and quantity, the error of every year's total and of every growth, from the rows of microdata.group_parts.

    A growth has a base year, a total has none. Nothing is said where a total is zero, or withheld in either year. Without parts there is
    no row.
    """
    years = sorted(withheld)
    rows = []
    for region, amounts in _by_region(parts, years) if parts is not None else ():
        for quantity, of_groups in amounts.items():
            for base, final in [*((None, year) for year in years), *itertools.combinations(years, 2)]:
                ends = [of_groups[:, years.index(year)] for year in (base, final) if year is not None]
                is_withheld = any((region, method.sizes.group) in withheld[year] for year in (base, final) if year is not None)
                is_nil = not all(end.any() for end in ends)
                step = None if is_withheld or is_nil else _step(_squared(ends, float(method.disclosure.p_percent) / 100), method)
                status = "nil" if is_nil and not is_withheld else "withheld" if step is None else "ok"
                total = f"{ends[-1].sum():.{QUANTITIES[quantity]}f}"
                rows.append(
                    {
                        "region_code": region,
                        "base_year": base,
                        "final_year": final,
                        method.size.classes: method.sizes.group,
                        "quantity": quantity,
                        "relative_error": step,
                        "total": {"ok": total, "nil": "-", "withheld": ".."}[status],
                        "status": status,
                        **facts,
                    }
                )
    kinds = {"base_year": pa.int64(), "final_year": pa.int64(), "relative_error": pa.float64()}
    columns = ["region_code", "base_year", "final_year", method.size.classes, "quantity", "relative_error", "total", "status", *facts]
    return pa.Table.from_pylist(rows, schema=pa.schema({name: kinds.get(name, pa.string()) for name in columns}))


def _by_region(parts: pa.Table, years: list[int]) -> Iterator[tuple[str, dict[str, Reals]]]:
    """The amounts (groups, years) of each quantity in each region, zero where a group has nothing."""
    regions, groups = (parts[name].combine_chunks().dictionary_encode() for name in ("region_code", "group_id"))
    region, group = (codes.indices.to_numpy() for codes in (regions, groups))
    year = np.searchsorted(years, parts["year"].to_numpy())
    amounts = {quantity: parts[quantity].cast(pa.float64()).to_numpy() for quantity in QUANTITIES}
    for number, code in sorted(enumerate(regions.dictionary.to_pylist()), key=lambda each: each[1]):
        own = np.flatnonzero(region == number)
        _, row = np.unique(group[own], return_inverse=True)
        result = {}
        for quantity, values in amounts.items():
            result[quantity] = np.zeros((row.max() + 1, len(years)))
            result[quantity][row, year[own]] = values[own]
        yield code, result


def _squared(ends: list[Reals], margin: float) -> float:
    """The squared relative error of a total, or of a growth factor, were it as large as the margin allows: a share of a group's amount that
    it may have more or less, in one year, with the others making up for it."""
    shares = [end / end.sum() for end in ends]
    largest = max(float(share.max()) for share in shares)
    if len(shares) == 1:
        return float((shares[0] ** 2).sum()) + (2 * margin + margin**2) * largest**2
    moves = shares[1] - shares[0]
    furthest = float(np.abs(moves).max())
    return float((moves**2).sum()) + 4 * margin * largest * furthest + 2 * (margin * largest) ** 2


def _step(squared: float, method: MicrodataMethod) -> float | None:
    """The lowest step of the ladder that an error does not exceed; None if it exceeds all."""
    steps: tuple[Any, ...] = method.errors.steps if method.errors else ()
    return next((float(step) for step in steps if squared <= float(step) ** 2), None)
