"""Where a region stands among all in each indicator, as a chart."""

from collections.abc import Sequence
from functools import partial

from pipeline.award import Indicator
from pipeline.report import columns
from pipeline.report.blocks import Picture, Width
from pipeline.report.charts import scores
from pipeline.report.charts.scores import Strip
from pipeline.report.columns import Column
from pipeline.report.context import Context
from pipeline.report.language import UNKNOWN


def strips(context: Context, code: str, values: Sequence[Column]) -> Picture:
    """The picture; the ranking's table has the values of all regions, as these columns."""
    rows = [_strip(context, indicator, code) for indicator in context.award.indicators]
    finding = _finding(context, code)
    return Picture(
        f"strips-{code}",
        finding,
        " ".join(f"{row.label}: {context.say('charts.unknown') if row.about == UNKNOWN else row.about}." for row in rows),
        columns.table(f"data-strips-{code}", context.say("regions.strips"), [columns.region(context), *values], [code, *context.wholes]),
        partial(scores.strips, rows, code, context.names[code], context.language, candidate=code in context.candidates),
        Width(word=0, paper=100),
        repeats=True,
    )


def _strip(context: Context, indicator: Indicator, code: str) -> Strip:
    name, meaning = indicator.name, context.award.meanings[indicator.name]
    values = context.values[name]
    whole = context.traces.value(name, context.whole) if context.whole and meaning.compares_with_whole else None
    shown = context.shown(name, values.get(code))
    place = context.place(name, code).text
    known = [*values.values(), *([float(whole)] if whole is not None else [])]
    return Strip(
        context.labels[name],
        context.say("regions.strip", value=shown, place=place) if place else shown,
        values,
        (context.shown(name, min(known)), context.shown(name, max(known))) if known else ("", ""),
        None if whole is None else float(whole),
        indicator.direction == "lower",
    )


def _finding(context: Context, code: str) -> str:
    """In how many indicators the region is in the better half of those whose figures are known."""
    places = [(of_one[code], len(of_one)) for of_one in context.places.values() if code in of_one]
    better = sum(2 * place <= count for place, count in places)
    return context.say("regions.better_half", region=context.names[code], count=better, all=len(places))
