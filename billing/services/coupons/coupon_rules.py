"""Whether a coupon can be applied to a schedule, and redeemed at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from accounts.context import Context
from billing.calc import coupons as calc
from billing.calc.coupons import Redeemable
from billing.calc.schedule import Active
from billing.models import PricingPlanSchedule, PricingPlanSubscription, PromotionCode
from billing.selectors import agreed_prices
from billing.selectors.item_terms import ItemTerms
from catalog.models import Coupon, CouponStatus, Redeemed
from kit.errors import InvalidField, InvalidOperation, NotUsable, TallydeskError

EVER = datetime.min.replace(tzinfo=UTC)
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A coupon that a request names, by id or by a code; ``path`` is where."""

    path: str
    coupon: Coupon
    code: PromotionCode | None = None


def require(
    *, ctx: Context, schedule: PricingPlanSchedule, sent: Sent, limited_to: Mapping[str, Sequence[str]]
) -> None:
    """Raise for a coupon that cannot be redeemed now, or is of another currency.

    InvalidField also where it has nothing to take off: the schedule sells nothing that it is limited to.
    """
    subscription = schedule.subscription
    for row in rows_of(sent.coupon, sent.code):
        require_redeemable(row, subscription, at=ctx.at, by_customer=0, field=sent.path)
    require_currency(sent.coupon.discount, subscription.billing_currency, sent.path)
    require_sold(sent.coupon.discount, limited_to, schedule, sent.path)


def require_redeemable(
    row: Coupon | PromotionCode,
    subscription: PricingPlanSubscription | None,
    *,
    at: datetime,
    by_customer: int,
    field: str,
) -> None:
    """Raise NotUsable or InvalidOperation where the row's status, dates, limits or customers forbid it.

    Without a subscription it is for anyone. ``by_customer`` is how often the subscription's customer has
    redeemed it. Only with the row locked is this the last word.
    """
    name = named(row)
    if row.status != CouponStatus.ACTIVE:
        raise NotUsable(f"{name} is {row.status}; only an ACTIVE one can be redeemed", **_place(row, field))
    if isinstance(row, PromotionCode) and subscription is not None and not _is_for(row, subscription):
        raise InvalidOperation(f"{name} is for other customers", **_place(row, field))
    try:
        calc.check(_limits(row, by_customer), at=at)
    except TallydeskError as error:
        raise InvalidOperation(f"{name} {error.message}", **_place(row, field)) from None


def rows_of(coupon: Coupon, code: PromotionCode | None) -> list[Coupon | PromotionCode]:
    """Whatever counts a redemption: the code, where there is one, and the coupon."""
    return [code, coupon] if code else [coupon]


def named(row: Coupon | PromotionCode) -> str:
    """What messages call it."""
    return f"The coupon {row.reference}" if isinstance(row, Coupon) else f"The promotion code {row.code}"


def _place(row: Coupon | PromotionCode, field: str) -> dict[str, str]:
    return {"field": field, "resource_type": row.object_type, "resource_id": row.public_id}


def _is_for(code: PromotionCode, subscription: PricingPlanSubscription) -> bool:
    customers = [link.customer_id for link in code.customer_links.all()]
    return not customers or subscription.customer_id in customers


def _limits(row: Redeemed, by_customer: int) -> Redeemable:
    return Redeemable(
        Active(row.start_at or EVER, row.end_at),
        row.maximum_redemptions,
        row.number_of_redemptions,
        row.maximum_redemptions_per_customer,
        by_customer,
    )


def require_currency(discount: Json, billed: str, field: str) -> None:
    """Raise InvalidField unless its amounts are in the currency of the invoices."""
    amounts = [discount.get("amount"), (discount.get("condition") or {}).get("value", {}).get("amount")]
    for amount in filter(None, amounts):
        if amount["currency"] != billed:
            message = f"the coupon is in {amount['currency']}, the invoices are in {billed}"
            raise InvalidField(message, field=field)


def require_sold(
    discount: Json, limited_to: Mapping[str, Sequence[str]], schedule: PricingPlanSchedule, field: str
) -> None:
    """Raise InvalidField where the schedule, which may be unsaved, sells nothing that it could take off."""
    if not limited_to and not discount.get("usage"):
        return
    items = agreed_prices.sold(schedule)
    values = {item.meter_value["id"] for item in items if item.meter_value}
    require_meant(discount, limited_to, [_sold(item) for item in items], values, field)


def require_meant(
    discount: Json,
    limited_to: Mapping[str, Sequence[str]],
    sold: Sequence[Mapping[str, set[str]]],
    values: set[str],
    field: str,
) -> None:
    """The same for what is ``sold``, by the names of limits, and the ids of meter ``values`` it counts."""
    if limited_to and not any(_is_meant(each, limited_to) for each in sold):
        raise InvalidField("the coupon is limited to what the plan version does not sell", field=field)
    usage = discount.get("usage")
    if usage and usage["meter_value_id"] not in values:
        raise InvalidField("the coupon gives units that the plan version does not charge for", field=field)


def _sold(item: ItemTerms) -> dict[str, set[str]]:
    return {
        "product_category_ids": {item.product_category["id"]},
        "product_ids": set(item.product_ids),
        "product_item_ids": {each["id"] for each in item.product_items},
    }


def _is_meant(sold: Mapping[str, set[str]], limited_to: Mapping[str, Sequence[str]]) -> bool:
    return any(not sold[name].isdisjoint(several) for name, several in limited_to.items())
