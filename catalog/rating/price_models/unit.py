"""A price per unit: quantity x amount."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import Place, UnitPrice

UNITS = DetailKind.UNITS


def charge(price: UnitPrice, quantity: Decimal, place: Place) -> Detail:
    """``quantity`` units at the price of one."""
    return Detail(UNITS, quantity, quantity * price.amount, None, place)
