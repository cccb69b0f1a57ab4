"""A line explained down to its events: on the draft, and the same once it is final."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.tests.selling import Selling, bands, compare, flat, lines, when


@pytest.fixture
def shop(api):
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"})
    banded = bands("TIERED", ("10", "1"), (None, "0.5"), conditions=when(compare("region", "EQUALS", "eu")))
    shop.sell(shop.plan([banded, flat("2")]))
    for number in ("4", "5", "6"):
        shop.send(number, region="eu")
    shop.send("7", region="us")
    return shop


def explained(shop, place=0, query=""):
    invoice = shop.invoices()[0]
    line = lines(invoice)[place]
    path = f"/v1/invoices/{invoice['id']}/lines/{line['id']}/explanation{query}"
    return line, shop.api.get(path).ok()


def test_the_events_of_a_line_add_up_to_its_quantity(shop):
    line, told = explained(shop)
    events = told["events"]
    numbers = [Decimal(each["number"]) for each in events["data"]]
    assert sum(numbers) == Decimal(line["quantity"]) == Decimal(events["sum"]) == 15
    assert (events["count"], events["quantity"], events["frozen"]) == (3, "15", False)
    assert [each["reference"] for each in events["data"]] == ["e-3", "e-2", "e-1"]
    assert told["amount"]["quantity"] == "12.50"
    assert (told["steps"], len(told["sub_lines"])) == (line["steps"], 2)
    assert [(each["type"], each["amount"]) for each in told["parts"]] == [("CHARGE", "10"), ("CHARGE", "2.5")]
    assert [each["number"] for each in explained(shop, 1)[1]["events"]["data"]] == ["7"]


def test_a_final_line_keeps_its_checksum_and_its_events(shop):
    before = explained(shop)[1]["events"]
    shop.final()
    shop.send("100", at="2026-05-03T00:00:00Z", region="eu")
    after = explained(shop)[1]["events"]
    assert (before["frozen"], after["frozen"]) == (False, True)
    assert after["checksum"] == before["checksum"] != ""
    assert after["data"] == before["data"]


def test_events_come_in_pages(shop):
    events = explained(shop, query="?limit=2&page=2")[1]["events"]
    assert [each["reference"] for each in events["data"]] == ["e-1"]
    assert (events["page"], events["total_number_of_pages"], events["count"]) == (2, 2, 3)
    assert explained(shop, query="?page=9")[1]["events"]["data"] == []


@pytest.mark.parametrize("line", ["inli_0", "line.1"])
def test_a_line_that_is_not_on_the_invoice_is_not_found(shop, line):
    invoice = shop.invoices()[0]
    answer = shop.api.get(f"/v1/invoices/{invoice['id']}/lines/{line}/explanation")
    assert (answer.status, answer.body["code"]) == (404, "RESOURCE_NOT_FOUND")
