"""From firm-level records to the county table: the road, the properties, what is refused, and what never leaves."""

import functools
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from conftest import PROJECT, RAW, Raw, Rows, exportregion, once, tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import stderr_on_a_terminal

from pipeline.checks import column_conditions
from pipeline.faults import DataRefused
from pipeline.microdata import dominance, simulate
from pipeline.microdata.build import check_rows, run_models
from pipeline.microdata.build import choices as choices_of
from pipeline.microdata.datasets import NAMES, find
from pipeline.microdata.engines import DuckDB, year_by_year
from pipeline.microdata.method import ALLOCATION_BASES, MICRODATA, load_method
from pipeline.microdata.schemas import schemas
from pipeline.models import models
from pipeline.progress import silent

METHOD = load_method(MICRODATA)
PAGE = (PROJECT / "docs" / "microdata.md").read_text(encoding="utf-8")
COMPANIES = ("companies.enterprise_goods", "companies.enterprise_markets")
COMPANIONS = ("-quality", "-allocation_bases", "-dominance", "-errors", "")


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV as texts."""
    content = path.read_bytes()
    names = content.split(b"\n")[0].decode().replace('"', "").split(",")
    options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    rows: list[dict[str, str]] = pyarrow.csv.read_csv(io.BytesIO(content), convert_options=options).to_pylist()
    return rows


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Microdata of 20 000 declarations, by the command of docs/microdata.md. Read only."""
    return (
        once(tmp_path_factory, "simulated", lambda folder: as_the_page_says("simulate", {"mikrodata": folder / "mikrodata"})) / "mikrodata"
    )


def as_the_page_says(name: str, places: Mapping[str, Path]) -> None:
    """Run a command of docs/microdata.md with other places than it names."""
    (command,) = re.findall(f"^exportregion (microdata {name} [^#\n]*)", PAGE, re.MULTILINE)
    ran = exportregion(*[places.get(part, part) for part in command.split()])
    assert ran.exit_code == 0, ran.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, simulated: Path) -> Path:
    """The tables built from them: table.csv under disclosure control, open.csv without. Read only."""

    def build(folder: Path) -> None:
        as_the_page_says("build", {"mikrodata": simulated, "varuexport.csv": folder / "table.csv"})
        (folder / "open.toml").write_text(method_text(("control = true", "control = false")), encoding="utf-8")
        ran = exportregion("microdata", "build", "--in", simulated, "--out", folder / "open.csv", "--settings", folder / "open.toml")
        assert ran.exit_code == 0
        assert "NO DISCLOSURE CONTROL" in ran.stdout

    return once(tmp_path_factory, "built", build)


@pytest.fixture(scope="session")
def few(simulated: Path) -> dict[str, pa.Table]:
    """The microdata of 2016, of whose declarations the first two months: enough where a file is at fault."""
    tables = {name: pq.read_table(simulated / name, filters=[("year", "=", 2016)]) for name in NAMES}
    return {**tables, "declarations": tables["declarations"].filter(pc.less(tables["declarations"]["month"], 3))}


def method_text(*replacements: tuple[str, str]) -> str:
    """microdata.toml with texts replaced."""
    text = MICRODATA.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def write(folder: Path, tables: Mapping[str, pa.Table], files: int = 1) -> Path:
    """Write datasets, each as some files."""
    for name, table in tables.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(files):
            # No two have the same bytes, though they may have the same rows.
            part = table.take(pa.array(range(number, len(table), files), pa.int64()))
            part = part.replace_schema_metadata({**(table.schema.metadata or {}), "part": str(number)})
            pq.write_table(part, folder / name / f"part-{number}.parquet", store_decimal_as_integer=True)
    return folder


def typed(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    columns = {key: column.type for key, column in schemas()[f"microdata.{name}"].columns.items()}
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def models_of(folder: Path, *names: str) -> list[list[dict[str, Any]]]:
    """The rows of some models of datasets, as the build would make them before disclosure control."""
    with DuckDB(folder / "spill") as engine:
        for dataset in find(str(folder), METHOD):
            engine.view(dataset)
        for table, rows in choices_of(METHOD, [2016, 2017]).items():
            engine.load(table, rows)
        made = run_models(engine, names)
        return [made[name].to_pylist() for name in names]


def test_value_in_is_value_out_and_unallocated_to_the_ore(simulated: Path, built: Path) -> None:
    declared = pa.concat_tables(pq.read_table(file, columns=["year", "value_sek"]) for file in (simulated / "declarations").iterdir())
    by_year = {row["year"]: row["value_sek_sum"] for row in declared.group_by("year").aggregate([("value_sek", "sum")]).to_pylist()}
    table = rows_of(built / "open.csv")
    for year, value in by_year.items():
        lines = {line for line in (row["region_code"] for row in table) if line != "00"}
        total = sum(
            (
                Decimal(row["exports_sek"])
                for row in table
                if (row["year"], row["size_class"]) == (str(year), "total") and row["region_code"] in lines and row["exports_sek"] != "-"
            ),
            Decimal(0),
        )
        assert total == value
        for basis in ALLOCATION_BASES:
            parts = {
                row["coverage"]: row for row in rows_of(built / "open-quality.csv") if (row["basis"], row["year"]) == (basis, str(year))
            }
            assert Decimal(parts["declared"]["exports_sek"]) == value
            assert Decimal(parts["allocated"]["exports_sek"]) + Decimal(parts["unallocated"]["exports_sek"]) == value
            counties = [
                row
                for row in rows_of(built / "open-allocation_bases.csv")
                if (row["basis"], row["year"], row["size_class"]) == (basis, str(year), "total")
            ]
            assert sum(Decimal(row["exports_sek"]) for row in counties if row["exports_sek"] != "-") == Decimal(
                parts["allocated"]["exports_sek"]
            )


IDS = st.sampled_from([f"SE{number}" for number in range(6)])
YEARS = st.sampled_from([2016, 2017])
WORLDS = st.fixed_dictionaries(
    {
        "declarations": st.lists(
            st.fixed_dictionaries(
                {
                    "enterprise_id": IDS,
                    "year": YEARS,
                    "month": st.integers(1, 12),
                    "partner_country": st.just("NO"),
                    "commodity_code": st.just("84111100"),
                    "value_sek": st.integers(0, 10**13).map(lambda ore: Decimal(ore) / 100),
                }
            ),
            min_size=1,
            max_size=12,
        ),
        "enterprises": st.lists(
            st.fixed_dictionaries(
                {
                    "enterprise_id": IDS,
                    "year": YEARS,
                    "enterprise_group_id": st.sampled_from([None, "G1", "G2"]),
                    "employees": st.integers(0, 400),
                    "industry_code": st.just("25620"),
                }
            ),
            max_size=8,
            unique_by=lambda row: (row["enterprise_id"], row["year"]),
        ),
        "establishments": st.lists(
            st.fixed_dictionaries(
                {
                    "establishment_id": st.integers(0, 99).map("W{}".format),
                    "enterprise_id": IDS,
                    "year": YEARS,
                    "region_code": st.sampled_from(["01", "03", "25"]),
                    "employees": st.integers(0, 300),
                    "industry_code": st.sampled_from(["25620", "46900", "70100"]),
                }
            ),
            max_size=14,
            unique_by=lambda row: (row["establishment_id"], row["year"]),
        ),
    }
)


@pytest.mark.whole
@given(world=WORLDS, files=st.integers(2, 3), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_nobody_gains_without_a_workplace_and_the_order_of_rows_and_files_is_nothing(
    tmp_path_factory: pytest.TempPathFactory, world: dict[str, list[dict[str, Any]]], files: int, seed: int
) -> None:
    folder = write(tmp_path_factory.mktemp("world"), {name: typed(name, world[name]) for name in NAMES})
    found, cells = models_of(folder, "microdata.contributions", "microdata.cells")
    places = {(row["enterprise_id"], row["year"], row["region_code"]) for row in world["establishments"]}
    declared: dict[tuple[str, int], Decimal] = {}
    for row in world["declarations"]:
        key = (row["enterprise_id"], row["year"])
        declared[key] = declared.get(key, Decimal(0)) + row["value_sek"]
    for basis in ALLOCATION_BASES:
        own = [row for row in found if row["basis"] == basis]
        for (enterprise, year), value in declared.items():
            parts = [row for row in own if (row["enterprise_id"], row["year"]) == (enterprise, year)]
            assert sum(row["exports_sek"] for row in parts) == value
            assert sum(row["exporter_millionths"] for row in parts) == (1_000_000 if value >= 1 else 0)
            assert {row["region_code"] for row in parts if (enterprise, year, row["region_code"]) not in places} <= {"unallocated"}
            shares = expected_shares(
                basis, [row for row in world["establishments"] if (row["enterprise_id"], row["year"]) == (enterprise, year)]
            )
            if any((row["enterprise_id"], row["year"]) == (enterprise, year) for row in world["enterprises"]) and shares:
                assert {row["region_code"] for row in parts} == set(shares)
                assert all(
                    abs(Fraction(row["exports_sek"]) - shares[row["region_code"]] * Fraction(value)) < Fraction(1, 100) for row in parts
                )
            else:
                assert {row["region_code"] for row in parts} == {"unallocated"}
    mixed = {name: list(rows) for name, rows in world.items()}
    for rows in mixed.values():
        random.Random(seed).shuffle(rows)
    again = write(tmp_path_factory.mktemp("again"), {name: typed(name, mixed[name]) for name in NAMES}, files)
    assert models_of(again, "microdata.cells") == [cells]


def expected_shares(basis: str, workplaces: Rows | list[dict[str, Any]]) -> dict[str, Fraction]:
    """An enterprise's share of each region, worked out anew."""
    if not workplaces:
        return {}
    rows: list[dict[str, Any]] = list(workplaces)  # type: ignore[arg-type]
    if basis == "head-office":
        head = min(rows, key=lambda row: (not row["industry_code"].startswith("701"), -row["employees"], row["establishment_id"]))
        return {head["region_code"]: Fraction(1)}
    weights = [(row["region_code"], row["employees"] if basis == "production-place" and row["industry_code"] < "34" else 0) for row in rows]
    if not sum(weight for _, weight in weights):
        weights = [(row["region_code"], row["employees"]) for row in rows]
    if not sum(weight for _, weight in weights):
        weights = [(row["region_code"], 1) for row in rows]
    total = sum(weight for _, weight in weights)
    regions = {region for region, weight in weights if weight}
    return {region: Fraction(sum(weight for own, weight in weights if own == region), total) for region in regions}


def test_from_simulated_declarations_to_proposed_candidates(built: Path, raw: Raw, award: Callable[..., Path], tmp_path: Path) -> None:
    """The whole road, with the commands that the build itself names."""
    out = built / "table.csv"
    wide = [(f"{name} = ", f"{name} = 1e6 # ") for name in ("largest_yearly_factor", "largest_published_factor")]
    trial = award(*wide)
    given_ = ["--publisher", "X", "--page", "https://www.scb.se", "--licence", "CC0-1.0"]
    added = exportregion("add", out, *given_, "--award", trial, "--data", raw.folder, "--yes")
    assert added.exit_code == 0, added.stderr
    vintage = next(line for line in added.stdout.splitlines() if line.startswith("goods_exports = "))
    pinned = award(*wide, ("[vintages]", f"[vintages]\n{vintage}"), name="pinned")
    ranked = exportregion("rank", "--award", pinned, "--data", raw.folder, "--out", tmp_path / "out", "--json")
    assert ranked.exit_code == 0, ranked.stderr
    result = json.loads(ranked.stdout)
    assert raw.folder.name and any(file.startswith("goods_exports/") for file in result["illustrative"])
    staged = pq.read_table(tmp_path / "out" / "pinned" / "staging" / "goods_exports.parquet").to_pylist()
    table = {(row["region_code"], int(row["year"]), row["size_class"]): row for row in rows_of(built / "table.csv")}
    assert len(staged) == 22 * 6 * 4
    for row in staged:
        written = table[row["region_code"], row["year"], row["size_class"]]
        assert row["status"] == written["status"]
        assert row["exports_sek"] == {"..": None, "-": Decimal(0)}.get(written["exports_sek"]) or row["exports_sek"] == Decimal(
            written["exports_sek"]
        )
        assert row["series"] == "production-place; size definition enterprise; threshold 1 SEK a year"
    withheld_2020 = {
        row["region_code"] for row in staged if row["status"] == "withheld" and row["year"] == 2020 and row["size_class"] != "250+"
    }
    # What the pipeline publishes of a county with a withheld part gives nothing back: neither per inhabitant nor as growth.
    hidden = {(row["region_code"], row["year"]) for row in staged if row["status"] == "withheld" and row["size_class"] != "250+"}
    indicators = tmp_path / "out" / "pinned" / "indicators"
    per_capita = [
        row for row in pq.read_table(indicators / "levels_by_year.parquet").to_pylist() if row["measure"] == "sme_goods_exports_per_capita"
    ]
    assert len(per_capita) == 22 * 5
    for row in per_capita:
        assert (row["level"] is None) == ((row["region_code"], row["year"]) in hidden)
    for row in pq.read_table(indicators / "growth_by_window.parquet").to_pylist():
        if row["measure"] == "sme_goods_exports_per_capita" and hidden & {
            (row["region_code"], row[end]) for end in ("base_year", "final_year")
        }:
            assert row["growth_ratio"] is None
    unranked = {row["region_code"] for row in result["ranking"] if row["rank"] is None}
    assert withheld_2020 - {"00"} <= unranked


def test_a_table_without_disclosure_control_is_not_offered_and_not_recorded(built: Path, raw: Raw) -> None:
    given_ = ["--publisher", "X", "--page", "https://www.scb.se", "--licence", "CC0-1.0", "--kind", "illustrative"]
    added = exportregion("add", built / "open.csv", *given_, "--data", raw.folder, "--yes")
    assert added.exit_code == 1
    assert "none: not for publication" in added.stderr


def test_a_build_without_disclosure_control_says_what_it_is_not_for_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "open.toml").write_text(method_text(("control = true", "control = false")), encoding="utf-8")
    asked: list[str | Path] = ["--in", tmp_path / "nothing", "--out", tmp_path / "out" / "t.csv", "--settings", tmp_path / "open.toml"]
    ran = exportregion("microdata", "build", *asked)
    assert ran.exit_code == 1
    begin, _, end = ran.stderr.partition("no such folder")
    assert end
    assert "No disclosure control (control = false in" in begin
    assert "`exportregion add` refuses it" in begin
    assert "No disclosure control" not in exportregion("microdata", "build", *asked, "--quiet").stderr


def test_microdata_whose_identifiers_do_not_meet_are_refused(few: dict[str, pa.Table], tmp_path: Path) -> None:
    other = changed("enterprise_id", lambda values: [f"{value} " for value in values])(few["establishments"])
    tables = {**few, "establishments": other}
    ran = exportregion("microdata", "build", "--in", write(tmp_path / "in", tables), "--out", tmp_path / "out" / "t.csv")
    assert ran.exit_code == 1
    assert "Check that identifiers and years are written alike" in ran.stderr


def test_unmarked_microdata_are_official_and_the_table_says_what_it_is(simulated: Path, built: Path, tmp_path: Path) -> None:
    bare = write(tmp_path / "bare", {name: pq.read_table(simulated / name).replace_schema_metadata() for name in NAMES})
    ran = exportregion("microdata", "build", "--in", bare, "--out", tmp_path / "t.csv", "--settings", built / "open.toml")
    assert "ILLUSTRATIVE" not in ran.stdout
    assert "exportregion add" not in ran.stdout
    said = ("series", "size_definition", "threshold", "kind", "disclosure_control")
    method = ["production-place", "enterprise", "1 SEK a year"]
    for path, expected in (
        (tmp_path / "t.csv", [*method, "official", "none: not for publication"]),
        (built / "table.csv", [*method, "illustrative", "minimum frequency and p % rule"]),
    ):
        assert {tuple(row[key] for key in said) for row in rows_of(path)} == {tuple(expected)}


def test_amounts_keep_their_ore_where_the_files_write_them_in_other_types(tmp_path: Path) -> None:
    """The first file has whole SEK, a later one öre and the columns in another order."""
    own = {"enterprise_id": "E", "year": 2016, "month": 1, "partner_country": "NO", "commodity_code": "84"}
    rows = typed("declarations", [{**own, "value_sek": Decimal("5.00")}, {**own, "value_sek": Decimal("0.75")}])
    whole = rows.slice(0, 1).set_column(5, "value_sek", pa.array([5], pa.int64()))
    folder = write(tmp_path, {name: typed(name, []) for name in NAMES[1:]})
    (folder / "declarations").mkdir()
    pq.write_table(whole, folder / "declarations" / "1.parquet")
    pq.write_table(rows.slice(1).select(rows.column_names[::-1]), folder / "declarations" / "2.parquet")
    ((exports,),) = models_of(folder, "microdata.enterprise_exports")
    assert exports["exports_sek"] == Decimal("5.75")


def test_the_same_microdata_give_the_same_bytes_in_other_files_and_in_little_memory(simulated: Path, built: Path, tmp_path: Path) -> None:
    tables = {name: pq.read_table(simulated / name) for name in NAMES}
    shuffled = {name: table.take(pa.array(random.Random(1).sample(range(len(table)), len(table)))) for name, table in tables.items()}
    folder = write(tmp_path / "other", shuffled, files=5)
    options: list[str | Path] = ["--out", tmp_path / "open.csv", "--memory", "64MB", "--settings", built / "open.toml"]
    assert exportregion("microdata", "build", "--in", folder, *options).exit_code == 0
    for companion in COMPANIONS:
        assert (tmp_path / f"open{companion}.csv").read_bytes() == (built / f"open{companion}.csv").read_bytes()


@functools.cache
def identifiers(folder: Path) -> set[str]:
    """Every identifier in the datasets."""
    found: set[str] = set()
    for name in NAMES:
        table = pq.read_table(folder / name)
        for column in ("enterprise_id", "enterprise_group_id", "establishment_id"):
            found |= set(pc.unique(table[column]).to_pylist()) - {None} if column in table.column_names else set()
    return found


def test_no_identifier_leaves_in_tables_records_or_on_the_terminal(simulated: Path, built: Path, tmp_path: Path) -> None:
    known = identifiers(simulated)
    assert len(known) > 1000
    options: list[str | Path] = ["--out", tmp_path / "t.parquet", "--settings", built / "open.toml", "--json"]
    ran = exportregion("microdata", "build", "--in", simulated, *options)
    assert ran.exit_code == 0
    texts = [path.read_text(encoding="utf-8") for path in built.glob("*.*")]
    texts += [json.dumps(pq.read_table(path).to_pylist(), default=str) for path in tmp_path.glob("*.parquet")]
    assert len(texts) == 18
    words = {word for text in [*texts, ran.stdout, ran.stderr] for word in re.findall(r"\w+", text)}
    assert not words & known


Spoil = Callable[[pa.Table], pa.Table]


def changed(column: str, change: Callable[[list[Any]], list[Any]], kind: pa.DataType | None = None) -> Spoil:
    def spoil(table: pa.Table) -> pa.Table:
        place = table.column_names.index(column)
        values = change(table[column].to_pylist())
        return table.set_column(place, column, pa.array(values, kind or table.schema.field(column).type))

    return spoil


def first(value: Any) -> Callable[[list[Any]], list[Any]]:
    return lambda values: [value, *values[1:]]


BROKEN: dict[str, tuple[str, Spoil, str]] = {
    "a month beyond twelve": ("declarations", changed("month", first(13)), "1 row that does not fit; expected month of 12 or less"),
    "a country in small letters": (
        "declarations",
        changed("partner_country", first("no")),
        "1 row that does not fit; expected partner_country like",
    ),
    "an identifier in the wrong column": (
        "declarations",
        changed("commodity_code", lambda values: [f"SE5560{number}" for number in range(len(values))]),
        "rows that do not fit; expected commodity_code like",
    ),
    "a missing enterprise": (
        "declarations",
        changed("enterprise_id", first(None)),
        "1 row that does not fit; expected no missing enterprise_id",
    ),
    "an empty identifier": (
        "declarations",
        changed("enterprise_id", first("")),
        "1 row that does not fit; expected no empty enterprise_id",
    ),
    "a negative value": (
        "declarations",
        changed("value_sek", first(Decimal("-0.01"))),
        "1 row that does not fit; expected value_sek of 0 or more",
    ),
    "a value beyond belief": (
        "declarations",
        changed("value_sek", first(Decimal("1000000000000.01"))),
        "1 row that does not fit; expected value_sek of 1,000,000,000,000 or less",
    ),
    "money as floating point": (
        "declarations",
        changed("value_sek", lambda values: [float(value) for value in values], pa.float64()),
        "value_sek as double; expected value_sek as DECIMAL with at most two decimals",
    ),
    "years as text": (
        "enterprises",
        changed("year", lambda values: [str(value) for value in values], pa.string()),
        "year as string; expected year as whole numbers",
    ),
    "a column that is not there": ("establishments", lambda table: table.drop_columns(["region_code"]), "no column region_code"),
    "an enterprise twice in a year": (
        "enterprises",
        lambda table: pa.concat_tables([table, table.slice(0, 1)]),
        "2 rows that share their enterprise_id and year",
    ),
    "a county that is none": (
        "establishments",
        changed("region_code", first("00")),
        "1 row that does not fit; expected region_code other than 00",
    ),
    "a county in words": ("establishments", changed("region_code", first("Gotland")), "1 row that does not fit; expected region_code like"),
    "negative employees": ("establishments", changed("employees", first(-1)), "1 row that does not fit; expected employees of 0 or more"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_breaks_its_schema_is_named_among_many_and_nothing_it_holds_is_shown(
    kind: str, few: dict[str, pa.Table], simulated: Path, tmp_path: Path
) -> None:
    name, spoil, expected = BROKEN[kind]
    folder = write(tmp_path / "in", few, files=3)
    broken = folder / name / "part-1.parquet"
    pq.write_table(spoil(pq.read_table(broken)), broken, store_decimal_as_integer=True)
    (tmp_path / "t.csv").write_text("the table of before", encoding="utf-8")
    before = tree(tmp_path)
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv")
    assert ran.exit_code == 1
    assert expected in ran.stderr
    assert str(broken) in ran.stderr
    assert "part-0" not in ran.stderr.replace("part-1", "") or kind == "an enterprise twice in a year"
    assert "nothing was written" in ran.stderr
    assert not set(re.findall(r"\w+", ran.stderr)) & identifiers(simulated)
    assert "SE5560" not in ran.stderr
    assert tree(tmp_path) == before


def test_a_value_that_breaks_its_schema_is_found_where_footers_state_nothing(few: dict[str, pa.Table], tmp_path: Path) -> None:
    declarations = BROKEN["a month beyond twelve"][1](few["declarations"])
    for name, table in {**few, "declarations": declarations}.items():
        pq.write_table(table, tmp_path / f"{name}.parquet", write_statistics=False)
    data = find(str(tmp_path), METHOD)
    assert not any(dataset.states(condition) for dataset in data for condition in column_conditions(dataset.schema))
    with DuckDB(tmp_path / "spill") as engine, pytest.raises(DataRefused, match=r"1 row that does not fit; expected month of 12 or less"):
        check_rows(data, engine, silent)


def test_the_ends_of_a_column_tell_what_the_condition_on_each_value_tells() -> None:
    asked = 0
    with duckdb.connect() as connection:
        for condition in (each for name in NAMES for each in column_conditions(schemas(METHOD)[f"microdata.{name}"])):
            ends = (
                ["", "a"]
                if condition.bound == ""
                else [condition.bound + step for step in (-1, 0, 1)]
                if type(condition.bound) is int
                else []
            )
            for value in ends:
                broken = connection.execute(f"select {condition.broken_where} from (select $1 as {condition.column})", [value]).fetchall()
                assert condition.is_met_by_all(value, value) != broken[0][0], condition
                assert not (broken[0][0] and condition.is_met_by_all(min(ends), max(ends)))
                asked += 1
    assert asked > 30


@pytest.mark.parametrize("table", ["microdata.enterprise_exports", *COMPANIES])
def test_a_query_year_by_year_has_the_rows_of_the_query_itself(table: str, simulated: Path, tmp_path: Path) -> None:
    """The texts of the models are rewritten, so each must be written as the rewriting expects it."""
    sql = models(table.partition(".")[0])[table]
    by_year = year_by_year(sql, [2016, 2018])
    assert by_year.count("union all") == 1
    with DuckDB(tmp_path / "spill") as engine:
        engine.view(find(str(simulated), METHOD)[0])
        numbers = {"last_year": 2018, "commodity_digits": 4}
        engine.load("companies.settings", pa.table({name: [number] for name, number in numbers.items()}))
        engine.load("companies.goods_years", pa.table({"year": [2016, 2018]}))
        columns = ", ".join(schemas()[table].columns)
        ours, theirs = (
            engine.ask(f"select {columns} from ({query}\n) where year in (2016, 2018) order by {', '.join(schemas()[table].grain)}")
            for query in (by_year, sql)
        )
    assert len(ours) > 500
    assert ours.equals(theirs)


def spoil(file: Path, damage: str) -> None:
    """Damage a Parquet file: cut it short, or blank its footer's length or the pages of its values."""
    content = bytearray(file.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "footer":
        content[-8:-4] = bytes(4)
    else:
        pages = pq.read_metadata(file).row_group(0).column(5)
        begin = pages.dictionary_page_offset or pages.data_page_offset
        content[begin : begin + pages.total_compressed_size] = bytes(pages.total_compressed_size)
    file.write_bytes(content)


@pytest.mark.parametrize("name", NAMES[1:])
@pytest.mark.parametrize("files", [1, 3])
def test_a_year_that_a_register_lacks_is_refused_and_not_nil(name: str, files: int, simulated: Path, tmp_path: Path) -> None:
    """In files of a year each, where the footers tell, and in files of all years, where the rows are asked."""
    folder = tmp_path / "in"
    shutil.copytree(simulated, folder)
    years = pq.read_table(folder / name)["year"]
    rows = pq.read_table(folder / name).filter(pc.not_equal(years, 2018))
    shutil.rmtree(folder / name)
    by_year = [rows.filter(pc.equal(rows["year"], year)) for year in simulate.YEARS if year != 2018]
    (folder / name).mkdir()
    for number, part in enumerate([rows] if files == 1 else by_year):
        pq.write_table(part, folder / name / f"{number}.parquet", store_decimal_as_integer=True)
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv")
    assert ran.exit_code == 1
    assert f"{folder}, {name}: found no row of 2018; expected each year of the declarations." in ran.stderr
    assert "1 fault;" in ran.stderr
    assert not (tmp_path / "t.csv").exists()


def test_a_file_that_is_there_twice_is_refused_and_a_month_without_declarations_is_told(simulated: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(simulated, folder, ignore=shutil.ignore_patterns("201[679]*", "202*"))
    months = sorted((folder / "declarations").iterdir())
    march = next(file for file in months if file.stem == "2018-03")
    shutil.copyfile(march, march.with_name("2018-03-again.parquet"))
    asked: list[str | Path] = ["microdata", "build", "--in", folder, "--out", tmp_path / "t.csv"]
    asked += ["--settings", tmp_path / "open.toml"]
    (tmp_path / "open.toml").write_text(method_text(("control = true", "control = false")), encoding="utf-8")
    ran = exportregion(*asked)
    assert (ran.exit_code, f"{march}: found the same bytes as in {march.with_name('2018-03-again.parquet')}" in ran.stderr) == (1, True)
    march.with_name("2018-03-again.parquet").unlink()
    assert "Months without" not in exportregion(*asked).stdout
    march.unlink()
    assert "Months without declarations, missing from their years: 2018-03." in exportregion(*asked).stdout
    table = pa.concat_tables(pq.read_table(file) for file in months if file != march)
    shutil.rmtree(folder / "declarations")
    pq.write_table(table, folder / "declarations.parquet", store_decimal_as_integer=True)
    told = json.loads(exportregion(*asked, "--json").stdout)
    assert told["months_without_declarations"] == ["2018-03"]
    assert json.loads((tmp_path / "t-run.json").read_text(encoding="utf-8"))["months_without_declarations"] == ["2018-03"]


@pytest.mark.parametrize("damage", ["cut", "footer", "page"])
def test_a_damaged_file_is_named_among_many(damage: str, few: dict[str, pa.Table], tmp_path: Path) -> None:
    folder = write(tmp_path / "in", few, files=3)
    file = folder / "declarations" / "part-2.parquet"
    spoil(file, damage)
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv")
    assert ran.exit_code == 1
    assert f"{file}: found a damaged file" in ran.stderr
    assert "1 fault;" in ran.stderr
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize("damage", ["identifier", "value"])
def test_damage_that_can_still_be_read_is_named_where_the_footer_rules_it_out(
    damage: str, few: dict[str, pa.Table], tmp_path: Path
) -> None:
    folder = write(tmp_path / "in", few, files=3)
    file = folder / "declarations" / "part-1.parquet"
    table = pq.read_table(file)
    pq.write_table(table, file, compression="none", store_decimal_as_integer=True)
    content = file.read_bytes()
    if damage == "identifier":
        known = sorted(set(table["enterprise_id"].to_pylist()))
        old, new = known[len(known) // 2].encode(), b"ZZ" + known[0].encode()[2:]
    else:
        values = sorted(table["value_sek"].to_pylist())
        old, new = (int(ore).to_bytes(8, "little") for ore in (values[len(values) // 2] * 100, 9e18))
    assert old in content
    file.write_bytes(content.replace(old, new))
    assert pq.read_table(file).num_rows == table.num_rows
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv")
    assert ran.exit_code == 1
    assert f"{file}: found a damaged file" in ran.stderr
    assert "1 fault;" in ran.stderr


def test_what_is_not_there_and_what_is_asked_for_wrongly(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    missing = exportregion("microdata", "build", "--in", tmp_path / "in", "--out", tmp_path / "t.csv")
    assert missing.exit_code == 1
    assert [f"the dataset {name}" in missing.stderr for name in NAMES] == [True] * 3
    wrong: tuple[tuple[list[str | Path], str], ...] = (
        (["--out", tmp_path / "t.xlsx"], "a file that ends with .parquet or .csv"),
        (["--out", tmp_path / "t.csv", "--settings", tmp_path / "none.toml"], "none.toml"),
    )
    (tmp_path / "held-quality.csv").mkdir()
    wrong += ((["--out", tmp_path / "held.csv"], "held-quality.csv: found a folder"),)
    for amount in ("much", "-1GB", "50%", "0GB"):
        wrong += ((["--out", tmp_path / "t.csv", "--memory", amount], "an amount such as 2GB"),)
    for arguments, said in wrong:
        ran = exportregion("microdata", "build", "--in", tmp_path / "in", *arguments)
        assert (ran.exit_code, said in ran.stderr, "Traceback" in ran.stderr) == (1, True, False), ran.stderr
    among = exportregion("microdata", "build", "--in", tmp_path, "--out", tmp_path / "declarations" / "x.parquet")
    assert (among.exit_code, "is inside the --in folder" in among.words) == (2, True)
    assert exportregion("microdata", "build", "--in", "s3a://b/x", "--out", tmp_path / "t.csv").exit_code == 2
    assert exportregion("microdata", "build", "--in", tmp_path / "in", "--out", tmp_path / "t.csv", "--engine", "spark").exit_code == 2
    assert (
        exportregion("microdata", "build", "--in", tmp_path / "in", "--out", tmp_path / "t.csv", "--master", "spark://x:1").exit_code == 2
    )
    assert exportregion("microdata", "simulate", "--declarations", "0", "--seed", "1", "--out", tmp_path / "s").exit_code == 2
    there = exportregion("microdata", "simulate", "--declarations", "9", "--seed", "1", "--out", tmp_path / "in")
    assert (there.exit_code, "exists already" in there.stderr) == (1, True)


@pytest.mark.parametrize(
    ("replacement", "said"),
    [
        (('basis = "production-place"', 'basis = "at home"'), "allocation.basis"),
        (("fewest_groups = 3", "fewest_groups = 1"), "disclosure.fewest_groups"),
        (("p_percent = 10", "p_procent = 10"), "Did you mean 'p_percent'?"),
        (("threshold_sek = 1", "threshold_sek = 0"), "exporters.threshold_sek"),
        (('definition = "enterprise"', 'definition = "enterprise"\nwhy = "x"'), "unknown key 'why'"),
    ],
)
def test_every_choice_is_checked(replacement: tuple[str, str], said: str, simulated: Path, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(method_text(replacement), encoding="utf-8")
    ran = exportregion("microdata", "build", "--in", simulated, "--out", tmp_path / "t.csv", "--settings", tmp_path / "m.toml")
    assert ran.exit_code == 1
    assert said in ran.stderr


def building(simulated: Path, out: Path) -> "subprocess.Popen[bytes]":
    (out.parent.parent / "open.toml").write_text(method_text(("control = true", "control = false")), encoding="utf-8")
    command: list[str | Path] = [sys.executable, "-m", "pipeline", "microdata", "build", "--in", simulated, "--out", out, "--quiet"]
    command += ["--settings", out.parent.parent / "open.toml"]
    # Where the tests themselves run in the background, what they start would ignore an interruption.
    heard = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None  # noqa: E731
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=heard)  # noqa: PLW1509


def end_of(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """The exit code of a build as a shell tells it, and its stderr.

    An interruption that comes while Python executes a text, as imports do, makes it end by the signal: 130 to a shell as well.
    """
    said = process.communicate()[1]
    code = process.returncode
    return (code if code >= 0 else 128 - code), said.decode()


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_build_leaves_the_last_table_and_the_next_one_sweeps(
    how: signal.Signals, simulated: Path, built: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "table.csv"
    out.parent.mkdir()
    out.write_text("the table of before", encoding="utf-8")
    process = building(simulated, out)
    until = time.monotonic() + 60
    while not list(out.parent.glob(".exportregion-microdata-*")) and time.monotonic() < until and process.poll() is None:
        time.sleep(0.002)
    os.kill(process.pid, how)
    ended = (130, "\nInterrupted; nothing unfinished was kept.\n") if how == signal.SIGINT else (128 + how, "")
    assert end_of(process) == ended
    assert {path.name for path in out.parent.iterdir() if not path.name.startswith(".")} == {"table.csv"}
    assert out.read_text(encoding="utf-8") == "the table of before"
    assert bool(list(out.parent.glob(".*"))) == (how == signal.SIGKILL)
    ran = exportregion("microdata", "build", "--in", simulated, "--out", out, "--settings", built / "open.toml")
    assert ran.exit_code == 0, ran.stderr
    assert list(out.parent.glob(".*")) == []
    assert out.read_bytes() == (built / "open.csv").read_bytes()


@pytest.mark.parametrize(("value", "shown", "said"), [(10, "10.00", "2016 100.0%"), (0, "-", "2016 nothing declared")])
def test_below_the_threshold_there_is_a_value_without_an_exporter_and_nil_is_nil(value: int, shown: str, said: str, tmp_path: Path) -> None:
    own = {"enterprise_id": "E", "year": 2016, "employees": 5, "industry_code": "25"}
    world: dict[str, dict[str, Any]] = {
        "declarations": {**own, "month": 1, "partner_country": "NO", "commodity_code": "84", "value_sek": Decimal(value)},
        "enterprises": {**own, "enterprise_group_id": None},
        "establishments": {**own, "establishment_id": "W", "region_code": "25"},
    }
    columns = {name: list(schemas(METHOD)[f"microdata.{name}"].columns) for name in NAMES}
    folder = write(tmp_path / "in", {name: typed(name, [{key: row.get(key) for key in columns[name]}]) for name, row in world.items()})
    (tmp_path / "m.toml").write_text(method_text(("threshold_sek = 1", "threshold_sek = 1000"), ("control = true", "control = false")))
    ran = exportregion("microdata", "build", "--in", folder, "--out", tmp_path / "t.csv", "--settings", tmp_path / "m.toml")
    assert "1 county, 2016–2016" in ran.stdout
    assert said in ran.stdout
    (cell,) = [row for row in rows_of(tmp_path / "t.csv") if (row["region_code"], row["size_class"]) == ("25", "0-9")]
    status = "ok" if value else "nil"
    assert [cell[key] for key in ("exports_sek", "status", "exporters", "exporters_status")] == [shown, status, "-", "nil"]
    coverage = [row for row in rows_of(tmp_path / "t-quality.csv") if row["coverage"] in ("declared", "allocated")]
    assert {(row["exports_sek"], row["exporters"], row["status"]) for row in coverage} == {(shown, "-", status)}


@pytest.mark.usefixtures("process")
def test_two_builds_at_once_do_not_disturb_each_other(simulated: Path, built: Path, tmp_path: Path) -> None:
    runs = [building(simulated, tmp_path / "out" / name) for name in ("table.csv", "table.csv", "other.csv")]
    assert [end_of(run) for run in runs] == [(0, "")] * 3
    for companion in COMPANIONS:
        for name in ("table", "other"):
            assert (tmp_path / "out" / f"{name}{companion}.csv").read_bytes() == (built / f"open{companion}.csv").read_bytes()
    assert list((tmp_path / "out").glob(".*")) == []


@pytest.mark.usefixtures("process")
def test_a_build_shows_what_it_does(simulated: Path, built: Path, tmp_path: Path) -> None:
    arguments: list[str | Path] = ["microdata", "build", "--in", simulated, "--settings", built / "open.toml", "--out", tmp_path / "t.csv"]
    shown = stderr_on_a_terminal(*arguments)
    # What is done when the line goes is drawn at the latest then.
    assert re.search(r"cells, table (\d+) of \1\b", shown)
    assert stderr_on_a_terminal(*arguments, "--quiet") == ""


def test_simulated_microdata_are_deterministic_skewed_grouped_spread_and_in_motion(simulated: Path, tmp_path: Path) -> None:
    for name, seed in (("again", 7), ("other", 8)):
        ran = exportregion("microdata", "simulate", "--declarations", "20000", "--seed", str(seed), "--out", tmp_path / name)
        assert "declarations: 20,000 rows, illustrative" in ran.stdout
    assert tree(tmp_path / "again") == tree(simulated)
    assert tree(tmp_path / "other") != tree(simulated)
    declarations = pq.read_table(simulated / "declarations")
    values = sorted(declarations.group_by("enterprise_id").aggregate([("value_sek", "sum")])["value_sek_sum"].to_pylist(), reverse=True)
    assert sum(values[: len(values) // 10]) > sum(values) / 2
    enterprises = pq.read_table(simulated / "enterprises").to_pylist()
    small = sum(row["employees"] < 10 for row in enterprises)
    assert len(enterprises) / 2 < small < len(enterprises)
    assert any(row["employees"] >= 250 for row in enterprises)
    groups = [row["enterprise_group_id"] for row in enterprises if row["year"] == 2016 and row["enterprise_group_id"]]
    assert len(set(groups)) < len(groups)
    regions: dict[str, set[str]] = {}
    for row in pq.read_table(simulated / "establishments").to_pylist():
        regions.setdefault(row["enterprise_id"], set()).add(row["region_code"])
    assert max(map(len, regions.values())) > 3
    assert len(set[str]().union(*regions.values())) == 21
    by_year = [{row["enterprise_id"] for row in enterprises if row["year"] == year} for year in simulate.YEARS]
    assert by_year[0] - by_year[-1] and by_year[-1] - by_year[0]
    assert set(declarations["enterprise_id"].to_pylist()) - set[str]().union(*by_year)


def test_simulating_holds_no_more_than_a_row_group_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "ROW_GROUP", 100)
    seen: list[int] = []
    simulate.simulate(tmp_path / "s", 20_000, 7, seen.append)
    assert seen[-1] == 20_000
    assert max(later - earlier for earlier, later in zip([0, *seen], seen, strict=False)) <= 100
    sizes = [
        footer.row_group(number).num_rows
        for file in (tmp_path / "s" / "declarations").iterdir()
        for footer in [pq.read_metadata(file)]
        for number in range(footer.num_row_groups)
    ]
    assert (max(sizes), sum(sizes)) == (100, 20_000)


def change(base: str, final: str, group_base: str, group_final: str) -> dict[str, Any]:
    pairs = {"largest": (group_base, group_final), "carrier": (group_base, group_final)}
    figures = {
        f"{group}_{end}_sek": Decimal(value) for group, ends in pairs.items() for end, value in zip(("base", "final"), ends, strict=True)
    }
    return {"region_code": "01", "base_year": 2016, "final_year": 2020, "base_sek": Decimal(base), "final_sek": Decimal(final), **figures}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # +100, of which the group 60, from 10 to 70: the class tells that it has at least 50, far from 70.
        (change("1000", "1100", "10", "70"), "more than 50 % of the change"),
        # +100, of which the group 52, from 1 to 53: at least 50 would be within 10 % of 53.
        (change("1000", "1100", "1", "53"), "withheld"),
        # +100, of which the group 150: without it the county would have fallen.
        (change("1000", "1100", "50", "200"), "more than all of the change"),
        (change("1000", "1100", "100", "120"), "at most 50 % of the change"),
        (change("1000", "1100", "120", "100"), "against the change"),
        (change("1000", "1000", "0", "100"), "no change"),
        # −100, of which the group −80, from 100 to 20.
        (change("1000", "900", "100", "20"), "more than 50 % of the change"),
        # +100, of which the group exactly half: from 0 it can have come to 50 at most, and has 50.
        (change("1000", "1100", "0", "50"), "withheld"),
    ],
)
def test_the_class_of_a_change_tells_no_figure_within_p_per_cent(row: dict[str, Any], expected: str) -> None:
    (told,) = dominance.table([row], {2016: set(), 2020: set()}, METHOD).to_pylist()
    assert told["any_group"] == told["largest_group"] == expected
    assert set(told) == {"region_code", "base_year", "final_year", "largest_group", "any_group"}
    (hidden,) = dominance.table([row], {2016: {("01", "sme")}, 2020: set()}, METHOD).to_pylist()
    assert hidden["any_group"] == hidden["largest_group"] == "withheld"


def test_dominance_is_a_class_without_a_figure(built: Path) -> None:
    rows = rows_of(built / "table-dominance.csv")
    assert len(rows) == 21 * 15
    told = {row[name] for row in rows for name in ("any_group", "largest_group")}
    assert told >= {"more than 50 % of the change", "at most 50 % of the change", "withheld"}
    assert told <= {
        *("withheld", "no change", "against the change", "more than all of the change"),
        *("more than 50 % of the change", "at most 50 % of the change"),
    }


@pytest.fixture(autouse=True)
def _raw_is_kept() -> Iterator[None]:
    before = tree(RAW)
    yield
    assert tree(RAW) == before


def test_an_interruption_as_a_query_begins_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        raise KeyboardInterrupt

    began = time.monotonic()
    with DuckDB(tmp_path) as engine:
        monkeypatch.setattr(threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            engine.ask("select sum(hash(range)) from range(500_000_000_000)")
    assert time.monotonic() - began < 60
