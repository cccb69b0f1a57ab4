"""What a price says about its units beside the price of one, in words: blocks, fewest and most units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.rating.types import Band, BlockPrice, BlockRounding, Place
from desk.components import format


def limits(band: Band, units: str) -> str:
    """``at least 10 and at most 500 calls``; nothing where the units are not bounded."""
    given = (("at least", band.minimum_number), ("at most", band.maximum_number))
    said = [f"{words} {format.number(number)}" for words, number in given if number is not None]
    return f"{' and '.join(said)} {units}" if said else ""


def one(band: Band, units: str) -> str:
    """``; at least 10 calls are charged``, for a price without tiers."""
    said = limits(band, units)
    return f"; {said} are charged" if said else ""


def tiers(places: Sequence[Place], units: str) -> str:
    """``; a started block counts whole; tier 2 charges at least 10 calls``."""
    said = [(place.order, limits(place.band, units)) for place in places]
    return blocks(places) + "".join(f"; tier {order} charges {words}" for order, words in said if words)


def blocks(places: Sequence[Place]) -> str:
    """What a started block costs, where tiers are charged by blocks."""
    parts = [(each.order, each.band.price) for each in places if isinstance(each.band.price, BlockPrice)]
    loose = [str(order) for order, price in parts if price.rounding is BlockRounding.NONE]
    if not parts:
        return ""
    if len(loose) == len(parts):
        return "; a started block is charged pro rata"
    but = f", but pro rata in tier {' and '.join(loose)}" if loose else ""
    return f"; a started block counts whole{but}"


def bounded(charge: Mapping[str, Any]) -> str:
    """``at least 10``, of a charge of an explanation whose units its tier raised, or lowered, to a bound."""
    band = charge["band"] or {}
    said = (("at least", band.get("minimum_number")), ("at most", band.get("maximum_number")))
    met = (words for words, number in said if number is not None and same(number, charge["quantity"]))
    words = next(met, "")
    return f"{words} {format.number(Decimal(charge['quantity']))}" if words else ""


def same(one: str, other: str) -> bool:
    """Whether two texts are one number."""
    return Decimal(one) == Decimal(other)
