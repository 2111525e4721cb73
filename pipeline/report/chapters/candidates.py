"""The candidates: what the ranking proposes, a card each, and who is near."""

from pipeline.report.blocks import Block, Bullets, Link, Paragraph, Section, Strong
from pipeline.report.chapters import about
from pipeline.report.context import Context, Row


def candidates(context: Context) -> Section:
    """The chapter."""
    names = context.language.listed(row["region_name"] for row in context.proposed)
    lead = context.say("candidates.lead", regions=names)
    possible = _could_take_a_place(context)
    verdicts = context.tables["robustness.verdicts"]
    near = [about.verdict(context, row) for row in verdicts if not row["is_candidate"]] + possible
    blocks: list[Block] = [
        Paragraph((lead,), "lead"),
        *(Paragraph((Strong(text),)) for text in possible),
        *(Paragraph((text,), "caveat") for text in _waivers(context)),
        Paragraph((context.say("candidates.people_nominate"),)),
        *(_card(context, row) for row in context.proposed),
    ]
    if near:
        intro = Paragraph((context.say("candidates.near_intro"),))
        blocks.append(Section("near", context.say("candidates.near"), (intro, Bullets(tuple((text,) for text in near)))))
    return Section("candidates", context.say("candidates.title"), tuple(blocks))


def _waivers(context: Context) -> list[str]:
    """Why the award accepts growth across two series, each reason once."""
    exceptions = context.tables["validation.exceptions"]
    years = {row["reason"]: row["year"] for row in exceptions if row["audit"] == "growth_across_series"}
    return [context.say("candidates.across_series", year=year, reason=reason) for reason, year in years.items()]


def _could_take_a_place(context: Context) -> list[str]:
    """Regions that cannot be ranked, but could be among the candidates given what is published."""
    last = max(row["rank"] for row in context.proposed)
    return [
        context.say("candidates.could_take_place", region=context.names[row["region_code"]], best=row["best_rank"])
        for row in context.tables["robustness.unranked"]
        if (row["best_rank"] or last + 1) <= last
    ]


def _card(context: Context, row: Row) -> Section:
    code = row["region_code"]
    verdict = context.by_region("robustness.verdicts").get(code)
    how_sure = Strong(context.say("candidates.how_sure") + " ")
    more = Link(context.say("candidates.more_about", region=row["region_name"]), f"#region-{code}")
    blocks: list[Block] = [
        about.facts(context, code, context.weighing),
        *about.paragraphs(context, code, context.weighing),
        *([Paragraph((how_sure, about.verdict(context, verdict)), "verdict")] if verdict else []),
        *about.caveats(context, code),
        about.evidence(context, code),
        Paragraph((more,)),
    ]
    return Section(f"candidate-{code}", f"{row['rank']}. {row['region_name']}", tuple(blocks), "candidate")
