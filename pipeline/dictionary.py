"""The data dictionary, generated from the schemas: python -m pipeline.dictionary > docs/data-dictionary.md."""

from pipeline import schemas
from pipeline.microdata import schemas as microdata
from pipeline.microdata.method import MICRODATA, load_method

INTRODUCTION = """# Data dictionary

Every table of a run, its grain, and what each column means. `make docs` generates this page from `pipeline/tables/`; a test fails when
they differ. The tables are in `data/processed/<award>/<schema>/<table>.parquet` and `.csv`, and in `exportregion.duckdb`.
`exportregion microdata build` makes the tables `microdata.*` from firm-level records, and stores only its results. There is a
table `staging.<statistic>` for each statistic that a round needs; this page has those of the built-in catalogue.

`ranking.ranking` and `ranking.candidates` have three more columns for each indicator of the award: `<indicator>`,
`<indicator>_normalised` (higher is better) and `<indicator>_weighted` (what it brings to the score).
"""


def dictionary() -> str:
    """The data dictionary as Markdown."""
    method = load_method(MICRODATA)
    tables = {**schemas.schemas(), **microdata.schemas(method)}
    parts = []
    for name, table in tables.items():
        parts.append(_table(table))
        if name == "staging.figures":
            of_statistics = (schemas.statistic_schema(method.catalogue, statistic) for statistic in method.catalogue.statistics)
            parts += [_table(schema) for schema in of_statistics]
    return "\n".join([INTRODUCTION, *parts])


def _table(schema: schemas.Schema) -> str:
    lines = [
        f"## {schema.name}",
        "",
        schema.description,
        "",
        f"Grain: {', '.join(schema.grain or ['none: a row is a finding, or a declaration'])}.",
        "",
    ]
    lines += ["| column | type | unit | may be empty | meaning |", "|:---|:---|:---|:---|:---|"]
    for name, column in schema.columns.items():
        unit = column.metadata.get("unit") or ""
        among = column.checks.get("one_of")
        values = f" One of {', '.join(f'`{value}`' for value in among)}." if among else ""
        lines.append(f"| `{name}` | {column.type} | {unit} | {'yes' if column.nullable else ''} | {column.description}.{values} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    print(dictionary(), end="")
