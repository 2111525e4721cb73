"""Settings in TOML: the closed models they are read into, the types their fields share, and the one way they are read."""

import datetime
import difflib
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from pipeline.faults import DataRefused, Fault


class Closed(BaseModel):
    """A model that never changes and knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed. What follows from the fields is worked out again, not copied."""
        copy = super().model_copy(update=update, deep=deep)
        for name in copy.__dict__.keys() - type(self).model_fields.keys():
            del copy.__dict__[name]
        return copy

    @classmethod
    def place(cls, loc: tuple[int | str, ...], content: dict[str, Any]) -> tuple[int | str, ...]:
        """Where in a file's content a value of the model stands: the keys and positions that lead to it."""
        return loc


def _prose(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that says something")
    return text


def on_the_web(address: str) -> bool:
    """Whether a text is an address on the web, with no sign that such an address cannot have."""
    return bool(re.fullmatch(r'https?://[^\s<>"{}|\\^`]+', address))


def _on_the_web(address: str) -> str:
    if not on_the_web(address):
        raise ValueError("an address that begins with https:// or http:// and has no spaces")
    return address


Text = Annotated[str, Field(min_length=1)]
Year = Annotated[int, Field(ge=1900, le=2100, strict=True)]
Prose = Annotated[str, AfterValidator(_prose)]
WebAddress = Annotated[str, Field(max_length=2000), AfterValidator(_on_the_web)]
Day = Annotated[datetime.date, Field(strict=True, ge=datetime.date(1900, 1, 1), le=datetime.date(2100, 12, 31))]


Model = TypeVar("Model", bound=Closed)


def load(model: type[Model], path: Path, **more: Any) -> Model:
    """Read a TOML file as a model; more are fields that no file may say. Raises DataRefused with every fault of the file."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataRefused([Fault(str(path), f"a fault of TOML: {error}", "a TOML file in UTF-8", "Correct the line.")]) from None
    except OSError as error:
        is_none = isinstance(error, FileNotFoundError | IsADirectoryError)
        remedy = "Name an existing file." if is_none else "Check its permissions."
        raise DataRefused([Fault(str(path), error.strerror or str(error), "a readable file", remedy)]) from None
    clash = sorted(set(more) & set(content))
    if clash:
        raise DataRefused([Fault(f"{path}, {clash[0]}", f"unknown key {clash[0]!r}", "only keys that belong in this file", "Remove it.")])
    try:
        return model.model_validate({**content, **more})
    except ValidationError as error:
        raise DataRefused([_fault(path, model, problem, content, set(more)) for problem in error.errors()]) from None


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
    message = problem["msg"].removeprefix("Value error, ")
    if isinstance(problem["input"], dict | list | tuple):
        return Fault(where, message, "values of the right type that agree with one another", "Correct the file.")
    return Fault(where, repr(problem["input"]), message[0].lower() + message[1:], "Correct the value.")


def _keys(root: type[Closed], loc: tuple[int | str, ...], more: set[str]) -> list[str]:
    """The keys that a file may say at loc: those of the model there, but for what the file itself is not asked."""
    model = root
    for part in loc:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        arguments = [argument for argument in getattr(field.annotation, "__args__", (field.annotation,)) if isinstance(argument, type)]
        model = next((argument for argument in arguments if issubclass(argument, Closed)), model)
    return sorted(set(model.model_fields) - (more if model is root else set()))
