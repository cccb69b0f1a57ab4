"""Copy a subscription with its schedules, as a DRAFT to be reassigned and started."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import subscriptions
from billing.services.coupons import coupons
from billing.services.terms import own_prices
from kit import persistence
from webhooks.services import changes

TERMS = (
    "name",
    "description",
    "purchase_order_number",
    "customer",
    "billing_entity",
    "billing_time",
    "billing_period_type",
    "billing_period_value",
    "billing_currency",
    "due_date_configuration",
    "initial_term",
    "renewal_term",
    "auto_renewal",
    "sales_tax_percentage",
    "init_invoice_on_hold",
)
SLICE = (
    "pricing_plan_version",
    "type",
    "start_at",
    "end_at",
    "pricing_currency",
    "billing_period_type",
    "billing_period_value",
    "realigns_anchor",
    "entitlements",
    "discount",
    "markup",
    "commitment",
    "seats_values",
    "included_volumes",
    "enabled_pricings",
)


@transaction.atomic
def subscription(
    *, ctx: Context, instance: PricingPlanSubscription, reference: str | None
) -> PricingPlanSubscription:
    """A new DRAFT with the same terms and schedules. The payment method stays behind.

    Its coupons are redeemed when it is activated, where their limits still allow it.

    A reference that is taken is 409.
    """
    terms = {name: getattr(instance, name) for name in TERMS}
    copied = PricingPlanSubscription.stamped(platform=ctx.platform, at=ctx.at, reference=reference, **terms)
    persistence.insert(copied)
    slices = [_slice(ctx, copied, schedule) for schedule in subscriptions.timeline(instance)]
    PricingPlanSchedule.objects.bulk_create(slices)
    changes.created(ctx=ctx, instance=copied)
    return copied


def _unused(entry: coupons.Entry) -> coupons.Entry:
    """The coupon as for a schedule that has not begun."""
    return {name: value for name, value in entry.items() if name != "start_at"}


def _slice(
    ctx: Context, subscription: PricingPlanSubscription, source: PricingPlanSchedule
) -> PricingPlanSchedule:
    """The unsaved schedule like this one; prices of its own are copied too."""
    terms = {name: getattr(source, name) for name in SLICE}
    made: PricingPlanSchedule = PricingPlanSchedule.stamped(
        platform=ctx.platform,
        at=ctx.at,
        subscription=subscription,
        coupons=[_unused(each) for each in coupons.applied(source)],
        **terms,
    )
    own_prices.copy(ctx=ctx, source=source, target=made)
    return made
