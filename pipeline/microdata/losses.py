"""What withheld figures cost the readers of a table: by this a choice is made between tables that protect as much."""

from collections.abc import Set

import numpy as np

from pipeline.declarations import TOTAL
from pipeline.microdata.method import Sizes
from pipeline.microdata.schemas import DECLARED, MATCHED, NOT_PLACED_BY, PLACED_BY, UNALLOCATED, WHOLE, is_region
from pipeline.microdata.system import Cell, Published


def weight(name: Published, sizes: Sizes) -> int:
    """The cost to readers of a withheld figure; that of a region's row is 10. Few readers need the coverage; all need the whole."""
    line, size = name
    if line in (*PLACED_BY, *NOT_PLACED_BY, UNALLOCATED):
        return 1
    if line == DECLARED or (line == WHOLE and size in (TOTAL, sizes.group)):
        return 100
    if line in (MATCHED, WHOLE):
        return 20
    return 15 if size == sizes.group else 10


UNRANKED = 30
"""The extra cost of the first withheld figure that a region's ranking needs: a class of the group, or the group."""


def regions(names: Set[Published], sizes: Sizes) -> list[tuple[int, set[Published]]]:
    """For each region, the cost of a region that is not ranked, and the figures that its ranking needs."""
    needed = {(line, size) for line, size in names if is_region(line) and size in (*sizes.inside, sizes.group)}
    return [(UNRANKED, {name for name in needed if name[0] == region}) for region in sorted({line for line, _ in needed})]


def loss(withheld: Set[Published], sizes: Sizes) -> int:
    """The total cost of withheld figures to the readers of a table."""
    return sum(weight(name, sizes) for name in sorted(withheld)) + sum(extra for extra, _ in regions(withheld, sizes))


def cost(cell: Cell, value: float, withheld: Set[Published], sizes: Sizes) -> float:
    """The heuristic's cost of a cell that carries a deviation, by the needs of the ranking and the report."""
    basis, line, size = cell
    if (basis and is_region(line)) or line in (*PLACED_BY, *NOT_PLACED_BY, UNALLOCATED):
        rate = 2.0
    elif line in (DECLARED, MATCHED):
        rate = 30.0
    elif line == WHOLE:
        rate = 200.0 if size in (TOTAL, sizes.group) else 40.0
    elif size in (sizes.rest, *sizes.outside):
        rate = 5.0
    elif size in (TOTAL, sizes.group):
        rate = 12.0
    else:
        # A region with one withheld class of the group is unranked already; a second one costs little.
        rate = 3.0 if any((line, other) in withheld for other in sizes.inside) else 20.0
    return float(rate * (1 + 0.05 * np.log10(1 + value)))
