"""Numbers as Swedish readers expect them: decimal comma, no-break space between thousands, halves away from zero."""

from decimal import ROUND_HALF_UP, Decimal

SPACE = "\u00a0"
MINUS = "\u2212"


def number(value: float, decimals: int, *, signed: bool = False) -> str:
    """25000.4 -> "25 000"; signed puts + before what is above zero."""
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = f"{abs(rounded):,}".replace(",", SPACE).replace(".", ",")
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return sign + digits


def percent(ratio: float, *, signed: bool = False) -> str:
    """0.405 -> "41 %", in whole per cent as the motivations print it."""
    return number(float(Decimal(repr(ratio)) * 100), 0, signed=signed) + f"{SPACE}%"
