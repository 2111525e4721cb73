"""A page for every region, and the regions that cannot be ranked."""

from collections.abc import Iterator, Sequence

from pipeline.award import Indicator
from pipeline.declarations import within
from pipeline.report import columns
from pipeline.report.blocks import Block, Bullets, Cell, Inline, Link, Paragraph, Section, Strong, Table
from pipeline.report.chapters import about
from pipeline.report.chapters.changes import earlier_places
from pipeline.report.chapters.development import of_region
from pipeline.report.chapters.peers import peers
from pipeline.report.chapters.ranking import DIFFERENCE, largest, parts_of
from pipeline.report.chapters.robustness import KINDS
from pipeline.report.chapters.strips import strips
from pipeline.report.columns import Column
from pipeline.report.context import Context, Row
from pipeline.rounding import directed

SHOWN = 0.0005
"""The least number of points that three decimals show."""


def unranked(context: Context) -> tuple[Section, ...]:
    """The chapter on regions that cannot be ranked, if there are any."""
    items: list[Inline] = [
        (Link(row["region_name"], f"#region-{row['region_code']}"), ": ", _why_not_ranked(context, row))
        for row in context.ranking
        if not row["rank"]
    ]
    blocks = (Bullets(tuple(items)), Paragraph((context.say("unranked.unknown_is_not_zero"),)))
    return (Section("unranked", context.say("unranked.title"), blocks),) if items else ()


def _why_not_ranked(context: Context, row: Row) -> str:
    unknown = context.reasons(row)
    span = context.by_region("robustness.unranked")[row["region_code"]]
    if span["best_rank"] is None:
        return f"{unknown}. {context.say('unranked.nothing_bounds')}"
    return f"{unknown}. {context.say('unranked.could_stand', places=context.language.span(span['best_rank'], span['worst_rank']))}"


def regions(context: Context) -> Section:
    """The chapter."""
    codes = sorted(context.regions, key=lambda code: context.language.order(context.names[code]))
    rows = context.by_region("ranking.ranking")
    index = Bullets(tuple((Link(context.names[code], f"#region-{code}"), *_group(context, code)) for code in codes), "index")
    values, origin = columns.values(context), about.data(context)
    intro = "regions.intro" if len(context.foremost) == len(codes) else "regions.intro_some"
    pages = (_page(context, rows[code], values, origin) if code in context.foremost else _brief(context, rows[code]) for code in codes)
    return Section("regions", context.say("regions.title"), (Paragraph((context.say(intro, count=len(context.foremost)),)), index, *pages))


def _group(context: Context, code: str) -> tuple[str, ...]:
    """The group of a region after its name, where the geography has groups."""
    group = context.award.catalogue.geography.group_of(code)
    return (f" ({group})",) if group else ()


def _page(context: Context, row: Row, values: Sequence[Column], origin: Paragraph) -> Section:
    code = row["region_code"]
    blocks: list[Block] = [
        Paragraph((*_place(context, row).text, *_distance(context, row))),
        _figures(context, row, values),
        strips(context, code, values),
        *about.paragraphs(context, code, context.award.indicators),
        *of_region(context, code),
    ]
    verdict = context.by_region("robustness.verdicts").get(code)
    blocks += [Paragraph((about.verdict(context, verdict),), "verdict")] if verdict else []
    if row["rank"]:
        interval = context.by_region("robustness.rank_intervals")[code]
        spans = {kind: context.language.span(interval[f"{kind}_best_rank"], interval[f"{kind}_worst_rank"]) for kind in KINDS}
        jointly = context.by_region("robustness.joint_shares")[code]
        spans["jointly"] = context.language.span(jointly["best_rank"], jointly["worst_rank"])
        blocks += [
            Paragraph((context.say("regions.intervals", **spans),)),
            *([] if context.unknown(row) else [_turning_points(context, row)]),
        ]
    blocks += earlier_places(context, code)
    blocks += peers(context, code)
    blocks += about.caveats(context, code, context.award.indicators)
    blocks += [] if row["is_candidate"] else about.evidence(context, code)
    blocks.append(origin)
    return Section(f"region-{code}", row["region_name"], tuple(blocks), "region")


def _brief(context: Context, row: Row) -> Section:
    """What is said of a region without a page: its place, or why it has none."""
    return Section(f"region-{row['region_code']}", row["region_name"], (_place(context, row),), "brief")


def _place(context: Context, row: Row) -> Paragraph:
    if not row["rank"]:
        return Paragraph((Strong(context.say("regions.unranked") + " "), _why_not_ranked(context, row)))
    ranked = sum(other["rank"] is not None for other in context.ranking)
    key = "regions.proposed" if row["is_candidate"] else "regions.place"
    score = context.language.number(row["score"], 3)
    place = Strong(context.say(key, place=row["rank"], ranked=ranked, score=score))
    unknown = context.unknown(row)
    partly = (" " + context.say("regions.partly_known", unknown=unknown),) if unknown else ()
    return Paragraph((place, *_strengths(context, row), *partly))


def _strengths(context: Context, row: Row) -> tuple[str, ...]:
    """The indicators that bring most and least to a score for their weight, where that is a sum and they differ."""
    parts, even = parts_of(context, row), len({indicator.weight for indicator in context.weighing}) == 1
    weights = {one.name: float(row[f"{one.name}_weight"] if context.unknown(row) else one.weight) for one in context.weighing}
    of_weight = {name: part / weights[name] for name, part in parts.items()}
    if not parts or max(of_weight.values()) - min(of_weight.values()) <= DIFFERENCE:
        return ()
    most, least = (within(context.labels[end(of_weight, key=lambda name: of_weight[name])]) for end in (max, min))
    return (" " + context.say("regions.strengths" if even else "regions.strengths_by_weight", strongest=most, weakest=least),)


def _across(context: Context, row: Row) -> list[Row]:
    """The ranked region nearest to a ranked one on the other side of the line between candidates and others, if there is one."""
    others = [other for other in context.ranking if other["rank"] and other["is_candidate"] != row["is_candidate"]]
    return (others[:1] if row["is_candidate"] else others[-1:]) if row["rank"] else []


def _distance(context: Context, row: Row) -> Iterator[str]:
    """How far it is to the region across the line, and what makes most of it: why not us, in a sentence."""
    for other in _across(context, row):
        front, back = (row, other) if row["is_candidate"] else (other, row)
        first, last = parts_of(context, front), parts_of(context, back)
        if gains := {name: part - last[name] for name, part in first.items() if name in last}:
            name, number = largest(gains), context.language.number
            words = {"other": other["region_name"], "place": other["rank"], "label": within(context.labels[name])}
            numbers = {"gap": number(front["score"] - back["score"], 3), "part": number(gains[name], 3)}
            rest = sum(gains.values()) - gains[name]
            against = context.say("regions.against", rest=number(rest, 3)) if rest <= -SHOWN else ""
            yield " " + context.say("regions.ahead" if row["is_candidate"] else "regions.behind", **words, **numbers, against=against)


def _figures(context: Context, row: Row, values: Sequence[Column]) -> Table:
    """Each indicator's value and place, the whole's value, and what it brings to the score: beside the region on the other side of the
    line between candidates and others, the answer to "why not us"."""
    sides = [row, *_across(context, row)] if row["rank"] else []

    def points(of: Row, column: str) -> Cell:
        return columns.score_of(context, of[column])

    rows = [
        (
            Cell(context.labels[indicator.name]),
            *(column.cells[code] for code in (row["region_code"], *context.wholes)),
            context.place(indicator.name, row["region_code"]),
            _weight(context, row, indicator),
            *(points(side, f"{indicator.name}_weighted") if indicator.weight else Cell("") for side in sides),
        )
        for indicator, column in zip(context.award.indicators, values, strict=True)
    ]
    if sides:
        blank = [Cell("")] * (3 + len(context.wholes))
        rows.append((Cell(context.say("heading.score")), *blank, *(points(side, "score") for side in sides)))
    headings = (
        *context.language.headings("indicator", "value"),
        *(context.say("shared.whole") for _ in context.wholes),
        *context.language.headings("place", "weight"),
        *(context.say("regions.points_at_place", region=side["region_name"], place=side["rank"]) for side in sides),
    )
    return Table(
        f"table-figures-{row['region_code']}",
        context.say("regions.figures_caption", window=context.window),
        headings,
        (False, *[True] * (len(headings) - 1)),
        tuple(rows),
    )


def _weight(context: Context, row: Row, indicator: Indicator) -> Cell:
    """The weight in the index: the region's own where some of its indicators are unknown; nothing of an indicator that is shown only."""
    if indicator.weight and context.unknown(row):
        return columns.score_of(context, row[f"{indicator.name}_weight"])
    return Cell(str(indicator.weight or ""))


def _turning_points(context: Context, row: Row) -> Section:
    """What would have to be otherwise for the region to be proposed, or no longer so."""
    items: list[Inline] = []
    for point in context.of_region("robustness.turning_points", row["region_code"]):
        name, turns_at = point["indicator"], point["turns_at"]
        now = context.shown(name, point["indicator_value"])
        if turns_at is None:
            text = context.say("regions.turns_never", now=now)
        else:
            value = _finer(context, name, turns_at, up=turns_at > point["indicator_value"])
            text = context.say("regions.turns_at", value=value, now=now)
            for way in ("leaving", "entering"):
                others = [context.names[other] for other in (point[way] or "").split("; ") if other]
                text += context.say(f"regions.{way}", regions=context.language.listed(others)) if others else ""
        items.append((Strong(f"{context.labels[name]}: "), text))
    title = context.say("regions.would_leave" if row["is_candidate"] else "regions.would_enter")
    return Section(f"turning-{row['region_code']}", title, (Bullets(tuple(items)),), "turning")


def _finer(context: Context, name: str, value: float, *, up: bool) -> str:
    """A turning point, with a decimal where the figure itself has none, rounded away from the region's own value, so that it turns."""
    meaning = context.award.meanings[name]
    if meaning.unit in ("growth", "share"):
        return context.language.percent(directed(value, 3, up=up), 1, signed=meaning.spans)
    decimals = 0 if meaning.unit == "money" else 1
    number = context.language.number(directed(value, decimals, up=up), decimals)
    return context.say("number.figure.money", number=number) if meaning.unit == "money" else number
