"""The command line: help, exit codes, what goes to stdout and what to stderr, JSON for machines."""

import contextlib
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from conftest import PROJECT, RAW, exportregion, kept, touched
from typer.main import get_command

from pipeline import printing, progress
from pipeline.__main__ import main
from pipeline.cli import app
from pipeline.commands import whole_number
from pipeline.run import STAGES

COMMANDS = ("run", *STAGES, "fetch", "add", "vintages", "sheet", "sources", "explain", "compare", "check", "new-award", "archive", "verify")


def test_every_command_and_every_option_has_help() -> None:
    commands = dict(get_command(app).commands)  # type: ignore[attr-defined]
    microdata, companies = commands.pop("microdata").commands, commands.pop("companies").commands
    assert set(companies) == {"run", "archive", "verify"}
    assert set(commands) == set(COMMANDS)
    assert set(microdata) == {"build", "manifest", "simulate"}
    for name, command in {
        **commands,
        **{f"microdata {name}": command for name, command in microdata.items()},
        **{f"companies {name}": command for name, command in companies.items()},
    }.items():
        assert command.help
        assert all(option.help for option in command.params)
        ran = exportregion(*name.split(), "--help")
        assert ran.exit_code == 0
        assert all(option.opts[0] in ran.stdout for option in command.params)


def test_help_imports_nothing_heavy(process: Callable[..., "subprocess.Popen[str]"], tmp_path: Path) -> None:
    code = "import sys; from pipeline.__main__ import main\ntry: main()\nexcept SystemExit: print(sorted(sys.modules))"
    out, _ = process("--help", code=code).communicate()
    loaded = out.rsplit("[", 1)[1]
    for heavy in ("duckdb", "pyarrow", "numpy", "pydantic"):
        assert f"'{heavy}'" not in loaded


def test_a_stage_does_without_what_only_others_need(process: Callable[..., "subprocess.Popen[str]"], tmp_path: Path) -> None:
    code = "import sys; from pipeline.__main__ import main\ntry: main()\nexcept SystemExit: print(sorted(sys.modules))"
    out, _ = process("ingest", "--award", "2021", "--data", RAW, "--out", tmp_path, "--quiet", code=code).communicate()
    loaded = out.rsplit("[", 1)[1]
    assert "'duckdb'" in loaded
    for heavy in ("pandas", "sqlglot", "jinja2", "docx", "typst", "httpx2", "highspy"):
        assert f"'{heavy}'" not in loaded


@pytest.mark.parametrize(
    "arguments",
    [["rnu"], ["run", "--awrad", "2021"], ["run", "--award", "1999"], ["run", "--award", "nowhere/else.toml"], ["validate", "--out", "x"]],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    ran = exportregion(*arguments)
    assert ran.exit_code == 2
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("text", ["20.000", "20,000", "20 000", "20\u00a0000", "20_000", "2e4", "+5", "٢٠", "x", ""])
def test_a_number_of_an_option_is_in_plain_digits(text: str) -> None:
    """20.000 is twenty to some, and twenty thousand to others."""
    with pytest.raises(typer.BadParameter, match="plain digits, such as 20000"):
        whole_number(0)(text)


@pytest.mark.parametrize("option", ["--declarations", "--seed", "--stories"])
def test_no_option_guesses_what_a_separator_means(option: str, tmp_path: Path) -> None:
    ran = exportregion("microdata", "simulate", "--declarations", "5", "--seed", "1", "--out", tmp_path / "out", option, "20.000")
    assert ran.exit_code == 2
    assert "in plain digits, such as 20000" in ran.words
    assert not (tmp_path / "out").exists()


def test_a_number_has_its_bounds() -> None:
    assert whole_number(1)("20000") == 20_000
    for text in ("0", "1001"):
        with pytest.raises(typer.BadParameter, match="not between 1 and 1000"):
            whole_number(1, 1000)(text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "none.md"], "'none.md' does not exist"),
        (["verify", "none.zip"], "'none.zip' does not exist"),
        (["companies", "verify", "none.zip", "--in", "."], "'none.zip' does not exist"),
        (["run", "--language", "de"], "'de' is not one of 'sv', 'en'"),
    ],
)
def test_what_an_argument_cannot_be_is_wrong_usage_in_plain_words(arguments: list[str], said: str) -> None:
    ran = exportregion(*arguments)
    assert ran.exit_code == 2
    assert said in ran.words
    assert "Value error" not in ran.stderr
    assert "last complete result" not in ran.stderr


def test_an_unknown_award_names_those_there_are() -> None:
    assert "there are 2021, 2022" in exportregion("run", "--award", "1999").words


def test_run_ends_with_the_candidates_and_the_paths_of_what_it_wrote_and_asks_no_network(english: Path) -> None:
    said = (english / "said.txt").read_text(encoding="utf-8")
    lines = said.splitlines()
    order = [next(number for number, line in enumerate(lines) if name in line) for name in ("Västerbottens", "Hallands", "Norrbottens")]
    assert order == sorted(order)
    assert (
        "Not ranked, because a figure is unknown: Gotlands län (could stand at place 16 to 20), Jämtlands län (could stand at place 3 to 16)"
        in " ".join(said.split())
    )
    assert "A ranking proposes; people nominate." in said
    for file in ("candidates.csv", "ranking.csv", "report-en.md", "run.json", "exportregion.duckdb"):
        assert f"/out/2021/{file}" in lines
        assert (english / "out" / "2021" / file).is_file()


def test_json_is_nothing_but_json(tmp_path: Path) -> None:
    ran = exportregion("rank", "--out", tmp_path, "--json")
    result = json.loads(ran.stdout)
    assert ran.stderr == ""
    assert result["award"] == "2021"
    assert result["illustrative"] == ["goods_exports_by_county.xlsx", "services_exports_by_county.xlsx"]
    assert [row["region_code"] for row in result["candidates"]] == ["24", "13", "25"]
    assert len(result["ranking"]) == 21
    assert result["tables"]["staging.goods_exports"] == 22 * 6 * 4
    assert all(Path(file).is_file() for file in result["files"])


@pytest.mark.whole
@pytest.mark.parametrize("stage", ["validate", *STAGES[:-1]])
def test_each_stage_has_a_result_in_words_and_in_json(stage: str, tmp_path: Path) -> None:
    out = [] if stage == "validate" else ["--out", str(tmp_path)]
    said = {
        "ingest": "ingested.figures",
        "validate": "tables fit their schemas; 11 audits found nothing.\n",
        "indicators": "00 Riket",
        "rank": "not ranked",
        "robustness": "depends on weights",
    }
    assert said[stage] in exportregion(stage, *out, "--quiet").stdout
    assert json.loads(exportregion(stage, *out, "--json").stdout)["stage"] == stage


def test_the_indicators_are_listed_with_meaning_unit_and_weight() -> None:
    ran = exportregion("indicators", "--list", "--json")
    rows = json.loads(ran.stdout)
    by_measure = {row["measure"]: row for row in rows}
    assert by_measure["sme_goods_exporters_per_100k"] == {
        "measure": "sme_goods_exporters_per_100k",
        "meaning": "Goods-exporting SMEs per 100 000 inhabitants",
        "unit": "enterprises per 100 000 inhabitants",
        "taken": {"level": "1/3", "change": "0"},
    }
    assert by_measure["inhabitants"]["taken"] == {}
    listed = exportregion("indicators", "--list").stdout
    assert all(row["measure"] in listed for row in rows)


def test_the_sources_are_listed_with_their_kind() -> None:
    listed = json.loads(exportregion("sources", "--json").stdout)
    assert {name: source["kind"] for name, source in listed.items()}["goods_exports"] == "illustrative"
    assert "illustrative" in exportregion("sources").stdout


@pytest.mark.parametrize("width", [80, 100])
def test_names_and_days_of_files_are_never_broken(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "WIDTH_OF_A_FILE", width)
    for command in ("sources", "vintages"):
        shown = exportregion(command).stdout
        assert max(map(len, shown.splitlines())) <= width
        for name in ("published_export_totals", "services_exports_by_county.xlsx", "published 2025-02-21", "2026-11-23", "storleksklasser"):
            assert re.search(rf"\b{name}\b", shown), (command, name)
    shown = exportregion("vintages").stdout
    assert "  2026-11-23  illustrative, published 2026-11-23, pinned by no award\n" in shown
    assert "  2026-11-23  official, published 2025-02-21, pinned by 2021, 2022\n" in shown


@pytest.mark.parametrize("stage", ["ingest", "rank"])
def test_a_command_of_a_test_that_names_no_folder_leaves_the_results_of_the_checkout_alone(stage: str) -> None:
    before = kept()
    assert exportregion(stage).exit_code == 0
    assert touched(before, kept()) == []


@pytest.mark.parametrize("name", ["data/processed/2021/run.json", "data/raw/regions.csv", "awards/2021.toml", "docs/method/README.md"])
def test_what_is_new_written_or_gone_in_a_checkout_counts_as_touched(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text("one", encoding="utf-8")
    before = kept(tmp_path)
    assert touched(before, kept(tmp_path)) == []
    path.write_text("another", encoding="utf-8")
    assert touched(before, kept(tmp_path)) == touched({}, before) == touched(before, {}) == [str(path)]
    link = path.with_name("link")
    link.symlink_to(path.parent)
    assert str(link) in touched(before, kept(tmp_path))


INTERRUPTED_AT = """
import signal, sys
module = sys.argv.pop(1)
class Interruption:
    def find_spec(self, name, *_):
        if name == module:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interruption())
signal.signal(signal.SIGINT, signal.default_int_handler)
from pipeline.__main__ import main
main()
"""


@pytest.mark.parametrize("module", ["pipeline.cli", "typer", "pipeline.settings", "numpy", "duckdb", "pyarrow", "pipeline.ranking"])
def test_an_interruption_is_told_whatever_is_being_imported(
    module: str, process: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    run = process(module, "rank", "--data", RAW, "--out", tmp_path, code=INTERRUPTED_AT)
    _, errors = run.communicate()
    # Python ends by the signal where it came while a module was executed: 130 to a shell as well.
    assert run.returncode in (130, -signal.SIGINT)
    assert errors == "\nInterrupted; nothing unfinished was kept.\n"
    assert list(tmp_path.glob("*")) == []


def test_a_fault_of_the_program_is_told_in_a_sentence_and_kept_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("float division by zero")

    monkeypatch.setattr("pipeline.cli.main", broken)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 70
    (details,) = tmp_path.iterdir()
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "ZeroDivisionError in test_cli.py" in told
    assert str(details) in told
    assert "Traceback" not in told
    assert details.read_text(encoding="utf-8").rstrip().endswith("ZeroDivisionError: float division by zero")


def stderr_on_a_terminal(*arguments: str | Path) -> str:
    """What a command writes to stderr when that is a terminal."""
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "pipeline", *arguments]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=child, env={**os.environ, "TERM": "xterm"})
    os.close(child)
    seen = b""
    while True:
        try:
            block = os.read(parent, 4096)
        except OSError:
            break
        if not block:
            break
        seen += block
    os.close(parent)
    assert process.wait() == 0
    return seen.decode()


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["indicators", "--data", str(RAW), "--out"], ["indicators, stage 3 of 3"]),
        (["microdata", "simulate", "--declarations", "2000", "--seed", "1", "--out"], ["2,000 of 2,000 declarations", "100%"]),
    ],
)
def test_progress_goes_to_stderr_and_only_to_a_terminal(command: list[str], said: list[str], tmp_path: Path) -> None:
    shown = stderr_on_a_terminal(*command, tmp_path / "loud")
    assert all(word in shown for word in said)
    assert stderr_on_a_terminal(*command, tmp_path / "quiet", "--quiet") == ""


def test_a_file_that_rich_would_take_for_a_terminal_gets_notes_and_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for quiet, expected in ((False, "a table [of] 5 cells\n"), (True, "")):
        with contextlib.redirect_stderr(io.StringIO()) as stderr, progress.working(quiet=quiet) as work:
            work("cells", 0.5)
            work.note("a table [of] 5 cells")
            work.end()
        assert stderr.getvalue() == expected


def test_the_parts_of_a_work_make_up_the_whole() -> None:
    steps: list[tuple[str, float | None]] = []

    def say(step: str, share: float | None) -> None:
        steps.append((step, share))

    half = progress.part(say, 0.5, 1)
    progress.part(half, 0, 0.5)("first", 1)
    half("second", None)
    half("third", 1)
    assert steps == [("first", 0.75), ("second", None), ("third", 1)]
