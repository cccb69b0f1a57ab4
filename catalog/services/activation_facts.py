"""What is known while a price tree is judged, and what is gathered on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import ModelType, ProductItem
from catalog.rating.parsing.config_conditions import Names
from catalog.rating.types import ValueType
from catalog.selectors.priced import Properties
from kit.period import Period
from metering.models import CalculationType, MeterProperty, MeterValueCalculation, PropertyType

METERED = (ModelType.USAGE_BASED, ModelType.USAGE_BASED_CONVERSION)
COUNTED = (CalculationType.UNIQUE, CalculationType.COUNT)


@dataclass
class Facts:
    """What is known while a tree is judged, and what is gathered on the way.

    ``properties`` are those that events always bring, ``optional`` those that they may leave out;
    ``beside`` are currencies that nothing needs a price in but that prices may have; ``asked`` maps each
    meter to the properties that rules on it ask for; ``used`` are the currencies of the
    prices seen so far, in order; ``seen`` holds the product items that have a price already,
    ``group_periods`` the period of each volume group.
    """

    items: dict[int, ProductItem] = field(default_factory=dict)
    properties: Properties = field(default_factory=dict)
    optional: Properties = field(default_factory=dict)
    currencies: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    billing_periods: tuple[Period, ...] = ()
    used: dict[str, None] = field(default_factory=dict)
    group_periods: dict[Any, Any] = field(default_factory=dict)
    asked: dict[Any, set[MeterProperty]] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def numbers(self, items: Sequence[ProductItem]) -> Names:
        """The names of the properties that are compared as numbers on the meters of these items."""
        known = [self.properties.get(each.meter_id, {}) for each in calculations(items)]
        return frozenset(
            name for several in known for name, row in several.items() if row.type == PropertyType.NUMBER
        )

    @property
    def every_property(self) -> list[MeterProperty]:
        """All that were read."""
        return [
            row
            for each in (self.properties, self.optional)
            for named in each.values()
            for row in named.values()
        ]

    def property_of(
        self, calculation: MeterValueCalculation, name: str, *, may_miss: bool
    ) -> MeterProperty | None:
        """The meter's property of that name: one that events always bring, or with ``may_miss`` any."""
        found = self.properties.get(calculation.meter_id, {}).get(name)
        if found is None and may_miss:
            found = self.optional.get(calculation.meter_id, {}).get(name)
        return found


def calculations(items: Sequence[ProductItem]) -> list[MeterValueCalculation]:
    """Everything that these items read: what they bill, and what decides their bands."""
    pairs = [(item.meter_value_calculation, item.tiering_meter_value_calculation) for item in items]
    return [each for pair in pairs for each in pair if each is not None]


def value_type_of(item: ProductItem) -> ValueType | None:
    """What the item's quantity is; None without a calculation, and for seats, of which each price says it."""
    if item.model_type == ModelType.PER_SEAT:
        return None
    if item.model_type not in METERED:
        return ValueType.NUMBER
    return value_type(item.meter_value_calculation)


def value_type(calculation: MeterValueCalculation | None) -> ValueType | None:
    """What a calculation gives; a count is a number, whatever it counts."""
    if calculation is None:
        return None
    if calculation.calculation_type in COUNTED or calculation.meter_value is None:
        return ValueType.NUMBER
    return ValueType(calculation.meter_value.type)
