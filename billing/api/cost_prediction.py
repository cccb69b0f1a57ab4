"""What invoices come to, for metering's cost predictions: the way in which they are read and shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from accounts.models import Platform
from billing.api import invoice_reading
from billing.api.invoice_serializer import InvoiceSerializer
from billing.api.invoice_view import Shown
from billing.selectors import invoices as selectors


class Forecaster:
    """Fills the port of ``metering.ports``."""

    def costs(self, platform: Platform, invoice_ids: Collection[str]) -> Mapping[str, dict[str, Any] | None]:
        """public id -> the contract's CostPredictionDetails; None for a draft that cannot be drawn up."""
        rows = list(selectors.rows(platform).filter(public_id__in=invoice_ids))
        shown = invoice_reading.shown(platform, rows)
        return {each.invoice.public_id: None if each.error else _details(each) for each in shown}


def _details(shown: Shown) -> dict[str, Any]:
    invoice = InvoiceSerializer(shown).data
    return {
        "customer_id": invoice["customer_id"],
        "invoice_id": invoice["id"],
        "amount_excluding_tax": invoice["invoice_amount_excluding_tax"],
        "amount_including_tax": invoice["invoice_amount_including_tax"],
        "tax_summary": invoice["tax_summary"],
        "periods": invoice["periods"],
        "pre_wallet_balance": None,
        "post_wallet_balance": None,
    }
