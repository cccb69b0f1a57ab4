"""Which prices the events of a customer can meet, ready to be asked a thousand times.

Read for many customers at once and kept per process for one ``configuration_version`` of the
platform: whatever changes a customer, a subscription or a price moves that counter.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from accounts.models import Platform
from billing.models import Customer, PricingPlanSchedule, ScheduleType
from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from billing.selectors.item_terms import Counted, ItemTerms
from billing.selectors.timelines import NEVER_BILLED, ends_at
from catalog.rating.rules.rules import RuleSet, properties_of
from catalog.rating.types import Config, Expression, Operator

OPEN_END = datetime.max.replace(tzinfo=UTC)
MAX_PLATFORMS = 200
MAX_CUSTOMERS = 50_000
MAX_KINDS = 10_000


@dataclass(frozen=True, slots=True)
class PricedMeter:
    """One product item that reads a meter: which events count for it, and the rules of its price in order.

    ``currency`` is that of the price, None where it is that of the subscription.
    """

    counted: Counted
    rules: RuleSet
    config_ids: tuple[str, ...]
    currency: str | None = None

    @property
    def asked(self) -> set[str]:
        """The properties that its conditions ask for."""
        configs = [*self.rules.configs, *self.counted.configs]
        return {name for config in configs for name in properties_of(config)}

    def config_of(self, properties: Mapping[str, str]) -> str | None:
        """The public id of the rule that prices an event with these properties, if one does."""
        if not self.counted.takes(properties):
            return None
        index = self.rules.pick(properties)
        return None if index is None else self.config_ids[index]


Choice = tuple[tuple[PricedMeter, str], ...]


class MeterPrices:
    """All pricing items of a plan version that read one meter.

    Answers are remembered by the properties that some condition asks for: usage comes in few kinds.
    """

    __slots__ = ("_asked", "_known", "_reads_amounts", "items")

    def __init__(self, items: Sequence[PricedMeter]) -> None:
        self.items = tuple(items)
        self._reads_amounts = any(item.counted.is_amount for item in self.items)
        self._asked = tuple(sorted({name for item in self.items for name in item.asked}))
        self._known: dict[tuple[str | None, ...], Choice | None] = {}

    def choose(self, properties: Mapping[str, str], currency: str | None) -> Choice | None:
        """Each item that counts the event, with the id of the rule that prices it.

        ``currency`` is the event's, by way of ``billable``. None when every item is in another currency,
        empty when no rule matches.
        """
        key = (currency, *map(properties.get, self._asked))
        try:
            return self._known[key]
        except KeyError:
            pass
        if len(self._known) >= MAX_KINDS:
            self._known.clear()
        found = self._known[key] = self._choose(properties, currency)
        return found

    def billable(self, currency: str | None) -> str | None:
        """The currency to ``choose`` by: that of the event, where any of the items looks at it."""
        return currency if self._reads_amounts else None

    def _choose(self, properties: Mapping[str, str], currency: str | None) -> Choice | None:
        own = [item for item in self.items if not item.counted.is_amount or currency == item.currency]
        if not own:
            return None
        return tuple((item, config) for item in own if (config := item.config_of(properties)) is not None)


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
    priced = _Priced()
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


def _terms(schedule: PricingPlanSchedule, items: Items, priced: _Priced) -> list[Term]:
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


class _Meters(NamedTuple):
    """Meter pk -> the prices that bill its usage; and those whose bands alone it decides."""

    billed: dict[int, MeterPrices]
    deciding: dict[int, MeterPrices]


class _Priced:
    """Prices by meter; schedules that share their prices share them."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], _Meters] = {}

    def meters(self, items: Items, instant: datetime, billing_currency: str) -> _Meters:
        """The prices that read each meter at this instant."""
        on = tuple(agreed_prices.on(items, instant))
        if len(on) < len(items):
            return _by_meter(on, billing_currency=billing_currency)
        key = id(items), billing_currency  # whoever loads the cards holds the items meanwhile
        if key not in self._known:
            self._known[key] = _by_meter(items, billing_currency=billing_currency)
        return self._known[key]


def _by_meter(items: Sequence[ItemTerms], *, billing_currency: str) -> _Meters:
    billed: dict[int, list[PricedMeter]] = defaultdict(list)
    deciding: dict[int, list[PricedMeter]] = defaultdict(list)
    for item in items:
        configs = [rule.config for rule in item.rules]
        ids, currency = tuple(rule.config_id for rule in item.rules), item.currency or billing_currency
        for found, counted, rules in (
            (billed, item.counted, RuleSet(configs)),
            (deciding, item.tiering, RuleSet([_deciding(config) for config in configs])),
        ):
            for each in counted:
                found[each.measure.meter_id].append(PricedMeter(each, rules, ids, currency))
    return _Meters(
        _prices(billed), _prices({key: each for key, each in deciding.items() if key not in billed})
    )


def _prices(by_meter: Mapping[int, Sequence[PricedMeter]]) -> dict[int, MeterPrices]:
    return {meter: MeterPrices(each) for meter, each in by_meter.items()}


def _deciding(config: Config) -> Config:
    """The rule for usage that decides its bands: by the conditions for that, where it has some."""
    if not config.tiering_conditions:
        return config
    deciding = Expression(Operator.AND, config.tiering_conditions)
    return replace(config, conditions=(), expressions=(deciding,), tiering_conditions=())
