"""What standard errors from the records leave open: places by each indicator that has them, and the candidates with shrunken growth."""

from pipeline.report.blocks import Block, Bullets, Cell, Paragraph, Section
from pipeline.report.columns import NUMBER, PLACE, Column, numbers, region, span, table, yes
from pipeline.report.context import Context, Row
from pipeline.report.language import UNKNOWN

SETS, ERRORS, SHRINKAGE = "robustness.rank_sets", "robustness.standard_errors", "robustness.shrinkage"
INDEX = "index"
"""What robustness.rank_sets calls the score."""


def errors(context: Context) -> tuple[Section, ...]:
    """The section; nothing in a round without standard errors."""
    if not context.tables.get(SETS):
        return ()
    blocks: list[Block] = [Paragraph((context.say("errors.intro"),)), Bullets(tuple((text,) for text in _could_be_first(context)))]
    blocks += [Paragraph((text,)) for text in (_index(context), _shrunken(context)) if text]
    near = [row["region_code"] for row in context.ranking if row["region_code"] in context.by_region("robustness.verdicts")]
    spans = [_spans(context, by, rows) for by, rows in _by_value(context).items()]
    caption, note = context.say("errors.caption"), context.say("errors.note")
    blocks.append(table("table-errors", caption, [region(context), *spans], near, note))
    return (Section("errors", context.say("errors.title"), tuple(blocks)),)


def beside_trials(context: Context) -> str:
    """What the panel of other choices, which computes with the figures as they stand, leaves out; nothing without standard errors."""
    return " ".join([context.say("whatif.errors"), *_could_be_first(context)]) if context.tables.get(SETS) else ""


def error_columns(context: Context) -> list[Column]:
    """Value, standard error, place and set of each region by each indicator with errors, by indicator and region code."""
    rows = {(row["indicator"], row["region_code"]): row for row in context.tables[ERRORS]}
    sets = {(row["ranked_by"], row["region_code"]): row for row in context.tables[SETS]}

    def of_rows(key: str, of: dict[tuple[str, str], Row]) -> dict[tuple[str, str], Cell]:
        return numbers({place: of[place][key] for place in rows})

    could = {key: yes(context, sets[key]["could_be_among_first"]) for key in rows}
    return [
        Column(context.say("heading.indicator"), {key: Cell(context.labels[key[0]]) for key in rows}),
        Column(context.say("heading.region"), {key: Cell(context.names[key[1]]) for key in rows}),
        Column(context.say("heading.value"), of_rows("indicator_value", rows), NUMBER),
        Column(context.say("errors.heading.at_most"), of_rows("standard_error", rows), NUMBER),
        Column(context.say("errors.heading.shrunken"), of_rows("shrunken_value", rows), NUMBER),
        Column(context.say("heading.place"), of_rows("rank", sets), PLACE),
        Column(context.say("workbook.best"), of_rows("best_rank", sets), PLACE),
        Column(context.say("workbook.worst"), of_rows("worst_rank", sets), PLACE),
        Column(context.say("errors.heading.could", candidates=context.award.ranking.candidates), could),
    ]


def _by_value(context: Context) -> dict[str, list[Row]]:
    """The rows of the sets by what regions are ranked by, the score first."""
    by: dict[str, list[Row]] = {}
    for row in sorted(context.tables[SETS], key=lambda row: row["ranked_by"] != INDEX):
        by.setdefault(row["ranked_by"], []).append(row)
    return by


def _could_be_first(context: Context) -> list[str]:
    texts = []
    for by, rows in _by_value(context).items():
        could = [context.names[row["region_code"]] for row in sorted(rows, key=lambda row: row["rank"]) if row["could_be_among_first"]]
        said = {
            "label": context.say("errors.score") if by == INDEX else context.say("errors.quoted", label=context.labels[by]),
            "all": len(rows),
            "candidates": context.award.ranking.candidates,
        }
        if len(could) == len(rows):
            texts.append(context.say("errors.could_all", **said))
        else:
            texts.append(context.say("errors.could_be", count=len(could), names=context.language.listed(could), **said))
    return texts


def _index(context: Context) -> str:
    """Why there are no sets of the score, where there are none."""
    by = _by_value(context)
    without = [context.labels[one.name] for one in context.weighing if one.name not in by]
    if INDEX in by:
        return ""
    return context.say("errors.no_index", labels=context.language.listed(without)) if without else context.say("errors.no_sum")


def _shrunken(context: Context) -> str:
    """Whether the candidates were others, had small regions' growth been drawn towards the mean."""
    rows = sorted((row for row in context.tables[SHRINKAGE] if row["is_candidate"]), key=lambda row: (row["rank"], row["region_code"]))
    if not rows:
        return ""
    then = [row["region_code"] for row in rows]
    if {*then} == {*context.candidates}:
        return context.say("errors.shrunken_same")
    return context.say("errors.shrunken_others", names=context.language.listed([context.names[code] for code in then]))


def _spans(context: Context, by: str, rows: list[Row]) -> Column:
    spans = {row["region_code"]: span(context, row) for row in rows}
    return Column(
        context.say("heading.score") if by == INDEX else context.labels[by], dict.fromkeys(context.names, Cell(UNKNOWN)) | spans, PLACE
    )
