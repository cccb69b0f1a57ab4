"""Invoices as they are read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Platform
from billing.models import Invoice, InvoiceStatus, Occasion, PricingPlanSubscription
from billing.selectors.timelines import with_schedules

RETRY_AFTER = timedelta(hours=1)


def rows(platform: Platform) -> QuerySet[Invoice]:
    """The platform's invoices, with their parties and their subscription's schedules."""
    return with_terms(Invoice.objects.filter(platform=platform))


def with_terms(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """The invoices with everything that a draft's content is made from."""
    subscriptions = with_schedules(PricingPlanSubscription.objects.all())
    return invoices.select_related("platform", "customer", "billing_entity").prefetch_related(
        Prefetch("subscription", queryset=subscriptions)
    )


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


def first_drafts(subscription_ids: list[int]) -> dict[int, int]:
    """Per subscription the key of its earliest draft of a period: the one that takes up late usage.

    None where a supplement is a draft, because that takes it up.
    """
    before = Q(occasion=Occasion.SUPPLEMENT) | Q(
        occasion=Occasion.PERIOD, period_start__lt=OuterRef("period_start")
    )
    earlier = Invoice.objects.filter(
        before, subscription=OuterRef("subscription"), status=InvoiceStatus.DRAFT
    )
    drafts = Invoice.objects.filter(
        subscription__in=subscription_ids, status=InvoiceStatus.DRAFT, occasion=Occasion.PERIOD
    )
    found: Any = drafts.exclude(Exists(earlier)).values_list("subscription_id", "pk")
    return dict(found)
