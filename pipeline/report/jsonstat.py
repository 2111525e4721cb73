"""The indicators as a JSON-stat 2 dataset, for those who read statistical tables with PxWeb's tools."""

import json
from itertools import product
from typing import Any

from pipeline.report.context import Context, Row

SYMBOLS = {"withheld": "..", "undefined": ".", "series-break": ".", "nil": "-"}
"""What PxWeb writes beside a cell of this status; a missing figure has none."""


def jsonstat(context: Context) -> str:
    """A cell for each region, indicator and final year: unrounded, growth and shares in per cent, null where nothing is known."""
    award, say = context.award, context.say
    rows = {(code, name): context.traces.row(name, code) for code, name in product(context.names, context.labels)}
    years = sorted({row["final_year"] for row in rows.values() if row})
    values: list[float | None] = []
    symbols: dict[str, str] = {}
    for number, (code, name, year) in enumerate(product(context.names, context.labels, years)):
        value, symbol = _cell(context, code, name, year, rows[code, name])
        values.append(value)
        symbols |= {str(number): symbol} if symbol else {}
    notice = [say("package.notice", files=", ".join(context.illustrative))] if context.illustrative else []
    dataset = {
        "version": "2.0",
        "class": "dataset",
        "label": f"{say('package.mark')}: {award.title}" if context.illustrative else award.title,
        "source": ", ".join(dict.fromkeys(source.publisher for source in context.sources.entries.values())),
        "updated": max(source.retrieved for source in context.sources.entries.values()).isoformat(),
        "note": [*notice, say("package.proposal"), say("jsonstat.symbols")],
        "id": ["region", "indicator", "year"],
        "size": [len(context.names), len(context.labels), len(years)],
        "role": {"geo": ["region"], "metric": ["indicator"], "time": ["year"]},
        "dimension": {
            "region": _dimension(say("heading.region"), context.names),
            "indicator": _dimension(say("heading.indicator"), context.labels, unit=_units(context)),
            "year": _dimension(say("heading.year"), {str(year): str(year) for year in years}),
        },
        "value": values,
        "status": symbols,
    }
    return json.dumps(dataset, ensure_ascii=False, indent=1) + "\n"


def _cell(context: Context, code: str, name: str, year: int, row: Row) -> tuple[float | None, str]:
    """A value and the symbol beside it."""
    meaning = context.award.meanings[name]
    if row.get("final_year") != year or (code == context.whole and not meaning.compares_with_whole):
        return None, "."
    value = context.traces.value(name, code)
    factor = 100 if meaning.unit in ("growth", "share") else 1
    return None if value is None else float(value) * factor, SYMBOLS.get(row["status"], "")


def _dimension(label: str, labels: Any, **more: Any) -> dict[str, Any]:
    return {"label": label, "category": {"index": list(labels), "label": dict(labels), **more}}


def _units(context: Context) -> dict[str, Any]:
    return {name: {"base": context.unit_words(name)} for name in context.labels}
