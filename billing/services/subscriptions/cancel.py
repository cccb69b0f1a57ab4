"""Cancel a subscription: now, or at an instant that a sweep waits for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Min, QuerySet

from accounts.context import Context
from accounts.models import Platform
from billing.calc import lifecycle, schedule
from billing.models import PricingPlanSchedule, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import billed, subscriptions, timelines
from billing.services.invoices import periods
from kit import persistence
from kit.errors import InvalidField, InvalidOperation, MissingField
from kit.period import Period, PeriodType, shift
from webhooks.services import changes


class CancelType(StrEnum):
    NOW = "NOW"
    NEXT_BILLING_PERIOD = "NEXT_BILLING_PERIOD"
    AFTER_INITIAL_TERM = "AFTER_INITIAL_TERM"
    DATE = "DATE"
    UNDO = "UNDO"


@transaction.atomic
def subscription(
    *, ctx: Context, instance: PricingPlanSubscription, type: str, cancel_at: datetime | None = None
) -> PricingPlanSubscription:
    """Cancel as ``type`` says; ``cancel_at`` belongs to DATE. UNDO takes a pending cancellation back.

    Raises InvalidOperation unless ACTIVE, when the initial term is unknown or over, or nothing is
    pending; MissingField and InvalidField for a DATE that is absent or not ahead.
    """
    subscription: PricingPlanSubscription = persistence.lock(instance)
    lifecycle.assert_can("PRICING_PLAN_SUBSCRIPTION", subscription.status, SubscriptionStatus.CANCELLED)
    if type == CancelType.NOW:
        return _end(ctx, subscription, ctx.at)
    return _agree(ctx, subscription, _instant(ctx, subscription, type, cancel_at))


def end_due(*, platform: Platform, at: datetime) -> int:
    """End the subscriptions whose ``cancel_at`` has come, each in its own transaction; how many."""
    done = 0
    while _due(platform, at).exists() and _end_next(platform, at):
        done += 1
    return done


def next_due(*, platform: Platform) -> datetime | None:
    """The earliest pending cancellation."""
    found: datetime | None = _pending(platform).aggregate(earliest=Min("cancel_at"))["earliest"]
    return found


@transaction.atomic
def _end_next(platform: Platform, at: datetime) -> bool:
    rows = _due(platform, at).order_by("cancel_at", "pk")
    subscription = rows.select_for_update(of=("self",), skip_locked=True).first()
    if subscription is None:
        return False
    _end(Context(platform=platform, at=at), subscription, subscription.cancel_at)
    return True


def _due(platform: Platform, at: datetime) -> QuerySet[Any]:
    return _pending(platform).filter(cancel_at__lte=at)


def _pending(platform: Platform) -> QuerySet[Any]:
    return PricingPlanSubscription.objects.for_platform(platform).filter(
        status=SubscriptionStatus.ACTIVE, cancel_at__isnull=False
    )


def _end(ctx: Context, subscription: PricingPlanSubscription, ends_at: datetime) -> PricingPlanSubscription:
    """CANCELLED as of ``ends_at``: the schedules end there, and so does the open draft.

    One that never comes into force is deleted, unless an invoice has billed it: then it has to be there to be
    given back.
    """
    before = changes.snapshot(subscription)
    values = {
        "status": SubscriptionStatus.CANCELLED,
        "cancel_at": None,
        "cancelled_at": ends_at,
        "updated_at": ctx.at,
    }
    persistence.store(subscription, persistence.assign(subscription, values))
    rows = PricingPlanSchedule.objects.for_platform(ctx.platform).filter(subscription=subscription)
    to_come = list(rows.filter(start_at__gte=ends_at))
    kept = billed.of_schedules(to_come)
    rows.filter(pk__in=[row.pk for row in to_come if row.public_id not in kept]).delete()
    begun = rows.filter(start_at__lt=ends_at)
    still_in_force = [row for row in begun if row.end_at is None or row.end_at > ends_at]
    for row in still_in_force:  # one at most: schedules do not overlap
        was = changes.snapshot(row)
        persistence.store(row, persistence.assign(row, {"end_at": ends_at, "updated_at": ctx.at}))
        changes.updated(ctx=ctx, instance=row, before=was)
    changes.updated(ctx=ctx, instance=subscription, before=before, lifecycle=("subscription.cancelled",))
    periods.realign(ctx=ctx, subscription=subscription)
    return subscription


def _agree(
    ctx: Context, subscription: PricingPlanSubscription, cancel_at: datetime | None
) -> PricingPlanSubscription:
    before = changes.snapshot(subscription)
    values = {"cancel_at": cancel_at, "updated_at": ctx.at}
    persistence.store(subscription, persistence.assign(subscription, values))
    changes.updated(ctx=ctx, instance=subscription, before=before)
    periods.realign(ctx=ctx, subscription=subscription)
    return subscription


def _instant(
    ctx: Context, subscription: PricingPlanSubscription, type: str, cancel_at: datetime | None
) -> datetime | None:
    """When the subscription is to end; None takes back what was agreed."""
    match CancelType(type):
        case CancelType.UNDO:
            if subscription.cancel_at is None:
                raise InvalidOperation("No cancellation is pending", field="type")
            return None
        case CancelType.DATE:
            return _date(ctx, cancel_at)
        case CancelType.AFTER_INITIAL_TERM:
            return _end_of_initial_term(ctx, subscription)
        case _:
            return _next_boundary(ctx, subscription)


def _date(ctx: Context, cancel_at: datetime | None) -> datetime:
    if cancel_at is None:
        raise MissingField(field="cancel_at")
    if cancel_at <= ctx.at:
        raise InvalidField("must lie ahead; use the type NOW", field="cancel_at")
    return cancel_at


def _next_boundary(ctx: Context, subscription: PricingPlanSubscription) -> datetime:
    current = timelines.timeline(subscription).period_at(ctx.at)
    if current is None:
        raise InvalidOperation("No schedule is in force, so there is no next billing period", field="type")
    return current.span.end


def _end_of_initial_term(ctx: Context, subscription: PricingPlanSubscription) -> datetime:
    term = subscription.initial_term
    if not term:
        raise InvalidOperation("The subscription has no initial term", field="type")
    zone = subscription.billing_entity.zone
    start = subscriptions.timeline(subscription)[0].start_at.astimezone(zone)
    day = shift(start.date(), Period(PeriodType(term["type"]), term["value"]), 1)
    end = schedule.resolve(day, start.time(), zone)
    if end <= ctx.at:
        raise InvalidOperation("The initial term is over", field="type")
    return end
