"""Rounding that keeps a threshold true: up or down, never to the nearest."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

MOST_DECIMALS = 6
"""With how many decimals a bound is printed at most."""


def directed(value: float, decimals: int, *, up: bool) -> float:
    """A value rounded up or down to so many decimals: what lies beyond the value stays beyond it."""
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_CEILING if up else ROUND_FLOOR))


def within(lowest: float, value: float, highest: float, decimals: int) -> tuple[float, float, int]:
    """Two bounds rounded inwards, so that both still hold, and the decimals that it takes for the value to lie between them.

    A bound that is the value itself, to more decimals than can be printed, is rounded to the nearest as the value is.
    """
    ends = directed(lowest, decimals, up=True), directed(highest, decimals, up=False)
    if ends[0] <= value <= ends[1]:
        return (*ends, decimals)
    if decimals == MOST_DECIMALS:
        return round(lowest, 2), round(highest, 2), 2
    return within(lowest, value, highest, decimals + 1)
