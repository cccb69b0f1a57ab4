"""An item by one of its prices: that of a currency, of a billing period, or the one that applies there."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from desk.editors.pricing import place_words, places
from desk.editors.pricing.places import Place

if TYPE_CHECKING:
    from desk.editors.pricing.book import PricedItem

PERIOD_WORDS = {
    ("MONTH", 1): "a month",
    ("MONTH", 3): "a quarter",
    ("YEAR", 1): "a year",
    ("WEEK", 1): "a week",
    ("DAY", 1): "a day",
}


def period_words(key: str) -> str:
    """``a month`` of ``MONTH-1``."""
    if not key:
        return "a period"
    kind, _, value = key.partition("-")
    return PERIOD_WORDS.get((kind, int(value)), f"every {value} {kind.lower()}s")


class Placed:
    """What a priced item knows of its other prices."""

    def at(self: PricedItem, place: Place) -> PricedItem:  # type: ignore[misc]
        """The item by the rules that stand at ``place`` alone."""
        whole = self.offer.whole(place)
        found = places.rules(self.pricing_item, self.anywhere, place)
        words = period_words(whole.period)
        return replace(self, currency=whole.currency, period=words, configs=found, place=place, asked=place)

    def applied(self: PricedItem, place: Place) -> PricedItem | None:  # type: ignore[misc]
        """The item by the rules that apply for a currency and a period, wherever they stand, if any do."""
        chosen = places.chosen(self.pricing_item, self.anywhere, self.offer.whole(place))
        if chosen is None:
            return None
        period = period_words(self.offer.whole(place).period)
        return replace(self.at(chosen.rules), currency=chosen.currency, period=period, asked=place)

    @cached_property
    def tabs(self: PricedItem) -> list[place_words.Tab]:  # type: ignore[misc]
        """Its prices by currency and billing period."""
        return place_words.tabs(self)

    @property
    def tab(self: PricedItem) -> place_words.Tab:  # type: ignore[misc]
        """The one that was asked for."""
        return next(each for each in self.tabs if each.place == self.asked)

    @property
    def others(self: PricedItem) -> list[place_words.Tab]:  # type: ignore[misc]
        """The tabs beside the price that the version starts with."""
        return [each for each in self.tabs if each.place != self.home]

    @property
    def rule_words(self: PricedItem) -> str:  # type: ignore[misc]
        """Every rule in a few words."""
        return "; ".join(rule.short for rule in self.rules)


def first(item: PricedItem) -> PricedItem:
    """By the price for the currency and the period that the version starts with, wherever it stands."""
    if not any(True for _ in places.stored(item.pricing_item)):
        return item
    found = item.applied(Place()) or item
    return replace(found, asked=found.place, home=found.place)
