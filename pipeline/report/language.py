"""What is said in a language, and how its readers expect numbers, dates and the order of names."""

import datetime
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pipeline.declarations import Nouns
from pipeline.report.visible import SPACE
from pipeline.report.words import Code, texts

MINUS = "\u2212"
UNKNOWN = ".."
MILLION = 1_000_000
DIGITS = 12
"""Of a share, those that are no error of floating-point arithmetic."""


class _Places(dict[str, object]):
    """What fills the places of a text; one that is not there stays as it is, for who fills it later."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


@dataclass(frozen=True)
class Language:
    """A language that the report is written in, and what a geography's regions, whole and money are called in it.

    Rounding is to the nearest, halves away from zero.
    """

    code: Code
    nouns: Nouns

    def has(self, key: str) -> bool:
        """Whether there is a text under a key of texts/<code>.toml."""
        return key in texts(self.code)

    def say(self, key: str, **places: object) -> str:
        """The text under a key, with its {places} and the geography's nouns filled."""
        return self._filled(texts(self.code)[key], places)

    def several(self, key: str) -> tuple[str, ...]:
        """The texts under a key that has a list of them, with the geography's nouns filled."""
        return tuple(self._filled(text, {}) for text in texts(self.code)[key])

    def _filled(self, text: str, places: Mapping[str, object]) -> str:
        return text.format_map(_Places({**self._nouns, **places})) if "{" in text else text

    @functools.cached_property
    def _nouns(self) -> dict[str, str]:
        """The geography's nouns by the places that texts have for them; capitalised ones begin a sentence."""
        nouns = {key: str(value) for key, value in self.nouns.model_dump().items()}
        return nouns | {key.capitalize(): value[:1].upper() + value[1:] for key, value in nouns.items()}

    def money_unit(self, unit: int) -> str:
        """The unit that a file is written in: kr, tkr, mn kr."""
        words = {1: self.nouns.money_short, 1_000: self.nouns.thousand_short, 1_000_000: self.nouns.million_short}
        return words.get(unit, f"× {unit} {self.nouns.money_short}")

    def headings(self, *keys: str) -> tuple[str, ...]:
        """The headings of a table's columns, by their keys below "heading"."""
        return tuple(self.say(f"heading.{key}") for key in keys)

    def listed(self, items: Iterable[str]) -> str:
        """Items in a sentence: a, b och c."""
        *first, last = [*items] or [""]
        return self.say("shared.and", first=", ".join(first), last=last) if first else last

    def number(self, value: float | Decimal, decimals: int, *, signed: bool = False) -> str:
        """25000.4 -> "25 000"; signed puts + before what is above zero."""
        exact = Decimal(repr(value) if isinstance(value, float) else value)
        rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        digits = f"{abs(rounded):,}".replace(",", SPACE)
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return sign + digits.replace(".", self.say("number.decimal"))

    def percent(self, ratio: float, decimals: int = 0, *, signed: bool = False) -> str:
        """0.405 -> "41 %": in whole per cent, as the motivations print it, unless more decimals are asked for."""
        return self.say("number.figure.percent", number=self._per_cent(ratio, decimals, signed=signed))

    def share(self, share: float, *, brief: bool = False) -> str:
        """A share in whole per cent that does not round certainty into it: 99.6 % is not 100 %. brief: with signs, for tables."""
        whole = round(100 * share)
        if whole in (0, 100) and round(share, DIGITS) not in (0, 1):
            key, bound = ("more_than", 0.99) if whole else ("less_than", 0.01)
            return self.say(f"number.{'sign.' if brief else ''}{key}", bound=self.percent(bound))
        return self.percent(whole / 100)

    def counted(self, key: str, count: int, shown: str = "") -> str:
        """A number of things in words: 1 metod, 14 metoder, or as it is shown: 12 av 14 metoder."""
        one, several = self.several(f"counted.{key}")
        return f"{shown or self.number(count, 0)} {one if count == 1 else several}"

    def exact(self, value: float | Decimal) -> str:
        """A number with all its digits and the language's sign for decimals: 0,4099998173456605."""
        digits = f"{value.normalize():f}" if isinstance(value, Decimal) else str(int(value)) if value.is_integer() else repr(value)
        return digits.replace(".", self.say("number.decimal"))

    def figure(self, value: float | None, unit: str, *, signed: bool = False, finer: int = 0) -> str:
        """A value of this kind of unit, as the report shows it; two points for an unknown one. finer: how many decimals more."""
        if value is None:
            return UNKNOWN
        kind = _kind(value, unit)
        return self.say(f"number.figure.{kind}", number=self._rounded(value, kind, signed=signed, finer=finer))

    def in_words(self, value: float, unit: str, finer: int = 0) -> str:
        """The size of a value as it stands in a sentence: 41 procent, 24 550 kronor, 363."""
        kind = _kind(abs(value), unit)
        return self.say(f"number.in_words.{kind}", number=self._rounded(abs(value), kind, finer=finer))

    def is_shown_as_zero(self, value: float, unit: str) -> bool:
        return not any(digit in "123456789" for digit in self.figure(abs(value), unit))

    def finer(self, base: float, final: float, unit: str) -> int:
        """How many decimals more tell two levels apart that would be rounded to the same: 260,3 and 259,9 instead of 260 and 260."""
        apart = (finer for finer in range(4) if self.figure(base, unit, finer=finer) != self.figure(final, unit, finer=finer))
        return next(apart, 0)

    def has_tenths(self, value: float, unit: str) -> bool:
        """Whether a number of this unit is shown in tenths."""
        return _kind(value, unit) == "tenths"

    def rounding(self, value: float, unit: str, finer: int = 0) -> str:
        """The rule that figure rounds a value of this unit by."""
        return self.say("number.rounding.finer", decimals=finer) if finer else self.say(f"number.rounding.{_kind(value, unit)}")

    def date(self, day: datetime.date) -> str:
        """23 november 2026."""
        return f"{day.day} {self.several('shared.months')[day.month - 1]} {day.year}"

    def span(self, first: int | str, last: int | str) -> str:
        """What lies between two years, places or figures: 2016–2020, or 3 where both are the same."""
        return str(first) if first == last else f"{first}–{last}"

    def order(self, name: str) -> str:
        """The key that names are sorted by: Å, Ä, Ö come last in Swedish, beside A and O in English."""
        return name.casefold().translate(str.maketrans(self.say("alphabet.letters"), self.say("alphabet.sorted_as")))

    def _rounded(self, value: float, kind: str, *, signed: bool = False, finer: int = 0) -> str:
        if kind == "percent":
            return self._per_cent(value, finer, signed=signed)
        if kind == "million":
            return self.number(value / MILLION, 1 + finer)
        return self.number(value, (1 if kind == "tenths" else 0) + finer, signed=signed)

    def _per_cent(self, ratio: float, decimals: int, *, signed: bool) -> str:
        return self.number(Decimal(repr(float(ratio))) * 100, decimals, signed=signed)


def _kind(value: float, unit: str) -> str:
    """How a value of this kind of unit is shown: a key below "number.figure"."""
    if unit in ("growth", "share"):
        return "percent"
    if unit == "money":
        return "million" if abs(value) >= MILLION else "money"
    return "whole" if abs(value) >= 100 else "tenths"
