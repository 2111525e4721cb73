"""Firm-level records of another country: letter codes, three firm sizes, another currency; with and without a whole."""

import itertools
import shutil
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Ran, exportregion
from scipy.optimize import linprog
from test_microdata import method_text, rows_of, typed, write

from pipeline.microdata.method import load_method

ALDER = Path(__file__).parent / "worlds" / "alder"
DISTRICTS = ("ASH", "BRK", "ELM", "FEN")
STAFF = {"micro": (0, 9), "small": (10, 99), "large": (100, 5000)}
"""The least and the most staff of each size, as the catalogue bounds them; 5000 is any more."""
BRINGS = {"micro": 100, "small": 200, "large": 400}
"""What each of five groups brings to a cell: 500, 1 000 and 2 000 of a district."""

Brought = tuple[str, str, str, int]
"""What a group brings to a cell: district, size, group, value."""


def crowds() -> list[Brought]:
    return [
        (district, size, f"{district}{size}{number}", BRINGS[size])
        for district, size, number in itertools.product(DISTRICTS, STAFF, range(5))
    ]


def without(brought: Sequence[Brought], *cells: tuple[str, str]) -> list[Brought]:
    return [each for each in brought if each[:2] not in cells]


def records(folder: Path, brought: Sequence[Brought], years: Sequence[int] = (2020, 2023)) -> Path:
    """Each group with an enterprise of its own in every cell, at one end of its size or the other, with one workplace; and one enterprise
    without a workplace that brings 7."""
    named = [(f"E{number}", *each) for number, each in enumerate(brought)]
    goods = {"month": 1, "partner_country": "NO", "commodity_code": "84"}
    tables: dict[str, list[dict[str, Any]]] = {"declarations": [], "enterprises": [], "establishments": []}
    for year in years:
        for number, (name, district, size, group, value) in enumerate([*named, ("E", "", "micro", "E", 7)]):
            own = {"enterprise_id": name, "year": year}
            tables["declarations"].append({**own, **goods, "value_sek": Decimal(value)})
            firm = {"enterprise_group_id": group, "employees": STAFF[size][number % 2], "industry_code": "25"}
            tables["enterprises"].append({**own, **firm})
            if district:
                place = {"establishment_id": f"W{name}", "region_code": district, "employees": 5, "industry_code": "25"}
                tables["establishments"].append({**own, **place})
    return write(folder, {name: typed(name, rows) for name, rows in tables.items()})


Alder = Callable[..., Ran]


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Alder:
    """A build in a copy of the world, with texts of its catalogue and of microdata.toml replaced."""

    def build(*changes: tuple[str, str, str], group: str = "smaller") -> Ran:
        place = shutil.copytree(ALDER, tmp_path / "alder", dirs_exist_ok=True)
        monkeypatch.chdir(place)
        own = [("swedish_counties", "alder_islands"), ('"size_class"', '"firm_size"'), ('"sme"', f'"{group}"')]
        (place / "microdata.toml").write_text(method_text(*own), encoding="utf-8")
        for name, old, new in changes:
            text = (place / name).read_text(encoding="utf-8")
            assert old in text
            (place / name).write_text(text.replace(old, new), encoding="utf-8")
        return exportregion(
            "microdata", "build", "--in", tmp_path / "in", "--out", tmp_path / "t.csv", "--settings", place / "microdata.toml"
        )

    return build


OPEN = ("microdata.toml", "control = true", "control = false")
ISLANDS = "catalogue/geographies/alder_islands.toml"
A_WHOLE = (ISLANDS, "count =", 'whole = "ALL"\ncount ='), (ISLANDS, 'code = "', 'whole = "ALL"\nthe_whole = "all of Alder"\ncode = "')
ONE_IN_THE_GROUP = ("catalogue/classes/firm_size.toml", "[groups]", '[groups]\ntiny = ["micro"]')


def by_cell(rows: Sequence[Mapping[str, str]]) -> dict[tuple[str, str, str], str]:
    return {(row["region_code"], row["firm_size"], row["year"]): row["exports_sek"] for row in rows}


def test_the_table_of_a_country_without_a_whole_adds_up(alder: Alder, tmp_path: Path) -> None:
    records(tmp_path / "in", crowds())
    ran = alder(OPEN)
    assert ran.exit_code == 0, ran.stderr
    assert "4 districts, 2020–2023, values placed by production-place; 42 cells, 0 withheld." in " ".join(ran.stdout.split())
    rows = rows_of(tmp_path / "t.csv")
    assert list(rows[0])[:3] == ["region_code", "year", "firm_size"]
    assert {row["threshold"] for row in rows} == {"1 ALC a year"}
    district = {"micro": "500.00", "small": "1000.00", "large": "2000.00", "total": "3500.00"}
    nowhere = {"micro": "7.00", "small": "-", "large": "-", "unknown": "-", "total": "7.00"}
    assert by_cell(rows) == {
        (line, size, year): value
        for line, own in (*((line, district) for line in DISTRICTS), ("unallocated", nowhere))
        for size, value in own.items()
        for year in ("2020", "2023")
    }
    quality = {(row["coverage"], row["year"]): row["exports_sek"] for row in rows_of(tmp_path / "t-quality.csv")}
    assert [quality[line, "2020"] for line in ("declared", "allocated", "unallocated")] == ["14007.00", "14000.00", "7.00"]
    sides = rows_of(tmp_path / "t-allocation_bases.csv")
    assert {(row["firm_size"], row["exports_sek"]) for row in sides} == {("smaller", "1500.00"), ("total", "3500.00")}


def test_the_whole_has_its_code_where_there_is_one_and_no_workplace_is_in_it(alder: Alder, tmp_path: Path) -> None:
    records(tmp_path / "in", crowds())
    assert alder(OPEN, *A_WHOLE, ONE_IN_THE_GROUP, group="tiny").exit_code == 0
    cells = by_cell(rows_of(tmp_path / "t.csv"))
    assert [cells["ALL", size, "2023"] for size in (*STAFF, "total")] == ["2000.00", "4000.00", "8000.00", "14000.00"]
    sides = rows_of(tmp_path / "t-allocation_bases.csv")
    assert {(row["firm_size"], row["exports_sek"]) for row in sides} == {("tiny", "500.00"), ("total", "3500.00")}
    for code, said in (("ALL", "other than ALL"), ("Ash", "like (?:[A-Z]{3})$")):
        records(tmp_path / "in", [(code, "micro", "A", 1)])
        ran = alder(*A_WHOLE)
        assert (ran.exit_code, f"expected region_code {said}" in ran.stderr) == (1, True), ran.stderr


def attack(rows: Sequence[Mapping[str, str]], allocated: str, seek: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """The least and the most that some cells of a year can be together, for who has the table, and what is allocated: written apart from
    the program."""
    cells = {(row["region_code"], row["firm_size"]): row["exports_sek"] for row in rows if row["region_code"] != "unallocated"}
    lines = list(dict.fromkeys(line for line, _ in cells))
    if "ALL" not in lines:
        lines.append("ALL")
        cells |= {("ALL", size): ".." for size in STAFF} | {("ALL", "total"): allocated}
    number = {cell: place for place, cell in enumerate(cells)}
    sums = [((line, "total"), [(line, size) for size in STAFF]) for line in lines]
    sums += [(("ALL", size), [(line, size) for line in lines if line != "ALL"]) for size in (*STAFF, "total")]
    matrix = np.zeros((len(sums), len(cells)))
    for place, (whole, parts) in enumerate(sums):
        matrix[place, number[whole]] = -1
        matrix[place, [number[part] for part in parts]] = 1
    known = {"-": 0.0}
    bounds = [(0.0, None) if text == ".." else (known.get(text) or float(text),) * 2 for text in cells.values()]
    cost = np.zeros(len(cells))
    cost[[number[cell] for cell in seek]] = 1
    ends = [linprog(sign * cost, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=bounds, method="highs") for sign in (1, -1)]
    assert {end.status for end in ends} <= {0, 3}
    return ends[0].fun, -ends[1].fun if ends[1].status == 0 else float("inf")


def test_one_firm_behind_a_cell_is_protected_where_one_size_is_outside_the_group(alder: Alder, tmp_path: Path) -> None:
    records(tmp_path / "in", [*without(crowds(), ("BRK", "large")), ("BRK", "large", "A", 3000)])
    ran = alder()
    assert ran.exit_code == 0, ran.stderr
    rows = [row for row in rows_of(tmp_path / "t.csv") if row["year"] == "2023"]
    assert by_cell(rows)["BRK", "large", "2023"] == ".."
    (allocated,) = {
        row["exports_sek"] for row in rows_of(tmp_path / "t-quality.csv") if (row["coverage"], row["year"]) == ("allocated", "2023")
    }
    assert allocated == "15000.00"
    lowest, highest = attack(rows, allocated, [("BRK", "large")])
    # 10 % of 3 000 either way.
    assert (lowest <= 2700, highest >= 3300) == (True, True)
    told = {row["region_code"]: row["any_group"] for row in rows_of(tmp_path / "t-dominance.csv")}
    assert told["ASH"] == "no change"


def test_two_sizes_outside_the_group_are_protected_together(alder: Alder, tmp_path: Path) -> None:
    """A is alone in both, with four firms each, of 1 000 and 3 000: to withhold the two would leave 4 000, all A's, as the total less the smallest firms."""
    outside = [("BRK", "small"), ("BRK", "large")]
    alone = [*[(*outside[0], "A", 250)] * 4, *[(*outside[1], "A", 750)] * 4]
    records(tmp_path / "in", [*without(crowds(), *outside), *alone])
    ran = alder(*A_WHOLE, ONE_IN_THE_GROUP, group="tiny")
    assert ran.exit_code == 0, ran.stderr
    rows = [row for row in rows_of(tmp_path / "t.csv") if row["year"] == "2023"]
    for seek, asked, value in (([outside[0]], 100, 1000), ([outside[1]], 300, 3000), (outside, 400, 4000)):
        lowest, highest = attack(rows, "", seek)
        assert (lowest <= value - asked, highest >= value + asked) == (True, True), (seek, lowest, highest)


CLASSES = "catalogue/classes/firm_size.toml"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("microdata.toml", "alder_islands", "alder"), "microdata.toml, geography: found the geography 'alder'"),
        (("microdata.toml", "firm_size", "size"), "microdata.toml, size.classes: found 'size'; expected one of firm_size"),
        (("microdata.toml", '"smaller"', '"sme"'), "microdata.toml, size.group: found 'sme'; expected one of smaller"),
        ((CLASSES, '["micro", "small"]', '["micro", "small", "large"]'), "size.group: found 'smaller', which has every class"),
        ((CLASSES, "large = [100]", "large = [101]"), "firm_size.toml, bounds: found bounds that leave"),
        ((CLASSES, "small = [10, 99]", "small = [10]"), "firm_size.toml, bounds: found bounds that leave"),
        ((CLASSES, "small = [10, 99]\n", ""), "firm_size.toml, bounds: found bounds that leave"),
        ((CLASSES, "micro = [0, 9]", "micro = [1, 9]"), "firm_size.toml, bounds: found bounds that leave"),
        ((CLASSES, "large = [100]", "large = [100, 5000]"), "firm_size.toml, bounds: found bounds that leave"),
        ((CLASSES, "large", "unknown"), "a class or group called 'unknown'"),
    ],
)
def test_a_catalogue_that_gives_no_sizes_is_refused(change: tuple[str, str, str], said: str, alder: Alder, tmp_path: Path) -> None:
    ran = alder(change)
    assert (ran.exit_code, said in ran.stderr) == (1, True), ran.stderr
    assert not (tmp_path / "t.csv").exists()


def test_the_settings_of_another_geography_name_its_sizes(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        method_text(("swedish_counties", "alder_islands"), ('"size_class"', '"firm_size"'), ('"sme"', '"smaller"')), encoding="utf-8"
    )
    sizes = load_method(path, ALDER / "catalogue").sizes
    assert (sizes.codes, sizes.inside, sizes.outside) == (("micro", "small", "large"), ("micro", "small"), ("large",))
    assert sizes.parts == {"smaller": ("micro", "small"), "large": ("large",)}
