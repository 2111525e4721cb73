"""The commands on awards to companies: run, archive, verify."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands import JsonOption, LanguageCode, QuietOption, print_result, refusals, utf8
from pipeline.home import PROJECT
from pipeline.microdata_commands import EngineOption, MasterOption, MemoryOption, MethodOption, check_engine

app = typer.Typer(
    name="companies",
    help="Årets exportsuccé: a shortlist of companies from firm-level records. Confidential, but for its public extract.",
    no_args_is_help=True,
)


@app.command("run", help="From firm-level records to a shortlist of companies, its report, and an extract for the public.")
def run_award(
    award: Annotated[str, typer.Option("--award", help="The award: a name in awards/, or the path of a .toml file.", callback=utf8)],
    folder: Annotated[
        str,
        typer.Option(
            "--in", help="Folder of the datasets: declarations, enterprises, establishments, and imports if there are any.", callback=utf8
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for the results, outside the project; only its owner can read them.", callback=utf8)
    ],
    names: Annotated[
        Path | None, typer.Option("--names", help="Names of companies for the report: CSV with enterprise_id,name.", callback=utf8)
    ] = None,
    languages: Annotated[list[LanguageCode] | None, typer.Option("--language", help="Language of the report; repeat it for both.")] = None,
    settings: MethodOption = PROJECT / "microdata.toml",
    engine: EngineOption = "duckdb",
    master: MasterOption = None,
    memory: MemoryOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    from pipeline import terminal
    from pipeline.companies import output
    from pipeline.companies import run as companies
    from pipeline.companies.award import load_companies_award, load_company_evidence
    from pipeline.companies.context import Context
    from pipeline.microdata import engines
    from pipeline.microdata.method import load_method
    from pipeline.progress import part, working
    from pipeline.report.language import Language

    check_engine(engine, master, memory, folder)
    with refusals(as_json), output.secret():
        method = load_method(settings)
        try:
            chosen = load_companies_award(award, method)
        except FileNotFoundError as error:
            raise typer.BadParameter(f"no file {error.args[0]}", param_hint="--award") from None
        output.refuse_place(out, Path(folder))
        evidence, keys = load_company_evidence(chosen), output.read_names(names) if names else {}
        with output.work_folder(out) as work, working(quiet=quiet or as_json) as say:
            with engines.Spark(master, work / "spill") if master else engines.DuckDB(work / "spill", memory) as running:
                result = companies.run(folder, chosen, method, running, part(say, 0, 0.8))
            companies.check_evidence(result, evidence)
            say("report", 0.8)
            regions = companies.region_names(method)
            codes = [code.value for code in languages or ()] or ["sv"]
            spoken = [Language(code, method.catalogue.geography.nouns(code)) for code in ("sv", "en") if code in codes]
            contexts = [Context(result, chosen, evidence, method, each, keys, regions) for each in spoken]
            files = output.write(contexts, out)
        summary = output.summary(result, chosen)
        print_result({**summary, "files": [str(file) for file in files]}, as_json, lambda: terminal.show_companies(summary, files))


@app.command("archive", help="Pack a result with its code, award and evidence, for its owner alone; of the records only checksums.")
def archive_result(
    award: Annotated[str, typer.Argument(help="The award: a name in awards/, or the path of a .toml file.")],
    out: Annotated[Path, typer.Option("--out", help="Folder with the results.", callback=utf8)],
    to: Annotated[Path, typer.Option("--to", help="The archive to write, outside the project.", callback=utf8)],
    settings: MethodOption = PROJECT / "microdata.toml",
    quiet: QuietOption = False,
) -> None:
    from pipeline.companies import archive, output
    from pipeline.companies.award import load_companies_award
    from pipeline.microdata.method import load_method
    from pipeline.progress import working

    with refusals(as_json=None, outcome="nothing was written."), output.secret():
        try:
            chosen = load_companies_award(award, load_method(settings))
        except FileNotFoundError as error:
            raise typer.BadParameter(f"no file {error.args[0]}", param_hint="AWARD") from None
        with working(quiet=quiet) as say:
            count = archive.pack(out / chosen.name, chosen.file, settings, to, say)
        print(f"{to}: {count} files. CONFIDENTIAL: the shortlist is among them. Verify it with the records: companies verify {to} --in …")


@app.command("verify", help="Run what an archive holds on the records again, beside the archive, and compare every file.")
def verify_archive(
    path: Annotated[Path, typer.Argument(exists=True, help="The archive.", callback=utf8)],
    folder: Annotated[Path, typer.Option("--in", exists=True, help="Folder of the records that the result was made from.", callback=utf8)],
    quiet: QuietOption = False,
) -> None:
    from pipeline import terminal
    from pipeline.companies import archive, output
    from pipeline.progress import working

    with refusals(as_json=None, outcome="nothing was verified."), output.secret():
        with working(quiet=quiet) as say:
            verified = archive.verify(path, folder, say)
        terminal.show_verified(verified.award, verified.same, verified.differ, verified.versions)
    if verified.differ:
        raise typer.Exit(1)
