"""The pages of records, by what the audit trail calls them."""

from __future__ import annotations

from accounts.models import AuditEntry
from desk import navigation

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


def page_of_record(entry: AuditEntry) -> str:
    """Where the record is seen; nothing for one that was deleted or has no page."""
    page = PAGES.get(entry.object_type) if entry.action != "DELETED" else None
    return navigation.address(page, entry.object_id) if page else ""
