"""FLAT: every unit at one price (per unit, per block, or a percentage), and a fee for every event.

``fixed_amount`` is a transaction fee: it is charged for each event, also for one of value zero or
one that the included volume covers. Floor and cap of a percentage hold for each event that is left then.
"""

from __future__ import annotations

from decimal import Decimal

from catalog.rating import limits
from catalog.rating.details import Detail
from catalog.rating.price_models import bands, percentage
from catalog.rating.types import ZERO, Config, Percentage, Place
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """The units, then the fees; neither for a period without events."""
    place = config.places[0]
    details = _units(place, volume.quantity, usage)
    if place.band.fixed_amount is not None and usage.events:
        details.append(bands.fixed_amount(place, volume.quantity, Decimal(usage.events)))
    return details


def _units(place: Place, quantity: Decimal, usage: Usage) -> list[Detail]:
    price = place.band.price
    if isinstance(price, Percentage) and price.per_event:
        values, included = usage.values or (), max(usage.quantity, ZERO) - quantity
        return percentage.charge_events(
            price, limits.uncovered(values, included) if included else values, place
        )
    charged = bands.units(place, quantity) if quantity else None
    return [] if charged is None else [charged]
