"""What activation asks of one list of rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import ModelType, ProductItem
from catalog.rating import support
from catalog.rating.comparisons import Comparator, Condition
from catalog.rating.parsing import config as rating_config
from catalog.rating.parsing import config_conditions
from catalog.rating.parsing.reading import Fields
from catalog.rating.rules.conditions import BY_SIZE
from catalog.rating.rules.rules import RuleSet
from catalog.rating.types import Config, PricingType, Problem, ValueType
from catalog.services.activation_choices import Choice
from catalog.services.activation_facts import Facts, calculations, value_type_of
from catalog.services.tree_links import property_entries
from kit.errors import InvalidRequest
from metering.models import MeterProperty, PropertyType

ON_DEMAND = (ModelType.RECURRING, ModelType.ONE_OFF)
CONVERTED = (ModelType.RECURRING, ModelType.PER_SEAT)
WHOLE_VALUES = (Comparator.EQUALS, Comparator.NOT_EQUALS, Comparator.IN, Comparator.NOT_IN)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is stored, as it is rated, and its path."""

    path: str
    body: Mapping[str, Any]
    config: Config


def of_choice(choice: Choice, items: Sequence[ProductItem], facts: Facts) -> Iterator[Problem]:
    """Is each rule complete, of the items' kind of value, in one currency, and reachable?"""
    read, numbers = [], facts.numbers(items)
    for index, body in enumerate(choice.bodies):
        path = f"{choice.at}.{index}"
        try:
            config = rating_config.parse(body, path=path, numbers=numbers)
        except InvalidRequest as error:
            yield Problem(error.field or path, error.message)
            continue
        rule = Rule(path, body, config)
        read.append(rule)
        yield from _of_value(config, items[0], path)
        yield from _of_one(rule, items[0].model_type, choice, facts)
        yield from _of_carrying(config, items, path)
        yield from of_properties(body, items, path, facts)
    yield from _together(read, items[0].model_type, choice, facts)


def of_told(rules: Sequence[Rule], model_type: str | None) -> Iterator[Problem]:
    """The same of rules that stand by themselves, as far as it can be said without what they price.

    ``model_type`` is that of the item they would be for; None where nobody says.
    """
    facts, choice = Facts(), Choice(rules[0].path.rpartition(".")[0], ())
    for rule in rules:
        yield from _of_one(rule, model_type, choice, facts)
    yield from _together(rules, model_type, choice, facts)


def _of_one(rule: Rule, model_type: str | None, choice: Choice, facts: Facts) -> Iterator[Problem]:
    yield from support.unsupported(rule.config)
    yield from _of_seats(rule, choice.currency, facts)
    yield from _of_demand(rule, model_type)


def _together(
    rules: Sequence[Rule], model_type: str | None, choice: Choice, facts: Facts
) -> Iterator[Problem]:
    """Can these be the rules of one item?"""
    if model_type not in CONVERTED:
        usage = [each for each in rules if each.config.pricing_type is not PricingType.FIXED]
        yield from _of_periods(usage, choice, facts)
    yield from _of_currencies(rules, choice, facts)
    yield from RuleSet([each.config for each in rules]).problems(path=choice.at)


def _of_value(config: Config, item: ProductItem, path: str) -> Iterator[Problem]:
    value_type = value_type_of(item)
    if value_type is None:
        return
    for problem in support.mismatches(config, value_type, None):
        yield Problem(f"{path}.bands", problem.message)


def _of_currencies(rules: Sequence[Rule], choice: Choice, facts: Facts) -> Iterator[Problem]:
    """The rules of a list are in one currency: that which it is for, one of the version's."""
    wanted = choice.currency
    for rule in rules:
        currency, path = rule.config.currency, f"{rule.path}.bands"
        if currency is None:
            continue
        if wanted is not None and currency != wanted:
            yield Problem(path, f"the price is in {currency}, not in {wanted} as those beside it")
        elif facts.currencies and currency not in facts.currencies + facts.beside:
            allowed = ", ".join(facts.currencies)
            yield Problem(path, f"the price is in {currency}, the version in {allowed}")
        wanted = wanted or currency
        facts.used.setdefault(currency)


def _of_seats(rule: Rule, currency: str | None, facts: Facts) -> Iterator[Problem]:
    """Seats are a number; an amount in the currency of the price where that is of money."""
    seats, at, config = rule.body.get("default_seats_value"), f"{rule.path}.default_seats_value", rule.config
    if not seats:
        return
    wanted = "amount" if config.value_type is ValueType.AMOUNT else "number"
    if seats.get(wanted) is None:
        yield Problem(f"{at}.{wanted}", f"the price of these seats is for a {wanted}")
    elif wanted == "amount":
        own = seats["amount"]["currency"]
        known = {config.currency or currency} - {None} or set(facts.currencies)
        if known - {own}:
            yield Problem(f"{at}.amount.currency", "must be in the currency of the price")
        facts.used.setdefault(own)


def _of_demand(rule: Rule, model_type: str | None) -> Iterator[Problem]:
    """What is charged when someone asks for it has a price of its own: it counts neither usage nor seats."""
    if rule.body.get("on_demand") and model_type is not None and model_type not in ON_DEMAND:
        message = f"an item of model type {model_type} cannot be charged on demand"
        yield Problem(f"{rule.path}.on_demand", message)


def _of_carrying(config: Config, items: Sequence[ProductItem], path: str) -> Iterator[Problem]:
    """A total that runs on is billed in full each period; what is left cannot go on beside it."""
    if config.goes_on and any(each.persist for each in calculations(items)):
        message = "a calculation that persists bills everything again, so nothing can be left for later"
        yield Problem(f"{path}.pricing_type", message)


def _of_periods(rules: Sequence[Rule], choice: Choice, facts: Facts) -> Iterator[Problem]:
    """Prices of usage in one list, and those that combine their volumes, are for one and the same period."""
    wanted: Mapping[str, Any] | None = None
    for rule in rules:
        name = "pricing_period" if rule.body.get("pricing_period") else "billing_period"
        path, period = f"{rule.path}.{name}", rule.body.get(name)
        if period is not None and wanted not in (None, period):
            yield Problem(path, "the usage of an item is priced for one period, as the rules beside it are")
        wanted = wanted or period
    for rule in rules:
        group = rule.body.get("volume_group_reference"), choice.currency, choice.period
        if group[0] is not None and facts.group_periods.setdefault(group, wanted) != wanted:
            path = f"{rule.path}.volume_group_reference"
            yield Problem(path, "prices that combine their volumes are for one and the same period")


def of_properties(
    body: Mapping[str, Any], items: Sequence[ProductItem], path: str, facts: Facts
) -> Iterator[Problem]:
    """Do the items' meters require the properties that the rule names, and can they be compared so?"""
    read = calculations(items)
    for at, entry in property_entries(dict(body), path):
        if not read:
            yield Problem(at, "only a metered item has conditions")
            return
        named = config_conditions.property_name(Fields(entry, at))
        may_miss = entry.get("comparator") in config_conditions.NO_VALUE
        rows = [facts.property_of(each, named, may_miss=may_miss) for each in read]
        for calculation, row in zip(read, rows, strict=True):
            if row is not None:
                facts.asked.setdefault(calculation.meter, set()).add(row)
        if not all(rows):
            yield Problem(at, f"{named} is not a required property of the item's meter")
        elif rows[0] is not None and entry.get("comparator") is not None:
            condition = config_conditions.condition(Fields(entry, at), facts.numbers(items))
            yield from _of_condition(condition, rows[0], at)


def _of_condition(condition: Condition, meter_property: MeterProperty, at: str) -> Iterator[Problem]:
    name, comparator = meter_property.reference, condition.comparator
    if comparator in BY_SIZE and meter_property.type != PropertyType.NUMBER:
        message = f"{comparator} compares numbers, but the property {name} is of type {meter_property.type}"
        yield Problem(f"{at}.comparator", message)
    unknown = [value for value in condition.values if value not in meter_property.enum_values]
    if meter_property.type == PropertyType.ENUM and comparator in WHOLE_VALUES and unknown:
        yield Problem(f"{at}.value", f"{unknown[0]} is no value of the property {name}")
