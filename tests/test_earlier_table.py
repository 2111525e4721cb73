"""Two tables of the same years, beside each other, tell no more than each of them: what the earlier one published counts as known."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from conftest import exportregion
from test_disclosure import (
    BASIS,
    Attack,
    assert_open,
    cells_of_all,
    everywhere,
    one_year,
    spread,
    table,
    three_counties,
    truth_of,
    unsafe_differences,
    without,
)
from test_microdata import METHOD, rows_of, simulated, write

from pipeline.microdata import bases
from pipeline.microdata.build import _protected
from pipeline.microdata.datasets import NAMES
from pipeline.microdata.disclosure import audit, known_before, least_loss
from pipeline.microdata.earlier import published
from pipeline.microdata.schemas import WHOLE
from pipeline.microdata.system import Cell

__all__ = ["simulated"]


def test_what_an_earlier_table_published_hides_nothing(tmp_path: Path) -> None:
    """A rectangle with one county then, one with another now: A's county has its other cells in one table or the other, and A is told."""
    year = table(tmp_path, [*without(everywhere("01", "03", "25"), "25", "250+"), ("25", "250+", "A", 400)])
    alone = least_loss(year).withheld
    (partner,) = {line for line, _ in alone} - {"25"}
    (other,) = {"01", "03"} - {partner}
    earlier = {(county, size) for county in (other, "25") for size in ("250+", "total")}
    assert all(interval.is_wide_enough for interval in audit(year, earlier))
    both = replace(year, public=frozenset(cell for cell in year.exports_sek if cell[1:] not in earlier))
    told = [interval for interval in audit(both, alone) if interval.cell[1:] == ("25", "250+") and interval.measure == "exports_sek"]
    assert told
    assert all(interval.lowest == interval.highest == 400 for interval in told)
    choice = least_loss(both)
    assert choice.withheld == earlier
    assert all(interval.is_wide_enough for interval in audit(both, {*choice.withheld}))


ALONE = {"region_code": "01", "groups": 1, "largest_sek": Decimal(234), "others_sek": Decimal(0)}
"""One group is behind the difference of 234 in 01, and asks for 10 % of it, 23.4, either way."""


def head_office(*counties: str) -> set[Cell]:
    return {("head-office", county, size) for county in counties for size in ("sme", "total")}


def own(*counties: str) -> set[Cell]:
    return {("", county, size) for county in counties for size in ("sme", "total")}


def test_another_county_hides_a_difference_if_an_earlier_table_published_the_one_that_would() -> None:
    """01 is withheld, and a partner. Were both others known, as 1 000 less 23 % and as 1 000, each ± 5, the three of them 3 000, 01 would
    have 1 220 to 1 240: a difference of 220 to 240, where 234 asks for 23.4 either way."""
    _, alone, _ = _protected(*three_counties([ALONE])[:2])
    (partner,) = {county for _, county in alone} - {"01"}
    (other,) = {"03", "25"} - {partner}
    table, both, _ = three_counties([ALONE], own(partner) | head_office(partner))
    (attacked,) = [interval for interval in audit(both, alone) if interval.measure == "difference"]
    assert (attacked.value, round(attacked.lowest, 6), round(attacked.highest, 6)) == (234, 220, 240)
    assert not attacked.is_wide_enough
    assert _protected(table, both)[1] == {("head-office", "01"), ("head-office", other)}
    # What the earlier table published of the county that stays published anyway changes nothing.
    table, both, _ = three_counties([ALONE], own(other) | head_office(other))
    assert _protected(table, both)[1] == alone
    assert known_before(both, alone) == set()


def test_a_difference_that_an_earlier_table_leaves_too_narrow_is_counted_and_stops_no_build() -> None:
    """It published both others: 14 below and 6 above the difference of 01 are open, whatever is withheld now."""
    table, both, _ = three_counties([ALONE], own("03", "25", WHOLE) | head_office("03", "25"))
    _, withheld, intervals = _protected(table, both)
    assert ("head-office", "01") in withheld
    (interval,) = [interval for interval in intervals if interval.measure == "difference"]
    assert (round(interval.needed_down, 6), round(interval.needed_up, 6)) == (14, 6)
    assert known_before(both, withheld) == {("head-office - ", "01", "total")}
    assert known_before(table, withheld) == set()


def test_a_difference_between_the_other_bases_is_hidden_by_the_one_that_was_not_published() -> None:
    between = {**ALONE, "second_basis": "workplace-share"}
    assert bases.unsafe(three_counties([between])[1], set()) == {("head-office", "01")}
    assert bases.unsafe(three_counties([between], own("01") | head_office("01"))[1], set()) == {("workplace-share", "01")}


def test_the_table_itself_hides_a_difference_if_earlier_bases_leave_nothing_else() -> None:
    """The earlier table withheld 01 and 25, and published that under head-office 03 has 2 000 less 12 %, ± 10: 1 750 at least, so that 25 has
    1 250 at most, and with 980 of its own a difference of 270. It is 255, and asks for 25.5 more. Where its own is not published, the
    difference may be all of the 1 250. All exports are SMEs', so the totals go with them.
    """
    values = {"01": (20, 20, 5), "03": (2000, 2000, 1760), "25": (980, 980, 1235), WHOLE: (3000, 3000, 3000)}
    alone = {**ALONE, "region_code": "25", "largest_sek": Decimal(255)}
    public = own("03", WHOLE) | head_office("03")
    table, both, _ = three_counties([alone], public, values)
    assert least_loss(table).withheld == frozenset()
    choice, withheld, _ = _protected(table, both)
    assert choice.withheld == {cell[1:] for cell in own("01", "25")}
    assert known_before(both, withheld) == set()


def test_what_an_earlier_table_shows_of_other_bases_is_read_cell_by_cell(tmp_path: Path) -> None:
    """A share, or that both are nil; not that there is something where the table's basis has nothing; not what is withheld."""
    made = {"series": BASIS, "size_definition": "enterprise", "threshold": "1 SEK a year"}
    main = [{"region_code": "01", "year": "2016", "size_class": "total", "status": "ok", **made}]
    ways = [("production-place", "declared", "ok"), ("workplace-share", "all workplaces", "ok"), ("head-office", "head office", "withheld")]
    quality = [{"basis": basis, "year": "2016", "coverage": line, "status": status} for basis, line, status in ways]
    shown = [("sme", "0.1", "ok"), ("total", "", "ok")], [("sme", "", "nil"), ("total", "", "withheld")]
    compared = [
        {"region_code": "01", "year": "2016", "size_class": size, "basis": basis, "difference_ratio": ratio, "status": status}
        for basis, rows in zip(("workplace-share", "head-office"), shown, strict=True)
        for size, ratio, status in rows
    ]
    for suffix in (".csv", ".parquet"):
        for name, rows in (("t", main), ("t-quality", quality), ("t-allocation_bases", compared)):
            table = pyarrow.Table.from_pylist(rows)
            if suffix == ".csv":
                pyarrow.csv.write_csv(table, tmp_path / f"{name}.csv")
            else:
                pq.write_table(table, tmp_path / f"{name}.parquet")
        own_cells = {("", "01", "total"), ("", "declared", "total"), ("workplace-share", "all workplaces", "total")}
        others = {("workplace-share", "01", "sme"), ("head-office", "01", "sme")}
        assert published(tmp_path / f"t{suffix}", METHOD) == {2016: own_cells | others}


def revised(folder: Path, of: Path) -> Path:
    """Records in which one of seven enterprises declares three tenths more, and another nothing."""
    tables = {name: pq.read_table(of / name) for name in NAMES}
    own = tables["declarations"]
    number = pc.cast(pc.utf8_slice_codeunits(own["enterprise_id"], -3, None), "int64").to_numpy() % 7
    more = [amount * 13 / 10 if each == 0 else amount for amount, each in zip(own["value_sek"].to_pylist(), number, strict=True)]
    kind = own.schema.field("value_sek").type
    changed = own.set_column(own.column_names.index("value_sek"), "value_sek", pc.cast(pyarrow.array(more), kind, safe=False))
    tables["declarations"] = changed.filter(pyarrow.array(number != 3))
    return write(folder, tables)


def key_of(row: Mapping[str, str]) -> Cell:
    line = row.get("region_code") or row["coverage"]
    return row.get("basis", BASIS), {"00": WHOLE, "allocated": WHOLE}.get(line, line), row.get("size_class", "total")


def exports_of(records: Path, year: int) -> dict[Cell, float]:
    cells = [row for row in cells_of_all(records, "microdata.cells") if row["year"] == year]
    return {(row["basis"], row["line"], row["size_class"]): float(row["exports_sek"]) for row in cells}


def as_read(folder: Path, new: Path, old: Path, records: Path, year: int, only_before: bool = False) -> Attack:
    """An attack by someone who takes each figure of the old files for the new one. only_before: by someone who has the old files alone."""
    folder.mkdir()
    exports = exports_of(records, year)
    for name in ("table.csv", "table-quality.csv", "table-allocation_bases.csv"):
        shown = {key_of(row) for row in rows_of(old.with_name(name)) if row["status"] != "withheld"}
        rows = rows_of(new.with_name(name))
        for row in rows:
            key = key_of(row)
            value, base = exports.get(key, 0.0), exports.get((BASIS, *key[1:]), 0.0)
            if row["status"] == "withheld" or (only_before and row["status"] == "ok"):
                row |= {"status": "withheld", "exports_sek": "..", "difference_ratio": ""}
                if key in shown and base:
                    row |= {"status": "ok", "exports_sek": str(value), "difference_ratio": f"{value / base - 1:.2f}"}
        pyarrow.csv.write_csv(pyarrow.Table.from_pylist(rows), folder / name)
    return Attack(folder, year, {})


def build(folder: Path, out: Path, *options: str | Path) -> str:
    ran = exportregion("microdata", "build", "--in", folder, "--out", out, *options)
    assert ran.exit_code == 0, ran.stderr
    return " ".join(ran.stdout.split())


def test_an_attack_on_two_tables_of_revised_records_learns_no_more_than_the_earlier_one_gave_away(simulated: Path, tmp_path: Path) -> None:
    """By a program of the test's own that takes each earlier figure for the new one."""
    first = one_year(tmp_path / "in", simulated, 2019)
    second = revised(tmp_path / "revised", first)
    old, new = tmp_path / "earlier" / "table.csv", tmp_path / "new" / "table.csv"
    assert "build with --beside" in build(first, old)
    printed = build(second, new, "--beside", old)
    assert "build with --beside" not in printed
    truth = truth_of(second, 2019, BASIS)
    attack = as_read(tmp_path / "both", new, old, second, 2019)
    before = as_read(tmp_path / "before", new, old, second, 2019, only_before=True)
    assert f"{len(truth.unsafe.keys() - attack.withheld)} unsafe figures can be learned from the earlier table" in printed
    unsafe: list[tuple[Cell, Cell | None, float, float]]
    unsafe = [(cell, None, truth.exports_sek[cell], asked) for cell, asked in truth.unsafe.items() if cell in attack.withheld]
    full = 0
    for cell, less, value, asked in [*unsafe, *unsafe_differences(second, 2019, BASIS)]:
        lowest, highest = before.interval(cell, less)
        down, up = min(asked, value - lowest), min(asked, highest - value)
        full += up == asked
        assert_open(attack.interval(cell, less), value, down, up, (cell, less))
    assert full > 100


@pytest.mark.whole
def test_an_attack_on_two_tables_whose_other_bases_withhold_other_counties(tmp_path: Path) -> None:
    """The earlier table hid 14 with another county than a build by itself does: the two of them tell 14 to what the others' shares hide."""
    records = spread(tmp_path / "in")
    alone, old, new = (tmp_path / name / "table.csv" for name in ("alone", "old", "new"))
    build(records, alone)
    shutil.copytree(alone.parent, old.parent)
    bases_of_old = old.with_name("table-allocation_bases.csv")
    rows = rows_of(bases_of_old)
    (partner,) = {row["region_code"] for row in rows if row["basis"] == "workplace-share" and row["status"] == "withheld"} - {"14"}
    (other, *_) = sorted({"01", "03", "04", "05"} - {partner})
    exports = exports_of(records, 2016)
    for row in rows:
        key = key_of(row)
        if row["basis"] == "workplace-share" and row["region_code"] == other:
            row |= {"status": "withheld", "exports_sek": "..", "difference_ratio": ""}
        elif row["basis"] == "workplace-share" and row["region_code"] == partner:
            row |= {"status": "ok", "exports_sek": "", "difference_ratio": f"{exports[key] / exports[BASIS, *key[1:]] - 1:.2f}"}
    pyarrow.csv.write_csv(pyarrow.Table.from_pylist(rows), bases_of_old)
    build(records, new, "--beside", old)
    narrow: dict[Path, set[str]] = {alone: set(), new: set()}
    for beside, counties in narrow.items():
        attack = as_read(tmp_path / f"{beside.parent.name} and old", beside, old, records, 2016)
        for larger, smaller, value, asked in unsafe_differences(records, 2016, BASIS):
            lowest, highest = attack.interval(larger, less=smaller)
            if min(value - lowest, highest - value) < asked * 0.999:
                counties.add(larger[1])
    assert narrow == {alone: {"14"}, new: set()}


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        ("nothing.csv", "nothing.csv: found no such file"),
        ("other.csv", "no column region_code"),
        ("alone.csv", "alone-quality.csv: found no such file"),
        ("basis.csv", "head-office; expected production-place"),
    ],
)
def test_what_is_no_earlier_table_is_refused_before_the_work_begins(earlier: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n", encoding="utf-8")
    for name, basis in (("alone", "production-place"), ("basis", "head-office")):
        text = f"region_code,year,size_class,status,series,size_definition,threshold\n01,2016,0-9,ok,{basis},enterprise,1 SEK a year\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    ran = exportregion("microdata", "build", "--in", tmp_path / "in", "--out", tmp_path / "t.csv", "--beside", tmp_path / earlier)
    assert ran.exit_code == 1
    assert said in " ".join(ran.stderr.split())
