"""Create, change and delete meter values."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from kit import persistence
from kit.lifecycle import core_flow
from metering.models import MeterValue, Status
from metering.services import definitions
from webhooks.services import changes

FLOW = core_flow("METER_VALUE")
FROZEN = ("reference", "type")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> MeterValue:
    """A new meter value, DRAFT unless said otherwise."""
    definitions.check_new_status(status=fields.get("status", Status.DRAFT))
    value = MeterValue.stamped(platform=ctx.platform, at=ctx.at, **fields)
    persistence.insert(value)
    changes.created(ctx=ctx, instance=value)
    return value


@transaction.atomic
def update(*, ctx: Context, instance: MeterValue, fields: dict[str, Any]) -> MeterValue:
    """Change what its status allows."""
    value: MeterValue = persistence.lock(instance)
    before = changes.snapshot(value)
    definitions.check_status(instance=value, fields=fields, flow=FLOW, frozen=FROZEN)
    changed = persistence.assign(value, fields)
    definitions.store(ctx=ctx, instance=value, changed=changed)
    changes.updated(ctx=ctx, instance=value, before=before)
    return value


@transaction.atomic
def delete(*, ctx: Context, instance: MeterValue) -> None:
    """Delete a meter value that no meter carries."""
    value: MeterValue = persistence.lock(instance)
    before = changes.snapshot(value)
    persistence.remove(value)
    changes.deleted(ctx=ctx, instance=value, before=before)
