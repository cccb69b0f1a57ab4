"""What billing tells the apps below about itself, once, when Django is ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import Platform, TenantModel
from accounts.services import sweeps
from billing.api import billing_entities, contacts, customers, invoice_view
from billing.models import BillingEntity, Contact, Customer, Invoice
from billing.selectors import parties
from billing.services import finalize, periods
from kit.api import expand
from webhooks.services import rendering

Render = Callable[[Any], dict[str, Any]]


def register_all() -> None:
    """Renderers for the outbox, loaders for ``expand[]``, sweeps for what falls due."""
    rendering.register(Invoice.object_type, invoice_view.render)
    sweeps.register(sweeps.Sweep("invoices.open", periods.sweep, every=60, next_due=periods.next_due))
    sweeps.register(sweeps.Sweep("invoices.finalize", finalize.sweep, every=60, next_due=finalize.next_due))
    resources: list[tuple[type[TenantModel], Callable[[Platform], Any], Render, str]] = [
        (BillingEntity, parties.billing_entities, billing_entities.render, "billing_entity_id"),
        (Customer, parties.customers, customers.render, "customer_id"),
        (Contact, parties.contacts, contacts.render, "contact_id"),
    ]
    for model, rows, render, field in resources:
        rendering.register(model.object_type, render)
        expand.register(field, _loader(rows, render))


def _loader(rows: Callable[[Platform], Any], render: Render) -> expand.Loader:
    def load(platform: Platform, public_ids: set[str]) -> dict[str, dict[str, Any]]:
        return {row.public_id: render(row) for row in rows(platform).filter(public_id__in=public_ids)}

    return load
