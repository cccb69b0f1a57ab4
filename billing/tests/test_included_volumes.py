"""Included volumes of a plan and of a schedule, from the request to the final invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from billing.models import Invoice, InvoiceLine
from billing.services.invoices import finalize
from billing.tests.agreements import agree, billed, go, invoice, lines, preview, rules, shown
from billing.tests.calculated import require_same
from billing.tests.world import World, at, fee, flat, usage
from kit.testing import ApiClient

Line = tuple[str, str]


def including(volume: str, reset: str | None = None) -> dict[str, Any]:
    """One euro a minute, so many free."""
    free = {"number": volume} | ({"reset_type": reset} if reset else {})
    return flat("1", default_included_volume=free)


def volume(rule: str, number: str, **fields: Any) -> dict[str, Any]:
    return {"pricing_item_config_id": rule, "number": number, **fields}


def patch(api: ApiClient, **fields: Any) -> Any:
    schedule = api.get("/v1/pricing-plan-schedules?pricing_plan_subscription_id=agreed").ok()["data"][0]
    return api.patch(f"/v1/pricing-plan-schedules/{schedule['id']}", fields)


def told(api: ApiClient, month: str) -> dict[str, Any]:
    """What the line of a month says of the included volume, in bare numbers."""
    (line,) = lines(invoice(api, f"2026-{month}-01"))
    details = line["details"]["included_volume_details"]
    return {name: each["number"] for name, each in details.items()}


def test_the_schedule_says_how_much_is_free_instead_of_the_plan(api: ApiClient, world: World) -> None:
    version = world.plan(usage(including("10")))
    (rule,) = rules(version)
    agree(api, world, version, {"included_volumes": [volume(rule, "40")]})
    world.used("100", when=at("2026-03-05"))
    assert billed(api) == [("REVENUE", "60.00")]
    assert told(api, "03") == {
        "included_volume": "40",
        "available_included_volume": "0",
        "period_volume": "100",
    }
    (line,) = lines(invoice(api))
    own = {"included_volumes": [{"number": "40"}], "meter_value": {"number": "100"}}
    require_same(api, [line], pricing_item_id=line["pricing_item_id"], **own)


def test_another_volume_holds_from_the_period_that_begins_in_its_time(api: ApiClient, world: World) -> None:
    version = world.plan(usage(including("10")))
    (rule,) = rules(version)
    dated = volume(rule, "40", start_at="2026-03-15T00:00:00Z", end_at="2026-05-01T00:00:00Z")
    agree(api, world, version, {"included_volumes": [dated]})
    for month in ("03", "04", "05"):
        world.used("100", when=at(f"2026-{month}-05"))
    go(api, "2026-06-03")
    found = [shown(invoice(api, f"2026-{month}-01")) for month in ("03", "04", "05")]
    assert found == [[("REVENUE", "90.00")], [("REVENUE", "60.00")], [("REVENUE", "90.00")]]


def test_a_volume_that_is_not_full_again_goes_on_from_month_to_month(api: ApiClient, world: World) -> None:
    """100 for the whole schedule: 70 in March, 30 of 50 in April, none in May."""
    version = world.plan(usage(including("100", "SCHEDULE")))
    agree(api, world, version, {})
    for month, quantity in (("03", "70"), ("04", "50"), ("05", "5")):
        world.used(quantity, when=at(f"2026-{month}-05"))
    assert shown(preview(api, "2026-05-01")) == [("REVENUE", "5.00")]
    assert billed(api) == [("REVENUE", "0.00")]
    assert told(api, "04") == {
        "included_volume": "30",
        "available_included_volume": "0",
        "period_volume": "50",
    }
    (april,) = lines(preview(api, "2026-04-01"))
    assert april["amount_excluding_tax"]["quantity"] == "20.00"
    left = {"left_by_rule": [{"rule": 0, "included_volume": "30"}], "meter_values": [{"number": "50"}]}
    found = require_same(api, [april], pricing_item_id=april["pricing_item_id"], **left)
    assert found["left_by_rule"] == [{"rule": 0, "included_volume": "0", "bundles": "0"}]
    assert preview(api, "2026-05-01")["tax_summary"]["base_amount"]["quantity"] == "5.00"
    go(api, "2026-06-03")
    found = [shown(invoice(api, f"2026-{month}-01")) for month in ("04", "05")]
    assert found == [[("REVENUE", "20.00")], [("REVENUE", "5.00")]]


def test_a_draft_counts_what_the_draft_before_it_takes(api: ApiClient, world: World) -> None:
    version = world.plan(usage(including("100", "SCHEDULE")))
    agree(api, world, version, {}, init_invoice_on_hold=True)
    world.used("70", when=at("2026-03-05"))
    world.used("50", when=at("2026-04-05"))
    go(api, "2026-05-03")
    assert [invoice(api, f"2026-{month}-01")["status"] for month in ("03", "04")] == ["DRAFT", "DRAFT"]
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "20.00")]


def test_usage_that_comes_late_takes_what_is_left_and_no_more(api: ApiClient, world: World) -> None:
    """March is final with 70 of 100 free; 20 more of March leave 10 for April, and are free themselves."""
    version = world.plan(usage(including("100", "SCHEDULE")))
    agree(api, world, version, {})
    world.used("70", when=at("2026-03-05"))
    go(api, "2026-04-03")
    world.used("20", when=at("2026-03-06"), stored=at("2026-04-03T10:00"))
    world.used("30", when=at("2026-04-05"))
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "20.00")]
    go(api, "2026-05-03")
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "20.00")]
    assert shown(invoice(api, "2026-05-01")) == [("REVENUE", "0.00")]


@pytest.mark.parametrize(("reset", "second"), [("SCHEDULE", "0.00"), ("NEVER", "50.00")])
def test_a_following_schedule_begins_with_a_full_volume_unless_it_never_resets(
    api: ApiClient, world: World, reset: str, second: str
) -> None:
    version = world.plan(usage(including("100", reset)))
    later = {"start_at": "2026-04-01T00:00:00Z"}
    agree(api, world, version, {"end_at": "2026-04-01T00:00:00Z"}, later)
    world.used("90", when=at("2026-03-05"))
    world.used("60", when=at("2026-04-05"))
    go(api, "2026-05-03")
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", second)]


def test_a_volume_that_never_resets_goes_on_in_another_version_of_the_plan(
    api: ApiClient, world: World
) -> None:
    """120 are granted in all: what version 1 gave away of its 100, version 2 has not."""
    version = world.plan(usage(including("100", "NEVER")))
    following = world.successor(version, usage(including("120", "NEVER")))
    later = {"start_at": "2026-04-01T00:00:00Z", "pricing_plan_version_id": following.public_id}
    agree(api, world, version, {"end_at": "2026-04-01T00:00:00Z"}, later)
    world.used("90", when=at("2026-03-05"))
    world.used("60", when=at("2026-04-05"))
    assert shown(invoice(api, "2026-03-01")) == [("REVENUE", "0.00")]
    go(api, "2026-04-03")
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "30.00")]
    go(api, "2026-05-03")
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "30.00")]
    (first,), (second,) = (lines(invoice(api, f"2026-{month}-01")) for month in ("03", "04"))
    march = {"pricing_item_id": first["pricing_item_id"], "meter_value": {"number": "90"}}
    assert require_same(api, [first], **march)["left"] == {"included_volume": "10", "bundles": "0"}
    # Of another version what is left is told as that grants it.
    left = {"left": {"included_volume": "30"}, "meter_value": {"number": "60"}}
    found = require_same(api, [second], pricing_item_id=second["pricing_item_id"], **left)
    assert found["left"] == {"included_volume": "0", "bundles": "0"}


def test_the_reset_of_the_schedule_replaces_that_of_the_plan(api: ApiClient, world: World) -> None:
    version = world.plan(usage(including("10")))
    (rule,) = rules(version)
    agree(api, world, version, {"included_volumes": [volume(rule, "100", reset_type="SCHEDULE")]})
    world.used("90", when=at("2026-03-05"))
    world.used("60", when=at("2026-04-05"))
    go(api, "2026-05-03")
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "50.00")]


def test_what_a_period_took_is_kept_on_its_line(api: ApiClient, world: World) -> None:
    version = world.plan(usage(including("100", "NEVER")))
    agree(api, world, version, {})
    world.used("70", when=at("2026-03-05"))
    go(api, "2026-04-03")
    assert InvoiceLine.objects.get(invoice__status="FINAL").included_taken == Decimal(70)


def test_more_may_be_free_from_now_on_but_not_in_what_is_past(api: ApiClient, world: World) -> None:
    version = world.plan(usage(including("10")))
    (rule,) = rules(version)
    agree(api, world, version, {})
    go(api, "2026-03-14")
    refused = patch(api, included_volumes=[volume(rule, "40")])
    assert (refused.status, refused.body["field"]) == (400, "included_volumes")
    patch(api, included_volumes=[volume(rule, "40", start_at="2026-04-01T00:00:00Z")]).ok()
    world.used("100", when=at("2026-04-05"))
    go(api, "2026-05-03")
    assert shown(invoice(api, "2026-04-01")) == [("REVENUE", "60.00")]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"pricing_item_config_id": "pico_unknown", "number": "5"}, "pricing_item_config_id"),
        ({"number": None}, "number"),
        ({"number": "-1"}, "number"),
        ({"number": None, "amount": {"quantity": "5", "currency": "EUR"}}, "amount"),
        ({"reset_type": "WEEKLY"}, "reset_type"),
        ({"start_at": "2026-02-01T00:00:00Z"}, "start_at"),
        ({"end_at": "2026-03-01T00:00:00Z"}, "end_at"),
    ],
)
def test_a_volume_that_cannot_be_applied_is_refused_by_its_field(
    api: ApiClient, world: World, sent: dict[str, Any], field: str
) -> None:
    version = world.plan(usage(including("10")))
    (rule,) = rules(version)
    agree(api, world, version, {})
    later = {
        "pricing_plan_subscription_id": "agreed",
        "pricing_plan_version_id": version.public_id,
        "start_at": "2026-03-02T00:00:00Z",
        "included_volumes": [volume(rule, "5") | sent],
    }
    refused = api.post("/v1/pricing-plan-schedules", later)
    assert (refused.status, refused.body["field"]) == (400, f"included_volumes.0.{field}")


def test_a_fee_has_no_volume_to_include(api: ApiClient, world: World) -> None:
    version = world.plan(fee("49"))
    (rule,) = rules(version)
    sent = {
        "pricing_plan_subscription_id": "agreed",
        "pricing_plan_version_id": version.public_id,
        "start_at": "2026-03-02T00:00:00Z",
        "included_volumes": [volume(rule, "5")],
    }
    agree(api, world, version, {})
    refused = api.post("/v1/pricing-plan-schedules", sent)
    assert refused.body["field"] == "included_volumes.0.pricing_item_config_id"


def test_two_months_that_become_final_at_once_share_what_is_free(api: ApiClient, world: World) -> None:
    """In whatever order: both are on hold, and April is finalized before March."""
    version = world.plan(usage(including("100", "SCHEDULE")))
    agree(api, world, version, {}, init_invoice_on_hold=True)
    world.used("70", when=at("2026-03-05"))
    world.used("50", when=at("2026-04-05"))
    go(api, "2026-05-03")
    for month in ("2026-04-01", "2026-03-01"):
        instance = Invoice.objects.get(period_start=at(month), status="DRAFT")
        finalize.invoice(ctx=world.ctx(at("2026-05-03")), instance=instance)
    found = [shown(invoice(api, f"2026-{month}-01")) for month in ("03", "04")]
    assert found == [[("REVENUE", "0.00")], [("REVENUE", "20.00")]]
    assert sum(InvoiceLine.objects.values_list("included_taken", flat=True)) == 100
