"""The same as ``changes``, for many resources of one kind at once: a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.context import Context
from accounts.models import AuditEntry, TenantModel
from accounts.services import audit, configuration
from webhooks.services import outbox
from webhooks.services.rendering import render


@dataclass(frozen=True, slots=True)
class Change:
    """One resource as it is now, and as it was (None when it is new), in the API's representation."""

    instance: TenantModel
    before: dict[str, Any] | None = None


def created(*, ctx: Context, instances: Sequence[TenantModel]) -> None:
    """New resources: ``<RESOURCE>.CREATED`` each."""
    _record(ctx, "CREATED", [Change(each) for each in instances], ())


def updated(*, ctx: Context, changes: Sequence[Change], lifecycle: tuple[str, ...] = ()) -> None:
    """Changed resources: ``<RESOURCE>.UPDATED`` each, then their lifecycle events.

    The caller holds the row locks, so the sequences have no gap.
    """
    _record(ctx, "UPDATED", changes, lifecycle)


def _record(ctx: Context, verb: str, changes: Sequence[Change], lifecycle: tuple[str, ...]) -> None:
    if not changes:
        return
    entries, told = [], []
    for change in changes:
        instance, after = change.instance, render(change.instance)
        entries.append(_audited(ctx, verb, change, after))
        kinds = (f"{instance.object_type}.{verb}", *lifecycle)
        told.append(outbox.Told(instance, kinds, after, change.before))
    AuditEntry.objects.bulk_create(entries)
    outbox.tell(ctx=ctx, told=told)
    if any(change.instance.shapes_matching for change in changes):
        configuration.bump(platform=ctx.platform)


def _audited(ctx: Context, verb: str, change: Change, after: dict[str, Any]) -> AuditEntry:
    return AuditEntry(
        platform=ctx.platform,
        at=ctx.at,
        actor_type=ctx.actor_type,
        actor=ctx.actor,
        action=verb,
        object_type=change.instance.object_type,
        object_id=change.instance.public_id,
        changes=audit.difference(change.before or {}, after),
        request_id=ctx.request_id,
    )
