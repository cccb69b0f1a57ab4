"""Changes to the prices of an item per currency and billing period, as plain JSON: nothing is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from catalog.models import PricingItem
from desk.editors.pricing.places import PERIOD_CONFIGS, Place, key_of, period_of

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lists:
    """An item's two lists, as the API takes them."""

    by_currency: list[Node]
    by_period: list[Node]

    @classmethod
    def of(cls, item: PricingItem) -> Lists:
        """A copy of what is stored."""
        return cls(deepcopy(item.pricing_currency_configs), deepcopy(item.billing_period_configs))

    def put(self, place: Place, rules: Sequence[Node]) -> Lists:
        """With these rules at ``place``; without any it has no price of its own. What else there is stays."""
        if not place.currency:
            return Lists(self.by_currency, _put(self.by_period, place.period, rules))
        entry = self._entry(place.currency)
        if place.period:
            entry = {**entry, PERIOD_CONFIGS: _put(entry.get(PERIOD_CONFIGS) or [], place.period, rules)}
        else:
            entry = {**entry, "configs": list(rules)}
        return self._with(entry)

    def fall_back(self, currency: str, fallback: str) -> Lists:
        """With ``fallback`` standing in for ``currency`` where that has no price; none where it is empty."""
        return self._with({**self._entry(currency), "fallback_currency": fallback or None})

    def _entry(self, currency: str) -> Node:
        new: Node = {"currency": currency, "configs": []}
        return next((each for each in self.by_currency if each["currency"] == currency), new)

    def _with(self, entry: Node) -> Lists:
        kept = {name: value for name, value in entry.items() if value not in (None, []) or name == "configs"}
        is_empty = not kept["configs"] and not kept.keys() & {PERIOD_CONFIGS, "fallback_currency"}
        places = [each["currency"] for each in self.by_currency]
        if entry["currency"] not in places:
            return Lists([*self.by_currency, *([] if is_empty else [kept])], self.by_period)
        at = places.index(entry["currency"])
        new = [] if is_empty else [kept]
        return Lists([*self.by_currency[:at], *new, *self.by_currency[at + 1 :]], self.by_period)


def _put(entries: list[Node], period: str, rules: Sequence[Node]) -> list[Node]:
    places = [key_of(each["billing_period"]) for each in entries]
    if period not in places:
        entry = {"billing_period": period_of(period), "configs": list(rules)}
        return [*entries, *([entry] if rules else [])]
    at = places.index(period)
    new = [{**entries[at], "configs": list(rules)}] if rules else []
    return [*entries[:at], *new, *entries[at + 1 :]]


def started(bodies: Sequence[Node], currency: str) -> list[Node]:
    """The rules to begin with: the same numbers in ``currency``."""
    return [_in({name: value for name, value in body.items() if name != "id"}, currency) for body in bodies]


def _in(value: Any, currency: str) -> Any:
    if isinstance(value, list):
        return [_in(each, currency) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"quantity", "currency"}:
        return {**value, "currency": currency}
    return {name: _in(each, currency) for name, each in value.items()}
