"""Walking the bands: which are reached, and what a reached band charges for its units.

A band is reached by a quantity above its lower bound; bounds are inclusive at the top. So zero
reaches no band, and a quantity exactly on a bound stays in the lower one. Where another volume
decides the bands, the units fall into them in proportion to that volume.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from catalog.rating import arithmetic, limits
from catalog.rating.details import Detail, DetailKind
from catalog.rating.price_models import block, percentage, unit
from catalog.rating.types import ZERO, BlockPrice, Config, Percentage, Place, UnitPrice
from catalog.rating.volume import ALL, Volume

Part = tuple[Place, Decimal]

CHARGES: dict[type, Callable[[Any, Decimal, Place], Detail]] = {
    UnitPrice: unit.charge,
    BlockPrice: block.charge,
    Percentage: percentage.charge,
}
"""What charges the units of a band, by its kind of price."""


def reached(config: Config, quantity: Decimal) -> Iterator[Place]:
    """The bands ``quantity`` reaches, lowest first."""
    for place in config.places:
        if quantity <= place.lower_bound:
            return
        yield place


def climbed(config: Config, volume: Volume) -> list[Place]:
    """The bands that charge for the volume, lowest first.

    None without units; the lowest where there are units but the deciding volume is zero.
    """
    if not volume.quantity:
        return []
    return list(reached(config, volume.tiering)) or [config.places[0]]


def spread(config: Config, volume: Volume) -> list[Part]:
    """The units in each band that charges; they add up to the quantity exactly."""
    if volume.quantity == volume.tiering:
        return _own(config, volume.quantity)
    parts: list[Part] = []
    places, rest = climbed(config, volume), volume.quantity
    for place in places[:-1]:
        own = arithmetic.part(within(place, volume.tiering), volume.quantity, volume.tiering)
        parts.append((place, own))
        rest -= own
    return [*parts, *((place, rest) for place in places[-1:])]


def _own(config: Config, quantity: Decimal) -> list[Part]:
    """The same where the quantity itself decides the bands, as nearly always."""
    parts: list[Part] = []
    for place in config.places:
        if quantity <= place.lower_bound:
            break
        parts.append((place, within(place, quantity)))
    return parts


def within(place: Place, quantity: Decimal) -> Decimal:
    """How many of ``quantity`` units lie in this band, which they reach."""
    top = place.band.upper_bound
    end = quantity if top is None or quantity < top else top
    return end - place.lower_bound


def charge(parts: Iterable[Part], share: Decimal) -> list[Detail]:
    """Each band's units at its price, then this share of its fixed amount."""
    details: list[Detail] = []
    for place, quantity in parts:
        charged = units(place, quantity)
        if charged is not None:
            details.append(charged)
        if place.band.fixed_amount is not None:
            details.append(fixed_amount(place, quantity, share))
    return details


def units(place: Place, quantity: Decimal) -> Detail | None:
    """The band's units at its price; None where the band has only a fixed amount."""
    band = place.band
    if band.minimum_number is not None or band.maximum_number is not None:
        quantity = limits.charged_units(band, quantity)
    charges = CHARGES.get(type(band.price))
    return None if charges is None else charges(band.price, quantity, place)


def fixed_amount(place: Place, quantity: Decimal, times: Decimal = ALL) -> Detail:
    """The band's fixed amount, charged ``times`` times."""
    amount = place.band.fixed_amount or ZERO
    return Detail(DetailKind.FIXED_AMOUNT, quantity, amount * times, times, place)
