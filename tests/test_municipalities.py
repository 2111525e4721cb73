"""Many regions: 290 municipalities with their 21 counties as groups, made up, with no whole, no map and no money, as a user would rank them."""

import csv
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, RAW, Raw, exportregion
from test_pages import files, page

with (RAW / "regions.csv").open(encoding="utf-8") as listed:
    COUNTIES = {row["region_code"]: row["region_name"] for row in csv.DictReader(listed) if row["region_code"] != "00"}
COUNT = 290
SCORES = """\
meaning = "Scores that are made up"
at_year_end = false

[quantities.score]
kind = "index"
meaning = "A score from 0 to 1"

[sv]
name = "Poängtal"

[en]
name = "Scores"
"""
SCORE = """\
cells = { statistic = "scores", quantity = "score" }
unit = "index"
sv = { name = "Poängtal", unit = "poäng" }
en = { name = "Score", unit = "points" }
"""
SOURCE = """
[{name}]
table = "{table}"
file = "{name}.csv"
kind = "illustrative"
publisher = "exportregion"
title = "{name}"
page = "tests/test_municipalities.py"
covers = "290 kommuner"
retrieved = 2026-11-25
licence = "CC0-1.0"
sha256 = "{sha256}"

[{name}.read]
{read}
"""
AWARD = """
[[indicators]]
measure = "scores"
as = "level"
years = { final = 2024 }
weight = "1/4"
direction = "higher"
reason = "Ett prov."
"""


def codes() -> list[str]:
    """Fourteen municipalities to a county, 10 in the last: the first two digits are the county's."""
    return [f"{county}{number:02}" for county in COUNTIES for number in range(14)][:COUNT]


def name(code: str) -> str:
    return f"Ort {code}"


def write_home(folder: Path) -> Path:
    """The geography of docs/ranking-other-regions.md with every county, its award with a score beside growth, and files of our own."""
    shutil.copytree(PROJECT / "catalogue", folder / "catalogue")
    of_page = dict(files(page("ranking-other-regions.md")))
    geography = of_page["catalogue/geographies/municipalities.toml"]
    two = 'names = { "01" = "Stockholms län", "25" = "Norrbottens län" }'
    assert two in geography
    all_counties = ", ".join(f'"{code}" = "{county}"' for code, county in COUNTIES.items())
    raw = {
        "municipalities": "code,name\n" + "".join(f"{code},{name(code)} kommun\n" for code in codes()),
        "population": "kommun,år,antal\n"
        + "".join(
            f"{code} {name(code)},{year},{10_000 + 10 * place * (year - 2023)}\n"
            for year in (2023, 2024)
            for place, code in enumerate(codes())
        ),
        "scores": "kommun,tema,värde\n"
        + "".join(
            f"{name(code)},{theme},{(place % 10) / 10 if theme == 'Alla' else 0.5}\n"
            for place, code in enumerate(codes())
            for theme in ("Alla", "Del")
        ),
    }
    read = {
        "municipalities": 'columns = { region_code = "code", region_name = "name" }',
        "population": 'columns = { region = "kommun", year = "år", population = "antal" }',
        "scores": 'columns = { region_name = "kommun", score = "värde" }\nwhere = { tema = "Alla" }\nconstant = { year = 2024 }\ndecimal = "."',
    }
    sources = [
        SOURCE.format(
            name=one, table="regions" if one == "municipalities" else one, read=read[one], sha256=hashlib.sha256(text.encode()).hexdigest()
        )
        for one, text in raw.items()
    ]
    texts = {
        "catalogue/geographies/municipalities.toml": geography.replace(two, f"names = {{ {all_counties} }}"),
        "catalogue/statistics/scores.toml": SCORES,
        "catalogue/measures/scores.toml": SCORE,
        "awards/2025.toml": of_page["awards/2025.toml"].replace("weight = 1\n", 'weight = "3/4"\n') + AWARD,
        "data/raw/sources.toml": "".join(sources),
        **{f"data/raw/{one}.csv": text for one, text in raw.items()},
    }
    for place, text in texts.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project, with its results up to robustness in out/."""
    folder = write_home(tmp_path_factory.mktemp("municipalities") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = exportregion("robustness", "--award", "2025", "--data", folder / "data" / "raw", "--out", folder / "out")
    assert done.exit_code == 0, done.stderr
    (folder / "printed.txt").write_text(done.stdout, encoding="utf-8")
    yield folder


@pytest.fixture
def municipalities(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Raw:
    """A copy of the project to spoil, and the test inside it."""
    folder = shutil.copytree(built, tmp_path / "home", ignore=shutil.ignore_patterns("out"))
    monkeypatch.chdir(folder)
    return Raw(folder / "data" / "raw")


def test_the_first_and_the_last_are_those_worked_by_hand(built: Path) -> None:
    """Place i of 0–289 grows by i per mille and scores the last digit of i in tenths: ¾·i/289 + ¼·(i mod 10)/9.

    289 has all of both: 1. 279 has 0.7240 + ¼ = 0.9740, 288 has 0.7474 + ¼·8/9 = 0.9696, 269 has 0.6981 + ¼ = 0.9481. 0 has nothing; 1 has
    ¾/289 + ¼/9 = 0.0304, and 10 has 7.5/289 = 0.0260.
    """
    with (built / "out" / "2025" / "ranking.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == COUNT
    place = {code: number for number, code in enumerate(codes())}
    assert [place[row["region_code"]] for row in rows[:4]] == [289, 279, 288, 269]
    assert [float(row["score"]) for row in rows[:4]] == pytest.approx([1, 0.9740, 0.9696, 0.9481], abs=5e-5)
    assert [place[row["region_code"]] for row in rows[-3:]] == [1, 10, 0]
    assert [row["region_name"] for row in rows if row["is_candidate"] == "true"] == ["Ort 2509 kommun", "Ort 2413 kommun"]


def test_without_the_first_the_second_takes_its_place(built: Path) -> None:
    """Without 289 the highest growth is 288's: 288 has ¾ + ¼·8/9 = 0.9722 and 279 has ¾·279/288 + ¼ = 0.9766, so the order holds."""
    with duckdb.connect(built / "out" / "2025" / "exportregion.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select region_code, rank from robustness.leave_one_out where dropped = ? and rank <= 2 order by rank", [codes()[289]]
        ).fetchall()
        assert rows == [(codes()[279], 1), (codes()[288], 2)]
        # 288 stands below 279 by 0.0044 with all, and no municipality that is left out turns that.
        turned = connection.execute(
            "select count(*) from robustness.rank_reversals where region_code = ? and overtaken_by = ?", [codes()[279], codes()[288]]
        )
        assert turned.fetchall() == [(0,)]


def test_what_is_left_out_of_so_many_is_printed(built: Path) -> None:
    """And in the tables: turning points of those with a verdict, places in most combinations of all 290."""
    with duckdb.connect(built / "out" / "2025" / "exportregion.duckdb", read_only=True) as connection:
        near, turns, places = (
            connection.execute(f"select count(distinct region_code) from robustness.{table}").fetchall()[0][0]
            for table in ("verdicts", "turning_points", "rank_intervals")
        )
    assert near == turns < 60
    assert places == COUNT
    printed = " ".join((built / "printed.txt").read_text(encoding="utf-8").split())
    assert (
        f"290 regions, more than 60: tables with several rows a region, such as robustness.turning_points, have those of the {near} that"
        in printed
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("population", "0103 Ort 0103,2024,10030\n", "", "population.csv (Ort 0103 kommun, 2024): found no row"),
        ("population", "0103,2024,10030", "0103,2024,1003000", "found 1,003,000 persons, after 10,000 the year before"),
        (
            "population",
            "0103 Ort 0103,2024",
            "0199 Ort 0199,2024",
            "population.csv, cell A295 (0199 Ort 0199, 2024): found the text '0199'",
        ),
        ("population", "0103 Ort 0103,2024", "0103 Ort 0104,2024", "population.csv, cell A295"),
        ("scores", "Ort 0103,Alla,0.3\n", "", "scores.csv (Ort 0103 kommun, 2024): found no row"),
        ("municipalities", "0103,Ort 0103 kommun\n", "", "population.csv, cell A5 (0103 Ort 0103, 2023): found the text '0103'"),
    ],
)
def test_a_planted_fault_is_refused_with_its_municipality_named(municipalities: Raw, file: str, old: str, new: str, said: str) -> None:
    municipalities.edit_text(f"{file}.csv", old, new)
    refused = exportregion("validate", "--award", "2025", "--data", municipalities.folder)
    assert refused.exit_code == 1
    assert said in refused.stderr
