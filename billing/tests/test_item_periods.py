"""Prices that are quoted for another period than the one that is billed."""

from __future__ import annotations

from typing import Any

import pytest

from billing.tests.agreements import agree, begin, billed, rules, terms
from billing.tests.world import Price, World, fee, flat, usage
from kit.testing import ApiClient

MONTH, QUARTER = {"type": "MONTH", "value": 1}, {"type": "MONTH", "value": 3}
YEAR = {"type": "YEAR", "value": 1}


def per(period: dict[str, Any], amount: str, name: str = "billing_period") -> Price:
    price = fee(amount)
    return Price(price.name, price.model, (price.rules[0] | {name: period},))


@pytest.mark.parametrize("name", ["billing_period", "pricing_period"])
def test_a_fee_per_year_is_billed_in_twelfths(api: ApiClient, world: World, name: str) -> None:
    agree(api, world, world.plan(per(YEAR, "1200", name)), {})
    assert billed(api) == [("REVENUE", "100.00")]


def test_a_fee_per_month_is_multiplied(api: ApiClient, world: World) -> None:
    agree(api, world, world.plan(per(MONTH, "150")), {}, billing_period=QUARTER)
    assert billed(api, final="2026-06-03") == [("REVENUE", "450.00")]


def test_the_period_of_a_schedule_is_the_one_that_counts(api: ApiClient, world: World) -> None:
    agree(api, world, world.plan(per(MONTH, "150")), {"billing_period": QUARTER})
    assert billed(api, final="2026-06-03") == [("REVENUE", "450.00")]


def test_seats_per_year_are_billed_in_twelfths_too(api: ApiClient, world: World) -> None:
    version = world.plan(Price("Seats", "PER_SEAT", (flat("120", billing_period=YEAR),)))
    (rule,) = rules(version)
    agree(api, world, version, {"seats_values": [{"pricing_item_config_id": rule, "number": "3"}]})
    assert billed(api) == [("REVENUE", "30.00")]


def test_usage_priced_for_another_period_is_refused(api: ApiClient, world: World) -> None:
    begin(api)
    version = world.plan(usage(flat("1", billing_period=YEAR)))
    refused = api.post("/v1/pricing-plan-subscriptions/init", terms(world, version, {}))
    assert refused.body["code"] == "UNABLE_TO_PROCESS_INSTRUCTIONS"
    assert refused.body["field"] == "pricing_plan_schedules.0.billing_period"
