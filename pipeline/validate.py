"""What a schema cannot say: relations within and between tables, asked by sql/audits."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.award import AcceptedException, Award, in_language
from pipeline.evidence import Evidence
from pipeline.faults import Fault, refuse
from pipeline.models import models
from pipeline.sources import Sources, file_of, not_pinned
from pipeline.warehouse import Warehouse

EXCEPTIONS = "validation.exceptions"
OF_THE_WINDOW = ("growth_across_series", "window_outside_data")
"""Audits that question the award's window, not the figures."""
OF_WHAT_IS_MISSING = ("cells_missing", "cells_without_figure", "window_outside_data")
"""Audits that ask for rows and figures, which another vintage may have."""
PLACE = ("quantity", "region_code", "year", "class_code")
MOST_LISTED = 3
"""Missing rows that are named of a vintage that has them."""

Unpinned = Callable[[str], Iterable[tuple[str, str, Sequence[Mapping[str, Any]]]]]
"""Of a statistic, the vintages that the award does not use: source, vintage, rows of ingested.figures."""


def audit_names() -> list[str]:
    """The audits there are: the files of sql/audits."""
    return [table.removeprefix("audits.") for table in models("audits")]


def validate(warehouse: Warehouse, award: Award, sources: Sources, evidence: Evidence, unpinned: Unpinned) -> None:
    """Build staging.* and ask every audit of it; keep the accepted rows in validation.exceptions.

    unpinned is asked where something is missing that another vintage may have. Raises DataRefused with every row that an audit reports
    and the award does not accept, with every accepted exception that no longer occurs, and with every statement about a region, and every
    nomination of one, that is not there.
    """
    findings = list(_findings(warehouse, award, sources))
    names = _names(warehouse)
    faults = _to_pin([finding[:3] for finding in findings if finding[3] is None], award, unpinned)
    # An audit tells more than is kept: which statistic and quantity, and the classes of a yardstick.
    kept = warehouse.schemas[EXCEPTIONS].columns
    accepted_rows = [
        {key: value for key, value in {**row, **_classes(row, award)}.items() if key in kept}
        | {"audit": audit, "reason": in_language(known.reason, "sv")}
        for audit, row, _, known in findings
        if known is not None
    ]
    for accepted in award.accepted_exceptions:
        if not any(known is accepted for _, _, _, known in findings):
            faults.append(_no_longer(award, accepted))
    regions = [code for code in names if code != award.catalogue.geography.whole]
    for each in (evidence, *evidence.earlier.values()):
        codes = {f"statements.{number}": statement.region_code for number, statement in enumerate(each.statements, 1)}
        codes |= {f"nominations.{number}": nomination.region_code for number, nomination in enumerate(each.nominations, 1)}
        for place, code in codes.items():
            if code not in regions:
                expected = f"a region: {', '.join(regions)}; the whole is never nominated"
                faults.append(Fault(f"{each.file}, {place}.region_code", repr(code), expected, "Correct the code."))
    refuse(faults)
    warehouse.build_statistics()
    warehouse.write(EXCEPTIONS, accepted_rows)


def _to_pin(findings: Sequence[tuple[str, dict[str, Any], Fault]], award: Award, unpinned: Unpinned) -> list[Fault]:
    """The faults of what audits report; for all that is missing and that a vintage has which the award does not pin, one fault."""
    faults = []
    vintages: dict[str, list[tuple[str, str, set[tuple[Any, ...]]]]] = {}
    subjects: dict[tuple[str, str], dict[str, None]] = {}
    for audit, row, fault in findings:
        if audit in OF_WHAT_IS_MISSING and row["about"] not in vintages:
            vintages[row["about"]] = [(source, vintage, _held(rows)) for source, vintage, rows in unpinned(row["about"])]
        candidates = vintages[row["about"]] if audit in OF_WHAT_IS_MISSING else ()
        place = tuple(row[key] for key in PLACE)
        holder = next(((source, vintage) for source, vintage, held in candidates if place in held), None)
        if holder:
            subjects.setdefault(holder, {})[fault.subject] = None
        else:
            faults.append(fault)
    for (source, vintage), missing in subjects.items():
        rest = f" and {len(missing) - MOST_LISTED} more" if len(missing) > MOST_LISTED else ""
        faults.append(not_pinned(award, source, vintage, "; ".join(list(missing)[:MOST_LISTED]) + rest))
    return faults


def _held(rows: Sequence[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    """The places that a vintage has a figure or a symbol for, as audits name them: a cell, a row of any quantity, a year."""
    known = [row for row in rows if row["status"] != "missing"]
    cells = {tuple(row[key] for key in PLACE) for row in known}
    return cells | {(None, *cell[1:]) for cell in cells} | {(None, None, row["year"], None) for row in known}


def questions(warehouse: Warehouse, award: Award, sources: Sources, table: str | None = None) -> list[Fault]:
    """What the audits report beyond what the award accepts: in everything, or in one statistic whatever the award's window."""
    return [
        fault
        for audit, row, fault, accepted in _findings(warehouse, award, sources, OF_THE_WINDOW if table else ())
        if accepted is None and table in (None, row["about"])
    ]


def _names(warehouse: Warehouse) -> dict[str, str]:
    return {row["region_code"]: row["region_name"] for row in warehouse.read("staging.regions")}


def _classes(row: Mapping[str, Any], award: Award) -> dict[str, str]:
    """The class of a row of an audit in each classification of its statistic."""
    if not row["class_code"]:
        return {}
    return dict(zip(award.catalogue.statistics[row["about"]].classes, row["class_code"].split(", "), strict=True))


def _findings(
    warehouse: Warehouse, award: Award, sources: Sources, without: Collection[str] = ()
) -> Iterator[tuple[str, dict[str, Any], Fault, AcceptedException | None]]:
    """Every row that an audit reports: the audit, the row, the fault that it is, and the exception that accepts it. without: audits
    that are not asked."""
    warehouse.build("staging")
    names = _names(warehouse)
    places: dict[str, list[dict[str, Any]]] = {}
    for audit in audit_names():
        rows = warehouse.audit(audit) if audit not in without else []
        remedy = _remedy(audit) if rows else ""
        if rows and not places:
            for place in warehouse.read("ingested.figures"):
                places.setdefault(place["statistic"], []).append(place)
        for row in rows:
            says = remedy.replace("{yardstick}", _yardsticks(row, award, sources))
            accepted = next((known for known in award.accepted_exceptions if _accepts(known, audit, row, award)), None)
            yield audit, row, _fault(row, _where(places.get(row["about"], ()), sources, row), names, says), accepted


def _accepts(known: AcceptedException, audit: str, row: Mapping[str, Any], award: Award) -> bool:
    wanted = {"region_code": known.region_code, "year": known.year, **known.classes}
    place = {**row, **_classes(row, award)}
    return known.audit == audit and all(value is None or place.get(key) == value for key, value in wanted.items())


def _yardsticks(row: Mapping[str, Any], award: Award, sources: Sources) -> str:
    """The files of the published totals that the statistic of an audit's row is held against."""
    quantities = award.catalogue.statistics[row["about"]].quantities.values()
    tables = {quantity.yardstick.statistic for quantity in quantities if quantity.yardstick}
    return ", ".join(file_of(name, source) for name, source in sources.entries.items() if source.table in tables)


def _remedy(audit: str) -> str:
    """What the header of an audit's file says to do."""
    header = [line.removeprefix("-- ") for line in models("audits")[f"audits.{audit}"].splitlines() if line.startswith("--")]
    return f"{next(line.removeprefix('remedy: ') for line in header if line.startswith('remedy: '))} (audit {audit})"


def _fault(row: dict[str, Any], where: str, names: dict[str, str], remedy: str) -> Fault:
    about = [names.get(row["region_code"], row["region_code"]), row["year"], row["class_code"] or None]
    return Fault(
        where=where,
        subject=", ".join(str(part) for part in about if part is not None),
        found=row["found"],
        expected=row["expected"],
        remedy=remedy,
    )


def _where(places: Sequence[Mapping[str, Any]], sources: Sources, row: Mapping[str, Any]) -> str:
    """The file, the sheet and, where there is just one, the cell that a row of an audit is about. places: its statistic's rows of
    ingested.figures."""
    wanted = {key: row[key] for key in ("quantity", "region_code", "year", "class_code") if row[key] is not None}
    about = [place for place in places if all(place[key] == value for key, value in wanted.items())]
    files = sorted({file_of(source, sources.entries[source]) for source in {place["source"] for place in about or places}})
    cells = {_sheet_and_cell(place["cell"] or "") for place in about or places}
    sheets = sorted({f"sheet {sheet}" for sheet, _ in cells if sheet})
    at = [f"cell {cell}" for _, cell in cells if cell] if len(about) == 1 else []
    return ", ".join([*files, *sheets, *at])


def _sheet_and_cell(place: str) -> tuple[str, str]:
    sheet, _, at = place.rpartition("!")
    return sheet, at


def _no_longer(award: Award, accepted: AcceptedException) -> Fault:
    place = [accepted.region_code, accepted.year, *accepted.classes.values()]
    if accepted.audit not in audit_names():
        return Fault(
            f"{award.file}, accepted_exceptions",
            f"the audit {accepted.audit!r}",
            f"one of {', '.join(audit_names())}",
            "Correct its name.",
        )
    return Fault(
        where=f"{award.file}, accepted_exceptions",
        subject=", ".join(str(part) for part in [accepted.audit, *place] if part is not None),
        found="an accepted exception that no longer occurs",
        expected="only exceptions that the data show",
        remedy="Remove it from the award.",
    )
