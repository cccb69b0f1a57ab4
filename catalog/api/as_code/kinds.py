"""The kinds of rows that make a catalog, in the order in which they can be made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from accounts.models import Platform
from catalog.api.coupons import CouponSerializer
from catalog.api.features import FeatureSerializer
from catalog.api.pricing_plan_versions import PricingPlanVersionSerializer
from catalog.api.pricing_plans import PricingPlanSerializer
from catalog.api.product_categories import ProductCategorySerializer
from catalog.api.product_item_shape import ProductItemSerializer
from catalog.api.products import ProductSerializer
from catalog.models import CouponStatus, Status
from catalog.selectors import coupons as coupon_selectors
from catalog.selectors import plans, products
from catalog.services import (
    coupons,
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
Entry = Mapping[str, Any]
Names = Mapping[str, str]


def _by_reference(entry: Entry) -> Key:
    return str(entry.get("reference")), 0


def _by_version(entry: Entry) -> Key:
    return str(entry.get("pricing_plan_id")), int(entry.get("version") or 0)


def _row_by_reference(rows: Any, key: Key) -> Any:
    return rows.get(reference=key[0])


def _row_by_version(rows: Any, key: Key) -> Any:
    return rows.get(pricing_plan__reference=key[0], version=key[1])


def _no_names(platform: Platform, entries: Sequence[Entry]) -> Names:
    return {}


@dataclass(frozen=True, slots=True)
class Kind:
    """How the rows of one kind are read, shown, judged and written.

    ``key`` is what tells entries apart, made of the fields ``named``; ``row`` finds it among the rows.
    ``names`` gives the references of what entries name by id outside the catalog.
    """

    name: str
    rows: Callable[[Platform], Any]
    serializer: Any
    service: ModuleType
    statuses: Sequence[str] = tuple(Status.values)
    named: tuple[str, ...] = ("reference",)
    key: Callable[[Entry], Key] = _by_reference
    row: Callable[[Any, Key], Any] = _row_by_reference
    names: Callable[[Platform, Sequence[Entry]], Names] = _no_names


VERSIONS = "pricing_plan_versions"
# Their life is not told by a status that is given on creation.
WITHOUT_STATUS = ("meter_value_calculations", "features", "product_categories", "pricing_plans")
_kinds = [
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
    Kind(
        VERSIONS,
        plans.versions,
        PricingPlanVersionSerializer,
        pricing_plan_versions,
        named=("pricing_plan_id", "version"),
        key=_by_version,
        row=_row_by_version,
    ),
    Kind("coupons", coupon_selectors.coupons, CouponSerializer, coupons, tuple(CouponStatus.values)),
]


def kinds() -> tuple[Kind, ...]:
    """All of them, the later ones made of the earlier ones."""
    return tuple(_kinds)


def register(kind: Kind) -> None:
    """Make a kind known that builds upon the catalog; its app does so when it is ready."""
    if kind.name not in {each.name for each in _kinds}:
        _kinds.append(kind)


def label(key: Key) -> str:
    """A key as people write it: ``speech``, or ``payg/2`` for a version."""
    return f"{key[0]}/{key[1]}" if key[1] else key[0]
