"""The price curve: points by the same rating, around the bands and the asked quantity."""

from decimal import Decimal

import pytest

from catalog.rating import curve, rate
from catalog.rating.tests.helpers import amount, eur, number, parse, percents, price, units
from catalog.rating.usage import Usage

PRICES = [
    (price("FLAT", {"amount": eur("0.012")}), None),
    (price("FLAT", {"amount": eur("8"), "block_size": number(100)}), None),
    (price("FLAT", {"percentage": "2.9", "minimum_amount": eur("0.5")}), "EUR"),
    (price("TIERED", *units((100, "0.10"), (1000, "0.08"), (None, "0.07"))), None),
    (price("TOP_TIERED", *percents((100, "10"), (1000, "8"), (None, "5"))), "EUR"),
    (price("STAIR_STEP", *units(("0.000000000001", "1"), (10**12, "2"), (None, "3"))), None),
    (price("FIXED", {"amount": eur("49")}), None),
    ({"pricing_type": "PASS_THROUGH"}, "USD"),
    ({"pricing_type": "NONE"}, None),
]


@pytest.mark.parametrize(("data", "currency"), PRICES)
@pytest.mark.parametrize("asked", ["0", "0.000000000001", "42", "1000", "12345.678", "1000000000000000"])
def test_a_curve_has_a_drawable_number_of_ascending_points(data, currency, asked):
    points = curve.points(parse(data), Usage.one_event(Decimal(asked), currency=currency))
    quantities = [point.quantity for point in points]
    assert 20 <= len(points) <= 65
    assert quantities == sorted(set(quantities))
    assert quantities[0] == 0


@pytest.mark.parametrize(("data", "currency"), PRICES)
def test_each_point_is_what_rating_answers(data, currency):
    read = parse(data)
    for quantity, cost in curve.points(read, Usage.one_event(Decimal(420), currency=currency)):
        assert cost == rate.rate(read, Usage.one_event(quantity, currency=currency)).amount


@pytest.mark.parametrize("asked", ["0", "7.5", "100", "54321"])
def test_every_bound_and_the_asked_quantity_are_points(asked):
    read = parse(price("TIERED", *units((100, "0.10"), (1000, "0.08"), (None, "0.07"))))
    quantities = {point.quantity for point in curve.points(read, Usage.one_event(Decimal(asked)))}
    assert {Decimal(0), Decimal(100), Decimal(1000), Decimal(asked)} <= quantities


def test_bounds_move_by_the_included_volume():
    data = price("TIERED", *units((100, "0.10"), (None, "0.07")), default_included_volume=number(30))
    quantities = {point.quantity for point in curve.points(parse(data), Usage.one_event(Decimal(50)))}
    assert {Decimal(30), Decimal(130)} <= quantities


def test_a_jump_is_drawn_where_it_is():
    read = parse(price("STAIR_STEP", *units((100, "25"), (None, "20"))))
    points = curve.points(read, Usage.one_event(Decimal(50)))
    before = next(index for index, point in enumerate(points) if point.quantity == 100)
    assert [point.amount for point in points[before : before + 2]] == [25, 45]
    assert points[before + 1].quantity - 100 < 1


def test_a_negative_quantity_is_drawn_from_zero():
    read = parse(price("FLAT", {"percentage": "1"}, default_included_volume=amount(10)))
    assert curve.points(read, Usage.one_event(Decimal(-5), currency="EUR"))[0].to_dict() == {
        "number": "0",
        "amount": "0",
    }
