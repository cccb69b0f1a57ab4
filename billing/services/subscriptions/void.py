"""Void a subscription that was a mistake; its invoices are voided with it."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from billing.calc import lifecycle
from billing.models import PricingPlanSubscription, SubscriptionStatus
from billing.services.coupons import redemption
from billing.services.invoices import periods
from kit import persistence
from webhooks.services import changes


@transaction.atomic
def subscription(*, ctx: Context, instance: PricingPlanSubscription) -> PricingPlanSubscription:
    """To VOID. What its usage and invoices were stays readable; nothing of it is owed."""
    subscription: PricingPlanSubscription = persistence.lock(instance)
    lifecycle.assert_can("PRICING_PLAN_SUBSCRIPTION", subscription.status, SubscriptionStatus.VOID)
    redemption.release_all(ctx=ctx, subscription=subscription)
    before = changes.snapshot(subscription)
    values = {"status": SubscriptionStatus.VOID, "cancel_at": None, "updated_at": ctx.at}
    persistence.store(subscription, persistence.assign(subscription, values))
    changes.updated(ctx=ctx, instance=subscription, before=before)
    periods.void_all(ctx=ctx, subscription=subscription)
    return subscription
