"""Around every band bound: the upper bound is inclusive, so a quantity on it stays in the lower band."""

from decimal import Decimal

import pytest

from catalog.rating.tests.helpers import TINY, cost, of_amount, of_number, percents, price, units

BOUNDS = [Decimal(100), Decimal(1000)]
AROUND = [Decimal(-1), Decimal("-0.5"), -TINY, Decimal(0), TINY, Decimal("0.5"), Decimal(1)]
RATES = [Decimal("0.10"), Decimal("0.08"), Decimal("0.05")]
QUANTITIES = [bound + shift for bound in BOUNDS for shift in AROUND]
BANDS = units((100, "0.10"), (1000, "0.08"), (None, "0.05"))
PERCENTS = percents((100, "10"), (1000, "8"), (None, "5"))


def band_of(quantity: Decimal) -> int:
    return 0 if quantity <= 100 else 1 if quantity <= 1000 else 2


def progressive(quantity: Decimal) -> Decimal:
    edges = [Decimal(0), *BOUNDS, quantity]
    slices = [
        max(min(quantity, top) - low, Decimal(0))
        for low, top in zip(edges, [*BOUNDS, quantity], strict=False)
    ]
    return sum((part * rate for part, rate in zip(slices, RATES, strict=True)), Decimal(0))


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_b27_tiered_charges_each_side_of_a_bound_at_its_own_rate(quantity):
    assert cost(of_number(price("TIERED", *BANDS), quantity)) == progressive(quantity)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_b27_tiered_percentages_do_the_same(quantity):
    assert cost(of_amount(price("TIERED", *PERCENTS), quantity)) == progressive(quantity)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_b27_top_tiered_charges_the_whole_quantity_at_the_band_it_falls_in(quantity):
    assert cost(of_number(price("TOP_TIERED", *BANDS), quantity)) == quantity * RATES[band_of(quantity)]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_b27_top_tiered_percentages_do_the_same(quantity):
    assert cost(of_amount(price("TOP_TIERED", *PERCENTS), quantity)) == quantity * RATES[band_of(quantity)]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_b27_stair_step_climbs_one_step_for_each_bound_passed(quantity):
    stairs = units((100, "25"), (1000, "20"), (None, "15"))
    assert cost(of_number(price("STAIR_STEP", *stairs), quantity)) == [25, 45, 60][band_of(quantity)]


@pytest.mark.parametrize("bound", BOUNDS)
def test_b27_tiered_has_no_jump_at_a_bound(bound):
    data = price("TIERED", *BANDS)
    below, above = cost(of_number(data, bound)), cost(of_number(data, bound + TINY))
    assert above - below == TINY * RATES[band_of(bound + TINY)]


@pytest.mark.parametrize(("quantity", "order"), [(100, 1), (100 + TINY, 2), (1000, 2), (1000 + TINY, 3)])
def test_the_detail_line_names_the_band_reached(quantity, order):
    (line,) = of_number(price("TOP_TIERED", *BANDS), quantity).details
    assert line.place.order == order
