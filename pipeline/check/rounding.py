"""How numbers that are written may have been rounded."""

from decimal import Decimal

from pipeline.check.readings import rounded
from pipeline.check.tokens import Written

ROUND_DIGIT = 5
"""A digit that a number is rounded to as it is to a zero."""


def last_digit(value: Decimal) -> Decimal:
    """One of the last digit of a number that is no zero, five where that is a five: 1 of 48, 5 of 45, 10 of 40."""
    digits = value.normalize().as_tuple()
    return Decimal(ROUND_DIGIT if digits.digits[-1] == ROUND_DIGIT else 1).scaleb(int(digits.exponent))


def rounded_coarsely(size: Decimal, written: Written) -> bool:
    """Whether an amount is what is written once its zeros are taken for rounding, two digits left at the least."""
    step = written.step * 10
    while written.low % step == 0 and written.low >= step * 10:
        if rounded(size, step) == written.low:
            return True
        step *= 10
    return False


def left_open(base: Written, final: Written) -> tuple[Decimal, Decimal]:
    """The growth, in per cent, that two printed levels leave possible."""
    low = (final.low - final.step / 2) / (base.high + base.step / 2)
    high = (final.high + final.step / 2) / (base.low - base.step / 2) if base.low > base.step / 2 else Decimal("Infinity")
    return (low - 1) * 100, (high - 1) * 100
