"""How Swedish and English readers expect numbers, dates and the order of names; words.py has what is said in both."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

SPACE = "\u202f"
"""Between thousands, and between a number and its unit: narrow, and no line breaks at it."""
MINUS = "\u2212"
UNKNOWN = ".."
MILLION = 1_000_000
MONTHS = {
    "sv": ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"],
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
}
LAST_IN_SWEDISH = str.maketrans({"å": "{", "ä": "|", "ö": "}"})

Code = Literal["sv", "en"]


@dataclass(frozen=True)
class Language:
    """A language that the report is written in. Rounding is to the nearest, halves away from zero."""

    code: Code

    @property
    def column(self) -> int:
        """Where this language stands in a pair of Swedish and English."""
        return ("sv", "en").index(self.code)

    def number(self, value: float | Decimal, decimals: int, *, signed: bool = False) -> str:
        """25000.4 -> "25 000"; signed puts + before what is above zero."""
        rounded = Decimal(repr(value) if isinstance(value, float) else value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        digits = f"{abs(rounded):,}".replace(",", SPACE)
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return sign + (digits.replace(".", ",") if self.code == "sv" else digits)

    def percent(self, ratio: float, decimals: int = 0, *, signed: bool = False) -> str:
        """0.405 -> "41 %": in whole per cent, as the motivations print it, unless more decimals are asked for."""
        per_cent = self.number(Decimal(repr(float(ratio))) * 100, decimals, signed=signed)
        return f"{per_cent}{SPACE}%" if self.code == "sv" else f"{per_cent}%"

    def share(self, share: float) -> str:
        """A share in whole per cent that does not round certainty into it: 99.6 % is not 100 %."""
        whole = round(100 * share)
        if whole in (0, 100) and share not in (0, 1):
            bound = self.percent(0.01) if whole == 0 else self.percent(0.99)
            less, more = ("mindre än", "mer än") if self.code == "sv" else ("less than", "more than")
            return f"{less if whole == 0 else more} {bound}"
        return self.percent(whole / 100)

    def figure(self, value: float | None, unit: str, *, signed: bool = False) -> str:
        """A value of a column with this unit, as the report shows it; two points for an unknown one."""
        if value is None:
            return UNKNOWN
        if unit in ("relative change", "share"):
            return self.percent(value, signed=signed)
        if unit.startswith("SEK"):
            if value >= MILLION:
                million = "miljoner kr" if self.code == "sv" else "million SEK"
                return f"{self.number(value / MILLION, 1)}{SPACE}{million.replace(' ', SPACE)}"
            return f"{self.number(value, 0, signed=signed)}{SPACE}{'kr' if self.code == 'sv' else 'SEK'}"
        return self.number(value, 0 if abs(value) >= 100 else 1, signed=signed)

    def in_words(self, value: float, unit: str) -> str:
        """The size of a value as it stands in a sentence: 41 procent, 24 550 kronor, 363."""
        shown = self.figure(abs(value), unit)
        if self.code == "sv":
            return shown.replace(f"{SPACE}%", f"{SPACE}procent").replace(f"{SPACE}kr", f"{SPACE}kronor")
        return shown.replace("%", f"{SPACE}per{SPACE}cent")

    def rounding(self, value: float, unit: str) -> str:
        """The rule that figure rounds a value of this unit by."""
        sv = self.code == "sv"
        if unit in ("relative change", "share"):
            to = "hela procent" if sv else "whole per cent"
        elif unit.startswith("SEK") and value >= MILLION:
            to = "tiondels miljoner kronor" if sv else "tenths of a million SEK"
        elif unit.startswith("SEK"):
            to = "hela kronor" if sv else "whole SEK"
        else:
            to = ("hela tal" if sv else "whole numbers") if abs(value) >= 100 else ("tiondelar" if sv else "tenths")
        return f"{to}, {'halva bort från noll' if sv else 'halves away from zero'}"

    def date(self, day: datetime.date) -> str:
        """23 november 2026."""
        return f"{day.day} {MONTHS[self.code][day.month - 1]} {day.year}"

    def order(self, name: str) -> str:
        """The key that names are sorted by: Å, Ä, Ö come last in Swedish, beside A and O in English."""
        small = name.casefold()
        return small.translate(LAST_IN_SWEDISH if self.code == "sv" else str.maketrans("åäöé", "aaoe"))
