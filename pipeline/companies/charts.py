"""The charts of the report on companies: where the shortlist stands among all, and the development of each company."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from pipeline.award import Indicator
from pipeline.companies.context import Context
from pipeline.companies.measures import MEASURES
from pipeline.report.blocks import Cell, Picture, Table, Width
from pipeline.report.charts import lines, scores
from pipeline.report.charts.lines import Panel
from pipeline.report.charts.scores import Among
from pipeline.report.language import Language

QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
COMPANY, INDUSTRY = "company", "industry"


def among(context: Context) -> Picture:
    """Where the companies of the shortlist stand among all that are ranked, in each measure that weighs."""
    say, ranked = context.say, np.flatnonzero(context.result.shortlist.standing.rank > 0)
    strips, rows, sentences, middles = [], [], [], []
    for one in context.award.weighing:
        sign = -1 if one.direction == "lower" else 1
        values = context.result.measured.measure(one.name)
        ordered, own = np.sort(sign * values[ranked]), sign * values[[*context.chosen]]
        places = (np.searchsorted(ordered, own, side="left") / max(len(ordered) - 1, 1)).tolist()
        ends = [sign * float(value) for value in np.quantile(ordered, QUARTERS, method="lower")]
        middle = sign * float(np.quantile(own, 0.5, method="lower"))
        shown = [context.shown(one.name, value) for value in (*ends, middle)]
        strips.append(Among(*_short(context, one, ends), places))
        rows.append((Cell(context.label(one)), *(Cell(text, value) for text, value in zip(shown, (*ends, middle), strict=True))))
        key = "companies.chart_list_below" if sign < 0 else "companies.chart_list_of"
        sentences.append(say(key, measure=context.label(one), listed=shown[-1], all=shown[2]))
        middles.append(float(np.median(places)))
    headings = (
        say("companies.heading.measure"),
        say("companies.chart_worst"),
        *(say("companies.chart_quarter", share=context.language.percent(share)) for share in QUARTERS[1:-1]),
        say("companies.chart_best"),
        say("companies.chart_middle"),
    )
    return Picture(
        "among",
        _finding(context, context.award.weighing, middles),
        " ".join(sentences),
        Table("data-among", say("companies.chart_list_data"), headings, (False, *[True] * (len(headings) - 1)), tuple(rows)),
        partial(scores.among, strips, context.language),
        Width(word=0, paper=80),
        repeats=True,
    )


def _short(context: Context, one: Indicator, values: Sequence[float]) -> tuple[str, list[str]]:
    """The label of a measure with its unit where figures with it would not stand beside each other, and the figures."""
    label, number = context.label(one), context.language.number
    match MEASURES[one.name][1]:
        case "money":
            millions = [value / 1_000_000 for value in values]
            unit = context.language.money_unit(1_000_000)
            return f"{label}, {unit}", [number(value, 0 if abs(value) >= 10 else 1) for value in millions]
        case "points":
            unit = context.say("companies.points", number="").strip()
            return f"{label}, {unit}", [number(100 * value, 0, signed=True) for value in values]
    return label, [context.shown(one.name, value) for value in values]


def _finding(context: Context, weighing: Sequence[Indicator], middles: Sequence[float]) -> str:
    """In which measure the shortlist stands out most."""
    most = int(np.argmax(middles))
    share = context.language.percent(max(1 - middles[most], 0.01))
    return context.say("companies.chart_list", share=share, measure=context.label(weighing[most]))


def development(context: Context, unit: int, table: Table, years: Sequence[Mapping[str, Any]]) -> Picture:
    """The exports of a company by year, beside those of its industry; the table has the company's figures."""
    every = range(context.award.years.first, context.award.years.last + 1)
    amounts = {row["year"]: float(row["exports_sek"]) for row in years}
    own = {year: amounts.get(year, 0.0) for year in every}
    division = str(context.result.measured.register["industry_code"][unit] or "")[:2]
    industry = {year: context.industries[division, year] for year in every if (division, year) in context.industries}
    base, final = context.award.window.base, context.award.window.final
    growth = context.figure("growth", context.value("exports_growth", unit))
    caption = context.say("companies.chart_years_alone", growth=growth, **context.span)
    levels: dict[str, Mapping[int, float | None]] = {COMPANY: dict(own)}
    if industry.get(base) and final in industry:
        levels[INDUSTRY] = dict(industry)
        beside = context.figure("growth", industry[final] / industry[base] - 1)
        caption = context.say("companies.chart_years", growth=growth, division=division, industry=beside, **context.span)
    first, last = (context.figure("money", own[year]) for year in (base, final))
    panel = Panel(context.say("companies.heading.sales"), "money", levels, base)
    nouns = context.language.nouns.model_copy(update={"whole": context.say("companies.chart_industry")})
    return Picture(
        f"development-{context.numbers[unit]}",
        caption,
        context.say("companies.chart_years_of", first=first, last=last, **context.span),
        table,
        partial(
            lines.development,
            [panel],
            {COMPANY: context.name(unit)},
            [COMPANY],
            [COMPANY],
            INDUSTRY,
            Language(context.language.code, nouns),
            across=lines.span([panel]),
        ),
        Width(word=0, paper=100),
    )
