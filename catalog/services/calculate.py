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
from catalog.rating import curve, period_part, rate, support
from catalog.rating.rules import RuleSet
from catalog.rating.types import Config, PricingType, ValueType
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
    period_fraction: Decimal | None = None,
) -> dict[str, Any]:
    """What ``measured`` costs: ``{amount, unrounded_amount, unit_amount, details, steps, curve, ..}``.

    Without ``events`` the quantity is one event, unless its count says otherwise. ``period_fraction`` is the
    part of a period that a fee is for. Raises InvalidField
    or MissingField as rating does and UnableToProcess as activation does, with the field of the request's
    body.
    """
    parsed = rating_config.parse(config, path="config")
    usage = _usage(parsed, measured, events, model_type, default_currency)
    for problem in support.unsupported(parsed):
        raise UnableToProcess(problem.message, field=problem.field)
    rated = rate.rate(parsed, usage)
    amount, steps = rated.amount, rated.step_dicts()
    if period_fraction is not None:
        _require_fee(parsed, model_type)
        amount = period_part.amount_of(rated, period_fraction)
        steps = period_part.steps_of(rated, period_fraction)
    currency = rated.currency or default_currency
    return {
        "amount": {"quantity": money.fixed(amount, currency), "currency": currency},
        "unrounded_amount": money.plain(amount),
        "unit_amount": None if rated.unit_amount is None else money.plain(rated.unit_amount),
        "details": rated.detail_dicts(),
        "steps": steps,
        "curve": [point.to_dict() for point in curve.points(parsed, usage)],
        "rules": [],
        "unpriced": [],
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


def _require_fee(config: Config, model_type: str | None) -> None:
    """Only what is due by the period is prorated with it."""
    if (
        model_type not in (ModelType.RECURRING, ModelType.PER_SEAT)
        and config.pricing_type not in WITHOUT_USAGE
    ):
        raise InvalidField("usage and one-off prices are never prorated", field="period_fraction")


def _usage(
    config: Config,
    measured: Measured | None,
    events: Sequence[Measured] | None,
    model_type: str | None,
    default_currency: str,
) -> Usage:
    if events is not None:
        is_amount = config.value_type is ValueType.AMOUNT
        return _of_events(events, measured, config.currency or default_currency if is_amount else None)
    if measured is None:
        if model_type not in BY_ITSELF and config.pricing_type not in WITHOUT_USAGE:
            raise MissingField(field="meter_value")
        measured = Measured(Decimal(1) if model_type in BY_ITSELF else Decimal(0))
    if measured.count is not None:
        return Usage(measured.quantity, measured.currency, whole(measured.count, field="meter_value.count"))
    return Usage.one_event(measured.quantity, currency=measured.currency)


def _of_events(events: Sequence[Measured], measured: Measured | None, currency: str | None) -> Usage:
    """The sum of the events, which a given meter value must equal; none of them is zero of ``currency``."""
    currencies = {event.currency for event in events} | ({measured.currency} if measured else set())
    if len(currencies) > 1:
        raise InvalidField(
            "must all be numbers, or amounts of one currency, as meter_value is", field="events"
        )
    usage = Usage.of_events((event.quantity for event in events), currency=next(iter(currencies), currency))
    if measured and measured.quantity != usage.quantity:
        raise InvalidField("add up to another quantity than meter_value", field="events")
    return usage


def whole(count: Decimal, *, field: str) -> int:
    """A count of events; raises InvalidField unless it is one."""
    if count < 0 or count != count.to_integral_value():
        raise InvalidField("must be a whole number of events", field=field)
    return int(count)
