"""Archive a subscription: hidden and read-only."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from billing.calc import lifecycle
from billing.models import PricingPlanSubscription, SubscriptionStatus
from kit import persistence
from webhooks.services import changes, restoring


@transaction.atomic
def subscription(*, ctx: Context, instance: PricingPlanSubscription) -> PricingPlanSubscription:
    """Put a subscription that is not running away."""
    subscription: PricingPlanSubscription = persistence.lock(instance)
    lifecycle.assert_can("PRICING_PLAN_SUBSCRIPTION", subscription.status, SubscriptionStatus.ARCHIVED)
    before = changes.snapshot(subscription)
    values = {"status": SubscriptionStatus.ARCHIVED, "updated_at": ctx.at}
    persistence.store(subscription, persistence.assign(subscription, values))
    changes.updated(ctx=ctx, instance=subscription, before=before)
    return subscription


def restore(*, ctx: Context, instance: PricingPlanSubscription, status: str) -> PricingPlanSubscription:
    """Take an archiving back: ``status`` again, as it was before."""
    return restoring.status(ctx=ctx, instance=instance, flow=lifecycle.SUBSCRIPTION, to=status)
