"""What activation asks of the product items that a pricing item prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog.models import ModelType, ProductItem, Status
from catalog.rating import support
from catalog.rating.parsing import config as rating_config
from catalog.rating.types import PricingType, Problem
from catalog.services import activation_rules
from catalog.services.activation_facts import METERED, Facts, value_type, value_type_of
from kit.errors import InvalidRequest

BILLED = (*METERED, ModelType.RECURRING, ModelType.ONE_OFF, ModelType.PER_SEAT)
ALIKE = {"type": "type", "model_type": "model type"}


def problems(items: Sequence[ProductItem], at: str, facts: Facts) -> Iterator[Problem]:
    """Is each item in use, priced once and measured, and can their volumes be added up?"""
    for index, item in enumerate(items):
        yield from _of_one(item, f"{at}.{index}", facts)
    for index, item in enumerate(items[1:], 1):
        yield from _together(items[:index], item, f"{at}.{index}")


def of_model(model_type: str, at: str) -> Iterator[Problem]:
    """Can items of this model type be billed?"""
    if model_type not in BILLED:
        yield Problem(at, f"an item of model type {model_type} cannot be billed yet")


def _of_one(item: ProductItem, at: str, facts: Facts) -> Iterator[Problem]:
    if item.pk in facts.seen:
        yield Problem(at, f"the product item {item.reference} is priced twice")
    facts.seen.add(item.pk)
    if item.status != Status.ACTIVE:
        yield Problem(at, f"the product item is {item.status}, not ACTIVE")
    yield from of_model(item.model_type, at)
    if item.model_type in METERED:
        yield from _of_measure(item, at, facts)


def _of_measure(item: ProductItem, at: str, facts: Facts) -> Iterator[Problem]:
    if item.meter_value_calculation is None:
        yield Problem(at, "the product item has no meter value calculation")
        return
    tiering = item.tiering_meter_value_calculation
    if tiering is not None and value_type(tiering) != value_type(item.meter_value_calculation):
        yield Problem(at, "what decides the bands and what is billed must both be numbers, or both amounts")
    if item.conditions:
        yield from _of_filter(item, at, facts)


def _of_filter(item: ProductItem, at: str, facts: Facts) -> Iterator[Problem]:
    """The item's own conditions, judged as those of a rule."""
    body = {"pricing_type": PricingType.NONE.value, "conditions": item.conditions}
    try:
        parsed = rating_config.parse(body, numbers=facts.numbers([item]))
    except InvalidRequest as error:
        yield Problem(at, f"the product item's {error.field}: {error.message}")
        return
    for problem in (*support.unsupported(parsed), *activation_rules.of_properties(body, [item], at, facts)):
        yield Problem(at, f"the product item's conditions: {problem.message}")


def _together(before: Sequence[ProductItem], item: ProductItem, at: str) -> Iterator[Problem]:
    """Can the volume of this item be added to that of those before it, on one line?"""
    first = before[0]
    for name, words in ALIKE.items():
        if getattr(item, name) != getattr(first, name):
            yield Problem(at, f"items that are priced together have one {words}")
    if value_type_of(item) != value_type_of(first):
        yield Problem(at, "numbers and amounts cannot be added up")
    if (item.tiering_meter_value_calculation is None) != (first.tiering_meter_value_calculation is None):
        yield Problem(
            at, "the bands of items that are priced together are decided by the same kind of volume"
        )
    same = [each for each in before if each.meter_value_calculation_id == item.meter_value_calculation_id]
    if item.model_type in METERED and any(not each.conditions for each in same):
        yield Problem(at, f"the product item {same[0].reference} counts all of this usage already")
