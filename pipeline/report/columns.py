"""The columns that tables are put together from: the document's, which show texts, and the workbook's, which hold unrounded values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.award import Indicator
from pipeline.report.blocks import Cell, Table
from pipeline.report.context import Context, Row
from pipeline.report.language import UNKNOWN
from pipeline.sources import Source

PLACE, SCORE, YEAR, NUMBER, LEVEL = "place", "score", "year", "number", "level"
"""Units that no heading tells."""


@dataclass(frozen=True)
class Column:
    """A heading and a cell for each key, such as a region's code; a cell's order is its unrounded value.

    unit: the kind of its numbers; none for texts. unit_words: what the workbook adds to the heading. group: a heading that it shares
    with its neighbours there.
    """

    heading: str
    cells: Mapping[Any, Cell]
    unit: str = ""
    unit_words: str = ""
    group: str = ""
    signed: bool = False


def table(
    anchor: str,
    caption: str,
    columns: Sequence[Column],
    keys: Iterable[Any],
    note: str = "",
    *,
    sortable: bool = False,
    row_heading: int = 0,
) -> Table:
    """A table of the document: a row a key."""
    headings, numeric = tuple(column.heading for column in columns), tuple(bool(column.unit) for column in columns)
    rows = tuple(tuple(column.cells[key] for column in columns) for key in keys)
    return Table(anchor, caption, headings, numeric, rows, note, sortable, row_heading, tuple(map(_unit, columns)))


def _unit(column: Column) -> str | None:
    """What the numbers of a column are called; None where they have their unit with them, or are places."""
    if column.unit in ("growth", "share"):
        return column.unit_words if column.unit_words.endswith("%") else "%"
    return None if column.unit in ("", PLACE) else column.unit_words


def numbers(values: Mapping[Any, Any]) -> dict[Any, Cell]:
    """Cells of the workbook: unrounded numbers or days, and nothing else."""
    return {key: Cell(UNKNOWN, value) for key, value in values.items()}


# By region code


def _of_regions(context: Context, heading: str, cells: Mapping[str, Cell], unit: str = "") -> Column:
    """A column of some regions; the others, and the whole, have empty cells."""
    return Column(heading, {**dict.fromkeys(context.names, Cell("")), **cells}, unit)


def place(context: Context) -> Column:
    """The place in the ranking; the whole has none."""
    cells = {row["region_code"]: Cell(str(row["rank"] or "–"), row["rank"]) for row in context.ranking}
    return _of_regions(context, context.say("heading.place"), cells, PLACE)


def region(context: Context) -> Column:
    """The name."""
    return Column(context.say("heading.region"), {code: context.region(code) for code in context.names})


def score(context: Context) -> Column:
    """The score."""
    cells = {row["region_code"]: Cell(_score(context, row), row["score"]) for row in context.ranking}
    return _of_regions(context, context.say("heading.score"), cells, SCORE)


def _score(context: Context, row: Row) -> str:
    return f"{context.language.number(row['score'], 3)}{'*' if context.unknown(row) else ''}" if row["rank"] else UNKNOWN


def themes(context: Context) -> list[Column]:
    """The score of each theme of the award."""
    every = []
    for theme in context.award.themes:
        cells = {row["region_code"]: score_of(context, row[f"{theme.name}_score"]) for row in context.ranking}
        every.append(_of_regions(context, context.text(theme.label)[0], cells, SCORE))
    return every


def score_of(context: Context, number: float | None) -> Cell:
    """A score with three decimals, or that it is unknown."""
    return Cell(UNKNOWN if number is None else context.language.number(number, 3), number)


def span(context: Context, row: Row, kind: str = "") -> Cell:
    """Between which places a row says that a region stands; kind: what the names of its columns begin with."""
    best, worst = row[f"{kind}best_rank"], row[f"{kind}worst_rank"]
    return Cell(UNKNOWN if best is None else context.language.span(best, worst), best)


def proposed(context: Context) -> Column:
    """Whether it is a proposed candidate."""
    return Column(context.say("heading.proposed"), {row["region_code"]: yes(context, row["is_candidate"]) for row in context.ranking})


def yes(context: Context, is_so: bool) -> Cell:
    """Yes or no."""
    return Cell(context.say("shared.yes" if is_so else "shared.no"))


def verdict(context: Context) -> Column:
    """The verdict on those in or near the candidates; nothing on others."""
    cells = {row["region_code"]: Cell(context.verdict(row)) for row in context.tables["robustness.verdicts"]}
    return _of_regions(context, context.say("heading.verdict"), cells)


def values(context: Context, indicators: Sequence[Indicator] = ()) -> list[Column]:
    """The value of each of these indicators, else of all; the whole's too, where it compares."""
    columns = []
    for name in (indicator.name for indicator in indicators or context.award.indicators):
        meaning = context.award.meanings[name]
        known = {code: context.traces.value(name, code) for code in context.names}
        cells = {code: Cell(context.shown(name, value), None if value is None else float(value)) for code, value in known.items()}
        cells |= {context.whole: Cell("–")} if context.whole and not meaning.compares_with_whole else {}
        columns.append(Column(context.labels[name], cells, meaning.unit, context.unit_words(name), signed=meaning.spans))
    return columns


def joint_share(context: Context) -> Column:
    """The share of all combinations of choices in which it is among the candidates, in whole per cent."""
    rows = context.by_region("robustness.joint_shares")
    cells = {code: Cell(context.language.share(row["joint_share"]), row["joint_share"]) for code, row in rows.items()}
    return _of_regions(context, context.say("heading.of_combinations"), cells, "share")


def shares(context: Context) -> list[Column]:
    """Shares of all combinations, of weightings, windows and methods in which it is among the candidates."""
    joint = context.by_region("robustness.joint_shares")
    rows = {
        code: {**row, "joint_share": joint[code]["joint_share"]} for code, row in context.by_region("robustness.candidate_shares").items()
    }
    windows = {code: context.times("robustness.window_rankings", code) for code in rows}
    methods = {code: context.times("robustness.methods", code) for code in rows}
    group = context.say("workbook.group.shares")
    texts = {
        "joint": {code: _sampled(context, row["joint_share"], row["standard_error"]) for code, row in joint.items()},
        "weights": {code: _sampled(context, row["weights_share"], row["standard_error"]) for code, row in rows.items()},
        "windows": windows,
        "methods": methods,
    }
    return [
        Column(heading, {code: Cell(texts[kind][code], row[f"{kind}_share"]) for code, row in rows.items()}, "share", "%", group)
        for kind, heading in zip(
            texts, context.language.headings("of_combinations", "of_weightings", "of_windows", "of_methods"), strict=True
        )
    ]


LEAST_ERROR = 0.001
"""The least standard error of a share that a tenth of a percentage point shows."""


def _sampled(context: Context, share: float | None, error: float | None) -> str:
    if share is None:
        return UNKNOWN
    if not error:
        return context.language.percent(share, 1)
    shown = context.language.number(100 * max(error, LEAST_ERROR), 1)
    return f"{context.language.percent(share, 1)} ± {'<' if error < LEAST_ERROR else ''}{shown}"


# By other keys


def weights(context: Context) -> list[Column]:
    """Region, indicator and weight of each row of robustness.weight_intervals, by region code and indicator."""
    rows = {(row["region_code"], row["indicator"]): row for row in context.tables["robustness.weight_intervals"]}
    labels = {key: Cell(context.labels[row["indicator"]]) for key, row in rows.items()}
    shown = {key: Cell(context.language.share(row["weight"], brief=True), row["weight"]) for key, row in rows.items()}
    return [
        Column(context.say("heading.region"), {key: context.region(key[0]) for key in rows}),
        Column(context.say("heading.indicator"), labels),
        Column(context.say("heading.weight"), shown, "share", "%"),
    ]


def sources(context: Context) -> list[Column]:
    """What is known of each source, by the name of its entry."""
    say, date = context.say, context.language.date

    def published(source: Source) -> str:
        return date(source.published) if source.published else say("sources.not_stated")

    return [
        of_sources(context, say("heading.file"), lambda source: source.file),
        of_sources(context, say("heading.kind"), lambda source: say(f"sources.kind.{source.kind}")),
        of_sources(context, say("heading.publisher"), lambda source: source.publisher, declared=True),
        of_sources(context, say("heading.title"), _title, declared=True),
        of_sources(context, say("heading.covers"), lambda source: source.covers, declared=True),
        of_sources(context, say("heading.published"), published),
        of_sources(context, say("heading.retrieved"), lambda source: date(source.retrieved)),
        of_sources(context, say("heading.licence"), lambda source: source.licence, declared=True),
    ]


def of_sources(context: Context, heading: str, text: Callable[[Source], str], *, declared: bool = False) -> Column:
    """A text about each source. declared: one that stands in sources.toml, in its language."""
    of = context.cell if declared else Cell
    return Column(heading, {name: of(text(source)) for name, source in context.sources.entries.items()})


def _title(source: Source) -> str:
    return f"{source.title} ({source.table_id})" if source.table_id else source.title
