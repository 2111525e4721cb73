"""The pages for readers who do not program run as they stand: every file they say to save, every command they say to give."""

import csv
import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, RAW, exportregion

from pipeline.award import load_award
from pipeline.catalogue import KINDS

DOCS = PROJECT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def files(text: str) -> Iterator[tuple[str, str]]:
    """The files that a page says to save, and their content."""
    yield from re.findall(r"Save as `([^`]+)`:\n\n```\w+\n(.*?)```", text, re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """The arguments of the commands of a page."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    return [re.findall(r'"[^"]*"|\S+', line)[1:] for line in lines]


def given(folder: Path, *arguments: str) -> None:
    ran = exportregion(*(argument.strip('"') for argument in arguments), "--data", folder / "data" / "raw")
    assert ran.exit_code == 0, ran.stderr


def save(folder: Path, text: str) -> None:
    for name, content in files(text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def enterprises(path: Path) -> None:
    """Made-up enterprises by county, year and size class that add up: 100 000, 1 000, 100 and 10 in each county."""
    with (RAW / "regions.csv").open(encoding="utf-8") as file:
        counties = [(row["region_code"], row["region_name"]) for row in csv.DictReader(file)]
    per_county = {"0-9": 100_000, "10-49": 1_000, "50-249": 100, "250+": 10}
    path.parent.mkdir(parents=True)
    with path.open("w", encoding="utf-8") as file:
        print("Länskod;Län;År;Storleksklass;Antal företag", file=file)
        for code, name in counties:
            for year in range(2016, 2022):
                for size, count in per_county.items():
                    print(f"{code};{name};{year};{size};{count * 21 if code == '00' else count}", file=file)


def little_drawn(award: Path, entry: str) -> None:
    """Add an indicator to an award, and let few weights be drawn: how far its ranking can be trusted is no matter here."""
    text = award.read_text(encoding="utf-8")
    for old, new in (("draws = 10000", "draws = 100"), ("joint_draws = 1024", "joint_draws = 16")):
        assert old in text
        text = text.replace(old, new)
    award.write_text(f"{text}\n{entry}", encoding="utf-8")


@pytest.mark.whole
@pytest.mark.usefixtures("words_alone")
def test_a_statistic_and_its_indicator_are_added_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page("adding-a-statistic.md")
    for part in ("catalogue", "awards"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    shutil.copytree(RAW, tmp_path / "data" / "raw")
    monkeypatch.chdir(tmp_path)
    save(tmp_path, text)
    enterprises(tmp_path / "levererat" / "foretag.csv")
    ((_, entry),) = re.findall(r"Add these lines to `(awards/2021.toml)`.*?```toml\n(.*?)```", text, re.DOTALL)
    add, run = commands(text)
    given(tmp_path, *add, "--yes", "--publisher", "SCB", "--page", "https://www.scb.se/", "--licence", "CC0-1.0")
    little_drawn(tmp_path / "awards" / "2021.toml", entry)
    given(tmp_path, *run, "--out", str(tmp_path / "out"))
    with duckdb.connect(tmp_path / "out" / "2021" / "exportregion.duckdb", read_only=True) as connection:
        share, exporters = (
            row[0]
            for row in connection.execute(
                "select level from indicators.levels_by_year where region_code = '25' and year = 2020"
                " and measure in ('exporting_share_of_smes', 'sme_goods_exporters') order by measure"
            ).fetchall()
        )
    assert share == exporters / 101_100  # 100 000 + 1 000 + 100 small and medium-sized enterprises
    report = (tmp_path / "out" / "2021" / "report.md").read_text(encoding="utf-8")
    assert re.search(r"År 2020 exporterade \d\S*\sprocent \[\d+\] av de små och medelstora företagen i Norrbottens län varor\.", report)
    settings = [lines for name, lines in files(text)] + [entry]
    assert len(settings) <= 4
    assert sum(len(lines.strip().splitlines()) for lines in settings) <= 40


@pytest.mark.whole
@pytest.mark.usefixtures("words_alone")
def test_other_regions_are_ranked_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page("ranking-other-regions.md")
    shutil.copytree(PROJECT / "catalogue", tmp_path / "catalogue")
    save(tmp_path, text)
    raw = tmp_path / "data" / "raw"
    listing = raw / "sources.toml"
    for name in ("municipalities.csv", "population.csv"):
        sha256 = hashlib.sha256((raw / name).read_bytes()).hexdigest()
        listing.write_text(listing.read_text(encoding="utf-8").replace('"…"', f'"{sha256}"', 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ((*run,),) = commands(text)
    given(tmp_path, *run, "--out", str(tmp_path / "out"))
    with (tmp_path / "out" / "2025" / "ranking.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    growth = {row["region_code"]: float(row["inhabitants_growth"]) for row in rows}
    assert growth["0114"] == pytest.approx(50500 / 47184 - 1)  # the rows of women are not read
    assert [row["region_code"] for row in rows] == ["0114", "0115", "0180", "2580", "2584", "2505"]
    assert "[Luleå kommun](<#luleå-kommun>) (Norrbottens län)" in (tmp_path / "out" / "2025" / "report.md").read_text(encoding="utf-8")


@pytest.mark.whole
@pytest.mark.usefixtures("words_alone")
def test_an_indicator_with_an_sql_file_of_its_own_works_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page("catalogue.md")
    for part in ("catalogue", "awards"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    (sql,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    (meaning,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    for name, content in (("sql/indicators/growing_years.sql", sql), ("catalogue/indicators/growing_years.toml", meaning)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    entry = '[[indicators]]\nname = "growing_years"\nweight = 0\ndirection = "higher"\nreason = "Ett exempel."\n'
    little_drawn(tmp_path / "awards" / "2021.toml", entry)
    monkeypatch.chdir(tmp_path)
    ran = exportregion("run", "--award", "2021", "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr
    with (tmp_path / "out" / "2021" / "ranking.csv").open(encoding="utf-8") as file:
        shares = {row["region_code"]: row["growing_years"] for row in csv.DictReader(file)}
    assert shares["13"] == "1.0"  # Halland: 2017, 2018, 2019 and 2020 each above the year before
    assert shares["25"] == "0.75"  # Norrbotten fell in 2020 alone: +70 % to 2019, +41 % to 2020
    assert shares["09"] == ""
    with duckdb.connect(tmp_path / "out" / "2021" / "exportregion.duckdb", read_only=True) as connection:
        assert connection.execute("from report.trace_cells").fetchall()


def test_the_page_of_the_catalogue_has_every_key() -> None:
    text = page("catalogue.md")
    for model in KINDS.values():
        for key in model.model_fields:
            if key not in ("name", "map"):
                assert f"`{key}`" in text or f"`{key.rstrip('_')}`" in text, f"{model.__name__}.{key}"


def test_the_default_award_is_read_by_the_built_in_catalogue() -> None:
    assert load_award("2021").catalogue.folder == PROJECT / "catalogue"
