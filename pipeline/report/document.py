"""The report's content from the tables alone: the chapters that every format shows, in the order a reader needs them.

Nothing is computed here or in chapters/. Rounding happens in language.py and nowhere else.
"""

import dataclasses
import hashlib

from pipeline import __version__
from pipeline.catalogue import checksum
from pipeline.report.blocks import Document, Notes, Paragraph, Section, Strong
from pipeline.report.chapters.about import data
from pipeline.report.chapters.candidates import candidates
from pipeline.report.chapters.changes import changes
from pipeline.report.chapters.development import development
from pipeline.report.chapters.maps import maps
from pipeline.report.chapters.method import method, sources
from pipeline.report.chapters.ranking import ranking, score_map
from pipeline.report.chapters.regions import regions, unranked
from pipeline.report.chapters.robustness import robustness
from pipeline.report.chapters.summary import summary
from pipeline.report.context import Context
from pipeline.report.visible import visible


def document(context: Context) -> Document:
    """The whole report in the context's language."""
    award, say = context.award, context.say
    scores, notes = score_map(context), Notes(tuple(context.traces.by_place.values()))
    sections = (
        summary(context, scores),
        candidates(context),
        ranking(context),
        _panel(context),
        robustness(context),
        *changes(context),
        *development(context),
        *maps(context),
        *unranked(context),
        regions(context),
        method(context),
        _cited(context, sources(context)),
        Section("notes", say("notes.title"), (Paragraph((say("notes.intro"),)), notes)),
    )
    whole: Document = visible(
        Document(
            context.language.code,
            f"{award.title}: {say('document.basis')}",
            say("document.subject", window=context.window),
            say("document.notice", files=", ".join(context.illustrative)) if context.illustrative else "",
            identity(context),
            sections,
            dataclasses.replace(scores, name="map-whatif", alternative=say("whatif.map_alternative"))
            if scores and not award.ranking.partly_known
            else None,
            say("shared.illustrative") if context.illustrative else "",
            say("document.region"),
            citation(context),
            f"exportregion-{award.name}",
        )
    )
    return whole


def _panel(context: Context) -> Section:
    """Where the page has the panel of other choices: what formats without it say instead."""
    text = context.say("whatif.not_offered" if context.award.ranking.partly_known else "whatif.elsewhere")
    return Section("whatif", context.say("whatif.title"), (Paragraph((text,), "note"),))


def on_paper(whole: Document) -> Document:
    """A report for the formats that have no panel of other choices: the chapter before says where it is."""
    panel = next(section for section in whole.sections if section.anchor == "whatif")
    sections = (section for section in whole.sections if section is not panel)
    ends = {"ranking": panel.blocks}
    return dataclasses.replace(
        whole, sections=tuple(dataclasses.replace(one, blocks=(*one.blocks, *ends.get(one.anchor, ()))) for one in sections)
    )


def _cited(context: Context, of_sources: Section) -> Section:
    how = Paragraph((Strong(f"{context.say('share.cite')}: "), citation(context)))
    return dataclasses.replace(of_sources, blocks=(*of_sources.blocks, how))


def citation(context: Context) -> str:
    """How to cite the report: its title, what it was made from, and that its data are illustrative where they are."""
    illustrative = f" {context.say('shared.illustrative')}." if context.illustrative else ""
    made_from = "".join(part for part in data(context).text if isinstance(part, str))
    return f"{context.award.title}: {context.say('document.basis')}. {identity(context)}. {made_from}{illustrative}"


def identity(context: Context) -> str:
    """The publisher, the date, the case and the officer where the award has them, the version, and what the results were made from, as
    the first digits of checksums: the same from run to run."""
    award, publication = context.award, context.award.publication
    inputs = "".join(f"{name} {source.sha256}\n" for name, source in sorted(context.sources.entries.items()))
    inputs += "".join(f"{name} {one.sha256}\n" for name, one in sorted(award.lineage.items()))
    sums = {"award": award.sha256, "catalogue": checksum(award.catalogue.folder), "inputs": hashlib.sha256(inputs.encode()).hexdigest()}
    parts = [
        *([publication.publisher] if publication else []),
        *([context.language.date(publication.issued)] if publication and publication.issued else []),
        *([context.say("document.case_number", number=publication.case_number)] if publication and publication.case_number else []),
        *([context.say("document.officer", name=publication.officer)] if publication and publication.officer else []),
        f"exportregion {__version__}",
        *(f"{context.say(f'document.checksum.{name}')} {sha256[:8]}" for name, sha256 in sums.items() if sha256),
    ]
    return " · ".join(parts)
