"""A draft shows at any time what its period comes to."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Invoice
from billing.tests.world import World, at, fee, flat, per_minute, tiers, usage, where
from kit.testing import ApiClient


def shown(api: ApiClient, invoice: Invoice) -> dict:
    return api.get(f"/v1/invoices/{invoice.public_id}").ok()


def test_an_event_changes_the_draft_total_in_the_very_next_get(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    (draft,) = subscription.invoices.all()
    assert shown(api, draft)["tax_summary"]["base_amount"] == {"quantity": "0.00", "currency": "EUR"}

    world.used("120", when=at("2026-03-05T10:00"))
    body = shown(api, draft)
    assert body["status"] == "DRAFT"
    assert body["tax_summary"]["base_amount"]["quantity"] == "12.00"
    assert body["tax_summary"]["tax_amount"]["quantity"] == "2.52"
    assert body["invoice_amount_including_tax"] == {"quantity": "14.52", "currency": "EUR"}
    assert body["periods"][0]["start_at"] == "2026-03-01T00:00:00Z"

    world.used("30", when=at("2026-03-06T10:00"))
    assert shown(api, draft)["invoice_amount_including_tax"]["quantity"] == "18.15"


def test_bands_are_sub_lines_that_add_up(world: World, api: ApiClient) -> None:
    version = world.plan(usage(tiers(("100", "0.20"), ("1000", "0.10"), (None, "0.05"))))
    subscription = world.subscribe(version, start=at("2026-03-01"))
    world.used("1500", when=at("2026-03-05T10:00"))
    line = shown(api, subscription.invoices.get())["periods"][0]["groups"][0]["lines"][0]
    assert [sub["details"]["amount"]["quantity"] for sub in line["sub_lines"]] == ["20", "90", "25"]
    assert line["amount_excluding_tax"]["quantity"] == "135.00"
    assert line["meter_value"]["number"] == "1500"


def test_rules_split_usage_by_property_and_what_none_prices_is_shown(world: World, api: ApiClient) -> None:
    rules = (
        flat("0.50", conditions=where("model", "large")),
        flat("0.10", conditions=where("model", "small")),
    )
    subscription = world.subscribe(world.plan(usage(*rules)), start=at("2026-03-01"))
    world.used("10", when=at("2026-03-02"), model="large")
    world.used("20", when=at("2026-03-02"), model="small")
    world.used("5", when=at("2026-03-02"), model="odd")
    body = shown(api, subscription.invoices.get())
    lines = body["periods"][0]["groups"][0]["lines"]
    assert [line["amount_excluding_tax"]["quantity"] for line in lines] == ["5.00", "2.00"]
    assert [row["quantity"] for row in body["unpriced_usage"]] == ["5"]
    assert lines[0]["conditions"]["meter_properties"][0]["value"] == "large"


def test_a_fee_in_advance_opens_with_an_invoice_of_its_own(world: World, api: ApiClient) -> None:
    version = world.plan(per_minute("0.10"), fee("49", advance=True))
    subscription = world.subscribe(version, start=at("2026-03-01"))
    world.used("100", when=at("2026-03-05"))
    opening, running = subscription.invoices.order_by("pk")
    assert (opening.occasion, running.occasion) == ("OPENING", "PERIOD")
    first, second = shown(api, opening), shown(api, running)
    assert first["tax_summary"]["base_amount"]["quantity"] == "49.00"
    assert [period["start_at"] for period in first["periods"]] == ["2026-03-01T00:00:00Z"]
    assert second["tax_summary"]["base_amount"]["quantity"] == "59.00"
    assert [period["start_at"] for period in second["periods"]] == [
        "2026-03-01T00:00:00Z",
        "2026-04-01T00:00:00Z",
    ]


def test_reading_one_draft_costs_the_same_however_much_was_used(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    (draft,) = subscription.invoices.all()
    world.used("1", when=at("2026-03-02"))
    shown(api, draft)
    with CaptureQueriesContext(
        connection,
    ) as few:
        shown(api, draft)
    for day in range(3, 20):
        world.used("1", when=at(f"2026-03-{day:02d}"))
    with CaptureQueriesContext(connection) as many:
        assert shown(api, draft)["periods"][0]["groups"][0]["lines"][0]["quantity"] == "18"
    assert len(many) == len(few)


def test_a_list_hides_the_tree_unless_asked(world: World, api: ApiClient) -> None:
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    world.used("10", when=at("2026-03-02"))
    (bare,) = api.get("/v1/invoices").ok()["data"]
    assert bare["periods"] is None
    assert bare["invoice_amount_including_tax"]["quantity"] == "1.21"
    (grouped,) = api.get("/v1/invoices?include_periods=true").ok()["data"]
    assert grouped["periods"][0]["groups"][0]["lines"] is None
    (whole,) = api.get("/v1/invoices?include_lines=true").ok()["data"]
    assert Decimal(whole["periods"][0]["groups"][0]["lines"][0]["quantity"]) == 10


def test_another_platform_does_not_see_it(world: World, stranger: ApiClient) -> None:
    subscription = world.subscribe(world.plan(per_minute("0.10")), start=at("2026-03-01"))
    answer = stranger.get(f"/v1/invoices/{subscription.invoices.get().public_id}")
    assert (answer.status, answer.body["code"]) == (404, "RESOURCE_NOT_FOUND")
    assert stranger.get("/v1/invoices").ok()["data"] == []
