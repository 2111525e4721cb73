"""The commands on firm-level records: build, manifest, simulate."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.commands import JsonOption, QuietOption, print_result, refusals, utf8, whole_number
from pipeline.home import PROJECT

app = typer.Typer(
    name="microdata",
    help="Make the table of goods exports from firm-level records, disclosing nobody; or make up records for a trial.",
    no_args_is_help=True,
)

EngineOption = Annotated[Literal["duckdb", "spark"], typer.Option("--engine", help="Where it is computed.")]
MasterOption = Annotated[
    str | None, typer.Option("--master", help="The Spark cluster: spark://host:7077, yarn, k8s://…", show_default=False)
]
MemoryOption = Annotated[
    str | None,
    typer.Option("--memory", help="The most memory DuckDB may use, such as 2GB; it uses disk beyond that.", show_default="80 %"),
]
MethodOption = Annotated[Path, typer.Option("--settings", help="The method: every choice with its reason.", callback=utf8)]


def check_engine(engine: str, master: str | None, memory: str | None, folder: str) -> None:
    """Refuse options that do not go with the engine."""
    if (engine == "spark") != (master is not None):
        raise typer.BadParameter("--engine spark and --master go together", param_hint="--master")
    if engine == "spark" and memory:
        raise typer.BadParameter("--memory is for DuckDB; a Spark cluster has its own memory settings", param_hint="--memory")
    if engine == "duckdb" and "://" in folder:
        raise typer.BadParameter("only --engine spark reads an address; DuckDB reads a local folder", param_hint="--in")


@app.command(
    "build", help="Build the county table, its quality, the allocation bases side by side, and dominance; all under disclosure control."
)
def build_table(
    folder: Annotated[
        str, typer.Option("--in", help="Folder of the datasets: declarations, enterprises, establishments, in Parquet.", callback=utf8)
    ],
    out: Annotated[
        Path, typer.Option("--out", help="The table to write: .parquet or .csv; its companions get its name and more.", callback=utf8)
    ],
    settings: MethodOption = PROJECT / "microdata.toml",
    beside: Annotated[
        Path | None,
        typer.Option(
            "--beside",
            help="The table published before: the two together stay safe.",
            callback=utf8,
            show_default=False,
        ),
    ] = None,
    engine: EngineOption = "duckdb",
    master: MasterOption = None,
    memory: MemoryOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    from pipeline import terminal
    from pipeline.microdata import build, earlier, engines, output
    from pipeline.microdata.method import load_method
    from pipeline.progress import working

    check_engine(engine, master, memory, folder)
    if Path(folder).resolve() in (out.resolve(), *out.resolve().parents):
        raise typer.BadParameter(f"{out} is inside the --in folder; choose another folder for the results", param_hint="--out")
    with refusals(as_json, outcome="nothing was written."):
        method = load_method(settings)
        if not (method.disclosure.control or quiet or as_json):
            terminal.show_no_control(settings)
        public = earlier.published(beside, method) if beside else None
        with output.work_folder(out) as work, working(quiet=quiet or as_json) as say:
            with engines.Spark(master, work / "spill") if master else engines.DuckDB(work / "spill", memory) as running:
                built = build.build(folder, method, running, say, public)
            files = output.write(built, method, engine, out, work)
        summary = output.summary(built, method)
        print_result({**summary, "files": [str(file) for file in files]}, as_json, lambda: terminal.show_build(summary, files))


@app.command("manifest", help="Write the sha256 of every file of the datasets before handing them over; `build` checks them.")
def write_manifest(
    folder: Annotated[Path, typer.Argument(help="Folder of the datasets.", callback=utf8)],
    settings: MethodOption = PROJECT / "microdata.toml",
    quiet: QuietOption = False,
) -> None:
    from pipeline.faults import of_system, refusal
    from pipeline.microdata import datasets, handover
    from pipeline.microdata.method import load_method
    from pipeline.progress import working

    with refusals(as_json=None, outcome="nothing was written."), working(quiet=quiet) as say:
        files = [file for dataset in datasets.find(str(folder), load_method(settings), (datasets.IMPORTS,)) for file in dataset.files]
        try:
            manifest = handover.write_manifest(folder, files, say)
            say.end()
            print(manifest)
        except OSError as error:
            expected, remedy = "a folder that can be written", "Make room, or ask for permission."
            raise refusal(str(folder), of_system(error), expected, remedy) from None


@app.command("simulate", help="Make up microdata of any size, marked as illustrative.")
def simulate_records(
    declarations: Annotated[int, typer.Option("--declarations", parser=whole_number(1), metavar="NUMBER", help="Rows of declarations.")],
    seed: Annotated[int, typer.Option("--seed", parser=whole_number(0), metavar="NUMBER", help="The same seed gives the same bytes.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to create.", callback=utf8)],
    stories: Annotated[
        int,
        typer.Option(
            "--stories",
            parser=whole_number(0, 1000),
            metavar="NUMBER",
            help="Companies to add that are successes, and as many that only look like it.",
        ),
    ] = 0,
    quiet: QuietOption = False,
) -> None:
    from pipeline.microdata import output, simulate
    from pipeline.microdata import stories as known
    from pipeline.progress import working

    with refusals(as_json=None, outcome="nothing was written."):
        with working(quiet=quiet) as say, output.new_folder(out) as folder:
            say("registers of enterprises and establishments", 0)
            rows = simulate.simulate(
                folder, declarations, seed, lambda done: say(f"{done:,} of {declarations:,} declarations", done / declarations)
            )
            companies = known.plant(folder, stories, seed) if stories else {}
        for name, count in rows.items():
            print(f"{out / name}: {count:,} rows, illustrative")
        if companies:
            listed = ", ".join(f"{count} {story}" for story, count in companies.items())
            print(f"{out / known.STORIES}: who has which story: {listed}")
