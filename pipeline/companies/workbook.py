"""The workbook of a shortlist: its companies with every measure unrounded, their exports by year, who takes part, and the measures."""

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence

from pipeline.companies.chapters import excluded
from pipeline.companies.context import Context
from pipeline.companies.measures import MEASURES
from pipeline.report.blocks import Cell
from pipeline.report.columns import PLACE, SCORE, Column
from pipeline.report.language import UNKNOWN
from pipeline.report.sheet import Grid, Sheet
from pipeline.report.xlsx import Front, book

KINDS = {"points": "growth", "ratio": SCORE}
"""Kinds of measures that the workbook shows as another."""


def workbook(context: Context) -> bytes:
    """The workbook as bytes, the same from run to run."""
    say = context.say
    subject = say("companies.subject", **context.span)
    front = Front(
        title=context.award.title,
        heading=context.award.title,
        subject=subject,
        notice=f"{context.mark}. {say('companies.notice')}",
        short=context.mark,
        notes=(say("companies.brief_people"), context.language.say("workbook.unknown")),
        identity=context.identity,
        created=datetime.date(context.award.years.last, 12, 31),
    )
    return book(front, [*_sheets(context)], context.language)


def _sheets(context: Context) -> Iterator[Sheet]:
    say, units, currency = context.say, context.chosen, context.method.catalogue.currency
    yield Sheet(
        say("companies.list_title"),
        (say("companies.list_caption"),),
        Grid([*_who(context), *_standing(context), *_measures(context)], units),
        1,
    )
    years = range(context.award.years.first, context.award.years.last + 1)
    amounts = {(row["unit_id"], row["year"]): float(row["exports_sek"]) for row in context.result.development}
    names = context.result.measured.names
    by_year = [
        Column(str(year), {unit: _number(amounts.get((names[unit], year), 0.0)) for unit in units}, "money", currency) for year in years
    ]
    yield Sheet(say("companies.page_years"), (say("companies.page_years"),), Grid([_company(context), *by_year], units), 1)
    countries: dict[tuple[int, str], dict[int, float]] = defaultdict(dict)
    numbers = {names[unit]: unit for unit in units}
    for row in context.result.markets:
        countries[numbers[row["unit_id"]], row["partner_country"]][row["year"]] = float(row["exports_sek"])
    keys = sorted(countries, key=lambda key: (context.numbers[key[0]], key[1]))
    ends = (context.award.window.base, context.award.window.final)
    of_country = [
        Column(say("companies.heading.company"), {key: Cell(context.name(key[0])) for key in keys}),
        Column(say("companies.heading.country"), {key: Cell(key[1]) for key in keys}),
        *(Column(str(year), {key: _number(countries[key].get(year, 0.0)) for key in keys}, "money", currency) for year in ends),
    ]
    yield Sheet(say("companies.heading.country"), (say("companies.heading.country"),), Grid(of_country, keys), 2)
    rules = excluded(context)
    lines = range(len(rules))
    columns = [
        Column(say("companies.excluded_rule"), {line: Cell(rules[line][0]) for line in lines}),
        Column(say("companies.excluded_count"), {line: _number(rules[line][1]) for line in lines}, "count"),
    ]
    yield Sheet(say("companies.excluded_title"), (say("companies.excluded_caption", **context.span),), Grid(columns, lines), 1)


def _who(context: Context) -> Sequence[Column]:
    kinds = [("county", "county"), ("size", "size class"), ("industry", "industry")]
    own = [
        Column(context.say(f"companies.heading.{key}"), {unit: Cell(context.kind(by, unit)) for unit in context.chosen})
        for key, by in kinds
    ]
    return [_company(context), *own]


def _company(context: Context) -> Column:
    return Column(context.say("companies.heading.company"), {unit: Cell(context.name(unit)) for unit in context.chosen})


def _standing(context: Context) -> Iterator[Column]:
    shortlist = context.result.shortlist
    yield Column(
        context.language.say("heading.place"), {unit: _number(int(shortlist.standing.rank[unit])) for unit in context.chosen}, PLACE
    )
    yield Column(
        context.language.say("heading.score"), {unit: _number(float(shortlist.standing.score[unit])) for unit in context.chosen}, SCORE
    )
    for key, name in (("combinations", "joint"), ("windows", "windows"), ("methods", "methods"), ("weightings", "weightings")):
        shares = {unit: _number(float(getattr(shortlist.shares, name)[unit])) for unit in context.chosen}
        yield Column(context.language.say(f"heading.of_{key}"), shares, "share", "%")
    verdicts = {unit: Cell(context.verdict(unit)) for unit in context.chosen}
    yield Column(context.say("companies.heading.verdict"), verdicts)
    warned = {unit: ", ".join(context.say(f"companies.warning.{name}") for name in context.warned(unit)) for unit in context.chosen}
    yield Column(
        context.say("companies.heading.warnings"), {unit: Cell(text or context.say("companies.none")) for unit, text in warned.items()}
    )


def _measures(context: Context) -> Iterator[Column]:
    for one in context.award.indicators:
        kind = MEASURES[one.name][1]
        values = {unit: Cell(UNKNOWN, context.value(one.name, unit)) for unit in context.chosen}
        yield Column(context.label(one), values, KINDS.get(kind, kind), {"money": context.method.catalogue.currency}.get(kind, ""))


def _number(value: float | int) -> Cell:
    return Cell(UNKNOWN, value)
