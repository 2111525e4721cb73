"""What stands both on a candidate's card and on a region's page: sentences, verdict, caveats, evidence, data."""

from collections.abc import Sequence
from typing import Any

from pipeline.award import Indicator
from pipeline.report.blocks import Block, Bullets, Inline, Link, Paragraph, Section, Strong
from pipeline.report.context import Context, Row
from pipeline.report.evidence import EVIDENCE, grounds
from pipeline.report.language import within
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
    key = depends if kind.startswith("depends") else kind if row["is_candidate"] else "near"
    share = row["joint_share"]
    how_many = context.say(f"verdict.under.{'nearly_all' if share >= NEARLY_ALL else 'most' if share >= MOST else 'minority'}")
    sentence = context.say(f"verdict.sentence.{key}", region=context.names[code], verdict=context.verdict(row), how_many=how_many)
    shares = context.say(
        "verdict.shares",
        share=context.language.share(share),
        weights=context.language.share(row["weights_share"]),
        windows=context.times("robustness.window_rankings", code),
        methods=context.times("robustness.methods", code),
    )
    return f"{sentence} {shares}"


def evidence(context: Context, code: str) -> list[Block]:
    """Statements that are no statistics, ground by ground, and the grounds of which nothing is known in one line."""
    items: list[Inline] = []
    gaps: list[str] = []
    for ground, statements in grounds(context.tables[EVIDENCE], code).items():
        name = context.say(f"evidence.ground.{ground}")
        items += [(Strong(f"{name}: "), *_statement(context, row)) for row in statements]
        gaps += [] if statements else [within(name)]
    nothing = Paragraph((context.say("evidence.gaps", grounds=context.language.listed(gaps)),), "note")
    if not items:
        return [nothing]
    note = Paragraph((context.say("evidence.note"),), "note")
    blocks: list[Block] = [note, Bullets(tuple(items), "evidence"), *([nothing] if gaps else [])]
    return [Section(f"evidence-{code}", context.say("evidence.title"), tuple(blocks), "evidence")]


def _statement(context: Context, row: Row) -> Inline:
    source = Link(row["source"], row["page"]) if row["page"] else row["source"]
    entered = f", {context.language.date(row['date'])}; {context.say('evidence.entered_by', who=row['entered_by'])})"
    return (f"{row['statement']} (", source, entered)


def data(context: Context) -> Paragraph:
    """What the figures are made from."""
    catalogue = context.award.catalogue
    measures = {measure for indicator in context.award.indicators for measure in context.award.meaning(indicator.name).reads}
    statistics = {catalogue.cells_of(part).statistic for measure in measures for part in catalogue.parts(measure)}
    origins: dict[str, dict[str, None]] = {}
    for source in context.sources.entries.values():
        origin = source.publisher if source.kind == "official" else context.say("sources.kind.illustrative")
        origins.setdefault(source.table, {})[origin] = None
    names = {name: getattr(catalogue.statistics[name], context.language.code).name for name in sorted(statistics)}
    data = context.language.listed(f"{name} ({', '.join(origins[table])})" for table, name in names.items())
    return Paragraph((context.say("sources.data", data=data),), "note")
