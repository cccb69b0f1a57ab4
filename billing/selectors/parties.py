"""Rows of billing entities, customers and contacts, with what their serializers read."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import Platform
from billing.models import (
    BillingEntity,
    BillingEntityStatus,
    Contact,
    Customer,
    Invoice,
    InvoiceStatus,
    PricingPlanSubscription,
    SubscriptionStatus,
)


def billing_entities(platform: Platform) -> QuerySet[Any]:
    """The platform's billing entities."""
    return BillingEntity.objects.for_platform(platform)


def default_billing_entity(platform: Platform) -> BillingEntity | None:
    """The entity that issues for subscriptions that name none."""
    found: BillingEntity | None = billing_entities(platform).filter(is_default=True).first()
    return found


def customers(platform: Platform) -> QuerySet[Any]:
    """The platform's customers."""
    return Customer.objects.for_platform(platform)


def contacts(platform: Platform) -> QuerySet[Any]:
    """The platform's contacts, with their customers."""
    return Contact.objects.for_platform(platform).select_related("customer")


def active_billing_entities(platform: Platform) -> QuerySet[Any]:
    """Those that may issue invoices, oldest first."""
    return billing_entities(platform).filter(status=BillingEntityStatus.ACTIVE).order_by("pk")


def has_open_business(customer: Customer) -> bool:
    """Whether anything of the customer is running or still to be billed."""
    subscriptions = PricingPlanSubscription.objects.for_platform(customer.platform)
    drafts = Invoice.objects.for_platform(customer.platform).filter(status=InvoiceStatus.DRAFT)
    open_ones = (SubscriptionStatus.DRAFT, SubscriptionStatus.ACTIVE)
    return (
        subscriptions.filter(customer=customer, status__in=open_ones).exists()
        or drafts.filter(customer=customer).exists()
    )


def has_running_subscriptions(entity: BillingEntity) -> bool:
    """Whether the entity issues for a subscription that is ACTIVE."""
    rows = PricingPlanSubscription.objects.for_platform(entity.platform)
    return rows.filter(billing_entity=entity, status=SubscriptionStatus.ACTIVE).exists()
