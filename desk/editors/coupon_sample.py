"""What a coupon does to an invoice that nobody has to pay: by the functions that make real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.calc import coupons, discounts
from billing.calc.targets import Level, Target
from catalog.rating.parsing import config as rating_config
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from kit.money import total

FEE, USED, PRICE = Decimal(49), Decimal(1000), Decimal("0.15")


@dataclass(frozen=True, slots=True)
class Sample:
    """Its lines (name, amount), what the coupon takes off, and what is left to pay."""

    lines: Sequence[tuple[str, Decimal]]
    coupon: str
    off: Decimal
    total: Decimal
    currency: str


def of(entry: Mapping[str, Any], *, currency: str, limited: str, at: datetime) -> Sample:
    """A fee and some usage with the coupon of this entry; ``limited`` names what it is limited to."""
    [coupon] = coupons.applied([entry], start=at, firsts={}, zone=ZoneInfo("UTC"))
    discount = coupons.discount(coupon)
    targets = [_fee(coupon, at), _usage(coupon, currency, at)]
    taken = discounts.take([discount], targets, currency=currency)
    names = ["Platform fee", f"{limited}, 1,000 units" if limited else "Usage, 1,000 units"]
    return Sample(
        lines=list(zip(names, (each.amount for each in targets), strict=True)),
        coupon=discount.description,
        off=-taken.amount,
        total=total(taken.left),
        currency=currency,
    )


def _fee(coupon: coupons.Coupon, at: datetime) -> Target:
    return Target(FEE, at)


def _usage(coupon: coupons.Coupon, currency: str, at: datetime) -> Target:
    """Usage that is all of what the coupon is limited to."""
    body = {"pricing_type": "FLAT", "bands": [{"amount": {"quantity": str(PRICE), "currency": currency}}]}
    rated = rate(rating_config.parse(body), Usage(USED))
    ids: dict[Level, frozenset[str]] = dict(coupon.limits)
    return Target(rated.rounded, at, ids, rated, coupon.meter_value_id)
