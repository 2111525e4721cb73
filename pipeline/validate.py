"""What a schema cannot say: relations within and between tables, asked by sql/audits."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.faults import DataRefused, Fault
from pipeline.schemas import NATION, frame
from pipeline.settings import AcceptedException, Award, Evidence, Sources
from pipeline.warehouse import Warehouse, models, records

EXCEPTIONS = "validation.exceptions"
OF_THE_WINDOW = ("growth_across_series", "window_outside_data")
"""Audits that question the award's window, not the figures."""


def audit_names() -> list[str]:
    """The audits there are: the files of sql/audits."""
    return [table.removeprefix("audits.") for table in models("audits")]


def validate(warehouse: Warehouse, award: Award, sources: Sources, evidence: Evidence) -> None:
    """Build staging.* and ask every audit; keep the accepted rows in validation.exceptions.

    Raises DataRefused with every row that an audit finds and the award does not accept, with every accepted
    exception that no longer occurs, and with every statement about a county that is not there.
    """
    findings = list(_findings(warehouse, award, sources))
    names = {row["region_code"]: row["region_name"] for row in records(warehouse.read("staging.regions"))}
    faults = [fault for _, _, fault, accepted in findings if accepted is None]
    accepted_rows = [{**row, "audit": audit, "reason": known.reason} for audit, row, _, known in findings if known is not None]
    occurred = {known for _, _, _, known in findings if known is not None}
    for accepted in award.accepted_exceptions:
        if accepted not in occurred:
            faults.append(_no_longer(award, accepted))
    for number, statement in enumerate(evidence.statements, 1):
        if statement.region_code not in names:
            where = f"{evidence.file}, statements.{number}.region_code"
            known = ", ".join(sorted(set(names) - {NATION}))
            faults.append(Fault(where, repr(statement.region_code), f"a county: {known}", "Correct the code."))
    if faults:
        raise DataRefused(faults)
    warehouse.write(EXCEPTIONS, frame(EXCEPTIONS, accepted_rows))


def questions(warehouse: Warehouse, award: Award, sources: Sources, table: str | None = None) -> list[Fault]:
    """What the audits find beyond what the award accepts: in everything, or in one table's figures whatever the award's window."""
    return [
        fault
        for audit, row, fault, accepted in _findings(warehouse, award, sources)
        if accepted is None and (table is None or (row["about"] == table and audit not in OF_THE_WINDOW))
    ]


def _findings(
    warehouse: Warehouse, award: Award, sources: Sources
) -> Iterator[tuple[str, dict[str, Any], Fault, AcceptedException | None]]:
    """Every row that an audit finds: the audit, the row, the fault that it is, and the exception that accepts it."""
    warehouse.build("staging")
    names = {row["region_code"]: row["region_name"] for row in records(warehouse.read("staging.regions"))}
    ingested: dict[str, list[dict[str, Any]]] = {}
    for audit in audit_names():
        for row in warehouse.audit(audit):
            accepted = next((known for known in award.accepted_exceptions if _accepts(known, audit, row)), None)
            table = f"ingested.{row['about']}"
            cells = ingested.get(table) or ingested.setdefault(table, records(warehouse.read(table)))
            yield audit, row, _fault(audit, row, _where(cells, sources, row), names), accepted


def _accepts(known: AcceptedException, audit: str, row: dict[str, Any]) -> bool:
    return known.audit == audit and all(
        wanted is None or row[key] == wanted
        for key, wanted in (("region_code", known.region_code), ("year", known.year), ("size_class", known.size_class))
    )


def _fault(audit: str, row: dict[str, Any], where: str, names: dict[str, str]) -> Fault:
    header = [line.removeprefix("-- ") for line in models("audits")[f"audits.{audit}"].splitlines() if line.startswith("--")]
    remedy = next(line.removeprefix("remedy: ") for line in header if line.startswith("remedy: "))
    about = [names.get(row["region_code"], row["region_code"]), row["year"], row["size_class"]]
    return Fault(
        where=where,
        subject=", ".join(str(part) for part in about if part is not None),
        found=row["found"],
        expected=row["expected"],
        remedy=f"{remedy} (audit {audit})",
    )


def _where(whole: Sequence[dict[str, Any]], sources: Sources, row: dict[str, Any]) -> str:
    """The file, the sheet and, where there is just one, the cell that a row of an audit is about."""
    cell = "population_cell" if row["about"] == "population" else f"{row.get('measure', 'exports')}_cell"
    wanted = {key: row[key] for key in ("region_code", "year", "size_class") if row[key] is not None and key in whole[0]}
    about = [place for place in whole if all(place[key] == value for key, value in wanted.items())]
    places = {(place["source"], *_sheet_and_cell(place[cell] or "")) for place in about or whole}
    files = sorted({sources.entries[source].file for source, _, _ in places})
    sheets = sorted({f"sheet {sheet}" for _, sheet, _ in places if sheet})
    cells = [f"cell {at}" for _, _, at in places if at] if len(about) == 1 else []
    return ", ".join([*files, *sheets, *cells])


def _sheet_and_cell(place: str) -> tuple[str, str]:
    sheet, _, at = place.rpartition("!")
    return sheet, at


def _no_longer(award: Award, accepted: AcceptedException) -> Fault:
    place = [accepted.region_code, accepted.year, accepted.size_class]
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
