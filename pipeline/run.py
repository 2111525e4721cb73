"""The order of the stages, and what runs them."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import ingest, results, validate
from pipeline.award import Award, awards_folder, undecided
from pipeline.evidence import Evidence, load_evidence
from pipeline.faults import DataRefused, Fault, refusal, together_with
from pipeline.home import home
from pipeline.progress import Say
from pipeline.ranking import robustness, score
from pipeline.ranking.error_bounds import NO_RECORDS, Records
from pipeline.ranking.errors import about
from pipeline.ranking.explain import explain
from pipeline.ranking.joint import under_all_choices
from pipeline.ranking.peers import peers
from pipeline.ranking.rounds import Round, rounds
from pipeline.ranking.standing import field, scales, stand, weighing
from pipeline.ranking.unknown import unknown
from pipeline.sources import Origins, Sources, load_sources
from pipeline.warehouse import Tables, Warehouse

if TYPE_CHECKING:
    from pipeline.report import Report
    from pipeline.report.words import Code

ERRORS = "ingested.standard_errors"
"""The table of standard errors, in a round that has a source of them."""
STAGES = ("ingest", "validate", "indicators", "rank", "robustness", "report")


def begin(say: Say, last: str) -> Callable[[str], None]:
    """Progress of a run up to a stage: to be called with each stage as it begins."""
    wanted = STAGES[: STAGES.index(last) + 1]
    return lambda stage: say(f"{stage}, stage {wanted.index(stage) + 1} of {len(wanted)}", wanted.index(stage) / len(wanted))


class NamedRounds(ExitStack):
    """The rounds that an award names, each computed once: what `_indicators_on` gives of it, its warehouse open as long as this is."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, tuple[Warehouse, Award, Origins]] = {}

    def round(self, name: str, award: Award, sources: Sources) -> tuple[Warehouse, Award, Origins]:
        """A round that an award names. What is wrong with its data is said to be of that round."""
        if name not in self._made:
            one = award.earlier[name]
            try:
                self._made[name] = self.enter_context(_indicators_on(one, sources.used_by(one), self))
            except DataRefused as refused:
                which = f"round {name}, which {award.named_rounds[name]} names"
                raise DataRefused([replace(fault, where=f"{which}: {fault.where}") for fault in refused.faults]) from None
        return self._made[name]


def stages(
    warehouse: Warehouse,
    award: Award,
    sources: Sources,
    languages: Sequence["Code"] = ("sv",),
    evidence: Evidence | None = None,
    named: NamedRounds | None = None,
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The whole pipeline, in order. The last stage begins the report's files, and gives what finishes them: place among the results, and
    bytes.

    named: the rounds that the award names, as far as they have been computed.
    """
    evidence = evidence or load_evidence(award)
    yield "ingest", lambda: _ingest(warehouse, award, sources)
    yield "validate", lambda: _validate(warehouse, award, sources, evidence)
    yield "indicators", lambda: warehouse.build("indicators")
    yield "rank", lambda: _rank(warehouse, award, sources)
    yield "robustness", lambda: _robustness(warehouse, award)
    yield "report", lambda: _report(warehouse, award, sources, evidence, languages, named)


def _ingest(warehouse: Warehouse, award: Award, sources: Sources) -> None:
    with together_with(undecided(award), at_the_end=False):
        for table, rows in ingest.ingest(sources, award).items():
            warehouse.write(table, rows)


def _validate(warehouse: Warehouse, award: Award, sources: Sources, evidence: Evidence) -> None:
    with together_with(undecided(award)):
        validate.validate(warehouse, award, sources, evidence, lambda table: ingest.unpinned(sources, table, award))


def _rank(warehouse: Warehouse, award: Award, sources: Sources) -> None:
    regions, is_illustrative = warehouse.read("staging.regions"), bool(sources.illustrative)
    ranking = score.rank_regions(regions, warehouse.indicators(), award, is_illustrative=is_illustrative)
    warehouse.write("ranking.ranking", ranking)
    warehouse.write("ranking.candidates", score.candidates(ranking))


def _robustness(warehouse: Warehouse, award: Award, also: str = "") -> None:
    """Challenge the ranking. also: the code of a region that has every challenge, however many there are."""
    regions = warehouse.read("staging.regions")
    tables = robustness.robustness(regions, warehouse.figures, warehouse.values_under, award, records(warehouse), also)
    for table, rows in tables.items():
        warehouse.write(table, rows)
    near, ranking = {row["region_code"] for row in tables["robustness.methods"]}, warehouse.read("ranking.ranking")
    warehouse.write("robustness.peers", peers(field(regions, award), levels_of_peers(warehouse, award), ranking, award, near))


def explanation(region: str, warehouse: Warehouse, award: Award) -> dict[str, Any]:
    """Why a region, by its code or its name, stands where it stands; what could be otherwise by chance and by other choices; and, where it
    is not ranked, between which places it could stand. Raises LookupError, in words, where there is none such."""
    regions, indicators = field(warehouse.read("staging.regions"), award), warehouse.indicators()
    code = regions.find(region)
    if code is None:
        raise LookupError(regions.not_found(region))
    result = explain(code, regions, indicators, award, levels_of_peers(warehouse, award))
    result["errors"] = about(code, regions, indicators, records(warehouse), award)
    result["all_choices"] = under_all_choices(regions, warehouse.values_under, award, code).get(code)
    values = regions.values(indicators, award)
    here = stand(values, weighing(award), award.ranking)
    spans = [] if result["rank"] else unknown(regions, values, here, warehouse.figures, warehouse.values_under, award)[1]
    result["could_stand"] = next((row for row in spans if row["region_code"] == code), None)
    return result


def levels_of_peers(warehouse: Warehouse, award: Award) -> list[dict[str, Any]]:
    """The rows of indicators.levels_by_year by which peers are found."""
    measures = tuple(award.peers.measures) if award.peers else ()
    return warehouse.query(f"select * from indicators.levels_by_year where measure in {(*measures, '')}")


def records(warehouse: Warehouse) -> Records:
    """The standard errors of a round and the levels that they are of; none in a round without a source of errors."""
    return Records(warehouse.read(ERRORS), warehouse.read("indicators.levels_by_year")) if ERRORS in warehouse.tables() else NO_RECORDS


def _report(
    warehouse: Warehouse, award: Award, sources: Sources, evidence: Evidence, languages: Sequence["Code"], named: NamedRounds | None
) -> Callable[[], dict[str, bytes]]:
    from pipeline import report

    reports = _reports(warehouse, award, sources, evidence, languages, named)
    for table, rows in report.rows(reports).items():
        warehouse.write(table, rows)
    warehouse.give_back()
    return report.files(reports)


def _reports(
    warehouse: Warehouse,
    award: Award,
    sources: Sources,
    evidence: Evidence,
    languages: Sequence["Code"],
    named: NamedRounds | None,
    also: str = "",
) -> list["Report"]:
    """The reports before they take a format. also: the code of a region that has a page in any case."""
    from pipeline import report
    from pipeline.report.language import Language

    set_beside(warehouse, award, sources, evidence, named)
    tables = Tables(warehouse)
    return [report.write(tables, award, sources, Language(code, award.catalogue.geography.nouns(code)), also) for code in languages]


def set_beside(warehouse: Warehouse, award: Award, sources: Sources, evidence: Evidence, named: NamedRounds | None = None) -> None:
    """Write what the report sets beside the ranking: report.evidence, and rounds.* where the award names predecessors."""
    from pipeline.report.evidence import evidence_rows, nomination_rows

    warehouse.write("report.evidence", evidence_rows(evidence))
    if not award.predecessors:
        return
    # What the rounds before are needed for ends here, and with it their databases.
    with named or NamedRounds() as open_rounds:
        earlier = []
        for one in award.rounds_before:
            its, chosen, origins = open_rounds.round(one.name, award, sources)
            earlier.append(Round(chosen, its.indicators_under, its.read("staging.figures"), bool(origins.illustrative), records(its)))
        figures, is_illustrative = warehouse.read("staging.figures"), bool(sources.illustrative)
        this = Round(award, warehouse.indicators_under, figures, is_illustrative, records(warehouse))
        tables = rounds(earlier, this, field(warehouse.read("staging.regions"), award))
    tables["rounds.nominations"] = nomination_rows(award, evidence)
    for table, rows in tables.items():
        warehouse.write(table, rows)


class Run(NamedTuple):
    """What a run made: its tables while they are open, where their figures come from, and its files."""

    warehouse: Warehouse
    origins: Origins
    files: list[Path]


@contextmanager
def run_to(
    last: str,
    award: Award,
    data: Path,
    out: Path | None,
    languages: Sequence["Code"],
    begin: Callable[[str], None],
    replace: bool = False,
) -> Iterator[Run]:
    """Run the pipeline up to and including a stage, and swap its results into out; without out, write nothing.

    begin is called with each stage. replace: also in place of the results of a later stage. Raises DataRefused with what is wrong with
    the data or the award, and when the results of a later stage, or a report in another language, stand in
    out.
    """
    if out is not None:
        results.clear_away(out)
        _refuse_to_shorten(out, data, award, last, languages, replace)
    code = results.code_version() if out is not None else ""
    with together_with(undecided(award), at_the_end=False):
        sources, evidence = load_sources(data, award), load_evidence(award)
    with NamedRounds() as named, Warehouse(award := _between_goalposts(award, sources, named)) as warehouse:
        report_files: Callable[[], dict[str, bytes]] | None = None
        for stage, work in stages(warehouse, award, sources, languages, evidence, named):
            begin(stage)
            report_files = work()
            if stage == last:
                break
        files: list[Path] = []
        if out is not None:
            if code != results.code_version():
                found = "code, SQL or catalogue that changed while it was running"
                raise DataRefused([Fault("the run", found, "the same to its end", "Run it again.")])
            _refuse_to_shorten(out, data, award, last, languages, replace)
            files = _save(warehouse, report_files, last, out, award, sources, evidence, languages, code)
        yield Run(warehouse, sources.origins(award), files)


def fact_sheet(award: Award, data: Path, region: str, language: "Code", begin: Callable[[str], None]) -> tuple[str, bytes]:
    """The code of a region, named by its code or name, and its fact sheet as a PDF; nothing is written.

    begin is called with each stage. Raises LookupError with the names of the regions where there is no such region, and DataRefused
    with what is wrong with the data or the award.
    """
    from pipeline import report

    with together_with(undecided(award), at_the_end=False):
        sources, evidence = load_sources(data, award), load_evidence(award)
    code = ""
    with NamedRounds() as named, Warehouse(award := _between_goalposts(award, sources, named)) as warehouse:
        for stage, work in stages(warehouse, award, sources, (language,), evidence):
            begin(stage)
            if stage == "report":
                break
            if stage == "robustness":
                _robustness(warehouse, award, code)
            else:
                work()
            if stage == "validate":
                regions = field(warehouse.read("staging.regions"), award)
                code = regions.find(region) or ""
                if not code:
                    raise LookupError(", ".join(regions.names))
        (written,) = _reports(warehouse, award, sources, evidence, (language,), named, code)
        return code, report.sheet_alone(written, code)


def _refuse_to_shorten(out: Path, data: Path, award: Award, last: str, languages: Sequence["Code"], replace: bool) -> None:
    """Refuse to put results up to a stage in the place of those of a later one, or of a report in a language that these have not."""
    before, spoken = results.standing(out, award)
    named = ["--award", award.name if award.file.parent == awards_folder() else award.file]
    named += ["--data", data] if data != home() / "data" / "raw" else []
    elsewhere = shlex.join(["exportregion", last, *map(str, named)])
    command = elsewhere if out == home() / "data" / "processed" else f"{elsewhere} --out {shlex.quote(str(out))}"
    ways = f"To keep what stands there and write these elsewhere, run `{elsewhere} --out FOLDER`. To replace it, run `{command} --replace`."
    if not replace and before in STAGES[STAGES.index(last) + 1 :]:
        found = f"results up to the stage {before}, which those up to {last} would remove"
        raise DataRefused([Fault(str(out / award.name), found, f"results up to {last} or an earlier stage, or none", ways)])
    lost = [code for code in spoken if code not in languages]
    if not replace and before == last == STAGES[-1] and lost:
        both = " ".join(f"--language {code}" for code in (*spoken, *(code for code in languages if code not in spoken)))
        found = f"a report in {' and '.join(lost)}, which one in {' and '.join(languages)} would remove"
        every = f"To write every language, run `{command} {both}`."
        raise DataRefused([Fault(str(out / award.name), found, "no report in a language that this one has not", f"{every} {ways}")])


def _save(
    warehouse: Warehouse,
    report_files: Callable[[], dict[str, bytes]] | None,
    last: str,
    out: Path,
    award: Award,
    sources: Sources,
    evidence: Evidence,
    languages: Sequence["Code"],
    code: str,
) -> list[Path]:
    """Write the results as a whole; give the files where they then stand."""
    # The tables are written outside Python's lock.
    with results.fresh_folder(out, award) as fresh, ThreadPoolExecutor(1) as beside:
        saved = beside.submit(warehouse.save, fresh)
        for name, content in (report_files() if report_files else {}).items():
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_bytes(content)
        saved.result()
        if last == "report":
            from pipeline.report import package

            for name, text in package.described(results.outputs(fresh), award, sources).items():
                (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        results.write_run_record(fresh, last, award, sources, evidence, languages, code)
        return [out / award.name / path.relative_to(fresh) for path in sorted(fresh.rglob("*")) if path.is_file()]


@contextmanager
def indicators_of(
    award: Award | Path,
    data: Path,
    vintages: Mapping[str, str] | None = None,
    doubts: list[Fault] | None = None,
    widened: Callable[[Award], Award] = lambda award: award,
) -> Iterator[tuple[Warehouse, Award, Origins]]:
    """A warehouse with the indicators of an award on the raw files, with some vintages in place of those it pins, or on the data
    of an earlier run, the folder of its results; the award; and where its figures come from.

    Where doubts are collected, what the audits find refuses nothing. widened: the award with more measures, to look figures up.
    """
    if isinstance(award, Path):
        folder = award
        award, origins = results.load_run_record(folder)
        award = widened(award)
        with Warehouse(award) as warehouse:
            warehouse.load_staging(folder)
            warehouse.build("indicators")
            yield warehouse, award, origins
        return
    award = widened(award.model_copy(update={"vintages": {**award.vintages, **(vintages or {})}}))
    with together_with(undecided(award), at_the_end=False):
        sources = _with_pins(data, award, vintages or {})
    with NamedRounds() as named, _indicators_on(award, sources, named, doubts) as made:
        yield made


def _with_pins(data: Path, award: Award, vintages: Mapping[str, str]) -> Sources:
    """The sources of an award, some of whose vintages an option names. Raises DataRefused; what is wrong with the option blames it."""
    options = {f"{award.file}, vintages.{name}": f"--vintage {name}={vintage}" for name, vintage in vintages.items()}
    try:
        return load_sources(data, award)
    except DataRefused as refused:
        raise DataRefused([replace(fault, where=options.get(fault.where, fault.where)) for fault in refused.faults]) from None


def _between_goalposts(award: Award, sources: Sources, named: NamedRounds) -> Award:
    """An award with the goalposts that it takes from other rounds, each computed anew from its own award and the vintages that it pins.

    Raises DataRefused where an indicator has one value in all of a round.
    """
    ends = {}
    for name in sorted({one.goalposts.round for one in award.indicators if one.goalposts and one.goalposts.round}):
        warehouse, chosen, _ = named.round(name, award, sources)
        ends[name] = scales(field(warehouse.read("staging.regions"), chosen), warehouse.indicators(), chosen)
    indicators = []
    for number, one in enumerate(award.indicators, 1):
        posts = one.goalposts
        if posts and posts.round:
            lowest, highest = ends[posts.round][one.name]
            if not lowest < highest:
                found = f"{one.name} in the round {posts.round}, which is {lowest:g} in every ranked region"
                where = f"{award.file}, indicators.{number}.goalposts.from"
                raise refusal(where, found, "an indicator with two values", "Name another round, or write lowest and highest.")
            posts = posts.model_copy(update={"lowest": lowest, "highest": highest})
        indicators.append(one.model_copy(update={"goalposts": posts}))
    return award.model_copy(update={"indicators": tuple(indicators)}) if ends else award


@contextmanager
def _indicators_on(
    award: Award, sources: Sources, named: NamedRounds, doubts: list[Fault] | None = None
) -> Iterator[tuple[Warehouse, Award, Origins]]:
    """A warehouse with the indicators of an award on the vintages that it uses; the award, with the goalposts that it takes from other
    rounds; and where its figures come from."""
    with Warehouse(award := _between_goalposts(award, sources, named)) as warehouse:
        for stage, work in stages(warehouse, award, sources):
            if stage == "validate" and doubts is not None:
                doubts += validate.questions(warehouse, award, sources)
                warehouse.build_statistics()
            else:
                work()
            if stage == "indicators":
                break
        yield warehouse, award, sources.origins(award)
