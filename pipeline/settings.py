"""Settings in TOML: closed models, the types of their fields, and the function that reads them."""

import datetime
import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from pipeline.faults import DataRefused, Fault, of_system, refusal, refuse

LARGEST_FILE = 5_000_000
LONGEST_TEXT = 10_000
LONGEST_QUOTE = 200
LARGEST_NUMBER = 2**63 - 1
LEAST_NUMBER = Decimal("1e-15")


PLAINLY = {
    "^(Value error|Assertion failed), ": "",
    "^Input should be ": "",
    "^String should have at least 1 character": "a text that is not empty",
    "^String should have at (least|most) ": r"a text of at \1 ",
    "^String should match pattern": "a text of the pattern",
    "^(List|Tuple|Set|Dictionary) should have at (least|most) 1 item .*": r"at \2 one entry",
    "^(List|Tuple|Set|Dictionary) should have at (least|most) ([0-9]+) items .*": r"at \2 \3 entries",
    "^Keys should be strings": "keys that are texts",
    "^Datetimes? .*": "a day without a time",
    "^Decimal input should have no more than": "at most",
    "^Decimal input should be .*": "a number",
    "(a valid dictionary|an object).*": "a table",
    "a valid integer.*": "a whole number",
    "a (valid|finite) (number|decimal).*": "a number",
    "a valid string.*": "a text",
    "a valid boolean.*": "true or false",
    "a valid (list|tuple|array).*": "a list",
    "a valid date.*": "a day without quotes, as in 2026-11-23",
    "^None": "nothing",
    "^Field required": "a value",
    "^Extra inputs are not permitted": "no such key",
    "^greater than or equal to": "at least",
    "^less than or equal to": "at most",
    "^greater than": "more than",
}
"""pydantic's words, and what they are in an error message."""


class Closed(BaseModel):
    """A model that does not change, and refuses unknown keys. pydantic builds its validator when it is first needed: those of models
    within others never are."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed. Cached properties are computed again, not copied."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy

    @classmethod
    def place(cls, loc: tuple[int | str, ...], content: dict[str, Any]) -> tuple[int | str, ...]:
        """The keys and positions that lead to a value of the model in a file's content."""
        return loc


class WholeFile(Closed):
    """A model of a whole file, with its bytes; None if there is no file."""

    content: bytes | None = Field(default=None, exclude=True, repr=False)

    @property
    def sha256(self) -> str:
        """The checksum of the bytes that were read; empty where there is no file."""
        return "" if self.content is None else hashlib.sha256(self.content).hexdigest()


def _prose(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


def is_within(path: str) -> bool:
    """Whether a path, with / between its parts, stays inside the folder that it is relative to."""
    return bool(path) and not (re.match(r"/|[A-Za-z]:", path) or "\\" in path or "\0" in path or ".." in path.split("/"))


def on_the_web(address: str) -> bool:
    """Whether a text is an address on the web, without characters that an address cannot have."""
    return bool(re.fullmatch(r'https?://[^\s<>"{}|\\^`]+', address))


def _on_the_web(address: str) -> str:
    if not on_the_web(address):
        raise ValueError("an address that begins with https:// or http:// and has no spaces")
    return address


def _folder(address: str) -> str:
    if not address.endswith("/"):
        raise ValueError("the address of the folder of results, which ends with /")
    return address


Text = Annotated[str, Field(min_length=1)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
"""A text for a heading, the properties of a file, or a label in a chart."""
RoundName = Annotated[str, Field(pattern=r"^\w[\w-]*$", max_length=100)]
"""The name of a round: that of its award file, without .toml."""
Year = Annotated[int, Field(ge=1900, le=2100, strict=True)]
Prose = Annotated[str, AfterValidator(_prose)]
WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_on_the_web)]
WebFolder = Annotated[WebAddress, AfterValidator(_folder)]
Day = Annotated[datetime.date, Field(strict=True, ge=datetime.date(1900, 1, 1), le=datetime.date(2100, 12, 31))]


EXACT = re.compile(r"[-+]?(\d{1,30}(/\d{1,30})?|\d{0,30}\.\d{1,30})(e[-+]?\d)?", re.IGNORECASE)
"""How a weight is written in quotes. What is longer would take a time without end to become a fraction."""


def _exact(weight: Any) -> Fraction:
    is_number = isinstance(weight, int | Decimal) and not isinstance(weight, bool)
    if not is_number and not (isinstance(weight, str) and EXACT.fullmatch(weight.strip())):
        raise ValueError('a weight, a number or a fraction such as "1/3"')
    try:
        return Fraction(weight)
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError('a weight, a number or a fraction such as "1/3"') from None


def _one_message(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        longest = next((problem["ctx"]["max_length"] for problem in error.errors() if problem["type"] == "string_too_long"), None)
        most = f" of at most {longest} characters" if longest else ""
        words = f'a text{most}, or one in each language: {{ sv = "…", en = "…" }}'
        raise PydanticCustomError("words", "{words}", {"words": words}) from None


Words = Annotated[Text | dict[Literal["sv", "en"], Text], WrapValidator(_one_message)]
"""A text in Swedish, or in each language: { sv = "…", en = "…" }."""
ShortWords = Annotated[ShortText | dict[Literal["sv", "en"], ShortText], WrapValidator(_one_message)]
Weight = Annotated[Fraction, BeforeValidator(_exact)]

NO_TOML = {
    "Cannot|Duplicate": "a key or table that the file already has",
    r"Illegal character '\\n'": "a quotation mark that is not closed",
    "Expected '='|Invalid statement|Invalid initial": "no key with its value, table or comment",
    "Invalid value .*at end of document": "a value that is missing, or a bracket or quotation mark that is not closed",
    "Invalid value|Invalid date": "a value that is no number, date, true, false, text in quotes, or list or table of these",
    "Expected newline": "text after the end of a value",
    ".*at end of document|Unclosed|Unterminated|Expected": "a bracket or quotation mark that is not closed",
}
"""tomllib's words, and what they are in an error message."""
COMMA = re.compile(r"(?P<key>[\w.-]+)\s*=\s*(?P<whole>[-+]?\d+),(?P<rest>\d+)")
"""A number with a decimal comma, which ends a value in TOML."""

Model = TypeVar("Model", bound=Closed)


def load(model: type[Model], path: Path, **more: Any) -> Model:
    """Read a TOML file as a model. more: fields that the file may not set. Raises DataRefused with every fault of the file."""
    try:
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            found, most = f"{path.stat().st_size / 1e6:,.0f} MB", f"at most {LARGEST_FILE / 1e6:,.0f} MB of settings"
            raise refusal(str(path), found, most, "Name the right file.")
        read = path.read_bytes()
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError | IsADirectoryError)
        remedy = "Name an existing file." if is_missing else "Check its permissions."
        raise refusal(str(path), of_system(error), "a readable file", remedy) from None
    try:
        content = tomllib.loads(read.decode("utf-8-sig"), parse_float=Decimal)
        faults = [Fault(f"{path}, {place}", found, expected, remedy) for place, found, expected, remedy in _beyond_bounds(content, "")]
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise DataRefused([_no_toml(path, read, error)]) from None
    if issubclass(model, WholeFile):
        more["content"] = read
    clash = sorted(set(more) & set(content))
    if clash:
        faults.append(Fault(f"{path}, {clash[0]}", f"unknown key {clash[0]!r}", "only keys that belong in this file", "Remove it."))
    refuse(faults)
    try:
        return model.model_validate({**content, **more})
    except ValidationError as error:
        problems = error.errors()
        own = [one for one in problems if one["type"] != "too_short" or not any(_is_within(other, one) for other in problems)]
        raise DataRefused([_fault(path, model, problem, content, set(more)) for problem in own]) from None


def _no_toml(path: Path, read: bytes, error: Exception) -> Fault:
    """Why a file cannot be read as TOML, and in which line."""
    if isinstance(error, UnicodeDecodeError):
        number = error.object[: error.start].count(b"\n") + 1
        found = f"the byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        return Fault(f"{path}, line {number}", found, "a TOML file in UTF-8", "Save the file in UTF-8.")
    if not isinstance(error, tomllib.TOMLDecodeError):
        found = "tables or lists nested too deeply" if isinstance(error, RecursionError) else "a number of too many digits"
        return Fault(str(path), found, "settings as the documentation shows them", "Correct the file.")
    lines = read.decode("utf-8-sig").rstrip().split("\n")
    place = re.search(r"at line (\d+)", str(error))
    number = min(int(place[1]), len(lines)) if place else len(lines)
    if comma := COMMA.search(lines[number - 1]):
        found, remedy = f"{comma['whole']},{comma['rest']} with a decimal comma", f"{comma['whole']}.{comma['rest']}"
        return Fault(f"{path}, line {number}, {comma['key']}", found, "a number", f"Write a decimal point: {remedy}.")
    found = next((plain for pattern, plain in NO_TOML.items() if re.match(pattern, str(error))), "a sign that TOML does not allow there")
    return Fault(
        f"{path}, line {number}", f"{found}, in {_quotation(lines[number - 1].strip())}", "TOML", "Correct this line or the one before."
    )


def _is_within(problem: Any, outer: Any) -> bool:
    """Whether a problem lies inside the value that another one is about."""
    return len(problem["loc"]) > len(outer["loc"]) and problem["loc"][: len(outer["loc"])] == outer["loc"]


def refuse_other_kind(path: Path, key: str, found: str, expected: str, command: str) -> None:
    """Refuse a file of another kind than a command reads, which a key of the file tells."""
    try:
        is_other = key in tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return
    if is_other:
        raise refusal(str(path), found, expected, f"`exportregion {command}` takes it.")


def _beyond_bounds(value: Any, place: str) -> Iterator[tuple[str, str, str, str]]:
    """Numbers and texts beyond the bounds of every setting: place, what was found and expected, and the remedy."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _beyond_bounds(inner, f"{place}.{key[:100]}".removeprefix("."))
            if len(key) > LONGEST_TEXT:
                yield f"{place}.{key[:100]}…".removeprefix("."), f"a key of {len(key):,} characters", "a short key", "Correct the key."
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _beyond_bounds(inner, f"{place}.{number}")
    elif isinstance(value, str) and len(value) > LONGEST_TEXT:
        yield place, f"a text of {len(value):,} characters", f"at most {LONGEST_TEXT:,}", "Shorten the text."
    elif isinstance(value, int | Decimal) and not _is_bounded(value):
        is_number = isinstance(value, int) or value.is_finite()
        found = "a number that is too large or too small" if is_number else f"{value}, which is no number"
        yield place, found, f"a number up to {LARGEST_NUMBER:,}", "Correct the value."


def _is_bounded(number: int | Decimal) -> bool:
    if isinstance(number, int):
        return abs(number) <= LARGEST_NUMBER
    size = number.copy_abs()
    return number.is_finite() and (not number or LEAST_NUMBER <= size <= LARGEST_NUMBER) and len(number.as_tuple().digits) <= 50


def _fault(path: Path, model: type[Closed], problem: Any, content: dict[str, Any], more: set[str]) -> Fault:
    loc = model.place(tuple(part for part in problem["loc"] if part != "[key]"), content)
    where = f"{path}, {'.'.join(str(part + 1) if isinstance(part, int) else part for part in loc)}" if loc else str(path)
    if problem["type"] == "extra_forbidden":
        keys = _keys(model, problem["loc"][:-1], more)
        close = difflib.get_close_matches(str(loc[-1]), keys, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else "Remove it, or correct its spelling."
        return Fault(where, f"unknown key {loc[-1]!r}", f"one of {', '.join(keys)}", hint)
    if problem["type"] == "missing":
        return Fault(where, "nothing", f"the key {loc[-1]!r}", "Add it.")
    if problem["type"] in ("too_long", "string_too_long"):
        kind = "entries" if problem["type"] == "too_long" else "characters"
        most = problem["ctx"]["max_length"]
        return Fault(
            where, f"{len(problem['input']):,} {kind}", f"at most {most:,}", "Leave some out." if kind == "entries" else "Shorten the text."
        )
    message = problem["msg"].removeprefix("Value error, ")
    if isinstance(problem["input"], dict | list | tuple):
        if problem["type"] == "value_error":
            found, _, rule = message.partition("; they must ")
            if rule:
                return Fault(where, found, f"that they {rule}", "Correct one of them.")
            if " must " in message:
                rule = message.replace(" must not ", " not to ").replace(" must ", " to ")
                return Fault(where, "values that do not go together", rule, "Correct one of them.")
            return Fault(where, message, "values that go together", "Correct one of them.")
        kind = "a table" if isinstance(problem["input"], dict) else "a list"
        return Fault(where, kind, plainly(message), "Correct the value.")
    is_comma = isinstance(problem["input"], str) and re.fullmatch(r"\s*-?\d+,\d+\s*", problem["input"])
    remedy = f"Write a decimal point: {problem['input'].strip().replace(',', '.')}, without quotes." if is_comma else "Correct the value."
    if problem["type"] == "string_type":
        remedy = f'Write it in quotes: "{_in_toml(problem["input"])}".'
    return Fault(where, _quotation(problem["input"]), plainly(message), remedy)


def plainly(message: str) -> str:
    """What a model expects, in the words of someone who fills in a file."""
    for pattern, plain in PLAINLY.items():
        message = re.sub(pattern, plain, message)
    return message[0].lower() + message[1:]


def first_problem(error: ValidationError) -> str:
    """Where the first fault of a document is, and what was expected there."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: expected {plainly(first['msg'])}"


def in_plain_words(message: str) -> str:
    """What is wrong with an option's value, in the words of someone who writes a command. A message of ours stays as it is."""
    if message.startswith("Input should be "):
        return f"expected {plainly(message)}"
    return message.removeprefix("Value error, ")


def _in_toml(value: Any) -> str:
    """A number, a truth value or a time as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else "nothing" if value is None else str(value)


def _quotation(value: Any) -> str:
    """A value as a fault quotes it; of a long one, the beginning."""
    text = repr(value) if isinstance(value, str) else _in_toml(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}… ({len(text):,} characters)"


def _keys(root: type[Closed], loc: tuple[int | str, ...], more: set[str]) -> list[str]:
    """The keys that a file may have at loc: those of the model there, without those that the file may not set."""
    model = root
    for part in loc:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        arguments = [argument for argument in getattr(field.annotation, "__args__", (field.annotation,)) if isinstance(argument, type)]
        model = next((argument for argument in arguments if issubclass(argument, Closed)), model)
    return sorted(set(model.model_fields) - (more if model is root else set()))
