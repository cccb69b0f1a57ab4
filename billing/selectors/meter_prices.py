"""The prices that read a meter, and the rule that prices an event by each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from billing.selectors.item_terms import Counted, ItemTerms
from catalog.rating.comparisons import Expression, Operator
from catalog.rating.rules.rules import RuleSet, properties_of
from catalog.rating.types import Config

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


class Meters(NamedTuple):
    """Meter pk -> the prices that bill its usage; and those whose bands alone it decides."""

    billed: dict[int, MeterPrices]
    deciding: dict[int, MeterPrices]


class Priced:
    """Prices by meter; schedules that share their prices share them."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], Meters] = {}

    def meters(self, items: Items, instant: datetime, billing_currency: str) -> Meters:
        """The prices that read each meter at this instant."""
        on = tuple(agreed_prices.on(items, instant))
        if len(on) < len(items):
            return _by_meter(on, billing_currency=billing_currency)
        key = id(items), billing_currency  # whoever loads the cards holds the items meanwhile
        if key not in self._known:
            self._known[key] = _by_meter(items, billing_currency=billing_currency)
        return self._known[key]


def _by_meter(items: Sequence[ItemTerms], *, billing_currency: str) -> Meters:
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
    return Meters(
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
