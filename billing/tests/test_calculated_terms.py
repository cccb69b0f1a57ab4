"""What a schedule changes, asked of the calculator: the same as on the invoice, part by part."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.tests.agreements import agree, preview, rules
from billing.tests.selling import START, Selling, bands, compare, flat, lines, when
from billing.tests.world import Price
from catalog.models import PricingItem

PATH = "/v1/pricings/calculate"


def dollars(quantity):
    return {"quantity": quantity, "currency": "USD"}


def euros(quantity):
    return {"quantity": quantity, "currency": "EUR"}


def body_of(config):
    """The same price in dollars."""
    found = [band | {"amount": dollars(band["amount"]["quantity"])} for band in config["bands"]]
    return config | {"bands": found}


MARKUPS = [{"percentage": "12.5"}, {"amount": dollars("0.333")}]
DISCOUNTS = [{"percentage": "7.5"}, {"amount": euros("1.11")}]
ON_TOTAL = [{"percentage": "3.3"}]
MISSING = {"meter_value_calculation": {"number": "-1"}}
CONDITION = {"comparator": "GREATER_THAN", "value": {"amount": euros("1000")}}


def test_the_calculator_and_the_invoice_come_to_the_same(api):
    """Two rules in dollars, marked up, billed in euro, discounted, committed to, discounted on the total."""
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"})
    rates = {
        "base_currency": "EUR",
        "currency": "USD",
        "rate": "1.28",
        "rate_timestamp": START,
        "source": "ECB",
    }
    api.post("/v1/exchange-rates", rates | {"source": "ECB"}).ok()
    in_eu = when(compare("region", "EQUALS", "eu"))
    configs = [
        body_of(bands("TIERED", ("10", "0.7"), (None, "0.3"), conditions=in_eu)),
        body_of(flat("0.0999")),
    ]
    version = shop.plan(configs)
    item = api.get(f"/v1/pricing-plan-versions/{version}").ok()["pricing_categories"][0]["pricings"][0][
        "items"
    ][0]
    ids = [config["id"] for config in item["configs"]]
    shop.sell(
        version,
        pricing_currency="USD",
        markup={"pricing_item_configs": [each | {"ids": ids} for each in MARKUPS]},
        discount={
            "pricing_items": [each | {"ids": [item["id"]]} for each in DISCOUNTS],
            "totals": [*ON_TOTAL, {"percentage": "50", "condition": CONDITION}],
        },
        commitment={"pricing_items": [{"ids": [item["id"]], "amount": euros("30")}]},
    )
    shop.send("17.5", region="eu")
    shop.send("23", region="us")
    [invoice] = [each for each in shop.invoices() if each["start_at"] == START]
    usage = [("17.5", "eu"), ("23", "us")]
    terms = {
        "markups": MARKUPS,
        "discounts": DISCOUNTS,
        "commitments": [{"amount": euros("30")}],
        "total_discounts": [*ON_TOTAL, {"percentage": "50", "condition": CONDITION}],
        "billing_currency": "EUR",
    }
    asked = {
        "meter_values": [
            {"number": number, "meter_properties": [{"reference": "region", "value": value}]}
            for number, value in usage
        ],
        "terms": terms,
    }
    shown = lines(invoice)
    for price in ({"pricing_item_id": item["id"]}, {"configs": configs}):
        found = api.post(PATH, price | asked).ok()
        assert found["amount"] == invoice["invoice_amount_excluding_tax"]
        assert [each["amount"] for each in found["rules"]] == [
            line["details"]["amount"] for line in shown[:2]
        ]
        assert [each["steps"] for each in found["rules"]] == [line["steps"] for line in shown[:2]]
        for rule in found["rules"]:
            parts = sum((Decimal(each["amount"]["quantity"]) for each in rule["details"]), Decimal(0))
            assert parts == Decimal(rule["amount"]["quantity"])
        told = [(each["type"], each["amount"], each["steps"]) for each in found["adjustments"]]
        assert told == [(line["type"], line["details"]["amount"], line["steps"]) for line in shown[2:]]
    assert [line["type"] for line in shown] == [
        "REVENUE",
        "REVENUE",
        "DISCOUNT",
        "DISCOUNT",
        "COMMITMENT",
        "DISCOUNT",
    ]


def test_a_part_of_a_period_comes_to_the_same_as_on_the_invoice(api, world):
    """Three seats from 14 March by the calendar: 18 days of 31, of the price and of what is committed."""
    version = world.plan(Price("Seats", "PER_SEAT", (bands("TIERED", ("2", "24"), (None, "19.99")),)))
    (rule,), item = rules(version), PricingItem.objects.get(version=version).public_id
    committed, discounts, markups = (
        [{"amount": euros("100")}],
        [{"percentage": "10"}],
        [{"amount": euros("1")}],
    )
    schedule = {
        "start_at": "2026-03-14T00:00:00Z",
        "seats_values": [{"pricing_item_config_id": rule, "number": "3"}],
        "markup": {"pricing_item_configs": [each | {"ids": [rule]} for each in markups]},
        "discount": {"pricing_items": [each | {"ids": [item]} for each in discounts]},
        "commitment": {"pricing_items": [each | {"ids": [item]} for each in committed]},
    }
    agree(api, world, version, schedule, billing_time="CALENDAR")
    shown = lines(preview(api, "2026-03-14"))
    terms = {"markups": markups, "discounts": discounts, "commitments": committed}
    asked = {"pricing_item_id": item, "seats": "3", "period_fraction": "18/31", "terms": terms}
    found = api.post(PATH, asked).ok()
    assert found["steps"] == shown[0]["steps"]
    assert [each["steps"] for each in found["adjustments"]] == [line["steps"] for line in shown[1:]]
    net = sum(Decimal(line["amount_excluding_tax"]["quantity"]) for line in shown)
    assert (Decimal(found["amount"]["quantity"]), len(shown)) == (net, 3)
    parts = sum((Decimal(each["amount"]["quantity"]) for each in found["details"]), Decimal(0))
    assert parts == Decimal(shown[0]["amount_excluding_tax"]["quantity"])


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"discounts": [{}]}, "terms.discounts.0.amount"),
        ({"discounts": [{"amount": euros("1"), "percentage": "1"}]}, "terms.discounts.0.percentage"),
        ({"markups": [{"percentage": "-1"}]}, "terms.markups.0.percentage"),
        ({"markups": [{"amount": dollars("1")}]}, "terms.markups.0.amount.currency"),
        ({"commitments": [{"amount": dollars("1")}]}, "terms.commitments.0.amount.currency"),
        (
            {"commitments": [{"meter_value_calculation": {"number": "-1"}}]},
            "terms.commitments.0.meter_value_calculation",
        ),
        (
            {"total_discounts": [{"percentage": "1", "condition": CONDITION | {"comparator": "CONTAINS"}}]},
            "terms.total_discounts.0.condition.comparator",
        ),
    ],
)
def test_terms_that_cannot_apply_are_refused(api, terms, field):
    answer = api.post(PATH, {"config": flat("1"), "meter_value": {"number": "1"}, "terms": terms})
    assert (answer.status, answer.body["field"]) == (400, field)


def test_units_are_committed_to_of_one_rule(api):
    """70 of 100 committed units were used: the rest is due at the price of the bands they reach."""
    price = bands("TIERED", ("80", "1"), (None, "0.5"))
    committed = {"commitments": [{"meter_value_calculation": {"number": "100"}}]}
    asked = {"config": price, "meter_value": {"number": "70"}, "terms": committed}
    found = api.post(PATH, asked | {"model_type": "USAGE_BASED_CONVERSION"}).ok()
    assert (found["amount"], found["adjustments"][0]["amount"]) == (euros("90.00"), euros("20.00"))
