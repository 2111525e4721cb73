"""An award to companies: planted stories come out as planted, and no identifier leaves but in the shortlist."""

import csv
import io
import json
import pickle
import re
import shutil
import stat
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pypdfium2
import pytest
from browser import accessibility_violations, complaints, opened
from conftest import PROJECT, exportregion, once, spoken
from playwright.sync_api import Browser

from pipeline.award import Indicator, award_names
from pipeline.companies import chapters, output, public
from pipeline.companies import run as companies
from pipeline.companies.award import load_companies_award, load_company_evidence
from pipeline.companies.context import Context
from pipeline.companies.measures import MEASURES
from pipeline.companies.public import Count, in_classes, merged
from pipeline.companies.shortlist import kinds
from pipeline.companies.workbook import workbook
from pipeline.faults import DataRefused, Fault
from pipeline.method import MEANS, Ranking
from pipeline.microdata import datasets, engines, handover, simulate, stories
from pipeline.microdata.engines import DuckDB
from pipeline.microdata.method import MICRODATA, load_method
from pipeline.microdata.schemas import schemas
from pipeline.ranking import crowd
from pipeline.ranking.crowd import contenders, shares
from pipeline.ranking.joint import points_of, sample, terms_of
from pipeline.ranking.methods import pairs
from pipeline.ranking.score import is_candidate
from pipeline.report.pictures import pictures, pictures_of

METHOD = load_method(MICRODATA)
AWARD = load_companies_award("exportsucce-2022", METHOD)
TEXT = AWARD.file.read_text(encoding="utf-8")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
FILES = {
    "shortlist.csv",
    "run.json",
    "public/counts.csv",
    "public/exportsucce-2022-public.html",
    *(f"report/exportsucce-2022.{ending}" for ending in ("html", "pdf", "xlsx")),
}


@dataclass(frozen=True)
class World:
    """Simulated records, who has which story in them, and the results of a run: as it computed them, and its files."""

    records: Path
    result: companies.Result
    story: dict[str, str]
    out: Path
    said: str

    def of(self, *names: str) -> list[str]:
        """The identifiers of companies with a story."""
        return [identifier for identifier, story in self.story.items() if story in names]

    @property
    def shortlist(self) -> list[dict[str, str]]:
        """The rows of shortlist.csv."""
        return [*csv.DictReader(io.StringIO((self.out / "exportsucce-2022" / "shortlist.csv").read_text(encoding="utf-8")))]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, dear: None) -> World:
    """README's commands, run by one of the tests' workers. Read only."""
    folder = once(tmp_path_factory, "companies", run_readme)
    records = folder / "work" / "mikrodata"
    with (records / stories.STORIES).open(encoding="utf-8", newline="") as file:
        story = {row["enterprise_id"]: row["story"] for row in csv.DictReader(file)}
    result = pickle.loads((folder / "result.pickle").read_bytes())
    return World(records, result, story, folder / "hemligt", (folder / "said.txt").read_text(encoding="utf-8"))


def run_readme(folder: Path) -> None:
    said = ""
    (folder / "work").mkdir()
    page = README[README.index("## Companies") : README.index("## Other statistics")]
    take = companies.run

    def take_and_keep(*given: Any) -> companies.Result:
        result = take(*given)
        (folder / "result.pickle").write_bytes(pickle.dumps(result))
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder / "work")
        patch.setattr(companies, "run", take_and_keep)
        for command in re.findall(r"^exportregion (.*)$", page, re.MULTILINE):
            ran = exportregion(*command.split())
            assert ran.exit_code == 0, ran.stderr
            said += ran.stdout + ran.stderr
    for piece in page[page.index("```text") :].split("```")[1].removeprefix("text\n").strip().split(" … "):
        assert piece in said
    (folder / "said.txt").write_text(said, encoding="utf-8")


@pytest.fixture(scope="module")
def context(world: World) -> Context:
    return Context(world.result, AWARD, load_company_evidence(AWARD), METHOD, spoken("sv"), {}, companies.region_names(METHOD))


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with few records, an award with a short list, as each company on it has a page to set, and its result in out. Read only."""

    def make(folder: Path) -> None:
        simulate.simulate(folder / "records", 1_500, 2)
        stories.plant(folder / "records", 10, 2)
        award = folder / "exportsucce-2022.toml"
        award.write_text(TEXT.replace("length = 100", "length = 10", 1), encoding="utf-8")
        ran = exportregion("companies", "run", "--award", award, "--in", folder / "records", "--out", folder / "out")
        assert ran.exit_code == 0, ran.stderr

    return once(tmp_path_factory, "short-list", make)


# Stories


@pytest.mark.whole
def test_planted_successes_are_on_the_shortlist_and_no_illusion_is_without_a_warning(world: World, context: Context) -> None:
    listed = {row["unit_id"] for row in world.shortlist}
    assert len(listed) == AWARD.shortlist.length
    assert len(listed & {*world.of(stories.SUCCESS)}) >= 45
    units = {name: number for number, name in enumerate(context.result.measured.names)}
    illusions = [units[name] for name in world.of(*stories.ILLUSIONS)]
    assert len(illusions) == 50
    assert all(context.warned(unit) for unit in illusions)
    by_story = {story: [context.warned(units[name]) for name in world.of(story)] for story in stories.ILLUSIONS}
    for story, warning in (
        ("one order", "single_declaration"),
        ("one year", "single_year"),
        ("moved", "moved"),
        ("merged", "taken_over"),
        ("sold on", "reexported"),
    ):
        assert all(warning in warned for warned in by_story[story]), story
    assert not any(context.warned(units[name]) for name in world.of(stories.SUCCESS))


def test_without_import_records_the_report_says_that_it_cannot_tell_who_sells_imports_on(context: Context) -> None:
    assert "motsvarar minst 50" in str(chapters.document(context))
    assert "deklarationer av import" in str(chapters.document(context))
    assert any(context.warned(unit) == ["reexported"] for unit in context.chosen)
    assert "varorna kan vara köpta för att säljas vidare" in str(chapters.document(context))
    without = str(chapters.document(replace(context, result=replace(context.result, has_imports=False))))
    assert "Uppgifterna har ingen import." in without
    assert "deklarationer av import" not in without


def test_the_ranking_never_reads_a_label(world: World) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT / "pipeline" / "companies").glob("*.py")]
    assert not any(stories.STORIES in source or "stories" in source for source in sources)
    assert set(world.story.values()) == {stories.SUCCESS, stories.KIN, *stories.ILLUSIONS}


def test_every_company_is_counted_once(context: Context) -> None:
    chosen = context.result.shortlist
    part = int(chosen.takes_part.sum())
    assert sum(chosen.excluded.values()) + part == len(context.result.measured)
    figures = np.column_stack([context.result.measured.measure(one.name) for one in AWARD.weighing])
    assert chosen.ranked == int((chosen.takes_part & ~np.isnan(figures).any(axis=1)).sum())
    assert all(chosen.takes_part[unit] for unit in chosen.chosen)


def test_no_kind_of_company_has_more_of_the_shortlist_than_its_stratum(context: Context) -> None:
    for stratum in AWARD.shortlist.strata:
        every = kinds(context.result.measured, stratum.by)
        counts = [sum(every[unit] == kind for unit in context.chosen) for kind in set(every)]
        assert max(counts) <= stratum.most * AWARD.shortlist.length
    places = [int(context.result.shortlist.standing.rank[unit]) for unit in context.chosen]
    assert places == sorted(places)


def test_each_company_has_its_development_and_the_shortlist_stands_among_all(context: Context) -> None:
    whole = chapters.document(context)
    drawn = pictures(whole)
    assert [*drawn] == ["among", *(f"development-{number}" for number in range(1, len(context.chosen) + 1))]
    unit = context.chosen[0]
    years = {row["year"]: row["exports_sek"] for row in context.result.development if row["unit_id"] == context.result.measured.names[unit]}
    growth = spoken("sv").percent(float(years[2021] / years[2016]) - 1, signed=True)
    captions = {picture.name: picture.caption for picture in pictures_of(whole.sections)}
    assert captions["development-1"].startswith(f"Exporten {growth} 2016–2021; branschens (SNI ")
    # The share of the ranked companies that are worse, one by one.
    ranked = [one for one in range(len(context.result.measured)) if context.result.shortlist.standing.rank[one] > 0]
    change = context.result.measured.measure("exports_change_sek")
    worse = sum(bool(change[one] < change[unit]) for one in ranked) / (len(ranked) - 1)
    marks = re.findall(r'd="(M[^"]*)" fill="none" stroke="#b35400" stroke-width="1.6"', drawn["among"])[2]
    assert any(abs(float(x) - (8 + 454 * worse)) < 0.01 for x in re.findall(r"M([\d.]+),", marks))
    assert [*pictures_of(public.document(context).sections)] == []


@pytest.mark.whole
def test_quantities_give_unit_values_and_a_manifest_covers_imports(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    simulate.simulate(folder, 1_500, 2)
    stories.plant(folder, 10, 2)
    # Ten kronor a kilogram in every year: no unit value changes. A whole number of tenths loses nothing.
    for path in (folder / "declarations").glob("*.parquet"):
        rows = pq.read_table(path)
        tens = pc.multiply(pc.floor(pc.divide(rows["value_sek"].cast(pa.float64()), 10)), 10.0)
        money = tens.cast(pa.decimal128(18, 2))
        kilograms = pc.divide(tens, 10.0).cast(pa.decimal128(18, 2))
        rows = rows.set_column(rows.column_names.index("value_sek"), "value_sek", money)
        pq.write_table(rows.append_column("quantity_kg", kilograms), path)
    manifest = exportregion("microdata", "manifest", folder)
    assert manifest.exit_code == 0
    assert "  imports/" in (folder / "manifest.sha256").read_text(encoding="utf-8")
    # A build reads no imports, and what the manifest says of them is no fault there.
    assert handover.unchecked(folder, datasets.local(datasets.find(str(folder), METHOD))) == []
    with DuckDB(tmp_path / "spill") as engine:
        result = companies.run(str(folder), AWARD, METHOD, engine)
    changes = result.measured.measure("unit_value_growth")
    assert result.has_quantity
    assert np.nanmax(np.abs(changes)) < 1e-9
    assert np.isfinite(changes).sum() > 20
    changed = next((folder / "imports").glob("*.parquet"))
    pq.write_table(pq.read_table(changed).slice(1), changed)
    with DuckDB(tmp_path / "spill") as engine, pytest.raises(DataRefused, match=changed.name):
        companies.run(str(folder), AWARD, METHOD, engine)


# Secrecy


def readable(path: Path) -> str:
    """All that a reader of a file finds in it, whatever the format."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as paper:
            return "\n".join(page.get_textpage().get_text_range() for page in paper) + str(paper.get_metadata_dict())
    return path.read_text(encoding="utf-8")


def test_no_identifier_is_in_any_output_but_the_shortlist(world: World, context: Context) -> None:
    files = {path.relative_to(world.out / "exportsucce-2022").as_posix(): path for path in (world.out / "exportsucce-2022").rglob("*.*")}
    assert set(files) == FILES
    register = context.result.measured.register
    identifiers = [*context.result.measured.names, *{name for name in register["group_id"] if name}, *world.story]
    assert len(identifiers) > 1000
    texts = {name: readable(path) for name, path in files.items() if name != output.SHORTLIST} | {"the terminal": world.said}
    texts["shortlist"] = readable(files[output.SHORTLIST])
    found = {name for name, text in texts.items() if {*re.findall(r"\w+", text)} & {*identifiers}}
    assert found == {"shortlist"}


def test_results_are_for_their_owner_alone_and_every_page_says_so(world: World) -> None:
    for path in (world.out, *world.out.rglob("*")):
        if not path.is_symlink():
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    result = world.out / "exportsucce-2022" / "report"
    with pypdfium2.PdfDocument(result / "exportsucce-2022.pdf") as paper:
        assert len(paper) > AWARD.shortlist.length
        assert all("SEKRETESS" in page.get_textpage().get_text_range() for page in paper)
    assert '@top-center { content: "Illustrativa uppgifter, ingen statistik · SEKRETESS' in readable(result / "exportsucce-2022.html")
    with zipfile.ZipFile(result / "exportsucce-2022.xlsx") as book:
        pages = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert pages
    assert all("SEKRETESS" in page[page.index("<oddHeader>") :] for page in pages)
    assert "SEKRETESS" not in readable(world.out / "exportsucce-2022" / "public" / "exportsucce-2022-public.html")


def pages(short: Path) -> list[Path]:
    folder = short / "out" / "exportsucce-2022"
    return [folder / "report" / "exportsucce-2022.html", folder / "public" / "exportsucce-2022-public.html"]


def test_the_pages_and_the_one_of_regions_are_valid_by_the_nu_checker(short: Path, five: Path) -> None:
    """Java starts once for all: that takes longer than the checking."""
    checked = [*pages(short), five / "report" / "exportregion-2021.html"]
    assert complaints(*checked) == "Document checking completed. No errors found.\n"


def test_the_pages_are_accessible_with_every_box_open(short: Path, browser: Browser) -> None:
    with opened(browser) as page:
        for path in pages(short):
            page.goto(path.as_uri())
            # Pages of companies are made alike: two of them stand for all.
            page.evaluate("[...document.querySelectorAll('tbody tr')].slice(40).forEach(e => e.remove())")
            page.evaluate("[...document.querySelectorAll('.region')].slice(2).forEach(e => e.remove())")
            page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
            assert accessibility_violations(page) == []


@pytest.mark.parametrize("place", ["data/processed", "hemligt", "."])
def test_results_inside_the_project_are_refused(place: str, world: World) -> None:
    ran = exportregion("companies", "run", "--award", "exportsucce-2022", "--in", world.records, "--out", PROJECT / place)
    assert ran.exit_code == 1
    assert "--out: found a folder inside the project" in ran.stderr
    assert not (PROJECT / "hemligt").exists()


def test_results_among_the_records_are_refused_and_a_place_must_be_named(world: World) -> None:
    ran = exportregion("companies", "run", "--award", "exportsucce-2022", "--in", world.records, "--out", world.records / "r")
    assert "a folder inside the folder of the records" in ran.stderr
    assert exportregion("companies", "run", "--award", "exportsucce-2022", "--in", world.records).exit_code == 2


def test_spark_is_asked_where_it_is_named(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it gives the same is shown in tests/test_spark.py; here DuckDB stands in for it."""
    asked: list[str] = []

    def spark(master: str, _: Path) -> DuckDB:
        asked.append(master)
        return DuckDB(tmp_path / "spill")

    def stop(*_: object) -> None:
        raise DataRefused([Fault("here", "an engine", "no more", "Go on.")])

    monkeypatch.setattr(engines, "Spark", spark)
    monkeypatch.setattr(companies, "run", stop)
    common: list[str | Path] = ["companies", "run", "--award", "exportsucce-2022", "--out", tmp_path / "out", "--in", world.records]
    assert "found an engine" in exportregion(*common, "--engine", "spark", "--master", "spark://x:1").stderr
    assert asked == ["spark://x:1"]
    for wrong in (["--engine", "spark"], ["--master", "spark://x:1"], ["--engine", "spark", "--master", "x", "--memory", "1GB"]):
        assert exportregion(*common, *wrong).exit_code == 2
    assert exportregion(*common[:-1], "s3a://b/x").exit_code == 2


def test_names_are_in_the_report_alone_and_only_when_asked_for(context: Context) -> None:
    first = context.chosen[0]
    named = replace(context, names={context.result.measured.names[first]: "Ångström & Söner AB"})
    assert "Ångström & Söner AB (1)" in str(chapters.document(named))
    assert "Ångström" not in str(chapters.document(context))
    assert "Ångström" not in str(public.document(named))


def test_a_key_file_with_faults_is_refused_without_quoting_it(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("enterprise_id,name\nSE123,Bolaget\nSE9876543210,\n", encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        output.read_names(path)
    assert "names.csv, line 3: found an incomplete line" in str(refused.value)
    assert "SE98" not in str(refused.value)
    path.write_text("id;name\n", encoding="utf-8")
    with pytest.raises(DataRefused, match="line 1: found other headings"):
        output.read_names(path)


@pytest.mark.whole
def test_the_records_make_an_archive_again_and_nothing_leaves_its_place(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, elsewhere = tmp_path / "place", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir()
    records, award, out = (short / name for name in ("records", "exportsucce-2022.toml", "out"))
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    archive = place / "a.zip"
    refused = exportregion("companies", "archive", award, "--out", out, "--to", PROJECT / "a.zip")
    assert "--to: found a folder inside the project" in refused.stderr
    ran = exportregion("companies", "archive", award, "--out", out, "--to", archive)
    assert ran.exit_code == 0, ran.stderr
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as packed:
        assert not any("declarations" in name and name.endswith(".parquet") for name in packed.namelist())
    ran = exportregion("companies", "verify", archive, "--in", records)
    assert ran.exit_code == 0, ran.stderr
    assert "every byte" in ran.stdout
    assert [path.name for path in place.iterdir()] == ["a.zip"]
    assert [*elsewhere.iterdir()] == []
    other = tmp_path / "other"
    simulate.simulate(other, 1_500, 3)
    ran = exportregion("companies", "verify", archive, "--in", other)
    assert "found other records than those of the result: declarations, enterprises, establishments" in ran.stderr
    assert "differs" not in ran.stdout
    changed = tmp_path / "changed"
    shutil.copytree(out.resolve(), changed, symlinks=True)
    (changed / "exportsucce-2022" / "public" / "counts.csv").write_bytes(b"x")
    ran = exportregion("companies", "archive", award, "--out", changed, "--to", place / "b.zip")
    assert "public/counts.csv: found a file that is gone or not as the run left it" in ran.stderr
    assert "`exportregion companies run` makes the result anew" in ran.stderr


# The public extract


def test_every_count_of_the_extract_is_of_enough_groups(world: World, context: Context) -> None:
    counts = public.tables(context)
    fewest = METHOD.disclosure.fewest_groups
    part = np.flatnonzero(context.result.shortlist.takes_part)
    for cells in counts.values():
        assert all(len(cell.groups) >= fewest and cell.companies >= len(cell.groups) for cell in cells)
        # What a total leaves over is nothing, or enough groups as well.
        rest = len(part) - sum(cell.companies for cell in cells)
        assert not cells or rest == 0 or rest >= fewest
    text = (world.out / "exportsucce-2022" / "public" / "counts.csv").read_text(encoding="utf-8")
    written = [*csv.DictReader(io.StringIO(text))]
    assert [(row["table"], row["class"], int(row["companies"])) for row in written] == [
        (table, cell.label, cell.companies) for table, cells in counts.items() for cell in cells
    ]
    assert {"county", "size class", "industry", "exports_growth"} <= counts.keys()


def count(label: str, *groups: str) -> Count:
    return Count(label, len(groups), frozenset(groups))


def test_cells_with_too_few_groups_are_merged_and_never_one_alone() -> None:
    cells = [count("a", *"123456"), count("b", *"789"), count("c", "x")]
    assert [(cell.label, cell.companies) for cell in merged(cells, 3, "others")] == [("a", 6), ("others", 4)]
    both = [count("a", *"123"), count("b", "x"), count("c", "y")]
    assert [(cell.label, cell.companies) for cell in merged(both, 3, "others")] == [("others", 5)]
    assert [(cell.label, cell.companies) for cell in merged([count("a", *"123"), count("b", "x", "y")], 3, "others")] == [("others", 5)]
    # Five companies of one group are one contributor.
    assert merged([Count("a", 5, frozenset("g"))], 3, "others") == []
    of_one = [count("a", *"123"), count("b", *"4567"), Count("c", 5, frozenset("g"))]
    assert [(cell.label, cell.companies) for cell in merged(of_one, 3, "others")] == [("b", 4), ("others", 8)]
    assert merged([count("a", *"123"), count("b", *"456")], 3, "others") == [count("a", *"123"), count("b", *"456")]


def test_the_bounds_of_counts_are_within_their_class() -> None:
    """New markets from 1 to below 2 are 1; a share keeps its bounds."""
    language = spoken("sv")
    context: Any = SimpleNamespace(language=language, say=language.say, figure=lambda kind, value: f"{value:g}")
    of_counts = [public._bounds(context, "new_markets", *ends) for ends in ((None, 1), (1, 2), (2, 5), (5, None), (None, None))]
    assert of_counts == ["högst 0", "1", "2–4", "5 eller mer", "alla"]
    assert public._bounds(context, "markets_kept", 0.2, 0.4) == "0.2 till under 0.4"


def test_classes_of_a_distribution_have_open_ends_and_enough_groups() -> None:
    groups = list("abcdefghij")
    classes = in_classes({unit: float(unit) for unit in range(10)}, groups, 3, 2)
    assert [(low, high, cell.companies) for low, high, cell in classes] == [(None, 3.6, 4), (3.6, None, 6)]
    assert in_classes({0: 1.0, 1: 2.0}, groups, 3, 2) == []
    # The bounds of counts are whole: a class "1 to less than 1" would hold nobody.
    counts = dict(enumerate([0.0] * 4 + [1.0] * 3 + [2.0, 2.0, 3.0]))
    assert [(low, high, cell.companies) for low, high, cell in in_classes(counts, groups, 3, 0)] == [
        (None, 1.0, 4),
        (1.0, 2.0, 3),
        (2.0, None, 3),
    ]


def test_a_measure_that_too_few_groups_lack_has_no_distribution(context: Context) -> None:
    """Whoever knows how many take part knows of how many a measure is unknown, whoever else is of their group."""
    measured, name = context.result.measured, AWARD.indicators[0].name
    groups = [own or one for own, one in zip(measured.register["group_id"], measured.names, strict=True)]
    part = [unit for unit in np.flatnonzero(context.result.shortlist.takes_part).tolist() if not np.isnan(measured.measure(name)[unit])]
    first, second = part[:2]
    values = measured.measure(name).copy()
    values[[unit for unit in range(len(measured)) if unit not in part]] = 0
    values[first] = np.nan
    register = {**measured.register, "group_id": [groups[second] if unit == first else own for unit, own in enumerate(groups)]}
    lacking = replace(measured, register=register, _columns={(name, measured.window): values})
    result = replace(context.result, measured=lacking)
    assert public.tables(context)[name]
    assert public.tables(replace(context, result=result))[name] == []


def test_an_industry_is_called_by_its_code_and_name(context: Context) -> None:
    """SNI 2007: division 26 is the manufacture of computers, electronics and optics; there is no division 04."""
    assert [context.kind_name("industry", code) for code in ("26110", "04", None)] == ["26 Datorer, elektronik och optik", "04", "okänt"]


def test_the_extract_merges_small_cells_by_their_groups(context: Context) -> None:
    """Were all companies of a size class one group's, the class would stand with another: left out alone, it would follow from the total."""
    measured, size = context.result.measured, "0-9"
    own = [group or name for group, name in zip(measured.register["group_id"], measured.names, strict=True)]
    groups = ["one" if there == size else group for group, there in zip(own, measured.register["size_class"], strict=True)]
    owned = replace(measured, register={**measured.register, "group_id": groups})
    shown, left = (public.tables(replace(context, result=replace(context.result, measured=one)))["size class"] for one in (measured, owned))
    label = context.kind_name("size class", size)
    assert label in {cell.label for cell in shown}
    assert label not in {cell.label for cell in left}
    assert len(left) == len(shown) - 1
    assert sum(cell.companies for cell in left) == sum(cell.companies for cell in shown)


def test_only_who_consented_is_named_in_public(context: Context) -> None:
    listed, other = context.result.measured.names[context.chosen[3]], "SE0000000000"
    consents = f'\n[[consents]]\nenterprise_id = "{listed}"\nname = "Exempel AB"\ndate = 2022-09-30\n'
    consents += f'\n[[consents]]\nenterprise_id = "{other}"\nname = "Annat AB"\ndate = 2022-09-30\n'
    award = load_companies_award(str(written(context, consents)), METHOD)
    extract = str(public.document(replace(context, award=award)))
    assert "Exempel AB" in extract
    assert "30 september 2022" in extract
    assert "Annat AB" not in extract
    assert listed not in extract
    assert "Inget företag har samtyckt" in str(public.document(context))


def written(context: Context, more: str, *changes: tuple[str, str]) -> Path:
    """The shipped award with changes, in a file of its own."""
    import tempfile

    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = Path(tempfile.mkdtemp()) / "exportsucce-2022.toml"
    path.write_text(text + more, encoding="utf-8")
    return path


# Choices


@pytest.mark.parametrize(
    ("change", "place", "found"),
    [
        (('name = "new_markets"', 'name = "new_market"'), "indicators.4", "the measure 'new_market'"),
        (('weight = "1/8"', 'weight = "1/9"'), "toml", "the weights add up to 71/72"),
        (('among = ["0-9"', 'among = ["0-8"'), "participation.size_classes.among", "'0-8'"),
        (("length = 100", "lenght = 100"), "shortlist.lenght", "unknown key 'lenght'"),
        (('aggregation = "arithmetic"', 'aggregation = "geometric"'), "", ""),
        (('normalisation = "percentile-rank"', 'normalisation = "min-max-100"'), "shortlist", "goes with normalisation"),
        (("shortest_window = 3", "shortest_window = 6"), "toml", "expected robustness.shortest_window not to exceed the window"),
        (("shortest_window = 3", "shortest_window = 1"), "indicators.4", "new_markets in a window from one year to the next"),
        (("base = 2016, final", "base = 2015, final"), "toml", "within the years"),
        (('by = "industry"', 'by = "county"'), "shortlist", "each kind of stratum once"),
    ],
)
def test_a_wrong_choice_is_named(change: tuple[str, str], place: str, found: str, tmp_path: Path) -> None:
    path = tmp_path / "exportsucce-2022.toml"
    assert change[0] in TEXT
    path.write_text(TEXT.replace(*change, 1), encoding="utf-8")
    if not found:
        assert load_companies_award(str(path), METHOD).shortlist.aggregation == "geometric"
        return
    with pytest.raises(DataRefused) as refused:
        load_companies_award(str(path), METHOD)
    assert place in str(refused.value)
    assert found in str(refused.value)


def test_a_fault_of_consents_or_evidence_quotes_no_identifier(tmp_path: Path, context: Context) -> None:
    path = tmp_path / "exportsucce-2022.toml"
    path.write_text(TEXT + "\n[[consents]]\nenterprise_id = 5566778899\nname = 12\n", encoding="utf-8")
    with pytest.raises(DataRefused) as refused:
        load_companies_award(str(path), METHOD)
    assert "consents.1.enterprise_id" in str(refused.value)
    assert "5566778899" not in str(refused.value)
    path.write_text(TEXT, encoding="utf-8")
    statement = '[[statements]]\nenterprise_id = "SE5566778899"\nkind = "innovation"\nstatement = "x"\nsource = "y"\ndate = 2022-01-01\n'
    path.with_name("exportsucce-2022-evidence.toml").write_text(statement + 'entered_by = "z"\n', encoding="utf-8")
    evidence = load_company_evidence(load_companies_award(str(path), METHOD))
    with pytest.raises(DataRefused) as refused:
        companies.check_evidence(context.result, evidence)
    assert "statements.1: found a company that the records do not have" in str(refused.value)
    assert "5566778899" not in str(refused.value)


def test_evidence_stands_beside_and_a_ground_without_it_is_a_gap(tmp_path: Path, context: Context) -> None:
    path, first = tmp_path / "exportsucce-2022.toml", context.result.measured.names[context.chosen[0]]
    path.write_text(TEXT, encoding="utf-8")
    statement = f'[[statements]]\nenterprise_id = "{first}"\nkind = "innovation"\nstatement = "Har ett patent."\nsource = "PRV"\n'
    path.with_name("exportsucce-2022-evidence.toml").write_text(
        statement + 'date = 2021-05-04\nentered_by = "handläggare"\n', encoding="utf-8"
    )
    evidence = load_company_evidence(load_companies_award(str(path), METHOD))
    text = str(chapters.document(replace(context, evidence=evidence)))
    assert "Innovation: Har ett patent. (PRV, 4 maj 2021; inlagt av handläggare)" in text
    assert text.count("Innovation: inget underlag är inlagt.") == AWARD.shortlist.length - 1
    assert text.count("Synlighet: inget underlag är inlagt.") == AWARD.shortlist.length


def test_an_award_to_companies_is_no_round_of_regions() -> None:
    assert award_names() == ["2021", "2022"]
    ran = exportregion("run", "--award", "exportsucce-2022")
    assert ran.exit_code == 1
    assert "`exportregion companies run --award exportsucce-2022` takes it." in ran.stderr


def test_every_measure_is_a_column_of_its_table() -> None:
    tables = schemas()
    for name, (table, _) in MEASURES.items():
        assert name in tables[f"companies.{table}"].columns
    assert {one.name for one in AWARD.indicators} == set(MEASURES)


def test_a_report_is_the_same_bytes_again_and_speaks_english(context: Context, world: World) -> None:
    assert workbook(context) == (world.out / "exportsucce-2022" / "report" / "exportsucce-2022.xlsx").read_bytes()
    english = replace(context, language=spoken("en"))
    text = str(chapters.document(english))
    assert "CONFIDENTIAL" in text
    for document in (*map(chapters.document, (context, english)), *map(public.document, (context, english))):
        assert not re.search(r"{\w+}", str(document)), "a place of a text that nothing fills"
    assert "companies of the shortlist" in text
    record = json.loads((world.out / "exportsucce-2022" / "run.json").read_text(encoding="utf-8"))
    assert record["settings"]["shortlist"]["length"] == AWARD.shortlist.length
    assert "file" not in record["settings"]


# The engine for very many


def indicator(name: str, weight: str, direction: str) -> Indicator:
    return Indicator.model_validate({"name": name, "weight": weight, "direction": direction, "reason": "x"})


def test_shares_of_many_units_are_those_of_comparing_each_with_all() -> None:
    random = np.random.default_rng(7)
    values = {window: np.round(random.lognormal(size=(400, 3)), 1) for window in ((2016, 2019), (2016, 2020))}
    values[2016, 2019][5, 1] = np.nan
    names = ("exports_growth", "new_markets", "market_concentration")
    indicators = [indicator(name, "1/3", "lower" if number == 2 else "higher") for number, name in enumerate(names)]
    ranking = Ranking(
        candidates=20, denominator="year-end", normalisation="percentile-rank", aggregation="arithmetic", ties="min", reason="x"
    )
    found = shares(values, (2016, 2020), indicators, ranking, 32, 5)
    every = [ranking.model_copy(update={"normalisation": one, "aggregation": how}) for one, how in pairs(ranking, 3) if how in MEANS]
    expected = np.zeros(400)
    for figures in values.values():
        here = np.flatnonzero(~np.isnan(figures).any(axis=1))
        for method in every:
            terms = terms_of(figures[here], indicators, method)
            for weights in sample(3, 32, 5):
                expected[here] += is_candidate(points_of(weights, terms, method), 20).sum(axis=0)
    assert found.combinations == 2 * len(every) * 32
    assert found.joint == pytest.approx(expected / found.combinations, abs=1e-12)
    assert found.compared < 400


def test_the_first_of_many_are_those_of_the_engine_ties_among_them() -> None:
    random = np.random.default_rng(3)
    scores = np.round(random.random((50, 60)), 1)
    scores[25:] = random.random((25, 60))
    # A chain of ties across the last place, each within the noise of the next.
    scores[0, :6] = 2 + np.arange(6) * 1e-13
    for chosen in (3, 20, 60, 80):
        assert (crowd._first(scores, chosen) == is_candidate(scores, chosen)).all()


def test_a_unit_behind_as_many_others_as_are_chosen_is_no_contender() -> None:
    one = [indicator(name, "1/2", "higher") for name in ("exports_growth", "new_markets")]
    # Two are ahead of the last in both; one is ahead of the third, and the second equals the first.
    values = np.array([[3.0, 3.0], [3.0, 3.0], [1.0, 4.0], [2.0, 2.0]])
    assert contenders(values, one, 2).tolist() == [True, True, True, False]
