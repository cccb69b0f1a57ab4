"""What stored phases have of discounts, markups, commitment and coupons, as the editor's fields say them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.services.coupons import coupons
from desk.editors import subscription_adjustment_rows, subscription_commitment, subscription_coupon
from desk.editors import subscription_targets as targets
from desk.editors.subscription_adjustment import Span
from desk.editors.subscription_adjustment_kinds import DISCOUNT, MARKUP
from desk.editors.subscription_alike import alike

Values = dict[str, Any]
COMMITMENT, COUPONS = "commitment", "coupons"


def values_of(billed: Sequence[PricingPlanSchedule], zone: ZoneInfo) -> Values:
    """What the fields start from; ``kept`` names what they cannot say, or not of all phases alike."""
    first, kept = billed[0], []
    values: Values = {"currency": first.subscription.billing_currency}
    spans = _spans(billed, zone)
    marked = [
        replace(span, currency=row.pricing_currency, stored=row.markup)
        for span, row in zip(spans, billed, strict=True)
    ]
    for kind, having in ((DISCOUNT, spans), (MARKUP, marked)):
        rows = subscription_adjustment_rows.rows_of(having)
        if rows is None:
            kept.append(kind.column)
        values[f"{kind.column}_spans"] = having
        values |= subscription_adjustment_rows.values_of(kind, rows or ())
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


def _spans(billed: Sequence[PricingPlanSchedule], zone: ZoneInfo) -> list[Span]:
    """The phases with their discounts."""
    currency = billed[0].subscription.billing_currency
    return [
        Span(
            number,
            row.start_at,
            row.end_at,
            targets.names_of(agreed_prices.sold(row))
            if len(billed) > 1 or row.discount or row.markup
            else {},
            zone,
            currency,
            row.discount,
        )
        for number, row in enumerate(billed)
    ]


def _is_commitment_said(billed: Sequence[PricingPlanSchedule], values: Values) -> bool:
    if not all(subscription_commitment.is_sayable(row.commitment) for row in billed):
        return False
    if len(billed) == 1:
        return True
    return all(
        alike(subscription_commitment.said(values, agreed_prices.sold(row))) == alike(row.commitment)
        for row in billed
    )
