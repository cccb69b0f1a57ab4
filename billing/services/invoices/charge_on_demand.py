"""Charge items that are billed only when someone asks for it: what there is, a dry run, the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from accounts.context import Context
from accounts.models import Platform
from billing.calc import on_demand
from billing.models import (
    Invoice,
    Occasion,
    PricingPlanSchedule,
    PricingPlanSubscription,
    ScheduleType,
    SubscriptionStatus,
)
from billing.selectors import agreed_prices, timelines
from billing.selectors.item_terms import ItemTerms
from billing.services.invoices import demands, drafting, finalize, periods
from billing.services.invoices.drafting import Draft
from kit import persistence
from kit.errors import InvalidField, InvalidOperation, InvalidRequest, MissingField, ReferencedNotFound
from kit.period import Span
from webhooks.services import changes

# A caller who says "now" is not refused because its clock is a little ahead of ours.
LEEWAY = timedelta(minutes=5)


class Then(StrEnum):
    """What becomes of the invoice: it waits for its grace period as any other, or is final at once."""

    DRAFT = "DRAFT"
    FINAL = "FINAL"


def available(*, platform: Platform, schedule: PricingPlanSchedule, at: datetime) -> tuple[ItemTerms, ...]:
    """What can be charged at an instant: nothing of a trial, nor of a schedule that is not in force then."""
    ends = [schedule.end_at, timelines.ends_at(schedule.subscription)]
    is_over = any(end is not None and end <= at for end in ends)
    if schedule.type == ScheduleType.TRIAL or is_over or at < schedule.start_at:
        return ()
    items = agreed_prices.of_schedules(platform, [schedule])[schedule.pk]
    return tuple(item for item in items if on_demand.can_be_charged(item, at))


def preview(
    *, ctx: Context, schedule: PricingPlanSchedule, pricing_items: Sequence[str], start_at: datetime | None
) -> Draft:
    """The invoice that ``invoice`` would make, stored nowhere; raises what that raises."""
    fresh = _fresh(schedule.subscription)
    row = _draft(ctx, fresh, schedule, pricing_items, start_at)
    row.pk = -1
    (draft,) = drafting.contents(platform=ctx.platform, invoices=[row])
    if draft.error is not None:
        raise draft.error
    return draft


@transaction.atomic
def invoice(
    *,
    ctx: Context,
    schedule: PricingPlanSchedule,
    pricing_items: Sequence[str],
    start_at: datetime | None = None,
    payment_method_id: str = "",
    then: Then = Then.DRAFT,
) -> Invoice:
    """An invoice for these pricing items, at the full price of each, as of ``start_at`` (by default now).

    The payment method is kept with it; nothing is collected by it here. Raises InvalidOperation unless the
    subscription is ACTIVE; MissingField without an item; ReferencedNotFound, InvalidOperation or InvalidField
    for an item that the schedule does not have, that cannot be charged on demand then, or that is named
    twice; InvalidField for an instant that lies ahead; and whatever keeps the invoice from being drawn up.
    """
    locked: PricingPlanSubscription = persistence.lock(schedule.subscription)
    row = _draft(ctx, _fresh(locked), schedule, pricing_items, start_at, payment_method_id)
    persistence.insert(row)
    (draft,) = drafting.contents(platform=ctx.platform, invoices=[row])
    if draft.error is not None:
        raise draft.error
    changes.created(ctx=ctx, instance=row)
    return finalize.invoice(ctx=ctx, instance=row) if then is Then.FINAL else row


def _fresh(subscription: PricingPlanSubscription) -> PricingPlanSubscription:
    """The subscription with all that an invoice reads of it."""
    rows = timelines.with_schedules(PricingPlanSubscription.objects.all())
    found: PricingPlanSubscription = rows.get(pk=subscription.pk)
    if found.status != SubscriptionStatus.ACTIVE:
        message = f"The subscription is {found.status}: only an ACTIVE one is charged"
        raise InvalidOperation(message, field="pricing_plan_schedule_id")
    return found


def _draft(
    ctx: Context,
    subscription: PricingPlanSubscription,
    named: PricingPlanSchedule,
    pricing_items: Sequence[str],
    start_at: datetime | None,
    payment_method_id: str = "",
) -> Invoice:
    at = start_at or ctx.at
    if at > ctx.at + LEEWAY:
        raise InvalidField("must not lie ahead", field="start_at")
    schedule = next((each for each in subscription.schedules.all() if each.pk == named.pk), None)
    if schedule is None:
        raise InvalidOperation("The schedule is gone", field="pricing_plan_schedule_id")
    items = _chosen(ctx.platform, schedule, pricing_items, at)
    row = periods.draft(ctx, subscription, Occasion.ON_DEMAND, Span(at, at))
    row.demand = demands.stored(schedule, items, payment_method_id)
    return row


def _chosen(
    platform: Platform, schedule: PricingPlanSchedule, names: Sequence[str], at: datetime
) -> list[ItemTerms]:
    """The items by their ids, or by those of the plan's items that they stand for."""
    if not names:
        raise MissingField(field="pricing_items")
    there = available(platform=platform, schedule=schedule, at=at)
    offered = {name: item for item in there for name in _names(item)}
    found: dict[str, ItemTerms] = {}
    for index, name in enumerate(names):
        field = f"pricing_items.{index}.pricing_item_id"
        if name not in offered:
            raise _refusal(schedule, name, field)
        item = offered[name]
        if item.pricing_item_id in found:
            raise InvalidField("is named twice", field=field)
        found[item.pricing_item_id] = item
    return list(found.values())


def _names(item: ItemTerms) -> list[str]:
    original = item.own.original_item_id if item.own else None
    return [item.pricing_item_id, *([original] if original else [])]


def _refusal(schedule: PricingPlanSchedule, name: str, field: str) -> InvalidRequest:
    """Why an item cannot be charged: the schedule does not have it, or not on demand, or not then."""
    sold = [item for item in agreed_prices.sold(schedule) if name in _names(item)]
    if not sold:
        return ReferencedNotFound("The schedule has no such pricing item", field=field, resource_id=name)
    if not any(rule.on_demand for item in sold for rule in item.rules):
        message = "is billed by itself, not on demand"
    else:
        message = "cannot be charged at this instant: it is not chosen, or the schedule is not in force"
    return InvalidOperation(message, field=field, resource_id=name)
