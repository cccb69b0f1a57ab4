"""Create and change billing entities. The first of a platform becomes its default."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from accounts.models import Platform
from billing.models import BillingEntity
from billing.selectors import parties
from billing.services import tax_ids
from kit import persistence
from webhooks.services import changes


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> BillingEntity:
    """A new issuer; its zone is the platform's unless it names one. A duplicate reference is 409."""
    Platform.objects.select_for_update().get(pk=ctx.platform.pk)  # two first ones: one is the default
    values = {"timezone": ctx.platform.timezone, **tax_ids.aligned(fields)}
    values["is_default"] = parties.default_billing_entity(ctx.platform) is None
    entity = BillingEntity.stamped(platform=ctx.platform, at=ctx.at, **values)
    persistence.insert(entity)
    changes.created(ctx=ctx, instance=entity)
    return entity


@transaction.atomic
def update(*, ctx: Context, instance: BillingEntity, fields: dict[str, Any]) -> BillingEntity:
    """Change the named fields. Final invoices keep the issuer as it was."""
    entity: BillingEntity = persistence.lock(instance)
    before = changes.snapshot(entity)
    changed = persistence.assign(entity, {**tax_ids.aligned(fields), "updated_at": ctx.at})
    persistence.store(entity, changed)
    changes.updated(ctx=ctx, instance=entity, before=before)
    return entity
