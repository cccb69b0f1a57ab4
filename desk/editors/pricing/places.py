"""Where a price of an item may stand: in any case, for a currency, for a billing period, or for both.

Which of them applies is ``catalog.rating.rules.choice``'s to say; here are their names and what is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from catalog.models import PricingItem, PricingItemConfig, PricingPlanVersion
from catalog.rating.rules.choice import Alternatives, Chosen, choose
from catalog.services.activation_choices import Choice
from kit.errors import InvalidOperation
from kit.money import CURRENCIES
from kit.period import Period, PeriodType

Json = Mapping[str, Any]
ANY = "any"
CURRENCY_CONFIGS, PERIOD_CONFIGS = "pricing_currency_configs", "billing_period_configs"


@dataclass(frozen=True, slots=True)
class Place:
    """``USD`` and ``YEAR-1``; empty for any."""

    currency: str = ""
    period: str = ""

    @property
    def key(self) -> str:
        """``USD.YEAR-1``, as addresses name it."""
        return ".".join(filter(None, (self.currency, self.period))) or ANY

    @classmethod
    def of(cls, key: str) -> Place:
        """What ``key`` names; any price where it names nothing."""
        parts = key.split(".")
        currency = next((part for part in parts if part in CURRENCIES), "")
        return cls(currency, next((part for part in parts if _period(part)), ""))


BASE = Place()


@dataclass(frozen=True, slots=True)
class Offer:
    """The currencies and billing periods of a version, those that it starts with first."""

    currencies: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()

    @property
    def currency(self) -> str:
        return self.currencies[0] if self.currencies else ""

    @property
    def period(self) -> str:
        return self.periods[0] if self.periods else ""

    @property
    def places(self) -> list[Place]:
        """Each that can be agreed, in order."""
        return [Place(*each) for each in product(self.currencies or ("",), self.periods or ("",))]

    def whole(self, place: Place) -> Place:
        """The place with what it leaves open: the first currency, the first period."""
        return Place(place.currency or self.currency, place.period or self.period)

    def spellings(self, place: Place) -> list[Place]:
        """The places that are for ``place`` alone, the one that is chosen first leading."""
        currencies = [place.currency, *([""] if place.currency == self.currency else [])]
        periods = [place.period, *([""] if place.period == self.period else [])]
        return list(dict.fromkeys(Place(*each) for each in product(currencies, periods)))


NOTHING = Offer()


def offer_of(version: PricingPlanVersion, currency: str) -> Offer:
    """What the version offers; ``currency`` is its default."""
    periods = (key_of(each["period"]) for each in version.billing_periods)
    currencies = dict.fromkeys([currency, *version.pricing_currencies])
    return Offer(tuple(currencies), tuple(dict.fromkeys(periods)))


def key_of(period: Json) -> str:
    """``YEAR-1`` of the API's shape."""
    return f"{period['type']}-{period['value']}"


def period_of(key: str) -> dict[str, Any]:
    """The API's shape of ``YEAR-1``."""
    kind, _, value = key.partition("-")
    return {"type": kind, "value": int(value)}


def period_length(key: str) -> Period | None:
    """``YEAR-1`` as a period; None for any."""
    return _period(key)


def stored(item: PricingItem) -> Iterator[tuple[Place, list[dict[str, Any]]]]:
    """Each place beside that for any, with its rules as they are stored."""
    yield from _by_period(item.billing_period_configs, "")
    for entry in item.pricing_currency_configs:
        if entry.get("configs"):
            yield Place(entry["currency"]), entry["configs"]
        yield from _by_period(entry.get(PERIOD_CONFIGS) or (), entry["currency"])


def rules(item: PricingItem, anywhere: list[PricingItemConfig], place: Place) -> list[PricingItemConfig]:
    """The rules at ``place`` alone, in the order in which they are tried; ``anywhere`` are those for any."""
    if place == BASE:
        return anywhere
    found = [body for at, bodies in stored(item) if at == place for body in bodies]
    ordered = sorted(found, key=lambda body: (body.get("order") is None, body.get("order") or 0))
    return [_row(body) for body in ordered]


def chosen(item: PricingItem, anywhere: Sequence[PricingItemConfig], wanted: Place) -> Chosen[Place] | None:
    """Where the price for a currency and a period stands, and its currency; None where there is none.

    ``wanted`` names both. A price in a currency that was not asked for is none, as activation sees it.
    """
    default = _alternatives({PERIOD_CONFIGS: item.billing_period_configs}, "", anywhere)
    by_currency = {
        entry["currency"]: _alternatives(entry, entry["currency"], entry.get("configs") or ())
        for entry in item.pricing_currency_configs
    }
    period = _period(wanted.period) or Period(PeriodType.MONTH, 1)
    try:
        found = choose(default, by_currency, currency=wanted.currency, period=period)
    except InvalidOperation:
        return None
    bodies = tuple(each.body for each in rules(item, list(anywhere), found.rules))
    return None if Choice("", bodies).currencies - {found.currency} else found


def fallback_of(item: PricingItem, currency: str) -> str:
    """The currency whose price stands in for ``currency``, empty where none does."""
    entries = (each for each in item.pricing_currency_configs if each["currency"] == currency)
    return next((each.get("fallback_currency") or "" for each in entries), "")


def _alternatives(holder: Json, currency: str, own: Sequence[Any]) -> Alternatives[Place]:
    by_period = {}
    for place, _ in _by_period(holder.get(PERIOD_CONFIGS) or (), currency):
        period = _period(place.period)
        assert period is not None
        by_period[period] = place
    return Alternatives(Place(currency) if own else None, by_period, holder.get("fallback_currency"))


def _by_period(entries: Sequence[Json], currency: str) -> Iterator[tuple[Place, list[dict[str, Any]]]]:
    for entry in entries:
        if entry.get("configs"):
            yield Place(currency, key_of(entry["billing_period"])), entry["configs"]


def _period(key: str) -> Period | None:
    kind, _, value = key.partition("-")
    known = kind in PeriodType.__members__ and value.isascii() and value.isdecimal() and len(value) < 5
    return Period(PeriodType(kind), int(value)) if known and int(value) else None


def _row(body: dict[str, Any]) -> PricingItemConfig:
    """A stored rule as one that has a row of its own."""
    rest = {name: value for name, value in body.items() if name != "id"}
    return PricingItemConfig(public_id=body["id"], body=rest)
