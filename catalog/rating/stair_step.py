"""STAIR_STEP: the sum of the fixed amounts of every band reached (cumulative, as the reference documents)."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating import bands
from catalog.rating.details import Detail
from catalog.rating.types import Config
from catalog.rating.usage import Usage


def charge(config: Config, quantity: Decimal, usage: Usage) -> list[Detail]:
    """One line per step climbed; none for zero."""
    return [bands.fixed_amount(place, quantity) for place in bands.reached(config, quantity)]
