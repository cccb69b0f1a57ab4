"""Pricing plan schedules: the time slices of a subscription, one plan version each."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value

from accounts.models import TenantModel, known
from billing.models.subscription import PeriodUnit, PricingPlanSubscription
from catalog.models import PricingPlan, PricingPlanVersion
from kit.period import Period, PeriodType

IN_FORCE = Func(F("start_at"), F("end_at"), function="tstzrange", output_field=DateTimeRangeField())
# An id as a range of one, because the GiST index of plain numbers needs an extension.
SAME_SUBSCRIPTION = Func(F("subscription"), F("subscription"), Value("[]"), function="int8range")


class ScheduleType(models.TextChoices):
    TRIAL = "TRIAL"
    DEFAULT = "DEFAULT"


class PricingPlanSchedule(TenantModel):
    """From ``start_at`` until ``end_at`` (not included; empty is open-ended) one plan version is in force.

    The database refuses schedules of one subscription that overlap; the service refuses gaps.
    ``discount``, ``markup``, ``commitment``, ``seats_values``, ``included_volumes`` and ``enabled_pricings``
    have the shape of the API; they are read by ``billing.calc.schedule_terms``. ``own_version`` holds what
    is priced for this schedule alone; a schedule without a plan has it as its ``pricing_plan_version`` too.
    ``coupons`` holds what was promised of each coupon when it was applied (``services.coupons.coupons``); one
    with an ``end_at`` has been taken off. ``tried_for`` is the version that another is tried for, in
    memory only.
    """

    prefix = "ppsc"
    object_type = "PRICING_PLAN_SCHEDULE"
    tried_for: int | None = None

    subscription = models.ForeignKey(
        PricingPlanSubscription, on_delete=models.CASCADE, related_name="schedules"
    )
    pricing_plan_version = models.ForeignKey(
        PricingPlanVersion, on_delete=models.PROTECT, related_name="schedules"
    )
    own_version = models.OneToOneField(
        PricingPlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="own_schedule"
    )
    type = models.CharField(max_length=8, choices=ScheduleType.choices, default=ScheduleType.DEFAULT)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True, blank=True)
    pricing_currency = models.CharField(max_length=3, help_text="Which currency's prices apply.")
    billing_period_type = models.CharField(max_length=8, choices=PeriodUnit.choices, null=True, blank=True)
    billing_period_value = models.PositiveIntegerField(null=True, blank=True)
    realigns_anchor = models.BooleanField(
        default=False, help_text="Periods are counted from this schedule's start, not the earlier anchor."
    )
    entitlements = models.JSONField(default=list, blank=True)
    discount = models.JSONField(null=True, blank=True)
    markup = models.JSONField(null=True, blank=True)
    commitment = models.JSONField(null=True, blank=True)
    seats_values = models.JSONField(default=list, blank=True)
    coupons = models.JSONField(default=list, blank=True)
    included_volumes = models.JSONField(default=list, blank=True)
    enabled_pricings = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            known("type", ScheduleType, model="schedule"),
            known("billing_period_type", PeriodUnit, model="schedule"),
            models.CheckConstraint(
                condition=Q(end_at__isnull=True) | Q(end_at__gt=F("start_at")),
                name="schedule_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="schedule_without_overlap",
                expressions=[
                    (SAME_SUBSCRIPTION, RangeOperators.OVERLAPS),
                    (IN_FORCE, RangeOperators.OVERLAPS),
                ],
                deferrable=Deferrable.DEFERRED,
            ),
        ]
        indexes = [models.Index(fields=["subscription", "start_at"], name="schedule_by_start")]

    @property
    def pricing_plan(self) -> PricingPlan:
        """The plan of its version."""
        return self.pricing_plan_version.pricing_plan

    @property
    def billing_period(self) -> Period:
        """How often it is invoiced: its own choice, else the subscription's."""
        if self.billing_period_type is None or self.billing_period_value is None:
            return self.subscription.billing_period
        return Period(PeriodType(self.billing_period_type), self.billing_period_value)
