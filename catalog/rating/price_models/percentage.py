"""A percentage of an AMOUNT value, with a floor and a cap for each event.

An event at its floor or cap is charged exactly that. A negative event undoes the positive one of
the same size: its charge is the same with the sign turned.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from catalog.rating import arithmetic, limits
from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import ZERO, Percentage, Place


def charge(price: Percentage, quantity: Decimal, place: Place) -> Detail:
    """``price.percent`` per cent of ``quantity``."""
    amount = arithmetic.percent_of(price.percent, quantity)
    return Detail(DetailKind.PERCENTAGE, quantity, amount, place=place)


def charge_events(price: Percentage, values: Iterable[Decimal], place: Place) -> list[Detail]:
    """The single events: those between floor and cap together, the floored and the capped apart."""
    sums = {kind: [ZERO, ZERO] for kind in _KINDS}
    least, most = _hundredfold(price.floor), _hundredfold(price.cap)
    for value in values:
        bucket = sums[_kind(price.percent * abs(value), least, most)]
        bucket[0] += value
        bucket[1] += -1 if value < 0 else 1
    details = []
    for kind, (quantity, times) in sums.items():
        if kind is DetailKind.PERCENTAGE and quantity:
            details.append(charge(price, quantity, place))
        elif kind is not DetailKind.PERCENTAGE and times:
            each = price.floor if kind is DetailKind.MINIMUM_AMOUNT else price.cap
            assert each is not None
            details.append(Detail(kind, quantity, each * times, times, place))
    return limits.never_below_zero(details)


_KINDS = (DetailKind.PERCENTAGE, DetailKind.MINIMUM_AMOUNT, DetailKind.MAXIMUM_AMOUNT)


def _hundredfold(bound: Decimal | None) -> Decimal | None:
    """What percents times a value are compared with: its point moves once, not that of every event."""
    return None if bound is None else bound.scaleb(2)


def _kind(size: Decimal, least: Decimal | None, most: Decimal | None) -> DetailKind:
    if limits.below_floor(size, least):
        return DetailKind.MINIMUM_AMOUNT
    if limits.above_cap(size, most):
        return DetailKind.MAXIMUM_AMOUNT
    return DetailKind.PERCENTAGE
