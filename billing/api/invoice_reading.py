"""Invoices with the content they show: drafts as they are now, all others as they were frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import Platform
from accounts.services import clock
from billing.api.invoice_serializer import InvoiceSerializer
from billing.api.invoice_view import Shown
from billing.models import Invoice, InvoiceStatus
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting, totals
from billing.services.invoices.drafting import Draft


def shown(platform: Platform, rows: Sequence[Invoice]) -> list[Shown]:
    """Each row with its content; a fixed number of queries for all drafts together."""
    return _with(rows, _drafts(platform, rows))


def listed(platform: Platform, rows: Sequence[Invoice]) -> list[Shown]:
    """The same for a page of a list. What the drafts came to is remembered, to order lists by amount."""
    drafts = _drafts(platform, rows)
    totals.remember(drafts=drafts, at=clock.now(platform))
    return _with(rows, drafts)


def whole(platform: Platform, invoice: Invoice) -> dict[str, Any]:
    """One invoice with its whole tree, as ``/v1/invoices/{id}`` answers it."""
    row = selectors.rows(platform).get(pk=invoice.pk)
    data: dict[str, Any] = dict(InvoiceSerializer(shown(platform, [row])[0]).data)
    return data


def _drafts(platform: Platform, rows: Sequence[Invoice]) -> list[Draft]:
    drafts = [row for row in rows if row.status == InvoiceStatus.DRAFT]
    return drafting.contents(platform=platform, invoices=drafts) if drafts else []


def _with(rows: Sequence[Invoice], drafts: Sequence[Draft]) -> list[Shown]:
    now = {draft.invoice.pk: Shown.draft(draft) for draft in drafts}
    return [now.get(row.pk) or Shown.final(row) for row in rows]
