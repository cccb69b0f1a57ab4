"""Write the audit trail."""

from __future__ import annotations

from typing import Any

from accounts.context import Context
from accounts.models import AuditEntry


def record(
    *,
    ctx: Context,
    action: str,
    object_type: str,
    object_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append one entry holding only the fields that differ, in the caller's transaction."""
    AuditEntry.objects.create(
        platform=ctx.platform,
        at=ctx.at,
        actor_type=ctx.actor_type,
        actor=ctx.actor,
        action=action,
        object_type=object_type,
        object_id=object_id,
        changes=difference(before or {}, after or {}),
        request_id=ctx.request_id,
    )


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Field -> [before, after] for every field that differs."""
    names = sorted(before.keys() | after.keys())
    return {
        name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)
    }
