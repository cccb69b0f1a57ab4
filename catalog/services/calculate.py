"""The price calculator: one price, one quantity, by the functions that rate invoices. Nothing is stored.

The price is a config as it would be stored, or a stored rule: that which prices an event with the given
properties in the calculation. What activation refuses in a config is refused here in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.models import ModelType, PricingItem, PricingItemConfig
from catalog.rating import config as rating_config
from catalog.rating import curve, rate, support
from catalog.rating.rated import Rated
from catalog.rating.rules import RuleSet
from catalog.rating.types import Config, PricingType
from catalog.rating.usage import Usage
from kit import money
from kit.errors import InvalidField, MissingField, UnableToProcess
from metering.selectors import definitions

BY_ITSELF = (ModelType.RECURRING, ModelType.ONE_OFF, ModelType.PER_SEAT)
WITHOUT_USAGE = (PricingType.FIXED, PricingType.NONE)


@dataclass(frozen=True, slots=True)
class Measured:
    """A meter value: a number, or an amount of ``currency``. ``count`` says how many events it is of."""

    quantity: Decimal
    currency: str | None = None
    count: Decimal | None = None


def price(
    *,
    config: dict[str, Any],
    measured: Measured | None,
    events: Sequence[Measured] | None,
    model_type: str | None,
    default_currency: str,
) -> dict[str, Any]:
    """What ``measured`` costs: ``{amount, unrounded_amount, unit_amount, details, steps, curve}``.

    Without ``events`` the quantity is one event, unless its count says otherwise. Raises InvalidField
    or MissingField as rating does and UnableToProcess as activation does, with the field of the request's
    body.
    """
    parsed = rating_config.parse(config, path="config")
    usage = _usage(parsed, measured, events, model_type)
    for problem in support.unsupported(parsed):
        raise UnableToProcess(problem.message, field=problem.field)
    rated = rate.rate(parsed, usage)
    return {
        "amount": _amount(rated, default_currency),
        "unrounded_amount": money.plain(rated.amount),
        "unit_amount": None if rated.unit_amount is None else money.plain(rated.unit_amount),
        "details": rated.detail_dicts(),
        "steps": rated.step_dicts(),
        "curve": [point.to_dict() for point in curve.points(parsed, usage)],
    }


def rule_of(*, item: PricingItem, properties: Mapping[str, str]) -> PricingItemConfig:
    """The stored rule of the item that prices an event with these properties.

    Raises InvalidField where no rule does.
    """
    rows = list(item.configs.order_by("position"))
    numbers = definitions.number_properties(item.platform)
    rules = RuleSet([rating_config.parse(row.body, numbers=numbers) for row in rows])
    index = rules.pick(properties)
    if index is None:
        raise InvalidField("no rule prices an event with these properties", field="meter_properties")
    return rows[index]


def model_of(item: PricingItem) -> str | None:
    """The model type of what the pricing item sells."""
    link = item.product_item_links.order_by("position").select_related("product_item").first()
    return None if link is None else link.product_item.model_type


def _amount(rated: Rated, default_currency: str) -> dict[str, str]:
    """The rounded amount, with all decimals of its currency."""
    currency = rated.currency or default_currency
    return {"quantity": money.fixed(rated.amount, currency), "currency": currency}


def _usage(
    config: Config, measured: Measured | None, events: Sequence[Measured] | None, model_type: str | None
) -> Usage:
    if events is not None:
        return _of_events(events, measured)
    if measured is None:
        if model_type not in BY_ITSELF and config.pricing_type not in WITHOUT_USAGE:
            raise MissingField(field="meter_value")
        measured = Measured(Decimal(1) if model_type in BY_ITSELF else Decimal(0))
    if measured.count is not None:
        return Usage(measured.quantity, measured.currency, _whole(measured.count))
    return Usage.one_event(measured.quantity, currency=measured.currency)


def _of_events(events: Sequence[Measured], measured: Measured | None) -> Usage:
    """The sum of the events, which a given meter value must equal."""
    currencies = {event.currency for event in events} | ({measured.currency} if measured else set())
    if len(currencies) > 1:
        raise InvalidField(
            "must all be numbers, or amounts of one currency, as meter_value is", field="events"
        )
    usage = Usage.of_events((event.quantity for event in events), currency=next(iter(currencies), None))
    if measured and measured.quantity != usage.quantity:
        raise InvalidField("add up to another quantity than meter_value", field="events")
    return usage


def _whole(count: Decimal) -> int:
    if count < 0 or count != count.to_integral_value():
        raise InvalidField("must be a whole number of events", field="meter_value.count")
    return int(count)
