"""What audits ask of a file that was received, in the words of its one cause."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.award import Award
from pipeline.faults import Fault
from pipeline.sources import Source

NO_ROW = "no row"
YEAR = re.compile(r"\b\d{4}\b")
ADDS_UP = "(audit regions_do_not_add_up)"


def of_award(fault: Fault, award: Award, years: Iterable[int]) -> Fault:
    """What an audit asks; of a year that the file does not have at all, with the award that asks for it."""
    if fault.found != NO_ROW or not fault.subject.isdecimal() or int(fault.subject) not in years:
        return fault
    remedy = f"Name the award whose years the file should have: --award …; or ask for a file with {fault.subject}. (audit cells_missing)"
    return replace(fault, expected=f"figures of {min(years)}–{max(years)}, as the award {award.name} asks for", remedy=remedy)


def without(whole: str, questions: list[Fault]) -> list[Fault]:
    """What audits ask of a file that has no row of the whole at all: of the whole one question."""
    of_whole = [fault for fault in questions if fault.subject.startswith(f"{whole}, ") and fault.found == NO_ROW]
    if not of_whole:
        return questions
    remedy = (
        f"Ask for a file with {whole}. With a yes it is recorded; a round that pins it must accept in its award that {whole} is missing."
    )
    question = Fault(of_whole[0].where, f"no row of {whole} in any year", "the whole beside the regions", remedy)
    return [question, *(fault for fault in questions if fault not in of_whole)]


def of_years_to_come(where: str, source: Source, rows: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Whether a file has figures of years that were not over when it was retrieved: those are projected."""
    years = sorted({row["year"] for row in rows if row["figure"] is not None and row["year"] >= source.retrieved.year})
    if not years:
        return []
    found = f"figures of {years[0]}{f'–{years[-1]}' * (len(years) > 1)}, on {source.retrieved} not over"
    remedy = "Ask for the table of what was counted; with a yes they are recorded as any other figures."
    return [Fault(where, found, "figures of years that are over: others are projected", remedy)]


def once(questions: Sequence[Fault]) -> list[Fault]:
    """The questions without those that follow from another: where a region has no row, the regions do not add up to the whole."""
    years = {fault: year[0] for fault in questions if (year := YEAR.search(fault.subject))}
    gaps = {years[fault] for fault in years if fault.found == NO_ROW}
    return [fault for fault in questions if not (fault.remedy.endswith(ADDS_UP) and years.get(fault) in gaps)]
