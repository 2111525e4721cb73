"""Evidence that is no statistics: told when it does not fit, kept as it was entered, and never part of the score."""

import datetime
import hashlib
import json
import typing
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import PROJECT, RAW, STATEMENT, exportregion, tree

from pipeline.award import award_names, load_award
from pipeline.evidence import Evidence, Statement, evidence_file, load_evidence
from pipeline.report.evidence import evidence_rows, grounds
from pipeline.schemas import GROUNDS, schemas
from pipeline.warehouse import Warehouse


@pytest.fixture
def entered(award: Callable[..., Path]) -> Callable[[str], Path]:
    """An award with this text as its evidence."""

    def enter(text: str) -> Path:
        path = award()
        path.with_name("trial-evidence.toml").write_text(text, encoding="utf-8")
        return path

    return enter


@pytest.mark.whole
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[[statements]]", "[[statements]\n", "a bracket or quotation mark that is not closed"),
        ('region_code = "13"', 'region_code = "00"', "statements.1.region_code: found '00'; expected a region: 01, 03, 04"),
        ('region_code = "13"', 'region_code = "11"', "statements.1.region_code: found '11'; expected a region: 01, 03, 04"),
        ('region_code = "13"', 'region_code = "Halland"', "statements.1.region_code: found 'Halland'; expected "),
        ('region_code = "13"', "region_code = 13", "statements.1.region_code: found 13; expected a text"),
        ('region_code = "13"\n', "", "statements.1.region_code: found nothing; expected the key 'region_code'"),
        ('kind = "brand"', 'kind = "brands"', "statements.1.kind: found 'brands'; expected 'collaboration', 'cross-border"),
        ("Regionen arbetar med sitt varumärke.", " ", "statements.1.statement: found ' '; expected a text that is not empty"),
        ("Region Halland, årsredovisning 2020", "", "statements.1.source: found ''; expected a text that is not empty"),
        ("handläggare", "\\t", "statements.1.entered_by: found '\\t'; expected a text that is not empty"),
        ("https://example.org", "file:///etc", "statements.1.page: found 'file:///etc/2020.pdf'; expected an address that begins with"),
        ("https://example.org", "javascript:alert(1)//https://x", "statements.1.page: found 'javascript:alert(1)"),
        ("2020.pdf", "2020.pdf rad 3", "statements.1.page: found 'https://example.org/2020.pdf rad 3'; expected an address"),
        ("2020-12-31", '"2020-12-31"', "statements.1.date: found '2020-12-31'; expected a day without quotes"),
        ("2020-12-31", "2020", "statements.1.date: found 2020; expected a day without quotes"),
        ("2020-12-31", "2020-12-31T10:00:00", "statements.1.date: found "),
        ("2020-12-31", "0202-12-31", "statements.1.date: found 0202-12-31; expected at least"),
        ("entered_by", "entered_bye", "unknown key 'entered_bye'; expected one of date, entered_by, kind"),
        ("[[statements]]", "[[statement]]", "unknown key 'statement'; expected one of nominations, statements. Did you mean 'statements'?"),
        ("[[statements]]", "[statements]", "trial-evidence.toml, statements: found "),
        ("[[statements]]", 'file = "x"\n[[statements]]', "unknown key 'file'"),
    ],
)
def test_what_does_not_fit_is_one_clear_fault_before_anything_is_written(
    entered: Callable[[str], Path], old: str, new: str, said: str
) -> None:
    assert old in STATEMENT
    ran = exportregion("validate", "--award", entered(STATEMENT.replace(old, new)))
    assert ran.exit_code == 1, ran.stdout
    assert "trial-evidence.toml" in ran.stderr
    assert said in ran.stderr, ran.stderr
    faults = 2 if "entered_bye" in new else 1  # a key misspelt is a key missing as well
    assert f"\n{faults} fault{'s' if faults > 1 else ''};" in ran.stderr, ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_same_said_twice_is_a_fault_and_another_ground_or_county_is_not(entered: Callable[[str], Path]) -> None:
    other = STATEMENT.replace('"13"', '"12"') + STATEMENT.replace('"brand"', '"collaboration"')
    assert exportregion("validate", "--award", entered(STATEMENT + other)).exit_code == 0
    ran = exportregion("validate", "--award", entered(STATEMENT + other + STATEMENT.replace("Region Halland", "En annan")))
    assert ran.exit_code == 1
    assert "found statements 1 and 4 say the same of 13 on brand;" in ran.stderr


def test_bytes_that_are_no_text_are_a_fault(entered: Callable[[str], Path]) -> None:
    path = entered("")
    path.with_name("trial-evidence.toml").write_bytes(STATEMENT.encode("latin-1"))
    ran = exportregion("validate", "--award", path)
    assert ran.exit_code == 1
    assert "a TOML file in UTF-8" in ran.stderr


def test_an_award_without_the_file_has_none(award: Callable[..., Path], tmp_path: Path) -> None:
    path = award()
    assert load_evidence(load_award(str(path))).statements == ()
    assert evidence_rows(load_evidence(load_award(str(path)))) == []
    assert exportregion("rank", "--award", path, "--out", tmp_path / "out").exit_code == 0
    record = json.loads((tmp_path / "out" / "trial" / "run.json").read_text(encoding="utf-8"))
    assert "trial-evidence.toml" not in record["inputs"]


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    '"; drop table report.evidence; --',
    "{{ 7 * 7 }}",
    "rad ett\\nrad två | tre",
    "\\u0000",
]


def test_hostile_text_stays_text(entered: Callable[[str], Path]) -> None:
    """In the table; test_report.py has the formats."""
    texts = [text.replace('"', '\\"') for text in HOSTILE]
    path = entered("".join(STATEMENT.replace("Regionen arbetar med sitt varumärke.", text) for text in texts))
    award = load_award(str(path))
    with Warehouse(award) as warehouse:
        warehouse.write("report.evidence", evidence_rows(load_evidence(award)))
        found = {row["statement"] for row in warehouse.read("report.evidence")}
    assert found == {text.replace("\\n", "\n").replace("\\u0000", "\0") for text in HOSTILE}


def test_evidence_never_changes_a_score_or_a_place(challenged: Path, complete: Path) -> None:
    made = tree(challenged)
    for file, sha256 in tree(complete / "2021").items():
        if file.split("/")[0] in ("ranking.csv", "candidates.csv", "ranking", "robustness", "indicators", "staging"):
            assert made[file] == sha256, file


def test_the_run_record_names_the_file_and_its_checksum(entered: Callable[[str], Path], tmp_path: Path) -> None:
    path = entered(STATEMENT)
    assert exportregion("ingest", "--award", path, "--out", tmp_path / "out").exit_code == 0
    record = json.loads((tmp_path / "out" / "trial" / "run.json").read_text(encoding="utf-8"))
    assert record["inputs"]["trial-evidence.toml"] == hashlib.sha256(path.with_name("trial-evidence.toml").read_bytes()).hexdigest()


def test_a_file_of_evidence_is_no_award() -> None:
    assert (PROJECT / "awards" / "2021-evidence.toml").is_file()
    assert award_names() == ["2021", "2022"]


@pytest.mark.parametrize("name", ["2021", "2022"])
def test_what_is_shipped_names_its_source_and_was_entered_by_nobody_invented(name: str, complete: Path) -> None:
    award = load_award(name)
    evidence = load_evidence(award)
    assert evidence.file == evidence_file(award)
    assert evidence.statements
    assert all(statement.page and statement.entered_by == "exportregion" for statement in evidence.statements)
    with duckdb.connect(complete / name / "exportregion.duckdb", read_only=True) as connection:
        columns = [row[0] for row in connection.execute("describe report.evidence").fetchall()]
        rows = [dict(zip(columns, row, strict=True)) for row in connection.execute("from report.evidence").fetchall()]
    assert rows == evidence_rows(evidence)
    assert exportregion("validate", "--award", name, "--data", RAW).exit_code == 0


def test_a_ground_without_a_statement_is_a_gap_that_is_there() -> None:
    rows = evidence_rows(load_evidence(load_award("2022")))
    found = grounds(rows, "25")
    assert list(found) == list(GROUNDS)
    assert [len(found[kind]) for kind in GROUNDS] == [1, 1, 1, 0]
    assert grounds(rows, "01") == {kind: [] for kind in GROUNDS}


def test_rows_stand_in_the_order_of_the_grain_and_hold_the_schema() -> None:
    statement = Statement(region_code="13", kind="brand", statement="b", source="s", date=datetime.date(2020, 1, 1), entered_by="e")
    others = [statement.model_copy(update=change) for change in ({"statement": "a"}, {"region_code": "01"}, {"kind": "collaboration"})]
    rows = evidence_rows(Evidence(file=Path("x"), statements=(statement, *others)))
    assert [(row["region_code"], row["kind"], row["statement"]) for row in rows] == [
        ("01", "brand", "b"),
        ("13", "brand", "a"),
        ("13", "brand", "b"),
        ("13", "collaboration", "b"),
    ]
    with Warehouse(load_award("2021")) as warehouse:
        warehouse.write("report.evidence", rows)


def test_settings_and_schema_know_the_same_grounds() -> None:
    assert typing.get_args(Statement.model_fields["kind"].annotation) == GROUNDS
    assert set(Statement.model_fields) == set(schemas()["report.evidence"].columns)
