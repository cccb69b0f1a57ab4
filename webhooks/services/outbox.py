"""Put an event in the outbox, in the transaction of the change it tells of."""

from __future__ import annotations

from typing import Any

from django.db import connection
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
    owe(event)
    return event


def owe(event: WebhookEvent) -> int:
    """Queue the event for every active endpoint that wants it; the number of those it is queued for anew.

    A delivery that is finished, well or not, begins again; one that is still owed stays as it is.

    The lock keeps an endpoint from being deleted before this transaction ends. It conflicts with
    nothing but that deletion, and an endpoint that is being deleted is passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO webhooks_delivery (platform_id, event_id, webhook_id)
            SELECT platform_id, %(event)s, id
              FROM webhooks_webhook
             WHERE platform_id = %(platform)s AND active
               AND (included_actions = '{}' OR %(type)s = ANY (included_actions))
               AND NOT %(type)s = ANY (excluded_actions)
               FOR KEY SHARE SKIP LOCKED
            ON CONFLICT (event_id, webhook_id) DO UPDATE
               SET status = 'PENDING', attempts = 0, first_attempted_at = NULL, finished_at = NULL
             WHERE webhooks_delivery.status <> 'PENDING'
            """,
            {"event": event.pk, "platform": event.platform_id, "type": event.type},
        )
        return int(cursor.rowcount)
