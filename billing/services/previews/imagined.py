"""The invoices that a plan version would make for someone who is not there yet: stored nowhere, without tax.

The usage is what is assumed; everything else is as on real invoices: the periods, what is due before and
what after them, the charges and their rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.calc import by_rule
from billing.calc.assembly import assemble
from billing.calc.content import InvoiceContent
from billing.calc.inputs import InvoiceInputs, PricedItem
from billing.calc.schedule import Active, BillingTime, Cadence
from billing.calc.tax import TaxCategory, TaxDecision
from billing.calc.timeline import Part, Slice, Timeline, of_slices
from billing.models import Invoice, Occasion, PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from billing.selectors.claims import Claims
from billing.selectors.subscription_groups import NONE
from billing.services.usage.pooling import Pools
from billing.services.usage.sources import Bill, Sources
from catalog.models import PricingPlanVersion
from catalog.rating.usage import Usage
from kit.money import total
from kit.period import Period, Span

KEY = -1
UNTAXED = TaxDecision("No tax", TaxCategory.NO_TAX, Decimal(0), (), "")


@dataclass(frozen=True, slots=True)
class Terms:
    """From ``start`` on, for ``count`` periods, then it ends.

    ``usages`` are those of each period by the public id of the rule, ``deciding`` what decides its bands
    where that is another quantity, ``seats`` by product item. ``chosen`` are pricings that are added.
    """

    version: PricingPlanVersion
    currency: str
    period: Period
    start: datetime
    zone: ZoneInfo
    count: int
    usages: Mapping[str, Usage] = field(default_factory=dict)
    seats: Mapping[str, Decimal] = field(default_factory=dict)
    deciding: Mapping[str, Usage] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Imagined:
    """One invoice: at the instant ``at`` what is due then."""

    at: datetime
    content: InvoiceContent


class Untaxed:
    """In the place of ``Taxes``: nobody is there to be taxed."""

    def on(self, category: str) -> TaxDecision:
        return UNTAXED


def invoices(terms: Terms) -> list[Imagined]:
    """All invoices in order of time; a period without a charge has none. Queries as ``agreed_prices``.

    What has no price yet is left out. Raises InvalidField or InvalidOperation where it cannot be billed.
    """
    timeline = _timeline(terms)
    schedule = _schedule(terms)
    items = _items(terms, schedule)
    invoice = _invoice(terms, schedule)
    claims = Claims(terms.version.platform, set())
    known = Sources(
        schedules={KEY: schedule},
        agreed={KEY: items},
        claims=claims,
        usage={},
        ledgers={},
        pools=Pools(NONE, claims),
        assumed={each["id"]: Decimal(0) for item in items for each in item.product_items},
    )
    drawn = [
        (at, known.inputs(invoice, [Bill(parts)], taxes=Untaxed())) for at, parts in _due(timeline, terms)
    ]
    found = [Imagined(at, assemble(_with_usage(inputs, terms))) for at, inputs in drawn]
    return [each for each in found if each.content.lines]


def boundaries(terms: Terms) -> list[datetime]:
    """Where the periods begin, and where the last one ends."""
    cadence = _cadence(terms)
    return [cadence.boundary(index) for index in range(terms.count + 1)]


def total_of(found: Sequence[Imagined]) -> Decimal:
    """What they come to together."""
    return total(each.content.totals.including_tax for each in found)


def _with_usage(inputs: InvoiceInputs, terms: Terms) -> InvoiceInputs:
    """The same invoice with the usage that is told; before, it had none."""
    schedules = tuple(
        replace(schedule, items=tuple(_used(item, terms) for item in schedule.items))
        for schedule in inputs.schedules
    )
    return replace(inputs, schedules=schedules)


def _used(item: PricedItem, terms: Terms) -> PricedItem:
    if item.usage is None:
        return item
    own = [rule.config_id for rule in item.rules]
    deciding = {key: terms.deciding[key] for key in own if key in terms.deciding}
    return by_rule.told(item, terms.usages, currency=item.usage.over(()).currency, deciding=deciding)


def _timeline(terms: Terms) -> Timeline:
    active = Active(terms.start, _cadence(terms).boundary(terms.count))
    return of_slices([Slice(KEY, active, terms.period)], billing_time=BillingTime.EXACT, zone=terms.zone)


def _cadence(terms: Terms) -> Cadence:
    return Cadence(terms.start, terms.period, terms.zone, BillingTime.EXACT)


def _due(timeline: Timeline, terms: Terms) -> list[tuple[datetime, tuple[Part, ...]]]:
    """When something is due, and which parts: at the start, then at the end of each period."""
    found = [(terms.start, timeline.opening())]
    instant = timeline.next_start(terms.start)
    while instant is not None and (period := timeline.period_at(instant)) is not None:
        found.append((period.span.end, timeline.parts(period)))
        instant = timeline.next_start(period.span.end)
    return found


def _schedule(terms: Terms) -> PricingPlanSchedule:
    return PricingPlanSchedule(
        pk=KEY,
        platform=terms.version.platform,
        pricing_plan_version=terms.version,
        start_at=terms.start,
        pricing_currency=terms.currency,
        billing_period_type=terms.period.type.value,
        billing_period_value=terms.period.value,
    )


def _items(terms: Terms, schedule: PricingPlanSchedule) -> Items:
    """What has a price and is always sold, or chosen; nothing else is read than what is billed."""
    priced = [item for item in agreed_prices.sold(schedule) if item.rules]
    sold = [item for item in priced if not item.optional or item.pricing_id in terms.chosen]
    schedule.seats_values = [
        _seats(rule.config_id, terms.seats[each["id"]])
        for item in sold
        for rule in item.rules
        for each in item.product_items
        if each["id"] in terms.seats
    ]
    return tuple(replace(item, tiering=(), reports=()) for item in sold)


def _seats(config_id: str, number: Decimal) -> Mapping[str, Any]:
    return {"pricing_item_config_id": config_id, "number": str(number), "start_at": None, "end_at": None}


def _invoice(terms: Terms, schedule: PricingPlanSchedule) -> Invoice:
    subscription = PricingPlanSubscription(
        platform=terms.version.platform,
        billing_currency=terms.currency,
        billing_period_type=terms.period.type.value,
        billing_period_value=terms.period.value,
    )
    schedule.subscription = subscription
    span = Span(terms.start, terms.start)
    return Invoice(
        platform=terms.version.platform,
        subscription=subscription,
        occasion=Occasion.PERIOD,
        period_start=span.start,
        period_end=span.end,
        currency=terms.currency,
    )
