"""The prices of an item per currency and billing period in words: what each is called, and what applies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.editors import subscription_words
from desk.editors.pricing import places
from desk.editors.pricing.places import Offer, Place

if TYPE_CHECKING:
    from desk.editors.pricing.book import PricedItem

AT_THE_RATE = "at the day's rate"


@dataclass(frozen=True)
class Tab:
    """One price of an item. ``words`` say which other applies where it has no rules of its own."""

    priced: PricedItem
    label: str
    words: str
    is_offered: bool

    @property
    def place(self) -> Place:
        return self.priced.asked

    @property
    def is_own(self) -> bool:
        return not self.words

    @property
    def is_missing(self) -> bool:
        """Whether there is no price at all, which activation refuses."""
        return bool(self.words) and self.priced.applied(self.place) is None

    @property
    def falls_back(self) -> bool:
        return self.words.endswith(AT_THE_RATE)

    @property
    def can_start(self) -> bool:
        """Whether there is a price that it could start as."""
        first = self.priced.applied(self.place) or self.priced.at(self.priced.home)
        return bool(self.words and first.configs)

    @property
    def wanted_currency(self) -> str:
        return self.place.currency or self.priced.offer.currency

    @property
    def fallback(self) -> str:
        return places.fallback_of(self.priced.pricing_item, self.wanted_currency)

    @property
    def takes_fallback(self) -> bool:
        """Whether another currency could stand in for its own."""
        return self.wanted_currency != self.priced.offer.currency or bool(self.fallback)

    @property
    def told(self) -> str:
        """What applies, with the price."""
        if self.is_own:
            return self.priced.rule_words
        applied = self.priced.applied(self.place)
        return f"{self.words}: {applied.rule_words}" if applied and applied.configs else self.words


def tabs(priced: PricedItem) -> list[Tab]:
    """Each that the version offers, then those that are stored beside them."""
    offered = [_spelled(priced, place) for place in priced.offer.places]
    kept = [place for place, _ in places.stored(priced.pricing_item)]
    if priced.anywhere:
        kept.append(places.BASE)
    shown = dict.fromkeys([*offered, *kept, priced.asked])
    return [
        Tab(priced.at(place), _label(place, priced.offer, len(shown)), said(priced, place), place in offered)
        for place in shown
    ]


def said(priced: PricedItem, place: Place) -> str:
    """Which price applies where there is none at ``place``; empty where there is one."""
    own = priced.at(place)
    if own.configs:
        return ""
    applied = priced.applied(place)
    wanted = priced.offer.whole(place).currency
    if applied is None:
        return f"No price in {wanted}" if priced.anywhere or place.currency else ""
    if applied.currency != wanted:
        return f"Falls back to {applied.currency} {AT_THE_RATE}"
    return f"As {called(applied.place, priced.offer)}"


def called(place: Place, offer: Offer) -> str:
    """``USD monthly`` or ``monthly``, as its tab is called, inside a sentence."""
    label = _label(place, offer, 0)
    return label if label[:3].isupper() else label.lower()


def lacking(priced: PricedItem) -> list[str]:
    """The offered currencies in which there is no price for some period."""
    if not priced.configs or len(priced.offer.places) < 2:
        return []
    without = (place.currency for place in priced.offer.places if priced.applied(place) is None)
    return list(dict.fromkeys(without))


def periods(offer: Offer) -> str:
    """``Monthly or yearly``: the billing periods that are offered."""
    words = [subscription_words.period_label(each) for each in offer.periods]
    return " or ".join([*words[:1], *(word.lower() for word in words[1:])])


def _spelled(priced: PricedItem, place: Place) -> Place:
    """Where the price for a currency and a period of the offer stands, or would."""
    spellings = priced.offer.spellings(place)
    return next((each for each in spellings if priced.at(each).configs), spellings[-1])


def _label(place: Place, offer: Offer, count: int) -> str:
    if place == places.BASE and count > len(offer.places):
        return "Any other"
    whole = offer.whole(place)
    currency = whole.currency if len(offer.currencies) > 1 or place.currency else ""
    period = whole.period if len(offer.periods) > 1 or place.period else ""
    words = subscription_words.period_label(period) if period else ""
    return f"{currency} {words.lower()}".strip() if currency else words or whole.currency
