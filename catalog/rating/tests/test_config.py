"""What a config may say, and the field that each illegal one is refused for."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.rating.parsing import config
from catalog.rating.tests.helpers import amount, eur, number, parse, percents, price, units
from catalog.rating.types import ValueType
from kit.errors import InvalidField, MissingField

USD = {"quantity": "1", "currency": "USD"}
OPEN = {"amount": eur("1")}
TO_TEN = {**OPEN, "tier_top_bound": number(10)}


def flat(**band: Any) -> dict[str, Any]:
    return price("FLAT", band)


ILLEGAL = [
    ([], None),
    ("FLAT", None),
    ({"pricing_type": "CHEAP"}, "pricing_type"),
    ({"pricing_type": ["FLAT"]}, "pricing_type"),
    ({"pricing_type": "FLAT", "type": "FIXED"}, "type"),
    ({"pricing_type": "FLAT", "bands": {}}, "bands"),
    ({"pricing_type": "FLAT", "bands": [1]}, "bands.0"),
    (price("FLAT", OPEN, OPEN), "bands"),
    (price("FIXED", TO_TEN, OPEN), "bands"),
    (price("NONE", OPEN), "bands.0.amount"),
    (price("PASS_THROUGH", {"percentage": "1"}), "bands.0.percentage"),
    (flat(amount="1"), "bands.0.amount"),
    (flat(amount=eur("x")), "bands.0.amount.quantity"),
    (flat(amount=eur("-1")), "bands.0.amount.quantity"),
    (flat(amount=eur("NaN")), "bands.0.amount.quantity"),
    (flat(amount=eur("Infinity")), "bands.0.amount.quantity"),
    (flat(amount=eur("1e999999")), "bands.0.amount.quantity"),
    (flat(amount=eur("0.0000000000001")), "bands.0.amount.quantity"),
    (flat(amount=eur("1" + "0" * 40)), "bands.0.amount.quantity"),
    (flat(amount={"quantity": 1.5, "currency": "EUR"}), "bands.0.amount.quantity"),
    (flat(amount={"quantity": True, "currency": "EUR"}), "bands.0.amount.quantity"),
    (flat(amount={"quantity": "1", "currency": "EURO"}), "bands.0.amount.currency"),
    (flat(amount={"quantity": "1", "currency": ["EUR"]}), "bands.0.amount.currency"),
    (flat(amount=eur("1"), fixed_amount=USD), "bands.0.fixed_amount.currency"),
    (flat(amount=eur("1"), percentage="2"), "bands.0.percentage"),
    (flat(percentage="-2"), "bands.0.percentage"),
    (flat(percentage="two"), "bands.0.percentage"),
    (flat(percentage="2", block_size=number(5)), "bands.0.block_size"),
    (flat(amount=eur("1"), block_size=number(0)), "bands.0.block_size"),
    (flat(amount=eur("1"), block_size=number(-5)), "bands.0.block_size.number"),
    (flat(amount=eur("1"), block_size={**number(5), **amount(5)}), "bands.0.block_size"),
    (flat(amount=eur("1"), block_size=number(5), block_rounding="DOWN"), "bands.0.block_rounding"),
    (flat(amount=eur("1"), minimum_amount=eur("1")), "bands.0.minimum_amount"),
    (flat(percentage="1", minimum_amount=eur("2"), maximum_amount=eur("1")), "bands.0.minimum_amount"),
    (flat(percentage="1", maximum_amount=eur("1"), minimum_amount=USD), "bands.0.maximum_amount.currency"),
    (flat(percentage="1", minimum_number="1"), "bands.0.minimum_number"),
    (flat(amount=eur("1"), minimum_number="2", maximum_number="1"), "bands.0.minimum_number"),
    (flat(amount=eur("1"), tier_top_bound=number(10)), "bands.0.tier_top_bound"),
    (price("TIERED", TO_TEN), "bands.0.tier_top_bound"),
    (price("TIERED", TO_TEN, TO_TEN, OPEN), "bands.1.tier_top_bound"),
    (price("TIERED", {**OPEN, "tier_top_bound": number(0)}, OPEN), "bands.0.tier_top_bound"),
    (price("TIERED", {**OPEN, "tier_top_bound": number("-1")}, OPEN), "bands.0.tier_top_bound.number"),
    (price("TIERED", {"percentage": "1", "tier_top_bound": number(10)}, OPEN), "bands.0.percentage"),
    (price("TIERED", {**OPEN, "tier_top_bound": amount(10)}, OPEN), "bands.0.amount"),
    (price("TIERED", {**TO_TEN, "percentage": None}, {"percentage": "1"}), "bands.1.percentage"),
    (price("TIERED", {"percentage": "1", "minimum_amount": eur("1")}), "bands.0.minimum_amount"),
    (price("FIXED", {"amount": eur("1"), "fixed_amount": eur("1")}), "bands.0.fixed_amount"),
    (price("FIXED", {"percentage": "1"}), "bands.0.percentage"),
    (price("STAIR_STEP", {"amount": eur("1"), "block_size": number(5)}), "bands.0.block_size"),
    (price("FIXED", OPEN, default_included_volume=number(5)), "default_included_volume"),
    (price("FLAT", OPEN, default_included_volume=number(-5)), "default_included_volume.number"),
    (price("FLAT", OPEN, default_included_volume=amount(5)), "default_included_volume.amount"),
    (
        price("FLAT", OPEN, default_included_volume={**number(5), "reset_type": "DAILY"}),
        "default_included_volume.reset_type",
    ),
    (price("FLAT", OPEN, order="1"), "order"),
    (price("FLAT", OPEN, order=-1), "order"),
    (price("FLAT", OPEN, order=True), "order"),
    (price("FLAT", OPEN, on_demand="yes"), "on_demand"),
    (price("FLAT", OPEN, conditions=[]), "conditions"),
    (price("FLAT", OPEN, conditions={"meter_properties": {}}), "conditions.meter_properties"),
    (price("FLAT", OPEN, details={"pricing_type": "FIXED"}), "details.pricing_type"),
    (price("FLAT", OPEN, details={"bands": [{"amount": eur("2")}]}), "details.bands"),
]
MISSING = [
    ({}, "pricing_type"),
    ({"pricing_type": "FLAT"}, "bands"),
    (price("TIERED"), "bands"),
    (flat(), "bands.0.amount"),
    (price("FIXED", {}), "bands.0.amount"),
    (flat(amount={"currency": "EUR"}), "bands.0.amount.quantity"),
    (flat(amount={"quantity": "1"}), "bands.0.amount.currency"),
    (flat(amount=eur("1"), block_size={}), "bands.0.block_size.number"),
    (price("TIERED", OPEN, OPEN), "bands.0.tier_top_bound"),
]


@pytest.mark.parametrize(("data", "field"), ILLEGAL)
def test_an_illegal_price_is_refused_by_its_field(data, field):
    with pytest.raises(InvalidField) as caught:
        config.parse(data)
    assert caught.value.field == field


@pytest.mark.parametrize(("data", "field"), MISSING)
def test_a_missing_part_is_named(data, field):
    with pytest.raises(MissingField) as caught:
        config.parse(data)
    assert caught.value.field == field


def test_fields_carry_the_path_of_the_enclosing_object():
    with pytest.raises(InvalidField) as caught:
        config.parse(flat(amount=eur("x")), path="items.0.configs.1")
    assert caught.value.field == "items.0.configs.1.bands.0.amount.quantity"


def test_too_many_bands_are_refused():
    with pytest.raises(InvalidField) as caught:
        parse(price("TIERED", *units(*((bound, "1") for bound in range(1, 500)))))
    assert caught.value.field == "bands"


@pytest.mark.parametrize(
    "names", [{"type": "FLAT"}, {"pricing_type": "FLAT"}, {"type": "FLAT", "pricing_type": "FLAT"}]
)
def test_both_names_of_the_pricing_type_are_read(names):
    assert parse({**names, "bands": [OPEN]}).pricing_type == "FLAT"


def test_the_mirror_of_newer_clients_is_read():
    mirrored = {"details": {"pricing_type": "FLAT", "bands": [OPEN]}}
    assert parse(mirrored) == parse(price("FLAT", OPEN)) == parse({**mirrored, **price("FLAT", OPEN)})


def test_null_is_the_same_as_absent():
    band = {"amount": eur("1"), "percentage": None, "tier_top_bound": None, "block_size": None}
    assert parse(price("FLAT", band, conditions=None, order=None, top_up=None)) == parse(price("FLAT", OPEN))


def test_unknown_fields_are_ignored():
    assert parse(price("FLAT", {**OPEN, "color": "red"}, mood=1)) == parse(price("FLAT", OPEN))


def test_numbers_may_be_json_integers_or_decimals():
    band = {"amount": {"quantity": 1, "currency": "EUR"}, "block_size": {"number": Decimal("2.5")}}
    (read,) = parse(price("FLAT", band)).bands
    assert read.price is not None
    assert (read.price.amount, read.price.size) == (1, Decimal("2.5"))


@pytest.mark.parametrize(
    ("data", "value_type", "currency"),
    [
        (price("FLAT", OPEN), ValueType.NUMBER, "EUR"),
        (price("FLAT", {"percentage": "1"}), ValueType.AMOUNT, None),
        (price("TIERED", *percents((10, "1"), (None, "2"))), ValueType.AMOUNT, "EUR"),
        (price("FIXED", OPEN), None, "EUR"),
        ({"pricing_type": "PASS_THROUGH"}, ValueType.AMOUNT, None),
        ({"pricing_type": "NONE", "bands": [{}]}, None, None),
    ],
)
def test_a_config_knows_what_it_prices_and_in_which_currency(data, value_type, currency):
    read = parse(data)
    assert (read.value_type, read.currency) == (value_type, currency)


def test_a_band_starts_where_the_one_before_ends():
    places = parse(price("TIERED", *units((10, "1"), (20, "2"), (None, "3")))).places
    assert [(place.order, place.lower_bound) for place in places] == [(1, 0), (2, 10), (3, 20)]


def test_limits_may_meet():
    fees = flat(percentage="1", minimum_amount=eur("2"), maximum_amount=eur("2"))
    numbers = flat(amount=eur("1"), minimum_number="5", maximum_number="5")
    assert (parse(fees).bands[0].price.floor, parse(numbers).bands[0].minimum_number) == (2, 5)
