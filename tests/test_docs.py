"""What the documents say is so: commands exist, the traced number is there, the examples work as printed."""

import datetime
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import COMPLETE, PROJECT, RAW, Raw, exportregion, read_rows, write_workbook
from pxweb_server import PxWebServer, population_tables
from test_microdata import built, simulated
from typer.testing import CliRunner

from pipeline.award import load_award
from pipeline.cli import app
from pipeline.dictionary import dictionary
from pipeline.ingest import ingest
from pipeline.sources import load_sources

__all__ = ["built", "simulated"]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[str]:
    return [line.split("#")[0].strip() for block in blocks(text, "sh") for line in block.splitlines()]


YEAR = README[README.index("## The analyst's year") : README.index("## What comes out")]
MICRODATA = (PROJECT / "docs" / "microdata.md").read_text(encoding="utf-8")
COMPANIES = README[README.index("## Companies") : README.index("## Other statistics")]
COMMANDS = commands(README.replace(YEAR, "").replace(COMPANIES, ""))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_works(command: str, complete: Path, tmp_path: Path) -> None:
    if command.removeprefix("exportregion ") in COMPLETE:
        assert (complete / "2021" / "report-en.md").is_file(), "the session's results are made with this command"
    elif command.startswith("exportregion"):
        assert exportregion(*command.replace("--out ", f"--out {tmp_path}/").split()[1:]).exit_code == 0
    else:
        shell = subprocess.run(f"{command} --dry-run", shell=True, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert shell.returncode == 0, shell.stderr
        for target in re.findall(r"make ([\w-]+)", command):
            assert re.search(rf"^{target}:.*## ", MAKEFILE, re.MULTILINE)


def test_the_road_from_firm_level_records_is_as_the_readme_says(raw: Raw, built: Path) -> None:
    """The page's first two commands make what tests of microdata read."""
    simulate, build, add = (command.split()[1:] for command in commands(MICRODATA))
    assert (simulate[1], build[1]) == ("simulate", "build")
    own = [str(built / "table.csv") if part == build[-1] else part for part in add]
    own += ["--publisher", "Exempel", "--page", "https://www.scb.se/", "--licence", "CC0-1.0"]
    ran = CliRunner().invoke(app, [*own, "--data", str(raw.folder)], input="y\n")
    assert ran.exit_code == 0, ran.stderr
    assert "In doubt: table.csv" in ran.stdout
    assert "goods_exports = " in ran.stdout
    made = {path.stem for path in built.iterdir()}
    companions = re.findall(r"^\| `…-([a-z_]+)", MICRODATA, re.MULTILINE)
    assert len(companions) == 5
    assert {f"table-{companion}" for companion in companions} <= made


SUBPROCESS_RUN = subprocess.run


def with_another_hash_seed(command: list[str], **options: Any) -> Any:
    return SUBPROCESS_RUN(command, **{**options, "env": {**(options.get("env") or os.environ), "PYTHONHASHSEED": "4711"}})


@pytest.mark.usefixtures("process")
def test_the_analysts_year_goes_as_the_readme_says_and_its_results_are_the_same_bytes_whatever_the_clock_locale_and_hash_seed(
    complete: Path, raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # verify runs the archive's own code, whatever this says
    shutil.copytree(PROJECT / "awards", tmp_path / "awards")
    shutil.copytree(PROJECT / "tests" / "texts", tmp_path / "tests" / "texts")
    sheet, rows = read_rows(RAW / "goods_exports_by_county.xlsx")
    (tmp_path / "levererat").mkdir()
    rows = [row for row in rows if not str(row[0]).startswith("ILLUSTRATIVA")]
    write_workbook(tmp_path / "levererat" / "varuexport.xlsx", {sheet: rows})
    today = datetime.date.today().isoformat()
    own = ["--data", str(raw.folder)]
    told = ["--publisher", "SCB", "--page", "https://www.scb.se/", "--licence", "CC0-1.0"]
    # The delivered figures are the illustrative ones, as they are shipped.
    agreed = ["--accept-revision", "De illustrativa värdena är utgivarens."]
    options = {"add": ["--yes", *told, *agreed, *own], "archive": ["--out", str(complete)], "verify": []}
    refused, said, outputs = [], "", ""
    with PxWebServer(population_tables()) as server:
        listing = raw.path("sources.toml")
        listing.write_text(
            listing.read_text(encoding="utf-8").replace("https://statistikdatabasen.scb.se/api/v2", server.address), encoding="utf-8"
        )
        for command in commands(YEAR):
            name, *arguments = command.replace("2027-02-22", today).split()[1:]
            if name == "verify":
                monkeypatch.setenv("LC_ALL", "C")
                monkeypatch.setenv("TZ", "Pacific/Auckland")
                monkeypatch.setattr(subprocess, "run", with_another_hash_seed)
            ran = exportregion(name, *arguments, *options.get(name, own))
            said = ran.stdout + ran.stderr
            outputs += " ".join(said.split())
            if ran.exit_code:
                refused.append(name)
                assert "ATT BESLUTA" in said
    assert refused == ["run"]
    how = "the DuckDB file in every table, run.json in all but its time, commit and versions, the others in every byte."
    assert f"files are the same: {how}" in said
    for piece in " ".join(" ".join(blocks(YEAR, "text")).split()).split(" … "):
        assert piece in outputs


def test_the_readme_ranks_companies_as_their_page_does() -> None:
    # test_companies.py runs these commands.
    page = (PROJECT / "docs" / "exportsucce.md").read_text(encoding="utf-8")
    assert commands(COMPANIES) == commands(page)[:2]


def test_make_lists_every_target_with_a_word_about_it() -> None:
    targets = [
        "help",
        "setup",
        "setup-spark",
        "run",
        "ingest",
        "validate",
        "indicators",
        "rank",
        "robustness",
        "report",
        "test",
        "test-fast",
        "lint",
        "format",
        "bench",
        "docs",
        "clean",
    ]
    shown = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([\w-]+)  +\w", shown, re.MULTILINE) == targets


def test_the_award_reaches_the_command() -> None:
    shown = subprocess.run(
        ["make", "--dry-run", "run"], cwd=PROJECT, env={**os.environ, "AWARD": "2022"}, capture_output=True, text=True, check=True
    )
    assert "exportregion run --award 2022" in shown.stdout


def test_ci_calls_what_the_readme_calls() -> None:
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make ([\w-]+)$", script, re.MULTILINE) == ["lint", "validate", "test"]
    workflow = (PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert re.findall(r"run: (make test-fast|\.ci/run)$", workflow, re.MULTILINE) == ["make test-fast", ".ci/run"]
    assert "ubuntu-latest" in workflow
    assert "macos-latest" in workflow


def test_the_data_dictionary_is_up_to_date() -> None:
    assert (PROJECT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == dictionary()


@pytest.mark.usefixtures("process")
def test_no_text_is_lost_where_python_leaves_docstrings_out() -> None:
    def printed(*arguments: str) -> str:
        return subprocess.run([sys.executable, "-OO", "-m", *arguments], cwd=PROJECT, capture_output=True, text=True, check=True).stdout

    assert printed("pipeline.dictionary") == (PROJECT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert "Rank the regions and propose candidates." in printed("pipeline", "--help")


def test_the_files_that_the_readme_promises_come_out(complete: Path) -> None:
    promised = README[README.index("## What comes out") : README.index("## One number")]
    for file in re.findall(r"`([\w.]+\.(?:md|csv|json|duckdb))`", promised):
        assert (complete / "2021" / file).is_file()


def test_the_python_that_reads_the_results_does(complete: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (PROJECT / "docs" / "reading-the-results.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(complete / "2021")
    names: dict[str, Any] = {}
    exec(code, names)
    assert list(names["ranking"]["region_code"])[:1] == list(names["first"]["region_code"]) == ["24"]
    assert set(names["levels"]["year"]) == {2016, 2017, 2018, 2019, 2020}


def test_the_number_that_the_readme_traces_is_there(complete: Path) -> None:
    steps = README[README.index("## One number") : README.index("## How far")]
    assert "Norrbottens län" in (complete / "2021" / "report.md").read_text(encoding="utf-8")
    with duckdb.connect(complete / "2021" / "exportregion.duckdb", read_only=True) as connection:

        def one(sql: str) -> tuple[object, ...]:
            row = connection.execute(f"{sql} and region_code = '25'").fetchone()
            assert row
            return row

        (growth,) = one("select sme_goods_exports_per_capita_growth from ranking.ranking where true")
        assert str(growth) in steps
        indicator = "indicator = 'sme_goods_exports_per_capita_growth'"
        base, final = one(f"select base, final from indicators.indicators_by_region where {indicator}")
        assert f"{str(final)[:9]}… / {str(base)[:9]}… − 1" in steps
        level = "select level::bigint from indicators.levels_by_year where year = 2016 and measure ="
        (value,), (people,) = one(f"{level} 'sme_goods_exports'"), one(f"{level} 'inhabitants'")
        assert f"{value:,} SEK / {people:,} inhabitants".replace(",", " ") in steps
        parts = connection.execute(
            "select exports_sek::bigint, cell from staging.goods_exports join ingested.figures using (region_code, year)"
            " where statistic = 'goods_exports' and quantity = 'exports' and class_code = size_class"
            " and region_code = '25' and year = 2016 and size_class in ('0-9', '10-49', '50-249') order by cell"
        ).fetchall()
        assert " + ".join(f"{part:,}".replace(",", " ") for part, _ in parts) + " SEK" in steps
        cells = [cell for _, cell in parts]
        assert f"`{cells[0]}`, `{cells[1].split('!')[1]}`, `{cells[2].split('!')[1]}`" in steps
        (where,) = one("select cell from ingested.figures where statistic = 'population' and year = 2016")
        assert f"`{where}`" in steps
    _, rows = read_rows(RAW / "goods_exports_by_county.xlsx")
    assert "".join(rows[636][4].split()) == "741613"


def test_the_vintage_that_the_readme_describes_by_hand_is_read(raw: Raw, award: Callable[..., Path]) -> None:
    """The shipped figures, in millions, as the README's vintage: each cell is the shipped one's."""
    (example,) = (block for block in blocks(README, "toml") if "read" in block)
    described = tomllib.loads(example)["services_exports"]["vintages"]["2027-03-01"]
    _, shipped = read_rows(raw.path("services_exports_by_county.xlsx"))
    rows = [["Tjänsteexport"], [], ["Län", *range(2016, 2022)]]
    for row in shipped[4:]:
        if row[0] and row[1]:
            name = "Hela landet" if row[1] == "Riket" else row[1]
            rows.append([name, *(int("".join(cell.split())) / 1000 for cell in row[2:8])])
    raw.path(described["file"]).parent.mkdir()
    write_workbook(raw.path(described["file"]), {described["read"]["sheet"]: rows})
    sha256 = hashlib.sha256(raw.path(described["file"]).read_bytes()).hexdigest()
    listing = raw.path("sources.toml")
    example = example.replace('sha256 = "…"', f'sha256 = "{sha256}"')
    listing.write_text(f"{listing.read_text(encoding='utf-8')}\n{example}", encoding="utf-8")

    def figures(path: Path) -> set[tuple[Any, ...]]:
        chosen = load_award(str(path))
        read = ingest(load_sources(raw.folder, chosen), chosen)["ingested.figures"]
        own = [row for row in read if row["statistic"] == "services_exports"]
        # Known or not, in whole kronor: the two files have different units.
        amounts = [None if row["figure"] is None else row["figure"] * row["unit"] for row in own]
        return {(row["region_code"], row["year"], amount, row["status"], row["series"]) for row, amount in zip(own, amounts, strict=True)}

    pinned = award(("[vintages]", '[vintages]\nservices_exports = "2027-03-01"'), name="pinned")
    assert figures(pinned) == figures(award())
    assert len(figures(pinned)) == 132


def test_the_lock_file_holds_versions_and_hashes_and_no_address() -> None:
    lock = "".join((PROJECT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-spark.lock"))
    assert "://" not in lock
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        assert re.match(r"[a-z0-9-]+==[\w.]+ .*--hash=sha256:[0-9a-f]{64}", entry, re.DOTALL), entry
