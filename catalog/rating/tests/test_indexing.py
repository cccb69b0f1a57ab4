"""Indexed prices: every amount by the percentage, rounded as asked; everything else as it was."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rating.indexing import Indexing, RoundingMode, indexed
from catalog.rating.parsing import config
from kit.errors import InvalidField, MissingField

PRESERVE, DECIMALS = RoundingMode.PRESERVE_SCALE, RoundingMode.DECIMALS


@pytest.mark.parametrize(
    ("quantity", "percentage", "mode", "decimals", "expected"),
    [
        ("100", "2.5", PRESERVE, None, "103"),
        ("100.00", "2.5", PRESERVE, None, "102.50"),
        ("0.0120", "10", PRESERVE, None, "0.0132"),
        ("0.012", "10", DECIMALS, 2, "0.01"),
        ("0.012", "10", DECIMALS, 12, "0.013200000000"),
        ("10.05", "-50", DECIMALS, 2, "5.03"),
        ("-10", "5", DECIMALS, 0, "-11"),
        ("0", "7", PRESERVE, None, "0"),
    ],
)
def test_an_amount_is_indexed_and_rounded_half_up(quantity, percentage, mode, decimals, expected):
    assert Indexing(Decimal(percentage), mode, decimals).of(quantity) == expected


def test_only_prices_change():
    euro = {"currency": "EUR"}
    body = {
        "pricing_type": "TIERED",
        "default_included_volume": {"number": "100"},
        "bands": [
            {"amount": {"quantity": "1.00", **euro}, "tier_top_bound": {"number": "1000"}},
            {"amount": {"quantity": "0.50", **euro}, "fixed_amount": {"quantity": "9", **euro}},
        ],
    }
    found = indexed(body, Indexing(Decimal(10), DECIMALS, 2))
    assert found == {
        **body,
        "bands": [
            {"amount": {"quantity": "1.10", **euro}, "tier_top_bound": {"number": "1000"}},
            {"amount": {"quantity": "0.55", **euro}, "fixed_amount": {"quantity": "9.90", **euro}},
        ],
    }
    assert config.parse(found).bands[0].upper_bound == 1000
    share = {"bands": [{"percentage": "2.5", "minimum_amount": {"quantity": "1", **euro}}]}
    assert indexed(share, Indexing(Decimal(100)))["bands"][0] == {
        "percentage": "2.5",
        "minimum_amount": {"quantity": "2", **euro},
    }
    assert indexed({"pricing_type": "NONE"}, Indexing(Decimal(5))) == {"pricing_type": "NONE"}


@given(
    price=st.decimals(0, 10**9, places=4),
    percentage=st.decimals("-99.99", 1000, places=2),
    decimals=st.integers(0, 12),
)
def test_it_is_off_by_half_of_the_last_decimal_at_most(price, percentage, decimals):
    exact = price * (100 + percentage) / 100
    found = Decimal(Indexing(percentage, DECIMALS, decimals).of(str(price)))
    assert abs(found - exact) <= Decimal(1).scaleb(-decimals) / 2
    assert found >= 0


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        (("-100", PRESERVE, None), InvalidField, "percentage"),
        (("1", DECIMALS, None), MissingField, "number_of_decimals"),
        (("1", DECIMALS, 13), InvalidField, "number_of_decimals"),
    ],
)
def test_settings_that_make_no_sense_are_refused(arguments, error, field):
    percentage, mode, decimals = arguments
    with pytest.raises(error) as caught:
        Indexing(Decimal(percentage), mode, decimals)
    assert caught.value.field == field
