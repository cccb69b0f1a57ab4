"""What every service of the catalog does to a row: insert it, change it, delete it, and tell."""

from __future__ import annotations

from typing import Any

from accounts.context import Context
from accounts.models import TenantModel
from catalog.models import Status
from kit import persistence
from kit.errors import CannotDelete, CannotUpdate, InvalidField
from kit.lifecycle import Flow
from webhooks.services import changes


def change(*, ctx: Context, row: Any, values: dict[str, Any], before: dict[str, Any]) -> None:
    """Store ``values`` on the locked row, stamp it when they differ, and tell what changed."""
    changed = persistence.assign(row, values)
    if changed:
        row.updated_at = ctx.at
        persistence.store(row, [*changed, "updated_at"])
    changes.updated(ctx=ctx, instance=row, before=before)


def create(*, ctx: Context, row: TenantModel) -> None:
    """Insert the row and tell."""
    persistence.insert(row)
    changes.created(ctx=ctx, instance=row)


def delete(*, ctx: Context, row: TenantModel) -> None:
    """Delete the locked row unless something uses it, and tell."""
    before = changes.snapshot(row)
    persistence.remove(row)
    changes.deleted(ctx=ctx, instance=row, before=before)


def assert_changeable(row: Any) -> None:
    """Refuse to change what is ARCHIVED: it is read-only."""
    if row.status == Status.ARCHIVED:
        raise CannotUpdate(
            "It is ARCHIVED, which is read-only",
            field="status",
            resource_type=row.object_type,
            resource_id=row.public_id,
        )


def assert_deletable(row: Any) -> None:
    """Refuse to delete what is not a DRAFT."""
    if row.status != Status.DRAFT:
        raise CannotDelete(
            f"Only a DRAFT can be deleted; this is {row.status}",
            field="status",
            resource_type=row.object_type,
            resource_id=row.public_id,
        )


def first_status(fields: dict[str, Any]) -> str:
    """The status of a new row, taken out of ``fields``: DRAFT, or ACTIVE at once."""
    wanted: str = fields.pop("status", None) or Status.DRAFT
    if wanted not in (Status.DRAFT, Status.ACTIVE):
        raise InvalidField("must be DRAFT or ACTIVE on creation", field="status")
    return wanted


def next_status(flow: Flow, row: Any, fields: dict[str, Any]) -> str | None:
    """The status that ``fields`` moves the row to, taken out of them; None where it stays.

    The step must exist in ``flow``.
    """
    wanted: str | None = fields.pop("status", None)
    if wanted is None or wanted == row.status:
        return None
    flow.assert_can(row.status, wanted)
    return wanted
