"""Delete events: they stay, marked, and count no more."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from metering.models import Event
from metering.services import locks, rebuild
from webhooks.services import changes


@transaction.atomic
def delete(*, ctx: Context, event: Event) -> Event:
    """Mark the event and make its hour's rollups again; a second deletion changes and tells nothing."""
    locks.alone(platform_id=ctx.platform.pk)
    locked = Event.objects.select_for_update().get(pk=event.pk, platform=ctx.platform)
    if locked.deleted_at is None:
        before = changes.snapshot(locked)
        locked.deleted_at = ctx.at
        locked.save(update_fields=["deleted_at"])
        rebuild.hour(
            platform_id=ctx.platform.pk,
            meter_id=locked.meter_id,
            customer_id=locked.customer_id,
            within=locked.timestamp,
            at=ctx.at,
        )
        changes.marked_deleted(ctx=ctx, instance=locked, before=before)
    return locked
