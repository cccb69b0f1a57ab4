"""What final invoices have billed for which period: the ground on which late usage is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from billing.calc.allowances import Taken
from billing.models import Invoice, InvoiceLine, InvoiceStatus, InvoiceType, Occasion

BILLED = (InvoiceStatus.FINAL, InvoiceStatus.ARCHIVED)
Place = tuple[str, str, str]


def finals(subscriptions: Iterable[int]) -> dict[int, list[Invoice]]:
    """subscription pk -> its billed periods, in order of time."""
    rows = Invoice.objects.filter(
        subscription__in=subscriptions,
        status__in=BILLED,
        type=InvoiceType.STANDARD,
        occasion=Occasion.PERIOD,
    )
    found: dict[int, list[Invoice]] = {}
    for invoice in rows.defer("content", "parties", "prices").order_by("period_start"):
        found.setdefault(invoice.subscription_id or 0, []).append(invoice)
    return found


def taken_by_coupons(invoices: Sequence[Invoice]) -> dict[int, dict[str, Decimal]]:
    """invoice pk -> what each coupon has taken off its period so far, by coupon id."""
    lines = InvoiceLine.objects.filter(invoice__status__in=BILLED).exclude(coupon_id="")
    keys = [invoice.pk for invoice in invoices]
    rows = (
        lines.annotate(of=Coalesce("late_of", "invoice"))
        .filter(of__in=keys)
        .values_list("of", "coupon_id")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    found: dict[int, dict[str, Decimal]] = {key: {} for key in keys}
    for of, coupon_id, total in rows:
        found[of][coupon_id] = -total
    return found


def amounts(invoices: Sequence[Invoice]) -> dict[int, tuple[Mapping[Place, Decimal], Mapping[Place, Taken]]]:
    """invoice pk -> what its period's usage came to so far, and took, by (schedule, pricing item, rule).

    The invoice's own lines and those that later final invoices bill for its period.
    """
    lines = InvoiceLine.objects.filter(is_usage=True, invoice__status__in=BILLED)
    keys = [invoice.pk for invoice in invoices]
    rows = (
        lines.annotate(of=Coalesce("late_of", "invoice"))
        .filter(of__in=keys)
        .values_list("of", "schedule_id", "pricing_item_id", "config_id")
        .annotate(total=Sum("amount"), included=Sum("included_taken"), bundles=Sum("bundle_change"))
        .order_by()
    )
    found: dict[int, tuple[dict[Place, Decimal], dict[Place, Taken]]] = {key: ({}, {}) for key in keys}
    for of, schedule, item, config, total, included, bundles in rows:
        came_to, took = found[of]
        came_to[schedule, item, config] = total
        took[schedule, item, config] = Taken(included, bundles)
    return dict(found.items())
