"""TIERED (progressive): each band charges its own units at its own price, and the charges add up."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating import bands
from catalog.rating.details import Detail
from catalog.rating.types import Config
from catalog.rating.usage import Usage


def charge(config: Config, quantity: Decimal, usage: Usage) -> list[Detail]:
    """One line per band reached, and one for its fixed amount where it has one."""
    details: list[Detail] = []
    for place in bands.reached(config, quantity):
        top = place.band.upper_bound
        end = quantity if top is None or quantity < top else top
        details.extend(bands.charge(place, end - place.lower_bound))
    return details
