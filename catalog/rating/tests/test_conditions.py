"""Comparisons and expressions on the properties of one event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rating.comparisons import Condition, Expression
from catalog.rating.parsing import config
from catalog.rating.rules import rules
from catalog.rating.rules.conditions import holds
from catalog.rating.tests.helpers import eur, parse, price
from catalog.rating.types import Config
from kit.errors import InvalidField, MissingField

NUMBERS = frozenset({"size"})


def one(comparator: str, *values: str, name: str = "region", numbers: frozenset[str] = NUMBERS) -> Condition:
    given_values = {"value": values[0]} if len(values) == 1 and "IN" not in comparator.split("_") else {}
    entry = {"reference": name, "comparator": comparator, **(given_values or {"values": list(values)})}
    data = price("FLAT", {"amount": eur("1")}, conditions={"meter_properties": [entry]})
    (condition,) = config.parse(data, numbers=numbers).conditions
    return condition


def nested(operator: str, *operands: dict) -> dict:
    return {"operator": operator, "operands": list(operands)}


def is_(value: str, name: str = "region") -> dict:
    return {"meter_property": {"reference": name, "comparator": "EQUALS", "value": value}}


def of(expression: dict) -> Config:
    return parse(price("FLAT", {"amount": eur("1")}, conditions={"expression": expression}))


@pytest.mark.parametrize(
    ("comparator", "values", "value", "expected"),
    [
        ("EMPTY", (), "", True),
        ("EMPTY", (), None, True),
        ("EMPTY", (), " ", False),
        ("NOT_EMPTY", (), "eu", True),
        ("NOT_EMPTY", (), None, False),
        ("CONTAINS", ("west",), "eu-west-1", True),
        ("CONTAINS", ("WEST",), "eu-west-1", False),
        ("CONTAINS", ("asia", "west"), "eu-west-1", True),
        ("CONTAINS", ("west",), None, False),
        ("NOT_CONTAINS", ("west",), "eu-west-1", False),
        ("NOT_CONTAINS", ("asia", "west"), "eu-west-1", False),
        ("NOT_CONTAINS", ("west",), None, True),
        ("GREATER_THAN", ("5",), "5", False),
        ("GREATER_THAN", ("5",), "5.000000000001", True),
        ("GREATER_THAN", ("5",), "10", True),
        ("GREATER_THAN_OR_EQUALS", ("5",), "5.0", True),
        ("LESS_THAN", ("5",), "-1e3", True),
        ("LESS_THAN", ("5",), "5", False),
        ("LESS_THAN_OR_EQUALS", ("5",), "5.00", True),
        ("LESS_THAN_OR_EQUALS", ("5",), None, False),
        ("GREATER_THAN", ("5",), "many", False),
        ("LESS_THAN", ("5",), "NaN", False),
        ("LESS_THAN", ("5",), "1_0", False),
    ],
)
def test_a_comparison(comparator, values, value, expected):
    assert holds(one(comparator, *values), {"region": value}) is expected


@pytest.mark.parametrize(
    ("comparator", "values", "value", "expected"),
    [
        ("EQUALS", ("1",), "1.0", True),
        ("EQUALS", ("1.0",), "1", True),
        ("EQUALS", ("1",), "1e0", True),
        ("EQUALS", ("1",), "one", False),
        ("NOT_EQUALS", ("1",), "1.0", False),
        ("NOT_EQUALS", ("1",), "one", True),
        ("IN", ("1", "2"), "2.00", True),
        ("NOT_IN", ("1", "2"), "2.00", False),
        ("NOT_IN", ("1", "2"), "1e999999999", True),
    ],
)
def test_numbers_compare_as_numbers(comparator, values, value, expected):
    assert holds(one(comparator, *values, name="size"), {"size": value}) is expected


def test_texts_that_look_like_numbers_stay_texts():
    assert not holds(one("EQUALS", "1", name="zip"), {"zip": "01"})


def test_a_property_shown_as_a_number_is_one():
    entry = {
        "meter_property": {"reference": "size", "type": "NUMBER"},
        "comparator": "EQUALS",
        "value": "1",
    }
    read = parse(price("FLAT", {"amount": eur("1")}, conditions={"meter_properties": [entry]}))
    assert rules.matches(read, {"size": "1.0"})


OPPOSITES = [("EQUALS", "NOT_EQUALS"), ("IN", "NOT_IN"), ("CONTAINS", "NOT_CONTAINS"), ("EMPTY", "NOT_EMPTY")]


@given(
    st.sampled_from(OPPOSITES),
    st.sampled_from(["region", "size"]),
    st.none() | st.sampled_from(["", "1", "1.0", "12"]),
)
def test_a_negative_comparator_is_the_opposite_of_its_positive(pair, name, value):
    found = [holds(one(comparator, "1", name=name), {name: value}) for comparator in pair]
    assert found[0] is not found[1]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("AND", [False, False, False, True]),
        ("OR", [False, True, True, True]),
        ("XOR", [False, True, True, False]),
    ],
)
def test_operators_combine_their_operands(operator, expected):
    read = of(nested(operator, is_("eu"), is_("gold", "tier")))
    events = [{"region": region, "tier": tier} for region in ("us", "eu") for tier in ("iron", "gold")]
    assert [rules.matches(read, event) for event in events] == expected


def test_xor_of_three_wants_exactly_one():
    read = of(nested("XOR", is_("1", "a"), is_("1", "b"), is_("1", "c")))
    assert [rules.matches(read, dict.fromkeys("abc"[:count], "1")) for count in range(4)] == [
        False,
        True,
        False,
        False,
    ]


def test_expressions_nest():
    read = of(nested("OR", is_("eu"), {"expression": nested("AND", is_("us"), is_("gold", "tier"))}))
    assert rules.matches(read, {"region": "us", "tier": "gold"})
    assert not rules.matches(read, {"region": "us", "tier": "iron"})


def test_conditions_expression_and_configs_must_all_hold():
    conditions = {
        "meter_properties": [is_("eu")["meter_property"]],
        "expression": nested("OR", is_("gold", "tier")),
        "configs": [{"meter_properties": [is_("x", "model")["meter_property"]]}],
    }
    read = parse(price("FLAT", {"amount": eur("1")}, conditions=conditions))
    event = {"region": "eu", "tier": "gold", "model": "x"}
    assert rules.matches(read, event)
    assert not any(rules.matches(read, {**event, name: "other"}) for name in event)


def deep(levels: int) -> dict:
    expression = nested("AND", is_("eu"))
    for _ in range(levels - 1):
        expression = nested("AND", {"expression": expression})
    return expression


def test_nesting_has_a_limit():
    assert isinstance(of(deep(9)).expressions[0], Expression)
    with pytest.raises(InvalidField, match="deeper"):
        of(deep(11))
    with pytest.raises(InvalidField, match="deeper"):
        of(deep(400))


@pytest.mark.parametrize(
    ("expression", "field"),
    [
        ({"operands": [is_("eu")]}, "operator"),
        ({"operator": "OR"}, "operands"),
        (nested("OR", {"meter_property": {"reference": "a", "comparator": "EQUALS"}}), None),
    ],
)
def test_an_incomplete_expression_is_refused(expression, field):
    with pytest.raises(MissingField) as caught:
        of(expression)
    assert caught.value.field == f"conditions.expression.{field or 'operands.0.meter_property.value'}"


@pytest.mark.parametrize(
    ("expression", "field"),
    [
        (nested("NAND", is_("eu")), "operator"),
        (nested("OR", {}), "operands.0"),
        (nested("OR", {**is_("eu"), "expression": deep(1)}), "operands.0"),
    ],
)
def test_a_malformed_expression_is_refused(expression, field):
    with pytest.raises(InvalidField) as caught:
        of(expression)
    assert caught.value.field == f"conditions.expression.{field}"


@pytest.mark.parametrize(
    ("comparator", "values", "name"),
    [("GREATER_THAN", ("many",), "region"), ("EQUALS", ("one",), "size"), ("IN", ("1", "x"), "size")],
)
def test_a_number_is_compared_with_numbers_only(comparator, values, name):
    with pytest.raises(InvalidField, match="number"):
        one(comparator, *values, name=name)


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_part_is_refused(value):
    entry = {"reference": "region", "comparator": "CONTAINS", "value": value}
    with pytest.raises(MissingField):
        parse(price("FLAT", {"amount": eur("1")}, conditions={"meter_properties": [entry]}))


def test_a_rule_says_which_properties_it_reads():
    data = price(
        "TIERED",
        {"amount": eur("1")},
        conditions={"expression": nested("OR", is_("eu"), {"expression": nested("AND", is_("1", "b"))})},
        tiering_conditions={"expression": nested("OR", is_("1", "c"))},
        split_pricing={"meter_properties": [{"reference": "a"}]},
    )
    assert rules.properties_of(parse(data)) == ("a", "b", "c", "region")


def test_properties_named_by_id_can_be_called_by_reference():
    data = price(
        "TIERED",
        {"amount": eur("1")},
        conditions={"expression": nested("OR", is_("eu", "metp_1"), is_("1", "b"))},
        tiering_conditions={"expression": nested("OR", is_("1", "metp_2"))},
        split_pricing={"meter_properties": [{"reference": "metp_1"}]},
    )
    read = rules.renamed(parse(data), {"metp_1": "region", "metp_2": "tier"})
    assert rules.properties_of(read) == ("b", "region", "tier")
    assert rules.matches(read, {"region": "eu"})
