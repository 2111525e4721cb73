"""What is known of regions beyond trade figures: awards/<year>-evidence.toml, beside an award's file."""

from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import model_validator

from pipeline.award import EVIDENCE, Award
from pipeline.settings import Closed, Day, Prose, Text, WebAddress, WholeFile, load


class Statement(Closed):
    """What is known of a county's work with exports, beyond trade figures: one ground, as one source states it."""

    region_code: Text
    kind: Literal["collaboration", "cross-border partners", "companies reached", "brand"]
    statement: Prose
    source: Prose
    page: WebAddress | None = None
    date: Day
    entered_by: Prose


class Evidence(WholeFile):
    """awards/<year>-evidence.toml: statements that stand beside the figures and never enter the score."""

    file: Path
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def nothing_twice(self) -> Self:
        seen: dict[tuple[str, str, str], int] = {}
        for number, statement in enumerate(self.statements, 1):
            first = seen.setdefault((statement.region_code, statement.kind, statement.statement), number)
            if first != number:
                raise ValueError(f"statements {first} and {number} say the same of {statement.region_code} on {statement.kind}")
        return self


BLANK = """\
# What is known of the regions beside trade figures, for the round of {round}. It stands beside the figures and never enters the score;
# a ground without a statement is shown as a gap. Statements are in the language of the report.
#
# region_code  a region
# kind         {kinds}
# statement    one fact, in your own words; what is judgement says whose
# source       who states it, and where; page is its address, where it has one
# date         the day that the source bears, or of the event it tells of
# entered_by   who entered the statement here: a role or a name
#
# [[statements]]
# region_code = "…"
# kind = "…"
# statement = "…"
# source = "…"
# page = "https://…"
# date = {round}-01-31
# entered_by = "…"
"""


def blank(award: str) -> str:
    """The text of an evidence file of a round, with what a statement says and none of them."""
    kinds = get_args(Statement.model_fields["kind"].annotation)
    return BLANK.format(round=award, kinds=", ".join(f'"{kind}"' for kind in kinds))


def evidence_file(award: Award) -> Path:
    """Where an award's evidence stands, if there is any: beside its file, with a longer name."""
    return award.file.with_name(f"{award.file.stem}{EVIDENCE}.toml")


def load_evidence(award: Award) -> Evidence:
    """Read an award's evidence; an award without the file has none. Raises DataRefused with every fault of the file."""
    path = evidence_file(award)
    return load(Evidence, path, file=path) if path.exists() else Evidence(file=path)
