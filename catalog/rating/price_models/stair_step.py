"""STAIR_STEP: the sum of the fixed amounts of every band reached (cumulative, as the reference documents)."""

from __future__ import annotations

from catalog.rating.details import Detail
from catalog.rating.price_models import bands
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """One line per step climbed; none for zero."""
    return [
        bands.fixed_amount(place, volume.quantity, volume.share) for place in bands.climbed(config, volume)
    ]
