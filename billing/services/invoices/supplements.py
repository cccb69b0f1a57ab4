"""What changed after the last invoice of an ended subscription: no later period can take it up.

A sweep looks at ended subscriptions whose last invoices became final lately, and opens a draft where
usage came, or went, since, or where a fee was billed for a time after the end. The draft lives as any
other: it takes up what comes until it is final.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction

from accounts.context import Context
from accounts.models import Platform
from billing.models import Invoice, Occasion, PeriodCursor, PricingPlanSubscription
from billing.selectors import agreed_prices, billed, ended, timelines
from billing.services.invoices import billed_ahead, drafting, periods
from billing.services.usage import late_usage
from billing.services.usage.late_usage import Late
from kit.period import Span
from metering.services.touched import MARGIN
from webhooks.services import bulk

PAGE = 200
# What comes later than this stays LATE on the event: an ended subscription is closed at last.
WITHIN = timedelta(days=92)
# Usage may be stamped a little before it is seen, so what was looked into is looked into once more.
AGAIN_AFTER = 2 * MARGIN
AFTER_ALL = datetime.max.replace(tzinfo=UTC)


def sweep(*, platform: Platform, at: datetime) -> int:
    """Open the supplements that are needed; how many subscriptions were looked into."""
    ctx, total, last = Context(platform=platform, at=at), 0, 0
    if not ended.cursors(platform, after=last, since=at - WITHIN, most=1):
        return 0
    while (page := _page(ctx, after=last)) is not None:
        last, done = page
        total += done
    return total


def next_due(*, platform: Platform) -> datetime | None:
    """When a subscription is to be looked into: at once (a past instant), or a while after the last time."""
    dues, last = [], 0
    since = platform.test_now - WITHIN if platform.test_now else None
    while cursors := ended.cursors(platform, after=last, since=since, most=PAGE):
        last = cursors[-1].pk
        late = _late(platform, cursors, platform.test_now)
        dues += [_due(each) for each in cursors if each.subscription_id in late]
    return min(dues, default=None)


@transaction.atomic
def _page(ctx: Context, *, after: int) -> tuple[int, int] | None:
    """The last key of a page and how many of it were looked into; None after the last page."""
    cursors = ended.claimed(ctx.platform, after=after, since=ctx.at - WITHIN, most=PAGE)
    if not cursors:
        return None
    late = _late(ctx.platform, [each for each in cursors if _due(each) <= ctx.at], ctx.at)
    _open(ctx, late)
    looked = [each for each in cursors if each.subscription_id in late]
    for cursor in looked:
        cursor.late_checked_at = ctx.at
    PeriodCursor.objects.bulk_update(looked, ["late_checked_at"])
    return cursors[-1].pk, len(looked)


def _due(cursor: PeriodCursor) -> datetime:
    checked = cursor.late_checked_at
    return datetime.min.replace(tzinfo=UTC) if checked is None else checked + AGAIN_AFTER


def _late(platform: Platform, cursors: Sequence[PeriodCursor], at: datetime | None) -> Late:
    """Subscription pk -> the final invoices that may come to something else since they were looked into."""
    keys = [each.subscription_id for each in cursors]
    if not keys:
        return {}
    rows = timelines.with_schedules(PricingPlanSubscription.objects.filter(pk__in=keys))
    supplement = {"platform": platform, "occasion": Occasion.SUPPLEMENT, "period_start": AFTER_ALL}
    asking = [Invoice(pk=-row.pk, subscription=row, customer=row.customer, **supplement) for row in rows]
    checked = {each.subscription_id: each.late_checked_at for each in cursors if each.late_checked_at}
    agreed = agreed_prices.of_invoices(platform, asking)
    history = billed.history(asking)
    late = late_usage.changed(
        platform=platform, invoices=asking, agreed=agreed, history=history, checked=checked
    )
    ahead = billed_ahead.changed(
        invoices=asking, agreed=agreed, history=history, late=late, checked=checked, until=at
    )
    return {-key: several for key, several in late_usage.joined(late, ahead).items()}


def _open(ctx: Context, late: Late) -> None:
    """Store a draft for each of these subscriptions that has something to bill or to give back."""
    if not late:
        return
    rows = timelines.with_schedules(PricingPlanSubscription.objects.filter(pk__in=late))
    drafts = [periods.draft(ctx, row, Occasion.SUPPLEMENT, Span(ctx.at, ctx.at)) for row in rows]
    for number, draft in enumerate(drafts, 1):
        draft.pk = -number
    drawn = drafting.contents(platform=ctx.platform, invoices=drafts)
    new = [each.invoice for each in drawn if each.content is None or any(each.content.everything)]
    for draft in new:
        draft.pk = None
    Invoice.objects.bulk_create(new)
    bulk.created(ctx=ctx, instances=new)
