"""What is charged once: by the first schedule of a subscription that sells it, whatever follows it.

A schedule that goes on (another version of the plan, a phase, a copy at other prices) sells the same product
items again; who has paid for them once owes nothing for them any more.
"""

from __future__ import annotations

from collections.abc import Mapping

from billing.calc.inputs import ChargeModel
from billing.models import Invoice, PricingPlanSchedule, ScheduleType
from billing.selectors.agreed_prices import Items
from billing.selectors.item_terms import ItemTerms


def charged_before(
    item: ItemTerms, *, invoice: Invoice, schedule: PricingPlanSchedule, agreed: Mapping[int, Items]
) -> bool:
    """Whether an earlier schedule with the same plan has charged this item of ``schedule``.

    ``agreed`` are the prices of all schedules of the invoice's subscription.
    """
    if item.model is not ChargeModel.ONE_OFF or invoice.subscription is None:
        return False
    if invoice.subscription.pk is None:  # imagined: it has one schedule
        return False
    sold = _sold(item)
    return any(
        not sold.isdisjoint(_sold(other))
        for before in invoice.subscription.schedules.all()
        if _precedes(before, schedule)
        for other in agreed.get(before.pk, ())
        if other.model is ChargeModel.ONE_OFF and any(not rule.on_demand for rule in other.rules)
    )


def _sold(item: ItemTerms) -> set[str]:
    return {each["id"] for each in item.product_items}


def _precedes(before: PricingPlanSchedule, schedule: PricingPlanSchedule) -> bool:
    """Whether it came first, billed, and had a version of the same plan."""
    if before.start_at >= schedule.start_at or before.type == ScheduleType.TRIAL:
        return False
    plan = schedule.pricing_plan_version.pricing_plan_id
    return before.pricing_plan_version.pricing_plan_id == plan
