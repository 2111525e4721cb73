"""The indicators on maps."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from pipeline.report.blocks import Cell, Picture, Section, Table, Width
from pipeline.report.charts import maps as charts
from pipeline.report.context import Context
from pipeline.report.language import UNKNOWN
from pipeline.report.outlines import outlines


def maps(context: Context) -> tuple[Section, ...]:
    """The chapter, where the geography has outlines."""
    pictures = tuple(picture for picture in (_indicator(context, name) for name in context.labels) if picture)
    return (Section("maps", context.say("maps.title"), pictures, "maps"),) if pictures else ()


def _indicator(context: Context, name: str) -> Picture | None:
    words = "%" if context.award.meanings[name].unit in ("growth", "share") else context.unit_words(name)
    return region_map(
        context,
        name,
        context.labels[name],
        context.award.meanings[name].unit,
        context.values[name],
        partial(context.shown, name),
        words=words,
    )


def region_map(
    context: Context,
    name: str,
    label: str,
    unit: str,
    values: Mapping[str, float],
    shown: Callable[[float], str],
    *,
    words: str = "",
    paper: int = 100,
    linked: bool = False,
) -> Picture | None:
    """A map of the regions; None where the geography has no outlines. values: those known; words: what their unit is called; paper: its
    width there, in per cent; linked: to the regions' pages, on the first page, whose lead says the finding."""
    shapes = outlines(context.award.catalogue)
    if shapes is None:
        return None
    ordered = sorted(values.items(), key=lambda item: (-item[1], item[0]))
    unknown = [code for code in context.regions if code not in values]

    def listed(items: Iterable[tuple[str, float]]) -> str:
        return context.language.listed(f"{context.names[code]} {shown(value)}" for code, value in items)

    ends = {"highest": listed(ordered[:3]), "lowest": listed(ordered[-3:])}
    parts = [context.say("maps.alternative", label=label, **ends)] if ordered else []
    names = context.language.listed(context.names[code] for code in unknown)
    parts += [context.say("maps.unknown", regions=names)] if unknown else []
    texts = {code: shown(value) for code, value in ordered} | dict.fromkeys(unknown, UNKNOWN)
    in_table = [code for code in texts if code in context.charted]
    rows = tuple((context.region(code), Cell(texts[code], values.get(code))) for code in in_table)
    note = "" if len(rows) == len(texts) else context.say("maps.first", count=len(rows))
    return Picture(
        f"map-{name}",
        context.say("maps.caption", label=label) if linked else _finding(context, label, values, shown),
        " ".join(parts),
        Table(f"data-map-{name}", label, (context.say("heading.region"), label), (False, True), rows, note, units=(None, words)),
        partial(
            charts.region_map,
            shapes,
            {code: values.get(code) for code in context.names},
            {code: f"{context.names[code]}: {text}" for code, text in texts.items()},
            label,
            unit,
            context.language,
            outlined=context.candidates,
            linked=linked,
        ),
        Width(word=7.2, paper=paper),
        repeats=True,
    )


def _finding(context: Context, label: str, values: Mapping[str, float], shown: Callable[[float], str]) -> str:
    if not values:
        return context.say("maps.caption", label=label)
    ends = {}
    for end, value in (("highest", max(values.values())), ("lowest", min(values.values()))):
        names = sorted((context.names[code] for code, other in values.items() if other == value), key=context.language.order)
        ends[end] = f"{context.language.listed(names)} ({shown(value)})"
    return context.say("maps.finding", label=label, **ends)
