"""Try an endpoint out: a message of its own, outside the queue and the log, or the blocked delivery now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kit import ids
from kit.errors import InvalidOperation
from kit.period import format_instant
from webhooks.models import Delivery, DeliveryStatus, Webhook, WebhookEvent
from webhooks.selectors.webhooks import blocked_of
from webhooks.services import claims, delivery, dispatch, payload
from webhooks.services.delivery import Clock
from webhooks.services.transport import Reply

TYPE = "WEBHOOK.TEST"


class BeingDelivered(InvalidOperation):
    """A worker delivers to the endpoint at this moment."""

    status = 409


def test(*, webhook: Webhook, at: datetime) -> Reply:
    """Send a test message, saved endpoint or not, active or not. ``at`` is wall time."""
    message_id = ids.new(WebhookEvent.prefix, at=at)
    body = payload.encode(_content(webhook, message_id, at))
    return dispatch.message(webhook=webhook, message_id=message_id, body=body, at=at)


def retry(*, webhook: Webhook, now: Clock) -> Reply:
    """Try the blocked delivery now instead of at its time; if it succeeds, the queue behind it follows.

    Raises InvalidOperation if nothing is blocked, BeingDelivered (409) if a worker is at it.
    """
    blocked = blocked_of(webhook)
    if blocked is None or not webhook.active:
        raise InvalidOperation("Nothing is blocked" if webhook.active else "The webhook is not active")
    claim = claims.take_one(webhook=webhook, now=now())
    if claim is None:
        raise BeingDelivered("A delivery to this webhook is under way")
    Delivery.objects.filter(pk=blocked.pk, next_attempt_at__isnull=False).update(next_attempt_at=now())
    delivery.drain(claim, now=now)
    blocked.refresh_from_db()
    cause = "" if blocked.status == DeliveryStatus.SUCCEEDED else blocked.cause
    return Reply(blocked.response_status, blocked.response_body, cause)


def _content(webhook: Webhook, message_id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": message_id,
        "type": TYPE,
        "created_at": format_instant(at),
        "original_request_id": None,
        "environment": webhook.platform.environment,
        "resource_type": Webhook.object_type,
        "resource_id": webhook.public_id,
        "sequence": 0,
        "data": {"object_type": Webhook.object_type, "id": webhook.public_id, "name": webhook.name},
    }
