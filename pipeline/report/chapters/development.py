"""Development over time: the levels by year of the measure that the award's first growth or change is taken from."""

from collections.abc import Mapping, Sequence
from functools import partial

from pipeline.report.blocks import Cell, Paragraph, Picture, Section, Table, Width
from pipeline.report.charts import lines
from pipeline.report.context import Context
from pipeline.report.language import UNKNOWN, within

Levels = Mapping[str, Mapping[int, float | None]]


def development(context: Context) -> tuple[Section, ...]:
    """The chapter; none where no indicator compares two years."""
    measure = _measure(context)
    if measure is None:
        return ()
    levels = _levels(context, measure)
    whole = [context.whole] if context.whole in levels else []
    picture = Picture(
        "levels",
        _caption(context, measure),
        " ".join(_from_to(context, code, levels[code], measure) for code in (*context.candidates, *whole)),
        _table(context, "data-development", measure, [*(row["region_code"] for row in context.ranking), *whole]),
        partial(lines.development, levels, context.names, context.candidates, _unit(context, measure), context.language, context.whole),
        Width(word=9.0, paper=80),
    )
    intro = Paragraph((context.say("development.intro" if whole else "development.intro_alone"),))
    return (Section("development", context.say("development.title"), (intro, picture)),)


def of_region(context: Context, code: str) -> tuple[Picture, ...]:
    """The development of one region, beside the whole where the two compare."""
    measure = _measure(context)
    if measure is None:
        return ()
    name, levels = context.names[code], _levels(context, measure)
    whole = [context.whole] if context.whole in levels else []
    known = {year: level for year, level in levels[code].items() if level is not None}
    beside = f"{name} {context.say('shared.and_whole')}" if whole else name
    return (
        Picture(
            f"levels-{code}",
            f"{beside}: {within(_caption(context, measure))}",
            _from_to(context, code, known, measure) if known else context.say("development.unknown", region=name),
            _table(context, f"data-development-{code}", measure, [code, *whole]),
            partial(
                lines.region_development,
                levels[code],
                levels.get(context.whole or ""),
                name,
                _unit(context, measure),
                context.language,
                candidate=code in context.candidates,
            ),
            Width(word=7.5, paper=100),
            repeats=True,
        ),
    )


def _measure(context: Context) -> str | None:
    meanings = [context.award.meaning(indicator.name) for indicator in context.award.indicators]
    return next((meaning.measure for meaning in meanings if meaning.spans and meaning.measure), None)


def _caption(context: Context, measure: str) -> str:
    kind, unit = _unit(context, measure)
    name = getattr(context.award.catalogue.measures[measure], context.language.code).name
    return f"{name}, {context.language.nouns.money if kind == 'money' else unit}"


def _unit(context: Context, measure: str) -> tuple[str, str]:
    """The kind of unit of a measure, and what it is called."""
    declared = context.award.catalogue.measures[measure]
    return declared.unit, getattr(declared, context.language.code).unit


def _levels(context: Context, measure: str) -> dict[str, dict[int, float | None]]:
    """The level of every region, and of the whole where it compares, in every year; None for an unknown one."""
    rows = [row for row in context.tables["indicators.levels_by_year"] if row["measure"] == measure]
    years = sorted({row["year"] for row in rows})
    codes = list(context.regions)
    if context.whole and context.award.catalogue.compares_with_whole(measure):
        codes.append(context.whole)
    levels: dict[str, dict[int, float | None]] = {code: dict.fromkeys(years) for code in codes}
    for row in rows:
        if row["region_code"] in levels:
            levels[row["region_code"]][row["year"]] = row["level"]
    return levels


def _from_to(context: Context, code: str, levels: Mapping[int, float | None], measure: str) -> str:
    """The first and the last of some levels, in words."""
    years, region = list(levels), context.region(code).text
    kind, _ = _unit(context, measure)
    first, last = (context.language.figure(levels[year], kind) for year in (years[0], years[-1]))
    return context.say("development.of", region=region, first=first, last=last, first_year=years[0], last_year=years[-1])


def _table(context: Context, anchor: str, measure: str, codes: Sequence[str]) -> Table:
    levels = _levels(context, measure)
    years = list(levels[codes[0]])
    decimals = 0 if context.award.catalogue.measures[measure].unit in ("money", "count") else 1
    rows = []
    for code in codes:
        region = context.region(code) if code != context.whole else Cell(context.say("shared.whole"))
        texts = {year: UNKNOWN if level is None else context.language.number(level, decimals) for year, level in levels[code].items()}
        rows.append((region, *(Cell(texts[year], levels[code][year]) for year in years)))
    return Table(
        anchor,
        _caption(context, measure),
        (context.say("heading.region"), *map(str, years)),
        (False, *[True] * len(years)),
        tuple(rows),
        context.say("development.note"),
    )
