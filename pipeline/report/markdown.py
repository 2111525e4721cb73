"""The report as Markdown: to read in a terminal, and to see what a change changes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pipeline.report.blocks import Block, Bullets, Document, Inline, Link, Notes, Paragraph, Passage, Picture, Section, Strong, Table
from pipeline.report.traces import Figure

BEGINNING = re.compile(r"^(\d*)([-+.)=])")
"""What would make a line the first of a list, or a heading of the one above."""
SPECIAL = re.compile(r"[\\`*_\[\]<>|~#&]")


def markdown(document: Document) -> str:
    """The report as Markdown text; figures carry the numbers of their notes."""
    lines = [f"# {literal(document.title)}", ""]
    if document.notice:
        lines += [f"> **{literal(document.notice)}**", ""]
    lines += [literal(document.subject), ""]
    anchors = dict(_anchors(document.sections, Counter([_name(document.title)])))
    for section in document.sections:
        lines += _section(section, 2, anchors)
    return "\n".join([*lines, literal(document.identity)]).rstrip("\n") + "\n"


def literal(text: str) -> str:
    """Text that no Markdown reader takes for anything else."""
    return SPECIAL.sub(lambda found: "\\" + found[0], text)


def _anchors(blocks: Iterable[Block], taken: Counter[str]) -> Iterator[tuple[str, str]]:
    """The anchor of each section, and the one that readers of Markdown give its heading: a number follows where another has it."""
    for block in blocks:
        if isinstance(block, Section):
            name = _name(block.title)
            yield block.anchor, f"{name}-{taken[name]}" if taken[name] else name
            taken[name] += 1
            yield from _anchors(block.blocks, taken)


def _name(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _section(section: Section, level: int, anchors: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{'#' * min(level, 6)} {literal(section.title)}", "")
    for block in section.blocks:
        match block:
            case Section():
                yield from _section(block, level + 1, anchors)
            case Paragraph():
                yield from (BEGINNING.sub(r"\1\\\2", _inline(block.text, anchors)), "")
            case Bullets():
                yield from (f"- {_inline(item, anchors)}" for item in block.items)
                yield ""
            case Table():
                yield from _table(block)
            case Picture():
                yield from (literal(block.alternative), "")
                if not block.repeats:
                    yield from _table(block.table)
            case Notes():
                for trace in block.traces:
                    yield f"{trace.number}. {literal(f'{trace.shown}: {trace.quantity}, {trace.region_name}.')}"
                    yield f"   `{trace.table_name}`, `{trace.row_key}`, `{trace.column_name}`: {trace.exact} = `{trace.formula}`."
                    cells = "; ".join(f"{cell.raw_file} {cell.raw_cell} = {cell.shown}" for cell in trace.cells)
                    yield f"   {', '.join(trace.files)}{'. ' if cells else ''}{literal(cells)}."
                yield ""


def _inline(runs: Inline, anchors: Mapping[str, str]) -> str:
    parts = []
    for run in runs:
        match run:
            case Strong():
                parts.append(f"**{literal(run.text.strip())}**" + " " * run.text.endswith(" "))
            case Link():
                name = anchors.get(run.target.removeprefix("#"))
                target = f"#{name}" if name else run.target if run.target.startswith("http") else ""
                parts.append(f"[{literal(run.text)}](<{target}>)" if target else literal(run.text))
            case Passage():
                parts.append(literal(run.text))
            case Figure():
                parts.append(f"{literal(run.text)} [{run.trace}]")
            case str():
                parts.append(literal(run))
    return "".join(parts)


def _table(table: Table) -> Iterator[str]:
    yield from (f"**{literal(table.caption)}**", "")
    yield f"| {' | '.join(literal(heading) for heading in table.headings)} |"
    yield f"|{'|'.join('---:' if numeric else ':---' for numeric in table.numeric)}|"
    for row in table.rows:
        yield f"| {' | '.join(literal(cell.text) for cell in row)} |"
    yield ""
    if table.note:
        yield from (literal(table.note), "")
