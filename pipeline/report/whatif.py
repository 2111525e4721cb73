"""What the what-if panel of the HTML report ranks anew in the reader's browser: the award's values in every window, and its words.

whatif.html.j2 embeds it; whatif.js ranks it as ranking/score.py does; whatif.css dresses it.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.award import Award, Indicator, in_language
from pipeline.method import MANY
from pipeline.report.language import Language
from pipeline.report.words import texts

SPOKEN = "whatif.script."
"""What the keys of the texts begin with that the script says."""


def whatif(
    tables: Mapping[str, Sequence[Mapping[str, Any]]], award: Award, language: Language, labels: Mapping[str, str], palette: Sequence[str]
) -> dict[str, Any]:
    """What whatif.html.j2 embeds, as values that JSON knows; numbers unrounded, null for an unknown one.

    Of more regions than have a page each, the award's window alone.
    tables: staging.regions and robustness.windows as rows. labels: each indicator's, in the language. palette: colours, the lowest
    score's first.
    """
    regions = [row for row in tables["staging.regions"] if not row["is_whole"]]
    places = {row["region_code"]: number for number, row in enumerate(sorted(regions, key=lambda row: str(row["region_code"])))}
    names = {row["region_code"]: row["region_name"] for row in regions}
    values: dict[str, dict[str, list[float | None]]] = {indicator.name: {} for indicator in award.indicators}
    windows = set()
    for row in tables["robustness.windows"]:
        window = (row["base_year"], row["final_year"])
        if len(names) > MANY and window != (award.window.base, award.window.final):
            continue
        windows.add(window)
        of_window = values[row["indicator"]].setdefault("-".join(map(str, window)), [None] * len(places))
        of_window[places[row["region_code"]]] = row["indicator_value"]
    parts, step = _parts(award)
    return {
        "award": award.name,
        "language": language.code,
        "regions": [{"code": code, "name": names[code]} for code in places],
        "indicators": [
            {
                "name": indicator.name,
                "lines": _lines(indicator),
                "label": labels[indicator.name],
                "weight": str(indicator.weight),
                "parts": part,
                "direction": indicator.direction,
                "goalposts": indicator.goalposts and indicator.goalposts.model_dump(include={"lowest", "highest", "clip"}),
            }
            for indicator, part in zip(award.indicators, parts, strict=True)
        ],
        "step": step,
        "windows": sorted(windows),
        "window": (award.window.base, award.window.final),
        "window_reason": in_language(award.window.reason, language.code),
        "values": values,
        "ranking": award.ranking.model_dump(include={"normalisation", "aggregation", "ties", "candidates"}),
        "methods": [{"normalisation": one, "aggregation": with_} for one, with_ in award.ranking.alternatives],
        "palette": list(palette),
        "words": {key.removeprefix(SPOKEN): language.say(key) for key in texts(language.code) if key.startswith(SPOKEN)},
    }


def _lines(indicator: Indicator) -> list[str]:
    """What tells an indicator in an award file."""
    keys = {"measure": indicator.measure, "as": indicator.taken, "estimator": indicator.estimator}
    return [f'{key} = "{value}"' for key, value in (keys if indicator.measure else {"name": indicator.name}).items() if value]


def _parts(award: Award) -> tuple[list[int], int]:
    """The weights as whole numbers that keep their proportions exactly, and how many of them are one step of a slider.

    They add up to 100 steps or a little less: 1/3, 1/3, 1/3 are 33, 33, 33.
    """
    whole = math.lcm(*(indicator.weight.denominator for indicator in award.indicators))
    times = max(100 // whole, 1)
    return [int(indicator.weight * whole) * times for indicator in award.indicators], math.ceil(whole * times / 100)
