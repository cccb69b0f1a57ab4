"""The paths of the catalog's API."""

from __future__ import annotations

from catalog.api.as_code.views import CatalogViewSet
from catalog.api.coupons import CouponViewSet
from catalog.api.features import FeatureViewSet
from catalog.api.pricing_plan_versions import PricingPlanVersionViewSet
from catalog.api.pricing_plans import PricingPlanViewSet
from catalog.api.pricings import PricingGroupViewSet, PricingViewSet
from catalog.api.product_categories import ProductCategoryViewSet
from catalog.api.product_items import ProductItemViewSet
from catalog.api.products import ProductViewSet
from kit.api.routing import ResourceRouter

router = ResourceRouter()
router.register("v1/catalog", CatalogViewSet, basename="catalog")
router.register("v1/product-categories", ProductCategoryViewSet, basename="product-category")
router.register("v1/products", ProductViewSet, basename="product")
router.register("v1/product-items", ProductItemViewSet, basename="product-item")
router.register("v1/features", FeatureViewSet, basename="feature")
router.register("v1/coupons", CouponViewSet, basename="coupon")
router.register("v1/pricing-plans", PricingPlanViewSet, basename="pricing-plan")
router.register("v1/pricing-plan-versions", PricingPlanVersionViewSet, basename="pricing-plan-version")
router.register("v1/pricings", PricingViewSet, basename="pricing")
router.register("v1/pricing-groups", PricingGroupViewSet, basename="pricing-group")

urlpatterns = router.urls
