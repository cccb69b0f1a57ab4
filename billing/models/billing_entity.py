"""Billing entities: the issuers of invoices. Their country selects the tax regime, their zone the days."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import TenantModel, known, unique_reference
from billing.calc.numbering import NumberFormat, PrefixPart


class BillingEntityStatus(models.TextChoices):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    DEPRECATED = "DEPRECATED"
    ARCHIVED = "ARCHIVED"


class BillingEntity(TenantModel):
    """A legal entity that issues invoices. One of a platform is its default.

    Addresses, tax ids and registrations are kept in the API's shapes. The ``invoice_number_*``
    columns are the ``billing.calc.numbering.NumberFormat``; the count itself is in NumberSequence.
    """

    prefix = "bile"
    object_type = "BILLING_ENTITY"

    reference = models.CharField(max_length=256)
    status = models.CharField(
        max_length=16, choices=BillingEntityStatus.choices, default=BillingEntityStatus.ACTIVE
    )
    is_default = models.BooleanField(
        default=False, help_text="Issues for subscriptions that name no entity; one per platform."
    )
    timezone = models.CharField(max_length=64, default="UTC")
    legal_name = models.CharField(max_length=500, blank=True)
    tax_id = models.CharField(max_length=64, blank=True)
    tax_ids = models.JSONField(default=list, blank=True)
    registration_number = models.CharField(max_length=64, blank=True)
    registered_address = models.JSONField(null=True, blank=True)
    email = models.CharField(max_length=320, blank=True)
    tax_settings = models.JSONField(null=True, blank=True)
    tax_registrations = models.JSONField(default=list, blank=True)
    tax_rates = models.JSONField(
        default=list, blank=True, help_text="Dated rates of its own; they go before the shipped ones."
    )
    default_customer_country_selector = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    default_billing_currency_selector = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    invoice_grace_period_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Overrides the platform's grace period."
    )
    invoice_number_prefix = models.CharField(max_length=32, default="INV", blank=True)
    invoice_number_parts = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    invoice_number_separator = models.CharField(max_length=4, default="-", blank=True)
    invoice_number_minimum_digits = models.PositiveSmallIntegerField(default=5)
    invoice_number_first = models.PositiveIntegerField(default=1)
    invoice_number_increment = models.PositiveIntegerField(default=1)
    invoice_number_reset_month = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "billing entities"
        constraints = [
            unique_reference("billing_entity"),
            known("status", BillingEntityStatus, model="billing_entity"),
            models.UniqueConstraint(
                fields=["platform"], condition=models.Q(is_default=True), name="billing_entity_one_default"
            ),
        ]

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose calendar days and months count."""
        return ZoneInfo(self.timezone)

    @property
    def grace_period_seconds(self) -> int:
        """How long drafts stay open after their period: its own, else the platform's."""
        own = self.invoice_grace_period_seconds
        return self.platform.invoice_grace_period_seconds if own is None else own

    @property
    def number_format(self) -> NumberFormat:
        """What its invoice numbers look like."""
        return NumberFormat(
            prefix=self.invoice_number_prefix,
            parts=tuple(PrefixPart(part) for part in self.invoice_number_parts),
            separator=self.invoice_number_separator,
            minimum_digits=self.invoice_number_minimum_digits,
            first_number=self.invoice_number_first,
            increment=self.invoice_number_increment,
            reset_month=self.invoice_number_reset_month,
        )
