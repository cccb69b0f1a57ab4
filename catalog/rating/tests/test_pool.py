"""Combined volume, another deciding quantity, and lines by property value."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rating import rate
from catalog.rating.explaining import printing, steps
from catalog.rating.rules import pool, split
from catalog.rating.rules.pool import Payer
from catalog.rating.tests.helpers import cost, eur, number, parse, price, units
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State
from kit.errors import InvalidField
from kit.money import EXACT

BANDS = units((100, "0.10"), (1000, "0.08"), (None, "0.05"))
DEARER = units((100, "1"), (1000, "0.80"), (None, "0.50"))


def used(quantity: object, currency: str | None = None) -> Usage:
    return Usage.one_event(Decimal(str(quantity)), currency=currency)


def together(*payers: tuple[dict, object]) -> list[Decimal]:
    return [cost(rated) for rated in pool.rate_pool([Payer(parse(data), used(q)) for data, q in payers])]


def test_the_total_picks_the_band_of_a_volume_price():
    pair = [(price("TOP_TIERED", *BANDS), 60), (price("TOP_TIERED", *DEARER), 50)]
    assert together(*pair) == [Decimal("4.80"), 40]


def test_the_bands_of_a_progressive_price_are_shared_in_proportion():
    """200 units: 100 in each band, of which one rule has a quarter."""
    found = together((price("TIERED", *BANDS), 50), (price("TIERED", *DEARER), 150))
    assert found == [Decimal("25") * Decimal("0.10") + 25 * Decimal("0.08"), 75 + 75 * Decimal("0.80")]


def test_steps_reached_together_are_paid_by_share():
    steps = price("STAIR_STEP", *units((100, "20"), (None, "10")))
    assert together((steps, 50), (steps, 150)) == [Decimal("7.5"), Decimal("22.5")]


def test_fees_of_bands_are_paid_by_share():
    fees = price("TOP_TIERED", {"amount": eur("1"), "fixed_amount": eur("10")})
    assert together((fees, 1), (fees, 4)) == [3, 12]


def test_a_payer_without_units_pays_nothing():
    bounded = price("TOP_TIERED", {"amount": eur("1"), "minimum_number": "5", "fixed_amount": eur("10")})
    assert together((bounded, 0), (bounded, 10)) == [0, 20]
    assert together((bounded, 0), (bounded, -3)) == [0, 0]


def test_included_volume_comes_off_before_the_total_is_made():
    free = price("TOP_TIERED", *BANDS, default_included_volume=number(50))
    assert together((free, 60), (price("TOP_TIERED", *BANDS), 90)) == [1, 9]


def test_the_line_carries_its_share_and_the_quantity_that_decided():
    first, _ = pool.rate_pool([Payer(parse(price("TIERED", *BANDS)), used(q)) for q in (50, 150)])
    line = printing.of(first)[1]
    assert (line["quantity"], line["tiering_meter_value"]) == ("25", {"number": "200"})
    assert line["band"]["volume_share"] == "0.25"
    assert {"type": "TIERING", "quantity": "200", "volume_share": "0.25"}.items() <= steps.of(first)[
        1
    ].items()


def test_another_quantity_decides_the_band():
    data = parse(price("TOP_TIERED", *BANDS))
    (rated,) = pool.rate_pool([Payer(data, used(10), tiering=Decimal(5000))])
    assert cost(rated) == Decimal("0.50")


def test_another_quantity_spreads_the_units_over_its_bands():
    (rated,) = pool.rate_pool([Payer(parse(price("TIERED", *BANDS)), used(20), tiering=Decimal(200))])
    assert cost(rated) == 1 + Decimal("0.8")


def test_a_deciding_quantity_of_zero_leaves_the_lowest_band():
    (rated,) = pool.rate_pool([Payer(parse(price("TIERED", *BANDS)), used(20), tiering=Decimal(0))])
    assert cost(rated) == 2


def test_steps_are_paid_whole_where_nobody_shares_them():
    steps = parse(price("STAIR_STEP", *units((100, "20"), (None, "10"))))
    (rated,) = pool.rate_pool([Payer(steps, used(1), tiering=Decimal(150))])
    assert cost(rated) == 30


def test_numbers_and_amounts_do_not_add_up():
    payers = [Payer(parse({"pricing_type": "NONE"}), used(1, currency)) for currency in (None, "EUR")]
    with pytest.raises(InvalidField):
        pool.rate_pool(payers)


QUANTITIES = st.lists(st.decimals(min_value=-10, max_value=10**9, places=12), min_size=1, max_size=6)
BOUNDS = st.lists(st.decimals(min_value="0.001", max_value=10**6, places=3), max_size=4, unique=True)


def tiered(pricing_type: str, bounds: list[Decimal]) -> Config:
    return parse(price(pricing_type, *units(*((b, "0.07") for b in sorted(bounds)), (None, "0.03"))))


@given(st.sampled_from(["TIERED", "TOP_TIERED"]), BOUNDS, QUANTITIES)
def test_payers_at_one_price_pay_what_one_would_for_all_of_it(pricing_type, bounds, quantities):
    read = tiered(pricing_type, bounds)
    with localcontext(EXACT):
        whole = rate.rate(read, used(sum((max(q, 0) for q in quantities), Decimal(0)))).amount
        shares = pool.rate_pool([Payer(read, used(q)) for q in quantities])
        difference = sum((cost(rated) for rated in shares), Decimal(0)) - whole
    assert abs(difference) < Decimal("1e-20")


@given(st.sampled_from(["TIERED", "TOP_TIERED"]), BOUNDS, QUANTITIES)
def test_the_units_of_each_payer_add_up_exactly(pricing_type, bounds, quantities):
    for rated in pool.rate_pool([Payer(tiered(pricing_type, bounds), used(q)) for q in quantities]):
        with localcontext(EXACT):
            assert sum((line.quantity for line in rated.details), Decimal(0)) == rated.billable
            assert all(line.quantity >= 0 for line in rated.details)


@given(BOUNDS, st.decimals(min_value=0, max_value=10**9, places=12))
def test_alone_in_a_pool_is_as_without_one(bounds, quantity):
    read = tiered("TIERED", bounds)
    (alone,) = pool.rate_pool([Payer(read, used(quantity))])
    assert alone.details == rate.rate(read, used(quantity)).details


def test_units_billed_elsewhere_pick_the_band_and_take_their_share_of_a_fee():
    fees = price("TOP_TIERED", {"amount": eur("1"), "fixed_amount": eur("10")})
    (rated,) = pool.rate_pool([Payer(parse(fees), used(1), others=Decimal(4))])
    assert cost(rated) == 3
    (rated,) = pool.rate_pool([Payer(parse(price("TOP_TIERED", *BANDS)), used(60), others=Decimal(50))])
    assert cost(rated) == Decimal("4.80")


@given(st.sampled_from(["TIERED", "TOP_TIERED"]), BOUNDS, QUANTITIES)
def test_members_billed_apart_pay_together_what_one_would_for_all_of_it(pricing_type, bounds, quantities):
    read = tiered(pricing_type, bounds)
    with localcontext(EXACT):
        units_of = [max(quantity, Decimal(0)) for quantity in quantities]
        total = sum(units_of, Decimal(0))
        apart = [pool.rate_pool([Payer(read, used(q), others=total - q)])[0] for q in units_of]
        difference = sum(map(cost, apart), Decimal(0)) - rate.rate(read, used(total)).amount
    assert abs(difference) < Decimal("1e-20")


SPLIT = {"meter_properties": [{"reference": "engine"}]}


def test_each_value_has_its_line_in_one_order():
    read = parse(price("FLAT", {"amount": eur("1")}, split_pricing=SPLIT))
    keys = [{"engine": "b"}, {}, {"engine": "a", "x": "1"}, {"engine": "b", "x": "2"}, {"engine": "10"}]
    found = split.by_value(read, keys)
    assert [value.values for value in found] == [("10",), ("a",), ("b",), (None,)]
    assert [value.positions for value in found] == [(4,), (2,), (0, 3), (1,)]


def test_numbers_are_one_value_however_written_and_sort_by_size():
    entry = {"meter_property": {"reference": "size", "type": "NUMBER"}}
    read = parse(price("FLAT", {"amount": eur("1")}, split_pricing={"meter_properties": [entry]}))
    found = split.by_value(read, [{"size": size} for size in ("10", "9.0", "9", "1e1", "1e999999", "x")])
    assert [value.values[0] for value in found] == ["9", "10", "1E+999999", "x"]
    assert found[0].positions == (1, 2)


def test_numbers_are_one_value_only_where_all_their_digits_are_the_same():
    entry = {"meter_property": {"reference": "size", "type": "NUMBER"}}
    read = parse(price("FLAT", {"amount": eur("1")}, split_pricing={"meter_properties": [entry]}))
    long = "1" * 150
    found = split.by_value(read, [{"size": size} for size in (f"{long}1", f"{long}2", f"{long}1.0")])
    assert [value.positions for value in found] == [(0, 2), (1,)]


def test_a_rule_by_itself_has_its_bands_decided_by_its_own_quantity_or_by_another():
    read = parse(price("TOP_TIERED", *BANDS))
    own, by_another = pool.rate_alone(read, used(10)), pool.rate_alone(read, used(10), deciding=Decimal(500))
    assert cost(own) == cost(rate.rate(read, used(10))) and own.tiering is None
    assert cost(by_another) == cost(rate.rate(read, used(500))) / 50


def rate_split(config, usages, *, state=FRESH):
    """One rule value by value, as ``routing`` does it."""
    states = pool.split_state(config, usages, state)
    return pool.rate_pool([Payer(config, each, part) for each, part in zip(usages, states, strict=True)])


def test_split_lines_share_the_price_of_the_whole_and_its_included_volume():
    read = parse(price("TOP_TIERED", *BANDS, default_included_volume=number(100), split_pricing=SPLIT))
    lines = rate_split(read, [used(300), used(100)])
    assert [cost(line) for line in lines] == [Decimal("18"), Decimal("6")]
    assert [line.included for line in lines] == [75, 25]


@given(BOUNDS, QUANTITIES, st.decimals(min_value=0, max_value=1000, places=12))
def test_splitting_takes_the_included_volume_once(bounds, quantities, available):
    lines = rate_split(tiered("TIERED", bounds), list(map(used, quantities)), state=State(available))
    with localcontext(EXACT):
        total = sum((max(quantity, 0) for quantity in quantities), Decimal(0))
        taken = sum((line.included for line in lines), Decimal(0))
    assert abs(taken - min(total, available)) < Decimal("1e-20")
