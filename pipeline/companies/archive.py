"""An archive of a result on companies, and the proof that the records make it again. It stays where the owner puts it.

It holds code, award, evidence, method and results, the shortlist among them, and of the records only checksums. What verifies it works
beside the archive, never in the machine's temporary folder.
"""

import tempfile
from pathlib import Path

from pipeline.archive import Verified, members, out_of_date, read, verified, write
from pipeline.award import EVIDENCE
from pipeline.companies.output import refuse_place
from pipeline.companies.run import checksum, regions_file
from pipeline.faults import refusal, refuse, unwritable
from pipeline.locks import locked
from pipeline.microdata import datasets
from pipeline.microdata.method import load_method
from pipeline.progress import Say, part, silent
from pipeline.results import read_run_record

METHOD = "awards/method.toml"
OWNER_ALONE = 0o600
RUN_AGAIN = "`exportregion companies run` makes the result anew; then archive it."


def pack(result: Path, award: Path, method: Path, target: Path, say: Say = silent) -> int:
    """Write the archive of a result, for its owner alone; give the number of its files. The same result makes the same bytes.

    Raises DataRefused when the result has names, is not as the run left it, or the inputs are no longer those it was made from.
    """
    refuse_place(target.parent, result, "--to")
    record = read_run_record(result)
    if record.get("named"):
        raise refusal(str(result), "a report with names", "one without", "Run it again without --names; then archive it.")
    try:
        places = {"award": f"awards/{award.name}", "evidence": f"awards/{award.stem}{EVIDENCE}.toml", "method": METHOD}
        files = members(result, (award, award.with_name(f"{award.stem}{EVIDENCE}.toml"))) | {METHOD: method}
        if regions := regions_file():
            files |= {f"code/data/raw/{path.name}": path for path in (regions, regions.with_name("sources.toml"))}
        contents = read(files, part(say, 0, 0.1))
        used = {name: sha256 for name, sha256 in record["inputs"].items() if name in places}
        refuse([*out_of_date(result, record, used, contents, places, RUN_AGAIN)])
        with locked(target.with_name(f".{target.name}.lock")):
            write(contents, record["award"], record["languages"], target, OWNER_ALONE, part(say, 0.1, 1))
    except OSError as error:
        raise unwritable(target, error, "--to", "a new name, and room for it", "Move the old one away, or name another: --to …") from None
    return len(contents)


def _refuse_other_records(archived: Path, folder: Path) -> None:
    """Refuse records with other checksums than those that the archived result was made from."""
    inputs = read_run_record(archived / "results")["inputs"]
    there = {each.name: checksum(each) for each in datasets.find(str(folder), load_method(archived / METHOD), (datasets.IMPORTS,))}
    other = [name for name in (*datasets.NAMES, datasets.IMPORTS) if there.get(name) != inputs.get(name)]
    if other:
        found = f"other records than those of the result: {', '.join(other)}"
        raise refusal(str(folder), found, "the records with the checksums in the archive", "Name their folder with --in.")


def verify(path: Path, records: Path, say: Say = silent) -> Verified:
    """Run an archive's code on the records again, beside the archive, and compare every output.

    This runs the code in the archive: only for archives from someone who may run programs here. Raises DataRefused.
    """
    refuse_place(path.resolve().parent, records, "the archive")
    with tempfile.TemporaryDirectory(prefix=".verify-", dir=path.resolve().parent) as folder:

        def options(archived: Path) -> list[str]:
            _refuse_other_records(archived, records)
            return ["--in", str(records.resolve()), "--settings", str(archived / METHOD)]

        return verified(path, Path(folder), ["companies", "run"], options, say)
