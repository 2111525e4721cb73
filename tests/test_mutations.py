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
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import GOODS, POPULATION, RAW, SERVICES, Raw, exportregion, read_rows, write_workbook

import pipeline.ingest
from pipeline.faults import DataRefused
from pipeline.ingest import ingest
from pipeline.settings import Source, Sources, load_award, load_evidence, load_sources
from pipeline.validate import validate
from pipeline.warehouse import Warehouse, records

FILES = (POPULATION, GOODS, SERVICES, "published_export_totals.csv", "regions.csv")
TABLES = ("regions", "population", "goods_exports", "goods_exports_totals", "services_exports", "published_export_totals")
EACH = 13
"""Faults of a kind in each file: 8 kinds, 5 files."""
YARDSTICK = load_award("2022")

Rows = list[list[Any]]
Staged = dict[str, dict[tuple[Any, ...], dict[str, Any]]]


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
    for number in table_rows(rows):
        for column, cell in enumerate(rows[number]):
            text = "".join(str(cell).split())
            heading = str(rows[heading_row(rows)][column])
            if text.replace(".", "").isdecimal() and heading not in ("year", "År", "region_code", "Länskod", "men", "women"):
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


def figures_of(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What was read, without the places it was read from, of the round's years."""
    found = {}
    for table, frame in frames.items():
        years = YARDSTICK.years
        here = frame[frame["year"].between(years.first, years.last)] if "year" in frame else frame
        found[table] = here[[name for name in here if not str(name).endswith("_cell")]].reset_index(drop=True)
    return found


def read_once(folder: Path, table: str, entries: Mapping[str, Source], names: Mapping[str, str]) -> Any:
    """A table read again only where its files or their description have changed; checksums were compared before."""
    known = (table, repr(entries), repr(names))
    if known not in TABLES_READ:
        rows, faults = read_table(folder, table, entries, names)
        if folder != RAW:
            return rows, faults
        TABLES_READ[known] = rows, faults
    rows, faults = TABLES_READ[known]
    return list(rows), list(faults)


TABLES_READ: dict[tuple[str, str, str], Any] = {}
read_table = pipeline.ingest._read


class World:
    """The shipped data in a warehouse, and what a run computes from: table -> key -> row, of the round's years."""

    def __init__(self) -> None:
        self.sources = load_sources(RAW, YARDSTICK)
        self.frames = ingest(self.sources)
        self.figures = figures_of(self.frames)
        self.warehouse = Warehouse(YARDSTICK)
        for table, frame in self.frames.items():
            self.warehouse.write(table, frame)
        self.staged = self.judged(self.sources)

    def judged(self, sources: Sources) -> Staged:
        validate(self.warehouse, YARDSTICK, sources, load_evidence(YARDSTICK))
        found = {}
        for table in TABLES:
            rows = records(self.warehouse.read(f"staging.{table}"))
            keys = [name for name in ("flow", "region_code", "year", "size_class") if name in rows[0]]
            found[table] = {tuple(row[name] for name in keys): row for row in rows if in_use(row.get("year"))}
        return found

    def with_a_fault(self, folder: Path) -> Staged:
        """The same of a folder in which one file has changed. Raises DataRefused."""
        sources = load_sources(folder, YARDSTICK)
        frames = ingest(sources)
        others = {table: frame for table, frame in frames.items() if not frame.equals(self.frames[table])}
        if all(frame.equals(self.figures[table]) for table, frame in figures_of(others).items()):
            return self.staged
        try:
            for table, frame in others.items():
                self.warehouse.write(table, frame)
            return self.judged(sources)
        finally:
            for table in others:
                self.warehouse.write(table, self.frames[table])


@pytest.fixture(scope="module")
def shipped_world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.ingest._read", read_once)
        made = World()
        with made.warehouse:
            yield made


def changes(shipped: Staged, after: Staged) -> list[tuple[str, str, Any, Any]]:
    """The cells that differ from the shipped data: table, column, before, after; a row that is gone or new is one."""
    found: list[tuple[str, str, Any, Any]] = []
    for table, rows in after.items():
        before = shipped[table]
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
    file: str, kind: str, shipped_world: World, raw: Raw, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(f"{file} {kind}")
    outcomes: Counter[str] = Counter()
    for _ in range(EACH):
        for shipped_file in (file, "sources.toml"):
            shutil.copy(RAW / shipped_file, raw.folder)
        what = mutate(raw.path(file), kind, chance)
        raw.record(file)
        try:
            found = changes(shipped_world.staged, shipped_world.with_a_fault(raw.folder))
        except DataRefused as refused:
            outcomes["caught"] += 1
            assert file in str(refused), f"{what}: the place is not named: {refused}"
            continue
        outcomes["without effect" if not found else "one cell, plausible"] += 1
        assert len(found) <= 1, f"{what}: {found}"
        assert all(map(plausible, found)), f"{what}: {found}"
    record_property("mutations", (kind, dict(outcomes)))
    assert sum(outcomes.values()) == EACH


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
                ingest(load_sources(raw.folder))
            assert f"{file}: found sha256" in str(caught.value)
        shutil.copytree(RAW, raw.folder, dirs_exist_ok=True)
