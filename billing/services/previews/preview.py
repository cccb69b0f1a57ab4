"""The invoices that are to come, computed as drafts are and stored nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from accounts.context import Context
from billing.calc.due_date import due_at
from billing.calc.schedule import BillingPeriod
from billing.calc.timeline import Part, Timeline
from billing.models import Invoice, InvoiceStatus, Occasion, PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import agreed_prices, timelines
from billing.selectors.agreed_prices import Items
from billing.services.invoices import billed_ahead, drafting
from billing.services.invoices.drafting import Draft
from billing.services.previews import customizing
from billing.services.usage import carried, late_usage
from billing.services.usage.assumptions import NOTHING, Assumed
from billing.services.usage.late_usage import LateInvoice
from billing.services.usage.sources import Bill
from kit.period import Span

MOST_UNOPENED = 400  # a year of days, and a little more


@dataclass(frozen=True, slots=True)
class Preview:
    """``first`` is the first invoice from the instant on; ``by_schedule`` the next ones of each schedule."""

    first: Draft | None
    opening: Draft | None
    by_schedule: tuple[tuple[PricingPlanSchedule, tuple[Draft, ...]], ...]


def subscription(
    *,
    ctx: Context,
    subscription: PricingPlanSubscription,
    start_at: datetime,
    invoices_per_schedule: int,
    assumed: Assumed = NOTHING,
    choices: Sequence[Mapping[str, Any]] = (),
    customizations: Sequence[Mapping[str, Any]] = (),
) -> Preview:
    """The next invoices of each schedule from ``start_at``, with the usage known by now.

    A DRAFT subscription is priced as if it had been activated. Where the first stands for the earliest draft
    it bills again, as that does, what has changed about periods before it. What is ``assumed`` of a product
    item counts in place of its usage, and late usage is then not looked for; ``choices`` and
    ``customizations`` are what schedules would say instead (``customizing.apply``).
    """
    fresh = timelines.read_again(subscription, platform=ctx.platform)
    customizing.apply(ctx, fresh, choices=choices, customizations=customizations)
    timeline = timelines.planned(fresh)
    rows: list[tuple[Invoice, tuple[Part, ...]]] = []
    opening = _opening(ctx, fresh, timeline)
    if opening:
        rows.append(opening)
    places: list[tuple[PricingPlanSchedule, list[int]]] = []
    for schedule in sorted(fresh.schedules.all(), key=lambda each: each.start_at):
        start = max(start_at, schedule.start_at)
        found = list(_periods(timeline, schedule, start, invoices_per_schedule))
        places.append((schedule, list(range(len(rows), len(rows) + len(found)))))
        rows += [(row(ctx, fresh, period), timeline.parts(period)) for period in found]
    drafts = _drafts(ctx, rows, assumed)
    listed = tuple((schedule, tuple(drafts[place] for place in indexes)) for schedule, indexes in places)
    return Preview(
        first=next((draft for _, several in listed for draft in several), None),
        opening=drafts[0] if opening else None,
        by_schedule=listed,
    )


def _drafts(ctx: Context, rows: Sequence[tuple[Invoice, tuple[Part, ...]]], assumed: Assumed) -> list[Draft]:
    for number, (invoice, _) in enumerate(rows, 1):
        invoice.pk = -number
    invoices = [invoice for invoice, _ in rows]
    agreed = agreed_prices.of_invoices(ctx.platform, invoices)
    earlier = carried.before(platform=ctx.platform, invoices=invoices, agreed=agreed)
    unopened = _unopened(ctx, invoices, agreed)
    bills = drafting.stored_bills(platform=ctx.platform, invoices=earlier, agreed=agreed)
    again = _again(ctx, invoices, agreed, assumed)
    bills |= {
        invoice.pk: [Bill(parts), *(Bill(each.parts, each) for each in again.get(invoice.pk, ()))]
        for invoice, parts in rows
    }
    bills |= {invoice.pk: [Bill(parts)] for invoice, parts in unopened}
    found = drafting.of_bills(
        platform=ctx.platform,
        invoices=[*invoices, *earlier, *(invoice for invoice, _ in unopened)],
        bills=bills,
        agreed=agreed,
        assumed=assumed,
    )
    return found[: len(invoices)]


def _again(
    ctx: Context, invoices: Sequence[Invoice], agreed: Mapping[int, Items], assumed: Assumed
) -> Mapping[int, Sequence[LateInvoice]]:
    """What the invoice that stands for the earliest draft bills of periods before it."""
    found = late_usage.standing_for(invoices)
    if found is None:
        return {}
    row, history = found
    late = (
        {}
        if assumed
        else late_usage.previewed(platform=ctx.platform, row=row, agreed=agreed, history=history)
    )
    ahead = billed_ahead.previewed(row=row, agreed=agreed, history=history, late=late)
    return late_usage.joined(late, ahead)


def _unopened(
    ctx: Context, invoices: Sequence[Invoice], agreed: Mapping[int, Items]
) -> list[tuple[Invoice, tuple[Part, ...]]]:
    """The periods before those that are asked for which have no invoice yet, where something goes on.

    They take of included volumes and bundles what the later ones then lack: all periods of a subscription
    that is not active yet, and those from the last opened one on of one that is.
    """
    asked = {each.period_start: each for each in invoices if each.occasion == Occasion.PERIOD}
    if not asked or not carried.stateful(list(asked.values()), agreed):
        return []
    subscription = asked[max(asked)].subscription
    assert subscription is not None
    timeline = timelines.planned(subscription)
    found: list[tuple[Invoice, tuple[Part, ...]]] = []
    stored = Invoice.objects.filter(subscription=subscription.pk, occasion=Occasion.PERIOD)
    opened = stored.exclude(status=InvoiceStatus.VOID).aggregate(last=Max("period_end"))["last"]
    instant = timeline.next_start(opened) if opened else timeline.start
    while instant is not None and instant < max(asked) and len(found) < MOST_UNOPENED:
        period = timeline.period_at(instant)
        if period is None:
            break
        if period.span.start not in asked:
            invoice = row(ctx, subscription, period)
            invoice.pk = -len(invoices) - len(found) - 1
            found.append((invoice, timeline.parts(period)))
        instant = timeline.next_start(period.span.end)
    return found


def _periods(
    timeline: Timeline, schedule: PricingPlanSchedule, start: datetime, most: int
) -> Iterator[BillingPeriod]:
    instant = timeline.next_start(start)
    for _ in range(most):
        if instant is None or (schedule.end_at is not None and instant >= schedule.end_at):
            return
        period = timeline.period_at(instant)
        if period is None:
            return
        yield period
        instant = timeline.next_start(period.span.end)


def _opening(
    ctx: Context, subscription: PricingPlanSubscription, timeline: Timeline
) -> tuple[Invoice, tuple[Part, ...]] | None:
    parts, start = timeline.opening(), timeline.start
    keys = {part.key for part in parts}
    opened = [each for each in subscription.schedules.all() if each.pk in keys]
    agreed = agreed_prices.of_schedules(ctx.platform, opened)
    if start is None or not agreed_prices.bill_in_advance(agreed, at=start):
        return None
    return opening_row(ctx, subscription, start), parts


def opening_row(ctx: Context, subscription: PricingPlanSubscription, start: datetime) -> Invoice:
    """The invoice of what is billed before the first period; not stored."""
    return _invoice(ctx, subscription, Occasion.OPENING, Span(start, start))


def row(ctx: Context, subscription: PricingPlanSubscription, period: BillingPeriod) -> Invoice:
    """The invoice of a period as it would be opened; not stored."""
    return _invoice(ctx, subscription, Occasion.PERIOD, period.span)


def _invoice(ctx: Context, subscription: PricingPlanSubscription, occasion: Occasion, span: Span) -> Invoice:
    entity = subscription.billing_entity
    return Invoice.stamped(
        platform=ctx.platform,
        at=ctx.at,
        billing_entity=entity,
        customer=subscription.customer,
        subscription=subscription,
        occasion=occasion,
        period_start=span.start,
        period_end=span.end,
        finalize_at=span.end,
        invoice_date=span.end,
        due_date=due_at(span.end, subscription.payment_term, entity.zone),
        currency=subscription.billing_currency,
        purchase_order_number=subscription.purchase_order_number or None,
    )
