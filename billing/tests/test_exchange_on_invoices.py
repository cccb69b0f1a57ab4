"""Prices in another currency than the invoice, from the dated rate to the final invoice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.tests.calculated import require_same
from billing.tests.selling import NEXT, START, Selling, euros, flat, lines, told

RATES = "/v1/exchange-rates"


@pytest.fixture
def shop(api):
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"}, items=("jobs",))
    return shop


def dollars(quantity):
    band = {"amount": {"quantity": quantity, "currency": "USD"}}
    return {"pricing_type": "FLAT", "bands": [band]}


def know(shop, rate, at=START, **fields):
    """One euro is ``rate`` dollars from then on."""
    pair = {"base_currency": "EUR", "currency": "USD", **fields}
    return shop.api.post(RATES, {**pair, "rate": rate, "rate_timestamp": at, "source": "ECB"}).ok()


def plan(shop, configs, *currencies):
    item = {"product_item_ids": ["jobs"], "configs": configs, "pricing_currency_configs": list(currencies)}
    return shop.plan_of([item])


def used(invoice):
    return [
        (each["base_currency"], each["currency"], each["rate"]) for each in invoice["used_exchange_rates"]
    ]


def test_prices_are_converted_by_the_rate_of_the_end_of_the_period(shop):
    know(shop, "1.25")
    shop.sell(plan(shop, [dollars("10")]), pricing_currency="USD")
    shop.send("3", region="eu")
    assert shop.draft() == [("3", "24.00")]
    asked = {"config": dollars("10"), "meter_value": {"number": "3"}, "terms": {"billing_currency": "EUR"}}
    assert shop.api.post("/v1/pricings/calculate", asked).ok()["amount"] == euros("24.00")
    asked["terms"]["billing_currency"] = "CHF"
    assert shop.api.post("/v1/pricings/calculate", asked).body["field"] == "terms.billing_currency"
    know(shop, "1.2", at="2026-05-20T00:00:00Z")
    know(shop, "2", at="2026-06-01T00:00:01Z")
    assert shop.draft() == shop.final() == [("3", "25.00")]
    invoice = shop.invoices()[0]
    assert used(invoice) == [("EUR", "USD", "1.2")]
    (line,) = lines(invoice)
    assert line["details"]["pricing_amount"] == {"quantity": "30", "currency": "USD"}
    assert line["details"]["amount"] == {"quantity": "25.00", "currency": "EUR"}
    assert [step["amount"] for step in line["steps"] if step["type"] == "EXCHANGE"] == ["25"]


def test_late_usage_is_converted_by_the_rates_its_invoice_used(shop):
    first = know(shop, "1.25")
    shop.sell(plan(shop, [dollars("10")]), pricing_currency="USD")
    shop.send("3", region="eu")
    assert shop.final() == [("3", "24.00")]
    shop.api.delete(f"{RATES}/{first['id']}").ok()
    know(shop, "2")
    shop.send("1", at="2026-05-20T00:00:00Z", region="eu")
    following = next(each for each in shop.invoices() if each["start_at"].startswith(NEXT[:10]))
    late = [line for line in lines(following) if line["late_usage"]]
    assert [line["amount_excluding_tax"]["quantity"] for line in late] == ["8.00"]
    assert told(shop.invoices()[0]) == [("3", "24.00")]


def test_a_currency_falls_back_to_the_prices_of_another(shop):
    know(shop, "1.25")
    version = plan(shop, [flat("2")], {"currency": "USD", "fallback_currency": "EUR"})
    offered = {"pricing_currency_settings": {"pricing_currencies": ["EUR", "USD"]}}
    shop.api.patch(f"/v1/pricing-plan-versions/{version}", offered).ok()
    shop.sell(version, billing_currency="USD", pricing_currency="USD")
    shop.send("3", region="eu")
    assert shop.draft() == shop.final() == [("3", "7.50")]
    (line,) = lines(shop.invoices()[0])
    assert line["details"]["pricing_currency"] == "EUR"
    terms = {"billing_currency": "USD"}
    asked = {"meter_value": {"number": "3"}, "pricing_currency": "USD", "terms": terms}
    require_same(shop.api, [line], pricing_item_id=line["pricing_item_id"], **asked)


def test_a_price_in_the_currency_that_is_billed_needs_no_rate(shop):
    version = plan(shop, [flat("2")], {"currency": "USD", "configs": [dollars("3")]})
    shop.sell(version, billing_currency="USD", pricing_currency="USD")
    shop.send("3", region="eu")
    assert shop.draft() == shop.final() == [("3", "9.00")]
    assert used(shop.invoices()[0]) == []
    asked = {"meter_value": {"number": "3"}, "pricing_currency": "USD"}
    (line,) = lines(shop.invoices()[0])
    require_same(shop.api, [line], pricing_item_id=line["pricing_item_id"], **asked)


def test_two_rates_meet_in_a_third_currency(shop):
    know(shop, "1.25")
    know(shop, "150", currency="JPY")
    version = plan(shop, [flat("2")])
    shop.activate(version).ok()
    yen = {"amount": {"quantity": "300", "currency": "JPY"}}
    other = plan(shop, [{"pricing_type": "FLAT", "bands": [yen]}])
    shop.sell(other, billing_currency="USD", pricing_currency="JPY")
    shop.send("1", region="eu")
    assert shop.draft() == shop.final() == [("1", "2.50")]
    assert used(shop.invoices()[0]) == [("EUR", "JPY", "150"), ("EUR", "USD", "1.25")]


def test_without_a_rate_nothing_can_be_agreed(shop):
    version = plan(shop, [dollars("10")])
    shop.activate(version).ok()
    refused = shop.subscribe(version, pricing_currency="USD")
    assert (refused.status, refused.body["field"]) == (400, "pricing_plan_schedules.0.pricing_currency")
    assert "no exchange rate from USD to EUR" in refused.body["message"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"currency": "EUR"}, "currency"), ({"rate": "0"}, "rate"), ({"rate": "-1"}, "rate")],
)
def test_a_rate_is_above_zero_and_of_two_currencies(shop, fields, field):
    body = {"base_currency": "EUR", "currency": "USD", "rate": "1", "rate_timestamp": START, "source": "x"}
    refused = shop.api.post(RATES, body | fields)
    assert (refused.status, refused.body["field"]) == (400, field)


def test_rates_are_listed_by_currency_and_withdrawn(shop):
    kept = know(shop, "1.25")
    gone = know(shop, "150", currency="JPY")
    shop.api.delete(f"{RATES}/{gone['id']}").ok()
    listed = shop.api.get(f"{RATES}?base_currency=EUR").ok()["data"]
    assert [each["id"] for each in listed] == [kept["id"]]
    assert Decimal(listed[0]["rate"]) == Decimal("1.25")
    assert shop.api.get(f"{RATES}/{gone['id']}").status == 404


def test_discounts_are_in_the_currency_that_is_billed(shop):
    know(shop, "1.25")
    version = plan(shop, [dollars("10")])
    discount = {"discount": {"totals": [{"amount": euros("4")}]}}
    shop.sell(version, pricing_currency="USD", **discount)
    shop.send("3", region="eu")
    (invoice,) = shop.invoices()
    assert invoice["tax_summary"]["base_amount"]["quantity"] == "20.00"
