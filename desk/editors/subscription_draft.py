"""What the subscription editor starts from for a draft that exists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from billing.models import PricingPlanSubscription, ScheduleType
from billing.selectors import subscriptions
from desk.editors import (
    subscription_commitment,
    subscription_coupon,
    subscription_discount,
    subscription_stored,
)
from desk.editors.subscription_words import period_key, term_key


def values_of(draft: PricingPlanSubscription) -> dict[str, Any]:
    """What the form starts from for a draft that exists."""
    zone, timeline = draft.billing_entity.zone, subscriptions.timeline(draft)
    values: dict[str, Any] = {
        "name": draft.name,
        "reference": draft.reference,
        "purchase_order_number": draft.purchase_order_number,
        "billing_time": draft.billing_time,
        "billing_entity": draft.billing_entity.public_id,
        "period": period_key(draft.billing_period),
        "currency": draft.billing_currency,
        "term": term_key(draft.due_date_configuration),
    }
    if not timeline:
        return values
    first = timeline[0]
    trial = first.type == ScheduleType.TRIAL and first.end_at and len(timeline) > 1
    days = [row.start_at.astimezone(zone).date() for row in timeline]
    values |= {"start": days[0], "version": first.pricing_plan_version.public_id}
    if trial:
        values["trial_days"] = (days[1] - days[0]).days
        values["version"] = timeline[1].pricing_plan_version.public_id
    for number, row in enumerate(timeline[2 if trial else 1 :], 1):
        values[f"phases_{number}_start"] = row.start_at.astimezone(zone).date()
        values[f"phases_{number}_version"] = row.pricing_plan_version.public_id
    billed = timeline[1 if trial else 0]
    values |= subscription_discount.values_of(billed.discount, zone) | subscription_coupon.values_of(billed)
    values |= subscription_commitment.values_of(billed.commitment)
    values |= subscription_stored.values_of(timeline[1 if trial else 0 :], zone)
    if timeline[-1].end_at:
        values["end"] = (timeline[-1].end_at - timedelta(microseconds=1)).astimezone(zone).date()
    return values


def count_of(draft: PricingPlanSubscription) -> int:
    """How many phases the form has for a draft; a trial is no phase of its own there."""
    timeline = subscriptions.timeline(draft)
    trial = len(timeline) > 1 and timeline[0].type == ScheduleType.TRIAL
    return max(1, len(timeline) - bool(trial))
