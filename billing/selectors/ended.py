"""Ended subscriptions of which usage or fees may still have to be billed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Platform
from billing.models import InvoiceStatus, Occasion, PeriodCursor, SubscriptionStatus
from billing.selectors.billed import BILLED, CHANGE_MARGIN
from metering.services import touched

ENDED = (SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED)

# Asked once a minute and at every step of a test clock, mostly for nothing: one statement, put together once.
# What has been looked into and has stayed as it was is left out, so that its usage is not asked for: nothing
# of the customer was stored late or deleted since, its last hours cannot have changed unseen, and nobody has
# changed the subscription. `late_usage` and `billed_ahead` would find nothing in it.
SQL = """
    SELECT looked.* FROM billing_periodcursor looked
    JOIN billing_pricingplansubscription s ON s.id = looked.subscription_id
    WHERE looked.platform_id = %(platform)s AND looked.id > %(after)s AND looked.next_start IS NULL
        AND s.status = ANY (%(ended)s)
        AND EXISTS (
            SELECT FROM billing_invoice i
            WHERE i.subscription_id = s.id AND i.status = ANY (%(billed)s) AND i.occasion = ANY (%(regular)s)
                AND (%(since)s::timestamptz IS NULL OR i.finalized_at >= %(since)s)
        )
        AND NOT EXISTS (
            SELECT FROM billing_invoice i WHERE i.subscription_id = s.id AND i.status = %(draft)s
        )
        AND (
            looked.late_checked_at IS NULL
            OR s.updated_at >= looked.late_checked_at - %(change)s
            OR EXISTS (
                SELECT FROM billing_pricingplanschedule p
                WHERE p.subscription_id = s.id AND p.updated_at >= looked.late_checked_at - %(change)s
            )
            OR EXISTS (
                SELECT FROM billing_invoice i
                WHERE i.subscription_id = s.id AND i.period_end >= looked.late_checked_at - %(unseen)s
            )
            OR EXISTS (
                SELECT FROM metering_amendedhour a
                WHERE a.customer_id = s.customer_id AND a.platform_id = looked.platform_id
                    AND a.changed_at >= looked.late_checked_at - %(margin)s
            )
        )
    ORDER BY looked.id LIMIT %(most)s {lock}
"""
READ, CLAIM = SQL.format(lock=""), SQL.format(lock="FOR UPDATE OF looked SKIP LOCKED")


def cursors(platform: Platform, *, after: int, since: datetime | None, most: int) -> Sequence[PeriodCursor]:
    """The subscriptions without a further period or draft, with an invoice that is final ``since``.

    Those that cannot have changed since they were looked into are left out. By key, which is ``after``.
    """
    return list(PeriodCursor.objects.raw(READ, _arguments(platform, after, since, most)))


def claimed(platform: Platform, *, after: int, since: datetime, most: int) -> Sequence[PeriodCursor]:
    """The same, locked until the transaction ends; those that are locked already are passed over."""
    return list(PeriodCursor.objects.raw(CLAIM, _arguments(platform, after, since, most)))


def _arguments(platform: Platform, after: int, since: datetime | None, most: int) -> dict[str, object]:
    return {
        "platform": platform.pk,
        "after": after,
        "since": since,
        "most": most,
        "ended": [each.value for each in ENDED],
        "billed": [each.value for each in BILLED],
        "regular": [Occasion.PERIOD.value, Occasion.OPENING.value],
        "draft": InvoiceStatus.DRAFT.value,
        "change": CHANGE_MARGIN,
        "margin": touched.MARGIN,
        "unseen": touched.SOON + touched.MARGIN,
    }
