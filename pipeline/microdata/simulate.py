"""Made-up microdata for trials, tests and benchmarks: skewed, grouped, spread over regions, and marked as illustrative.

No figure is about anyone. The shapes follow what is generally known: few enterprises export most, most are small, large ones have
workplaces in several regions, some enter and some leave. The same seed gives the same bytes.
"""

import itertools
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.microdata.datasets import ILLUSTRATIVE, KIND

YEARS = tuple(range(2016, 2022))
ROW_GROUP = 1_000_000
"""Rows made and written at a time: this bounds the memory, whatever the number of declarations."""

INHABITANTS: dict[str, float] = tomllib.loads(Path(__file__).with_name("inhabitants.toml").read_text(encoding="utf-8"))
"""Regions, and roughly the percentage of the inhabitants of each: enterprises are spread alike."""
REGIONS = np.array(list(INHABITANTS))
REGION_SHARES = np.array(list(INHABITANTS.values())) / sum(INHABITANTS.values())
REGION_BOUNDS = np.cumsum(REGION_SHARES)[:-1]
INDUSTRIES = np.array(["01110", "10710", "16101", "22290", "25620", "26110", "28990", "31090", "46690", "46900", "47910", "62010", "70100"])
INDUSTRY_SHARES = np.array([2, 6, 5, 6, 12, 5, 10, 4, 24, 14, 7, 3, 2]) / 100
PARTNERS = np.array(["NO", "DE", "DK", "FI", "US", "GB", "NL", "PL", "FR", "CN", "BE", "IT", "EE", "JP", "AU"])
PARTNER_SHARES = np.array([16, 14, 11, 10, 10, 8, 7, 6, 5, 4, 4, 2, 1, 1, 1]) / 100
COMMODITIES = np.array(
    [f"{chapter:02d}{number * 137 % 1000000:06d}" for chapter in (3, 10, 22, 44, 48, 72, 73, 84, 85, 87, 90, 94) for number in range(1, 41)]
)
UNREGISTERED = 0.01
"""Share of declaring enterprises that are not in the register: mostly foreign ones."""
WITHOUT_WORKPLACE = 0.01

FIRST_YEARS_EXPORTS_SEK = 1.2e12
"""About Sweden's goods exports in 2016 (SCB), so that the audits of a simulated table mean something."""
YEARLY_GROWTH = 1.04
LARGEST_SEK = 5e11

Done = Callable[[int], None]


@dataclass(frozen=True)
class Population:
    """The enterprises: arrays with one element for each. weight: how likely a declaration is to be theirs."""

    ids: pa.Array
    group_ids: pa.Array
    employees: np.ndarray[Any, Any]
    industry: np.ndarray[Any, Any]
    home: np.ndarray[Any, Any]
    first_year: np.ndarray[Any, Any]
    last_year: np.ndarray[Any, Any]
    is_registered: np.ndarray[Any, Any]
    typical_ore: np.ndarray[Any, Any]
    weight: np.ndarray[Any, Any]


def simulate(folder: Path, declarations: int, seed: int, done: Done = lambda _: None) -> dict[str, int]:
    """Write declarations, enterprises and establishments into a folder. Returns the number of rows of each.

    done is called after each row group with the declarations written so far. Raises OSError when the folder cannot be written.
    """
    random = _random(seed, 0)
    people = _population(random, declarations)
    for name in ("declarations", "enterprises", "establishments"):
        (folder / name).mkdir(parents=True)
    counts = {"enterprises": 0, "establishments": 0, "declarations": 0}
    for year in YEARS:
        active = people.is_registered & (people.first_year <= year) & (people.last_year >= year)
        employees = _employees_in(people, year)
        enterprises = _enterprises(people, np.flatnonzero(active), employees, year)
        establishments = _establishments(people, np.flatnonzero(active), employees, year)
        for name, table in (("enterprises", enterprises), ("establishments", establishments)):
            with writer(folder / name / f"{year}.parquet", table.schema) as file:
                file.write_table(table, row_group_size=ROW_GROUP)
            counts[name] += len(table)
    for name, batches in _months(people, declarations, seed):
        first = next(batches, None)
        if first is None:
            continue
        with writer(folder / "declarations" / name, first.schema) as file:
            for batch in itertools.chain([first], batches):
                file.write_table(batch, row_group_size=ROW_GROUP)
                counts["declarations"] += len(batch)
                done(counts["declarations"])
    return counts


def _random(seed: int, *stream: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *stream])))


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """What writes a file of records, marked as made up."""
    with_kind = schema.with_metadata({KIND: ILLUSTRATIVE})
    return pq.ParquetWriter(path, with_kind, compression="zstd", store_decimal_as_integer=True, write_page_checksum=True)


def _population(random: np.random.Generator, declarations: int) -> Population:
    count = max(40, min(declarations // 40, 20_000 + declarations // 1000))
    employees = np.minimum(np.floor((1 - random.random(count)) ** -0.95) - 1, 20_000).astype(np.int64)
    industry = random.choice(len(INDUSTRIES), count, p=INDUSTRY_SHARES)
    home = random.choice(len(REGIONS), count, p=REGION_SHARES)
    # Most exist in all years; of those with fewer than 50 employees some enter and some leave.
    stays = employees >= 50
    first = np.where(stays | (random.random(count) < 0.7), YEARS[0], YEARS[0] + random.integers(0, len(YEARS), count))
    leaves = np.minimum(YEARS[-1], first + random.integers(0, len(YEARS), count))
    last = np.where(stays | (random.random(count) < 0.75), YEARS[-1], leaves)
    numbers = (np.arange(count, dtype=np.int64) * 7_368_787 + random.integers(0, 10**9)) % 4_000_000_007 + 5_560_000_000
    ids = np.char.add("SE", numbers.astype(str))
    # A quarter belong to a group of on average four.
    grouped = random.random(count) < 0.25
    group = np.char.add("G", (numbers[random.integers(0, max(count // 16, 1), count)] + 1).astype(str))
    weight = (1 + employees) ** 0.7 * np.exp(0.7 * random.standard_normal(count))
    typical = (1 + employees) ** 0.4 * np.exp(0.7 * random.standard_normal(count))
    # The deviation of single declarations is lognormal, with a mean of the root of e.
    in_all = np.average(typical, weights=weight) * np.exp(0.5) * declarations / len(YEARS)
    return Population(
        ids=pa.array(ids),
        group_ids=pa.array([name if is_in else None for name, is_in in zip(group, grouped, strict=True)], pa.string()),
        employees=employees,
        industry=industry,
        home=home,
        first_year=first,
        last_year=last,
        is_registered=random.random(count) >= UNREGISTERED,
        typical_ore=typical * FIRST_YEARS_EXPORTS_SEK * 100 / in_all,
        weight=weight,
    )


def _employees_in(people: Population, year: int) -> np.ndarray[Any, Any]:
    """Employees in a year: each enterprise grows or shrinks at its own pace, by up to a tenth a year."""
    pace = ((np.arange(len(people.employees)) * 7919) % 21 - 10) / 100
    return np.rint(people.employees * (1 + pace) ** (year - YEARS[0])).astype(np.int64)


def _enterprises(people: Population, who: np.ndarray[Any, Any], employees: np.ndarray[Any, Any], year: int) -> pa.Table:
    return pa.table(
        {
            "enterprise_id": people.ids.take(pa.array(who)),
            "year": pa.array(np.full(len(who), year, np.int32)),
            "enterprise_group_id": people.group_ids.take(pa.array(who)),
            "employees": pa.array(employees[who].astype(np.int32)),
            "industry_code": pa.array(INDUSTRIES[people.industry[who]]),
        }
    )


def _establishments(people: Population, who: np.ndarray[Any, Any], employees: np.ndarray[Any, Any], year: int) -> pa.Table:
    """Workplaces: the first at home, the others of a large enterprise anywhere; some make goods, some sell or administer.

    What a workplace is and where stays the same from year to year.
    """
    who = who[(who * 2654435761 % 1000) >= WITHOUT_WORKPLACE * 1000]
    count = 1 + np.floor(np.log2(1 + employees[who] / 20)).astype(np.int64)
    owner = np.repeat(who, count)
    begins = np.cumsum(count) - count
    number = np.arange(len(owner)) - np.repeat(begins, count)
    chance = (owner * 2_654_435_761 + number * 40_503) % 1_000_003 / 1_000_003
    place = np.where(number == 0, people.home[owner], np.searchsorted(REGION_BOUNDS, chance, side="right"))
    # Each workplace after the first has an equal part of the employees; the first has the rest.
    equal = employees[owner] // (np.repeat(count, count) + 1)
    own = np.where(number == 0, employees[owner] - equal * (np.repeat(count, count) - 1), equal)
    elsewhere = len(INDUSTRIES) - 1 - (owner + number) % 5
    industry = np.where((number == 0) | ((owner * 7 + number * 13) % 10 < 6), people.industry[owner], elsewhere)
    numbers = owner * 64 + number + 10_000_000
    return pa.table(
        {
            "establishment_id": pa.array(np.char.add("W", numbers.astype(str))),
            "enterprise_id": people.ids.take(pa.array(owner)),
            "year": pa.array(np.full(len(owner), year, np.int32)),
            "region_code": pa.array(REGIONS[place]),
            "employees": pa.array(own.astype(np.int32)),
            "industry_code": pa.array(INDUSTRIES[industry]),
        }
    )


def _months(people: Population, declarations: int, seed: int) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    """The files of declarations, one a month, each a stream of row groups."""
    months = [(year, month) for year in YEARS for month in range(1, 13)]
    share, more = divmod(declarations, len(months))
    for place, (year, month) in enumerate(months):
        rows = share + (place < more)
        active = (people.first_year <= year) & (people.last_year >= year)
        bounds = np.cumsum(np.where(active, people.weight, 0))
        yield f"{year}-{month:02d}.parquet", _groups(people, bounds, rows, year, month, seed)


def _groups(people: Population, bounds: np.ndarray[Any, Any], rows: int, year: int, month: int, seed: int) -> Iterator[pa.Table]:
    for number, begin in enumerate(range(0, rows, ROW_GROUP)):
        size = min(ROW_GROUP, rows - begin)
        random = _random(seed, year, month, number)
        who = np.searchsorted(bounds, random.random(size) * bounds[-1], side="right").astype(np.int32)
        ore = people.typical_ore[who] * YEARLY_GROWTH ** (year - YEARS[0]) * np.exp(random.standard_normal(size, np.float32))
        yield pa.table(
            {
                "enterprise_id": pa.DictionaryArray.from_arrays(pa.array(who), people.ids).dictionary_decode(),
                "year": pa.array(np.full(size, year, np.int32)),
                "month": pa.array(np.full(size, month, np.int32)),
                "partner_country": _draw(random, size, PARTNERS, PARTNER_SHARES),
                "commodity_code": _draw(random, size, COMMODITIES, np.full(len(COMMODITIES), 1 / len(COMMODITIES))),
                "value_sek": _money(np.clip(ore, 1, LARGEST_SEK * 100).astype(np.int64)),
            }
        )


def _draw(random: np.random.Generator, size: int, among: np.ndarray[Any, Any], shares: np.ndarray[Any, Any]) -> pa.Array:
    places = np.searchsorted(np.cumsum(shares)[:-1], random.random(size, np.float32), side="right").astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(among)).dictionary_decode()


def _money(ore: np.ndarray[Any, Any]) -> pa.Array:
    """Whole öre as DECIMAL(18, 2), without a detour over floating point."""
    wide = np.zeros((len(ore), 2), np.int64)
    wide[:, 0] = ore
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(ore), [None, pa.py_buffer(wide)])
