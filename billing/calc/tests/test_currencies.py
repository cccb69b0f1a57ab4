from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import currencies
from billing.calc.currencies import ExchangeRate
from billing.calc.tests.grids import utc
from kit.errors import InvalidField, InvalidOperation

MAY = utc("2026-05-01T00:00:00")


def rate(base: str, currency: str, value: str, days: int = 0) -> ExchangeRate:
    return ExchangeRate(base, currency, Decimal(value), MAY + timedelta(days=days), "ECB")


RATES = [
    rate("EUR", "USD", "1.10", -30),
    rate("EUR", "USD", "1.25"),
    rate("EUR", "USD", "1.50", 30),
    rate("EUR", "GBP", "0.8"),
]


@pytest.mark.parametrize(
    ("source", "target", "amount", "expected"),
    [
        ("EUR", "USD", "10", "12.5"),
        ("USD", "EUR", "12.5", "10"),
        ("USD", "GBP", "12.5", "8"),
        ("GBP", "USD", "8", "12.5"),
        ("JPY", "JPY", "7", "7"),
    ],
)
def test_an_amount_is_converted(source: str, target: str, amount: str, expected: str) -> None:
    assert currencies.exchange(source, target, RATES, at=MAY).of(Decimal(amount)) == Decimal(expected)


@pytest.mark.parametrize(
    ("days", "expected"), [(-30, "1.10"), (-1, "1.10"), (0, "1.25"), (29, "1.25"), (30, "1.50")]
)
def test_the_latest_rate_at_the_instant_counts(days: int, expected: str) -> None:
    (used,) = currencies.exchange("EUR", "USD", RATES, at=MAY + timedelta(days=days)).used
    assert used.rate == Decimal(expected)


def test_b57_of_two_rates_at_one_instant_the_one_given_last_counts() -> None:
    both = [rate("EUR", "USD", "1"), rate("EUR", "USD", "2")]
    assert currencies.exchange("EUR", "USD", both, at=MAY).used == (both[1],)


def test_of_several_ways_the_one_across_the_first_currency_by_code_counts() -> None:
    between = ["USD", "DKK", "CHF", "SEK", "AUD", "NOK"]
    known = [rate(each, other, "2") for each in between for other in ("EUR", "GBP")]
    assert currencies.exchange("EUR", "GBP", known, at=MAY).used == (known[8], known[9])


@pytest.mark.parametrize(("target", "days"), [("CHF", 0), ("USD", -31)])
def test_without_a_rate_nothing_is_converted(target: str, days: int) -> None:
    with pytest.raises(InvalidOperation, match="no exchange rate from EUR"):
        currencies.exchange("EUR", target, RATES, at=MAY + timedelta(days=days))


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_rate_is_above_zero(value: str) -> None:
    with pytest.raises(InvalidField):
        rate("EUR", "USD", value)


def test_an_invoice_keeps_each_rate_it_used_once() -> None:
    ways = [currencies.exchange(a, b, RATES, at=MAY) for a, b in (("USD", "GBP"), ("USD", "EUR"))]
    assert [(each["base_currency"], each["currency"]) for each in currencies.used_in(ways)] == [
        ("EUR", "USD"),
        ("EUR", "GBP"),
    ]
    assert currencies.used_in(ways)[0]["rate_timestamp"] == "2026-05-01T00:00:00Z"


def test_the_step_carries_the_rates() -> None:
    way = currencies.exchange("EUR", "USD", RATES, at=MAY)
    found = currencies.step(way, Decimal(10), way.of(Decimal(10)))
    assert found["description"] == "10 EUR are 12.5 USD"
    assert found["used_exchange_rates"] == [RATES[1].to_dict()]


@given(
    st.sampled_from(["EUR", "USD", "GBP"]),
    st.sampled_from(["EUR", "USD", "GBP"]),
    st.integers(-(10**9), 10**9),
)
def test_there_and_back_is_where_it_began(source: str, target: str, amount: int) -> None:
    there = currencies.exchange(source, target, RATES, at=MAY).of(Decimal(amount))
    back = currencies.exchange(target, source, RATES, at=MAY).of(there)
    assert abs(back - amount) < Decimal("1e-50")
