"""What a coupon does, in words: the columns of a list and the sentence of the editor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.calc.targets import COMPARED
from catalog.models import CouponDiscountType, CouponDurationType
from desk.components import format

Json = Mapping[str, Any]


def discount(terms: Json, unit: str = "units") -> str:
    """``15% off``, ``€5.00 off``, ``30 minutes free``."""
    match CouponDiscountType(terms["type"]):
        case CouponDiscountType.PERCENTAGE:
            return f"{format.number(Decimal(terms['percentage']))}% off"
        case CouponDiscountType.AMOUNT:
            return f"{_money(terms['amount'])} off"
        case CouponDiscountType.USAGE:
            usage = terms["usage"]
            return f"{_money(usage['amount'])} of {unit} free" if usage.get("amount") else _units(usage, unit)


def condition(terms: Json) -> str:
    """``if the charges are at least €50.00``; nothing where there is none."""
    found = terms.get("condition")
    if not found:
        return ""
    return f"if the charges are {COMPARED[found['comparator']]} {_money(found['value']['amount'])}"


def duration(terms: Json) -> str:
    """``once``, ``for 3 months``, ``for good``."""
    match CouponDurationType(terms["type"]):
        case CouponDurationType.ONE_TIME:
            return "once"
        case CouponDurationType.FOREVER:
            return "for good"
        case CouponDurationType.PERIOD:
            length = terms["period"]
            word = str(length["type"]).lower()
            return f"for {length['value']} {word}" + ("s" if length["value"] > 1 else "")


def used(row: Any) -> str:
    """``3 of 100``, or ``3``."""
    count = format.number(row.number_of_redemptions)
    most = row.maximum_redemptions
    return f"{count} of {format.number(most)}" if most is not None else count


def valid(row: Any, zone: ZoneInfo) -> str:
    """When it can be redeemed."""
    start, end = (_day(each, zone) for each in (row.start_at, row.end_at))
    if start and end:
        return f"{start} to {end}"
    return f"from {start}" if start else f"until {end}" if end else "always"


def _day(instant: datetime | None, zone: ZoneInfo) -> str:
    return format.instant(instant, zone) if instant else ""


def _units(usage: Json, unit: str) -> str:
    return f"{format.number(Decimal(usage['number']))} {unit} free"


def _money(amount: Json) -> str:
    return format.money(Decimal(amount["quantity"]), amount["currency"])
