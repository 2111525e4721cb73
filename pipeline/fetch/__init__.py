"""Open tables from their publishers: requests as sources.toml describes them, in explicit codes, and the answers as received.

No other code uses the network.
"""

import difflib
import fnmatch
import io
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.cubes import Cube, read_jsonstat
from pipeline.faults import Fault, refusal, refuse
from pipeline.fetch.client import Patience, PxWeb
from pipeline.sources import EXPRESSION, Entry

__all__ = ["Fetched", "Patience", "Plan", "PxWeb", "fetch", "plan", "read"]

Selection = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Plan:
    """The requests for one table, each below the server's limit of cells, and the table's own title, date and licence."""

    name: str
    table_id: str
    base_url: str
    language: str
    title: str
    updated: str | None
    licence: str | None
    selection: Selection
    requests: tuple[Selection, ...]

    @property
    def cells(self) -> int:
        return sum(_cells(request) for request in self.requests)


@dataclass(frozen=True)
class Fetched:
    """The answers to a plan's requests, as received, and the suffix of the file that holds them: one as it is, several in a zip."""

    plan: Plan
    content: bytes
    suffix: str
    parts: tuple[bytes, ...]


def plan(name: str, entry: Entry, client: PxWeb) -> Plan:
    """Get the server's limits and the table's codes, and divide the selection into requests.

    Raises DataRefused when the server does not answer, and for codes and variables that the table does not have.
    """
    if entry.fetch is None or entry.table_id is None:
        raise ValueError(f"{name} is not fetched")
    config = client.config()
    metadata = client.metadata(entry.table_id)
    try:
        codes = {str(variable): _in_order(metadata["dimension"][variable]["category"]) for variable in metadata["id"]}
    except (TypeError, ValueError, OverflowError):
        where = f"{entry.fetch.base_url}/tables/{entry.table_id}/metadata"
        remedy = "Try again later; nothing was recorded."
        raise refusal(where, "codes without an order", "a whole number for each code", remedy) from None
    selection = _explicit(name, entry.fetch.selection, codes, metadata)
    most = int(config["maxDataCells"])
    licence = config.get("license")
    return Plan(
        name=name,
        table_id=entry.table_id,
        base_url=entry.fetch.base_url,
        language=entry.fetch.language,
        title=str(metadata.get("label") or ""),
        updated=str(metadata["updated"]) if metadata.get("updated") else None,
        licence=str(licence) if licence else None,
        selection=selection,
        requests=tuple(_divided(selection, most)),
    )


def fetch(planned: Plan, client: PxWeb, done: Callable[[int], None]) -> Fetched:
    """Send every request of a plan. done is called with the number of cells after each. Raises DataRefused."""
    parts = []
    for request in planned.requests:
        parts.append(client.data(planned.table_id, request))
        done(_cells(request))
    if len(parts) == 1:
        return Fetched(planned, parts[0], ".json", tuple(parts))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(parts, 1):
            # Each member is dated 1980 by default, so the same answers make the same file.
            archive.writestr(zipfile.ZipInfo(f"{number:04}.json"), part, zipfile.ZIP_DEFLATED)
    return Fetched(planned, buffer.getvalue(), ".zip", tuple(parts))


def read(fetched: Fetched) -> tuple[Cube, ...]:
    """The answers as tables. Raises DataRefused when one is damaged, or has other codes than its request."""
    planned = fetched.plan
    cubes = []
    for number, (asked, part) in enumerate(zip(planned.requests, fetched.parts, strict=True), 1):
        where = f"{planned.base_url}, {planned.table_id}, answer {number} of {len(planned.requests)}"
        cube = read_jsonstat(part, where)
        for variable, codes in asked.items():
            given = cube.codes.get(variable)
            if given is None or sorted(given) != sorted(codes):
                found = _difference(variable, codes, given)
                remedy = "The table may be changing. Fetch again later, and compare its codes with the selection (--dry-run)."
                raise refusal(where, found, "the codes that were asked for", remedy)
        extra = [name for name in cube.codes if name not in asked and len(cube.codes[name]) > 1]
        if extra:
            remedy = f"Add {', '.join(extra)} to the source's selection in sources.toml."
            raise refusal(where, f"several codes of {', '.join(extra)}", "the variables that were asked for", remedy)
        cubes.append(cube)
    if len({cube.updated for cube in cubes}) > 1:
        where = f"{planned.base_url}, {planned.table_id}"
        found = "answers from before and after an update of the table"
        raise refusal(where, found, "answers from the same update", "Fetch again.")
    return tuple(cubes)


def _in_order(category: Mapping[str, Any]) -> list[str]:
    index = category.get("index", category.get("label"))
    if isinstance(index, dict) and "index" in category:
        index = sorted(index, key=lambda code: int(index[code]))
    return [str(code) for code in index or ()]


def _explicit(name: str, selection: Selection, codes: Mapping[str, list[str]], metadata: Mapping[str, Any]) -> Selection:
    """The selection in codes of the table, in the table's order. It is a fault to leave out a variable without a total."""
    faults = []
    found: dict[str, tuple[str, ...]] = {}
    for variable, expressions in selection.items():
        where = f"sources.toml, {name}.fetch.selection.{variable}"
        if variable not in codes:
            remedy = "Correct the selection. The publisher may have changed the variables of the table."
            faults.append(Fault(where, "a variable that the table does not have", f"one of {', '.join(codes)}", remedy))
            continue
        chosen: set[str] = set()
        absent = []
        for expression in expressions:
            matched = _matched(expression, codes[variable])
            chosen |= set(matched)
            absent += [] if matched else [expression]
        if absent:
            close = [difflib.get_close_matches(code, codes[variable], n=1) for code in absent]
            hint = ", ".join(each[0] for each in close if each) or ", ".join(codes[variable][:10])
            remedy = f"Correct the selection. The publisher may have changed the codes. The table has, for example, {hint}."
            faults.append(Fault(where, f"codes that the table does not have: {', '.join(absent)}", f"codes of {variable}", remedy))
        found[variable] = tuple(code for code in codes[variable] if code in chosen)
    for variable in codes.keys() - selection.keys():
        if not _can_be_left_out(metadata, variable):
            where = f"sources.toml, {name}.fetch.selection"
            remedy = f"Add it with a code: {', '.join(codes[variable][:10])}."
            faults.append(Fault(where, f"no codes of the variable {variable}", "codes of each variable that has no total", remedy))
    refuse(faults)
    return found


def _matched(expression: str, codes: Sequence[str]) -> list[str]:
    """The codes that a code, a pattern or an expression stands for, in the table's order."""
    if expression in codes:
        return [expression]
    ends = EXPRESSION.fullmatch(expression)
    if ends:
        first, last = (
            (ends[1], None) if expression.startswith("FROM") else (None, ends[1]) if expression.startswith("TO") else (ends[2], ends[3])
        )
        if any(end is not None and end.strip() not in codes for end in (first, last)):
            return []
        start = codes.index(first.strip()) if first else 0
        stop = codes.index(last.strip()) + 1 if last else len(codes)
        return list(codes[start:stop])
    if re.search(r"[*?]", expression):
        return [code for code in codes if fnmatch.fnmatchcase(code, expression.replace("[", "[[]"))]
    return []


def _can_be_left_out(metadata: Mapping[str, Any], variable: str) -> bool:
    extension = metadata["dimension"][variable].get("extension") or {}
    return bool(isinstance(extension, dict) and extension.get("elimination"))


def _divided(selection: Selection, most: int) -> Iterator[Selection]:
    """The selection in parts of at most a number of cells, divided along the variable with the most codes."""
    if _cells(selection) <= most:
        yield selection
        return
    variable = max(selection, key=lambda name: len(selection[name]))
    codes = selection[variable]
    if len(codes) == 1:
        raise refusal("the server's configuration", f"maxDataCells = {most}", "room for a cell", "Ask the publisher.")
    size = max(1, most // (_cells(selection) // len(codes)))
    size = min(size, len(codes) - 1)
    for start in range(0, len(codes), size):
        yield from _divided({**selection, variable: codes[start : start + size]}, most)


def _cells(selection: Selection) -> int:
    return math.prod(len(codes) for codes in selection.values())


def _difference(variable: str, asked: Sequence[str], given: Sequence[str] | None) -> str:
    if given is None:
        return f"an answer without the variable {variable}"
    less, more = sorted(set(asked) - set(given)), sorted(set(given) - set(asked))
    parts = [f"without {', '.join(less[:5])}" if less else "", f"with {', '.join(more[:5])}" if more else ""]
    return f"an answer {' and '.join(part for part in parts if part)} in {variable}"
