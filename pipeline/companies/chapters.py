"""The report on companies, for the inside: its chapters, in the blocks of every report."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.companies import charts
from pipeline.companies.context import Context
from pipeline.ranking.score import contributions
from pipeline.report.blocks import Block, Bullets, Cell, Document, Inline, Paragraph, Section, Strong, Table
from pipeline.report.visible import visible

MOST_COUNTRIES = 10
GROUNDS = ("innovation", "visibility")
WARNED = {
    "single_declaration": {"largest": "largest_declaration_share", "change": "largest_declaration_of_change"},
    "single_year": {"share": "largest_year_of_change"},
    "moved": {"share": "kin_fall_of_change"},
    "merged": {"share": "gone_kin_of_change"},
    "taken_over": {"share": "taken_over_share"},
    "reexported": {"share": "reexported_share"},
}
"""The shares that the sentence of each warning says, and the columns that have them."""


def document(context: Context) -> Document:
    """The whole report."""
    say = context.say
    sections = (_brief(context), _list(context), _participation(context), _method(context), _limits(context), _pages(context))
    whole: Document = visible(
        Document(
            context.language.code,
            context.award.title,
            say("companies.subject", **context.span),
            f"{context.mark}. {say('companies.notice')}",
            context.identity,
            sections,
            None,
            context.mark,
            say("companies.picker"),
        )
    )
    return whole


def _brief(context: Context) -> Section:
    say, chosen = context.say, context.result.shortlist
    part = int(chosen.takes_part.sum())
    warned = sum(bool(context.warned(unit)) for unit in context.chosen)
    numbers = {"shortlist": len(context.chosen), "ranked": chosen.ranked, "part": part, "without": part - chosen.ranked}
    texts = {key: context.language.number(value, 0) for key, value in {**numbers, "all": len(context.result.measured)}.items()}
    blocks = (
        Paragraph((say("companies.brief", **texts, **context.span),), "lead"),
        Paragraph((say("companies.brief_warned", warned=warned),)),
        Paragraph((say("companies.brief_people"),)),
        Paragraph((_reexports(context),), "note"),
    )
    return Section("summary", say("companies.brief_title"), blocks)


def _reexports(context: Context) -> str:
    """Whether companies that sell imports on can be told from others."""
    if not context.result.has_imports:
        return context.say("companies.reexport")
    return context.say("companies.reexport_measured", share=context.language.percent(context.award.warnings.reexported))


def _list(context: Context) -> Section:
    say, shares = context.say, context.result.shortlist.shares
    first = context.award.weighing[:2]
    rows = []
    for unit in context.chosen:
        share = float(shares.joint[unit])
        warned = ", ".join(say(f"companies.warning.{name}") for name in context.warned(unit)) or say("companies.none")
        figures = [(value := context.value(one.name, unit), Cell(context.shown(one.name, value), value))[1] for one in first]
        rows.append(
            (
                Cell(context.name(unit), context.numbers[unit], anchor=f"company-{context.numbers[unit]}"),
                Cell(context.kind("county", unit)),
                Cell(context.kind("size class", unit)),
                Cell(context.kind("industry", unit)),
                Cell(context.language.number(_score(context, unit), 3), _score(context, unit)),
                *figures,
                Cell(context.language.share(share), share),
                Cell(context.verdict(unit)),
                Cell(warned),
            )
        )
    headings = (
        *(say(f"companies.heading.{key}") for key in ("company", "county", "size", "industry")),
        context.language.say("heading.score"),
        *(context.label(one) for one in first),
        context.language.say("heading.of_combinations"),
        say("companies.heading.verdict"),
        say("companies.heading.warnings"),
    )
    numeric = (False, False, False, False, True, *[True] * len(first), True, False, False)
    strata = context.language.listed(say(f"companies.by.{stratum.by.replace(' ', '_')}") for stratum in context.award.shortlist.strata)
    combinations = context.language.number(shares.combinations, 0)
    note = say("companies.list_note", combinations=combinations, length=context.award.shortlist.length, strata=strata)
    return Section(
        "list",
        say("companies.list_title"),
        (Table("table-list", say("companies.list_caption"), headings, numeric, tuple(rows), note, sortable=True), charts.among(context)),
    )


def _score(context: Context, unit: int) -> float:
    return float(context.result.shortlist.standing.score[unit])


def _pages(context: Context) -> Section:
    """The chapter with a page for each company."""
    years: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    markets: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for rows, table in ((context.result.development, years), (context.result.markets, markets)):
        for row in rows:
            table[row["unit_id"]].append(row)
    weights = [one.weight for one in context.award.weighing]
    points = contributions(context.result.shortlist.standing.normalised, weights, context.award.shortlist.aggregation)
    names = context.result.measured.names
    pages = (_page(context, unit, points[unit], years[names[unit]], markets[names[unit]]) for unit in context.chosen)
    return Section("regions", context.say("companies.pages_title"), tuple(pages))


def _page(context: Context, unit: int, points: Any, years: Sequence[Mapping[str, Any]], markets: Sequence[Mapping[str, Any]]) -> Section:
    say, shortlist, number = context.say, context.result.shortlist, context.numbers[unit]
    register = context.result.measured.register
    place = say(
        "companies.page_place",
        place=int(shortlist.standing.rank[unit]),
        ranked=shortlist.ranked,
        score=context.language.number(_score(context, unit), 3),
    )
    where = say(
        "companies.page_where",
        region=context.kind("county", unit),
        size=context.kind("size class", unit),
        industry=register["industry_code"][unit],
        employees=context.language.number(register["employees"][unit], 0),
    )
    group = say("companies.page_group" if register["is_in_group"][unit] else "companies.page_alone")
    shares = {
        key: context.language.share(float(getattr(shortlist.shares, key)[unit])) for key in ("joint", "windows", "methods", "weightings")
    }
    robust = say("companies.page_robust", **shares, length=context.award.shortlist.length, verdict=context.verdict(unit))
    warned: list[Block] = [Bullets(tuple((text,) for text in _warned(context, unit)), "caveat")] if context.warned(unit) else []
    blocks: tuple[Block, ...] = (
        Paragraph((Strong(place), " ", where, " ", group)),
        Paragraph((_largest(context, unit),)),
        *warned,
        _measures(context, unit, points),
        charts.development(context, unit, _years(context, number, years), years),
        _markets(context, number, markets),
        Paragraph((robust,), "verdict"),
        Section(f"evidence-{number}", say("companies.page_evidence"), (Bullets(tuple(_evidence(context, unit))),)),
        Section(f"check-{number}", say("companies.page_check"), (Bullets(tuple(_to_check(context, unit))),)),
    )
    return Section(f"company-{number}", context.name(unit), blocks, "region")


def _largest(context: Context, unit: int) -> str:
    """How much the largest declaration carries, of every company."""
    shares = {
        key: float(context.result.measured.column("carried", f"largest_declaration_{name}")[unit])
        for key, name in (("share", "share"), ("change", "of_change"))
    }
    known = {key: context.language.percent(value) for key, value in shares.items() if not np.isnan(value)}
    return context.say("companies.page_largest_change" if "change" in known else "companies.page_largest", **known)


def _warned(context: Context, unit: int) -> Iterator[str]:
    """Each warning about a unit, with the shares that it follows from."""
    measured, percent = context.result.measured, context.language.percent
    for name in context.warned(unit):
        shares = {place: percent(float(measured.column("carried", column)[unit])) for place, column in WARNED[name].items()}
        years = {"year": int(measured.column("rises", "rise_year")[unit])} if name == "single_year" else {}
        yield context.say(f"companies.warned.{name}", **shares, **years)


def _measures(context: Context, unit: int, points: Any) -> Table:
    say, weighing = context.say, context.award.weighing
    rows = []
    for one in context.award.indicators:
        value = context.value(one.name, unit)
        own = Cell(context.language.number(float(points[weighing.index(one)]), 3)) if one.weight else Cell("")
        rows.append((Cell(context.label(one)), Cell(context.shown(one.name, value)), Cell(str(one.weight or "")), own))
    headings = tuple(say(f"companies.heading.{key}") for key in ("measure", "value", "weight", "points"))
    anchor = f"measures-{context.numbers[unit]}"
    return Table(anchor, say("companies.page_measures", **context.span), headings, (False, True, True, True), tuple(rows))


def _years(context: Context, number: int, years: Sequence[Mapping[str, Any]]) -> Table:
    """Exports in each of the award's years; a year without declarations has none."""
    say, by_year = context.say, {row["year"]: row for row in years}
    rows: list[tuple[Cell, ...]] = []
    before: float | None = None
    for year in range(context.award.years.first, context.award.years.last + 1):
        amount = float(by_year[year]["exports_sek"]) if year in by_year else 0.0
        change = amount / before - 1 if before else None
        shown = "" if before is None else context.figure("growth", change)
        rows.append((Cell(str(year), year), Cell(context.figure("money", amount) if amount else "–"), Cell(shown)))
        before = amount
    headings = tuple(say(f"companies.heading.{key}") for key in ("year", "sales", "change"))
    return Table(f"years-{number}", say("companies.page_years"), headings, (False, True, True), tuple(rows))


def _markets(context: Context, number: int, markets: Sequence[Mapping[str, Any]]) -> Table:
    """The largest countries of the final year, and the others together, in both years of the window."""
    say, ends = context.say, (context.award.window.base, context.award.window.final)
    amounts: dict[str, dict[int, float]] = defaultdict(dict)
    for row in markets:
        amounts[row["partner_country"]][row["year"]] = float(row["exports_sek"])
    ordered = sorted(amounts, key=lambda country: (-amounts[country].get(ends[1], 0.0), country))
    lines = [(country, [amounts[country].get(year, 0.0) for year in ends]) for country in ordered[:MOST_COUNTRIES]]
    if rest := ordered[MOST_COUNTRIES:]:
        lines.append((say("companies.page_rest"), [sum(amounts[country].get(year, 0.0) for country in rest) for year in ends]))
    rows = tuple((Cell(name), *(Cell(context.figure("money", value) if value else "–") for value in values)) for name, values in lines)
    return Table(
        f"markets-{number}",
        say("companies.page_markets", **context.span),
        (say("companies.heading.country"), *map(str, ends)),
        (False, True, True),
        rows,
    )


def _evidence(context: Context, unit: int) -> Iterator[Inline]:
    """The statements on each ground; a ground without one is a gap."""
    identifier = context.result.measured.names[unit]
    for ground in GROUNDS:
        name = context.say(f"companies.ground.{ground}")
        own = [one for one in context.evidence.statements if one.enterprise_id == identifier and one.kind == ground]
        for one in own:
            places = {"statement": one.statement, "source": one.source, "entered_by": one.entered_by}
            yield (context.say("companies.page_statement", ground=name, date=context.language.date(one.date), **places),)
        if not own:
            yield (context.say("companies.page_gap", ground=name),)


def _to_check(context: Context, unit: int) -> Iterator[Inline]:
    yield from ((context.say(f"companies.check.{name}"),) for name in context.warned(unit))
    if context.result.measured.register["is_in_group"][unit]:
        yield (context.say("companies.check.group"),)
    yield (context.say("companies.check.always"),)


def excluded(context: Context) -> list[tuple[str, int]]:
    """Every rule and how many it excludes, and of those that take part how many lack a measure."""
    chosen = context.result.shortlist
    labels = {one.name: context.label(one) for one in context.award.weighing}
    rules = [(_rule(context, rule), count) for rule, count in chosen.excluded.items()]
    return rules + [(context.say("companies.rule.unknown", measure=labels[name]), count) for name, count in chosen.unknown.items() if count]


def _rule(context: Context, name: str) -> str:
    """What a company fails by this rule, with the rule's own threshold."""
    rules = context.award.participation
    exports, years = context.figure("money", float(rules.least_exports.at_least_sek)), rules.least_years.at_least
    return context.say(f"companies.rule.{name}", exports=exports, years=years)


def _participation(context: Context) -> Section:
    say, number = context.say, context.language.number
    rules = context.award.participation
    reasons = {_rule(context, name): context.text(getattr(rules, name).reason) for name in type(rules).model_fields if getattr(rules, name)}
    rows = [(Cell(rule), Cell(number(count, 0), count), Cell(reasons.get(rule, ""))) for rule, count in excluded(context)]
    part = int(context.result.shortlist.takes_part.sum())
    rows.insert(len(context.result.shortlist.excluded), (Cell(say("companies.excluded_part")), Cell(number(part, 0), part), Cell("")))
    headings = (say("companies.excluded_rule"), say("companies.excluded_count"), say("companies.heading.reason"))
    table = Table("table-excluded", say("companies.excluded_caption", **context.span), headings, (False, True, False), tuple(rows))
    return Section("excluded", say("companies.excluded_title"), (table,))


def measured_table(context: Context) -> Table:
    """Every measure of the award, with its weight and reason."""
    say = context.say
    rows = tuple(
        (Cell(context.label(one)), Cell(str(one.weight or "")), Cell(context.text(one.reason))) for one in context.award.indicators
    )
    headings = tuple(say(f"companies.heading.{key}") for key in ("measure", "weight", "reason"))
    return Table("table-measures", say("companies.method_measures"), headings, (False, True, False), rows)


def _method(context: Context) -> Section:
    award, say, language = context.award, context.say, context.language
    own, challenges, chosen = award.shortlist, award.robustness, context.result.shortlist
    strata = [
        say(
            "companies.method_strata",
            most=language.percent(stratum.most),
            by=say(f"companies.by.{stratum.by.replace(' ', '_')}"),
            passed=chosen.passed[stratum.by],
            reason=context.text(stratum.reason),
        )
        for stratum in own.strata
    ]
    windows = say(
        "companies.method_windows",
        windows=len(award.windows),
        shortest=challenges.shortest_window,
        combinations=language.number(chosen.shares.combinations, 0),
        robust=language.percent(challenges.robust_share),
        marginal=language.percent(challenges.marginal_share),
        reason=context.text(challenges.reason),
    )
    measurement = say(
        "companies.method_measurement",
        base_sek=context.figure("money", float(award.measurement.least_base_sek)),
        market_sek=context.figure("money", float(award.measurement.least_market_sek)),
        digits=award.measurement.commodity_digits,
        reason=context.text(award.measurement.reason),
    )
    score = say(
        "companies.method_score",
        normalisation=language.say(f"method.normalisation.{own.normalisation}"),
        aggregation=language.say(f"method.aggregation.{own.aggregation}"),
        reason=context.text(own.reason),
    )
    growth = language.percent(award.warnings.least_growth)
    items = [
        say("companies.method_unit", unit=say(f"companies.unit.{award.unit}")),
        measurement,
        score,
        *strata,
        windows,
        say("companies.method_warnings", growth=growth, reason=context.text(award.warnings.reason)),
        _records(context),
    ]
    return Section("method", say("companies.method_title"), (measured_table(context), Bullets(tuple((item,) for item in items))))


def _records(context: Context) -> str:
    rows = {name: context.language.number(count, 0) for name, count in context.result.rows.items()}
    sentences = [context.say("companies.records", **rows)]
    if context.result.has_imports:
        sentences.append(context.say("companies.records_imports", **rows))
    if not context.result.has_quantity:
        sentences.append(context.say("companies.no_quantity"))
    return " ".join(sentences)


def _limits(context: Context) -> Section:
    items = (_reexports(context), *context.language.several("companies.limits"))
    return Section("limits", context.say("companies.limits_title"), (Bullets(tuple((item,) for item in items)),))
