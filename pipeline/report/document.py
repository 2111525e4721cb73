"""The report's content from the tables alone: the chapters that every format shows, in the order a reader needs them.

Nothing is computed here or in chapters/. Rounding happens in language.py and nowhere else.
"""

import dataclasses

from pipeline.report.blocks import Document, Notes, Paragraph, Section
from pipeline.report.chapters.candidates import candidates
from pipeline.report.chapters.development import development
from pipeline.report.chapters.maps import maps
from pipeline.report.chapters.method import method, sources
from pipeline.report.chapters.ranking import ranking, score_map
from pipeline.report.chapters.regions import regions, unranked
from pipeline.report.chapters.robustness import robustness
from pipeline.report.context import Context
from pipeline.report.visible import visible


def document(context: Context) -> Document:
    """The whole report in the context's language."""
    award, say = context.award, context.say
    scores, notes = score_map(context), Notes(tuple(context.traces.by_place.values()))
    sections = (
        candidates(context),
        ranking(context, scores),
        Section("whatif", say("whatif.title"), (Paragraph((say("whatif.elsewhere"),)),)),
        robustness(context),
        *development(context),
        *maps(context),
        *unranked(context),
        regions(context),
        method(context),
        sources(context),
        Section("notes", say("notes.title"), (Paragraph((say("notes.intro"),)), notes)),
    )
    whole: Document = visible(
        Document(
            context.language.code,
            f"{award.title}: {say('document.basis')}",
            say("document.subject", window=context.window),
            say("document.notice", files=", ".join(context.illustrative)) if context.illustrative else "",
            sections,
            scores and dataclasses.replace(scores, name="map-whatif", alternative=say("whatif.map_alternative")),
        )
    )
    return whole
