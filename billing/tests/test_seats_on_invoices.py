"""Seats with dated changes, from the request to the final invoice."""

from __future__ import annotations

from typing import Any

import pytest

from billing.tests.agreements import agree, billed, go, invoice, lines, opening, rules, shown
from billing.tests.world import Price, World, flat
from kit.testing import ApiClient

DEFAULT = {"default_seats_value": {"number": "2"}}
LOCKED = "seats change from now on, and not in a period that is billed"


def seats(rule: str, number: str, day: str | None = None, **fields: Any) -> dict[str, Any]:
    """So many seats from a day of 2026 on."""
    dated = {"start_at": f"2026-{day}T00:00:00Z"} if day else {}
    return {"pricing_item_config_id": rule, "number": number, **dated, **fields}


@pytest.fixture
def version(world: World) -> Any:
    """15 a seat and month, two seats unless more are agreed."""
    return world.plan(Price("Seats", "PER_SEAT", (flat("15", **DEFAULT),)))


def patch(api: ApiClient, *values: dict[str, Any]) -> Any:
    schedule = api.get("/v1/pricing-plan-schedules?pricing_plan_subscription_id=agreed").ok()["data"][0]
    return api.patch(f"/v1/pricing-plan-schedules/{schedule['id']}", {"seats_values": list(values)})


def test_the_seats_of_the_plan_are_billed_where_none_are_agreed(
    api: ApiClient, world: World, version: Any
) -> None:
    agree(api, world, version, {})
    assert billed(api) == [("REVENUE", "30.00")]


def test_seats_that_come_within_a_period_are_prorated_by_day(
    api: ApiClient, world: World, version: Any
) -> None:
    """Two more from 14 March: 30 for 18 of 31 days."""
    (rule,) = rules(version)
    agree(api, world, version, {"seats_values": [seats(rule, "10"), seats(rule, "12", "03-14")]})
    assert billed(api) == [("REVENUE", "150.00"), ("REVENUE", "17.42")]
    assert [line["quantity"] for line in lines(invoice(api))] == ["10", "2"]
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "180.00")]


def test_seats_that_come_now_are_billed_from_now_on(api: ApiClient, world: World, version: Any) -> None:
    (rule,) = rules(version)
    agree(api, world, version, {"seats_values": [seats(rule, "10")]})
    go(api, "2026-03-14")
    answer = patch(api, seats(rule, "10"), seats(rule, "8", set_start_at_to_now=True)).ok()
    assert answer["seats_values"][1]["start_at"] == "2026-03-14T00:00:00Z"
    assert billed(api) == [("REVENUE", "150.00"), ("REVENUE", "-17.42")]


def test_seats_paid_in_advance_settle_their_changes_afterwards(api: ApiClient, world: World) -> None:
    version = world.plan(Price("Seats", "PER_SEAT", (flat("15"),), advance=True))
    (rule,) = rules(version)
    agree(api, world, version, {"seats_values": [seats(rule, "10"), seats(rule, "12", "03-14")]})
    assert shown(opening(api)) == [("REVENUE", "150.00")]
    assert billed(api) == [("REVENUE", "17.42"), ("REVENUE", "180.00")]


@pytest.mark.parametrize("number", ["9", None])
def test_seats_of_the_past_are_locked(api: ApiClient, world: World, version: Any, number: str | None) -> None:
    (rule,) = rules(version)
    agree(api, world, version, {"seats_values": [seats(rule, "10")]})
    go(api, "2026-03-14")
    refused = patch(api, *([seats(rule, number)] if number else []))
    assert (refused.status, refused.body["field"]) == (400, "seats_values")
    assert refused.body["message"] == LOCKED


def test_seats_in_a_period_that_was_billed_early_are_refused(
    api: ApiClient, world: World, version: Any
) -> None:
    (rule,) = rules(version)
    agree(api, world, version, {})
    go(api, "2026-03-14")
    api.patch(f"/v1/invoices/{invoice(api)['id']}", {"status": "FINAL"}).ok()
    assert patch(api, seats(rule, "3", "03-20")).body["message"] == LOCKED
    assert patch(api, seats(rule, "3", "04-02")).status == 200


def test_seats_are_of_a_rule_that_sells_seats(api: ApiClient, world: World, version: Any) -> None:
    agree(api, world, version, {})
    refused = patch(api, seats("pico_x", "3", "03-20"))
    assert refused.body["code"] == "RESOURCES_NOT_FOUND"
    assert refused.body["field"] == "seats_values.0.pricing_item_config_id"
