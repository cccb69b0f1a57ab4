"""Seats with dated changes, from the request to the final invoice."""

from __future__ import annotations

from typing import Any

import pytest

from billing.services.terms import dated_terms
from billing.tests.agreements import agree, begin, billed, go, invoice, lines, opening, rules, shown, terms
from billing.tests.calculated import require_same
from billing.tests.world import Price, World, flat, money
from kit.testing import ApiClient

DEFAULT = {"default_seats_value": {"number": "2"}}
LOCKED = f"seats change {dated_terms.FROM_NOW_ON}"


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
    (line,) = lines(invoice(api))
    require_same(api, [line], pricing_item_id=line["pricing_item_id"])


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
    # The price of a period is that of both invoices that bill it: ahead, and its change afterwards.
    both = [*lines(opening(api)), lines(invoice(api))[0]]
    values = [{"number": "10"}, {"number": "12", "start_at": "2026-03-14T00:00:00Z"}]
    month = {"period": {"start_at": "2026-03-01T00:00:00Z"}, "seats_values": values}
    require_same(api, both, pricing_item_id=both[0]["pricing_item_id"], **month)


def test_seats_may_be_money_of_which_a_percentage_is_charged(api: ApiClient, world: World) -> None:
    """1 % of what is managed, 0.5 % above 100,000: 1,000 in March, 250 more from the 14th, 18 of 31 days."""
    bands = [
        {"percentage": "1", "tier_top_bound": {"amount": money("100000")}},
        {"percentage": "0.5"},
    ]
    default = {"default_seats_value": {"amount": money("100000")}}
    price = {"pricing_type": "TIERED", "bands": bands, **default}
    version = world.plan(Price("Managed", "PER_SEAT", (price,)))
    (rule,) = rules(version)
    more = {"pricing_item_config_id": rule, "start_at": "2026-03-14T00:00:00Z"}
    cases = [
        ({"number": "1"}, "amount"),
        ({"number": "1", "amount": money("1")}, "number"),
        ({"amount": {"quantity": "1", "currency": "USD"}}, "amount.currency"),
        ({"amount": money("-1")}, "amount.quantity"),
    ]
    begin(api)
    for value, field in cases:
        body = terms(world, version, {"seats_values": [{**more, **value}]})
        answer = api.post("/v1/pricing-plan-subscriptions/init", body)
        path = f"pricing_plan_schedules.0.seats_values.0.{field}"
        assert (answer.status, answer.body["field"]) == (400, path), answer.body
    agree(api, world, version, {"seats_values": [{**more, "amount": money("150000")}]})
    assert billed(api) == [("REVENUE", "1000.00"), ("REVENUE", "145.16")]
    shown_lines = lines(invoice(api))
    assert [line["quantity"] for line in shown_lines] == ["100000", "50000"]
    own = [{"amount": money("150000"), "start_at": more["start_at"]}]
    asked = {"seats_values": own, "period": {"start_at": "2026-03-01T00:00:00Z"}}
    require_same(api, shown_lines, pricing_item_id=shown_lines[0]["pricing_item_id"], **asked)


@pytest.mark.parametrize("number", ["9", None])
def test_seats_of_the_past_are_locked(api: ApiClient, world: World, version: Any, number: str | None) -> None:
    (rule,) = rules(version)
    agree(api, world, version, {"seats_values": [seats(rule, "10")]})
    go(api, "2026-03-14")
    refused = patch(api, *([seats(rule, number)] if number else []))
    assert (refused.status, refused.body["field"]) == (400, "seats_values")
    assert refused.body["message"] == LOCKED


def test_seats_in_a_period_that_was_closed_early_are_settled_by_the_next_invoice(
    api: ApiClient, world: World, version: Any
) -> None:
    """One more from 20 March: 15 for 12 of 31 days."""
    (rule,) = rules(version)
    agree(api, world, version, {})
    go(api, "2026-03-14")
    api.patch(f"/v1/invoices/{invoice(api)['id']}", {"status": "FINAL"}).ok()
    patch(api, seats(rule, "3", "03-20")).ok()
    go(api, "2026-04-02")
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "5.81"), ("REVENUE", "45.00")]


def test_seats_are_of_a_rule_that_sells_seats(api: ApiClient, world: World, version: Any) -> None:
    agree(api, world, version, {})
    refused = patch(api, seats("pico_x", "3", "03-20"))
    assert refused.body["code"] == "RESOURCES_NOT_FOUND"
    assert refused.body["field"] == "seats_values.0.pricing_item_config_id"
