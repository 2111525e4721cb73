"""What the reports on companies are written from: a result, its award and evidence, and the words of a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pipeline import __version__
from pipeline.award import Indicator, in_language
from pipeline.companies.award import CompaniesAward, CompanyEvidence
from pipeline.companies.measures import MEASURES
from pipeline.companies.run import Result
from pipeline.companies.shortlist import KINDS
from pipeline.microdata.method import MicrodataMethod
from pipeline.report.language import UNKNOWN, Language
from pipeline.settings import Words


@dataclass(frozen=True)
class Context:
    """names: of units by identifier, if they were asked for. regions: the names of regions by code."""

    result: Result
    award: CompaniesAward
    evidence: CompanyEvidence
    method: MicrodataMethod
    language: Language
    names: Mapping[str, str]
    regions: Mapping[str, str]

    def say(self, key: str, **places: object) -> str:
        """The text under a key."""
        return self.language.say(key, **places)

    def text(self, words: Words) -> str:
        """A text of the award in the language of the report, or in the one that it has."""
        return in_language(words, self.language.code)

    @property
    def span(self) -> dict[str, int]:
        """The base and the final year, for texts."""
        return {"base": self.award.window.base, "final": self.award.window.final}

    @property
    def chosen(self) -> Sequence[int]:
        """The units on the shortlist, in order."""
        return self.result.shortlist.chosen

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of each unit on the shortlist, from 1."""
        return {unit: number for number, unit in enumerate(self.chosen, 1)}

    def name(self, unit: int) -> str:
        """What a unit of the shortlist is called: its name where names were asked for, else its number."""
        number = self.say("companies.company", number=self.numbers[unit])
        own = self.names.get(self.result.measured.names[unit])
        return f"{own} ({self.numbers[unit]})" if own else number

    def label(self, one: Indicator) -> str:
        """The label of a measure: the award's, else that of the texts. A plain text is in Swedish."""
        own = {"sv": one.label} if isinstance(one.label, str) else dict(one.label or {})
        return own.get(self.language.code) or self.say(f"companies.measure.{one.name}")

    def value(self, name: str, unit: int) -> float | None:
        """A measure of a unit in the award's window; None where unknown."""
        value = float(self.result.measured.measure(name)[unit])
        return None if np.isnan(value) else value

    def shown(self, name: str, value: float | None) -> str:
        """A value of a measure as the report shows it."""
        return self.figure(MEASURES[name][1], value)

    def figure(self, kind: str, value: float | None) -> str:
        """A value of a kind of MEASURES as the report shows it."""
        if value is None:
            return UNKNOWN
        match kind:
            case "growth":
                return self.language.percent(value, signed=True)
            case "points":
                return self.say("companies.points", number=self.language.number(100 * value, 0, signed=True))
            case "share":
                return self.language.percent(value)
            case "ratio":
                return self.language.number(value, 2)
            case "money":
                return self.language.figure(value, "money")
        return self.language.number(value, 0)

    def kind(self, by: str, unit: int) -> str:
        """What the register says of a unit, in words."""
        value = self.result.measured.register[KINDS[by]][unit]  # type: ignore[index]
        return self.kind_name(by, value)

    def kind_name(self, by: str, value: Any) -> str:
        """A county, a size class or an industry in words."""
        if value is None or value == "unknown":
            return self.say("companies.unknown")
        if by == "industry":
            code = str(value)[:2]
            return f"{code} {self.method.industries.get(self.language.code, {}).get(code, '')}".rstrip()
        return self.regions.get(value, value) if by == "county" else str(value).replace("-", "–")

    def warned(self, unit: int) -> list[str]:
        """The warnings about a unit."""
        return [name for name, flags in self.result.shortlist.warnings.items() if flags[unit]]

    def verdict(self, unit: int) -> str:
        """Whether a unit stays on the shortlist whatever is chosen."""
        share, bounds = float(self.result.shortlist.shares.joint[unit]), self.award.robustness
        key = "robust" if share >= bounds.robust_share else "marginal" if share < bounds.marginal_share else "depends"
        return self.say(f"companies.verdict.{key}")

    @cached_property
    def industries(self) -> dict[tuple[str, int], float]:
        """What all units of an industry exported, by its two digits and year."""
        rows = self.result.measured.tables["industry_years"].to_pylist()
        return {(row["division"], row["year"]): float(row["exports_sek"]) for row in rows}

    @property
    def identity(self) -> str:
        """The version, and the first digits of the award's checksum, for the foot of every page."""
        return f"exportregion {__version__} · {self.language.say('document.checksum.award')} {self.award.sha256[:8]}"

    @property
    def mark(self) -> str:
        """What stands at the head of every page."""
        made_up = f"{self.language.say('shared.illustrative')} · " if self.result.is_illustrative else ""
        return made_up + self.say("companies.secret")
