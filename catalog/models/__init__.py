"""What is sold and at what price."""

from catalog.models.choices import (
    AmountType,
    CouponDiscountType,
    CouponDurationType,
    CouponStatus,
    FeatureType,
    ItemType,
    ModelType,
    Override,
    PlanType,
    PlanVariant,
    ProductType,
    SelectionConstraint,
    Status,
    TaxCategory,
)
from catalog.models.coupon import Coupon, CouponLimit, Redeemed, redeemed_within_limits
from catalog.models.feature import Feature
from catalog.models.pricing import (
    Pricing,
    PricingCategory,
    PricingEntitlement,
    PricingGroup,
    PricingProduct,
    TreeNode,
)
from catalog.models.pricing_item import (
    PricingItem,
    PricingItemConfig,
    PricingItemConfigProperty,
    PricingItemProductItem,
)
from catalog.models.pricing_plan import PricingPlan, PricingPlanVersion
from catalog.models.product import Product, ProductFeature
from catalog.models.product_category import ProductCategory
from catalog.models.product_item import ProductItem, ProductItemReport

__all__ = [
    "AmountType",
    "Coupon",
    "CouponDiscountType",
    "CouponDurationType",
    "CouponLimit",
    "CouponStatus",
    "Feature",
    "FeatureType",
    "ItemType",
    "ModelType",
    "Override",
    "PlanType",
    "PlanVariant",
    "Pricing",
    "PricingCategory",
    "PricingEntitlement",
    "PricingGroup",
    "PricingItem",
    "PricingItemConfig",
    "PricingItemConfigProperty",
    "PricingItemProductItem",
    "PricingPlan",
    "PricingPlanVersion",
    "PricingProduct",
    "Product",
    "ProductCategory",
    "ProductFeature",
    "ProductItem",
    "ProductItemReport",
    "ProductType",
    "Redeemed",
    "SelectionConstraint",
    "Status",
    "TaxCategory",
    "TreeNode",
    "redeemed_within_limits",
]
