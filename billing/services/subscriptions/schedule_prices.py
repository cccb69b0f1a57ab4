"""Fills ``catalog.ports.Schedules``: a schedule's own prices are changed as any other part of it is."""

from __future__ import annotations

from django.db import transaction

from accounts.context import Context
from billing.models import PricingPlanSchedule
from billing.services.subscriptions import schedules
from billing.services.terms.own_prices import CATEGORIES, OVERRIDES
from catalog.models import PricingPlanVersion
from catalog.ports import Edit
from catalog.services import own_prices
from kit import persistence
from kit.errors import ReferencedNotFound


class Schedules:
    """Changes the own prices of a schedule under its lock, with all that ``schedules.update`` checks."""

    @transaction.atomic
    def reprice(self, *, ctx: Context, schedule_id: str, edit: Edit) -> PricingPlanVersion | None:
        """The version of its own prices afterwards."""
        rows = PricingPlanSchedule.objects.for_platform(ctx.platform).select_related("subscription")
        found = rows.filter(public_id=schedule_id).first()
        if found is None:
            message = f"The requested {PricingPlanSchedule.object_type} could not be found"
            raise ReferencedNotFound(
                message, field="pricing_plan_schedule_id", resource_type=PricingPlanSchedule.object_type
            )
        persistence.lock(found.subscription)
        schedule = persistence.lock(found)
        present = own_prices.nodes(schedule.own_version) if schedule.own_version else ([], [])
        overrides, categories = edit(*present)
        fields = {OVERRIDES: overrides, CATEGORIES: categories}
        return schedules.update(ctx=ctx, instance=schedule, fields=fields).own_version
