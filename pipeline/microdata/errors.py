"""Standard errors of the regions' figures of the group of size classes and of all classes, as upper bounds that disclose nobody.

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
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipeline.declarations import TOTAL
from pipeline.microdata.method import MicrodataMethod
from pipeline.microdata.system import Published

MOVES = "microdata.share_moves"
QUANTITIES = {"exports_sek": 2, "exporters": 0}
"""The columns of the table that have standard errors, and their decimals."""
ALL = "all_"
"""What the names of the totals of all size classes begin with in microdata.share_moves."""
BILLIONTH = 1e-9
"""The unit of the shares in microdata.share_moves, which are rounded down to it."""


def table(
    moves: pa.Table | None,
    totals: Mapping[tuple[str, int, str, str], Decimal],
    withheld: Mapping[int, Set[Published]],
    method: MicrodataMethod,
    facts: Mapping[str, str],
) -> pa.Table:
    """For each region, group of size classes and quantity, the error of every year's total and of every growth.

    moves: rows of microdata.share_moves. totals: by region, year, size class and quantity. A growth has a base year, a total has none.
    Nothing is said where a total is zero, or withheld in either year. Without moves there is no row.
    """
    rows = list(_rows(moves, totals, withheld, method, facts)) if moves is not None else []
    kinds = {"base_year": pa.int64(), "final_year": pa.int64(), "relative_error": pa.float64()}
    columns = ["region_code", "base_year", "final_year", method.size.classes, "quantity", "relative_error", "total", "status", *facts]
    return pa.Table.from_pylist(rows, schema=pa.schema({name: kinds.get(name, pa.string()) for name in columns}))


def _rows(
    moves: pa.Table,
    totals: Mapping[tuple[str, int, str, str], Decimal],
    withheld: Mapping[int, Set[Published]],
    method: MicrodataMethod,
    facts: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    years = sorted(withheld)
    made = {(row["region_code"], row["share_of"], row["base_year"], row["final_year"]): row for row in moves.to_pylist()}
    ends = [*((None, year) for year in years), *itertools.combinations(years, 2)]
    regions = sorted({region for region, *_ in made})
    for region, size, quantity, (base, final) in itertools.product(regions, (method.sizes.group, TOTAL), QUANTITIES, ends):
        move = made.get((region, f"{ALL}{quantity}" if size == TOTAL else quantity, base, final))
        is_nil = move is None or move["squared"] is None
        is_withheld = any((region, size) in withheld[year] for year in (base, final) if year is not None)
        step = None if is_withheld or move is None or is_nil else _step(_squared(move, float(method.disclosure.p_percent) / 100), method)
        status = "nil" if is_nil and not is_withheld else "withheld" if step is None else "ok"
        total = totals.get((region, final, size, quantity), Decimal(0))
        yield {
            "region_code": region,
            "base_year": base,
            "final_year": final,
            method.size.classes: size,
            "quantity": quantity,
            "relative_error": step,
            "total": {"ok": f"{total:.{QUANTITIES[quantity]}f}", "nil": "-", "withheld": ".."}[status],
            "status": status,
            **facts,
        }


def _squared(move: Mapping[str, Any], margin: float) -> float:
    """The squared relative error of a total, or of a growth factor, were it as large as the margin allows: a share of a group's amount that
    it may have more or less, in one year, with the others making up for it."""
    # Each share may be a billionth more, so the sum of squares four billionths, as the shares of a year add up to one.
    squared = float(move["squared"]) * BILLIONTH**2 + 4 * BILLIONTH
    largest, furthest = (float(move[name] + 1) * BILLIONTH for name in ("largest_share", "furthest"))
    if move["base_year"] is None:
        return squared + (2 * margin + margin**2) * largest**2
    return squared + 4 * margin * largest * furthest + 2 * (margin * largest) ** 2


def _step(squared: float, method: MicrodataMethod) -> float | None:
    """The lowest step of the ladder that an error does not exceed; None if it exceeds all."""
    steps: tuple[Any, ...] = method.errors.steps if method.errors else ()
    return next((float(step) for step in steps if squared <= float(step) ** 2), None)
