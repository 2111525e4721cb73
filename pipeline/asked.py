"""What audits ask of a file that was received, in the words of its one cause."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.award import Award
from pipeline.faults import Fault
from pipeline.sources import LISTING, Source

NO_ROW = "no row"
YEAR = re.compile(r"\b\d{4}\b")
MOSTLY, FEWEST = 0.9, 8
"""A year is copied where more than this share of its figures are those of the year before, of so many at least."""
ADDS_UP = "(audit regions_do_not_add_up)"
BY_HAND = "Correct it in the file, ask the publisher, or describe the file by hand in sources.toml, as README.md shows."


def in_file(faults: Iterable[Fault], place: str, name: str) -> list[Fault]:
    """Faults of a place that name the file as it was given, and blame no line of sources.toml: nobody has written one."""
    return [_of_the_file(fault, place, name) if place in fault.where + fault.found else fault for fault in faults]


def _of_the_file(fault: Fault, place: str, name: str) -> Fault:
    where = re.sub(r"\.vintages\.[\d-]+(?=\.)", "", fault.where).replace(place, name).replace(f"{name}.", f"{name}, ")
    found = fault.found.replace("that sources.toml does not describe", "that is not understood").replace(place, name)
    remedy = fault.remedy.replace(f"the unit in {LISTING}", "the unit, with --unit")
    is_guessed = LISTING in remedy and "by hand" not in remedy
    return replace(fault, where=where, found=found, remedy=BY_HAND if is_guessed else remedy)


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


def of_figures(where: str, source: Source, rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Fault]:
    """What a file's own figures make doubtful: years to come, a year that was copied, regions that never have anything.

    names: region code -> name.
    """
    return [*_of_years_to_come(where, source, rows), *_of_copied_years(where, rows), *_of_regions_without(where, rows, names)]


def _of_years_to_come(where: str, source: Source, rows: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Whether a file has figures of years that were not over when it was retrieved: those are projected."""
    years = sorted({row["year"] for row in rows if row["figure"] is not None and row["year"] >= source.retrieved.year})
    if not years:
        return []
    found = f"figures of {years[0]}{f'–{years[-1]}' * (len(years) > 1)}, on {source.retrieved} not over"
    remedy = "Ask for the table of what was counted; with a yes they are recorded as any other figures."
    return [Fault(where, found, "figures of years that are over: others are projected", remedy)]


def _of_copied_years(where: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
    """Doubt a year whose figures are those of the year before; none where all of several years are alike."""
    by_year: dict[str, dict[int, dict[tuple[str, str], Any]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        by_year[row["quantity"]][row["year"]][row["region_code"], row["class_code"]] = row["figure"]
    for quantity, years in by_year.items():
        copied = {}
        for year in sorted(year for year in years if year - 1 in years):
            both = [key for key, figure in years[year - 1].items() if figure and years[year].get(key)]
            same = [key for key in both if years[year][key] == years[year - 1][key]]
            if len(same) > MOSTLY * max(len(both), FEWEST):
                copied[year] = f"{len(same):,} of {len(both):,} figures of {quantity} in {year} as in {year - 1}"
        for found in copied.values() if len(copied) < max(len(years) - 1, 2) else ():
            yield Fault(where, found, "figures of each year", "Ask the publisher whether one year was copied.")


def _of_regions_without(where: str, rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Fault]:
    """Doubt regions that have nothing in any year, among others that have something."""
    nil: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        regions, region = nil[row["quantity"]], row["region_code"]
        regions[region] = regions.get(region, True) and row["figure"] == 0
    for quantity, regions in nil.items():
        empty = [names.get(region, region) for region, is_nil in sorted(regions.items()) if is_nil]
        if 0 < len(empty) < len(regions):
            remedy = "Ask the publisher whether it is nil, or not told and then .. there."
            yield Fault(where, f"no {quantity} in any year: nil in every row", "figures above nil", remedy, ", ".join(empty))


def once(questions: Sequence[Fault]) -> list[Fault]:
    """The questions without those that follow from another: where a region has no row, the regions do not add up to the whole."""
    years = {fault: year[0] for fault in questions if (year := YEAR.search(fault.subject))}
    gaps = {years[fault] for fault in years if fault.found == NO_ROW}
    return [fault for fault in questions if not (fault.remedy.endswith(ADDS_UP) and years.get(fault) in gaps)]
