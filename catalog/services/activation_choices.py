"""The lists of rules of a pricing item: those in any case, and those per currency and billing period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import PricingItem
from catalog.rating.rules.choice import Alternatives, choose
from catalog.rating.types import Problem
from catalog.services.activation_facts import Facts
from kit.errors import InvalidOperation
from kit.period import Period, PeriodType

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One list of rules at a path, and the currency and the period that it is for; None for any."""

    at: str
    bodies: tuple[Json, ...]
    currency: str | None = None
    period: Period | None = None

    @property
    def currencies(self) -> set[str]:
        """The currencies of its prices."""
        return {code for body in self.bodies for code in _currencies(body)}


@dataclass(frozen=True, slots=True)
class Choices:
    """All lists of rules of one pricing item."""

    default: Alternatives[Choice]
    by_currency: Mapping[str, Alternatives[Choice]]

    def __iter__(self) -> Iterator[Choice]:
        for each in (self.default, *self.by_currency.values()):
            yield from filter(None, (each.rules, *each.by_period.values()))


def of_item(item: PricingItem, at: str) -> Choices:
    """The lists of the item in the order of the tree; empty ones are left out."""
    own = {"configs": [config.body for config in item.configs.all()]}
    default = _alternatives(own | {"billing_period_configs": item.billing_period_configs}, at)
    places = [f"{at}.pricing_currency_configs.{index}" for index in range(len(item.pricing_currency_configs))]
    return Choices(
        default,
        {
            choice["currency"]: _alternatives(choice, place)
            for place, choice in zip(places, item.pricing_currency_configs, strict=True)
        },
    )


def problems(item: PricingItem, choices: Choices, at: str, facts: Facts) -> Iterator[Problem]:
    """Is there exactly one price for each currency and billing period that the version offers?"""
    if not any(True for _ in choices):
        yield Problem(f"{at}.configs", "a pricing item needs at least one config")
        return
    yield from _twice([each["currency"] for each in item.pricing_currency_configs], at)
    for currency in facts.currencies:
        for period in facts.billing_periods or (None,):
            yield from _missing(choices, currency, period, at)


def _missing(choices: Choices, currency: str, period: Period | None, at: str) -> Iterator[Problem]:
    field = f"{at}.pricing_currency_configs"
    try:
        found = choose(
            choices.default, choices.by_currency, currency=currency, period=period or _any(choices)
        )
    except InvalidOperation as error:
        yield Problem(field, error.message)
        return
    if found.rules.currencies - {found.currency}:
        yield Problem(field, f"there is no price in {currency}: give one, or a fallback_currency")


def _any(choices: Choices) -> Period:
    """A version that names no period is asked for one that it has, or for a month."""
    named = [period for each in (choices.default, *choices.by_currency.values()) for period in each.by_period]
    return named[0] if named else Period(PeriodType.MONTH, 1)


def _twice(currencies: Sequence[str], at: str) -> Iterator[Problem]:
    for index, currency in enumerate(currencies):
        if currency in currencies[:index]:
            message = f"the price in {currency} is given twice"
            yield Problem(f"{at}.pricing_currency_configs.{index}.currency", message)


def _alternatives(holder: Json, at: str) -> Alternatives[Choice]:
    currency, by_period = holder.get("currency"), {}
    for index, choice in enumerate(holder.get("billing_period_configs") or ()):
        period = Period(PeriodType(choice["billing_period"]["type"]), choice["billing_period"]["value"])
        place = f"{at}.billing_period_configs.{index}.configs"
        if choice.get("configs"):
            by_period[period] = Choice(place, tuple(choice["configs"]), currency, period)
    own = tuple(holder.get("configs") or ())
    rules = Choice(f"{at}.configs", own, currency) if own else None
    return Alternatives(rules, by_period, holder.get("fallback_currency"))


def _currencies(body: Any) -> Iterator[str]:
    """Every currency named in the bands of a rule."""
    for band in body.get("bands") or ():
        for name in ("amount", "fixed_amount", "minimum_amount", "maximum_amount"):
            if band.get(name):
                yield band[name]["currency"]
