"""What is charged when someone asks for it: the full price of an item, once, at the instant of asking.

It belongs to no period, so it is never prorated. What a schedule grants or demands per period (amounts
off, coupons, commitments) is left to the invoices of the periods: only markups and percentages apply.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from billing.calc import derive
from billing.calc.charge import Charge
from billing.calc.currencies import Rates
from billing.calc.derive import Place
from billing.calc.discounts import DiscountType
from billing.calc.inputs import Adjustments, Demand, PricedItem, ScheduleInputs
from billing.calc.schedule import Active
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from kit.errors import InvalidOperation
from kit.period import Span


class Asked(Protocol):
    """A rule: whether it is charged on demand."""

    @property
    def on_demand(self) -> bool: ...


class Offered(Protocol):
    """A pricing item: its rules, and when it is on (None: as long as its schedule)."""

    @property
    def rules(self) -> tuple[Asked, ...]: ...

    @property
    def active(self) -> Active | None: ...


def can_be_charged(item: Offered, at: datetime) -> bool:
    """Whether the item has a price on demand and is on at this instant."""
    is_on = item.active is None or item.active.contains(at)
    return is_on and any(rule.on_demand for rule in item.rules)


def of_schedule(schedule: ScheduleInputs, demand: Demand, currency: str, rates: Rates) -> Iterator[Charge]:
    """The charges that were asked for, in the order of asking.

    Raises InvalidOperation where an item cannot be charged on demand any more.
    """
    items = {item.pricing_item_id: item for item in schedule.items if can_be_charged(item, demand.at)}
    for name in demand.pricing_item_ids:
        if name not in items:
            message = f"{name} cannot be charged on demand"
            raise InvalidOperation(message, field="pricing_items", resource_id=name)
        yield from _of_item(schedule, items[name], demand, currency, rates)


def adjustments(found: Adjustments) -> Adjustments:
    """What of a schedule's terms applies to a charge on demand."""
    shares = tuple(each for each in found.discounts if each.type is DiscountType.PERCENTAGE)
    return replace(found, discounts=shares, commitments=(), coupons=())


def _of_item(
    schedule: ScheduleInputs, item: PricedItem, demand: Demand, currency: str, rates: Rates
) -> Iterator[Charge]:
    for rule in item.rules:
        if rule.on_demand:
            rated = rate(rule.config, Usage.agreed(item.quantity))
            place = Place(schedule, item, rule, currency, rates)
            yield from derive.whole(place, Span(demand.at, demand.at), rated)
