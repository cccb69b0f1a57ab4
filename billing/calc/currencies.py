"""From the currency of a price to that of the invoice, by dated rates that the invoice keeps.

A rate says how many units of `currency` one unit of `base_currency` is. The latest rate at or before
the instant counts; where there is none between two currencies, the reverse one does, or two that meet
in a common currency. Amounts are not rounded here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from kit.errors import InvalidField, InvalidOperation
from kit.money import EXACT, plain
from kit.period import format_instant


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """One `base_currency` is `rate` of `currency`, from `timestamp` on. Raises InvalidField at or below 0."""

    base_currency: str
    currency: str
    rate: Decimal
    timestamp: datetime
    source: str

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise InvalidField("an exchange rate is above zero", field="rate")

    def to_dict(self) -> dict[str, str]:
        """UsedExchangeRate of the contract."""
        return {
            "currency": self.currency,
            "base_currency": self.base_currency,
            "rate_timestamp": format_instant(self.timestamp),
            "rate": plain(self.rate),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Exchange:
    """A way from one currency to another: the rates it uses, in order."""

    source: str
    target: str
    used: tuple[ExchangeRate, ...]

    def of(self, amount: Decimal) -> Decimal:
        """The amount in the target currency, to 120 digits."""
        at = self.source
        for rate in self.used:
            if rate.base_currency == at:
                amount, at = EXACT.multiply(amount, rate.rate), rate.currency
            else:
                amount, at = EXACT.divide(amount, rate.rate), rate.base_currency
        return amount


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates an invoice may use, and the instant at which they are looked up; None without any."""

    known: tuple[ExchangeRate, ...] = ()
    at: datetime | None = None

    def way(self, source: str, target: str) -> Exchange:
        """Raises InvalidOperation where no rate leads there."""
        if source == target:
            return Exchange(source, target, ())
        if self.at is None:
            message = f"a price in {source} cannot be billed in {target}"
            raise InvalidOperation(message, field="billing_currency")
        return exchange(source, target, self.known, at=self.at)


NO_RATES = Rates()


def exchange(source: str, target: str, rates: Iterable[ExchangeRate], *, at: datetime) -> Exchange:
    """How to come from `source` to `target` at an instant.

    Raises InvalidOperation where no rate leads there.
    """
    if source == target:
        return Exchange(source, target, ())
    latest = _latest(rates, at)
    for used in (_direct(source, target, latest), _across(source, target, latest)):
        if used is not None:
            return Exchange(source, target, used)
    message = f"there is no exchange rate from {source} to {target} at {format_instant(at)}"
    raise InvalidOperation(message, field="billing_currency")


def step(way: Exchange, amount: Decimal, converted: Decimal) -> dict[str, Any]:
    """The conversion of a line as data."""
    return {
        "type": "EXCHANGE",
        "description": f"{plain(amount)} {way.source} are {plain(converted)} {way.target}",
        "used_exchange_rates": [rate.to_dict() for rate in way.used],
        "amount": plain(converted),
    }


def _latest(rates: Iterable[ExchangeRate], at: datetime) -> dict[tuple[str, str], ExchangeRate]:
    """The rate in force for each pair; of two with one timestamp the one given last."""
    found: dict[tuple[str, str], ExchangeRate] = {}
    for rate in rates:
        pair = rate.base_currency, rate.currency
        if rate.timestamp <= at and (pair not in found or found[pair].timestamp <= rate.timestamp):
            found[pair] = rate
    return found


def _direct(
    source: str, target: str, latest: dict[tuple[str, str], ExchangeRate]
) -> tuple[ExchangeRate, ...] | None:
    rate = latest.get((source, target)) or latest.get((target, source))
    return None if rate is None else (rate,)


def _across(
    source: str, target: str, latest: dict[tuple[str, str], ExchangeRate]
) -> tuple[ExchangeRate, ...] | None:
    """By way of a third currency, the first by its code that has rates to both."""
    for between in sorted({currency for pair in latest for currency in pair} - {source, target}):
        legs = [_direct(source, between, latest), _direct(between, target, latest)]
        if legs[0] is not None and legs[1] is not None:
            return (*legs[0], *legs[1])
    return None


def used_in(ways: Sequence[Exchange]) -> list[dict[str, str]]:
    """Every rate an invoice used, once, in the order of first use."""
    return [rate.to_dict() for rate in dict.fromkeys(rate for way in ways for rate in way.used)]
