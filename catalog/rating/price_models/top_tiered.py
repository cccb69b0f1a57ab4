"""TOP_TIERED (volume): the whole quantity at the price of the one band it falls in.

That band's fixed amount is charged once; the bands below it charge nothing.
"""

from __future__ import annotations

from catalog.rating.details import Detail
from catalog.rating.price_models import bands
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """The lines of the band reached; none for zero."""
    places = bands.climbed(config, volume)
    return bands.charge([(place, volume.quantity) for place in places[-1:]], volume.share)
