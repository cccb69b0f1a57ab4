"""The TOP_UP prices: units come in bundles, and another is bought when the ones before are used up.

FLAT_TOP_UP and TIERED_TOP_UP: a bundle holds ``block_size`` units (one, where none is given) at the
amount of the band in which the units bought so far end. STAIR_STEP_TOP_UP: each band is one bundle,
the last without end. A bundle is bought whole; a band's ``fixed_amount`` beside it once per period in
which a bundle of that band is bought. Without usage nothing is bought.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from catalog.rating.details import Detail, DetailKind
from catalog.rating.price_models import bands, block
from catalog.rating.types import ZERO, BlockPrice, Config, Place, UnitPrice
from catalog.rating.usage import Usage
from catalog.rating.volume import Volume

ONE_UNIT = Decimal(1)


def charge(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """One line for the bundles of each band; ``Detail.quantity`` is what they hold."""
    details: list[Detail] = []
    bought = ZERO
    for place in bands.reached(config, volume.quantity):
        end = place.lower_bound + bands.within(place, volume.quantity)
        if bought < end:
            bundles = _bundles(place, end - bought)
            bought += bundles.quantity
            details.append(bundles)
            if place.band.fixed_amount is not None:
                details.append(bands.fixed_amount(place, bundles.quantity))
    return details


def charge_steps(config: Config, volume: Volume, usage: Usage) -> list[Detail]:
    """One line for each band bought."""
    return [_step(place, volume.quantity) for place in bands.reached(config, volume.quantity)]


def unused(details: Sequence[Detail], quantity: Decimal) -> Decimal:
    """What the bundles hold beyond the quantity that was charged."""
    held = [detail.quantity for detail in details if detail.kind is DetailKind.BUNDLES]
    return sum(held, ZERO) - quantity if held else ZERO


def size_of(place: Place) -> Decimal | None:
    """The units in a bundle of this band; None for the last step, which has no end."""
    price = place.band.price
    if isinstance(price, BlockPrice):
        return price.size
    if isinstance(price, UnitPrice):
        return ONE_UNIT
    top = place.band.upper_bound
    return None if top is None else top - place.lower_bound


def _bundles(place: Place, quantity: Decimal) -> Detail:
    price, size = place.band.price, size_of(place)
    assert isinstance(price, UnitPrice | BlockPrice) and size is not None
    times = block.whole_blocks(quantity, size)
    return Detail(DetailKind.BUNDLES, times * size, times * price.amount, times, place)


def _step(place: Place, quantity: Decimal) -> Detail:
    size = size_of(place)
    held = quantity - place.lower_bound if size is None else size
    return Detail(DetailKind.BUNDLES, held, place.band.fixed_amount or ZERO, ONE_UNIT, place)
