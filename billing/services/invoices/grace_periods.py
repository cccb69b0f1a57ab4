"""The grace period, and what another one does to the drafts that are there.

Drafts keep the instant at which they become final; it moves with the grace period, so that a draft released
from hold keeps the time it was given. That is a change of a setting, told once for the platform or the
billing entity, not a change of each invoice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.context import Context
from accounts.models import Platform
from accounts.services import platforms
from billing.models import BillingEntity, Invoice, InvoiceStatus
from billing.selectors import parties


@transaction.atomic
def change_platform(*, ctx: Context, values: dict[str, Any]) -> Platform:
    """Settings of the platform; another grace period moves the drafts of entities without their own."""
    was = ctx.platform.invoice_grace_period_seconds
    changed = platforms.change(ctx=ctx, values=values)
    move(_following(ctx.platform), by=timedelta(seconds=changed.invoice_grace_period_seconds - was))
    return changed


def move(entities: QuerySet[BillingEntity], *, by: timedelta) -> None:
    """Let the drafts of ``entities`` become final so much later (or earlier), in the caller's transaction."""
    if not by:
        return
    drafts = Invoice.objects.filter(status=InvoiceStatus.DRAFT, billing_entity__in=entities)
    keys = list(drafts.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    Invoice.objects.filter(pk__in=keys).update(finalize_at=F("finalize_at") + by)


def due_at_once(
    platform: Platform, *, entity: BillingEntity | None, seconds: int, at: datetime
) -> QuerySet[Invoice]:
    """The drafts that ``seconds`` of grace would make final now, and the present period does not.

    ``entity`` None asks for the platform's own grace period.
    """
    now = platform.invoice_grace_period_seconds if entity is None else entity.grace_period_seconds
    entities = (
        _following(platform) if entity is None else parties.billing_entities(platform).filter(pk=entity.pk)
    )
    drafts = Invoice.objects.for_platform(platform).filter(
        status=InvoiceStatus.DRAFT, on_hold=False, period_end__lte=at, billing_entity__in=entities
    )
    return drafts.filter(finalize_at__gt=at, finalize_at__lte=at + timedelta(seconds=now - seconds)).order_by(
        "pk"
    )


def _following(platform: Platform) -> QuerySet[BillingEntity]:
    """The entities that go by the platform's grace period."""
    rows: QuerySet[BillingEntity] = parties.billing_entities(platform)
    return rows.filter(invoice_grace_period_seconds__isnull=True)
