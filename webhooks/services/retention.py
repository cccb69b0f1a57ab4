"""How long the log of deliveries is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from accounts.models import Platform
from webhooks.models import Delivery, DeliveryStatus, WebhookEvent

KEPT = timedelta(days=30)
BATCH = 1000


def forget(*, platform: Platform, now: datetime) -> int:
    """Delete up to a batch each of old deliveries and old events; the number of rows.

    An event stays while something of it is still owed, and so does the last event of each object:
    the next one counts on from it.
    """
    return _finished_deliveries(platform, now - KEPT) + _events(platform, now - KEPT)


def _finished_deliveries(platform: Platform, before: datetime) -> int:
    old = Delivery.objects.filter(platform=platform, finished_at__lt=before)
    chosen = list(old.order_by("finished_at").values_list("pk", flat=True)[:BATCH])
    return Delivery.objects.filter(pk__in=chosen).exclude(status=DeliveryStatus.PENDING).delete()[0]


def _events(platform: Platform, before: datetime) -> int:
    old = WebhookEvent.objects.filter(platform=platform, recorded_at__lt=before)
    later = WebhookEvent.objects.filter(
        platform=platform, resource_id=OuterRef("resource_id"), sequence__gt=OuterRef("sequence")
    )
    forgettable = old.filter(Exists(later)).exclude(Exists(Delivery.objects.filter(event=OuterRef("pk"))))
    chosen = list(forgettable.order_by(F("recorded_at")).values_list("pk", flat=True)[:BATCH])
    return WebhookEvent.objects.filter(pk__in=chosen).delete()[0]
