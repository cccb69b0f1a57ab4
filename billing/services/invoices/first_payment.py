"""A payment that was taken before the subscription was made: its first invoice is final and paid."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from accounts.services import audit
from billing.models import Invoice, InvoiceStatus, PricingPlanSubscription
from billing.services.invoices import finalize, settle
from kit.errors import InvalidField, InvalidOperation, MissingField, TallydeskError
from kit.money import parse_currency, parse_decimal

AUTHORIZED = "AUTHORIZED"
RESULTS = (AUTHORIZED, "CANCELLED", "CHARGED_BACK", "ERROR", "PENDING", "REFUSED", "REFUNDED")
KEPT = ("payment_acceptor_id", "payment_acceptor_reference", "external_reference", "reference", "result")


@transaction.atomic
def record(*, ctx: Context, subscription: PricingPlanSubscription, payment: dict[str, Any]) -> Invoice | None:
    """Apply ``payment`` (the contract's Payment) to the first invoice of an ACTIVE subscription.

    AUTHORIZED makes the invoice FINAL and books the amount; any other result changes nothing. What
    was sent is kept in the audit trail. Raises InvalidField and MissingField below ``first_payment``,
    InvalidOperation when there is no invoice yet.
    """
    try:
        return _record(ctx, subscription, payment)
    except TallydeskError as error:
        raise error.within("first_payment") from None


def _record(ctx: Context, subscription: PricingPlanSubscription, payment: dict[str, Any]) -> Invoice | None:
    result = payment.get("result")
    if result not in RESULTS:
        raise InvalidField(f"must be one of {', '.join(RESULTS)}", field="result")
    amount = payment.get("amount")
    if not isinstance(amount, dict):
        raise MissingField(field="amount")
    quantity = parse_decimal(amount.get("quantity"), field="amount.quantity")
    currency = parse_currency(amount.get("currency"), field="amount.currency")
    if currency != subscription.billing_currency:
        raise InvalidField(
            f"must be the billing currency, {subscription.billing_currency}", field="amount.currency"
        )
    first = _first(ctx, subscription)
    after = {name: payment[name] for name in KEPT if payment.get(name)} | {"amount": amount}
    audit.record(
        ctx=ctx,
        action="FIRST_PAYMENT",
        object_type=subscription.object_type,
        object_id=subscription.public_id,
        after=after,
    )
    if result != AUTHORIZED:
        return first
    if first is None:
        raise InvalidOperation("The subscription starts later: there is no invoice to pay yet")
    final = finalize.invoice(ctx=ctx, instance=first)
    return settle.invoice(ctx=ctx, instance=final, amount=quantity)


def _first(ctx: Context, subscription: PricingPlanSubscription) -> Invoice | None:
    rows = Invoice.objects.filter(platform=ctx.platform, subscription=subscription)
    return rows.exclude(status=InvoiceStatus.VOID).order_by("period_start", "pk").first()
