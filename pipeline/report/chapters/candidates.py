"""The candidates, a card each, and who is near."""

from pipeline.report.blocks import Block, Bullets, Link, Paragraph, Section, Strong
from pipeline.report.chapters import about
from pipeline.report.chapters.summary import could_take_a_place
from pipeline.report.context import Context, Row


def candidates(context: Context) -> Section:
    """The chapter."""
    verdicts = context.tables["robustness.verdicts"]
    near = [*(about.verdict(context, row) for row in verdicts if not row["is_candidate"]), *could_take_a_place(context)]
    blocks: list[Block] = [_card(context, row) for row in context.proposed]
    if near:
        intro = Paragraph((context.say("candidates.near_intro"),))
        blocks.append(Section("near", context.say("candidates.near"), (intro, Bullets(tuple((text,) for text in near)))))
    return Section("candidates", context.say("candidates.title"), tuple(blocks))


def _card(context: Context, row: Row) -> Section:
    code = row["region_code"]
    verdict = context.by_region("robustness.verdicts").get(code)
    how_sure = Strong(context.say("candidates.how_sure") + " ")
    more = Link(context.say("candidates.more_about", region=row["region_name"]), f"#region-{code}")
    blocks: list[Block] = [
        *about.paragraphs(context, code, context.weighing),
        *([Paragraph((how_sure, about.verdict(context, verdict)), "verdict")] if verdict else []),
        *about.caveats(context, code, context.weighing),
        *about.evidence(context, code),
        Paragraph((more,)),
    ]
    return Section(f"candidate-{code}", f"{row['rank']}. {row['region_name']}", tuple(blocks), "candidate")
