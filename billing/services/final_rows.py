"""Write many final invoices in one statement: an UPDATE per row, or one long CASE, costs more than rating."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from billing.models import Invoice

# What becoming final changes, with the type that PostgreSQL is told.
COLUMNS = {
    "status": "text",
    "invoice_number": "text",
    "invoice_date": "timestamptz",
    "due_date": "timestamptz",
    "finalized_at": "timestamptz",
    "usage_cutoff": "timestamptz",
    "amount_excluding_tax": "numeric",
    "tax_amount": "numeric",
    "amount_including_tax": "numeric",
    "payment_status": "text",
    "paid": "boolean",
    "totals_at": "timestamptz",
    "content": "jsonb",
    "parties": "jsonb",
    "prices": "jsonb",
    "updated_at": "timestamptz",
}
SQL = f"""
    UPDATE billing_invoice AS i SET {", ".join(f"{name} = made.{name}" for name in COLUMNS)}
    FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in COLUMNS.values())})
        AS made(id, {", ".join(COLUMNS)})
    WHERE i.id = made.id"""  # noqa: S608  built from the constants above


def store(invoices: Sequence[Invoice]) -> None:
    """Write what ``freezing`` and ``numbering`` have set. The caller holds the rows' locks."""
    if not invoices:
        return
    columns = [[_value(invoice, name) for invoice in invoices] for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(SQL, [[invoice.pk for invoice in invoices], *columns])


def _value(invoice: Invoice, name: str) -> Any:
    value = getattr(invoice, name)
    return json.dumps(value) if COLUMNS[name] == "jsonb" else value
