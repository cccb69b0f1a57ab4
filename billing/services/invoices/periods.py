"""Open the invoices of a subscription: one draft for every period that has begun.

The rows follow the subscription's timeline: when a schedule is added or a cancellation agreed, the
drafts that still run get their new end. A final invoice is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.context import Context
from accounts.models import Platform
from billing.calc.due_date import due_at
from billing.calc.timeline import Timeline
from billing.models import (
    Invoice,
    InvoiceStatus,
    Occasion,
    PeriodCursor,
    PricingPlanSubscription,
    SubscriptionStatus,
)
from billing.selectors import agreed_prices, timelines
from kit.period import Span
from webhooks.services import bulk
from webhooks.services.rendering import render

PAGE = 200
FROZEN = ("content", "parties", "prices")
PARTIES = ("platform", "billing_entity", "customer", "subscription")
DATES = ("status", "period_end", "finalize_at", "invoice_date", "due_date", "updated_at")


@transaction.atomic
def open_due(*, ctx: Context, subscription: PricingPlanSubscription) -> list[Invoice]:
    """Bring the drafts of one subscription up to ``ctx.at``; the rows that are new.

    Called at activation, whenever its schedules change and when it is cancelled. Doing it twice
    changes nothing.
    """
    PeriodCursor.objects.bulk_create(
        [PeriodCursor(platform=ctx.platform, subscription=subscription)], ignore_conflicts=True
    )
    cursor = PeriodCursor.objects.select_for_update().get(subscription=subscription)
    fresh = timelines.with_schedules(PricingPlanSubscription.objects.all()).get(pk=subscription.pk)
    return _bring_up(ctx, [cursor], {fresh.pk: fresh})


def realign(*, ctx: Context, subscription: PricingPlanSubscription) -> list[Invoice]:
    """The same, by the name of what a cancellation or a new schedule needs; a DRAFT has nothing to open."""
    if subscription.status == SubscriptionStatus.DRAFT:
        return []
    return open_due(ctx=ctx, subscription=subscription)


@transaction.atomic
def void_all(*, ctx: Context, subscription: PricingPlanSubscription) -> list[Invoice]:
    """Nothing of this subscription is owed: its drafts and its final invoices become VOID.

    Final invoices keep their numbers and what they say. Archived ones are left alone.
    """
    PeriodCursor.objects.filter(subscription=subscription).update(next_start=None)
    rows = Invoice.objects.filter(platform=ctx.platform, subscription=subscription)
    owed = rows.filter(status__in=(InvoiceStatus.DRAFT, InvoiceStatus.FINAL)).order_by("pk")
    locked = owed.select_for_update(of=("self",)).select_related(*PARTIES)
    invoices = list(locked.defer(*FROZEN))
    before = [render(invoice) for invoice in invoices]
    for invoice in invoices:
        invoice.status, invoice.updated_at = InvoiceStatus.VOID, ctx.at
    _store(ctx, [bulk.Change(*pair) for pair in zip(invoices, before, strict=True)])
    return invoices


def sweep(*, platform: Platform, at: datetime) -> int:
    """Open the next draft wherever a period has begun; how many subscriptions were moved."""
    ctx, total = Context(platform=platform, at=at), 0
    while _due(ctx).exists() and (done := _page(ctx)):
        total += done
    return total


def next_due(*, platform: Platform) -> datetime | None:
    """When the next period of any subscription of the platform begins."""
    due = PeriodCursor.objects.filter(platform=platform, next_start__isnull=False).order_by("next_start")
    return due.values_list("next_start", flat=True).first()


@transaction.atomic
def _page(ctx: Context) -> int:
    cursors = list(_due(ctx).order_by("next_start", "pk").select_for_update(skip_locked=True)[:PAGE])
    if not cursors:
        return 0
    keys = [cursor.subscription_id for cursor in cursors]
    subscriptions = timelines.with_schedules(PricingPlanSubscription.objects.filter(pk__in=keys))
    _bring_up(ctx, cursors, {each.pk: each for each in subscriptions})
    return len(cursors)


def _due(ctx: Context) -> QuerySet[PeriodCursor]:
    return PeriodCursor.objects.filter(platform=ctx.platform, next_start__lte=ctx.at)


def _bring_up(
    ctx: Context, cursors: Sequence[PeriodCursor], subscriptions: dict[int, PricingPlanSubscription]
) -> list[Invoice]:
    existing = _standing(subscriptions)
    new: list[Invoice] = []
    changes: list[bulk.Change] = []
    for cursor in cursors:
        subscription = subscriptions[cursor.subscription_id]
        rows = existing.get(subscription.pk, [])
        timeline = timelines.timeline(subscription)
        changes += _align(ctx, subscription, timeline, rows)
        made, cursor.next_start = _missing(ctx, subscription, timeline, rows)
        new += made
    Invoice.objects.bulk_create(new)
    _store(ctx, changes)
    PeriodCursor.objects.bulk_update(cursors, ["next_start"])
    bulk.created(ctx=ctx, instances=new)
    return new


def _standing(subscriptions: Iterable[int]) -> dict[int, list[Invoice]]:
    """What of each subscription may change, or tells how far it has come: drafts, opening and latest.

    Locked, so that none of them becomes final meanwhile.
    """
    standing = Invoice.objects.filter(subscription__in=subscriptions).exclude(
        Q(status=InvoiceStatus.VOID) | Q(occasion=Occasion.ON_DEMAND)
    )
    later = standing.filter(
        subscription=OuterRef("subscription"),
        occasion=Occasion.PERIOD,
        period_start__gt=OuterRef("period_start"),
    )
    told = standing.filter(Q(status=InvoiceStatus.DRAFT) | Q(occasion=Occasion.OPENING) | ~Exists(later))
    locked = told.select_for_update(of=("self",)).select_related(*PARTIES).defer(*FROZEN)
    found: dict[int, list[Invoice]] = {}
    for invoice in locked.order_by("pk"):
        found.setdefault(invoice.subscription_id or 0, []).append(invoice)
    return found


def _store(ctx: Context, changes: Sequence[bulk.Change]) -> None:
    invoices: list[Any] = [change.instance for change in changes]
    Invoice.objects.bulk_update(invoices, DATES)
    bulk.updated(ctx=ctx, changes=changes)


def _missing(
    ctx: Context, subscription: PricingPlanSubscription, timeline: Timeline, rows: Sequence[Invoice]
) -> tuple[list[Invoice], datetime | None]:
    """The drafts that have to be there and are not, and when the next one will."""
    starts = {row.period_start: row for row in rows if row.occasion == Occasion.PERIOD}
    new = _opening(ctx, subscription, timeline, rows)
    instant = timeline.start and timeline.next_start(timeline.start)
    if starts and instant is not None:
        # Everything up to the latest row is there: the walk goes on where its period ends now. What is
        # final keeps the end that it had, also where its period was cut or went on since.
        latest = starts[max(starts)]
        period = timeline.period_at(latest.period_start)
        instant = timeline.next_start(period.span.end if period else latest.period_end)
    while instant is not None and instant <= ctx.at:
        period = timeline.period_at(instant)
        assert period is not None
        if not period.span.is_empty:
            new.append(draft(ctx, subscription, Occasion.PERIOD, period.span))
        instant = timeline.next_start(period.span.end)
    return new, instant


def _opening(
    ctx: Context, subscription: PricingPlanSubscription, timeline: Timeline, rows: Sequence[Invoice]
) -> list[Invoice]:
    start = timeline.start
    if start is None or start > ctx.at or rows:
        return []
    keys = [part.key for part in timeline.opening()]
    opened = [each for each in subscription.schedules.all() if each.pk in keys]
    if not agreed_prices.bill_in_advance(agreed_prices.of_schedules(ctx.platform, opened), at=start):
        return []
    return [draft(ctx, subscription, Occasion.OPENING, Span(start, start))]


def draft(ctx: Context, subscription: PricingPlanSubscription, occasion: Occasion, span: Span) -> Invoice:
    """The unsaved draft that bills ``span``."""
    invoice = Invoice.stamped(
        platform=ctx.platform,
        at=ctx.at,
        billing_entity=subscription.billing_entity,
        customer=subscription.customer,
        subscription=subscription,
        occasion=occasion,
        period_start=span.start,
        on_hold=subscription.init_invoice_on_hold,
        currency=subscription.billing_currency,
        purchase_order_number=subscription.purchase_order_number or None,
    )
    _set_end(invoice, subscription, span.end)
    return invoice


def _set_end(invoice: Invoice, subscription: PricingPlanSubscription, end: datetime) -> None:
    """The period's end decides the dates. An invoice is not dated before the day it was made."""
    entity = subscription.billing_entity
    invoice.period_end = end
    invoice.invoice_date = max(end, invoice.created_at)
    invoice.finalize_at = invoice.invoice_date + timedelta(seconds=entity.grace_period_seconds)
    invoice.due_date = due_at(invoice.invoice_date, subscription.payment_term, entity.zone)


def _align(
    ctx: Context, subscription: PricingPlanSubscription, timeline: Timeline, rows: Sequence[Invoice]
) -> list[bulk.Change]:
    """The drafts whose period ends elsewhere now, or is none any more."""
    changes = []
    for invoice in rows:
        if invoice.status != InvoiceStatus.DRAFT or invoice.occasion != Occasion.PERIOD:
            continue
        period = timeline.period_at(invoice.period_start)
        if period is not None and period.span.end == invoice.period_end:
            continue
        before = render(invoice)
        if period is None:
            invoice.status = InvoiceStatus.VOID
        else:
            _set_end(invoice, subscription, period.span.end)
        invoice.updated_at = ctx.at
        changes.append(bulk.Change(invoice, before))
    return changes
