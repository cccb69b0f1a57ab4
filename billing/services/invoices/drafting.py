"""What a draft comes to now: usage, prices and tax brought together for ``billing.calc``.

Reading one draft, a list of them, a preview and a finalizing page take the same way: a fixed number
of queries, then pure functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Platform
from billing.calc.assembly import assemble
from billing.calc.content import InvoiceContent
from billing.models import Invoice, Occasion
from billing.selectors import agreed_prices, billed, timelines
from billing.selectors.agreed_prices import Items
from billing.selectors.item_terms import ItemTerms
from billing.services.coupons import coupon_spending
from billing.services.invoices import billed_ahead, demands
from billing.services.usage import carried, late_usage, sources
from billing.services.usage.assumptions import NOTHING, Assumed
from billing.services.usage.late_usage import LateInvoice
from billing.services.usage.sources import Bill, Sources
from kit.errors import InvalidOperation, TallydeskError


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of an invoice, or the error that prevents it.

    ``items`` are the terms it was rated by, ``late`` the final invoices it bills again.
    """

    invoice: Invoice
    content: InvoiceContent | None
    error: TallydeskError | None
    items: tuple[ItemTerms, ...]
    late: tuple[LateInvoice, ...] = ()

    @property
    def complete(self) -> InvoiceContent:
        """The content; raises what prevents it."""
        if self.content is None:
            raise self.error or InvalidOperation("This invoice cannot be drawn up")
        return self.content

    @property
    def is_supplement_of_nothing(self) -> bool:
        """Opened for late usage that is gone again."""
        opened_for_late = self.invoice.occasion == Occasion.SUPPLEMENT
        return opened_for_late and self.content is not None and not any(self.content.everything)


def contents(
    *, platform: Platform, invoices: Sequence[Invoice], cutoff: datetime | None = None
) -> list[Draft]:
    """The content of each invoice, in order. ``invoices`` come from ``selectors.invoices.with_terms``.

    With a ``cutoff`` usage is read as it was then.
    """
    agreed = agreed_prices.of_invoices(platform, invoices)
    earlier = carried.before(platform=platform, invoices=invoices, agreed=agreed)
    everything = [*invoices, *earlier]
    bills = stored_bills(platform=platform, invoices=everything, agreed=agreed)
    found = of_bills(platform=platform, invoices=everything, bills=bills, agreed=agreed, cutoff=cutoff)
    return found[: len(invoices)]


def stored_bills(
    *, platform: Platform, invoices: Sequence[Invoice], agreed: Mapping[int, Items]
) -> dict[int, Sequence[Bill]]:
    """What each stored invoice bills, by its pk: its own period, and earlier ones that are billed again."""
    history = billed.history(invoices)
    late = late_usage.changed(platform=platform, invoices=invoices, agreed=agreed, history=history)
    ahead = billed_ahead.changed(invoices=invoices, agreed=agreed, history=history, late=late)
    again = late_usage.joined(late, ahead)
    return {invoice.pk: _bills(invoice, again.get(invoice.pk, ())) for invoice in invoices}


def of_bills(
    *,
    platform: Platform,
    invoices: Sequence[Invoice],
    bills: Mapping[int, Sequence[Bill]],
    agreed: Mapping[int, Items],
    cutoff: datetime | None = None,
    assumed: Assumed = NOTHING,
    coupons_at: datetime | None = None,
) -> list[Draft]:
    """The content of invoices that bill these parts of their subscriptions, by the prices ``agreed``.

    They are drafted in order of time and answered in the order in which they are given. Those that are not
    stored may be tried with the coupons of a period that starts at ``coupons_at``.
    """
    coupons = coupon_spending.of(platform=platform, invoices=invoices, at=coupons_at)
    rows = [*coupons.earlier, *invoices]
    billing = {**{each.pk: _bills(each, ()) for each in coupons.earlier}, **bills}
    known = sources.gather(
        platform=platform,
        invoices=rows,
        bills=billing,
        agreed={**agreed_prices.of_invoices(platform, coupons.earlier), **agreed},
        cutoff=cutoff,
        assumed=assumed,
        coupons=coupons,
    )
    drafts: dict[int, Draft] = {}
    # In order of time: what takes of a coupon, or of what is free, for one invoice first, has it.
    for invoice in sorted(rows, key=coupons.place):
        draft = drafts[invoice.pk] = _draft(invoice, billing[invoice.pk], known)
        coupons.note(invoice, draft.content)
    return [drafts[invoice.pk] for invoice in invoices]


def _bills(invoice: Invoice, late: Sequence[LateInvoice]) -> list[Bill]:
    assert invoice.subscription is not None
    timeline = timelines.timeline(invoice.subscription)
    if invoice.occasion == Occasion.OPENING:
        return [Bill(timeline.opening())]
    if invoice.occasion == Occasion.ON_DEMAND:
        return [Bill((demands.part(invoice),))]
    runs = invoice.occasion == Occasion.PERIOD
    period = timeline.period_at(invoice.period_start) if runs else None
    own = [Bill(timeline.parts(period))] if period else []
    return [*own, *(Bill(each.parts, each) for each in late)]


def _draft(invoice: Invoice, bills: Sequence[Bill], known: Sources) -> Draft:
    items = known.terms(bills)
    late = tuple(bill.late for bill in bills if bill.late is not None)
    try:
        return Draft(invoice, assemble(known.inputs(invoice, bills)), None, items, late)
    except TallydeskError as error:
        return Draft(invoice, None, error, items, late)
