"""What the editor of rules is warned of."""

from decimal import Decimal

import pytest
from hypothesis import given, settings

from catalog.rating.parsing import config
from catalog.rating.rules import rule_check, rules
from catalog.rating.tests.helpers import eur, price
from catalog.rating.tests.test_rules import EVENTS, RULES
from catalog.rating.types import Config


def rule(*conditions: tuple[str, str, object]) -> Config:
    entries = [
        {"reference": name, "comparator": comparator, "values" if isinstance(given, list) else "value": given}
        for name, comparator, given in conditions
    ]
    return config.parse(price("FLAT", {"amount": eur("1")}, conditions={"meter_properties": entries}))


def dead(*configs: Config, **enums: list[str]) -> list[str]:
    found = rule_check.warnings(configs, enums=enums)
    return [problem.field for problem in found if "never matches" in problem.message]


def test_rules_that_share_the_events_are_fine():
    assert dead(rule(("region", "EQUALS", "eu")), rule(("region", "EQUALS", "us")), rule()) == []


@pytest.mark.parametrize(
    "conditions",
    [
        [("region", "EQUALS", "eu"), ("region", "EQUALS", "us")],
        [("region", "IN", ["eu"]), ("region", "NOT_EQUALS", "eu")],
        [("size", "GREATER_THAN", "5"), ("size", "LESS_THAN_OR_EQUALS", "5.0")],
        [("region", "CONTAINS", "abc"), ("region", "NOT_CONTAINS", "b")],
        [("region", "EMPTY", None), ("region", "CONTAINS", "b")],
    ],
)
def test_conditions_that_exclude_each_other(conditions):
    assert dead(rule(*conditions), rule()) == ["configs.0.conditions"]


@pytest.mark.parametrize(
    "conditions",
    [
        [("size", "GREATER_THAN", "5"), ("size", "LESS_THAN", "5.1")],
        [("region", "CONTAINS", "ab"), ("region", "NOT_EQUALS", "ab")],
        [("region", "CONTAINS", "ab"), ("region", "CONTAINS", "cd")],
        [("region", "NOT_IN", ["eu", "us"])],
    ],
)
def test_conditions_that_some_event_meets(conditions):
    assert dead(rule(*conditions), rule()) == []


def test_a_rule_that_an_earlier_one_covers():
    assert dead(rule(("region", "IN", ["eu", "us"])), rule(("region", "EQUALS", "us"))) == [
        "configs.1.conditions"
    ]


def test_a_value_that_an_enumeration_does_not_have():
    configs = [rule(("region", "EQUALS", "mars")), rule()]
    assert dead(*configs) == []
    assert dead(*configs, region=["eu", "us"]) == ["configs.0.conditions"]


def test_too_many_combinations_are_not_tried():
    names = [(f"p{index}", "EQUALS", "x") for index in range(20)]
    assert dead(rule(*names, ("p0", "EQUALS", "y"))) == []


def test_values_that_no_rule_names():
    found = rule_check.warnings([rule(("region", "EQUALS", "eu")), rule()], enums={"region": ["eu", "us"]})
    assert [problem.message for problem in found] == [
        "no rule names the value us of region: the default rule prices it"
    ]


def test_the_values_of_properties_no_rule_reads_are_no_matter():
    assert rule_check.warnings([rule()], enums={"region": ["eu", "us"]}) == []


@given(RULES, RULES, EVENTS)
@settings(deadline=None)
def test_a_rule_that_prices_an_event_is_never_called_dead(first, second, event):
    configs = [first, second]
    picked = rules.RuleSet(configs).pick(event)
    if picked is not None:
        assert f"configs.{picked}.conditions" not in dead(*configs)


def test_numbers_far_apart_have_a_number_between_them():
    low, high = ("GREATER_THAN", str(Decimal("1e-12"))), ("LESS_THAN", str(Decimal("2e-12")))
    assert dead(rule(("size", *low), ("size", *high))) == []
