"""The menu, as data: the whole tree of the product in its order.

An entry shows when a URL pattern of its name exists and the member's role may read it, so a new
screen appears by adding its pattern. ``desk:<name>`` is the list or page behind the entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu; a folder when it has ``children``. ``keys`` is its ``g`` shortcut."""

    label: str
    name: str = ""
    permission: str = ""
    icon: str = ""
    keys: str = ""
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one member sees it. ``count`` is work to do, never a total."""

    label: str
    url: str
    icon: str = ""
    name: str = ""
    keys: str = ""
    children: list[Item] = field(default_factory=list)
    count: int = 0


MENU = (
    Entry("Home", "home", icon="home", keys="h"),
    Entry(
        "Usage metering",
        icon="gauge",
        children=(
            Entry("Meters", "meters", "METER.VIEW", keys="m"),
            Entry("Events", "events", "METER_DATA.VIEW", keys="e"),
            Entry("Unmatched events", "unmatched-events", "METER_DATA.VIEW"),
            Entry("File uploads", "file-uploads", "FILE.VIEW"),
            Entry("Reprocessing", "reprocessing", "REPROCESSING.REPROCESS.VIEW"),
        ),
    ),
    Entry(
        "Products & plans",
        icon="tag",
        children=(
            Entry("Product catalog", "product-catalog", "PRODUCT.VIEW"),
            Entry("Pricing plans", "pricing-plans", "PRICING_PLAN.VIEW", keys="p"),
            Entry("Features", "features", "FEATURE.VIEW"),
            Entry("Coupons", "coupons", "COUPON.VIEW"),
        ),
    ),
    Entry("Customers", "customers", "CUSTOMER.VIEW", icon="people", keys="c"),
    Entry(
        "Invoicing",
        icon="doc",
        children=(
            Entry("Invoices", "invoices", "INVOICE.VIEW", keys="i"),
            Entry("Credit notes", "credit-notes", "INVOICE.VIEW"),
            Entry("Payments", "payments", "PAYMENT.VIEW"),
        ),
    ),
    Entry(
        "Wallets & credits",
        icon="wallet",
        children=(
            Entry("Wallets", "wallets", "WALLET.VIEW"),
            Entry("Credit types", "credit-types", "CREDIT_TYPE.VIEW"),
        ),
    ),
    Entry("Insights", "insights", "REPORT.VIEW", icon="chart"),
    Entry(
        "Workflows",
        icon="flow",
        children=(
            Entry("Workflows", "workflows", "WORKFLOW.VIEW"),
            Entry("Executions", "executions", "WORKFLOW.VIEW"),
        ),
    ),
    Entry(
        "Developers",
        icon="code",
        children=(
            Entry("API logs", "api-logs", "AUDIT_RECORD.VIEW"),
            Entry("Webhooks", "webhooks", "WEBHOOK.VIEW"),
            Entry("Audit log", "audit-log", "AUDIT_RECORD.VIEW"),
            Entry("Test clocks", "test-clocks", "TEST_CLOCK.VIEW"),
        ),
    ),
)
FOOT = (
    Entry("Get started", "get-started", icon="check"),
    Entry("Settings", "settings", icon="cog", keys="s"),
)
SETTINGS = (
    Entry("Billing entities", "billing-entities", "BILLING_ENTITY.VIEW"),
    Entry("Subscriptions", "settings-subscriptions", "PLATFORM.VIEW"),
    Entry("Invoices", "settings-invoices", "PLATFORM.VIEW"),
    Entry("Payment options", "payment-options", "PAYMENT_ACCEPTOR.VIEW"),
    Entry("Tax", "tax", "BILLING_ENTITY.VIEW"),
    Entry("Currencies & exchange rates", "currencies", "CURRENCIES.VIEW"),
    Entry("Integrations", "integrations", "INTEGRATION.VIEW"),
    Entry("Alert rules", "alert-rules", "ALERT_RULE.VIEW"),
    Entry("Custom fields", "custom-fields", "CUSTOM_FIELD.VIEW"),
    Entry("Users & roles", "users", "USER.MORTAL.VIEW"),
    Entry("API keys", "api-keys", "USER.API.VIEW"),
    Entry("Organization", "organization", "PLATFORM.VIEW"),
    Entry("My profile", "profile"),
)
# Pages that hang on an entry above as tabs; search or jump knows them by their own names.
TABS = (
    Entry(
        "Customers",
        children=(
            Entry("Subscriptions", "subscriptions", "PRICING_PLAN_SUBSCRIPTION.VIEW"),
            Entry("Subscription groups", "subscription-groups", "PRICING_PLAN_SUBSCRIPTION_GROUP.VIEW"),
        ),
    ),
    Entry(
        "Insights",
        children=(
            Entry("Usage", "insights-usage", "REPORT.VIEW"),
            Entry("Revenue", "insights-revenue", "REPORT.VIEW"),
            Entry("Unbilled", "insights-unbilled", "REPORT.VIEW"),
            Entry("Aging", "insights-aging", "REPORT.VIEW"),
            Entry("MRR", "insights-mrr", "REPORT.VIEW"),
        ),
    ),
)


def visible(
    entries: tuple[Entry, ...], can: Callable[[str], bool], waiting: Mapping[str, int] | None = None
) -> list[Item]:
    """The entries that work and that the member may read; folders without any are left out.

    ``waiting`` counts the work to do at an entry, by its name.
    """
    return list(_visible(entries, can, waiting or {}))


def _visible(
    entries: tuple[Entry, ...], can: Callable[[str], bool], waiting: Mapping[str, int]
) -> Iterator[Item]:
    for entry in entries:
        if not can(entry.permission):
            continue
        children = visible(entry.children, can, waiting)
        url = address(entry.name) if entry.name else (children[0].url if children else "")
        if url:
            count = waiting.get(entry.name, 0)
            yield Item(entry.label, url, entry.icon, entry.name, entry.keys, children, count)


def address(name: str, *keys: str) -> str:
    """Where ``desk:<name>`` is (of the record with these keys), or nothing while no such screen exists."""
    try:
        return reverse(f"desk:{name}", args=keys)
    except NoReverseMatch:
        return ""
