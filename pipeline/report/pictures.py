"""Which chart each picture of the report is, and what it is drawn from."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from pipeline.report import charts
from pipeline.report.blocks import Document, Picture, Section
from pipeline.report.document import LEVELS
from pipeline.report.language import Language
from pipeline.report.traces import unit
from pipeline.report.words import words
from pipeline.schemas import NATION
from pipeline.settings import Award
from pipeline.warehouse import records

WHATIF_MAP = "map-whatif"
"""The map that follows trials: the score's, which the page draws anew."""


def pictures(document: Document, tables: Mapping[str, pd.DataFrame], award: Award, language: Language) -> dict[str, str]:
    """The SVG text of every picture of a document, by its name, and of the map that follows trials."""
    ranking = records(tables["ranking.ranking"])
    names = {row["region_code"]: row["region_name"] for row in records(tables["staging.regions"])}
    candidates = [row["region_code"] for row in ranking if row["is_candidate"]]
    years = list(range(award.years.first, award.years.last + 1))
    levels: dict[str, dict[int, float | None]] = {code: dict.fromkeys(years) for code in names}
    for row in records(tables["indicators.sme_goods_exports_per_capita"]):
        levels[row["region_code"]][row["year"]] = row[LEVELS]
    specs: dict[str, Any] = {}
    for picture in _pictures(document.sections):
        kind, _, of = picture.name.partition("-")
        alternative = picture.alternative
        if kind == "map":
            values = dict.fromkeys(names) | _values(tables, ranking, of)
            shown = {cells[0].anchor.removeprefix("region-"): f"{cells[0].text}: {cells[1].text}" for cells in picture.table.rows}
            label = picture.table.headings[1]
            drawn = partial(charts.county_map, values, shown, label, _unit(of), language, outlined=candidates)
            specs[picture.name] = drawn(alternative=alternative, linked=of == "score")
            if of == "score":
                specs[WHATIF_MAP] = drawn(alternative=words(language)("whatif_map_alternative"), linked=True)
        elif picture.name == "levels":
            specs[picture.name] = charts.development(levels, names, candidates, years, language, alternative=alternative)
        elif kind == "levels":
            pair = (levels[of], levels[NATION], names[of], years, language)
            specs[picture.name] = charts.region_development(*pair, alternative=alternative, candidate=of in candidates)
        elif picture.name == "windows":
            rows = records(tables["robustness.window_rankings"])
            window = (award.window.base, award.window.final)
            order = [row["region_code"] for row in ranking]
            specs[picture.name] = charts.window_map(rows, order, names, candidates, window, language, alternative=alternative)
        elif picture.name == "intervals":
            intervals = {row["region_code"]: row for row in records(tables["robustness.rank_intervals"])}
            rows = [intervals[row["region_code"]] for row in ranking if row["rank"]]
            specs[picture.name] = charts.rank_intervals(rows, names, candidates, language, alternative=alternative)
    return charts.render(specs)


def _values(tables: Mapping[str, pd.DataFrame], ranking: list[dict[str, Any]], of: str) -> dict[str, float | None]:
    rows, column = (ranking, "score") if of == "score" else (records(tables[f"indicators.{of}"]), of)
    return {row["region_code"]: None if row[column] is None else float(row[column]) for row in rows}


def _unit(of: str) -> str:
    return "score" if of == "score" else unit(of, of)


def _pictures(blocks: Iterable[Any]) -> Iterable[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Section):
            yield from _pictures(block.blocks)
