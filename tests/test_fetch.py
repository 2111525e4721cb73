"""Fetching open tables from a real server on loopback that keeps to the PxWebApi 2 specification, and from one that does not."""

import datetime
import gzip
import itertools
import json
import re
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import RAW, Raw, exportregion, tree
from pxweb import PxApi
from pxweb_server import CC0, Answer, Behaviour, Changed, Cut, Endless, PxWebServer, Slow, Typed, Wire, population_tables

from pipeline import arrivals, cubes
from pipeline.award import load_award
from pipeline.faults import DataRefused
from pipeline.fetch import Patience
from pipeline.ingest import ingest
from pipeline.sources import load_sources

DAY = datetime.date(2027, 2, 22)
QUICK = Patience(total=20, silence=1, attempts=3, first_wait=0.01, longest_wait=0.05)
SCB = "https://statistikdatabasen.scb.se/api/v2"
SOON = 0.2
"""Seconds after which a fetch gives up where that is what a test is about."""
BUSY = 60
"""Seconds that such a limit never takes, however busy the machine; without the limit it would take more."""


@pytest.fixture
def server() -> Iterator[PxWebServer]:
    with PxWebServer(population_tables()) as started:
        yield started


@pytest.fixture
def asked(raw: Raw, server: PxWebServer) -> Raw:
    """A raw-data folder whose sources are fetched from the server."""
    point(raw, server.address)
    return raw


def point(raw: Raw, address: str) -> None:
    path = raw.path("sources.toml")
    text = path.read_text(encoding="utf-8")
    assert SCB in text
    path.write_text(text.replace(SCB, address), encoding="utf-8")


def fetch(raw: Raw, *names: str, patience: Patience = QUICK, said: list[str] | None = None) -> list[arrivals.Change]:
    say: Callable[[str], None] = (lambda text: None) if said is None else said.append
    return arrivals.fetch_sources(raw.folder, names, load_award("2021"), DAY, patience, say, lambda *_: None)


def refused(raw: Raw, server: PxWebServer, *said: str, patience: Patience = QUICK) -> str:
    """A fetch is refused with the texts said, and the raw data are to the byte as before."""
    before = tree(raw.folder)
    with pytest.raises(DataRefused) as caught:
        fetch(raw, "population", patience=patience)
    assert tree(raw.folder) == before
    assert not list(raw.folder.glob(".*"))
    told = str(caught.value)
    for text in said:
        assert text in told, told
    assert server.address in told or "sources.toml" in told
    return told


def population(raw: Raw) -> dict[tuple[str, int], int]:
    award = load_award("2021")
    rows = ingest(load_sources(raw.folder).serving(award), award)["ingested.figures"]
    return {(row["region_code"], row["year"]): int(row["figure"]) for row in rows if row["statistic"] == "population"}


def test_both_tables_are_fetched_and_read_as_one(asked: Raw, server: PxWebServer) -> None:
    before = population(Raw(RAW))
    changes = fetch(asked)
    assert [(change.plan.name, change.vintage) for change in changes] == [
        ("population", "2027-02-22"),
        ("population_from_2025", "2027-02-22"),
    ]
    after = population(asked)
    assert {key: value for key, value in after.items() if key[1] <= 2024} == before
    assert after["25", 2025] == before["25", 2024] + 1
    assert after["00", 2025] == before["00", 2024] + 1
    methods = [(request.method, request.path) for request in server.requests]
    assert methods.count(("GET", "/config")) == 1
    assert ("POST", "/tables/TAB638/data") in methods


def test_sources_toml_keeps_what_the_table_says_of_itself(asked: Raw) -> None:
    text = asked.path("sources.toml").read_text(encoding="utf-8")
    fetch(asked)
    history = load_sources(asked.folder).history
    first = history["population"].vintages["2027-02-22"]
    assert (first.kind, first.publisher, first.licence, first.published) == ("official", "SCB", "CC0-1.0", datetime.date(2025, 2, 21))
    assert first.covers == "21 län och riket, 1999–2024"
    assert first.note == "Enhet: antal. Uppgifterna avser förhållandena den 31 december för valt år."
    second = history["population_from_2025"].vintages["2027-02-22"]
    assert second.covers == "21 län och riket, 2025"
    assert second.note is not None
    assert "Cell Key Method" in second.note
    assert second.read[0].noise == 10
    kept = iter(asked.path("sources.toml").read_text(encoding="utf-8").splitlines())
    assert all(line in kept for line in text.splitlines())


def test_the_answer_is_stored_as_it_was_received(asked: Raw, server: PxWebServer) -> None:
    body = {"selection": [{"variableCode": "Alder", "valueCodes": ["tot"]}]}
    fetch(asked, "population")
    stored = asked.path("population/2027-02-22.json").read_bytes()
    request = next(request for request in server.requests if request.path.endswith("/data"))
    assert body["selection"][0] in request.body["selection"]
    answer = server._answer(request.path, request.query, request.body)
    assert stored == json.dumps(answer, ensure_ascii=False).encode()


def test_codes_are_asked_for_explicitly(asked: Raw, server: PxWebServer) -> None:
    fetch(asked, "population")
    request = next(request for request in server.requests if request.path.endswith("/data"))
    selection = {item["variableCode"]: item["valueCodes"] for item in request.body["selection"]}
    assert selection["Tid"] == [str(year) for year in range(1999, 2025)]
    assert selection["Region"][:3] == ["00", "01", "03"]
    assert "0114" not in selection["Region"]
    assert set(selection) == {"Region", "Alder", "ContentsCode", "Tid"}, "sex and civil status are left out: the table adds them up"


def test_pxwebpy_reads_the_same_figures(asked: Raw, server: PxWebServer) -> None:
    fetch(asked, "population")
    client = PxApi(server.address, disable_cache=True)
    selection: dict[str, list[str] | str] = {
        "Region": ["01", "25"],
        "Alder": ["tot"],
        "ContentsCode": ["BE0101N1"],
        "Tid": ["2016", "2020", "2024"],
    }
    try:
        rows = client.get_table_data("TAB638", value_codes=selection, show="code")
    finally:
        client._client.session.close()  # type: ignore[no-untyped-call]
    ours = population(asked)
    assert len(rows) == 6
    for row in rows:
        assert ours[row["region"], int(row["år"])] == row["value"]


@pytest.mark.whole
@pytest.mark.parametrize("most", [600, 572, 571, 100, 22, 9])
def test_requests_keep_to_the_servers_limit_of_cells(raw: Raw, most: int) -> None:
    with PxWebServer(population_tables(), most_cells=most) as server:
        point(raw, server.address)
        fetch(raw, "population", patience=replace(QUICK, total=120))
        asked = [request for request in server.requests if request.path.endswith("/data")]
    cells = [len(request.body["selection"][0]["valueCodes"]) * len(request.body["selection"][3]["valueCodes"]) for request in asked]
    assert max(cells) <= most
    assert sum(cells) == 572
    assert population(raw) == population(Raw(RAW))
    if most < 572:
        with zipfile.ZipFile(raw.path("population/2027-02-22.zip")) as archive:
            assert len(archive.namelist()) == len(asked)


def test_calls_keep_to_the_servers_limit_in_its_window_though_one_arrives_late(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, a call never arrives before it is sent, nor after its answer."""
    serve, late = PxWebServer._serve, iter([0.3])

    def serve_late(*arguments: Any) -> None:
        time.sleep(next(late, 0))
        serve(*arguments)

    monkeypatch.setattr(PxWebServer, "_serve", serve_late)
    with PxWebServer(population_tables(), most_cells=100, calls=5, window=1) as server:
        point(raw, server.address)
        said: list[str] = []
        fetch(raw, "population", said=said)
        times = [request.at for request in server.requests]
    assert len(times) > 8
    assert all(later - earlier >= 1 for earlier, later in zip(times, times[5:], strict=False))


def test_symbols_stay_apart_from_fetch_to_staging(raw: Raw) -> None:
    first, second = population_tables()

    def value(key: tuple[str, ...]) -> int | float | str:
        region, year = key[0], key[5]
        return (
            {("09", "2001"): "..", ("09", "2002"): ".", ("09", "2003"): "-"}.get((region, year), first.value(key))
            if key[1] == "OG"
            else first.value(key)
        )

    with PxWebServer((replace(first, value=value), second)) as server:
        point(raw, server.address)
        before = tree(raw.folder)
        with pytest.raises(DataRefused) as caught:
            fetch(raw, "population")
        assert tree(raw.folder) == before
    assert len(caught.value.faults) == 3, "a population that is withheld, missing or nil is refused, each cell by its number"
    assert "value[210]" in str(caught.value)
    assert "the text '..'" in str(caught.value)


def test_nothing_new_records_nothing(asked: Raw) -> None:
    fetch(asked)
    before = tree(asked.folder)
    changes = fetch(asked)
    assert [change.vintage for change in changes] == [None, None]
    assert tree(asked.folder) == before


def test_a_revision_is_a_new_vintage_and_the_old_one_stays(asked: Raw, server: PxWebServer) -> None:
    fetch(asked, "population")
    first, _ = population_tables()
    old = asked.path("population/2027-02-22.json").read_bytes()
    server.tables["TAB638"] = replace(first, updated="2027-02-23T07:00:00Z")
    (change,) = fetch(asked, "population")
    assert change.vintage == "2027-02-22-2"
    assert asked.path("population/2027-02-22.json").read_bytes() == old


def test_dry_run_asks_and_writes_nothing(asked: Raw, server: PxWebServer) -> None:
    before = tree(asked.folder)
    ran = exportregion("fetch", "--dry-run", "--data", asked.folder)
    assert ran.exit_code == 0, ran.stderr
    assert tree(asked.folder) == before
    assert not [request for request in server.requests if request.path.endswith("/data")]
    for said in (
        "TAB638, updated 2025-02-21T07:00:00Z: 1 request for 572 cells",
        "Tid 1999 … 2024 (26 codes)",
        "newest vintage: 2026-11-23",
        "none yet",
    ):
        assert said in " ".join(ran.stdout.split()), ran.stdout


def test_the_command_tells_what_it_recorded(asked: Raw) -> None:
    ran = exportregion("fetch", "--data", asked.folder)
    assert ran.exit_code == 0, ran.stderr
    today = datetime.date.today().isoformat()
    assert f"recorded as the vintage {today}, 572 rows; before it: 2026-11-23" in ran.stdout
    assert "An award that pins them under [vintages] uses them." in " ".join(ran.stdout.split())
    again = exportregion("fetch", "population", "--data", asked.folder, "--json")
    assert json.loads(again.stdout)["sources"][0]["new_vintage"] is None


def test_a_fetched_population_runs_to_the_same_ranking(asked: Raw, complete: Path, award: Callable[..., Path], tmp_path: Path) -> None:
    fetch(asked)
    ran = exportregion(
        "rank", "--award", award(('population = "2026-11-23"', 'population = "2027-02-22"')), "--data", asked.folder, "--out", tmp_path
    )
    assert ran.exit_code == 0, ran.stderr
    assert (tmp_path / "trial" / "ranking.csv").read_bytes() == (complete / "2021" / "ranking.csv").read_bytes()


WITHIN = f"no complete answer within {SOON} seconds"
PROBLEM = b'{"type": "Parameter error", "title": "Non-existent value", "status": 400}'
PAGE = b"<html><body>Underhall</body></html>"


@pytest.mark.parametrize("stage", ["/config", "/metadata", "/data"])
@pytest.mark.parametrize(
    ("behaviours", "said"),
    [
        ([Answer(400, PROBLEM)], ("HTTP 400 Non-existent value", "Compare the selection")),
        ([Answer(403, PROBLEM)], ("HTTP 403", "Compare the selection")),
        ([Answer(404)], ("HTTP 404", "The table may have moved or ended")),
        ([Answer(401)], ("HTTP 401", "Check base_url")),
        ([Answer(429)] * 3, ("HTTP 429 (rate limit reached)", "Wait, and fetch again")),
        (
            [Answer(429, headers={"Retry-After": "3600"})],
            ("HTTP 429 (rate limit reached), with a request to wait 3,600 seconds", "Wait, and fetch again"),
        ),
        ([Answer(429, headers={"Retry-After": "Mon, 22 Feb 2027 07:00:00 +9999"})] * 3, ("HTTP 429 (rate limit reached)",)),
        ([Answer(503, headers={"Retry-After": "Mon, 22 Feb 2027 07:00:00 +99999999999999"})] * 3, ("HTTP 503",)),
        ([Answer(503, headers={"Retry-After": "Mon, 22 Feb 99999999999 07:00:00 XYZ"})] * 3, ("HTTP 503",)),
        ([Answer(500)] * 3, ("HTTP 500, at every attempt", "Try again later")),
        ([Answer(503, PAGE, content_type="text/html")] * 3, ("HTTP 503, at every attempt", "Try again later")),
        ([Slow(before=1)] * 3, ("no data for 0.1 seconds", "Try again later")),
        ([Slow(between=0.05)], (WITHIN, "Try again when the server is less busy")),
        ([Cut("request")] * 3, ("a failed connection", "Check the network")),
        ([Cut("headers")] * 3, ("a failed connection", "Check the network")),
        ([Cut("body")] * 3, ("a failed connection", "Check the network")),
        ([Answer(200, PAGE, content_type="text/html")], ("an answer of the type text/html", "often means maintenance")),
        ([Typed("text/csv")], ("an answer of the type text/csv", "Check base_url")),
        ([Answer(200, b'{"version": "2.0", "cla')], ("incomplete or damaged JSON",)),
        ([Answer(200, b"[1, 2")], ("incomplete or damaged JSON",)),
        ([Answer(200, b"[" * 100_000)], ("incomplete or damaged JSON",)),
        ([Answer(200, b'{"label": "half of \\udc00 a sign"}')], ("incomplete or damaged JSON", "half of a character")),
        ([Answer(200, b'{"value": [NaN]}')], ("NaN, which is not a number in JSON",)),
        ([Answer(200, b'{"value": [1e999]}')], ("1e999, which is not a number in JSON",)),
        ([Answer(200, b'{"value": [' + b"9" * 5000 + b"]}")], ("incomplete or damaged JSON",)),
        ([Answer(200, b"\xff\xfe")], ("incomplete or damaged JSON",)),
        ([Answer(200, b"")], ("incomplete or damaged JSON",)),
        (
            [Answer(301, headers={"Location": "https://example.org/api/v2"})],
            ("HTTP 301, a redirect to https://example.org/api/v2", "set base_url"),
        ),
        ([Answer(307, headers={"Location": "/elsewhere"})], ("HTTP 307, a redirect to /elsewhere", "set base_url")),
        ([Answer(302)], ("HTTP 302, a redirect to no address", "set base_url")),
    ],
    ids=lambda value: re.sub(r"\W+", "_", str(value))[:40],
)
def test_whatever_the_server_does_the_raw_data_are_as_before(
    asked: Raw, server: PxWebServer, stage: str, behaviours: Sequence[Behaviour], said: Sequence[str]
) -> None:
    server.misbehave(stage, *behaviours)
    slow = isinstance(behaviours[0], Slow)
    # The limit that is not meant leaves room, so that on a busy machine the one that is meant speaks.
    patience = replace(QUICK, total=SOON) if WITHIN in said else replace(QUICK, silence=0.1)
    refused(asked, server, *said, patience=patience if slow else QUICK)


PASSING = (
    Answer(429),
    Answer(429, headers={"Retry-After": "0"}),
    Answer(500),
    Answer(503),
    Cut("request"),
    Cut("headers"),
    Cut("body"),
    Slow(before=0.6),
)


@pytest.mark.parametrize(
    ("stage", "behaviour"),
    [
        *(("/data", behaviour) for behaviour in PASSING),
        *((stage, behaviour) for stage in ("/config", "/metadata") for behaviour in PASSING[3:5]),
    ],
    ids=str,
)
def test_what_passes_is_asked_again(asked: Raw, server: PxWebServer, stage: str, behaviour: Behaviour) -> None:
    server.misbehave(stage, behaviour, behaviour)
    fetch(asked, "population", patience=replace(QUICK, silence=0.3) if isinstance(behaviour, Slow) else QUICK)
    assert population(asked) == population(Raw(RAW))


def test_retry_after_is_kept_to(asked: Raw, server: PxWebServer) -> None:
    server.misbehave("/data", Answer(429, headers={"Retry-After": "1"}), Answer(503, headers={"Retry-After": "1"}))
    said: list[str] = []
    fetch(asked, "population", said=said)
    times = [request.at for request in server.requests if request.path.endswith("/data")]
    assert [later - earlier >= 1 for earlier, later in itertools.pairwise(times)] == [True, True]
    assert said == ["no answer yet (429); trying again in 1 s", "no answer yet (503); trying again in 1 s"]


def test_a_retry_after_that_is_a_date_is_kept_to(asked: Raw, server: PxWebServer) -> None:
    began, now = time.monotonic(), datetime.datetime.now(datetime.UTC)
    until = (now + datetime.timedelta(seconds=2)).replace(microsecond=0)
    server.misbehave("/data", Answer(429, headers={"Retry-After": until.strftime("%a, %d %b %Y %H:%M:%S GMT")}))
    fetch(asked, "population")
    times = [request.at for request in server.requests if request.path.endswith("/data")]
    # A date is a moment, wherever the first request stands before it; the clocks of days and of waits differ by less.
    assert times[1] - began >= (until - now).total_seconds() - 0.02


def test_waits_grow(asked: Raw, server: PxWebServer) -> None:
    server.misbehave("/config", *[Answer(503)] * 4)
    fetch(asked, "population", patience=replace(QUICK, attempts=6, first_wait=0.02, longest_wait=10))
    times = [request.at for request in server.requests if request.path == "/config"]
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert [wait >= least for wait, least in zip(waits, (0.02, 0.04, 0.08, 0.16), strict=True)] == [True] * 4


def test_the_time_limit_ends_a_fetch_in_its_retries(asked: Raw, server: PxWebServer) -> None:
    # Without the limit, the hundred and first answer would be good. The fourth wait is of 0.8 seconds, for which there is no time.
    server.misbehave("/data", *[Answer(503)] * 100)
    refused(asked, server, "HTTP 503", patience=replace(QUICK, attempts=1000, total=1.4, first_wait=0.1, longest_wait=60))
    assert sum(request.path.endswith("/data") for request in server.requests) < 20


def test_the_time_limit_ends_a_fetch_in_a_silence(asked: Raw, server: PxWebServer) -> None:
    server.misbehave("/data", Slow(before=BUSY))
    began = time.monotonic()
    refused(asked, server, WITHIN, patience=replace(QUICK, silence=2 * BUSY, total=SOON))
    assert time.monotonic() - began < BUSY


def test_an_answer_without_end_is_cut_off_at_a_stated_limit(asked: Raw, server: PxWebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fetch.client.LARGEST_BYTES", 5_000_000)
    server.misbehave("/data", Endless())
    refused(asked, server, "an answer of more than 5 MB", "Ask for fewer codes")


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"


def endless(*first: bytes, again: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.chain(first, itertools.repeat(again))


def byte_by_byte(content: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: (content[place : place + 1] for place in range(len(content)))


def packed(*parts: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: (PACKED, gzip.compress(b"{}"), *parts)


@pytest.mark.parametrize("stage", ["/config", "/data"])
@pytest.mark.parametrize(
    ("wire", "said"),
    [
        (Wire(byte_by_byte(OK + b"X: " + b"x" * 50 * BUSY), 0.02), WITHIN),
        (Wire(lambda: (CHUNKED, b"2\r\n{}\r\n0\r\n", *byte_by_byte(b"X: " + b"x" * 50 * BUSY)()), 0.02), WITHIN),
        (Wire(endless(again=b"HTTP/1.1 103 Early Hints\r\n\r\n"), 0.02), WITHIN),
        (Wire(endless(again=b"HTTP/1.1 103 Early Hints\r\nX: " + b"x" * 50_000 + b"\r\n\r\n")), "an answer of more than 2 MB"),
        (Wire(endless(PACKED, gzip.compress(b"")[:10], again=b"\0\0\0\xff\xff" * 10_000)), "an answer of more than 2 MB"),
        (Wire(endless(CHUNKED, b"1;", again=b"x" * 50_000)), "a failed connection"),
        (Wire(endless(CHUNKED, again=b"1;" + b"x" * 50_000 + b"\r\n \r\n")), "an answer of more than 2 MB"),
        (Wire(packed(b"garbage")), "more after the end of gzip"),
        (Wire(packed(gzip.compress(b""))), "more after the end of gzip"),
        (Wire(endless(PACKED, gzip.compress(b"{}"), again=b"\0" * 50_000)), "more after the end of gzip"),
        (Wire(lambda: (PACKED, gzip.compress(b" " * 3_000_000))), "an answer of more than 2 MB"),
        (Wire(lambda: (PACKED, b"no gzip at all")), "a damaged answer"),
        (Wire(lambda: (PACKED, gzip.compress(b"{}" * 1000)[:-4])), "an incomplete packed answer"),
        (Wire(lambda: (PACKED.replace(b"gzip", b"br"), b"x")), "packed as br, which was not requested"),
    ],
    ids=lambda value: re.sub(r"\W+", "_", value)[:30] if isinstance(value, str) else "",
)
def test_every_byte_counts_against_one_limit_of_time_and_one_of_size(
    asked: Raw, server: PxWebServer, monkeypatch: pytest.MonkeyPatch, stage: str, wire: Wire, said: str
) -> None:
    monkeypatch.setattr("pipeline.fetch.client.LARGEST_BYTES", 2_000_000)
    server.misbehave(stage, *[wire] * 3)
    began = time.monotonic()
    refused(asked, server, said, patience=replace(QUICK, total=SOON) if said == WITHIN else QUICK)
    assert time.monotonic() - began < BUSY


def test_a_packed_answer_is_unpacked(asked: Raw, server: PxWebServer) -> None:
    def answer() -> Iterable[bytes]:
        (request,) = [request for request in server.requests if request.path.endswith("/data")]
        return PACKED, gzip.compress(json.dumps(server._answer(request.path, request.query, request.body)).encode())

    server.misbehave("/data", Wire(answer))
    fetch(asked, "population")
    assert population(asked) == population(Raw(RAW))


def without(code: str) -> Callable[[Any], Any]:
    """Take a region out of an answer."""

    def change(document: Any) -> Any:
        category = document["dimension"]["Region"]["category"]
        place = category["index"].pop(code)
        category["index"] = {name: number - (number > place) for name, number in category["index"].items()}
        if "value" in document:
            years = document["size"][-1]
            del document["value"][place * years : (place + 1) * years]
        document["size"][document["id"].index("Region")] -= 1
        return document

    return change


def reindexed(place: Any) -> Callable[[Any], Any]:
    """Give one region another place among its codes."""

    def change(document: Any) -> Any:
        document["dimension"]["Region"]["category"]["index"]["25"] = place
        return document

    return change


def edited(**changes: Any) -> Callable[[Any], Any]:
    return lambda document: document | changes


@pytest.mark.parametrize(
    ("stage", "change", "said"),
    [
        ("/config", edited(maxDataCells=None), "a configuration without its limits"),
        ("/config", edited(maxDataCells="many"), "a configuration without its limits"),
        ("/config", lambda _: [], "a configuration without its limits"),
        ("/metadata", without("25"), "codes that the table does not have: 25"),
        ("/metadata", lambda _: {}, "metadata without variables and codes"),
        ("/metadata", edited(dimension=[]), "metadata without variables and codes"),
        ("/data", without("25"), "an answer without 25 in Region"),
        ("/data", edited(size=[1, 1, 1, 1]), "sizes [1, 1, 1, 1]"),
        ("/metadata", reindexed(None), "codes without an order"),
        ("/metadata", reindexed("x"), "codes without an order"),
        ("/metadata", reindexed([1]), "codes without an order"),
        ("/data", reindexed(None), "variables cannot be read"),
        ("/data", edited(value=[]), "0 values; expected 572 values"),
        ("/data", edited(value=[True] * 572), "True as value 0"),
        ("/data", edited(value=["x"] * 572), "'x' as value 0"),
        ("/data", edited(value=[10**400] * 572), "a number too large for any table"),
        ("/data", edited(value={"572": 1}), "a value for the cell '572'"),
        ("/data", edited(status={"572": ".."}), "the status '..' of the cell '572'"),
        ("/data", edited(status=3), "the status 3"),
        ("/data", edited(version="1.0"), "not a dataset of JSON-stat 2"),
        ("/data", edited(role={"metric": 3}), "variables cannot be read"),
        ("/data", edited(**{"class": "collection"}), "not a dataset of JSON-stat 2"),
        ("/data", lambda _: [], "not a dataset of JSON-stat 2"),
        ("/data", edited(id=["Region", "ContentsCode", "Tid"], size=[22, 1, 26]), "an answer without the variable Alder"),
    ],
)
def test_an_answer_to_another_question_is_refused(
    asked: Raw, server: PxWebServer, stage: str, change: Callable[[Any], Any], said: str
) -> None:
    server.misbehave(stage, Changed(change))
    before = tree(asked.folder)
    with pytest.raises(DataRefused, match=re.escape(said)):
        fetch(asked, "population")
    assert tree(asked.folder) == before


def test_figures_that_cannot_be_are_refused_before_they_are_recorded(asked: Raw, server: PxWebServer) -> None:
    def double_the_last(document: Any) -> Any:
        document["value"][-1] *= 2
        return document

    server.misbehave("/data", Changed(double_the_last))
    before = tree(asked.folder)
    with pytest.raises(DataRefused, match="audit regions_do_not_add_up"):
        fetch(asked, "population")
    assert tree(asked.folder) == before


def test_two_sources_are_recorded_both_or_not_at_all(asked: Raw, server: PxWebServer) -> None:
    server.misbehave("/tables/TAB5557/data", Answer(404))
    before = tree(asked.folder)
    with pytest.raises(DataRefused, match="TAB5557/data: found HTTP 404"):
        fetch(asked)
    assert tree(asked.folder) == before


def test_answers_from_before_and_after_an_update_are_not_mixed(raw: Raw) -> None:
    with PxWebServer(population_tables(), most_cells=300) as server:
        point(raw, server.address)
        server.misbehave("/data", Changed(edited(updated="2027-01-01T00:00:00Z")))
        with pytest.raises(DataRefused, match="answers from before and after an update"):
            fetch(raw, "population")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('table_id = "TAB638"', 'table_id = "TAB639"', "The table may have moved or ended"),
        ('Alder = ["tot"]', 'Alder = ["total"]', "codes that the table does not have: total"),
        ('Alder = ["tot"]', 'Age = ["tot"]', "a variable that the table does not have"),
        ('ContentsCode = ["BE0101N1"]\nTid = ["FROM(1999)"]', 'Tid = ["FROM(1999)"]', "no codes of the variable ContentsCode"),
        ('Tid = ["FROM(1999)"]', 'Tid = ["FROM(1900)"]', "codes that the table does not have: FROM(1900)"),
    ],
)
def test_a_selection_that_the_table_does_not_have(asked: Raw, server: PxWebServer, old: str, new: str, said: str) -> None:
    asked.edit_sources(re.escape(old), new)
    refused(asked, server, said)


@pytest.mark.parametrize(
    ("expressions", "years"),
    [
        ('"2016", "2020"', [2016, 2020]),
        ('"RANGE(2016,2018)"', [2016, 2017, 2018]),
        ('"TO(2000)"', [1999, 2000]),
        ('"202?"', [2020, 2021, 2022, 2023, 2024]),
    ],
)
def test_expressions_become_explicit_codes(asked: Raw, server: PxWebServer, expressions: str, years: list[int]) -> None:
    asked.edit_sources(re.escape('Tid = ["FROM(1999)"]'), f"Tid = [{expressions}]")
    ran = exportregion("fetch", "population", "--dry-run", "--data", asked.folder, "--json")
    assert json.loads(ran.stdout)["sources"][0]["selection"]["Tid"] == [str(year) for year in years]


def test_nobody_listens(raw: Raw, server: PxWebServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        point(raw, f"http://127.0.0.1:{unused.getsockname()[1]}/api/v2")
        before = tree(raw.folder)
        with pytest.raises(DataRefused, match="a failed connection"):
            fetch(raw, "population")
    assert tree(raw.folder) == before


@pytest.mark.parametrize(
    "address", ["ftp://example.org", "file:///etc/passwd", "example.org", "javascript:alert(1)", "https://exa mple.org"]
)
def test_an_address_that_is_not_on_the_web_is_refused_before_anything_is_asked(raw: Raw, address: str) -> None:
    point(raw, address)
    ran = exportregion("fetch", "--data", raw.folder)
    assert ran.exit_code == 1
    assert "population.fetch.base_url" in ran.stderr
    assert "begins with https:// or http://" in ran.stderr


@pytest.mark.parametrize("address", ["http://127.0.0.1:port/api", "http://..", "http://127.0.0.1:1/api?x=y", "http://127.0.0.1:1/#x"])
def test_an_address_that_cannot_be_is_refused(raw: Raw, address: str) -> None:
    point(raw, address)
    ran = exportregion("fetch", "population", "--data", raw.folder, "--time-limit", "1")
    assert ran.exit_code == 1
    assert "base_url" in ran.stderr


def test_unknown_sources_are_named(asked: Raw) -> None:
    ran = exportregion("fetch", "goods_exports", "--data", asked.folder)
    assert ran.exit_code == 1
    assert "no source 'goods_exports' that says how it is fetched; expected one of population, population_from_2025" in ran.stderr


def test_two_fetches_at_once_record_one_after_the_other(asked: Raw) -> None:
    results: list[Any] = []

    def run() -> None:
        results.append(fetch(asked, "population")[0].vintage)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=str) == ["2027-02-22", None, None]
    assert population(asked) == population(Raw(RAW))


def test_the_licence_of_the_server_is_kept(asked: Raw, server: PxWebServer) -> None:
    server.misbehave("/config", Changed(edited(license="https://example.org/terms")))
    fetch(asked, "population")
    assert load_sources(asked.folder).history["population"].vintages["2027-02-22"].licence == "https://example.org/terms"
    assert CC0.endswith("/cc0/")
    assert cubes.read_jsonstat(asked.path("population/2027-02-22.json").read_bytes(), "x").units == {"BE0101N1": "antal"}
