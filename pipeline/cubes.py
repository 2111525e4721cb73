"""Statistical tables in JSON-stat 2 and PX, as publishers send them: variables, codes, cells and symbols."""

import contextlib
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pyarrow as pa

from pipeline.faults import DataRefused, refusal

LARGEST_BYTES = 300_000_000
LARGEST_CUBE = 20_000_000
MOST_VARIABLES = 50
LONE = re.compile(rb"\\u[dD][89a-fA-F]")
"""The escape of half a character, an error unless the other half follows."""
FETCH_AGAIN = "Fetch the file again from its publisher."


Term = tuple[str, str]
"""A format's own key of figures, and what it says: of prices (CFPRICES, priceType), of averages, of adjustment."""
PX_TERMS = ("CFPRICES", "STOCKFA", "SEASADJ", "DAYADJ")
PX_NOTES = ("NOTE", "NOTEX", "VALUENOTE", "VALUENOTEX", "CELLNOTE", "CELLNOTEX")
JSON_TERMS = ("priceType", "measuringType", "adjustment")


@dataclass(frozen=True)
class Cube:
    """A table of cells: one for each combination of the variables' codes, the last variable changing fastest.

    values: a number or null for each cell. symbols: by the cell's number from 0, the symbol in place of a number or beside it: ".."
    withheld, "." cannot occur, "-" nil. periods: texts about the day or the time of the figures. terms: by a code of the contents, or
    under "" of all. further_titles: what else the format's keys call the table.
    """

    title: str
    codes: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, Mapping[str, str]]
    values: pa.Array
    symbols: Mapping[int, str]
    contents: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    updated: str | None = None
    source: str | None = None
    periods: tuple[str, ...] = ()
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    further_titles: tuple[str, ...] = ()

    def rows(self, described: Sequence[str] = ()) -> tuple[list[list[Any]], list[list[int | None]]]:
        """The cells as a sheet, headings first, and the cell numbers in a sheet of the same shape.

        There is a column for each variable, and one for each of the contents. A variable with one code, such as a total, has a column
        only if it is in described. A cell without a number holds its symbol.
        """
        keys = [name for name in self.codes if name != self.contents and (len(self.codes[name]) > 1 or name in described)]
        contents = self.codes[self.contents] if self.contents else ("value",)
        fixed = [name for name in self.codes if name not in keys]
        strides = dict(zip(self.codes, self._strides(), strict=True))
        values = self.values.to_pylist()
        rows: list[list[Any]] = [[*keys, *contents]]
        cells: list[list[int | None]] = [[None] * len(rows[0])]
        steps = [strides[self.contents] * number if self.contents else 0 for number in range(len(contents))]
        if any(len(self.codes[name]) > 1 for name in fixed if name != self.contents):
            raise ValueError("a variable of several codes has a column")
        for places in product(*(range(len(self.codes[name])) for name in keys)):
            first = sum(place * strides[name] for place, name in zip(places, keys, strict=True))
            numbers = [first + step for step in steps]
            figures = [_figure(values[number], self.symbols.get(number, "")) for number in numbers]
            rows.append([*(self.codes[name][place] for place, name in zip(places, keys, strict=True)), *figures])
            cells.append([*(None for _ in keys), *numbers])
        return rows, cells

    def _strides(self) -> Iterator[int]:
        inner = math.prod(len(codes) for codes in self.codes.values())
        for codes in self.codes.values():
            inner //= len(codes)
            yield inner


CONFIDENTIAL = "c"
"""The flag of SDMX, and of Eurostat, for a figure that is withheld."""


def _figure(value: int | float | None, symbol: str) -> int | float | str:
    """The content of a cell. Beside a symbol for no figure, a zero gives the symbol, and another number a text that cannot be read."""
    symbol = ".." if symbol.lower() == CONFIDENTIAL else symbol
    if value is None:
        return symbol
    is_no_figure = bool(symbol) and not symbol.strip(".-")
    return value if not is_no_figure else f"{value} {symbol}" if value else symbol


YEARS = re.compile(r"(?:19|20)\d\d")


def _years_as_codes(codes: dict[str, tuple[str, ...]], labels: dict[str, dict[str, str]]) -> None:
    """Use a variable's texts as its codes if they are years and its codes are not."""
    for variable, texts in labels.items():
        years = tuple(texts.get(code, "") for code in codes[variable])
        if all(map(YEARS.fullmatch, years)) and len(set(years)) == len(years) and not all(map(YEARS.match, codes[variable])):
            codes[variable], labels[variable] = years, {year: year for year in years}


def read_jsonstat(content: bytes, where: str) -> Cube:
    """Read a JSON-stat 2 dataset. Raises DataRefused for another document, and for one that contradicts itself."""
    document = load_json(content, where)
    if not isinstance(document, dict) or document.get("class") != "dataset" or not str(document.get("version", "")).startswith("2"):
        expected = 'an object with version "2.0" and class "dataset"'
        remedy = "Save the table as JSON-stat 2, CSV or Excel where it comes from; other kinds of JSON are not read."
        raise refusal(where, "JSON that is not a dataset of JSON-stat 2", expected, remedy)
    try:
        codes = {str(name): tuple(_codes(document["dimension"][name]["category"])) for name in document["id"]}
        sizes = [int(size) for size in document["size"]]
        labels = {name: {code: str(text) for code, text in _labels(document["dimension"][name]).items()} for name in codes}
        contents = next((str(name) for name in (document.get("role") or {}).get("metric", ()) if name in codes), None)
        described = (document["dimension"][contents]["category"].get("unit") or {}) if contents else {}
        parts = (document, *(document["dimension"][name] for name in codes))
        extensions = [each["extension"] for each in parts if isinstance(each.get("extension"), dict)]
        periods = [text for extension in extensions for _, text in _said(extension, "refperiod")]
        terms = [(code, (key, text)) for extension in extensions for key in JSON_TERMS for code, text in _said(extension, key)]
        units = {str(code): str(unit.get("base", "")) for code, unit in described.items()}
        notes = tuple(_notes(document.get("note"), (document["dimension"][name] for name in codes)))
        named = (document.get("extension") or {}).get("px") or {}
        titles = tuple(str(named[key]) for key in ("contents", "description") if named.get(key))
        figures = document.get("value")
        status = document.get("status") or {}
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        lacks = f" ({error} is missing)" if isinstance(error, KeyError) else ""
        raise _refused(where, f"a dataset whose variables cannot be read{lacks}", "every part that JSON-stat 2 requires") from None
    _years_as_codes(codes, labels)
    cells = _cells(codes, where)
    if sizes != [len(each) for each in codes.values()]:
        raise _refused(where, f"sizes {sizes}", f"as many codes as the variables have: {[len(each) for each in codes.values()]}")
    return Cube(
        title=str(document.get("label") or ""),
        codes=codes,
        labels=labels,
        values=_numbers(figures, cells, where),
        symbols=_symbols(status, cells, where),
        contents=contents,
        units=units,
        notes=notes,
        updated=str(document["updated"]) if document.get("updated") else None,
        source=str(document["source"]) if document.get("source") else None,
        periods=tuple(periods),
        terms=_by_code(terms),
        further_titles=titles,
    )


def _notes(of_all: Any, dimensions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The notes of a dataset of JSON-stat 2, of its variables and of their codes; of a year with the year before them."""
    yield from _listed(of_all)
    for dimension in dimensions:
        yield from _listed(dimension.get("note"))
        for code, notes in (dimension["category"].get("note") or {}).items():
            yield from (_of_code(str(code), note) for note in _listed(notes))


def _listed(notes: Any) -> list[str]:
    return [notes] if isinstance(notes, str) else [str(note) for note in notes or ()]


def _of_code(code: str, note: str) -> str:
    return f"{code}: {note}" if YEARS.fullmatch(code) else note


def _said(extension: Mapping[str, Any], key: str) -> list[tuple[str, str]]:
    """What an extension of JSON-stat 2 says under a key, by code, or of all codes under ""."""
    said = extension.get(key, {})
    return [(str(code), str(text)) for code, text in (said.items() if isinstance(said, dict) else [("", said)])]


def load_json(content: bytes, where: str) -> Any:
    """A JSON document, without NaN or Infinity. Raises DataRefused."""
    if len(content) > LARGEST_BYTES:
        raise _refused(where, f"{len(content) / 1e6:,.0f} MB of JSON", f"at most {LARGEST_BYTES / 1e6:,.0f} MB")
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_constant=_no_number, parse_float=_finite)
        if LONE.search(content):
            json.dumps(document, ensure_ascii=False).encode()
        return document
    except json.JSONDecodeError as error:
        found = f"incomplete or damaged JSON, from line {error.lineno}, character {error.colno}"
        raise _refused(where, found, "a JSON document") from None
    except (ValueError, RecursionError) as error:
        causes = {RecursionError: "nested too deeply", UnicodeDecodeError: "not UTF-8", UnicodeEncodeError: "half of a character"}
        cause = causes.get(type(error), str(error))
        raise _refused(where, f"incomplete or damaged JSON ({cause})", "a JSON document") from None


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> float:
    raise ValueError(f"{text}, which is not a number in JSON")


def _codes(category: Mapping[str, Any]) -> list[str]:
    index = category.get("index")
    if index is None:
        return [str(code) for code in category["label"]]
    return [str(code) for code in (sorted(index, key=lambda code: int(index[code])) if isinstance(index, dict) else index)]


def _labels(dimension: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = dimension["category"].get("label") or {}
    if not isinstance(labels, dict):
        raise TypeError("labels that are not an object")
    return labels


def _cells(codes: Mapping[str, Sequence[str]], where: str) -> int:
    cells = math.prod(len(each) for each in codes.values())
    if len(codes) > MOST_VARIABLES or cells > LARGEST_CUBE:
        raise _refused(where, f"{len(codes)} variables and {cells:,} cells", f"at most {MOST_VARIABLES} and {LARGEST_CUBE:,}")
    if not codes or not cells:
        raise _refused(where, "no cell", "a table with cells")
    for name, each in codes.items():
        if len(set(each)) < len(each):
            raise _refused(where, f"a code twice in {name}", "each code once")
    return cells


def _numbers(content: Any, cells: int, where: str) -> pa.Array:
    if isinstance(content, dict):
        dense: list[Any] = [None] * cells
        for number, value in content.items():
            if not str(number).isdecimal() or int(number) >= cells:
                raise _refused(where, f"a value for the cell {number!r}", f"cells from 0 to {cells - 1}")
            dense[int(number)] = value
        content = dense
    if not isinstance(content, list) or len(content) != cells:
        found = f"{len(content):,} values" if isinstance(content, list) else "no list of values"
        raise _refused(where, found, f"{cells:,} values, one for each combination of codes")
    try:
        values = pa.array(content)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        values = pa.array([""])
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_null(values.type):
        return values
    is_number = [value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in content]
    found = (
        "a number too large for any table" if all(is_number) else f"{content[is_number.index(False)]!r} as value {is_number.index(False)}"
    )
    raise _refused(where, found, "a number or null")


def _symbols(status: Any, cells: int, where: str) -> dict[int, str]:
    if isinstance(status, str):
        return dict.fromkeys(range(cells), status)
    pairs = enumerate(status) if isinstance(status, list) else status.items() if isinstance(status, dict) else [("", status)]
    symbols = {}
    for number, symbol in pairs:
        if not str(number).isdecimal() or int(number) >= cells or not isinstance(symbol, str | None):
            raise _refused(where, f"the status {symbol!r} of the cell {number!r}", f"a symbol for cells from 0 to {cells - 1}")
        if symbol:
            symbols[int(number)] = symbol
    return symbols


STATEMENT = re.compile(
    r'(?P<key>[^";=]*+(?:"[^"]*+"[^";=]*+)*+)=(?P<value>[^";]*+(?:"[^"]*+"[^";]*+)*+)(?:;|\Z)|[^";]*+(?:"[^"]*+"[^";]*+)*+(?:;|\Z)'
)
"""A key and a value up to the next semicolon outside quotation marks, or another text up to it. Each character is read once."""
KEY = re.compile(r'\s*(?P<key>[A-Z][A-Z0-9-]*)(?:\[(?P<language>\w+)\])?(?:\((?P<of>(?:"[^"]*"|[^")])*)\))?\s*')
LONGEST_KEY = 10_000
CODEPAGE = re.compile(rb'CODEPAGE\s*=\s*"([\w-]+)"', re.IGNORECASE)
TEXT = re.compile(r'"([^"]*)"')


def read_px(content: bytes, where: str) -> Cube:
    """Read a PX file. Raises DataRefused for another file, and for one that contradicts itself."""
    if len(content) > LARGEST_BYTES:
        raise _refused(where, f"{len(content) / 1e6:,.0f} MB", f"at most {LARGEST_BYTES / 1e6:,.0f} MB")
    text = _px_text(content, where)
    keywords: dict[tuple[str, str], list[str]] = {}
    language = re.search(r'(?:^|\n)\s*LANGUAGE\s*=\s*"(\w+)"', text)
    data: str | None = None
    position = 0
    while data is None and position < len(text) and (found := STATEMENT.match(text, position)):
        position = found.end() if found.end() > position else len(text)
        key = KEY.fullmatch(found["key"]) if found["key"] is not None and len(found["key"]) <= LONGEST_KEY else None
        if key and key["key"] == "DATA":
            data = found["value"]
        elif key and (not key["language"] or (language and key["language"] == language[1])):
            keywords.setdefault((key["key"], "\n".join(_texts(key["of"] or ""))), _texts(found["value"]) or [found["value"].strip()])
    # Without a semicolon at the end, only the end of a line shows that the last cell is whole.
    is_whole = data is not None and (text[:position].endswith(";") or data[-1:].isspace())
    if data is None or not is_whole:
        raise _refused(where, "an incomplete PX file", "DATA= with all cells, and a semicolon or the end of a line after the last")
    if any(key == "KEYS" for key, _ in keywords):
        raise _refused(where, "cells by KEYS", "all cells in order", "Ask the publisher for the table without KEYS, or as JSON-stat 2.")
    variables = [*keywords.get(("STUB", ""), []), *keywords.get(("HEADING", ""), [])]
    unknown = [name for name in variables if ("VALUES", name) not in keywords]
    if not variables or unknown:
        raise _refused(where, f"no VALUES for {', '.join(unknown) or 'any variable'}", "STUB and HEADING, and VALUES for each of them")
    codes = {name: tuple(keywords.get(("CODES", name)) or keywords[("VALUES", name)]) for name in variables}
    labels = {name: dict(zip(codes[name], keywords[("VALUES", name)], strict=False)) for name in variables}
    _years_as_codes(codes, labels)
    cells = _cells(codes, where)
    tokens = re.findall(r'"[^"]*"|[^\s"]+', data)
    if len(tokens) != cells:
        raise _refused(where, f"{len(tokens):,} cells", f"{cells:,}, one for each combination of codes")
    numbers: list[int | float | None] = []
    symbols: dict[int, str] = {}
    for number, token in enumerate(tokens):
        try:
            numbers.append(int(token) if token.lstrip("-").isdigit() else float(token))
        except ValueError:
            numbers.append(None)
            symbols[number] = _px_symbol(token.strip('"'), keywords)

    def first(key: str) -> str | None:
        return next(iter(keywords.get((key, ""), ())), None)

    contents = first("CONTVARIABLE")
    return Cube(
        title=first("TITLE") or first("DESCRIPTION") or "",
        codes=codes,
        labels=labels,
        values=_numbers(numbers, cells, where),
        symbols=symbols,
        contents=contents if contents in codes else None,
        units={of: texts[0] for (key, of), texts in keywords.items() if key == "UNITS"},
        notes=tuple(_of_code(of.rpartition("\n")[2], texts[0]) for (key, of), texts in keywords.items() if key in PX_NOTES),
        updated=first("LAST-UPDATED"),
        source=first("SOURCE"),
        periods=tuple(texts[0] for (key, _), texts in keywords.items() if key == "REFPERIOD"),
        terms=_by_code((of, (key, texts[0].upper())) for (key, of), texts in keywords.items() if key in PX_TERMS),
        further_titles=tuple(text for text in (first("CONTENTS"), first("DESCRIPTION")) if text),
    )


def _by_code(terms: Iterable[tuple[str, Term]]) -> dict[str, tuple[Term, ...]]:
    by_code: dict[str, tuple[Term, ...]] = {}
    for code, term in terms:
        by_code[code] = (*by_code.get(code, ()), term)
    return by_code


def _px_symbol(symbol: str, keywords: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """The text of a symbol in the data: the file may declare another one for a number of points, or a dash."""
    number = "NIL" if symbol == "-" else str(len(symbol)) if symbol and not symbol.strip(".") else None
    return next(iter(keywords.get((f"DATASYMBOL{number}", ""), [symbol])), symbol) if number else symbol


def _px_text(content: bytes, where: str) -> str:
    named = CODEPAGE.search(content[:4000])
    encoding = named[1].decode("ascii") if named else _px_encoding(content)
    try:
        return content.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding).replace("\r\n", "\n")
    except (UnicodeDecodeError, LookupError):
        raise _refused(where, f"bytes that are not {encoding}", "text in the CODEPAGE that the file names") from None


def _px_encoding(content: bytes) -> str:
    """The encoding of a file that names none: UTF-8 if it is valid, else that of Windows or DOS, whichever gives more letters."""
    for encoding in ("utf-8-sig", "ascii"):
        with contextlib.suppress(UnicodeDecodeError):
            content.decode(encoding)
            return encoding
    candidates = ("iso-8859-15", "cp850")
    head = content[:100_000]
    return min(candidates, key=lambda each: sum(not sign.isalpha() for sign in head.decode(each) if sign > "\x7f"))


def _texts(value: str) -> list[str]:
    """The texts of a value. A comma separates two texts; without one, the second continues the first."""
    texts: list[str] = []
    end = 0
    for found in TEXT.finditer(value):
        if texts and "," not in value[end : found.start()]:
            texts[-1] += found[1]
        else:
            texts.append(found[1])
        end = found.end()
    return texts


def _refused(where: str, found: str, expected: str, remedy: str = FETCH_AGAIN) -> DataRefused:
    return refusal(where, found, expected, remedy)
