"""The log: events with how their deliveries went."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Prefetch, QuerySet, Value, When

from accounts.models import Platform
from webhooks.models import Delivery, DeliveryStatus, WebhookEvent


def rows(platform: Platform) -> QuerySet[Any]:
    """The platform's events with ``status``: PENDING while any delivery is owed, then FAILED if any was
    given up and not made since, then SUCCEEDED; null if no endpoint wanted the event."""
    ranked = (DeliveryStatus.PENDING, DeliveryStatus.FAILED, DeliveryStatus.SUCCEEDED)
    status = Case(
        *(When(_has(each), then=Value(each.value)) for each in ranked),
        default=None,
        output_field=CharField(null=True),
    )
    deliveries = Delivery.objects.filter(platform=platform).select_related("webhook").order_by("pk")
    return (
        WebhookEvent.objects.filter(platform=platform)
        .annotate(status=status)
        .prefetch_related(Prefetch("deliveries", queryset=deliveries))
    )


def _has(status: DeliveryStatus) -> Exists:
    again = Delivery.objects.filter(
        event=OuterRef("event"), webhook=OuterRef("webhook"), pk__gt=OuterRef("pk")
    )
    return Exists(Delivery.objects.filter(~Exists(again), event=OuterRef("pk"), status=status))
