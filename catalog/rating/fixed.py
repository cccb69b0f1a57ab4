"""FIXED: one amount per period, whatever the usage, also for none."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating import bands
from catalog.rating.details import Detail, Place
from catalog.rating.types import ZERO, Config
from catalog.rating.usage import Usage


def charge(config: Config, quantity: Decimal, usage: Usage) -> list[Detail]:
    """The fixed amount, once."""
    return [bands.fixed_amount(Place(1, ZERO, config.bands[0]), bands.ONCE)]
