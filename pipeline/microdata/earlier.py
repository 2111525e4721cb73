"""What a table that was published before tells, so that a new build beside it can be protected against who has both.

Records are revised, but most figures little: whoever has an earlier figure is taken to know the new one.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from pipeline.declarations import TOTAL
from pipeline.faults import refusal
from pipeline.microdata.build import ALLOCATED, series
from pipeline.microdata.method import MicrodataMethod
from pipeline.microdata.schemas import WHOLE
from pipeline.microdata.system import Published

REMEDY = "Name a table that `exportregion microdata build` wrote, with its companions beside it."


def published(file: Path, method: MicrodataMethod) -> dict[int, frozenset[Published]]:
    """By year, line and size class of every figure that an earlier table and its companions tell.

    Raises DataRefused when one of them cannot be read, or was made by another method.
    """
    rows = _rows(file, ("region_code", "year", method.size.classes, "status", *series(method)))
    for key, own in series(method).items():
        for other in sorted({str(row[key]) for row in rows} - {own}):
            remedy = "Two tables of the same records by different methods show what moved between them: publish one."
            raise refusal(f"--beside {file}, {key}", other, own, remedy)
    whole = method.catalogue.geography.whole
    told = {
        (int(row["year"]), WHOLE if row["region_code"] == whole else row["region_code"], row[method.size.classes])
        for row in rows
        if row["status"] != "withheld"
    }
    quality = _rows(_companion(file, "quality"), ("year", "coverage", "status"))
    told |= {
        (int(row["year"]), WHOLE if row["coverage"] == ALLOCATED else row["coverage"], TOTAL)
        for row in quality
        if row["status"] != "withheld"
    }
    bases = _rows(_companion(file, "allocation_bases"), ("region_code", "year", method.size.classes, "basis", "status"))
    told |= {
        (int(row["year"]), row["region_code"], row[method.size.classes])
        for row in bases
        if row["basis"] == method.allocation.basis and row["status"] != "withheld"
    }
    years = {int(row["year"]) for row in rows}
    return {year: frozenset((line, size) for own, line, size in told if own == year) for year in sorted(years)}


def _companion(file: Path, name: str) -> Path:
    return file.with_name(f"{file.stem}-{name}{file.suffix}")


def _rows(file: Path, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    where = f"--beside {file}"
    try:
        if file.suffix.lower() == ".csv":
            texts = pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False)
            table = pa.csv.read_csv(file, convert_options=texts)
        else:
            table = pa.parquet.read_table(file)
    except (OSError, pa.ArrowException):
        found = "a file that cannot be read" if file.exists() else "no such file"
        raise refusal(where, found, "the table that was published before", REMEDY) from None
    missing = [column for column in columns if column not in table.column_names]
    if missing:
        raise refusal(where, f"no column {missing[0]}", "the table that was published before", REMEDY)
    rows: list[dict[str, Any]] = table.select(list(columns)).to_pylist()
    return rows
