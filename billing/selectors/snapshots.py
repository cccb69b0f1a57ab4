"""The parties of an invoice as they are printed: what is frozen when it becomes final."""

from __future__ import annotations

from typing import Any

from billing.models import BillingEntity, Customer, CustomerType, Invoice


def parties(invoice: Invoice) -> dict[str, Any]:
    """``{"seller", "buyer"}`` of an invoice, from master data as it is now."""
    return {"seller": seller(invoice.billing_entity), "buyer": buyer(invoice.customer)}


def seller(entity: BillingEntity) -> dict[str, Any]:
    """The issuer."""
    return {
        "id": entity.public_id,
        "reference": entity.reference,
        "name": entity.legal_name or entity.reference,
        "address": entity.registered_address or {},
        "tax_ids": _tax_ids(entity.tax_id, entity.tax_ids),
        "registration_number": entity.registration_number or None,
        "email": entity.email or None,
        "timezone": entity.timezone,
    }


def buyer(customer: Customer) -> dict[str, Any]:
    """Who is billed."""
    organization = customer.organization or {}
    is_organization = customer.type == CustomerType.ORGANIZATION
    return {
        "id": customer.public_id,
        "reference": customer.reference,
        "type": customer.type,
        "name": customer.name or customer.reference or customer.public_id,
        "address": customer.address,
        "tax_ids": _tax_ids(organization.get("tax_id"), organization.get("tax_ids"))
        if is_organization
        else [],
        "registration_number": organization.get("registration_number") or None,
        "email": customer.email or None,
        "locale": customer.locale or None,
    }


def _tax_ids(single: str | None, several: list[dict[str, Any]] | None) -> list[str]:
    numbers = [single, *(each.get("id") for each in several or [])]
    return list(dict.fromkeys(number for number in numbers if number))
