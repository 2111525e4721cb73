"""Where the results on companies go: a folder that the caller names, outside the project, that only its owner can read."""

import contextlib
import csv
import datetime
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.catalogue import checksum
from pipeline.companies import chapters, public
from pipeline.companies.award import CompaniesAward
from pipeline.companies.context import Context
from pipeline.companies.run import Result
from pipeline.companies.workbook import workbook
from pipeline.faults import Fault, refusal, refuse, unwritable
from pipeline.home import PROJECT, home
from pipeline.report.words import texts
from pipeline.results import RUN_RECORD, code_version, fresh_folder, outputs, versions

SHORTLIST = "shortlist.csv"
"""The only file with identifiers."""
OWNER_ALONE = 0o077


@contextlib.contextmanager
def secret() -> Iterator[None]:
    """What is written within the block can be read by the owner alone."""
    before = os.umask(OWNER_ALONE)
    try:
        yield
    finally:
        os.umask(before)


def refuse_place(out: Path, records: Path, option: str = "--out") -> None:
    """Refuse a folder of results inside the project or the records.

    option: what names the folder. Raises DataRefused.
    """
    place = out.resolve()
    for folder, what in ((PROJECT, "the project"), (home(), "the project"), (records, "the folder of the records")):
        if place == folder.resolve() or folder.resolve() in place.parents:
            remedy = "Name a folder elsewhere, where only you may look: the results name companies."
            raise refusal(option, f"a folder inside {what}", "a folder outside it", remedy)


@contextlib.contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A folder in out for what the engine does not keep in memory; it goes when the block ends."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".work-", dir=out) as folder:
            yield Path(folder)
    except OSError as error:
        expected = "a folder that can be written"
        raise unwritable(out / "results", error, "--out", expected, "Name another --out, or make room there.") from None


def read_names(path: Path) -> dict[str, str]:
    """The names of a key file: CSV with the columns enterprise_id and name. No fault quotes a line of it. Raises DataRefused."""
    try:
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise refusal(str(path), "a file that cannot be read", "CSV in UTF-8", "Name the key file with --names.") from None
    if not rows or rows[0] != ["enterprise_id", "name"]:
        raise refusal(f"{path}, line 1", "other headings", "enterprise_id,name", "Write these headings.")
    refuse(
        [
            Fault(f"{path}, line {number}", "an incomplete line", "an identifier and a name", "Complete the line.")
            for number, row in enumerate(rows[1:], 2)
            if len(row) != 2 or not all(cell.strip() for cell in row)
        ]
    )
    return dict(rows[1:])


def files(contexts: Sequence[Context]) -> dict[str, bytes]:
    """Every file of a result but its record, by its place."""
    from pipeline.report.html import html
    from pipeline.report.pdf import pdf
    from pipeline.report.pictures import pictures

    made = {SHORTLIST: _shortlist(contexts[0]), "public/counts.csv": public.listing(contexts[0])}
    for context in contexts:
        name = f"{context.award.name}{'' if context.language.code == 'sv' else f'-{context.language.code}'}"
        whole, extract = chapters.document(context), public.document(context)
        drawn = pictures(whole)
        made[f"report/{name}.html"] = html(whole, context.language, drawn, {}, "").encode()
        made[f"report/{name}.pdf"] = pdf(whole, context.language, drawn)
        made[f"report/{name}.xlsx"] = workbook(context)
        made[f"public/{name}-public.html"] = html(extract, context.language, {}, {}, "").encode()
    return made


def _shortlist(context: Context) -> bytes:
    """The key of the report: the number and the identifier of each company, its place, its measures and its warnings."""
    result, buffer = context.result, io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    names = [one.name for one in context.award.indicators]
    writer.writerow(["number", "unit_id", "rank", "score", "joint_share", "warnings", *names])
    for unit in context.chosen:
        standing, share = result.shortlist.standing, float(result.shortlist.shares.joint[unit])
        values = ["" if (value := context.value(name, unit)) is None else repr(value) for name in names]
        own = [context.numbers[unit], result.measured.names[unit], int(standing.rank[unit]), repr(float(standing.score[unit])), repr(share)]
        writer.writerow([*own, " ".join(context.warned(unit)), *values])
    return buffer.getvalue().encode()


def write(contexts: Sequence[Context], out: Path) -> list[Path]:
    """Write a result as a whole in the place of the last one; give its files."""
    award, result = contexts[0].award, contexts[0].result
    with fresh_folder(out, award) as fresh:
        for name, content in files(contexts).items():
            (fresh / name).parent.mkdir(exist_ok=True)
            (fresh / name).write_bytes(content)
        record = _record(award, result, contexts, fresh)
        (fresh / RUN_RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
        return [out / award.name / path.relative_to(fresh) for path in sorted(fresh.rglob("*")) if path.is_file()]


def _record(award: CompaniesAward, result: Result, contexts: Sequence[Context], fresh: Path) -> dict[str, Any]:
    """How a result was made, and when: without an identifier, and without the names of files of records."""
    settings = award.model_dump(mode="json", by_alias=True, exclude={"file", "consents"}, exclude_none=True)
    context = contexts[0]
    method = hashlib.sha256(context.method.file.read_bytes()).hexdigest()
    files = {"award": award.sha256, "evidence": context.evidence.sha256, "method": method}
    return {
        "award": award.name,
        "stage": "report",
        "engine": result.engine,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "illustrative": ["declarations"] if result.is_illustrative else [],
        "versions": versions(),
        "code": code_version(),
        "languages": [each.language.code for each in contexts],
        "named": bool(context.names),
        "settings": settings,
        "consents": len(award.consents),
        "catalogue": {"sha256": checksum(context.method.catalogue.folder)},
        "inputs": {name: sha256 for name, sha256 in files.items() if sha256} | dict(result.checksums),
        "rows": dict(result.rows),
        "outputs": {name: each.sha256 for name, each in outputs(fresh).items()},
    }


def summary(result: Result, award: CompaniesAward) -> Mapping[str, Any]:
    """What the command prints: counts alone."""
    chosen = result.shortlist
    warned = [unit for unit in chosen.chosen if any(flags[unit] for flags in chosen.warnings.values())]
    return {
        "award": award.name,
        "illustrative": result.is_illustrative,
        "exporting": len(result.measured),
        "excluded": dict(chosen.excluded),
        "take_part": int(chosen.takes_part.sum()),
        "unknown": {name: count for name, count in chosen.unknown.items() if count},
        "labels": {one.name: texts("en")[f"companies.measure.{one.name}"] for one in award.indicators},
        "ranked": chosen.ranked,
        "shortlist": len(chosen.chosen),
        "with_a_warning": len(warned),
    }
