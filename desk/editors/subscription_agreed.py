"""The discount, the commitment and the coupons that stored phases have, as the editor's fields say them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.services.coupons import coupons
from desk.editors import subscription_commitment, subscription_coupon, subscription_discount

Values = dict[str, Any]
DISCOUNT, COMMITMENT, COUPONS = "discount", "commitment", "coupons"


def values_of(billed: Sequence[PricingPlanSchedule], zone: ZoneInfo) -> Values:
    """What the fields start from; ``kept`` names what they cannot say, or not of all phases alike."""
    first, kept = billed[0], []
    values: Values = {"currency": first.subscription.billing_currency}
    alike = subscription_discount.values_of(first.discount, zone)
    by_phase = subscription_discount.values_of_phases([row.discount for row in billed], zone)
    for discount in (alike, by_phase):
        if _is_discount_said(billed, values | discount, zone):
            values |= discount
            break
    else:
        kept.append(DISCOUNT)
    commitment = subscription_commitment.values_of(first.commitment)
    if _is_commitment_said(billed, values | commitment):
        values |= commitment
    else:
        kept.append(COMMITMENT)
    named = [[(each["id"], each["promotion_code_id"]) for each in coupons.applied(row)] for row in billed]
    if all(each == named[0] for each in named):
        values |= subscription_coupon.values_of(first)
    else:
        kept.append(COUPONS)
    return {**values, "kept": kept}


def _is_discount_said(billed: Sequence[PricingPlanSchedule], values: Values, zone: ZoneInfo) -> bool:
    """Whether the fields would give every phase just the discount that it has."""
    if not all(subscription_discount.is_sayable(row.discount) for row in billed):
        return False
    if len(billed) == 1:
        return True
    for number, row in enumerate(billed):
        sold, asked = agreed_prices.sold(row), subscription_discount.of_phase(values, number)
        would = subscription_discount.said(asked, sold, row.start_at, row.end_at, zone)
        if _same(would) != _same(row.discount):
            return False
    return True


def _is_commitment_said(billed: Sequence[PricingPlanSchedule], values: Values) -> bool:
    if not all(subscription_commitment.is_sayable(row.commitment) for row in billed):
        return False
    if len(billed) == 1:
        return True
    return all(
        _same(subscription_commitment.said(values, agreed_prices.sold(row))) == _same(row.commitment)
        for row in billed
    )


def _same(terms: Any) -> Any:
    """Terms to be compared: numbers by value, without what is empty."""
    if isinstance(terms, dict):
        found = {name: _same(each) for name, each in terms.items()}
        numbers = ("quantity", "percentage", "number")
        return {
            name: Decimal(each) if name in numbers and isinstance(each, str) else each
            for name, each in found.items()
            if each not in (None, [], {})
        }
    if isinstance(terms, list):
        return [_same(each) for each in terms]
    return terms
