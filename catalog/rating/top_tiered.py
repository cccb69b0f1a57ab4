"""TOP_TIERED (volume): the whole quantity at the price of the one band it falls in.

That band's fixed amount is charged once; the bands below it charge nothing.
"""

from __future__ import annotations

from decimal import Decimal

from catalog.rating import bands
from catalog.rating.details import Detail
from catalog.rating.types import Config
from catalog.rating.usage import Usage


def charge(config: Config, quantity: Decimal, usage: Usage) -> list[Detail]:
    """The lines of the band reached; none for zero."""
    place = bands.highest(config, quantity)
    return [] if place is None else bands.charge(place, quantity)
