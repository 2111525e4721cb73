"""What stands both on a candidate's card and on a region's page: sentences, verdict, caveats, evidence, data."""

from collections.abc import Sequence
from typing import Any

from pipeline.award import Indicator
from pipeline.declarations import within
from pipeline.report.blocks import Block, Bullets, Inline, Paragraph, Section, Strong
from pipeline.report.context import Context, Row
from pipeline.report.evidence import EVIDENCE, grounds
from pipeline.report.sentences import CAVEATS

NEARLY_ALL, MOST = 0.9, 0.5
"""The shares from which a sentence says so; verdicts have thresholds of their own, which the award sets."""


def paragraphs(context: Context, code: str, indicators: Sequence[Indicator]) -> list[Block]:
    """The sentences about a region, a paragraph an indicator; not the caveats."""
    blocks: list[Block] = []
    for indicator in indicators:
        parts: list[Any] = []
        for sentence in context.sentences_about(code):
            if sentence.indicator == indicator.name and sentence.rule not in CAVEATS:
                parts += [" ", *sentence.parts] if parts else sentence.parts
        if parts:
            blocks.append(Paragraph(tuple(parts)))
    return blocks


def caveats(context: Context, code: str, indicators: Sequence[Indicator]) -> list[Block]:
    """The caveats on a region's figures of these indicators, if there are any."""
    names = {None, *(indicator.name for indicator in indicators)}
    caveats_ = (sentence for sentence in context.sentences_about(code) if sentence.rule in CAVEATS)
    items = tuple(sentence.parts for sentence in caveats_ if sentence.indicator in names)
    return [Bullets(items, "caveat")] if items else []


def verdict(context: Context, row: Row) -> str:
    """A row of robustness.verdicts in words, and the shares behind it."""
    code, kind = row["region_code"], row["verdict"]
    depends = "depends" if row["is_candidate"] else "depends_of_other"
    alone = any(row[f"{choice}_share"] for choice in ("weights", "windows", "methods"))
    key = depends if kind.startswith("depends") else kind if row["is_candidate"] else "near" if alone else "near_jointly"
    words = {"region": context.names[code], "verdict": context.verdict(row), "how_many": how_many(context, row)}
    shares = context.say(
        "verdict.shares",
        share=context.language.share(row["joint_share"]),
        weights=context.language.share(row["weights_share"]),
        windows=context.times("robustness.window_rankings", code, "window"),
        methods=context.times("robustness.methods", code, "method"),
    )
    return f"{context.say(f'verdict.sentence.{key}', **words)} {shares}"


def how_many(context: Context, row: Row) -> str:
    """Under how many choices the region of a row of robustness.verdicts is a candidate, in words."""
    share = row["joint_share"]
    return context.say(f"verdict.under.{'nearly_all' if share >= NEARLY_ALL else 'most' if share >= MOST else 'minority'}")


def evidence(context: Context, code: str) -> list[Block]:
    """Statements that are no statistics, ground by ground, and the grounds of which nothing is known in one line."""
    entered, gaps = statements(context, code), gaps_of(context, code)
    nothing: list[Block] = [Paragraph((gaps,), "note")] if gaps else []
    if not entered:
        return nothing
    blocks = (Paragraph((context.say("evidence.note"),), "note"), Bullets(entered, "evidence"), *nothing)
    return [Section(f"evidence-{code}", context.say("evidence.title"), blocks, "evidence")]


def statements(context: Context, code: str) -> tuple[Inline, ...]:
    """What was entered for a region, each statement with its ground, source and day."""
    by_ground = grounds(context.tables[EVIDENCE], code)
    names = {ground: Strong(f"{context.say(f'evidence.ground.{ground}')}: ") for ground in by_ground}
    return tuple((names[ground], *_statement(context, row)) for ground, rows in by_ground.items() for row in rows)


def gaps_of(context: Context, code: str) -> str:
    """The grounds of which nothing was entered for a region, in a sentence; nothing where each has a statement."""
    by_ground = grounds(context.tables[EVIDENCE], code)
    names = [within(context.say(f"evidence.ground.{ground}")) for ground, entered in by_ground.items() if not entered]
    return context.say("evidence.gaps", grounds=context.language.listed(names)) if names else ""


def _statement(context: Context, row: Row) -> Inline:
    entered = f", {context.language.date(row['date'])}; {context.say('evidence.entered_by', who=row['entered_by'])})"
    return (context.passage(row["statement"]), " (", *context.source(row), entered)


def data(context: Context) -> Paragraph:
    """What the figures are made from."""
    catalogue = context.award.catalogue
    measures = {measure for indicator in context.award.indicators for measure in context.award.meanings[indicator.name].reads}
    statistics = {catalogue.cells_of(part).statistic for measure in measures for part in catalogue.parts(measure)}
    origins: dict[str, dict[str, None]] = {}
    for source in context.sources.entries.values():
        origin = source.publisher if source.kind == "official" else context.say("sources.kind.illustrative")
        origins.setdefault(source.table, {})[origin] = None
    names = {name: context.statistic(name) for name in sorted(statistics)}
    data = context.language.listed(f"{name} ({', '.join(origins[table])})" for table, name in names.items())
    return Paragraph((context.say("sources.data", data=data),), "note")
