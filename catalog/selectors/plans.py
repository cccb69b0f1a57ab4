"""Rows of pricing plans and of their versions with the whole price tree, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Prefetch, QuerySet

from accounts.models import Platform
from catalog.models import (
    Pricing,
    PricingCategory,
    PricingEntitlement,
    PricingGroup,
    PricingItem,
    PricingItemConfig,
    PricingItemProductItem,
    PricingPlan,
    PricingPlanVersion,
    PricingProduct,
)

ORDER = (F("display_order").asc(nulls_last=True), "position", "pk")


def plans(platform: Platform) -> QuerySet[PricingPlan]:
    """The platform's pricing plans with their versions, first version first."""
    versions = Prefetch("versions", PricingPlanVersion.objects.order_by("version"))
    rows = PricingPlan.objects.for_platform(platform).filter(schedule_public_id=None)
    return rows.prefetch_related(versions)


def versions(platform: Platform) -> QuerySet[PricingPlanVersion]:
    """The platform's versions, each with its tree, apart from those of one schedule alone."""
    return trees(platform).filter(pricing_plan__schedule_public_id=None)


def trees(platform: Platform) -> QuerySet[PricingPlanVersion]:
    """All versions with their trees, those of one schedule alone too."""
    rows = PricingPlanVersion.objects.for_platform(platform).select_related("pricing_plan", "copied_from")
    categories = PricingCategory.objects.select_related("product_category").order_by(*ORDER)
    members = Prefetch("pricings", _pricings())
    alone = Prefetch("pricings", _pricings().filter(group=None), to_attr="ungrouped")
    groups = Prefetch("pricing_groups", _groups().prefetch_related(members))
    return rows.prefetch_related(
        Prefetch("pricingcategorys", categories.prefetch_related(alone, groups), to_attr="categories")
    )


def groups(platform: Platform) -> QuerySet[PricingGroup]:
    """The platform's pricing groups with their pricings, apart from those of one schedule alone."""
    return every_group(platform).filter(version__pricing_plan__schedule_public_id=None)


def every_group(platform: Platform) -> QuerySet[PricingGroup]:
    """All pricing groups, those of one schedule alone too."""
    rows = _groups().filter(platform=platform)
    return rows.prefetch_related(Prefetch("pricings", _pricings()))


def pricings(platform: Platform) -> QuerySet[Pricing]:
    """The platform's pricings with all that is below them, apart from those of one schedule alone."""
    return every_pricing(platform).filter(version__pricing_plan__schedule_public_id=None)


def every_pricing(platform: Platform) -> QuerySet[Pricing]:
    """All pricings, those of one schedule alone too."""
    return _pricings().filter(platform=platform)


def _groups() -> QuerySet[PricingGroup]:
    return PricingGroup.objects.select_related("version__pricing_plan").order_by(*ORDER)


def _pricings() -> QuerySet[Pricing]:
    return (
        Pricing.objects.select_related("version__pricing_plan", "group", "original")
        .order_by(*ORDER)
        .prefetch_related(
            _links("product_links", PricingProduct, "product"),
            _links("entitlements", PricingEntitlement, "feature"),
            Prefetch("items", _items()),
        )
    )


def _items() -> QuerySet[PricingItem]:
    configs = PricingItemConfig.objects.order_by(F("order").asc(nulls_last=True), "position", "pk")
    return (
        PricingItem.objects.select_related("original")
        .order_by(*ORDER)
        .prefetch_related(
            _links("product_item_links", PricingItemProductItem, "product_item"), Prefetch("configs", configs)
        )
    )


def _links(name: str, model: Any, target: str) -> Prefetch[Any, Any, Any]:
    return Prefetch(name, model.objects.select_related(target).order_by("position"))
