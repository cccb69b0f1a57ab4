"""Create, change and delete schedules: what is in force when, without overlap and without gap."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSchedule, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import billed, subscriptions
from billing.services.coupons import coupons, redemption
from billing.services.invoices import periods
from billing.services.subscriptions import readiness
from billing.services.subscriptions.subscriptions import as_period
from billing.services.terms import (
    dated_terms,
    own_prices,
    plan_versions,
    schedule_choices,
    schedule_terms,
    slices,
)
from billing.services.terms.slices import Realign, Slice
from catalog.models import PricingItemConfig
from kit import persistence
from kit.errors import CannotDelete, CannotUpdate, InvalidOperation, MissingField, TallydeskError
from kit.period import format_instant
from webhooks.services import changes

EDITABLE = (SubscriptionStatus.DRAFT, SubscriptionStatus.ACTIVE)
# A caller who says "now" is not refused because its clock is a little behind ours.
LEEWAY = timedelta(minutes=5)
# What may change of a schedule that is in force already.
OPEN_IN_FORCE = frozenset(("end_at", "entitlements", "coupons", *dated_terms.FIELDS))
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
# What a request names and a column does not hold.
RESOLVED = frozenset(
    (
        "pricing_plan",
        "pricing_plan_version_selector",
        "billing_period",
        coupons.BY_ID,
        coupons.BY_CODE,
        *own_prices.LISTS,
    )
)
API_NAMES = {
    "pricing_plan_version": "pricing_plan_version_id",
    "own_version": own_prices.OVERRIDES,
    "billing_period_type": "billing_period",
    "billing_period_value": "billing_period",
    "realigns_anchor": "realign_invoice_date_to_pricing_plan_schedule_start_at",
}


@transaction.atomic
def create(
    *, ctx: Context, fields: dict[str, Any], realign: Realign = Realign.NEITHER
) -> PricingPlanSchedule:
    """A new schedule; one after an open-ended schedule closes that one.

    Raises MissingField, NotUsable for a version that is not ACTIVE, InvalidField for an overlap, a
    gap, a wrong currency or, once the subscription is ACTIVE, a start in the past.
    """
    subscription = _locked(fields.get("subscription"))
    schedule = build(ctx=ctx, subscription=subscription, fields=fields)
    _require_ahead(ctx, subscription, schedule.start_at, field="start_at")
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
    subscription = _locked(instance.subscription)
    schedule: PricingPlanSchedule = persistence.lock(instance)
    schedule.subscription, schedule.platform = subscription, ctx.platform
    before, was = changes.snapshot(schedule), copy.copy(schedule)
    changed = persistence.assign(schedule, _changes(ctx, schedule, fields))
    numbers = _other_numbers(ctx, schedule, fields, changed)
    changed += _reprice(ctx, schedule, fields, changed) if numbers is None else []
    if coupons.are_sent(fields):
        entries = coupons.entries(ctx=ctx, schedule=schedule, fields=fields)
        changed += persistence.assign(schedule, {"coupons": entries})
    _require_unlocked(ctx, schedule, [*changed, *(["own_version"] if numbers else [])], was)
    others = [each for each in subscriptions.timeline(subscription) if each.pk != schedule.pk]
    placed = slices.place(_slices(others), _slice(schedule), realign=realign)
    readiness.require_priced(subscription, schedule)
    if TERMS.intersection(changed):
        own_prices.require(schedule)
        schedule_terms.require(schedule)
        if subscription.status == SubscriptionStatus.ACTIVE:
            schedule_choices.require_complete(schedule)
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
    subscription = _locked(instance.subscription)
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


def build(
    *, ctx: Context, subscription: PricingPlanSubscription, fields: dict[str, Any]
) -> PricingPlanSchedule:
    """The unsaved schedule that ``fields`` describe; nothing is compared with its neighbors."""
    if fields.get("start_at") is None:
        raise MissingField(field="start_at")
    values = _columns(ctx, fields)
    plan = None
    if not own_prices.stands_alone(fields):
        plan = values["pricing_plan_version"] = plan_versions.choose(
            platform=ctx.platform,
            version=values.get("pricing_plan_version"),
            plan=fields.get("pricing_plan"),
            selector=fields.get("pricing_plan_version_selector"),
        )
    values["pricing_currency"] = values.get("pricing_currency") or subscription.billing_currency
    values["subscription"] = subscription
    schedule: PricingPlanSchedule = PricingPlanSchedule.stamped(platform=ctx.platform, at=ctx.at, **values)
    if own_prices.names_prices(fields):
        own_prices.write(ctx=ctx, schedule=schedule, plan=plan, fields=fields)
    own_prices.require(schedule)
    schedule_terms.require(schedule)
    schedule.coupons = coupons.entries(ctx=ctx, schedule=schedule, fields=fields)
    return schedule


def _columns(ctx: Context, fields: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in fields.items() if name not in RESOLVED}
    if fields.get("billing_period") is not None:
        period = as_period(fields["billing_period"], field="billing_period")
        values |= {"billing_period_type": period.type.value, "billing_period_value": period.value}
    if "seats_values" in fields:
        values["seats_values"] = [_from_now(each, ctx.at) for each in fields["seats_values"] or []]
    for name in ("included_volumes", "enabled_pricings"):
        if name in fields:
            values[name] = fields[name] or []
    return values


def _from_now(seats: dict[str, Any], at: datetime) -> dict[str, Any]:
    """The dated seats with their start, where they are to start now."""
    kept = {name: value for name, value in seats.items() if name != "set_start_at_to_now"}
    return kept | ({"start_at": format_instant(at)} if seats.get("set_start_at_to_now") else {})


def _changes(ctx: Context, schedule: PricingPlanSchedule, fields: dict[str, Any]) -> dict[str, Any]:
    """The columns that an update sets; whatever names a version is resolved."""
    values = _columns(ctx, fields)
    values.pop("subscription", None)
    if values.get("start_at", schedule.start_at) is None:
        raise MissingField(field="start_at")
    for name in ("pricing_plan_version", "pricing_currency"):
        if values.get(name) is None:
            values.pop(name, None)
    version = values.get("pricing_plan_version")
    selector = fields.get("pricing_plan_version_selector")
    if selector or (version is not None and version.pk != schedule.pricing_plan_version_id):
        values["pricing_plan_version"] = plan_versions.choose(
            platform=ctx.platform, version=version, plan=fields.get("pricing_plan"), selector=selector
        )
    return values


def _other_numbers(
    ctx: Context, schedule: PricingPlanSchedule, fields: dict[str, Any], changed: Sequence[str]
) -> list[PricingItemConfig] | None:
    """The rules of its own prices that get other numbers, where the request says no more of them."""
    if {"pricing_plan_version", "pricing_currency"}.intersection(changed):
        return None
    return own_prices.other_numbers(ctx=ctx, schedule=schedule, fields=fields)


def _reprice(
    ctx: Context, schedule: PricingPlanSchedule, fields: dict[str, Any], changed: Sequence[str]
) -> list[str]:
    """Write the schedule's own prices where they are sent, or where they have to suit another version."""
    moved = "pricing_plan_version" in changed and schedule.own_version is not None
    if not (moved or own_prices.names_prices(fields)):
        return []
    alone = schedule.own_version_id == schedule.pricing_plan_version_id
    plan = None if alone else schedule.pricing_plan_version
    own_prices.write(ctx=ctx, schedule=schedule, plan=plan, fields=fields)
    return ["own_version", *(["pricing_plan_version"] if alone else [])]


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


def _locked(subscription: PricingPlanSubscription | None) -> PricingPlanSubscription:
    """The subscription under lock: its schedules change one request at a time."""
    if subscription is None:
        raise MissingField(field="pricing_plan_subscription_id")
    locked: PricingPlanSubscription = persistence.lock(subscription)
    if locked.status not in EDITABLE:
        raise InvalidOperation(
            f"The schedules of a subscription that is {locked.status} cannot change",
            field="pricing_plan_subscription_id",
        )
    return locked


def _require_ahead(
    ctx: Context, subscription: PricingPlanSubscription, instant: datetime, *, field: str
) -> None:
    if subscription.status == SubscriptionStatus.ACTIVE and instant < ctx.at - LEEWAY:
        raise CannotUpdate("The past of an ACTIVE subscription is locked", field=field)


def _require_unlocked(
    ctx: Context, schedule: PricingPlanSchedule, changed: Sequence[str], was: PricingPlanSchedule
) -> None:
    """Once a schedule is in force in an ACTIVE subscription, only its future end may move."""
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
                _require_ahead(ctx, schedule.subscription, instant, field=name)


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
            _require_ahead(ctx, subscription, getattr(row, name), field=name)
        if moved:
            persistence.store(row, [*moved, *persistence.assign(row, {"updated_at": ctx.at})])
            changes.updated(ctx=ctx, instance=row, before=before)


def _slices(rows: Sequence[PricingPlanSchedule]) -> list[Slice]:
    return [_slice(row) for row in rows]


def _slice(row: PricingPlanSchedule) -> Slice:
    return Slice(row.pk, row.start_at, row.end_at)
