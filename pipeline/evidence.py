"""What is known of regions beyond trade figures: awards/<year>-evidence.toml, beside an award's file."""

from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

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


class Nomination(Closed):
    """That a region was nominated in the round, and whether it won, as one source states it. It is entered when the round is over."""

    region_code: Text
    won: bool = Field(default=False, strict=True)
    source: Prose
    page: WebAddress | None = None
    date: Day


class Evidence(WholeFile):
    """awards/<year>-evidence.toml: statements and nominations that stand beside the figures and never enter the score."""

    file: Path
    statements: tuple[Statement, ...] = ()
    nominations: tuple[Nomination, ...] = ()
    earlier: dict[str, "Evidence"] = Field(default={}, exclude=True, repr=False)
    """That of the rounds that the award names, by name. Not a key of the file."""

    @model_validator(mode="after")
    def nothing_twice(self) -> Self:
        seen: dict[tuple[str, str, str], int] = {}
        for number, statement in enumerate(self.statements, 1):
            first = seen.setdefault((statement.region_code, statement.kind, statement.statement), number)
            if first != number:
                raise ValueError(f"statements {first} and {number} say the same of {statement.region_code} on {statement.kind}")
        codes = [nomination.region_code for nomination in self.nominations]
        if len({*codes}) < len(codes):
            raise ValueError(f"{next(code for code in codes if codes.count(code) > 1)} is nominated twice")
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
#
# Who was nominated and who won, entered once it is known: rounds that name this one as a predecessor show it beside its ranking.
#
# [[nominations]]
# region_code = "…"
# won = true                 # left out for those who did not
# source = "…"
# page = "https://…"
# date = {round}-10-31
"""


def blank(award: str) -> str:
    """The text of an evidence file of a round, with what a statement says and none of them."""
    kinds = get_args(Statement.model_fields["kind"].annotation)
    return BLANK.format(round=award, kinds=", ".join(f'"{kind}"' for kind in kinds))


def evidence_file(award: Award) -> Path:
    """Where an award's evidence stands, if there is any: beside its file, with a longer name."""
    return award.file.with_name(f"{award.file.stem}{EVIDENCE}.toml")


def load_evidence(award: Award) -> Evidence:
    """Read an award's evidence and that of the rounds that it names; an award without the file has none.

    Raises DataRefused with every fault of a file.
    """
    return _load(award, {name: _load(one, {}) for name, one in award.lineage.items()})


def _load(award: Award, earlier: dict[str, Evidence]) -> Evidence:
    path = evidence_file(award)
    return load(Evidence, path, file=path, earlier=earlier) if path.exists() else Evidence(file=path, earlier=earlier)
