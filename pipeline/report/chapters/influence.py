"""What each indicator really weighs in the scores, beside the weight that the award gives it."""

import itertools

from pipeline.report.blocks import Cell, Paragraph, Section, Table
from pipeline.report.columns import SCORE, Column, numbers, table
from pipeline.report.context import Context
from pipeline.report.language import UNKNOWN


def influence(context: Context) -> tuple[Section, ...]:
    """A sentence on each finding, and the table; nothing where one indicator weighs alone."""
    if len(context.weighing) < 2:
        return ()
    paragraphs = [Paragraph((text,)) for text in (_most_and_least(context), _alike(context)) if text]
    return (Section("influence", context.say("robustness.influence"), (*paragraphs, _table(context))),)


def share_columns(context: Context) -> list[Column]:
    """Weight and shares of each weighing indicator, by name."""
    rows = {row["indicator"]: row for row in context.tables["robustness.influence"]}
    return [
        Column(context.say("heading.indicator"), {name: Cell(context.labels[name]) for name in rows}),
        _shares(context, "heading.weight", {name: row["weight"] for name, row in rows.items()}),
        _shares(context, "heading.influence_share", {name: row["influence_share"] for name, row in rows.items()}),
        _shares(context, "heading.variance_share", {name: row["variance_share"] for name, row in rows.items()}),
    ]


def correlation_columns(context: Context) -> list[Column]:
    """Indicator, correlation and the other indicator of each row of robustness.correlations, by the two names."""
    rows = {(row["indicator"], row["other_indicator"]): row["correlation"] for row in context.tables["robustness.correlations"]}
    return [
        Column(context.say("heading.indicator"), {key: Cell(context.labels[key[0]]) for key in rows}),
        Column(context.say("heading.correlation"), numbers(rows), SCORE),
        Column(context.say("heading.correlated_with"), {key: Cell(context.labels[key[1]]) for key in rows}),
    ]


def _shares(context: Context, heading: str, values: dict[str, float | None]) -> Column:
    cells = {name: Cell(UNKNOWN if value is None else context.language.share(value, brief=True), value) for name, value in values.items()}
    return Column(context.say(heading), cells, "share", "%")


def _table(context: Context) -> Table:
    names = [row["indicator"] for row in context.tables["robustness.influence"]]
    nearest: dict[str, Cell] = {}
    for name in names:
        known = [
            (row["correlation"], other)
            for row in context.tables["robustness.correlations"]
            for one, other in itertools.permutations((row["indicator"], row["other_indicator"]))
            if one == name and row["correlation"] is not None
        ]
        value, other = max(known, default=(None, ""))
        text = UNKNOWN if value is None else f"{context.language.number(value, 2)}: {context.labels[other]}"
        nearest[name] = Cell(text, value)
    caption, note = context.say("robustness.influence_caption"), context.say("robustness.influence_note")
    columns = [*share_columns(context), Column(context.say("heading.highest_correlation"), nearest)]
    return table("table-influence", caption, columns, names, note)


def _most_and_least(context: Context) -> str:
    known = [row for row in context.tables["robustness.influence"] if row["influence_share"] is not None]
    if len(known) < 2:
        return ""
    most, least = (choose(known, key=lambda row: row["influence_share"]) for choose in (max, min))
    share = context.language.share
    values = {f"{key}_share": share(row["influence_share"]) for key, row in (("most", most), ("least", least))}
    values |= {f"{key}_weight": share(row["weight"]) for key, row in (("most", most), ("least", least))}
    return context.say(
        "robustness.influence_of", most=context.labels[most["indicator"]], least=context.labels[least["indicator"]], **values
    )


def _alike(context: Context) -> str:
    known = [row for row in context.tables["robustness.correlations"] if row["correlation"] is not None]
    if not known:
        return ""
    nearest = max(known, key=lambda row: row["correlation"])
    if nearest["correlation"] <= 0:
        return context.say("robustness.nothing_twice")
    one, other = (context.labels[nearest[key]] for key in ("indicator", "other_indicator"))
    return context.say("robustness.counted_twice", one=one, other=other, correlation=context.language.number(nearest["correlation"], 2))
