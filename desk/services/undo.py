"""Take back what one request closed: switched off, deprecated, archived or held, by its owner's service.

The audit trail says what a request changed, so the undo needs nothing of its own, and stands in the
trail itself. Only the person who made the change may take it back, and only while it is the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from accounts.context import Context
from accounts.models import AuditEntry
from billing.models import BillingEntity, Customer, Invoice, PricingPlanSubscription, PromotionCode
from billing.services.coupons import promotion_codes
from billing.services.customers import billing_entities, customers
from billing.services.invoices import invoices
from billing.services.subscriptions import archive
from catalog.models import Coupon, Product, ProductItem
from catalog.services import coupons, product_items, products
from kit.errors import InvalidOperation, NotFound
from kit.lifecycle import CLOSING
from metering.models import Meter
from metering.services import meters

LOOKED_AT = 5000  # newest entries: an undo is offered for seconds


@dataclass(frozen=True, slots=True)
class Reversal:
    """How a changed field of one kind of record goes back: ``run(ctx=, instance=, value=)``."""

    model: Any
    permission: str
    run: Callable[..., Any]


def _status(service: Any, *, ctx: Context, instance: Any, value: Any) -> Any:
    return service.restore(ctx=ctx, instance=instance, status=value)


def _hold(*, ctx: Context, instance: Invoice, value: Any) -> Any:
    return invoices.update(ctx=ctx, instance=instance, fields={"on_hold": value})


REVERSALS: dict[tuple[str, str], Reversal] = {
    ("METER", "status"): Reversal(Meter, "METER.UPDATE", partial(_status, meters)),
    ("PRODUCT", "status"): Reversal(Product, "PRODUCT.STATUS.UPDATE", partial(_status, products)),
    ("PRODUCT_ITEM", "status"): Reversal(
        ProductItem, "PRODUCT.STATUS.UPDATE", partial(_status, product_items)
    ),
    ("COUPON", "status"): Reversal(Coupon, "COUPON.UPDATE", partial(_status, coupons)),
    ("PROMOTION_CODE", "status"): Reversal(
        PromotionCode, "PROMOTION_CODE.UPDATE", partial(_status, promotion_codes)
    ),
    ("CUSTOMER", "status"): Reversal(Customer, "CUSTOMER.UPDATE", partial(_status, customers)),
    ("BILLING_ENTITY", "status"): Reversal(
        BillingEntity, "BILLING_ENTITY.UPDATE", partial(_status, billing_entities)
    ),
    ("PRICING_PLAN_SUBSCRIPTION", "status"): Reversal(
        PricingPlanSubscription, "PRICING_PLAN_SUBSCRIPTION.STATUS.UPDATE", partial(_status, archive)
    ),
    ("INVOICE", "on_hold"): Reversal(Invoice, "INVOICE.UPDATE", _hold),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record that went from ``before`` to something that can be taken back."""

    entry: AuditEntry
    reversal: Reversal
    before: Any


def changes_of(*, ctx: Context, request_id: str) -> list[Change]:
    """What a request of this person changed and can be taken back, the last change first. One query."""
    newest = AuditEntry.objects.filter(platform=ctx.platform).order_by("-pk").values("pk")[:LOOKED_AT]
    entries = AuditEntry.objects.filter(pk__in=newest, request_id=request_id, actor=ctx.actor)
    return [change for entry in entries.order_by("-pk") for change in _reversible(entry)]


@transaction.atomic
def request(*, ctx: Context, request_id: str, need: Callable[[str], None]) -> int:
    """Take back all of it and say how many records; ``need`` refuses what the role may not change.

    Raises NotFound where there is nothing to take back, InvalidOperation where a record was changed since.
    """
    found = changes_of(ctx=ctx, request_id=request_id)
    if not found:
        raise NotFound("There is nothing to take back.")
    for permission in {change.reversal.permission for change in found}:
        need(permission)
    _assert_last(ctx, request_id, found)
    rows = _rows(ctx, found)
    for change in found:
        change.reversal.run(ctx=ctx, instance=rows[change.entry.object_id], value=change.before)
    return len(rows)


def _reversible(entry: AuditEntry) -> Iterator[Change]:
    for name, (before, after) in entry.changes.items():
        reversal = REVERSALS.get((entry.object_type, name))
        if entry.action == "UPDATED" and reversal and (name != "status" or after in CLOSING):
            yield Change(entry, reversal, before)


def _assert_last(ctx: Context, request_id: str, found: list[Change]) -> None:
    later = AuditEntry.objects.filter(
        platform=ctx.platform,
        object_id__in=[change.entry.object_id for change in found],
        pk__gt=found[-1].entry.pk,
    )
    if later.exclude(request_id=request_id).exists():
        raise InvalidOperation("It was changed again since, so this can no longer be undone.")


def _rows(ctx: Context, found: list[Change]) -> dict[str, Any]:
    """Public id -> row: one query for each kind of record."""
    wanted: dict[Any, list[str]] = {}
    for change in found:
        wanted.setdefault(change.reversal.model, []).append(change.entry.object_id)
    return {
        row.public_id: row
        for model, keys in wanted.items()
        for row in model._default_manager.filter(platform=ctx.platform, public_id__in=keys)
    }
