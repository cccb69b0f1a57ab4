"""What is allowed but worth a look: a total that falls at a bound, a price that rises with volume."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from catalog.rating import rate
from catalog.rating.parsing import config as rating_config
from catalog.rating.types import Config, Percentage, Place, PricingType, UnitPrice
from catalog.rating.usage import Usage
from desk.components import format
from desk.editors.pricing.built import Terms, Trouble
from desk.editors.pricing.kinds import CHARGE
from kit.errors import InvalidRequest

JUST = Decimal(1)


def of(body: dict[str, Any], terms: Terms) -> list[Trouble]:
    """The warnings of a config that can be stored, each at its tier."""
    try:
        config = rating_config.parse(body)
        return [*_cliffs(config, terms), *_dearer(config, terms)]
    except InvalidRequest:
        return []


def _cliffs(config: Config, terms: Terms) -> list[Trouble]:
    if config.pricing_type is not PricingType.TOP_TIERED:
        return []
    found = []
    for place in config.places[:-1]:
        bound = config.included_volume + (place.band.upper_bound or Decimal(0))
        here, after = _amount(config, bound, terms), _amount(config, bound + JUST, terms)
        if after < here:
            words = (
                f"{format.number(bound + JUST)} {terms.units} {terms.kind.cost} "
                f"{format.money(after, terms.currency)}, "
                f"less than {format.number(bound)} {terms.units} at {format.money(here, terms.currency)}"
            )
            found.append(Trouble(f"tier_price-{place.order + 1}", words, place.order, kind="warning"))
    return found


def _dearer(config: Config, terms: Terms) -> list[Trouble]:
    found = []
    for lower, higher in pairwise(config.places):
        low, high = _rate(lower), _rate(higher)
        if low and high is not None and high > low:
            words = (
                f"Tier {higher.order} {_more(terms)} per {terms.unit} than tier {lower.order}. "
                "Leave it if that is intended"
            )
            found.append(Trouble(f"tier_price-{higher.order}", words, higher.order - 1, kind="warning"))
    return found


def _more(terms: Terms) -> str:
    return "is dearer" if terms.kind is CHARGE else "is worth more"


def _rate(place: Place) -> Decimal | None:
    price = place.band.price
    if isinstance(price, UnitPrice):
        return price.amount
    return price.percent if isinstance(price, Percentage) else None


def _amount(config: Config, quantity: Decimal, terms: Terms) -> Decimal:
    currency = terms.currency if terms.is_money else None
    return rate.rate(config, Usage.one_event(quantity, currency=currency)).amount
