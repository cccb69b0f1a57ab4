"""Changes to product categories."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import ProductCategory, TaxCategory
from catalog.services import rows
from kit import persistence
from webhooks.services import changes


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> ProductCategory:
    """A new category; 409 when its reference is taken."""
    category = ProductCategory.stamped(platform=ctx.platform, at=ctx.at, **_filled(fields))
    rows.create(ctx=ctx, row=category)
    return category


@transaction.atomic
def update(*, ctx: Context, instance: ProductCategory, fields: dict[str, Any]) -> ProductCategory:
    """Change the given fields."""
    row = persistence.lock(instance)
    rows.change(ctx=ctx, row=row, values=_filled(fields), before=changes.snapshot(row))
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: ProductCategory) -> None:
    """Delete a category without products or prices."""
    rows.delete(ctx=ctx, row=persistence.lock(instance))


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """A tax category sent as null is the default: every category has one."""
    if "tax_category" in fields and fields["tax_category"] is None:
        return {**fields, "tax_category": TaxCategory.STANDARD}
    return fields
