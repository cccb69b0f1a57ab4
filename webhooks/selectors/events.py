"""The log: events with how their deliveries went."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Prefetch, QuerySet, Subquery, Value, When

from accounts.models import Platform
from webhooks.models import Delivery, DeliveryStatus, WebhookEvent

RANKED = (DeliveryStatus.PENDING, DeliveryStatus.FAILED, DeliveryStatus.SUCCEEDED)
RANK = Case(*(When(status=each, then=Value(rank)) for rank, each in enumerate(RANKED)))


def rows(platform: Platform) -> QuerySet[Any]:
    """The platform's events with ``status``: PENDING while any delivery is owed, then FAILED if any was
    given up and not made since, then SUCCEEDED; null if no endpoint wanted the event.

    ``outcome`` is the same, to filter by: judged for all events together, where ``status`` is asked event by
    event for those of a page.
    """
    outcome = Case(
        *(When(Exists(_last().filter(status=each)), then=Value(each.value)) for each in RANKED),
        default=None,
        output_field=CharField(null=True),
    )
    deliveries = Delivery.objects.filter(platform=platform).select_related("webhook").order_by("pk")
    return (
        WebhookEvent.objects.filter(platform=platform)
        .alias(outcome=outcome)
        .annotate(status=Subquery(_last().order_by(RANK).values("status")[:1]))
        .prefetch_related(Prefetch("deliveries", queryset=deliveries))
    )


def _last() -> QuerySet[Delivery]:
    """The deliveries of an event but those that were made again."""
    again = Delivery.objects.filter(
        event=OuterRef("event"), webhook=OuterRef("webhook"), pk__gt=OuterRef("pk")
    )
    return Delivery.objects.filter(~Exists(again), event=OuterRef("pk"))
