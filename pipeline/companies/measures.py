"""What is measured of each company, from sql/companies: the measures' names, kinds and tables; and their values by window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.microdata.build import run_models
from pipeline.progress import Say

if TYPE_CHECKING:
    from pipeline.microdata.engines import Engine

Reals = npt.NDArray[np.float64]
Window = tuple[int, int]

MEASURES = {
    "exports_growth": ("growth", "growth"),
    "exports_change_sek": ("growth", "money"),
    "growth_years_share": ("growth", "share"),
    "years_since_first_export": ("growth", "count"),
    "partner_countries": ("markets", "count"),
    "new_markets": ("markets", "count"),
    "markets_kept": ("markets", "share"),
    "market_concentration": ("markets", "ratio"),
    "new_commodity_groups": ("commodities", "count"),
    "unit_value_growth": ("commodities", "growth"),
    "exports_per_employee_sek": ("productivity", "money"),
    "exports_per_employee_growth": ("productivity", "growth"),
    "growth_above_industry": ("beside_others", "points"),
    "growth_above_region": ("beside_others", "points"),
}
"""Of each measure, its table in sql/companies and what kind of number it is."""
NEW = ("new_markets", "new_commodity_groups")
"""Measures of what was not there in the base year and was in the last two years: no window of one year's change has any."""
OTHERS = ("carried", "spans", "rises", "unit_register", "industry_years")
"""The tables of sql/companies that are read besides."""


@dataclass(frozen=True)
class Measured:
    """Every unit that exported in the award's window, in the order of identifiers, and what sql/companies gives of each by window.

    register: what the register says of a unit in the window's final year, None of one that it does not know.
    """

    units: pa.Array
    tables: Mapping[str, pa.Table]
    register: Mapping[str, list[Any]]
    window: Window
    _columns: dict[tuple[str, Window], Reals] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.units)

    @cached_property
    def names(self) -> list[str]:
        """The identifiers of the units. They go into the shortlist alone."""
        names: list[str] = self.units.to_pylist()
        return names

    def measure(self, name: str, window: Window | None = None) -> Reals:
        """A measure of each unit in a window, by default the award's; NaN where unknown."""
        return self.column(MEASURES[name][0], name, window)

    def column(self, table: str, name: str, window: Window | None = None) -> Reals:
        """A column of a table of sql/companies, of each unit in a window; NaN where unknown."""
        own = window or self.window
        if (name, own) not in self._columns:
            rows = in_window(self.tables[table], own)
            places = pc.index_in(rows["unit_id"], value_set=self.units)
            known = pc.is_valid(places).to_numpy()
            values = np.full(len(self), np.nan)
            values[places.filter(pa.array(known)).to_numpy()] = rows[name].cast(pa.float64()).to_numpy()[known]
            self._columns[name, own] = values
        return self._columns[name, own]


def in_window(table: pa.Table, window: Window) -> pa.Table:
    """The rows of a window."""
    base, final = window
    return table.filter(pc.and_(pc.equal(table["base_year"], base), pc.equal(table["final_year"], final)))


def measure(engine: "Engine", window: Window, say: Say) -> Measured:
    """Run sql/companies, whose choices the engine has, and gather what it gives."""
    names = dict.fromkeys([*(table for table, _ in MEASURES.values()), *OTHERS])
    tables = run_models(engine, [f"companies.{name}" for name in names], say)
    named = {name.removeprefix("companies."): table.combine_chunks() for name, table in tables.items()}
    units = in_window(named["spans"], window)["unit_id"].combine_chunks()
    known = named["unit_register"]
    known = known.filter(pc.equal(known["year"], window[1]))
    places = pc.index_in(units, value_set=known["unit_id"].combine_chunks())
    register = {
        key: known[key].take(places).to_pylist()
        for key in ("group_id", "is_in_group", "employees", "size_class", "industry_code", "region_code")
    }
    return Measured(units, named, register, window)
