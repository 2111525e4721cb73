"""Files of statistics, classes and countries that no code knows: recognised, added and audited by what a catalogue declares alone."""

import csv
import datetime
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT, Raw, tree, write_workbook
from pxweb_server import PxWebServer, Table, Variable

from pipeline import arrivals
from pipeline.arrivals import Given, Proposal
from pipeline.award import Award, in_catalogue, load_award
from pipeline.faults import DataRefused
from pipeline.fetch import Patience
from pipeline.ingest import ingest, region_names
from pipeline.sources import load_sources

DAY = datetime.date(2027, 2, 22)
YEARS = range(2016, 2021)
SIZES = {"0-9": "0–9 anställda", "10-49": "10–49 anställda", "50-249": "50–249 anställda", "250+": "250 eller fler"}
ALDER = PROJECT / "tests" / "worlds" / "alder"
ENTERPRISES = """
meaning = "All enterprises by county, year and size"
classes = ["size_class"]
named = 'alla företag|all enterprises'

[quantities.enterprises]
kind = "count"
of = "enterprises"
meaning = "Enterprises with a workplace"
adds_up_over = ["regions", "size_class"]
heading = 'företag|enterprises'

[sv]
name = "Alla företag"

[en]
name = "All enterprises"
"""
EMPLOYED = """
meaning = "Employed by county, year and sex"
classes = ["sex"]
named = 'sysselsatt|employed'

[quantities.employed]
kind = "count"
of = "persons"
meaning = "Persons in work"
adds_up_over = ["regions", "sex"]
heading = 'sysselsatta|employed'

[en]
name = "Employed"
"""
SEX = """
meaning = "Sex"
codes = ["women", "men"]

[labels]
codes = { women = 'kvinnor|women', men = 'män|men' }
total = 'totalt|båda könen'
heading = 'kön|sex'

[sv]
class = "kön"
classes = "kön"

[en]
class = "sex"
classes = "sexes"
"""
GIVEN = Given(kind="official", publisher="SCB", page="https://example.org/", licence="CC0-1.0", title="En tabell")
Rows = list[list[Any]]


@pytest.fixture
def award(tmp_path: Path) -> Award:
    """The round of 2021, none of whose indicators needs the statistics that its catalogue has besides."""
    folder = shutil.copytree(PROJECT / "catalogue", tmp_path / "catalogue")
    for name, text in {"statistics/enterprises": ENTERPRISES, "statistics/employed": EMPLOYED, "classes/sex": SEX}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return in_catalogue(load_award("2021"), folder)


def names_of(raw: Raw, award: Award) -> dict[str, str]:
    return region_names(load_sources(raw.folder).serving(award), award.catalogue.geography)[0]


def add(raw: Raw, path: Path, award: Award, given: Given = GIVEN) -> tuple[bool, Proposal]:
    """Add a file unless it is in doubt: whether it was recorded, and what was proposed."""
    proposals: list[Proposal] = []

    def agree(proposal: Proposal) -> bool:
        proposals.append(proposal)
        return not proposal.doubts

    added = arrivals.add_file(raw.folder, path, given, award, DAY, lambda key: None, agree)
    return bool(added), proposals[0]


def figures(raw: Raw, award: Award, statistic: str) -> dict[tuple[str, int, str], tuple[Any, str]]:
    """What is read of the first quantity of a statistic's newest vintages: region, year and class -> figure and cell."""
    asking = award.asking_for(statistic, YEARS)
    first = next(iter(award.catalogue.statistics[statistic].quantities))
    rows = ingest(load_sources(raw.folder).serving(asking), asking)["ingested.figures"]
    own = [row for row in rows if (row["statistic"], row["quantity"]) == (statistic, first)]
    return {(row["region_code"], row["year"], row["class_code"]): (row["figure"], row["cell"]) for row in own}


def number(code: str, size: str) -> int:
    """Made-up enterprises of a county: the same each year. The whole has those of all counties."""
    return (int(code) + 10) * {"0-9": 64, "10-49": 16, "50-249": 4, "250+": 1}[size]


def enterprises(raw: Raw, award: Award) -> Rows:
    """A sheet: a title, headings, and a row a county and size with the years as columns."""
    names = names_of(raw, award)
    counties = [code for code in names if code != "00"]
    rows: Rows = [["Alla företag efter län och storleksklass"], ["Län", "Storlek", *(f"Antal företag {year}" for year in YEARS)]]
    for code, name in names.items():
        of_region = {size: sum(number(each, size) for each in (counties if code == "00" else [code])) for size in SIZES}
        for size, label in {**SIZES, "total": "Samtliga"}.items():
            rows.append([name, label, *[of_region[size] if size in SIZES else sum(of_region.values())] * len(YEARS)])
    return rows


def write(tmp_path: Path, rows: Rows) -> Path:
    write_workbook(tmp_path / "levererad.xlsx", {"Blad1": rows})
    return tmp_path / "levererad.xlsx"


def test_a_statistic_that_only_the_catalogue_knows_is_recognised_read_and_recorded(raw: Raw, award: Award, tmp_path: Path) -> None:
    recorded, proposal = add(raw, write(tmp_path, enterprises(raw, award)), award)
    assert recorded, proposal.doubts
    assert (proposal.table, proposal.name, proposal.rows) == ("enterprises", "enterprises", 22 * 5 * 5)
    assert ("enterprises", "column C–G, “Antal företag {year}”") in proposal.found
    assert 'labels = {size_class = {"0–9 anställda" = "0-9"' in proposal.entry
    assert 'covers = "21 län och riket, 2016–2020, fyra storleksklasser"' in proposal.entry
    # Norrbotten stands last, its sizes from row 108: (25 + 10) × 4³, and 35 × (64 + 16 + 4 + 1).
    read = figures(raw, award, "enterprises")
    assert read["25", 2018, "0-9"] == (2240, "Blad1!E108")
    assert read["25", 2018, "total"] == (2975, "Blad1!E112")
    assert "enterprises" not in award.statistics, "no indicator of the round needs it"


def spoil(row: int, column: int, value: Any) -> Callable[[Rows], Any]:
    return lambda rows: rows[row].__setitem__(column, value)


def without(text: Any, column: int = 0) -> Callable[[Rows], Any]:
    def change(rows: Rows) -> None:
        rows[:] = [row for row in rows if len(row) <= column or row[column] != text]

    return change


def times_100(row: int, column: int) -> Callable[[Rows], Any]:
    return lambda rows: rows[row].__setitem__(column, rows[row][column] * 100)


def cut_last_year(rows: Rows) -> None:
    for row in rows[1:]:
        row.pop()


@pytest.mark.whole
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("Hallands län"), "sheet Blad1 (Hallands län, 2018, 0-9): found no row; expected a figure for every region"),
        (
            times_100(107, 4),
            "sheet Blad1, cell E112 (Norrbottens län, 2018, total): found 224,735 enterprises, after 2,975 the year before",
        ),
        (
            spoil(111, 4, 2974),
            "sheet Blad1, cell E112 (Norrbottens län, 2018, total): found 2,975 enterprises in the classes; expected 2,974",
        ),
        (spoil(2, 4, 1), "sheet Blad1, cell E3 (Riket, 2018, 0-9): found 31,424 enterprises in the regions; expected 1 enterprises"),
        (
            cut_last_year,
            "sheet Blad1 (2020): found no row; expected figures of 2016–2020, as the award 2021 asks for. "
            "Name the award whose years the file should have: --award …; or ask for a file with 2020.",
        ),
        (spoil(107, 4, None), "sheet Blad1, cell E108 (Norrbottens län, 2018, 0-9): found no enterprises: an empty cell"),
    ],
    ids=["region gone", "times 100", "classes", "whole", "a year too few", "empty"],
)
def test_a_planted_fault_is_doubted_and_its_cell_named(
    raw: Raw, award: Award, tmp_path: Path, change: Callable[[Rows], Any], said: str
) -> None:
    rows = enterprises(raw, award)
    change(rows)
    before = tree(raw.folder)
    recorded, proposal = add(raw, write(tmp_path, rows), award)
    assert not recorded
    assert f"levererad.xlsx, {said}" in "\n".join(map(str, proposal.doubts))
    assert tree(raw.folder) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            spoil(107, 1, "1–9 anställda"),
            "cell B108 (Norrbottens län, 1–9 anställda): found the text '1–9 anställda'; expected a class of size_class",
        ),
        (spoil(107, 4, -1), "cell E108 (Norrbottens län, 2018, 0-9): found the negative -1; expected a number of enterprises"),
        (spoil(107, 0, "Norbotten"), "cell A108"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused(raw: Raw, award: Award, tmp_path: Path, change: Callable[[Rows], Any], said: str) -> None:
    rows = enterprises(raw, award)
    change(rows)
    before = tree(raw.folder)
    with pytest.raises(DataRefused) as refused:
        add(raw, write(tmp_path, rows), award)
    assert f"levererad.xlsx, sheet Blad1, {said}" in str(refused.value)
    assert tree(raw.folder) == before


def test_a_file_without_the_whole_is_one_clear_question(raw: Raw, award: Award, tmp_path: Path) -> None:
    """As Kolada has it: the counties alone."""
    rows = [row for row in csv.reader(raw.path("population_by_county.csv").read_text(encoding="utf-8").splitlines()) if row[0] != "00"]
    (tmp_path / "kolada.csv").write_text(
        "\n".join(";".join((row[1], row[3], row[4])) for row in [["", "Län", "", "År", "Folkmängd"], *rows[1:]]), encoding="utf-8"
    )
    agreed, proposal = add(raw, tmp_path / "kolada.csv", award, Given(kind="official", publisher="SCB", page="x", licence="x"))
    (doubt,) = proposal.doubts
    assert str(doubt).startswith("kolada.csv: found no row of Riket in any year; expected the whole beside the regions. Ask for a file")
    assert agreed != bool(doubt), "a yes is asked for"


def test_words_decide_between_statistics_of_the_same_shape(raw: Raw, award: Award, tmp_path: Path) -> None:
    rows = enterprises(raw, award)
    rows[0] = ["Tabell 3"]
    with pytest.raises(DataRefused, match="does not say of what; expected one of"):
        add(raw, write(tmp_path, rows), award)
    recorded, proposal = add(raw, write(tmp_path, rows), award, Given(**{**vars(GIVEN), "title": "Alla företag, hela landet"}))
    assert recorded
    assert proposal.table == "enterprises"


def test_the_words_above_a_table_give_the_year_and_the_class_that_no_column_has(raw: Raw, award: Award, tmp_path: Path) -> None:
    rows: Rows = [["Alla företag 2020, 10–49 anställda"], ["Länskod", "Antal företag"]]
    rows += [[code, number(code, "10-49")] for code in names_of(raw, award) if code != "00"]
    _, proposal = add(raw, write(tmp_path, rows), award)
    assert 'constant = {year = 2020, size_class = "10-49"}' in proposal.entry
    assert ("year", "2020, of all rows") in proposal.found
    assert "levererad.xlsx, sheet Blad1 (2016): found no row" in "\n".join(map(str, proposal.doubts)), "the rest is missing, and said"


def dataset(names: dict[str, str]) -> dict[str, Any]:
    """Employed by region, sex, age and year: 3 women and 2 men in each code's number of counties; two ages and their total."""
    sexes, ages = {"2": "kvinnor", "1": "män", "1+2": "totalt"}, {"15-74": "15–74 år", "tot": "totalt ålder", "75+": "75 år och äldre"}
    years = {str(year): str(year) for year in YEARS}
    dimensions = {"Region": names, "Kon": sexes, "Alder": ages, "Tid": years}
    each = {"2": 3, "1": 2, "1+2": 5}
    share = {"15-74": 1, "tot": 2, "75+": 1}
    values = [
        each[sex] * share[age] * (sum(int(other) for other in names) if code == "00" else int(code))
        for code in names
        for sex in sexes
        for age in ages
        for _ in years
    ]
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "Sysselsatta efter region, kön, ålder och år",
        "id": list(dimensions),
        "size": [len(each) for each in dimensions.values()],
        "dimension": {name: {"category": {"index": list(labels), "label": labels}} for name, labels in dimensions.items()},
        "value": values,
    }


def test_a_table_of_other_classes_is_read_at_the_total_of_what_the_statistic_does_not_have(raw: Raw, award: Award, tmp_path: Path) -> None:
    path = tmp_path / "levererad.json"
    path.write_text(json.dumps(dataset(names_of(raw, award))), encoding="utf-8")
    recorded, proposal = add(raw, path, award)
    assert recorded, proposal.doubts
    assert proposal.table == "employed"
    assert 'where = {Alder = "tot"}' in proposal.entry
    assert 'labels = {sex = {2 = "women", 1 = "men", "1+2" = "total"}}' in proposal.entry
    read = figures(raw, award, "employed")
    assert {sex: read["25", 2018, sex][0] for sex in ("women", "men", "total")} == {
        "women": 3 * 2 * 25,
        "men": 2 * 2 * 25,
        "total": 5 * 2 * 25,
    }


def test_a_variable_without_a_total_is_refused(raw: Raw, award: Award, tmp_path: Path) -> None:
    document = dataset(names_of(raw, award))
    document["dimension"]["Alder"]["category"] = {"index": ["a", "b", "c"], "label": {"a": "ung", "b": "medel", "c": "gammal"}}
    path = tmp_path / "levererad.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(DataRefused, match="the variable Alder with 3 codes, and not one of them its total"):
        add(raw, path, award)


@pytest.mark.whole
def test_a_fetched_table_of_such_a_statistic_gets_its_labels_and_is_audited(raw: Raw, award: Award) -> None:
    names = names_of(raw, award)
    variables = (
        Variable("Region", "region", names),
        Variable("Kon", "kön", {"1": "män", "2": "kvinnor", "1+2": "totalt"}),
        Variable("ContentsCode", "innehåll", {"SYS": "Sysselsatta"}, role="metric"),
        Variable("Tid", "år", {str(year): str(year) for year in YEARS}, role="time"),
    )
    figure = {"1": 2, "2": 3, "1+2": 5}

    def value(key: tuple[str, ...]) -> int:
        counties = sum(int(code) for code in names) if key[0] == "00" else int(key[0])
        return figure[key[1]] * counties

    entry = f"""
[employed]
table = "employed"
publisher = "SCB"
title = "Sysselsatta"
table_id = "TAB1"
page = "https://example.org/"
licence = "CC0-1.0"

[employed.fetch]
base_url = "%s"
columns = {{ region_code = "Region", sex = "Kon", year = "Tid", employed = "SYS" }}

[employed.fetch.selection]
Region = {json.dumps(list(names))}
Kon = ["*"]
ContentsCode = ["SYS"]
Tid = ["*"]
"""
    with PxWebServer((Table("TAB1", "Sysselsatta", "2027-02-01T07:00:00Z", variables, value),)) as server:
        with raw.path("sources.toml").open("a", encoding="utf-8") as file:
            file.write(entry % server.address)
        patience = Patience(total=60, silence=10, attempts=1)
        (change,) = arrivals.fetch_sources(raw.folder, ["employed"], award, DAY, patience, lambda text: None, lambda *_: None)
        assert (change.vintage, change.rows) == ("2027-02-22", 22 * 3 * 5)
        layout = load_sources(raw.folder).entries["employed"].read[0]
        assert layout.labels == {"sex": {"1": "men", "2": "women", "1+2": "total"}}
        figure["1+2"] = 6
        with pytest.raises(DataRefused, match=r"Riket, 2016, total\): found 1,405 persons in the classes; expected 1,686"):
            arrivals.fetch_sources(raw.folder, ["employed"], award, DAY, patience, lambda text: None, lambda *_: None)
        figure.update({"1": 4, "2": 6, "1+2": 10})
        with pytest.raises(DataRefused, match=r"found employed with a median revision of 100.0% over 330 figures, 2 times those before"):
            arrivals.fetch_sources(raw.folder, ["employed"], award, DAY, patience, lambda text: None, lambda *_: None)
        arrivals.fetch_sources(raw.folder, ["employed"], award, DAY, patience, lambda text: None, lambda *_: None, "SCB har räknat om")
        assert load_sources(raw.folder).entries["employed"].revision == "SCB har räknat om"


# Another country: letter codes, code and name in one cell, three firm sizes, crowns, no whole


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Raw, Award]:
    """A copy of a made-up country, and its round."""
    place = shutil.copytree(ALDER, tmp_path / "alder")
    monkeypatch.chdir(place)
    return Raw(place / "data" / "raw"), load_award("2024")


def test_files_of_another_country_are_recognised_as_they_are_described(alder: tuple[Raw, Award], tmp_path: Path) -> None:
    raw, award = alder
    for name, title in {"trade": None, "residents": "Residents of the districts", "readiness": "Scores of the districts 2022"}.items():
        before = load_sources(raw.folder).entries[name]
        path = tmp_path / f"{name}.csv"
        path.write_bytes(raw.path(before.file).read_bytes() + b"\n")
        given = Given(title=title, unit="thousand ALC" if name == "trade" else None, series="head-office" if name == "trade" else None)
        recorded, proposal = add(raw, path, award, given)
        assert recorded, proposal.doubts
        after = load_sources(raw.folder).entries[name]
        assert after.read == before.read
        assert after.sha256 != before.sha256
        assert after.covers == {"trade": "6 districts, 2020–2023, 3 firm sizes"}.get(name, before.covers.replace("six", "6"))


def test_unit_series_and_other_names_of_another_country(alder: tuple[Raw, Award], tmp_path: Path) -> None:
    raw, award = alder
    lines = raw.path("trade.csv").read_text(encoding="utf-8").replace("OAK Oakham", "The Oaks").splitlines()
    rows: Rows = [["Sales abroad, thousand crowns, where the firm is registered"]]
    for line in lines:
        cells = line.split(";")
        rows.append([int(cell) if cell.isdecimal() and len(cell) < 5 else cell for cell in cells])
    rows.append(["At sea", "All firms", *[1] * 8])
    write_workbook(tmp_path / "trade.xlsx", {"Table 1": rows})
    recorded, proposal = add(raw, tmp_path / "trade.xlsx", award)
    assert recorded, proposal.doubts
    assert {("unit", "thousand ALC"), ("series", "head-office")} <= set(proposal.found)
    assert {("region", "'At sea' is left out"), ("region", "'The Oaks' is Oakham")} <= set(proposal.found)
    assert figures(raw, award, "trade")["OAK", 2020, "small"] == (100, "Table 1!C20")


def test_a_district_gone_is_doubted_where_no_whole_could_tell(alder: tuple[Raw, Award], tmp_path: Path) -> None:
    raw, award = alder
    path = tmp_path / "trade.csv"
    lines = raw.path("trade.csv").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("ELM")), encoding="utf-8")
    recorded, proposal = add(raw, path, award, Given(unit="thousand ALC", series="head-office"))
    assert not recorded
    assert "trade.csv (Elmet, 2020, micro): found no row" in "\n".join(map(str, proposal.doubts))
    assert ("regions", "5 of 6, without Elmet") in proposal.found


# Two geographies in one project


def both(raw: Raw, alder: Raw) -> None:
    """Put the files of the two countries into one folder: the Swedish regions say their geography too."""
    path = raw.path("sources.toml")
    text = path.read_text(encoding="utf-8")
    for entry in ("regions", "population", "goods_exports", "services_exports", "published_export_totals", "population_from_2025"):
        text = text.replace(f"[{entry}]\n", f'[{entry}]\ngeography = "swedish_counties"\n')
    other = alder.path("sources.toml").read_text(encoding="utf-8").replace('table = "', 'geography = "alder_islands"\ntable = "')
    path.write_text(f"{text}\n{other}", encoding="utf-8")
    for file in alder.folder.glob("*.csv"):
        shutil.copy(file, raw.folder)


def test_a_new_source_says_its_geography_where_the_regions_do(raw: Raw, alder: tuple[Raw, Award], tmp_path: Path) -> None:
    other, award = alder
    both(raw, other)
    path = tmp_path / "landed.csv"
    path.write_text("District;2020;2021;2022;2023\nAshby;1;1;1;1\nBrooke;2;2;2;2\nElmet;3;3;3;3\n", encoding="utf-8")
    _, proposal = add(raw, path, award, Given(**{**vars(GIVEN), "table": "landings"}))
    assert (proposal.name, proposal.rows) == ("landings", 12)
    assert 'geography = "alder_islands"' in proposal.entry
    with pytest.raises(DataRefused, match="--source population: found a file of the table landings"):
        add(raw, path, award, Given(**{**vars(GIVEN), "table": "landings", "source": "population"}))


def test_a_source_of_one_geography_is_not_fetched_for_a_round_of_another(raw: Raw, alder: tuple[Raw, Award]) -> None:
    other, award = alder
    both(raw, other)
    with pytest.raises(DataRefused, match="no source that says how it is fetched"):
        arrivals.plan_fetch(raw.folder, [], award, Patience(), lambda text: None)
    preview = load_sources(raw.folder)
    with pytest.raises(DataRefused, match="a source of swedish_counties; expected one of alder_islands"):
        arrivals.check(preview, "population", award)
