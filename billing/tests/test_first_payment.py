"""With a payment taken beforehand the first invoice is final and paid at once."""

from __future__ import annotations

from typing import Any

import pytest

from billing.services.invoices import first_payment
from billing.tests.world import World, at, fee, per_minute
from kit.errors import TallydeskError
from webhooks.models import WebhookEvent


def payment(quantity: str = "12.09", **fields: Any) -> dict[str, Any]:
    return {"external_reference": "pi_1", "amount": {"quantity": quantity, "currency": "EUR"}, **fields}


def test_an_authorized_first_payment_makes_the_first_invoice_final_and_paid(world: World) -> None:
    subscription = world.subscribe(world.plan(fee("9.99"), per_minute("1")), start=at("2026-03-01"))
    ctx = world.ctx(at("2026-03-01"))
    first_payment.record(ctx=ctx, subscription=subscription, payment=payment(result="AUTHORIZED"))
    invoice = subscription.invoices.get()
    assert (invoice.status, invoice.paid, invoice.payment_status) == ("FINAL", True, "PAID")
    assert invoice.amount_including_tax == invoice.paid_amount
    types = WebhookEvent.objects.filter(resource_id=invoice.public_id).order_by("sequence")
    assert [event.type for event in types if event.type.startswith("invoice.")] == [
        "invoice.finalized",
        "invoice.paid",
    ]


def test_the_opening_invoice_is_the_first_one(world: World) -> None:
    subscription = world.subscribe(world.plan(fee("9.99", advance=True)), start=at("2026-03-01"))
    ctx = world.ctx(at("2026-03-01"))
    paid = first_payment.record(ctx=ctx, subscription=subscription, payment=payment(result="AUTHORIZED"))
    assert paid is not None
    assert (paid.occasion, paid.payment_status) == ("OPENING", "PAID")
    assert subscription.invoices.get(occasion="PERIOD").status == "DRAFT"


def test_a_payment_that_failed_changes_nothing(world: World) -> None:
    subscription = world.subscribe(world.plan(fee("9.99")), start=at("2026-03-01"))
    ctx = world.ctx(at("2026-03-01"))
    first_payment.record(ctx=ctx, subscription=subscription, payment=payment(result="REFUSED"))
    assert subscription.invoices.get().status == "DRAFT"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"amount": {"quantity": "1", "currency": "EUR"}}, "first_payment.result"),
        ({"result": "AUTHORIZED"}, "first_payment.amount"),
        (payment("NaN", result="AUTHORIZED"), "first_payment.amount.quantity"),
        (
            {"result": "AUTHORIZED", "amount": {"quantity": "1", "currency": "USD"}},
            "first_payment.amount.currency",
        ),
        (payment("1.001", result="AUTHORIZED"), "first_payment.amount"),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(world: World, sent: dict[str, Any], field: str) -> None:
    subscription = world.subscribe(world.plan(fee("9.99")), start=at("2026-03-01"))
    with pytest.raises(TallydeskError) as error:
        first_payment.record(ctx=world.ctx(at("2026-03-01")), subscription=subscription, payment=sent)
    assert error.value.field == field


def test_part_of_the_amount_leaves_the_rest_open(world: World) -> None:
    subscription = world.subscribe(world.plan(fee("100")), start=at("2026-03-01"))
    sent = payment("21", result="AUTHORIZED")
    first_payment.record(ctx=world.ctx(at("2026-03-01")), subscription=subscription, payment=sent)
    invoice = subscription.invoices.get()
    assert (invoice.paid, invoice.payment_status) == (False, "PARTIALLY_PAID")
