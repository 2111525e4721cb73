"""What nominators read: one document from the tables alone, and a file a format."""

import functools
import gc
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipeline.award import Award
from pipeline.report import document, sentences, traces
from pipeline.report.blocks import Document
from pipeline.report.context import Context, foremost, labels
from pipeline.report.language import Language
from pipeline.report.traces import Traces
from pipeline.sources import Sources

Tables = Mapping[str, Sequence[Mapping[str, Any]]]
"""The rows of every table, by its name."""


@dataclass(frozen=True)
class Report:
    """The report in one language, before it takes a format."""

    context: Context
    document: Document


def write(tables: Tables, award: Award, sources: Sources, language: Language, also: str = "") -> Report:
    """The report of an award's tables: everything up to robustness.*, and report.evidence. also: the code of a region that has a page
    in any case."""
    context = context_of(tables, award, sources, language, also)
    return Report(context, document.document(context))


def context_of(tables: Tables, award: Award, sources: Sources, language: Language, also: str = "") -> Context:
    """What the report of these tables is written from."""
    of_figures = Traces(tables, award, sources, language, labels(award, language))
    codes = foremost(tables, also)
    every = sentences.sentences(tables, award, of_figures, codes)
    return Context(tables, award, sources, language, every, of_figures, codes)


def rows(reports: Sequence[Report]) -> dict[str, list[dict[str, Any]]]:
    """The rows of report.sentences, report.traces and report.trace_cells."""
    tables: dict[str, list[dict[str, Any]]] = {"report.sentences": [], "report.traces": [], "report.trace_cells": []}
    for report in reports:
        context = report.context
        tables["report.sentences"] += sentences.rows(context.sentences, context.language)
        numbered, cells = traces.rows(context.traces.by_place.values(), context.language)
        tables["report.traces"] += numbered
        tables["report.trace_cells"] += cells
    return tables


def files(reports: Sequence[Report]) -> Callable[[], dict[str, bytes]]:
    """Begin the reports' files; what is given finishes them, and gives each file's place among the results, and its bytes."""
    # PDFs and the pictures for Word and PowerPoint are made outside Python's lock, by a thread of their own.
    with_typst = ThreadPoolExecutor(1)
    begun = [_begin(report, with_typst) for report in reports]
    with_typst.shutdown(wait=False)
    return lambda: {name: content for rest in begun for name, content in rest().items()}


def _begin(report: Report, pool: Executor) -> Callable[[], dict[str, bytes]]:
    """Have the pool begin the PDFs and pictures of a report; what is given writes the other formats, and gives all."""
    from pipeline.report.chapters.errors import beside_trials
    from pipeline.report.chapters.robustness import joint_shares
    from pipeline.report.chapters.slides import slides
    from pipeline.report.charts.drawing import pngs
    from pipeline.report.office import PIXELS
    from pipeline.report.pdf import pdfs
    from pipeline.report.pictures import copied, pictures

    context, text, language = report.context, report.document, report.context.language
    deck, printed = slides(context, text), document.on_paper(text)
    drawn = pictures(text, deck)
    trial_map = drawn.pop(text.trial_map.name) if text.trial_map else ""
    copies = _submitted(pool, partial(pngs, {name: drawn[name] for name in copied(text, deck)}, PIXELS))
    paper = {ending: _submitted(pool, make) for ending, make in pdfs(printed, language, drawn).items()}

    def finish() -> dict[str, bytes]:
        from pipeline.report.docx import docx
        from pipeline.report.html import STEPS, html
        from pipeline.report.jsonstat import jsonstat
        from pipeline.report.markdown import markdown
        from pipeline.report.pptx import pptx
        from pipeline.report.whatif import whatif
        from pipeline.report.xlsx import xlsx

        ending = "" if language.code == "sv" else f"-{language.code}"
        name = f"report/exportregion-{context.award.name}{ending}"
        panel: dict[str, Any] = {}
        if not context.award.ranking.partly_known:
            panel = whatif(context.tables, context.award, language, context.labels, STEPS)
            panel |= {"jointly": joint_shares(context), "errors": beside_trials(context)}
        gc.freeze()
        made = {
            f"report{ending}.md": markdown(printed).encode(),
            f"{name}.html": html(text, language, drawn, panel, trial_map).encode(),
            f"{name}.xlsx": xlsx(context),
            f"{name}.jsonstat.json": jsonstat(context).encode(),
            f"{name}.docx": docx(printed, language, copies()),
            f"{name}.pptx": pptx(deck, language, copies()),
        }
        # Word's and PowerPoint's libraries leave whole documents that refer to themselves. What was there before is not looked at.
        gc.collect()
        gc.unfreeze()
        return made | {f"{name}{part}.pdf": content() for part, content in reversed(paper.items())}

    return finish


def _submitted(pool: Executor, work: Callable[[], Any]) -> Callable[[], Any]:
    """Have the pool do some work; what is given waits for it, or does it where the pool has not begun."""
    job = pool.submit(work)
    return functools.cache(lambda: work() if job.cancel() else job.result())


def sheet_alone(report: Report, code: str) -> bytes:
    """The fact sheet of one region as a PDF of its own."""
    from pipeline.report.pdf import sheet_pdf

    return sheet_pdf(report.document, report.context.language, f"region-{code}")
