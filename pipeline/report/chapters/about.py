"""What stands both on a candidate's card and on a region's page: figures, sentences, verdict, caveats, evidence."""

from collections.abc import Sequence
from typing import Any

from pipeline.award import Indicator
from pipeline.report.blocks import Block, Bullets, Fact, Facts, Inline, Link, Paragraph, Section, Strong
from pipeline.report.context import Context, Row
from pipeline.report.evidence import EVIDENCE, grounds
from pipeline.report.language import UNKNOWN
from pipeline.report.sentences import CAVEATS
from pipeline.report.traces import VALUE


def facts(context: Context, code: str, indicators: Sequence[Indicator]) -> Facts:
    """The key figures of a region."""
    return Facts(tuple(_fact(context, code, indicator.name) for indicator in indicators))


def _fact(context: Context, code: str, name: str) -> Fact:
    row = context.traces.row(name, code)
    value = row.get(VALUE)
    if value is None:
        return Fact(context.labels[name], UNKNOWN, context.say(f"status.{row.get('status', 'missing')}"))
    figure = context.traces.figure(name, code, VALUE, context.shown(name, value))
    detail = ""
    if row.get("base") is not None and row.get("final") is not None:
        ends = {end: context.language.figure(row[end], context.traces.unit(name, end)) for end in ("base", "final")}
        detail = context.say("candidates.from_to", base_year=row["base_year"], final_year=row["final_year"], **ends)
    elif row.get("final_year"):
        detail = str(row["final_year"])
    return Fact(context.labels[name], figure, detail)


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


def caveats(context: Context, code: str) -> list[Block]:
    """The caveats on a region's figures, if there are any."""
    items = tuple(sentence.parts for sentence in context.sentences_about(code) if sentence.rule in CAVEATS)
    return [Bullets(items, "caveat")] if items else []


def verdict(context: Context, row: Row) -> str:
    """A row of robustness.verdicts as a sentence."""
    code = row["region_code"]
    return context.say(
        "verdict.of_candidate" if row["is_candidate"] else "verdict.of_other",
        region=context.names[code],
        verdict=context.verdict(row),
        share=context.language.share(row["weights_share"]),
        windows=context.times("robustness.window_rankings", code),
        methods=context.times("robustness.methods", code),
    )


def evidence(context: Context, code: str) -> Section:
    """Statements that are no statistics, ground by ground; a ground without one is shown as a gap."""
    items: list[Inline] = []
    for ground, statements in grounds(context.tables[EVIDENCE], code).items():
        heading = Strong(context.say(f"evidence.ground.{ground}") + ": ")
        items += [(heading, *_statement(context, row)) for row in statements]
        items += [] if statements else [(heading, context.say("evidence.nothing"))]
    blocks = (Paragraph((context.say("evidence.note"),), "note"), Bullets(tuple(items), "evidence"))
    return Section(f"evidence-{code}", context.say("evidence.title"), blocks, "evidence")


def _statement(context: Context, row: Row) -> Inline:
    source = Link(row["source"], row["page"]) if row["page"] else row["source"]
    entered = f", {context.language.date(row['date'])}; {context.say('evidence.entered_by', who=row['entered_by'])})"
    return (f"{row['statement']} (", source, entered)
