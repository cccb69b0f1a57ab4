"""What is charged once: by the first schedule of a subscription that sells it, whatever follows it.

A schedule that goes on (another version of the plan, a phase, a copy at other prices) sells the same product
items again; who has paid for them once owes nothing for them any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

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
    plan_id = schedule.pricing_plan_version.pricing_plan_id
    before = charged(
        invoice.subscription.schedules.all(), before=schedule.start_at, plan_id=plan_id, agreed=agreed
    )
    return not before.isdisjoint(sold(item))


def charged(
    schedules: Iterable[PricingPlanSchedule], *, before: datetime, plan_id: int, agreed: Mapping[int, Items]
) -> frozenset[str]:
    """The product items that these schedules charge once, of those that begin before then with this plan."""
    return frozenset(
        each
        for schedule in schedules
        if _precedes(schedule, before, plan_id)
        for item in agreed.get(schedule.pk, ())
        if item.model is ChargeModel.ONE_OFF and any(not rule.on_demand for rule in item.rules)
        if _comes_on(item, schedule, before)
        for each in sold(item)
    )


def sold(item: ItemTerms) -> set[str]:
    """The product items that it is a price of."""
    return {each["id"] for each in item.product_items}


def _comes_on(item: ItemTerms, schedule: PricingPlanSchedule, before: datetime) -> bool:
    """Whether it is on for a while, not chosen for a time that the schedule does not reach."""
    end = before if schedule.end_at is None else min(schedule.end_at, before)
    return item.active is None or item.active.start < end


def _precedes(schedule: PricingPlanSchedule, before: datetime, plan_id: int) -> bool:
    """Whether it came first, billed, and had a version of the plan."""
    if schedule.start_at >= before or schedule.type == ScheduleType.TRIAL:
        return False
    return schedule.pricing_plan_version.pricing_plan_id == plan_id
