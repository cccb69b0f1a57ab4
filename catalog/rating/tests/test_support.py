"""What may be stored but does not rate, or cannot be billed, yet: listed for activation by field."""

from decimal import Decimal

import pytest

from catalog.rating import rate, support
from catalog.rating.parsing import config
from catalog.rating.tests.helpers import eur, number, parse, price
from catalog.rating.types import ValueType
from catalog.rating.usage import Usage
from kit.errors import InvalidField

OPEN = {"amount": eur("1")}
CREDITS = {"credits": {"quantity": "2", "credit_type_id": "crty_1"}}
CONDITION = {"reference": "region", "comparator": "GREATER_THAN", "value": "5"}
EXPRESSION = {"operator": "OR", "operands": [{"meter_property": CONDITION}]}
SPLIT = {"meter_properties": [{"id": "mepr_1"}]}
FLOOR = {"percentage": "1", "minimum_amount": eur("1")}

KEEP = {"top_up": {"rollover": True}}

UNRATED = [
    (price("FLAT", OPEN, top_up={"rollover": True}), "top_up"),
    (price("FIXED", OPEN, split_pricing=SPLIT), "split_pricing"),
    (price("FLAT_TOP_UP", OPEN, volume_group_reference="pool"), "volume_group_reference"),
    (price("FLAT_TOP_UP", OPEN, tiering_conditions={"expression": EXPRESSION}), "tiering_conditions"),
    (price("FLAT", CREDITS), "bands.0.credits"),
    (price("FIXED", CREDITS), "bands.0.credits"),
    (price("FLAT", {**OPEN, "block_size": {"count": "5"}}), "bands.0.block_size.count"),
    (price("FLAT", OPEN, default_included_volume={"count": "5"}), "default_included_volume.count"),
]
UNBILLED = [
    (price("FLAT", OPEN, wallet_grants=[{"wallet_type_id": "waty_1"}]), "wallet_grants"),
    (price("FLAT_TOP_UP", {"amount": eur("0.0049"), "block_size": number(9)}, **KEEP), "bands.0"),
    (price("STAIR_STEP_TOP_UP", {"amount": eur("0.001")}, **KEEP), "bands.0"),
    (price("FLAT", OPEN, conditions={"configs": [{"id": "pico_1"}]}), "conditions.configs.0.id"),
]


@pytest.mark.parametrize(("data", "field"), UNRATED + UNBILLED)
def test_it_is_stored_and_listed_by_its_field(data, field):
    found = support.unsupported(config.parse(data, path="configs.0"))
    assert f"configs.0.{field}" in [problem.field for problem in found]


@pytest.mark.parametrize(
    ("bundle", "currency", "extra"),
    [
        ("0.005", "EUR", KEEP),
        ("0", "EUR", KEEP),
        ("0.0005", "KWD", KEEP),
        ("0.00005", "CLF", KEEP),
        ("0.5", "JPY", KEEP),
        ("0.0049", "EUR", {}),
    ],
)
def test_b25_a_bundle_that_is_kept_is_paid_with_money_or_meant_to_be_free(bundle, currency, extra):
    """A little less than half a minor unit would buy units for nothing, unless none are kept."""
    less = max(Decimal(bundle) - Decimal("0.000000000001"), Decimal(0))
    for quantity, refused in ((bundle, False), (str(less), bool(extra) and less > 0)):
        band = {"amount": {"quantity": quantity, "currency": currency}, "block_size": number(10)}
        assert bool(support.unsupported(parse(price("FLAT_TOP_UP", band, **extra)))) is refused


@pytest.mark.parametrize(("data", "field"), UNRATED)
def test_rating_refuses_what_does_not_rate_in_the_same_words(data, field):
    read = parse(data)
    with pytest.raises(InvalidField) as caught:
        rate.rate(read, Usage(Decimal(1)))
    assert (caught.value.field, caught.value.message) == (field, support.unsupported(read)[0].message)


@pytest.mark.parametrize(("data", "field"), UNBILLED)
def test_what_no_invoice_can_bill_yet_rates_all_the_same(data, field):
    assert rate.rate(parse(data), Usage.one_event(Decimal(1))).amount >= 0


def test_everything_unsupported_is_listed_at_once():
    data = price("FIXED", CREDITS, split_pricing=SPLIT, wallet_grants=[{"wallet_type_id": "waty_1"}])
    fields = [problem.field for problem in support.unsupported(parse(data))]
    assert fields == ["bands.0.credits", "split_pricing", "wallet_grants"]


@pytest.mark.parametrize(
    "fields",
    [
        {"on_demand": True},
        {"wallet_grants": []},
        {"volume_group_reference": ""},
        {"volume_group_reference": "pool"},
        {"split_pricing": {"meter_properties": []}},
        {"split_pricing": SPLIT},
        {"conditions": {"name": "all", "meter_properties": []}},
        {"default_included_volume": {**number(5), "reset_type": "PERIOD"}},
        {"default_included_volume": {**number(5), "reset_type": "NEVER"}},
        {"conditions": {"meter_properties": [CONDITION]}},
        {"conditions": {"expression": EXPRESSION}},
        {"tiering_conditions": {"expression": EXPRESSION}},
        {"conditions": {"configs": [{"meter_properties": [CONDITION]}]}},
        {"default_seats_value": number(5), "billing_in_advance": True},
    ],
)
def test_what_changes_nothing_is_supported(fields):
    assert support.unsupported(parse(price("FLAT", OPEN, **fields))) == []


def test_activation_learns_which_values_a_price_cannot_take():
    per_unit = parse(price("FLAT", OPEN))
    assert support.mismatches(per_unit, ValueType.NUMBER, None) == []
    (problem,) = support.mismatches(per_unit, ValueType.AMOUNT, None)
    assert "NUMBER" in problem.message


def test_a_fixed_price_takes_any_value():
    assert support.mismatches(parse(price("FIXED", OPEN)), ValueType.AMOUNT, "USD") == []
