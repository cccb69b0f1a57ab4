"""Sign a message for an endpoint and post it."""

from __future__ import annotations

from datetime import datetime

from kit.errors import ApiFailure
from webhooks.models import Webhook
from webhooks.services import authentication, secret, signing, transport
from webhooks.services.transport import Reply


def message(*, webhook: Webhook, message_id: str, body: bytes, at: datetime) -> Reply:
    """Send now (``at``, wall time). Secrets that cannot be opened are a failed attempt like any other."""
    try:
        living = secret.living(webhook, now=at)
        signed = signing.headers(living=living, message_id=message_id, body=body, at=at)
        headers = signed | authentication.headers(webhook)
    except ApiFailure as failure:
        return Reply(None, "", failure.message)
    return transport.post(url=webhook.url, headers=headers, body=body)
