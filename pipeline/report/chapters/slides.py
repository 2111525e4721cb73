"""What the nominating meeting looks at: a document whose sections are slides, of the blocks that the report has."""

from dataclasses import replace

from pipeline.report import columns
from pipeline.report.blocks import Block, Bullets, Cell, Document, Inline, Paragraph, Section, Strong, Table
from pipeline.report.chapters import about
from pipeline.report.chapters.changes import brief
from pipeline.report.chapters.development import of_region
from pipeline.report.chapters.ranking import score_map
from pipeline.report.chapters.robustness import combinations, decides, intervals
from pipeline.report.chapters.summary import candidates_table, warnings
from pipeline.report.context import Context, Row
from pipeline.report.visible import visible


def slides(context: Context, report: Document) -> Document:
    """The slides; what they are about and made from stands in the report."""
    every = (
        _front(context, report),
        _proposal(context),
        *(_candidate(context, row) for row in context.proposed),
        _how_sure(context),
        *_changed(context),
        _unknown(context),
        _sources(context),
    )
    sources = Paragraph(about.data(context).text, "sources")
    with_sources = tuple(Section(slide.anchor, slide.title, (*slide.blocks, sources), slide.role) for slide in every)
    made: Document = visible(Document(report.language, report.title, report.subject, report.notice, report.identity, with_sources, None))
    return made


def _front(context: Context, report: Document) -> Section:
    names = context.language.listed(row["region_name"] for row in context.proposed)
    blocks: tuple[Block, ...] = (
        Paragraph((report.subject,)),
        Paragraph((context.say("summary.lead", regions=names),), "lead"),
        Paragraph((context.say("summary.people_nominate"),)),
        *([Paragraph((report.notice,), "notice")] if report.notice else []),
    )
    return Section("slide-front", report.title, blocks, "front")


def _proposal(context: Context) -> Section:
    names = context.language.listed(row["region_name"] for row in context.proposed)
    scores = score_map(context)
    blocks: tuple[Block, ...] = (_turned(candidates_table(context)), *([scores] if scores else []))
    return Section("slide-proposal", context.say("slides.proposal", regions=names), blocks)


def _turned(table: Table) -> Table:
    """A table with a column a region, where regions are fewer than what is known of each."""
    if len(table.rows) >= len(table.headings):
        return table
    names = [row[table.row_heading].text for row in table.rows]
    facts = [number for number in range(len(table.headings)) if number != table.row_heading]
    rows = tuple((Cell(table.headings[number]), *(row[number] for row in table.rows)) for number in facts)
    return replace(table, headings=("", *names), numeric=(False, *(True for _ in names)), rows=rows, row_heading=0)


def _candidate(context: Context, row: Row) -> Section:
    """A candidate: how sure, its figures, what is no statistics, and its development."""
    code = row["region_code"]
    verdict = context.by_region("robustness.verdicts").get(code)
    gaps = about.gaps_of(context, code)
    entered = tuple((*statement[:4], ")") for statement in about.statements(context, code))
    blocks: list[Block] = [
        *([Paragraph((about.verdict(context, verdict),), "verdict")] if verdict else []),
        _figures(context, code),
        *([Paragraph((Strong(context.say("evidence.title")),))] if entered else []),
        *([Bullets(entered)] if entered else []),
        *([Paragraph((gaps,), "note")] if gaps else []),
        *of_region(context, code),
    ]
    title = context.say("slides.candidate", place=row["rank"], region=row["region_name"])
    return Section(f"slide-candidate-{code}", title, tuple(blocks))


def _figures(context: Context, code: str) -> Table:
    """What weighs: the region's value, the whole's, and the place among the regions."""
    rows = tuple(
        (Cell(context.labels[indicator.name]), *(column.cells[of] for of in (code, *context.wholes)), context.place(indicator.name, code))
        for indicator, column in zip(context.weighing, columns.values(context, context.weighing), strict=True)
    )
    headings = (
        *context.language.headings("indicator", "value"),
        *(context.say("shared.whole") for _ in context.wholes),
        *context.language.headings("place"),
    )
    caption = context.say("slides.figures", window=context.window)
    return Table(f"slide-figures-{code}", caption, headings, (False, *[True] * (len(headings) - 1)), rows)


def _how_sure(context: Context) -> Section:
    near = context.by_region("robustness.verdicts")
    of_near = [of(context) for of in (columns.place, columns.region, columns.verdict, columns.joint_share)]
    blocks: tuple[Block, ...] = (
        Paragraph((context.say("slides.how_sure", combinations=combinations(context)),)),
        columns.table("slide-shares", context.say("slides.shares"), of_near, near, row_heading=1),
        *(block for block in decides(context) if isinstance(block, Paragraph)),
        intervals(context, near),
    )
    return Section("slide-how-sure", context.say("robustness.title"), blocks)


def _changed(context: Context) -> tuple[Section, ...]:
    """What has changed since the last round; none where the award names no predecessors."""
    blocks = brief(context)
    return (Section("slide-changed", context.say("changes.title"), blocks),) if blocks else ()


def _unknown(context: Context) -> Section:
    items: list[Inline] = [*warnings(context)]
    for row in context.proposed:
        gaps = about.gaps_of(context, row["region_code"])
        items += [(Strong(f"{row['region_name']}: "), gaps)] if gaps else []
    items += [(text,) for text in context.language.several("method.limit_list")]
    return Section("slide-unknown", context.say("slides.unknown"), (Bullets(tuple(items)),))


def _sources(context: Context) -> Section:
    _, kind, publisher, title, covers, published, _, licence = columns.sources(context)
    shown = (title, kind, publisher, covers, published, licence)
    blocks = (
        columns.table("slide-sources", context.say("sources.caption"), shown, context.sources.entries),
        Paragraph((context.say("slides.more"),)),
    )
    return Section("slide-sources", context.say("sources.title"), blocks)
