"""Kinds of product items and of what they count, from the events to the final invoice."""

from __future__ import annotations

import pytest

from billing.tests.calculated import require_same, under
from billing.tests.selling import NEXT, Selling, bands, compare, flat, lines, told, when

TOTAL = "2026-07-02T12:00:00Z"


@pytest.fixture
def shop(api):
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"}, items=("jobs", "files"))
    return shop


def item(*names, configs):
    return {"product_item_ids": list(names), "configs": configs}


def months(shop):
    """What the first two months come to, once both are over."""
    shop.api.post("/v1/test-clock/advance", {"to": TOTAL}).ok()
    return [told(invoice) for invoice in shop.invoices()[:2]]


def test_a_deduction_reduces_the_invoice_and_its_tax(shop):
    shop.item("refunds", "files", type="DEDUCTION")
    shop.sell(shop.plan_of([item("jobs", configs=[flat("2")]), item("refunds", configs=[flat("0.5")])]))
    shop.send("10", region="eu")
    shop.send("4", meter="files", region="eu")
    assert shop.draft() == shop.final() == [("10", "20.00"), ("4", "-2.00")]
    invoice = shop.invoices()[0]
    assert invoice["tax_summary"]["base_amount"]["quantity"] == "18.00"
    less = lines(invoice)[1]
    assert [step["type"] for step in less["steps"]][-2:] == ["DEDUCTION", "ROUNDING"]
    require_same(shop.api, [less], pricing_item_id=less["pricing_item_id"], meter_value={"number": "4"})


def test_late_usage_of_a_deduction_takes_more_off(shop):
    shop.item("refunds", "files", type="DEDUCTION")
    shop.sell(shop.plan_of([item("jobs", configs=[flat("2")]), item("refunds", configs=[flat("0.5")])]))
    shop.send("4", meter="files", region="eu")
    shop.final()
    shop.send("2", meter="files", at="2026-05-20T00:00:00Z", region="eu")
    following = next(each for each in shop.invoices() if each["start_at"].startswith(NEXT[:10]))
    late = [line for line in lines(following) if line["late_usage"]]
    assert [line["amount_excluding_tax"]["quantity"] for line in late] == ["-1.00"]


def test_a_conversion_is_billed_as_usage_and_says_what_it_converts(shop):
    shop.item("tokens", "jobs", model_type="USAGE_BASED_CONVERSION")
    shop.sell(shop.plan(flat_by_region(), items=("tokens",)))
    shop.send("10", region="eu")
    shop.send("5", region="us")
    assert shop.draft() == shop.final() == [("10", "20.00"), ("5", "15.00")]
    subs = [line["sub_lines"] for line in lines(shop.invoices()[0])]
    assert [[sub["type"] for sub in each] for each in subs] == [["USAGE_BASED_CONVERSION"]] * 2
    both = [under("10", region="eu"), under("5", region="us")]
    shown = lines(shop.invoices()[0])
    require_same(shop.api, shown, pricing_item_id=shown[0]["pricing_item_id"], meter_values=both)
    (asked,) = subs[0][0]["usage_based_conversion"]["conditions"]["meter_properties"]
    assert (asked["reference"], asked["value"]) == ("region", "eu")


def flat_by_region():
    return [
        flat("2", conditions=when(compare("region", "EQUALS", "eu"))),
        flat("3", conditions=when(compare("region", "EQUALS", "us"))),
    ]


def test_items_that_are_priced_together_share_their_bands(shop):
    prices = bands("TIERED", ("10", "1"), (None, "0.5"))
    shop.sell(shop.plan_of([item("jobs", "files", configs=[prices])]))
    shop.send("6", region="eu")
    assert shop.send("8", meter="files", region="us")["type"] == "DEFAULT"
    assert shop.draft() == shop.final() == [("14", "12.00")]
    (line,) = lines(shop.invoices()[0])
    assert [each["reference"] for each in line["product_items"]] == ["jobs", "files"]
    both = [under("6", region="eu"), under("8", region="us")]
    require_same(shop.api, [line], pricing_item_id=line["pricing_item_id"], meter_values=both)
    path = f"/v1/invoices/{shop.invoices()[0]['id']}/lines/{line['id']}/explanation?limit=1&page=2"
    found = shop.api.get(path).ok()["events"]
    assert (found["count"], found["sum"], found["quantity"], found["frozen"]) == (2, "14", "14", True)
    assert [each["number"] for each in found["data"]] == ["8"]


def test_an_event_counts_once_for_items_that_read_the_same_calculation(shop):
    shop.item("eu", "jobs", usage_based={"conditions": when(compare("region", "EQUALS", "eu"))})
    shop.sell(shop.plan_of([item("eu", "jobs", configs=[flat("1")])]))
    shop.send("3", region="eu")
    shop.send("5", region="us")
    assert shop.draft() == shop.final() == [("8", "8.00")]


def test_another_calculation_can_decide_the_band(shop):
    shop.calculation("largest", "files", calculation_type="MAX")
    usage = {"meter_value_calculation_id": "jobs", "tiering_meter_value_calculation_id": "largest"}
    shop.item("sized", "jobs", usage_based=usage)
    shop.sell(shop.plan_of([item("sized", configs=[bands("TOP_TIERED", ("100", "2"), (None, "1"))])]))
    shop.send("4", region="eu")
    shop.send("6", region="us")
    decides = shop.send("101", meter="files", region="eu")
    assert decides["fate"] == "MATCHED"
    assert shop.draft() == shop.final() == [("10", "10.00")]
    line = lines(shop.invoices()[0])[0]
    assert line["details"]["tiering_meter_value"]["number"] == "101"
    # The calculator asks for what decides the bands, and then answers what the invoice bills.
    used = {"number": "10", "count": "2"}
    asked = {"pricing_item_id": line["pricing_item_id"], "meter_value": used}
    assert calculated(shop, asked) == (400, "tiering_meter_value")
    require_same(shop.api, [line], **asked, tiering_meter_value={"number": "101"})
    assert calculated(shop, asked | {"tiering_meter_value": {"number": "100"}}) == (200, "20.00")
    several = {"pricing_item_id": line["pricing_item_id"], "meter_values": [{"number": "4"}, {"number": "6"}]}
    assert calculated(shop, several) == (400, "tiering_meter_values")
    largest = {"tiering_meter_values": [{"number": "60"}, {"number": "101"}]}
    require_same(shop.api, [line], **several, **largest)
    money = {"tiering_meter_value": {"amount": {"quantity": "1", "currency": "EUR"}}}
    assert calculated(shop, asked | money) == (400, "tiering_meter_value")


def calculated(shop, body):
    answer = shop.api.post("/v1/pricings/calculate", body)
    return answer.status, answer.body["amount"]["quantity"] if answer.status == 200 else answer.body["field"]


def test_a_calculation_that_persists_bills_its_whole_total_again(shop):
    shop.calculation("running", "jobs", persist=True)
    shop.item("seats", "running")
    shop.sell(shop.plan_of([item("seats", configs=[flat("5")])]))
    shop.send("3", region="eu")
    shop.api.post("/v1/test-clock/advance", {"to": "2026-06-10T00:00:00Z"}).ok()
    shop.send("-1", at="2026-06-05T00:00:00Z", region="eu")
    assert months(shop) == [[("3", "15.00")], [("2", "10.00")]]
    # What persists is asked about as all that there is since the schedule began.
    (line,) = lines(shop.invoices()[1])
    asked = {"pricing_item_id": line["pricing_item_id"], "meter_values": [{"number": "3"}, {"number": "-1"}]}
    require_same(shop.api, [line], **asked)
    del asked["meter_values"]
    require_same(shop.api, [line], **asked, meter_value={"number": "2", "count": "2"})


def test_late_usage_of_a_running_total_changes_every_period_after_it(shop):
    shop.calculation("running", "jobs", persist=True)
    shop.item("seats", "running")
    shop.sell(shop.plan_of([item("seats", configs=[flat("5")])]))
    shop.send("3", region="eu")
    assert months(shop) == [[("3", "15.00")], [("3", "15.00")]]
    shop.send("1", at="2026-05-20T00:00:00Z", region="eu")
    late = [line for line in lines(shop.invoices()[2]) if line["late_usage"]]
    assert [line["amount_excluding_tax"]["quantity"] for line in late] == ["5.00", "5.00"]
    assert [line["start_at"][:7] for line in late] == ["2026-05", "2026-06"]


def test_a_line_tells_its_usage_its_share_and_what_other_calculations_say(shop):
    shop.calculation("largest", "jobs", calculation_type="MAX")
    shop.item("told", "jobs", usage_based={"report_meter_value_calculation_ids": ["largest"]})
    shop.sell(shop.plan(flat_by_region(), items=("told",)))
    shop.send("2", region="eu")
    shop.send("1", region="eu")
    shop.send("9", region="us")
    shop.final()
    invoice = shop.invoices()[0]
    eu, us = (line["details"] for line in lines(invoice))
    (usage,) = eu["meter_values"]
    assert (usage["number"], usage["count"], usage["ratio"]) == ("3", 2, "0.25")
    assert (eu["meter_value_share_of_total"], us["meter_value_share_of_total"]) == ("0.25", "0.75")
    assert [details["report_meter_values"][0]["number"] for details in (eu, us)] == ["2", "9"]
    assert [(each["reference"], each["type"]) for each in invoice["meter_values"]] == [("units", "NUMBER")]
