"""A cost prediction is the invoice as it is read, with the event on it."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import Invoice
from billing.tests.world import World, at, fee, per_minute
from kit.testing import ApiClient
from metering.models import Event

INGEST, CALCULATE = "/v1/events/ingest?cost_prediction=true", "/v1/events/calculate"


@pytest.fixture
def invoice(world: World) -> Invoice:
    """The running draft of a fee of 10 and 0.10 a minute, on a platform that stands at 5 March."""
    world.platform.test_now = at("2026-03-05")
    world.platform.save(update_fields=["test_now"])
    subscription = world.subscribe(world.plan(per_minute("0.10"), fee("10")), start=at("2026-03-01"))
    return subscription.invoices.get()


def event(world: World, reference: str, minutes: str, **fields: Any) -> dict[str, Any]:
    return {
        "reference": reference,
        "customer_id": world.customer.public_id,
        "meter_reference": world.meter.reference,
        "meter_values": [{"reference": "minutes", "number": minutes}],
        "meter_properties": [{"reference": world.property.reference, "value": "accurate"}],
        **fields,
    }


def test_storing_tells_what_the_invoice_comes_to(world: World, api: ApiClient, invoice: Invoice) -> None:
    predicted = api.post(INGEST, event(world, "job-1", "120")).ok()["cost_prediction"]
    read = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    (details,) = predicted["details"]
    assert (predicted["response"], details["invoice_id"]) == ("OK", invoice.public_id)
    assert details["amount_excluding_tax"] == {"quantity": "22.00", "currency": "EUR"}
    assert details["amount_including_tax"] == read["invoice_amount_including_tax"]
    assert (details["periods"], details["tax_summary"]) == (read["periods"], read["tax_summary"])


def test_calculating_tells_the_same_and_changes_nothing(
    world: World, api: ApiClient, invoice: Invoice
) -> None:
    body = event(world, "job-1", "120")
    before = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    calculated = api.post(CALCULATE, body).ok()["cost_prediction"]
    assert not Event.objects.exists()
    assert api.get(f"/v1/invoices/{invoice.public_id}").ok() == before
    assert api.post(INGEST, body).ok()["cost_prediction"] == calculated


def test_an_event_that_meets_no_price_changes_no_invoice(world: World, api: ApiClient) -> None:
    answer = api.post(CALCULATE, event(world, "job-1", "120")).ok()
    assert answer["processed_details"]["type"] == "NOT_MATCHED"
    assert answer["cost_prediction"] == {"response": "OK", "details": [], "used_change_rates": []}


def test_the_trace_predicts_and_expands_the_invoice(world: World, api: ApiClient, invoice: Invoice) -> None:
    stored = api.post("/v1/events/ingest", event(world, "job-1", "120")).ok()
    path = f"/v1/events/{stored['id']}/event_trace?cost_prediction=true&expand[]=links.invoice_id"
    trace = api.get(path).ok()
    (details,) = trace["meter_data"]["cost_prediction"]["details"]
    assert details["amount_excluding_tax"]["quantity"] == "22.00"
    assert {link["invoice"]["id"] for link in trace["links"]} == {invoice.public_id}
