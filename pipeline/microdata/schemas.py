"""One model a table of microdata: the records as received, and what sql/microdata makes of them. None is ever stored."""

import re
from collections.abc import Iterator
from typing import Any

import pandera.pandas as pan

from pipeline import schemas as pipeline_schemas
from pipeline.microdata.method import ALLOCATION_BASES, UNKNOWN_SIZE, MicrodataMethod
from pipeline.schemas import (
    Flag,
    Money,
    Table,
    Text,
    Whole,
    base_year,
    column,
    final_year,
    year,
)

PLACED_BY = ("goods-producing workplaces", "all workplaces", "workplaces without employees", "head office")
NOT_PLACED_BY = ("no workplace", "not in the register")
WHOLE, UNALLOCATED, DECLARED, MATCHED = "whole", "unallocated", "declared", "matched"
LINES = (WHOLE, UNALLOCATED, DECLARED, MATCHED, *PLACED_BY, *NOT_PLACED_BY)
"""The lines of a table that are no region."""
CURRENCY = "currency"
"""The unit of amounts, which schemas turns into the method's."""
REGION, ONE_CLASS, ONE_CELL, ONE_SUM = "a region", "a class", "a class or a sum", "a sum"
"""What the codes in a column are of, where the method says which there are."""


def is_region(line: str) -> bool:
    """Whether a line is a region: what has no name of its own here."""
    return line not in LINES


def _establishment_id() -> Any:
    return column("Identifier of the workplace; never leaves the program")


def _enterprise_id(**checks: Any) -> Any:
    return column("Identifier of the enterprise, the same in all datasets; never leaves the program", **checks)


def _group_id() -> Any:
    return column("Identifier of the enterprise group, or of the enterprise where it is in none; never leaves the program")


def _employees(of: str) -> Any:
    return column(f"Employees of {of}", "persons", ge=0, le=10_000_000)


def _industry_code() -> Any:
    return column("Industry: two to five digits", str_matches=r"^[0-9]{2,5}$")


def _codes(of: str, meaning: str) -> Any:
    return pan.Field(description=meaning, metadata={"unit": None, "of": of})


def _region_code() -> Any:
    return column("Code of a region")


def _basis() -> Any:
    return column("How values are placed in regions", isin=list(ALLOCATION_BASES))


def _line() -> Any:
    return column(
        "A region; whole: all that is placed in regions; unallocated: what is not; declared: both; matched: by enterprises that the"
        " register knows; or the way in which values were placed"
    )


def _size_class() -> Any:
    return _codes(ONE_CLASS, "Size class of the enterprise; unknown where the register does not know it")


def _cell_size() -> Any:
    return _codes(ONE_CELL, "Size class of the enterprise, or a sum; unknown where the register does not know it")


def _placed_by() -> Any:
    return column("What placed the value, or why nothing could", isin=[*PLACED_BY, *NOT_PLACED_BY])


def _contribution() -> Any:
    return column("Goods exports at current prices", CURRENCY, ge=0)


def _exporters_whole() -> Any:
    return column("Exporters; an enterprise counts whole in each of its regions", "enterprises", ge=0)


def _exporters_once() -> Any:
    return column("Exporters; an enterprise counts in the first of its regions alone", "enterprises", ge=0)


def _exporter_millionths() -> Any:
    return column("Exporters, each divided over its regions as its value is", "millionths of an enterprise", ge=0)


class MicrodataDeclarations(Table):
    enterprise_id: Text = _enterprise_id(ne="")
    year: Whole = year()
    month: Whole = column("Month of the export", ge=1, le=12)
    partner_country: Text = column("Country of destination: two letters of ISO 3166", str_matches=r"^[A-Z]{2}$")
    commodity_code: Text = column("Goods by the Combined Nomenclature: two to ten digits", str_matches=r"^[0-9]{2,10}$")
    value_sek: Money = column("Statistical value", CURRENCY, ge=0, le=1_000_000_000_000)

    class Config:
        name = "microdata.declarations"
        description = "Export declarations, as received. Any number of rows for an enterprise; corrections are netted before."


class MicrodataEnterprises(Table):
    enterprise_id: Text = _enterprise_id(ne="")
    year: Whole = year()
    enterprise_group_id: Text = column("Identifier of the group it belongs to; empty when in none", nullable=True)
    employees: Whole = _employees("the enterprise")
    industry_code: Text = _industry_code()

    class Config:
        name = "microdata.enterprises"
        description = "The business register: enterprises by year, as received."
        unique = ["enterprise_id", "year"]


class MicrodataEstablishments(Table):
    establishment_id: Text = _establishment_id()
    enterprise_id: Text = _enterprise_id(ne="")
    year: Whole = year()
    region_code: Text = _codes(REGION, "Code of the region where the workplace is")
    employees: Whole = _employees("the workplace")
    industry_code: Text = _industry_code()

    class Config:
        name = "microdata.establishments"
        description = "Workplaces by year, as received."
        unique = ["establishment_id", "year"]


class MicrodataEnterpriseExports(Table):
    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    exports_sek: Money = _contribution()

    class Config:
        name = "microdata.enterprise_exports"
        description = "What each enterprise declared in a year."
        unique = ["enterprise_id", "year"]


class MicrodataExportingEnterprises(Table):
    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    group_id: Text = _group_id()
    size_class: Text = _size_class()
    exports_sek: Money = _contribution()
    is_exporter: Flag = column("Whether it exports as much as the threshold asks")

    class Config:
        name = "microdata.exporting_enterprises"
        description = "Every enterprise that declared exports in a year, with its group and size class."
        unique = ["enterprise_id", "year"]


class MicrodataWorkplaces(Table):
    establishment_id: Text = _establishment_id()
    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    region_code: Text = _region_code()
    employees: Whole = column("Employees of the workplace", "persons", ge=0)
    goods_employees: Whole = column("The same where the workplace produces goods, else 0", "persons", ge=0)
    is_office: Flag = column("Whether its industry is that of head offices")

    class Config:
        name = "microdata.workplaces"
        description = "The workplaces of the exporting enterprises that the register knows, and what each may place a value by."
        unique = ["establishment_id", "year"]


class MicrodataEnterprisePlaces(Table):
    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    region_code: Text = _region_code()
    goods_employees: Whole = column("Employees of goods-producing workplaces in the region", "persons", ge=0)
    employees: Whole = column("Employees of all workplaces in the region", "persons", ge=0)
    workplaces: Whole = column("Workplaces in the region", "workplaces", ge=1)
    head_offices: Whole = column("1 where the head office is, else 0", "workplaces", ge=0, le=1)
    goods_employees_so_far: Whole = column("The same employees in the regions up to this one, by code", "persons", ge=0)
    employees_so_far: Whole = column("Employees in the regions up to this one, by code", "persons", ge=0)
    workplaces_so_far: Whole = column("Workplaces in the regions up to this one, by code", "workplaces", ge=1)
    goods_employees_in_all: Whole = column("Employees of goods-producing workplaces in all regions", "persons", ge=0)
    employees_in_all: Whole = column("Employees in all regions", "persons", ge=0)
    workplaces_in_all: Whole = column("Workplaces in all regions", "workplaces", ge=1)

    class Config:
        name = "microdata.enterprise_places"
        description = "Where an exporting enterprise is: employees and workplaces in a region, in the regions up to it, and in all."
        unique = ["enterprise_id", "year", "region_code"]


class MicrodataContributions(Table):
    basis: Text = _basis()
    enterprise_id: Text = _enterprise_id()
    year: Whole = year()
    region_code: Text = column("Code of a region, or unallocated")
    group_id: Text = _group_id()
    size_class: Text = _size_class()
    placed_by: Text = _placed_by()
    exports_sek: Money = _contribution()
    exporters: Whole = _exporters_whole()
    exporters_once: Whole = _exporters_once()
    exporter_millionths: Whole = _exporter_millionths()

    class Config:
        name = "microdata.contributions"
        description = "What each enterprise brings to each region under each basis, to the hundredth."
        unique = ["basis", "enterprise_id", "year", "region_code"]


class MicrodataLeafCells(Table):
    basis: Text = _basis()
    region_code: Text = column("Code of a region, or unallocated")
    year: Whole = year()
    size_class: Text = _size_class()
    placed_by: Text = _placed_by()
    exports_sek: Money = _contribution()
    exporters: Whole = _exporters_whole()
    exporters_once: Whole = _exporters_once()
    exporter_millionths: Whole = _exporter_millionths()

    class Config:
        name = "microdata.leaf_cells"
        description = "Exports and exporters by region, year and size class under each basis, and by what placed them."
        unique = ["basis", "region_code", "year", "size_class", "placed_by"]


class MicrodataCells(Table):
    basis: Text = _basis()
    line: Text = _line()
    year: Whole = year()
    size_class: Text = _cell_size()
    exports_sek: Money = _contribution()
    exporters: Whole = _exporters_whole()
    exporter_millionths: Whole = _exporter_millionths()

    class Config:
        name = "microdata.cells"
        description = "Every figure that may be published, under each basis: lines by size class, with the sums over both."
        unique = ["basis", "line", "year", "size_class"]


class MicrodataCellContributors(Table):
    basis: Text = _basis()
    line: Text = _line()
    year: Whole = year()
    size_class: Text = _cell_size()
    groups: Whole = column("Enterprise groups that bring something", "groups", ge=1)
    largest_sek: Money = column("What the largest group brings", CURRENCY, ge=0)
    second_largest_sek: Money = column("What the second largest group brings; zero when there is none", CURRENCY, ge=0)
    largest_group: Text = _group_id()

    class Config:
        name = "microdata.cell_contributors"
        description = "Who stands behind a cell, for disclosure control alone."
        unique = ["basis", "line", "year", "size_class"]


class MicrodataBasisDifferences(Table):
    first_basis: Text = _basis()
    second_basis: Text = _basis()
    region_code: Text = _region_code()
    year: Whole = year()
    size_class: Text = _codes(ONE_SUM, "Enterprises that are counted: the group, the rest, or all")
    groups: Whole = column("Enterprise groups whose own exports differ", "groups", ge=1)
    largest_sek: Money = column("What the group that differs most differs by", CURRENCY, ge=0)
    others_sek: Money = column("What is left of the difference without the two groups that differ most", CURRENCY, ge=0)
    largest_group: Text = _group_id()

    class Config:
        name = "microdata.basis_differences"
        description = (
            "What a region's exports under one basis differ by from those under another, and who stands behind it."
            " Never leaves the program."
        )
        unique = ["first_basis", "second_basis", "region_code", "year", "size_class"]


class MicrodataDominance(Table):
    region_code: Text = _region_code()
    base_year: Whole = base_year()
    final_year: Whole = final_year()
    base_sek: Money = column("Exports of the group of size classes in the base year", CURRENCY, ge=0)
    final_sek: Money = column("Exports of the group of size classes in the final year", CURRENCY, ge=0)
    largest_base_sek: Money = column("What the largest exporter group of the final year brought in the base year", CURRENCY, ge=0)
    largest_final_sek: Money = column("What the largest exporter group of the final year brought in it", CURRENCY, ge=0)
    carrier_base_sek: Money = column("What the group whose change goes furthest brought in the base year", CURRENCY, ge=0)
    carrier_final_sek: Money = column("What the group whose change goes furthest brought in the final year", CURRENCY, ge=0)

    class Config:
        name = "microdata.dominance"
        description = "What one enterprise group brings to a region's change, for every pair of years. Never leaves the program."
        unique = ["region_code", "base_year", "final_year"]


def models() -> list[type[Table]]:
    """Every table's model, in the order of this file."""
    return pipeline_schemas.models(__name__)


def schemas(method: MicrodataMethod | None = None) -> dict[str, pan.DataFrameSchema]:
    """The schema of every table, by the table's name: with the codes and the currency of a method, or what holds for every one."""
    known = pipeline_schemas.schemas(__name__)
    if method is None:
        return known
    return {table: schema.update_columns(dict(_own_columns(schema, method))) for table, schema in known.items()}


def _own_columns(schema: pan.DataFrameSchema, method: MicrodataMethod) -> Iterator[tuple[str, dict[str, Any]]]:
    """The columns of a schema that a method says something of, and what."""
    geography = method.catalogue.geography
    names = [line for line in ([geography.whole] if geography.whole else []) + [*LINES] if re.fullmatch(geography.code, line)]
    checks = {
        REGION: [pan.Check.str_matches(f"(?:{geography.code})$"), *([pan.Check.notin(names)] if names else [])],
        ONE_CLASS: [pan.Check.isin([*method.sizes.codes, UNKNOWN_SIZE])],
        ONE_CELL: [pan.Check.isin(list(dict.fromkeys((*method.sizes.codes, UNKNOWN_SIZE, *method.sizes.sums))))],
        ONE_SUM: [pan.Check.isin(list(method.sizes.sums))],
    }
    for name, own in schema.columns.items():
        if own.metadata["unit"] == CURRENCY:
            yield name, {"metadata": {"unit": method.catalogue.currency}}
        if "of" in own.metadata:
            yield name, {"checks": checks[own.metadata["of"]]}
