"""Bundles bought when the ones before are used up, with and without rollover."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rating import rate
from catalog.rating.explaining import printing, steps
from catalog.rating.tests.helpers import (
    TINY,
    amount,
    cost,
    eur,
    number,
    of_amount,
    of_number,
    parse,
    price,
    units,
)
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import State
from kit.errors import InvalidField, MissingField
from kit.money import EXACT

KEEP = {"top_up": {"rollover": True}}
BUNDLE = {"amount": eur("8"), "block_size": number(100)}
FLAT = price("FLAT_TOP_UP", BUNDLE)
STEPS = price("STAIR_STEP_TOP_UP", *units((100, "25"), (1000, "20"), (None, "15")))
TIERED = price(
    "TIERED_TOP_UP",
    {**BUNDLE, "tier_top_bound": number(250)},
    {"amount": eur("5"), "block_size": number(200)},
)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [(0, 0), (TINY, 8), (99, 8), (100, 8), (100 + TINY, 16), (101, 16), (200, 16), (10**15, 8 * 10**13)],
)
def test_a_bundle_is_bought_when_the_one_before_is_used_up(quantity, expected):
    assert cost(of_number(FLAT, quantity)) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [(250, 24), (300, 24), (301, 29), (500, 29), (501, 34)],
)
def test_the_band_in_which_the_units_bought_end_sells_the_next_bundle(quantity, expected):
    """Three bundles of 100 reach 300, beyond the bound of 250: from there they hold 200."""
    assert cost(of_number(TIERED, quantity)) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"), [(0, 0), (1, 25), (100, 25), (101, 45), (1000, 45), (10**9, 60)]
)
def test_each_step_is_a_bundle(quantity, expected):
    assert cost(of_number(STEPS, quantity)) == expected


def test_without_a_block_size_a_bundle_is_one_unit():
    assert cost(of_number(price("FLAT_TOP_UP", {"amount": eur("2")}), "2.5")) == 6


def test_bundles_of_money():
    data = price("FLAT_TOP_UP", {"amount": eur("1"), "block_size": amount(50)})
    assert cost(of_amount(data, "50.01")) == 2


def test_a_fee_is_charged_once_for_the_bundles_of_a_band():
    data = price("FLAT_TOP_UP", {**BUNDLE, "fixed_amount": eur("3")})
    assert [cost(of_number(data, quantity)) for quantity in (0, 1, 250)] == [0, 11, 27]


def test_the_line_says_what_was_bought():
    (line,) = printing.of(of_number(FLAT, 150))
    assert (line["type"], line["quantity"], line["times"], line["unit_price"]) == ("BUNDLES", "200", "2", "8")
    assert line["description"] == "200 bought ahead: 2 × 8 EUR"
    assert [line["unit_price"] for line in printing.of(of_number(STEPS, 150))] == ["25", "20"]


def after(data: dict, *quantities: object, carried: object = 0) -> list[tuple[Decimal, Decimal]]:
    """``(cost, left)`` period by period, each starting with what the one before left."""
    state, found = State(carried=Decimal(str(carried))), []
    for quantity in quantities:
        rated = rate.rate(parse(data), Usage.one_event(Decimal(str(quantity))), state=state)
        state = rated.left
        found.append((cost(rated), state.carried))
    return found


def test_without_rollover_the_rest_of_a_bundle_is_lost():
    assert after(FLAT, 150, 50) == [(16, 0), (8, 0)]


def test_with_rollover_the_rest_is_used_before_another_is_bought():
    assert after({**FLAT, **KEEP}, 150, 50, 1, 0) == [(16, 50), (0, 0), (8, 99), (0, 99)]


def test_the_unused_part_of_a_step_rolls_over_but_the_last_step_has_no_end():
    assert after({**STEPS, **KEEP}, 60, 41, 10**4) == [(25, 40), (25, 99), (60, 0)]


def test_included_volume_comes_before_what_was_left():
    data = {**FLAT, **KEEP, "default_included_volume": number(30)}
    rated = rate.rate(parse(data), Usage.one_event(Decimal(50)), state=State(carried=Decimal(25)))
    assert (cost(rated), rated.included, rated.reused, rated.left.carried) == (0, 30, 20, 5)
    kinds = [step["type"] for step in steps.of(rated)]
    assert kinds == ["QUANTITY", "INCLUDED_VOLUME", "ROLLOVER", "TOTAL", "ROUNDING"]


def test_a_net_negative_quantity_keeps_what_was_left():
    assert after({**FLAT, **KEEP}, -5, carried=7) == [(0, 7)]


SIZES = st.decimals(min_value="0.001", max_value=1000, places=3)
USED = st.lists(st.decimals(min_value=0, max_value=10**5, places=3), min_size=1, max_size=6)


@given(SIZES, USED)
def test_periods_with_rollover_buy_as_many_bundles_as_one_long_period(size, used):
    data = price("FLAT_TOP_UP", {"amount": eur("1"), "block_size": number(size)}, **KEEP)
    with localcontext(EXACT):
        apart = sum((paid for paid, _ in after(data, *used)), Decimal(0))
        assert apart == cost(of_number(data, sum(used, Decimal(0))))


@given(SIZES, SIZES, st.decimals(min_value=0, max_value=10**4, places=3))
def test_what_is_bought_covers_the_quantity_by_less_than_a_bundle(first, second, quantity):
    data = price(
        "TIERED_TOP_UP",
        {"amount": eur("1"), "block_size": number(first), "tier_top_bound": number(500)},
        {"amount": eur("1"), "block_size": number(second)},
        **KEEP,
    )
    left = of_number(data, quantity).left.carried
    assert 0 <= left < max(first, second)


def test_the_same_quantity_bundle_by_bundle():
    """The closed form buys what buying one bundle after the other would."""
    for quantity in range(0, 1500, 7):
        assert cost(of_number(TIERED, quantity)) == _one_by_one(parse(TIERED), Decimal(quantity))


def _one_by_one(config: Config, quantity: Decimal) -> Decimal:
    bought = paid = Decimal(0)
    while bought < quantity:
        place = next(p for p in config.places if p.band.upper_bound is None or bought < p.band.upper_bound)
        assert place.band.price is not None
        bought, paid = bought + place.band.price.size, paid + place.band.price.amount
    return paid


@pytest.mark.parametrize(
    ("band", "field"),
    [
        ({"percentage": "5"}, "percentage"),
        ({**BUNDLE, "block_rounding": "NONE"}, "block_rounding"),
        ({"amount": eur("1"), "minimum_number": "5"}, "minimum_number"),
    ],
)
def test_what_is_no_bundle_is_refused(band, field):
    with pytest.raises(InvalidField) as caught:
        parse(price("FLAT_TOP_UP", band))
    assert caught.value.field == f"bands.0.{field}"


def test_a_bundle_has_an_amount():
    with pytest.raises(MissingField):
        parse(price("FLAT_TOP_UP", {"fixed_amount": eur("1")}))


def test_a_band_in_which_nothing_is_bought_charges_no_fee():
    """5 bundles of 22 are the 110 that were used: the second band is reached, and no bundle of it bought."""
    small = {"amount": eur("5"), "block_size": number(22), "tier_top_bound": number(100)}
    large = {"amount": eur("9"), "block_size": number(50), "fixed_amount": eur("3")}
    data = price("TIERED_TOP_UP", small, large)
    assert [cost(of_number(data, quantity)) for quantity in (110, 111)] == [25, 37]
    assert [detail.quantity for detail in of_number(data, 110).details] == [110]
