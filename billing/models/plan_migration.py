"""Migrations of subscriptions to another plan version: a dry run, then batches, undone on request."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.models import TenantModel, known
from billing.models.schedule import PricingPlanSchedule
from billing.models.subscription import PricingPlanSubscription
from catalog.models import PricingPlanVersion


class MigrationStatus(models.TextChoices):
    """What is being done with its subscriptions; READY waits for somebody to decide."""

    PREVIEWING = "PREVIEWING"
    READY = "READY"
    APPLYING = "APPLYING"
    REVERTING = "REVERTING"


class MigrationState(models.TextChoices):
    """How far one subscription is. BLOCKED: the dry run found what stands in the way."""

    NEW = "NEW"
    PREVIEWED = "PREVIEWED"
    BLOCKED = "BLOCKED"
    APPLIED = "APPLIED"
    FAILED = "FAILED"
    REVERTED = "REVERTED"


class WithoutCounterpart(models.TextChoices):
    """What becomes of something that a schedule has of its own and the new version has no place for."""

    BLOCK = "BLOCK"
    DROP = "DROP"


class PricingPlanMigration(TenantModel):
    """From one version to another. ``start_at`` empty: each subscription at its next billing period."""

    prefix = "ppmi"
    object_type = "PRICING_PLAN_MIGRATION"
    shapes_matching = False

    from_version = models.ForeignKey(PricingPlanVersion, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(PricingPlanVersion, on_delete=models.PROTECT, related_name="+")
    start_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(
        max_length=16, choices=MigrationStatus.choices, default=MigrationStatus.PREVIEWING
    )

    without_counterpart = models.CharField(
        max_length=5, choices=WithoutCounterpart.choices, default=WithoutCounterpart.BLOCK
    )

    class Meta:
        constraints = [
            known("status", MigrationStatus, model="plan_migration"),
            known("without_counterpart", WithoutCounterpart, model="plan_migration"),
        ]
        indexes = [models.Index(fields=["platform", "-created_at"], name="plan_migration_listed")]


class MigratedSubscription(models.Model):
    """One subscription of a migration.

    ``pending`` marks what the migration's status is still to be carried out on, ``attempts`` how often that
    was begun. ``preview`` holds the
    dry run in the API's shape, ``problems`` what stood in the way (field and message). ``schedule`` is
    the one that is cut, ``was_end_at`` its end before, ``made_schedule`` the one that follows it.
    """

    platform = models.ForeignKey(
        "accounts.Platform", on_delete=models.PROTECT, related_name="+", editable=False
    )
    migration = models.ForeignKey(PricingPlanMigration, on_delete=models.CASCADE, related_name="rows")
    subscription = models.ForeignKey(PricingPlanSubscription, on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey(
        PricingPlanSchedule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_schedule = models.ForeignKey(
        PricingPlanSchedule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    was_end_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=MigrationState.choices, default=MigrationState.NEW)
    pending = models.BooleanField(default=True)
    attempts = models.SmallIntegerField(default=0)
    preview: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    problems: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            known("state", MigrationState, model="migrated_subscription"),
            models.UniqueConstraint(fields=["migration", "subscription"], name="migrated_subscription_once"),
        ]
        indexes = [
            models.Index(
                fields=["platform", "migration"],
                condition=models.Q(pending=True),
                name="migrated_subscription_pending",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription} in {self.migration}"
