"""Which stored payment method a subscription is charged with."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSubscription
from kit import persistence
from webhooks.services import changes


@transaction.atomic
def update(
    *, ctx: Context, instance: PricingPlanSubscription, payment_method_id: str | None
) -> PricingPlanSubscription:
    """Remember the method (or none). Nothing is charged."""
    subscription: PricingPlanSubscription = persistence.lock(instance)
    before = changes.snapshot(subscription)
    values = {"payment_method_key": payment_method_id or "", "updated_at": ctx.at}
    persistence.store(subscription, persistence.assign(subscription, values))
    changes.updated(ctx=ctx, instance=subscription, before=before)
    return subscription
