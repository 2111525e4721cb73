"""How sure it is: the ranking under other choices."""

import math
from collections.abc import Collection
from functools import partial

from pipeline.method import MANY
from pipeline.report import columns
from pipeline.report.blocks import Block, Bullets, Cell, Paragraph, Picture, Section, Table, Width
from pipeline.report.chapters.errors import errors
from pipeline.report.chapters.influence import influence
from pipeline.report.charts.places import rank_intervals, window_map
from pipeline.report.columns import PLACE, Column
from pipeline.report.context import Context, Row
from pipeline.report.language import UNKNOWN
from pipeline.rounding import within

KINDS = ("weights", "windows", "methods")
"""Of choices that the intervals of places are about."""


def robustness(context: Context) -> Section:
    """The chapter."""
    matters = [
        sentence.parts
        for code in context.regions
        for sentence in context.sentences_about(code)
        if sentence.rule.endswith("window") and code in context.candidates
    ]
    blocks: list[Block] = [
        Paragraph((context.say("robustness.intro"),)),
        Paragraph((joint_note(context),)),
        *([Paragraph((context.say("robustness.of_many", count=len(context.foremost)),), "note")] if len(context.ranking) > MANY else []),
        _shares(context),
        *decides(context),
        Paragraph((draws_note(context),), "note"),
        Paragraph((methods_note(context),), "note"),
        intervals(context),
        _windows(context),
    ]
    blocks += [Paragraph((context.say("robustness.window_matters"),)), Bullets(tuple(matters))] if matters else []
    blocks += [_without(context)] if len(context.weighing) > 1 else []
    blocks += [_weights(context), _scenarios(context), *errors(context), *influence(context)]
    return Section("robustness", context.say("robustness.title"), tuple(blocks))


def joint_note(context: Context) -> str:
    """Of how many combinations of what the verdicts are made."""
    variants = {row["choice"]: row["variants"] for row in context.tables["robustness.joint_choices"]}
    counts = {choice: context.language.counted(choice, count) for choice, count in variants.items()}
    return context.say("robustness.joint", all=combinations(context), **counts)


def combinations(context: Context) -> str:
    """How many combinations of choices were tried: 143 360 kombinationer."""
    return context.language.counted("combination", math.prod(row["variants"] for row in context.tables["robustness.joint_choices"]))


def joint_shares(context: Context) -> str:
    """In what share of all combinations each proposed candidate is one: what the what-if panel, which tries one, sets it beside."""
    shares = context.by_region("robustness.joint_shares")
    listed = [f"{row['region_name']} {context.language.share(shares[row['region_code']]['joint_share'])}" for row in context.proposed]
    return context.say("whatif.joint", shares=context.language.listed(listed)) if listed else ""


def draws_note(context: Context) -> str:
    """How the share of weightings is computed: exactly, or on random ones; and of which indicators' weights."""
    weighs = context.say("robustness.weighs", labels=context.language.listed(context.labels[one.name] for one in context.weighing))
    return f"{draws_in_words(context, 'robustness.sampled')} {weighs}"


def draws_in_words(context: Context, sampled: str) -> str:
    """The text under a key with the number of random weightings, or that the shares are exact."""
    draws = next((row["draws"] for row in context.tables["robustness.candidate_shares"] if row["draws"]), None)
    return context.say(sampled, draws=context.language.number(draws, 0)) if draws else context.say("robustness.exact")


def methods_note(context: Context) -> str:
    """How many windows and methods there are, and of what."""
    keys = ("normalisation", "aggregation", "denominator")
    methods = {tuple(row[key] for key in keys) for row in context.tables["robustness.methods"]}
    ways = len({method[2] for method in methods})
    measures = [measure for one in context.weighing for measure in context.award.meanings[one.name].reads]
    untried = ways == 1 and context.award.catalogue.takes_year_end(measures)
    without = " " + context.say("robustness.methods_without_mean", year=context.award.years.first - 1) if untried else ""
    note = context.say(
        "robustness.methods_note",
        windows=len(windows(context)),
        methods=len(methods),
        pairs=len({method[:2] for method in methods}),
        denominators=ways,
    )
    return note + without


def windows(context: Context) -> list[tuple[int, int]]:
    """Every window that the ranking was tried in: base and final year."""
    return sorted({(row["base_year"], row["final_year"]) for row in context.tables["robustness.window_rankings"]})


def _shares(context: Context) -> Table:
    choice = context.award.robustness
    shares_of = {"robust": choice.robust_share, "marginal": choice.marginal_share, "near": choice.near_share}
    bounds = {key: context.language.percent(bound) for key, bound in shares_of.items()}
    place, region, proposed, verdict = (of(context) for of in (columns.place, columns.region, columns.proposed, columns.verdict))
    return columns.table(
        "table-shares",
        context.say("robustness.shares_caption"),
        [place, region, proposed, verdict, *columns.shares(context)],
        context.by_region("robustness.verdicts"),
        context.say("robustness.verdicts_note", **bounds),
        sortable=True,
        row_heading=1,
    )


def decides(context: Context) -> list[Block]:
    """Which choice decides, over all regions in a sentence and for those in or near the candidates in a table; none where none does."""
    share, say = context.language.share, context.say
    every: dict[str, dict[str, Row]] = {}
    for row in context.tables["robustness.sobol_indices"]:
        if row["outcome"] == "candidacy":
            every.setdefault(row["region_code"], {})[row["choice"]] = row
    codes = [code for code in context.by_region("robustness.verdicts") if code in every]
    if not codes:
        return []
    choices = list(every[codes[0]])
    whole = sum(own[choices[0]]["variance"] for own in every.values())

    brief = partial(share, brief=True)

    def part(name: str, choice: str) -> float:
        return float(sum(own[choice]["variance"] * own[choice][name] for own in every.values()) / whole)

    first, second, *_ = sorted(choices, key=lambda choice: part("total", choice), reverse=True)
    named = {"first": say(f"verdict.choice.{first}"), "second": say(f"verdict.choice.{second}")}
    totals = {"first_total": share(part("total", first)), "second_total": share(part("total", second))}
    together = share(1 - sum(part("first_order", choice) for choice in choices))
    cells = {
        choice: {
            code: Cell(f"{brief(every[code][choice]['total'])} ({brief(every[code][choice]['first_order'])})", every[code][choice]["total"])
            for code in codes
        }
        for choice in choices
    }
    only = {code: 1 - sum(row["first_order"] for row in every[code].values()) for code in codes}
    shares = [Column(say(f"verdict.choice.{choice}").capitalize(), cells[choice], "share") for choice in choices]
    shares.append(Column(say("heading.only_together"), {code: Cell(brief(part), part) for code, part in only.items()}, "share"))
    regions = [columns.place(context), columns.region(context)]
    note = say("robustness.decides_note")
    return [
        columns.table("table-decides", say("robustness.decides_caption"), [*regions, *shares], codes, note, row_heading=1),
        Paragraph((say("robustness.decides", together=together, **named, **totals),)),
    ]


def _without(context: Context) -> Table:
    """Where candidates and those near them stand when one indicator is left out."""
    outcomes: dict[str, dict[str, Cell]] = {indicator.name: {} for indicator in context.weighing}
    for row in context.tables["robustness.leave_one_out"]:
        if row["dropped_kind"] == "indicator":
            outcomes[row["dropped"]][row["region_code"]] = Cell(f"{row['rank']}{'*' if row['is_candidate'] else ''}", row["rank"])
    without = [Column(context.say("robustness.without", label=context.labels[name]), cells, PLACE) for name, cells in outcomes.items()]
    return columns.table(
        "table-without",
        context.say("robustness.without_caption"),
        [columns.place(context), columns.region(context), *without],
        context.by_region("robustness.verdicts"),
        context.say("robustness.without_note_themes" if context.award.themes else "robustness.without_note"),
        row_heading=1,
    )


def intervals(context: Context, only: Collection[str] = ()) -> Picture:
    """Between which places each region stands, drawn; only: of these regions."""
    caption = context.say("robustness.intervals_caption")
    codes = [code for code in context.charted if not only or code in only]
    spans_of = context.by_region("robustness.rank_intervals")
    headings = context.language.headings("in_most_weightings", "in_all_windows", "with_all_methods")
    jointly = context.by_region("robustness.joint_shares")
    spans = [
        Column(context.say("heading.in_most_combinations"), {code: columns.span(context, row) for code, row in jointly.items()}, PLACE)
    ]
    spans += [
        Column(heading, {code: columns.span(context, row, f"{kind}_") for code, row in spans_of.items()}, PLACE)
        for kind, heading in zip(KINDS, headings, strict=True)
    ]
    parts = []
    together = [f"{row['region_name']} {columns.span(context, jointly[row['region_code']]).text}" for row in context.proposed]
    for row in context.proposed:
        texts = {kind: columns.span(context, spans_of[row["region_code"]], f"{kind}_").text for kind in KINDS}
        texts["jointly"] = columns.span(context, jointly[row["region_code"]]).text
        parts.append(context.say("robustness.interval_of", region=row["region_name"], place=row["rank"], **texts))
    ranked = [spans_of[row["region_code"]] for row in context.ranking if row["rank"] and row["region_code"] in codes]
    return Picture(
        "intervals-near" if only else "intervals",
        context.say("robustness.intervals_finding", places=context.language.listed(together)),
        " ".join(parts),
        columns.table("data-intervals", caption, [columns.place(context), columns.region(context), *spans], codes, row_heading=1),
        partial(rank_intervals, ranked, context.names, context.candidates, context.language),
        Width(word=12.5, paper=78),
    )


def _windows(context: Context) -> Picture:
    caption, codes = context.say("robustness.windows_caption"), context.foremost
    outcomes, window = context.tables["robustness.window_rankings"], context.award.window
    places: dict[tuple[int, int], dict[str, Cell]] = {years: {} for years in windows(context)}
    for row in outcomes:
        places[row["base_year"], row["final_year"]][row["region_code"]] = Cell(str(row["rank"] or UNKNOWN), row["rank"])
    of_windows = [Column(context.language.span(base, final), cells, PLACE) for (base, final), cells in places.items()]
    times = {row["region_name"]: context.times("robustness.window_rankings", row["region_code"]) for row in context.proposed}
    return Picture(
        "windows",
        context.say("robustness.windows_finding", times=context.language.listed(f"{name} {count}" for name, count in times.items())),
        " ".join(
            context.say(
                "robustness.windows_of",
                region=row["region_name"],
                times=context.times("robustness.window_rankings", row["region_code"], "window"),
            )
            for row in context.proposed
        ),
        columns.table("data-windows", caption, [columns.region(context), *of_windows], codes),
        partial(window_map, outcomes, codes, context.names, context.candidates, (window.base, window.final), context.language),
        Width(word=13.5, paper=84),
    )


def _weights(context: Context) -> Table:
    rows = context.tables["robustness.weight_intervals"]
    spans = {(row["region_code"], row["indicator"]): Cell(_weight_span(context, row), row["lowest_weight"]) for row in rows}
    return columns.table(
        "table-weights",
        context.say("robustness.weights_caption"),
        [*columns.weights(context), Column(context.say("heading.stays_candidate"), spans, "share")],
        sorted(spans, key=lambda key: context.candidates.index(key[0])),
        context.say("robustness.weights_note"),
    )


def _weight_span(context: Context, row: Row) -> str:
    """Between which weights a candidate stays one, rounded inwards, so that it does at both ends."""
    lowest, highest, decimals = within(row["lowest_weight"], row["weight"], row["highest_weight"], 2)
    return context.language.span(*(context.language.percent(end, decimals - 2) for end in (lowest, highest)))


def _scenarios(context: Context) -> Table:
    """Of candidates and those near them."""
    near = list(context.by_region("robustness.verdicts"))
    names = {one.key: context.cell(one.name) for one in context.award.robustness.scenarios}
    rows = {(row["scenario"], row["region_code"]): row for row in context.tables["robustness.scenarios"] if row["region_code"] in near}
    keys = sorted(rows, key=lambda key: (names[key[0]].text, near.index(key[1])))
    places = {key: columns.span(context, row) for key, row in rows.items()}
    return columns.table(
        "table-scenarios",
        context.say("robustness.scenarios_caption"),
        [
            Column(context.say("heading.region"), {key: context.region(key[1]) for key in keys}),
            Column(context.say("heading.scenario"), {key: names[key[0]] for key in keys}),
            Column(context.say("heading.places"), places, PLACE),
        ],
        keys,
        f"{context.say('robustness.scenarios_note')} {context.say('errors.scenarios')}",
    )
