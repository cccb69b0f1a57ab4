"""Tax decisions for an invoice, from its parties and the dated rates."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings

from billing.calc.tax import Buyer, BuyerType, Seller, TaxCategory, TaxDecision, decide
from billing.calc.tax_rates import STANDARD, RateRow
from billing.models import BillingEntity, Customer, CustomerType, Invoice


@cache
def shipped_rates() -> tuple[RateRow, ...]:
    """The rates in ``billing/data/tax_rates.json``."""
    table = json.loads((settings.BASE_DIR / "billing" / "data" / "tax_rates.json").read_text("utf-8"))
    rows = table["rates"] if isinstance(table, dict) else table
    return tuple(RateRow.from_dict(row) for row in rows)


def rates(entity: BillingEntity) -> tuple[RateRow, ...]:
    """The rates by which an entity taxes: its own, and the shipped ones."""
    own = (replace(RateRow.from_dict({"rate_name": STANDARD, **row}), own=True) for row in entity.tax_rates)
    return (*own, *shipped_rates())


@dataclass(slots=True)
class Taxes:
    """The tax of one invoice by category; each is decided once.

    ``supplied`` is the invoice whose period the rates are of: the same one, or an earlier one billed again.
    """

    invoice: Invoice
    supplied: Invoice
    _known: dict[str, TaxDecision]

    @classmethod
    def of(cls, invoice: Invoice, *, supplied: Invoice | None = None) -> Taxes:
        return cls(invoice, supplied or invoice, {})

    def on(self, category: str) -> TaxDecision:
        """Raises InvalidOperation or MissingField where no tax can be decided."""
        if category not in self._known:
            invoice = self.invoice
            subscription = invoice.subscription
            self._known[category] = decide(
                seller=seller(invoice.billing_entity),
                buyer=buyer(invoice.customer),
                category=TaxCategory(category),
                rates=rates(invoice.billing_entity),
                on=_supplied(self.supplied).astimezone(invoice.billing_entity.zone).date(),
                sales_tax_percentage=subscription.sales_tax_percentage if subscription else None,
            )
        return self._known[category]


def seller(entity: BillingEntity) -> Seller:
    """The issuer as tax law sees it."""
    registrations = [each.get("registered_address") or {} for each in entity.tax_registrations or []]
    settings_of = entity.tax_settings or {}
    return Seller(
        country=(entity.registered_address or {}).get("country"),
        registrations=frozenset(each["country"] for each in registrations if each.get("country")),
        apply_local_vat_for_missing_tax_id=bool(settings_of.get("apply_local_vat_for_missing_tax_id")),
    )


def buyer(customer: Customer) -> Buyer:
    """The customer as tax law sees it."""
    organization = customer.organization or {}
    is_organization = customer.type == CustomerType.ORGANIZATION
    return Buyer(
        country=customer.address.get("country"),
        type=BuyerType.ORGANIZATION if is_organization else BuyerType.INDIVIDUAL,
        has_tax_id=is_organization and bool(organization.get("tax_id") or organization.get("tax_ids")),
        exempt=is_organization and bool(organization.get("tax_exempt")),
        exempt_note=organization.get("tax_exempt_note") or "",
    )


def _supplied(invoice: Invoice) -> datetime:
    """The rate that holds is that of the day the supply ends on: the last instant of the period."""
    return max(invoice.period_start, invoice.period_end - timedelta(microseconds=1))
