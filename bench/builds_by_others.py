"""What one would take instead of `microdata build`: DuckDB's bare group by, which is the least that any build must do; polars; pandas.

polars and pandas check what the schemas ask and make the cells of sql/microdata, from which a table of regions follows; no disclosure
control. Theirs are compared with ours, to the öre.
"""

import functools
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

POLARS_ENGINE: Final = "streaming"
"""Faster than in-memory: by a fifth at 1 million declarations, by almost half at 10 million."""
METHOD = Path(__file__).resolve().parents[1] / "microdata.toml"

Asked = tuple[int, int] | str | None
YEAR, EMPLOYEES, INDUSTRY = (1900, 2100), (0, 10_000_000), r"^[0-9]{2,5}$"
COUNTRY, COMMODITY, COUNTY, VALUE = r"^[A-Z]{2}$", r"^[0-9]{2,10}$", r"^(0[1-9]|[1-9][0-9])$", (0, 1_000_000_000_000)
OWN = ["enterprise_id", "year"]
REGISTER: dict[str, Asked] = {"enterprise_id": None, "year": YEAR, "employees": EMPLOYEES, "industry_code": INDUSTRY}
DECLARED: dict[str, Asked] = {"month": (1, 12), "partner_country": COUNTRY, "commodity_code": COMMODITY, "value_sek": VALUE}
ASKED: dict[str, dict[str, Asked]] = {
    "declarations": {"enterprise_id": None, "year": YEAR, **DECLARED},
    "enterprises": REGISTER,
    "establishments": {**REGISTER, "establishment_id": None, "region_code": COUNTY},
}
"""What polars and pandas check of every row, as the schemas ask: no null, and a range or a pattern."""
KEYS = {"enterprises": OWN, "establishments": ["establishment_id", "year"]}
BY_WORKPLACES = {"all workplaces": "employees", "workplaces without employees": "workplaces"}
WAYS = {
    "production-place": {"goods-producing workplaces": "goods", **BY_WORKPLACES},
    "workplace-share": BY_WORKPLACES,
    "head-office": {"head office": "head_offices"},
}
"""By what a value is divided under each basis: the first of these that the enterprise has any of."""
WEIGHTS = ["goods", "employees", "workplaces", "head_offices"]
PARTS = ("", "_so_far", "_in_all")
SME = ["0-9", "10-49", "50-249"]
LEAF = ["basis", "region_code", "year", "size_class", "placed_by"]
GRAIN = ["basis", "line", "year", "size_class"]
SUMS = ["ore", "exporters", "millionths"]
TEXT: Final = "str"
WHOLE: Final = "int64[pyarrow]"


def group_by(folder: Path, _: Path) -> None:
    """What every build must do at least: by DuckDB, with its settings as they come."""
    import duckdb

    sums = "select enterprise_id, year, sum(value_sek) from read_parquet(?) group by enterprise_id, year"
    with duckdb.connect() as connection:
        connection.execute(f"create temporary table sums as {sums}", [f"{folder}/declarations/*.parquet"])


def with_polars(folder: Path, out: Path) -> None:
    """Our cells by polars, from lazy frames."""
    import polars as pl

    method = tomllib.loads(METHOD.read_text(encoding="utf-8"))
    data = {name: pl.scan_parquet(folder / name / "*.parquet") for name in ASKED}
    check_with_polars(data)
    size_class, employees = pl.col("size_class"), pl.col("employees")
    sizes = pl.coalesce(
        *(pl.when(employees < bound).then(pl.lit(name)) for bound, name in zip((10, 50, 250), SME, strict=True)), pl.lit("250+")
    )
    placed = (
        data["declarations"]
        .group_by(OWN)
        .agg((pl.col("value_sek").sum() * 100).cast(pl.Int64).alias("ore"))
        .join(data["enterprises"].select(*OWN, size_class=sizes), on=OWN, how="left")
        .join(places_with_polars(data, method), on=OWN, how="left")
        .with_columns(size_class.fill_null("unknown"), pl.col("region_code").fill_null("unallocated"))
        .with_columns(is_exporter=pl.col("ore") >= method["exporters"]["threshold_sek"] * 100)
    )
    nowhere = pl.when(size_class == "unknown").then(pl.lit("not in the register")).otherwise(pl.lit("no workplace"))

    def under(basis: str) -> "pl.LazyFrame":
        has = {way: pl.when(pl.col(f"{by}_in_all") > 0) for way, by in WAYS[basis].items()}
        weights = {
            f"weight{part}": pl.coalesce(*(has[way].then(pl.col(f"{by}{part}")) for way, by in WAYS[basis].items()), 1) for part in PARTS
        }
        placed_by = pl.coalesce(*(has[way].then(pl.lit(way)) for way in has), nowhere)
        return placed.with_columns(basis=pl.lit(basis), placed_by=placed_by, **weights)

    ore, weight, so_far, in_all = (pl.col(name) for name in ("ore", *(f"weight{part}" for part in PARTS)))
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
    kinds = [leaf.with_columns(line="region_code"), once.with_columns(line="placed_by"), once.with_columns(line=pl.lit("declared"))]
    kinds += [once.filter(size_class != "unknown").with_columns(line=pl.lit("matched"))]
    kinds += [once.filter(pl.col("region_code") != "unallocated").with_columns(line=pl.lit("whole"))]
    lines = pl.concat(kinds)
    in_counties = lines.filter((pl.col("line").str.len_chars() == 2) | (pl.col("line") == "whole"))
    margins = [in_counties, lines.filter(pl.col("line") == "unallocated"), lines.with_columns(size_class=pl.lit("total"))]
    margins += [in_counties.filter(size_class.is_in(SME)).with_columns(size_class=pl.lit("sme"))]
    pl.concat(margins).group_by(GRAIN).agg(pl.col(SUMS).sum()).sort(GRAIN).write_parquet(out)


def check_with_polars(data: "Mapping[str, pl.LazyFrame]") -> None:
    """Refuse what breaks its schema: each column in a filter of its own, which the reader answers from statistics and dictionaries."""
    import polars as pl

    def broken(name: str, asked: Asked) -> "pl.Expr":
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

    employees, industry, weights = pl.col("employees").cast(pl.Int64), pl.col("industry_code"), pl.col(WEIGHTS)
    goods = employees * industry.str.slice(0, 2).is_in(method["allocation"]["goods_producing"])
    is_other = ~industry.str.starts_with(method["allocation"]["head_office_industry"])
    return (
        data["establishments"]
        .join(data["enterprises"], on=OWN, how="semi")
        .sort(is_other, -employees, "establishment_id")
        .with_columns(employees, goods=goods, workplaces=pl.lit(1), head_offices=pl.col("year").cum_count().over(OWN) == 1)
        .group_by(*OWN, "region_code")
        .agg(weights.cast(pl.Int64).sum())
        .sort("region_code")
        .with_columns(weights.cum_sum().over(OWN).name.suffix("_so_far"), weights.sum().over(OWN).name.suffix("_in_all"))
    )


def with_pandas(
    folder: Path, out: Path, dictionaries: Sequence[str] = (), backend: str | None = "pyarrow", *, by_file: bool = False
) -> None:
    """Our cells by pandas, with columns of Arrow's kinds, or with those it gives unasked: there money is objects of Python.

    The columns named stay in the dictionaries of their files. The declarations are read whole, or file by file.
    """
    import pandas as pd
    import pyarrow as pa

    method = tomllib.loads(METHOD.read_text(encoding="utf-8"))
    options: Any = {"read_dictionary": list(dictionaries), **({"dtype_backend": backend} if backend else {})}

    def read(name: str, path: Path) -> "pd.DataFrame":
        return check_with_pandas(name, pd.read_parquet(path, columns=list(ASKED[name]), **options))

    def by_enterprise(declarations: "pd.DataFrame") -> "pd.DataFrame":
        return declarations.groupby(OWN, sort=False)["value_sek"].sum().reset_index()

    data = {name: read(name, folder / name) for name in KEYS}
    declarations = folder / "declarations"
    files = sorted(declarations.iterdir()) if by_file else [declarations]
    parts = [by_enterprise(read("declarations", file)) for file in files]
    exports = (by_enterprise(pd.concat(parts)) if by_file else parts[0]).astype({"enterprise_id": TEXT})
    register = data["enterprises"][[*OWN, "employees"]].astype({"enterprise_id": TEXT})
    sizes = pd.cut(register.pop("employees"), [0, 10, 50, 250, float("inf")], right=False, labels=[*SME, "250+"]).astype(TEXT)
    placed = exports.merge(register.assign(size_class=sizes), on=OWN, how="left")
    placed = placed.merge(places_with_pandas(data, method), on=OWN, how="left")
    placed = placed.fillna({"size_class": "unknown", "region_code": "unallocated"})
    value: Any = placed.pop("value_sek").astype(pd.ArrowDtype(pa.decimal128(20, 2)))
    ore = (value * Decimal(100)).astype(WHOLE)
    is_exporter = ore >= method["exporters"]["threshold_sek"] * 100
    nowhere = pd.Series("no workplace", placed.index, TEXT).mask(placed["size_class"] == "unknown", "not in the register")
    one = pd.Series(1, placed.index, WHOLE)
    divided = []
    for basis, ways in WAYS.items():
        has = {way: placed[f"{by}_in_all"].fillna(0) > 0 for way, by in ways.items()}
        weights: list[Any] = [one.case_when([(has[way], placed[f"{by}{part}"]) for way, by in ways.items()]) for part in PARTS]
        weight, so_far, in_all = weights
        whole, before = ore // in_all, so_far - weight
        rest = ore - whole * in_all
        under = placed[["region_code", "year", "size_class"]].assign(
            basis=basis,
            placed_by=nowhere.case_when([(has[way], way) for way in ways]),
            ore=whole * weight + rest * so_far // in_all - rest * before // in_all,
            exporters=is_exporter.astype(WHOLE),
            exporters_once=(is_exporter & (before == 0)).astype(WHOLE),
            millionths=(1_000_000 * so_far // in_all - 1_000_000 * before // in_all).where(is_exporter, 0),
        )
        divided.append(under[weight > 0])
    leaf = pd.concat(divided).groupby(LEAF, sort=False)[[*SUMS, "exporters_once"]].sum().reset_index()
    once = leaf.assign(exporters=leaf["exporters_once"])
    kinds = [leaf.assign(line=leaf["region_code"]), once.assign(line=once["placed_by"]), once.assign(line="declared")]
    kinds += [once[once["size_class"] != "unknown"].assign(line="matched"), once[once["region_code"] != "unallocated"].assign(line="whole")]
    lines = pd.concat(kinds)
    in_counties = lines[(lines["line"].str.len() == 2) | (lines["line"] == "whole")]
    margins = [in_counties, lines[lines["line"] == "unallocated"], lines.assign(size_class="total")]
    margins += [in_counties[in_counties["size_class"].isin(SME)].assign(size_class="sme")]
    pd.concat(margins).groupby(GRAIN)[SUMS].sum().reset_index().to_parquet(out)


def check_with_pandas(name: str, data: "pd.DataFrame") -> "pd.DataFrame":
    """Refuse what breaks its schema. Patterns are asked of each value that occurs."""
    import pandas as pd

    def holds(column: "pd.Series[Any]", asked: Asked) -> bool:
        if isinstance(asked, str):
            return bool(pd.Series(column.unique()).astype(TEXT).str.match(asked).all())
        return asked is None or bool(column.between(*asked).all())

    kept = all(not data[column].hasnans and holds(data[column], asked) for column, asked in ASKED[name].items())
    if not kept or (name in KEYS and data.duplicated(KEYS[name]).any()):
        raise ValueError("rows that break their schema")
    return data


def places_with_pandas(data: "Mapping[str, pd.DataFrame]", method: Mapping[str, Any]) -> "pd.DataFrame":
    """What an enterprise of the register has in each region, in the regions up to it and in all."""
    import pandas as pd

    known = data["establishments"].astype({"enterprise_id": TEXT, "industry_code": TEXT, "employees": WHOLE})
    known = known.merge(data["enterprises"][OWN].astype({"enterprise_id": TEXT}), on=OWN)
    is_goods = known["industry_code"].str[:2].isin(method["allocation"]["goods_producing"])
    is_other = ~known["industry_code"].str.startswith(method["allocation"]["head_office_industry"])
    known = known.assign(is_other=is_other, goods=known["employees"].where(is_goods, 0), workplaces=pd.Series(1, known.index, WHOLE))
    known = known.sort_values(["is_other", "employees", "establishment_id"], ascending=[True, False, True])
    known = known.assign(head_offices=(~known.duplicated(OWN)).astype(WHOLE))
    regions = known.groupby([*OWN, "region_code"])[WEIGHTS].sum().reset_index()
    by_enterprise = regions.groupby(OWN, sort=False)[WEIGHTS]
    return regions.join(by_enterprise.cumsum().add_suffix("_so_far")).join(by_enterprise.transform("sum").add_suffix("_in_all"))


def ours(folder: Path, out: Path) -> None:
    """The cells of `microdata build` before disclosure control, their money in öre."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from pipeline.microdata import build, datasets, engines
    from pipeline.microdata.method import load_method

    method = load_method(METHOD)
    with tempfile.TemporaryDirectory() as spill, engines.DuckDB(Path(spill)) as engine:
        for dataset in datasets.find(str(folder), method):
            engine.view(dataset)
        for table, rows in build.choices(method, []).items():
            engine.load(table, rows)
        cells = build.run_models(engine, ["microdata.cells"])["microdata.cells"].to_pylist()
    for row in cells:
        row.update(ore=int(row.pop("exports_sek") * 100), exporters=row.pop("exporters"), millionths=row.pop("exporter_millionths"))
    pq.write_table(pa.Table.from_pylist(cells), out)


CONTENDERS: dict[str, Callable[[Path, Path], None]] = {
    "group by": group_by,
    "ours": ours,
    "polars": with_polars,
    "pandas": functools.partial(with_pandas, backend=None, by_file=True),
    "pandas, dictionaries": functools.partial(with_pandas, dictionaries=["enterprise_id", "partner_country", "commodity_code"]),
}

if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
