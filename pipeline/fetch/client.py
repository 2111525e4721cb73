"""A client of PxWebApi 2 that keeps to the server's limits, repeats requests when that can help, and always ends clearly."""

import datetime
import email.utils
import functools
import json
import ssl
import time
import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import stamina

from pipeline import __version__
from pipeline.cubes import LARGEST_BYTES, load_json
from pipeline.faults import DataRefused, Fault, refusal

PASSING = (408, 429, 500, 502, 503, 504)
"""Status codes that may pass: the request is repeated."""
LATER = "Try again later; nothing was recorded."


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: in all, without any data, and between attempts."""

    total: float = 600
    silence: float = 30
    attempts: int = 6
    first_wait: float = 1
    longest_wait: float = 60


class Answered(Exception):
    """An answer with another status than 200."""

    def __init__(self, status: int, reason: str, retry_after: float | None, location: str | None) -> None:
        super().__init__(f"{status} {reason}".strip())
        self.status = status
        self.retry_after = retry_after
        self.location = location


class PxWeb:
    """One server's tables. Use it in a with block. ends: the end of the whole fetch, on the monotonic clock.

    Every method raises DataRefused with the address, what was found and what to do.
    """

    def __init__(self, base_url: str, language: str, patience: Patience, say: Callable[[str], None], ends: float) -> None:
        self._base = base_url.rstrip("/")
        self._language = language
        self._patience = patience
        self._say = say
        self._ends = ends
        self._calls: deque[float] = deque()
        self._window: tuple[int, float] | None = None
        # A redirect is reported, not followed: sources.toml must name the address that answers.
        self._http = httpx2.Client(
            timeout=patience.silence,
            follow_redirects=False,
            trust_env=True,
            verify=_authorities(),
            headers={"User-Agent": f"exportregion/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip"},
        )
        self._url = self._base
        self._received = 0
        self._limits: dict[str, Any] = {}
        self._next_wait = patience.first_wait
        # The client itself reports what stamina would log.
        stamina.instrumentation.set_on_retry_hooks([])

    def __enter__(self) -> "PxWeb":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def config(self) -> Mapping[str, Any]:
        """The server's limits and licence, requested once."""
        if not self._limits:
            where = f"{self._base}/config"
            found = load_json(self._ask("GET", "/config"), where)
            limits = [
                found.get(key) if isinstance(found, dict) else None for key in ("maxDataCells", "maxCallsPerTimeWindow", "timeWindow")
            ]
            if any(isinstance(limit, bool) or not isinstance(limit, int) or limit < 0 for limit in limits) or not limits[0]:
                remedy = "Check base_url in sources.toml: it must be the address of a PxWebApi 2."
                raise refusal(where, "a configuration without its limits", "maxDataCells, maxCallsPerTimeWindow and timeWindow", remedy)
            self._limits = found
            if limits[1] and limits[2]:
                self._window = (int(limits[1]), float(limits[2]))
        return self._limits

    def metadata(self, table_id: str) -> Mapping[str, Any]:
        """A table's variables, codes and notes: a JSON-stat 2 dataset without values."""
        where = f"{self._base}/tables/{table_id}/metadata"
        found = load_json(self._ask("GET", f"/tables/{table_id}/metadata"), where)
        try:
            variables = {str(name): found["dimension"][name]["category"] for name in found["id"]}
            well_formed = all(isinstance(each.get("index", each.get("label")), dict | list) for each in variables.values())
        except (KeyError, TypeError, AttributeError):
            well_formed = False
        if not well_formed:
            raise refusal(where, "metadata without variables and codes", "a table as JSON-stat 2 describes it", LATER)
        described: Mapping[str, Any] = found
        return described

    def data(self, table_id: str, selection: Mapping[str, Sequence[str]]) -> bytes:
        """The cells of a selection, as the server sends them."""
        asked = {"selection": [{"variableCode": name, "valueCodes": list(codes)} for name, codes in selection.items()]}
        return self._ask("POST", f"/tables/{table_id}/data", {"outputFormat": "json-stat2"}, asked)

    def _ask(self, method: str, path: str, parameters: Mapping[str, str] | None = None, body: Any = None) -> bytes:
        url = self._url = self._base + path
        self._next_wait = self._patience.first_wait
        try:
            for attempt in stamina.retry_context(on=self._wait_before_again, attempts=self._patience.attempts, timeout=None):
                with attempt:
                    return self._ask_once(method, url, {"lang": self._language, **(parameters or {})}, body)
        except Answered as answered:
            raise DataRefused([self._fault(url, answered)]) from None
        except httpx2.TimeoutException:
            if time.monotonic() >= self._ends:
                raise self._late() from None
            found = f"no data for {self._patience.silence:g} seconds, at every attempt"
            raise refusal(url, found, "an answer", LATER) from None
        except (httpx2.InvalidURL, UnicodeError):
            remedy = "Correct base_url in sources.toml."
            raise refusal(url, "an invalid address", "the address of a PxWebApi 2", remedy) from None
        except httpx2.HTTPError as error:
            found = f"a failed connection ({error or type(error).__name__})"
            remedy = f"Check the network and base_url in sources.toml. {LATER}"
            raise refusal(url, found, "a complete answer", remedy) from None
        raise AssertionError("a retry that ended without an answer or an error")

    def _ask_once(self, method: str, url: str, parameters: Mapping[str, str], body: Any) -> bytes:
        self._keep_to_the_window()
        self._received = 0
        watch = {"trace": self._watch}
        try:
            with self._http.stream(method, url, params=dict(parameters), json=body, timeout=self._silence(), extensions=watch) as response:
                content = self._unpacked(response)
                if response.status_code != 200:
                    raise Answered(response.status_code, _reason(content), _retry_after(response.headers), response.headers.get("location"))
                kind = response.headers.get("content-type", "none").partition(";")[0].strip().lower()
                if kind != "application/json" and not kind.endswith("+json"):
                    remedy = "Check base_url in sources.toml. A web page in place of data often means maintenance."
                    raise refusal(url, f"an answer of the type {kind}", "application/json", remedy)
                return content
        finally:
            # The server counts a call when it arrives, which may be long after it was sent, but never after its answer.
            self._calls.append(time.monotonic())

    def _unpacked(self, response: httpx2.Response) -> bytes:
        """The body of an answer, unpacked up to the limit of size. Raises DataRefused."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip"):
            raise self._damaged(f"packed as {packing}, which was not requested")
        unpack = zlib.decompressobj(wbits=31) if packing == "gzip" else None
        content = bytearray()
        for part in response.iter_raw():
            try:
                content += unpack.decompress(part, LARGEST_BYTES + 1 - len(content)) if unpack else part
            except zlib.error:
                raise self._damaged("gzip that cannot be unpacked") from None
            if len(content) > LARGEST_BYTES:
                raise self._too_large()
            if unpack and unpack.unused_data:
                raise self._damaged("more after the end of gzip")
        if unpack and not unpack.eof and response.status_code == 200:
            raise httpx2.RemoteProtocolError("an incomplete packed answer")
        return bytes(content)

    def _late(self) -> DataRefused:
        found = f"no complete answer within {self._patience.total:,g} seconds"
        return refusal(self._url, found, "an answer in time", "Try again when the server is less busy; nothing was recorded.")

    def _too_large(self) -> DataRefused:
        found = f"an answer of more than {LARGEST_BYTES / 1e6:,.0f} MB"
        return refusal(self._url, found, "an answer below that limit", "Ask for fewer codes in the source's selection.")

    def _damaged(self, what: str) -> DataRefused:
        return refusal(self._url, f"a damaged answer ({what})", "JSON, packed as gzip or not at all", LATER)

    def _silence(self) -> float:
        """How many seconds to wait for data now. Raises DataRefused when the time for the whole fetch has run out."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self._late()
        return min(self._patience.silence, left)

    def _watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Apply the limits of time and size to every byte of a new connection."""
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        stream = info["return_value"]
        read = stream.read

        def read_within_limits(most: int, timeout: float | None = None) -> bytes:
            part: bytes = read(most, self._silence())
            self._received += len(part)
            if self._received > LARGEST_BYTES:
                raise self._too_large()
            return part

        stream.read = read_within_limits

    def _keep_to_the_window(self) -> None:
        """Wait until the server's limit of calls allows one more."""
        now = time.monotonic()
        if self._window:
            most, seconds = self._window
            while self._calls and now - self._calls[0] >= seconds:
                self._calls.popleft()
            if len(self._calls) >= most:
                wait = seconds - (now - self._calls[0])
                self._pause(wait, f"the server allows {most} calls in {seconds:g} seconds")

    def _pause(self, wait: float, reason: str) -> None:
        if time.monotonic() + wait > self._ends:
            raise self._late()
        if wait > 1:
            self._say(f"waiting {wait:.0f} s: {reason}")
        time.sleep(wait)

    def _wait_before_again(self, error: Exception) -> bool | float:
        """How long to wait before the next attempt: twice as long each time, or as the server asks. False if it is useless or too late."""
        passing = isinstance(error, Answered) and error.status in PASSING
        if not passing and (not isinstance(error, httpx2.TransportError) or isinstance(error, httpx2.UnsupportedProtocol)):
            return False
        wait = self._next_wait
        self._next_wait = min(2 * wait, self._patience.longest_wait)
        if isinstance(error, Answered) and error.retry_after is not None:
            wait = error.retry_after
        if time.monotonic() + wait > self._ends:
            return False
        if wait >= 1:
            self._say(f"no answer yet ({error or type(error).__name__}); trying again in {wait:.0f} s")
        return wait

    def _fault(self, url: str, answered: Answered) -> Fault:
        status = answered.status
        found = f"HTTP {answered}"
        if 300 <= status < 400:
            remedy = "If the table is there now, set base_url (or table_id) in sources.toml accordingly."
            return Fault(url, f"{found}, a redirect to {answered.location or 'no address'}", "the table itself", remedy)
        if status == 404:
            remedy = f"The table may have moved or ended. Look for it at {self._base}/tables?query=…, and set table_id in sources.toml."
            return Fault(url, found, "the table", remedy)
        if status == 429 or (status in PASSING and answered.retry_after is not None):
            limit = " (rate limit reached)" if status == 429 else ""
            wait = f", with a request to wait {answered.retry_after:,.0f} seconds" if answered.retry_after is not None else ""
            found = f"{found}{limit}{wait}, at the last attempt within {self._patience.total:,g} seconds"
            return Fault(url, found, "an answer", "Wait, and fetch again; nothing was recorded.")
        if status in PASSING:
            return Fault(url, f"{found}, at every attempt", "an answer", LATER)
        if status in (400, 403):
            remedy = "Compare the selection in sources.toml with the table's codes and the server's limits; --dry-run shows both."
            return Fault(url, found, "the cells of the selection", remedy)
        return Fault(url, found, "an answer", f"Check base_url and table_id in sources.toml. {LATER}")


@functools.cache
def _authorities() -> ssl.SSLContext:
    """The certificates that are trusted; to read them takes longer than most answers."""
    return httpx2.create_ssl_context()


def _reason(content: bytes) -> str:
    """The title and detail of an error's problem document; empty without one."""
    try:
        problem = json.loads(content)
        reason = [" ".join(str(problem[key]).split()) for key in ("title", "detail") if problem.get(key)]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return ""
    return ": ".join(reason)[:300]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds to wait by Retry-After, which has seconds or a date; None if it cannot be read."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=datetime.UTC)
    return max(0.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds())
