"""The datasets of a build: their Parquet files, whether these fit the schemas, and whether they were made up.

The statistics of row groups answer most conditions of a schema, the engine the others. No value is ever printed: a wrong column could
hold an enterprise's identifier.
"""

import filecmp
import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.parquet import FileMetaData

from pipeline.checks import MISSING, Condition, column_conditions
from pipeline.faults import Fault, refusal, refuse
from pipeline.microdata.method import MicrodataMethod
from pipeline.microdata.schemas import schemas
from pipeline.schemas import Schema

NAMES = ("declarations", "enterprises", "establishments")
IMPORTS = "imports"
"""A dataset that may be left out; only awards to companies read it."""
KIND = "exportregion.kind"
ILLUSTRATIVE = "illustrative"
Listing = Callable[[str], Mapping[str, FileMetaData | None]]
"""Gives the files below an address, with their footers; None for a file that cannot be read."""
Statistics = dict[str, list[Any]]
"""The statistics of each column in every row group of files."""
CORRECT = "Correct the file, or leave it out; docs/data-dictionary.md says what each column may hold."


@dataclass(frozen=True)
class Dataset:
    """Parquet files of one schema, and their footers."""

    name: str
    schema: Schema
    files: tuple[str, ...]
    footers: tuple[FileMetaData, ...]
    is_local: bool = True

    @property
    def table(self) -> str:
        return f"microdata.{self.name}"

    @property
    def rows(self) -> int:
        return sum(footer.num_rows for footer in self.footers)

    @functools.cached_property
    def statistics(self) -> Statistics:
        """The statistics of each column in every row group, by the footers."""
        return statistics(self.footers)

    @property
    def is_uniform(self) -> bool:
        """Whether all files have the same columns, of the same types."""
        return all(footer.schema.equals(self.footers[0].schema) for footer in self.footers)

    @property
    def optional(self) -> dict[str, pa.DataType]:
        """The columns that files may leave out, and their types."""
        return {key: column.type for key, column in self.schema.columns.items() if column.metadata.get("optional")}

    @property
    def absent(self) -> dict[str, pa.DataType]:
        """The optional columns that no local file has, and their types."""
        names = {name for footer in self.footers for name in footer.schema.names}
        return {key: kind for key, kind in self.optional.items() if key not in names}

    @property
    def is_illustrative(self) -> bool:
        """Whether any file is marked as made up."""
        return any((footer.metadata or {}).get(KIND.encode()) == ILLUSTRATIVE.encode() for footer in self.footers)

    @functools.cached_property
    def years(self) -> list[int] | None:
        """The years, if each row group is of one year; else None, and a query must find them."""
        by_group = self._of_each_group("year")
        return sorted(set(by_group)) if by_group else None

    @property
    def months(self) -> list[tuple[int, int]] | None:
        """The years and months, if each row group is of one month; else None, and a query must find them."""
        years, months = self._of_each_group("year"), self._of_each_group("month")
        return sorted(set(zip(years, months, strict=True))) if years and months else None

    def _of_each_group(self, column: str) -> list[int] | None:
        """The value of a column in each row group; None unless the footers say that each group has only one."""
        by_group = _with_ends(self.statistics, column)
        return [each.min for each in by_group] if all(each.min == each.max for each in by_group) else None

    def states(self, condition: Condition) -> bool:
        """Whether the footers state that no row breaks a condition."""
        if condition.check == MISSING:
            by_group = self.statistics.get(condition.column, [])
            return bool(by_group) and all(each is not None and each.has_null_count and each.null_count == 0 for each in by_group)
        ends = bounds(self.statistics, condition.column)
        return ends is not None and condition.is_met_by_all(*ends)


def find(folder: str, method: MicrodataMethod, optional: Sequence[str] = (), at_address: Listing | None = None) -> list[Dataset]:
    """The datasets in a folder: <folder>/<name>.parquet, or every Parquet file below <folder>/<name>.

    at_address: the files below an address such as s3a://…, which only the engine can read. Raises DataRefused with every file that is
    damaged, is there twice or has other columns than its schema, and with every missing dataset but the optional ones.
    """
    if at_address is None and not Path(folder).is_dir():
        raise refusal(
            folder, "a file" if Path(folder).exists() else "no such folder", "the folder of the records", "Name an existing folder."
        )
    tables = schemas(method)
    faults: list[Fault] = []
    data = []
    for name in (*NAMES, *optional):
        schema, where = tables[f"microdata.{name}"], f"{folder.rstrip('/')}/{name}"
        if at_address:
            files = at_address(where)
        else:
            files, twice = _in_folder(Path(folder), name)
            faults += twice
            where = f"{folder}/{name}.parquet and {where}"
        if not files and name not in optional:
            faults.append(Fault(where, "no Parquet file", f"the dataset {name}", "Put it there, or name another folder with --in."))
        footers = {file: footer for file, footer in files.items() if footer is not None}
        faults += [damaged(file) for file in files if file not in footers]
        for file, footer in footers.items():
            faults += _other_columns(file, schema, footer)
        if files:
            data.append(Dataset(name, schema, tuple(footers), tuple(footers.values()), is_local=at_address is None))
    refuse(faults)
    return data


def _in_folder(folder: Path, name: str) -> tuple[dict[str, FileMetaData | None], list[Fault]]:
    """The files of a dataset in a local folder, with their footers, and the faults of files that are there twice."""
    single, below = folder / f"{name}.parquet", folder / name
    # By Parquet's convention, files that begin with . or _ hold no data.
    files = sorted(path for path in below.rglob("*.parquet") if path.is_file() and not path.name.startswith((".", "_")))
    faults = []
    if files and single.is_file():
        faults.append(Fault(str(single), f"a folder {below} beside it", "one of the two", "Move the other one away."))
    found = {str(file): _footer(str(file)) for file in files or [single] * single.is_file()}
    faults += _copies([Path(file) for file, footer in found.items() if footer and footer.num_rows])
    return found, faults


def _footer(file: str) -> FileMetaData | None:
    """The footer of a file; None if it cannot be read."""
    try:
        return pq.read_metadata(file)
    except (OSError, pa.ArrowException):
        return None


def local(data: Sequence[Dataset]) -> dict[str, FileMetaData]:
    """The local files of datasets, and their footers."""
    return {file: footer for dataset in data if dataset.is_local for file, footer in zip(dataset.files, dataset.footers, strict=True)}


def _copies(files: Sequence[Path]) -> Iterator[Fault]:
    """Files with the same bytes as another: their rows would count twice."""
    of_size: dict[int, list[Path]] = {}
    for file in files:
        alike = of_size.setdefault(file.stat().st_size, [])
        twin = next((other for other in alike if filecmp.cmp(file, other, shallow=False)), None)
        if twin:
            yield Fault(str(file), f"the same bytes as in {twin}", "each file once", "Remove one of them.")
        alike.append(file)


Bounds = tuple[Any, Any]


def bounds(stated: Statistics, column: str) -> Bounds | None:
    """The lowest and highest value of a column of numbers or texts, by the footers; None if one does not state them."""
    by_group = _with_ends(stated, column)
    if not by_group or not isinstance(by_group[0].min, int | str | Decimal):
        return None
    return min(each.min for each in by_group), max(each.max for each in by_group)


def statistics(footers: Sequence[FileMetaData]) -> Statistics:
    """The statistics of each column in every row group; None where a group has none."""
    stated: Statistics = defaultdict(list)
    for footer in footers:
        names = footer.schema.names
        for group in map(footer.row_group, range(footer.num_row_groups)):
            for place, name in enumerate(names):
                stated[name].append(group.column(place).statistics)
    return stated


def _with_ends(stated: Statistics, column: str) -> list[Any]:
    """The statistics of a column in every row group; empty if one has no lowest and highest value."""
    by_group = stated.get(column, [])
    return by_group if all(each is not None and each.has_min_max for each in by_group) else []


def within(allowed: Bounds | None, lowest: Any, highest: Any) -> bool:
    """Whether the lowest and highest value of a query are within those of the footers, where both are known."""
    return allowed is None or lowest is None or (allowed[0] <= lowest and highest <= allowed[1])


def damaged(file: str) -> Fault:
    """The fault of a file that cannot be read."""
    return Fault(
        file,
        "a damaged file",
        "a Parquet file that can be read to its end, and agrees with its footer",
        "Fetch the file again, or leave it out.",
    )


def _other_columns(file: str, schema: Schema, footer: FileMetaData) -> Iterator[Fault]:
    """Columns that are missing or of another type. Further columns may be there: nothing reads them."""
    types = {field.name: field.type for field in footer.schema.to_arrow_schema()}
    for key, column in schema.columns.items():
        expected = column.type
        if key not in types:
            if column.metadata.get("optional"):
                continue
            yield Fault(file, f"no column {key}", f"a column {key} ({column.description})", CORRECT)
        elif not _fits(types[key], expected):
            is_number, is_text = pa.types.is_integer(expected), pa.types.is_string(expected)
            kind = "whole numbers" if is_number else "texts" if is_text else "DECIMAL with at most two decimals"
            yield Fault(file, f"{key} as {types[key]}", f"{key} as {kind}", f"Cast the column in the file. {CORRECT}")


def _fits(kind: pa.DataType, expected: pa.DataType) -> bool:
    if pa.types.is_decimal(expected):
        return bool(pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale <= expected.scale and kind.precision <= 38))
    if pa.types.is_integer(expected):
        return bool(pa.types.is_integer(kind))
    text = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(text) or pa.types.is_large_string(text) or pa.types.is_string_view(text))


def broken_rows(dataset: Dataset, ask: Any, count: Any) -> list[Fault]:
    """Rows that break the schema: a fault for each file and condition. ask runs a query and returns its rows; count gives the number of
    rows of a table that meet each of some conditions.

    A second query finds the files, only when there are such rows.
    """
    faults = []
    conditions = [condition for condition in column_conditions(dataset.schema) if not dataset.states(condition)]
    for condition, broken in zip(conditions, count(dataset.table, [each.broken_where for each in conditions]), strict=True):
        if broken:
            faults += _by_file(dataset, condition, ask)
    grain: Sequence[str] = dataset.schema.grain
    if grain:
        keys = ", ".join(grain)
        twice = f"select {keys} from {dataset.table} group by {keys} having count(*) > 1"
        if any(count for (count,) in ask(f"select count(*) from ({twice}) as twice")):
            matching = " and ".join(f"twice.{key} = data.{key}" for key in grain)
            sql = f"select data.file, count(*) from {dataset.table} as data join ({twice}) as twice on {matching} group by data.file"
            faults += [
                Fault(file, f"{count:,} rows that share their {' and '.join(grain)} with another", "each once", CORRECT)
                for file, count in sorted(ask(sql))
            ]
    return faults


def _by_file(dataset: Dataset, condition: Condition, ask: Any) -> list[Fault]:
    rows = ask(f"select file, count(*) from {dataset.table} where {condition.broken_where} group by file")
    counts = {file: f"{count:,} rows that do not fit" if count > 1 else "1 row that does not fit" for file, count in sorted(rows)}
    return [Fault(file, found, condition.expected, CORRECT) for file, found in counts.items()]
