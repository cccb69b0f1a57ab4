"""Events over HTTP, the clock over HTTP, the invoice over HTTP: nothing made by hand in between."""

from __future__ import annotations

from typing import Any

from billing.tests.world import World, at, fee, per_minute
from kit.testing import ApiClient


def send(api: ApiClient, reference: str, number: str, timestamp: str) -> dict[str, Any]:
    body = {
        "reference": reference,
        "meter_reference": "transcription",
        "customer_reference": "brightwater",
        "timestamp": timestamp,
        "meter_values": [{"reference": "minutes", "number": number}],
    }
    return api.post("/v1/events/ingest", body).ok()


def invoices(api: ApiClient) -> list[dict[str, Any]]:
    return api.get("/v1/invoices?order_by=created_at&order_direction=asc").ok()["data"]


def test_from_event_to_final_invoice(world: World, api: ApiClient) -> None:
    api.post("/v1/test-clock", {"now": "2026-03-01T00:00:00Z"}).ok()
    world.subscribe(world.plan(per_minute("0.10"), fee("49", advance=True)), start=at("2026-03-01"))
    world.platform.refresh_from_db()
    api.post("/v1/test-clock/advance", {"to": "2026-03-05T12:00:00Z"}).ok()
    send(api, "event-0000000001", "120", "2026-03-05T12:00:00Z")
    (opening, march) = invoices(api)
    assert (opening["status"], march["status"]) == ("FINAL", "DRAFT")
    assert march["tax_summary"]["base_amount"]["quantity"] == "61.00"

    api.post("/v1/test-clock/advance", {"to": "2026-04-01T07:59:59Z"}).ok()
    send(api, "event-0000000002", "30", "2026-03-31T23:59:59Z")
    assert invoices(api)[1]["status"] == "DRAFT"
    api.post("/v1/test-clock/advance", {"to": "2026-04-01T08:00:00Z"}).ok()
    final = api.get(f"/v1/invoices/{march['id']}").ok()
    assert (final["status"], final["invoice_number"]) == ("FINAL", "INV-00002")
    assert final["tax_summary"]["base_amount"]["quantity"] == "64.00"

    send(api, "event-0000000003", "10", "2026-03-20T00:00:00Z")
    assert api.get(f"/v1/invoices/{march['id']}").ok()["periods"] == final["periods"]
    april = api.get(f"/v1/invoices/{invoices(api)[2]['id']}").ok()
    assert april["linked_invoices_ids"] == [march["id"]]
    assert april["tax_summary"]["base_amount"]["quantity"] == "50.00"


def test_b48_an_event_deleted_after_billing_is_credited_on_the_next_invoice(
    world: World, api: ApiClient
) -> None:
    api.post("/v1/test-clock", {"now": "2026-03-01T00:00:00Z"}).ok()
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.platform.refresh_from_db()
    send(api, "event-0000000001", "120", "2026-03-01T00:00:00Z")
    api.post("/v1/test-clock/advance", {"to": "2026-04-02T00:00:00Z"}).ok()
    found = api.get("/v1/events?reference=event-0000000001")
    event = (found.ok()["data"] if found.status == 200 else [])[0]
    assert api.post(f"/v1/events/{event['id']}/delete").status == 200
    april = invoices(api)[-1]
    assert april["tax_summary"]["base_amount"]["quantity"] == "-12.00"
