"""Erase a customer's personal data (GDPR, article 17); final invoices keep what was printed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.calc import lifecycle
from billing.models import Contact, Customer, CustomerStatus
from billing.services.customers import customers
from kit import persistence
from webhooks.services import changes

# The country stays, because taxes already reported depend on it.
KEPT_OF_AN_ADDRESS = ("country",)


@transaction.atomic
def customer(*, ctx: Context, instance: Customer) -> Customer:
    """Close the customer and erase names, addresses, tax ids, email and contacts.

    Ids and references stay, so that usage and invoices keep their owner. Raises InvalidOperation
    while a subscription or draft is open: what is still to be billed needs to know whom.
    """
    customer: Customer = persistence.lock(instance)
    lifecycle.assert_can("CUSTOMER", customer.status, CustomerStatus.CLOSED)
    customers.require_settled(customer)
    was = customer.status
    Contact.objects.for_platform(ctx.platform).filter(customer=customer).update(
        name=None, email="", notification_preferences=[], updated_at=ctx.at
    )
    persistence.store(customer, persistence.assign(customer, _erased(customer, ctx)))
    # The trail of the erasure must not repeat what was erased.
    before = {**changes.snapshot(customer), "status": was}
    changes.updated(ctx=ctx, instance=customer, before=before)
    return customer


def _erased(customer: Customer, ctx: Context) -> dict[str, Any]:
    address = {key: customer.address[key] for key in KEPT_OF_AN_ADDRESS if key in customer.address}
    return {
        "status": CustomerStatus.CLOSED,
        "name": "",
        "email": "",
        "locale": "",
        "timezone": "",
        "notification_preferences": [],
        "individual": {"residential_address": address} if customer.individual else None,
        "organization": {"registered_address": address} if customer.organization else None,
        "forgotten_at": ctx.at,
        "updated_at": ctx.at,
    }
