"""Discounts, markup and commitments of a schedule, from the request to the final invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing.models import InvoiceLine
from billing.tests.agreements import (
    agree,
    begin,
    billed,
    go,
    invoice,
    lines,
    opening,
    pricing,
    rules,
    shown,
    terms,
)
from billing.tests.world import World, at, fee, money, per_minute
from catalog.models import PricingItem
from kit.testing import ApiClient

MAY = "2026-05-01T00:00:00Z"
JUNE = "2026-06-01T00:00:00Z"


@pytest.fixture
def version(world: World) -> Any:
    """1 a minute and a fee of 49; 100 minutes are used in March."""
    world.used("100", when=at("2026-03-05"))
    return world.plan(per_minute("1"), fee("49"))


def test_a_discount_on_the_total_is_a_line_that_bears_its_tax(
    api: ApiClient, world: World, version: Any
) -> None:
    agree(api, world, version, {"discount": {"totals": [{"percentage": "10"}]}})
    assert billed(api) == [("REVENUE", "100.00"), ("REVENUE", "49.00"), ("DISCOUNT", "-14.90")]
    final = invoice(api)
    assert final["tax_summary"]["total_amount"]["quantity"] == "162.26"
    assert lines(final)[-1]["discount_type"] == "PERCENTAGE"
    row = InvoiceLine.objects.get(type="DISCOUNT")
    assert (row.amount, row.public_id) == (Decimal("-14.90"), lines(final)[-1]["id"])
    assert api.get(f"/v1/invoices/{final['id']}/pdf").status == 200


def test_b17_several_percentages_apply_one_after_the_other(
    api: ApiClient, world: World, version: Any
) -> None:
    agree(api, world, version, {"discount": {"totals": [{"percentage": "10"}, {"percentage": "20"}]}})
    assert [amount for kind, amount in billed(api) if kind == "DISCOUNT"] == ["-14.90", "-26.82"]


def test_b18_a_commitment_is_what_is_missing_after_the_discounts_of_rules(
    api: ApiClient, world: World, version: Any
) -> None:
    rule = {"pricing_item_configs": [{"ids": [rules(version)[0]], "percentage": "50"}]}
    total = {"totals": [{"amount": money("9")}]}
    minimum = {"totals": [{"amount": money("200")}]}
    agree(api, world, version, {"discount": rule | total, "commitment": minimum})
    found = billed(api)
    assert found[2:] == [("DISCOUNT", "-50.00"), ("COMMITMENT", "101.00"), ("DISCOUNT", "-9.00")]
    assert invoice(api)["tax_summary"]["base_amount"]["quantity"] == "191.00"


def test_b24_a_discount_stops_at_zero(api: ApiClient, world: World, version: Any) -> None:
    agree(api, world, version, {"discount": {"totals": [{"amount": money("1000")}]}})
    assert billed(api)[-1] == ("DISCOUNT", "-149.00")
    assert invoice(api)["tax_summary"]["total_amount"]["quantity"] == "0.00"


@pytest.mark.parametrize(
    "level", ["pricing_items", "pricings", "products", "product_items", "product_categories"]
)
def test_a_discount_finds_what_it_is_for(api: ApiClient, world: World, version: Any, level: str) -> None:
    item = PricingItem.objects.filter(version=version).order_by("position")[0]
    product = item.product_item_links.get().product_item
    ids = {
        "pricing_items": item.public_id,
        "pricings": pricing(version),
        "products": product.product.public_id,
        "product_items": product.public_id,
        "product_categories": world.category.public_id,
    }
    references = {
        "products": product.product.reference,
        "product_items": product.reference,
        "product_categories": world.category.reference,
    }
    named = references.get(level, ids[level])
    agree(api, world, version, {"discount": {level: [{"ids": [named], "amount": money("5")}]}})
    assert billed(api)[-1] == ("DISCOUNT", "-5.00")
    stored = api.get("/v1/pricing-plan-schedules?pricing_plan_subscription_id=agreed").ok()["data"][0]
    assert stored["discount"][level][0]["ids"] == [ids[level]]


def test_markup_belongs_to_the_charge(api: ApiClient, world: World, version: Any) -> None:
    markup = {"pricing_item_configs": [{"ids": [rules(version)[0]], "percentage": "7.5"}]}
    agree(api, world, version, {"markup": markup})
    assert billed(api) == [("REVENUE", "107.50"), ("REVENUE", "49.00")]


def test_units_that_are_committed_to_are_worth_the_price_of_the_rule(
    api: ApiClient, world: World, version: Any
) -> None:
    units = {"ids": [rules(version)[0]], "meter_value_calculation": {"number": "120"}}
    agree(api, world, version, {"commitment": {"pricing_item_configs": [units]}})
    assert ("COMMITMENT", "20.00") in billed(api)


def test_a_discount_holds_for_periods_that_start_within_its_dates(
    api: ApiClient, world: World, version: Any
) -> None:
    dated = {"percentage": "10", "start_at": "2026-04-01T00:00:00Z", "end_at": "2026-05-01T00:00:00Z"}
    agree(api, world, version, {"discount": {"totals": [dated]}})
    assert [kind for kind, _ in billed(api)] == ["REVENUE", "REVENUE"]
    assert [kind for kind, _ in shown(invoice(api, "2026-04-01"))][-1] == "DISCOUNT"


def test_a_condition_looks_at_the_charges(api: ApiClient, world: World, version: Any) -> None:
    bound = {"comparator": "GREATER_THAN", "value": {"amount": money("149")}}
    agree(api, world, version, {"discount": {"totals": [{"percentage": "10", "condition": bound}]}})
    assert [kind for kind, _ in billed(api)] == ["REVENUE", "REVENUE"]


@pytest.mark.parametrize("level", ["totals", "pricings"])
def test_the_same_discount_on_two_schedules_of_a_period_is_taken_off_once(
    api: ApiClient, world: World, version: Any, level: str
) -> None:
    of = {} if level == "totals" else {"ids": [pricing(version)]}
    off = {"discount": {level: [of | {"amount": money("10")}]}}
    second = off | {"start_at": "2026-03-16T00:00:00Z"}
    agree(api, world, version, off, second)
    found = [Decimal(amount) for kind, amount in billed(api) if kind == "DISCOUNT"]
    assert (len(found), sum(found)) == (2, -10)


def test_no_commitment_is_due_on_an_invoice_that_only_bills_ahead(api: ApiClient, world: World) -> None:
    version = world.plan(fee("49", advance=True))
    agree(api, world, version, {"commitment": {"totals": [{"amount": money("100")}]}})
    assert shown(opening(api)) == [("REVENUE", "49.00")]
    # It stands in the period that ran, before the fee of the next one.
    assert shown(invoice(api)) == [("COMMITMENT", "51.00"), ("REVENUE", "49.00")]


def test_late_usage_changes_the_discount_and_the_commitment_of_its_period(
    api: ApiClient, world: World, version: Any
) -> None:
    rule = {"pricing_item_configs": [{"ids": [rules(version)[0]], "percentage": "10"}]}
    minimum = {"totals": [{"amount": money("150")}]}
    agree(api, world, version, {"discount": rule, "commitment": minimum})
    assert billed(api)[2:] == [("DISCOUNT", "-10.00"), ("COMMITMENT", "11.00")]
    world.used("20", when=at("2026-03-06"), stored=at("2026-04-05"))
    april = invoice(api, "2026-04-01")
    late = [each for each in lines(april) if each["late_usage"]]
    found = [(each["type"], each["amount_excluding_tax"]["quantity"]) for each in late]
    assert found == [("REVENUE", "20.00"), ("DISCOUNT", "-2.00"), ("COMMITMENT", "-11.00")]
    assert late[2]["late_usage"]["billed_amount"]["quantity"] == "11.00"
    go(api, "2026-05-03")
    assert shown(invoice(api, "2026-04-01")) == shown(april)
    assert not [each for each in lines(invoice(api, "2026-05-01")) if each["late_usage"]]


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"discount": {"totals": [{}]}}, "discount.totals.0.amount", "MISSING_FIELD"),
        (
            {"discount": {"totals": [{"amount": money("1", "USD")}]}},
            "discount.totals.0.amount.currency",
            "INVALID_FIELD",
        ),
        (
            {"discount": {"totals": [{"amount": money("1"), "percentage": "1"}]}},
            "discount.totals.0.percentage",
            "INVALID_FIELD",
        ),
        ({"discount": {"totals": [{"percentage": "-1"}]}}, "discount.totals.0.percentage", "INVALID_FIELD"),
        ({"discount": {"totals": [{"percentage": "101"}]}}, "discount.totals.0.percentage", "INVALID_FIELD"),
        (
            {"discount": {"pricings": [{"percentage": "1"}]}},
            "discount.pricings.0.ids",
            "MISSING_FIELD",
        ),
        (
            {"markup": {"pricing_item_configs": [{"ids": ["pico_x"], "percentage": "1"}]}},
            "markup.pricing_item_configs.0.ids.0",
            "RESOURCES_NOT_FOUND",
        ),
        (
            {
                "commitment": {"totals": [{"amount": money("1"), "end_at": JUNE}]},
                "end_at": "2026-05-01T00:00:00Z",
            },
            "commitment.totals.0.end_at",
            "INVALID_FIELD",
        ),
        (
            {"discount": {"totals": [{"percentage": "1", "start_at": "2026-02-01T00:00:00Z"}]}},
            "discount.totals.0.start_at",
            "INVALID_FIELD",
        ),
        (
            {"discount": {"totals": [{"percentage": "1", "coupon_id": "coup_1"}]}},
            "discount.totals.0.coupon_id",
            "INVALID_FIELD",
        ),
    ],
)
def test_what_cannot_be_applied_is_refused_by_name(
    api: ApiClient, world: World, version: Any, sent: dict[str, Any], field: str, code: str
) -> None:
    begin(api)
    refused = api.post("/v1/pricing-plan-subscriptions/init", terms(world, version, sent))
    assert (refused.status, refused.body["code"]) == (400, code)
    assert refused.body["field"] == f"pricing_plan_schedules.0.{field}"


def test_units_of_a_fee_are_refused(api: ApiClient, world: World, version: Any) -> None:
    begin(api)
    units = {"ids": [rules(version)[1]], "meter_value_calculation": {"number": "1"}}
    body = terms(world, version, {"commitment": {"pricing_item_configs": [units]}})
    refused = api.post("/v1/pricing-plan-subscriptions/init", body)
    assert refused.body["field"].endswith("commitment.pricing_item_configs.0.meter_value_calculation")


def test_the_terms_of_a_schedule_are_answered_as_they_were_sent(
    api: ApiClient, world: World, version: Any
) -> None:
    sent = {"discount": {"totals": [{"percentage": "10.50", "start_at": JUNE}]}}
    agree(api, world, version, sent)
    schedule = api.get("/v1/pricing-plan-schedules?pricing_plan_subscription_id=agreed").ok()["data"][0]
    total = schedule["discount"]["totals"][0]
    assert (total["percentage"], total["start_at"], total["amount"]) == ("10.5", JUNE, None)
    assert schedule["commitment"] is None
    locked = api.patch(f"/v1/pricing-plan-schedules/{schedule['id']}", {"discount": None})
    assert (locked.status, locked.body["field"]) == (400, "discount")


def test_fees_in_advance_count_for_the_period_they_are_for_to_the_last(api: ApiClient, world: World) -> None:
    version = world.plan(fee("100", advance=True))
    minimum = {"totals": [{"amount": money("150")}]}
    agree(api, world, version, {"commitment": minimum, "end_at": MAY})
    go(api, "2026-06-03")
    assert shown(opening(api)) == [("REVENUE", "100.00")]
    assert sorted(shown(invoice(api))) == [("COMMITMENT", "50.00"), ("REVENUE", "100.00")]
    # Nothing is billed ahead any more; what was paid for April counts.
    last = invoice(api, "2026-04-01")
    assert (last["status"], shown(last)) == ("FINAL", [("COMMITMENT", "50.00")])
