"""Volumes that other usage decides, from the events to the final invoice."""

from __future__ import annotations

import pytest

from billing.tests.calculated import require_same, under
from billing.tests.selling import NEXT, Selling, bands, compare, lines, told, when

LEVELS = (("10", "2"), (None, "1"))
JOBS = [under("6", region="eu"), under("6", region="us")]


@pytest.fixture
def shop(api):
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"}, items=("jobs", "files"))
    return shop


def item(name, *configs):
    return {"product_item_ids": [name], "configs": list(configs)}


def of(region, **fields):
    test = when(compare("region", "EQUALS", region))
    return bands("TOP_TIERED", *LEVELS, conditions=test, **fields)


def used(shop, *, files="9"):
    """Six jobs in each region, and files in the EU."""
    shop.send("6", region="eu")
    shop.send("6", region="us")
    shop.send(files, meter="files", region="eu")


def test_alone_each_rule_reaches_the_band_of_its_own_volume(shop):
    shop.sell(shop.plan_of([item("jobs", of("eu"), of("us")), item("files", of("eu"))]))
    used(shop)
    assert shop.draft() == shop.final() == [("6", "12.00"), ("6", "12.00"), ("9", "18.00")]


def test_tiering_conditions_decide_the_band_by_all_usage_that_meets_them(shop):
    anywhere = {"tiering_conditions": when(compare("region", "IN", "eu", "us"))}
    shop.sell(shop.plan_of([item("jobs", of("eu", **anywhere), of("us"))]))
    used(shop)
    assert shop.draft() == shop.final() == [("6", "6.00"), ("6", "12.00")]
    steps = lines(shop.invoices()[0])[0]["steps"]
    assert [step["quantity"] for step in steps if step["type"] == "TIERING"] == ["12"]
    shown = lines(shop.invoices()[0])
    require_same(shop.api, shown, pricing_item_id=shown[0]["pricing_item_id"], meter_values=JOBS)


def test_a_volume_group_is_one_volume_across_rules_and_items(shop):
    group = {"volume_group_reference": "all"}
    shop.sell(shop.plan_of([item("jobs", of("eu", **group), of("us")), item("files", of("eu", **group))]))
    used(shop)
    assert shop.draft() == shop.final() == [("6", "6.00"), ("6", "12.00"), ("9", "9.00")]
    # The calculator is told what the other item of the group used.
    *jobs, _ = lines(shop.invoices()[0])
    files = {"combined_meter_values": [under("9", region="eu")]}
    require_same(shop.api, jobs, pricing_item_id=jobs[0]["pricing_item_id"], meter_values=JOBS, **files)


def test_a_volume_group_of_a_longer_pricing_period_goes_on_in_all_its_items(shop):
    """Of 9 units in May all cost 2; with the 6 of June there are 15 in the year, which cost 1."""
    group = {"volume_group_reference": "all", "pricing_period": {"type": "YEAR", "value": 1}}
    shop.sell(shop.plan_of([item("jobs", of("eu", **group), of("us")), item("files", of("eu", **group))]))
    used(shop, files="3")
    shop.api.post("/v1/test-clock/advance", {"to": "2026-06-10T00:00:00Z"}).ok()
    shop.send("2", region="eu", at="2026-06-05T00:00:00Z")
    shop.send("4", meter="files", region="eu", at="2026-06-05T00:00:00Z")
    assert told(shop.invoices()[1]) == [("2", "-4.00"), ("0", "0.00"), ("4", "1.00")]
    *jobs, files = lines(shop.invoices()[1])
    asked = {"meter_values": [under("2", region="eu")], "earlier_meter_values": JOBS}
    asked["combined_meter_values"] = [under("4", region="eu")]
    asked["earlier_combined_meter_values"] = [under("3", region="eu")]
    require_same(shop.api, jobs, pricing_item_id=jobs[0]["pricing_item_id"], **asked)
    one = {"meter_value": {"number": "4"}, "earlier_meter_value": {"number": "3"}}
    one |= {"combined_meter_value": {"number": "2"}, "earlier_combined_meter_value": {"number": "6"}}
    region = {"meter_properties": [{"reference": "region", "value": "eu"}]}
    require_same(shop.api, [files], pricing_item_id=files["pricing_item_id"], **one, **region)


def test_late_usage_of_one_rule_moves_the_band_of_its_whole_group(shop):
    group = {"volume_group_reference": "all"}
    shop.sell(shop.plan_of([item("jobs", of("eu", **group)), item("files", of("eu", **group))]))
    used(shop, files="3")
    assert shop.final() == [("6", "12.00"), ("3", "6.00")]
    shop.send("2", meter="files", at="2026-05-20T00:00:00Z", region="eu")
    following = next(each for each in shop.invoices() if each["start_at"].startswith(NEXT[:10]))
    late = [
        (line["quantity"], line["amount_excluding_tax"]["quantity"])
        for line in lines(following)
        if line.get("late_usage")
    ]
    assert late == [("6", "-6.00"), ("5", "-1.00")]
