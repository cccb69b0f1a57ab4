"""Create, change and delete the contacts of customers."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import Contact, Customer, CustomerStatus
from kit import persistence
from kit.errors import InvalidOperation
from webhooks.services import changes


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> Contact:
    """A new contact of a customer that is not closed. A duplicate reference is 409."""
    _require_open(fields["customer"])
    contact = Contact.stamped(platform=ctx.platform, at=ctx.at, **fields)
    persistence.insert(contact)
    changes.created(ctx=ctx, instance=contact)
    return contact


@transaction.atomic
def update(*, ctx: Context, instance: Contact, fields: dict[str, Any]) -> Contact:
    """Change the named fields."""
    contact: Contact = persistence.lock(instance)
    _require_open(fields.get("customer", contact.customer))
    before = changes.snapshot(contact)
    persistence.store(contact, persistence.assign(contact, {**fields, "updated_at": ctx.at}))
    changes.updated(ctx=ctx, instance=contact, before=before)
    return contact


@transaction.atomic
def delete(*, ctx: Context, instance: Contact) -> None:
    """Delete the contact."""
    contact: Contact = persistence.lock(instance)
    before = changes.snapshot(contact)
    persistence.remove(contact)
    changes.deleted(ctx=ctx, instance=contact, before=before)


def _require_open(customer: Customer) -> None:
    if customer.status == CustomerStatus.CLOSED:
        raise InvalidOperation("The customer is closed", field="customer_id")
