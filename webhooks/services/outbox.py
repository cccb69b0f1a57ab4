"""Put an event in the outbox, in the transaction of the change it tells of."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from accounts.context import Context
from accounts.models import TenantModel
from webhooks.models import WebhookEvent


def emit(
    *,
    ctx: Context,
    instance: TenantModel,
    type: str,
    data: dict[str, Any],
    previous: dict[str, Any] | None = None,
) -> WebhookEvent:
    """One event of ``instance``. The caller holds the instance's row lock, so the sequence has no gap."""
    mine = WebhookEvent.objects.filter(platform=ctx.platform, resource_id=instance.public_id)
    last = mine.aggregate(last=Max("sequence"))["last"] or 0
    event = WebhookEvent.stamped(
        platform=ctx.platform,
        at=ctx.at,
        type=type,
        resource_type=instance.object_type,
        resource_id=instance.public_id,
        sequence=last + 1,
        data=data,
        previous_data=previous,
        request_id=ctx.request_id,
    )
    event.save(force_insert=True)
    return event
