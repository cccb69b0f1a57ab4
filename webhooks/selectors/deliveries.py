"""Deliveries: of one resource, of one endpoint, and how endpoints fare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Platform
from webhooks.models import Delivery, DeliveryStatus, WebhookEvent


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fared: deliveries that came to an end, those that succeeded, those still owed."""

    finished: int = 0
    succeeded: int = 0
    waiting: int = 0


def rows(platform: Platform) -> QuerySet[Delivery]:
    """The platform's deliveries with their events and endpoints."""
    return Delivery.objects.filter(platform=platform).select_related("event", "webhook")


def of_resource(platform: Platform, resource_id: str) -> QuerySet[Delivery]:
    """What was sent about one resource, newest first."""
    return rows(platform).filter(event__resource_id=resource_id).order_by("-pk")


def newest(event: WebhookEvent) -> int:
    """The key of the event's last delivery, 0 where there is none."""
    return Delivery.objects.filter(event=event).aggregate(last=Max("pk"))["last"] or 0


def health(platform: Platform, webhooks: Iterable[int], *, since: datetime) -> dict[int, Health]:
    """Endpoint pk -> how it fared since (wall time)."""
    ended, owed = Q(finished_at__gte=since), Q(status=DeliveryStatus.PENDING)
    found = (
        Delivery.objects.filter(ended | owed, platform=platform, webhook__in=list(webhooks))
        .values_list("webhook")
        .annotate(
            finished=Count("pk", filter=ended),
            succeeded=Count("pk", filter=ended & Q(status=DeliveryStatus.SUCCEEDED)),
            waiting=Count("pk", filter=owed),
        )
        .order_by()
    )
    return {webhook: Health(*counts) for webhook, *counts in found}
