"""No withheld figure can be found out: not from sums, not from SMEs' figures, not by who is alone in a cell."""

import itertools
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import exportregion
from scipy.optimize import linprog
from test_microdata import METHOD, built, cells_of, method_text, rows_of, simulated, typed, write

from pipeline.microdata import bases
from pipeline.microdata.datasets import find
from pipeline.microdata.disclosure import MEASURES, Figures, audit, figures, protect, protection
from pipeline.microdata.disclosure import _system as system_of
from pipeline.schemas import NATION, PLACED_BY, SIZE_CLASSES, UNALLOCATED
from pipeline.settings import ALLOCATION_BASES

__all__ = ["built", "simulated"]
RULE = METHOD.disclosure
BASIS = METHOD.allocation.basis
EMPLOYEES = dict(zip(SIZE_CLASSES, (5, 20, 100, 500), strict=True))

Brought = tuple[str, str, str, int]
"""What a group brings to a cell: county, size class, group, SEK."""


def table(folder: Path, brought: Sequence[Brought]) -> Figures:
    """The figures of a year in which each group has an enterprise of its own, with one workplace, in every cell it brings something to."""
    ids = [f"E{number}" for number in range(len(brought))]
    world = {
        "declarations": [
            {"enterprise_id": name, "year": 2016, "month": 1, "partner_country": "NO", "commodity_code": "84", "value_sek": Decimal(value)}
            for name, (_, _, _, value) in zip(ids, brought, strict=True)
        ],
        "enterprises": [
            {"enterprise_id": name, "year": 2016, "enterprise_group_id": group, "employees": EMPLOYEES[size], "industry_code": "25"}
            for name, (_, size, group, _) in zip(ids, brought, strict=True)
        ],
        "establishments": [
            {
                "establishment_id": f"W{name}",
                "enterprise_id": name,
                "year": 2016,
                "region_code": county,
                "employees": 5,
                "industry_code": "25",
            }
            for name, (county, _, _, _) in zip(ids, brought, strict=True)
        ],
    }
    write(folder, {name: typed(name, rows) for name, rows in world.items()})
    assert find(str(folder))
    (year,) = figures(cells_of(folder), cells_of(folder, wanted="microdata.cell_contributors"), RULE, BASIS)
    return year


def crowd(county: str, size: str, value: int = 100) -> list[Brought]:
    """Five groups that bring as much each: a safe cell."""
    return [(county, size, f"{county}{size}{number}", value) for number in range(5)]


def everywhere(*counties: str) -> list[Brought]:
    return [each for county, size in itertools.product(counties, SIZE_CLASSES) for each in crowd(county, size)]


def without(brought: list[Brought], county: str, size: str) -> list[Brought]:
    return [each for each in brought if each[:2] != (county, size)]


@pytest.mark.parametrize(
    ("total", "groups", "largest", "second", "asked"),
    [
        (100, 5, 60, 35, 1),  # what others bring, 5, is 1 short of 10 % of 60
        (100, 5, 50, 45, 0),  # 5 is 10 % of 50: as much as is asked for
        (100, 2, 60, 40, 6),  # fewer than three groups: 10 % of the largest
        (100, 1, 100, 0, 10),
        (0, 1, 0, 0, 0.01),  # nothing at all, but of one: an öre, so that it is unsafe
    ],
)
def test_the_protection_a_cell_asks_for(total: int, groups: int, largest: int, second: int, asked: float) -> None:
    found = protection(Decimal(total), groups, Decimal(largest), Decimal(second), RULE)
    assert found == Decimal(str(asked))


def test_a_safe_table_withholds_nothing(tmp_path: Path) -> None:
    year = table(tmp_path, everywhere("01", "03", "25"))
    assert year.unsafe == {}
    assert protect(year) == set()
    assert audit(year, set()) == []


def test_an_unsafe_cell_alone_is_found_from_its_margins_and_protected_by_others(tmp_path: Path) -> None:
    year = table(tmp_path, [*without(everywhere("01", "03", "25"), "25", "250+"), ("25", "250+", "A", 400)])
    assert {cell[1:] for cell in year.unsafe} == {("25", "250+")}
    told = audit(year, {("25", "250+")})
    assert not any(interval.is_wide_enough for interval in told)
    assert all(interval.lowest == interval.highest == 400 for interval in told if interval.measure == "exports")
    withheld = protect(year)
    assert {("25", "250+")} < withheld
    own = audit(year, withheld)
    assert all(interval.is_wide_enough for interval in own)
    unsafe = [interval for interval in own if interval.cell[1:] == ("25", "250+") and interval.measure == "exports"]
    assert all(interval.lowest <= 360 and interval.highest >= 440 for interval in unsafe)  # 10 % of 400 either way


def test_the_figures_per_inhabitant_of_smes_give_a_class_away_where_only_the_tables_sums_are_heeded(tmp_path: Path) -> None:
    """A rectangle of four cells keeps counties and classes apart, and SMEs' exports per inhabitant, times the population, opens it."""
    year = table(tmp_path, [*without(everywhere("01", "03", "25"), "25", "0-9"), ("25", "0-9", "A", 400)])
    rectangle = {(county, size) for county in ("03", "25") for size in ("0-9", "250+")}
    told = [interval for interval in audit(year, rectangle) if interval.cell[1:] == ("25", "0-9") and interval.measure == "exports"]
    assert told
    assert all(interval.lowest == interval.highest == 400 for interval in told)
    withheld = protect(year)
    assert all(interval.is_wide_enough for interval in audit(year, withheld))
    assert ("25", "sme") in withheld or any(("25", size) in withheld for size in ("10-49", "50-249"))


def test_who_is_alone_in_a_cell_does_not_find_the_other_one_in_its_line(tmp_path: Path) -> None:
    two_alone = [("25", "0-9", "A", 400), ("25", "10-49", "B", 300)]
    in_03 = [("03", "0-9", "C", 200), ("03", "10-49", "D", 100)]
    others = everywhere("01", "03", "25")
    for county, size in itertools.product(("03", "25"), ("0-9", "10-49")):
        others = without(others, county, size)
    year = table(tmp_path, [*others, *two_alone, *in_03])
    unsafe = {cell[1:] for cell in year.unsafe}
    assert unsafe == {(county, size) for county in ("03", "25") for size in ("0-9", "10-49")}
    told = [interval for interval in audit(year, unsafe) if interval.measure == "exports"]
    assert all(interval.is_wide_enough for interval in told if not interval.insider)  # from outside all is well
    assert not all(interval.is_wide_enough for interval in told if interval.insider)  # A takes itself away and has B
    withheld = protect(year)
    assert unsafe < withheld
    assert all(interval.is_wide_enough for interval in audit(year, withheld))


def test_who_is_nearly_alone_in_a_cell_does_not_find_the_other_one_either(tmp_path: Path) -> None:
    """Takes its own million away from the sum of two cells, and would have the other cell to a krona."""
    nearly = [("25", "10-49", "A", 1_000_000), ("25", "10-49", "a", 1), ("25", "50-249", "B", 500_000), ("25", "50-249", "b", 1)]
    others = without(without(everywhere("01", "03", "25"), "25", "10-49"), "25", "50-249")
    year = table(tmp_path, [*others, *nearly])
    two = {("25", "10-49"), ("25", "50-249"), ("03", "10-49"), ("03", "50-249")}
    told = [interval for interval in audit(year, two) if interval.measure == "exports"]
    assert not all(interval.is_wide_enough for interval in told if interval.insider)
    assert all(interval.is_wide_enough for interval in audit(year, protect(year)))


def test_enterprises_of_one_group_are_one_contributor(tmp_path: Path) -> None:
    one_group = [("25", "250+", "G", 100)] * 5
    year = table(tmp_path, [*without(everywhere("01", "03", "25"), "25", "250+"), *one_group])
    assert year.unsafe["", "25", "250+"] == 50


def test_where_there_is_one_exporter_nothing_is_published(tmp_path: Path) -> None:
    year = table(tmp_path, [("25", "250+", "A", 400)])
    assert protect(year) == {cell[1:] for cell in year.exports}


def test_the_number_of_exporters_is_not_found_either(tmp_path: Path) -> None:
    year = table(tmp_path, [*without(everywhere("01", "03", "25"), "25", "250+"), ("25", "250+", "A", 400)])
    told = [interval for interval in audit(year, {("25", "250+"), ("25", "total")}) if interval.measure == "exporter_shares"]
    assert any(not interval.is_wide_enough for interval in told)
    counts = [interval for interval in audit(year, protect(year)) if interval.measure != "exports"]
    assert counts
    assert all(interval.highest - interval.lowest >= 0.999 for interval in counts)


def test_the_sums_that_protection_relies_on_are_those_of_the_figures(simulated: Path) -> None:
    contributors, cells = (cells_of_all(simulated, wanted) for wanted in ("microdata.cell_contributors", "microdata.cells"))
    for year, measure in itertools.product(figures(cells, contributors, RULE, BASIS), MEASURES):
        system = system_of(year, measure)
        assert len(system.sums) > 50
        for whole, parts in system.sums:
            total = sum(system.values[system.index[part]] for part in parts)
            assert total == pytest.approx(system.values[system.index[whole]], rel=1e-12), (measure, whole)


class Attack:
    """What someone finds who has the three published files and nothing else but SMEs' totals: written apart from the program."""

    def __init__(self, folder: Path, year: int, sme: dict[tuple[str, str], float]) -> None:
        self.known: dict[tuple[str, str, str], float] = {}
        self.unknown: dict[tuple[str, str, str], int] = {}
        for row in rows_of(folder / "table.csv"):
            if row["year"] == str(year):
                self.note(("", row["region_code"], row["size_class"]), row["exports_sek"])
        for row in rows_of(folder / "table-quality.csv"):
            if row["year"] == str(year) and row["coverage"] not in ("allocated", UNALLOCATED):
                basis = row["basis"] if row["coverage"] in PLACED_BY else ""
                self.note((basis, row["coverage"], "total"), row["exports_sek"])
        counties = sorted({line for _, line, _ in {**self.known, **self.unknown} if len(line) == 2 and line != NATION})
        self.rows: list[tuple[dict[int, float], float]] = []
        for size in (*SIZE_CLASSES, "total"):
            self.sum(("", NATION, size), [("", county, size) for county in counties])
        for basis, line in [("", NATION), *(("", county) for county in counties)]:
            self.sum((basis, line, "total"), [(basis, line, size) for size in SIZE_CLASSES])
            if (basis, line) in sme:
                self.known[basis, line, "sme"] = sme[basis, line]
                self.sum((basis, line, "sme"), [(basis, line, size) for size in SIZE_CLASSES[:-1]])
        self.sum(("", UNALLOCATED, "total"), [("", UNALLOCATED, size) for size in (*SIZE_CLASSES, "unknown")])
        self.sum(("", UNALLOCATED, "total"), [("", reason, "total") for reason in ("no workplace", "not in the register")])
        self.sum(("", "declared", "total"), [("", NATION, "total"), ("", UNALLOCATED, "total")])
        self.sum(("", "declared", "total"), [("", "matched", "total"), ("", UNALLOCATED, "unknown")])
        by_goods, by_all, without_employees, _ = PLACED_BY
        self.sum(("workplace-share", by_all, "total"), [("production-place", by_goods, "total"), ("production-place", by_all, "total")])
        self.sum(("workplace-share", without_employees, "total"), [("production-place", without_employees, "total")])
        for basis in ALLOCATION_BASES:
            self.sum(
                ("", NATION, "total"),
                [(basis, way, "total") for way in PLACED_BY if (basis, way, "total") in {**self.known, **self.unknown}],
            )

    def note(self, cell: tuple[str, str, str], text: str) -> None:
        if text == "..":
            self.unknown.setdefault(cell, len(self.unknown))
        else:
            self.known[cell] = 0.0 if text == "-" else float(text)

    def sum(self, whole: tuple[str, str, str], parts: Sequence[tuple[str, str, str]]) -> None:
        row: dict[int, float] = {}
        constant = 0.0
        for cell, sign in [*((part, 1.0) for part in parts), (whole, -1.0)]:
            if cell in self.unknown:
                row[self.unknown[cell]] = sign
            else:
                constant -= sign * self.known[cell]
        self.rows.append((row, constant))

    def interval(self, cell: tuple[str, str, str]) -> tuple[float, float]:
        """The lowest and highest value of a withheld cell that fit everything known."""
        rows = [(row, constant) for row, constant in self.rows if row]
        matrix = np.zeros((len(rows), len(self.unknown)))
        for number, (row, _) in enumerate(rows):
            for place, sign in row.items():
                matrix[number, place] = sign
        ends = []
        for direction in (1.0, -1.0):
            cost = np.zeros(len(self.unknown))
            cost[self.unknown[cell]] = direction / 1e6
            found = linprog(cost, A_eq=matrix, b_eq=np.array([constant for _, constant in rows]) / 1e6, bounds=(0, None), method="highs")
            assert found.status in (0, 3), found.message
            ends.append(found.fun * direction * 1e12 if found.status == 0 else np.inf)
        return ends[0], ends[1]


@pytest.mark.parametrize(("basis", "year"), [(BASIS, 2016), (BASIS, 2020), ("workplace-share", 2018), ("head-office", 2018)])
def test_an_attack_on_the_published_files_finds_no_withheld_figure(
    basis: str, year: int, simulated: Path, built: Path, tmp_path: Path
) -> None:
    """From the files alone, and with the SME total of every county where it may be published, by a program of the test's own."""
    if basis != BASIS:
        (tmp_path / "m.toml").write_text(method_text((f'basis = "{BASIS}"', f'basis = "{basis}"')), encoding="utf-8")
        options: list[str | Path] = ["--out", tmp_path / "table.csv", "--settings", tmp_path / "m.toml"]
        assert exportregion("microdata", "build", "--in", simulated, *options).exit_code == 0
        built = tmp_path
    contributors, cells = (cells_of_all(simulated, wanted) for wanted in ("microdata.cell_contributors", "microdata.cells"))
    (truth,) = [each for each in figures(cells, contributors, RULE, basis) if each.year == year]
    withheld = protect(truth)
    sme = {(basis, line): value for (basis, line, size), value in truth.exports.items() if size == "sme" and (line, "sme") not in withheld}
    attack = Attack(built, year, sme)
    assert len(attack.unknown) > 30
    for cell in attack.unknown:
        lowest, highest = attack.interval(cell)
        value, asked = truth.exports.get(cell, 0.0), truth.unsafe.get(cell, 0.0)
        slack = 1e-6 * value + 0.01
        assert lowest - slack <= value <= highest + slack, cell
        assert highest - value >= asked - slack, cell
        assert value - lowest >= min(asked, value) - slack, cell
        assert highest - lowest >= 0.9, cell


def cells_of_all(folder: Path, wanted: str) -> list[dict[str, Any]]:
    from pipeline.microdata.build import choices, run_models
    from pipeline.microdata.engines import DuckDB

    with DuckDB(folder) as engine:
        for dataset in find(str(folder)):
            engine.view(dataset)
        for name, rows in choices(METHOD, [2016]).items():
            engine.load(name, rows)
        found: list[dict[str, Any]] = run_models(engine, [wanted])[wanted].to_pylist()
        return found


def test_a_withheld_cell_shows_neither_value_nor_counts(built: Path) -> None:
    for row in rows_of(built / "table.csv"):
        hidden = row["status"] == "withheld"
        assert hidden == (row["exports_sek"] == "..") == (row["exporters"] == "..") == (row["exporters_proportional"] == "..")


def compared_with(differences: Sequence[dict[str, Any]], withheld: set[tuple[str, str]] = frozenset()) -> dict[tuple[str, str], Any]:  # type: ignore[assignment]
    """The share by which each county differs under head-office: two counties of 1 000 in all, and what stands behind the difference."""
    cells = [
        {"line": county, "year": 2016, "size_class": size, "basis": basis, "exports_sek": Decimal(value)}
        for size in ("sme", "total")
        for county, values in {"01": (1000, 1000, 1234), "03": (1000, 1000, 766), "25": (1000, 1000, 1000)}.items()
        for basis, value in zip(ALLOCATION_BASES, values, strict=True)
    ]
    pair = {"first_basis": "head-office", "second_basis": "production-place", "year": 2016, "size_class": "total"}
    rows = bases.compared(cells, {2016: set(withheld)}, [{**pair, **row} for row in differences], METHOD).to_pylist()
    assert all(row["exports_sek"] in ("", "..") for row in rows if row["basis"] != BASIS)
    return {(row["region_code"], row["size_class"]): row["difference_ratio"] for row in rows if row["basis"] == "head-office"}


def test_the_difference_between_bases_is_told_in_whole_per_cent_and_only_where_nobody_stands_out() -> None:
    many = {"groups": 9, "largest_sek": Decimal(50), "others_sek": Decimal(150)}
    told = compared_with([{"region_code": county, **many} for county in ("01", "03")])
    assert told["01", "total"] == 0.23
    assert told["03", "total"] == -0.23
    alone = {"groups": 1, "largest_sek": Decimal(234), "others_sek": Decimal(0)}
    told = compared_with([{"region_code": county, **alone} for county in ("01", "03")])
    assert (told["01", "total"], told["01", "sme"], told["03", "total"], told["25", "total"]) == (None, None, None, 0)
    # One county alone would be told by the others' sum: their rounding, 0.5 % of 2 000, hides 10, and 10 % of 234 is asked for.
    told = compared_with([{"region_code": "01", **alone}, {"region_code": "03", **many}])
    assert told["01", "total"] is None
    assert [told[county, "total"] for county in ("03", "25")].count(None) == 1
    assert compared_with([], {("01", "sme")})["01", "total"] is None


def test_no_published_difference_between_bases_is_one_groups(simulated: Path, built: Path) -> None:
    differences = cells_of_all(simulated, "microdata.basis_differences")
    few = {
        (row["region_code"], str(row["year"]), next(basis for basis in (row["first_basis"], row["second_basis"]) if basis != BASIS))
        for row in differences
        if row["groups"] < 3 and BASIS in (row["first_basis"], row["second_basis"])
    }
    assert few
    rows = rows_of(built / "table-allocation_bases.csv")
    assert {row["status"] for row in rows if (row["region_code"], row["year"], row["basis"]) in few} == {"withheld"}
    assert all(len(row["difference_ratio"].partition(".")[2]) <= 2 for row in rows)
