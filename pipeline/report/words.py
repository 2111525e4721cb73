"""The report's texts: texts/<language>.toml, read once, each text under the path of its key, such as "ranking.note"."""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

Code = Literal["sv", "en"]
CODES: tuple[Code, ...] = ("sv", "en")
FOLDER = Path(__file__).parent / "texts"


@functools.cache
def texts(code: Code) -> dict[str, Any]:
    """Every text of a language by its key: a string with its {places}, or a list of strings."""
    return dict(_flat(tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}{key}.")
        else:
            yield path + key, value
