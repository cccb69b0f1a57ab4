"""Pricing plan subscriptions: what a customer has agreed to, billed by an entity in a rhythm."""

from __future__ import annotations

from django.db import models

from accounts.models import TenantModel, known, unique_reference
from billing.calc.due_date import DueDateType, PaymentTerm
from billing.models.billing_entity import BillingEntity
from billing.models.customer import Customer
from kit.period import Period, PeriodType


class SubscriptionStatus(models.TextChoices):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    VOID = "VOID"
    ARCHIVED = "ARCHIVED"
    CANCELLED = "CANCELLED"


class SubscriptionBillingTime(models.TextChoices):
    """EXACT repeats the start's day and time; CALENDAR bills whole calendar periods."""

    EXACT = "EXACT"
    CALENDAR = "CALENDAR"


class PeriodUnit(models.TextChoices):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


class PricingPlanSubscription(TenantModel):
    """A customer's subscription; its schedules say which plan version is in force when.

    ``initial_term``, ``renewal_term`` and ``due_date_configuration`` are kept in the API's shapes.
    ``cancel_at`` is a cancellation agreed for later; ``cancelled_at`` the instant it ended. A
    subscription whose invoicing failed is parked: ``parked_reason`` says why.
    """

    prefix = "ppsu"
    object_type = "PRICING_PLAN_SUBSCRIPTION"

    reference = models.CharField(max_length=256, null=True, blank=True)
    name = models.CharField(max_length=500, blank=True)
    description = models.CharField(max_length=2000, blank=True)
    purchase_order_number = models.CharField(max_length=200, blank=True)
    status = models.CharField(
        max_length=16, choices=SubscriptionStatus.choices, default=SubscriptionStatus.DRAFT
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="subscriptions")
    billing_entity = models.ForeignKey(BillingEntity, on_delete=models.PROTECT, related_name="subscriptions")
    billing_time = models.CharField(
        max_length=16, choices=SubscriptionBillingTime.choices, default=SubscriptionBillingTime.EXACT
    )
    billing_period_type = models.CharField(max_length=8, choices=PeriodUnit.choices, default=PeriodUnit.MONTH)
    billing_period_value = models.PositiveIntegerField(default=1)
    billing_currency = models.CharField(max_length=3)
    due_date_configuration = models.JSONField(null=True, blank=True)
    initial_term = models.JSONField(null=True, blank=True)
    renewal_term = models.JSONField(null=True, blank=True)
    auto_renewal = models.BooleanField(null=True, blank=True)
    sales_tax_percentage = models.DecimalField(max_digits=38, decimal_places=12, null=True, blank=True)
    init_invoice_on_hold = models.BooleanField(default=False)
    payment_method_key = models.CharField(
        max_length=64, blank=True, help_text="Public id of the stored payment method."
    )
    payment_method_details = models.JSONField(
        null=True, blank=True, help_text="The payment method as it was handed over at the start."
    )
    grouped = models.BooleanField(
        default=False, help_text="Whether it is, or once was, in a subscription group."
    )
    activated_at = models.DateTimeField(null=True, blank=True)
    cancel_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    parked_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            unique_reference("subscription"),
            known("status", SubscriptionStatus, model="subscription"),
            known("billing_time", SubscriptionBillingTime, model="subscription"),
            known("billing_period_type", PeriodUnit, model="subscription"),
            models.CheckConstraint(
                condition=models.Q(billing_period_value__gte=1), name="subscription_billing_period_positive"
            ),
        ]
        indexes = [
            models.Index(fields=["platform", "-created_at"], name="subscription_by_creation"),
            models.Index(
                fields=["platform", "cancel_at"],
                condition=models.Q(cancel_at__isnull=False, status="ACTIVE"),
                name="subscription_to_end",
            ),
        ]

    @property
    def billing_period(self) -> Period:
        """How often it is invoiced."""
        return Period(PeriodType(self.billing_period_type), self.billing_period_value)

    @property
    def payment_term(self) -> PaymentTerm | None:
        """When its invoices are due; None means at once."""
        stored = self.due_date_configuration
        if not stored:
            return None
        period = stored.get("period")
        return PaymentTerm(
            type=DueDateType(stored["type"]),
            period=Period(PeriodType(period["type"]), period["value"]) if period else None,
        )
