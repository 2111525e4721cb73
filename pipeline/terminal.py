"""What a person or a machine reads on the terminal: results on stdout, progress and notices on stderr."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from pipeline import plausible
from pipeline.award import Award
from pipeline.faults import DataRefused, Fault, json_text, printable
from pipeline.sources import Source
from pipeline.warehouse import Warehouse, models

WIDTH_OF_A_FILE = 160


class _Console(Console):
    """A console on which no text from a file is a command to the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


def _console() -> Console:
    console = _Console(highlight=False, markup=False)
    return console if console.is_terminal else _Console(highlight=False, markup=False, width=WIDTH_OF_A_FILE)


@contextmanager
def progress(stages: Sequence[str], *, quiet: bool) -> Iterator[Callable[[str | None], None]]:
    """A bar over the stages on stderr, where someone sees it; call what it gives with each stage, and with None at the end."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description:<12}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=len(stages))

        def begin(stage: str | None) -> None:
            done = stages.index(stage) if stage else len(stages)
            bar.update(task, description=stage or "done", completed=done)
            if stage is None:
                bar.stop()

        yield begin


def show(stage: str, warehouse: Warehouse, award: Award, illustrative: Sequence[str], files: Sequence[Path]) -> None:
    """Print what a stage made."""
    console = _console()
    _announce(console, illustrative)
    match stage:
        case "ingest":
            console.print(_tables(warehouse, "ingested"))
        case "validate":
            accepted = warehouse.read("validation.exceptions")
            console.print(
                f"{award.title}: {len(warehouse.tables())} tables hold their schemas, {len(models('audits'))} audits find nothing"
                f" beyond {len(accepted)} accepted exceptions."
            )
            for question in _questioned(warehouse, award):
                console.print(f"Questioned: {question}")
        case "indicators":
            console.print(_indicators(warehouse, award))
        case "rank":
            console.print(_ranking(warehouse, award, "ranking.ranking", f"{award.title}: ranking"))
        case "robustness":
            console.print(_verdicts(warehouse, award))
        case "run":
            console.print(_ranking(warehouse, award, "ranking.candidates", f"{award.title}: proposed candidate regions"))
            unranked = _unranked(warehouse)
            if unranked:
                console.print(f"Not ranked, because a figure is unknown: {', '.join(unranked)}; ranking.csv says which.")
            console.print("A ranking proposes; people nominate.")
    if stage in ("run", "report"):
        for file in files:
            if file.suffix != ".parquet":
                print(_near(file))
        print(f"{_near(Path(os.path.commonpath(files)))}{os.sep}<schema>{os.sep}<table>.parquet")
    elif files:
        print(_near(Path(os.path.commonpath(files))))


def _near(path: Path) -> str:
    """A path as seen from here, where that is shorter."""
    try:
        near = os.path.relpath(path)
    except ValueError:  # on Windows, a path on another drive
        near = ".."
    return printable(str(path) if near.startswith("..") else near)


def _questioned(warehouse: Warehouse, award: Award) -> list[Fault]:
    """What stands far outside the other regions' levels and growth."""
    names = {row["region_code"]: row["region_name"] for row in warehouse.read("staging.regions")}
    statistics = [name for name in award.statistics if not award.catalogue.statistics[name].is_yardstick]
    figures = plausible.amounts(warehouse.read("staging.figures"))
    return plausible.questions(figures, statistics, award.catalogue, names, "staging.figures")


def as_json(stage: str, warehouse: Warehouse, award: Award, illustrative: Sequence[str], files: Sequence[Path]) -> str:
    """The same for machines."""
    result: dict[str, Any] = {"award": award.name, "stage": stage, "illustrative": list(illustrative)}
    result["tables"] = {table: len(warehouse.read(table)) for table in warehouse.tables()}
    for table in ("ranking.candidates", "ranking.ranking", "validation.exceptions"):
        if table in result["tables"]:
            result[table.split(".")[1]] = warehouse.read(table)
    if stage == "validate":
        result["questioned"] = [vars(question) for question in _questioned(warehouse, award)]
    result["files"] = [str(file) for file in files]
    return json_text(result)


def show_sources(entries: Mapping[str, Source]) -> None:
    """Print the raw files and where they come from."""
    table = Table("source", "file", "kind", "publisher", "title", "covers", "published", "retrieved", "licence")
    for name, source in entries.items():
        dates = (str(source.published or "not stated"), str(source.retrieved))
        kind = Text(source.kind, style="bold yellow" if source.kind == "illustrative" else "")
        table.add_row(name, source.file, kind, source.publisher, source.title, source.covers, *dates, source.licence)
    _console().print(table)


def show_vintages(rows: Sequence[dict[str, Any]], waiting: Sequence[str]) -> None:
    """Print every vintage of every source, the newest last."""
    table = Table("source", "vintage", "file", "kind", "covers", "published", "sha256", "pinned by")
    for row in rows:
        kind = Text(row["kind"], style="bold yellow" if row["kind"] == "illustrative" else "")
        published = row["published"] or "not stated"
        table.add_row(
            row["source"], row["vintage"], row["file"], kind, row["covers"], published, row["sha256"][:12], ", ".join(row["awards"])
        )
    console = _console()
    console.print(table)
    for name in waiting:
        console.print(f"{name}: described, and not fetched yet; `exportregion fetch {name}` does.")


def show_proposal(proposal: Mapping[str, Any]) -> None:
    """Print what a file was recognised as, what would be recorded of it, and what is in doubt."""
    console = _console()
    console.print(f"{proposal['file']}: {proposal['format']}, {proposal['table']}, {proposal['rows']:,} rows")
    for what, said in proposal["found"]:
        console.print(f"  {what:<14}{said}")
    console.print(f"\nIn sources.toml:\n\n{proposal['entry']}\n")
    for question in proposal["questioned"]:
        console.print(f"Questioned: {question}")
    for doubt in proposal["doubts"]:
        console.print(Text(f"In doubt: {doubt}", style="bold yellow"))
    if proposal["doubts"]:
        console.print("--yes records nothing in doubt. What an audit reports, a run refuses until the award accepts it with a reason.")
    else:
        console.print("Every cell was read; the schema holds, and no audit finds anything.")


@contextmanager
def fetching(*, quiet: bool) -> Iterator[tuple[Callable[[str], None], Callable[[str, int, int], None]]]:
    """Progress of a fetch on stderr: what is waited for, and the cells received of each source."""
    console = _Console(stderr=True, highlight=False, markup=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("cells"))
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def say(text: str) -> None:
            if not quiet:
                console.print(text)

        def done(name: str, cells: int, total: int) -> None:
            task = tasks.setdefault(name, bar.add_task(name, total=total)) if name not in tasks else tasks[name]
            bar.update(task, completed=cells)

        yield say, done


@contextmanager
def working(*, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """Progress of a long work on stderr: call what it gives with what is being done, and how much of all is done, 0 to 1."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda doing, share: bar.update(task, description=doing, completed=share)


def show_no_control(settings: Path) -> None:
    """Say on stderr what a table without disclosure control is not for."""
    print(
        f"No disclosure control (control = false in {_near(settings)}): the table tells of individual enterprises and is for nobody outside"
        " the room; `exportregion add` refuses it.",
        file=sys.stderr,
    )


def show_build(told: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Print what a build from microdata made."""
    console = _console()
    if told["illustrative"]:
        console.print("ILLUSTRATIVE DATA, not statistics: the microdata were made up.", style="bold")
    if not told["disclosure_control"]:
        console.print("NO DISCLOSURE CONTROL: the tables tell of individual enterprises and are for nobody outside the room.", style="bold")
    years = told["years"]
    noun, a_noun, nouns = told["nouns"]
    share = (
        f", {told['withheld'] / told['cells_not_nil']:.0%} of the {told['cells_not_nil']} that hold something" if told["withheld"] else ""
    )
    console.print(
        f"{told['regions']} {noun if told['regions'] == 1 else nouns}, {years[0]}–{years[-1]}, values placed by {told['basis']};"
        f" {told['cells']} cells, {told['withheld']} withheld{share}."
    )
    if told["gap"] is not None:
        console.print(
            f"What is withheld costs its readers at most {told['gap']:.1%} more in a year than the least that protects the table."
        )
    nothing = dict.fromkeys(told["nothing_declared"], "nothing declared")
    shares = [
        f"{year} {nothing.get(year, 'withheld') if share is None else f'{share:.1%}'}" for year, share in told["allocated_share"].items()
    ]
    console.print(f"Of the declared value, placed in {nouns}: {', '.join(shares)}.")
    if told["months_without_declarations"]:
        console.print(
            f"Months without a declaration, of which nothing is in their years: {', '.join(told['months_without_declarations'])}."
        )
    if told["files_without_checksums"]:
        console.print(
            f"{len(told['files_without_checksums'])} of the files have no checksums of their pages, and no manifest is there: bytes that"
            " changed into other plausible values would not be seen. `exportregion microdata manifest` makes one where the files come from."
        )
    if told["windows"]:
        console.print(
            f"Changes of {a_noun} between two years that one enterprise group carries: {told['carried_by_one_group']}"
            f" of the {told['windows']} that may be told."
        )
    for file in files:
        print(_near(file))
    if not told["disclosure_control"]:
        return
    if told["published_before_and_unsafe"] is None:
        print(
            "Of the same years publish one build: two of revised records, side by side, can tell what each withholds."
            " Where one was published before, build with --beside and its file."
        )
    elif told["published_before_and_unsafe"]:
        print(f"{told['published_before_and_unsafe']} unsafe figures were published before: withheld now, and known all the same.")
    kind = "illustrative" if told["illustrative"] else "official"
    print(f"To rank with it: exportregion add {_near(files[-1])} --kind {kind} --publisher … --page … --licence …, and pin it in an award")


def show_fetch(rows: Sequence[dict[str, Any]], folder: Path, *, dry_run: bool) -> None:
    """Print what a fetch did, or would do."""
    console = _console()
    for row in rows:
        console.print(f"{row['source']}: {row['title'] or row['address']}")
        chosen = (f"{name} {_codes(codes)}" for name, codes in row["selection"].items())
        requests = f"{row['requests']} request{'s' if row['requests'] > 1 else ''} for {row['cells']:,} cells"
        console.print(f"  {row['address']}, updated {row['updated'] or 'unknown when'}: {requests}")
        console.print(f"  {'; '.join(chosen)}")
        newest = f"{row['newest_vintage']}, published {row['newest_published'] or 'unknown when'}" if row["newest_vintage"] else "none yet"
        if dry_run:
            since = str(row["updated"] or "")[:10] > str(row["newest_published"] or "")
            told = (
                "would be new" if since else "has not been updated since; a fetch would record a change of its cells or its selection alone"
            )
            console.print(f"  newest vintage: {newest}. The table {told}. A dry run: no cell was fetched, nothing was written.")
        elif row["new_vintage"]:
            console.print(f"  recorded as the vintage {row['new_vintage']}, {row['rows']:,} rows; before it: {newest}.")
        else:
            console.print(f"  unchanged since the vintage {newest}; nothing was recorded.")
    if any(row["new_vintage"] for row in rows):
        console.print(
            f"{_near(folder / 'sources.toml')} describes the new vintages. An award uses them when it pins them, under [vintages]."
        )


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes) if len(codes) <= 4 else f"{codes[0]} … {codes[-1]} ({len(codes)} codes)"


def show_verified(award: str, same: Sequence[str], differ: Sequence[str], versions: Sequence[str]) -> None:
    """Print whether an archive came out the same."""
    console = _console()
    for name in differ:
        console.print(f"differs: {name}")
    if differ:
        console.print(f"{award}: {len(differ)} of {len(same) + len(differ)} files came out otherwise.")
    else:
        console.print(f"{award}: all {len(same)} files came out the same, every byte.")
        console.print("Of the DuckDB file, which has an identifier of its own, every table; of run.json all but time, commit and versions.")
    for said in versions:
        console.print(f"this machine differs: {said}")


def show_indicators(rows: Sequence[dict[str, Any]], award: str) -> None:
    """Print the measures that indicators can be taken from, and how the award takes them."""
    table = Table("measure", "meaning", "unit", f"taken in {award}")
    for row in rows:
        taken = ", ".join(f"{how}, weight {weight}" for how, weight in row["taken"].items())
        table.add_row(row["measure"], row["meaning"], row["unit"], taken or "not taken")
    _console().print(table)


def _announce(console: Console, illustrative: Sequence[str]) -> None:
    if illustrative:
        console.print(Text(f"ILLUSTRATIVE DATA, not statistics: {', '.join(illustrative)}", style="bold yellow"))


def show_explanation(result: Mapping[str, Any], award: Award, illustrative: Sequence[str]) -> None:
    """Print why a county stands where it stands."""
    console = _console()
    _announce(console, illustrative)
    place = f"place {result['rank']} of {result['ranked_regions']}, score {result['score']:.3f}" if result["rank"] else "not ranked"
    standing = "among the proposed candidates" if result["is_candidate"] else "not among the proposed candidates"
    console.print(f"{award.title}, {result['region_name']}: {place}; {standing}.")
    geometric = award.ranking.aggregation == "geometric"
    table = Table("indicator", "value", "normalised", "weight", "factor of the score" if geometric else "brings to the score")
    for row in result["indicators"]:
        value = row["status"] if row["value"] is None else _figure(row["value"])
        table.add_row(row["indicator"], value, _optional(row["normalised"]), row["weight"], _optional(row["contribution"]))
    console.print(table)
    if not result["rank"]:
        console.print("What is withheld is unknown. The report, and robustness.unranked, tell between which places it could stand.")
    for near in result["neighbours"]:
        parts = ", ".join(f"{name} {part:+.3f}" for name, part in near["gap_by_indicator"].items())
        gap = f"{near['gap']:+.3f}{' in the logarithm of the score' if geometric else ''}"
        console.print(f"Against {near['region_name']}, place {near['rank']}, {near['side']}: {gap}, made up of {parts}.")
    for row in result["changes"]:
        verb = "cease to be a candidate" if result["is_candidate"] else "become a candidate"
        by = f"at {_figure(row['turns_at'])}, now {_figure(row['value'])}" if row["turns_at"] is not None else "at no value"
        console.print(f"By {row['indicator']} alone it would {verb} {by}.")


def show_comparison(result: Mapping[str, Any], illustrative: Sequence[str], doubts: Mapping[str, Sequence[Fault]]) -> None:
    """Print two rounds side by side, first what the audits find in either."""
    console = _console()
    _announce(console, illustrative)
    for side, found in doubts.items():
        if found:
            console.print(Text(f"In doubt in the {side}, which a run would refuse:\n{DataRefused(found)}\n", style="bold yellow"))
    steps = [f"change_by_{step}" for step in result["order"]]
    title = f"{result['first']} → {result['second']}: places gained (+) or lost (−), one change at a time in this order"
    table = Table("region", result["first"], result["second"], "change", *(f"by {step}" for step in result["order"]), title=title)
    for row in result["regions"]:
        places = [str(row[key]) if row[key] else "not ranked" for key in ("rank_first", "rank_second")]
        table.add_row(row["region_name"], *places, *("–" if row[key] is None else f"{row[key]:+d}" for key in ("change", *steps)))
    console.print(table)
    _show_revision(console, result)
    console.print(f"Enter the candidates: {', '.join(result['enter']) or 'none'}. Leave them: {', '.join(result['leave']) or 'none'}.")


def _show_revision(console: Console, result: Mapping[str, Any]) -> None:
    """What the second round's data change, under the first round's choices."""
    data = result["data"]
    tables = [row for row in data["tables"] if row["changed"] or row["new"] or row["gone"]]
    if not tables:
        console.print("The data are the same in every cell.")
        return
    counts = Table("statistic", "quantity", "same", "changed", "new", "gone", title="Cells of the data")
    for row in tables:
        counts.add_row(row["statistic"], row["quantity"], *(f"{row[key]:,}" for key in ("same", "changed", "new", "gone")))
    console.print(counts)
    if data["largest"]:
        largest = Table("statistic", "quantity", "place", "before", "after", "change", title="Largest changes of a cell")
        for row in data["largest"]:
            place = ", ".join(str(row[key]) for key in ("region_name", "year", "class_code") if row[key] not in (None, ""))
            ratio = "–" if row["change_ratio"] is None else f"{row['change_ratio']:+.2%}"
            figures = (row[f"{side}_status"] if row[side] is None else f"{row[side]:,.15g}" for side in ("first", "second"))
            largest.add_row(row["statistic"], row["quantity"], place, *figures, ratio)
        console.print(largest)
    indicators = Table("indicator", "regions changed", "largest change", title=f"Indicators, with the choices of {result['first']}")
    for row in data["indicators"]:
        most = row["regions"][0] if row["regions"] else None
        said = f"{most['region_name']}: {_known(most['first'])} → {_known(most['second'])}" if most else "–"
        indicators.add_row(row["indicator"], str(row["regions_changed"]), said)
    console.print(indicators)
    enter, leave = (", ".join(result[f"{way}_by_data"]) or "none" for way in ("enter", "leave"))
    console.print(f"By the data alone, these enter the candidates: {enter}. These leave them: {leave}.")


def _known(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"


STYLES = {
    "exact": "green",
    "within the rounding": "green",
    "wrong": "bold red",
    "other concept": "bold red",
    "ambiguous": "yellow",
    "not checkable": "yellow",
}


def show_check(rows: Sequence[Mapping[str, Any]], text: str, award: Award, illustrative: Sequence[str]) -> None:
    """Print the verdict on each claim of a text, below the sentence that makes it."""
    console = _console()
    _announce(console, illustrative)
    told = None
    sentences = [row for row in rows if not row["in_table"]]
    for row in sentences:
        if (row["place"], row["sentence"]) != told:
            told = (row["place"], row["sentence"])
            console.print(f"\n{row['place']}: {row['sentence']}", soft_wrap=True)
        line = Text("  ").append(row["verdict"].upper(), style=STYLES[row["verdict"]]).append(f"  {row['written']}  {row['explanation']}")
        console.print(line, soft_wrap=True)
    counts = ", ".join(f"{sum(row['verdict'] == verdict for row in sentences)} {verdict}" for verdict in STYLES)
    console.print(f"\n{text} against {award.title}: {len(sentences)} claims; {counts}.", soft_wrap=True)
    if len(rows) > len(sentences):
        console.print(f"Sentences are checked; {len(rows) - len(sentences)} rows and cells of tables with numbers are not.", soft_wrap=True)


def _optional(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _tables(warehouse: Warehouse, schema: str) -> Table:
    table = Table("table", "rows", "columns")
    for name in warehouse.tables():
        if name.startswith(f"{schema}."):
            rows = warehouse.read(name)
            table.add_row(name, str(len(rows)), ", ".join(warehouse.schemas[name].columns))
    return table


def _indicators(warehouse: Warehouse, award: Award) -> Table:
    table = Table("region", *(indicator.name for indicator in award.indicators), title=f"{award.title}: indicators")
    values = warehouse.indicators()
    for region in warehouse.read("staging.regions"):
        cells = []
        for rows in values.values():
            row = rows.get(region["region_code"], {"indicator_value": None, "status": "missing"})
            cells.append(row["status"] if row["indicator_value"] is None else _figure(row["indicator_value"]))
        table.add_row(f"{region['region_code']} {region['region_name']}", *cells)
    return table


def _ranking(warehouse: Warehouse, award: Award, table_name: str, title: str) -> Table:
    table = Table("rank", "region", "score", *(indicator.name for indicator in award.indicators if indicator.weight), title=title)
    for row in warehouse.read(table_name):
        figures = [_figure(row[indicator.name]) for indicator in award.indicators if indicator.weight]
        if row["rank"] is None:
            table.add_row("–", row["region_name"], "not ranked", *figures)
        else:
            table.add_row(str(row["rank"]), row["region_name"], f"{row['score']:.3f}", *figures)
    return table


def _unranked(warehouse: Warehouse) -> list[str]:
    """Each region without a place, and between which places it could stand."""
    names = {row["region_code"]: row["region_name"] for row in warehouse.read("staging.regions")}
    spans = {True: "could stand anywhere", False: "could stand at place {best_rank} to {worst_rank}"}
    rows = warehouse.read("robustness.unranked")
    return [f"{names[row['region_code']]} ({spans[row['best_rank'] is None].format(**row)})" for row in rows]


def _verdicts(warehouse: Warehouse, award: Award) -> Table:
    errors = {row["region_code"]: row["standard_error"] for row in warehouse.read("robustness.candidate_shares")}
    names = {row["region_code"]: row["region_name"] for row in warehouse.read("staging.regions")}
    headings = ("place", "region", "candidate", "verdict", "of all weightings", "of all windows", "of all methods")
    table = Table(*headings, title=f"{award.title}: share in which a region is among the candidates")
    for row in warehouse.read("robustness.verdicts"):
        shares = [f"{row[f'{kind}_share']:.1%}" for kind in ("weights", "windows", "methods")]
        shares[0] += f" ± {errors[row['region_code']]:.1%}" if errors[row["region_code"]] else ""
        table.add_row(
            str(row["rank"]), names[row["region_code"]], "yes" if row["is_candidate"] else "no", row["verdict"].replace("_", " "), *shares
        )
    return table


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
