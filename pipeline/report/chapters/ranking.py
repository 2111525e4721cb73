"""The whole ranking: a table of every region, and the map of the score."""

from functools import partial

from pipeline.report import columns
from pipeline.report.blocks import Paragraph, Picture, Section, Table
from pipeline.report.chapters.maps import region_map
from pipeline.report.context import Context


def ranking(context: Context) -> Section:
    """The chapter."""
    key = "ranking.intro" if context.whole else "ranking.intro_alone"
    intro = Paragraph((context.say(key, window=context.window),))
    return Section("ranking", context.say("ranking.title"), (intro, _table(context)))


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
        [*(row["region_code"] for row in context.ranking), *([context.whole] if context.whole else [])],
        _note(context, weights),
        sortable=True,
        row_heading=1,
    )


def _note(context: Context, weights: str) -> str:
    apart = [label for name, label in context.labels.items() if not context.award.meaning(name).compares_with_whole]
    note = context.say("ranking.note", weights=weights)
    if context.award.fixed:
        note += " " + context.say("ranking.goalposts")
    if any(context.unknown(row) for row in context.ranking):
        note += " " + context.say("ranking.partly_known")
    if not context.whole or not apart:
        return note
    return f"{note} {context.say('ranking.whole_apart', labels=context.language.listed(apart))}"
