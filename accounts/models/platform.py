"""The platform: one tenant in one environment. Everything else belongs to exactly one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from kit import ids


class Environment(models.TextChoices):
    TEST = "TEST"
    LIVE = "LIVE"


class LateUsage(models.TextChoices):
    """What happens to usage that arrives after its period's invoice is FINAL."""

    NEXT_INVOICE = "NEXT_INVOICE"
    IGNORE = "IGNORE"


class Platform(models.Model):
    """A tenant. TEST platforms may freeze and advance their own clock (``test_now``)."""

    prefix: ClassVar[str] = "plat"
    object_type: ClassVar[str] = "PLATFORM"

    public_id = models.CharField(max_length=32, unique=True, editable=False)
    name = models.CharField(max_length=200)
    environment = models.CharField(max_length=4, choices=Environment.choices)
    default_currency = models.CharField(max_length=3, default="EUR")
    timezone = models.CharField(max_length=64, default="UTC")
    invoice_grace_period_seconds = models.PositiveIntegerField(
        default=8 * 3600,
        validators=[MinValueValidator(0)],
        help_text="How long a draft stays open for late usage after its period has ended.",
    )
    late_usage = models.CharField(max_length=16, choices=LateUsage.choices, default=LateUsage.NEXT_INVOICE)
    init_invoice_on_hold = models.BooleanField(
        default=False, help_text="Whether invoices of a new subscription that does not say so begin on hold."
    )
    api_log_days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="How many days the API log is kept.",
    )
    configuration_version = models.BigIntegerField(
        default=1,
        help_text="Counts changes to meters, prices, customers and subscriptions; caches follow it.",
    )
    test_now = models.DateTimeField(
        null=True, blank=True, help_text="The frozen instant of the test clock; empty means wall time."
    )
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(environment__in=Environment.values), name="platform_environment_known"
            ),
            models.CheckConstraint(
                condition=models.Q(late_usage__in=LateUsage.values), name="platform_late_usage_known"
            ),
            models.CheckConstraint(
                condition=models.Q(test_now__isnull=True) | models.Q(environment=Environment.TEST),
                name="platform_test_clock_only_on_test",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.environment})"


class TenantQuerySet(models.QuerySet[Any]):
    """Queries of tables that belong to a platform."""

    def for_platform(self, platform: Platform) -> Self:
        return self.filter(platform=platform)


class TenantModel(models.Model):
    """A resource of a platform, found inside by bigint and outside by ``public_id``.

    ``shapes_matching`` says whether a change can alter which price an event meets; such changes
    move the platform's ``configuration_version``.
    """

    prefix: ClassVar[str]
    object_type: ClassVar[str]
    shapes_matching: ClassVar[bool] = True

    public_id = models.CharField(max_length=32, unique=True, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, "reference", None) or self.public_id)

    @classmethod
    def stamped(cls, *, platform: Platform, at: datetime, **fields: Any) -> Self:
        """An unsaved row of ``platform`` with a fresh public id, made at ``at``."""
        return cls(
            public_id=ids.new(cls.prefix, at=at), platform=platform, created_at=at, updated_at=at, **fields
        )


def known(field: str, choices: type[models.TextChoices], *, model: str) -> models.CheckConstraint:
    """The database's own check that ``field`` holds one of ``choices``."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__in": choices.values}), name=f"{model}_{field}_known"
    )


def unique_reference(model: str) -> models.UniqueConstraint:
    """``reference`` is unique on a platform (rows without one do not collide)."""
    return models.UniqueConstraint(fields=["platform", "reference"], name=f"{model}_reference_unique")
