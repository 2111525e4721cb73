"""What nominators read: one document from the tables alone, and a file a format."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.report import document, evidence, sentences, traces
from pipeline.report.blocks import Document
from pipeline.report.language import Language
from pipeline.report.sentences import Sentence
from pipeline.report.traces import Traces
from pipeline.settings import Award, Evidence, Sources

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Report:
    """The report in one language, before it takes a format."""

    language: Language
    document: Document
    sentences: Sequence[Sentence]
    traces: Traces


def write(tables: Tables, award: Award, sources: Sources, language: Language) -> Report:
    """The report of an award's tables: everything up to robustness.*, and report.evidence."""
    found = Traces(tables, award, sources, language, document.labels(award, language))
    said = sentences.sentences(tables, award, found)
    return Report(language, document.document(tables, award, sources, language, said, found), said, found)


def rows(reports: Sequence[Report]) -> dict[str, list[dict[str, Any]]]:
    """The rows of report.sentences, report.traces and report.trace_cells."""
    tables: dict[str, list[dict[str, Any]]] = {"report.sentences": [], "report.traces": [], "report.trace_cells": []}
    for report in reports:
        tables["report.sentences"] += sentences.rows(report.sentences, report.language)
        found, cells = traces.rows(list(report.traces.found.values()), report.language)
        tables["report.traces"] += found
        tables["report.trace_cells"] += cells
    return tables


def files(reports: Sequence[Report], tables: Tables, award: Award, sources: Sources, entered: Evidence) -> dict[str, bytes]:
    """The reports in every format: each file's place among the results, and its bytes."""
    with ThreadPoolExecutor(len(reports)) as pool:
        made = pool.map(lambda report: _files(report, tables, award, sources, entered), reports)
        return {name: content for one in made for name, content in one.items()}


def _files(report: Report, tables: Tables, award: Award, sources: Sources, entered: Evidence) -> dict[str, bytes]:
    from pipeline.report.charts import SEQUENTIAL
    from pipeline.report.docx import docx
    from pipeline.report.html import html
    from pipeline.report.markdown import markdown
    from pipeline.report.pdf import pdf
    from pipeline.report.pictures import WHATIF_MAP, pictures
    from pipeline.report.whatif import whatif
    from pipeline.report.xlsx import xlsx

    language, text = report.language, report.document
    ending = "" if language.code == "sv" else f"-{language.code}"
    name = f"report/exportregion-{award.name}{ending}"
    # Pictures, Word's copies of them, and the PDF are made outside Python's lock, so that two processors share the work.
    with ThreadPoolExecutor(2) as pool:
        book = pool.submit(xlsx, tables, award, sources, entered, language)
        drawn = pictures(text, tables, award, language)
        trial_map = drawn.pop(WHATIF_MAP)
        word = pool.submit(docx, text, language, drawn)
        paper = pool.submit(pdf, text, language, drawn)
        panel = whatif(tables, award, language, document.labels(award, language), SEQUENTIAL)
        return {
            f"report{ending}.md": markdown(text).encode(),
            f"{name}.html": html(text, language, drawn, panel, trial_map).encode(),
            f"{name}.pdf": paper.result(),
            f"{name}.docx": word.result(),
            f"{name}.xlsx": book.result(),
        }


def evidence_rows(entered: Evidence) -> list[dict[str, Any]]:
    """The rows of report.evidence."""
    return evidence.evidence_rows(entered)
