"""The figures of a table that was published before, so that a new build can be protected against readers who have both.

Records are revised, but most figures change little: whoever has an earlier figure is assumed to know the new one.
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
from pipeline.microdata.schemas import PLACED_BY, WHOLE
from pipeline.microdata.system import Cell

REMEDY = "Name a table that `exportregion microdata build` wrote, with its companions beside it."


def published(file: Path, method: MicrodataMethod) -> dict[int, frozenset[Cell]]:
    """The cells that an earlier table and its companions show, by year.

    Of another basis, each region and sum of classes whose difference from the table's basis is shown. Raises DataRefused when a file
    cannot be read, or was made by another method.
    """
    rows = _rows(file, ("region_code", "year", method.size.classes, "status", *series(method)))
    for key, own in series(method).items():
        for other in sorted({str(row[key]) for row in rows} - {own}):
            remedy = "Two tables of the same records by different methods reveal what moved between them: publish only one."
            raise refusal(f"--beside {file}, {key}", other, own, remedy)
    geography, classes, own_basis = method.catalogue.geography, method.size.classes, method.allocation.basis
    lines = {geography.whole: WHOLE, ALLOCATED: WHOLE}
    quality = _rows(_companion(file, "quality"), ("basis", "year", "coverage", "status"))
    compared = _rows(_companion(file, "allocation_bases"), ("region_code", "year", classes, "basis", "difference_ratio", "status"))
    public: dict[int, set[Cell]] = {int(row["year"]): set() for row in rows}
    for row in [*rows, *quality, *compared]:
        line = row["region_code"] if "region_code" in row else row["coverage"]
        basis = row.get("basis", own_basis)
        # Coverage that is the same under each basis belongs to the table.
        is_own = basis == own_basis or ("coverage" in row and line not in PLACED_BY)
        is_shown = row["status"] != "withheld" and (is_own or row["status"] == "nil" or row.get("difference_ratio", 0) not in ("", None))
        if is_shown:
            cell = "" if is_own and line not in PLACED_BY else basis, lines.get(line, line), row.get(classes, TOTAL)
            public.setdefault(int(row["year"]), set()).add(cell)
    return {year: frozenset(public[year]) for year in sorted(public)}


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
