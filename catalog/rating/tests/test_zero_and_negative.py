"""No usage, an empty sum, and usage that corrections have brought below zero."""

from decimal import Decimal

import pytest

from catalog.rating import rate
from catalog.rating.explaining import steps
from catalog.rating.tests.helpers import (
    cost,
    eur,
    number,
    of_amount,
    of_events,
    of_number,
    parse,
    price,
    units,
)
from catalog.rating.usage import Usage

FEE = {"amount": eur("0.10"), "fixed_amount": eur("5")}
USAGE_PRICES = [
    price("FLAT", FEE),
    price("FLAT", {"amount": eur("8"), "block_size": number(100)}),
    price("FLAT", {"amount": eur("1"), "minimum_number": "10"}),
    price("TIERED", {**FEE, "tier_top_bound": number(100)}, FEE),
    price("TOP_TIERED", {**FEE, "tier_top_bound": number(100)}, FEE),
    price("STAIR_STEP", *units((100, "25"), (None, "20"))),
    price("STAIR_STEP", {"fixed_amount": eur("25")}),
]


@pytest.mark.parametrize("data", USAGE_PRICES)
def test_b28_zero_usage_reaches_no_band_and_costs_zero(data):
    rated = of_number(data, 0)
    assert (cost(rated), rated.details, rated.has_line) == (0, (), True)


@pytest.mark.parametrize("data", USAGE_PRICES)
def test_b31_a_meter_without_events_is_zero_with_a_currency(data):
    rated = rate.rate(parse(data), Usage.of_events([]))
    assert rated.money is not None
    assert rated.money.to_dict() == {"quantity": "0", "currency": "EUR"}
    assert rated.unit_amount is None


@pytest.mark.parametrize("data", USAGE_PRICES)
def test_b29_a_net_negative_quantity_bills_zero_and_shows_the_true_quantity(data):
    rated = of_events(data, "5", "-12")
    assert (cost(rated), rated.usage.quantity, rated.billable) == (0, Decimal(-7), 0)
    first, second = steps.of(rated)[:2]
    assert (first["quantity"], second["type"], second["quantity"]) == ("-7", "NET_NEGATIVE", "0")


def test_b29_a_negative_event_reduces_a_net_positive_quantity():
    assert cost(of_events(price("FLAT", {"amount": eur("0.10")}), "120", "-20")) == 10


def test_b29_a_percentage_of_a_net_refund_is_zero():
    rated = of_amount(price("FLAT", {"percentage": "2.5"}), "-300")
    assert (cost(rated), rated.currency) == (0, "EUR")


def test_b29_a_refund_undoes_the_fee_of_the_payment_it_refunds():
    data = price("FLAT", {"percentage": "1", "minimum_amount": eur("0.5"), "maximum_amount": eur("2")})
    charged = ["10", "100", "1000"]
    refunded = [*charged, "30", "-1000", "-100", "-10"]
    assert cost(of_events(data, *refunded, currency="EUR")) == cost(of_events(data, "30", currency="EUR"))


def test_b29_refunds_at_the_floor_never_turn_the_charge_negative():
    data = price("FLAT", {"percentage": "1", "minimum_amount": eur("5")})
    rated = of_events(data, "600", "-100", "-100", currency="EUR")
    assert (cost(rated), rated.details[-1].kind) == (0, "NOT_BELOW_ZERO")


def test_a_fixed_price_is_due_without_usage_and_with_negative_usage():
    data = price("FIXED", {"amount": eur("49.00")})
    assert [cost(of_number(data, quantity)) for quantity in (0, -3, 10**15)] == [49, 49, 49]


def test_events_of_value_zero_still_pay_the_fee_per_event():
    assert cost(of_events(price("FLAT", FEE), "0", "0")) == 10
