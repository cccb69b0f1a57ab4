"""Customers that look like the one that is typed: the same tax ID, name, or email domain."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts.models import Platform
from billing.models import Customer, CustomerStatus
from billing.selectors import parties

SHOWN = 3
# Addresses of mail providers say nothing about who somebody is.
PUBLIC_DOMAINS = frozenset("gmail.com outlook.com hotmail.com yahoo.com icloud.com proton.me".split())


def twins(
    platform: Platform, values: dict[str, Any], *, but: Customer | None = None
) -> list[tuple[Customer, str]]:
    """(customer, what is the same) of at most three; one query, none while there is nothing to compare."""
    name, tax_id = _text(values, "legal_name"), _text(values, "tax_id")
    domain = _text(values, "email").rpartition("@")[2].casefold()
    wanted = Q()
    if name:
        wanted |= Q(name__iexact=name)
    if tax_id:
        wanted |= Q(organization__tax_ids__contains=[{"id": tax_id}])
    if "." in domain and domain not in PUBLIC_DOMAINS:
        wanted |= Q(email__iendswith=f"@{domain}")
    if not wanted:
        return []
    rows = parties.customers(platform).exclude(status=CustomerStatus.CLOSED).filter(wanted)
    rows = rows.exclude(pk=but.pk) if but else rows
    return [(row, _same(row, name, tax_id)) for row in rows.order_by("-pk")[:SHOWN]]


def _same(row: Customer, name: str, tax_id: str) -> str:
    ids = [each.get("id") for each in (row.organization or {}).get("tax_ids") or []]
    if tax_id and tax_id in ids:
        return "tax ID"
    return "name" if row.name.casefold() == name.casefold() else "email domain"


def _text(values: dict[str, Any], name: str) -> str:
    text = str(values.get(name) or "").strip()
    return "" if "\x00" in text else text
