"""What activation asks of a product item and of the rules that price it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import ItemType, ModelType, PricingItemConfig, ProductItem, Status
from catalog.rating import config as rating_config
from catalog.rating import config_conditions, support
from catalog.rating.conditions import BY_SIZE
from catalog.rating.config_conditions import Names
from catalog.rating.reading import Fields
from catalog.rating.rules import RuleSet
from catalog.rating.types import Comparator, Condition, Config, PricingType, Problem, ValueType
from catalog.selectors.priced import Properties
from catalog.services.tree_links import property_entries
from kit.errors import InvalidRequest
from metering.models import CalculationType, MeterProperty, PropertyType

BILLED = (ModelType.USAGE_BASED, ModelType.RECURRING, ModelType.ONE_OFF, ModelType.PER_SEAT)
CONVERTED = (ModelType.RECURRING, ModelType.PER_SEAT)
WHOLE_VALUES = (Comparator.EQUALS, Comparator.NOT_EQUALS, Comparator.IN, Comparator.NOT_IN)
COUNTED = (CalculationType.UNIQUE, CalculationType.COUNT)


@dataclass
class Facts:
    """What is known while a tree is judged, and what is gathered on the way.

    ``properties`` are those that events always bring, ``optional`` those that they may leave out;
    ``asked`` maps each meter to the properties that rules on it ask for; ``currency`` is that of the
    prices seen so far; ``seen`` holds the product items that have a price already.
    """

    items: dict[int, ProductItem] = field(default_factory=dict)
    properties: Properties = field(default_factory=dict)
    optional: Properties = field(default_factory=dict)
    currencies: tuple[str, ...] = ()
    billing_periods: tuple[dict[str, Any], ...] = ()
    currency: str | None = None
    period: dict[str, Any] | None = None
    asked: dict[Any, set[MeterProperty]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)


def of_product_item(item: ProductItem, at: str, facts: Facts) -> Iterator[Problem]:
    """Is the item in use, priced once, measured where it is metered, and of a kind that rates?"""
    if item.pk in facts.seen:
        yield Problem(at, f"the product item {item.reference} is priced twice")
    facts.seen.add(item.pk)
    if item.status != Status.ACTIVE:
        yield Problem(at, f"the product item is {item.status}, not ACTIVE")
    if item.type == ItemType.DEDUCTION:
        yield Problem(at, "a DEDUCTION cannot be billed yet")
    if item.model_type not in BILLED:
        yield Problem(at, f"an item of model type {item.model_type} cannot be billed yet")
    if item.model_type == ModelType.USAGE_BASED:
        yield from _of_measure(item, at, facts)


def _of_measure(item: ProductItem, at: str, facts: Facts) -> Iterator[Problem]:
    calculation = item.meter_value_calculation
    if calculation is None:
        yield Problem(at, "the product item has no meter value calculation")
        return
    if calculation.persist:
        yield Problem(at, "a calculation that persists over periods cannot be billed yet")
    if item.tiering_meter_value_calculation_id:
        yield Problem(at, "tiering by another calculation cannot be billed yet")
    if item.conditions:
        yield from _of_filter(item, at, facts)


def _of_filter(item: ProductItem, at: str, facts: Facts) -> Iterator[Problem]:
    """The item's own conditions, judged as those of a rule."""
    body = {"pricing_type": PricingType.NONE.value, "conditions": item.conditions}
    try:
        parsed = rating_config.parse(body, numbers=_numbers(item, facts))
    except InvalidRequest as error:
        yield Problem(at, f"the product item's {error.field}: {error.message}")
        return
    for problem in (*support.unsupported(parsed), *_of_properties(body, item, at, facts)):
        yield Problem(at, f"the product item's conditions: {problem.message}")


def of_configs(
    rows: Sequence[PricingItemConfig], item: ProductItem, at: str, facts: Facts
) -> Iterator[Problem]:
    """Is each rule complete, of the item's kind of value, in the version's currency, and reachable?"""
    parsed, numbers = [], _numbers(item, facts)
    for index, row in enumerate(rows):
        path = f"{at}.configs.{index}"
        try:
            config = rating_config.parse(row.body, path=path, numbers=numbers)
        except InvalidRequest as error:
            yield Problem(error.field or path, error.message)
            continue
        parsed.append(config)
        yield from support.unsupported(config)
        yield from _of_value(config, item, path)
        yield from _of_currency(config, path, facts)
        yield from _of_seats(row.body, path)
        if item.model_type not in CONVERTED:
            yield from _of_period(row.body, path, facts)
        yield from _of_properties(row.body, item, path, facts)
    for problem in RuleSet(parsed).problems():
        yield Problem(f"{at}.{problem.field}", problem.message)


def _of_value(config: Config, item: ProductItem, path: str) -> Iterator[Problem]:
    value_type = value_type_of(item)
    if value_type is None:
        return
    for problem in support.mismatches(config, value_type, None):
        yield Problem(f"{path}.bands", problem.message)


def value_type_of(item: ProductItem) -> ValueType | None:
    """What the item's quantity is; None where its calculation is missing."""
    calculation = item.meter_value_calculation
    if item.model_type != ModelType.USAGE_BASED:
        return ValueType.NUMBER
    if calculation is None:
        return None
    if calculation.calculation_type in COUNTED or calculation.meter_value is None:
        return ValueType.NUMBER
    return ValueType(calculation.meter_value.type)


def _of_currency(config: Config, path: str, facts: Facts) -> Iterator[Problem]:
    if config.currency is None:
        return
    if facts.currencies and config.currency not in facts.currencies:
        allowed = ", ".join(facts.currencies)
        yield Problem(f"{path}.bands", f"the price is in {config.currency}, the version in {allowed}")
    elif facts.currency not in (None, config.currency):
        yield Problem(
            f"{path}.bands", f"prices in {facts.currency} and {config.currency} cannot be billed together yet"
        )
    facts.currency = facts.currency or config.currency


def _of_seats(body: dict[str, Any], path: str) -> Iterator[Problem]:
    seats = body.get("default_seats_value")
    if seats and seats.get("number") is None:
        yield Problem(f"{path}.default_seats_value.number", "seats are a number")


def _of_period(body: dict[str, Any], path: str, facts: Facts) -> Iterator[Problem]:
    """Every price of usage is for one and the same period, that of the subscription; fees are converted."""
    for name in ("billing_period", "pricing_period"):
        period = body.get(name)
        if period is None:
            continue
        if facts.period not in (None, period):
            yield Problem(f"{path}.{name}", "prices for different periods cannot be billed together yet")
        facts.period = facts.period or period
        if any(option != period for option in facts.billing_periods):
            yield Problem(f"{path}.{name}", "a period other than the subscription's cannot be billed yet")


def _of_properties(body: dict[str, Any], item: ProductItem, path: str, facts: Facts) -> Iterator[Problem]:
    """Does the item's meter require the properties that the rule names, and can they be compared so?"""
    calculation = item.meter_value_calculation
    for at, entry in property_entries(body, path):
        if calculation is None:
            yield Problem(at, "only a metered item has conditions")
            return
        named = config_conditions.property_name(Fields(entry, at))
        meter_property = facts.properties.get(calculation.meter_id, {}).get(named)
        if meter_property is None and entry.get("comparator") in config_conditions.NO_VALUE:
            meter_property = facts.optional.get(calculation.meter_id, {}).get(named)
        if meter_property is None:
            yield Problem(at, f"{named} is not a required property of the item's meter")
            continue
        facts.asked.setdefault(calculation.meter, set()).add(meter_property)
        if entry.get("comparator") is not None:
            condition = config_conditions.condition(Fields(entry, at), _numbers(item, facts))
            yield from _of_condition(condition, meter_property, at)


def _of_condition(condition: Condition, meter_property: MeterProperty, at: str) -> Iterator[Problem]:
    name, comparator = meter_property.reference, condition.comparator
    if comparator in BY_SIZE and meter_property.type != PropertyType.NUMBER:
        message = f"{comparator} compares numbers, but the property {name} is of type {meter_property.type}"
        yield Problem(f"{at}.comparator", message)
    unknown = [value for value in condition.values if value not in meter_property.enum_values]
    if meter_property.type == PropertyType.ENUM and comparator in WHOLE_VALUES and unknown:
        yield Problem(f"{at}.value", f"{unknown[0]} is no value of the property {name}")


def _numbers(item: ProductItem, facts: Facts) -> Names:
    """The names of the meter's properties that are compared as numbers."""
    calculation = item.meter_value_calculation
    known = facts.properties.get(calculation.meter_id, {}) if calculation else {}
    return frozenset(name for name, row in known.items() if row.type == PropertyType.NUMBER)
