"""Activate a subscription: from now on it is a contract and is invoiced."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from billing.calc import lifecycle
from billing.models import PricingPlanSubscription, SubscriptionStatus
from billing.selectors import subscriptions
from billing.services.coupons import redemption
from billing.services.invoices import periods
from billing.services.subscriptions import readiness
from kit import persistence
from webhooks.services import changes


@transaction.atomic
def subscription(*, ctx: Context, instance: PricingPlanSubscription) -> PricingPlanSubscription:
    """DRAFT to ACTIVE; the invoices that are due by now are opened.

    Raises what ``readiness.require`` raises, and InvalidOperation from any other status.
    """
    subscription: PricingPlanSubscription = persistence.lock(instance)
    lifecycle.assert_can("PRICING_PLAN_SUBSCRIPTION", subscription.status, SubscriptionStatus.ACTIVE)
    _carry(instance, subscription)
    schedules = subscriptions.timeline(subscription)
    readiness.require(subscription, schedules)
    redemption.redeem(ctx=ctx, subscription=subscription, schedules=schedules)
    before = changes.snapshot(subscription)
    values = {
        "status": SubscriptionStatus.ACTIVE,
        "activated_at": subscription.activated_at or ctx.at,
        "updated_at": ctx.at,
    }
    persistence.store(subscription, persistence.assign(subscription, values))
    changes.updated(ctx=ctx, instance=subscription, before=before, lifecycle=("subscription.activated",))
    periods.open_due(ctx=ctx, subscription=subscription)
    return subscription


def _carry(instance: PricingPlanSubscription, locked: PricingPlanSubscription) -> None:
    """Spare the locked row what is known: its parties, its schedules, and that a DRAFT has no invoices."""
    if instance.customer_id == locked.customer_id:
        locked.customer = instance.customer
    if instance.billing_entity_id == locked.billing_entity_id:
        locked.billing_entity = instance.billing_entity
    locked.platform = instance.platform
    subscriptions.remember(locked, timeline=subscriptions.timeline(locked), drafts=[])
