"""Made projects of any size: so many regions, indicators and years, to measure how the pipeline grows.

`python bench/worlds.py FOLDER --regions 290 --indicators 12 --years 15` writes a project: its catalogue with a map of squares, its award
and its raw files. `cd FOLDER && exportregion run --award made` runs it. The same arguments make the same files.
"""

import argparse
import csv
import hashlib
import json
import random
from pathlib import Path

LAST = 2024
"""The last year of the data."""


def world(folder: Path, regions: int, indicators: int, years: int, seed: int = 1) -> None:
    """Write a project of so many regions, indicators and years."""
    codes = [f"{number:05}" for number in range(1, regions + 1)]
    period = list(range(LAST - years + 1, LAST + 1))
    quantities = [f"q{number:02}" for number in range(1, indicators + 1)]
    files = {**_catalogue(codes, quantities), "awards/made.toml": _award(quantities, period)}
    tables: dict[str, list[tuple[object, ...]]] = {
        "regions": [("region_code", "region_name"), (_whole(), "Landet"), *((code, f"Kommun {int(code)}") for code in codes)],
        **_figures(codes, quantities, period, random.Random(seed)),
    }
    for name, rows in tables.items():
        place = folder / f"data/raw/{name}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    files["data/raw/sources.toml"] = "\n".join(_source(folder, name, list(map(str, rows[0]))) for name, rows in tables.items())
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _whole() -> str:
    return "00000"


def _figures(codes: list[str], quantities: list[str], period: list[int], chance: random.Random) -> dict[str, list[tuple[object, ...]]]:
    """Inhabitants, and each quantity, by region and year: every region grows by a rate of its own, and by chance; the whole is the sum."""
    population: list[tuple[object, ...]] = [("region_code", "year", "population")]
    trade: list[tuple[object, ...]] = [("region_code", "year", *quantities)]
    sums = {year: [0] * (1 + len(quantities)) for year in period}
    for code in codes:
        levels = [int(1_000 * 10 ** chance.uniform(0.3, 2.5))]
        levels += [int(levels[0] * chance.lognormvariate(3, 0.6)) for _ in quantities]
        rates = [chance.gauss(0.005, 0.005), *(chance.gauss(0.04, 0.03) for _ in quantities)]
        for year in period:
            levels = [
                max(1, int(level * (1 + rate) * chance.lognormvariate(0, 0.002 if place == 0 else 0.05)))
                for place, (level, rate) in enumerate(zip(levels, rates, strict=True))
            ]
            sums[year] = [total + level for total, level in zip(sums[year], levels, strict=True)]
            population.append((code, year, levels[0]))
            trade.append((code, year, *levels[1:]))
    for year in period:
        population.append((_whole(), year, sums[year][0]))
        trade.append((_whole(), year, *sums[year][1:]))
    return {"population": population, "trade": trade}


def _source(folder: Path, name: str, columns: list[str]) -> str:
    sha256 = hashlib.sha256((folder / f"data/raw/{name}.csv").read_bytes()).hexdigest()
    unit = 'unit = "SEK"\n' if name == "trade" else ""
    return f"""[{name}]
table = "{name}"
file = "{name}.csv"
title = "Påhittade uppgifter: {name}"
covers = "alla regioner"
kind = "illustrative"
publisher = "exportregion"
page = "bench/worlds.py"
retrieved = 2025-01-31
licence = "MIT"
sha256 = "{sha256}"

[{name}.read]
{unit}columns = {{ {", ".join(f'{column} = "{column}"' for column in columns)} }}
"""


def _award(quantities: list[str], period: list[int]) -> str:
    indicators = "".join(
        f"""
[[indicators]]
measure = "{name}_per_capita"
as = "{"growth" if place % 2 == 0 else "level"}"
weight = "1/{len(quantities)}"
direction = "higher"
reason = "Påhittat."
"""
        for place, name in enumerate(quantities)
    )
    return f"""title = "Påhittad omgång"
geography = "squares"
years = {{ first = {period[0]}, last = {period[-1]} }}
window = {{ base = {period[0]}, final = {period[-1]}, reason = "Påhittat." }}

[ranking]
candidates = 3
denominator = "year-end"
normalisation = "min-max"
aggregation = "arithmetic"
ties = "min"
reason = "Påhittat."
{indicators}
[validation]
largest_yearly_factor = 3.0
largest_published_factor = 2.0

[robustness]
draws = 10000
joint_draws = 1024
seed = 1
robust_share = 0.9
marginal_share = 0.5
near_share = 0.1

[peers]
measures = ["inhabitants", "{quantities[0]}_per_capita"]
count = 5
reason = "Påhittat."

[report]
small_base_share = 0.5

[[robustness.scenarios]]
name = "Exporten fel med 2 %"
relative_errors = {{ trade = 0.02 }}
reason = "Påhittat."
"""


def _catalogue(codes: list[str], quantities: list[str]) -> dict[str, str]:
    """The files of the catalogue, by their places: squares in rows, each quantity a sum of money, and each per inhabitant."""
    across = int(len(codes) ** 0.5) + 1
    features = []
    for place, code in enumerate(codes):
        west, south = 12 + 10 * (place % across) / across, 56 + 8 * (place // across) / across
        east, north = west + 9 / across, south + 7 / across
        corners = [[round(x, 3), round(y, 3)] for x, y in [(west, south), (east, south), (east, north), (west, north), (west, south)]]
        geometry = {"type": "MultiPolygon", "coordinates": [[corners]]}
        features.append({"type": "Feature", "properties": {"region_code": code}, "geometry": geometry})
    files = {
        "catalogue/geographies/squares.toml": f"""code = '\\d{{5}}'
whole = "{_whole()}"
count = {len(codes)}
currency = "SEK"
outlines = "squares.geojson"

[map]
parallels = [57, 63]
rotate = [-17, 0]
scale = 2200
translate = [390, 1360]
width = 600
height = 400
room = 180

[units]
million = 'msek|million sek'
thousand = 'tsek|thousand sek'
one = '\\bsek\\b'

[sv]
noun = "kommun"
a_noun = "en kommun"
the_noun = "kommunen"
nouns = "kommuner"
the_nouns = "kommunerna"
code = "kommunkod"
whole = "riket"
the_whole = "hela riket"
money = "kronor"
money_short = "kr"
million_short = "mkr"
thousand_short = "tkr"

[en]
noun = "municipality"
a_noun = "a municipality"
the_noun = "the municipality"
nouns = "municipalities"
the_nouns = "the municipalities"
code = "municipality code"
whole = "the nation"
the_whole = "the whole nation"
money = "SEK"
money_short = "SEK"
million_short = "MSEK"
thousand_short = "TSEK"
""",
        "catalogue/geographies/squares.geojson": json.dumps(
            {"type": "FeatureCollection", "source": "Påhittade rutor", "features": features}, ensure_ascii=False
        ),
        "catalogue/statistics/population.toml": """meaning = "Inhabitants by region and year"
at_year_end = true

[quantities.population]
kind = "count"
of = "persons"
meaning = "Inhabitants at the end of the year"
above_zero = true
adds_up_over = ["regions"]

[sv]
name = "Folkmängd"
quantities = { population = "invånare" }

[en]
name = "Population"
quantities = { population = "inhabitants" }
""",
        "catalogue/measures/inhabitants.toml": """cells = { statistic = "population", quantity = "population" }
unit = "count"

[sv]
name = "Invånare"
unit = "personer"

[en]
name = "Inhabitants"
unit = "persons"
""",
        "catalogue/statistics/trade.toml": 'meaning = "Exports by region and year"\n'
        + "".join(f'\n[quantities.{name}]\nkind = "money"\nmeaning = "Exports {name}"\nadds_up_over = ["regions"]\n' for name in quantities)
        + '\n[sv]\nname = "Export"\n\n[sv.quantities]\n'
        + "".join(f'{name} = "export {name}"\n' for name in quantities)
        + '\n[en]\nname = "Exports"\n\n[en.quantities]\n'
        + "".join(f'{name} = "exports {name}"\n' for name in quantities),
    }
    for name in quantities:
        files[f"catalogue/measures/{name}.toml"] = f"""cells = {{ statistic = "trade", quantity = "{name}" }}
unit = "money"

[sv]
name = "Export {name}"
unit = "kronor"

[en]
name = "Exports {name}"
unit = "SEK"
"""
        files[f"catalogue/measures/{name}_per_capita.toml"] = _per_inhabitant(name)
    return files


def _per_inhabitant(name: str) -> str:
    """A measure per inhabitant with its words, as level and growth."""
    return f"""over = {{ measure = "{name}", by = "inhabitants" }}
unit = "money"

[sv]
name = "Export {name} per invånare"
unit = "kronor per invånare"

[sv.level]
label = "Export {name} per invånare"
level = "Exporten {name} per invånare i {{region}} var {{value}} år {{final_year}}."

[sv.growth]
label = "Tillväxt i export {name} per invånare"
up = "Exporten {name} per invånare i {{region}} ökade med {{value}} mellan {{base_year}} och {{final_year}}, från {{base}} till {{final}}."
down = "Exporten {name} per invånare i {{region}} minskade med {{value}} {{base_year}}–{{final_year}}, från {{base}} till {{final}}."
same = "Exporten {name} per invånare i {{region}} var densamma från {{base_year}} till {{final_year}}: {{final}}."

[en]
name = "Exports {name} per inhabitant"
unit = "SEK per inhabitant"

[en.level]
label = "Exports {name} per inhabitant"
level = "Exports {name} per inhabitant in {{region}} were {{value}} in {{final_year}}."

[en.growth]
label = "Growth in exports {name} per inhabitant"
up = "Exports {name} per inhabitant in {{region}} grew by {{value}} between {{base_year}} and {{final_year}}, from {{base}} to {{final}}."
down = "Exports {name} per inhabitant in {{region}} fell by {{value}} between {{base_year}} and {{final_year}}, from {{base}} to {{final}}."
same = "Exports {name} per inhabitant in {{region}} were the same in {{base_year}} and {{final_year}}, from {{base}} to {{final}}."
"""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Write a made project.")
    arguments.add_argument("folder", type=Path)
    for of, size in {"regions": 290, "indicators": 12, "years": 15, "seed": 1}.items():
        arguments.add_argument(f"--{of}", type=int, default=size)
    asked = arguments.parse_args()
    world(asked.folder, asked.regions, asked.indicators, asked.years, asked.seed)
