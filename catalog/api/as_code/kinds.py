"""The kinds of rows that make a catalog, in the order in which they can be made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from accounts.models import Platform
from catalog.api.features import FeatureSerializer
from catalog.api.pricing_plan_versions import PricingPlanVersionSerializer
from catalog.api.pricing_plans import PricingPlanSerializer
from catalog.api.product_categories import ProductCategorySerializer
from catalog.api.product_item_shape import ProductItemSerializer
from catalog.api.products import ProductSerializer
from catalog.selectors import plans, products
from catalog.services import (
    features,
    pricing_plan_versions,
    pricing_plans,
    product_categories,
    product_items,
)
from catalog.services import products as product_services
from metering.api.meter_properties import MeterPropertySerializer
from metering.api.meter_value_calculations import MeterValueCalculationSerializer
from metering.api.meter_values import MeterValueSerializer
from metering.api.meters import MeterSerializer
from metering.selectors import definitions
from metering.services import meter_properties, meter_value_calculations, meter_values, meters

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Kind:
    """How the rows of one kind are read, shown, judged and written."""

    name: str
    rows: Callable[[Platform], Any]
    serializer: Any
    service: ModuleType

    def key(self, entry: Mapping[str, Any]) -> Key:
        """What tells entries apart: the reference; of a version its plan's, and its number."""
        if self.name == VERSIONS:
            return str(entry.get("pricing_plan_id")), int(entry.get("version") or 0)
        return str(entry.get("reference")), 0


VERSIONS = "pricing_plan_versions"
KINDS = (
    Kind("meter_values", definitions.meter_values, MeterValueSerializer, meter_values),
    Kind("meter_properties", definitions.meter_properties, MeterPropertySerializer, meter_properties),
    Kind("meters", definitions.meters, MeterSerializer, meters),
    Kind(
        "meter_value_calculations",
        definitions.calculations,
        MeterValueCalculationSerializer,
        meter_value_calculations,
    ),
    Kind("features", products.features, FeatureSerializer, features),
    Kind("product_categories", products.categories, ProductCategorySerializer, product_categories),
    Kind("products", products.products, ProductSerializer, product_services),
    Kind("product_items", products.items, ProductItemSerializer, product_items),
    Kind("pricing_plans", plans.plans, PricingPlanSerializer, pricing_plans),
    Kind(VERSIONS, plans.versions, PricingPlanVersionSerializer, pricing_plan_versions),
)


def label(key: Key) -> str:
    """A key as people write it: ``speech``, or ``payg/2`` for a version."""
    return f"{key[0]}/{key[1]}" if key[1] else key[0]
