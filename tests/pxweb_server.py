"""A PxWebApi 2 on loopback, after the open specification (PxAPI-2.yml): limits, selections, problems, and misbehaviour on demand.

The tables are population tables as SCB has them: TAB638 until 2024 with the real figures, TAB5557 from 2025 with made-up ones
(2024's and one more each), under other codes.
"""

import csv
import fnmatch
import functools
import itertools
import json
import math
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

CSV = Path(__file__).parent / "raw" / "population_by_county.csv"
CC0 = "https://creativecommons.org/share-your-work/public-domain/cc0/"


@dataclass(frozen=True)
class Variable:
    """A variable of a table: its codes with their texts, and whether it may be left out (by a total's code, or by adding up)."""

    code: str
    label: str
    values: Mapping[str, str]
    elimination: bool = False
    total: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Table:
    """A table: value gives the figure, or the symbol, of one code of each variable."""

    table_id: str
    label: str
    updated: str
    variables: tuple[Variable, ...]
    value: Callable[[tuple[str, ...]], int | float | str]
    notes: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """Symbols that stand beside a figure."""


@dataclass(frozen=True)
class Answer:
    """An answer in place of the right one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True)
class Slow:
    """The right answer, late: seconds before it, and between its parts of a number of bytes."""

    before: float = 0
    between: float = 0
    part: int = 1


@dataclass(frozen=True)
class Cut:
    """The connection dropped: at the request, in the headers, or in the body; or a body shorter than its length says."""

    at: str


@dataclass(frozen=True)
class Endless:
    """A body without end."""


@dataclass(frozen=True)
class Changed:
    """The right answer, its document changed."""

    change: Callable[[Any], Any]


@dataclass(frozen=True)
class Typed:
    """The right answer under another content type."""

    content_type: str


@dataclass(frozen=True)
class Wire:
    """Bytes in place of an answer, headers and all, with seconds between their parts; parts gives them anew each time."""

    parts: Callable[[], Iterable[bytes]]
    between: float = 0


Behaviour = Answer | Slow | Cut | Endless | Changed | Typed | Wire


@dataclass(frozen=True)
class Request:
    """A request that was received."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: Any
    at: float


class Problem(Exception):
    """A request that is refused."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status
        self.title = title


class PxWebServer:
    """The server; use it in a with block. address is the base URL."""

    def __init__(
        self, tables: Iterable[Table], *, most_cells: int = 150_000, calls: int = 0, window: int = 10, retry_after: str | None = None
    ) -> None:
        self.tables = {table.table_id: table for table in tables}
        self.most_cells = most_cells
        self.calls = calls
        self.window = window
        self.retry_after = retry_after
        self.too_many = 403
        self.requests: list[Request] = []
        self._behaviours: list[tuple[str, deque[Behaviour]]] = []
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                owner._serve(self, None)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                owner._serve(self, self.rfile.read(length))

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that goes away is no error here."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/api/v2"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.002}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def misbehave(self, part: str, *behaviours: Behaviour) -> None:
        """Answer the next requests whose path holds a part otherwise, one behaviour a request."""
        self._behaviours.append((part, deque(behaviours)))

    def _serve(self, handler: BaseHTTPRequestHandler, content: bytes | None) -> None:
        split = urlsplit(handler.path)
        query = parse_qs(split.query)
        path = split.path.removeprefix("/api/v2")
        with self._lock:
            now = time.monotonic()
            recent = sum(now - request.at < self.window for request in self.requests)
            self.requests.append(Request(handler.command, path, query, json.loads(content) if content else None, now))
            waiting = next((queue for part, queue in self._behaviours if part in path and queue), None)
            behaviour = waiting.popleft() if waiting else None
        headers: dict[str, str] = {}
        content_type = "application/json; charset=utf-8"
        try:
            if self.calls and recent >= self.calls:
                if self.retry_after is not None:
                    headers["Retry-After"] = self.retry_after
                raise Problem(429, "Too many requests")
            status, document = 200, self._answer(path, query, json.loads(content) if content else None)
        except Problem as problem:
            status, document = problem.status, {"type": "Parameter error", "title": problem.title, "status": problem.status}
            content_type = "application/problem+json; charset=utf-8"
        if isinstance(behaviour, Changed):
            document = behaviour.change(document)
        body = json.dumps(document, ensure_ascii=False).encode()
        if isinstance(behaviour, Answer):
            status, body, content_type, headers = behaviour.status, behaviour.body, behaviour.content_type, dict(behaviour.headers)
        if isinstance(behaviour, Typed):
            content_type = behaviour.content_type
        self._send(handler, status, {"Content-Type": content_type, **headers}, body, behaviour)

    def _send(
        self, handler: BaseHTTPRequestHandler, status: int, headers: Mapping[str, str], body: bytes, behaviour: Behaviour | None
    ) -> None:
        cut = behaviour.at if isinstance(behaviour, Cut) else None
        handler.close_connection = isinstance(behaviour, Cut | Endless | Slow | Wire)
        if cut == "request":
            return
        if isinstance(behaviour, Wire):
            for part in behaviour.parts():
                handler.wfile.write(part)
                handler.wfile.flush()
                time.sleep(behaviour.between)
            return
        if isinstance(behaviour, Slow):
            time.sleep(behaviour.before)
        if cut == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: appl")
            return
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if isinstance(behaviour, Endless):
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            part = b" " * 1_000_000
            while True:
                handler.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if cut == "body":
            handler.wfile.write(body[: len(body) // 2])
        elif isinstance(behaviour, Slow) and behaviour.between:
            for start in range(0, len(body), behaviour.part):
                handler.wfile.write(body[start : start + behaviour.part])
                handler.wfile.flush()
                time.sleep(behaviour.between)
        else:
            handler.wfile.write(body)

    def _answer(self, path: str, query: Mapping[str, list[str]], body: Any) -> Any:
        if path == "/config":
            return {
                "apiVersion": "2.0.0",
                "languages": [{"id": "sv", "label": "Svenska"}, {"id": "en", "label": "English"}],
                "defaultLanguage": "sv",
                "maxDataCells": self.most_cells,
                "maxCallsPerTimeWindow": self.calls,
                "timeWindow": self.window,
                "license": CC0,
                "sourceReferences": [{"language": "sv", "text": "Källa: SCB"}],
                "defaultDataFormat": "json-stat2",
                "dataFormats": ["json-stat2"],
                "features": [],
            }
        if path == "/tables":
            page = {"pageNumber": 1, "pageSize": 20, "totalElements": len(self.tables), "totalPages": 1}
            return {"language": "sv", "tables": [{"id": name, "label": table.label} for name, table in self.tables.items()], "page": page}
        found = re.fullmatch(r"/tables/([^/]+)(/metadata|/data)?", path)
        table = self.tables.get(found[1]) if found else None
        if found is None or table is None:
            raise Problem(404, "Non-existent table")
        if found[2] == "/metadata":
            return dataset(table, {variable.code: tuple(variable.values) for variable in table.variables}, with_values=False)
        if found[2] == "/data":
            asked = (
                {item["variableCode"]: item["valueCodes"] for item in body["selection"]}
                if body
                else {
                    match[1]: value[0].split(",") for name, value in query.items() if (match := re.fullmatch(r"valueCodes\[(\w+)\]", name))
                }
            )
            return self._data(table, asked)
        return {"id": table.table_id, "label": table.label, "updated": table.updated, "discontinued": False}

    def _data(self, table: Table, asked: Mapping[str, Sequence[str]]) -> Any:
        unknown = set(asked) - {variable.code for variable in table.variables}
        if unknown:
            raise Problem(400, "Non-existent variable")
        chosen: dict[str, tuple[str, ...]] = {}
        for variable in table.variables:
            if variable.code in asked:
                codes = {code for expression in asked[variable.code] for code in _codes(expression, list(variable.values))}
                chosen[variable.code] = tuple(code for code in variable.values if code in codes)
            elif not asked:
                # No selection: a default one, never all.
                chosen[variable.code] = tuple(variable.values)[-1:]
            elif not variable.elimination:
                raise Problem(400, "Missing selection for mandatory variable")
        if math.prod(len(codes) for codes in chosen.values()) > self.most_cells:
            raise Problem(self.too_many, "Too many cells selected")
        return dataset(table, chosen, with_values=True)


def _codes(expression: str, codes: list[str]) -> list[str]:
    """The codes that an expression of the specification stands for."""
    if expression in codes:
        return [expression]
    call = re.fullmatch(r"(TOP|BOTTOM|RANGE|FROM|TO)\(([^)]*)\)", expression)
    try:
        match call and (call[1], [part.strip() for part in call[2].split(",")]):
            case ("TOP", [count]):
                return codes[-int(count) :]
            case ("BOTTOM", [count]):
                return codes[: int(count)]
            case ("RANGE", [first, last]):
                return codes[codes.index(first) : codes.index(last) + 1]
            case ("FROM", [first]):
                return codes[codes.index(first) :]
            case ("TO", [last]):
                return codes[: codes.index(last) + 1]
    except ValueError:
        raise Problem(400, "Non-existent value") from None
    found = [code for code in codes if re.search(r"[*?]", expression) and fnmatch.fnmatchcase(code, expression)]
    if not found:
        raise Problem(400, "Non-existent value")
    return found


def dataset(table: Table, chosen: Mapping[str, tuple[str, ...]], *, with_values: bool) -> dict[str, Any]:
    """A JSON-stat 2 dataset of a selection; a variable that is not in it is taken at its total, or added up."""
    here = [variable for variable in table.variables if variable.code in chosen]
    roles: dict[str, list[str]] = {}
    for variable in here:
        if variable.role:
            roles.setdefault(variable.role, []).append(variable.code)
    document: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": table.label,
        "source": "SCB",
        "updated": table.updated,
        "note": list(table.notes),
        "role": roles,
        "id": [variable.code for variable in here],
        "size": [len(chosen[variable.code]) for variable in here],
        "dimension": {variable.code: _dimension(table, variable, chosen[variable.code]) for variable in here},
        "extension": {"px": {"tableid": table.table_id, "decimals": 0}, "contact": [{"name": "SCB"}]},
    }
    if not with_values:
        return document
    values: list[int | float | None] = []
    status: dict[str, str] = {}
    added = [[variable.total] if variable.total else list(variable.values) for variable in table.variables if variable.code not in chosen]
    places = [variable.code in chosen for variable in table.variables]
    for number, codes in enumerate(itertools.product(*(chosen[variable.code] for variable in here))):
        total: int | float = 0
        symbol = None
        for others in itertools.product(*added):
            own, rest = iter(codes), iter(others)
            key = tuple(next(own) if is_here else str(next(rest)) for is_here in places)
            value = table.value(key)
            symbol = value if isinstance(value, str) else table.beside.get(key, symbol)
            total += 0 if isinstance(value, str) else value
            if isinstance(value, str):
                total = math.nan
        values.append(None if math.isnan(total) else total)
        if symbol:
            status[str(number)] = symbol
    return document | {"value": values} | ({"status": status} if status else {})


def _dimension(table: Table, variable: Variable, codes: Sequence[str]) -> dict[str, Any]:
    category: dict[str, Any] = {
        "index": {code: number for number, code in enumerate(codes)},
        "label": {code: variable.values[code] for code in codes},
    }
    if variable.role == "metric":
        category["unit"] = {code: {"base": table.units.get(code, "antal"), "decimals": 0} for code in codes}
    extension = {"elimination": variable.elimination} | ({"eliminationValueCode": variable.total} if variable.total else {})
    return {"label": variable.label, "category": category, "extension": extension}


@functools.cache
def population_tables() -> tuple[Table, Table]:
    """TAB638 and TAB5557."""
    with CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["region_code"]: row["region_name"] for row in rows}
    # Two municipalities, as the real table has; their figures are a tenth of their county's, and made up.
    names |= {"0114": "Upplands Väsby", "0115": "Vallentuna"}
    people = {(row["region_code"], row["year"]): int(row["population"]) for row in rows}
    people |= {(code, year): people[code[:2], year] // 10 for code in ("0114", "0115") for year in {row["year"] for row in rows}}
    years = sorted({row["year"] for row in rows})
    regions = Variable("Region", "region", names, role="geo", elimination=True, total="00")

    def until_2024(key: tuple[str, ...]) -> int | str:
        region, civil, age, sex, contents, year = key
        if contents == "BE0101N2":
            return ".." if region == "09" else "."
        total = people[region, year]
        share = {"OG": 4, "G": 3, "ÄNKL": 2, "SK": 1}[civil]
        parts = total // 20
        of_civil_and_sex = parts * share if sex == "2" else (total - parts * 10) * share // 10
        if (civil, sex) == ("SK", "1"):
            men = total - parts * 10
            of_civil_and_sex = men - sum(men * weight // 10 for weight in (4, 3, 2))
        return of_civil_and_sex if age == "tot" else of_civil_and_sex // 100

    first = Table(
        "TAB638",
        "Folkmängden efter region, civilstånd, ålder, kön, tabellinnehåll och år",
        "2025-02-21T07:00:00Z",
        (
            regions,
            Variable(
                "Civilstand", "civilstånd", {"OG": "ogifta", "G": "gifta", "ÄNKL": "änkor/änklingar", "SK": "skilda"}, elimination=True
            ),
            Variable("Alder", "ålder", {"0": "0 år", "1": "1 år", "tot": "totalt ålder"}, elimination=True, total="tot"),
            Variable("Kon", "kön", {"1": "män", "2": "kvinnor"}, elimination=True),
            Variable("ContentsCode", "tabellinnehåll", {"BE0101N1": "Folkmängd", "BE0101N2": "Folkökning"}, role="metric"),
            Variable("Tid", "år", {year: year for year in years}, role="time"),
        ),
        until_2024,
        notes=("Uppgifterna avser förhållandena den 31 december för valt år.",),
    )

    def from_2025(key: tuple[str, ...]) -> int:
        region, _, _, _, _, _ = key
        return people[region, "2024"] + 1

    second = Table(
        "TAB5557",
        "Folkmängden efter region, civilstånd, ålder, kön, tabellinnehåll och år",
        "2026-02-20T07:00:00Z",
        (
            regions,
            Variable("Civilstand", "civilstånd", {"SC": "totalt", "OG": "ogifta"}, elimination=True, total="SC"),
            Variable("Alder", "ålder", {"TotSA": "totalt", "0": "0 år"}, elimination=True, total="TotSA"),
            Variable("Kon", "kön", {"TotSa": "totalt", "1": "män"}, elimination=True, total="TotSa"),
            Variable("ContentsCode", "tabellinnehåll", {"000007ME": "Folkmängd"}, role="metric"),
            Variable("Tid", "år", {"2025": "2025"}, role="time"),
        ),
        from_2025,
        notes=("Cell Key Method ger ett slumpmässigt brus.",),
    )
    return first, second
