"""The pricing plan, container of versions, and its versions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import TenantModel, known, unique_reference
from catalog.models.choices import AmountType, PlanType, PlanVariant, Status


class PricingPlan(TenantModel):
    """What customers subscribe to; its prices stand in its versions."""

    prefix = "ppl"
    object_type = "PRICING_PLAN"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    type = models.CharField(max_length=16, choices=PlanType.choices, default=PlanType.STANDARD)
    customer_public_id = models.CharField(
        max_length=32, null=True, blank=True, help_text="Whom a CUSTOM plan is made for."
    )
    amount_type = models.CharField(
        max_length=16, choices=AmountType.choices, default=AmountType.EXCLUDING_TAX
    )
    pricing_currencies = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    variant = models.CharField(max_length=16, choices=PlanVariant.choices, default=PlanVariant.DEFAULT)
    selection_rules = models.JSONField(default=list, blank=True)
    schedule_public_id = models.CharField(
        max_length=32,
        null=True,
        blank=True,
        unique=True,
        help_text="Whose own prices it holds: such a plan belongs to one schedule and is never offered.",
    )

    class Meta:
        constraints = [
            unique_reference("pricing_plan"),
            known("type", PlanType, model="pricing_plan"),
            known("amount_type", AmountType, model="pricing_plan"),
            known("variant", PlanVariant, model="pricing_plan"),
        ]


class PricingPlanVersion(TenantModel):
    """A plan's whole price tree at one time. Once it leaves DRAFT nothing in it can change.

    The database refuses such changes too: see the migration's triggers.
    """

    prefix = "ppve"
    object_type = "PRICING_PLAN_VERSION"

    pricing_plan = models.ForeignKey(PricingPlan, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField(help_text="Counts the versions of the plan from 1.")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    default_pricing_currency = models.CharField(
        max_length=3, null=True, blank=True, help_text="Empty on a draft that takes it from its prices."
    )
    pricing_currencies = ArrayField(models.CharField(max_length=3), default=list)
    billing_periods = models.JSONField(
        default=list, blank=True, help_text="Selectable billing periods: [{period, description}]."
    )
    rate_card_start_at = models.DateTimeField(null=True, blank=True)
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pricing_plan", "version"], name="pricing_plan_version_number_unique"
            ),
            known("status", Status, model="pricing_plan_version"),
        ]

    def __str__(self) -> str:
        return f"{self.pricing_plan} v{self.version}"
