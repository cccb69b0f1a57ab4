"""TIERED (progressive): each band charges its own units at its own price, and the charges add up."""

from __future__ import annotations

from catalog.rating.details import Detail
from catalog.rating.price_models import bands
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """One line per band reached, and one for its fixed amount where it has one."""
    return bands.charge(bands.spread(config, volume), volume.share)
