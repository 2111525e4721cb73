"""From three datasets to the table of regions: check them, compute, protect the result, and describe how it was made.

An engine runs sql/microdata and returns a few thousand cells; everything else happens here.
"""

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.declarations import TOTAL
from pipeline.faults import DataRefused, Fault, refusal, refuse
from pipeline.microdata import bases, datasets, disclosure, dominance, errors, handover
from pipeline.microdata.engines import Engine, Spark, damaged_files
from pipeline.microdata.method import ALLOCATION_BASES, UNKNOWN_SIZE, MicrodataMethod
from pipeline.microdata.schemas import DECLARED, MATCHED, NOT_PLACED_BY, PLACED_BY, UNALLOCATED, WHOLE, is_region, schemas
from pipeline.microdata.system import Cell, Published
from pipeline.models import in_order, models, references
from pipeline.progress import Say, part, silent
from pipeline.vocabulary import FLAG, TEXT, arrow
from pipeline.vocabulary import WHOLE as WHOLE_NUMBER

MAIN = "regions"
"""The table that the pipeline ingests."""
FOR_CONTROL = ("microdata.cell_contributors", "microdata.basis_differences", "microdata.dominance")
LARGEST = 2**63 - 1
"""The upper bound of the last size class, which has none, for the engines."""
Rows = list[dict[str, Any]]
MONEY = pa.decimal128(20, 2)
Public = Mapping[int, frozenset[Cell]]


@dataclass(frozen=True)
class Control:
    """What disclosure control decides: the figures that are withheld of each year, how they were chosen, and what the audit measured.

    public_unsafe: how many unsafe figures an earlier table has published.
    """

    withheld: dict[int, set[Published]]
    choices: dict[int, disclosure.Choice]
    intervals: list[disclosure.Interval]
    public_unsafe: int = 0


@dataclass(frozen=True)
class Built:
    """The tables of a build, by name, with their rows in the order of the grain, and how they were made.

    unchecked: files without page checksums, where there is no manifest. public_unsafe: None for a build without an earlier table.
    """

    tables: dict[str, pa.Table]
    is_illustrative: bool
    rows: dict[str, int]
    months_without: list[tuple[int, int]]
    choices: dict[int, disclosure.Choice]
    intervals: list[disclosure.Interval]
    unchecked: list[str]
    public_unsafe: int | None


def build(folder: str, method: MicrodataMethod, engine: Engine, say: Say = silent, public: Public | None = None) -> Built:
    """Build the table of regions from the datasets in a folder. public: the figures of an earlier table, by year.

    Raises DataRefused for files that are damaged or break their schema, and for a table that cannot be protected.
    """
    say("files", 0)
    data = records(folder, method, engine)
    unchecked = handover.unchecked(Path(folder), datasets.local(data), part(say, 0, 0.1))
    check_rows(data, engine, part(say, 0.1, 0.25))
    years = check_years(folder, data, engine)
    months = data[0].months or _rows(engine, "select year, month from microdata.declarations group by year, month")
    for table, rows in choices(method, years).items():
        engine.load(table, rows)
    has_errors = method.disclosure.control and method.errors is not None
    names = ["microdata.cells", *(FOR_CONTROL if method.disclosure.control else []), *([errors.MOVES] if has_errors else [])]
    made = run_models(engine, names, part(say, 0.25, 0.8))
    results = {name: table.to_pylist() for name, table in made.items() if name != errors.MOVES}
    _check_identifiers(data, engine)
    cells = results["microdata.cells"]
    if not any(row["line"] == WHOLE for row in cells):
        place = method.catalogue.geography.nouns("en").a_noun
        remedy = "Check that identifiers and years are written alike in all three datasets."
        raise refusal(folder, f"no value that can be placed in {place}", "workplaces of the enterprises that declare", remedy)
    exports = bases.exports_by_basis(cells, method.sizes)
    control = Control({year: set() for year in years}, {}, [])
    if method.disclosure.control:
        control = _control(results, exports, public or {}, method, part(say, 0.8, 1))
    is_illustrative = any(dataset.is_illustrative for dataset in data)
    facts = _facts(method, is_illustrative)
    tables = {
        MAIN: _main(cells, control.withheld, method, facts),
        "quality": _quality(cells, control.withheld),
        "allocation_bases": bases.compared(exports, control.withheld, method),
        "dominance": dominance.table(results.get("microdata.dominance", []), control.withheld, method),
        "errors": errors.table(made.get(errors.MOVES), _totals(cells, method), control.withheld, method, facts),
    }
    if method.disclosure.control:
        _gate(tables, {*facts, method.size.classes})
    return Built(
        tables,
        is_illustrative,
        {dataset.name: dataset.rows for dataset in data},
        sorted({*itertools.product(years, range(1, 13))} - {*months}),
        control.choices,
        control.intervals,
        unchecked,
        None if public is None else control.public_unsafe,
    )


def records(folder: str, method: MicrodataMethod, engine: Engine, optional: Sequence[str] = ()) -> list[datasets.Dataset]:
    """The datasets in a folder, or at an address that the engine reads."""
    return datasets.find(folder, method, optional, engine.footers if isinstance(engine, Spark) and "://" in folder else None)


def check_rows(data: Sequence[datasets.Dataset], engine: Engine, say: Say) -> None:
    """Hold every row of the datasets against its schema."""
    for dataset in data:
        engine.view(dataset)
    faults = []
    for number, dataset in enumerate(data):

        def progress(share: float, number: int = number, name: str = dataset.name) -> None:
            say(f"{share:.0%} of the rows of {name} checked", (number + share) / len(data))

        count = functools.partial(engine.count, progress=progress)
        faults += datasets.broken_rows(dataset, lambda sql: _rows(engine, sql), count)
    refuse(faults)


def check_years(folder: str, data: Sequence[datasets.Dataset], engine: Engine) -> list[int]:
    """The years of the declarations. Both registers must have each of them: what a missing year would place may not become nil."""
    declarations, *registers = data
    years = _years(declarations, engine)
    if not years:
        raise refusal(f"{folder}, declarations", "no row", "declarations of one year at least", datasets.CORRECT)
    refuse(
        [
            Fault(where, f"no row of {year}", "each year of the declarations", f"Add {year}, or leave its declarations out.")
            for where, register in ((f"{folder}, {register.name}", register) for register in registers)
            for year in sorted({*years} - {*_years(register, engine)})
        ]
    )
    return years


def _check_identifiers(data: Sequence[datasets.Dataset], engine: Engine) -> None:
    """Refuse damage that can still be read: it makes identifiers outside the range that the footers state."""
    ((lowest, highest),) = _rows(engine, "select min(enterprise_id), max(enterprise_id) from microdata.exporting_enterprises")
    if not datasets.within(datasets.bounds(data[0].statistics, "enterprise_id"), lowest, highest):
        raise DataRefused(damaged_files(data))


def _control(results: Mapping[str, Rows], exports: bases.Exports, public: Public, method: MicrodataMethod, say: Say) -> Control:
    control = Control({}, {}, [])
    years = disclosure.figures(results["microdata.cells"], results["microdata.cell_contributors"], method)
    known = 0
    for number, figures in enumerate(years):
        say(f"disclosure control, year {number + 1} of {len(years)}", number / len(years))
        table = replace(figures, public=public.get(figures.year, frozenset()))
        both = bases.beside(table, exports, results["microdata.basis_differences"], method)
        choice, withheld, intervals = _protected(table, both)
        control.choices[table.year] = choice
        control.withheld[table.year] = withheld
        control.intervals.extend(intervals)
        known += len(disclosure.known_before(table, withheld)) + len(disclosure.known_before(both, withheld) - table.unsafe.keys())
    return replace(control, public_unsafe=known)


def _protected(table: disclosure.Figures, both: disclosure.Figures) -> tuple[disclosure.Choice, set[Published], list[disclosure.Interval]]:
    """The choice for a year's table, what is withheld of it and beside it, and the audit of both."""
    memory: disclosure.Memory = {}
    choice = disclosure.least_loss(table, memory)
    hidden = disclosure.protect_beside(both, choice.withheld, bases.unsafe(both, choice.withheld), memory)
    while of_table := {name for name in hidden if name[0] not in ALLOCATION_BASES}:
        choice = disclosure.extended(choice, of_table, table, memory)
        hidden = disclosure.protect_beside(both, choice.withheld, bases.unsafe(both, choice.withheld), memory)
    withheld = choice.withheld | hidden
    intervals = disclosure.audit(both, withheld, memory)
    refuse([_too_narrow(interval) for interval in intervals if not interval.is_wide_enough])
    return choice, {*withheld}, intervals


KEYS = {"region_code", "year", "base_year", "final_year", "basis", "coverage", "quantity", "status", "exporters_status"}
AUDITED = {
    MAIN: {"exports_sek", "exporters", "exporters_proportional"},
    "quality": {"exports_sek", "exports_share", "exporters", "exporters_share"},
    "allocation_bases": {"exports_sek", "difference_ratio"},
    "dominance": {"largest_group", "any_group"},
    "errors": {"relative_error", "total"},
}
"""The figures of each table that the audit covers: nothing else leaves a build under disclosure control."""
REPORT = "No table was written. This is a fault of the program: report it."


def _gate(tables: Mapping[str, pa.Table], facts: set[str]) -> None:
    """Raise DataRefused for a figure that the audit does not cover, and for a figure in a row that is withheld."""
    faults = []
    for name, table in tables.items():
        figures = AUDITED.get(name, set())
        faults += [
            Fault(f"the table {name}", f"a column {column}", "figures that the audit covers", REPORT)
            for column in table.column_names
            if column not in KEYS | facts | figures
        ]
        for row in table.to_pylist():
            open_figures = sorted(column for column in figures & row.keys() if row[column] not in ("..", "", None))
            if row.get("status") == "withheld" and open_figures:
                faults.append(Fault(f"the table {name}", f"{open_figures[0]} of a row that is withheld", "..", REPORT))
    refuse(faults)


def run_models(engine: Engine, names: Sequence[str], say: Say = silent) -> dict[str, pa.Table]:
    """Build the models that some tables need, in order, and return those tables.

    The engine keeps a model that reads a dataset, so that each has the memory for itself, and a model that is read more than once.
    """
    texts = models("microdata") | models("companies")
    needed: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        table = waiting.pop()
        if table in texts and table not in needed:
            needed[table] = texts[table]
            waiting += references(texts[table])
    readers = [table for text in needed.values() for table in references(text)]
    results = {}
    ordered = in_order(needed)
    for number, (table, sql) in enumerate(ordered):

        def progress(share: float, name: str = table.partition(".")[2].replace("_", " "), number: int = number) -> None:
            say(f"{name}, table {number + 1} of {len(ordered)}", (number + share) / len(ordered))

        progress(0)
        is_read = table in readers
        if is_read:
            reads_a_dataset = any(f"microdata.{name}" in references(sql) for name in (*datasets.NAMES, datasets.IMPORTS))
            uses = readers.count(table) + (table in names)
            engine.build(table, sql, keep=reads_a_dataset or uses > 1, progress=progress)
        if table in names:
            model = table if is_read else f"({sql}\n)"
            grain = ", ".join(schemas()[table].grain)
            results[table] = engine.ask(f"select * from {model} as model order by {grain}", progress)
    return results


def choices(method: MicrodataMethod, years: list[int]) -> dict[str, pa.Table]:
    """The small tables by which sql/microdata reads the method: microdata.settings of one row, and lists."""
    sizes = method.sizes
    sums = {size: [size, *(part for part, codes in sizes.parts.items() if size in codes), TOTAL] for size in sizes.codes}
    sums[UNKNOWN_SIZE] = [UNKNOWN_SIZE, TOTAL]
    size_sums = [(size, name) for size, names in sums.items() for name in dict.fromkeys(names)]
    bounds = [(size, *bound, *[LARGEST] * (2 - len(bound))) for size, bound in method.classes.bounds.items()]
    by_group, threshold = method.size.definition == "group", method.exporters.threshold_sek.quantize(Decimal("0.01"))
    settings = (method.allocation.basis, by_group, sizes.group, sizes.rest, method.allocation.head_office_industry, threshold)
    return {
        "microdata.settings": arrow(
            [settings],
            basis=TEXT,
            sizes_by_group=FLAG,
            size_group=TEXT,
            size_rest=TEXT,
            head_office_industry=TEXT,
            exporter_threshold_sek=MONEY,
        ),
        "microdata.size_bounds": arrow(bounds, size_class=TEXT, fewest=WHOLE_NUMBER, most=WHOLE_NUMBER),
        "microdata.size_sums": arrow(size_sums, size_class=TEXT, sum=TEXT),
        "microdata.allocation_bases": arrow([(basis,) for basis in ALLOCATION_BASES], basis=TEXT),
        "microdata.goods_producing_divisions": arrow([(code,) for code in sorted(set(method.allocation.goods_producing))], division=TEXT),
        "microdata.windows": arrow(list(itertools.combinations(years, 2)), base_year=WHOLE_NUMBER, final_year=WHOLE_NUMBER),
    }


def series(method: MicrodataMethod) -> dict[str, str]:
    """The series of the table's figures, in the terms of sources.toml: growth across two series is refused."""
    threshold = f"{method.exporters.threshold_sek.normalize():f} {method.catalogue.currency} a year"
    return {"series": method.allocation.basis, "size_definition": method.size.definition, "threshold": threshold}


def _facts(method: MicrodataMethod, is_illustrative: bool) -> dict[str, str]:
    """What every row of the table says of how it was made. Not n and p: whoever knows them can narrow what is withheld."""
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
    return Fault(f"the audit of {interval.year}", found, "one as wide as the protection that it needs", REPORT)


def _published(value: Any, status: str) -> str:
    return {"ok": str(value), "nil": "-", "withheld": ".."}[status]


def _status(row: Mapping[str, Any], withheld: Mapping[int, set[Published]]) -> str:
    if (row["line"], row["size_class"]) in withheld[row["year"]]:
        return "withheld"
    return "nil" if row["exports_sek"] == 0 else "ok"


def _exporters_status(row: Mapping[str, Any], status: str) -> str:
    """The status of the number of exporters: a value below the threshold has no exporter."""
    return "nil" if status == "ok" and row["exporters"] == 0 else status


def _totals(cells: Rows, method: MicrodataMethod) -> dict[tuple[str, int, str, str], Decimal]:
    """The exact totals under the basis of the table, by region, year, size class and quantity."""
    own = [row for row in cells if row["basis"] == method.allocation.basis]
    return {(row["line"], row["year"], row["size_class"], name): Decimal(row[name]) for row in own for name in errors.QUANTITIES}


def _main(cells: Rows, withheld: Mapping[int, set[Published]], method: MicrodataMethod, facts: Mapping[str, str]) -> pa.Table:
    """The table that the pipeline ingests: the whole, the unallocated and every region, by year and size class, with nil cells.

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
                    "exports_sek": _published(row["exports_sek"], status),
                    "status": status,
                    "exporters": _published(row["exporters"], exporters_status),
                    "exporters_status": exporters_status,
                    "exporters_proportional": _published(f"{Decimal(row['exporter_millionths']) / 1_000_000:.6f}", exporters_status),
                    **facts,
                }
            )
    return pa.Table.from_pylist(rows)


QUALITY_LINES = (DECLARED, MATCHED, WHOLE, UNALLOCATED, *PLACED_BY, *NOT_PLACED_BY)
ALLOCATED = "allocated"


def _quality(cells: Rows, withheld: Mapping[int, set[Published]]) -> pa.Table:
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
        is_open = "withheld" not in (status, whole)
        rows.append(
            {
                "basis": basis,
                "year": year,
                "coverage": ALLOCATED if line == WHOLE else line,
                "exports_sek": _published(row["exports_sek"], status),
                "exports_share": float(row["exports_sek"] / declared["exports_sek"]) if is_open and declared["exports_sek"] else None,
                "exporters": _published(row["exporters"], _exporters_status(row, status)),
                "exporters_share": row["exporters"] / declared["exporters"] if is_open and declared["exporters"] else None,
                "status": status,
            }
        )
    return pa.Table.from_pylist(rows)
