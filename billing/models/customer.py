"""Customers: who uses what is metered and owes the invoices."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.models import TenantModel, known, unique_reference


class CustomerStatus(models.TextChoices):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"
    ARCHIVED = "ARCHIVED"
    CLOSED = "CLOSED"


class CustomerType(models.TextChoices):
    ORGANIZATION = "ORGANIZATION"
    INDIVIDUAL = "INDIVIDUAL"


class SelectorFallback(models.TextChoices):
    """Which of several subscriptions that price an event takes it: the latest started, or none."""

    LATEST = "LATEST"
    NONE = "NONE"


class Customer(TenantModel):
    """A customer. ``individual`` or ``organization`` holds the details, in the API's shape.

    ``name`` is the legal or personal name, kept for search and ordering. After ``forgotten_at``
    nothing personal is left; final invoices keep what was printed on them.
    """

    prefix = "cust"
    object_type = "CUSTOMER"

    reference = models.CharField(max_length=256, null=True, blank=True)
    status = models.CharField(max_length=16, choices=CustomerStatus.choices, default=CustomerStatus.DRAFT)
    type = models.CharField(max_length=16, choices=CustomerType.choices)
    name = models.CharField(max_length=500, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    email = models.CharField(max_length=320, blank=True)
    locale = models.CharField(max_length=16, blank=True)
    notification_preferences = models.JSONField(default=list, blank=True)
    individual = models.JSONField(null=True, blank=True)
    organization = models.JSONField(null=True, blank=True)
    selector_fallback = models.CharField(
        max_length=8, choices=SelectorFallback.choices, default=SelectorFallback.LATEST
    )
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            unique_reference("customer"),
            known("status", CustomerStatus, model="customer"),
            known("type", CustomerType, model="customer"),
            known("selector_fallback", SelectorFallback, model="customer"),
        ]
        indexes = [
            models.Index(fields=["platform", "-created_at"], name="customer_by_creation"),
            models.Index(fields=["platform", "name"], name="customer_by_name"),
        ]

    @property
    def address(self) -> dict[str, Any]:
        """The registered or residential address; empty when none was given."""
        if self.type == CustomerType.ORGANIZATION:
            return (self.organization or {}).get("registered_address") or {}
        return (self.individual or {}).get("residential_address") or {}
