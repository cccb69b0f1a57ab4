"""Rows of the product catalog, with what the API shows of them."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from accounts.models import Platform
from catalog.models import Feature, Product, ProductCategory, ProductFeature, ProductItem, ProductItemReport


def categories(platform: Platform) -> QuerySet[ProductCategory]:
    """The platform's product categories."""
    return ProductCategory.objects.for_platform(platform)


def products(platform: Platform) -> QuerySet[Product]:
    """The platform's products with their categories and features."""
    links = Prefetch("feature_links", ProductFeature.objects.select_related("feature").order_by("position"))
    return (
        Product.objects.for_platform(platform)
        .select_related("category", "parent_product")
        .prefetch_related(links)
    )


def items(platform: Platform) -> QuerySet[ProductItem]:
    """The platform's product items with the calculations that they name."""
    links = Prefetch(
        "report_links",
        ProductItemReport.objects.select_related("meter_value_calculation").order_by("position"),
    )
    return (
        ProductItem.objects.for_platform(platform)
        .select_related("product", "meter_value_calculation", "tiering_meter_value_calculation")
        .prefetch_related(links)
    )


def features(platform: Platform) -> QuerySet[Feature]:
    """The platform's features."""
    return Feature.objects.for_platform(platform).select_related("meter_value_calculation")
