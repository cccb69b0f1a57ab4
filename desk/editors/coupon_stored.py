"""What the coupon editor's form starts from for a coupon that is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from catalog.models import (
    Coupon,
)
from catalog.selectors import coupons as selectors


def initial(coupon: Coupon, zone: ZoneInfo) -> dict[str, Any]:
    """What the form starts from for a coupon that is there."""
    terms, usage = coupon.discount, coupon.discount.get("usage") or {}
    amount, bound = terms.get("amount") or usage.get("amount"), terms.get("condition")
    period = coupon.duration.get("period") or {}
    limits = selectors.limited_to(coupon)
    last = coupon.end_at - timedelta(microseconds=1) if coupon.end_at else None
    return {
        "name": coupon.name,
        "reference": coupon.reference,
        "description": coupon.description,
        "kind": terms["type"],
        "percentage": terms.get("percentage"),
        "amount": terms["amount"]["quantity"] if terms.get("amount") else None,
        "currency": (amount or (bound or {}).get("value", {}).get("amount") or {}).get("currency"),
        "units": usage["amount"]["quantity"] if usage.get("amount") else usage.get("number"),
        "meter_value": usage.get("meter_value_id"),
        "at_least": bound["comparator"] if bound else None,
        "bound": bound["value"]["amount"]["quantity"] if bound else None,
        "limits": [f"{name.removesuffix('_ids')}:{key}" for name, keys in limits.items() for key in keys],
        "duration": coupon.duration["type"],
        "length": period.get("value"),
        "length_unit": period.get("type"),
        "maximum_redemptions": coupon.maximum_redemptions,
        "maximum_redemptions_per_customer": coupon.maximum_redemptions_per_customer,
        "first_day": coupon.start_at.astimezone(zone).date() if coupon.start_at else None,
        "last_day": last.astimezone(zone).date() if last else None,
    }
