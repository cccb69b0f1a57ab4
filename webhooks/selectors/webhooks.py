"""Endpoints: those of a platform, and what the API shows beside their columns."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import Platform
from webhooks.models import Delivery, Webhook


def rows(platform: Platform) -> QuerySet[Any]:
    """The platform's endpoints, each with ``blocked``: its delivery in the penalty box, if any."""
    return Webhook.objects.filter(platform=platform).prefetch_related(
        Prefetch("deliveries", queryset=blocked(platform), to_attr="blocked")
    )


def blocked(platform: Platform) -> QuerySet[Delivery]:
    """Deliveries that failed and wait for their next attempt: one of each endpoint in trouble."""
    waiting = Delivery.objects.filter(platform=platform, next_attempt_at__isnull=False)
    return waiting.select_related("event", "event__platform").order_by("event_id")


def blocked_of(webhook: Webhook) -> Delivery | None:
    """The delivery in the endpoint's penalty box; taken from the prefetch where there is one."""
    prefetched = getattr(webhook, "blocked", None)
    if prefetched is not None:
        return prefetched[0] if prefetched else None
    return blocked(webhook.platform).filter(webhook=webhook).first()
