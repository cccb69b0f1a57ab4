"""Endpoints that have something to deliver now."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Platform
from webhooks.models import Delivery, DeliveryStatus, Webhook

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def queue(webhook_pk: int | OuterRef) -> QuerySet[Delivery]:
    """What is owed to an endpoint, in order. The first alone decides when it is due: it blocks the rest."""
    return Delivery.objects.filter(webhook=webhook_pk, status=DeliveryStatus.PENDING).order_by("event_id")


def endpoints(*, platform: Platform, now: datetime) -> QuerySet[Webhook]:
    """Active, unclaimed endpoints whose first delivery is due ``now`` (wall time), longest unserved first."""
    head = queue(OuterRef("pk")).annotate(due=Coalesce("next_attempt_at", Value(ALWAYS)))
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    return (
        Webhook.objects.filter(free, platform=platform, active=True)
        .annotate(due=Subquery(head.values("due")[:1]))
        .filter(due__lte=now)
        .order_by(F("claimed_at").asc(nulls_first=True), "pk")
    )
