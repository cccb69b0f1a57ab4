"""Lists of invoices: filters, orders, pages, search."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Platform
from billing.services.invoices import finalize, periods
from billing.tests.world import World, at, per_minute
from kit.testing import ApiClient


@pytest.fixture
def several(world: World) -> World:
    """Two customers, each with a final invoice; the first has one draft in its grace period."""
    version = world.plan(per_minute("0.10"))
    other = world.organization("other", "NL")
    world.first = world.subscribe(version, start=at("2026-03-01"))
    world.second = world.subscribe(version, start=at("2026-03-15"), customer=other)
    world.used("100", when=at("2026-03-05"))
    for instant in ("2026-04-01", "2026-04-15", "2026-05-01"):
        periods.sweep(platform=world.platform, at=at(instant))
        finalize.sweep(platform=world.platform, at=at(instant))
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-05-01T01:00"))
    return world


def found(api: ApiClient, query: str) -> list[tuple[str, str]]:
    rows = api.get(f"/v1/invoices?{query}").ok()["data"]
    return [(row["customer_reference"], row["start_at"][:10]) for row in rows]


ASCENDING = "order_by=created_at&order_direction=asc"


def test_open_is_a_draft_whose_period_still_runs(several: World, api: ApiClient) -> None:
    assert found(api, f"statuses[]=OPEN&{ASCENDING}") == [
        ("other", "2026-04-15"),
        ("brightwater", "2026-05-01"),
    ]
    assert len(found(api, "statuses[]=DRAFT")) == 3
    assert len(found(api, "statuses[]=OPEN&statuses[]=FINAL")) == 4


def test_filters_narrow_and_combine(several: World, api: ApiClient) -> None:
    assert len(found(api, f"customer_id={several.customer.public_id}")) == 3
    assert len(found(api, f"pricing_plan_subscription_id={several.second.public_id}")) == 2
    assert found(api, "invoice_date=[2026-04-01T00:00:00Z,2026-04-01T00:00:00Z]") == [
        ("brightwater", "2026-03-01")
    ]
    assert found(api, "paid=true") == [("other", "2026-03-15")]  # asks for nothing
    assert len(found(api, "on_hold=false")) == 5
    assert found(api, "customer_id=unknown") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("statuses[]=PENDING", "statuses[]"),
        ("statuses[]=OPEN&statuses[]=PENDING", "statuses[]"),
        ("invoice_date=april", "invoice_date"),
        ("paid=yes", "paid"),
        ("order_by=colour", "order_by"),
        ("limit=0", "limit"),
        ("customer_id=%00", "customer_id"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(
    several: World, api: ApiClient, query: str, field: str
) -> None:
    answer = api.get(f"/v1/invoices?{query}")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "INVALID_FIELD", field)


@pytest.mark.parametrize(
    "name",
    ["invoice_number", "invoice_date", "due_date", "invoice_amount_including_tax", "status", "created_at"],
)
def test_every_order_can_be_paged(several: World, api: ApiClient, name: str) -> None:
    seen = [
        row["id"]
        for page in (1, 2, 3)
        for row in api.get(f"/v1/invoices?order_by={name}&limit=2&page={page}").ok()["data"]
    ]
    assert len(seen) == len(set(seen)) == 5


def test_search_finds_by_number_and_filters_by_status(several: World, api: ApiClient) -> None:
    body: dict[str, Any] = {
        "search_fields": [{"name": "invoice_number", "value": "inv-00001", "ignore_case": True}],
        "filter_fields": [{"name": "status", "value": "FINAL"}],
    }
    (row,) = api.post("/v1/invoices/search?order_by=created_at&include_lines=true", body).ok()["data"]
    assert row["invoice_number"] == "INV-00001"
    assert row["periods"][0]["groups"][0]["lines"][0]["quantity"] == "100"


def test_parties_can_be_expanded(several: World, api: ApiClient) -> None:
    (row,) = api.get(
        "/v1/invoices?customer_id=brightwater&statuses[]=FINAL&expand[]=customer_id&expand[]=billing_entity_id"
    ).ok()["data"]
    assert row["customer"]["reference"] == "brightwater"
    assert row["billing_entity"]["reference"] == "halyard"


def test_a_list_of_drafts_costs_the_same_however_long_it_is(world: World, api: ApiClient) -> None:
    version = world.plan(per_minute("0.10"))
    world.subscribe(version, start=at("2026-03-01"))
    api.get("/v1/invoices").ok()
    with CaptureQueriesContext(connection) as few:
        api.get("/v1/invoices?include_lines=true").ok()
    for number in range(5):
        world.subscribe(version, start=at("2026-03-01"), customer=world.organization(f"c{number}", "NL"))
    api.get("/v1/invoices").ok()
    with CaptureQueriesContext(connection) as many:
        assert len(api.get("/v1/invoices?include_lines=true").ok()["data"]) == 6
    assert len(many) == len(few)


def test_drafts_can_be_ordered_by_what_they_came_to_when_last_seen(world: World, api: ApiClient) -> None:
    version = world.plan(per_minute("0.10"))
    for number in (2, 3, 1):
        customer = world.organization(f"c{number}", "NL")
        world.subscribe(version, start=at("2026-03-01"), customer=customer)
        world.used(str(number), when=at("2026-03-02"), customer=customer)
    api.get("/v1/invoices").ok()
    rows = api.get("/v1/invoices?order_by=invoice_amount_including_tax").ok()["data"]
    assert [row["customer_reference"] for row in rows] == ["c3", "c2", "c1"]
