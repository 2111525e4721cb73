"""Made-up companies with known stories, added to simulated records, so that one can see whether a shortlist tells them apart.

Half are successes: steady growers that keep entering countries. The others look like them and are none: one large order, one large year,
exports moved within a group, a merger, and imports sold on. stories.csv says who is what; nothing but a test reads it. Import records come
with the stories, those of ordinary companies among them.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.microdata.simulate import COMMODITIES, INDUSTRIES, INDUSTRY_SHARES, PARTNERS, REGION_SHARES, REGIONS, YEARS, writer

STORIES = "stories.csv"
SUCCESS, KIN = "success", "kin"
ILLUSIONS = ("one order", "one year", "moved", "merged", "sold on")
FIRST_NUMBER = 9_600_000_000
"""Above the numbers of simulate.py's enterprises."""
DECLARATIONS = 60
"""Of a company in its first year; as many more as its exports grow."""
LATEST = len(YEARS) - 1


@dataclass
class _Company:
    """A company's exports in millions and number of countries by year; None in years when it is not there.

    order: one declaration more. sold_on: the share of its exports' value that it imports, of the same goods.
    """

    story: str
    exports: list[float]
    countries: list[int]
    employees: list[int | None]
    groups: list[str | None] = field(default_factory=lambda: [None] * len(YEARS))
    workplaces: list[int] = field(default_factory=list)
    order: float = 0.0
    sold_on: float = 0.0
    enterprise_id: str = ""
    industry: str = ""
    region: str = ""


def plant(folder: Path, count: int, seed: int) -> dict[str, int]:
    """Add so many successes, and as many illusions, to the records in a folder. Returns the number of companies by story."""
    random = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 1, count])))
    companies = [company for number in range(count) for company in (_grower(random, SUCCESS), *_illusion(random, number))]
    numbers = FIRST_NUMBER + random.permutation(len(companies) * 11)[: len(companies)]
    for number, company in zip(numbers.tolist(), companies, strict=True):
        company.enterprise_id = f"SE{number}"
        company.industry = str(random.choice(INDUSTRIES, p=INDUSTRY_SHARES))
        company.region = str(random.choice(REGIONS, p=REGION_SHARES))
    owners = {id(company): number for number, company in enumerate(companies)}
    for place, year in enumerate(YEARS):
        there = [company for company in companies if company.employees[place] is not None]
        _write(folder, "enterprises", year, [_registered(company, place) for company in there])
        _write(folder, "establishments", year, [row for company in there for row in _workplaces(company, place, owners[id(company)])])
        declared = {id(company): [*_declared(random, company, place)] for company in there}
        _write(folder, "declarations", year, [row for rows in declared.values() for row in rows])
        _imports(folder, year, random, [row for company in there for row in _imported(company, declared[id(company)])])
    with (folder / STORIES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["enterprise_id", "story"])
        writer.writerows(sorted([company.enterprise_id, company.story] for company in companies))
    stories = [company.story for company in companies]
    return {story: stories.count(story) for story in (SUCCESS, *ILLUSIONS, KIN)}


def _grower(random: np.random.Generator, story: str) -> _Company:
    """Exports grow by 20 to 45 per cent every year, to a country more each year."""
    growth = 1.2 + 0.25 * random.random(LATEST)
    exports = [float(value) for value in random.uniform(8, 40) * np.cumprod([1.0, *growth])]
    staff = int(random.integers(15, 90))
    return _Company(story, exports, [3 + place for place in range(len(YEARS))], [staff + 3 * place for place in range(len(YEARS))])


def _illusion(random: np.random.Generator, number: int) -> tuple[_Company, ...]:
    """A company that looks like a success, and its kin if it has one."""
    if ILLUSIONS[number % len(ILLUSIONS)] == "sold on":
        seller = _grower(random, "sold on")
        seller.sold_on = random.uniform(0.7, 0.95)
        return (seller,)
    base, kin, staff = random.uniform(8, 40), random.uniform(20, 60), int(random.integers(15, 60))
    story = ILLUSIONS[number % len(ILLUSIONS)]
    exports, others = _level(random, base), _level(random, kin)
    happens = int(random.integers(2, LATEST + 1))
    one = _Company(story, exports, [4] * len(YEARS), [staff] * len(YEARS))
    two = _Company(KIN, others, [4] * len(YEARS), [staff] * len(YEARS))
    group = f"G{FIRST_NUMBER + number}"
    match story:
        case "one order":
            one.order = base * random.uniform(1.5, 3)
            return (one,)
        case "one year":
            exports[LATEST] = base * random.uniform(2.5, 4)
            return (one,)
        case "moved":
            one.groups, two.groups = [group] * len(YEARS), [group] * len(YEARS)
            for place in range(happens, len(YEARS)):
                exports[place] += 0.8 * others[place]
                others[place] *= 0.2
        case "merged":
            one.groups = [group if place >= happens - 1 else None for place in range(len(YEARS))]
            two.groups = [group if place == happens - 1 else None for place in range(len(YEARS))]
            for place in range(happens, len(YEARS)):
                exports[place] += others[place]
                one.employees[place], two.employees[place] = 2 * staff, None
            one.workplaces = [place for place in range(len(YEARS)) if place >= happens]
    return one, two


def _level(random: np.random.Generator, millions: float) -> list[float]:
    """The same every year, but for a few per cent."""
    return [float(millions * (1 + 0.04 * random.standard_normal())) for _ in YEARS]


def _registered(company: _Company, place: int) -> dict[str, object]:
    return {
        "enterprise_id": company.enterprise_id,
        "year": YEARS[place],
        "enterprise_group_id": company.groups[place],
        "employees": company.employees[place],
        "industry_code": company.industry,
    }


def _workplaces(company: _Company, place: int, number: int) -> Iterator[dict[str, object]]:
    """Its own workplace; and from the merger on that of its kin, which is the next company."""
    staff = company.employees[place] or 0
    taken = place in company.workplaces
    for owner in (number, number + 1) if taken else (number,):
        yield {
            "establishment_id": f"W{FIRST_NUMBER + owner}",
            "enterprise_id": company.enterprise_id,
            "year": YEARS[place],
            "region_code": company.region,
            "employees": staff // 2 if taken else staff,
            "industry_code": company.industry,
        }


def _declared(random: np.random.Generator, company: _Company, place: int) -> Iterator[dict[str, object]]:
    """The declarations of a year: most of them alike, to the countries that it sells to by then; and its large order in the last year."""
    count = max(12, round(DECLARATIONS * company.exports[place] / company.exports[0]))
    parts = np.exp(0.5 * random.standard_normal(count))
    millions = parts / parts.sum() * company.exports[place]
    begin = int(company.enterprise_id[2:]) % len(PARTNERS)
    for number, amount in enumerate([*millions.tolist(), *([company.order] if company.order and place == LATEST else [])]):
        yield {
            "enterprise_id": company.enterprise_id,
            "year": YEARS[place],
            "month": 1 + number % 12,
            "partner_country": str(PARTNERS[(begin + number % company.countries[place]) % len(PARTNERS)]),
            "commodity_code": str(COMMODITIES[(begin * 31 + number % 3) % len(COMMODITIES)]),
            "value_sek": round(amount * 100_000_000),
        }


def _imported(company: _Company, declared: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """What a company that sells on imports: the goods that it exports, by the ten digits of an import, for less."""
    for row in declared if company.sold_on else []:
        yield {
            **row,
            "commodity_code": str(row["commodity_code"]).ljust(10, "0"),
            "value_sek": round(int(str(row["value_sek"])) * company.sold_on),
            "partner_country": "CN",
        }


def _imports(folder: Path, year: int, random: np.random.Generator, planted: list[dict[str, object]]) -> None:
    """The import records of a year: of ordinary companies as many as they export in two months, of whatever goods; and the planted."""
    (folder / "imports").mkdir(exist_ok=True)
    for file in sorted((folder / "declarations").glob(f"{year}-0[17].parquet")):
        exports = pq.read_table(file)
        for column in ("commodity_code", "partner_country"):
            place = exports.column_names.index(column)
            exports = exports.set_column(place, column, exports[column].take(pa.array(random.permutation(len(exports)))))
        with writer(folder / "imports" / file.name, exports.schema) as made:
            made.write_table(exports)
    if planted:
        _write(folder, "imports", year, planted)


def _write(folder: Path, dataset: str, year: int, rows: list[dict[str, object]]) -> None:
    """A file more of a dataset, with the columns of the others."""
    schema = pq.read_schema(next((folder / dataset).glob(f"{year}*.parquet")))
    table = pa.Table.from_pylist(rows, schema=pa.schema([field for field in schema if field.name != "value_sek"]))
    if "value_sek" in schema.names:
        cents = pa.array([row["value_sek"] for row in rows], pa.int64()).cast(pa.decimal128(19, 0))
        money = pc.multiply(cents, pa.scalar("0.01").cast(pa.decimal128(3, 2))).cast(schema.field("value_sek").type)
        table = table.append_column("value_sek", money)
    with writer(folder / dataset / f"{year}-more.parquet", table.schema) as made:
        made.write_table(table)
