"""Prices of the catalog's worked table on one real invoice: draft, final, and the sum of their details."""

from __future__ import annotations

from decimal import Decimal

from billing.calc.totals import total
from billing.tests.selling import Selling, lines
from catalog.tests.test_worked_prices import CASES

CHOSEN = (
    "3.2 #1 flat per unit",
    "3.2 #3 blocks of card attempts",
    "3.2 #4 tiered units",
    "3.2 #6 top tiered units",
    "3.2 #8 stair step units",
    "3.2 #13 tokens",
    "TIERED at 100.000000000001",
    "TOP_TIERED at 1000",
    "STAIR_STEP at 0.000000000001",
    "TIERED of 10^15 units",
    "TIERED, twelve decimals, 123456789.123456789012",
    "block part, 2500",
    "TIERED blocks, 26",
    "between 5 and 20 units, 1",
    "50 included, 50.000000000001",
    "bundles of 10, 21",
    "STAIR_STEP_TOP_UP 101",
    "TOP_TIERED net below zero",
)


def test_invoices_come_to_what_the_table_says(api):
    cases = [case for name in CHOSEN for case in CASES if case["name"] == name]
    assert len(cases) == len(CHOSEN)
    meters = [f"meter-{number}" for number in range(len(cases))]
    shop = Selling(api)
    shop.open(properties={"region": "ENUM"}, items=tuple(meters))
    priced = [
        {"product_item_ids": [meter], "configs": [case["config"]]}
        for meter, case in zip(meters, cases, strict=True)
    ]
    shop.sell(shop.plan_of(priced))
    for meter, case in zip(meters, cases, strict=True):
        shop.send(case["meter_value"]["number"], meter=meter, region="eu")
    expected = [(case["meter_value"]["number"], case["amount"]["quantity"]) for case in cases]
    assert shop.draft() == shop.final() == expected
    for line, case in zip(lines(shop.invoices()[0]), cases, strict=True):
        assert line["details"]["unrounded_amount"] == case["unrounded"], case["name"]
        parts = [Decimal(sub["details"]["amount"]["quantity"]) for sub in line["sub_lines"]]
        assert not parts or total(parts) == Decimal(case["unrounded"]), case["name"]
