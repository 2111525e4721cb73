"""The table of contents: one short command a stage."""

import datetime
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from pipeline.faults import Fault
    from pipeline.settings import Award, Sources
    from pipeline.warehouse import Warehouse

PROJECT = Path(__file__).resolve().parents[1]
STAGES = ("ingest", "validate", "indicators", "rank", "robustness", "report")

app = typer.Typer(
    name="exportregion",
    help="Candidate regions for Årets exportregion, from raw statistics to report. A ranking proposes; people nominate.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

AwardOption = Annotated[str, typer.Option("--award", help="The round: a file of awards/ without its ending, or the path of a .toml file.")]
YardstickOption = Annotated[
    str, typer.Option("--award", help="The round whose bounds and accepted exceptions the figures are checked with.")
]
DataOption = Annotated[Path, typer.Option("--data", help="Folder of the raw files and sources.toml.")]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for results; each award gets a folder in it.")]


class LanguageCode(StrEnum):
    """The languages that the report is written in."""

    sv = "sv"
    en = "en"


LanguageOption = Annotated[
    list[LanguageCode], typer.Option("--language", help="Language of the report. Give it twice for a report in each.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say nothing but results and errors.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result, or the faults, as JSON.")]

SWEDISH = [LanguageCode.sv]
DATA = PROJECT / "data" / "raw"
OUT = PROJECT / "data" / "processed"


@app.command()
def run(
    award: AwardOption = "2021",
    data: DataOption = DATA,
    out: OutOption = OUT,
    languages: LanguageOption = SWEDISH,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run every stage: raw files in, candidate regions and report out."""
    with _faults_told(as_json):
        _run("report", award, data, out, quiet, as_json, languages, show="run")


@app.command()
def ingest(
    award: AwardOption = "2021", data: DataOption = DATA, out: OutOption = OUT, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Read the raw files as sources.toml describes them, and check their checksums."""
    with _faults_told(as_json):
        _run("ingest", award, data, out, quiet, as_json)


@app.command()
def validate(award: AwardOption = "2021", data: DataOption = DATA, quiet: QuietOption = False, as_json: JsonOption = False) -> None:
    """Check schemas and relations; write nothing. This is what CI runs."""
    with _faults_told(as_json):
        _run("validate", award, data, None, quiet, as_json)


@app.command()
def indicators(
    award: AwardOption = "2021",
    data: DataOption = DATA,
    out: OutOption = OUT,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    only_list: Annotated[bool, typer.Option("--list", help="List the indicators there are; compute nothing.")] = False,
) -> None:
    """Compute the indicators of the award."""
    with _faults_told(as_json):
        if only_list:
            _list_indicators(award, as_json)
        else:
            _run("indicators", award, data, out, quiet, as_json)


@app.command()
def rank(
    award: AwardOption = "2021", data: DataOption = DATA, out: OutOption = OUT, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Rank the regions and propose candidates."""
    with _faults_told(as_json):
        _run("rank", award, data, out, quiet, as_json)


@app.command()
def robustness(
    award: AwardOption = "2021", data: DataOption = DATA, out: OutOption = OUT, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """Challenge the ranking: other windows, weights, methods, regions and data."""
    with _faults_told(as_json):
        _run("robustness", award, data, out, quiet, as_json)


@app.command()
def report(
    award: AwardOption = "2021",
    data: DataOption = DATA,
    out: OutOption = OUT,
    languages: LanguageOption = SWEDISH,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write the report: HTML, PDF, Word, Excel, Markdown, and a data package of all results."""
    with _faults_told(as_json):
        _run("report", award, data, out, quiet, as_json, languages)


@app.command()
def sources(data: DataOption = DATA, as_json: JsonOption = False) -> None:
    """List the raw files: publisher, dates, licence, kind."""
    from pipeline import terminal
    from pipeline.settings import load_sources

    with _faults_told(as_json):
        entries = load_sources(data).entries
        if as_json:
            print(json.dumps({name: source.model_dump(mode="json") for name, source in entries.items()}, ensure_ascii=False, indent=2))
        else:
            terminal.show_sources(entries)


@app.command()
def vintages(data: DataOption = DATA, as_json: JsonOption = False) -> None:
    """List every vintage of every source, and the awards that pin it."""
    from pipeline import terminal
    from pipeline.settings import award_names, load_award, load_sources

    with _faults_told(as_json):
        history = load_sources(data).history
        pins = {name: load_award(name).vintages for name in award_names()}
        rows = [
            {
                "source": name,
                "vintage": vintage,
                "awards": [award for award, pinned in pins.items() if pinned.get(name) == vintage],
                **source.model_dump(mode="json", include={"file", "kind", "covers", "published", "sha256"}),
            }
            for name, entry in history.items()
            for vintage, source in entry.vintages.items()
        ]
        waiting = [name for name, entry in history.items() if not entry.vintages]
        if as_json:
            print(json.dumps({"vintages": rows, "not_fetched": waiting}, ensure_ascii=False, indent=2))
        else:
            terminal.show_vintages(rows, waiting)


@app.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources to fetch; all that say how, when none is named.", show_default=False)
    ] = None,
    award: YardstickOption = "2021",
    data: DataOption = DATA,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask what would be fetched and what would change; write nothing.")] = False,
    time_limit: Annotated[float, typer.Option("--time-limit", min=1, help="Seconds after which the whole fetch gives up.")] = 600,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch open tables from their publisher as new vintages. The only command that uses the network."""
    from pipeline import arrivals, terminal
    from pipeline.fetch import Patience

    with _faults_told(as_json, kept="nothing was recorded; the raw data are as before."):
        patience = Patience(total=time_limit)
        with terminal.fetching(quiet=quiet or as_json) as (say, done):
            if dry_run:
                changes = arrivals.plan_fetch(data, names or [], patience, say)
            else:
                changes = arrivals.fetch_sources(data, names or [], _award(award), datetime.date.today(), patience, say, done)
        rows = [change.as_row() for change in changes]
        if as_json:
            print(json.dumps({"dry_run": dry_run, "sources": rows}, ensure_ascii=False, indent=2))
        else:
            terminal.show_fetch(rows, data, dry_run=dry_run)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="The file: Excel, OpenDocument, CSV, JSON-stat 2, PX or Parquet.")],
    source: Annotated[
        str | None, typer.Option("--source", help="The source that it is a vintage of.", show_default="told by its table")
    ] = None,
    table: Annotated[
        Literal["goods_exports", "services_exports", "population"] | None,
        typer.Option("--table", help="The table that it holds.", show_default="told by the file"),
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet that holds the table.", show_default="told by the file")] = None,
    kind: Annotated[
        Literal["official", "illustrative"] | None,
        typer.Option("--kind", help="Statistics, or made for trial.", show_default="as the newest vintage"),
    ] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who publishes or delivers it.", show_default="as before")] = None,
    title: Annotated[str | None, typer.Option("--title", help="The table's title.", show_default="as before, or the file's")] = None,
    page: Annotated[str | None, typer.Option("--page", help="Where it is described.", show_default="as before")] = None,
    licence: Annotated[str | None, typer.Option("--licence", help="Its terms of use.", show_default="as before")] = None,
    published: Annotated[str | None, typer.Option("--published", help="The day it was published, as 2027-02-22.")] = None,
    unit: Annotated[
        Literal["SEK", "thousand SEK", "million SEK"] | None,
        typer.Option("--unit", help="The unit of the values.", show_default="told by the file"),
    ] = None,
    series: Annotated[
        str | None, typer.Option("--series", help="How values are placed, as production-place.", show_default="told by the file")
    ] = None,
    award: YardstickOption = "2021",
    data: DataOption = DATA,
    yes: Annotated[bool, typer.Option("--yes", help="Record it without asking, unless something in it is in doubt.")] = False,
) -> None:
    """Recognise a file, propose how it is read, check it, and record it as a new vintage."""
    from pipeline import arrivals, terminal

    with _faults_told(as_json=False, kept="nothing was recorded; the raw data are as before."):
        try:
            day = datetime.date.fromisoformat(published) if published else None
        except ValueError:
            raise typer.BadParameter(f"{published!r} is no day such as 2027-02-22", param_hint="--published") from None
        given = arrivals.Given(source, table, sheet, kind, publisher, title, page, licence, day, unit, series)

        def ask(key: str) -> str | None:
            return None if yes or not sys.stdin.isatty() else typer.prompt(key, default="", show_default=False, err=True)

        def agree(proposal: arrivals.Proposal) -> bool:
            terminal.show_proposal(vars(proposal))
            if yes:
                return not proposal.doubts
            return typer.confirm("Record it?", err=True)

        added = arrivals.add_file(data, file, given, _award(award), datetime.date.today(), ask, agree)
    if added is None:
        print("Nothing was recorded; the raw data are as before.", file=sys.stderr)
        raise typer.Exit(1)
    print(f"Recorded as the vintage {added.vintage} of {added.name}. An award that pins it under [vintages] uses it:")
    print(f'{added.name} = "{added.vintage}"')


@app.command()
def archive(
    award: Annotated[str, typer.Argument(help="The round whose complete result is archived.")],
    to: Annotated[Path | None, typer.Option("--to", help="The file to write.", show_default="exportregion-<award>.zip here")] = None,
    data: DataOption = DATA,
    out: OutOption = OUT,
) -> None:
    """Pack inputs, settings, code, lock file, results and run record into one file."""
    from pipeline import archive as archives
    from pipeline.settings import load_sources

    with _faults_told(as_json=False, kept="no archive was written."):
        chosen = _award(award)
        target = to or Path(f"exportregion-{chosen.name}.zip")
        count = archives.pack(out / chosen.name, chosen, load_sources(data, chosen), target)
        print(f"{target}: {count} files. `exportregion verify {target}` runs it again from nothing else.")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="An archive. Its own code runs: only for archives that you trust.")],
    as_json: JsonOption = False,
) -> None:
    """Run an archive again, from nothing else; exit code 1 when a byte comes out otherwise."""
    from pipeline import archive as archives
    from pipeline import terminal

    with _faults_told(as_json, kept="the archive was not verified."):
        if sys.stderr.isatty():
            print(f"Running {file} again …", file=sys.stderr)
        verified = archives.verify(file)
        if as_json:
            print(json.dumps(vars(verified), ensure_ascii=False, indent=2))
        else:
            terminal.show_verified(verified.award, verified.same, verified.differ, verified.versions)
    if verified.differ:
        raise typer.Exit(1)


microdata = typer.Typer(
    name="microdata",
    help="Firm-level records into the table of goods exports, without disclosing anyone; and made-up records for trial.",
    no_args_is_help=True,
)
app.add_typer(microdata)


@microdata.command("build")
def microdata_build(
    folder: Annotated[str, typer.Option("--in", help="Folder of the datasets: declarations, enterprises, establishments, in Parquet.")],
    out: Annotated[Path, typer.Option("--out", help="The table to write: .parquet or .csv; its companions get its name and more.")],
    settings: Annotated[Path, typer.Option("--settings", help="The method: every choice with its reason.")] = PROJECT / "microdata.toml",
    engine: Annotated[Literal["duckdb", "spark"], typer.Option("--engine", help="Where it is computed.")] = "duckdb",
    master: Annotated[
        str | None, typer.Option("--master", help="The Spark cluster: spark://host:7077, yarn, k8s://…", show_default=False)
    ] = None,
    memory: Annotated[
        str | None, typer.Option("--memory", help="The most that DuckDB may use, as 2GB; beyond it, it uses the disk.", show_default="80 %")
    ] = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Build the county table, its quality, the allocation bases side by side, and dominance; all under disclosure control."""
    from pipeline import terminal
    from pipeline.microdata import build, engines, output
    from pipeline.settings import load_microdata_method

    if (engine == "spark") != (master is not None):
        raise typer.BadParameter("--engine spark and --master go together", param_hint="--master")
    if engine == "spark" and memory:
        raise typer.BadParameter("a cluster has its own settings for memory", param_hint="--memory")
    if engine == "duckdb" and "://" in folder:
        raise typer.BadParameter("an address is for --engine spark; DuckDB reads a folder of this machine", param_hint="--in")
    if Path(folder).resolve() in (out.resolve(), *out.resolve().parents):
        raise typer.BadParameter(f"{out} lies among the microdata of --in; results have a place of their own", param_hint="--out")
    with _faults_told(as_json, kept="nothing was written."):
        method = load_microdata_method(settings)
        with output.work_folder(out) as work, terminal.working(quiet=quiet or as_json) as say:
            with engines.Spark(master) if master else engines.DuckDB(work / "spill", memory) as running:
                built = build.build(folder, method, running, say)
            files = output.write(built, method, engine, out, work)
        told = output.summary(built, method)
        if as_json:
            print(json.dumps({**told, "files": [str(file) for file in files]}, ensure_ascii=False, indent=2))
        else:
            terminal.show_build(told, files)


@microdata.command("simulate")
def microdata_simulate(
    declarations: Annotated[int, typer.Option("--declarations", min=1, help="Rows of declarations.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same bytes.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to make.")],
    quiet: QuietOption = False,
) -> None:
    """Make up microdata of any size: nobody's, and marked as illustrative."""
    from pipeline import terminal
    from pipeline.microdata import output, simulate

    with _faults_told(as_json=False, kept="nothing was written."):
        with terminal.working(quiet=quiet) as say, output.new_folder(out) as folder:
            rows = simulate.simulate(folder, declarations, seed, lambda done: say("declarations", done / declarations))
        for name, count in rows.items():
            print(f"{out / name}: {count:,} rows, illustrative")


@app.command("new-award")
def new_award(
    name: Annotated[str, typer.Argument(help="The round, a year: 2023.")],
    before: Annotated[str, typer.Option("--from", help="The round that it is made from.")],
) -> None:
    """Write the next round's award file: its years moved, and everything that is to decide marked."""
    from pipeline.settings import AWARDS, UNDECIDED, next_award

    with _faults_told(as_json=False):
        earlier = _award(before, "--from")
        if not (name.isdecimal() and earlier.name.isdecimal() and int(name) > int(earlier.name)):
            raise typer.BadParameter(f"{name!r} is no year after {earlier.name!r}", param_hint="NAME")
        path = earlier.file.with_name(f"{name}.toml")
        text = next_award(earlier.file.read_text(encoding="utf-8-sig"), name, earlier.name)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise typer.BadParameter(f"{path} is there already; it stays as it is", param_hint="NAME") from None
    print(path)
    which = name if path.parent == AWARDS else path
    print(f"{text.count(UNDECIDED) - 1} places are marked {UNDECIDED}; `exportregion run --award {which}` tells them and the missing data.")


@app.command()
def explain(
    region: Annotated[str, typer.Argument(help="A county: its code or its name.")],
    award: AwardOption = "2021",
    data: DataOption = DATA,
    as_json: JsonOption = False,
) -> None:
    """Why a county stands where it stands, and what would have to change."""
    from pipeline import terminal
    from pipeline.ranking.explain import explain as explained
    from pipeline.ranking.robustness import field

    with _faults_told(as_json), _computed(award, data) as (warehouse, chosen, illustrative):
        counties = field(warehouse.read("staging.regions"))
        code = counties.find(region)
        if code is None:
            raise typer.BadParameter(f"no county {region!r}; there are {', '.join(counties.names)}", param_hint="REGION")
        result = explained(code, counties, warehouse.indicators_under(chosen), chosen)
        if as_json:
            print(json.dumps({"illustrative": illustrative, **result}, ensure_ascii=False, indent=2))
        else:
            terminal.show_explanation(result, chosen, illustrative)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="A round: a name, an award file, or a folder of results.")],
    second: Annotated[str, typer.Argument(help="Another one; the same, with another vintage, when it is left out.")] = "",
    vintage: Annotated[
        list[str] | None,
        typer.Option("--vintage", help="A vintage of a source for the second round, as in population=2027-02-22.", show_default=False),
    ] = None,
    data: DataOption = DATA,
    as_json: JsonOption = False,
) -> None:
    """Two rounds side by side: which cells a revision changed, who enters and leaves, and what each change of place comes from."""
    from pipeline import terminal
    from pipeline.ranking.compare import compare as compared
    from pipeline.ranking.revision import MEASURES, revision
    from pipeline.ranking.robustness import field

    pins = _vintages_asked(vintage or [])
    doubts: dict[str, list[Fault]] = {"first": [], "second": []}
    with (
        _faults_told(as_json),
        _computed(first, data, doubts=doubts["first"]) as left,
        _computed(second or first, data, pins, doubts["second"]) as right,
    ):
        (one, award_one, illustrative_one), (two, award_two, illustrative_two) = left, right
        counties = field(two.read("staging.regions"))
        result = compared(award_one, award_two, one.indicators_under, two.indicators_under, counties)
        before, after = ({table: warehouse.read(table) for table in MEASURES} for warehouse in (one, two))
        result["data"] = revision(before, after, one.indicators_under(award_one), two.indicators_under(award_one), counties)
        if pins:
            result["second"] += f" with {', '.join(vintage or [])}"
        result["doubts"] = {side: [vars(fault) for fault in found] for side, found in doubts.items()}
        illustrative = sorted({*illustrative_one, *illustrative_two})
        if as_json:
            print(json.dumps({"illustrative": illustrative, **result}, ensure_ascii=False, indent=2))
        else:
            terminal.show_comparison(result, illustrative, doubts)


def _vintages_asked(asked: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in asked]
    wrong = [f"{name}{equals}{vintage}" for name, equals, vintage in pairs if not (name and vintage)]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is no pair such as population=2027-02-22", param_hint="--vintage")
    return {name: vintage for name, _, vintage in pairs}


@app.command()
def check(
    text: Annotated[Path, typer.Argument(help="A text in Swedish: .md, .txt or .docx.")],
    award: Annotated[
        str, typer.Option("--award", help="The round whose data are the yardstick: a name, an award file, or a folder of results.")
    ] = "2021",
    data: DataOption = DATA,
    as_json: JsonOption = False,
) -> None:
    """Check the claims of a text about regions against the data; exit code 1 when one is not right as written."""
    from pipeline import terminal
    from pipeline.check import claims, judge, texts

    with _faults_told(as_json):
        sentences = texts.read(text)
        with _computed(award, data) as (warehouse, chosen, illustrative):
            levels, growth = warehouse.read("indicators.levels_by_year"), warehouse.read("indicators.growth_by_window")
            tables = judge.Tables(levels, growth, warehouse.read("staging.regions"), chosen)
        findings = judge.judge(claims.find(sentences, tables.names), tables)
    rows = [judge.as_row(finding, tables.names) for finding in findings]
    if as_json:
        result = {"award": chosen.name, "text": str(text), "illustrative": illustrative, "claims": rows}
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        terminal.show_check(rows, str(text), chosen, illustrative)
    if any(finding.verdict in judge.NOT_RIGHT for finding in findings):
        raise typer.Exit(1)


@contextmanager
def _computed(
    round_: str, data: Path, vintages: Mapping[str, str] | None = None, doubts: list["Fault"] | None = None
) -> Iterator[tuple["Warehouse", "Award", list[str]]]:
    """A warehouse with the indicators of an award on the raw files, with some vintages in place of those it pins, or on the data
    of an earlier run; the award; and the files that are illustrative. Where doubts are collected, what the audits find refuses nothing."""
    from pipeline import indicators, results, validate
    from pipeline.faults import told_with
    from pipeline.settings import load_sources, undecided
    from pipeline.warehouse import Warehouse

    result = Path(round_)
    award, illustrative = results.load_run_record(result) if result.is_dir() else (_award(round_), [])
    if vintages:
        if result.is_dir():
            raise typer.BadParameter("a folder of results has its vintages already; name a round", param_hint="--vintage")
        award = award.model_copy(update={"vintages": {**award.vintages, **vintages}})
    indicators.check(award)
    with Warehouse(award) as warehouse:
        if result.is_dir():
            warehouse.load_staging(result)
            indicators.build(warehouse)
        else:
            with told_with(undecided(award), at_the_end=False):
                sources = load_sources(data, award)
            illustrative = results.illustrative(sources)
            for stage, work in stages(warehouse, award, sources):
                if stage == "validate" and doubts is not None:
                    doubts += validate.questions(warehouse, award, sources)
                else:
                    work()
                if stage == "indicators":
                    break
        yield warehouse, award, illustrative


def stages(
    warehouse: "Warehouse", award: "Award", sources: "Sources", languages: Sequence[LanguageCode] = SWEDISH
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The whole pipeline, in order. The last stage gives the report's files: place among the results, and bytes."""
    from pipeline import indicators, ingest, report, results, schemas, validate
    from pipeline.faults import told_with
    from pipeline.ranking import robustness, score
    from pipeline.report.language import Language
    from pipeline.settings import load_evidence, undecided

    names = [indicator.name for indicator in award.indicators]
    evidence = load_evidence(award)

    def ingest_() -> None:
        with told_with(undecided(award), at_the_end=False):
            for table, frame in ingest.ingest(sources).items():
                warehouse.write(table, frame)

    def validate_() -> None:
        with told_with(undecided(award)):
            validate.validate(warehouse, award, sources, evidence)

    def rank_() -> None:
        values = {name: warehouse.read(f"indicators.{name}") for name in names}
        illustrative = bool(results.illustrative(sources))
        ranking = score.rank_regions(warehouse.read("staging.regions"), values, award, is_illustrative=illustrative)
        for table, frame in (("ranking.ranking", ranking), ("ranking.candidates", score.candidates(ranking))):
            warehouse.write(table, frame, schemas.ranking_schema(table, names))

    def robustness_() -> None:
        staging = {table: warehouse.read(table) for table in warehouse.tables() if table.startswith("staging.")}
        for table, rows in robustness.robustness(staging["staging.regions"], staging, warehouse.indicators_under, award).items():
            warehouse.write(table, schemas.frame(table, rows))

    def report_() -> dict[str, bytes]:
        warehouse.write("report.evidence", schemas.frame("report.evidence", report.evidence_rows(evidence)))
        tables = {table: warehouse.read(table) for table in warehouse.tables()}
        written = [report.write(tables, award, sources, Language(code.value)) for code in languages]
        for table, rows in report.rows(written).items():
            warehouse.write(table, schemas.frame(table, rows))
            tables[table] = warehouse.read(table)
        return report.files(written, tables, award, sources, evidence)

    yield "ingest", ingest_
    yield "validate", validate_
    yield "indicators", lambda: indicators.build(warehouse)
    yield "rank", rank_
    yield "robustness", robustness_
    yield "report", report_


def _run(
    last: str,
    award_name: str,
    data: Path,
    out: Path | None,
    quiet: bool,
    as_json: bool,
    languages: Sequence[LanguageCode] = SWEDISH,
    show: str | None = None,
) -> None:
    """Run the pipeline up to and including a stage, swap its results in, and print them."""
    from pipeline import indicators, results, terminal
    from pipeline.faults import told_with
    from pipeline.report import package
    from pipeline.settings import load_sources, undecided
    from pipeline.warehouse import Warehouse

    award = _award(award_name)
    indicators.check(award)
    with told_with(undecided(award), at_the_end=False):
        sources = load_sources(data, award)
    languages = [code for code in LanguageCode if code in languages]
    with Warehouse(award) as warehouse, terminal.progress(STAGES[: STAGES.index(last) + 1], quiet=quiet or as_json) as begin:
        written = None
        for stage, work in stages(warehouse, award, sources, languages):
            begin(stage)
            written = work()
            if stage == last:
                break
        files: list[Path] = []
        if out is not None:
            before = results.stage_of(out, award)
            with results.fresh_folder(out, award) as fresh:
                warehouse.save(fresh)
                for name, content in (written or {}).items():
                    (fresh / name).parent.mkdir(exist_ok=True)
                    (fresh / name).write_bytes(content)
                if last == "report":
                    described = package.described(results.outputs(fresh), award, sources)
                    for name, text in described.items():
                        (fresh / name).write_text(text, encoding="utf-8")
                results.write_run_record(fresh, last, award, sources, [code.value for code in languages])
                files = [out / award.name / path.relative_to(fresh) for path in sorted(fresh.rglob("*")) if path.is_file()]
            if before in STAGES[STAGES.index(last) + 1 :] and not quiet:
                print(
                    f"{out / award.name} held the stages up to {before}; it now ends with {last}. `run` brings the rest back.",
                    file=sys.stderr,
                )
        begin(None)
        illustrative = results.illustrative(sources)
        if as_json:
            print(terminal.as_json(show or last, warehouse, award, illustrative, files))
        else:
            terminal.show(show or last, warehouse, award, illustrative, files)


def _list_indicators(award_name: str, as_json: bool) -> None:
    from pipeline import terminal
    from pipeline.schemas import indicator_names, schemas

    weights = {indicator.name: str(indicator.weight) for indicator in _award(award_name).indicators}
    rows = []
    for name in indicator_names():
        column = schemas()[f"indicators.{name}"].columns[name]
        rows.append(
            {"indicator": name, "meaning": column.description, "unit": (column.metadata or {}).get("unit"), "weight": weights.get(name)}
        )
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        terminal.show_indicators(rows, award_name)


def _award(name: str, option: str = "--award") -> "Award":
    from pipeline.settings import award_names, load_award

    try:
        return load_award(name)
    except FileNotFoundError as error:
        raise typer.BadParameter(f"no file {error.args[0]}; there are {', '.join(award_names())}", param_hint=option) from None


@contextmanager
def _faults_told(as_json: bool, kept: str = "nothing was written. The last complete result is untouched.") -> Iterator[None]:
    """Tell what is wrong with the data, in words or as JSON, and leave with exit code 1."""
    from pipeline.faults import DataRefused

    try:
        yield
    except DataRefused as refused:
        if as_json:
            print(json.dumps({"faults": [vars(fault) for fault in refused.faults]}, ensure_ascii=False, indent=2))
        else:
            count = len(refused.faults)
            ending = f"{count} fault{'s' if count > 1 else ''}; {kept}"
            print(f"{refused}\n\n{ending}", file=sys.stderr)
        raise typer.Exit(1) from None


def main() -> None:
    """The command, without what __main__.py adds: the sentence that tells an interruption."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show å shows a question mark; it is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except OSError as error:
        print(f"exportregion: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
