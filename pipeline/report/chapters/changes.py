"""What has changed since the last round, and all rounds that the award names: proposals beside nominations, with no judgement."""

from collections.abc import Collection, Iterator
from typing import Any

from pipeline.report import columns
from pipeline.report.blocks import Block, Bullets, Cell, Inline, Paragraph, Section, Strong, Table
from pipeline.report.columns import NUMBER, PLACE, Column
from pipeline.report.context import Context, Row

MOST_REVISED = 10
"""The revised figures that the report lists, the largest first; the table has all."""
LEAST = 0.05
"""The least part of a place that a tenth shows."""


def changes(context: Context) -> tuple[Section, ...]:
    """The chapter; none where the award names no predecessors."""
    if not context.award.rounds_before:
        return ()
    blocks: list[Block] = [
        Paragraph((context.say("changes.intro", before=_before(context)),)),
        *(Paragraph((text,), "notice") for text in illustrative_before(context)),
        Paragraph((Strong(_in_and_out(context)),)),
        *_causes(context),
        _steps(context, "table-changes", [row["region_code"] for row in context.ranking]),
        *_revised(context),
        *_differing(context),
        Section("rounds", context.say("changes.rounds"), tuple(_rounds(context))),
    ]
    return (Section("changes", context.say("changes.title"), tuple(blocks)),)


def brief(context: Context) -> tuple[Block, ...]:
    """The chapter on a slide: who enters and leaves, and why; how those in or near the candidates move; and the nominations. Nothing where
    the award names no predecessors."""
    if not context.award.rounds_before:
        return ()
    near = context.by_region("robustness.verdicts")
    return (
        *(Paragraph((text,), "notice") for text in illustrative_before(context)),
        Paragraph((_in_and_out(context),), "lead"),
        *_causes(context),
        _steps(context, "slide-moves", near),
        _nominations(context),
        Paragraph(tuple(run for source in _sources(context) for run in (*source, ". ")), "note"),
    )


def _before(context: Context) -> str:
    """The name of the last round before this one."""
    return context.award.rounds_before[-1].name


def earlier_places(context: Context, code: str) -> list[Paragraph]:
    """A region's place in each earlier round, in a line; none where the award names no predecessors."""
    if not context.award.predecessors:
        return []
    outcomes = _outcomes(context)
    parts = [f"{one.name}: {_place_in_words(context, outcomes[one.name, code])}" for one in context.award.rounds_before]
    sentences = [context.say("changes.earlier_places", places="; ".join(parts)), *illustrative_before(context)]
    return [Paragraph((" ".join(sentences),))]


def _outcomes(context: Context) -> dict[tuple[str, str], Row]:
    return {(row["round"], row["region_code"]): row for row in context.tables["rounds.places"]}


def _place_in_words(context: Context, row: Row) -> str:
    if row["rank"] is None:
        return context.say("changes.unranked")
    return context.say("changes.at_place_proposed" if row["is_candidate"] else "changes.at_place", place=row["rank"])


def illustrative_before(context: Context) -> list[str]:
    """That earlier rounds are computed from illustrative figures, where this one is not."""
    rows = context.tables["rounds.places"] if context.award.predecessors and not context.illustrative else ()
    names = dict.fromkeys(row["round"] for row in rows if row["is_illustrative"])
    return [context.say("changes.illustrative", rounds=context.language.listed(names))] if names else []


def _ends(context: Context) -> Iterator[tuple[str, Row, Row]]:
    """Each region with its rows of rounds.places in the round before and in this one, in the order of this ranking."""
    outcomes, before = _outcomes(context), _before(context)
    for code in (row["region_code"] for row in context.ranking):
        yield code, outcomes[before, code], outcomes[context.award.name, code]


def _in_and_out(context: Context) -> str:
    """Who enters and leaves the candidates, in a sentence."""
    enters = [context.names[code] for code, then, now in _ends(context) if now["is_candidate"] and not then["is_candidate"]]
    leaves = [context.names[code] for code, then, now in _ends(context) if then["is_candidate"] and not now["is_candidate"]]
    listed, before = context.language.listed, _before(context)
    if not enters and not leaves:
        return context.say("changes.same", before=before, regions=listed(row["region_name"] for row in context.proposed))
    parts = [context.say("changes.enter", before=before, regions=listed(enters))] if enters else []
    parts += [context.say("changes.leave", before=before, regions=listed(leaves))] if leaves else []
    return " ".join(parts)


def _causes(context: Context) -> Iterator[Block]:
    """For each region that enters or leaves: its places, and what each kind of change brings of the difference."""
    items: list[Inline] = []
    for code, then, now in _ends(context):
        if then["is_candidate"] != now["is_candidate"]:
            steps = {row["step"]: row["places_gained"] for row in context.tables["rounds.steps"] if row["region_code"] == code}
            moved = [
                context.say(
                    "changes.brings", step=context.say(f"changes.step.{step}"), places=context.language.number(gain, 1, signed=True)
                )
                for step, gain in steps.items()
                if gain is not None and abs(gain) >= LEAST
            ]
            ends = {"then": _place_in_words(context, then), "now": _place_in_words(context, now)}
            text = context.say("changes.from_to", **ends)
            cause = f" {context.say('changes.because', parts=context.language.listed(moved))}" if moved else ""
            items.append((Strong(f"{context.names[code]}: "), text, cause))
    if items:
        yield Bullets(tuple(items))


def step_columns(context: Context) -> list[Column]:
    """By region code: place then and now, the change, and what each kind of change brings, where several bring something to someone."""
    ends = {code: (then["rank"], now["rank"]) for code, then, now in _ends(context)}
    language = context.language
    every = [columns.region(context)]
    for place, name in enumerate((_before(context), context.award.name)):
        cells = {code: Cell(str(ranks[place] or "–"), ranks[place]) for code, ranks in ends.items()}
        every.append(Column(context.say("changes.place_in", round=name), cells, PLACE))
    change = {code: then - now if then and now else None for code, (then, now) in ends.items()}
    cells = {code: Cell("–" if gain is None else language.number(gain, 0, signed=True), gain) for code, gain in change.items()}
    every.append(Column(context.say("heading.places_gained"), cells, NUMBER, signed=True))
    moving = _moving(context)
    for step, gains in moving.items() if len(moving) > 1 else ():
        brought = {code: Cell("–" if gain is None else language.number(gain, 1, signed=True), gain) for code, gain in gains.items()}
        every.append(Column(context.say(f"changes.by.{step}"), brought, NUMBER, signed=True))
    return every


def _moving(context: Context) -> dict[str, dict[str, float | None]]:
    """Of each kind of change that moves some region, what it brings to each."""
    steps: dict[str, dict[str, float | None]] = {}
    for row in context.tables["rounds.steps"]:
        steps.setdefault(row["step"], {})[row["region_code"]] = row["places_gained"]
    return {step: gains for step, gains in steps.items() if any(abs(gain or 0) >= LEAST for gain in gains.values())}


def _steps(context: Context, anchor: str, codes: Collection[str]) -> Table:
    """How these regions move, and what that comes from; the parts are explained where there are several."""
    say, moving, every = context.say, _moving(context), step_columns(context)
    number = {kind: sum(row[f"cells_{kind}"] for row in context.tables["rounds.cells"]) for kind in ("new", "changed")}
    shown = {kind: context.language.number(count, 0) for kind, count in number.items()}
    are_other_data = "data" not in moving and any(number.values())
    whole = "all_by_on_other_data" if are_other_data else "all_by"
    words = {step: say(f"changes.step.{step}") for step in dict.fromkeys(row["step"] for row in context.tables["rounds.steps"])}
    several = len(moving) > 1
    notes = [say("changes.steps_note")] if several else [say(f"changes.{whole}", step=words[step], **shown) for step in moving]
    notes += [say("changes.dash")] if any(column.cells[code].text == "–" for column in every for code in codes) else []
    still = [text for step, text in words.items() if step not in moving and not (step == "data" and are_other_data)]
    notes += [say("changes.still", steps=context.language.listed(still))] if still else []
    caption = say("changes.causes_caption" if several else "changes.steps_caption")
    return columns.table(anchor, caption, every, codes, " ".join(notes), sortable=anchor == "table-changes")


def _revised(context: Context) -> Iterator[Block]:
    """How many figures are revised, who enters or leaves by that alone, and the largest revisions."""
    counts = context.tables["rounds.cells"]
    number = {kind: sum(row[f"cells_{kind}"] for row in counts) for kind in ("same", "changed", "new", "gone")}
    shown = {kind: context.language.number(count, 0) for kind, count in number.items()}
    shown["both"] = context.language.number(number["same"] + number["changed"], 0)
    parts = [context.say("changes.revised" if number["changed"] else "changes.unrevised", **shown)]
    parts += [context.say(f"changes.{kind}_cells", count=shown[kind]) for kind in ("new", "gone") if number[kind]]
    if number["changed"]:
        for key, enters in (("enter_by_data", True), ("leave_by_data", False)):
            names = [context.names[row["region_code"]] for row in context.tables["rounds.by_data"] if row["enters"] == enters]
            parts += [context.say(f"changes.{key}", regions=context.language.listed(names))] if names else []
        parts += [] if context.tables["rounds.by_data"] else [context.say("changes.none_by_data")]
    yield Paragraph((" ".join(parts),))
    if number["changed"]:
        yield columns.table("table-revised", context.say("changes.revised_caption"), _revised_columns(context), range(_listed(context)))


def _differing(context: Context) -> Iterator[Block]:
    """Of each indicator with standard errors in both rounds, who differs from the round before by more than chance makes of it."""
    rows = context.tables.get("rounds.differences", [])
    texts = []
    for name in dict.fromkeys(row["indicator"] for row in rows):
        own = [row for row in rows if row["indicator"] == name]
        beyond = [context.names[row["region_code"]] for row in own if row["is_significant"]]
        said = {"label": context.labels[name], "all": len(own), "before": _before(context)}
        if beyond:
            texts.append(context.say("changes.differ", count=len(beyond), names=context.language.listed(beyond), **said))
        else:
            texts.append(context.say("changes.differ_none", **said))
    if texts:
        yield Bullets(tuple((text,) for text in texts))
        yield Paragraph((context.say("changes.differ_note"),), "note")


def _listed(context: Context) -> int:
    return min(len(context.tables["rounds.revised_cells"]), MOST_REVISED)


def _revised_columns(context: Context) -> list[Column]:
    """The largest revisions, by their number."""
    rows = context.tables["rounds.revised_cells"][: _listed(context)]

    def of_rows(heading: str, cell: Any, unit: str = "") -> Column:
        return Column(heading, {number: cell(row) for number, row in enumerate(rows)}, unit)

    def amount(side: str) -> Any:
        return lambda row: Cell(
            context.say(f"status.{row[f'status_{side}']}")
            if row[f"amount_{side}"] is None
            else context.language.number(row[f"amount_{side}"], 0),
            row[f"amount_{side}"],
        )

    def ratio(row: Row) -> Cell:
        share = row["change_ratio"]
        return Cell("–" if share is None else context.language.percent(share, 1, signed=True), share)

    return [
        of_rows(context.say("heading.region"), lambda row: Cell(context.names.get(row["region_code"], row["region_code"]))),
        of_rows(context.say("heading.year"), lambda row: Cell(str(row["year"]), row["year"]), NUMBER),
        of_rows(context.say("heading.statistic"), lambda row: Cell(context.statistic(row["statistic"]))),
        of_rows(context.say("heading.class"), lambda row: Cell(row["class_code"] or "")),
        of_rows(context.say("heading.before"), amount("before"), NUMBER),
        of_rows(context.say("heading.after"), amount("after"), NUMBER),
        of_rows(context.say("heading.change"), ratio, NUMBER),
    ]


def _rounds(context: Context) -> Iterator[Block]:
    """All rounds: proposals beside nominations, their sources, and every region's place and score."""
    award, say = context.award, context.say
    yield Paragraph((say("changes.rounds_intro"),))
    if award.predecessors:
        text, language = context.text(award.predecessors.reason)
        yield Paragraph((text,), "", language)
    yield _nominations(context)
    sources = tuple(_sources(context))
    if sources:
        yield Bullets(sources)
    yield columns.table(
        "table-all-rounds", say("changes.places_caption"), round_columns(context), in_rounds(context), say("changes.places_note")
    )


def _nominations(context: Context) -> Table:
    """The candidates of each round beside those who were nominated and who won."""
    award, say, outcomes = context.award, context.say, context.tables["rounds.places"]
    rows = []
    for one in (*award.rounds_before, award):
        proposed = sorted((row for row in outcomes if row["round"] == one.name and row["is_candidate"]), key=lambda row: row["rank"])
        names = [context.names[row["region_code"]] for row in proposed]
        nominated = [row for row in context.tables["rounds.nominations"] if row["round"] == one.name]
        every = [context.names[row["region_code"]] for row in nominated]
        won = [context.names[row["region_code"]] for row in nominated if row["won"]]
        listed = [context.language.listed(each) if each else say("changes.not_entered") for each in (every, won)]
        window = context.language.span(one.window.base, one.window.final)
        rows.append((Cell(one.name), Cell(window), Cell(context.language.listed(names)), *map(Cell, listed)))
    headings = context.language.headings("round", "window", "candidates", "nominated", "winner")
    return Table("table-rounds", say("changes.rounds_caption"), headings, (False,) * 5, tuple(rows), say("changes.rounds_note"))


def _sources(context: Context) -> Iterator[Inline]:
    """Each source of nominations of each round once, in the order of the rounds."""
    names = [one.name for one in (*context.award.rounds_before, context.award)]
    rows = sorted(context.tables["rounds.nominations"], key=lambda row: names.index(row["round"]))
    for row in {(row["round"], row["source"]): row for row in rows}.values():
        yield (f"{row['round']}: ", *context.source(row), f", {context.language.date(row['date'])}")


def in_rounds(context: Context) -> tuple[tuple[str, str], ...]:
    """Each region's code with the name of each round: the rows of the table of all rounds, a region's together."""
    names = [one.name for one in (*context.award.rounds_before, context.award)]
    return tuple((row["region_code"], name) for row in context.ranking for name in names)


def round_columns(context: Context) -> list[Column]:
    """By region code and round: place and score; candidates are marked."""
    outcomes, language = _outcomes(context), context.language
    rows = {key: outcomes[key[1], key[0]] for key in in_rounds(context)}
    places = {key: Cell(f"{row['rank'] or '–'}{'*' if row['is_candidate'] else ''}", row["rank"]) for key, row in rows.items()}
    scores = {key: Cell("–" if row["rank"] is None else language.number(row["score"], 3), row["score"]) for key, row in rows.items()}
    return [
        Column(context.say("heading.region"), {key: context.region(key[0]) for key in rows}),
        Column(context.say("heading.round"), {key: Cell(key[1], key[1]) for key in rows}),
        Column(context.say("heading.place"), places, PLACE),
        Column(context.say("heading.score"), scores, columns.SCORE),
    ]
