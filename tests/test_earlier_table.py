"""Two tables of the same years, beside each other, tell no more than each of them: what the earlier one published counts as known."""

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from conftest import exportregion
from test_disclosure import BASIS, Attack, assert_open, everywhere, one_year, table, truth_of, without
from test_microdata import METHOD, rows_of, simulated, write

from pipeline.microdata.datasets import NAMES
from pipeline.microdata.disclosure import audit, least_loss
from pipeline.microdata.earlier import published
from pipeline.microdata.schemas import WHOLE

__all__ = ["simulated"]


def test_what_an_earlier_table_published_hides_nothing(tmp_path: Path) -> None:
    """A rectangle with one county then, one with another now: A's county has its other cells in one table or the other, and A is told."""
    year = table(tmp_path, [*without(everywhere("01", "03", "25"), "25", "250+"), ("25", "250+", "A", 400)])
    alone = least_loss(year).withheld
    (partner,) = {line for line, _ in alone} - {"25"}
    (other,) = {"01", "03"} - {partner}
    earlier = {(county, size) for county in (other, "25") for size in ("250+", "total")}
    assert all(interval.is_wide_enough for interval in audit(year, earlier))
    both = replace(year, public=frozenset({cell[1:] for cell in year.exports_sek} - earlier))
    told = [interval for interval in audit(both, alone) if interval.cell[1:] == ("25", "250+") and interval.measure == "exports_sek"]
    assert told
    assert all(interval.lowest == interval.highest == 400 for interval in told)
    choice = least_loss(both)
    assert choice.withheld == earlier
    assert all(interval.is_wide_enough for interval in audit(both, {*choice.withheld}))


def revised(folder: Path, of: Path) -> Path:
    """Records of which every seventh enterprise declares a tenth more, and every fiftieth nothing."""
    tables = {name: pq.read_table(of / name) for name in NAMES}
    own = tables["declarations"]
    last = pc.cast(pc.utf8_slice_codeunits(own["enterprise_id"], -3, None), "int64")
    number = last.to_numpy()
    value = own["value_sek"].to_pylist()
    more = [amount * 11 / 10 if each % 7 == 0 else amount for amount, each in zip(value, number, strict=True)]
    kind = own.schema.field("value_sek").type
    changed = own.set_column(own.column_names.index("value_sek"), "value_sek", pc.cast(pyarrow.array(more), kind, safe=False))
    tables["declarations"] = changed.filter(pyarrow.array(number % 50 != 0))
    return write(folder, tables)


def test_an_attack_on_two_tables_of_revised_records_finds_no_withheld_figure(simulated: Path, tmp_path: Path) -> None:
    """By a program of the test's own that takes each earlier figure for the new one."""
    first = one_year(tmp_path / "in", simulated, 2019)
    second = revised(tmp_path / "revised", first)
    for name in ("earlier", "new", "both"):
        (tmp_path / name).mkdir()
    old, new = tmp_path / "earlier" / "table.csv", tmp_path / "new" / "table.csv"
    ran = exportregion("microdata", "build", "--in", first, "--out", old)
    assert "build with --beside" in " ".join(ran.stdout.split())
    ran = exportregion("microdata", "build", "--in", second, "--out", new, "--beside", old)
    assert ran.exit_code == 0, ran.stderr
    assert "build with --beside" not in " ".join(ran.stdout.split())
    truth = truth_of(second, 2019, BASIS)
    known = {
        (WHOLE if row["region_code"] == "00" else row["region_code"], row["size_class"])
        for row in rows_of(old)
        if row["status"] != "withheld"
    }
    assert known <= published(old, METHOD)[2019]
    merged = []
    for row in rows_of(new):
        own = WHOLE if row["region_code"] == "00" else row["region_code"], row["size_class"]
        value = truth.exports_sek.get(("", *own), 0.0)
        merged.append({**row, "exports_sek": str(value) if own in known and row["exports_sek"] == ".." else row["exports_sek"]})
    pyarrow.csv.write_csv(pyarrow.Table.from_pylist(merged), tmp_path / "both" / "table.csv")
    shutil.copy(new.with_name("table-quality.csv"), tmp_path / "both")
    attack = Attack(tmp_path / "both", 2019, {})
    gone = {cell for cell in truth.unsafe if cell[1:] in published(old, METHOD)[2019]}
    assert (f"{len(gone)} unsafe figures were published before" in " ".join(ran.stdout.split())) == bool(gone)
    attacked = sorted(attack.withheld & truth.unsafe.keys() - gone)
    assert len(attacked) > 15
    for cell in attacked:
        value, asked = truth.exports_sek[cell], truth.unsafe[cell]
        assert_open(attack.interval(cell), value, min(asked, value), asked, cell)


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
