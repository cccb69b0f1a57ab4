"""What the calculator is asked to price: quantities that somebody tells, as usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from catalog.models import ModelType
from catalog.rating.rules.measured import Combining, Of, Told, ToldUsage
from catalog.rating.types import Config, PricingType, ValueType
from catalog.rating.usage import Usage
from kit.errors import InvalidField, MissingField

BY_ITSELF = (ModelType.RECURRING, ModelType.ONE_OFF, ModelType.PER_SEAT)
WITHOUT_USAGE = (PricingType.FIXED, PricingType.NONE)
NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Measured:
    """A meter value: a number, or an amount of ``currency``. ``count`` says how many events it is of."""

    quantity: Decimal
    currency: str | None = None
    count: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Under:
    """What was measured under these properties, by reference or id."""

    measured: Measured
    properties: Mapping[str, str]


def of_one(
    body: Mapping[str, Any],
    config: Config,
    measured: Measured | None,
    events: Sequence[Under] | None,
    model_type: str | None,
    default_currency: str,
    combining: Combining,
) -> Usage:
    """What one rule prices; without ``measured`` a fee is due once, and seats are those of the rule.

    Raises MissingField where the price needs a quantity, InvalidField where several do not add up.
    """
    if events is not None:
        is_amount = config.value_type is ValueType.AMOUNT
        currency = config.currency or default_currency if is_amount else None
        return _of_events(events, measured, currency, combining)
    if measured is None:
        if model_type not in BY_ITSELF and config.pricing_type not in WITHOUT_USAGE:
            raise MissingField(field="meter_value")
        is_money = config.value_type is ValueType.AMOUNT
        measured = _by_itself(body, model_type, (config.currency or default_currency) if is_money else None)
    calculation = None if model_type in BY_ITSELF else combining.calculation
    if measured.count is not None:
        count = whole(measured.count, field="meter_value.count")
        return Usage(measured.quantity, measured.currency, count, calculation=calculation)
    told = Usage.agreed if calculation is None else Usage.one_event
    return replace(told(measured.quantity, currency=measured.currency), calculation=calculation)


def of_several(
    asked: Sequence[Under],
    currency: str | None,
    combining: Combining,
    *,
    field: str,
    names: Mapping[str, str] = NO_NAMES,
) -> ToldUsage:
    """What is asked about as usage by key; ``names`` are the references of properties named by id."""
    told = [
        Told(
            {names.get(name, name): value for name, value in each.properties.items()},
            each.measured.quantity,
            _count(each.measured, f"{field}.{at}"),
        )
        for at, each in enumerate(asked)
    ]
    if combining.calculation == "COUNT" and combining.of is Of.QUANTITIES:
        for at, each in enumerate(told):
            whole(each.quantity, field=f"{field}.{at}.number")
    return ToldUsage(told, currency, combining)


def together(
    results: Sequence[Usage], currency: str | None, combining: Combining, *, field: str
) -> ToldUsage:
    """Results of one calculation as one: what a pricing period used before, and what is billed now.

    Of none it is what was not used at all, which leaves each calculation as it is: zero would be the least.
    Raises InvalidField of ``field`` where two do not make one.
    """
    if combining.calculation == "UNIQUE" and len(results) > 1:
        message = "numbers of distinct values do not add up: tell them under the counted property"
        raise InvalidField(message, field=field)
    told = [Told({}, each.quantity, each.events) for each in results]
    return ToldUsage(told, currency, replace(combining, of=Of.QUANTITIES))


def is_fee(config: Config, model_type: str | None) -> bool:
    """Whether its price does not depend on usage."""
    return config.pricing_type is PricingType.FIXED or model_type in BY_ITSELF


def whole(count: Decimal, *, field: str) -> int:
    """A count of events; raises InvalidField unless it is one."""
    if count < 0 or count != count.to_integral_value():
        raise InvalidField("must be a whole number of events", field=field)
    return int(count)


def _by_itself(body: Mapping[str, Any], model_type: str | None, currency: str | None) -> Measured:
    """What is charged without being told: a fee once, the seats that the rule has by default, no usage.

    ``currency`` is that of seats that are money.
    """
    seats = body.get("default_seats_value") if model_type == ModelType.PER_SEAT else None
    if seats and seats.get("amount"):
        return Measured(Decimal(seats["amount"]["quantity"]), seats["amount"]["currency"])
    if seats and seats.get("number") is not None:
        return Measured(Decimal(seats["number"]))
    if model_type == ModelType.PER_SEAT:
        return Measured(Decimal(1), currency)
    return Measured(Decimal(1) if model_type in BY_ITSELF else Decimal(0))


def _of_events(
    events: Sequence[Under], measured: Measured | None, currency: str | None, combining: Combining
) -> Usage:
    """What the events come to, which a given meter value must equal; none of them is zero of ``currency``."""
    currencies = {each.measured.currency for each in events} | ({measured.currency} if measured else set())
    if len(currencies) > 1:
        raise InvalidField(
            "must all be numbers, or amounts of one currency, as meter_value is", field="events"
        )
    usage = of_several(events, next(iter(currencies), currency), combining, field="events")
    everything = usage.over(range(len(usage.keys)))
    if measured and measured.quantity != everything.quantity:
        raise InvalidField("add up to another quantity than meter_value", field="events")
    return everything


def _count(measured: Measured, field: str) -> int | None:
    return None if measured.count is None else whole(measured.count, field=f"{field}.count")
