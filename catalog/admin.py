"""The support admin of products, plans and prices: all of it read-only.

A price changes by a new version of its plan, made in Desk or through the API.
"""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import LinkAdmin, TenantAdmin
from catalog.models import (
    Coupon,
    CouponLimit,
    Feature,
    Pricing,
    PricingCategory,
    PricingEntitlement,
    PricingGroup,
    PricingItem,
    PricingItemConfig,
    PricingItemConfigProperty,
    PricingItemProductItem,
    PricingPlan,
    PricingPlanVersion,
    PricingProduct,
    Product,
    ProductCategory,
    ProductFeature,
    ProductItem,
    ProductItemReport,
)


@admin.register(ProductCategory)
class ProductCategoryAdmin(TenantAdmin):
    """What an invoice groups its lines by."""

    list_display = ("reference", "name", "tax_category")
    list_filter = ("tax_category",)
    search_fields = ("reference", "name")


@admin.register(Product)
class ProductAdmin(TenantAdmin):
    """What is sold."""

    list_display = ("reference", "name", "category", "status", "product_type")
    list_filter = ("status", "product_type")
    search_fields = ("reference", "name")


@admin.register(ProductItem)
class ProductItemAdmin(TenantAdmin):
    """What shows as a line of an invoice."""

    list_display = ("reference", "name", "product", "status", "model_type")
    list_filter = ("status", "model_type", "type")
    search_fields = ("reference", "name")


@admin.register(Feature)
class FeatureAdmin(TenantAdmin):
    """What a customer may use."""

    list_display = ("reference", "name", "type")
    list_filter = ("type",)
    search_fields = ("reference", "name")


@admin.register(Coupon)
class CouponAdmin(TenantAdmin):
    """Discounts that can be redeemed."""

    list_display = ("reference", "name", "status", "number_of_redemptions", "maximum_redemptions")
    list_filter = ("status",)
    search_fields = ("reference", "name")


@admin.register(CouponLimit)
class CouponLimitAdmin(LinkAdmin):
    """What coupons are limited to."""

    list_display = ("coupon", "product_category", "product", "product_item")
    search_fields = ("coupon__reference",)


@admin.register(PricingPlan)
class PricingPlanAdmin(TenantAdmin):
    """Plans, containers of versions."""

    list_display = ("reference", "name", "type", "variant", "amount_type")
    list_filter = ("type", "variant")
    search_fields = ("reference", "name")


@admin.register(PricingPlanVersion)
class PricingPlanVersionAdmin(TenantAdmin):
    """A plan's prices at one time; an ACTIVE version never changes, the database sees to it."""

    list_display = ("pricing_plan", "version", "status", "default_pricing_currency")
    list_filter = ("status",)
    search_fields = ("pricing_plan__reference", "pricing_plan__name")
    date_hierarchy = "created_at"


@admin.register(PricingCategory)
class PricingCategoryAdmin(TenantAdmin):
    """The prices of one category in a version."""

    list_display = ("version", "product_category", "position")
    search_fields = ("version__public_id__exact", "product_category__reference")


@admin.register(PricingGroup, Pricing)
class PricingAdmin(TenantAdmin):
    """Pricings, and groups of alternative ones."""

    list_display = ("name", "version", "category", "product_type", "position")
    list_filter = ("product_type",)
    search_fields = ("name", "version__public_id__exact")


@admin.register(PricingItem)
class PricingItemAdmin(TenantAdmin):
    """The price of one item, or of several together."""

    list_display = ("version", "pricing", "position")
    search_fields = ("version__public_id__exact", "pricing__name")


@admin.register(PricingItemConfig)
class PricingItemConfigAdmin(TenantAdmin):
    """Rules: which usage, at which price."""

    list_display = ("pricing_item", "pricing_type", "currency", "billing_in_advance", "order")
    list_filter = ("pricing_type", "billing_in_advance")
    search_fields = ("version__public_id__exact", "pricing_item__public_id__exact")


@admin.register(ProductFeature, ProductItemReport)
class CatalogLinkAdmin(LinkAdmin):
    """What belongs to a product or an item, in its order."""

    list_display = ("__str__", "position")
    search_fields = ("pk__exact",)


@admin.register(PricingProduct, PricingEntitlement, PricingItemProductItem, PricingItemConfigProperty)
class TreeLinkAdmin(LinkAdmin):
    """What ties a price tree to products, features, items and properties."""

    list_display = ("__str__", "version", "position")
    search_fields = ("version__public_id__exact",)
