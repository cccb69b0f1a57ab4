"""Keep what a new subscription starts from."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from accounts.models import Platform
from accounts.services import audit
from desk.models import SubscriptionDefaults

FIELDS = ("billing_time", "period", "term")


def of(platform: Platform) -> SubscriptionDefaults:
    """The platform's, or an unsaved one that proposes monthly, exact, net 30."""
    found = SubscriptionDefaults.objects.filter(platform=platform).first()
    return found or SubscriptionDefaults(
        platform=platform,
        billing_time="EXACT",
        period="MONTH-1",
        term="PERIOD_AFTER_INVOICE_DATE:DAY-30",
    )


def values(row: SubscriptionDefaults) -> dict[str, str]:
    """Its fields as the editor names them."""
    return {name: getattr(row, name) for name in FIELDS}


@transaction.atomic
def change(*, ctx: Context, fields: dict[str, str]) -> SubscriptionDefaults:
    """Propose something else from now on; subscriptions that exist keep their terms."""
    before = values(of(ctx.platform))
    row, _ = SubscriptionDefaults.objects.update_or_create(platform=ctx.platform, defaults=fields)
    audit.record(
        ctx=ctx,
        action="UPDATED",
        object_type="SUBSCRIPTION_DEFAULTS",
        object_id=ctx.platform.public_id,
        before=before,
        after=values(row),
    )
    return row
