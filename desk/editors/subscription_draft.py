"""What the subscription editor starts from for a draft that exists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from billing.models import PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import subscriptions
from desk.editors import subscription_agreed, subscription_stored
from desk.editors.subscription_phases import ANEW, ON
from desk.editors.subscription_words import period_key, term_key
from desk.services.phases import led_by_trial


def values_of(draft: PricingPlanSubscription) -> dict[str, Any]:
    """The fields' values, and what they cannot say: ``kept`` names it, so that it stays as it is.

    ``issuer`` and ``periods`` are choices that the draft has, whatever else there is to choose.
    """
    zone, timeline = draft.billing_entity.zone, subscriptions.timeline(draft)
    values: dict[str, Any] = {
        **open_terms_of(draft),
        "billing_time": draft.billing_time,
        "billing_entity": draft.billing_entity.public_id,
        "issuer": draft.billing_entity,
        "period": period_key(draft.billing_period),
        "currency": draft.billing_currency,
    }
    own = [key for row in timeline if (key := _own_period(row))]
    values["periods"] = [values["period"], *own]
    if not timeline:
        return values
    billed = timeline[int(led_by_trial(timeline)) :]
    values |= _dates(draft, timeline, billed, zone)
    terms = subscription_agreed.values_of(billed, zone)
    changes = subscription_stored.values_of(billed, zone)
    return values | terms | changes | {"kept": sorted([*terms["kept"], *changes["kept"]])}


def open_terms_of(row: PricingPlanSubscription) -> dict[str, Any]:
    """The values of ``OpenTermsForm``."""
    return {
        "name": row.name,
        "reference": row.reference,
        "purchase_order_number": row.purchase_order_number,
        "term": term_key(row.due_date_configuration),
        "on_hold": row.init_invoice_on_hold,
    }


def _dates(
    draft: PricingPlanSubscription,
    timeline: Sequence[PricingPlanSchedule],
    billed: Sequence[PricingPlanSchedule],
    zone: ZoneInfo,
) -> dict[str, Any]:
    """Start, trial, end, and each phase with its version and period."""
    first, paid = (row.start_at.astimezone(zone).date() for row in (timeline[0], billed[0]))
    values: dict[str, Any] = {"start": first, "version": billed[0].pricing_plan_version.public_id}
    if led_by_trial(timeline):
        values["trial_days"] = (paid - first).days
        is_on = draft.billing_time == "EXACT" and not billed[0].realigns_anchor
        values["after_trial"] = ON if is_on else ANEW
    for number, row in enumerate(billed):
        values[f"phases_{number}_period"] = _own_period(row)
        if number:
            values[f"phases_{number}_start"] = row.start_at.astimezone(zone).date()
            values[f"phases_{number}_version"] = row.pricing_plan_version.public_id
            values[f"phases_{number}_anew"] = row.realigns_anchor
    if timeline[-1].end_at:
        values["end"] = (timeline[-1].end_at - timedelta(microseconds=1)).astimezone(zone).date()
    return values


def _own_period(row: PricingPlanSchedule) -> str:
    return period_key(row.billing_period) if row.billing_period_type else ""


def count_of(draft: PricingPlanSubscription) -> int:
    """How many phases the form has for a draft; a trial is no phase of its own there."""
    timeline = subscriptions.timeline(draft)
    return max(1, len(timeline) - led_by_trial(timeline))
