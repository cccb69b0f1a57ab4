"""The included volume comes off before blocks and bands see the quantity."""

from decimal import Decimal

import pytest

from catalog.rating.explaining import steps
from catalog.rating.tests.helpers import (
    TINY,
    amount,
    cost,
    eur,
    number,
    of_amount,
    of_events,
    of_number,
    price,
    units,
)

FREE = {"default_included_volume": number(100)}


@pytest.mark.parametrize(
    ("quantity", "expected"), [(0, 0), (99, 0), (100, 0), (101, 2), (100 + TINY, 2 * TINY)]
)
def test_only_what_exceeds_it_is_charged(quantity, expected):
    assert cost(of_number(price("FLAT", {"amount": eur("2")}, **FREE), quantity)) == expected


def test_it_is_taken_before_blocks():
    data = price("FLAT", {"amount": eur("8"), "block_size": number(100)}, **FREE)
    assert [cost(of_number(data, quantity)) for quantity in (100, 101, 200, 201)] == [0, 8, 8, 16]


def test_it_is_taken_before_bands():
    data = price("TIERED", *units((100, "0.10"), (None, "0.05")), **FREE)
    assert cost(of_number(data, 250)) == Decimal("10") + Decimal("2.5")


def test_it_decides_the_band_of_top_tiered():
    data = price("TOP_TIERED", *units((100, "0.10"), (None, "0.05")), **FREE)
    assert [cost(of_number(data, quantity)) for quantity in (200, 201)] == [10, Decimal("5.05")]


def test_it_holds_for_amounts():
    data = price("FLAT", {"percentage": "10"}, default_included_volume=amount(100))
    assert cost(of_amount(data, 150)) == 5


BOUNDED = {"percentage": "1", "minimum_amount": eur("0.50"), "maximum_amount": eur("3")}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("60", "40"), "0"),
        (("100.000000000001",), "0.50"),
        (("20", "90", "1000"), "3.50"),  # 80 of the 90 are free, too
        (("1000", "20", "90"), "3.50"),
        (("20", "90", "1000", "-20"), "3"),  # what was taken back took nothing off
        (("200", "-30"), "0.50"),  # the refund is worth its floor, the rest of 100 its 1 %
        (("100", "0"), "0.50"),  # nothing of an event of zero can be free
    ],
)
def test_beside_a_floor_and_a_cap_the_smallest_events_are_free_first(values, expected):
    data = price("FLAT", BOUNDED, default_included_volume=amount(100))
    rated = of_events(data, *values, currency="EUR")
    assert cost(rated) == Decimal(expected)
    assert "used by the smallest events" in steps.of(rated)[1]["description"]


def test_fees_per_event_do_not_care_about_it():
    data = price("FLAT", {"amount": eur("2"), "fixed_amount": eur("0.30")}, **FREE)
    assert cost(of_number(data, 50)) == Decimal("0.30")


def test_the_step_says_what_was_taken_and_what_is_left():
    rated = of_number(price("FLAT", {"amount": eur("2")}, **FREE), 130)
    step = steps.of(rated)[1]
    assert (step["type"], step["included_volume"], step["taken"], step["quantity"]) == (
        "INCLUDED_VOLUME",
        "100",
        "100",
        "30",
    )
