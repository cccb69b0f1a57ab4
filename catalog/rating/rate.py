"""The one way from a price and a quantity to an amount: draft, invoice, calculator, curve, replay.

Order of the steps: net quantity (below zero bills zero), included volume, what bundles of earlier
periods left, blocks and bands with their fixed amounts, floor and cap per event, sum. Rounding is
left to ``Rated.rounded``.
"""

from __future__ import annotations

from collections.abc import Callable

from catalog.rating import arithmetic, limits, support
from catalog.rating.details import Detail
from catalog.rating.price_models import (
    fixed,
    flat,
    not_billed,
    pass_through,
    stair_step,
    tiered,
    top_tiered,
    top_up,
)
from catalog.rating.rated import Rated
from catalog.rating.types import ZERO, Config, Percentage, PricingType
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State, Tiering, Volume
from kit.errors import InvalidField, MissingField

Model = Callable[[Config, Volume, Usage], list[Detail]]

MODELS: dict[PricingType, Model] = {
    PricingType.FLAT: flat.charge,
    PricingType.FLAT_TOP_UP: top_up.charge,
    PricingType.TIERED: tiered.charge,
    PricingType.TIERED_TOP_UP: top_up.charge,
    PricingType.TOP_TIERED: top_tiered.charge,
    PricingType.STAIR_STEP: stair_step.charge,
    PricingType.STAIR_STEP_TOP_UP: top_up.charge_steps,
    PricingType.FIXED: fixed.charge,
    PricingType.PASS_THROUGH: pass_through.charge,
    PricingType.NONE: not_billed.charge,
}


def rate(config: Config, usage: Usage, *, state: State = FRESH, tiering: Tiering | None = None) -> Rated:
    """Price ``usage`` by ``config``, after what ``state`` left, in the bands that ``tiering`` decides.

    Raises ``InvalidField`` when the config holds what does not rate (``Config.unrated``) or the
    usage is of another kind or currency, ``MissingField`` when floor or cap need the single events.
    """
    _refuse(config, usage)
    with arithmetic.exact():
        billable = usage.quantity if usage.quantity > 0 else ZERO
        included, rest = limits.take_included(billable, state.free(config))
        reused, rest = limits.take_included(rest, state.carried)
        volume = Volume(rest, rest) if tiering is None else Volume(rest, tiering.quantity, tiering.share)
        details = MODELS[config.pricing_type](config, volume, usage) if _bills(config, usage) else []
        amount = limits.total_of(details)
    currency = config.currency or usage.currency
    return Rated(config, usage, currency, billable, included, amount, tuple(details), state, tiering, reused)


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
