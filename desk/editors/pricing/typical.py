"""Real usage to try a price on: the median customer of an item, and the one at the 95th percentile.

Both are customers, not averages: what they used in the last 30 days is routed to the rules and rated by
the functions that make invoices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.cache import cache

from accounts.models import Platform
from billing.calc import usage_charges
from billing.calc.inputs import PricedRule
from billing.selectors.usage import Measure, MeteredRows, Wanted
from catalog.models import PricingItemConfig
from catalog.rating import rate
from catalog.rating.parsing import config as rating_config
from catalog.rating.rules.rules import properties_of, renamed
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.usages import BLANK
from kit.errors import InvalidRequest
from kit.period import Span
from metering.models import MeterProperty
from metering.selectors import insights
from metering.services import usage as metering

REMEMBERED = 300
DAYS = timedelta(days=30)
SHARES = {"Median": (1, 2), "p95": (19, 20)}
"""Which customer of how many, by nearest rank."""


@dataclass(frozen=True)
class Typical:
    """What the two customers used, by the labels of ``SHARES``; empty where nobody used the item.

    ``names`` are the properties by which usage is kept apart, id -> reference.
    """

    used: Mapping[str, MeteredRows]
    names: Mapping[str, str]

    @property
    def quantities(self) -> dict[str, Decimal]:
        return {label: rows.over(range(len(rows.rows))).quantity for label, rows in self.used.items()}

    def costs(self, configs: Sequence[PricingItemConfig]) -> dict[str, Decimal] | None:
        """What each is charged by these rules; None where that cannot be told from the usage kept."""
        try:
            parsed = [renamed(rating_config.parse(each.body), self.names) for each in configs]
            if any(rate.needs_events(config) for config in parsed) or self.missing(configs):
                return None
            rules = tuple(
                PricedRule(each.public_id, config) for each, config in zip(configs, parsed, strict=True)
            )
            return {label: _cost(rules, rows) for label, rows in self.used.items()}
        except InvalidRequest:
            return None

    def missing(self, configs: Sequence[PricingItemConfig]) -> set[str]:
        """The properties that these rules ask for and that the usage is not kept apart by yet."""
        parsed = [rating_config.parse(each.body) for each in configs]
        asked = {name for config in parsed for name in properties_of(renamed(config, self.names))}
        return asked - set(self.names.values())


def of(
    platform: Platform, items: Sequence[PricedItem], *, at: datetime, known: Iterable[MeterProperty] = ()
) -> dict[str, Typical]:
    """Item key -> its customers' usage up to the last full hour; three queries for all items, or two.

    ``known`` are properties of their meters, as far as they were read already.
    """
    end = at.replace(minute=0, second=0, microsecond=0)
    span = Span(end - DAYS, end)
    metered = [each for each in items if each.item.meter_value_calculation and not each.item.conditions]
    if not metered:
        return {}
    measures = {each.key: _measure(each) for each in metered}
    meters = {measure.meter_id for measure in measures.values()}
    users = insights.by_use(platform, meters=meters, start=span.start, end=span.end)
    asked = [
        (key, label, measure, customers[_rank(len(customers), share)])
        for key, measure in measures.items()
        if (customers := users.get((measure.meter_id, measure.meter_value_id), []))
        for label, share in SHARES.items()
    ]
    questions = [
        metering.Question(customer, each.meter_id, span, each.meter_value_id, each.meter_property_id)
        for _, _, each, customer in asked
    ]
    answers = metering.read(platform=platform, questions=questions) if questions else []
    found: dict[str, dict[str, MeteredRows]] = {}
    for (key, label, measure, customer), rows in zip(asked, answers, strict=True):
        wanted = Wanted(customer, 0, measure, span, (span,))
        found.setdefault(key, {})[label] = _rows(wanted, rows)
    names = _names(platform, metered, known)
    return {each.key: Typical(found.get(each.key, {}), names[each.key]) for each in metered}


def quantities(platform: Platform, priced: PricedItem, *, at: datetime) -> dict[str, Decimal]:
    """The quantities of one item's customers; remembered for a while: a calculator asks at every key."""
    key = f"typical:{platform.pk}:{priced.key}:{priced.currency}:{at:%Y%m%d%H}"
    found: dict[str, Decimal] | None = cache.get(key)
    if found is None:
        typical = of(platform, [priced], at=at).get(priced.key)
        found = typical.quantities if typical else {}
        cache.set(key, found, REMEMBERED)
    return found


def used_by(platform: Platform, customer: int, measure: Measure, *, at: datetime) -> Decimal:
    """What one customer used in the last 30 days; remembered likewise."""
    end = at.replace(minute=0, second=0, microsecond=0)
    key = f"used:{platform.pk}:{customer}:{hash(measure)}:{end:%Y%m%d%H}"
    found: Decimal | None = cache.get(key)
    if found is None:
        span = Span(end - DAYS, end)
        question = metering.Question(
            customer, measure.meter_id, span, measure.meter_value_id, measure.meter_property_id
        )
        (rows,) = metering.read(platform=platform, questions=[question])
        kept = _rows(Wanted(customer, 0, measure, span, (span,)), rows)
        found = kept.over(range(len(kept.rows))).quantity
        cache.set(key, found, REMEMBERED)
    return found


def _measure(priced: PricedItem) -> Measure:
    calculation = priced.item.meter_value_calculation
    assert calculation is not None
    return Measure(
        meter_id=calculation.meter_id,
        calculation_type=calculation.calculation_type,
        meter_value_id=calculation.meter_value_id,
        meter_property_id=calculation.meter_property_id,
        currency=priced.terms.currency if priced.terms.is_money else None,
    )


def _rows(wanted: Wanted, rows: Sequence[metering.Row]) -> MeteredRows:
    currency = wanted.measure.currency
    return MeteredRows(tuple(row for row in rows if currency in (None, row.currency)), wanted)


def _names(
    platform: Platform, items: Sequence[PricedItem], known: Iterable[MeterProperty]
) -> dict[str, dict[str, str]]:
    """Item key -> id and reference of the properties that the usage of its meter is kept apart by."""
    keyed = {
        each.key: each.item.meter_value_calculation.meter.keyed_properties
        for each in items
        if each.item.meter_value_calculation
    }
    wanted = {pk for several in keyed.values() for pk in several}
    rows = {row.pk: row for row in known}
    if missing := wanted - rows.keys():
        rows |= MeterProperty.objects.filter(platform=platform).in_bulk(missing)
    named = {pk: (row.public_id, row.reference) for pk, row in rows.items()}
    return {key: dict(named[pk] for pk in several if pk in named) for key, several in keyed.items()}


def _rank(count: int, share: tuple[int, int]) -> int:
    part, whole = share
    return max(0, -(-count * part // whole) - 1)


def _cost(rules: tuple[PricedRule, ...], rows: MeteredRows) -> Decimal:
    return usage_charges.amount(replace(BLANK, rules=rules, usage=rows))
