"""Which invoice has a coupon that is for one invoice only: the first that it takes something off.

Final invoices tell by their lines. Among drafts the earlier period goes first, whether it is read or not: a
draft shows the coupon only if no earlier draft is about to use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Platform
from billing.calc import coupons
from billing.calc.content import InvoiceContent
from billing.calc.coupons import Coupon, DurationType
from billing.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Occasion,
    PricingPlanSchedule,
    PricingPlanSubscription,
)
from billing.selectors import invoices as selectors
from billing.selectors.billed import BILLED, in_time

Place = tuple[datetime, bool]


@dataclass(frozen=True, slots=True)
class Spending:
    """``spent``: by subscription and coupon the place in time of the invoice that has it.

    ``earlier`` are drafts that come before those asked for and may take a coupon first. With ``at`` those
    that are not stored are tried: they have the coupons that an invoice of a period which starts then has.
    """

    spent: dict[tuple[int, str], Place] = field(default_factory=dict)
    earlier: tuple[Invoice, ...] = ()
    at: datetime | None = None

    def place(self, invoice: Invoice) -> Place:
        """Where it comes among the invoices of its subscription."""
        start, follows = in_time(invoice)
        return (start, follows) if self.at is None or not _is_tried(invoice) else (self.at, follows)

    def of(
        self, invoice: Invoice, subscription: PricingPlanSubscription, schedule: PricingPlanSchedule
    ) -> list[Coupon]:
        """The coupons of a schedule on this invoice."""
        if not schedule.coupons:
            return []
        begins = [coupons.began(each.coupons, start=each.start_at) for each in subscription.schedules.all()]
        found = coupons.applied(
            schedule.coupons,
            start=schedule.start_at,
            firsts=coupons.earliest(begins),
            zone=subscription.billing_entity.zone,
        )
        if self.at is not None and _is_tried(invoice):
            found = coupons.as_of(found, self.at)
        return [each for each in found if not each.is_for_one_invoice or self._has(invoice, each)]

    def note(self, invoice: Invoice, content: InvoiceContent | None) -> None:
        """Remember what this invoice takes; the invoices after it do not have it."""
        for use in content.coupons if content else ():
            self.spent.setdefault((invoice.subscription_id or 0, use.coupon_id), self.place(invoice))

    def _has(self, invoice: Invoice, coupon: Coupon) -> bool:
        place = self.spent.get((invoice.subscription_id or 0, coupon.use.coupon_id))
        return place is None or place == self.place(invoice)


def of(*, platform: Platform, invoices: Sequence[Invoice], at: datetime | None = None) -> Spending:
    """What is known before these invoices are drawn up; no query where no coupon is for one invoice."""
    single = _for_one_invoice(invoices)
    if not single:
        return Spending(at=at)
    keys = {subscription for subscription, _ in single}
    lines = InvoiceLine.objects.filter(
        invoice__platform=platform,
        invoice__subscription__in=keys,
        invoice__status__in=BILLED,
        coupon_id__in={coupon for _, coupon in single},
        late_of__isnull=True,
    )
    names = ("invoice__subscription_id", "coupon_id", "invoice__period_start", "invoice__occasion")
    spent: dict[tuple[int, str], Place] = {}
    for subscription, coupon, start, occasion in lines.values_list(*names):
        if subscription is not None:
            spent[subscription, coupon] = (start, occasion != Occasion.OPENING)
    waiting = {subscription for subscription, coupon in single if (subscription, coupon) not in spent}
    return Spending(spent, tuple(_earlier(Spending(at=at), platform, invoices, waiting)), at)


def _is_tried(invoice: Invoice) -> bool:
    return invoice._state.adding


def _for_one_invoice(invoices: Sequence[Invoice]) -> set[tuple[int, str]]:
    """(subscription pk, coupon id) of the coupons that are for one invoice only."""
    return {
        (invoice.subscription.pk, entry["id"])
        for invoice in invoices
        if invoice.subscription
        for schedule in invoice.subscription.schedules.all()
        for entry in schedule.coupons
        if entry["duration"]["type"] == DurationType.ONE_TIME
    }


def _earlier(
    spending: Spending, platform: Platform, invoices: Sequence[Invoice], waiting: set[int]
) -> list[Invoice]:
    """The drafts of these subscriptions before the first one asked for."""
    firsts: dict[int, Place] = {}
    for invoice in invoices:
        if invoice.subscription_id in waiting:
            key = invoice.subscription_id or 0
            firsts[key] = min(firsts.get(key, spending.place(invoice)), spending.place(invoice))
    if not firsts:
        return []
    known = {invoice.pk for invoice in invoices}
    drafts = selectors.rows(platform).filter(subscription__in=firsts, status=InvoiceStatus.DRAFT)
    return [
        each for each in drafts.exclude(pk__in=known) if in_time(each) < firsts[each.subscription_id or 0]
    ]
