"""The paths of billing's API."""

from django.urls import include, path

from billing.api.billing_entities import BillingEntityViewSet
from billing.api.contacts import ContactViewSet
from billing.api.customers import CustomerViewSet
from billing.api.exchange_rates import ExchangeRateViewSet
from billing.api.invoices import InvoiceViewSet
from billing.api.plan_migrations import PricingPlanMigrationViewSet
from billing.api.promotion_codes import PromotionCodeViewSet
from billing.api.redemptions import CouponRedemptionViewSet, PromotionCodeRedemptionViewSet
from billing.api.schedules import PricingPlanScheduleViewSet
from billing.api.simulations import SimulationViewSet
from billing.api.subscription_groups import PricingPlanSubscriptionGroupViewSet
from billing.api.subscriptions import PricingPlanSubscriptionViewSet
from kit.api.routing import ResourceRouter

router = ResourceRouter()
router.register("v1/billing-entities", BillingEntityViewSet, basename="billing-entity")
router.register("v1/customers", CustomerViewSet, basename="customer")
router.register("v1/contacts", ContactViewSet, basename="contact")
router.register("v1/exchange-rates", ExchangeRateViewSet, basename="exchange-rate")
router.register("v1/invoices", InvoiceViewSet, basename="invoice")
router.register(
    "v1/pricing-plan-subscriptions", PricingPlanSubscriptionViewSet, basename="pricing-plan-subscription"
)
router.register(
    "v1/pricing-plan-subscription-groups",
    PricingPlanSubscriptionGroupViewSet,
    basename="pricing-plan-subscription-group",
)
router.register("v1/pricing-plan-migrations", PricingPlanMigrationViewSet, basename="pricing-plan-migration")
router.register("v1/pricing-plan-schedules", PricingPlanScheduleViewSet, basename="pricing-plan-schedule")
router.register("v1/promotion-codes", PromotionCodeViewSet, basename="promotion-code")

urlpatterns = [
    path("v1/coupons/<str:pk>/redemptions", CouponRedemptionViewSet.as_view({"get": "list"})),
    path("v1/promotion-codes/<str:pk>/redemptions", PromotionCodeRedemptionViewSet.as_view({"get": "list"})),
    path("v1/pricing-plan-versions/<str:pk>/simulate", SimulationViewSet.as_view({"post": "simulate"})),
    path("v1/simulations/<str:pk>", SimulationViewSet.as_view({"get": "retrieve"})),
    path("", include(router.urls)),
]
