"""The next round, and the archive of a round: what is to decide and missing is said at once; a result can be made again years later."""

import datetime
import json
import re
import shutil
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT, RAW, Raw, exportregion, once, tree

from pipeline import vintages
from pipeline.archive import unpack
from pipeline.award import UNDECIDED, load_award
from pipeline.evidence import load_evidence
from pipeline.faults import DataRefused
from pipeline.next_round import next_award


def record_vintage(raw: Raw, name: str, **facts: str) -> None:
    """Record a vintage of a source, without a look at what is in it."""
    day = datetime.date(2027, 2, 22)
    read = {"unit": "million SEK", "series": "production-place", "columns": {"exports": "{year}", "region_name": "Län"}}
    origin = {"publisher": "SCB", "title": "Varor", "page": "x", "licence": "x"}
    with vintages.recording(raw.folder) as change:
        arrival = change.store(name, day, ".csv", b"new")
        change.describe(arrival, {**origin, **facts, "kind": "official", "covers": "21 län", "retrieved": day, "read": read})


@pytest.fixture
def next_round(tmp_path: Path) -> Path:
    """awards/2022.toml made into that of 2023, in a folder of the test's own."""
    shutil.copy(PROJECT / "awards" / "2022.toml", tmp_path)
    ran = exportregion("new-award", "2023", "--from", tmp_path / "2022.toml", "--data", RAW)
    assert ran.exit_code == 0, ran.stderr
    assert "15 places are marked ATT BESLUTA" in ran.stdout
    return tmp_path / "2023.toml"


def test_the_next_round_has_its_years_moved_and_all_that_is_to_decide_marked(next_round: Path) -> None:
    before = tomllib.loads((next_round.parent / "2022.toml").read_text(encoding="utf-8"))
    after = tomllib.loads(next_round.read_text(encoding="utf-8"))
    assert after["title"] == "Årets exportregion 2023"
    assert after["years"] == {"first": 2016, "last": 2022}
    assert (after["window"]["base"], after["window"]["final"]) == (2016, 2022)
    reasons = [after["window"], after["ranking"], *after["indicators"], *after["robustness"]["scenarios"]]
    assert all(part["reason"].startswith(UNDECIDED) for part in reasons)
    assert set(after["vintages"].values()) == {UNDECIDED}
    assert before["window"]["reason"] in after["window"]["reason"], "the earlier reason stands there to be weighed"
    assert after["robustness"]["seed"] == before["robustness"]["seed"]
    comments = [line for line in (next_round.parent / "2022.toml").read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    kept = iter(next_round.read_text(encoding="utf-8").splitlines())
    assert all(line in kept for line in comments)


def test_run_says_all_that_is_missing_at_once(next_round: Path, tmp_path: Path) -> None:
    ran = exportregion("run", "--award", next_round, "--out", tmp_path / "out")
    assert ran.exit_code == 1
    for said in (
        "window.reason: found ATT BESLUTA",
        "indicators.6.reason: found ATT BESLUTA",
        "vintages.population: found ATT BESLUTA",
        "goods_exports_by_county.xlsx, sheet Varuexport (2022): found no row; expected a figure for every region, year of the award and class",
        "services_exports_by_county.xlsx, sheet Tjänsteexport (2022): found no row; expected a figure for every region",
        "(2022): found no figure in this year of the window; expected years 2016–2021",
    ):
        assert said in ran.stderr, said
    for remedy in (
        "A recorded file is never edited: `exportregion add` one that has the rows and pin it in the award, or end its years earlier.",
        "Choose other years in the award file, or `exportregion add` a file that has the year and pin it there.",
    ):
        assert remedy in ran.stderr, remedy
    assert ran.stderr.count("\n") < 25
    assert not (tmp_path / "out").exists()


def test_a_round_runs_once_everything_is_decided(next_round: Path, tmp_path: Path) -> None:
    text = next_round.read_text(encoding="utf-8").replace("last = 2022", "last = 2021").replace("final = 2022", "final = 2021")
    text = text.replace(f'"{UNDECIDED}"', '"2026-11-23"').replace(f"{UNDECIDED}. ", "")
    next_round.write_text(text, encoding="utf-8")
    ran = exportregion("rank", "--award", next_round, "--out", tmp_path / "out")
    assert ran.exit_code == 0, ran.stderr


def test_every_source_with_a_choice_of_vintages_is_marked_with_its_newest(raw: Raw, tmp_path: Path) -> None:
    for name in ("population", "goods_exports", "population_from_2025"):
        record_vintage(raw, name)
    shutil.copy(PROJECT / "awards" / "2022.toml", tmp_path)
    ran = exportregion("new-award", "2023", "--from", tmp_path / "2022.toml", "--data", raw.folder)
    assert "17 places are marked ATT BESLUTA" in ran.stdout
    text = (tmp_path / "2023.toml").read_text(encoding="utf-8")
    lines = text[text.index("\n[vintages]\n") :].split("\n\n")[0].splitlines()[2:]
    assert lines == [
        f'regions = "{UNDECIDED}" # 2026-11-23, official, is the only one',
        f'population = "{UNDECIDED}" # the newest is 2027-02-22, official; 2022 used 2026-11-23, official',
        f'published_export_totals = "{UNDECIDED}" # 2026-11-23, official, is the only one',
        f'population_from_2025 = "{UNDECIDED}" # the newest is 2027-02-22, official; 2022 used none',
        f'goods_exports = "{UNDECIDED}" # the newest is 2027-02-22, official; 2022 used 2026-11-23, illustrative',
    ]


def test_a_new_round_gets_a_blank_file_for_its_evidence_and_keeps_one_that_is_there(next_round: Path) -> None:
    evidence = next_round.with_name("2023-evidence.toml")
    assert load_evidence(load_award(str(next_round))).statements == ()
    example = evidence.read_text(encoding="utf-8").replace("# [[", "[[")
    example = (
        re.sub(r"^# (\w+ = .*)$", r"\1", example, flags=re.MULTILINE)
        .replace('kind = "…"', 'kind = "brand"')
        .replace("https://…", "https://a.se")
    )
    evidence.write_text(example, encoding="utf-8")
    (statement,) = load_evidence(load_award(str(next_round))).statements
    assert (statement.kind, statement.date) == ("brand", datetime.date(2023, 1, 31))
    next_round.unlink()
    assert exportregion("new-award", "2023", "--from", next_round.parent / "2022.toml", "--data", RAW).exit_code == 0
    assert evidence.read_text(encoding="utf-8") == example


@pytest.mark.whole
def test_one_open_reason_is_enough_to_refuse_a_run(award: Callable[..., Path], tmp_path: Path) -> None:
    path = award(("serien efter produktionsplats", f"{UNDECIDED} inuti en text"))
    assert exportregion("validate", "--award", path).exit_code == 0, "the mark stands first in a text"
    path = award(('reason = "Motiveringarna 2021 anger', f'reason = "{UNDECIDED}'), name="open")
    for arguments in (["run", "--award", str(path), "--out", str(tmp_path / "out2")], ["explain", "Halland", "--award", str(path)]):
        ran = exportregion(*arguments)
        assert ran.exit_code == 1
        assert "window.reason: found ATT BESLUTA" in ran.stderr


def test_a_round_that_is_there_is_never_overwritten(next_round: Path) -> None:
    before = next_round.read_bytes()
    ran = exportregion("new-award", "2023", "--from", next_round.parent / "2022.toml", "--data", RAW)
    assert ran.exit_code == 2
    assert "already exists and was left unchanged" in ran.words
    assert next_round.read_bytes() == before


@pytest.mark.parametrize("name", ["2022", "2021", "next", "../2024"])
def test_a_round_has_the_name_of_a_later_year(next_round: Path, name: str) -> None:
    ran = exportregion("new-award", name, "--from", next_round.parent / "2022.toml")
    assert ran.exit_code == 2
    assert "is not a year after" in ran.words


def test_publication_moves_its_address_and_loses_its_date() -> None:
    text = (PROJECT / "awards" / "2022.toml").read_text(encoding="utf-8")
    text += '\n[publication]\naddress = "https://example.org/2022/"\nissued = 2023-01-31\ncase_number = "1"\n'
    after = tomllib.loads(next_award(text, "2024", "2022", {}))
    assert after["publication"] == {"address": "https://example.org/2024/"}
    assert after["window"]["final"] == 2023


@pytest.fixture(scope="session")
def archived(complete: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the round 2022."""

    def pack(folder: Path) -> None:
        ran = exportregion("archive", "2022", "--out", complete, "--to", folder / "2022.zip")
        assert ran.exit_code == 0, ran.stderr

    return once(tmp_path_factory, "archive", pack) / "2022.zip"


def test_an_archive_holds_inputs_settings_code_lock_results_and_record(archived: Path) -> None:
    with zipfile.ZipFile(archived) as archive:
        names = set(archive.namelist())
    for name in (
        "manifest.json",
        "code/pipeline/cli.py",
        "code/sql/staging/figures.sql",
        "code/catalogue/measures/inhabitants.toml",
        "code/requirements.lock",
        "code/pyproject.toml",
        "raw/sources.toml",
        "raw/population_by_county.csv",
        "awards/2022.toml",
        "awards/2022-evidence.toml",
        "results/run.json",
        "results/report/exportregion-2022.pdf",
        "results/exportregion.duckdb",
    ):
        assert name in names, name
    assert not [name for name in names if "__pycache__" in name]


def test_the_same_result_makes_the_same_archive(archived: Path, complete: Path, tmp_path: Path) -> None:
    exportregion("archive", "2022", "--out", complete, "--to", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archived.read_bytes()


def test_vintages_recorded_since_the_run_change_no_byte_of_its_archive(archived: Path, complete: Path, raw: Raw, tmp_path: Path) -> None:
    """They are of no round that does not pin them, so the round can be archived as it was made."""
    for name, facts in (("population", {}), ("goods_exports", {}), ("more_goods", {"table": "goods_exports", "publisher": "SCB"})):
        record_vintage(raw, name, **facts)
    ran = exportregion("archive", "2022", "--data", raw.folder, "--out", complete, "--to", tmp_path / "later.zip")
    assert ran.exit_code == 0, ran.stderr
    assert (tmp_path / "later.zip").read_bytes() == archived.read_bytes()


def tampered(archived: Path, target: Path, name: str, change: Callable[[bytes], bytes], *, told: bool) -> Path:
    """The archive with one file changed; told: the manifest has the new checksum."""
    import hashlib

    with zipfile.ZipFile(archived) as archive:
        contents = {member: archive.read(member) for member in archive.namelist()}
    contents[name] = change(contents[name])
    if told:
        manifest = json.loads(contents["manifest.json"])
        manifest["files"][name] = hashlib.sha256(contents[name]).hexdigest()
        contents["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
    return target


COPY = """
import shutil, sys
shutil.copytree("../results", sys.argv[sys.argv.index("--out") + 1] + "/2022")
path = sys.argv[sys.argv.index("--out") + 1] + "/2022/ranking.csv"
text = open(path, encoding="utf-8").read()
open(path, "w", encoding="utf-8").write(text.replace("0.8", "0.9", 1))
"""


@pytest.mark.usefixtures("process")
def test_verify_names_what_comes_out_otherwise(archived: Path, complete: Path, tmp_path: Path) -> None:
    """The archive's code is one that gives its results with one figure changed. That of the real code is run in test_docs.py."""
    changed = tampered(archived, tmp_path / "2022.zip", "code/pipeline/cli.py", lambda _: COPY.encode(), told=True)
    ran = exportregion("verify", changed, "--json")
    verified = json.loads(ran.stdout)
    assert ran.exit_code == 1
    assert verified["differ"] == ["ranking.csv"]
    assert {"run.json", "exportregion.duckdb", "report/exportregion-2022.pdf", "report.md"} <= set(verified["same"])
    assert len(verified["same"]) == len(tree(complete / "2022")) - 1


def _bomb(target: Path) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(10_001):
            archive.writestr(str(number), b"")


def _saying(name: str = "awards/x.toml", **said: Any) -> Callable[[Path], None]:
    """An archive of one file whose manifest says something else."""
    import hashlib

    def make(target: Path) -> None:
        with zipfile.ZipFile(target, "w") as archive:
            whole = {"format": "exportregion archive 1", "languages": [], "award": "x", "award_file": name}
            manifest = {**whole, "files": {name: hashlib.sha256(b"x").hexdigest()}, **said}
            archive.writestr("manifest.json", json.dumps(manifest))
            archive.writestr(name, "x")

    return make


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda target: target.write_bytes(b"no zip"), "damaged or no archive"),
        (lambda target: target.write_bytes(b""), "damaged or no archive"),
        (lambda target: target.mkdir(), "x.zip: found a folder"),
        (_bomb, "at most 10,000 files of 2,000 MB"),
        (_saying("../escaped.txt"), "the path '../escaped.txt'"),
        (_saying("/etc/escaped.txt"), "the path '/etc/escaped.txt'"),
        (_saying(award="/etc/apt"), "the award '/etc/apt'"),
        (_saying(award="../.."), "the award '../..'"),
        (_saying("awards/...toml", award=".."), "the award '..'"),
        (_saying("awards/a/b.toml", award="a/b"), "the award 'a/b'"),
        (_saying(award="y"), "the award 'y' in 'awards/x.toml'"),
        (_saying(award=3), "manifest.json, award: expected a text"),
        (_saying(languages=["--data"]), "manifest.json, languages.0"),
        (_saying(files=["awards/x.toml"]), "manifest.json, files"),
        (_saying(format="exportregion archive 2"), "manifest.json, format"),
    ],
)
def test_what_is_no_archive_is_refused_and_nothing_runs(tmp_path: Path, make: Callable[[Path], None], said: str) -> None:
    (tmp_path / "inner").mkdir()
    target = tmp_path / "inner" / "x.zip"
    make(target)
    ran = exportregion("verify", target)
    assert ran.exit_code == 1
    assert said in ran.stderr
    assert "the archive was not verified" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]


def test_an_archive_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"x\.zip: found no such file; expected what `exportregion archive` has made\. Name an archive\."):
        unpack(tmp_path / "x.zip", tmp_path / "target")


def test_a_damaged_archive_is_refused(archived: Path, tmp_path: Path) -> None:
    changed = tampered(archived, tmp_path / "a.zip", "raw/regions.csv", lambda text: text + b" ", told=False)
    ran = exportregion("verify", changed)
    assert ran.exit_code == 1
    assert "raw/regions.csv with another checksum than its manifest says" in ran.stderr
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archived.read_bytes()[:-1000])
    assert exportregion("verify", cut).exit_code == 1


@pytest.mark.usefixtures("process")
def test_a_run_that_fails_says_why(archived: Path, tmp_path: Path) -> None:
    changed = tampered(archived, tmp_path / "a.zip", "raw/regions.csv", lambda text: text + b" ", told=True)
    ran = exportregion("verify", changed)
    assert ran.exit_code == 1
    assert "a run that fails: regions.csv: found sha256" in ran.stderr
    assert "as recorded in archive/raw/sources.toml, regions" in ran.stderr
    assert "/tmp" not in ran.stderr.replace(str(tmp_path), "")
    assert "Ask for the archive again" not in ran.stderr


def test_a_result_that_is_not_whole_or_not_of_these_inputs_is_not_archived(complete: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    exportregion("rank", "--out", out)
    ran = exportregion("archive", "2021", "--out", out, "--to", tmp_path / "a.zip")
    assert ran.exit_code == 1
    assert "a result up to the stage rank" in ran.stderr
    shutil.copytree(complete / "2021", tmp_path / "copy" / "2021")
    (tmp_path / "copy" / "2021" / "ranking.csv").write_text("x", encoding="utf-8")
    raw = tmp_path / "raw"
    shutil.copytree(RAW, raw)
    listing = raw / "sources.toml"
    listing.write_text(listing.read_text(encoding="utf-8").replace('licence = "MIT"', 'licence = "CC0-1.0"', 1), encoding="utf-8")
    ran = exportregion("archive", "2021", "--out", tmp_path / "copy", "--data", raw, "--to", tmp_path / "a.zip")
    assert "ranking.csv: found a file that is gone or not as the run left it" in ran.stderr
    assert "sources.toml, goods_exports: found an entry that has changed since the run" in ran.stderr
    assert "no archive was written" in ran.stderr
    assert not (tmp_path / "a.zip").exists()
    assert tree(complete / "2021")
