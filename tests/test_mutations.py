"""Proof by mutation: the shipped raw files with one random fault each. A fault is caught with a message that names the place,
or changes at most the cell that it is in, within plausible bounds. The share caught, by kind, is printed below the tests.

Each changed file has its checksum recorded anew, as if it had been delivered so: without that, the checksum alone catches all.
"""

import csv
import functools
import io
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import GOODS, POPULATION, RAW, SERVICES, Raw, exportregion, read_rows, write_workbook

from pipeline.award import load_award
from pipeline.evidence import load_evidence
from pipeline.faults import DataRefused
from pipeline.ingest import ingest
from pipeline.plausible import amounts
from pipeline.plausible import questions as far_outside
from pipeline.revisions import revision
from pipeline.sources import load_sources
from pipeline.validate import _findings, audit_names, validate
from pipeline.warehouse import Warehouse

FILES = (POPULATION, GOODS, SERVICES, "published_export_totals.csv", "regions.csv")
Tables = Mapping[str, Sequence[Mapping[str, Any]]]
EACH = 13
"""Faults of a kind in each file: 8 kinds, 5 files."""
YARDSTICK = load_award("2022")

Rows = list[list[Any]]
Ingested = list[dict[str, Any]]


@functools.cache
def shipped(path: Path) -> tuple[str | None, Rows]:
    if path.suffix == ".xlsx":
        return read_rows(path)
    with path.open(encoding="utf-8", newline="") as file:
        return None, [list(row) for row in csv.reader(file)]


def read(path: Path) -> tuple[str | None, Rows]:
    sheet, rows = shipped(RAW / path.name)
    return sheet, [list(row) for row in rows]


def write(path: Path, sheet: str | None, rows: Rows, encoding: str = "utf-8") -> None:
    if sheet is not None:
        write_workbook(path, {sheet: rows})
        return
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding, errors="replace"))


def heading_row(rows: Rows) -> int:
    return next(number for number, row in enumerate(rows) if sum(bool(str(cell)) for cell in row) > 1)


def table_rows(rows: Rows) -> range:
    first = heading_row(rows) + 1
    return range(first, max(number for number, row in enumerate(rows) if sum(bool(str(cell)) for cell in row) > 1) + 1)


def figures(rows: Rows) -> list[tuple[int, int]]:
    """Where figures stand: cells that are numbers, or digits in groups, and no year and no code."""
    found = []
    headings = rows[heading_row(rows)]
    for number in table_rows(rows):
        for column, cell in enumerate(rows[number]):
            text = "".join(str(cell).split())
            if text.replace(".", "").isdecimal() and str(headings[column]) not in ("year", "År", "region_code", "Länskod", "men", "women"):
                found.append((number, column))
    return found


def digit(rows: Rows, chance: random.Random) -> str:
    row, column = chance.choice(figures(rows) or [(row, 0) for row in table_rows(rows)])
    text = str(rows[row][column])
    place = chance.choice([number for number, sign in enumerate(text) if sign.isdecimal()])
    new = chance.choice([other for other in "0123456789" if other != text[place]])
    rows[row][column] = text[:place] + new + text[place + 1 :]
    return f"{text} became {rows[row][column]}"


def sign(rows: Rows, chance: random.Random) -> str:
    row, column = chance.choice(figures(rows) or [(row, 0) for row in table_rows(rows)])
    rows[row][column] = f"-{rows[row][column]}"
    return f"became {rows[row][column]}"


def row_(rows: Rows, chance: random.Random) -> str:
    number = chance.choice(table_rows(rows))
    match chance.randrange(3):
        case 0:
            return f"without {rows.pop(number)}"
        case 1:
            rows.insert(number, list(rows[number]))
            return f"twice {rows[number]}"
        case _:
            other = chance.choice([each for each in table_rows(rows) if each != number])
            rows[number], rows[other] = rows[other], rows[number]
            return f"{rows[number]} and {rows[other]} exchanged"


def column_(rows: Rows, chance: random.Random) -> str:
    width = len(rows[heading_row(rows)])
    column = chance.randrange(width)
    other = chance.choice([each for each in range(width) if each != column])
    kind = chance.randrange(4)
    if kind == 3:
        heading = rows[heading_row(rows)]
        old, heading[column] = heading[column], chance.choice([heading[other], f"{heading[column]}x", ""])
        return f"the heading {old} became {heading[column]}"
    for number in range(heading_row(rows), len(rows)):
        row = rows[number] + [""] * (width - len(rows[number]))
        match kind:
            case 0:
                del row[column]
            case 1:
                row.insert(column, row[column])
            case _:
                row[column], row[other] = row[other], row[column]
        rows[number] = row
    return ("without", "twice", "exchanged with its heading,")[kind] + f" column {column}, {other}"


def codes(rows: Rows) -> list[tuple[int, int]]:
    return [(number, column) for number in table_rows(rows) for column, cell in enumerate(rows[number]) if column < 2 and str(cell)]


def code(rows: Rows, chance: random.Random) -> str:
    row, column = chance.choice(codes(rows))
    old = rows[row][column]
    rows[row][column] = chance.choice(
        [
            "",
            "99",
            "1",
            1,
            "Okänd",
            *{str(rows[other][column]) for other, place in codes(rows) if place == column and rows[other][column] != old},
        ]
    )
    return f"{old!r} became {rows[row][column]!r}"


def unit(rows: Rows, chance: random.Random) -> str:
    row, column = chance.choice(figures(rows) or [(row, 0) for row in table_rows(rows)])
    factor = chance.choice([1000, 1_000_000, 0.001])
    whole = chance.random() < 0.5
    for place in [place for place in figures(rows) if place[1] == column] if whole else [(row, column)]:
        text = "".join(str(rows[place[0]][place[1]]).split())
        if text.replace(".", "").isdecimal():
            scaled = Decimal(text) * Decimal(str(factor))
            rows[place[0]][place[1]] = f"{scaled.to_integral_value()}"
    return f"{'a column' if whole else 'a cell'} × {factor}"


CELLS: dict[str, Callable[[Rows, random.Random], str]] = {
    "digit": digit,
    "sign": sign,
    "row": row_,
    "column": column_,
    "code": code,
    "unit": unit,
}


def mutate(path: Path, kind: str, chance: random.Random) -> str:
    """One fault of a kind in a file; what it was."""
    if kind == "cut":
        content = path.read_bytes()
        kept = chance.randrange(len(content))
        path.write_bytes(content[:kept])
        return f"{kept} of {len(content)} bytes"
    sheet, rows = read(path)
    if kind == "encoding":
        if sheet is None:
            encoding = chance.choice(["cp1252", "utf-16", "cp850", "mac_roman", "ascii"])
            write(path, sheet, rows, encoding)
            return encoding
        places = [(number, column) for number in table_rows(rows) for column, cell in enumerate(rows[number]) if not str(cell).isascii()]
        row, column = chance.choice(places)
        old = rows[row][column]
        rows[row][column] = chance.choice(
            [str(old).encode().decode("cp1252", errors="replace"), str(old).encode("ascii", errors="replace").decode()]
        )
        write(path, sheet, rows)
        return f"{old!r} became {rows[row][column]!r}"
    what = CELLS[kind](rows, chance)
    write(path, sheet, rows)
    return what


def in_use(year: int | None) -> bool:
    return year is None or YARDSTICK.years.first <= year <= YARDSTICK.years.last


def figures_of(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    """What was read, without the places it was read from, of the round's years."""
    return {
        table: [{name: row[name] for name in row if name != "cell"} for row in rows if in_use(row.get("year"))]
        for table, rows in tables.items()
    }


Staged = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


class Shipped:
    """The shipped data as a run reads them, and one database that every fault is asked of, its raw data and staging made anew.

    audits: those that reported something last are asked first, for they are likely to report again.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.audits = audit_names()
        self.evidence = load_evidence(YARDSTICK)
        self.figures: dict[str, list[dict[str, Any]]] = {}
        self.ingested = ingest(load_sources(RAW, YARDSTICK), YARDSTICK)
        self.baseline: Staged = {}
        self.baseline = self.staged(RAW)

    def staged(self, folder: Path) -> Staged:
        """What a run reads of a folder and computes from: table -> key -> row, of the round's years. Raises DataRefused."""
        sources = load_sources(folder, YARDSTICK)
        tables = ingest(sources, YARDSTICK)
        if figures_of(tables) == self.figures:
            return self.baseline
        if folder == RAW:
            self.figures = figures_of(tables)
        for table, rows in tables.items():
            self.warehouse.write(table, rows)
        validate(self.warehouse, YARDSTICK, sources, self.evidence, lambda _: ())
        found: Staged = {"regions": {(row["region_code"],): row for row in self.warehouse.read("staging.regions")}}
        for row in self.warehouse.read("staging.figures"):
            if in_use(row["year"]):
                # As on the sheet: a row a region, year and class, a column a quantity.
                key = row["region_code"], row["year"], row["class_code"]
                of_row = found.setdefault(row["statistic"], {}).setdefault(key, {})
                of_row |= {row["quantity"]: row["amount"], f"{row['quantity']}_status": row["status"]}
                of_row |= {name: row[name] for name in ("series", "unit", "noise")}
        return found

    def reported(self, audit: str) -> bool:
        self.audits.remove(audit)
        self.audits.insert(0, audit)
        return True

    @functools.cache  # noqa: B019
    def outside(self, statistic: str) -> set[tuple[str, str]]:
        """What stands out of the shipped levels and growth of a statistic."""
        return self.far_outside(self.ingested["ingested.figures"], statistic)

    def far_outside(self, figures: Ingested, statistic: str) -> set[tuple[str, str]]:
        """What stands out of a statistic's levels and growth."""
        names = {row["region_code"]: row["region_name"] for row in self.ingested["ingested.regions"]}
        found = far_outside(amounts(figures), [statistic], YARDSTICK.catalogue, names, "x")
        return {(each.subject.rpartition(",")[0], each.found.partition(" of ")[0]) for each in found}


@pytest.fixture(scope="module")
def shipped_data() -> Iterator[Shipped]:
    with Warehouse(YARDSTICK) as warehouse, pytest.MonkeyPatch.context() as patch:
        shipped = Shipped(warehouse)
        patch.setattr("pipeline.validate.audit_names", lambda: list(shipped.audits))
        yield shipped


def changes(baseline: Staged, after: Staged) -> list[tuple[str, str, Any, Any]]:
    """The cells that differ from the shipped data: table, column, before, after; a row that is gone or new is one."""
    found: list[tuple[str, str, Any, Any]] = []
    for table, rows in after.items():
        before = baseline[table]
        found += [(table, "row", key, None) for key in before.keys() - rows.keys()]
        found += [(table, "row", None, key) for key in rows.keys() - before.keys()]
        for key in before.keys() & rows.keys():
            found += [(table, name, before[key][name], rows[key][name]) for name in rows[key] if before[key][name] != rows[key][name]]
    return found


def plausible(change: tuple[str, str, Any, Any]) -> bool:
    """Whether a changed cell is one that could be true: near what stood there, or outside the years that the round uses."""
    table, column, before, after = change
    if column == "row":
        return table == "published_export_totals" or "00" in (before or after)
    if isinstance(before, str) or before is None or after is None:
        return table in ("regions", "published_export_totals") or column.endswith("status")
    return bool(before and after and 1 / 9 <= Decimal(after) / Decimal(before) <= 9)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("kind", [*CELLS, "encoding", "cut"])
def test_a_single_fault_is_caught_or_stays_where_it_is(
    file: str, kind: str, shipped_data: Shipped, raw: Raw, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def until_it_is_named(*asked: Any) -> Iterator[Any]:
        """What audits report, up to the first that refuses the data and names the file: after it, no other changes what comes of the fault."""
        for finding in _findings(*asked):
            yield finding
            if finding[3] is None and file in str(finding[2]) and shipped_data.reported(finding[0]):
                return

    monkeypatch.setattr("pipeline.validate._findings", until_it_is_named)
    chance = random.Random(f"{file} {kind}")
    outcomes: Counter[str] = Counter()
    for _ in range(EACH):
        shutil.copy(RAW / file, raw.path(file))
        what = mutate(raw.path(file), kind, chance)
        raw.record(file)
        try:
            found = changes(shipped_data.baseline, shipped_data.staged(raw.folder))
        except DataRefused as refused:
            outcomes["caught"] += 1
            assert file in str(refused), f"{what}: the place is not named: {refused}"
            continue
        outcomes["without effect" if not found else "one cell, plausible"] += 1
        assert len(found) <= 1, f"{what}: {found}"
        assert all(map(plausible, found)), f"{what}: {found}"
    record_property("mutations", (kind, dict(outcomes)))
    assert sum(outcomes.values()) == EACH


EXCHANGED = {"regions": "region_code", "years": "year", "classes": "class_code"}
EXCHANGES = 5
"""Exchanges of a kind in each statistic."""
MOVES = Decimal("0.02")
"""An exchange that moves a figure by more is caught beside an earlier vintage."""


def exchange(rows: Ingested, axis: str, chance: random.Random) -> tuple[Ingested, str]:
    """The figures of two regions, years or classes in each other's place, as where a file's labels are exchanged; which two."""
    labels = sorted({row[axis] for row in rows} - {"total", "00"} if axis != "year" else {row[axis] for row in rows if in_use(row["year"])})
    one, two = chance.sample(labels, 2)
    return [{**row, axis: {one: two, two: one}.get(row[axis], row[axis])} for row in rows], f"{one} and {two}"


def largest_move(before: Ingested, after: Ingested) -> Decimal:
    """The largest change of a figure, as a share; a figure that comes or goes is a whole one."""
    names = ("quantity", "region_code", "year", "class_code")
    first = {tuple(row[name] for name in names): row["figure"] for row in before}
    pairs = [(first[tuple(row[name] for name in names)], row["figure"]) for row in after]
    return max((abs(new / old - 1) if old and new is not None else Decimal(old != new) for old, new in pairs), default=Decimal(0))


def is_questioned(rows: Ingested, statistic: str, shipped: Shipped) -> bool:
    """Whether an audit reports anything when these are the figures of a statistic, or a level or growth stands out that did not."""
    others = [row for row in shipped.ingested["ingested.figures"] if row["statistic"] != statistic]
    if shipped.far_outside(others + rows, statistic) - shipped.outside(statistic):
        return True
    for table, each in {**shipped.ingested, "ingested.figures": others + rows}.items():
        shipped.warehouse.write(table, each)
    findings = _findings(shipped.warehouse, YARDSTICK, load_sources(RAW, YARDSTICK))
    return any(accepted is None and shipped.reported(audit) for audit, *_, accepted in findings)


@pytest.mark.parametrize(
    ("statistic", "kind"),
    [
        (name, kind)
        for name in ("goods_exports", "services_exports", "population")
        for kind in EXCHANGED
        if kind != "classes" or name == "goods_exports"
    ],
)
def test_figures_that_changed_places_are_caught_beside_an_earlier_vintage(
    statistic: str, kind: str, shipped_data: Shipped, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(f"{statistic} {kind}")
    names = {row["region_code"]: row["region_name"] for row in shipped_data.ingested["ingested.regions"]}
    before = [row for row in shipped_data.ingested["ingested.figures"] if row["statistic"] == statistic]
    alone: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    for _ in range(EXCHANGES):
        after, what = exchange(before, EXCHANGED[kind], chance)
        alone["caught" if is_questioned(after, statistic, shipped_data) else "passed"] += 1
        is_caught = bool(revision(before, after, names, "x").doubts)
        beside["caught" if is_caught else "passed"] += 1
        assert is_caught or largest_move(before, after) <= MOVES, what
    record_property("mutations", (f"{kind} exchanged, first vintage", dict(alone)))
    record_property("mutations", (f"{kind} exchanged, later vintage", dict(beside)))


def test_a_fault_outside_the_years_of_the_round_changes_no_result(raw: Raw, complete: Path, tmp_path: Path) -> None:
    _, rows = read(raw.path(POPULATION))
    places = rows[0].index("region_code"), rows[0].index("year"), rows[0].index("population")
    row = next(row for row in rows if (row[places[0]], row[places[1]]) == ("13", "2001"))
    row[places[2]] += "000"
    write(raw.path(POPULATION), None, rows)
    raw.record(POPULATION)
    ran = exportregion("robustness", "--award", "2022", "--data", raw.folder, "--out", tmp_path)
    assert ran.exit_code == 0, ran.stderr
    for file in ("ranking.csv", "indicators/growth_by_window.parquet", "robustness/verdicts.parquet", "robustness/scenarios.parquet"):
        assert (tmp_path / "2022" / file).read_bytes() == (complete / "2022" / file).read_bytes(), file


def test_the_checksum_alone_catches_every_fault(raw: Raw) -> None:
    for kind in [*CELLS, "encoding", "cut"]:
        for file in FILES:
            shutil.copy(RAW / file, raw.path(file))
            before = raw.path(file).read_bytes()
            mutate(raw.path(file), kind, random.Random(f"{file} {kind}"))
            if raw.path(file).read_bytes() == before:
                continue
            with pytest.raises(DataRefused) as caught:
                ingest(load_sources(raw.folder).serving(YARDSTICK), YARDSTICK)
            assert f"{file}: found sha256" in str(caught.value)
        shutil.copytree(RAW, raw.folder, dirs_exist_ok=True)
