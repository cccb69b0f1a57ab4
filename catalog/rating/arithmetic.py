"""Exact arithmetic: inside ``exact()`` a result that would have to be rounded raises instead.

Products and sums are exact: quantities of 50 digits times prices of 38 fit in 120. Only a quotient
cannot be; it is cut, half up, at a stated number of places, here and nowhere else.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import ROUND_DOWN, Context, Decimal, Inexact, localcontext

from kit.money import EXACT, MAX_DECIMALS

AMOUNT_PLACES = 24
"""Places of a quotient that is an amount: what the product of two 12-place numbers has."""

_CONTEXT = EXACT.copy()
_CONTEXT.traps[Inexact] = True
_ONE_AMOUNT = Decimal(1).scaleb(-AMOUNT_PLACES)
_ONE_UNIT_AMOUNT = Decimal(1).scaleb(-MAX_DECIMALS)


def exact() -> AbstractContextManager[Context]:
    """A block in which plain operators are exact or raise ``decimal.Inexact``."""
    return localcontext(_CONTEXT)


def percent_of(percent: Decimal, quantity: Decimal) -> Decimal:
    """``percent`` per cent of ``quantity``, exactly: the point moves, nothing is divided."""
    return (percent * quantity).scaleb(-2)


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """An amount or block count that does not come out even: 24 places, half up."""
    return EXACT.divide(dividend, divisor).quantize(_ONE_AMOUNT, context=EXACT)


def part(units: Decimal, quantity: Decimal, of: Decimal) -> Decimal:
    """``quantity`` x ``units`` / ``of``, cut off at 24 places, so that parts never exceed the whole."""
    return EXACT.divide(units * quantity, of).quantize(_ONE_AMOUNT, rounding=ROUND_DOWN, context=EXACT)


def per_unit(amount: Decimal, quantity: Decimal) -> Decimal | None:
    """The effective price of one unit, 12 places half up; None when there are no units to share it."""
    if quantity <= 0:
        return None
    return EXACT.divide(amount, quantity).quantize(_ONE_UNIT_AMOUNT, context=EXACT)
