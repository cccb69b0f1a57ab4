"""What a coupon must be before it is stored; each error names the field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from catalog.models import Coupon, CouponDiscountType, CouponDurationType, Redeemed
from catalog.rating.rules.conditions import COMPARISONS
from kit.errors import InvalidField, MissingField, ReferencedNotFound
from metering.models import MeterValue, ValueType

Json = Mapping[str, Any]
# The field that says how much, by type.
VALUES = {
    CouponDiscountType.PERCENTAGE: "percentage",
    CouponDiscountType.AMOUNT: "amount",
    CouponDiscountType.USAGE: "usage",
}
HUNDRED = Decimal(100)


def settled(platform: Platform, fields: Json) -> dict[str, Any]:
    """The fields with the id of a meter value that was named by its reference."""
    values, discount = dict(fields), fields.get("discount") or {}
    usage = discount.get("usage") or {}
    named = usage.get("meter_value_id")
    found = MeterValue.objects.filter(platform=platform, reference=named).first() if named else None
    if found is not None:
        values["discount"] = {**discount, "usage": {**usage, "meter_value_id": found.public_id}}
    return values


def require(coupon: Coupon) -> None:
    """Raise MissingField, InvalidField or ReferencedNotFound for the first thing that is wrong."""
    require_window(coupon)
    _discount(coupon.platform, coupon.discount)
    _duration(coupon.duration)


def require_window(row: Redeemed) -> None:
    """The dates and numbers that limit how often and when something is redeemed."""
    if row.start_at and row.end_at and row.end_at <= row.start_at:
        raise InvalidField("must be later than start_at", field="end_at")
    for name in ("maximum_redemptions", "maximum_redemptions_per_customer"):
        if getattr(row, name) == 0:
            raise InvalidField("must be at least 1", field=name)
    if row.maximum_redemptions is not None and row.maximum_redemptions < row.number_of_redemptions:
        message = f"must not be below the {row.number_of_redemptions} redemptions there are"
        raise InvalidField(message, field="maximum_redemptions")


def _discount(platform: Platform, discount: Json) -> None:
    kind = CouponDiscountType(discount["type"])
    for other, name in VALUES.items():
        if other is kind and discount.get(name) is None:
            raise MissingField(field=f"discount.{name}")
        if other is not kind and discount.get(name) is not None:
            raise InvalidField(f"belongs to a discount of type {other}", field=f"discount.{name}")
    match kind:
        case CouponDiscountType.PERCENTAGE:
            if not 0 < Decimal(discount["percentage"]) <= HUNDRED:
                raise InvalidField("must be above 0 and at most 100", field="discount.percentage")
        case CouponDiscountType.AMOUNT:
            _positive(discount["amount"]["quantity"], "discount.amount.quantity")
        case CouponDiscountType.USAGE:
            _usage(platform, discount["usage"])
    _condition(discount)


def _usage(platform: Platform, usage: Json) -> None:
    """Units of a value that is a number, or so much of one that is money."""
    path = "discount.usage"
    value = MeterValue.objects.filter(platform=platform, public_id=usage.get("meter_value_id")).first()
    if value is None:
        raise ReferencedNotFound(
            "The requested METER_VALUE could not be found", field=f"{path}.meter_value_id"
        )
    wanted, other = ("amount", "number") if value.type == ValueType.AMOUNT else ("number", "amount")
    if usage.get(other) is not None:
        raise InvalidField(
            f"the meter value {value.reference} is of type {value.type}", field=f"{path}.{other}"
        )
    if usage.get(wanted) is None:
        raise MissingField(field=f"{path}.{wanted}")
    units = usage["amount"]["quantity"] if wanted == "amount" else usage["number"]
    _positive(units, f"{path}.{wanted}")


def _condition(discount: Json) -> None:
    condition = discount.get("condition")
    if not condition:
        return
    path = "discount.condition"
    if condition["comparator"] not in COMPARISONS:
        raise InvalidField("amounts compare by size only", field=f"{path}.comparator")
    amount, bound = discount.get("amount"), condition["value"]["amount"]
    if amount and amount["currency"] != bound["currency"]:
        message = f"must be the currency of the discount, {amount['currency']}"
        raise InvalidField(message, field=f"{path}.value.amount.currency")


def _duration(duration: Json) -> None:
    if duration["type"] == CouponDurationType.PERIOD and not duration.get("period"):
        raise MissingField(field="duration.period")
    if duration["type"] != CouponDurationType.PERIOD and duration.get("period"):
        raise InvalidField("belongs to a duration of type PERIOD", field="duration.period")


def _positive(quantity: str, field: str) -> None:
    if Decimal(quantity) <= 0:
        raise InvalidField("must be above 0", field=field)
