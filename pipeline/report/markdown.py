"""report.md: candidates, full ranking, key figures and sources. Rounding happens here and nowhere else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from pipeline.report.numbers import SPACE, number, percent
from pipeline.schemas import NATION, schemas
from pipeline.settings import Award, Indicator, Sources
from pipeline.warehouse import records

STATUS = {
    "withheld": "en uppgift är sekretessbelagd",
    "missing": "en uppgift saknas",
    "undefined": "kan inte beräknas: nämnaren är noll",
    "series-break": "fönstret går över två statistikserier",
}
NORMALISATION = {
    "min-max": "min–max-skalning (lägst 0, högst 1)",
    "z-score": "standardisering (z-värde, n−1)",
    "percentile-rank": "percentilrang",
    "rank": "rang",
}
AGGREGATION = {"arithmetic": "vägt aritmetiskt medelvärde", "geometric": "vägt geometriskt medelvärde"}
MILLION = 1_000_000
TIES = {"min": "delar den bättre platsen", "max": "delar den sämre platsen", "dense": "delar plats, och nästa plats följer direkt"}


def markdown(tables: Mapping[str, pd.DataFrame], award: Award, sources: Sources) -> str:
    """The report as Markdown text. tables: ranking, staging, validation and indicators tables by name."""
    details = {indicator.name: _by_region(tables[f"indicators.{indicator.name}"]) for indicator in award.indicators}
    ranking = records(tables["ranking.ranking"])
    regions = [_region(row, award, details) for row in ranking]
    nation = {row["region_code"]: row for row in records(tables["staging.regions"])}[NATION]
    levels = tables["indicators.sme_goods_exports_per_capita"]
    ranked = [region for region in regions if region["rank"]]
    proposed = [region for region, row in zip(regions, ranking, strict=True) if row["is_candidate"]]
    codes = {region["code"] for region in proposed}
    spans = {row["region_code"]: _span(row) for row in records(tables["robustness.unranked"])}
    years = list(range(award.years.first, award.years.last + 1))
    nation_region = _region({**nation, "rank": None, "score": None, "not_ranked_reason": None}, award, details)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        finalize=_literal,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.md.j2").render(
        award=award,
        illustrative=[source.file for source in sources.entries.values() if source.kind == "illustrative"],
        candidates=proposed,
        ranked=ranked,
        unranked=[{**region, "span": spans[region["code"]]} for region in regions if not region["rank"]],
        verdicts=records(tables["robustness.verdicts"]),
        window_sentences=[row for row in records(tables["robustness.window_sentences"]) if row["region_code"] in codes],
        nation=nation_region,
        years=years,
        development=[_development(region, levels, years) for region in [*ranked, *(r for r in regions if not r["rank"]), nation_region]],
        method=_method(award),
        exceptions=records(tables["validation.exceptions"]),
        sources=list(sources.entries.values()),
    )


def _literal(value: Any) -> Any:
    """Text from data stays text: no character of it ends a table's cell or line, or starts a tag."""
    return value.replace("\n", " ").replace("|", "\\|").replace("<", "&lt;") if isinstance(value, str) else value


def _span(row: dict[str, Any]) -> str:
    """Between which places an unranked region could stand."""
    if row["best_rank"] is None:
        return ". Inget publicerat begränsar vilken plats den kunde ha."
    return f". Med det som är publicerat kunde den stå mellan plats {row['best_rank']} och {row['worst_rank']}."


def _by_region(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["region_code"]: row for row in records(frame)}


def _region(row: dict[str, Any], award: Award, details: Mapping[str, Mapping[str, dict[str, Any]]]) -> dict[str, Any]:
    labels = {indicator.name: indicator.label for indicator in award.indicators}
    reasons = [reason.split(": ") for reason in (row["not_ranked_reason"] or "").split("; ") if reason]
    return {
        "code": row["region_code"],
        "name": row["region_name"],
        "rank": row["rank"],
        "score": number(row["score"], 3) if row["score"] is not None else "",
        "figures": [_figure(indicator, details[indicator.name].get(row["region_code"])) for indicator in award.indicators],
        "reasons": [f"{labels[name]}: {STATUS[status]}" for name, status in reasons],
    }


def _figure(indicator: Indicator, row: dict[str, Any] | None) -> dict[str, Any]:
    value = row[indicator.name] if row else None
    unit = _unit(indicator.name, indicator.name)
    detail = ""
    if row and row.get("base") is not None and row.get("final") is not None:
        of = _unit(indicator.name, "base")
        detail = f"från {_shown(row['base'], of)} år {row['base_year']} till {_shown(row['final'], of)} år {row['final_year']}"
    signed = unit == "relative change" or (row is not None and "base" in row)
    return {
        "label": indicator.label,
        "shown": _shown(value, unit, signed=signed) if value is not None else "..",
        "detail": detail,
        "weighs": bool(indicator.weight),
    }


def _unit(name: str, column: str) -> str:
    return str((schemas()[f"indicators.{name}"].columns[column].metadata or {}).get("unit"))


def _shown(value: float, unit: str, *, signed: bool = False) -> str:
    if unit in ("relative change", "share"):
        return percent(value, signed=signed)
    if unit.startswith("SEK") and value >= MILLION:
        return f"{number(value / MILLION, 1)}{SPACE}miljoner{SPACE}kr"
    kronor = f"{SPACE}kr" if unit.startswith("SEK") else ""
    return number(value, 0 if abs(value) >= 100 else 1, signed=signed) + kronor


def _development(region: dict[str, Any], levels: pd.DataFrame, years: list[int]) -> dict[str, Any]:
    by_year = {row["year"]: row["sme_goods_exports_per_capita_sek"] for row in records(levels[levels["region_code"] == region["code"]])}
    return {
        "name": region["name"],
        "levels": [number(by_year[year], 0) if by_year.get(year) is not None else ".." for year in years],
    }


def _method(award: Award) -> str:
    choice = award.ranking
    return (
        f"Varje indikator normaliseras med {NORMALISATION[choice.normalisation]}, vägs och läggs samman till en poäng som"
        f" {AGGREGATION[choice.aggregation]}. Lika poäng {TIES[choice.ties]}. Högst poäng föreslås, {choice.candidates} regioner;"
        " delas den sista platsen, följer alla med."
    )
