"""The table of contents: one short command a stage."""

import contextlib
import datetime
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.commands import (
    DATA,
    LATEST,
    OUT,
    AwardOption,
    Commands,
    DataOption,
    JsonOption,
    LanguageCode,
    LanguageOption,
    OutOption,
    QuietOption,
    ReasonOption,
    ReplaceOption,
    YardstickOption,
    award_of,
    languages_of,
    print_result,
    real,
    refusals,
    round_of,
    run_stage,
    whole_number,
    write_new,
)
from pipeline.companies_commands import app as companies
from pipeline.microdata_commands import app as microdata

app = typer.Typer(
    name="exportregion",
    cls=Commands,
    help="Candidate regions for Årets exportregion, from raw statistics to report. A ranking proposes; people nominate.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _stage(name: str, about: str) -> None:
    """The command of a stage that writes tables alone."""

    @app.command(name, help=about)
    def stage(
        award: AwardOption = None,
        data: DataOption = DATA,
        out: OutOption = OUT,
        replace: ReplaceOption = False,
        quiet: QuietOption = False,
        as_json: JsonOption = False,
    ) -> None:
        with refusals(as_json):
            run_stage(name, award, data, out, quiet, as_json, replace=replace)


def _report(name: str, about: str) -> None:
    """A command that writes the report, and shows of it what its name says."""

    @app.command(name, help=about)
    def report(
        award: AwardOption = None,
        data: DataOption = DATA,
        out: OutOption = OUT,
        languages: LanguageOption = None,
        replace: ReplaceOption = False,
        quiet: QuietOption = False,
        as_json: JsonOption = False,
    ) -> None:
        with refusals(as_json):
            run_stage("report", award, data, out, quiet, as_json, languages, show=name, replace=replace)


_report("run", "Run every stage: raw files in, candidate regions and report out.")


_stage("ingest", "Read the raw files as sources.toml describes them, and check their checksums.")


@app.command(help="Check schemas and relations; write nothing. This is what CI runs.")
def validate(award: AwardOption = None, data: DataOption = DATA, quiet: QuietOption = False, as_json: JsonOption = False) -> None:
    from pipeline import frames

    frames.prepare()
    with refusals(as_json):
        run_stage("validate", award, data, None, quiet, as_json, further=frames.check)


@app.command(help="Compute the indicators of the award.")
def indicators(
    award: AwardOption = None,
    data: DataOption = DATA,
    out: OutOption = OUT,
    replace: ReplaceOption = False,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    only_list: Annotated[bool, typer.Option("--list", help="List the available indicators; compute nothing.")] = False,
) -> None:
    from pipeline import terminal
    from pipeline.indicators import listing

    with refusals(as_json):
        if only_list:
            chosen = award_of(award)
            rows = listing(chosen)
            print_result(rows, as_json, lambda: terminal.show_indicators(rows, chosen.name))
        else:
            run_stage("indicators", award, data, out, quiet, as_json, replace=replace)


_stage("rank", "Rank the regions and propose candidates.")


_stage("robustness", "Challenge the ranking: other windows, weights, methods, regions and data.")


_report("report", "Write the report: HTML, PDF, Word, PowerPoint, Excel, Markdown, and a data package of all results.")


@app.command(help="Write the fact sheet of one region: a PDF of one page, to be sent alone.")
def sheet(
    region: Annotated[str, typer.Argument(help="A region: its code or its name.")],
    award: AwardOption = None,
    data: DataOption = DATA,
    language: Annotated[LanguageCode | None, typer.Option("--language", help="Its language.", show_default="sv, as for the report")] = None,
    to: Annotated[Path | None, typer.Option("--to", help="The file to write.", show_default="exportregion-<award>-<code>.pdf here")] = None,
    quiet: QuietOption = False,
) -> None:
    from pipeline.progress import working
    from pipeline.run import begin, fact_sheet

    with refusals(as_json=None, outcome="no fact sheet was written."):
        chosen = award_of(award)
        (code,) = languages_of(chosen, [language] if language else None)
        if to is not None and to.exists():
            raise typer.BadParameter(f"{to} already exists and was left unchanged", param_hint="--to")
        try:
            with working(quiet=quiet) as say:
                its_code, content = fact_sheet(chosen, data, region, code, begin(say, "report"))
        except LookupError as error:
            noun = chosen.catalogue.geography.en.noun
            raise typer.BadParameter(f"no {noun} {region!r}; there are {error}", param_hint="REGION") from None
        path = to or Path(f"exportregion-{chosen.name}-{its_code}{'' if code == 'sv' else f'-{code}'}.pdf")
        write_new(path, content)
        print(path)


@app.command(help="List the raw files: publisher, dates, licence, kind.")
def sources(data: DataOption = DATA, as_json: JsonOption = False) -> None:
    from pipeline import terminal
    from pipeline.sources import load_sources

    with refusals(as_json):
        entries = load_sources(data).entries
        rows = {name: source.model_dump(mode="json") for name, source in entries.items()}
        print_result(rows, as_json, lambda: terminal.show_sources(entries))


@app.command(help="List every vintage of every source, and the awards that pin it.")
def vintages(data: DataOption = DATA, as_json: JsonOption = False) -> None:
    from pipeline import terminal
    from pipeline.vintages import listing

    with refusals(as_json):
        rows, waiting = listing(data)
        print_result({"vintages": rows, "not_fetched": waiting}, as_json, lambda: terminal.show_vintages(rows, waiting))


@app.command(help="Fetch open tables from their publisher as new vintages. The only command that uses the network.")
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources to fetch; by default, all that can be fetched.", show_default=False)
    ] = None,
    accept_revision: ReasonOption = None,
    award: YardstickOption = None,
    data: DataOption = DATA,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be fetched; write nothing.")] = False,
    time_limit: Annotated[
        int, typer.Option("--time-limit", parser=whole_number(1), metavar="SECONDS", help="Seconds after which the whole fetch gives up.")
    ] = 600,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    from pipeline import arrivals, terminal
    from pipeline.fetch import Patience
    from pipeline.progress import working

    with refusals(as_json, outcome="nothing was recorded; the raw data are as before."):
        patience = Patience(total=time_limit)
        chosen = award_of(award)
        with working(quiet=quiet or as_json) as work:

            def done(name: str, cells: int, total: int) -> None:
                work(f"{name}: {cells:,} of {total:,} cells", cells / total)

            work("the tables that the sources name")
            if dry_run:
                changes = arrivals.plan_fetch(data, names or [], chosen, patience, work.note)
            else:
                day = datetime.date.today()
                changes = arrivals.fetch_sources(data, names or [], chosen, day, patience, work.note, done, accept_revision)
        rows = [change.as_row() for change in changes]
        print_result({"dry_run": dry_run, "sources": rows}, as_json, lambda: terminal.show_fetch(rows, data, dry_run=dry_run))


@app.command(help="Recognise a file, propose how it is read, check it, and record it as a new vintage.")
def add(
    file: Annotated[Path, typer.Argument(help="The file: Excel, OpenDocument, CSV, JSON-stat 2, PX or Parquet.")],
    source: Annotated[
        str | None, typer.Option("--source", help="The source of which this is a vintage.", show_default="from its table")
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", help="The table in the file: a statistic of the catalogue.", show_default="from the file")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="The sheet that holds the table.", show_default="from the file")] = None,
    kind: Annotated[
        Literal["official", "illustrative"] | None,
        typer.Option("--kind", help="Official statistics, or illustrative figures.", show_default="as the newest vintage"),
    ] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who publishes or delivers it.", show_default="as before")] = None,
    title: Annotated[str | None, typer.Option("--title", help="The table's title.", show_default="as before, or the file's")] = None,
    page: Annotated[str | None, typer.Option("--page", help="Where it is described.", show_default="as before", callback=real)] = None,
    licence: Annotated[str | None, typer.Option("--licence", help="Its terms of use.", show_default="as before")] = None,
    published: Annotated[str | None, typer.Option("--published", help="Its publication day (2027-02-22), if not as in the file.")] = None,
    unit: Annotated[
        str | None,
        typer.Option("--unit", help="The unit of the values: the currency, a thousand or a million of it.", show_default="from the file"),
    ] = None,
    series: Annotated[
        str | None, typer.Option("--series", help="How values are placed, such as production-place.", show_default="from the file")
    ] = None,
    accept_revision: ReasonOption = None,
    award: YardstickOption = None,
    data: DataOption = DATA,
    yes: Annotated[bool, typer.Option("--yes", help="Record it without asking, unless something in it is in doubt.")] = False,
) -> None:
    from pipeline import arrivals, terminal

    with refusals(as_json=None, outcome="nothing was recorded; the raw data are as before."):
        try:
            day = datetime.date.fromisoformat(published) if published else None
        except ValueError:
            raise typer.BadParameter(f"{published!r} is not a date such as 2027-02-22", param_hint="--published") from None
        chosen = award_of(award)
        for option, value, choices in (("--table", table, chosen.catalogue.statistics), ("--unit", unit, chosen.catalogue.units)):
            if value is not None and value not in choices:
                raise typer.BadParameter(f"{value!r} is not one of {', '.join(choices)}", param_hint=option)
        facts = arrivals.Given(source, table, sheet, kind, publisher, title, page, licence, day, unit, series, accept_revision)

        def ask(key: str) -> str | None:
            return None if yes or not sys.stdin.isatty() else typer.prompt(key, default="", show_default=False, err=True)

        def agree(proposal: arrivals.Proposal) -> bool:
            terminal.show_proposal(vars(proposal))
            if yes:
                return not proposal.doubts
            return typer.confirm("Record it?", err=True)

        def say(text: str) -> None:
            print(text, file=sys.stderr)

        added = arrivals.add_file(data, file, facts, chosen, datetime.date.today(), ask, agree, say)
    if not added:
        print("Nothing was recorded; the raw data are as before.", file=sys.stderr)
        raise typer.Exit(1)
    for each in added:
        print(f"Recorded as the vintage {each.vintage} of {each.name}. Awards use a first vintage by default, a later one if they pin it:")
        print(f'{each.name} = "{each.vintage}"')
        table = f"[{each.name}.vintages.{each.vintage}]"
        print(f"Recorded by mistake? Remove {table} from {data / 'sources.toml'} and its file, as README.md shows.", file=sys.stderr)


@app.command(help="Pack inputs, settings, code, lock file, results and run record into one file.")
def archive(
    award: Annotated[str, typer.Argument(help="The round whose complete result is archived.")],
    to: Annotated[Path | None, typer.Option("--to", help="The file to write.", show_default="exportregion-<award>.zip here")] = None,
    data: DataOption = DATA,
    out: OutOption = OUT,
    quiet: QuietOption = False,
) -> None:
    from pipeline import archive as archives
    from pipeline.progress import working
    from pipeline.sources import load_sources

    with refusals(as_json=None, outcome="no archive was written."):
        chosen = award_of(award, "AWARD")
        target = to or Path(f"exportregion-{chosen.name}.zip")
        with working(quiet=quiet) as say:
            count = archives.pack(out / chosen.name, chosen, load_sources(data, chosen), target, say)
        print(f"{target}: {count} files. `exportregion verify {target}` runs it again from this file alone.")


@app.command(help="Run an archive again, from nothing else; exit code 1 if any byte differs.")
def verify(
    file: Annotated[Path, typer.Argument(exists=True, help="An archive. Its own code runs: only for archives that you trust.")],
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    from pipeline import archive as archives
    from pipeline import terminal
    from pipeline.progress import working

    with refusals(as_json, outcome="the archive was not verified."):
        with working(quiet=quiet or as_json) as say:
            result = archives.verify(file, say)
        print_result(vars(result), as_json, lambda: terminal.show_verified(result.award, result.same, result.differ, result.versions))
    if result.differ:
        raise typer.Exit(1)


app.add_typer(microdata)
app.add_typer(companies)


@app.command(
    "new-award",
    help="Write the next round's award file, with its years moved and every open decision marked, and a blank evidence file.",
)
def new_award(
    name: Annotated[str, typer.Argument(help="The round, a year: 2023.")],
    before: Annotated[str, typer.Option("--from", help="The round that it is copied from.")],
    data: DataOption = DATA,
) -> None:
    from pipeline.award import EVIDENCE, UNDECIDED, awards_folder
    from pipeline.evidence import blank
    from pipeline.faults import of_system, refusal
    from pipeline.next_round import next_award
    from pipeline.vintages import choices

    with refusals(as_json=None):
        earlier = award_of(before, "--from")
        if not (name.isdecimal() and earlier.name.isdecimal() and int(name) > int(earlier.name)):
            raise typer.BadParameter(f"{name!r} is not a year after {earlier.name!r}", param_hint="NAME")
        path = earlier.file.with_name(f"{name}.toml")
        evidence = path.with_name(f"{name}{EVIDENCE}.toml")
        text = next_award(earlier.file.read_text(encoding="utf-8-sig"), name, earlier.name, choices(data, earlier))
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            with contextlib.suppress(FileExistsError), evidence.open("x", encoding="utf-8") as file:
                file.write(blank(name))
        except FileExistsError:
            raise typer.BadParameter(f"{path} already exists and was left unchanged", param_hint="NAME") from None
        except OSError as error:
            remedy = "Check the folder's permissions and room, or copy the award file to a folder of your own and name it with --from."
            raise refusal(str(path), of_system(error), "a new file", remedy) from None
    print(path)
    print(evidence)
    which = name if path.parent == awards_folder() else path
    print(f"{text.count(UNDECIDED) - 1} places are marked {UNDECIDED}; `exportregion run --award {which}` lists them and the missing data.")


@app.command(help="Show why a region stands where it stands, and what would have to change.")
def explain(
    region: Annotated[str, typer.Argument(help="A region: its code or its name.")],
    award: AwardOption = None,
    data: DataOption = DATA,
    as_json: JsonOption = False,
) -> None:
    from pipeline import terminal
    from pipeline.run import explanation, indicators_of

    with refusals(as_json, outcome="nothing was explained."), indicators_of(round_of(award), data) as (warehouse, chosen, origins):
        try:
            result = explanation(region, warehouse, chosen)
        except LookupError as error:
            raise typer.BadParameter(str(error.args[0]), param_hint="REGION") from None
        print_result(origins.kinds | result, as_json, lambda: terminal.show_explanation(result, chosen, origins))


@app.command(help="Compare two rounds: the cells that a revision changed, the new candidates, and the cause of each change of place.")
def compare(
    first: Annotated[str, typer.Argument(help="A round: a name, an award file, or a folder of results.")],
    second: Annotated[str, typer.Argument(help="Another round; by default the same, with another --vintage.")] = "",
    vintage: Annotated[
        list[str] | None,
        typer.Option("--vintage", help="A vintage of a source for the second round, such as population=2027-02-22.", show_default=False),
    ] = None,
    data: DataOption = DATA,
    as_json: JsonOption = False,
) -> None:
    from pipeline import comparison
    from pipeline.faults import Fault
    from pipeline.progress import working
    from pipeline.ranking.compare import compare as compared
    from pipeline.ranking.errors import Side, differences
    from pipeline.ranking.joint import under_all_choices
    from pipeline.ranking.revision import revision
    from pipeline.ranking.standing import field
    from pipeline.run import indicators_of, records

    pins = _pins(vintage or [])
    if not (pins or second):
        raise typer.BadParameter("name the round to compare with, or a --vintage", param_hint="SECOND")
    if pins and Path(second or first).is_dir():
        raise typer.BadParameter("a results folder already has its vintages; name a round instead", param_hint="--vintage")
    doubts: dict[str, list[Fault]] = {"first": [], "second": []}
    with refusals(as_json), contextlib.ExitStack() as hold, working(quiet=as_json) as say:
        say("indicators of the first round, step 1 of 3", 0)
        one, award_one, origins_one = hold.enter_context(indicators_of(round_of(first, "FIRST"), data, doubts=doubts["first"]))
        say("indicators of the second round, step 2 of 3", 1 / 3)
        two, award_two, origins_two = hold.enter_context(indicators_of(round_of(second or first, "SECOND"), data, pins, doubts["second"]))
        say("all choices together, step 3 of 3", 2 / 3)
        if award_one.geography != award_two.geography:
            two_of_them = f"{award_one.geography} and {award_two.geography}"
            raise typer.BadParameter(f"{two_of_them} are not compared: two rounds of one geography are", param_hint="SECOND")
        regions = field(two.read("staging.regions"), award_two)
        result = compared(award_one, award_two, one.indicators_under, two.indicators_under, regions)
        for side, warehouse, chosen in (("first", one, award_one), ("second", two, award_two)):
            jointly = under_all_choices(regions, warehouse.values_under, chosen)
            for row in result["regions"]:
                row[f"joint_share_{side}"] = jointly.get(row["region_code"], {}).get("joint_share")
        (before, then), (after, now) = ((each.read("staging.figures"), each.indicators_under(award_one)) for each in (one, two))
        result["data"] = revision(before, after, then, now, regions, award_one)
        old, new = (Side(chosen, side.indicators(), records(side)) for side, chosen in ((one, award_one), (two, award_two)))
        result["errors"] = differences(old, new, regions)
        if pins:
            result["second"] += f" with {', '.join(vintage or [])}"
        result["doubts"] = {side: [vars(fault) for fault in faults] for side, faults in doubts.items()}
        say.end()
        pair = (award_one, award_two), (origins_one, origins_two)
        print_result(origins_one.beside(origins_two).kinds | result, as_json, lambda: comparison.show(result, *pair, doubts))


def _pins(options: Sequence[str]) -> dict[str, str]:
    pairs = [option.partition("=") for option in options]
    wrong = [f"{name}{equals}{vintage}" for name, equals, vintage in pairs if not (name and vintage)]
    if wrong:
        raise typer.BadParameter(f"{wrong[0]!r} is not a pair such as population=2027-02-22", param_hint="--vintage")
    return {name: vintage for name, _, vintage in pairs}


@app.command(help="Check the claims of a text about regions against the data; exit code 1 if one is not right as written.")
def check(
    text: Annotated[Path, typer.Argument(exists=True, help="A text in Swedish: .md, .txt or .docx.")],
    award: Annotated[
        str | None,
        typer.Option(
            "--award",
            help="The round whose data are the yardstick: a name, an award file, or a folder of results.",
            show_default=LATEST,
        ),
    ] = None,
    data: DataOption = DATA,
    as_json: JsonOption = False,
) -> None:
    from pipeline import terminal
    from pipeline.check import by_class, claims, judge, readings, texts
    from pipeline.run import indicators_of

    with refusals(as_json, outcome="the text was not checked."):
        sentences = texts.read(text)
        with indicators_of(round_of(award), data, widened=by_class.with_every_class) as (warehouse, chosen, origins):
            levels, growth = warehouse.read("indicators.levels_by_year"), warehouse.read("indicators.growth_by_window")
            tables = readings.Tables(levels, growth, warehouse.read("staging.regions"), chosen)
        findings = judge.judge(claims.find(sentences, tables.lexicon), tables)
    rows = [judge.as_row(finding, tables) for finding in findings]
    result = {"award": chosen.name, "text": str(text), **origins.kinds, "claims": rows}
    print_result(result, as_json, lambda: terminal.show_check(rows, str(text), chosen, origins))
    if award is None and not as_json:
        print(f"Checked against the round {chosen.name}, {LATEST}; --award names another.", file=sys.stderr)
    if any(finding.verdict in judge.NOT_RIGHT for finding in findings):
        raise typer.Exit(1)


def main() -> None:
    """The command, without the messages of __main__.py about interruptions and memory."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without å prints a question mark. That is no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
        sys.stdout.flush()
    except OSError as error:
        # The commands themselves refuse every other fault than one in writing their output.
        where = error.filename or "the output of the command, which is complete only on a disk with room"
        print(f"exportregion: {where}: {error.strerror or error}.", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
