"""One line for each value of a property, from the events to the final invoice and to late usage."""

from __future__ import annotations

import pytest

from billing.tests.calculated import require_same, under
from billing.tests.selling import NEXT, Selling, bands, flat, lines

SPLIT = {"split_pricing": {"meter_properties": [{"reference": "region"}]}}


@pytest.fixture
def shop(api):
    shop = Selling(api)
    shop.open(properties={"region": "ENUM", "size": "NUMBER"}, items=("jobs",))
    return shop


def regions(invoice):
    return [
        (each["value"], line["quantity"], line["amount_excluding_tax"]["quantity"])
        for line in lines(invoice)
        for each in line["details"]["split_pricing"]["meter_properties"]
    ]


def test_each_value_has_a_line_and_all_of_them_reach_the_band_together(shop):
    shop.sell(shop.plan([bands("TOP_TIERED", ("10", "2"), (None, "1"), **SPLIT)]))
    shop.send("8", region="us", size="1")
    shop.send("4", region="eu", size="1")
    assert shop.draft() == shop.final() == [("4", "4.00"), ("8", "8.00")]
    invoice = shop.invoices()[0]
    assert regions(invoice) == [("eu", "4", "4.00"), ("us", "8", "8.00")]
    shares = [line["details"]["meter_value_share_of_total"] for line in lines(invoice)]
    assert shares == ["0.333333333333", "0.666666666667"]
    assert len({line["id"] for line in lines(invoice)}) == 2
    used = [under("8", region="us", size="1"), under("4", region="eu", size="1")]
    item = lines(invoice)[0]["pricing_item_id"]
    for terms in ({}, {"terms": {"markups": []}}):
        found = require_same(shop.api, lines(invoice), pricing_item_id=item, meter_values=used, **terms)
        assert [each["split"][0]["value"] for each in found["rules"]] == ["eu", "us"]


def test_each_line_leads_to_the_events_of_its_value(shop):
    shop.sell(shop.plan([flat("1", **SPLIT)]))
    shop.send("8", region="us", size="1")
    shop.send("4", region="eu", size="1")
    shop.send("1", region="eu", size="2")
    shop.final()
    invoice = shop.invoices()[0]
    path = f"/v1/invoices/{invoice['id']}/lines"
    found = [shop.api.get(f"{path}/{line['id']}/explanation").ok()["events"] for line in lines(invoice)]
    assert [(each["count"], each["sum"]) for each in found] == [(2, "5"), (1, "8")]


def test_numbers_that_are_equal_share_a_line(shop):
    split = {"split_pricing": {"meter_properties": [{"reference": "size"}]}}
    shop.sell(shop.plan([flat("1", **split)]))
    shop.send("8", region="us", size="10.0")
    shop.send("4", region="eu", size="9")
    shop.send("1", region="eu", size="1e1")
    assert shop.draft() == shop.final() == [("4", "4.00"), ("9", "9.00")]


def test_late_usage_stands_on_the_line_of_its_value(shop):
    shop.sell(shop.plan([flat("1", **SPLIT)]))
    shop.send("8", region="us", size="1")
    shop.send("4", region="eu", size="1")
    shop.final()
    shop.send("3", region="us", size="1", at="2026-05-20T00:00:00Z")
    following = next(each for each in shop.invoices() if each["start_at"].startswith(NEXT[:10]))
    late = [line for line in lines(following) if line["late_usage"]]
    assert [
        (line["amount_excluding_tax"]["quantity"], line["late_usage"]["billed_amount"]["quantity"])
        for line in late
    ] == [("3.00", "8.00")]
    assert late[0]["details"]["split_pricing"]["meter_properties"][0]["value"] == "us"
