"""What each price model charges, away from the bounds."""

from decimal import Decimal

import pytest

from catalog.rating import rate
from catalog.rating.tests.helpers import (
    amount,
    cost,
    eur,
    number,
    of_amount,
    of_events,
    of_number,
    parse,
    percents,
    price,
    units,
)
from catalog.rating.usage import Usage
from kit.errors import InvalidField, MissingField


def block(size: object, price_of_block: str = "8", **fields: str) -> dict:
    return price("FLAT", {"amount": eur(price_of_block), "block_size": number(size), **fields})


@pytest.mark.parametrize(
    ("quantity", "blocks"),
    [("0.000000000001", 1), (1, 1), (99, 1), (100, 1), ("100.000000000001", 2), (340, 4), (400, 4)],
)
def test_a_started_block_is_a_whole_block(quantity, blocks):
    rated = of_number(block(100), quantity)
    assert (cost(rated), rated.details[0].times) == (8 * blocks, blocks)


@pytest.mark.parametrize(("quantity", "expected"), [(340, "27.2"), (100, "8"), (1, "0.08")])
def test_block_rounding_none_prices_the_part(quantity, expected):
    assert cost(of_number(block(100, block_rounding="NONE"), quantity)) == Decimal(expected)


def test_a_block_may_be_smaller_than_one_unit():
    assert cost(of_number(block("0.25"), "1.1")) == 40


def test_a_block_may_be_an_amount():
    data = price("FLAT", {"amount": eur("1"), "block_size": amount(100)})
    assert cost(of_amount(data, "250.01")) == 3


def test_percentage_strings_are_percents():
    assert cost(of_amount(price("FLAT", {"percentage": "2.5"}), "200")) == 5
    assert cost(of_amount(price("FLAT", {"percentage": "0.01"}), "200")) == Decimal("0.02")


def test_a_percentage_beside_a_fee_per_event():
    data = price("FLAT", {"percentage": "2.9", "fixed_amount": eur("0.30")})
    assert cost(of_events(data, "100", "50", currency="EUR")) == Decimal("4.95")


def test_floor_and_cap_hold_for_each_event_and_have_lines_of_their_own():
    data = price("FLAT", {"percentage": "2", "minimum_amount": eur("0.50"), "maximum_amount": eur("10")})
    rated = of_events(data, "10", "100", "1000", "5", currency="EUR")
    assert cost(rated) == Decimal("0.5") * 2 + 2 + 10
    assert [(line.kind, line.quantity, line.times) for line in rated.details] == [
        ("PERCENTAGE", 100, None),
        ("MINIMUM_AMOUNT", 15, 2),
        ("MAXIMUM_AMOUNT", 1000, 1),
    ]


@pytest.mark.parametrize(
    ("value", "expected"), [("25", "0.5"), ("500", "10"), ("24.99", "0.5"), ("500.01", "10")]
)
def test_an_event_exactly_at_its_floor_or_cap_pays_just_that(value, expected):
    data = price("FLAT", {"percentage": "2", "minimum_amount": eur("0.50"), "maximum_amount": eur("10")})
    assert cost(of_amount(data, value)) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("24.99", "MINIMUM_AMOUNT"), ("25", "PERCENTAGE"), ("500", "PERCENTAGE"), ("500.01", "MAXIMUM_AMOUNT")],
)
def test_only_an_event_moved_to_its_floor_or_cap_has_a_line_of_its_own(value, kind):
    data = price("FLAT", {"percentage": "2", "minimum_amount": eur("0.50"), "maximum_amount": eur("10")})
    (line,) = of_amount(data, value).details
    assert line.kind == kind


def test_floor_and_cap_need_the_single_events():
    config = parse(price("FLAT", {"percentage": "2", "minimum_amount": eur("0.50")}))
    assert rate.needs_events(config)
    with pytest.raises(MissingField) as caught:
        rate.rate(config, Usage(Decimal(100), "EUR", events=3))
    assert caught.value.field == "events"


def test_a_bare_percentage_needs_no_events():
    assert not rate.needs_events(parse(price("FLAT", {"percentage": "2"})))


def test_tiered_charges_a_fixed_amount_once_for_each_band_reached():
    bands = units((100, "0.10"), (1000, "0.08"), (None, "0.05"))
    data = price("TIERED", *({**band, "fixed_amount": eur("5")} for band in bands))
    assert cost(of_number(data, 100)) == 10 + 5
    assert cost(of_number(data, 200)) == 10 + 8 + 5 + 5


def test_top_tiered_charges_the_fixed_amount_of_the_one_band_it_falls_in():
    bands = [
        {**band, "fixed_amount": eur(fee)}
        for band, fee in zip(units((100, "0.10"), (None, "0.05")), "59", strict=True)
    ]
    data = price("TOP_TIERED", *bands)
    assert [cost(of_number(data, quantity)) for quantity in (100, 200)] == [10 + 5, 10 + 9]


def test_a_band_may_have_only_a_fixed_amount():
    data = price(
        "TIERED", {"fixed_amount": eur("20"), "tier_top_bound": number(100)}, {"amount": eur("0.10")}
    )
    assert [cost(of_number(data, quantity)) for quantity in (1, 100, 150)] == [20, 20, 25]


def test_blocks_round_up_in_each_band():
    data = price(
        "TIERED",
        {"amount": eur("3"), "block_size": number(10), "tier_top_bound": number(25)},
        {"amount": eur("2"), "block_size": number(10)},
    )
    assert cost(of_number(data, 26)) == 3 * 3 + 2


def test_top_tiered_rounds_the_whole_quantity_up_to_blocks_of_its_band():
    data = price(
        "TOP_TIERED",
        {"amount": eur("3"), "block_size": number(10), "tier_top_bound": number(25)},
        {"amount": eur("2"), "block_size": number(20)},
    )
    assert cost(of_number(data, 41)) == 6


def test_a_free_first_band_costs_nothing_and_shows_its_line():
    rated = of_number(price("TIERED", *units((1000, "0"), (None, "0.012"))), 12_500)
    assert [line.amount for line in rated.details] == [0, 138]


def test_stair_step_takes_its_price_from_fixed_amount_too():
    data = price(
        "STAIR_STEP", {"fixed_amount": eur("25"), "tier_top_bound": number(10)}, {"amount": eur("5")}
    )
    assert cost(of_number(data, 11)) == 30


def test_units_charged_stay_between_minimum_and_maximum_number():
    data = price("FLAT", {"amount": eur("2"), "minimum_number": "10", "maximum_number": "20"})
    assert [cost(of_number(data, quantity)) for quantity in (1, 10, 15, 20, 99)] == [20, 20, 30, 40, 40]
    least, most = (
        price("FLAT", {"amount": eur("2"), name: "10"}) for name in ("minimum_number", "maximum_number")
    )
    assert [cost(of_number(data, quantity)) for data in (least, most) for quantity in (1, 99)] == [
        20,
        198,
        2,
        20,
    ]


def test_pass_through_charges_the_metered_amount_in_its_currency():
    rated = of_amount({"pricing_type": "PASS_THROUGH"}, "12.345", "USD")
    assert (cost(rated), rated.rounded, rated.currency) == (Decimal("12.345"), Decimal("12.35"), "USD")


def test_none_charges_nothing_and_makes_no_line():
    rated = of_number({"pricing_type": "NONE"}, 500)
    assert (cost(rated), rated.has_line, rated.money) == (0, False, None)


def test_a_price_of_zero_makes_a_line_of_zero():
    rated = of_number(price("FLAT", {"amount": eur("0")}), 500)
    assert (cost(rated), rated.has_line, len(rated.details)) == (0, True, 1)


@pytest.mark.parametrize(
    "data",
    [
        price("FLAT", {"percentage": "2"}),
        {"pricing_type": "PASS_THROUGH"},
        price("TIERED", *percents((None, "1"))),
    ],
)
def test_an_amount_price_refuses_a_number(data):
    with pytest.raises(InvalidField) as caught:
        of_number(data, 5)
    assert caught.value.field == "meter_value.amount"


def test_a_unit_price_refuses_an_amount():
    with pytest.raises(InvalidField) as caught:
        of_amount(price("FLAT", {"amount": eur("2")}), 5)
    assert caught.value.field == "meter_value.number"


def test_an_amount_in_another_currency_is_refused():
    with pytest.raises(InvalidField) as caught:
        of_amount(price("FLAT", {"percentage": "2", "fixed_amount": eur("1")}), 5, "USD")
    assert caught.value.field == "meter_value.amount.currency"


def test_a_fixed_price_is_one_of_its_amount_whatever_was_used():
    data = price("FIXED", {"amount": eur("49")})
    for quantity in (0, 7):
        assert [detail[1:4] for detail in of_number(data, quantity).details] == [(1, 49, 1)]
