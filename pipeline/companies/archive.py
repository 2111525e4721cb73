"""An archive of a result on companies, and the proof that the records make it again. It stays where the owner puts it.

It holds code, award, evidence, method and results, the shortlist among them, and of the records only checksums. What verifies it works
beside the archive, never in the machine's temporary folder.
"""

import hashlib
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.archive import Verified, compared, read, run_again, unpack, write
from pipeline.award import EVIDENCE
from pipeline.companies.output import refuse_place
from pipeline.companies.run import checksum, regions_file
from pipeline.faults import Fault, refusal, refuse, unwritable
from pipeline.home import home
from pipeline.locks import locked
from pipeline.microdata import datasets
from pipeline.microdata.method import load_method
from pipeline.progress import Say, part, silent
from pipeline.results import code_files, code_version, read_run_record

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
        contents = read(_members(result, award, method), part(say, 0, 0.1))
        refuse([*_out_of_date(record, contents, award)])
        with locked(target.with_name(f".{target.name}.lock")):
            write(contents, record["award"], record["languages"], target, OWNER_ALONE, part(say, 0.1, 1))
    except OSError as error:
        raise unwritable(target, error, "--to", "a new file, and room for it", "Move it away, or choose another --to.") from None
    return len(contents)


def _members(result: Path, award: Path, method: Path) -> Iterator[tuple[str, Path]]:
    for name, path in code_files().items():
        yield f"code/{name}", path
    if file := regions_file():
        for path in (file, file.with_name("sources.toml")):
            yield f"code/data/raw/{path.name}", path
    for path in (award, award.with_name(f"{award.stem}{EVIDENCE}.toml")):
        if path.is_file():
            yield f"awards/{path.name}", path
    yield METHOD, method
    for path in result.rglob("*"):
        if path.is_file():
            yield f"results/{path.relative_to(result).as_posix()}", path


def _out_of_date(record: Mapping[str, Any], contents: Mapping[str, bytes], award: Path) -> Iterator[Fault]:
    """What of the contents has changed since the run."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    for name, sha256 in record["outputs"].items():
        if sums.get(f"results/{name}") != sha256:
            yield Fault(name, "a file that is gone or not as the run left it", f"sha256 {sha256}", RUN_AGAIN)
    places = {"award": f"awards/{award.name}", "evidence": f"awards/{award.stem}{EVIDENCE}.toml", "method": METHOD}
    for name, place in places.items():
        if sums.get(place) != record["inputs"].get(name):
            yield Fault(f"the {name}", "an input that has changed since the run", "the inputs of the run", RUN_AGAIN)
    code = {name.removeprefix("code/"): sha256 for name, sha256 in sums.items() if name.startswith("code/")}
    if record["code"] != code_version({name: sha256 for name, sha256 in code.items() if not name.startswith("data/")}):
        yield Fault(str(home()), "code that has changed since the run", "the code of the run", RUN_AGAIN)


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
        place = Path(folder)
        say("unpacking, step 1 of 3", None)
        manifest = unpack(path, place / "archive")
        archived = place / "archive"
        _refuse_other_records(archived, records)
        command = [sys.executable, "-m", "pipeline.cli", "companies", "run", "--quiet", "--in", str(records.resolve())]
        command += ["--award", str(archived / manifest.award_file), "--settings", str(archived / METHOD), "--out", str(place / "again")]
        command += [part for code in manifest.languages for part in ("--language", code)]
        say("running it again, step 2 of 3", None)
        run_again(path, command, place)
        say("comparing, step 3 of 3", None)
        again = place / "again" / manifest.award
        return compared(archived / "results", again, manifest.award)
