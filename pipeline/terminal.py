"""What a person or a machine reads on the terminal: results on stdout, notices on stderr."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline import printing
from pipeline.declarations import within
from pipeline.faults import Fault, causes, in_a_line, json_text, printable
from pipeline.rounding import directed

if TYPE_CHECKING:
    from pipeline.award import Award
    from pipeline.sources import Origins, Source
    from pipeline.warehouse import Warehouse


def show(stage: str, warehouse: "Warehouse", award: "Award", origins: "Origins", files: Sequence[Path]) -> None:
    """Print what a stage made."""
    console = printing.console(origins)
    match stage:
        case "ingest":
            console.print(_tables(warehouse, "ingested"))
        case "validate":
            from pipeline.models import models

            accepted = warehouse.read("validation.exceptions")
            beyond = f" beyond {len(accepted)} accepted exception{'s' * (len(accepted) > 1)}" if accepted else ""
            found = f"{len(models('audits'))} audits found nothing{beyond}"
            console.print(f"{award.title}: {len(warehouse.tables())} tables fit their schemas; {found}.")
            for question in _questioned(warehouse, award, origins):
                console.print(f"Questioned: {question}")
        case "indicators":
            console.print(_indicators(warehouse, award))
        case "rank":
            console.print(_ranking(warehouse, award, "ranking.ranking", f"{award.title}: ranking"))
        case "robustness":
            from pipeline import trust

            console.print(trust.verdicts(warehouse, award))
            console.print(trust.of_many(warehouse), end="")
        case "run":
            console.print(_ranking(warehouse, award, "ranking.candidates", f"{award.title}: proposed candidate regions"))
            unranked = _unranked(warehouse)
            if unranked:
                console.print(f"Not ranked, because a figure is unknown: {', '.join(unranked)}; ranking.csv says which.")
            console.print("A ranking proposes; people nominate.")
    if stage in ("run", "report"):
        for file in files:
            if file.with_suffix(".parquet") not in files:
                print(_short(file))
        print(f"{_short(Path(os.path.commonpath(files)))}{os.sep}<schema>{os.sep}<table>.parquet and .csv")
    elif files:
        print(_short(Path(os.path.commonpath(files))))


def _short(path: Path) -> str:
    """A path relative to the current folder, if it lies there."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # on Windows, a path on another drive
        relative = ".."
    return printable(str(path) if relative.startswith("..") else relative)


def _questioned(warehouse: "Warehouse", award: "Award", origins: "Origins") -> list[Fault]:
    """Figures far from the other regions' levels and growth; nobody can be asked of those that are made up."""
    from pipeline import plausible

    statistics = [name for name in award.statistics if not award.catalogue.statistics[name].is_yardstick]
    figures = plausible.amounts(row for row in warehouse.read("staging.figures") if row["statistic"] not in origins.unpinned)
    asked = plausible.questions(figures, statistics, award.catalogue, warehouse.names(), "staging.figures")
    return [*asked, *plausible.without_year_before(figures, award, "staging.figures")]


def as_json(stage: str, warehouse: "Warehouse", award: "Award", origins: "Origins", files: Sequence[Path]) -> str:
    """The result of a stage as JSON."""
    result: dict[str, Any] = {"award": award.name, "stage": stage, **origins.kinds}
    result["tables"] = {table: warehouse.query(f"select count(*) as rows from {table}")[0]["rows"] for table in warehouse.tables()}
    for table in ("ranking.candidates", "ranking.ranking", "validation.exceptions"):
        if table in result["tables"]:
            result[table.split(".")[1]] = warehouse.read(table)
    if stage == "validate":
        result["questioned"] = [vars(question) for question in _questioned(warehouse, award, origins)]
    result["files"] = [str(file) for file in files]
    return json_text(result)


def show_sources(entries: "Mapping[str, Source]") -> None:
    """Print the raw files and where they come from."""
    console = printing.console()
    for name, source in entries.items():
        console.print(Text.assemble((name, "bold"), "  ", _kind(source.kind)))
        dates = f"{_published(source.published)}, retrieved {source.retrieved}"
        for line in (source.file, f"{source.title}; {source.covers}", f"{source.publisher}; {dates}; licence {source.licence}"):
            console.print(Padding(line, (0, 0, 0, 2), expand=False))


def _published(day: object) -> str:
    return f"published {day}" if day else "day of publication not stated"


def _kind(kind: str) -> Text:
    return Text(kind, style="bold yellow" if kind == "illustrative" else "")


def show_vintages(rows: Sequence[dict[str, Any]], waiting: Sequence[str]) -> None:
    """Print every vintage of every source, the newest last."""
    console = printing.console()
    for source, vintages in groupby(rows, key=lambda row: row["source"]):
        console.print(Text(source, style="bold"))
        for row in vintages:
            pinned = f"pinned by {', '.join(row['awards'])}" if row["awards"] else "pinned by no award"
            console.print(Text.assemble(f"  {row['vintage']}  ", _kind(row["kind"]), f", {_published(row['published'])}, {pinned}"))
            console.print(Padding(f"{row['file']}: {row['covers']}", (0, 0, 0, 14), expand=False))
    for name in waiting:
        console.print(f"{name}: described, but not fetched yet. Run `exportregion fetch {name}`.")


def show_proposal(proposal: Mapping[str, Any]) -> None:
    """Print what a file was recognised as, the entry for sources.toml, and what is in doubt."""
    console = printing.console()
    console.print(f"{proposal['file']}: {proposal['format']}, {proposal['table']}, {proposal['rows']:,} rows")
    for label, text in proposal["found"]:
        console.print(f"  {label:<14}{text}")
    # A line of TOML that is broken is no TOML, and this one may be copied.
    console.print(f"\nIn sources.toml:\n\n{proposal['entry']}\n", soft_wrap=True)
    for questions in causes(proposal["questioned"]):
        console.print(f"Questioned: {in_a_line(questions)}")
    for doubts in causes(proposal["doubts"]):
        console.print(Text(f"In doubt: {in_a_line(doubts)}", style="bold yellow"))
    if proposal["doubts"]:
        console.print(
            "--yes never records what is in doubt. A run refuses what an audit reports, until the award accepts it with a reason."
        )
    else:
        console.print("Every cell was read. The table fits its schema, and the audits found nothing.")


def show_no_control(settings: Path) -> None:
    """Warn on stderr that a build has no disclosure control."""
    print(
        f"No disclosure control (control = false in {_short(settings)}): the table reveals individual enterprises. Keep it in the room"
        " where the records are; `exportregion add` refuses it.",
        file=sys.stderr,
    )


def show_build(summary: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Print what a build from firm-level records made."""
    console = printing.console()
    if summary["illustrative"]:
        console.print("ILLUSTRATIVE DATA, not statistics: the microdata were made up.", style="bold")
    if not summary["disclosure_control"]:
        console.print(
            "NO DISCLOSURE CONTROL: the tables reveal individual enterprises. Keep them in the room where the records are.", style="bold"
        )
    for line in _coverage(summary):
        console.print(line)
    for file in files:
        print(_short(file))
    if not summary["disclosure_control"]:
        return
    if summary["published_before_and_unsafe"] is None:
        print(
            "Publish only one build of the same years: two builds of revised records, side by side, can reveal what each withholds."
            " If one was published before, build with --beside and its file."
        )
    elif summary["published_before_and_unsafe"]:
        count = summary["published_before_and_unsafe"]
        print(f"{count} unsafe figures can be learned from the earlier table alone. They are withheld now, but that does not take it back.")
    kind = "illustrative" if summary["illustrative"] else "official"
    print(
        f"To rank with it: exportregion add {_short(files[-1])} --kind {kind} --publisher … --page … --licence …; then pin it in an award."
    )


def show_companies(summary: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Print how many companies a shortlist is chosen from, and where it is."""
    console = printing.console()
    if summary["illustrative"]:
        console.print("ILLUSTRATIVE DATA, not statistics: the records were made up.", style="bold")
    excluded = ", ".join(f"{rule.replace('_', ' ')} {count:,}" for rule, count in summary["excluded"].items() if count)
    unknown = ", ".join(f"{within(summary['labels'][name])} {count:,}" for name, count in summary["unknown"].items())
    print(f"{summary['exporting']:,} companies exported; {summary['take_part']:,} may take part. Excluded: {excluded or 'none'}.")
    print(f"{summary['ranked']:,} are ranked." + (f" Unknown: {unknown}." if unknown else ""))
    print(f"{summary['shortlist']} are on the shortlist, {summary['with_a_warning']} of them with a warning.")
    print("A ranking proposes; people nominate.")
    for file in files:
        print(_short(file))
    print("CONFIDENTIAL, but for public/: figures of single companies. Keep the folder where only its owner can look.")


def _coverage(summary: Mapping[str, Any]) -> Iterator[str]:
    """What a build covers, and what it withholds, in sentences."""
    years, (noun, a_noun, nouns) = summary["years"], summary["nouns"]
    cells, withheld = summary["cells_not_nil"], summary["withheld"]
    share = f", {withheld / cells:.0%} of the {cells} that hold something" if withheld else ""
    yield (
        f"{summary['regions']} {noun if summary['regions'] == 1 else nouns}, {years[0]}–{years[-1]}, values placed by {summary['basis']};"
        f" {summary['cells']} cells, {withheld} withheld{share}."
    )
    if summary["gap"] == 0:
        yield "No other choice of withheld cells would protect the table at a lower cost to its readers."
    elif summary["gap"]:
        yield f"In no year do the withheld cells cost readers more than {summary['gap']:.1%} above the least that protects the table."
    nothing = dict.fromkeys(summary["nothing_declared"], "nothing declared")
    shares = (
        f"{year} {nothing.get(year, 'withheld') if share is None else f'{share:.1%}'}" for year, share in summary["allocated_share"].items()
    )
    yield f"Share of the declared value that is placed in {nouns}: {', '.join(shares)}."
    if summary["months_without_declarations"]:
        yield f"Months without declarations, missing from their years: {', '.join(summary['months_without_declarations'])}."
    if summary["files_without_checksums"]:
        yield (
            f"{len(summary['files_without_checksums'])} files have no page checksums, and there is no manifest: a value that was changed"
            " into another plausible one would go unnoticed. Run `exportregion microdata manifest` where the files come from."
        )
    if summary["windows"]:
        yield (
            f"One enterprise group carries {summary['carried_by_one_group']} of the {summary['windows']} changes of {a_noun} between two"
            " years that may be published."
        )


def show_fetch(rows: Sequence[dict[str, Any]], folder: Path, *, dry_run: bool) -> None:
    """Print what a fetch did, or would do."""
    console = printing.console()
    for row in rows:
        console.print(f"{row['source']}: {row['title'] or row['address']}")
        requests = f"{row['requests']} request{'s' if row['requests'] > 1 else ''} for {row['cells']:,} cells"
        console.print(f"  {row['address']}, updated {row['updated'] or 'at an unknown time'}: {requests}")
        console.print(f"  {'; '.join(f'{name} {_codes(codes)}' for name, codes in row['selection'].items())}")
        published = row["newest_published"] or "at an unknown time"
        newest = f"{row['newest_vintage']}, published {published}" if row["newest_vintage"] else "none yet"
        if dry_run:
            is_updated = str(row["updated"] or "")[:10] > str(row["newest_published"] or "")
            outcome = "updated since: a fetch would record it" if is_updated else "not updated since: a fetch would record only other cells"
            console.print(f"  newest vintage: {newest}. The table was {outcome}. Dry run: nothing was fetched or written.")
        elif row["new_vintage"]:
            console.print(f"  recorded as the vintage {row['new_vintage']}, {row['rows']:,} rows; before it: {newest}.")
        else:
            console.print(f"  unchanged since the vintage {newest}; nothing was recorded.")
    if any(row["new_vintage"] for row in rows):
        console.print(f"{_short(folder / 'sources.toml')} describes the new vintages. An award that pins them under [vintages] uses them.")


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes) if len(codes) <= 4 else f"{codes[0]} … {codes[-1]} ({len(codes)} codes)"


def show_verified(award: str, same: Sequence[str], differ: Sequence[str], versions: Sequence[str]) -> None:
    """Print whether a run of an archive gives the same files."""
    console = printing.console()
    for name in differ:
        console.print(f"differs: {name}")
    if differ:
        console.print(f"{award}: {len(differ)} of {len(same) + len(differ)} files are different.")
    else:
        of_tables = "the DuckDB file in every table, " if any(name.endswith(".duckdb") for name in same) else ""
        of_run = "run.json in all but its time, commit and versions, "
        console.print(f"{award}: all {len(same)} files are the same: {of_tables}{of_run}the others in every byte.")
    for version in versions:
        console.print(f"different on this machine: {version}")


def show_indicators(rows: Sequence[dict[str, Any]], award: str) -> None:
    """Print the measures that indicators can be taken from, and how the award takes them."""
    table = printing.table("measure", "meaning", "unit", f"taken in {award}")
    for row in rows:
        taken = ", ".join(f"{how}, weight {weight}" for how, weight in row["taken"].items())
        table.add_row(row["measure"], row["meaning"], row["unit"], taken or "not taken")
    printing.console().print(table)


def show_explanation(result: Mapping[str, Any], award: "Award", origins: "Origins") -> None:
    """Print why a region stands where it stands."""
    console = printing.console(origins)
    place = f"place {result['rank']} of {result['ranked_regions']}, score {result['score']:.3f}" if result["rank"] else "not ranked"
    place += " (by the figures that are known)" if result["is_partly_known"] else ""
    standing = "among the proposed candidates" if result["is_candidate"] else "not among the proposed candidates"
    console.print(f"{award.title}, {result['region_name']}: {place}; {standing}.")
    aggregation = award.ranking.aggregation
    labels = award.labels("en")
    in_words = {name: within(label) for name, label in labels.items()}
    brings = {"geometric": "factor of\nthe score", "outranking": "weighted wins\nless losses"}.get(aggregation, "brings to\nthe score")
    table = printing.table("indicator", "value", "normalised", "weight", brings, whole=("normalised", "weight"))
    for row in result["indicators"]:
        value = row["status"] if row["value"] is None else f"{_in_unit(row['value'], award, row['indicator'])}{_unit(row, award)}"
        weight = f"{row['own_weight']:.3f} of {row['weight']}" if "own_weight" in row else row["weight"]
        table.add_row(labels[row["indicator"]], value, _score(row["normalised"]), weight, _score(row["contribution"]))
    console.print(table)
    if result["themes"]:
        themes = (f"{row['theme']} {_score(row['score'])} (weight {row['weight']})" for row in result["themes"])
        console.print(f"Scores of the themes: {', '.join(themes)}.")
    if span := result["could_stand"]:
        bounded = f"at place {span['best_rank']} to {span['worst_rank']}, whatever it is within what the known figures allow"
        console.print(f"A figure is unknown. It could stand {'anywhere' if span['best_rank'] is None else bounded}.")
    for row in result["neighbours"]:
        parts = ", ".join(f"{in_words[name]} {part:+.3f}" for name, part in row["gap_by_indicator"].items())
        gap = f"{row['gap']:+.3f}{' in the logarithm of the score' if aggregation == 'geometric' else ''}"
        of = "the weighted wins less losses differ by" if aggregation == "outranking" else "made up of"
        console.print(f"Against {row['region_name']}, place {row['rank']}, {row['side']}: {gap}, {of} {parts}.")
    if jointly := result["all_choices"]:
        from pipeline import trust

        for sentence in trust.under_all_choices(jointly):
            console.print(sentence)
    for row in result["errors"]:
        by = "the score"
        if row["ranked_by"] != "index":
            error = row["standard_error"]
            most = "unbounded" if error is None else f"at most {_in_unit(error, award, row['ranked_by'])}"
            by = f"{in_words[row['ranked_by']]} (standard error {most})"
        could = "could" if row["could_be_among_first"] else "could not"
        first = f"{could} be among the first {award.ranking.candidates}"
        console.print(f"By {by}: place {row['rank']}, with 95% confidence {row['best_rank']}–{row['worst_rank']}; it {first}.")
    for row in result["changes"]:
        verb = "cease to be a candidate" if result["is_candidate"] else "become a candidate"
        by = "at no value"
        if row["turns_at"] is not None:
            ends = _threshold(row["turns_at"], row["value"], award, row["indicator"]), _in_unit(row["value"], award, row["indicator"])
            by = f"at {ends[0]}, now {ends[1]}"
        others = "".join(f"; {', '.join(row[way])} would {verb}" for way, verb in (("leaving", "leave"), ("entering", "enter")) if row[way])
        console.print(f"By {in_words[row['indicator']]} alone it would {verb} {by}{others}.")
    if result["peers"]:
        places = (f"{row['region_name']} ({'place ' if row['rank'] else ''}{row['rank'] or 'not ranked'})" for row in result["peers"])
        measures = ", ".join(within(award.catalogue.measures[name].en.name) for name in award.peer_measures)
        console.print(f"Most similar, by {measures}: {', '.join(places)}. Context, no part of the score.")


STYLES = {
    "exact": "green",
    "within the rounding": "green",
    "wrong": "bold red",
    "other concept": "bold red",
    "ambiguous": "yellow",
    "not checkable": "yellow",
}
LISTED_ALONE = 20
"""So many claims of one text that are not checkable for one reason are listed each; of more, the reason once, with the first places."""
PLACES_LISTED = 5


def show_check(rows: Sequence[Mapping[str, Any]], text: str, award: "Award", origins: "Origins") -> None:
    """Print the verdict on each claim of a text, below the sentence that makes it; what many are not checkable for, once."""
    console = printing.console(origins)
    last = None
    sentences = [row for row in rows if not row["in_table"]]
    reasons = Counter(row["explanation"] for row in sentences if row["verdict"] == "not checkable")
    often = [reason for reason, count in reasons.most_common() if count > LISTED_ALONE]
    for row in sentences:
        if row["verdict"] == "not checkable" and row["explanation"] in often:
            continue
        if (row["place"], row["sentence"]) != last:
            last = (row["place"], row["sentence"])
            console.print(f"\n{row['place']}: {row['sentence']}", soft_wrap=True)
        line = Text("  ").append(row["verdict"].upper(), style=STYLES[row["verdict"]]).append(f"  {row['written']}  {row['explanation']}")
        console.print(line, soft_wrap=True)
    for reason in often:
        places = list(dict.fromkeys(row["place"] for row in sentences if row["explanation"] == reason))
        where = ", ".join(places[:PLACES_LISTED]) + ", …" * (len(places) > PLACES_LISTED)
        console.print(Text("\n").append(f"{reasons[reason]} NOT CHECKABLE", style="yellow").append(f"  {reason} {where}"), soft_wrap=True)
    counts = ", ".join(f"{sum(row['verdict'] == verdict for row in sentences)} {verdict}" for verdict in STYLES)
    console.print(f"\n{text} against {award.title}: {len(sentences)} claims; {counts}.", soft_wrap=True)
    if len(rows) > len(sentences):
        console.print(f"Not checked: {len(rows) - len(sentences)} rows and cells of tables with numbers.", soft_wrap=True)


def _tables(warehouse: "Warehouse", schema: str) -> Table:
    table = printing.table("table", "rows", "columns")
    for name in warehouse.tables():
        if name.startswith(f"{schema}."):
            rows = warehouse.read(name)
            table.add_row(name, str(len(rows)), ", ".join(warehouse.schemas[name].columns))
    return table


def _indicators(warehouse: "Warehouse", award: "Award") -> Table:
    table = printing.table("region", *award.labels("en").values(), title=f"{award.title}: indicators")
    values = warehouse.indicators()
    for region in warehouse.read("staging.regions"):
        cells = []
        for name, rows in values.items():
            row = rows.get(region["region_code"], {"indicator_value": None, "status": "missing"})
            cells.append(row["status"] if row["indicator_value"] is None else _in_unit(row["indicator_value"], award, name))
        table.add_row(f"{region['region_code']} {region['region_name']}", *cells)
    return table


def _ranking(warehouse: "Warehouse", award: "Award", table_name: str, title: str) -> Table:
    labels = {one.name: award.label(one, "en") for one in award.indicators if one.weight}
    table = printing.table("rank", "region", "score", *labels.values(), title=title)
    for row in warehouse.read(table_name):
        figures = [_in_unit(row[name], award, name) for name in labels]
        if row["rank"] is None:
            table.add_row("–", row["region_name"], "not ranked", *figures)
        else:
            mark = "*" if row.get("unknown_indicators") else ""
            table.add_row(str(row["rank"]), row["region_name"], f"{row['score']:.3f}{mark}", *figures)
    return table


def _unranked(warehouse: "Warehouse") -> list[str]:
    """Each region without a place, and between which places it could stand."""
    names = warehouse.names()
    spans = {True: "could stand anywhere", False: "could stand at place {best_rank} to {worst_rank}"}
    rows = warehouse.read("robustness.unranked")
    return [f"{names[row['region_code']]} ({spans[row['best_rank'] is None].format(**row)})" for row in rows]


def _in_unit(value: float | None, award: "Award", indicator: str) -> str:
    """A value of an indicator: growth and shares in per cent."""
    form = ".1%" if award.meanings[indicator].unit in ("growth", "share") else ",.3f" if abs(value or 0) < 100 else ",.0f"
    return printing.number(value, form)


def _unit(row: Mapping[str, Any], award: "Award") -> str:
    """The unit behind an indicator's value; nothing behind one in per cent."""
    meaning = award.meanings[row["indicator"]]
    return "" if meaning.unit in ("growth", "share") else f" {meaning.unit_words['en']}"


def _threshold(threshold: float, value: float, award: "Award", indicator: str) -> str:
    """A threshold in the decimals of a value of an indicator, rounded away from the value that it is beyond."""
    return _in_unit(directed(threshold, 3 if abs(threshold) < 100 else 0, up=threshold > value), award, indicator)


def _score(value: float | None) -> str:
    return printing.number(value, ".3f", "–")
