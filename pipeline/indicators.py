"""The award's indicators, computed by sql/indicators."""

import difflib

from pipeline.faults import DataRefused, Fault
from pipeline.schemas import indicator_names
from pipeline.settings import Award
from pipeline.warehouse import Warehouse


def check(award: Award) -> None:
    """Raise DataRefused for every indicator of the award that has no SQL file."""
    known = indicator_names()
    faults = []
    for indicator in award.indicators:
        if indicator.name not in known:
            close = difflib.get_close_matches(indicator.name, known, n=1)
            remedy = f"Did you mean {close[0]!r}?" if close else "Correct the name, or add the indicator (docs/method.md says how)."
            faults.append(Fault(f"{award.file}, indicators", f"unknown indicator {indicator.name!r}", f"one of {', '.join(known)}", remedy))
    if faults:
        raise DataRefused(faults)


def build(warehouse: Warehouse) -> None:
    """Build indicators.* from staging.* for the years and window in run.settings."""
    warehouse.build("indicators")
