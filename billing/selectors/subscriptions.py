"""Rows of subscriptions and schedules, with what their serializers read."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import Platform
from billing.models import (
    Invoice,
    InvoiceStatus,
    PricingPlanSchedule,
    PricingPlanSubscription,
    SubscriptionGroupMember,
)
from catalog.selectors import plans


def subscriptions(platform: Platform) -> QuerySet[Any]:
    """The platform's subscriptions with parties, schedules and open drafts.

    ``start_at`` and ``pricing_plan_name`` (of the first schedule) are there to filter and order by, as is
    the ``group_public_id``.
    """
    first = phases(platform).filter(subscription=OuterRef("pk")).order_by("start_at")
    drafts = Invoice.objects.for_platform(platform).filter(status=InvoiceStatus.DRAFT)
    groups = SubscriptionGroupMember.objects.filter(
        platform=platform, subscription=OuterRef("pk"), left_at__isnull=True
    )
    return (
        PricingPlanSubscription.objects.for_platform(platform)
        .select_related("customer", "billing_entity")
        .prefetch_related(
            Prefetch("schedules", phases(platform).order_by("start_at"), to_attr="timeline"),
            Prefetch("invoices", drafts.order_by("period_start", "pk"), to_attr="drafts"),
        )
        .annotate(
            start_at=Subquery(first.values("start_at")[:1]),
            pricing_plan_name=Subquery(first.values("pricing_plan_version__pricing_plan__name")[:1]),
            group_public_id=Subquery(groups.values("group__public_id")[:1]),
        )
    )


def schedules(platform: Platform) -> QuerySet[Any]:
    """The platform's schedules with their subscription, version, plan, and the tree of their own prices."""
    return phases(platform).prefetch_related(Prefetch("own_version", plans.trees(platform)))


def phases(platform: Platform) -> QuerySet[Any]:
    """The same without the trees, which only a schedule's own representation shows."""
    rows: QuerySet[Any] = PricingPlanSchedule.objects.for_platform(platform)
    return rows.select_related("subscription", "pricing_plan_version__pricing_plan")


def timeline(subscription: PricingPlanSubscription) -> list[PricingPlanSchedule]:
    """The subscription's schedules in order of time; read once when they were loaded with it."""
    loaded: list[PricingPlanSchedule] | None = getattr(subscription, "timeline", None)
    if loaded is not None:
        return loaded
    rows = phases(subscription.platform).filter(subscription=subscription)
    return list(rows.order_by("start_at"))


def within(platform: Platform, subscription: PricingPlanSubscription) -> PricingPlanSubscription:
    """The row and its schedules with the request's own platform: prices are kept for just that one."""
    subscription.platform = platform
    subscription.timeline = timeline(subscription)  # type: ignore[attr-defined]
    for row in subscription.timeline:  # type: ignore[attr-defined]
        row.platform = platform
    return subscription


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
