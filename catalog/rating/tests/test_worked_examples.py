"""The worked examples of the reference documentation (contract, section 3.2), by their number there."""

from decimal import Decimal

import pytest

from catalog.rating.tests.helpers import (
    amount,
    cost,
    eur,
    number,
    of_amount,
    of_number,
    percents,
    price,
    units,
)

PROGRESSIVE = units((100, "0.10"), (1000, "0.08"), (None, "0.07"))
VOLUME = units((100, "0.10"), (1000, "0.08"), (None, "0.05"))
PROGRESSIVE_PERCENT = percents(("100.00", "10"), ("1000.00", "8"), (None, "5"))
STAIRS = units((100, "25.00"), (1000, "20.00"), (None, "15.00"))
AMOUNT_STAIRS = [
    {"amount": {"quantity": "100", "currency": "USD"}, "tier_top_bound": amount(10_000, "USD")},
    {"amount": {"quantity": "80", "currency": "USD"}, "tier_top_bound": amount(50_000, "USD")},
    {"amount": {"quantity": "60", "currency": "USD"}},
]


@pytest.mark.parametrize(
    ("data", "quantity", "expected"),
    [
        pytest.param(price("FLAT", {"amount": eur("50.00")}), 50, "2500", id="1 flat per unit"),
        pytest.param(price("FLAT", {"amount": eur("24.00")}), 7, "168", id="2 flat per transaction"),
        pytest.param(
            price("FLAT", {"amount": eur("0.25"), "block_size": number(100)}), 1200, "3", id="3 flat block"
        ),
        pytest.param(price("TIERED", *PROGRESSIVE), 200, "18", id="4 tiered"),
        pytest.param(price("TOP_TIERED", *VOLUME), 500, "40", id="6 top tiered"),
        pytest.param(price("STAIR_STEP", *STAIRS), 200, "45", id="8 stair step"),
        pytest.param(price("FLAT", {"amount": eur("0.0552")}), 1000, "55.2", id="10 flat of a rule"),
        pytest.param(
            price("FLAT", {"amount": eur("0.015"), "block_size": number(1000)}), 5000, "0.075", id="13 tokens"
        ),
        pytest.param(
            price("FLAT", {"amount": eur("0.0006"), "block_size": number(1000)}), 5001, "0.0036", id="13 mini"
        ),
    ],
)
def test_a_documented_example_over_numbers(data, quantity, expected):
    assert cost(of_number(data, quantity)) == Decimal(expected)


@pytest.mark.parametrize(
    ("data", "quantity", "currency", "expected"),
    [
        pytest.param(price("TIERED", *PROGRESSIVE_PERCENT), "200.00", "EUR", "18", id="5 tiered percent"),
        pytest.param(price("TOP_TIERED", *PROGRESSIVE_PERCENT), 200, "EUR", "16", id="7 top tiered percent"),
        pytest.param(price("STAIR_STEP", *AMOUNT_STAIRS), 43_000, "USD", "180", id="9 stair step of amounts"),
    ],
)
def test_a_documented_example_over_amounts(data, quantity, currency, expected):
    rated = of_amount(data, quantity, currency)
    assert cost(rated) == Decimal(expected)
    assert rated.currency == currency
