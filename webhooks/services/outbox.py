"""Put events in the outbox, in the transaction of the change they tell of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.context import Context
from kit import ids
from webhooks.models import WebhookEvent
from webhooks.services.rendering import Subject


@dataclass(frozen=True, slots=True)
class Told:
    """Events of one resource, in order, with how it looks now; ``previous`` goes with the first of them."""

    instance: Subject
    types: tuple[str, ...]
    data: dict[str, Any]
    previous: dict[str, Any] | None = None


# Who wants an event: an endpoint is not told about itself. The lock keeps an endpoint from being deleted
# before this transaction ends; only that, and a change of its reference, make it wait.
OWED = """
    INSERT INTO webhooks_delivery (platform_id, event_id, webhook_id)
    SELECT event.platform_id, event.id, webhook.id
      FROM {events} AS event
      JOIN webhooks_webhook AS webhook USING (platform_id)
     WHERE webhook.active AND webhook.public_id <> event.resource_id
       AND (webhook.included_actions = '{{}}' OR event.type = ANY (webhook.included_actions))
       AND NOT event.type = ANY (webhook.excluded_actions)
       FOR KEY SHARE OF webhook
    ON CONFLICT (event_id, webhook_id) WHERE status = 'PENDING' DO NOTHING
"""
OWE = OWED.format(events="(SELECT * FROM webhooks_webhookevent WHERE id = ANY (%s))")
TELL = f"""
    WITH told AS (
        SELECT * FROM ROWS FROM (
            unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[]),
            json_array_elements(%s::json), json_array_elements(%s::json)
        ) WITH ORDINALITY
            AS told(public_id, type, resource_type, resource_id, number, data, previous_data, ordinal)
    ), stored AS (
        INSERT INTO webhooks_webhookevent (
            platform_id, created_at, updated_at, request_id, public_id, type, resource_type, resource_id,
            sequence, data, previous_data
        )
        SELECT %s, %s, %s, %s, public_id, type, resource_type, resource_id,
            number + (
                SELECT coalesce(max(known.sequence), 0) FROM webhooks_webhookevent AS known
                WHERE known.platform_id = %s AND known.resource_id = told.resource_id
            ),
            data::jsonb, nullif(previous_data::text, 'null')::jsonb
        FROM told ORDER BY ordinal
        RETURNING id, platform_id, type, resource_id
    ), owed AS ({OWED.format(events="stored")})
    SELECT id FROM stored ORDER BY id
"""  # noqa: S608 - constants


def tell(*, ctx: Context, told: Sequence[Told]) -> list[int]:
    """Store the events and queue them for every active endpoint that wants them: one statement; their keys.

    The caller holds the row locks of the resources, so the sequences have no gap.
    """
    rows = [row for each in told for row in _rows(ctx, each)]
    if not rows:
        return []
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)]
    *keys, data, previous = columns
    # JSON travels as one text: in an array the driver would escape every quotation mark by itself.
    documents = [f"[{','.join(texts)}]" for texts in (data, previous)]
    stamp: list[Any] = [ctx.platform.pk, ctx.at, ctx.at, ctx.request_id, ctx.platform.pk]
    with connection.cursor() as cursor:
        cursor.execute(TELL, [*keys, *documents, *stamp])
        return [key for (key,) in cursor.fetchall()]


def _rows(ctx: Context, told: Told) -> Iterator[tuple[Any, ...]]:
    """Its events as the statement's columns."""
    instance, data, previous = told.instance, json.dumps(told.data), json.dumps(told.previous)
    for number, kind in enumerate(told.types, 1):
        key = ids.new(WebhookEvent.prefix, at=ctx.at)
        yield key, kind, instance.object_type, instance.public_id, number, data, previous
        previous = "null"


def owe(events: Sequence[WebhookEvent]) -> int:
    """Queue stored events again for every active endpoint that wants them; the number of deliveries queued.

    Deliveries that are finished, well or not, stay as they went; one that is still owed is not owed twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(OWE, [[event.pk for event in events]])
        return int(cursor.rowcount)
