"""The steps of what can be switched off and on again: coupons, and the codes that redeem them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from accounts.context import Context
from accounts.models import Platform, TenantModel
from catalog.models import CouponStatus
from catalog.services import rows
from kit import persistence
from kit.lifecycle import Flow
from webhooks.services import changes, restoring

Row = TypeVar("Row", bound=TenantModel)


@dataclass(frozen=True)
class Steps(Generic[Row]):
    """One verb for each step of ``flow``; ``read`` gives the platform's rows. What was redeemed goes on."""

    flow: Flow
    read: Callable[[Platform], QuerySet[Any]]

    def activate(self, *, ctx: Context, instance: Row) -> Row:
        """Open it for redemption."""
        return self.move(ctx=ctx, instance=instance, status=CouponStatus.ACTIVE)

    def deactivate(self, *, ctx: Context, instance: Row) -> Row:
        """Close it for now."""
        return self.move(ctx=ctx, instance=instance, status=CouponStatus.INACTIVE)

    def deprecate(self, *, ctx: Context, instance: Row) -> Row:
        """Close it for good."""
        return self.move(ctx=ctx, instance=instance, status=CouponStatus.DEPRECATED)

    def archive(self, *, ctx: Context, instance: Row) -> Row:
        """Hide it."""
        return self.move(ctx=ctx, instance=instance, status=CouponStatus.ARCHIVED)

    def restore(self, *, ctx: Context, instance: Row, status: str) -> Row:
        """Take back that it was closed, for now or for good: ``status`` again, as it was before."""
        return restoring.status(ctx=ctx, instance=instance, flow=self.flow, to=status)

    @transaction.atomic
    def move(self, *, ctx: Context, instance: Row, status: CouponStatus) -> Row:
        """To ``status``, where the flow allows it."""
        persistence.lock(instance)
        row: Any = self.read(ctx.platform).get(pk=instance.pk)
        self.flow.assert_can(row.status, status)
        rows.change(ctx=ctx, row=row, values={"status": status}, before=changes.snapshot(row))
        found: Row = row
        return found
