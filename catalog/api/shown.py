"""Which view set shows a resource, and in which fields other resources name it by id."""

from __future__ import annotations

from typing import Any

from catalog.api.coupons import CouponViewSet
from catalog.api.features import FeatureViewSet
from catalog.api.pricing_plan_versions import PricingPlanVersionViewSet
from catalog.api.pricing_plans import PricingPlanViewSet
from catalog.api.pricings import PricingGroupViewSet, PricingViewSet
from catalog.api.product_categories import ProductCategoryViewSet
from catalog.api.product_items import ProductItemViewSet
from catalog.api.products import ProductViewSet

SHOWN: dict[Any, tuple[str, ...]] = {
    ProductCategoryViewSet: ("product_category_id", "product_category_ids", "category_id"),
    ProductViewSet: ("product_id", "product_ids", "parent_product_id"),
    ProductItemViewSet: ("product_item_id", "product_item_ids"),
    FeatureViewSet: ("feature_id",),
    CouponViewSet: ("coupon_id", "coupon_ids"),
    PricingPlanViewSet: ("pricing_plan_id",),
    PricingPlanVersionViewSet: ("pricing_plan_version_id", "copied_from_pricing_plan_version_id"),
    PricingViewSet: ("pricing_id", "pricing_ids"),
    PricingGroupViewSet: ("pricing_group_id",),
}
