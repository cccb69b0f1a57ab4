"""Create, change and delete customers, and move them along their life."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.calc import lifecycle
from billing.models import Customer, CustomerStatus, CustomerType
from billing.selectors import parties
from billing.services.customers import tax_ids
from kit import persistence
from kit.errors import CannotDelete, CannotUpdate, InvalidOperation
from webhooks.services import changes, restoring

READ_ONLY = (CustomerStatus.ARCHIVED, CustomerStatus.CLOSED)
FIRST_STATUSES = (CustomerStatus.DRAFT, CustomerStatus.ACTIVE)
NAME_PARTS = ("first_name", "infix", "last_name")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> Customer:
    """A new customer: DRAFT, or ACTIVE at once where that is sent. A duplicate reference is 409."""
    status = fields.get("status", CustomerStatus.DRAFT)
    if status not in FIRST_STATUSES:
        lifecycle.assert_can("CUSTOMER", CustomerStatus.DRAFT, status)
    customer = Customer.stamped(platform=ctx.platform, at=ctx.at, **_details({}, fields))
    customer.name = display_name(customer)
    persistence.insert(customer)
    changes.created(ctx=ctx, instance=customer)
    return customer


@transaction.atomic
def update(*, ctx: Context, instance: Customer, fields: dict[str, Any]) -> Customer:
    """Change the named fields; of ``organization`` and ``individual`` the parts that are sent.

    Raises InvalidOperation for a status that cannot follow, CannotUpdate once the customer is closed.
    """
    customer: Customer = persistence.lock(instance)
    if customer.status in READ_ONLY:
        raise CannotUpdate(f"The customer is {customer.status}", resource_type=customer.object_type)
    status = fields.get("status", customer.status)
    if status == CustomerStatus.CLOSED:
        raise CannotUpdate("A customer is closed by /forget", field="status")
    if status != customer.status:
        _require_step(customer, status)
    before = changes.snapshot(customer)
    stored = {"organization": customer.organization, "individual": customer.individual}
    changed = persistence.assign(customer, {**_details(stored, fields), "updated_at": ctx.at})
    changed += persistence.assign(customer, {"name": display_name(customer)})
    persistence.store(customer, changed)
    changes.updated(ctx=ctx, instance=customer, before=before)
    return customer


@transaction.atomic
def delete(*, ctx: Context, instance: Customer) -> None:
    """Delete a DRAFT customer that nothing points at."""
    customer: Customer = persistence.lock(instance)
    if customer.status != CustomerStatus.DRAFT:
        raise CannotDelete(
            f"Only a DRAFT customer can be deleted; this one is {customer.status}",
            resource_type=customer.object_type,
            resource_id=customer.public_id,
        )
    before = changes.snapshot(customer)
    persistence.remove(customer)
    changes.deleted(ctx=ctx, instance=customer, before=before)


def activate(*, ctx: Context, instance: Customer) -> Customer:
    """DRAFT to ACTIVE: the customer may subscribe and send usage."""
    return _move(ctx=ctx, instance=instance, status=CustomerStatus.ACTIVE)


def deprecate(*, ctx: Context, instance: Customer) -> Customer:
    """No new subscriptions; those that run go on."""
    return _move(ctx=ctx, instance=instance, status=CustomerStatus.DEPRECATED)


def archive(*, ctx: Context, instance: Customer) -> Customer:
    """Hidden and read-only."""
    return _move(ctx=ctx, instance=instance, status=CustomerStatus.ARCHIVED)


def restore(*, ctx: Context, instance: Customer, status: str) -> Customer:
    """Take a deprecation or an archiving back: ``status`` again, as it was before."""
    return restoring.status(ctx=ctx, instance=instance, flow=lifecycle.CUSTOMER, to=status)


@transaction.atomic
def _move(*, ctx: Context, instance: Customer, status: CustomerStatus) -> Customer:
    customer: Customer = persistence.lock(instance)
    _require_step(customer, status)
    before = changes.snapshot(customer)
    persistence.store(customer, persistence.assign(customer, {"status": status, "updated_at": ctx.at}))
    changes.updated(ctx=ctx, instance=customer, before=before)
    return customer


def _require_step(customer: Customer, status: str) -> None:
    """The state table's word, and nothing to bill any more before a customer is put away."""
    lifecycle.assert_can("CUSTOMER", customer.status, status)
    if status == CustomerStatus.ARCHIVED:
        require_settled(customer)


def require_settled(customer: Customer) -> None:
    """Raise InvalidOperation while a subscription or a draft invoice of the customer is open."""
    if parties.has_open_business(customer):
        raise InvalidOperation(
            "The customer still has subscriptions or draft invoices: cancel or void those first",
            resource_type=customer.object_type,
            resource_id=customer.public_id,
        )


def display_name(customer: Customer) -> str:
    """The legal name of an organization, or the person's name."""
    if customer.type == CustomerType.ORGANIZATION:
        return (customer.organization or {}).get("legal_name") or ""
    name = (customer.individual or {}).get("name") or {}
    return " ".join(name[part] for part in NAME_PARTS if name.get(part))


def _details(stored: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """``fields`` with the nested objects completed by what is stored of them."""
    values = dict(fields)
    if fields.get("organization") is not None:
        values["organization"] = {
            **(stored.get("organization") or {}),
            **tax_ids.aligned(fields["organization"]),
        }
    if fields.get("individual") is not None:
        values["individual"] = {**(stored.get("individual") or {}), **fields["individual"]}
    return values
