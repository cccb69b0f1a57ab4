"""Coupons from the request to the final invoice: what they take off, how long, and what is redeemed."""

from __future__ import annotations

from typing import Any

import pytest

from billing.models import CouponRedemption, InvoiceLine
from billing.tests.agreements import agree, begin, billed, go, invoice, lines, opening, preview, shown, terms
from billing.tests.calculated import require_same
from billing.tests.coupons import FOREVER, ONE_TIME, code, coupon, months, off, percent, taken
from billing.tests.world import Price, World, at, fee, money, per_minute
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

INIT = "/v1/pricing-plan-subscriptions/init"
SUBSCRIPTION = "/v1/pricing-plan-subscriptions"


@pytest.fixture
def version(world: World) -> Any:
    """1 a minute and a fee of 49; 100 minutes are used in March."""
    world.used("100", when=at("2026-03-05"))
    return world.plan(per_minute("1"), fee("49"))


def test_a_coupon_comes_after_the_discounts_and_is_named_everywhere(
    api: ApiClient, world: World, version: Any
) -> None:
    spring = coupon(api, "spring", percent("15"), FOREVER)
    may = code(api, spring, "SPRING15")
    agree(
        api,
        world,
        version,
        {"discount": {"totals": [{"amount": money("49")}]}, "promotion_codes": ["spring15"]},
    )
    # (149 - 49) * 15 %, and 21 % of tax on the 85 that are left
    assert billed(api)[2:] == [("DISCOUNT", "-49.00"), ("DISCOUNT", "-15.00")]
    final = invoice(api)
    line = lines(final)[-1]
    assert line["coupon_data"] == {"coupon_id": spring, "promotion_code_id": may}
    assert line["description"] == "Coupon Spring (SPRING15), 15%"
    assert final["tax_summary"]["total_amount"]["quantity"] == "102.85"
    assert final["coupons"] == [{"coupon_id": spring, "coupon_name": "Spring"}]
    assert final["promotion_codes"] == [
        {"coupon_id": spring, "promotion_code_details": {"promotion_code_id": may, "code": "SPRING15"}}
    ]
    assert InvoiceLine.objects.get(coupon_id=spring).amount == -15
    assert api.get(f"/v1/invoices/{final['id']}/pdf").status == 200


def test_a_schedule_shows_its_coupons_and_takes_them_back(api: ApiClient, world: World, version: Any) -> None:
    spring = coupon(api, "spring", percent("15"), months(3))
    item = world.category.public_id
    five = coupon(api, "five", off("5"), FOREVER, limited_to={"product_category_ids": [item]})
    may = code(api, five, "FIVE")
    agree(api, world, version, {"coupon_ids": ["spring"], "promotion_codes": ["FIVE"]})
    [schedule] = api.get("/v1/pricing-plan-schedules").ok()["data"]
    assert (schedule["coupon_ids"], schedule["promotion_codes"]) == ([spring], ["FIVE"])
    merged = schedule["coupon_discount"]
    assert [(each["coupon_id"], each["percentage"]) for each in merged["totals"]] == [(spring, "15")]
    assert merged["product_categories"][0]["ids"] == [item]
    details = {"promotion_code_id": may, "code": "FIVE"}
    assert merged["product_categories"][0]["promotion_code_details"] == details
    assert [each["promotion_code"] for each in schedule["coupons"]] == [None, "FIVE"]
    path = f"/v1/pricing-plan-schedules/{schedule['id']}"
    back = api.patch(path, {key: schedule[key] for key in ("coupon_ids", "promotion_codes", "coupons")}).ok()
    assert back == schedule


def test_an_amount_is_spread_over_lines_and_taxes_by_largest_remainder(api: ApiClient, world: World) -> None:
    world.used("1", when=at("2026-03-05"))
    untaxed = Price("Stamps", "RECURRING", fee("33.33").rules, tax_category="NO_TAX")
    plan = world.plan(per_minute("33.33"), fee("33.34"), untaxed)
    ten = coupon(api, "ten", off("10"), FOREVER)
    agree(api, world, plan, {"coupon_ids": [ten]})
    # 10 over 33.33, 33.34 and 33.33: 3.33, 3.34, 3.33; the first two are taxed at 21 %.
    assert taken(invoice(api)) == [(ten, "-6.67"), (ten, "-3.33")]
    taxes = {each["percentage"]: each["base_amount"]["quantity"] for each in invoice(api)["tax_categories"]}
    assert taxes == {"21": "60.00", "0": "30.00"}
    assert invoice(api)["tax_summary"]["total_amount"]["quantity"] == "102.60"


def test_a_coupon_stops_at_zero(api: ApiClient, world: World, version: Any) -> None:
    agree(api, world, version, {"coupon_ids": [coupon(api, "all", off("1000"), FOREVER)]})
    assert billed(api)[-1] == ("DISCOUNT", "-149.00")
    assert invoice(api)["tax_summary"]["total_amount"]["quantity"] == "0.00"


def test_three_months_are_three_months_of_usage_and_of_fees_in_advance(api: ApiClient, world: World) -> None:
    plan = world.plan(fee("100", advance=True))
    half = coupon(api, "half", percent("50"), months(3))
    agree(api, world, plan, {"coupon_ids": [half]})
    assert taken(opening(api)) == [(half, "-50.00")]
    go(api, "2026-07-15")
    months_with = {start: taken(invoice(api, start)) for start in ("2026-03-01", "2026-04-01", "2026-05-01")}
    # March was paid on the opening invoice; the invoice of May bills June, which is a fourth month.
    assert months_with == {
        "2026-03-01": [(half, "-50.00")],
        "2026-04-01": [(half, "-50.00")],
        "2026-05-01": [],
    }


def test_one_time_is_the_first_invoice_that_it_takes_something_off(api: ApiClient, world: World) -> None:
    plan = world.plan(per_minute("1"))
    world.used("100", when=at("2026-03-05"))
    world.used("40", when=at("2026-04-05"))
    world.used("30", when=at("2026-05-05"))
    once = coupon(api, "once", off("10"), ONE_TIME)
    body = terms(world, plan, {"coupon_ids": [once], "start_at": "2026-02-01T00:00:00Z"})
    begin(api)
    api.post(INIT, body).ok()
    go(api, "2026-06-15")
    starts = ["2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"]
    assert [taken(invoice(api, start)) for start in starts] == [[], [(once, "-10.00")], [], []]


def test_while_an_earlier_draft_is_open_a_later_one_does_not_show_a_one_time_coupon(
    api: ApiClient, world: World, version: Any
) -> None:
    once = coupon(api, "once", off("10"), ONE_TIME)
    agree(api, world, version, {"coupon_ids": [once]}, init_invoice_on_hold=True)
    go(api, "2026-05-02")
    starts = ["2026-03-01", "2026-04-01", "2026-05-01"]
    drafts = [invoice(api, start) for start in starts]
    assert [each["status"] for each in drafts] == ["DRAFT"] * 3
    assert [taken(each) for each in drafts] == [[(once, "-10.00")], [], []]
    # One by itself comes to the same as in the list, and so does a preview of what follows.
    assert taken(api.get(f"/v1/invoices/{drafts[1]['id']}").ok()) == []
    assert taken(preview(api, "2026-04-01")) == []
    assert taken(preview(api, "2026-03-01")) == [(once, "-10.00")]
    api.patch(f"/v1/invoices/{drafts[1]['id']}", {"status": "FINAL"}).ok()
    api.patch(f"/v1/invoices/{drafts[0]['id']}", {"status": "FINAL"}).ok()
    assert [taken(invoice(api, start)) for start in starts] == [[(once, "-10.00")], [], []]


def test_free_units_come_off_the_usage(api: ApiClient, world: World, version: Any) -> None:
    free = {"type": "USAGE", "usage": {"meter_value_id": world.value.public_id, "number": "30"}}
    units = coupon(api, "units", free, FOREVER)
    agree(api, world, version, {"coupon_ids": [units]})
    assert billed(api)[-1] == ("DISCOUNT", "-30.00")
    minutes, _, free_units = lines(invoice(api))
    assert free_units["description"] == "Coupon Units, 30 units free"
    asked = {"meter_value": {"number": "100"}, "terms": {"coupon_ids": ["units"]}}
    require_same(api, [minutes, free_units], pricing_item_id=minutes["pricing_item_id"], **asked)


def test_late_usage_uses_up_what_is_left_of_the_free_units(api: ApiClient, world: World) -> None:
    plan = world.plan(per_minute("1"))
    world.used("20", when=at("2026-03-05"))
    free = {"type": "USAGE", "usage": {"meter_value_id": world.value.public_id, "number": "30"}}
    units = coupon(api, "units", free, FOREVER)
    agree(api, world, plan, {"coupon_ids": [units]})
    go(api, "2026-04-03")
    assert shown(invoice(api)) == [("REVENUE", "20.00"), ("DISCOUNT", "-20.00")]
    world.used("25", when=at("2026-03-20"), stored=at("2026-04-04"))
    late = [line for line in lines(invoice(api, "2026-04-01")) if line["late_usage"]]
    # 45 in all, of which 30 are free: 15 are owed.
    assert [line["amount_excluding_tax"]["quantity"] for line in late] == ["25.00", "-10.00"]


def test_a_one_time_coupon_goes_on_for_the_late_usage_of_its_invoice_only(
    api: ApiClient, world: World
) -> None:
    plan = world.plan(per_minute("1"))
    world.used("20", when=at("2026-03-05"))
    once = coupon(api, "once", percent("50"), ONE_TIME)
    agree(api, world, plan, {"coupon_ids": [once]})
    go(api, "2026-04-03")
    world.used("10", when=at("2026-03-20"), stored=at("2026-04-04"))
    world.used("8", when=at("2026-04-10"), stored=at("2026-04-10"))
    april = invoice(api, "2026-04-01")
    amounts = [line["amount_excluding_tax"]["quantity"] for line in lines(april)]
    assert amounts == ["10.00", "-5.00", "8.00"]
    assert april["coupons"] == []


def test_a_condition_looks_at_the_charges(api: ApiClient, world: World, version: Any) -> None:
    bound = {"comparator": "GREATER_THAN_OR_EQUALS", "value": {"amount": money("150")}}
    some = coupon(api, "some", percent("10") | {"condition": bound}, FOREVER)
    agree(api, world, version, {"coupon_ids": [some]})
    assert taken(invoice(api)) == []
    world.used("1", when=at("2026-03-06"))
    assert taken(invoice(api)) == [(some, "-15.00")]


def test_a_running_schedule_gets_a_coupon_from_its_current_period_on_and_loses_it(
    api: ApiClient, world: World, version: Any
) -> None:
    two = coupon(api, "two", off("2"), months(2))
    agree(api, world, version, {})
    go(api, "2026-04-15")
    path = f"/v1/pricing-plan-schedules/{api.get('/v1/pricing-plan-schedules').ok()['data'][0]['id']}"
    api.patch(path, {"coupon_ids": [two]}).ok()
    assert taken(invoice(api, "2026-04-01")) == [(two, "-2.00")]
    go(api, "2026-05-15")
    assert taken(invoice(api, "2026-05-01")) == [(two, "-2.00")]
    gone = api.patch(path, {"coupon_ids": []}).ok()
    assert (gone["coupon_ids"], gone["coupons"], gone["coupon_discount"]) == ([], [], None)
    assert taken(invoice(api, "2026-05-01")) == []
    assert [taken(invoice(api, start)) for start in ("2026-03-01", "2026-04-01")] == [[], [(two, "-2.00")]]
    # It has been used, so the redemption stays; the schedule does not get it twice.
    assert api.get(f"/v1/coupons/{two}").ok()["number_of_redemptions"] == 1
    assert api.patch(path, {"coupon_ids": [two]}).body["field"] == "coupon_ids.0"


def test_what_took_nothing_off_is_given_back(api: ApiClient, world: World, version: Any) -> None:
    two = coupon(api, "two", off("2"), FOREVER, maximum_redemptions=1)
    may = code(api, two, "TWO", maximum_redemptions=1)
    agree(api, world, version, {"promotion_codes": ["TWO"]})
    assert api.get(f"/v1/promotion-codes/{may}").ok()["number_of_redemptions"] == 1
    path = f"/v1/pricing-plan-schedules/{api.get('/v1/pricing-plan-schedules').ok()['data'][0]['id']}"
    api.patch(path, {"promotion_codes": []}).ok()
    assert api.get(f"/v1/promotion-codes/{may}").ok()["number_of_redemptions"] == 0
    assert api.get(f"/v1/coupons/{two}").ok()["number_of_redemptions"] == 0
    api.patch(path, {"coupon_ids": [two]}).ok()
    api.post(f"{SUBSCRIPTION}/{_subscription(api)}/void").ok()
    assert api.get(f"/v1/coupons/{two}").ok()["number_of_redemptions"] == 0
    assert not CouponRedemption.objects.exists()


def test_redeeming_is_listed_audited_and_told_once(api: ApiClient, world: World, version: Any) -> None:
    spring = coupon(api, "spring", percent("15"), FOREVER)
    may = code(api, spring, "SPRING15")
    agree(api, world, version, {"promotion_codes": ["SPRING15"]})
    [row] = api.get(f"/v1/coupons/{spring}/redemptions?expand[]=customer_id").ok()["data"]
    assert row["promotion_code_details"] == {"promotion_code_id": may, "code": "SPRING15"}
    assert (row["redeemed_at"], row["customer"]["reference"]) == ("2026-03-01T00:00:00Z", "brightwater")
    assert row["pricing_plan_subscription_id"] == _subscription(api)
    query = f"customer_id=brightwater&pricing_plan_subscription_id={_subscription(api)}"
    assert len(api.get(f"/v1/promotion-codes/spring15/redemptions?{query}").ok()["data"]) == 1
    assert api.get(f"/v1/coupons/{spring}/redemptions?customer_id=nobody").ok()["data"] == []
    assert WebhookEvent.objects.filter(type="coupon.redeemed", resource_id=spring).count() == 1
    go(api, "2026-05-15")
    assert WebhookEvent.objects.filter(type="coupon.redeemed").count() == 1


def test_a_draft_redeems_nothing_until_it_is_activated_and_previews_what_it_will_have(
    api: ApiClient, world: World, version: Any
) -> None:
    begin(api)
    ten = coupon(api, "ten", percent("10"), FOREVER, maximum_redemptions=1)
    made = api.post(
        SUBSCRIPTION,
        {
            "reference": "agreed",
            "customer_reference": "brightwater",
            "billing_entity_reference": world.entity.reference,
        },
    ).ok()
    schedule = {
        "pricing_plan_subscription_id": made["id"],
        "pricing_plan_version_id": version.public_id,
        "start_at": "2026-03-01T00:00:00Z",
        "coupon_ids": [ten],
    }
    api.post("/v1/pricing-plan-schedules", schedule).ok()
    assert api.get(f"/v1/coupons/{ten}").ok()["number_of_redemptions"] == 0
    assert taken(preview(api)) == [(ten, "-14.90")]
    copied = api.post(f"{SUBSCRIPTION}/{made['id']}/copy", {"reference": "copied"}).ok()
    api.patch(f"{SUBSCRIPTION}/{made['id']}", {"status": "ACTIVE"}).ok()
    assert api.get(f"/v1/coupons/{ten}").ok()["number_of_redemptions"] == 1
    refused = api.patch(f"{SUBSCRIPTION}/{copied['id']}", {"status": "ACTIVE"})
    assert (refused.status, refused.body["field"]) == (400, "pricing_plan_schedules.0.coupon_ids.0")
    assert refused.body["resource_id"] == ten


def test_two_schedules_with_one_coupon_redeem_it_once_and_share_its_length(
    api: ApiClient, world: World, version: Any
) -> None:
    two = coupon(api, "two", off("2"), months(2), maximum_redemptions=1)
    second = {"coupon_ids": [two], "start_at": "2026-04-01T00:00:00Z"}
    agree(api, world, version, {"coupon_ids": [two], "end_at": "2026-04-01T00:00:00Z"}, second)
    go(api, "2026-06-15")
    starts = ["2026-03-01", "2026-04-01", "2026-05-01"]
    assert [taken(invoice(api, start)) for start in starts] == [[(two, "-2.00")], [(two, "-2.00")], []]


def _subscription(api: ApiClient) -> str:
    return str(api.get(SUBSCRIPTION).ok()["data"][0]["id"])
