"""Walking the bands: which are reached, and what a reached band charges for its units.

A band is reached by a quantity above its lower bound; bounds are inclusive at the top. So zero
reaches no band, and a quantity exactly on a bound stays in the lower one.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from catalog.rating import block, limits, percentage, unit
from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import ZERO, BlockPrice, Config, Percentage, Place, UnitPrice

ONCE = Decimal(1)


def reached(config: Config, quantity: Decimal) -> Iterator[Place]:
    """The bands ``quantity`` reaches, lowest first."""
    for place in config.places:
        if quantity <= place.lower_bound:
            return
        yield place


def highest(config: Config, quantity: Decimal) -> Place | None:
    """The band the whole quantity falls in; None for zero."""
    places = list(reached(config, quantity))
    return places[-1] if places else None


def charge(place: Place, quantity: Decimal) -> list[Detail]:
    """The band's units at its price, then its fixed amount, once."""
    details = units(place, quantity)
    if place.band.fixed_amount is not None:
        details.append(fixed_amount(place, quantity))
    return details


def units(place: Place, quantity: Decimal) -> list[Detail]:
    """The band's units at its price; no line where the band has only a fixed amount."""
    price = place.band.price
    charged = limits.charged_units(place.band, quantity)
    if isinstance(price, UnitPrice):
        return [unit.charge(price, charged, place)]
    if isinstance(price, BlockPrice):
        return [block.charge(price, charged, place)]
    if isinstance(price, Percentage):
        return [percentage.charge(price, charged, place)]
    return []


def fixed_amount(place: Place, quantity: Decimal, times: Decimal = ONCE) -> Detail:
    """The band's fixed amount, charged ``times`` times."""
    amount = place.band.fixed_amount or ZERO
    return Detail(DetailKind.FIXED_AMOUNT, quantity, amount * times, times, place)
