from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import money
from kit.errors import InvalidField

EXPONENTS = [("JPY", 0), ("EUR", 2), ("USD", 2), ("KWD", 3), ("CLF", 4), ("UGX", 0)]


@pytest.mark.parametrize(("currency", "decimals"), EXPONENTS)
def test_b23_minor_units_come_from_iso_4217(currency: str, decimals: int) -> None:
    assert money.minor_units(currency) == decimals
    assert money.round_half_up(Decimal("1.23456"), currency) == Decimal("1.23456").quantize(
        Decimal(1).scaleb(-decimals)
    )


@pytest.mark.parametrize(
    ("text", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.00499999999", "0.00"), ("99.995", "100.00")],
)
def test_halves_round_away_from_zero(text: str, rounded: str) -> None:
    assert str(money.round_half_up(Decimal(text), "EUR")) == rounded


@pytest.mark.parametrize(
    "bad",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999999",
        "1e-13",
        "ten",
        "",
        "1_000",
        "١",
        None,
        True,
        1.5,
        [],
        "0x1",
    ],
)
def test_what_is_no_decimal_is_refused_with_its_field(bad: object) -> None:
    with pytest.raises(InvalidField) as caught:
        money.parse_decimal(bad, field="meter_values.0.number")
    assert caught.value.field == "meter_values.0.number"


@given(st.decimals(min_value=-(10**25), max_value=10**25, places=12))
def test_thirty_digit_decimals_survive_text(value: Decimal) -> None:
    assert money.parse_decimal(money.plain(value), field="x") == value


def test_plain_prints_no_exponent() -> None:
    assert money.plain(Decimal("1E+3")) == "1000"
    assert money.plain(Decimal("1.50")) == "1.5"
    assert money.plain(Decimal("-0.00")) == "0"


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        money.Money(Decimal(1), "EUR") + money.Money(Decimal(1), "USD")
