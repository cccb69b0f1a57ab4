"""Remember what drafts came to, so that lists can be ordered by amount without computing them all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from billing.models import Invoice
from billing.services.invoices.drafting import Draft
from kit.money import AMOUNT_LIMIT

# A draft that has become final meanwhile is left alone.
SQL = """
    UPDATE billing_invoice AS i SET amount_excluding_tax = now.net, tax_amount = now.tax,
        amount_including_tax = now.gross, totals_at = %s
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[]) AS now(id, net, tax, gross)
    WHERE i.id = now.id AND i.status = 'DRAFT'"""


def remember(*, drafts: Sequence[Draft], at: datetime) -> int:
    """Store the totals of the drafts that have changed since they were last remembered; how many."""
    changed = [
        (draft.invoice, draft.content.totals)
        for draft in drafts
        if draft.content is not None and _differs(draft.invoice, draft) and _storable(draft)
    ]
    if not changed:
        return 0
    columns: list[list[Any]] = [
        [invoice.pk for invoice, _ in changed],
        [totals.excluding_tax for _, totals in changed],
        [totals.tax for _, totals in changed],
        [totals.including_tax for _, totals in changed],
    ]
    with connection.cursor() as cursor:
        cursor.execute(SQL, [at, *columns])
        return int(cursor.rowcount)


def _differs(invoice: Invoice, draft: Draft) -> bool:
    totals = draft.complete.totals
    return (invoice.amount_excluding_tax, invoice.tax_amount) != (totals.excluding_tax, totals.tax)


def _storable(draft: Draft) -> bool:
    """Whether the columns hold it. What they do not is shown as it is, and finalization refuses it."""
    totals = draft.complete.totals
    return all(abs(each) < AMOUNT_LIMIT for each in (totals.excluding_tax, totals.tax, totals.including_tax))
