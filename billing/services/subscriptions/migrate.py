"""Move a subscription to another plan version from an instant on: a new schedule with the same terms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSchedule, WithoutCounterpart
from billing.services.subscriptions import schedules
from billing.services.subscriptions.carried_terms import Carrier
from billing.services.terms import plan_versions
from billing.services.terms.slices import Realign
from catalog.models import PricingPlanVersion
from kit.errors import InvalidField


@transaction.atomic
def schedule(
    *,
    ctx: Context,
    instance: PricingPlanSchedule,
    fields: dict[str, Any],
    realign: Realign = Realign.NEITHER,
) -> PricingPlanSchedule:
    """A schedule with the version that ``fields`` name (by default the LATEST of the same plan).

    It starts at ``start_at`` (by default now) and lasts as long as ``instance`` did. All that the schedule
    has of its own comes along: terms, prices, choices and coupons. Raises InvalidField for an instant outside
    the schedule, for the version it has already, and for the first thing that has no counterpart in the
    version, unless ``without_counterpart`` is DROP; otherwise what ``schedules.create`` raises.
    """
    start: datetime = fields.get("start_at") or ctx.at
    end = fields.get("end_at", instance.end_at)
    require_inside(instance, start)
    version = chosen(ctx, instance, fields)
    carried = Carrier(ctx.platform).onto(instance, version, start=start, end=end)
    if fields.get("without_counterpart") != WithoutCounterpart.DROP:
        for problem in carried.lost:
            raise InvalidField(problem.message, field=problem.field)
    wanted = {
        **carried.fields,
        "subscription": instance.subscription,
        "pricing_plan_version": version,
        "start_at": start,
        "end_at": end,
        "realigns_anchor": bool(fields.get("realigns_anchor")),
    }
    return schedules.create(ctx=ctx, fields=wanted, realign=realign)


def require_inside(instance: PricingPlanSchedule, start: datetime) -> None:
    """Raise InvalidField unless the schedule is in force before and at ``start``."""
    if start <= instance.start_at:
        raise InvalidField("must be later than the start of the schedule that is migrated", field="start_at")
    if instance.end_at is not None and start >= instance.end_at:
        raise InvalidField("must be before the end of the schedule that is migrated", field="start_at")


def chosen(ctx: Context, instance: PricingPlanSchedule, fields: dict[str, Any]) -> PricingPlanVersion:
    """The ACTIVE version to go to; raises InvalidField when the schedule has it already."""
    version = plan_versions.choose(
        platform=ctx.platform,
        version=fields.get("pricing_plan_version"),
        plan=instance.pricing_plan,
        selector=fields.get("pricing_plan_version_selector"),
    )
    if version.pk == instance.pricing_plan_version_id:
        raise InvalidField("is the version that the schedule has already", field="pricing_plan_version_id")
    return version
