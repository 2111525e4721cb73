"""What stands in the workbook: the columns of the document unrounded, and what only a workbook has room for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.award import Indicator, Scenario
from pipeline.report import columns, traces
from pipeline.report.blocks import Cell
from pipeline.report.calculate import NAME, Calculation, has_formulas
from pipeline.report.calculate import SCORE as SCORE_COLUMN
from pipeline.report.chapters.changes import in_rounds, round_columns, step_columns
from pipeline.report.chapters.errors import ERRORS, error_columns
from pipeline.report.chapters.influence import correlation_columns, share_columns
from pipeline.report.chapters.method import credits_, goalposts
from pipeline.report.chapters.peers import measures, peer_columns
from pipeline.report.chapters.robustness import KINDS, draws_in_words, joint_note, methods_note
from pipeline.report.columns import LEVEL, NUMBER, PLACE, SCORE, YEAR, Column, numbers
from pipeline.report.context import Context, Row
from pipeline.report.evidence import EVIDENCE, grounds
from pipeline.report.language import UNKNOWN
from pipeline.report.sheet import Bars, Grid, Sheet


def sheets(context: Context) -> Iterator[Sheet]:
    """Every sheet of the workbook."""
    yield _candidates(context)
    yield _ranking(context)
    if has_formulas(context):
        yield _calculate(context)
    yield _indicators(context)
    yield _levels(context)
    yield _windows(context)
    yield _robustness(context)
    if context.tables.get(ERRORS):
        yield _standard_errors(context)
    yield _influence(context)
    if context.award.peers:
        yield _peers(context)
    if context.award.predecessors:
        yield _changes(context)
    if context.tables[EVIDENCE]:
        yield _evidence(context)
    yield _sources(context)
    yield _method(context)
    yield _traces(context)


def _sheet(
    context: Context, key: str, notes: Sequence[str], grid: Grid, fixed: int = 1, below: Sequence[tuple[str, Grid]] = (), **more: Any
) -> Sheet:
    """A sheet of figures, whose last note says what stands for an unknown one."""
    return Sheet(context.say(f"workbook.sheet.{key}"), (*notes, context.say("workbook.unknown")), grid, fixed, below, **more)


def _candidates(context: Context) -> Sheet:
    every = [*_region(context), columns.score(context), *columns.values(context), columns.verdict(context), *_shares(context)]
    notes = (context.say("workbook.note.candidates"), context.say("summary.people_nominate"))
    return _sheet(context, "candidates", notes, Grid(every, context.candidates), 3)


def _ranking(context: Context) -> Sheet:
    rows = context.by_region("ranking.ranking")
    every = [*_region(context), columns.score(context), *columns.themes(context), columns.proposed(context), *columns.values(context)]
    for suffix in ("normalised", "weighted"):
        group = context.say(f"workbook.group.{suffix}")
        for indicator in context.weighing:
            points = {code: row[f"{indicator.name}_{suffix}"] for code, row in rows.items()}
            every.append(Column(context.labels[indicator.name], numbers(points), SCORE, group=group))
    parts = range(len(every) - len(context.weighing), len(every))
    chart = Bars(context.say("workbook.chart.ranking"), context.say("workbook.chart.ranking_shows"), 2, parts, stacked=True)
    reasons = {code: Cell(context.reasons(row)) for code, row in rows.items()}
    every.append(Column(context.say("workbook.not_ranked"), reasons))
    if context.award.ranking.partly_known:
        every.append(Column(context.say("workbook.unknown_indicators"), {code: Cell(context.unknown(row)) for code, row in rows.items()}))
    notes = [context.say("workbook.note.ranking", window=context.window)]
    notes.append(context.say("ranking.partly_known" if context.award.ranking.partly_known else "workbook.note.all_needed"))
    return _sheet(context, "ranking", notes, Grid(every, [*rows], context.candidates), 3, chart=chart)


def _calculate(context: Context) -> Sheet:
    calculation = Calculation(context)
    notes = (context.say("calculate.note"), context.say("calculate.how"))
    keys = [row["region_code"] for row in context.ranking]
    chart = Bars(context.say("calculate.chart"), context.say("calculate.chart_shows"), NAME, (SCORE_COLUMN,))
    return _sheet(context, "calculate", notes, Grid(calculation.columns(), keys), 3, calculation=calculation, chart=chart)


def _levels(context: Context) -> Sheet:
    """Every measure of every region, a column a year."""
    say, rows = context.say, context.tables["indicators.levels_by_year"]
    levels = {(row["measure"], row["region_code"], row["year"]): row["level"] for row in rows}
    keys = list(dict.fromkeys((measure, code) for measure, code, _ in levels if code in context.charted or code == context.whole))
    words = {measure: context.measure(measure) for measure, _ in keys}
    every = [
        Column(say("workbook.measure"), {key: Cell(words[key[0]].name) for key in keys}),
        Column(say("workbook.unit"), {key: Cell(words[key[0]].unit) for key in keys}),
        Column(say("heading.region_code"), {key: Cell(key[1]) for key in keys}),
        Column(say("heading.region"), {key: Cell(context.names[key[1]]) for key in keys}),
    ]
    for year in sorted({year for _, _, year in levels}):
        every.append(Column(str(year), numbers({key: levels.get((*key, year)) for key in keys}), LEVEL))
    return _sheet(context, "levels", (say("workbook.note.levels"),), Grid(every, keys), 4)


def _indicators(context: Context) -> Sheet:
    every = _region(context)
    for indicator in context.award.indicators:
        every += _parts(context, indicator)
    keys = [*(row["region_code"] for row in context.ranking), *context.wholes]
    notes = (context.say("workbook.note.indicators"),)
    return _sheet(context, "indicators", notes, Grid(every, keys, context.candidates), 3)


def _parts(context: Context, one: Indicator) -> Iterator[Column]:
    """What an indicator is computed from, its value, and what is known of it."""
    indicator = one.name
    meaning, group = context.award.meanings[indicator], context.labels[indicator]
    rows = {code: context.traces.row(indicator, code) for code in context.names}
    years = {key: next((row[f"{key}_year"] for row in rows.values() if row), None) for key in ("base", "final")}
    if meaning.taken == "trend":
        for each in context.award.years_of(one):
            yield _level(context, meaning.measure, each, group)
    elif meaning.spans:
        unit = context.traces.unit(indicator, "base"), context.measure(meaning.measure).unit
        for key, year in years.items():
            levels = numbers({code: row.get(key) for code, row in rows.items()})
            yield Column(context.say("workbook.level", year=year), levels, *unit, group)
    elif over := meaning.measure and context.award.catalogue.measures[meaning.measure].over:
        for measure in (over.measure, over.by):
            yield _level(context, measure, years["final"], group)
    values = numbers({code: row.get(traces.VALUE) for code, row in rows.items()})
    yield Column(context.say("heading.value"), values, meaning.unit, context.unit_words(indicator), group, meaning.spans)
    if meaning.taken == "growth":
        yield from _trends(context, indicator, group)
    yield Column(
        context.say("workbook.known"), {code: Cell(_status(context, row.get("status"))) for code, row in rows.items()}, group=group
    )


def _trends(context: Context, indicator: str, group: str) -> Iterator[Column]:
    """The trend over all years beside growth between two, by each estimator."""
    rows = {code: context.traces.trend(indicator, code) for code in context.names}
    for estimator in traces.ESTIMATORS:
        heading = context.say("workbook.trend_by", estimator=context.say(f"estimator.{estimator}"))
        values = numbers({code: row.get(traces.estimator_column(estimator)) for code, row in rows.items()})
        yield Column(heading, values, "growth", context.say("workbook.growth"), group, signed=True)


def _level(context: Context, measure: str, year: Any, group: str) -> Column:
    found = (row for row in context.tables["indicators.levels_by_year"] if row["measure"] == measure and row["year"] == year)
    levels = dict.fromkeys(context.names) | {row["region_code"]: row["level"] for row in found}
    words = context.measure(measure)
    return Column(f"{words.name} {year}", numbers(levels), context.award.catalogue.measures[measure].unit, words.unit, group)


def _status(context: Context, status: str | None) -> str:
    return context.say(f"status.{status or 'missing'}")


def _windows(context: Context) -> Sheet:
    own, last = context.award.window, len(context.ranking) + 1
    ranked = [row for code in context.foremost for row in context.of_region("robustness.window_rankings", code)]
    outcomes = {(row["base_year"], row["final_year"], row["region_code"]): row for row in ranked}
    keys = sorted(outcomes, key=lambda key: (key[:2], outcomes[key]["rank"] or last, key[2]))

    def of_rows(heading: str, field: str, unit: str) -> Column:
        return Column(heading, numbers({key: row[field] for key, row in outcomes.items()}), unit)

    def of_regions(column: Column) -> Column:
        return Column(column.heading, {key: column.cells[key[2]] for key in keys})

    _, code, region = _region(context)
    candidate = {key: columns.yes(context, row["is_candidate"]) for key, row in outcomes.items()}
    every = [
        of_rows(context.say("workbook.base_year"), "base_year", YEAR),
        of_rows(context.say("workbook.final_year"), "final_year", YEAR),
        of_rows(context.say("heading.place"), "rank", PLACE),
        of_regions(code),
        of_regions(region),
        of_rows(context.say("heading.score"), "score", SCORE),
        Column(context.say("workbook.candidate_then"), candidate),
    ]
    alone: dict[str, dict[Any, Row]] = {name: {} for name in context.labels}
    for row in context.tables["robustness.windows"]:
        alone[row["indicator"]][row["base_year"], row["final_year"], row["region_code"]] = row
    for column, (name, rows) in zip(columns.values(context), alone.items(), strict=True):
        group = context.labels[name]
        values = numbers({key: rows[key]["indicator_value"] if key in rows else None for key in keys})
        places = numbers({key: rows[key]["rank"] if key in rows else None for key in keys})
        every.append(Column(context.say("heading.value"), values, column.unit, column.unit_words, group, column.signed))
        every.append(Column(context.say("heading.place"), places, PLACE, group=group))
    strong = {key for key in keys if key[:2] == (own.base, own.final)}
    notes = (context.say("workbook.note.windows"),)
    return _sheet(context, "windows", notes, Grid(every, keys, strong), 5)


def _robustness(context: Context) -> Sheet:
    intervals, unranked = context.by_region("robustness.rank_intervals"), context.by_region("robustness.unranked")
    every = [*_region(context), columns.verdict(context), columns.proposed(context), *_shares(context)]
    every += _ends(context, context.say("heading.in_most_combinations"), context.by_region("robustness.joint_shares"))
    headings = context.language.headings("in_most_weightings", "in_all_windows", "with_all_methods")
    for kind, heading in zip(KINDS, headings, strict=True):
        every += _ends(context, heading, intervals, f"{kind}_")
    for scenario in context.award.robustness.scenarios:
        rows = [row for row in context.tables["robustness.scenarios"] if row["scenario"] == scenario.key]
        every += _ends(context, context.text(scenario.name)[0], {row["region_code"]: row for row in rows})
    every += _ends(context, context.say("workbook.group.unranked"), unranked, absent="")
    notes = [
        context.say("workbook.note.robustness"),
        context.say("robustness.intro"),
        joint_note(context),
        methods_note(context),
        draws_in_words(context, "workbook.note.draws"),
    ]
    grid = Grid(every, [row["region_code"] for row in context.ranking], context.candidates)
    below = [(context.say("robustness.decides_caption"), _decides(context)), (context.say("robustness.weights_caption"), _weights(context))]
    return _sheet(context, "robustness", notes, grid, 3, below)


def _standard_errors(context: Context) -> Sheet:
    every = error_columns(context)
    notes = (context.say("errors.intro"), context.say("errors.note"))
    return _sheet(context, "errors", notes, Grid(every, list(every[0].cells)), 2)


def _influence(context: Context) -> Sheet:
    shares, correlations = share_columns(context), correlation_columns(context)
    below = [(context.say("workbook.correlations"), Grid(correlations, list(correlations[0].cells)))] if correlations[0].cells else []
    notes = (context.say("robustness.influence_note"),)
    chart = Bars(context.say("workbook.chart.influence"), context.say("workbook.chart.influence_shows"), 0, (1, 2))
    return _sheet(context, "influence", notes, Grid(shares, list(shares[0].cells)), 1, below, chart=chart)


def _peers(context: Context) -> Sheet:
    every = list(peer_columns(context))
    notes = (context.say("peers.method", measures=measures(context)),)
    return _sheet(context, "peers", notes, Grid(every, list(every[0].cells)))


def _changes(context: Context) -> Sheet:
    keys = [row["region_code"] for row in context.ranking]
    notes = (context.say("workbook.note.changes"), context.say("changes.rounds_note"))
    proposed = {(row["region_code"], row["round"]) for row in context.tables["rounds.places"] if row["is_candidate"]}
    candidate = Column(context.say("workbook.candidate_then"), {key: columns.yes(context, key in proposed) for key in in_rounds(context)})
    every = Grid([*round_columns(context), candidate], in_rounds(context), proposed)
    below = [
        (context.say("changes.steps_caption"), Grid(step_columns(context), keys)),
        (context.say("changes.rounds_caption"), _nominations(context)),
    ]
    return _sheet(context, "changes", notes, every, 1, below)


def _nominations(context: Context) -> Grid:
    """Who was nominated and who won, with the source, a line each."""
    say, lines = context.say, []
    for row in context.tables["rounds.nominations"]:
        won = say("shared.yes" if row["won"] else "shared.no")
        lines.append([row["round"], context.names[row["region_code"]], won, row["source"], row["page"] or "", row["date"]])
    headings = [
        *context.language.headings("round", "nominated", "winner"),
        *(say(f"workbook.{key}") for key in ("evidence.source", "sources.page", "evidence.date")),
    ]
    return _lines(headings, lines)


def _ends(context: Context, group: str, rows: Mapping[str, Row], prefix: str = "", absent: str = UNKNOWN) -> list[Column]:
    """The best and the worst place of rows by region code; absent: what stands where there is no row."""
    no_row = {row["region_code"]: Cell(absent) for row in context.ranking}
    return [
        Column(heading, no_row | numbers({code: row[f"{prefix}{end}_rank"] for code, row in rows.items()}), PLACE, group=group)
        for end, heading in (("best", context.say("workbook.best")), ("worst", context.say("workbook.worst")))
    ]


def _decides(context: Context) -> Grid:
    """Of each region's candidacy, what each choice explains alone and with others, and between which ends."""
    rows = {(row["region_code"], row["choice"]): row for row in context.tables["robustness.sobol_indices"] if row["outcome"] == "candidacy"}
    choice = {key: Cell(context.say(f"verdict.choice.{key[1]}")) for key in rows}
    first = [replace(column, cells={key: column.cells[key[0]] for key in rows}) for column in _region(context)]
    figures = [
        Column(
            context.say(f"workbook.index.{end or 'itself'}"),
            numbers({key: row[name + end] for key, row in rows.items()}),
            "share",
            "%",
            group,
        )
        for name, group in (("first_order", context.say("heading.alone")), ("total", context.say("heading.with_others")))
        for end in ("", "_low", "_high")
    ]
    return Grid([*first, Column(context.say("heading.choice"), choice), *figures], list(rows))


def _weights(context: Context) -> Grid:
    rows = {(row["region_code"], row["indicator"]): row for row in context.tables["robustness.weight_intervals"]}
    place, code, _ = ({key: column.cells[key[0]] for key in rows} for column in _region(context))
    region, indicator, weight = columns.weights(context)
    every = [
        Column(context.say("heading.place"), place, PLACE),
        Column(context.say("heading.region_code"), code),
        region,
        indicator,
        weight,
        Column(context.say("workbook.lowest"), numbers({key: row["lowest_weight"] for key, row in rows.items()}), "share", "%"),
        Column(context.say("workbook.highest"), numbers({key: row["highest_weight"] for key, row in rows.items()}), "share", "%"),
    ]
    order = {row["region_code"]: number for number, row in enumerate(context.ranking)}
    return Grid(every, sorted(rows, key=lambda key: order[key[0]]))


def _evidence(context: Context) -> Sheet:
    rows = context.tables[EVIDENCE]
    stated = {row["region_code"] for row in rows}
    codes = [row["region_code"] for row in context.ranking if row["is_candidate"] or row["region_code"] in stated]
    gap: Row = {"statement": context.say("evidence.nothing").capitalize(), "source": "", "date": "", "entered_by": "", "page": ""}
    lines = []
    for code in codes:
        for ground, statements in grounds(rows, code).items():
            place = [code, context.names[code], context.say(f"evidence.ground.{ground}")]
            for row in statements or [gap]:
                lines.append([*place, *(row[key] for key in ("statement", "source", "date", "entered_by")), row["page"] or ""])
    keys = ("evidence.ground", "evidence.statement", "evidence.source", "evidence.date", "evidence.entered_by", "sources.page")
    headings = [*context.language.headings("region_code", "region"), *(context.say(f"workbook.{key}") for key in keys)]
    others = [context.names[code] for code in sorted(context.regions) if code not in codes]
    notes = [context.say("evidence.note")]
    notes += [context.say("workbook.note.evidence_none", regions=", ".join(others))] if others else []
    return Sheet(context.say("workbook.sheet.evidence"), notes, _lines(headings, lines), 2)


def _sources(context: Context) -> Sheet:
    entries = context.sources.entries
    file, kind, publisher, title, covers, published, retrieved, licence = columns.sources(context)
    days = {name: Cell(context.say("sources.not_stated"), source.published) for name, source in entries.items()}
    every = [
        file,
        kind,
        publisher,
        columns.of_sources(context, title.heading, lambda source: source.title),
        columns.of_sources(context, context.say("workbook.sources.table_id"), lambda source: source.table_id or ""),
        covers,
        Column(published.heading, days),
        Column(retrieved.heading, numbers({name: source.retrieved for name, source in entries.items()})),
        licence,
        columns.of_sources(context, context.say("workbook.sources.page"), lambda source: source.page),
        columns.of_sources(context, context.say("workbook.sources.sha256"), lambda source: source.sha256),
    ]
    strong = {name for name, source in entries.items() if source.kind == "illustrative"}
    return Sheet(
        context.say("workbook.sheet.sources"), (context.say("workbook.note.sources"), *credits_(context)), Grid(every, [*entries], strong)
    )


def _method(context: Context) -> Sheet:
    lines = [*_choices(context), *(_indicator(context, one) for one in context.award.indicators), *_challenges(context), *_checks(context)]
    headings = [*(context.say(f"workbook.method.{key}") for key in ("part", "what", "choice", "formula")), context.say("heading.reason")]
    return Sheet(context.say("workbook.sheet.method"), (context.say("workbook.note.method"),), _lines(headings, lines), 2)


Line = Sequence[Any]
"""Part, what, choice, formula and reason."""


def _choices(context: Context) -> Iterator[Line]:
    say, years, window, choice = context.say, context.award.years, context.award.window, context.award.ranking
    part = say("workbook.part.award")
    yield part, say("workbook.choice.years"), context.language.span(years.first, years.last), "", ""
    yield part, say("workbook.choice.window"), context.window, "", context.text(window.reason)[0]
    reason = context.text(choice.reason)[0]
    yield part, say("workbook.choice.candidates"), choice.candidates, "", reason
    for name, one in context.award.fixed.items():
        yield part, say("workbook.choice.goalposts"), goalposts(context, name), "", context.text(one.reason)[0]
    for theme in context.award.themes:
        weight = say("method.theme_weight", weight=theme.weight)
        yield say("workbook.part.theme"), context.text(theme.label)[0], weight, "", context.text(theme.reason)[0]
    if rule := choice.partly_known:
        text = say("method.partly_known", indicators=rule.indicators, themes=rule.themes)
        yield part, say("workbook.choice.partly_known"), text, "", context.text(rule.reason)[0]
    for key in ("normalisation", "aggregation", "ties", "denominator"):
        name = getattr(choice, key)
        formula = say(f"workbook.formula.{name}") if context.language.has(f"workbook.formula.{name}") else ""
        yield part, say(f"workbook.choice.{key}"), say(f"method.{key}.{name}"), formula, reason


def _indicator(context: Context, indicator: Indicator) -> Line:
    direction = context.say(f"method.direction.{indicator.direction}")
    weight = context.say("workbook.weight_is", weight=indicator.weight, direction=direction)
    choice = weight if indicator.weight else context.say("workbook.weight_none")
    formula, (reason, _) = _formula(context, indicator), context.text(indicator.reason)
    return context.say("heading.indicator"), context.labels[indicator.name], choice, formula, reason


def _formula(context: Context, indicator: Indicator) -> str:
    """How an indicator is computed, by the names of measures."""
    meaning = context.award.meanings[indicator.name]
    if not meaning.measure:
        return context.say("workbook.formula.file")
    over, name = context.award.catalogue.measures[meaning.measure].over, context.measure(meaning.measure).name
    level = name
    if over:
        factor = f"{context.language.number(over.times, 0)} · " if over.times != 1 else ""
        level = f"{factor}{context.measure(over.measure).name} / {context.measure(over.by).name}"
    return context.say(f"workbook.formula.{indicator.estimator or meaning.taken}", level=level)


def _challenges(context: Context) -> Iterator[Line]:
    for key in ("draws", "joint_draws", "seed", "robust_share", "marginal_share", "near_share"):
        choice = getattr(context.award.robustness, key)
        yield context.say("workbook.sheet.robustness"), context.say(f"workbook.challenge.{key}"), choice, "", ""
    for scenario in context.award.robustness.scenarios:
        errors = _errors(context, scenario)
        yield context.say("heading.scenario"), context.text(scenario.name)[0], errors, "", context.text(scenario.reason)[0]


def _errors(context: Context, scenario: Scenario) -> str:
    catalogue, percent = context.award.catalogue, context.language.percent
    statistics = {name: context.statistic(statistic) for (statistic, _), name in catalogue.figure_names.items()}
    return "; ".join(f"{statistics[name]}: {percent(error, 1)}" for name, error in scenario.relative_errors.items())


def _checks(context: Context) -> Iterator[Line]:
    bounds, part = context.award.validation, context.say("workbook.part.bounds")
    yield part, context.say("workbook.bound.largest_yearly_factor"), bounds.largest_yearly_factor, "", ""
    for name, bound in bounds.largest_yearly_factor_of.items():
        yield part, context.say("workbook.bound.largest_yearly_factor_of", statistic=context.statistic(name)), bound, "", ""
    yield part, context.say("workbook.bound.largest_published_factor"), bounds.largest_published_factor, "", ""
    for row in context.tables["validation.exceptions"]:
        about = [context.names.get(row["region_code"]), row["year"], context.classes(row)]
        place = ", ".join(str(part) for part in about if part)
        what = ": ".join(filter(None, [row["audit"], place]))
        yield context.say("workbook.part.exception"), what, row["found"], "", row["reason"]
    for limit in context.language.several("method.limit_list"):
        yield context.say("workbook.part.limit"), limit, "", "", ""


def _traces(context: Context) -> Sheet:
    keys = ("shown", "unrounded", "quantity", "table_name", "row_key", "column_name", "formula", "rounding", "files", "raw_cells")
    rows, _ = traces.rows(context.traces.by_place.values(), context.language)
    lines = [[row["trace"], context.names[row["region_code"]], *(row[key] or "" for key in keys)] for row in rows]
    headings = [context.say("workbook.trace.trace"), context.say("heading.region"), *(context.say(f"workbook.trace.{key}") for key in keys)]
    return Sheet(context.say("workbook.sheet.traces"), (context.say("workbook.note.traces"),), _lines(headings, lines), 2, is_printed=False)


# Columns and cells


def _region(context: Context) -> list[Column]:
    """Place, code and name of each region."""
    codes = {code: Cell(code) for code in context.names}
    names = {code: Cell(name, anchor=code) for code, name in context.names.items()}
    region = context.language.headings("region_code", "region")
    return [columns.place(context), Column(region[0], codes), Column(region[1], names)]


def _shares(context: Context) -> list[Column]:
    """The shares in which it is among the candidates, and the standard errors of those that may be sampled."""
    jointly, weightings, *others = columns.shares(context)
    sampled = []
    for share, table in ((jointly, "robustness.joint_shares"), (weightings, "robustness.candidate_shares")):
        errors = {code: row["standard_error"] for code, row in context.by_region(table).items()}
        sampled += [share, Column(context.say("workbook.error", share=share.heading), numbers(errors), "share", "%", share.group)]
    return [*sampled, *others]


def _lines(headings: Iterable[str], lines: Sequence[Line]) -> Grid:
    """Lines of texts, numbers and days below their headings."""
    grid = []
    for place, heading in enumerate(headings):
        values = {number: line[place] for number, line in enumerate(lines)}
        cells = {number: Cell(value) if isinstance(value, str) else Cell(UNKNOWN, value) for number, value in values.items()}
        is_numeric = all(isinstance(value, int | float) for value in values.values())
        grid.append(Column(heading, cells, NUMBER if is_numeric else ""))
    return Grid(grid, range(len(lines)))
