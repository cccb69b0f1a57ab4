"""Usage that is told rule by rule is rated as usage that was routed to the rules."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billing.calc import by_rule, usage_charges
from billing.calc.tests.cast import Summed, fixed, flat, item, money, tiered, where
from catalog.rating.parsing import config
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from kit.money import total

QUANTITIES = st.lists(st.decimals(0, 10**6, places=2), min_size=3, max_size=3)
NAMES = ("eu", "us", "other")


def shared(price: str, dear: str, **extra: Any) -> Config:
    bands = [{"amount": money(dear), "tier_top_bound": {"number": "1000"}}, {"amount": money(price)}]
    return config.parse({"pricing_type": "TIERED", "bands": bands, "volume_group_reference": "all", **extra})


@given(QUANTITIES, st.booleans(), st.none() | QUANTITIES)
def test_told_usage_costs_what_the_same_usage_costs_by_its_properties(
    quantities: list[Decimal], pooled: bool, deciding: list[Decimal] | None
) -> None:
    rules = [
        shared("0.02", "0.05", conditions=where("region", "eu"))
        if pooled
        else flat("0.1", conditions=where("region", "eu")),
        flat("0.2", conditions=where("region", "us")),
        shared("0.01", "0.03") if pooled else tiered(("1000", "0.5"), (None, "0.1")),
    ]
    rows = tuple(({"region": name}, quantity) for name, quantity in zip(NAMES, quantities, strict=True))
    routed = item(*rules, usage=Summed(rows))
    asked = {
        rule.config_id: Usage.one_event(quantity)
        for rule, quantity in zip(routed.rules, quantities, strict=True)
    }
    decides: dict[str, Usage] = {}
    if deciding is not None:
        others = tuple(({"region": name}, each) for name, each in zip(NAMES, deciding, strict=True))
        routed = replace(routed, tiering_usage=Summed(others))
        decides = {
            rule.config_id: Usage.one_event(each) for rule, each in zip(routed.rules, deciding, strict=True)
        }
    rates = by_rule.rates(by_rule.told(routed, asked, deciding=decides))
    assert list(rates) == [rule.config_id for rule in routed.rules]
    assert total(each.amount for each in rates.values()) == usage_charges.amount(routed)
    assert [each.usage.quantity for each in rates.values()] == quantities


def test_a_rule_that_is_not_told_of_has_no_usage_and_a_fee_is_charged_once() -> None:
    priced = item(flat("2", conditions=where("region", "eu")), fixed("49"), usage=Summed())
    first, fee = (rule.config_id for rule in priced.rules)
    rates = by_rule.rates(by_rule.told(priced, {}))
    assert rates[first].amount == 0 and rates[fee].amount == 49
