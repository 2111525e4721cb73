"""The award file of the next round: an earlier one with its years moved, and what is to decide marked."""

from collections.abc import Mapping
from typing import Any

import tomlkit

from pipeline.award import UNDECIDED


def next_award(text: str, name: str, before: str, choices: Mapping[str, str]) -> str:
    """The text of a round's award file, made from an earlier round's, whose names are years.

    The last year of data and the window's final year move by as many years as lie between the rounds; the first year and the
    base stay, as the series allows and the earlier rounds had it. Every reason is marked: to decide; so is the vintage of every source
    that was pinned or has a choice of vintages. choices: of each source what there is to choose, which stands beside the mark. The
    earlier round becomes a predecessor of the new one.
    """
    moved = int(name) - int(before)
    document: Any = tomlkit.parse(text)

    def mark(table: Any, key: str) -> None:
        table[key] = UNDECIDED if key != "reason" else f"{UNDECIDED}. {before}: {table[key]}"

    def reasons(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                mark(value, key) if key == "reason" else reasons(inner)
        elif isinstance(value, list):
            for inner in value:
                reasons(inner)

    reasons(document)
    document["title"] = str(document["title"]).replace(before, name)
    document["years"]["last"] += moved
    document["window"]["final"] += moved
    pins = document.get("vintages", {})
    if choices and "vintages" not in document:
        pins = document["vintages"] = tomlkit.table()
    for source in [*pins, *(source for source in choices if source not in pins)]:
        pins[source] = tomlkit.string(UNDECIDED)
        if source in choices:
            pins[source].comment(choices[source])
    predecessors = document.setdefault("predecessors", tomlkit.table())
    predecessors.setdefault("rounds", tomlkit.array()).append(before)
    predecessors.setdefault("reason", UNDECIDED)
    if "publication" in document:
        for of_the_round in ("issued", "case_number"):
            document["publication"].pop(of_the_round, None)
        document["publication"]["address"] = str(document["publication"]["address"]).replace(before, name)
    head = f"# Made from {before}.toml. What is marked {UNDECIDED} is to decide anew; `exportregion run --award {name}` lists it.\n"
    return head + tomlkit.dumps(document)
