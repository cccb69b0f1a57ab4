"""Take back that something was closed: the status it had before, audited and told."""

from __future__ import annotations

from typing import TypeVar

from django.db import transaction

from accounts.context import Context
from accounts.models import TenantModel
from kit import persistence
from kit.lifecycle import Flow
from webhooks.services import changes

Row = TypeVar("Row", bound=TenantModel)


@transaction.atomic
def status(*, ctx: Context, instance: Row, flow: Flow, to: str) -> Row:
    """The row with the status ``to`` that it had. Raises InvalidOperation unless ``flow`` lets it return."""
    row = persistence.lock(instance)
    flow.assert_can_return(row.status, to)  # type: ignore[attr-defined]
    before = changes.snapshot(row)
    persistence.store(row, persistence.assign(row, {"status": to, "updated_at": ctx.at}))
    changes.updated(ctx=ctx, instance=row, before=before)
    return row
