"""Create and change billing entities. The first of a platform becomes its default."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.context import Context
from accounts.models import Platform
from accounts.services import audit, configuration
from billing.models import BillingEntity, BillingEntityStatus
from billing.selectors import parties
from billing.services.customers import tax_ids
from billing.services.invoices import grace_periods, numbering
from kit import persistence
from kit.errors import CannotUpdate, InvalidOperation
from kit.lifecycle import core_flow
from webhooks.services import changes, restoring

FLOW = core_flow("BILLING_ENTITY")
FIRST_STATUSES = (BillingEntityStatus.DRAFT, BillingEntityStatus.ACTIVE)


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> BillingEntity:
    """A new issuer; its zone is the platform's unless it names one. A duplicate reference is 409."""
    status = fields.get("status", BillingEntityStatus.ACTIVE)
    if status not in FIRST_STATUSES:
        FLOW.assert_can(BillingEntityStatus.DRAFT, status)
    Platform.objects.select_for_update(no_key=True).get(
        pk=ctx.platform.pk
    )  # two first ones: one is the default
    values = {"timezone": ctx.platform.timezone, **tax_ids.aligned(fields)}
    values["is_default"] = parties.default_billing_entity(ctx.platform) is None
    entity = BillingEntity.stamped(platform=ctx.platform, at=ctx.at, **values)
    numbering.assert_fits(entity)
    persistence.insert(entity)
    changes.created(ctx=ctx, instance=entity)
    return entity


@transaction.atomic
def update(*, ctx: Context, instance: BillingEntity, fields: dict[str, Any]) -> BillingEntity:
    """Change the named fields. Final invoices keep the issuer as it was.

    Raises InvalidOperation for a status that cannot follow, CannotUpdate for another zone while
    subscriptions run: their periods would move under usage that is already billed.
    """
    entity: BillingEntity = persistence.lock(instance)
    status, timezone = fields.get("status", entity.status), fields.get("timezone", entity.timezone)
    if status != entity.status:
        FLOW.assert_can(entity.status, status)
    if timezone != entity.timezone and parties.has_running_subscriptions(entity):
        raise CannotUpdate("It issues for ACTIVE subscriptions: their periods would move", field="timezone")
    before, grace, numbers = changes.snapshot(entity), entity.grace_period_seconds, entity.number_format
    changed = persistence.assign(entity, {**tax_ids.aligned(fields), "updated_at": ctx.at})
    if any(name.startswith("invoice_number_") for name in changed):
        numbering.assert_can_follow(entity=entity, was=numbers, at=ctx.at)
    persistence.store(entity, changed)
    grace_periods.move(
        parties.billing_entities(ctx.platform).filter(pk=entity.pk),
        by=timedelta(seconds=entity.grace_period_seconds - grace),
    )
    changes.updated(ctx=ctx, instance=entity, before=before)
    return entity


@transaction.atomic
def make_default(*, ctx: Context, instance: BillingEntity) -> BillingEntity:
    """Issue by this entity where neither subscription, country nor currency decides.

    Raises InvalidOperation unless it is ACTIVE.
    """
    rows = parties.billing_entities(ctx.platform).filter(Q(is_default=True) | Q(pk=instance.pk))
    locked = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    chosen: BillingEntity = next(row for row in locked if row.pk == instance.pk)
    if chosen.status != BillingEntityStatus.ACTIVE:
        raise InvalidOperation(f"It is {chosen.status}: only an ACTIVE billing entity can be the default")
    before = {"default_billing_entity_id": next((row.public_id for row in locked if row.is_default), None)}
    rows.filter(is_default=True).update(is_default=False)
    chosen.is_default, chosen.updated_at = True, ctx.at
    persistence.store(chosen, ["is_default", "updated_at"])
    audit.record(
        ctx=ctx,
        action="UPDATED",
        object_type=BillingEntity.object_type,
        object_id=chosen.public_id,
        before=before,
        after={"default_billing_entity_id": chosen.public_id},
    )
    configuration.bump(platform=ctx.platform)
    return chosen


def restore(*, ctx: Context, instance: BillingEntity, status: str) -> BillingEntity:
    """Take a deprecation or an archiving back: ``status`` again, as it was before."""
    return restoring.status(ctx=ctx, instance=instance, flow=FLOW, to=status)
