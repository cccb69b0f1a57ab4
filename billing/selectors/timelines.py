"""The timeline of a subscription, from its schedules as they are stored."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from accounts.models import Platform
from billing.calc.schedule import Active, BillingTime
from billing.calc.timeline import Slice, Timeline, of_slices
from billing.models import (
    PricingPlanSchedule,
    PricingPlanSubscription,
    ScheduleType,
    SubscriptionStatus,
)

NOTHING = Timeline(())
OF_SUBSCRIPTION = ("billing_entity__platform", "customer", "platform")
NEVER_BILLED = (SubscriptionStatus.DRAFT, SubscriptionStatus.VOID)


def with_schedules(subscriptions: QuerySet[PricingPlanSubscription]) -> QuerySet[PricingPlanSubscription]:
    """The subscriptions with everything a timeline and an invoice read of them."""
    return subscriptions.select_related(*OF_SUBSCRIPTION).prefetch_related(schedules_at("schedules"))


def read_again(subscription: PricingPlanSubscription, *, platform: Platform) -> PricingPlanSubscription:
    """A copy to be changed at will, on the request's platform, with its schedules as stored. One query."""
    fresh = copy.copy(subscription)
    fresh.__dict__.pop("_prefetched_objects_cache", None)
    fresh.platform = fresh.billing_entity.platform = platform
    prefetch_related_objects([fresh], schedules_at("schedules"))
    return fresh


def schedules_at(path: str) -> Prefetch[Any]:
    """The schedules of what ``path`` leads to, in order, with their versions and plans."""
    rows = PricingPlanSchedule.objects.order_by("start_at")
    return Prefetch(path, queryset=rows.select_related("pricing_plan_version__pricing_plan"))


def timeline(subscription: PricingPlanSubscription) -> Timeline:
    """All its periods; none unless it has been activated."""
    if subscription.status in NEVER_BILLED or subscription.activated_at is None:
        return NOTHING
    return planned(subscription)


def planned(subscription: PricingPlanSubscription) -> Timeline:
    """Its periods as they would be were it active: what a preview shows."""
    slices = [_slice(each, subscription) for each in _in_order(subscription)]
    return of_slices(
        [each for each in slices if each is not None],
        billing_time=BillingTime(subscription.billing_time),
        zone=subscription.billing_entity.zone,
    )


def ends_at(subscription: PricingPlanSubscription) -> datetime | None:
    """When a cancellation ends it, if one does."""
    return subscription.cancelled_at or subscription.cancel_at


def _in_order(subscription: PricingPlanSubscription) -> list[PricingPlanSchedule]:
    return sorted(subscription.schedules.all(), key=lambda schedule: schedule.start_at)


def _slice(schedule: PricingPlanSchedule, subscription: PricingPlanSubscription) -> Slice | None:
    ends = [end for end in (schedule.end_at, ends_at(subscription)) if end is not None]
    end = min(ends, default=None)
    if end is not None and end <= schedule.start_at:
        return None
    period = subscription.billing_period if schedule.billing_period_type is None else schedule.billing_period
    return Slice(
        key=schedule.pk,
        active=Active(schedule.start_at, end),
        period=period,
        realigns=schedule.realigns_anchor,
        bills=schedule.type != ScheduleType.TRIAL,
    )
