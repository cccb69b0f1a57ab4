"""Put an event in the outbox, in the transaction of the change it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Max

from accounts.context import Context
from webhooks.models import WebhookEvent
from webhooks.services.rendering import Subject


def emit(
    *,
    ctx: Context,
    instance: Subject,
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
    owe([event])
    return event


def owe(events: Sequence[WebhookEvent]) -> int:
    """Queue stored events for every active endpoint that wants them; the number of deliveries queued.

    An endpoint is not told about itself. Deliveries that are finished, well or not, stay as they went; one
    that is still owed is not owed twice. The lock keeps an endpoint from being deleted before this
    transaction ends; only that, and a change of its reference, make it wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO webhooks_delivery (platform_id, event_id, webhook_id)
            SELECT event.platform_id, event.id, webhook.id
              FROM webhooks_webhookevent AS event
              JOIN webhooks_webhook AS webhook USING (platform_id)
             WHERE event.id = ANY (%s)
               AND webhook.active AND webhook.public_id <> event.resource_id
               AND (webhook.included_actions = '{}' OR event.type = ANY (webhook.included_actions))
               AND NOT event.type = ANY (webhook.excluded_actions)
               FOR KEY SHARE OF webhook
            ON CONFLICT (event_id, webhook_id) WHERE status = 'PENDING' DO NOTHING
            """,
            [[event.pk for event in events]],
        )
        return int(cursor.rowcount)
