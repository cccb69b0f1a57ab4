"""Which prices the events of a customer can meet, ready to be asked a thousand times.

Read for many customers at once and kept per process for one ``configuration_version`` of the
platform: whatever changes a customer, a subscription or a price moves that counter.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from accounts.models import Platform
from billing.models import Customer, PricingPlanSchedule, ScheduleType
from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from billing.selectors.meter_prices import MeterPrices, Priced
from billing.selectors.timelines import NEVER_BILLED, ends_at

OPEN_END = datetime.max.replace(tzinfo=UTC)
MAX_PLATFORMS = 200
MAX_CUSTOMERS = 50_000


@dataclass(frozen=True, slots=True)
class Term:
    """A schedule of a subscription while it is in force, with its priced meters by meter pk.

    ``deciding`` are the meters that only decide in which bands others are priced.
    """

    subscription_id: int
    public_id: str
    start: datetime
    end: datetime
    is_trial: bool
    meters: Mapping[int, MeterPrices]
    deciding: Mapping[int, MeterPrices]

    def prices(self, meter: int) -> MeterPrices:
        """What reads the meter: what bills its usage, else what it decides."""
        return self.meters.get(meter) or self.deciding[meter]


@dataclass(frozen=True, slots=True)
class RateCard:
    """A customer's status and terms: those of the subscription that started last come first."""

    status: str
    fallback: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    version: int
    cards: dict[int, RateCard]


_shelves: OrderedDict[int, _Shelf] = OrderedDict()


def of_customers(platform: Platform, customers: Iterable[int]) -> Mapping[int, RateCard]:
    """customer pk -> its card; unknown customers are absent. No query for those that are known."""
    shelf = _shelf(platform)
    missing = {pk for pk in customers if pk not in shelf.cards}
    if missing:
        shelf.cards.update(_load(platform, missing))
    return shelf.cards


def _shelf(platform: Platform) -> _Shelf:
    shelf = _shelves.get(platform.pk)
    stale = shelf is None or shelf.version != platform.configuration_version
    if shelf is None or stale or len(shelf.cards) > MAX_CUSTOMERS:
        shelf = _shelves[platform.pk] = _Shelf(platform.configuration_version, {})
        _shelves.move_to_end(platform.pk)
        while len(_shelves) > MAX_PLATFORMS:
            _shelves.popitem(last=False)
    return shelf


def _load(platform: Platform, customers: set[int]) -> dict[int, RateCard]:
    known = Customer.objects.for_platform(platform).filter(pk__in=customers)
    schedules = list(
        PricingPlanSchedule.objects.for_platform(platform)
        .filter(subscription__customer__in=customers, subscription__activated_at__isnull=False)
        .exclude(subscription__status__in=NEVER_BILLED)
        .select_related("subscription")
        .order_by("start_at", "pk")
    )
    agreed = agreed_prices.of_schedules(platform, schedules)
    priced = Priced()
    terms: dict[int, list[Term]] = defaultdict(list)
    started: dict[int, tuple[datetime, int]] = {}
    for schedule in schedules:
        subscription = schedule.subscription
        started.setdefault(subscription.pk, (schedule.start_at, subscription.pk))
        terms[subscription.customer_id] += _terms(schedule, agreed[schedule.pk], priced)
    return {
        pk: RateCard(
            status,
            fallback,
            tuple(sorted(terms[pk], key=lambda term: started[term.subscription_id], reverse=True)),
        )
        for pk, status, fallback in known.values_list("pk", "status", "selector_fallback")
    }


def _terms(schedule: PricingPlanSchedule, items: Items, priced: Priced) -> list[Term]:
    """One term, or one for each time in which something else is chosen."""
    subscription = schedule.subscription
    ends = [end for end in (schedule.end_at, ends_at(subscription)) if end is not None]
    edges = _edges(items, schedule.start_at, min(ends, default=OPEN_END))
    return [
        Term(
            subscription_id=subscription.pk,
            public_id=subscription.public_id,
            start=start,
            end=end,
            is_trial=schedule.type == ScheduleType.TRIAL,
            meters=found.billed,
            deciding=found.deciding,
        )
        for start, end in pairwise(edges)
        for found in (priced.meters(items, start, subscription.billing_currency),)
    ]


def _edges(items: Items, start: datetime, end: datetime) -> list[datetime]:
    """The term's start and end and, between them, when an item is turned on or off."""
    moments = {each for item in items if item.active for each in (item.active.start, item.active.end) if each}
    return [start, *sorted(each for each in moments if start < each < end), end]
