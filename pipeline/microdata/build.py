"""From three datasets to the table of regions: check, compute, protect, and say how it was made.

An engine runs sql/microdata; what comes back is a few thousand cells, and all else happens here.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.declarations import TOTAL
from pipeline.faults import DataRefused, Fault, refusal, refuse
from pipeline.microdata import bases, datasets, disclosure, dominance, handover
from pipeline.microdata.engines import Engine, damaged_files
from pipeline.microdata.method import ALLOCATION_BASES, UNKNOWN_SIZE, MicrodataMethod
from pipeline.microdata.schemas import DECLARED, MATCHED, NOT_PLACED_BY, PLACED_BY, UNALLOCATED, WHOLE, is_region, schemas
from pipeline.microdata.system import Published
from pipeline.warehouse import in_order, models, references

MAIN = "regions"
"""The table that the pipeline ingests."""
LARGEST = 2**63 - 1
"""The end of what has no end, for the engines."""
Public = Mapping[int, frozenset[Published]]
Say = Callable[[str, float], None]
"""Told what is being done, and how much of it, 0 to 1."""


@dataclass(frozen=True)
class Built:
    """The tables of a build, by name, their rows in the order of the grain, and what is said of how they were made."""

    tables: dict[str, pa.Table]
    is_illustrative: bool
    rows: dict[str, int | None]
    months_without: list[tuple[int, int]]
    choices: dict[int, disclosure.Choice]
    intervals: list[disclosure.Interval]
    unchecked: list[str]
    """Files that have no checksums of their pages, where no manifest has theirs."""
    public: int | None
    """Unsafe figures that an earlier table tells; None when the build was not asked to stand beside one."""


def build(folder: str, method: MicrodataMethod, engine: Engine, say: Say = lambda _, __: None, public: Public | None = None) -> Built:
    """Build the table of regions from the datasets below a folder. public is what an earlier table tells, by year.

    Raises DataRefused for files that are damaged or break their schema, and for a table that cannot be protected.
    """
    say("files", 0)
    found = datasets.find(folder, method)
    unchecked = handover.unchecked(Path(folder), datasets.local(found), lambda done: say("checksums", done))
    for dataset in found:
        engine.view(dataset)
    faults = []
    for number, dataset in enumerate(found):
        say("check", number / len(found))
        faults += datasets.broken_rows(dataset, lambda sql: _rows(engine, sql))
    refuse(faults)
    declarations, *registers = found
    years = _years(declarations, engine)
    if not years:
        raise refusal(f"{folder}, declarations", "no row", "declarations of one year at least", datasets.CORRECT)
    months = declarations.months or _rows(engine, "select year, month from microdata.declarations group by year, month")
    faults = [
        # What is not there is not known; nothing that it would place may leave as nil.
        Fault(
            f"{folder}, {register.name}",
            f"no row of {year}",
            "each year of the declarations",
            f"Add {year}, or leave its declarations out.",
        )
        for register in registers
        for year in sorted({*years} - {*_years(register, engine)})
    ]
    refuse(faults)
    for table, rows in choices(method, years).items():
        engine.load(table, rows)
    for_control = ["microdata.cell_contributors", "microdata.basis_differences", "microdata.dominance"]
    wanted = ["microdata.cells", *(for_control if method.disclosure.control else [])]
    fetched = run_models(engine, wanted, say)
    # Damage that can still be read shows where it makes identifiers that no footer knows.
    ((lowest, highest),) = _rows(engine, "select min(enterprise_id), max(enterprise_id) from microdata.enterprise_exports")
    if not datasets.within(datasets.bounds(declarations.footers, "enterprise_id"), lowest, highest):
        raise DataRefused(damaged_files(found))
    cells = fetched["microdata.cells"].to_pylist()
    uncovered: set[tuple[int, Published]] = set()
    chosen: dict[int, disclosure.Choice] = {}
    intervals: list[disclosure.Interval] = []
    withheld: dict[int, set[Published]] = {year: set() for year in years}
    changes: list[dict[str, Any]] = []
    exports = bases.exports_by_basis(cells, method.sizes)
    if not any(row["line"] == WHOLE for row in cells):
        place = method.catalogue.geography.nouns("en").a_noun
        remedy = "Check that identifiers and years are written alike in all three datasets."
        raise refusal(folder, f"no value that can be placed in {place}", "workplaces of the enterprises that declare", remedy)
    if method.disclosure.control:
        contributors, differences = (fetched[f"microdata.{name}"].to_pylist() for name in ("cell_contributors", "basis_differences"))
        figures = [
            replace(of_year, public=(public or {}).get(of_year.year, frozenset()))
            for of_year in disclosure.figures(cells, contributors, method)
        ]
        uncovered = {(own.year, cell[1:]) for own in figures for cell in own.unsafe if cell[1:] in own.public}
        for number, figures_of_year in enumerate(figures):
            say("disclosure control", number / len(figures))
            year = figures_of_year.year
            chosen[year], withheld[year], own = _protected(figures_of_year, exports, differences, method)
            intervals += own
        changes = fetched["microdata.dominance"].to_pylist()
    said = _said(method, is_illustrative := any(dataset.is_illustrative for dataset in found))
    tables = {
        MAIN: _main(cells, withheld, method, said),
        "quality": _quality(cells, withheld),
        "allocation_bases": bases.compared(exports, withheld, method),
        "dominance": dominance.table(changes, withheld, method),
    }
    if method.disclosure.control:
        _gate(tables, {*said, method.size.classes})
    rows = {dataset.name: dataset.rows for dataset in found}
    return Built(
        tables,
        is_illustrative,
        rows,
        sorted({*itertools.product(years, range(1, 13))} - {*months}),
        chosen,
        intervals,
        unchecked,
        len(uncovered) if public is not None else None,
    )


def _protected(
    table: disclosure.Figures, exports: bases.Exports, differences: list[dict[str, Any]], method: MicrodataMethod
) -> tuple[disclosure.Choice, set[Published], list[disclosure.Interval]]:
    """The choice for a year's table, what is withheld of it and beside it, and the audit of both."""
    seen: disclosure.Seen = {}
    choice = disclosure.least_loss(table, seen)
    both = bases.beside(table, exports, differences, method)
    withheld = {*choice.withheld}
    withheld |= disclosure.protect_beside(both, withheld, bases.unsafe(both, withheld), seen)
    intervals = disclosure.audit(both, withheld, seen)
    if not all(interval.is_wide_enough for interval in intervals):
        raise DataRefused([_too_narrow(interval) for interval in intervals if not interval.is_wide_enough])
    return choice, withheld, intervals


KEYS = {"region_code", "year", "base_year", "final_year", "basis", "coverage", "status", "exporters_status"}
AUDITED = {
    MAIN: {"exports_sek", "exporters", "exporters_proportional"},
    "quality": {"exports_sek", "exports_share", "exporters", "exporters_share"},
    "allocation_bases": {"exports_sek", "difference_ratio"},
    "dominance": {"largest_group", "any_group"},
}
"""The figures of each table that the audit knows: nothing else leaves a build under disclosure control."""


def _gate(tables: Mapping[str, pa.Table], said: set[str]) -> None:
    """Let out what the audit knows, and of what is withheld nothing. Raises DataRefused for any other figure."""
    faults = []
    remedy = "No table was written. This is a fault of the program: report it."
    for name, table in tables.items():
        audited = AUDITED.get(name, set())
        faults += [
            Fault(f"the table {name}", f"a column {column}", "figures that the audit knows", remedy)
            for column in table.column_names
            if column not in KEYS | said | audited
        ]
        for row in table.to_pylist():
            shown = sorted(column for column in audited & row.keys() if row[column] not in ("..", "", None))
            if row.get("status") == "withheld" and shown:
                faults.append(Fault(f"the table {name}", f"{shown[0]} of a row that is withheld", "..", remedy))
    refuse(faults)


def run_models(engine: Engine, wanted: list[str], say: Say = lambda _, __: None) -> dict[str, pa.Table]:
    """Build the models that some tables need, in order, and fetch those.

    Kept is a model that reads a dataset, so that each has the memory for itself, and one that is read more than once.
    """
    texts = models("microdata")
    needed: dict[str, str] = {}
    waiting = list(wanted)
    while waiting:
        table = waiting.pop()
        if table in texts and table not in needed:
            needed[table] = texts[table]
            waiting += references(texts[table])
    readers = [table for text in needed.values() for table in references(text)]
    fetched = {}
    ordered = in_order(needed)
    for number, (table, sql) in enumerate(ordered):
        name = table.removeprefix("microdata.").replace("_", " ")

        def told(share: float, name: str = name, number: int = number) -> None:
            say(name, (number + share) / len(ordered))

        told(0)
        if table in wanted:
            grain = ", ".join(schemas()[table].unique or [])
            fetched[table] = engine.ask(f"select * from ({sql}\n) as model order by {grain}", told)
        if readers.count(table) or table not in wanted:
            reads_a_dataset = any(f"microdata.{name}" in references(sql) for name in datasets.NAMES)
            engine.build(table, sql, keep=reads_a_dataset or readers.count(table) > 1, told=told)
    return fetched


def choices(method: MicrodataMethod, years: list[int]) -> dict[str, pa.Table]:
    """The small tables by which sql/microdata reads the method: microdata.settings of one row, and lists."""
    money = pa.decimal128(20, 2)
    sizes = method.sizes
    counts_in = {size: [size, *(part for part, codes in sizes.parts.items() if size in codes), TOTAL] for size in sizes.codes}
    sums = [(size, sum_) for size, own in {**counts_in, UNKNOWN_SIZE: [UNKNOWN_SIZE, TOTAL]}.items() for sum_ in dict.fromkeys(own)]
    bounds = [(size, *bound, *[LARGEST] * (2 - len(bound))) for size, bound in method.classes.bounds.items()]
    return {
        "microdata.settings": pa.table(
            {
                "basis": [method.allocation.basis],
                "sizes_by_group": [method.size.definition == "group"],
                "size_group": [sizes.group],
                "size_rest": [sizes.rest],
                "head_office_industry": [method.allocation.head_office_industry],
                "exporter_threshold_sek": pa.array([method.exporters.threshold_sek.quantize(Decimal("0.01"))], money),
            }
        ),
        "microdata.size_bounds": pa.table(dict(zip(("size_class", "fewest", "most"), zip(*bounds, strict=True), strict=True))),
        "microdata.size_sums": pa.table(dict(zip(("size_class", "sum"), zip(*sums, strict=True), strict=True))),
        "microdata.allocation_bases": pa.table({"basis": list(ALLOCATION_BASES)}),
        "microdata.goods_producing_divisions": pa.table({"division": sorted(set(method.allocation.goods_producing))}),
        "microdata.windows": pa.Table.from_pylist(
            [{"base_year": base, "final_year": final} for base, final in itertools.combinations(years, 2)],
            schema=pa.schema({"base_year": pa.int64(), "final_year": pa.int64()}),
        ),
    }


def series(method: MicrodataMethod) -> dict[str, str]:
    """What the table's figures are, in the terms of sources.toml: growth across two that differ is refused."""
    threshold = f"{method.exporters.threshold_sek.normalize():f} {method.catalogue.currency} a year"
    return {"series": method.allocation.basis, "size_definition": method.size.definition, "threshold": threshold}


def _said(method: MicrodataMethod, is_illustrative: bool) -> dict[str, str]:
    # Which n and p is not said beside the figures: who knows them can narrow what is withheld.
    rule = "minimum frequency and p % rule"
    return {
        **series(method),
        "kind": "illustrative" if is_illustrative else "official",
        "disclosure_control": rule if method.disclosure.control else "none: not for publication",
    }


def _years(dataset: datasets.Dataset, engine: Engine) -> list[int]:
    return dataset.years or sorted(year for (year,) in _rows(engine, f"select year from {dataset.table} group by year"))


def _rows(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in engine.ask(sql).to_pylist()]


def _too_narrow(interval: disclosure.Interval) -> Fault:
    line = " ".join(part for part in interval.cell if part)
    found = f"an interval of {interval.highest - interval.lowest:,.2f} around a withheld figure of {interval.measure} ({line})"
    remedy = "No table was written. This is a fault of the program: report it."
    return Fault(f"the audit of {interval.year}", found, "as wide a one as the protection asked for", remedy)


def _shown(value: Any, status: str) -> str:
    return {"ok": str(value), "nil": "-", "withheld": ".."}[status]


def _status(row: Mapping[str, Any], withheld: Mapping[int, set[Published]]) -> str:
    if (row["line"], row["size_class"]) in withheld[row["year"]]:
        return "withheld"
    return "nil" if row["exports_sek"] == 0 else "ok"


def _exporters_status(row: Mapping[str, Any], status: str) -> str:
    """That of the number of exporters: what is declared below the threshold is a value without an exporter."""
    return "nil" if status == "ok" and row["exporters"] == 0 else status


def _main(
    cells: list[dict[str, Any]], withheld: Mapping[int, set[Published]], method: MicrodataMethod, said: Mapping[str, str]
) -> pa.Table:
    """The table that the pipeline ingests: the whole, the unallocated and every region, by year and size class, nil cells too.

    A geography without a code of the whole has no row of it.
    """
    own = {(row["line"], row["year"], row["size_class"]): row for row in cells if row["basis"] == method.allocation.basis}
    whole = method.catalogue.geography.whole
    codes = {**({WHOLE: whole} if whole else {}), UNALLOCATED: UNALLOCATED}
    codes |= {line: line for line in sorted({line for line, _, _ in own if is_region(line)})}
    rows = []
    for line, year in itertools.product(codes, sorted(withheld)):
        unknown = [UNKNOWN_SIZE] if line == UNALLOCATED else []
        for size in (*method.sizes.codes, *unknown, TOTAL):
            nothing = {"line": line, "year": year, "size_class": size, "exports_sek": 0, "exporters": 0, "exporter_millionths": 0}
            row = own.get((line, year, size), nothing)
            status = _status(row, withheld)
            exporters_status = _exporters_status(row, status)
            rows.append(
                {
                    "region_code": codes[line],
                    "year": year,
                    method.size.classes: size,
                    "exports_sek": _shown(row["exports_sek"], status),
                    "status": status,
                    "exporters": _shown(row["exporters"], exporters_status),
                    "exporters_status": exporters_status,
                    "exporters_proportional": _shown(f"{Decimal(row['exporter_millionths']) / 1_000_000:.6f}", exporters_status),
                    **said,
                }
            )
    return pa.Table.from_pylist(rows)


QUALITY_LINES = (DECLARED, MATCHED, WHOLE, UNALLOCATED, *PLACED_BY, *NOT_PLACED_BY)
ALLOCATED = "allocated"


def _quality(cells: list[dict[str, Any]], withheld: Mapping[int, set[Published]]) -> pa.Table:
    """Coverage under each basis: value and exporters declared, matched, allocated and not, and their shares of what was declared."""
    totals = {(row["basis"], row["line"], row["year"]): row for row in cells if row["size_class"] == TOTAL}
    rows = []
    for basis, year, line in itertools.product(ALLOCATION_BASES, sorted(withheld), QUALITY_LINES):
        row = totals.get((basis, line, year))
        if row is None and line in PLACED_BY:
            continue
        row = row or {"line": line, "year": year, "size_class": TOTAL, "exports_sek": Decimal(0), "exporters": 0}
        declared = totals[basis, DECLARED, year]
        status, whole = _status(row, withheld), _status(declared, withheld)
        known = "withheld" not in (status, whole)
        rows.append(
            {
                "basis": basis,
                "year": year,
                "coverage": ALLOCATED if line == WHOLE else line,
                "exports_sek": _shown(row["exports_sek"], status),
                "exports_share": float(row["exports_sek"] / declared["exports_sek"]) if known and declared["exports_sek"] else None,
                "exporters": _shown(row["exporters"], _exporters_status(row, status)),
                "exporters_share": row["exporters"] / declared["exporters"] if known and declared["exporters"] else None,
                "status": status,
            }
        )
    return pa.Table.from_pylist(rows)
