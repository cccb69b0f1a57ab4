"""What has been used and earned but is on no final invoice yet: the drafts as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Platform
from billing.models import Invoice, InvoiceStatus
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting
from kit import money

PAGE = 200
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A draft with its amount without tax; ``net`` is what was stored where it cannot be drawn up now."""

    invoice: Invoice
    net: Decimal


def drafts(*, platform: Platform) -> list[Unbilled]:
    """Every draft (at most 2,000), in pages that cost a fixed number of queries each."""
    rows = selectors.rows(platform).filter(status=InvoiceStatus.DRAFT).order_by("pk")
    found = list(rows.defer("content", "parties", "prices")[:MOST])
    pages = (found[start : start + PAGE] for start in range(0, len(found), PAGE))
    return [each for page in pages for each in _of(platform, page)]


def total(found: Sequence[Unbilled], currency: str) -> Decimal:
    """What the drafts in one currency come to."""
    return money.total(each.net for each in found if each.invoice.currency == currency)


def _of(platform: Platform, page: Sequence[Invoice]) -> Iterator[Unbilled]:
    for draft in drafting.contents(platform=platform, invoices=page):
        content = draft.content
        net = draft.invoice.amount_excluding_tax if content is None else content.totals.excluding_tax
        yield Unbilled(draft.invoice, net)
