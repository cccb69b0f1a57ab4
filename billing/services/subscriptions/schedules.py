"""Create, change and delete schedules: what is in force when, without overlap and without gap."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSchedule, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import billed, subscriptions
from billing.services.coupons import coupons, redemption
from billing.services.invoices import periods
from billing.services.subscriptions import readiness, schedule_fields, schedule_locks
from billing.services.terms import (
    dated_terms,
    own_prices,
    schedule_choices,
    schedule_terms,
    slices,
)
from billing.services.terms.slices import Realign, Slice
from kit import persistence
from kit.errors import CannotDelete, TallydeskError
from webhooks.services import changes

# What its discounts, markup and commitments are checked against; a moved end may cut them short.
TERMS = frozenset(
    (
        "discount",
        "markup",
        "commitment",
        *dated_terms.FIELDS,
        "pricing_plan_version",
        "own_version",
        "pricing_currency",
        "start_at",
    )
)


@transaction.atomic
def create(
    *, ctx: Context, fields: dict[str, Any], realign: Realign = Realign.NEITHER
) -> PricingPlanSchedule:
    """A new schedule; one after an open-ended schedule closes that one.

    Raises MissingField, NotUsable for a version that is not ACTIVE, InvalidField for an overlap, a
    gap, a wrong currency or, once the subscription is ACTIVE, a start in the past.
    """
    subscription = schedule_locks.lock(fields.get("subscription"))
    schedule = schedule_fields.build(ctx=ctx, subscription=subscription, fields=fields)
    schedule_locks.require_ahead(ctx, subscription, schedule.start_at, field="start_at")
    others = subscriptions.timeline(subscription)
    placed = slices.place(_slices(others), _slice(schedule), realign=realign)
    readiness.require_priced(subscription, schedule)
    if subscription.status == SubscriptionStatus.ACTIVE:
        readiness.require_items(ctx.platform, [schedule])
        schedule_choices.require_complete(schedule)
    _redeem(ctx, subscription, [*others, schedule])
    _move(ctx, subscription, others, placed)
    persistence.insert(schedule)
    changes.created(ctx=ctx, instance=schedule)
    periods.realign(ctx=ctx, subscription=subscription)
    return schedule


@transaction.atomic
def update(
    *,
    ctx: Context,
    instance: PricingPlanSchedule,
    fields: dict[str, Any],
    realign: Realign = Realign.NEITHER,
) -> PricingPlanSchedule:
    """Change a schedule; of one in force and ACTIVE the end and the seats, ahead, entitlements and coupons.

    Raises CannotUpdate for what is locked, and otherwise what ``create`` raises.
    """
    subscription = schedule_locks.lock(instance.subscription)
    schedule: PricingPlanSchedule = persistence.lock(instance)
    schedule.subscription, schedule.platform = subscription, ctx.platform
    before, was = changes.snapshot(schedule), copy.copy(schedule)
    changed = persistence.assign(schedule, schedule_fields.updates(ctx, schedule, fields))
    numbers = schedule_fields.other_numbers(ctx, schedule, fields, changed)
    changed += schedule_fields.reprice(ctx, schedule, fields, changed) if numbers is None else []
    if coupons.are_sent(fields):
        entries = coupons.entries(ctx=ctx, schedule=schedule, fields=fields)
        changed += persistence.assign(schedule, {"coupons": entries})
    schedule_locks.require_unlocked(ctx, schedule, [*changed, *(["own_version"] if numbers else [])], was)
    others = [each for each in subscriptions.timeline(subscription) if each.pk != schedule.pk]
    placed = slices.place(_slices(others), _slice(schedule), realign=realign)
    readiness.require_priced(subscription, schedule)
    _require_terms(subscription, schedule, changed)
    if "coupons" in changed:
        _redeem(ctx, subscription, [*others, schedule])
    _move(ctx, subscription, others, placed)
    if changed or numbers:
        changed += persistence.assign(schedule, {"updated_at": ctx.at})
    persistence.store(schedule, changed)
    own_prices.store_numbers(numbers or ())
    changes.updated(ctx=ctx, instance=schedule, before=before)
    periods.realign(ctx=ctx, subscription=subscription)
    return schedule


@transaction.atomic
def delete(*, ctx: Context, instance: PricingPlanSchedule) -> None:
    """Delete the first or last schedule; of an ACTIVE subscription only one that has not begun."""
    subscription = schedule_locks.lock(instance.subscription)
    schedule: PricingPlanSchedule = persistence.lock(instance)
    timeline = subscriptions.timeline(subscription)
    if schedule.pk not in (timeline[0].pk, timeline[-1].pk):
        raise CannotDelete("It lies between two schedules: deleting it would leave a gap")
    if subscription.status == SubscriptionStatus.ACTIVE and (
        schedule.start_at <= ctx.at or len(timeline) == 1
    ):
        raise CannotDelete("The schedules of an ACTIVE subscription are locked once they are in force")
    if billed.of_schedules([schedule]):
        raise CannotDelete("An invoice has billed it ahead: let it end, or cancel the subscription")
    before = changes.snapshot(schedule)
    own = schedule.own_version
    persistence.remove(schedule)
    own_prices.drop(own)
    _redeem(ctx, subscription, [each for each in timeline if each.pk != instance.pk])
    changes.deleted(ctx=ctx, instance=schedule, before=before)
    periods.realign(ctx=ctx, subscription=subscription)


def _require_terms(
    subscription: PricingPlanSubscription, schedule: PricingPlanSchedule, changed: Sequence[str]
) -> None:
    """Its prices and terms are checked again where something has changed that they depend on."""
    if not TERMS.intersection(changed):
        return
    own_prices.require(schedule)
    schedule_terms.require(schedule)
    if subscription.status == SubscriptionStatus.ACTIVE:
        schedule_choices.require_complete(schedule)


def _redeem(
    ctx: Context, subscription: PricingPlanSubscription, schedules: Sequence[PricingPlanSchedule]
) -> None:
    """Once it is ACTIVE its coupons are redeemed, and what none of these schedules names is given back."""
    if subscription.status != SubscriptionStatus.ACTIVE:
        return
    try:
        redemption.redeem(ctx=ctx, subscription=subscription, schedules=schedules)
    except TallydeskError as error:
        raise redemption.of_one(error) from None
    redemption.release(ctx=ctx, subscription=subscription, schedules=schedules)


def _move(
    ctx: Context,
    subscription: PricingPlanSubscription,
    others: Sequence[PricingPlanSchedule],
    placed: Sequence[Slice],
) -> None:
    """Store the neighbors that gave way: two at most."""
    wanted = {slice.key: slice for slice in placed}
    for row in others:
        slice = wanted[row.pk]
        before = changes.snapshot(row)
        moved = persistence.assign(row, {"start_at": slice.start, "end_at": slice.end})
        for name in moved:
            schedule_locks.require_ahead(ctx, subscription, getattr(row, name), field=name)
        if moved:
            persistence.store(row, [*moved, *persistence.assign(row, {"updated_at": ctx.at})])
            changes.updated(ctx=ctx, instance=row, before=before)


def _slices(rows: Sequence[PricingPlanSchedule]) -> list[Slice]:
    return [_slice(row) for row in rows]


def _slice(row: PricingPlanSchedule) -> Slice:
    return Slice(row.pk, row.start_at, row.end_at)
