"""What the product items of a price measure: their calculations, and the events that count for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from billing.selectors.item_terms import Counted, RuleTerms
from billing.selectors.usage import Measure
from catalog.models import ProductItem
from catalog.rating.parsing import config as rating_config
from catalog.rating.parsing.config_conditions import Names
from catalog.rating.rate import needs_events
from catalog.rating.types import Config, PricingType
from metering.models import CalculationType, MeterValueCalculation, ValueType

COUNTED = (CalculationType.UNIQUE, CalculationType.COUNT)


def counted_by(
    items: Sequence[ProductItem], rules: Iterable[RuleTerms], numbers: Names
) -> tuple[Counted, ...]:
    """What each metered item counts, in their order; single events too where one of the rules needs them."""
    single = any(needs_events(rule.config) for rule in rules)
    found = [
        _counted(item, item.meter_value_calculation, numbers, single=single)
        for item in items
        if item.meter_value_calculation
    ]
    return tuple(_once(found))


def tiering_of(items: Sequence[ProductItem], numbers: Names) -> tuple[Counted, ...]:
    """What decides the bands; none unless an item says so."""
    found = [
        _counted(item, item.tiering_meter_value_calculation, numbers, single=False)
        for item in items
        if item.tiering_meter_value_calculation
    ]
    return tuple(_once(found))


def reported_by(items: Sequence[ProductItem], numbers: Names) -> tuple[Counted, ...]:
    """The further calculations that invoices show beside what they bill."""
    return tuple(
        _counted(item, link.meter_value_calculation, numbers, single=False)
        for item in items
        for link in sorted(item.report_links.all(), key=lambda link: link.position)
    )


def is_amount(calculation: MeterValueCalculation) -> bool:
    """Whether the quantity is money; a count never is, whatever it counts."""
    if calculation.meter_value is None or calculation.calculation_type in COUNTED:
        return False
    return bool(calculation.meter_value.type == ValueType.AMOUNT)


def _counted(
    item: ProductItem, calculation: MeterValueCalculation, numbers: Names, *, single: bool
) -> Counted:
    measure = Measure(
        meter_id=calculation.meter_id,
        calculation_type=calculation.calculation_type,
        meter_value_id=calculation.meter_value_id,
        meter_property_id=calculation.meter_property_id,
        single=single,
    )
    return Counted(
        product_item_id=item.public_id,
        calculation_id=calculation.public_id,
        measure=measure,
        is_amount=is_amount(calculation),
        persists=calculation.persist,
        counts=_counts(item, numbers),
    )


def _once(found: Sequence[Counted]) -> Iterable[Counted]:
    """Of items with the same calculation the first that an event meets counts it."""
    for position, each in enumerate(found):
        before = [one for one in found[:position] if one.calculation_id == each.calculation_id]
        yield replace(each, taken=tuple(one.counts for one in before))


def _counts(item: ProductItem, numbers: Names) -> Config | None:
    if not item.conditions:
        return None
    body = {"pricing_type": PricingType.NONE.value, "conditions": item.conditions}
    return rating_config.parse(body, numbers=numbers)
