"""Development over time: the levels by year of the measures that the weighing indicators are taken from."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from pipeline.report.blocks import Cell, Paragraph, Picture, Section, Table, Width
from pipeline.report.charts import lines
from pipeline.report.charts.lines import Panel
from pipeline.report.context import Context
from pipeline.report.language import UNKNOWN


def development(context: Context) -> tuple[Section, ...]:
    """The chapter; none where no indicator is taken from a measure."""
    panels = context.panels
    if not panels:
        return ()
    is_whole = any(context.whole in panel.levels for panel in panels.values())
    codes = [*context.candidates, *(context.wholes if is_whole else ())]
    picture = _picture(context, "levels", context.candidates, codes, Width(word=11.0, paper=80))
    intro = Paragraph((context.say("development.intro" if is_whole else "development.intro_alone"),))
    return (Section("development", context.say("development.title"), (intro, picture)),)


def of_region(context: Context, code: str) -> tuple[Picture, ...]:
    """The development of one region, beside the whole where the two compare; in Word, which has 40 pages, of candidates alone."""
    panels = context.panels
    if not panels:
        return ()
    whole = context.wholes if any(context.whole in panel.levels for panel in panels.values()) else ()
    width = Width(word=7.5 if code in context.candidates else 0, paper=100)
    return (_picture(context, f"levels-{code}", (code,), [code, *whole], width, repeats=True),)


def _picture(context: Context, name: str, marked: Sequence[str], codes: Sequence[str], width: Width, *, repeats: bool = False) -> Picture:
    panels = context.panels
    alone = repeats
    drawn = (*(marked if alone else context.charted), context.whole)
    shown = {measure: _only(panel, drawn) for measure, panel in panels.items()}
    return Picture(
        name,
        _finding(context, codes),
        " ".join(_from_to(context, panel, code) for panel in panels.values() for code in codes if code in panel.levels),
        _table(context, f"data-{name}", panels, codes),
        partial(
            lines.development,
            [*shown.values()],
            context.names,
            marked,
            context.candidates,
            context.whole,
            context.language,
            across=context.index_span,
        ),
        width,
        repeats=repeats,
    )


def _only(panel: Panel, codes: Sequence[str | None]) -> Panel:
    return replace(panel, levels={code: levels for code, levels in panel.levels.items() if code in codes})


def _finding(context: Context, codes: Sequence[str]) -> str:
    """How the first weighing indicator that compares two years came out for these."""
    growing = [indicator for indicator in context.weighing if context.award.meanings[indicator.name].spans]
    if not growing:
        return context.say("development.caption")
    name, window = growing[0].name, context.language.span(*context.award.window_of(growing[0]))
    outcomes = [
        f"{context.language.nouns.whole if code == context.whole else context.names[code]} {context.shown(name, value)}"
        for code in codes
        if (value := _value(context, name, code)) is not None or code != context.whole
    ]
    return context.say("development.finding", label=context.traces.labels[name], window=window, outcomes=context.language.listed(outcomes))


def _value(context: Context, name: str, code: str) -> float | None:
    value = context.traces.value(name, code)
    compares = code != context.whole or context.award.meanings[name].compares_with_whole
    return float(value) if value is not None and compares else None


def _from_to(context: Context, panel: Panel, code: str) -> str:
    """The first and the last of some levels, in words."""
    levels, region = panel.levels[code], context.region(code).text
    years = sorted(levels)
    if all(level is None for level in levels.values()):
        return context.say("development.unknown", label=panel.title, region=region)
    ends = [levels[years[0]], levels[years[-1]]]
    first, last = (context.say("charts.unknown") if level is None else context.language.figure(level, panel.unit) for level in ends)
    places = {"label": panel.title, "region": region, "first": first, "last": last}
    return context.say("development.of", **places, first_year=years[0], last_year=years[-1])


def _table(context: Context, anchor: str, panels: Mapping[str, Panel], codes: Sequence[str]) -> Table:
    """A row for each of these regions in each measure."""
    years = sorted({year for panel in panels.values() for levels in panel.levels.values() for year in levels})
    rows = []
    for measure, panel in panels.items():
        decimals = 0 if panel.unit in ("money", "count") else 1
        unit = context.measure(measure).unit
        for code in (code for code in codes if code in panel.levels):
            levels = {year: panel.levels[code].get(year) for year in years}
            texts = {year: UNKNOWN if level is None else context.language.number(level, decimals) for year, level in levels.items()}
            cells = (Cell(texts[year], levels[year]) for year in years)
            rows.append((context.region(code), Cell(f"{panel.title}, {unit}"), *cells))
    return Table(
        anchor,
        context.say("development.caption"),
        (*context.language.headings("region", "measure"), *map(str, years)),
        (False, False, *[True] * len(years)),
        tuple(rows),
        context.say("development.note"),
        units=(None, None, *[""] * len(years)),
    )
