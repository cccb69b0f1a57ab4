"""Changes to pricing plans."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from catalog.models import AmountType, PlanType, PlanVariant, PricingPlan, Status
from catalog.services import rows
from kit import persistence
from kit.errors import CannotUpdate
from webhooks.services import changes

DEFAULTS = {
    "type": PlanType.STANDARD,
    "amount_type": AmountType.EXCLUDING_TAX,
    "variant": PlanVariant.DEFAULT,
    "pricing_currencies": [],
    "selection_rules": [],
}
# What the meaning of a version's prices rests on: settled once a version has left DRAFT.
SETTLED = ("amount_type", "variant")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> PricingPlan:
    """A new plan without versions; 409 when its reference is taken."""
    plan = PricingPlan.stamped(platform=ctx.platform, at=ctx.at, **_filled(fields))
    rows.create(ctx=ctx, row=plan)
    return plan


@transaction.atomic
def update(*, ctx: Context, instance: PricingPlan, fields: dict[str, Any]) -> PricingPlan:
    """Change the given fields; whether prices hold tax is settled with the first version in use."""
    row = persistence.lock(instance)
    values = _filled(fields)
    changing = [name for name in SETTLED if values.get(name, getattr(row, name)) != getattr(row, name)]
    if changing and row.versions.exclude(status=Status.DRAFT).exists():
        raise CannotUpdate("a version of the plan is in use, so this stays", field=changing[0])
    rows.change(ctx=ctx, row=row, values=values, before=changes.snapshot(row))
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: PricingPlan) -> None:
    """Delete a plan that has no version."""
    rows.delete(ctx=ctx, row=persistence.lock(instance))


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """A null means the default."""
    return {
        name: DEFAULTS[name] if value is None and name in DEFAULTS else value
        for name, value in fields.items()
    }
