"""From records to a shortlist: check the records, measure, rank, and gather what the report shows."""

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.companies.award import CompaniesAward, CompanyEvidence
from pipeline.companies.measures import MEASURES, Measured, measure
from pipeline.companies.shortlist import Shortlist, shortlist
from pipeline.faults import DataRefused, Fault, refusal, refuse
from pipeline.home import home
from pipeline.microdata import build, datasets, handover
from pipeline.microdata.engines import Engine
from pipeline.microdata.method import MicrodataMethod
from pipeline.microdata.schemas import schemas
from pipeline.progress import Say, part, silent
from pipeline.sources import load_sources
from pipeline.vocabulary import FLAG, TEXT, WHOLE, arrow

REGIONS = "regions"


@dataclass(frozen=True)
class Result:
    """What a run made. development, markets: rows of the exports of units on the shortlist, by year, and by country and year."""

    measured: Measured
    shortlist: Shortlist
    development: Sequence[Mapping[str, Any]]
    markets: Sequence[Mapping[str, Any]]
    engine: str
    is_illustrative: bool
    rows: Mapping[str, int]
    checksums: Mapping[str, str]
    has_quantity: bool
    has_imports: bool


def run(folder: str, award: CompaniesAward, method: MicrodataMethod, engine: Engine, say: Say = silent) -> Result:
    """Everything up to the report. Raises DataRefused for records that are damaged or break their schema, and where nobody takes part."""
    say("files", 0)
    data = build.records(folder, method, engine, (datasets.IMPORTS,))
    handover.unchecked(Path(folder), datasets.local(data), part(say, 0, 0.05))
    build.check_rows(data, engine, part(say, 0.05, 0.2))
    years = build.check_years(folder, data[: len(datasets.NAMES)], engine)
    missing = [year for year in range(award.years.first, award.years.last + 1) if year not in years]
    if missing:
        found = f"no row of {', '.join(map(str, missing))}"
        raise refusal(f"{folder}, declarations", found, "each year of the award", "Add the year, or change the award's years.")
    for table, rows in {**build.choices(method, years), **choices(award)}.items():
        engine.load(table, rows)
    if len(data) == len(datasets.NAMES):
        imports = f"microdata.{datasets.IMPORTS}"
        engine.load(imports, pa.schema({name: column.type for name, column in schemas()[imports].columns.items()}).empty_table())
    measured = measure(engine, (award.window.base, award.window.final), part(say, 0.2, 0.9))
    say("ranking", 0.9)
    chosen = shortlist(measured, award)
    if not chosen.ranked:
        found = "no company that takes part and has every measure that weighs"
        raise refusal(str(award.file), found, "one at least", "Change who may take part, or the window.")
    engine.load("companies.chosen", pa.table({"unit_id": measured.units.take(pa.array(chosen.chosen, pa.int64()))}))
    development = engine.ask(
        "select years.* from companies.unit_years as years inner join companies.chosen as chosen on years.unit_id = chosen.unit_id"
        f" where years.year between {award.years.first} and {award.years.last} order by years.unit_id, years.year"
    )
    markets = engine.ask(
        "select markets.unit_id, markets.year, markets.partner_country, markets.exports_sek from companies.unit_markets as markets"
        " inner join companies.chosen as chosen on markets.unit_id = chosen.unit_id"
        f" where markets.year in ({award.window.base}, {award.window.final})"
        " order by markets.unit_id, markets.year, markets.partner_country"
    )
    return Result(
        measured,
        chosen,
        development.to_pylist(),
        markets.to_pylist(),
        engine.name,
        any(dataset.is_illustrative for dataset in data),
        {dataset.name: dataset.rows for dataset in data},
        {dataset.name: checksum(dataset) for dataset in data if dataset.is_local},
        bool((~np.isnan(measured.column("commodities", "unit_value_growth"))).any()),
        len(data) > len(datasets.NAMES),
    )


def checksum(dataset: datasets.Dataset) -> str:
    """The checksum of the checksums of a dataset's files, in their order; of which file is which it says nothing."""
    whole = hashlib.sha256()
    for file in dataset.files:
        with Path(file).open("rb") as content:
            whole.update(hashlib.file_digest(content, "sha256").digest())
    return whole.hexdigest()


def check_evidence(result: Result, evidence: CompanyEvidence) -> None:
    """Refuse statements about companies that the records do not have. No fault quotes an identifier."""
    there = set(result.measured.names)
    remedy = "Correct the identifier, or remove the statement."
    refuse(
        [
            Fault(f"{evidence.file}, statements.{number}", "a company that the records do not have", "a company with exports", remedy)
            for number, one in enumerate(evidence.statements, 1)
            if one.enterprise_id not in there
        ]
    )


def region_names(method: MicrodataMethod) -> dict[str, str]:
    """The names of regions by code, from the project's table of regions; none where it has no such table."""
    file, code = regions_file(), method.catalogue.geography.code
    try:
        rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))) if file else ()
        return {row["region_code"]: row["region_name"] for row in rows if re.fullmatch(code, row["region_code"])}
    except (OSError, KeyError, ValueError):
        return {}


def regions_file() -> Path | None:
    """The raw file of the project's table of regions, if there is one."""
    raw = home() / "data" / "raw"
    try:
        return next((raw / entry.file for entry in load_sources(raw).entries.values() if entry.table == REGIONS), None)
    except DataRefused:
        return None


def choices(award: CompaniesAward) -> dict[str, pa.Table]:
    """The small tables by which sql/companies reads the award."""
    money, own = build.MONEY, award.measurement
    digits = (own.commodity_digits, own.reexport_digits)
    settings = (award.unit == "group", award.years.last, own.least_base_sek, own.least_market_sek, *digits)
    windows = _windows(award)
    compared = {year for table, base, final in windows if table == "commodities" for year in (base, final - 1, final)}
    return {
        "companies.settings": arrow(
            [settings],
            unit_is_group=FLAG,
            last_year=WHOLE,
            least_base_sek=money,
            least_market_sek=money,
            commodity_digits=WHOLE,
            reexport_digits=WHOLE,
        ),
        "companies.windows": arrow(windows, for_table=TEXT, base_year=WHOLE, final_year=WHOLE),
        "companies.goods_years": arrow([(year,) for year in sorted(compared)], year=WHOLE),
    }


def _windows(award: CompaniesAward) -> list[tuple[str, int, int]]:
    """The windows of each table: all that are tried where a measure of it weighs, else the award's own, which takes less time."""
    own = (award.window.base, award.window.final)
    tried = {"spans", *(MEASURES[one.name][0] for one in award.weighing)}
    tables = ("spans", "markets", "commodities", "rises", "taken_over", "carried", "reexports")
    return [(table, *window) for table in tables for window in (award.windows if table in tried else [own])]
