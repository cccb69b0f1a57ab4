"""Which rule prices an event: ordered, first match wins, the default last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.rating.comparisons import Comparator, Condition, Expression, Operator
from catalog.rating.parsing import config
from catalog.rating.rules import routing, rules
from catalog.rating.tests.helpers import eur, parse, price
from catalog.rating.types import Config, PricingType
from kit.errors import InvalidField, MissingField


def rule(*conditions: tuple[str, str, tuple[str, ...]], order: int | None = None) -> Config:
    tests = tuple(Condition(name, Comparator(comparator), values) for name, comparator, values in conditions)
    return Config(PricingType.NONE, conditions=tests, order=order)


def conditions_of(*meter_properties: dict) -> dict:
    return price("FLAT", {"amount": eur("1")}, conditions={"meter_properties": list(meter_properties)})


@pytest.mark.parametrize(
    ("comparator", "values", "given_value", "expected"),
    [
        ("EQUALS", ("eu",), "eu", True),
        ("EQUALS", ("eu",), "EU", False),
        ("NOT_EQUALS", ("eu",), "us", True),
        ("NOT_EQUALS", ("eu",), "eu", False),
        ("IN", ("eu", "us"), "us", True),
        ("IN", ("eu", "us"), "asia", False),
        ("NOT_IN", ("eu", "us"), "asia", True),
        ("NOT_IN", ("eu", "us"), "us", False),
    ],
)
def test_a_comparison(comparator, values, given_value, expected):
    assert rules.matches(rule(("region", comparator, values)), {"region": given_value}) is expected


@pytest.mark.parametrize(
    ("comparator", "expected"), [("EQUALS", False), ("IN", False), ("NOT_EQUALS", True), ("NOT_IN", True)]
)
@pytest.mark.parametrize("properties", [{}, {"region": None}])
def test_a_missing_property_equals_nothing(comparator, expected, properties):
    assert rules.matches(rule(("region", comparator, ("eu",))), properties) is expected


def test_every_condition_must_hold():
    both = rule(("region", "EQUALS", ("eu",)), ("tier", "EQUALS", ("gold",)))
    assert rules.matches(both, {"region": "eu", "tier": "gold"})
    assert not rules.matches(both, {"region": "eu", "tier": "iron"})


def test_the_first_match_by_order_wins():
    found = rules.RuleSet(
        [rule(("region", "IN", ("eu",)), order=2), rule(("region", "NOT_IN", ("us",)), order=1)]
    )
    assert found.pick({"region": "eu"}) == 1


def test_the_default_is_tried_last_whatever_its_order():
    found = rules.RuleSet([rule(order=1), rule(("region", "EQUALS", ("eu",)), order=9)])
    assert [found.pick({"region": region}) for region in ("eu", "us")] == [1, 0]


def test_without_order_the_position_decides():
    found = rules.RuleSet([rule(("region", "EQUALS", ("eu",))), rule(("region", "EQUALS", ("eu",)))])
    assert found.pick({"region": "eu"}) == 0


def test_without_a_default_an_event_may_find_no_rule():
    assert rules.RuleSet([rule(("region", "EQUALS", ("eu",)))]).pick({"region": "us"}) is None


def test_a_second_default_is_a_problem():
    (problem,) = rules.RuleSet([rule(order=2), rule(order=1)]).problems(path="items.0.configs")
    assert problem.field == "items.0.configs.0.conditions"


def test_one_default_is_no_problem():
    assert rules.RuleSet([rule(), rule(("region", "EQUALS", ("eu",)))]).problems() == []


NAMES = st.sampled_from(["region", "tier", "model"])
NUMBERS = st.sampled_from(["1", "1.0", "2"])
VALUES = NUMBERS | st.sampled_from(["a", "ab", "c"])
SIZES = [each for each in Comparator if "THAN" in each]
CONDITIONS = st.builds(
    Condition,
    NAMES,
    st.sampled_from([each for each in Comparator if each not in SIZES]),
    st.lists(VALUES, min_size=1, max_size=3).map(tuple),
) | st.builds(
    Condition,
    NAMES,
    st.sampled_from([*SIZES, Comparator.EQUALS, Comparator.NOT_IN]),
    st.lists(NUMBERS, min_size=1, max_size=3).map(tuple),
    st.just(True),
)
EXPRESSIONS = st.recursive(
    CONDITIONS,
    lambda inner: st.builds(
        Expression, st.sampled_from(Operator), st.lists(inner, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=6,
).filter(lambda test: isinstance(test, Expression))
RULES = st.builds(
    lambda conditions, expressions, order: Config(
        PricingType.NONE, conditions=tuple(conditions), expressions=tuple(expressions), order=order
    ),
    st.lists(CONDITIONS, min_size=1, max_size=3),
    st.lists(EXPRESSIONS, max_size=2),
    st.none() | st.integers(0, 5),
)
EVENTS = st.dictionaries(NAMES, VALUES | st.none())


@given(st.lists(RULES, max_size=6), st.lists(EVENTS, max_size=3), st.randoms())
def test_b30_every_event_falls_in_exactly_one_rule(some, events, random):
    configs = [*some, rule()]
    random.shuffle(configs)
    ranks = [
        (each.is_default, place if each.order is None else each.order, place)
        for place, each in enumerate(configs, 1)
    ]
    in_order = [configs[place - 1] for *_, place in sorted(ranks)]
    routes = routing.route(configs, events)
    assert sorted(position for several in routes.values() for position in several) == [*range(len(events))]
    for index, positions in routes.items():
        for position in positions:
            first = next(config for config in in_order if rules.matches(config, events[position]))
            assert configs[index] == first


@given(st.lists(RULES, max_size=6), EVENTS)
def test_b30_without_a_default_an_event_is_unpriced_only_when_nothing_matches(configs, properties):
    picked = rules.RuleSet(configs).pick(properties)
    assert (picked is None) == (not any(rules.matches(config, properties) for config in configs))


@pytest.mark.parametrize(
    "condition",
    [
        {"reference": "region", "comparator": "EQUALS", "value": "eu"},
        {"reference": "region", "id": "mepr_1", "comparator": "EQUALS", "value": "eu"},
        {"meter_property": {"reference": "region"}, "comparator": "EQUALS", "value": "eu"},
    ],
)
def test_a_property_is_named_by_its_reference(condition):
    assert parse(conditions_of(condition)).conditions == (Condition("region", Comparator.EQUALS, ("eu",)),)


def test_a_property_may_be_named_by_its_id():
    read = parse(conditions_of({"id": "mepr_1", "comparator": "IN", "values": ["a", "b"]}))
    assert read.conditions == (Condition("mepr_1", Comparator.IN, ("a", "b")),)


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"comparator": "EQUALS", "value": "eu"}, "reference"),
        ({"reference": "region", "value": "eu"}, "comparator"),
        ({"reference": "region", "comparator": "EQUALS"}, "value"),
        ({"reference": "region", "comparator": "EQUALS", "values": ["eu"]}, "value"),
        ({"reference": "region", "comparator": "IN", "values": []}, "values"),
    ],
)
def test_an_incomplete_condition_is_refused(condition, field):
    with pytest.raises(MissingField) as caught:
        parse(conditions_of(condition))
    assert caught.value.field == f"conditions.meter_properties.0.{field}"


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"reference": "region", "comparator": "LIKE", "value": "eu"}, "comparator"),
        ({"reference": "region", "comparator": "EQUALS", "value": 5}, "value"),
        ({"reference": "region", "comparator": "EQUALS", "value": "e\x00u"}, "value"),
        ({"reference": "region", "comparator": "IN", "values": ["eu", 5]}, "values.1"),
        ({"reference": "region\n", "comparator": "EQUALS", "value": "eu"}, "reference"),
    ],
)
def test_a_malformed_condition_is_refused(condition, field):
    with pytest.raises(InvalidField) as caught:
        config.parse(conditions_of(condition))
    assert caught.value.field == f"conditions.meter_properties.0.{field}"
