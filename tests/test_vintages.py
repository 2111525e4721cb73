"""A source's history: new vintages beside old ones, recorded whole or not at all; awards that pin; what a revision does."""

import datetime
import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import GOODS, POPULATION, PROJECT, SERVICES, Raw, exportregion, read_rows, tree, write_workbook

from pipeline import printing, vintages
from pipeline.award import load_award
from pipeline.faults import DataRefused
from pipeline.ingest import ingest
from pipeline.sources import Origins, load_sources

DAY = datetime.date(2027, 2, 22)
FACTS = {"kind": "official", "covers": "21 län och riket", "retrieved": DAY, "published": DAY}
ORIGIN = {"publisher": "SCB", "title": "x", "page": "x", "licence": "x"}


def revised(raw: Raw, old: str = "25,2020,", figure: str = "250000") -> bytes:
    """The population file with another figure for Norrbotten in 2020, and the same difference in the nation."""
    text = raw.path(POPULATION).read_text(encoding="utf-8")
    lines = text.splitlines()
    heading = lines[0].split(",")
    column, region, year = (heading.index(name) for name in ("population", "region_code", "year"))
    difference = None
    for code in ("25", "00"):
        for number, line in enumerate(lines):
            cells = line.split(",")
            if cells[region] == code and cells[year] == "2020":
                before = int(cells[column])
                difference = int(figure) - before if difference is None else difference
                cells[column] = str(before + difference)
                lines[number] = ",".join(cells)
    return ("\n".join(lines) + "\n").encode()


def record(folder: Path, name: str = "population", content: bytes = b"", suffix: str = ".csv") -> str:
    with vintages.recording(folder) as change:
        arrival = change.store(name, DAY, suffix, content)
        change.describe(arrival, {**FACTS, **(ORIGIN if name != "population" else {})})
    return arrival.vintage


def test_a_new_vintage_stands_beside_the_old_one_and_every_line_of_sources_toml_stays(raw: Raw) -> None:
    before, files = raw.path("sources.toml").read_text(encoding="utf-8"), tree(raw.folder)
    content = revised(raw)
    assert record(raw.folder, content=content) == "2027-02-22"
    after = raw.path("sources.toml").read_text(encoding="utf-8")
    kept = iter(after.splitlines())
    assert all(line in kept for line in before.splitlines()), "a line is gone or moved"
    assert {file: sha256 for file, sha256 in tree(raw.folder).items() if file in files and file != "sources.toml"} == {
        file: sha256 for file, sha256 in files.items() if file != "sources.toml"
    }
    assert raw.path("population/2027-02-22.csv").read_bytes() == content
    entry = load_sources(raw.folder).history["population"]
    assert list(entry.vintages) == ["2026-11-23", "2027-02-22"]
    new = entry.vintages["2027-02-22"]
    assert (new.retrieved, new.published, new.publisher, new.table_id) == (DAY, DAY, "SCB", "TAB638")
    assert new.note is None, "a note is of the file it stands beside"


def test_a_vintage_of_another_kind_does_not_inherit_who_published_it(raw: Raw) -> None:
    """The first vintage of the services exports is illustrative; an official one says for itself where it comes from."""
    listing = raw.path("sources.toml")
    before = listing.read_text(encoding="utf-8")
    entry = "[services_exports.vintages.2027-02-22]\nfile = 'x.xlsx'\ncovers = 'x'\nsha256 = '0'\n"
    listing.write_text(f"{before}\n{entry}kind = 'official'\n", encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        load_sources(raw.folder)
    for key in ("publisher", "title", "page", "licence"):
        assert f"services_exports.vintages.2027-02-22.{key}" in str(refused.value)
    listing.write_text(f"{before}\n{entry}kind = 'illustrative'\n", encoding="utf-8")
    assert load_sources(raw.folder).history["services_exports"].vintages["2027-02-22"].publisher


def test_two_vintages_of_a_day_and_their_order(raw: Raw) -> None:
    names = [record(raw.folder, content=b"%d" % number) for number in range(11)]
    assert names[:2] == ["2027-02-22", "2027-02-22-2"]
    assert list(load_sources(raw.folder).history["population"].vintages)[-2:] == ["2027-02-22-10", "2027-02-22-11"]


def test_an_award_uses_the_vintage_that_it_pins(raw: Raw, award: Callable[..., Path]) -> None:
    record(raw.folder, content=revised(raw))
    old, new = award(), award(('population = "2026-11-23"', 'population = "2027-02-22"'), name="new")

    def norrbotten(path: Path) -> int:
        chosen = load_award(str(path))
        rows = ingest(load_sources(raw.folder, chosen), chosen)["ingested.figures"]
        (figure,) = [row["figure"] for row in rows if (row["statistic"], row["region_code"], row["year"]) == ("population", "25", 2020)]
        return int(figure)

    assert norrbotten(old) == 249614
    assert norrbotten(new) == 250000
    assert norrbotten(award(('population = "2026-11-23"', ""), name="none")) == 249614, "a new vintage changes no award by itself"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'population = "2026-11-23"',
            'population = "2027-01-01"',
            "the vintage '2027-01-01'; expected one of 2026-11-23, 2027-02-22",
        ),
        ('population = "2026-11-23"', 'populatoin = "2026-11-23"', "the source 'populatoin'"),
        ('population = "2026-11-23"', 'population_from_2025 = "2026-11-23"', "expected one of none yet"),
    ],
)
def test_an_award_that_pins_what_is_not_there(raw: Raw, award: Callable[..., Path], old: str, new: str, said: str) -> None:
    record(raw.folder, content=revised(raw))
    ran = exportregion("validate", "--award", award((old, new)), "--data", raw.folder)
    assert ran.exit_code == 1
    assert said in ran.stderr


def goods_of_2022(raw: Raw, without: str = "") -> bytes:
    """The file of goods with the rows of 2021 once more as those of 2022, but for a region's."""
    sheet, rows = read_rows(raw.path(GOODS))
    later = [[*row[:2], 2022, *row[3:]] for row in rows if row[2] == 2021]
    path = raw.folder.parent / "goods.xlsx"
    write_workbook(path, {sheet: [*rows[:-3], *(row for row in later if row[0] != without), *rows[-3:]]})
    return path.read_bytes()


@pytest.fixture
def of_2022(award: Callable[..., Path]) -> Path:
    """An award that needs goods alone, to 2022."""
    text = award(("last = 2020", "last = 2022"), ("final = 2020", "final = 2022")).read_text(encoding="utf-8")
    text = text[: text.index("[peers]")] + text[text.index("# When the report") :]
    goods = '[[indicators]]\nmeasure = "goods_exports"\nas = "growth"\nweight = 1\ndirection = "higher"\nreason = "x"\n'
    parts = text.split("[[indicators]]")
    rest = parts[-1][parts[-1].index("# Bounds") :]
    path = award(name="later")
    path.write_text(parts[0] + goods + rest, encoding="utf-8")
    return path


def test_a_year_that_an_unpinned_vintage_has_is_said_with_the_remedy(raw: Raw, of_2022: Path) -> None:
    record(raw.folder, "goods_exports", goods_of_2022(raw), ".xlsx")
    ran = exportregion("validate", "--award", of_2022, "--data", raw.folder)
    assert ran.exit_code == 1
    assert (
        "later.toml, vintages.goods_exports: found that vintage 2027-02-22 of goods_exports has 2022; the award does not pin it"
        in ran.stderr
    )
    assert 'Pin it under [vintages]: goods_exports = "2027-02-22".' in ran.stderr
    assert "1 fault;" in ran.stderr
    assert GOODS not in ran.stderr, "nobody is asked for rows in the illustrative file"
    of_2022.write_text(
        of_2022.read_text(encoding="utf-8").replace("[vintages]", '[vintages]\ngoods_exports = "2027-02-22"'), encoding="utf-8"
    )
    assert exportregion("validate", "--award", of_2022, "--data", raw.folder).exit_code == 0


def test_a_region_that_an_unpinned_vintage_has_is_said_with_the_vintage_that_the_award_pins(raw: Raw, of_2022: Path) -> None:
    record(raw.folder, "goods_exports", goods_of_2022(raw, without="09"), ".xlsx")
    record(raw.folder, "goods_exports", goods_of_2022(raw), ".xlsx")
    of_2022.write_text(
        of_2022.read_text(encoding="utf-8").replace("[vintages]", '[vintages]\ngoods_exports = "2027-02-22"'), encoding="utf-8"
    )
    ran = exportregion("validate", "--award", of_2022, "--data", raw.folder)
    missing = "Gotlands län, 2022, 0-9; Gotlands län, 2022, 10-49; Gotlands län, 2022, 250+ and 1 more"
    assert f"that vintage 2027-02-22-2 of goods_exports has {missing}; the award pins 2027-02-22; expected" in ran.stderr
    assert "found no row" not in ran.stderr


def test_a_table_that_only_unpinned_vintages_have_is_said(raw: Raw, of_2022: Path) -> None:
    raw.edit_sources(r"\n\[goods_exports\].*?\n(?=\[services_exports\])", '\n[goods_exports]\ntable = "goods_exports"\nfetch = FETCH\n')
    text = raw.path("sources.toml").read_text(encoding="utf-8")
    fetch = '{ base_url = "https://example.org", selection = { Tid = ["*"] }, columns = { year = "Tid" } }\ntable_id = "T"'
    raw.path("sources.toml").write_text(text.replace("FETCH", fetch), encoding="utf-8")
    with vintages.recording(raw.folder) as change:
        arrival = change.store("goods_exports", DAY, ".xlsx", raw.path(GOODS).read_bytes())
        read = {
            "unit": "SEK",
            "series": "x",
            "columns": {"exports": "a", "exporters": "b", "year": "c", "region_code": "d", "size_class": "e"},
        }
        change.describe(arrival, {**FACTS, "publisher": "SCB", "title": "x", "page": "x", "licence": "x", "read": read})
    raw.path(GOODS).unlink()
    ran = exportregion("validate", "--award", of_2022, "--data", raw.folder)
    assert "found that vintage 2027-02-22 of goods_exports has the table goods_exports; the award does not pin it" in ran.stderr
    assert "Describe the file" not in ran.stderr


def test_a_fault_names_the_source_and_the_vintage_of_a_file_that_is_called_by_its_day(raw: Raw, award: Callable[..., Path]) -> None:
    pinned = award(('population = "2026-11-23"', 'population = "2027-02-22"'))
    content = revised(raw, figure="-5")
    record(raw.folder, content=content)
    ran = exportregion("validate", "--award", pinned, "--data", raw.folder)
    assert "population, vintage 2027-02-22 (2027-02-22.csv), cell E569 (Norrbottens län, 2020): found the negative -5" in ran.stderr
    raw.path("population/2027-02-22.csv").write_bytes(jump := revised(raw, figure="900000"))
    raw.edit_sources(hashlib.sha256(content).hexdigest(), hashlib.sha256(jump).hexdigest())
    ran = exportregion("validate", "--award", pinned, "--data", raw.folder)
    assert "population, vintage 2027-02-22 (2027-02-22.csv), cell E569 (Norrbottens län, 2020): found" in ran.stderr
    assert "(audit yearly_jumps)" in ran.stderr
    raw.path("population/2027-02-22.csv").write_bytes(b"")
    raw.edit_sources(hashlib.sha256(jump).hexdigest(), hashlib.sha256(b"").hexdigest())
    ran = exportregion("validate", "--award", pinned, "--data", raw.folder)
    assert "population, vintage 2027-02-22 (2027-02-22.csv): found an empty file" in ran.stderr


def test_an_old_award_keeps_its_ranking_whatever_is_recorded_after_it(raw: Raw, complete: Path, tmp_path: Path) -> None:
    """New vintages, revised ones, and new sources; by `add`, as an analyst records them."""

    def add(name: str, content: bytes, *options: str) -> None:
        (tmp_path / name).write_bytes(content)
        facts = ("--kind", "official", "--publisher", "SCB", "--page", "x", "--licence", "CC0-1.0", "--accept-revision", "reviderad")
        ran = exportregion("add", tmp_path / name, "--data", raw.folder, *facts, *options, "--yes")
        assert ran.exit_code == 0, ran.stderr

    add("revised.csv", revised(raw))
    add("revised-again.csv", revised(raw, figure="250100"))
    of_2024 = [line.split(",") for line in raw.path(POPULATION).read_text(encoding="utf-8").splitlines() if ",2024," in line]
    rows = [",".join((code, name, "2025", figure)) for code, name, _, _, figure, *_ in of_2024]
    add(
        "of-2025.csv",
        "\n".join(["region_code,region_name,year,population", *rows]).encode(),
        "--source",
        "population_2025",
        "--title",
        "Folkmängd",
    )
    assert "population_2025" not in load_sources(raw.folder, load_award("2021")).entries
    ran = exportregion("rank", "--data", raw.folder, "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    for file in ("ranking.csv", "candidates.csv"):
        assert (tmp_path / "out" / "2021" / file).read_bytes() == (complete / "2021" / file).read_bytes()


def test_vintages_lists_the_history_and_who_pins_what(raw: Raw) -> None:
    record(raw.folder, content=revised(raw))
    rows = json.loads(exportregion("vintages", "--data", raw.folder, "--json").stdout)
    of_population = [row for row in rows["vintages"] if row["source"] == "population"]
    assert [(row["vintage"], row["awards"]) for row in of_population] == [("2026-11-23", ["2021", "2022"]), ("2027-02-22", [])]
    assert rows["not_fetched"] == ["population_from_2025"]
    shown = exportregion("vintages", "--data", raw.folder).stdout
    assert "2027-02-22" in shown
    assert "population_from_2025: described, but not fetched yet" in shown


@pytest.mark.whole
def test_compare_tells_what_a_revision_does(raw: Raw) -> None:
    # By hand: Norrbotten had 249 614 inhabitants at the end of 2020; 249 614 → 250 000 is +0.1546 %, and every figure per
    # inhabitant of 2020 falls by 1 − 249614/250000 = 0.1544 %. The growth 1.4099998 becomes 1.4099998 × 0.998456 = 1.4078228.
    record(raw.folder, content=revised(raw))
    result = json.loads(exportregion("compare", "2021", "--vintage", "population=2027-02-22", "--data", raw.folder, "--json").stdout)
    population = next(row for row in result["data"]["tables"] if row["statistic"] == "population")
    assert (population["changed"], population["new"], population["gone"], population["same"]) == (2, 0, 0, 22 * 26 - 2)
    assert all(row["changed"] == 0 for row in result["data"]["tables"] if row is not population)
    largest = result["data"]["largest"][0]
    assert (largest["region_name"], largest["year"], largest["first"], largest["second"]) == ("Norrbottens län", 2020, 249614, 250000)
    assert largest["change_ratio"] == pytest.approx(386 / 249614)
    growth = next(row for row in result["data"]["indicators"] if row["indicator"] == "sme_goods_exports_per_capita_growth")
    assert growth["regions_changed"] == 1
    assert growth["regions"][0]["second"] == pytest.approx(1.4099998173456605 * 249614 / 250000 - 1, rel=1e-12)
    assert (result["enter_by_data"], result["leave_by_data"]) == ([], [])
    norrbotten = next(row for row in result["regions"] if row["region_code"] == "25")
    assert norrbotten["change_by_data"] == norrbotten["change"] == 0
    shown = exportregion("compare", "2021", "--vintage", "population=2027-02-22", "--data", raw.folder).stdout
    assert "Norrbottens län, 2020" in shown
    assert "+0.15%" in shown
    assert "By the data alone: New candidates: none. No longer candidates: none." in shown


def test_official_vintages_beside_illustrative_figures_are_named(raw: Raw, capsys: pytest.CaptureFixture[str]) -> None:
    """Goods stay illustrative beside an official vintage that the award could pin; a second round pins it and says so of both."""
    record(raw.folder, "goods_exports", raw.path(GOODS).read_bytes(), ".xlsx")
    first = load_award("2021")
    second = first.model_copy(update={"vintages": {"goods_exports": "2027-02-22"}})
    one, two = (load_sources(raw.folder, award).origins(award) for award in (first, second))
    assert one == Origins([GOODS, SERVICES], [POPULATION], {"goods_exports": 'goods_exports = "2027-02-22"', "services_exports": ""})
    assert two == Origins([SERVICES], [POPULATION, "goods_exports/2027-02-22.xlsx"], {"services_exports": ""})
    printing.console(one)
    shown = capsys.readouterr().out
    assert "Official statistics beside them: population_by_county.csv\n" in shown
    assert "goods_exports has an official vintage, which the award does not use until it pins it under [vintages]: goods" in shown
    printing.console(one.beside(two))
    assert "Official statistics beside them: goods_exports/2027-02-22.xlsx, population_by_county.csv\n" in capsys.readouterr().out


@pytest.mark.whole
def test_compare_tells_a_revision_that_a_run_would_refuse(raw: Raw) -> None:
    content = revised(raw).replace(revised(raw).splitlines()[-5], raw.path(POPULATION).read_bytes().splitlines()[-5])
    assert content != raw.path(POPULATION).read_bytes()
    record(raw.folder, content=content)
    ran = exportregion("compare", "2021", "--vintage", "population=2027-02-22", "--data", raw.folder)
    assert ran.exit_code == 0, ran.stderr
    assert "In doubt in the second, which a run would refuse:" in ran.stdout
    assert "audit regions_do_not_add_up" in " ".join(ran.stdout.split())
    assert "2021 → 2021 with population=2027-02-22. New candidates: " in ran.stdout


@pytest.mark.whole
def test_compare_says_that_an_official_vintage_is_no_revision_of_an_illustrative_one(raw: Raw) -> None:
    record(raw.folder, "services_exports", raw.path(SERVICES).read_bytes(), ".xlsx")
    shown = exportregion("compare", "2021", "--vintage", "services_exports=2027-02-22", "--data", raw.folder).stdout
    said = "services_exports: illustrative in the first and official in the second, so that what changes is not a revision of statistics."
    assert said in shown
    assert shown.index(said) < shown.index("New candidates: ") < shown.index("Places gained")
    record(raw.folder, content=revised(raw))
    assert "illustrative in the" not in exportregion("compare", "2021", "--vintage", "population=2027-02-22", "--data", raw.folder).stdout


def test_compare_without_a_revision_says_so_and_wrong_pairs_are_wrong_usage() -> None:
    assert "The data are the same in every cell." in exportregion("compare", "2021", "2021").stdout
    assert exportregion("compare", "2021").exit_code == 2
    assert exportregion("compare", "2021", "--vintage", "population").exit_code == 2


def test_a_recording_that_fails_leaves_everything_as_it_was(raw: Raw) -> None:
    before = tree(raw.folder)
    with pytest.raises(DataRefused), vintages.recording(raw.folder) as change:
        arrival = change.store("population", DAY, ".csv", b"x")
        change.describe(arrival, {**FACTS, "kind": "offical"})
    assert tree(raw.folder) == before
    with pytest.raises(ZeroDivisionError), vintages.recording(raw.folder) as change:
        arrival = change.store("population", DAY, ".csv", b"x")
        change.describe(arrival, FACTS)
        raise ZeroDivisionError
    assert tree(raw.folder) == before


def test_a_form_of_toml_that_cannot_be_added_to_is_refused(raw: Raw) -> None:
    path = raw.path("sources.toml")
    text = path.read_text(encoding="utf-8")
    entry = text[text.index("[regions]") : text.index("[population]")]
    lines = [line for line in entry.splitlines() if " = " in line]
    inline = "regions = { " + ", ".join(lines[:-1]) + ", read = { " + lines[-1] + " } }\n"
    path.write_text(inline + text.replace(entry, ""), encoding="utf-8")
    before = tree(raw.folder)
    with pytest.raises(DataRefused, match="a form that cannot be added to"):
        record(raw.folder, "regions", b"x")
    assert tree(raw.folder) == before


def test_where_there_are_no_links_a_file_is_copied_and_never_over_another(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("pipeline.vintages.os.link", refuse)
    before = tree(raw.folder)
    with pytest.raises(DataRefused, match="file exists"), vintages.recording(raw.folder) as change:
        change.describe(change.store("population", DAY, ".csv", b"x"), FACTS)
        raw.path("population").mkdir()
        raw.path("population/2027-02-22.csv").write_bytes(b"another's")
    assert raw.path("population/2027-02-22.csv").read_bytes() == b"another's"
    raw.path("population/2027-02-22.csv").unlink()
    assert tree(raw.folder) == before
    assert record(raw.folder, content=revised(raw)) == "2027-02-22"
    assert raw.path("population/2027-02-22.csv").read_bytes() == revised(raw)
    assert not list(raw.folder.glob(".*"))


INTERRUPTED = """
import datetime, sys, time
from pathlib import Path
from pipeline import printing, vintages
real = vintages.os.link
def slow(*arguments):
    real(*arguments)
    print("linked", flush=True)
    time.sleep(60)
vintages.os.link = slow
day = datetime.date(2027, 2, 22)
with vintages.recording(Path(sys.argv[1])) as change:
    arrival = change.store("population", day, ".csv", b"x")
    change.describe(arrival, {"kind": "official", "covers": "x", "retrieved": day})
"""


@pytest.mark.usefixtures("process")
def test_a_recording_killed_before_its_last_step_never_was(raw: Raw) -> None:
    before = tree(raw.folder)
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(raw.folder)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "linked\n"
        assert raw.path("population/2027-02-22.csv").exists()
        os.kill(process.pid, signal.SIGKILL)
    assert exportregion("validate", "--data", raw.folder).exit_code == 0, "what was placed halfway counts as not there"
    assert record(raw.folder, content=revised(raw)) == "2027-02-22", "it never was"
    assert tree(raw.folder).keys() - before.keys() == {"population/2027-02-22.csv"}
    assert raw.path("population/2027-02-22.csv").read_bytes() == revised(raw)


@pytest.mark.usefixtures("process")
def test_two_recordings_at_once_both_hold(raw: Raw) -> None:
    code = INTERRUPTED.replace("time.sleep(60)", "time.sleep(0.2)")
    processes = [subprocess.Popen([sys.executable, "-c", code, str(raw.folder)], cwd=PROJECT, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert list(load_sources(raw.folder).history["population"].vintages)[1:] == ["2027-02-22", "2027-02-22-2", "2027-02-22-3"]
    assert not list(raw.folder.glob(".*"))


def test_a_folder_that_cannot_be_written_is_said(raw: Raw) -> None:
    raw.path("population").write_text("a file where the folder would be", encoding="utf-8")
    with pytest.raises(DataRefused, match="a folder with permission and room to write"):
        record(raw.folder, content=b"x")
    assert not list(raw.folder.glob(".*"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[population.vintages.soon]\nfile = 'population/x.csv'", "a vintage is named by the day of its retrieval"),
        ("[population.vintages.2027-02-30]\nfile = 'population/x.csv'", "a vintage is named by the day of its retrieval"),
        ("[population.vintages.2026-11-23]\nfile = 'population/x.csv'", "named by the day of its retrieval, each once"),
        ("[population.vintages.2027-02-22]\nfile = 3", "population.vintages.2027-02-22.file: found 3"),
        (
            "[population.vintages.2027-02-22]\nfile = '../x.csv'\nkind = 'official'\ncovers = 'x'\nsha256 = '0'",
            "file is a path inside the folder of sources.toml",
        ),
        ("[population.vintages]\n2027-02-22 = 'x'", "a table that says what differs"),
        ("[population]\nvintages = 3", "a key or table that the file already has, in '[population]'"),
        ("[Population]\nfile = 'x'", "a source's name: small letters"),
        ("[new]\nfetch = 3", "new.fetch"),
        ("[new]\nvintages = 3", "vintages are tables"),
        ("[new.fetch]\nbase_url = 'ftp://example.org'\nselection = {}\ncolumns = { year = 'Tid' }", "begins with https:// or http://"),
        ("[new.fetch]\nbase_url = 'https://example.org'\nselection = { Tid = ['TOP(3)'] }\ncolumns = { year = 'Tid' }", "FROM(a)"),
        ("[new.fetch]\nbase_url = 'https://example.org'\nselection = { Tid = [] }\ncolumns = { year = 'Tid' }", "new.fetch.selection.Tid"),
        ("[new.fetch]\nbase_url = 'https://example.org'\nselection = { Tid = ['1'] }\ncolumns = { year = 'Tid' }", "says its table_id"),
        ("[new]\nfile = 1979-05-27", "new.file"),
        ("new = [1, 2]", "new"),
        ("new = nan", "new"),
    ],
)
def test_sources_toml_with_surprising_content(raw: Raw, line: str, said: str) -> None:
    path = raw.path("sources.toml")
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{line}\n{text}" if line.startswith("new =") else f"{text}\n{line}\n", encoding="utf-8")
    ran = exportregion("validate", "--data", raw.folder)
    assert ran.exit_code == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_link_that_leads_out_of_the_folder_is_refused(raw: Raw, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    raw.path(POPULATION).rename(outside)
    raw.path(POPULATION).symlink_to(outside)
    ran = exportregion("validate", "--data", raw.folder)
    assert ran.exit_code == 1
    assert "a link that leads out of" in ran.stderr
