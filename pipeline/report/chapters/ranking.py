"""The whole ranking: a table of every region, and the map of the score."""

from collections.abc import Mapping
from functools import partial

from pipeline.declarations import within
from pipeline.report import columns
from pipeline.report.blocks import Paragraph, Picture, Section, Table, Width
from pipeline.report.chapters.maps import region_map
from pipeline.report.charts import scores as scores_charts
from pipeline.report.context import Context, Row

DIFFERENCE = 1e-9
"""Between a score and the sum of its parts, by rounding alone."""


def ranking(context: Context) -> Section:
    """The chapter."""
    key = "ranking.intro" if context.whole else "ranking.intro_alone"
    intro = Paragraph((context.say(key, window=context.window),))
    return Section("ranking", context.say("ranking.title"), (intro, _table(context), *_contributions(context)))


def _contributions(context: Context) -> tuple[Picture, ...]:
    """What each indicator brings to each score, where that adds up to it."""
    say, labels = context.say, {indicator.name: context.labels[indicator.name] for indicator in context.weighing}
    parts = {code: of_one for code, of_one in parts_of_scores(context).items() if code in context.charted}
    scores = {row["region_code"]: row["score"] for row in context.ranking if row["region_code"] in parts}
    if len(labels) < 2 or not parts:
        return ()
    findings = [
        say(
            "ranking.most",
            region=row["region_name"],
            label=within(labels[name]),
            part=context.language.number(parts[row["region_code"]][name], 3),
            score=context.language.number(row["score"], 3),
        )
        for row in context.proposed
        for name in [largest(parts[row["region_code"]])]
    ]
    points = [
        columns.Column(labels[name], {code: columns.score_of(context, of_one.get(name)) for code, of_one in parts.items()}, columns.SCORE)
        for name in labels
    ]
    shown = [columns.place(context), columns.region(context), *points, columns.score(context)]
    return (
        Picture(
            "contributions",
            say("ranking.contributions"),
            " ".join(findings),
            columns.table("data-contributions", say("ranking.contributions_table"), shown, parts, row_heading=1),
            partial(scores_charts.contributions, parts, scores, labels, context.names, context.candidates, context.language),
            Width(word=11.0, paper=80),
            repeats=True,
        ),
    )


def parts_of_scores(context: Context) -> dict[str, dict[str, float]]:
    """What each known indicator brings to the score of each ranked region; nothing where that does not add up to it."""
    parts = {row["region_code"]: parts_of(context, row) for row in context.ranking if row["rank"]}
    return parts if all(parts.values()) else {}


def parts_of(context: Context, row: Row) -> dict[str, float]:
    """What each known indicator brings to the score of a ranked region; nothing where that does not add up to it."""
    parts = {one.name: float(value) for one in context.weighing if (value := row[f"{one.name}_weighted"]) is not None}
    return parts if abs(sum(parts.values()) - row["score"]) <= DIFFERENCE else {}


def largest(parts: Mapping[str, float]) -> str:
    """The indicator that brings most; the first of equals."""
    return max(parts, key=lambda name: parts[name])


def score_map(context: Context) -> Picture | None:
    """The map of the score, each region a link to its page; None where the geography has no outlines."""
    scores = {row["region_code"]: row["score"] for row in context.ranking if row["rank"]}
    label, shown = context.say("heading.score"), partial(context.language.number, decimals=3)
    return region_map(context, "score", label, "score", scores, shown, paper=100, linked=True)


def _table(context: Context) -> Table:
    weights = "; ".join(f"{context.labels[indicator.name]}: {indicator.weight}" for indicator in context.weighing)
    return columns.table(
        "table-ranking",
        context.say("ranking.caption", window=context.window),
        [columns.place(context), columns.region(context), columns.score(context), *columns.themes(context), *columns.values(context)],
        [*(row["region_code"] for row in context.ranking), *context.wholes],
        _note(context, weights),
        sortable=True,
        row_heading=1,
    )


def _note(context: Context, weights: str) -> str:
    apart = [label for name, label in context.labels.items() if not context.award.meanings[name].compares_with_whole]
    note = context.say("ranking.note", weights=weights)
    if context.award.fixed:
        note += " " + context.say("ranking.goalposts")
    if any(context.unknown(row) for row in context.ranking):
        note += " " + context.say("ranking.partly_known")
    if not context.whole or not apart:
        return note
    return f"{note} {context.say('ranking.whole_apart', labels=context.language.listed(apart))}"
