"""Which schedule of a subscription a migration cuts, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.context import Context
from billing.models import (
    MigratedSubscription,
    PricingPlanSchedule,
    PricingPlanSubscription,
    SubscriptionStatus,
)
from billing.selectors import timelines
from kit.errors import InvalidOperation


@dataclass(frozen=True, slots=True)
class Place:
    """``schedule`` of ``subscription`` (with all that a timeline reads) gives way at ``start``."""

    subscription: PricingPlanSubscription
    schedule: PricingPlanSchedule
    start: datetime


def of(ctx: Context, row: MigratedSubscription) -> Place:
    """Where the migration would cut now. Raises InvalidOperation where it cannot."""
    rows = PricingPlanSubscription.objects.filter(platform=ctx.platform, pk=row.subscription_id)
    subscription = timelines.with_schedules(rows).get()
    if subscription.status != SubscriptionStatus.ACTIVE:
        raise InvalidOperation(f"The subscription is {subscription.status}", field="status")
    start = row.migration.start_at or _next_period(subscription, ctx.at)
    if start <= ctx.at:
        raise InvalidOperation("The instant of the migration has passed: begin another one", field="start_at")
    for schedule in subscription.schedules.all():
        lasts = schedule.end_at is None or schedule.end_at > start
        if schedule.start_at < start and lasts:
            if schedule.pricing_plan_version_id != row.migration.from_version_id:
                raise InvalidOperation(
                    f"The subscription has another version on {start:%Y-%m-%d}",
                    field="pricing_plan_version_id",
                )
            return Place(subscription, schedule, start)
    raise InvalidOperation(f"No schedule is in force before and on {start:%Y-%m-%d}", field="start_at")


def _next_period(subscription: PricingPlanSubscription, at: datetime) -> datetime:
    period = timelines.timeline(subscription).period_at(at)
    if period is None:
        raise InvalidOperation("No billing period runs now: change the version of the schedule instead")
    return period.span.end
