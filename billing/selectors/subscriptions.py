"""Rows of subscriptions and schedules, with what their serializers read."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import Platform
from billing.models import Invoice, InvoiceStatus, PricingPlanSchedule, PricingPlanSubscription
from catalog.selectors import plans


def subscriptions(platform: Platform) -> QuerySet[Any]:
    """The platform's subscriptions with parties, schedules and open drafts.

    ``start_at`` and ``pricing_plan_name`` (of the first schedule) are there to filter and order by.
    """
    first = schedules(platform).filter(subscription=OuterRef("pk")).order_by("start_at")
    drafts = Invoice.objects.for_platform(platform).filter(status=InvoiceStatus.DRAFT)
    return (
        PricingPlanSubscription.objects.for_platform(platform)
        .select_related("customer", "billing_entity")
        .prefetch_related(
            Prefetch("schedules", schedules(platform).order_by("start_at"), to_attr="timeline"),
            Prefetch("invoices", drafts.order_by("period_start", "pk"), to_attr="drafts"),
        )
        .annotate(
            start_at=Subquery(first.values("start_at")[:1]),
            pricing_plan_name=Subquery(first.values("pricing_plan_version__pricing_plan__name")[:1]),
        )
    )


def schedules(platform: Platform) -> QuerySet[Any]:
    """The platform's schedules with their subscription, version and plan."""
    rows = PricingPlanSchedule.objects.for_platform(platform)
    own = Prefetch("own_version", plans.trees(platform))
    return rows.select_related("subscription", "pricing_plan_version__pricing_plan").prefetch_related(own)


def timeline(subscription: PricingPlanSubscription) -> list[PricingPlanSchedule]:
    """The subscription's schedules in order of time; read once when they were loaded with it."""
    loaded: list[PricingPlanSchedule] | None = getattr(subscription, "timeline", None)
    if loaded is not None:
        return loaded
    return list(schedules(subscription.platform).filter(subscription=subscription).order_by("start_at"))


def remember(
    subscription: PricingPlanSubscription,
    *,
    timeline: list[PricingPlanSchedule],
    drafts: list[Invoice],
) -> None:
    """Keep on the row what ``timeline`` and ``next_draft`` would read."""
    subscription.timeline = timeline  # type: ignore[attr-defined]
    subscription.drafts = drafts  # type: ignore[attr-defined]


def next_draft(subscription: PricingPlanSubscription) -> Invoice | None:
    """The draft that becomes an invoice next."""
    loaded: list[Invoice] | None = getattr(subscription, "drafts", None)
    if loaded is None:
        rows = Invoice.objects.for_platform(subscription.platform).filter(subscription=subscription)
        loaded = list(rows.filter(status=InvoiceStatus.DRAFT).order_by("period_start", "pk")[:1])
    return loaded[0] if loaded else None
