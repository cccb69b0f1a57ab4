"""Short ways to write a price and a quantity; every test prices through ``config.parse`` and ``rate``."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

from catalog.rating import rate
from catalog.rating.parsing import config
from catalog.rating.rated import Rated
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from kit.money import EXACT

TINY = Decimal("0.000000000001")


def eur(quantity: str) -> dict[str, str]:
    return {"quantity": quantity, "currency": "EUR"}


def number(value: object) -> dict[str, str]:
    return {"number": str(value)}


def amount(value: object, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": {"quantity": str(value), "currency": currency}}


def price(pricing_type: str, *bands: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"pricing_type": pricing_type, "bands": list(bands), **fields}


def units(*rates: tuple[object, str]) -> list[dict[str, Any]]:
    """Bands per unit: ``(100, "0.10"), (None, "0.08")``."""
    return [
        {"amount": eur(rate), **({} if bound is None else {"tier_top_bound": number(bound)})}
        for bound, rate in rates
    ]


def percents(*rates: tuple[object, str]) -> list[dict[str, Any]]:
    """Bands of percentages over amounts in EUR."""
    return [
        {"percentage": rate, **({} if bound is None else {"tier_top_bound": amount(bound)})}
        for bound, rate in rates
    ]


def parse(data: dict[str, Any]) -> Config:
    return config.parse(data)


def of_number(data: dict[str, Any], quantity: object) -> Rated:
    """Rate a NUMBER quantity that arrived in one event."""
    return rate.rate(parse(data), Usage.one_event(Decimal(str(quantity))))


def of_amount(data: dict[str, Any], quantity: object, currency: str = "EUR") -> Rated:
    """Rate an AMOUNT that arrived in one event."""
    return rate.rate(parse(data), Usage.one_event(Decimal(str(quantity)), currency=currency))


def of_events(data: dict[str, Any], *values: str, currency: str | None = None) -> Rated:
    """Rate single events."""
    return rate.rate(parse(data), Usage.of_events(map(Decimal, values), currency=currency))


def cost(rated: Rated) -> Decimal:
    """The unrounded amount, after checking that the detail lines add up to it exactly."""
    with localcontext(EXACT):
        assert sum((line.amount for line in rated.details), Decimal(0)) == rated.amount
    return rated.amount
