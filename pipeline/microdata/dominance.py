"""Whether one enterprise group carries a region's growth: a class, never a figure, under the table's disclosure control."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from pipeline.microdata.method import MicrodataMethod
from pipeline.microdata.system import Published

WITHHELD, UNCHANGED, AGAINST, MORE_THAN_ALL = "withheld", "no change", "against the change", "more than all of the change"
SCHEMA = pa.schema(
    {
        "region_code": pa.string(),
        "base_year": pa.int64(),
        "final_year": pa.int64(),
        "largest_group": pa.string(),
        "any_group": pa.string(),
    }
)


def table(rows: Sequence[Mapping[str, Any]], withheld: Mapping[int, set[Published]], method: MicrodataMethod) -> pa.Table:
    """A region's classes for every pair of years, from the rows of microdata.dominance: for its largest exporter group, and for the group
    whose change contributes most to the region's.

    A class is withheld if the region's total of the group of size classes is, in either year, or if it would reveal too much itself.
    """
    result = []
    for row in rows:
        is_withheld = any((row["region_code"], method.sizes.group) in withheld[row[end]] for end in ("base_year", "final_year"))
        own = {
            key: WITHHELD
            if is_withheld
            else _class(row["base_sek"], row["final_sek"], row[f"{group}_base_sek"], row[f"{group}_final_sek"], method)
            for key, group in (("largest_group", "largest"), ("any_group", "carrier"))
        }
        result.append({key: row[key] for key in ("region_code", "base_year", "final_year")} | own)
    return pa.Table.from_pylist(result, schema=SCHEMA)


def _class(base: Decimal, final: Decimal, group_base: Decimal, group_final: Decimal, method: MicrodataMethod) -> str:
    """The class of a group's part of a region's change, if it may be published."""
    change, own = final - base, group_final - group_base
    if change == 0:
        return UNCHANGED
    if change < 0:
        # A fall is a rise with the years exchanged.
        change, own, group_base, group_final = -change, -own, group_final, group_base
    margin = method.disclosure.p_percent / 100
    share = method.dominance.share
    for part, name in ((Decimal(1), MORE_THAN_ALL), (share, f"more than {_per_cent(share)} of the change")):
        # The class reveals that the group has at least this part of the change in the final year; that may not be within p % of its value.
        if own > part * change and group_final - part * change >= margin * group_final:
            return name
    if own > share * change:
        return WITHHELD
    if own < 0:
        return AGAINST
    # The class reveals that the group has at most its base value and this part of the change. Readers know the base value to p % at best,
    # since the region's total is safe, and the upper bound must be p % above the group's final value.
    if group_base + share * change - group_final + margin * group_base < margin * group_final:
        return WITHHELD
    return f"at most {_per_cent(share)} of the change"


def _per_cent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
