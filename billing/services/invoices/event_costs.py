"""What an event that is not sent yet would add to the draft that takes it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import LateUsage, Platform
from billing.models import Invoice, InvoiceStatus, Occasion
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting
from kit.money import EXACT
from metering.ports import Fate, FateKind
from metering.services import forecast, ingest


@dataclass(frozen=True, slots=True)
class Added:
    """``net`` is without tax, and zero where it is too little to round up to the currency's minor unit."""

    draft: Invoice
    net: Decimal


def to_draft(*, platform: Platform, document: Any, wall: datetime) -> Added | None:
    """The difference that the event makes, stored for as long as it takes to draw the draft up again.

    None where no draft takes it up: nothing prices it, its period has no draft yet, it is a duplicate, or
    late usage is not billed; and where the draft cannot be drawn up. Raises what storing it would raise.
    """
    draft = _draft(platform, forecast.fate(platform_id=platform.pk, document=document, wall=wall))
    if draft is None:
        return None
    before = _net(platform, draft)

    def drawn_again(stored: ingest.Result) -> Decimal | None:
        return None if stored.outcomes[0].original else _net(platform, draft)

    after = forecast.trial(platform_id=platform.pk, document=document, wall=wall, tell=drawn_again)
    if before is None or after is None:
        return None
    return Added(draft, EXACT.subtract(after, before))


def _draft(platform: Platform, fate: Fate) -> Invoice | None:
    """Its own period's; for late usage a supplement, or the subscription's earliest."""
    mine = selectors.with_terms(Invoice.objects.filter(platform=platform, status=InvoiceStatus.DRAFT))
    if fate.kind == FateKind.MATCHED:
        return mine.filter(public_id__in=[each.invoice_id for each in fate.links]).first()
    if fate.kind != FateKind.LATE or platform.late_usage == LateUsage.IGNORE:
        return None
    named = fate.links[0].pricing_plan_subscription_id
    found = mine.filter(
        subscription__public_id=named, occasion__in=(Occasion.PERIOD, Occasion.SUPPLEMENT)
    ).order_by("period_start", "pk")
    return found.filter(occasion=Occasion.SUPPLEMENT).first() or found.first()


def _net(platform: Platform, draft: Invoice) -> Decimal | None:
    content = drafting.contents(platform=platform, invoices=[draft])[0].content
    return content.totals.excluding_tax if content else None
