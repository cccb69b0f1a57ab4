"""What may still change of a schedule: nothing that is in force in an ACTIVE subscription, or billed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.context import Context
from billing.models import PricingPlanSchedule, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import billed
from billing.services.terms import (
    dated_terms,
    own_prices,
)
from kit import persistence
from kit.errors import CannotUpdate, InvalidOperation, MissingField

EDITABLE = (SubscriptionStatus.DRAFT, SubscriptionStatus.ACTIVE)
# A caller who says "now" is not refused because its clock is a little behind ours.
LEEWAY = timedelta(minutes=5)
# What may change of a schedule that is in force already.
OPEN_IN_FORCE = frozenset(("end_at", "entitlements", "coupons", *dated_terms.FIELDS))
API_NAMES = {
    "pricing_plan_version": "pricing_plan_version_id",
    "own_version": own_prices.OVERRIDES,
    "billing_period_type": "billing_period",
    "billing_period_value": "billing_period",
    "realigns_anchor": "realign_invoice_date_to_pricing_plan_schedule_start_at",
}


def lock(subscription: PricingPlanSubscription | None) -> PricingPlanSubscription:
    """The subscription under lock: its schedules change one request at a time.

    Raises MissingField without one, InvalidOperation once it has ended.
    """
    if subscription is None:
        raise MissingField(field="pricing_plan_subscription_id")
    locked: PricingPlanSubscription = persistence.lock(subscription)
    if locked.status not in EDITABLE:
        raise InvalidOperation(
            f"The schedules of a subscription that is {locked.status} cannot change",
            field="pricing_plan_subscription_id",
        )
    return locked


def require_ahead(
    ctx: Context, subscription: PricingPlanSubscription, instant: datetime, *, field: str
) -> None:
    """Refuse to touch an instant of the past, once the subscription is ACTIVE. Raises CannotUpdate."""
    if subscription.status == SubscriptionStatus.ACTIVE and instant < ctx.at - LEEWAY:
        raise CannotUpdate("The past of an ACTIVE subscription is locked", field=field)


def require_unlocked(
    ctx: Context, schedule: PricingPlanSchedule, changed: Sequence[str], was: PricingPlanSchedule
) -> None:
    """Once a schedule is in force in an ACTIVE subscription, only its future end may move.

    ``was`` is the schedule before the fields ``changed``. Raises CannotUpdate with the
    field as the API names it.
    """
    if schedule.subscription.status != SubscriptionStatus.ACTIVE:
        return
    for name in dated_terms.FIELDS:
        if name in changed and was.start_at <= ctx.at:
            dated_terms.require_ahead(name, schedule, was, at=ctx.at - LEEWAY)
    locked = [name for name in changed if name not in OPEN_IN_FORCE]
    if locked and was.start_at <= ctx.at:
        field = API_NAMES.get(locked[0], locked[0])
        raise CannotUpdate("The past of an ACTIVE subscription is locked", field=field)
    if locked and billed.of_schedules([was]):
        field = API_NAMES.get(locked[0], locked[0])
        raise CannotUpdate("An invoice has billed the schedule ahead, so it is locked", field=field)
    for name in ("start_at", "end_at"):
        for instant in (getattr(was, name), getattr(schedule, name)):
            if name in changed and instant is not None:
                require_ahead(ctx, schedule.subscription, instant, field=name)
