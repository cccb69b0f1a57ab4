"""FIXED: one amount per period, whatever the usage, also for none."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating.details import Detail
from catalog.rating.price_models import bands
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume

ONCE = Decimal(1)


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """The fixed amount, once."""
    return [bands.fixed_amount(config.places[0], ONCE)]
