from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

from desk.screens.products_plans import (
    catalog_list,
    compare,
    coupon,
    coupon_acts,
    coupon_editor,
    coupons,
    feature_changes,
    features,
    items_step,
    migration,
    migration_acts,
    plan,
    plan_choices,
    plan_steps,
    plans_list,
    price_places,
    pricing_step,
    product,
    product_changes,
    product_moves,
    product_new,
    review,
    rule_conditions,
    rule_tiers,
    rule_verbs,
    rules,
    start_plan,
    version_changes,
)

CATALOG = "product-catalog/"
PLANS = "pricing-plans/"
VERSION = f"{PLANS}<pk>/versions/<int:number>/"
ITEM = f"{VERSION}pricing/<item>/"

STEPS = {
    "plan": plan_steps.PlanStep.as_view(),
    "billing": plan_steps.BillingStep.as_view(),
    "items": items_step.ItemsStep.as_view(),
    "pricing": pricing_step.PricingStart.as_view(),
    "review": review.ReviewStep.as_view(),
}


def one_step(request: HttpRequest, step: str, **kwargs: Any) -> HttpResponseBase:
    """The step's own screen."""
    if step not in STEPS:
        raise Http404
    return STEPS[step](request, **kwargs)


catalog = [
    path(CATALOG, catalog_list.ProductCatalog.as_view(), name="product-catalog"),
    path(f"{CATALOG}new/", product_new.NewProduct.as_view(), name="product-new"),
    path(f"{CATALOG}items/<pk>/edit/", product_changes.EditItem.as_view(), name="product-item-edit"),
    path(f"{CATALOG}items/<pk>/<slug:verb>/", product_moves.MoveItem.as_view(), name="product-item-move"),
    path(f"{CATALOG}<pk>/edit/", product_changes.EditProduct.as_view(), name="product-edit"),
    path(f"{CATALOG}<pk>/items/new/", product_changes.AddItem.as_view(), name="product-item-new"),
    path(f"{CATALOG}<pk>/move/<slug:verb>/", product_moves.Move.as_view(), name="product-move"),
    path(f"{CATALOG}<pk>/", product.ProductDetail.as_view(), name="product"),
    path(f"{CATALOG}<pk>/<slug:tab>/", product.ProductDetail.as_view(), name="product-tab"),
]

versions = [
    path(f"{VERSION}activate/", version_changes.Activate.as_view(), name="version-activate"),
    path(f"{VERSION}billing/calendar/", plan_steps.BillingCalendar.as_view(), name="version-calendar"),
    path(f"{VERSION}review/try/", review.TryVersion.as_view(), name="version-try"),
    path(f"{VERSION}discard/", version_changes.Discard.as_view(), name="version-discard"),
    path(f"{VERSION}groups/new/", plan_choices.NewGroup.as_view(), name="choice-new"),
    path(f"{VERSION}groups/<group>/edit/", plan_choices.EditGroup.as_view(), name="choice-edit"),
    path(f"{VERSION}groups/<group>/apart/", plan_choices.TakeApart.as_view(), name="choice-apart"),
    path(f"{VERSION}items/<item>/sold/", plan_choices.HowSold.as_view(), name="item-sold"),
    path(f"{ITEM}own/", price_places.OwnPrice.as_view(), name="price-own"),
    path(f"{ITEM}own/remove/", price_places.DropPrice.as_view(), name="price-drop"),
    path(f"{ITEM}fallback/", price_places.Fallback.as_view(), name="price-fallback"),
    path(f"{ITEM}rules/new/", rules.NewRule.as_view(), name="rule-new"),
    path(f"{ITEM}rules/try/", rule_verbs.TryEvent.as_view(), name="rule-try"),
    path(f"{ITEM}rules/<int:rule>/edit/", rule_conditions.EditRule.as_view(), name="rule-edit"),
    path(f"{ITEM}rules/<int:rule>/condition/", rule_conditions.AddCondition.as_view(), name="rule-condition"),
    path(f"{ITEM}rules/<int:rule>/settings/", rules.RuleSettings.as_view(), name="rule-settings"),
    path(f"{ITEM}rules/<int:rule>/tiers/", rule_tiers.RuleTiers.as_view(), name="rule-tiers"),
    path(f"{ITEM}rules/<int:rule>/<slug:verb>/", rule_verbs.RuleVerb.as_view(), name="rule-verb"),
    path(ITEM, pricing_step.PricingStep.as_view(), name="plan-pricing"),
    path(f"{ITEM}<slug:verb>/", pricing_step.PricingStep.as_view(), name="plan-pricing-verb"),
    path(f"{VERSION}<slug:step>/", one_step, name="plan-step"),
]

MIGRATION = f"{PLANS}migrations/<pk>/"
migrations = [
    path(f"{PLANS}<pk>/migrations/new/", migration_acts.NewMigration.as_view(), name="migration-new"),
    path(f"{MIGRATION}apply/", migration_acts.ApplyMigration.as_view(), name="migration-apply"),
    path(f"{MIGRATION}revert/", migration_acts.RevertMigration.as_view(), name="migration-revert"),
    path(f"{MIGRATION}preview/", migration_acts.PreviewMigration.as_view(), name="migration-preview"),
    path(MIGRATION, migration.MigrationPage.as_view(), name="migration"),
]

plans = [
    path(PLANS, plans_list.PricingPlans.as_view(), name="pricing-plans"),
    path(f"{PLANS}new/", plan_steps.NewPlan.as_view(), name="pricing-plan-new"),
    path(f"{PLANS}start/<slug:point>/", start_plan.StartPlan.as_view(), name="pricing-plan-start"),
    *versions,
    *migrations,
    path(f"{PLANS}<pk>/compare/", compare.Compare.as_view(), name="plan-compare"),
    path(f"{PLANS}<pk>/clone/", version_changes.Clone.as_view(), name="version-clone"),
    path(f"{PLANS}<pk>/", plan.PlanDetail.as_view(), name="pricing-plan"),
    path(f"{PLANS}<pk>/<slug:tab>/", plan.PlanDetail.as_view(), name="pricing-plan-tab"),
]

FEATURES = "features/"
granted = [
    path(FEATURES, features.Features.as_view(), name="features"),
    path(f"{FEATURES}new/", feature_changes.NewFeature.as_view(), name="feature-new"),
    path(f"{FEATURES}<pk>/edit/", feature_changes.EditFeature.as_view(), name="feature-edit"),
    path(f"{FEATURES}<pk>/delete/", feature_changes.DeleteFeature.as_view(), name="feature-delete"),
]

COUPONS = "coupons/"
redeemable = [
    path(COUPONS, coupons.Coupons.as_view(), name="coupons"),
    path(f"{COUPONS}new/", coupon_editor.NewCoupon.as_view(), name="coupon-new"),
    path(f"{COUPONS}effect/", coupon_editor.CouponEffect.as_view(), name="coupon-effect"),
    path(f"{COUPONS}codes/<pk>/<slug:verb>/", coupon_acts.MoveCode.as_view(), name="code-move"),
    path(f"{COUPONS}<pk>/edit/", coupon_editor.EditCoupon.as_view(), name="coupon-edit"),
    path(f"{COUPONS}<pk>/codes/new/", coupon_acts.NewCode.as_view(), name="code-new"),
    path(f"{COUPONS}<pk>/move/<slug:verb>/", coupon_acts.MoveCoupon.as_view(), name="coupon-move"),
    path(f"{COUPONS}<pk>/", coupon.CouponDetail.as_view(), name="coupon"),
    path(f"{COUPONS}<pk>/<slug:tab>/", coupon.CouponDetail.as_view(), name="coupon-tab"),
]

urlpatterns = [*catalog, *plans, *granted, *redeemable]
