"""The pages of records, by what the audit trail calls them."""

from __future__ import annotations

from typing import Any

from django.urls import resolve

from accounts.models import AuditEntry
from desk import navigation
from desk.operators import Operator

PAGES = {
    "BILLING_ENTITY": "billing-entity",
    "COUPON": "coupon",
    "CUSTOMER": "customer",
    "INVOICE": "invoice",
    "METER": "meter",
    "PRICING_PLAN": "pricing-plan",
    "PRICING_PLAN_SUBSCRIPTION": "subscription",
    "PRODUCT": "product",
    "WEBHOOK": "webhook",
}


def page_of_record(entry: AuditEntry, operator: Operator) -> str:
    """Where the record is seen; nothing for one that was deleted, has no page, or is not for this role."""
    page = PAGES.get(entry.object_type) if entry.action != "DELETED" else None
    url = navigation.address(page, entry.object_id) if page else ""
    return url if url and operator.can(_permission(url)) else ""


def _permission(url: str) -> str:
    """What the screen at ``url`` asks for."""
    view: Any = resolve(url).func
    return str(view.view_class.permission)
