"""What needs someone today: each row counts one kind of work and leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet

from billing.models import Invoice, InvoiceStatus, PricingPlanSubscription, SubscriptionStatus
from billing.selectors import invoice_states
from desk import navigation
from desk.operators import Operator
from kit import clock
from metering.selectors import recent
from webhooks.selectors import webhooks

DAY = timedelta(days=1)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Row:
    """``verb`` is what to do about it, at ``url``."""

    icon: str
    look: str
    words: str
    note: str
    verb: str
    url: str


def rows(operator: Operator) -> list[Row]:
    """The kinds of work there are, the most pressing first."""
    found = []
    if operator.can("INVOICE.VIEW"):
        found += [*_overdue(operator), *_closing(operator), *_held(operator), *_parked(operator)]
    if operator.can("WEBHOOK.VIEW"):
        found += _failing(operator)
    if operator.can("METER_DATA.VIEW"):
        found += _unmatched(operator)
    if operator.can("PRICING_PLAN_SUBSCRIPTION.VIEW"):
        found += _ending(operator)
    return found


def _invoices(query: str) -> str:
    return f"{navigation.address('invoices')}?{query}"


def overdue(operator: Operator) -> QuerySet[Invoice]:
    """The final invoices whose due date has passed unpaid, in every currency."""
    rows = Invoice.objects.filter(platform=operator.platform)
    return invoice_states.with_payment(rows, [invoice_states.OVERDUE])


def _overdue(operator: Operator) -> list[Row]:
    count = overdue(operator).count()
    if not count:
        return []
    words = _many(count, "invoice is", "invoices are") + " overdue"
    return [Row("warn", "bad", words, "Final, past the due date", "Review", _invoices("payment=OVERDUE"))]


def _closing(operator: Operator) -> list[Row]:
    rows = Invoice.objects.filter(
        platform=operator.platform,
        status=InvoiceStatus.DRAFT,
        on_hold=False,
        period_end__lte=operator.at,
        finalize_at__lte=operator.at + DAY,
    )
    count = rows.count()
    if not count:
        return []
    words = _many(count, "draft becomes", "drafts become") + " final within a day"
    note = "The grace period ends"
    return [Row("clock", "warn", words, note, "Review", _invoices("status=IN_GRACE"))]


def _held(operator: Operator) -> list[Row]:
    rows = Invoice.objects.filter(platform=operator.platform, status=InvoiceStatus.DRAFT, on_hold=True)
    count = rows.count()
    if not count:
        return []
    words = _many(count, "invoice is", "invoices are") + " on hold"
    note = "A draft on hold does not become final by itself"
    return [Row("pause", "warn", words, note, "Review", _invoices("status=ON_HOLD"))]


def _parked(operator: Operator) -> list[Row]:
    rows = PricingPlanSubscription.objects.filter(platform=operator.platform, parked_at__isnull=False)
    found = list(rows.values_list("parked_reason", flat=True)[:100])
    if not found:
        return []
    words = _many(len(found), "subscription cannot", "subscriptions cannot") + " be invoiced"
    return [Row("warn", "bad", words, found[0], "Review", _invoices("status=IN_GRACE"))]


def _failing(operator: Operator) -> list[Row]:
    rows = webhooks.blocked(operator.platform).filter(webhook__active=True)
    count = rows.values("webhook").distinct().order_by().count()
    url = navigation.address("webhooks")
    if not count or not url:
        return []
    words = _many(count, "webhook endpoint fails", "webhook endpoints fail")
    return [Row("hook", "bad", words, "What follows waits until it answers", "Resend", url)]


def _unmatched(operator: Operator) -> list[Row]:
    found = recent.unmatched(operator.platform, since=clock.now() - DAY)
    url = navigation.address("unmatched-events") or navigation.address("events")
    if not found.count or not url:
        return []
    words = _many(found.count, "event matches", "events match") + " no price"
    note = "In the last 24 hours" if found.is_all else "Among the newest events of the last 24 hours"
    return [Row("pulse", "warn", words, note, "Fix", url)]


def _ending(operator: Operator) -> list[Row]:
    rows = PricingPlanSubscription.objects.filter(
        platform=operator.platform,
        status=SubscriptionStatus.ACTIVE,
        cancel_at__gt=operator.at,
        cancel_at__lte=operator.at + MONTH,
    )
    count, url = rows.count(), navigation.address("subscriptions")
    if not count or not url:
        return []
    words = _many(count, "subscription ends", "subscriptions end") + " within 30 days"
    return [Row("people", "", words, "Cancelled for a later date", "Review", url)]


def _many(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
