"""Invoices as they are read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import Platform
from billing.models import Invoice, InvoiceStatus
from billing.selectors.timelines import OF_SUBSCRIPTION, schedules_at

RETRY_AFTER = timedelta(hours=1)


def rows(platform: Platform) -> QuerySet[Invoice]:
    """The platform's invoices, with their parties and their subscription's schedules."""
    return with_terms(Invoice.objects.filter(platform=platform))


def with_terms(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """The invoices with everything that a draft's content is made from: two queries."""
    terms = (f"subscription__{name}" for name in OF_SUBSCRIPTION)
    rows = invoices.select_related("platform", "customer", "billing_entity", *terms)
    return rows.prefetch_related(schedules_at("subscription__schedules"))


def due(platform: Platform, *, at: datetime) -> QuerySet[Invoice]:
    """Drafts to be finalized by now, in the order in which they are to be numbered.

    Those of a parked subscription are tried again an hour after the last failure; earlier periods
    come first.
    """
    ready = Q(subscription__parked_at__isnull=True) | Q(subscription__parked_at__lte=at - RETRY_AFTER)
    return _closing(platform).filter(ready, finalize_at__lte=at).order_by("finalize_at", "period_end", "pk")


def waiting(platform: Platform) -> QuerySet[Invoice]:
    """Drafts that will become final by themselves."""
    return _closing(platform).filter(subscription__parked_at__isnull=True)


def _closing(platform: Platform) -> QuerySet[Invoice]:
    return Invoice.objects.filter(platform=platform, status=InvoiceStatus.DRAFT, on_hold=False)
