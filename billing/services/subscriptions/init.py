"""``/init``: customer, subscription and schedules in one step, activated, with the first invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import (
    Customer,
    CustomerStatus,
    Invoice,
    PricingPlanSchedule,
    PricingPlanSubscription,
    PricingPlanSubscriptionGroup,
)
from billing.selectors import parties, subscriptions
from billing.services.coupons import redemption
from billing.services.customers import customers
from billing.services.invoices import first_payment
from billing.services.subscriptions import (
    activate,
    readiness,
    schedule_fields,
    subscription_groups,
)
from billing.services.subscriptions import subscriptions as subscription_services
from billing.services.terms import schedule_choices, slices
from kit import persistence
from kit.errors import MissingField, ReferencedNotFound, TallydeskError
from webhooks.services import changes

SUBSCRIPTION, SCHEDULES = "pricing_plan_subscription", "pricing_plan_schedules"


@dataclass(frozen=True, slots=True)
class Started:
    """What ``/init`` made; ``invoice`` is the first one, None while the start lies ahead."""

    subscription: PricingPlanSubscription
    schedules: Sequence[PricingPlanSchedule]
    invoice: Invoice | None
    first_payment: dict[str, Any] | None


@transaction.atomic
def subscription(*, ctx: Context, fields: dict[str, Any]) -> Started:
    """Make and activate what ``fields`` describe; what fails leaves no trace.

    ``fields``: customer?, pricing_plan_subscription?, pricing_plan_schedules, payment_method?,
    first_payment? (an AUTHORIZED one makes the first invoice FINAL and paid). Everything is checked
    before the subscription is written; errors carry the path of the part that they are in. Two calls
    with one reference: the second is 409.
    """
    sent = dict(fields.get(SUBSCRIPTION) or {})
    sent.pop("status", None)
    if sent.get("billing_currency") is None:
        earliest: dict[str, Any] = next(iter(fields.get(SCHEDULES) or []), {})
        sent["billing_currency"] = earliest.get("pricing_currency")
    if fields.get("customer"):
        sent["customer"] = _customer(ctx, fields["customer"])
    draft = _draft(ctx, sent, payment_method=fields.get("payment_method"))
    timeline = _timeline(ctx, draft, fields.get(SCHEDULES) or [])
    _choose(timeline, fields.get("enabled_pricings") or [])
    _store(ctx, draft, timeline, group=sent.get("group"))
    active = activate.subscription(ctx=ctx, instance=draft)
    if fields.get("first_payment"):
        first_payment.record(ctx=ctx, subscription=active, payment=fields["first_payment"])
    first = Invoice.objects.for_platform(ctx.platform).filter(subscription=active)
    return Started(
        subscription=subscriptions.subscriptions(ctx.platform).get(pk=active.pk),
        schedules=list(
            subscriptions.schedules(ctx.platform).filter(subscription=active).order_by("start_at")
        ),
        invoice=first.order_by("period_start", "pk").first(),
        first_payment=fields.get("first_payment"),
    )


def _customer(ctx: Context, sent: dict[str, Any]) -> Customer:
    """The inline customer: the one of this reference changed, or a new one, ACTIVE unless it says DRAFT."""
    try:
        found = parties.customers(ctx.platform).filter(reference=sent.get("reference")).first()
        if found is not None and sent.get("reference") is not None:
            return customers.update(ctx=ctx, instance=found, fields=sent)
        return customers.create(ctx=ctx, fields={"status": CustomerStatus.ACTIVE, **sent})
    except TallydeskError as error:
        raise error.within("customer") from None


def _draft(
    ctx: Context, sent: dict[str, Any], *, payment_method: dict[str, Any] | None
) -> PricingPlanSubscription:
    """The unsaved subscription, whose customer may have it."""
    try:
        if sent.get("customer") is not None:
            # Nobody archives or forgets the customer until this is done.
            sent["customer"] = persistence.lock(sent["customer"])
        draft = subscription_services.build(ctx=ctx, fields=sent)
        readiness.require_parties(draft)
    except TallydeskError as error:
        raise error.within(SUBSCRIPTION) from None
    draft.payment_method_details = payment_method
    return draft


def _timeline(
    ctx: Context, draft: PricingPlanSubscription, sent: Sequence[dict[str, Any]]
) -> list[PricingPlanSchedule]:
    """The unsaved schedules in order of time, checked one by one and together."""
    if not sent:
        raise MissingField(field=SCHEDULES)
    built: list[PricingPlanSchedule] = []
    placed: list[slices.Slice] = []
    for index, fields in enumerate(sent):
        try:
            schedule = schedule_fields.build(ctx=ctx, subscription=draft, fields=fields)
            readiness.require_priced(draft, schedule)
            placed = slices.place(placed, slices.Slice(index, schedule.start_at, schedule.end_at))
        except TallydeskError as error:
            raise error.within(f"{SCHEDULES}.{index}") from None
        built.append(schedule)
    readiness.require_items(ctx.platform, built)
    for slice in placed:
        assert slice.key is not None
        built[slice.key].end_at = slice.end  # an open-ended one that another follows
    # Before anything moves the platform's counter.
    redemption.hold(ctx=ctx, subscription=draft, schedules=built)
    return sorted(built, key=lambda schedule: schedule.start_at)


def _choose(timeline: Sequence[PricingPlanSchedule], sent: Sequence[dict[str, Any]]) -> None:
    """What is chosen for all schedules goes to those that offer it; then every group must have its choice."""
    offers = [schedule_choices.offer(each) for each in timeline] if sent else []
    for index, choice in enumerate(sent):
        buyers = [
            schedule
            for schedule, offered in zip(timeline, offers, strict=True)
            if choice["pricing_id"] in offered.by_id
        ]
        if not buyers:
            message = f"{choice['pricing_id']} is not among the pricings of the schedules"
            raise ReferencedNotFound(message, field=f"enabled_pricings.{index}.pricing_id")
        for schedule in buyers:
            schedule.enabled_pricings = [*schedule.enabled_pricings, choice]
    for index, schedule in enumerate(timeline):
        try:
            schedule_choices.require(schedule)
            schedule_choices.require_complete(schedule)
        except TallydeskError as error:
            raise error if sent else error.within(f"{SCHEDULES}.{index}") from None


def _store(
    ctx: Context,
    draft: PricingPlanSubscription,
    timeline: Sequence[PricingPlanSchedule],
    *,
    group: PricingPlanSubscriptionGroup | None,
) -> None:
    try:
        persistence.insert(draft)
        if group is not None:
            subscription_groups.place(ctx=ctx, subscription=draft, group=group)
    except TallydeskError as error:
        raise error.within(SUBSCRIPTION) from None
    for schedule in timeline:
        schedule.subscription = draft
    PricingPlanSchedule.objects.bulk_create(timeline)
    changes.created(ctx=ctx, instance=draft)
    for schedule in timeline:
        changes.created(ctx=ctx, instance=schedule)
