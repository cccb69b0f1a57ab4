"""Send an event again."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from accounts.services import audit
from kit.errors import InvalidOperation
from webhooks.models import WebhookEvent
from webhooks.services import outbox


@transaction.atomic
def resend(*, ctx: Context, event: WebhookEvent) -> None:
    """Queue the event again for every active endpoint that wants it, under the same id and sequence.

    It goes before what is queued there already, being older. Raises InvalidOperation if no endpoint
    takes it: none wants it, or it is still owed to those that do.
    """
    if not outbox.owe([event]):
        raise InvalidOperation(
            "No active webhook wants this event, or it is still to be delivered",
            resource_type=event.object_type,
            resource_id=event.public_id,
        )
    audit.record(ctx=ctx, action="RESENT", object_type=event.object_type, object_id=event.public_id)
