"""What was asked to be charged, as an invoice keeps it, and as it is billed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing.calc.inputs import Demand
from billing.calc.timeline import Part
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors.item_terms import ItemTerms
from kit.errors import InvalidOperation


def stored(
    schedule: PricingPlanSchedule, items: Sequence[ItemTerms], payment_method_id: str
) -> dict[str, Any]:
    """What ``Invoice.demand`` holds: ids only, since prices are read when the invoice is."""
    return {
        "pricing_plan_schedule_id": schedule.public_id,
        "pricing_item_ids": [item.pricing_item_id for item in items],
        "payment_method_id": payment_method_id,
    }


def part(invoice: Invoice) -> Part:
    """The schedule's part of an invoice that charges on demand."""
    assert invoice.subscription is not None and invoice.demand is not None
    named = invoice.demand["pricing_plan_schedule_id"]
    schedules = invoice.subscription.schedules.all()
    schedule = next((each for each in schedules if each.public_id == named), None)
    if schedule is None:
        raise InvalidOperation("The schedule is gone", field="pricing_plan_schedule_id", resource_id=named)
    demand = Demand(invoice.period_start, tuple(invoice.demand["pricing_item_ids"]))
    return Part(schedule.pk, None, (), demand=demand)
