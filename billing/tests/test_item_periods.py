"""Prices that are quoted for another period than the one that is billed."""

from __future__ import annotations

from typing import Any

import pytest

from billing.tests.agreements import agree, begin, billed, go, invoice, lines, opening, preview, rules, terms
from billing.tests.calculated import require_same
from billing.tests.world import Price, World, at, fee, flat, tiers, usage, where
from catalog.models import PricingItem
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
    """It multiplies a fee per month, and chooses the prices that are told for it."""
    version = world.drafted(per(MONTH, "150"), usage(flat("9")), fee("49", advance=True, name="Ahead"))
    items = PricingItem.objects.filter(version=version)
    _, minutes, ahead = items.order_by("position", "pk").values_list("pk", flat=True)
    for item, price in ((minutes, MONTHLY), (ahead, fee("400").rules[0] | {"billing_in_advance": True})):
        choice = {"billing_period": QUARTER, "configs": [price | {"id": f"pico_{item}"}]}
        items.filter(pk=item).update(billing_period_configs=[choice])
    world.activated(version)
    agree(api, world, version, {"billing_period": QUARTER})
    world.used("150", when=at("2026-03-05"))
    fees, used = ("REVENUE", "450.00"), ("REVENUE", "125.00")
    assert billed(api, final="2026-06-03") == [fees, used, ("REVENUE", "400.00")]
    monthly, measured, following = lines(invoice(api))
    asked = {"billing_period": QUARTER}
    spring = asked | {"period": {"start_at": "2026-03-01T00:00:00Z"}}
    require_same(api, [monthly], pricing_item_id=monthly["pricing_item_id"], **spring)
    quantity = {"meter_value": {"number": "150", "count": "1"}}
    require_same(api, [measured], pricing_item_id=measured["pricing_item_id"], **asked, **quantity)
    # A fee in advance is the same before the period and on the invoice of the period before it.
    for line in (*lines(opening(api)), following):
        require_same(api, [line], pricing_item_id=line["pricing_item_id"], **spring)


def test_seats_per_year_are_billed_in_twelfths_too(api: ApiClient, world: World) -> None:
    version = world.plan(Price("Seats", "PER_SEAT", (flat("120", billing_period=YEAR),)))
    (rule,) = rules(version)
    agree(api, world, version, {"seats_values": [{"pricing_item_config_id": rule, "number": "3"}]})
    assert billed(api) == [("REVENUE", "30.00")]


def quantities(body: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Start, quantity and net amount of every line."""
    return [
        (line["start_at"][:10], line["quantity"], line["amount_excluding_tax"]["quantity"])
        for line in lines(body)
    ]


MONTHLY = tiers(("100", "1.00"), (None, "0.50"))


def test_tiers_per_month_are_rated_month_by_month_on_an_invoice_per_quarter(
    api: ApiClient, world: World
) -> None:
    version = world.plan(usage(MONTHLY | {"pricing_period": MONTH}))
    agree(api, world, version, {}, billing_period=QUARTER)
    world.used("150", when=at("2026-03-31T23:59"))
    world.used("50", when=at("2026-04-01"))
    expected = [
        ("2026-03-01", "150", "125.00"),
        ("2026-04-01", "50", "50.00"),
        ("2026-05-01", "0", "0.00"),
    ]
    assert quantities(invoice(api)) == expected
    first = lines(invoice(api))[0]
    require_same(api, [first], pricing_item_id=first["pricing_item_id"], meter_value={"number": "150"})
    assert billed(api, final="2026-06-03")[0] == ("REVENUE", "125.00")
    assert quantities(invoice(api)) == expected
    world.used("60", when=at("2026-04-02"), stored=at("2026-06-04"))
    late, *own = quantities(invoice(api, "2026-06-01"))
    assert late == ("2026-04-01", "110", "55.00")
    assert [start for start, _, _ in own] == ["2026-06-01", "2026-07-01", "2026-08-01"]


@pytest.mark.parametrize("apart", [(), ({"conditions": where("model", "fast")},)])
def test_tiers_per_year_go_on_from_month_to_month(
    api: ApiClient, world: World, apart: tuple[dict[str, Any], ...]
) -> None:
    """100 are free and 100 dear in the year; a rule that nothing meets changes nothing."""
    free = {"pricing_period": YEAR, "default_included_volume": {"number": "100"}}
    quick = [flat("9", **each, pricing_period=YEAR) for each in apart]
    agree(api, world, world.plan(usage(*quick, MONTHLY | free)), {})
    world.used("150", when=at("2026-03-05"))
    world.used("80", when=at("2026-04-05"))
    assert quantities(preview(api, "2026-04-01"))[-1] == ("2026-04-01", "80", "65.00")
    assert [each for each in billed(api) if each[1] != "0.00"] == [("REVENUE", "50.00")]
    body = invoice(api, "2026-04-01")
    line = lines(body)[-1]
    assert line["details"]["included_volume_details"]["included_volume"]["number"] == "0"
    assert [step["type"] for step in line["steps"]][:2] == ["QUANTITY", "CONTINUED"]
    used = {"meter_values": [{"number": "80"}], "earlier_meter_values": [{"number": "150"}]}
    require_same(api, lines(body), pricing_item_id=line["pricing_item_id"], **used)
    one = {"meter_value": {"number": "80"}, "earlier_meter_value": {"number": "150"}}
    require_same(api, [line], pricing_item_id=line["pricing_item_id"], **one)
    found = api.get(f"/v1/invoices/{body['id']}/lines/{line['id']}/explanation").ok()
    assert (found["events"]["count"], found["quantity"]) == (1, "80")
    world.used("20", when=at("2026-03-06"), stored=at("2026-04-04"))
    late, *_, own = quantities(invoice(api, "2026-04-01"))
    assert (late, own) == (("2026-03-01", "170", "20.00"), ("2026-04-01", "80", "55.00"))
    go(api, "2026-05-03")
    assert quantities(invoice(api, "2026-04-01"))[-1] == own
    assert quantities(invoice(api, "2026-05-01"))[-1] == ("2026-05-01", "0", "0.00")


def test_what_goes_on_by_itself_has_no_other_pricing_period(api: ApiClient, world: World) -> None:
    begin(api)
    free = {"number": "100", "reset_type": "NEVER"}
    version = world.plan(usage(flat("1", billing_period=YEAR, default_included_volume=free)))
    refused = api.post("/v1/pricing-plan-subscriptions/init", terms(world, version, {}))
    assert refused.body["code"] == "UNABLE_TO_PROCESS_INSTRUCTIONS"
    assert refused.body["field"] == "pricing_plan_schedules.0.billing_period"
