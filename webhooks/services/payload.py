"""What is sent: an event as JSON."""

from __future__ import annotations

import json
from typing import Any

from kit.period import format_instant
from webhooks.models import Webhook, WebhookEvent


def of(event: WebhookEvent, *, webhook: Webhook) -> dict[str, Any]:
    """The contract's payload with our own ``id``, ``sequence``, ``resource_type`` and ``resource_id``."""
    content: dict[str, Any] = {
        "id": event.public_id,
        "type": event.type,
        "created_at": format_instant(event.created_at),
        "original_request_id": event.request_id or None,
        "environment": event.platform.environment,
        "resource_type": event.resource_type,
        "resource_id": event.resource_id,
        "sequence": event.sequence,
        "data": event.data,
    }
    if webhook.include_previous_data:
        content["previous_data"] = event.previous_data
    return content


def encode(content: dict[str, Any]) -> bytes:
    """The bytes that are signed and sent; the same event gives the same bytes every time."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
