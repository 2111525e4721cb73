"""The build from microdata beside a bare group by, and beside polars and pandas at the same work. Prints figures, judges nothing.

Each contender is a process of its own, in turn, so that a busy machine slows all; peak memory is the whole process, with its libraries.
polars and pandas check what the schemas ask and make the cells of sql/microdata; theirs are compared with ours, to the öre.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from run import process, show

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

ROUNDS = 3
SIZES = (1_000_000, 10_000_000, 100_000_000)
LARGE = 1_000_000_000
"""From this size on one round does, without polars and pandas."""
EXPORTREGION = [sys.executable, "-m", "pipeline.cli", "microdata"]
METHOD = Path(__file__).resolve().parents[1] / "microdata.toml"
POLARS_ENGINE: Any = "streaming"
"""Faster than in-memory at every size, by half at least."""

YEAR, EMPLOYEES, INDUSTRY = (1900, 2100), (0, 10_000_000), r"^[0-9]{2,5}$"
ASKED: dict[str, dict[str, tuple[int, int] | str | None]] = {
    "declarations": {
        "enterprise_id": None,
        "year": YEAR,
        "month": (1, 12),
        "partner_country": r"^[A-Z]{2}$",
        "commodity_code": r"^[0-9]{2,10}$",
        "value_sek": (0, 1_000_000_000_000),
    },
    "enterprises": {"enterprise_id": None, "year": YEAR, "employees": EMPLOYEES, "industry_code": INDUSTRY},
    "establishments": {
        "establishment_id": None,
        "enterprise_id": None,
        "year": YEAR,
        "region_code": r"^(0[1-9]|[1-9][0-9])$",
        "employees": EMPLOYEES,
        "industry_code": INDUSTRY,
    },
}
"""What polars and pandas check of every row, as the schemas ask: no null, and a range or a pattern."""
OWN = ["enterprise_id", "year"]
KEYS = {"enterprises": OWN, "establishments": ["establishment_id", "year"]}
WAYS = {
    "production-place": {
        "goods-producing workplaces": "goods",
        "all workplaces": "employees",
        "workplaces without employees": "workplaces",
    },
    "workplace-share": {"all workplaces": "employees", "workplaces without employees": "workplaces"},
    "head-office": {"head office": "head_offices"},
}
"""By what a value is divided under each basis: the first of these that the enterprise has any of."""
WEIGHTS = ["goods", "employees", "workplaces", "head_offices"]
GRAIN = ["basis", "line", "year", "size_class"]
LEAF = ["basis", "region_code", "year", "size_class", "placed_by"]
SUMS = ["ore", "exporters", "millionths"]
SME = ["0-9", "10-49", "50-249"]


def group_by(folder: Path) -> None:
    """What every build must do at least: by DuckDB, with its settings as they come."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(
            "create temporary table sums as select enterprise_id, year, sum(value_sek) from read_parquet(?) group by enterprise_id, year",
            [f"{folder}/declarations/*.parquet"],
        )


def with_polars(folder: Path, method: Mapping[str, Any], out: Path) -> None:
    """Our cells by polars, from lazy frames."""
    import polars as pl

    data = {name: pl.scan_parquet(folder / name / "*.parquet") for name in ASKED}
    check_with_polars(data)
    employees, size_class = pl.col("employees"), pl.col("size_class")
    size: Any = pl
    for bound, name in ((10, "0-9"), (50, "10-49"), (250, "50-249")):
        size = size.when(employees < bound).then(pl.lit(name))
    exporting = (
        data["declarations"]
        .group_by(OWN)
        .agg((pl.col("value_sek").sum() * 100).cast(pl.Int64).alias("ore"))
        .join(data["enterprises"].select(*OWN, size.otherwise(pl.lit("250+")).alias("size_class")), on=OWN, how="left")
        .with_columns(size_class.fill_null("unknown"), is_exporter=pl.col("ore") >= method["exporters"]["threshold_sek"] * 100)
    )
    placed = exporting.join(places_with_polars(data, method), on=OWN, how="left").with_columns(pl.col("region_code").fill_null("unallocated"))
    nowhere = pl.when(size_class == "unknown").then(pl.lit("not in the register")).otherwise(pl.lit("no workplace"))

    def under(basis: str) -> "pl.LazyFrame":
        has = {way: pl.when(pl.col(f"{by}_in_all") > 0) for way, by in WAYS[basis].items()}
        return placed.with_columns(
            pl.lit(basis).alias("basis"),
            pl.coalesce(*(has[way].then(pl.lit(way)) for way in has), nowhere).alias("placed_by"),
            *(
                pl.coalesce(*(has[way].then(pl.col(f"{by}{part}")) for way, by in WAYS[basis].items()), 1).alias(f"weight{part}")
                for part in ("", "_so_far", "_in_all")
            ),
        )

    ore, weight, so_far, in_all = (pl.col(name) for name in ("ore", "weight", "weight_so_far", "weight_in_all"))
    rest, before = ore % in_all, so_far - weight
    leaf = (
        pl.concat([under(basis) for basis in WAYS])
        .filter(weight > 0)
        .with_columns(
            ore=ore // in_all * weight + rest * so_far // in_all - rest * before // in_all,
            exporters=pl.col("is_exporter").cast(pl.Int64),
            exporters_once=(pl.col("is_exporter") & (before == 0)).cast(pl.Int64),
            millionths=pl.when("is_exporter").then(1_000_000 * so_far // in_all - 1_000_000 * before // in_all).otherwise(0),
        )
        .group_by(LEAF)
        .agg(pl.col(*SUMS, "exporters_once").sum())
        .collect(engine=POLARS_ENGINE)
    )
    once = leaf.with_columns(exporters="exporters_once")
    lines = pl.concat(
        [
            leaf.with_columns(line="region_code"),
            once.with_columns(line="placed_by"),
            once.with_columns(line=pl.lit("declared")),
            once.filter(size_class != "unknown").with_columns(line=pl.lit("matched")),
            once.filter(pl.col("region_code") != "unallocated").with_columns(line=pl.lit("00")),
        ]
    )
    in_counties = lines.filter(pl.col("line").str.len_chars() == 2)
    margins = [
        in_counties,
        lines.filter(pl.col("line") == "unallocated"),
        in_counties.filter(size_class.is_in(SME)).with_columns(size_class=pl.lit("sme")),
        lines.with_columns(size_class=pl.lit("total")),
    ]
    pl.concat(margins).group_by(GRAIN).agg(pl.col(SUMS).sum()).sort(GRAIN).write_parquet(out)


def check_with_polars(data: "Mapping[str, pl.LazyFrame]") -> None:
    """Refuse what breaks its schema: each column in a filter of its own, which the reader answers from statistics and dictionaries."""
    import polars as pl

    def broken(name: str, asked: tuple[int, int] | str | None) -> "pl.Expr":
        column = pl.col(name)
        if asked is None:
            return column.is_null()
        return column.is_null() | ~(column.str.contains(asked) if isinstance(asked, str) else column.is_between(*asked))

    rows = [data[of].filter(broken(name, asked)) for of, columns in ASKED.items() for name, asked in columns.items()]
    rows += [data[of].group_by(keys).len().filter(pl.col("len") > 1) for of, keys in KEYS.items()]
    if any(count.item() for count in pl.collect_all([row.select(pl.len()) for row in rows], engine=POLARS_ENGINE)):
        raise ValueError("rows that break their schema")


def places_with_polars(data: "Mapping[str, pl.LazyFrame]", method: Mapping[str, Any]) -> "pl.LazyFrame":
    """What an enterprise of the register has in each region, in the regions up to it and in all."""
    import polars as pl

    employees, industry = pl.col("employees").cast(pl.Int64), pl.col("industry_code")
    is_goods = industry.str.slice(0, 2).is_in(method["allocation"]["goods_producing"])
    is_other = ~industry.str.starts_with(method["allocation"]["head_office_industry"])
    return (
        data["establishments"]
        .join(data["enterprises"], on=OWN, how="semi")
        .sort(is_other, -employees, "establishment_id")
        .with_columns(employees, goods=employees * is_goods, workplaces=pl.lit(1, pl.Int64), head_offices=pl.col("year").cum_count().over(OWN) == 1)
        .group_by(*OWN, "region_code")
        .agg(pl.col(WEIGHTS).cast(pl.Int64).sum())
        .sort("region_code")
        .with_columns(pl.col(WEIGHTS).cum_sum().over(OWN).name.suffix("_so_far"), pl.col(WEIGHTS).sum().over(OWN).name.suffix("_in_all"))
    )


def with_pandas(folder: Path, method: Mapping[str, Any], out: Path) -> None:
    """Our cells by pandas, with columns of Arrow's kinds."""
    import pandas as pd

    data = {name: pd.read_parquet(folder / name, columns=list(columns), dtype_backend="pyarrow") for name, columns in ASKED.items()}
    check_with_pandas(data)
    declarations = data["declarations"][[*OWN, "value_sek"]]
    exports = declarations.assign(ore=(declarations["value_sek"] * 100).astype("int64[pyarrow]")).groupby(OWN, sort=False)["ore"].sum()
    register = data["enterprises"][OWN].assign(size_class=sizes(data["enterprises"]["employees"]))
    placed = exports.reset_index().merge(register, on=OWN, how="left").merge(places_with_pandas(data, method), on=OWN, how="left")
    placed = placed.fillna({"size_class": "unknown", "region_code": "unallocated"})
    is_exporter = placed["ore"] >= method["exporters"]["threshold_sek"] * 100
    divided = []
    for basis, ways in WAYS.items():
        part = placed.assign(basis=basis, placed_by="no workplace", weight=1, weight_so_far=1, weight_in_all=1, is_exporter=is_exporter)
        part.loc[part["size_class"] == "unknown", "placed_by"] = "not in the register"
        for way, by in reversed(ways.items()):
            has = part[f"{by}_in_all"].fillna(0) > 0
            part.loc[has, "placed_by"] = way
            for of in ("", "_so_far", "_in_all"):
                part.loc[has, f"weight{of}"] = part.loc[has, f"{by}{of}"]
        divided.append(divide(part[part["weight"] > 0]))
    leaf = pd.concat(divided).groupby(LEAF, sort=False)[[*SUMS, "exporters_once"]].sum().reset_index()
    once = leaf.assign(exporters=leaf["exporters_once"])
    lines = pd.concat(
        [
            leaf.assign(line=leaf["region_code"]),
            once.assign(line=once["placed_by"]),
            once.assign(line="declared"),
            once[once["size_class"] != "unknown"].assign(line="matched"),
            once[once["region_code"] != "unallocated"].assign(line="00"),
        ]
    )
    in_counties = lines[lines["line"].str.len() == 2]
    margins = [
        in_counties,
        lines[lines["line"] == "unallocated"],
        in_counties[in_counties["size_class"].isin(SME)].assign(size_class="sme"),
        lines.assign(size_class="total"),
    ]
    pd.concat(margins).groupby(GRAIN)[SUMS].sum().reset_index().to_parquet(out)
