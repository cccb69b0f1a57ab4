"""The one way from a price and a quantity to an amount: draft, invoice, calculator, curve, replay.

Order of the steps: net quantity (below zero bills zero), included volume, blocks and bands with
their fixed amounts, floor and cap per event, sum. Rounding is left to ``Rated.rounded``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from catalog.rating import (
    arithmetic,
    fixed,
    flat,
    limits,
    not_billed,
    pass_through,
    stair_step,
    support,
    tiered,
    top_tiered,
)
from catalog.rating.details import Detail
from catalog.rating.rated import Rated
from catalog.rating.types import ZERO, Config, Percentage, PricingType
from catalog.rating.usage import Usage
from kit.errors import InvalidField, MissingField

Model = Callable[[Config, Decimal, Usage], list[Detail]]

MODELS: dict[PricingType, Model] = {
    PricingType.FLAT: flat.charge,
    PricingType.TIERED: tiered.charge,
    PricingType.TOP_TIERED: top_tiered.charge,
    PricingType.STAIR_STEP: stair_step.charge,
    PricingType.FIXED: fixed.charge,
    PricingType.PASS_THROUGH: pass_through.charge,
    PricingType.NONE: not_billed.charge,
}


def rate(config: Config, usage: Usage) -> Rated:
    """Price ``usage`` by ``config``.

    Raises ``InvalidField`` when the config holds what does not rate (``support.unsupported``) or the
    usage is of another kind or currency, ``MissingField`` when floor or cap need the single events.
    """
    _refuse(config, usage)
    with arithmetic.exact():
        billable = usage.quantity if usage.quantity > 0 else ZERO
        included, rest = limits.take_included(billable, config.included_volume)
        details = tuple(MODELS[config.pricing_type](config, rest, usage)) if _bills(config, usage) else ()
        amount = limits.total_of(details)
    currency = config.currency or usage.currency
    return Rated(config, usage, currency, billable, included, amount, details)


def needs_events(config: Config) -> bool:
    """Whether ``Usage.values`` must hold the single events: a floor or a cap is charged per event."""
    return any(isinstance(band.price, Percentage) and band.price.per_event for band in config.bands)


def _bills(config: Config, usage: Usage) -> bool:
    """A net negative quantity bills zero, fees included; a FIXED price does not look at usage."""
    return usage.quantity >= 0 or config.pricing_type is PricingType.FIXED


def _refuse(config: Config, usage: Usage) -> None:
    problems = config.unrated or support.mismatches(config, usage.value_type, usage.currency)
    if problems:
        raise InvalidField(problems[0].message, field=problems[0].field)
    if usage.values is None and needs_events(config):
        raise MissingField(
            "this price has a minimum or maximum per event, so it needs the events", field="events"
        )
